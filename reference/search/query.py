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


_YEARS = re.compile(
    r"(?P<first>[12][0-9]{3})(?:\s?[-–]\s?(?P<last>[12][0-9]{3}))?"
)


def clean(text: str) -> str:
    """Return a query as it is read: "commis-\\nsioning  ﬁrst" becomes "commissioning first".

    Characters are in their plain form (NFKC), none is invisible, a word broken at the end of a
    line is whole, and there is one space between words. Raises QueryError if it is longer than
    any need be, before or after that.
    """
    _check_length(text)
    # NFKC would make this accent, typed for an apostrophe, a space and a mark
    text = text.replace("´", "’")
    text = unicodedata.normalize("NFKC", text)
    # One character may have become eighteen
    _check_length(text)
    visible = [sign for sign in text if unicodedata.category(sign) != "Cf"]
    unbroken = _BROKEN.sub("", "".join(visible))
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

    `Glasby OR Buckman -data` has two: one whose terms are the two names, and one, negated, whose
    term is "data". OR joins a word to the clause before it, NOT negates the next word, and AND
    changes nothing, as all clauses must hold. Raises QueryError for an unknown field.
    """
    clauses: list[Clause] = []
    operator = ""
    for match in TOKEN.finditer(ADDRESS.sub("", text)):
        if _is_operator(match):
            operator = match["word"]
            continue
        term = _read_term(match)
        if term is None:
            continue
        is_negated = operator == "NOT" or bool(match["minus"])
        clause = Clause((term,), is_negated)
        if operator == "OR" and clauses and _can_join(clauses[-1], clause):
            before = clauses.pop()
            clause = Clause((*before.terms, term))
        clauses.append(clause)
        operator = ""
    return tuple(clauses)


def _can_join(one: Clause, other: Clause) -> bool:
    """Whether clauses may be alternatives of each other: neither of them is negated."""
    return not one.negated and not other.negated


def _is_operator(match: re.Match[str]) -> bool:
    return (
        match["word"] in OPERATORS
        and not match["minus"]
        and not match["field"]
    )


def _read_term(match: re.Match[str]) -> Term | None:
    """Return the term that a match of TOKEN is, None if it has no word in it.

    It is a bare word, a phrase in double or single quotation marks, or either in a field:
    `person:Glasby`. Raises QueryError for an unknown field: `author:Glasby`.
    """
    is_phrase = match["word"] is None
    words = match["word"] or match["double"] or match["single"] or ""
    if not WORD.search(words):
        return None
    unknown_field = match["unknown"]
    if unknown_field and unknown_field.isupper():
        # A journal and its number are no field: BMJ:e4278
        return Term(f"{unknown_field}:{words}", is_phrase)
    if unknown_field:
        raise QueryError(_no_field(unknown_field))
    name_of_field = match["field"] or ""
    field = FIELDS.get(name_of_field.lower())
    return Term(words.strip(), is_phrase, field)


def _no_field(name: str) -> str:
    known = ", ".join(f"{field}:" for field in FIELDS)
    return f"There is no field “{name}:” here; there are {known}."


def years(text: str) -> range:
    """Return the years that a text such as `2010` or `2010-2012` says.

    Raises QueryError if it is neither, or if the second year is before the first.
    """
    match = _YEARS.fullmatch(text.strip())
    if match:
        first = int(match["first"])
        last = int(match["last"] or first)
        if first <= last:
            return range(first, last + 1)
    raise QueryError(
        f"“{text:.40}” is no year or span of years. Years are written in four digits, as in"
        " year:2012 or year:2010-2012."
    )
