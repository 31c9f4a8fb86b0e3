"""Each claim stands in its source: quotations found, words withheld, people named."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import groupby

from reference.records import GAP, Article, Claim, Passage, Person, Span

ELLIPSIS = "…"


class Unproven(Exception):
    """Raised when a quotation does not stand in exactly one place: (what is wrong, the mend)."""


def fold(text: str) -> str:
    """The text with every run of white space (no-break spaces too) as one space."""
    return " ".join(text.split())


def place(quote: str, passages: Iterable[Passage]) -> tuple[Passage, tuple[Span, ...]]:
    """The one passage a quotation stands in, and its pieces' spans there. White space is folded and
    nothing else; `…` joins pieces of the same passage, in order; no piece begins or ends inside a
    word. Raises Unproven for no match and for more than one."""
    pieces = [fold(piece) for piece in quote.split(ELLIPSIS)]
    if not all(re.search(r"\w", piece) for piece in pieces):
        raise Unproven("the quotation has an empty piece", "quote words on both sides of each …")
    found = [(p, spans) for p in passages if (spans := _spans(pieces, p.text))]
    if not found:
        mend = f"copy the words from the article's body{_nearest(pieces[0], passages)}"
        raise Unproven("the quotation is not in the article", mend)
    passage, spans = found[0]
    if len(found) > 1 or spans != _spans(pieces, passage.text, last=True):
        places = " and ".join(dict.fromkeys([passage.id, found[-1][0].id]))
        wrong = f"the quotation stands in more than one place ({places})"
        raise Unproven(wrong, "quote more words, so that only one place has them")
    return passage, spans


def _spans(pieces: Sequence[str], text: str, last: bool = False) -> tuple[Span, ...]:
    """The leftmost (or rightmost) place of the pieces in order, or () if they are not there."""
    spans: list[Span] = []
    start, end = 0, len(text)
    for piece in reversed(pieces) if last else pieces:
        inside = [s for s in _places(piece, text) if start <= s.start and s.end <= end]
        if not inside:
            return ()
        span = inside[-1 if last else 0]
        spans.append(span)
        start, end = (start, span.start) if last else (span.end, end)
    return tuple(reversed(spans) if last else spans)


def _places(words: str, text: str) -> Iterator[Span]:
    """Where a text has these words, none cut (plain finding: a pattern takes ten times as long)."""
    start = text.find(words)
    while start >= 0:
        span = Span(start, start + len(words))
        cut = re.search(r"\w", text[max(start - 1, 0) : start] + text[span.end : span.end + 1])
        if not cut:
            yield span
        start = text.find(words, start + 1 if cut else span.end)


def _nearest(piece: str, passages: Iterable[Passage]) -> str:
    """The words of the article nearest to a quotation that is not there, if any are."""
    best, where = "", ""
    for passage in passages:
        match = SequenceMatcher(None, passage.text, piece, autojunk=False).find_longest_match()
        if match.size > len(best):
            best, where = passage.text[match.a : match.a + match.size].strip(), passage.id
    return f"; nearest is “{best[:80]}” in {where}" if len(best) >= 8 else ""


def prints(words: str, texts: Iterable[str]) -> bool:
    """Whether one of the texts has these words, whole words, white space folded."""
    return any(True for text in texts for _ in _places(fold(words), text))


def withheld(article: Article, claims: Sequence[Claim]) -> tuple[Article, list[Claim]]:
    """An article as its `display` shows it: of `quotations`, only the words its claims quote. Every
    other stretch becomes `[…]`, and spans are found anew, so that nothing downstream (pages, index,
    downloads) ever holds the rest."""
    if article.display == "full":
        return article, list(claims)
    passages = []
    for passage in article.passages:
        spans = [span for claim in claims if claim.passage == passage.id for span in claim.spans]
        pieces = segments(passage.text, spans)
        texts = (text if kept or not text.strip() else f" {GAP} " for text, kept in pieces)
        passages.append(replace(passage, text=fold("".join(texts))))
    bare = replace(article, passages=tuple(passages), masthead=(), omitted=())
    shown = tuple(c for c in article.corrections if c.reads in bare.passage(c.passage).text)
    placed = [replace(claim, spans=place(claim.quote, passages)[1]) for claim in claims]
    return replace(bare, corrections=shown), placed


def segments(text: str, spans: Iterable[Span]) -> list[tuple[str, bool]]:
    """A text cut into (piece, marked) pairs; together the pieces are the text."""
    marked = {at for start, end in spans for at in range(start, end)}
    pieces = groupby(enumerate(text), lambda letter: letter[0] in marked)
    return [("".join(letter for _, letter in piece), held) for held, piece in pieces]


def names(person: Person, texts: Sequence[str]) -> bool:
    """Whether one of the texts names somebody: by name, by alias, or by title and surname."""
    titled = (f"{title} {person.surname}" for title in person.titles)
    return any(prints(name, texts) for name in (*person.names, *titled))


def mentions(people: Iterable[Person], articles: Iterable[Article]) -> dict[str, tuple[str, ...]]:
    """Person id -> ids of the articles whose text names them."""
    texts = {article.id: [passage.text for passage in article.passages] for article in articles}
    found = {who.id: tuple(id for id in texts if names(who, texts[id])) for who in people}
    return {id: where for id, where in found.items() if where}
