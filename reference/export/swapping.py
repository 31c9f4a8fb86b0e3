"""Two folders change places in one step, so that a reader finds the one or the other, whole."""

import ctypes
import os
from pathlib import Path

AT_FDCWD, RENAME_EXCHANGE = -100, 2


def swap(new: Path, place: Path) -> None:
    """Put `new` where `place` is; what was there is at `new` afterwards. Raises OSError."""
    try:
        new.rename(place)  # nothing there, or an empty folder
        return
    except OSError:
        if not place.is_dir():
            raise
    if not _exchanged(new, place):
        old = new.with_name(f"{new.name}-old")
        try:
            place.rename(old)
            new.rename(place)
        except BaseException:
            if old.exists() and not place.exists():
                old.rename(place)
            raise
        old.rename(new)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders at once, where the system can (Linux 3.15, most file systems)."""
    try:
        call = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    names = os.fsencode(one), os.fsencode(other)
    return bool(call(AT_FDCWD, names[0], AT_FDCWD, names[1], RENAME_EXCHANGE) == 0)
