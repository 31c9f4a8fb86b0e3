"""The content itself: nothing of the articles is lost, changed, or said without its words.

These tests hold for whatever articles and claims there are.
"""

import re
from pathlib import Path

import pytest

from reference.records import Library

SUPPLIED = Path(__file__).parent / "supplied"
SLUGS = sorted(path.stem for path in SUPPLIED.glob("*.txt"))
MARKS = str.maketrans(dict.fromkeys('´‘’“”"`', "'"))
DONE = "|"


def folded(text: str) -> str:
    """Return a text with one quotation mark for all, and one space for any white space."""
    return " ".join(text.translate(MARKS).split())


def supplied_text(slug: str) -> str:
    """Return an article as it was supplied, without bullets."""
    text = (SUPPLIED / f"{slug}.txt").read_text(encoding="utf-8")
    return folded(re.sub(r"^ +(?:•|1\.) ", "", text, flags=re.MULTILINE))


@pytest.mark.parametrize("slug", SLUGS)
def test_word_for_word(library: Library, slug: str) -> None:
    """Title, masthead, passages and what is listed as omitted are the supplied text, no more."""
    article = library.articles[slug]
    rest = supplied_text(slug)

    position = 0
    for passage in article.passages:
        text = passage.text
        for correction in article.corrections_in(passage.id):
            text = text.replace(correction.reads, correction.printed)
        text = folded(text)
        position = rest.index(text, position)  # in the order of the supplied text
        rest = rest[:position] + rest[position:].replace(text, DONE, 1)
    lines = [article.title, *article.masthead, *article.omitted]
    known = [folded(re.sub(r"^(?:1\.|•) ", "", line)) for line in lines]
    for line in sorted(known, key=len, reverse=True):
        assert line in rest, line
        rest = rest.replace(line, DONE, 1)

    assert set(rest) <= {DONE, " "}, rest


def test_claims_stand_in_their_passage(library: Library) -> None:
    """Recomputed here: each quotation's pieces stand in its passage, in order, nowhere else."""
    for claim in library.claims.values():
        pieces = [re.escape(piece.strip()) for piece in claim.quote.split("…")]
        article = library.articles[claim.article]

        found = [
            passage.id
            for passage in article.passages
            if re.search(".*?".join(pieces), passage.text)
        ]

        assert found == [claim.passage], claim.id


def test_every_passage_has_a_claim_or_a_reason(library: Library) -> None:
    """No passage is passed over in silence."""
    for article in library.articles.values():
        for passage in article.passages:
            has_claim = bool(library.claims_at(article.id, passage.id))
            is_left_out = passage.id in article.left_out

            assert has_claim != is_left_out, (article.id, passage.id)
