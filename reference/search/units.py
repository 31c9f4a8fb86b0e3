"""The library as a list of things to find: people, themes, articles, then passage after passage.

A unit's place in the list is its number in the index. One passage is one unit, with its claims, so
that a passage is never found twice and a count of units is a count of results.
"""

import html
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from reference.records import Article, Claim, Library, Passage, Person, Theme
from reference.search.results import FACETS, Coverage, Kind

MOST_VALUES = 100
"""Values shown of a facet."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Something to find, and what it is counted under."""

    kind: Kind
    record: Person | Theme | Article | Passage
    article: str = ""
    claims: tuple[Claim, ...] = ()
    people: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    years: tuple[str, ...] = ()

    @property
    def facets(self) -> tuple[tuple[str, ...], ...]:
        """Values in the order of `results.FACETS`."""
        article = (self.article,) if self.article else ()
        return (self.kind,), self.themes, self.people, article, self.years


@dataclass(frozen=True, slots=True)
class Facet:
    """One way of counting units: the different sets of values, and which of them each unit has.

    There are far fewer sets than units, so counting and narrowing thousands of hits costs little.
    """

    name: str
    sets: list[tuple[str, ...]]
    of: list[int]

    def narrow(self, numbers: Iterable[int], values: Collection[str]) -> list[int]:
        """The units, of these, that have one of the values."""
        fits, of = [any(value in values for value in one) for one in self.sets], self.of
        return [number for number in numbers if fits[of[number]]]

    def count(self, numbers: Iterable[int]) -> tuple[tuple[str, int], ...]:
        """The values most of the units have, each with how many; at most `MOST_VALUES`."""
        tally: dict[str, int] = {}
        for one, count in Counter(map(self.of.__getitem__, numbers)).items():
            for value in self.sets[one]:
                tally[value] = tally.get(value, 0) + count
        ordered = sorted((-count, value) for value, count in tally.items())
        return tuple([(value, -count) for count, value in ordered[:MOST_VALUES]])


class Units:
    """The units of a library, numbered, and what they are counted under."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.all = [*_front(library), *_passages(library)]
        self.front = sum(unit.kind not in ("claim", "passage") for unit in self.all)
        """How many units come before the passages."""
        self.facets = tuple(
            _facet(name, (unit.facets[place] for unit in self.all))
            for place, name in enumerate(FACETS)
        )

    @cached_property
    def coverage(self) -> Coverage:
        library = self.library
        passages = sum(len(article.passages) for article in library.articles.values())
        return Coverage(len(library.articles), passages, len(library.claims), len(library.people))

    @cached_property
    def by_date(self) -> list[str]:
        """The first date of each unit; "" where it has none."""
        articles = self.library.articles
        return [articles[u.article].date.first if u.article else "" for u in self.all]

    @cached_property
    def texts(self) -> list[tuple[str, ...]]:
        """What a person, theme or article says of itself, by number; see `parts`."""
        return [_about(unit.record, self.library) for unit in self.all[: self.front]]

    def parts(self, unit: Unit) -> list[str]:
        """The texts a unit is found by.

        A passage: its own text, then each claim's with its speakers. Anything else: first what it
        is called, and for a person who they were; then the rest of what is said of it.
        """
        if isinstance(unit.record, Passage):
            return [unit.record.text, *(self.claim_part(claim) for claim in unit.claims)]
        return list(_about(unit.record, self.library))

    def claim_part(self, claim: Claim) -> str:
        people = (self.library.people.get(who) for who in claim.speakers)
        speakers = (names(p) if p else who for p, who in zip(people, claim.speakers, strict=True))
        return " · ".join((claim.says, claim.quote.replace("…", "·"), *speakers))


def _front(library: Library) -> Iterator[Unit]:
    for person in library.people.values():
        yield Unit("person", person, people=(person.id,))
    for theme in library.themes.values():
        yield Unit("theme", theme, themes=(theme.id,))
    for article in library.articles.values():
        yield Unit("article", article, article.id, people=article.authors, years=_years(article))


def _passages(library: Library) -> Iterator[Unit]:
    for article in library.articles.values():
        years = _years(article)
        for passage in article.passages:
            claims = tuple(library.claims_at.get((article.id, passage.id), ()))
            people = tuple(dict.fromkeys(who for claim in claims for who in claim.speakers))
            themes = tuple(dict.fromkeys(theme for claim in claims for theme in claim.themes))
            kind: Kind = "claim" if claims else "passage"
            yield Unit(kind, passage, article.id, claims, people, themes, years)


def _years(article: Article) -> tuple[str, ...]:
    return tuple(map(str, article.date.years))


def _facet(name: str, values: Iterable[tuple[str, ...]]) -> Facet:
    numbers: dict[tuple[str, ...], int] = {}
    of = [numbers.setdefault(one, len(numbers)) for one in values]
    return Facet(name, list(numbers), of)


def names(person: Person) -> str:
    return " · ".join((*person.titles, *person.names))


def _about(record: Person | Theme | Article | Passage, library: Library) -> tuple[str, ...]:
    if isinstance(record, Person):
        words = (description.words for description in record.described)
        return " · ".join((names(record), *words)), *(note.text for note in record.notes)
    if isinstance(record, Theme):
        prose = (f"{block.heading} {_plain(block.html)}".strip() for block in record.blocks)
        return record.title, record.summary, *prose
    if isinstance(record, Article):
        authors = ", ".join(names(library.people[who]) for who in record.authors)
        where = f"{record.publication.name} {record.publication.section}".strip()
        return record.title, *filter(None, (authors, where))
    return ()


def _plain(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())
