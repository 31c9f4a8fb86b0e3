"""The library as a list of things to find: people, themes, articles, claims and passages.

An entry's place in the list is its number in the index.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reference.records import Article, Claim, Library, Passage, Person, Theme
from reference.search.results import Kind


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to find: what it is called, the texts it is found by, what it is counted under.

    `names` are of those who speak or wrote; `words` and `sentence` are shown: see `Result`. `date`
    is the first day, month or year of its article's date.
    """

    kind: Kind
    id: str
    title: str
    texts: tuple[str, ...]
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
    def text(self) -> str:
        """All it is found by, each text apart from the next."""
        return " · ".join((*self.texts, *self.names))

    @property
    def facets(self) -> dict[str, tuple[str, ...]]:
        """Its values of each facet."""
        article = (self.article,) if self.article else ()
        return {
            "kind": (self.kind,),
            "theme": self.themes,
            "person": self.people,
            "article": article,
            "year": self.years,
        }


def entries(library: Library) -> list[Entry]:
    """Everything there is to find in a library, records before their claims and passages."""
    return [
        *map(_person, library.people.values()),
        *map(_theme, library.themes.values()),
        *(_article(article, library) for article in library.articles.values()),
        *(_claim(claim, library) for claim in library.claims_in_order),
        *_passages(library),
    ]


def _person(person: Person) -> Entry:
    described = tuple(dict.fromkeys(each.words for each in person.described))
    called = (*_names(person), *(f"{title} {person.name}" for title in person.titles))
    return Entry(
        kind="person",
        id=person.id,
        title=person.name,
        texts=(*called, *described, *(note.text for note in person.notes)),
        words="; ".join(described),
        people=(person.id,),
    )


def _theme(theme: Theme) -> Entry:
    prose = tuple(block.plain for block in theme.blocks)
    return Entry(
        kind="theme",
        id=theme.id,
        title=theme.title,
        texts=(theme.title, theme.summary, *prose),
        words=theme.summary,
        themes=(theme.id,),
    )


def _article(article: Article, library: Library) -> Entry:
    where = article.publication
    number = f"{where.name} {article.date.first[:4]};{where.volume}:{where.number}"
    printed = (f"{where.name} {where.section}".strip(), number, article.doi)
    return Entry(
        kind="article",
        id=article.id,
        title=article.title,
        texts=(article.title, *filter(None, printed)),
        names=_speakers(article.authors, library),
        article=article.id,
        people=article.authors,
        years=_years(article),
        date=article.date.first,
    )


def _claim(claim: Claim, library: Library) -> Entry:
    article = library.articles[claim.article]
    return Entry(
        kind="claim",
        id=claim.id,
        title=article.title,
        texts=(claim.says, claim.quote),
        names=_speakers(claim.speakers, library),
        words=claim.quote,
        sentence=claim.says,
        article=article.id,
        passage=claim.passage,
        speakers=tuple(map(library.speaker_name, claim.speakers)),
        people=claim.speakers,
        themes=claim.themes,
        years=_years(article),
        date=article.date.first,
    )


def _passages(library: Library) -> Iterator[Entry]:
    for article in library.articles.values():
        for passage in article.passages:
            yield _passage(passage, article, library)


def _passage(passage: Passage, article: Article, library: Library) -> Entry:
    """A passage is counted under what its claims are."""
    claims = library.claims_at.get((article.id, passage.id), ())
    people = tuple(dict.fromkeys(who for claim in claims for who in claim.speakers))
    return Entry(
        kind="passage",
        id=passage.id,
        title=article.title,
        texts=(passage.text,),
        names=_speakers(people, library),
        words=passage.text,
        article=article.id,
        passage=passage.id,
        speakers=tuple(map(library.speaker_name, people)),
        people=people,
        themes=tuple(dict.fromkeys(theme for claim in claims for theme in claim.themes)),
        years=_years(article),
        date=article.date.first,
    )


def _speakers(ids: tuple[str, ...], library: Library) -> tuple[str, ...]:
    """The names of people, with their titles and other spellings, and of groups."""
    return tuple(
        name
        for who in ids
        for name in (_names(library.people[who]) if who in library.people else (who,))
    )


def _names(person: Person) -> tuple[str, ...]:
    return tuple(" ".join((*person.titles, name)) for name in person.names)


def _years(article: Article) -> tuple[str, ...]:
    return tuple(map(str, article.date.years))
