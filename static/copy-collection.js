// The reader's collection in the static copy: each claim's own page has all that is shown.
(() => {
  "use strict";
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  // Links in a part of another page are relative to that page.
  const adopted = (part, base) => {
    const copy = document.importNode(part, true);
    for (const each of [copy, ...copy.querySelectorAll("[href], [id]")]) {
      each.removeAttribute("id");
      if (each.hasAttribute("href")) each.href = new URL(each.getAttribute("href"), base).href;
    }
    return copy;
  };

  async function claim(base) {
    const answer = await fetch(base);
    if (!answer.ok) throw new Error(`nothing at ${base.pathname}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const says = page.querySelector("h1"), exhibit = page.querySelector(".exhibit");
    const references = [...page.querySelectorAll(".citations")][0];
    return make("article", { class: "claim" },
      make("h2", { class: "says" }, make("a", { href: base.href }, says.textContent)),
      ...[exhibit, references].filter(Boolean).map((part) => adopted(part, base)));
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
    const made = await Promise.allSettled(ids.map((id) => claim(new URL(`claims/${id}/`, site))));
    const kept = ids.filter((_, place) => made[place].status === "fulfilled");
    status.textContent = `${kept.length} claim${kept.length === 1 ? "" : "s"}${kept.length < ids.length ? `; ${ids.length - kept.length} could not be found` : ""}.`;
    place.append(...made.filter((each) => each.value).map((each) => each.value));
    for (const button of document.querySelectorAll("[data-download]")) {
      button.hidden = !kept.length;
      button.addEventListener("click", () => download(kept, site, button.dataset.download).catch(() => { status.textContent = "The file could not be made."; }));
    }
  });
})();
