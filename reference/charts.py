"""What the pictures show: claims as marks, by theme and article; articles and events on one axis.

Pictures show a part of a large library only where they can say which.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date as Day
from typing import Literal, NamedTuple

from reference.periods import period
from reference.records import Article, Claim, Date, Event, Library, Theme

MOST_COLUMNS = 5
"""Articles that a picture has room for."""
COLUMNS_OF_MANY = 4
"""Where there are more articles than that, so many of the latest are shown: pages stay light."""
MOST_TICKS = 8
TICK_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000)
"""How many years there may be from tick to tick of an axis."""


# Claims as marks


class Mark(NamedTuple):
    """A claim in a picture; its kind gives the shape, a disagreement a ring."""

    claim: Claim
    disputed: bool


class Cell(NamedTuple):
    """The claims of one article in a picture's row, as marks in reading order.

    `first` is the place of the first of them among all claims of the row, from 0; 0 if there are
    none. `marks_before` counts the marks of the picture before those of the cell.
    """

    article: Article
    marks: tuple[Mark, ...]
    first: int
    marks_before: int = 0


class Row(NamedTuple):
    """A theme in the picture of the debate: how many claims it has, and a cell an article."""

    theme: Theme
    claim_count: int
    cells: tuple[Cell, ...]

    @property
    def mark_count(self) -> int:
        return sum(len(cell.marks) for cell in self.cells)

    @property
    def has_marks(self) -> bool:
        return self.mark_count > 0


@dataclass(frozen=True)
class Debate:
    """The debate in one picture: themes by articles in order of time, a mark a claim.

    `articles` are those pictured, `article_count` how many there are.
    """

    articles: tuple[Article, ...]
    article_count: int
    rows: tuple[Row, ...]

    @property
    def is_whole(self) -> bool:
        return len(self.articles) == self.article_count


def debate(library: Library) -> Debate:
    """Return the picture of the whole debate: a row for each theme, a cell for each article.

    Of many articles the latest are shown. A theme that no shown article has a claim on is left out.
    The marks are numbered through the whole picture: each cell knows how many come before it.
    """
    all_articles = tuple(library.articles.values())
    pictured = pictured_of(all_articles)
    rows = []
    marks_before = 0
    for theme in library.themes.values():
        claims = library.claims_of_theme(theme.id)
        cells = cells_of(claims, pictured, library)
        numbered_cells = with_marks_numbered(cells, marks_before)
        row = Row(theme, len(claims), numbered_cells)
        if row.has_marks:
            rows.append(row)
        marks_before += row.mark_count
    return Debate(pictured, len(all_articles), tuple(rows))


@dataclass(frozen=True)
class Strip:
    """Some claims as marks by article, in order of time; `article_count` counts all articles."""

    cells: tuple[Cell, ...]
    article_count: int

    @property
    def is_whole(self) -> bool:
        return len(self.cells) == self.article_count


def strip(claims: Sequence[Claim], library: Library) -> Strip:
    """Return some claims in cells, one for each article they are from; of many, the latest."""
    ids_of_articles = {claim.article for claim in claims}
    articles = [
        article
        for article in library.articles.values()
        if article.id in ids_of_articles
    ]
    cells = cells_of(claims, pictured_of(articles), library)
    return Strip(cells, article_count=len(articles))


def pictured_of(articles: Sequence[Article]) -> tuple[Article, ...]:
    """Return the articles that a picture shows: all that there is room for, else the latest."""
    if len(articles) <= MOST_COLUMNS:
        return tuple(articles)
    return tuple(articles[-COLUMNS_OF_MANY:])


def cells_of(
    claims: Sequence[Claim], articles: Iterable[Article], library: Library
) -> tuple[Cell, ...]:
    """Return a row of claims cut into cells, one for each of the articles."""
    return tuple(cell_of(article, claims, library) for article in articles)


def with_marks_numbered(
    cells: Iterable[Cell], marks_before: int
) -> tuple[Cell, ...]:
    """Return the cells of a row, each with the number of marks in the picture before its own.

    `marks_before` is that number for the first of them.
    """
    counted_cells = []
    for cell in cells:
        counted_cells.append(cell._replace(marks_before=marks_before))
        marks_before += len(cell.marks)
    return tuple(counted_cells)


def cell_of(
    article: Article, claims: Sequence[Claim], library: Library
) -> Cell:
    """Return the cell of one article in a row, with those of the row's claims that are from it.

    `claims` are those of the whole row, in reading order. The cell knows the place among them of
    its first, so that it can lead to the page of the list where that one stands.
    """
    places = []  # in the row, from 0
    for place, claim in enumerate(claims):
        if claim.article == article.id:
            places.append(place)
    marks = marks_of((claims[place] for place in places), library)
    return Cell(article, marks, first=min(places, default=0))


def marks_of(claims: Iterable[Claim], library: Library) -> tuple[Mark, ...]:
    """Return claims as marks, in the same order."""
    return tuple(mark_of(claim, library) for claim in claims)


def mark_of(claim: Claim, library: Library) -> Mark:
    """Return a claim as a mark, which tells whether it is part of a disagreement."""
    disagreements = library.disagreements_of(claim.id)
    return Mark(claim, disputed=bool(disagreements))


# When articles appeared and events happened


class Place(NamedTuple):
    """Where a date lies on an axis, in percent of its length.

    `exact` is a point (start == end), `range` lies somewhere between, `open` has no known end.
    """

    start: float
    end: float
    kind: Literal["exact", "range", "open"]


class Tick(NamedTuple):
    """A year that is written at an axis, and where its first day lies, in percent."""

    year: int
    place: float


class ArticleMoment(NamedTuple):
    """An article and its place on the axis."""

    article: Article
    place: Place

    @property
    def is_article(self) -> bool:
        return True

    @property
    def date(self) -> Date:
        return self.article.date


class EventMoment(NamedTuple):
    """An event and its place on the axis."""

    event: Event
    place: Place

    @property
    def is_article(self) -> bool:
        return False

    @property
    def date(self) -> Date:
        return self.event.date


Moment = ArticleMoment | EventMoment


@dataclass(frozen=True)
class Axis:
    """Years in proportion, from the first day of the year `first` to the last of `last`."""

    first: int
    last: int

    def place_of(self, date: Date) -> Place:
        """Return where a date lies; one that is open ends where the axis does."""
        when = period(date)
        start = self.percent(when.first)
        if when.last is None:
            return Place(start, 100, "open")
        if when.is_one_day:
            return Place(start, start, "exact")
        return Place(start, self.percent(when.last), "range")

    def percent(self, day: Day) -> float:
        """Return how far along the axis a day is, in percent: 50.0 in the middle."""
        day_of_year = day.timetuple().tm_yday
        part_of_year = (day_of_year - 1) / 366  # never 1, in no year
        years_from_start = day.year + part_of_year - self.first
        length = self.last + 1 - self.first
        return round(100 * years_from_start / length, 1)

    @property
    def ticks(self) -> list[Tick]:
        """The years that are written at the axis: few, and round (1990, 1995, 2000)."""
        step = self.years_between_ticks
        ticks = []
        for year in range(self.first, self.last + 1):
            if year % step == 0:
                place = self.percent(Day(year, 1, 1))
                ticks.append(Tick(year, place))
        return ticks

    @property
    def years_between_ticks(self) -> int:
        """The smallest of TICK_STEPS with which there are at most MOST_TICKS."""
        years = self.last - self.first
        return next(step for step in TICK_STEPS if years / step <= MOST_TICKS)


def axis_of(dates: Iterable[Date]) -> Axis:
    """Return the axis on which all of the dates have a place."""
    years = []
    for date in dates:
        when = period(date)
        years.append(when.first.year)
        if when.last:
            years.append(when.last.year)
    return Axis(first=min(years), last=max(years))


@dataclass(frozen=True)
class Timeline:
    """Articles and events in order of date, and the axis that they share."""

    axis: Axis
    moments: tuple[Moment, ...]


def timeline(
    library: Library, articles: Sequence[Article], events: Sequence[Event]
) -> Timeline:
    """Return some articles and events in order of date, with their places on an axis.

    The axis is that of the whole library, so that it is the same on every page of a list.
    """
    axis = axis_of_everything(library)
    moments: list[Moment] = []
    for article in articles:
        place = axis.place_of(article.date)
        moments.append(ArticleMoment(article, place))
    for event in events:
        place = axis.place_of(event.date)
        moments.append(EventMoment(event, place))
    moments.sort(key=order_of_moments)
    return Timeline(axis, tuple(moments))


def axis_of_everything(library: Library) -> Axis:
    """Return the axis on which all articles and all events of a library have a place."""
    dates = [article.date for article in library.articles.values()]
    dates += [event.date for event in library.events.values()]
    return axis_of(dates)


def order_of_moments(moment: Moment) -> tuple[Day, Day]:
    """Return the key of sorting by date: what began earlier comes first."""
    when = period(moment.date)
    return when.first, when.end
