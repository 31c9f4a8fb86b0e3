"""Compounds: what the texts of a library have as one word and as two."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from reference.search.words import HYPHEN, WORD, fold, folded_words

SHORTEST = 6
"""Letters of a compound that is written as one word."""


class Pair(NamedTuple):
    """Two words that may be one, folded."""

    one: str
    other: str

    @property
    def joined(self) -> str:
        return self.one + self.other


class Compounds:
    """The compounds of texts, folded.

    `written` are all words, `hyphened` pairs that stand with a hyphen somewhere, by what they are
    as one word, and `parts` those and all that stand both as one word and as two:
    `{"midlife": Pair("mid", "life")}`.
    """

    def __init__(
        self, texts: Iterable[str], stop_words: frozenset[str]
    ) -> None:
        self._stop_words = stop_words
        self.written: set[str] = set()
        self.hyphened: dict[str, Pair] = {}
        words_of_texts = [self._learn(text) for text in texts]
        self.parts = self._find_parts(words_of_texts)
        written_as_one = self.written.union(self.hyphened)
        self._in_order = sorted(written_as_one)

    def may_be_parts(self, pair: Pair) -> bool:
        """Whether both words of a pair say enough to be half of a compound."""
        return self.may_be_part(pair.one) and self.may_be_part(pair.other)

    def may_be_part(self, word: str) -> bool:
        return (
            len(word) > 2 and word.isalpha() and word not in self._stop_words
        )

    def any_begins_like(self, pair: Pair) -> bool:
        """Whether any compound begins like a pair written as one: like "midli" for "mid life".

        Few pairs do, and this takes a tenth of the time that the term of the pair takes.
        """
        beginning = pair.one + pair.other[:2]
        words = self._in_order
        number = bisect_left(words, beginning)
        return number < len(words) and words[number].startswith(beginning)

    def _learn(self, text: str) -> list[str]:
        """Learn the words of a text and its hyphened pairs; return the words, folded."""
        for pair in _hyphened_pairs(text):
            self.hyphened[pair.joined] = pair
        words = folded_words(text)
        self.written.update(words)
        return words

    def _find_parts(
        self, words_of_texts: Iterable[Sequence[str]]
    ) -> dict[str, Pair]:
        """Return word -> the two words that it is written as elsewhere, once all are learnt."""
        parts: dict[str, Pair] = {}
        for words in words_of_texts:
            for pair in self._pairs_written_as_one(words):
                parts.setdefault(pair.joined, pair)
        parts.update(self.hyphened)
        return parts

    def _pairs_written_as_one(self, words: Sequence[str]) -> Iterator[Pair]:
        for one, other in pairwise(words):
            if one + other in self.written:
                pair = Pair(one, other)
                if self.may_be_parts(pair):
                    yield pair


def _hyphened_pairs(text: str) -> Iterator[Pair]:
    if not HYPHEN.search(text):
        return
    for first, second in pairwise(WORD.finditer(text)):
        if HYPHEN.fullmatch(text, first.end(), second.start()):
            yield Pair(fold(first[0]), fold(second[0]))
