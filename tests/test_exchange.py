"""Files, tags and links: every form of a source says the same, and any character survives it."""

import csv
import io
import json
import re
from dataclasses import replace
from html import escape, unescape
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

from reference.citation import metadata
from reference.citation.formats import FORMATS, bibtex, cell, csl_json, inverted, markdown, ris
from reference.citation.fragments import printed_texts, source_url
from reference.citation.record import Record, article_record, noted, page_record
from reference.citation.references import STYLES, Style, plain
from reference.evidence import fold, withheld
from reference.records import Article, Correction, Date, Library, Passage, Span
from tests.parsed import rows

BASE = "https://reference.example"
ROWS = rows("citations")
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
a_record = st.fixed_dictionaries(known, optional=perhaps)
some_records = st.lists(a_record, min_size=1, max_size=3, unique_by=lambda each: each["id"])
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
        found[id]["author"] = [untex(str(person)) for person in entry.persons["author"]]
    return found


def read_ris(file: str) -> dict[str, Record]:
    """A RIS file read by rispy; every line of it has a tag."""
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in file.split("\r\n")[:-1])
    return {entry["id"]: entry for entry in rispy.loads(file)}


@unhurried
@given(some_records)
def test_files_say_what_the_record_says(records: list[Record]) -> None:
    """pybtex, rispy and JSON read back every field of any record, and each note: braces,
    backslashes, accents and all; any white space is one space."""
    in_bibtex, in_ris = read_bibtex(bibtex(records)), read_ris(ris(records))
    assert json.loads(csl_json(records)) == records
    for record in records:
        bib, lines = in_bibtex[record["id"]], in_ris[record["id"]]
        for ours, in_bib, in_line in ROWS["fields"]:
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


@pytest.mark.parametrize("edtf", ROWS["dates"])
def test_an_estimate_is_no_date_in_any_file_or_tag(library: Library, edtf: str) -> None:
    """A printed date is whole everywhere; an estimate is nowhere, but with its mark as BibTeX's
    year; an open date in a note keeps its dots."""
    (first, _, last), (printed, mark) = edtf.partition("/"), ROWS["dates"][edtf]
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


# One item a source, by every way into Zotero (CSL JSON, RIS, COinS, Embedded Metadata)


def item(pairs: list[tuple[str, str]], way: str) -> Record:
    """What Zotero saves of fields that come this way, as CSL-JSON."""
    kind, title, publication, date, url, author = ROWS["zotero"][way]
    said = dict(reversed(pairs))
    found: Record = {"type": ROWS["kinds"][said.get(kind, "JOUR")], "title": said[title]}
    found |= {"container-title": said[publication], "URL": said.get(url)}
    if date in said:
        found["issued"] = {"date-parts": [[int(part) for part in re.split("[-/]", said[date])]]}
    people = [value.split(", ") for key, value in pairs if key == author]
    found["author"] = [{"family": family, "given": given} for family, given in people]
    return {key: value for key, value in found.items() if value}


def test_every_way_into_zotero_gives_the_same_item(library: Library) -> None:
    """Items are the same from files, COinS and tags; a source is one item, its quotations its notes
    (Zotero keeps CSL's `note` and each N1 of RIS); a magazine's is typed as such."""
    claims = [*library.claims.values()][::3]
    found = noted(library, (claim.article for claim in claims), claims, BASE)
    assert len(found) == len({record["id"] for record in found})
    for record in found:
        article = library.articles[record["id"]]
        bare = article_record(library, article)
        in_ris = [(line[:2], line[6:]) for line in ris([record]).splitlines()]
        in_coins = metadata.coins(bare).replace("atitle", "title").replace("jtitle", "source")
        made = [item(in_ris, "ris"), item(parse_qsl(in_coins), "coins")]
        made.append(item(metadata.tags(bare), "tags"))
        assert made == [{key: bare[key] for key in made[0]}] * 3
        assert made[0].keys() >= {"URL", "author", "issued"} & bare.keys()
        notes = record.get("note", "").splitlines()
        assert [value for tag, value in in_ris if tag == "N1"] == notes
        said = [claim for claim in claims if claim.article == article.id]
        for note, claim in zip(notes, said, strict=False):
            assert f"/articles/{article.id}/#{claim.passage})" in note and claim.named in note
            assert re.sub(r"\W", "", claim.quote) in re.sub(r"\W", "", note)
        assert len(notes) == len(said) + (not article.date.exact)
        assert ("entrysubtype" in bibtex([record])) == (record["type"] == "article-magazine")


def test_a_page_is_offered_with_what_is_true_of_it(library: Library) -> None:
    """A theme is a web page of this site, with date and version; the abstract of an article is
    never our words, that of a claim its quotation."""
    for id in ("training", "about"):
        record = page_record(library, id, BASE)
        tags = metadata.tags(record)
        made = item(tags, "tags")
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
    ids = ["data-is-junk", "faith-held-since-1991", "new-skills-to-learn"]
    ids.append("most-staff-deliberately-excluded")
    references = client.application.extensions["site"].references
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


def test_a_browser_opens_every_link_at_its_own_passage(library: Library, browser: Browser) -> None:
    """Chromium, given each claim's link and a page with the article's printed text, shows the
    passage that the claim's words stand in."""
    page, seen = browser.new_page(), {}

    def answer(route: Route) -> None:
        body = as_a_page(library.articles[route.request.url.partition("#")[0].split("?")[-2]])
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    page.route("**/*", answer)
    for id, claim in library.claims.items():
        article = library.articles[claim.article]
        placed = replace(article, url=article.url or "https://none.example/")
        page.goto(source_url(claim, placed).replace("#", f"?{article.id}?{id}#"))  # a page a claim
        seen[id] = page.evaluate(SEEN)
    page.close()
    assert seen == {claim.id: claim.passage for claim in library.claims.values()}


@pytest.mark.parametrize(("quote", "wanted", "passages", "changes"), ROWS["links"])
def test_more_words_are_taken_until_only_one_place_has_them(
    library: Library, quote: str, wanted: str, passages: list[str], changes: dict[str, Any]
) -> None:
    """Case and word ends are the browser's; more words are taken, then some before or after; words
    with marks, which may be printed straight, are not; misprints are as printed; all that a page
    prints counts; where nothing tells places apart, the link is to the page."""
    numbered = tuple(Passage(f"p{n}", text) for n, text in enumerate(passages, 1))
    bare = {"masthead": (), "omitted": (), "url": "https://none.example/"} | changes
    bare["corrections"] = [Correction(*each) for each in changes.get("corrections", ())]
    whole = library.articles["bill-gp-commissioning"]
    article = replace(whole, passages=numbered, **bare)
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
    article, claims = withheld(quoted, library.claims_of_article(whole.id))
    bare = replace(library, articles={article.id: article})
    targets = [metadata.annotation(bare, claim, BASE)["target"] for claim in claims]
    assert any(isinstance(target, list) for target in targets)
    assert "[…]" not in json.dumps(targets, ensure_ascii=False)


# Pages and addresses


@pytest.mark.parametrize(("address", "said"), ROWS["not_here"].items())
def test_what_is_not_here_is_said(client: FlaskClient, address: str, said: str) -> None:
    """An unknown format, claim or empty collection is a sentence and 404, never an empty file."""
    found = client.get(address)
    assert found.status_code == 404
    assert said in found.text


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
