"""English as a search reads it: the word lists of `english.ini`, and what a library adds."""

import re
from collections.abc import Iterable, Mapping
from configparser import RawConfigParser
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

import Stemmer

from reference.search.words import fold

LISTS = Path(__file__).with_name("english.ini")
Sections: TypeAlias = Mapping[str, Mapping[str, str]]
"""Section -> key -> value, as a file of lists has them."""


class Spelling(NamedTuple):
    """What a word may have, and what is written for it, so that all its spellings are one."""

    pattern: re.Pattern[str]
    written: str


@dataclass(frozen=True)
class English:
    """What no rule knows of English words. Words are folded; the file says what each list is for.

    `forms` and `apart` have a form -> the word that it is a form of. `also` has plain words ->
    the words for which a library has them: `{"bad": ("junk",)}`.
    """

    stop_words: frozenset[str]
    questions: frozenset[str]
    asking: frozenset[str]
    titles: frozenset[str]
    listing: frozenset[str]
    opposing: frozenset[str]
    explaining: frozenset[str]
    forms: Mapping[str, str]
    apart: Mapping[str, str]
    spellings: tuple[Spelling, ...]
    any_spelling: re.Pattern[str]
    also: Mapping[str, tuple[str, ...]]
    stemmer: Stemmer.Stemmer

    @classmethod
    def read(cls, additions: Sections) -> "English":
        """Read the lists of `english.ini`, and what a library adds to them in `additions`.

        Each list is a section of the file; a comment there says what it is for. `additions` has
        sections of the same names: {"also": {"bad": "junk"}}.
        """
        lists = _read_lists()
        for section, lines in additions.items():
            lists.setdefault(section, {}).update(lines)
        little = _words_of(lists["little"])  # "the", "of"
        opposing = _words_of(lists["opposing"])  # "against"
        listing = _words_of(lists["listing"])  # "and", "or"
        explaining = _words_of(lists["explaining"])  # "meaning"
        return cls(
            # "versus" or "mean" say how a query is meant, and are not looked for
            stop_words=little.union(opposing, listing, explaining),
            questions=_words_of(lists["questions"]),  # "who", "when"
            asking=_words_of(lists["asking"]),  # "thinks", "tells"
            titles=_words_of(lists["titles"]),  # "dr", "lady"
            listing=listing,
            opposing=opposing,
            explaining=explaining,
            forms=_words_by_form(lists["forms"]),  # {"bought": "buy"}
            apart=_words_by_form(lists["apart"], with_itself=True),
            spellings=_spellings(lists["spellings"]),
            any_spelling=_any_of(lists["spellings"]),
            also=_phrases_by_words(lists["also"]),  # {"bad": ("junk",)}
            stemmer=_stemmer_for_threads(),
        )

    def respelt(self, folded: str) -> str:
        """Return a folded word in the spelling that stands for all its spellings."""
        if not self.any_spelling.search(folded):
            return folded
        for spelling in self.spellings:
            folded = spelling.pattern.sub(spelling.written, folded)
        return folded

    def stem(self, folded: str) -> str:
        """Return what all forms and spellings of a folded word share."""
        word = self.respelt(folded)
        word = self.forms.get(word, word)
        if word in self.apart:
            return self.apart[word]
        return self.stemmer.stemWord(word) or word


def _stemmer_for_threads() -> Stemmer.Stemmer:
    """Return a stemmer of English that any number of threads may use: it has no cache (0)."""
    return Stemmer.Stemmer("english", 0)


def _read_lists() -> dict[str, dict[str, str]]:
    parser = RawConfigParser(allow_no_value=True, delimiters=("->",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys as they stand
    parser.read(LISTS, encoding="utf-8")
    lists = {}
    for section in parser.sections():
        lists[section] = {
            key: value or "" for key, value in parser[section].items()
        }
    return lists


def _words_of(section: Mapping[str, str]) -> frozenset[str]:
    """Return all words of a section, folded: of its keys and of their values."""
    words: set[str] = set()
    for key, value in section.items():
        written = value if key == "words" else f"{key} {value}"
        for word in written.split():
            words.add(fold(word))
    return frozenset(words)


def _words_by_form(
    section: Mapping[str, str], with_itself: bool = False
) -> dict[str, str]:
    """Return form -> word of a section of lines `word -> forms`."""
    words: dict[str, str] = {}
    for word, forms in section.items():
        if with_itself:
            words[word] = word
        for form in forms.split():
            words[form] = word
    return words


def _spellings(section: Mapping[str, str]) -> tuple[Spelling, ...]:
    """Return what a section of lines `pattern -> what is written for it` says."""
    return tuple(
        Spelling(re.compile(pattern), written)
        for pattern, written in section.items()
    )


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return one pattern that matches where any of some patterns does."""
    groups = [f"(?:{pattern})" for pattern in patterns]
    return re.compile("|".join(groups))


def _phrases_by_words(
    section: Mapping[str, str],
) -> dict[str, tuple[str, ...]]:
    """Return words -> phrases of a section of lines `bad -> junk, of poor quality`."""
    phrases: dict[str, tuple[str, ...]] = {}
    for words, text in section.items():
        pieces = [piece.strip() for piece in text.split(",")]
        phrases[words] = tuple(piece for piece in pieces if piece)
    return phrases
