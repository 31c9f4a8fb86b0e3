"""Words: one reading for all the ways of writing the same word, and none for look-alikes."""

import re
from collections import defaultdict

import pytest

from reference.records import Library
from reference.search.entries import entries
from reference.search.words import Wording


@pytest.fixture(scope="module")
def wording(library: Library) -> Wording:
    return Wording(library, [*entries(library)])


SAME = [
    "JUNK junk ｊｕｎｋ", "trained training trains", "organise organize organised",
    "behaviours behavior", "centre center", "programme programs", "analysed analyzed",
    "defence defense", "practising practice", "King's King’s King´s King‘s Kings", "ünder under",
    "don’t dont", "G.P. GP GPs GPs’", "N.H.S. NHS", "CCGs C.C.G.s", "consortium consortia",
    "taught teach", "wrote written", "policy_makers policymakers", "13th 13", "60bn 60_billion",
    "40% 40_percent 40_per_cent", "commission commissioning commissioned", "Glasby’s Glasby",
    "reorganised reorganisation", "re-organise reorganise", "mid-life midlife mid_life mid‑life",
    "policymakers policy-makers", "practice-based_commissioning PBC practice_based_commissioning",
    "primary_care_trusts PCT P.C.T. PCTs", "whitepaper white_paper", "front_line frontline",
    "knock-on knockon knock_on", "text_books textbooks", "health_&_care health_and_care",
    "2,000 2000", "commis\u00adsioning commissioning", "Buck\u200bman Buckman", "we’ll we",
]  # fmt: skip


@pytest.mark.parametrize("line", SAME)
def test_one_word_many_shapes(line: str, wording: Wording) -> None:
    """However the same thing is written, it is read as the same words."""
    shapes = [shape.replace("_", " ") for shape in line.split()]
    first, *others = ([unit.term for unit in wording.units(shape)] for shape in shapes)
    assert first and all(other == first for other in others), line


@pytest.mark.parametrize(
    "line",
    ["news new", "universe university", "positive position", "import important", "Mays may",
     "several severe", "experience experiment", "department depart", "customer custom",
     "hospital hospitality", "quite quit", "commissioner commission", "author authority",
     "internal international", "police policy", "careful care", "integral integrate"],
)  # fmt: skip
def test_look_alikes_are_apart(line: str, wording: Wording) -> None:
    """Words that only look alike are not one."""
    one, other = line.split()
    assert wording.term(one) != wording.term(other)


INFLECTED = re.compile("(|s|es|d|ed|ing|ings|e|y|ies|ied|ying|r|er|ers|ion|ions|ation|ment)(ly|s)?")
"""Endings that a word has in its forms, and those of who does it and of doing it."""
JOINED = """
competition competitive, complex complexities, condition conditional, differ different
differ differently, effects effective, effects effectively, familiar familiarity
indicated indicative, measuring measurement, perform performance, power powerful, success successful
find found, give given, know known, led lead, led leading, led leads, made make, made making
mean meant, pay paid, saw see, saw seen, saw sees, take taken, understand understood, wrote write
wrote writes, wrote writing, hold held, holds held, held holds, made makes, take took
bought buying, increments incremental, left leaves, reason reasonable
"""
"""What else is read as one, reviewed: forms that no ending shows, and words of one meaning."""


def test_the_stemmer_joins_only_forms(wording: Wording) -> None:
    """Of all words of the library, those read as one differ by an ending that makes a form of a
    word, or are listed; what the stemmer joins wrongly is seen here, and goes into `english.ini`
    as apart."""
    joined = defaultdict(set)
    for word in wording.folded:
        joined[wording.term(word)].add(word)
    known = {tuple(pair.split()) for pair in JOINED.strip().replace("\n", ",").split(",")}
    wrong = []
    for words in joined.values():
        shortest, *others = sorted(words, key=lambda word: (len(word), word))
        for word in others:
            stem = next(n for n in range(len(shortest), -1, -1) if word.startswith(shortest[:n]))
            ends = shortest[stem:], word[stem:].removeprefix(shortest[stem - 1 : stem])
            if not all(map(INFLECTED.fullmatch, ends)) and (shortest, word) not in known:
                wrong.append(f"{shortest} {word}")
    assert not wrong, ", ".join(sorted(wrong))


def test_what_stands_beside_an_abbreviation_is_as_far_in_every_spelling(wording: Wording) -> None:
    """An abbreviation takes up as many places as the words it stands for, and so do compounds."""
    for text in ("the PCT managers", "the primary care trust managers"):
        words = {word.term: word for word in wording.read(text)}
        assert words["pct"].at == words["the"].at + 1
        assert words["manag"].at == words["pct"].at + words["pct"].width == 4


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
