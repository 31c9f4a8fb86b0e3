"""Abbreviations, and the words that they stand for: `PCT`, `primary care trust`."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from reference.records import Term
from reference.search.words import WORD, Word, fold, terms_of


class Abbreviation(NamedTuple):
    """The term of an abbreviation, and the terms of the words that it stands for."""

    term: str
    spelt: tuple[str, ...]


class Abbreviations:
    """The abbreviations of a library; `term` reads a word.

    `widths` has the term of each -> how many words it stands for.
    """

    def __init__(self, terms: Iterable[Term], term: Callable[[str], str]) -> None:
        self.widths: dict[str, int] = {}
        self._by_first_word: dict[str, list[Abbreviation]] = defaultdict(list)
        for abbreviation in terms:
            expansion = abbreviation.expansion.partition("(")[0]
            spelt = tuple(term(word) for word in WORD.findall(expansion))
            self._learn(Abbreviation(term(abbreviation.term), spelt))

    def _learn(self, abbreviation: Abbreviation) -> None:
        self.widths[abbreviation.term] = len(abbreviation.spelt)
        first_word = abbreviation.spelt[0]
        self._by_first_word[first_word].append(abbreviation)

    def width(self, term: str) -> int:
        """Return how many places a word takes up: an abbreviation as many as it stands for."""
        return self.widths.get(term, 1)

    def begun(self, words: Sequence[Word], at: int) -> list[Abbreviation]:
        """Return the abbreviations that are written out at a place among words."""
        begun = []
        for abbreviation in self._by_first_word.get(words[at].term, ()):
            run = words[at : at + len(abbreviation.spelt)]
            if terms_of(run) == abbreviation.spelt:
                begun.append(abbreviation)
        return begun

    @property
    def known(self) -> list[Abbreviation]:
        known: list[Abbreviation] = []
        for abbreviations in self._by_first_word.values():
            known += abbreviations
        return known


def plurals_of(terms: Iterable[Term]) -> dict[str, str]:
    """Return the plural of each abbreviation -> the abbreviation: `{"pcts": "pct"}`."""
    singular = [fold(abbreviation.term) for abbreviation in terms]
    return {f"{word}s": word for word in singular}
