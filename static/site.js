// Every page works without this.
(() => {
  const root = document.documentElement,
    site = new URL("..", document.currentScript.src);
  const system = matchMedia("(prefers-color-scheme: dark)");
  // What a reader keeps in this browser, under names that begin with the site's path, as other sites
  // may share its origin; in memory where the browser keeps nothing (a private window, a full disk).
  const memory = {};
  const kept = {
    get(name) {
      try {
        return memory[name] ?? localStorage[site.pathname + name];
      } catch {
        return memory[name];
      }
    },
    set(name, value) {
      try {
        localStorage[site.pathname + name] = value;
        delete memory[name];
      } catch {
        memory[name] = value;
      }
    },
  };

  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const on = (type, act, from = document) => from.addEventListener(type, act);
  const fold = (text) => text.replace(/\s+/g, " ").trim();
  const make = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    element.append(...children);
    return element;
  };
  const soon =
    (act, wait = 200, timer) =>
    () => {
      clearTimeout(timer);
      timer = setTimeout(act, wait);
    };
  const json = async (address) => (await fetch(new URL(address, site))).json();

  // What is collected: ids of claims, in order. A value that is none of ours is left alone.
  const collected = () => kept.get("collection")?.match(/(?<!\S)[\w-]+(?!\S)/g) ?? [];
  function collectionAddress(ids) {
    const address = new URL("collection/", site);
    for (const id of ids) address.searchParams.append("claim", id);
    if (kept.get("style")) address.searchParams.set("style", kept.get("style"));
    return address;
  }
  // How many they are stands on every page.
  function count() {
    const ids = collected();
    for (const link of all("[data-collected]")) {
      link.hidden = !ids.length;
      link.textContent = `Collection (${ids.length})`;
      link.href = collectionAddress(ids);
    }
  }

  // For the scripts that come after this one.
  window.page = { all, collected, collectionAddress, count, fold, json, kept, make, on, site, soon };

  const chosen = () => ["light", "dark"].find((each) => each === kept.get("scheme"));
  const dark = () => (chosen() ?? (system.matches && "dark")) === "dark";
  const paint = () =>
    root.toggleAttribute("data-scheme", !!chosen()) && (root.dataset.scheme = chosen());
  function refresh() {
    paint();
    for (const each of all("[data-scheme-switch]")) {
      each.hidden = false;
      each.ariaLabel = dark() ? "Light" : "Dark";
    }
    count();
  }

  // Suggestions: links, in an ARIA combobox.
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
    input.role = "combobox";
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
  }

  // A claim's place in its article, by its name alone as it once was, is still found.
  function opened() {
    const name = location.hash.slice(1);
    if (document.getElementById(`claim-${name}`)) location.replace(`#claim-${name}`);
    const closed = document.querySelector(":target")?.closest("[popover], details");
    if (closed?.popover) closed.togglePopover(true);
    else if (closed) closed.open = true;
  }

  paint();
  on("DOMContentLoaded", () => {
    refresh();
    if (!("staticCopy" in root.dataset)) all(".suggestions").forEach(suggesting);
  });
  on("click", ({ target }) => {
    if (!target.closest("[data-scheme-switch]")) return;
    kept.set("scheme", dark() ? "light" : "dark");
    refresh();
  });
  // A slash goes to the search box.
  on("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    const box = document.getElementById("search_box");
    if (key !== "/" || ctrlKey || metaKey || altKey || !box || target.matches("input, select, textarea")) return;
    event.preventDefault();
    box.focus();
  });
  // Paper has no room over the text: notes that are open are printed in their place.
  let noted;
  on("beforeprint", () => (noted = document.querySelector(":popover-open"))?.hidePopover(), window);
  on("afterprint", () => noted?.showPopover(), window);
  on("hashchange", opened, window);
  on(
    "pageshow",
    () => {
      refresh();
      opened();
    },
    window,
  );
  on("storage", refresh, window);
  on("change", refresh, system);
})();
