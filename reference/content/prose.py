"""Our prose, a theme's or the opening's: every sentence ends in a claim, and quotes its claims."""

import re
from collections.abc import Mapping
from functools import partial

from reference import evidence
from reference.content.bodies import CITATION
from reference.content.forms import Entry
from reference.content.names import Kind
from reference.content.quoting import Ground, misquoted
from reference.content.reading import Body
from reference.records import Theme

LONGEST_HEADING = 8
"""Words: a heading names what follows; what states something is a sentence and cites."""
MARKUP = re.compile(
    r"<[a-zA-Z/!?][^\s>]*|!?\[[^\]]*\]\([^)]*\)|^\|.*\|$|^(?:```|~~~|>)", re.MULTILINE
)
"""What is not set here: raw HTML, links, images, tables, code, block quotations."""

_END = re.compile(rf"(?P<stop>[.!?…])(?P<rest>[’”)]*(?:\s*{CITATION})*)(?=\s|\Z)")
_SHORT = re.compile(
    r"(?<![^\s(‘“])(?:"
    r"(?:Dr|Mr|Mrs|Ms|Prof|Rev|Hon|St|e\.g|i\.e|cf|viz|[A-HJ-Z](?:\.[A-Z])*)\.(?=\s*\S)"
    r"|(?:[Nn]os?|pp?|vol|fig|ca?)\.(?=\s*\d)"
    r"|(?:etc|al|a\.m|p\.m|Ltd|Jr|Sr)\.(?=\s*[a-z]))"
)
"""Abbreviations: before whatever, before a number, before a small letter they end no sentence."""


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with the citations it ends in.

    A sentence ends at `.`, `!` or `?`, with closing marks and citations after it; after a closing
    mark, or at `…`, only if no small letter follows (‘Is it so?’ he asks), and not at the stop of
    an abbreviation (Dr. J. Smith, e.g., No. 10).
    """
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


def is_whole(text: str) -> bool:
    """Whether a text ends as a sentence does."""
    return re.search(r"[.?!][’”)]*\Z", text) is not None


def cites_at_end(sentence: str) -> bool:
    """Whether a sentence ends in a citation (a closing stop may follow it)."""
    return re.search(rf"{CITATION}[.!?’”)]*\Z", sentence) is not None


def hold(entry: Entry[Theme], claims: Kind, grounds: Mapping[str, Ground]) -> None:
    """Note what is wrong with the prose of a theme or the opening."""
    blocks, texts = entry.form.blocks, list[tuple[str, bool]]()
    for block in blocks:
        texts += [(block.heading, True)] if block.heading else []
        texts += [(sentence, False) for text in block.texts for sentence in sentences(text)]
    dated = {id for block in blocks for id in block.events}
    body = Body(entry.source, [text for text, _ in texts])
    for number, (text, heading) in enumerate(texts):
        tell, shown = partial(body.wrong, number, "prose"), f"“{text[:60]}”"
        cited, bare = re.findall(CITATION, text), re.sub(rf"\s*{CITATION}", "", text)
        if found := MARKUP.search(text):
            wrong = f"holds markup that is not set here, `{found[0][:40]}`"
            tell(wrong, "write it as plain text, without it", bit=found[0])
        elif re.search(r"[\[\]@]", bare.replace("[…]", "")):
            tell(f"a citation in {shown} is malformed", "write it as [@claim-id]")
        elif heading:
            if cited or len(text.split()) > LONGEST_HEADING or text.endswith((".", "!")):
                mend = "make it a name without a stop, or a sentence that cites a claim"
                tell(f"the heading {shown} is a sentence", mend)
            continue
        elif not cites_at_end(text):
            tell(f"the sentence {shown} ends in no claim", "end it in [@claim-id], or remove it")
        for id in {*cited} - dated:
            claims.use(id, partial(tell, bit=f"[@{id}]"))
        for wrong, mend, bit in misquoted(bare, [grounds.get(id) for id in cited]):
            tell(wrong, mend, bit=bit)
