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

    def is_surname(self, want: Want) -> bool:
        """Whether a word that is wanted is what somebody may be called by alone."""
        return bool(self._people_called(want.terms))

    def named(self, wants: Sequence[Want], is_list: bool) -> dict[str, Named]:
        """Return the people and groups that a query asks for, and what it names them by.

        - Nothing but names: "Judith", "Judith Marshall", each of them.
        - A surname and one other word: "Bob Buckman", the person.
        - Surnames in a list (`is_list`: it has "and", "or" or "v"), and hardly more: "Smith and
          Mays on commissioning", these two.
        - Otherwise groups called so: "PCT managers".
        """
        terms = self._terms_beside_names(wants)
        if not terms:
            return {}
        by_surname = self._people_called(terms)
        if self._wording.names.issuperset(terms):
            return self._named_by_any_name(terms, by_surname)
        last_is_surname = self._people_called(terms[-1:]) == by_surname
        is_full_name = len(wants) == 2 and last_is_surname
        is_list_of_people = is_list and _are_most(by_surname, wants)
        if is_full_name or is_list_of_people:
            return dict.fromkeys(by_surname, Named.SURNAME)
        return dict.fromkeys(self._groups_called(terms), Named.SURNAME)

    def with_names_joined(
        self, wishes: list[Want], people: Mapping[str, Named]
    ) -> list[Want]:
        """Return wishes in which the names of several people are one wish: any of them will do.

        So "Smith and Mays on training" finds what either says on it. Wishes that name one person
        are returned as they are.
        """
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
        """Return the terms of those wants that some entry has together with a name that is wanted.

        If no name is wanted, those of all wants that any entry has.
        """
        with_a_name: set[int] = set()
        for want in wants:
            if self.is_of_name(want):
                numbers = self._stock.of_articles.intersection(want.scores)
                with_a_name.update(numbers)
        entries = with_a_name or self._stock.every
        terms: list[str] = []
        for want in wants:
            if not entries.isdisjoint(want.scores):
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
        self, names: Sequence[str], by_surname: Sequence[str]
    ) -> dict[str, Named]:
        """Return the people who bear one of some names; `by_surname` are those of these surnames.

        A first name beside the surname of somebody who bears both is nobody else's: "John Parks"
        does not name John Smith.
        """
        other_names = set(names)
        for person in by_surname:
            other_names -= self._terms_of[person]
        named: dict[str, Named] = {}
        for person in self._stock.people:
            if self._terms_of[person] & other_names:
                named[person] = Named.FIRST_NAME
        for person in by_surname:
            named[person] = Named.SURNAME
        return named

    def _groups_called(self, terms: Sequence[str]) -> list[str]:
        """Return the groups whose names have all of some terms."""
        groups = []
        for speaker, terms_of_speaker in self._terms_of.items():
            is_group = speaker not in self._stock.people
            if is_group and terms_of_speaker.issuperset(terms):
                groups.append(speaker)
        return groups


def _are_most(people: Sequence[str], wants: Sequence[Want]) -> bool:
    """Whether people, two or more, make up at least half of what is wanted."""
    return len(people) > 1 and 2 * len(people) >= len(wants)
