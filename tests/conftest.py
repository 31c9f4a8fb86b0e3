"""What tests share: the shipped library, and a copy of its content to break."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from logging import getLogger
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from reference.content.loading import load
from reference.records import Library
from reference.search import Search
from tests.served import ROOT, in_a_thread, until


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits longest, for servers to give up on idle readers, begins first."""
    items.sort(key=lambda item: item.path.name not in ("test_survival.py", "test_looks.py"))


@pytest.fixture(scope="session")
def library() -> Library:
    """The library as shipped."""
    return load(ROOT / "content")


@pytest.fixture(scope="session")
def search(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Search:
    """Search over the shipped library, on a real index that no test may change."""
    return Search.open(library, tmp_path_factory.mktemp("index"), getLogger("test"))


@pytest.fixture
def content_copy(tmp_path: Path) -> Path:
    """A copy of the content folder that a test may break."""
    return Path(shutil.copytree(ROOT / "content", tmp_path / "content"))


@pytest.fixture(scope="session")
def site_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app over the shipped content, with an index of its own."""
    app = create_app(index=tmp_path_factory.mktemp("index"), address="https://reference.example")
    app.testing = True
    return app


@pytest.fixture
def client(site_app: Flask) -> FlaskClient:
    return site_app.test_client()


@pytest.fixture(scope="session")
def served(site_app: Flask) -> Iterator[str]:
    """The address of the site on a real port, without a trailing slash."""
    with in_a_thread(make_server("127.0.0.1", 0, site_app, threaded=True)) as at:
        yield at


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium (its shell without windows opens a page in half the time); where there is
    none, tests that need it are skipped unless required."""
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if not found:
        if os.environ.get("REQUIRE_SYSTEM_PACKAGES"):
            pytest.fail("no chromium is installed, and REQUIRE_SYSTEM_PACKAGES is set")
        pytest.skip("no chromium is installed (Debian: apt-get install chromium-headless-shell)")
    quiet = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]
    quiet += ["--host-resolver-rules=MAP reference.test 127.0.0.1"]  # a host over plain HTTP
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=quiet)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exported copy, without an address, made once for all workers. No test may change it."""
    own, index = tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("index")
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "copy"
    site = folder / "some/where"
    try:
        folder.mkdir()
    except FileExistsError:
        until(site.is_dir, 60)
    else:
        command: list[str | Path] = [sys.executable, ROOT / "app.py", "export", site]
        subprocess.run([*command, "--index", index], check=True, capture_output=True)
    return site


@pytest.fixture(scope="session")
def copied(copy: Path) -> Iterator[str]:
    """The address of the copy, below the root of a plain server of files, without a slash."""
    files = partial(_Quiet, directory=str(copy.parents[1]))
    with in_a_thread(ThreadingHTTPServer(("127.0.0.1", 0), files)) as at:
        yield f"{at}/some/where"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A reader's browser; whatever a page of it complains of fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    yield context
    context.close()
    expected = ("404", "Opener-Policy", "ERR_FAILED")
    assert not [text for text in complaints if not any(word in text for word in expected)]


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(params=["live", "copy"])
def site(request: pytest.FixtureRequest) -> str:
    """The site, live and as a copy: what holds for one holds for the other."""
    found: str = request.getfixturevalue("served" if request.param == "live" else "copied")
    return found
