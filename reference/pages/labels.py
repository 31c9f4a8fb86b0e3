"""What the site calls what its records name in one word."""

from collections.abc import Mapping
from typing import NamedTuple

from reference.records import (
    ArticleKind,
    Claim,
    ClaimKind,
    Confidence,
    OutcomeKind,
    Verdict,
)


class KindLabel(NamedTuple):
    """A kind of claim: one of it, several, and what it is."""

    one: str
    many: str
    meaning: str


class VerdictLabel(NamedTuple):
    """A verdict in words, and the shape that tells it at a glance: full, half, empty or open."""

    text: str
    shape: str


KINDS: Mapping[ClaimKind, KindLabel] = {
    "problem": KindLabel(
        "Problem", "Problems", "what is said to be wrong, lacking or risky"
    ),
    "remedy": KindLabel(
        "Remedy", "Remedies", "what is proposed, needed or advised"
    ),
    "strength": KindLabel(
        "Strength", "Strengths", "what is said to be good or to work"
    ),
    "context": KindLabel("Context", "Context", "background"),
}

VOICES: Mapping[str, str] = {
    "direct": "quoted directly",
    "reported": "reported by the article",
    "author": "the author’s own words",
    "unsigned": "the article’s own words",
}
"""A claim's voice; `unsigned` is that of a claim that nobody is credited with."""

ARTICLE_KINDS: Mapping[ArticleKind, str] = {
    "journal-news": "News, in a journal",
    "news": "News",
    "opinion": "Opinion",
    "report": "Report",
    "speech": "Speech",
    "press-release": "Press release",
}

SOURCES: Mapping[Confidence, str] = {
    "stated-in-source": "Source",
    "found-at-URL": "Source",
    "inferred-range": "Inferred from",
    "unknown": "Looked for in",
}
"""What leads to the source of a note of ours, by how sure we are of it."""

OUTCOME_KINDS: Mapping[OutcomeKind, str] = {
    "forecast": "Forecast",
    "warning": "Warning",
    "demand": "Demand",
    "judgement": "Judgement",
}

VERDICTS: Mapping[Verdict, VerdictLabel] = {
    "borne out": VerdictLabel("Borne out", "full"),
    "met": VerdictLabel("Met", "full"),
    "partly": VerdictLabel("Borne out in part", "half"),
    "partly met": VerdictLabel("Met in part", "half"),
    "not borne out": VerdictLabel("Not borne out", "empty"),
    "not met": VerdictLabel("Not met", "empty"),
    "open": VerdictLabel("Open", "open"),
}


def voice(claim: Claim) -> str:
    """Return in which voice a claim is made, in words."""
    if not claim.speakers:
        return VOICES["unsigned"]
    return VOICES[claim.voice]
