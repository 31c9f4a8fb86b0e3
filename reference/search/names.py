"""Who is meant by the words of a name: a surname decides, a first name helps."""

from collections.abc import Collection, Iterable
from itertools import chain

from rapidfuzz.distance import OSA

from reference.records import Library
from reference.search.words import WORD, Wording, fold


class Names:
    """The people of a library, and the groups its claims are credited to, by the words of names."""

    def __init__(self, library: Library, wording: Wording) -> None:
        self._surnames: dict[str, frozenset[str]] = {}
        self._given: dict[str, frozenset[str]] = {}
        self._words: dict[str, frozenset[str]] = {}
        for person in library.people.values():
            parts = [tuple(map(fold, WORD.findall(name))) for name in person.names]
            surnames = {*map(fold, WORD.findall(person.surname)), *(part[-1] for part in parts)}
            self._surnames[person.id] = frozenset(surnames)
            self._given[person.id] = frozenset(chain(*parts)) - surnames
            titles = map(wording.term, person.titles)
            self._words[person.id] = frozenset((*chain(*parts), *titles))
        for group in library.claims_of_speaker.keys() - library.people.keys():
            self._words[group] = frozenset(word.term for word in wording.read(group))
        self._first = frozenset(chain(*self._given.values()))
        self.known = frozenset(self._words)
        """Ids of people, and groups as the articles name them."""

    def called(self, terms: Collection[str]) -> set[str]:
        """The people and groups whose names have every one of these words."""
        return {who for who, words in self._words.items() if terms and words.issuperset(terms)}

    def words(self, who: str) -> frozenset[str]:
        """The words of somebody's name."""
        return self._words[who]

    def groups(self, terms: Collection[str]) -> set[str]:
        """The groups whose whole name these words are."""
        return {who for who in self.called(terms) if who not in self._surnames}

    def named(self, terms: Collection[str]) -> dict[str, int]:
        """Who is named in some words: 2 by a surname, 1 by a first name that is nobody else's
        of those, nor a slip or a familiar form of one: “John Glasby” is Jon Glasby alone."""
        found = {who: 2 for who, names in self._surnames.items() if names.intersection(terms)}
        given = list(chain(*(self._given[who] for who in found)))
        free = {term for term in terms if not any(alike(term, name) for name in given)}
        for who, names in self._given.items():
            if who not in found and names & free:
                found[who] = 1
        return found

    def familiar(self, terms: Iterable[str]) -> set[str]:
        """The first names, among words, that are another's but stand beside a surname like whose
        first name they are."""
        terms = list(terms)
        people = [who for who, place in self.named(terms).items() if place == 2]
        given = set(chain(*(self._given[who] for who in people)))
        return {
            term
            for term in terms
            if term in self._first - given and any(alike(term, name) for name in given)
        }


def alike(one: str, other: str) -> bool:
    """Whether two first names may be one: they begin alike or are a slip apart."""
    return one[:2] == other[:2] or OSA.distance(one, other) == 1
