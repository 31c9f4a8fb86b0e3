"""Facets: which entries are counted under what, and what its values are called."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TypeAlias

from reference.search.entries import FACETS, KINDS, Entry, Facet

Places: TypeAlias = frozenset[int]
"""Entries, by their numbers."""
Count: TypeAlias = tuple[str, int]
"""A value of a facet, and how many entries have it."""


def names_of_values(entries: Iterable[Entry]) -> dict[Facet, dict[str, tuple[str, ...]]]:
    """Return facet -> value -> what the value is called: titles, people's names, groups as named.

    Years are called by nothing but themselves, and left out.
    """
    people: dict[str, tuple[str, ...]] = {}
    themes: dict[str, tuple[str, ...]] = {}
    articles: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        match entry.kind:
            case "person":
                people[entry.id] = (entry.title, *entry.names)
            case "theme":
                themes[entry.id] = (entry.title,)
            case "article":
                articles[entry.id] = (entry.title,)
        for speaker in entry.people:
            people.setdefault(speaker, (speaker,))
    kinds: dict[str, tuple[str, ...]] = {kind: (kind,) for kind in KINDS}
    return {"kind": kinds, "person": people, "theme": themes, "article": articles}


class Facets:
    """The entries under each value of each facet."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._values: dict[Facet, list[tuple[str, ...]]] = {}
        self._places: dict[Facet, dict[str, Places]] = {}
        for facet in FACETS:
            values_of_entries = [entry.facets[facet] for entry in entries]
            self._values[facet] = values_of_entries
            self._places[facet] = _places_by_value(values_of_entries)

    def having(self, facet: Facet, values: Iterable[str]) -> Places:
        """Return the entries that have one of some values of a facet."""
        known = self._places[facet]
        return frozenset[int]().union(*(known.get(value, ()) for value in values))

    def counts(self, places: Places) -> Mapping[Facet, tuple[Count, ...]]:
        """Return how many of some entries have each value of each facet, most first."""
        ordered = sorted(places)
        counts: dict[Facet, tuple[Count, ...]] = {}
        for facet in FACETS:
            values = self._values[facet]
            counter = Counter(chain.from_iterable(values[place] for place in ordered))
            counts[facet] = tuple(counter.most_common())
        return counts


def _places_by_value(values_of_entries: Sequence[tuple[str, ...]]) -> dict[str, Places]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, values in enumerate(values_of_entries):
        for value in values:
            places[value].append(place)
    return {value: frozenset(having) for value, having in places.items()}
