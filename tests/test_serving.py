"""The site as it is served: its answers, its headers, its settings."""

import gc
import gzip
import os
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import brotli
import pytest
from flask import Flask
from werkzeug.test import Client

from app import METHODS, create_app
from reference import __version__
from reference.commands import main
from reference.serving import headers, processors, server
from reference.serving.address import public_address
from reference.serving.cache import (
    SEARCHES_BYTES,
    Addresses,
    Cache,
    Environ,
    preferred_coding,
    size_of,
)
from tests.parsed import rows
from tests.served import (
    ROOT,
    Answer,
    Served,
    break_content,
    house_copy,
    serving,
    until,
)

ROWS = rows("serving")
ADDRESS = "https://reference.example"
LONG_SEARCH = "/search/?q=" + quote("🙂" * 2_000)
"""As long as a search may be, in letters that take the most bytes."""
LEAKS = (
    "set-cookie",
    "granian",
    "werkzeug",
    "traceback",
    "evil.example",
    str(ROOT),
)
UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "identity": bytes,
}


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, index: Path
) -> Iterator[Served]:
    """The site on a port, without a public address."""
    with serving(tmp_path_factory.mktemp("served"), index=index) as running:
        yield running


def run(
    *options: str, folder: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the program in a folder until it ends."""
    return subprocess.run(
        [sys.executable, "app.py", *options],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


# What every answer has


def assert_guarded(answer: Answer) -> None:
    """Assert that an answer carries every security header once, and tells nothing it should not."""
    for name, value in headers.SECURITY.items():
        assert answer.headers.get_all(name) == [value]
    everything = f"{answer.headers}{answer.text}".lower()
    for leak in LEAKS:
        assert leak not in everything
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "immutable" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize("row", ROWS["requests"], ids=str)
def test_every_answer_is_guarded(served: Served, row: dict[str, Any]) -> None:
    """Whatever the answer, it carries every security header once, sets no cookie, and names neither
    the server's software nor the host that the reader claims."""
    sent = row.get("headers", {})
    if sent.get("Accept") == "20000 letters":
        sent = {"Accept": "a" * 20_000}

    answer = served.ask(row["path"], row["method"], **sent)

    assert answer.status == row["status"]
    assert_guarded(answer)


@pytest.mark.parametrize(
    ("status", "path"),
    [
        (200, LONG_SEARCH),
        (400, "/search/?q=" + "a" * 2_001),
        (414, "/" + "a" * 32_001),
    ],
    ids=["longest search", "too long a search", "too long an address"],
)
def test_long_requests_are_answered(
    served: Served, status: int, path: str
) -> None:
    """A search of 2,000 characters is answered, in whatever script; beyond a bound, the answer is
    guarded too."""
    answer = served.ask(path)

    assert answer.status == status
    assert_guarded(answer)


@pytest.mark.parametrize("path", ["/" + "a" * 32_001, "/about/"])
def test_what_is_too_large_is_told_in_a_sentence(
    served: Served, path: str
) -> None:
    """Beyond a bound of the address or of the headers, a reader is told which, in one sentence."""
    answer = served.ask(path, Accept="a" * 20_000)

    assert answer.status in (414, 431)
    assert answer.text.endswith(".\n") and answer.text.count("\n") == 1


@pytest.mark.parametrize("row", ROWS["written"], ids=str)
def test_only_reading_is_answered(served: Served, row: dict[str, str]) -> None:
    """Any method but those of reading gets 405 at every address, with the methods there are."""
    answer = served.ask(row["path"], row["method"])

    assert answer.status == 405
    assert set(answer.headers["Allow"].split(", ")) == set(METHODS)
    assert_guarded(answer)


@pytest.mark.parametrize(
    ("line", "status"), [("CONNECT evil.example:80", 405), ("OPTIONS *", 200)]
)
def test_requests_without_a_path_are_answered(
    served: Served, line: str, status: int
) -> None:
    """What asks for no path of the site is answered as it would be at any: nothing is passed on."""
    with socket.create_connection(
        ("127.0.0.1", served.port), timeout=10
    ) as connection:
        connection.sendall(
            f"{line} HTTP/1.1\r\nHost: evil.example\r\n\r\n".encode()
        )
        answer = connection.recv(65_536).decode()

    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert "allow: GET, HEAD, OPTIONS" in answer


# What other sites may do


@pytest.mark.parametrize("path", ROWS["data"])
def test_data_is_for_any_site(client: Client, path: str) -> None:
    """Any site's page may read the machine files, also one that sends headers of its own."""
    answer = client.get(path)
    preflight = client.options(path)

    assert answer.status_code == 200
    for response in (answer, preflight):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert (
            response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        )
    assert preflight.headers["Access-Control-Allow-Headers"] == "*"
    assert "GET" in preflight.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize(
    "path", ["/", "/search/?q=data", "/claims/data-is-junk/", "/healthz"]
)
def test_pages_are_for_this_site(client: Client, path: str) -> None:
    """No other site's page may read or embed the pages."""
    for response in (client.get(path), client.options(path)):
        assert "Access-Control-Allow-Origin" not in response.headers
        assert (
            response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        )


# What is kept


@pytest.mark.parametrize("path", ["/", "/search/?q=data", "/claims.csv"])
@pytest.mark.parametrize("coding", UNPACK)
def test_a_page_is_kept_with_its_validator(
    served: Served, path: str, coding: str
) -> None:
    """In each coding a page has one strong ETag and its own length, in every worker, and unpacks to
    the same bytes; naming the ETag, however HTTP allows, gives 304."""
    pages = [served.ask(path, Accept_Encoding=coding) for _ in range(6)]
    plain = served.ask(path, Accept_Encoding="identity")

    page = pages[0]
    etag = page.headers["ETag"]
    assert {(page.headers["ETag"], page.body) for page in pages} == {
        (etag, page.body)
    }
    assert etag.startswith('"')
    assert (etag == plain.headers["ETag"]) == (coding == "identity")
    assert int(page.headers["Content-Length"]) == len(page.body)
    assert UNPACK[coding](page.body) == plain.body
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = served.ask(path, Accept_Encoding=coding, If_None_Match=known)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == etag
        assert again.headers["Vary"] == "Accept-Encoding"
    assert (
        served.ask(
            path, Accept_Encoding=coding, If_None_Match='"other"'
        ).status
        == 200
    )


@pytest.mark.parametrize(
    "path", ["/", "/search/?q=data", "/claims.csv", "/no-such-page"]
)
def test_head_is_get_without_the_body(client: Client, path: str) -> None:
    """HEAD gives the status and the headers of GET, and nothing else."""
    whole = client.get(path)
    head = client.head(path)

    assert head.data == b""
    assert head.status == whole.status
    assert dict(head.headers) == dict(whole.headers)


@pytest.mark.parametrize("row", ROWS["codings"], ids=str)
def test_a_reader_chooses_the_coding(row: dict[str, str]) -> None:
    """An answer comes in the coding that the reader likes best of those we have."""
    assert preferred_coding(row["accepted"]) == row["coding"]


class Counting:
    """An application that answers with what it is asked for, and keeps a list of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, environ: Environ, start_response: Any) -> list[bytes]:
        asked = f"{environ['PATH_INFO']} {environ['QUERY_STRING']}"
        self.asked.append(asked)
        start_response("200 OK", [("Content-Type", "text/html")])
        return [asked.encode() * 1_000]


def test_a_flood_of_searches_leaves_the_pages() -> None:
    """However many searches are asked, what is kept of them is bounded, and the pages stay where
    they were."""
    application = Counting()
    cache = Cache(application, Addresses(parameters={"search": ("q",)}))
    client = Client(cache)
    client.get("/")

    for number in range(2_000):
        client.get(f"/search/?q={number}")
    client.get("/")

    assert (
        sum(size_of(answer) for answer in cache.searches.values())
        <= SEARCHES_BYTES
    )
    assert len(cache.searches) > 100
    assert application.asked.count("/ ") == 1


def test_a_path_with_a_question_mark_is_no_query() -> None:
    """`/a%3Fb?c=1` is another address than `/a?b%3Fc=1`."""
    names = {"a?b": ("c",), "a": ("b?c",)}
    client = Client(Cache(Counting(), Addresses(parameters=names)))

    first = client.get("/a%3Fb?c=1")
    second = client.get("/a?b%3Fc=1")

    assert first.data != second.data


@pytest.mark.parametrize("row", ROWS["extra_parameters"], ids=str)
def test_unknown_parameters_make_no_new_page(
    site_app: Flask, row: dict[str, str]
) -> None:
    """What an address has besides the parameters that its page is made from makes no page of its
    own, and stands in none."""
    client = site_app.test_client()
    cache: Cache = site_app.extensions["cache"]
    same = client.get(f"{row['path']}?{row['same_as']}")
    kept = len(cache.pages) + len(cache.searches)

    answer = client.get(f"{row['path']}?{row['query']}")

    assert answer.data == same.data
    assert len(cache.pages) + len(cache.searches) == kept


def test_files_of_the_whole_library_are_made_once() -> None:
    """They are made before anybody asks, once for all codings, and whatever is asked since, they
    stay."""
    application = Counting()
    cache = Cache(application, Addresses(files=("/library.json",)))

    cache.make_files()
    client = Client(cache)
    for coding in UNPACK:
        client.get("/library.json", headers={"Accept-Encoding": coding})

    assert application.asked == ["/library.json "]


def test_static_files_are_immutable(served: Served) -> None:
    """What a page links under a fingerprinted name may be kept for ever; the page may not."""
    page = served.ask("/")

    links = page.text.split('href="/static/')[1:]

    assert links and page.headers["Cache-Control"] == "no-cache"
    for link in links:
        answer = served.ask("/static/" + link.split('"')[0])
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["style.0123456789.css", "style.css"])
def test_a_former_name_gives_the_file_as_it_is(
    client: Client, name: str
) -> None:
    """A page that somebody kept finds its style, under whatever name it links it; that name may not
    be kept for ever."""
    page = client.get("/").text
    present = page.partition('href="/static/style.')[2].partition('"')[0]

    answer = client.get(f"/static/{name}")

    assert answer.data == client.get(f"/static/style.{present}").data
    assert answer.headers["Cache-Control"] == "no-cache"


# What goes wrong


def fail() -> str:
    """Be a page that cannot be made."""
    raise ZeroDivisionError


def test_an_error_gets_a_page_of_ours(index: Path) -> None:
    """Whatever goes wrong in a request, even in the page that would say so, the answer is a page of
    ours, guarded, and is not kept."""
    app = create_app(index=index, address=ADDRESS)
    app.view_functions["pages.about"] = fail
    about = app.test_client().get("/about/")
    app.jinja_env.globals.clear()

    missing = app.test_client().get("/no-such-page")

    for answer in (about, missing):
        assert answer.status_code == 500
        assert answer.text.startswith("<!doctype html>")
        assert "ZeroDivision" not in answer.text
        assert "ETag" not in answer.headers
        for name, value in headers.SECURITY.items():
            assert answer.headers.getlist(name) == [value]


class Cyclic:
    """An application that refers to itself, as Flask's do."""

    def __init__(self) -> None:
        self.itself = self

    def __call__(self, environ: Environ, start_response: Any) -> list[bytes]:
        return []


def test_what_a_reload_replaces_is_freed() -> None:
    """When the content is read again, nothing stays in memory of what was served before."""
    served_now = server.Served(Cyclic)
    server.share_memory_with_workers()
    before = weakref.ref(served_now.application)

    served_now.read_again()

    gc.unfreeze()  # for the tests to come
    assert before() is None
    assert isinstance(served_now.application, Cyclic)


def test_a_template_that_is_no_template_stops_the_start(
    tmp_path: Path,
) -> None:
    """A broken template is told with its file and line, in one line, before anything is served."""
    house = house_copy(tmp_path)
    about = house / "templates" / "about.html"
    about.write_text(about.read_text() + "{{ oops\n")

    ended = run(
        "--port", "0", "--content", str(ROOT / "content"), folder=house
    )

    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"error: {about}:" in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


def test_a_page_that_cannot_be_made_stops_the_start(tmp_path: Path) -> None:
    """A page of each kind is made before anything is served; one that cannot be is named."""
    house = house_copy(tmp_path)
    about = house / "templates" / "about.html"
    about.write_text(
        about.read_text().replace(
            "{% block main %}", "{% block main %}{{ oops }}"
        )
    )

    ended = run(
        "--port", "0", "--content", str(ROOT / "content"), folder=house
    )

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.splitlines()[-1].startswith(
        "error: /about/ cannot be made"
    )


# Settings


@pytest.mark.parametrize(
    "path", ["/", "/claims/data-is-junk/", "/claims/data-is-junk.bib"]
)
def test_without_a_public_address_none_is_told(
    served: Served, path: str
) -> None:
    """With no public address, nothing that readers keep names where the site happens to listen,
    or the host that a request claims; a line at the start says what lacks it."""
    answer = served.ask(
        path, Host="evil.example", X_Forwarded_Host="evil.example"
    )

    for wrong in (
        "127.0.0.1",
        "localhost",
        "evil.example",
        'rel="canonical"',
        "og:url",
    ):
        assert wrong not in answer.text
    assert served.log.read_text().count("no public address") == 1


def test_what_is_set_is_so(tmp_path: Path, index: Path) -> None:
    """A public address, however it is typed, is used in its one spelling; if it is https, browsers
    are told to stay with it. Where the access log is turned off, no request is told."""
    options = (
        "--workers",
        "1",
        "--address",
        "HTTPS://X.ORG/",
        "--no-access-log",
    )

    with serving(tmp_path, *options, index=index) as served:
        answer = served.ask("/")
        time.sleep(0.1)

    assert "Strict-Transport-Security" in answer.headers
    assert 'rel="canonical" href="https://x.org/"' in answer.text
    assert not served.logged("no public address")
    assert served.out.read_text().count("\n") == 1


@pytest.mark.parametrize("row", ROWS["bad_settings"], ids=str)
def test_a_bad_setting_is_one_line(
    served: Served,
    row: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A setting that cannot be, or a port that somebody else serves at, is told in one line, with
    exit code 2, and nothing is served."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("REFERENCE_PORT", str(served.port))
    for name, value in row.get("variables", {}).items():
        monkeypatch.setenv(name, value)

    code = main(row["options"], create_app)

    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1


def test_a_misspelt_variable_is_told(
    served: Served,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A variable that looks like a setting of ours and is none is named."""
    monkeypatch.setenv("REFERENCE_PROT", "9999")

    main(["--port", str(served.port)], create_app)

    assert "REFERENCE_PROT is no setting" in caplog.text


@pytest.mark.parametrize(
    "options", [["--version"], ["-h"], ["--help"], ["serve", "-h"]]
)
def test_the_program_says_what_it_is(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """`--version` prints the version alone, `-h` and `--help` how the program is used."""
    code = main(options, create_app)

    printed = capsys.readouterr()
    assert (code, printed.err) == (0, "")
    if options == ["--version"]:
        assert printed.out == f"{__version__}\n"
    else:
        assert printed.out.startswith("Usage: python app.py ")


@pytest.mark.parametrize("address", ROWS["no_addresses"])
@pytest.mark.parametrize("may_have_path", [False, True])
def test_an_address_is_nothing_else(address: str, may_have_path: bool) -> None:
    """A public address that holds a password, markup or anything a host's name cannot is refused,
    under a path as well."""
    with pytest.raises(ValueError):
        public_address(address, may_have_path)


def test_broken_content_does_not_start(
    new_library: Path, tmp_path: Path
) -> None:
    """Content with problems is told in full, with exit code 1, before anything is served."""
    broken = break_content(new_library)

    ended = run(
        "--port",
        "0",
        "--content",
        str(new_library),
        "--index",
        str(tmp_path / "index"),
    )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert broken.path.name in ended.stderr
    assert "Traceback" not in ended.stderr


# The access log


def test_the_access_log_has_a_line_a_request(served: Served) -> None:
    """Each request is told in one line, with its size and how long it took, without its query, and
    unable to forge another."""
    answer = served.ask("/search/?q=private")
    served.ask("/forged%0A127.0.0.1")

    # Two workers may have answered, and either may write first.
    until(lambda: "/forged%0A127.0.0.1" in served.out.read_text())
    told = f'"GET /search/" 200 {len(answer.body)} '
    until(lambda: told in served.out.read_text())

    lines = served.out.read_text().splitlines()
    (line,) = [line for line in lines if told in line]
    milliseconds = line.rpartition(" ")[2]
    assert float(milliseconds) > 0
    assert "private" not in served.out.read_text()


# Processors


@pytest.mark.parametrize("row", ROWS["quotas"], ids=str)
def test_a_quota_is_read(tmp_path: Path, row: dict[str, Any]) -> None:
    """A control group's quota is told in processors; one that is no quota binds nobody."""
    file = tmp_path / "cpu.max"
    file.write_text(row["file"] + "\n")

    assert processors.read_quota(file) == row["processors"]


def test_workers_follow_the_quota_of_every_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The smallest quota of a group and those it is in counts; there are always two workers."""
    own_group = tmp_path / "own"
    own_group.write_text("0::/outer/inner\n")
    inner = tmp_path / "groups" / "outer" / "inner"
    inner.mkdir(parents=True)
    (inner / "cpu.max").write_text("max 100000\n")
    (inner.parent / "cpu.max").write_text("250000 100000\n")
    monkeypatch.setattr(processors, "OWN_GROUP", own_group)
    monkeypatch.setattr(processors, "CONTROL_GROUPS", tmp_path / "groups")
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: range(16))

    assert processors.usable_processors() == 3
    (inner / "cpu.max").write_text("50000 100000\n")
    assert processors.usable_processors() == 1
    assert processors.usual_workers() == processors.FEWEST_WORKERS


# Wherever Python runs

UNIX_ONLY = """
import os, signal, sys
unix_modules = ("resource", "pwd", "grp", "termios", "syslog")
for module in (*unix_modules, "granian", "reference.serving.server"):
    sys.modules[module] = None
for name in ("fork", "setsid", "register_at_fork", "sched_getaffinity", "getuid"):
    delattr(os, name)
os.process_cpu_count = os.cpu_count  # Python 3.13 has it so where affinity is unknown
del signal.SIGHUP, signal.SIGKILL, signal.SIGUSR1
from app import create_app
from reference import commands
sys.exit(commands.main(sys.argv[1:], create_app))
"""
"""The program without what only Unix has."""


WITHOUT_EXPORT = """
import sys
sys.modules["pagefind"] = None
from app import create_app
from reference import commands
sys.exit(commands.main(sys.argv[1:], create_app))
"""
"""The program where the packages of requirements-export.txt are not installed."""


@pytest.mark.parametrize("command", [["check"], ["export", "copy"]])
def test_only_export_needs_its_packages(command: list[str]) -> None:
    """Without the packages that only `export` needs all else works, and `export` says what it
    lacks."""
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXPORT, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    if command == ["check"]:
        assert ended.returncode == 0, ended.stderr
    else:
        assert ended.returncode == 2
        assert "install requirements-export.txt" in ended.stderr


@pytest.mark.parametrize(
    "command", ["check", "cite", "index", "export", "new"]
)
def test_only_serving_needs_unix(
    new_library: Path, tmp_path: Path, command: str
) -> None:
    """An editor can check, cite and export, and begin a library, on any system: nothing of Unix
    alone is imported."""
    arguments = [command, "--content", str(new_library)]
    if command == "new":
        arguments = [command, str(tmp_path / "new")]
    if command in ("index", "export"):
        arguments += ["--index", str(tmp_path / "index")]
    if command == "export":
        arguments.append(str(tmp_path / "copy"))

    ended = subprocess.run(
        [sys.executable, "-c", UNIX_ONLY, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert ended.returncode == 0, ended.stderr
