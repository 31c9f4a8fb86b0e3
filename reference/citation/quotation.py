"""Words of a source in quotation marks."""

import re
from collections.abc import Sequence
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
    """Return a text in quotation marks, with those inside it changed so that they alternate.

    `he said “most ‘no’ men”` becomes `“he said ‘most “no” men’”`. An apostrophe is left alone: a ’
    inside a word, or one that closes nothing.
    """
    marked = ""
    open_marks: list[str] = []  # as the text has them, outermost first
    for part in MARKS.split(text):
        if part in ("“", "‘"):
            marks = inner_marks(len(open_marks))
            marked += marks.opening
            open_marks.append(part)
        elif _is_closing(part, open_marks):
            # A text that begins inside a quotation closes a mark that it has not opened.
            if open_marks:
                open_marks.pop()
            marks = inner_marks(len(open_marks))
            marked += marks.closing
        else:
            marked += part  # words, or an apostrophe
    return f"“{marked}”"


def _is_closing(part: str, open_marks: Sequence[str]) -> bool:
    """Return whether part of a text is a closing mark: ” always is, ’ only if it closes a ‘."""
    if part == "’":
        return bool(open_marks) and open_marks[-1] == "‘"
    return part == "”"


class QuotationMarks(NamedTuple):
    """The two marks that stand around a quotation."""

    opening: str
    closing: str


def inner_marks(depth: int) -> QuotationMarks:
    """Return the marks of a quotation inside a quoted text: ‘ and ’, or “ and ”.

    `depth` is how many quotations of that text it is inside of, from 0.
    """
    if depth % 2 == 0:
        return QuotationMarks("‘", "’")
    return QuotationMarks("“", "”")
