"""Looking up runs of words, within bounds that hold whatever a reader types."""

from collections.abc import Sequence
from itertools import pairwise

from reference.search.index import Index, Scores
from reference.search.wording import Wording
from reference.search.words import LONGEST_KEPT, WORD, Run, Word, fold

LONGEST_RUN = 40
"""Words of a run side by side that are looked for."""
MOST_PARTED = 6
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
        """Return the entries that have runs of words, one after the other.

        Long runs cost the more the oftener their words are: none is looked for unless each word of
        it is somewhere, and all its pairs of neighbours stand side by side in one entry.
        """
        for run in runs:
            if not self._may_stand(run):
                return {}
        return self._index.having(runs)

    def parted(self, text: str) -> str:
        """Return a text in which a word that is nowhere is two that stand side by side somewhere:
        "whitepaper" is "white paper".
        """
        unknown = [
            word for word in WORD.findall(text) if self._may_be_two(fold(word))
        ]
        for word in unknown[:MOST_PARTED]:
            pair = self._pair_in(fold(word))
            if pair:
                text = text.replace(word, pair)
        return text

    def _may_stand(self, run: Run) -> bool:
        """Whether it is worth looking for a run: False if it surely stands nowhere."""
        known = self._wording.terms
        if any(word.term not in known for word in run):
            return False
        return len(run) < 3 or self._pairs_stand_in_one_entry(run)

    def _pairs_stand_in_one_entry(self, run: Run) -> bool:
        """Whether one entry has each pair of neighbours of a run side by side.

        The pairs may stand apart from each other: the entry need not have the run itself. The run
        has two words or more.
        """
        first, *others = _different_pairs(run)
        places = set(self._index.having([first]))
        for pair in others:
            scores = self._index.having([pair])
            places.intersection_update(scores)
            if not places:
                return False
        return bool(places)

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
                run = tuple(self._wording.units(pair))
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
    seen: set[tuple[str, str]] = set()
    pairs: list[Run] = []
    for pair in pairwise(run):
        terms = (pair[0].term, pair[1].term)
        if terms not in seen:
            seen.add(terms)
            pairs.append(pair)
    return pairs


def cut(units: Sequence[Word]) -> list[Run]:
    """Return words as runs that are no longer than any is looked for."""
    starts = range(0, len(units), LONGEST_RUN)
    return [tuple(units[start : start + LONGEST_RUN]) for start in starts]
