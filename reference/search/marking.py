"""Marking: where a text has the words that are wanted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from reference.records import Span
from reference.search.words import Run, Word

WordsByTerm: TypeAlias = Mapping[str, Sequence[Word]]
"""The words of a text by what they are read as, in order."""
_BETWEEN_MARKS = " -‐‑–"
"""What may divide two marks that are shown as one."""


def by_term(words: Iterable[Word]) -> WordsByTerm:
    """Return the words of a text by their terms."""
    words_by_term: dict[str, list[Word]] = defaultdict(list)
    for word in words:
        words_by_term[word.term].append(word)
    return dict(words_by_term)


def marks(
    text: str, words: WordsByTerm, runs: Iterable[Run]
) -> tuple[Span, ...]:
    """Return where a text, of which these are the words, has runs of words."""
    marked: set[Word] = set()
    for run in runs:
        first_term = run[0].term
        for first in words.get(first_term, ()):
            marked.update(_follow(run, first, words))
    spans = {Span(word.start, word.end) for word in marked}
    return _merged(text, sorted(spans))


def _follow(run: Run, first: Word, words_by_term: WordsByTerm) -> list[Word]:
    """Return the words of a text that say a run, from `first` on; [] if they do not all follow.

    A run is words wanted side by side, such as "PCT managers", and `first` a word of the text that
    has the term of its first. In "primary care trust managers", "pct" is three places wide, so that
    "managers" may follow it one to three places on.
    """
    words = [first]
    for before, wanted in pairwise(run):
        last = words[-1]
        nearest = last.place + 1
        farthest = last.place + before.width
        following = [
            word
            for word in words_by_term.get(wanted.term, ())
            if nearest <= word.place <= farthest
        ]
        if not following:
            return []
        words.append(following[0])
    return words


def _merged(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return spans, in order, joined where only space divides them."""
    merged: list[Span] = []
    for span in spans:
        if merged and _are_joined(text, merged[-1], span):
            start = merged[-1].start
            end = max(merged[-1].end, span.end)
            merged[-1] = Span(start, end)
        else:
            merged.append(span)
    return tuple(merged)


def _are_joined(text: str, first: Span, second: Span) -> bool:
    """Whether nothing but space or a hyphen stands between two spans."""
    between = text[first.end : second.start]
    return not between.strip(_BETWEEN_MARKS)
