"""What an editor may get wrong: every mistake is named with its file, its place and the mend."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference.content.bodies import Bodies
from reference.content.loading import load
from reference.content.prose import cites_at_end, sentences
from reference.content.reading import Source, read_yaml
from reference.content.rules import read_date
from reference.evidence import Unproven, place, withheld
from reference.records import ContentError, Library, Passage

BMJ = "articles/complex-infrastructure-excessive-control.md"
PULSE = "articles/gp-commissioners-set-up-to-fail.md"
QUOTE = "quote: But I have to tell you the data is junk"

BREAKAGES = [
    (BMJ, "---\n", "", "front matter: there is none"),
    (BMJ, "title: ", "titel: ", "write `title`"),
    (BMJ, "rights: ", "right: ", "write `rights`"),
    (BMJ, "kind: journal-news", "kind: journal", "is not allowed"),
    (BMJ, "date: 2012-06-20", "date: 2012-06-31", "cannot be a date"),
    (BMJ, "date: 2012-06-20", "date: 2012-13", "cannot be a date"),
    (BMJ, "date: 2012-06-20", "date: 2012-06-20/2011", "cannot be a date (it ends before"),
    (BMJ, "date: 2012-06-20", "date: [2012]", "wrong type"),
    (BMJ, "authors: [caroline-white]", "authors: caroline-white", "wrong type"),
    (BMJ, "authors: [caroline-white]", "authors: [carolin-white]", "write `caroline-white`"),
    (BMJ, "doi: 10.1136", "doi: 11.1136", "is not a DOI"),
    (BMJ, "reads: on 13 June", "reads: on 14 June", "does not apply"),
    (BMJ, "display: full", "display: some", "is not allowed"),
    (BMJ, "  - id: data-is-junk", "  - id: Data is junk", "cannot be an address"),
    (BMJ, "  - id: data-is-junk", "  - id: data-is-junk\n    id: twice", "stands here twice"),
    (BMJ, QUOTE, f"{QUOTE}y", "is not in the article"),
    (BMJ, QUOTE, 'quote: "he said"', "more than one place"),
    (BMJ, QUOTE, 'quote: "… junk"', "empty piece"),
    (BMJ, QUOTE, QUOTE.replace("quote", "qoute"), "write `quote`"),
    (BMJ, QUOTE, "quote: &all [x]", "anchors and aliases"),
    (BMJ, QUOTE, "quote: !!python/name:os.system x", "the tag"),
    (BMJ, QUOTE, "quote: a: b", "YAML"),
    (BMJ, "speakers: [laurence-buckman]", "speakers: [lawrence-buckman]", "laurence-buckman"),
    (BMJ, "themes: [data-quality]", "themes: [data-qualities]", "write `data-quality`"),
    (BMJ, "themes: [data-quality]", "themes: []", "has no theme"),
    (BMJ, "\n\nAnd for the changes to succeed", "\n\n<script>alert(1)</script>\n\nAnd", "raw HTML"),
    (BMJ, "\n\nAnd for the changes to succeed", "\n\nA new one.\n\nAnd", "no claim rests on it"),
    (PULSE, "contrasts: [", "contrasts: [data-is-junk, ", "does not name"),
    (PULSE, "contrasts: [", "contrasts: [data-is-jnk, ", "there is no claim"),
    ("people.yaml", "who chairs the BMA", "who leads the BMA", "does not print"),
    ("people.yaml", "id: laurence-buckman", "id: laurence_buckman", "there is no person"),
    ("people.yaml", "- id: jon-glasby", "- x\n- id: jon-glasby", "wrong type"),
    ("glossary.yaml", "abbreviation: PCT", "abbreviation: PBC", "listed twice"),
    ("glossary.yaml", "source: ", "source: nowhere #", "is not an address"),
    ("themes/training.md", "## What", "GPs are good at this.\n\n## What", "ends in no claim"),
    ("themes/training.md", "[@", "[@no-such-claim][@", "there is no claim"),
    (
        "themes/training.md",
        "## What",
        "It is ‘made up’ [@data-is-junk].\n\n## What",
        "no claim it cit",
    ),
    ("themes/training.md", "order: 1", "order: first", "wrong type"),
    ("themes/training.md", "## What", "## More\nGPs are all fools.\n\n## What", "ends in no claim"),
    ("themes/training.md", "## What", "  # GPs are all fools.\n\n## What", "ends in no claim"),
    ("themes/training.md", "## What", "- Fools.\n- So [@data-is-junk].\n\n## What", "“Fools.”"),
    ("themes/training.md", "## What", "Fools. 40 say [@data-is-junk].\n\n## What", "“Fools.”"),
    ("themes/training.md", "## What", "Fools. e-say [@data-is-junk].\n\n## What", "“Fools.”"),
    ("themes/training.md", "## What", "Fools… Say [@data-is-junk].\n\n## What", "“Fools…”"),
    ("themes/training.md", "## What", "## GPs are all fools.\n\n## What", "is a sentence"),
    ("themes/training.md", "## What", 'He "lies" [@data-is-junk].\n\n## What', "the mark"),
    ("themes/training.md", "## What", "He [@ lies [@data-is-junk].\n\n## What", "malformed"),
    ("themes/training.md", "## What", f"{'- ' * 500}x\n\n## What", "nested too deep"),
    (BMJ, "title: Complex", "title: null #", "wrong type"),
    (BMJ, "rights: BMJ Publishing Group", "rights: 12.5", "wrong type"),
    (BMJ, "[caroline-white]", "[caroline-white, caroline-white]", "twice"),
    (BMJ, "rights: BMJ", 'rights: "BMJ\\0"', "unseen character"),
    (BMJ, "“the data is junk”", "'the data is junk'", "the mark"),
    (BMJ, "“the data is junk”.", "junk. All are fools.", "not one whole sentence"),
    (BMJ, "url: http://www.bmj.com", 'url: "http://[::1"  #', "is not an address"),
    (
        "articles/were-engaged-now-what.md",
        "voice: author",
        "voice: direct",
        "no quotation marks",
    ),
    ("edition.yaml", "2026", "26", "cannot be a date"),
    (
        BMJ,
        "\n\nAnd for the changes to",
        "\n\n| a | b |\n|---|---|\n\nAnd for the changes to",
        "Markdown",
    ),
    (
        BMJ,
        "\n\nAnd for the changes to",
        "\n\nSee [it](http://x).\n\nAnd for the changes to",
        "Markdown",
    ),
    (BMJ, "\n\nAnd for the changes to", '\n\nThe "new" one.\n\nAnd for the changes to', "the mark"),
    (BMJ, "  - id: data-is-junk", "\t- id: data-is-junk", "indent with spaces"),
    (BMJ, "publication: {", "publication: The Paper\nx: {", "name, section, volume"),
]

SLIPS = [
    (BMJ, "title: Complex", "title: more: complex"),
    (BMJ, "kind: journal-news", "kind: paper"),
    (BMJ, QUOTE, f"{QUOTE}y"),
    (BMJ, f"{QUOTE}\n    voice: direct", f"{QUOTE}\n    voice: loud"),
    ("people.yaml", "- id: jon-glasby", "- id: jon-glasby\n  x: ["),
    ("themes/training.md", "title: Training", "title: a: Training"),
]
"""One slip each, in what much else refers to."""


def change(path: Path, old: str, new: str) -> None:
    """Put something else in the place of what a file of content has."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(("file", "old", "new"), SLIPS)
def test_one_slip_is_one_problem(content_copy: Path, file: str, old: str, new: str) -> None:
    """What could not be read is not held against the rest of the content."""
    change(content_copy / file, old, new)
    with pytest.raises(ContentError) as caught:
        load(content_copy)
    assert len(caught.value.problems) == 1, str(caught.value)


def test_a_missing_folder_is_one_problem(content_copy: Path) -> None:
    """Without themes, or without articles, nothing is said of every name that would be there."""
    for part in ("themes", "articles"):
        (content_copy / part).rename(content_copy / f".{part}")
        with pytest.raises(ContentError) as caught:
            load(content_copy)
        assert len(caught.value.problems) == 1, str(caught.value)
        (content_copy / f".{part}").rename(content_copy / part)


def test_a_claim_with_several_faults_has_all_of_them_said(content_copy: Path) -> None:
    """A key of the wrong kind does not hide names that nothing here has."""
    path = content_copy / BMJ
    before, at, after = path.read_text(encoding="utf-8").partition("  - id: data-is-junk")
    after = after.replace("[laurence-buckman]", "[laurence-bukman]", 1)
    after = after.replace("[data-quality]", "[trainning]", 1).replace("problem", "solution", 1)
    path.write_text(before + at + after, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load(content_copy)
    said = str(caught.value)
    assert len(caught.value.problems) == 3
    assert all(mend in said for mend in ("`laurence-buckman`", "`training`", "'problem'"))


@pytest.mark.parametrize(("file", "old", "new", "said"), BREAKAGES)
def test_mistakes_are_named(content_copy: Path, file: str, old: str, new: str, said: str) -> None:
    """One mistake: a line that names the file, a place, what is wrong and the mend."""
    change(content_copy / file, old, new)
    with pytest.raises(ContentError) as caught:
        load(content_copy)
    lines = [str(problem) for problem in caught.value.problems]
    assert any(said in line and line.startswith("content/") for line in lines), lines
    assert all(": " in line and "Mend: " in line for line in lines)


def test_every_problem_in_one_run(content_copy: Path) -> None:
    """Mistakes in several files and several claims are all said at once, in file order."""
    expected = []
    for file, old, new, said in (BREAKAGES[4], BREAKAGES[15], BREAKAGES[23], BREAKAGES[29]):
        change(content_copy / file, old, new)
        expected.append(said)
    keep = content_copy / "themes/keep.md"
    keep.write_text("---\ntitle: Keep\norder: third\nsummary: x\n---\n<b>\n", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load(content_copy)
    text = str(caught.value)
    assert all(said in text for said in expected)
    assert "raw HTML" in text and "keep.md:3: order" in text
    files = [problem.file for problem in caught.value.problems]
    assert files == sorted(files)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"---\ntitle: caf\xe9\n---\n", "is not UTF-8"),
        (b"no front matter", "there is none"),
        (b"---\n" + b"[" * 50_000, "not closed"),
        (b"---\n" + b"[" * 50_000 + b"\n---\nText", "nested deeper"),
        (b"---\n- a\n- b\n---\nText", "is not a set of keys"),
        (b"x" * 20_000_001, "larger than"),
    ],
)
def test_files_that_are_no_articles(content_copy: Path, data: bytes, said: str) -> None:
    """Empty, foreign, endless and oversized files are problems of that file, not crashes."""
    (content_copy / "articles/broken.md").write_bytes(data)
    with pytest.raises(ContentError) as caught:
        load(content_copy)
    assert any(said in str(p) and "broken.md" in p.file for p in caught.value.problems)


def test_unreadable_and_missing(content_copy: Path) -> None:
    """A folder in a file's place, a missing list and an empty folder are said."""
    (content_copy / "articles/folder.md").mkdir()
    (content_copy / "people.yaml").unlink()
    (content_copy / "articles/New.MD").touch()
    os.mkfifo(content_copy / "articles/pipe.md")
    for theme in (content_copy / "themes").glob("*.md"):
        theme.unlink()
    with pytest.raises(ContentError) as caught:
        load(content_copy)
    text = str(caught.value)
    assert "folder.md:1: file: cannot be read" in text
    assert "pipe.md:1: file: cannot be read" in text
    assert "New.MD:1: file name: is not read" in text
    assert "people.yaml:1: file: cannot be read" in text
    assert "content/themes:1: folder: holds no .md file" in text


def test_aliases_do_not_expand(tmp_path: Path) -> None:
    """YAML that would expand without end is refused at its first anchor."""
    laughs = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(40))
    path = tmp_path / "people.yaml"
    path.write_text(laughs)
    assert [p.wrong for p in read_yaml(path, "people.yaml").problems] == [
        "anchors and aliases are not allowed"
    ]


def test_a_new_article_needs_no_code(content_copy: Path) -> None:
    """One Markdown file adds an article, whose claims and theme are there at once."""
    (content_copy / "articles/new-voice.md").write_text(
        """---
title: A new voice
kind: news
authors: []
publication: {name: The Paper}
date: 2013-01
date_basis: made up for a test
rights: nobody
display: full
claims:
  - id: new-claim
    says: The article says that something is new.
    quote: Something … new
    voice: author
    speakers: []
    themes: [training]
    kind: context
---
Something here is new.
""",
        encoding="utf-8",
    )
    library = load(content_copy)
    assert library.claims["new-claim"].spans == ((0, 9), (18, 21))
    assert library.claims_of_theme["training"][-1].id == "new-claim"


def test_display_quotations(content_copy: Path, library: Library) -> None:
    """`display: quotations` leaves nothing in the library but the words its claims quote."""
    path = content_copy / BMJ
    text = path.read_text(encoding="utf-8").replace("display: full", "display: quotations")
    # one claim less, so that some words are quoted by nobody
    start = text.index("  - id: staff-exclusion-baffling")
    path.write_text(text[:start] + text[text.index("---\n", start) :], encoding="utf-8")
    slug = path.stem
    kept = load(content_copy)
    whole = {passage.id: passage.text for passage in library.articles[slug].passages}
    assert "completely baffling" in whole["p12"]
    for passage in kept.articles[slug].passages:
        assert "completely baffling" not in passage.text
        pieces = [piece.strip() for piece in passage.text.split("[…]")]
        assert all(piece in whole[passage.id] for piece in pieces)
    for claim in kept.claims.values():
        shown = kept.passage_of(claim).text
        pieces = [piece.strip() for piece in claim.quote.split("…")]
        assert [shown[span.start : span.end] for span in claim.spans] == pieces
    assert kept.articles[slug].masthead == kept.articles[slug].omitted == ()


WORDS = st.text(st.sampled_from("ab’. ,"), min_size=1, max_size=30)


@given(texts=st.lists(WORDS, min_size=1, max_size=4), quote=WORDS)
def test_place_agrees_with_counting(texts: list[str], quote: str) -> None:
    """A quotation is placed exactly when its words occur once, counted the slow way."""
    passages = [Passage(f"p{n}", " ".join(text.split())) for n, text in enumerate(texts, 1)]
    piece = " ".join(quote.split())
    count = 0
    for passage in passages:
        for start in range(len(passage.text) - len(piece) + 1):
            before = passage.text[start - 1 : start] if start else ""
            after = passage.text[start + len(piece) : start + len(piece) + 1]
            if passage.text.startswith(piece, start) and not before.isalnum():
                count += not after.isalnum()
    if any(letter in piece for letter in "ab") and count == 1:
        found, spans = place(quote, passages)
        assert found.text[spans[0].start : spans[0].end] == piece
    else:
        with pytest.raises(Unproven):
            place(quote, passages)


@given(data=st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    """Whatever a YAML file holds, it becomes plain data or a named problem."""
    path = tmp_path / "any.yaml"
    path.write_bytes(data)
    source = read_yaml(path, "any.yaml")
    assert source.problems or isinstance(source.data, (dict, list, str, int, bool, type(None)))


@given(text=st.text(max_size=12))
def test_any_date_is_read_or_refused(text: str) -> None:
    """A date is EDTF or a problem; what is read has real days."""
    source = Source("x.md")
    date = read_date(source, text)
    if not source.problems:
        assert date.years and date.edtf == text


def test_raw_html_never_lives() -> None:
    """HTML, links and code in Markdown stay the characters they are."""
    text = "<b onclick=x>bold</b> [a](javascript:x) ![i](x) `code` <https://x> &lt;"
    assert Bodies().passages(text)[0].text == text
    (block,) = Bodies().prose(f"{text} [@a].")
    assert block.html.count("<") == 6  # p, sup and a, opened and closed, and nothing else
    assert "&lt;b onclick" in block.html


def test_sentences_of_prose() -> None:
    """A sentence ends at a stop before a capital; it must close with a citation."""
    text = "One [@a]. Two, he says [@b]; three [@c]. Four. [@d] Five"
    found = sentences(text)
    assert found == ["One [@a].", "Two, he says [@b]; three [@c].", "Four. [@d]", "Five"]
    assert [cites_at_end(sentence) for sentence in found] == [True, True, True, False]


def test_nothing_withheld_is_kept(library: Library) -> None:
    """With no claim at all, `display: quotations` leaves not one word of an article."""
    article = library.articles["were-engaged-now-what"]
    bare, moved = withheld(article, [])
    assert {passage.text for passage in bare.passages} == {"[…]"} and not moved
