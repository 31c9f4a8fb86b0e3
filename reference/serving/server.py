"""The server: Granian's workers, forked from one process that holds the verified site.

The process that starts reads and verifies everything; the workers are its copies. One that dies is
replaced from what was verified, whatever has become of the files since.
"""

import errno
import gc
import logging
import multiprocessing
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from reference.problems import ContentError
from reference.serving.access import AccessLog
from reference.serving.cache import Application, Cache

THREADS = 1
"""Of Python in each worker. Python runs one at a time anyway: with two, each search takes turns
with another, and the slowest of a hundred pages takes up to twice as long."""
LIMITS = HTTP1Settings(header_read_timeout=10_000, max_buffer_size=128 * 1024)
CONNECTIONS, STOP_WITHIN_S, LOOK_EVERY_S = 4_000, 5, 0.5
TO_STANDARD_ERROR = {"class": "logging.StreamHandler", "stream": "ext://sys.stderr"}
LOGGING = {"handlers": {"console": TO_STANDARD_ERROR, "access": TO_STANDARD_ERROR}}
T = TypeVar("T")
log = logging.getLogger("reference")


class Unservable(Exception):
    """The address to serve at cannot be had; the message says why, in one line."""


def whole(read: Callable[[], T]) -> T | None:
    """What is read; if anything is wrong with it, say all of it, and None."""
    try:
        return read()
    except (ContentError, SystemExit) as refused:
        log.error("%s\nThe last good content is still served.", refused)
    except Exception:
        log.exception("The site cannot be read; what was read before is still served.")
    return None


class Site:
    """The site last found whole, and the way to read it again."""

    def __init__(self, make: Callable[[], Application], address: str, access_log: bool) -> None:
        self._make, self._address, self._access_log = make, address, access_log
        self._app, self._parent = make(), os.getpid()

    def renew(self) -> None:
        """Read everything again; if anything is wrong, keep the last good site."""
        if app := whole(self._make):
            self._app = app
            log.info("The content as it is now is served.")

    def in_worker(self) -> Application:
        """The site as a worker answers for it."""
        in_thread(self._follow)
        return Cache(self._app, self._address, AccessLog().note if self._access_log else None)

    def _follow(self) -> None:
        """Stop once the parent is gone, so that a killed server leaves the port free."""
        while os.getppid() == self._parent:
            time.sleep(0.25)
        os.kill(os.getpid(), signal.SIGTERM)


def serve(site: Site, host: str, port: int, workers: int) -> None:
    """Serve a site until told to stop, at an address that `free` gave."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    multiprocessing.set_start_method("fork", force=True)
    os.register_at_fork(after_in_child=_as_worker)
    gc.collect()
    gc.freeze()
    stopped = False
    while not stopped:
        server = Granian(
            "reference",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=THREADS,
            backpressure=CONNECTIONS,
            http=HTTPModes.http1,
            websockets=False,
            http1_settings=LIMITS,
            log_level=LogLevels.error,
            log_dictconfig=LOGGING,
            respawn_failed_workers=True,
            respawn_interval=0.5,
            workers_kill_timeout=STOP_WITHIN_S,
        )
        server.on_startup(lambda: in_thread(_tell, host, port))
        server.on_reload(site.renew)
        with suppress(SystemExit):  # workers died faster than Granian replaces them: begin again
            server.serve(target_loader=site.in_worker, wrap_loader=False)
        stopped = server.interrupt_signal


def _as_worker() -> None:
    """Leave stopping to the parent, which does it gracefully (Ctrl+C reaches a whole terminal)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # until Granian sets its own handlers, the
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # parent's would be lost on a copy of it
    os.setsid()


def in_thread(work: Callable[..., None], *arguments: Any) -> None:
    threading.Thread(target=work, args=arguments, daemon=True).start()


def free(host: str, port: int) -> tuple[str, int]:
    """The numeric address and port to serve at, found to be free (port 0: any free one)."""
    try:
        family, kind, _, _, (numeric, *_) = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((numeric, port))
            return str(numeric), trial.getsockname()[1]
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "the port is taken" if taken else error.strerror or str(error)
    except UnicodeError:  # an empty or endless part of a name
        why = "no host is named so"
    raise Unservable(f"cannot serve at {host}:{port}: {why}")


def _tell(host: str, port: int) -> None:
    """Say where the site is served, once a worker listens; a full disk or a closed pipe at the
    other end stops no server. (What a stream holds back would fail again when the program ends.)"""
    with suppress(OSError):
        while True:
            with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
                if not trial.connect_ex((host, port)):
                    break
            time.sleep(0.01)
        shown = f"[{host}]" if ":" in host else host
        os.write(1, f"Serving at http://{shown}:{port}/\n".encode())


def watch(folders: Sequence[Path], changed: Callable[[], object]) -> None:
    """Call `changed` whenever files in the folders have changed, and nobody is writing any more."""

    def state() -> set[tuple[Path, int]]:
        files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
        return {(path, path.stat().st_mtime_ns) for path in files}

    served = seen = state()
    while True:
        time.sleep(LOOK_EVERY_S)
        before = seen
        with suppress(OSError):  # a file has gone while it was looked at
            seen = state()
        if seen == before != served:
            served = seen
            changed()
