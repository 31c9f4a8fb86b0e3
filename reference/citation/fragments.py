"""Links to the words at their source, and the words as they are printed there.

A text fragment (https://wicg.github.io/scroll-to-text-fragment/) is
`[prefix-,]start[,end][,-suffix]`: a browser looks through the whole page for whole words, whatever
their case, and opens what it finds first. So each is tried on all that the article prints.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote as percent_encode

from reference.evidence import fold
from reference.records import GAP, Article, Claim, Correction, Span

UNSURE = re.compile(r"[‘’“”'\"´`]|" + re.escape(GAP))
"""In words whose printed shape may differ from ours: quotation marks, and what is withheld."""


class Fragment(NamedTuple):
    """What a browser is to find: words that begin a stretch, and those, if any, that end it, stand
    just before it, and just after it."""

    start: str
    end: str = ""
    prefix: str = ""
    suffix: str = ""

    def __str__(self) -> str:
        coded = (percent_encode(part, safe="").replace("-", "%2D") for part in self)
        start, end, prefix, suffix = coded
        return ",".join(
            filter(None, [prefix and f"{prefix}-", start, end, suffix and f"-{suffix}"])
        )


def source_url(claim: Claim, article: Article) -> str:
    """The original's address with a fragment that opens it at the words; "" if it is unknown."""
    found = fragment(claim, article) if article.url else None
    return f"{article.url}#:~:text={found}" if found else article.url


def fragment(claim: Claim, article: Article) -> Fragment | None:
    """The shortest fragment that finds the claim's words and nothing else in the article, if one
    can be made of words that the original surely prints as we do."""
    texts = printed_texts(article)
    own = texts.index(printed(article, article.passage(claim.passage).text, claim.passage))
    return next((each for each in _fragments(claim, article) if find(each, texts) == [own]), None)


def printed_texts(article: Article) -> list[str]:
    """All that the original prints, a block each: title, masthead, passages, what is left out."""
    passages = (printed(article, passage.text, passage.id) for passage in article.passages)
    return list(map(fold, [article.title, *article.masthead, *passages, *article.omitted]))


def printed(article: Article, text: str, passage: str) -> str:
    """Words of a passage with its mended misprints as the original has them."""
    for correction in article.corrections_in(passage):
        text = text.replace(correction.reads, correction.printed)
    return text


def find(wanted: Fragment, texts: Sequence[str]) -> list[int]:
    """The index of the text of every place at which a browser might open a fragment."""
    start, end, prefix, suffix = map(re.escape, wanted)
    after = rf"\s+{suffix}(?!\w)" if suffix else r"(?!\w)"
    begins = rf"(?<!\w){prefix}\s+{start}" if prefix else rf"(?<!\w){start}"
    whole = re.compile(rf"{begins}(?!\w).*?(?<!\w){end}{after}" if end else begins + after, re.I)
    return [
        index
        for index, text in enumerate(texts)
        for begin in re.finditer(begins, text, re.I)
        if whole.match(text, begin.start())
    ]


def _fragments(claim: Claim, article: Article) -> Iterator[Fragment]:
    """Fragments for a claim, from the shortest: its words if they are few, else the first and the
    last of them, then more, then with words around them. What is not sure to be printed so breaks
    its words into runs; short ones are passed over if there are others."""
    text = article.passage(claim.passage).text
    first, last = claim.spans[0].start, claim.spans[-1].end
    runs = [
        (run, [word for word in run if first <= word.start and word.end <= last])
        for run in _runs(text, article.corrections_in(claim.passage))
    ]
    runs = [both for both in runs if len(both[1]) > 2] or [both for both in runs if both[1]]
    if not runs:
        return
    (earlier, start), (later, end) = runs[0], runs[-1]
    before, after = [w for w in earlier if w < start[0]], [w for w in later if w > end[-1]]

    def said(words: Sequence[Span]) -> str:
        return text[words[0].start : words[-1].end] if words else ""

    for count in range(max(len(before), len(after)) + 1):
        ahead, behind = said(before[len(before) - count :] if count else []), said(after[:count])
        for prefix, suffix in dict.fromkeys([(ahead, ""), ("", behind)]):
            if len(runs) == 1 and len(start) <= 8:
                yield Fragment(said(start), "", prefix, suffix)
            for size in range(4, 9):
                if start[:size][-1] < end[-size:][0]:
                    yield Fragment(said(start[:size]), said(end[-size:]), prefix, suffix)


def _runs(text: str, corrections: Sequence[Correction]) -> list[list[Span]]:
    """The words of a passage that are sure to be printed so, in runs."""
    mended = [_place(correction, text) for correction in corrections]
    runs: list[list[Span]] = [[]]
    for match in re.finditer(r"\S+", text):
        word = Span(*match.span())
        if UNSURE.search(match[0]) or any(a < word.end and word.start < b for a, b in mended):
            runs.append([])
        else:
            runs[-1].append(word)
    return runs


def _place(correction: Correction, text: str) -> Span:
    at = text.index(correction.reads)
    return Span(at, at + len(correction.reads))


def selectors(claim: Claim, article: Article) -> list[dict[str, str]]:
    """W3C TextQuoteSelectors of a claim's words, with up to 40 characters around them, as printed.

    One for the whole stretch, though it is quoted in pieces; only where words between them are
    withheld, one a piece. A misprint that reaches over an edge belongs to the words.
    """
    text, found = article.passage(claim.passage).text, []
    whole = Span(claim.spans[0].start, claim.spans[-1].end)
    for start, end in claim.spans if GAP in text[whole.start : whole.end] else [whole]:
        for at, to in (_place(each, text) for each in article.corrections_in(claim.passage)):
            if at < end and start < to:
                start, end = min(start, at), max(end, to)
        parts = {
            "exact": text[start:end],
            "prefix": text[:start].rpartition(GAP)[2],
            "suffix": text[end:].partition(GAP)[0],
        }
        parts = {key: printed(article, part, claim.passage) for key, part in parts.items()}
        parts |= {"prefix": parts["prefix"][-40:], "suffix": parts["suffix"][:40]}
        found.append({"type": "TextQuoteSelector", **parts})
    return found
