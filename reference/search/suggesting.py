"""Completing what a reader types, and mending it: the nearest name, the nearest word."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

from rapidfuzz.distance import OSA

from reference.records import Library, Person
from reference.search.names import Names
from reference.search.query import Term, parse
from reference.search.results import Completion
from reference.search.words import STOP, WORD, Wording, fold

MOST = 8
"""Completions offered."""
MOST_MENDED = 4
_MARK = re.compile(r"[.,;:?!()…“”]+|[‘’](?!\w)|(?<!\w)[‘’]| – ")


class Suggesting:
    """What may have been meant, from the names, titles and words of one library.

    `whole` says how many entries have all that a query wants.
    """

    def __init__(
        self,
        library: Library,
        wording: Wording,
        names: Names,
        whole: Callable[[str], int],
    ) -> None:
        self._library, self._wording, self._names, self._whole = library, wording, names, whole
        people = [name for person in library.people.values() for name in person.names]
        self._known = {
            "": _by_fold(people),
            "person": _by_fold([*people, *(names.known - library.people.keys())]),
            "theme": _by_fold(theme.title for theme in library.themes.values()),
            "article": _by_fold(article.title for article in library.articles.values()),
        }
        """What a word in each field may be a slip for: the names and titles, by folded word."""
        self._spellings = {word: word for word in sorted(wording.folded) if len(word) > 3}

    # Mending

    def mended(self, text: str) -> Iterator[tuple[str, str, bool]]:
        """What may have been meant by a query of which something is nowhere: (query, the words
        put right, whether surely), likeliest first."""
        mended: dict[str, str] = {}
        sure = True
        for term in chain(*(clause.terms for clause in parse(text) if not clause.negated)):
            for word in self._unknown(term)[:MOST_MENDED]:
                name = _nearest(fold(word), self._known[term.field])
                others = {} if term.field or self._wording.knows(word) else self._spellings
                if nearest := name or _nearest(fold(word), others):
                    mended[word] = nearest
                    sure = sure and bool(name) and _surely(fold(word), fold(name))
        query = WORD.sub(lambda match: mended.get(match[0], match[0]), text)
        if mended:
            yield query, ", ".join(mended.values()), sure
        plain = re.sub('["“”„‟«»‘]|’(?!\\w)', " ", query)
        if plain != query:
            yield " ".join(plain.split()), "the words apart", False

    def _unknown(self, term: Term) -> list[str]:
        """The words of a term that nothing has where it looks for them."""
        if term.field not in self._known:
            return []
        words = [word for word in WORD.findall(term.text) if 2 < len(word) < 40]
        if term.field:
            there = set(map(self._wording.term, self._known[term.field]))
            return [word for word in words if self._wording.term(word) not in there]
        return [w for w in words if fold(w) not in self._wording.folded | STOP]

    # Completing

    def complete(self, text: str) -> tuple[Completion, ...]:
        """People, themes, articles and groups with a word that each word typed begins, then
        phrases of quotations that have the words typed, side by side."""
        typed = tuple(fold(word) for word in WORD.findall(text))[:8]
        if not typed:
            return ()
        found = [
            (not beginnings[0].startswith(typed[0]), completion)
            for beginnings, completion in self._records
            if all(any(word.startswith(part) for word in beginnings) for part in typed)
        ]
        found.sort(key=lambda pair: pair[0])
        phrases = (Completion(words, "phrase", "phrase") for words in self._phrases(typed))
        offered: dict[str, Completion] = {}
        for completion in chain((each for _, each in found), phrases):
            if completion.words.casefold() not in offered and self._whole(f'"{completion.words}"'):
                offered[completion.words.casefold()] = completion
            if len(offered) == MOST:
                break
        return tuple(offered.values())

    @cached_property
    def _records(self) -> list[tuple[list[str], Completion]]:
        """What has a page or a name, with its folded words."""
        library = self._library
        groups = (who for who in library.speakers if who not in library.people)
        completions = [
            *(
                Completion(name, _note(person, name), "person", person.id)
                for person in library.people.values()
                for name in person.names
            ),
            *(
                Completion(each.title, "theme", "theme", each.id)
                for each in library.themes.values()
            ),
            *(Completion(who, "group", "phrase") for who in groups),
            *(
                Completion(each.title, "article", "article", each.id)
                for each in library.articles.values()
            ),
            *(
                Completion(each.expansion.partition(" (")[0], each.short, "phrase")
                for each in library.glossary.values()
            ),
        ]
        return [(list(map(fold, WORD.findall(each.words))), each) for each in completions]

    @cached_property
    def _fragments(self) -> list[list[str]]:
        """The quotations, cut where a mark divides them, as words."""
        quotes = dict.fromkeys(claim.quote for claim in self._library.claims_in_order)
        return [piece.split() for quote in quotes for piece in re.split(_MARK, quote) if piece]

    def _phrases(self, typed: tuple[str, ...]) -> list[str]:
        """Phrases of quotations about the words typed, those most often used first."""
        counts: Counter[str] = Counter()
        for words in self._fragments:
            folded = [fold(word) for word in words]
            for at in range(len(words) - len(typed) + 1):
                *whole, last = folded[at : at + len(typed)]
                if (*whole,) == typed[:-1] and last.startswith(typed[-1]):
                    counts[_about(words, folded, at, at + len(typed))] += 1
        return [phrase for phrase, _ in counts.most_common(4 * MOST)]


def _about(words: Sequence[str], folded: Sequence[str], start: int, end: int) -> str:
    """The words from `start` to `end` with some before and after, not ending in little ones."""
    first, last = max(0, start - 2), min(len(words), end + 2)
    while first < start and folded[first] in STOP:
        first += 1
    while last > end and folded[last - 1] in STOP:
        last -= 1
    return " ".join(words[first:last])


def _note(person: Person, name: str) -> str:
    return "person" if name == person.name else f"person: {person.name}"


def _by_fold(texts: Iterable[str]) -> dict[str, str]:
    return {fold(word): word for text in texts for word in WORD.findall(text) if len(word) > 2}


def _nearest(word: str, known: Mapping[str, str]) -> str:
    """The known word that is fewest slips away, if few enough; "" if none is."""
    found = [(slips, name) for name in known if (slips := _slips(word, name))]
    return known[min(found)[1]] if found else ""


def _slips(word: str, name: str) -> int:
    """How many slips take a word to another, or 0 if it is another word.

    Two are allowed in a long one, one in a short one; a short one must begin alike, so that "ways"
    is not Mays.
    """
    most = 2 if len(name) > 5 else 1
    if min(len(word), len(name)) < 3 or (word[0] != name[0] and most == 1):
        return 0
    if len(word) == len(name) <= 4 and sorted(word) != sorted(name):
        return 0
    slips = OSA.distance(word, name, score_cutoff=most)
    return slips if slips <= most and (slips < 2 or word[0] == name[0]) else 0


def _surely(word: str, name: str) -> bool:
    """Whether a name is meant by a slip: one slip away, or it sounds like it. Glazbie is Glasby,
    but “forget” need not be Forbes."""
    return OSA.distance(word, name) == 1 or _sound(word) == _sound(name)


def _sound(word: str) -> str:
    """The consonants of a word, those that sound alike written alike."""
    for letters, one in (("ph", "f"), ("ck", "k"), ("c", "k"), ("q", "k"), ("z", "s"), ("w", "v")):
        word = word.replace(letters, one)
    return re.sub(r"(.)\1+", r"\1", re.sub("[aeiouyh]", "", word))
