"""The entries of a library by number, and which of them are what."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from reference.search.entries import OURS, PROSE, Entry, Kind
from reference.search.facets import EntryNumbers, Facets, names_of_values
from reference.search.wording import Wording

TermsOfValues: TypeAlias = dict[str, frozenset[str]]


class Stock:
    """What there is to find: sets of entries, by their numbers.

    - `ours`: entries found by words of ours or by a title; `of_articles`: all others.
    - `not_prose`: all but those whose text is long prose of ours, or nothing but a title.
    - `people`, `disagreements`: id -> number.
    - `claims_of`: number of a passage or a disagreement -> numbers of its claims.
    - `values`: facet -> its values -> the terms that each may be named by.
    """

    def __init__(self, entries: Sequence[Entry], wording: Wording) -> None:
        self.entries = entries
        self.facets = Facets(entries)
        self.every = frozenset(range(len(entries)))
        self.ours = self.facets.having("kind", OURS)
        self.of_articles = self.every - self.ours
        self.not_prose = self.every - self.facets.having("kind", PROSE)
        self.people = self.by_id("person")
        self.disagreements = self.by_id("disagreement")
        self.claims_of = self._find_claims()
        self.values = _terms_of_values(entries, wording)

    def by_id(self, kind: Kind) -> dict[str, int]:
        """Return id -> number of the entries of a kind whose ids are their own."""
        numbers = sorted(self.facets.having("kind", (kind,)))
        return {self.entries[number].id: number for number in numbers}

    def _find_claims(self) -> dict[int, EntryNumbers]:
        """Return the number of each passage and disagreement -> the numbers of its claims."""
        numbers_of_claims = self.by_id("claim")
        claims_of: dict[int, EntryNumbers] = {}
        for number in self.facets.having("kind", ("passage", "disagreement")):
            claims = self.entries[number].claims
            claims_of[number] = frozenset(
                numbers_of_claims[claim] for claim in claims
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
