// The reader's collection in the static copy, where no server answers; its search is in copy_search.js.
// A claim is set as everywhere: its element is taken from the page of a theme that it is filed under.
(() => {
  "use strict";
  const site = new URL("..", document.currentScript.src), address = new URLSearchParams(location.search);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const { make } = window.page;
  const count = (number, one) => `${number} ${one}${number === 1 ? "" : "s"}`;

  async function text(path) {
    const answer = await fetch(new URL(path, site));
    if (!answer.ok) throw new Error(`nothing at ${path}`);
    return answer.text();
  }
  const page = async (path) => new DOMParser().parseFromString(await text(path), "text/html");
  // A claim's element, from the page of its first theme, to stand in this one: links are relative there.
  const themes = {};
  async function claim(id, theme) {
    const path = `themes/${theme}/`, from = await (themes[theme] ??= page(path));
    const element = document.importNode(from.querySelector(`.claim[data-claim="${id}"]`), true);
    for (const each of all("[href]", element)) each.href = new URL(each.getAttribute("href"), new URL(path, site));
    return element;
  }

  // Files of one source each: where several claims are of one source, one record with all their notes.
  const merging = {
    "csl.json"(texts) {
      const records = {};
      for (const record of texts.flatMap((text) => JSON.parse(text))) {
        const had = records[record.id] ??= { ...record, note: "" };
        had.note = [had.note, record.note].filter(Boolean).join("\n");
      }
      return JSON.stringify(Object.values(records), null, 2);
    },
    ris: (texts) => merged(texts, /^ID {2}- .*/m, (had, text) => had.replace(/(?=^ER {2}- )/m, text.match(/^N1 {2}- .*\r?\n/gm)?.join("") ?? "")),
    bib: (texts) => merged(texts, /^@.*/, (had, text) => had.replace(/(^ *annote = \{.*)(?=\},?$)/m, (all) => `${all} ${text.match(/^ *annote = \{(.*)\},?$/m)[1]}`)),
  };
  function merged(texts, key, join) {
    const records = {};
    for (const text of texts) records[text.match(key)] = records[text.match(key)] ? join(records[text.match(key)], text) : text;
    return Object.values(records).join("\n");
  }
  async function download(ids, suffix) {
    const whole = merging[suffix](await Promise.all(ids.map((each) => text(`claims/${each}.${suffix}`))));
    const href = URL.createObjectURL(new Blob([whole], { type: "text/plain" }));
    make("a", { href, download: `collection.${suffix}` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10000);
  }

  // Each article's reference once, in the style chosen: numbered styles as first cited, others by author.
  async function bibliography(section, slugs) {
    const sources = await Promise.all(slugs.map(async (slug) => JSON.parse(await text(`articles/${slug}.citations.json`))));
    const select = section.querySelector("select"), list = section.querySelector("ul");
    select.append(...sources[0].styles.map((style) => make("option", { value: style.id }, style.name)));
    function show() {
      const items = sources.map(({ styles }) => {
        const item = make("li");
        item.innerHTML = styles.find((style) => style.id === select.value).reference;
        return item;
      });
      if (!sources[0].styles.find((style) => style.id === select.value).numbered) items.sort((a, b) => a.textContent < b.textContent ? -1 : 1);
      else items.forEach((item, at) => item.prepend(`${at + 1}. `));
      list.replaceChildren(...items);
      document.dispatchEvent(new Event("claims"));
    }
    try { select.value = address.get("style") || window.page.kept.get("style") || ""; } catch { /* a private window */ }
    if (select.selectedIndex < 0) select.selectedIndex = 0;
    select.addEventListener("change", show);
    show();
    section.hidden = false;
  }

  async function collecting(place) {
    const verdict = place.querySelector(".verdict"), ids = [...new Set(address.getAll("claim"))];
    if (!ids.length) return verdict.textContent = "Nothing is collected yet: tick “Collect” beside any quotation, then show the collection.";
    const known = new Map(JSON.parse(await text("library.json")).claims.map((each) => [each.id, each.themes[0]]));
    // Where a claim has moved, its page leads on to the one that took its place.
    const moved = async (each) => (await page(`claims/${encodeURIComponent(each)}/`)).querySelector("link[rel=canonical]").href.split("/").at(-2);
    const named = await Promise.all(ids.map((each) => known.has(each) ? each : moved(each).catch(() => "")));
    const claims = new Map(await Promise.all(named.filter((each) => known.has(each)).map(async (each) => [each, await claim(each, known.get(each))])));
    const lost = ids.filter((_, at) => !known.has(named[at]));
    verdict.textContent = `${count(claims.size, "claim")}.${lost.length ? ` Not found: ${lost.join(", ")}.` : ""}`;
    const slugs = [...new Set([...claims.values()].map((each) => each.dataset.article))];
    for (const [each, element] of claims) {
      element.dataset.number = slugs.indexOf(element.dataset.article) + 1;
      const others = new URLSearchParams([...claims.keys()].filter((id) => id !== each).map((id) => ["claim", id]));
      element.querySelector(".pick")?.replaceWith(make("a", { class: "copy", href: `?${others}`, "data-remove": each }, "Remove"));
    }
    place.append(...claims.values());
    if (claims.size) await bibliography(document.querySelector(".bibliography").closest("section"), slugs);
    document.querySelector(".files").hidden = !claims.size;
    for (const button of all("[data-download]")) {
      button.addEventListener("click", () => download([...claims.keys()], button.dataset.download).catch(() => { verdict.textContent = "The file could not be made."; }));
    }
  }

  document.addEventListener("DOMContentLoaded", async () => {
    for (const place of all("[data-site]")) {
      await collecting(place).catch((error) => { place.querySelector(".verdict").textContent = `This could not be done here (${error.message}). Themes, people and articles can be browsed all the same.`; });
      document.dispatchEvent(new Event("claims"));
    }
  });
})();
