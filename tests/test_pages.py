"""The pages: every address answers, every link leads somewhere, all is shown once and sourced."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reference import charts
from reference.citation.quotation import quotation
from reference.pages import labels, views
from reference.pages.addresses import paths
from reference.pages.views import EvidenceOrder
from reference.pages.wording import counted, in_words
from reference.records import Claim, Library
from tests.parsed import Parsed, rows

TRAINING = "/themes/training/"
ROWS = rows("pages")


@pytest.fixture(scope="module")
def crawled(site_app: Flask) -> dict[str, Parsed]:
    """Every HTML page of the site by path, made once for all tests that read it."""
    client = site_app.test_client()
    with site_app.test_request_context():
        addresses = paths()
    addresses += ["/collection/", "/collection/?claim=data-is-junk"]
    addresses += ["/search/", "/search/?q=buckman", "/search/?q=commissioning"]
    pages = {}
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        pages[address] = Parsed(response.text)
    return pages


def test_every_page_is_listed(site_app: Flask) -> None:
    """Each route of a page leads to an address that the sitemap, the copy and these tests have."""
    with site_app.test_request_context():
        listed = {site_app.url_map.bind("").match(path)[0] for path in paths()}

    routes = {rule.endpoint for rule in site_app.url_map.iter_rules()}

    assert listed == {
        endpoint for endpoint in routes if endpoint.startswith("pages.")
    }


def listed_claims(html: str) -> list[str]:
    """Return the ids of the claims that a page lists, in order."""
    return re.findall(r'<div class="claim[^>]* data-claim="([^"]+)"', html)


def plain(html: str) -> str:
    """Return the text of HTML in one line."""
    text = re.sub(r"<[^>]+>", "", html)
    return " ".join(text.split()).replace("&#39;", "'").replace("&amp;", "&")


def list_pages(crawled: dict[str, Parsed], address: str) -> list[str]:
    """Return the HTML of all pages of a list, the first at an address."""
    html = [crawled[address].html]
    for number in range(2, 100):
        later = f"{address}page/{number}/"
        if later not in crawled:
            break
        html.append(crawled[later].html)
    return html


# Every page


def test_every_link_and_fragment_leads_somewhere(
    crawled: dict[str, Parsed], client: FlaskClient
) -> None:
    """Each link on each page answers 200, and its fragment is an id on the page it opens."""
    opened: dict[str, Parsed | None] = dict(crawled)
    for path, page in crawled.items():
        actions = [attributes.get("action") for _, attributes in page.elements]
        for link in page.links:
            target = urlsplit(urljoin(f"http://site{path}", link))
            if target.netloc not in ("site", "reference.example"):
                continue
            address = (
                f"{target.path}?{target.query}"
                if target.query
                else target.path
            )
            if address not in opened:
                response = client.get(address)
                assert response.status_code == 200, f"{path} -> {link}"
                is_html = response.mimetype == "text/html"
                opened[address] = Parsed(response.text) if is_html else None
            there = opened[address]
            if target.fragment and there and link not in actions:
                assert unquote(target.fragment) in there.ids, (
                    f"{path} -> {link}"
                )


def test_titles_and_descriptions_are_unique(
    crawled: dict[str, Parsed],
) -> None:
    """No two pages have the same title or the same description, and none is empty."""
    titles = [page.title.strip() for page in crawled.values()]
    descriptions = [page.description.strip() for page in crawled.values()]

    assert all(titles) and len(set(titles)) == len(titles)
    assert all(descriptions) and len(set(descriptions)) == len(descriptions)


def test_no_id_stands_twice(crawled: dict[str, Parsed]) -> None:
    """An id names one element of a page, and names without blanks."""
    for path, page in crawled.items():
        assert len(page.ids) == len(set(page.ids)), path
        assert not [id for id in page.ids if re.search(r"\s", id)], path


def test_an_id_of_ours_is_no_record_s(
    crawled: dict[str, Parsed], library: Library
) -> None:
    """Where ids of records stand bare, what is ours has an underscore, which no record's id has."""
    bare = {
        "/disagreements/": set(library.disagreements),
        "/outcomes/": set(library.outcomes),
        "/words/": set(library.terms),
    }
    for address, records in bare.items():
        for path, page in crawled.items():
            if path == address or path.startswith(f"{address}page/"):
                ours = [id for id in page.ids if id not in records]
                assert all("_" in id for id in ours), (path, ours)


def test_no_inline_style_or_script(crawled: dict[str, Parsed]) -> None:
    """Nothing in a page needs a policy looser than 'self': no style, no handler, no code."""
    for path, page in crawled.items():
        for tag, attributes in page.elements:
            assert "style" not in attributes, path
            assert tag != "style", path
            assert not [
                name for name in attributes if name.startswith("on")
            ], path
            is_data = attributes.get("type") == "application/ld+json"
            assert tag != "script" or is_data or attributes.get("src"), path


def test_numbers_agree_with_what_they_count(
    crawled: dict[str, Parsed], library: Library
) -> None:
    """One is singular, and the number of articles in a title is the number there is."""
    articles = in_words(len(library.articles))

    assert (
        "Collection of 1 claim ·"
        in crawled["/collection/?claim=data-is-junk"].html
    )
    assert f"What {articles} articles say" in crawled["/"].title


# Home


def test_each_claim_is_a_link_from_the_picture(
    crawled: dict[str, Parsed], library: Library
) -> None:
    """Home has a mark for each claim on each of its themes, which opens the claim and names its
    words; the claims are those of the articles that the picture shows.
    """
    html = crawled["/"].html
    pictured = {article.id for article in charts.debate(library).articles}
    claims = [
        claim for claim in library.claims.values() if claim.article in pictured
    ]

    marks = re.findall(r'class="mark-link" href="/claims/([^/]+)/"', html)
    assert len(marks) == sum(len(claim.themes) for claim in claims)
    assert set(marks) == {claim.id for claim in claims}
    for claim in claims:
        assert quotation(claim) in plain(html)


def test_home_quotes_nothing_twice(
    crawled: dict[str, Parsed], library: Library
) -> None:
    """No words stand in two quotations on the first page, the tips of the picture aside."""
    quoted = re.findall(
        r'<blockquote class="words"[^>]*>(.*?)</blockquote>',
        crawled["/"].html,
        re.DOTALL,
    )

    assert quoted
    assert len(set(quoted)) == len(quoted)


# Themes


@pytest.mark.parametrize("order", EvidenceOrder)
def test_a_theme_lists_each_of_its_claims_once(
    crawled: dict[str, Parsed], library: Library, order: EvidenceOrder
) -> None:
    """By kind, by person and by article, over all its pages, a theme lists each claim once."""
    ending = "" if order is EvidenceOrder.KIND else f"{order}/"
    for theme in library.themes:
        listed: list[str] = []
        for html in list_pages(crawled, f"/themes/{theme}/{ending}"):
            evidence = html.partition('class="evidence"')[2]
            listed += listed_claims(evidence)
        wanted = [claim.id for claim in library.claims_of_theme(theme)]
        assert sorted(listed) == sorted(wanted), theme


def test_notes_show_words(
    crawled: dict[str, Parsed], library: Library
) -> None:
    """Each note of our prose that cites a claim shows how its words begin, five words at least."""
    for theme in library.themes:
        html = crawled[f"/themes/{theme}/"].html
        notes = re.findall(
            r'<a class="theirs"[^>]*href="/claims/([^/]+)/">(.*?)</a>', html
        )
        assert notes, theme
        for id, words in notes:
            length = len(library.claims[id].quote.split())
            assert len(words.split()) >= min(5, length), (theme, id)


def test_zotero_is_offered_a_theme_and_its_sources(
    crawled: dict[str, Parsed], library: Library
) -> None:
    """A theme's page offers the page itself, with its date and version, and each article that it
    cites once; its tags tell of the page alone.
    """
    for theme in library.themes:
        page = crawled[f"/themes/{theme}/"]
        spans = [
            has["title"] or ""
            for _, has in page.elements
            if has.get("class") == "Z3988"
        ]
        own, *sources = [dict(parse_qsl(span)) for span in spans]

        assert own["rft.type"] == "webpage"
        assert own["rft.date"] == library.updated
        assert own["rft_id"] == f"https://reference.example/themes/{theme}/"
        titles = [
            source.get("rft.atitle") or source["rft.title"]
            for source in sources
        ]
        cited = {library.claims[id].article for id in listed_claims(page.html)}
        assert sorted(titles) == sorted(
            library.articles[id].title for id in cited
        )
        tags = {
            has.get("name"): has.get("content") for _, has in page.elements
        }
        assert tags["citation_title"] == library.themes[theme].title


# People


def test_persons_words_are_in_order(
    crawled: dict[str, Parsed], library: Library
) -> None:
    """A person's pages have all their words in the order of reading, counted."""
    for person in library.people.values():
        claims = library.claims_of_speaker(person.id)
        if not claims:
            continue
        address = f"/people/{person.id}/"
        listed: list[str] = []
        for html in list_pages(crawled, address):
            listed += listed_claims(html)
        assert listed == [claim.id for claim in claims]
        heading = f"{counted(len(claims), 'claim')} by {person.name}"
        assert heading in plain(crawled[address].html)


def test_a_persons_words_on_a_theme_have_an_address(
    client: FlaskClient, library: Library
) -> None:
    """What somebody says on one theme stands alone; what nobody says is no page."""
    for person in library.people:
        for theme in library.themes:
            claims = library.claims_of_speaker(person)
            wanted = [claim.id for claim in claims if theme in claim.themes]
            response = client.get(f"/people/{person}/on/{theme}/")
            assert response.status_code == (200 if wanted else 404)
            assert (
                listed_claims(response.text) == wanted[: views.EVIDENCE_A_PAGE]
            )


def test_a_search_for_a_person_has_the_same_words(
    client: FlaskClient, library: Library
) -> None:
    """Whoever fits on one page of results has their words there in the same order."""
    for person in library.people.values():
        claims = library.claims_of_speaker(person.id)
        if not 0 < len(claims) < 15:
            continue
        html = client.get("/search/", query_string={"q": person.name}).text
        assert listed_claims(html)[: len(claims)] == [
            claim.id for claim in claims
        ]


def test_a_person_leads_to_where_they_stand(
    crawled: dict[str, Parsed], library: Library
) -> None:
    """Each disagreement in which somebody stands is linked, or it is said that there is none."""
    for person in library.people:
        html = crawled[f"/people/{person}/"].html
        disagreements = library.disagreements_of_speaker(person)
        for disagreement in disagreements:
            assert f'href="/disagreements/{disagreement.id}/"' in html
        stands_nowhere = "On no side of a disagreement here" in html
        assert stands_nowhere == bool(
            not disagreements and library.claims_of_speaker(person)
        )


# Disagreements and outcomes


def test_a_disagreement_has_a_page(
    crawled: dict[str, Parsed], library: Library
) -> None:
    """Its page has the question, the claims of both sides in order, their dates, and its note."""
    for disagreement in library.disagreements.values():
        html = crawled[f"/disagreements/{disagreement.id}/"].html
        first, second = disagreement.sides

        assert listed_claims(html) == [*first, *second]
        assert disagreement.matter in plain(html)
        assert disagreement.note in plain(html)
        assert "against" in plain(html)


def test_the_list_of_disagreements_has_all(
    crawled: dict[str, Parsed], library: Library
) -> None:
    """Every disagreement stands in the list under its own id, its claims in order."""
    pages = list_pages(crawled, "/disagreements/")
    wanted: list[str] = []
    for disagreement in library.disagreements.values():
        first, second = disagreement.sides
        wanted += [*first, *second]
        assert any(f'id="{disagreement.id}"' in html for html in pages)

    listed: list[str] = []
    for html in pages:
        listed += listed_claims(html)
    assert listed == wanted


def test_a_theme_has_its_disagreements_whole(
    crawled: dict[str, Parsed], library: Library
) -> None:
    """Each theme links its disagreements, and shows the first with the words of both sides, which
    lead to their claims, and the note that changes how they are read.
    """
    for theme in library.themes:
        html = crawled[f"/themes/{theme}/"].html
        disagreements = library.disagreements_on(theme)
        for disagreement in disagreements:
            assert f'href="/disagreements/{disagreement.id}/"' in html
        for disagreement in disagreements[
            : views.DISAGREEMENTS_WHOLE_ON_THEME
        ]:
            assert disagreement.note in plain(html)
            for side in disagreement.sides:
                for id in side:
                    assert f'class="quoted" href="/claims/{id}/"' in html


def test_what_came_of_it_is_printed_whole(
    crawled: dict[str, Parsed], library: Library
) -> None:
    """Each outcome has its verdict, what was said, what happened, how far that carries, and its
    sources; pages of its claims, themes and people lead to it.
    """
    pages = list_pages(crawled, "/outcomes/")
    for outcome in library.outcomes.values():
        [html] = [html for html in pages if f'id="{outcome.id}"' in html]
        section = html.partition(f'id="{outcome.id}"')[2].partition(
            "</section>"
        )[0]
        text = plain(section)

        assert labels.VERDICTS[outcome.verdict].text in text
        assert outcome.what in text
        assert outcome.reading in text
        for id in outcome.claims:
            assert quotation(library.claims[id]) in text
        for source in outcome.sources:
            assert source.url.replace("&", "&amp;") in section
        for id in outcome.claims:
            assert f"#{outcome.id}" in crawled[f"/claims/{id}/"].html


def test_words_are_explained_with_their_source(
    crawled: dict[str, Parsed], library: Library
) -> None:
    """Every term stands on the page of words under its own id, with what it means."""
    page = crawled["/words/"]
    for slug, term in library.terms.items():
        assert slug in page.ids
        assert term.expansion in plain(page.html)
        assert term.meaning in plain(page.html)


# Claims


def test_a_claim_in_a_list_has_few_links(crawled: dict[str, Parsed]) -> None:
    """Words come first; a claim has at most three links in any list, and one to be removed."""
    for path, page in crawled.items():
        for claim in page.html.split('<div class="claim ')[1:]:
            inside = claim.partition("</details>")[0]
            assert inside.count("<a ") - inside.count("data-remove") <= 3, path
            assert re.match(
                r'[^>]*>\s*<i [^>]*></i>\s*<blockquote class="words"', inside
            ), path


def test_a_claim_page_carries_everything(
    library: Library, crawled: dict[str, Parsed]
) -> None:
    """Sentence, speaker, voice, quotation, themes and both sources stand on every claim's page."""
    for claim in library.claims.values():
        html = crawled[f"/claims/{claim.id}/"].html
        text = plain(html)
        article = library.articles[claim.article]

        assert claim.says in text
        assert claim.note in text
        assert f'href="/articles/{claim.article}/#{claim.passage}"' in html
        if article.url:
            assert f'href="{article.url}' in html
        else:
            assert "no web address found" in html
        for theme in claim.themes:
            assert f'href="/themes/{theme}/"' in html
        for speaker in claim.speakers:
            assert library.speaker_name(speaker) in text
        if claim.named:
            assert f"“{claim.named}”, taken to be " in text
        marked = re.findall(
            r"<mark>(.*?)</mark>", html.partition('id="context"')[2]
        )
        assert marked == [piece.strip() for piece in claim.quote.split("…")]


def test_quoted_words_name_their_claims(
    library: Library, crawled: dict[str, Parsed]
) -> None:
    """On an article's page the words of each claim, and no others, name it, for what stands beside
    them to be paired with; without these marks the text is the passage.
    """
    for article in library.articles.values():
        html = crawled[f"/articles/{article.id}/"].html
        for passage in article.passages:
            after = html.split(f'data-passage="{passage.number}">')[1]
            text = re.split("</p>|</h2>", after)[0]
            text = re.sub(r"</?abbr[^>]*>", "", text)
            assert re.sub(r"<[^>]+>", "", text) == passage.text
            for claim in library.claims_at(article.id, passage.id):
                named = "".join(words_of(claim, text))
                quoted = "".join(
                    passage.text[span.start : span.end] for span in claim.spans
                )
                assert named.split() == quoted.split()


def words_of(claim: Claim, html: str) -> Iterator[str]:
    """Yield the stretches of a passage that name a claim."""
    for ids, words in re.findall(r'data-claims="([^"]*)">(.*?)</span>', html):
        if claim.id in ids.split():
            yield words


# For machines


def test_library_json_has_the_documented_shape(
    library: Library, client: FlaskClient
) -> None:
    """`/library.json` has records with the keys that README gives, and nothing that is empty."""
    answer = client.get("/library.json")
    data: dict[str, Any] = answer.json or {}

    for kind, keys in SHAPES.items():
        assert len(data[kind]) == len(getattr(library, kind))
        for record in data[kind]:
            assert set(keys.split()) <= set(record)
    assert '":""' not in answer.text.replace(" ", "")


def test_quotations_of_library_json_stand_in_its_passages(
    client: FlaskClient,
) -> None:
    """Whoever takes the data can check it: each piece of a quotation stands in its passage."""
    data: dict[str, Any] = client.get("/library.json").json or {}
    texts = {}
    for article in data["articles"]:
        for passage in article["passages"]:
            texts[article["id"], passage["id"]] = passage["text"]

    for claim in data["claims"]:
        text = texts[claim["article"], claim["passage"]]
        for piece in claim["quote"].split("…"):
            assert piece.strip() in text


SHAPES = {
    "articles": "id url title authors publication date date_note doi source_url passages",
    "claims": "id url says quote voice speakers article passage themes kind contrasts source_url",
    "people": "id url name aliases author_of quoted_in mentioned_in",
    "themes": "id url title claims",
    "disagreements": "id url matter themes sides",
    "outcomes": "id url kind claims what verdict reading sources",
}


def json_ld(page: Parsed) -> dict[str, Any]:
    """Return the item that a page describes for schema.org; no part of it may be empty."""
    [text] = re.findall(r'ld\+json">(.*?)</script>', page.html, re.DOTALL)
    item: dict[str, Any] = json.loads(text, object_hook=whole_item)
    return item


def whole_item(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item of JSON-LD that has a type, a name and no empty property."""
    assert item["@type"]
    assert item["name"]
    assert not [
        name for name, value in item.items() if value in ("", None, [], {})
    ]
    return item


def test_an_article_is_described_with_a_date_that_is_printed(
    library: Library, crawled: dict[str, Parsed]
) -> None:
    """Only a date that is printed is one for schema.org; any other is said to be ours."""
    for article in library.articles.values():
        page = crawled[f"/articles/{article.id}/"]

        date = json_ld(page).get("datePublished")

        assert date == (article.date.edtf if article.date.exact else None)
        is_said_to_be_ours = "No date is printed; we put it at " in page.html
        assert is_said_to_be_ours == (date is None)


def test_every_quotation_has_a_voice(
    library: Library, crawled: dict[str, Parsed]
) -> None:
    """A claim has its speakers, or, where nobody is credited, its author or its publication; a
    paraphrase is said to be one.
    """
    for claim in library.claims.values():
        item = json_ld(crawled[f"/claims/{claim.id}/"])

        role = "creator" if claim.voice == "author" else "spokenByCharacter"
        assert [agent["name"] for agent in item[role]] == voices_of(
            claim, library
        )
        assert ("disambiguatingDescription" in item) == (
            claim.voice == "reported"
        )


def voices_of(claim: Claim, library: Library) -> list[str]:
    """Return the names of a claim's speakers, else of its authors, else of its publication."""
    article = library.articles[claim.article]
    authors = [library.speaker_name(author) for author in article.authors]
    return library.said_by(claim) or authors or [article.publication.name]


# Addresses


UNKNOWN = [
    "/nope/",
    "/claims/nope/",
    "/claims/nope",
    "/people/nobody",
    "/articles/x/",
    "/themes/x/",
    "/disagreements/x/",
    "/claims/page/99/",
    "/claims/page/1/",
    "/claims/page/02/",
    "/people/page/9/",
    "/themes/training/page/9/",
    "/themes/training/by-nobody/",
]


@pytest.mark.parametrize("path", UNKNOWN)
def test_an_unknown_address_helps(client: FlaskClient, path: str) -> None:
    """404 at once is a page with the themes and search on it, and no address of its own."""
    response = client.get(path)

    assert response.status_code == 404
    assert "canonical" not in response.text
    assert "There is no such page" in response.text
    assert 'href="/themes/training/"' in response.text
    assert 'role="search"' in response.text


@pytest.mark.parametrize("row", ROWS["spellings"], ids=lambda row: row["path"])
def test_an_address_has_one_spelling(
    client: FlaskClient, row: dict[str, str]
) -> None:
    """With a slash too few or too many, an address leads to its one spelling."""
    asked = {"PATH_INFO": row["path"], "QUERY_STRING": row["query"]}

    response = client.get("/", environ_overrides=asked)

    assert response.status_code == 308
    assert response.location == row["leads_to"]


def test_a_query_that_is_no_text_is_refused(client: FlaskClient) -> None:
    """Bytes that are no UTF-8 are a bad request."""
    asked = {"PATH_INFO": "/search/", "QUERY_STRING": "q=\xff"}

    assert client.get("/", environ_overrides=asked).status_code == 400


@pytest.mark.parametrize("ending", ["/", ".bib"])
def test_a_claim_that_moved_leads_on(
    client: FlaskClient, library: Library, ending: str
) -> None:
    """Its addresses lead for ever to those of the claim that took its place."""
    for old, new in library.moved.items():
        response = client.get(f"/claims/{old}{ending}")

        assert response.status_code == 301
        assert response.location == f"/claims/{new}{ending}"


def test_a_collection_takes_claims_by_their_old_names(
    client: FlaskClient, library: Library
) -> None:
    """A claim stands once in a collection, whether named by its old name, its new one or both."""
    for old, new in library.moved.items():
        by_new = client.get(f"/collection.csl.json?claim={new}").json
        by_old = client.get(f"/collection.csl.json?claim={old}").json
        by_both = client.get(
            f"/collection.csl.json?claim={old}&claim={new}"
        ).json

        assert by_new
        assert by_old == by_new
        assert by_both == by_new


@pytest.mark.parametrize(
    "path", ["/", TRAINING, "/search/?q=junk&kind=claim", "/about/?x=1"]
)
def test_the_canonical_address_makes_the_page(
    client: FlaskClient, path: str
) -> None:
    """canonical and og:url name the page with the query that makes it, and no other."""
    text = client.get(path).text
    wanted = path.removesuffix("?x=1").replace("&", "&amp;")
    assert (
        f'<link rel="canonical" href="https://reference.example{wanted}">'
        in text
    )
    assert (
        f'<meta property="og:url" content="https://reference.example{wanted}">'
        in text
    )


def test_the_site_says_how_it_is(
    library: Library, client: FlaskClient
) -> None:
    """`/healthz` has the state, the content's version and counts."""
    health: dict[str, Any] = client.get("/healthz").json or {}

    assert health["status"] == "ok"
    assert health["version"] == library.version
    assert health["claims"] == len(library.claims)


@pytest.mark.parametrize(
    "path",
    [
        "/disagreements/",
        f"{TRAINING}by-person/",
        "/claims/page/2/",
        "/outcomes/",
        "/words/",
    ],
)
def test_every_page_is_on_the_map(client: FlaskClient, path: str) -> None:
    """The sitemap has each page by its configured address, and robots.txt names the sitemap."""
    sitemap = client.get("/sitemap.xml").text

    assert sitemap.count("<loc>https://reference.example/") == sitemap.count(
        "<loc>"
    )
    assert f"<loc>https://reference.example{path}</loc>" in sitemap
    assert (
        "Sitemap: https://reference.example/sitemap.xml"
        in client.get("/robots.txt").text
    )
