"""The collection, live and in the copy; the copy's search, held to what the live one answers."""

import json
import re
from urllib.parse import urlencode
from urllib.request import urlopen

import pybtex.database
import pytest
import rispy
from playwright.sync_api import BrowserContext, Page, expect

from tests.browsing import pasted

COLLECTED = "?claim=data-is-junk&claim=faith-held-since-1991&claim=start-out-nimble"
COLLECTED += "&claim=junk-data-informs-budget-allocations&claim=no-such-claim"


def test_the_collection(context: BrowserContext, site: str) -> None:
    """Ticked claims are remembered in their order, counted in every tab and on coming back, shown
    whole by link and by form; one is removed, or all are, on the collection's page."""
    page, other = context.new_page(), context.new_page()
    page.goto(f"{site}/people/laurence-buckman/")
    other.goto(f"{site}/claims/data-is-junk/")
    page.locator("input[value=staff-exclusion-deliberate], input[name=claim]").nth(2).check()
    first = page.locator("input[name=claim]").nth(2).get_attribute("value")
    page.locator("input[value=data-is-junk]").check()
    expect(other.get_by_label("Collect").first).to_be_checked()
    expect(other.get_by_role("link", name="Collection (2)")).to_be_visible()
    page.goto(f"{site}/themes/training/")
    page.get_by_role("button", name="Show the collection").click()
    claims = page.locator("[data-claim]")
    expect(claims).to_have_count(2)
    assert claims.first.get_attribute("data-claim") == first
    expect(page.locator(".bibliography li")).to_have_count(1)
    page.get_by_role("link", name="Remove").first.click()
    expect(claims).to_have_count(1)
    page.go_back()
    expect(page.get_by_role("link", name="Collection (1)")).to_be_visible()
    page.get_by_role("link", name="Clear").click()
    expect(claims).to_have_count(0)
    expect(other.get_by_label("Collect").first).not_to_be_checked()
    expect(other.get_by_role("link", name="Collection (")).to_be_hidden()


def test_a_claim_that_has_moved(page: Page, site: str) -> None:
    """A claim collected under a name it no longer has is shown and kept by its new one."""
    page.goto(f"{site}/about/")
    page.evaluate("localStorage.collection = 'start-out-nimble data-is-junk'")
    page.reload()
    page.get_by_role("link", name="Collection (2)").click()
    expect(page.locator("[data-claim]")).to_have_count(2)
    page.wait_for_timeout(200)
    assert page.evaluate("localStorage.collection") == "then-deemed-bureaucratic data-is-junk"


BARRED = "Object.defineProperty(window, 'localStorage', { get() { throw new Error(); } })"
FULL = "try { localStorage.x ??= 'x'.repeat(5242879); } catch {}"


@pytest.mark.parametrize("barred", [BARRED, FULL])
def test_a_private_window(context: BrowserContext, site: str, barred: str) -> None:
    """Where the browser keeps nothing, or no more, all works for as long as the page is open."""
    context.add_init_script(barred)
    page = context.new_page()
    page.goto(f"{site}/claims/data-is-junk/")
    page.locator("[data-cite]").get_by_label("Style").select_option("apa")
    expect(page.locator("[data-style]:visible")).to_have_attribute("data-style", "apa")
    page.get_by_label("Collect").first.check()
    page.get_by_role("button", name="Dark").click()
    expect(page.get_by_role("button", name="Light")).to_be_visible()
    page.get_by_role("link", name="Collection (1)").click()
    expect(page.locator("[data-claim]")).to_have_count(1)


def found(browser: Page, copied: str, **asked: str) -> int:
    """How many results a search in the copy has, once it has answered."""
    browser.goto(f"{copied}/search/?{urlencode(asked)}")
    verdict = browser.locator("[data-bundle] .verdict")
    expect(verdict).to_have_text(re.compile(r"\d+ results?|No match"))
    number = re.search(r"(\d+) result", verdict.inner_text())
    return int(number[1]) if number else 0


def live(served: str, **asked: str) -> int:
    with urlopen(f"{served}/search.json?{urlencode(asked)}") as answer:
        total: int = json.load(answer)["total"]
        return total


ALIKE = [
    {"kind": "claim", "person": "laurence-buckman"},
    {"kind": "claim", "theme": "training", "year": "2010"},
    {"q": "kind:claim junk"},
    {"kind": "passage"},
    {"q": '"set up to fail"', "kind": "claim"},
    {"q": "“But I have to tell you the data is junk”", "kind": "claim"},
    {"q": "junk -worryingly", "kind": "claim"},
    {"q": "textbooks OR qualification", "kind": "claim"},
    {"q": "person:buckman", "kind": "claim"},
    {"q": "theme:training year:2010-2012", "kind": "claim"},
    {"q": "Buck\u00adman", "kind": "person"},
    {"q": "King´s Fund", "kind": "person"},
]


@pytest.mark.parametrize("asked", ALIKE, ids=str)
def test_counts_are_the_live_sites(
    page: Page, copied: str, served: str, asked: dict[str, str]
) -> None:
    """The same question has as many answers in the copy as live; unknown words have none."""
    assert found(page, copied, **asked) == live(served, **asked)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("year:2012-2010 junk", "A year is written year:2012"),
        ("zebra junk", "Nothing here has “zebra”"),
        ("OR", "no word to look for"),
        ("colour:red", "There is no field “colour:”"),
    ],
)
def test_what_is_not_found_is_said(page: Page, copied: str, query: str, said: str) -> None:
    """A query that finds nothing is told why, in a sentence, and where to go on from there."""
    assert found(page, copied, q=query) == 0
    expect(page.locator("[data-bundle] .verdict")).to_contain_text(said)
    expect(page.get_by_role("heading", name="Themes to browse")).to_be_visible()


def test_results_are_set_as_everywhere(page: Page, copied: str) -> None:
    """People come first; a claim found is the element that its article's page has, and works as it
    does; a result leads to what it is of; chips narrow the results, by as many as they say."""
    assert found(page, copied, q="buckman") > 10
    first = page.locator(".hits > *").first.get_by_role("link")
    assert first.evaluate("(a) => a.href") == f"{copied}/people/laurence-buckman/"
    claim = page.locator(".hits [data-claim=data-is-junk]")
    words, links = claim.inner_text(), claim.locator("a").count()
    claim.get_by_role("button", name="Copy quotation").click()
    expect(page.get_by_role("status").last).to_contain_text("Copied, cited in")
    page.get_by_role("navigation", name="Narrow the results").get_by_text("Kind").click()
    chip = page.get_by_role("link", name=re.compile(r"^Claims \d"))
    count = int(chip.inner_text().split()[-1])
    chip.click()
    expect(page.locator("[data-bundle] .verdict")).to_have_text(f"{count} results.")
    expect(page.locator(".says mark").first).to_have_text("Buckman")
    page.goto(f"{copied}/themes/data-quality/")
    there = page.locator(".claim[data-claim=data-is-junk]").first
    assert (words, links) == (there.inner_text(), there.locator("a").count())


@pytest.mark.parametrize(
    ("asked", "shown"), [("2", 2), ("99", 6), ("0", 1), ("-1", 1), ("x", 1), ("007", 1), ("", 1)]
)
def test_page_numbers(page: Page, copied: str, asked: str, shown: int) -> None:
    """Every page number shows a page that is there, named as it is."""
    total = found(page, copied, kind="claim", page=asked)
    last = -(-total // 20)
    at = min(shown, last)
    expect(page.locator(".sheets span")).to_have_text(f"Page {at} of {last}")
    expect(page.locator(".hits > *")).to_have_count(20 if at < last else total - 20 * (last - 1))


def test_the_copys_collection(page: Page, copied: str, served: str) -> None:
    """The copy's collection has the live one's claims, one that has moved too, names what it does
    not know, and lists each article once, in the style chosen, in the live order."""
    for style in ("vancouver", "apa"):
        shown = []
        for site in (served, copied):
            page.goto(f"{site}/collection/{COLLECTED}&style={style}")
            expect(page.locator(".bibliography li")).to_have_count(2)
            expect(page.get_by_text("no-such-claim").last).to_be_visible()
            claims = page.locator("[data-claim]")
            ids = claims.evaluate_all("(all) => all.map((each) => each.dataset.claim)")
            items = page.locator(".bibliography li").all_inner_texts()
            shown.append((ids, [item.split(" http")[0][:60] for item in items]))
            page.get_by_role("button", name="Copy quotation").nth(1).click()
            expect(page.get_by_role("status").last).to_contain_text("Copied, cited in")
            said, reference = pasted(page)[0].split("\n")
            assert ("(2, para. " in said) == items[1].startswith("2. ") == (style == "vancouver")
            assert reference == items[1] or style == "apa"
        assert shown[0] == shown[1]


@pytest.mark.parametrize("form", ["bib", "ris", "csl.json"])
def test_downloads(page: Page, copied: str, served: str, form: str) -> None:
    """A file of the copy's collection has one record a source with a note for each quotation, as
    the live site's has."""
    page.goto(f"{copied}/collection/{COLLECTED}")
    names = {"bib": "BibTeX", "ris": "RIS", "csl.json": "CSL-JSON"}
    with page.expect_download() as download:
        page.get_by_role("button", name=names[form]).click()
    texts = [download.value.path().read_text("utf-8")]
    with urlopen(f"{served}/collection.{form}{COLLECTED}") as answer:
        texts.append(answer.read().decode())
    ours, theirs = (read(form, text) for text in texts)
    assert ours == theirs and len(ours) == 2


def read(form: str, text: str) -> dict[str, int]:
    """Each record of a file, and how many characters its notes have, but for the site's address."""
    text = re.sub(r"https://reference\.example", "", text)
    if form == "bib":
        entries = pybtex.database.parse_string(text, "bibtex").entries
        return {key: len(entry.fields["annote"].split()) for key, entry in entries.items()}
    records = json.loads(text) if form == "csl.json" else rispy.loads(text)
    notes = [each.get("note") or " ".join(each["notes"]) for each in records]
    return {each["id"]: len(note.split()) for each, note in zip(records, notes, strict=True)}
