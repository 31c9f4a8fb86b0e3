"""Our prose: what a sentence is, and that each ends in the claims it rests on."""

import re
from collections.abc import Mapping, Sequence
from functools import partial

from reference import evidence
from reference.content.bodies import CITATION
from reference.content.forms import Entry
from reference.content.marks import Fault, Ground, misquoted, odd_mark
from reference.content.names import Register
from reference.records import GAP, Block, Claim, Theme

WHOLE = re.compile(r"[.?!][’”)]*\Z")
"""How a whole sentence ends."""
CITING = re.compile(rf"{CITATION}[.!?’”)]*\Z")
"""How a sentence that cites ends."""
LONGEST_HEADING = 8  # words
_END = re.compile(rf"(?P<stop>[.!?…])(?P<rest>[’”)]*(?:\s*{CITATION})*)(?=\s|\Z)")
_ABBREVIATION = re.compile(
    r"(?<![^\s(‘“])(?:"
    r"(?:Dr|Mr|Mrs|Ms|Prof|Rev|Hon|St|e\.g|i\.e|cf|viz|[A-HJ-Z](?:\.[A-Z])*)\.(?=\s*\S)"
    r"|(?:[Nn]os?|pp?|vol|fig|ca?)\.(?=\s*\d)"
    r"|(?:etc|al|a\.m|p\.m|Ltd|Jr|Sr)\.(?=\s*[a-z]))"
)
"""Abbreviations: before whatever, before a number, before a small letter they end no sentence."""


def sentences(text: str) -> list[str]:
    """Return the sentences of a text.

    Each ends at `.`, `!` or `?`, with closing marks and citations after it; after a mark, or at
    `…`, only if no small letter follows (‘Is it so?’ he asks), and not at the stop of an
    abbreviation (Dr. J. Smith, e.g., No. 10).
    """
    text = evidence.fold(text)
    stops_of_abbreviations = {match.end() for match in _ABBREVIATION.finditer(text)}
    found = []
    start = 0
    for end in _END.finditer(text):
        if end.end() in stops_of_abbreviations or _goes_on(end, text[end.end() :].lstrip()):
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    rest = text[start:].strip()
    if rest:
        found.append(rest)
    return found


def _goes_on(end: re.Match[str], rest: str) -> bool:
    """Return whether a sentence goes on after what looks like its end."""
    if rest.startswith("[@"):
        return True
    may_go_on = end["rest"][:1] in {"’", "”", ")"} or end["stop"] == "…"
    return may_go_on and rest[:1].islower()


def without_citations(text: str) -> str:
    """Return a text without its citations."""
    return re.sub(rf"\s*{CITATION}", "", text)


def hold(theme: Entry[Theme], claims: Register[Claim], grounds: Mapping[str, Ground]) -> None:
    """Note what is wrong with the prose of a theme or of the opening.

    `grounds` is what may be quoted of each claim and event, by id.
    """
    for block in theme.get("blocks") or ():
        if block.heading:
            _hold_heading(theme, block.heading, claims)
        for paragraph in block.texts:
            for sentence in sentences(paragraph):
                _hold_sentence(theme, sentence, block, claims, grounds)


def _hold_heading(theme: Entry[Theme], heading: str, claims: Register[Claim]) -> None:
    """A heading is a name: it cites nothing, quotes nothing and ends in no stop."""
    tell = partial(theme.source.wrong_in, heading, "prose")
    shown = f"“{heading[:60]}”"
    for id in re.findall(CITATION, heading):
        claims.use(id, partial(tell, bit=f"[@{id}]"))
    faults = _faults(without_citations(heading), [None])
    too_long = len(heading.split()) > LONGEST_HEADING
    if faults:
        tell(*faults[0])
    elif re.search(CITATION, heading) or too_long or heading.endswith((".", "!")):
        mend = "make it a name without a stop, or a sentence that cites a claim"
        tell(f"the heading {shown} is a sentence", mend)


def _hold_sentence(
    theme: Entry[Theme],
    sentence: str,
    block: Block,
    claims: Register[Claim],
    grounds: Mapping[str, Ground],
) -> None:
    """A sentence ends in a claim, and puts in quotation marks what its claims let it quote."""
    tell = partial(theme.source.wrong_in, sentence, "prose")
    shown = f"“{sentence[:60]}”"
    cited = re.findall(CITATION, sentence)
    for id in dict.fromkeys(cited):
        if id not in block.events:
            claims.use(id, partial(tell, bit=f"[@{id}]"))
    bare = without_citations(sentence)
    faults = _faults(bare, [grounds.get(id) for id in cited] or [None])
    if faults:
        tell(*faults[0])
    elif re.search(r"[\[\]@]", bare.replace(GAP, "")):
        tell(f"a citation in {shown} is malformed", "write it as [@claim-id]")
    elif not CITING.search(sentence):
        tell(f"the sentence {shown} ends in no claim", "end it in [@claim-id], or remove it")


def _faults(text: str, grounds: Sequence[Ground | None]) -> list[Fault]:
    """Return what is wrong with the quotation marks of a sentence, and with what stands in them."""
    odd = odd_mark(text)
    return [odd] if odd else list(misquoted(text, grounds))
