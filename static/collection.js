// The page of a collection: what its address lists, and what this browser keeps, are two things.
(() => {
  const { all, collect, collected, collectionAddress, kept, make, on } = window.page;
  const place = document.querySelector("[data-listed]");
  const words = (text) => text?.match(/\S+/g) ?? [];
  const together = (ids) => ids.join(" ");

  // Ids by their present names: of claims that moved, the place has old name -> new.
  function present(ids) {
    const moved = new Map(Object.entries(JSON.parse(place.dataset.moved || "{}")));
    return ids.map((id) => moved.get(id) ?? id);
  }

  // What the address asks for.
  function asked() {
    const ids = new URLSearchParams(location.search).getAll("claim");
    return [...new Set(present(ids))];
  }
  const listed = () => words(place.dataset.listed);
  const isMine = () => together(asked()) === together(collected());

  // What is kept goes by present names too; what is not found here stays in it.
  function rename() {
    const ids = collected();
    if (together(present(ids)) !== together(ids)) collect(present(ids));
  }

  // Keep other ids than before; the way back is kept too.
  function replace(ids) {
    const before = together(collected());
    collect(ids);
    kept.set("before", before);
  }

  // Ids with one of them removed ("without"), or one place "earlier" or "later".
  function changed(ids, change, id) {
    const others = ids.filter((other) => other !== id);
    if (change === "without") return others;
    const index = ids.indexOf(id) + (change === "later" ? 1 : -1);
    others.splice(Math.max(0, index), 0, id);
    return others;
  }

  function button(text, act) {
    const made = make("button", { type: "button", class: "copy" }, text);
    on("click", act, made);
    return made;
  }
  // Go back to what was kept before the last change.
  const undo = () => {
    const before = words(kept.get("before"));
    kept.set("before", "");
    const wasMine = isMine();
    collect(before);
    if (wasMine) location.assign(collectionAddress(before));
    else show();
  };
  const undoing = () =>
    kept.get("before") ? ["Your collection was changed. ", button("Undo", undo)] : [];

  // Somebody else's list can be added to one's own, or kept instead of it.
  function offers() {
    const mine = collected();
    const theirs = listed();
    if (theirs.every((id) => mine.includes(id))) {
      return [`All of these claims are in your collection of ${mine.length}. `, ...undoing()];
    }
    const add = button(mine.length ? "Add all to mine" : "Keep this collection", () => {
      replace([...mine, ...theirs]);
      show();
    });
    const instead = button("Keep it instead of mine", () => {
      replace(theirs);
      show();
    });
    return [
      "This list came with its address, and your browser does not keep it. Tick “Collect” to add a claim to yours. ",
      add,
      ...(mine.length ? [" ", instead, " "] : []),
      ...undoing(),
    ];
  }

  // Show what can be done with the list: it is the reader's own, or somebody else's.
  function show() {
    const mine = isMine();
    const foreign = listed().length > 0 && !mine;
    place.replaceChildren(...(foreign ? offers() : undoing()));
    place.hidden = !place.childNodes.length;
    for (const box of all(".evidence .pick, #claims .pick")) box.hidden = !foreign;
    for (const link of all("[data-clear]")) link.hidden = foreign;
    for (const link of all("[data-collected]")) link.hidden ||= mine;
  }

  // The bare address shows what is kept.
  if (!location.search.includes("claim=") && collected().length) {
    location.replace(collectionAddress(collected()));
  }
  on("click", (event) => {
    // A button that moves or removes a claim: its name is the change, its value the claim's id.
    const change = event.target.closest("[form=arrange]");
    if (change) {
      event.preventDefault();
      const mine = isMine();
      const ids = changed(mine ? collected() : listed(), change.name, change.value);
      if (mine) replace(ids);
      const address = collectionAddress(ids);
      address.hash = "quotations";
      location.assign(address);
    }
    if (event.target.closest("[data-clear]") && isMine()) replace([]);
  });
  const refresh = () => {
    rename();
    show();
  };
  refresh();
  for (const type of ["claims", "change"]) on(type, refresh);
  for (const type of ["pageshow", "storage"]) on(type, refresh, window);
})();
