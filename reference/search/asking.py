"""Asking: a query's clauses -> what is wanted -> the entries that have it.

All that is wanted is looked for first; where no person, claim or passage has it all, those that
have most of what tells entries apart.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, pairwise
from math import log

from reference.records import Library
from reference.search import index as indexing
from reference.search.entries import Entry
from reference.search.index import Index, Places, Query
from reference.search.names import Names
from reference.search.query import Clause, Term, parse, years
from reference.search.results import KINDS
from reference.search.words import GAP, STOP, Word, Wording, fold

ENOUGH = 0.6
"""Of the best partial match's worth, what another must have to be shown."""
MOST_WORDS = 40
"""Words of a query that are looked for: the rarest, which tell most."""


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


@dataclass(frozen=True, slots=True)
class Asked:
    """A query read and looked up: what was found, and whether that has only part of the wants.

    `named` are the people and groups it names, if it asks for nothing else, by how surely (see
    `Names.named`). `near` are words of it side by side, for which an entry ranks higher.
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
        self,
        library: Library,
        entries: Sequence[Entry],
        wording: Wording,
        names: Names,
        index: Index,
    ) -> None:
        self._library, self._wording, self._names, self._index = library, wording, names, index
        self._every = frozenset(range(len(entries)))
        kinds = ("theme", "article")
        self._said = frozenset(at for at in self._every if entries[at].kind not in kinds)
        """What is said; the rest is our prose about it, and titles."""
        self._people = {entry.id: at for at, entry in enumerate(entries) if entry.kind == "person"}
        claims: dict[tuple[str, str], list[int]] = {}
        for at, entry in enumerate(entries):
            if entry.kind == "claim":
                claims.setdefault((entry.article, entry.passage), []).append(at)
        self._claims = {
            at: claims.get((entry.article, entry.passage), [])
            for at, entry in enumerate(entries)
            if entry.kind == "passage"
        }
        """Passage -> its claims."""

    def ask(self, text: str) -> Asked:
        """Read a query and look it up. Raises QueryError if it cannot be answered."""
        loose: list[str] = []
        required: list[Want] = []
        excluded: set[int] = set()
        for clause in (clauses := parse(text)):
            first, *others = clause.terms
            if clause.negated:
                excluded |= self._term(first).places
            elif others or first.phrase or first.field:
                required.append(self._clause(clause))
            else:
                loose.append(first.text)
        line = " ".join(loose)
        units = self._wording.units(line)
        each = self._words(line, self._telling(line, units) or ([] if required else units))
        named = self._named(required, each)
        free = sorted(
            self._apart(each, {} if required else named), key=lambda want: len(want.places)
        )[:MOST_WORDS]
        among = reduce(frozenset.__and__, (want.places for want in required), self._every)
        among = among - excluded if clauses else frozenset()
        whole = reduce(frozenset.__and__, (want.places for want in free), among)
        partial = bool(free) and not whole & self._said
        found = self._partly(free, among, named) if partial else whole
        near = [*pairwise(units), tuple(units)][-2 * MOST_WORDS :] if len(units) > 1 else []
        return Asked(
            (*required, *free), named, tuple(map(indexing.run, near)), self.alone(found), partial
        )

    def everything(self) -> Asked:
        """What is found where nothing is asked."""
        return Asked((), {}, (), self.alone(self._every), False)

    def alone(self, found: Places) -> Places:
        """What is found, without the passages that have claims among it."""
        return frozenset(at for at in found if found.isdisjoint(self._claims.get(at, ())))

    # What is wanted

    def _telling(self, line: str, units: Sequence[Word]) -> list[Word]:
        """The words that say something: no little words and, beside a name, no title, nor
        another's first name that is taken for the named one's."""
        telling = [u for u in units if STOP.isdisjoint((u.term, fold(typed(line, u))))]
        terms = [unit.term for unit in telling]
        if self._wording.names.isdisjoint(terms):
            return telling
        passed = self._names.familiar(terms) | self._wording.titles
        return [unit for unit in telling if unit.term not in passed]

    def _words(self, line: str, units: Iterable[Word]) -> dict[str, Want]:
        """One want a word, by its term."""
        return {unit.term: self._run(typed(line, unit), [(unit,)]) for unit in units}

    def _run(self, label: str, runs: Sequence[tuple[Word, ...]]) -> Want:
        """What has some runs of words, one after the other."""
        query = indexing.in_order([indexing.run(run) for run in runs])
        places = self._index.having(query)
        return Want(label, places, (query,), tuple(runs), () if places else (label,))

    def _clause(self, clause: Clause) -> Want:
        return _either([self._term(term) for term in clause.terms])

    def _term(self, term: Term) -> Want:
        if not term.field:
            pieces = (tuple(self._wording.units(piece)) for piece in GAP.split(term.text))
            runs = [piece for piece in pieces if piece]
            return self._run(term.label, runs) if runs else Want(term.label, frozenset())
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
            sources = ((a.id, {a.doi.lower(), bare(a.url)}) for a in library.articles.values())
            return "article", [id for id, places in sources if bare(text) in places]
        terms = {word.term for word in self._wording.units(text)}
        if term.field == "person":
            known = text in self._names.known
            return "person", [text] if known else sorted(self._names.called(terms))
        records = library.themes if term.field == "theme" else library.articles
        if text in records:
            return term.field, [text]
        titles = {id: self._wording.read(f"{id} · {each.title}") for id, each in records.items()}
        named = [id for id, title in titles.items() if terms.issubset(word.term for word in title)]
        return term.field, named if terms else []

    def _named(self, required: Sequence[Want], each: dict[str, Want]) -> dict[str, int]:
        """Who is named, if nothing else is asked for that is anywhere here, unless it is one word
        before a surname, and may be a first name."""
        wants = [want for want in (*required, *each.values()) if want.places]
        somewhere = [word.term for want in wants for run in want.runs for word in run]
        named = self._names.named(somewhere)
        if self._wording.names.issuperset(somewhere):
            return named
        if len(each) == 2 and self._names.named(somewhere[1:]) == named:
            return {who: sure for who, sure in named.items() if sure == 2}
        return dict.fromkeys(self._names.groups(somewhere), 2)

    def _apart(self, each: dict[str, Want], named: dict[str, int]) -> Iterable[Want]:
        """What is wanted word by word; where several people are named, any of them."""
        people = [self._names.words(who) for who in named if who in self._people]
        if len(people) > 1:
            yield _either([_both([each[t] for t in each if t in words]) for words in people])
            each = {t: want for t, want in each.items() if not any(t in w for w in people)}
        yield from each.values()

    # What is found

    def _partly(self, free: Sequence[Want], among: Places, named: dict[str, int]) -> Places:
        """Those with most of the words' worth, that is of how rare they are, and who is named. A
        claim with less than its whole passage has gives way to it."""
        worth: Counter[int] = Counter()
        for want in free:
            count = len(want.places)
            rarity = log(1 + (len(self._every) - count + 0.5) / (count + 0.5))
            worth.update(dict.fromkeys(want.places & among, rarity))
        best = max((worth[at] for at in worth if at in self._said), default=0.0)
        found = {at for at in worth if worth[at] >= ENOUGH * best}
        for at in found.intersection(self._claims):
            found -= {claim for claim in self._claims[at] if worth[claim] < worth[at]}
        return frozenset(found | {self._people[who] for who in named if who in self._people})


def typed(line: str, word: Word) -> str:
    """A word as it stands in the line it was read from."""
    return line[word.start : word.end]


def bare(address: str) -> str:
    """An address without what may be left out of it: scheme, `www.`, a place within the page."""
    bare = address.lower().partition("://")[2] or address.lower()
    return bare.partition("#")[0].removeprefix("www.").removeprefix("doi.org/").rstrip("/.,;)]")


def _either(wants: Sequence[Want]) -> Want:
    """What any of some wants wants."""
    if len(wants) == 1:
        return wants[0]
    label = " or ".join(want.label for want in wants)
    return _together(label, wants, frozenset().union(*(want.places for want in wants)))


def _both(wants: Sequence[Want]) -> Want:
    """What all of some wants want."""
    label = " ".join(want.label for want in wants)
    return _together(label, wants, frozenset.intersection(*(want.places for want in wants)))


def _together(label: str, wants: Sequence[Want], places: Places) -> Want:
    return Want(
        label,
        places,
        tuple(chain(*(want.queries for want in wants))),
        tuple(chain(*(want.runs for want in wants))),
        tuple(chain(*(want.nowhere for want in wants))),
    )
