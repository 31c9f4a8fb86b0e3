"""The pages: every address answers, every link leads somewhere, all is shown once and sourced."""

import json
import re
from dataclasses import replace
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from reference import charts
from reference.pages import filters
from reference.pages.addresses import paths
from reference.pages.filters import counted, date_words, in_words, standing, when_words
from reference.records import Claim, Date, Event, Library, Term
from tests.parsed import Parsed, rows

TRAINING = "/themes/training/"
ROWS = rows("pages")


@pytest.fixture(scope="module")
def crawled(site_app: Flask) -> dict[str, Parsed]:
    """Every HTML page of the site by path, made once for all tests that read it."""
    client = site_app.test_client()
    with site_app.test_request_context():
        listed = [*paths(), "/collection/", "/collection/?claim=data-is-junk"]
    listed += ["/search/", "/search/?q=buckman", "/search/?q=commissioning"]
    pages = {}
    for path in listed:
        response = client.get(path)
        assert response.status_code == 200, path
        pages[path] = Parsed(response.text)
    return pages


def shown(html: str) -> list[str]:
    """The ids of the claims a page lists, in order."""
    return re.findall(r'<div class="claim"[^>]* data-claim="([^"]+)"', html)


def test_every_link_and_fragment_leads_somewhere(
    crawled: dict[str, Parsed], client: FlaskClient
) -> None:
    """Each link on each page answers 200, and its fragment is an id on the page it opens."""
    seen: dict[str, Parsed | None] = dict(crawled)
    for path, page in crawled.items():
        for link in page.links:
            target = urlsplit(urljoin(f"http://site{path}", link))
            if target.netloc not in ("site", "reference.example"):
                continue
            address = target.path + (f"?{target.query}" if target.query else "")
            if address not in seen:
                response = client.get(address)
                assert response.status_code == 200, f"{path} -> {link}"
                html = response.mimetype == "text/html"
                seen[address] = Parsed(response.text) if html else None
            found = seen[address]
            if target.fragment and found:
                assert unquote(target.fragment) in found.ids, f"{path} -> {link}"


def test_titles_and_descriptions_are_unique(crawled: dict[str, Parsed]) -> None:
    """No two pages have the same title or the same description; ids are unique within a page."""
    pages = crawled.values()
    for told in ({page.title for page in pages}, {page.description for page in pages}):
        assert len(told) == len(pages) and all(map(str.strip, told))
    for path, page in crawled.items():
        assert len(page.ids) == len(set(page.ids)), path


def test_no_inline_style_or_script(crawled: dict[str, Parsed]) -> None:
    """Nothing in a page needs a policy looser than 'self': no style, no handler, no code."""
    for path, page in crawled.items():
        for tag, attributes in page.elements:
            assert "style" not in attributes and tag != "style", path
            assert not [name for name in attributes if name.startswith("on")], path
            data = attributes.get("type") == "application/ld+json"
            assert tag != "script" or data or attributes.get("src"), path


def test_themes_show_all_their_evidence(crawled: dict[str, Parsed], library: Library) -> None:
    """By kind, by person and by article, a theme lists each of its claims once."""
    for theme, by in product(library.themes, ("", "by-person/", "by-article/")):
        html = crawled[f"/themes/{theme}/{by}"].html.partition('class="evidence"')[2]
        assert sorted(shown(html)) == sorted(claim.id for claim in library.claims_of_theme(theme))


def test_persons_words_are_in_order(
    crawled: dict[str, Parsed], client: FlaskClient, library: Library
) -> None:
    """A person's page has all their words in the order of reading, counted, and those on one theme
    at an address of its own; a search for the person has the same words in the same order."""
    for who in library.people.keys() & set(library.speakers):
        claims, name = library.claims_of_speaker(who), library.people[who].name
        html = crawled[f"/people/{who}/"].html
        assert shown(html) == [claim.id for claim in claims]
        assert f"{counted(len(claims), 'statement')} by {name}" in html
        for on in library.themes:
            own = [claim.id for claim in claims if on in claim.themes]
            response = client.get(f"/people/{who}/on/{on}/")
            assert (response.status_code, shown(response.text)) == (200 if own else 404, own)
        if len(claims) < 15:
            found = client.get("/search/", query_string={"q": name}).text
            assert f"{counted(len(claims), 'statement')} by {name}" in found
            assert shown(found)[: len(claims)] == [claim.id for claim in claims]


def test_disagreements_are_named_sided_and_dated(
    crawled: dict[str, Parsed], library: Library
) -> None:
    """Every disagreement stands on one page with its matter, the claims of its sides in order,
    their dates, how these stand to the policy, and its note; each of its themes shows it too, its
    words leading to their claims."""
    html, all_of_them = crawled["/disagreements/"].html, library.disagreements.values()
    assert shown(html) == [id for each in all_of_them for side in each.sides for id in side]
    for each in all_of_them:
        for page in (html, *(crawled[f"/themes/{theme}/"].html for theme in each.themes)):
            assert f'id="{each.id}">{each.matter}<' in page
            assert each.note in page.replace("&amp;", "&")
            of = {library.claims[id].article for side in each.sides for id in side}
            assert all(when_words(library.articles[id].date) in page for id in of)
            dates = (library.articles[id].date for id in of)
            stood = (standing(date, library.events.values()) for date in dates if date.last)
            assert all(f"; {words}<" in page for words in stood)
            links = (f'class="quoted" href="/claims/{id}/"' for side in each.sides for id in side)
            assert page == html or all(link in page for link in links)


def test_a_claim_in_a_list_has_few_links(crawled: dict[str, Parsed]) -> None:
    """Words come first; a claim has at most three links in any list, and one to be removed."""
    for path, page in crawled.items():
        for claim in page.html.split('<div class="claim"')[1:]:
            inside = claim.partition("</details>")[0]
            assert inside.count("<a ") - inside.count("data-remove") <= 3, path
            assert re.match(r"[^>]*>\s*<blockquote class=\"words\"", inside), path


def test_a_claim_page_carries_everything(library: Library, crawled: dict[str, Parsed]) -> None:
    """Sentence, speaker, voice, quotation, themes and both sources stand on every claim's page."""
    for claim in library.claims.values():
        text = crawled[f"/claims/{claim.id}/"].html
        plain = " ".join(re.sub(r"<[^>]+>", "", text).split()).replace("&#39;", "'")
        article = library.articles[claim.article]
        assert claim.says in plain and claim.note in plain
        assert f'href="/articles/{claim.article}/#{claim.passage}"' in text
        assert (f'href="{article.url}' in text) if article.url else "no web address found" in text
        assert all(f'href="/themes/{theme}/"' in text for theme in claim.themes)
        assert all(library.speaker_name(who) in plain for who in claim.speakers)
        assert not claim.named or f"“{claim.named}”, taken to be " in plain
        marked = re.findall(r"<mark>(.*?)</mark>", text.partition('class="context"')[2])
        assert marked == [piece.strip() for piece in claim.quote.split("…")]


def test_quoted_words_lead_to_their_claims(library: Library, crawled: dict[str, Parsed]) -> None:
    """On an article's page the words of each claim, and no others, are links that name it; without
    the links the text is the passage."""
    for article in library.articles.values():
        html = crawled[f"/articles/{article.id}/"].html
        for passage in article.passages:
            text = re.split("</p>|</h2>", html.split(f'data-passage="{passage.number}">')[1])[0]
            text = re.sub(r"</?abbr[^>]*>", "", text)
            assert re.sub(r"<[^>]+>", "", text) == passage.text
            for claim in library.claims_at(article.id, passage.id):
                links = re.findall(r'data-claims="([^"]*)">(.*?)</a>', text)
                words = "".join(w for ids, w in links if claim.id in ids.split())
                quoted = "".join(passage.text[s.start : s.end] for s in claim.spans)
                assert words.split() == quoted.split()


def test_library_json(library: Library, client: FlaskClient) -> None:
    """`/library.json` has the documented shape, and its quotations stand in its passages."""
    data: dict[str, Any] = client.get("/library.json").json or {}
    passages = {(a["id"], p["id"]): p["text"] for a in data["articles"] for p in a["passages"]}
    for claim in data["claims"]:
        text = passages[claim["article"], claim["passage"]]
        assert all(piece.strip() in text for piece in claim["quote"].split("…"))
    for line in SHAPES.strip().splitlines():
        name, *keys = line.split()
        assert len(data[name]) == len(getattr(library, name))
        assert all(set(keys) <= set(record) for record in data[name])
    assert '":""' not in client.get("/library.json").text.replace(" ", "")


SHAPES = """
articles id url title authors publication date date_note doi source_url passages corrections
claims id url says quote voice speakers article passage themes kind contrasts source_url
people id url name aliases author_of quoted_in mentioned_in
themes id url title claims
disagreements id url matter themes sides
"""


def an_item(item: dict[str, Any]) -> dict[str, Any]:
    """An item of JSON-LD has a type, a name and no empty property."""
    assert item["@type"] and item["name"]
    assert all(value not in ("", None, [], {}) for value in item.values())
    return item


def test_every_item_has_a_name_and_every_quotation_a_voice(
    library: Library, crawled: dict[str, Parsed]
) -> None:
    """schema.org items have a type, a name and no empty property; only a date that is printed is
    one; a claim has its speakers, or its author or publication as creator."""
    claims: dict[str, Claim | None] = {f"/articles/{id}/": None for id in library.articles}
    claims |= {f"/claims/{id}/": claim for id, claim in library.claims.items()}
    for path, claim in claims.items():
        text = crawled[path].html
        (made,) = re.findall(r'ld\+json">(.*?)</script>', text, re.DOTALL)
        data = json.loads(made, object_hook=an_item)
        article = library.articles[claim.article if claim else path.split("/")[2]]
        date = (data["isPartOf"] if claim else data).get("datePublished")
        assert date == (article.date.edtf if article.date.exact else None)
        assert ("No date is printed; we put it at " in text) == (not date)
        if claim:
            names = library.said_by(claim) or [library.speaker_name(who) for who in article.authors]
            said = data["creator" if claim.voice == "author" else "spokenByCharacter"]
            assert [who["name"] for who in said] == (names or [article.publication.name])
            assert ("disambiguatingDescription" in data) == (claim.voice == "reported")


def test_zotero_is_offered_a_theme_and_its_sources(
    crawled: dict[str, Parsed], library: Library
) -> None:
    """A theme's page, however its evidence is ordered, offers the page itself, with its date and
    version, and each article that it cites once; its tags tell of the page alone."""
    for theme, by in product(library.themes, ("", "by-person/", "by-article/")):
        page = crawled[f"/themes/{theme}/{by}"]
        spans = [has["title"] or "" for _, has in page.elements if has.get("class") == "Z3988"]
        own, *sources = map(dict, map(parse_qsl, spans))
        assert own["rft.type"] == "webpage" and own["rft.date"] == library.updated
        assert own["rft_id"] == f"https://reference.example/themes/{theme}/"
        assert library.version in own["rft.description"]
        titles = sorted(each.get("rft.atitle") or each["rft.title"] for each in sources)
        cited = {claim.article for claim in library.claims_of_theme(theme)}
        assert titles == sorted(library.articles[id].title for id in cited)
        tags = {has.get("name"): has.get("content") for _, has in page.elements}
        assert tags["citation_title"] == library.themes[theme].title


UNKNOWN = [
    *("/nope/", "/claims/nope/", "/claims/nope", "/people/nobody", "/articles/x/", "/themes/x/"),
    *("/claims/page/99/", "/claims/page/1/", "/claims/page/02/", "/themes/training/by-nobody/"),
]


@pytest.mark.parametrize("path", UNKNOWN)
def test_an_unknown_address_helps(client: FlaskClient, path: str) -> None:
    """404 at once is a page with the themes and search on it, and no address of its own."""
    response = client.get(path)
    assert response.status_code == 404 and "canonical" not in response.text
    for help in ("There is no such page", 'href="/themes/training/"', 'role="search"'):
        assert help in response.text


def test_an_address_has_one_spelling(client: FlaskClient, library: Library) -> None:
    """With a slash too few or too many, an address leads to its one spelling; those of a claim that
    moved lead to the claim that took its place, which a collection takes too."""
    for path, query, there in ROWS["spelt"]:
        asked = {"PATH_INFO": path, "QUERY_STRING": query}
        response = client.get("/", environ_overrides=asked)
        assert (response.status_code, response.location) == (308, there)
    asked = {"PATH_INFO": "/search/", "QUERY_STRING": "q=\xff"}
    assert client.get("/", environ_overrides=asked).status_code == 400
    for old, new in library.moved.items():
        for end in ("/", ".bib"):
            response = client.get(f"/claims/{old}{end}")
            assert (response.status_code, response.location) == (301, f"/claims/{new}{end}")
        names = (f"claim={new}", f"claim={old}", f"claim={old}&claim={new}")
        one, *others = (client.get(f"/collection.csl.json?{each}").json for each in names)
        assert one and others == [one, one]


@pytest.mark.parametrize("path", ["/", TRAINING, "/search/?q=junk&kind=claim", "/about/?x=1"])
def test_the_canonical_address_makes_the_page(client: FlaskClient, path: str) -> None:
    """canonical and og:url name the page with the query that makes it, and no other."""
    text = client.get(path).text
    wanted = path.removesuffix("?x=1").replace("&", "&amp;")
    assert f'<link rel="canonical" href="https://reference.example{wanted}">' in text
    assert f'<meta property="og:url" content="https://reference.example{wanted}">' in text


def test_healthz_robots_sitemap(library: Library, client: FlaskClient) -> None:
    """The site says how it is, and lists every page by its configured address."""
    health: dict[str, Any] = client.get("/healthz").json or {}
    told = ("ok", library.version, len(library.claims))
    assert (health["status"], health["version"], health["claims"]) == told
    sitemap = client.get("/sitemap.xml").text
    assert sitemap.count("<loc>https://reference.example/") == sitemap.count("<loc>") > 160
    for path in ("/disagreements/", f"{TRAINING}by-person/", "/claims/page/2/"):
        assert f"<loc>https://reference.example{path}</loc>" in sitemap
    assert "Sitemap: https://reference.example/sitemap.xml" in client.get("/robots.txt").text


def test_words_are_marked_and_explained_outside_tags() -> None:
    """What stands in a tag stays as it is; an abbreviation is known by a sign that HTML escapes."""
    link = '<a title="‘x’, A&amp;E">A&amp;E’s ‘y’</a>'
    wanted = link.replace("‘y’", '<span class="theirs">‘y’</span>')
    assert filters.voiced(Markup(link)) == wanted
    glossary = filters.Glossary([Term("A&E", "x", "unknown", expansion="emergency")])
    wanted = link.replace(">A&amp;E", '><abbr title="emergency">A&amp;E</abbr>')
    assert glossary.mark(Markup(link)) == wanted
    assert [entry.term for entry in glossary.used(["In A&E."])] == ["A&E"]


# Numbers and dates in words


def test_numbers_agree_with_what_they_count(crawled: dict[str, Parsed], library: Library) -> None:
    """One is singular, and the number of articles in a title is the number there is."""
    assert "Collection of 1 claim<" not in crawled["/collection/"].html
    assert "Collection of 1 claim ·" in crawled["/collection/?claim=data-is-junk"].html
    assert f"What {in_words(len(library.articles))} articles say" in crawled["/"].html
    assert [in_words(n) for n in (0, 5, 12, 13, 1200)] == ["no", "five", "twelve", "13", "1,200"]
    assert [counted(n, "line") for n in (0, 1, 1200)] == ["0 lines", "1 line", "1,200 lines"]


def edtf(text: str) -> Date:
    first, _, last = text.partition("/")
    return Date(text, first, "" if last == ".." else last or first)


@pytest.mark.parametrize(("date", "whole", "short"), ROWS["dates"])
def test_dates_in_words(date: str, whole: str, short: str) -> None:
    """A date is said no more exactly than it is known, whole and short."""
    assert (date_words(edtf(date)), when_words(edtf(date))) == (whole, short)


def event(date: str, landmark: str = "") -> Event:
    return Event(date, edtf(date), "Name", "What", landmark=landmark)


@pytest.mark.parametrize(("date", "words"), ROWS["standing"])
def test_where_an_article_stands(date: str, words: str) -> None:
    """An article's place among landmarks follows from the dates; an estimate is said to be one,
    and what cannot be placed is said to be so."""
    assert standing(edtf(date), [event(*each) for each in ROWS["landmarks"]]) == words


years = st.integers(1900, 2100)
ranges = st.tuples(years, years).map(lambda pair: f"{min(pair)}/{max(pair)}")


@given(articles=st.lists(ranges | years.map("{}/..".format), min_size=1), events=st.lists(years))
def test_pictures_stay_in_their_frames(
    library: Library, articles: list[str], events: list[int]
) -> None:
    """Whatever the dates, no place is outside 0 to 100 per cent, no bar ends before it begins, and
    what lies off the axis is said to."""
    one, claim = next(iter(library.articles.values())), next(iter(library.claims.values()))
    made = {f"a{n}": replace(one, id=f"a{n}", date=edtf(date)) for n, date in enumerate(articles)}
    dated = {str(n): replace(event(str(year), "it"), id=str(n)) for n, year in enumerate(events)}
    spoken = [replace(claim, article=id) for id in made]
    chart = charts.timeline(replace(library, articles=made, events=dated), spoken)
    for mark in chart.marks:
        assert mark.beyond or 0 <= mark.start <= mark.end <= 100
        assert 0 <= mark.label <= 100
    assert all(0 <= place <= 100 for _, place in chart.ticks)
