"""Words: one reading for all the ways of writing the same word, and none for look-alikes."""

from dataclasses import replace

import pytest

from reference.records import Library, Person
from reference.search.entries import entries
from reference.search.wording import Wording
from tests.searched import WORDS


def wording_of(library: Library) -> Wording:
    return Wording(library, [entry.indexed for entry in entries(library)])


@pytest.fixture(scope="module")
def wording(library: Library) -> Wording:
    return wording_of(library)


def terms(wording: Wording, text: str) -> list[str]:
    return [unit.term for unit in wording.query_words(text)]


@pytest.mark.parametrize("line", WORDS["same"])
def test_one_word_many_shapes(line: str, wording: Wording) -> None:
    """However the same thing is written, it is read as the same words."""
    first, *others = [shape.replace("_", " ") for shape in line.split()]

    read = terms(wording, first)

    assert read
    for other in others:
        assert terms(wording, other) == read


@pytest.mark.parametrize("line", WORDS["apart"])
def test_look_alikes_are_apart(line: str, wording: Wording) -> None:
    """Words that only look alike are not one."""
    one, other = line.split()

    assert wording.term(one) != wording.term(other)


def test_marks(wording: Wording) -> None:
    """Words and runs of words are marked where they stand, joined where only space divides them."""
    text = "The data is junk; Buckman’s PCT, a primary care trust, has mid-life data."

    def marked(*runs: str) -> list[str]:
        spans = wording.marks(
            text, [tuple(wording.query_words(run)) for run in runs]
        )
        return [text[start:end] for start, end in spans]

    assert marked("junk", "data") == ["data", "junk", "data"]
    assert marked("the data") == ["The data"]
    assert marked("data the") == []
    assert marked("PCTs", "buckman") == ["Buckman’s PCT", "primary care trust"]
    assert marked("midlife data") == ["mid-life data"]


@pytest.mark.parametrize(
    ("name", "sort", "typed"),
    [
        ("Łukasz Żółć", "Żółć, Łukasz", "zolc"),
        ("Søren Ørsted", "Ørsted, Søren", "orsted"),
        ("Jürgen Groß", "Groß, Jürgen", "gross"),
        ("Mary O’Brien", "O’Brien, Mary", "o brien"),
        ("Mary O’Brien", "O’Brien, Mary", "OBrien"),
        ("Anna Smith-Jones", "Smith-Jones, Anna", "smith jones"),
        ("Pedro de Souza", "de Souza, Pedro", "desouza"),
    ],
)
def test_a_name_is_read_as_people_type_it(
    library: Library, name: str, sort: str, typed: str
) -> None:
    """Letters with a stroke, apostrophes, hyphens and particles need not be typed."""
    somebody = Person(id="somebody", name=name, sort=sort)
    wording = wording_of(
        replace(library, people={**library.people, "somebody": somebody})
    )

    surname = sort.partition(",")[0]

    assert terms(wording, typed) == terms(wording, surname)


def test_a_library_adds_its_own_words(library: Library) -> None:
    """`words.ini` adds to every list: forms of a word, and words for which articles have others."""
    additions = {
        "forms": {"goose": "geese"},
        "also": {"dreadful": "junk, of poor quality"},
    }
    wording = wording_of(replace(library, words=additions))

    runs = wording.also[("dread",)]

    assert wording.term("geese") == wording.term("goose")
    assert [[word.text for word in run] for run in runs] == [
        ["junk"],
        ["of", "poor", "quality"],
    ]


def test_each_of_the_content_s_other_words_is_written_here(
    library: Library, wording: Wording
) -> None:
    """What `words.ini` says that articles call something is somewhere in the library."""
    for typed, others in library.words.get("also", {}).items():
        for other in others.split(","):
            known = [
                unit.term in wording.terms
                for unit in wording.query_words(other)
            ]
            assert known and all(known), f"{typed} -> {other}"
