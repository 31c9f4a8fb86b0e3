"""What pictures show: each claim as a mark, and dates in their places, whatever the dates."""

from dataclasses import replace
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from reference import charts
from reference.records import Article, Date, Library
from tests.test_wording import edtf

years = st.integers(1000, 2999)
ranges = st.tuples(years, years).map(lambda pair: f"{min(pair)}/{max(pair)}")
open_ends = years.map(lambda year: f"{year}/..")
days = st.dates().filter(lambda day: 1000 <= day.year <= 2999).map(str)
dates = st.one_of(years.map(str), ranges, open_ends, days).map(edtf)


@given(
    articles=st.lists(dates, min_size=1, max_size=4),
    events=st.lists(dates, max_size=4),
)
def test_every_date_has_its_place_on_the_axis(
    articles: list[Date], events: list[Date]
) -> None:
    """No place is outside 0 to 100 per cent, none ends before it begins, later ones are further
    on, and the years written are few."""
    axis = charts.axis_of([*articles, *events])

    for date in (*articles, *events):
        place = axis.place_of(date)
        assert 0 <= place.start <= place.end <= 100
    assert len(axis.ticks) <= charts.MOST_TICKS + 1
    assert all(0 <= tick.place <= 100 for tick in axis.ticks)


def test_only_a_day_is_a_point() -> None:
    """A day is exact, a month or a year is a range, and an open end reaches the end of the axis."""
    axis = charts.Axis(1885, 2026)

    assert axis.place_of(edtf("2012-06-20")).kind == "exact"
    assert axis.place_of(edtf("2012-06")).kind == "range"
    assert axis.place_of(edtf("2012-06-20/..")) == charts.Place(
        89.8, 100, "open"
    )


def test_the_picture_has_every_claim_under_its_themes(
    library: Library,
) -> None:
    """Each theme has all its claims, each in the column of its article, a ring where disputed.

    That is so of as many articles as there is room for, here at most the first five.
    """
    articles = dict(islice(library.articles.items(), charts.MOST_COLUMNS))
    claims = {
        c.id: c for c in library.claims.values() if c.article in articles
    }
    library = replace(library, articles=articles, claims=claims)

    picture = charts.debate(library)

    assert picture.is_whole
    for row in picture.rows:
        on_theme = library.claims_of_theme(row.theme.id)
        marks = [mark for cell in row.cells for mark in cell.marks]
        assert row.claim_count == len(on_theme) == len(marks)
        assert [mark.claim for mark in marks] == list(on_theme)
        for cell in row.cells:
            assert all(
                mark.claim.article == cell.article.id for mark in cell.marks
            )
        for mark in marks:
            assert mark.disputed == bool(
                library.disagreements_of(mark.claim.id)
            )


def test_a_picture_of_many_articles_has_the_latest_and_says_so(
    library: Library,
) -> None:
    """Of more articles than there is room for, the picture has the last, and how many there are."""
    many = {
        f"a{number}": article_like(library, f"a{number}")
        for number in range(50)
    }

    picture = charts.debate(
        replace(library, articles=many, claims={}, disagreements={})
    )

    assert not picture.is_whole
    assert picture.article_count == 50
    assert [article.id for article in picture.articles][-1] == "a49"


def test_a_timeline_has_articles_and_events_in_order(library: Library) -> None:
    """What began earlier comes first, articles and events among each other."""
    timeline = charts.timeline(
        library, list(library.articles.values()), list(library.events.values())
    )

    firsts = [moment.date.first for moment in timeline.moments]
    assert len(firsts) == len(library.articles) + len(library.events)
    assert firsts == sorted(firsts)


def article_like(library: Library, id: str) -> Article:
    """Return an article like the first, of another name."""
    return replace(next(iter(library.articles.values())), id=id)
