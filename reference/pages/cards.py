"""The picture that goes with a shared link: what each page's card says, and which cards there are.

Cards are drawn by an editor (`python app.py cards`, in `reference/drawing.py`) and kept with the
content, in `cards/`. A card that is older than its words is not shown.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from reference.charts import Mark, marks_of
from reference.citation.intext import listed
from reference.citation.quotation import quotation
from reference.pages.filters import paper
from reference.pages.wording import counted, when_words
from reference.records import Article, Claim, Disagreement, Library, Theme

FOLDER = "cards"
LIST = "cards.json"
DESIGN = "2"
"""Changes when cards are drawn otherwise, so that all of them are drawn again."""
HOME = "home"
PAGES = {
    "pages.claim": "claims",
    "pages.theme": "themes",
    "pages.article": "articles",
    "pages.disagreement": "disagreements",
}
"""Endpoint of a page that has a card of its own -> the folder of such cards in `cards/`."""
MOST_MARKS = 132


@dataclass(frozen=True)
class Card:
    """What a card says.

    `name` is that of its file: `claims/data-is-junk`. `label` stands above the words, `more`, `by`
    and `source` below them. `theirs` tells whether the words are a source's. Marks are the claims
    of its page; `theme` gives the colour.
    """

    width: ClassVar[int] = 1200
    height: ClassVar[int] = 630
    name: str
    label: str
    words: str
    theirs: bool = False
    more: str = ""
    by: str = ""
    source: str = ""
    theme: str = ""
    marks: tuple[Mark, ...] = ()

    @property
    def alt(self) -> str:
        """The card in words, for readers who do not see it: its lines as sentences."""
        lines = (self.label, self.words, self.more, self.by, self.source)
        return ". ".join(line.rstrip(".") for line in lines if line)

    @property
    def digest(self) -> str:
        """A hash of all that is drawn: while it stays, the card need not be drawn again."""
        marks = [
            (mark.claim.kind, mark.claim.themes[0], mark.disputed)
            for mark in self.marks
        ]
        drawn = (DESIGN, self.alt, self.theirs, self.theme, marks)
        return hashlib.sha256(repr(drawn).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Cards:
    """The cards that are kept with some content.

    `digests`: name -> digest of what was drawn. `drawn`: name -> card, of those that are as their
    words are now.
    """

    folder: Path
    digests: Mapping[str, str]
    drawn: Mapping[str, Card]

    @classmethod
    def read(cls, content: Path, library: Library) -> "Cards":
        """Return the cards that are kept with the content of a library, in its folder `cards/`.

        `cards.json` there has the digest of each card as it was drawn. Cards whose words have
        changed since, which their digest shows, are not among the `drawn`. A folder without that
        file has no cards.
        """
        folder = content / FOLDER
        try:
            digests = json.loads((folder / LIST).read_text("utf-8"))
        except FileNotFoundError:
            return cls(folder, digests={}, drawn={})
        up_to_date = {}
        for card in cards(library):
            if digests.get(card.name) == card.digest:
                up_to_date[card.name] = card
        return cls(folder, digests, drawn=up_to_date)

    def card_of_page(
        self, endpoint: str, arguments: Mapping[str, Any]
    ) -> Card | None:
        """Return the card of a page: its own if it was drawn, else that of the site, else None.

        `arguments` are those of the page's view, which has its record's id as `id` or `slug`:
        "pages.claim" with {"id": "data-is-junk"} has the card `claims/data-is-junk`.
        """
        fallback = self.drawn.get(HOME)
        if endpoint not in PAGES:
            return fallback
        folder = PAGES[endpoint]
        id = arguments.get("id") or arguments.get("slug")
        return self.drawn.get(f"{folder}/{id}", fallback)

    def file_of(self, name: str) -> Path:
        """Return where a card is kept: `content/cards/claims/data-is-junk.png`."""
        return self.folder / f"{name}.png"

    def outdated(self, library: Library) -> list[str]:
        """Return the names of cards that an editor has to draw or to remove.

        To be drawn: cards that are missing, or whose words have changed. To be removed: cards of
        pages that are gone.
        """
        if not self.digests:
            return []  # no card was ever drawn: a site may do without
        names = [card.name for card in cards(library)]
        to_draw = [name for name in names if name not in self.drawn]
        to_remove = set(self.digests).difference(names)
        return to_draw + sorted(to_remove)


def cards(library: Library) -> Iterator[Card]:
    """Yield every card of a library."""
    yield card_of_site(library)
    for theme in library.themes.values():
        yield card_of_theme(theme, library)
    for disagreement in library.disagreements.values():
        yield card_of_disagreement(disagreement, library)
    for article in library.articles.values():
        yield card_of_article(article, library)
    for claim in library.claims.values():
        yield card_of_claim(claim, library)


def card_of_site(library: Library) -> Card:
    """Return the card of the site: the question that it answers, and a mark for each claim.

    A mark has the colour of its claim's first theme, so that marks are put in order of the themes.
    """
    site = library.site
    themes = list(library.themes)

    def place_of_first_theme(claim: Claim) -> int:
        return themes.index(claim.themes[0])

    claims = sorted(library.claims.values(), key=place_of_first_theme)
    number = counted(len(claims), "claim")
    sources = counted(len(library.articles), "article")
    return Card(
        name=HOME,
        label=site.title,
        words=site.question,
        source=f"{number} from {sources}, each with its source",
        marks=_marks(claims, library),
    )


def card_of_theme(theme: Theme, library: Library) -> Card:
    """Return the card of a theme: what it is about, and a mark for each of its claims."""
    claims = library.claims_of_theme(theme.id)
    ids_of_articles = {claim.article for claim in claims}
    number = counted(len(claims), "claim")
    sources = counted(len(ids_of_articles), "article")
    return Card(
        name=f"themes/{theme.id}",
        label="Theme",
        words=theme.title,
        more=theme.summary,
        source=f"{number} from {sources}",
        theme=theme.id,
        marks=_marks(claims, library),
    )


def card_of_disagreement(disagreement: Disagreement, library: Library) -> Card:
    """Return the card of a disagreement: its question, and who is against whom.

    It has the colour of the first of its themes, if it has any, and a mark for each claim.
    """
    themes = [library.themes[theme].title for theme in disagreement.themes]
    claims = []
    for side in disagreement.sides:
        claims += [library.claims[id] for id in side]
    first_theme = ""
    if disagreement.themes:
        first_theme = disagreement.themes[0]
    return Card(
        name=f"disagreements/{disagreement.id}",
        label=" · ".join(["Disagreement", *themes]),
        words=disagreement.matter,
        by=_opponents(disagreement, library),
        theme=first_theme,
        marks=_marks(claims, library),
    )


def _opponents(disagreement: Disagreement, library: Library) -> str:
    """Return who is against whom: `Nick Goodwin against Judith Smith`.

    "" where only an article speaks on a side, or where the same people speak on both.
    """
    first, second = (_speakers(side, library) for side in disagreement.sides)
    if not first or not second or first == second:
        return ""
    return f"{first} against {second}"


def card_of_article(article: Article, library: Library) -> Card:
    """Return the card of an article: where and when it appeared, its title, its authors.

    Below them, a mark for each of its claims.
    """
    authors = [library.people[author].name for author in article.authors]
    claims = library.claims_of_article(article.id)
    return Card(
        name=f"articles/{article.id}",
        label=f"{paper(article)}, {when_words(article.date)}",
        words=article.title,
        theirs=True,  # words of a source, not ours
        by=listed(authors),
        source=counted(len(claims), "claim"),
        marks=_marks(claims, library),
    )


def card_of_claim(claim: Claim, library: Library) -> Card:
    """Return the card of a claim: its words, who says them, and where they stand."""
    article = library.articles[claim.article]
    date = when_words(article.date)
    number = library.passage_of(claim).number
    themes = [library.themes[theme].title for theme in claim.themes]
    return Card(
        name=f"claims/{claim.id}",
        label=" · ".join(themes),
        words=quotation(claim),
        theirs=True,  # words of a source, not ours
        by=listed(library.said_by(claim)),
        source=f"{paper(article)}, {date}, passage {number}",
        theme=claim.themes[0],
        marks=_marks([claim], library),
    )


def _marks(claims: Iterable[Claim], library: Library) -> tuple[Mark, ...]:
    """Return claims as marks: all of them, or the first that a card has room for."""
    return marks_of(claims, library)[:MOST_MARKS]


def _speakers(claims: Iterable[str], library: Library) -> str:
    """Return who says some claims (ids): `Judith Smith and Nicholas Mays`.

    Returns "" where nobody is credited with any of them.
    """
    names: list[str] = []
    for id in claims:
        for speaker in library.claims[id].speakers:
            names.append(library.speaker_name(speaker))
    each_once = dict.fromkeys(names)
    return listed(each_once)
