"""Small libraries that tests run on where the rule is the engine's, and may change."""

import shutil
from pathlib import Path

from tests.served import ROOT

SMALL_LIBRARY = Path(__file__).with_name("small_library")
"""About night trains: something of everything. Its references are not set."""
NEW_LIBRARY = ROOT / "reference/content/new_library"
"""The least that can be served, as `python app.py new` writes it. Its references are set."""
NEWS = "articles/last-sleeper.md"
OPINION = "articles/why-nights-matter.md"


def copy_of_small_library(folder: Path) -> Path:
    """Return a copy of the small library, as the folder `content` below another."""
    return Path(shutil.copytree(SMALL_LIBRARY, folder / "content"))


def copy_of_new_library(folder: Path) -> Path:
    """Return a copy of the least library, as the folder `content` below another."""
    return Path(shutil.copytree(NEW_LIBRARY, folder / "content"))


def change(path: Path, old: str, new: str) -> None:
    """Put something else in the place of what a file has, where it has it first."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} has no {old}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
