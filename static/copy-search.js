// Search in the static copy, where no server answers: drives Pagefind and sets what it finds.
(() => {
  "use strict";
  const NARROW = { kind: "Kind", theme: "Theme", person: "Person", article: "Article" };
  const PER_PAGE = 20, OFFERED = 12, WORDS = 55;
  const asked = new URLSearchParams(location.search);
  const id = (value) => value.split("|", 1)[0];
  const name = (value) => value.slice(id(value).length + 1) || value;

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const link = (changes) => {
    const next = new URLSearchParams(asked);
    next.delete("page");
    for (const [key, value] of Object.entries(changes)) value ? next.set(key, value) : next.delete(key);
    return `?${next}`;
  };
  const bare = (word) => word.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
  // A word between its punctuation, which is not marked with it.
  const inMark = (word) => {
    const [, before, core, after] = word.match(/^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/u);
    return [before, make("mark", {}, core), after];
  };
  // A text whose words are marked where `hit` says so; the words are text, never HTML.
  const marked = (words, hit) => words.flatMap((word, place) => [place ? " " : "", ...(hit(word, place) ? inMark(word) : [word])]);
  // Our sentence with the words it quotes set as the source's, by the rule the pages are set by.
  const QUOTED = /([‘“](?:[^‘’“”]|’(?=[\p{L}\p{N}]))+[’”](?![\p{L}\p{N}]))/u;
  const voiced = (text, set) => text.split(QUOTED).flatMap((piece, place) => place % 2 ? make("span", { class: "theirs" }, ...set(piece)) : set(piece));

  // The address of something in the copy, which lies around Pagefind's bundle wherever it is put.
  const bundle = () => new URL(document.querySelector("[data-bundle]").dataset.bundle, document.baseURI);
  const inCopy = (path) => new URL(path, new URL("..", bundle())).href;

  // Both sources of a claim, as under any claim found.
  function sources(page) {
    const { passage, publication } = page.meta, [original] = page.filters.original || [];
    return make("p", { class: "sources" },
      make("a", { href: inCopy(`articles/${id(page.filters.article[0])}/#${passage}`) }, `Passage ${passage.slice(1)} here`), " ",
      original ? make("a", { class: "original", href: original, rel: "external" }, `${publication}, at the words`) : make("span", {}, `${publication}: no address known`), " ",
      make("a", { href: page.url }, "Cite this claim"));
  }

  // A theme has the accent that it has among the themes to browse.
  function theme(value) {
    const href = inCopy(`themes/${id(value)}/`);
    const listed = [...document.querySelectorAll("[data-browse] li a")].find((each) => each.href === href);
    return make("a", { class: `theme ${listed ? listed.parentElement.className : ""}`, href }, name(value));
  }

  function claim(page, found) {
    const hits = new Set(found.locations.map((at) => bare(found.words[at] || "")));
    const mark = (text) => marked(text.split(" "), (word) => hits.has(bare(word)));
    return [
      make("h2", { class: "says" }, make("a", { href: page.url }, ...voiced(page.meta.title, mark))),
      make("blockquote", { class: "words" }, make("p", {}, ...mark(page.meta.quote || ""))),
      make("p", { class: "who" }, page.meta.who || ""),
      sources(page),
      make("p", { class: "themes" }, ...(page.filters.theme || []).flatMap((value) => [theme(value), " "])),
    ];
  }

  // The passage of an article that most of the query's words stand in.
  function article(page, found) {
    const passages = page.anchors.filter((each) => /^p\d+$/.test(each.id)).sort((a, b) => a.location - b.location);
    const place = (at) => passages.findLastIndex((each) => each.location <= at);
    const counts = new Map();
    for (const at of found.locations) if (place(at) >= 0) counts.set(place(at), (counts.get(place(at)) || 0) + 1);
    const best = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
    const title = make("h2", { class: "theirs" }, make("span", { class: "kind" }, "article"), " ", make("a", { href: page.url }, page.meta.title));
    if (best === undefined) return [title];
    const start = passages[best].location, end = passages[best + 1]?.location ?? found.words.length;
    const first = Math.min(...found.locations.filter((at) => at >= start && at < end));
    const from = Math.max(start, Math.min(first - 10, end - WORDS)), to = Math.min(end, from + WORDS);
    const shown = marked(found.words.slice(from, to), (_, each) => found.locations.includes(from + each));
    const number = passages[best].id.slice(1);
    return [
      title,
      make("blockquote", { class: "words" }, make("p", {}, from > start ? "… " : "", ...shown, to < end ? " …" : "")),
      make("p", { class: "sources" }, make("a", { href: `${page.url}#p${number}` }, `Passage ${number} here`)),
    ];
  }

  function other(page, found, kind) {
    const shown = marked(found.words.slice(0, WORDS), (_, at) => found.locations.includes(at));
    return [
      make("h2", {}, make("span", { class: "kind" }, kind), " ", make("a", { href: page.url }, page.meta.title)),
      make("p", {}, ...shown),
    ];
  }

  function hit(page) {
    const kind = id(page.filters.kind?.[0] || "page");
    const found = { words: page.content.split(/\s+/), locations: page.locations };
    const set = kind === "claim" ? claim : kind === "article" ? article : other;
    return make("li", { class: kind === "claim" ? "hit found-words" : "hit" }, ...set(page, found, kind));
  }

  function facets(counts, every) {
    const aside = make("aside", { class: "facets", "aria-label": "Narrow the results" });
    for (const [key, label] of Object.entries(NARROW)) {
      const chosen = asked.get(key);
      const values = Object.entries(counts[key] || {}).filter(([, count]) => count).sort((a, b) => b[1] - a[1] || (name(a[0]) < name(b[0]) ? -1 : 1));
      if (!chosen && values.length < 2) continue;
      const list = make("ul");
      if (chosen) {
        const value = Object.keys(every[key] || {}).find((each) => id(each) === chosen);
        list.append(make("li", {}, make("strong", {}, value ? name(value) : chosen), " ", make("a", { href: link({ [key]: "" }), "aria-label": `Any ${label.toLowerCase()}` }, "any")));
      } else for (const [value, count] of values.slice(0, OFFERED)) {
        list.append(make("li", {}, make("a", { href: link({ [key]: id(value) }) }, name(value)), " ", make("span", { class: "count" }, String(count))));
      }
      aside.append(make("h2", {}, label), list);
    }
    return aside;
  }

  function sheets(number, last) {
    const list = make("ul");
    for (let each = 1; each <= last; each++) {
      if (each > 1 && each < last && Math.abs(each - number) > 2) continue;
      list.append(make("li", {}, each === number ? make("span", { "aria-current": "page" }, String(each)) : make("a", { href: link({ page: each > 1 ? each : "" }) }, String(each))));
    }
    return make("nav", { class: "sheets", "aria-label": "Pages of results" }, list);
  }

  // As on the live site, whoever the words name (or whose work they describe) comes first.
  async function peopleFirst(pagefind, text, wanted, results) {
    const people = await pagefind.search(text, { filters: { ...wanted, kind: "person|People" } });
    const named = new Set(people.results.map((each) => each.id));
    results.sort((a, b) => named.has(b.id) - named.has(a.id));
  }

  async function run() {
    const place = document.querySelector("[data-bundle]"), verdict = place.querySelector(".verdict");
    const query = (asked.get("q") || "").trim();
    document.querySelector("#q").value = query;
    const narrowed = Object.keys(NARROW).filter((key) => asked.get(key));
    const form = document.querySelector("form.find.large");
    for (const key of narrowed) form.append(make("input", { type: "hidden", name: key, value: asked.get(key) }));
    if (!query && !narrowed.length) return;
    place.setAttribute("aria-busy", "true");
    verdict.textContent = "Searching…";
    const pagefind = await import(new URL("pagefind.js", bundle()).href);
    const every = await pagefind.filters();
    const wanted = {};
    for (const key of narrowed) wanted[key] = Object.keys(every[key] || {}).find((value) => id(value) === asked.get(key)) || asked.get(key);
    const text = query.replace(/[“”„«»]/g, '"');
    const found = await pagefind.search(text || null, { filters: wanted });
    if (text && !wanted.kind) await peopleFirst(pagefind, text, wanted, found.results);
    const total = found.results.length, last = Math.max(1, Math.ceil(total / PER_PAGE));
    const number = Math.min(last, Math.max(1, parseInt(asked.get("page"), 10) || 1));
    const pages = await Promise.all(found.results.slice((number - 1) * PER_PAGE, number * PER_PAGE).map((each) => each.data()));
    verdict.textContent = total ? `${total} result${total === 1 ? "" : "s"}${last > 1 ? `, page ${number} of ${last}` : ""}.` : `No match. ${place.dataset.coverage}`;
    if (total) place.querySelector(".found").append(make("ol", { class: "hits", start: String((number - 1) * PER_PAGE + 1) }, ...pages.map(hit)));
    if (last > 1) place.querySelector(".found").append(sheets(number, last));
    if (total || narrowed.length) place.append(facets(found.filters, every));
    document.querySelector("[data-browse]").hidden = total > 0;
    document.title = `${query || "Everything"}: ${document.title}`;
    place.setAttribute("aria-busy", "false");
  }

  addEventListener("DOMContentLoaded", () => run().catch((error) => {
    const verdict = document.querySelector("[data-bundle] .verdict");
    verdict.textContent = `Search could not start here (${error.message}). Themes, people and articles can be browsed below.`;
    verdict.parentElement.parentElement.setAttribute("aria-busy", "false");
  }));
})();
