"""The server: Granian's workers, copies of one process that has read and verified everything. One
that dies is replaced from what was verified, whatever has become of the files since."""

import gc
import logging
import multiprocessing
import os
import resource
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from reference.problems import ContentError
from reference.serving.cache import Application, Cache, Environ, Note

THREADS = 1
"""Of Python in each worker, which runs one at a time anyway: with two, searches take turns, and
the slowest of a hundred pages takes up to twice as long."""
CONNECTIONS, LINES_WAITING, LONGEST_PATH = 4_000, 20_000, 200
STOP_WITHIN_S, LOOK_EVERY_S, WRITE_EVERY_S = 5, 0.5, 0.02
LIMITS = HTTP1Settings(header_read_timeout=10_000, max_buffer_size=128 * 1024)
LOGGING = {"handlers": {name: {"class": "logging.StreamHandler"} for name in ("console", "access")}}
SETTINGS: dict[str, Any] = {
    "interface": Interfaces.WSGI,
    "http": HTTPModes.http1,
    "http1_settings": LIMITS,
    "blocking_threads": THREADS,
    "backpressure": CONNECTIONS,
    "log_level": LogLevels.error,
    "log_dictconfig": LOGGING,
    "respawn_failed_workers": True,
    "respawn_interval": 0.5,
    "workers_kill_timeout": STOP_WITHIN_S,
}
Make = Callable[[], Application]
log = logging.getLogger("reference")


def serve(make: Make, host: str, port: int, workers: int, address: str, access_log: bool) -> None:
    """Make the site, whose public address is `address`, and serve it until told to stop. Port 0 is
    any free one. Raises OSError where host and port cannot be had."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there is something to read again
    host, port = _free(host, port)
    app = make()

    def renew() -> None:
        nonlocal app
        try:
            app = make()
            log.info("The content as it is now is served.")
        except Exception as wrong:
            told = not isinstance(wrong, ContentError)
            log.error("%s\nThe last good content is still served.", wrong, exc_info=told)

    def in_worker() -> Application:
        _listen_high()
        in_thread(_follow)
        return Cache(app, address, noting() if access_log else None)

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    multiprocessing.set_start_method("fork", force=True)
    os.register_at_fork(after_in_child=_as_worker)
    gc.freeze()
    stop = threading.Event()

    def heard(by_granian: Callable[..., object], *told: object) -> None:
        stop.set()
        by_granian(*told)

    def begin() -> None:
        """Once Granian hears signals: hear with it, as one that ends forgets what it has heard."""
        for each in (signal.SIGINT, signal.SIGTERM):
            by_granian: Any = signal.getsignal(each)
            signal.signal(each, partial(heard, by_granian))
        in_thread(_tell, host, port)
        if stop.is_set():  # since the last one ended
            signal.raise_signal(signal.SIGTERM)

    while not stop.is_set():
        server = Granian("reference", address=host, port=port, workers=workers, **SETTINGS)
        server.on_startup(begin)
        server.on_reload(renew)
        with suppress(SystemExit):  # workers died faster than Granian replaces them: begin again
            server.serve(target_loader=in_worker, wrap_loader=False)
            return


def _as_worker() -> None:
    """Leave stopping to the parent, which does it gracefully (Ctrl+C reaches a whole terminal)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # until Granian sets its own handlers, the
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # parent's would be lost on a copy of it
    os.setsid()


def _listen_high() -> None:
    """Let the socket that listens, which Granian makes next, have a higher number than connections:
    of a process that is killed, Linux closes the highest first. So whoever is cut off and asks
    again at once is answered by another worker, and not cut off by the same one again."""
    held, (most, _) = [os.open(os.devnull, os.O_RDONLY)], resource.getrlimit(resource.RLIMIT_NOFILE)
    while held[-1] < min(CONNECTIONS, most - 200) + 100:
        held.append(os.dup(held[0]))

    def free() -> None:
        time.sleep(LOOK_EVERY_S)
        for each in held:
            os.close(each)

    in_thread(free)


def _follow() -> None:
    """Stop once the parent is gone, so that a killed server leaves the port free."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _free(host: str, port: int) -> tuple[str, int]:
    """The numeric address and port to serve at, found to be free."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
            return trial.getsockname()[0], trial.getsockname()[1]
    except (OSError, UnicodeError) as error:  # UnicodeError: an empty or endless part of a name
        why = getattr(error, "strerror", None) or "no host is named so"
        raise OSError(0, why, f"cannot serve at {host}:{port}") from None


def _tell(host: str, port: int) -> None:
    """Say where the site is served, once a worker listens. A full disk or a closed pipe stops no
    server; and nothing is imported here: a worker forked meanwhile would wait for it for ever."""
    failed = 1
    while failed:
        time.sleep(0.01)
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
            failed = trial.connect_ex((host, port))
    shown = f"[{host}]" if ":" in host else host
    with suppress(OSError):
        os.write(1, f"Serving at http://{shown}:{port}/\n".encode())


def noting() -> Note:
    """What notes a request and its status. A thread writes, so that no reader waits; what nobody
    reads is given up, oldest first. (`logging` takes as long as all else of an answer.)"""
    lines: deque[str] = deque(maxlen=LINES_WAITING)

    def write() -> None:
        while True:
            time.sleep(WRITE_EVERY_S)
            with suppress(OSError):  # whatever reads the log is gone
                os.write(1, "".join([lines.popleft() for _ in range(len(lines))]).encode())

    def note(environ: Environ, status: str) -> None:
        """Without the query, which is the reader's own; quoted, a path can forge no line."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        asked = f"{environ['REQUEST_METHOD']} {quote(environ['PATH_INFO'][:LONGEST_PATH])}"
        lines.append(f'{environ["REMOTE_ADDR"]} {moment} "{asked}" {status[:3]}\n')

    in_thread(write)
    return note


def in_thread(work: Callable[..., None], *arguments: Any) -> None:
    threading.Thread(target=work, args=arguments, daemon=True).start()


def watch(folders: Sequence[Path], changed: Callable[[], object]) -> None:
    """Call `changed` whenever files in the folders have changed."""
    served = None
    while True:
        with suppress(OSError):  # a file has gone while it was looked at
            found = (path for folder in folders for path in folder.rglob("*"))
            state = {(path, path.stat().st_mtime_ns) for path in found}
            if served not in (None, state):
                changed()
            served = state
        time.sleep(LOOK_EVERY_S)
