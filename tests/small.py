"""The small library that tests of the engine run on: `tests/small_library`, about night trains."""

import shutil
from pathlib import Path

SMALL_LIBRARY = Path(__file__).with_name("small_library")
NEWS = "articles/last-sleeper.md"
OPINION = "articles/why-nights-matter.md"


def copy_of_small_library(folder: Path) -> Path:
    """Return a copy of the small library, as the folder `content` below another."""
    return Path(shutil.copytree(SMALL_LIBRARY, folder / "content"))


def change(path: Path, old: str, new: str) -> None:
    """Put something else in the place of what a file has, where it has it first."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} has no {old}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
