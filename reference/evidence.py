"""Each claim stands in its source: quotations found, words withheld, people named."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from reference.records import GAP, Article, Claim, Passage, Person, Span

ELLIPSIS = "…"


class Place(NamedTuple):
    """Where a quotation stands: its passage, and the span of each of its pieces there."""

    passage: Passage
    spans: tuple[Span, ...]


class Segment(NamedTuple):
    """A stretch of a text, and whether it is marked (quoted, for example)."""

    text: str
    marked: bool


def fold(text: str) -> str:
    """Return the text with every run of white space (no-break spaces too) as one space."""
    return " ".join(text.split())


# Where words stand


def pieces_of(quote: str) -> list[str]:
    """Return the pieces of a quotation, which `…` joins, white space folded."""
    return [fold(piece) for piece in quote.split(ELLIPSIS)]


def places(quote: str, passages: Iterable[Passage]) -> list[Place]:
    """Return where a quotation stands: no place, one, or the first two of several.

    White space is folded and nothing else. The pieces of a quotation stand in one passage, in
    order. No piece begins or ends inside a word.
    """
    pieces = pieces_of(quote)
    found: list[Place] = []
    for passage in passages:
        for spans in _arrangements(pieces, passage.text):
            found.append(Place(passage, spans))
            if len(found) == 2:
                return found
    return found


def _arrangements(pieces: Sequence[str], text: str, start: int = 0) -> Iterator[tuple[Span, ...]]:
    """Yield each way in which the pieces stand in the text in order, the leftmost first."""
    for span in spans_of(pieces[0], text, start):
        if len(pieces) == 1:
            yield (span,)
            continue
        for rest in _arrangements(pieces[1:], text, span.end):
            yield (span, *rest)


def spans_of(words: str, text: str, start: int = 0) -> Iterator[Span]:
    """Yield where a text has these words, no word cut.

    The words are found as they stand: compiling a pattern for each takes ten times as long.
    """
    position = text.find(words, start)
    while position >= 0:
        span = Span(position, position + len(words))
        if not cuts_a_word(span, text):
            yield span
        position = text.find(words, position + 1)


def cuts_a_word(span: Span, text: str) -> bool:
    """Return whether a letter or digit stands right before a span, or right after it."""
    before = text[max(span.start - 1, 0) : span.start]
    after = text[span.end : span.end + 1]
    return re.search(r"\w", before + after) is not None


def prints(words: str, texts: Iterable[str]) -> bool:
    """Return whether one of the texts has these words, none cut, white space folded."""
    folded = fold(words)
    for text in texts:
        for _ in spans_of(folded, text):
            return True
    return False


# What is shown of an article


def withheld(article: Article, claims: Sequence[Claim]) -> tuple[Article, list[Claim]]:
    """Return an article and its claims as its `display` shows them.

    With `display: quotations` only the words that its claims quote stay. Every other stretch
    becomes `[…]`, and spans are found anew, so that nothing downstream (pages, index, downloads)
    ever holds the rest.
    """
    if article.display == "full":
        return article, list(claims)
    passages = _quoted_passages(article, claims)
    bare = replace(
        article,
        passages=passages,
        masthead=(),
        omitted=(),
    )
    corrections = []
    for correction in article.corrections:
        if correction.reads in bare.passage(correction.passage).text:
            corrections.append(correction)
    moved = [_placed_again(claim, bare) for claim in claims]
    return replace(bare, corrections=tuple(corrections)), moved


def _placed_again(claim: Claim, article: Article) -> Claim:
    """Return a claim with the spans that its words have in an article of which less is shown."""
    (place,) = places(claim.quote, [article.passage(claim.passage)])[:1]
    return replace(claim, spans=place.spans)


def _quoted_passages(article: Article, claims: Iterable[Claim]) -> tuple[Passage, ...]:
    """Return an article's passages with only the words that claims quote."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for claim in claims:
        spans[claim.passage] += claim.spans
    passages = []
    for passage in article.passages:
        text = _quoted_alone(passage.text, spans[passage.id])
        passages.append(replace(passage, text=text))
    return tuple(passages)


def _quoted_alone(text: str, spans: Iterable[Span]) -> str:
    """Return the text with `[…]` for each stretch of words that no span covers."""
    parts = []
    for segment in segments(text, spans):
        stays = segment.marked or not segment.text.strip()
        parts.append(segment.text if stays else f" {GAP} ")
    return fold("".join(parts))


def segments(text: str, spans: Iterable[Span]) -> list[Segment]:
    """Return a text cut at the edges of spans, which may overlap. Joined, they are the text."""
    pieces: list[Segment] = []
    position = 0
    for start, end in _merged(spans):
        pieces.append(Segment(text[position:start], marked=False))
        pieces.append(Segment(text[start:end], marked=True))
        position = end
    pieces.append(Segment(text[position:], marked=False))
    return [piece for piece in pieces if piece.text]


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, those that touch or overlap as one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


# Who is named


class NameFinder:
    """Finds the articles that print a name.

    The words of each article are looked up first, so that a name is sought only in the articles
    that have all of its words, however many people and articles there are.
    """

    def __init__(self, texts: Mapping[str, Sequence[str]]) -> None:
        """`texts`: the id of an article -> its texts."""
        self._texts = texts
        self._articles_by_word: dict[str, set[str]] = defaultdict(set)
        for article, parts in texts.items():
            for word in set(re.findall(r"\w+", " ".join(parts))):
                self._articles_by_word[word].add(article)

    def articles_naming(self, person: Person) -> set[str]:
        """Return the ids of the articles that name somebody: by name, by alias, or by title and
        surname (Dr Marshall).
        """
        names = list(person.names)
        for title in person.titles:
            names.append(f"{title} {person.surname}")
        naming: set[str] = set()
        for name in names:
            naming |= self.articles_printing(name)
        return naming

    def articles_printing(self, name: str) -> set[str]:
        """Return the ids of the articles that have these words, none cut."""
        words = re.findall(r"\w+", name)
        if not words:
            return set()
        having_all = [self._articles_by_word.get(word, set()) for word in words]
        candidates = set.intersection(*having_all)
        return {article for article in candidates if prints(name, self._texts[article])}


def mentions(people: Iterable[Person], articles: Iterable[Article]) -> dict[str, tuple[str, ...]]:
    """Return person id -> ids of the articles whose passages name them, in the articles' order.

    Who is named nowhere has no entry.
    """
    texts = {}
    for article in articles:
        texts[article.id] = [passage.text for passage in article.passages]
    finder = NameFinder(texts)
    found = {}
    for person in people:
        naming = finder.articles_naming(person)
        if naming:
            found[person.id] = tuple(article for article in texts if article in naming)
    return found
