"""The collection, live and in the copy; the copy's search, held to what the live one answers."""

import json
import re
from typing import Any
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
    page.go_back()
    page.get_by_role("link", name="Collection (1)").click()
    page.get_by_role("link", name="Clear").click()
    expect(claims).to_have_count(0)
    expect(other.get_by_label("Collect").first).not_to_be_checked()
    expect(other.get_by_role("link", name="Collection (")).to_be_hidden()


def test_a_claim_that_has_moved(page: Page, site: str) -> None:
    """A claim collected under a name it no longer has is shown and kept by its new one."""
    page.goto(f"{site}/about/")
    page.evaluate("window.page.kept.set('collection', 'start-out-nimble data-is-junk')")
    page.reload()
    page.get_by_role("link", name="Collection (2)").click()
    expect(page.locator("[data-claim]")).to_have_count(2)
    page.wait_for_timeout(200)
    assert (
        page.evaluate("window.page.kept.get('collection')")
        == "then-deemed-bureaucratic data-is-junk"
    )


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


ASKING = """async (addresses) => { const told = [], at = (part) => document.querySelectorAll(part);
    for (const address of addresses) { history.replaceState(null, "", `?${address}`);
      const answered = new Promise((done) => addEventListener("claims", done, { capture: true }));
      document.dispatchEvent(new Event("DOMContentLoaded")); await answered;
      told.push([at("[data-bundle] .verdict")[0].textContent, at(".hits > *").length,
        at(".hits > .person:first-child a")[0]?.href, at(".sheets span")[0]?.textContent]); }
    return told; }"""


def asked(page: Page, copied: str, addresses: list[str]) -> list[Any]:
    """What the copy says, how many results it shows, who comes first, and the sheet's number."""
    page.goto(f"{copied}/search/")
    return list(page.evaluate(ASKING, addresses))


def live(page: Page, served: str, address: str) -> tuple[Any, str | None]:
    """How many results there are live, or what is wrong, and the person who comes first."""
    told = page.request.get(f"{served}/search.json?{address}").json()
    people = (served + hit["url"] for hit in told.get("hits", [])[:1] if hit["kind"] == "person")
    return told.get("total", told.get("error")), next(people, None)


ALIKE = """junk / kind:claim junk / buckman / "set up to fail" / junk -worryingly / arkansas / OR
textbooks OR qualification / person:buckman / theme:training year:2010-2012 / Buck\u00adman / news
G.P. / GPs / general practitioners / PCTs / primary care trust / BMA / British Medical Association
CCG / National Health Service / doctors / professor / policymakers / decision making / set-up / may
practicebased commissioning / organization / behavior / center / program / 40 per cent / % / £60bn
2012 / 10.1136/bmj.e4278 / doi:10.1136/bmj.e4278 / https://doi.org/10.1136/bmj.e4278 / King´s Fund
Dr Buckman / Professor Glasby / junk/data / junk;data / +junk / júnk / ＪＵＮＫ / the government
But I have to tell you the data is junk / 'set up to fail' / ‘relationships … problematic’ / orchid
person:'judith smith' / theme:train / buckman and smith / GP magazine / zebra junk / Lansley says
junk zebra -data kind:claim / year:2012-2010 junk / colour:red / author:buckman / BMJ:e4278"""
NARROWED = """kind=claim / kind=passage / kind=claim&person=laurence-buckman / q=data&sort=date
kind=claim&theme=training&year=2010 / year=2010-2012 / kind=xyz / theme=nope / year=abc"""
LACKING = {
    "q=zebra+junk": "Nothing has all these words. The best matches lack “zebra”. 4 results.",
    "q=“junk+zebra”+-data": "No match. …; none of them has “junk zebra”.",
}


def test_the_copy_answers_as_the_live_site(page: Page, copied: str, served: str) -> None:
    """The same question has as many answers in the copy as live, in whatever spelling, and the same
    person first; what cannot be asked, or is nowhere, is told in a sentence, and where to go on."""
    addresses = [urlencode({"q": query}) for query in [*re.split(" / |\n", ALIKE), "j" * 2_001]]
    addresses += re.split(" / |\n", NARROWED)
    for address, (said, _, who, _) in zip(addresses, asked(page, copied, addresses), strict=True):
        number = re.match(r".*?(\d+) result", said)
        total = int(number[1]) if number else 0 if said.startswith("No match.") else said
        assert (total, who and who.replace(copied, served)) == live(page, served, address), address
    for query, sentence in LACKING.items():
        assert re.sub("This .* people", "…", asked(page, copied, [query])[0][0]) == sentence
    expect(page.get_by_role("heading", name="Themes to browse")).to_be_visible()


def test_results_are_set_as_everywhere(page: Page, copied: str, served: str) -> None:
    """A result is the element that the live search has, and works as it does, its words marked; no
    passage is said to have no claim that has one; chips narrow results by as many as they say."""
    for address in ("q=buckman", "kind=passage", "q=junk&sort=date", "q=“writing recently”"):
        texts = []
        for page_at in (f"{site}/search/?{address}" for site in (served, copied)):
            page.goto(page_at)
            found = page.locator(".hits .words, .person, mark, .hits > :not([data-claim]) .who")
            found.first.wait_for()
            texts.append(found.all_inner_texts())
        assert texts[0] == texts[1] != [], address
    page.goto(f"{copied}/search/?q=buckman")
    claim = page.locator(".hits [data-claim=data-is-junk]")
    claim.get_by_role("button", name="Copy quotation").click()
    expect(page.get_by_role("status").last).to_contain_text("Copied, cited in")
    page.get_by_role("navigation", name="Narrow the results").get_by_text("Kind").click()
    chip = page.get_by_role("link", name=re.compile(r"^Claim \d"))
    count = int(chip.inner_text().split()[-1])
    chip.click()
    expect(page.locator("[data-bundle] .verdict")).to_have_text(f"{count} results.")
    expect(page.locator(".says mark").first).to_have_text("Buckman")


def test_page_numbers(page: Page, copied: str) -> None:
    """Every page number shows a page that is there, named as it is."""
    shown = {"2": 2, "99": 6, "0": 1, "-1": 1, "x": 1, "007": 1, "": 1}
    told = asked(page, copied, [f"kind=claim&page={number}" for number in shown])
    for at, (said, hits, _, sheet) in zip(shown.values(), told, strict=True):
        last = -(-(total := int(said.split()[0])) // 20)
        assert sheet == f"Page {min(at, last)} of {last}"
        assert hits == (20 if at < last else total - 20 * (last - 1))


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
