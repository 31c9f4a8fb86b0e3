// Citations as a reader likes them, and what a reader collects. Every page works without this.
(() => {
  const { all, collected, count, fold, kept, make, on, soon } = window.page;
  const MANNERS = {
    reference: "with reference",
    citation: "with citation",
    words: "words",
  };
  // A value that the browser kept may be of an older site, or of none: only what is named here counts.
  const known = (names, id) => (Object.hasOwn(names, id) ? id : Object.keys(names)[0]);
  const manner = () => known(MANNERS, kept.get("manner"));

  // This script's element has the styles, [[id, short name], …], and the addresses of other scripts.
  const { styles, ...addresses } = document.currentScript.dataset;
  const STYLES = Object.fromEntries(JSON.parse(styles));
  // The style to copy in: the page's own where it has a list of them, otherwise the one that is kept.
  const styleId = () => known(STYLES, document.querySelector(".styles [name=style]")?.value || kept.get("style"));

  // Scripts that only answer a reader are named by this one's element. They come when a reader first
  // points, selects or types, and put what they do with a click into `clicks`. A page that comes under a
  // pointer at rest has a move too, by nothing, and a selection may hold nothing: no acts of a reader.
  const clicks = [];
  let loading;
  function load() {
    const scripts = Object.values(addresses).map((address) => import(new URL(address, location)));
    return Promise.all(scripts).catch(() => {
      loading = undefined;
    });
  }
  const loaded = () => (loading ??= load());
  // A click that comes before them waits for them.
  async function clicked(event) {
    await loaded();
    if (!loading && event.target.closest(".copy")) say("It could not be fetched.");
    for (const act of clicks) act(event);
  }

  // What was done is said in a live region. The page has one, and so has each box that can be open
  // over it: some screen readers say nothing where a region is moved together with its message.
  function say(text) {
    hush();
    const place = document.querySelector(":popover-open") ?? document.body;
    place.querySelector(":scope > .status").textContent = text;
  }
  function hush() {
    for (const status of all(".status")) status.textContent = "";
  }
  const hushLater = soon(hush, 3000);

  // The day of reading, written as the example is: 20 June 2012, June 20, 2012, 20 Jun. 2012.
  function writeDates(within) {
    const now = new Date();
    const month = now.toLocaleString("en-GB", { month: "long" });
    const [, short, day, year] = `${now}`.split(" ");
    const parts = {
      2012: year,
      20: +day,
      June: month,
      Jun: short,
      "Jun.": month.length > 4 ? `${short.replace("Sep", "Sept")}.` : month,
    };
    for (const place of all("[data-today]", within)) {
      const example = place.dataset.today;
      place.textContent = example.replace(/2012|June|Jun\.?|20/g, (part) => parts[part]);
    }
  }

  function collect(ids) {
    kept.set("collection", [...new Set(ids)].join(" "));
    refresh();
  }

  // What a button that copies a quotation says: how much, and in which style.
  function copyLabel() {
    const label = `Copy ${MANNERS[manner()]}`;
    return manner() === "words" ? label : `${label}, ${STYLES[styleId()]}`;
  }

  // The page as what is kept would have it.
  function refresh() {
    writeDates();
    const ids = collected();
    for (const place of all("button[hidden], .style[hidden]")) place.hidden = false;
    count();
    for (const box of all("input[name=claim][type=checkbox]")) box.checked = ids.includes(box.value);
    all("[data-cite]").forEach(showStyle);
    for (const button of all("[data-quote], [data-selected]")) {
      if (!button.dataset.name) button.textContent = copyLabel();
    }
  }
  function showStyle(section) {
    for (const folded of all(".other-styles", section)) folded.replaceWith(...all("[data-style]", folded));
    const styles = all("[data-style]", section);
    const chosen = styles.find((form) => form.dataset.style === kept.get("style")) ?? styles[0];
    for (const form of styles) form.hidden = form !== chosen;
    section.querySelector("select").value = chosen.dataset.style;
  }

  // The passages as they came: a translation of one is no quotation.
  const printed = new Map();

  const shared = { MANNERS, clicks, collect, hushLater, manner, printed, refresh, say, styleId, writeDates };
  Object.assign(window.page, shared);

  on("DOMContentLoaded", () => {
    for (const place of [document.body, ...all("[popover]")]) {
      place.append(make("p", { role: "status", class: "status" }));
    }
    for (const passage of all("[data-passage]")) printed.set(passage, fold(passage.textContent));
    refresh();
    on("click", clicked);
    for (const type of ["pointerdown", "focusin", "keydown"]) on(type, loaded);
    on("pointermove", ({ movementX, movementY }) => {
      if (movementX || movementY) loaded();
    });
    on("selectionchange", () => {
      if (!getSelection().isCollapsed) loaded();
    });
  });
  on("keydown", ({ key }) => {
    if (key === "Escape") hush();
  });
  on("change", ({ target }) => {
    const { name, value, checked, form } = target;
    if (name === "claim") {
      const others = collected().filter((id) => id !== value);
      kept.set("before", "");
      collect(checked ? [...others, value] : others);
      say(`Collection (${collected().length})`);
      hushLater();
    }
    if (name === "style") {
      kept.set("style", value);
      form?.requestSubmit();
      refresh();
    }
  });
  on("claims", refresh);
  on("visibilitychange", refresh);
  on("pageshow", refresh, window);
  on("storage", refresh, window);
})();
