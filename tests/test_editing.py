"""What an editor is helped with: a library begun, reminders, counts."""

from pathlib import Path

import pytest

from app import create_app
from reference import commands
from reference.content.editions import note_edition
from reference.content.loading import load, verify
from reference.content.starting import CannotStart, start
from reference.problems import ContentError
from tests.small import NEWS, OPINION, change, copy_of_small_library


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A copy of the small library that a test may change."""
    return copy_of_small_library(tmp_path)


def reminders_of(folder: Path, place: str) -> list[str]:
    """Return what an editor is reminded of in one place of content in which nothing is wrong."""
    reminders = verify(folder).reminders
    return [
        reminder.wrong
        for reminder in reminders
        if reminder.place.startswith(place)
    ]


# A new library


def test_a_new_library_is_accepted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `new` writes is the least that `check` accepts, and the counts are said as one would."""
    folder = tmp_path / "rail"

    begun = commands.main(["new", str(folder)], create_app)
    checked = commands.main(["check", "--content", str(folder)], create_app)

    assert (begun, checked) == (0, 0)
    assert (
        "1 article, 1 passage, 1 claim, 0 people, 1 theme, 0 terms: every quotation found."
        in (capsys.readouterr().out)
    )


@pytest.mark.parametrize("name", ["note.txt", ".hidden"])
def test_a_new_library_takes_no_folder_that_is_used(
    tmp_path: Path, name: str
) -> None:
    """A folder that is not empty stays as it is."""
    (tmp_path / name).write_text("mine")

    with pytest.raises(CannotStart, match="not empty"):
        start(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_new_library_takes_no_file(tmp_path: Path) -> None:
    """What is no folder stays as it is."""
    (tmp_path / "rail").write_text("mine")

    with pytest.raises(CannotStart, match="is no folder"):
        start(tmp_path / "rail")


# Reminders


def test_who_is_quoted_is_introduced(small: Path) -> None:
    """Nobody is quoted of whom neither an article nor the editor says who it was."""
    assert reminders_of(small, "claims[3]") == []
    change(
        small / "people.yaml",
        "  described:\n    - {article: last-sleeper, as: who",
        "  notes: [] #",
    )

    assert reminders_of(small, "claims[3]") == [
        "nobody says who Tom O’Brien was"
    ]


def test_prose_has_words_of_its_own(small: Path) -> None:
    """More than seven words of an article one after another stand in marks, or are changed."""
    borrowed = (
        "Nights cost because the sleeper loses money on every night it runs"
    )
    change(
        small / "themes/cost.md",
        "To the rail",
        f"{borrowed} [@loses-money-every-night]. To the rail",
    )

    found = reminders_of(small, "prose")

    wanted = (
        "has a run of an article’s words without marks, "
        "“the sleeper loses money on every night it”"
    )
    assert wanted in found


def test_sentences_are_not_too_long(small: Path) -> None:
    """Nobody has to read a sentence of more than 35 words of prose, or of 50 in a claim."""
    many = " so" * 50
    change(
        small / "themes/cost.md",
        "new carriages cost",
        f"new carriages{many} cost",
    )
    change(
        small / NEWS,
        "travellers to book early.",
        f"travellers{many} to book early.",
    )

    assert any(
        "has 59 words" in wrong for wrong in reminders_of(small, "prose")
    )
    assert reminders_of(small, "claims[5]") == ["has 57 words"]


def test_quoted_speech_is_not_passed_over(small: Path) -> None:
    """A sentence that an article has in marks, and that no claim quotes, is told."""
    change(
        small / NEWS,
        "no reason to stop.”",
        "no reason to stop. Let us go on.”",
    )

    assert reminders_of(small, "p3") == [
        "no claim quotes “Let us go on.”, which the article has in marks"
    ]


def test_abbreviations_are_in_the_glossary(small: Path) -> None:
    """What is abbreviated three times is explained; numbers in Roman are none."""
    change(
        small / NEWS,
        "Subscribe to the Post.",
        "RB, RBs, RB; DB, DB and the DB; II, II, II.",
    )

    assert reminders_of(small, "file") == [
        "the articles write DB 3 times, and it is not here"
    ]


def test_two_of_a_kind_are_told_apart(small: Path) -> None:
    """Two articles of one title, and two themes of one place, are told."""
    change(
        small / OPINION,
        "title: Why nights matter",
        "title: Board defends the end of the last sleeper",
    )
    change(small / "themes/cost.md", "order: 1", "order: 2")

    assert reminders_of(small, "title") == [
        "the article last-sleeper has this title too"
    ]
    assert reminders_of(small, "order") == [
        "the theme comfort has this place too"
    ]


def test_a_theme_has_claims(small: Path) -> None:
    """A theme under which nothing is filed is told."""
    (small / "themes/snow.md").write_text(
        "---\ntitle: Snow\norder: 3\nsummary: Trains in snow.\n---\n"
    )

    assert reminders_of(small, "title") == [
        "no claim is filed under this theme"
    ]


def test_people_are_told_apart(small: Path) -> None:
    """Two people of one name, and one who is sorted by the first word of it, are told."""
    change(
        small / "people.yaml",
        '  name: Anna Berg\n  sort: "Berg, Anna"',
        '  name: Anna Berg\n  aliases: [Tom O’Brien]\n  sort: "Anna, Berg"',
    )

    assert reminders_of(small, "[1] (anna-berg)") == [
        "“Tom O’Brien” names tom-obrien, too",
        "is sorted under Anna, the first word of the name",
    ]


# Editions


def test_an_edition_is_as_old_as_its_content(small: Path) -> None:
    """Content that has changed since the day with which readers cite it is told."""
    note_edition(small, "2021-06-01")
    assert reminders_of(small, "date") == []
    change(small / "themes/cost.md", "What nights cost", "What a night costs")
    note_edition(small, "2021-06-01")

    changed = reminders_of(small, "date")
    change(small / "edition.yaml", "2021-06-01", "2021-06-02")
    note_edition(small, "2021-06-02")

    assert changed == [
        "the content has changed since this day, with which readers cite it"
    ]
    assert reminders_of(small, "date") == []


@pytest.mark.parametrize("noted", [None, "", "[]", '{"date": 1}'])
def test_an_edition_of_which_nothing_is_noted_is_let_pass(
    small: Path, noted: str | None
) -> None:
    """A library that was never cited, or whose note is damaged, has no reminder."""
    if noted is not None:
        (small / "edition.json").write_text(noted)

    assert reminders_of(small, "date") == []


def test_an_edition_to_come_is_refused_when_checked(small: Path) -> None:
    """Nobody cites a day that has not been; a server whose clock is wrong serves all the same."""
    change(small / "edition.yaml", "2021-06-01", "2121-06-01")

    with pytest.raises(ContentError, match="is a day to come"):
        verify(small)

    assert load(small).updated == "2121-06-01"


def test_what_is_dated_had_happened(small: Path) -> None:
    """An event after the edition may be planned, and is told."""
    change(small / "events.yaml", 'date: "1994"', 'date: "2031"')

    assert reminders_of(small, "[1] (board-founded)") == [
        "2031 is after the date in edition.yaml"
    ]


def test_a_group_that_looks_like_a_person_is_told(small: Path) -> None:
    """Whoever is printed by name may be somebody who belongs in people.yaml."""
    change(small / NEWS, "A senior official warned", "Jane Roe warned")
    change(
        small / NEWS, "[anna-berg]\n    named: A senior official", "[Jane Roe]"
    )
    change(
        small / NEWS, "A senior official, taken to be Anna Berg,", "Jane Roe"
    )

    assert reminders_of(small, "claims[7]") == [
        "`Jane Roe` looks like a person’s name"
    ]
