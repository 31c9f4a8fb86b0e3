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

from reference import evidence
from reference.content import claims, rules
from reference.content.bodies import Bodies, TooDeep
from reference.content.claims import Draft
from reference.content.forms import Entry, key_of, read
from reference.content.names import Known, is_slug
from reference.content.reading import Source, read_source
from reference.content.rules import Content
from reference.records import (
    Abbreviation,
    Article,
    Block,
    Claim,
    ContentError,
    Date,
    Disagreement,
    Event,
    Library,
    Passage,
    Person,
    Theme,
)

T = TypeVar("T", Block, Passage)
LISTS = {
    "people.yaml": (Person, "person", "id"),
    "glossary.yaml": (Abbreviation, "abbreviation", "short"),
    "events.yaml": (Event, "event", "id"),
    "disagreements.yaml": (Disagreement, "disagreement", "id"),
}
"""What each list holds, what its entries are called, and the field that names them."""
NEEDED = {"people.yaml", "glossary.yaml"}
FILES = {*LISTS, "edition.yaml", "moved.yaml", "opening.md"}


@dataclass(frozen=True)
class Edition:
    """When the content last changed, as its editor says."""

    date: Date


def load(folder: Path) -> Library:
    """The verified library in `folder`. Raises ContentError with every problem found."""
    files = _Files(folder)
    content = files.read()
    for draft in content.drafts:
        claims.make(draft)
    rules.hold(content)
    if problems := [problem for source in files.sources for problem in source.problems]:
        raise ContentError(problems)
    articles, placed = _articles(content.drafts)
    people = _people(content, articles)
    events = {event.form.id: event.form for event in content.of(Event)}
    themes = sorted((theme.form for theme in content.of(Theme)), key=lambda t: (t.order, t.id))
    glossary = sorted((each.form for each in content.of(Abbreviation)), key=lambda a: a.short)
    return Library(
        articles=articles,
        claims=placed,
        people=people,
        themes={theme.id: theme for theme in themes},
        glossary={each.short: each for each in glossary},
        events=events,
        disagreements={each.form.id: each.form for each in content.of(Disagreement)},
        opening=_opening(content.opening, events),
        moved=content.known["claim"].moved,
        version=fingerprint(folder),
        updated="".join(each.form.date.first for each in content.of(Edition)),
        mentions=evidence.mentions(people.values(), articles.values()),
    )


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
    known: Known = field(default_factory=Known)
    bodies: Bodies = field(default_factory=Bodies)

    def read(self) -> Content:
        """All content, as far as it can be read."""
        content = Content(self.known, list(self._drafts()))
        content.entries[Theme] = [
            read(Theme, source, source.data, id=id, blocks=self._parsed(source, self.bodies.prose))
            for id, source in self._named("themes", "theme")
        ]
        there = {name for name in FILES if (self.folder / name).exists()}
        misnamed = set()
        for path in sorted(self.folder.glob("*.*")):
            if path.suffix in {".md", ".yaml", ".yml"} and path.name not in FILES:
                near = get_close_matches(path.name, FILES - there, 1)
                mend = f"name it {near[0]}" if near else "remove it"
                self._source(path).problem(1, "file name", "is not read", mend)
                misnamed.update(near)
        for _, what, _ in (LISTS[name] for name in misnamed & LISTS.keys()):
            self.known[what].whole = False
        for name in sorted(there | NEEDED - misnamed):
            source = self._source(self.folder / name, read_source)
            if name in LISTS:
                record, what, key = LISTS[name]
                content.entries[record] = self._listed(source, record, what, key)
            elif name == "edition.yaml":
                content.entries[Edition] = [read(Edition, source, source.data)]
            elif name == "moved.yaml":
                self._moved(source)
            else:
                blocks = self._parsed(source, self.bodies.prose)
                content.opening = read(
                    Theme, source, source.data, id="", order=0, summary="", blocks=blocks
                )
        return content

    def _source(self, path: Path, reader: Callable[[Path, str], Source] | None = None) -> Source:
        """A file as read; without a reader, one that only has problems."""
        name = path.relative_to(self.folder.parent).as_posix()
        self.sources.append(reader(path, name) if reader else Source(name))
        return self.sources[-1]

    def _named(self, part: str, what: str) -> Iterator[tuple[str, Source]]:
        """(slug, source) of each Markdown file of a part, which names what it is about."""
        folder = self.folder / part
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
        for path in paths:
            if path.name.endswith(".md"):
                source = self._source(path, read_source)
                self.known[what].give(path.stem, partial(source.problem, 1, "file name"))
                yield path.stem, source
            elif not path.name.startswith("."):
                wrong = "is not read: its name does not end in .md"
                self._source(path).problem(1, "file name", wrong, "rename it, or remove it")
                self.known[what].whole = self.known["claim"].whole = False
        if not self.known[what].given:
            self._source(folder).problem(1, "folder", "holds no .md file", "add one")
            self.known[what].whole = self.known["claim"].whole = False

    def _parsed(self, source: Source, parse: Callable[[str], tuple[T, ...]]) -> tuple[T, ...]:
        """A body parsed; Markdown nested too deep to be read is a problem of the file."""
        try:
            return parse(source.body)
        except TooDeep:
            source.problem(source.body_line, "body", "is nested too deep", "flatten its lists")
            return ()

    def _drafts(self) -> Iterator[Draft]:
        """Every article as far as it can be read."""
        for id, source in self._named("articles", "article"):
            passages = self._parsed(source, self.bodies.passages)
            head = read(Article, source, source.data, also="claims", id=id, passages=passages)
            listed = [] if "claims" in head.broken else source.data["claims"]
            if not isinstance(listed, list):
                head.wrong("claims", "is not a list", "begin each claim with `- `")
                head.broken.add("claims")
                listed = []
            self.known["claim"].whole &= "claims" not in head.broken
            entries = [
                read(Claim, source, data, ("claims", n), article=id, passage="", spans=())
                for n, data in enumerate(listed)
            ]
            self._give(entries, "claim", "id")
            yield Draft(head, entries)

    def _give(self, entries: list[Entry[Any]], what: str, key: str) -> None:
        """The names of entries, by one of their fields."""
        for entry in entries:
            if key_of(key) in entry.broken:
                self.known[what].whole = False
            else:
                self.known[what].give(getattr(entry.form, key), partial(entry.wrong, key_of(key)))

    def _listed(self, source: Source, record: type[Any], what: str, key: str) -> list[Entry[Any]]:
        """The entries of a YAML list."""
        if isinstance(source.data, list):
            entries = [read(record, source, data, (n,)) for n, data in enumerate(source.data)]
            self._give(entries, what, key)
            return entries
        self.known[what].whole = False
        if not source.problems:
            source.problem(1, "file", "is not a list", "begin each entry with `- `")
        return []

    def _moved(self, source: Source) -> None:
        """Ids of claims that went, each with that of one that is there."""
        claims = self.known["claim"]
        if not isinstance(source.data, dict):
            if not source.problems:
                source.problem(1, "file", "is not a set of keys", "write `old: new`, a line each")
            return
        claims.moved = source.data
        for old, new in source.data.items():
            if not is_slug(old):
                source.wrong((old,), f"`{old}` cannot be an address", "write it as it was")
            elif old in claims.given:
                mend = "remove this line, or the claim"
                source.wrong((old,), f"the claim `{old}` is still there", mend)
            claims.use(str(new), partial(source.wrong, (old,)))


def _articles(drafts: list[Draft]) -> tuple[dict[str, Article], dict[str, Claim]]:
    """Verified drafts as records: articles by date, claims by article and as listed."""
    shown = [
        evidence.withheld(draft.head.form, draft.claims)
        if draft.head.form.display == "quotations"
        else (draft.head.form, draft.claims)
        for draft in sorted(drafts, key=lambda d: (d.head.form.date.first, d.head.form.id))
    ]
    articles = {article.id: article for article, _ in shown}
    return articles, {claim.id: claim for _, placed in shown for claim in placed}


def _people(content: Content, articles: Mapping[str, Article]) -> dict[str, Person]:
    """People by surname; a description whose words an article withholds is withheld too."""
    people = {}
    for entry in sorted(content.of(Person), key=lambda entry: entry.form.sort.casefold()):
        described = tuple(
            each
            for each in entry.form.described
            if articles[each.article].display == "full"
            or evidence.prints(each.words, (p.text for p in articles[each.article].passages))
        )
        people[entry.form.id] = replace(entry.form, described=described)
    return people


def _opening(entry: Entry[Theme] | None, events: Mapping[str, Event]) -> tuple[Block, ...]:
    """The opening under its title, its citations of claims and of events told apart."""
    if entry is None:
        return ()
    blocks = [Block(heading=entry.form.title)]
    for block in entry.form.blocks:
        of_events = tuple(id for id in block.claims if id in events)
        of_claims = tuple(id for id in block.claims if id not in events)
        blocks.append(replace(block, claims=of_claims, events=of_events))
    return tuple(blocks)
