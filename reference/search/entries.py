"""The library as a list of things to find; the place of each is its number in the index."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from reference.records import Article, Library, Person

Kind = Literal["person", "claim", "theme", "article", "passage"]
Sort = Literal["relevance", "date"]
KINDS: tuple[Kind, ...] = ("person", "claim", "theme", "article", "passage")
FACETS = ("kind", "theme", "person", "article", "year")


@dataclass(frozen=True)
class Entry:
    """Something to find. `id` is its record's; a passage's is its id in `article` (`p3`).

    It is found by its `text` and by `names` of people, with titles. `words` is what is shown of
    it: a quotation, a passage, who a person was, or a theme's summary; `sentence` is ours (claims
    only). `people`, `themes` and `years` it is counted under; `date` is its article's first.
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
        articles = (self.article,) if self.article else ()
        values = (self.kind,), self.themes, self.people, articles, self.years
        return dict(zip(FACETS, values, strict=True))

    @property
    def indexed(self) -> str:
        """All it is found by, each text on lines of its own."""
        return "\n".join((self.text, *self.names))


def entries(library: Library) -> Iterator[Entry]:
    """Everything there is to find in a library, records before their claims and passages."""
    for person in library.people.values():
        words = "; ".join(dict.fromkeys(each.words for each in person.described))
        text = "\n".join((person.name, words, *(note.text for note in person.notes)))
        who, names = person.id, _titled(person)
        yield Entry("person", who, person.name, text, names, words, people=(who,))
    for theme in library.themes.values():
        text = "\n".join((theme.title, theme.summary, *(block.plain for block in theme.blocks)))
        yield Entry("theme", theme.id, theme.title, text, words=theme.summary, themes=(theme.id,))
    for article in library.articles.values():
        at, year = article.publication, article.date.first[:4]
        cited = f"{at.name} {at.section}\n{at.name} {year};{at.volume}:{at.number}\n{article.doi}"
        about = _within(library, article, article.authors)
        yield Entry("article", article.id, article.title, f"{article.title}\n{cited}", **about)
    for claim in library.claims.values():
        article = library.articles[claim.article]
        about = _within(library, article, claim.speakers, claim.passage, claim.themes)
        about |= {"words": claim.quote, "sentence": claim.says}
        yield Entry("claim", claim.id, article.title, f"{claim.says}\n{claim.quote}", **about)
    for article in library.articles.values():
        for part in article.passages:  # counted under what its claims are
            claims = library.claims_at(article.id, part.id)
            people = tuple(dict.fromkeys(who for claim in claims for who in claim.speakers))
            themes = tuple(dict.fromkeys(theme for claim in claims for theme in claim.themes))
            about = _within(library, article, people, part.id, themes)
            yield Entry("passage", part.id, article.title, part.text, words=part.text, **about)


def called(every: Iterable[Entry]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Facet -> its values -> what each is called: titles, names of people, groups as named."""
    names: dict[str, dict[str, tuple[str, ...]]] = {"kind": {kind: (kind,) for kind in KINDS}}
    names |= {"person": {}, "theme": {}, "article": {}}
    for entry in every:
        if entry.kind in ("person", "theme", "article"):
            more = entry.names if entry.kind == "person" else ()
            names[entry.kind][entry.id] = entry.title, *more
        for who in entry.people:
            names["person"].setdefault(who, (who,))
    return names


def _within(
    library: Library, article: Article, people: tuple[str, ...], passage: str = "", themes: Any = ()
) -> dict[str, Any]:
    """What an entry in an article is counted under, and who speaks or wrote it."""
    known = library.people
    return {
        "names": tuple(n for w in people for n in (_titled(known[w]) if w in known else (w,))),
        "speakers": tuple(map(library.speaker_name, people)) if passage else (),
        "people": people,
        "article": article.id,
        "passage": passage,
        "themes": themes,
        "years": tuple(map(str, article.date.years)),
        "date": article.date.first,
    }


def _titled(person: Person) -> tuple[str, ...]:
    return tuple(" ".join((*person.titles, name)) for name in person.names)
