"""The life of an index on disk: generations, each a folder named by what it was built from.

A generation is written aside and moved into place in one rename, with a list of its files' digests;
what does not match its list is not opened. A generation is read into memory whole, so that clearing
or damaging the folder afterwards cannot touch a running site.
"""

import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

MANIFEST = "files.json"
BUILDING = ".building-"
ABANDONED = 3_600
"""Seconds after which a half-built generation is taken for one whose process was killed."""

Files = Mapping[str, bytes]


def load(folder: Path, name: str) -> Files | None:
    """The files of a generation; None if it is missing, damaged or somebody else's.

    Whoosh unpickles what it opens, so only what this user (or root) wrote is read.
    """
    try:
        generation = folder / name
        if hasattr(os, "geteuid") and generation.stat().st_uid not in (0, os.geteuid()):
            return None
        digests = json.loads((generation / MANIFEST).read_bytes())
        files = {file: (generation / file).read_bytes() for file in digests}
        whole = all(_digest(files[file]) == digest for file, digest in digests.items())
        return files if whole and files else None
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return None


def state(generation: Path | None) -> str:
    """Where an index that is being served is kept, for whoever watches over the site.

    `generation` is the folder it was read from or written to, None if there was none.
    """
    there = generation is not None and os.path.isdir(generation)  # noqa: PTH112 (never raises)
    return "on disk" if there else "in memory"


def begin(folder: Path) -> Path:
    """A new folder beside the generations to build one in. Raises OSError if there can be none."""
    folder.mkdir(parents=True, exist_ok=True)
    building = folder / f"{BUILDING}{uuid.uuid4().hex}"
    building.mkdir()
    return building


def finish(building: Path, name: str) -> Files:
    """Move what was built into place; the generation's files. Raises OSError if it cannot.

    If another process has put the same generation there first, its files serve as well.
    """
    files = {path.name: path.read_bytes() for path in building.iterdir() if path.is_file()}
    manifest = {file: _digest(data) for file, data in files.items()}
    (building / MANIFEST).write_text(json.dumps(manifest))
    target = building.parent / name
    try:
        building.rename(target)
    except OSError:
        if load(building.parent, name) is None:  # damaged, or not a generation at all
            _remove(target)
            building.rename(target)
        else:
            _remove(building)
    return files


def clear(folder: Path, name: str) -> None:
    """Remove every generation but this one, and what killed processes left half built."""
    try:
        others = [path for path in folder.iterdir() if path.name != name and path.is_dir()]
    except OSError:
        return
    for path in others:
        if path.name.startswith(BUILDING):
            if _age(path) > ABANDONED:
                _remove(path)
        elif (path / MANIFEST).exists():
            _remove(path)


def discard(building: Path | None) -> None:
    """Remove a generation that could not be finished."""
    if building is not None:
        _remove(building)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
