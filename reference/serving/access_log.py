"""The access log: a line a request."""

import os
import threading
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from reference.serving.cache import Application, Environ, StartResponse

LINES_WAITING = 20_000
"""Lines kept while nobody reads the log; beyond them the oldest are given up."""
LONGEST_PATH = 200
WRITE_EVERY_S = 0.02
STANDARD_OUTPUT = 1


class AccessLog:
    """Wraps an application, and writes a line on standard output for each request:

        127.0.0.1 2026-12-01T09:30:00Z "GET /search/" 200 5231 4.2

    network address, time, method and path, status, bytes sent, milliseconds taken. The query, which
    is the reader's own, is left out; the path is quoted, so that it can forge no line. A thread
    writes, so that a log that nobody reads keeps no reader waiting.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._lines: deque[str] = deque(maxlen=LINES_WAITING)
        threading.Thread(target=self._write, daemon=True).start()

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request as the application does (WSGI, PEP 3333), and log it."""
        started = time.perf_counter()
        status_line = ""

        def start_and_keep_status(line: str, *others: Any) -> Any:
            """Pass the status and headers on; keep the status for the log."""
            nonlocal status_line
            status_line = line  # such as "200 OK"
            return start_response(line, *others)

        body = list(self._application(environ, start_and_keep_status))
        size = sum(len(part) for part in body)
        seconds = time.perf_counter() - started
        status = status_line.partition(" ")[0]
        self._lines.append(log_line(environ, status, size, seconds))
        return body

    def _write(self) -> None:
        """Write the waiting lines, fifty times a second; never returns."""
        while True:
            time.sleep(WRITE_EVERY_S)
            waiting = len(self._lines)
            lines = "".join(self._lines.popleft() for _ in range(waiting))
            with suppress(OSError):  # whatever reads the log is gone
                os.write(STANDARD_OUTPUT, lines.encode())


def log_line(environ: Environ, status: str, size: int, seconds: float) -> str:
    """Return the line for an answered request; AccessLog shows its shape."""
    address = environ["REMOTE_ADDR"]
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    method = environ["REQUEST_METHOD"]
    path = quote(environ["PATH_INFO"][:LONGEST_PATH])
    milliseconds = seconds * 1_000
    return f'{address} {moment} "{method} {path}" {status} {size} {milliseconds:.1f}\n'
