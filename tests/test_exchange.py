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
from urllib.parse import parse_qsl, unquote

import pytest
import rispy
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Route
from pybtex.database import parse_string
from pybtex.plugin import find_plugin

from app import create_app
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
from reference.evidence import withheld
from reference.records import Article, Claim, Correction, Date, Library, Passage, Span

BASE = "https://reference.example"
unhurried = settings(deadline=None)  # CI is shared, and these test no speed

SPECIAL = "\\{}$&#%_~^\"'`-,;=+@<>[]()*|/?!\n\t é ü ß ł ’ “ ” … – 漢 😀 a B 1"
letters = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
texts = (
    st.text(st.sampled_from(SPECIAL) | letters, min_size=1)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
names = (
    st.text(st.sampled_from("{}\\&%$#_~^é-'ab ") | letters, min_size=1)
    .map(lambda text: " ".join(text.replace(",", "").replace(";", "").split()))
    .filter(lambda name: bool(re.search(r"[^\W_]", name)))
)
given_records = st.fixed_dictionaries(
    {
        "id": st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,3}", fullmatch=True),
        "type": st.sampled_from(["article-journal", "article-magazine"]),
        **{"title": texts, "container-title": texts},
    },
    optional={
        "author": st.lists(st.fixed_dictionaries({"family": names, "given": names}), min_size=1),
        **{"volume": texts, "issue": texts, "number": texts},
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
COMMANDS = {f"\\{mark}": mark for mark in "$&#%_"} | {"{}": "", "{": "", "}": ""}
COMMANDS |= {r"\textbraceleft{}": "{", r"\textbraceright{}": "}"}
COMMANDS |= {r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^"}


def untex(latex: str) -> str:
    """What LaTeX prints for text made of letters, the commands above, and groups."""
    known = "|".join(map(re.escape, sorted(COMMANDS, key=len, reverse=True)))
    return re.sub(known, lambda match: COMMANDS[match[0]], latex)


def read_bibtex(file: str) -> dict[str, Record]:
    """A BibTeX file read by pybtex, as fields of plain text."""
    found = {}
    for id, entry in parse_string(file, "bibtex").entries.items():
        verbatim = {"url", "doi", "date"}
        printed = {key: text for key, text in entry.fields.items() if key not in verbatim}
        assert not any(re.search(r"(?<!\\)[$&#%_~^]|--|``|''", text) for text in printed.values())
        found[id] = dict(entry.fields) | {key: untex(text) for key, text in printed.items()}
        found[id]["author"] = [
            tuple(
                untex(" ".join(part))
                for part in (p.prelast_names + p.last_names, p.first_names + p.middle_names)
            )
            for p in entry.persons["author"]
        ]
    return found


def read_ris(file: str) -> dict[str, Record]:
    """A RIS file read by rispy; every line of it has a tag."""
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in file.split("\r\n")[:-1])
    return {entry["id"]: entry for entry in rispy.loads(file)}


SAME = [("title", "title", "title"), ("container-title", "journal", "secondary_title")]
SAME += [("volume", "volume", "volume"), ("issue", "number", "number"), ("DOI", "doi", "doi")]
SAME += [("number", "pages", "start_page")]


@unhurried
@given(given_sources)
def test_files_say_what_the_record_says(given: list[Source]) -> None:
    """pybtex, rispy and JSON read back every field of any record, and each note: braces,
    backslashes, accents, line breaks and all."""
    in_bibtex, in_ris, in_csl = read_bibtex(bibtex(given)), read_ris(ris(given)), csl_json(given)
    for (record, notes), said in zip(given, json.loads(in_csl), strict=True):
        bib, lines = in_bibtex[record["id"]], in_ris[record["id"]]
        for ours, in_bib, in_line in SAME:
            assert record.get(ours) == bib.get(in_bib) == lines.get(in_line)
        people = [(name["family"], name["given"]) for name in record.get("author", [])]
        assert bib["author"] == (people or [(record["container-title"], "")])
        assert lines.get("authors", []) == [f"{family}, {given}" for family, given in people]
        assert bib.get("url") == record.get("URL")
        urls = [url.replace("%3B", ";") for url in lines.get("urls", [])]
        assert urls == [record[key].replace("%3B", ";") for key in ("URL",) if key in record]
        assert ("note" in bib, bib.get("annote", "")) == (False, " ".join(notes))
        assert lines.get("notes", []) == list(notes)
        assert said.pop("note", "") == "\n".join(notes)
        assert said == record


def test_any_white_space_is_one_space() -> None:
    """A line break in a field cannot end it, nor begin a tag of its own."""
    record = {"id": "a", "type": "article-magazine", "title": "One\nER  - \r\n two"}
    source = Source(record | {"container-title": "é"})
    assert read_ris(ris([source]))["a"]["title"] == "One ER - two"
    assert read_bibtex(bibtex([source]))["a"]["title"] == "One ER - two"
    assert "é" in csl_json([source])


@pytest.mark.parametrize(
    ("edtf", "printed", "mark"),
    [
        ("2012-06-20", "2012-06-20", "2012"),
        ("2012", "2012", "2012"),
        ("2010-07/2010-08", "", "[2010?]"),
        ("2007-12/2008-12", "", "[2007 or 2008?]"),
        ("2012-01-31/..", "", "n.d."),
    ],
)
def test_an_estimate_is_no_date_in_any_file_or_tag(
    library: Library, edtf: str, printed: str, mark: str
) -> None:
    """A printed date is whole everywhere; an estimate is nowhere, but with its mark as BibTeX's
    year; an open date in a note keeps its dots."""
    first, _, last = edtf.partition("/")
    date = Date(edtf, first, (last or first).replace("..", ""))
    article = replace(library.articles["were-engaged-now-what"], date=date)
    source, slashed = article_source(library, article), printed.replace("-", "/")
    lines, bib = read_ris(ris([source]))[article.id], read_bibtex(bibtex([source]))[article.id]
    assert (lines.get("year", ""), lines.get("date", "")) == (printed[:4], slashed[4:] and slashed)
    assert (bib.get("date", ""), bib["year"]) == (printed, mark)
    tags = dict(metadata.article_tags(library, article))
    assert tags.get("citation_publication_date", "") == slashed
    assert metadata.article_json_ld(library, article, BASE).get("datePublished", "") == printed
    assert dict(parse_qsl(metadata.coins(library, article))).get("rft.date", "") == printed
    assert [f"“{edtf}”. " in note for note in source.notes] == [True] * (not printed)


@pytest.mark.parametrize("style", ["plain", "unsrt", "alpha"])
def test_standard_bibtex_styles_set_every_article(library: Library, style: str) -> None:
    """Nothing that plain, unsrt or alpha need is missing, and none prints a note of ours."""
    file = bibtex(sources(library, [*library.claims.values()], BASE))
    formatter = find_plugin("pybtex.style.formatting", style)()
    entries = list(formatter.format_bibliography(parse_string(file, "bibtex")))
    assert {entry.key for entry in entries} == set(library.articles)
    for entry in entries:
        printed = entry.text.render_as("text")
        assert library.articles[entry.key].publication.name in printed
        assert not re.search(r"para\.|EDTF|reference\.example", printed)


# One item a source, by every way into Zotero (its translators CSL JSON, RIS, COinS and Embedded
# Metadata): type, title, authors, publication, date, address.

KINDS = {"article-journal": "journalArticle", "JOUR": "journalArticle"}
Item = tuple[Any, ...]


def from_csl(record: Record) -> Item:
    people = [f"{name['family']}, {name['given']}" for name in record.get("author", [])]
    date = "-".join(
        f"{part:02}" for part in record.get("issued", {"date-parts": [[]]})["date-parts"][0]
    )
    kind = KINDS.get(record["type"], "magazineArticle")
    return kind, record["title"], people, record["container-title"], date, record.get("URL", "")


def from_ris(entry: Record) -> Item:
    kind, date = KINDS.get(entry["type_of_reference"], "magazineArticle"), entry.get("date", "")
    urls, people = "".join(entry.get("urls", [])), entry.get("authors", [])
    return kind, entry["title"], people, entry["secondary_title"], date.replace("/", "-"), urls


def from_coins(title: str) -> Item:
    pairs = parse_qsl(title)
    said, people = dict(pairs), [value for key, value in pairs if key == "rft.au"]
    url = "".join(value for key, value in pairs if key == "rft_id" and value[:4] == "http")
    if said["rft_val_fmt"].endswith(":journal"):
        said |= {"rft.type": "journalArticle", "rft.title": said["rft.atitle"]}
        said["rft.source"] = said["rft.jtitle"]
    return (
        said["rft.type"],
        said["rft.title"],
        people,
        said["rft.source"],
        said.get("rft.date", ""),
        url,
    )


def from_tags(tags: list[tuple[str, str]]) -> Item:
    said, people = dict(tags), [value for key, value in tags if key == "citation_author"]
    date, url = said.get("citation_publication_date", ""), said.get("citation_public_url", "")
    named = said["citation_title"], people, said["prism.publicationName"]
    return said["z:itemType"], *named, date.replace("/", "-"), url


def test_every_way_into_zotero_gives_the_same_item(library: Library) -> None:
    """Items are the same from files, COinS and tags; a source is one item, its quotations its notes
    (Zotero keeps CSL's `note` and each N1 of RIS); a magazine's is typed as such."""
    claims = [*library.claims.values()][::3]
    found = sources(library, claims, BASE)
    in_csl, in_ris = json.loads(csl_json(found)), list(read_ris(ris(found)).values())
    assert len(found) == len({source.record["id"] for source in found})
    for source, record, entry in zip(found, in_csl, in_ris, strict=True):
        article = library.articles[record["id"]]
        ways = from_ris(entry), from_coins(metadata.coins(library, article))
        item = from_csl(record)
        assert item == ways[0] == ways[1] == from_tags(metadata.article_tags(library, article))
        assert record.get("note", "").splitlines() == entry.get("notes", []) == list(source.notes)
        said = [claim for claim in claims if claim.article == article.id]
        for note, claim in zip(source.notes, said, strict=False):
            assert f"/articles/{article.id}/#{claim.passage})" in note
            assert re.sub(r"\W", "", claim.quote) in re.sub(r"\W", "", note)
        assert len(source.notes) == len(said) + (not article.date.exact)
        assert ("entrysubtype" in bibtex([source])) == (item[0] == "magazineArticle")


def test_pages_of_this_site_have_date_and_version(library: Library) -> None:
    """A theme is saved as a web page of this site, as it was when its content last changed."""
    for id in ("training", "about"):
        tags = metadata.page_tags(library, id, BASE)
        kind, _, _, _, date, url = from_tags(tags)
        assert (kind, date, url[: len(BASE) + 1]) == ("webpage", library.updated, f"{BASE}/")
        assert ("dc.type", f"Version {library.version}") in tags
        assert from_coins(metadata.page_coins(library, id, BASE)) == from_tags(tags)
        assert library.version in metadata.page_coins(library, id, BASE)


def test_an_abstract_is_the_articles_own_words(library: Library) -> None:
    """What a tool may take for the abstract is the quotation, and of an article there is none."""
    claim = library.claims["data-is-junk"]
    tags = metadata.article_tags(library, library.articles[claim.article])
    abstract = ("citation_abstract", "“But I have to tell you the data is junk”")
    assert metadata.claim_tags(library, claim, BASE) == [*tags, abstract]


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
    assert file.startswith("\ufeffid,url,")
    assert file.count("\r\n") == len(library.claims) + 1
    for row, claim in zip(
        csv.DictReader(io.StringIO(file[1:])), library.claims.values(), strict=True
    ):
        assert (row["id"], row["quote"], row["says"]) == (claim.id, claim.quote, claim.says)
        assert row["passage_url"] == f"{BASE}/articles/{claim.article}/#{claim.passage}"


@unhurried
@given(texts)
def test_markdown_prints_the_text(text: str) -> None:
    """In the Markdown download any text is printed as it is, wherever it begins."""
    html = MarkdownIt("commonmark").render(formats._escaped(text))
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
    references = References.read(Path(__file__).parent.parent / "content", library)
    for claims in ([library.claims[id] for id in order] for order in (ids, ids[::-1])):
        html = MarkdownIt("commonmark").render(markdown(library, claims, references, style, BASE))
        said, listed = unescape(html).split("<h2>Bibliography")
        cited = list(dict.fromkeys(claim.article for claim in claims))
        quotes = re.findall(r"<blockquote>(.*?)</blockquote>", said, re.DOTALL)
        for quote, claim in zip(quotes, claims, strict=True):
            assert references.in_text(claim, style, cited.index(claim.article) + 1) in quote
            assert f"{BASE}/articles/{claim.article}/#{claim.passage}" in quote
        wanted = [plain(references.of(id, style).dated) for id in cited]
        found = [plain(item).strip() for item in re.findall(r"<li>(.*?)</li>", listed, re.DOTALL)]
        assert found == (wanted if style.numbered else sorted(wanted))
        assert ("<ol>" in listed) == style.numbered
        assert f"version {library.version} ({library.updated})" in listed


# Links to the words


def as_a_page(article: Article) -> str:
    """A page with all that an article prints, each text a screen away from the next."""
    style = "<style>p { margin: 0; padding: 120vh 0 }</style>"
    numbered = enumerate(printed_texts(article), -len(article.masthead))
    return style + "".join(f'<p id="p{number}">{escape(text)}</p>' for number, text in numbered)


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
        placed = replace(article, url=article.url or "https://none.example/")
        page.route("**/*", functools.partial(answer, as_a_page(article)))
        for claim in library.claims_of_article[article.id]:
            page.goto(source_url(claim, placed).replace("#", f"?{claim.id}#"))  # a page of its own
            if (seen := page.evaluate(SEEN)) != claim.passage:
                missed.append((claim.id, claim.passage, seen))
        page.unroute("**/*")
    page.close()
    assert missed == []


def linked(library: Library, quote: str, *passages: str, **changes: Any) -> tuple[Claim, Article]:
    """A claim with a quotation from the first passage of an article of these passages."""
    numbered = tuple(Passage(f"p{n}", text) for n, text in enumerate(passages, 1))
    bare = {"corrections": (), "masthead": (), "omitted": (), "url": "https://none.example/"}
    article = replace(
        library.articles["bill-gp-commissioning"], passages=numbered, **bare | changes
    )
    at = passages[0].index(quote)
    claim = replace(library.claims["data-is-junk"], passage="p1", quote=quote)
    return replace(claim, spans=(Span(at, at + len(quote)),)), article


@pytest.mark.parametrize(
    ("quote", "passages", "changes", "wanted"),
    [
        ("data is junk", ("The data is junk.", "the data"), {}, "data is junk"),
        ("data is junk", ("Our data is junk.", "THE DATA IS JUNK"), {}, "Our-,data is junk"),
        ("Data is junk", ("Data is junk, they", "the data is junk"), {}, "Data is junk,,-they"),
        ("Trains run", ("Trains run", "Trains running", "Train run"), {}, "Trains run"),
        ("It is so", ("It is so",), {"omitted": ("But it is so",)}, ""),
        ("It is so", ("It is so",), {"title": "Is it so"}, "It is so"),
        ("said “most” don’t care at all", ("He said “most” don’t care at all",), {}, "care at all"),
        ("our way", ("On our way",), {"corrections": (Correction("p1", "ou", "our"),)}, "ou way"),
        ("one two three four five six seven eight nine", ("one two three four five six seven eight "
         "nine", "One two three four, it ends six seven eight nine"), {},
         "one two three four five six seven eight nine"),
    ],
)  # fmt: skip
def test_more_words_are_taken_until_only_one_place_has_them(
    library: Library, quote: str, passages: tuple[str, ...], changes: Any, wanted: str
) -> None:
    """Case and word ends are the browser's; more words are taken, then some before or after; words
    with marks, which may be printed straight, are not; misprints are as printed; all that a page
    prints counts; where nothing tells places apart, the link is to the page."""
    claim, article = linked(library, quote, *passages, **changes)
    address, _, found = unquote(source_url(claim, article)).partition("#:~:text=")
    assert (address, found) == ("https://none.example/", wanted)


def test_what_ends_a_stretch_may_stand_later() -> None:
    """As a browser has it, words that end a stretch are looked for in later blocks too."""
    texts = ["in the first six months", "between", "In the first six weeks, they paid"]
    assert find(Fragment("in the first six", "they paid"), texts) == [0, 2]
    assert find(Fragment("in the first six", "they paid", "", "more"), texts) == []


def test_every_fragment_finds_its_own_passage_alone(library: Library) -> None:
    """Looked for in all that the article prints, a link's words are in one place, the claim's."""
    for claim in library.claims.values():
        article = library.articles[claim.article]
        found = fragment(claim, article)
        assert found
        at = len(article.masthead) + library.passage_of(claim).number
        assert find(found, printed_texts(article)) == [at]


def test_an_annotation_finds_its_words_as_printed(library: Library) -> None:
    """Prefix, words and suffix stand together once at the target: in the original, misprints and
    all, or where its address is unknown on our page. It has what the W3C's model requires."""
    for claim in library.claims.values():
        article = library.articles[claim.article]
        made = metadata.annotation(library, claim, BASE)
        selector = made["target"]["selector"]
        found = selector["prefix"] + selector["exact"] + selector["suffix"]
        ours = [passage.text for passage in article.passages]
        assert "\n".join(printed_texts(article) if article.url else ours).count(found) == 1
        assert made["target"]["source"] == (article.url or f"{BASE}/articles/{article.id}/")
        assert (made["type"], selector["type"]) == ("Annotation", "TextQuoteSelector")
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


# JSON-LD and links


def items(data: Any) -> Iterator[Mapping[str, Any]]:
    """Every item of a JSON-LD document, at any depth."""
    if isinstance(data, dict):
        yield data
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from items(each)


def test_every_item_has_a_name_and_every_quotation_a_voice(library: Library) -> None:
    """schema.org items have a type, a name and no empty property; a claim has its speakers, or its
    author or publication as creator."""
    made = [metadata.article_json_ld(library, a, BASE) for a in library.articles.values()]
    for claim in library.claims.values():
        made.append(metadata.claim_json_ld(library, claim, BASE))
        article = library.articles[claim.article]
        names = [library.speaker_name(who) for who in claim.speakers or article.authors]
        said = made[-1]["creator" if claim.voice == "author" else "spokenByCharacter"]
        assert [who["name"] for who in said] == (names or [article.publication.name])
        assert ("disambiguatingDescription" in made[-1]) == (claim.voice == "reported")
    for item in (item for data in made for item in items(data)):
        assert item["@type"] and item["name"]
        assert all(value not in ("", None, [], {}) for value in item.values())


def test_signposts_lead_to_what_there_is(library: Library) -> None:
    """An article is cited as its DOI or its original, else as its page here; a claim as itself;
    files and authors are linked, and only those there are; a header is ASCII."""
    for article in library.articles.values():
        header = metadata.article_links(library, article, BASE)
        found = [(rel, to) for to, rel in re.findall(r'<([^>]*)>; rel="([^"]*)"', header)]
        here, doi = f"{BASE}/articles/{article.id}", f"https://doi.org/{article.doi}"
        wanted = [("cite-as", doi if article.doi else article.url or f"{here}/")]
        wanted += [("describedby", f"{here}.{ending}") for ending in FORMATS]
        wanted += [("author", f"{BASE}/people/{who}/") for who in article.authors]
        wanted += [("item", article.url)] * bool(article.url)
        assert [link for link in found if link[0] != "type"] == wanted
        odd = replace(article, doi="", url='https://example.org/é"x')
        assert metadata.article_links(library, odd, BASE).isascii()
    header = metadata.claim_links(library, library.claims["data-is-junk"], BASE)
    assert f'<{BASE}/claims/data-is-junk/>; rel="cite-as"' in header
    assert f'<{BASE}/claims/data-is-junk.jsonld>; rel="describedby"' in header


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
    found = client.get(address)
    assert found.status_code == 404
    assert says in found.text


def test_files_are_served_as_what_they_are(client: FlaskClient, library: Library) -> None:
    """Each file has its type and name, and holds the article once however many claims there are."""
    ids = ["data-is-junk", "most-staff-deliberately-excluded"]
    wanted = sources(library, [library.claims[id] for id in ids], BASE)
    for ending, each in FORMATS.items():
        found = client.get(f"/collection.{ending}", query_string={"claim": [*ids, "nope", ids[0]]})
        assert found.headers["Content-Type"] == each.media_type
        assert f'filename="collection.{ending}"' in found.headers["Content-Disposition"]
        assert found.text == each.write(wanted)
    made = client.get("/articles/bill-gp-commissioning.citations.json").json
    assert made and made["article"] == "bill-gp-commissioning"
    assert json.loads(client.get("/bibliography.csl.json").text)[0]["id"] in library.articles


def test_a_claim_that_moved_is_found(content_copy: Path, tmp_path: Path) -> None:
    """Its files lead to those of the claim that took its place; a collection takes that one."""
    (content_copy / "moved.yaml").write_text("old-name: data-is-junk\n")
    client = create_app(content_copy, tmp_path / "index").test_client()
    assert client.get("/claims/old-name.bib").location == "/claims/data-is-junk.bib"
    found = client.get("/collection.csl.json?claim=old-name&claim=data-is-junk").json
    assert found and len(found) == 1 and found[0]["note"].count("junk") == 1
