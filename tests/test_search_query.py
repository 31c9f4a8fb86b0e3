"""The query language: what a reader types is read, bounded, and explained truly."""

import sys
import unicodedata

import pytest

from reference.search.query import (
    Clause,
    QueryError,
    Term,
    clean,
    parse,
    years,
)


@pytest.mark.parametrize(
    "marks",
    ['""', "“”", "„“", "«»", "‘’", "''", "＂＂", "””", "\u201f\u201d"],
    ids=str,
)
def test_any_quotation_marks_make_a_phrase(marks: str) -> None:
    """Words in quotation marks of any shape are one phrase."""
    assert parse(clean(f"a {marks[0]}set up to fail{marks[1]} b")) == (
        Clause((Term("a"),)),
        Clause((Term("set up to fail", phrase=True),)),
        Clause((Term("b"),)),
    )


def test_an_apostrophe_is_no_quotation_mark() -> None:
    """King's Fund, GPs' views and 'don't' are words, not the beginning of a phrase."""
    words = [
        term.text
        for clause in parse("King's Fund GPs’ views don’t")
        for term in clause.terms
    ]
    assert words == ["King's", "Fund", "GPs’", "views", "don’t"]
    assert not any(
        term.phrase
        for clause in parse("‘ it’s GPs’ view")
        for term in clause.terms
    )


def test_fields_negation_and_or() -> None:
    """A field takes a word or a phrase, `-` or NOT turns a term round, OR joins two."""
    assert parse(
        'speaker:"PCT managers" -theme:training NOT data a OR b OR "c d"'
    ) == (
        Clause((Term("PCT managers", True, "person"),)),
        Clause((Term("training", False, "theme"),), negated=True),
        Clause((Term("data"),), negated=True),
        Clause((Term("a"), Term("b"), Term("c d", phrase=True))),
    )


@pytest.mark.parametrize(
    "text", ["", "OR", "NOT", "AND OR", '""', "-", "?*~", "( )"]
)
def test_what_says_nothing_is_no_clause(text: str) -> None:
    """Operators and punctuation alone ask for nothing, are no error, and lose no word beside."""
    assert parse(clean(text)) == ()
    words = [t.text for c in parse(clean(f"{text} data")) for t in c.terms]
    assert words == ["data"]


@pytest.mark.parametrize(
    "text", ["voice:direct", 'voice:"direct"', "x Voice:direct", "-tag:“x”"]
)
def test_an_unknown_field_is_said(text: str) -> None:
    """A field that there is none of is said in a sentence, with those there are."""
    with pytest.raises(
        QueryError, match=r"no field .*; there are .*theme:, person:.*year:"
    ):
        parse(clean(text))


@pytest.mark.parametrize(
    "text", ["344:e4278", "BMJ:e4278", "Commissioning: how", "10:30", "a:b"]
)
def test_a_colon_is_not_always_a_field(text: str) -> None:
    """A number or a journal before a colon, or a space after it, makes no field."""
    assert not any(
        term.field for clause in parse(text) for term in clause.terms
    )


def test_years() -> None:
    """A year or a range of years is read; anything else is answered with how they are written."""
    assert list(years("2012")) == [2012]
    assert (
        list(years("2010-2012"))
        == list(years("2010 – 2012"))
        == [2010, 2011, 2012]
    )
    for wrong in ("12", "²²²²", "2010-", ">2010", "2012-2010", "last"):
        with pytest.raises(QueryError, match=r"four digits.*2010-2012"):
            years(wrong)


def test_every_hidden_character_is_dropped() -> None:
    """No character that formats and is not seen (category Cf) parts a word."""
    hidden = [
        chr(c)
        for c in range(sys.maxunicode + 1)
        if unicodedata.category(chr(c)) == "Cf"
    ]
    assert {clean(f"Buck{character}man") for character in hidden} == {
        "Buckman"
    }
