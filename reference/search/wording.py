"""Words as a reader means them: one reading of text for index, query, phrase and mark.

Case, accents, hidden characters, apostrophes, British and American spellings and the forms of a
word are folded away. A compound (`policymakers`, `policy makers`) and an abbreviation with what it
stands for (`PCT`, `primary care trust`) are one word each, beside the words they are made of.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from reference.records import Library, Span
from reference.search.abbreviations import Abbreviations, plurals_of
from reference.search.compounds import SHORTEST, Compounds, Pair
from reference.search.english import English
from reference.search.marking import WordsByTerm, by_term, marks
from reference.search.names import Names
from reference.search.words import (
    HYPHEN,
    LEFT_OUT,
    LONGEST_KEPT,
    WORD,
    Run,
    Word,
    as_one,
    fold,
    folded_words,
    terms_of,
)

FAR = 1_000
"""Places between words that do not stand in one text, or between which words are left out."""
KEPT = 30_000
"""Words whose reading is kept."""
KEPT_TEXTS = 2_000
"""Texts of the library that are kept as read for their marks."""


class Part(NamedTuple):
    """A word as read, and how many places it takes up."""

    term: str
    width: int


class Wording:
    """How the words of one library and of its texts are read.

    Names of people are kept whole: Nicholas Mays is not found by "may". `written` are all words of
    the texts, folded, and `terms` what they are read as.
    """

    def __init__(self, library: Library, texts: Iterable[str]) -> None:
        self.english = English.read(library.words)
        self._names = Names(library.people.values())
        self._plurals = plurals_of(library.abbreviations)
        self._keep_readings()
        self._abbreviations = Abbreviations(library.abbreviations, self.term)
        self._learn_texts(texts)
        self._learn_other_words()
        self.titles = self._terms(self.english.titles)

    def _keep_readings(self) -> None:
        """Make the caches, one set for each library, in which readings are kept."""
        self._kept_term = lru_cache(KEPT)(self._term)
        self._kept_parts = lru_cache(KEPT)(self._split)
        self._kept_words = lru_cache(KEPT_TEXTS)(self._words_by_term)

    def _learn_texts(self, texts: Iterable[str]) -> None:
        """Learn the words and the compounds of the texts."""
        compounds = Compounds(texts, self.english.stop_words)
        hyphened = self._terms(compounds.hyphened)
        written = frozenset(compounds.written)
        abbreviations = self._abbreviations.widths
        self.compounds = compounds
        self._hyphened = hyphened
        self._parts = {**self._names.parts, **compounds.parts}
        self.written = written
        self.terms = self._terms(written).union(hyphened, abbreviations)

    def _learn_other_words(self) -> None:
        """Learn the terms of plain words -> the runs of words that articles have for them."""
        self.also: dict[tuple[str, ...], list[Run]] = {}
        also_words: set[str] = set()
        for plain, others in self.english.also.items():
            runs = [tuple(self.query_words(other)) for other in others]
            terms = terms_of(self._telling_words(plain))
            self.also[terms] = runs
            also_words.update(folded_words(plain))
        self.also_words = frozenset(also_words)

    def _terms(self, words: Iterable[str]) -> frozenset[str]:
        return frozenset(self.term(word) for word in words)

    @property
    def names(self) -> set[str]:
        """The words of people's names, folded."""
        return self._names.words

    @property
    def surnames(self) -> dict[str, frozenset[str]]:
        """A person's id -> the words, folded, that they may be called by alone."""
        return self._names.surnames

    @property
    def learnt(self) -> tuple[object, ...]:
        """All that readings follow from beside the texts and the lists of English here."""
        english = self.english
        return (
            sorted(self.names),
            self._abbreviations.known,
            english.forms,
            english.apart,
        )

    def term(self, word: str) -> str:
        """Return what all forms and spellings of a word share; "" if it has no letters."""
        is_short = len(word) <= LONGEST_KEPT
        return self._kept_term(word) if is_short else self._term(word)

    def is_telling(self, word: str) -> bool:
        """Whether a word says something on its own."""
        stop_words = self.english.stop_words
        is_stop_word = (
            fold(word) in stop_words or self.term(word) in stop_words
        )
        return not is_stop_word

    def any_is_telling(self, words: Iterable[Word]) -> bool:
        """Whether one of some words says something on its own."""
        return any(self.is_telling(word.text) for word in words)

    def telling(self, *texts: str) -> frozenset[str]:
        """Return the terms of texts that say something, compounds and abbreviations as one."""
        terms: set[str] = set()
        for text in texts:
            terms.update(terms_of(self._telling_words(text)))
        return frozenset(terms)

    def _telling_words(self, text: str) -> list[Word]:
        words = self.query_words(text)
        return [word for word in words if self.is_telling(word.text)]

    def every_term(self, *texts: str) -> frozenset[str]:
        """Return all terms of texts: compounds and abbreviations, and the words in them."""
        terms: set[str] = set()
        for text in texts:
            terms.update(terms_of(self.all_words(text)))
        return frozenset(terms)

    def all_words(self, text: str) -> tuple[Word, ...]:
        """Return all words of a text, in order: each as written, and each that several make.

        "primary care trusts" has four: "primary", "care", "trusts", and "pct", the abbreviation of
        the three, which stands at the place of the first and is as wide as all. Compounds are
        read likewise: "policy makers" is also "policymakers".
        """
        plain = self._plain_words(text)
        made_of_several = [
            *self._compounds_in(text, plain),
            *self._abbreviations_in(text, plain),
        ]
        if not made_of_several:
            return tuple(plain)
        # Words with a gap between them are FAR apart, and never one
        without_gap = [word for word in made_of_several if word.width < FAR]
        return tuple(sorted([*plain, *without_gap], key=_by_place))

    def query_words(self, text: str) -> list[Word]:
        """Return the words of a query, in order; of words that share a place, only the widest.

        "primary care trusts" is one word, "pct", and not also "primary", "care" and "trusts".
        """
        readings = sorted(self.all_words(text), key=_by_place_widest_first)
        words: list[Word] = []
        next_place = 0
        for word in readings:
            if word.place >= next_place:
                words.append(word)
                next_place = word.place_after
        return words

    def marks(self, text: str, runs: Iterable[Run]) -> tuple[Span, ...]:
        """Return where a text of the library has runs of words."""
        return marks(text, self._kept_words(text), runs)

    def _words_by_term(self, text: str) -> WordsByTerm:
        return by_term(self.all_words(text))

    def _term(self, word: str) -> str:
        folded = " ".join(fold(word).split())
        folded = folded.replace("per cent", "percent")
        if folded in self.names:
            return folded
        singular = self._plurals.get(folded, folded)
        return self.english.stem(singular)

    # Words one by one

    def _plain_words(self, text: str) -> list[Word]:
        """Return the words of a text as written, in order, each with the place that it stands at.

        - A compound written as one word is given as its two parts, at two places: "midlife" is
          "mid" and "life".
        - An abbreviation takes up as many places as the words it stands for: "PCT" three.
        - After words that are left out (…), and after the end of a line, places go on FAR away, so
          that no words are side by side across them.
        """
        words: list[Word] = []
        place = 0
        last_end = 0
        for match in WORD.finditer(text):
            written = match[0]
            start, end = match.span()
            between = text[last_end:start]
            # Most words have one space between them, which is told at once
            if between != " " and LEFT_OUT.search(between):
                place += FAR
            last_end = end
            for part in self._parts_of(written):
                word = Word(part.term, written, start, end, place, part.width)
                words.append(word)
                place += part.width
        return words

    def _parts_of(self, written: str) -> tuple[Part, ...]:
        """Return the words that a word as written is read as: mostly one, two for a compound."""
        is_short = len(written) <= LONGEST_KEPT
        return self._kept_parts(written) if is_short else self._split(written)

    def _split(self, written: str) -> tuple[Part, ...]:
        """Do the work of `_parts_of`, which keeps the answers for short words."""
        words = self._parts.get(fold(written), (written,))
        terms = [self.term(word) for word in words]
        return tuple(
            Part(term, self._abbreviations.width(term))
            for term in terms
            if term
        )

    # Words that are wider than one

    def _compounds_in(self, text: str, plain: Sequence[Word]) -> list[Word]:
        """Return the compounds that words of a text side by side make, each as one word."""
        compounds: list[Word] = []
        for pair in pairwise(plain):
            term = self._compound(text, *pair)
            if term:
                compounds.append(as_one(term, pair, text))
        return compounds

    def _abbreviations_in(
        self, text: str, plain: Sequence[Word]
    ) -> list[Word]:
        """Return the abbreviations whose words are written out in a text, each as one word.

        `plain` are the words of the text. "a primary care trust" has "pct", in the place of three.
        """
        abbreviations: list[Word] = []
        for number, word in enumerate(plain):
            if not self._abbreviations.may_begin(word.term):
                continue
            for abbreviation in self._abbreviations.begun(plain, number):
                end = number + len(abbreviation.spelt)
                run = plain[number:end]
                abbreviations.append(as_one(abbreviation.term, run, text))
        return abbreviations

    def _compound(self, text: str, first: Word, second: Word) -> str:
        """Return the term of the compound that two neighbours in a text make, "" if they make none.

        They may be written as one word, or with a space or a hyphen between them: "midlife",
        "mid life", "mid-life". The two words of "midlife" both have the whole of it as their text,
        and its start as theirs.
        """
        are_written_as_one = first.start == second.start
        if are_written_as_one:
            return self._term_of_compound(fold(first.text))
        between = text[first.end : second.start]
        is_hyphened = HYPHEN.fullmatch(between) is not None
        if between != " " and not is_hyphened:
            return ""
        pair = Pair(fold(first.text), fold(second.text))
        # Most pairs fail this test, which is much faster than to look for the pair's term
        if not self.compounds.any_begins_like(pair):
            return ""
        return self._term_of_pair(pair, is_hyphened)

    def _term_of_pair(self, pair: Pair, is_hyphened: bool) -> str:
        """Return the term of two words side by side that are one somewhere, "" if they are not."""
        joined = pair.joined
        if joined in self.names:  # "o brien"
            return joined
        if is_hyphened or self.compounds.may_be_parts(pair):
            return self._term_of_compound(joined)
        term = self.term(joined)
        return term if term in self._hyphened else ""

    def _term_of_compound(self, joined: str) -> str:
        """Return the term of a compound that is hyphened, or written as one word, somewhere."""
        term = self.term(joined)
        is_written = len(joined) >= SHORTEST and term in self.terms
        return term if is_written or term in self._hyphened else ""


def _by_place(word: Word) -> int:
    return word.place


def _by_place_widest_first(word: Word) -> tuple[int, int]:
    return word.place, -word.width
