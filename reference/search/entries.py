"""The library as a list of things to find; the place of each in it is its number in the index."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from reference.records import (
    Article,
    Claim,
    Date,
    Disagreement,
    Event,
    Library,
    Outcome,
    Passage,
    Person,
    Term,
    Theme,
)
from reference.search.words import folded_words

Kind = Literal[
    "person",
    "claim",
    "disagreement",
    "theme",
    "article",
    "event",
    "outcome",
    "term",
    "passage",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
Facet = Literal["kind", "theme", "person", "article", "year"]
FACETS: tuple[Facet, ...] = get_args(Facet)
"""What results are narrowed by and counted under. Nothing else says which facets there are."""
OURS: frozenset[Kind] = frozenset(
    {"disagreement", "theme", "article", "event", "outcome", "term"}
)
"""What is found by words of ours, or by a title, and not by what an article says."""
PROSE: frozenset[Kind] = frozenset(
    {"theme", "article", "outcome", "disagreement"}
)
"""What is so long, or so short, that having all the words of a query says little."""


@dataclass(frozen=True)
class Entry:
    """Something to find.

    `id` is its record's; a passage's is its id in `article` (`p3`). It is found by its `title`, its
    `text` and by `names` of people, with titles. `words` is what is shown of it: a quotation, a
    passage, who a person was, what happened, what a word means. `sentence` is ours (claims only).
    `people`, `themes` and `years` are what it is counted under, `claims` those that it is about.
    `date` is the first day of `dated`: when it happened, or when its article appeared.
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
    claims: tuple[str, ...] = ()
    dated: Date | None = None

    @property
    def date(self) -> str:
        """The first day of its date, in EDTF; "" if it has none."""
        return self.dated.first if self.dated else ""

    @property
    def indexed(self) -> str:
        """All it is found by, each text on lines of its own."""
        return "\n".join((self.text, *self.names))

    @property
    def facets(self) -> dict[Facet, tuple[str, ...]]:
        """What it is counted under: facet -> values."""
        return {
            "kind": (self.kind,),
            "theme": self.themes,
            "person": self.people,
            "article": (self.article,) if self.article else (),
            "year": self.years,
        }


def entries(library: Library) -> Iterator[Entry]:
    """Make everything there is to find in a library, records before their claims and passages."""
    for person in library.people.values():
        yield _person(person)
    for theme in library.themes.values():
        yield _theme(theme)
    for article in library.articles.values():
        yield _article(article, library)
    for disagreement in library.disagreements.values():
        yield _disagreement(disagreement, library)
    for event in library.events.values():
        yield _event(event)
    for outcome in library.outcomes.values():
        yield _outcome(outcome, library)
    for term in library.terms.values():
        yield _term(term)
    for claim in library.claims.values():
        yield _claim(claim, library)
    for article in library.articles.values():
        for passage in article.passages:
            yield _passage(passage, article, library)


def _person(person: Person) -> Entry:
    descriptions = dict.fromkeys(
        description.words for description in person.described
    )
    described = "; ".join(descriptions)
    role = person.role.text if person.role else ""
    notes = [note.text for note in person.notes]
    return Entry(
        kind="person",
        id=person.id,
        title=person.name,
        text=_lines(person.name, described, role, *notes),
        names=_names_of(person),
        words=described or role,
        people=(person.id,),
    )


def _theme(theme: Theme) -> Entry:
    return Entry(
        kind="theme",
        id=theme.id,
        title=theme.title,
        text=_lines(
            theme.title,
            theme.summary,
            *(block.plain for block in theme.blocks),
        ),
        words=theme.summary,
        themes=(theme.id,),
    )


def _article(article: Article, library: Library) -> Entry:
    publication = article.publication
    volume = (
        f"{publication.name} {article.date.first[:4]};{publication.volume}"
    )
    return Entry(
        kind="article",
        id=article.id,
        title=article.title,
        text=_lines(
            article.title,
            f"{publication.name} {publication.section}",
            f"{volume}:{publication.number}",
            article.doi,
        ),
        names=_names(article.authors, library),
        article=article.id,
        people=article.authors,
        years=_years(article.date),
        dated=article.date,
    )


def _disagreement(disagreement: Disagreement, library: Library) -> Entry:
    first, second = disagreement.sides
    claims = (*first, *second)
    people = _speakers(claims, library)
    themes = [library.themes[theme].title for theme in disagreement.themes]
    return Entry(
        kind="disagreement",
        id=disagreement.id,
        title=disagreement.matter,
        text=_lines(disagreement.matter, disagreement.note, *themes),
        names=_names(people, library),
        words=disagreement.note,
        speakers=tuple(library.speaker_name(speaker) for speaker in people),
        people=people,
        themes=disagreement.themes,
        claims=claims,
    )


def _event(event: Event) -> Entry:
    years = _years(event.date)
    return Entry(
        kind="event",
        id=event.id,
        title=event.name,
        text=_lines(
            event.name, event.what, event.landmark, event.note, *years
        ),
        words=event.what,
        years=years,
        claims=(event.claim,) if event.claim else (),
        dated=event.date,
    )


def _outcome(outcome: Outcome, library: Library) -> Entry:
    people = _speakers(outcome.claims, library)
    themes: list[str] = []
    for claim in outcome.claims:
        themes += library.claims[claim].themes
    sources = [
        f"{source.title}, {source.publisher}" for source in outcome.sources
    ]
    quoted = [source.words for source in outcome.sources]
    ours = [outcome.title, outcome.what, outcome.verdict, outcome.reading]
    return Entry(
        kind="outcome",
        id=outcome.id,
        title=outcome.title,
        text=_lines(*ours, *sources, *quoted),
        names=_names(people, library),
        words=outcome.what,
        speakers=tuple(library.speaker_name(speaker) for speaker in people),
        people=people,
        themes=tuple(dict.fromkeys(themes)),
        claims=outcome.claims,
    )


def _term(term: Term) -> Entry:
    explained = "; ".join(filter(None, (term.expansion, term.meaning)))
    return Entry(
        kind="term",
        id=term.slug,
        title=term.term,
        text=_lines(term.term, term.expansion, term.meaning, term.note),
        words=explained,
    )


def _claim(claim: Claim, library: Library) -> Entry:
    article = library.articles[claim.article]
    return Entry(
        kind="claim",
        id=claim.id,
        title=article.title,
        text=_lines(claim.says, claim.quote),
        names=_names(claim.speakers, library),
        words=claim.quote,
        sentence=claim.says,
        article=article.id,
        passage=claim.passage,
        speakers=tuple(
            library.speaker_name(speaker) for speaker in claim.speakers
        ),
        people=claim.speakers,
        themes=claim.themes,
        years=_years(article.date),
        claims=(claim.id,),
        dated=article.date,
    )


def _passage(passage: Passage, article: Article, library: Library) -> Entry:
    """A passage is counted under what its claims are."""
    claims = tuple(
        claim.id for claim in library.claims_at(article.id, passage.id)
    )
    people = _speakers(claims, library)
    themes: list[str] = []
    for claim in claims:
        themes += library.claims[claim].themes
    return Entry(
        kind="passage",
        id=passage.id,
        title=article.title,
        text=passage.text,
        names=_names(people, library),
        words=passage.text,
        article=article.id,
        passage=passage.id,
        speakers=tuple(library.speaker_name(speaker) for speaker in people),
        people=people,
        themes=tuple(dict.fromkeys(themes)),
        years=_years(article.date),
        claims=claims,
        dated=article.date,
    )


def _lines(*texts: str) -> str:
    return "\n".join(filter(None, texts))


def _years(date: Date) -> tuple[str, ...]:
    return tuple(str(year) for year in date.years)


def _speakers(claims: Iterable[str], library: Library) -> tuple[str, ...]:
    """Return who says claims, each once: people's ids and groups' names."""
    speakers: list[str] = []
    for claim in claims:
        speakers += library.claims[claim].speakers
    return tuple(dict.fromkeys(speakers))


def _names(speakers: Iterable[str], library: Library) -> tuple[str, ...]:
    """Return what speakers are found by: names of people, with titles, and groups as named."""
    names: list[str] = []
    for speaker in speakers:
        person = library.people.get(speaker)
        names += _names_of(person) if person else (speaker,)
    return tuple(names)


def _names_of(person: Person) -> tuple[str, ...]:
    """Return somebody's names, with titles; parted, too, where a name is written without a space
    (李明 is found as 李).
    """
    titles = " ".join(person.titles)
    names = [f"{titles} {name}".strip() for name in person.names]
    parted = f"{person.surname} {person.given}".strip()
    words = set(folded_words(parted))
    all_names = " ".join(person.names)
    if not words.issubset(folded_words(all_names)):
        names.append(parted)
    return tuple(names)
