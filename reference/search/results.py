"""What a search answers: results, counts, and what it has to say for itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from reference.records import Span
from reference.search.entries import Entry

PAGE_SIZE = 20  # results


class PageError(LookupError):
    """Raised when results have no page of this number; `last` is the number of the last."""

    def __init__(self, last: int) -> None:
        self.last = last
        super().__init__(f"These results have {last} page{'s' if last > 1 else ''}.")


@dataclass(frozen=True)
class Result(Entry):
    """An entry found; a passage only if none of its claims was. Marks are where its `words` and
    `sentence` have what is wanted."""

    score: float = 0.0
    words_marks: tuple[Span, ...] = ()
    sentence_marks: tuple[Span, ...] = ()


class Suggestion(NamedTuple):
    """The query that may have been meant, and finds more: offered, or `applied` to the results."""

    query: str
    applied: bool


class Completion(NamedTuple):
    """What a beginning may be completed to: a person, theme, article, or, to be looked for (`id` is
    ""), a group or phrase."""

    words: str
    kind: str
    id: str = ""


@dataclass(frozen=True)
class Results:
    """A page of results. `total` and `facets` (kind, theme, person, article, year) count all that
    was found; `coverage` (articles, passages, claims, people) what there is. `missing` is what the
    best result lacks of what is wanted, `nowhere` what nothing here has."""

    query: str
    total: int
    hits: tuple[Result, ...]
    page: int
    pages: int
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    coverage: Mapping[str, int]
    suggestion: Suggestion | None
    missing: tuple[str, ...]
    nowhere: tuple[str, ...]
