"""What tests share: the shipped library, and a copy of its content to break."""

import os
import shutil
from collections.abc import Iterator
from logging import getLogger
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from reference.content.loading import load
from reference.records import Library
from reference.search import Search
from tests.served import in_a_thread

ROOT = Path(__file__).parent.parent


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
    """Debian's Chromium; where there is none, tests that need it are skipped unless required."""
    found = shutil.which("chromium")
    if not found:
        if os.environ.get("REQUIRE_SYSTEM_PACKAGES"):
            pytest.fail("no chromium is installed, and REQUIRE_SYSTEM_PACKAGES is set")
        pytest.skip("no chromium is installed (Debian: apt-get install chromium)")
    quiet = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]
    quiet.append(
        "--host-resolver-rules=MAP reference.test 127.0.0.1"
    )  # a host that is no secure one
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=quiet)
        yield browser
        browser.close()
