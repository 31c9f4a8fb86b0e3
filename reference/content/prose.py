"""The rules of theme prose: every sentence ends in a claim, and quotes only its claims."""

import re
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches

from reference import evidence
from reference.content import quoting
from reference.content.bodies import CITATION
from reference.content.reading import Source
from reference.records import Block

LONGEST_HEADING = 8
"""Words: a heading names what follows; what states something is a sentence and cites."""

_END = re.compile(rf"[.!?…](?P<closers>[’”)]*)(?:\s*{CITATION})*(?=\s|\Z)")


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with the citations it ends in.

    A sentence ends at `.`, `!` or `?`, with closing marks and citations after it; after a closing
    mark, or at `…`, only if no small letter follows (‘Is it so?’ he asks).
    """
    text, found, start = evidence.fold(text), [], 0
    for end in _END.finditer(text):
        after = text[end.end() :].lstrip()
        inside = end["closers"] or end[0].startswith("…")
        if after.startswith("[@") or (inside and after[:1].islower()):
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    return [*found, text[start:].strip()] if text[start:].strip() else found


def cites_at_end(sentence: str) -> bool:
    """Whether a sentence ends in a citation (a closing stop may follow it)."""
    return re.search(rf"{CITATION}[.!?’”)]*\Z", sentence) is not None


def hold(
    source: Source,
    blocks: Iterable[Block],
    known: Collection[str],
    quotes: Mapping[str, quoting.Ground],
) -> None:
    """Note in `source` what is wrong with its prose."""
    for block in blocks:
        _heading(source, block)
        for text in block.texts:
            for sentence in sentences(text):
                _sentence(source, sentence, known, quotes)


def _heading(source: Source, block: Block) -> None:
    if len(block.heading.split()) > LONGEST_HEADING or re.search(r"[.!]\Z", block.heading):
        wrong = f"the heading “{block.heading[:60]}” is a sentence"
        mend = "shorten it to a name without a stop, or make it a sentence that cites a claim"
        source.problem(line_of(source, block.heading), "prose", wrong, mend)


def _sentence(
    source: Source, sentence: str, known: Collection[str], quotes: Mapping[str, quoting.Ground]
) -> None:
    def wrong(what: str, mend: str) -> None:
        source.problem(line_of(source, sentence), "prose", what, mend)

    shown = f"“{sentence[:60]}”"
    if not cites_at_end(sentence):
        wrong(f"the sentence {shown} ends in no claim", "end it in [@claim-id], or remove it")
    cited = re.findall(CITATION, sentence)
    for id in cited:
        if id not in known:
            near = get_close_matches(id, list(known), 1)
            mend = f"write [@{near[0]}]" if near else "cite a claim that exists"
            wrong(f"there is no claim `{id}`", mend)
    if re.search(r"[\[\]@]", re.sub(CITATION, "", sentence).replace("[…]", "")):
        wrong(f"a citation in {shown} is malformed", "write it as [@claim-id]")
    if mark := evidence.odd_mark(sentence):
        wrong(f"the sentence {shown} has the mark {mark}", "set quotation marks as ‘ ’ “ ”")
    whole = all(id in quotes for id in cited)
    said = re.sub(rf"\s*{CITATION}", "", sentence)
    for what, mend in quoting.misquoted(said, [quotes[id] for id in cited]) if whole else ():
        wrong(what, mend)


def line_of(source: Source, text: str) -> int:
    """The line of the body on which a text begins, as far as its first words tell."""
    words = r"\s+".join(re.escape(word) for word in text.split()[:3])
    match = re.search(words, source.body)
    return source.line_at(match.start() if match else 0)
