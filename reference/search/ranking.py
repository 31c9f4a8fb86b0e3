"""Ranking: which of the entries found comes first."""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from reference.search.answering import Answer
from reference.search.entries import OURS, PROSE, Entry, Kind
from reference.search.facets import EntryNumbers
from reference.search.results import Sort
from reference.search.wants import Named, Want
from reference.search.wording import Wording

FEW = 0.1
"""Share of the entries: a job or a body that more of them have does not put its people first."""
TIER = 1_000
"""What a tier adds to a score."""
MISSING = 100
"""What is taken from a score for each want that an entry has not."""
BY_OTHER_WORDS = 60
"""What is taken for each that it has only in other words than those typed."""
LONG: frozenset[Kind] = frozenset({"theme", "outcome", "term"})
"""Texts of ours that have many words by chance: they come as if they lacked one more want."""

BY_WHOLE_TITLE: frozenset[Kind] = frozenset({"event", "outcome"})
"""Kinds that come first where a query has their whole title, with or without other words."""
BY_MOST_OF_TITLE: dict[Kind, float] = {
    "theme": 1 / 2,
    "article": 1 / 2,
    "disagreement": 2 / 3,
}
"""Kinds that come first where a query has so much of their title, and no other words."""


class Tier(IntEnum):
    """What comes before what in a list of results."""

    PROSE_OF_OURS = 0
    WORDS_OF_OURS = 1
    WORDS = 2
    SAID_BY_SOMEBODY_NAMED = 3
    ABBREVIATION = 4
    TITLE = 5
    FIRST_NAME = 6
    SURNAME = 7
    ASKED_FOR_ITSELF = 8


ORDINARY_BONUS = TIER * Tier.WORDS
"""What is added to the score of each claim and passage for an ordinary query."""
_TIER_OF_NAME = {
    Named.FIRST_NAME: Tier.FIRST_NAME,
    Named.SURNAME: Tier.SURNAME,
}


class Ranked(NamedTuple):
    """An entry, by its number, and its score."""

    number: int
    score: float


class Ranking:
    """Puts entries in order."""

    def __init__(self, entries: Sequence[Entry], wording: Wording) -> None:
        self._entries = entries
        self._few = max(6, FEW * len(entries))
        self._title_terms = [
            wording.telling(*_titles_of(entry)) for entry in entries
        ]
        self._passages_and_claims: set[int] = set()
        for number, entry in enumerate(entries):
            if entry.kind in ("passage", "claim"):
                self._passages_and_claims.add(number)

    def ranked(
        self, answer: Answer, numbers: EntryNumbers, sort: Sort
    ) -> list[Ranked]:
        """Return these entries of an answer with their scores, the best first.

        A score is how well the words of an entry fit, and a bonus: large for a high tier, less for
        each want that the entry has not. With `sort="date"` the newest come first instead, and
        those of one day by score.
        """
        are_few = answer.complete > 0 and len(numbers) <= self._few
        criteria = _Criteria(answer, are_few)
        in_order: list[Ranked] = []
        for number, fit in answer.scores(numbers).items():
            bonus = self._bonus(number, criteria)
            in_order.append(Ranked(number, round(fit + bonus, 4)))
        in_order.sort(key=_best_first)
        if sort == "date":
            # Sorting keeps the order of those that have the same date
            in_order.sort(key=self._date_of, reverse=True)
        return in_order

    def _date_of(self, ranked: Ranked) -> str:
        return self._entries[ranked.number].date

    def _bonus(self, number: int, criteria: "_Criteria") -> float:
        """Return what the tier of an entry adds to its score, less what it has not."""
        is_of_article = number in self._passages_and_claims
        if criteria.are_ordinary and is_of_article:
            return ORDINARY_BONUS
        tier = self._tier(number, criteria)
        bonus = TIER * tier - criteria.deduction(number)
        if tier <= Tier.WORDS and self._entries[number].kind in LONG:
            bonus -= MISSING
        return bonus

    def _tier(self, number: int, criteria: "_Criteria") -> Tier:
        entry = self._entries[number]
        if number in criteria.answer.direct:
            return Tier.ASKED_FOR_ITSELF
        if entry.kind == "person":
            return self._tier_of_person(number, criteria)
        if entry.kind in OURS:
            return self._tier_of_ours(number, criteria)
        if not criteria.people.isdisjoint(entry.people):
            return Tier.SAID_BY_SOMEBODY_NAMED
        return Tier.WORDS

    def _tier_of_person(self, number: int, criteria: "_Criteria") -> Tier:
        named = criteria.answer.people.get(self._entries[number].id)
        if named:
            return _TIER_OF_NAME[named]
        is_described = criteria.terms <= self._title_terms[number]
        if criteria.are_few and is_described:
            return Tier.TITLE
        return Tier.WORDS

    def _tier_of_ours(self, number: int, criteria: "_Criteria") -> Tier:
        """Return the tier of an entry that is found by our words: a theme, an event, a term …

        It comes before claims if the query asks for it by its title or its abbreviation, or for an
        event by "when". Any other comes after the claims that match all of the query. If nothing
        matches all of it, it is in one tier with them.
        """
        kind = self._entries[number].kind
        if kind == "term" and self._is_abbreviation_asked(number, criteria):
            return Tier.ABBREVIATION
        if kind == "event" and criteria.answer.asks_when:
            return Tier.TITLE
        if self._is_title_asked(number, criteria):
            return Tier.TITLE
        if criteria.answer.complete == 0:
            return Tier.WORDS
        if kind in PROSE:
            return Tier.PROSE_OF_OURS
        return Tier.WORDS_OF_OURS

    def _is_title_asked(self, number: int, criteria: "_Criteria") -> bool:
        """Whether a query has as much of the title as an entry of this kind needs."""
        kind = self._entries[number].kind
        if kind in BY_WHOLE_TITLE:
            return self._has_whole_title(number, criteria)
        if kind in BY_MOST_OF_TITLE:
            return self._is_most_of_title(number, criteria)
        return False

    def _is_abbreviation_asked(
        self, number: int, criteria: "_Criteria"
    ) -> bool:
        """Whether all that was typed is the abbreviation of a term."""
        is_title = criteria.terms == self._title_terms[number]
        if not criteria.answer.is_one_word or not is_title:
            return False
        return _is_abbreviation_or_expansion(self._entries[number].title)

    def _has_whole_title(self, number: int, criteria: "_Criteria") -> bool:
        """Whether a query has the whole title, and the entry all of the query."""
        title_terms = self._title_terms[number]
        if not title_terms or not title_terms <= criteria.terms:
            return False
        return not criteria.answer.missing(number)

    def _is_most_of_title(self, number: int, criteria: "_Criteria") -> bool:
        """Whether a query has most of the words of the title, and no other words."""
        title_terms = self._title_terms[number]
        share = BY_MOST_OF_TITLE[self._entries[number].kind]
        if not criteria.terms <= title_terms:
            return False
        return len(criteria.terms) >= share * len(title_terms)


def _titles_of(entry: Entry) -> tuple[str, ...]:
    """Return the texts that put an entry first: a title; of a person, also names and office."""
    if entry.kind == "person":
        return (entry.title, entry.words, *entry.names)
    return (entry.title,) if entry.kind in OURS else ()


def _best_first(ranked: Ranked) -> tuple[float, int]:
    return -ranked.score, ranked.number


def _is_abbreviation_or_expansion(title: str) -> bool:
    """Whether the title of a term is an abbreviation, or what one may stand for."""
    return " " in title or sum(letter.isupper() for letter in title) > 1


class _Criteria:
    """What the entries of one answer are ranked by.

    `terms` are all terms wanted, `people` the people and groups named. `are_few`: few entries
    have all that is wanted. `are_ordinary`: all entries found have all that is wanted, in the
    words typed, and nobody and nothing is asked for by name.
    """

    def __init__(self, answer: Answer, are_few: bool) -> None:
        self.answer = answer
        self.are_few = are_few
        self.people = frozenset(answer.people)
        self.terms: set[str] = set()
        self._wants_not_common: list[Want] = []
        self._wants_by_other_words: list[Want] = []
        for want in answer.wants:
            self.terms.update(want.terms)
            if not want.is_common:
                self._wants_not_common.append(want)
            if want.by_other_words:
                self._wants_by_other_words.append(want)
        # Ordinary: all entries have all words as typed, and nothing is asked for by its name
        self.are_ordinary = (
            answer.complete > 0
            and not answer.people
            and not answer.direct
            and not self._wants_by_other_words
        )

    def deduction(self, number: int) -> int:
        """Return what is taken from an entry's score for what it lacks, or has in other words.

        Nothing is taken where it lacks a word that is common, such as "GPs".
        """
        deduction = 0
        for want in self._wants_not_common:
            if number not in want.scores:
                deduction += MISSING
        for want in self._wants_by_other_words:
            if number in want.by_other_words:
                deduction += BY_OTHER_WORDS
        return deduction
