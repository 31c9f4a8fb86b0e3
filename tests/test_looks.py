"""How pages look, in a real browser: letters, sizes, space, print, and who can use them."""

import re
import shutil
import statistics
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import brotli
import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.test import Client

from reference.pages.addresses import paths
from reference.records import Claim, Library

BMJ = "/articles/complex-infrastructure-excessive-control/"
TRAINING = "/themes/training/"
KINDS = [
    "/",
    "/themes/",
    TRAINING,
    "/disagreements/",
    "/articles/",
    BMJ,
    "/people/",
    "/people/laurence-buckman/on/support/",
    "/claims/page/3/",
    "/claims/data-is-junk/",
    "/about/",
    "/search/?q=buckman",
    "/collection/?claim=data-is-junk&claim=pbc-as-customer-of-pct",
    "/no-such-page/",
]
"""A page of each kind."""
WIDTHS = [320, 390, 768, 1280, 1920]
PX_PER_PT = 96 / 72
A4_WIDTH = 672
"""Of the text on A4 between its margins, in px."""
HEIGHT_IN_LETTERS = """(element) => element.offsetHeight
  / parseFloat(getComputedStyle(document.documentElement).fontSize)"""
UNFOLD = "document.querySelectorAll('details').forEach((fold) => { fold.open = true; })"
STRETCHES = """() => {
  const stretches = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim();
    const holder = texts.currentNode.parentElement;
    if (!text || holder.closest("script, [hidden], .Z3988")) continue;
    const style = getComputedStyle(holder);
    stretches.push({
      text,
      is_serif: !style.fontFamily.includes("system-ui"),
      size: parseFloat(style.fontSize),
      words_of_source: holder.closest(".theirs, .words, cite")?.innerText || "",
      is_read_on: holder.closest("[data-passage], .argued > .ours") !== null,
    });
  }
  return stretches;
}"""
CHARACTERS_A_LINE = """(paragraphs) => paragraphs
  .filter((paragraph) => paragraph.innerText.length > 250)
  .map((paragraph) => {
    const line = parseFloat(getComputedStyle(paragraph).lineHeight);
    const lines = paragraph.getBoundingClientRect().height / line;
    return paragraph.innerText.length / lines;
  })"""
"""How many characters a line has, in each paragraph that has several lines."""
GAPS_IN_LINES = """() => {
  const gaps = [];
  const passages = [...document.querySelectorAll("[data-passage]")];
  for (const passage of passages) {
    const margin = passage.nextElementSibling;
    const next = passages[passages.indexOf(passage) + 1];
    if (!next) continue;
    const text = passage.getBoundingClientRect();
    const own = margin.getBoundingClientRect();
    const end = own.left >= text.right ? Math.max(text.bottom, own.bottom) : text.bottom;
    const line = parseFloat(getComputedStyle(passage).lineHeight);
    gaps.push((next.getBoundingClientRect().top - end) / line);
  }
  return gaps;
}"""
"""How many lines there are between two passages, below whatever stands beside the first."""
MARGINS = """() => Array.from(document.querySelectorAll("[data-passage]"), (passage) => {
  const text = passage.getBoundingClientRect();
  const margin = passage.nextElementSibling.getBoundingClientRect();
  return {
    passage: passage.id,
    top: margin.top - text.top,
    left: margin.left - text.right,
  };
})"""
"""How far a passage's margin begins below the passage, and to the right of it."""
LOOKS = [
    "color-contrast",  # less than 4.5:1
    "color-contrast-enhanced",  # from there to 7:1
    "link-in-text-block",
    "scrollable-region-focusable",
    "target-size",
]
"""Rules of axe-core whose answer depends on the scheme and on the width of the window."""
BOTTOMS = "(elements) => elements.map((element) => element.getBoundingClientRect().bottom)"


class Stretch(NamedTuple):
    """A stretch of text of a page, as it is set."""

    path: str
    text: str
    is_serif: bool
    size: float
    """Of its letters, in px."""
    words_of_source: str
    """All that is set as the source's where this stands; "" where it is ours."""
    is_read_on: bool
    """Whether it is of an article's text, or of a theme's argument."""


def stretches(page: Page, path: str) -> list[Stretch]:
    """Return every stretch of text of the page that is open."""
    return [Stretch(path, **found) for found in page.evaluate(STRETCHES)]


def widen(page: Page, width: int) -> None:
    """Give the window of an open page another width."""
    page.set_viewport_size({"width": width, "height": 900})


@pytest.fixture(scope="module")
def letters(browser: Browser, served: str) -> list[Stretch]:
    """Every stretch of text of every kind of page, narrow and wide, all of it unfolded."""
    letters = []
    page = browser.new_page()
    for path in KINDS:
        page.goto(served + path)
        page.evaluate(UNFOLD)
        for width in (390, 1280):
            widen(page, width)
            letters += stretches(page, path)
    page.close()
    return letters


def bare(text: str) -> str:
    """Words alone, for comparing what is shown with what articles print."""
    return " ".join(re.sub(r"[^\w£%&]+", " ", text).lower().split())


def letters_of(text: str) -> str:
    """Letters and digits alone: how wide a font's blanks are decides which a PDF is read with."""
    return bare(text).replace(" ", "")


def words_of_sources(library: Library) -> str:
    """Return every word of the sources that a page may show, a text a line."""
    texts = [name for name in library.speakers if name not in library.people]
    for article in library.articles.values():
        texts += [article.title, *article.masthead, *article.omitted]
        texts += [passage.text for passage in article.passages]
        texts += [correction.printed for correction in article.corrections]
    for person in library.people.values():
        texts += [description.words for description in person.described]
    return "\n".join(bare(text) for text in texts)


def test_the_letter_never_lies(
    letters: list[Stretch], library: Library
) -> None:
    """What is set in serif is the sources' words and nothing else, in every place, folded or not;
    everything of ours is sans."""
    sources = words_of_sources(library)

    for stretch in letters:
        place = f"{stretch.path}: {stretch.text}"
        assert stretch.is_serif == bool(stretch.words_of_source), place
        for piece in stretch.words_of_source.split("[…]"):
            assert bare(piece) in sources, place


def test_sizes_are_few_and_none_is_small(letters: list[Stretch]) -> None:
    """At most six sizes of letters on all pages and widths, none under 13 px; text has 17 to 19."""
    sizes = {stretch.size for stretch in letters}

    assert len(sizes) <= 6
    assert min(sizes) >= 13
    for path in (BMJ, TRAINING):
        read_on = [
            stretch.size
            for stretch in letters
            if stretch.path == path and stretch.is_read_on
        ]
        assert 17 <= statistics.median(read_on) <= 19


@pytest.mark.parametrize(
    ("path", "text"), [(BMJ, "p.passage"), (TRAINING, ".ours p")]
)
def test_lines_are_easy_to_follow(
    page: Page, served: str, path: str, text: str
) -> None:
    """A line of text has 60 to 75 characters on a wide screen, in the letters of most machines."""
    page.goto(served + path)

    characters = page.locator(text).evaluate_all(CHARACTERS_A_LINE)

    assert 55 <= statistics.median(characters) <= 75


# Articles


def test_articles_read_on(page: Page, served: str, library: Library) -> None:
    """Between two paragraphs there is a line and a half at most; more only where what is said of
    the first, in the margin, reaches farther down than it does.
    """
    for article in library.articles:
        page.goto(f"{served}/articles/{article}/")
        for width in WIDTHS:
            widen(page, width)

            gaps = page.evaluate(GAPS_IN_LINES)

            assert max(gaps) <= 1.5, f"{article}, {width} px"


def test_what_is_said_of_a_passage_stands_beside_it(
    page: Page, served: str, library: Library
) -> None:
    """Where there is room for two columns, our sentence for each claim is in sight beside the
    passage, in any article: none begins before the passage or 60 px after what is above it ends.
    """
    for article in library.articles:
        page.goto(f"{served}/articles/{article}/")
        sentences = page.locator("[data-beside]")
        assert sentences.count() == len(library.claims_of_article(article))
        for width in (1100, 1280, 1920):
            widen(page, width)

            margins = page.evaluate(MARGINS)

            for margin in margins:
                place = f"{article}: {margin['passage']}, {width} px"
                assert abs(margin["top"]) <= 60, place
                assert margin["left"] > 0, place


def test_the_first_screen_of_an_article_shows_what_is_claimed(
    page: Page, served: str
) -> None:
    """At 1280 × 800 an article's first screen has our sentences for several claims."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(served + BMJ)

    bottoms = page.locator("[data-beside]").evaluate_all(BOTTOMS)

    in_first_screen = [bottom for bottom in bottoms if bottom <= 800]
    assert len(in_first_screen) >= 7


def test_a_phone_shows_the_text_at_once(
    page: Page, served: str, library: Library
) -> None:
    """On a phone an article's text begins in the upper half of the first screen."""
    page.set_viewport_size({"width": 390, "height": 844})
    for article in library.articles:
        page.goto(f"{served}/articles/{article}/")

        top = page.locator("[data-passage]").first.evaluate(
            "p => p.getBoundingClientRect().top"
        )

        assert top <= 422, article


def test_words_and_what_is_said_of_them_show_each_other(
    page: Page, served: str
) -> None:
    """Quoted words have no line under them at rest; a sentence that is pointed at or focused marks
    its words, and words that are pointed at mark their sentences.
    """
    page.goto(served + BMJ)
    words = page.locator("[data-claims~=data-is-junk]").first
    sentence = page.locator("[data-beside=data-is-junk]")
    assert (
        words.evaluate("words => getComputedStyle(words).textDecorationLine")
        == "none"
    )

    sentence.focus()
    expect(words).to_have_class(re.compile("pair"))
    words.hover()

    expect(sentence).to_have_class(re.compile("pair"))


def test_a_selection_is_the_sources_words_alone(
    page: Page, served: str, library: Library
) -> None:
    """All of an article's text selected is its passages, in order, with their own marks."""
    for article in library.articles.values():
        page.goto(f"{served}/articles/{article.id}/")
        text = "document.querySelector('.edition')"
        page.evaluate(f"getSelection().selectAllChildren({text})")

        selected = page.evaluate("String(getSelection())")

        assert (
            selected.split()
            == " ".join(p.text for p in article.passages).split()
        )


@pytest.mark.parametrize("width", [1280, 390])
def test_notes_open_in_place(
    page: Page, served: str, library: Library, width: int
) -> None:
    """A passage's claims and notes open without script, wholly within the window wherever the page
    is scrolled to, and close by a button.
    """
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(served + BMJ)
    for button in page.locator(".noted").all():
        button.click()
        notes = page.locator(":popover-open")

        box: Any = notes.bounding_box()

        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert box["y"] >= 0 and box["y"] + box["height"] <= 845
        notes.get_by_role("button", name="Close").click()
        assert not notes.is_visible()


def test_reader_views_have_the_article_alone(
    page: Page, served: str, library: Library
) -> None:
    """Whatever is ours on an article's page stands outside its text, or in an element that the
    extractors of reader views drop: an aside, or one whose class says that it is a sidebar.
    """
    for article in library.articles.values():
        page.goto(f"{served}/articles/{article.id}/")
        page.evaluate(
            "document.querySelectorAll('aside, .sidebar').forEach((element) => element.remove())"
        )

        text = page.get_by_role("article").inner_text()

        assert (
            text.split() == " ".join(p.text for p in article.passages).split()
        )
        assert page.locator(".edition > :not(.passage)").count() == 0


# Paper


class Paper(NamedTuple):
    """A page as it is printed: its text, a form feed after each sheet, and its claims."""

    text: str
    claims: list[Claim]


def print_page(page: Page, path: Path, library: Library) -> Paper:
    """Print the open page on A4, by way of a PDF at a path."""
    margins: Any = dict.fromkeys(("top", "bottom", "left", "right"), "18mm")
    page.pdf(path=path, format="A4", margin=margins)
    text = subprocess.check_output(["pdftotext", "-raw", path, "-"], text=True)
    claims = page.locator("[data-claim]").evaluate_all(
        "(elements) => elements.map((element) => element.dataset.claim)"
    )
    return Paper(text, [library.claims[id] for id in claims])


@pytest.mark.skipif(
    not shutil.which("pdftotext"), reason="poppler-utils is not installed"
)
@pytest.mark.parametrize(
    ("path", "most_sheets"),
    [(BMJ, 4), (TRAINING, 6)],
    ids=["article", "theme"],
)
def test_paper_has_all_that_is_said(
    page: Page,
    served: str,
    library: Library,
    tmp_path: Path,
    path: str,
    most_sheets: int,
) -> None:
    """On paper: few sheets, our sentences with the text, one bibliography of every source, no raw
    addresses of words."""
    page.goto(served + path)

    paper = print_page(page, tmp_path / "pdf", library)

    assert paper.text.count("\f") <= most_sheets
    assert ":~:text" not in paper.text
    assert paper.claims
    for claim in paper.claims[:5]:
        assert letters_of(claim.says) in letters_of(paper.text)
    if path == TRAINING:
        assert paper.text.count("Sources\n") == 1
        bibliography = letters_of(paper.text.partition("Sources\n")[2])
        for claim in paper.claims:
            title = library.articles[claim.article].title
            assert letters_of(title) in bibliography


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_black_on_white(page: Page, served: str, scheme: str) -> None:
    """Whichever scheme a reader has chosen, paper is white and ink is black."""
    page.goto(served + TRAINING)
    page.locator(":root").evaluate(
        "(root, scheme) => { root.dataset.scheme = scheme; }", scheme
    )
    page.emulate_media(media="print")

    ink, paper = page.locator("body").evaluate(
        "(body) => [getComputedStyle(body).color, getComputedStyle(body).backgroundColor]"
    )

    assert ink == "rgb(0, 0, 0)"
    assert paper == "rgb(255, 255, 255)"


@pytest.mark.parametrize(
    "path", [BMJ, TRAINING, "/claims/data-is-junk/", "/about/"]
)
def test_paper_is_read_with_ease(page: Page, served: str, path: str) -> None:
    """On paper no line of text has more than 75 characters, and no letter is smaller than 8 pt."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4_WIDTH, "height": 900})
    page.goto(served + path)

    characters = page.locator("main p:visible").evaluate_all(CHARACTERS_A_LINE)
    sizes = [stretch.size for stretch in stretches(page, path)]

    assert max(characters, default=0) <= 75
    assert min(sizes) >= 8 * PX_PER_PT


def test_forced_colours_keep_what_is_marked(page: Page, served: str) -> None:
    """Where colours are the reader's own, borders tell what is marked and what is chosen."""
    page.emulate_media(forced_colors="active")
    told_by_border = {
        "/claims/data-is-junk/": "mark",
        BMJ: ".quoted",
        f"{TRAINING}by-person/": ".views [aria-current]",
        "/": ".m",
    }
    for path, element in told_by_border.items():
        page.goto(served + path)

        border = page.locator(element).first.evaluate(
            "(element) => getComputedStyle(element).borderStyle"
        )

        assert border == "solid", element


def test_no_sideways_scroll(page: Page, served: str) -> None:
    """No page is wider than the screen, from 320 px (1,280 at 400%) to 2,560."""
    for path in KINDS:
        page.goto(served + path)
        for width in (*WIDTHS, 2560):
            widen(page, width)

            wider = page.evaluate(
                "document.documentElement.scrollWidth - innerWidth"
            )

            assert wider <= 0, f"{path}, {width} px"


@pytest.mark.parametrize("width", [1024, 1280, 1920])
def test_the_header_is_one_line(page: Page, served: str, width: int) -> None:
    """A wide screen has the header on one line, and the count of what is collected in view."""
    page.add_init_script("localStorage['/collection'] = 'data-is-junk x y z'")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{served}/about/#data")
    height = page.locator(".masthead").evaluate(HEIGHT_IN_LETTERS)
    assert height <= 4
    expect(page.get_by_role("link", name="Collection (4)")).to_be_in_viewport()


# Who can use them


def breaches(page: Page, rules: dict[str, Any]) -> dict[str, Any]:
    """Return what axe-core finds wrong in a page: rule -> the first elements that breach it.

    `rules` says which are asked: https://github.com/dequelabs/axe-core/blob/develop/doc/API.md.
    """
    options = {
        "runOnly": rules,
        "resultTypes": ["violations"],
    }
    found = Axe().run(page, options=options).response["violations"]
    return {
        breach["id"]: [node["target"] for node in breach["nodes"]][:3]
        for breach in found
    }


def test_axe_finds_nothing(browser: Browser, served: str) -> None:
    """axe-core finds no breach of WCAG 2.2 A, AA and AAA (contrast 7:1, targets 24 px), nor of best
    practice, on any kind of page with all of it unfolded. What depends on the scheme and the width
    is asked in dark on a phone and in light on a wide screen, all else once."""
    tags = ["best-practice"]
    for version in (2, 21, 22):
        tags += [f"wcag{version}a", f"wcag{version}aa", f"wcag{version}aaa"]
    page = browser.new_page(bypass_csp=True)
    for path in KINDS:
        page.goto(served + path)
        page.evaluate(UNFOLD)
        page.evaluate("document.querySelector('[popover]')?.showPopover()")

        page.emulate_media(color_scheme="dark")
        widen(page, 320)
        narrow = breaches(page, {"type": "tag", "values": tags})
        page.emulate_media(color_scheme="light")
        widen(page, 1280)
        wide = breaches(page, {"type": "rule", "values": LOOKS})

        assert narrow == {}, path
        assert wide == {}, path
    page.close()


def test_the_first_view_is_light(site_app: Flask) -> None:
    """Page, style sheet and scripts as a browser gets them for the screen: at most 14 kB at the
    median over all pages, 24 kB on the first page, and 20 kB on any other.
    """
    client = Client(site_app)
    with site_app.test_request_context():
        addresses = paths()

    sizes = {address: first_view(client, address) for address in addresses}

    assert sizes.pop("/") <= 24_000
    assert max(sizes.values()) <= 20_000
    assert statistics.median(sizes.values()) <= 14_000


def first_view(client: Client, address: str) -> int:
    """Return the bytes of a page and of what it loads for the screen."""
    page = client.get(address, headers={"Accept-Encoding": "br"})
    html = brotli.decompress(page.data).decode()
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)">', html)
    scripts = re.findall(r'<script src="([^"]+)"', html)
    loaded = [size_of(client, file) for file in (*styles, *scripts)]
    return len(page.data) + sum(loaded)


def size_of(client: Client, address: str) -> int:
    """Return the bytes of a file as a browser gets it."""
    return len(client.get(address, headers={"Accept-Encoding": "br"}).data)
