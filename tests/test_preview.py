"""The preview (`--debug`): what an editor sees while writing."""

import shutil
from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse

from app import create_app
from reference.citation.references import NOT_SET
from reference.serving.preview import NOTHING_YET, PreviewMaker
from tests.served import ROOT
from tests.small import NEWS, change, copy_of_small_library


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A copy of the small library that a test may change."""
    return copy_of_small_library(tmp_path)


@pytest.fixture
def maker(small: Path, tmp_path: Path) -> PreviewMaker:
    """What makes the preview of the small library."""
    return PreviewMaker(
        lambda: create_app(small, tmp_path / "index", "", is_preview=True)
    )


def page(maker: PreviewMaker, path: str) -> TestResponse:
    """Return a page of the preview as it is made now."""
    return Client(maker()).get(path, headers={"Accept-Encoding": "br"})


def test_an_article_is_seen_before_its_references_are_set(
    maker: PreviewMaker,
) -> None:
    """Where a reference is not set, a mark stands in its place."""
    response = page(maker, "/articles/last-sleeper/")

    assert response.status_code == 200
    assert NOT_SET in response.text
    assert "preview-problems" not in response.text


def test_references_that_are_set_are_shown(tmp_path: Path) -> None:
    """Only what is missing, or of an older record, is marked."""
    folder = Path(
        shutil.copytree(
            ROOT / "reference/content/new_library", tmp_path / "content"
        )
    )
    maker = PreviewMaker(
        lambda: create_app(folder, tmp_path / "index", "", is_preview=True)
    )

    before = page(maker, "/articles/a-first-article/").text
    change(
        folder / "articles/a-first-article.md",
        "title: A first",
        "title: A second",
    )
    after = page(maker, "/articles/a-first-article/").text

    assert NOT_SET not in before
    assert NOT_SET in after


def test_problems_stand_at_the_top_of_each_page(
    maker: PreviewMaker, small: Path
) -> None:
    """What is wrong is said above the last good content, and is gone when it is mended."""
    maker()
    change(small / NEWS, "quote: Book early", "quote: <b>Bok</b>")

    broken = page(maker, "/articles/")
    change(small / NEWS, "quote: <b>Bok</b>", "quote: Book early")
    mended = page(maker, "/articles/")

    assert broken.status_code == 200
    assert (
        "claims[5] (book-early) quote: the quotation is not in the article"
        in broken.text
    )
    assert "<b>Bok" not in broken.text
    assert "Board defends the end of the last sleeper" in broken.text
    assert "preview-problems" not in mended.text


def test_content_that_is_broken_from_the_start(
    maker: PreviewMaker, small: Path
) -> None:
    """The server starts all the same, and says what is wrong."""
    (small / "site.yaml").unlink()

    response = page(maker, "/")

    assert NOTHING_YET.partition("<h1>")[2][:20] in response.text
    assert (
        "site.yaml:1: file: cannot be read: there is no such file"
        in response.text
    )


def test_a_page_loads_itself_again(maker: PreviewMaker) -> None:
    """Its script asks for the state that it was made in, which each making changes."""
    first = maker()
    second = maker()

    state = Client(first).get("/preview.txt").text
    html = Client(first).get("/").text

    assert (
        f'<script src="/preview.js" data-state="{state}" defer></script>'
        in html
    )
    assert Client(second).get("/preview.txt").text != state
    assert (
        "script-src 'self'"
        in Client(first).get("/").headers["Content-Security-Policy"]
    )
    for path in ("/preview.js", "/preview.css"):
        assert Client(first).get(path).headers["Cache-Control"] == "no-store"
