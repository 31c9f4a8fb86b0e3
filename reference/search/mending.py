"""Mending what a reader types: the nearest name, the nearest word."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

from reference.search.english import English
from reference.search.entries import Entry
from reference.search.facets import NamesByValue, names_of_values
from reference.search.query import Term, parse
from reference.search.wording import Wording
from reference.search.words import WORD, fold

MOST_MENDED = 6
"""Words of a query that are mended, and beginnings of names that are offered."""
SHORTEST_BEGUN = 3
"""Letters of the shortest beginning that is completed."""
SHORTEST_MENDED = 5
"""Letters of the shortest word that is mended to another word."""
LONG = 8
"""Letters of a word in which two slips may be."""
LONGEST = 40
"""Letters of the longest word that is mended, and one more."""
COMMON = 500
"""Times that a common word of English stands in the word list of the spelling checker."""
_QUOTES = re.compile(r'["“”„‟«»‘]|’(?!\w)')
_SOUNDS = str.maketrans("cqzw", "kksv", "aeiouyh")


class Mended(NamedTuple):
    """A query with its slips mended; `sure` if there is no doubt that they are slips."""

    query: str
    sure: bool


class Mend(NamedTuple):
    word: str
    sure: bool


class Mending:
    """What may have been meant by words that are nowhere."""

    def __init__(self, entries: Sequence[Entry], wording: Wording) -> None:
        self._wording = wording
        self._common = common_words(wording.english)
        self._words = sorted(
            word
            for word in wording.written
            if len(word) > 3 and word.isalpha()
        )
        names = names_of_values(entries)
        self._names: dict[str, dict[str, str]] = {"kind": {}}
        """Field -> folded word -> the word, of the names of its values."""
        for field in ("person", "theme", "article"):
            self._names[field] = _words_of_names(names[field].values())
        people = _names_of_people(names["person"])
        self._people = _words_of_names(people)

    def mend(self, text: str) -> Mended | None:
        """Return a query with the words that are nowhere mended, None if none can be."""
        mended: dict[str, str] = {}
        sure = True
        for word, term in self._unknown(text).items():
            mend = self._mend_of(term, word)
            if mend:
                mended[word] = mend.word
                sure = sure and mend.sure
        if not mended:
            return None
        query = WORD.sub(lambda match: mended.get(match[0], match[0]), text)
        return Mended(query, sure)

    def unquoted(self, text: str) -> list[str]:
        """Return a query without its quotation marks, if it has any."""
        plain = " ".join(_QUOTES.sub(" ", text).split())
        return [plain] if plain != text else []

    def completed(self, text: str) -> Iterator[str]:
        """Make queries whose last word is a name, or a word of a title, that it begins."""
        words = list(WORD.finditer(text))
        if not words:
            return
        last = words[-1]
        before = text[: last.start()]
        after = text[last.end() :]
        for name in self._names_begun(fold(last[0])):
            yield before + name + after

    def _names_begun(self, typed: str) -> list[str]:
        """Return the names, and words of titles, that a word begins: people's first, then short."""
        if len(typed) < SHORTEST_BEGUN:
            return []
        known = {
            **self._names["article"],
            **self._names["theme"],
            **self._names["person"],
        }
        begun = [word for word in known if word.startswith(typed)]
        begun.sort(
            key=lambda word: (word not in self._people, len(word), word)
        )
        return [known[word] for word in begun[:MOST_MENDED]]

    def _unknown(self, text: str) -> dict[str, Term]:
        """Return words of a query that nothing has where it looks for them -> the terms of each."""
        terms: list[Term] = []
        for clause in parse(text):
            if not clause.negated:
                terms += clause.terms
        unknown: dict[str, Term] = {}
        for term in terms:
            for word in WORD.findall(term.text):
                if len(unknown) < MOST_MENDED and self._is_unknown(term, word):
                    unknown.setdefault(word, term)
        return unknown

    def _is_unknown(self, term: Term, word: str) -> bool:
        if not 2 < len(word) < LONGEST:
            return False
        wording = self._wording
        if term.field:
            known = {
                wording.term(name) for name in self._names.get(term.field, ())
            }
            return bool(known) and wording.term(word) not in known
        folded = fold(word)
        if folded in wording.written or folded in wording.also_words:
            return False
        return folded not in wording.english.stop_words

    def _mend_of(self, term: Term, word: str) -> Mend | None:
        """Return the name or else the word that was meant by a word of a term."""
        name = self._name_meant(term, word)
        if name:
            return Mend(name, sure=len(word) > 3)
        if term.field:  # only names stand in fields
            return None
        nearest = self._word_meant(word)
        return Mend(nearest, sure=True) if nearest else None

    def _name_meant(self, term: Term, word: str) -> str | None:
        is_english = self._is_english(word)
        if is_english and len(word) < 5:  # a dog is not Doug
            return None
        names = self._people
        if term.field:
            names = self._names[term.field]
        nearest = nearest_name(fold(word), list(names), only_alike=is_english)
        return names[nearest] if nearest else None

    def _word_meant(self, word: str) -> str | None:
        is_form = self._wording.term(word) in self._wording.terms
        if is_form or self._is_english(word):  # spelt as it should be
            return None
        return nearest_word(fold(word), self._words)

    def _is_english(self, word: str) -> bool:
        """Whether a word is a common word of English."""
        return self._wording.english.respelt(fold(word)) in self._common


def _names_of_people(names: NamesByValue) -> list[tuple[str, ...]]:
    """Return the names of people, and not those of groups, whose ids are their names."""
    return [
        called for speaker, called in names.items() if speaker != called[0]
    ]


def _words_of_names(names: Iterable[Iterable[str]]) -> dict[str, str]:
    """Return folded word -> the word as written, of names; short ones are left out."""
    words: dict[str, str] = {}
    for called in names:
        for word in WORD.findall(" ".join(called)):
            folded = fold(word)
            if len(folded) > 2:
                words[folded] = word
    return words


def common_words(english: English) -> frozenset[str]:
    """Return the common words of English, as this library spells them: none of them is a slip."""
    counts = SpellChecker(language="en", distance=1).word_frequency
    words = (
        word
        for word in counts.words()
        if len(word) > 2 and counts[word] >= COMMON
    )
    return frozenset(english.respelt(fold(word)) for word in words)


def nearest_word(word: str, known: Sequence[str]) -> str | None:
    """Return the known word that is one slip away, and begins alike.

    Of eight letters or more, two slips away, or three if it sounds alike. Of several, the one that
    sounds alike, then the nearest.
    """
    if len(word) < SHORTEST_MENDED:
        return None
    is_long = len(word) >= LONG
    most_slips = 3 if is_long else 1
    candidates = []
    for other, slips in slips_by_word(word, known, most_slips).items():
        if not _begin_alike(word, other):
            continue
        is_alike = sound_alike(word, other)
        if is_alike or slips < 3:
            candidates.append(_Candidate(not is_alike, slips, other))
    if not candidates:
        return None
    return min(candidates).word


def slips_by_word(
    word: str, known: Sequence[str], most: int
) -> dict[str, int]:
    """Return the known words that are at most so many slips away -> how many."""
    matches = process.extract(
        word, known, scorer=OSA.distance, score_cutoff=most, limit=None
    )
    return {other: int(distance) for other, distance, _ in matches}


class _Candidate(NamedTuple):
    """A word that may be meant; the smallest is the likeliest."""

    sounds_otherwise: bool
    slips: int
    word: str


def _begin_alike(one: str, other: str) -> bool:
    """Whether words begin with one letter, or with two in either order."""
    return one[0] == other[0] or sorted(one[:2]) == sorted(other[:2])


def nearest_name(
    word: str, known: Sequence[str], only_alike: bool = False
) -> str | None:
    """Return the known name that is one slip away, or up to three but sounds alike.

    Glazbie is Glasby, “forget” is not Forbes. A short one must begin alike: “ways” is not Mays.
    `only_alike`: it must sound alike, as what was typed is a word of its own.
    """
    candidates = []
    for name, slips in slips_by_word(word, known, most=3).items():
        is_one_slip = slips == 1 and not only_alike
        may_be_meant = is_one_slip or sound_alike(word, name)
        if may_be_meant and _may_be_slip(word, name):
            candidates.append((slips, name))
    if not candidates:
        return None
    _, nearest = min(candidates)
    return nearest


def _may_be_slip(word: str, name: str) -> bool:
    if min(len(word), len(name)) < 3:
        return False
    if word[0] != name[0] and len(name) < 6:
        return False
    if len(word) == len(name) < 5:  # only two letters in the wrong order
        return sorted(word) == sorted(name)
    return True


def sound_alike(one: str, other: str) -> bool:
    """Whether words have the same consonants, those that sound alike taken for one."""
    return _sound(one) == _sound(other)


def _sound(word: str) -> str:
    sound = word.replace("ck", "k").replace("ph", "f").translate(_SOUNDS)
    return re.sub(r"(.)\1+", r"\1", sound)
