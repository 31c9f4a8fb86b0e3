"""`python -m tests.picture`: the picture that README opens with and shared links show."""

import shutil
from pathlib import Path
from tempfile import mkdtemp

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from app import create_app
from tests.served import in_a_thread

PICTURE = Path(__file__).parent.parent / "static/preview.png"


def main() -> None:
    """Take the home page at the size that shared links have (1,200 × 630)."""
    site = create_app(index=Path(mkdtemp()), address="")
    with (
        in_a_thread(make_server("127.0.0.1", 0, site, threaded=True)) as at,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1200, "height": 630})
        page.goto(at)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
