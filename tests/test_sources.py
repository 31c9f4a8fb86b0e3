"""The content itself: nothing of the five articles is lost, changed, or said without its words."""

import re
from pathlib import Path

import pytest

from reference.records import Article, Library

SUPPLIED = Path(__file__).parent / "supplied"
SLUGS = sorted(path.stem for path in SUPPLIED.glob("*.txt"))
MARKS = str.maketrans(dict.fromkeys('´‘’“”"`', "'"))


def folded(text: str) -> str:
    """Text with white space and the shapes of quotation marks folded."""
    return " ".join(text.translate(MARKS).split())


def printed(article: Article) -> list[str]:
    """The article's passages as the article prints them: corrections undone."""
    texts = []
    for passage in article.passages:
        text = passage.text
        for correction in article.corrections_in(passage.id):
            text = text.replace(correction.reads, correction.printed)
        texts.append(folded(text))
    return texts


def supplied(slug: str) -> str:
    text = (SUPPLIED / f"{slug}.txt").read_text(encoding="utf-8")
    return folded(re.sub(r"^ +(?:\u2022|1\.) ", "", text, flags=re.MULTILINE))


@pytest.mark.parametrize("slug", SLUGS)
def test_word_for_word(library: Library, slug: str) -> None:
    """Title, masthead, passages and what is listed as left out are the supplied text, no more."""
    article = library.articles[slug]
    lines = [article.title, *article.masthead, *article.omitted]
    known = [folded(re.sub(r"^(?:1\.|•) ", "", line)) for line in lines]
    rest = supplied(slug)
    for text in printed(article):
        assert text in rest, text
        rest = rest.replace(text, "|", 1)
    for line in sorted(known, key=len, reverse=True):
        assert line in rest, line
        rest = rest.replace(line, "|", 1)
    assert set(rest) <= {"|", " "}, rest


@pytest.mark.parametrize("slug", SLUGS)
def test_passages_in_order(library: Library, slug: str) -> None:
    """Passages stand in the order of the supplied text."""
    text = supplied(slug)
    places = [text.index(passage) for passage in printed(library.articles[slug])]
    assert places == sorted(places)


def test_every_misprint_is_accounted_for(library: Library) -> None:
    """The misprints named in the brief are listed corrections, none mended in silence."""
    listed = " | ".join(c.printed for a in library.articles.values() for c in a.corrections)
    for misprint in (
        "Ou advantage",
        "on13 June",
        "increased focus should on",
        "though their familiarity",
        "NHS. Alliance",
        "Ít",
    ):
        assert misprint in listed


def test_claims_stand_in_their_passage(library: Library) -> None:
    """Recomputed here: each quotation's pieces stand in its passage, in order, nowhere else."""
    assert 90 <= len(library.claims) <= 130
    for claim in library.claims.values():
        pattern = ".*?".join(re.escape(piece.strip()) for piece in claim.quote.split("…"))
        article = library.articles[claim.article]
        found = [p.id for p in article.passages if re.search(pattern, p.text)]
        assert found == [claim.passage], claim.id


def test_direct_quotations_are_covered_whole(library: Library) -> None:
    """Every stretch in quotation marks stands whole in the quotation of one claim."""
    for article in library.articles.values():
        for passage in article.passages:
            quotes = [c.quote for c in library.claims_at.get((article.id, passage.id), [])]
            for stretch in stretches(passage.text):
                assert any(stretch in quote for quote in quotes) or (
                    passage.id in article.left_out
                ), (article.id, passage.id, stretch)


def stretches(text: str) -> list[str]:
    """What a passage has in quotation marks; a mark never closed runs to the passage's end."""
    double = re.findall(r"“([^”]+)(?:”|$)", text)
    single = re.findall(r"(?<!\w)‘((?:[^’]|’(?=\w))+)(?:’|$)", text)
    return [stretch.strip(" ,") for stretch in (*double, *single)]


def test_our_sentences(library: Library) -> None:
    """Our sentence names who says it, and is one sentence of 8 to 45 words."""
    for claim in library.claims.values():
        assert claim.says[0].isupper() and claim.says.endswith((".", "?", ".’", ".”")), claim.id
        assert 8 <= len(claim.says.split()) <= 45, claim.id
        for who in claim.speakers:
            person = library.people.get(who)
            name = person.surname if person else who.split()[-1]
            assert name.lower() in claim.says.lower(), (claim.id, name)


def test_named_themes_open_with_an_argument(library: Library) -> None:
    """Each of the four named themes has 250 to 450 words of prose; every theme has some."""
    for theme in library.themes.values():
        html = " ".join(block.html for block in theme.blocks)
        words = len(re.sub(r"<sup>.*?</sup>|<[^>]+>", "", html).split())
        named = theme.id in {"training", "support", "data-quality", "pct-gp-relations"}
        assert (250 if named else 60) <= words <= 450, (theme.id, words)


def test_articles_pull_against_each_other(library: Library) -> None:
    """The disagreements the brief names are said from both sides."""
    sides = {(claim.id, other) for claim in library.claims.values() for other in claim.contrasts}
    assert sides == {(b, a) for a, b in sides}
    assert ("original-idea-light-touch-board", "controlling-board-risks-undermining-ccgs") in sides
    assert (
        "pbc-as-customer-of-pct",
        "far-more-complex-than-practice-based-commissioning",
    ) in sides
    assert ("gps-latest-untrained-commissioners", "gps-could-bring-existing-skills") in sides


def test_bibliography(library: Library) -> None:
    """Dates, authors and addresses are what is known of them; unknowns stay unknown."""
    known = {a.id: (a.authors, a.date.edtf, a.doi, bool(a.url)) for a in library.articles.values()}
    assert known == {
        "were-engaged-now-what": (("johnny-marshall",), "2007-12/2008-12", "", True),
        "pct-managers-warn-gps": ((), "2010-07-29/2010-08-31", "", True),
        "gp-commissioners-set-up-to-fail": ((), "2012-01-31/..", "", True),
        "bill-gp-commissioning": (("judith-smith",), "2012-02-28", "", False),
        "complex-infrastructure-excessive-control": (
            ("caroline-white",),
            "2012-06-20",
            "10.1136/bmj.e4278",
            True,
        ),
    }


def test_people(library: Library) -> None:
    """Everybody is found under every spelling; roles in an article are what the library says."""
    assert "Jonny Marshall" in library.people["johnny-marshall"].aliases
    assert any("Parkes" in alias for alias in library.people["john-parks"].aliases)
    assert library.quoted_in("laurence-buckman") == ["complex-infrastructure-excessive-control"]
    assert library.articles_by["judith-smith"] == ["bill-gp-commissioning"]
    assert library.mentions["andrew-lansley"] == ("pct-managers-warn-gps",)
    assert len(library.people) == 12
