"""Finding: the entries a query asks for, ranked and narrowed -> a page of results."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from logging import Logger
from math import ceil
from pathlib import Path

from reference.records import Library
from reference.search import index as indexing
from reference.search.asking import Asked, Asking
from reference.search.entries import Entry, Sort, entries
from reference.search.index import Index, Places
from reference.search.query import QueryError, clean, years
from reference.search.results import PAGE_SIZE, PageError, Result, Results, Suggestion
from reference.search.suggesting import Suggesting
from reference.search.words import Wording

FEW = 0.1  # of the entries; a job or a body that more have does not put its people first


class Search:
    """The library's search: `find` and `suggest`. Nothing is written after it is open. `titled` are
    the words that say something in each entry's title, or in who a person was."""

    def __init__(self, every: Sequence[Entry], wording: Wording, index: Index) -> None:
        self.entries, self.wording, self._index, self.state = every, wording, index, index.state
        self.asking = Asking(every, wording, index)
        self._suggesting = Suggesting(every, wording, self._whole)
        self.suggest = self._suggesting.complete
        self.titled = [wording.telling(e.title, e.words * (e.kind == "person")) for e in every]
        kinds = Counter(entry.kind for entry in every)
        self._coverage = {f"{kind}s": kinds[kind] for kind in ("article", "passage", "claim")}
        self._coverage["people"] = kinds["person"]

    @classmethod
    def open(cls, library: Library, folder: Path, log: Logger) -> "Search":
        """Open this library's index, building it first if there is none; it never fails."""
        every = list(entries(library))
        wording = Wording(library, every)
        return cls(every, wording, indexing.opened(every, wording, folder, log))

    def find(
        self, query: str, *, sort: Sort = "relevance", page: int = 1, **narrowing: str
    ) -> Results:
        """A page of the answer to a query, narrowed by those facets that have a value. Raises
        QueryError, a plain sentence, if there can be none, and PageError if it has no such page."""
        text = clean(query)
        if sort not in ("relevance", "date"):
            raise QueryError("Results can be sorted by relevance or by date.")
        narrowed = self._narrowed({name: value for name, value in narrowing.items() if value})
        asked, suggestion = self._mended(text, self.asking.ask(text, not text and bool(narrowed)))
        found = asked.found.intersection(*narrowed)
        ranked = self._ranked(asked, found, sort)
        pages = max(1, ceil(len(ranked) / PAGE_SIZE))
        if not 1 <= page <= pages:
            raise PageError(pages)
        shown = ranked[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        hits = tuple(self._result(at, asked, score) for at, score in shown)
        missing = asked.missing(ranked[0][0]) if ranked else asked.nowhere
        about = self._index.counts(found), self._coverage, suggestion, missing, asked.nowhere
        return Results(text, len(ranked), hits, page, pages, *about)

    def _narrowed(self, narrowing: Mapping[str, str]) -> list[Places]:
        """The entries that have the value of each facet. Raises QueryError if none can."""
        for name, value in narrowing.items():
            if name != "year" and value not in self.asking.values[name]:
                raise QueryError(f"There is no {name} “{value:.40}” here.")
        values = {n: map(str, years(v)) if n == "year" else [v] for n, v in narrowing.items()}
        return [self._index.places(name, each) for name, each in values.items()]

    def _whole(self, text: str) -> int:
        """How many entries have all that a query wants."""
        try:
            return self.asking.ask(text).whole
        except QueryError:
            return 0

    def _mended(self, text: str, asked: Asked) -> tuple[Asked, Suggestion | None]:
        """What was asked or surely meant, and what may be suggested: asked too, it finds more."""
        mended = self._suggesting.mended(text) if asked.nowhere or not asked.whole else ()
        completed = self._suggesting.completed(text) if not asked.found else ()
        for query, sure in chain(mended, completed):
            if self._whole(query) > asked.whole:
                meant = Suggestion(query, applied=sure and not asked.whole)
                return self.asking.ask(query) if meant.applied else asked, meant
        return asked, None

    def _ranked(self, asked: Asked, found: Places, sort: Sort) -> list[tuple[int, float]]:
        """Entries with their scores: by tier, then by how well the words fit; or newest first."""
        few = asked.whole > 0 and len(found) <= max(6, FEW * len(self.entries))
        terms = frozenset(word.term for want in asked.wants for run in want.runs for word in run)
        ranked = [
            (at, round(1_000 * self._tier(at, asked, terms, few) + score, 4))
            for at, score in asked.scores(found).items()
        ]
        ranked.sort(key=lambda pair: (-pair[1], pair[0]))
        if sort == "date":
            ranked.sort(key=lambda pair: self.entries[pair[0]].date, reverse=True)
        return ranked

    def _tier(self, at: int, asked: Asked, terms: frozenset[str], few: bool) -> int:
        """3 or 4 for a person named; 2 for one described, or a title, in the very words; 1 for
        what somebody named says."""
        entry, titled = self.entries[at], self.titled[at]
        if entry.kind == "person":
            named = asked.named.get(entry.id)
            return 2 + named if named else 2 * (few and terms <= titled)
        if entry.kind in ("theme", "article"):
            return 2 * (terms <= titled and (2 * len(terms) >= len(titled) or not terms))
        return int(bool(asked.named) and not asked.named.keys().isdisjoint(entry.people))

    def _result(self, at: int, asked: Asked, score: float) -> Result:
        entry, runs = self.entries[at], [run for want in asked.wants for run in want.runs]
        words, sentence = (self.wording.marks(s, runs) for s in (entry.words, entry.sentence))
        return Result(**vars(entry), score=score, words_marks=words, sentence_marks=sentence)


def build(library: Library, folder: Path) -> Path:
    """Build the index of a library anew; its folder. Raises OSError if it cannot be written."""
    every = list(entries(library))
    return indexing.build(every, Wording(library, every), folder)
