"""Answering: a question -> the entries that have all that is wanted, or else most of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from reference.search.addresses import Addresses
from reference.search.facets import EntryNumbers
from reference.search.index import Scores
from reference.search.lookup import Lookup
from reference.search.naming import Naming
from reference.search.query import parse
from reference.search.reading import Reading
from reference.search.stock import Stock
from reference.search.wants import (
    NO_ENTRIES,
    Named,
    Question,
    Want,
    having_all,
    having_any,
)
from reference.search.wording import Wording
from reference.search.words import Run, Word

SHARE_OF_BEST = 0.6
"""A partial match is found if it is worth at least this share of what the best one is."""
SHARE_OF_BEST_DISAGREEMENT = 0.3
"""A disagreement is found if it is at least so much about what is asked as the best one is."""
MOST_SIDE_BY_SIDE = 8
"""Words, the first of a query, that rank an entry higher where it has them side by side."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The entries that answer a query, by their numbers, and what is needed to rank them.

    `complete` is how many of those `found` have all that the query asks: all of them, or 0.
    `people` are the people and groups that it names. `side_by_side` has scores of entries in which
    its words stand so. `direct` are the entries that it asks for themselves (by an address, a
    date, "what does PEC mean"), and how well each fits.
    """

    found: EntryNumbers = NO_ENTRIES
    complete: int = 0
    wants: tuple[Want, ...] = ()
    people: Mapping[str, Named] = field(default_factory=dict)
    side_by_side: tuple[Scores, ...] = ()
    direct: Scores = field(default_factory=dict)
    is_one_word: bool = False
    asks_when: bool = False

    def scores(self, numbers: EntryNumbers) -> dict[int, float]:
        """Return how well each of some entries fits: the sum of all scores that it has."""
        total = dict.fromkeys(numbers, 0.0)
        scores_of_wants = [want.scores for want in self.wants]
        for scores in (*scores_of_wants, *self.side_by_side, self.direct):
            scored_numbers = numbers & scores.keys()
            for number in scored_numbers:
                total[number] += scores[number]
        return total

    def missing(self, number: int) -> tuple[str, ...]:
        """Return what is wanted that an entry has not, as typed."""
        if number in self.direct:
            return self.found_nowhere
        return tuple(
            want.label for want in self.wants if number not in want.scores
        )

    @property
    def found_nowhere(self) -> tuple[str, ...]:
        """The parts of the query, as typed, that no entry has."""
        labels: list[str] = []
        for want in self.wants:
            labels += want.found_nowhere
        return tuple(labels)


class Answering:
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

    def answer(self, text: str) -> Answer:
        """Return the entries that answer a query, and what is needed to rank them.

        The address or the id of an entry finds it alone, and a query without words nothing. Any
        other query finds the entries that match all of it, or else those that match most. Raises
        QueryError if it cannot be read.
        """
        number = self._addresses.find(text)
        if number is not None:
            only_it = frozenset({number})
            return Answer(only_it, complete=1, direct={number: 0.0})
        clauses = parse(text)
        if not clauses:
            return Answer()
        question = self._reading.read(clauses)
        complete = self._complete_matches(question)
        matches = complete or self._partial_matches(question)
        direct = self._direct_answers(question)
        found = self._without_passages_of_claims(matches.union(direct))
        return Answer(
            found=found,
            complete=len(found) if complete else 0,
            wants=tuple(question.wants),
            people=question.people,
            side_by_side=self._side_by_side(question.words),
            direct=direct,
            is_one_word=question.is_one_word,
            asks_when=question.asks_when,
        )

    # All that is wanted, or most of it

    def _complete_matches(self, question: Question) -> EntryNumbers:
        """Return the entries that match all of a question, an empty set if there are none.

        These have every phrase and field that it requires, and every loose word that it wishes for.
        If it names several people, their own entries match too: "Smith and Mays" finds both.
        """
        with_required = self._with_required(question)
        with_all = having_all(question.wishes, with_required)
        matches = with_all | self._people_listed(question, with_required)
        if not question.wishes:
            return matches
        # Our own prose is so long that it may have all words by chance
        is_only_prose = matches.isdisjoint(self._stock.not_prose)
        return NO_ENTRIES if is_only_prose else matches

    def _partial_matches(self, question: Question) -> EntryNumbers:
        """Return the entries that match most of a question, where none matches all of it.

        If no entry has all phrases and fields that it requires, these have most of whatever it
        asks. Otherwise they have these phrases and fields; beside a phrase its loose words are let
        go, as "radio" in `"data is junk" radio`, and beside fields they have most of them.
        """
        with_required = self._with_required(question)
        if not with_required:
            allowed = self._stock.every - question.excluded
            return self._best_of(question.wants, allowed)
        if question.has_phrase:
            return with_required
        return self._with_most_wishes(question, with_required)

    def _with_most_wishes(
        self, question: Question, among: EntryNumbers
    ) -> EntryNumbers:
        """Return those of some entries that have most of the loose words of a question.

        If it names people, only their names count, and if possible only surnames.
        """
        wishes = self._wishes_beside_names(question)
        with_surnames = self._with_surnames(wishes, among)
        return self._best_of(wishes, with_surnames or among)

    def _with_required(self, question: Question) -> EntryNumbers:
        """Return the entries that have each phrase and field of a question, and none excluded."""
        allowed = self._stock.every - question.excluded
        return having_all(question.required, allowed)

    def _people_listed(
        self, question: Question, among: EntryNumbers
    ) -> EntryNumbers:
        """Return the people named, if they are several: any of them is asked for."""
        people = [
            number
            for id, number in self._stock.people.items()
            if id in question.people
        ]
        return among.intersection(people) if len(people) > 1 else NO_ENTRIES

    def _wishes_beside_names(self, question: Question) -> Sequence[Want]:
        """Return the wishes that partial matches may have: if people are named, their names alone.

        Of "Buckman megaprojects" Buckman is found; nobody else's projects are.
        """
        if self._stock.people.keys().isdisjoint(question.people):
            return question.wishes
        return [
            wish for wish in question.wishes if self._naming.is_of_name(wish)
        ]

    def _with_surnames(
        self, wishes: Sequence[Want], among: EntryNumbers
    ) -> EntryNumbers:
        """Return the entries that have a surname that is wished for.

        Of "Goodwin devolved evidence", what Goodwin says on evidence is found, and nobody else.
        """
        surnames = [wish for wish in wishes if self._naming.is_surname(wish)]
        return having_any(surnames, among)

    def _best_of(
        self, wants: Sequence[Want], among: EntryNumbers
    ) -> EntryNumbers:
        """Return those entries `among` some that have most of what is wanted.

        An entry is worth the more, the rarer the wants are that it has; those are returned that are
        worth nearly as much as the best. A want that very many entries have ("GPs") is not enough
        alone, if there are others.
        """
        rare_wants = [want for want in wants if not want.is_common]
        candidates = having_any(rare_wants or wants, among)
        worth = self._worth(wants, among)
        best = self._nearly_as_good_as_best(candidates, worth)
        return best - self._outdone_claims(best, worth)

    def _worth(self, wants: Sequence[Want], among: EntryNumbers) -> Scores:
        """Return each entry -> the sum of what the wants that it has are worth."""
        entry_count = len(self._stock.every)
        worth: dict[int, float] = defaultdict(float)
        for want in wants:
            rarity = want.rarity(entry_count)
            for number in among.intersection(want.scores):
                worth[number] += rarity
        return worth

    def _nearly_as_good_as_best(
        self, numbers: EntryNumbers, worth: Scores
    ) -> EntryNumbers:
        """Return the entries worth at least 60% of the best one that is not our own prose."""
        not_prose = numbers & self._stock.not_prose
        best = max((worth[number] for number in not_prose), default=0.0)
        least = SHARE_OF_BEST * best
        return frozenset(
            number for number in numbers if worth[number] >= least
        )

    def _outdone_claims(
        self, numbers: EntryNumbers, worth: Scores
    ) -> EntryNumbers:
        """Return the claims that are worth less than a passage or a disagreement that has them.

        Only passages and disagreements that are themselves among `numbers` count.
        """
        outdone: set[int] = set()
        for number in numbers.intersection(self._stock.claims_of):
            for claim in self._stock.claims_of[number]:
                if worth.get(claim, 0.0) < worth[number]:
                    outdone.add(claim)
        return frozenset(outdone)

    def _without_passages_of_claims(
        self, numbers: EntryNumbers
    ) -> EntryNumbers:
        """Return entries without the passages of which a claim is among them."""
        claims_of = self._stock.claims_of
        passages = numbers.intersection(claims_of) - self._stock.ours
        covered = [
            passage for passage in passages if numbers & claims_of[passage]
        ]
        return numbers.difference(covered)

    # What is asked for itself

    def _direct_answers(self, question: Question) -> dict[int, float]:
        """Return the entries that a query asks for themselves, and how well each fits."""
        allowed = question.direct - question.excluded
        direct = dict.fromkeys(allowed, 0.0)
        if question.asks_for_disagreements:
            direct.update(self._disagreements(question))
        return direct

    def _disagreements(self, question: Question) -> dict[int, float]:
        """Return the disagreements about what is asked -> how much each is about it.

        Those that are much less about it than the best one are left out. If a question asks only
        who disagrees, and about nothing, all disagreements are returned, each with 0.
        """
        relevance: dict[int, float] = {}
        for number in self._stock.disagreements.values():
            if self._is_allowed(number, question):
                relevance[number] = self._relevance(number, question.wishes)
        best = max(relevance.values(), default=0.0)
        if question.wishes and best == 0:
            return {}
        least = SHARE_OF_BEST_DISAGREEMENT * best
        return {
            number: value
            for number, value in relevance.items()
            if value >= least
        }

    def _is_allowed(self, disagreement: int, question: Question) -> bool:
        """Whether a disagreement is not excluded, and it or a claim of it has all required."""
        if disagreement in question.excluded:
            return False
        claims = self._stock.claims_of[disagreement]
        entries = claims | {disagreement}
        return all(entries & want.scores.keys() for want in question.required)

    def _relevance(self, disagreement: int, wishes: Sequence[Want]) -> float:
        """Return how much a disagreement is about the words that are wished for.

        Each wish adds its rarity, in full if the disagreement's own text has the word, and once
        more in proportion to how many of its claims have it. So a word of rarity 2 that is in the
        text, and in half of the claims, adds 2 + 1.
        """
        entry_count = len(self._stock.every)
        claims = self._stock.claims_of[disagreement]  # at least two
        relevance = 0.0
        for wish in wishes:
            rarity = wish.rarity(entry_count)
            if disagreement in wish.scores:
                relevance += rarity
            claims_with_wish = claims & wish.scores.keys()
            relevance += rarity * len(claims_with_wish) / len(claims)
        return relevance

    # Word order

    def _side_by_side(self, words: Sequence[Word]) -> tuple[Scores, ...]:
        """Return the scores of entries with words of a query side by side, as typed.

        Of "the data is junk" these are the scores of its three pairs, and of all four words. A
        pair without a telling word, such as "of the", is left out.
        """
        first_words = tuple(words[:MOST_SIDE_BY_SIDE])
        runs: list[Run] = []
        for pair in pairwise(first_words):
            if self._wording.any_is_telling(pair):
                runs.append(pair)
        if len(first_words) > 2:
            runs.append(first_words)
        return tuple(self._lookup.runs([run]) for run in runs)
