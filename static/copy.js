// Search and the reader's collection in the static copy, where no server answers.
// A claim is set as everywhere: its element is taken from the page of a theme that it is filed under.
(() => {
  "use strict";
  const site = new URL("..", document.currentScript.src), address = new URLSearchParams(location.search);
  const FACETS = ["kind", "theme", "person", "article", "year"];
  const FIELDS = { person: "person", speaker: "person", theme: "theme", article: "article", year: "year", kind: "kind" };
  const PER_PAGE = 20, OFFERED = 12, WORDS = 55;

  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const letters = (text) => text.normalize("NFC").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const bare = (text) => letters(text).join("");
  const count = (number, one) => `${number} ${one}${number === 1 ? "" : "s"}`;
  const both = (one, other) => new Set([...one].filter((each) => other.has(each)));
  const either = (sets) => new Set(sets.flatMap((each) => [...each]));

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

  // --- Search. Pagefind finds a phrase whole or not at all, and so is a word asked for: as a
  // phrase of one. The terms of a query are asked for one by one, and their answers joined here.

  // A query as clauses: terms of which one must hold or, where `not`, none may.
  function clauses(query) {
    const read = [], text = query.replace(/\p{Cf}/gu, "").replace(/[´`ʼ′＇]/g, "’").replace(/(?<!\p{L})(?:\p{L}\.){2,}/gu, (dotted) => dotted.replaceAll(".", "")).replace(/^‘(.*)’$/su, (_, words) => `"${words.replace(/[“”"]/g, "")}"`).replace(/[“”„‟«»＂]/g, '"');
    let or = false, not = false;
    for (const [, minus, field, phrase, word] of text.matchAll(/(-(?=\S))?(?:(\p{L}+):\s?(?=["\p{L}\p{N}<>]))?(?:"([^"]*)"?|([^\s"]+))/gu)) {
      const term = { field: field?.toLowerCase(), text: phrase ?? word };
      if (/^(OR|AND|NOT)$/.test(word) && !field && !minus) {
        or = word === "OR" && read.length;
        not = word === "NOT";
      } else if (bare(term.text)) {
        if (or && !minus && !read.at(-1).not) read.at(-1).terms.push(term);
        else read.push({ terms: [term], not: Boolean(minus || not) });
        or = not = false;
      }
    }
    return read;
  }

  // Pagefind, asked for sets of ids. A value of its filters is `id|name`.
  const id = (value) => value.split("|", 1)[0], name = (value) => value.slice(id(value).length + 1) || value;
  async function index() {
    const pagefind = await import(new URL("pagefind/pagefind.js", site));
    const values = await pagefind.filters(), answers = new Map(), sets = {};
    async function ids(text, filters) {
      const { results } = await pagefind.search(text, { filters });
      for (const each of results) answers.set(each.id, [...(answers.get(each.id) ?? []), each]);
      return new Set(results.map((each) => each.id));
    }
    return {
      all: await ids(null),
      values: (facet) => Object.keys(values[facet] ?? {}),
      filed: (facet, value) => sets[`${facet} ${value}`] ??= ids(null, { [facet]: value }),
      words: (text) => ids(`"${text.replace(/[\s"]+/g, " ").trim()}"`),
      ranked: async (text) => (await pagefind.search(text)).results.map((each) => each.id),
      // A record, and at which of its words the terms stand that were asked for. Pagefind changes
      // one object for all answers of one record: each is read before the next is asked for.
      async record(each) {
        const at = new Set();
        let data;
        for (const answer of answers.get(each)) for (const place of (data = await answer.data()).locations) at.add(place);
        return { ...data, words: data.content.split(/\s+/), at };
      },
    };
  }

  // What has a term, and a sentence on what cannot be asked so.
  async function having({ field, text }, at, notes) {
    if (!field) {
      const pieces = text.split(/\[?…\]?|\.{3}/).filter(bare);
      const spellings = (piece) => /\p{L}-\p{L}/u.test(piece) ? [piece, piece.replaceAll("-", " "), piece.replaceAll("-", "")] : [piece];
      return (await Promise.all(pieces.map(async (piece) => either(await Promise.all(spellings(piece).map(at.words)))))).reduce(both);
    }
    const facet = FIELDS[field], [, from, to = from] = text.match(/^(\d{4})(?:[-–](\d{4}))?$/) ?? [];
    if (!facet) notes.push(`There is no field “${field}:” here; there are ${Object.keys(FIELDS).join(":, ")}:.`);
    if (facet === "year" && !(from <= to)) notes.push("A year is written year:2012; several, year:2010-2012.");
    const fits = (value) => facet === "year" ? from <= id(value) && id(value) <= to : letters(text).every((word) => letters(value).includes(word));
    return either(await Promise.all(at.values(facet).filter(fits).map((value) => at.filed(facet, value))));
  }

  // A passage is a result of its own only where none of its claims is one.
  async function whole(wanted, at) {
    const claims = both(wanted, await at.filed("kind", "claim|Claims")), passages = both(wanted, await at.filed("kind", "passage|Passages"));
    if (claims.size && passages.size) for (const value of at.values("passage")) {
      const here = await at.filed("passage", value);
      if (both(here, claims).size) for (const each of both(here, passages)) wanted.delete(each);
    }
    return wanted;
  }

  // Everything that answers: its ids, best first, and what there is to say.
  async function find(query, narrowed, at) {
    const notes = [], nowhere = [], plain = [];
    const asked = clauses(query);
    let wanted = query && !asked.length ? new Set() : at.all, kinds = at.all;
    if (!wanted.size) notes.push("There is no word to look for.");
    for (const { terms, not } of asked) {
      const have = either(await Promise.all(terms.map((term) => having(term, at, notes))));
      if (!not && terms.every(({ field }) => field === "kind")) kinds = both(kinds, have);
      else wanted = not ? new Set([...wanted].filter((each) => !have.has(each))) : both(wanted, have);
      if (!not) plain.push(...terms.filter(({ field }) => !field).map(({ text }) => text));
      if (!not && !have.size) nowhere.push(terms.map(({ field, text }) => field ? `${field}:${text}` : text).join(" OR "));
    }
    for (const facet of narrowed) {
      const have = await at.filed(facet, at.values(facet).find((value) => id(value) === address.get(facet)) ?? "|");
      if (facet === "kind") kinds = both(kinds, have);
      else wanted = both(wanted, have);
    }
    wanted = both(await whole(new Set(wanted), at), kinds);
    // Whoever the words name comes first, then what has most of them.
    const people = plain.length ? await at.filed("kind", "person|People") : new Set();
    const places = new Map((plain.length ? await at.ranked(plain.join(" ")) : []).map((each, place) => [each, place]));
    const place = (each) => (people.has(each) ? 0 : 1e6) + (places.get(each) ?? 1e5);
    return { ids: [...wanted].sort((a, b) => place(a) - place(b)), notes, nowhere, left: plain.filter((text) => !nowhere.includes(text)) };
  }

  // --- Setting what is found, as templates/found.html sets it.

  // Words as nodes, those marked that `hit` says so of; a mark leaves out the punctuation round it.
  const marked = (words, hit) => words.flatMap((word, place) => {
    const [, before, core, after] = word.match(/^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/su);
    return [place ? " " : "", ...(core && hit(word, place) ? [before, make("mark", {}, core), after] : [word])];
  });
  function markIn(element, hits) {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), nodes = [];
    while (texts.nextNode()) nodes.push(texts.currentNode);
    for (const node of nodes) node.replaceWith(...marked(node.data.split(" "), (word) => hits.has(bare(word))));
  }
  // The words of a record about the first that was asked for.
  function about({ words, at }) {
    const from = Math.max(0, Math.min(Math.min(...at, words.length) - 10, words.length - WORDS)), to = from + WORDS;
    return [from ? "… " : "", ...marked(words.slice(from, to), (_, place) => at.has(from + place)), to < words.length ? " …" : ""];
  }

  const setting = {
    async claim(record) {
      const hits = new Set([...record.at].map((at) => bare(record.words[at])));
      const element = await claim(record.url.split("/").at(-2), id(record.filters.theme[0]));
      for (const each of all("[data-words], .says", element)) markIn(each, hits);
      return element;
    },
    passage(record) {
      const [slug, passage] = id(record.filters.passage[0]).split("/");
      const where = make("a", { href: new URL(`articles/${slug}/#${passage}`, site) }, `passage ${passage.slice(1)}`);
      return make("div", { class: "claim" }, make("blockquote", { class: "words" }, ...about(record)),
        make("p", { class: "who" }, make("span", { class: "theirs" }, name(record.filters.article[0])), ", ", where, ". No claim rests on these words."));
    },
    other(record, kind) {
      const link = make("a", { href: record.url, class: kind === "Article" ? "theirs" : "" }, record.meta.title);
      return make("article", { class: "hit" }, make("h2", {}, ...(kind === "Person" ? [link] : [make("span", { class: "kind" }, kind), " ", link])),
        make("p", { class: kind === "Theme" ? "" : "theirs" }, ...about(record)));
    },
  };
  const set = (record) => {
    const kind = id(record.filters.kind[0]);
    return setting[kind]?.(record) ?? setting.other(record, kind[0].toUpperCase() + kind.slice(1));
  };

  const changed = (changes) => {
    const next = new URLSearchParams(address);
    next.delete("page");
    for (const [key, value] of Object.entries(changes)) value ? next.set(key, value) : next.delete(key);
    return `?${next}`;
  };
  async function facets(found, at) {
    const nav = make("nav", { class: "facets", "aria-label": "Narrow the results" });
    for (const facet of FACETS) {
      const label = facet[0].toUpperCase() + facet.slice(1), chosen = address.get(facet);
      const counts = await Promise.all(at.values(facet).map(async (value) => [value, both(await at.filed(facet, value), found).size]));
      const values = counts.filter(([, size]) => size).sort((a, b) => b[1] - a[1] || (name(a[0]) < name(b[0]) ? -1 : 1));
      if (chosen) nav.append(make("p", { class: "chosen" }, `${label}: `, make("b", {}, name(at.values(facet).find((value) => id(value) === chosen) ?? chosen)), " ", make("a", { href: changed({ [facet]: "" }), "aria-label": `Any ${facet}` }, "any")));
      else if (values.length > 1) nav.append(make("details", {}, make("summary", {}, label), make("ul", {}, ...values.slice(0, OFFERED).map(([value, size]) => make("li", {}, make("a", { href: changed({ [facet]: id(value) }) }, `${name(value)} `, make("span", {}, String(size))))))));
    }
    return nav;
  }
  const sheets = (number, last) => make("nav", { class: "sheets", "aria-label": "Pages of results" },
    ...(number > 1 ? [make("a", { rel: "prev", href: changed({ page: number > 2 && number - 1 }) }, "Previous page"), " "] : []),
    make("span", {}, `Page ${number} of ${last}`),
    ...(number < last ? [" ", make("a", { rel: "next", href: changed({ page: number + 1 }) }, "Next page")] : []));

  async function searching(place) {
    const query = (address.get("q") ?? "").trim(), narrowed = FACETS.filter((facet) => address.get(facet));
    const box = document.querySelector("#q"), verdict = place.querySelector(".verdict");
    box.value = query;
    for (const facet of narrowed) box.form.append(make("input", { type: "hidden", name: facet, value: address.get(facet) }));
    if (!query && !narrowed.length) return;
    verdict.textContent = "Searching…";
    const at = await index(), { ids, notes, nowhere, left } = await find(query, narrowed, at);
    const last = Math.max(1, Math.ceil(ids.length / PER_PAGE)), wanted = address.get("page") ?? "";
    const number = /^[1-9]\d{0,5}$/.test(wanted) ? Math.min(last, Number(wanted)) : 1;
    const records = await Promise.all(ids.slice((number - 1) * PER_PAGE, number * PER_PAGE).map(at.record));
    if (ids.length) notes.push(`${count(ids.length, "result")}${last > 1 ? `, page ${number} of ${last}` : ""}.`);
    else notes.unshift("No match.", ...(nowhere.length ? [`Nothing here has ${nowhere.map((each) => `“${each}”`).join(" or ")}.`] : []), place.dataset.coverage);
    verdict.textContent = notes.join(" ");
    if (nowhere.length && left.length) verdict.append(" Look for ", make("a", { href: changed({ q: left.join(" ") }) }, left.join(" ")), " without it?");
    if (ids.length || narrowed.length) place.append(await facets(new Set(ids), at));
    place.append(make("div", { class: "hits" }, ...await Promise.all(records.map(set))));
    if (last > 1) place.append(sheets(number, last));
    document.querySelector("#collect").hidden = !ids.length;
    document.querySelector("[data-browse]").hidden = ids.length > 0;
    document.title = `${query || "Everything"}: ${document.title}`;
  }

  // --- The collection.

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
    try { select.value = address.get("style") || localStorage.style || ""; } catch { /* a private window */ }
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
    for (const [mark, act] of [["bundle", searching], ["site", collecting]]) for (const place of all(`[data-${mark}]`)) {
      await act(place).catch((error) => { place.querySelector(".verdict").textContent = `This could not be done here (${error.message}). Themes, people and articles can be browsed all the same.`; });
      document.dispatchEvent(new Event("claims"));
    }
  });
})();
