"""Our words: what a sentence is, which claims it cites, and what it puts in quotation marks.

Words of ours stand in quotation marks only where the article has them in quotation marks too, or
where its author is the one quoted: else an article's paraphrase would pass for a speaker's words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from reference import evidence
from reference.content.bodies import CITATION
from reference.content.forms import Entry, Kind
from reference.records import GAP, Span

MARKUP = re.compile(r"(?m)<[a-zA-Z/!?][^\s>]*|!?\[[^\]]*\]\([^)]*\)|^\|.*\|$|^(?:```|~~~|>)")
"""What is not set here: raw HTML, links, images, tables, code, block quotations."""
WHOLE = re.compile(r"[.?!][’”)]*\Z")
CITING = re.compile(rf"{CITATION}[.!?’”)]*\Z")
"""How a whole sentence ends, and one that ends in a citation."""
_END = re.compile(rf"(?P<stop>[.!?…])(?P<rest>[’”)]*(?:\s*{CITATION})*)(?=\s|\Z)")
_SHORT = re.compile(
    r"(?<![^\s(‘“])(?:"
    r"(?:Dr|Mr|Mrs|Ms|Prof|Rev|Hon|St|e\.g|i\.e|cf|viz|[A-HJ-Z](?:\.[A-Z])*)\.(?=\s*\S)"
    r"|(?:[Nn]os?|pp?|vol|fig|ca?)\.(?=\s*\d)"
    r"|(?:etc|al|a\.m|p\.m|Ltd|Jr|Sr)\.(?=\s*[a-z]))"
)
"""Abbreviations: before whatever, before a number, before a small letter they end no sentence."""


def sentences(text: str) -> list[str]:
    """The sentences of a text: each ends at `.`, `!` or `?`, with closing marks and citations after
    it; after a mark, or at `…`, only if no small letter follows (‘Is it so?’ he asks), and not at
    the stop of an abbreviation (Dr. J. Smith, e.g., No. 10)."""
    text, found, start = evidence.fold(text), [], 0
    short = {each.end() for each in _SHORT.finditer(text)}
    for end in _END.finditer(text):
        after = text[end.end() :].lstrip()
        inside = end["rest"][:1] in {*"’”)"} or end["stop"] == "…"
        if after.startswith("[@") or (inside and after[:1].islower()) or end.end() in short:
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    return [*found, text[start:].strip()] if text[start:].strip() else found


_IN = r"[^‘’\n]|’(?=\w)|(?<=s)’(?= [a-z][^‘\n]*’(?!\w))"
"""What stands in single marks: no mark but apostrophes, and those of a plural (‘the GPs’ view’)
only if a mark further on closes."""
MARKED = re.compile(
    rf"“((?:[^“”]|(?<=\n)“)*)”|‘((?:{_IN})*)’(?!\w)"
    rf"|‘((?:{_IN}|\n‘?)*)(?<=[.,?!…])’(?!\w)|[“‘](?P<open>.*)"
)
"""Words in quotation marks. A quotation of several paragraphs opens each with a mark and closes the
last, as newspapers set them; one that is never closed (`open`) ends with its paragraph."""
CLOSE = re.compile(r".{0,29}(?:”|(?<=[.,?!…])’(?!\w))")
EDGES = " .,;:?!"


class Ground(NamedTuple):
    """What our sentences may quote of a claim: its quotation, what of it is `free` to stand in
    quotation marks, and whose it is."""

    quote: str
    free: tuple[str, ...]
    who: tuple[str, ...] = ()


def marked(texts: Sequence[str]) -> list[list[Span]]:
    """What each paragraph of an article has in quotation marks."""
    found = [each.span(each.lastindex or 0) for each in MARKED.finditer("\n".join(texts))]
    marks, at = [], 0
    for text in texts:
        spans = (Span(max(0, start - at), min(len(text), end - at)) for start, end in found)
        marks.append([span for span in spans if span.start < span.end])
        at += len(text) + 1
    return marks


def unfit(text: str) -> tuple[str, str, str] | None:
    """(What is wrong, the mend, the bit that is wrong) with the signs in a text, if any is."""
    if found := MARKUP.search(text):
        wrong = f"holds markup that is not set here, `{found[0].strip()[:40]}`"
        return wrong, "write it as plain text, or leave it out", found[0]
    if odd := re.search(r"[\"'`´„‟‚‛«»‹›]", text):
        mend = "set quotation marks as ‘ ’ “ ”, and the apostrophe as ’"
        return f"has the mark {odd[0]}", mend, odd[0]
    return None


def misquoted(text: str, grounds: Sequence[Ground | None]) -> Iterator[tuple[str, str, str]]:
    """The same of what a sentence of ours has in quotation marks, and of its signs. If one of the
    grounds is not known, what stands in them is let pass."""
    if fault := unfit(text):
        yield fault
    half = CLOSE.search(MARKED.sub("", text))
    for found in MARKED.finditer(text) if all(grounds) else ():
        words = found[found.lastindex or 0].strip(EDGES)
        pieces = [piece.strip(EDGES) for piece in words.split(evidence.ELLIPSIS)]
        having = [each for each in grounds if each and evidence.prints(words, [each.quote])]
        if found["open"] is not None:
            half = found
        elif not having:
            wrong = f"puts “{words}” in quotation marks, which the words it rests on lack"
            yield wrong, "quote the words of a claim as they stand, or take the marks away", words
        elif not any(all(evidence.prints(p, each.free) for p in pieces) for each in having):
            wrong = f"puts “{words}” in quotation marks, but these are not the speaker’s own words"
            yield wrong, "take the marks away, or cite a claim whose passage quotes them", words
    if half:
        wrong = f"has a quotation mark without its other half, “{half[0][:30]}”"
        yield wrong, "set both, or none", ""


def hold(entry: Entry, claims: Kind, grounds: Mapping[str, Ground]) -> None:
    """Note what is wrong with the prose of a theme or of the opening, which may cite events too."""
    for block in entry.form.blocks:
        for text in [s for each in block.texts for s in sentences(each)] or [block.heading]:
            tell, shown = partial(entry.source.wrong_in, text, "prose"), f"“{text[:60]}”"
            cited, bare = re.findall(CITATION, text), re.sub(rf"\s*{CITATION}", "", text)
            for id in {*cited}.difference(block.events):
                claims.use(id, partial(tell, bit=f"[@{id}]"))
            if wrongs := [*misquoted(bare, [grounds.get(id) for id in cited] or [None])]:
                tell(*wrongs[0])
            elif re.search(r"[\[\]@]", bare.replace(GAP, "")):
                tell(f"a citation in {shown} is malformed", "write it as [@claim-id]")
            elif not block.heading and not CITING.search(text):
                mend = "end it in [@claim-id], or remove it"
                tell(f"the sentence {shown} ends in no claim", mend)
            elif block.heading and (cited or len(text.split()) > 8 or text.endswith((".", "!"))):
                mend = "make it a name without a stop, or a sentence that cites a claim"
                tell(f"the heading {shown} is a sentence", mend)
