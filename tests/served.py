"""The site running as a process on a port, for tests to ask, hurt and stop."""

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPMessage
from http.server import HTTPServer
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
LISTENING = "0A"
"""The state of a socket that listens, as Linux writes it in /proc/net/tcp."""


class Answer(NamedTuple):
    """What a site answered: its status, its headers, its body as bytes."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(port: int, path: str, method: str = "GET", **headers: str) -> Answer:
    """Send one request on a connection of its own; `If_None_Match="*"` is a header."""
    sent_headers = {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, path, headers=sent_headers)
        response = connection.getresponse()
        return Answer(response.status, response.msg, response.read())


def body_or_nothing(port: int, path: str) -> bytes:
    """Return what is at a path; nothing while nobody listens."""
    with suppress(OSError, HTTPException):
        return ask(port, path).body
    return b""


class Served:
    """A running site: its process, its port, the files that it prints to."""

    def __init__(
        self,
        folder: Path,
        *options: str,
        app: Path = ROOT / "app.py",
        index: Path | None = None,
    ) -> None:
        """Start the site, with its logs in a folder, and wait until it listens.

        Its index is in the folder too, unless another is given, which no test may change.
        """
        self.index = index or folder / "index"
        self.log = folder / "log"
        self.out = folder / "out"
        self._command = [
            sys.executable,
            str(app),
            "--index",
            str(self.index),
            *options,
        ]
        self.process, self.port = self._start(0)

    def _start(self, port: int) -> tuple[subprocess.Popen[bytes], int]:
        """Start it at a port (0 is any), and return its process and its port."""
        with self.log.open("w") as log, self.out.open("w") as out:
            process = subprocess.Popen(
                [*self._command, "--port", str(port)],
                stdout=out,
                stderr=log,
                start_new_session=True,
            )
        try:
            until(
                lambda: (
                    "Serving at" in self.out.read_text()
                    or process.poll() is not None
                )
            )
            announced = re.match(
                r"Serving at http://[\d.]+:(\d+)/\n", self.out.read_text()
            )
            assert announced, self.log.read_text()
        except AssertionError:
            process.kill()
            process.wait()
            raise
        return process, int(announced[1])

    def start_again(self) -> None:
        """Start it at the port that it had."""
        self.process, self.port = self._start(self.port)

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        return ask(self.port, path, method, **headers)

    def body(self, path: str) -> bytes:
        """Return what is at a path; fail unless there is something."""
        answer = self.ask(path)
        assert answer.status == 200, path
        return answer.body

    def body_or_nothing(self, path: str) -> bytes:
        return body_or_nothing(self.port, path)

    def workers(self) -> list[int]:
        """Return the processes that answer, oldest first (Linux)."""
        parent = self.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
        return [int(process) for process in children.split()]

    def listening(self) -> int:
        """Return how many sockets listen at its port (Linux): one a worker that is ready."""
        count = 0
        for line in Path("/proc/net/tcp").read_text().splitlines():
            fields = line.split()
            count += (
                fields[1].endswith(f":{self.port:04X}")
                and fields[3] == LISTENING
            )
        return count

    def logged(self, words: str) -> bool:
        """Return whether its log says something."""
        return words in self.log.read_text()

    def stop(self) -> int:
        """Stop it gracefully, and return its exit code."""
        self.process.terminate()
        return self.process.wait(20)


@contextmanager
def serving(
    folder: Path,
    *options: str,
    app: Path = ROOT / "app.py",
    index: Path | None = None,
) -> Iterator[Served]:
    """Serve the site while a test asks it, as `Served` has it."""
    folder.mkdir(exist_ok=True)
    served = Served(folder, *options, app=app, index=index)
    try:
        yield served
    finally:
        served.stop()


@contextmanager
def started(
    command: list[str], **options: Any
) -> Iterator[subprocess.Popen[str]]:
    """Start a process that a test stops itself; where the test fails first, stop it."""
    with subprocess.Popen(command, text=True, **options) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def in_a_thread(server: HTTPServer) -> Iterator[str]:
    """Yield the address of a server that answers while it lasts, without a trailing slash."""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something to come true; fail if it does not, however busy the machine is."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.05)


def house_copy(folder: Path) -> Path:
    """Return a copy of the program, templates and static files that a test may change."""
    house = folder / "house"
    for part in ("reference", "templates", "static"):
        shutil.copytree(ROOT / part, house / part)
    shutil.copy(ROOT / "app.py", house)
    return house


class Broken(NamedTuple):
    """A file of content that was made false, and the text it had."""

    path: Path
    good_text: str


def break_content(content: Path) -> Broken:
    """Make one quotation false."""
    path = min((content / "articles").glob("*.md"))
    good_text = path.read_text()
    path.write_text(
        good_text.replace("quote: ", "quote: Never said by anybody ", 1)
    )
    return Broken(path, good_text)
