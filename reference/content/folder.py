"""Content folder -> content as written: what each file holds, before it is known to be right."""

import re
from collections.abc import Sequence
from configparser import Error as ConfigParserError
from configparser import RawConfigParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from reference.content import bodies, files
from reference.content.claims import Draft
from reference.content.files import ARTICLES, THEMES, File, Part, PartFiles
from reference.content.forms import Entry, read, read_list
from reference.content.names import Register
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

MADE_BY_PLACING = ("article", "passage", "spans")
"""The fields of a claim that follow from where its words stand."""


@dataclass(frozen=True)
class EditionFile:
    """`edition.yaml`: the day of the last change, and what changed when, newest first."""

    date: Date
    editions: tuple[Edition, ...] = ()


class ListFile(NamedTuple):
    """A file that holds a list of records of one kind, and where they are registered."""

    name: str
    record: type[Any]
    register: Register[Any]


class Content:
    """All that was read from a content folder, before it is known to be right.

    `sources` are all files read, with the problems of each. Articles are `drafts`, by id. Of the
    records there is a register each, by kind. `words` are the additions to the search's lists of
    words: section -> key -> value.
    """

    def __init__(self, site: Source, edition: Source) -> None:
        """Read the site's and the edition's file; the rest is empty, for `read_folder` to fill."""
        self.sources = [site, edition]
        self.body_reader = bodies.BodyReader()
        self.site = read(Site, site, site.data)
        self.edition = read(EditionFile, edition, edition.data)
        self.opening: Entry[Theme] | None = None
        self.about: Entry[Theme] | None = None
        self.drafts: dict[str, Draft] = {}
        self.has_unread_articles = False
        self.words: dict[str, dict[str, str]] = {}
        self._make_registers()

    def _make_registers(self) -> None:
        """Make a register for each kind of record: its name, and how a message has one added."""
        self.articles = Register[Article](
            "article", "add its file to articles/", key="file name"
        )
        self.themes = Register[Theme](
            "theme", "add its file to themes/", key="file name"
        )
        self.claims = Register[Claim]("claim", "add it to its article")
        self.people = Register[Person](
            "person",
            f"add them to {files.PEOPLE}; a group stands exactly as the article prints it",
        )
        self.events = Register[Event]("event", f"add it to {files.EVENTS}")
        self.disagreements = Register[Disagreement](
            "disagreement", f"add it to {files.DISAGREEMENTS}"
        )
        self.outcomes = Register[Outcome](
            "outcome", f"add it to {files.OUTCOMES}"
        )
        self.terms = Register[Term](
            "term",
            f"add it to {files.TERMS}",
            key="term",
            pattern=re.compile(r".+"),  # a term may be written in any signs
        )

    @property
    def articles_are_right(self) -> bool:
        """Whether all articles could be read, and nothing is wrong with any."""
        if self.has_unread_articles or not self.drafts:
            return False
        return not any(draft.source.problems for draft in self.drafts.values())

    @property
    def list_files(self) -> list[ListFile]:
        return [
            ListFile(files.PEOPLE, Person, self.people),
            ListFile(files.EVENTS, Event, self.events),
            ListFile(files.DISAGREEMENTS, Disagreement, self.disagreements),
            ListFile(files.OUTCOMES, Outcome, self.outcomes),
        ]

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
    """Return what is written in a content folder; problems are reported in its sources."""
    site = read_source(folder / files.SITE, f"{folder.name}/{files.SITE}")
    edition = read_source(
        folder / files.EDITION, f"{folder.name}/{files.EDITION}"
    )
    content = Content(site, edition)
    _read_articles(content, folder)
    for list_file in content.list_files:
        _read_list_file(content, folder, list_file)
    _read_terms(content, folder)
    _read_themes(content, folder)
    content.opening = _prose_of_its_own(content, folder, files.OPENING)
    content.about = _prose_of_its_own(content, folder, files.ABOUT)
    _read_moved(content, folder)
    _read_words(content, folder)
    _report_misnamed_files(content, folder)
    return content


# Articles and themes, a file each


def _read_articles(content: Content, folder: Path) -> None:
    part = _read_part(content, folder, ARTICLES, content.articles)
    content.has_unread_articles = bool(part.rejected)
    for file in part.files:
        draft = _draft(content, file)
        content.drafts[file.id] = draft
        content.articles.add(draft.head, file.id)
        content.claims.add_all(draft.claim_entries)
        if "claims" in draft.head.broken:
            content.claims.add_unreadable(file.source)


def _read_themes(content: Content, folder: Path) -> None:
    part = _read_part(content, folder, THEMES, content.themes)
    for file in part.files:
        source = file.source
        _report_markup(source)
        blocks = content.body_reader.blocks_of(source.body)
        given = {"id": file.id, "blocks": blocks}
        theme = read(Theme, source, source.data, given=given)
        content.themes.add(theme, file.id)


def _read_part(
    content: Content, folder: Path, part: Part, register: Register[Any]
) -> PartFiles:
    """Read the folder of articles or of themes, and return its files: the good and the rejected.

    A file is rejected if its name is wrong (`a.txt`), or if it is a copy. That is
    reported. Where other files use the name `a`, or the id of a claim that is in `a.txt`, this
    shall be no second problem. Hence three objects are changed:

    - `content.sources` gets the source of each file, with the problems found in it;
    - `register`, which has the names of articles or of themes, gets the names of rejected files;
    - `content.claims` gets the ids of claims that are in the text of rejected files.
    """
    part_files = files.read_part(folder, part)
    for file in part_files.files:
        content.sources.append(file.source)
    for source in part_files.rejected:
        content.sources.append(source)
        content.claims.add_unreadable(source)
    register.possible_names |= part_files.rejected_names
    if part_files.is_empty:
        # That is reported. That no name is found, as all are missing, need not be.
        register.may_lack_names = True
        content.claims.may_lack_names = True
    return part_files


def _draft(content: Content, file: File) -> Draft:
    """Return an article as read from its file: front matter, claims and passages.

    What is wrong with its keys, or holds markup, is reported; nothing is compared yet.
    """
    source = file.source
    passages = content.body_reader.passages_of(source.body)
    has_markup = _report_markup(source)
    if not has_markup:
        has_markup = _report_dropped_sign(source, passages)
    head = read(
        Article,
        source,
        source.data,
        given={"id": file.id, "passages": passages},
        elsewhere=["claims"],
    )
    return Draft(head, _claims_of(head), passages, has_markup)


def _claims_of(head: Entry[Article]) -> list[Entry[Claim]]:
    """Return the claims listed under `claims` in an article's front matter.

    If there is no such list, the key is marked as broken, and [] returned.
    """
    source = head.source
    has_keys = isinstance(source.data, dict)
    listed = source.data.get("claims") if has_keys else None
    if not isinstance(listed, list):
        head.broken.add("claims")
    return read_list(
        Claim,
        source,
        listed,
        at=("claims",),
        without=MADE_BY_PLACING,
    )


def _report_markup(source: Source) -> bool:
    """Report markup that is not set here, once a line; return whether there is any."""
    lines = set()
    for fault in bodies.markup_in(source.body):
        line = source.line_at(fault.position)
        if line not in lines:
            source.report_on_line("body", fault.wrong, fault.mend, line)
        lines.add(line)
    return bool(lines)


def _report_dropped_sign(source: Source, passages: Sequence[Passage]) -> bool:
    """Report a sign of an article that its passages lack; return whether they lack one."""
    fault = bodies.dropped_sign(source.body, passages)
    if fault is None:
        return False
    source.report_on_line(
        "body", fault.wrong, fault.mend, source.line_at(fault.position)
    )
    return True


# Single files


def _optional(content: Content, folder: Path, name: str) -> Source:
    """Return a file that may be missing or empty as a source of the content."""
    source = files.read_optional(folder, name)
    content.sources.append(source)
    return source


def _read_list_file(
    content: Content, folder: Path, list_file: ListFile
) -> None:
    source = _optional(content, folder, list_file.name)
    list_file.register.add_all(
        read_list(list_file.record, source, source.data)
    )
    is_read = isinstance(source.data, list)
    is_missing_or_empty = not source.text and not source.problems
    if not is_read and not is_missing_or_empty:
        list_file.register.add_unreadable(source)


def _read_terms(content: Content, folder: Path) -> None:
    """Read the glossary, whose entries are named by their term."""
    source = _optional(content, folder, files.TERMS)
    for entry in read_list(Term, source, source.data):
        term = entry.form
        content.terms.add(entry, term.slug if term else None)


def _prose_of_its_own(
    content: Content, folder: Path, name: str
) -> Entry[Theme] | None:
    """Return the opening or the About text, as a theme that has a title and prose alone.

    It is a theme so that the same rules can check it; what else a theme must have is left empty.
    None if the file is missing or empty. The prose may cite events as well as claims.
    """
    source = _optional(content, folder, name)
    if not source.text:
        return None
    _report_markup(source)
    given = {
        "id": "",
        "order": 0,
        "summary": "",
        "blocks": content.body_reader.blocks_of(
            source.body, content.events.given
        ),
    }
    return read(Theme, source, source.data, given=given)


def _read_moved(content: Content, folder: Path) -> None:
    """Read the ids of claims that went, each with that of one that is there."""
    source = _optional(content, folder, files.MOVED)
    if isinstance(source.data, dict):
        content.claims.moved = source.data
    elif source.data is not None:
        source.report((), "has no keys", "write `old: new`, a line each")


def _read_words(content: Content, folder: Path) -> None:
    """Read additions to the search's lists of words into `content.words`.

    They are section -> key -> value: below `[section]`, the line `gp = doctor` is the key `gp` and
    the value `doctor`; a line with a key alone has the value "".
    """
    source = Source(f"{folder.name}/{files.WORDS}")
    content.sources.append(source)
    lists = RawConfigParser(allow_no_value=True, delimiters=("->", "="))
    lists.optionxform = str  # type: ignore[assignment,method-assign]  # keys as they stand
    try:
        lists.read(
            folder / files.WORDS, encoding="utf-8"
        )  # a missing file has no section
    except (ConfigParserError, UnicodeDecodeError) as error:
        mend = "write `[section]`, and below it `word = words`, a line each"
        line = getattr(error, "lineno", None) or 1
        source.report_on_line(
            "file",
            "cannot be read as lists of words",
            mend,
            line,
        )
    for section in lists.sections():
        pairs = lists[section].items()
        content.words[section] = {key: value or "" for key, value in pairs}


def _report_misnamed_files(content: Content, folder: Path) -> None:
    """Report files whose names are slips; what they may hold is not missed."""
    for misnamed in files.misnamed_files(folder):
        if misnamed.meant:
            _excuse(content, folder, misnamed.meant)
        content.sources.append(misnamed.source)


def _excuse(content: Content, folder: Path, name: str) -> None:
    """Say nothing of a file that is missing under its name, nor of the names that it may give."""
    for source in content.sources:
        if source.file.rstrip("/") == f"{folder.name}/{name}":
            source.problems.clear()
    for list_file in content.list_files:
        if list_file.name == name:
            list_file.register.may_lack_names = True
    if name in (files.EVENTS, files.MOVED, ARTICLES.name):
        content.claims.may_lack_names = True
