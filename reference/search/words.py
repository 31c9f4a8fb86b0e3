"""Words as they are written: how a text is cut into words, and what is folded away in each."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

LONGEST_KEPT = 30
"""Letters of a word that is kept in a cache; a longer one is a reader's, and may be of any size."""

_APOSTROPHE = "['’‘ʼ´`＇′‛ʹʻˈ]"
_HIDDEN = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_LETTER = rf"[\w\u0300-\u036f{_HIDDEN}]"
WORD = re.compile(
    rf"""per[\s\u00a0]cent\b | % | &
    | (?<!\w)(?:[a-z]\.){{2,}}(?:[a-z](?!\w))?(?:{_APOSTROPHE}?s\b)?
    | (?<!\w)[0-9]+(?:[.,][0-9]+)*(?=(?:bn|m|k)?\b)
    | {_LETTER}+(?:{_APOSTROPHE}{_LETTER}+)*""",
    re.VERBOSE | re.IGNORECASE,
)
LEFT_OUT = re.compile(r"\[?(?:…|\.{3})\]?|\n")
"""Words are left out here, or another text begins."""
HYPHEN = re.compile(r"[\-‐‑‒–]\s?")
DROPPED = re.compile(rf"[_.,\u0300-\u036f{_HIDDEN}]|{_APOSTROPHE}")
CLITIC = re.compile(rf"{_APOSTROPHE}(?:s|ll|ve|re|d|m)?$", re.IGNORECASE)
_UNPARTED = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
    }
)
"""Letters that Unicode does not part into a plain one and its mark."""


class Word(NamedTuple):
    """A word as read (`term`) and written (`text`).

    `start` and `end` count the letters of the text that it stands in, `place` and `width` its
    words: "care" in "primary care" has place 1. A compound or an abbreviation is as wide as the
    words it is made of, so that its neighbours are the same distance away in every spelling.
    """

    term: str
    text: str
    start: int
    end: int
    place: int
    width: int = 1

    @property
    def place_after(self) -> int:
        return self.place + self.width


Run: TypeAlias = tuple[Word, ...]
"""Words side by side."""


def fold(word: str) -> str:
    """Return a word without case, accents, hidden characters, apostrophes and possessive `s`."""
    return (
        _folded(word) if len(word) > LONGEST_KEPT else _folded_and_kept(word)
    )


def terms_of(words: Iterable[Word]) -> tuple[str, ...]:
    """Return the terms of words, in order."""
    return tuple(word.term for word in words)


def as_one(term: str, parts: Sequence[Word], text: str) -> Word:
    """Return words that stand side by side in a text as one word, which is read as `term`.

    In "the primary care trust", the last three words become one that is read as "pct". It has the
    letters from 4 to 22 (`start`, `end`), at which the text is cut. Counted in words, it stands in
    the place of "primary", 1 (`place`), and is three words wide (`width`).
    """
    first = parts[0]
    last = parts[-1]
    return Word(
        term=term,
        text=text[first.start : last.end],
        start=first.start,
        end=last.end,
        place=first.place,
        width=last.place_after - first.place,
    )


def folded_words(text: str) -> list[str]:
    """Return the words of a text, each folded."""
    return [fold(word) for word in WORD.findall(text)]


def _folded(word: str) -> str:
    bare = DROPPED.sub("", CLITIC.sub("", word))
    parted = unicodedata.normalize("NFKD", bare)
    return DROPPED.sub("", parted).casefold().translate(_UNPARTED)


_folded_and_kept = lru_cache(30_000)(_folded)
