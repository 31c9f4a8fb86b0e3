"""Ranking: which of the entries found comes first."""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from reference.search.asking import Asked
from reference.search.entries import OURS, PROSE, Entry, Kind
from reference.search.facets import Places
from reference.search.results import Sort
from reference.search.wants import Named
from reference.search.wording import Wording

FEW = 0.1
"""Share of the entries: a job or a body that more of them have does not put its people first."""
TIER = 1_000
"""What a tier adds to a score."""
MISSING = 100
"""What is taken from a score for each want that an entry has not."""
BORROWED = 60
"""What is taken for each that it has only in other words than those typed."""
LONG: frozenset[Kind] = frozenset({"theme", "outcome", "term"})
"""Texts of ours that have many words by chance: they come as if they lacked one more want."""

BY_WHOLE_TITLE: frozenset[Kind] = frozenset({"event", "outcome"})
BY_MOST_OF_TITLE: dict[Kind, float] = {
    "theme": 1 / 2,
    "article": 1 / 2,
    "disagreement": 2 / 3,
}
"""What comes first where a query has its whole title, or so much of it and nothing else."""


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


PLAIN = TIER * Tier.WORDS
"""What is added to the score of a claim or a passage, where none lacks anything or is named."""
_TIER_OF_NAME = {
    Named.FIRST_NAME: Tier.FIRST_NAME,
    Named.SURNAME: Tier.SURNAME,
}


class Ranked(NamedTuple):
    """An entry, by its number, and its score."""

    place: int
    score: float


class Ranking:
    """Puts entries in order."""

    def __init__(self, entries: Sequence[Entry], wording: Wording) -> None:
        self._entries = entries
        self._few = max(6, FEW * len(entries))
        self._titles = [
            wording.telling(*_title_of(entry)) for entry in entries
        ]
        self._passages_and_claims: set[int] = set()
        for place, entry in enumerate(entries):
            if entry.kind in ("passage", "claim"):
                self._passages_and_claims.add(place)

    def ranked(self, asked: Asked, found: Places, sort: Sort) -> list[Ranked]:
        """Return entries in order: by tier, then by how well the words fit; or newest first."""
        are_few = asked.complete > 0 and len(found) <= self._few
        wanted = _Wanted(asked, are_few)
        scores = asked.scores(found)
        ranked: list[Ranked] = []
        for place, fit in scores.items():
            bonus = self._bonus(place, wanted)
            score = round(fit + bonus, 4)
            ranked.append(Ranked(place, score))
        ranked.sort(key=_best_first)
        if sort == "date":
            ranked.sort(key=self._date_of, reverse=True)
        return ranked

    def _date_of(self, ranked: Ranked) -> str:
        return self._entries[ranked.place].date

    def _bonus(self, place: int, wanted: "_Wanted") -> float:
        """Return what the tier of an entry adds to its score, less what it has not."""
        if wanted.is_plain and place in self._passages_and_claims:
            return PLAIN
        tier = self._tier(place, wanted)
        bonus = TIER * tier - wanted.lacking(place)
        if tier <= Tier.WORDS and self._entries[place].kind in LONG:
            bonus -= MISSING
        return bonus

    def _tier(self, place: int, wanted: "_Wanted") -> Tier:
        entry = self._entries[place]
        if place in wanted.asked.first:
            return Tier.ASKED_FOR_ITSELF
        if entry.kind == "person":
            return self._tier_of_person(place, wanted)
        if entry.kind in OURS:
            return self._tier_of_ours(place, wanted)
        if not wanted.people.isdisjoint(entry.people):
            return Tier.SAID_BY_SOMEBODY_NAMED
        return Tier.WORDS

    def _tier_of_person(self, place: int, wanted: "_Wanted") -> Tier:
        named = wanted.asked.people.get(self._entries[place].id)
        if named:
            return _TIER_OF_NAME[named]
        is_described = wanted.are_few and wanted.terms <= self._titles[place]
        return Tier.TITLE if is_described else Tier.WORDS

    def _tier_of_ours(self, place: int, wanted: "_Wanted") -> Tier:
        """Return the tier of an entry that is found by words of ours, or by its title.

        It comes before what articles say if its title or its abbreviation is asked for. Otherwise
        it comes after that, where some entries have all that is asked; where none has, it is
        ranked with what articles say, by how well its words fit.
        """
        kind = self._entries[place].kind
        if kind == "term" and self._is_abbreviation_asked(place, wanted):
            return Tier.ABBREVIATION
        if self._is_title_asked(place, wanted):
            return Tier.TITLE
        some_have_all = wanted.asked.complete > 0
        if some_have_all and kind in PROSE:
            return Tier.PROSE_OF_OURS
        if some_have_all:
            return Tier.WORDS_OF_OURS
        return Tier.WORDS

    def _is_title_asked(self, place: int, wanted: "_Wanted") -> bool:
        """Whether a query has as much of the title as an entry of this kind needs."""
        kind = self._entries[place].kind
        if kind in BY_WHOLE_TITLE and self._has_whole_title(place, wanted):
            return True
        return kind in BY_MOST_OF_TITLE and self._has_most_of_title(
            place, wanted
        )

    def _is_abbreviation_asked(self, place: int, wanted: "_Wanted") -> bool:
        """Whether all that was typed is the abbreviation of a term."""
        is_title = wanted.terms == self._titles[place]
        return (
            wanted.asked.alone
            and is_title
            and _is_abbreviation_or_expansion(self._entries[place].title)
        )

    def _has_whole_title(self, place: int, wanted: "_Wanted") -> bool:
        """Whether a query has the whole title, and the entry all of the query."""
        title = self._titles[place]
        if not title or not title <= wanted.terms:
            return False
        return not wanted.asked.missing(place)

    def _has_most_of_title(self, place: int, wanted: "_Wanted") -> bool:
        """Whether a query is in the very words of the title, and in most of them."""
        title = self._titles[place]
        kind = self._entries[place].kind
        enough = BY_MOST_OF_TITLE[kind] * len(title)
        return wanted.terms <= title and len(wanted.terms) >= enough


def _title_of(entry: Entry) -> tuple[str, ...]:
    """Return what an entry is found by before its text: of a person, also who he or she was."""
    if entry.kind == "person":
        return (entry.title, entry.words, *entry.names)
    return (entry.title,) if entry.kind in OURS else ()


def _best_first(ranked: Ranked) -> tuple[float, int]:
    return -ranked.score, ranked.place


def _is_abbreviation_or_expansion(title: str) -> bool:
    """Whether the title of a term is an abbreviation, or what one may stand for."""
    return " " in title or sum(letter.isupper() for letter in title) > 1


class _Wanted:
    """What is wanted of an entry; `are_few` says whether few entries have all of it.

    `terms` are all terms wanted, `people` those who are named. `is_plain`: all entries found have
    all that is wanted, in the words typed, and nothing and nobody is asked for by name.
    """

    def __init__(self, asked: Asked, are_few: bool) -> None:
        self.asked = asked
        self.are_few = are_few
        self.people = frozenset(asked.people)
        self.terms: set[str] = set()
        for want in asked.wants:
            self.terms.update(want.terms)
        self._rare = [
            want.scores for want in asked.wants if not want.everywhere
        ]
        self._borrowed = [
            want.borrowed for want in asked.wants if want.borrowed
        ]
        is_special = bool(asked.people or asked.first or self._borrowed)
        self.is_plain = asked.complete > 0 and not is_special

    def lacking(self, place: int) -> int:
        """Return what is taken from an entry's score for what it has not, or only in other words.

        A want that is everywhere is not missed.
        """
        lacking = 0
        for scores in self._rare:
            if place not in scores:
                lacking += MISSING
        for borrowed in self._borrowed:
            if place in borrowed:
                lacking += BORROWED
        return lacking
