"""The server: Granian's workers, forked from one process that holds the verified site.

The process that starts reads and verifies everything, and listens; the workers are its copies. A
worker that dies is replaced from what was verified, whatever has become of the files since.
"""

import errno
import gc
import logging
import math
import multiprocessing
import multiprocessing.util
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketSpec  # type: ignore[attr-defined]
from granian.server.mp import MPServer

from reference.content.loading import load
from reference.records import ContentError
from reference.serving.access import AccessLog
from reference.serving.kept import Application, Keeper

THREADS = 1
"""Of Python in each worker. Python runs one at a time anyway: with two, each search takes turns
with another, and the slowest of a hundred pages takes up to twice as long."""
CONNECTIONS = 4_000
HEADERS_WITHIN_MS = 10_000
LARGEST_HEAD = 128 * 1024
STOP_WITHIN_S = 5
BEGINNING_S = 5
TOLD_AGAIN_S = 1
LOOK_EVERY_S = 0.5
NO_ADDRESS = "The sitemap and citations name paths only until REFERENCE_ADDRESS is set."
log = logging.getLogger("reference")


class Unservable(Exception):
    """The address to serve at cannot be had; the message says why, in one line."""


@dataclass(frozen=True)
class Settings:
    """How the site is served. `address` is its public address, "" where there is none."""

    host: str
    port: int
    workers: int
    address: str
    content: Path
    code: Path
    access_log: bool
    debug: bool


class Site:
    """The site last found whole, and the way to read it again. Called in a worker, it serves."""

    def __init__(self, make: Callable[[], Application], settings: Settings) -> None:
        self._make, self._settings, self._parent = make, settings, os.getpid()
        self._app: Application | None = make()

    def __getstate__(self) -> dict[str, Any]:
        """Where workers cannot be forked (Windows), each reads the content itself."""
        return self.__dict__ | {"_app": None}

    def renew(self) -> bool:
        """Read everything again; if anything is wrong, say what, and keep the last good site."""
        try:
            self._app = self._make()
        except SystemExit as refused:
            log.error("%s\nThe last good content is still served.", refused)
            return False
        except Exception:
            log.exception("The site cannot be read; what was read before is still served.")
            return False
        return True

    def __call__(self) -> Application:
        _follow(self._parent)
        note = AccessLog() if self._settings.access_log else None
        if note:
            note.start()
            multiprocessing.util.Finalize(None, note.flush, exitpriority=10)
        keeper = Keeper(self._app or self._make(), self._settings.address, note)
        multiprocessing.util.Finalize(None, keeper.stopping.set, exitpriority=20)
        threading.Thread(target=keeper.warm, name="warm", daemon=True).start()
        return keeper


def _follow(parent: int) -> None:
    """Leave stopping to the parent, which does it gracefully (Ctrl+C reaches a whole terminal),
    and stop if it is gone, so that a killed server leaves the port free."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # until Granian sets its own handlers, the
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # parent's would be lost on a copy of it
    if sys.platform != "win32":
        os.setsid()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})

    def follow() -> None:
        while os.getppid() == parent:
            time.sleep(0.25)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(STOP_WITHIN_S)
        os._exit(1)

    threading.Thread(target=follow, name="follow", daemon=True).start()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold back the signals to stop while workers are made, so that none is lost in between."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _join(process: BaseProcess, timeout: float | None = None) -> None:
    """Wait for a process to end, and until that is known here.

    Granian has a thread that waits for it too; where that one is told, the process seems alive to
    others for a moment, and would be said to have refused to stop.
    """
    ends = time.monotonic() + (math.inf if timeout is None else timeout)
    process.join(timeout)
    while process.is_alive() and time.monotonic() < ends:
        time.sleep(0.001)


class Server(MPServer):
    """Granian, with a listening socket for each worker, and a site that outlives bad content.

    The sockets belong to the parent: with a worker gone, or all of them, readers wait for the
    next one instead of being refused. Linux deals connections out among sockets of one address
    evenly; of workers with one socket between them, now and then one takes all.
    """

    site: Site
    _shd: Any

    def _init_shared_socket(self) -> None:
        spec = SocketSpec(self.bind_addr, self.bind_port, self.backlog)
        sockets = [spec.build() for _ in range(self.workers if sys.platform == "linux" else 1)]
        self._listening = [(each, socket.socket(fileno=each.get_fd())) for each in sockets]
        for _, each in self._listening:
            each.set_inheritable(True)
            each.listen(self.backlog)
        self._ssp = None

    def _spawn_worker(self, idx: int, *args: Any, **kwargs: Any) -> Any:
        self._shd, self._sso = self._listening[idx % len(self._listening)]
        worker: Any = super()._spawn_worker(idx, *args, **kwargs)
        worker.join = partial(_join, worker.inner)
        return worker

    def _drop_shared_socket(self) -> None:
        for _, each in self._listening:
            each.close()

    def _spawn_workers(self, *args: Any) -> None:
        with _undisturbed():
            super()._spawn_workers(*args)  # type: ignore[no-untyped-call]

    def _respawn_workers(self, *args: Any, **kwargs: Any) -> None:
        """Replace workers, however often they die: each time after a moment's pause."""
        with _undisturbed():
            super()._respawn_workers(*args, **kwargs)
        self.respawned_wrks.clear()
        time.sleep(0.1)

    def _stop_workers(self) -> None:
        """Tell each worker to stop, twice at most: on a third signal, Granian's handler waits for
        ever and holds up every answer. Only one that is just beginning can miss the first."""
        now = time.monotonic()
        workers: list[Any] = self.wrks
        beginning = [worker for worker in workers if now - worker.birth < BEGINNING_S]
        for worker in beginning:
            worker.terminate()
        for worker in beginning:
            worker.join(max(0, now + TOLD_AGAIN_S - time.monotonic()))
        super()._stop_workers()  # type: ignore[no-untyped-call]

    def _reload(self, spawn_target: Any, target_loader: Any) -> None:
        self.reload_signal = False
        self.main_loop_interrupt.clear()
        if self.site.renew():
            super()._reload(spawn_target, target_loader)  # type: ignore[no-untyped-call]
            log.info("The content as it is now is served.")


def serve(make: Callable[[str], Application], settings: Settings) -> None:
    """Serve until told to stop. Raises Unservable; ends with the problems if content is broken.

    `make` is given the site's address: the public one or, where none is known and only this
    machine is listened to, the one served at.
    """
    host, port = _free(settings.host, settings.port)
    shown = f"[{host}]" if ":" in host else host
    here = f"http://{shown}:{port}" if ip_address(host).is_loopback else ""
    if not (settings.address or here):
        log.warning(NO_ADDRESS)
    site = Site(partial(make, settings.address or here), settings)
    _raise_open_files()
    if "fork" in multiprocessing.get_all_start_methods():
        multiprocessing.set_start_method("fork", force=True)
    gc.collect()
    gc.freeze()
    server = Server(
        "reference",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=THREADS,
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,
        websockets=False,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADERS_WITHIN_MS, max_buffer_size=LARGEST_HEAD
        ),
        log_level=LogLevels.warning,
        log_dictconfig=_logging(),
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=STOP_WITHIN_S,
    )
    server.site = site
    server.on_startup(lambda: _tell(f"Serving at http://{shown}:{port}/"))
    server.on_startup(lambda: _watch(server, settings))
    server.serve(target_loader=site, wrap_loader=False)


def _free(host: str, port: int) -> tuple[str, int]:
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
        reason = (
            "the port is taken" if error.errno == errno.EADDRINUSE else error.strerror or str(error)
        )
        raise Unservable(f"cannot serve at {host}:{port}: {reason}") from None
    except UnicodeError:  # an empty or endless part of a name
        raise Unservable(f"cannot serve at {host}:{port}: no host is named so") from None


def _tell(line: str) -> None:
    """Print a line; a full disk or a closed pipe at the other end stops no server.

    It is written at once: what a stream holds back would fail again when the program ends.
    """
    try:
        os.write(sys.stdout.fileno(), f"{line}\n".encode())
    except OSError as error:
        log.warning("%s (standard output: %s)", line, error.strerror)


def _raise_open_files() -> None:
    """Let this process and its workers hold as many connections as the system allows."""
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _logging() -> dict[str, Any]:
    """Granian's own messages: to standard error, a line each."""
    console = {"class": "logging.StreamHandler", "formatter": "plain", "stream": "ext://sys.stderr"}
    return {
        "formatters": {"plain": {"format": "%(message)s"}},
        "handlers": {"console": console, "access": console},
    }


def _watch(server: Server, settings: Settings) -> None:
    """Look for changed files: with --debug they are served, otherwise a line says they could be."""
    folders = [settings.content]
    if settings.debug:
        folders += [settings.code / "templates", settings.code / "static"]

    def look() -> None:
        served = seen = _state(folders)
        while True:
            time.sleep(LOOK_EVERY_S)
            before, seen = seen, _state(folders)
            if seen == before and seen != served:  # changed, and nobody is writing any more
                served = seen
                if settings.debug:
                    server.signal_handler_reload()  # type: ignore[no-untyped-call]
                else:
                    _say_whether_whole(settings.content)

    threading.Thread(target=look, name="watch", daemon=True).start()


def _state(folders: list[Path]) -> frozenset[tuple[str, int, int]]:
    """Every file's name, moment of change and size."""
    return frozenset(entry for folder in folders for entry in _files(folder))


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    for path in folder.rglob("*"):
        try:
            found = path.stat()
        except OSError:
            continue
        yield str(path), found.st_mtime_ns, found.st_size


def _say_whether_whole(content: Path) -> None:
    try:
        load(content)
    except ContentError as error:
        log.error("%s\nThe last good content is still served.", error)
    except Exception:
        log.exception("The content cannot be read; what was read before is still served.")
    else:
        log.warning("The content has changed; `kill -HUP %s` serves it.", os.getpid())
