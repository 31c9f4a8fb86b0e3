"""Content files -> Library. Everything wrong is found in one run; nothing half right is served.

file -> source (reading, bodies) -> form (forms) -> draft -> claims (claims) -> library (here),
with the rules held before the last step.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from reference import evidence, records
from reference.content import claims, rules
from reference.content.bodies import Bodies
from reference.content.claims import Draft
from reference.content.forms import Entry, key_of, read
from reference.content.names import is_slug
from reference.content.reading import Source, read_source
from reference.content.rules import Content
from reference.records import Article, Block, Claim, ContentError, Library, Person, Theme

T = TypeVar("T")
LISTS = {
    "people.yaml": (Person, "person", "id"),
    "glossary.yaml": (records.Abbreviation, "abbreviation", "short"),
    "events.yaml": (records.Event, "event", "id"),
    "disagreements.yaml": (records.Disagreement, "disagreement", "id"),
}
"""What each list holds, what its entries are called, and the field that names them."""
NEEDED = {"people.yaml", "glossary.yaml"}
FILES = {*LISTS, "edition.yaml", "moved.yaml", "opening.md"}


@dataclass(frozen=True)
class Edition:
    """When the content last changed, as its editor says."""

    date: records.Date


def load(folder: Path) -> Library:
    """The verified library in `folder`. Raises ContentError with every problem found."""
    files = _Files(folder)
    content = files.read()
    for draft in content.drafts:
        claims.make(draft)
    rules.hold(content)
    if problems := [problem for source in files.sources for problem in source.problems]:
        raise ContentError(problems)
    shown = [evidence.withheld(draft.head.form, draft.claims) for draft in content.drafts]
    shown.sort(key=lambda each: (each[0].date.first, each[0].id))
    articles = {article.id: article for article, _ in shown}
    people = sorted(content.of(Person), key=lambda each: each.form.sort.casefold())
    persons = {each.form.id: _shown(each.form, articles) for each in people}
    themes = sorted(content.of(Theme), key=lambda each: (each.form.order, each.form.id))
    glossary = sorted(content.of(records.Abbreviation), key=lambda each: each.form.short)
    return Library(
        articles=articles,
        claims={claim.id: claim for _, placed in shown for claim in placed},
        people=persons,
        themes={each.form.id: each.form for each in themes},
        glossary={each.form.short: each.form for each in glossary},
        events={each.form.id: each.form for each in content.of(records.Event)},
        disagreements={each.form.id: each.form for each in content.of(records.Disagreement)},
        opening=content.opening,
        moved=content.known["claim"].moved,
        version=fingerprint(folder),
        updated="".join(each.form.date.first for each in content.of(Edition)),
        mentions=evidence.mentions(persons.values(), articles.values()),
    )


def _shown(person: Person, articles: Mapping[str, Article]) -> Person:
    """Somebody without the descriptions whose words an article withholds."""
    described = (d for d in person.described if evidence.prints(d.words, articles[d.article].texts))
    return replace(person, described=tuple(described))


def fingerprint(folder: Path) -> str:
    """Twelve hexadecimal digits that change when, and only when, the content does."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".md", ".yaml"} and path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


@dataclass
class _Files:
    """The files of a content folder, and what is read of them."""

    folder: Path
    sources: list[Source] = field(default_factory=list)
    content: Content = field(default_factory=Content)
    bodies: Bodies = field(default_factory=Bodies)

    def read(self) -> Content:
        """All content, as far as it can be read."""
        content, known = self.content, self.content.known
        content.drafts = [self._draft(*each) for each in self._named("articles", "article")]
        content.entries[Theme] = [
            read(Theme, source, source.data, id=id, blocks=self._parsed(source, self.bodies.prose))
            for id, source in self._named("themes", "theme")
        ]
        there = {path.name for path in self.folder.glob("[!.]*.[my]*")}
        lacking = FILES - there
        for name in sorted(there - FILES):
            near = get_close_matches(name, lacking, 1)
            mend = f"name it {near[0]}" if near else "remove it"
            self._source(self.folder / name).problem("file name", "is not read", mend)
            lacking.difference_update(near)
            for what in (LISTS[each][1] for each in near if each in LISTS):
                known[what].whole = False
        for name in sorted(FILES & there | NEEDED & lacking):
            source = self._source(self.folder / name, read_source)
            if name in LISTS:
                self._list(source, *LISTS[name])
            elif name == "edition.yaml":
                content.entries[Edition] = [read(Edition, source, source.data)]
            elif name == "moved.yaml":
                self._moved(source)
            else:
                events = set(known["event"].given)
                blocks = self._parsed(source, partial(self.bodies.prose, events=events))
                entry = read(Theme, source, source.data, id="", order=0, summary="", blocks=blocks)
                content.entries[Block] = [entry]
                content.opening = (Block(heading=entry.form.title), *blocks)
        return content

    def _source(self, path: Path, reader: Callable[[Path, str], Source] | None = None) -> Source:
        """A file as read; without a reader, one that only has problems."""
        name = path.relative_to(self.folder.parent).as_posix()
        self.sources.append(reader(path, name) if reader else Source(name))
        return self.sources[-1]

    def _named(self, part: str, what: str) -> Iterator[tuple[str, Source]]:
        """(slug, source) of each Markdown file of a part, which names what it is about."""
        folder, names = self.folder / part, self.content.known[what]
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            if path.name.endswith(".md"):
                source = self._source(path, read_source)
                names.give(path.stem, partial(source.problem, "file name"), source.file)
                yield path.stem, source
            elif not path.name.startswith("."):
                wrong = "is not read: its name does not end in .md"
                self._source(path).problem("file name", wrong, "rename it, or remove it")
                names.whole = self.content.known["claim"].whole = False
        if not names.given:
            self._source(folder).problem("folder", "holds no .md file", "add one")
            names.whole = self.content.known["claim"].whole = False

    def _parsed(self, source: Source, parse: Callable[[str], tuple[T, ...]]) -> tuple[T, ...]:
        try:
            return parse(source.body)
        except RecursionError:
            self.bodies = Bodies()  # the parser was left in the middle of something
            lines = source.body.split("\n")
            depths = [len(line) - len(line.lstrip("-+* ")) for line in lines]
            line = source.body_line + depths.index(max(depths))
            source.problem("body", "is nested too deep", "flatten its lists", line)
            return ()

    def _draft(self, id: str, source: Source) -> Draft:
        """An article as far as it can be read."""
        passages = self._parsed(source, self.bodies.passages)
        head = read(Article, source, source.data, also="claims", id=id, passages=passages)
        listed = [] if "claims" in head.broken else source.data["claims"]
        if not isinstance(listed, list):
            head.wrong("claims", "is not a list", "begin each claim with `- `")
            head.broken.add("claims")
        entries = [
            read(Claim, source, data, ("claims", n), article=id, passage="", spans=())
            for n, data in enumerate(listed if isinstance(listed, list) else [])
        ]
        self._give(entries, "claim", "id")
        self.content.known["claim"].whole &= "claims" not in head.broken
        return Draft(head, entries)

    def _give(self, entries: list[Entry[Any]], what: str, key: str) -> None:
        """The names of entries, by one of their fields."""
        names = self.content.known[what]
        for entry in entries:
            names.whole &= key_of(key) not in entry.broken
            if key_of(key) not in entry.broken:
                tell = partial(entry.wrong, key_of(key))
                names.give(getattr(entry.form, key), tell, entry.source.file)

    def _list(self, source: Source, record: type[Any], what: str, key: str) -> None:
        """The entries of a YAML list."""
        listed = self._data(source, list, "is not a list", "begin each entry with `- `")
        self.content.known[what].whole &= listed is source.data
        entries = [read(record, source, data, (n,)) for n, data in enumerate(listed)]
        self.content.entries[record] = entries
        self._give(entries, what, key)

    def _data(self, source: Source, kind: type[T], wrong: str, mend: str) -> T:
        if not isinstance(source.data, kind) and not source.problems:
            source.problem("file", wrong, mend)
        return source.data if isinstance(source.data, kind) else kind()

    def _moved(self, source: Source) -> None:
        """Ids of claims that went, each with that of one that is there."""
        names = self.content.known["claim"]
        names.moved = self._data(source, dict, "has no keys", "write `old: new`, a line each")
        for old, new in names.moved.items():
            tell = partial(source.wrong, (old,))
            if not is_slug(old):
                tell(f"`{old}` cannot be an address", "write it as it was")
            elif old in names.given:
                tell(f"the claim `{old}` is still there", "remove this line, or the claim")
            names.use(str(new), tell)
