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


def _arrangements(
    pieces: Sequence[str], text: str, start: int = 0
) -> Iterator[tuple[Span, ...]]:
    """Yield each way in which the pieces stand in the text in order, the leftmost first."""
    first = pieces[0]
    others = pieces[1:]
    for span in spans_of(first, text, start):
        if not others:
            yield (span,)
            continue
        for arrangement in _arrangements(others, text, span.end):
            yield (span, *arrangement)


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
    first = max(span.start - 1, 0)
    before = text[first : span.start]
    after = text[span.end : span.end + 1]
    neighbours = before + after
    return re.search(r"\w", neighbours) is not None


def prints(words: str, texts: Iterable[str]) -> bool:
    """Return whether one of the texts has these words, none cut, white space folded."""
    folded = fold(words)
    for text in texts:
        for _ in spans_of(folded, text):
            return True
    return False


# What is shown of an article


def withheld(
    article: Article, claims: Sequence[Claim]
) -> tuple[Article, list[Claim]]:
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


def _quoted_passages(
    article: Article, claims: Iterable[Claim]
) -> tuple[Passage, ...]:
    """Return an article's passages with only the words that claims quote."""
    spans_by_passage: dict[str, list[Span]] = defaultdict(list)
    for claim in claims:
        spans_by_passage[claim.passage] += claim.spans
    passages = []
    for passage in article.passages:
        spans = spans_by_passage[passage.id]
        text = _quoted_alone(passage.text, spans)
        quoted_passage = replace(passage, text=text)
        passages.append(quoted_passage)
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
        before = text[position:start]
        inside = text[start:end]
        pieces.append(Segment(before, marked=False))
        pieces.append(Segment(inside, marked=True))
        position = end
    after = text[position:]
    pieces.append(Segment(after, marked=False))
    return [piece for piece in pieces if piece.text]


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, those that touch or overlap as one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if not merged or span.start > merged[-1].end:
            merged.append(span)
            continue
        last = merged.pop()
        end = max(last.end, span.end)
        both = Span(last.start, end)
        merged.append(both)
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
            whole_text = " ".join(parts)
            words = set(re.findall(r"\w+", whole_text))
            for word in words:
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
        having_all = [
            self._articles_by_word.get(word, set()) for word in words
        ]
        candidates = set.intersection(*having_all)
        return {
            article
            for article in candidates
            if prints(name, self._texts[article])
        }


def mentions(
    people: Iterable[Person], articles: Iterable[Article]
) -> dict[str, tuple[str, ...]]:
    """Return person id -> ids of the articles whose passages name them, in the articles' order.

    Who is named nowhere has no entry.
    """
    texts = {}
    for article in articles:
        texts[article.id] = [passage.text for passage in article.passages]
    finder = NameFinder(texts)
    articles_by_person = {}
    for person in people:
        naming = finder.articles_naming(person)
        if naming:
            in_order = [article for article in texts if article in naming]
            articles_by_person[person.id] = tuple(in_order)
    return articles_by_person
