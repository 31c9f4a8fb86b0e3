"""Asking: a question -> the entries that have all that is wanted, or else most of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from reference.search.addresses import Addresses
from reference.search.facets import Places
from reference.search.index import Scores
from reference.search.lookup import LONGEST_RUN, Lookup
from reference.search.naming import Naming
from reference.search.query import parse
from reference.search.reading import Reading
from reference.search.stock import Stock
from reference.search.wants import (
    NOWHERE,
    Named,
    Question,
    Want,
    having_all,
    having_any,
)
from reference.search.wording import Wording
from reference.search.words import Run, Word

ENOUGH = 0.6
"""Of the best partial match's worth, what another must have to be found beside it."""
LITTLE = 0.3
"""Of how much the best disagreement is about what is asked, what another must be."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer to a query: the entries `found`; `complete` is how many have all that it asks.

    `people` are people and groups that it names. `side_by_side` are scores of words that stand
    so. `first` are the entries that are asked for themselves, and how well each fits. `alone`:
    all that was asked is one word.
    """

    found: Places = NOWHERE
    complete: int = 0
    wants: tuple[Want, ...] = ()
    people: Mapping[str, Named] = field(default_factory=dict)
    side_by_side: tuple[Scores, ...] = ()
    first: Scores = field(default_factory=dict)
    alone: bool = False

    def scores(self, places: Places) -> dict[int, float]:
        """Return how well each of some entries fits."""
        total = dict.fromkeys(places, 0.0)
        scores_of_wants = [want.scores for want in self.wants]
        for scores in (*scores_of_wants, *self.side_by_side, self.first):
            having = places & scores.keys()
            for place in having:
                total[place] += scores[place]
        return total

    def missing(self, place: int) -> tuple[str, ...]:
        """Return what is wanted that an entry has not, as typed."""
        if place in self.first:
            return self.nowhere
        return tuple(
            want.label for want in self.wants if place not in want.scores
        )

    @property
    def nowhere(self) -> tuple[str, ...]:
        """The parts of the query, as typed, that nothing has."""
        nowhere: list[str] = []
        for want in self.wants:
            nowhere += want.nowhere
        return tuple(nowhere)


class _Found(NamedTuple):
    """Entries found, and whether each has all that is wanted.

    `is_complete` is False where they have only most of it, and where there are none.
    """

    places: Places
    is_complete: bool


class Asking:
    """Reads queries and looks them up in one index."""

    def __init__(
        self,
        stock: Stock,
        wording: Wording,
        lookup: Lookup,
        addresses: Addresses,
    ) -> None:
        self._stock = stock
        self._wording = wording
        self._lookup = lookup
        self._addresses = addresses
        self._naming = Naming(stock, wording)
        self._reading = Reading(stock, wording, lookup, self._naming)

    def ask(self, text: str, narrowed: bool = False) -> Asked:
        """Read a query and look it up.

        One that asks for nothing finds everything if it is to be `narrowed`, else nothing. Raises
        QueryError if it cannot be answered.
        """
        place = self._addresses.find(text)
        if place is not None:
            return Asked(frozenset({place}), complete=1, first={place: 0.0})
        clauses = parse(text)
        if not clauses:
            return Asked(self._stock.every if narrowed else NOWHERE)
        question = self._reading.read(clauses)
        found = self._find(question)
        first = self._asked_for_themselves(question)
        places = self._without_passages_of_claims(found.places.union(first))
        return Asked(
            found=places,
            complete=len(places) if found.is_complete else 0,
            wants=tuple(question.wants),
            people=question.people,
            side_by_side=self._side_by_side(question.units),
            first=first,
            alone=question.is_one_word,
        )

    def _asked_for_themselves(self, question: Question) -> dict[int, float]:
        """Return the entries that a query asks for themselves, and how well each fits."""
        allowed = question.first - question.excluded
        first = dict.fromkeys(allowed, 0.0)
        if question.asks_for_disagreements:
            first.update(self._disagreements(question))
        return first

    def _find(self, question: Question) -> _Found:
        """Return the entries that have all that is asked, or else those with most of it.

        A question wants what it requires (phrases and fields), and wishes for its loose words.
        What is found is complete if there is something, and all of it has all that is wanted;
        where several people are named, each of them is a complete answer.
        """
        allowed = self._stock.every - question.excluded
        having_required = having_all(question.required, allowed)
        wants = question.wants
        if not having_required and len(wants) > 1:
            return self._partly(wants, allowed)

        having_wishes = having_all(question.wishes, having_required)
        people = self._people_listed(question, having_required)
        places = having_wishes | people
        if not question.wishes:
            return _Found(places, is_complete=bool(places))
        # Our prose is so long that it may have all the words by chance.
        has_answer = bool(places & self._stock.answers)
        if has_answer:
            return _Found(places, is_complete=True)

        if question.has_phrase:
            # A phrase is what the reader is after, though loose words are missing.
            return _Found(having_required, is_complete=False)
        return self._partly(self._wishes_left(question), having_required)

    def _partly(self, wants: Sequence[Want], among: Places) -> _Found:
        """Return the entries with most of what is wanted, where none has it all."""
        return _Found(self._best_of(wants, among), is_complete=False)

    def _people_listed(self, question: Question, among: Places) -> Places:
        """Return the people named, if they are several: any of them is asked for."""
        people = [
            place
            for id, place in self._stock.people.items()
            if id in question.people
        ]
        return among.intersection(people) if len(people) > 1 else NOWHERE

    def _wishes_left(self, question: Question) -> Sequence[Want]:
        """Return what is wished for where nothing has it all: beside a name, the name alone."""
        if self._stock.people.keys().isdisjoint(question.people):
            return question.wishes
        return [
            wish for wish in question.wishes if self._naming.is_of_name(wish)
        ]

    def _best_of(self, wants: Sequence[Want], among: Places) -> Places:
        """Return those with most of the wants' worth, that is of how rare they are.

        None has only words that are everywhere, if others are wanted.
        """
        rare = [want for want in wants if not want.everywhere] or wants
        candidates = having_any(rare, among)
        worth = self._worth(wants, among)
        enough = self._worth_enough(candidates, worth)
        lesser = self._lesser_claims(enough, worth)
        return enough - lesser

    def _worth_enough(self, places: Places, worth: Scores) -> Places:
        """Return the entries that are worth nearly as much as the best answer among them."""
        answers = places & self._stock.answers
        best = max((worth[place] for place in answers), default=0.0)
        least = ENOUGH * best
        return frozenset(place for place in places if worth[place] >= least)

    def _worth(self, wants: Sequence[Want], among: Places) -> Scores:
        """Return each of some entries -> the sum of what the wants that it has are worth."""
        entries = len(self._stock.every)
        worth: dict[int, float] = defaultdict(float)
        for want in wants:
            value = want.worth(entries)
            for place in among.intersection(want.scores):
                worth[place] += value
        return worth

    def _lesser_claims(self, places: Places, worth: Scores) -> Places:
        """Return the claims that are worth less than their passage or their disagreement, to which
        they give way.
        """
        claims_of = self._stock.claims_of
        lesser: set[int] = set()
        for place in places.intersection(claims_of):
            for claim in claims_of[place]:
                if worth.get(claim, 0.0) < worth[place]:
                    lesser.add(claim)
        return frozenset(lesser)

    def _without_passages_of_claims(self, places: Places) -> Places:
        """Return entries without the passages of which a claim is among them."""
        covered: set[int] = set()
        claims_of = self._stock.claims_of
        passages = places.intersection(claims_of) - self._stock.ours
        for passage in passages:
            if places & claims_of[passage]:
                covered.add(passage)
        return places - covered

    def _disagreements(self, question: Question) -> dict[int, float]:
        """Return the disagreements about what is asked, and how much of each is about it.

        If nothing is asked but who disagrees, all of them.
        """
        relevance: dict[int, float] = {}
        for place in self._stock.disagreements.values():
            if self._is_allowed(place, question):
                relevance[place] = self._relevance(place, question.wishes)
        best = max(relevance.values(), default=0.0)
        if question.wishes and not best:
            return {}
        least = LITTLE * best
        return {
            place: worth
            for place, worth in relevance.items()
            if worth >= least
        }

    def _is_allowed(self, place: int, question: Question) -> bool:
        """Whether a disagreement, or a claim of it, has what a question requires."""
        if place in question.excluded:
            return False
        entries = self._stock.claims_of[place] | {place}
        return all(entries & want.scores.keys() for want in question.required)

    def _relevance(self, place: int, wishes: Sequence[Want]) -> float:
        """Return how much a disagreement is about what is wished for.

        A wish counts for as much of its worth as the share of the claims on the disagreement's
        sides that have it (0 to 1), and for its whole worth once more if the disagreement's own
        words have it. A rare wish is worth more than a common one.
        """
        entries = len(self._stock.every)
        relevance = 0.0
        for wish in wishes:
            worth = wish.worth(entries)
            relevance += self._share_of_claims(place, wish) * worth
            if place in wish.scores:
                relevance += worth
        return relevance

    def _share_of_claims(self, place: int, wish: Want) -> float:
        """Return the share of a disagreement's claims that have what is wished for."""
        # Never empty: no library is loaded in which a side has no claim.
        claims = self._stock.claims_of[place]
        claims_with_wish = claims & wish.scores.keys()
        return len(claims_with_wish) / len(claims)

    def _side_by_side(self, units: Sequence[Word]) -> tuple[Scores, ...]:
        """Return the scores of words side by side: of pairs of which one tells, and of all."""
        words = tuple(units[:LONGEST_RUN])
        runs: list[Run] = []
        for pair in pairwise(words):
            if self._wording.any_tells(pair):
                runs.append(pair)
        if len(words) > 2:
            runs.append(words)
        return tuple(self._lookup.runs([run]) for run in runs)
