// Search and the reader's collection in the static copy, where no server answers.
// A claim is set as its own pages set it: its element is taken from there.
(() => {
  "use strict";
  const site = new URL("..", document.currentScript.src), asked = new URLSearchParams(location.search);
  const FACETS = ["kind", "theme", "person", "article", "year"];
  const FIELDS = { speaker: "person", person: "person", theme: "theme", article: "article", year: "year", voice: "voice", kind: "kind" };
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

  // A page of the copy, read once; where a claim has moved, the page it has moved to.
  const pages = {};
  async function fetched(href) {
    const answer = await fetch(href);
    if (!answer.ok) throw new Error(`nothing at ${href}`);
    const dom = new DOMParser().parseFromString(await answer.text(), "text/html");
    const moved = dom.querySelector("meta[http-equiv=refresh]") && dom.querySelector("a[href]");
    return moved ? page(new URL(moved.getAttribute("href"), href)) : { dom, href };
  }
  const page = (path) => {
    const { href } = new URL(path, site);
    return pages[href] ??= fetched(href);
  };
  // A claim's element, to stand in this page: its links were relative to its own.
  async function claim(path, id) {
    const { dom, href } = await page(path);
    const element = document.importNode(id ? dom.getElementById(id) : dom.querySelector("[data-claim]"), true);
    for (const each of all("[href], [data-link]", element)) for (const name of ["href", "data-link"]) {
      if (each.getAttribute(name)) each.setAttribute(name, new URL(each.getAttribute(name), href));
    }
    return element;
  }

  // --- Search. Pagefind finds a phrase whole or not at all, and so is a word asked for: as a
  // phrase of one. The terms of a query are asked for one by one, and their answers joined here.

  // A query as clauses: terms of which one must hold or, where `not`, none may.
  function clauses(query) {
    const read = [], text = query.replace(/\p{Cf}/gu, "").replace(/^‘(.*)’$/su, (_, words) => `"${words.replace(/[“”"]/g, "")}"`).replace(/[“”„‟«»＂]/g, '"');
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
    const values = await pagefind.filters(), entries = new Map(), sets = {};
    for (const each of (await pagefind.search(null)).results) entries.set(each.id, each);
    const ids = async (text, filters) => new Set((await pagefind.search(text, { filters })).results.map((each) => each.id));
    return {
      all: new Set(entries.keys()),
      data: (each) => entries.get(each).data(),
      values: (facet) => Object.keys(values[facet] ?? {}),
      filed: (facet, value) => sets[`${facet} ${value}`] ??= ids(null, { [facet]: value }),
      words: (text) => ids(`"${letters(text).join(" ") && text.replace(/[\s"]+/g, " ").trim()}"`),
      ranked: async (text) => (await pagefind.search(text)).results.map((each) => each.id),
    };
  }

  // What has a term, and a sentence on what cannot be asked so.
  async function having({ field, text }, at, notes) {
    if (!field) {
      const pieces = text.split(/\[?…\]?|\.{3}/).filter(bare);
      return (await Promise.all(pieces.map(at.words))).reduce(both);
    }
    const facet = FIELDS[field], [, from, to = from] = text.match(/^(\d{4})(?:[-–](\d{4}))?$/) ?? [];
    if (!facet) notes.push(`There is no field “${field}:”. Fields are ${Object.keys(FIELDS).join(":, ")}:.`);
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
    let wanted = at.all;
    for (const { terms, not } of clauses(query)) {
      const have = either(await Promise.all(terms.map((term) => having(term, at, notes))));
      wanted = not ? new Set([...wanted].filter((each) => !have.has(each))) : both(wanted, have);
      if (!not) plain.push(...terms.filter(({ field }) => !field).map(({ text }) => text));
      if (!not && !have.size) nowhere.push(terms.map(({ field, text }) => field ? `${field}:${text}` : text).join(" OR "));
    }
    for (const facet of narrowed) wanted = both(wanted, await at.filed(facet, at.values(facet).find((value) => id(value) === asked.get(facet)) ?? "|"));
    wanted = await whole(wanted, at);
    // Whoever the words name comes first, then what has most of them.
    const people = plain.length ? await at.filed("kind", "person|People") : new Set();
    const places = new Map((plain.length ? await at.ranked(plain.join(" ")) : []).map((each, place) => [each, place]));
    const place = (each) => (people.has(each) ? 0 : 1e6) + (places.get(each) ?? 1e5);
    return { ids: [...wanted].sort((a, b) => place(a) - place(b)), notes, nowhere };
  }
  window.find2 = async (q, n = []) => { const at = await index(); return find(q, n, at); };
  window.clauses2 = clauses;
})();
