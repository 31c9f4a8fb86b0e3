"""The search page and its data: one reader of parameters, errors that are pages, true counts."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from reference.records import Library
from reference.search import Search
from reference.search.entries import FACETS, KINDS
from reference.search.query import MAX_LENGTH
from tests.parsed import Parsed
from tests.searched import everything


def text_of(client: FlaskClient, query: str, **parameters: str) -> str:
    """Return the page of a search, white space folded."""
    response = client.get("/search/", query_string={"q": query, **parameters})
    return " ".join(response.get_data(as_text=True).split())


def hits_of(client: FlaskClient, **parameters: str) -> list[dict[str, Any]]:
    """Return the first page of hits of a search, as data."""
    hits: list[dict[str, Any]] = client.get(
        "/search.json", query_string=parameters
    ).json["hits"]  # type: ignore[index]
    return hits


def test_the_data_has_its_shape(client: FlaskClient) -> None:
    """`/search.json` has the shape the design promises."""
    data = client.get("/search.json?q=Glazby").get_json()

    assert set(data) == {
        "query",
        "total",
        "suggestion",
        "applied",
        "missing",
        "hits",
        "facets",
        "coverage",
    }
    assert set(data["hits"][0]) == {
        "kind",
        "url",
        "title",
        "text",
        "speakers",
        "article",
        "themes",
        "score",
    }
    assert set(data["facets"]) == set(FACETS)


def test_the_data_says_what_was_taken_for_what(client: FlaskClient) -> None:
    """A slip that was mended is `applied`; what the best matches lack is `missing`."""
    mended = client.get("/search.json?q=Glazby").get_json()
    lacking = client.get("/search.json?q=textbooks+megaprojects").get_json()

    assert (mended["query"], mended["suggestion"], mended["applied"]) == (
        "Glazby",
        "Glasby",
        True,
    )
    assert mended["missing"] == []
    assert (lacking["missing"], lacking["applied"]) == (
        ["megaprojects"],
        False,
    )


def test_every_kind_of_hit_opens_where_it_is(
    client: FlaskClient, library: Library
) -> None:
    """A claim and a passage open at their passage, all else at its own page or its place on one."""
    expected = {
        "person": "/people/laurence-buckman/",
        "theme": "/themes/training/",
        "article": "/articles/bill-gp-commissioning/",
        "disagreement": "/disagreements/unprepared/",
        "event": "/articles/#event-act",
        "term": "/words/#pec",
        "claim": "/articles/complex-infrastructure-excessive-control/#p11",
        "passage": "/articles/complex-infrastructure-excessive-control/#p11",
    }
    pasted = {**expected, "claim": "/claims/data-is-junk/"}

    for kind, address in pasted.items():
        (hit,) = hits_of(client, q=address)
        assert (hit["kind"], hit["url"]) == (kind, expected[kind])
        assert client.get(hit["url"].partition("#")[0]).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_hit_has_a_page(client: FlaskClient, kind: str) -> None:
    """A page of results of each kind is shown, and each leads where its data says."""
    page = client.get("/search/", query_string={"kind": kind}).get_data(
        as_text=True
    )
    links = Parsed(page).links

    for hit in hits_of(client, kind=kind):
        assert hit["url"] in links or kind == "claim"


@pytest.mark.parametrize(
    "number", ["99", "0", "-1", "007", "+1", "１", "1.0", "x", "9" * 400]
)
def test_a_page_that_is_not_there(client: FlaskClient, number: str) -> None:
    """A page past the last, or a number spelt otherwise, is a 404 that leads back, as data too."""
    response = client.get(
        "/search/", query_string={"kind": "claim", "page": number}
    )
    links = Parsed(response.get_data(as_text=True)).links
    (back,) = [
        link for link in links if link.startswith("/search/?kind=claim&page=")
    ]

    assert response.status_code == 404
    assert client.get(back).status_code == 200
    assert (
        "page"
        in client.get(f"/search.json?q=GP&page={number}").get_json()["error"]
    )


def test_what_a_form_allows_is_answered(client: FlaskClient) -> None:
    """Every search form allows as much as a search takes, and more is refused by a page of ours."""
    longest = "é" * MAX_LENGTH

    for path in ("/", "/search/", "/themes/"):
        assert f'maxlength="{MAX_LENGTH}"' in client.get(path).get_data(
            as_text=True
        )
    assert (
        client.get("/search/", query_string={"q": longest}).status_code == 200
    )
    refused = client.get("/search/", query_string={"q": longest + "e"})
    assert refused.status_code == 400
    assert "2,000 characters" in refused.get_data(as_text=True)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("voice:direct", "person:, article:"),
        ("year:12", "four digits"),
        ("qqq", "No match"),
        ("theme:zzz", "theme:zzz"),
        ("Bob Buckman", "lack “Bob”"),
        ("Glazby", "results for <strong>Glasby"),
        ("comissioning", "results for <strong>commissioning"),
        ("dodgy data", "Also found: “junk” for “dodgy”"),
        ("GP zebra", "GP</a> has"),
        (
            "“data junk”",
            'Did you mean <a href="/search/?q=data+junk">data junk</a>',
        ),
    ],
)
def test_what_is_wrong_or_missing_is_said(
    client: FlaskClient, query: str, words: str
) -> None:
    """The page says what cannot be asked, what nothing has, and what was taken for what."""
    assert words in text_of(client, query)


def test_results_tell_who_speaks_how_and_when(client: FlaskClient) -> None:
    """Beside the words stand the speaker's office as the article prints it, how they are his or
    hers, and the article and its date.
    """
    direct = text_of(client, "“the data is junk”")
    reported = text_of(client, "valuable time and effort")

    assert "‘who chairs the BMA’s GP Committee’" in direct
    assert ", quoted directly;" in direct
    assert "20 June 2012" in direct
    assert ", reported by the article;" in reported


def test_the_title_says_how_a_search_is_narrowed(client: FlaskClient) -> None:
    """No two searches that are narrowed, sorted or paged otherwise share a title."""
    searches = [
        {"q": "GP"},
        {"q": "GP", "kind": "claim"},
        {"q": "GP", "kind": "passage"},
        {"q": "GP", "theme": "training"},
        {"q": "GP", "person": "judith-smith"},
        {"q": "GP", "article": "bill-gp-commissioning"},
        {"q": "GP", "year": "2012"},
        {"q": "GP", "sort": "date"},
        {"q": "GP", "page": "2"},
        {"kind": "claim"},
        {},
    ]

    titles = []
    for parameters in searches:
        page = client.get("/search/", query_string=parameters).get_data(
            as_text=True
        )
        titles.append(Parsed(page).title)

    assert len(set(titles)) == len(titles)
    assert "Judith Smith" in titles[4]


def test_claims_of_one_passage_stand_under_one_line(
    client: FlaskClient,
) -> None:
    """Claims of one passage that follow each other have one line for their source."""
    page = text_of(
        client, "“valuable time and effort” OR “time away from practice”"
    )

    assert page.count('<p class="at">') == 1


def test_facets_have_counts_and_can_be_undone(client: FlaskClient) -> None:
    """Each facet is open, with the count of each value; one that is chosen can be undone. Robots
    are asked not to follow them.
    """
    page = client.get("/search/?q=data").get_data(as_text=True)
    narrowed = client.get("/search/?q=data&kind=claim").get_data(as_text=True)
    claims = client.get("/search.json?q=data").get_json()["facets"]["kind"][
        "claim"
    ]

    address = "/search/?q=data&amp;kind=claim"
    assert (
        f'<a rel="nofollow" href="{address}">Claims\n<span class="count">{claims}</span>'
        in page
    )
    assert "<details open" in page
    assert "/search/?q=data" in Parsed(narrowed).links


@pytest.mark.parametrize(
    ("query", "opened"), [("buckman", False), ("declares", True)]
)
def test_our_sentence_is_open_where_it_alone_is_found(
    client: FlaskClient, query: str, opened: bool
) -> None:
    """Under a claim whose words have nothing of what was asked, our sentence is open if it has;
    the name of who says it, which stands above, opens nothing."""
    page = client.get(
        "/search/", query_string={"q": query, "kind": "claim"}
    ).text

    assert ('<details class="more" open>' in page) == opened


def test_suggestions_lead_somewhere(client: FlaskClient) -> None:
    """Suggestions come as OpenSearch has them, and each address is there."""
    for typed in ("gla", "junk", "data q", "PCT man"):
        query, words, notes, addresses = client.get(
            f"/suggest.json?q={typed}"
        ).get_json()

        assert query == typed
        assert 0 < len(words) == len(notes) == len(addresses) <= 8
        for address in addresses:
            assert client.get(address).status_code == 200


def test_the_explanation_is_true(client: FlaskClient, search: Search) -> None:
    """Each form of query is explained by an example from the content that finds something."""
    row = r"<tr><td><code>(.*?)</code></td>.*?<code>(.*?)</code>"
    explained = dict(re.findall(row, text_of(client, "")))

    assert {unescape(form) for form in explained} == set(EXPLAINED)
    for form, example in explained.items():
        hits = everything(search, unescape(example))
        holds = EXPLAINED[unescape(form)]
        assert hits, example
        assert all(
            holds(search, unescape(example), hit.text) for hit in hits[:1]
        ), example


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


def _has_both(search: Search, example: str, text: str) -> bool:
    return all(word[:4] in text.casefold() for word in _words(example))


def _has_phrase(search: Search, example: str, text: str) -> bool:
    return example.strip('"').casefold() in text.casefold()


def _has_pieces(search: Search, example: str, text: str) -> bool:
    pieces = example.strip('"').casefold().split(" … ")
    return all(piece in text.casefold() for piece in pieces)


def _finds_less(search: Search, example: str, text: str) -> bool:
    return search.find(example).total < search.find(example.split()[0]).total


def _finds_more(search: Search, example: str, text: str) -> bool:
    return search.find(example).total > search.find(example.split()[0]).total


def _finds_something(search: Search, example: str, text: str) -> bool:
    return search.find(example).missing == ()


EXPLAINED: dict[str, Callable[[Search, str, str], bool]] = {
    "two words": _has_both,
    '"phrase"': _has_phrase,
    "one … other": _has_pieces,
    "-word": _finds_less,
    "one OR other": _finds_more,
    "person:": _finds_something,
    "theme:": _finds_something,
    "article:": _finds_something,
    "year:": _finds_something,
    "kind:": _finds_something,
}
