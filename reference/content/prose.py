"""Our prose: what a sentence is, and that each ends in the claims it rests on."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from reference import evidence
from reference.content.bodies import CITATION
from reference.content.forms import Entry
from reference.content.marks import Fault, Ground, misquoted, odd_mark
from reference.content.names import Register
from reference.content.reading import Source
from reference.records import GAP, Block, Claim, Theme

WHOLE = re.compile(r"[.?!][’”)]*\Z")
"""How a whole sentence ends."""
CITING = re.compile(rf"{CITATION}[.!?’”)]*\Z")
"""How a sentence that cites ends."""
LONGEST_HEADING = 8  # words
SHOWN = 60  # characters of a sentence in a message
_END = re.compile(
    rf"(?P<stop>[.!?…])(?P<rest>[’”)]*(?:\s*{CITATION})*)(?=\s|\Z)"
)
_ABBREVIATION = re.compile(
    r"(?<![^\s(‘“])(?:"
    r"(?:Dr|Mr|Mrs|Ms|Prof|Rev|Hon|St|e\.g|i\.e|cf|viz|[A-HJ-Z](?:\.[A-Z])*)\.(?=\s*\S)"
    r"|(?:[Nn]os?|pp?|vol|fig|ca?)\.(?=\s*\d)"
    r"|(?:etc|al|a\.m|p\.m|Ltd|Jr|Sr)\.(?=\s*[a-z]))"
)
"""Abbreviations: before whatever, before a number, before a small letter they end no sentence."""


def sentences(text: str) -> list[str]:
    """Return the sentences of a text.

    A sentence ends at `.`, `!` or `?`; closing marks and citations after that belong to it. Where a
    closing mark follows, or the sign is `…`, it goes on if a small letter comes next: ‘Is it so?’
    he asks. The stop of an abbreviation (Dr. J. Smith, e.g., No. 10) ends no sentence.
    """
    text = evidence.fold(text)
    stops_of_abbreviations = {
        match.end() for match in _ABBREVIATION.finditer(text)
    }
    found = []
    start = 0
    for end in _END.finditer(text):
        if end.end() in stops_of_abbreviations:
            continue
        if _goes_on(end, text[end.end() :].lstrip()):
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


def _fault_of_citing(sentence: str) -> Fault | None:
    """Return what is wrong with how a sentence cites: [@data-is-junk] at its end is right."""
    shown = f"“{sentence[:SHOWN]}”"
    without_gaps = without_citations(sentence).replace(GAP, "")
    has_signs_of_citation = re.search(r"[\[\]@]", without_gaps) is not None
    if has_signs_of_citation:
        wrong = f"a citation in {shown} is malformed"
        return Fault(wrong, "write it as [@claim-id]", "")
    if not CITING.search(sentence):
        wrong = f"the sentence {shown} ends in no claim"
        return Fault(wrong, "end it in [@claim-id], or remove it", "")
    return None


class ProseRules:
    """Holds the prose of a theme or of the opening against the rules.

    `claims` are all that there are, `grounds` what may be quoted of each claim and event, by id.
    """

    def __init__(
        self, claims: Register[Claim], grounds: Mapping[str, Ground]
    ) -> None:
        self._claims = claims
        self._grounds = grounds

    def check(self, theme: Entry[Theme]) -> None:
        """Report what is wrong with the prose of a theme."""
        for block in theme.get("blocks") or ():
            if block.heading:
                self._check_heading(theme.source, block.heading)
            for paragraph in block.texts:
                for sentence in sentences(paragraph):
                    self._check_sentence(theme.source, sentence, block)

    def _check_heading(self, source: Source, heading: str) -> None:
        """Report a heading that cites, quotes or is a sentence: a heading is a name."""
        cited = re.findall(CITATION, heading)
        self._require_claims(source, heading, cited)
        fault = self._fault_of_marks(without_citations(heading), [])
        is_long = len(heading.split()) > LONGEST_HEADING
        is_sentence = is_long or heading.endswith((".", "!"))
        if fault:
            source.report_in_body(heading, "prose", *fault)
        elif cited or is_sentence:
            wrong = f"the heading “{heading[:SHOWN]}” is a sentence"
            mend = "make it a name without a stop, or a sentence that cites a claim"
            source.report_in_body(heading, "prose", wrong, mend)

    def _check_sentence(
        self, source: Source, sentence: str, block: Block
    ) -> None:
        """Report a sentence that ends in no citation, or quotes what its claims do not allow.

        It stands in a block of the source's body. The claims that it cites are required to exist.
        """
        cited = re.findall(CITATION, sentence)
        claims = [
            cited_id for cited_id in cited if cited_id not in block.events
        ]
        self._require_claims(source, sentence, claims)
        fault = self._fault_of_marks(without_citations(sentence), cited)
        if fault is None:
            fault = _fault_of_citing(sentence)
        if fault:
            source.report_in_body(sentence, "prose", *fault)

    def _require_claims(
        self, source: Source, text: str, cited: Iterable[str]
    ) -> None:
        """Require that each claim cited in a text be given; else that is reported on its line."""
        for id in dict.fromkeys(cited):
            report = partial(
                source.report_in_body, text, "prose", bit=f"[@{id}]"
            )
            self._claims.require(id, report)

    def _fault_of_marks(self, text: str, cited: Sequence[str]) -> Fault | None:
        """Return the first thing that is wrong with the quotation marks of a sentence."""
        odd = odd_mark(text)
        if odd:
            return odd
        grounds = [self._grounds.get(id) for id in cited] or [None]
        return next(misquoted(text, grounds), None)
