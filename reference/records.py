"""The library's records, made by `content` and read by all else; none changes once it is made."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

ArticleKind = Literal["journal-news", "news", "opinion"]
ClaimKind = Literal["problem", "remedy", "strength", "context"]
Voice = Literal["direct", "reported", "author"]
PassageKind = Literal["paragraph", "item", "aside", "heading"]
Display = Literal["full", "quotations"]
Confidence = Literal["stated-in-source", "found-at-URL", "inferred-range", "unknown"]

GAP = "[…]"
"""Stands for words that are not shown: see `Article.display`."""


class Span(NamedTuple):
    """A stretch of a passage's text, from `start` up to but not including `end` (characters)."""

    start: int
    end: int


@dataclass(frozen=True)
class Problem(Exception):
    """One thing wrong with the content: where it is, what is wrong, and the mend."""

    file: str
    line: int
    place: str
    wrong: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.place}: {self.wrong}. Mend: {self.mend}."


class ContentError(Exception):
    """Raised when content cannot be served; `problems` holds every one found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: (problem.file, problem.line))
        super().__init__("\n".join(map(str, self.problems)))

    @property
    def count(self) -> str:
        """How many there are, in words."""
        return f"{len(self.problems)} problem{'s' if len(self.problems) != 1 else ''}"


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
        return range(int(self.first[:4]), int((self.last or self.first)[:4]) + 1)


@dataclass(frozen=True, slots=True)
class Publication:
    """Where an article appeared; only the name is always known. `site` is where it was read."""

    name: str
    site: str = ""
    section: str = ""
    volume: str | int = ""
    number: str | int = ""


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
    """One paragraph or list item of an article; an `aside` is a caption or standfirst."""

    id: str
    text: str
    kind: PassageKind = "paragraph"

    @property
    def number(self) -> int:
        return int(self.id[1:])


@dataclass(frozen=True, slots=True)
class Article:
    """A source article. Where no author is known, `title_short` stands for it in an essay's text;
    `title_case` is its title as styles that capitalise print it, if no rule can know (Set Up)."""

    id: str
    title: str
    kind: ArticleKind
    authors: tuple[str, ...]
    publication: Publication
    date: Date
    date_basis: str
    rights: str
    display: Display
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
        """Everything the article prints, as far as it is kept."""
        return [*(passage.text for passage in self.passages), *self.masthead]

    def passage(self, id: str) -> Passage:
        """The passage with this id: `p1`, `p2`, …, in order."""
        return self.passages[int(id[1:]) - 1]

    def notes_on(self, passage: str) -> list[Note]:
        return [note for note in self.notes if note.passage == passage]

    def corrections_in(self, passage: str) -> list[Correction]:
        return [correction for correction in self.corrections if correction.passage == passage]


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of ours, the words it rests on, and the one passage they stand in.

    `speakers` are ids of people, or a group exactly as the article names it; `spans` the places of
    the quotation's pieces in the passage, in order. `note` says what its “they” are.
    """

    id: str
    says: str
    quote: str
    voice: Voice
    speakers: tuple[str, ...]
    themes: tuple[str, ...]
    kind: ClaimKind
    article: str
    passage: str
    spans: tuple[Span, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """Who somebody was, in the words of one article."""

    article: str
    words: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes, is quoted, or is named in an article."""

    id: str
    name: str
    sort: str
    titles: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    described: tuple[Description, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def surname(self) -> str:
        return self.sort.partition(",")[0].strip()

    @property
    def given(self) -> str:
        """The other names, or "" for a name that has no parts."""
        return self.sort.partition(",")[2].strip()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, or a paragraph or list of our prose as safe HTML, with the claims and events it
    cites; `texts` are its paragraph or bullets as plain text, citations as written."""

    heading: str = ""
    html: str = ""
    claims: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        """The words of the block, without citations."""
        return self.heading or " ".join(re.sub(r"\s*\[@[^\]]*\]", "", text) for text in self.texts)


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme: its place in the order, one line about it, and our prose."""

    id: str
    title: str
    order: int
    summary: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A glossary entry; `source` is an address or the id of the article that expands it."""

    short: str
    expansion: str
    source: str
    confidence: Confidence
    note: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something dated: by the articles (`claim` says where), or by us (`source`, `confidence`).

    A picture has room for its `name`; an article is dated by it as `landmark` (`the White Paper`).
    """

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


@dataclass(frozen=True)
class Library:
    """Everything the site knows, keyed by id, in reading order, and what follows from it.

    `moved` has the claims that took the place of those that went, `mentions` the articles that name
    each person; `version` is a fingerprint of the content, `updated` the day it last changed.
    """

    articles: Mapping[str, Article]
    claims: Mapping[str, Claim]
    people: Mapping[str, Person]
    themes: Mapping[str, Theme]
    glossary: Mapping[str, Abbreviation]
    events: Mapping[str, Event] = field(default_factory=dict)
    disagreements: Mapping[str, Disagreement] = field(default_factory=dict)
    opening: tuple[Block, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    updated: str = ""
    mentions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def passage_of(self, claim: Claim) -> Passage:
        return self.articles[claim.article].passage(claim.passage)

    def speaker_name(self, speaker: str) -> str:
        """A person's name, or a group as the article names it."""
        person = self.people.get(speaker)
        return person.name if person else speaker

    @cached_property
    def contrasts(self) -> Mapping[str, list[str]]:
        """Claim id -> ids of the claims that stand against it in a disagreement."""
        sides = [pair for d in self.disagreements.values() for pair in (d.sides, d.sides[::-1])]
        pairs = ((id, other) for side, against in sides for id in side for other in against)
        return _grouped(dict.fromkeys(pairs))

    @cached_property
    def disagreements_of_theme(self) -> Mapping[str, list[Disagreement]]:
        return _grouped((theme, d) for d in self.disagreements.values() for theme in d.themes)

    @cached_property
    def claims_in_order(self) -> list[Claim]:
        """Every claim, by article and text."""
        claims = sorted(self.claims.values(), key=lambda c: (int(c.passage[1:]), c.spans))
        order = [*self.articles]
        return sorted(claims, key=lambda claim: order.index(claim.article))

    @cached_property
    def claims_at(self) -> Mapping[tuple[str, str], list[Claim]]:
        """(article id, passage id) -> its claims, in the order of their words."""
        return _grouped(((claim.article, claim.passage), claim) for claim in self.claims_in_order)

    @cached_property
    def claims_of_article(self) -> Mapping[str, list[Claim]]:
        return _grouped(((claim.article, claim) for claim in self.claims_in_order), self.articles)

    @cached_property
    def claims_of_theme(self) -> Mapping[str, list[Claim]]:
        pairs = ((theme, claim) for claim in self.claims_in_order for theme in claim.themes)
        return _grouped(pairs, self.themes)

    @cached_property
    def claims_of_speaker(self) -> Mapping[str, list[Claim]]:
        """Person id or group name -> the claims they are credited with, by article and text."""
        return _grouped((who, claim) for claim in self.claims_in_order for who in claim.speakers)

    @property
    def passage_count(self) -> int:
        return sum(len(article.passages) for article in self.articles.values())

    @cached_property
    def speakers(self) -> list[str]:
        """People and groups that claims are credited to, those with the most claims first."""
        return sorted(self.claims_of_speaker, key=lambda who: -len(self.claims_of_speaker[who]))

    @cached_property
    def articles_by(self) -> Mapping[str, list[str]]:
        """Person id -> ids of the articles they wrote."""
        return _grouped((who, a.id) for a in self.articles.values() for who in a.authors)

    def quoted_in(self, person: str) -> list[str]:
        """Ids of the articles that quote or report this person (their own articles are not)."""
        claims = self.claims_of_speaker.get(person, [])
        return list(dict.fromkeys(c.article for c in claims if c.voice != "author"))


def _grouped(
    pairs: Iterable[tuple[Key, Value]], keys: Iterable[Key] = ()
) -> dict[Key, list[Value]]:
    groups: dict[Key, list[Value]] = {key: [] for key in keys}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
