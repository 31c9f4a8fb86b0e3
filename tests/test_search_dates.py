"""Dates in a query are read in the forms that people and this site write."""

from datetime import date as Day

import pytest

from reference.records import Date
from reference.search.dates import find


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("20 June 2012", Day(2012, 6, 20), Day(2012, 6, 20)),
        ("20th June 2012", Day(2012, 6, 20), Day(2012, 6, 20)),
        ("June 20, 2012", Day(2012, 6, 20), Day(2012, 6, 20)),
        ("20/06/2012", Day(2012, 6, 20), Day(2012, 6, 20)),
        ("20.6.2012", Day(2012, 6, 20), Day(2012, 6, 20)),
        ("2012-06-20", Day(2012, 6, 20), Day(2012, 6, 20)),
        ("what was said on 20 June 2012?", Day(2012, 6, 20), Day(2012, 6, 20)),
        ("June 2012", Day(2012, 6, 1), Day(2012, 6, 30)),
        ("jun 2012", Day(2012, 6, 1), Day(2012, 6, 30)),
        ("July or August 2010", Day(2010, 7, 1), Day(2010, 8, 31)),
        ("29 July to 31 August 2010", Day(2010, 7, 29), Day(2010, 8, 31)),
        (
            "between 29 July 2010 and 31 August 2010",
            Day(2010, 7, 29),
            Day(2010, 8, 31),
        ),
        ("2010-07-29/2010-08-31", Day(2010, 7, 29), Day(2010, 8, 31)),
        ("31 January 2012 or later", Day(2012, 1, 31), None),
        ("2012-01-31/..", Day(2012, 1, 31), None),
    ],
)
def test_a_date_is_read(text: str, first: Day, last: Day | None) -> None:
    """A day, a month, a span or an open end, as printed here, in EDTF, or as people type it."""
    asked = find(text)

    assert asked is not None
    assert (asked.period.first, asked.period.last) == (first, last)
    assert asked.words in text


def test_a_year_alone_is_all_its_days() -> None:
    """A year, and nothing beside it, is the period of its days."""
    asked = find(" 2012 ")

    assert asked
    assert asked.period.first == Day(2012, 1, 1)
    assert asked.period.last == Day(2012, 12, 31)


@pytest.mark.parametrize(
    "text",
    [
        "13 June",
        "June",
        "White Paper 2012",
        "31 June 2012",
        "may",
        "e4278",
        "10.1136/bmj.e4278",
        "40 per cent",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    """Without a year, or where there is no such day, nothing is a date."""
    assert find(text) is None


def test_a_date_may_be_of_another() -> None:
    """A day asked for may be of the month it lies in, and a month asked for has its days."""
    day = find("20 June 2012")
    month = find("June 2012")
    assert day is not None
    assert month is not None

    june = Date("2012-06", "2012-06", "2012-06")
    twentieth = Date("2012-06-20", "2012-06-20", "2012-06-20")

    assert day.is_exactly(twentieth)
    assert day.overlaps(june)
    assert month.overlaps(twentieth)
    assert not month.is_exactly(twentieth)
    assert not day.overlaps(Date("2012-07", "2012-07", "2012-07"))
