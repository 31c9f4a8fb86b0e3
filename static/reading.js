// An article as it is read: words pair with the sentences beside them, open their claim, and are offered as
// a quotation where a reader selects them. It comes when a reader first points, selects or types.
const { all, clicks, fold, on, printed, site, soon } = window.page;

// Words and the sentences on them show each other. `claims` are ids; none ends it.
function pair(claims) {
  for (const words of all("[data-claims]")) {
    const own = words.dataset.claims.split(" ");
    words.classList.toggle("pair", own.some((id) => claims.includes(id)));
  }
  for (const link of all("[data-beside]")) {
    link.classList.toggle("pair", claims.includes(link.dataset.beside));
  }
}
function pairWith({ target }) {
  const { claims, beside } = target.closest?.(".quoted, [data-beside]")?.dataset ?? {};
  pair((claims ?? beside ?? "").split(" "));
}
for (const type of ["pointerover", "focusin"]) on(type, pairWith);
const pointed = document.querySelector(".quoted:hover, [data-beside]:hover");
pairWith({ target: pointed ?? document.activeElement });

// A click on quoted words opens their claim, unless it selects: it ends a drag, or a second one comes.
let opening;
clicks.push(({ target, detail, ctrlKey, metaKey, shiftKey }) => {
  clearTimeout(opening);
  const words = target.closest(".passage .quoted");
  if (!words || detail > 1) return;
  const address = new URL(`claims/${words.dataset.claims.split(" ")[0]}/`, site);
  opening = setTimeout(() => {
    if (`${getSelection()}`) return;
    if (ctrlKey || metaKey || shiftKey) open(address);
    else location.assign(address);
  }, 300);
});

// What of a passage is selected, as one line.
function selectedIn(passage, selected) {
  if (!selected.intersectsNode(passage)) return "";
  const part = document.createRange();
  part.selectNodeContents(passage);
  if (selected.compareBoundaryPoints(Range.START_TO_START, part) > 0) {
    part.setStart(selected.startContainer, selected.startOffset);
  }
  if (selected.compareBoundaryPoints(Range.END_TO_END, part) < 0) {
    part.setEnd(selected.endContainer, selected.endOffset);
  }
  return fold(`${part}`);
}

// The claim that has all of these words, if one has.
function claimOf(passage, words, selected) {
  const quoted = all("[data-claims]", passage).filter((link) => selected.intersectsNode(link));
  if (!fold(quoted.map((link) => link.textContent).join("")).includes(words)) return undefined;
  const claims = quoted.map((link) => link.dataset.claims.split(" "));
  return claims[0].find((id) => claims.every((ids) => ids.includes(id)));
}

// Within our marks theirs alternate, in pairs.
function inMarks(words) {
  const inner = /‘(.*?)’(?![\p{L}\p{N}])/gu;
  if (!/[“”]/.test(words)) {
    words = words.replace(inner, "“$1”").replace(/‘/g, "“");
    words = words.replace(/(?<=[.,?!])’/g, "”");
  }
  words = words.replace(/^“?([^“”]*)”?$/, "$1");
  if (/^[^“]*”/.test(words)) words = `“${words}`;
  if (/“[^”]*$/.test(words)) words += "”";
  const swapped = { "“": "‘", "”": "’", "«": "“", "»": "”" };
  words = words.replace(inner, "«$1»").replace(/[“”«»]/g, (mark) => swapped[mark]);
  return `“${words}”`;
}

function selecting(bar) {
  const [cite, link] = all("button", bar);
  const passages = [...printed.keys()];

  function offer() {
    const selection = getSelection();
    const selected = selection.rangeCount && selection.getRangeAt(0);
    const within = passages.filter((passage) => selected && selectedIn(passage, selected));
    bar.hidden = !within.length;
    if (bar.hidden) return;
    const pieces = within.map((passage) => selectedIn(passage, selected));
    const isPrinted = within.every((passage, at) => printed.get(passage).includes(pieces[at]));
    cite.disabled = !isPrinted;
    cite.title = isPrinted ? "" : "These words are not as the article prints them";
    const numbers = within.map((passage) => passage.dataset.passage);
    const last = within.at(-1);
    const { article } = last.closest("[data-article]").dataset;
    const quotation = {
      article,
      claim: within.length === 1 ? claimOf(last, pieces[0], selected) : undefined,
      words: inMarks(pieces.join(" ")),
      paragraphs: numbers.length > 1 ? `${numbers[0]}–${numbers.at(-1)}` : numbers[0],
    };
    cite.onclick = () => window.page.quote(cite, quotation);
    link.dataset.link = `articles/${article}/#p${numbers[0]}`;
    if (last.nextElementSibling !== bar) last.after(bar);
  }

  on("selectionchange", soon(offer));
  offer();
  on("keydown", ({ key }) => {
    if (key === "Escape") bar.hidden = true;
  });
}

all(".selected-bar").forEach(selecting);
