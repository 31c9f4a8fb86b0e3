"""What the served site lives through: dead workers, lost folders, slow readers, bad content."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPException
from logging import getLogger
from pathlib import Path
from unittest.mock import Mock

import pytest

from reference.records import Library
from reference.search import store
from reference.search.engine import Search, build
from reference.serving.server import BEGINNING_S, STOP_WITHIN_S
from tests.served import ROOT, Served, break_content, house_copy, serving, until

NEEDS_PROC = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as running:
        yield running


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
def test_connections_are_dealt_out_among_workers(tmp_path: Path) -> None:
    """There is a socket to listen at for each of two workers, and of forty readers who come at
    once each worker has at least five."""

    def held(worker: int) -> int:
        return sum(each.is_socket() for each in Path(f"/proc/{worker}/fd").iterdir())

    with serving(tmp_path, "--workers", "2") as served, ExitStack() as readers:
        sockets = (line.split()[1:4] for line in Path("/proc/net/tcp").read_text().splitlines())
        ours = [state for at, _, state in sockets if at.endswith(f":{served.port:04X}")]
        assert ours.count("0A") == 2  # listening
        before = {worker: held(worker) for worker in served.workers()}
        for _ in range(40):
            address = ("127.0.0.1", served.port)
            readers.enter_context(closing(socket.create_connection(address)))
        until(lambda: sum(map(held, before)) >= sum(before.values()) + 40)
        assert all(held(worker) >= count + 5 for worker, count in before.items())


@NEEDS_PROC
def test_no_request_fails_when_workers_are_killed(served: Served) -> None:
    """Kill a worker, then all of them, under load: a browser's one retry always succeeds."""
    served.text("/")
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
    named = ("--workers", "1", "--address", "https://reference.example")
    with serving(tmp_path, *named) as served:
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
    with serving(tmp_path, *named) as again:
        assert again.text("/search/?q=junk") == before


def _nested_too_deep(index: Path) -> None:
    next(index.rglob("files.json")).write_text("[" * 200_000)


@pytest.mark.parametrize("fault", [shutil.rmtree, _nested_too_deep])
def test_where_the_index_is_kept_is_told(tmp_path: Path, fault: Callable[[Path], None]) -> None:
    """/healthz says where the index is: on disk while its folder is there, else in memory. Gone
    or damaged, it is built again at the next start."""

    def state(served: Served) -> str:
        return str(json.loads(served.text("/healthz"))["index"])

    with serving(tmp_path) as served:
        assert state(served) == "on disk"
        fault(served.index)
        assert state(served) == ("on disk" if served.index.exists() else "in memory")
    with serving(tmp_path) as again:
        assert state(again) == "on disk"


def test_an_index_in_memory_is_told(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a damaged index cannot be replaced, its folder is not taken for the one served."""
    (build(library, tmp_path) / "files.json").unlink()
    monkeypatch.setattr(store, "begin", Mock(side_effect=PermissionError()))
    assert Search.open(library, tmp_path, getLogger("test")).state == "in memory"


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
    house = house_copy(tmp_path)
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


@NEEDS_PROC
def test_files_changed_under_a_site_change_nothing(tmp_path: Path) -> None:
    """With styles changed and templates gone, each page and static file is what it was when the
    site began, also from the next worker: a fingerprint never stands for other bytes."""
    house = house_copy(tmp_path)
    options = ("--workers", "1", "--content", str(ROOT / "content"))
    with serving(tmp_path / "run", *options, app=house / "app.py") as served:
        style = house / "static" / "style.css"
        before = style.read_bytes()
        link = served.text("/").decode().partition('href="/static/style')[2].partition('"')[0]
        style.write_text("/* another edition */")
        shutil.rmtree(house / "templates")
        for _ in range(2):
            assert served.text(f"/static/style{link}") == before
            for path in ("/people/laurence-buckman/", "/search/?q=junk", "/collection/", "/about/"):
                assert b"</html>" in served.text(path)
            assert served.ask("/no-such-page/").status == 404
            os.kill(worker := served.workers()[0], signal.SIGKILL)
            until(lambda: served.workers() not in ([], [worker]))


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
        asked_to_stop = time.monotonic()
        process.terminate()
        assert process.wait(20) == 0
        assert time.monotonic() - asked_to_stop < 4.5


@pytest.mark.parametrize("how", [">&-", ">/dev/full", "<&- >&- 2>&-"])
def test_a_site_needs_nobody_to_tell(tmp_path: Path, how: str) -> None:
    """With standard streams closed, or where nothing more can be written, the site is served by
    one worker that lives, and stops when told."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    asked = f'exec "$0" app.py --workers 1 --port {port} --index "$1" {how}'
    with subprocess.Popen(
        ["sh", "-c", asked, sys.executable, str(tmp_path)],
        cwd=ROOT, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip

        def answers() -> bool:
            with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
                try:
                    connection.request("GET", "/about/")
                except ConnectionRefusedError:
                    return False
                return connection.getresponse().status == 200

        until(answers)
        process.terminate()
        assert process.wait(20) == 0 and process.stderr
        told = process.stderr.read()
        assert "Traceback" not in told and "exit" not in told and "illing" not in told


def test_stopping_is_graceful(tmp_path: Path) -> None:
    """Told to stop, the site stops within seconds and says so with exit code 0."""
    served = Served(tmp_path)
    served.text("/")
    asked = time.monotonic()
    assert served.stop() == 0
    assert time.monotonic() - asked < 7
    assert '"GET /" 200' in served.out.read_text()


@pytest.mark.parametrize("wait", [0.5, BEGINNING_S + 1.0], ids=["young", "old"])
def test_stopping_answers_what_was_asked(tmp_path: Path, wait: float) -> None:
    """Told to stop with thirty searches in flight, never asked before, the site answers them all
    whole, then is gone soon and quietly."""
    served = Served(tmp_path)
    time.sleep(wait)
    asked = [HTTPConnection("127.0.0.1", served.port, timeout=10) for _ in range(30)]
    for number, connection in enumerate(asked):
        connection.request("GET", f"/search/?q=data+commissioning+w{number}")
    time.sleep(0.02)
    told = time.monotonic()
    served.process.terminate()
    for connection in asked:
        answer = connection.getresponse()
        assert answer.status == 200 and b"</html>" in answer.read()
        connection.close()
    assert served.process.wait(20) == 0
    assert time.monotonic() - told < STOP_WITHIN_S
    assert "illing" not in served.log.read_text()


def test_a_killed_server_leaves_the_port_free(tmp_path: Path) -> None:
    """Kill the parent outright: its workers stop by themselves, and the port can be had again."""
    served = Served(tmp_path)
    served.text("/")
    served.process.kill()
    served.process.wait()
    port = served.port

    def free() -> bool:
        with socket.socket() as trial:
            return trial.connect_ex(("127.0.0.1", port)) != 0

    until(free, 10)


def test_interrupting_at_once_is_quiet(tmp_path: Path) -> None:
    """Ctrl+C, which reaches the whole terminal, stops a site that has hardly begun, without a
    traceback."""
    asked = [sys.executable, "app.py", "--port", "0", "--index", str(tmp_path)]
    for wait in (0.0, 0.4, 0.8):
        with subprocess.Popen(
            asked, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True,
        ) as process:  # fmt: skip
            assert process.stdout and process.stderr
            assert process.stdout.readline().startswith("Serving")
            time.sleep(wait)
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(15) == 0
            assert "Traceback" not in process.stderr.read()
