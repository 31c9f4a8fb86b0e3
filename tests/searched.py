"""What the tests of search share."""

from typing import Any

from reference.search import Search
from reference.search.results import Result
from tests.parsed import rows

WORDS = rows("words")


def everything(search: Search, query: str, **more: Any) -> list[Result]:
    """All that a query finds, page after page."""
    first = search.find(query, **more)
    pages = (search.find(query, page=page, **more) for page in range(2, first.pages + 1))
    return [*first.hits, *(hit for page in pages for hit in page.hits)]


def ids(search: Search, query: str, **more: Any) -> list[tuple[str, str, str]]:
    """The same, as (kind, id, article)."""
    return [(hit.kind, hit.id, hit.article) for hit in everything(search, query, **more)]
