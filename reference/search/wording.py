"""Words as a reader means them: one reading of text for index, query, phrase and mark.

Case, accents, hidden characters, apostrophes, British and American spellings and the forms of a
word are folded away. A compound (`policymakers`, `policy makers`) and an abbreviation with what it
stands for (`PCT`, `primary care trust`) are one word each, beside the words they are made of.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from reference.records import Library, Person, Span, Term
from reference.search.english import English
from reference.search.words import (
    HYPHEN,
    LEFT_OUT,
    LONGEST_KEPT,
    WORD,
    Run,
    Word,
    fold,
    folded_words,
)

FAR = 1_000
"""Places between words that do not stand in one text, or between which words are left out."""
READ_AND_KEPT = 500  # texts of the library that were read for their marks


class Names:
    """The words of the names of a library's people, folded.

    `surnames` has a person's id -> what they may be called by alone. `parts` has two words of a
    name as one -> the two: `{"desouza": ("de", "souza")}`.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self.words: set[str] = set()
        self.surnames: dict[str, frozenset[str]] = {}
        self.parts: dict[str, tuple[str, str]] = {}
        for person in people:
            surnames: set[str] = set()
            for name in (*person.names, person.surname):
                words = folded_words(name)
                surnames.update(words[-1:])
                self._learn(words)
            self._learn(folded_words(person.given))
            self.surnames[person.id] = frozenset(surnames)

    def _learn(self, words: Sequence[str]) -> None:
        self.words.update(words)
        for one, other in pairwise(words):
            self.parts[one + other] = (one, other)


class Compounds:
    """What the texts of a library have as one word and as two.

    `parts` has the one word -> the two: `{"midlife": ("mid", "life")}`. `hyphened` are those that
    are written with a hyphen somewhere. `words` are all words written, folded.
    """

    def __init__(self, texts: Iterable[str], little: frozenset[str]) -> None:
        self.words: set[str] = set()
        self.hyphened: dict[str, tuple[str, str]] = {}
        lines: list[list[str]] = []
        for text in texts:
            line = folded_words(text)
            lines.append(line)
            self.words.update(line)
            for one, other in _hyphened_pairs(text):
                self.hyphened[one + other] = (one, other)
        self.parts: dict[str, tuple[str, str]] = {}
        for line in lines:
            for one, other in pairwise(line):
                joined = one + other
                if joined in self.words and is_part(one, little) and is_part(other, little):
                    self.parts.setdefault(joined, (one, other))
        self.parts.update(self.hyphened)


def is_part(word: str, little: frozenset[str]) -> bool:
    """Whether a folded word says enough to be half of a compound."""
    return len(word) > 2 and word.isalpha() and word not in little


def _hyphened_pairs(text: str) -> Iterable[tuple[str, str]]:
    if not HYPHEN.search(text):
        return
    for first, second in pairwise(WORD.finditer(text)):
        if HYPHEN.fullmatch(text, first.end(), second.start()):
            yield fold(first[0]), fold(second[0])


class Abbreviation(NamedTuple):
    """The term of an abbreviation, and the terms of the words that it stands for."""

    term: str
    spelt: tuple[str, ...]


class Part(NamedTuple):
    """A word as read, and how many places it takes up."""

    term: str
    width: int


class Wording:
    """How the words of one library and of its entries are read.

    Names of people are kept whole: Nicholas Mays is not found by "may".
    """

    def __init__(self, library: Library, texts: Iterable[str]) -> None:
        self.english = English.read(library.words)
        self._kept_term = lru_cache(30_000)(self._term)
        self._kept_parts = lru_cache(30_000)(self._parts_of)
        self._kept_reading = lru_cache(READ_AND_KEPT)(self.read)
        names = Names(library.people.values())
        self.names = frozenset(names.words)
        self.surnames = names.surnames
        self._plurals = _plurals_of_abbreviations(library)
        self.titles = frozenset(self.term(title) for title in self.english.titles)
        self._widths: dict[str, int] = {}
        self._spelt: dict[str, list[Abbreviation]] = defaultdict(list)  # by the first long word
        for term in library.abbreviations:
            self._learn_abbreviation(term)
        self._learn_words(Compounds(texts, self.english.little), names)
        self._learn_other_words()

    @property
    def learnt(self) -> tuple[object, ...]:
        """All that readings follow from beside the texts and the lists of English here."""
        spelt = [tuple(abbreviations) for abbreviations in self._spelt.values()]
        return sorted(self.names), spelt, self.english.forms, self.english.apart

    def term(self, word: str) -> str:
        """Return what all forms and spellings of a word share; "" if it has no letters."""
        return self._term(word) if len(word) > LONGEST_KEPT else self._kept_term(word)

    def _term(self, word: str) -> str:
        folded = " ".join(fold(word).split()).replace("per cent", "percent")
        if folded in self.names:
            return folded
        return self.english.stem(self._plurals.get(folded, folded))

    def tells(self, word: str) -> bool:
        """Whether a word says something on its own."""
        little = self.english.little
        return fold(word) not in little and self.term(word) not in little

    def telling(self, *texts: str) -> frozenset[str]:
        """Return the terms of texts that say something, compounds and abbreviations as one."""
        terms: set[str] = set()
        for text in texts:
            terms.update(unit.term for unit in self.units(text) if self.tells(unit.text))
        return frozenset(terms)

    def every_term(self, *texts: str) -> frozenset[str]:
        """Return all terms of texts: compounds and abbreviations, and the words in them."""
        terms: set[str] = set()
        for text in texts:
            terms.update(word.term for word in self.read(text))
        return frozenset(terms)

    def read(self, text: str) -> tuple[Word, ...]:
        """Return all words of a text, in order; compounds and abbreviations beside their parts."""
        plain = self._plain(text)
        words: list[Word] = []
        for at, word in enumerate(plain):
            words.append(word)
            compound = self._compound(text, plain[at : at + 2])
            if compound:
                words.append(_joined(text, compound, plain[at : at + 2]))
            for abbreviation in self._spelt.get(word.term, ()):
                run = plain[at : at + len(abbreviation.spelt)]
                if abbreviation.spelt == tuple(part.term for part in run):
                    words.append(_joined(text, abbreviation.term, run))
        return tuple(word for word in words if word.width < FAR)

    def units(self, text: str) -> list[Word]:
        """Return the words of a query: the widest reading of each place, and none twice."""
        units: list[Word] = []
        free = 0  # the place after the last unit
        for word in sorted(self.read(text), key=lambda word: (word.at, -word.width)):
            if word.at >= free:
                units.append(word)
                free = word.at + word.width
        return units

    def marks(self, text: str, runs: Iterable[Run]) -> tuple[Span, ...]:
        """Return where a text has runs of words, joined where only space divides them."""
        words_of_term: dict[str, list[Word]] = defaultdict(list)
        for word in self._kept_reading(text):
            words_of_term[word.term].append(word)
        spans: set[Span] = set()
        for run in runs:
            for first in words_of_term[run[0].term]:
                words = _follow(run, first, words_of_term)
                spans.update(Span(word.start, word.end) for word in words)
        return _merged(text, spans)

    def _plain(self, text: str) -> list[Word]:
        """Return the words of a text one by one; what may be written as two words is two."""
        words: list[Word] = []
        at = end = 0
        for match in WORD.finditer(text):
            if LEFT_OUT.search(text, end, match.start()):
                at += FAR
            start, end = match.span()
            written = match[0]
            is_short = len(written) <= LONGEST_KEPT
            parts = self._kept_parts(written) if is_short else self._parts_of(written)
            for part in parts:
                words.append(Word(part.term, written, start, end, at, part.width))
                at += part.width
        return words

    def _parts_of(self, written: str) -> tuple[Part, ...]:
        """Return the words that a word as written is read as: mostly one, two for a compound."""
        parts: list[Part] = []
        for word in self._parts.get(fold(written), (written,)):
            term = self.term(word)
            if term:
                parts.append(Part(term, self._widths.get(term, 1)))
        return tuple(parts)

    def _compound(self, text: str, pair: Sequence[Word]) -> str:
        """Return the term of the compound that two words make, "" if they make none."""
        if len(pair) < 2:
            return ""
        one, other = pair
        if one.start == other.start:  # written as one word
            return self._known_compound(fold(one.text))
        joint = text[one.end : other.start]
        is_hyphen = joint != " " and HYPHEN.fullmatch(joint)
        if joint != " " and not is_hyphen:
            return ""
        first = fold(one.text)
        second = fold(other.text)
        if first + second in self.names:  # "o brien"
            return first + second
        if not self._begins_a_word(first + second[:2]):
            return ""
        little = self.english.little
        if is_hyphen or (is_part(first, little) and is_part(second, little)):
            return self._known_compound(first + second)
        term = self.term(first + second)
        return term if term in self._compounds else ""

    def _begins_a_word(self, beginning: str) -> bool:
        """Whether a word that is written as one, or with a hyphen, begins so: seldom, and told in
        a tenth of the time that its term takes.
        """
        place = bisect_left(self._as_one, beginning)
        return place < len(self._as_one) and self._as_one[place].startswith(beginning)

    def _known_compound(self, joined: str) -> str:
        """Return the term of a compound that is hyphened, or written as one word, somewhere."""
        term = self.term(joined)
        written_as_one = len(joined) > 5 and term in self.terms
        return term if written_as_one or term in self._compounds else ""

    def _learn_abbreviation(self, abbreviation: Term) -> None:
        expansion = abbreviation.expansion.partition("(")[0]
        spelt = tuple(self.term(word) for word in WORD.findall(expansion))
        term = self.term(abbreviation.term)
        self._widths[term] = len(spelt)
        self._spelt[spelt[0]].append(Abbreviation(term, spelt))

    def _learn_words(self, compounds: Compounds, names: Names) -> None:
        self.written = frozenset(compounds.words)
        self._parts = {**names.parts, **compounds.parts}
        self._as_one = sorted(self.written.union(compounds.hyphened))
        self._compounds = frozenset(self.term(joined) for joined in compounds.hyphened)
        terms = {self.term(word) for word in self.written}
        self.terms = self._compounds.union(self._widths, terms)

    def _learn_other_words(self) -> None:
        """Read the plain words for which the articles have others: terms -> runs of words."""
        self.also: dict[tuple[str, ...], tuple[Run, ...]] = {}
        also_words: set[str] = set()
        for plain, others in self.english.also.items():
            terms = tuple(unit.term for unit in self.units(plain) if self.tells(unit.text))
            self.also[terms] = tuple(tuple(self.units(other)) for other in others)
            also_words.update(folded_words(plain))
        self.also_words = frozenset(also_words)


def _plurals_of_abbreviations(library: Library) -> dict[str, str]:
    """Return the plural of each abbreviation -> the abbreviation: `{"pcts": "pct"}`."""
    singular = [fold(abbreviation.term) for abbreviation in library.abbreviations]
    return {f"{word}s": word for word in singular}


def _joined(text: str, term: str, parts: Sequence[Word]) -> Word:
    """Return parts side by side as one word of a term."""
    first, last = parts[0], parts[-1]
    width = last.at + last.width - first.at
    return Word(term, text[first.start : last.end], first.start, last.end, first.at, width)


def _follow(run: Run, first: Word, words_of_term: dict[str, list[Word]]) -> list[Word]:
    """Return the words of a text that are a run beginning with `first`, [] if there is none."""
    words = [first]
    for wanted_before, wanted in pairwise(run):
        before = words[-1]
        near = range(before.at + 1, before.at + wanted_before.width + 1)
        following = [word for word in words_of_term[wanted.term] if word.at in near]
        if not following:
            return []
        words.append(following[0])
    return words


def _merged(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and not text[merged[-1].end : start].strip(" -‐‑–"):
            before = merged.pop()
            start, end = before.start, max(before.end, end)
        merged.append(Span(start, end))
    return tuple(merged)
