"""What the served site lives through: dead workers, lost files, slow readers, bad content."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TypeVar

import pytest

from reference.serving.server import STOP_WITHIN_S
from tests.served import (
    ROOT,
    Served,
    body_or_nothing,
    break_content,
    house_copy,
    serving,
    started,
    until,
)
from tests.small import change

Answers = TypeVar("Answers")
NEEDS_PROC = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="needs Linux's /proc"
)
JUNK = "/search/?q=junk"
RETRY_AFTER = 0.5
BETWEEN_REQUESTS = 0.05
BETWEEN_DEATHS = 1.0
SMALLEST_PIPE = 4_096
"""Bytes that wait in the smallest pipe there is on Linux: a page of memory."""


@pytest.fixture(scope="module")
def lasting(
    tmp_path_factory: pytest.TempPathFactory, index: Path
) -> Iterator[Served]:
    """A site of two workers that tests may hurt, but not stop."""
    folder = tmp_path_factory.mktemp("lasting")
    with serving(folder, "--workers", "2", index=index) as served:
        yield served


def free_port() -> int:
    """Return a port at which nobody serves."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def mend_otherwise(good_text: str) -> str:
    """Return an article's text as another that is right too."""
    return good_text.replace("\nkind: ", "\n# changed\nkind: ", 1)


def read_again(served: Served) -> None:
    """Tell a site to read its content again."""
    served.process.send_signal(signal.SIGHUP)


def without_version(page: bytes) -> bytes:
    """Return a page without the content's version, which changes with it."""
    return re.sub(rb"[Vv]ersion [0-9a-f]{12}", b"", page)


@contextmanager
def meanwhile(
    read: Callable[[threading.Event], Answers], readers: int
) -> Iterator[list[Future[Answers]]]:
    """Let readers read, each in a thread, until the block ends, however it ends.

    `read` is called with an event, reads until it is set, and returns what was answered.
    """
    ended = threading.Event()
    with ThreadPoolExecutor(readers) as pool:
        futures = [pool.submit(read, ended) for _ in range(readers)]
        try:
            yield futures
        finally:
            ended.set()


# Workers that die


def two_workers_listen(served: Served) -> bool:
    return served.listening() == len(served.workers()) == 2


def read_until(served: Served, ended: threading.Event) -> set[bytes]:
    """Ask for a page again and again, each time once more where that fails; return what came."""
    answers = set()
    while not ended.is_set():
        try:
            answers.add(served.body(JUNK))
        except (OSError, HTTPException):
            time.sleep(RETRY_AFTER)
            answers.add(served.body(JUNK))
        time.sleep(BETWEEN_REQUESTS)
    return answers


@NEEDS_PROC
def test_a_killed_worker_costs_its_own_connections(lasting: Served) -> None:
    """One worker after another is killed under load: what it was answering may be lost, one retry
    half a second later always succeeds, with the same answer as ever, and each is replaced."""
    place = ("127.0.0.1", lasting.port)
    with ExitStack() as idle:
        for _ in range(800):  # which a worker takes with it when it dies
            idle.enter_context(socket.create_connection(place))
        right = lasting.body(JUNK)

        with meanwhile(partial(read_until, lasting), readers=8) as readers:
            for _ in range(3):
                time.sleep(BETWEEN_DEATHS)
                until(lambda: two_workers_listen(lasting))
                os.kill(lasting.workers()[0], signal.SIGKILL)
            until(lambda: two_workers_listen(lasting))

        for reader in readers:
            assert reader.result() == {right}


@NEEDS_PROC
def test_workers_killed_faster_than_they_are_replaced(lasting: Served) -> None:
    """When the same worker dies again and again, the site comes back, and says that it did."""
    for _ in range(3):
        until(lambda: two_workers_listen(lasting))
        os.kill(lasting.workers()[1], signal.SIGKILL)

    until(lambda: two_workers_listen(lasting))
    until(lambda: lasting.body_or_nothing("/") != b"")

    assert lasting.logged("Workers died faster than they are replaced")


# Files that change or go


@NEEDS_PROC
def test_lost_files_change_nothing(tmp_path: Path, new_library: Path) -> None:
    """With index and templates gone and styles changed, pages, searches and static files are what
    they were when the site began, also from the next worker; the next start builds the index."""
    house = house_copy(tmp_path)
    options = ("--workers", "1", "--content", str(new_library))
    with serving(tmp_path / "run", *options, app=house / "app.py") as served:
        home = served.ask("/").text
        style = home.partition('href="/static/style')[2].partition('"')[0]
        paths = (
            "/search/?q=statement",
            "/articles/a-first-article/",
            "/collection/",
            f"/static/style{style}",
        )
        before = [served.body(path) for path in paths]

        shutil.rmtree(served.index)
        shutil.rmtree(house / "templates")
        (house / "static" / "style.css").write_text("/* another edition */")

        assert [served.body(path) for path in paths] == before
        (worker,) = served.workers()
        os.kill(worker, signal.SIGKILL)
        until(lambda: served.workers() not in ([], [worker]))
        until(lambda: served.body_or_nothing("/healthz") != b"")
        assert [served.body(path) for path in paths] == before
    with serving(tmp_path / "run", *options) as again:
        assert again.body("/search.json?q=statement")
        assert any(again.index.iterdir())


def test_reading_content_again_reads_nothing_of_the_code(
    tmp_path: Path, new_library: Path
) -> None:
    """A new version of the code lies there and SIGHUP is sent: content is read again, templates,
    styles and Python stay those that were started, and every page is there."""
    house = house_copy(tmp_path)
    options = ("--workers", "1", "--content", str(new_library))
    with serving(tmp_path / "run", *options, app=house / "app.py") as served:
        before = served.body("/healthz")
        about = without_version(served.body("/about/"))
        path = min((new_library / "articles").glob("*.md"))
        path.write_text(mend_otherwise(path.read_text()))
        for template in (house / "templates").iterdir():
            template.write_text("{{ library | a_filter_of_the_new_version }}")
        (house / "static" / "style.css").unlink()

        read_again(served)
        until(lambda: served.body_or_nothing("/healthz") not in (b"", before))

        assert served.ask("/").status == 200
        assert without_version(served.body("/about/")) == about
        assert not served.logged("Traceback")


# Content that changes


def test_broken_content_is_never_served(
    tmp_path: Path, new_library: Path
) -> None:
    """That content has changed is told, and no more than that is promised. Told to read it again,
    the site reports every problem and serves the last good content on; once mended, it serves what
    it reads."""
    with serving(tmp_path / "run", "--content", str(new_library)) as served:
        before = served.body("/healthz")

        broken = break_content(new_library)
        until(
            lambda: served.logged(
                f"`kill -HUP {served.process.pid}` serves it if it is"
            )
        )
        read_again(served)
        until(lambda: served.logged("last good content"))

        assert served.logged(broken.path.name)
        assert served.body("/healthz") == before
        broken.path.write_text(mend_otherwise(broken.good_text))
        read_again(served)
        until(lambda: served.body_or_nothing("/healthz") not in (b"", before))


def test_content_of_which_no_page_can_be_made_is_not_served(
    tmp_path: Path, new_library: Path
) -> None:
    """Content that is whole, but of which a page cannot be made, is not taken either."""
    house = house_copy(tmp_path)
    change(
        house / "templates/about.html",
        "{% block main %}",
        "{% block main %}"
        "{% if library.site.question == 'What then?' %}{{ oops }}{% endif %}",
    )
    options = ("--workers", "1", "--content", str(new_library))
    with serving(tmp_path / "run", *options, app=house / "app.py") as served:
        before = served.body("/healthz")

        change(
            new_library / "site.yaml",
            "question: What is there to say?",
            "question: What then?",
        )
        read_again(served)
        until(lambda: served.logged("last good content"))

        assert served.logged("/about/ cannot be made")
        assert served.body("/healthz") == before
        assert served.ask("/about/").status == 200


def test_debug_serves_what_changes(tmp_path: Path, new_library: Path) -> None:
    """With --debug, content, templates and styles are served as they change, without a restart;
    broken content is reported and the last good content stays."""
    house = house_copy(tmp_path)
    options = ("--debug", "--workers", "1", "--content", str(new_library))
    with serving(tmp_path / "run", *options, app=house / "app.py") as served:
        change(
            house / "templates/about.html",
            "{% block main %}",
            "{% block main %}Changed!",
        )
        until(lambda: b"Changed!" in served.body_or_nothing("/about/"))

        before = served.body_or_nothing("/")
        with (house / "static" / "style.css").open("a") as style:
            style.write("\n.changed {color: red}\n")
        until(lambda: served.body_or_nothing("/") not in (b"", before))

        broken = break_content(new_library)
        until(lambda: served.logged(broken.path.name))
        good = served.body_or_nothing("/healthz")
        broken.path.write_text(mend_otherwise(broken.good_text))
        until(lambda: served.body_or_nothing("/healthz") not in (b"", good))


def test_a_year_of_upgrades_loses_no_request(
    tmp_path: Path, new_library: Path
) -> None:
    """Content changed, broken and mended; code upgraded, broken and rolled back, on two ports as
    docs/running.md has it: whoever asks both ports in turn always gets an answer of ours."""
    house = house_copy(tmp_path)
    app = house / "app.py"
    about = house / "templates" / "about.html"
    good_about = about.read_text()
    options = ("--workers", "1", "--content", str(new_library))
    with (
        serving(tmp_path / "one", *options, app=app) as one,
        serving(tmp_path / "two", *options, app=app) as two,
    ):
        before = one.body("/healthz")
        ask = partial(ask_until, [one.port, two.port])
        with meanwhile(ask, readers=1) as (reader,):
            broken = break_content(new_library)
            for site in (one, two):
                read_again(site)
                until(partial(site.logged, "last good content"))
            broken.path.write_text(mend_otherwise(broken.good_text))
            for site in (one, two):
                read_again(site)
                until(partial(serves_other_content, site, before))
            change(about, "{% block main %}", "{% block main %}Upgraded!")
            for site in (one, two):
                site.stop()
                site.start_again()
            assert b"Upgraded!" in two.body("/about/")
            about.write_text("{{ broken")
            one.stop()
            with pytest.raises(AssertionError, match=r"about\.html"):
                one.start_again()  # refused; the other serves on
            about.write_text(good_about)
            one.start_again()

        assert len(reader.result()) > 100
        assert set(reader.result()) == {200}


def serves_other_content(site: Served, before: bytes) -> bool:
    """Return whether a site answers, and with other content than before."""
    return site.body_or_nothing("/healthz") not in (b"", before)


def ask_until(ports: list[int], ended: threading.Event) -> list[int]:
    """Ask for pages again and again, as a proxy before two servers does; return the statuses."""
    statuses = []
    while not ended.is_set():
        for path in ("/", "/about/", "/search/?q=statement"):
            statuses.append(ask_either(ports, path))
            time.sleep(BETWEEN_REQUESTS)
    return statuses


def ask_either(ports: list[int], path: str) -> int:
    """Return the status of what the first port answers that answers at all, as a proxy before two
    servers does; 502 where none does."""
    for port in ports:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            return response.status
        except (OSError, HTTPException):
            continue
        finally:
            connection.close()
    return 502


# Readers who keep a server waiting


def test_idle_and_slow_readers_keep_nobody_waiting(lasting: Served) -> None:
    """A thousand idle connections and a slow sender: others are answered; they are cut off."""
    place = ("127.0.0.1", lasting.port)
    idle = [socket.create_connection(place) for _ in range(900)]
    idle[0].sendall(b"GET / HTTP/1.1\r\n")

    for _ in range(20):
        lasting.body("/")

    for connection in idle:
        with connection:
            connection.settimeout(20)
            connection.recv(1_000)


def test_a_log_nobody_reads_stops_nobody(index: Path) -> None:
    """When whatever reads the log stops reading, the site is served on, and stops when told."""
    command = [sys.executable, "app.py", "--port", "0", "--workers", "1"]
    with started(
        [*command, "--index", str(index)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        pipesize=SMALLEST_PIPE,
    ) as process:
        assert process.stdout
        announced = process.stdout.readline().strip().rstrip("/")
        port = int(announced.rpartition(":")[2])

        for _ in range(SMALLEST_PIPE // 20):  # a line has more than 60 bytes
            assert body_or_nothing(port, "/about/")

        process.terminate()
        assert process.wait(4) == 0


@pytest.mark.parametrize("streams", [">&-", ">/dev/full", "<&- >&- 2>&-"])
def test_a_site_needs_nobody_to_tell(index: Path, streams: str) -> None:
    """With standard streams closed, or where nothing more can be written, the site is served by
    one worker that lives, and stops when told."""
    port = free_port()
    shell = (
        f'exec "$0" app.py --workers 1 --port {port} --index "$1" {streams}'
    )
    command = ["sh", "-c", shell, sys.executable, str(index)]
    with started(command, cwd=ROOT, stderr=subprocess.PIPE) as process:
        until(lambda: body_or_nothing(port, "/about/") != b"")

        process.terminate()

        assert process.wait(5) == 0
        assert process.stderr
        log = process.stderr.read()
        assert "Traceback" not in log
        assert "exit" not in log


# Stopping


def test_stopping_answers_what_was_asked(tmp_path: Path, index: Path) -> None:
    """Told to stop with thirty searches in flight, never asked before, the site answers them all
    whole, then is gone soon and quietly."""
    served = Served(tmp_path, index=index)
    connections = [
        HTTPConnection("127.0.0.1", served.port, timeout=10) for _ in range(30)
    ]
    for number, connection in enumerate(connections):
        connection.request("GET", f"/search/?q=data+commissioning+w{number}")
    time.sleep(0.02)

    served.process.terminate()

    for connection in connections:
        answer = connection.getresponse()
        assert answer.status == 200
        assert b"</html>" in answer.read()
        connection.close()
    assert served.process.wait(4) == 0
    assert not served.logged("exit")


@NEEDS_PROC
def test_stopping_everybody_at_once_is_a_stop(
    tmp_path: Path, index: Path
) -> None:
    """A supervisor that tells the workers to stop too (systemd does, unless told otherwise) stops
    the site: it does not take them for lost and begin again."""
    served = Served(tmp_path, index=index)
    workers = served.workers()

    for worker in workers:
        os.kill(worker, signal.SIGTERM)
    served.process.terminate()

    assert served.process.wait(10) == 0
    assert not served.logged("begins again")


@NEEDS_PROC
def test_a_killed_server_leaves_the_port_free(
    tmp_path: Path, index: Path
) -> None:
    """Kill the parent outright: its workers stop by themselves, and the port can be had again."""
    served = Served(tmp_path, index=index)

    served.process.kill()
    served.process.wait()

    until(lambda: served.listening() == 0, 10)


def test_interrupting_is_quick_and_quiet(tmp_path: Path, index: Path) -> None:
    """Ctrl+C, which reaches the whole terminal, stops a site that has hardly begun, without a
    traceback, and before workers that do not stop would be killed."""
    served = Served(tmp_path, index=index)

    os.killpg(served.process.pid, signal.SIGINT)

    assert served.process.wait(STOP_WITHIN_S - 1) == 0
    assert not served.logged("Traceback")
