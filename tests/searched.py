"""What the tests of search share."""

from dataclasses import replace
from typing import Any, NamedTuple

from reference.records import Library
from reference.search import Search
from reference.search.results import Result
from tests.parsed import rows

WORDS = rows("words")
RELEVANCE = rows("relevance")
FOUNDING_ARTICLES = (
    "bill-gp-commissioning",
    "complex-infrastructure-excessive-control",
    "gp-commissioners-set-up-to-fail",
    "pct-managers-warn-gps",
    "were-engaged-now-what",
)
"""The articles that the relevance set is of: what is added later may come before what it wants."""


class Found(NamedTuple):
    """Which entry a result is."""

    kind: str
    id: str
    article: str


def founding_library(library: Library) -> Library:
    """Return the library without later articles, and without what rests on them or names them."""
    articles = {id: library.articles[id] for id in FOUNDING_ARTICLES}
    claims = {}
    for id, claim in library.claims.items():
        if claim.article in articles:
            claims[id] = claim
    disagreements = {}
    for id, disagreement in library.disagreements.items():
        if all(claims.keys() >= set(side) for side in disagreement.sides):
            disagreements[id] = disagreement
    outcomes = {}
    for id, outcome in library.outcomes.items():
        if claims.keys() >= set(outcome.claims):
            outcomes[id] = outcome
    events = {}
    for id, event in library.events.items():
        if not event.claim or event.claim in claims:
            events[id] = event
    mentions = {}
    people = {}
    for id, person in library.people.items():
        naming = library.mentioned_in(id)
        naming_founding = [name for name in naming if name in articles]
        mentions[id] = tuple(naming_founding)
        later = {*naming, *library.articles_by(id)}.difference(articles)
        if naming_founding or not later:
            people[id] = person
    return replace(
        library,
        articles=articles,
        claims=claims,
        people=people,
        events=events,
        disagreements=disagreements,
        outcomes=outcomes,
        mentions=mentions,
    )


def everything(search: Search, query: str, **narrowing: Any) -> list[Result]:
    """Return all that a query finds, page after page."""
    first = search.find(query, **narrowing)
    hits = list(first.hits)
    for page in range(2, first.pages + 1):
        hits += search.find(query, page=page, **narrowing).hits
    return hits


def ids(search: Search, query: str, **narrowing: Any) -> list[Found]:
    """Return which entries a query finds, page after page."""
    hits = everything(search, query, **narrowing)
    return [Found(hit.kind, hit.id, hit.article) for hit in hits]


def name_of(hit: Result) -> str:
    """Return what a row of the relevance set calls a result: an id, or an article and a passage."""
    return f"{hit.article} {hit.passage}" if hit.passage else hit.id
