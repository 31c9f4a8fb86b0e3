"""The first files of a new library: the least that `check` accepts, with comments for an editor."""

import shutil
from pathlib import Path

from reference.content.editions import FILE as NOTED_EDITION

NEW_LIBRARY = Path(__file__).with_name("new_library")


class CannotStart(Exception):
    """Raised when a folder is not empty, or is none: nothing of it is changed."""


def start(folder: Path) -> list[str]:
    """Write a new library into a folder, which is made if it is not there.

    Returns the names of the files written. Raises CannotStart and OSError.
    """
    if folder.exists() and not folder.is_dir():
        raise CannotStart(f"{folder} is no folder")
    if folder.exists() and any(folder.iterdir()):
        raise CannotStart(
            f"{folder} is not empty: a new library begins in a folder of its own"
        )
    shutil.copytree(
        NEW_LIBRARY,
        folder,
        dirs_exist_ok=True,
        copy_function=shutil.copyfile,
        # `app.py cite` notes there that this library is whole, which a new one is not yet.
        ignore=shutil.ignore_patterns(NOTED_EDITION),
    )
    written = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path.relative_to(folder).as_posix() for path in written)
