"""Naming: the people and groups that a query asks for."""

from collections.abc import Mapping, Sequence

from reference.search.stock import Stock
from reference.search.wants import Named, Want, either_of
from reference.search.wording import Wording


class Naming:
    """Tells who is named."""

    def __init__(self, stock: Stock, wording: Wording) -> None:
        self._stock = stock
        self._wording = wording
        self._terms_of = stock.values["person"]

    def is_of_name(self, want: Want) -> bool:
        """Whether a word that is wanted is of somebody's name."""
        return not self._wording.names.isdisjoint(want.terms)

    def named(self, wants: Sequence[Want], listed: bool) -> dict[str, Named]:
        """Return the people and groups that a query asks for, and what it names them by.

        `listed`: it has a word that stands between the names of people any of whom is asked for.
        """
        terms = self._terms_beside_names(wants)
        if not terms:
            return {}
        by_surname = self._people_called(terms)
        # Nothing but names: first names count, too
        if self._wording.names.issuperset(terms):
            return self._named_by_any_name(terms, by_surname)
        # "Bob Buckman", or "Smith and Mays on commissioning"
        is_name = (
            len(wants) == 2 and self._people_called(terms[-1:]) == by_surname
        )
        if is_name or (listed and _are_most(by_surname, wants)):
            return dict.fromkeys(by_surname, Named.SURNAME)
        return dict.fromkeys(self._groups_called(terms), Named.SURNAME)

    def joined(
        self, wishes: list[Want], people: Mapping[str, Named]
    ) -> list[Want]:
        """Return wishes in which the names of several people are one wish: any of them will do."""
        known_people = self._stock.people.keys() & people
        if len(known_people) < 2:
            return wishes
        names: list[Want] = []
        others: list[Want] = []
        for wish in wishes:
            if self.is_of_name(wish):
                names.append(wish)
            else:
                others.append(wish)
        return [either_of(names), *others]

    def _terms_beside_names(self, wants: Sequence[Want]) -> list[str]:
        """Return the terms wanted that stand somewhere beside a name that is wanted; all that stand
        anywhere if no name does.
        """
        of_articles = self._stock.of_articles
        having_name: set[int] = set()
        for want in wants:
            if self.is_of_name(want):
                having_name.update(of_articles.intersection(want.scores))
        beside = having_name or self._stock.every
        terms: list[str] = []
        for want in wants:
            if not beside.isdisjoint(want.scores):
                terms += want.terms
        return terms

    def _people_called(self, terms: Sequence[str]) -> list[str]:
        """Return the people with one of some surnames."""
        surnames = self._wording.surnames
        return [
            person
            for person, names in surnames.items()
            if names.intersection(terms)
        ]

    def _named_by_any_name(
        self, terms: Sequence[str], by_surname: Sequence[str]
    ) -> dict[str, Named]:
        """Return who is named where all that is wanted are names. A first name beside the surname
        of somebody who bears it is nobody else's.
        """
        first_names = set(terms)
        for person in by_surname:
            first_names -= self._terms_of[person]
        named: dict[str, Named] = {}
        for person in self._stock.people:
            if self._terms_of[person] & first_names:
                named[person] = Named.FIRST_NAME
        for person in by_surname:
            named[person] = Named.SURNAME
        return named

    def _groups_called(self, terms: Sequence[str]) -> list[str]:
        """Return the groups whose names have all of some terms."""
        groups = []
        for speaker, known in self._terms_of.items():
            if speaker not in self._stock.people and known.issuperset(terms):
                groups.append(speaker)
        return groups


def _are_most(people: Sequence[str], wants: Sequence[Want]) -> bool:
    """Whether people, two or more, make up at least half of what is wanted."""
    return len(people) > 1 and 2 * len(people) >= len(wants)
