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

from reference.records import Library
from reference.search import index as indexing
from reference.search.entries import KINDS, Entry
from reference.search.index import Index, Places, Query
from reference.search.names import Names
from reference.search.query import Term, parse, years
from reference.search.words import GAP, STOP, Word, Wording, fold

ENOUGH = 0.6
"""Of the best partial match's worth, what another must have to be shown."""
MOST_WORDS = 40
"""Words of a query that are looked for: the rarest, which tell most."""
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
    """A query read and looked up: what was found, and whether that has only part of the wants.

    `named` are the people and groups it asks for, by how surely (see `Names.named`). `near` are
    words of it side by side, for which an entry ranks higher.
    """

    wants: tuple[Want, ...]
    named: dict[str, int]
    near: tuple[Query, ...]
    found: Places
    partial: bool

    @property
    def queries(self) -> list[Query]:
        """What entries are ranked by."""
        return [*chain(*(want.queries for want in self.wants)), *self.near]

    @property
    def nowhere(self) -> tuple[str, ...]:
        return tuple(chain(*(want.nowhere for want in self.wants)))

    @property
    def whole(self) -> int:
        """How many entries have all that is wanted."""
        return 0 if self.partial else len(self.found)


class Asking:
    """Reads queries and looks them up in one index."""

    def __init__(
        self, library: Library, every: Sequence[Entry], wording: Wording, names: Names, index: Index
    ) -> None:
        self._library, self._wording, self._names, self._index = library, wording, names, index
        self._every = frozenset(range(len(every)))
        ours = {at for at in self._every if every[at].kind in ("theme", "article")}
        self._said = self._every - ours
        """What is not our prose about what is said, or a title."""
        self._people = {entry.id: at for at, entry in enumerate(every) if entry.kind == "person"}
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

    def ask(self, text: str) -> Asked:
        """Read a query and look it up. Raises QueryError if it cannot be answered."""
        loose: list[str] = []
        required: list[Want] = []
        excluded: Places = frozenset()
        for clause in (clauses := parse(text)):
            first, *others = clause.terms
            if clause.negated:
                excluded |= self._term(first).places
            elif others or first.phrase or first.field:
                required.append(_any([self._term(term) for term in clause.terms]))
            else:
                loose.append(first.text)
        line = " ".join(loose)
        units = self._wording.units(line)
        telling = self._telling(line, units) or ([] if required else units)
        each = {unit.term: self._run(_typed(line, unit), [(unit,)]) for unit in telling}
        named = self._named([*required, *each.values()], units)
        people = [who for who in named if who in self._people]
        free = [*each.values()]
        if len(people) > 1 and not required:
            free = self._listed(each, people)
        free = sorted(free, key=lambda want: len(want.places))[:MOST_WORDS]
        among = reduce(frozenset.__and__, (want.places for want in required), self._every)
        among = among - excluded if clauses else frozenset()
        found = reduce(frozenset.__and__, (want.places for want in free), among)
        if free and len(people) > 1:
            found |= {self._people[who] for who in people} & among
        if partial := bool(free) and not found & self._said:
            found = self._partly(free, among, people)
        near = [*pairwise(units), tuple(units)][-2 * MOST_WORDS :] if len(units) > 1 else []
        wants, nearby = (*required, *free), tuple(map(indexing.run, near))
        return Asked(wants, named, nearby, self.alone(found), partial)

    def everything(self) -> Asked:
        """What is found where nothing is asked."""
        return Asked((), {}, (), self.alone(self._every), False)

    def alone(self, found: Places) -> Places:
        """What is found, without the passages that have claims among it."""
        return frozenset(at for at in found if found.isdisjoint(self._claims.get(at, ())))

    # What is wanted

    def _telling(self, line: str, units: Sequence[Word]) -> list[Word]:
        """The words that say something: no little words and, beside a name, no title."""
        telling = [u for u in units if STOP.isdisjoint((u.term, fold(_typed(line, u))))]
        if self._wording.names.isdisjoint(unit.term for unit in telling):
            return telling
        return [unit for unit in telling if unit.term not in self._wording.titles]

    def _run(self, label: str, runs: Sequence[tuple[Word, ...]]) -> Want:
        """What has some runs of words, one after the other."""
        query = indexing.in_order([indexing.run(run) for run in runs])
        places = self._index.having(query)
        return Want(label, places, (query,), tuple(runs), () if places else (label,))

    def _term(self, term: Term) -> Want:
        if not term.field:
            pieces = [tuple(self._wording.units(piece)) for piece in GAP.split(term.text)]
            return self._run(term.text, [piece for piece in pieces if piece])
        places = self._index.having(indexing.facet(*self._values(term)))
        return Want(term.label, places, nowhere=() if places else (term.label,))

    def _values(self, term: Term) -> tuple[str, list[str]]:
        """The facet that a field's term narrows by, and the values it names: by id, or by some
        of the words of a name or a title."""
        library, text = self._library, term.text
        if term.field == "year":
            return "year", list(map(str, years(text)))
        if term.field == "kind":
            return "kind", [kind for kind in KINDS if kind == text.casefold().removesuffix("s")]
        if term.field == "address":
            sources = ((a.id, {a.doi.lower(), _bare(a.url)}) for a in library.articles.values())
            return "article", [id for id, places in sources if _bare(text) in places]
        terms = {word.term for word in self._wording.units(text)}
        if term.field == "person":
            known = text in self._names.words
            return "person", [text] if known else self._names.called(terms)
        records = library.themes if term.field == "theme" else library.articles
        if text in records:
            return term.field, [text]
        titles = {id: self._wording.read(f"{id}\n{each.title}") for id, each in records.items()}
        named = [id for id, title in titles.items() if terms.issubset(word.term for word in title)]
        return term.field, named if terms else []

    def _named(self, wants: Sequence[Want], units: Sequence[Word]) -> dict[str, int]:
        """Who is asked for: who is named, if nothing else is wanted that is anywhere here, unless
        it is one word before a surname, and may be a first name, or people are listed."""
        somewhere = [term for want in wants if want.places for term in want.terms]
        named = self._names.named(somewhere)
        sure = {who: 2 for who, how in named.items() if how == 2}
        if self._wording.names.issuperset(somewhere):
            return named
        if len(sure) > 1 and not LISTING.isdisjoint(unit.term for unit in units):
            return sure
        if len(wants) == 2 and sure and self._names.named(somewhere[-1:]) == sure:
            return sure
        groups = self._names.called(somewhere)
        return {who: 2 for who in groups if who not in self._people}

    def _listed(self, each: dict[str, Want], people: Sequence[str]) -> list[Want]:
        """What is wanted where any of several people is: their names, and all other words."""
        words = [self._names.words[who] for who in people]
        of_each = [_all([each[term] for term in each if term in name]) for name in words]
        return [_any(of_each), *(w for t, w in each.items() if not any(t in n for n in words))]

    # What is found

    def _partly(self, free: Sequence[Want], among: Places, people: Sequence[str]) -> Places:
        """Those with most of the words' worth, that is of how rare they are; of names alone, if
        people are asked for. A claim with less than its whole passage has gives way to it."""
        names = self._wording.names
        worth: Counter[int] = Counter()
        for want in free:
            if not people or not names.isdisjoint(want.terms):
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


def _bare(address: str) -> str:
    """An address without what may be left out of it: scheme, `www.`, a place within the page."""
    bare = address.lower().partition("://")[2] or address.lower()
    return bare.partition("#")[0].removeprefix("www.").removeprefix("doi.org/").rstrip("/.,;)]")


def _any(wants: Sequence[Want]) -> Want:
    """What any of some wants wants."""
    places = frozenset[int]().union(*(want.places for want in wants))
    return wants[0] if len(wants) == 1 else _one(" or ", wants, places)


def _all(wants: Sequence[Want]) -> Want:
    """What all of some wants want."""
    return _one(" ", wants, frozenset.intersection(*(want.places for want in wants)))


def _one(joint: str, wants: Sequence[Want], places: Places) -> Want:
    queries = chain(*(want.queries for want in wants))
    runs = chain(*(want.runs for want in wants))
    nowhere = chain(*(want.nowhere for want in wants))
    label = joint.join(want.label for want in wants)
    return Want(label, places, tuple(queries), tuple(runs), tuple(nowhere))
