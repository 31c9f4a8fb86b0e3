"""Naming: the people and groups that a query asks for."""

from collections.abc import Mapping, Sequence

from reference.search.facets import EntryNumbers
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
        """Return the people and groups that a query asks for -> what it names them by.

        `wants` are the words of the query, without stop words. `is_list` says whether it has "and",
        "or" or "v". Words that never occur beside the names in it are passed over.
        """
        terms = self._terms_beside_names(wants)
        if not terms:
            return {}
        with_surname = self._people_called(terms)
        by_surname = dict.fromkeys(with_surname, Named.SURNAME)

        # Nothing but names: "Judith", "Judith Marshall"
        if self._wording.names.issuperset(terms):
            return self._named_by_any_name(terms, with_surname)

        # A word and a surname, as of somebody unknown here by that first name: "Bob Buckman".
        # Where neither word is a surname, this names nobody.
        surname_is_last = self._people_called(terms[-1:]) == with_surname
        if len(wants) == 2 and surname_is_last:
            return by_surname

        # Surnames in a list, and hardly any other words: "Smith and Mays on commissioning"
        if is_list and _are_most(with_surname, wants):
            return by_surname

        # The name of a group: "senior PCT staff"
        return dict.fromkeys(self._groups_called(terms), Named.SURNAME)

    def with_names_joined(
        self, wishes: list[Want], people: Mapping[str, Named]
    ) -> list[Want]:
        """Return the wishes of a query, those for names made into one if it names several people.

        So "Smith and Mays on training" asks for training, and for Smith or Mays. `people` has whom
        the query names; if that is one person, or groups, the wishes are returned as they are.
        """
        people_named = self._stock.people.keys() & people.keys()
        if len(people_named) < 2:
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
        """Return the terms of a query's wants, without those that never occur where its names do.

        Of "Buckman zebra", "zebra" is left out if no entry that has "Buckman" has it: so the query
        is still read as a name. Of a query whose names no entry has, or that has none, a term is
        left out if it occurs nowhere at all.
        """
        entries = self._entries_with_names(wants)
        if not entries:
            entries = self._stock.every
        terms: list[str] = []
        for want in wants:
            is_in_one_of_them = not entries.isdisjoint(want.entries)
            if is_in_one_of_them:
                terms += want.terms
        return terms

    def _entries_with_names(self, wants: Sequence[Want]) -> EntryNumbers:
        """Return the entries, by their numbers, that have one of the names in a query.

        These are people, claims and passages: all that has the words of an article. Entries with
        words of ours, such as themes, are not asked: they name people without quoting them.
        """
        entries: set[int] = set()
        for want in wants:
            if self.is_of_name(want):
                entries.update(want.entries)
        return self._stock.of_articles.intersection(entries)

    def _people_called(self, terms: Sequence[str]) -> list[str]:
        """Return the people with one of some surnames."""
        surnames = self._wording.surnames
        return [
            person
            for person, names in surnames.items()
            if names.intersection(terms)
        ]

    def _named_by_any_name(
        self, names: Sequence[str], with_surname: Sequence[str]
    ) -> dict[str, Named]:
        """Return the people who have one of some names, be it their first name or their surname.

        `with_surname` are those who have one as a surname. Names that belong to one of them name
        nobody else: "John Parks" means John Parks, and no other John.
        """
        names_left = set(names)
        for person in with_surname:
            names_left -= self._terms_of[person]
        named: dict[str, Named] = {}
        for person in self._stock.people:
            if self._terms_of[person] & names_left:
                named[person] = Named.FIRST_NAME
        for person in with_surname:
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
