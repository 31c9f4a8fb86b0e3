"""Records and claims as files that other programs read: BibTeX, RIS, CSL-JSON, CSV, Markdown.

Every field is written so that a reader of the format gets the same text back.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import unescape
from typing import Any, NamedTuple

from reference import evidence
from reference.citation.references import SITE, References, passage_url, quoted
from reference.citation.styles import Record, Style, bibliography
from reference.records import Claim, Library


class FileKind(NamedTuple):
    """A kind of reference file: what it is called, its media type, and how it is written."""

    name: str
    media_type: str
    write: Callable[[Sequence[Record]], str]


def csl_json(records: Sequence[Record]) -> str:
    return json.dumps(records, ensure_ascii=False, indent=2) + "\n"


# Dates and names


def iso_dates(record: Record) -> list[str]:
    """The one or two ends of a record's date (`2012-06-20`, `2007`), or none."""
    parts = record.get("issued", {}).get("date-parts", [])
    return ["-".join(f"{number:02}" for number in date) for date in parts]


def year(record: Record) -> str:
    """The year of a record, or both its possible years (`2007-2008`), or ""."""
    return "-".join(date[:4] for date in iso_dates(record))


def inverted(name: Mapping[str, str]) -> str:
    """`White, Caroline`, or a name that has no parts as it stands."""
    return name.get("literal") or f"{name['family']}, {name['given']}"


# BibTeX

ENTRY_TYPES = {"article-journal": "article", "article-magazine": "article", "webpage": "online"}
LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{mark: f"\\{mark}" for mark in "$&#%_"},
    }
)


def bibtex(records: Sequence[Record]) -> str:
    """A BibTeX file that BibTeX and biber both read; accents stay as they are, in UTF-8."""
    return "\n".join(map(_entry, records))


def _entry(record: Record) -> str:
    lines = [f"  {name} = {{{value}}}," for name, value in _fields(record) if value]
    return "\n".join([f"@{ENTRY_TYPES[record['type']]}{{{record['id']},", *lines, "}", ""])


def _fields(record: Record) -> Iterator[tuple[str, str]]:
    """A record's BibTeX fields. A title in its own braces keeps its capitals in every style."""
    magazine, page = (record["type"] == kind for kind in ("article-magazine", "webpage"))
    yield "author", " and ".join(map(_bibtex_name, record.get("author", [])))
    yield "title", f"{{{latex(record['title'])}}}"
    yield "journal", latex(record["container-title"])
    yield "organization", latex(record["container-title"]) if page else ""  # BibLaTeX prints this
    yield "entrysubtype", "magazine" if magazine else ""
    dates = iso_dates(record)
    circa = "~" if record.get("issued", {}).get("circa") else ""
    yield "date", "/".join(date + circa for date in dates)
    yield "year", year(record) if len(dates) == 1 else ""
    for name, key in (("volume", "volume"), ("number", "issue"), ("pages", "page")):
        yield name, latex(record.get(key, ""))
    yield "section", latex(record.get("section", ""))
    yield "doi", _verbatim(record.get("DOI", ""))
    yield "url", _verbatim(record.get("URL", ""))
    yield "version", latex(record.get("version", ""))
    yield "note", latex(record.get("note", ""))
    yield "annote", latex(record.get("annote", ""))


def latex(text: str) -> str:
    """Plain text as LaTeX: special characters named, ligatures (``--``, ``''``) kept apart."""
    named = evidence.fold(text).translate(LATEX)
    return re.sub(r"(?<=[-`'?!,<>])(?=[-`',<>])", "{}", named)


def _verbatim(address: str) -> str:
    """An address or DOI, which BibTeX reads letter by letter; only braces would end it early."""
    return "".join(f"%{ord(letter):02X}" if letter in "{}\\" else letter for letter in address)


def _bibtex_name(name: Mapping[str, str]) -> str:
    """A name with braces around what BibTeX would take apart: “and”, a comma, a whole group."""
    if "literal" in name:
        return f"{{{latex(name['literal'])}}}"
    parts = (latex(name["family"]), latex(name["given"]))
    return ", ".join(f"{{{p}}}" if re.search(r"(?i)\band\b|,", p) else p for p in parts)


# RIS

RIS_TYPES = {"article-journal": "JOUR", "article-magazine": "MGZN", "webpage": "ELEC"}


def ris(records: Sequence[Record]) -> str:
    """A RIS file: a tag a line, lines ended as the format's specification has them (CR LF)."""
    lines = (f"{tag}  - {value}" for record in records for tag, value in _tags(record))
    return "".join(f"{line}\r\n" for line in lines)


def _tags(record: Record) -> Iterator[tuple[str, str]]:
    yield "TY", RIS_TYPES[record["type"]]
    yield "ID", record["id"]
    for name in record.get("author", []):
        yield "AU", evidence.fold(inverted(name))
    dates = iso_dates(record)
    exact = len(dates) == 1 and "-" in dates[0]
    pairs = (
        ("TI", record["title"]),
        ("T2", record["container-title"]),
        ("SE", record.get("section")),
        ("VL", record.get("volume")),
        ("IS", record.get("issue")),
        ("SP", record.get("page")),
        ("PY", year(record)),
        ("DA", dates[0].replace("-", "/") if exact else ""),
        ("DO", record.get("DOI")),
        ("UR", record.get("URL", "").replace(";", "%3B")),  # RIS parts addresses at `;`
        ("ET", record.get("version")),
        ("N1", record.get("annote")),
        ("N1", record.get("note")),
    )
    yield from ((tag, evidence.fold(value)) for tag, value in pairs if value)
    yield "ER", ""


FILES = {
    "bib": FileKind("BibTeX", "application/x-bibtex; charset=utf-8", bibtex),
    "ris": FileKind("RIS", "application/x-research-info-systems; charset=utf-8", ris),
    "csl.json": FileKind("CSL-JSON", "application/vnd.citationstyles.csl+json", csl_json),
}


# CSV


def claims_csv(library: Library, claims: Iterable[Claim], base: str) -> str:
    """A row a claim, lists joined by “; ”, for a spreadsheet (RFC 4180, UTF-8)."""
    rows = [_row(library, claim, base) for claim in claims]
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    return file.getvalue()


COLUMNS = (
    *("id", "url", "says", "quote", "voice", "speakers", "themes", "kind", "contrasts"),
    *("article", "passage", "passage_url", "title", "authors", "publication", "date"),
    *("date_note", "doi", "source_url"),
)


def _row(library: Library, claim: Claim, base: str) -> Mapping[str, Any]:
    article = library.articles[claim.article]
    return {
        "id": claim.id,
        "url": f"{base}/claims/{claim.id}/",
        "says": claim.says,
        "quote": claim.quote,
        "voice": claim.voice,
        "speakers": "; ".join(map(library.speaker_name, claim.speakers)),
        "themes": "; ".join(claim.themes),
        "kind": claim.kind,
        "contrasts": "; ".join(library.contrasts.get(claim.id, [])),
        "article": claim.article,
        "passage": claim.passage,
        "passage_url": passage_url(claim, base),
        "title": article.title,
        "authors": "; ".join(map(library.speaker_name, article.authors)),
        "publication": article.publication.name,
        "date": article.date.edtf,
        "date_note": article.date_basis,
        "doi": article.doi,
        "source_url": evidence.source_url(claim, article),
    }


def cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula.

    A cell that begins with = + - @ (full-width ones too), or with blank or invisible characters
    that a program may drop before one of them, is preceded by an apostrophe.
    """
    begins = re.match(r"[\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]", text)
    return f"'{text}" if begins or text[:1] in {"\t", "\r", "\n"} else text


# Markdown


def markdown(
    library: Library, claims: Sequence[Claim], references: References, style: Style, base: str
) -> str:
    """A reader's collection: the quotations in their order, then the articles they come from."""
    articles = dict.fromkeys(claim.article for claim in claims)
    listed = bibliography(style, (references.of(id)[style.id] for id in articles))
    blocks = [
        f"# Quotations from the {SITE}",
        *(_exhibit(library, claim, references, style, base) for claim in claims),
        f"## Bibliography, {_escaped(style.name)}",
        "\n".join(f"- {_block(_from_html(reference))}" for reference in listed),
        f"{SITE}, version {library.version} ({library.updated}), <{base}/>",
    ]
    return "\n\n".join(blocks) + "\n"


def _exhibit(
    library: Library, claim: Claim, references: References, style: Style, base: str
) -> str:
    """Our sentence, the words, and the citation of the article pinned to its passage."""
    number = library.passage_of(claim).number
    who = _escaped(quoted(library, claim, style))
    citation = _block(who + _from_html(references.of(claim.article)[style.id]))
    pin = f"\\[passage {number}, <{passage_url(claim, base)}>\\]"
    says, quote = _block(_escaped(claim.says)), _block(_escaped(claim.quote))
    return f"{says}\n\n> {quote}\n>\n> {citation} {pin}"


def _from_html(html: str) -> str:
    """A reference as Markdown: italics and addresses kept."""
    marks = {"<em>": "*", "</em>": "*"}
    pieces = re.split(r"(<[^>]+>)", html)
    return "".join(marks.get(p, "") if p[:1] == "<" else _inline(unescape(p)) for p in pieces)


def _inline(text: str) -> str:
    return f"<{text}>" if re.fullmatch(r"https?://\S+", text) else _escaped(text)


def _escaped(text: str) -> str:
    """Text on one line in which CommonMark finds no marks."""
    marks = r"([\\`*_\[\]<]|~(?=~)|&(?=#?\w+;))"
    return re.sub(marks, r"\\\1", re.sub(r"\s+", " ", text))


def _block(text: str) -> str:
    """A paragraph that is not taken for a list, a heading or a quotation by how it begins."""
    return re.sub(r"^(\d*)([-+=>#~.)])", r"\1\\\2", text.strip())
