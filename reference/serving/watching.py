"""Watching folders for files that change."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

LOOK_EVERY_S = 0.5


def watch(folders: Sequence[Path], changed: Callable[[], object]) -> None:
    """Call `changed` whenever files in the folders have changed; never returns."""
    times_before = None
    while True:
        with suppress(OSError):  # a file has gone while it was looked at
            times = times_of_change(folders)
            if times_before is not None and times != times_before:
                changed()
            times_before = times
        time.sleep(LOOK_EVERY_S)


def times_of_change(folders: Sequence[Path]) -> dict[Path, int]:
    """Return each file of the folders -> when it was last changed, in nanoseconds.

    Raises OSError if a file goes away meanwhile.
    """
    times = {}
    for folder in folders:
        for path in folder.rglob("*"):
            times[path] = path.stat().st_mtime_ns
    return times
