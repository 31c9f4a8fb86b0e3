"""Finding: the entries a query asks for, ranked and narrowed -> a page of results."""

from collections import Counter
from collections.abc import Mapping, Sequence
from logging import Logger
from math import ceil
from pathlib import Path

from reference.records import Library
from reference.search.addresses import Addresses
from reference.search.asking import Asked, Asking
from reference.search.completing import Completing
from reference.search.entries import FACETS, Entry, Facet, entries
from reference.search.facets import Places
from reference.search.index import Index, build_index, open_index
from reference.search.lookup import Lookup
from reference.search.mending import Mending
from reference.search.query import QueryError, clean, years
from reference.search.ranking import Ranked, Ranking
from reference.search.results import (
    PAGE_SIZE,
    SORTS,
    Completion,
    OtherWords,
    PageError,
    Part,
    Result,
    Results,
    Suggestion,
)
from reference.search.stock import Stock
from reference.search.tips import make_tips
from reference.search.wording import Wording
from reference.search.words import Run


class Search:
    """The library's search: `find` and `suggest`. Nothing is written after it is open."""

    def __init__(
        self,
        library: Library,
        entries: Sequence[Entry],
        wording: Wording,
        index: Index,
    ) -> None:
        self.entries = entries
        self.state = index.state
        self._wording = wording
        self._stock = Stock(entries, wording)
        lookup = Lookup(wording, index)
        self._asking = Asking(
            self._stock, wording, lookup, Addresses(library, entries)
        )
        self._ranking = Ranking(entries, wording)
        self._mending = Mending(entries, wording)
        self._completing = Completing(entries, wording)
        self.tips = make_tips(
            library, wording, lambda text: bool(self._ask(text).found)
        )
        kinds = Counter(entry.kind for entry in entries)
        self._coverage = {
            "articles": kinds["article"],
            "passages": kinds["passage"],
            "claims": kinds["claim"],
            "people": kinds["person"],
        }

    @classmethod
    def open(cls, library: Library, folder: Path, log: Logger) -> "Search":
        """Open this library's index, building it first if there is none; this never fails."""
        every = list(entries(library))
        wording = _wording(library, every)
        index = open_index(every, wording, folder, log)
        return cls(library, every, wording, index)

    def suggest(self, text: str) -> tuple[Completion, ...]:
        """Return what a beginning may be completed to; each finds something."""
        return self._completing.complete(text)

    def find(
        self,
        query: str,
        *,
        sort: str = "relevance",
        page: int = 1,
        **narrowing: str,
    ) -> Results:
        """Return a page of the answer to a query, narrowed by those facets that have a value.

        Raises QueryError, a plain sentence, if there can be none, and PageError if the answer has
        no such page.
        """
        text = clean(query)
        if sort not in SORTS:
            raise QueryError("Results can be sorted by relevance or by date.")
        values = {
            facet: narrowing[facet] for facet in FACETS if narrowing.get(facet)
        }
        selection = self._selection(values)
        only_narrowed = bool(values) and not text
        asked = self._asking.ask(text, narrowed=only_narrowed)
        suggestion = self._suggestion(text, asked)
        if suggestion and suggestion.applied:
            asked = self._asking.ask(suggestion.query)
        found = asked.found & selection
        ranked = self._ranking.ranked(asked, found, sort)
        ranked_of_page = _cut_page(ranked, page)
        hits = [self._result(entry, asked) for entry in ranked_of_page]
        nowhere = asked.nowhere
        missing = asked.missing(ranked[0].place) if ranked else nowhere
        parts = () if asked.found else self._parts(asked)
        return Results(
            query=text,
            total=len(ranked),
            hits=tuple(hits),
            page=page,
            pages=_count_pages(ranked),
            facets=self._stock.facets.counts(found),
            coverage=self._coverage,
            suggestion=suggestion,
            missing=missing,
            nowhere=nowhere,
            other_words=_other_words(asked),
            parts=parts,
        )

    def _selection(self, values: Mapping[Facet, str]) -> Places:
        """Return the entries that have a value of each facet. Raises QueryError if none can."""
        selection = self._stock.every
        for facet, value in values.items():
            wanted = self._values_wanted(facet, value)
            selection &= self._stock.facets.having(facet, wanted)
        return selection

    def _values_wanted(self, facet: Facet, value: str) -> list[str]:
        """Return the values that a value asks for: of `2010-2012`, each year.

        Raises QueryError if there is no such value.
        """
        if facet == "year":
            return [str(year) for year in years(value)]
        if value not in self._stock.values[facet]:
            raise QueryError(f"There is no {facet} “{value:.40}” here.")
        return [value]

    def _suggestion(self, text: str, asked: Asked) -> Suggestion | None:
        """Return what was meant, surely or perhaps, where a query does not find all it wants."""
        if asked.complete and not asked.nowhere:
            return None
        mended = self._mending.mend(text)
        if (
            mended
            and mended.sure
            and not asked.complete
            and self._ask(mended.query).found
        ):
            return Suggestion(mended.query, applied=True)
        candidates = [mended.query] if mended else []
        candidates += self._mending.unquoted(mended.query if mended else text)
        if not asked.found:
            candidates += self._mending.completed(text)
        for candidate in candidates:
            if self._ask(candidate).complete > asked.complete:
                return Suggestion(candidate, applied=False)
        return None

    def _parts(self, asked: Asked) -> tuple[Part, ...]:
        """Return the first three parts of a query that find something alone."""
        parts: list[Part] = []
        for want in asked.wants:
            total = len(self._ask(want.label).found) if want.scores else 0
            if total:
                parts.append(Part(want.label, total))
        return tuple(parts[:3])

    def _ask(self, text: str) -> Asked:
        """Look up a query that we made; nothing is found by one that cannot be answered."""
        try:
            return self._asking.ask(text)
        except QueryError:
            return Asked()

    def _result(self, ranked: Ranked, asked: Asked) -> Result:
        entry = self.entries[ranked.place]
        runs: list[Run] = []
        for want in asked.wants:
            runs += [*want.runs, *want.other_runs]
        return Result(
            **vars(entry),
            score=ranked.score,
            words_marks=self._wording.marks(entry.words, runs),
            sentence_marks=self._wording.marks(entry.sentence, runs),
        )


def _count_pages(ranked: Sequence[Ranked]) -> int:
    return max(1, ceil(len(ranked) / PAGE_SIZE))


def _cut_page(ranked: Sequence[Ranked], page: int) -> Sequence[Ranked]:
    """Return what a page shows. Raises PageError if there is no such page."""
    pages = _count_pages(ranked)
    if not 1 <= page <= pages:
        raise PageError(pages)
    return ranked[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]


def _other_words(asked: Asked) -> tuple[OtherWords, ...]:
    """Return what results have for words as they were typed."""
    other_words: list[OtherWords] = []
    for want in asked.wants:
        if asked.found & want.borrowed:
            others = [
                " ".join(word.text for word in run) for run in want.other_runs
            ]
            other_words.append(OtherWords(want.label, ", ".join(others)))
    return tuple(other_words)


def build(library: Library, folder: Path) -> Path:
    """Build the index of a library if there is none; return its folder.

    It may be called in a process of its own, so that what building needs is given back. Raises
    OSError if the index cannot be written.
    """
    every = list(entries(library))
    return build_index(every, _wording(library, every), folder)


def _wording(library: Library, every: Sequence[Entry]) -> Wording:
    return Wording(library, [entry.indexed for entry in every])
