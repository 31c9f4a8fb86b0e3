// Search in the static copy: Pagefind answers (https://pagefind.app/docs/api/), this page asks and shows.
(() => {
  "use strict";
  const { make } = window.page;
  const site = new URL("..", document.currentScript.src);
  const asked = new URLSearchParams(location.search);
  const OFFERED = 12; // values of a facet
  const ENOUGH = 0.6; // of what the best result has, where none has all
  const OPTIONS = {
    baseUrl: site.pathname,
    excerptLength: 1000, // words: all that a record has
    ranking: { metaWeights: { names: 50, title: 5 } }, // a person who is named comes first
  };

  const counted = (number, thing) => `${number} ${thing}${number === 1 ? "" : "s"}`;
  const inMarks = (words) => words.map((word) => `“${word}”`).join(", ");
  const capital = (word) => word[0].toUpperCase() + word.slice(1);
  const nameOf = (kind) => ({ outcome: "What came of it", term: "Word" })[kind] ?? capital(kind);
  // Pagefind marks a word with the stops beside it; “data,” becomes “data” and a stop after the mark.
  const tidied = (html) => html.replace(/<mark>([“‘(]+)/g, "$1<mark>").replace(/([.,:!?”’)]+)<\/mark>/g, "</mark>$1");
  // Words of a source, as HTML, in quotation marks; those within them become single.
  const inQuotes = (html) => `“${html.trim().replaceAll("“", "‘").replaceAll("”", "’")}”`;
  // A facet's value in a record is “laurence-buckman: Laurence Buckman”.
  const idOf = (value) => value.split(": ")[0];
  const labelOf = (value) => value.slice(value.indexOf(": ") + 2);

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

  // The results that have all parts of a query that stand anywhere, best first; where none has, those with most.
  // `missing` are the parts that the best of them lacks; `filters` count the results by facet, where that is known.
  async function find(pagefind, query, filters) {
    if (!query) return { ...(await pagefind.search(null, { filters, sort: { place: "asc" } })), missing: [] };
    const parts = partsOf(query);
    // Only an exact search tells a word that is nowhere from the beginning of another.
    const exact = await Promise.all(parts.map((part) => pagefind.search(`"${part}"`, { filters })));
    const known = exact.filter(({ results }) => results.length);
    const ids = known.map(({ results }) => new Set(results.map(({ id }) => id)));
    const words = parts.filter((_, at) => known.includes(exact[at]));
    const whole = words.length ? await pagefind.search(words.join(" "), { filters }) : { results: [] };
    let results = whole.results.filter(({ id }) => ids.every((having) => having.has(id)));
    let counts = words.length === 1 ? known[0].filters : whole.filters;
    if (!results.length) results = havingMost(known);
    if (results.length !== whole.results.length && words.length > 1) counts = {};
    const lacks = ({ results: having }) => !having.some(({ id }) => id === results[0]?.id);
    return { results, filters: counts ?? {}, missing: parts.filter((_, at) => lacks(exact[at])) };
  }

  // The results of several searches as one list: those that have enough of what is rare, by their scores.
  function havingMost(searches) {
    const found = new Map();
    for (const { results } of searches) {
      for (const result of results) {
        const known = found.get(result.id) ?? { result, rarity: 0, score: 0 };
        known.rarity += 1 / results.length;
        known.score += result.score;
        found.set(result.id, known);
      }
    }
    const ranked = [...found.values()].sort((one, other) => other.score - one.score);
    const most = Math.max(...ranked.map(({ rarity }) => rarity));
    return ranked.filter(({ rarity }) => rarity >= ENOUGH * most).map(({ result }) => result);
  }

  // A result: a template of the page, with the words of a record and our sentence as Pagefind marks them.
  function resultOf({ url, filters, meta, excerpt }) {
    const [words, sentence] = tidied(excerpt).split("¶");
    const kind = idOf(filters.kind[0]);
    const template = document.getElementById(meta.title ? "thing" : kind);
    const result = template.content.firstElementChild.cloneNode(true);
    const link = result.querySelector("a");
    link.href = url.replace(/(#.*)\/$/, "$1"); // Pagefind ends a passage's address with a slash, too
    if (meta.title) {
      if (kind === "person") result.classList.add(kind);
      if (filters.mark) result.classList.add(filters.mark[0]);
      link.classList.add(kind === "article" ? "theirs" : "ours");
      link.textContent = meta.title;
      if (kind === "person") result.querySelector(".kind").remove();
      else result.querySelector(".kind").textContent = nameOf(kind);
      result.querySelector(".where").textContent = kind === "article" ? filters.source[0] : "";
      result.querySelector("p").classList.add(filters.voice[0]);
      result.querySelector("p").innerHTML = words;
      return result;
    }
    link.innerHTML = inQuotes(words);
    result.querySelector(".who").append(filters.source[0]);
    if (kind === "claim") fillClaim(result, { id: url.split("/").at(-2), filters, sentence });
    return result;
  }

  // What a claim has besides its words: its mark, who says it, and our sentence, which is unfolded only where it
  // has more of what was asked than the names of the speakers, and the words have nothing.
  function fillClaim(result, { id, filters, sentence }) {
    const [kind, accent] = filters.mark[0].split(" ");
    const mark = result.querySelector(".m");
    mark.classList.add(kind);
    mark.setAttribute("aria-label", capital(kind));
    result.classList.add(accent);
    const speakers = (filters.person ?? []).map(labelOf).join(" and ");
    result.querySelector(".by").textContent = speakers || "The article";
    const says = result.querySelector(".says");
    says.innerHTML = sentence;
    const isMore = ({ textContent }) => !speakers.includes(textContent);
    result.querySelector(".more").open =
      !result.querySelector(".words mark") && [...says.querySelectorAll("mark")].some(isMore);
    result.querySelector("input").value = id;
    Object.assign(result.dataset, { claim: id, article: idOf(filters.article[0]) });
  }

  // The facets: what was chosen, and what can be chosen with how many results it leaves.
  function facetsOf(chosen, counts) {
    const nav = make("nav", { class: "facets", "aria-label": "Narrow the results" });
    const choices = make("div", { class: "choices" });
    for (const facet of Object.keys(chosen)) {
      const values = Object.entries(counts[facet] ?? {}).filter(([, count]) => count);
      values.sort(([, one], [, other]) => other - one);
      if (chosen[facet]) {
        const any = make("a", { href: changed({ [facet]: null }), "aria-label": `Any ${facet}` }, "any");
        const label = make("b", {}, labelOf(chosen[facet]));
        nav.append(make("p", { class: "chosen" }, `${capital(facet)}: `, label, " ", any));
      } else if (values.length > 1) {
        const items = values.slice(0, OFFERED).map(([value, count]) => {
          const number = make("span", { class: "count" }, `${count}`);
          return make("li", {}, make("a", { href: changed({ [facet]: idOf(value) }) }, `${labelOf(value)} `, number));
        });
        choices.append(make("details", { open: "" }, make("summary", {}, capital(facet)), make("ul", {}, ...items)));
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
  function chosenOf(facets, known) {
    const chosen = {};
    for (const facet of facets) {
      const id = asked.get(facet) ?? "";
      chosen[facet] = id && Object.keys(known[facet] ?? {}).find((value) => idOf(value) === id);
      if (chosen[facet] === undefined) throw new Error(`there is no ${facet} “${id.slice(0, 40)}” here`);
    }
    return chosen;
  }

  // What there is to say of an answer: “12 results, page 1 of 2.”, “No match. This library covers …”
  function verdictOf({ results, missing }, coverage, number, last) {
    const lack = missing.length ? `; none of them has ${inMarks(missing)}` : "";
    if (!results.length) return `No match. ${coverage}${lack}.`;
    const best = missing.length ? `Nothing has all these words. The best matches lack ${inMarks(missing)}. ` : "";
    const page = last > 1 ? `, page ${number} of ${last}` : "";
    return `${best}${counted(results.length, "result")}${page}.`;
  }

  // Shows the page of an answer that the address names, or the nearest that there is.
  async function show(place, answer, chosen) {
    const { results } = answer;
    const size = Number(place.dataset.perPage);
    const last = Math.max(1, Math.ceil(results.length / size));
    const wanted = Number.parseInt(asked.get("page") ?? 1, 10) || 1;
    const number = Math.min(last, Math.max(1, wanted));
    const shown = results.slice((number - 1) * size, number * size);
    const records = await Promise.all(shown.map((result) => result.data()));
    place.querySelector(".verdict").textContent = verdictOf(answer, place.dataset.coverage, number, last);
    place.append(facetsOf(chosen, answer.filters), make("div", { class: "hits" }, ...records.map(resultOf)));
    if (last > 1) place.append(pagesOf(number, last));
    document.querySelector("form.collect").hidden = !results.length;
    document.querySelector("[data-browse]").hidden = results.length > 0;
  }

  async function search(place) {
    const query = (asked.get("q") ?? "").trim();
    const facets = place.dataset.facets.split(" ");
    const narrowed = facets.filter((facet) => asked.get(facet));
    const box = document.querySelector("main [name=q]");
    box.value = query;
    for (const facet of narrowed) {
      box.form.append(make("input", { type: "hidden", name: facet, value: asked.get(facet) }));
    }
    if (!query && !narrowed.length) return;
    place.querySelector(".verdict").textContent = "Searching…";
    document.title = `${query || "Everything"}: search · ${document.title.split(" · ").at(-1)}`;
    const pagefind = await import(new URL("pagefind/pagefind.js", site));
    await pagefind.options(OPTIONS);
    const chosen = chosenOf(facets, await pagefind.filters());
    const filters = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value));
    await show(place, await find(pagefind, query, filters), chosen);
  }

  document.addEventListener("DOMContentLoaded", async () => {
    const place = document.querySelector("[data-facets]");
    await search(place).catch(({ message }) => {
      const rest = "Themes and people can be browsed all the same.";
      place.querySelector(".verdict").textContent = `This search cannot be done: ${message}. ${rest}`;
    });
    document.dispatchEvent(new Event("claims"));
  });
})();
