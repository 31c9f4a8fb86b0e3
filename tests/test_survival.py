"""What the served site lives through: dead workers, lost files, slow readers, bad content."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from tests.served import ROOT, Served, answers, break_content, house_copy, serving, until

NEEDS_PROC = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")


@NEEDS_PROC
def test_no_request_fails_when_workers_are_killed(tmp_path: Path) -> None:
    """One worker after another is killed under load: what was being answered may be lost, one retry
    half a second later always succeeds, with the same answer as ever, and each worker is replaced.
    Killed faster than that, the site comes back."""
    with serving(tmp_path, "--workers", "2") as served, ExitStack() as idle:
        for _ in range(800):  # connections that a worker takes with it when it dies
            idle.enter_context(socket.create_connection(("127.0.0.1", served.port)))
        right, ends = served.text("/search/?q=junk"), time.monotonic() + 5

        def read() -> bool:
            good = True
            while time.monotonic() < ends:
                try:
                    got = served.text("/search/?q=junk")
                except (OSError, HTTPException):
                    time.sleep(0.5)
                    got = served.text("/search/?q=junk")
                good = good and got == right
            return good

        with ThreadPoolExecutor(8) as pool:
            readers = [pool.submit(read) for _ in range(8)]
            for _ in range(3):
                time.sleep(1)
                until(lambda: served.listening() == len(served.workers()) == 2)
                os.kill(served.workers()[0], signal.SIGKILL)
            assert all(reader.result() for reader in readers)
        for _ in range(3):
            until(lambda: served.listening() == len(served.workers()) == 2)
            os.kill(served.workers()[1], signal.SIGKILL)
        until(
            lambda: served.listening() == len(served.workers()) == 2 and served.answers("/") != b""
        )


@NEEDS_PROC
def test_lost_files_change_nothing(tmp_path: Path) -> None:
    """With index and templates gone and styles changed, pages, searches and static files are what
    they were when the site began, also from the next worker; the next start builds the index."""
    house = house_copy(tmp_path)
    options = ("--workers", "1", "--content", str(ROOT / "content"))
    with serving(tmp_path / "run", *options, app=house / "app.py") as served:
        home = served.text("/")
        style = "/static/style" + home.decode().partition('href="/static/style')[2].split('"')[0]
        asked = ("/search/?q=junk", "/people/laurence-buckman/", "/collection/", style)
        before = [served.text(path) for path in asked]
        shutil.rmtree(served.index)
        shutil.rmtree(house / "templates")
        (house / "static" / "style.css").write_text("/* another edition */")
        for _ in range(2):
            assert [served.text(path) for path in asked] == before
            os.kill(worker := served.workers()[0], signal.SIGKILL)
            until(lambda: served.workers() not in ([], [worker]))
            until(lambda: served.answers("/healthz") != b"")
    with serving(tmp_path / "run", *options) as again:
        assert again.text("/search.json?q=junk") and any(served.index.iterdir())


def test_idle_and_slow_readers_keep_nobody_waiting(tmp_path: Path) -> None:
    """A thousand idle connections and a slow sender: others are answered; they are cut off."""
    with serving(tmp_path) as served:
        idle = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(900)]
        idle[0].sendall(b"GET / HTTP/1.1\r\n")
        for _ in range(20):
            served.text("/")
        for connection in idle:
            with connection:
                connection.settimeout(20)
                connection.recv(1_000)


def test_broken_content_is_never_served(tmp_path: Path, content_copy: Path) -> None:
    """That content has changed is told. Told to read it again, the site reports every problem and
    serves the last good content on; once mended, it serves what it reads."""
    with serving(tmp_path / "run", "--content", str(content_copy)) as served:
        before = served.text("/healthz")
        path, whole = break_content(content_copy)
        until(lambda: f"kill -HUP {served.process.pid}" in served.log.read_text())
        served.process.send_signal(signal.SIGHUP)
        until(lambda: "last good content" in served.log.read_text())
        assert path.name in served.log.read_text() and served.text("/healthz") == before
        path.write_text(whole.replace("\nkind: ", "\n# changed\nkind: ", 1))
        served.process.send_signal(signal.SIGHUP)
        until(lambda: served.answers("/healthz") not in (b"", before))


def test_debug_serves_what_changes(tmp_path: Path, content_copy: Path) -> None:
    """With --debug, content, templates and styles are served as they change, without a restart;
    broken content is reported and the last good content stays."""
    house = house_copy(tmp_path)
    options = ("--debug", "--workers", "1", "--content", str(content_copy))
    with serving(tmp_path / "run", *options, app=house / "app.py") as served:
        about = house / "templates" / "about.html"
        about.write_text(about.read_text().replace("{% block main %}", "{% block main %}Changed!"))
        until(lambda: b"Changed!" in served.answers("/about/"))
        before = served.answers("/")
        with (house / "static" / "style.css").open("a") as style:
            style.write("\n/* changed */\n")
        until(lambda: served.answers("/") not in (b"", before))
        path, whole = break_content(content_copy)
        until(lambda: path.name in served.log.read_text())
        good = served.answers("/healthz")
        path.write_text(whole.replace("\nkind: ", "\n# changed\nkind: ", 1))
        until(lambda: served.answers("/healthz") not in (b"", good))


def test_a_log_nobody_reads_stops_nobody(tmp_path: Path) -> None:
    """When whatever reads the log stops reading, the site is served on, and stops when told."""
    asked = [sys.executable, "app.py", "--port", "0", "--index", str(tmp_path), "--workers", "1"]
    with subprocess.Popen(asked, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = int(process.stdout.readline().strip().rstrip("/").rsplit(":", 1)[1])
        assert all(answers(port, "/about/") for _ in range(3_000))
        process.terminate()
        assert process.wait(4) == 0


@pytest.mark.parametrize("how", [">&-", ">/dev/full", "<&- >&- 2>&-"])
def test_a_site_needs_nobody_to_tell(tmp_path: Path, how: str) -> None:
    """With standard streams closed, or where nothing more can be written, the site is served by
    one worker that lives, and stops when told."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    asked = f'exec "$0" app.py --workers 1 --port {port} --index "$1" {how}'
    command = ["sh", "-c", asked, sys.executable, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: answers(port, "/about/") != b"")
        process.terminate()
        assert process.wait(5) == 0 and process.stderr
        told = process.stderr.read()
        assert "Traceback" not in told and "exit" not in told


@pytest.mark.parametrize("wait", [0.0, 0.5])
def test_stopping_answers_what_was_asked(tmp_path: Path, wait: float) -> None:
    """Told to stop with thirty searches in flight, never asked before, the site answers them all
    whole, then is gone soon and quietly."""
    served = Served(tmp_path)
    time.sleep(wait)
    asked = [HTTPConnection("127.0.0.1", served.port, timeout=10) for _ in range(30)]
    for number, connection in enumerate(asked):
        connection.request("GET", f"/search/?q=data+commissioning+w{number}")
    time.sleep(0.02)
    served.process.terminate()
    for connection in asked:
        answer = connection.getresponse()
        assert answer.status == 200 and b"</html>" in answer.read()
        connection.close()
    assert served.process.wait(4) == 0
    assert "exit" not in served.log.read_text()


def test_a_killed_server_leaves_the_port_free(tmp_path: Path) -> None:
    """Kill the parent outright: its workers stop by themselves, and the port can be had again."""
    served = Served(tmp_path)
    served.process.kill()
    served.process.wait()
    until(lambda: served.listening() == 0, 10)


@pytest.mark.parametrize("wait", [0.0, 0.4])
def test_interrupting_is_quick_and_quiet(tmp_path: Path, wait: float) -> None:
    """Ctrl+C, which reaches the whole terminal, stops a site that has hardly begun within a second,
    without a traceback."""
    served = Served(tmp_path)
    time.sleep(wait)
    os.killpg(served.process.pid, signal.SIGINT)
    assert served.process.wait(1.5) == 0
    assert "Traceback" not in served.log.read_text()
