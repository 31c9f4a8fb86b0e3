"""The reader's three journeys in a real browser, with and without script, and accessibility."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

KINDS = [
    "/",
    "/themes/",
    "/themes/pct-gp-relations/",
    "/articles/",
    "/articles/complex-infrastructure-excessive-control/",
    "/people/",
    "/people/johnny-marshall/",
    "/claims/",
    "/claims/data-is-junk/",
    "/about/",
    "/search/?q=buckman+junk",
    "/search/?q=xyzzy",
    "/collection/?claim=data-is-junk&claim=pbc-as-customer-of-pct",
    "/no-such-page/",
]
WIDTHS = [320, 768, 1280, 2560]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page with script; whatever the browser complains of fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert not [text for text in complaints if "404" not in text], complaints


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A page without script."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(browser: Browser, served: str, width: int, scheme: Any) -> None:
    """axe-core finds no breach of WCAG 2.2 A and AA, nor of best practice, on any page kind."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page, found = context.new_page(), {}
    for path in KINDS:
        page.goto(served + path)
        result = Axe().run(page, options={"runOnly": {"type": "tag", "values": rules}})
        if result.violations_count:
            found[path] = [
                (v["id"], [n["target"] for n in v["nodes"]][:3])
                for v in result.response["violations"]
            ]
    context.close()
    assert not found


@pytest.mark.parametrize("width", WIDTHS)
def test_no_sideways_scroll(browser: Browser, served: str, width: int) -> None:
    """No page is wider than the screen, from 320 to 2,560 px."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    for path in KINDS:
        page.goto(served + path)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, path
    context.close()


def test_the_browser(plain: Page, served: str) -> None:
    """Home, theme, claim, passage: by links alone, without script, to the very words."""
    plain.goto(served)
    plain.get_by_role("link", name="Data quality", exact=True).first.click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Data quality")
    plain.locator("#data-is-junk .says a").click()
    expect(plain.locator(".exhibit .words")).to_contain_text(
        "But I have to tell you the data is junk"
    )
    plain.get_by_role("link", name="Passage 11 here").click()
    expect(plain).to_have_url(f"{served}/articles/complex-infrastructure-excessive-control/#p11")
    expect(plain.locator("#p11")).to_be_in_viewport()


def test_the_searcher(plain: Page, served: str) -> None:
    """Half a phrase typed into the box opens the passage, without script."""
    plain.goto(served)
    plain.get_by_role("searchbox").fill("the data is junk")
    plain.get_by_role("button", name="Find").click()
    first = plain.locator(".hit").first
    expect(first).to_contain_text("Laurence Buckman")
    expect(first.locator("mark").first).to_be_visible()
    first.locator("h2 a").click()
    expect(plain).to_have_url(f"{served}/articles/complex-infrastructure-excessive-control/#p11")


def test_the_citer(plain: Page, served: str) -> None:
    """A reference stands on a claim's page as text, and ticked claims become a collection."""
    plain.goto(f"{served}/claims/data-is-junk/")
    expect(plain.locator("#cite-vancouver")).to_contain_text("White C. Complex infrastructure")
    plain.goto(f"{served}/people/laurence-buckman/")
    for box in plain.locator("input[name=claim]").all()[:2]:
        box.check()
    plain.get_by_role("button", name="Show the collection").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Collection")
    expect(plain.locator(".claim")).to_have_count(2)
    expect(plain.locator("#bibliography-list li")).to_have_count(1)


def test_copying(page: Page, served: str) -> None:
    """With script a button copies the citation and says so aloud."""
    page.goto(f"{served}/claims/data-is-junk/")
    page.locator("[data-copy='#copy-vancouver']").click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("Buckman L, quoted in: White C. Complex infrastructure")


def test_suggestions(page: Page, served: str) -> None:
    """`/` focuses the box; typing offers people; arrows and Enter open one; Escape closes."""
    page.goto(f"{served}/about/")
    page.keyboard.press("/")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    box.press_sequentially("buckm")
    option = page.get_by_role("option", name="Laurence Buckman").first
    expect(option).to_be_visible()
    page.keyboard.press("Escape")
    expect(option).to_be_hidden()
    box.press_sequentially("a")
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{served}/people/laurence-buckman/")


def test_a_note_opens_in_place(page: Page, served: str) -> None:
    """A note's number opens the claim where it is read; Escape returns to the number."""
    page.goto(f"{served}/themes/data-quality/")
    number = page.locator("a.ref[data-claim='data-is-junk']").first
    number.click()
    expect(page.get_by_role("note")).to_contain_text("But I have to tell you the data is junk")
    assert page.url == f"{served}/themes/data-quality/"
    page.keyboard.press("Escape")
    expect(page.get_by_role("note")).to_be_hidden()
    expect(number).to_be_focused()


def test_the_collection_is_remembered(page: Page, served: str) -> None:
    """A claim ticked on one page is in the collection on the next, until it is forgotten."""
    page.goto(f"{served}/people/laurence-buckman/")
    page.locator("input[value=data-is-junk]").check()
    page.goto(f"{served}/themes/training/")
    page.get_by_role("link", name="Collection (1)").click()
    expect(page.locator(".claim")).to_have_count(1)
    page.get_by_role("button", name="Forget the remembered ticks").click()
    page.goto(f"{served}/people/laurence-buckman/")
    expect(page.locator("input[value=data-is-junk]")).not_to_be_checked()
    expect(page.locator("[data-collected]")).to_be_hidden()


def test_schemes(page: Page, served: str) -> None:
    """The scheme follows the system, can be switched, and stays switched."""
    page.goto(served)
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark
    page.goto(f"{served}/about/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_two_voices(page: Page, served: str) -> None:
    """The source's words are set in serif, ours in sans, on each page kind."""
    for path in KINDS[:11]:
        page.goto(served + path)
        for selector, family in ((".theirs, .words", "serif"), (".says, .lead, .who", "system-ui")):
            fonts = page.eval_on_selector_all(
                selector, "all => all.map(each => getComputedStyle(each).fontFamily)"
            )
            for font in fonts:
                generic = font.rsplit(",", 1)[-1].strip()
                assert (generic == "serif") if family == "serif" else font.startswith("system-ui")


def test_keyboard(page: Page, served: str) -> None:
    """Tab reaches the skip link first, and every control on the page with a visible mark."""
    page.goto(f"{served}/themes/data-quality/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    total = page.locator("a[href]:visible, button:visible, input:visible, summary:visible").count()
    reached = set()
    for _ in range(total + 20):
        mark = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e);
                 return [[...document.querySelectorAll('*')].indexOf(e), s.outlineStyle]; }"""
        )
        assert mark[1] != "none"
        if mark[0] in reached:
            break
        reached.add(mark[0])
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
    assert len(reached) >= total


def test_print(page: Page, served: str) -> None:
    """On paper a claim keeps its citation and address and loses the site's furniture."""
    page.goto(f"{served}/claims/data-is-junk/")
    page.emulate_media(media="print")
    expect(page.locator("header.masthead")).to_be_hidden()
    expect(page.locator("#cite-vancouver")).to_be_visible()
