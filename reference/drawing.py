"""Drawing the pictures that go with shared links, by a browser, into the content's folder.

An editor does it (`python app.py cards`); serving never does. It needs Playwright and Pillow, of
requirements-dev.txt, and Chromium.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, render_template

from reference.pages.cards import LIST, Card, Cards, cards
from reference.pages.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIZES = (100, 92, 84, 76, 68, 62, 56, 52, 48, 44, 40)
"""Sizes of a card's words in px: the largest at which they fit is taken, and no smaller one."""
COLOURS = 32
STYLE_SHEETS = ("style.css", "pictures.css")
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
)
FIT_WORDS = """(sizes) => {
  const said = document.querySelector(".said");
  const fits = () => said.scrollHeight <= said.clientHeight && said.scrollWidth <= said.clientWidth;
  for (const size of sizes) {
    said.style.setProperty("--size", `${size}px`);
    if (fits()) return;
  }
  const words = said.querySelector("p");
  while (!fits()) words.textContent = words.textContent.replace(/\\s*\\S+(\\s\\[…\\])?$/, " […]");
}"""
"""Sets the words as large as they fit; those that do not fit at the smallest size are cut short."""

Say = Callable[[str], None]


class CannotDraw(Exception):
    """Raised when cards cannot be drawn here; says what is missing."""


def draw_cards(app: Flask, content: Path, say: Say) -> None:
    """Draw the cards of an app's library into its content folder: those that are new or changed.

    Pictures of what the library has no more are removed. `say` is told how many were drawn.
    Raises CannotDraw where a package or a browser is missing.
    """
    site: Site = app.extensions["site"]
    all_cards = list(cards(site.library))
    saved = Cards.read(content, site.library)
    outdated = [card for card in all_cards if card.name not in saved.drawn]
    if outdated:
        with open_browser() as browser:
            draw(app, outdated, saved, browser)
    remove_pictures_of_nothing(saved, all_cards)
    write_list(saved.folder, all_cards)
    say(f"{len(outdated)} of {len(all_cards)} cards drawn in {saved.folder}")


def remove_pictures_of_nothing(
    saved: Cards, all_cards: Iterable[Card]
) -> None:
    """Remove the saved pictures of cards that are not among those of the library."""
    names = {card.name for card in all_cards}
    for name in saved.digests:
        if name not in names:
            saved.file_of(name).unlink(missing_ok=True)


def write_list(folder: Path, all_cards: Iterable[Card]) -> None:
    """Write which cards a folder holds: name -> digest of what its picture shows."""
    digests = {card.name: card.digest for card in all_cards}
    text = json.dumps(digests, indent=0, sort_keys=True)
    folder.mkdir(exist_ok=True)
    file = folder / LIST
    file.write_text(f"{text}\n", encoding="utf-8")


@contextmanager
def open_browser() -> Iterator["Browser"]:
    """Open the Chromium that is installed, and close it at the end of the block.

    Raises CannotDraw, with what to install, where the browser or a package is missing.
    """
    try:
        import PIL  # noqa: F401 - cards are saved with it
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError as error:
        needed = f"drawing cards needs the package {error.name}: install requirements-dev.txt"
        raise CannotDraw(needed) from None
    program = installed_browser()
    if program is None:
        raise CannotDraw(
            "drawing cards needs Chromium (Debian: chromium-headless-shell)"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


def installed_browser() -> str | None:
    """Return the path of the first browser of BROWSERS that is installed; None if none is."""
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return path
    return None


def draw(
    app: Flask, outdated: Iterable[Card], saved: Cards, browser: "Browser"
) -> None:
    """Draw some cards in a browser, and save their pictures as PNG files of few colours.

    `saved` says where the picture of a card belongs; it is not changed.
    """
    from PIL import Image

    page = browser.new_page(
        viewport={"width": Card.width, "height": Card.height}
    )
    for card in outdated:
        show_in_page(card, page, app)
        screenshot = page.screenshot()
        picture = Image.open(BytesIO(screenshot)).convert("RGB")
        picture = picture.quantize(COLOURS, dither=Image.Dither.NONE)
        path = saved.file_of(card.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(path, optimize=True)
    page.close()


def show_in_page(card: Card, page: "Page", app: Flask) -> None:
    """Show a card in a browser's page, its words as large as they fit."""
    site: Site = app.extensions["site"]
    style = stylesheet(site)
    with app.test_request_context():
        html = render_template("_card.html", card=card, style=style)
    page.set_content(html)
    page.evaluate(FIT_WORDS, SIZES)


def stylesheet(site: Site) -> str:
    """Return the site's own style sheets, whose colours and marks the cards have."""
    static = site.presentation.static
    sheets = []
    for name in STYLE_SHEETS:
        linked_name = static.names[name]
        sheets.append(static.contents[linked_name].decode())
    return "\n".join(sheets)
