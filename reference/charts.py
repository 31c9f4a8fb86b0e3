"""Dates -> geometry and words for what readers would rather look at.

Geometry is in percent of an axis, so that a picture fits any screen, and never leaves 0 to 100.
"""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Day
from typing import Literal, NamedTuple

from reference.records import Article, Claim, Date, Event, Library

ROWS = 30
AXIS_YEARS = 12
AROUND = 2
"""Years before the first article and after the last in which events have a place on the axis."""
LOWEST = 8  # the number of the last line for the names of events
APART = 5.0  # percent of an upright axis between the lines of two labels


class Mark(NamedTuple):
    """An article (and the surnames of those who speak in it) or an event, and its place in percent.
    It may lie `beyond` the axis, or be `open` at its end. `lanes` keep the names of events apart,
    on a wide picture and on a narrow one; `label` is its line's place beside an upright axis."""

    item: Article | Event
    voices: tuple[str, ...] = ()
    start: float = 0
    end: float = 0
    open: bool = False
    beyond: Literal["", "before", "after"] = ""
    lanes: tuple[int, int] = (0, 0)
    label: float = 0


@dataclass(frozen=True)
class Timeline:
    """Articles and events in order of date, and the years of the axis with their places."""

    articles: list[Mark]
    events: list[Mark]
    ticks: list[tuple[int, float]]

    @property
    def marks(self) -> list[Mark]:
        return sorted(self.articles + self.events, key=lambda mark: mark.item.date.first)


def timeline(library: Library, claims: Iterable[Claim] | None = None) -> Timeline:
    """The latest articles, or those that `claims` are from among the landmarks of their time."""
    spoken = defaultdict[str, Counter[str]](Counter)
    for claim in library.claims.values() if claims is None else claims:
        names = [library.people[who].surname for who in claim.speakers if who in library.people]
        spoken[claim.article].update(names)
    latest = list(library.articles.values())[-ROWS:]
    years = [year for article in latest for year in article.date.years] or [0]
    last = max(years) + AROUND
    first = max(min(years) - AROUND, last - AXIS_YEARS)

    def mark(item: Article | Event) -> Mark:
        opens, closes = bounds(item.date)
        start, end = (_percent(day, first, last) for day in (opens, closes or Day(last, 1, 1)))
        if end < 0 or start > 100:
            return Mark(item, beyond="before" if end < 0 else "after", open=not closes)
        voices = tuple(name for name, _ in spoken.get(item.id, Counter()).most_common())
        return Mark(item, voices, max(start, 0), min(max(end, start + 0.8), 100), not closes)

    told = [event for event in library.events.values() if claims is None or event.landmark]
    events = sorted(map(mark, told), key=lambda m: m.item.date.first)
    wide = _lanes(events, 1.1)
    narrow = _lanes([event for event in events if event.item.landmark], 2.4)  # type: ignore[union-attr]
    events = [e._replace(lanes=(wide.get(e.item.id, 0), narrow.get(e.item.id, 0))) for e in events]
    shown = [mark(article) for article in latest if article.id in spoken]
    ticks = [(year, _percent(Day(year, 1, 1), first, last)) for year in range(first, last + 1)]
    return _labelled(Timeline(shown, events, ticks))


def _lanes(events: Iterable[Mark], letter: float) -> dict[str, int]:
    """The line for the name of each event, so that none stands over another or in its way. Names
    stand after their marks, the last before them, above all; `letter` is one's width in percent."""
    shown = [event for event in events if not event.beyond]
    late = [event for event in reversed(shown) if event.start > 85][:LOWEST]
    lanes, ends = {event.item.id: lane for lane, event in enumerate(late)}, [-1.0] * (LOWEST + 1)
    for event in (event for event in shown if event.item.id not in lanes):
        free = (n for n in range(len(late), LOWEST) if max(ends[n:]) <= event.start)
        lanes[event.item.id] = lane = next(free, LOWEST)
        ends[lane] = event.start + letter * len(getattr(event.item, "name", "")) + 1.5
    return lanes


def _labelled(chart: Timeline) -> Timeline:
    """Lines beside an upright axis, in order, none over another and none off the picture."""
    marks, at, line = [mark for mark in chart.marks if not mark.beyond], dict[str, float](), -APART
    for number, mark in enumerate(marks, 1):
        line = max(mark.start, line + APART)
        most = 100 - APART * (len(marks) - number)  # room for those below
        at[mark.item.id] = round(max(0, min(line, most)), 1)
    articles, events = (
        [mark._replace(label=at.get(mark.item.id, 0)) for mark in each]
        for each in (chart.articles, chart.events)
    )
    return Timeline(articles, events, chart.ticks)


def bounds(date: Date) -> tuple[Day, Day | None]:
    """The first day a date may mean, and the last; None where nothing bounds it."""
    opens = Day.fromisoformat(date.first + "-01-01"[len(date.first) - 4 :])
    if not date.last:
        return opens, None
    month = f"{date.last}-12"[:7]
    days = monthrange(*map(int, month.split("-")))[1]
    return opens, Day.fromisoformat(date.last + f"{month}-{days}"[len(date.last) :])


def _percent(day: Day, first: int, last: int) -> float:
    year = day.year + (day.timetuple().tm_yday - 1) / 366
    return round(100 * (year - first) / (last - first), 1)
