"""Marking: where a text has the words that are wanted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from reference.records import Span
from reference.search.words import Run, Word

_ByTerm: TypeAlias = Mapping[str, Sequence[Word]]
_BETWEEN_MARKS = " -‐‑–"
"""What may divide two marks that are shown as one."""


def marks(text: str, words: Iterable[Word], runs: Iterable[Run]) -> tuple[Span, ...]:
    """Return where a text, of which these are the words, has runs of words."""
    words_by_term: dict[str, list[Word]] = defaultdict(list)
    for word in words:
        words_by_term[word.term].append(word)
    spans: set[Span] = set()
    for run in runs:
        first_term = run[0].term
        for first in words_by_term.get(first_term, ()):
            for word in _follow(run, first, words_by_term):
                spans.add(Span(word.start, word.end))
    return _merged(text, sorted(spans))


def _follow(run: Run, first: Word, words_by_term: _ByTerm) -> list[Word]:
    """Return the words of a text that are a run beginning with `first`, [] if there is none."""
    words = [first]
    for before, wanted in pairwise(run):
        last = words[-1]
        near = range(last.at + 1, last.at + before.width + 1)
        candidates = words_by_term.get(wanted.term, ())
        following = [word for word in candidates if word.at in near]
        if not following:
            return []
        words.append(following[0])
    return words


def _merged(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return spans, in order, joined where only space divides them."""
    merged: list[Span] = []
    for span in spans:
        before = merged[-1] if merged else None
        if before and not text[before.end : span.start].strip(_BETWEEN_MARKS):
            end = max(before.end, span.end)
            merged[-1] = Span(before.start, end)
        else:
            merged.append(span)
    return tuple(merged)
