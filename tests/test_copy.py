"""The static copy in a browser: what Pagefind finds there, and the reader's collection."""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode
from urllib.request import urlopen

import pybtex.database
import pytest
import rispy
from playwright.sync_api import BrowserContext, Page, Response, expect

from reference.records import Claim, Library
from reference.search.results import PAGE_SIZE
from tests.browsing import pasted

NOWHERE = "Zzyzx"
"""A word that no library has."""
LARGEST_FIRST_SEARCH = 300_000
"""Bytes that a first search may fetch, the page and its style among them."""


class Answer(NamedTuple):
    """What the copy answers: “4 results.”, 4, where each result leads, chip -> its number."""

    verdict: str
    total: int
    links: list[str]
    chips: Mapping[str, int]


def ask(page: Page, copied: str, /, **parameters: Any) -> Answer:
    """Search in the copy; links are given from its root: `people/laurence-buckman/`."""
    page.goto(f"{copied}/search/?{urlencode(parameters)}")
    verdict = page.locator("[data-facets] > .verdict")
    expect(verdict).not_to_have_text(re.compile(r"^(Searching…)?$"))
    text = verdict.inner_text()
    number = re.search(r"(\d+) results?", text)
    hits = page.locator(".hits > * :is(h2 a, a.quoted)")
    links = hits.evaluate_all("(links) => links.map((link) => link.href)")
    chips = page.locator(".facets li a").all_text_contents()
    return Answer(
        verdict=text,
        total=int(number[1]) if number else 0,
        links=[link.removeprefix(f"{copied}/") for link in links],
        chips={chip.rpartition(" ")[0]: int(chip.rpartition(" ")[2]) for chip in chips},
    )


def some_phrase(library: Library) -> tuple[Claim, str]:
    """Return a claim and four words that stand side by side in its quotation."""
    for claim in library.claims.values():
        match = re.search(r"(\w+ ){3}\w+", claim.quote)
        if match:
            return claim, match[0]
    raise AssertionError("no claim quotes four words")


# Search


def test_a_person_named_comes_first(page: Page, copied: str, library: Library) -> None:
    """A name finds its person before all that the person says."""
    for person in library.people.values():
        answer = ask(page, copied, q=person.name)

        assert answer.links[0] == f"people/{person.id}/"


def test_a_surname_is_enough(page: Page, copied: str, library: Library) -> None:
    """A surname finds somebody of that name first."""
    person = next(iter(library.people.values()))
    of_that_name = [other for other in library.people.values() if other.surname == person.surname]

    answer = ask(page, copied, q=person.surname)

    assert answer.links[0] in {f"people/{other.id}/" for other in of_that_name}


@pytest.mark.parametrize("marks", ['"{}"', "“{}”"])
def test_a_phrase_finds_the_words_side_by_side(
    page: Page, copied: str, library: Library, marks: str
) -> None:
    """Words in quotation marks, of either kind, find the claims that have them side by side."""
    claim, phrase = some_phrase(library)

    answer = ask(page, copied, q=marks.format(phrase), kind="claim")

    assert f"claims/{claim.id}/" in answer.links
    assert answer.total < ask(page, copied, kind="claim").total


def test_words_side_by_side_nowhere_are_no_phrase(
    page: Page, copied: str, library: Library
) -> None:
    """A phrase whose words all exist, but nowhere side by side, finds nothing."""
    first, second, *_ = library.people.values()

    answer = ask(page, copied, q=f'"{first.surname} {second.surname} {first.surname}"')

    assert answer.total == 0
    assert answer.verdict.startswith("No match.")


def test_a_word_that_is_nowhere_finds_nothing(page: Page, copied: str) -> None:
    """A word that no text has finds nothing, and the page says so and where to go on."""
    answer = ask(page, copied, q=NOWHERE)

    assert answer.links == []
    assert answer.verdict.startswith("No match. This library covers ")
    assert answer.verdict.endswith(f"none of them has “{NOWHERE}”.")
    expect(page.get_by_role("heading", name="Themes to browse")).to_be_visible()


def test_what_results_lack_is_said(page: Page, copied: str, library: Library) -> None:
    """Where nothing has all words, those come that have the most, and what they lack is named."""
    person = next(iter(library.people.values()))

    answer = ask(page, copied, q=f"{NOWHERE} {person.name}")

    lack = f"Nothing has all these words. The best matches lack “{NOWHERE}”."
    assert answer.verdict.startswith(lack)
    assert answer.links[0] == f"people/{person.id}/"


def test_facets_count_what_the_library_has(page: Page, copied: str, library: Library) -> None:
    """All claims, and the claims of a person or a theme, are as many as the library has."""
    person = library.speakers[0]
    theme = next(iter(library.themes))

    assert ask(page, copied, kind="claim").total == len(library.claims)
    of_person = ask(page, copied, kind="claim", person=person)
    assert of_person.total == len(library.claims_of_speaker(person))
    on_theme = ask(page, copied, kind="claim", theme=theme)
    assert on_theme.total == len(library.claims_of_theme(theme))


def test_a_chip_leaves_as_many_results_as_it_says(
    page: Page, copied: str, library: Library
) -> None:
    """A value of a facet narrows the results by as many as stand beside it."""
    person = library.people[next(who for who in library.speakers if who in library.people)]
    answer = ask(page, copied, q=person.surname)
    theme = next(theme for theme in library.themes.values() if theme.title in answer.chips)

    narrowed = ask(page, copied, q=person.surname, theme=theme.id)

    assert narrowed.total == answer.chips[theme.title]


def test_passages_are_listed_apart(page: Page, copied: str, library: Library) -> None:
    """A passage has the words of its claims: it is not listed beside them, but one step away."""
    person = library.people[next(who for who in library.speakers if who in library.people)]
    answer = ask(page, copied, q=person.surname)
    assert not [link for link in answer.links if "#p" in link]

    page.get_by_role("link", name=re.compile(r"^\d+ passages?$")).click()

    chosen = page.locator(".chosen", has_text="Kind: Passage")
    expect(chosen).to_be_visible()


def test_results_can_be_sorted_by_date(page: Page, copied: str, library: Library) -> None:
    """Sorted by date, the latest article comes first."""
    answer = ask(page, copied, kind="article", sort="date")

    dates = [library.articles[link.split("/")[1]].date.first for link in answer.links]
    assert dates == sorted(dates, reverse=True)


def test_a_value_that_there_is_not_is_told(page: Page, copied: str) -> None:
    """A facet's value that no record has is named; nothing is searched."""
    answer = ask(page, copied, theme=NOWHERE)

    assert answer.verdict == f"There is no theme “{NOWHERE}” here."


@pytest.mark.parametrize("asked", ["2", "99", "0", "-1", "x", "007", ""])
def test_every_page_number_shows_a_page(
    page: Page, copied: str, library: Library, asked: str
) -> None:
    """A page number that there is not shows the nearest page, and says which it is."""
    last = -(-len(library.claims) // PAGE_SIZE)
    number = int(asked) if asked.isdecimal() else 1
    number = max(1, min(number, last))

    answer = ask(page, copied, kind="claim", page=asked)

    assert answer.verdict.endswith(f"page {number} of {last}.")
    claims = [f"claims/{claim}/" for claim in library.claims]
    assert answer.links == claims[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]


def test_a_result_works_as_everywhere(page: Page, copied: str, library: Library) -> None:
    """A claim among the results has its words marked, is copied with its citation, is collected."""
    claim, phrase = some_phrase(library)
    ask(page, copied, q=f'"{phrase}"', kind="claim")
    result = page.locator(f"[data-claim={claim.id}]")
    expect(result.locator("mark").first).to_have_text(phrase.split()[0])

    result.get_by_role("button", name="Copy quotation").click()
    expect(page.get_by_role("status").last).to_contain_text("Copied, cited in")
    result.get_by_label("Collect").check()

    expect(page.get_by_role("link", name="Collection (1)")).to_be_visible()


def test_a_first_search_fetches_little(page: Page, copied: str, library: Library) -> None:
    """A first search fetches at most 300 kB, page, style and results among them."""
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))

    ask(page, copied, q=next(iter(library.people.values())).name)

    assert sum(len(response.body()) for response in responses) <= LARGEST_FIRST_SEARCH


def test_the_page_says_what_only_the_live_site_does(page: Page, copied: str) -> None:
    """Slips, completions and fields are named as what the copy lacks."""
    page.goto(f"{copied}/search/")

    line = page.get_by_text("This is a copy without a server")
    expect(line).to_contain_text(re.compile(r"slips.*completions.*fields", re.I | re.S))


# Collection

COLLECTED = urlencode(
    [
        ("claim", "data-is-junk"),
        ("claim", "faith-held-since-1991"),
        ("claim", "start-out-nimble"),
        ("claim", "junk-data-informs-budget-allocations"),
        ("claim", "no-such-claim"),
    ]
)
"""A collection, with a claim that has moved and one that there is not."""


def test_the_collection(context: BrowserContext, site: str) -> None:
    """Ticked claims are remembered in their order, counted in every tab and on coming back, shown
    whole by link and by form; one is removed, or all are, on the collection's page."""
    page, other = context.new_page(), context.new_page()
    page.goto(f"{site}/people/laurence-buckman/")
    other.goto(f"{site}/claims/data-is-junk/")

    box = page.locator("input[name=claim]").nth(2)
    box.check()
    first = box.get_attribute("value")
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


@pytest.mark.parametrize("storage", [BARRED, FULL], ids=["barred", "full"])
def test_a_private_window(context: BrowserContext, site: str, storage: str) -> None:
    """Where the browser keeps nothing, or no more, all works for as long as the page is open."""
    context.add_init_script(storage)
    page = context.new_page()
    page.goto(f"{site}/claims/data-is-junk/")

    page.locator("[data-cite]").get_by_label("Style").select_option("apa")
    expect(page.locator("[data-style]:visible")).to_have_attribute("data-style", "apa")
    page.get_by_label("Collect").first.check()
    page.get_by_role("button", name="Dark").click()
    expect(page.get_by_role("button", name="Light")).to_be_visible()
    page.get_by_role("link", name="Collection (1)").click()

    expect(page.locator("[data-claim]")).to_have_count(1)


class Shown(NamedTuple):
    """What a collection's page shows: ids of claims, and the beginning of each reference."""

    claims: list[str]
    references: list[str]


def shown(page: Page) -> Shown:
    expect(page.locator(".bibliography li")).to_have_count(2)
    expect(page.get_by_text("no-such-claim").last).to_be_visible()
    claims = page.locator("[data-claim]")
    ids = claims.evaluate_all("(claims) => claims.map((claim) => claim.dataset.claim)")
    references = page.locator(".bibliography li").all_inner_texts()
    return Shown(ids, [reference.split(" http")[0][:60] for reference in references])


@pytest.mark.parametrize("style", ["vancouver", "apa"])
def test_the_copys_collection(page: Page, copied: str, served: str, style: str) -> None:
    """The copy's collection has the live one's claims, one that has moved too, names what it does
    not know, and lists each article once, in the style chosen, in the live order."""
    page.goto(f"{served}/collection/?{COLLECTED}&style={style}")
    live = shown(page)
    page.goto(f"{copied}/collection/?{COLLECTED}&style={style}")

    assert shown(page) == live


@pytest.mark.parametrize("style", ["vancouver", "apa"])
def test_a_quotation_of_a_collection_has_its_number(page: Page, site: str, style: str) -> None:
    """A quotation copied from a collection is cited by its source's number where the style numbers
    sources, and with the reference that the page lists."""
    page.goto(f"{site}/collection/?{COLLECTED}&style={style}")
    references = page.locator(".bibliography li")
    expect(references).to_have_count(2)
    second = references.nth(1).inner_text()

    page.get_by_role("button", name="Copy quotation").nth(1).click()
    expect(page.get_by_role("status").last).to_contain_text("Copied, cited in")
    quotation, reference = pasted(page)[0].split("\n")

    if style == "vancouver":
        assert "(2, para. " in quotation
        assert second.startswith("2. ")
        assert reference == second
    else:
        assert "(2, " not in quotation


FORMATS = {"bib": "BibTeX", "ris": "RIS", "csl.json": "CSL-JSON"}


@pytest.mark.parametrize("suffix", FORMATS)
def test_downloads(page: Page, copied: str, served: str, suffix: str) -> None:
    """A file of the copy's collection has one record a source with a note for each quotation, as
    the live site's has."""
    page.goto(f"{copied}/collection/?{COLLECTED}")
    with urlopen(f"{served}/collection.{suffix}?{COLLECTED}") as answer:
        live = notes_of(suffix, answer.read().decode())

    with page.expect_download() as download:
        page.get_by_role("button", name=FORMATS[suffix]).click()

    text = download.value.path().read_text("utf-8")
    assert notes_of(suffix, text) == live
    assert len(live) == 2


def notes_of(suffix: str, text: str) -> dict[str, int]:
    """Return the id of each record of a file, and how many words its notes have.

    The address of the site is left out: the copy does not know it.
    """
    text = text.replace("https://reference.example", "")
    if suffix == "bib":
        entries = pybtex.database.parse_string(text, "bibtex").entries
        return {key: len(entry.fields["annote"].split()) for key, entry in entries.items()}
    if suffix == "csl.json":
        return {record["id"]: len(record["note"].split()) for record in json.loads(text)}
    return {record["id"]: len(" ".join(record["notes"]).split()) for record in rispy.loads(text)}
