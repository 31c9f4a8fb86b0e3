"""The static copy in a browser: what Pagefind finds there, and the reader's collection."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, Response, expect

from reference.records import Claim, Library, Person
from reference.search.results import PAGE_SIZE

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
        chips={
            chip.rpartition(" ")[0]: int(chip.rpartition(" ")[2])
            for chip in chips
        },
    )


def some_phrase(library: Library) -> tuple[Claim, str]:
    """Return a claim and four words that stand side by side in its quotation."""
    for claim in library.claims.values():
        match = re.search(r"(\w+ ){3}\w+", claim.quote)
        if match:
            return claim, match[0]
    raise AssertionError("no claim quotes four words")


def somebody_quoted(library: Library) -> Person:
    """Return a person whose words the library has."""
    for speaker in library.speakers:
        if speaker in library.people:
            return library.people[speaker]
    raise AssertionError("nobody is quoted by name")


# Search


def test_a_person_named_comes_first(
    page: Page, copied: str, library: Library
) -> None:
    """A name finds its person before all that the person says."""
    for person in library.people.values():
        answer = ask(page, copied, q=person.name)

        assert answer.links[0] == f"people/{person.id}/"


def test_a_surname_is_enough(
    page: Page, copied: str, library: Library
) -> None:
    """A surname finds somebody of that name first."""
    person = next(iter(library.people.values()))
    of_that_name = [
        other
        for other in library.people.values()
        if other.surname == person.surname
    ]

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

    answer = ask(
        page, copied, q=f'"{first.surname} {second.surname} {first.surname}"'
    )

    assert answer.total == 0
    assert answer.verdict.startswith("No match.")


def test_a_word_that_is_nowhere_finds_nothing(page: Page, copied: str) -> None:
    """A word that no text has finds nothing, and the page says so and where to go on."""
    answer = ask(page, copied, q=NOWHERE)

    assert answer.links == []
    assert answer.verdict.startswith("No match. This library covers ")
    assert answer.verdict.endswith(f"none of them has “{NOWHERE}”.")
    expect(
        page.get_by_role("heading", name="Themes to browse")
    ).to_be_visible()


def test_what_results_lack_is_said(
    page: Page, copied: str, library: Library
) -> None:
    """Where nothing has all words, those come that have the most, and what they lack is named."""
    person = next(iter(library.people.values()))

    answer = ask(page, copied, q=f"{NOWHERE} {person.name}")

    lack = f"Nothing has all these words. The best matches lack “{NOWHERE}”."
    assert answer.verdict.startswith(lack)
    assert answer.links[0] == f"people/{person.id}/"


def test_facets_count_what_the_library_has(
    page: Page, copied: str, library: Library
) -> None:
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
    person = somebody_quoted(library)
    answer = ask(page, copied, q=person.surname)
    theme = next(
        theme
        for theme in library.themes.values()
        if theme.title in answer.chips
    )

    narrowed = ask(page, copied, q=person.surname, theme=theme.id)

    assert narrowed.total == answer.chips[theme.title]


def test_a_passage_comes_after_the_claims_of_it(
    page: Page, copied: str, library: Library
) -> None:
    """A passage has the words of its claims: it is found, and comes after them."""
    claim, phrase = some_phrase(library)

    answer = ask(page, copied, q=f'"{phrase}"')

    passage = f"articles/{claim.article}/#{claim.passage}"
    assert f"claims/{claim.id}/" in answer.links
    assert passage in answer.links
    before = answer.links[: answer.links.index(passage)]
    assert f"claims/{claim.id}/" in before


def test_a_value_that_there_is_not_is_told(page: Page, copied: str) -> None:
    """A facet's value that no record has is named; nothing is searched."""
    answer = ask(page, copied, theme=NOWHERE)

    assert f"there is no theme “{NOWHERE}” here." in answer.verdict


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
    assert (
        answer.links == claims[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    )


def test_a_result_works_as_everywhere(
    page: Page, copied: str, library: Library
) -> None:
    """A claim among the results has its words marked, is copied with its citation, is collected."""
    claim, phrase = some_phrase(library)
    ask(page, copied, q=f'"{phrase}"', kind="claim")
    result = page.locator(f"[data-claim={claim.id}]")
    expect(result.locator("mark").first).to_have_text(phrase.split()[0])

    result.get_by_role("button", name="Copy with reference").click()
    expect(page.get_by_role("status").last).to_contain_text(
        "Copied with reference"
    )
    result.get_by_label("Collect").check()

    expect(page.get_by_role("link", name="Collection (1)")).to_be_visible()


def test_a_first_search_fetches_little(
    page: Page, copied: str, library: Library
) -> None:
    """A first search fetches at most 300 kB, page, style and results among them."""
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))

    ask(page, copied, q=next(iter(library.people.values())).name)

    assert (
        sum(len(response.body()) for response in responses)
        <= LARGEST_FIRST_SEARCH
    )


def test_the_page_says_what_only_the_live_site_does(
    page: Page, copied: str
) -> None:
    """Slips, completions and fields are named as what the copy lacks."""
    page.goto(f"{copied}/search/")

    line = page.get_by_text("This is a copy without a server")
    expect(line).to_contain_text(
        re.compile(r"slips.*completions.*fields", re.I | re.S)
    )
