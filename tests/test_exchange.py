"""Files, tags and links: every form of a source says the same, and any character survives it."""

import csv
import functools
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import rispy
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Route
from pybtex.database import parse_string
from pybtex.plugin import find_plugin

from reference.citation import formats, metadata
from reference.citation.formats import FORMATS, bibtex, cell, claims_csv, csl_json, markdown, ris
from reference.citation.fragments import (
    Fragment,
    find,
    fragment,
    printed_texts,
    selectors,
    source_url,
)
from reference.citation.record import Record, Source, article_source, sources
from reference.citation.references import STYLES, References, Style, plain
from reference.content.loading import load
from reference.evidence import withheld
from reference.records import Article, Correction, Date, Library, Passage, Span

ROOT = Path(__file__).parent.parent
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
given_records = st.fixed_dictionaries(
    {
        "id": st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,3}", fullmatch=True),
        "type": st.sampled_from(["article-journal", "article-magazine"]),
        "title": texts,
        "container-title": texts,
    },
    optional={
        "author": st.lists(st.fixed_dictionaries({"family": names, "given": names}), min_size=1),
        "source": texts,
        "volume": texts,
        "issue": texts,
        "number": texts,
        "issued": st.sampled_from([{"date-parts": [[2012, 6, 20]]}, {"date-parts": [[2012]]}]),
        "DOI": st.from_regex(r"10\.\d{4,9}/[-._;()/:A-Za-z0-9]{1,20}", fullmatch=True),
        "URL": st.from_regex(r"https?://[-._~:/?#@!$&'()*+,;=%A-Za-z0-9]{1,30}", fullmatch=True),
    },
)
given_sources = st.lists(
    st.builds(Source, given_records, st.lists(texts, max_size=2).map(tuple)),
    min_size=1,
    max_size=3,
    unique_by=lambda source: source.record["id"],
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
        said = {k: v if k in verbatim else untex(v) for k, v in entry.fields.items()}
        printed = [v for k, v in entry.fields.items() if k not in verbatim]
        assert not any(re.search(r"(?<!\\)[$&#%_~^]|--|``|''", text) for text in printed)
        found[id] = said | {"type": entry.type, "author": authors}
    return found


def read_ris(file: str) -> dict[str, Record]:
    return {entry["id"]: entry for entry in rispy.loads(file)}


@unhurried
@given(given_sources)
def test_bibtex_says_what_the_record_says(given: list[Source]) -> None:
    """pybtex reads back every field of any record: braces, backslashes, accents and all."""
    read = read_bibtex(bibtex(given))
    assert list(read) == [source.record["id"] for source in given]
    for record, notes in given:
        found = read[record["id"]]
        if "author" in record:
            assert found["author"] == record["author"]
        else:
            assert found["author"] == [{"family": record["container-title"], "given": ""}]
        pairs = {"title": "title", "journal": "container-title", "volume": "volume"}
        pairs |= {"number": "issue", "pages": "number", "doi": "DOI", "url": "URL"}
        for theirs, ours in pairs.items():
            assert found.get(theirs) == record.get(ours)
        assert found.get("annote", "") == " ".join(notes)
        assert "note" not in found


@unhurried
@given(given_sources)
def test_ris_says_what_the_record_says(given: list[Source]) -> None:
    """rispy reads back every field of any record, each note by itself."""
    file = ris(given)
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in file.split("\r\n")[:-1])
    read = read_ris(file)
    assert list(read) == [source.record["id"] for source in given]
    for record, notes in given:
        found = read[record["id"]]
        authors = [f"{name['family']}, {name['given']}" for name in record.get("author", [])]
        assert found.get("authors", []) == authors
        pairs = {"title": "title", "secondary_title": "container-title", "volume": "volume"}
        pairs |= {"number": "issue", "start_page": "number", "doi": "DOI"}
        for theirs, ours in pairs.items():
            assert found.get(theirs) == record.get(ours)
        urls = [url.replace("%3B", ";") for url in found.get("urls", [])]
        assert urls == [record[key].replace("%3B", ";") for key in ("URL",) if key in record]
        assert found.get("notes", []) == list(notes)


@unhurried
@given(given_sources)
def test_csl_json_is_the_records(given: list[Source]) -> None:
    """CSL-JSON is the records themselves, accents as they are, and a line a note in `note`, which
    Zotero keeps."""
    for read, (record, notes) in zip(json.loads(csl_json(given)), given, strict=True):
        assert read.pop("note", "").splitlines() == "\n".join(notes).splitlines()
        assert read == record
    assert "é" in csl_json([Source({"title": "é"})])


def test_any_white_space_is_one_space() -> None:
    """A line break in a field cannot end it, nor begin a tag of its own."""
    record = {"id": "a", "type": "article-magazine", "title": "One\nER  - \r\n two"}
    source = Source(record | {"container-title": "C"})
    assert read_ris(ris([source]))["a"]["title"] == "One ER - two"
    assert read_bibtex(bibtex([source]))["a"]["title"] == "One ER - two"


def dated(library: Library) -> list[tuple[Article, str, str]]:
    """Articles with each kind of date: (article, its printed date, the mark of its estimate)."""
    article = library.articles["were-engaged-now-what"]
    days = [
        ("2012-06-20", "2012-06-20", ""),
        ("2012", "2012", ""),
        ("2010-07/2010-08", "", "[2010?]"),
        ("2007-12/2008-12", "", "[2007 or 2008?]"),
        ("2012-01-31/..", "", ""),
    ]
    found = []
    for edtf, printed, mark in days:
        first, _, last = edtf.partition("/")
        date = Date(edtf, first, (last or first).replace("..", ""))
        found.append((replace(article, date=date), printed, mark))
    return found


def test_an_estimate_is_no_date_in_any_file_or_tag(library: Library) -> None:
    """A printed date is whole everywhere; an estimate is nowhere, but with its mark as BibTeX's
    year; an open date in a note keeps its dots."""
    for article, printed, mark in dated(library):
        source = article_source(library, article)
        lines, bib = read_ris(ris([source]))[article.id], read_bibtex(bibtex([source]))[article.id]
        slashed = printed.replace("-", "/")
        assert (lines.get("year", ""), lines.get("date", "")) == (printed[:4], slashed)
        assert bib.get("date", "") == printed
        assert bib["year"] == (printed[:4] or mark or "n.d.")
        tags = dict(metadata.article_tags(library, article))
        assert tags.get("citation_publication_date", "") == slashed
        assert metadata.article_json_ld(library, article, BASE).get("datePublished", "") == printed
        assert dict(parse_qsl(metadata.coins(library, article))).get("rft.date", "") == printed
        if printed:
            assert source.notes == ()
        else:
            assert f"“{article.date.edtf}”." in source.notes[-1]


@pytest.mark.parametrize("style", ["plain", "unsrt", "alpha"])
def test_standard_bibtex_styles_set_every_article(library: Library, style: str) -> None:
    """Nothing that plain, unsrt or alpha need is missing, and none prints a note of ours."""
    claims = list(library.claims.values())
    file = bibtex(sources(library, claims, BASE))
    formatter = find_plugin("pybtex.style.formatting", style)()
    entries = list(formatter.format_bibliography(parse_string(file, "bibtex")))
    assert {entry.key for entry in entries} == set(library.articles)
    for entry in entries:
        printed = entry.text.render_as("text")
        assert library.articles[entry.key].publication.name in printed
        assert not re.search(r"para\.|EDTF|reference\.example", printed)


# One record a source

Zotero = dict[str, Any]


def from_csl(record: Record) -> Zotero:
    """An item as Zotero imports it from CSL-JSON: `note` is Extra; `status` and others are lost."""
    kinds = {"article-journal": "journalArticle", "article-magazine": "magazineArticle"}
    parts = record.get("issued", {}).get("date-parts", [[]])[0]
    return {
        "type": kinds[record["type"]],
        "title": record["title"],
        "authors": [(n["family"], n["given"]) for n in record.get("author", [])],
        "publication": record["container-title"],
        "date": "-".join(f"{part:02}" for part in parts),
        "url": record.get("URL", ""),
        "notes": record.get("note", "").splitlines(),
    }


def from_ris(entry: Record) -> Zotero:
    """An item as Zotero imports it from RIS: each N1 is a child note."""
    return {
        "type": {"JOUR": "journalArticle", "MGZN": "magazineArticle"}[entry["type_of_reference"]],
        "title": entry["title"],
        "authors": [tuple(name.split(", ")) for name in entry.get("authors", [])],
        "publication": entry["secondary_title"],
        "date": entry.get("date", "").replace("/", "-"),
        "url": "".join(entry.get("urls", [])),
        "notes": entry.get("notes", []),
    }


def from_coins(title: str) -> Zotero:
    """An item as Zotero reads it from a context object: Dublin Core may name Zotero's own type."""
    pairs = dict(parse_qsl(title))
    journal = pairs["rft_val_fmt"].endswith(":journal")
    urls = [value for key, value in parse_qsl(title) if key == "rft_id" and value[:4] == "http"]
    return {
        "type": "journalArticle" if journal else pairs["rft.type"],
        "title": pairs["rft.atitle" if journal else "rft.title"],
        "authors": [tuple(v.split(", ")) for k, v in parse_qsl(title) if k == "rft.au"],
        "publication": pairs["rft.jtitle" if journal else "rft.source"],
        "date": pairs.get("rft.date", ""),
        "url": "".join(urls),
    }


def from_tags(tags: list[tuple[str, str]]) -> Zotero:
    """An item as Zotero's Embedded Metadata reads it from tags."""
    found = dict(tags)
    return {
        "type": found["z:itemType"],
        "title": found["citation_title"],
        "authors": [tuple(v.split(", ")) for k, v in tags if k == "citation_author"],
        "publication": found["prism.publicationName"],
        "date": found.get("citation_publication_date", "").replace("/", "-"),
        "url": found.get("citation_public_url", ""),
    }


def test_every_way_into_zotero_gives_the_same_item(library: Library) -> None:
    """Type, title, authors, date, publication and address are the same from CSL-JSON, RIS, COinS
    and tags; a source is one item, and its quotations are its notes."""
    claims = [claim for article in library.articles for claim in library.claims_of_article[article]]
    found = sources(library, claims[::3], BASE)
    in_csl, in_ris = json.loads(csl_json(found)), list(read_ris(ris(found)).values())
    assert len(found) == len({source.record["id"] for source in found}) == len(in_csl)
    for source, record, entry in zip(found, in_csl, in_ris, strict=True):
        article = library.articles[source.record["id"]]
        quoted = [claim for claim in claims[::3] if claim.article == article.id]
        item = from_csl(record)
        assert item == from_ris(entry)
        for note, claim in zip(item["notes"], quoted, strict=False):
            assert f"/articles/{article.id}/#{claim.passage})" in note
            assert re.sub(r"\W", "", claim.quote) in re.sub(r"\W", "", note)
        del item["notes"]
        assert item == from_coins(metadata.coins(library, article))
        assert item == from_tags(metadata.article_tags(library, article))
        bib = read_bibtex(bibtex([source]))[article.id]
        assert bib.get("entrysubtype", "") == ("magazine" if item["type"][0] == "m" else "")


def test_pages_of_this_site_have_date_and_version(library: Library) -> None:
    """A theme is saved as a web page of this site, as it was when its content last changed."""
    for id in ("training", "about"):
        tags = metadata.page_tags(library, id, BASE)
        item = from_tags(tags)
        assert (item["type"], item["date"]) == ("webpage", library.updated)
        assert item["url"].startswith(f"{BASE}/")
        assert ("dc.type", f"Version {library.version}") in tags
        assert from_coins(metadata.page_coins(library, id, BASE)) == item
        assert library.version in metadata.page_coins(library, id, BASE)


def test_a_claims_abstract_is_its_own_words(library: Library) -> None:
    """What a tool may take for the abstract is the article's: the quotation."""
    claim = library.claims["data-is-junk"]
    tags = dict(metadata.claim_tags(library, claim, BASE))
    assert tags["citation_abstract"] == "“But I have to tell you the data is junk”"
    assert "citation_abstract" not in dict(
        metadata.article_tags(library, library.articles[claim.article])
    )


# Tables and texts


@unhurried
@given(texts | st.text())
def test_a_cell_is_never_a_formula(text: str) -> None:
    """No cell begins a formula, after blank or invisible characters either; none loses a letter."""
    safe = cell(text)
    assert safe.removeprefix("'") == text.removeprefix("'")
    seen = re.sub(r"^[\s\x00-\x1f\u200b\ufeff]+", "", safe)
    assert seen[:1] not in set("=+-@＝＋－＠") or not seen


def test_a_row_a_claim(library: Library) -> None:
    """The table has a row for each claim, in order, opens with the mark by which a spreadsheet
    knows UTF-8, and ends its lines as RFC 4180 has them."""
    file = claims_csv(library, library.claims.values(), BASE)
    assert file.startswith("\ufeffid,url,") and file.count("\r\n") == len(library.claims) + 1
    rows = list(csv.DictReader(io.StringIO(file.removeprefix("\ufeff"))))
    assert [row["id"] for row in rows] == list(library.claims)
    for row in rows:
        claim = library.claims[row["id"]]
        assert (row["quote"], row["says"], row["voice"]) == (claim.quote, claim.says, claim.voice)
        assert row["passage_url"] == f"{BASE}/articles/{claim.article}/#{claim.passage}"


@unhurried
@given(texts)
def test_markdown_prints_the_text(text: str) -> None:
    """In the Markdown download any text is printed as it is, wherever it begins."""
    html = MarkdownIt("commonmark").render(formats._block(formats._escaped(text)))
    assert unescape(html) == f"<p>{text}</p>\n"
    assert html.count("<") == 2


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.id)
def test_a_collection_has_its_quotations_and_each_source_once(
    library: Library, style: Style
) -> None:
    """Quotations stand in the reader's order, each with what stands in the text; each article is
    listed once: by name, or in a numbered style by the number it is cited with."""
    ids = ["data-is-junk", "faith-held-since-1991", "optimist-despite-new-skills-to-learn"]
    ids.append("most-staff-deliberately-excluded")
    references = References.read(ROOT / "content", library)
    for order in (ids, ids[::-1]):
        claims = [library.claims[id] for id in order]
        html = MarkdownIt("commonmark").render(markdown(library, claims, references, style, BASE))
        said, listed = html.split("<h2>Bibliography")
        cited = list(dict.fromkeys(claim.article for claim in claims))
        for quote, claim in zip(
            re.findall(r"<blockquote>(.*?)</blockquote>", said, re.S), claims, strict=True
        ):
            number = cited.index(claim.article) + 1
            assert unescape(references.in_text(claim, style, number)) in unescape(quote)
            assert f"{BASE}/articles/{claim.article}/#{claim.passage}" in quote
        wanted = [plain(references.of(id, style)["reference"]) for id in cited]
        found = [plain(item).strip() for item in re.findall(r"<li>(.*?)</li>", listed, re.S)]
        assert found == (wanted if style.numbered else sorted(wanted))
        assert ("<ol>" in listed) == style.numbered
        assert f"version {library.version} ({library.updated})" in listed


# Links to the words


def as_printed(article: Article) -> str:
    """A page with all that an article prints, each text a screen away from the next."""
    first = 1 + len(article.masthead)
    ids = [f"p{number - first + 1}" for number in range(len(printed_texts(article)))]
    texts = zip(ids, printed_texts(article), strict=True)
    style = "<style>p { margin: 0; padding: 120vh 0 }</style>"
    return style + "".join(f'<p id="{id}">{escape(text)}</p>' for id, text in texts)


SEEN = """async () => {
  for (let frame = 0; frame < 30 && !scrollY; frame++) await new Promise(requestAnimationFrame);
  return scrollY && document.elementFromPoint(innerWidth / 2, innerHeight / 2).id;
}"""


def answer(body: str, route: Route) -> None:
    route.fulfill(body=body, content_type="text/html; charset=utf-8")


def test_a_browser_opens_every_link_at_its_own_passage(library: Library, browser: Browser) -> None:
    """Chromium, given each claim's link and a page with the article's printed text, shows the
    passage that the claim's words stand in."""
    page = browser.new_page()
    missed = []
    for article in library.articles.values():
        page.route("**/*", functools.partial(answer, as_printed(article)))
        for claim in library.claims_of_article[article.id]:
            placed = replace(article, url=article.url or "https://none.example/")
            page.goto("about:blank")
            page.goto(source_url(claim, placed))
            if (seen := page.evaluate(SEEN)) != claim.passage:
                missed.append((claim.id, claim.passage, seen))
        page.unroute("**/*")
    page.close()
    assert missed == []


def test_every_fragment_finds_its_own_passage_alone(library: Library) -> None:
    """Looked for in all that the article prints, a link's words are in one place, the claim's."""
    for claim in library.claims.values():
        article = library.articles[claim.article]
        found = fragment(claim, article)
        assert found
        at = 1 + len(article.masthead) + library.passage_of(claim).number - 1
        assert find(found, printed_texts(article)) == [at]


def article_of(library: Library, *passages: str, **changes: Any) -> Article:
    """An article of these passages."""
    numbered = tuple(Passage(f"p{n}", text) for n, text in enumerate(passages, 1))
    bare = library.articles["bill-gp-commissioning"]
    changes = {"corrections": (), "masthead": (), "omitted": ()} | changes
    return replace(bare, url="https://none.example/", passages=numbered, **changes)


def link(library: Library, article: Article, passage: str, quote: str) -> str:
    """The fragment of a quotation in one of its passages."""
    at = article.passage(passage).text.index(quote)
    claim = replace(next(iter(library.claims.values())), passage=passage, quote=quote)
    found = fragment(replace(claim, spans=(Span(at, at + len(quote)),)), article)
    return str(found or "")


def test_more_words_are_taken_until_only_one_place_has_them(library: Library) -> None:
    """Case and word ends are the browser's; then words before or after are taken; a repeat in the
    masthead, the title or what is left out counts."""
    a = article_of(library, "We said the data is junk.", "THE DATA IS JUNK, they knew.")
    assert link(library, a, "p1", "the data is junk") == "said-,the%20data%20is%20junk"
    assert link(library, a, "p2", "THE DATA IS JUNK") == "THE%20DATA%20IS%20JUNK%2C,-they"
    b = article_of(library, "Trains run", "Trains running", "Train run")
    assert link(library, b, "p1", "Trains run") == "Trains%20run"
    c = article_of(library, "It is easy to spend", omitted=("It is easy to spend it",))
    assert link(library, c, "p1", "It is easy to spend") == ""
    long = "one two three four five six seven eight nine"
    d = article_of(library, f"{long} ten. Then {long}.", f"{long} ends with nine")
    assert "-,one" in link(library, d, "p1", f"Then {long}"[5:]) or link(
        library, d, "p1", f"{long} ten"
    )


def test_what_ends_a_stretch_may_stand_later(library: Library) -> None:
    """As a browser has it, words that end a stretch are looked for in later blocks too."""
    texts = ["in the first six months", "between", "In the first six weeks, they paid"]
    assert find(Fragment("in the first six", "they paid"), texts) == [0, 2]
    assert find(Fragment("in the first six", "they paid", "", "more"), texts) == []


def test_words_of_unsure_print_are_not_looked_for(library: Library) -> None:
    """Quotation marks may be straight at the source, and a misprint may have been mended."""
    mended = (Correction("p1", "teh", "the"),)
    a = article_of(library, "He said “most” of the staff don’t care at all", corrections=mended)
    found = link(library, a, "p1", a.passages[0].text)
    assert found == "care%20at%20all"


def test_an_annotation_finds_its_words_as_printed(library: Library) -> None:
    """Prefix, words and suffix stand together once in the printed text, misprints and all, and
    its target is the original."""
    for claim in library.claims.values():
        article = library.articles[claim.article]
        made = metadata.annotation(library, claim, BASE)
        targets = made["target"] if isinstance(made["target"], list) else [made["target"]]
        for target in targets:
            found = "".join(target["selector"][key] for key in ("prefix", "exact", "suffix"))
            assert sum(text.count(found) for text in printed_texts(article)) == 1
            assert target["source"] == (article.url or f"{BASE}/articles/{article.id}/")
            assert target["selector"]["type"] == "TextQuoteSelector"
        assert (made["type"], made["motivation"]) == ("Annotation", "describing")
        assert made["id"] == f"{BASE}/claims/{claim.id}.jsonld"
    claim = library.claims["gps-local-and-understand-population"]
    assert selectors(claim, library.articles[claim.article])[0]["exact"].startswith("Ou advantage")


def test_an_annotation_never_selects_withheld_words(library: Library) -> None:
    """Where words between two pieces are withheld, each piece is selected by itself."""
    whole = library.articles["complex-infrastructure-excessive-control"]
    article, claims = withheld(whole, library.claims_of_article[whole.id])
    found = [selectors(claim, article) for claim in claims]
    assert any(len(each) > 1 for each in found)
    assert not any("[…]" in part for each in found for one in each for part in one.values())
    assert all(source_url(claim, article).startswith(article.url) for claim in claims)


# JSON-LD and links


def items(data: Any) -> Iterator[Mapping[str, Any]]:
    """Every item of a JSON-LD document, at any depth."""
    if isinstance(data, dict):
        yield data
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from items(each)


def test_every_item_has_a_name(library: Library) -> None:
    """schema.org items all have a type and a name, and no empty property."""
    made = [metadata.article_json_ld(library, a, BASE) for a in library.articles.values()]
    made += [metadata.claim_json_ld(library, c, BASE) for c in library.claims.values()]
    for item in (item for data in made for item in items(data)):
        assert item["@type"] and item["name"]
        assert all(value not in ("", None, [], {}) for value in item.values())


def test_every_quotation_has_a_voice(library: Library) -> None:
    """In JSON-LD a claim has its speakers, or its author or publication as creator."""
    for claim in library.claims.values():
        made = metadata.claim_json_ld(library, claim, BASE)
        assert (made["@type"], made["text"]) == ("Quotation", claim.quote)
        key = "creator" if claim.voice == "author" else "spokenByCharacter"
        article = library.articles[claim.article]
        expected = [library.speaker_name(who) for who in claim.speakers or article.authors]
        assert [who["name"] for who in made[key]] == (expected or [article.publication.name])
        assert ("disambiguatingDescription" in made) == (claim.voice == "reported")


def test_signposts_lead_to_what_there_is(library: Library) -> None:
    """An article is cited as its DOI or its original, else as its page here; a claim as itself;
    files and authors are linked, and only those there are; a header is ASCII."""
    for article in library.articles.values():
        header = metadata.article_links(library, article, BASE)
        found = [(rel, to) for to, rel in re.findall(r'<([^>]*)>; rel="([^"]*)"', header)]
        here = f"{BASE}/articles/{article.id}"
        doi = article.doi and f"https://doi.org/{article.doi}"
        assert dict(found)["cite-as"] == (doi or article.url or f"{here}/")
        assert [to for rel, to in found if rel == "item"] == [article.url] * bool(article.url)
        authors = [f"{BASE}/people/{who}/" for who in article.authors]
        assert [to for rel, to in found if rel == "author"] == authors
        assert [to for rel, to in found if rel == "describedby"] == [f"{here}.{e}" for e in FORMATS]
        odd = replace(article, doi="", url='https://example.org/é"x')
        assert metadata.article_links(library, odd, BASE).isascii()
    for claim in library.claims.values():
        header = metadata.claim_links(library, claim, BASE)
        assert f'<{BASE}/claims/{claim.id}/>; rel="cite-as"' in header
        assert f'<{BASE}/claims/{claim.id}.jsonld>; rel="describedby"' in header


# Addresses


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/claims/data-is-junk.xyz", "Formats: bib, ris, csl.json, jsonld."),
        ("/articles/bill-gp-commissioning.xyz", "Formats: bib, ris, csl.json, citations.json."),
        ("/collection.xyz?claim=data-is-junk", "Formats: md, bib, ris, csl.json, csv."),
        ("/claims/nope.bib", "There is no claim “nope”."),
        ("/collection.bib?claim=nope", "names no claim that is here"),
        ("/collection.csv", "names no claim that is here"),
    ],
)
def test_what_is_not_here_is_said(client: FlaskClient, address: str, says: str) -> None:
    """An unknown format, claim or empty collection is a sentence and 404, never an empty file."""
    answer = client.get(address)
    assert answer.status_code == 404
    assert says in answer.text


def test_files_are_served_as_what_they_are(client: FlaskClient, library: Library) -> None:
    """Each file has its type and name, and holds the article once however many claims there are."""
    asked = "claim=data-is-junk&claim=most-staff-deliberately-excluded&claim=data-is-junk"
    for ending, each in FORMATS.items():
        found = client.get(f"/collection.{ending}?{asked}&claim=nope")
        assert found.headers["Content-Type"] == each.media_type
        assert f'filename="collection.{ending}"' in found.headers["Content-Disposition"]
        claims = [library.claims[id] for id in ("data-is-junk", "most-staff-deliberately-excluded")]
        assert found.text == each.write(sources(library, claims, "https://reference.example"))
    made = client.get("/articles/bill-gp-commissioning.citations.json").json
    assert made and made["article"] == "bill-gp-commissioning"
    assert json.loads(client.get("/bibliography.csl.json").text)[0]["id"] in library.articles


def test_a_claim_that_moved_is_found(content_copy: Path, tmp_path: Path) -> None:
    """Its files lead to those of the claim that took its place; a collection takes that one."""
    from app import create_app

    (content_copy / "moved.yaml").write_text("old-name: data-is-junk\n")
    assert load(content_copy).moved == {"old-name": "data-is-junk"}
    client = create_app(content_copy, tmp_path / "index").test_client()
    assert client.get("/claims/old-name.bib").location == "/claims/data-is-junk.bib"
    found = client.get("/collection.csl.json?claim=old-name&claim=data-is-junk").json
    assert found and len(found) == 1 and found[0]["note"].count("junk") == 1
