"""Sources as files (BibTeX, RIS, CSL-JSON) that read back as the same text."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from reference.citation.kinds import TYPES
from reference.citation.record import Record
from reference.evidence import fold


class FieldNames(NamedTuple):
    """What a field of a record is called in each format; "" where it has no place.

    `highwire` are the meta elements of a page, `openurl` the keys of a COinS.
    """

    csl: str
    bibtex: str = ""
    ris: str = ""
    highwire: str = ""
    openurl: str = ""


FIELDS = (
    FieldNames("title", "title", "TI", "citation_title", "rft.title"),
    FieldNames(
        "container-title",
        "journal",
        "T2",
        "prism.publicationName",
        "rft.source",
    ),
    FieldNames(
        "publisher", "publisher", "PB", "citation_publisher", "rft.publisher"
    ),
    FieldNames(
        "event-title",
        "eventtitle",
        "T2",
        "citation_conference_title",
        "rft.source",
    ),
    FieldNames("genre", "type", "M3", "", ""),
    FieldNames("date", "date", "DA", "citation_publication_date", "rft.date"),
    FieldNames("year", "year", "PY"),
    FieldNames("volume", "volume", "VL", "citation_volume", "rft.volume"),
    FieldNames("issue", "number", "IS", "citation_issue", "rft.issue"),
    FieldNames("page", "pages", "SP", "citation_firstpage", "rft.pages"),
    FieldNames("version", highwire="dc.type"),
    FieldNames("source", ris="DP"),
    FieldNames("DOI", "doi", "DO", "citation_doi"),
    FieldNames("URL", "url", "UR", "citation_public_url", "rft_id"),
)
BIBTEX_NAMES = {names.csl: names.bibtex for names in FIELDS if names.bibtex}
RIS_NAMES = {names.csl: names.ris for names in FIELDS if names.ris}
HIGHWIRE_NAMES = {
    names.csl: names.highwire for names in FIELDS if names.highwire
}
OPENURL_NAMES = {names.csl: names.openurl for names in FIELDS if names.openurl}
"""CSL name of a field -> its name in one format, of those that have a place there."""


class Format(NamedTuple):
    """A format of reference managers: its name, its media type, and how records are written."""

    name: str
    media_type: str
    write: Callable[[Sequence[Record]], str]


def fields(record: Record, separator: str = "-") -> dict[str, str]:
    """Return the fields of a record as text, by their CSL names, without its authors.

    A printed date is in two: `date`, the whole with `separator` between its parts, and `year`.

        {"type": "article-journal", "title": "…", "volume": "344", "date": "2012-06-20",
         "year": "2012", …}
    """
    texts = {}
    for name, value in record.items():
        if isinstance(value, str):
            texts[name] = value
    if "issued" in record:
        numbers = record["issued"]["date-parts"][0]
        parts = [f"{number:02}" for number in numbers]
        texts["date"] = separator.join(parts)
        texts["year"] = parts[0]
    return texts


def inverted(name: Mapping[str, str]) -> str:
    """Return a name as `White, Caroline`, or as it stands where it has no parts."""
    return name.get("literal") or f"{name['family']}, {name['given']}"


# CSL-JSON


def csl_json(records: Sequence[Record]) -> str:
    """Return records as CSL-JSON. Zotero keeps a `note` (as Extra); our styles never print it."""
    return json.dumps(records, ensure_ascii=False, indent=2) + "\n"


# BibTeX

LATEX = str.maketrans(
    {
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "%": r"\%",
        "_": r"\_",
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
    }
)
LIGATURES = re.compile(r"(?<=[-`'?!,<>])(?=[-`',<>])")
"""Between two characters that LaTeX would print as one: `--`, `''`."""
TAKEN_APART = re.compile(r"\band\b|,", re.IGNORECASE)
"""What BibTeX takes names apart at."""
IN_ADDRESSES = "!#$&'()*+,/:;<=>?@[]-._~%|"
"""What an address has in a BibTeX file as it is; anything else is percent-encoded."""


def bibtex(records: Sequence[Record]) -> str:
    """Return a BibTeX file that BibTeX and biber both read, accents in UTF-8.

    Standard styles want an author and a year: the publication stands for the one, “n.d.” for the
    other. Notes are a `comment`, as styles print a `note` or `annote`, and Zotero keeps all three.
    """
    return "\n".join(_bibtex_entry(record) for record in records)


def _bibtex_entry(record: Record) -> str:
    """Return one entry: `@article{key, …}`, a field a line."""
    id = record["id"]
    entry_type = TYPES[record["type"]].bibtex
    lines = [f"@{entry_type}{{{id},"]
    for name, value in _bibtex_values(record).items():
        lines.append(f"  {name} = {{{value}}},")
    lines.append("}\n")
    return "\n".join(lines)


def _bibtex_values(record: Record) -> dict[str, str]:
    """Return the fields of a BibTeX entry: `{"volume": "344", "author": "White, Caroline", …}`.

    Values are LaTeX, as they stand between the braces of a field.
    """
    texts = fields(record)
    values = {}
    for field, name in BIBTEX_NAMES.items():
        if field in texts:
            values[name] = latex(texts[field])
    title = values["title"]
    values["title"] = f"{{{title}}}"  # within braces it keeps its capitals
    values["author"] = _bibtex_authors(record)
    values.setdefault("year", "n.d.")
    if "DOI" in record:
        values["doi"] = _address(record["DOI"])
    if "URL" in record:
        values["url"] = _address(record["URL"])
    _fit_to_type(values, record["type"])
    if "note" in record:
        notes = record["note"].splitlines()
        values["comment"] = " • ".join(latex(note) for note in notes)
    return values


def _fit_to_type(values: dict[str, str], csl_type: str) -> None:
    """Change the fields of a BibTeX entry in place to those that styles look for in its type."""
    entry_type = TYPES[csl_type].bibtex
    if csl_type == "article-magazine":
        # With this, biblatex-apa prints the day; with “magazine” it prints “[magazine]” too.
        values["entrysubtype"] = "nonacademic"
    if entry_type == "techreport":
        values["institution"] = values.pop("publisher")
    if entry_type == "misc":
        values["howpublished"] = _how_published(values)


def _bibtex_authors(record: Record) -> str:
    """Return the authors, or what stands for them, as BibTeX reads names."""
    names = record.get("author")
    if not names:
        names = [{"literal": _publication(record)}]
    return " and ".join(_bibtex_name(name) for name in names)


def _bibtex_name(name: Mapping[str, str]) -> str:
    """Return a name as BibTeX reads it: `White, Caroline`; a group as `{Health Policy Team}`.

    Braces also keep together a part with “and” or a comma, at which BibTeX takes names apart.
    """
    if "literal" in name:
        literal = latex(name["literal"])
        return f"{{{literal}}}"
    parts = []
    for part in (name["family"], name["given"]):
        text = latex(part)
        if TAKEN_APART.search(text):
            text = f"{{{text}}}"
        parts.append(text)
    return ", ".join(parts)


def _publication(record: Record) -> str:
    """Return the name of where a record was published or spoken."""
    for field in ("container-title", "publisher", "event-title"):
        if field in record:
            return str(record[field])
    raise ValueError(f"{record['id']} has no publication")


def _how_published(values: dict[str, str]) -> str:
    """Return what BibTeX's styles print of what is neither article nor report.

    It takes the place of the fields it is made of, which some styles would print a second time.
    """
    parts = []
    for name in ("type", "eventtitle", "publisher"):
        part = values.pop(name, "")
        if part:
            parts.append(part)
    return ", ".join(parts)


def _address(text: str) -> str:
    """Return an address, or a DOI, in which nothing can end or begin a field of BibTeX."""
    return quote(text, safe=IN_ADDRESSES)


def latex(text: str) -> str:
    """Return plain text as LaTeX: special characters named, ligatures kept apart."""
    return LIGATURES.sub("{}", fold(text).translate(LATEX))


# RIS


def ris(records: Sequence[Record]) -> str:
    """Return a RIS file: a tag a line, lines ended as its specification has them (CR LF)."""
    return "".join(_ris_entry(record) for record in records)


def _ris_entry(record: Record) -> str:
    """Return the lines of one record: `TY  - JOUR`, which begins it, … `ER  - `, which ends it."""
    ris_type = TYPES[record["type"]].ris
    lines = [_ris_line("TY", ris_type), _ris_line("ID", record["id"])]
    texts = _ris_texts(record)
    for field, tag in RIS_NAMES.items():
        if field in texts:
            lines.append(_ris_line(tag, texts[field]))
    for author in record.get("author", []):
        lines.append(_ris_line("AU", inverted(author)))
    notes = record.get("note", "")
    for note in notes.splitlines():
        lines.append(_ris_line("N1", note))
    lines.append(_ris_line("ER", ""))
    return "".join(lines)


def _ris_line(tag: str, text: str) -> str:
    """Return a line of a RIS file, with its end: `VL  - 344`."""
    return f"{tag}  - {fold(text)}\r\n"


def _ris_texts(record: Record) -> dict[str, str]:
    """Return the fields of a record as text, by their CSL names, written as RIS wants them."""
    texts = fields(record, separator="/")
    if "date" in texts and texts["date"] == texts["year"]:
        del texts["date"]  # a year by itself is given in one place only
    if "URL" in texts:
        # Reference managers take a semicolon for the end of one address of several.
        texts["URL"] = texts["URL"].replace(";", "%3B")
    return texts


FORMATS = {
    "bib": Format("BibTeX", "application/x-bibtex; charset=utf-8", bibtex),
    "ris": Format(
        "RIS", "application/x-research-info-systems; charset=utf-8", ris
    ),
    "csl.json": Format(
        "CSL-JSON", "application/vnd.citationstyles.csl+json", csl_json
    ),
}
