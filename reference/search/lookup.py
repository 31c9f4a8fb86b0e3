"""Looking up runs of words, within bounds that hold whatever a reader types."""

from collections.abc import Sequence
from itertools import pairwise

from reference.search.index import Index, Scores
from reference.search.wording import Wording
from reference.search.words import (
    LONGEST_KEPT,
    WORD,
    Run,
    Word,
    fold,
    terms_of,
)

LONGEST_RUN = 40
"""Words of a run side by side that are looked for."""
CHECKED_RUN = 5
"""Words of a run from which on it costs less to look for its pairs first."""
MOST_SPLIT = 6
"""Words of a query that are tried as two."""
_SHORTEST_PART = 3


class Lookup:
    """Finds runs of words in an index."""

    def __init__(self, wording: Wording, index: Index) -> None:
        self._wording = wording
        self._index = index

    def word(self, word: Word) -> Scores:
        """Return the entries that have a word."""
        return self.runs([(word,)])

    def runs(self, runs: Sequence[Run]) -> Scores:
        """Return the entries that have runs of words, one after the other, and their scores.

        The engine needs the longer for a long run, the oftener its words are. So it is asked for
        none of which a word, or two words side by side, stand nowhere.
        """
        for run in runs:
            if not self._may_stand(run):
                return {}
        return self._index.having(runs)

    def with_compounds_split(self, text: str) -> str:
        """Return a text in which a word that no entry has is split in two, if an entry has the two.

        "whitepaper" becomes "white paper", if these stand side by side in some entry.
        """
        candidates = [
            word for word in WORD.findall(text) if self._may_be_two(fold(word))
        ]
        for word in candidates[:MOST_SPLIT]:
            pair = self._pair_in(fold(word))
            if pair:
                text = text.replace(word, pair)
        return text

    def _may_stand(self, run: Run) -> bool:
        """Whether it is worth looking for a run: False if it surely stands nowhere."""
        known = self._wording.terms
        if any(word.term not in known for word in run):
            return False
        return len(run) < CHECKED_RUN or self._an_entry_has_each_pair(run)

    def _an_entry_has_each_pair(self, run: Run) -> bool:
        """Whether some entry has each pair of neighbours in a run, wherever they stand in its text.

        The pairs of "set up to fail" are "set up", "up to" and "to fail". An entry without one of
        them cannot have the run; one with all of them may have it.
        """
        first_pair, *other_pairs = _different_pairs(run)
        numbers = set(self._index.having([first_pair]))
        for pair in other_pairs:
            if not numbers:
                return False
            numbers.intersection_update(self._index.having([pair]))
        return bool(numbers)

    def _may_be_two(self, folded: str) -> bool:
        may_be = 2 * _SHORTEST_PART <= len(folded) <= LONGEST_KEPT
        return may_be and folded not in self._wording.written

    def _pair_in(self, folded: str) -> str:
        """Return the two words that a word is made of, "" if they stand side by side nowhere."""
        for cut in range(_SHORTEST_PART, len(folded) - _SHORTEST_PART + 1):
            one = folded[:cut]
            other = folded[cut:]
            if self._is_part(one) and self._is_part(other):
                pair = f"{one} {other}"
                run = tuple(self._wording.query_words(pair))
                if self._index.having([run]):
                    return pair
        return ""

    def _is_part(self, word: str) -> bool:
        is_written = word in self._wording.written
        return is_written and self._wording.compounds.may_be_part(word)


def _different_pairs(run: Run) -> list[Run]:
    """Return the pairs of neighbours in a run, one of those that have the same two terms.

    "to be or not to be" has "to be" once, besides "be or", "or not" and "not to".
    """
    pairs: dict[tuple[str, ...], Run] = {}
    for pair in pairwise(run):
        pairs.setdefault(terms_of(pair), pair)
    return list(pairs.values())


def cut(words: Sequence[Word]) -> list[Run]:
    """Return words as runs that are no longer than any is looked for."""
    starts = range(0, len(words), LONGEST_RUN)
    return [tuple(words[start : start + LONGEST_RUN]) for start in starts]
