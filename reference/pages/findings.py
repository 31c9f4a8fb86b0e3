"""What the counts of claims come to: the finding that is the title of the picture on the way in.

It is made of numbers alone, so that it is true of any library: which kind of claim the articles
have most of, throughout, or before a year and another kind from that year on (a turn).
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from reference.pages.wording import in_words
from reference.records import Article, ClaimKind, Library

FEWEST_CLAIMS = 10
"""A turn is found only where so many claims stand on each side of it."""


class KindWords(NamedTuple):
    """How a finding speaks of a kind of claim: `Problems first`, `32 claims name problems`."""

    plural: str
    one: str
    many: str


KIND_WORDS: dict[ClaimKind, KindWords] = {
    "problem": KindWords("problems", "names a problem", "name problems"),
    "remedy": KindWords("remedies", "proposes a remedy", "propose remedies"),
    "strength": KindWords("strengths", "names a strength", "name strengths"),
}


class Finding(NamedTuple):
    """What the counts come to, in a few words, and in a clause with the numbers."""

    headline: str
    clause: str


class Tally(NamedTuple):
    """How many claims some articles have, and how many of the kind that they have most of."""

    kind: ClaimKind
    of_kind: int
    all: int
    articles: int

    @property
    def share(self) -> float:
        return self.of_kind / self.all

    @property
    def words(self) -> str:
        """The numbers: `33 of 53 claims propose remedies`."""
        words = KIND_WORDS[self.kind]
        verb = words.one if self.of_kind == 1 else words.many
        return f"{self.of_kind} of {self.all} claims {verb}"


class Turn(NamedTuple):
    """A year from which another kind of claim comes first."""

    year: int
    before: Tally
    after: Tally

    @property
    def sharpness(self) -> float:
        """How much the commonest kind prevails on both sides of the year: from 0 to 2."""
        return self.before.share + self.after.share


def finding(library: Library) -> Finding | None:
    """Return which kind of claim the articles have most of, and whether that changed with time.

    - `Remedies first, problems later`, if some year is a turn: articles from before it have most
      claims of one kind, those from then on of another. Of several turns, the sharpest counts.
    - `Most of all, problems`, if no year is a turn.

    None where no claim is a problem, a remedy or a strength.
    """
    articles = list(library.articles.values())
    throughout = tally(articles, library)
    if throughout is None:
        return None
    turns = []
    for year in dividing_years(articles):
        turn = turn_at(year, library)
        if turn:
            turns.append(turn)
    if not turns:
        kind = KIND_WORDS[throughout.kind].plural
        return Finding(f"Most of all, {kind}", throughout.words)
    sharpest = max(turns, key=lambda turn: turn.sharpness)
    return finding_of_turn(sharpest)


def finding_of_turn(turn: Turn) -> Finding:
    """Return the finding that a turn makes: `Remedies first, problems later`, and the numbers."""
    first = KIND_WORDS[turn.before.kind].plural.capitalize()
    later = KIND_WORDS[turn.after.kind].plural
    articles_before = counted_in_words(turn.before.articles)
    articles_after = in_words(turn.after.articles)
    return Finding(
        headline=f"{first} first, {later} later",
        clause=f"in {articles_before} from before {turn.year}, {turn.before.words}; "
        f"in {articles_after} from {turn.year} on, {turn.after.words}",
    )


def counted_in_words(articles: int) -> str:
    """Return a number of articles in words: `one article`, `twelve articles`."""
    if articles == 1:
        return "one article"
    return f"{in_words(articles)} articles"


def dividing_years(articles: Sequence[Article]) -> list[int]:
    """Return the years that divide articles surely into those from before and those from then on.

    An article of “2011 or 2012” rules out 2012, as it may be from either side.
    """
    years = []
    for year in sorted({article.date.years.start for article in articles}):
        if all(is_on_one_side(article, year) for article in articles):
            years.append(year)
    return years


def is_on_one_side(article: Article, year: int) -> bool:
    """Return whether an article surely appeared before a year, or surely not before it."""
    earliest = article.date.years.start
    if earliest >= year:
        return True
    return bool(article.date.last) and article.date.years.stop <= year


def turn_at(year: int, library: Library) -> Turn | None:
    """Return the turn at a year; None if it is no turn.

    It is one if articles from before the year have most claims of one kind, and those from then
    on of another. Both must have FEWEST_CLAIMS claims or more, as fewer say little.
    """
    earlier = []
    later = []
    for article in library.articles.values():
        if article.date.years.start < year:
            earlier.append(article)
        else:
            later.append(article)
    before = tally(earlier, library)
    after = tally(later, library)
    if before is None or after is None:
        return None
    if before.kind == after.kind:
        return None
    if before.all < FEWEST_CLAIMS or after.all < FEWEST_CLAIMS:
        return None
    return Turn(year, before, after)


def tally(articles: Sequence[Article], library: Library) -> Tally | None:
    """Return how many claims some articles have, and how many of the commonest kind.

    The commonest is one of the kinds in KIND_WORDS; if two have as many claims, the first of them.
    Background is not among these kinds, but counts among all claims. None where all claims are
    background.
    """
    counts: Counter[ClaimKind] = Counter()
    for article in articles:
        for claim in library.claims_of_article(article.id):
            counts[claim.kind] += 1
    commonest = max(KIND_WORDS, key=lambda kind: counts[kind])
    if counts[commonest] == 0:
        return None
    return Tally(
        kind=commonest,
        of_kind=counts[commonest],
        all=counts.total(),
        articles=len(articles),
    )
