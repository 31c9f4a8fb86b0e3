"""Finding: the entries a query asks for, ranked and narrowed -> a page of results.

People come before what they said, and that before the rest.
"""

from collections.abc import Sequence
from logging import Logger
from math import ceil
from pathlib import Path

from reference.records import Library
from reference.search import index as indexing
from reference.search.asking import Asked, Asking
from reference.search.entries import Entry, entries
from reference.search.index import Index
from reference.search.names import Names
from reference.search.query import QueryError, clean, shortened, years
from reference.search.results import (
    FACETS,
    KINDS,
    PAGE_SIZE,
    SORTS,
    Completion,
    Coverage,
    PageError,
    Result,
    Results,
    Sort,
    Suggestion,
)
from reference.search.suggesting import Suggesting
from reference.search.words import STOP, WORD, Wording, fold

FEW = 0.1
"""A job or a body puts its people first if no more than this share of entries have its words."""


class Search:
    """The library's search: `find` and `suggest`. Nothing is written after it is open."""

    def __init__(
        self, library: Library, every: Sequence[Entry], wording: Wording, index: Index
    ) -> None:
        self._library, self._entries, self._wording, self._index = library, every, wording, index
        self._names = Names(library, wording)
        self._asking = Asking(library, every, wording, self._names, index)
        self._suggesting = Suggesting(library, wording, self._names, self._whole)
        self._titles = {
            at: frozenset(wording.term(w) for w in WORD.findall(e.title) if fold(w) not in STOP)
            for at, e in enumerate(every)
            if e.kind in ("theme", "article")
        }
        counts = len(library.claims), len(library.people)
        self._coverage = Coverage(len(library.articles), library.passage_count, *counts)

    @classmethod
    def open(cls, library: Library, folder: Path, log: Logger) -> "Search":
        """Open this library's index, building it first if there is none; it never fails."""
        every, wording = _read(library)
        return cls(library, every, wording, indexing.opened(every, wording, folder, log))

    @property
    def state(self) -> str:
        """ "on disk" while the index is kept in its folder, else "in memory"."""
        return self._index.state

    def suggest(self, text: str) -> tuple[Completion, ...]:
        """What the beginning of a query may be completed to, best first."""
        return self._suggesting.complete(clean(text[:100]))

    def find(
        self,
        query: str,
        *,
        kind: str = "",
        theme: str = "",
        person: str = "",
        article: str = "",
        year: str = "",
        sort: Sort = "relevance",
        page: int = 1,
    ) -> Results:
        """A page of the answer to a query, narrowed by facets.

        Raises QueryError, with a plain sentence, if there can be no answer, and PageError if
        there is no such page of it.
        """
        text, narrowing = clean(query), (kind, theme, person, article, year)
        self._check(narrowing, sort)
        if text or not any(narrowing):
            asked, suggestion = self._mended(text, self._asking.ask(text))
        else:
            asked, suggestion = self._asking.everything(), None
        found = asked.found
        for name, value in zip(FACETS, narrowing, strict=True):
            if value:
                found &= self._index.having(indexing.facet(name, [value]))
        scores, facets = self._index.ranked(asked.queries, found)
        ranked = self._ranked(asked, scores, sort)
        pages = max(1, ceil(len(ranked) / PAGE_SIZE))
        if not 1 <= page <= pages:
            raise PageError(pages)
        return Results(
            query=text,
            total=len(ranked),
            hits=tuple(
                self._result(at, asked, score)
                for at, score in ranked[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
            ),
            coverage=self._coverage,
            suggestion=suggestion,
            missing=_missing(ranked[0][0], asked) if ranked else asked.nowhere,
            nowhere=asked.nowhere,
            facets=facets,
            page=page,
            pages=pages,
        )

    def _check(self, narrowing: Sequence[str], sort: str) -> None:
        """Raises QueryError if a parameter has a value that no result can have."""
        library = self._library
        known = (KINDS, library.themes, self._names.known, library.articles)
        for name, value, values in zip(FACETS, narrowing, known, strict=False):
            if value and value not in values:
                raise QueryError(f"There is no {name} “{shortened(value)}” here.")
        if narrowing[-1] and len(years(narrowing[-1])) > 1:
            raise QueryError("Results can be narrowed to one year; write it in four digits.")
        if sort not in SORTS:
            raise QueryError("Results can be sorted by relevance or by date.")

    def _whole(self, text: str) -> int:
        """How many entries have all that a query wants."""
        try:
            return self._asking.ask(text).whole
        except QueryError:
            return 0

    def _mended(self, text: str, asked: Asked) -> tuple[Asked, Suggestion | None]:
        """What was asked, or what was surely meant; and what was meant, or may have been.

        What is suggested has been asked, and finds more.
        """
        if not asked.partial and not asked.nowhere:
            return asked, None
        for query, words, sure in self._suggesting.mended(text):
            if self._whole(query) > asked.whole:
                applied = sure and not asked.whole
                meant = self._asking.ask(query) if applied else asked
                return meant, Suggestion(query, words, applied)
        return asked, None

    # Ranked

    def _ranked(
        self, asked: Asked, scores: dict[int, float], sort: Sort
    ) -> list[tuple[int, float]]:
        """Entries with their scores: by tier, then by how well the words fit; or newest first."""
        few = len(scores) <= max(6, FEW * len(self._entries))
        terms = {word.term for want in asked.wants for run in want.runs for word in run}
        ranked = [
            (at, round(100 * self._tier(at, asked, terms, few) + score, 4))
            for at, score in scores.items()
        ]
        ranked.sort(key=lambda pair: (-pair[1], pair[0]))
        if sort == "date":
            ranked.sort(key=lambda pair: self._entries[pair[0]].date, reverse=True)
        return ranked

    def _tier(self, at: int, asked: Asked, terms: set[str], few: bool) -> float:
        """3 or 4 for a person named; 2 for one described, or a title, in the very words; 1 for
        what somebody named says."""
        entry = self._entries[at]
        if entry.kind == "person":
            named = asked.named.get(entry.id)
            return 2 + named if named else 2 * (few and not asked.partial)
        if entry.kind in ("theme", "article"):
            title = self._titles[at]
            return 2 * (terms <= title and (2 * len(terms) >= len(title) or not terms))
        return 1 if not asked.named.keys().isdisjoint(entry.people) else 0

    # Shown

    def _result(self, at: int, asked: Asked, score: float) -> Result:
        entry = self._entries[at]
        runs = [run for want in asked.wants for run in want.runs]
        return Result(
            kind=entry.kind,
            id=entry.id,
            title=entry.title,
            text="\n".join(entry.texts),
            score=score,
            article=entry.article,
            passage=entry.passage,
            speakers=entry.speakers,
            themes=entry.themes,
            words=entry.words,
            words_marks=self._wording.marks(entry.words, runs),
            sentence=entry.sentence,
            sentence_marks=self._wording.marks(entry.sentence, runs),
            missing=_missing(at, asked),
        )


def _missing(at: int, asked: Asked) -> tuple[str, ...]:
    """What an entry lacks of what is wanted."""
    return tuple(want.label for want in asked.wants if at not in want.places)


def build(library: Library, folder: Path) -> Path:
    """Build the index of a library anew; its folder. Raises OSError if it cannot be written."""
    return indexing.build(*_read(library), folder)


def _read(library: Library) -> tuple[Sequence[Entry], Wording]:
    every = entries(library)
    return every, Wording(library, (entry.text for entry in every))
