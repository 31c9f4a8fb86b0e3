"""Content files -> Library. Everything wrong is found in one run; nothing half right is served.

file -> source (reading, bodies) -> form (forms) -> draft -> claims (claims) -> library (here),
with the rules held before the last step.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from configparser import Error as ConfigParserError
from configparser import RawConfigParser
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from reference import evidence, records
from reference.content import bodies, rules
from reference.content.claims import Draft, make
from reference.content.forms import Entry, Kind, read, read_list
from reference.content.reading import Source, read_source
from reference.problems import ContentError
from reference.records import Article, Block, Claim, Library, Person, Theme

T = TypeVar("T")
LISTS = {
    "person": ("people.yaml", records.Person),
    "term": ("glossary.yaml", records.Term),
    "event": ("events.yaml", records.Event),
    "disagreement": ("disagreements.yaml", records.Disagreement),
    "outcome": ("outcomes.yaml", records.Outcome),
}
KINDS = ("article", "theme", "claim", *LISTS)


@dataclass(frozen=True)
class EditionFile:
    """`edition.yaml`: the day of the last change, and what changed when, newest first."""

    date: records.Date
    editions: tuple[records.Edition, ...] = ()


def load(folder: Path) -> Library:
    """The verified library in `folder`. Raises ContentError with every problem found."""
    sources, kinds, opening, edition = _read(folder)
    site_source = read_source(folder / "site.yaml", f"{folder.name}/site.yaml")
    site = read(records.Site, site_source, site_source.data).form
    words, wrong_words = _words(folder)
    about, about_source = _about(folder)
    sources += [site_source, wrong_words, about_source]
    for draft in kinds["article"].entries:
        make(draft, kinds["person"].given)
    rules.hold(kinds, opening)
    if problems := [problem for source in sources for problem in source.problems]:
        raise ContentError(problems)
    shown = [evidence.withheld(draft.form, draft.claims) for draft in kinds["article"].entries]
    shown.sort(key=lambda each: (each[0].date.first, each[0].id))
    articles = {article.id: article for article, _ in shown}
    forms = {what: kind.forms for what, kind in kinds.items()}
    people = sorted(forms["person"].values(), key=lambda person: person.sort.casefold())
    themes = sorted(forms["theme"].values(), key=lambda theme: (theme.order, theme.id))
    return Library(
        site=site,
        articles=articles,
        claims={claim.id: claim for _, placed in shown for claim in placed},
        people={person.id: _shown(person, articles) for person in people},
        themes={theme.id: theme for theme in themes},
        terms={term.slug: term for term in sorted(forms["term"].values(), key=_alphabetical)},
        events=forms["event"],
        disagreements=forms["disagreement"],
        outcomes=forms["outcome"],
        words=words,
        opening=(Block(heading=opening.form.title), *opening.form.blocks),
        about=about,
        moved=kinds["claim"].moved,
        version=fingerprint(folder),
        updated=edition.date.first,
        editions=edition.editions,
        mentions=evidence.mentions(people, articles.values()),
    )


def _alphabetical(term: records.Term) -> str:
    return term.term.casefold()


def _words(folder: Path) -> tuple[dict[str, dict[str, str]], Source]:
    """Return additions to the search's word lists, section -> key -> value, and their source."""
    source = Source(f"{folder.name}/words.ini")
    lists = RawConfigParser(allow_no_value=True, delimiters=("->", "="))
    lists.optionxform = str  # type: ignore[assignment,method-assign]  # keys as they stand
    try:
        lists.read(folder / "words.ini", encoding="utf-8")  # a missing file has no section
    except (ConfigParserError, UnicodeDecodeError) as error:
        mend = "write `[section]`, and below it `word = words`, a line each"
        line = getattr(error, "lineno", None) or 1
        source.problem("file", "cannot be read as lists of words", mend, line)
    words = {}
    for section in lists.sections():
        words[section] = {key: value or "" for key, value in lists[section].items()}
    return words, source


def _about(folder: Path) -> tuple[tuple[Block, ...], Source]:
    """Return what the editor says of the site itself, its title first, and its source.

    `about.md` may be left out; there is nothing then.
    """
    source = Source(f"{folder.name}/about.md")
    if not (folder / "about.md").exists():
        return (), source
    source = read_source(folder / "about.md", source.file)
    blocks = _parsed(source, bodies.prose)
    entry = read(Theme, source, source.data, id="", order=0, summary="", blocks=blocks)
    rules.hold_about(entry)
    return (Block(heading=entry.form.title), *blocks), source


def _shown(person: Person, articles: Mapping[str, Article]) -> Person:
    """Somebody without the descriptions whose words an article withholds."""
    described = (d for d in person.described if evidence.prints(d.words, articles[d.article].texts))
    return replace(person, described=tuple(described))


def fingerprint(folder: Path) -> str:
    """Twelve hexadecimal digits that change when, and only when, the content does."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("[!.]*")):
        if path.suffix in {".md", ".yaml", ".ini"} and path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _read(folder: Path) -> tuple[list[Source], dict[str, Kind], Entry, EditionFile]:
    """All files, what is in them by kind, the opening, and the edition."""
    kinds, sources = {what: Kind(what) for what in KINDS}, list[Source]()

    def source(name: str) -> Source:
        sources.append(read_source(folder / name, f"{folder.name}/{name}"))
        return sources[-1]

    for part in ("articles", "themes"):
        names = [path.name for path in sorted((folder / part).glob("[!.]*"))]
        for name in names or [f"{part[:-1]}.md"]:
            file, id = source(f"{part}/{name}"), Path(name).stem
            if part == "articles":
                draft = _draft(id, file)
                kinds["article"].add([draft])
                kinds["claim"].add(draft.listed, "claims" not in draft.broken)
            else:
                blocks = _parsed(file, bodies.prose)
                kinds["theme"].add([read(Theme, file, file.data, id=id, blocks=blocks)])
    for what, (name, record) in LISTS.items():
        if name == "outcomes.yaml" and not (folder / name).exists():
            continue
        file = source(name)
        kinds[what].add(read_list(record, file, file.data), isinstance(file.data, list))
    kinds["claim"].whole &= kinds["event"].whole  # the opening cites either
    edition_source, file = source("edition.yaml"), source("opening.md")
    blocks = _parsed(file, partial(bodies.prose, events=kinds["event"].given))
    opening = read(Theme, file, file.data, id="", order=0, summary="", blocks=blocks)
    edition = read(EditionFile, edition_source, edition_source.data).form
    _moved(source("moved.yaml"), kinds["claim"])
    return sources, kinds, opening, edition


def _draft(id: str, source: Source) -> Draft:
    passages = _parsed(source, bodies.passages)
    head = read(Article, source, source.data, also="claims", id=id, passages=passages)
    listed = source.data.get("claims") if isinstance(source.data, dict) else None
    head.broken.update(set() if isinstance(listed, list) else {"claims"})
    where = {"article": id, "passage": "", "spans": ()}
    return Draft(**vars(head), listed=read_list(Claim, source, listed, ("claims",), **where))


def _parsed(source: Source, parse: Callable[[str], tuple[T, ...]]) -> tuple[T, ...]:
    """The source's body as `parse` has it; a problem if it is nested too deep for Markdown."""
    try:
        return parse(source.body)
    except RecursionError:
        marks = [len(re.findall(r"[-+*]", line)) for line in source.body.split("\n")]
        line = source.body_line + marks.index(max(marks))
        source.problem("body", "is nested too deep", "flatten its lists", line)
        return ()


def _moved(source: Source, claims: Kind) -> None:
    """Ids of claims that went, each with that of one that is there."""
    if isinstance(source.data, dict):
        claims.moved = source.data
    elif source.data is not None:
        source.wrong((), "has no keys", "write `old: new`, a line each")
    for old, new in claims.moved.items():
        tell = partial(source.wrong, (old,))
        if old in claims.given:
            tell(f"the claim `{old}` is still there", "remove this line, or the claim")
        claims.use(str(new), tell)
