"""Our prose, a theme's or the opening's: every sentence ends in a claim, and quotes its claims."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from reference import evidence
from reference.content.bodies import CITATION
from reference.content.names import Tell
from reference.content.quoting import Ground, misquoted
from reference.content.reading import Body, Source
from reference.records import Block

Cite = Callable[[str, Tell], None]
Grounds = Mapping[str, Ground]
LONGEST_HEADING = 8
"""Words: a heading names what follows; what states something is a sentence and cites."""
MARKUP = re.compile(
    r"<[a-zA-Z/!?][^\s>]*|!?\[[^\]]*\]\([^)]*\)|^\|.*\|$|^(?:```|~~~|>)", re.MULTILINE
)
"""What is not set here: raw HTML, links, images, tables, code, block quotations."""

_END = re.compile(rf"(?P<stop>[.!?…])(?P<rest>[’”)]*(?:\s*{CITATION})*)(?=\s|\Z)")
_NEVER = re.compile(r"(?:Dr|Mr|Mrs|Ms|Prof|Rev|Hon|St|e\.g|i\.e|cf|viz|[A-HJ-Z](?:\.[A-Z])*)\Z")
_NUMBERED = {"No", "no", "Nos", "nos", "p", "pp", "vol", "fig", "c", "ca"}
_MIDWAY = {"etc", "al", "a.m", "p.m", "Ltd", "Jr", "Sr"}
"""Abbreviations: before whatever, before a number, before a small letter no sentence ends."""


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with the citations it ends in.

    A sentence ends at `.`, `!` or `?`, with closing marks and citations after it; after a closing
    mark, or at `…`, only if no small letter follows (‘Is it so?’ he asks), and not at the stop of
    an abbreviation (Dr. J. Smith, e.g., No. 10).
    """
    text, found, start = evidence.fold(text), [], 0
    for end in _END.finditer(text):
        after = text[end.end() :].lstrip()
        inside = end["rest"][:1] in {*"’”)"} or end["stop"] == "…"
        short = end[0] == "." and _is_short(text[start : end.start()], after)
        if after.startswith("[@") or (inside and after[:1].islower()) or short:
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    return [*found, text[start:].strip()] if text[start:].strip() else found


def _is_short(before: str, after: str) -> bool:
    """Whether a stop between these ends an abbreviation, and no sentence."""
    word = re.split(r"[\s(‘“]", before)[-1]
    if not after or _NEVER.match(word):
        return bool(after)
    return (word in _NUMBERED and after[0].isdigit()) or (word in _MIDWAY and after[0].islower())


def is_whole(text: str) -> bool:
    """Whether a text ends as a sentence does."""
    return re.search(r"[.?!][’”)]*\Z", text) is not None


def cites_at_end(sentence: str) -> bool:
    """Whether a sentence ends in a citation (a closing stop may follow it)."""
    return re.search(rf"{CITATION}[.!?’”)]*\Z", sentence) is not None


def hold(source: Source, blocks: Iterable[Block], cite: Cite, grounds: Grounds) -> None:
    """Note in `source` what is wrong with its prose; `cite` is told of every citation."""
    texts: list[tuple[str, bool]] = []
    for block in blocks:
        texts += [(block.heading, True)] if block.heading else []
        texts += [(sentence, False) for text in block.texts for sentence in sentences(text)]
    body = Body(source, [text for text, _ in texts])
    for number, (text, heading) in enumerate(texts):
        tell = partial(body.wrong, number, "prose")
        if not heading:
            _sentence(text, tell, cite, grounds)
        elif len(text.split()) > LONGEST_HEADING or text.endswith((".", "!")):
            mend = "make it a name without a stop, or a sentence that cites a claim"
            tell(f"the heading “{text[:60]}” is a sentence", mend)


def _sentence(sentence: str, tell: Callable[..., None], cite: Cite, grounds: Grounds) -> None:
    shown, cited = f"“{sentence[:60]}”", re.findall(CITATION, sentence)
    bare = re.sub(rf"\s*{CITATION}", "", sentence)
    if found := MARKUP.search(sentence):
        wrong = f"holds markup that is not set here, `{found[0][:40]}`"
        tell(wrong, "write it as plain text, without it", bit=found[0])
    elif re.search(r"[\[\]@]", bare.replace("[…]", "")):
        tell(f"a citation in {shown} is malformed", "write it as [@claim-id]")
    elif not cites_at_end(sentence):
        tell(f"the sentence {shown} ends in no claim", "end it in [@claim-id], or remove it")
    for id in cited:
        cite(id, partial(tell, bit=f"[@{id}]"))
    if mark := evidence.odd_mark(sentence):
        mend = "set quotation marks as ‘ ’ “ ”"
        tell(f"the sentence {shown} has the mark {mark}", mend, bit=mark)
    if all(id in grounds for id in cited):
        for wrong, mend in misquoted(bare, [grounds[id] for id in cited]):
            tell(wrong, mend)
