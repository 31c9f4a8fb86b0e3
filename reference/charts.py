"""Counts and dates -> tables and geometry for what readers would rather look at.

Geometry is in percent of a chart's width, so that a picture fits any screen.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reference.records import Article, Event, Library

ROWS = 30
AXIS_YEARS = 8


def evidence_grid(library: Library, articles: Iterable[Article]) -> Mapping[str, Counter[str]]:
    """Theme id -> article id -> number of claims (absent where there is none)."""
    counts: dict[str, Counter[str]] = {theme: Counter() for theme in library.themes}
    for article in articles:
        for claim in library.claims_of_article[article.id]:
            for theme in claim.themes:
                counts[theme][article.id] += 1
    return counts


def speakers_grid(library: Library) -> list[tuple[str, Mapping[str, int]]]:
    """(Person id or group, theme id -> number of claims), those with most claims first."""
    claims = library.claims_of_speaker
    return [
        (who, Counter(theme for claim in claims[who] for theme in claim.themes))
        for who in library.speakers[:ROWS]
    ]


@dataclass(frozen=True)
class Bar:
    """One row of the timeline: an article or an event, and its place on the axis.

    `start` and `width` are percentages; `early` says that it lies before the axis begins, and
    `open` that nothing bounds its end.
    """

    item: Article | Event
    start: float
    width: float
    early: bool
    open: bool


@dataclass(frozen=True)
class Timeline:
    """Rows in order of date, and the years of the axis with their places (percent)."""

    bars: list[Bar]
    ticks: list[tuple[int, float]]


def timeline(library: Library) -> Timeline:
    """The articles and the events they date on one axis, which covers the latest articles.

    An axis holds at most AXIS_YEARS years, so that a month is still to be seen; what is earlier
    is marked as such at its edge.
    """
    latest = list(library.articles.values())[-ROWS:]
    last = max((article.date.years[-1] for article in latest), default=0) + 1
    first = min((article.date.years[0] for article in latest), default=0)
    first = max(first, last - AXIS_YEARS)
    items: list[Article | Event] = [*latest, *library.events.values()]
    items.sort(key=lambda item: item.date.first)

    def at(year: float) -> float:
        return round(100 * (year - first) / (last - first), 2)

    bars = []
    for item in items:
        date = item.date
        start, end = _begins(date.first), _ends(date.last or date.first[:4])
        if end < first:
            bars.append(Bar(item, 0, 0, early=True, open=not date.last))
        else:
            width = max(at(end) - at(start), 1.0)
            bars.append(Bar(item, at(start), width, early=False, open=not date.last))
    return Timeline(bars, [(year, at(year)) for year in range(first, last + 1)])


def _begins(text: str) -> float:
    """The first moment of a day, month or year, as a decimal year."""
    year, month, day = ([int(part) for part in text.split("-")] + [1, 1])[:3]
    return year + (month - 1) / 12 + (day - 1) / 366


def _ends(text: str) -> float:
    """The last moment of a day, month or year."""
    return _begins(text) + {4: 1, 7: 1 / 12, 10: 1 / 366}[len(text)]
