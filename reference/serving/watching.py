"""Watching folders for files that change."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

LOOK_EVERY_S = 0.5


def watch(folders: Sequence[Path], changed: Callable[[], object]) -> None:
    """Call `changed` whenever files in the folders have changed; never returns."""
    before = None
    while True:
        with suppress(OSError):  # a file has gone while it was looked at
            now = state(folders)
            if before is not None and now != before:
                changed()
            before = now
        time.sleep(LOOK_EVERY_S)


def state(folders: Sequence[Path]) -> set[tuple[Path, int]]:
    """Return every file of the folders, with when it was last changed."""
    files = set()
    for folder in folders:
        for path in folder.rglob("*"):
            files.add((path, path.stat().st_mtime_ns))
    return files
