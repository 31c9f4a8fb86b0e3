"""Numbers and dates in words, and where a date stands among the landmarks of its time."""

from calendar import month_name  # in English, as no locale is ever set here
from collections.abc import Iterable, Sequence
from datetime import date as Day
from typing import Literal, NamedTuple

from reference.periods import Period, date_parts, period
from reference.records import Date, Event

NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
DATED_BY_US = ", dated by us"
"""Ends what follows from a range of ours."""

LEAST_CERTAINTY = 5
"""How many times a landmark's own vagueness a distance from it must be, to be said in numbers."""

LONGEST_SPAN_IN_WORDS = 200
"""Days: a span that may be longer is told by the landmarks on both its sides."""


def in_words(number: int) -> str:
    """Return a number as prose has it: in words up to twelve."""
    if number < len(NUMBERS):
        return NUMBERS[number]
    return f"{number:,}"


def counted(number: int, thing: str, things: str = "") -> str:
    """Return how many of a thing there are: `1 claim`, `12 claims`."""
    if number == 1:
        return f"1 {thing}"
    return f"{number:,} {things or f'{thing}s'}"


# Dates


def date_words(date: Date) -> str:
    """Return a date in words: `20 June 2012`, `between … and …`, `31 January 2012 or later`."""
    first = day_words(date.first)
    if not date.last:
        return f"{first} or later"
    if date.exact:
        return first
    return f"between {first} and {day_words(date.last)}"


def when_words(date: Date) -> str:
    """Return a date in few words; a span of dates by its months, or by its years if it has two.

    - 2010-07-29/2010-08-31 -> July or August 2010
    - 2010-03/2010-06 -> March to June 2010
    - 2007-12/2008-12 -> 2007 or 2008
    """
    if date.exact or not date.last:
        return date_words(date)
    first = date_parts(date.first)
    last = date_parts(date.last)
    if first.year != last.year:
        or_to = joining_word(first.year, last.year)
        return f"{first.year} {or_to} {last.year}"
    # A date that is no more than a year may be of any of its months.
    first_month = first.month or 1
    last_month = last.month or 12
    months = months_words(first_month, last_month)
    return f"{months} {first.year}"


def months_words(first: int, last: int) -> str:
    """Return one month or a range of them: `July`, `July or August`, `March to May`."""
    if first == last:
        return month_name[first]
    or_to = joining_word(first, last)
    return f"{month_name[first]} {or_to} {month_name[last]}"


def joining_word(first: int, last: int) -> str:
    """Return what joins two months or years: `or` between neighbours, `to` over more."""
    if last - first == 1:
        return "or"
    return "to"


def year_words(date: Date) -> str:
    """Return the year or years of a date, short: `2012`, `2007–08`, `2012 or later`."""
    first = date.first[:4]
    last = date.last[:4]
    if not last:
        return f"{first} or later"
    if first == last:
        return first
    if first[:2] == last[:2]:
        return f"{first}–{last[2:]}"
    return f"{first}–{last}"


def day_words(text: str) -> str:
    """Return a year, month or day in words: `2012-06-20` -> `20 June 2012`."""
    parts = date_parts(text)
    words = str(parts.year)
    if parts.month:
        words = f"{month_name[parts.month]} {words}"
    if parts.day:
        words = f"{parts.day} {words}"
    return words


# Where a date stands among landmarks


class Landmark(NamedTuple):
    """An event that dates are measured from; prose calls it `name`: “the Act”."""

    period: Period
    name: str

    @property
    def vagueness(self) -> int:
        """Days between the first and the last day it may have been on."""
        return (self.period.end - self.period.first).days


class Distance(NamedTuple):
    """How far a date lies from a landmark: at least so many days `before` or `after` it."""

    days: int
    side: Literal["before", "after"]
    landmark: Landmark

    @property
    def is_countable(self) -> bool:
        """Whether the days can be said: not if the landmark's own date is too vague for that."""
        return self.days >= LEAST_CERTAINTY * self.landmark.vagueness


def standing(date: Date, events: Iterable[Event]) -> str:
    """Return where a date stands among landmarks: those events that dates are measured from.

    - One day: `four weeks before the Act`, `on the day of the Act`
    - A range of days: `two to seven weeks after the White Paper`
    - A range that we have worked out: `…, dated by us` after that
    - A range with a landmark in it: `perhaps before the Act, perhaps after`
    - A date without an end, or no landmark: ""
    """
    when = period(date)
    landmarks = landmarks_among(events)
    overlapping = [
        landmark for landmark in landmarks if landmark.period.overlaps(when)
    ]
    if overlapping:
        best_known = min(overlapping, key=order_by_vagueness)
        return standing_at(when, best_known)
    is_without_end = when.last is None
    if is_without_end or not landmarks:
        return ""
    # No landmark overlaps the date, so each is wholly before or after it
    distances = [distance(when, landmark) for landmark in landmarks]
    distances.sort(key=order_by_nearness)  # the nearest landmark first
    if when.is_one_day:
        return standing_of_day(distances)
    words = standing_of_range(when, distances)
    if not date.exact:
        words += DATED_BY_US
    return words


def landmarks_among(events: Iterable[Event]) -> list[Landmark]:
    """Return those events that dates are measured from."""
    landmarks = []
    for event in events:
        if event.landmark:
            landmarks.append(Landmark(period(event.date), event.landmark))
    return landmarks


def order_by_vagueness(landmark: Landmark) -> tuple[int, Day]:
    """Return the key of sorting that puts the best known landmark first."""
    return landmark.vagueness, landmark.period.first


def order_by_nearness(distance: Distance) -> tuple[int, int, str, str]:
    """Return the key of sorting that puts the nearest landmark first, of two the better known."""
    landmark = distance.landmark
    return (
        distance.days,
        landmark.vagueness,
        distance.side,
        landmark.name,
    )


def standing_at(when: Period, landmark: Landmark) -> str:
    """Return where a date stands that may be the day of a landmark, or on both sides of it."""
    if when.is_one_day and when == landmark.period:
        return f"on the day of {landmark.name}"
    return f"perhaps before {landmark.name}, perhaps after"


def distance(when: Period, landmark: Landmark) -> Distance:
    """Return how far a date lies from a landmark, of which it shares no day."""
    if landmark.period.end < when.first:
        since = when.first - landmark.period.end
        return Distance(since.days, "after", landmark)
    until = landmark.period.first - when.end
    return Distance(until.days, "before", landmark)


def standing_of_day(distances: Sequence[Distance]) -> str:
    """Return where one day stands: how long from the nearest landmark whose date is known well.

    `distances` begin with the nearest landmark.
    """
    for distance in distances:
        if distance.is_countable:
            length = length_of(distance.days)
            return f"{length.words} {distance.side} {distance.landmark.name}"
    return standing_between(distances)


def standing_of_range(when: Period, distances: Sequence[Distance]) -> str:
    """Return where a range of days stands: how long after the last landmark before it.

    `two to seven weeks after the White Paper`. It is only told between which landmarks the range
    lies, `between the White Paper and the Act`, or on which side of the nearest, `before the Act`,

    - if there is no landmark before the range,
    - if that landmark's own date is too vague to count days from,
    - or if the time since then may be too long to be said in words.

    `distances` are those of the range from all landmarks, the nearest first.
    """
    without_count = standing_between(distances)
    from_last_landmark = nearest_on_side("after", distances)
    if from_last_landmark is None or not from_last_landmark.is_countable:
        return without_count
    days_of_range = (when.end - when.first).days
    shortest = from_last_landmark.days
    longest = shortest + days_of_range
    if longest > LONGEST_SPAN_IN_WORDS:
        return without_count
    name = from_last_landmark.landmark.name
    return f"{span_words(shortest, longest)} after {name}"


def standing_between(distances: Sequence[Distance]) -> str:
    """Return between which landmarks a date stands, or on which side of the nearest."""
    passed = nearest_on_side("after", distances)
    coming = nearest_on_side("before", distances)
    if passed and coming:
        return f"between {passed.landmark.name} and {coming.landmark.name}"
    nearest = distances[0]
    return f"{nearest.side} {nearest.landmark.name}"


def nearest_on_side(
    side: Literal["before", "after"], distances: Sequence[Distance]
) -> Distance | None:
    """Return the distance from the nearest landmark that a date is before, or after.

    None if there is no landmark on that side. `distances` begin with the nearest landmark.
    """
    for distance in distances:
        if distance.side == side:
            return distance
    return None


class Unit(NamedTuple):
    """A unit of time: how many days it has, and the most days that are counted in it."""

    name: str
    days: float
    most: int


UNITS = (
    Unit("day", 1, 13),
    Unit("week", 7, 140),
    Unit("month", 30.4, 700),
    Unit("year", 365.25, 10**6),
)


class Length(NamedTuple):
    """A length of time as so many of a unit: four weeks."""

    number: int
    unit: Unit

    @property
    def words(self) -> str:
        """The length as prose has it: `one week`, `four weeks`."""
        if self.number == 1:
            return f"one {self.unit.name}"
        return f"{in_words(self.number)} {self.unit.name}s"


def length_of(days: int) -> Length:
    """Return how long some days are in the unit that suits them, rounded: 29 -> four weeks."""
    unit = next(unit for unit in UNITS if days <= unit.most)
    return Length(round(days / unit.days), unit)


def span_words(shortest: int, longest: int) -> str:
    """Return a span between two numbers of days in words: 5, 20 -> `five days to three weeks`.

    A unit that both have is written once: 14, 49 -> `two to seven weeks`. Where both are the same
    length when rounded, it is said alone: 20, 22 -> `three weeks`.
    """
    low = length_of(shortest)
    high = length_of(longest)
    if low == high:
        return high.words
    if low.unit == high.unit:
        return f"{in_words(low.number)} to {high.words}"
    return f"{low.words} to {high.words}"
