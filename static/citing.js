// Copying with citations, and the reader's collection. Every page works without this.
(() => {
  const { all, fold, json, kept, make, on, site, soon } = window.page;

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
          styles.find((each) => each.id === (all("[name=style]")[0]?.value ?? kept.get("style"))) ??
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

  const collected = () => kept.get("collection")?.match(/\S+/g) ?? [];
  const keep = (id, ticked) => {
    const ids = [...collected().filter((each) => each !== id), ticked ? id : ""];
    kept.set("collection", ids.join(" ").trim());
  };
  function collection() {
    const address = new URL("collection/", site);
    for (const id of collected()) address.searchParams.append("claim", id);
    if (kept.get("style")) address.searchParams.set("style", kept.get("style"));
    return address;
  }

  const does = {
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
      kept.set("collection", "");
    },
    remove: ({ dataset }) => keep(dataset.remove),
  };

  // The page by what is kept; moved claims by new names.
  function refresh() {
    dates();
    const asked = new URLSearchParams(location.search).getAll("claim").join(" ");
    if (asked && asked === kept.get("collection")) {
      const listed = all("[data-claim]").map((each) => each.dataset.claim);
      const copy = "staticCopy" in document.documentElement.dataset;
      kept.set("collection", listed.join(" ") || (copy ? asked : ""));
    }
    const ids = collected();
    for (const each of all("button[hidden], .style[hidden]")) each.hidden = false;
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
        chosen = styles.find((each) => each.dataset.style === kept.get("style")) ?? styles[0];
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

  on("DOMContentLoaded", () => {
    document.body.append(status);
    refresh();
    all(".selected-bar").forEach(selecting);
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
      kept.set("style", value);
      form?.requestSubmit();
    }
    refresh();
  });
  on("formdata", ({ target, formData }) => {
    if (target.id !== "collect_form" || !kept.get("collection")) return;
    formData.delete("claim");
    for (const pair of collection().searchParams) formData.append(...pair);
  });
  on("claims", refresh);
  on("pageshow", refresh, window);
  on("storage", refresh, window);
})();
