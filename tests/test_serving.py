"""The site as it is served: its answers, its headers, its settings, its log."""

import gzip
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from reference import commands
from reference.serving import safety, server
from tests.served import ROOT, Served, break_content, serving, until


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as running:
        yield running


REQUESTS = [
    (200, "GET", "/", {}),
    (200, "HEAD", "/", {}),
    (200, "GET", "/search/?q=data", {}),
    (200, "GET", "/healthz", {}),
    (204, "OPTIONS", "/", {}),
    (304, "GET", "/", {"If_None_Match": "*"}),
    (308, "GET", "/themes", {"Host": "evil.example"}),
    (400, "GET", "/search/?q=" + "a" * 2_000, {}),
    (400, "GET", "/search/?" + "&".join(["q=a"] * 301), {}),
    (404, "GET", "/no-such-page/", {}),
    (404, "GET", "/static/none.css", {}),
    (405, "POST", "/", {}),
    (405, "DELETE", "/no-such-page/", {}),
    (405, "TRACE", "/", {}),
    (414, "GET", "/" + "a" * 20_001, {}),
    (431, "GET", "/", {"Cookie": "a" * 20_000}),
]


@pytest.mark.parametrize(
    ("status", "method", "path", "headers"), REQUESTS, ids=[f"{r[0]}-{r[1]}" for r in REQUESTS]
)
def test_every_answer_is_guarded(
    served: Served, status: int, method: str, path: str, headers: dict[str, str]
) -> None:
    """Whatever the answer, it carries every security header once, sets no cookie, and names
    neither the server's software nor the host the reader claims."""
    answer = served.ask(path, method, **headers)
    assert answer.status == status
    for name, value in safety.HEADERS.items():
        assert answer.msg.get_all(name) == [value]
    told = str(answer.msg).lower() + answer.text.decode().lower()
    for leak in ("set-cookie", "granian", "werkzeug", "traceback", "evil.example", str(ROOT)):
        assert leak not in told
    assert "unsafe" not in answer.msg["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in answer.msg
    if status == 405:
        assert answer.msg["Allow"] == "GET, HEAD, OPTIONS"
    if status in {400, 405, 414, 431}:
        sentence = answer.text.decode()
        assert sentence.count("\n") == 1 and sentence.endswith(".\n")


@pytest.mark.parametrize("path", ["/", "/search/?q=data", "/library.json", "/claims.csv"])
def test_a_page_is_kept_with_its_validator(served: Served, path: str) -> None:
    """A page has one strong ETag, in every worker; naming it in any way HTTP knows gives 304."""
    pages = [served.ask(path) for _ in range(6)]
    (etag,) = {page.msg["ETag"] for page in pages}
    assert etag.startswith('"') and len({page.text for page in pages}) == 1
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = served.ask(path, If_None_Match=known)
        assert (again.status, again.text) == (304, b"")
        assert again.msg["ETag"] == etag and again.msg["Vary"] == "Accept-Encoding"
    assert served.ask(path, If_None_Match='"other"').status == 200


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_page_is_the_same_compressed(served: Served, coding: str) -> None:
    """Compressed, a page has its own ETag and length, and unpacks to the same bytes."""
    whole, packed = served.ask("/"), served.ask("/", Accept_Encoding=coding)
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}[coding]
    assert packed.msg["Content-Encoding"] == coding
    assert unpack(packed.text) == whole.text
    assert int(packed.msg["Content-Length"]) == len(packed.text) < len(whole.text)
    assert packed.msg["ETag"] != whole.msg["ETag"]
    known = packed.msg["ETag"]
    assert served.ask("/", Accept_Encoding=coding, If_None_Match=known).status == 304
    assert served.ask("/", If_None_Match=known).status == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /\xff HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\n" + b"X: y\r\n" * 101 + b"\r\n",
        b"GET /" + b"a" * 66_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
    ],
    ids=["raw bytes", "NUL", "two lengths", "too many headers", "too long"],
)
def test_what_is_no_request_gets_a_bare_status(served: Served, sent: bytes) -> None:
    """What cannot even be read as a request is refused beneath us, with nothing told of it."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=5) as connection:
        connection.sendall(sent)
        head, _, body = connection.recv(65_536).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 4") and not body
    assert b"granian" not in head.lower() and b"server" not in head.lower()


def test_head_is_get_without_the_body(served: Served) -> None:
    """HEAD answers with the headers of GET, length included, and nothing else."""
    for path in ("/", "/search/?q=head", "/articles/"):
        head, get = served.ask(path, "HEAD"), served.ask(path)
        assert head.text == b"" and get.text
        different = {"Date"}
        assert {*head.msg.items()} ^ {*get.msg.items()} <= {
            (name, value) for m in (head.msg, get.msg) for name, value in m.items()
            if name.title() in different
        }  # fmt: skip


@pytest.mark.parametrize("number", ["0", "1", "01", "002", "0001", "%D9%A2", "%2B2", "9" * 5_000])
def test_a_page_of_a_list_has_one_address(served: Served, number: str) -> None:
    """The first page is the list's own address, later ones are numbered in one spelling."""
    assert served.ask("/claims/page/2/").status == 200
    assert served.ask(f"/claims/page/{number}/").status == 404


def test_static_files_are_immutable(served: Served) -> None:
    """What a page links under a fingerprinted name may be kept for ever; the page may not."""
    page = served.ask("/")
    assert page.msg["Cache-Control"] == "no-cache"
    links = page.text.decode().split('href="/static/')[1:]
    for link in links:
        answer = served.ask("/static/" + link.split('"')[0])
        assert answer.status == 200 and "immutable" in answer.msg["Cache-Control"]


def run(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    asked = [sys.executable, str(ROOT / "app.py"), *options]
    return subprocess.run(
        asked, capture_output=True, text=True, timeout=30, env=os.environ | environment
    )


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        (["--port", "many"], {}),
        (["--workers", "0"], {}),
        (["--nonsense"], {}),
        (["--host", "203.0.113.1"], {}),
        (["--address", "ftp://example.org"], {}),
        (["--host", "a..b"], {}),
        ([], {"REFERENCE_HOST": "a" * 300}),
        ([], {"REFERENCE_PORT": "99999"}),
        ([], {"REFERENCE_ADDRESS": "https://example.org/under"}),
        ([], {"REFERENCE_ACCESS_LOG": "perhaps"}),
        (["--content", "/nowhere"], {}),
        (["check", "--content", "/nowhere"], {}),
        (["index"], {"REFERENCE_INDEX": str(ROOT / "app.py")}),
    ],
)
def test_a_bad_setting_is_one_line(options: list[str], environment: dict[str, str]) -> None:
    """A setting that cannot be is told in one line, with exit code 2, and nothing is served."""
    ended = run(*options, **environment)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("error: ") and ended.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "address",
    [
        'https://x"><b>.org', "https://:pw@x.org", "https://me@x.org", "https://x.org:",
        "https://x.org\\evil", "https://<x>", "https://x..org", "https://-", "https://x.org:70000",
        "https://x.org:0", "https://x.org/ a", "https://x.org\n", "\x01https://x.org", "https://",
        "//x.org", "https://[::1", "https://x.org/<b>", "https://x.org?q", "https://x.org#a",
    ],
)  # fmt: skip
def test_an_address_is_nothing_else(address: str) -> None:
    """A public address that holds a password, markup or anything a host's name cannot is refused,
    under a path as well."""
    assert safety.address_problem(address) and safety.address_problem(address, under=True)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("HTTPS://Reference.ORG/", "https://reference.org"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://bücher.example.", "https://bücher.example."),
        ("https://Example.org/Some/Where/", "https://example.org/Some/Where"),
    ],
)
def test_an_address_has_one_spelling(given: str, used: str) -> None:
    """However an address is typed, scheme and host are in small letters; its path is as given."""
    assert not safety.address_problem(given, under=True)
    assert safety.as_written(given) == used


def test_typed_in_capitals_tls_is_kept_to(tmp_path: Path) -> None:
    """An address that begins with HTTPS:// is https: browsers are told to stay with it."""
    with serving(tmp_path, "--workers", "1", "--address", "HTTPS://X.ORG") as served:
        answer = served.ask("/robots.txt")
        assert "Strict-Transport-Security" in answer.msg
        assert b"Sitemap: https://x.org/sitemap.xml" in answer.text


def test_a_site_for_others_without_an_address_is_told(tmp_path: Path) -> None:
    """Listening beyond this machine with no public address, one line says what lacks it."""
    with serving(tmp_path, "--workers", "1", "--host", "0.0.0.0") as served:
        served.text("/")
        assert served.log.read_text().count(server.NO_ADDRESS) == 1


def test_an_index_may_be_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder for the index that cannot be read is no bad setting: it is kept in memory then."""
    (option,) = (each for each in commands.index.params if each.name == "index")
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert option.type.convert(str(tmp_path), option, None) == tmp_path


def test_a_copy_without_an_address_is_told(tmp_path: Path) -> None:
    """An export that is given no address says what then lacks one, and how to give it."""
    (tmp_path / "mine").touch()
    ended = run("export", str(tmp_path))
    assert ended.stderr.splitlines()[0] == commands.NO_ADDRESS
    assert "no address" not in run("export", str(tmp_path), "--address", "https://a.org").stderr


def test_a_taken_port_is_one_line(served: Served) -> None:
    """A port somebody else serves at is told in one line, with exit code 2."""
    ended = run("--port", str(served.port))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"error: cannot serve at 127.0.0.1:{served.port}: the port is taken\n"


def test_broken_content_does_not_start(content_copy: Path, tmp_path: Path) -> None:
    """Content with problems is told in full, with exit code 1, before anything is served."""
    path, _ = break_content(content_copy)
    ended = run("--port", "0", "--content", str(content_copy), "--index", str(tmp_path / "index"))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert path.name in ended.stderr and "Traceback" not in ended.stderr


def test_the_access_log_can_be_turned_off(served: Served, tmp_path: Path) -> None:
    """A line a request, without its query and unable to forge another; none if turned off."""
    served.ask("/search/?q=private")
    served.ask("/forged%0A127.0.0.1")
    until(lambda: "/forged%0A127.0.0.1" in served.out.read_text())
    assert '"GET /search/" 200 ' in served.out.read_text()
    assert "private" not in served.out.read_text()
    with serving(tmp_path, "--no-access-log") as quiet:
        quiet.text("/")
    assert quiet.out.read_text().count("\n") == 1
