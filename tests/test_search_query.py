"""The query language: what a reader types is read, bounded, and explained truly."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.search.query import (
    MAX_LENGTH,
    Clause,
    QueryError,
    Term,
    clean,
    parse,
    years,
)


@pytest.mark.parametrize(
    "marks", ['""', "“”", "„“", "«»", "‘’", "''", "＂＂", "””", "\u201f\u201d"], ids=str
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
    words = [term.text for clause in parse("King's Fund GPs’ views don’t") for term in clause.terms]
    assert words == ["King's", "Fund", "GPs’", "views", "don’t"]
    assert not any(term.phrase for clause in parse("‘ it’s GPs’ view") for term in clause.terms)


def test_fields_negation_and_or() -> None:
    """A field takes a word or a phrase, `-` or NOT turns a term round, OR joins two."""
    assert parse('speaker:"PCT managers" -theme:training NOT data a OR b OR "c d"') == (
        Clause((Term("PCT managers", True, "person"),)),
        Clause((Term("training", False, "theme"),), negated=True),
        Clause((Term("data"),), negated=True),
        Clause((Term("a"), Term("b"), Term("c d", phrase=True))),
    )


@pytest.mark.parametrize("text", ["", "OR", "NOT", "AND OR", '""', "-", "?*~", "( )"])
def test_what_says_nothing_is_no_clause(text: str) -> None:
    """Operators and punctuation alone ask for nothing, are no error, and lose no word beside."""
    assert parse(clean(text)) == ()
    words = [t.text for c in parse(clean(f"{text} data")) for t in c.terms]
    assert words == ["data"]


@pytest.mark.parametrize("text", ["voice:direct", 'voice:"direct"', "x Voice:direct", "-tag:“x”"])
def test_an_unknown_field_is_said(text: str) -> None:
    """A field that there is none of is said in a sentence, with those there are."""
    with pytest.raises(QueryError, match=r"no field .*person:, theme:.*year:"):
        parse(clean(text))


@pytest.mark.parametrize("text", ["344:e4278", "BMJ:e4278", "Commissioning: how", "10:30", "a:b"])
def test_a_colon_is_not_always_a_field(text: str) -> None:
    """A number or a journal before a colon, or a space after it, makes no field."""
    assert not any(term.field for clause in parse(text) for term in clause.terms)


def test_years() -> None:
    """A year or a range of years is read; anything else is answered with how they are written."""
    assert list(years("2012")) == [2012]
    assert list(years("2010-2012")) == list(years("2010 – 2012")) == [2010, 2011, 2012]
    for wrong in ("12", "²²²²", "2010-", ">2010", "2012-2010", "last"):
        with pytest.raises(QueryError, match=r"four digits.*2010-2012"):
            years(wrong)


def test_what_is_pasted_is_read_plain() -> None:
    """Ligatures, full-width letters, no-break spaces and words broken at a line's end are read as
    what they are; an address or a DOI without what it may stand without."""
    assert clean("ﬁnd\u00a0ｊｕｎｋ commis-\nsioning\r\n") == "find junk commissioning"
    for doi in ("https://doi.org/10.1/a", "doi:10.1/a", "DOI 10.1/a", "http://dx.doi.org/10.1/a"):
        assert clean(doi) == "10.1/a"


def test_every_hidden_character_is_dropped() -> None:
    """No character that formats and is not seen (category Cf) parts a word."""
    hidden = [chr(c) for c in range(sys.maxunicode + 1) if unicodedata.category(chr(c)) == "Cf"]
    assert {clean(f"Buck{character}man") for character in hidden} == {"Buckman"}


def test_too_long_is_said_plainly() -> None:
    """A query longer than any need be is refused in a sentence, however long it is."""
    clean("a" * MAX_LENGTH)
    with pytest.raises(QueryError, match="shorten"):
        clean("a" * 10_000_000)


@given(st.text(st.characters(codec=None), max_size=300))
def test_every_text_has_a_reading(text: str) -> None:
    """Whatever is typed has a bounded reading, and reading it as printed again changes nothing."""
    tidy = clean(text)
    assert len(clean(tidy[:MAX_LENGTH])) <= len(tidy)
    try:
        clauses = parse(tidy)
    except QueryError as error:
        assert "no field" in str(error)
    else:
        assert all(clause.terms and term.text for clause in clauses for term in clause.terms)
