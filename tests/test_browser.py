"""Script in a real browser, live and in the static copy; and the reader's journeys without it."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from reference.citation.styles import STYLES
from tests.browsing import bar

ARTICLE = "/articles/complex-infrastructure-excessive-control/"
CLAIM, PERSON, THEME = (
    "/claims/data-is-junk/",
    "/people/laurence-buckman/",
    "/themes/training/",
)
KINDS = [
    "/",
    THEME,
    ARTICLE,
    PERSON,
    CLAIM,
    "/search/?q=junk",
    "/collection/?claim=data-is-junk",
]
LONGER_THAN_A_DOUBLE_CLICK = 500
"""Milliseconds."""


def test_one_style_is_shown_and_remembered(
    context: BrowserContext, site: str
) -> None:
    """One style is shown; another, once chosen, is everywhere: in open tabs, in the collection."""
    page, other = context.new_page(), context.new_page()
    page.goto(site + CLAIM)
    other.goto(site + ARTICLE)
    expect(page.locator("[data-style]:visible")).to_have_attribute(
        "data-style", "harvard"
    )
    page.get_by_label("Collect").first.check()
    page.locator("[data-cite]").get_by_label("Style").select_option("mla")
    for each in (page, other):
        expect(each.locator("[data-style]:visible")).to_have_attribute(
            "data-style", "mla"
        )
        expect(each.locator("[data-cite] select")).to_have_value("mla")
    page.get_by_role("link", name="Collection (1)").click()
    expect(page.get_by_label("Style")).to_have_value("mla")
    expect(page.get_by_role("button", name="Apply")).to_be_hidden()
    page.get_by_label("Style").select_option("vancouver")
    expect(page.locator(".bibliography li")).to_contain_text(
        "1. White C. Complex"
    )


def test_quoted_words_can_be_selected(page: Page, served: str) -> None:
    """Quoted words are selected by dragging over them and by a double click, and stay on the page;
    a single click opens their claim. From a selection, Tab leads to what can be done with it.
    """
    page.goto(served + ARTICLE)
    words = page.locator("[data-passage='11'] .quoted").last
    words.evaluate(
        "(words) => words.scrollIntoView({ block: 'center', behavior: 'instant' })"
    )
    x, y = words.evaluate(
        "(a) => { const b = a.getClientRects()[0]; return [b.x + 4, b.y + 9]; }"
    )

    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=5)
    page.mouse.up()
    expect(bar(page)).to_be_visible()
    page.keyboard.press("Tab")
    expect(bar(page).locator("[data-selected]")).to_be_focused()

    page.mouse.dblclick(x + 90, y)
    page.wait_for_timeout(LONGER_THAN_A_DOUBLE_CLICK)
    assert len(page.evaluate("`${getSelection()}`").split()) == 1
    expect(page).to_have_url(served + ARTICLE)

    page.mouse.click(x, y)
    expect(page).to_have_url(re.compile("/claims/"))


def test_a_long_press_selects_a_quoted_word(
    browser: Browser, served: str
) -> None:
    """On a touch screen quoted words are no link: a long press selects a word of them."""
    context = browser.new_context(
        has_touch=True, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto(served + ARTICLE)

    links = page.locator("[data-passage] a:not(.term)").count()
    tapped = page.locator("[data-passage='3'] .quoted").first
    tapped.tap()

    assert links == 0
    expect(page).to_have_url(re.compile("/claims/"))
    context.close()


def test_suggestions_are_links(context: BrowserContext, served: str) -> None:
    """Suggestions are links in a combobox: pressed with Ctrl or the middle button they open beside
    this page; arrows and Enter open one; Escape, or going elsewhere, closes them."""
    page = context.new_page()
    page.goto(f"{served}/about/")
    box = page.get_by_role("combobox", name="Search")
    option = (
        page.get_by_role("listbox", name="Suggestions")
        .get_by_role("option")
        .first
    )
    box.press_sequentially("buckm")
    expect(option).to_contain_text("Laurence Buckman")
    expect(option).to_have_attribute("href", PERSON)
    expect(box).to_have_attribute("aria-expanded", "true")
    for press in ({"modifiers": ["Control"]}, {"button": "middle"}):
        with context.expect_page() as opened:
            option.click(**press)
        expect(opened.value).to_have_url(served + PERSON)
        expect(page).to_have_url(f"{served}/about/")
    box.press("Escape")
    expect(option).to_be_hidden()
    expect(box).to_have_value("buckm")
    box.press("End")
    box.press_sequentially("a")
    expect(option).to_be_visible()
    page.mouse.move(0, 400)
    page.keyboard.press("Tab")
    expect(option).to_be_hidden()
    box.fill("the data is j")
    box.press("ArrowDown")  # what is shown was for other words
    expect(option).to_have_attribute("aria-selected", "false")
    box.fill("buckma")
    page.wait_for_timeout(500)  # what is shown for it already keeps its mark
    box.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    for key, other in (
        ("Enter", "isComposing"),
        ("Enter", "ctrlKey"),
        ("ArrowUp", "shiftKey"),
    ):
        how = {"key": key, other: True, "bubbles": True, "cancelable": True}
        left = "(box, how) => box.dispatchEvent(new KeyboardEvent('keydown', how))"
        assert box.evaluate(left, how), f"{key} with {other} is not ours"
    box.press("Enter")
    expect(page).to_have_url(served + PERSON)


@pytest.mark.parametrize("path", KINDS)
def test_nothing_of_the_browsers_is_taken(
    page: Page, served: str, path: str
) -> None:
    """No key outside a field, and no click on a link, with or without modifiers, is kept from the
    browser: a key that does something by itself would be in the way of whoever speaks to the
    machine (WCAG 2.1.4)."""
    page.goto(served + path)
    taken = page.evaluate(
        """() => { const taken = [];
        for (const type of ["keydown", "click"]) addEventListener(type, (event) => {
          if (event.defaultPrevented) taken.push(event.key || event.target.outerHTML);
          event.preventDefault(); });
        const event = (how) => ({ bubbles: true, cancelable: true, ...how });
        for (const key of ["/", "?", "s", "Enter", " ", "Escape", "ArrowDown", "Home", "Tab"])
          document.body.dispatchEvent(new KeyboardEvent("keydown", event({ key })));
        for (const link of document.links) for (const how of ["button", "ctrlKey", "shiftKey"])
          link.dispatchEvent(new MouseEvent("click", event({ [how]: how !== "button" })));
        return taken; }"""
    )
    assert not taken


def test_schemes(context: BrowserContext, site: str) -> None:
    """The scheme is the system's, as it changes, until one is chosen, which holds on every page,
    in other tabs, and on coming back; the button names what it gives."""
    page, other = context.new_page(), context.new_page()
    page.goto(site)
    other.goto(site + THEME)
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    expect(page.locator("html")).not_to_have_attribute(
        "data-scheme", re.compile("")
    )
    page.emulate_media(color_scheme="dark")
    expect(page.get_by_role("button", name="Light")).to_be_visible()
    dark = page.evaluate(background)
    assert light != dark
    page.emulate_media(color_scheme="light")
    page.goto(f"{site}/about/")
    page.get_by_role("button", name="Dark").click()
    expect(other.get_by_role("button", name="Light")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Light")).to_be_visible()
    assert page.evaluate(background) == other.evaluate(background) == dark
    page.emulate_media(color_scheme="dark")
    page.emulate_media(color_scheme="light")
    assert page.evaluate(background) == dark
    other.evaluate("window.page.kept.set('scheme', 'purple')")
    expect(page.get_by_role("button", name="Dark")).to_be_visible()
    assert page.evaluate(background) == light


def test_an_address_opens_what_it_names(page: Page, site: str) -> None:
    """A claim named by an address within its article is shown, on arriving and on the page."""
    page.goto(f"{site}{ARTICLE}#claim-data-is-junk")
    expect(page.locator("#claim-data-is-junk")).to_be_visible()
    page.evaluate("location.hash = 'junk-data-informs-budget-allocations'")
    expect(
        page.locator("#claim-junk-data-informs-budget-allocations")
    ).to_be_visible()


def test_without_script(browser: Browser, served: str) -> None:
    """Without script the words are found by links and by search, every style stands in the page, a
    passage's claims open, ticked ones make a collection, which can be changed; nothing is idle."""
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(served)
    plain.get_by_role("searchbox").fill("the data is junk")
    plain.get_by_role("searchbox").press("Enter")
    expect(
        plain.locator("[data-claim=data-is-junk] mark").first
    ).to_be_visible()
    plain.goto(served + CLAIM)
    plain.locator(".other-styles summary").click()
    expect(plain.locator("[data-style]:visible")).to_have_count(len(STYLES))
    plain.get_by_label("Collect").first.check()
    plain.get_by_role("button", name="Show the collection").click()
    plain.get_by_label("Style").select_option("vancouver")
    plain.get_by_role("button", name="Apply").click()
    expect(plain.locator(".bibliography li")).to_contain_text("1. White C")
    plain.get_by_role("button", name="Remove").click()
    expect(plain.locator("[data-claim]")).to_have_count(0)
    plain.goto(served + ARTICLE)
    plain.locator("[popovertarget=notes-p11]").first.click()
    expect(plain.locator("#claim-data-is-junk")).to_be_visible()
    for path in KINDS:
        plain.goto(served + path)
        expect(
            plain.locator("button[hidden]:visible, .style:visible")
        ).to_have_count(0)
    plain.context.close()
