// Suggestions: links, in an ARIA combobox. They come when a reader goes to a search box.
const { all, json, make, on, soon } = window.page;

function suggesting(list) {
  const input = list.parentNode.querySelector("input");
  let at = -1,
    of;
  const mark = (to) => {
    at = to;
    input.ariaActiveDescendantElement = list.children[at];
    for (const each of list.children) each.ariaSelected = each === list.children[at];
  };
  const show = (options) => {
    of = input.value;
    list.replaceChildren(...options);
    list.hidden = !options.length;
    input.ariaExpanded = !list.hidden;
    mark(-1);
  };
  show([]);
  on(
    "input",
    soon(async () => {
      const { value } = input,
        [, words, notes, links] = await json(`suggest.json?q=${encodeURIComponent(value)}`).catch(
          () => [0, []],
        );
      if (value === input.value && (of !== value || list.hidden))
        show(
          words.map((word, n) =>
            make(
              "a",
              { role: "option", tabindex: -1, href: links[n] },
              word,
              make("span", {}, ` ${notes[n]}`),
            ),
          ),
        );
    }),
    input,
  );
  on(
    "keydown",
    (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key],
        count = list.children.length + 1;
      if (
        list.hidden ||
        of !== input.value ||
        event.isComposing ||
        event.keyCode === 229 ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        event.shiftKey
      )
        return;
      if (step) mark(((at + 1 + step + count) % count) - 1);
      else if (event.key === "Escape") show([]);
      else if (event.key === "Enter" && at >= 0) list.children[at].click();
      else return;
      event.preventDefault();
    },
    input,
  );
  // What was typed before this came.
  if (input.value !== input.defaultValue) input.dispatchEvent(new Event("input"));
}

all(".suggestions").forEach(suggesting);
