"""The words of the names of a library's people."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from reference.records import Person
from reference.search.compounds import Pair
from reference.search.words import folded_words


class Names:
    """The words of names, folded.

    `surnames` has a person's id -> what they may be called by alone. `parts` has two words of a
    name as one -> the two: `{"desouza": Pair("de", "souza")}`.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self.words: set[str] = set()
        self.parts: dict[str, Pair] = {}
        self.surnames: dict[str, frozenset[str]] = {}
        for person in people:
            self._learn(folded_words(person.given))
            self.surnames[person.id] = self._surnames_of(person)

    def _surnames_of(self, person: Person) -> frozenset[str]:
        surnames: set[str] = set()
        for name in (*person.names, person.surname):
            words = folded_words(name)
            self._learn(words)
            surnames.update(words[-1:])
        return frozenset(surnames)

    def _learn(self, words: Sequence[str]) -> None:
        self.words.update(words)
        for one, other in pairwise(words):
            pair = Pair(one, other)
            self.parts[pair.joined] = pair
