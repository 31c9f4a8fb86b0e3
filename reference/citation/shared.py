"""What forked processes make once between them."""

import json
import os
import sys
import tempfile
import weakref
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import Any


class Shared:
    """A JSON value made by whichever process is asked first; its forked copies wait, and read it.

    It lies in a file without a name, which the copies inherit. Where there can be none, each
    process makes its own. A failure is the asker's alone: the next one tries again.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make, self._lock, self._value = make, Lock(), None
        self._file: int | None = None
        with suppress(OSError), tempfile.TemporaryFile() as file:
            self._file = os.dup(file.fileno())
            weakref.finalize(self, os.close, self._file)

    def __call__(self) -> Any:
        with self._lock:
            if self._value is None:
                self._value = self._make() if self._file is None else self._among_all(self._file)
            return self._value

    def _among_all(self, file: int) -> Any:
        if sys.platform == "win32":
            return self._make()
        import fcntl  # not on every system

        fcntl.lockf(file, fcntl.LOCK_EX)  # the system takes it back from a process that dies
        try:
            with suppress(ValueError):  # nothing yet, or half of it
                return json.loads(os.pread(file, os.fstat(file).st_size, 0))
            made = self._make()
            with suppress(OSError):
                os.pwrite(file, json.dumps(made).encode(), 0)
            return made
        finally:
            fcntl.lockf(file, fcntl.LOCK_UN)
