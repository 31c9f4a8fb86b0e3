"""The site in Debian's Firefox: what Chromium does well, Firefox does too."""

from collections.abc import Iterator
from typing import Any

import pytest

from reference.records import Library
from tests.conftest import required
from tests.firefox import Firefox, firefox

PAGES = [
    "/",
    "/themes/training/",
    "/disagreements/",
    "/articles/",
    "/people/laurence-buckman/",
    "/claims/data-is-junk/",
    "/search/?q=buckman",
    "/outcomes/",
]
WIDTHS = [1280, 600]

OPEN_NOTES = """
const [number] = arguments;
const button = document.querySelectorAll(".noted")[number];
button.scrollIntoView({ block: ["start", "center", "end"][number % 3], behavior: "instant" });
button.click();
const notes = document.querySelector(":popover-open");
const box = notes.getBoundingClientRect();
notes.hidePopover();
return [box.top, box.left, innerHeight - box.bottom, innerWidth - box.right];
"""
"""Opens the notes on a passage, and returns how far their box is from each edge of the window."""

WIDER = "return document.documentElement.scrollWidth - innerWidth;"


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """A window of Firefox. The tests are skipped where it is not installed."""
    program = required("firefox-esr", "firefox-esr")
    with firefox(program, tmp_path_factory.mktemp("profile")) as window:
        yield window


def test_notes_open_in_sight(
    window: Firefox, served: str, library: Library
) -> None:
    """The notes on any passage of any article open wholly within the window, wherever the page is
    scrolled to.
    """
    for article in library.articles:
        window.goto(f"{served}/articles/{article}/")
        count = window.evaluate(
            "return document.querySelectorAll('.noted').length;"
        )
        for width in WIDTHS:
            window.resize(width, 900)
            for number in range(count):
                margins: Any = window.evaluate(OPEN_NOTES, number)

                assert min(margins) >= -1, f"{article}, {number}: {margins}"


def test_nothing_is_wider_than_the_window(
    window: Firefox, served: str
) -> None:
    """No page has to be scrolled sideways."""
    for path in PAGES:
        window.goto(served + path)
        for width in WIDTHS:
            window.resize(width, 900)

            assert window.evaluate(WIDER) <= 0, f"{path}, {width} px"
