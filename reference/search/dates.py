"""Dates in a query: `20 June 2012`, `July or August 2010`, `2010-07-29/2010-08-31`."""

import re
from calendar import month_abbr, month_name
from typing import NamedTuple

from reference.periods import (
    DateParts,
    Period,
    date_parts,
    first_day,
    last_day,
    period,
)
from reference.records import Date

# Python's names of months are English, as no locale is ever set
_MONTHS: dict[str, str] = {}
for _number in range(1, 13):
    _MONTHS[month_name[_number].lower()] = str(_number)
    _MONTHS[month_abbr[_number].lower()] = str(_number)
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = "[12][0-9]{3}"
_DATE = re.compile(
    rf"""\b(?:
      (?P<iso>{_YEAR}-[0-9]{{2}}(?:-[0-9]{{2}})?)
    | (?P<american_month>{_MONTH})\.?\s+(?P<american_day>[0-3]?[0-9])(?:st|nd|rd|th)?,?\s+
      (?P<american_year>{_YEAR})
    | (?:(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?\s+)?(?P<month>{_MONTH})\.?,?(?:\s+(?P<year>{_YEAR}))?
    | (?P<british>[0-3]?[0-9][/.][01]?[0-9][/.]{_YEAR})
    )(?![0-9])""",
    re.VERBOSE | re.IGNORECASE,
)
_YEAR_ALONE = re.compile(rf"\s*({_YEAR})\s*")
_JOINT = re.compile(r"\s*(?:/|-|–|—|to|or|and|until)\s*", re.IGNORECASE)
_OPEN_END = re.compile(r"\s*(?:/\.\.|or later\b)", re.IGNORECASE)


class DateAsked(NamedTuple):
    """A date in a query: the days that it may mean, and the words that say it.

    `is_year`: it is nothing but a year.
    """

    period: Period
    words: str
    is_year: bool = False

    def overlaps(self, date: Date) -> bool:
        """Whether a date may be of these days."""
        return self.period.overlaps(period(date))

    def is_exactly(self, date: Date) -> bool:
        return self.period == period(date)


def find(text: str) -> DateAsked | None:
    """Return the first date, or range of dates, that a text asks for; None if there is none.

    - `20 June 2012` asks for a day, `June 2012` for a month, `June 2012 or later` for all since.
    - `July or August 2010` asks for both months, and so do “to”, “and” or a dash between them.
    - `2012` asks for a year only if nothing else is in the text: `White Paper 2012` does not.

    Where no year is said, or a day that no month has (`31 June 2012`), the next date is looked for.
    """
    year = _YEAR_ALONE.fullmatch(text)
    if year:
        return _whole_year(year[1])
    for match in _DATE.finditer(text):
        asked = _range_from(match) or _one_date(match)
        if asked:
            return asked
    return None


def _whole_year(year: str) -> DateAsked:
    days = Period(first_day(year), last_day(year))
    return DateAsked(days, year, is_year=True)


def _range_from(first_match: re.Match[str]) -> DateAsked | None:
    """Return the period from one date in a text to the next: of `July or August 2010`, two months.

    `first_match` is where the first date stands. If it lacks its year, it is of the next one's.
    None if no other date follows, with “or”, “to” or the like between them, or if the two make no
    period (see `_period_asked`).
    """
    text = first_match.string
    joint = _JOINT.match(text, first_match.end())
    if not joint:
        return None
    last_match = _DATE.match(text, joint.end())
    if not last_match:
        return None
    first = _read(first_match)
    last = _read(last_match)
    if not first.year:
        first = first._replace(year=last.year)
    words = text[first_match.start() : last_match.end()]
    return _period_asked(first, last, words)


def _one_date(match: re.Match[str]) -> DateAsked | None:
    """Return the period of one date in a text: a day, a month, or all that comes after it.

    None if it is no period (see `_period_asked`).
    """
    date = _read(match)
    open_end = _OPEN_END.match(match.string, match.end())
    if open_end:
        words = match[0] + open_end[0]
        return _period_asked(date, None, words)
    return _period_asked(date, date, match[0])


def _period_asked(
    first: DateParts, last: DateParts | None, words: str
) -> DateAsked | None:
    """Return the period from the first day of one date to the last day of another.

    From July to August 2010 it is 1 July to 31 August. If `last` is None, it has no end. `words`
    are the words of the query that say it. None if the first date has no year, if there is no
    such day, as on 31 June, or if the end is before the start.
    """
    if not first.year:
        return None
    try:
        start = first_day(_in_edtf(first))
        end = last_day(_in_edtf(last)) if last else None
    except ValueError:
        return None
    if end and end < start:
        return None
    return DateAsked(Period(start, end), words)


def _read(match: re.Match[str]) -> DateParts:
    """Return the year, the month and the day that a match of _DATE says; 0 for one it leaves out.

    Only one of its four alternatives has matched: `2012-06-20`, `20/06/2012`, `June 20, 2012`, or
    `20 June 2012`, which may lack the day or the year.
    """
    if match["iso"]:
        return date_parts(match["iso"])
    if match["british"]:
        day, month, year = re.split("[/.]", match["british"])
        return _parts(day, month, year)
    if match["american_month"]:
        return _parts(
            match["american_day"],
            match["american_month"],
            match["american_year"],
        )
    return _parts(match["day"], match["month"], match["year"])


def _parts(day: str | None, month: str, year: str | None) -> DateParts:
    """Return the parts of a date as numbers; the month may be a name."""
    month_number = _MONTHS.get(month.lower(), month)
    return DateParts(int(year or 0), int(month_number), int(day or 0))


def _in_edtf(parts: DateParts) -> str:
    """Return parts of a date as EDTF has them: `2012-06` or `2012-06-20`."""
    month = f"{parts.year:04}-{parts.month:02}"
    return f"{month}-{parts.day:02}" if parts.day else month
