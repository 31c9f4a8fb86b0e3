"""Each claim stands in its source: quotations found, words withheld, people named."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from reference.records import GAP, Article, Claim, Passage, Person, Span

ELLIPSIS = "…"
PART_OF_WORD = re.compile(r"\w")
WORD = re.compile(r"\w+")


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


def first_difference(one: str, other: str) -> int:
    """Return the first position at which two texts, which are not the same, differ."""
    for position, (sign, other_sign) in enumerate(
        zip(one, other, strict=False)
    ):
        if sign != other_sign:
            return position
    return min(len(one), len(other))


# Where words stand


def pieces_of(quote: str) -> list[str]:
    """Return the pieces of a quotation, which `…` joins, white space folded."""
    return [fold(piece) for piece in quote.split(ELLIPSIS)]


def places(quote: str, passages: Iterable[Passage]) -> list[Place]:
    """Return the places where a quotation stands, two at most.

    Two are enough to show that it does not tell which of them is meant.

    White space is folded and nothing else. The pieces of a quotation stand in one passage, in
    order: “red…blue” stands in “red, green and blue”. No piece begins or ends inside a word.
    """
    pieces = pieces_of(quote)
    found: list[Place] = []
    for passage in passages:
        if pieces[0] not in passage.text:
            continue  # a quick test, which spares most passages the search
        earliest = _earliest_spans(pieces, passage.text)
        if earliest is None:
            continue
        found.append(Place(passage, earliest))
        latest = _latest_spans(pieces, passage.text)
        if latest != earliest:  # the passage has the quotation twice
            found.append(Place(passage, latest))
        if len(found) >= 2:
            break
    return found[:2]


def _earliest_spans(
    pieces: Iterable[str], text: str
) -> tuple[Span, ...] | None:
    """Return where the pieces stand in a text, one after another, each as early as it can.

    None if they do not stand there in this order.
    """
    spans = []
    start = 0
    for piece in pieces:
        span = next(spans_of(piece, text, start), None)
        if span is None:
            return None
        spans.append(span)
        start = span.end
    return tuple(spans)


def _latest_spans(pieces: Sequence[str], text: str) -> tuple[Span, ...]:
    """Return where the pieces stand in a text, one after another, each as late as it can.

    The text must have them in this order. Where these spans are the earliest as well, the text
    has the quotation once. Of “a…b” in `a a b`: the second `a`, and `b`.
    """
    spans: list[Span] = []
    end = len(text)
    for piece in reversed(pieces):
        fitting = [span for span in spans_of(piece, text) if span.end <= end]
        latest = fitting[-1]
        spans.append(latest)
        end = latest.start
    spans.reverse()
    return tuple(spans)


def spans_of(words: str, text: str, start: int = 0) -> Iterator[Span]:
    """Yield where a text has these words, from a position on, no word cut.

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
    return PART_OF_WORD.search(before + after) is not None


def prints(words: str, texts: Iterable[str]) -> bool:
    """Return whether one of the texts has these words, none cut, white space folded."""
    folded = fold(words)
    for text in texts:
        for _ in spans_of(folded, text):
            return True
    return False


# What is shown of an article


def as_displayed(
    article: Article, claims: Sequence[Claim]
) -> tuple[Article, list[Claim]]:
    """Return an article and its claims as readers may see them, which its `display` says.

    An article with `display: full` is returned as it is. Of one with `display: quotations`, the
    passages keep the words that claims quote, and have `[…]` for the rest. Pages, index and
    downloads are made from what is returned, so that none of them has the rest.
    """
    if article.display == "full":
        return article, list(claims)
    shortened = replace(
        article,
        passages=_quoted_passages(article, claims),
        masthead=(),
        omitted=(),
    )
    corrections = []  # those of words that are still shown
    for correction in article.corrections:
        passage = shortened.passage(correction.passage)
        if correction.reads in passage.text:
            corrections.append(correction)
    displayed = replace(shortened, corrections=tuple(corrections))
    placed_again = [_placed_again(claim, displayed) for claim in claims]
    return displayed, placed_again


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
    """Return the text with `[…]` for each stretch of words that no span covers.

    Of "red, green and blue" with a span of "red": "red […]".
    """
    parts = []
    for segment in segments(text, spans):
        stays = segment.marked or not segment.text.strip()
        parts.append(segment.text if stays else f" {GAP} ")
    return fold("".join(parts))


def segments(text: str, spans: Iterable[Span]) -> list[Segment]:
    """Return a text cut into segments at the edges of spans, which may overlap.

    A segment is marked if a span covers it. `red, green` with a span of `red` gives `red`, which
    is marked, and `, green`, which is not.
    """
    parts: list[Segment] = []
    position = 0
    for start, end in _merged(spans):
        before = text[position:start]
        inside = text[start:end]
        parts.append(Segment(before, marked=False))
        parts.append(Segment(inside, marked=True))
        position = end
    after = text[position:]
    parts.append(Segment(after, marked=False))
    return [part for part in parts if part.text]


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
    """Finds the articles that name a person.

    The words that names consist of are looked up in each article first, so that a name is sought
    only in the articles that have all of its words, however many people and articles there are.
    """

    def __init__(
        self, people: Iterable[Person], texts: Mapping[str, Sequence[str]]
    ) -> None:
        """Note, for each word of a name, the articles that have it.

        `people` are those who may be asked for: no other names are looked up. `texts` has the
        passages of each article, by the article's id.
        """
        self._texts = texts
        self._articles_by_word: dict[str, set[str]] = defaultdict(set)
        words_of_names: set[str] = set()
        for person in people:
            for name in _printed_names(person):
                words_of_names.update(WORD.findall(name))
        for article, passages in texts.items():
            words = set(WORD.findall(" ".join(passages)))
            for word in words & words_of_names:
                self._articles_by_word[word].add(article)

    def articles_naming(self, person: Person) -> set[str]:
        """Return the ids of the articles that print a name of somebody."""
        naming: set[str] = set()
        for name in _printed_names(person):
            naming |= self._articles_printing(name)
        return naming

    def _articles_printing(self, name: str) -> set[str]:
        """Return the ids of the articles in which a name stands, as whole words."""
        words = WORD.findall(name)
        if not words:
            return set()
        articles_with_word = [self._articles_by_word[word] for word in words]
        # These have all of its words, but perhaps not one after another.
        candidates = set.intersection(*articles_with_word)
        return {
            article
            for article in candidates
            if prints(name, self._texts[article])
        }


def _printed_names(person: Person) -> list[str]:
    """Return how articles may name somebody: by name, by alias, or by title and surname."""
    names = list(person.names)
    for title in person.titles:
        names.append(f"{title} {person.surname}")
    return names


def mentions(
    people: Collection[Person], articles: Iterable[Article]
) -> dict[str, tuple[str, ...]]:
    """Return person id -> ids of the articles that name the person, in the order of the articles.

    A person whom no article names has no entry.
    """
    texts = {}  # id of an article -> its passages
    for article in articles:
        texts[article.id] = [passage.text for passage in article.passages]
    finder = NameFinder(people, texts)
    positions = {id: position for position, id in enumerate(texts)}
    articles_by_person = {}
    for person in people:
        naming = finder.articles_naming(person)
        if naming:
            in_order = sorted(naming, key=lambda id: positions[id])
            articles_by_person[person.id] = tuple(in_order)
    return articles_by_person
