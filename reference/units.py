"""The library as a list of things to find: people, themes, articles, then passage after passage.

A unit's place in the list is its number in the index. One passage is one unit, with its claims, so
that a passage is never found twice and a count of units is a count of results.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from reference.records import Article, Claim, Library, Passage, Person, Theme
from reference.results import Coverage, Kind


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


class Units:
    """The units of a library, and the groups of them that count alike."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.all = [*_front(library), *_passages(library)]
        self.front = sum(unit.kind not in ("claim", "passage") for unit in self.all)
        groups: dict[tuple[tuple[str, ...], ...], int] = {}
        self.group_of = [groups.setdefault(unit.facets, len(groups)) for unit in self.all]
        self.groups = list(groups)
        """Facet values of each group; far fewer than units, so that counting and narrowing
        thousands of hits costs little."""

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

    def parts(self, unit: Unit) -> list[str]:
        """The texts a unit is found by: first its own, then each claim's with its speakers."""
        library, record = self.library, unit.record
        if isinstance(record, Person):
            return [person_text(record), " ".join(d.words for d in record.described), names(record)]
        if isinstance(record, Theme):
            return [theme_text(record), record.title]
        if isinstance(record, Article):
            return [article_text(record, library), record.title]
        return [record.text, *(self.claim_part(claim) for claim in unit.claims)]

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


def names(person: Person) -> str:
    return " · ".join((*person.titles, *person.names))


def person_text(person: Person) -> str:
    described = (description.words for description in person.described)
    return ". ".join((names(person), *described, *(note.text for note in person.notes)))


def theme_text(theme: Theme) -> str:
    prose = (f"{block.heading} {_plain(block.html)}".strip() for block in theme.blocks)
    return "\n".join((theme.title, theme.summary, *prose))


def _plain(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def article_text(article: Article, library: Library) -> str:
    authors = ", ".join(names(library.people[who]) for who in article.authors)
    publication = article.publication
    where = f"{publication.name} {publication.section}".strip()
    return ". ".join(filter(None, (article.title, authors, where)))
