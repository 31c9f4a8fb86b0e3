"""Words: one reading for all the ways of writing the same word, and none for look-alikes."""

import re
from collections import defaultdict

import pytest

from reference.records import Library
from reference.search.entries import entries
from reference.search.words import Wording
from tests.searched import WORDS


@pytest.fixture(scope="module")
def wording(library: Library) -> Wording:
    return Wording(library, [*entries(library)])


@pytest.mark.parametrize("line", WORDS["same"])
def test_one_word_many_shapes(line: str, wording: Wording) -> None:
    """However the same thing is written, it is read as the same words."""
    shapes = [shape.replace("_", " ") for shape in line.split()]
    first, *others = ([unit.term for unit in wording.units(shape)] for shape in shapes)
    assert first and all(other == first for other in others), line


@pytest.mark.parametrize("line", WORDS["apart"])
def test_look_alikes_are_apart(line: str, wording: Wording) -> None:
    """Words that only look alike are not one."""
    one, other = line.split()
    assert wording.term(one) != wording.term(other)


INFLECTED = re.compile("(|s|es|d|ed|ing|ings|e|y|ies|ied|ying|r|er|ers|ion|ions|ation|ment)(ly|s)?")
"""Endings that a word has in its forms, and those of who does it and of doing it."""


def test_the_stemmer_joins_only_forms(wording: Wording) -> None:
    """Of all words of the library, those read as one differ by an ending that makes a form of a
    word, or are listed; what the stemmer joins wrongly is seen here, and goes into `english.ini`
    as apart."""
    joined = defaultdict(set)
    for word in wording.folded:
        joined[wording.term(word)].add(word)
    known = {tuple(pair.split()) for pair in WORDS["joined"]}
    wrong = []
    for words in joined.values():
        shortest, *others = sorted(words, key=lambda word: (len(word), word))
        for word in others:
            stem = next(n for n in range(len(shortest), -1, -1) if word.startswith(shortest[:n]))
            ends = shortest[stem:], word[stem:].removeprefix(shortest[stem - 1 : stem])
            if not all(map(INFLECTED.fullmatch, ends)) and (shortest, word) not in known:
                wrong.append(f"{shortest} {word}")
    assert not wrong, ", ".join(sorted(wrong))


def test_marks(wording: Wording) -> None:
    """Words and runs of words are marked where they stand, joined where only space divides them."""

    def marked(text: str, *runs: str) -> list[str]:
        spans = wording.marks(text, [wording.units(run) for run in runs])
        return [text[start:end] for start, end in spans]

    text = "The data is junk; Buckman’s PCT, a primary care trust, has mid-life data."
    assert marked(text, "junk", "data") == ["data", "junk", "data"]
    assert marked(text, "the data") == ["The data"] and not marked(text, "data the")
    assert marked(text, "PCTs", "buckman") == ["Buckman’s PCT", "primary care trust"]
    assert marked(text, "midlife data") == ["mid-life data"]
