"""Asking: a query's clauses -> what is wanted -> the entries that have it.

All that is wanted is looked for first; where no person, claim or passage has it all, those that
have most of what tells entries apart.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, pairwise
from math import log

from reference.search import index as indexing
from reference.search.entries import Entry, called
from reference.search.index import Index, Places, Query
from reference.search.query import Term, parse, years
from reference.search.words import GAP, Word, Wording

ENOUGH = 0.6
"""Of the best partial match's worth, what another must have to be shown."""
MOST_WORDS = 40
"""Words of a query that are looked for: the rarest, which tell most."""
SENTENCE = 4
"""A query of more words may be one."""
LISTING = {"and", "or", "v", "vs", "versus"}
"""Between the names of people, any of whom is asked for."""


@dataclass(frozen=True, slots=True)
class Want:
    """Something wanted: the entries that have it, and the runs of words that are marked for it.

    `nowhere` are the parts of it, as typed, that nothing here has.
    """

    label: str
    places: Places
    queries: tuple[Query, ...] = ()
    runs: tuple[tuple[Word, ...], ...] = ()
    nowhere: tuple[str, ...] = ()

    @property
    def terms(self) -> frozenset[str]:
        return frozenset(word.term for run in self.runs for word in run)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query read and looked up: what was `found`, and how many entries have `whole` all of it.

    `named` are the people and groups it asks for: 2 by a surname, 1 by a first name. `queries` are
    what entries are ranked by: what is wanted, and words of it side by side.
    """

    wants: tuple[Want, ...]
    named: dict[str, int]
    queries: tuple[Query, ...]
    found: Places
    whole: int

    @property
    def nowhere(self) -> tuple[str, ...]:
        return tuple(chain(*(want.nowhere for want in self.wants)))

    def missing(self, at: int) -> tuple[str, ...]:
        """What an entry lacks of what is wanted."""
        return tuple(want.label for want in self.wants if at not in want.places)


class Asking:
    """Reads queries and looks them up in one index."""

    def __init__(self, every: Sequence[Entry], wording: Wording, index: Index) -> None:
        self._wording, self._index = wording, index
        self.values = {
            facet: {value: wording.telling(*names) for value, names in values.items()}
            for facet, values in called(every).items()
        }
        """Facet -> its values, each with the words it may be named by."""
        self._every = frozenset(range(len(every)))
        self._said = frozenset(a for a in self._every if every[a].kind not in ("theme", "article"))
        """What is not our prose about what is said, or a title."""
        people = [(at, entry) for at, entry in enumerate(every) if entry.kind == "person"]
        self._people = {entry.id: at for at, entry in people}
        self._surnames = {
            entry.id: wording.telling(*(name.split()[-1] for name in entry.names))
            for _, entry in people
        }
        claims: dict[tuple[str, str], list[int]] = {}
        for at, entry in enumerate(every):
            if entry.kind == "claim":
                claims.setdefault((entry.article, entry.passage), []).append(at)
        self._claims = {
            at: claims.get((entry.article, entry.passage), [])
            for at, entry in enumerate(every)
            if entry.kind == "passage"
        }
        """Passage -> its claims."""

    def ask(self, text: str, narrowed: bool = False) -> Asked:
        """Read a query and look it up; one that asks for nothing finds everything, if it is to be
        `narrowed`, or nothing. Raises QueryError if it cannot be answered."""
        loose: list[str] = []
        required: list[Want] = []
        excluded: Places = frozenset()
        clauses = parse(text)
        for clause in clauses:
            first, *others = clause.terms
            if clause.negated:
                excluded |= self._term(first).places
            elif others or first.phrase or first.field:
                required.append(_any([self._term(term) for term in clause.terms]))
            else:
                loose.append(first.text)
        line = " ".join(loose)
        units = self._wording.units(line)
        telling = [unit for unit in units if self._wording.tells(_typed(line, unit))]
        if not self._wording.names.isdisjoint(unit.term for unit in telling):  # no title by a name
            telling = [unit for unit in telling if unit.term not in self._wording.titles]
        telling = telling or ([] if required else units)
        each = {unit.term: self._run(_typed(line, unit), [(unit,)]) for unit in telling}
        named = self._named([*required, *each.values()], units)
        people = [who for who in named if who in self._people]
        free = [*each.values()]
        if len(people) > 1 and not required:
            listed = [want for term, want in each.items() if term in self._wording.names]
            free = [_any(listed), *(want for want in free if want not in listed)]
        free = sorted(free, key=lambda want: len(want.places))[:MOST_WORDS]
        among = reduce(frozenset.__and__, (want.places for want in required), self._every)
        among = among - excluded if clauses or narrowed else frozenset()
        found = reduce(frozenset.__and__, (want.places for want in free), among)
        if len(people) > 1:
            found |= {self._people[who] for who in people} & among
        if partial := bool(free) and not found & self._said:
            found = self._partly(free, among, bool(people))
        found = frozenset(at for at in found if found.isdisjoint(self._claims.get(at, ())))
        near = [indexing.pair(*pair) for pair in pairwise(units[: 2 * MOST_WORDS])]
        if len(units) > SENTENCE:
            near.append(indexing.run(units))
        wants = (*required, *free)
        queries = (*chain(*(want.queries for want in wants)), *near)
        return Asked(wants, named, queries, found, 0 if partial else len(found))

    def _run(self, label: str, runs: Sequence[tuple[Word, ...]]) -> Want:
        """What has some runs of words, one after the other."""
        query = indexing.in_order([indexing.run(run) for run in runs])
        places = self._index.having(query)
        return Want(label, places, (query,), tuple(runs), () if places else (label,))

    def _term(self, term: Term) -> Want:
        if not term.field:
            pieces = [tuple(self._wording.units(piece)) for piece in GAP.split(term.text)]
            return self._run(term.text, [piece for piece in pieces if piece])
        places = self._index.places(term.field, self._values(term))
        return Want(term.label, places, nowhere=() if places else (term.label,))

    def _values(self, term: Term) -> list[str]:
        """The values that a field's term names: by id, or by some of the words of a name."""
        if term.field == "year":
            return list(map(str, years(term.text)))
        known, terms = self.values[term.field], self._wording.telling(term.text)
        named = [value for value, words in known.items() if terms and words.issuperset(terms)]
        return [term.text] if term.text in known else named

    def _named(self, wants: Sequence[Want], units: Sequence[Word]) -> dict[str, int]:
        """Who is asked for: who is named, if nothing else is wanted that is anywhere here, unless
        it is one word before a surname, and may be a first name, or people are listed."""
        somewhere = [term for want in wants if want.places for term in want.terms]
        sure = {who: 2 for who, names in self._surnames.items() if names.intersection(somewhere)}
        known = self.values["person"]
        if self._wording.names.issuperset(somewhere):
            free = set(somewhere).difference(*(known[who] for who in sure))
            return {who: 1 for who in self._people if known[who].intersection(free)} | sure
        listed = 1 < len(sure) >= len(wants) / 2 and not LISTING.isdisjoint(u.term for u in units)
        last = [who for who, names in self._surnames.items() if somewhere[-1] in names]
        if listed or (len(wants) == 2 and last == [*sure]):
            return sure
        return {who: 2 for who in known.keys() - self._people if known[who].issuperset(somewhere)}

    def _partly(self, free: Sequence[Want], among: Places, people: bool) -> Places:
        """Those with most of the words' worth, that is of how rare they are; of names alone, if
        people are asked for. A claim with less than its whole passage has gives way to it."""
        worth: Counter[int] = Counter()
        for want in free:
            if not people or not self._wording.names.isdisjoint(want.terms):
                rare = len(self._every) / (len(want.places) + 0.5)
                worth.update(dict.fromkeys(want.places & among, log(1 + rare)))
        best = max((worth[at] for at in worth if at in self._said), default=0.0)
        found = {at for at in worth if worth[at] >= ENOUGH * best}
        for at in found.intersection(self._claims):
            found -= {claim for claim in self._claims[at] if worth[claim] < worth[at]}
        return frozenset(found)


def _typed(line: str, word: Word) -> str:
    """A word as it stands in the line it was read from."""
    return line[word.start : word.end]


def _any(wants: Sequence[Want]) -> Want:
    """What any of some wants wants."""
    if len(wants) == 1:
        return wants[0]
    return Want(
        " or ".join(want.label for want in wants),
        frozenset[int]().union(*(want.places for want in wants)),
        tuple(chain(*(want.queries for want in wants))),
        tuple(chain(*(want.runs for want in wants))),
        tuple(chain(*(want.nowhere for want in wants))),
    )
