"""How pages look, in a real browser: letters, sizes, space, print, and who can use them."""

import re
import shutil
import statistics
import subprocess
from pathlib import Path
from typing import Any

import brotli
import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.test import Client

from reference.pages.addresses import paths
from reference.records import Library

BMJ = "/articles/complex-infrastructure-excessive-control/"
TRAINING = "/themes/training/"
KINDS = [
    *(
        "/",
        "/themes/",
        TRAINING,
        "/disagreements/",
        "/articles/",
        BMJ,
        "/people/",
    ),
    *(
        "/people/laurence-buckman/on/support/",
        "/claims/page/3/",
        "/claims/data-is-junk/",
        "/about/",
    ),
    *(
        "/search/?q=buckman",
        "/collection/?claim=data-is-junk&claim=pbc-as-customer-of-pct",
    ),
    "/no-such-page/",
]
WIDTHS = [320, 390, 768, 1280, 1920]
PX_PER_PT = 96 / 72
A4_WIDTH = 672
"""Of the text on A4 between its margins, in px."""
HEIGHT_IN_LETTERS = """each => each.offsetHeight
  / parseFloat(getComputedStyle(document.documentElement).fontSize)"""
OPEN = "document.querySelectorAll('details').forEach(each => { each.open = true; })"
LETTERS = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim(), holder = walk.currentNode.parentElement;
    if (!text || holder.closest('script, [hidden], .Z3988')) continue;
    const style = getComputedStyle(holder);
    found.push({text, serif: !style.fontFamily.includes('system-ui'),
                whole: holder.closest('.theirs, .words, cite')?.innerText || '',
                in_text: !!holder.closest('[data-passage], .argued > .ours'),
                size: parseFloat(style.fontSize)});
  }
  return found;
}"""
"""Every stretch of text: its letter, its size, and the whole that is set as the source's."""
LINES = """all => all.filter(each => each.innerText.length > 250).map(each => each.innerText.length
  * parseFloat(getComputedStyle(each).lineHeight) / each.getBoundingClientRect().height)"""
GAPS_IN_LINES = """() => {
  const gaps = [];
  for (const passage of document.querySelectorAll("[data-passage]")) {
    const margin = passage.nextElementSibling;
    const next = margin.nextElementSibling;
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
    "color-contrast-enhanced",
    "link-in-text-block",
    "scrollable-region-focusable",
    "target-size",
]
"""Rules of axe-core whose answer depends on the scheme and on the width of the window."""
BOTTOMS = "all => all.map((each) => each.getBoundingClientRect().bottom)"


@pytest.fixture(scope="module")
def letters(browser: Browser, served: str) -> list[tuple[str, Any]]:
    """(path, stretch of text) of every kind of page, narrow and wide, all of it unfolded."""
    found = []
    page = browser.new_page()
    for path in KINDS:
        page.goto(served + path)
        page.evaluate(OPEN)
        for width in (390, 1280):
            widen(page, width)
            found += [(path, each) for each in page.evaluate(LETTERS)]
    page.close()
    return found


def widen(page: Page, width: int) -> None:
    """Give the window of an open page another width."""
    page.set_viewport_size({"width": width, "height": 900})


def bare(text: str) -> str:
    """Words alone, for comparing what is shown with what articles print."""
    return " ".join(re.sub(r"[^\w£%&]+", " ", text).lower().split())


def letters_of(text: str) -> str:
    """Letters and digits alone: how wide a font's blanks are decides which a PDF is read with."""
    return bare(text).replace(" ", "")


def theirs(library: Library) -> str:
    """Every word of the sources that a page may show."""
    texts: list[str] = [
        group for group in library.speakers if group not in library.people
    ]
    for article in library.articles.values():
        texts += [article.title, *article.masthead, *article.omitted]
        texts += [passage.text for passage in article.passages]
        texts += [correction.printed for correction in article.corrections]
    texts += [
        each.words
        for person in library.people.values()
        for each in person.described
    ]
    return "\n".join(map(bare, texts))


def test_the_letter_never_lies(
    letters: list[tuple[str, Any]], library: Library
) -> None:
    """What is set in serif is the sources' words and nothing else, in every place, folded or not;
    everything of ours is sans."""
    sources = theirs(library)
    for path, each in letters:
        assert each["serif"] == bool(each["whole"]), f"{path}: {each['text']}"
        for piece in each["whole"].split("[…]"):
            assert bare(piece) in sources, f"{path}: {piece}"


def test_sizes_are_few_and_none_is_small(
    letters: list[tuple[str, Any]],
) -> None:
    """At most six sizes of letters on all pages and widths, none under 13 px; text has 17 to 19."""
    sizes = {each["size"] for _, each in letters}
    assert len(sizes) <= 6 and min(sizes) >= 13
    for path in (BMJ, TRAINING):
        text = [
            each["size"]
            for at, each in letters
            if at == path and each["in_text"]
        ]
        assert text and 17 <= statistics.median(text) <= 19


@pytest.mark.parametrize(
    ("path", "text"), [(BMJ, "p.passage"), (TRAINING, ".ours p")]
)
def test_lines_are_easy_to_follow(
    page: Page, served: str, path: str, text: str
) -> None:
    """A line of text has 60 to 75 characters on a wide screen, in the letters of most machines."""
    page.goto(served + path)

    characters = page.locator(text).evaluate_all(LINES)

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
            "document.querySelectorAll('aside, .sidebar').forEach((own) => own.remove())"
        )

        text = page.locator("article").inner_text()

        assert (
            text.split() == " ".join(p.text for p in article.passages).split()
        )
        assert page.locator("article > :not(.passage)").count() == 0


# Paper


@pytest.mark.skipif(
    not shutil.which("pdftotext"), reason="poppler-utils is not installed"
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("path", "most"), [(BMJ, 4), (TRAINING, 6)])
def test_print(
    page: Page,
    served: str,
    library: Library,
    tmp_path: Path,
    path: str,
    most: int,
    scheme: str,
) -> None:
    """On paper: few pages, dark on white from either scheme, our sentences and notes with the text,
    one bibliography, no raw addresses of words."""
    page.goto(served + path)
    page.evaluate(
        "scheme => { document.documentElement.dataset.scheme = scheme; }",
        scheme,
    )
    margin: Any = dict.fromkeys(("top", "bottom", "left", "right"), "18mm")
    page.pdf(path=tmp_path / "pdf", format="A4", margin=margin)
    text = subprocess.check_output(
        ["pdftotext", "-raw", tmp_path / "pdf", "-"], text=True
    )
    assert (
        text.count("\f") <= most and ":~:text" not in text
    )  # a form feed ends a page
    page.emulate_media(media="print")
    ink, paper = page.locator("body").evaluate(
        "each => [getComputedStyle(each).color, getComputedStyle(each).backgroundColor]"
    )
    assert (ink, paper) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")
    listed = page.locator("[data-claim]").evaluate_all(
        "all => all.map(c => c.dataset.claim)"
    )
    shown = [library.claims[id] for id in listed]
    assert shown
    assert all(
        letters_of(claim.says) in letters_of(text) for claim in shown[:5]
    )
    if path == TRAINING:
        sources = letters_of(text.partition("Sources\n")[2])
        assert text.count("Sources\n") == 1
        assert all(
            letters_of(library.articles[claim.article].title) in sources
            for claim in shown
        )


@pytest.mark.parametrize(
    "path", [BMJ, TRAINING, "/claims/data-is-junk/", "/about/"]
)
def test_paper_is_read_with_ease(page: Page, served: str, path: str) -> None:
    """On paper no line of text has more than 75 characters, and no letter is smaller than 8 pt."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4_WIDTH, "height": 900})
    page.goto(served + path)

    characters = page.locator("main p:visible").evaluate_all(LINES)
    sizes = [letter["size"] for letter in page.evaluate(LETTERS)]

    assert max(characters, default=0) <= 75
    assert min(sizes) >= 8 * PX_PER_PT


def test_forced_colours_keep_what_is_marked(page: Page, served: str) -> None:
    """Where colours are the reader's own, borders tell what is marked and what is chosen."""
    page.emulate_media(forced_colors="active")
    chosen = (f"{TRAINING}by-person/", ".views [aria-current]")
    for path, marked in (
        ("/claims/data-is-junk/", "mark"),
        (BMJ, ".quoted"),
        chosen,
        ("/", ".m"),
    ):
        page.goto(served + path)
        border = page.locator(marked).first.evaluate(
            "each => getComputedStyle(each).borderStyle"
        )
        assert border == "solid", marked


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
        "rules": {
            "color-contrast": {"enabled": False}
        },  # "enhanced" asks for more
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
        page.evaluate(OPEN)
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
