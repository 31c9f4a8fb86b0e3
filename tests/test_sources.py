"""The content itself: nothing of the five articles is lost, changed, or said without its words."""

import re
from pathlib import Path

import pytest

from reference.content.prose import marked
from reference.records import Library

SUPPLIED = Path(__file__).parent / "supplied"
BMJ = "complex-infrastructure-excessive-control"
SLUGS = sorted(path.stem for path in SUPPLIED.glob("*.txt"))
MARKS = str.maketrans(dict.fromkeys('´‘’“”"`', "'"))


def folded(text: str) -> str:
    return " ".join(text.translate(MARKS).split())


@pytest.mark.parametrize("slug", SLUGS)
def test_word_for_word(library: Library, slug: str) -> None:
    """Title, masthead, passages and what is listed as left out are the supplied text, no more."""
    article, done = library.articles[slug], 0
    lines = [article.title, *article.masthead, *article.omitted]
    known = [folded(re.sub(r"^(?:1\.|•) ", "", line)) for line in lines]
    supplied = (SUPPLIED / f"{slug}.txt").read_text(encoding="utf-8")
    rest = folded(re.sub(r"^ +(?:•|1\.) ", "", supplied, flags=re.MULTILINE))
    for passage in article.passages:
        text = passage.text
        for correction in article.corrections_in(passage.id):
            text = text.replace(correction.reads, correction.printed)
        text = folded(text)
        done = rest.index(text, done)  # in the order of the supplied text
        rest = rest[:done] + rest[done:].replace(text, "|", 1)
    for line in sorted(known, key=len, reverse=True):
        assert line in rest, line
        rest = rest.replace(line, "|", 1)
    assert set(rest) <= {"|", " "}, rest


def test_claims_stand_in_their_passage(library: Library) -> None:
    """Recomputed here: each quotation's pieces stand in its passage, in order, nowhere else."""
    assert len(library.claims) >= 90
    for claim in library.claims.values():
        pattern = ".*?".join(re.escape(piece.strip()) for piece in claim.quote.split("…"))
        article = library.articles[claim.article]
        found = [p.id for p in article.passages if re.search(pattern, p.text)]
        assert found == [claim.passage], claim.id


def test_direct_quotations_are_covered_whole(library: Library) -> None:
    """Every sentence that an article has in quotation marks is quoted by a claim, or left out."""
    for article in library.articles.values():
        runs = marked([passage.text for passage in article.passages])
        for passage, spans in zip(article.passages, runs, strict=True):
            claims = library.claims_at(article.id, passage.id)
            quotes = "|".join(claim.quote for claim in claims).replace("…", "|")
            pieces = [piece.strip(" ,.") for piece in quotes.split("|") if piece.strip(" ,.")]
            for start, end in spans if passage.id not in article.left_out else []:
                for sentence in re.split(r"(?<=[.?!])\s", passage.text[start:end]):
                    words = sentence.strip(" ,.‘“")
                    covered = words in quotes or any(piece in words for piece in pieces)
                    assert covered, (article.id, passage.id, words)


def test_our_sentences(library: Library) -> None:
    """Our sentence names who says it, in at most 50 words."""
    for claim in library.claims.values():
        assert 5 <= len(claim.says.split()) <= 50, claim.id
        for who in claim.speakers:
            person = library.people.get(who)
            name = person.surname if person else who.split()[-1]
            assert name.lower() in claim.says.lower(), (claim.id, name)


def test_prose_is_as_long_as_it_may_be(library: Library) -> None:
    """A theme's prose has 200 to 400 words (the others than the four named may have fewer), the
    opening about 150."""
    for theme in library.themes.values():
        words = sum(len(block.plain.split()) for block in theme.blocks)
        named = theme.id in {"training", "support", "data-quality", "pct-gp-relations"}
        assert (200 if named else 60) <= words <= 400, (theme.id, words)
    assert 100 <= sum(len(block.plain.split()) for block in library.opening) <= 200


def test_bibliography(library: Library) -> None:
    """Dates, authors and addresses are what is known of them; unknowns stay unknown."""
    known = {a.id: (a.authors, a.date.edtf, a.doi, bool(a.url)) for a in library.articles.values()}
    assert known == {
        "were-engaged-now-what": (("johnny-marshall",), "2008-11/2008-12", "", True),
        "pct-managers-warn-gps": ((), "2010-07-29/2010-08-31", "", True),
        "gp-commissioners-set-up-to-fail": ((), "2012-01-31/..", "", True),
        "bill-gp-commissioning": (("judith-smith",), "2012-02-28", "", False),
        BMJ: (("caroline-white",), "2012-06-20", "10.1136/bmj.e4278", True),
    }


def test_people(library: Library) -> None:
    """Everybody is found under every spelling; roles in an article are what the library says."""
    assert "Jonny Marshall" in library.people["johnny-marshall"].aliases
    assert any("Parkes" in alias for alias in library.people["john-parks"].aliases)
    assert library.quoted_in("laurence-buckman") == (BMJ,)
    assert library.articles_by("judith-smith") == ("bill-gp-commissioning",)
    assert library.mentioned_in("andrew-lansley") == ("pct-managers-warn-gps",)
    assert len(library.people) == 12
