"""A smoke test in Debian's Firefox: pages fit, and what a reader opens is in sight.

Playwright cannot drive Debian's Firefox. So Firefox is only started, with the address of a first
page: a script that a small server puts into every page measures there, sends back what it found,
and goes on to the next page that it is told.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from reference.records import Library
from tests.served import in_a_thread

FIREFOX = "firefox-esr"
SECONDS = 60
"""How long a page may take, a first start of Firefox among it."""
PROBE = """(async () => {
  const boxes = [];
  for (const button of document.querySelectorAll("[popovertarget]")) {
    button.scrollIntoView({ block: "center", behavior: "instant" });
    if (!button.checkVisibility()) continue;
    button.click();
    const box = document.getElementById(button.getAttribute("popovertarget"));
    if (!box.matches(":popover-open")) continue;
    const { left, right, top, bottom } = box.getBoundingClientRect();
    const inSight = left >= 0 && right <= innerWidth && top < innerHeight && bottom > 0;
    boxes.push({ id: box.id, inSight });
    box.hidePopover();
  }
  const width = document.documentElement.scrollWidth;
  const found = { path: location.pathname, width: innerWidth, tooWide: width - innerWidth, boxes };
  const answer = await fetch("/probe", { method: "POST", body: JSON.stringify(found) });
  const next = await answer.text();
  if (next) location = next;
})();"""
"""Opens each note, measures, reports, goes on."""

Found = dict[str, Any]


class Probing:
    """The site with a script in each page, and the place where that reports what it found."""

    def __init__(self, app: Flask, paths: Iterable[str]) -> None:
        self.found: Queue[Found] = Queue()
        self._site = app.test_client()
        self._waiting = list(paths)

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        return self._answer(Request(environ))(environ, start_response)

    def next_path(self) -> str:
        """Return the page that Firefox is to open next, "" if it has seen all."""
        return self._waiting.pop(0) if self._waiting else ""

    def _answer(self, request: Request) -> Response:
        if request.path == "/probe.js":
            return Response(PROBE, mimetype="text/javascript")
        if request.path == "/probe":
            self.found.put(json.loads(request.get_data()))
            return Response(self.next_path())
        answer = self._site.get(request.full_path)
        body = answer.data.replace(b"</body>", b'<script src="/probe.js" defer></script></body>')
        return Response(body, answer.status_code, mimetype=answer.mimetype)


@contextmanager
def firefox(address: str, profile: Path) -> Iterator[None]:
    """Open an address in a Firefox without windows."""
    process = subprocess.Popen(
        [FIREFOX, "--headless", "--no-remote", "--profile", str(profile), address],
        env={**os.environ, "MOZ_HEADLESS_WIDTH": "1280", "MOZ_HEADLESS_HEIGHT": "900"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def in_firefox(app: Flask, paths: list[str], profile: Path) -> list[Found]:
    """Return what the script finds on each of the pages."""
    site = Probing(app, paths)
    server = make_server("127.0.0.1", 0, site, threaded=True)
    with in_a_thread(server) as address, firefox(address + site.next_path(), profile):
        return [site.found.get(timeout=SECONDS) for _ in paths]


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A new profile: no first-run page, nothing sent."""
    folder = tmp_path / "profile"
    folder.mkdir()
    preferences = {
        "browser.aboutwelcome.enabled": False,
        "browser.shell.checkDefaultBrowser": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "app.update.enabled": False,
    }
    lines = [f'user_pref("{name}", {json.dumps(value)});' for name, value in preferences.items()]
    (folder / "user.js").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.mark.skipif(not shutil.which(FIREFOX), reason=f"{FIREFOX} is not installed")
def test_pages_work_in_firefox(site_app: Flask, library: Library, profile: Path) -> None:
    """No page is wider than the window, and every note that is opened is in sight."""
    paths = ["/", "/people/", f"/themes/{next(iter(library.themes))}/"]
    paths += [f"/articles/{article}/" for article in library.articles]
    paths.append(f"/claims/{next(iter(library.claims))}/")

    found = in_firefox(site_app, paths, profile)

    assert [page["path"] for page in found] == paths
    for page in found:
        assert page["tooWide"] <= 0, page
        hidden = [box["id"] for box in page["boxes"] if not box["inSight"]]
        assert hidden == [], page["path"]
