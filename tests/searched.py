"""What the tests of search share."""

from typing import Any, NamedTuple

from reference.search import Search
from reference.search.results import Result
from tests.parsed import rows

WORDS = rows("words")
RELEVANCE = rows("relevance")


class Found(NamedTuple):
    """Which entry a result is."""

    kind: str
    id: str
    article: str


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
