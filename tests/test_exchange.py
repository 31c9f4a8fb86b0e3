"""Files and tags: every form of a citation says the same, and any character survives it."""

import csv
import io
import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pybtex.database import parse_string

from reference.citation import exchange, linked
from reference.citation.exchange import FILES, bibtex, cell, claims_csv, csl_json, markdown, ris
from reference.citation.references import References, article_record, claim_record
from reference.citation.styles import STYLES, Record, Style, pandoc, plain
from reference.content.loading import load
from reference.records import Claim, Library

BASE = "https://reference.example"

unhurried = settings(deadline=None)  # CI is shared, and these test no speed

SPECIAL = "\\{}$&#%_~^\"'`-,;=+@<>[]()*|/?!\n\t é ü ß ł ’ “ ” … – 漢 😀 a B 1"
letters = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
texts = (
    st.text(st.sampled_from(SPECIAL) | letters, min_size=1)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
words = st.text(st.sampled_from("{}\\&%$#_~^é-'ab ") | letters, min_size=1).map(
    lambda text: " ".join(text.replace(",", "").replace(";", "").split())
)
names = words.filter(lambda name: bool(re.search(r"[^\W_]", name)))
records = st.fixed_dictionaries(
    {
        "id": st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,3}", fullmatch=True),
        "type": st.sampled_from(sorted(exchange.RIS_TYPES)),
        "title": texts,
        "container-title": texts,
    },
    optional={
        "author": st.lists(st.fixed_dictionaries({"family": names, "given": names}), min_size=1),
        "section": texts,
        "volume": texts,
        "issue": texts,
        "page": texts,
        "issued": st.sampled_from(
            [
                {"date-parts": [[2012, 6, 20]]},
                {"date-parts": [[2010]], "circa": True},
                {"date-parts": [[2007], [2008]], "circa": True},
            ]
        ),
        "DOI": st.from_regex(r"10\.\d{4,9}/[-._;()/:A-Za-z0-9]{1,20}", fullmatch=True),
        "URL": st.from_regex(r"https?://[-._~:/?#@!$&'()*+,;=%A-Za-z0-9]{1,30}", fullmatch=True),
        "note": texts,
        "annote": texts,
    },
)

COMMANDS = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    **{f"\\{mark}": mark for mark in "$&#%_"},
    "{}": "",
    "{": "",
    "}": "",
}


def untex(latex: str) -> str:
    """What LaTeX prints for text made of letters, the commands above, and groups."""
    known = "|".join(map(re.escape, COMMANDS))
    return re.sub(known, lambda match: COMMANDS[match[0]], latex)


def read_bibtex(file: str) -> dict[str, Record]:
    """A BibTeX file read by pybtex, as records of plain text."""
    found = {}
    for id, entry in parse_string(file, "bibtex").entries.items():
        authors = [
            {"family": untex(" ".join([*p.prelast_names, *p.last_names])),
             "given": untex(" ".join([*p.first_names, *p.middle_names]))}
            for p in entry.persons.get("author", [])
        ]  # fmt: skip
        verbatim = {"url", "doi", "date"}
        fields = {k: v if k in verbatim else untex(v) for k, v in entry.fields.items()}
        printed = [v for k, v in entry.fields.items() if k not in verbatim]
        assert not any(re.search(r"(?<!\\)[$&#%_~^]|--|``|''", text) for text in printed)
        found[id] = fields | {"type": entry.type, "author": authors}
    return found


def read_ris(file: str) -> dict[str, Record]:
    return {entry["id"]: entry for entry in rispy.loads(file)}


@unhurried
@given(st.lists(records, min_size=1, max_size=3, unique_by=lambda record: record["id"]))
def test_bibtex_says_what_the_record_says(given: list[Record]) -> None:
    """pybtex reads back every field of any record: braces, backslashes, accents and all."""
    read = read_bibtex(bibtex(given))
    assert list(read) == [record["id"] for record in given]
    for record in given:
        found = read[record["id"]]
        assert found["title"] == record["title"]
        assert found["journal"] == record["container-title"]
        assert found["author"] == record.get("author", [])
        for ours, theirs in (("volume", "volume"), ("number", "issue"), ("pages", "page")):
            assert found.get(ours) == record.get(theirs)
        for same in ("section", "note", "annote"):
            assert found.get(same) == record.get(same)
        assert (found.get("doi"), found.get("url")) == (record.get("DOI"), record.get("URL"))


def test_biblatex_gives_the_records_back(library: Library) -> None:
    """pandoc's BibLaTeX reader makes of the .bib the very records it was made from: type, names,
    circa and all. It knows no section of a magazine, holds a web site to be a publisher too, and
    writes quotation marks in its own way.
    """
    given = [record for record, _, _ in everything(library).values()]
    made = subprocess.run(
        [pandoc(), "--from=biblatex", "--to=csljson"],
        input=bibtex(given),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    read = {record["id"]: record for record in json.loads(made.stdout)}
    marks = str.maketrans("“”", "‘’")
    for record in given:
        expected = {key: value for key, value in record.items() if key != "section"}
        found = {key: value for key, value in read[record["id"]].items() if key != "publisher"}
        for key in ("note", "annote"):
            for each in (found, expected):
                each[key] = each.get(key, "").translate(marks)
        assert found == expected


@unhurried
@given(st.lists(records, min_size=1, max_size=3, unique_by=lambda record: record["id"]))
def test_ris_says_what_the_record_says(given: list[Record]) -> None:
    """rispy reads back every field of any record."""
    file = ris(given)
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in file.split("\r\n")[:-1])
    read = read_ris(file)
    assert list(read) == [record["id"] for record in given]
    for record in given:
        found = read[record["id"]]
        assert found["title"] == record["title"]
        assert found["secondary_title"] == record["container-title"]
        authors = [f"{name['family']}, {name['given']}" for name in record.get("author", [])]
        assert found.get("authors", []) == authors
        pairs = {"section": "section", "volume": "volume", "number": "issue", "doi": "DOI"}
        for ours, theirs in (pairs | {"start_page": "page"}).items():
            assert found.get(ours) == record.get(theirs)
        urls = [url.replace("%3B", ";") for url in found.get("urls", [])]
        assert urls == [record[key].replace("%3B", ";") for key in ("URL",) if key in record]
        assert found.get("notes", []) == [record[k] for k in ("annote", "note") if k in record]


@unhurried
@given(st.lists(records))
def test_csl_json_is_the_records(given: list[Record]) -> None:
    """CSL-JSON is the records themselves, with accents as they are."""
    assert json.loads(csl_json(given)) == given
    assert "\\u00" not in csl_json([{"title": "é"}])


def test_any_white_space_is_one_space() -> None:
    """A line break in a field cannot end it, nor begin a tag of its own."""
    record = {"id": "a", "type": "webpage", "title": "One\nER  - \r\n two", "container-title": "C"}
    assert read_ris(ris([record]))["a"]["title"] == "One ER - two"
    assert read_bibtex(bibtex([record]))["a"]["title"] == "One ER - two"


def everything(library: Library) -> dict[str, tuple[Record, Mapping[str, Any], list[Any]]]:
    """Id -> record, JSON-LD of the article, and meta tags, of every article and claim."""
    found: dict[str, tuple[Record, Mapping[str, Any], list[Any]]] = {}
    for article in library.articles.values():
        data = linked.article_json_ld(library, article, BASE)
        found[article.id] = (
            article_record(library, article),
            data,
            linked.article_tags(library, article),
        )
    for claim in library.claims.values():
        data = linked.claim_json_ld(library, claim, BASE)["isPartOf"]
        tags = linked.claim_tags(library, claim, BASE)
        found[claim.id] = (claim_record(library, claim, BASE), data, tags)
    return found


def test_no_two_forms_disagree(library: Library) -> None:
    """Tags, JSON-LD, BibTeX and RIS of every article and claim say the same of the same item."""
    items = everything(library)
    in_bibtex = read_bibtex(bibtex([record for record, _, _ in items.values()]))
    in_ris = read_ris(ris([record for record, _, _ in items.values()]))
    for id, (record, data, pairs) in items.items():
        tags, bib, lines = dict(pairs), in_bibtex[id], in_ris[id]
        authors = [f"{name['family']}, {name['given']}" for name in record.get("author", [])]
        described = [f"{a['familyName']}, {a['givenName']}" for a in data.get("author", [])]
        assert [value for name, value in pairs if name == "citation_author"] == authors
        assert described == authors == lines.get("authors", [])
        assert [f"{n['family']}, {n['given']}" for n in bib["author"]] == authors
        assert {record["title"], tags["citation_title"], data["headline"], bib["title"]} == {
            lines["title"]
        }
        assert record.get("URL") == tags.get("citation_public_url") == bib.get("url")
        assert lines.get("urls", [None]) == [record.get("URL")]
        assert record.get("URL") == data.get("url")
        doi = record.get("DOI")
        assert doi == tags.get("citation_doi") == bib.get("doi") == lines.get("doi")
        assert doi == data.get("identifier", {}).get("value")
        assert record.get("volume") == tags.get("citation_volume") == lines.get("volume")
        assert record.get("page") == tags.get("citation_firstpage") == data.get("pagination")
        years = [str(parts[0]) for parts in record.get("issued", {}).get("date-parts", [])]
        for date in (tags.get("citation_publication_date"), data.get("datePublished")):
            assert re.findall(r"\b\d{4}\b", date or "") == years
        assert re.findall(r"\d{4}", lines.get("year", "")) == years
        assert re.findall(r"\d{4}", bib.get("date", "")) == years
        container = record["container-title"]
        assert container == bib["journal"] == lines["secondary_title"]
        assert container == tags["prism.publicationName"] == publication(data)


def publication(data: Mapping[str, Any]) -> str:
    part = data["isPartOf"]
    return publication(part) if "isPartOf" in part else str(part["name"])


def test_each_item_is_of_its_own_type_in_every_form(library: Library) -> None:
    """Only what is in a journal has a journal's title, which Zotero takes for its type."""
    kinds = {
        "article-journal": ("journalArticle", "article", "JOUR", "ScholarlyArticle"),
        "article-magazine": ("magazineArticle", "article", "MGZN", "NewsArticle"),
        "webpage": ("webpage", "online", "ELEC", "NewsArticle"),
    }
    for record, data, pairs in everything(library).values():
        tags = dict(pairs)
        bib, lines = read_bibtex(bibtex([record])), read_ris(ris([record]))
        found = (bib[record["id"]]["type"], lines[record["id"]]["type_of_reference"])
        assert (tags["z:itemType"], *found, data["@type"]) == kinds[record["type"]]
        assert ("citation_journal_title" in tags) == (record["type"] == "article-journal")


@unhurried
@given(texts | st.text())
def test_a_cell_is_never_a_formula(text: str) -> None:
    """No cell begins a formula, after blank or invisible characters either; none loses a letter."""
    safe = cell(text)
    assert safe.removeprefix("'") == text.removeprefix("'")
    seen = re.sub(r"^[\s\x00-\x1f\u200b\ufeff]+", "", safe)
    assert seen[:1] not in set("=+-@＝＋－＠") or not seen


@pytest.mark.parametrize(
    "text", ["=1+1", " =1", "\t@SUM(1)", "\n-1", "\ufeff+1", "＝1", "\r", "\t"]
)
def test_formulas_are_text(text: str) -> None:
    """Each known way to begin a formula is preceded by an apostrophe."""
    assert cell(text) == f"'{text}"
    assert cell("A = B, an article’s word") == "A = B, an article’s word"


def test_a_row_a_claim(library: Library) -> None:
    """The spreadsheet has one row for each claim, in order, with its words and its source."""
    rows = list(csv.DictReader(io.StringIO(claims_csv(library, library.claims.values(), BASE))))
    assert [row["id"] for row in rows] == list(library.claims)
    for row in rows:
        claim = library.claims[row["id"]]
        assert (row["quote"], row["says"], row["voice"]) == (claim.quote, claim.says, claim.voice)
        assert row["passage_url"] == f"{BASE}/articles/{claim.article}/#{claim.passage}"
        assert row["title"] == library.articles[claim.article].title


@unhurried
@given(texts)
def test_markdown_prints_the_text(text: str) -> None:
    """In the Markdown download any text is printed as it is, wherever it begins."""
    html = MarkdownIt("commonmark").render(exchange._block(exchange._escaped(text)))
    assert unescape(html) == f"<p>{text}</p>\n"
    assert html.count("<") == 2


def test_a_collection_has_its_quotations_and_each_source_once(library: Library) -> None:
    """Quotations stand in the reader's order with their passages; the bibliography lists each
    article once."""
    ids = [
        "data-is-junk",
        "optimist-despite-new-skills-to-learn",
        "most-staff-deliberately-excluded",
    ]
    claims = [library.claims[id] for id in ids]
    file = markdown(library, claims, References(library), STYLES[0], BASE)
    places = [file.index(claim.quote) for claim in claims]
    assert places == sorted(places)
    quotations, bibliography = file.split("## Bibliography")
    assert bibliography.count("White C. Complex infrastructure") == 1
    assert quotations.count("White C. Complex infrastructure") == 2
    assert "Buckman L, quoted in: White C. Complex" in quotations
    for claim in claims:
        assert f"<{BASE}/articles/{claim.article}/#{claim.passage}>" in quotations
    assert f"version {library.version} ({library.updated})" in bibliography


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.id)
def test_a_numbered_style_lists_articles_as_first_cited(library: Library, style: Style) -> None:
    """Vancouver's bibliography stands in the order of citation, every other by name."""
    ids = ["data-is-junk", "faith-held-since-1991", "optimist-despite-new-skills-to-learn"]
    for order in (ids, ids[::-1]):
        claims = [library.claims[id] for id in order]
        file = markdown(library, claims, References(library), style, BASE)
        listed = [line for line in file.split("## Bibliography")[1].splitlines() if line[:1] == "-"]
        cited = [References(library).of(claim.article)[style.id] for claim in claims]
        wanted = dict.fromkeys(cited if style.id == "vancouver" else sorted(cited, key=plain))
        assert listed == [f"- {exchange._block(exchange._from_html(each))}" for each in wanted]


def targets(claim: Claim, library: Library) -> list[Mapping[str, Any]]:
    target = linked.annotation(library, claim, BASE)["target"]
    return target if isinstance(target, list) else [target]


def test_an_annotation_finds_its_words(library: Library) -> None:
    """Prefix, words and suffix stand together in the claim's passage, once."""
    for claim in library.claims.values():
        article, text = library.articles[claim.article], library.passage_of(claim).text
        for target in targets(claim, library):
            selector = target["selector"]
            found = "".join(selector[key] for key in ("prefix", "exact", "suffix"))
            assert text.count(found) == 1
            assert target["source"] == (article.url or f"{BASE}/articles/{article.id}/")
        pieces = [text[span.start : span.end] for span in claim.spans]
        assert all(piece in selector["exact"] for piece in pieces)


def test_an_annotation_never_selects_withheld_words(content_copy: Path) -> None:
    """Where words between two pieces are withheld, each piece is selected by itself."""
    path = content_copy / "articles" / "complex-infrastructure-excessive-control.md"
    path.write_text(path.read_text().replace("display: full", "display: quotations"))
    library = load(content_copy)
    several = 0
    for claim in library.claims_of_article[path.stem]:
        found = targets(claim, library)
        several += len(found) > 1
        assert not any("[…]" in target["selector"]["exact"] for target in found)
        assert len(found) in {1, len(claim.spans)}
    assert several


def test_an_annotation_is_a_web_annotation(library: Library) -> None:
    """The parts the W3C's model requires are there, and the motivation is one of its own."""
    for claim in library.claims.values():
        made = linked.annotation(library, claim, BASE)
        assert made["@context"] == "http://www.w3.org/ns/anno.jsonld"
        assert (made["type"], made["motivation"]) == ("Annotation", "describing")
        assert made["id"] == f"{BASE}/claims/{claim.id}.jsonld"
        assert made["body"]["value"] == claim.says
        assert all(t["selector"]["type"] == "TextQuoteSelector" for t in targets(claim, library))


def test_every_quotation_has_a_voice(library: Library) -> None:
    """In JSON-LD a claim has its speakers, or its author or publication as creator."""
    for claim in library.claims.values():
        made = linked.claim_json_ld(library, claim, BASE)
        assert (made["@type"], made["text"]) == ("Quotation", claim.quote)
        key = "creator" if claim.voice == "author" else "spokenByCharacter"
        expected = [library.speaker_name(who) for who in claim.speakers]
        article = library.articles[claim.article]
        expected = expected or [library.speaker_name(who) for who in article.authors]
        assert [who["name"] for who in made[key]] == (expected or [article.publication.name])
        assert ("disambiguatingDescription" in made) == (claim.voice == "reported")


def links(header: str) -> list[tuple[str, str]]:
    """(relation, target) of each link in a Link header."""
    return [(rel, target) for target, rel in re.findall(r'<([^>]*)>; rel="([^"]*)"', header)]


def test_signposts_lead_to_what_there_is(library: Library) -> None:
    """An article is cited as its DOI or its original, else as its page here; a claim as itself;
    files and authors are linked, and only those there are."""
    for article in library.articles.values():
        found = links(linked.article_links(library, article, BASE))
        here = f"{BASE}/articles/{article.id}"
        doi = article.doi and f"https://doi.org/{article.doi}"
        assert dict(found)["cite-as"] == (doi or article.url or f"{here}/")
        assert [target for rel, target in found if rel == "item"] == [article.url] * bool(
            article.url
        )
        authors = [f"{BASE}/people/{who}/" for who in article.authors]
        assert [target for rel, target in found if rel == "author"] == authors
        files = [f"{here}.{suffix}" for suffix in FILES]
        assert [target for rel, target in found if rel == "describedby"] == files
    for claim in library.claims.values():
        found = links(linked.claim_links(library, claim, BASE))
        assert dict(found)["cite-as"] == f"{BASE}/claims/{claim.id}/"
        assert ("describedby", f"{BASE}/claims/{claim.id}.jsonld") in found


def test_a_header_is_ascii(library: Library) -> None:
    """An address with letters outside ASCII, or that would end a link, is encoded in the header."""
    article = next(a for a in library.articles.values() if not a.doi and a.url)
    odd = replace(article, url='https://example.org/é"x')
    header = linked.article_links(library, odd, BASE)
    assert "https://example.org/%C3%A9%22x" in header
    assert header.isascii()
