"""Content folder -> content as written: which files are read, and what each holds.

Of a folder, `site.yaml`, `edition.yaml`, an article and a theme are needed; other files may be
missing or empty. What a desktop or an editor's program leaves there is passed over; what looks like
a slip (a picture among the articles, a second copy, `peple.yaml`) is a problem.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from configparser import Error as ConfigParserError
from configparser import RawConfigParser
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from reference.content import bodies
from reference.content.claims import Draft
from reference.content.forms import Entry, read, read_list
from reference.content.names import SLUG, Register
from reference.content.reading import Source, read_source
from reference.records import (
    Article,
    Claim,
    Date,
    Disagreement,
    Edition,
    Event,
    Outcome,
    Passage,
    Person,
    Site,
    Term,
    Theme,
)

PEOPLE = "people.yaml"
TERMS = "glossary.yaml"
EVENTS = "events.yaml"
DISAGREEMENTS = "disagreements.yaml"
OUTCOMES = "outcomes.yaml"
MOVED = "moved.yaml"
OPENING = "opening.md"
ABOUT = "about.md"
WORDS = "words.ini"
SITE = "site.yaml"
EDITION = "edition.yaml"
OPTIONAL = (PEOPLE, TERMS, EVENTS, DISAGREEMENTS, OUTCOMES, MOVED, OPENING, ABOUT, WORDS)
ARTICLES = "articles"
THEMES = "themes"
LEFTOVER = re.compile(
    r".*~|~\$.*|#.*#|.*\.(bak|orig|rej|swp|swo|tmp|temp|old|part|crdownload)"
    r"|readme(\.\w+)?|(eh)?thumbs\.db|desktop\.ini|icon\r?|__macosx|__pycache__",
    re.IGNORECASE,
)
"""What programs and desktops leave in a folder (and whatever begins with a stop)."""
TEXT_ENDINGS = {".markdown", ".mdown", ".mkd", ".txt", ".text"}
PICTURE_ENDINGS = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".heic", ".tif", ".tiff"}
MADE_BY_PLACING = ("article", "passage", "spans")
"""The fields of a claim that follow from where its words stand."""


@dataclass(frozen=True)
class EditionFile:
    """`edition.yaml`: the day of the last change, and what changed when, newest first."""

    date: Date
    editions: tuple[Edition, ...] = ()


class Content:
    """All that was read from a content folder, before it is known to be right."""

    def __init__(self, site: Source, edition: Source) -> None:
        self.sources = [site, edition]
        self.site = read(Site, site, site.data)
        self.edition = read(EditionFile, edition, edition.data)
        self.opening: Entry[Theme] | None = None
        self.about: Entry[Theme] | None = None
        self.drafts: dict[str, Draft] = {}
        self.has_unread_articles = False
        self.words: dict[str, dict[str, str]] = {}
        group = "a group stands exactly as the article prints it"
        self.articles = Register[Article]("article", f"add its file to {ARTICLES}/", "file name")
        self.themes = Register[Theme]("theme", f"add its file to {THEMES}/", "file name")
        self.claims = Register[Claim]("claim", "add it to its article")
        self.people = Register[Person]("person", f"add them to {PEOPLE}; {group}")
        self.events = Register[Event]("event", f"add it to {EVENTS}")
        self.disagreements = Register[Disagreement]("disagreement", f"add it to {DISAGREEMENTS}")
        self.outcomes = Register[Outcome]("outcome", f"add it to {OUTCOMES}")
        self.terms = Register[Term]("term", f"add it to {TERMS}", "term", re.compile(r".+"))

    @property
    def articles_are_right(self) -> bool:
        """Whether all articles could be read, and nothing is wrong with any."""
        problems = [problem for draft in self.drafts.values() for problem in draft.source.problems]
        return bool(self.drafts) and not problems and not self.has_unread_articles

    @property
    def lists(self) -> dict[str, tuple[Register[Any], type[Any]]]:
        """The files that hold a list of records of one kind: name -> register and record."""
        return {
            PEOPLE: (self.people, Person),
            EVENTS: (self.events, Event),
            DISAGREEMENTS: (self.disagreements, Disagreement),
            OUTCOMES: (self.outcomes, Outcome),
        }

    @property
    def registers(self) -> list[Register[Any]]:
        return [
            self.articles,
            self.themes,
            self.claims,
            self.people,
            self.events,
            self.disagreements,
            self.outcomes,
            self.terms,
        ]


def read_folder(folder: Path) -> Content:
    """Return what is written in a content folder; problems are noted in its sources."""
    site = read_source(folder / SITE, f"{folder.name}/{SITE}")
    edition = read_source(folder / EDITION, f"{folder.name}/{EDITION}")
    content = Content(site, edition)
    _read_articles(content, folder)
    for name, (register, record) in content.lists.items():
        source = _optional(content, folder, name)
        register.add_all(read_list(record, source, source.data))
        if source.text and not isinstance(source.data, list):
            register.add_unreadable(source)
    _read_terms(content, _optional(content, folder, TERMS))
    _read_themes(content, folder)
    content.opening = _prose_of_its_own(content, folder, OPENING)
    content.about = _prose_of_its_own(content, folder, ABOUT)
    _read_moved(content, _optional(content, folder, MOVED))
    _read_words(content, folder)
    _look_for_slips(content, folder)
    return content


def content_files(folder: Path) -> list[Path]:
    """Return the files of a folder that are content, in order."""
    files = [folder / name for name in (*OPTIONAL, SITE, EDITION)]
    for part in (ARTICLES, THEMES):
        files += [path for path in _listed(folder / part) if path.suffix == ".md"]
    return sorted(path for path in files if path.is_file())


def fingerprint(folder: Path) -> str:
    """Return twelve hexadecimal digits that change when, and only when, the content does."""
    return digest_of(folder, content_files(folder))


def digest_of(folder: Path, files: Iterable[Path]) -> str:
    """Return twelve hexadecimal digits of the names and bytes of files in a folder."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _listed(folder: Path) -> list[Path]:
    """Return what is in a folder, without what programs and desktops leave there."""
    return [path for path in sorted(folder.glob("[!.]*")) if not LEFTOVER.fullmatch(path.name)]


def _optional(content: Content, folder: Path, name: str) -> Source:
    """Return a file that may be missing or empty as a source."""
    path = folder / name
    source = Source(f"{folder.name}/{name}")
    if path.exists() and not (path.is_file() and not path.read_bytes().strip()):
        source = read_source(path, source.file)
    content.sources.append(source)
    return source


# Articles and themes, a file each


class _File(NamedTuple):
    """A file of a folder of articles or themes, as read."""

    id: str
    source: Source


def _read_articles(content: Content, folder: Path) -> None:
    for file in _files(content, folder, ARTICLES, "an article"):
        draft = _draft(file)
        content.drafts[file.id] = draft
        content.articles.add(draft.head, file.id)
        content.claims.add_all(draft.listed)
        if "claims" in draft.head.broken:
            content.claims.add_unreadable(file.source)


def _draft(file: _File) -> Draft:
    """Return an article's file as its front matter, its claims and its passages."""
    source = file.source
    passages = bodies.passages_of(source.body)
    has_markup = _note_body(source, passages)
    head = read(
        Article,
        source,
        source.data,
        given={"id": file.id, "passages": passages},
        elsewhere=["claims"],
    )
    listed = source.data.get("claims") if isinstance(source.data, dict) else None
    if not isinstance(listed, list):
        head.broken.add("claims")
    claims = read_list(Claim, source, listed, ("claims",), without=MADE_BY_PLACING)
    return Draft(head, claims, passages, has_markup)


def _note_body(source: Source, passages: Sequence[Passage] | None = None) -> bool:
    """Note markup that is not set here, and signs that the passages of an article lack.

    Returns whether there is any.
    """
    faults = list(bodies.markup_in(source.body))
    if not faults and passages is not None:
        dropped = bodies.dropped_sign(source.body, passages)
        faults = [dropped] if dropped else []
    lines = set()
    for fault in faults:
        line = source.line_at(fault.position)
        if line not in lines:
            source.problem("body", fault.wrong, fault.mend, line)
        lines.add(line)
    return bool(faults)


def _read_themes(content: Content, folder: Path) -> None:
    for file in _files(content, folder, THEMES, "a theme"):
        _note_body(file.source)
        given = {"id": file.id, "blocks": bodies.blocks_of(file.source.body)}
        content.themes.add(read(Theme, file.source, file.source.data, given=given), file.id)


def _prose_of_its_own(content: Content, folder: Path, name: str) -> Entry[Theme] | None:
    """Return a file of prose that is no theme, and may cite events too; None if there is none."""
    source = _optional(content, folder, name)
    if not source.text:
        return None
    _note_body(source)
    given = {
        "id": "",
        "order": 0,
        "summary": "",
        "blocks": bodies.blocks_of(source.body, content.events.given),
    }
    return read(Theme, source, source.data, given=given)


def _files(content: Content, folder: Path, part: str, what: str) -> list[_File]:
    """Return the files of a folder of articles or themes; those that are none are problems."""
    files = []
    for path in _listed(folder / part):
        name = f"{folder.name}/{part}/{path.name}"
        wrong_file = _no_markdown(path, what)
        source = Source(name) if wrong_file else read_source(path, name)
        content.sources.append(source)
        if wrong_file:
            source.problem("file", *wrong_file)
            _remember_names(content, part, path)
        else:
            files.append(_File(path.stem, source))
    if not files and not any((folder / part).glob("[!.]*")):
        source = Source(f"{folder.name}/{part}/")
        source.problem("folder", "is missing or empty", f"write {what}, as README shows")
        content.sources.append(source)
        content.claims.incomplete = True
        content.themes.incomplete |= part == THEMES
        content.articles.incomplete |= part == ARTICLES
    originals = _without_copies(files)
    register: Register[Any] = content.articles if part == ARTICLES else content.themes
    register.maybe.update(file.id for file in files)  # a copy's name may be used
    return originals


def _no_markdown(path: Path, what: str) -> tuple[str, str] | None:
    """Return what is wrong with a file that is no article or theme, and the mend."""
    out = "move it out of the folder"
    ending = path.suffix.lower()
    if path.is_dir():
        return f"is a folder, and no {what.split()[-1]}", f"move its files here, or {out}"
    if path.suffix == ".md":
        return None
    if ending in PICTURE_ENDINGS:
        return f"is a picture, and no {what.split()[-1]}", out
    if ending in TEXT_ENDINGS or ending == ".md":
        name = path.stem.removesuffix(".md")
        return "its name does not end in .md", f"rename it {name}.md, or {out}"
    return f"is no {what.split()[-1]}: its name does not end in .md", out


def _remember_names(content: Content, part: str, path: Path) -> None:
    """Remember the names of a file that is not read, which others may use."""
    register: Register[Any] = content.articles if part == ARTICLES else content.themes
    register.maybe.add(path.stem)
    content.has_unread_articles |= part == ARTICLES
    if path.is_file():
        unread = Source(path.name, text=path.read_text(encoding="utf-8", errors="replace"))
        content.claims.add_unreadable(unread)


def _without_copies(files: Sequence[_File]) -> list[_File]:
    """Return the files without second copies, which are a problem each.

    A copy has the body of another file, or more than half of its claims.
    """
    by_body: dict[str, _File] = {}
    by_claim: dict[str, _File] = {}
    originals: list[_File] = []
    for file in sorted(files, key=_likely_original):
        body = " ".join(file.source.body.split())
        claims = _claim_ids(file.source)
        shared = [by_claim[claim] for claim in claims if claim in by_claim]
        copied = by_body.get(body) if body else None
        if copied is None and len(shared) > max(1, len(claims) / 2):
            copied = shared[0]
        if copied is not None:
            name = Path(copied.source.file).name
            is_named_after = copied.id in file.id
            wrong = "is a second copy of" if is_named_after else "is the same as"
            file.source.problem("file", f"{wrong} {name}", "remove one of the two")
            continue
        originals.append(file)
        by_body[body] = file
        for claim in claims:
            by_claim.setdefault(claim, file)
    return sorted(originals, key=lambda file: file.id)


def _likely_original(file: _File) -> tuple[bool, int, str]:
    """Return a key that puts files with plain and short names first."""
    return (not SLUG.fullmatch(file.id), len(file.id), file.id)


def _claim_ids(source: Source) -> set[str]:
    """Return the ids of the claims that a file lists."""
    listed = source.data.get("claims") if isinstance(source.data, dict) else None
    claims = listed if isinstance(listed, list) else []
    return {str(claim.get("id")) for claim in claims if isinstance(claim, dict)}


# Single files


def _read_terms(content: Content, source: Source) -> None:
    """Read the glossary, whose entries are named by their term."""
    for entry in read_list(Term, source, source.data):
        form = entry.form
        content.terms.add(entry, form.slug if form else None)


def _read_moved(content: Content, source: Source) -> None:
    """Read the ids of claims that went, each with that of one that is there."""
    if isinstance(source.data, dict):
        content.claims.moved = source.data
    elif source.data is not None:
        source.wrong((), "has no keys", "write `old: new`, a line each")


def _read_words(content: Content, folder: Path) -> None:
    """Read additions to the search's lists of words: section -> key -> value."""
    source = Source(f"{folder.name}/{WORDS}")
    content.sources.append(source)
    lists = RawConfigParser(allow_no_value=True, delimiters=("->", "="))
    lists.optionxform = str  # type: ignore[assignment,method-assign]  # keys as they stand
    try:
        lists.read(folder / WORDS, encoding="utf-8")  # a missing file has no section
    except (ConfigParserError, UnicodeDecodeError) as error:
        mend = "write `[section]`, and below it `word = words`, a line each"
        line = getattr(error, "lineno", None) or 1
        source.problem("file", "cannot be read as lists of words", mend, line)
    for section in lists.sections():
        pairs = lists[section].items()
        content.words[section] = {key: value or "" for key, value in pairs}


def _look_for_slips(content: Content, folder: Path) -> None:
    """Note files that are named like content and are none: `peple.yaml`, `people (1).yaml`."""
    known = {*OPTIONAL, SITE, EDITION, ARTICLES, THEMES}
    for path in _listed(folder):
        if path.name in known or not _looks_like_content(path):
            continue
        absent = [name for name in known if not (folder / name).exists()]
        meant = get_close_matches(path.name, absent, 1, cutoff=0.7)
        mend = f"rename it {meant[0]}" if meant else "move it out of the folder"
        source = Source(f"{folder.name}/{path.name}")
        source.problem("file", "is no file of content by its name", mend)
        content.sources.append(source)
        if meant:
            _expect_names(content, meant[0])
            _forget_missing(content, f"{folder.name}/{meant[0]}")


def _looks_like_content(path: Path) -> bool:
    if path.is_dir():
        return bool(get_close_matches(path.name, (ARTICLES, THEMES), 1, cutoff=0.7))
    return path.suffix.lower() in {".yaml", ".yml", ".md", ".ini"} and path.stem != "README"


def _forget_missing(content: Content, file: str) -> None:
    """Say no longer of a file that it is missing, when one is told to be renamed to it."""
    for source in content.sources:
        if source.file == file:
            source.problems.clear()


def _expect_names(content: Content, file: str) -> None:
    """Say of no name that it is missing which the file under another name may give."""
    if file in content.lists:
        content.lists[file][0].incomplete = True
    if file in (EVENTS, ARTICLES, MOVED):
        content.claims.incomplete = True
