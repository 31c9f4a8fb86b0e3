"""What a reader sees first, measured in a browser: the picture, the sides, and quiet controls."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from reference import charts
from reference.citation.quotation import quotation
from reference.records import Library
from tests.served import ROOT

TRAINING = "/themes/training/"
WIDE: Any = {"width": 1280, "height": 800}
PHONE: Any = {"width": 390, "height": 844}
KEEP_SEVEN_ROWS = """(table) => {
  while (table.rows.length > 7) table.deleteRow(7);
}"""


def box_of(place: Locator) -> Any:
    """Return where a place is in the window."""
    box = place.bounding_box()
    assert box
    return box


def bottom_of(place: Locator) -> float:
    """Return how far down the window a place ends."""
    box = box_of(place)
    bottom: float = box["y"] + box["height"]
    return bottom


# The debate in one picture


def test_the_picture_is_in_the_first_screen(page: Page, served: str) -> None:
    """At 1280 × 800 question, search and the whole picture are in sight, without scrolling.

    That is so of seven themes; content with more has a row for each, which this test takes away.
    """
    page.set_viewport_size(WIDE)
    page.goto(served)
    page.locator(".picture tbody").evaluate(KEEP_SEVEN_ROWS)

    expect(page.locator("h1")).to_be_in_viewport()
    expect(page.locator(".find input")).to_be_in_viewport()
    assert bottom_of(page.locator(".picture")) <= 800


def test_a_mark_shows_its_words(
    page: Page, served: str, library: Library
) -> None:
    """A mark shows the words of its claim when it is pointed at or reached by keyboard, and opens
    the claim; its name, for a reader who hears it, is the words.
    """
    page.set_viewport_size(WIDE)
    page.goto(served)
    mark = page.locator(".mark-link").nth(20)
    id = (mark.get_attribute("href") or "").split("/")[2]
    words = quotation(library.claims[id])

    expect(mark.locator(".tip")).to_be_hidden()
    mark.hover()
    expect(mark.locator(".tip")).to_contain_text(words)
    page.mouse.move(0, 0)
    expect(mark.locator(".tip")).to_be_hidden()
    page.keyboard.press("Tab")
    mark.focus()
    expect(mark.locator(".tip")).to_be_visible()
    expect(mark).to_have_accessible_name(re.compile(re.escape(words)))
    mark.click()
    expect(page).to_have_url(f"{served}/claims/{id}/")


@pytest.mark.parametrize("number", [0, 60, -1])
def test_a_tip_stays_on_the_page(page: Page, served: str, number: int) -> None:
    """The words of a mark at either edge stand within the window's width."""
    page.set_viewport_size(WIDE)
    page.goto(served)
    marks = page.locator(".mark-link")
    mark = marks.last if number < 0 else marks.nth(number)

    mark.hover()

    tip = box_of(mark.locator(".tip"))
    assert tip["x"] >= 0
    assert tip["x"] + tip["width"] <= WIDE["width"]


def test_on_a_phone_a_cell_is_one_link(
    page: Page, served: str, library: Library
) -> None:
    """At 390 px each cell that has claims is one link of 44 px at least, which leads to them."""
    page.set_viewport_size(PHONE)
    page.goto(served)
    cells = page.locator(".cell:visible")
    with_claims = 0
    for row in charts.debate(library).rows:
        with_claims += len([cell for cell in row.cells if cell.marks])

    assert cells.count() == with_claims > 0
    for cell in cells.all():
        assert box_of(cell)["height"] >= 44
    assert page.locator(".mark-link:visible").count() == 0
    cells.first.click()
    expect(page.locator(":target")).to_be_in_viewport()


def test_marks_have_room_for_a_finger(page: Page, served: str) -> None:
    """Where marks are links they have 24 px each way."""
    page.set_viewport_size(WIDE)
    page.goto(served)

    for mark in page.locator(".mark-link").all()[:40]:
        assert box_of(mark)["width"] >= 24
        assert box_of(mark)["height"] >= 24


# Sides set against each other


def test_a_theme_opens_with_its_disagreement(
    page: Page, served: str, library: Library
) -> None:
    """At 1280 × 800 the first screen of each disputed theme has both sides of a question whole."""
    page.set_viewport_size(WIDE)
    for theme in library.themes:
        if not library.disagreements_on(theme):
            continue
        page.goto(f"{served}/themes/{theme}/")
        sides = page.locator(".quarrel").first.locator(".side")
        left = box_of(sides.first)
        right = box_of(sides.last)
        assert left["x"] + left["width"] < right["x"], theme
        assert bottom_of(sides.first) <= 800, theme
        assert bottom_of(sides.last) <= 800, theme


def test_sides_are_told_apart_without_colour(page: Page, served: str) -> None:
    """One side stands under a single rule, the other under a double one, `against` between them."""
    page.set_viewport_size(WIDE)
    page.goto(served + TRAINING)
    quarrel = page.locator(".quarrel").first
    rule = "side => getComputedStyle(side).borderTopStyle"

    assert quarrel.locator(".side").first.evaluate(rule) == "solid"
    assert quarrel.locator(".side").last.evaluate(rule) == "double"
    expect(quarrel.get_by_text("against", exact=True)).to_be_visible()


# Width, headings, controls


@pytest.mark.parametrize(("width", "share"), [(1280, 0.8), (1920, 0.62)])
def test_the_width_is_used(
    page: Page, served: str, width: int, share: float
) -> None:
    """The content takes 80% of 1280 px and 62% of 1920 at least."""
    size: Any = {"width": width, "height": 900}
    page.set_viewport_size(size)
    for path in ("/", TRAINING, "/people/", "/outcomes/"):
        page.goto(served + path)
        content = page.locator("main").evaluate(
            "main => main.clientWidth - 2 * parseFloat(getComputedStyle(main).paddingLeft)"
        )
        assert content >= share * width, path


def test_a_level_of_heading_has_one_size(page: Page, served: str) -> None:
    """On each page all headings of one level are of one size."""
    for path in (
        "/",
        TRAINING,
        "/people/judith-smith/",
        "/outcomes/",
        "/disagreements/",
        "/about/",
    ):
        page.goto(served + path)
        for level in ("h2", "h3"):
            sizes = page.locator(f"main {level}:visible").evaluate_all(
                "all => [...new Set(all.map(heading => getComputedStyle(heading).fontSize))]"
            )
            assert len(sizes) <= 1, (path, level)


def test_controls_are_quiet_until_a_claim_is_pointed_at(
    page: Page, served: str
) -> None:
    """At rest a list shows no button; where the mouse or the keyboard is in a claim, its own."""
    page.set_viewport_size(WIDE)
    page.goto(f"{served}/claims/")
    claim = page.locator(".claim").first
    tools = claim.locator(".tools")
    seen = "tools => getComputedStyle(tools).opacity"

    assert tools.evaluate(seen) == "0"
    claim.hover()
    assert tools.evaluate(seen) == "1"
    page.mouse.move(0, 0)
    claim.get_by_label("Collect").focus()
    assert tools.evaluate(seen) == "1"


# The timeline


def test_exact_dates_are_the_strongest_marks(
    page: Page, served: str, library: Library
) -> None:
    """On the timeline what is known to the day is a filled dot; a range is light in its line."""
    page.goto(f"{served}/articles/")
    days = [
        date
        for date in dates_of(library)
        if date.exact and len(date.first) == 10
    ]

    assert page.locator(".timeline circle").count() == len(days)
    fill = "mark => getComputedStyle(mark).fill"
    assert page.locator(".timeline .open").first.evaluate(fill) == "none"


def dates_of(library: Library) -> list[Any]:
    """Return the dates of all articles and events."""
    dates = [article.date for article in library.articles.values()]
    dates += [event.date for event in library.events.values()]
    return dates


# Style sheets


@pytest.mark.parametrize(
    "name",
    [
        "style.css",
        "pictures.css",
        "timeline.css",
        "reading.css",
        "search.css",
        "about.css",
        "print.css",
    ],
)
def test_no_words_are_in_a_style_sheet(name: str) -> None:
    """What a reader must have is text in the page: `content` holds signs at most."""
    text = Path(ROOT / "static" / name).read_text(encoding="utf-8")

    signs = re.findall(r'content:\s*"([^"]*)"', text)

    assert not [sign for sign in signs if re.search(r"\w", sign)]
