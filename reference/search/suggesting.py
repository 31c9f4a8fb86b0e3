"""Completing what a reader types, and mending it: the nearest name, the nearest word."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from rapidfuzz.distance import OSA

from reference.records import Library
from reference.search.names import Names
from reference.search.query import Term, parse
from reference.search.results import Completion
from reference.search.words import STOP, WORD, Wording, fold

MOST = 8
"""Completions offered."""
MOST_MENDED = 4
_DIVIDED = re.compile(r"[.,;:?!()…“”]+|[‘’](?!\w)|(?<!\w)[‘’]| – ")
_QUOTES = re.compile(r'["“”„‟«»‘]|’(?!\w)')
_ALIKE = (("ph", "f"), ("ck", "k"), ("c", "k"), ("q", "k"), ("z", "s"), ("w", "v"))


class Suggesting:
    """What may have been meant, from the names, titles and words of one library.

    `whole` says how many entries have all that a query wants.
    """

    def __init__(
        self, library: Library, wording: Wording, names: Names, whole: Callable[[str], int]
    ) -> None:
        self._wording, self._whole = wording, whole
        people = [(name, each) for each in library.people.values() for name in each.names]
        themes, articles = library.themes.values(), library.articles.values()
        groups = [who for who in library.speakers if who not in library.people]
        spelt = [(e.expansion.partition(" (")[0], e.short) for e in library.glossary.values()]
        self._known = {
            "": _by_fold(name for name, _ in people),
            "person": _by_fold([*(name for name, _ in people), *groups]),
            "theme": _by_fold(theme.title for theme in themes),
            "article": _by_fold(article.title for article in articles),
        }
        """What a word in each field may be a slip for, by folded word."""
        self._spellings = {word: word for word in sorted(wording.folded) if len(word) > 3}
        completions = [
            *(Completion(name, "person", "person", person.id) for name, person in people),
            *(Completion(theme.title, "theme", "theme", theme.id) for theme in themes),
            *(Completion(who, "group", "phrase") for who in groups),
            *(Completion(article.title, "article", "article", article.id) for article in articles),
            *(Completion(words, short, "phrase") for words, short in spelt),
        ]
        self._completions = [(_folded(each.words), each) for each in completions]
        quotes = dict.fromkeys(claim.quote for claim in library.claims.values())
        self._pieces = [p.split() for quote in quotes for p in _DIVIDED.split(quote) if p.strip()]
        """The quotations, cut where a mark divides them, as words."""

    def mended(self, text: str) -> Iterator[tuple[str, str, bool]]:
        """What may have been meant by a query of which something is nowhere: (query, the words
        put right, whether surely: names are), likeliest first."""
        mended: dict[str, str] = {}
        sure = True
        for term in chain(*(clause.terms for clause in parse(text) if not clause.negated)):
            for word in self._unknown(term)[:MOST_MENDED]:
                name = _nearest(fold(word), self._known[term.field])
                others = {} if term.field or self._wording.knows(word) else self._spellings
                if nearest := name or _nearest(fold(word), others):
                    mended[word] = nearest
                    sure = sure and bool(name)
        query = WORD.sub(lambda match: mended.get(match[0], match[0]), text)
        if mended:
            yield query, ", ".join(mended.values()), sure
        apart = " ".join(_QUOTES.sub(" ", query).split())
        if apart != query:
            yield apart, apart, False

    def _unknown(self, term: Term) -> list[str]:
        """The words of a term that nothing has where it looks for them."""
        words = [word for word in WORD.findall(term.text) if 2 < len(word) < 40]
        if not term.field:
            return [w for w in words if fold(w) not in self._wording.folded | STOP]
        there = set(map(self._wording.term, self._known.get(term.field, ())))
        return [word for word in words if there and self._wording.term(word) not in there]

    def complete(self, text: str) -> tuple[Completion, ...]:
        """People, themes, groups and articles with a word that each word typed begins, then
        phrases of quotations that have the words typed side by side. Each has been asked."""
        typed = _folded(text)[:8]
        records = [
            (not words[0].startswith(typed[0]), each)
            for words, each in self._completions
            if typed and all(any(word.startswith(part) for word in words) for part in typed)
        ]
        phrases = (Completion(words, "phrase", "phrase") for words in self._phrases(typed))
        ordered = (each for _, each in sorted(records, key=lambda pair: pair[0]))
        offered: dict[str, Completion] = {}
        for each in chain(ordered, phrases):
            if len(offered) < MOST and each.words.casefold() not in offered:
                if self._whole(f'"{each.words}"'):
                    offered[each.words.casefold()] = each
        return tuple(offered.values())

    def _phrases(self, typed: list[str]) -> list[str]:
        """Phrases of quotations about the words typed, those most often used first."""
        counts: Counter[str] = Counter()
        for words in self._pieces if typed else ():
            folded = list(map(fold, words))
            for at in range(len(words) - len(typed) + 1):
                *whole, last = folded[at : at + len(typed)]
                if whole == typed[:-1] and last.startswith(typed[-1]):
                    first, end = max(0, at - 2), min(len(words), at + len(typed) + 2)
                    while first < at and folded[first] in STOP:
                        first += 1
                    while end > at + len(typed) and folded[end - 1] in STOP:
                        end -= 1
                    counts[" ".join(words[first:end])] += 1
        return [phrase for phrase, _ in counts.most_common(4 * MOST)]


def _folded(text: str) -> list[str]:
    return list(map(fold, WORD.findall(text)))


def _by_fold(texts: Iterable[str]) -> dict[str, str]:
    return {fold(word): word for text in texts for word in WORD.findall(text) if len(word) > 2}


def _nearest(word: str, known: Mapping[str, str]) -> str:
    """The known word that is fewest slips away, if few enough; "" if none is."""
    found = [(slips, name) for name in known if (slips := _slips(word, name))]
    return known[min(found)[1]] if found else ""


def _slips(word: str, name: str) -> int:
    """How many slips take a word to another, or 0 if it is another word.

    Two are allowed if both sound alike: Glazbie is Glasby, but “forget” is not Forbes. A short
    word must begin alike, so that “ways” is not Mays.
    """
    if min(len(word), len(name)) < 3 or (word[0] != name[0] and len(name) < 6):
        return 0
    if len(word) == len(name) <= 4 and sorted(word) != sorted(name):
        return 0
    slips = OSA.distance(word, name, score_cutoff=2)
    return slips if slips == 1 or (slips == 2 and _sound(word) == _sound(name)) else 0


def _sound(word: str) -> str:
    """The consonants of a word, those that sound alike written alike."""
    for letters, one in _ALIKE:
        word = word.replace(letters, one)
    return re.sub(r"(.)\1+", r"\1", re.sub("[aeiouyh]", "", word))
