"""What an editor may get wrong: one slip is one problem, on its line, with its mend."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference.content.bodies import BodyReader
from reference.content.files import fingerprint
from reference.content.forms import read_date
from reference.content.loading import load, verify
from reference.content.marks import Ground, marked, misquoted
from reference.content.prose import CITING, sentences
from reference.content.reading import Source, read_source
from reference.evidence import as_displayed, fold, places, segments
from reference.problems import ContentError, Problem
from reference.records import Passage, Span
from tests.parsed import rows
from tests.small import (
    NEWS,
    OPINION,
    SMALL_LIBRARY,
    change,
    copy_of_small_library,
)

ROWS = rows("slips")
Row = dict[str, Any]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A copy of the small library that a test may break."""
    return copy_of_small_library(tmp_path)


def problems_in(folder: Path) -> list[Problem]:
    """Return what is wrong with content in which something is wrong."""
    with pytest.raises(ContentError) as caught:
        load(folder)
    return caught.value.problems


def each_row(table: str, key: str) -> Callable[..., Any]:
    """Run a test for each row of a table in slips.yaml; `key` names it."""
    return pytest.mark.parametrize(
        "row", [pytest.param(r, id=str(r[key])) for r in ROWS[table]]
    )


# Slips


def test_the_small_library_is_right() -> None:
    """What the tests break is whole."""
    library = load(SMALL_LIBRARY)

    assert len(library.claims) == 10
    assert library.words == {"also": {"train": "sleeper"}}


@each_row("slips", "what")
def test_one_slip_is_one_problem(small: Path, row: Row) -> None:
    """One mistake is said once: its file, its very line, what is wrong and the mend."""
    file = row["file"]
    path = small / file
    changed_at = path.read_text(encoding="utf-8").index(row["old"])
    change(path, row["old"], row["new"])
    changed_text = path.read_text(encoding="utf-8")

    problems = problems_in(small)

    (problem,) = problems
    message = str(problem)
    assert problem.file == f"content/{file}"
    assert row["says"] in message
    assert "Mend: " in message
    assert problem.line == line_named(changed_text, row, changed_at)


def line_named(text: str, row: Row, changed_at: int) -> int:
    """Return the line that a problem must name: the first with a bit from the change on, or the
    last before it.
    """
    start_of_line = text.rfind("\n", 0, changed_at) + 1
    position = text.find(row["line"], start_of_line)
    if row.get("before") or position < 0:
        position = text.rindex(row["line"], 0, changed_at)
    return 1 + text.count("\n", 0, position)


@each_row("renamed", "new")
def test_a_file_under_another_name_is_one_problem(
    small: Path, row: Row
) -> None:
    """A part that is missing, misspelt or unreadable is not held against all that names it."""
    (small / row["old"]).rename(small / row["new"])

    problems = problems_in(small)

    (problem,) = problems
    assert row["says"] in str(problem)


@each_row("left_behind", "name")
def test_what_is_left_among_the_articles(small: Path, row: Row) -> None:
    """What a desktop or an editor's program leaves is passed over, a slip is told."""
    original = (small / NEWS).read_bytes()
    (small / "articles" / row["name"]).write_bytes(original)

    if not row["says"]:
        assert fingerprint(small) == fingerprint(SMALL_LIBRARY)
        assert load(small)
        return
    (problem,) = problems_in(small)

    assert row["says"] in str(problem)
    assert problem.file == f"content/articles/{row['name']}"


def test_an_edited_copy_is_a_copy(small: Path) -> None:
    """A second copy in which a word was changed is told as a copy, not claim by claim."""
    text = (small / NEWS).read_text(encoding="utf-8")
    (small / "articles/draft.md").write_text(
        text.replace("Subscribe", "Please subscribe")
    )

    (problem,) = problems_in(small)

    assert "is the same as draft.md. Mend: remove one of the two" in str(
        problem
    )


@each_row("no_articles", "says")
def test_files_that_are_no_articles(small: Path, row: Row) -> None:
    """Empty, foreign, endless and oversized files are one problem each."""
    text = row["text"]
    if "times" in row:
        head, _, last_line = text.rpartition("\n")
        many = last_line * row["times"]
        end = row.get("end", "")
        text = f"{head}\n{many}{end}"
    path = small / "articles/broken.md"
    path.write_text(text, encoding="latin-1", newline="")

    (problem,) = problems_in(small)

    assert row["says"] in str(problem)
    assert problem.file == "content/articles/broken.md"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
@pytest.mark.parametrize("file", [NEWS, "people.yaml", "themes/comfort.md"])
def test_a_file_of_another_encoding_is_one_problem(
    small: Path, file: str, encoding: str
) -> None:
    """What a Windows program saves its own way is told once, and not by all that it would name."""
    path = small / file
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))

    (problem,) = problems_in(small)

    assert problem.file == f"content/{file}"
    assert "is not UTF-8. Mend: save it as plain text" in str(problem)


def test_a_pipe_among_the_articles_is_one_problem(small: Path) -> None:
    """What is no plain file is not opened: reading it would wait for ever."""
    os.mkfifo(small / "articles/broken.md")

    (problem,) = problems_in(small)

    assert "cannot be read: there is no such file" in str(problem)


def test_every_problem_in_one_run(small: Path) -> None:
    """Mistakes in several files, and in one claim, are all said at once, in file order."""
    change(
        small / NEWS,
        "themes: [comfort, cost]\n    kind: s",
        "themes: [comfrt]\n    kind: t",
    )
    change(small / NEWS, "doi: 10", "doi: 11")
    change(small / "people.yaml", "id: anna-berg", "id: anna berg")
    change(small / "themes/cost.md", "To the rail", "Fools. To the rail")
    (small / "themes/keep.md").write_text(
        "---\ntitle: Keep\norder: x\nsummary: y\n---\n<b>\n"
    )

    found = [
        f"{problem.file}:{problem.place}" for problem in problems_in(small)
    ]

    assert found == [
        "content/articles/last-sleeper.md:doi",
        "content/articles/last-sleeper.md:claims[4] (no-reason-to-stop) themes",
        "content/articles/last-sleeper.md:claims[4] (no-reason-to-stop) kind",
        "content/people.yaml:[1] (anna berg) id",
        "content/themes/cost.md:prose",
        "content/themes/keep.md:order",
        "content/themes/keep.md:body",
        "content/themes/keep.md:prose",
    ]


def test_a_slip_in_one_file_hides_no_other_files_problems(small: Path) -> None:
    """A name that may stand in a file that cannot be read is let pass; any other is told."""
    change(small / NEWS, "kind: news", "kind: [news")
    change(small / "themes/comfort.md", "[@nobody-sleeps", "[@nobody-slept")
    change(small / "disagreements.yaml", "pay?", "pay")

    found = [
        f"{problem.file}: {problem.wrong}" for problem in problems_in(small)
    ]

    assert len(found) == 3
    assert found[0].startswith("content/articles/last-sleeper.md: a bracket")
    assert (
        found[1]
        == "content/disagreements.yaml: `Does a night train pay` is not a question"
    )
    assert found[2].startswith(
        "content/themes/comfort.md: there is no claim `nobody-slept"
    )


def test_a_speaker_who_is_nobody_here_is_told_apart_from_a_group(
    small: Path,
) -> None:
    """A name with a title is a person's, who belongs in people.yaml."""
    change(small / NEWS, "A senior official warned", "Dr Jane Roe warned")
    change(
        small / NEWS,
        "speakers: [anna-berg]\n    named: A senior official",
        "speakers: [Dr Jane Roe]",
    )
    change(
        small / NEWS, "A senior official, taken to be Anna Berg,", "Jane Roe"
    )

    (problem,) = problems_in(small)

    assert (
        "`Dr Jane Roe` is the printed name of a person. Mend: add the person"
        in str(problem)
    )


# What may be left out


@pytest.mark.parametrize("content", [None, "", "# nothing yet\n"])
def test_a_library_needs_little(tmp_path: Path, content: str | None) -> None:
    """Only site.yaml, edition.yaml, an article and a theme are needed; other files may be missing,
    or hold nothing.
    """
    folder = copy_of_small_library(tmp_path)
    for name in (
        "people",
        "glossary",
        "events",
        "disagreements",
        "outcomes",
        "moved",
    ):
        path = folder / f"{name}.yaml"
        path.unlink() if content is None else path.write_text(content)
    for name in ("opening.md", "about.md", "words.ini"):
        (folder / name).unlink()
    (folder / NEWS).unlink()
    (folder / "themes/comfort.md").unlink()
    (folder / "themes/cost.md").write_text(
        "---\ntitle: Cost\norder: 1\nsummary: What nights cost.\n---\n"
    )
    change(folder / "site.yaml", "try: [pillow, O’Brien]\n", "")
    change(folder / OPINION, "authors: [anna-berg]", "authors: []")
    (folder / OPINION).write_text(
        (folder / OPINION)
        .read_text(encoding="utf-8")
        .replace("[anna-berg]", "[]")
        .replace("[comfort]", "[cost]"),
        encoding="utf-8",
    )

    library = load(folder)

    assert len(library.articles) == 1
    assert not library.people
    assert library.opening == ()
    assert library.about == ()


def test_reading_a_library_changes_nothing() -> None:
    """Who asks for what is not there gets nothing, and leaves nothing behind."""
    library = load(SMALL_LIBRARY)
    speakers = library.speakers

    assert library.claims_of_speaker("nobody") == ()
    assert library.claims_of_theme("nothing") == ()
    assert library.claims_at("last-sleeper", "p99") == ()
    assert library.speakers == speakers


def test_who_somebody_was() -> None:
    """A speaker is introduced in the article's words, else in another's, else in ours."""
    library = load(SMALL_LIBRARY)

    own = library.introduction("tom-obrien", "last-sleeper")
    ours = library.introduction("anna-berg", "why-nights-matter")

    assert own is not None
    assert (own.words, own.ours) == ("who leads the Sleeper Campaign", False)
    assert ours is not None
    assert (ours.words, ours.ours) == ("a historian of railways", True)
    assert library.introduction("rail board", "last-sleeper") is None


# What only looks wrong


def test_what_only_looks_wrong_is_read(small: Path) -> None:
    """A DOI of any signs is one, and stops of abbreviations end no sentence."""
    change(
        small / NEWS, "10.1000/post.4", "10.1002/(SICI)1096<1::AID>3.0.CO;2-#"
    )
    change(
        small / NEWS,
        "says: Tom O’Brien says that “no",
        "says: Mr. O’Brien (e.g. at No. 10) says that “no",
    )

    assert load(small)


def test_an_example_is_found_as_a_search_finds_it(small: Path) -> None:
    """Accents and apostrophes make no difference, in the example or in the text."""
    change(small / "site.yaml", "[pillow, O’Brien]", "[Píllow, obrien]")

    assert load(small).site.examples == ("Píllow", "obrien")


def test_a_surname_need_not_be_a_word(small: Path) -> None:
    """Of a name that is written without a space, a part is the surname, and the whole a byline."""
    people = small / "people.yaml"
    entry = '- {id: li-ming, name: 李明, sort: "李, 明"}'
    people.write_text(f"{people.read_text('utf-8')}\n{entry}\n", "utf-8")
    change(small / NEWS, "authors: []", "authors: [li-ming]")
    change(small / NEWS, "The Evening Post, Monday", "By 李明")

    verified = verify(small)

    assert verified.library.people["li-ming"].surname == "李"
    assert not any("of 李明" in str(line) for line in verified.reminders)


def test_white_space_and_composed_letters_make_no_difference(
    small: Path,
) -> None:
    """Text and quotation are read alike, however their lines end and their letters are made."""
    change(small / NEWS, "Bring a pillow.", "Bring a cafe\u0301 pillow.")
    change(
        small / NEWS,
        "quote: Bring a pillow",
        "quote: |\n      Bring a\n      caf\u00e9\u00a0pillow",
    )
    change(
        small / NEWS,
        "says: The article advises travellers to book",
        "says: |\n      The article advises\n      travellers to book",
    )
    text = (small / NEWS).read_text(encoding="utf-8")
    (small / NEWS).write_bytes(
        b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    )

    library = load(small)

    assert library.claims["bring-a-pillow"].quote == "Bring a caf\u00e9 pillow"
    assert (
        library.claims["book-early"].says
        == "The article advises travellers to book early."
    )


def test_the_version_is_that_of_the_content(small: Path) -> None:
    """What is no content makes no other version; what is does."""
    before = fingerprint(small)
    for name in (
        "references.json",
        "articles/.draft.md",
        "articles/last-sleeper.md~",
    ):
        (small / name).write_text("{}")

    assert fingerprint(small) == before == load(small).version
    change(small / "words.ini", "sleeper", "carriage")
    assert fingerprint(small) != before


# Quotations and withholding


def test_display_quotations(small: Path) -> None:
    """`display: quotations` leaves nothing in the library but the words its claims quote."""
    whole = load(small).articles["last-sleeper"]
    change(small / NEWS, "display: full", "display: quotations")

    library = load(small)

    article = library.articles["last-sleeper"]
    assert [passage.text for passage in article.passages] == [
        "The last night train leaves the north on Friday",
        "[…] new carriages cost too much […] the sleeper loses money on every night it runs […]",
        "[…] nobody sleeps in a seat […] The trains are full […] there is no reason to stop […]",
        "Book early […]",
        "Bring a pillow […]",
        "[…] warned that the line would not come back […]",
        "[…]",
    ]
    for claim in library.claims_of_article("last-sleeper"):
        text = library.passage_of(claim).text
        shown = [text[span.start : span.end] for span in claim.spans]
        assert shown == claim.quote.split("…")
    assert article.masthead == ()
    assert article.omitted == ()
    assert library.people["tom-obrien"].described == ()
    bare, claims = as_displayed(replace(whole, display="quotations"), [])
    assert {passage.text for passage in bare.passages} == {"[…]"}
    assert not claims


WORDS = st.text(st.sampled_from("ab’. ,"), min_size=1, max_size=30)
PARAGRAPHS = st.lists(WORDS, min_size=1, max_size=4)


@given(texts=PARAGRAPHS, quote=WORDS)
def test_a_quotation_is_placed_where_counting_finds_it(
    texts: list[str], quote: str
) -> None:
    """A quotation has one place exactly when its words occur once, counted the slow way."""
    words = fold(quote)
    has_letters = "a" in words or "b" in words
    if not has_letters:
        return
    passages = []
    for number, text in enumerate(texts, 1):
        passage = Passage(f"p{number}", fold(text))
        passages.append(passage)

    found = places(quote, passages)

    expected = []
    for passage in passages:
        spans = counted_spans(words, passage.text)
        first_and_last = sorted({*spans[:1], *spans[-1:]})
        for span in first_and_last:
            expected.append((passage, (span,)))
    assert found == expected[:2]


def counted_spans(words: str, text: str) -> list[Span]:
    """Return where a text has some words, none cut, by trying every position."""
    spans = []
    for start in range(len(text)):
        end = start + len(words)
        before = text[start - 1] if start > 0 else ""
        after = text[end : end + 1]
        is_whole = not before.isalnum() and not after.isalnum()
        if text[start:end] == words and is_whole:
            spans.append(Span(start, end))
    return spans


POSITIONS = st.integers(0, 12)
PAIRS = st.lists(st.tuples(POSITIONS, POSITIONS), max_size=4)


@given(
    text=st.text("ab ", max_size=12),
    first=st.sampled_from(["a", "b", "a b"]),
    second=st.sampled_from(["a", "b", "b a"]),
)
def test_pieces_are_placed_where_counting_finds_them(
    text: str, first: str, second: str
) -> None:
    """Two pieces have one place exactly when they stand in order in one way only."""
    passage = Passage("p1", text)

    found = places(f"{first}…{second}", [passage])

    ways = []
    for earlier in counted_spans(first, text):
        for later in counted_spans(second, text):
            if earlier.end <= later.start:
                ways.append((earlier, later))
    assert len(found) == min(len(ways), 2)
    assert all(place.spans in ways for place in found)


@given(text=st.text("ab ", max_size=12), pairs=PAIRS)
def test_segments_are_the_text(
    text: str, pairs: list[tuple[int, int]]
) -> None:
    """However spans overlap, what is cut at their edges is the text, marked where one lies."""
    spans = []
    for pair in pairs:
        start = min(pair)
        end = min(max(pair), len(text))
        if start < end:
            spans.append(Span(start, end))

    pieces = segments(text, spans)

    joined = ""
    marked_positions: set[int] = set()
    for piece in pieces:
        start = len(joined)
        joined += piece.text
        if piece.marked:
            marked_positions.update(range(start, len(joined)))
    assert joined == text
    covered: set[int] = set()
    for span in spans:
        covered.update(range(span.start, span.end))
    assert marked_positions == covered


# Reading files


LIKE_YAML = st.text("-[]{}:&*!|>'\"# \n\tab1", max_size=60).map(str.encode)
ANY_BYTES = st.binary(max_size=400) | LIKE_YAML
FOLDER_MAY_BE_SHARED = [HealthCheck.function_scoped_fixture]


@given(data=ANY_BYTES)
@settings(suppress_health_check=FOLDER_MAY_BE_SHARED, max_examples=150)
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    """Whatever a file holds, it becomes plain data or a named problem on a line it has."""
    lines = 2 + data.count(b"\n") + data.count(b"\r")
    for name in ("any.yaml", "any.md"):
        (tmp_path / name).write_bytes(data)

        source = read_source(tmp_path / name, name)

        is_plain_data = source.data is None or isinstance(
            source.data, (dict, list, str)
        )
        assert source.problems or is_plain_data
        for problem in source.problems:
            assert 0 < problem.line <= lines


@given(text=st.text(max_size=12) | st.text("0123456789-/.", max_size=21))
def test_any_date_is_read_or_refused(text: str) -> None:
    """A date is EDTF or refused; what is read has real days."""
    try:
        date = read_date(text)
    except ValueError:
        return
    assert date.years
    assert date.edtf == text


MARKDOWN = st.text("ab* _-#>\n.’", min_size=1, max_size=12)


@given(texts=st.lists(MARKDOWN, min_size=1, max_size=5))
def test_a_passage_is_found_on_its_line(texts: list[str]) -> None:
    """Whatever Markdown stands round it, a passage's line is the one its first letter is on."""
    body = "\n\n".join(
        f"*x{number}* {text}" for number, text in enumerate(texts)
    )
    source = Source("x.md", body=body)
    lines_of_letters = []
    for number, line in enumerate(body.split("\n"), 1):
        lines_of_letters += [number] * count_of_letters(line)

    letters_before = 0
    for passage in BodyReader().passages_of(body):
        if passage.text.startswith("x"):
            assert (
                source.line_in(passage.text)
                == lines_of_letters[letters_before]
            )
        letters_before += count_of_letters(passage.text)


def count_of_letters(text: str) -> int:
    """Return how many letters and digits a text has."""
    return sum(sign.isalnum() for sign in text)


# Marks and sentences


def test_what_an_article_has_in_quotation_marks() -> None:
    """Stretches go from mark to mark, over paragraphs too, as newspapers set them."""
    texts = [row["paragraph"] for row in ROWS["marked"]]

    spans = marked(texts)

    for row, text, stretches in zip(ROWS["marked"], texts, spans, strict=True):
        assert [text[start:end] for start, end in stretches] == row["quoted"]


@each_row("quoting", "words")
def test_words_in_marks_are_a_speakers(row: Row) -> None:
    """Ours are words of a quotation cited, in marks in the article too, or of its own author."""
    ground = Ground(
        "said they were ‘set up to fail’ by … all", ("set up to fail",)
    )

    faults = list(misquoted(f"They are {row['words']}, he says.", [ground]))

    assert len(faults) == bool(row["says"])
    assert all(row["says"] in fault.wrong for fault in faults)


def test_raw_html_never_lives() -> None:
    """HTML, links and code in Markdown stay the characters they are."""
    text = "<b onclick=x>bold</b> [a](javascript:x) ![i](x) `code` <https://x> &lt;"

    (passage,) = BodyReader().passages_of(text)
    (block,) = BodyReader().blocks_of(f"{text} [@a] [@b].", events={"b"})

    assert passage.text == text
    assert (
        block.html.count("<") == 10
    )  # p, twice sup and a, opened and closed, and nothing else
    assert "&lt;b onclick" in block.html
    assert block.claims == ("a",)
    assert block.events == ("b",)


def test_sentences_of_prose() -> None:
    """A sentence ends at a stop, but for those of abbreviations; it must close with a citation."""
    texts = [row["text"] for row in ROWS["sentences"]]

    found = sentences(" ".join(texts))

    assert found == texts
    cites = [CITING.search(sentence) is not None for sentence in found]
    assert cites == [row["cites"] for row in ROWS["sentences"]]
