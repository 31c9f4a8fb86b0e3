"""The server: Granian, whose workers are copies of one process that has verified everything.

A worker that dies is replaced from what was verified, whatever has become of the files since. It
needs Unix (`fork`, SIGHUP); Linux is what it is tested on.
"""

import gc
import logging
import multiprocessing
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from reference.problems import ContentError
from reference.serving.access_log import STANDARD_OUTPUT, AccessLog
from reference.serving.cache import Application

THREADS = 1
"""Of Python in each worker, which runs one at a time anyway: with two, searches take turns, and
the slowest of a hundred pages takes up to twice as long."""
CONNECTIONS = 4_000
"""That a worker holds at once."""
READ_WITHIN_MS = 10_000
"""That a reader has to send a request; an idle connection is closed after it, too."""
LARGEST_REQUEST = 128 * 1024
"""Bytes of the head of a request that are read at all."""
STOP_WITHIN_S = 5
RESPAWN_AFTER_S = 0.5
ASK_AGAIN_AFTER_S = 0.01
"""How long to wait between two looks whether a worker listens."""
STDERR_HANDLER = {"class": "logging.StreamHandler", "formatter": "generic"}
SETTINGS: dict[str, Any] = {
    "interface": Interfaces.WSGI,
    "http": HTTPModes.http1,
    "http1_settings": HTTP1Settings(
        header_read_timeout=READ_WITHIN_MS,
        max_buffer_size=LARGEST_REQUEST,
    ),
    "blocking_threads": THREADS,
    "backpressure": CONNECTIONS,
    "log_level": LogLevels.error,
    "log_dictconfig": {
        "handlers": {"console": STDERR_HANDLER, "access": STDERR_HANDLER}
    },
    "respawn_failed_workers": True,
    "respawn_interval": RESPAWN_AFTER_S,
    "workers_kill_timeout": STOP_WITHIN_S,
}
log = logging.getLogger("reference")


class Served:
    """The application that is served, which is replaced when the content is read again."""

    def __init__(self, make: Callable[[], Application]) -> None:
        """Make it now. Raises what `make` raises."""
        self._make = make
        self.application = make()

    def read_again(self) -> None:
        """Make the application anew; if that fails, say why and keep the last good one."""
        try:
            self.application = self._make()
        except ContentError as error:
            log.error("%s\nThe last good content is still served.", error)
        except Exception:
            log.exception(
                "This cannot be served. The last good content is still served."
            )
        else:
            share_memory_with_workers()
            log.info("The content as it is now is served.")


def serve(
    make: Callable[[], Application],
    beside: Callable[[], None],
    *,
    host: str,
    port: int,
    workers: int,
    access_log: bool,
) -> None:
    """Make the site and serve it until told to stop (SIGTERM, SIGINT); SIGHUP makes it again.

    Port 0 is any free one. `beside` runs in a thread while the site is served, and begins when
    the site has been made: `make` may start other processes, which threads would endanger.
    Raises OSError where host and port cannot be had, and what `make` raises.
    """
    place = free_place(host, port)
    # A SIGHUP that comes too early would end the program.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    served = Served(make)
    in_thread(beside)
    multiprocessing.set_start_method("fork", force=True)
    os.register_at_fork(after_in_child=stop_at_sigterm)
    share_memory_with_workers()
    allow_many_connections()
    load_in_worker = partial(worker_application, served, access_log)
    while True:
        server = Granian(
            "reference",
            address=place.host,
            port=place.port,
            workers=workers,
            **SETTINGS,
        )
        server.on_startup(partial(in_thread, announce, place))
        server.on_reload(served.read_again)
        try:
            server.serve(target_loader=load_in_worker, wrap_loader=False)
            return
        except SystemExit:
            # Granian gives up when a worker dies twice within seconds. If it
            # was told to stop meanwhile, the worker was told so as well.
            if server.interrupt_signal:
                return
            log.error(
                "Workers died faster than they are replaced: the server begins again."
            )


def stop_at_sigterm() -> None:
    """Let SIGTERM end a worker that has just been forked, until Granian sets a handler of its own.

    Without that a worker has its parent's handler meanwhile, which does nothing for it: a site that
    is told to stop as soon as it has begun would wait for such a worker, and kill it in the end.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def share_memory_with_workers() -> None:
    """Make ready for workers to be forked, which share the memory of what this process has read.

    What was replaced is freed. The rest is frozen: garbage collection leaves it alone, and does not
    copy it into each worker by writing to it (https://docs.python.org/3/library/gc.html#gc.freeze).
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def worker_application(served: Served, access_log: bool) -> Application:
    """Return the application that a worker serves; called in the worker, once it is forked."""
    # Ctrl+C reaches all processes of a session. In one of its own, a worker
    # does not see it, and its parent stops it gracefully.
    os.setsid()
    in_thread(stop_with_parent)
    if access_log:
        return AccessLog(served.application)
    return served.application


class Place(NamedTuple):
    """Where a server listens: a numeric address, and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        """Return them as an address has them: `127.0.0.1:8000`, `[::1]:8000`."""
        if ":" in self.host:
            return f"[{self.host}]:{self.port}"
        return f"{self.host}:{self.port}"


def free_place(host: str, port: int) -> Place:
    """Return where to serve: the host's numeric address, and the port, for 0 a free one.

    Raises OSError if there is no such host, or the port is taken or forbidden.
    """
    failure = f"cannot serve at {host}:{port}"
    try:
        with socket.socket(address_family(host)) as trial:
            # Connections of an earlier server, not quite closed, are no hindrance.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
            numeric_host, free_port, *_ = trial.getsockname()
    except UnicodeError:  # a part of the name is empty, or over 63 letters
        raise OSError(0, "no host is named so", failure) from None
    except OSError as error:
        raise OSError(0, error.strerror, failure) from None
    return Place(numeric_host, free_port)


def address_family(host: str) -> socket.AddressFamily:
    """Return whether a host is named as IPv6 names it."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def allow_many_connections() -> None:
    """Raise the number of files that this process may have open as far as it is let."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    # macOS has no limit here, and refuses to set "none": it stays as it was.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def stop_with_parent() -> None:
    """Stop this worker once its parent is gone, so that a killed server leaves the port free."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def announce(place: Place) -> None:
    """Say on standard output where the site is served, once a worker listens there."""
    while not listens(place):
        time.sleep(ASK_AGAIN_AFTER_S)
    line = f"Serving at http://{place}/\n"
    with suppress(OSError):  # a full disk, a closed pipe: no reason to stop
        os.write(STANDARD_OUTPUT, line.encode())


def listens(place: Place) -> bool:
    """Return whether somebody listens at a place."""
    with socket.socket(address_family(place.host)) as trial:
        return trial.connect_ex(place) == 0


def in_thread(work: Callable[..., None], *arguments: Any) -> None:
    """Do work in a thread, which ends with the process."""
    threading.Thread(target=work, args=arguments, daemon=True).start()
