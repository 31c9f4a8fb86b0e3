"""What tests share: the shipped library, the site served live and as a copy, a reader's browser."""

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
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from werkzeug.serving import make_server

from app import create_app
from reference.content.loading import load
from reference.records import Library
from reference.search import Search
from tests import fonts
from tests.served import ROOT, in_a_thread, until
from tests.small import copy_of_new_library

# The tests start dozens of processes: none should compile again what another has compiled
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Each run tries other examples; no machine is too slow for them
settings.register_profile(
    "suite",
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")

ADDRESS = "https://reference.example"
LONGEST_FIRST = (
    "test_looks.py",
    "test_survival.py",
    "test_export.py",
    "test_serving.py",
    "test_exchange.py",
    "test_running.py",
    "test_firefox.py",
    "test_readme.py",
    "test_house.py",
)
EXPECTED_COMPLAINTS = ("404", "Opener-Policy", "ERR_FAILED")
"""What a browser may complain of: tests ask for what is not there, over HTTP, and stop requests."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker waits for one at the end."""
    items.sort(key=place_of)


def place_of(item: pytest.Item) -> int:
    """Return which of the files that take longest a test is in; the others come after them all."""
    if item.path.name in LONGEST_FIRST:
        return LONGEST_FIRST.index(item.path.name)
    return len(LONGEST_FIRST)


def required(program: str, package: str) -> str:
    """Return the path of a program; skip the test where it is not installed.

    Where REQUIRE_SYSTEM_PACKAGES is set, as in CI, the test fails instead.
    """
    path = shutil.which(program)
    if path:
        return path
    reason = f"no {program} is installed (Debian: apt-get install {package})"
    if os.environ.get("REQUIRE_SYSTEM_PACKAGES"):
        pytest.fail(reason)
    pytest.skip(reason)


# The library and the app


@pytest.fixture(scope="session")
def library() -> Library:
    """The library as shipped."""
    return load(ROOT / "content")


@pytest.fixture(scope="session")
def common_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers share, for what is costly to make and changed by no test."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        return folder.parent
    return folder


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """Let a browser take as long for what is expected of it as it may take for a page."""
    expect.set_options(timeout=30_000)


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(common_folder: Path) -> Iterator[None]:
    """Have Jinja compile each template once for all apps that tests make, as its manual has it."""
    folder = common_folder / "templates"
    folder.mkdir(exist_ok=True)
    options = Flask.jinja_options
    cache = FileSystemBytecodeCache(str(folder))
    Flask.jinja_options = {**options, "bytecode_cache": cache}
    yield
    Flask.jinja_options = options


@pytest.fixture(scope="session")
def index(library: Library, common_folder: Path) -> Path:
    """The folder with the index of the shipped content. No test may change it."""
    folder = common_folder / "index"
    Search.open(library, folder, getLogger("test"))
    return folder


@pytest.fixture(scope="session")
def search(library: Library, index: Path) -> Search:
    """Search over the shipped library, on a real index that no test may change."""
    return Search.open(library, index, getLogger("test"))


@pytest.fixture
def content_copy(tmp_path: Path) -> Path:
    """A copy of the content folder that a test may break."""
    return Path(shutil.copytree(ROOT / "content", tmp_path / "content"))


@pytest.fixture
def new_library(tmp_path: Path) -> Path:
    """The first files of a new library, which a test may break: the least that can be served."""
    return copy_of_new_library(tmp_path)


@pytest.fixture(scope="session")
def site_app(index: Path) -> Flask:
    """The app over the shipped content."""
    app = create_app(index=index, address=ADDRESS)
    app.testing = True
    return app


@pytest.fixture
def client(site_app: Flask) -> FlaskClient:
    return site_app.test_client()


# The site, live and as a copy


@pytest.fixture(scope="session")
def served(site_app: Flask) -> Iterator[str]:
    """The address of the site on a real port, without a trailing slash."""
    with in_a_thread(
        make_server("127.0.0.1", 0, site_app, threaded=True)
    ) as address:
        yield address


@pytest.fixture(scope="session")
def copy(common_folder: Path, index: Path) -> Path:
    """An exported copy, without an address. No test may change it.

    It is made once for all workers: by the first that makes its folder; the others wait.
    """
    site = common_folder / "copy/some/where"
    try:
        (common_folder / "copy").mkdir()
    except FileExistsError:
        until(site.is_dir, seconds=120)
        return site
    subprocess.run(
        [sys.executable, ROOT / "app.py", "export", site, "--index", index],
        check=True,
        capture_output=True,
    )
    return site


@pytest.fixture(scope="session")
def copied(copy: Path) -> Iterator[str]:
    """The address of the copy, below the root of a plain server of files, without a slash."""
    handler = partial(QuietHandler, directory=str(copy.parents[1]))
    with in_a_thread(
        ThreadingHTTPServer(("127.0.0.1", 0), handler)
    ) as address:
        yield f"{address}/some/where"


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files, and keeps what is asked of it to itself."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(params=["live", "copy"])
def site(request: pytest.FixtureRequest) -> str:
    """The site, live and as a copy: what holds for one holds for the other."""
    fixture = "served" if request.param == "live" else "copied"
    address: str = request.getfixturevalue(fixture)
    return address


# A reader's browser


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Debian's Chromium with the fonts of the tests: its shell, which opens pages twice as fast."""
    shell = shutil.which("chromium-headless-shell")
    program = shell or required("chromium", "chromium-headless-shell")
    arguments = [
        "--no-sandbox",
        "--disable-quic",
        "--disable-background-networking",
        "--host-resolver-rules=MAP reference.test 127.0.0.1",  # a host over plain HTTP
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=arguments,
            env=fonts.environment(tmp_path_factory.mktemp("fonts")),
        )
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A reader's browser; whatever a page of it complains of fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", hear)
    yield context
    context.close()
    for complaint in complaints:
        assert any(
            expected in complaint for expected in EXPECTED_COMPLAINTS
        ), complaint


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
