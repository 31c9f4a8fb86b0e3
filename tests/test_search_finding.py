"""Finding, over the shipped library on a real Whoosh index: what readers ask comes where they see
it, in every way of asking, and every count is true."""

from dataclasses import replace
from logging import getLogger
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.records import Library
from reference.search import Search
from reference.search.query import QueryError
from reference.search.results import PAGE_SIZE, PageError
from tests.parsed import rows
from tests.searched import WORDS, everything, ids

ASKED = [
    pytest.param(row["query"], row["want"], row.get("within", 1), id=f"{name}: {row}")
    for name, each in rows("relevance").items()
    for row in each
]
QUERIES = ["Glasby", "data is junk", '"set up to fail"', "GP", "support PCT", "Glazby", "zzyzx",
           "person:marshall skills", "theme:training -MBAs", "Judith Marshall zzyzx",
           "textbooks about megaprojects and training"]  # fmt: skip


@pytest.mark.parametrize("query, want, within", ASKED)
def test_what_is_wanted_comes_where_it_is_seen(
    search: Search, query: str, want: str, within: int
) -> None:
    """Each query of the set has what is wanted at the wanted rank."""
    hits = search.find(query).hits[:within]
    found = [f"{hit.article} {hit.passage}" if hit.passage else hit.id for hit in hits]
    assert want in found


def test_what_the_site_prints_finds_its_record(search: Search, library: Library) -> None:
    """The quotation of every claim as printed, its sentence, and every title, find it first; with
    words left out in any way of writing that, too."""
    for claim in library.claims.values():
        gaps = [claim.quote.replace("…", f" {gap} ") for gap in ("…", "...", "[…]")]
        double = "“" in claim.quote
        printed = f"‘{gaps[2]}’" if double else f"“{gaps[2]}”"
        for text in (printed, claim.says, *gaps):
            assert search.find(text).hits[0].id == claim.id, text
    titles = {id: article.title for id, article in library.articles.items()}
    titles |= {id: theme.title for id, theme in library.themes.items()}
    for id, title in titles.items():
        assert search.find(title).hits[0].id == search.find(f"“{title}”").hits[0].id == id


@pytest.mark.parametrize("one, other", WORDS["spellings"])
@pytest.mark.parametrize(
    "form", ["{}", '"{}"', "NHS {} support", '"the {}"', '"{}" OR zzyzx', 'GP -"{}"']
)
def test_spellings_of_one_thing_find_the_same(
    search: Search, one: str, other: str, form: str
) -> None:
    """However a thing is written, plain, in quotes and within a longer query find the same."""
    assert ids(search, form.format(one)) == ids(search, form.format(other))
    assert search.find(one).total


def test_a_phrase_is_exact(search: Search, library: Library) -> None:
    """A phrase finds what has its words side by side, and nothing else; an abbreviation stands
    beside what its words stand beside."""
    passages = [(a.id, p.id, p.text) for a in library.articles.values() for p in a.passages]
    for phrase in ("commissioning support", "power and influence", "set up to fail"):
        found = everything(search, f'"{phrase}"')
        assert all(phrase in hit.text.casefold().replace("-", " ") for hit in found)
        places = {(hit.article, hit.passage) for hit in found}
        assert places >= {(article, id) for article, id, text in passages if phrase in text}
    for nowhere in ("CCG PBC", "fail to set up", "data junk"):
        assert search.find(f'"{nowhere}"').total == 0
    assert ids(search, '"between the PCT and PBC"') and ids(search, '"clinical commissioning"')


def test_people_first_then_their_words(search: Search, library: Library) -> None:
    """A name finds the person, then every claim they make, before anything else."""
    for person in library.people.values():
        found = everything(search, person.name)
        said = {claim.id for claim in library.claims_of_speaker(person.id)}
        assert found[0].id == person.id
        assert {hit.id for hit in found[1 : len(said) + 1]} == said


@pytest.mark.parametrize("query", WORDS["nothing"])
def test_what_nothing_has_finds_nothing(search: Search, library: Library, query: str) -> None:
    """Words that the library has not, numbers of notes and markup find nothing; what is nowhere
    is said, and no other word is offered for it."""
    found = search.find(query)
    assert found.total == 0 and found.nowhere == found.missing == tuple(query.split())
    assert not found.suggestion or found.suggestion.query in ("forge", "calls")
    assert [*found.coverage.values()][2:] == [len(library.claims), len(library.people)]


def test_counts_are_of_what_the_site_has(search: Search, library: Library) -> None:
    """Every claim is a hit, everybody's claims are theirs, and a theme's its own."""
    assert search.find("", kind="claim").total == len(library.claims)
    for who in library.speakers:
        claims = library.claims_of_speaker(who)
        assert search.find("", kind="claim", person=who).total == len(claims)
        found = everything(search, f'person:"{who}"', kind="claim")
        assert {hit.id for hit in found} == {claim.id for claim in claims}
    for theme in library.themes:
        claims = library.claims_of_theme(theme)
        assert search.find("", kind="claim", theme=theme).total == len(claims)


def test_a_library_may_have_no_people(library: Library, tmp_path: Path) -> None:
    """Where nobody is named or quoted, the words are found all the same."""
    bare = {id: replace(claim, speakers=()) for id, claim in library.claims.items()}
    articles = {id: replace(each, authors=()) for id, each in library.articles.items()}
    library = replace(library, people={}, claims=bare, articles=articles)
    assert Search.open(library, tmp_path, getLogger("test")).find("Buckman data junk").total


@pytest.mark.parametrize("query", QUERIES)
def test_totals_facets_and_pages_agree(search: Search, query: str) -> None:
    """The total is the number of hits, of which each is found once and no passage with a claim of
    its; narrowing gives the number counted; what is missing is the same on every page."""
    first, whole = search.find(query), everything(search, query)
    assert first.total == len(whole) == len({(hit.kind, hit.id, hit.article) for hit in whole})
    claims = {(hit.article, hit.passage) for hit in whole if hit.kind == "claim"}
    assert not any((h.article, h.passage) in claims for h in whole if h.kind == "passage")
    assert {search.find(query, page=n + 1).missing for n in range(first.pages)} == {first.missing}
    for name, counts in first.facets.items():
        for value, count in counts:
            narrowing: Any = {name: value}
            assert search.find(query, **narrowing).total == count
    assert whole == everything(search, query)
    dates = [hit.date for hit in everything(search, query, sort="date")]
    assert dates == sorted(dates, reverse=True)


def test_what_is_missing_is_said(search: Search) -> None:
    """Where nothing has all the words, the best have most, and the answer names the rest."""
    found = search.find("textbooks about megaprojects and training")
    assert found.missing == found.nowhere == ("megaprojects",)
    assert found.hits[0].passage == "p5"
    assert search.find("Bob Buckman").missing == ("Bob",)
    assert search.find("Glasby OR qqq").nowhere == ("qqq",)
    assert search.find('theme:zzz "no such phrase"').nowhere == ("theme:zzz", "no such phrase")


def test_a_hit_has_its_reason(search: Search) -> None:
    """Each hit has the word wanted in its text, and marks are where it is."""
    for query, word in (("jargon", "jargon"), ("training", "train"), ("hospitals", "hospital")):
        for hit in everything(search, query):
            shown = ((hit.words, hit.words_marks), (hit.sentence, hit.sentence_marks))
            marked = [text[start:end].casefold() for text, spans in shown for start, end in spans]
            assert word in hit.text.casefold() and all(mark.startswith(word) for mark in marked)
            assert marked or hit.kind not in ("claim", "passage")


def test_a_passage_shows_where_its_claims_have_not_the_words(search: Search) -> None:
    """Words of a passage outside the words its claims quote find the passage itself."""
    (one,) = everything(search, "seminar unsustainable")
    assert (one.kind, one.id) == ("passage", "p2")
    assert [one.words[start:end] for start, end in one.words_marks] == ["Seminar", "unsustainable"]
    (one,) = everything(search, "Buckman propaganda jargon")
    assert (one.kind, one.id) == ("passage", "p10") and one.speakers == ("Laurence Buckman",)


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "zebra"}, {"theme": "<b>"}, {"person": "nobody"}, {"article": "x"}, {"year": "12"},
     {"year": "²⁰¹²"}, {"sort": "size"}, {"theme": "x" * 100_000}],
    ids=lambda wrong: str(wrong)[:30],
)  # fmt: skip
def test_a_parameter_nothing_can_have_is_said_plainly(search: Search, wrong: Any) -> None:
    """A parameter that no result can have is refused in a short sentence."""
    with pytest.raises(QueryError) as error:
        search.find("GP", **wrong)
    assert str(error.value).endswith(".") and len(str(error.value)) < 200


PIECES = st.sampled_from(
    ["GP", "data", "Glasby", "Glazby", "OR", "NOT", "AND", "-", '"', "“", "’", "(", ")", "*", "?",
     "~2", "person:", "theme:", "article:", "year:", "year:2010-2012", "kind:x", "^9", "[a",
     "\\", "\0", "é", "\u0301", "\ud800", "🙂", "…", "the", "primary care trust", "a" * 60,
     "40", "%", "&", "PCT", "mid-life", "\u00ad", "10.1136/bmj.e4278", "https://", "_", "ª"]
)  # fmt: skip
FILTERS = st.dictionaries(
    st.sampled_from(["kind", "theme", "person", "article", "year"]),
    st.text(max_size=12) | st.sampled_from(["claim", "training", "jon-glasby", "2010"]),
    max_size=2,
)


@settings(max_examples=200, deadline=None)
@given(
    query=st.lists(PIECES, max_size=40).map(" ".join) | st.text(max_size=400),
    filters=FILTERS,
    page=st.integers(),
    sort=st.text(max_size=9) | st.sampled_from(["relevance", "date"]),
)
def test_anything_asked_has_an_answer(
    search: Search, query: str, filters: dict[str, str], page: int, sort: str
) -> None:
    """Any query and parameters give a page of results, or a plain sentence, and never a fault; what
    is suggested finds more."""
    search.suggest(query)
    try:
        found = search.find(query, page=page, sort=sort, **filters)  # type: ignore[arg-type]
    except (QueryError, PageError) as error:
        assert str(error).endswith(".") and len(str(error)) < 200
        return
    assert len(found.hits) <= min(PAGE_SIZE, found.total)
    if found.suggestion and not filters:
        assert search.find(found.suggestion.query).total
    for hit in found.hits:
        for text, spans in ((hit.words, hit.words_marks), (hit.sentence, hit.sentence_marks)):
            ends = [0, *(end for span in spans for end in span)]
            assert ends == sorted(ends) and ends[-1] <= len(text)
