"""The reader's collection, in a real browser, live and in the static copy."""

import json
from typing import NamedTuple
from urllib.parse import urlencode
from urllib.request import urlopen

import pybtex.database
import pytest
import rispy
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browsing import pasted

JUNK = "data-is-junk"
FAITH = "faith-held-since-1991"
BUDGETS = "junk-data-informs-budget-allocations"
MOVED = "start-out-nimble"
MOVED_TO = "then-deemed-bureaucratic"
UNKNOWN = "no-such-claim"


def address(*claims: str, style: str = "") -> str:
    """Return the path of a collection."""
    pairs = [("claim", claim) for claim in claims]
    if style:
        pairs.append(("style", style))
    return f"/collection/?{urlencode(pairs)}"


def claims_of(page: Page) -> list[str]:
    """Return the ids of the claims that a page lists."""
    claims = page.locator("[data-claim]")
    ids: list[str] = claims.evaluate_all(
        "(each) => each.map((claim) => claim.dataset.claim)"
    )
    return ids


def expect_claims(page: Page, *ids: str) -> None:
    """Wait until a page lists these claims, in this order."""
    expect(page.locator("[data-claim]")).to_have_count(len(ids))
    if ids:
        expect(page.locator("[data-claim]").first).to_have_attribute(
            "data-claim", ids[0]
        )
    assert claims_of(page) == list(ids)


def keep(page: Page, site: str, *ids: str) -> None:
    """Make this the collection that the browser keeps."""
    page.goto(f"{site}/about/")
    page.evaluate("(ids) => window.page.collect(ids)", list(ids))


def kept(page: Page) -> list[str]:
    """Return what the browser keeps."""
    ids: list[str] = page.evaluate("window.page.collected()")
    return ids


def pill(page: Page, count: int) -> None:
    """Wait until the page says how many claims are kept."""
    expect(
        page.get_by_role("link", name=f"Collection ({count})")
    ).to_be_visible()


# One's own


def test_claims_are_collected(context: BrowserContext, site: str) -> None:
    """Ticked claims are remembered in their order, counted in every tab, and shown by the link."""
    page, other = context.new_page(), context.new_page()
    page.goto(f"{site}/people/laurence-buckman/")
    other.goto(f"{site}/claims/{JUNK}/")

    page.locator(f"input[value={BUDGETS}]").check()
    page.locator(f"input[value={JUNK}]").check()

    expect(other.get_by_label("Collect").first).to_be_checked()
    pill(other, 2)
    page.goto(f"{site}/themes/")
    page.get_by_role("link", name="Collection (2)").click()
    expect_claims(page, BUDGETS, JUNK)
    expect(page.locator("#bibliography-list li")).to_have_count(1)


def test_the_bare_address_shows_what_is_kept(page: Page, site: str) -> None:
    """The address of the collection without a list leads to the list that is kept."""
    keep(page, site, FAITH, JUNK)

    page.goto(f"{site}/collection/")

    expect_claims(page, FAITH, JUNK)


def test_claims_are_put_in_another_order(page: Page, site: str) -> None:
    """An order that is changed is in the address, and is kept."""
    keep(page, site, JUNK, FAITH, BUDGETS)
    page.goto(f"{site}/collection/")
    expect_claims(page, JUNK, FAITH, BUDGETS)

    page.get_by_role("button", name="Later").first.click()
    expect_claims(page, FAITH, JUNK, BUDGETS)
    page.get_by_role("button", name="Earlier").last.click()
    expect_claims(page, FAITH, BUDGETS, JUNK)

    assert kept(page) == [FAITH, BUDGETS, JUNK]
    assert (
        page.url.index(FAITH)
        < page.url.index(BUDGETS)
        < page.url.index(f"={JUNK}")
    )


def test_what_is_removed_or_cleared_comes_back(page: Page, site: str) -> None:
    """Remove and Clear can be undone."""
    keep(page, site, JUNK, FAITH)
    page.goto(f"{site}/collection/")
    expect_claims(page, JUNK, FAITH)

    page.get_by_role("button", name="Remove").first.click()
    expect_claims(page, FAITH)
    assert kept(page) == [FAITH]
    page.get_by_role("button", name="Undo").click()
    expect_claims(page, JUNK, FAITH)
    page.get_by_role("link", name="Clear").click()
    expect_claims(page)
    assert kept(page) == []
    page.get_by_role("button", name="Undo").click()
    expect_claims(page, JUNK, FAITH)

    assert kept(page) == [JUNK, FAITH]


# Somebody else's


def test_two_readers_collections_stay_apart(
    browser: Browser, site: str
) -> None:
    """A list that came with its address changes nothing of what is kept, whatever is done to it."""
    mine = browser.new_context().new_page()
    friends = browser.new_context().new_page()
    keep(mine, site, JUNK)
    keep(friends, site, FAITH, BUDGETS)
    friends.goto(f"{site}/collection/")
    expect_claims(friends, FAITH, BUDGETS)

    mine.goto(friends.url)
    expect_claims(mine, FAITH, BUDGETS)
    pill(mine, 1)
    expect(mine.get_by_role("link", name="Clear")).to_be_hidden()
    mine.get_by_role("button", name="Remove").first.click()
    expect_claims(mine, BUDGETS)

    assert kept(mine) == [JUNK]
    assert kept(friends) == [FAITH, BUDGETS]
    mine.context.close()
    friends.context.close()


def test_all_of_a_list_can_be_added(page: Page, site: str) -> None:
    """All of somebody else's list is added to what is kept, after it; that can be undone."""
    keep(page, site, JUNK)
    page.goto(site + address(FAITH, JUNK))

    page.get_by_role("button", name="Add all to mine").click()
    pill(page, 2)
    added = kept(page)
    page.get_by_role("button", name="Undo").click()
    pill(page, 1)

    assert added == [JUNK, FAITH]
    assert kept(page) == [JUNK]


def test_some_of_a_list_can_be_added(page: Page, site: str) -> None:
    """One claim of somebody else's list is ticked, and kept."""
    keep(page, site, JUNK)
    page.goto(site + address(FAITH, BUDGETS))

    page.get_by_label("Collect").last.check()

    pill(page, 2)
    assert kept(page) == [JUNK, BUDGETS]


def test_a_list_can_be_kept_instead(page: Page, site: str) -> None:
    """Somebody else's list is kept instead of one's own; that can be undone."""
    keep(page, site, JUNK)
    page.goto(site + address(FAITH, BUDGETS))

    page.get_by_role("button", name="Keep it instead of mine").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    instead = kept(page)
    page.get_by_role("button", name="Undo").click()
    expect_claims(page, JUNK)

    assert instead == [FAITH, BUDGETS]
    assert kept(page) == [JUNK]


def test_whoever_keeps_nothing_can_keep_a_list(page: Page, site: str) -> None:
    """Who has collected nothing is offered one button."""
    page.goto(site + address(FAITH, BUDGETS))

    page.get_by_role("button", name="Keep this collection").click()

    expect(
        page.get_by_role("button", name="Keep this collection")
    ).to_be_hidden()
    assert kept(page) == [FAITH, BUDGETS]


# What may be in a browser's store


def test_a_claim_that_has_moved(page: Page, site: str) -> None:
    """A claim collected under a name it no longer has is shown and kept by its new one; a name that
    is not known here is named, and is kept."""
    keep(page, site, MOVED, UNKNOWN, JUNK)

    page.goto(f"{site}/collection/")

    expect_claims(page, MOVED_TO, JUNK)
    expect(page.get_by_text(UNKNOWN).last).to_be_visible()
    page.wait_for_timeout(200)
    assert kept(page) == [MOVED_TO, UNKNOWN, JUNK]


def test_a_style_that_is_gone(page: Page, site: str) -> None:
    """A style that there is no longer is the first one; nothing is lost."""
    keep(page, site, JUNK, FAITH)
    page.evaluate("window.page.kept.set('style', 'night')")
    page.reload()

    page.get_by_role("link", name="Collection (2)").click()

    expect_claims(page, JUNK, FAITH)
    expect(page.get_by_label("Style")).to_have_value("harvard")
    assert kept(page) == [JUNK, FAITH]


def test_a_value_that_is_no_collection(page: Page, site: str) -> None:
    """Names that every object of JavaScript has are claims that are not here, like any other."""
    keep(page, site, "constructor", JUNK)

    page.goto(f"{site}/collection/")

    expect_claims(page, JUNK)
    expect(page.get_by_text("constructor").last).to_be_visible()
    assert kept(page) == ["constructor", JUNK]


def test_another_sites_values_are_its_own(page: Page, site: str) -> None:
    """What another site of the same origin keeps is neither taken over nor changed."""
    page.goto(f"{site}/about/")
    page.evaluate("localStorage.collection = 'faith-held-since-1991'")
    page.evaluate(
        "localStorage['/elsewhere/collection'] = 'faith-held-since-1991'"
    )

    page.goto(f"{site}/claims/{JUNK}/")
    page.get_by_label("Collect").first.check()
    pill(page, 1)

    assert kept(page) == [JUNK]
    assert page.evaluate("localStorage.collection") == FAITH
    assert page.evaluate("localStorage['/elsewhere/collection']") == FAITH


BARRED = "Object.defineProperty(window, 'localStorage', { get() { throw new Error(); } })"
FULL = "try { localStorage.x ??= 'x'.repeat(5242879); } catch {}"


@pytest.mark.parametrize("storage", [BARRED, FULL], ids=["barred", "full"])
def test_a_private_window(
    context: BrowserContext, site: str, storage: str
) -> None:
    """Where the browser keeps nothing, or no more, all works for as long as the page is open."""
    context.add_init_script(storage)
    page = context.new_page()
    page.goto(f"{site}/claims/{JUNK}/")

    page.locator("[data-cite]").get_by_label("Style").select_option("apa")
    expect(page.locator("[data-style]:visible")).to_have_attribute(
        "data-style", "apa"
    )
    page.get_by_label("Collect").first.check()
    page.get_by_role("button", name="Dark").click()
    expect(page.get_by_role("button", name="Light")).to_be_visible()
    page.get_by_role("link", name="Collection (1)").click()

    expect_claims(page, JUNK)


# The copy's, and the live one

ASKED = (JUNK, FAITH, MOVED, BUDGETS, UNKNOWN)


class Shown(NamedTuple):
    """What a collection's page shows: claims, notes, references."""

    claims: list[str]
    notes: list[str]
    references: list[str]


def shown(page: Page) -> Shown:
    expect(page.locator("#bibliography-list li")).to_have_count(2)
    expect(page.get_by_text(UNKNOWN).last).to_be_visible()
    notes = page.locator("section:has(#notes) li").all_inner_texts()
    references = page.locator("#bibliography-list li").all_inner_texts()
    return Shown(claims_of(page), notes, references)


@pytest.mark.parametrize("style", ["vancouver", "apa", "chicago-notes"])
def test_the_copys_collection(
    page: Page, copied: str, served: str, style: str
) -> None:
    """The copy's collection has the live one's claims, one that has moved too, names what it does
    not know, and has notes and bibliography in the style chosen, as the live one has."""
    page.goto(served + address(*ASKED, style=style))
    live = shown(page)
    page.goto(copied + address(*ASKED, style=style))

    assert shown(page) == live


@pytest.mark.parametrize("style", ["vancouver", "apa"])
def test_a_quotation_of_a_collection_has_its_number(
    page: Page, site: str, style: str
) -> None:
    """A quotation copied from a collection is cited by its source's number where the style numbers
    sources, and with the reference that the page lists."""
    page.goto(site + address(*ASKED, style=style))
    references = page.locator("#bibliography-list li")
    expect(references).to_have_count(2)
    second = references.nth(1).inner_text()

    page.get_by_role("button", name="Copy with reference").nth(1).click()
    expect(page.get_by_role("status").last).to_contain_text(
        "Copied with reference"
    )
    quotation, reference = pasted(page)[0].split("\n")

    if style == "vancouver":
        assert "(2, para. " in quotation
        assert second.startswith("2. ")
        assert reference == second
    else:
        assert "(2, " not in quotation


FILES = {"bib": "BibTeX", "ris": "RIS", "csl.json": "CSL-JSON"}


@pytest.mark.parametrize("ending", FILES)
def test_downloads(page: Page, copied: str, served: str, ending: str) -> None:
    """A file of the copy's collection has one record a source with a note for each quotation, as
    the live site's has."""
    page.goto(copied + address(*ASKED))
    query = address(*ASKED).partition("?")[2]
    with urlopen(f"{served}/collection.{ending}?{query}") as answer:
        live = notes_of(ending, answer.read().decode())

    with page.expect_download() as download:
        page.get_by_role("button", name=FILES[ending]).click()

    text = download.value.path().read_text("utf-8")
    assert notes_of(ending, text) == live
    assert len(live) == 2


def notes_of(ending: str, text: str) -> dict[str, int]:
    """Return the id of each record of a file, and how many words its notes have.

    The address of the site is left out: the copy does not know it.
    """
    text = text.replace("https://reference.example", "")
    if ending == "bib":
        entries = pybtex.database.parse_string(text, "bibtex").entries
        return {
            key: len(entry.fields["comment"].split())
            for key, entry in entries.items()
        }
    if ending == "csl.json":
        return {
            record["id"]: len(record["note"].split())
            for record in json.loads(text)
        }
    return {
        record["id"]: len(" ".join(record["notes"]).split())
        for record in rispy.loads(text)
    }
