// Search in the static copy, where no server answers: a query is read and asked as reference/search
// does, with what it says of words in pagefind/words.json; Pagefind finds terms, by their numbers.
(() => {
  "use strict";
  const site = new URL("..", document.currentScript.src);
  const FACETS = ["kind", "theme", "person", "article", "year"], LISTING = ["and", "or", "v", "vs", "versus"];
  const PER_PAGE = 20, OFFERED = 12, MOST_WORDS = 40, MOST_PIECES = 20, ENOUGH = 0.6, FEW = 0.1;
  class Wrong extends Error {}
  let address;

  const { make } = window.page;
  const count = (number, one) => `${number} ${one}${number === 1 ? "" : "s"}`;
  const quoted = (words, link) => words.map((word) => `“${word}”`).join(link);
  const any = (sets) => sets.reduce((one, other) => one.union(other), new Set());
  // Maps of scores, added up; of those that are `among` some.
  const sum = (maps, among) => {
    const total = new Map();
    for (const map of maps) for (const [key, value] of map) if (!among || among.has(key)) total.set(key, (total.get(key) ?? 0) + value);
    return total;
  };
  const regular = (pattern) => new RegExp(pattern, "giv"), terms = (words) => words.map(({ term }) => term);

  // Reading words, as words.py does.
  function wording(told) {
    const is = Object.fromEntries(Object.entries(told.patterns).map(([name, pattern]) => [name, regular(pattern)]));
    const spellings = told.spellings.map(([pattern, to]) => [regular(pattern), to]);
    const little = new Set(told.little), small = new Set(told.small), compounds = new Set(told.compounds);
    const parts = new Map(told.parts.map((pair) => [pair.replace(" ", ""), pair.split(" ")])), table = new Map();
    told.words.forEach((line, number) => {
      const [start, ...ends] = line.split(" ");
      for (const end of ends) table.set(start + end, number);
    });
    const fold = (word) => word.replace(is.clitic, "").replace(is.dropped, "").normalize("NFKD").replace(is.dropped, "").toLowerCase().replace("per cent", "percent");
    const term = (folded) => table.get(folded) ?? table.get(spellings.reduce((word, [pattern, to]) => word.replace(pattern, to), folded));
    const tells = ({ folded, term }) => !little.has(folded) && !small.has(term);

    // The words of a text; the term of one that is nowhere is no number, and `n` is how many words a compound or an abbreviation is made of.
    function read(text) {
      const plain = [];
      let at = 0, end = 0;
      for (const { 0: word, index: start } of text.matchAll(is.word)) {
        if (text.slice(end, start).search(is.gap) >= 0) at++;
        end = start + word.length;
        const folded = fold(word);
        for (const part of parts.get(folded) ?? [folded]) if (part) plain.push({ term: term(part) ?? `_${folded}`, folded, text: word, start, end, at: at++, n: 1 });
      }
      return plain.flatMap((word, index) => {
        const wide = (term, run) => ({ ...word, term, folded: "", text: text.slice(word.start, run.at(-1).end), end: run.at(-1).end, n: run.at(-1).at + 1 - word.at });
        const next = plain[index + 1], found = [word], made = next && compound(word, next, text.slice(word.end, next.start));
        if (made !== undefined) found.push(wide(made, [next]));
        for (const [short, long] of told.spelt) {
          const run = plain.slice(index, index + long.length);
          if (run.length === long.length && long.every((term, at) => term === run[at].term)) found.push(wide(short, run));
        }
        return found;
      });
    }
    function compound(one, other, joint) {
      const closed = one.start === other.start, joined = closed ? one.folded : one.folded + other.folded, made = term(joined);
      const tell = [one.folded, other.folded].every((word) => word.length > 2 && /^\p{L}+$/u.test(word) && !little.has(word));
      const known = compounds.has(made) || (joined.length > 5 && made < told.known && (closed || joint !== " " || tell));
      if (known && (closed || joint === " " || (joint && !joint.replace(is.hyphen, "")))) return made;
    }
    // The widest reading of each place.
    function units(text) {
      let next = 0;
      return read(text).sort((a, b) => a.at - b.at || b.n - a.n).filter((word) => word.at >= next && (next = word.at + word.n));
    }
    const telling = (text) => new Set(units(text).filter(tells).map((word) => word.term));
    return { is, read, units, tells, telling };
  }

  // Pagefind, asked for terms; entries by their numbers, with scores.
  async function index(told) {
    const pagefind = await import(new URL("pagefind/pagefind.js", site));
    await pagefind.options({ ranking: { termSaturation: 1.2, termSimilarity: 0 } });
    const { results } = await pagefind.search(null, { sort: { at: "asc" } }), numbers = new Map(results.map(({ id }, at) => [id, at])), had = {};
    async function ask(text) {
      return new Map((await pagefind.search(text)).results.map(({ id, score }) => [numbers.get(id), score]));
    }
    const one = (term) => had[term] ??= term < told.known ? ask(String(told.first + term)) : new Map();
    return {
      shown: async (at) => (await results[at].data()).meta.shown,
      // What has terms side by side.
      async run(terms) {
        const each = await Promise.all(terms.map(one));
        if (each.length < 2) return each[0] ?? new Map();
        return each.every((map) => map.size) ? sum(each, await ask(`"${terms.map((term) => told.first + term).join(" ")}"`)) : new Map();
      },
    };
  }

  // Asking, as query.py, asking.py and finding.py do.
  function searcher(told, { is, units, tells, telling }, at) {
    const { entries, values, fields } = told, every = new Set(entries.keys());
    const places = (facet, fits) => new Set([...every].filter((at) => entries[at][facet].some(fits)));
    const of = (...kinds) => places("kind", (kind) => kinds.includes(kind)), ours = of("theme", "article"), claims = of("claim"), passages = of("passage");
    const people = new Map([...of("person")].map((at) => [entries[at].person[0], at]));
    const names = new Set(told.names), titles = new Set(told.titles);
    const surnames = Object.entries(told.surnames), known = (who) => new Set(values.person[who][1]);
    // The claims of a passage; of what is found, what is said and not our own prose.
    const within = (at) => new Set(passages.has(at) ? [...claims].filter((claim) => entries[claim].at === entries[at].at) : []);
    const both = (found, wants) => wants.reduce((one, { scores }) => one.intersection(scores), found);

    function parse(text) {
      const clauses = [];
      let joining = false, negating = false;
      for (const { groups: { minus, field, unknown, double, single, word } } of text.matchAll(is.token)) {
        if (/^(OR|AND|NOT)$/.test(word) && !minus && !field) {
          joining = word === "OR" && clauses.length;
          negating = word === "NOT";
          continue;
        }
        const phrase = double ?? single, words = phrase ?? word;
        if (!words || words.search(is.word) < 0) continue;
        if (unknown && unknown !== unknown.toUpperCase()) throw new Wrong(`There is no field “${unknown}:” here; there are ${Object.keys(fields).join(":, ")}:.`);
        const term = { text: unknown ? `${unknown}:${words}` : words.trim(), phrase: phrase !== undefined, field: fields[field?.toLowerCase()] }, not = Boolean(minus || negating);
        if (joining && !not && !clauses.at(-1).not) clauses.at(-1).any.push(term);
        else clauses.push({ any: [term], not });
        joining = negating = false;
      }
      return clauses;
    }
    function years(text) {
      const [, from, to = from] = text.trim().match(/^([12]\d{3})(?:\s?[-–]\s?([12]\d{3}))?$/) ?? [];
      if (!(from <= to)) throw new Wrong(`“${text.slice(0, 40)}” is no year or span of years. Years are written in four digits, as in year:2012 or year:2010-2012.`);
      return (value) => from <= value && value <= to;
    }
    const narrowed = (facet) => {
      const value = address.get(facet);
      if (facet !== "year" && !Object.hasOwn(values[facet], value)) throw new Wrong(`There is no ${facet} “${value.slice(0, 40)}” here.`);
      return places(facet, facet === "year" ? years(value) : (each) => each === value);
    };

    // What is wanted: the entries that have it, and the runs of words it is.
    async function looked(label, runs) {
      const found = await Promise.all(runs.map((run) => at.run(terms(run))));
      const scores = sum(found, found.reduce((one, other) => one.intersection(other), every));
      return { label, runs, scores, nowhere: scores.size ? [] : [label] };
    }
    async function want({ text, field }) {
      if (!field) return looked(text, text.split(is.gap).map(units).filter((run) => run.length).slice(0, MOST_PIECES));
      const its = telling(text), named = (value) => value === text || (!values[field][text] && its.size && its.isSubsetOf(new Set(values[field][value][1])));
      const found = places(field, field === "year" ? years(text) : named), label = `${field}:${text}`;
      return { label, runs: [], scores: new Map([...found].map((at) => [at, 0])), nowhere: found.size ? [] : [label] };
    }
    const either = (wants) => wants.reduce((one, other) => ({ label: `${one.label} or ${other.label}`, runs: [...one.runs, ...other.runs], scores: sum([one.scores, other.scores]), nowhere: [...one.nowhere, ...other.nowhere] }));
    const ofName = ({ runs }) => runs.flat().some(({ term }) => names.has(term));

    // Who is asked for: 2 by a surname or as a group, 1 by a first name.
    function naming(wants, typed) {
      const beside = any(wants.filter(ofName).map(({ scores }) => scores)).difference(ours), among = beside.size ? beside : every;
      const its = wants.filter(({ scores }) => !among.isDisjointFrom(scores)).flatMap(({ runs }) => terms(runs.flat()));
      const sure = new Map(surnames.filter(([, last]) => last.some((term) => its.includes(term))).map(([who]) => [who, 2]));
      if (its.every((term) => names.has(term))) {
        const free = new Set(its).difference(any([...sure.keys()].map(known)));
        return new Map([...[...people.keys()].filter((who) => !known(who).isDisjointFrom(free)).map((who) => [who, 1]), ...sure]);
      }
      const last = surnames.filter(([, last]) => last.includes(its.at(-1))).map(([who]) => who);
      if ((sure.size > 1 && sure.size >= wants.length / 2 && LISTING.some((word) => typed.has(word))) || (wants.length === 2 && `${last}` === `${[...sure.keys()]}`)) return sure;
      return new Map(Object.keys(values.person).filter((who) => !people.has(who) && known(who).isSubsetOf(new Set(its))).map((who) => [who, 2]));
    }
    // Those with most of what is wanted, by how rare it is.
    function partly(wants, among) {
      const worth = sum(wants.map(({ scores }) => new Map([...scores.keys()].map((at) => [at, Math.log(1 + every.size / (scores.size + 0.5))]))), among);
      const best = Math.max(0, ...[...worth].map(([at, value]) => ours.has(at) ? 0 : value));
      let found = new Set([...worth.keys()].filter((at) => worth.get(at) >= ENOUGH * best));
      for (const passage of passages.intersection(found)) found = found.difference(new Set([...within(passage)].filter((claim) => !(worth.get(claim) >= worth.get(passage)))));
      return found;
    }

    // All that answers, best first, and what there is to say of it.
    return async function find(query, facets) {
      const clauses = parse(query.replace(/´/g, "’").normalize("NFKC").replace(/\p{Cf}/gu, "").replace(is.address, "").replace(/[\s\p{C}]+/gu, " ").trim());
      const kept = facets.map(narrowed), required = [], loose = [];
      let among = clauses.length || (!query && facets.length) ? every : new Set();
      for (const { any: [first, ...others], not } of clauses) {
        const loosely = !not && !others.length && !first.phrase && !first.field;
        const wanted = loosely ? loose.push(first.text) : either(await Promise.all([first, ...others].map(want)));
        if (not) among = among.difference(wanted.scores);
        else if (!loosely) required.push(wanted);
      }
      const all = units(loose.join(" "));
      let telling = all.filter(tells);
      if (telling.some(({ term }) => names.has(term))) telling = telling.filter(({ term }) => !titles.has(term));
      if (!telling.length && !required.length) telling = all;
      const unlike = new Map(telling.map((unit) => [unit.term, unit]));
      let free = await Promise.all([...unlike.values()].map((unit) => looked(unit.text, [[unit]])));
      const named = naming([...required, ...free], new Set(all.map(({ folded }) => folded))), who = [...named.keys()].filter((each) => people.has(each));
      const listed = who.length > 1 && !required.length ? free.filter(ofName) : [];
      if (listed.length) free = [either(listed), ...free.filter((wanted) => !listed.includes(wanted))];
      free = free.sort((a, b) => a.scores.size - b.scores.size).slice(0, MOST_WORDS);
      among = both(among, required);
      let found = both(among, free);
      if (who.length > 1) found = found.union(new Set(who.map((each) => people.get(each))).intersection(among));
      const partial = free.length > 0 && found.isSubsetOf(ours);
      if (partial) {
        const wanted = free.filter((each) => !who.length || ofName(each));
        found = wanted.length ? partly(wanted, among) : among;
      }
      found = new Set([...found].filter((at) => within(at).isDisjointFrom(found)));
      const wants = [...required, ...free], its = new Set(wants.flatMap(({ runs }) => terms(runs.flat())));
      const near = all.slice(0, 2 * MOST_WORDS).slice(1).map((unit, before) => [all[before], unit]);
      if (all.length > 2) near.push(all);
      const scores = sum([...wants.map((wanted) => wanted.scores), ...await Promise.all(near.map((run) => at.run(terms(run))))]);
      found = kept.reduce((one, other) => one.intersection(other), found);
      // The very thing that is named comes first, then what somebody named says.
      const few = !partial && found.size <= Math.max(6, FEW * every.size);
      const tier = ({ kind: [kind], person, called }) => {
        const very = its.isSubsetOf(new Set(called));
        if (kind === "person") return named.has(person[0]) ? 2 + named.get(person[0]) : 2 * (few && very);
        if (kind === "theme" || kind === "article") return 2 * (very && (2 * its.size >= called.length || !its.size));
        return Number(person.some((each) => named.has(each)));
      };
      const worth = (at) => 1000 * tier(entries[at]) + (scores.get(at) ?? 0);
      const ranked = [...found].sort((a, b) => worth(b) - worth(a) || a - b);
      if (address.get("sort") === "date") ranked.sort((a, b) => entries[b].date.localeCompare(entries[a].date));
      const nowhere = wants.flatMap((wanted) => wanted.nowhere);
      const missing = ranked.length ? wants.filter(({ scores }) => !scores.has(ranked[0])).map(({ label }) => label) : nowhere;
      return { found, ranked, nowhere, missing, runs: wants.flatMap(({ runs }) => runs) };
    };
  }

  // Marks the runs of words in an element.
  function mark(element, runs, read) {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), nodes = [];
    while (texts.nextNode()) nodes.push(texts.currentNode);
    for (const node of nodes) {
      const words = read(node.data), spans = [];
      for (const run of runs) for (const first of words) {
        let last = first.term === run[0].term && first;
        for (const { term } of run.slice(1)) last &&= words.find((word) => word.term === term && word.at === last.at + last.n);
        if (last) spans.push([first.start, last.end]);
      }
      let end = node.length;
      for (const [from, to] of spans.sort((a, b) => b[0] - a[0] || b[1] - a[1])) {
        if (to > end) continue;
        end = from;
        const found = node.splitText(from);
        found.splitText(to - from);
        found.replaceWith(make("mark", {}, found.data));
      }
    }
  }

  const changed = (changes) => {
    const next = new URLSearchParams(address);
    next.delete("page");
    for (const [key, value] of Object.entries(changes)) value ? next.set(key, value) : next.delete(key);
    return `?${next}`;
  };
  const named = ({ values }, facet, value) => facet === "kind" ? value[0].toUpperCase() + value.slice(1) : values[facet]?.[value]?.[0] ?? value;
  function facets(told, found) {
    const nav = make("nav", { class: "facets", "aria-label": "Narrow the results" });
    for (const facet of FACETS) {
      const label = facet[0].toUpperCase() + facet.slice(1), chosen = address.get(facet);
      const counts = [...sum([...found].map((at) => new Map(told.entries[at][facet].map((value) => [value, 1]))))].sort((a, b) => b[1] - a[1]);
      if (chosen) nav.append(make("p", { class: "chosen" }, `${label}: `, make("b", {}, named(told, facet, chosen)), " ", make("a", { href: changed({ [facet]: "" }), "aria-label": `Any ${facet}` }, "any")));
      else if (counts.length > 1) nav.append(make("details", facet === "theme" ? { open: "" } : {}, make("summary", {}, label), make("ul", {}, ...counts.slice(0, OFFERED).map(([value, size]) => make("li", {}, make("a", { href: changed({ [facet]: value }) }, `${named(told, facet, value)} `, make("span", {}, String(size))))))));
    }
    return nav;
  }
  const sheets = (number, last) => make("nav", { class: "sheets", "aria-label": "Pages of results" },
    ...(number > 1 ? [make("a", { rel: "prev", href: changed({ page: number > 2 && number - 1 }) }, "Previous page"), " "] : []),
    make("span", {}, `Page ${number} of ${last}`),
    ...(number < last ? [" ", make("a", { rel: "next", href: changed({ page: number + 1 }) }, "Next page")] : []));

  async function searching(place) {
    const query = (address.get("q") ?? "").trim(), narrowed = FACETS.filter((facet) => address.get(facet));
    const box = document.querySelector("#search_box"), verdict = place.querySelector(".verdict");
    place.replaceChildren(verdict);
    box.value = query;
    for (const facet of narrowed) box.form.append(make("input", { type: "hidden", name: facet, value: address.get(facet) }));
    if (!query && !narrowed.length) return;
    if (query.length > box.maxLength) throw new Wrong(`A search may have up to ${box.maxLength.toLocaleString("en")} characters; please shorten it.`);
    verdict.textContent = "Searching…";
    const told = await (await fetch(new URL("pagefind/words.json", site))).json(), words = wording(told), at = await index(told);
    const { found, ranked, nowhere, missing, runs } = await searcher(told, words, at)(query, narrowed);
    const last = Math.max(1, Math.ceil(ranked.length / PER_PAGE)), wanted = address.get("page") ?? "";
    const number = /^[1-9]\d{0,5}$/.test(wanted) ? Math.min(last, Number(wanted)) : 1;
    const hits = ranked.slice((number - 1) * PER_PAGE, number * PER_PAGE), first = told.entries[hits[0]];
    // After a person who comes first, their words in the order of reading.
    const own = (at) => told.entries[at].kind[0] === "claim" && told.entries[at].person.includes(first.person[0]);
    if (first?.kind[0] === "person") hits.splice(1, hits.length, ...hits.slice(1).filter(own).sort((a, b) => a - b), ...hits.slice(1).filter((at) => !own(at)));
    const notes = ranked.length ? [`${count(ranked.length, "result")}${last > 1 ? `, page ${number} of ${last}` : ""}.`] : [];
    if (!ranked.length) notes.unshift(`No match. ${place.dataset.coverage}${nowhere.length ? `; none of them has ${quoted(nowhere, " or ")}` : ""}.`);
    else if (missing.length) notes.unshift(`Nothing has all these words. The best matches lack ${quoted(missing, ", ")}.`);
    else if (nowhere.length) notes.unshift(`Nothing here has ${quoted(nowhere, " or ")}.`);
    verdict.textContent = notes.join(" ");
    if (ranked.length || narrowed.length) place.append(facets(told, found));
    const shown = make("div", { class: "hits" });
    for (const html of await Promise.all(hits.map(at.shown))) {
      const page = new DOMParser().parseFromString(html, "text/html"), element = document.importNode(page.querySelector(".hits > *"), true);
      const [marked, says] = ["blockquote", ".says"].map((part) => element.querySelector(part));
      for (const part of [marked, says]) if (part) mark(part, runs, words.read);
      if (says?.querySelector("mark") && !marked.querySelector("mark") && first.kind[0] !== "person") says.parentNode.open = true;
      shown.append(element);
    }
    place.append(shown);
    if (last > 1) place.append(sheets(number, last));
    document.querySelector("#collect_form").hidden = !ranked.length;
    document.querySelector("[data-browse]").hidden = ranked.length > 0;
    document.title = `${query || "Everything"}: search · ${document.title.split(" · ").at(-1)}`;
  }

  document.addEventListener("DOMContentLoaded", async () => {
    const place = document.querySelector("[data-bundle]");
    address = new URLSearchParams(location.search);
    await searching(place).catch((error) => {
      place.querySelector(".verdict").textContent = error instanceof Wrong ? error.message : `This could not be done here (${error.message}). Themes, people and articles can be browsed all the same.`;
    });
    document.dispatchEvent(new Event("claims"));
  });
})();
