"""Links to the words at their source, and the words as they are printed there.

A text fragment (https://wicg.github.io/scroll-to-text-fragment/) is
`[prefix-,]start[,end][,-suffix]`: a browser looks through the whole page for whole words, whatever
their case, and opens what it finds first. So each is tried on all that the article prints.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from reference.evidence import fold
from reference.records import Article, Claim, Span

MARK = "[‘’“”'\"´`…]"
"""What may be printed otherwise than we have it: quotation marks, and what is withheld."""


class Fragment(NamedTuple):
    """The words that begin a stretch, and those, if any, that end it, stand before it and after."""

    start: str
    end: str = ""
    prefix: str = ""
    suffix: str = ""

    def __str__(self) -> str:
        start, end, prefix, suffix = (quote(p, safe="").replace("-", "%2D") for p in self)
        parts = (prefix and f"{prefix}-", start, end, suffix and f"-{suffix}")
        return ",".join(filter(None, parts))


def source_url(claim: Claim, article: Article) -> str:
    """The original's address, "" if it is unknown, with the shortest fragment that finds a claim's
    words and nothing else there, if one can be made of words that it surely prints as we do."""
    if not article.url:
        return ""
    texts, printed = printed_texts(article), as_printed(claim, article)
    own = texts.index("".join(printed))
    found = (each for each in _fragments(*printed) if _find(each, texts) == [own])
    return next((f"{article.url}#:~:text={each}" for each in found), article.url)


def printed_texts(article: Article) -> list[str]:
    """All that the original prints, a block each: title, masthead, passages, what is left out."""
    passages = (_unmended(article, passage.id, passage.text) for passage in article.passages)
    return [*map(fold, [article.title, *article.masthead]), *passages, *map(fold, article.omitted)]


def _unmended(article: Article, passage: str, text: str) -> str:
    for correction in article.corrections_in(passage):
        text = text.replace(correction.reads, correction.printed)
    return text


def as_printed(claim: Claim, article: Article, *pieces: Span) -> list[str]:
    """A claim's passage as the original prints it: what stands before some of the pieces it quotes
    (all of them), their stretch, and what stands after. A misprint over an edge belongs in."""
    text, spans = article.passage(claim.passage).text, pieces or claim.spans
    start, end = spans[0].start, spans[-1].end
    for correction in article.corrections_in(claim.passage):
        at = text.index(correction.reads)
        if at < end and start < at + len(correction.reads):
            start, end = min(start, at), max(end, at + len(correction.reads))
    parts = (text[:start], text[start:end], text[end:])
    return [_unmended(article, claim.passage, part) for part in parts]


def _find(wanted: Fragment, texts: Sequence[str]) -> list[int]:
    """The index of the text of every place at which a browser might open a fragment. What ends a
    stretch may stand in a later text than what begins it."""
    start, end, prefix, suffix = map(re.escape, wanted)
    after = rf"\s+{suffix}(?!\w)" if suffix else r"(?!\w)"
    begins = rf"(?<!\w){prefix}\s+{start}" if prefix else rf"(?<!\w){start}"
    ends = rf"(?!\w)(?=[\s\S]*?(?<!\w){end}{after})" if end else after
    page = "\n".join(texts)
    return [page.count("\n", 0, hit.start()) for hit in re.finditer(begins + ends, page, re.I)]


def _fragments(before: str, words: str, after: str) -> Iterator[Fragment]:
    """Fragments for words, from the shortest: the first few and the last, then more, all of them,
    and then with words around them. Where a mark may be printed otherwise, words are broken into
    runs; short ones are passed over if there are others."""
    text, first, last = before + words + after, len(before), len(before + words)
    runs = [(run, [w for w in run if first <= w.start and w.end <= last]) for run in _runs(text)]
    runs = [both for both in runs if len(both[1]) > 2] or [both for both in runs if both[1]]
    if not runs:
        return
    (earlier, start), (later, end) = runs[0], runs[-1]
    ahead, behind = [w for w in earlier if w < start[0]], [w for w in later if w > end[-1]]
    at, to = start[0].start, end[-1].end
    stop = len(text[: behind[0].start].rstrip()) if behind else to
    around = [("", "", to), *((text[w.start : at].rstrip(), "", to) for w in reversed(ahead))]
    around += [("", text[behind[0].start : word.end], stop) for word in behind]
    for prefix, suffix, to in around:
        for size in (4, 6, 8, len(text)):
            begun, ends = start[:size][-1], end[-size:][0]
            if begun < ends:
                yield Fragment(text[at : begun.end], text[ends.start : to], prefix, suffix)
            elif len(runs) == 1:
                yield Fragment(text[at:to], "", prefix, suffix)


def _runs(text: str) -> list[list[Span]]:
    """The words of a text without their stops, in runs between marks; none has a mark inside."""
    sure = re.sub(rf"\w\S*{MARK}\S*\w", lambda word: "…" * len(word[0]), text)
    runs = (run.span() for run in re.finditer(MARK.replace("[", "[^", 1) + "+", sure))
    word = re.compile(r"\w(?:\S*\w)?")
    return [[Span(*found.span()) for found in word.finditer(sure, *run)] for run in runs]
