"""The library's records, made by `content` and read by all else; none changes once it is made."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
PassageKind = Literal["paragraph", "item", "aside", "heading"]  # aside: a caption, a standfirst
ClaimKind = Literal["problem", "remedy", "strength", "context"]
Confidence = Literal["stated-in-source", "found-at-URL", "inferred-range", "unknown"]
GAP = "[…]"  # stands for words that are not shown: see `Article.display`


class Span(NamedTuple):
    start: int
    end: int


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
    kind: Literal["journal-news", "news", "opinion"]
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
        return [*(passage.text for passage in self.passages), *self.masthead]

    def passage(self, id: str) -> Passage:
        return self.passages[int(id[1:]) - 1]

    def notes_on(self, passage: str) -> list[Note]:
        return [note for note in self.notes if note.passage == passage]

    def corrections_in(self, passage: str) -> list[Correction]:
        return [each for each in self.corrections if each.passage == passage]


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of ours and the words it rests on. `speakers` are people's ids, or a group's name;
    `named` is how the article names one taken to be that person; `note`, what is told nearby."""

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


@dataclass(frozen=True, slots=True)
class Description:
    article: str
    words: str


@dataclass(frozen=True, slots=True)
class Person:
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
        return self.heading or " ".join(re.sub(r"\s*\[@[^\]]*\]", "", text) for text in self.texts)


@dataclass(frozen=True, slots=True)
class Theme:
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


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    groups: dict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _claims(keys: Callable[[Claim], Iterable[Key]]) -> cached_property[dict[Key, list[Claim]]]:
    """What claims are filed under -> its claims, in reading order."""
    return cached_property(
        lambda library: _grouped((key, c) for c in library.claims.values() for key in keys(c))
    )


@dataclass(frozen=True)
class Library:
    """Everything the site knows, by id, in reading order. `moved`: old claim -> new; `mentions`:
    person -> articles that name them; `version` is the content's digest."""

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

    claims_at = _claims(lambda claim: [(claim.article, claim.passage)])
    claims_of_article = _claims(lambda claim: [claim.article])
    claims_of_theme = _claims(lambda claim: claim.themes)
    claims_of_speaker = _claims(lambda claim: claim.speakers)

    def passage_of(self, claim: Claim) -> Passage:
        return self.articles[claim.article].passage(claim.passage)

    def speaker_name(self, speaker: str) -> str:
        return self.people[speaker].name if speaker in self.people else speaker

    def said_by(self, claim: Claim) -> list[str]:
        """The names of a claim's speakers, and that one is our inference if it is."""
        taken = f"{claim.named}, taken to be " if claim.named else ""
        return [taken + self.speaker_name(who) for who in claim.speakers]

    @cached_property
    def contrasts(self) -> Mapping[str, list[str]]:
        """Claim id -> ids of the claims that stand against it in a disagreement."""
        sides = [pair for d in self.disagreements.values() for pair in (d.sides, d.sides[::-1])]
        pairs = ((id, other) for side, against in sides for id in side for other in against)
        return _grouped(dict.fromkeys(pairs))

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
