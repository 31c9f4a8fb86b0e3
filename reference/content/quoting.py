"""Whose words they are: what stands in quotation marks in an article, and in sentences of ours.

Words of ours stand in quotation marks only where the article has them in quotation marks too, or
where its author is the one quoted: else an article's paraphrase would pass for a speaker's words.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reference import evidence
from reference.records import Span

_MARK = re.compile(r"[‘“”]|’(?!\w)")  # an apostrophe inside a word is none
_OPENS = {"’": "‘", "”": "“"}
_POSSESSIVE = re.compile(r"(?<=s)’ [a-z][^‘]*?’(?!\w)")  # ‘the GPs’ view’: closed further on
_EDGES = " .,;:?!"


@dataclass(frozen=True)
class Ground:
    """What may be quoted of a claim: words of its quotation, where they stand in its `pieces`."""

    quote: str
    pieces: tuple[str, ...]
    direct: bool = True
    """Whether any of it stands in quotation marks."""

    @classmethod
    def of(
        cls, quote: str, text: str, spans: Sequence[Span], marks: Sequence[Span], own: bool
    ) -> "Ground":
        """The ground in a passage's text with these `marks`; all of it in the author's `own`."""
        common = [
            Span(max(mark.start, span.start), min(mark.end, span.end))
            for span in spans
            for mark in marks
            if mark.start < span.end and span.start < mark.end
        ]
        pieces = tuple(text[run.start : run.end] for run in (spans if own else common))
        return cls(quote, pieces, bool(common))

    def has(self, words: str) -> bool:
        """Whether it may be quoted with these words; `…` joins pieces."""
        pieces = (piece.strip(_EDGES) for piece in words.split(evidence.ELLIPSIS))
        return all(evidence.prints(piece, self.pieces) for piece in pieces)


def _quoted(text: str, possessives: bool) -> tuple[list[Span], int, int]:
    """The outermost stretches in quotation marks, without these; where a mark is never closed;
    where one closes that never opened (-1 if there is none).

    Plural `possessives` in single marks are let pass where a mark further on closes.
    """
    found: list[Span] = []
    stack: list[tuple[str, int]] = []
    closes = -1
    for mark in _MARK.finditer(text):
        sign, at = mark[0], mark.start()
        if sign in "‘“":
            stack.append((sign, at))
        elif any(_OPENS[sign] == opened for opened, _ in stack):
            if sign == "’" and possessives and _POSSESSIVE.match(text, at):
                continue
            while (last := stack.pop())[0] != _OPENS[sign]:
                pass
            if not stack:
                found.append(Span(last[1] + 1, at))
        elif not stack and closes < 0 and (sign == "”" or text[at - 1 : at] in ".,?!…"):
            closes = at
    return found, stack[0][1] if stack else -1, closes


def marked(texts: Sequence[str]) -> list[list[Span]]:
    """What each passage of an article has in quotation marks, in the order of the text.

    As newspapers set them, a quotation of several paragraphs opens each of them with a mark and
    closes the last; where a mark is not closed, the passage is quoted to its end. A passage that
    only closes one goes on with what was left open before it.
    """
    runs: list[list[Span]] = []
    since: int | None = None  # the passage that left a mark open
    for number, text in enumerate(texts):
        own, opens, closes = _quoted(text, possessives=True)
        if closes >= 0 and since is not None and (not own or closes < own[0].start):
            own.insert(0, Span(0, closes))
            for between in range(since + 1, number):
                runs[between] = [Span(0, len(texts[between]))]
        if opens >= 0:
            own.append(Span(opens + 1, len(text)))
        if own:
            since = number if opens >= 0 else None
        runs.append(own)
    return runs


def misquoted(sentence: str, grounds: Iterable[Ground]) -> Iterator[tuple[str, str]]:
    """(What is wrong, the mend) with the words a sentence of ours puts in quotation marks."""
    grounds = list(grounds)
    found, opens, closes = _quoted(sentence, possessives=False)
    if opens >= 0 or closes >= 0:
        shown = sentence[opens:][:30] if opens >= 0 else sentence[: closes + 1][-30:]
        yield f"has a quotation mark without its other half, “{shown}”", "set both marks, or none"
        return
    for run in found:
        words = sentence[run.start : run.end].strip(_EDGES)
        having = [ground for ground in grounds if evidence.prints(words, [ground.quote])]
        if not having:
            wrong = f"puts “{words}” in quotation marks, which the words it rests on lack"
            yield wrong, "quote the words of a claim as they stand, or take the marks away"
        elif not any(ground.has(words) for ground in having):
            wrong = f"puts “{words}” in quotation marks, but these are the article’s own words"
            mend = "take the marks away, or cite a claim whose passage quotes them"
            yield f"{wrong}, not the speaker’s", mend
