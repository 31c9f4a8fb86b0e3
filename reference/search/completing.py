"""Completing what a reader types: names, titles, and phrases of quotations."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
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


class Piece(NamedTuple):
    """Words of a quotation between two marks, as written and folded, and which say something."""

    written: list[str]
    folded: list[str]
    tells: list[bool]


class Completing:
    """Completes beginnings to what stands in the library, so that each completion is found."""

    def __init__(self, entries: Sequence[Entry], wording: Wording) -> None:
        self._records: list[Completion] = []
        words_of_records: list[list[str]] = []
        for field, values in names_of_values(entries).items():
            for value, names in values.items() if field != "kind" else ():
                is_group = value == names[0]
                kind, id = ("group", "") if is_group else (field, value)
                self._records.append(Completion(names[0], kind, id))
                words_of_records.append(folded_words(" ".join(names)))
        self._first_words = [words[:1] for words in words_of_records]
        self._beginnings_of_records = Beginnings(words_of_records)
        self._pieces = list(_pieces(entries, wording))
        self._beginnings_of_pieces = Beginnings(piece.folded for piece in self._pieces)

    def complete(self, text: str) -> tuple[Completion, ...]:
        """Return people, themes, groups and articles with a word that each word typed begins, then
        phrases of quotations that have the words typed side by side.
        """
        typed = folded_words(text[:MOST_TYPED])[:MOST_WORDS]
        if not typed:
            return ()
        phrases = (Completion(words, "phrase") for words in self._phrases(typed))
        offered: dict[str, Completion] = {}
        for completion in (*self._records_begun(typed), *phrases):
            if len(offered) == MOST:
                break
            offered.setdefault(completion.words.casefold(), completion)
        return tuple(offered.values())

    def _records_begun(self, typed: Sequence[str]) -> list[Completion]:
        """Return the records of which each word typed begins a word, those first that it begins."""
        sets = [self._beginnings_of_records.beginning(word) for word in typed]
        numbers = sorted(set.intersection(*sets))
        numbers.sort(key=lambda number: not self._begins(number, typed[0]))
        return [self._records[number] for number in numbers[: 4 * MOST]]

    def _begins(self, number: int, word: str) -> bool:
        return any(first.startswith(word) for first in self._first_words[number])

    def _phrases(self, typed: Sequence[str]) -> list[str]:
        """Return phrases of quotations about the words typed, those most often used first."""
        phrases: Counter[str] = Counter()
        for number in self._pieces_having(typed):
            phrases.update(_phrases_in(self._pieces[number], typed))
        return [phrase for phrase, _ in phrases.most_common(4 * MOST)]

    def _pieces_having(self, typed: Sequence[str]) -> list[int]:
        """Return the first pieces that have the words typed, the last of them perhaps begun."""
        *words, last = typed
        numbers = self._beginnings_of_pieces.beginning(last)
        for word in words:
            numbers.intersection_update(self._beginnings_of_pieces.having(word))
        return sorted(numbers)[:MOST_PIECES]


def _pieces(entries: Iterable[Entry], wording: Wording) -> Iterable[Piece]:
    quotations = dict.fromkeys(entry.words for entry in entries if entry.kind == "claim")
    for quotation in quotations:
        for text in _DIVIDED.split(quotation):
            written = text.split()
            if written:
                folded = [fold(word) for word in written]
                yield Piece(written, folded, [wording.tells(word) for word in written])


def _phrases_in(piece: Piece, typed: Sequence[str]) -> Iterable[str]:
    """Make the phrases of a piece that have the words typed side by side, the last perhaps begun,
    with up to two telling words before and after.
    """
    *words, last = typed
    for start in range(len(piece.folded) - len(typed) + 1):
        end = start + len(typed)
        *before, begun = piece.folded[start:end]
        if before != words or not begun.startswith(last) or not any(piece.tells[start:end]):
            continue
        first = _first_telling(piece, range(max(0, start - 2), start), otherwise=start)
        after = range(min(len(piece.folded), end + 2) - 1, end - 1, -1)
        final = _first_telling(piece, after, otherwise=end - 1)
        yield " ".join(piece.written[first : final + 1])


def _first_telling(piece: Piece, places: Iterable[int], otherwise: int) -> int:
    for place in places:
        if piece.tells[place]:
            return place
    return otherwise
