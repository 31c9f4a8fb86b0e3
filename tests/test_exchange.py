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
from reference.citation import metadata
from reference.citation.formats import FORMATS, bibtex, cell, csl_json, inverted, markdown, ris
from reference.citation.fragments import printed_texts, source_url
from reference.citation.record import Record, article_record, noted, page_record
from reference.citation.references import STYLES, References, Style, plain
from reference.evidence import fold, withheld
from reference.records import Article, Correction, Date, Library, Passage, Span

BASE = "https://reference.example"
unhurried = settings(deadline=None)  # CI is shared, and these test no speed

SPECIAL = "\\{}$&#%_~^\"'`-,;=+@<>[]()*|/?!\n\t é ü ß ł ’ “ ” … – 漢 😀 a B 1"
letters = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
texts = st.text(st.sampled_from(SPECIAL) | letters, min_size=1)
texts = texts.map(lambda text: " ".join(text.split())).filter(bool)
names = st.text(st.sampled_from("{}\\&%$#_~^é-'ab ") | letters, min_size=1)
names = names.map(lambda text: " ".join(re.sub("[,;]", "", text).split()))
names = names.filter(lambda name: bool(re.search(r"[^\W_]", name)))
known: dict[str, st.SearchStrategy[Any]] = {
    "id": st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,3}", fullmatch=True),
    "type": st.sampled_from(["article-journal", "article-magazine"]),
    "title": st.one_of(texts, texts.map("One\nER  - \r\n{}".format)),
    "container-title": texts,
}
perhaps: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(["volume", "issue", "number"], texts),
    "author": st.lists(st.fixed_dictionaries({"family": names, "given": names}), min_size=1),
    "issued": st.sampled_from([{"date-parts": [[2012, 6, 20]]}, {"date-parts": [[2012]]}]),
    "DOI": st.from_regex(r"10\.\d{4,9}/[-._;()/:A-Za-z0-9]{1,20}", fullmatch=True),
    "URL": st.from_regex(r"https?://[-._~:/?#@!$&'()*+,;=%A-Za-z0-9]{1,30}", fullmatch=True),
    "note": st.lists(texts, min_size=1, max_size=2).map("\n".join),
}
some_records = st.lists(
    st.fixed_dictionaries(known, optional=perhaps),
    min_size=1,
    max_size=3,
    unique_by=lambda record: record["id"],
)
COMMANDS = {f"\\{mark}": mark for mark in "$&#%_"} | {"{}": "", "{": "", "}": ""}
COMMANDS |= {r"\textbraceleft{}": "{", r"\textbraceright{}": "}"}
COMMANDS |= {r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^"}


def untex(latex: str) -> str:
    """What LaTeX prints for text made of letters, the commands above, and groups."""
    commands = "|".join(map(re.escape, sorted(COMMANDS, key=len, reverse=True)))
    return re.sub(commands, lambda match: COMMANDS[match[0]], latex)


def read_bibtex(file: str) -> dict[str, Record]:
    """A BibTeX file read by pybtex, as fields of plain text; authors are “family, given”."""
    found = {}
    for id, entry in parse_string(file, "bibtex").entries.items():
        printed = {k: v for k, v in entry.fields.items() if k not in {"url", "doi", "date"}}
        assert not any(re.search(r"(?<!\\)[$&#%_~^]|--|``|''", text) for text in printed.values())
        found[id] = {**entry.fields, **{key: untex(text) for key, text in printed.items()}}
        parts = [(p.prelast_names + p.last_names, p.first_names + p.middle_names)
                 for p in entry.persons["author"]]  # fmt: skip
        people = (untex(", ".join(" ".join(part) for part in both if part)) for both in parts)
        found[id]["author"] = [*people]
    return found


def read_ris(file: str) -> dict[str, Record]:
    """A RIS file read by rispy; every line of it has a tag."""
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in file.split("\r\n")[:-1])
    return {entry["id"]: entry for entry in rispy.loads(file)}


SAME = [("title", "title", "title"), ("container-title", "journal", "secondary_title")]
SAME += [("volume", "volume", "volume"), ("issue", "number", "number"), ("DOI", "doi", "doi")]
SAME += [("number", "pages", "start_page")]


@unhurried
@given(some_records)
def test_files_say_what_the_record_says(records: list[Record]) -> None:
    """pybtex, rispy and JSON read back every field of any record, and each note: braces,
    backslashes, accents and all; any white space is one space."""
    in_bibtex, in_ris = read_bibtex(bibtex(records)), read_ris(ris(records))
    assert json.loads(csl_json(records)) == records
    for record in records:
        bib, lines = in_bibtex[record["id"]], in_ris[record["id"]]
        for ours, in_bib, in_line in SAME:
            said = fold(record[ours]) if ours in record else None
            assert said == bib.get(in_bib) == lines.get(in_line)
        people = [inverted(name) for name in record.get("author", [])]
        assert bib["author"] == (people or [record["container-title"]])
        assert lines.get("authors", []) == people
        assert bib.get("url") == record.get("URL")
        urls = [record[key].replace(";", "%3B") for key in ("URL",) if key in record]
        assert lines.get("urls", []) == urls
        notes = record.get("note", "").splitlines()
        assert ("note" in bib, bib.get("annote", "")) == (False, " ".join(notes))
        assert lines.get("notes", []) == notes


DATES = {
    "2012-06-20": ("2012-06-20", "2012"),
    "2012": ("2012", "2012"),
    "2010-07/2010-08": ("", "[2010?]"),
    "2007-12/2008-12": ("", "[2007 or 2008?]"),
    "2012-01-31/..": ("", "n.d."),
}
"""A date, what is printed of it, and BibTeX's year."""


@pytest.mark.parametrize("edtf", DATES)
def test_an_estimate_is_no_date_in_any_file_or_tag(library: Library, edtf: str) -> None:
    """A printed date is whole everywhere; an estimate is nowhere, but with its mark as BibTeX's
    year; an open date in a note keeps its dots."""
    (first, _, last), (printed, mark) = edtf.partition("/"), DATES[edtf]
    date = Date(edtf, first, (last or first).replace("..", ""))
    article = replace(library.articles["were-engaged-now-what"], date=date)
    library = replace(library, articles={article.id: article})
    (record,), slashed = noted(library, [article.id]), printed.replace("-", "/")
    lines, bib = read_ris(ris([record]))[article.id], read_bibtex(bibtex([record]))[article.id]
    assert (lines.get("year", ""), lines.get("date", "")) == (printed[:4], slashed[4:] and slashed)
    assert (bib.get("date", ""), bib["year"]) == (printed, mark)
    assert dict(metadata.tags(record)).get("citation_publication_date", "") == slashed
    assert dict(parse_qsl(metadata.coins(record))).get("rft.date", "") == printed
    assert (f"“{edtf}”. " in record.get("note", "")) == (not printed)


@pytest.mark.parametrize("style", ["plain", "unsrt", "alpha"])
def test_standard_bibtex_styles_set_every_article(library: Library, style: str) -> None:
    """Nothing that plain, unsrt or alpha need is missing, and none prints a note of ours."""
    file = bibtex(noted(library, library.articles, [*library.claims.values()], BASE))
    formatter = find_plugin("pybtex.style.formatting", style)()
    entries = list(formatter.format_bibliography(parse_string(file, "bibtex")))
    assert {entry.key for entry in entries} == set(library.articles)
    for entry in entries:
        printed = entry.text.render_as("text")
        assert library.articles[entry.key].publication.name in printed
        assert not re.search(r"para\.|EDTF|reference\.example", printed)


# One item a source, by every way into Zotero (its translators CSL JSON, RIS, COinS and Embedded
# Metadata).

KINDS = {"JOUR": "article-journal", "journalArticle": "article-journal"}
KINDS |= {"MGZN": "article-magazine", "magazineArticle": "article-magazine", "webpage": "webpage"}
COINS = "rft.type rft.title rft.source rft.date rft_id rft.au"
TAGS = "z:itemType citation_title prism.publicationName citation_publication_date"
TAGS += " citation_public_url citation_author"


def item(pairs: list[tuple[str, str]], named: str) -> Record:
    """What Zotero saves of fields by these names, as CSL-JSON."""
    kind, title, publication, date, url, author = named.split()
    said = dict(reversed(pairs))
    found: Record = {"type": KINDS[said.get(kind, "JOUR")], "title": said[title]}
    found |= {"container-title": said[publication], "URL": said.get(url)}
    if date in said:
        found["issued"] = {"date-parts": [[int(part) for part in re.split("[-/]", said[date])]]}
    people = [value.split(", ") for key, value in pairs if key == author]
    found["author"] = [{"family": family, "given": given} for family, given in people]
    return {key: value for key, value in found.items() if value}


def from_coins(title: str) -> Record:
    same = {"rft.atitle": "rft.title", "rft.jtitle": "rft.source"}
    return item([(same.get(key, key), value) for key, value in parse_qsl(title)], COINS)


def test_every_way_into_zotero_gives_the_same_item(library: Library) -> None:
    """Items are the same from files, COinS and tags; a source is one item, its quotations its notes
    (Zotero keeps CSL's `note` and each N1 of RIS); a magazine's is typed as such."""
    claims = [*library.claims.values()][::3]
    found = noted(library, (claim.article for claim in claims), claims, BASE)
    assert len(found) == len({record["id"] for record in found})
    for record, entry in zip(found, read_ris(ris(found)).values(), strict=True):
        article = library.articles[record["id"]]
        bare = article_record(library, article)
        in_ris = [("TY", entry["type_of_reference"]), ("TI", entry["title"])]
        in_ris += [
            ("T2", entry["secondary_title"]),
            *(("UR", url) for url in entry.get("urls", [])),
        ]
        in_ris += [("DA", entry["date"])] if "date" in entry else []
        in_ris += [("AU", author) for author in entry.get("authors", [])]
        made = [item(in_ris, "TY TI T2 DA UR AU"), from_coins(metadata.coins(bare))]
        made.append(item(metadata.tags(bare), TAGS))
        assert made == [{key: bare[key] for key in made[0]}] * 3
        assert made[0].keys() >= {"URL", "author", "issued"} & bare.keys()
        notes = record.get("note", "").splitlines()
        assert entry.get("notes", []) == notes
        said = [claim for claim in claims if claim.article == article.id]
        for note, claim in zip(notes, said, strict=False):
            assert f"/articles/{article.id}/#{claim.passage})" in note
            assert re.sub(r"\W", "", claim.quote) in re.sub(r"\W", "", note)
        assert len(notes) == len(said) + (not article.date.exact)
        assert ("entrysubtype" in bibtex([record])) == (record["type"] == "article-magazine")


def test_a_page_is_offered_with_what_is_true_of_it(library: Library) -> None:
    """A theme is a web page of this site, with date and version; the abstract of an article is
    never our words, that of a claim its quotation."""
    for id in ("training", "about"):
        record = page_record(library, id, BASE)
        tags = metadata.tags(record)
        made = item(tags, TAGS)
        assert made == {key: record[key] for key in made} and {"issued", "URL"} <= made.keys()
        assert ("dc.type", f"Version {library.version}") in tags
    record = article_record(library, library.articles["bill-gp-commissioning"])
    bare, abstract = metadata.tags(record), ("citation_abstract", "“junk”")
    assert metadata.tags(record, "“junk”") == [*bare, abstract]
    assert "citation_abstract" not in dict(bare)


# Tables and texts


@unhurried
@given(texts | st.text())
def test_a_cell_is_never_a_formula(text: str) -> None:
    """No cell begins a formula, after blank or invisible characters either; none loses a letter."""
    safe = cell(text)
    assert safe.removeprefix("'") == text.removeprefix("'")
    seen = re.sub(r"^[\s\x00-\x1f\u200b\ufeff]+", "", safe)
    assert seen[:1] not in set("=+-@＝＋－＠") or not seen


def test_a_row_a_claim(library: Library, client: FlaskClient) -> None:
    """The table has a row for each claim, in order, opens with the mark by which a spreadsheet
    knows UTF-8, and ends its lines as RFC 4180 has them."""
    file = client.get("/claims.csv").data.decode()
    assert file.startswith("\ufeffid,url,")
    assert file.count("\r\n") == len(library.claims) + 1
    rows = csv.DictReader(io.StringIO(file[1:]))
    for row, claim in zip(rows, library.claims.values(), strict=True):
        assert (row["id"], row["quote"], row["says"]) == (claim.id, claim.quote, claim.says)
        assert row["passage_url"] == f"{BASE}/articles/{claim.article}/#{claim.passage}"


@unhurried
@given(texts)
def test_markdown_prints_the_text(text: str) -> None:
    """In the Markdown download any text is printed as it is, wherever it begins."""
    html = MarkdownIt("commonmark").render(markdown(escape(text)))
    assert unescape(html) == f"<p>{text}</p>\n"
    assert html.count("<") == 2


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.id)
def test_a_collection_has_its_quotations_and_each_source_once(
    library: Library, client: FlaskClient, style: Style
) -> None:
    """Quotations stand in the reader's order, each with what stands in the text; each article is
    listed once: by name, or in a numbered style by the number it is cited with."""
    ids = ["data-is-junk", "faith-held-since-1991", "optimist-despite-new-skills-to-learn"]
    ids.append("most-staff-deliberately-excluded")
    references = References.read(Path(__file__).parent.parent / "content", library)
    for order in (ids, ids[::-1]):
        text = client.get("/collection.md", query_string={"claim": order, "style": style.id}).text
        said, listed = unescape(MarkdownIt().render(text)).split("<h2>Bibliography")
        claims = [library.claims[id] for id in order]
        cited = list(dict.fromkeys(claim.article for claim in claims))
        quotes = re.findall(r"<blockquote>(.*?)</blockquote>", said, re.DOTALL)
        for quote, claim in zip(quotes, claims, strict=True):
            assert references.in_text(claim, style, cited.index(claim.article) + 1) in quote
            assert f"{BASE}/articles/{claim.article}/#{claim.passage}" in quote
        wanted = [plain(references.of(id, style).dated) for id in cited]
        found = [plain(item).strip() for item in re.findall(r"<li>(.*?)</li>", listed, re.DOTALL)]
        assert found == (wanted if style.numbered else sorted(wanted))
        assert (listed.count("<ol>"), listed.count("<ul>")) == (style.numbered, not style.numbered)
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


NINE = "one two three four five six seven eight nine"
LINKS: list[tuple[str, str, tuple[str, ...], Mapping[str, Any]]] = [
    ("data is junk", "data is junk", ("The data is junk.", "the data"), {}),
    ("data is junk", "Our-,data is junk", ("Our data is junk.", "THE DATA IS JUNK"), {}),
    ("Data is junk", "Data is junk,,-they", ("Data is junk, they", "the data is junk"), {}),
    ("Trains run", "Trains run", ("Trains run", "Trains running", "Train run"), {}),
    ("It is so", "", ("It is so",), {"omitted": ("But it is so",)}),
    ("It is so", "It is so", ("It is so",), {"title": "Is it so"}),
    ("a “most” don’t care at all", "care at all", ("He said a “most” don’t care at all",), {}),
    ("our way", "ou way", ("On our way",), {"corrections": (Correction("p1", "ou", "our"),)}),
    (NINE, NINE, (NINE, "One two three four, it ends six seven eight nine"), {}),
    (NINE, NINE, (NINE,), {"title": "One two three four"}),  # begins there, and ends in another
]
"""Words quoted, how they are found, the passages (they stand in the first), and what else is."""


@pytest.mark.parametrize(("quote", "wanted", "passages", "changes"), LINKS)
def test_more_words_are_taken_until_only_one_place_has_them(
    library: Library, quote: str, wanted: str, passages: tuple[str, ...], changes: Any
) -> None:
    """Case and word ends are the browser's; more words are taken, then some before or after; words
    with marks, which may be printed straight, are not; misprints are as printed; all that a page
    prints counts; where nothing tells places apart, the link is to the page."""
    numbered = tuple(Passage(f"p{n}", text) for n, text in enumerate(passages, 1))
    bare = {"corrections": (), "masthead": (), "omitted": (), "url": "https://none.example/"}
    whole = library.articles["bill-gp-commissioning"]
    article = replace(whole, passages=numbered, **bare | changes)
    spans = (Span(passages[0].index(quote), passages[0].index(quote) + len(quote)),)
    claim = replace(library.claims["data-is-junk"], passage="p1", quote=quote, spans=spans)
    address, _, found = unquote(source_url(claim, article)).partition("#:~:text=")
    assert (address, found) == ("https://none.example/", wanted)


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
    selector = metadata.annotation(library, claim, BASE)["target"]["selector"]
    assert selector["exact"].startswith("Ou advantage")


def test_an_annotation_never_selects_withheld_words(library: Library) -> None:
    """Where words between two pieces are withheld, each piece is selected by itself."""
    whole = library.articles["complex-infrastructure-excessive-control"]
    quoted = replace(whole, display="quotations")
    article, claims = withheld(quoted, library.claims_of_article[whole.id])
    bare = replace(library, articles={article.id: article})
    targets = [metadata.annotation(bare, claim, BASE)["target"] for claim in claims]
    assert any(isinstance(target, list) for target in targets)
    assert "[…]" not in json.dumps(targets, ensure_ascii=False)


# Pages and addresses


def items(data: Any) -> Iterator[Mapping[str, Any]]:
    """Every item of a JSON-LD document, at any depth."""
    if isinstance(data, dict):
        yield data
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from items(each)


def test_every_item_has_a_name_and_every_quotation_a_voice(
    library: Library, client: FlaskClient
) -> None:
    """schema.org items have a type, a name and no empty property; only a date that is printed is
    one; a claim has its speakers, or its author or publication as creator."""
    for path in [f"articles/{id}" for id in library.articles] + [
        f"claims/{id}" for id in library.claims
    ]:
        (made,) = re.findall(r'ld\+json">(.*?)</script>', client.get(f"/{path}/").text, re.DOTALL)
        data = json.loads(made)
        for item in items(data):
            assert item["@type"] and item["name"]
            assert all(value not in ("", None, [], {}) for value in item.values())
        claim = library.claims.get(path.removeprefix("claims/"))
        article = library.articles[claim.article if claim else path.removeprefix("articles/")]
        date = (data["isPartOf"] if claim else data).get("datePublished")
        assert date == (article.date.edtf if article.date.exact else None)
        if claim:
            names = [library.speaker_name(who) for who in claim.speakers or article.authors]
            said = data["creator" if claim.voice == "author" else "spokenByCharacter"]
            assert [who["name"] for who in said] == (names or [article.publication.name])
            assert ("disambiguatingDescription" in data) == (claim.voice == "reported")


NOT_HERE = {
    "/claims/data-is-junk.xyz": "Formats: bib, ris, csl.json, jsonld.",
    "/articles/bill-gp-commissioning.xyz": "Formats: bib, ris, csl.json, citations.json.",
    "/collection.xyz?claim=data-is-junk": "Formats: md, bib, ris, csl.json, csv.",
    "/claims/nope.bib": "There is no claim “nope”.",
    "/collection.csv?claim=nope": "names no claim that is here",
}


@pytest.mark.parametrize("address", NOT_HERE)
def test_what_is_not_here_is_said(client: FlaskClient, address: str) -> None:
    """An unknown format, claim or empty collection is a sentence and 404, never an empty file."""
    found = client.get(address)
    assert found.status_code == 404
    assert NOT_HERE[address] in found.text


def test_files_are_served_as_what_they_are(client: FlaskClient, library: Library) -> None:
    """Each file has its type and name, and holds the article once however many claims there are."""
    claims = [library.claims[id] for id in ("data-is-junk", "most-staff-deliberately-excluded")]
    wanted, ids = noted(library, [claims[0].article], claims, BASE), [claim.id for claim in claims]
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
