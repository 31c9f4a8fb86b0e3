"""Numbers, dates and spans of time in words; words explained and set where they stand."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from markupsafe import Markup

from reference.pages.filters import voiced
from reference.pages.findings import Finding, finding
from reference.pages.glossary import Glossary
from reference.pages.wording import (
    counted,
    date_words,
    in_words,
    standing,
    when_words,
)
from reference.records import (
    Article,
    Claim,
    ClaimKind,
    Date,
    Event,
    Library,
    Term,
)
from tests.parsed import rows

ROWS = rows("pages")

THEIRS = '<span class="theirs" translate="no">{}</span>'


def edtf(text: str) -> Date:
    """Return a date as content has it: `2012`, `2010-07/2010-08`, `2012-01-31/..`."""
    first, _, last = text.partition("/")
    if last == "..":
        return Date(text, first, "")
    return Date(text, first, last or first)


def landmark(row: dict[str, str]) -> Event:
    """Return an event that dates are measured from; one without a name is no landmark."""
    return Event(
        row["date"], edtf(row["date"]), "Name", "What", landmark=row["name"]
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "no"), (5, "five"), (12, "twelve"), (13, "13"), (1200, "1,200")],
)
def test_numbers_are_words_up_to_twelve(number: int, words: str) -> None:
    """Prose has numbers in words up to twelve, longer ones in figures by thousands."""
    assert in_words(number) == words


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 lines"), (1, "1 line"), (1200, "1,200 lines")]
)
def test_what_is_counted_agrees_with_its_number(
    number: int, words: str
) -> None:
    """One is singular, all else plural."""
    assert counted(number, "line") == words


@pytest.mark.parametrize("row", ROWS["dates"], ids=lambda row: row["edtf"])
def test_a_date_is_said_no_more_exactly_than_it_is_known(
    row: dict[str, str],
) -> None:
    """In full and in short, a date says what is known of it and no more."""
    date = edtf(row["edtf"])

    assert date_words(date) == row["full"]
    assert when_words(date) == row["short"]


@pytest.mark.parametrize("row", ROWS["standings"], ids=lambda row: row["edtf"])
def test_where_a_date_stands_follows_from_the_dates(
    row: dict[str, str],
) -> None:
    """An estimate is said to be one, and what cannot be placed is said to be so."""
    landmarks = [landmark(event) for event in ROWS["landmarks"]]

    assert standing(edtf(row["edtf"]), landmarks) == row["stands"]


def test_the_finding_is_made_of_the_counts(library: Library) -> None:
    """The picture's title follows from the kinds of claims before a year and from it on."""
    counts: dict[str, dict[ClaimKind, int]] = {
        "2010-07/2010-08": {"remedy": 7, "problem": 3, "context": 20},
        "2012-01-31/..": {"problem": 8},
        "2012-06-20": {"strength": 4},
    }

    found = finding(library_of_counts(library, counts))

    assert found == Finding(
        "Remedies first, problems later",
        "in one article from before 2012, 7 of 30 claims propose remedies; "
        "in two from 2012 on, 8 of 12 claims name problems",
    )


def test_a_finding_counts_the_claims_there_are(library: Library) -> None:
    """Whatever the content, the numbers of its finding are those of its claims."""
    found = finding(library)

    assert found is not None
    numbers = re.findall(r"(\d+) of (\d+) claims", found.clause)
    assert sum(int(all_claims) for _, all_claims in numbers) == len(
        library.claims
    )
    for of_kind, all_claims in numbers:
        assert 0 < int(of_kind) <= int(all_claims)


def library_of_counts(
    library: Library, counts: dict[str, dict[ClaimKind, int]]
) -> Library:
    """Return a library with an article for each date, which has so many claims of each kind."""
    an_article = next(iter(library.articles.values()))
    a_claim = next(iter(library.claims.values()))
    articles: dict[str, Article] = {}
    claims: dict[str, Claim] = {}
    for date, count_of_kind in counts.items():
        id = f"article-{len(articles)}"
        articles[id] = replace(an_article, id=id, date=edtf(date))
        for kind, count in count_of_kind.items():
            for number in range(count):
                claim = replace(
                    a_claim, id=f"{id}-{kind}-{number}", article=id, kind=kind
                )
                claims[claim.id] = claim
    return replace(library, articles=articles, claims=claims)


# Words set and explained


def test_quotations_are_set_as_theirs_outside_tags() -> None:
    """What stands in a tag stays as it is."""
    link = '<a title="‘x’">A’s ‘y’</a>'

    assert voiced(Markup(link)) == link.replace("‘y’", THEIRS.format("‘y’"))


@pytest.fixture
def glossary() -> Glossary:
    return Glossary(
        [
            Term("A&E", "x", "unknown", expansion="emergency"),
            Term("gatekeeper", "x", "unknown", meaning="who sends on"),
            Term(
                "GP",
                "x",
                "unknown",
                expansion="general practitioner",
                note="Also a newspaper.",
            ),
        ]
    )


def test_an_abbreviation_is_explained_where_it_first_stands(
    glossary: Glossary,
) -> None:
    """It is known by a sign that HTML escapes, in no tag, once, and not if it may mean another."""
    text = Markup('<a title="A&amp;E">A&amp;E, A&amp;E and GPs</a>')

    marked = glossary.mark(text)

    wanted = '<a title="A&amp;E"><abbr title="emergency">A&amp;E</abbr>, A&amp;E and GPs</a>'
    assert marked == wanted
    assert [term.term for term in glossary.used(["In A&E"])] == ["A&E"]


def test_the_first_use_of_a_word_on_a_page_leads_to_it(
    site_app: Flask, glossary: Glossary
) -> None:
    """Words are found with a capital letter and in the plural, and left alone in quotations."""
    first_uses = glossary.first_uses()

    with site_app.test_request_context():
        first = first_uses.link("A ‘gatekeeper’. Gatekeepers of A&E")
        second = first_uses.link("Another gatekeeper")

    assert first == (
        'A ‘gatekeeper’. <a class="term" href="/words/#gatekeeper">Gatekeeper</a>s of '
        '<a class="term" href="/words/#a-e"><abbr title="emergency">A&amp;E</abbr></a>'
    )
    assert second == "Another gatekeeper"
