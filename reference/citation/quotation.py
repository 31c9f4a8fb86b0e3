"""Words of a source in quotation marks."""

import re
from typing import NamedTuple

from reference.evidence import ELLIPSIS
from reference.records import GAP, Claim

MARKS = re.compile(r"([“‘”]|’(?!\w))")
"""A quotation mark; a ’ inside a word is an apostrophe."""


def quotation(claim: Claim) -> str:
    """Return a claim's words in quotation marks, its pieces joined by […]."""
    pieces = [piece.strip() for piece in claim.quote.split(ELLIPSIS)]
    return quoted(f" {GAP} ".join(pieces))


def quoted(text: str) -> str:
    """Return a text in quotation marks, those inside it alternating: “he said ‘most “no” men’”.

    An apostrophe (a ’ inside a word, or where no ‘ is open) is left alone.
    """
    marked = ""
    opened: list[
        str
    ] = []  # the marks that are open in the text, outermost first
    for part in MARKS.split(text):
        if part in ("“", "‘"):
            marked += inner_marks(len(opened)).opening
            opened.append(part)
        elif part == "”" or (part == "’" and opened[-1:] == ["‘"]):
            if opened:
                opened.pop()
            marked += inner_marks(len(opened)).closing
        else:
            marked += part
    return f"“{marked}”"


class QuotationMarks(NamedTuple):
    """The two marks that stand around a quotation."""

    opening: str
    closing: str


def inner_marks(depth: int) -> QuotationMarks:
    """Return the marks of a quotation in a quoted text, inside so many others of that text."""
    if depth % 2 == 0:
        return QuotationMarks("‘", "’")
    return QuotationMarks("“", "”")
