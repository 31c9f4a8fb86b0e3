"""Words of a source in quotation marks."""

import re

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
    opened: list[str] = []
    for part in MARKS.split(text):
        if part in ("“", "‘"):
            opened.append(part)
            marked += "‘" if len(opened) % 2 else "“"
        elif part == "”" or (part == "’" and opened and opened[-1] == "‘"):
            marked += "’" if len(opened) % 2 or not opened else "”"
            if opened:
                opened.pop()
        else:
            marked += part
    return f"“{marked}”"
