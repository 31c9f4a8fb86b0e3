"""Mending what a reader types: the nearest name, the nearest word."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

from reference.search.english import English
from reference.search.entries import Entry, Facet
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
SHORTEST_UNKNOWN = 3
"""Letters of the shortest word that may be a slip of a name."""
LONGEST_UNKNOWN = 39
"""Letters of the longest word that may be a slip."""
COMMON = 500
"""Times that a common word of English stands in the word list of the spelling checker."""
_QUOTES = re.compile(r'["“”„‟«»‘]|’(?!\w)')
_SOUNDS = str.maketrans("cqzw", "kksv", "aeiouyh")


class Mended(NamedTuple):
    """A query with its slips mended; `sure` if there is no doubt that they are slips."""

    query: str
    sure: bool


class Mend(NamedTuple):
    """The word that was meant by another; `sure` if there is no doubt."""

    word: str
    sure: bool


class Unknown(NamedTuple):
    """A word of a query that nothing has, and the term it stands in: a word, a phrase, a field."""

    word: str
    term: Term


class Mending:
    """What may have been meant by words that are nowhere."""

    def __init__(self, entries: Sequence[Entry], wording: Wording) -> None:
        self._wording = wording
        self._common = common_words(wording.english)
        self._words = sorted(filter(_may_be_meant, wording.written))
        names = names_of_values(entries)
        # The words of people's names, folded -> as written: {"glasby": "Glasby"}
        self._people = _words_of_names(_names_of_people(names["person"]))
        # Field -> the words of all names that it may have; `person` has groups, too
        self._names = {
            "kind": {},
            "person": _words_of_names(names["person"].values()),
            "theme": _words_of_names(names["theme"].values()),
            "article": _words_of_names(names["article"].values()),
        }

    def mend(self, text: str) -> Mended | None:
        """Return a query with its slips mended, None if it has none that can be.

        "comissioning" becomes "commissioning"; a word that the library has is left as it is. The
        mended query is `sure` if each of its mends is.
        """
        mends: dict[str, Mend] = {}
        for unknown in self._unknown(text):
            mend = self._mend_of(unknown)
            if mend:
                mends[unknown.word] = mend
        if not mends:
            return None

        def mended_word(match: re.Match[str]) -> str:
            written = match[0]
            return mends[written].word if written in mends else written

        query = WORD.sub(mended_word, text)
        is_sure = all(mend.sure for mend in mends.values())
        return Mended(query, is_sure)

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
        """Return a few words of names and of titles that begin as typed: for "buc", "Buckman".

        Those of people's names come first, and of these the shortest.
        """
        if len(typed) < SHORTEST_BEGUN:
            return []
        known = {
            **self._names["article"],
            **self._names["theme"],
            **self._names["person"],
        }
        begun = [word for word in known if word.startswith(typed)]
        begun.sort(key=lambda word: (len(word), word))
        # Sorting again keeps the order by length among people, and among the others
        begun.sort(key=lambda word: word in self._people, reverse=True)
        return [known[word] for word in begun[:MOST_MENDED]]

    def _unknown(self, text: str) -> list[Unknown]:
        """Return the words of a query that may be slips, each once, and no more than MOST_MENDED.

        A word in a field is one if no name there has it, any other if no text has it. Of
        `person:Bukman junck` these are "Bukman" and "junck".
        """
        unknown: dict[str, Unknown] = {}
        for clause in parse(text):
            if clause.negated:
                continue
            for term in clause.terms:
                for word in WORD.findall(term.text):
                    if self._is_unknown(word, term.field):
                        unknown.setdefault(word, Unknown(word, term))
                    if len(unknown) == MOST_MENDED:
                        return list(unknown.values())
        return list(unknown.values())

    def _is_unknown(self, word: str, field: Facet | None) -> bool:
        """Whether a word of a query is unknown, so that it may be a slip.

        In a field it is unknown if none of the field's names has it; the fields `year` and `kind`
        have no names here, so that no word of theirs is unknown. Elsewhere it is unknown if it is
        in no text and in no list of words. Very short and very long words are left alone.
        """
        if not SHORTEST_UNKNOWN <= len(word) <= LONGEST_UNKNOWN:
            return False
        wording = self._wording
        if field:
            names = self._names.get(field, {})
            terms = {wording.term(name) for name in names}
            return bool(terms) and wording.term(word) not in terms
        folded = fold(word)
        is_known = (
            folded in wording.written
            or folded in wording.also_words
            or folded in wording.english.stop_words
        )
        return not is_known

    def _mend_of(self, unknown: Unknown) -> Mend | None:
        """Return the name or else the word that was meant, None if nothing is like it."""
        word, term = unknown
        name = self._name_meant(word, term.field)
        if name:
            return Mend(name, sure=len(word) > 3)
        if term.field:  # only names stand in fields
            return None
        nearest = self._word_meant(word)
        return Mend(nearest, sure=True) if nearest else None

    def _name_meant(self, word: str, field: Facet | None) -> str | None:
        """Return the word of a name that was meant: of a person's, or of what the field holds."""
        is_english = self._is_english(word)
        if is_english and len(word) < 5:  # a dog is not Doug
            return None
        names = self._names[field] if field else self._people
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


def _may_be_meant(word: str) -> bool:
    """Whether a word of the texts is one that a slip may stand for."""
    return len(word) > 3 and word.isalpha()


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
    return frozenset(english.respelt(word) for word in _folded_common_words())


@cache
def _folded_common_words() -> frozenset[str]:
    """Return the common words of English in the spell checker's own list, folded.

    The list is the same for every library, and read once: it has 160,000 words.
    """
    counts = SpellChecker(language="en").word_frequency
    return frozenset(
        fold(word)
        for word, count in counts.items()
        if count >= COMMON and len(word) > 2
    )


def nearest_word(word: str, known: Sequence[str]) -> str | None:
    """Return the known word that a misspelt one is likely to mean, None if there is none.

    It begins alike and is one slip away: a letter too many, too few, wrong, or out of order. If
    the misspelt word is long, it may be two slips away, or three if it sounds alike. Of several
    words, those that sound alike are preferred, then the one with the fewest slips.
    """
    if len(word) < SHORTEST_MENDED:
        return None
    most_slips = 3 if len(word) >= LONG else 1
    candidates = []
    for other, slips in slips_by_word(word, known, most_slips).items():
        is_alike = sound_alike(word, other)
        is_near = slips < 3 or is_alike
        if is_near and _begin_alike(word, other):
            candidates.append(_Candidate(not is_alike, slips, other))
    if not candidates:
        return None
    likeliest = min(candidates)
    return likeliest.word


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
    """Return the known name that a misspelt one is likely to mean, None if there is none.

    A name is likely if it is one slip away ("Glasbi"), or sounds alike and is up to three slips
    away ("Glazbie", for Glasby). With `only_alike`, for a word that is good English, it must sound
    alike. A short name must also begin alike: "ways" is not Mays. Of several names the one with
    the fewest slips is returned.
    """
    slips_by_name: dict[str, int] = {}
    for name, slips in slips_by_word(word, known, most=3).items():
        is_one_slip = slips == 1 and not only_alike
        is_likely = is_one_slip or sound_alike(word, name)
        if is_likely and _may_be_slip(word, name):
            slips_by_name[name] = slips
    if not slips_by_name:
        return None
    names = sorted(slips_by_name)
    return min(names, key=lambda name: slips_by_name[name])


def _may_be_slip(word: str, name: str) -> bool:
    """Whether a word is long enough, and begins enough like a name, to be a slip of it."""
    if min(len(word), len(name)) < 3:
        return False
    if len(name) < 4 and not sound_alike(word, name):  # JSON is not Jon
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
