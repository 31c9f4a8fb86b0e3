// The reader's collection in the static copy: pages of claims and articles have all it shows.
(() => {
  "use strict";
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  async function read(url) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`nothing at ${url.pathname}`);
    return { url, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
  }
  // A part of another page, to stand in this one: its links were relative to that page.
  function adopted(part, base) {
    const copy = document.importNode(part, true);
    for (const each of [copy, ...copy.querySelectorAll("[href], [id]")]) {
      each.removeAttribute("id");
      if (each.hasAttribute("href")) each.href = new URL(each.getAttribute("href"), base).href;
    }
    return copy;
  }

  function card({ url, page }) {
    const says = make("h2", { class: "says" }, make("a", { href: url.href }, ...adopted(page.querySelector("h1"), url).childNodes));
    const part = (selector) => [page.querySelector(selector)].filter(Boolean).map((each) => adopted(each, url));
    const said = make("p", { class: "who" }, ...part(".exhibit figcaption").flatMap((each) => [...each.childNodes]));
    const meta = make("div", { class: "meta" }, said, ...part("main > .sources"), ...part("main > .themes"));
    return make("article", { class: "claim" }, says, ...part(".exhibit .words"), meta);
  }

  const article = ({ url, page }) => new URL(page.querySelector(".exhibit cite a").getAttribute("href"), url).href;

  // The references of the articles in one style: numbered styles as first cited, others by author.
  function bibliography(articles) {
    const section = document.querySelector("section.reading"), styles = section.querySelector("select");
    const found = (page) => [...page.querySelectorAll(".reference[id^=cite-]")];
    for (const each of found(articles[0].page)) {
      const id = each.id.slice(5);
      styles.append(make("option", { value: id }, articles[0].page.querySelector(`#style-${id}`)?.textContent || id));
    }
    const show = () => {
      const items = articles.map(({ url, page }) => found(page).filter((each) => each.id === `cite-${styles.value}`).map((each) => make("li", {}, adopted(each, url)))).flat();
      if (styles.value !== "vancouver") items.sort((a, b) => a.textContent.localeCompare(b.textContent, "en-GB"));
      section.querySelector("ul").replaceChildren(...items);
    };
    styles.addEventListener("change", show);
    show();
    section.hidden = !styles.length;
  }

  async function download(ids, site, suffix) {
    const texts = await Promise.all(ids.map(async (id) => (await fetch(new URL(`claims/${id}.${suffix}`, site))).text()));
    const text = suffix === "csl.json" ? JSON.stringify(texts.flatMap((each) => JSON.parse(each)), null, 2) : texts.join("\n");
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    make("a", { href: url, download: `collection.${suffix}` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  addEventListener("DOMContentLoaded", async () => {
    const place = document.querySelector("[data-site]"), status = place.querySelector("[role=status]");
    const site = new URL(place.dataset.site, document.baseURI);
    const ids = [...new Set(new URLSearchParams(location.search).getAll("claim"))].filter((id) => /^[a-z0-9-]+$/.test(id));
    if (!ids.length) { status.textContent = "Nothing is collected yet: tick claims on any page, then show the collection."; return; }
    const readAll = async (urls) => (await Promise.allSettled(urls.map((url) => read(new URL(url, site))))).map((each) => each.value);
    const pages = await readAll(ids.map((id) => `claims/${id}/`));
    const kept = ids.filter((_, at) => pages[at]), lost = ids.filter((_, at) => !pages[at]);
    place.append(...pages.filter(Boolean).map(card));
    status.textContent = `${kept.length} claim${kept.length === 1 ? "" : "s"}${lost.length ? `. Not found: ${lost.join(", ")}` : ""}.`;
    const articles = (await readAll([...new Set(pages.filter(Boolean).map(article))])).filter(Boolean);
    if (articles.length) bibliography(articles);
    for (const button of document.querySelectorAll("[data-download]")) {
      button.hidden = !kept.length;
      button.addEventListener("click", () => download(kept, site, button.dataset.download).catch(() => { status.textContent = "The file could not be made."; }));
    }
  });
})();
