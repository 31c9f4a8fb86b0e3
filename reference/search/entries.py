"""The library as a list of things to find: people, themes, articles, claims and passages.

An entry's place in the list is its number in the index.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from reference.records import Article, Claim, Library, Person, Theme

Kind = Literal["person", "claim", "theme", "article", "passage"]
KINDS: tuple[Kind, ...] = ("person", "claim", "theme", "article", "passage")
FACETS = ("kind", "theme", "person", "article", "year")


@dataclass(frozen=True)
class Entry:
    """Something to find. `id` is its record's; a passage's is its id in `article` (`p3`).

    It is found by its `text` and by `names`, those of who speaks or wrote, with titles. `words` is
    what is shown of it: a quotation, a passage, who a person was, or a theme's summary; `sentence`
    is ours (claims only). `people`, `themes` and `years` it is counted under; `date` is the first
    day, month or year its article may have appeared.
    """

    kind: Kind
    id: str
    title: str
    text: str
    names: tuple[str, ...] = ()
    words: str = ""
    sentence: str = ""
    article: str = ""
    passage: str = ""
    speakers: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    date: str = ""

    @property
    def facets(self) -> dict[str, tuple[str, ...]]:
        """Its values of each facet."""
        articles = (self.article,) if self.article else ()
        values = (self.kind,), self.themes, self.people, articles, self.years
        return dict(zip(FACETS, values, strict=True))

    @property
    def indexed(self) -> str:
        """All it is found by, each text apart from the next."""
        return "\n".join((self.text, *self.names))


def entries(library: Library) -> list[Entry]:
    """Everything there is to find in a library, records before their claims and passages."""
    return [
        *map(_person, library.people.values()),
        *map(_theme, library.themes.values()),
        *(_article(article, library) for article in library.articles.values()),
        *(_claim(claim, library) for claim in library.claims.values()),
        *_passages(library),
    ]


def _person(person: Person) -> Entry:
    described = list(dict.fromkeys(each.words for each in person.described))
    text = "\n".join((*_names(person), *described, *(note.text for note in person.notes)))
    words = "; ".join(described)
    return Entry("person", person.id, person.name, text, words=words, people=(person.id,))


def _theme(theme: Theme) -> Entry:
    text = "\n".join((theme.title, theme.summary, *(block.plain for block in theme.blocks)))
    return Entry("theme", theme.id, theme.title, text, words=theme.summary, themes=(theme.id,))


def _article(article: Article, library: Library) -> Entry:
    where, year = article.publication, article.date.first[:4]
    cited = f"{where.name} {year};{where.volume}:{where.number}"
    text = "\n".join((article.title, f"{where.name} {where.section}", cited, article.doi))
    within = _within(article, article.authors, library)
    return Entry("article", article.id, article.title, text, **within)


def _claim(claim: Claim, library: Library) -> Entry:
    article = library.articles[claim.article]
    within = _within(article, claim.speakers, library, claim.passage, claim.themes)
    within |= {"words": claim.quote, "sentence": claim.says}
    return Entry("claim", claim.id, article.title, f"{claim.says}\n{claim.quote}", **within)


def _passages(library: Library) -> Iterator[Entry]:
    """Each passage; it is counted under what its claims are."""
    for article in library.articles.values():
        for passage in article.passages:
            claims = library.claims_at.get((article.id, passage.id), ())
            people = dict.fromkeys(who for claim in claims for who in claim.speakers)
            themes = dict.fromkeys(theme for claim in claims for theme in claim.themes)
            within = _within(article, tuple(people), library, passage.id, tuple(themes))
            text = within["words"] = passage.text
            yield Entry("passage", passage.id, article.title, text, **within)


def _within(
    article: Article,
    people: tuple[str, ...],
    library: Library,
    passage: str = "",
    themes: tuple[str, ...] = (),
) -> dict[str, Any]:
    """What an entry in an article is counted under, and who speaks or wrote it."""
    persons = [library.people[who] for who in people if who in library.people]
    groups = [who for who in people if who not in library.people]
    return {
        "names": (*(name for person in persons for name in _names(person)), *groups),
        "speakers": tuple(map(library.speaker_name, people)) if passage else (),
        "people": people,
        "article": article.id,
        "passage": passage,
        "themes": themes,
        "years": tuple(map(str, article.date.years)),
        "date": article.date.first,
    }


def _names(person: Person) -> tuple[str, ...]:
    """Somebody's names, with titles."""
    return tuple(" ".join((*person.titles, name)) for name in person.names)
