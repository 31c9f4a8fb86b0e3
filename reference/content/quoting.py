"""Whose words they are: what stands in quotation marks in an article, and in sentences of ours.

Words of ours stand in quotation marks only where the article has them in quotation marks too, or
where its author is the one quoted: else an article's paraphrase would pass for a speaker's words.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from reference import evidence
from reference.records import Span

MARK = re.compile(r"[‘“”]|’(?!\w)")  # an apostrophe inside a word is none
OPENS = {"’": "‘", "”": "“"}
POSSESSIVE = re.compile(r"(?<=s)’ [a-z][^‘]*?’(?!\w)")  # ‘the GPs’ view’: closed further on
EDGES = " .,;:?!"


class Ground(NamedTuple):
    """What our sentences may quote of a claim: its quotation, and what of it is `free` to stand in
    quotation marks."""

    quote: str
    free: tuple[str, ...]


def common(text: str, spans: Iterable[Span], marks: Sequence[Span]) -> tuple[str, ...]:
    """The stretches of a text that lie in one of the spans and in one of the marks."""
    return tuple(
        text[max(span.start, mark.start) : min(span.end, mark.end)]
        for span in spans
        for mark in marks
        if span.start < mark.end and mark.start < span.end
    )


def _stretches(text: str, possessives: bool) -> tuple[list[Span], int, int]:
    """(What is in quotation marks, without these; where a mark is not closed; where one closes
    that was not opened: -1 if none). A plural's apostrophe in single marks is let pass where the
    text may have `possessives` and a mark further on closes."""
    found, stack, closes = [], list[re.Match[str]](), -1
    for mark in MARK.finditer(text):
        at, opened = mark.start(), [each[0] for each in stack]
        if mark[0] in "‘“":
            stack.append(mark)
        elif OPENS[mark[0]] not in opened:
            if not stack and closes < 0 and (mark[0] == "”" or text[at - 1 : at] in ".,?!…"):
                closes = at
        elif not (possessives and mark[0] == "’" and POSSESSIVE.match(text, at)):
            first = opened.index(OPENS[mark[0]])
            if first == 0:
                found.append(Span(stack[0].end(), at))
            del stack[first:]
    return found, stack[0].start() if stack else -1, closes


def marked(texts: Sequence[str]) -> list[list[Span]]:
    """What each passage of an article has in quotation marks.

    As newspapers set them, a quotation of several paragraphs opens each of them with a mark and
    closes the last; where a mark is not closed, the passage is quoted to its end. A passage that
    only closes one goes on with what was left open before it.
    """
    marks: list[list[Span]] = []
    since = -1  # the passage that left a mark open
    for number, text in enumerate(texts):
        own, opens, closes = _stretches(text, possessives=True)
        if since >= 0 and 0 <= closes < (own[0].start if own else len(text)):
            marks[since + 1 :] = [[Span(0, len(between))] for between in texts[since + 1 : number]]
            own.insert(0, Span(0, closes))
        if opens >= 0:
            own.append(Span(opens + 1, len(text)))
        if own:
            since = number if opens >= 0 else -1
        marks.append(own)
    return marks


def misquoted(sentence: str, grounds: Sequence[Ground]) -> Iterator[tuple[str, str]]:
    """(What is wrong, the mend) with the words a sentence of ours puts in quotation marks."""
    found, opens, closes = _stretches(sentence, possessives=False)
    if max(opens, closes) >= 0:
        shown = sentence[opens : opens + 30] if opens >= 0 else sentence[: closes + 1][-30:]
        yield f"has a quotation mark without its other half, “{shown}”", "set both, or none"
        return
    for run in found:
        words = sentence[run.start : run.end].strip(EDGES)
        pieces = [piece.strip(EDGES) for piece in words.split(evidence.ELLIPSIS)]
        having = [each for each in grounds if evidence.prints(words, [each.quote])]
        if not having:
            wrong = f"puts “{words}” in quotation marks, which the words it rests on lack"
            yield wrong, "quote the words of a claim as they stand, or take the marks away"
        elif not any(all(evidence.prints(p, each.free) for p in pieces) for each in having):
            wrong = f"puts “{words}” in quotation marks, but these are the article’s own words"
            mend = "take the marks away, or cite a claim whose passage quotes them"
            yield f"{wrong}, not the speaker’s", mend
