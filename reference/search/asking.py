"""Asking: a query's clauses -> what is wanted -> the entries that have it all, or else most."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, pairwise
from math import log
from typing import Any

from reference.search import index as indexing
from reference.search.entries import Entry, called
from reference.search.index import Index, Places, Scores
from reference.search.query import Term, parse, years
from reference.search.words import LEFT_OUT, Word, Wording

ENOUGH = 0.6  # of the best partial match's worth, what another must have to be shown
MOST_WORDS, MOST_PIECES = 40, 20  # that are looked for: the rarest words; pieces between gaps
LISTING = {"and", "or", "v", "vs", "versus"}  # between people, any of whom is asked for


@dataclass(frozen=True, slots=True)
class Want:
    """Something wanted: the entries that have it, the runs of words that are marked for it, and
    the parts of it, as typed, that are `nowhere`."""

    label: str
    scores: Scores
    runs: tuple[tuple[Word, ...], ...] = ()
    nowhere: tuple[str, ...] = ()

    def __or__(self, other: "Want") -> "Want":
        """What has either."""
        (scores := Counter(self.scores)).update(other.scores)
        both = self.runs + other.runs, self.nowhere + other.nowhere
        return Want(f"{self.label} or {other.label}", scores, *both)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query read and looked up: what was `found`, and how many entries have the `whole` of it.
    `named` are people and groups it asks for: 2 by a surname, 1 by a first name. `near` are scores
    of words that stand side by side."""

    wants: tuple[Want, ...]
    named: dict[str, int]
    near: tuple[Scores, ...]
    found: Places
    whole: int

    def scores(self, found: Places) -> dict[int, float]:
        """How well each of some entries fits."""
        total = dict.fromkeys(found, 0.0)
        for scores in (*(want.scores for want in self.wants), *self.near):
            for at in found & scores.keys():
                total[at] += scores[at]
        return total

    @property
    def nowhere(self) -> tuple[str, ...]:
        return tuple(chain(*(want.nowhere for want in self.wants)))

    def missing(self, at: int) -> tuple[str, ...]:
        return tuple(want.label for want in self.wants if at not in want.scores)


class Asking:
    """Reads queries and looks them up in one index."""

    def __init__(self, every: Sequence[Entry], wording: Wording, index: Index) -> None:
        self._wording, self._index = wording, index
        self.values = {  # facet -> its values, each with the words it may be named by
            facet: {value: wording.telling(*names) for value, names in values.items()}
            for facet, values in called(every).items()
        }
        self._every = frozenset(range(len(every)))
        self._said = self._every - index.places("kind", ["theme", "article"])  # not our own prose
        self._people = {each.id: at for at, each in enumerate(every) if each.kind == "person"}
        self.surnames = {
            who: wording.telling(*(name.split()[-1] for name in every[at].names))
            for who, at in self._people.items()
        }
        stands, claims = [(e.article, e.passage) for e in every], defaultdict[Any, set[int]](set)
        for at in index.places("kind", ["claim"]):
            claims[stands[at]].add(at)
        self._claims = {at: claims[stands[at]] for at in index.places("kind", ["passage"])}

    def ask(self, text: str, narrowed: bool = False) -> Asked:
        """Read a query and look it up; one that asks for nothing finds everything, if it is to be
        `narrowed`, or nothing. Raises QueryError if it cannot be answered."""
        loose, required = list[str](), list[Want]()
        among = self._every if (clauses := parse(text)) or narrowed else frozenset()
        for clause in clauses:
            first, *others = clause.terms
            if clause.negated:
                among -= self._term(first).scores.keys()
            elif others or first.phrase or first.field:
                required.append(reduce(Want.__or__, map(self._term, clause.terms)))
            else:
                loose.append(first.text)
        units = self._wording.units(" ".join(loose))
        telling = self._telling(units) or ([] if required else units)
        once = {unit.term: unit for unit in telling}.values()
        free = [self._run(unit.text, [(unit,)]) for unit in once]
        named = self._named([*required, *free], {unit.term for unit in units})
        people = [who for who in named if who in self._people]
        among = among.intersection(*(want.scores for want in required))
        listed = [want for want in free if self._names(want)] if len(people) > 1 else []
        if listed and not required:
            free = [reduce(Want.__or__, listed), *(want for want in free if want not in listed)]
        free.sort(key=lambda want: len(want.scores))
        del free[MOST_WORDS:]
        found = among.intersection(*(want.scores for want in free))
        if len(people) > 1:
            found |= {self._people[who] for who in people} & among
        if partial := bool(free) and not found & self._said:
            wants = [want for want in free if not people or self._names(want)]
            found = self._partly(wants, among) if wants else among
        found -= {at for at in found & self._claims.keys() if found & self._claims[at]}
        runs = [*pairwise(units[: 2 * MOST_WORDS]), *([units] if len(units) > 2 else [])]
        near = tuple(map(self._index.having, map(indexing.run, runs)))
        return Asked((*required, *free), named, near, found, 0 if partial else len(found))

    def _telling(self, units: Sequence[Word]) -> list[Word]:
        """Those that say something, and beside a name no title."""
        telling = [unit for unit in units if self._wording.tells(unit.text)]
        if self._wording.names.isdisjoint(unit.term for unit in telling):
            return telling
        return [unit for unit in telling if unit.term not in self._wording.titles]

    def _names(self, want: Want) -> bool:
        """Whether a word that is wanted is of a name."""
        return not self._wording.names.isdisjoint(word.term for run in want.runs for word in run)

    def _run(self, label: str, runs: Sequence[tuple[Word, ...]]) -> Want:
        """What has some runs of words, one after the other."""
        scores = self._index.having(indexing.in_order([indexing.run(run) for run in runs]))
        return Want(label, scores, tuple(runs), () if scores else (label,))

    def _term(self, term: Term) -> Want:
        if not term.field:
            pieces = (tuple(self._wording.units(piece)) for piece in LEFT_OUT.split(term.text))
            return self._run(term.text, [piece for piece in pieces if piece][:MOST_PIECES])
        known, terms = self.values.get(term.field, {}), self._wording.telling(term.text)
        named = [value for value, words in known.items() if terms and words.issuperset(terms)]
        named = [term.text] if term.text in known else named
        values = map(str, years(term.text)) if term.field == "year" else named
        places, label = self._index.places(term.field, values), f"{term.field}:{term.text}"
        return Want(label, dict.fromkeys(places, 0.0), nowhere=() if places else (label,))

    def _named(self, wants: Sequence[Want], typed: set[str]) -> dict[str, int]:
        """Who is asked for: who is named, if nothing else is wanted that is anywhere beside a name,
        unless it is one word before a surname, and may be a first name, or people are listed."""
        beside = self._said.intersection(chain(*(w.scores for w in wants if self._names(w))))
        runs = chain(*(w.runs for w in wants if w.scores.keys() & (beside or self._every)))
        terms = [word.term for run in runs for word in run]
        sure = {who: 2 for who, names in self.surnames.items() if names.intersection(terms)}
        known = self.values["person"]
        if self._wording.names.issuperset(terms):  # nothing but names: first ones count too
            free = set(terms).difference(*(known[who] for who in sure))
            return {who: 1 for who in self._people if known[who].intersection(free)} | sure
        listed = 1 < len(sure) >= len(wants) / 2 and typed & LISTING
        last = [who for who, names in self.surnames.items() if terms[-1] in names]
        if listed or (len(wants) == 2 and last == [*sure]):
            return sure
        groups = known.keys() - self._people
        return {who: 2 for who in groups if known[who].issuperset(terms)}

    def _partly(self, wants: Sequence[Want], among: Places) -> Places:
        """Those with most of the wants' worth, that is of how rare they are. A claim with less
        than its whole passage has gives way to it."""
        worth: Counter[int] = Counter()
        for want in wants:
            rare = len(self._every) / (len(want.scores) + 0.5)
            worth.update(dict.fromkeys(among.intersection(want.scores), log(1 + rare)))
        best = max((worth[at] for at in worth if at in self._said), default=0.0)
        found = {at for at in worth if worth[at] >= ENOUGH * best}
        for at in found.intersection(self._claims):
            found -= {claim for claim in self._claims[at] if worth[claim] < worth[at]}
        return frozenset(found)
