"""The site running as a process on a port, for tests to ask, hurt and stop."""

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
from typing import NamedTuple

ROOT = Path(__file__).parent.parent


class Answer(NamedTuple):
    """What a site answered: its status, its headers, its body as bytes."""

    status: int
    msg: HTTPMessage
    text: bytes


def ask(port: int, path: str, method: str = "GET", **headers: str) -> Answer:
    """One request on a connection of its own."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request(method, path, headers=sent)
        got = connection.getresponse()
        return Answer(got.status, got.msg, got.read())


def answers(port: int, path: str) -> bytes:
    """What is at a path; nothing while nobody listens."""
    with suppress(OSError, HTTPException):
        return ask(port, path).text
    return b""


class Served:
    """A running site: its process, its port, what it prints."""

    def __init__(self, folder: Path, *options: str, app: Path = ROOT / "app.py") -> None:
        self.index, self.log, self.out = folder / "index", folder / "log", folder / "out"
        asked = [sys.executable, str(app), "--port", "0", "--index", str(self.index), *options]
        with self.log.open("w") as log, self.out.open("w") as out:
            self.process = subprocess.Popen(asked, stdout=out, stderr=log, start_new_session=True)
        until(lambda: "Serving at" in self.out.read_text() or self.process.poll() is not None)
        said = self.out.read_text().split("\n")[0]
        assert said.startswith("Serving at http://"), self.log.read_text()
        self.port = int(said.rstrip("/").rsplit(":", 1)[1])

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        return ask(self.port, path, method, **headers)

    def text(self, path: str) -> bytes:
        answer = self.ask(path)
        assert answer.status == 200, path
        return answer.text

    def answers(self, path: str) -> bytes:
        return answers(self.port, path)

    def workers(self) -> list[int]:
        parent = self.process.pid
        return [*map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]

    def listening(self) -> int:
        """How many sockets listen at its port (Linux): one a worker that is ready."""
        sockets = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines())
        return sum(each[1].endswith(f":{self.port:04X}") and each[3] == "0A" for each in sockets)

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


@contextmanager
def in_a_thread(server: HTTPServer) -> Iterator[str]:
    """The address of a server that answers while it lasts, without a trailing slash."""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something to come true; fail if it does not."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.05)


def house_copy(folder: Path) -> Path:
    """A copy of the program, templates and static files that a test may change."""
    house = folder / "house"
    for part in ("reference", "templates", "static"):
        shutil.copytree(ROOT / part, house / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", house)
    return house


def break_content(content: Path) -> tuple[Path, str]:
    """Make one quotation false; the file and what it held."""
    path = next(path for path in sorted((content / "articles").glob("*.md")))
    whole = path.read_text()
    path.write_text(whole.replace("quote: ", "quote: Never said by anybody ", 1))
    return path, whole
