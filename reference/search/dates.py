"""Dates in a query: `20 June 2012`, `July or August 2010`, `2010-07-29/2010-08-31`."""

import re
from calendar import month_abbr, month_name, monthrange  # in English, as no locale is ever set
from typing import NamedTuple

from reference.records import Date

_MONTHS: dict[str, int] = {}
for _number in range(1, 13):
    _MONTHS[month_name[_number].lower()] = _number
    _MONTHS[month_abbr[_number].lower()] = _number
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = "[12][0-9]{3}"
_DATE = re.compile(
    rf"""\b(?:
      (?P<iso>{_YEAR}-[0-9]{{2}}(?:-[0-9]{{2}})?)
    | (?P<american>{_MONTH})\.?\s+(?P<american_day>[0-3]?[0-9])(?:st|nd|rd|th)?,?\s+
      (?P<american_year>{_YEAR})
    | (?:(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?\s+)?(?P<month>{_MONTH})\.?,?(?:\s+(?P<year>{_YEAR}))?
    | (?P<british>[0-3]?[0-9][/.][01]?[0-9][/.]{_YEAR})
    )(?![0-9])""",
    re.VERBOSE | re.IGNORECASE,
)
_JOINT = re.compile(r"\s*(?:/|-|–|—|to|or|and|until)\s*", re.IGNORECASE)
_OPEN_END = re.compile(r"\s*(?:/\.\.|or later\b)", re.IGNORECASE)


class Period(NamedTuple):
    """A date in a query: its first and last day in full, and the words that say it.

    `last` is "9999-12-31" where it is open.
    """

    first: str
    last: str
    words: str

    def holds(self, date: Date) -> bool:
        """Whether a date lies in this period, or this period in the date."""
        first, last = _bounds(date)
        inside = self.first <= first and last <= self.last
        around = first <= self.first and self.last <= last
        return inside or around

    def is_exactly(self, date: Date) -> bool:
        return (self.first, self.last) == _bounds(date)


class _Day(NamedTuple):
    """A day, or, where they are 0, a month or only the name of a month."""

    year: int
    month: int
    day: int


_OPEN = "9999-12-31"


def find(text: str) -> Period | None:
    """Return the first date in a text, None if there is none with a year.

    Two dates with a word between them, `July or August 2010`, are one period; the first may leave
    its year to the second.
    """
    for match in _DATE.finditer(text):
        first = _read(match)
        if first is None:
            continue
        period = _range_from(text, match, first)
        if period is None and first.year:
            period = _one_date(text, match, first)
        if period:
            return period
    return None


def _range_from(text: str, match: re.Match[str], first: _Day) -> Period | None:
    """Return the period from a date to the next, if a word such as “or” joins them."""
    joint = _JOINT.match(text, match.end())
    following = _DATE.match(text, joint.end()) if joint else None
    last = _read(following) if following else None
    if not following or not last or not last.year:
        return None
    start = first._replace(year=first.year or last.year)
    if _first_day(start) > _last_day(last):
        return None
    return Period(_first_day(start), _last_day(last), text[match.start() : following.end()])


def _one_date(text: str, match: re.Match[str], date: _Day) -> Period:
    """Return the period of one date: a day or a month, or all that comes after it."""
    open_end = _OPEN_END.match(text, match.end())
    if open_end:
        return Period(_first_day(date), _OPEN, text[match.start() : open_end.end()])
    return Period(_first_day(date), _last_day(date), match[0])


def _read(match: re.Match[str]) -> _Day | None:
    """Return the day that a match says, None if there is none such (31 June)."""
    day = _day_of(match)
    if not 1 <= day.month <= 12:
        return None
    _, days = monthrange(day.year or 2000, day.month)
    return day if day.day <= days else None


def _day_of(match: re.Match[str]) -> _Day:
    if match["iso"]:
        return _read_iso(match["iso"])
    if match["british"]:
        day, month, year = re.split("[/.]", match["british"])
        return _Day(int(year), int(month), int(day))
    if match["american"]:
        month_number = _MONTHS[match["american"].lower()]
        return _Day(int(match["american_year"]), month_number, int(match["american_day"]))
    month_number = _MONTHS[match["month"].lower()]
    return _Day(int(match["year"] or 0), month_number, int(match["day"] or 0))


def _read_iso(text: str) -> _Day:
    """Return `2012`, `2012-06` or `2012-06-20` as a day."""
    year, month, day = [*(int(part) for part in text.split("-")), 0, 0][:3]
    return _Day(year, month, day)


def _first_day(day: _Day) -> str:
    return f"{day.year:04}-{day.month:02}-{day.day or 1:02}"


def _last_day(day: _Day) -> str:
    return f"{day.year:04}-{day.month:02}-{day.day or monthrange(day.year, day.month)[1]:02}"


def _bounds(date: Date) -> tuple[str, str]:
    """Return the first and last day of a date, in full."""
    first = f"{date.first}-01-01"[:10] if len(date.first) < 10 else date.first
    if not date.last:
        return first, _OPEN
    last = _read_iso(date.last)
    return first, _last_day(last._replace(month=last.month or 12))
