"""Who is meant by the words of a name: a surname decides, a first name helps."""

from collections.abc import Collection
from itertools import chain

from reference.records import Library
from reference.search.words import WORD, Wording, fold


class Names:
    """The people of a library, and the groups its claims are credited to, by the words of names."""

    def __init__(self, library: Library, wording: Wording) -> None:
        self._surnames: dict[str, set[str]] = {}
        self.words: dict[str, frozenset[str]] = {}
        """A person, or a group as the articles name it -> the words of the name, with titles."""
        for person in library.people.values():
            parts = [list(map(fold, WORD.findall(name))) for name in person.names]
            surname = map(fold, WORD.findall(person.surname))
            self._surnames[person.id] = {*surname, *(part[-1] for part in parts)}
            titles = map(wording.term, person.titles)
            self.words[person.id] = frozenset((*chain(*parts), *titles))
        for group in library.claims_of_speaker.keys() - library.people.keys():
            self.words[group] = frozenset(word.term for word in wording.read(group))

    def called(self, terms: Collection[str]) -> list[str]:
        """The people and groups whose names have every one of these words."""
        return sorted(who for who, words in self.words.items() if terms and words.issuperset(terms))

    def named(self, terms: Collection[str]) -> dict[str, int]:
        """The people named in some words: 2 by a surname, 1 by a first name that is not of one
        of those."""
        named = {who: 2 for who, names in self._surnames.items() if names.intersection(terms)}
        free = set(terms).difference(*(self.words[who] for who in named))
        others = self._surnames.keys() - named.keys()
        return named | {who: 1 for who in others if self.words[who].intersection(free)}
