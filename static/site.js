// Every page works without this.
(() => {
  const root = document.documentElement,
    site = new URL("..", document.currentScript.src);
  const system = matchMedia("(prefers-color-scheme: dark)");
  let kept = {};
  try {
    kept = { ...localStorage };
    localStorage.room = "-".repeat(4e3);
    delete localStorage.room;
    kept = localStorage;
  } catch {
    /* private, or full */
  }

  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const on = (type, act, from = document) => from.addEventListener(type, act);
  const fold = (text) => text.replace(/\s+/g, " ").trim();
  const make = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    element.append(...children);
    return element;
  };
  // For the scripts of the static copy.
  window.make = make;
  const soon =
    (act, wait = 200, timer) =>
    () => {
      clearTimeout(timer);
      timer = setTimeout(act, wait);
    };
  const json = async (address) => (await fetch(new URL(address, site))).json();
  const status = make("p", { role: "status", class: "status" });

  const hush = () => {
      status.textContent = "";
    },
    later = soon(hush, 3000);
  const say = (text) => {
    const place = document.querySelector(":popover-open") ?? document.body;
    if (status.parentNode !== place) place.append(status);
    status.textContent = text;
  };
  function tell(button, short, long) {
    const name = (button.dataset.name ??= button.textContent);
    button.textContent = short;
    say(long);
    if (short === "Copied") later();
    setTimeout(() => {
      button.textContent = name;
    }, 3000);
  }

  // The day of reading, written as the example is.
  function dates(within) {
    const now = new Date(),
      June = now.toLocaleString("en-GB", { month: "long" }),
      [, Jun, day, year] = `${now}`.split(" ");
    const parts = {
      2012: year,
      June,
      Jun,
      20: +day,
      "Jun.": June[4] ? `${Jun.replace("Sep", "Sept")}.` : June,
    };
    for (const each of all("[data-today]", within))
      each.textContent = each.dataset.today.replace(/2012|June|Jun\.?|20/g, (part) => parts[part]);
  }

  // As HTML and as text; over plain HTTP by command.
  async function copy(button, lines, said = () => "Copied") {
    const ready = Promise.resolve(lines).then((given) => {
      const set = make("div");
      set.innerHTML = `<p>${given.join("</p><p>")}</p>`;
      dates(set);
      return {
        "text/html": set.innerHTML,
        "text/plain": all("p", set)
          .map((p) => fold(p.textContent))
          .join("\n"),
      };
    });
    const item = {};
    for (const type of ["text/html", "text/plain"]) {
      item[type] = ready.then((made) => new Blob([made[type]], { type }));
      item[type].catch(() => {});
    }
    let texts,
      copied = true;
    try {
      await navigator.clipboard.write([new ClipboardItem(item)]);
    } catch {
      texts = await ready.catch(() => {});
      document.oncopy = (event) => {
        event.preventDefault();
        for (const type in texts) event.clipboardData.setData(type, texts[type]);
      };
      copied = texts && document.execCommand("copy");
      document.oncopy = null;
    }
    if (copied) tell(button, "Copied", said());
    else
      tell(
        button,
        "Not copied",
        texts ? `Copy by hand:\n${texts["text/plain"]}` : "It could not be fetched.",
      );
  }

  // Words and citation, then the reference, in the style shown or kept.
  function quote(button, article, words, inText, number = 1) {
    let style;
    copy(
      button,
      json(`articles/${article}.citations.json`).then(({ styles }) => {
        style =
          styles.find((each) => each.id === (all("[name=style]")[0]?.value ?? kept.style)) ??
          styles[0];
        const said = inText(style).replace("(1,", `(${number},`);
        return [
          make("p", {}, words + (said[0] === "(" ? " " : ", ") + said).innerHTML,
          (style.numbered ? `${number}. ` : "") + style.reference,
        ];
      }),
      () => `Copied, cited in ${style.name}`,
    );
  }

  // Within our marks theirs alternate, in pairs.
  function inMarks(words) {
    const inner = /‘(.*?)’(?![\p{L}\p{N}])/gu;
    if (!/[“”]/.test(words))
      words = words
        .replace(inner, "“$1”")
        .replace(/‘/g, "“")
        .replace(/(?<=[.,?!])’/g, "”");
    words = words.replace(/^“?([^“”]*)”?$/, "$1");
    if (/^[^“]*”/.test(words)) words = `“${words}`;
    if (/“[^”]*$/.test(words)) words += "”";
    const swapped = { "“": "‘", "”": "’", "«": "“", "»": "”" };
    words = words.replace(inner, "«$1»").replace(/[“”«»]/g, (mark) => swapped[mark]);
    return `“${words}”`;
  }

  const collected = () => kept.collection?.match(/\S+/g) ?? [];
  const keep = (id, ticked) => {
    kept.collection = [...collected().filter((each) => each !== id), ticked ? id : ""]
      .join(" ")
      .trim();
  };
  function collection() {
    const address = new URL("collection/", site);
    for (const id of collected()) address.searchParams.append("claim", id);
    if (kept.style) address.searchParams.set("style", kept.style);
    return address;
  }

  const does = {
    schemeSwitch() {
      kept.scheme = dark() ? "light" : "dark";
      refresh();
    },
    quote(button) {
      const claim = button.closest("[data-claim]"),
        { dataset } = claim;
      quote(
        button,
        dataset.article,
        fold(claim.querySelector("[data-words]").textContent),
        (style) => style.claims[dataset.claim],
        dataset.number,
      );
    },
    copy(button) {
      const place = button.previousElementSibling,
        items = all("li", place);
      copy(
        button,
        (items[0] ? items : [place]).map((each) => each.innerHTML),
      );
    },
    link(button) {
      const { href } = new URL(button.dataset.link, location);
      copy(button, [make("a", { href }, href).outerHTML]);
    },
    forget: () => {
      kept.collection = "";
    },
    remove: ({ dataset }) => keep(dataset.remove),
  };

  // The page by what is kept; moved claims by new names.
  const chosen = () => ["light", "dark"].find((each) => each === kept.scheme),
    dark = () => (chosen() ?? (system.matches && "dark")) === "dark";
  const paint = () =>
    root.toggleAttribute("data-scheme", !!chosen()) && (root.dataset.scheme = chosen());
  function refresh() {
    paint();
    dates();
    const asked = new URLSearchParams(location.search).getAll("claim").join(" ");
    if (asked && asked === kept.collection)
      kept.collection =
        all("[data-claim]")
          .map((each) => each.dataset.claim)
          .join(" ") || ("staticCopy" in root.dataset ? asked : "");
    const ids = collected();
    for (const each of all("button[hidden], .style[hidden]")) each.hidden = false;
    for (const each of all("[data-scheme-switch]")) each.ariaLabel = dark() ? "Light" : "Dark";
    for (const each of all("[data-collected]")) {
      each.hidden = !ids.length;
      each.textContent = `Collection (${ids.length})`;
      each.href = collection();
    }
    for (const each of all("input[name=claim]")) each.checked = ids.includes(each.value);
    for (const section of all("[data-cite]")) {
      for (const each of all(".other-styles", section))
        each.replaceWith(...all("[data-style]", each));
      const styles = all("[data-style]", section),
        chosen = styles.find((each) => each.dataset.style === kept.style) ?? styles[0];
      for (const each of styles) each.hidden = each !== chosen;
      section.querySelector("select").value = chosen.dataset.style;
    }
  }

  function selecting(bar) {
    const [cite, link] = bar.children;
    on(
      "selectionchange",
      soon(() => {
        const selection = getSelection(),
          words = fold(`${selection}`),
          has = (text) => fold(text).includes(words);
        const range = words && selection.getRangeAt(0),
          touched = (each) => range.intersectsNode(each);
        const passage =
          words && all("[data-passage]").find((each) => touched(each) && has(each.textContent));
        bar.hidden = !passage;
        if (!passage) return;
        const quoted = all("[data-claims]", passage).filter(touched),
          claims = quoted.map((each) => each.dataset.claims.split(" "));
        const claim =
          has(quoted.map((each) => each.textContent).join("")) &&
          claims[0].find((id) => claims.every((each) => each.includes(id)));
        const { article } = passage.closest("[data-article]").dataset,
          number = passage.dataset.passage;
        cite.onclick = () =>
          quote(
            cite,
            article,
            inMarks(words),
            (style) => style.claims[claim] ?? style.in_text.replace("{n}", number),
          );
        link.dataset.link = `#p${number}`;
        passage.after(bar);
      }),
    );
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

  function opened() {
    const closed = document.querySelector(":target")?.closest("[popover], details");
    if (closed?.popover) closed.togglePopover(true);
    else if (closed) closed.open = true;
  }

  paint();
  on("DOMContentLoaded", () => {
    document.body.append(status);
    refresh();
    all(".selected-bar").forEach(selecting);
    if (!("staticCopy" in root.dataset)) all(".suggestions").forEach(suggesting);
  });
  on("click", ({ target }) => {
    const button = target.closest("button, a.copy");
    for (const name in button?.dataset) does[name]?.(button);
  });
  on("keydown", ({ key }) => {
    if (key !== "Escape") return;
    hush();
    for (const each of all(".selected-bar")) each.hidden = true;
  });
  on("change", ({ target }) => {
    const { name, value, form } = target;
    if (name === "claim") {
      keep(value, target.checked);
      say(`Collection (${collected().length})`);
      later();
    }
    if (name === "style") {
      kept.style = value;
      form?.requestSubmit();
    }
    refresh();
  });
  on("formdata", ({ target, formData }) => {
    if (target.id !== "collect" || !kept.collection) return;
    formData.delete("claim");
    for (const pair of collection().searchParams) formData.append(...pair);
  });
  // Quoted words are no link to a mouse that selects them.
  on("pointerdown", ({ target, pointerType, button }) => {
    const link = target.closest(".quoted"),
      href = link?.href,
      back = () => {
        link.href = href;
      },
      before = `${getSelection()}`;
    if (!href || button || pointerType !== "mouse") return;
    link.removeAttribute("href");
    // Words that are selected may be dragged.
    document.onpointercancel = back;
    document.onpointerup = () =>
      ["", before].includes(`${getSelection()}`) ? back() : setTimeout(back);
  });
  // Paper has no room over the text: notes that are open are printed in their place.
  let noted;
  on("beforeprint", () => (noted = document.querySelector(":popover-open"))?.hidePopover(), window);
  on("afterprint", () => noted?.showPopover(), window);
  on("claims", refresh);
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
