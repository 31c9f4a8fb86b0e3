"""What a search answers: results, counts, and what it has to say for itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reference.records import Span
from reference.search.entries import Entry

Sort = Literal["relevance", "date"]
PAGE_SIZE = 20
"""Results on a page."""


class PageError(LookupError):
    """Raised when results have no page of this number; `last` is the number of the last."""

    def __init__(self, last: int) -> None:
        self.last = last
        super().__init__(f"These results have {last} page{'s' if last > 1 else ''}.")


@dataclass(frozen=True)
class Result(Entry):
    """An entry found: a passage only if none of its claims was.

    Marks are where its `words` and `sentence` have what is wanted; `missing` is what it has not.
    """

    score: float = 0.0
    words_marks: tuple[Span, ...] = ()
    sentence_marks: tuple[Span, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The query that may have been meant, and the words put right in it.

    `applied` if the results are for it; otherwise it is offered, and finds more.
    """

    query: str
    words: str
    applied: bool = False


@dataclass(frozen=True, slots=True)
class Completion:
    """What a beginning may be completed to, and what that is: a record, or a phrase to look for."""

    words: str
    note: str
    kind: Literal["person", "theme", "article", "phrase"]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What there is to search."""

    articles: int
    passages: int
    claims: int
    people: int


@dataclass(frozen=True)
class Results:
    """A page of results and the true `total`.

    `missing` is what the best result lacks of what is wanted; `nowhere` what nothing here has.
    Facets (kind, theme, person, article, year) count all that was found, as narrowing would, most
    first.
    """

    query: str
    total: int
    hits: tuple[Result, ...]
    coverage: Coverage
    suggestion: Suggestion | None = None
    missing: tuple[str, ...] = ()
    nowhere: tuple[str, ...] = ()
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    page: int = 1
    pages: int = 1
