"""Finding: which units have what a query wants, and which of them come first.

All words are wanted first; where no unit has them all, those that have most of what tells units
apart, saying what is missing. People come before what they said, and that before the rest.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from threading import Lock
from typing import NamedTuple

from reference.search.hits import Shower
from reference.search.query import QueryError, clean, parse
from reference.search.ranking import Ranking, Weigher
from reference.search.results import FACETS, KINDS, Results, Suggestion
from reference.search.suggesting import Suggesting
from reference.search.units import Units
from reference.search.wants import Index, Wanted, Wants, meet
from reference.search.wording import Wording

ENOUGH = 0.6
"""Of the best partial match's worth, what another must have to be shown."""
MOST_PAGES, MOST_PER_PAGE = 10_000, 100


class Request(NamedTuple):
    """Everything asked at once. `filters` are in the order of `results.FACETS`."""

    query: str
    filters: tuple[str, ...]
    sort: str = "relevance"
    page: int = 1
    per_page: int = 20


class Answers:
    """The answers lately given, for a question asked again; few, and none to a long query."""

    MOST, LONGEST = 512, 200

    def __init__(self) -> None:
        self._kept: OrderedDict[Request, Results] = OrderedDict()
        self._lock = Lock()

    def get(self, request: Request) -> Results | None:
        with self._lock:
            if request in self._kept:
                self._kept.move_to_end(request)
            return self._kept.get(request)

    def keep(self, request: Request, answer: Results) -> None:
        if len(request.query) > self.LONGEST:
            return
        with self._lock:
            self._kept[request] = answer
            if len(self._kept) > self.MOST:
                self._kept.popitem(last=False)


class Finder:
    """Answers requests from one index."""

    def __init__(self, units: Units, index: Index, wording: Wording) -> None:
        self.units, self.index, self.wording = units, index, wording
        self.wants = Wants(index, units, wording)
        self.suggesting = Suggesting(units.library, index, wording)
        self.ranking = Ranking(units, index, self.wants)

    def find(self, request: Request) -> Results:
        text = clean(request.query)
        self._check(request)
        wanted = self.wants.read(parse(text))
        numbers, partial = self._numbers(wanted, request), False
        suggestion = None
        if wanted.loose and not self._said(numbers):
            suggestion = self.suggesting.correction(text, wanted)
            if suggestion and suggestion.sure:
                corrected = self.wants.read(parse(suggestion.query))
                found = self._numbers(corrected, request)
                if found:
                    suggestion = replace(suggestion, applied=True)
                    wanted, numbers = corrected, found
            if not self._said(numbers):
                numbers, partial = self._partly(wanted, request), True
        return self._results(request, text, wanted, numbers, partial, suggestion)

    def suggest(self, text: str) -> list[tuple[str, str, str]]:
        return self.suggesting.complete(text)

    def _check(self, request: Request) -> None:
        """Raises QueryError if a parameter has a value that no result can have."""
        library = self.units.library
        known = (KINDS, library.themes, self.wants.speakers, library.articles)
        for name, value, values in zip(FACETS, request.filters, known, strict=False):
            if value and value not in values:
                raise QueryError(f"There is no {name} “{_short(value)}” here.")
        year = request.filters[4]
        if year and not (year.isascii() and year.isdigit() and len(year) == 4):
            raise QueryError(f"“{_short(year)}” is not a year; write it in four digits.")
        if request.sort not in ("relevance", "date"):
            raise QueryError("Results can be sorted by relevance or by date.")
        if not 1 <= request.page <= MOST_PAGES:
            raise QueryError(f"Pages of results are numbered from 1 to {MOST_PAGES:,}.")
        if not 1 <= request.per_page <= MOST_PER_PAGE:
            raise QueryError(f"A page has from 1 to {MOST_PER_PAGE} results.")

    def _numbers(self, wanted: Wanted, request: Request) -> Sequence[int]:
        """The units that have all that is wanted."""
        wants = [want.numbers for want in (*wanted.required, *wanted.loose)]
        if wants:
            return self._narrow(meet(wants), wanted, request)
        if wanted.excluded or any(request.filters):
            return self._narrow(range(len(self.units.all)), wanted, request)
        return ()

    def _partly(self, wanted: Wanted, request: Request) -> Sequence[int]:
        """The units that have all that is required, and most of the loose words' worth."""
        worth: dict[int, float] = {}
        for want in wanted.loose:
            for number in want.numbers:
                worth[number] = worth.get(number, 0.0) + want.rarity
        numbers = self._narrow(sorted(worth), wanted, request)
        if wanted.required:
            numbers = meet([numbers, *(want.numbers for want in wanted.required)])
        said = [worth[number] for number in numbers if self._said((number,))]
        if not numbers:
            return ()
        enough = ENOUGH * max(said or worth.values())
        return [number for number in numbers if worth[number] >= enough]

    def _said(self, numbers: Sequence[int]) -> bool:
        """Whether anything but our own prose about the articles is among these units."""
        every = self.units.all
        return any(every[number].kind not in ("theme", "article") for number in numbers)

    def _narrow(self, numbers: Sequence[int], wanted: Wanted, request: Request) -> Sequence[int]:
        for want in wanted.excluded:
            unwanted = set(want.numbers)
            numbers = [number for number in numbers if number not in unwanted]
        for facet, value in zip(self.units.facets, request.filters, strict=True):
            if value:
                numbers = facet.narrow(numbers, (value,))
        return numbers

    def _results(
        self,
        request: Request,
        text: str,
        wanted: Wanted,
        numbers: Sequence[int],
        partial: bool,
        suggestion: Suggestion | None,
    ) -> Results:
        wants = (*wanted.required, *wanted.loose)
        weigher = Weigher(self.ranking, wanted, wants, partial)
        first = (request.page - 1) * request.per_page
        matches = weigher.page(numbers, request.sort, first, first + request.per_page)
        shower = Shower(self.units, self.wording, wants)
        nowhere = tuple(want.label for want in wanted.loose if not want.numbers)
        missing = nowhere
        if partial and matches:
            missing = matches[0].missing
        return Results(
            query=text,
            total=len(numbers),
            hits=tuple(shower.hit(match) for match in matches),
            coverage=self.units.coverage,
            suggestion=suggestion,
            missing=missing,
            nowhere=nowhere,
            facets={facet.name: facet.count(numbers) for facet in self.units.facets},
            page=request.page,
            pages=ceil(len(numbers) / request.per_page),
        )


def _short(value: str) -> str:
    return value if len(value) <= 40 else value[:40] + "…"
