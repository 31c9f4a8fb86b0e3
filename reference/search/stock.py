"""The entries of a library by number, and which of them are what."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from reference.search.entries import OURS, PROSE, Entry, Kind
from reference.search.facets import Facets, Places, names_of_values
from reference.search.wording import Wording

TermsOfValues: TypeAlias = dict[str, frozenset[str]]


class Stock:
    """What there is to find.

    `of_articles` are entries that have words of an article. `answers` are those that answer a
    query alone: not our prose, and not what has only a title. `claims_of` has the number of a
    passage or a disagreement -> the numbers of its claims, `values` a facet -> its values -> the
    terms that each may be named by.
    """

    def __init__(self, entries: Sequence[Entry], wording: Wording) -> None:
        facets = Facets(entries)
        every = frozenset(range(len(entries)))
        ours = facets.having("kind", OURS)
        prose = facets.having("kind", PROSE)
        self.entries = entries
        self.facets = facets
        self.every = every
        self.ours = ours
        self.of_articles = every - ours
        self.answers = every - prose
        self.people = self.by_id("person")
        self.disagreements = self.by_id("disagreement")
        self.claims_of = self._find_claims()
        self.values = _terms_of_values(entries, wording)

    def by_id(self, kind: Kind) -> dict[str, int]:
        """Return id -> number of the entries of a kind whose ids are their own."""
        places = sorted(self.facets.having("kind", (kind,)))
        return {self.entries[place].id: place for place in places}

    def _find_claims(self) -> dict[int, Places]:
        places_of_claims = self.by_id("claim")
        claims_of: dict[int, Places] = {}
        for place in self.facets.having("kind", ("passage", "disagreement")):
            claims = self.entries[place].claims
            claims_of[place] = frozenset(
                places_of_claims[claim] for claim in claims
            )
        return claims_of


def _terms_of_values(
    entries: Sequence[Entry], wording: Wording
) -> Mapping[str, TermsOfValues]:
    """Return facet -> its values -> the terms that each may be named by."""
    terms: dict[str, TermsOfValues] = {}
    for facet, names in names_of_values(entries).items():
        terms[facet] = {
            value: wording.every_term(*called)
            for value, called in names.items()
        }
    return terms
