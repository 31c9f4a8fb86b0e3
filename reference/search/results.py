"""What a search answers: results, counts, and what it has to say for itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from reference.records import Span
from reference.search.entries import Entry, Facet
from reference.search.facets import Count

PAGE_SIZE = 20
"""Results a page."""
Sort = Literal["relevance", "date"]
SORTS: tuple[Sort, ...] = ("relevance", "date")


class PageError(LookupError):
    """Raised when results have no page of this number; `last` is the number of the last."""

    def __init__(self, last: int) -> None:
        self.last = last
        super().__init__(
            f"These results have {last} page{'s' if last > 1 else ''}."
        )


@dataclass(frozen=True)
class Result(Entry):
    """An entry found; a passage only if none of its claims was.

    The marks are where its `words` and its `sentence` have what is wanted.
    """

    score: float = 0.0
    words_marks: tuple[Span, ...] = ()
    sentence_marks: tuple[Span, ...] = ()


class Suggestion(NamedTuple):
    """The query that may have been meant, and finds more: offered, or `applied` to the results."""

    query: str
    applied: bool


class OtherWords(NamedTuple):
    """Results have `found` for the words that were `typed`."""

    typed: str
    found: str


class Part(NamedTuple):
    """A part of a query that finds something where the whole finds nothing."""

    query: str
    total: int


class Completion(NamedTuple):
    """What a beginning may be completed to: a person, theme or article, or, to be looked for (`id`
    is ""), a group or a phrase.
    """

    words: str
    kind: str
    id: str = ""


@dataclass(frozen=True)
class Results:
    """A page of results.

    `total` and `facets` count all that was found; `coverage` what there is: articles, passages,
    claims, people. `missing` are the parts of the query that the best result lacks,
    `found_nowhere` those that no entry has. `other_words` are those found for words as typed.
    Where nothing is found, `parts` are parts of the query that find something.
    """

    query: str
    total: int
    hits: tuple[Result, ...]
    page: int
    pages: int
    facets: Mapping[Facet, tuple[Count, ...]]
    coverage: Mapping[str, int]
    suggestion: Suggestion | None = None
    missing: tuple[str, ...] = ()
    found_nowhere: tuple[str, ...] = ()
    other_words: tuple[OtherWords, ...] = ()
    parts: tuple[Part, ...] = ()
