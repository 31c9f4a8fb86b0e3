"""The query language: what a reader may type, read into clauses that must all hold."""

import re
import unicodedata
from typing import NamedTuple

from reference.search.words import WORD

MAX_LENGTH = 2_000  # characters of a query; longer than any passage here
FIELDS = {name: name for name in ("person", "theme", "article", "year", "kind")}
FIELDS["speaker"] = "person"  # as it may be typed -> the facet it narrows by


class QueryError(ValueError):
    """Raised when a query cannot be answered; its text is a plain sentence for the reader."""


class Term(NamedTuple):
    """A word or a phrase as typed; `field` is a facet, or "" for words."""

    text: str
    phrase: bool = False
    field: str = ""


class Clause(NamedTuple):
    """Terms of which one must hold, or, `negated`, of which none may."""

    terms: tuple[Term, ...]
    negated: bool = False


_OPEN, _CLOSE = '"“”„‟«»', '"“”‟«»'
TOKEN = re.compile(
    rf"""(?P<minus>-(?=\S))?
    (?:(?P<field>{"|".join(FIELDS)}):[ ]?|(?P<unknown>[a-z]{{3,12}}):(?=[\w{_OPEN}]))?
    (?:[{_OPEN}](?P<double>[^{_CLOSE}]*)[{_CLOSE}]
      |['‘‚`](?P<single>\w[^{_OPEN}]*?)['’](?!\w)
      |(?P<word>[^\s{_OPEN}]+)
      |.)""",
    re.VERBOSE | re.IGNORECASE,
)
_BROKEN = re.compile(r"(?<=\w)[-‐‑]\s*[\n\r]\s*(?=\w)")
ADDRESS = re.compile(r"https?://(?:(?:dx\.)?doi\.org/|www\.)?|\bdoi:?\s*(?=10\.)|#:~:\S*", re.I)


def clean(text: str) -> str:
    """The query as read: one spelling of each character, single spaces, nothing unseen; a word
    broken at the end of a line is whole. Raises QueryError if it is longer than any need be."""
    if len(text) > MAX_LENGTH:
        raise QueryError(f"A search may have up to {MAX_LENGTH:,} characters; please shorten it.")
    text = unicodedata.normalize("NFKC", text.replace("´", "’"))
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    text = ADDRESS.sub("", _BROKEN.sub("", text))
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def parse(text: str) -> tuple[Clause, ...]:
    """The clauses of a query that `clean` has read. Raises QueryError for an unknown field."""
    clauses: list[Clause] = []
    joining = negating = False
    for match in TOKEN.finditer(text):
        word = match["word"]
        if word in ("OR", "AND", "NOT") and not match["minus"] and not match["field"]:
            joining, negating = word == "OR" and bool(clauses), word == "NOT"
            continue
        if (term := _term(match)) is None:
            continue
        negated = bool(match["minus"]) or negating
        if joining and not negated and not clauses[-1].negated:
            clauses[-1] = Clause((*clauses[-1].terms, term))
        else:
            clauses.append(Clause((term,), negated))
        joining = negating = False
    return tuple(clauses)


def _term(match: re.Match[str]) -> Term | None:
    phrase = match["double"] if match["double"] is not None else match["single"]
    words, unknown = match["word"] if phrase is None else phrase, match["unknown"] or ""
    if not words or not WORD.search(words):
        return None
    if unknown and not unknown.isupper():  # a journal and its number are no field: BMJ:e4278
        known = ", ".join(f"{name}:" for name in FIELDS)
        raise QueryError(f"There is no field “{unknown}:” here; there are {known}.")
    words = f"{unknown}:{words}" if unknown else words.strip()
    return Term(words, phrase is not None, FIELDS.get((match["field"] or "").lower(), ""))


def years(text: str) -> range:
    """`2010` or `2010-2012` as a range of years. Raises QueryError if it is neither."""
    match = re.fullmatch(r"([12][0-9]{3})(?:\s?[-–]\s?([12][0-9]{3}))?", text.strip())
    span = range(int(match[1]), int(match[2] or match[1]) + 1) if match else range(0)
    if not span:
        how = "Years are written in four digits, as in year:2012 or year:2010-2012."
        raise QueryError(f"“{text:.40}” is no year or span of years. {how}")
    return span
