"""Words as a reader means them: one reading of text for index, query, phrase and mark.

Case, accents, hidden characters, apostrophes, British and American spellings and the forms of a
word are folded away. A compound (`policymakers`, `policy makers`) and an abbreviation with what it
stands for (`PCT`, `primary care trust`) are one word each, beside the words they are made of.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from configparser import RawConfigParser
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import Stemmer

from reference.records import Library, Span
from reference.search.entries import KINDS, Entry

ENGLISH = Path(__file__).with_name("english.ini")
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
LEFT_OUT = re.compile(r"\[?(?:…|\.{3})\]?|\n")  # words are left out, or another text begins
_FAR = 1_000  # places
HYPHEN = re.compile(r"[\-‐‑‒–]\s?")
DROPPED = re.compile(rf"[_.,\u0300-\u036f{_HIDDEN}]|{_APOSTROPHE}")
CLITIC = re.compile(rf"{_APOSTROPHE}(?:s|ll|ve|re|d|m)?$", re.IGNORECASE)


class Word(NamedTuple):
    """A word as read (`term`) and written (`text`), from `start` to `end`, at place `at`. It takes
    up `width` places, a compound or abbreviation as many as the words it is made of, so that what
    stands beside it is the same distance away in every spelling."""

    term: str
    text: str
    start: int
    end: int
    at: int
    width: int = 1


@lru_cache(50_000)
def fold(word: str) -> str:
    """A word without case, accents, hidden characters, apostrophes and the possessive `s`."""
    bare = DROPPED.sub("", CLITIC.sub("", word))
    return DROPPED.sub("", unicodedata.normalize("NFKD", bare)).casefold()


class Wording:
    """How the words of one library and its entries are read. Names of people are kept whole:
    Nicholas Mays is not found by "may". What is written with a hyphen, or as one, may be two."""

    def __init__(self, library: Library, every: Iterable[Entry]) -> None:
        english = RawConfigParser(allow_no_value=True, delimiters=("->",))
        english.optionxform = str  # type: ignore[assignment,method-assign]  # keys as they stand
        english.read(ENGLISH, encoding="utf-8")
        self.spellings = [(re.compile(k), v) for k, v in english["spellings"].items()]
        self._respelt = re.compile("|".join(f"(?:{each})" for each in english["spellings"]))
        tables = {n: {w: (f or "").split() for w, f in english[n].items()} for n in english}
        self._forms = {form: word for word, forms in tables["forms"].items() for form in forms}
        self._forms |= {f"{fold(entry.term)}s": fold(entry.term) for entry in library.abbreviations}
        self._apart = {f: word for word, forms in tables["apart"].items() for f in (word, *forms)}
        self._endings = ["", *tables["endings"]["words"]]
        self._stem = Stemmer.Stemmer("english", 0).stemWord
        self.term, self.read = lru_cache(50_000)(self._term), lru_cache(2_000)(self._read)
        names = (name for person in library.people.values() for name in person.names)
        self.names = frozenset(fold(word) for name in names for word in WORD.findall(name))
        self.little = frozenset(tables["little"]["words"])
        self.titles = frozenset(map(self.term, tables["titles"]["words"]))
        self._glossary = library.abbreviations
        self._widths: dict[str, int] = {}
        self.spelt: dict[str, list[tuple[str, list[str]]]] = {}  # by the first of the long words
        for entry in self._glossary:
            long = list(map(self.term, WORD.findall(entry.expansion.partition("(")[0])))
            self._widths[short := self.term(entry.term)] = len(long)
            self.spelt.setdefault(long[0], []).append((short, long))
        self.folded: set[str] = set()
        beside, hyphened = dict[str, tuple[str, str]](), dict[str, tuple[str, str]]()
        for text in (entry.indexed for entry in every):
            found = list(WORD.finditer(text))
            self.folded.update(fold(match[0]) for match in found)
            for first, second in pairwise(found):
                one, other = fold(first[0]), fold(second[0])
                between = text[first.end() : second.start()]
                if HYPHEN.fullmatch(between):
                    hyphened[one + other] = one, other
                elif between == " " and self._tell(one, other):
                    beside.setdefault(one + other, (one, other))
        self.parts = beside | hyphened
        self.compounds = frozenset(map(self.term, hyphened))
        self.terms = self.compounds.union(map(self.term, self.folded))

    def _term(self, word: str) -> str:
        """The form that all forms and spellings of a word share; "" if it has no letters."""
        folded = " ".join(fold(word).split()).replace("per cent", "percent")
        if folded in self.names:
            return folded
        folded = self._respell(folded)
        folded = self._forms.get(folded, folded)
        return self._apart.get(folded) or self._stem(folded) or folded

    def _respell(self, folded: str) -> str:
        """A word in the spelling that is written for all its spellings."""
        for pattern, spelling in self.spellings if self._respelt.search(folded) else ():
            folded = pattern.sub(spelling, folded)
        return folded

    def forms(self) -> dict[str, set[str]]:
        """Each term of the library, its glossary, of kinds and titles -> folded words that are read
        as it: those written somewhere, and what usual endings make of them."""
        texts = (*KINDS, *(entry.expansion for entry in self._glossary))
        more = {fold(word) for text in texts for word in WORD.findall(text)}
        made = {*self.folded, *more, *self.parts, *self._forms, *self._forms.values(), *self._apart}
        starts = {w.removesuffix(end) for w in filter(str.isalpha, made) for end in self._endings}
        made.update(start + end for start in starts for end in self._endings)
        made.update(start + start[-1:] + end for start in starts for end in ("ed", "ing", "er"))
        made |= set(map(self._respell, made))
        forms = {term: set[str]() for term in self.terms.union(self.titles, map(self.term, more))}
        for form in made:
            forms.get(self._term(form), set()).add(form)
        return forms

    def _tell(self, *parts: str) -> bool:
        """Whether all parts of what may be one word say something themselves."""
        return all(len(p) > 2 and p.isalpha() and p not in self.little for p in parts)

    def tells(self, word: str) -> bool:
        """Whether a word says something on its own."""
        return self.little.isdisjoint((fold(word), self.term(word)))

    def telling(self, *texts: str) -> frozenset[str]:
        """The words of some texts that say something, compounds and abbreviations as one."""
        units = (unit for text in texts for unit in self.units(text))
        return frozenset(unit.term for unit in units if self.tells(unit.text))

    def _read(self, text: str) -> tuple[Word, ...]:
        """All the words of a text, in order; compounds and abbreviations beside their parts."""
        plain, words = self._plain(text), list[Word]()
        for index, word in enumerate(plain):
            words.append(word)
            pair = plain[index : index + 2]
            wider = [(self._compound(text, *pair), pair)] if len(pair) == 2 else []
            for short, long in self.spelt.get(word.term, ()):
                run = plain[index : index + len(long)]
                wider += [(short, run)] if long == [each.term for each in run] else []
            for term, run in wider:
                width, start, end = run[-1].at + run[-1].width - word.at, word.start, run[-1].end
                if term and width < _FAR:
                    words.append(Word(term, text[start:end], start, end, word.at, width))
        return tuple(words)

    def _plain(self, text: str) -> list[Word]:
        """The words of a text one by one; what may be written as two words is two."""
        words: list[Word] = []
        at = end = 0
        for match in WORD.finditer(text):
            at += _FAR * bool(LEFT_OUT.search(text, end, match.start()))
            start, end = match.span()
            for part in self.parts.get(fold(match[0]), (match[0],)):
                if term := self.term(part):
                    width = self._widths.get(term, 1)
                    words.append(Word(term, match[0], start, end, at, width))
                    at += width
        return words

    def _compound(self, text: str, one: Word, other: Word) -> str:
        """The compound that two words make: written as one anywhere here, or with a hyphen."""
        closed, joint = one.start == other.start, text[one.end : other.start]
        joined = fold(one.text) if closed else fold(one.text) + fold(other.text)
        term = self.term(joined)
        apart = joint == " " and not self._tell(fold(one.text), fold(other.text))
        known = term in self.compounds or (len(joined) > 5 and term in self.terms and not apart)
        return term if known and (closed or joint == " " or HYPHEN.fullmatch(joint)) else ""

    def units(self, text: str) -> list[Word]:
        """The words of a query: the widest reading of each place, and none twice."""
        found: list[Word] = []
        for word in sorted(self.read(text), key=lambda word: (word.at, -word.width)):
            if not found or word.at >= found[-1].at + found[-1].width:
                found.append(word)
        return found

    def marks(self, text: str, runs: Iterable[Sequence[Word]]) -> tuple[Span, ...]:
        """Where a text has the runs of words; joined where only space divides them."""
        places, found = defaultdict[str, list[Word]](list), set[Span]()
        for word in self.read(text):
            places[word.term].append(word)
        for run in runs:
            for first in places[run[0].term]:
                here = [first]
                for before, word in pairwise(run):
                    near = range(here[-1].at + 1, here[-1].at + before.width + 1)
                    here += [w for w in places[word.term] if w.at in near][:1]
                if len(here) == len(run):
                    found.update(Span(word.start, word.end) for word in here)
        spans: list[Span] = []
        for start, end in sorted(found):
            if spans and not text[spans[-1].end : start].strip(" -‐‑–"):
                start, end = spans[-1].start, max(spans.pop().end, end)
            spans.append(Span(start, end))
        return tuple(spans)
