"""The site as it is served: its answers, its headers, its settings, and what it lives through."""

import gzip
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import brotli
import pytest

from reference.serving import headers
from reference.serving.address import public_address
from reference.serving.cache import SEARCHES_BYTES, Addresses, Cache, Environ
from tests.parsed import rows
from tests.served import ROOT, Served, break_content, serving, until

ROWS = rows("serving")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as running:
        yield running


REQUESTS = [
    (200, "GET", "/", {}),
    (200, "GET", "/search/?q=" + quote("🙂" * 2_000), {}),
    (200, "GET", "/healthz", {}),
    (200, "GET", "/library.json", {}),
    (200, "OPTIONS", "/", {}),
    (304, "GET", "/", {"If_None_Match": "*"}),
    (308, "GET", "/themes", {"Host": "evil.example"}),
    (400, "GET", "/search/?q=" + "a" * 2_001, {}),
    (404, "GET", "/no-such-page/", {}),
    (404, "GET", "/static/none.css", {}),
    (405, "POST", "/", {}),
    (405, "TRACE", "/about/", {}),
    (414, "GET", "/" + "a" * 32_001, {}),
    (431, "GET", "/", {"Cookie": "a" * 20_000}),
]


@pytest.mark.parametrize(
    ("status", "method", "path", "sent"), REQUESTS, ids=[f"{r[0]}-{r[1]}" for r in REQUESTS]
)
def test_every_answer_is_guarded(
    served: Served, status: int, method: str, path: str, sent: dict[str, str]
) -> None:
    """Whatever the answer (a search of 2,000 characters too, in whatever script), it carries every
    security header once, sets no cookie, and names neither the server's software nor the host the
    reader claims."""
    answer = served.ask(path, method, **sent)
    assert answer.status == status
    for name, value in headers.SECURITY.items():
        assert answer.msg.get_all(name) == [value]
    told = str(answer.msg).lower() + answer.text.decode().lower()
    for leak in ("set-cookie", "granian", "werkzeug", "traceback", "evil.example", str(ROOT)):
        assert leak not in told
    assert "unsafe" not in answer.msg["Content-Security-Policy"]
    assert "immutable" not in answer.msg["Cache-Control"]
    if status == 405:
        assert set(answer.msg["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    if status in {414, 431}:
        sentence = answer.text.decode()
        assert sentence.count("\n") == 1 and sentence.endswith(".\n")


def test_data_is_for_any_site_and_pages_are_not(served: Served) -> None:
    """Any site's page may read the machine files; it may neither read nor embed the pages."""
    for path in ROWS["data"]:
        told = served.ask(path).msg
        assert told["Access-Control-Allow-Origin"] == "*", path
        assert told["Cross-Origin-Resource-Policy"] == "cross-origin"
    for path in ("/", "/search/?q=data", "/claims/data-is-junk/", "/healthz"):
        told = served.ask(path).msg
        assert "Access-Control-Allow-Origin" not in told
        assert told["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/", "/search/?q=data", "/claims.csv"])
@pytest.mark.parametrize("coding", ["identity", "br", "gzip"])
def test_a_page_is_kept_with_its_validator(served: Served, path: str, coding: str) -> None:
    """In each coding a page has one strong ETag and its own length, in every worker; it unpacks
    to the same bytes; naming the ETag, however HTTP allows, gives 304; HEAD gives no body."""
    pages = [served.ask(path, Accept_Encoding=coding) for _ in range(6)]
    (etag,) = {page.msg["ETag"] for page in pages}
    assert etag.startswith('"') and len({page.text for page in pages}) == 1
    page = pages[0]
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(coding, bytes)
    whole = served.ask(path, Accept_Encoding="identity")
    assert unpack(page.text) == whole.text and int(page.msg["Content-Length"]) == len(page.text)
    assert (etag == whole.msg["ETag"]) == (coding == "identity")
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = served.ask(path, Accept_Encoding=coding, If_None_Match=known)
        assert (again.status, again.text) == (304, b"")
        assert again.msg["ETag"] == etag and again.msg["Vary"] == "Accept-Encoding"
    assert served.ask(path, Accept_Encoding=coding, If_None_Match='"other"').status == 200
    head = served.ask(path, "HEAD", Accept_Encoding=coding)
    assert head.text == b""
    assert {name for name, _ in {*head.msg.items()} ^ {*page.msg.items()}} <= {"date"}


def test_a_flood_of_searches_leaves_the_pages() -> None:
    """However many searches are asked, what is kept of them is bounded and the pages stay where
    they were; an address whose path holds a question mark is another than one with a query."""
    made: list[str] = []

    def app(environ: Environ, start: object) -> list[bytes]:
        made.append(environ["PATH_INFO"] + environ["QUERY_STRING"])
        start("200 OK", [("Content-Type", "text/html")])  # type: ignore[operator]
        return [f"{environ['PATH_INFO']} {environ['QUERY_STRING']}".encode() * 1_000]

    def ask(path: str, query: str = "") -> bytes:
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query}
        return b"".join(cache(environ, lambda status, sent: None))

    cache = Cache(app, Addresses(parameters={"search": ["q"], "a": ["b?c", "c"]}))
    ask("/")
    for number in range(2_000):
        ask("/search/", f"q={number}")
    kept = cache.searches
    assert kept.currsize <= SEARCHES_BYTES and len(kept) > 100
    ask("/")
    assert made.count("/") == 1
    assert ask("/a?b", "c") != ask("/a", "b?c")


def test_static_files_are_immutable(served: Served) -> None:
    """What a page links under a fingerprinted name may be kept for ever; the page may not."""
    page = served.ask("/")
    assert page.msg["Cache-Control"] == "no-cache"
    for link in page.text.decode().split('href="/static/')[1:]:
        answer = served.ask("/static/" + link.split('"')[0])
        assert answer.status == 200 and "immutable" in answer.msg["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/claims/data-is-junk/", "/claims/data-is-junk.bib"])
def test_without_a_public_address_none_is_told(served: Served, path: str) -> None:
    """With no public address, nothing that readers keep names where the site happens to listen,
    or the host that a request claims; a line at the start says what lacks it."""
    said = served.ask(path, Host="evil.example", X_Forwarded_Host="evil.example").text.decode()
    for wrong in ("127.0.0.1", "localhost", "evil.example", 'rel="canonical"', "og:url"):
        assert wrong not in said
    assert served.log.read_text().count("no public address") == 1


def test_what_is_set_is_so(tmp_path: Path) -> None:
    """A public address, however it is typed, is used in its one spelling; if it is https, browsers
    are told to stay with it. Where the access log is turned off, no request is told."""
    options = ("--workers", "1", "--address", "HTTPS://X.ORG/", "--no-access-log")
    with serving(tmp_path, *options) as served:
        answer = served.ask("/")
        assert "Strict-Transport-Security" in answer.msg
        assert b'rel="canonical" href="https://x.org/"' in answer.text
        assert "no public address" not in served.log.read_text()
        time.sleep(0.1)
    assert served.out.read_text().count("\n") == 1


def run(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    asked, told = [sys.executable, "app.py", *options], os.environ | environment
    return subprocess.run(asked, cwd=ROOT, env=told, capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize(("options", "environment"), ROWS["bad_settings"])
def test_a_bad_setting_is_one_line(
    served: Served, options: list[str], environment: dict[str, str]
) -> None:
    """A setting that cannot be, or a port that somebody else serves at, is told in one line, with
    exit code 2, and nothing is served."""
    ended = run(*options, **{"REFERENCE_PORT": str(served.port)} | environment)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("error: ") and ended.stderr.count("\n") == 1


@pytest.mark.parametrize("address", ROWS["no_addresses"])
def test_an_address_is_nothing_else(address: str) -> None:
    """A public address that holds a password, markup or anything a host's name cannot is refused,
    under a path as well."""
    for under in (False, True):
        with pytest.raises(ValueError):
            public_address(address, under)


def test_broken_content_does_not_start(content_copy: Path, tmp_path: Path) -> None:
    """Content with problems is told in full, with exit code 1, before anything is served."""
    path, _ = break_content(content_copy)
    ended = run("--port", "0", "--content", str(content_copy), "--index", str(tmp_path / "index"))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert path.name in ended.stderr and "Traceback" not in ended.stderr


def test_the_access_log_has_a_line_a_request(served: Served) -> None:
    """Each request is told in one line, without its query and unable to forge another."""
    served.ask("/search/?q=private")
    served.ask("/forged%0A127.0.0.1")
    until(lambda: "/forged%0A127.0.0.1" in served.out.read_text())
    assert '"GET /search/" 200 ' in served.out.read_text()
    assert "private" not in served.out.read_text()
