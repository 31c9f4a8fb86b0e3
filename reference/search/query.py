"""The query language: what a reader may type, read into clauses. It knows no index.

A query is a list of clauses that must all hold. A clause is one term, or several joined by OR; a
term is a word or a phrase, or a value looked for in a named field. There is no nesting, so that
nothing a reader types is costly to read.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

MAX_LENGTH = 2_000
"""Characters of a query; longer than any passage here."""
MAX_CLAUSES = 200

FIELDS = ("speaker", "theme", "article", "year")


class Help(NamedTuple):
    """One line of the explanation on the search page; `example` works as it stands."""

    form: str
    meaning: str
    example: str


HELP = (
    Help("two words", "both words, in any order and in any of their forms", "junk data"),
    Help('"phrase"', "these words side by side; any quotation marks will do", '"set up to fail"'),
    Help("-word", "without this word, phrase or field", "training -MBAs"),
    Help("one OR other", "either of the two", "textbooks OR qualification"),
    Help("speaker:", "what this person or group says", 'speaker:"PCT managers"'),
    Help("theme:", "what is filed under this theme", "theme:training skills"),
    Help("article:", "what stands in the article with this title or address", "article:bill"),
    Help("year:", "what appeared in this year, or in these years", "year:2010-2012 support"),
)
"""The language, as the search page explains it and a test holds it true."""


class QueryError(ValueError):
    """Raised when a query cannot be answered; its text is a plain sentence for the reader."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase as typed; `field` is "" for the text."""

    text: str
    phrase: bool = False
    field: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """Terms of which one must hold, or, `negated`, of which none may."""

    terms: tuple[Term, ...]
    negated: bool = False


_OPEN, _CLOSE = '"“”„‟«»＂', '"“”‟«»＂'
_TOKEN = re.compile(
    rf"""(?P<minus>-(?=\S))?
    (?:(?P<field>{"|".join(FIELDS)}):[ ]?)?
    (?:[{_OPEN}](?P<double>[^{_CLOSE}]*)[{_CLOSE}]
      |['‘‚`´](?P<single>\w[^{_OPEN}]*?)['’´](?!\w)
      |(?P<word>[^\s{_OPEN}]+)
      |.)""",
    re.VERBOSE | re.IGNORECASE,
)


def clean(text: str) -> str:
    """The query as read: composed characters, single spaces, nothing that cannot be printed.

    Raises QueryError if it is longer than any query need be.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(f"A search may have up to {MAX_LENGTH:,} characters; please shorten it.")
    text = unicodedata.normalize("NFC", text)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def parse(text: str) -> tuple[Clause, ...]:
    """The clauses of a query that `clean` has read. Every text has a reading; some are empty."""
    clauses: list[Clause] = []
    joining = negating = False
    for match in _TOKEN.finditer(text):
        word = match["word"]
        if word in ("OR", "AND", "NOT") and not match["minus"] and not match["field"]:
            joining, negating = word == "OR" and bool(clauses), word == "NOT"
            continue
        term = _term(match)
        if term is None:
            continue
        negated = bool(match["minus"]) or negating
        if joining and not negated and not clauses[-1].negated:
            clauses[-1] = Clause((*clauses[-1].terms, term))
        elif len(clauses) < MAX_CLAUSES:
            clauses.append(Clause((term,), negated))
        joining = negating = False
    return tuple(clauses)


def _term(match: re.Match[str]) -> Term | None:
    phrase = match["double"] if match["double"] is not None else match["single"]
    words = match["word"] if phrase is None else phrase
    if not words or not any(character.isalnum() for character in words):
        return None
    return Term(words.strip(), phrase is not None, (match["field"] or "").lower())


def years(value: str) -> range | None:
    """`2010` or `2010-2012` as a range of years; None if it is neither."""
    match = re.fullmatch(r"([0-9]{4})(?:[-–]([0-9]{4}))?", value.strip())
    return range(int(match[1]), int(match[2] or match[1]) + 1) if match else None
