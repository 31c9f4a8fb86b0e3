"""Finding: the entries a query asks for, ranked and narrowed -> a page of results."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from logging import Logger
from math import ceil
from pathlib import Path

from reference.records import Library
from reference.search.addresses import Addresses
from reference.search.answering import Answer, Answering
from reference.search.completing import Completing
from reference.search.entries import FACETS, Entry, Facet, entries
from reference.search.facets import EntryNumbers
from reference.search.index import Index, build_index, open_index
from reference.search.lookup import Lookup
from reference.search.mending import Mended, Mending
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
        self._answering = Answering(
            self._stock, wording, lookup, Addresses(library, entries)
        )
        self._ranking = Ranking(entries, wording)
        self._mending = Mending(entries, wording)
        self._completing = Completing(entries, wording)
        self.tips = make_tips(library, wording, self._finds_anything)
        self._coverage = _coverage(entries)

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
        """Return a page of results for a query, narrowed by facets: `kind="claim", year="2012"`.

        A facet whose value is "" narrows nothing. An empty query with a facet finds all that the
        facet leaves. If the query has a sure slip, such as "Glazby", the results are those of
        the mended query. Raises QueryError, whose text is for the reader, if the query or a facet
        cannot be read, and PageError if there is no such page.
        """
        text = clean(query)
        if sort not in SORTS:
            raise QueryError("Results can be sorted by relevance or by date.")
        values = {
            facet: narrowing[facet] for facet in FACETS if narrowing.get(facet)
        }
        selection = self._selection(values)
        answer = self._answering.answer(text)
        if values and not text:
            # Nothing is asked for but what the facets leave
            answer = Answer(found=selection)
        suggestion = self._suggestion(text, answer)
        if suggestion and suggestion.applied:
            answer = self._answering.answer(suggestion.query)
        selected = answer.found & selection
        ranked = self._ranking.ranked(answer, selected, sort)
        return self._results(text, answer, suggestion, ranked, page)

    def _results(
        self,
        text: str,
        answer: Answer,
        suggestion: Suggestion | None,
        ranked: Sequence[Ranked],
        page: int,
    ) -> Results:
        """Return a page of the ranked entries, and what is said of the answer as a whole.

        `missing` is what the first result lacks of the query. `parts` are those parts of a query
        without an answer that find something alone. Raises PageError if there is no such page.
        """
        missing = answer.found_nowhere
        if ranked:
            best = ranked[0]
            missing = answer.missing(best.number)
        numbers = frozenset(entry.number for entry in ranked)
        hits = [
            self._result(entry, answer) for entry in _cut_page(ranked, page)
        ]
        return Results(
            query=text,
            total=len(ranked),
            hits=tuple(hits),
            page=page,
            pages=_count_pages(ranked),
            facets=self._stock.facets.counts(numbers),
            coverage=self._coverage,
            suggestion=suggestion,
            missing=missing,
            found_nowhere=answer.found_nowhere,
            other_words=_other_words(answer),
            parts=() if answer.found else self._parts(answer),
        )

    def _selection(self, values: Mapping[Facet, str]) -> EntryNumbers:
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

    def _suggestion(self, text: str, answer: Answer) -> Suggestion | None:
        """Return the query that a reader may have meant, if the answer to this one is not complete.

        A sure mend of a slip, "Glazby" to "Glasby", is applied. Other queries are offered to the
        reader: the first of these candidates that more entries match in full.

        - the query with its slips mended
        - the query without its quotation marks
        - if nothing was found, the query with a name in the place of its beginning ("Buc")

        None if there is no such query.
        """
        if answer.complete and not answer.found_nowhere:
            return None
        mended = self._mending.mend(text)
        if mended and self._is_surely_meant(mended, answer):
            return Suggestion(mended.query, applied=True)
        candidates: list[str] = []
        if mended:
            candidates.append(mended.query)
        best_query = mended.query if mended else text
        candidates += self._mending.unquoted(best_query)
        if not answer.found:
            candidates += self._mending.completed(text)
        for candidate in candidates:
            if self._answer_to(candidate).complete > answer.complete:
                return Suggestion(candidate, applied=False)
        return None

    def _is_surely_meant(self, mended: Mended, answer: Answer) -> bool:
        """Whether a mended query may take the place of one that this is the answer to."""
        if not mended.sure or answer.complete:
            return False
        return self._finds_anything(mended.query)

    def _parts(self, answer: Answer) -> tuple[Part, ...]:
        """Return the first three parts of a query that find something alone."""
        parts: list[Part] = []
        for want in answer.wants:
            total = (
                len(self._answer_to(want.label).found) if want.scores else 0
            )
            if total:
                parts.append(Part(want.label, total))
        return tuple(parts[:3])

    def _answer_to(self, text: str) -> Answer:
        """Return the answer to a query that was made here; an empty one if it cannot be read."""
        try:
            return self._answering.answer(text)
        except QueryError:
            return Answer()

    def _finds_anything(self, text: str) -> bool:
        return bool(self._answer_to(text).found)

    def _result(self, ranked: Ranked, answer: Answer) -> Result:
        """Return the result that shows an entry: its fields, its score, and what is marked in it.

        Marks are where its words and our sentence have the words of the query, or other words for
        them.
        """
        entry = self.entries[ranked.number]
        runs: list[Run] = []
        for want in answer.wants:
            runs += [*want.runs, *want.other_runs]
        # A result is an entry with three more fields
        return Result(
            **vars(entry),
            score=ranked.score,
            words_marks=self._wording.marks(entry.words, runs),
            sentence_marks=self._wording.marks(entry.sentence, runs),
        )


def _coverage(entries: Iterable[Entry]) -> dict[str, int]:
    """Return how many articles, passages, claims and people there are."""
    kinds = Counter(entry.kind for entry in entries)
    return {
        "articles": kinds["article"],
        "passages": kinds["passage"],
        "claims": kinds["claim"],
        "people": kinds["person"],
    }


def _count_pages(ranked: Sequence[Ranked]) -> int:
    return max(1, ceil(len(ranked) / PAGE_SIZE))


def _cut_page(ranked: Sequence[Ranked], page: int) -> Sequence[Ranked]:
    """Return what a page shows. Raises PageError if there is no such page."""
    pages = _count_pages(ranked)
    if not 1 <= page <= pages:
        raise PageError(pages)
    return ranked[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]


def _other_words(answer: Answer) -> tuple[OtherWords, ...]:
    """Return what results have for words as they were typed."""
    other_words: list[OtherWords] = []
    for want in answer.wants:
        if answer.found & want.by_other_words:
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
