"""The pages: every address answers, every link and fragment leads somewhere, all is sourced."""

import csv
import io
import re
from collections import Counter
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reference.pages.machine import paths
from reference.records import Library
from tests.parsed import Parsed


@pytest.fixture(scope="module")
def crawled(site_app: Flask) -> dict[str, Parsed]:
    """Every HTML page of the site by path."""
    client = site_app.test_client()
    with site_app.test_request_context():
        listed = paths()
    listed += ["/search/", "/search/?q=buckman", "/collection/?claim=data-is-junk"]
    pages = {}
    for path in listed:
        response = client.get(path)
        assert response.status_code == 200, path
        pages[path] = Parsed(response.get_data(as_text=True))
    return pages


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
                seen[address] = Parsed(response.get_data(as_text=True)) if html else None
            found = seen[address]
            if target.fragment and found:
                assert unquote(target.fragment) in found.ids, f"{path} -> {link}"


def test_positions_face_each_other_on_their_own_theme(
    client: FlaskClient, library: Library
) -> None:
    """A theme's page sets side by side exactly the claims of that theme that contrast there."""
    for theme, claims in library.claims_of_theme.items():
        html = client.get(f"/themes/{theme}/").get_data(as_text=True)
        _, _, after = html.partition('<section class="positions"')
        shown = re.findall(
            r'class="says"><a href="/claims/([^/]+)/"', after.partition("</section>")[0]
        )
        here = {claim.id for claim in claims}
        assert sorted(shown) == sorted(c.id for c in claims if here.intersection(c.contrasts))


def test_titles_and_descriptions_are_unique(crawled: dict[str, Parsed]) -> None:
    """No two pages have the same title or the same description; ids are unique within a page."""
    for told in ("title", "description"):
        counts = Counter(getattr(page, told) for page in crawled.values())
        assert not [text for text, count in counts.items() if count > 1 or not text.strip()]
    for path, page in crawled.items():
        assert not [id for id, count in Counter(page.ids).items() if count > 1], path


def test_no_inline_style_or_script(crawled: dict[str, Parsed]) -> None:
    """Nothing in a page needs a policy looser than 'self': no style, no handler, no code."""
    for path, page in crawled.items():
        for tag, attributes in page.elements:
            assert "style" not in attributes and tag != "style", path
            assert not [name for name in attributes if name.startswith("on")], path
            if tag == "script":
                assert attributes.get("src") or attributes.get("type") == "application/ld+json"


def test_a_claim_page_carries_everything(library: Library, client: FlaskClient) -> None:
    """Sentence, speaker, voice, quotation, themes and both sources stand on every claim's page."""
    for claim in library.claims.values():
        text = client.get(f"/claims/{claim.id}/").get_data(as_text=True)
        plain = " ".join(re.sub(r"<[^>]+>", "", text).split())
        article = library.articles[claim.article]
        assert claim.says in plain.replace("&#34;", '"')
        assert claim.quote.split("…")[0].strip() in plain
        assert f'href="/articles/{claim.article}/#{claim.passage}"' in text
        assert (f'href="{article.url}' in text) if article.url else "no address known" in text
        for theme in claim.themes:
            assert f'href="/themes/{theme}/"' in text
        for who in claim.speakers:
            assert library.speaker_name(who) in plain


def test_marked_words_are_the_quotation(library: Library, client: FlaskClient) -> None:
    """In context, the marked words are the quotation's, and the rest is its passage."""
    for claim in list(library.claims.values())[::7]:
        text = client.get(f"/claims/{claim.id}/").get_data(as_text=True)
        context = text[
            text.index('class="context"') : text.index("</section>", text.index('class="context"'))
        ]
        marked = re.findall(r"<mark>(.*?)</mark>", context)
        assert marked == [piece.strip() for piece in claim.quote.split("…")]


def test_library_json(library: Library, client: FlaskClient) -> None:
    """`/library.json` has the documented shape, and its quotations stand in its passages."""
    data: dict[str, Any] = client.get("/library.json").json or {}
    passages = {(a["id"], p["id"]): p["text"] for a in data["articles"] for p in a["passages"]}
    assert len(data["claims"]) == len(library.claims)
    for claim in data["claims"]:
        text = passages[claim["article"], claim["passage"]]
        assert all(piece.strip() in text for piece in claim["quote"].split("…"))
        assert client.get(claim["url"]).status_code == 200
    shapes = {
        "articles": "id url title authors publication date date_note doi source_url passages "
        "corrections",
        "claims": "id url says quote voice speakers article passage themes kind contrasts "
        "source_url",
        "people": "id url name aliases author_of quoted_in mentioned_in",
        "themes": "id url title claims",
    }
    for name, keys in shapes.items():
        for record in data[name]:
            assert set(keys.split()) <= set(record)


def test_claims_csv(library: Library, client: FlaskClient) -> None:
    """`/claims.csv` has one row a claim."""
    response = client.get("/claims.csv")
    assert response.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True))))
    assert [row["id"] for row in rows] == [*library.claims]


@pytest.mark.parametrize(
    "path",
    ["/nope/", "/claims/nope/", "/articles/x/", "/people/x/", "/themes/x/", "/claims/page/99/"],
)
def test_an_unknown_address_helps(client: FlaskClient, path: str) -> None:
    """404 is a page with the themes, the lists and a search box on it."""
    response = client.get(path)
    assert response.status_code == 404
    text = response.get_data(as_text=True)
    assert "There is no such page" in text and 'href="/themes/training/"' in text
    assert 'role="search"' in text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_writing_is_refused(client: FlaskClient, method: str) -> None:
    """A method that writes gets 405 and is told what is allowed."""
    response = client.open("/claims/data-is-junk/", method=method)
    assert response.status_code == 405
    assert {"GET", "HEAD"} <= set(response.headers["Allow"].replace(" ", "").split(","))


def test_text_fragments_name_the_words(library: Library, client: FlaskClient) -> None:
    """A claim's `source_url` opens the original at words that stand in the passage as printed."""
    data: dict[str, Any] = client.get("/library.json").json or {}
    for claim in data["claims"]:
        article = library.articles[claim["article"]]
        if not article.url:
            assert claim["source_url"] is None
            continue
        address, _, fragment = claim["source_url"].partition("#:~:text=")
        assert address == article.url and fragment
        text = article.passage(claim["passage"]).text
        for correction in article.corrections_in(claim["passage"]):
            text = text.replace(correction.reads, correction.printed)
        for part in fragment.split(","):
            assert unquote(part) in text


def test_healthz_robots_sitemap(library: Library, client: FlaskClient) -> None:
    """The site says how it is, and lists every page by its configured address."""
    health: dict[str, Any] = client.get("/healthz").json or {}
    assert health["status"] == "ok" and health["version"] == library.version
    assert health["claims"] == len(library.claims)
    sitemap = client.get("/sitemap.xml").get_data(as_text=True)
    assert sitemap.count("<loc>https://reference.example/") == sitemap.count("<loc>") > 160
    assert "Sitemap: https://reference.example/sitemap.xml" in client.get("/robots.txt").text


def test_a_hostile_host_header_changes_nothing(client: FlaskClient) -> None:
    """No link is made from what a request says its host is."""
    for path in ("/", "/themes", "/sitemap.xml"):
        response = client.get(path, headers={"Host": "evil.example"})
        assert "evil.example" not in response.text + str(response.headers)
