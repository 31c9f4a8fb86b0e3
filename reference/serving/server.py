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
from typing import Any

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

    `beside` runs in a thread once the site is made: not before, so that making it may fork.
    Port 0 is any free one. Raises OSError where host and port cannot be had, and what `make`
    raises.
    """
    host, port = free_place(host, port)
    signal.signal(
        signal.SIGHUP, signal.SIG_IGN
    )  # until there is something to read again
    served = Served(make)
    in_thread(beside)
    multiprocessing.set_start_method(
        "fork", force=True
    )  # workers share what has been read,
    gc.freeze()  # and no garbage collection copies it (Python's manual, `gc.freeze`)
    allow_many_connections()

    def in_worker() -> Application:
        os.setsid()  # Ctrl+C reaches a whole terminal; the parent stops its workers gracefully
        in_thread(stop_with_parent)
        if access_log:
            return AccessLog(served.application)
        return served.application

    while True:
        server = Granian(
            "reference", address=host, port=port, workers=workers, **SETTINGS
        )
        server.on_startup(lambda: in_thread(announce, host, port))
        server.on_reload(served.read_again)
        try:
            server.serve(target_loader=in_worker, wrap_loader=False)
            return
        except (
            SystemExit
        ):  # Granian ends when a worker dies twice within seconds
            if (
                server.interrupt_signal
            ):  # or when one was told to stop together with it
                return
            log.error(
                "Workers died faster than they are replaced: the server begins again."
            )


def free_place(host: str, port: int) -> tuple[str, int]:
    """Return the numeric address and port to serve at. Raises OSError unless they are free."""
    try:
        with socket.socket(address_family(host)) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
            name = trial.getsockname()
    except UnicodeError:  # an empty or endless part of a name
        raise OSError(
            0, "no host is named so", f"cannot serve at {host}:{port}"
        ) from None
    except OSError as error:
        raise OSError(
            0, error.strerror, f"cannot serve at {host}:{port}"
        ) from None
    return name[0], name[1]


def address_family(host: str) -> socket.AddressFamily:
    """Return whether a host is named as IPv6 names it."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def allow_many_connections() -> None:
    """Raise the number of files that this process may have open as far as it is let."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(
        OSError, ValueError
    ):  # macOS: "no limit" is no number that may be asked for
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def stop_with_parent() -> None:
    """Stop this worker once its parent is gone, so that a killed server leaves the port free."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def announce(host: str, port: int) -> None:
    """Say where the site is served, once a worker listens. A full disk or a closed pipe stops no
    server."""
    while not listens(host, port):
        time.sleep(0.01)
    shown = f"[{host}]" if ":" in host else host
    with suppress(OSError):
        os.write(
            STANDARD_OUTPUT, f"Serving at http://{shown}:{port}/\n".encode()
        )


def listens(host: str, port: int) -> bool:
    """Return whether somebody listens at a place."""
    with socket.socket(address_family(host)) as trial:
        return trial.connect_ex((host, port)) == 0


def in_thread(work: Callable[..., None], *arguments: Any) -> None:
    """Do work in a thread, which ends with the process."""
    threading.Thread(target=work, args=arguments, daemon=True).start()
