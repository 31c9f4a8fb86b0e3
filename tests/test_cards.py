"""The pictures for shared links: each shows the words of its page, as they are now."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Browser

from app import create_app
from reference import drawing
from reference.content.loading import load
from reference.pages.cards import Card, Cards, cards
from reference.records import Library
from tests.parsed import Parsed
from tests.served import ROOT

ADDRESS = "https://reference.example"
SMALLEST_WORDS = 40
"""Pixels: smaller words cannot be read where a picture is shown at a third of its size."""


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the content whose cards are said to be drawn; only a few of them are."""
    folder = Path(
        shutil.copytree(
            ROOT / "content", tmp_path_factory.mktemp("cards") / "content"
        )
    )
    shutil.rmtree(folder / "cards", ignore_errors=True)
    (folder / "cards").mkdir()
    digests = {card.name: card.digest for card in cards(load(folder))}
    (folder / "cards/cards.json").write_text(json.dumps(digests))
    return folder


@pytest.fixture(scope="module")
def app(content: Path, index: Path) -> Flask:
    app = create_app(content, index, ADDRESS)
    app.testing = True
    return app


def meta(html: str) -> dict[str, str]:
    """Return property or name -> content of a page's metadata."""
    found = {}
    for tag, attributes in Parsed(html).elements:
        name = attributes.get("property") or attributes.get("name")
        if tag == "meta" and name:
            found[name] = attributes.get("content") or ""
    return found


@pytest.mark.parametrize(
    "part", ["claims", "themes", "articles", "disagreements"]
)
def test_a_page_shows_its_own_words(
    app: Flask, library: Library, part: str
) -> None:
    """The page of a claim, a theme, an article or a disagreement names the card with its words."""
    id = next(iter(getattr(library, part)))
    card = next(card for card in cards(library) if card.name == f"{part}/{id}")

    shown = meta(app.test_client().get(f"/{part}/{id}/").text)

    assert shown["og:image"] == f"{ADDRESS}/cards/{part}/{id}.png"
    assert (shown["og:image:width"], shown["og:image:height"]) == (
        "1200",
        "630",
    )
    assert card.words.rstrip(".") in shown["og:image:alt"]


@pytest.mark.parametrize("path", ["/", "/about/", "/people/", "/search/"])
def test_other_pages_show_the_card_of_the_site(app: Flask, path: str) -> None:
    """A page without a card of its own names that of the way in."""
    shown = meta(app.test_client().get(path).text)

    assert shown["og:image"] == f"{ADDRESS}/cards/home.png"


def test_titles_of_shared_links_have_a_reasonable_length(
    app: Flask, library: Library
) -> None:
    """What a shared link is called has at most 75 characters, on every claim's page too."""
    for claim in list(library.claims)[:20]:
        title = meta(app.test_client().get(f"/claims/{claim}/").text)[
            "og:title"
        ]

        assert 0 < len(title) <= 75


def test_a_card_older_than_its_words_is_not_shown(
    content: Path, library: Library
) -> None:
    """Where the words of a claim have changed, its card is not shown, and is named as outdated."""
    claim = next(iter(library.claims.values()))
    name = f"claims/{claim.id}"
    changed = {
        **library.claims,
        claim.id: replace(claim, quote="Words that came later"),
    }
    later = replace(library, claims=changed)

    kept = Cards.read(content, later)

    assert name in Cards.read(content, library).drawn
    assert name not in kept.drawn
    assert kept.outdated(later) == [name]


def test_a_library_without_cards_misses_none(
    library: Library, tmp_path: Path
) -> None:
    """Cards are an editor's choice: where none were drawn nothing is outdated."""
    assert Cards.read(tmp_path, library).outdated(library) == []


@pytest.fixture(scope="module")
def drawn(
    browser: Browser, app: Flask, content: Path, library: Library
) -> Iterator[list[Card]]:
    """A few cards drawn into the content: the longest of each kind, and the way in."""
    longest: dict[str, Card] = {}
    for card in cards(library):
        kind = card.name.partition("/")[0]
        if kind not in longest or len(card.words) > len(longest[kind].words):
            longest[kind] = card
    chosen = list(longest.values())
    drawing.draw(app, chosen, Cards.read(content, library), browser)
    yield chosen


def test_cards_are_pictures_of_one_size(
    drawn: list[Card], content: Path, library: Library
) -> None:
    """A card is a PNG of 1200 × 630 px and a few colours, of at most 60 kB."""
    for card in drawn:
        path = Cards.read(content, library).file_of(card.name)
        with Image.open(path) as picture:
            assert picture.size == (Card.width, Card.height)
            assert picture.mode == "P"
        assert path.stat().st_size <= 60_000


def test_no_words_are_cut_or_small(
    drawn: list[Card], app: Flask, browser: Browser
) -> None:
    """The longest words of each kind stand whole on their card, at 40 px or more."""
    page = browser.new_page(
        viewport={"width": Card.width, "height": Card.height}
    )
    for card in drawn:
        drawing.show_in_page(card, page, app)

        words = page.locator(".said p").first
        assert words.inner_text() == card.words
        size = words.evaluate(
            "(words) => parseFloat(getComputedStyle(words).fontSize)"
        )
        assert size >= SMALLEST_WORDS
        whole = "() => document.documentElement.scrollHeight <= innerHeight"
        assert page.evaluate(whole)
    page.close()


def test_a_card_can_be_loaded_by_other_sites(
    drawn: list[Card], app: Flask
) -> None:
    """A card answers as a picture that any site's page may show."""
    answer = app.test_client().get(f"/cards/{drawn[-1].name}.png")

    assert answer.status_code == 200
    assert answer.mimetype == "image/png"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize(
    "path", ["/cards/claims/no-such-claim.png", "/cards/people/nobody.png"]
)
def test_a_card_of_nothing_is_not_there(app: Flask, path: str) -> None:
    """An address of a card that there is not answers 404."""
    assert app.test_client().get(path).status_code == 404


def test_icons_are_where_browsers_ask_for_them(client: FlaskClient) -> None:
    """The icon of a tab and that of a phone's screen have the addresses that browsers try."""
    assert client.get("/favicon.ico").mimetype in (
        "image/x-icon",
        "image/vnd.microsoft.icon",
    )
    assert client.get("/apple-touch-icon.png").mimetype == "image/png"
