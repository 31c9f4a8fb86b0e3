"""Abbreviations, and the words that they stand for: `PCT`, `primary care trust`."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from reference.records import Term
from reference.search.words import WORD, Word, fold, terms_of

TermOf: TypeAlias = Callable[[str], str]
"""Returns what a word is read as."""


class Abbreviation(NamedTuple):
    """The term of an abbreviation, and the terms of the words that it stands for."""

    term: str
    spelt: tuple[str, ...]


class Abbreviations:
    """The abbreviations of a library; `term` reads a word.

    `widths` has the term of each -> how many words it stands for.
    """

    def __init__(self, terms: Iterable[Term], term: TermOf) -> None:
        self.widths: dict[str, int] = {}
        self._by_first_word: dict[str, list[Abbreviation]] = defaultdict(list)
        for record in terms:
            self._learn(_read(record, term))

    def _learn(self, abbreviation: Abbreviation) -> None:
        self.widths[abbreviation.term] = len(abbreviation.spelt)
        first_word = abbreviation.spelt[0]
        self._by_first_word[first_word].append(abbreviation)

    def width(self, term: str) -> int:
        """Return how many places a word takes up: an abbreviation as many as it stands for."""
        return self.widths.get(term, 1)

    def may_begin(self, term: str) -> bool:
        """Whether a term is the first word of what some abbreviation stands for."""
        return term in self._by_first_word

    def begun(self, words: Sequence[Word], at: int) -> list[Abbreviation]:
        """Return the abbreviations that are written out at a place among words."""
        begun = []
        first_word = words[at].term
        for abbreviation in self._by_first_word.get(first_word, ()):
            end = at + len(abbreviation.spelt)
            run = words[at:end]
            if terms_of(run) == abbreviation.spelt:
                begun.append(abbreviation)
        return begun

    @property
    def known(self) -> list[Abbreviation]:
        known: list[Abbreviation] = []
        for abbreviations in self._by_first_word.values():
            known += abbreviations
        return known


def _read(record: Term, term: TermOf) -> Abbreviation:
    """Return an abbreviation of the glossary, without what its expansion has in brackets."""
    expansion, _, _ = record.expansion.partition("(")
    words = WORD.findall(expansion)
    spelt = tuple(term(word) for word in words)
    return Abbreviation(term(record.term), spelt)


def plurals_of(terms: Iterable[Term]) -> dict[str, str]:
    """Return the plural of each abbreviation -> the abbreviation: `{"pcts": "pct"}`."""
    singular = [fold(abbreviation.term) for abbreviation in terms]
    return {f"{word}s": word for word in singular}
