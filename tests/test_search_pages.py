"""The search page and its data: one reader of parameters, errors that are pages, true counts."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient

from reference.records import Library
from reference.search import Search
from reference.search.query import MAX_LENGTH
from reference.search.results import Result
from tests.parsed import Parsed
from tests.searched import everything


def test_the_data_has_its_shape(client: FlaskClient, library: Library) -> None:
    """`/search.json` has the shape the design promises, with what was applied and is missing."""
    data = client.get("/search.json?q=Glazby").get_json()
    assert set(data) == {
        "query", "total", "suggestion", "applied", "missing", "hits", "facets", "coverage",
    }  # fmt: skip
    assert data["suggestion"] == "Glasby" and data["applied"] is True and data["missing"] == []
    assert set(data["hits"][0]) == {
        "kind", "url", "title", "text", "speakers", "article", "themes", "score",
    }  # fmt: skip
    assert data["facets"]["kind"]["person"] == 1 and data["query"] == "Glazby"
    data = client.get("/search.json?q=textbooks+megaprojects").get_json()
    assert data["missing"] == ["megaprojects"] and data["applied"] is False
    assert client.get("/search.json?kind=claim").get_json()["total"] == len(library.claims)


def test_results_open_where_they_are(client: FlaskClient) -> None:
    """A claim and a passage open at their passage, all else at its own page; all are there."""
    urls = {
        (hit["kind"], hit["url"])
        for query in ("Buckman", "training", "set up to fail", "seminar unsustainable")
        for hit in client.get(f"/search.json?q={query}").get_json()["hits"]
    }
    assert {kind for kind, _ in urls} == {"person", "theme", "article", "claim", "passage"}
    for kind, url in urls:
        page, _, place = url.partition("#")
        assert client.get(page).status_code == 200
        assert (kind in ("claim", "passage")) == (page.startswith("/articles/") and bool(place))


@pytest.mark.parametrize("number", ["99", "0", "-1", "007", "+1", "１", "1.0", "x", "9" * 400])
def test_a_page_that_is_not_there(client: FlaskClient, number: str) -> None:
    """A page past the last, or a number spelt otherwise, is a 404 that leads back, as data too."""
    response = client.get("/search/", query_string={"kind": "claim", "page": number})
    assert response.status_code == 404
    links = Parsed(response.get_data(as_text=True)).links
    (back,) = [link for link in links if link.startswith("/search/?kind=claim&page=")]
    assert client.get(back).status_code == 200
    assert "page" in client.get(f"/search.json?q=GP&page={number}").get_json()["error"]


def test_what_a_form_allows_is_answered(client: FlaskClient) -> None:
    """Every search form allows as much as a search takes, and more is refused by a page of ours."""
    for path in ("/", "/search/", "/themes/"):
        assert f'maxlength="{MAX_LENGTH}"' in client.get(path).get_data(as_text=True)
    longest = "é" * MAX_LENGTH
    assert client.get("/search/", query_string={"q": longest}).status_code == 200
    refused = client.get("/search/", query_string={"q": longest + "e"})
    assert refused.status_code == 400 and "2,000 characters" in refused.get_data(as_text=True)


@pytest.mark.parametrize(
    "query, says",
    [("voice:direct", "there are person:"), ("year:12", "four digits"), ("qqq", "No match"),
     ("theme:zzz", "theme:zzz"), ("Bob Buckman", "lack “Bob”"),
     ("Glazby", "results for <strong>Glasby")],
)  # fmt: skip
def test_what_is_wrong_or_missing_is_said(client: FlaskClient, query: str, says: str) -> None:
    """The page says what cannot be asked, what nothing has, and what was taken for what."""
    assert says in client.get("/search/", query_string={"q": query}).get_data(as_text=True)


def test_suggestions_lead_somewhere(client: FlaskClient) -> None:
    """Suggestions come as OpenSearch has them, and each address is there."""
    for typed in ("gla", "junk", "data q", "PCT man"):
        asked, words, notes, urls = client.get(f"/suggest.json?q={typed}").get_json()
        assert asked == typed and 0 < len(words) == len(notes) == len(urls) <= 8
        assert all(client.get(url).status_code == 200 for url in urls)


def test_the_explanation_is_true(client: FlaskClient, search: Search) -> None:
    """Each example on the search page finds something, and what it finds is as the page says."""
    row = r"<tr><td><code>(.*?)</code></td>.*?<code>(.*?)</code>"
    explained = re.findall(row, client.get("/search/").text)
    assert len(explained) == 10
    for form, example in explained:
        found = everything(search, unescape(example))
        assert found and all(map(EXPLAINED[unescape(form)], found)), form


EXPLAINED: dict[str, Callable[[Result], object]] = {
    "two words": lambda hit: {"junk", "data"} <= {*re.findall(r"\w+", hit.text.casefold())},
    '"phrase"': lambda hit: "set up to fail" in hit.text.casefold(),
    "one … other": lambda hit: "quite problematic" in hit.text.casefold(),
    "-word": lambda hit: "mbas" not in hit.text.casefold(),
    "one OR other": lambda hit: re.search("textbook|qualif", hit.text.casefold()),
    "person:": lambda hit: hit.speakers == ("PCT managers",),
    "theme:": lambda hit: "training" in hit.themes,
    "article:": lambda hit: hit.article == "bill-gp-commissioning",
    "year:": lambda hit: {"2010", "2011", "2012"} & {*hit.years},
    "kind:": lambda hit: hit.kind == "article",
}
