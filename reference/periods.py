"""The days that a date may mean: EDTF bounds as written -> first and last day."""

from calendar import monthrange
from datetime import date as Day
from typing import NamedTuple

from reference.records import Date


class Period(NamedTuple):
    """The first and the last day that a date may mean; `last` is None where nothing bounds it."""

    first: Day
    last: Day | None

    @property
    def end(self) -> Day:
        """The last day, or the end of time."""
        return self.last or Day.max

    @property
    def is_one_day(self) -> bool:
        return self.first == self.last

    def overlaps(self, other: "Period") -> bool:
        return self.first <= other.end and other.first <= self.end


def period(date: Date) -> Period:
    """Return the days that a date may mean: `2012` -> 1 January to 31 December 2012."""
    return Period(
        first_day(date.first), last_day(date.last) if date.last else None
    )


def first_day(text: str) -> Day:
    """Return the first day of a year, month or day: `2010-03` -> 1 March 2010."""
    year, month, day = date_parts(text)
    return Day(year, month or 1, day or 1)


def last_day(text: str) -> Day:
    """Return the last day of a year, month or day: `2010-03` -> 31 March 2010."""
    year, month, day = date_parts(text)
    last_month = month or 12
    days_in_month = monthrange(year, last_month)[1]
    return Day(year, last_month, day or days_in_month)


class DateParts(NamedTuple):
    """A date as written; 0 stands for a part that is not given."""

    year: int
    month: int
    day: int


def date_parts(text: str) -> DateParts:
    """Return the parts of a year, month or day as written: `2010-03` -> (2010, 3, 0)."""
    numbers = [int(part) for part in text.split("-")]
    missing = [0] * (3 - len(numbers))
    return DateParts(*numbers, *missing)
