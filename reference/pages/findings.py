"""What the counts of claims come to: the finding that a picture's title says.

The sentence is made of numbers alone, so that it is true of any library: which kind of claim most
articles put first, before a year and from it on, or throughout.
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
    """What the counts come to, in a few words and in a sentence with the numbers."""

    headline: str
    sentence: str


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


def finding(library: Library) -> Finding | None:
    """Return what the kinds of claims come to over time; None where there are no claims."""
    articles = list(library.articles.values())
    throughout = tally(articles, library)
    if throughout is None:
        return None
    turns = []
    for year in years_that_part(articles):
        turn = turn_at(year, library)
        if turn:
            turns.append(turn)
    if not turns:
        kind = KIND_WORDS[throughout.kind].plural
        return Finding(f"Most of all, {kind}", throughout.words)
    sharpest = max(
        turns, key=lambda turn: turn.before.share + turn.after.share
    )
    return finding_of(sharpest)


def finding_of(turn: Turn) -> Finding:
    """Return what a turn comes to: `Remedies first, problems later`."""
    first = KIND_WORDS[turn.before.kind].plural.capitalize()
    later = KIND_WORDS[turn.after.kind].plural
    before = "one article"
    if turn.before.articles > 1:
        before = f"{in_words(turn.before.articles)} articles"
    after = in_words(turn.after.articles)
    return Finding(
        f"{first} first, {later} later",
        f"In {before} from before {turn.year}, {turn.before.words}; "
        f"in {after} from {turn.year} on, {turn.after.words}",
    )


def years_that_part(articles: Sequence[Article]) -> list[int]:
    """Return the years from which articles can be told from those before, each surely on one side.

    An article whose date may lie on both sides of a year rules that year out.
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
    """Return the turn at a year, if another kind of claim comes first from then on.

    None where that is not so, or where too few claims say it.
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
    """Return which kind of claim some articles have most of, background aside; None if none.

    Of two kinds with as many, that which comes first in KIND_WORDS.
    """
    kinds: Counter[ClaimKind] = Counter()
    for article in articles:
        for claim in library.claims_of_article(article.id):
            kinds[claim.kind] += 1
    commonest = max(KIND_WORDS, key=lambda kind: kinds[kind])
    if kinds[commonest] == 0:
        return None
    return Tally(commonest, kinds[commonest], kinds.total(), len(articles))
