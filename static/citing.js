// Copying with citations, and what a reader collects. Every page works without this.
(() => {
  const { all, collected, count, fold, json, kept, make, on, site, soon } = window.page;
  const MANNERS = {
    reference: "with reference",
    citation: "with citation",
    words: "words",
  };

  // What was done is said in a live region, which must be in the box that is open over the page. It is
  // filled a moment after it was moved: else some screen readers say nothing.
  const status = make("p", { role: "status", class: "status" });
  function say(text) {
    const place = document.querySelector(":popover-open") ?? document.body;
    if (status.parentNode !== place) place.append(status);
    setTimeout(() => {
      status.textContent = text;
    }, 50);
  }
  function hush() {
    status.textContent = "";
    panel.remove();
  }
  const hushLater = soon(() => {
    status.textContent = "";
  }, 3000);

  // A button says for a while what came of it.
  function answer(button, short, long) {
    button.dataset.name ??= button.textContent;
    button.textContent = short;
    say(long);
    if (short === "Copied") hushLater();
    setTimeout(() => {
      button.textContent = button.dataset.name;
      delete button.dataset.name;
      refresh();
    }, 3000);
  }

  // The day of reading, written as the example is: 20 June 2012, June 20, 2012, 20 Jun. 2012.
  function writeDates(within) {
    const now = new Date();
    const month = now.toLocaleString("en-GB", { month: "long" });
    const [, short, day, year] = `${now}`.split(" ");
    const parts = {
      2012: year,
      20: +day,
      June: month,
      Jun: short,
      "Jun.": month.length > 4 ? `${short.replace("Sep", "Sept")}.` : month,
    };
    for (const place of all("[data-today]", within)) {
      const example = place.dataset.today;
      place.textContent = example.replace(/2012|June|Jun\.?|20/g, (part) => parts[part]);
    }
  }

  // Lines of HTML, as HTML and as text; `lines` may still have to be fetched. By command where the
  // clipboard cannot be written to, as over plain HTTP.
  async function copy(button, lines, said = "Copied") {
    const ready = Promise.resolve(lines).then((given) => {
      const set = make("div");
      set.innerHTML = `<p>${given.join("</p><p>")}</p>`;
      writeDates(set);
      const texts = all("p", set).map((line) => fold(line.textContent));
      return { "text/html": set.innerHTML, "text/plain": texts.join("\n") };
    });
    const item = {};
    for (const type of ["text/html", "text/plain"]) {
      item[type] = ready.then((made) => new Blob([made[type]], { type }));
      item[type].catch(() => {});
    }
    try {
      await navigator.clipboard.write([new ClipboardItem(item)]);
    } catch {
      const texts = await ready.catch(() => {});
      if (!texts) return answer(button, "Not copied", "It could not be fetched.");
      if (!copyByCommand(texts)) {
        return answer(button, "Not copied", `Copy by hand:\n${texts["text/plain"]}`);
      }
    }
    answer(button, "Copied", await said);
  }
  function copyByCommand(texts) {
    document.oncopy = (event) => {
      event.preventDefault();
      for (const type in texts) event.clipboardData.setData(type, texts[type]);
    };
    const copied = document.execCommand("copy");
    document.oncopy = null;
    return copied;
  }

  // Words with what stands after them, as reference/citation/intext.py has it.
  function sentence(words, { clause, citation }, style) {
    if (style.cites === "note") return `${escaped(words)}¹`;
    const text = clause ? withClause(words, clause, style) : words;
    return `${escaped(text)} ${citation}`;
  }
  function withClause(words, clause, style) {
    let said = words.replace(/\.?”$/, "");
    if (!style.stops_inside) return `${said}”, ${clause}`;
    const inner = /‘.*’$/.test(said) ? "’" : "";
    said = said.slice(0, said.length - inner.length).replace(/\.$/, "");
    const comma = /[?!,]$/.test(said) ? "" : ",";
    return `${said}${comma}${inner}” ${clause}`;
  }
  const escaped = (text) => make("p", {}, text).innerHTML;

  const manner = () => (kept.get("manner") in MANNERS ? kept.get("manner") : "reference");
  const styleName = () => document.querySelector(".styles [name=style]")?.value ?? kept.get("style");

  const styleAmong = (styles) => styles.find(({ id }) => id === styleName()) ?? styles[0];

  // The lines of a quotation, {article, claim, words, paragraphs, number}: a claim's words are as the
  // article has them, whatever a translation made of the page.
  function linesOf(quotation, { claims, styles }) {
    const style = styleAmong(styles);
    const number = quotation.number ?? 1;
    const words = quotation.words ?? claims[quotation.claim].words;
    const several = /–/.test(quotation.paragraphs);
    const source = several ? style.in_text_several : style.in_text;
    const after = style.claims[quotation.claim] ?? { clause: "", citation: source };
    const citation = after.citation
      .replace("{paragraph}", quotation.paragraphs)
      .replace("{number}", number);
    if (manner() === "words") return [escaped(words)];
    const lines = [sentence(words, { ...after, citation }, style)];
    if (style.cites === "note") lines.push(`1. ${citation}`);
    if (manner() === "reference") {
      lines.push((style.cites === "number" ? `${number}. ` : "") + style.reference);
    }
    return lines;
  }

  // How a quotation is copied is shown where one copies, and changed there: it is copied again.
  const panel = make("p", { class: "copying" });
  function quote(button, quotation) {
    const data = json(`articles/${quotation.article}.citations.json`);
    const lines = data.then((citations) => linesOf(quotation, citations));
    const said = data.then(({ styles }) => {
      showPanel(button, quotation, styles);
      const { name } = styleAmong(styles);
      return manner() === "words" ? "Copied words" : `Copied ${MANNERS[manner()]}, ${name}`;
    });
    said.catch(() => panel.remove());
    copy(button, lines, said);
  }
  function showPanel(button, quotation, styles) {
    const again = () => quote(button, quotation);
    const parts = ["Copy ", choice("manner", Object.entries(MANNERS), manner(), again)];
    if (manner() !== "words" && !document.querySelector(".styles [name=style]")) {
      const names = styles.map(({ id, name }) => [id, name]);
      parts.push(" in ", choice("style", names, styleName(), again));
    }
    const focused = document.activeElement.name;
    panel.replaceChildren(...parts);
    if (panel.previousSibling !== button.parentNode) button.parentNode.after(panel);
    if (focused) all(`[name=${focused}]`, panel).forEach((select) => select.focus());
  }
  function choice(name, options, value, changed) {
    const labels = { manner: "What is copied", style: "Style" };
    const select = make("select", { name, "aria-label": labels[name] });
    for (const [id, text] of options) select.append(make("option", { value: id }, text));
    select.value = value;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
    on("change", () => {
      kept.set(name, select.value);
      changed();
    }, select);
    return select;
  }

  function collect(ids) {
    kept.set("collection", [...new Set(ids)].join(" "));
    refresh();
  }

  // What buttons do, by the name of their data attribute.
  const actions = {
    quote(button) {
      const { claim, article, number } = button.closest("[data-claim]").dataset;
      quote(button, { claim, article, number });
    },
    copy(button) {
      const place = button.previousElementSibling;
      const items = all("li", place);
      copy(button, (items.length ? items : [place]).map((item) => item.innerHTML));
    },
    link(button) {
      const { href } = new URL(button.dataset.link, site);
      copy(button, [make("a", { href }, href).outerHTML]);
    },
  };

  // The page as what is kept would have it.
  function refresh() {
    writeDates();
    const ids = collected();
    for (const place of all("button[hidden], .style[hidden]")) place.hidden = false;
    for (const button of all("[data-quote], [data-selected]")) {
      if (!button.dataset.name) button.textContent = `Copy ${MANNERS[manner()]}`;
    }
    count();
    for (const box of all("input[name=claim][type=checkbox]")) box.checked = ids.includes(box.value);
    all("[data-cite]").forEach(showStyle);
  }
  function showStyle(section) {
    for (const folded of all(".other-styles", section)) folded.replaceWith(...all("[data-style]", folded));
    const styles = all("[data-style]", section);
    const chosen = styles.find((form) => form.dataset.style === kept.get("style")) ?? styles[0];
    for (const form of styles) form.hidden = form !== chosen;
    section.querySelector("select").value = chosen.dataset.style;
  }

  Object.assign(window.page, { collect, hushLater, quote, refresh, say });

  on("DOMContentLoaded", () => {
    document.body.append(status);
    refresh();
  });
  on("click", ({ target }) => {
    const button = target.closest("button");
    for (const name in button?.dataset) actions[name]?.(button);
  });
  on("keydown", ({ key }) => {
    if (key === "Escape") hush();
  });
  on("change", ({ target }) => {
    const { name, value, checked, form } = target;
    if (name === "claim") {
      const others = collected().filter((id) => id !== value);
      kept.set("before", "");
      collect(checked ? [...others, value] : others);
      say(`Collection (${collected().length})`);
      hushLater();
    }
    if (name === "style") {
      kept.set("style", value);
      form?.requestSubmit();
      refresh();
    }
  });
  on("claims", refresh);
  on("visibilitychange", refresh);
  on("pageshow", refresh, window);
  on("storage", refresh, window);
})();
