"""Drawing the pictures that go with shared links, by a browser, into the content's folder.

An editor does it (`python app.py cards`); serving never does. It needs Playwright and Pillow, of
requirements-dev.txt, and Chromium.
"""

import json
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from flask import Flask, render_template

from reference.pages.cards import FOLDER, HEIGHT, LIST, WIDTH, Card, Cards, cards
from reference.pages.site import Site

SIZES = (100, 92, 84, 76, 68, 62, 56, 52, 48, 44, 40)
"""Sizes of a card's words in px: the largest at which they fit is taken, and no smaller one."""
COLOURS = 32
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
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
    folder = content / FOLDER
    wanted = {card.name: card for card in cards(site.library)}
    former = Cards.read(content)
    waiting = [card for card in wanted.values() if not former.drawn(card)]
    if waiting:
        draw(app, site, waiting, folder)
    for name in former.digests:
        if name not in wanted:
            picture_of(folder, name).unlink(missing_ok=True)
    digests = {name: card.digest for name, card in sorted(wanted.items())}
    folder.mkdir(exist_ok=True)
    (folder / LIST).write_text(json.dumps(digests, indent=0) + "\n", encoding="utf-8")
    say(f"{len(waiting)} of {len(wanted)} cards drawn in {folder}")


def draw(app: Flask, site: Site, waiting: list[Card], folder: Path) -> None:
    """Draw some cards into a folder."""
    try:
        from PIL import Image
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError as error:
        needed = f"drawing cards needs the package {error.name}: install requirements-dev.txt"
        raise CannotDraw(needed) from None
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise CannotDraw("drawing cards needs Chromium (Debian: chromium-headless-shell)")
    style = stylesheet(site)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for card in waiting:
            with app.test_request_context():
                html = render_template(
                    "_card.html", card=card, style=style, width=WIDTH, height=HEIGHT
                )
            page.set_content(html)
            page.evaluate(FIT_WORDS, SIZES)
            picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
            path = picture_of(folder, card.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
        browser.close()


def picture_of(folder: Path, name: str) -> Path:
    """Return the file of a card: `cards/claims/data-is-junk.png`."""
    return folder / f"{name}.png"


def stylesheet(site: Site) -> str:
    """Return the site's own style sheet, whose colours and marks the cards have."""
    static = site.presentation.static
    return static.contents[static.names["style.css"]].decode()
