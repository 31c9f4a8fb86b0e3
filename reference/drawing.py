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
    """Draw every card of an app's library that is not as its words are now; take away the others.

    Raises CannotDraw where a package or a browser is missing.
    """
    site: Site = app.extensions["site"]
    wanted = list(cards(site.library))
    kept = Cards.read(content, site.library)
    waiting = [card for card in wanted if card.name not in kept.drawn]
    if waiting:
        with open_browser() as browser:
            draw(app, waiting, kept, browser)
    remove_others(kept, wanted)
    write_list(kept.folder, wanted)
    say(f"{len(waiting)} of {len(wanted)} cards drawn in {kept.folder}")


def remove_others(kept: Cards, wanted: Iterable[Card]) -> None:
    """Remove the pictures of cards that are kept and not wanted any more."""
    wanted_names = {card.name for card in wanted}
    for name in kept.digests:
        if name not in wanted_names:
            kept.file_of(name).unlink(missing_ok=True)


def write_list(folder: Path, drawn: Iterable[Card]) -> None:
    """Write which cards a folder holds: name -> digest of what is drawn."""
    digests = {card.name: card.digest for card in drawn}
    text = json.dumps(digests, indent=0, sort_keys=True)
    folder.mkdir(exist_ok=True)
    file = folder / LIST
    file.write_text(f"{text}\n", encoding="utf-8")


@contextmanager
def open_browser() -> Iterator["Browser"]:
    """Open the Chromium that is installed. Raises CannotDraw where something is missing."""
    try:
        import PIL  # noqa: F401 - cards are saved with it
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError as error:
        needed = f"drawing cards needs the package {error.name}: install requirements-dev.txt"
        raise CannotDraw(needed) from None
    programs = [path for path in map(shutil.which, BROWSERS) if path]
    if not programs:
        raise CannotDraw(
            "drawing cards needs Chromium (Debian: chromium-headless-shell)"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=programs[0], args=["--no-sandbox"]
        )
        yield browser
        browser.close()


def draw(
    app: Flask, waiting: Iterable[Card], kept: Cards, browser: "Browser"
) -> None:
    """Draw some cards in a browser, and save them where cards are kept."""
    from PIL import Image

    page = browser.new_page(
        viewport={"width": Card.width, "height": Card.height}
    )
    for card in waiting:
        set_up(page, card, app)
        screenshot = page.screenshot()
        picture = Image.open(BytesIO(screenshot)).convert("RGB")
        picture = picture.quantize(COLOURS, dither=Image.Dither.NONE)
        path = kept.file_of(card.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(path, optimize=True)
    page.close()


def set_up(page: "Page", card: Card, app: Flask) -> None:
    """Show a card in a browser's page, its words as large as they fit."""
    site: Site = app.extensions["site"]
    with app.test_request_context():
        page.set_content(
            render_template("_card.html", card=card, style=stylesheet(site))
        )
    page.evaluate(FIT_WORDS, SIZES)


def stylesheet(site: Site) -> str:
    """Return the site's own style sheets, whose colours and marks the cards have."""
    static = site.presentation.static
    sheets = []
    for name in STYLE_SHEETS:
        linked_name = static.names[name]
        sheets.append(static.contents[linked_name].decode())
    return "\n".join(sheets)
