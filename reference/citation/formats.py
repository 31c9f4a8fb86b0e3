"""Sources and claims as files (BibTeX, RIS, CSL-JSON, CSV) that read back as the same text."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from reference.citation.fragments import source_url
from reference.citation.record import Record, passage_url
from reference.citation.references import plain
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
    ("version", "", "", "dc.type", "rft.description"),
    ("source", "", "DP", "", ""),
    ("DOI", "doi", "DO", "citation_doi", ""),
    ("URL", "url", "UR", "citation_public_url", "rft_id"),
    ("note", "annote", "", "", ""),  # BibTeX styles print a `note`
)
"""What a field of a record is called in CSL-JSON, BibTeX, RIS, HighWire tags and OpenURL."""
BIBTEX, RIS, HIGHWIRE, OPENURL = 1, 2, 3, 4


class Format(NamedTuple):
    """A format of reference managers: its name, its media type, and how records are written."""

    name: str
    media_type: str
    write: Callable[[Sequence[Record]], str]


def fields(record: Record, column: int) -> dict[str, str]:
    """The fields that a format has a name for, under it. A date is one that is printed in the
    article: an estimate is no date."""
    parts = record.get("issued", {}).get("date-parts", [[]])[0]
    date = ("/" if column in {RIS, HIGHWIRE} else "-").join(f"{part:02}" for part in parts)
    version = f"Version {record['version']}" if "version" in record else ""
    known = record | {"issued": date, "year": date[:4], "version": version}
    return {row[column]: known[row[0]] for row in FIELDS if row[column] and known.get(row[0])}


def inverted(name: Mapping[str, str]) -> str:
    """`White, Caroline`, or a name that has no parts as it stands."""
    return name.get("literal") or f"{name['family']}, {name['given']}"


def csl_json(records: Sequence[Record]) -> str:
    """CSL-JSON. Zotero keeps a `note` (as Extra), and our styles never print it."""
    return json.dumps(records, ensure_ascii=False, indent=2) + "\n"


def bibtex(records: Sequence[Record]) -> str:
    """A BibTeX file that BibTeX and biber both read, accents in UTF-8. Standard styles want an
    author and a year: the publication stands for the one, an estimate or “n.d.” for the other."""
    entries = []
    for record in records:
        said = {"year": plain(record.get("status", ""))} | fields(record, BIBTEX)
        said = {key: v if key in {"doi", "url"} else latex(v) for key, v in said.items()}
        names = record.get("author") or [{"literal": record["container-title"]}]
        said["author"] = " and ".join(map(_bibtex_name, names))
        said["title"] = f"{{{said['title']}}}"  # braces keep its capitals in every style
        said["entrysubtype"] = "magazine" if record["type"] == "article-magazine" else ""
        lines = [f"  {name} = {{{value}}},\n" for name, value in said.items() if value]
        entries.append(f"@article{{{record['id']},\n{''.join(lines)}}}\n")
    return "\n".join(entries)


NAMED = ("backslash", "asciitilde", "asciicircum", "braceleft", "braceright")
LATEX = {ord(mark): f"\\{mark}" for mark in "$&#%_"}
LATEX |= {ord(mark): f"\\text{name}{{}}" for mark, name in zip("\\~^{}", NAMED, strict=True)}


def latex(text: str) -> str:
    """Plain text as LaTeX: special characters named, ligatures (``--``, ``''``) kept apart."""
    return re.sub(r"(?<=[-`'?!,<>])(?=[-`',<>])", "{}", fold(text).translate(LATEX))


def _bibtex_name(name: Mapping[str, str]) -> str:
    """A name with braces around what BibTeX would take apart: “and”, a comma, a whole group."""
    if "literal" in name:
        return f"{{{latex(name['literal'])}}}"
    parts = (latex(name["family"]), latex(name["given"]))
    return ", ".join(f"{{{p}}}" if re.search(r"(?i)\band\b|,", p) else p for p in parts)


def ris(records: Sequence[Record]) -> str:
    """A RIS file: a tag a line, lines ended as the format's specification has them (CR LF). A year
    by itself is given in one place only; addresses are parted at `;`."""
    lines: list[tuple[str, str]] = []
    for record in records:
        said = fields(record | {"URL": record.get("URL", "").replace(";", "%3B")}, RIS)
        kind = "JOUR" if record["type"] == "article-journal" else "MGZN"
        lines += [("TY", kind), ("ID", record["id"])]
        lines += [(tag, value) for tag, value in said.items() if (tag, value[4:]) != ("DA", "")]
        lines += [("AU", inverted(name)) for name in record.get("author", [])]
        lines += [*(("N1", note) for note in record.get("note", "").splitlines()), ("ER", "")]
    return "".join(f"{tag}  - {fold(value)}\r\n" for tag, value in lines)


FORMATS = {
    "bib": Format("BibTeX", "application/x-bibtex; charset=utf-8", bibtex),
    "ris": Format("RIS", "application/x-research-info-systems; charset=utf-8", ris),
    "csl.json": Format("CSL-JSON", "application/vnd.citationstyles.csl+json", csl_json),
}


def claims_csv(library: Library, claims: Iterable[Claim], base: str) -> str:
    """A row a claim, lists joined by “; ”, for a spreadsheet (RFC 4180, UTF-8 and marked so)."""
    rows: list[list[str]] = []
    for claim in claims:
        article = library.articles[claim.article]
        row = {
            **{"id": claim.id, "url": f"{base}/claims/{claim.id}/"},
            **{"says": claim.says, "quote": claim.quote, "voice": claim.voice},
            "speakers": "; ".join(library.said_by(claim)),
            **{"themes": "; ".join(claim.themes), "kind": claim.kind},
            "contrasts": "; ".join(library.contrasts_of(claim.id)),
            **{"article": claim.article, "passage": claim.passage},
            **{"passage_url": passage_url(claim, base), "title": article.title},
            "authors": "; ".join(map(library.speaker_name, article.authors)),
            **{"publication": article.publication.name, "date": article.date.edtf},
            **{"date_note": article.date_basis, "doi": article.doi},
            "source_url": source_url(claim, article),
        }
        rows += [] if rows else [[*row]]
        rows.append([cell(text) for text in row.values()])
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return "\ufeff" + file.getvalue()


def cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe stands before = + - @ (full-width
    ones too), also where blank or invisible characters come first, which a program may drop."""
    begins = r"[\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]"
    return f"'{text}" if re.match(begins, text) else text


def markdown(html: str) -> str:
    """Safe HTML, of which only emphasis is kept, as one line in which CommonMark finds no other
    marks, nor a list, heading or quotation by how it begins."""
    line = fold(plain(re.sub("</?em>", "\0", html)))
    line = re.sub(r"([\\`*_\[\]<]|~(?=~)|&(?=#?\w+;))", r"\\\1", line)
    return re.sub(r"^(\d*)([-+=>#~.)])", r"\1\\\2", line).replace("\0", "*")
