// Comfort only: every page works without this file.
(() => {
  "use strict";
  const root = document.documentElement;
  const store = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } },
  };
  const chosen = store.get("scheme");
  if (chosen) root.dataset.scheme = chosen;

  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (name, attributes = {}, text = "") => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    return element;
  };
  let status;
  const say = (text) => { status.textContent = ""; setTimeout(() => { status.textContent = text; }, 50); };

  function schemes() {
    const button = document.querySelector("[data-scheme-switch]");
    const dark = () => (root.dataset.scheme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
    const label = () => { button.textContent = dark() ? "Light" : "Dark"; };
    button.hidden = false;
    label();
    button.addEventListener("click", () => {
      root.dataset.scheme = dark() ? "light" : "dark";
      store.set("scheme", root.dataset.scheme);
      label();
    });
  }

  function copying() {
    for (const button of all("[data-copy]")) {
      button.hidden = false;
      button.addEventListener("click", async () => {
        const text = document.querySelector(button.dataset.copy).innerText.replace(/\s+/g, " ").trim();
        try {
          await navigator.clipboard.writeText(text);
          say("Copied");
          button.dataset.done = "";
          setTimeout(() => { delete button.dataset.done; }, 1500);
        } catch { say("Could not copy: select the text instead"); }
      });
    }
  }

  // Suggestions, as an ARIA combobox with a list (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/).
  function suggesting(input) {
    const form = input.form, list = make("ul", { role: "listbox", id: `${input.id}-list`, "aria-label": "Suggestions", class: "suggestions", hidden: "" });
    let at = -1, asked = 0, timer;
    for (const [key, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) input.setAttribute(key, value);
    form.append(list);
    const options = () => [...list.children];
    const close = () => { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
    const mark = (to) => {
      at = to;
      options().forEach((option, place) => option.setAttribute("aria-selected", place === at));
      if (at < 0) input.removeAttribute("aria-activedescendant");
      else { input.setAttribute("aria-activedescendant", options()[at].id); options()[at].scrollIntoView({ block: "nearest" }); }
    };
    const ask = async () => {
      const mine = ++asked, text = input.value.trim();
      if (text.length < 2) return close();
      try {
        const url = new URL("../suggest.json", form.action);
        url.searchParams.set("q", text);
        const [, words, about, urls] = await (await fetch(url)).json();
        if (mine !== asked) return;
        list.replaceChildren(...words.map((word, place) => {
          const option = make("li", { role: "option", id: `${list.id}-${place}`, "aria-selected": "false" }, word);
          option.append(make("span", {}, ` ${about[place] || ""}`));
          option.addEventListener("mousedown", (event) => { event.preventDefault(); location.href = urls[place]; });
          option.dataset.url = urls[place];
          return option;
        }));
        list.hidden = !words.length;
        input.setAttribute("aria-expanded", String(!list.hidden));
        mark(-1);
      } catch { close(); }
    };
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      const count = options().length;
      if (event.key === "Escape" && !list.hidden) { event.preventDefault(); close(); }
      else if (event.key === "Enter" && at >= 0) { event.preventDefault(); location.href = options()[at].dataset.url; }
      else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden) {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        mark(((at + step + 1 + count + 1) % (count + 1)) - 1);
      }
    });
  }

  // The ticked claims, remembered from page to page.
  function collecting() {
    const link = document.querySelector("[data-collected]"), base = link.getAttribute("href");
    const forget = document.querySelector("[data-forget]");
    const read = () => (store.get("collection") || "").split(" ").filter(Boolean);
    const show = (ids) => {
      link.hidden = !ids.length;
      if (forget) forget.hidden = !ids.length;
      link.textContent = `Collection (${ids.length})`;
      link.href = `${base}?${ids.map((id) => `claim=${encodeURIComponent(id)}`).join("&")}`;
    };
    const boxes = all('input[type="checkbox"][name="claim"]');
    for (const box of boxes) {
      box.checked = read().includes(box.value);
      box.addEventListener("change", () => {
        const ids = read().filter((id) => id !== box.value);
        if (box.checked) ids.push(box.value);
        store.set("collection", ids.join(" "));
        for (const twin of boxes) if (twin.value === box.value) twin.checked = box.checked;
        show(ids);
      });
    }
    document.querySelector("#collect")?.addEventListener("submit", (event) => {
      if (read().length) { event.preventDefault(); location.href = link.href; }
    });
    forget?.addEventListener("click", () => { store.set("collection", ""); show([]); });
    show(read());
  }

  // A note of theme prose opens where it is read.
  function notes() {
    const refs = all("a.ref");
    if (!refs.length || !HTMLElement.prototype.showPopover) return;
    const box = make("div", { popover: "auto", class: "opened", tabindex: "-1", role: "note" });
    document.body.append(box);
    for (const ref of refs) ref.addEventListener("click", (event) => {
      const card = document.getElementById(ref.dataset.claim) || document.querySelector(ref.getAttribute("href"));
      if (!card) return;
      event.preventDefault();
      const copy = card.cloneNode(true);
      all(".pick", copy).forEach((each) => each.remove());
      all("[id]", copy).forEach((each) => each.removeAttribute("id"));
      box.replaceChildren(...copy.childNodes);
      box.setAttribute("aria-label", `Note ${ref.textContent}`);
      box.showPopover();
      const place = ref.getBoundingClientRect();
      box.style.top = `${scrollY + place.bottom + 8}px`;
      box.style.left = `${Math.max(8, Math.min(place.left - 24, innerWidth - box.offsetWidth - 8))}px`;
      box.focus({ preventScroll: true });
    });
  }

  addEventListener("DOMContentLoaded", () => {
    status = make("p", { role: "status", class: "status" });
    document.body.append(status);
    schemes();
    copying();
    collecting();
    notes();
    if (!("staticCopy" in root.dataset)) all('input[type="search"][name="q"]').forEach(suggesting); // a static copy has no server to ask
    addEventListener("keydown", (event) => {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        document.querySelector('input[type="search"]').focus();
      }
    });
    // A claim that an address names is opened.
    const open = () => { const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1))); if (target instanceof HTMLDetailsElement) target.open = true; };
    addEventListener("hashchange", open);
    open();
  });
})();
