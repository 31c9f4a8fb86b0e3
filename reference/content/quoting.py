"""Whose words they are: what stands in quotation marks in an article, and in sentences of ours.

Words of ours stand in quotation marks only where the article has them in quotation marks too, or
where its author is the one quoted: else an article's paraphrase would pass for a speaker's words.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from reference import evidence
from reference.records import Span

_IN = r"[^‘’\n]|’(?=\w)|(?<=s)’(?= [a-z][^‘\n]*’(?!\w))"
"""What stands in single marks: no mark but apostrophes, and those of a plural (‘the GPs’ view’)
only if a mark further on closes."""
QUOTED = re.compile(
    rf"“((?:[^“”]|(?<=\n)“)*)”|‘((?:{_IN})*)’(?!\w)"
    rf"|‘((?:{_IN}|\n‘?)*)(?<=[.,?!…])’(?!\w)|[“‘](?P<open>.*)"
)
"""Words in quotation marks. A quotation of several paragraphs opens each with a mark and closes the
last, as newspapers set them; one that is never closed (`open`) ends with its paragraph."""
CLOSE = re.compile(r".{0,29}(?:”|(?<=[.,?!…])’(?!\w))")
EDGES = " .,;:?!"


class Ground(NamedTuple):
    """What our sentences may quote of a claim: its quotation, and what of it is `free` to stand in
    quotation marks."""

    quote: str
    free: tuple[str, ...]


def marked(texts: Sequence[str]) -> list[list[Span]]:
    """What each paragraph of an article has in quotation marks."""
    found = [each.span(each.lastindex or 0) for each in QUOTED.finditer("\n".join(texts))]
    marks, at = [], 0
    for text in texts:
        spans = (Span(max(0, start - at), min(len(text), end - at)) for start, end in found)
        marks.append([span for span in spans if span.start < span.end])
        at += len(text) + 1
    return marks


def misquoted(text: str, grounds: Sequence[Ground | None]) -> Iterator[tuple[str, str, str]]:
    """(What is wrong, the mend, the bit that is wrong) with quotation marks in words of ours.

    If one of the grounds is not known, what stands in them is let pass.
    """
    if mark := evidence.odd_mark(text):
        yield f"has the mark {mark}", "set quotation marks as ‘ ’ “ ”", mark
        return
    half = CLOSE.search(QUOTED.sub("", text))
    for found in QUOTED.finditer(text) if all(grounds) else ():
        words = found[found.lastindex or 0].strip(EDGES)
        pieces = [piece.strip(EDGES) for piece in words.split(evidence.ELLIPSIS)]
        having = [each for each in grounds if each and evidence.prints(words, [each.quote])]
        if found["open"] is not None:
            half = found
        elif not having:
            wrong = f"puts “{words}” in quotation marks, which the words it rests on lack"
            yield wrong, "quote the words of a claim as they stand, or take the marks away", words
        elif not any(all(evidence.prints(p, each.free) for p in pieces) for each in having):
            wrong = f"puts “{words}” in quotation marks, but these are the article’s own words"
            mend = "take the marks away, or cite a claim whose passage quotes them"
            yield f"{wrong}, not the speaker’s", mend, words
    if half:
        wrong = f"has a quotation mark without its other half, “{half[0][:30]}”"
        yield wrong, "set both, or none", half[0][:1]
