"""Script in a real browser, live and in the static copy; and the reader's journeys without it."""

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.served import ROOT, in_a_thread

ARTICLE = "/articles/complex-infrastructure-excessive-control/"
CLAIM, PERSON, THEME = "/claims/data-is-junk/", "/people/laurence-buckman/", "/themes/training/"
KINDS = ["/", THEME, ARTICLE, PERSON, CLAIM, "/search/?q=junk", "/collection/?claim=data-is-junk"]


@pytest.fixture(scope="session")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an exported copy, under a plain server of files, without a trailing slash."""
    folder = tmp_path_factory.mktemp("copy") / "site"
    command = [sys.executable, str(ROOT / "app.py"), "export", str(folder)]
    run = [*command, "--index", str(folder.with_name("index"))]
    subprocess.run(run, check=True, capture_output=True)
    files = partial(_Quiet, directory=str(folder))
    with in_a_thread(ThreadingHTTPServer(("127.0.0.1", 0), files)) as at:
        yield at


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(params=["live", "copy"])
def site(request: pytest.FixtureRequest) -> str:
    """The site, live and as a copy: what holds for one holds for the other."""
    found: str = request.getfixturevalue("served" if request.param == "live" else "copied")
    return found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A reader's browser; whatever a page of it complains of fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    yield context
    context.close()
    expected = ("404", "Opener-Policy", "ERR_FAILED")
    assert not [text for text in complaints if not any(word in text for word in expected)]


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A page without script."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def pasted(page: Page) -> tuple[str, str]:
    """What a reader pastes now: as plain text, and as HTML."""
    page.evaluate(
        """() => { const field = document.createElement("div"); field.contentEditable = "true";
        document.body.append(field); field.focus();
        field.addEventListener("paste", (event) => { event.preventDefault();
          field.id = "pasted"; field.textContent = JSON.stringify(["text/plain", "text/html"]
            .map((type) => event.clipboardData.getData(type))); }); }"""
    )
    page.keyboard.press("Control+v")
    text, html = json.loads(page.locator("#pasted").inner_text())
    page.locator("#pasted").evaluate("(field) => field.remove()")
    return text, html


def select(page: Page, passage: int, words: str) -> None:
    """Select words of a passage, from wherever in it they begin to wherever they end."""
    page.evaluate(
        """([passage, words]) => { const place = document.querySelector(`[data-passage="${passage}"]`),
        texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT), range = new Range();
        const from = place.textContent.indexOf(words);
        for (let at = 0; texts.nextNode(); at += texts.currentNode.length) {
          const node = texts.currentNode, inside = (to) => to >= at && to <= at + node.length;
          if (inside(from)) range.setStart(node, from - at);
          if (inside(from + words.length)) { range.setEnd(node, from + words.length - at); break; } }
        getSelection().removeAllRanges(); getSelection().addRange(range); }""",
        [passage, words],
    )


def citations(site: str, article: str, style: int = 0) -> Any:
    with urlopen(f"{site}{article.rstrip('/')}.citations.json") as answer:
        return json.load(answer)["styles"][style]


def bar(page: Page) -> Locator:
    return page.get_by_role("toolbar", name="Selected words")


def test_script_is_small() -> None:
    """What every page loads of script is at most 4 kB compressed."""
    assert len(gzip.compress((ROOT / "static" / "site.js").read_bytes(), 9)) <= 4096


def test_one_style_is_shown_and_remembered(context: BrowserContext, site: str) -> None:
    """One citation style is shown; another, once chosen, is shown everywhere: on other pages, in a
    tab that was open before, in the collection's address."""
    page, other = context.new_page(), context.new_page()
    page.goto(site + CLAIM)
    other.goto(site + ARTICLE)
    expect(page.locator("[data-style]:visible")).to_have_count(1)
    page.get_by_label("Collect").first.check()
    page.locator("[data-cite]").get_by_label("Style").select_option("mla")
    for each in (page, other):
        expect(each.locator("[data-style]:visible")).to_have_attribute("data-style", "mla")
        expect(each.locator("[data-cite] select")).to_have_value("mla")
    page.get_by_role("link", name="Collection (1)").click()
    expect(page.get_by_label("Style")).to_have_value("mla")
    page.goto(site + CLAIM)
    expect(page.locator("[data-style]:visible")).to_have_attribute("data-style", "mla")


@pytest.mark.parametrize("host", ["127.0.0.1", "reference.test"])
def test_a_quotation_is_copied(page: Page, site: str, host: str) -> None:
    """One click copies the words with their in-text citation and, under them, the reference, in the
    reader's style, plain and as HTML with its italics; on a plain-HTTP host name too. It is seen."""
    at = site.replace("127.0.0.1", host)
    page.goto(at + PERSON)
    page.evaluate("localStorage.style = 'apa'")
    claim = page.locator("[data-claim=data-is-junk]")
    claim.get_by_role("button", name="Copy quotation").dblclick()
    expect(claim.get_by_role("button", name="Copied")).to_be_visible()
    expect(page.get_by_role("status").last).to_have_text("Copied, cited in APA 7")
    text, html = pasted(page)
    style = next(s for n in range(5) if (s := citations(site, ARTICLE, n))["id"] == "apa")
    words = "“But I have to tell you the data is junk”"
    first, second = text.split("\n")
    assert first == f"{words} {style['claims']['data-is-junk']}"
    assert second == re.sub(r"<[^>]+>", "", style["reference"]) and "<em>BMJ</em>" in html
    expect(claim.get_by_role("button", name="Copy quotation")).to_be_visible()


def test_what_is_shown_is_copied(page: Page, site: str) -> None:
    """Each reference and in-text citation has a button that copies it as it stands."""
    page.goto(site + CLAIM)
    for kind, place in (("reference", ".reference"), ("in-text citation", ".in-text")):
        shown = page.locator(f"[data-style]:visible {place}").inner_text()
        page.get_by_role("button", name=f"Copy the {kind}").click()
        expect(page.get_by_role("status")).to_have_text("Copied")
        assert pasted(page)[0] == " ".join(shown.split())


@pytest.mark.parametrize("fault", ["clipboard", "network"])
def test_a_failure_to_copy_is_seen(page: Page, served: str, fault: str) -> None:
    """Where nothing can be copied, the button says so, and the words stand there to copy by hand;
    where the citation cannot be fetched, that is said."""
    if fault == "network":
        page.route("**/*.citations.json", lambda route: route.abort())
    page.add_init_script(
        "navigator.clipboard.write = () => Promise.reject(); document.execCommand = () => false;"
    )
    page.goto(served + PERSON)
    page.get_by_role("button", name="Copy quotation").first.click()
    expect(page.get_by_role("button", name="Not copied")).to_be_visible()
    words = page.locator("[data-words]").first.inner_text() if fault == "clipboard" else "fetched"
    expect(page.get_by_role("status")).to_contain_text(words)
    expect(page.get_by_role("status")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.get_by_role("status")).to_be_empty()


def test_selected_words_are_copied(page: Page, site: str) -> None:
    """Words selected within a passage are copied with the passage's citation, or with the claim's
    if they are its own; with the keyboard too; Escape puts the bar away."""
    page.goto(site + ARTICLE)
    style = citations(site, ARTICLE)
    page.locator("[data-passage='3']").click(click_count=3, position={"x": 40, "y": 10})
    bar(page).get_by_role("button", name="Copy with citation").click()
    expect(page.get_by_role("status")).to_contain_text("Copied")
    whole = " ".join(page.locator("[data-passage='3']").inner_text().split())
    first = pasted(page)[0].split("\n")[0]
    assert first == f"“{whole}” {style['in_text'].replace('{n}', '3')}"
    select(page, 11, "tell you the data")
    bar(page).get_by_role("button", name="Copy with citation").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Copied")
    first = pasted(page)[0].split("\n")[0]
    assert first == f"“tell you the data” {style['claims']['data-is-junk']}"
    select(page, 11, "data is junk")
    expect(bar(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(bar(page)).to_be_hidden()


def test_the_bar_is_reached_by_keyboard(page: Page, served: str) -> None:
    """From selected words, Tab goes on to the bar within the passage, past its own links only."""
    page.goto(served + ARTICLE)
    page.locator("[data-passage='8']").dblclick(position={"x": 60, "y": 10})
    expect(bar(page)).to_be_visible()
    links = page.locator("[data-passage='8'] a").count()
    for _ in range(links + 1):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.selected-bar') !== null"):
            break
    expect(bar(page).get_by_role("button", name="Copy with citation")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert pasted(page)[0] == f"{served}{ARTICLE}#p8"


MARKS = [
    ("the data is junk", "“the data is junk”"),
    ("the data is junk,” he declared", "“‘the data is junk,’ he declared”"),
    ("“But I have to tell you the data is junk,”", "“But I have to tell you the data is junk,”"),
    ("“But I have to tell you the data", "“But I have to tell you the data”"),
]


@pytest.mark.parametrize(("words", "copied_as"), MARKS)
def test_marks_alternate(page: Page, served: str, words: str, copied_as: str) -> None:
    """Marks within the marks of a quotation alternate, and none is left without its fellow."""
    page.goto(served + ARTICLE)
    select(page, 11, words)
    bar(page).get_by_role("button", name="Copy with citation").click()
    expect(page.get_by_role("status")).to_contain_text("Copied")
    assert pasted(page)[0].startswith(f"{copied_as} (") or f"{copied_as} according" in pasted(page)[0]


def test_the_browsers_own_copy_is_its_own(page: Page, served: str) -> None:
    """Ctrl+C copies the selection and nothing else, and over two passages no bar is offered."""
    page.goto(served + ARTICLE)
    select(page, 11, "the data is junk")
    expect(bar(page)).to_be_visible()
    page.keyboard.press("Control+c")
    assert pasted(page)[0] == "the data is junk"
    page.evaluate(
        """getSelection().setBaseAndExtent(document.querySelector("[data-passage='3']"), 0,
        document.querySelector("[data-passage='5']"), 1)"""
    )
    page.wait_for_timeout(400)
    expect(bar(page)).to_be_hidden()
