// Search in the static copy: Pagefind answers (https://pagefind.app/docs/api/), this page asks and shows.
(() => {
  "use strict";
  const site = new URL("..", document.currentScript.src);
  const asked = new URLSearchParams(location.search);
  const RANKING = { metaWeights: { names: 50, title: 5 } }; // a person who is named comes first
  const OFFERED = 12; // values of a facet
  const ENOUGH = 0.6; // of what the best result has, where none has all
  class Wrong extends Error {}

  const { make } = window.page;
  const counted = (number, thing) => `${number} ${thing}${number === 1 ? "" : "s"}`;
  const inMarks = (words) => words.map((word) => `“${word}”`).join(", ");
  // A facet's value in a record is “laurence-buckman: Laurence Buckman”.
  const idOf = (value) => value.slice(0, value.indexOf(": "));
  const labelOf = (value) => value.slice(value.indexOf(": ") + 2);
  const capital = (word) => word[0].toUpperCase() + word.slice(1);

  // The address of this search with some parameters changed; null takes one away.
  function changed(changes) {
    const next = new URLSearchParams(asked);
    next.delete("page");
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) next.delete(name);
      else next.set(name, value);
    }
    return `?${next}`;
  }

  // A query as words and phrases: data-driven “set up to fail” is [data, driven, set up to fail].
  function partsOf(query) {
    const apart = query.replace(/(?<=\p{L})[-–/](?=\p{L})/gu, " ");
    const parts = apart.match(/["“][^"“”]+["”]|[^\s"“”]*[\p{L}\p{N}][^\s"“”]*/gu) ?? [];
    return parts.map((part) => part.replace(/["“”]/g, ""));
  }

  // What Pagefind finds that has all parts of a query, best first, with counts by facet where one search of its
  // own gives them; where nothing has all, what has the most, and what the best of it is missing.
  async function find(pagefind, query, options) {
    const parts = partsOf(query);
    if (!query) return { ...(await pagefind.search(null, options)), missing: [] };
    // Only an exact search tells a word that is nowhere from the beginning of another.
    const found = await Promise.all(parts.map(async (part) => {
      const exact = await pagefind.search(`"${part}"`, options);
      const { results } = await pagefind.search(part, options);
      const ids = new Set(exact.results.map(({ id }) => id));
      return { ids, results: results.filter(({ id }) => ids.has(id)), filters: exact.filters };
    }));
    if (found.length && found.every(({ ids }) => ids.size)) {
      const hasAll = ({ id }) => found.every(({ ids }) => ids.has(id));
      let whole = found[0];
      if (!/["“]/.test(query)) whole = await pagefind.search(parts.join(" "), options);
      else if (parts.length > 1) whole = { results: whole.results.filter(hasAll), filters: {} };
      if (whole.results.length) return { ...whole, missing: [] };
    }
    const results = havingMost(found);
    const missing = parts.filter((_, at) => !results.length || !found[at].ids.has(results[0].id));
    return { results, filters: {}, missing };
  }

  // The results of several searches as one list: those that have enough of what is rare, by their scores.
  function havingMost(searches) {
    const every = new Map();
    for (const result of searches.flatMap(({ results }) => results)) {
      every.set(result.id, { result, rarity: 0, score: 0 });
    }
    for (const { results } of searches) {
      for (const { id, score } of results) {
        every.get(id).rarity += Math.log(1 + every.size / results.length);
        every.get(id).score += score;
      }
    }
    const ranked = [...every.values()].sort((one, other) => other.score - one.score);
    const most = Math.max(...ranked.map(({ rarity }) => rarity));
    return ranked.filter(({ rarity }) => rarity >= ENOUGH * most).map(({ result }) => result);
  }

  // What a record has to show: its words, then our sentence, with what was asked for marked.
  function shownParts({ content, locations }) {
    const parts = [[]];
    content.split(" ").forEach((word, at) => {
      if (word.startsWith("¶")) parts.push([]);
      else parts.at(-1).push(locations.includes(at) ? make("mark", {}, word) : word, " ");
    });
    return parts;
  }

  // A result, set as the live search sets it.
  function resultOf(record) {
    const { url, filters, meta } = record;
    const [words, sentence] = shownParts(record);
    const kind = idOf(filters.kind[0]);
    if (meta.title) {
      const link = make("a", { class: kind === "article" ? "theirs" : "ours", href: url }, meta.title);
      const label = kind === "person" ? "" : make("span", { class: "kind" }, capital(kind));
      const source = make("span", { class: "where" }, kind === "article" ? ` ${filters.source[0]}` : "");
      const head = make("h2", {}, label, " ", link, source);
      const about = make("p", { class: filters.voice[0] }, ...words);
      return make("article", { class: `hit ${kind}` }, head, about);
    }
    const by = (filters.person ?? []).map(labelOf).join(" and ");
    const element = make("div", { class: "claim" },
      make("blockquote", { class: "words", "data-words": "" }, make("a", { class: "quoted", href: url }, ...words)),
      make("p", { class: "who" }, kind === "claim" && by ? `${by}, ` : "", filters.source[0]));
    if (kind !== "claim") return element;
    const id = url.split("/").at(-2);
    Object.assign(element.dataset, { claim: id, article: idOf(filters.article[0]) });
    const box = make("input", { type: "checkbox", name: "claim", value: id, form: "collect_form" });
    const copy = make("button", { type: "button", class: "copy", hidden: "", "data-quote": "" }, "Copy quotation");
    const tools = make("p", { class: "tools" }, make("label", { class: "pick" }, box, " Collect"), " ", copy);
    element.append(make("p", { class: "says" }, ...sentence), tools);
    return element;
  }

  // The facets: what was chosen, and what can be chosen with how many results it leaves.
  function facetsOf(chosen, counts) {
    const nav = make("nav", { class: "facets", "aria-label": "Narrow the results" });
    const choices = make("div", { class: "choices" });
    for (const facet of Object.keys(chosen)) {
      const name = capital(facet);
      const values = Object.entries(counts[facet] ?? {}).filter(([, count]) => count);
      values.sort(([, one], [, other]) => other - one);
      if (chosen[facet]) {
        const any = make("a", { href: changed({ [facet]: null }), "aria-label": `Any ${facet}` }, "any");
        nav.append(make("p", { class: "chosen" }, `${name}: `, make("b", {}, labelOf(chosen[facet])), " ", any));
      } else if (values.length > 1) {
        const items = values.slice(0, OFFERED).map(([value, count]) => {
          const number = make("span", { class: "count" }, `${count}`);
          return make("li", {}, make("a", { href: changed({ [facet]: idOf(value) }) }, `${labelOf(value)} `, number));
        });
        choices.append(make("details", { open: "" }, make("summary", {}, name), make("ul", {}, ...items)));
      }
    }
    const summary = make("summary", {}, "Narrow the results");
    if (choices.hasChildNodes()) nav.append(make("details", { class: "narrowing" }, summary, choices));
    return nav;
  }

  function pagesOf(number, last) {
    const nav = make("nav", { class: "sheets", "aria-label": "Pages of results" });
    if (number > 1) nav.append(make("a", { rel: "prev", href: changed({ page: number - 1 }) }, "Previous page"), " ");
    nav.append(make("span", {}, `Page ${number} of ${last}`));
    if (number < last) nav.append(" ", make("a", { rel: "next", href: changed({ page: number + 1 }) }, "Next page"));
    return nav;
  }

  // Facet -> the value in Pagefind that the address names, or "" where it names none.
  function chosenOf(names, known) {
    const chosen = {};
    for (const facet of names) {
      const value = asked.get(facet) ?? "";
      chosen[facet] = value && Object.keys(known[facet] ?? {}).find((each) => idOf(each) === value);
      if (chosen[facet] === undefined) throw new Wrong(`There is no ${facet} “${value.slice(0, 40)}” here.`);
    }
    return chosen;
  }

  // What answers a query within the chosen facets. A passage has the words of its claims: passages are apart, and
  // take the place of all else only where they have more of what was asked for, or are asked for.
  async function answerOf(pagefind, query, chosen, known) {
    const passage = Object.keys(known.kind).find((value) => idOf(value) === "passage");
    const filters = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value));
    let sort = query ? undefined : { place: "asc" };
    if (asked.get("sort") === "date") sort = { date: "desc" };
    const passages = await find(pagefind, query, { sort, filters: { ...filters, kind: passage } });
    if (chosen.kind === passage) return { ...passages, passages: 0 };
    const things = await find(pagefind, query, { sort, filters: { ...filters, not: { kind: passage } } });
    if (chosen.kind) return { ...things, passages: 0 };
    if (passages.results.length && passages.missing.length < things.missing.length) return { ...passages, passages: 0 };
    return { ...things, passages: passages.missing.length ? 0 : passages.results.length };
  }

  // What there is to say of an answer: “12 results, page 1 of 2.”, “No match. This library covers …”
  function verdictOf({ results, missing }, coverage, number, last) {
    if (!results.length && !missing.length) return `No match. ${coverage}.`;
    if (!results.length) return `No match. ${coverage}; none of them has ${inMarks(missing)}.`;
    const lack = missing.length ? `Nothing has all these words. The best matches lack ${inMarks(missing)}. ` : "";
    const page = last > 1 ? `, page ${number} of ${last}` : "";
    return `${lack}${counted(results.length, "result")}${page}.`;
  }

  // Shows the page of an answer that the address names, or the nearest that there is.
  async function show(place, answer, chosen) {
    const { results, filters, passages } = answer;
    const size = Number(place.dataset.perPage);
    const last = Math.max(1, Math.ceil(results.length / size));
    const wanted = Number.parseInt(asked.get("page") ?? 1, 10) || 1;
    const number = Math.min(last, Math.max(1, wanted));
    const shown = results.slice((number - 1) * size, number * size);
    const records = await Promise.all(shown.map((result) => result.data()));
    place.querySelector(".verdict").textContent = verdictOf(answer, place.dataset.coverage, number, last);
    place.append(facetsOf(chosen, filters), make("div", { class: "hits" }, ...records.map(resultOf)));
    if (last > 1) place.append(pagesOf(number, last));
    if (passages) {
      const link = make("a", { href: changed({ kind: "passage" }) }, counted(passages, "passage"));
      place.append(make("p", { class: "where" }, "The same words in the articles’ text: ", link, "."));
    }
    document.querySelector("form.collect").hidden = !results.length;
    document.querySelector("[data-browse]").hidden = results.length > 0;
  }

  async function search(place) {
    const query = (asked.get("q") ?? "").trim();
    const names = place.dataset.facets.split(" ");
    const narrowed = names.filter((facet) => asked.get(facet));
    const box = document.querySelector("main [name=q]");
    box.value = query;
    for (const facet of narrowed) {
      box.form.append(make("input", { type: "hidden", name: facet, value: asked.get(facet) }));
    }
    if (!query && !narrowed.length) return;
    if (query.length > box.maxLength) throw new Wrong(`A search may have up to ${box.maxLength} characters.`);
    place.querySelector(".verdict").textContent = "Searching…";
    document.title = `${query || "Everything"}: search · ${document.title.split(" · ").at(-1)}`;
    const pagefind = await import(new URL("pagefind/pagefind.js", site));
    await pagefind.options({ baseUrl: site.pathname, ranking: RANKING });
    const known = await pagefind.filters();
    const chosen = chosenOf(names, known);
    await show(place, await answerOf(pagefind, query, chosen, known), chosen);
  }

  document.addEventListener("DOMContentLoaded", async () => {
    const place = document.querySelector("[data-facets]");
    await search(place).catch((error) => {
      const broken = `This could not be done here (${error.message}). Themes and people can be browsed all the same.`;
      place.querySelector(".verdict").textContent = error instanceof Wrong ? error.message : broken;
    });
    document.dispatchEvent(new Event("claims"));
  });
})();
