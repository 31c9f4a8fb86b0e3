"""The query language: what a reader may type, read into clauses that must all hold."""

import re
import unicodedata
from typing import NamedTuple

from reference.search.entries import FACETS, Facet
from reference.search.words import WORD

MAX_LENGTH = 2_000
"""Characters of a query; longer than any passage here."""
FIELDS: dict[str, Facet] = {facet: facet for facet in FACETS}
"""A field as it may be typed -> the facet that it narrows by."""
FIELDS["speaker"] = "person"
OPERATORS = ("OR", "AND", "NOT")


class QueryError(ValueError):
    """Raised when a query cannot be answered; its text is a plain sentence for the reader."""


class Term(NamedTuple):
    """A word or a phrase as typed; `field` is a facet, or None for words."""

    text: str
    phrase: bool = False
    field: Facet | None = None


class Clause(NamedTuple):
    """Terms of which one must hold, or, `negated`, of which none may."""

    terms: tuple[Term, ...]
    negated: bool = False

    @property
    def is_loose(self) -> bool:
        """Whether it is a word that is only wished for: no phrase, no field, no alternatives."""
        first = self.terms[0]
        is_bare_word = not first.phrase and first.field is None
        return is_bare_word and len(self.terms) == 1 and not self.negated


_OPEN = '"“”„‟«»'
_CLOSE = '"“”‟«»'
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
ADDRESS = re.compile(
    r"https?://(?:(?:dx\.)?doi\.org/|www\.)?|\bdoi:?\s*(?=10\.)|#:~:\S*", re.I
)
"""What an address has before and after its words."""


def clean(text: str) -> str:
    """Return a query as it is read: one spelling of each character, single spaces, nothing unseen;
    a word broken at the end of a line is whole.

    Raises QueryError if it is longer than any need be, before or after that.
    """
    _check_length(text)
    apostrophes_mended = text.replace("´", "’")
    normal = unicodedata.normalize("NFKC", apostrophes_mended)
    _check_length(normal)  # one character may stand for eighteen
    seen = [sign for sign in normal if unicodedata.category(sign) != "Cf"]
    unbroken = _BROKEN.sub("", "".join(seen))
    printable = [sign if sign.isprintable() else " " for sign in unbroken]
    words = "".join(printable).split()
    return " ".join(words)


def _check_length(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise QueryError(
            f"A search may have up to {MAX_LENGTH:,} characters; please shorten it."
        )


def parse(text: str) -> tuple[Clause, ...]:
    """Return the clauses of a query that `clean` has read.

    Raises QueryError for an unknown field.
    """
    clauses: list[Clause] = []
    joining = False
    negating = False
    for match in TOKEN.finditer(ADDRESS.sub("", text)):
        if _is_operator(match):
            joining = match["word"] == "OR" and bool(clauses)
            negating = match["word"] == "NOT"
            continue
        term = _read_term(match)
        if term is None:
            continue
        negated = negating or bool(match["minus"])
        if joining and not negated and not clauses[-1].negated:
            clauses[-1] = Clause((*clauses[-1].terms, term))
        else:
            clauses.append(Clause((term,), negated))
        joining = False
        negating = False
    return tuple(clauses)


def _is_operator(match: re.Match[str]) -> bool:
    return (
        match["word"] in OPERATORS
        and not match["minus"]
        and not match["field"]
    )


def _read_term(match: re.Match[str]) -> Term | None:
    """Return the term of a token, None if it has no word.

    Raises QueryError for an unknown field.
    """
    quoted = match["double"]
    if quoted is None:
        quoted = match["single"]
    is_phrase = quoted is not None
    words = quoted if is_phrase else match["word"]
    if not words or not WORD.search(words):
        return None
    unknown = match["unknown"]
    # A journal and its number are no field: BMJ:e4278
    if unknown and unknown.isupper():
        return Term(f"{unknown}:{words}", is_phrase)
    if unknown:
        raise QueryError(_no_field(unknown))
    field = match["field"] or ""
    return Term(words.strip(), is_phrase, FIELDS.get(field.lower()))


def _no_field(name: str) -> str:
    known = ", ".join(f"{field}:" for field in FIELDS)
    return f"There is no field “{name}:” here; there are {known}."


def years(text: str) -> range:
    """Return `2010` or `2010-2012` as a range of years. Raises QueryError if it is neither."""
    match = re.fullmatch(
        r"([12][0-9]{3})(?:\s?[-–]\s?([12][0-9]{3}))?", text.strip()
    )
    if match:
        first = int(match[1])
        last = int(match[2] or first)
        if first <= last:
            return range(first, last + 1)
    how = (
        "Years are written in four digits, as in year:2012 or year:2010-2012."
    )
    raise QueryError(f"“{text:.40}” is no year or span of years. {how}")
