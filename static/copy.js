// The reader's collection in the static copy, where no server answers. A claim is set as everywhere:
// its element is taken from the list of all claims.
(() => {
  const { all, collectionAddress, make, on, site } = window.page;
  const parameters = new URLSearchParams(location.search);

  async function text(path) {
    const answer = await fetch(new URL(path, site));
    if (!answer.ok) throw new Error(`nothing at ${path}`);
    return answer.text();
  }
  const json = async (path) => JSON.parse(await text(path));
  const page = async (path) => new DOMParser().parseFromString(await text(path), "text/html");

  // Files of one source each become one file: where several claims are of one source, it is one
  // record with the notes of all.
  const joining = {
    "csl.json"(texts) {
      const records = texts.flatMap((file) => JSON.parse(file));
      const notes = Map.groupBy(records, (record) => record.id);
      const joined = [...notes.values()].map((same) => ({
        ...same[0],
        note: [...new Set(same.flatMap((record) => record.note?.split("\n") ?? []))].join("\n"),
      }));
      return JSON.stringify(joined, null, 2);
    },
    ris(texts) {
      const notes = (file) => file.match(/^N1 {2}- .*\r\n/gm) ?? [];
      return bySource(texts, /^ID {2}- .*/m, (same) => {
        const all = [...new Set(same.flatMap(notes))].join("");
        return same[0].replace(/^N1 {2}- .*\r\n/gm, "").replace(/^ER/m, `${all}ER`);
      });
    },
    bib(texts) {
      const comment = /^ {2}comment = \{(.*)\},$/m;
      const notes = (file) => file.match(comment)?.[1].split(" • ") ?? [];
      return bySource(texts, /^@.*/, (same) => {
        const all = [...new Set(same.flatMap(notes))].join(" • ");
        return same[0].replace(comment, () => `  comment = {${all}},`);
      });
    },
  };
  function bySource(texts, key, join) {
    const groups = Map.groupBy(texts, (file) => file.match(key)[0]);
    return [...groups.values()].map(join).join("\n");
  }
  async function download(ids, ending) {
    const files = await Promise.all(ids.map((id) => text(`claims/${id}.${ending}`)));
    const blob = new Blob([joining[ending](files)], { type: "text/plain" });
    const href = URL.createObjectURL(blob);
    make("a", { href, download: `collection.${ending}` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10000);
  }

  // The elements of claims, by id, from the pages of the list of all claims: the first page shows
  // how many a page has, and the library in which order they are.
  async function elementsOf(ids, order) {
    const first = await page("claims/");
    const size = all("[data-claim]", first).length;
    const pages = { 1: first };
    const elements = {};
    for (const id of ids) {
      const number = Math.floor(order.indexOf(id) / size) + 1;
      const path = number > 1 ? `claims/page/${number}/` : "claims/";
      pages[number] ??= await page(path);
      const found = pages[number].querySelector(`[data-claim="${id}"]`);
      elements[id] = document.importNode(found, true);
      for (const link of all("[href]", elements[id])) {
        link.href = new URL(link.getAttribute("href"), new URL(path, site)); // relative there
      }
    }
    return elements;
  }

  // Old name -> new, of claims that moved: the page at the old name leads on to the new one.
  async function movedAmong(ids) {
    const moved = new Map();
    for (const id of ids) {
      const there = await page(`claims/${encodeURIComponent(id)}/`).catch(() => null);
      const canonical = there?.querySelector("link[rel=canonical]");
      if (canonical) moved.set(id, canonical.href.split("/").at(-2));
    }
    return moved;
  }

  // What moves a claim in the collection, or removes it, as the live site has it.
  function arranging(id) {
    const label = make("label", { class: "pick", hidden: "" });
    label.append(make("input", { type: "checkbox", name: "claim", value: id }), " Collect");
    const parts = [label];
    for (const [name, text] of [["earlier", "Earlier"], ["later", "Later"], ["without", "Remove"]]) {
      const attributes = { type: "button", class: "copy", form: "arrange", name, value: id };
      parts.push(" ", make("button", attributes, text));
    }
    return parts;
  }

  const plain = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent;
  const numbered = (line, at) => `${at + 1}. ${line}`;

  function shown(section, lines) {
    section.hidden = !lines.length;
    const items = lines.map((line) => {
      const item = make("li");
      item.innerHTML = line;
      return item;
    });
    section.querySelector("ul").replaceChildren(...items);
  }

  // Notes and bibliography in the style chosen: each article's reference once, by name, or in a
  // numbered style as first cited.
  async function showReferences(claims) {
    const articles = [...new Set(claims.map((claim) => claim.article))];
    const sources = {};
    for (const article of articles) sources[article] = await json(`articles/${article}.citations.json`);
    const { styles } = sources[articles[0]];
    const select = document.querySelector("[name=style]");
    select.append(...styles.map(({ id, name }) => make("option", { value: id }, name)));
    select.value = parameters.get("style") ?? window.page.kept.get("style") ?? "";
    if (select.selectedIndex < 0) select.selectedIndex = 0;

    function show() {
      const inStyle = (article) => sources[article].styles.find(({ id }) => id === select.value);
      const { cites } = inStyle(articles[0]);
      const references = articles.map((article) => inStyle(article).reference);
      if (cites !== "number") references.sort((one, other) => (plain(one) < plain(other) ? -1 : 1));
      const bibliography = document.querySelector("#bibliography").parentNode;
      shown(bibliography, cites === "number" ? references.map(numbered) : references);
      const notes = cites === "note" ? notesOf(claims, inStyle) : [];
      shown(document.querySelector("#notes").parentNode, notes.map(numbered));
      document.dispatchEvent(new Event("claims"));
    }
    on("change", show, select);
    show();
  }
  // In full where an article is first cited, then short.
  function notesOf(claims, inStyle) {
    const firstNotes = {};
    return claims.map(({ id, article }, at) => {
      const { citation, short } = inStyle(article).claims[id];
      if (!(article in firstNotes)) {
        firstNotes[article] = at + 1;
        return citation;
      }
      return short.replace("{note}", firstNotes[article]);
    });
  }

  async function collecting(place) {
    const verdict = place.querySelector(".verdict");
    const keeping = document.querySelector("[data-listed]");
    const asked = [...new Set(parameters.getAll("claim"))];
    if (!asked.length) {
      verdict.textContent =
        "No claims are collected yet. Tick “Collect” beside any quotation, then show the collection.";
      return;
    }
    const library = await json("library.json");
    const known = new Map(library.claims.map((claim) => [claim.id, claim]));
    const moved = await movedAmong(asked.filter((id) => !known.has(id)));
    const ids = [...new Set(asked.map((id) => moved.get(id) ?? id))];
    const claims = ids.filter((id) => known.has(id)).map((id) => known.get(id));
    const lost = ids.filter((id) => !known.has(id));
    const elements = await elementsOf(claims.map(({ id }) => id), [...known.keys()]);
    const articles = [...new Set(claims.map(({ article }) => article))];
    for (const { id, article } of claims) {
      const element = elements[id];
      element.dataset.number = articles.indexOf(article) + 1;
      element.querySelector(".pick")?.replaceWith(...arranging(id));
      place.append(element);
    }
    const count = `${claims.length} claim${claims.length === 1 ? "" : "s"}.`;
    verdict.textContent = count + (lost.length ? ` Not found: ${lost.join(", ")}.` : "");
    keeping.dataset.listed = claims.map(({ id }) => id).join(" ");
    keeping.dataset.moved = JSON.stringify(Object.fromEntries(moved));
    if (!claims.length) return;
    document.querySelector(".files").hidden = false;
    document.querySelector("[data-link]").dataset.link = collectionAddress(claims.map(({ id }) => id));
    for (const button of all("[data-download]")) {
      on("click", () => {
        download(claims.map(({ id }) => id), button.dataset.download).catch(() => {
          verdict.textContent = "The file could not be made.";
        });
      }, button);
    }
    await showReferences(claims);
  }

  on("DOMContentLoaded", async () => {
    const place = document.querySelector("[data-site]");
    await collecting(place).catch((error) => {
      place.querySelector(".verdict").textContent =
        `This could not be done here (${error.message}). Themes, people and articles can be browsed all the same.`;
    });
    document.dispatchEvent(new Event("claims"));
  });
})();
