// Every page works without this.
(() => {
  const root = document.documentElement,
    script = document.currentScript,
    site = new URL("..", script.src),
    suggestions = new URL(script.dataset.suggesting, location);
  const system = matchMedia("(prefers-color-scheme: dark)");
  // What a reader keeps in this browser, under names that begin with the site's path, as other sites
  // may share its origin; in memory where the browser keeps nothing (a private window, a full disk).
  const memory = {};
  const kept = {
    get(name) {
      try {
        return memory[name] ?? localStorage[site.pathname + name];
      } catch {
        return memory[name];
      }
    },
    set(name, value) {
      try {
        localStorage[site.pathname + name] = value;
        delete memory[name];
      } catch {
        memory[name] = value;
      }
    },
  };

  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const on = (type, act, from = document) => from.addEventListener(type, act);
  const fold = (text) => text.replace(/\s+/g, " ").trim();
  const make = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    element.append(...children);
    return element;
  };
  const soon =
    (act, wait = 200, timer) =>
    () => {
      clearTimeout(timer);
      timer = setTimeout(act, wait);
    };
  const json = async (address) => (await fetch(new URL(address, site))).json();

  // What is collected: ids of claims, in order. A value that is none of ours is left alone.
  const collected = () => kept.get("collection")?.match(/(?<!\S)[\w-]+(?!\S)/g) ?? [];
  function collectionAddress(ids) {
    const address = new URL("collection/", site);
    for (const id of ids) address.searchParams.append("claim", id);
    if (kept.get("style")) address.searchParams.set("style", kept.get("style"));
    return address;
  }
  // How many they are stands on every page.
  function count() {
    const ids = collected();
    for (const link of all("[data-collected]")) {
      link.hidden = !ids.length;
      link.textContent = `Collection (${ids.length})`;
      link.href = collectionAddress(ids);
    }
  }

  // For the scripts that come after this one.
  window.page = { all, collected, collectionAddress, count, fold, json, kept, make, on, site, soon };

  const chosen = () => ["light", "dark"].find((each) => each === kept.get("scheme"));
  const dark = () => (chosen() ?? (system.matches && "dark")) === "dark";
  const paint = () =>
    root.toggleAttribute("data-scheme", !!chosen()) && (root.dataset.scheme = chosen());
  function refresh() {
    paint();
    for (const each of all("[data-scheme-switch]")) {
      each.hidden = false;
      each.ariaLabel = dark() ? "Light" : "Dark";
    }
    count();
  }

  // What suggests is named by this script's element, and comes when a reader goes to a search box.
  function suggesting(list) {
    const input = list.parentNode.querySelector("input");
    input.role = "combobox";
    input.ariaExpanded = false;
    for (const type of ["focus", "input"]) on(type, () => import(suggestions), input);
  }

  // A claim's place in its article, by its name alone as it once was, is still found.
  function opened() {
    const name = location.hash.slice(1);
    if (document.getElementById(`claim-${name}`)) location.replace(`#claim-${name}`);
    const closed = document.querySelector(":target")?.closest("[popover], details");
    if (closed?.popover) closed.togglePopover(true);
    else if (closed) closed.open = true;
  }

  paint();
  on("DOMContentLoaded", () => {
    refresh();
    if (!("staticCopy" in root.dataset)) all(".suggestions").forEach(suggesting);
  });
  on("click", ({ target }) => {
    if (!target.closest("[data-scheme-switch]")) return;
    kept.set("scheme", dark() ? "light" : "dark");
    refresh();
  });
  // Paper has no room over the text: notes that are open are printed in their place.
  let noted;
  on("beforeprint", () => (noted = document.querySelector(":popover-open"))?.hidePopover(), window);
  on("afterprint", () => noted?.showPopover(), window);
  on("hashchange", opened, window);
  on(
    "pageshow",
    () => {
      refresh();
      opened();
    },
    window,
  );
  on("storage", refresh, window);
  on("change", refresh, system);
})();
