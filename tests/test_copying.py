"""Copying with citations, in a real browser, live and in the static copy."""

import re

import brotli
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from reference.citation.references import References, plain
from reference.citation.styles import BY_ID, STYLES
from reference.records import Library
from tests.browsing import bar, message, pasted, select, unlinked
from tests.served import ROOT

ARTICLE = "/articles/complex-infrastructure-excessive-control/"
UNSIGNED = "/articles/pct-managers-warn-gps/"
CLAIM = "/claims/data-is-junk/"
PERSON = "/people/laurence-buckman/"
WORDS = "“But I have to tell you the data is junk”"
SCRIPTS = ("site.", "citing.", "collection.")


@pytest.fixture(scope="module")
def references(library: Library) -> References:
    return References.read(ROOT / "content", library)


def copy_of_claim(page: Page, name: str = "Copy with reference") -> str:
    """Press a claim's button; return what a reader pastes."""
    claim = page.locator("[data-claim=data-is-junk]")
    claim.get_by_role("button", name=name).click()
    expect(claim.get_by_role("button", name="Copied")).to_be_visible()
    return pasted(page)[0]


# Quotations


@pytest.mark.parametrize("host", ["127.0.0.1", "reference.test"])
def test_a_quotation_is_copied(
    page: Page, site: str, references: References, host: str
) -> None:
    """One click copies the words with what cites them and, on a second line, the reference, in the
    reader's style, plain and as HTML with its italics; over plain HTTP too. It is seen."""
    mla = references.of(
        "complex-infrastructure-excessive-control", BY_ID["mla"]
    )
    page.clock.install()
    page.goto(site.replace("127.0.0.1", host) + PERSON)
    page.evaluate("window.page.kept.set('style', 'mla')")

    text = copy_of_claim(page)

    first, second = text.split("\n")
    assert (
        first
        == f"{WORDS[:-1]},” Laurence Buckman said (qtd. in White, par. 11)"
    )
    assert second == plain(mla.reference)
    assert "<em>BMJ</em>" in pasted(page)[1]
    expect(message(page)).to_have_text("Copied with reference, MLA 9")
    page.clock.run_for(4000)
    expect(
        page.get_by_role("button", name="Copy with reference").first
    ).to_be_visible()


def test_how_much_is_copied_is_chosen_where_one_copies(
    page: Page, site: str
) -> None:
    """Words alone, words with citation, words with reference: what was chosen is said by every
    button from then on, and copied at once; so is another style."""
    page.goto(site + PERSON)
    whole = copy_of_claim(page)
    panel = page.locator(".copying")
    amount = panel.get_by_label("What is copied")

    amount.select_option("citation")
    expect(message(page)).to_contain_text("Copied with citation")
    cited = pasted(page)[0]
    panel.get_by_label("Style").select_option("apa")
    expect(message(page)).to_contain_text("APA")
    in_another_style = pasted(page)[0]
    amount.select_option("words")
    expect(message(page)).to_have_text("Copied words")
    words = pasted(page)[0]

    assert (
        whole.split("\n")[0]
        == cited
        == f"{WORDS} (Buckman, quoted in White, 2012, para. 11)"
    )
    assert (
        in_another_style
        == f"{WORDS} (Buckman, as cited in White, 2012, para. 11)"
    )
    assert words == WORDS
    page.goto(site + CLAIM)
    expect(page.get_by_role("button", name="Copy words")).to_be_visible()
    expect(page.locator("[data-style]:visible")).to_have_attribute(
        "data-style", "apa"
    )


def test_a_button_says_its_style_before_it_copies(
    page: Page, site: str
) -> None:
    """How much a button copies, and in which style, stands on it: the page's style, or the kept
    one; the first where what is kept is none of ours."""
    page.goto(site + CLAIM)
    button = page.locator("[data-claim=data-is-junk] [data-quote]")
    expect(button).to_have_text("Copy with reference, Harvard")

    page.locator("[data-cite] select").first.select_option("chicago-notes")
    expect(button).to_have_text("Copy with reference, Chicago notes")
    page.goto(site + PERSON)
    expect(button).to_have_text("Copy with reference, Chicago notes")
    for name in ("style", "manner"):
        page.evaluate("(name) => page.kept.set(name, 'toString')", name)
    page.reload()

    expect(button).to_have_text("Copy with reference, Harvard")


def test_script_sets_sentences_as_the_site_does(
    page: Page, served: str, library: Library, references: References
) -> None:
    """What is copied of a claim is, in every style, the sentence that its page shows; in a style
    with notes it is the words with a mark, and the note."""
    claims = library.claims_of_speaker("laurence-buckman")
    one_of_each_kind = {(claim.voice, claim.kind): claim for claim in claims}
    page.goto(served + PERSON)
    page.evaluate("window.page.kept.set('manner', 'citation')")
    for style in STYLES:
        page.evaluate(
            "(style) => window.page.kept.set('style', style)", style.id
        )
        page.reload()
        for claim in one_of_each_kind.values():
            button = page.locator(f"[data-claim={claim.id}] [data-quote]")
            button.click()
            expect(button).to_have_text("Copied")

            text = pasted(page)[0]

            wanted = plain(references.quoted(claim, style))
            if style.has_notes:
                wanted += (
                    f"\n1. {plain(references.in_text(claim, style).citation)}"
                )
            assert text == wanted


def test_a_translation_is_not_copied_as_the_source(
    page: Page, site: str
) -> None:
    """Where a browser translated the page, the words copied are still those that were printed, and
    translated words that are selected are not offered as a quotation."""
    page.goto(site + CLAIM)
    page.evaluate(
        "document.querySelector('[data-words]').innerHTML = '<font>Mais je dois vous dire</font>'"
    )
    assert copy_of_claim(page).startswith(WORDS)

    page.goto(site + ARTICLE)
    expect(page.locator("html")).to_be_attached()
    page.evaluate(
        "document.querySelector('[data-passage=\"11\"]').innerHTML = '<font>Mais je dois</font>'"
    )
    select(page, 11, "Mais je")

    expect(bar(page)).to_be_visible()
    expect(bar(page).locator("[data-selected]")).to_be_disabled()


@pytest.mark.parametrize("fault", ["clipboard", "network"])
def test_a_failure_to_copy_is_seen(
    page: Page, served: str, fault: str
) -> None:
    """Where nothing can be copied, the button says so, and the words stand there to copy by hand,
    over the notes that are open too; where the citation cannot be fetched, that is said."""
    if fault == "network":
        page.route("**/*.citations.json", lambda route: route.abort())
    page.add_init_script(
        "navigator.clipboard.write = () => Promise.reject(); document.execCommand = () => false;"
    )
    page.goto(f"{served}{ARTICLE}#claim-data-is-junk")
    claim = page.locator("#claim-data-is-junk")

    claim.get_by_role("button", name="Copy with reference").click()

    expect(page.get_by_role("button", name="Not copied")).to_be_visible()
    words = WORDS if fault == "clipboard" else "fetched"
    expect(message(page)).to_contain_text(words)
    on_top = "(p) => p.contains(document.elementFromPoint(p.offsetLeft + 9, p.offsetTop + 9))"
    assert message(page).evaluate(on_top)
    page.keyboard.press("Escape")
    expect(message(page)).to_be_hidden()


# What is shown


def test_what_is_shown_is_copied(page: Page, site: str) -> None:
    """A reference, and what stands in the text, have buttons that copy them as they stand."""
    page.goto(site + CLAIM)
    for what, place in (
        ("reference", ".reference"),
        ("in-text citation", ".in-text"),
    ):
        shown = page.locator(f"[data-style]:visible {place}").inner_text()

        page.get_by_role("button", name=f"Copy the {what}").click()

        expect(message(page)).to_have_text("Copied")
        assert pasted(page)[0] == " ".join(shown.split())
        page.keyboard.press("Escape")


@pytest.mark.parametrize(
    ("opened", "permanent"),
    [
        (f"{ARTICLE}?utm_source=mail#claim-data-is-junk", f"{ARTICLE}#p11"),
        (f"{CLAIM}?fbclid=y", CLAIM),
    ],
)
def test_links_are_permanent(
    page: Page, site: str, opened: str, permanent: str
) -> None:
    """A link that is copied has nothing that a mailing added to the address."""
    page.goto(site + opened)

    page.get_by_role("button", name="Copy link").click()

    expect(message(page)).to_have_text("Copied")
    assert pasted(page)[0] == site + permanent


# Selected words


def test_selected_words_are_copied(page: Page, site: str) -> None:
    """Words selected within a passage are copied with the passage's citation, or with the claim's
    if they are its own; a whole paragraph, by three clicks, too; Escape puts the bar away."""
    page.goto(site + ARTICLE)
    copy = bar(page).get_by_role("button", name="Copy with reference")

    page.mouse.click(*unlinked(page, 3), click_count=3)
    copy.click()
    expect(message(page)).to_contain_text("Copied")
    whole = " ".join(page.locator("[data-passage='3']").inner_text().split())
    assert pasted(page)[0].startswith(f"“{whole}” (White, 2012, para. 3)\n")

    select(page, 11, "tell you the data")
    expect(bar(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(bar(page)).to_be_hidden()

    select(page, 11, "tell you the data is")
    bar(page).locator("[data-selected]").press("Enter")
    expect(message(page)).to_contain_text("Copied")
    own = "“tell you the data is” (Buckman, quoted in White, 2012, para. 11)\n"
    assert pasted(page)[0].startswith(own)


def test_words_of_two_passages_are_copied(page: Page, site: str) -> None:
    """Words selected over several passages are one quotation, cited by all of their numbers."""
    page.goto(site + ARTICLE)
    page.evaluate(
        """() => {
          const [first, last] = [3, 4].map((n) => document.querySelector(`[data-passage="${n}"]`));
          getSelection().setBaseAndExtent(first, 0, last, last.childNodes.length);
        }"""
    )

    bar(page).get_by_role("button", name="Copy with reference").click()

    expect(message(page)).to_contain_text("Copied")
    sentence = pasted(page)[0].split("\n")[0]
    assert sentence.endswith(
        "” (White, 2012, paras. 3–4)"
    ) or sentence.endswith("” (White, 2012, paras 3–4)")


MARKS = [
    (ARTICLE, 11, "the data is junk", "“the data is junk”"),
    (
        ARTICLE,
        11,
        "data is junk,” he declared",
        "“‘data is junk,’ he declared”",
    ),
    (ARTICLE, 11, "“But I have to tell you", "“But I have to tell you”"),
    (ARTICLE, 1, "“rebalance” the NHS", "“‘rebalance’ the NHS”"),
    (
        UNSIGNED,
        15,
        "‘Understanding that will be done",
        "“Understanding that will be done”",
    ),
    (
        UNSIGNED,
        15,
        "done by really good consortia.’",
        "“done by really good consortia.”",
    ),
]


@pytest.mark.parametrize(("article", "passage", "words", "quoted"), MARKS)
def test_marks_alternate(
    page: Page,
    served: str,
    article: str,
    passage: int,
    words: str,
    quoted: str,
) -> None:
    """Marks within the marks of a quotation alternate, and none is left without its fellow."""
    page.goto(served + article)
    select(page, passage, words)

    bar(page).get_by_role("button", name="Copy with reference").click()

    expect(message(page)).to_contain_text("Copied")
    assert pasted(page)[0].startswith(
        (f"{quoted} (", f"{quoted}, according to ")
    )


def test_the_browsers_own_copy_is_its_own(page: Page, served: str) -> None:
    """Ctrl+C copies the selection and nothing else."""
    page.goto(served + ARTICLE)
    select(page, 11, "the data is junk")
    expect(bar(page)).to_be_visible()

    page.keyboard.press("Control+c")

    assert pasted(page)[0] == "the data is junk"


# Script that comes when a reader acts

NO_ACT = """async () => {
  const button = document.querySelector("[data-link]");
  for (const type of ["pointerover", "pointermove"]) {
    button.dispatchEvent(new PointerEvent(type, { bubbles: true }));
  }
  getSelection().collapse(document.body, 0);
  await new Promise((done) => setTimeout(done, 100));
}"""
"""What a browser does by itself: a page comes under a pointer at rest; a caret is set."""


@pytest.fixture
def fetched(page: Page) -> list[str]:
    """The addresses of all that the page asks for, as it goes on."""
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    return addresses


def test_the_first_click_is_not_lost(
    page: Page, site: str, fetched: list[str]
) -> None:
    """What copies comes when a reader first acts, not before; the click it comes with copies."""
    page.mouse.move(300, 300)
    page.goto(site + CLAIM)
    page.evaluate(NO_ACT)
    assert not any("copying." in url for url in fetched)

    page.get_by_role("button", name="Copy link").dispatch_event("click")

    expect(message(page)).to_have_text("Copied")
    assert any("copying." in url for url in fetched)


@pytest.mark.parametrize("act", ["points", "presses", "types", "selects"])
def test_the_first_act_fetches_what_copies(
    page: Page, served: str, act: str
) -> None:
    """Whatever a reader does first, what copies comes with it, before a button is clicked."""
    page.goto(served + CLAIM)

    with page.expect_request("**/copying.*"):
        if act == "points":
            page.mouse.move(200, 200)
        elif act == "presses":
            page.locator("h1").dispatch_event("pointerdown")
        elif act == "types":
            page.keyboard.press("Shift")
        else:
            page.evaluate("getSelection().selectAllChildren(document.body)")


def test_script_that_does_not_come_is_asked_for_again(
    page: Page, served: str
) -> None:
    """Where the script that copies cannot be fetched, that is said; the next click asks again."""
    page.route("**/copying.*", lambda route: route.abort())
    page.goto(served + CLAIM)
    copy = page.get_by_role("button", name="Copy link")

    copy.click()
    expect(message(page)).to_have_text("It could not be fetched.")
    page.unroute("**/copying.*")
    copy.click()

    expect(message(page)).to_have_text("Copied")


# The day of reading

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

    shown.evaluate(
        "(place, example) => { place.dataset.today = example; }", example
    )
    page.evaluate("document.dispatchEvent(new Event('claims'))")

    expect(shown).to_have_text(written)


def test_the_day_changes_at_midnight(page: Page, served: str) -> None:
    """A page that was open over midnight says the new day when the reader comes back to it."""
    page.clock.set_fixed_time("2026-12-31T23:59:30")
    page.goto(f"{served}/about/")
    shown = page.locator("[data-style]:visible [data-today]")
    expect(shown).to_have_text("31 December 2026")

    page.clock.set_fixed_time("2027-01-01T00:01:30")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(shown).to_have_text("1 January 2027")


# Script


@pytest.mark.parametrize(
    "path", [PERSON, ARTICLE, "/collection/?claim=data-is-junk"]
)
def test_script_is_small(site_app: Flask, path: str) -> None:
    """What a page loads of script when it is opened is at most 4 kB, as browsers get it."""
    files = site_app.extensions["site"].presentation.static.contents
    text = site_app.test_client().get(path).text
    names = re.findall(r'<script src="/static/([^"]+)"', text)

    sizes = {name: len(brotli.compress(files[name])) for name in names}

    assert all(name.startswith(SCRIPTS) for name in names)
    assert sum(sizes.values()) <= 4_000, sizes
