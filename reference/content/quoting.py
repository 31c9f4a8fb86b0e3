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


@dataclass(frozen=True)
class Quoted:
    """What a text has in quotation marks: the outermost stretches, without their marks.

    `opened` is where a mark is not closed (-1 if all are), and `closes` where one closes that was
    not opened before (-1 if none does).
    """

    stretches: tuple[Span, ...]
    opened: int
    closes: int


@dataclass(frozen=True)
class Ground:
    """What a claim's words allow to be quoted: the quotation, and what of it is in marks."""

    quote: str
    pieces: tuple[str, ...]


def quoted(text: str, possessives: bool = False) -> Quoted:
    """The stretches in quotation marks; `possessives` lets plural ones pass inside single marks."""
    found: list[Span] = []
    stack: list[tuple[str, int]] = []
    closes = -1
    for mark in _MARK.finditer(text):
        sign, at = mark[0], mark.start()
        if sign in "‘“":
            stack.append((sign, at))
        elif _OPENS[sign] in [opened for opened, _ in stack]:
            if sign == "’" and possessives and _POSSESSIVE.match(text, at):
                continue
            while (last := stack.pop())[0] != _OPENS[sign]:
                pass
            if not stack:
                found.append(Span(last[1] + 1, at))
        elif not stack and not found and closes < 0 and (sign == "”" or text[at - 1] in ".,?!…"):
            closes = at
    return Quoted(tuple(found), stack[0][1] if stack else -1, closes)


def stretches(texts: Sequence[str]) -> list[list[Span]]:
    """What each passage of an article has in quotation marks, in the order of the text.

    As newspapers set them, a quotation of several paragraphs opens each of them with a mark and
    closes the last; where a mark is not closed, the passage is quoted to its end. A passage that
    only closes one goes on with what was left open before it.
    """
    runs: list[list[Span]] = []
    since: int | None = None  # the passage that left a mark open
    for number, text in enumerate(texts):
        found = quoted(text, possessives=True)
        own = list(found.stretches)
        if found.closes >= 0 and since is not None:
            own.insert(0, Span(0, found.closes))
            for between in range(since + 1, number):
                runs[between] = [Span(0, len(texts[between]))]
        if found.opened >= 0:
            own.append(Span(found.opened + 1, len(text)))
        runs.append(own)
        if found.opened >= 0:
            since = number
        elif own:
            since = None
    return runs


def ground(
    quote: str, text: str, spans: Sequence[Span], marked: Sequence[Span], own: bool
) -> Ground:
    """What may be quoted of a claim: all of its quotation, if the voice is the author's `own`."""
    runs = [Span(0, len(text))] if own else marked
    pieces = (
        text[max(run.start, span.start) : min(run.end, span.end)] for span in spans for run in runs
    )
    return Ground(quote, tuple(piece for piece in pieces if piece))


def misquoted(sentence: str, grounds: Iterable[Ground]) -> Iterator[tuple[str, str]]:
    """(What is wrong, the mend) with the words a sentence of ours puts in quotation marks."""
    grounds, found = list(grounds), quoted(sentence)
    if found.opened >= 0 or found.closes >= 0:
        shown = sentence[max(found.opened, found.closes - 30, 0) :][:40]
        yield f"has a quotation mark without its other half at “{shown}”", "set both marks"
        return
    for run in found.stretches:
        words = sentence[run.start : run.end].strip(" .,;:?!")
        having = [g for g in grounds if evidence.prints(words, [evidence.fold(g.quote)])]
        if not having:
            wrong = f"puts “{words}” in quotation marks, which the words it rests on lack"
            yield wrong, "quote words of the claim as they stand, or take the marks away"
        elif not any(_has(g, words) for g in having):
            yield (
                f"puts “{words}” in quotation marks, but these are the article’s own words, not "
                "the speaker’s",
                "take the marks away, or cite a claim whose passage quotes them",
            )


def _has(ground: Ground, words: str) -> bool:
    pieces = (piece.strip(" .,;:?!") for piece in words.split(evidence.ELLIPSIS))
    return all(evidence.prints(piece, ground.pieces) for piece in pieces)
