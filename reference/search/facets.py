"""Facets: which entries are counted under what, and what its values are called."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TypeAlias

from reference.search.entries import FACETS, KINDS, Entry, Facet, Kind

EntryNumbers: TypeAlias = frozenset[int]
"""Entries, by their numbers."""
Count: TypeAlias = tuple[str, int]
"""A value of a facet, and how many entries have it."""
Counts: TypeAlias = tuple[Count, ...]
"""The values of a facet, most first."""
Values: TypeAlias = tuple[str, ...]
"""The values of a facet that one entry has."""
NumbersByValue: TypeAlias = dict[str, EntryNumbers]
NamesByValue: TypeAlias = dict[str, tuple[str, ...]]
"""Value of a facet -> what it is called: `{"tom-smith": ("Tom Smith", "Mr T Smith")}`."""


def names_of_values(entries: Sequence[Entry]) -> dict[Facet, NamesByValue]:
    """Return facet -> value of the facet -> the names that it goes by.

        {
            "kind": {"claim": ("claim",), …},
            "person": {"jon-glasby": ("Jon Glasby", "Professor Glasby"), "GPs": ("GPs",), …},
            "theme": {"training": ("Training",), …},
            "article": …,
        }

    A person has several names; all other values have one. Groups that speak, such as "GPs", are
    values of `person` too. The facet `year` is left out, as years have no names.
    """
    names_of_kinds: NamesByValue = {}
    for kind in KINDS:
        names_of_kinds[kind] = (kind,)  # a kind is its own only name
    return {
        "kind": names_of_kinds,
        "person": _names_of_speakers(entries),
        "theme": _titles(entries, "theme"),
        "article": _titles(entries, "article"),
    }


def _names_of_speakers(entries: Sequence[Entry]) -> NamesByValue:
    """Return who is counted under `person` -> their names; a group has the one it goes by."""
    names: NamesByValue = {}
    for entry in entries:
        if entry.kind == "person":
            names[entry.id] = (entry.title, *entry.names)
        for speaker in entry.people:
            names.setdefault(speaker, (speaker,))
    return names


def _titles(entries: Sequence[Entry], kind: Kind) -> NamesByValue:
    """Return the ids of the entries of a kind -> their titles."""
    return {
        entry.id: (entry.title,) for entry in entries if entry.kind == kind
    }


class Facets:
    """The entries under each value of each facet."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._values: dict[Facet, list[Values]] = {}
        self._numbers: dict[Facet, NumbersByValue] = {}
        for facet in FACETS:
            values_of_entries = [entry.facets[facet] for entry in entries]
            self._values[facet] = values_of_entries
            self._numbers[facet] = _numbers_by_value(values_of_entries)

    def having(self, facet: Facet, values: Iterable[str]) -> EntryNumbers:
        """Return the entries that have one of some values of a facet."""
        numbers_by_value = self._numbers[facet]
        numbers: set[int] = set()
        for value in values:
            numbers.update(numbers_by_value.get(value, ()))
        return frozenset(numbers)

    def counts(self, numbers: EntryNumbers) -> Mapping[Facet, Counts]:
        """Return how many of some entries have each value of each facet, most first."""
        ordered = sorted(numbers)
        counts: dict[Facet, Counts] = {}
        for facet in FACETS:
            values_by_place = self._values[facet]
            values = [values_by_place[number] for number in ordered]
            counts[facet] = _counted(values)
        return counts


def _counted(values_of_entries: Iterable[Values]) -> Counts:
    """Return each value, and how many of some entries have it, most first."""
    counter = Counter(chain.from_iterable(values_of_entries))
    return tuple(counter.most_common())


def _numbers_by_value(values_of_entries: Sequence[Values]) -> NumbersByValue:
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, values in enumerate(values_of_entries):
        for value in values:
            numbers[value].append(number)
    return {value: frozenset(numbers) for value, numbers in numbers.items()}
