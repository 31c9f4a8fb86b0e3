// Copying with citations; it comes when a reader first points, selects or types.
const { MANNERS, all, clicks, fold, hushLater, json, kept, make, manner, on, refresh, say, site, styleId, writeDates } =
  window.page;

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

// Copy lines of HTML, a paragraph each, as HTML and as plain text, then say `message`. Both may be
// promises: a browser lets a page write to the clipboard only if it begins while the click is handled,
// so the clipboard is given promises too. Where it cannot be written to, as over plain HTTP, the old
// command copies.
async function copy(button, lines, message = "Copied") {
  const texts = Promise.resolve(lines).then(textsOf);
  const item = {};
  for (const type of ["text/html", "text/plain"]) {
    item[type] = texts.then((made) => new Blob([made[type]], { type }));
    item[type].catch(() => {}); // a failure is told below
  }
  try {
    await navigator.clipboard.write([new ClipboardItem(item)]);
  } catch {
    const made = await texts.catch(() => null);
    if (!made) return answer(button, "Not copied", "It could not be fetched.");
    if (!copyByCommand(made)) {
      return answer(button, "Not copied", `Copy by hand:\n${made["text/plain"]}`);
    }
  }
  answer(button, "Copied", await message);
}
// Lines of HTML by type, with today's date: {"text/html": "<p>…</p>", "text/plain": "…"}.
function textsOf(lines) {
  const paragraphs = make("div");
  paragraphs.innerHTML = `<p>${lines.join("</p><p>")}</p>`;
  writeDates(paragraphs);
  const plain = all("p", paragraphs).map((line) => fold(line.textContent));
  return { "text/html": paragraphs.innerHTML, "text/plain": plain.join("\n") };
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

// Words with what stands after them, as with_citation and with_clause in reference/citation/intext.py.
function sentence(words, { clause, citation }, style) {
  if (style.cites === "note") return `${escaped(words)}¹`;
  const text = clause ? withClause(words, clause, style) : words;
  return `${escaped(text)} ${citation}`;
}
function withClause(words, clause, style) {
  let text = words.replace(/\.?”$/, "");
  if (!style.stops_inside) return `${text}”, ${clause}`;
  const inner = /‘.*’$/.test(text) ? "’" : "";
  text = text.slice(0, text.length - inner.length).replace(/\.$/, "");
  const comma = /[?!,]$/.test(text) ? "" : ",";
  return `${text}${comma}${inner}” ${clause}`;
}
const escaped = (text) => make("p", {}, text).innerHTML;

const styleAmong = (styles) => styles.find(({ id }) => id === styleId()) ?? styles[0];

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
  const message = data.then(({ styles }) => {
    showPanel(button, quotation, styles);
    const { name } = styleAmong(styles);
    return manner() === "words" ? "Copied words" : `Copied ${MANNERS[manner()]}, ${name}`;
  });
  message.catch(() => panel.remove());
  copy(button, lines, message);
}
function showPanel(button, quotation, styles) {
  const again = () => quote(button, quotation);
  const parts = ["Copy ", choice("manner", Object.entries(MANNERS), manner(), again)];
  if (manner() !== "words" && !document.querySelector(".styles [name=style]")) {
    const names = styles.map(({ id, name }) => [id, name]);
    parts.push(" in ", choice("style", names, styleId(), again));
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
  on("change", () => {
    kept.set(name, select.value);
    changed();
  }, select);
  return select;
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

clicks.push(({ target }) => {
  const button = target.closest("button");
  for (const name in button?.dataset) actions[name]?.(button);
});
on("keydown", ({ key }) => {
  if (key === "Escape") panel.remove();
});
window.page.quote = quote;
