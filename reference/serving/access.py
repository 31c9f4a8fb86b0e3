"""The access log: a line a request, written aside so that no reader waits for it."""

import os
import select
import sys
import time
from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from threading import Thread
from typing import Any
from urllib.parse import quote

WAITING = 20_000
LONGEST_PATH = 500
OFTEN_S = 0.02
LINES_AT_ONCE = 4_096  # bytes that a pipe takes whole, between those of other workers


class AccessLog:
    """Notes requests; a thread writes them out. What nobody reads is given up, oldest first.

    A line holds no query: what a reader searches for is the reader's own.
    """

    def __init__(self) -> None:
        self._noted: deque[tuple[float, str, str, str, str, int]] = deque(maxlen=WAITING)
        self._output = sys.stdout.fileno()

    def start(self) -> None:
        """Begin writing, in the process that serves."""
        Thread(target=self._keep_writing, name="access log", daemon=True).start()

    def __call__(self, environ: dict[str, Any], status: str, size: int) -> None:
        self._noted.append(
            (time.time(), environ.get("REMOTE_ADDR", "-"), environ["REQUEST_METHOD"],
             environ["PATH_INFO"][:LONGEST_PATH], status[:3], size)
        )  # fmt: skip

    def _keep_writing(self) -> None:
        while True:
            time.sleep(OFTEN_S)  # few lines at a time hold up no answer
            self.flush()

    def flush(self) -> None:
        """Write what is noted, as far as it is read at the other end."""
        for lines in self._pieces():
            try:
                if not select.select([], [self._output], [], 1)[1]:
                    return
                os.write(self._output, lines)
            except (OSError, ValueError):
                return

    def _pieces(self) -> Iterator[bytes]:
        piece = b""
        for _ in range(len(self._noted)):
            line = _line(*self._noted.popleft())
            if len(piece) + len(line) > LINES_AT_ONCE:
                yield piece
                piece = b""
            piece += line
        if piece:
            yield piece


def _line(at: float, reader: str, method: str, path: str, status: str, size: int) -> bytes:
    return f'{reader} {_moment(int(at))} "{method} {_path(path)}" {status} {size}\n'.encode()


@lru_cache(4)
def _moment(at: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


@lru_cache(1_024)
def _path(path: str) -> str:
    """A path that cannot forge a line of its own."""
    return quote(path, safe="/-._~!$&'()*+,;=:@")
