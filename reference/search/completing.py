"""Completing what a reader types: names, titles, and phrases of quotations."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from reference.search.entries import Entry
from reference.search.facets import names_of_values
from reference.search.results import Completion
from reference.search.wording import Wording
from reference.search.words import fold, folded_words

MOST = 8
"""Completions offered."""
MOST_TYPED = 100
"""Letters of what was typed that are read."""
MOST_WORDS = 8
MOST_PIECES = 300
"""Pieces of quotations that are looked through for phrases: where many more have a word, the
phrases most often used are found among these."""
_DIVIDED = re.compile(r"[.,;:?!()…“”]+|[‘’](?!\w)|(?<!\w)[‘’]| – ")


class Beginnings:
    """Which things have a word that begins so: words in order, and the numbers of what has each."""

    def __init__(self, things: Iterable[Iterable[str]]) -> None:
        numbers: dict[str, list[int]] = defaultdict(list)
        for number, words in enumerate(things):
            for word in dict.fromkeys(words):
                numbers[word].append(number)
        self._numbers = dict(numbers)
        self._words = sorted(numbers)

    def having(self, word: str) -> list[int]:
        """Return the numbers of the things that have a word, in order."""
        return self._numbers.get(word, [])

    def beginning(self, beginning: str) -> set[int]:
        """Return the numbers of the things that have a word with this beginning."""
        numbers: set[int] = set()
        start = bisect_left(self._words, beginning)
        for word in islice(self._words, start, None):
            if not word.startswith(beginning):
                break
            numbers.update(self._numbers[word])
        return numbers


class Piece:
    """Words of a quotation between two marks: as written, folded, and which say something."""

    def __init__(self, text: str, wording: Wording) -> None:
        self.written = text.split()
        self.folded = [fold(word) for word in self.written]
        self.tells = [wording.is_telling(word) for word in self.written]

    def phrases(self, typed: Sequence[str]) -> Iterator[str]:
        """Make the phrases that have the words typed side by side, the last of them perhaps begun,
        with up to two telling words before and after.
        """
        for start in range(len(self.written)):
            end = start + len(typed)
            if not _are_typed(self.folded[start:end], typed):
                continue
            if any(self.tells[start:end]):
                yield self._phrase_around(start, end)

    def _phrase_around(self, start: int, end: int) -> str:
        first = self._telling_before(start)
        last = self._telling_after(end)
        words = self.written[first:last]
        return " ".join(words)

    def _telling_before(self, start: int) -> int:
        """Return where a phrase begins: at a telling word up to two places before, or here."""
        for place in range(max(0, start - 2), start):
            if self.tells[place]:
                return place
        return start

    def _telling_after(self, end: int) -> int:
        """Return where a phrase ends: after a telling word up to two places on, or here."""
        for place in range(min(len(self.written), end + 2), end, -1):
            if self.tells[place - 1]:
                return place
        return end


def _are_typed(words: Sequence[str], typed: Sequence[str]) -> bool:
    """Whether words are those typed, of which the last may be only a beginning."""
    *before, last = words
    *typed_before, beginning = typed
    return before == typed_before and last.startswith(beginning)


class _Record(NamedTuple):
    """What a record is offered as, and the words, folded, of all that it is called."""

    completion: Completion
    words: list[str]

    def begins(self, beginning: str) -> bool:
        """Whether the first of its words begins so."""
        return bool(self.words) and self.words[0].startswith(beginning)


class Completing:
    """Completes beginnings to what stands in the library, so that each completion is found."""

    def __init__(self, entries: Sequence[Entry], wording: Wording) -> None:
        self._records = list(_records(entries))
        self._beginnings_of_records = Beginnings(
            record.words for record in self._records
        )
        self._pieces = list(_pieces(entries, wording))
        self._beginnings_of_pieces = Beginnings(
            piece.folded for piece in self._pieces
        )

    def complete(self, text: str) -> tuple[Completion, ...]:
        """Return up to eight completions of what was typed, none twice.

        First people, themes, groups and articles of which each word typed begins a word ("gla":
        Jon Glasby), then phrases of quotations that have the words typed side by side.
        """
        typed = folded_words(text[:MOST_TYPED])[:MOST_WORDS]
        if not typed:
            return ()
        records = self._records_begun(typed)
        phrases = [
            Completion(phrase, "phrase") for phrase in self._phrases(typed)
        ]
        by_words: dict[str, Completion] = {}
        for completion in records + phrases:
            by_words.setdefault(completion.words.casefold(), completion)
        return tuple(by_words.values())[:MOST]

    def _records_begun(self, typed: Sequence[str]) -> list[Completion]:
        """Return the records of which each word typed begins a word, those first that it begins."""
        beginnings = self._beginnings_of_records
        numbers_by_word = [beginnings.beginning(word) for word in typed]
        numbers = set.intersection(*numbers_by_word)
        records = [self._records[number] for number in sorted(numbers)]
        first_typed = typed[0]
        records.sort(key=lambda record: not record.begins(first_typed))
        return [record.completion for record in records[:MOST]]

    def _phrases(self, typed: Sequence[str]) -> list[str]:
        """Return phrases of quotations about the words typed, those most often used first."""
        phrases: Counter[str] = Counter()
        for piece in self._pieces_having(typed):
            phrases.update(piece.phrases(typed))
        most_used = phrases.most_common(4 * MOST)
        return [phrase for phrase, _ in most_used]

    def _pieces_having(self, typed: Sequence[str]) -> list[Piece]:
        """Return the first pieces that have the words typed, the last of them perhaps begun."""
        *words, last = typed
        beginnings = self._beginnings_of_pieces
        numbers = beginnings.beginning(last)
        for word in words:
            numbers.intersection_update(beginnings.having(word))
        first_numbers = sorted(numbers)[:MOST_PIECES]
        return [self._pieces[number] for number in first_numbers]


def _records(entries: Sequence[Entry]) -> Iterator[_Record]:
    """Make the people, groups, themes and articles that may be offered."""
    for facet, values in names_of_values(entries).items():
        if facet == "kind":
            continue
        for value, names in values.items():
            words = folded_words(" ".join(names))
            yield _Record(_completion(facet, value, names), words)


def _completion(facet: str, value: str, names: Sequence[str]) -> Completion:
    """Return what a value of a facet is completed to; a group, which has no page, is looked for."""
    if value == names[0]:
        return Completion(names[0], "group")
    return Completion(names[0], facet, value)


def _pieces(entries: Iterable[Entry], wording: Wording) -> Iterator[Piece]:
    quotations = dict.fromkeys(
        entry.words for entry in entries if entry.kind == "claim"
    )
    for quotation in quotations:
        for text in _DIVIDED.split(quotation):
            if text.strip():
                yield Piece(text, wording)
