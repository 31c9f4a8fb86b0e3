"""What tests share: the shipped library, and a copy of its content to break."""

import shutil
from pathlib import Path

import pytest

from reference.content import load
from reference.records import Library

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def library() -> Library:
    """The library as shipped."""
    return load(ROOT / "content")


@pytest.fixture
def content_copy(tmp_path: Path) -> Path:
    """A copy of the content folder that a test may break."""
    return Path(shutil.copytree(ROOT / "content", tmp_path / "content"))
