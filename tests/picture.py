"""`python -m tests.picture`: the icons, drawn from `static/favicon.svg`, and README's picture."""

import shutil
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from tests.served import ROOT, in_a_thread

TOUCH_ICON = 180
"""The side of the icon on the screen of a phone, in px."""
TAB_ICONS = [(16, 16), (32, 32), (48, 48)]
HOME = ROOT / "docs/home.png"


def draw_icons(browser: Browser) -> None:
    """Draw `apple-touch-icon.png` and `favicon.ico` as `favicon.svg` is."""
    icon = (ROOT / "static/favicon.svg").read_text(encoding="utf-8")
    page = browser.new_page(
        viewport={"width": TOUCH_ICON, "height": TOUCH_ICON}
    )
    page.set_content(
        f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{icon}"
    )
    picture = Image.open(BytesIO(page.screenshot(omit_background=True)))
    picture.save(ROOT / "static/favicon.ico", sizes=TAB_ICONS)
    page.add_style_tag(
        content="rect:first-child { rx: 0 }"
    )  # phones round the corners themselves
    full = Image.open(BytesIO(page.screenshot())).convert("RGB")
    full.save(ROOT / "static/apple-touch-icon.png", optimize=True)


def take_home(browser: Browser) -> None:
    """Take a picture of the way in."""
    site = create_app(index=Path(mkdtemp()), address="")
    with in_a_thread(make_server("127.0.0.1", 0, site)) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(address)
        picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(64, dither=Image.Dither.NONE).save(HOME, optimize=True)


if __name__ == "__main__":
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell"),
            args=["--no-sandbox"],
        )
        draw_icons(browser)
        take_home(browser)
        browser.close()
