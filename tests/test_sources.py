"""The content itself: nothing of the articles is lost, changed, or said without its words.

These tests hold for whatever articles and claims there are.
"""

import re
from pathlib import Path

import pytest

from reference.records import Article, Library, Passage

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
    not_accounted_for = supplied_text(slug)

    position = 0
    for passage in article.passages:
        text = as_supplied(article, passage)
        position = not_accounted_for.index(
            text, position
        )  # in the order of the supplied text
        before = not_accounted_for[:position]
        after = not_accounted_for[position + len(text) :]
        not_accounted_for = before + DONE + after
    for line in other_lines(article):
        assert line in not_accounted_for, line
        not_accounted_for = not_accounted_for.replace(line, DONE, 1)

    signs_left = set(not_accounted_for)
    assert signs_left <= {DONE, " "}, not_accounted_for


def as_supplied(article: Article, passage: Passage) -> str:
    """Return the text of a passage with the misprints that we have corrected."""
    text = passage.text
    for correction in article.corrections_in(passage.id):
        text = text.replace(correction.reads, correction.printed)
    return folded(text)


def other_lines(article: Article) -> list[str]:
    """Return what an article prints that is no passage, the longest lines first."""
    lines = []
    for line in (article.title, *article.masthead, *article.omitted):
        without_bullet = re.sub(r"^(?:1\.|•) ", "", line)
        lines.append(folded(without_bullet))
    return sorted(lines, key=len, reverse=True)


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
