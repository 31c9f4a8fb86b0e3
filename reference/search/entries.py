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
    """Yield an entry for everything there is to find in a library.

    Where two fit a query equally well, the one that is yielded first comes first: records before
    the claims, and these before the passages.
    """
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
    """Return the entry of a person, who is shown as articles describe him or her, or else by the
    role that we found.
    """
    descriptions = [description.words for description in person.described]
    described = "; ".join(_each_once(descriptions))
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
    """Return the entry of an article: its title, and where it appeared.

    It is found as "BMJ Careers", "BMJ 2012;344:e4278" and "10.1136/bmj.e4278"; its words are found
    as claims and passages.
    """
    publication = article.publication
    year = article.date.first[:4]
    issue = f"{publication.name} {year};{publication.volume}"
    return Entry(
        kind="article",
        id=article.id,
        title=article.title,
        text=_lines(
            article.title,
            f"{publication.name} {publication.section}",
            f"{issue}:{publication.number}",
            article.doi,
        ),
        names=_names(article.authors, library),
        article=article.id,
        people=article.authors,
        years=_years(article.date),
        dated=article.date,
    )


def _disagreement(disagreement: Disagreement, library: Library) -> Entry:
    """Return the entry of a disagreement: our question and note, and who stands on its sides.

    It is not found by the words of its claims, which are entries of their own.
    """
    first_side, second_side = disagreement.sides
    claims = (*first_side, *second_side)
    people = _speakers(claims, library)
    themes = [library.themes[theme].title for theme in disagreement.themes]
    return Entry(
        kind="disagreement",
        id=disagreement.id,
        title=disagreement.matter,
        text=_lines(disagreement.matter, disagreement.note, *themes),
        names=_names(people, library),
        words=disagreement.note,
        speakers=_printed_names(people, library),
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
    """Return the entry of what came of a forecast: all that we say of it, with its sources."""
    people = _speakers(outcome.claims, library)
    our_texts = [
        outcome.title,
        outcome.what,
        outcome.verdict,
        outcome.reading,
    ]
    sources = [
        f"{source.title}, {source.publisher}" for source in outcome.sources
    ]
    words_of_sources = [source.words for source in outcome.sources]
    return Entry(
        kind="outcome",
        id=outcome.id,
        title=outcome.title,
        text=_lines(*our_texts, *sources, *words_of_sources),
        names=_names(people, library),
        words=outcome.what,
        speakers=_printed_names(people, library),
        people=people,
        themes=_themes_of(outcome.claims, library),
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
        speakers=_printed_names(claim.speakers, library),
        people=claim.speakers,
        themes=claim.themes,
        years=_years(article.date),
        claims=(claim.id,),
        dated=article.date,
    )


def _passage(passage: Passage, article: Article, library: Library) -> Entry:
    """Return the entry of a passage, counted under the speakers and themes of its claims."""
    claims = tuple(
        claim.id for claim in library.claims_at(article.id, passage.id)
    )
    people = _speakers(claims, library)
    return Entry(
        kind="passage",
        id=passage.id,
        title=article.title,
        text=passage.text,
        names=_names(people, library),
        words=passage.text,
        article=article.id,
        passage=passage.id,
        speakers=_printed_names(people, library),
        people=people,
        themes=_themes_of(claims, library),
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
    return _each_once(speakers)


def _themes_of(claims: Iterable[str], library: Library) -> tuple[str, ...]:
    """Return the ids of the themes of claims, each once."""
    themes: list[str] = []
    for claim in claims:
        themes += library.claims[claim].themes
    return _each_once(themes)


def _each_once(values: Iterable[str]) -> tuple[str, ...]:
    """Return values in the order in which each first comes."""
    return tuple(dict.fromkeys(values))


def _printed_names(
    speakers: Iterable[str], library: Library
) -> tuple[str, ...]:
    """Return what speakers are called on a page: "Laurence Buckman", "PCT managers"."""
    return tuple(library.speaker_name(speaker) for speaker in speakers)


def _names(speakers: Iterable[str], library: Library) -> tuple[str, ...]:
    """Return what speakers are found by: names of people, with titles, and groups as named."""
    names: list[str] = []
    for speaker in speakers:
        person = library.people.get(speaker)
        names += _names_of(person) if person else (speaker,)
    return tuple(names)


def _names_of(person: Person) -> tuple[str, ...]:
    """Return the names that a person is found by, each with all titles: ("Dr Judith Smith",).

    A surname alone must find them. So a name that is written without a space, as 李明 is, is added
    with one: 李 明.
    """
    titles = " ".join(person.titles)
    names = [f"{titles} {name}".strip() for name in person.names]
    spaced_name = f"{person.surname} {person.given}".strip()
    words_of_names = folded_words(" ".join(person.names))
    words_of_spaced_name = set(folded_words(spaced_name))
    if not words_of_spaced_name.issubset(words_of_names):
        names.append(spaced_name)
    return tuple(names)
