"""Claims as a table for spreadsheets (CSV), and text as Markdown."""

import csv
import io
import re
from collections.abc import Iterable, Mapping

from reference.citation.record import passage_url
from reference.citation.references import plain
from reference.evidence import fold
from reference.records import Claim, Library

COLUMNS = (
    "id",
    "url",
    "says",
    "quote",
    "voice",
    "speakers",
    "themes",
    "kind",
    "contrasts",
    "article",
    "passage",
    "passage_url",
    "title",
    "authors",
    "publication",
    "date",
    "date_note",
    "doi",
    "source_url",
)
BYTE_ORDER_MARK = "\ufeff"
"""By this, first in a file, spreadsheets know UTF-8."""
FORMULA = re.compile(
    r"[\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]"
)
"""How text begins that some spreadsheet would take for a formula: with = + - @, full-width ones
too, also after blank or invisible characters, which a program may drop."""


def claims_csv(
    library: Library,
    claims: Iterable[Claim],
    base: str,
    source_urls: Mapping[str, str],
) -> str:
    """Return a table of claims in CSV (RFC 4180), a row a claim, for spreadsheets.

    `base` is the address of this site; `source_urls` has claim id -> the link to its words at the
    original. The text begins with a byte order mark, by which Excel knows that it is UTF-8.
    """
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    for claim in claims:
        texts = _row(library, claim, base)
        texts["source_url"] = source_urls[claim.id]
        row = {column: cell(text) for column, text in texts.items()}
        writer.writerow(row)
    return BYTE_ORDER_MARK + file.getvalue()


def _row(library: Library, claim: Claim, base: str) -> dict[str, str]:
    """Return column -> what a claim has there, for all columns but `source_url`.

    Several names in one cell are joined by “; ”.
    """
    article = library.articles[claim.article]
    authors = [library.speaker_name(author) for author in article.authors]
    return {
        "id": claim.id,
        "url": f"{base}/claims/{claim.id}/",
        "says": claim.says,
        "quote": claim.quote,
        "voice": claim.voice,
        "speakers": "; ".join(library.said_by(claim)),
        "themes": "; ".join(claim.themes),
        "kind": claim.kind,
        "contrasts": "; ".join(library.contrasts_of(claim.id)),
        "article": claim.article,
        "passage": claim.passage,
        "passage_url": passage_url(claim, base),
        "title": article.title,
        "authors": "; ".join(authors),
        "publication": article.publication.name,
        "date": article.date.edtf,
        "date_note": article.date_basis,
        "doi": article.doi,
    }


def cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: an apostrophe stands before it if need
    be."""
    return f"'{text}" if FORMULA.match(text) else text


EMPHASIS = re.compile(r"</?em>")
MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<]|~(?=~)|&(?=#?\w+;))")
BEGINS_A_BLOCK = re.compile(r"^(\d*)([-+=>#~.)])")
"""How a line begins that is a list, a heading or a quotation."""


def markdown(html: str) -> str:
    """Return safe HTML as one line of Markdown that has its emphasis and no other marks."""
    with_emphasis_aside = EMPHASIS.sub("\0", html)
    line = fold(plain(with_emphasis_aside))
    line = MARKDOWN_SIGNS.sub(r"\\\1", line)
    line = BEGINS_A_BLOCK.sub(r"\1\\\2", line)
    return line.replace("\0", "*")
