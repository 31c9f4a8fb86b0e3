"""Script in a real browser, live and in the static copy; and the reader's journeys without it."""

import gzip
import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browsing import bar, citations, pasted, select, unlinked

ARTICLE = "/articles/complex-infrastructure-excessive-control/"
CLAIM, PERSON, THEME = "/claims/data-is-junk/", "/people/laurence-buckman/", "/themes/training/"
KINDS = ["/", THEME, ARTICLE, PERSON, CLAIM, "/search/?q=junk", "/collection/?claim=data-is-junk"]


def test_script_is_small(site_app: Flask) -> None:
    """What every page loads of script is at most 4 kB compressed."""
    files = site_app.extensions["site"].presentation.static.contents
    scripts = [files[name] for name in files if name.startswith(("site.", "citing."))]
    assert len(scripts) == 2
    assert sum(len(gzip.compress(script, 9)) for script in scripts) <= 5000


def test_one_style_is_shown_and_remembered(context: BrowserContext, site: str) -> None:
    """One style is shown; another, once chosen, is everywhere: in open tabs, in the collection."""
    page, other = context.new_page(), context.new_page()
    page.goto(site + CLAIM)
    other.goto(site + ARTICLE)
    expect(page.locator("[data-style]:visible")).to_have_attribute("data-style", "harvard")
    page.get_by_label("Collect").first.check()
    page.locator("[data-cite]").get_by_label("Style").select_option("mla")
    for each in (page, other):
        expect(each.locator("[data-style]:visible")).to_have_attribute("data-style", "mla")
        expect(each.locator("[data-cite] select")).to_have_value("mla")
    page.get_by_role("link", name="Collection (1)").click()
    expect(page.get_by_label("Style")).to_have_value("mla")
    expect(page.get_by_role("button", name="Apply")).to_be_hidden()
    page.get_by_label("Style").select_option("vancouver")
    expect(page.locator(".bibliography li")).to_contain_text("1. White C. Complex")


@pytest.mark.parametrize("host", ["127.0.0.1", "reference.test"])
def test_a_quotation_is_copied(page: Page, site: str, host: str) -> None:
    """One click copies the words with their in-text citation and, on a second line, the reference,
    in the reader's style, plain and as HTML with its italics; over plain HTTP too. It is seen."""
    at = site.replace("127.0.0.1", host)
    page.clock.install()
    page.goto(at + PERSON)
    page.evaluate("window.page.kept.set('style', 'mla')")
    claim = page.locator("[data-claim=data-is-junk]")
    claim.get_by_role("button", name="Copy quotation").click()
    expect(claim.get_by_role("button", name="Copied")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Copied, cited in MLA 9")
    text, html = pasted(page)
    style = next(s for n in range(5) if (s := citations(site, ARTICLE, n))["id"] == "mla")
    words = "“But I have to tell you the data is junk”"
    first, second = text.split("\n")
    assert first == f"{words}, {style['claims']['data-is-junk']}"
    assert second == re.sub(r"<[^>]+>", "", style["reference"]) and "<em>BMJ</em>" in html
    claim.get_by_role("button", name="Copied").dblclick()  # the name it had comes back
    page.wait_for_timeout(300)
    page.clock.fast_forward(4000)
    expect(claim.get_by_role("button", name="Copy quotation")).to_be_visible()


def test_what_is_shown_is_copied(page: Page, site: str) -> None:
    """Each address, reference and in-text citation has a button that copies it as it stands."""
    for place, address in ((f"{ARTICLE}#claim-data-is-junk", f"{ARTICLE}#p11"), (CLAIM, CLAIM)):
        page.goto(site + place)
        page.get_by_role("button", name="Copy link").click()
        expect(page.get_by_role("status")).to_have_text("Copied")
        assert pasted(page)[0] == site + address
    for kind, place in (("reference", ".reference"), ("in-text citation", ".in-text")):
        shown = page.locator(f"[data-style]:visible {place}").inner_text()
        page.keyboard.press("Escape")
        page.get_by_role("button", name=f"Copy the {kind}").click()
        expect(page.get_by_role("status")).to_have_text("Copied")
        assert pasted(page)[0] == " ".join(shown.split())


@pytest.mark.parametrize("fault", ["clipboard", "network"])
def test_a_failure_to_copy_is_seen(page: Page, served: str, fault: str) -> None:
    """Where nothing can be copied, the button says so, and the words stand there to copy by hand,
    over the notes that are open too; where the citation cannot be fetched, that is said."""
    if fault == "network":
        page.route("**/*.citations.json", lambda route: route.abort())
    page.add_init_script(
        "navigator.clipboard.write = () => Promise.reject(); document.execCommand = () => false;"
    )
    page.goto(f"{served}{ARTICLE}#claim-data-is-junk")
    claim = page.locator("#claim-data-is-junk")
    claim.get_by_role("button", name="Copy quotation").click()
    expect(page.get_by_role("button", name="Not copied")).to_be_visible()
    words = claim.locator("[data-words]").inner_text() if fault == "clipboard" else "fetched"
    expect(page.get_by_role("status")).to_contain_text(words)
    on_top = "(p) => p.contains(document.elementFromPoint(p.offsetLeft + 9, p.offsetTop + 9))"
    assert page.get_by_role("status").evaluate(on_top)
    page.keyboard.press("Escape")
    expect(page.get_by_role("status")).to_be_hidden()


def test_selected_words_are_copied(page: Page, site: str) -> None:
    """Words selected within a passage are copied with the passage's citation, or with the claim's
    if they are its own; a whole paragraph, by three clicks, too; Escape puts the bar away."""
    page.clock.install()
    page.goto(site + ARTICLE)
    style = citations(site, ARTICLE)
    page.mouse.click(*unlinked(page, 3), click_count=3)
    bar(page).get_by_role("button", name="Copy with citation").click()
    expect(page.get_by_role("status")).to_contain_text("Copied")
    whole = " ".join(page.locator("[data-passage='3']").inner_text().split())
    assert pasted(page)[0].startswith(f"“{whole}” {style['in_text'].replace('{n}', '3')}\n")
    page.clock.fast_forward(4000)
    select(page, 11, "tell you the data")
    expect(bar(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(bar(page)).to_be_hidden()
    select(page, 11, "tell you the data is")
    bar(page).get_by_role("button", name="Copy with citation").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Copied")
    first = f"“tell you the data is” {style['claims']['data-is-junk']}\n"
    assert pasted(page)[0].startswith(first)


def test_words_that_are_linked_can_be_selected(page: Page, served: str) -> None:
    """Dragging over quoted words selects them and does not follow their link, which a click does;
    from there Tab goes on through the passage's links to the bar."""
    page.goto(served + ARTICLE)
    words = page.locator("[data-passage='11'] .quoted").last
    words.evaluate("(link) => link.scrollIntoView({ block: 'center', behavior: 'instant' })")
    x, y = words.evaluate("(a) => { const b = a.getClientRects()[0]; return [b.x + 4, b.y + 9]; }")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=5)
    page.mouse.up()
    expect(bar(page)).to_be_visible()
    expect(page).to_have_url(served + ARTICLE)
    focused = "document.activeElement.textContent"
    while page.evaluate(focused) != "Copy link":
        page.keyboard.press("Tab")
        assert page.evaluate(focused) in ("Copy with citation", "Copy link", words.inner_text())
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Copied")
    assert pasted(page)[0] == f"{served}{ARTICLE}#p11"
    words.click(position={"x": 300, "y": 40})
    expect(page).to_have_url(re.compile("/claims/"))


SINGLE = "/articles/pct-managers-warn-gps/"
MARKS = [
    (ARTICLE, 11, "the data is junk", "“the data is junk”"),
    (ARTICLE, 11, "data is junk,” he declared", "“‘data is junk,’ he declared”"),
    (ARTICLE, 11, "“But I have to tell you", "“But I have to tell you”"),
    (ARTICLE, 1, "“rebalance” the NHS", "“‘rebalance’ the NHS”"),
    (SINGLE, 15, "‘Understanding that will be done", "“Understanding that will be done”"),
    (SINGLE, 15, "done by really good consortia.’", "“done by really good consortia.”"),
]


@pytest.mark.parametrize(("article", "passage", "words", "quoted"), MARKS)
def test_marks_alternate(
    page: Page, served: str, article: str, passage: int, words: str, quoted: str
) -> None:
    """Marks within the marks of a quotation alternate, and none is left without its fellow."""
    page.goto(served + article)
    select(page, passage, words)
    bar(page).get_by_role("button", name="Copy with citation").click()
    expect(page.get_by_role("status")).to_contain_text("Copied")
    assert pasted(page)[0].startswith((f"{quoted} (", f"{quoted}, according to "))


def test_the_browsers_own_copy_is_its_own(page: Page, served: str) -> None:
    """Ctrl+C copies the selection and nothing else, and over two passages no bar is offered."""
    page.goto(served + ARTICLE)
    select(page, 11, "the data is junk")
    expect(bar(page)).to_be_visible()
    page.keyboard.press("Control+c")
    assert pasted(page)[0] == "the data is junk"
    page.evaluate("getSelection().setBaseAndExtent(window.p3.firstChild, 0, window.p5, 1)")
    page.wait_for_timeout(400)
    expect(bar(page)).to_be_hidden()


DAYS = [
    ("2026-05-03", "20 June 2012", "3 May 2026"),
    ("2026-09-30", "20 Jun. 2012", "30 Sept. 2026"),
    ("2026-07-31", "20 Jun. 2012", "31 July 2026"),
    ("2026-11-09", "June 20, 2012", "November 9, 2026"),
    ("2026-12-01", "2012 Jun 20", "2026 Dec 1"),
]


@pytest.mark.parametrize(("today", "example", "written"), DAYS)
def test_the_day_of_reading(
    page: Page, served: str, today: str, example: str, written: str
) -> None:
    """The day of reading is the reader's own, written as the style writes a day."""
    page.clock.set_fixed_time(f"{today}T12:00:00")
    page.goto(f"{served}/about/")
    shown = page.locator("[data-today]").first
    expect(shown).not_to_contain_text("date you read it")
    shown.evaluate("(each, example) => { each.dataset.today = example; }", example)
    page.evaluate("document.dispatchEvent(new Event('claims'))")
    expect(shown).to_have_text(written)


def test_suggestions_are_links(context: BrowserContext, served: str) -> None:
    """Suggestions are links in a combobox: pressed with Ctrl or the middle button they open beside
    this page; arrows and Enter open one; Escape, or going elsewhere, closes them."""
    page = context.new_page()
    page.goto(f"{served}/about/")
    box = page.get_by_role("combobox", name="Search")
    option = page.get_by_role("listbox", name="Suggestions").get_by_role("option").first
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
    for key, other in (("Enter", "isComposing"), ("Enter", "ctrlKey"), ("ArrowUp", "shiftKey")):
        how = {"key": key, other: True, "bubbles": True, "cancelable": True}
        left = "(box, how) => box.dispatchEvent(new KeyboardEvent('keydown', how))"
        assert box.evaluate(left, how), f"{key} with {other} is not ours"
    box.press("Enter")
    expect(page).to_have_url(served + PERSON)


@pytest.mark.parametrize("path", KINDS)
def test_nothing_of_the_browsers_is_taken(page: Page, served: str, path: str) -> None:
    """No key outside a field and no click on a link, with or without modifiers, is kept from the
    browser; `/` is an ordinary key."""
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
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement === document.body")


def test_schemes(context: BrowserContext, site: str) -> None:
    """The scheme is the system's, as it changes, until one is chosen, which holds on every page,
    in other tabs, and on coming back; the button names what it gives."""
    page, other = context.new_page(), context.new_page()
    page.goto(site)
    other.goto(site + THEME)
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    expect(page.locator("html")).not_to_have_attribute("data-scheme", re.compile(""))
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
    expect(page.locator("#claim-junk-data-informs-budget-allocations")).to_be_visible()


def test_without_script(browser: Browser, served: str) -> None:
    """Without script the words are found by links and by search, every style stands in the page, a
    passage's claims open, ticked ones make a collection, which can be changed; nothing is idle."""
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(served)
    plain.get_by_role("searchbox").fill("the data is junk")
    plain.get_by_role("searchbox").press("Enter")
    expect(plain.locator("[data-claim=data-is-junk] mark").first).to_be_visible()
    plain.goto(served + CLAIM)
    plain.locator(".other-styles summary").click()
    expect(plain.locator("[data-style]:visible")).to_have_count(5)
    plain.get_by_label("Collect").first.check()
    plain.get_by_role("button", name="Show the collection").click()
    plain.get_by_label("Style").select_option("vancouver")
    plain.get_by_role("button", name="Apply").click()
    expect(plain.locator(".bibliography li")).to_contain_text("1. White C")
    plain.get_by_role("link", name="Remove").click()
    expect(plain.locator("[data-claim]")).to_have_count(0)
    plain.goto(served + ARTICLE)
    plain.locator("#p11 [popovertarget]").click()
    expect(plain.locator("#claim-data-is-junk")).to_be_visible()
    for path in KINDS:
        plain.goto(served + path)
        expect(plain.locator("button[hidden]:visible, .style:visible")).to_have_count(0)
    plain.context.close()
