"""The library's records: made by `content`, read by all else.

Every record is frozen, and what a method of `Library` returns is a tuple: reading changes nothing.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
PassageKind = Literal[
    "paragraph", "item", "aside", "heading"
]  # aside: a caption, a standfirst
ArticleKind = Literal[
    "journal-news", "news", "opinion", "report", "speech", "press-release"
]
ClaimKind = Literal["problem", "remedy", "strength", "context"]
PersonKind = Literal["person", "organisation"]
OutcomeKind = Literal["forecast", "warning", "demand", "judgement"]
Verdict = Literal[
    "borne out",
    "partly",
    "not borne out",
    "open",
    "met",
    "partly met",
    "not met",
]
Confidence = Literal[
    "stated-in-source", "found-at-URL", "inferred-range", "unknown"
]
GAP = "[…]"  # stands for words that are not shown: see `Article.display`


class Span(NamedTuple):
    """Where words stand in a text: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Site:
    """What the site is called and what it is about (`content/site.yaml`).

    `name` stands in the masthead, `title` in titles and citations, `short` in a browser's menu of
    search engines. `setting` follows the subject: “claims on rail privatisation in Britain”.
    `examples` are searches that find something (the key `try`).
    """

    name: str
    title: str
    short: str
    subject: str
    question: str
    language: str
    setting: str = ""
    publisher: str = ""
    contact: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Date:
    """A date in EDTF (`2012-06-20`, `2012-01-31/..`) and its bounds as written, "" where open."""

    edtf: str
    first: str
    last: str

    @property
    def exact(self) -> bool:
        return self.first == self.last

    @property
    def years(self) -> range:
        """The years the article may have appeared in; an open interval counts its first year."""
        last = self.last or self.first
        first_year = int(self.first[:4])
        last_year = int(last[:4])
        return range(first_year, last_year + 1)


@dataclass(frozen=True, slots=True)
class Publication:
    """Where an article appeared.

    `label` is what lists call it, where its name alone misleads: “GP (newspaper)” for *GP*.
    """

    name: str
    site: str = ""
    section: str = ""
    volume: str | int = ""
    number: str | int = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """A misprint mended: the article has `printed`, the passage here has `reads`."""

    passage: str
    printed: str
    reads: str


@dataclass(frozen=True, slots=True)
class Note:
    """An editorial note: ours, with its own source. `passage` is "" for the whole article."""

    text: str
    source: str
    confidence: Confidence
    passage: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or bullet of an article as plain text; its id is p1, p2, …"""

    id: str
    text: str
    kind: PassageKind = "paragraph"

    @property
    def number(self) -> int:
        return int(self.id[1:])


@dataclass(frozen=True, slots=True)
class Article:
    """A source article.

    Where no author is known, `title_short` stands for it in an essay's text. `title_case` is its
    title as styles that capitalise print it, if no rule can know (Set Up).
    """

    id: str
    title: str
    kind: ArticleKind
    authors: tuple[str, ...]
    publication: Publication
    date: Date
    date_basis: str
    rights: str
    display: Literal["full", "quotations"]
    passages: tuple[Passage, ...]
    title_short: str = ""
    title_case: str = ""
    date_source: str = ""
    doi: str = ""
    url: str = ""
    masthead: tuple[str, ...] = ()
    omitted: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    notes: tuple[Note, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def texts(self) -> list[str]:
        """All that the article prints here: its passages and its masthead."""
        texts = [passage.text for passage in self.passages]
        texts += self.masthead
        return texts

    def passage(self, id: str) -> Passage:
        return self.passages[int(id[1:]) - 1]

    def notes_on(self, passage: str) -> list[Note]:
        return [note for note in self.notes if note.passage == passage]

    def corrections_in(self, passage: str) -> list[Correction]:
        return [
            correction
            for correction in self.corrections
            if correction.passage == passage
        ]


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of ours (`says`) and the words it rests on (`quote`).

    `speakers` are people's ids, or a group's name. `named` is how the article names one taken to be
    that person. `note` is what is told nearby. `repeats` is the id of a claim of the same article
    in which it says the same thing.
    """

    id: str
    says: str
    quote: str
    voice: Literal["direct", "reported", "author"]
    speakers: tuple[str, ...]
    themes: tuple[str, ...]
    kind: ClaimKind
    article: str
    passage: str
    spans: tuple[Span, ...]
    named: str = ""
    note: str = ""
    repeats: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """Who somebody was, in the words of an article."""

    article: str
    words: str


@dataclass(frozen=True, slots=True)
class Role:
    """Who somebody was, in words of ours."""

    text: str
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Introduction:
    """Who a speaker was: words of `article`, or, where that is "", ours."""

    words: str
    article: str = ""

    @property
    def ours(self) -> bool:
        return not self.article


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes, is quoted or is named. An organisation that writes is one too."""

    id: str
    name: str
    sort: str
    kind: PersonKind = "person"
    titles: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    described: tuple[Description, ...] = ()
    role: Role | None = None
    notes: tuple[Note, ...] = ()

    @property
    def surname(self) -> str:
        return self.sort.partition(",")[0].strip()

    @property
    def given(self) -> str:
        return self.sort.partition(",")[2].strip()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, or a paragraph or list of our prose.

    `html` is safe HTML, `claims` and `events` are the ids it cites, `texts` its paragraph or
    bullets as plain text, citations as written.
    """

    heading: str = ""
    html: str = ""
    claims: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        """The block's words, without its citations."""
        if self.heading:
            return self.heading
        words = " ".join(self.texts)
        return re.sub(r"\s*\[@[^\]]*\]", "", words)


@dataclass(frozen=True, slots=True)
class Theme:
    id: str
    title: str
    order: int
    summary: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the glossary: what it means, or, of an abbreviation, what it stands for, or both.

    `source` is an address, or the id of the article that explains it.
    """

    term: str
    source: str
    confidence: Confidence
    meaning: str = ""
    expansion: str = ""
    note: str = ""

    @property
    def slug(self) -> str:
        """The term as an address has it: `nhs-cb` for NHS CB."""
        plain = unicodedata.normalize("NFKD", self.term).casefold()
        without_accents = "".join(
            sign for sign in plain if not unicodedata.combining(sign)
        )
        return re.sub(r"[\W_]+", "-", without_accents).strip("-")


@dataclass(frozen=True, slots=True)
class Event:
    """Dated by an article (`claim`) or by us (`source`). Pictures say `name`, prose `landmark`."""

    id: str
    date: Date
    name: str
    what: str
    claim: str = ""
    source: str = ""
    confidence: Confidence | Literal[""] = ""
    note: str = ""
    landmark: str = ""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Claims that pull against each other on one matter, a question of ours."""

    id: str
    matter: str
    themes: tuple[str, ...]
    sides: tuple[tuple[str, ...], tuple[str, ...]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class OutcomeSource:
    """Where an outcome can be read, and the words there that show it."""

    url: str
    title: str
    publisher: str
    date: Date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a forecast, warning, demand or judgement of the articles: ours, and sourced.

    `claims` are the ids of what was said then, `what` is what happened, `verdict` how the two
    compare, and `reading` how far the verdict carries. `title` says in a few words what came of it.
    """

    id: str
    kind: OutcomeKind
    claims: tuple[str, ...]
    what: str
    verdict: Verdict
    reading: str
    sources: tuple[OutcomeSource, ...]
    confidence: Confidence
    title: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """A state of the content that a reader may have cited: its day, and what changed with it."""

    date: Date
    what: str = ""


def _filed(
    items: Iterable[Value], keys_of: Callable[[Value], Iterable[Key]]
) -> dict[Key, tuple[Value, ...]]:
    """Return key -> the items that are filed under it, in their order.

    `keys_of` returns the keys of an item, such as the themes of a claim: the claim is filed under
    each of its themes. It may return a key twice; the item is filed under it once.
    """
    groups: dict[Key, list[Value]] = defaultdict(list)
    for item in items:
        distinct_keys = dict.fromkeys(keys_of(item))
        for key in distinct_keys:
            groups[key].append(item)
    return {key: tuple(group) for key, group in groups.items()}


@dataclass(frozen=True, repr=False)
class Library:
    """Everything the site knows, by id, in reading order.

    `terms` are by slug. `moved` has the id of a claim that went -> that of the claim that took its
    place, `mentions` a person's id -> the articles that name them, `words` additions to the lists
    of English words that the search reads: section -> key -> value. `version` is the content's
    digest, `updated` the day of its last change, `editions` what changed when, newest first.
    """

    site: Site
    articles: Mapping[str, Article]
    claims: Mapping[str, Claim]
    people: Mapping[str, Person]
    themes: Mapping[str, Theme]
    terms: Mapping[str, Term] = field(default_factory=dict)
    events: Mapping[str, Event] = field(default_factory=dict)
    disagreements: Mapping[str, Disagreement] = field(default_factory=dict)
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    opening: tuple[Block, ...] = ()
    about: tuple[Block, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    mentions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    version: str = ""
    updated: str = ""
    editions: tuple[Edition, ...] = ()

    def __repr__(self) -> str:
        """Return a line: a whole library would fill the screens of whoever reads a failing test."""
        return f"<Library {self.site.title!r}: {len(self.articles)} articles>"

    # Claims

    def claims_at(self, article: str, passage: str) -> tuple[Claim, ...]:
        """Return the claims whose words stand in a passage, in reading order."""
        return self._claims_by_place.get((article, passage), ())

    def claims_of_article(self, article: str) -> tuple[Claim, ...]:
        """Return the claims whose words stand in an article, in reading order."""
        return self._claims_by_article.get(article, ())

    def claims_of_theme(self, theme: str) -> tuple[Claim, ...]:
        """Return the claims of a theme, in reading order."""
        return self._claims_by_theme.get(theme, ())

    def claims_of_speaker(self, speaker: str) -> tuple[Claim, ...]:
        """Return the claims credited to a person (by id) or a group (by name), in reading order."""
        return self._claims_by_speaker.get(speaker, ())

    @cached_property
    def _claims_by_place(self) -> Mapping[tuple[str, str], tuple[Claim, ...]]:
        return _filed(
            self.claims.values(),
            lambda claim: [(claim.article, claim.passage)],
        )

    @cached_property
    def _claims_by_article(self) -> Mapping[str, tuple[Claim, ...]]:
        return _filed(self.claims.values(), lambda claim: [claim.article])

    @cached_property
    def _claims_by_theme(self) -> Mapping[str, tuple[Claim, ...]]:
        return _filed(self.claims.values(), lambda claim: claim.themes)

    @cached_property
    def _claims_by_speaker(self) -> Mapping[str, tuple[Claim, ...]]:
        return _filed(self.claims.values(), lambda claim: claim.speakers)

    @property
    def abbreviations(self) -> tuple[Term, ...]:
        """The terms that stand for something longer."""
        return tuple(term for term in self.terms.values() if term.expansion)

    def passage_of(self, claim: Claim) -> Passage:
        return self.articles[claim.article].passage(claim.passage)

    # Who says it

    @cached_property
    def speakers(self) -> tuple[str, ...]:
        """People and groups that claims are credited to, those with the most claims first."""

        def fewer_claims(speaker: str) -> int:
            return -len(self.claims_of_speaker(speaker))

        return tuple(sorted(self._claims_by_speaker, key=fewer_claims))

    def speaker_name(self, speaker: str) -> str:
        """Return the name of a person (by id); a group's is what stands for it."""
        if speaker in self.people:
            return self.people[speaker].name
        return speaker

    def said_by(self, claim: Claim) -> list[str]:
        """Return the names of a claim's speakers.

        One who is our inference is said to be: `A senior official, taken to be Anna Berg`.
        """
        names = [self.speaker_name(speaker) for speaker in claim.speakers]
        if not claim.named:
            return names
        return [f"{claim.named}, taken to be {name}" for name in names]

    def introduction(self, speaker: str, article: str) -> Introduction | None:
        """Return who a speaker was, in the words of the article with this id, if it says so.

        Otherwise it is in the words of another article, or, if none says so, in ours. None for a
        group, and for a person of whom nothing is known.
        """
        person = self.people.get(speaker)
        if person is None:
            return None
        for description in person.described:
            if description.article == article:
                return Introduction(description.words, article)
        if person.described:
            first = person.described[0]
            return Introduction(first.words, first.article)
        if person.role:
            return Introduction(person.role.text)
        return None

    def articles_by(self, person: str) -> tuple[str, ...]:
        """Return the ids of the articles that somebody wrote."""
        return tuple(
            article.id for article in self._articles_by_author.get(person, ())
        )

    @cached_property
    def _articles_by_author(self) -> Mapping[str, tuple[Article, ...]]:
        return _filed(self.articles.values(), lambda article: article.authors)

    def quoted_in(self, person: str) -> tuple[str, ...]:
        """Return the ids of the articles that quote or report somebody (their own do not)."""
        quoting = [
            claim
            for claim in self.claims_of_speaker(person)
            if claim.voice != "author"
        ]
        return tuple(dict.fromkeys(claim.article for claim in quoting))

    def mentioned_in(self, person: str) -> tuple[str, ...]:
        """Return the ids of the articles whose text names somebody."""
        return self.mentions.get(person, ())

    # Disagreements

    def disagreements_on(self, theme: str) -> tuple[Disagreement, ...]:
        """Return the disagreements of a theme, the sharpest first."""
        return self._disagreements_by_theme.get(theme, ())

    def disagreements_of(self, claim: str) -> tuple[Disagreement, ...]:
        """Return the disagreements on a side of which the claim of this id stands."""
        return self._disagreements_by_claim.get(claim, ())

    def disagreements_of_speaker(
        self, speaker: str
    ) -> tuple[Disagreement, ...]:
        """Return the disagreements in which a claim of a person or a group stands."""
        return self._disagreements_by_speaker.get(speaker, ())

    def contrasts_of(self, claim: str) -> tuple[str, ...]:
        """Return the ids of the claims that stand against the claim of this id."""
        against: list[str] = []
        for disagreement in self.disagreements_of(claim):
            first, second = disagreement.sides
            if claim in first:
                against += second
            if claim in second:
                against += first
        return tuple(dict.fromkeys(against))

    @cached_property
    def contrasted(self) -> tuple[Claim, ...]:
        """The claims that stand in a disagreement, in reading order."""
        return tuple(
            claim
            for claim in self.claims.values()
            if self.disagreements_of(claim.id)
        )

    @cached_property
    def _disagreements_by_theme(
        self,
    ) -> Mapping[str, tuple[Disagreement, ...]]:
        return _filed(
            self.disagreements.values(),
            lambda disagreement: disagreement.themes,
        )

    @cached_property
    def _disagreements_by_claim(
        self,
    ) -> Mapping[str, tuple[Disagreement, ...]]:
        return _filed(self.disagreements.values(), _claims_on_both_sides)

    @cached_property
    def _disagreements_by_speaker(
        self,
    ) -> Mapping[str, tuple[Disagreement, ...]]:
        return _filed(
            self.disagreements.values(),
            lambda disagreement: self._speakers_of(
                _claims_on_both_sides(disagreement)
            ),
        )

    def _speakers_of(self, claims: Iterable[str]) -> list[str]:
        speakers: list[str] = []
        for claim in claims:
            speakers += self.claims[claim].speakers
        return speakers

    # Outcomes

    def outcomes_on(self, theme: str) -> tuple[Outcome, ...]:
        """Return what came of the claims of a theme."""
        return self._outcomes_by_theme.get(theme, ())

    def outcomes_of(self, claim: str) -> tuple[Outcome, ...]:
        """Return what came of the claim of this id."""
        return self._outcomes_by_claim.get(claim, ())

    def outcomes_of_speaker(self, speaker: str) -> tuple[Outcome, ...]:
        """Return what came of what a person or a group said."""
        return self._outcomes_by_speaker.get(speaker, ())

    @cached_property
    def _outcomes_by_theme(self) -> Mapping[str, tuple[Outcome, ...]]:
        def themes_of(outcome: Outcome) -> list[str]:
            themes: list[str] = []
            for claim in outcome.claims:
                themes += self.claims[claim].themes
            return themes

        return _filed(self.outcomes.values(), themes_of)

    @cached_property
    def _outcomes_by_claim(self) -> Mapping[str, tuple[Outcome, ...]]:
        return _filed(self.outcomes.values(), lambda outcome: outcome.claims)

    @cached_property
    def _outcomes_by_speaker(self) -> Mapping[str, tuple[Outcome, ...]]:
        return _filed(
            self.outcomes.values(),
            lambda outcome: self._speakers_of(outcome.claims),
        )


def _claims_on_both_sides(disagreement: Disagreement) -> list[str]:
    first, second = disagreement.sides
    return [*first, *second]
