"""Sources and claims as files that other programs read: BibTeX, RIS, CSL-JSON, CSV, Markdown.

Every field is written so that a reader of the format gets the same text back.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from reference.citation.fragments import source_url
from reference.citation.record import SITE, Record, Source, passage_url, quotation
from reference.citation.references import References, Style, listed, plain
from reference.evidence import fold
from reference.records import Claim, Library

FIELDS = (
    ("title", "title", "TI", "citation_title", "rft.title"),
    ("container-title", "journal", "T2", "prism.publicationName", "rft.source"),
    ("issued", "date", "DA", "citation_publication_date", "rft.date"),
    ("year", "year", "PY", "", ""),
    ("volume", "volume", "VL", "citation_volume", "rft.volume"),
    ("issue", "number", "IS", "citation_issue", "rft.issue"),
    ("number", "pages", "SP", "citation_firstpage", "rft.pages"),
    ("section", "", "", "article:section", ""),
    ("source", "", "DP", "", ""),
    ("DOI", "doi", "DO", "citation_doi", ""),
    ("URL", "url", "UR", "citation_public_url", "rft_id"),
)
"""What a field of a record is called in CSL-JSON, BibTeX, RIS, HighWire tags and OpenURL."""
BIBTEX, RIS, HIGHWIRE, OPENURL = 1, 2, 3, 4


class Format(NamedTuple):
    """A format of reference managers: its name, its media type, and how sources are written."""

    name: str
    media_type: str
    write: Callable[[Sequence[Source]], str]


def fields(record: Record, column: int) -> dict[str, str]:
    """The fields that a format has a name for, under it. RIS and HighWire part dates by `/`; RIS
    gives a year by itself in one place only, and parts addresses at `;`."""
    date = iso_date(record)
    slashed = date.replace("-", "/") if column in {RIS, HIGHWIRE} else date
    known = {**record, "year": date[:4], "issued": slashed}
    if column == RIS:
        known |= {
            "issued": slashed[4:] and slashed,
            "URL": record.get("URL", "").replace(";", "%3B"),
        }
    return {row[column]: known[row[0]] for row in FIELDS if row[column] and known.get(row[0])}


def iso_date(record: Record) -> str:
    """The date printed in an article (`2012-06-20`), or "": an estimate is no date."""
    parts = record.get("issued", {}).get("date-parts", [[]])[0]
    return "-".join(f"{number:02}" for number in parts)


def inverted(name: Mapping[str, str]) -> str:
    """`White, Caroline`, or a name that has no parts as it stands."""
    return name.get("literal") or f"{name['family']}, {name['given']}"


def csl_json(sources: Sequence[Source]) -> str:
    """CSL-JSON. Notes are in `note`, which Zotero keeps (as Extra) and our styles never print."""
    noted = [s.record | ({"note": "\n".join(s.notes)} if s.notes else {}) for s in sources]
    return json.dumps(noted, ensure_ascii=False, indent=2) + "\n"


def bibtex(sources: Sequence[Source]) -> str:
    """A BibTeX file that BibTeX and biber both read; accents stay as they are, in UTF-8.

    Standard styles want an author and a year: the publication stands for the one, an estimate in
    its brackets or “n.d.” for the other. They print `note`, so notes are in `annote`.
    """
    return "\n".join(map(_entry, sources))


def _entry(source: Source) -> str:
    record = source.record
    names = record.get("author") or [{"literal": record["container-title"]}]
    said = fields(record, BIBTEX)
    said.setdefault("year", plain(record.get("status", "")))
    plainly = {name: latex(value) for name, value in said.items() if name not in {"doi", "url"}}
    values = (
        said
        | plainly
        | {
            "author": " and ".join(map(_bibtex_name, names)),
            "title": f"{{{plainly['title']}}}",  # braces keep its capitals in every style
            "entrysubtype": "magazine" if record["type"] == "article-magazine" else "",
            "annote": latex(" ".join(source.notes)),
        }
    )
    lines = [f"  {name} = {{{value}}},\n" for name, value in values.items() if value]
    return f"@article{{{record['id']},\n{''.join(lines)}}}\n"


LATEX = {ord(mark): f"\\{mark}" for mark in "$&#%_"}
LATEX |= {ord("\\"): "\\textbackslash{}", ord("~"): "\\textasciitilde{}"}
LATEX |= {ord("{"): "\\textbraceleft{}", ord("}"): "\\textbraceright{}"}
LATEX[ord("^")] = "\\textasciicircum{}"


def latex(text: str) -> str:
    """Plain text as LaTeX: special characters named, ligatures (``--``, ``''``) kept apart."""
    return re.sub(r"(?<=[-`'?!,<>])(?=[-`',<>])", "{}", fold(text).translate(LATEX))


def _bibtex_name(name: Mapping[str, str]) -> str:
    """A name with braces around what BibTeX would take apart: “and”, a comma, a whole group."""
    if "literal" in name:
        return f"{{{latex(name['literal'])}}}"
    parts = (latex(name["family"]), latex(name["given"]))
    return ", ".join(f"{{{p}}}" if re.search(r"(?i)\band\b|,", p) else p for p in parts)


def ris(sources: Sequence[Source]) -> str:
    """A RIS file: a tag a line, lines ended as the format's specification has them (CR LF)."""
    lines: list[tuple[str, str]] = []
    for record, notes in sources:
        lines += [("TY", "JOUR" if record["type"] == "article-journal" else "MGZN")]
        lines += [("ID", record["id"]), *fields(record, RIS).items()]
        lines += [("AU", inverted(name)) for name in record.get("author", [])]
        lines += [*(("N1", note) for note in notes), ("ER", "")]
    return "".join(f"{tag}  - {fold(value)}\r\n" for tag, value in lines)


FORMATS = {
    "bib": Format("BibTeX", "application/x-bibtex; charset=utf-8", bibtex),
    "ris": Format("RIS", "application/x-research-info-systems; charset=utf-8", ris),
    "csl.json": Format("CSL-JSON", "application/vnd.citationstyles.csl+json", csl_json),
}


def claims_csv(library: Library, claims: Iterable[Claim], base: str) -> str:
    """A row a claim, lists joined by “; ”, for a spreadsheet (RFC 4180, UTF-8 and marked so)."""
    rows = [_row(library, claim, base) for claim in claims]
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerows([rows[0], *(map(cell, row.values()) for row in rows)])
    return "\ufeff" + file.getvalue()


def _row(library: Library, claim: Claim, base: str) -> dict[str, str]:
    article = library.articles[claim.article]
    return {
        **{"id": claim.id, "url": f"{base}/claims/{claim.id}/"},
        **{"says": claim.says, "quote": claim.quote, "voice": claim.voice},
        "speakers": "; ".join(map(library.speaker_name, claim.speakers)),
        **{"themes": "; ".join(claim.themes), "kind": claim.kind},
        "contrasts": "; ".join(library.contrasts.get(claim.id, [])),
        **{"article": claim.article, "passage": claim.passage},
        **{"passage_url": passage_url(claim, base), "title": article.title},
        "authors": "; ".join(map(library.speaker_name, article.authors)),
        **{"publication": article.publication.name, "date": article.date.edtf},
        **{"date_note": article.date_basis, "doi": article.doi},
        "source_url": source_url(claim, article),
    }


def cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula.

    A cell that begins with = + - @ (full-width ones too), or with blank or invisible characters
    that a program may drop before one of them, is preceded by an apostrophe.
    """
    begins = re.match(r"[\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]", text)
    return f"'{text}" if begins or text[:1] in {"\t", "\r", "\n"} else text


def markdown(
    library: Library, claims: Sequence[Claim], references: References, style: Style, base: str
) -> str:
    """A reader's collection: the quotations in their order, then the articles they come from."""
    articles = list(dict.fromkeys(claim.article for claim in claims))
    lines = [f"# Quotations from the {SITE}\n"]
    for claim in claims:
        in_text = references.in_text(claim, style, articles.index(claim.article) + 1)
        comma = "" if in_text.startswith("(") else ","
        said = _escaped(f"{quotation(claim)}{comma} {in_text}")
        lines.append(f"{_escaped(claim.says)}\n\n> {said} <{passage_url(claim, base)}>\n")
    lines.append(f"## Bibliography, {_escaped(style.name)}\n")
    forms = (references.of(id, style).dated for id in articles)
    for number, reference in enumerate(listed(style, forms), 1):
        marked = plain(re.sub("</?em>", "\0", reference))
        bullet = f"{number}." if style.numbered else "-"
        lines.append(f"{bullet} {_escaped(marked)}".replace("\0", "*"))
    return "\n".join(
        [*lines, f"\n{SITE}, version {library.version} ({library.updated}), <{base}/>\n"]
    )


def _escaped(text: str) -> str:
    """Text on one line in which CommonMark finds no marks, nor a list, heading or quotation by how
    it begins."""
    marks = r"([\\`*_\[\]<]|~(?=~)|&(?=#?\w+;))"
    line = re.sub(marks, r"\\\1", " ".join(text.split()))
    return re.sub(r"^(\d*)([-+=>#~.)])", r"\1\\\2", line)
