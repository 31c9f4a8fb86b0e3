"""Content files -> Library. Everything wrong is found in one run; nothing half right is served.

file -> source (reading, bodies) -> form (forms) -> draft -> claims (claims) -> library (here),
with the rules held before the last step.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from reference import evidence
from reference.content import bodies, claims, rules
from reference.content.claims import Draft
from reference.content.forms import Entry, key_of, read, read_list
from reference.content.names import Names, is_slug
from reference.content.reading import Source, read_source
from reference.content.rules import Content, Edition, Opening
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
    Theme,
)

T = TypeVar("T")
LISTS = {
    "people.yaml": (Person, "person"),
    "glossary.yaml": (Abbreviation, "abbreviation"),
    "events.yaml": (Event, "event"),
    "disagreements.yaml": (Disagreement, "disagreement"),
}
"""What each list holds, and what its entries are called."""


def load(folder: Path) -> Library:
    """The verified library in `folder`. Raises ContentError with every problem found."""
    content = _read(folder)
    for draft in content.drafts:
        claims.make(draft)
    rules.hold(content)
    if problems := [problem for source in content.sources for problem in source.problems]:
        raise ContentError(problems)
    shown = [evidence.withheld(draft.head.form, draft.claims) for draft in content.drafts]
    shown.sort(key=lambda each: (each[0].date.first, each[0].id))
    articles = _by_id(article for article, _ in shown)
    people = sorted(content.forms(Person), key=lambda person: person.sort.casefold())
    glossary = sorted(content.forms(Abbreviation), key=lambda each: each.short)
    (opening,), (edition,) = content.forms(Opening), content.forms(Edition)
    return Library(
        articles=articles,
        claims=_by_id(claim for _, placed in shown for claim in placed),
        people=_by_id(_shown(person, articles) for person in people),
        themes=_by_id(sorted(content.forms(Theme), key=lambda theme: (theme.order, theme.id))),
        glossary={each.short: each for each in glossary},
        events=_by_id(content.forms(Event)),
        disagreements=_by_id(content.forms(Disagreement)),
        opening=(Block(heading=opening.title), *opening.blocks),
        moved=content.known["claim"].moved,
        version=fingerprint(folder),
        updated=edition.date.first,
        mentions=evidence.mentions(people, articles.values()),
    )


def _by_id(records: Iterable[Any]) -> dict[str, Any]:
    return {each.id: each for each in records}


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


def _read(folder: Path) -> Content:
    """All content, as far as it can be read; problems are noted in its sources."""
    content = Content()
    known, entries = content.known, content.entries

    def source(name: str) -> Source:
        content.sources.append(read_source(folder / name, f"{folder.name}/{name}"))
        return content.sources[-1]

    for what in ("article", "theme"):
        paths = [path.name for path in sorted((folder / f"{what}s").glob("[!.]*"))]
        if not paths:
            known[what].whole = known["claim"].whole = False
            content.sources.append(Source(f"{folder.name}/{what}s"))
            content.sources[-1].problem("folder", "holds no .md file", "add one")
        for name in paths:
            file, id = source(f"{what}s/{name}"), name.removesuffix(".md")
            known[what].give(id, partial(file.problem, "file name"), file.file)
            if what == "article":
                content.drafts.append(_draft(id, file, known["claim"]))
            else:
                blocks = _parsed(file, bodies.prose)
                entries[Theme].append(read(Theme, file, file.data, id=id, blocks=blocks))
    for name, (record, what) in LISTS.items():
        file = source(name)
        entries[record] = read_list(record, file, file.data)
        _give(known[what], entries[record], isinstance(file.data, list) or not file.problems)
    file = source("edition.yaml")
    entries[Edition] = [read(Edition, file, file.data)]
    file = source("opening.md")
    blocks = _parsed(file, partial(bodies.prose, events={*known["event"].given}))
    entries[Opening] = [read(Opening, file, file.data, blocks=blocks)]
    _moved(source("moved.yaml"), known["claim"])
    return content


def _draft(id: str, source: Source, names: Names) -> Draft:
    """An article as far as it can be read."""
    passages = _parsed(source, bodies.passages)
    head = read(Article, source, source.data, also="claims", id=id, passages=passages)
    listed = source.data.get("claims") if isinstance(source.data, dict) else None
    derived = {"article": id, "passage": "", "spans": ()}
    entries = read_list(Claim, source, listed, ("claims",), **derived)
    head.broken.update(set() if isinstance(listed, list) else {"claims"})
    _give(names, entries, "claims" not in head.broken)
    return Draft(head, entries)


def _give(names: Names, entries: Sequence[Entry[Any]], whole: bool) -> None:
    """Give the names of entries, which are their first fields."""
    for entry in entries:
        name = fields(entry.form)[0].name
        if key_of(name) in entry.broken:
            whole = False
        else:
            tell = partial(entry.wrong, key_of(name))
            names.give(getattr(entry.form, name), tell, entry.source.file)
    names.whole &= whole


def _parsed(source: Source, parse: Callable[[str], tuple[T, ...]]) -> tuple[T, ...]:
    """The source's body as `parse` has it; a problem if it is nested too deep for Markdown."""
    try:
        return parse(source.body)
    except RecursionError:
        marks = [len(re.findall(r"[-+*]", line)) for line in source.body.split("\n")]
        line = source.body_line + marks.index(max(marks))
        source.problem("body", "is nested too deep", "flatten its lists", line)
        return ()


def _moved(source: Source, names: Names) -> None:
    """Ids of claims that went, each with that of one that is there."""
    if isinstance(source.data, dict):
        names.moved = source.data
    elif source.data is not None:
        source.wrong((), "has no keys", "write `old: new`, a line each")
    for old, new in names.moved.items():
        tell = partial(source.wrong, (old,))
        if not is_slug(old):
            tell(f"`{old}` cannot be an address", "write it as it was")
        elif old in names.given:
            tell(f"the claim `{old}` is still there", "remove this line, or the claim")
        names.use(str(new), tell)
