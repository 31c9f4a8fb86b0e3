"""Words as a reader means them: one shape for all the ways of writing the same word.

Case, accents, quotation marks, hyphens, British and American spellings and word forms are folded
away; an abbreviation and its expansion are one.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from reference.records import Library, Span

WORD = re.compile(r"[\w\u0300-\u036f]+(?:['’‘ʼ´`＇][\w\u0300-\u036f]+)*")
_COMPOUND = re.compile(r"\w+(?:[-‐‑–]\w+)+")
_MARKS = re.compile("[_'’‘ʼ´`＇\u0300-\u036f]")

STOP = frozenset(
    re.findall(
        r"\w+",
        """
        a about all am an and any anyone anything are article articles as at be because been being
        but by can could did do does doing dr for from had has have having he her hers him his how
        i if in into is it its just me might mr mrs ms my no nor not of on or our ours out over own
        said say saying says she should so some somebody someone something such tell than that the
        their theirs them then there these they this those to told too up us very was we were what
        when where which while who whom whose why will with would you your
        """,
    )
)
"""Words that say little: wanted in a phrase, but not on their own beside other words."""

_SPELLINGS = (
    (re.compile(r"(?<=\w{3})iz(e|ed|es|er|ers|ing|ation|ations|ational)$"), r"is\1"),
    (re.compile(r"yz(e|ed|es|er|ers|ing)$"), r"ys\1"),
    (re.compile(r"(?<=\w{3})our(s|ed|ing|al|ally|able|ably|ite|ites)?$"), r"or\1"),
    (re.compile(r"(?<=\w{3})tre(s?)$"), r"ter\1"),
    (re.compile(r"^programme(s?)$"), r"program\1"),
)
_FORMS = {
    form: word
    for word, forms in {
        "say": "said says",
        "write": "wrote written",
        "choose": "chose chosen",
        "teach": "taught",
        "take": "took taken",
        "lead": "led",
        "lose": "lost",
        "understand": "understood",
        "know": "knew known",
        "get": "got gotten",
        "find": "found",
        "feel": "felt",
        "spend": "spent",
        "buy": "bought",
        "sell": "sold",
        "think": "thought",
        "see": "saw seen",
        "dr": "doctor doctors drs",
        "prof": "professor professors",
        "data": "datum",
    }.items()
    for form in forms.split()
}
_AGAIN = {f"re{stem}": stem for stem in ("organis", "balanc", "design", "shape")}
"""Stems with `re-` before another: a text that has `reorganised` is found by `organise` too."""


def fold(word: str) -> str:
    """A word without case, accents, apostrophes and the possessive `s`."""
    word = unicodedata.normalize("NFKD", word).casefold()
    return _MARKS.sub("", re.sub(r"['’‘ʼ´`＇]s?$", "", word))


class Wording:
    """How one library's words are folded. `stem` takes a folded word to the stem of its forms.

    The names of its people are kept whole: Nicholas Mays is not found by "may". `titles` are the
    stems of what people are called before their names.
    """

    def __init__(self, library: Library, stem: Callable[[str], str]) -> None:
        names = (name for person in library.people.values() for name in person.names)
        self.names = frozenset(fold(word) for name in names for word in WORD.findall(name))
        self._stem = stem
        self.stem = lru_cache(50_000)(self._folded)
        self.tokens = lru_cache(4_000)(self._tokens)
        titles = (title for person in library.people.values() for title in person.titles)
        self.titles = frozenset(map(self.stem, titles))
        self.expansions: Mapping[str, tuple[str, ...]] = {
            self.stem(entry.short): tuple(self.stems(entry.expansion.partition("(")[0]))
            for entry in library.glossary.values()
        }
        self._spelt_out = [
            (f" {' '.join(expansion)} ", short) for short, expansion in self.expansions.items()
        ]

    def _folded(self, word: str) -> str:
        folded = fold(word)
        if folded in self.names:
            return folded
        for pattern, spelling in _SPELLINGS:
            folded = pattern.sub(spelling, folded)
        return self._stem(_FORMS.get(folded, folded)) or folded

    def stems(self, text: str) -> list[str]:
        return [stem for stem in map(self.stem, WORD.findall(text)) if stem]

    def _tokens(self, text: str) -> tuple[dict[str, tuple[int, ...]], list[tuple[int, int]]]:
        """Which words of a text have each stem, and where each word stands."""
        places: dict[str, tuple[int, ...]] = {}
        spans = []
        for index, match in enumerate(WORD.finditer(text)):
            stem = self.stem(match[0])
            places[stem] = (*places.get(stem, ()), index)
            spans.append(match.span())
        return places, spans

    def line(self, text: str) -> str:
        """A text as its stems in order, then `|`, then what else it may be found by."""
        pieces = [self.stems(piece) for piece in text.split("·")]
        line = f" {' / '.join(' '.join(piece) for piece in pieces)} "
        stems = [stem for piece in pieces for stem in piece]
        extra = [short for words, short in self._spelt_out if words in line]
        if "-" in text or "–" in text or "‑" in text:
            compounds = (re.sub(r"\W", "", c) for c in _COMPOUND.findall(text))
            extra += [self.stem(compound) for compound in compounds]
        extra += [_AGAIN[stem] for stem in stems if stem in _AGAIN]
        return f"{line}| {' '.join(extra)} " if extra else line

    def abbreviation_at(self, stems: Sequence[str], start: int) -> tuple[str, int] | None:
        """The abbreviation that the words from `start` on spell out, and how many words do."""
        for short, expansion in self.expansions.items():
            length = len(expansion)
            if tuple(stems[start : start + length]) == expansion:
                return short, length
        return None

    def marks(
        self, text: str, wanted: Iterable[str], runs: Iterable[Sequence[str]]
    ) -> tuple[Span, ...]:
        """Where the text has a wanted stem, or a run of them; joined where only space divides."""
        places, tokens = self.tokens(text)
        found: set[int] = set()
        for stem in wanted:
            if stem in places:
                found.update(places[stem])
        for run in runs:
            for index in places.get(run[0], ()):
                after = range(index, index + len(run))
                if all(place in places.get(s, ()) for s, place in zip(run, after, strict=True)):
                    found.update(after)
        if not found:
            return ()
        spans: list[Span] = []
        for index in sorted(found):
            start, end = tokens[index]
            if spans and not text[spans[-1].end : start].strip(" -‐‑–"):
                spans[-1] = Span(spans[-1].start, end)
            else:
                spans.append(Span(start, end))
        return tuple(spans)


def slips(word: str, name: str, most: int) -> int:
    """Letters added, left out, changed or swapped between two words; over `most`, `most + 1`."""
    if abs(len(word) - len(name)) > most or len(set(word).difference(name)) > most:
        return most + 1  # a letter that the name has not takes a slip of its own
    before: list[int] = []
    row = list(range(len(name) + 1))
    for i, letter in enumerate(word, 1):
        earlier, before, row = before, row, [i]
        for j, other in enumerate(name, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == name[j - 2] and word[i - 2] == other:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def near(word: str, name: str, beside: bool = False) -> int:
    """How many slips take `word` to `name`, or 0 if it is another word.

    Two slips are allowed in a long name, one in a short one; a short word must begin alike, so
    that "ways" is not Mays. `beside` an exact part of the same name, "John" may stand for Jon.
    """
    most = 2 if len(name) > 5 else 1
    if not -most <= len(word) - len(name) <= most or min(len(word), len(name)) < 4 - beside:
        return 0
    if word[0] != name[0] and most == 1:
        return 0
    if len(word) == len(name) == 4 and not beside and sorted(word) != sorted(name):
        return 0
    found = slips(word, name, most)
    if found == 2 and word[0] != name[0]:
        return 0
    return found if found <= most else 0


def sound(word: str) -> str:
    """The consonants of a word, those that sound alike written alike."""
    for letters, one in (("ph", "f"), ("ck", "k"), ("c", "k"), ("q", "k"), ("z", "s"), ("w", "v")):
        word = word.replace(letters, one)
    return re.sub(r"(.)\1+", r"\1", re.sub("[aeiouyh]", "", word))
