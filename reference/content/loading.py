"""Content files -> Library. Everything wrong is found in one run; nothing half right is served.

articles/*.md  themes/*.md  people.yaml  glossary.yaml  edition.yaml (optional)
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from reference import evidence
from reference.content import rules
from reference.content.bodies import Bodies, TooDeep
from reference.content.forms import (
    ArticleForm,
    ClaimForm,
    EditionForm,
    EventForm,
    Form,
    OpeningForm,
    Reader,
    ThemeForm,
    as_far_as_read,
    key_of,
)
from reference.content.reading import Source, read_markdown, read_yaml
from reference.content.rules import Draft, Entry
from reference.records import (
    Abbreviation,
    Article,
    Block,
    Claim,
    ContentError,
    Disagreement,
    Event,
    Library,
    Person,
    Problem,
    Theme,
)

T = TypeVar("T")


def load(folder: Path) -> Library:
    """The verified library in `folder`. Raises ContentError with every problem found."""
    files = _Files(folder)
    people = files.listed("people.yaml", Person, "id")
    glossary = files.listed("glossary.yaml", Abbreviation, "short")
    themes = files.themes()
    drafts = files.drafts()
    edition = files.edition()
    events = files.listed("events.yaml", EventForm, "id") if files.has("events.yaml") else {}
    disputes = (
        files.listed("disagreements.yaml", Disagreement, "id")
        if files.has("disagreements.yaml")
        else {}
    )
    moved = files.moved()
    opening = files.opening()
    rules.hold(drafts, people, themes, glossary, events, disputes, moved, opening, files.unread)
    problems = [*files.problems, *(p for source in files.sources for p in source.problems)]
    if problems:
        raise ContentError(problems)
    articles, claims = _articles(drafts)
    persons = _people(people, articles)
    return Library(
        articles=articles,
        claims=claims,
        people=persons,
        themes={id: entry.form for id, entry in themes.items()},
        glossary={short: glossary[short].form for short in sorted(glossary)},
        events={id: _event(entry) for id, entry in events.items()},
        disagreements={id: entry.form for id, entry in disputes.items()},
        opening=tuple(_cited(block, events) for block in opening[1]) if opening else (),
        moved=moved[1] if moved else {},
        version=fingerprint(folder),
        updated=edition,
        mentions=evidence.mentions(persons.values(), articles.values()),
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
    """The files of a content folder, read in order, with what is wrong with each."""

    folder: Path
    sources: list[Source] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    bodies: Bodies = field(default_factory=Bodies)
    unread: set[str] = field(default_factory=set)
    """The parts of the content of which something could not be read at all."""

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder.parent).as_posix()

    def _wrong(self, path: Path, place: str, wrong: str, mend: str) -> None:
        self.problems.append(Problem(self._name(path), 1, place, wrong, mend))

    def _paths(self, part: str) -> Iterator[tuple[str, Path]]:
        """(slug, path) of each Markdown file of a part; its name must serve as an address."""
        folder = self.folder / part
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
        if not any(path.name.endswith(".md") for path in paths):
            self._wrong(folder, "folder", "holds no .md file", "add one")
            self.unread.add(part)
        for path in paths:
            if path.name.endswith(".md"):
                if not rules.is_slug(path.stem):
                    wrong = f"`{path.stem}` cannot be an address"
                    mend = "name the file in lower-case letters, digits and hyphens"
                    self._wrong(path, "file name", wrong, mend)
                yield path.stem, path
            elif not path.name.startswith("."):
                wrong = "is not read: its name does not end in .md"
                self._wrong(path, "file name", wrong, "rename it, or remove it")

    def _read(self, path: Path) -> Source:
        read = read_yaml if path.suffix == ".yaml" else read_markdown
        source = read(path, self._name(path))
        self.sources.append(source)
        if source.data is None:
            self.unread.add(path.relative_to(self.folder).parts[0])
        return source

    def _parsed(self, source: Source, parse: Callable[[str], tuple[T, ...]]) -> tuple[T, ...]:
        """A body parsed; Markdown nested too deep to be read is a problem of the file."""
        try:
            return parse(source.body)
        except TooDeep:
            source.problem(source.body_line, "body", "is nested too deep", "flatten its lists")
            return ()

    def listed(self, name: str, form: type[Form], key: str) -> dict[str, Entry[Form]]:
        """The entries of a YAML list by one of their fields; a repeated one is a problem."""
        source, reader = self._read(self.folder / name), Reader(form)
        if not isinstance(source.data, list):
            if not source.problems:
                source.problem(1, "file", "is not a list", "begin each entry with `- `")
            return {}
        entries: dict[str, Entry[Form]] = {}
        for index, data in enumerate(source.data):
            read = reader.read(source, data, (index,))
            if read is None:
                continue
            id = getattr(read, key)
            if id in entries:
                where = (index, key_of(key))
                source.wrong(where, f"`{id}` is listed twice", "merge the two entries")
            entries[id] = Entry(source, (index,), read)
        return entries

    def has(self, name: str) -> bool:
        return (self.folder / name).exists()

    def edition(self) -> str:
        """The ISO date of the content's last change, or "" where the editor gives none."""
        if not self.has("edition.yaml"):
            return ""
        source = self._read(self.folder / "edition.yaml")
        form = _whole(Reader(EditionForm), source)
        return rules.read_date(source, form.date).first if form else ""

    def moved(self) -> tuple[Source, dict[str, str]] | None:
        """Ids of claims that went, with those that took their places."""
        if not self.has("moved.yaml"):
            return None
        source = self._read(self.folder / "moved.yaml")
        if not isinstance(source.data, dict):
            if not source.problems:
                source.problem(1, "file", "is not a set of keys", "write `old: new`, a line each")
            return None
        return source, source.data

    def opening(self) -> tuple[Source, tuple[Block, ...]] | None:
        """What a newcomer needs to know first."""
        if not self.has("opening.md"):
            return None
        source = self._read(self.folder / "opening.md")
        form = _whole(Reader(OpeningForm), source)
        blocks = self._parsed(source, self.bodies.prose)
        return source, ((Block(heading=form.title), *blocks) if form else blocks)

    def themes(self) -> dict[str, Entry[Theme]]:
        """The themes in their order."""
        reader, themes = Reader(ThemeForm), {}
        for id, path in self._paths("themes"):
            source = self._read(path)
            blocks = self._parsed(source, self.bodies.prose)
            form = _whole(reader, source) or ThemeForm(id, 0, "")
            themes[id] = Entry(source, (), Theme(id, form.title, form.order, form.summary, blocks))
        return dict(sorted(themes.items(), key=lambda item: (item[1].form.order, item[0])))

    def drafts(self) -> list[Draft]:
        """Every article as far as it can be read."""
        heads, claims = Reader(ArticleForm), Reader(ClaimForm)
        drafts = []
        for id, path in self._paths("articles"):
            source = self._read(path)
            drafts.append(draft := Draft(id, source, self._parsed(source, self.bodies.passages)))
            if not isinstance(source.data, dict):
                if not source.problems:
                    source.wrong((), "is not a set of keys", "write `key: value`, a line each")
                continue
            head = {key: value for key, value in source.data.items() if key != "claims"}
            draft.form = heads.read(source, head, ())
            listed = source.data.get("claims")
            if not isinstance(listed, list):
                wrong = "the key `claims` is missing, or is not a list"
                source.wrong(("claims",), wrong, "list the article's claims under it")
                continue
            for i, data in enumerate(listed):
                at = ("claims", i)
                if form := claims.read(source, data, at):
                    draft.claims.append(Entry(source, at, form))
                elif isinstance(data, dict):
                    draft.torn.append(Entry(source, at, as_far_as_read(data)))
        return drafts


def _whole(reader: Reader[Form], source: Source) -> Form | None:
    """A file's data as one form; nothing more is said of data that could not be read at all."""
    unread = source.data is None and source.problems
    return None if unread else reader.read(source, source.data, ())


def _articles(drafts: Iterable[Draft]) -> tuple[dict[str, Article], dict[str, Claim]]:
    """Verified drafts as records: articles by date, claims by article and as listed."""
    articles: list[Article] = []
    claims: dict[str, list[Claim]] = {}
    for draft in drafts:
        assert draft.form  # there are no problems, so every form was read
        values = vars(draft.form) | {"date": rules.read_date(draft.source, draft.form.date)}
        article, placed = Article(id=draft.id, passages=draft.passages, **values), draft.placed
        if article.display == "quotations":
            article, placed = evidence.withheld(article, placed)
        articles.append(article)
        claims[article.id] = placed
    articles.sort(key=lambda article: (article.date.first, article.id))
    by_id = {claim.id: claim for article in articles for claim in claims[article.id]}
    return {article.id: article for article in articles}, by_id


def _people(
    entries: Mapping[str, Entry[Person]], articles: Mapping[str, Article]
) -> dict[str, Person]:
    """People by surname; a description whose words an article withholds is withheld too."""
    people = []
    for entry in entries.values():
        described = tuple(
            d
            for d in entry.form.described
            if articles[d.article].display == "full"
            or evidence.prints(d.words, (p.text for p in articles[d.article].passages))
        )
        people.append(replace(entry.form, described=described))
    people.sort(key=lambda person: person.sort.casefold())
    return {person.id: person for person in people}


def _cited(block: Block, events: Mapping[str, Entry[EventForm]]) -> Block:
    """A block of the opening, its citations of claims and of events told apart."""
    claims = tuple(id for id in block.claims if id not in events)
    return replace(block, claims=claims, events=tuple(id for id in block.claims if id in events))


def _event(entry: Entry[EventForm]) -> Event:
    return Event(**vars(entry.form) | {"date": rules.read_date(entry.source, entry.form.date)})
