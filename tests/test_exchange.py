"""Files, tags and links: every form of a source says the same, and any character survives it."""

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape, unescape
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
import rispy
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Route
from pybtex.database import parse_string
from pybtex.plugin import find_plugin

from reference.citation import metadata
from reference.citation.formats import FORMATS, bibtex, csl_json, inverted, ris
from reference.citation.fragments import printed_texts, source_url, source_urls
from reference.citation.kinds import KINDS
from reference.citation.linked_data import article_data, claim_data
from reference.citation.quotation import quotation
from reference.citation.record import (
    Record,
    article_record,
    note_of,
    page_record,
    records_with_notes,
)
from reference.citation.references import plain
from reference.citation.styles import STYLES, Style
from reference.citation.tables import cell, markdown
from reference.evidence import as_displayed, fold
from reference.pages.describing import abridged
from reference.records import (
    Article,
    Claim,
    Correction,
    Date,
    Library,
    Passage,
    Span,
)
from tests.parsed import rows

BASE = "https://reference.example"
BMJ = "complex-infrastructure-excessive-control"
SMITH = "bill-gp-commissioning"
MARSHALL = "were-engaged-now-what"
ROWS = rows("citations")

# Records of any source, for property tests

SPECIAL = "\\{}$&#%_~^\"'`-,;=+@<>[]()*|/?!\n\t é ü ß ł ’ “ ” … – 漢 😀 a B 1"
LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])


def with_single_blanks(text: str) -> str:
    return " ".join(text.split())


def without_separators(name: str) -> str:
    """Return a name without the marks that separate names in files."""
    return with_single_blanks(re.sub("[,;]", "", name))


def has_a_letter(name: str) -> bool:
    return re.search(r"[^\W_]", name) is not None


TEXTS = (
    st.text(st.sampled_from(SPECIAL) | LETTERS, min_size=1)
    .map(with_single_blanks)
    .filter(bool)
)
NAMES = (
    st.text(st.sampled_from("{}\\&%$#_~^é-'ab ") | LETTERS, min_size=1)
    .map(without_separators)
    .filter(has_a_letter)
)
TITLES = TEXTS | TEXTS.map("One\nER  - \r\n{}".format)
"""Some of them with what ends a record in RIS."""
FIELDS_OF_ALL: dict[str, st.SearchStrategy[Any]] = {
    "id": st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,3}", fullmatch=True),
    "type": st.sampled_from(["article-journal", "article-magazine"]),
    "title": TITLES,
    "container-title": TEXTS,
}
FIELDS_OF_SOME: dict[str, st.SearchStrategy[Any]] = {
    "volume": TEXTS,
    "issue": TEXTS,
    "page": TEXTS,
    "author": st.lists(
        st.fixed_dictionaries({"family": NAMES, "given": NAMES}), min_size=1
    ),
    "issued": st.sampled_from(
        [{"date-parts": [[2012, 6, 20]]}, {"date-parts": [[2012]]}]
    ),
    "DOI": st.from_regex(
        r"10\.\d{4,9}/[-._;()/:A-Za-z0-9]{1,20}", fullmatch=True
    ),
    "URL": st.from_regex(
        r"https?://[-._~:/?#@!$&'()*+,;=%A-Za-z0-9]{1,30}", fullmatch=True
    ),
    "note": st.lists(TEXTS, min_size=1, max_size=2).map("\n".join),
}
RECORDS = st.lists(
    st.fixed_dictionaries(FIELDS_OF_ALL, optional=FIELDS_OF_SOME),
    min_size=1,
    max_size=3,
    unique_by=lambda record: record["id"],
)
PRINTED = {
    "\\$": "$",
    "\\&": "&",
    "\\#": "#",
    "\\%": "%",
    "\\_": "_",
    "{}": "",
    "{": "",
    "}": "",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
}
"""What LaTeX prints for a command, or for the braces of a group."""


def untex(latex: str) -> str:
    """Return what LaTeX prints for a text of letters and the commands of `PRINTED`."""
    longest_first = sorted(PRINTED, key=len, reverse=True)
    commands = "|".join(re.escape(command) for command in longest_first)
    return re.sub(commands, lambda match: PRINTED[match[0]], latex)


def read_bibtex(file: str) -> dict[str, Record]:
    """Return a BibTeX file as pybtex reads it: fields of plain text; authors as “family, given”."""
    records = {}
    for id, entry in parse_string(file, "bibtex").entries.items():
        fields = dict(entry.fields)
        for name in set(fields) - {"url", "doi", "date"}:
            assert not re.search(r"(?<!\\)[$&#%_~^]|--|``|''", fields[name])
            fields[name] = untex(fields[name])
        fields["author"] = [
            untex(str(person)) for person in entry.persons["author"]
        ]
        records[id] = fields
    return records


def read_ris(file: str) -> dict[str, Record]:
    """Return a RIS file as rispy reads it; every line of it has a tag."""
    assert all(
        re.match(r"[A-Z][A-Z0-9]  - ", line)
        for line in file.split("\r\n")[:-1]
    )
    return {entry["id"]: entry for entry in rispy.loads(file)}


@given(RECORDS)
def test_files_say_what_the_record_says(records: list[Record]) -> None:
    """pybtex, rispy and JSON read back every field of any record, and each note: braces,
    backslashes, accents and all; any white space is one space."""
    in_bibtex = read_bibtex(bibtex(records))
    in_ris = read_ris(ris(records))

    assert json.loads(csl_json(records)) == records
    for record in records:
        entry = in_bibtex[record["id"]]
        lines = in_ris[record["id"]]
        for row in ROWS["fields"]:
            text = fold(record[row["csl"]]) if row["csl"] in record else None
            assert entry.get(row["pybtex"]) == text
            assert lines.get(row["rispy"]) == text
        people = [inverted(name) for name in record.get("author", [])]
        assert entry["author"] == (people or [record["container-title"]])
        assert lines.get("authors", []) == people
        for name in ("DOI", "URL"):
            assert unquote(entry.get(name.lower(), "")) == unquote(
                record.get(name, "")
            )
        urls = [record["URL"].replace(";", "%3B")] if "URL" in record else []
        assert lines.get("urls", []) == urls
        notes = record.get("note", "").splitlines()
        assert not {"note", "annote"} & set(entry)
        assert entry.get("comment", "") == " • ".join(notes)
        assert lines.get("notes", []) == notes


@given(st.text(), st.text())
def test_nothing_gets_out_of_an_address(doi: str, url: str) -> None:
    """Whatever stands in a DOI or an address, the file has one entry, of its own fields alone."""
    record = {
        "id": "one",
        "type": "article-magazine",
        "title": "One",
        "container-title": "Paper",
        "DOI": f"10.1/}},\n note = {{x}}{doi}",
        "URL": f"https://x.example/\n}}@misc{{two, title={{y}}}}{url}",
    }

    entries = parse_string(bibtex([record]), "bibtex").entries
    lines = ris([record]).split("\r\n")

    assert list(entries) == ["one"]
    fields = {"title", "journal", "doi", "url", "year", "entrysubtype"}
    assert set(entries["one"].fields) == fields
    assert [line[:2] for line in lines] == [
        "TY",
        "ID",
        "TI",
        "T2",
        "DO",
        "UR",
        "ER",
        "",
    ]


@pytest.mark.parametrize(
    "row", ROWS["dates"], ids=lambda row: str(row["edtf"])
)
def test_an_estimate_is_no_date_in_any_file_or_tag(
    library: Library, row: dict[str, str]
) -> None:
    """A printed date is whole everywhere; an estimate is nowhere but in a note, where an open one
    keeps its dots; BibTeX, whose styles want a year, says n.d."""
    edtf = row["edtf"]
    printed = row["printed"]
    first, _, last = edtf.partition("/")
    date = Date(edtf, first, (last or first).replace("..", ""))
    article = replace(library.articles[MARSHALL], date=date)
    library = replace(library, articles={article.id: article})

    (record,) = records_with_notes(library, [article.id])

    lines = read_ris(ris([record]))[article.id]
    entry = read_bibtex(bibtex([record]))[article.id]
    with_slashes = printed.replace("-", "/")
    assert lines.get("year", "") == printed[:4]
    assert lines.get("date", "") == ("" if len(printed) == 4 else with_slashes)
    assert entry.get("date", "") == printed
    assert entry["year"] == (printed[:4] or "n.d.")
    assert (
        dict(metadata.tags(record)).get("citation_publication_date", "")
        == with_slashes
    )
    assert (
        dict(parse_qsl(metadata.coins(record))).get("rft.date", "") == printed
    )
    assert (
        article_data(library, article, BASE).get("datePublished", "")
        == printed
    )
    assert (f"“{edtf}”. " in record.get("note", "")) == (not printed)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("style", ["plain", "unsrt", "alpha"])
def test_standard_bibtex_styles_set_every_article(
    library: Library, style: str, kind: Any
) -> None:
    """Nothing that plain, unsrt or alpha need is missing of any kind of source, and none prints a
    note of ours."""
    articles = {
        id: replace(article, kind=kind)
        for id, article in library.articles.items()
    }
    library = replace(library, articles=articles)
    file = bibtex(
        records_with_notes(
            library, articles, list(library.claims.values()), BASE
        )
    )
    formatter = find_plugin("pybtex.style.formatting", style)()

    entries = list(formatter.format_bibliography(parse_string(file, "bibtex")))

    assert {entry.key for entry in entries} == set(articles)
    for entry in entries:
        printed = entry.text.render_as("text")
        assert articles[entry.key].publication.name in printed
        assert not re.search(r"para\.|EDTF|reference\.example", printed)


# One item a source, by every way into Zotero (CSL JSON, RIS, COinS, Embedded Metadata)


def item(pairs: Sequence[tuple[str, str]], way: str) -> Record:
    """Return what Zotero saves of fields that come this way, as CSL-JSON."""
    names = ROWS["zotero"][way]
    texts = dict(reversed(pairs))
    saved: Record = {
        "type": ROWS["types"][texts.get(names["type"], "JOUR")],
        "title": texts[names["title"]],
        "container-title": texts[names["publication"]],
        "URL": texts.get(names["url"]),
        "volume": texts.get(names["volume"]),
        "page": texts.get(names["page"]),
    }
    if names["date"] in texts:
        parts = re.split("[-/]", texts[names["date"]])
        saved["issued"] = {"date-parts": [[int(part) for part in parts]]}
    authors = []
    for name, text in pairs:
        if name == names["author"]:
            family, is_person, given = text.partition(", ")
            person = {"family": family, "given": given}
            authors.append(person if is_person else {"literal": text})
    saved["author"] = authors
    return {name: value for name, value in saved.items() if value}


def test_every_way_into_zotero_gives_the_same_item(library: Library) -> None:
    """Items are the same from files, COinS and tags: type, title, publication, date, volume, page,
    address and authors; a magazine's is typed as such. That is said of what appeared in a
    periodical: the table of Zotero's types here has no other kinds."""
    for article in library.articles.values():
        record = article_record(library, article)
        if record["type"] not in ROWS["types"].values():
            continue
        in_ris = [(line[:2], line[6:]) for line in ris([record]).splitlines()]
        coins = (
            metadata.coins(record)
            .replace("atitle", "title")
            .replace("jtitle", "source")
        )

        items = [
            item(in_ris, "ris"),
            item(parse_qsl(coins), "coins"),
            item(metadata.tags(record), "tags"),
        ]

        shared = {name: record[name] for name in items[0]}
        assert items == [shared] * 3
        assert {"URL", "author", "issued", "page"} & set(record) <= set(
            items[0]
        )
        is_magazine = record["type"] == "article-magazine"
        assert (
            "entrysubtype = {nonacademic}" in bibtex([record])
        ) == is_magazine


def test_a_source_is_one_item_with_its_quotations(library: Library) -> None:
    """A source is one item however many claims there are; each of them is a note of it, with who
    says it and where, and so is a date that is not printed."""
    claims = list(library.claims.values())[::3]

    records = records_with_notes(
        library, [claim.article for claim in claims], claims, BASE
    )

    assert len(records) == len({record["id"] for record in records})
    for record in records:
        article = library.articles[record["id"]]
        own = [claim for claim in claims if claim.article == article.id]
        notes = record["note"].splitlines()
        assert notes[: len(own)] == [
            fold(note_of(library, claim, BASE)) for claim in own
        ]
        assert len(notes) == len(own) + (not article.date.exact)
        for note, claim in zip(notes, own, strict=False):
            assert f"/articles/{article.id}/#{claim.passage})" in note
            assert claim.named in note


def test_an_article_has_one_address(library: Library) -> None:
    """An article whose original has no address is known by that of its page here, from whichever
    page it is saved; one that has an address keeps it."""
    unknown = article_record(library, library.articles[SMITH])
    known = article_record(library, library.articles[BMJ])
    ours = f"{BASE}/articles/{SMITH}/"

    assert (
        dict(metadata.tags(unknown, public_url=ours))["citation_public_url"]
        == ours
    )
    assert (
        dict(metadata.tags(known, public_url=ours))["citation_public_url"]
        == known["URL"]
    )


def test_abstracts_are_whole(library: Library, client: FlaskClient) -> None:
    """An article's abstract is its first passage, a claim's its words with speaker and paragraph;
    neither is cut, and a page of ours has none."""
    claim = library.claims["data-is-junk"]
    pages = {
        f"/articles/{BMJ}/": library.articles[BMJ].passages[0].text,
        f"/claims/{claim.id}/": f"{quotation(claim)} (Laurence Buckman, para. 11)",
    }

    for path, abstract in pages.items():
        content = escape(abstract)
        assert (
            f'<meta name="citation_abstract" content="{content}">'
            in client.get(path).text
        )
    for text in (
        client.get("/themes/training/").text,
        client.get("/about/").text,
    ):
        assert "citation_abstract" not in text
        assert "rft.description" not in text


@pytest.mark.parametrize("page", ["themes/training", "about"])
def test_a_page_is_offered_with_what_is_true_of_it(
    library: Library, page: str
) -> None:
    """A theme is a web page of this site, with date and version."""
    record = page_record(library, page, BASE)

    tags = metadata.tags(record)

    saved = item(tags, "tags")
    assert saved == {name: record[name] for name in saved}
    assert {"issued", "URL"} <= set(saved)
    assert ("dc.type", f"Version {library.version}") in tags


def test_linked_data_says_what_is_known(library: Library) -> None:
    """schema.org has opinion as opinion, an article's own words as its author's, a paraphrase as
    one, and the article a claim is from."""
    opinion = article_data(library, library.articles[SMITH], BASE)
    reported = claim_data(
        library, library.claims["junk-data-informs-budget-allocations"], BASE
    )
    own = claim_data(library, library.claims["faith-held-since-1991"], BASE)

    assert opinion["@type"] == "OpinionNewsArticle"
    assert opinion["datePublished"] == "2012-02-28"
    assert own["creator"][0]["name"] == "Judith Smith"
    assert reported["spokenByCharacter"][0]["name"] == "Laurence Buckman"
    assert "paraphrase" in reported["disambiguatingDescription"]
    assert reported["isPartOf"]["isPartOf"]["volumeNumber"] == "344"
    assert "@context" not in reported["isPartOf"]


# Tables and texts


@given(TEXTS | st.text())
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
        assert (row["id"], row["quote"], row["says"]) == (
            claim.id,
            claim.quote,
            claim.says,
        )
        assert (
            row["passage_url"]
            == f"{BASE}/articles/{claim.article}/#{claim.passage}"
        )


@given(TEXTS)
def test_markdown_prints_the_text(text: str) -> None:
    """In the Markdown download any text is printed as it is, wherever it begins."""
    html = MarkdownIt("commonmark").render(markdown(escape(text)))
    assert unescape(html) == f"<p>{text}</p>\n"
    assert html.count("<") == 2


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.id)
@pytest.mark.parametrize("backwards", [False, True])
def test_a_collection_has_its_quotations_and_each_source_once(
    library: Library, client: FlaskClient, style: Style, backwards: bool
) -> None:
    """Quotations stand in the reader's order, each with what cites it; each article is listed once:
    by name, or in a numbered style by the number it is cited with."""
    ids = list(library.claims)[::15]
    if backwards:
        ids.reverse()
    claims = [library.claims[id] for id in ids]
    cited = list(dict.fromkeys(claim.article for claim in claims))
    references = client.application.extensions["site"].references

    file = client.get(
        "/collection.md", query_string={"claim": ids, "style": style.id}
    ).text

    html = MarkdownIt().render(file)
    text, listed = html.split("<h2>Bibliography")
    quotes = re.findall(r"<blockquote>(.*?)</blockquote>", text, re.DOTALL)
    for number, (quote, claim) in enumerate(
        zip(quotes, claims, strict=True), 1
    ):
        source = cited.index(claim.article) + 1
        assert plain(references.quoted(claim, style, source, number)) in plain(
            quote
        )
        assert f"{BASE}/articles/{claim.article}/#{claim.passage}" in quote
    for note in references.notes(claims, style):
        assert plain(note) in plain(text)
    items = re.findall(r"<li>(.*?)</li>", listed, re.DOTALL)
    assert [plain(item).strip() for item in items] == [
        plain(reference) for reference in references.listed(cited, style)
    ]
    assert listed.count("<ol>") == style.numbered
    assert listed.count("<ul>") == (not style.numbered)
    assert f"version {library.version} ({library.updated})" in listed


# Links to the words


def as_a_page(article: Article) -> str:
    """A page with all that an article prints, each text a screen away from the next."""
    style = "<style>p { margin: 0; padding: 120vh 0 }</style>"
    numbered = enumerate(printed_texts(article), -len(article.masthead))
    return style + "".join(
        f'<p id="p{number}">{escape(text)}</p>' for number, text in numbered
    )


PASSAGE_IN_SIGHT = """async () => {
  for (let frame = 0; frame < 30 && !scrollY; frame++) await new Promise(requestAnimationFrame);
  return scrollY && document.elementFromPoint(innerWidth / 2, innerHeight / 2).id;
}"""
"""Which passage a browser has scrolled to; 0 where it stays at the top."""


def test_a_browser_opens_every_link_at_its_own_passage(
    library: Library, browser: Browser
) -> None:
    """Chromium, given each claim's link and a page with the article's printed text, shows the
    passage that the claim's words stand in."""
    page = browser.new_page()

    def answer(route: Route) -> None:
        """Answer `https://…?<article>?<claim>` with the article."""
        article = route.request.url.partition("#")[0].split("?")[-2]
        route.fulfill(
            body=as_a_page(library.articles[article]),
            content_type="text/html; charset=utf-8",
        )

    page.route("**/*", answer)
    for claim in library.claims.values():
        article = library.articles[claim.article]
        placed = replace(article, url=article.url or "https://none.example/")
        link = source_url(claim, placed)
        # A page of its own for each claim: within one, a browser would not scroll again
        page.goto(link.replace("#", f"?{article.id}?{claim.id}#"))

        assert page.evaluate(PASSAGE_IN_SIGHT) == claim.passage, claim.id
    page.close()


@pytest.mark.parametrize(
    "row", ROWS["links"], ids=lambda row: str(row["found"])
)
def test_more_words_are_taken_until_only_one_place_has_them(
    library: Library, row: dict[str, Any]
) -> None:
    """Case and word ends are the browser's; more words are taken, then some before or after; words
    with marks, which may be printed straight, are not; misprints are as printed; all that a page
    prints counts; where nothing tells places apart, the link is to the page."""
    article, claim = article_with(library, row)

    address, _, fragment = unquote(source_url(claim, article)).partition(
        "#:~:text="
    )

    assert (address, fragment) == ("https://none.example/", row["found"])


def article_with(
    library: Library, row: dict[str, Any]
) -> tuple[Article, Claim]:
    """Return an article that prints what a row says, and a claim on the words that it quotes."""
    texts = row["passages"]
    corrections = (
        [Correction(**row["corrections"])] if "corrections" in row else []
    )
    article = replace(
        library.articles[SMITH],
        title=row.get("title", library.articles[SMITH].title),
        passages=tuple(
            Passage(f"p{number}", text) for number, text in enumerate(texts, 1)
        ),
        masthead=(),
        omitted=tuple(row.get("omitted", ())),
        corrections=tuple(corrections),
        url="https://none.example/",
    )
    start = texts[0].index(row["quote"])
    span = Span(start, start + len(row["quote"]))
    claim = replace(
        library.claims["data-is-junk"],
        article=article.id,
        passage="p1",
        quote=row["quote"],
        spans=(span,),
    )
    return article, claim


def test_an_address_keeps_its_own_fragment(library: Library) -> None:
    """Words are found in a page whose address has a fragment, too."""
    claim = library.claims["data-is-junk"]
    article = replace(
        library.articles[claim.article], url="https://x.example/a#top"
    )

    assert source_url(claim, article).startswith(
        "https://x.example/a#top:~:text=But%20I"
    )


def test_links_are_the_same_made_together(library: Library) -> None:
    """The links of all claims, made at once, are those made one by one."""
    urls = source_urls(library)

    for claim in library.claims.values():
        assert urls[claim.id] == source_url(
            claim, library.articles[claim.article]
        )


def test_an_annotation_finds_its_words_as_printed(library: Library) -> None:
    """Prefix, words and suffix stand together once at the target: in the original, misprints and
    all, or where its address is unknown on our page. It has what the W3C's model requires."""
    for claim in library.claims.values():
        article = library.articles[claim.article]
        texts = [passage.text for passage in article.passages]
        source = f"{BASE}/articles/{article.id}/"
        if article.url:
            texts = list(printed_texts(article))
            source = article.url

        made = metadata.annotation(library, claim, BASE)

        selector = made["target"]["selector"]
        words = selector["prefix"] + selector["exact"] + selector["suffix"]
        assert "\n".join(texts).count(words) == 1
        assert made["target"]["source"] == source
        assert made["type"] == "Annotation"
        assert selector["type"] == "TextQuoteSelector"
        assert made["id"] == f"{BASE}/claims/{claim.id}.jsonld"


def test_an_annotation_keeps_a_misprint(library: Library) -> None:
    """Words are selected as the original prints them, which may be wrong."""
    claim = library.claims["gps-local-and-understand-population"]

    made = metadata.annotation(library, claim, BASE)

    assert made["target"]["selector"]["exact"].startswith("Ou advantage")


def test_an_annotation_never_selects_withheld_words(library: Library) -> None:
    """Where words between two pieces are withheld, each piece is selected by itself."""
    whole = library.articles["complex-infrastructure-excessive-control"]
    quoted = replace(whole, display="quotations")
    article, claims = as_displayed(quoted, library.claims_of_article(whole.id))
    bare = replace(library, articles={article.id: article})
    targets = [
        metadata.annotation(bare, claim, BASE)["target"] for claim in claims
    ]
    assert any(isinstance(target, list) for target in targets)
    assert "[…]" not in json.dumps(targets, ensure_ascii=False)


# Pages and addresses


@pytest.mark.parametrize(("address", "sentence"), ROWS["not_here"].items())
def test_what_is_not_here_is_said(
    client: FlaskClient, address: str, sentence: str
) -> None:
    """An unknown format, claim or empty collection is a sentence and 404, never an empty file."""
    answer = client.get(address)

    assert answer.status_code == 404
    assert sentence in answer.text


def test_a_style_that_is_gone_loses_nothing(client: FlaskClient) -> None:
    """A collection kept with a style that there is no longer is shown in the first style."""
    answer = client.get("/collection/?claim=data-is-junk&style=night")

    assert answer.status_code == 200
    assert 'data-listed="data-is-junk"' in answer.text
    assert 'value="harvard" selected' in answer.text


FIRST = "data-is-junk"
SECOND = "faith-held-since-1991"
THIRD = "gps-local-and-understand-population"
CHANGES = [
    (f"without={SECOND}", [FIRST, THIRD]),
    (f"earlier={SECOND}", [SECOND, FIRST, THIRD]),
    (f"later={FIRST}", [SECOND, FIRST, THIRD]),
    (f"earlier={FIRST}", [FIRST, SECOND, THIRD]),
]


@pytest.mark.parametrize(("change", "ids"), CHANGES)
def test_a_collection_is_changed_without_script(
    client: FlaskClient, change: str, ids: list[str]
) -> None:
    """A button of a collection leads to the address of the collection as it makes it."""
    collection = f"claim={FIRST}&claim={SECOND}&claim={THIRD}&style=apa"

    answer = client.get(f"/collection/?{collection}&{change}")

    assert answer.status_code == 303
    assert re.findall("claim=([a-z0-9-]+)", answer.location) == ids
    assert "style=apa" in answer.location


def test_files_are_served_as_what_they_are(
    client: FlaskClient, library: Library
) -> None:
    """Each file has its type and name, and holds the article once however many claims there are."""
    ids = ["data-is-junk", "most-staff-deliberately-excluded"]
    claims = [library.claims[id] for id in ids]
    records = records_with_notes(library, [claims[0].article], claims, BASE)
    asked = [*ids, "nope", ids[0]]

    for ending, format in FORMATS.items():
        file = client.get(
            f"/collection.{ending}", query_string={"claim": asked}
        )

        assert file.headers["Content-Type"] == format.media_type
        name = f'filename="collection.{ending}"'
        assert name in file.headers["Content-Disposition"]
        assert file.text == format.write(records)


def test_citations_and_bibliography_are_files(
    client: FlaskClient, library: Library
) -> None:
    """An article's citations name it; the bibliography has the articles of the library."""
    citations = client.get(f"/articles/{SMITH}.citations.json").get_json()
    bibliography = client.get("/bibliography.csl.json").get_json(force=True)

    assert citations["article"] == SMITH
    assert {record["id"] for record in bibliography} == set(library.articles)


# What a page says of itself


def test_a_description_is_cut_at_a_sentence() -> None:
    """A long text is cut at the end of a sentence, or at a word, and its marks are closed."""
    sentences = "He said so. " * 30
    open_marks = "“He said that ‘most of " + "the men " * 60 + "came’ here”"

    by_sentence = abridged(sentences)
    by_word = abridged(open_marks)

    assert by_sentence.endswith("He said so.")
    assert len(by_sentence) <= 200
    assert by_word.endswith("the men…’”")
    assert abridged("Short “as it is”") == "Short “as it is”"


def test_who_only_wrote_is_described_so(client: FlaskClient) -> None:
    """A person who is quoted nowhere and wrote an article is described by it, and it is offered to
    reference managers."""
    text = client.get("/people/caroline-white/").text

    description = re.search('<meta name="description" content="([^"]*)"', text)
    assert description is not None
    assert description[1].startswith(
        "Caroline White wrote “Complex infrastructure"
    )
    assert text.count('class="Z3988"') == 1
