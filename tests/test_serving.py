"""The site as it is really served: a process on a port, asked politely and otherwise."""

import gzip
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path

import brotli
import pytest

from reference import safety
from reference.kept import Keeper, Shelf, matches, plain, preferred

ROOT = Path(__file__).parent.parent
NEEDS_PROC = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")


class Served:
    """A running site: its process, its port, what it prints."""

    def __init__(self, folder: Path, *options: str, app: Path = ROOT / "app.py") -> None:
        self.index, self.log, self.out = folder / "index", folder / "log", folder / "out"
        asked = [sys.executable, str(app), "--port", "0", "--index", str(self.index), *options]
        with self.log.open("w") as log, self.out.open("w") as out:
            self.process = subprocess.Popen(asked, stdout=out, stderr=log)
        until(lambda: "Serving at" in self.out.read_text() or self.process.poll() is not None)
        said = self.out.read_text().split("\n")[0]
        assert said.startswith("Serving at http://127.0.0.1:"), self.log.read_text()
        self.port = int(said.rstrip("/").rsplit(":", 1)[1])

    def ask(self, path: str, method: str = "GET", **headers: str) -> HTTPResponse:
        """One request on a connection of its own; the body is at `.text` as bytes."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(
                method, path, headers={n.replace("_", "-"): v for n, v in headers.items()}
            )
            answer = connection.getresponse()
            answer.text = answer.read()  # type: ignore[attr-defined]
            return answer
        finally:
            connection.close()

    def text(self, path: str) -> bytes:
        answer = self.ask(path)
        assert answer.status == 200, path
        return bytes(answer.text)  # type: ignore[attr-defined]

    def workers(self) -> list[int]:
        parent = self.process.pid
        return [*map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(20)


@contextmanager
def serving(folder: Path, *options: str, app: Path = ROOT / "app.py") -> Iterator[Served]:
    folder.mkdir(exist_ok=True)
    served = Served(folder, *options, app=app)
    try:
        yield served
    finally:
        served.stop()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as running:
        yield running


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something to come true; fail if it does not."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.05)


REQUESTS = [
    (200, "GET", "/", {}),
    (200, "HEAD", "/", {}),
    (200, "GET", "/search/?q=data", {}),
    (200, "GET", "/healthz", {}),
    (204, "OPTIONS", "/", {}),
    (304, "GET", "/", {"If_None_Match": "*"}),
    (308, "GET", "/themes", {"Host": "evil.example"}),
    (400, "GET", "/search/?q=" + "a" * 2_000, {}),
    (400, "GET", "/search/?" + "&".join(["q=a"] * 30), {}),
    (404, "GET", "/no-such-page/", {}),
    (404, "GET", "/static/none.css", {}),
    (405, "POST", "/", {}),
    (405, "DELETE", "/no-such-page/", {}),
    (405, "TRACE", "/", {}),
    (414, "GET", "/" + "a" * 5_000, {}),
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
    told = str(answer.msg).lower() + answer.text.decode().lower()  # type: ignore[attr-defined]
    for leak in ("set-cookie", "granian", "werkzeug", "traceback", "evil.example", str(ROOT)):
        assert leak not in told
    assert "unsafe" not in answer.msg["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in answer.msg
    if status == 405:
        assert answer.msg["Allow"] == "GET, HEAD, OPTIONS"
    if status in {400, 405, 414, 431}:
        sentence = answer.text.decode()  # type: ignore[attr-defined]
        assert sentence.count("\n") == 1 and sentence.endswith(".\n")


def ask_keeper(
    keeper: Keeper, path: str, query: str = "", **more: str
) -> tuple[str, dict[str, str]]:
    begun: list[tuple[str, dict[str, str]]] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, **more}
    keeper(environ, lambda status, headers: begun.append((status, dict(headers))))
    return begun[0]


def test_a_fault_is_guarded_too() -> None:
    """An application that fails gets a plain 500 with every header; over TLS, HSTS as well."""

    def failing(environ: object, start: object) -> list[bytes]:
        raise RuntimeError("secret")

    status, headers = ask_keeper(Keeper(failing, "https://a.example"), "/")
    assert status.startswith("500")
    assert headers.items() >= safety.headers("https://a.example").items()
    assert headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize("path", ["/", "/search/?q=data", "/library.json", "/claims.csv"])
def test_a_page_is_kept_with_its_validator(served: Served, path: str) -> None:
    """A page has one strong ETag, in every worker; naming it in any way HTTP knows gives 304."""
    pages = [served.ask(path) for _ in range(6)]
    (etag,) = {page.msg["ETag"] for page in pages}
    assert etag.startswith('"') and len({page.text for page in pages}) == 1  # type: ignore[attr-defined]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = served.ask(path, If_None_Match=known)
        assert (again.status, again.text) == (304, b"")  # type: ignore[attr-defined]
        assert again.msg["ETag"] == etag and again.msg["Vary"] == "Accept-Encoding"
    assert served.ask(path, If_None_Match='"other"').status == 200


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_page_is_the_same_compressed(served: Served, coding: str) -> None:
    """Compressed, a page has its own ETag and length, and unpacks to the same bytes."""
    whole, packed = served.ask("/"), served.ask("/", Accept_Encoding=coding)
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}[coding]
    assert packed.msg["Content-Encoding"] == coding
    assert unpack(packed.text) == whole.text  # type: ignore[attr-defined]
    assert int(packed.msg["Content-Length"]) == len(packed.text) < len(whole.text)  # type: ignore[attr-defined]
    assert packed.msg["ETag"] != whole.msg["ETag"]
    known = packed.msg["ETag"]
    assert served.ask("/", Accept_Encoding=coding, If_None_Match=known).status == 304
    assert served.ask("/", If_None_Match=known).status == 200


def test_head_is_get_without_the_body(served: Served) -> None:
    """HEAD answers with the headers of GET, length included, and nothing else."""
    for path in ("/", "/search/?q=head", "/articles/"):
        head, get = served.ask(path, "HEAD"), served.ask(path)
        assert head.text == b"" and get.text  # type: ignore[attr-defined]
        different = {"Date"}
        assert {*head.msg.items()} ^ {*get.msg.items()} <= {
            (name, value) for m in (head.msg, get.msg) for name, value in m.items()
            if name.title() in different
        }  # fmt: skip


def test_static_files_are_immutable(served: Served) -> None:
    """What a page links under a fingerprinted name may be kept for ever; the page may not."""
    page = served.ask("/")
    assert page.msg["Cache-Control"] == "no-cache"
    links = page.text.decode().split('href="/static/')[1:]  # type: ignore[attr-defined]
    for link in links:
        answer = served.ask("/static/" + link.split('"')[0])
        assert answer.status == 200 and "immutable" in answer.msg["Cache-Control"]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""), ("gzip", "gzip"), ("gzip, deflate, br, zstd", "br"), ("br;q=0, gzip", "gzip"),
        ("gzip;q=1.0, br;q=0.5", "gzip"), ("*", "br"), ("*;q=0", ""), ("br;q=0, *", "gzip"),
        ("identity, gzip;q=0.5", ""), ("GZIP", "gzip"), ("br;q=nonsense", ""), (";;,,", ""),
    ],
)  # fmt: skip
def test_coding_is_the_readers_choice(accepted: str, coding: str) -> None:
    """The coding a reader weighs most is used; of equals, brotli; none that is refused."""
    assert preferred(accepted) == coding


def test_etags_match_as_http_has_it() -> None:
    """Lists and weak tags match; part of a tag does not."""
    assert matches('"b", W/"a"', '"a"')
    assert not matches('"aa"', '"a"')
    assert not matches("", '"a"')


def test_a_shelf_is_bounded() -> None:
    """A shelf holds no more answers and bytes than it may, and gives up the least used first."""
    shelf = Shelf(most=10, most_bytes=100_000)
    for number in range(10):
        shelf.put(str(number), plain([], b"x" * 100))
    assert shelf.get("0")
    shelf.put("new", plain([], b"x"))
    assert len(shelf) == 10 and shelf.get("0") and not shelf.get("1")
    shelf.put("huge", plain([], b"x" * 90_000))
    assert not shelf.get("huge")
    for number in range(20):
        shelf.put(f"large{number}", plain([], b"x" * 20_000))
        assert shelf.bytes <= 100_000
    assert 0 < len(shelf) < 10


def test_kept_queries_are_bounded() -> None:
    """Fifty thousand different queries leave a bounded shelf, and the pages where they were."""

    def app(environ: object, start: Callable[[str, list[tuple[str, str]]], object]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html")])
        return [b"x" * 10_000]

    keeper = Keeper(app)
    ask_keeper(keeper, "/")
    for number in range(50_000):
        ask_keeper(keeper, "/search/", f"q={number}")
    assert keeper.queries.bytes <= 8 << 20 and len(keeper.queries) <= 500
    assert keeper.pages.get("/")


@NEEDS_PROC
def test_a_flood_of_queries_leaves_memory_bounded(served: Served) -> None:
    """No worker passes 120 MB, whatever is asked of it."""

    def ask(number: int) -> int:
        return served.ask(f"/search/?q=data+{number}+word{number * 7}&page=1").status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(800))) == {200}
    for worker in served.workers():
        (used,) = (
            int(line.split()[1])
            for line in Path(f"/proc/{worker}/status").read_text().splitlines()
            if line.startswith("VmRSS")
        )
        assert used < 120 * 1024


@NEEDS_PROC
def test_no_request_fails_when_workers_are_killed(served: Served) -> None:
    """Kill a worker, then all of them, under load: a browser's one retry always succeeds."""
    ends, before = time.monotonic() + 4, served.workers()

    def read() -> int:
        answered = 0
        while time.monotonic() < ends:
            try:
                served.text("/claims/")
            except (OSError, HTTPException):
                served.text("/claims/")
            answered += 1
        return answered

    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(read) for _ in range(8)]
        time.sleep(0.5)
        os.kill(before[0], signal.SIGKILL)
        time.sleep(1)
        for worker in served.workers():
            os.kill(worker, signal.SIGKILL)
        assert all(reader.result() > 10 for reader in readers)
    until(lambda: len(served.workers()) == len(before))
    assert not {*before} & {*served.workers()}


@NEEDS_PROC
@pytest.mark.parametrize("fault", ["deleted", "damaged", "read-only"])
def test_search_outlives_its_folder(tmp_path: Path, fault: str) -> None:
    """Whatever becomes of the index folder, the running site, its next worker and the next start
    answer as before."""
    with serving(tmp_path, "--workers", "1") as served:
        before = served.text("/search/?q=junk")
        if fault == "deleted":
            shutil.rmtree(served.index)
        for path in served.index.rglob("*"):
            if path.is_file() and fault == "damaged":
                path.write_bytes(b"\0" * 100)
        if fault == "read-only":
            for path in [served.index, *served.index.rglob("*")]:
                path.chmod(0o555 if path.is_dir() else 0o444)
        assert served.text("/search/?q=junk") == before
        os.kill(served.workers()[0], signal.SIGKILL)
        until(lambda: bool(served.workers()))
        assert served.text("/search/?q=junk") == before
    with serving(tmp_path, "--workers", "1") as again:
        assert again.text("/search/?q=junk") == before


def test_idle_and_slow_readers_keep_nobody_waiting(served: Served) -> None:
    """A thousand idle connections and a slow sender: others are answered; they are cut off."""
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    idle = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(1_000)]
    slow = socket.create_connection(("127.0.0.1", served.port))
    try:
        slow.sendall(b"GET / HTTP/1.1\r\n")
        asked = time.monotonic()
        for _ in range(20):
            served.text("/")
        assert time.monotonic() - asked < 3
        slow.sendall(b"X-Slow: 1\r\n")
        for connection in [slow, *idle]:
            connection.settimeout(20)
            assert connection.recv(1_000) in {b""} or connection is slow
        assert time.monotonic() - asked < 20
    finally:
        for connection in [slow, *idle]:
            connection.close()


def break_content(content: Path) -> tuple[Path, str]:
    """Make one quotation false; the file and what it held."""
    path = next(path for path in sorted((content / "articles").glob("*.md")))
    whole = path.read_text()
    path.write_text(whole.replace("quote: ", "quote: Never said by anybody ", 1))
    return path, whole


def test_broken_content_is_never_served(tmp_path: Path, content_copy: Path) -> None:
    """Content broken under a running site is reported, every problem, and the last good content
    served on, even when told to read it again; mended and read again, it is served."""
    with serving(tmp_path / "run", "--content", str(content_copy)) as served:
        before = served.text("/")
        path, whole = break_content(content_copy)
        until(lambda: path.name in served.log.read_text())
        assert "last good content" in served.log.read_text()
        served.process.send_signal(signal.SIGHUP)
        until(lambda: served.log.read_text().count("last good content") == 2)
        assert served.text("/") == before
        path.write_text(whole)
        glossary = content_copy / "glossary.yaml"
        glossary.write_text(glossary.read_text() + "\n# another edition\n")
        served.process.send_signal(signal.SIGHUP)
        version = served.text("/healthz")
        until(lambda: served.text("/healthz") != version)


def test_debug_serves_what_changes(tmp_path: Path, content_copy: Path) -> None:
    """With --debug, content, templates and styles are served as they change, without a restart;
    broken content is reported and the last good content stays."""
    house = tmp_path / "house"
    for part in ("reference", "templates", "static"):
        shutil.copytree(ROOT / part, house / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", house)
    options = ("--debug", "--workers", "1", "--content", str(content_copy))
    with serving(tmp_path / "run", *options, app=house / "app.py") as served:
        about = house / "templates" / "about.html"
        about.write_text(about.read_text().replace("{% block main %}", "{% block main %}Changed!"))
        until(lambda: b"Changed!" in served.text("/about/"))
        style = house / "static" / "style.css"
        before = served.text("/")
        style.write_text(style.read_text() + "\n/* changed */\n")
        until(lambda: served.text("/") != before)
        path, whole = break_content(content_copy)
        until(lambda: path.name in served.log.read_text())
        good = served.text("/healthz")
        path.write_text(whole.replace("\nkind: ", "\n# changed\nkind: ", 1) + "\n")
        until(lambda: served.text("/healthz") != good)


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
        ([], {"REFERENCE_PORT": "99999"}),
        ([], {"REFERENCE_ADDRESS": "https://example.org/under"}),
        ([], {"REFERENCE_ACCESS_LOG": "perhaps"}),
    ],
)
def test_a_bad_setting_is_one_line(options: list[str], environment: dict[str, str]) -> None:
    """A setting that cannot be is told in one line, with exit code 2, and nothing is served."""
    ended = run(*options, **environment)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("error: ") and ended.stderr.count("\n") == 1


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


def test_a_log_nobody_reads_stops_nobody(tmp_path: Path) -> None:
    """When whatever reads the log stops reading, the site is served on, and stops when told."""
    asked = [sys.executable, "app.py", "--port", "0", "--index", str(tmp_path), "--workers", "1"]
    with subprocess.Popen(asked, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = int(process.stdout.readline().strip().rstrip("/").rsplit(":", 1)[1])
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        for _ in range(3_000):
            connection.request("GET", "/about/")
            connection.getresponse().read()
        connection.close()
        process.terminate()
        assert process.wait(20) == 0


def test_stopping_is_graceful(tmp_path: Path) -> None:
    """Told to stop, the site stops within seconds and says so with exit code 0."""
    served = Served(tmp_path)
    served.text("/")
    asked = time.monotonic()
    assert served.stop() == 0
    assert time.monotonic() - asked < 7
    assert '"GET /" 200' in served.out.read_text()
