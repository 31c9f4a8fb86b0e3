"""`python -m tests.picture`: the picture that README opens with and shared links show."""

import shutil
from pathlib import Path
from tempfile import mkdtemp

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from app import create_app
from tests.served import ROOT, in_a_thread

if __name__ == "__main__":
    site = create_app(index=Path(mkdtemp()), address="")
    shell = shutil.which("chromium-headless-shell")
    with in_a_thread(make_server("127.0.0.1", 0, site)) as at, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shell, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 630})
        page.goto(at)
        page.screenshot(path=ROOT / "static/preview.png")
