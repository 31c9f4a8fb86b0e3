"""Quotation marks: what an article has in them, and what our sentences may put in them.

Words of ours stand in quotation marks only where the article has them in quotation marks too, or
where its author is the one quoted: else an article's paraphrase would pass for a speaker's words.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reference import evidence
from reference.content.bodies import EMPHASIS, markup_in, may_have_markup
from reference.records import Span

_INSIDE = r"[^‘’\n]|’(?=\w)|(?<=s)’(?= [a-z][^‘\n]*’(?!\w))"
"""What stands in single marks: no mark but apostrophes, and those of a plural (‘the GPs’ view’)
only if a mark further on closes."""
MARKED = re.compile(
    rf"“((?:[^“”]|(?<=\n)“)*)”|‘((?:{_INSIDE})*)’(?!\w)"
    rf"|‘((?:{_INSIDE}|\n‘?)*)(?<=[.,?!…])’(?!\w)|[“‘](?P<open>.*)"
)
"""Words in quotation marks. A quotation of several paragraphs opens each with a mark and closes the
last, as newspapers set them; one that is never closed (`open`) ends with its paragraph."""
CLOSING = re.compile(r"”|(?<=[.,?!…])’(?!\w)")
"""A closing mark, which is no apostrophe."""
SHOWN = 30  # characters of what stands round a mark
OTHER_MARKS = re.compile(r"[\"'`´„‟‚‛«»‹›]")
EDGES = " .,;:?!"


class Fault(NamedTuple):
    """What is wrong with a text, the mend, and the bit of it that is wrong ("" if all of it is)."""

    wrong: str
    mend: str
    bit: str


@dataclass(frozen=True)
class Ground:
    """What our sentences may quote of a claim or an event.

    `quote` is the words it rests on, `quotable` the stretches of them that may stand in quotation
    marks, `unquotable` the rest of them, `speakers` whose words they are.
    """

    quote: str
    quotable: tuple[str, ...]
    speakers: tuple[str, ...] = ()
    unquotable: str = ""

    def allows(self, words: str) -> bool:
        """Return whether these words may stand in quotation marks."""
        pieces = [
            piece.strip(EDGES) for piece in words.split(evidence.ELLIPSIS)
        ]
        return all(evidence.prints(piece, self.quotable) for piece in pieces)


def marked(texts: Sequence[str]) -> list[list[Span]]:
    """Return what each paragraph of an article has in quotation marks.

    Returned is, for each text, a list of the spans that are quoted in it. A quotation may run over
    several paragraphs: each of them has its part.
    """
    joined = "\n".join(texts)
    quotations = []
    for match in MARKED.finditer(joined):
        between_marks = match.lastindex or 0  # the group that matched
        start, end = match.span(between_marks)
        quotations.append(Span(start, end))
    by_text: list[list[Span]] = []
    start_of_text = 0
    for text in texts:
        length = len(text)
        parts = _parts_inside(quotations, start_of_text, length)
        by_text.append(parts)
        start_of_text += length + 1
    return by_text


def _parts_inside(
    quotations: Sequence[Span], start: int, length: int
) -> list[Span]:
    """Return the parts of spans that lie in a text that begins at `start`, counted from there."""
    parts = []
    end = start + length
    for quotation in quotations:
        first = max(start, quotation.start)
        last = min(end, quotation.end)
        if first < last:
            parts.append(Span(first - start, last - start))
    return parts


def odd_mark(text: str) -> Fault | None:
    """Return what is wrong with the quotation marks of a text, if they are not ‘ ’ “ ”."""
    odd = OTHER_MARKS.search(text)
    if odd is None:
        return None
    mend = "set quotation marks as ‘ ’ “ ”, and the apostrophe as ’"
    return Fault(f"has the mark {odd[0]}", mend, odd[0])


def unfit(text: str) -> Fault | None:
    """Return the first wrong sign of a text in which no Markdown is read; None if there is none.

    Wrong are signs of markup, which would print as they stand, and other marks than ‘ ’ “ ”.
    """
    if not may_have_markup(text):
        return odd_mark(text)
    markup = next(markup_in(text), None)
    if markup:
        first_word = text[markup.position :].split()[0]
        return Fault(markup.wrong, markup.mend, first_word)
    emphasis = EMPHASIS.search(text)
    if emphasis:
        wrong = f"holds signs of Markdown, which print as they stand: `{emphasis[0][:40]}`"
        return Fault(wrong, "leave them out", emphasis[0])
    return odd_mark(text)


def misquoted(text: str, grounds: Sequence[Ground | None]) -> Iterator[Fault]:
    """Yield the faults in the quotation marks of a sentence of ours.

    A fault is words in marks that none of `grounds` allows (there is one for each claim that the
    sentence rests on), or a mark without its other half, of which one is yielded, as the last.

    A ground is None if its claim is not known. As words in marks may be those of that claim, only a
    closing mark without an opening one is a fault then.
    """
    stray_mark = _closing_alone(MARKED.sub("", text))
    known = [ground for ground in grounds if ground is not None]
    are_all_known = len(known) == len(grounds)
    quotations = MARKED.finditer(text) if are_all_known else ()
    for quotation in quotations:
        is_never_closed = quotation["open"] is not None
        if is_never_closed:
            stray_mark = quotation[0][:SHOWN]
            continue
        # Each way in which words can be marked is a group: the one that matched has the words.
        group_that_matched = quotation.lastindex or 0
        words = quotation[group_that_matched].strip(EDGES)
        fault = _fault_of_quoting(words, known)
        if fault:
            yield fault
    if stray_mark:
        wrong = f"has a quotation mark without its other half, “{stray_mark}”"
        yield Fault(wrong, "set both, or none", "")


def _fault_of_quoting(words: str, grounds: Iterable[Ground]) -> Fault | None:
    """Return what is wrong with putting these words in quotation marks, None if nothing is."""
    grounds_with_words = [
        ground for ground in grounds if evidence.prints(words, [ground.quote])
    ]
    if any(ground.allows(words) for ground in grounds_with_words):
        return None
    if grounds_with_words:
        wrong = f"puts “{words}” in quotation marks, but these are not the speaker’s own words"
        mend = "take the marks away, or cite a claim whose passage quotes them"
    else:
        wrong = f"puts “{words}” in quotation marks, which the words it rests on lack"
        mend = (
            "quote the words of a claim as they stand, or take the marks away"
        )
    return Fault(wrong, mend, words)


def _closing_alone(text: str) -> str:
    """Return a closing mark and what stands before it, in a text without quotations; "" if none."""
    mark = CLOSING.search(text)
    if mark is None:
        return ""
    return text[max(0, mark.end() - SHOWN) : mark.end()]
