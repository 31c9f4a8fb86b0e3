"""Libraries of other shapes and subjects: one article and nobody; night trains; many of all."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from flask import Flask

from app import create_app
from reference.citation.setting import set_references
from reference.content.loading import load
from reference.pages.addresses import paths
from reference.pages.filters import LibraryFilters
from reference.pages.lists import page_count, page_of
from reference.records import Library, Theme
from tests.parsed import Parsed
from tests.small import NEWS, copy_of_small_library

Maker = Callable[[Path], Path]
OUR_SUBJECT = re.compile(
    r"\b(?:GPs?|NHS|commission\w*|Buckman|PCTs?)\b", re.IGNORECASE
)


def night_trains(folder: Path) -> Path:
    """Return a small library of another subject, with something of everything."""
    return copy_of_small_library(folder)


def one_article(folder: Path) -> Path:
    """Return the least: one article in which nobody is named, one theme, and nothing else."""
    content = copy_of_small_library(folder)
    for name in (
        "people",
        "disagreements",
        "events",
        "outcomes",
        "glossary",
        "moved",
    ):
        (content / f"{name}.yaml").unlink()
    for name in (
        "opening.md",
        "about.md",
        "words.ini",
        "articles/why-nights-matter.md",
    ):
        (content / name).unlink()
    (content / "themes/cost.md").unlink()
    theme = content / "themes/comfort.md"
    head = theme.read_text(encoding="utf-8").split("---\n")[1]
    sentence = (
        "The article says that the last night train leaves on Friday "
        "[@last-train-on-friday]."
    )
    theme.write_text(f"---\n{head}---\n\n{sentence}\n", encoding="utf-8")
    keep_claims_of_nobody(content / NEWS)
    site = yaml.safe_load((content / "site.yaml").read_text(encoding="utf-8"))
    site["try"] = []
    site["language"] = "en-US"
    (content / "site.yaml").write_text(yaml.safe_dump(site), encoding="utf-8")
    return content


def keep_claims_of_nobody(article: Path) -> None:
    """Leave an article those claims only that are credited to nobody, each on one theme."""
    _, head, body = article.read_text(encoding="utf-8").split("---\n", 2)
    record = yaml.safe_load(head)
    record["claims"] = [
        claim for claim in record["claims"] if not claim["speakers"]
    ]
    covered = {"p1", "p4", "p5"}
    record["left_out"] = {}
    for number in range(1, 8):
        if f"p{number}" not in covered:
            record["left_out"][f"p{number}"] = "not needed here"
    article.write_text(
        f"---\n{yaml.safe_dump(record)}---\n{body}", encoding="utf-8"
    )


@pytest.fixture(
    scope="module",
    params=[night_trains, one_article],
    ids=lambda make: make.__name__,
)
def app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Flask:
    """The app over a library of another shape, its references set by pandoc."""
    if not shutil.which("pandoc"):
        pytest.importorskip("pypandoc")
    make: Maker = request.param
    content = make(tmp_path_factory.mktemp("content"))
    set_references(content, load(content))
    index = tmp_path_factory.mktemp("index")
    return create_app(
        content=content, index=index, address="https://trains.example"
    )


@pytest.fixture(scope="module")
def pages(app: Flask) -> dict[str, Parsed]:
    """Every page of the library by path."""
    client = app.test_client()
    with app.test_request_context():
        addresses = [
            *paths(),
            "/search/",
            "/search/?q=train",
            "/collection/",
            "/no-such-page/",
        ]
    return {address: Parsed(client.get(address).text) for address in addresses}


def test_every_page_can_be_made(app: Flask, pages: dict[str, Parsed]) -> None:
    """Each page answers, with a heading, and with ids that stand once."""
    client = app.test_client()
    for address, page in pages.items():
        wanted = 404 if address == "/no-such-page/" else 200
        assert client.get(address).status_code == wanted, address
        assert page.html.count("<h1") == 1, address
        assert len(page.ids) == len(set(page.ids)), address


def test_pages_are_in_the_language_of_the_library(
    app: Flask, pages: dict[str, Parsed]
) -> None:
    """What a browser hyphenates and reads aloud by is the language that site.yaml names."""
    language = app.extensions["site"].library.site.language
    for address, page in pages.items():
        assert f'<html lang="{language}"' in page.html, address


def test_no_word_of_another_subject_is_left(pages: dict[str, Parsed]) -> None:
    """What the site is about is all in its content."""
    for address, page in pages.items():
        assert not OUR_SUBJECT.search(page.html), address


def test_lists_that_are_empty_say_so(pages: dict[str, Parsed]) -> None:
    """Where nobody is named, nothing disputed and nothing come of it, the page says so."""
    if len(pages["/people/"].html.split('class="name"')) > 1:
        pytest.skip("this library has people")

    assert "The articles name nobody" in pages["/people/"].html
    assert (
        "No source here stands directly against another"
        in pages["/disagreements/"].html
    )
    assert "Nothing is recorded here yet" in pages["/outcomes/"].html
    assert "No words are explained here yet" in pages["/words/"].html
    assert "Where they disagree" not in pages["/"].html


def test_eight_themes_have_no_two_alike_side_by_side(library: Library) -> None:
    """Colours go round, so that neighbours differ however many themes there are."""
    themes = {
        f"t{number}": Theme(f"t{number}", "T", number, "")
        for number in range(20)
    }

    filters = LibraryFilters(replace(library, themes=themes))

    accents = [filters.accent(theme) for theme in themes]
    for one, other in pairwise(accents):
        assert one != other


@pytest.mark.parametrize(
    ("number_of_items", "pages_there_are"), [(0, 1), (1, 1), (10, 1), (11, 2)]
)
def test_a_list_has_as_many_pages_as_it_needs(
    number_of_items: int, pages_there_are: int
) -> None:
    """An empty list has one page; each page but the last is full."""
    assert page_count(range(number_of_items), 10) == pages_there_are


def test_a_page_knows_its_place() -> None:
    """A page has its own items, its number, and the whole list."""
    page = page_of(list(range(25)), 3, 10)

    assert page.items == [20, 21, 22, 23, 24]
    assert page.last == 3
    assert not page.is_first
    assert len(page.everything) == 25
