"""Sources and claims as files that other programs read: BibTeX, RIS, CSL-JSON, CSV, Markdown.

Every field is written so that a reader of the format gets the same text back.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import unescape
from typing import NamedTuple

from reference import evidence
from reference.citation.fragments import source_url
from reference.citation.record import SITE, Record, Source, passage_url, quoted
from reference.citation.references import References, Style, bibliography
from reference.records import Claim, Library


class Format(NamedTuple):
    """A format of reference managers: its name, its media type, and how sources are written."""

    name: str
    media_type: str
    write: Callable[[Sequence[Source]], str]


def csl_json(sources: Sequence[Source]) -> str:
    """CSL-JSON. Notes are in `note`, which Zotero keeps (as Extra) and our styles never print."""
    noted = [s.record | ({"note": "\n".join(s.notes)} if s.notes else {}) for s in sources]
    return json.dumps(noted, ensure_ascii=False, indent=2) + "\n"


def iso_date(record: Record) -> str:
    """The date printed in an article (`2012-06-20`), or "": an estimate is no date."""
    parts = record.get("issued", {}).get("date-parts", [[]])[0]
    return "-".join(f"{number:02}" for number in parts)


def inverted(name: Mapping[str, str]) -> str:
    """`White, Caroline`, or a name that has no parts as it stands."""
    return name.get("literal") or f"{name['family']}, {name['given']}"


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


def bibtex(sources: Sequence[Source]) -> str:
    """A BibTeX file that BibTeX and biber both read; accents stay as they are, in UTF-8.

    Standard styles want an author and a year: the publication stands for one, an estimate in its
    brackets or “n.d.” for the other. They print `note` and not `annote`, where notes are.
    """
    return "\n".join(map(_entry, sources))


def _entry(source: Source) -> str:
    record = source.record
    date = iso_date(record)
    names = record.get("author") or [{"literal": record["container-title"]}]
    status = re.sub(r"<[^>]+>", "", record.get("status", ""))
    fields = {
        "author": " and ".join(map(_bibtex_name, names)),
        "title": f"{{{latex(record['title'])}}}",  # braces keep its capitals in every style
        "journal": latex(record["container-title"]),
        "entrysubtype": "magazine" if record["type"] == "article-magazine" else "",
        "date": date,
        "year": date[:4] or status,
        "volume": latex(record.get("volume", "")),
        "number": latex(record.get("issue", "")),
        "pages": latex(record.get("number", "")),
        "doi": _verbatim(record.get("DOI", "")),
        "url": _verbatim(record.get("URL", "")),
        "annote": latex(" ".join(source.notes)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@article{{{record['id']},", *lines, "}", ""])


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


def ris(sources: Sequence[Source]) -> str:
    """A RIS file: a tag a line, lines ended as the format's specification has them (CR LF)."""
    lines = (f"{tag}  - {evidence.fold(value)}" for each in sources for tag, value in _tags(each))
    return "".join(f"{line}\r\n" for line in lines)


def _tags(source: Source) -> Iterator[tuple[str, str]]:
    record, date = source.record, iso_date(source.record)
    yield "TY", "JOUR" if record["type"] == "article-journal" else "MGZN"
    pairs = (
        ("ID", record["id"]),
        *(("AU", inverted(name)) for name in record.get("author", [])),
        ("TI", record["title"]),
        ("T2", record["container-title"]),
        ("VL", record.get("volume")),
        ("IS", record.get("issue")),
        ("SP", record.get("number")),
        ("PY", date[:4]),
        ("DA", date.replace("-", "/")),
        ("DO", record.get("DOI")),
        ("DP", record.get("source")),
        ("UR", record.get("URL", "").replace(";", "%3B")),  # RIS parts addresses at `;`
        *(("N1", note) for note in source.notes),
    )
    yield from ((tag, value) for tag, value in pairs if value)
    yield "ER", ""


FORMATS = {
    "bib": Format("BibTeX", "application/x-bibtex; charset=utf-8", bibtex),
    "ris": Format("RIS", "application/x-research-info-systems; charset=utf-8", ris),
    "csl.json": Format("CSL-JSON", "application/vnd.citationstyles.csl+json", csl_json),
}


def claims_csv(library: Library, claims: Iterable[Claim], base: str) -> str:
    """A row a claim, lists joined by “; ”, for a spreadsheet (RFC 4180, UTF-8 and marked so)."""
    file = io.StringIO(newline="")
    file.write("\ufeff")
    rows = [_row(library, claim, base) for claim in claims]
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    return file.getvalue()


COLUMNS = (
    *("id", "url", "says", "quote", "voice", "speakers", "themes", "kind", "contrasts"),
    *("article", "passage", "passage_url", "title", "authors", "publication", "date"),
    *("date_note", "doi", "source_url"),
)


def _row(library: Library, claim: Claim, base: str) -> Mapping[str, str]:
    article = library.articles[claim.article]
    return {
        **{name: getattr(claim, name) for name in ("id", "says", "quote", "voice", "kind")},
        "url": f"{base}/claims/{claim.id}/",
        "speakers": "; ".join(map(library.speaker_name, claim.speakers)),
        "themes": "; ".join(claim.themes),
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
    listed = bibliography(style, (references.of(id, style)["reference"] for id in articles))
    blocks = [f"# Quotations from the {SITE}"]
    for claim in claims:
        in_text = references.in_text(claim, style, articles.index(claim.article) + 1)
        words = _block(_escaped(f"{quoted(claim.quote)} {in_text}"))
        blocks.append(f"{_block(_escaped(claim.says))}\n\n> {words} <{passage_url(claim, base)}>")
    bullet = "{}." if style.numbered else "-"
    entries = (_block(_from_html(reference)) for reference in listed)
    blocks += [
        f"## Bibliography, {_escaped(style.name)}",
        "\n".join(f"{bullet.format(n)} {entry}" for n, entry in enumerate(entries, 1)),
        f"{SITE}, version {library.version} ({library.updated}), <{base}/>",
    ]
    return "\n\n".join(blocks) + "\n"


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
