"""What an editor may get wrong: one slip is one problem, on its line, with its mend."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference.content import bodies
from reference.content.forms import read_date
from reference.content.loading import fingerprint, load
from reference.content.prose import CITING, Ground, marked, misquoted, sentences
from reference.content.reading import Source, read_source
from reference.evidence import Unproven, place, withheld
from reference.problems import ContentError, Problem
from reference.records import Library, Passage
from tests.parsed import rows

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
BMJ = "articles/complex-infrastructure-excessive-control.md"
PROSE = "themes/data-quality.md"
AT = "\n---\n\n"  # where a body begins

ROWS = rows("slips")


def change(path: Path, old: str, new: str) -> None:
    """Put something else in the place of what a file of content has."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(folder: Path) -> list[Problem]:
    """What is wrong with content that has something wrong with it."""
    with pytest.raises(ContentError) as caught:
        load(folder)
    assert all("Mend: " in str(problem) for problem in caught.value.problems)
    return caught.value.problems


def test_about_may_be_left_out(content_copy: Path) -> None:
    """A folder need not say how it came to be: About then has only what holds of any folder."""
    (content_copy / "about.md").unlink()

    library = load(content_copy)

    assert library.about == ()


@pytest.mark.parametrize(("file", "old", "new", "bit", "said"), ROWS["slips"])
def test_one_slip_is_one_problem(
    content_copy: Path, file: str, old: str, new: str, bit: str, said: str
) -> None:
    """One mistake is said once: its file, its very line, what is wrong and the mend."""
    place = (content_copy / file).read_text(encoding="utf-8").index(old)
    change(content_copy / file, old, new)
    text = (content_copy / file).read_text(encoding="utf-8")
    at = text.find(bit, text.rfind("\n", 0, place) + 1)
    at = at if at >= 0 else text.rindex(bit, 0, place)
    (problem,) = problems(content_copy)
    assert (problem.file, said in str(problem)) == (f"content/{file}", True), problem
    assert problem.line == 1 + text.count("\n", 0, at), problem


def test_a_file_under_another_name_is_one_problem(content_copy: Path) -> None:
    """A part that is missing, misspelt or unreadable is not held against all that names it."""
    for old, new, said in ROWS["renamed"]:
        (content_copy / old).rename(content_copy / new)
        assert [said in str(problem) for problem in problems(content_copy)] == [True], said
        (content_copy / new).rename(content_copy / old)


def test_every_problem_in_one_run(content_copy: Path) -> None:
    """Mistakes in several files, and in one claim, are all said at once, in file order."""
    change(content_copy / BMJ, "speakers: [laurence-buckman]", "speakers: [laurence-bukman]")
    change(content_copy / BMJ, "    kind: problem", "    kind: trouble")
    change(content_copy / BMJ, "doi: 10", "doi: 11")
    change(content_copy / "people.yaml", "id: jon-glasby", "id: jon glasby")
    change(content_copy / PROSE, AT, f"{AT}Fools. ")
    keep = "---\ntitle: Keep\norder: x\nsummary: y\n---\n<b>\n"
    (content_copy / "themes/keep.md").write_text(keep)
    found = [f"{problem.file}:{problem.place}" for problem in problems(content_copy)]
    assert len(found) == 7 and found == sorted(found, key=lambda each: each.partition(":")[0])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"---\ntitle: caf\xe9\n---\n", ":2: file: byte 0xe9 is not UTF-8"),
        (b"---\n" + b"[" * 50_000, "not closed"),
        (b"---\n" + b"[" * 50_000 + b"\n---\nText", "nested deeper"),
        (b"---\n" + b"- " * 50_000 + b"\n---\nText", "nested deeper"),
        (b"---\na: &a [x]\nb: [*a, *a]\n---\nText", ":2: YAML: anchors, aliases"),
        (b"---\n- a\n- b\n---\nText", "a list is not allowed"),
        (None, "cannot be read: there is no such file"),
    ],
)
def test_files_that_are_no_articles(content_copy: Path, data: bytes | None, said: str) -> None:
    """Empty, foreign, endless and oversized files, folders and pipes are one problem each."""
    path = content_copy / "articles/broken.md"
    os.mkfifo(path) if data is None else path.write_bytes(data)
    (problem,) = problems(content_copy)
    assert said in str(problem) and problem.file == "content/articles/broken.md"


WILD = st.text("-[]{}:&*!|>'\"# \n\tab1", max_size=60).map(str.encode)


@given(data=st.binary(max_size=400) | WILD)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    """Whatever a file holds, it becomes plain data or a named problem on a line it has."""
    for name in ("any.yaml", "any.md"):
        (tmp_path / name).write_bytes(data)
        source = read_source(tmp_path / name, name)
        lines = 2 + data.count(b"\n") + data.count(b"\r")
        assert source.problems or isinstance(source.data, (dict, list, str, int, float, type(None)))
        assert all(0 < problem.line <= lines for problem in source.problems)


@given(text=st.text(max_size=12) | st.text("0123456789-/.", max_size=21))
def test_any_date_is_read_or_refused(text: str) -> None:
    """A date is EDTF or refused; what is read has real days."""
    try:
        date = read_date(text)
    except ValueError:
        return
    assert date.years and date.edtf == text


@given(texts=st.lists(st.text("ab* _-#>\n.’", min_size=1, max_size=12), min_size=1, max_size=5))
def test_a_passage_is_found_on_its_line(texts: list[str]) -> None:
    """Whatever Markdown stands round it, a passage's line is the one its first letter is on."""
    body = "\n\n".join(f"*x{number}* {text}" for number, text in enumerate(texts))
    source = Source("x.md", body=body)
    letters = [place for place, sign in enumerate(body) if sign.isalnum()]
    for passage in bodies.passages(body):
        if passage.text.startswith("x"):
            source.wrong_in(passage.text, "p", "w", "m")
            assert source.problems[-1].line == 1 + body.count("\n", 0, letters[0])
        del letters[: sum(map(str.isalnum, passage.text))]


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


def test_what_an_article_has_in_quotation_marks() -> None:
    """Stretches go from mark to mark, over paragraphs too, as newspapers set them."""
    texts = [*ROWS["marked"]]
    found = [[t[a:b] for a, b in runs] for t, runs in zip(texts, marked(texts), strict=True)]
    assert found == [*ROWS["marked"].values()]


def test_words_in_marks_are_a_speakers() -> None:
    """Ours are words of a quotation cited, in marks in the article too, or of its own author."""
    ground = Ground("said GPs were ‘set up to fail’ by … all", ("set up to fail",))
    for words, said in ROWS["quoting"].items():
        wrongs = [wrong for wrong, _, _ in misquoted(f"They are {words}, he says.", [ground])]
        assert len(wrongs) == bool(said) and all(said in wrong for wrong in wrongs), words


def test_what_only_looks_wrong_is_read(content_copy: Path) -> None:
    """A DOI of any signs is one, stops of abbreviations end no sentence, and a file that is no
    content makes no other version."""
    change(content_copy / BMJ, "10.1136/bmj.e4278", "10.1002/(SICI)1096<1::AID>3.0.CO;2-#")
    change(content_copy / BMJ, "Laurence Buckman dec", "Dr. L. Buckman (e.g. in No. 10) dec")
    before = fingerprint(content_copy)
    for name in ("references.json", "articles/.draft.md"):
        (content_copy / name).write_text("{}")
    assert fingerprint(content_copy) == before == load(content_copy).version


def test_display_quotations(content_copy: Path, library: Library) -> None:
    """`display: quotations` leaves nothing in the library but the words its claims quote."""
    change(content_copy / BMJ, "display: full", "display: quotations")
    slug, kept = Path(BMJ).stem, load(content_copy)
    texts = {passage.id: passage.text for passage in library.articles[slug].passages}
    for passage in kept.articles[slug].passages:
        pieces = [piece.strip() for piece in passage.text.split("[…]")]
        quoted = [span for claim in library.claims_at(slug, passage.id) for span in claim.spans]
        assert all(piece in texts[passage.id] for piece in pieces)
        assert sum(map(len, pieces)) <= sum(end - start + 1 for start, end in quoted)
    for claim in kept.claims.values():
        shown = kept.passage_of(claim).text
        assert "…".join(shown[a:b] for a, b in claim.spans) == re.sub(" ?… ?", "…", claim.quote)
    assert kept.articles[slug].masthead == kept.articles[slug].omitted == ()
    bare, moved = withheld(replace(library.articles[slug], display="quotations"), [])
    assert {passage.text for passage in bare.passages} == {"[…]"} and not moved


def test_raw_html_never_lives() -> None:
    """HTML, links and code in Markdown stay the characters they are."""
    text = "<b onclick=x>bold</b> [a](javascript:x) ![i](x) `code` <https://x> &lt;"
    assert bodies.passages(text)[0].text == text
    (block,) = bodies.prose(f"{text} [@a] [@b].", events={"b"})
    assert block.html.count("<") == 10  # p, twice sup and a, opened and closed, and nothing else
    assert "&lt;b onclick" in block.html and (block.claims, block.events) == (("a",), ("b",))


def test_sentences_of_prose() -> None:
    """A sentence ends at a stop, but for those of abbreviations; it must close with a citation."""
    found = sentences(" ".join(ROWS["sentences"]))
    assert found == [*ROWS["sentences"]]
    cited = [CITING.search(sentence) is not None for sentence in found]
    assert cited == [*ROWS["sentences"].values()]
