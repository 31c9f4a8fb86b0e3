"""Words as a reader means them: one reading of text for index, query, phrase and mark.

Case, accents, hidden characters, apostrophes, British and American spellings and the forms of a
word are folded away. A compound (`policymakers`, `policy makers`) and an abbreviation with what it
stands for (`PCT`, `primary care trust`) are one word each, beside the words they are made of.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import snowballstemmer

from reference.records import Library, Span

APOSTROPHES = "'’‘ʼ´`＇′‛ʹʻˈ"
_HIDDEN = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
"""Characters that format and are not seen, as a text may have them."""
_LETTER = rf"[\w\u0300-\u036f{_HIDDEN}]"
WORD = re.compile(
    rf"""per[\s\u00a0]cent\b | % | &
    | (?<!\w)(?:[A-Za-z]\.){{2,}}(?:[A-Za-z](?!\w))?(?:[{APOSTROPHES}]?s\b)?
    | (?<!\w)[0-9]+(?:[.,][0-9]+)*(?=(?:bn|m|k)?\b)
    | {_LETTER}+(?:[{APOSTROPHES}]{_LETTER}+)*""",
    re.VERBOSE | re.IGNORECASE,
)
GAP = re.compile(r"\[?(?:…|\.{3})\]?|\n")
"""Where words are left out, or one text ends and another begins."""
_FAR = 1_000
_HYPHEN = re.compile(r"[-‐‑‒–]\s?")
_DROPPED = re.compile(rf"[_.,{APOSTROPHES}\u0300-\u036f{_HIDDEN}]")
_CLITIC = re.compile(rf"[{APOSTROPHES}](?:s|ll|ve|re|d|m)?$", re.IGNORECASE)

STOP = frozenset(
    re.findall(
        r"\w+",
        """a about all am an and any anyone anything are article articles as at be because been
        being but by can could did do does doing dont for from had has have having he her hers him
        his how i if in into is isnt it its just me might mr mrs ms my no nor not of on or our ours
        out over own said say saying says she should so some somebody someone something such tell
        than that the their theirs them then there these they this those to told too up us very was
        we were what whats when where which while who whom whos whose why will with would you
        your""",
    )
)
"""Words that say little: wanted in a phrase, but not on their own beside other words."""

_SPELLINGS = (
    (re.compile(r"^([0-9]+)(?:st|nd|rd|th)$"), r"\1"),
    (re.compile(r"(?<=\w{3})iz(e|ed|es|er|ers|ing|ation|ations|ational)$"), r"is\1"),
    (re.compile(r"yz(e|ed|es|er|ers|ing)$"), r"ys\1"),
    (re.compile(r"(?<=\w{3})our(s|ed|ing|al|ally|able|ably|ite|ites)?$"), r"or\1"),
    (re.compile(r"(?<=\w{3})tre(s|d)?$"), r"ter\1"),
    (re.compile(r"(?<=\w{3})ogue(s?)$"), r"og\1"),
    (re.compile(r"^(def|off|pret|lic)ence(s?)$"), r"\1ense\2"),
    (re.compile(r"^(pa|orthopa|gyna|ana|ha)e(d|c|s|m)"), r"\1\2"),
    (re.compile(r"^practis"), "practic"),
    (re.compile(r"(?<=dg)ement(s?)$"), r"ment\1"),
)
"""British and American spellings, written one way."""


def _table(text: str) -> dict[str, str]:
    """`word: form form; word: form` as each form, and the word itself -> the word."""
    rows = ((word.strip(), forms) for word, _, forms in (r.partition(":") for r in text.split(";")))
    return {form: word for word, forms in rows for form in (word, *forms.split())}


_FORMS = _table("""
    write: wrote written; choose: chose chosen; teach: taught; take: took taken; lead: led; lose:
    lost; understand: understood; know: knew known; get: got gotten; give: gave given; grow: grew
    grown; make: made; find: found; feel: felt; hold: held; leave: left; mean: meant; pay: paid;
    spend: spent; buy: bought; sell: sold; send: sent; think: thought; see: saw seen; hide: hid
    hidden; learn: learnt; man: men; woman: women; person: people; child: children; datum: data;
    consortium: consortia consortiums; criterion: criteria; program: programme programmes programs;
    professor: prof profs; doctor: dr drs; ageing: aging; grey: gray; fulfil: fulfill; skilful:
    skillful; sceptic: skeptic skeptics; adviser: advisor advisors advisers; inquiry: enquiry
    enquiries; percent: % percentage percentages; and: &; billion: bn; million: m; thousand: k
""")
"""Forms and spellings that no rule finds -> the word."""
_APART = _table("""
    accountable: accountability; accountant: accountants accountancy; activity: activities;
    admission: admissions; association: associations; careful: carefully; clinical: clinically;
    commission: commissioning commissioned commissions; commissioner: commissioners; customer:
    customers; department: departments; designate: designated designation; emergency: emergencies;
    executive: executives; experience: experiences experienced experiencing; experiment:
    experiments; federal; governance; government: governments; hardly; hospitality; important:
    importance importantly; informal: informally; integral; july; likely; locale; officer: officers;
    optimal; personal: personally; personality; polite: politely; position: positions positioned;
    positive: positively; practical: practically; precedent: precedents; procession; providence;
    publication: publications; publicity; quite; relative: relatively; response: responses;
    shortly; socialism: socialist; specification: specifications; succession: successive; transit;
    transition: transitions transitional; underlying; useful: usefully; wonderful
""")
"""Forms of words that the stemmer would join with others, or part -> the word, kept as it is."""
_TITLES = ("mr", "mrs", "ms", "miss", "dr", "professor", "sir", "dame", "lord", "lady", "baroness")


class Word(NamedTuple):
    """A word of a text: characters `start` to `end`; `at` is its place among the words.

    It takes up `width` places: a compound, and an abbreviation wherever it stands, as many as the
    words it is made of, so that what stands beside it is the same distance away in every spelling.
    """

    term: str
    start: int
    end: int
    at: int
    width: int = 1

    @property
    def after(self) -> int:
        """The place of the next word."""
        return self.at + self.width


def fold(word: str) -> str:
    """A word without case, accents, hidden characters, apostrophes and the possessive `s`."""
    bare = _DROPPED.sub("", _CLITIC.sub("", word))
    return _DROPPED.sub("", unicodedata.normalize("NFKD", bare)).casefold()


class Wording:
    """How the words of one library, of which these are all the `texts`, are read.

    The names of its people are kept whole: Nicholas Mays is not found by "may". `folded` are all
    words of the texts, folded; those written with a hyphen, or as one word, may be written as two.
    """

    def __init__(self, library: Library, texts: Iterable[str]) -> None:
        self._stem = snowballstemmer.stemmer("english").stemWord
        self.term = lru_cache(50_000)(self._term)
        names = (name for person in library.people.values() for name in person.names)
        self.names = frozenset(fold(word) for name in names for word in WORD.findall(name))
        self._initials = frozenset(map(fold, library.glossary))
        self.titles = frozenset(map(self.term, _TITLES))
        self._shorts = {
            self.term(short): tuple(map(self.term, WORD.findall(entry.expansion.partition("(")[0])))
            for short, entry in library.glossary.items()
        }
        self.folded: set[str] = set()
        beside: dict[str, tuple[str, str]] = {}
        hyphened: dict[str, tuple[str, str]] = {}
        for text in texts:
            found = [(fold(match[0]), match.span()) for match in WORD.finditer(text)]
            self.folded.update(word for word, _ in found)
            for (one, (_, end)), (other, (start, _)) in pairwise(found):
                if _HYPHEN.fullmatch(text[end:start]):
                    hyphened[one + other] = one, other
                elif text[end:start] == " " and _telling(one, other):
                    beside.setdefault(one + other, (one, other))
        self._parts = beside | hyphened
        self._compounds = frozenset(map(self.term, hyphened))
        self._terms = self._compounds.union(map(self.term, self.folded))

    def _term(self, word: str) -> str:
        """The form that all forms and spellings of a word share; "" if it has no letters."""
        folded = " ".join(fold(word).split()).replace("per cent", "percent")
        if folded in self.names:
            return folded
        if folded[:-1] in self._initials and folded.endswith("s"):
            return folded[:-1]
        for pattern, spelling in _SPELLINGS:
            folded = pattern.sub(spelling, folded)
        folded = _FORMS.get(folded, folded)
        return _APART.get(folded) or self._stem(folded) or folded

    def knows(self, word: str) -> bool:
        """Whether any text has the word, in any form or spelling."""
        return self.term(word) in self._terms or fold(word) in self._parts

    def read(self, text: str) -> Iterator[Word]:
        """All the words of a text, in order; compounds and abbreviations beside their parts."""
        plain = self._plain(text)
        for index, word in enumerate(plain):
            yield word
            if index + 1 < len(plain):
                yield from self._compound(text, word, plain[index + 1])
            for short, long in self._shorts.items():
                run = plain[index : index + len(long)]
                if long == tuple(w.term for w in run) and run[-1].at - word.at == len(long) - 1:
                    yield Word(short, word.start, run[-1].end, word.at, len(long))

    def _plain(self, text: str) -> list[Word]:
        """The words of a text one by one; what may be written as two words is two."""
        words: list[Word] = []
        at = end = 0
        for match in WORD.finditer(text):
            at += _FAR * bool(GAP.search(text, end, match.start()))
            start, end = match.span()
            for part in self._parts.get(fold(match[0]), (match[0],)):
                if term := self.term(part):
                    words.append(Word(term, start, end, at, len(self._shorts.get(term, (term,)))))
                    at = words[-1].after
        return words

    def _compound(self, text: str, one: Word, other: Word) -> Iterator[Word]:
        """The compound that two words make: written as one anywhere here, or with a hyphen."""
        parts = [fold(text[word.start : word.end]) for word in (one, other)]
        closed, joint = one.start == other.start, text[one.end : other.start]
        joined = parts[0] if closed else "".join(parts)
        term = self.term(joined)
        if closed or joint == " " or _HYPHEN.fullmatch(joint):
            known = len(joined) > 5 and term in self._terms and (joint != " " or _telling(*parts))
            if known or term in self._compounds:
                yield Word(term, one.start, other.end, one.at, other.after - one.at)

    def units(self, text: str) -> list[Word]:
        """The words of a query: the widest reading of each place, and none twice."""
        found: list[Word] = []
        for word in sorted(self.read(text), key=lambda word: (word.at, -word.width)):
            if not found or word.at >= found[-1].after:
                found.append(word)
        return found

    def marks(self, text: str, runs: Iterable[Sequence[Word]]) -> tuple[Span, ...]:
        """Where a text has the runs of words; joined where only space divides them."""
        places: dict[str, list[Word]] = {}
        for word in self.read(text):
            places.setdefault(word.term, []).append(word)
        found: set[Span] = set()
        for run in runs:
            for first in places.get(run[0].term, ()):
                here = [first]
                for before, word in pairwise(run):
                    near = range(here[-1].at + 1, here[-1].at + before.width + 1)
                    here += [w for w in places.get(word.term, ()) if w.at in near][:1]
                if len(here) == len(run):
                    found.update(Span(word.start, word.end) for word in here)
        spans: list[Span] = []
        for start, end in sorted(found):
            if spans and not text[spans[-1].end : start].strip(" -‐‑–"):
                spans[-1] = Span(spans[-1].start, max(end, spans[-1].end))
            else:
                spans.append(Span(start, end))
        return tuple(spans)


def _telling(*parts: str) -> bool:
    """Whether all parts of what may be one word say something themselves."""
    return all(len(part) > 2 and part.isalpha() and part not in STOP for part in parts)
