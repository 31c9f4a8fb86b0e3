"""Finding, over the shipped library on a real Whoosh index: what readers ask comes where they see
it, in every way of asking, and every count is true.
"""

from dataclasses import replace
from logging import getLogger
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.records import Library, Person
from reference.search import Search
from reference.search.query import QueryError
from reference.search.results import PAGE_SIZE, PageError
from tests.searched import (
    RELEVANCE,
    WORDS,
    Found,
    everything,
    founding_library,
    ids,
    name_of,
)

ASKED = []
for _group, _rows in RELEVANCE.items():
    for _row in _rows:
        ASKED.append(pytest.param(_row, id=f"{_group}: {_row['query']}"))
QUERIES = [
    "Glasby",
    "data is junk",
    '"set up to fail"',
    "GP",
    "support PCT",
    "Glazby",
    "zzyzx",
    "person:marshall skills",
    "theme:training -MBAs",
    "Judith Marshall zzyzx",
    "textbooks about megaprojects and training",
    "who disagrees about training",
    "20 June 2012",
    "bad statistics",
]


@pytest.fixture(scope="module")
def founding_search(
    library: Library, tmp_path_factory: pytest.TempPathFactory
) -> Search:
    """Search over the articles that the relevance set is of, whatever has been added since."""
    index = tmp_path_factory.mktemp("founding")
    return Search.open(founding_library(library), index, getLogger("test"))


@pytest.mark.parametrize("row", ASKED)
def test_what_is_wanted_comes_where_it_is_seen(
    founding_search: Search, row: dict[str, Any]
) -> None:
    """Each query of the set has what is wanted at the wanted rank."""
    rank = row.get("within", 1)

    hits = founding_search.find(row["query"]).hits[:rank]

    assert row["want"] in [name_of(hit) for hit in hits]


def test_what_an_article_prints_finds_its_claim_first(
    search: Search, library: Library
) -> None:
    """The quotation of every claim as printed, with words left out in any way of writing that, and
    its sentence, find it first.
    """
    for claim in library.claims.values():
        for text in {claim.says, *ways_of_writing(claim.quote)}:
            assert search.find(text).hits[0].id == claim.id, text


def ways_of_writing(quote: str) -> list[str]:
    """Return a quotation as readers write it: gaps as “…”, “...” or “[…]”, in marks or not."""
    gaps = ("…", "...", "[…]")
    ways = [quote.replace("…", f" {gap} ") for gap in gaps]
    if "“" in quote:
        return [*ways, f"‘{ways[-1]}’"]
    return [*ways, f"“{ways[-1]}”"]


def test_a_title_finds_its_record_first(
    search: Search, library: Library
) -> None:
    """Titles of articles and themes, questions of disagreements and what events are called find
    their record first, typed as they stand.
    """
    ids = {}
    for article in library.articles.values():
        ids[article.title] = article.id
    for theme in library.themes.values():
        ids[theme.title] = theme.id
    for disagreement in library.disagreements.values():
        ids[disagreement.matter] = disagreement.id
    for event in library.events.values():
        ids[event.name] = event.id

    for title, id in ids.items():
        assert search.find(title).hits[0].id == id, title


def test_a_term_is_found_by_what_it_means(
    search: Search, library: Library
) -> None:
    """A question for its meaning finds a term of the glossary, or one of the same words, first."""
    for term in library.terms.values():
        for question in (
            f"what does {term.term} mean",
            f"what is {term.term}?",
        ):
            assert search.find(question).hits[0].kind == "term", question


def without_terms(results: list[Found]) -> list[Found]:
    """Return results but for the terms of the glossary."""
    return [result for result in results if result.kind != "term"]


@pytest.mark.parametrize("row", WORDS["spellings"], ids=str)
@pytest.mark.parametrize(
    "form",
    ["{}", '"{}"', "NHS {} support", '"the {}"', '"{}" OR zzyzx', 'GP -"{}"'],
)
def test_spellings_of_one_thing_find_the_same(
    search: Search, row: dict[str, str], form: str
) -> None:
    """However a thing is written, plain, in quotes and within a longer query find the same; only
    that an abbreviation typed alone finds its term first.
    """
    one = ids(search, form.format(row["one"]))
    other = ids(search, form.format(row["other"]))

    assert without_terms(one) == without_terms(other)
    assert search.find(row["one"]).total


@pytest.mark.parametrize(
    "phrase",
    ["commissioning support", "power and influence", "set up to fail"],
)
def test_a_phrase_is_exact(
    search: Search, library: Library, phrase: str
) -> None:
    """A phrase finds every passage that has its words side by side, and nothing else."""
    having = set()
    for article in library.articles.values():
        for passage in article.passages:
            if phrase in passage.text:
                having.add((article.id, passage.id))

    hits = everything(search, f'"{phrase}"')

    assert {(hit.article, hit.passage) for hit in hits} >= having
    for hit in hits:
        assert phrase in f"{hit.title} {hit.text}".casefold().replace("-", " ")


@pytest.mark.parametrize("phrase", ["CCG PBC", "fail to set up", "data junk"])
def test_a_phrase_that_is_nowhere_finds_nothing(
    search: Search, phrase: str
) -> None:
    """Words that stand nowhere side by side are no phrase, though each of them is somewhere."""
    assert search.find(f'"{phrase}"').total == 0
    assert search.find(phrase).total


@pytest.mark.parametrize(
    "phrase", ["between the PCT and PBC", "clinical commissioning"]
)
def test_an_abbreviation_stands_beside_what_its_words_do(
    search: Search, phrase: str
) -> None:
    assert search.find(f'"{phrase}"').total


def test_a_phrase_is_required_and_loose_words_are_wished_for(
    search: Search,
) -> None:
    """A phrase with a word that is nowhere finds the phrase, and the word is named."""
    for query, missing in (
        ('"set up to fail" zebra', "zebra"),
        ('"data is junk" radio', "radio"),
    ):
        phrase, _, _ = query.rpartition(" ")

        results = search.find(query)

        assert set(ids(search, query)) == set(ids(search, phrase))
        assert results.missing == (missing,)


def test_a_part_that_finds_something_is_named(search: Search) -> None:
    """Where a query finds nothing, what part of it does is said."""
    results = search.find("GP zebra")

    assert results.total == 0
    assert [(part.query, part.total) for part in results.parts] == [
        ("GP", search.find("GP").total)
    ]


def test_words_for_words_come_below_the_words_themselves(
    search: Search,
) -> None:
    """What has other words for what was typed comes after what has the words, and is said."""
    results = search.find("private")
    (words,) = results.other_words

    have_it = [
        "private" in hit.text for hit in results.hits if hit.kind == "claim"
    ]

    assert (words.typed, words.found) == ("private", "provider")
    assert have_it == sorted(have_it, reverse=True)


def test_a_title_before_a_name_is_no_word(search: Search) -> None:
    """ "doctors" finds no Dr; before a name, Doctor and Dr are titles."""
    for hit in everything(search, "doctors"):
        assert (
            "doctor" in hit.text
            or "clinician" in hit.text
            or "colleague" in hit.text
        )
    assert (
        ids(search, "Doctor Marshall")
        == ids(search, "Dr Marshall")
        == ids(search, "Marshall")
    )


def test_people_first_then_their_words(
    search: Search, library: Library
) -> None:
    """A name finds the person, then every claim they make, before anything else."""
    for person in library.people.values():
        claims = {claim.id for claim in library.claims_of_speaker(person.id)}

        hits = everything(search, person.name)

        assert hits[0].id == person.id
        assert {hit.id for hit in hits[1 : len(claims) + 1]} == claims


@pytest.mark.parametrize("query", WORDS["nothing"])
def test_what_nothing_has_finds_nothing(
    search: Search, library: Library, query: str
) -> None:
    """Words that the library has not and markup find nothing; what is nowhere is said, and no other
    word is offered for it.
    """
    results = search.find(query)

    assert results.total == 0
    assert results.found_nowhere == results.missing == tuple(query.split())
    assert results.suggestion is None
    assert results.coverage["claims"] == len(library.claims)
    assert results.coverage["people"] == len(library.people)


def test_counts_are_of_what_the_site_has(
    search: Search, library: Library
) -> None:
    """Every claim is a hit, everybody's claims are theirs, and a theme's its own."""
    assert search.find("", kind="claim").total == len(library.claims)
    for speaker in library.speakers:
        claims = {claim.id for claim in library.claims_of_speaker(speaker)}
        assert search.find("", kind="claim", person=speaker).total == len(
            claims
        )
        hits = everything(search, f'person:"{speaker}"', kind="claim")
        assert {hit.id for hit in hits} == claims
    for theme in library.themes:
        claims = {claim.id for claim in library.claims_of_theme(theme)}
        assert search.find("", kind="claim", theme=theme).total == len(claims)


def test_whatever_the_site_says_is_counted(
    search: Search, library: Library
) -> None:
    """Disagreements, events, outcomes and terms are results as claims are."""
    assert search.find("", kind="disagreement").total == len(
        library.disagreements
    )
    assert search.find("", kind="event").total == len(library.events)
    assert search.find("", kind="outcome").total == len(library.outcomes)
    assert search.find("", kind="term").total == len(library.terms)


def test_a_library_may_have_no_people(
    library: Library, tmp_path: Path
) -> None:
    """Where nobody is named or quoted, the words are found all the same."""
    claims = {
        id: replace(claim, speakers=()) for id, claim in library.claims.items()
    }
    articles = {
        id: replace(article, authors=())
        for id, article in library.articles.items()
    }
    nobody = replace(library, people={}, claims=claims, articles=articles)

    search = Search.open(nobody, tmp_path, getLogger("test"))

    assert search.find("Buckman data junk").total


@pytest.mark.parametrize("query", QUERIES)
def test_totals_facets_and_pages_agree(search: Search, query: str) -> None:
    """The total is the number of hits, each found once, and no passage beside a claim of its own.
    Narrowing gives the number counted; what is missing is the same on every page; a search is
    repeatable.
    """
    first = search.find(query)
    hits = everything(search, query)

    claims = {
        (hit.article, hit.passage) for hit in hits if hit.kind == "claim"
    }
    passages = {
        (hit.article, hit.passage) for hit in hits if hit.kind == "passage"
    }
    assert first.total == len(hits) == len(set(ids(search, query)))
    assert passages.isdisjoint(claims)
    for page in range(1, first.pages + 1):
        assert search.find(query, page=page).missing == first.missing
    for facet, counts in first.facets.items():
        for value, count in counts:
            narrowing: Any = {facet: value}
            assert search.find(query, **narrowing).total == count
    assert everything(search, query) == hits


@pytest.mark.parametrize("query", QUERIES)
def test_the_newest_come_first_where_asked(search: Search, query: str) -> None:
    """Sorted by date, the newest come first, and what has no date last."""
    dates = [hit.date for hit in everything(search, query, sort="date")]

    assert dates == sorted(dates, reverse=True)


def test_what_is_missing_is_said(search: Search) -> None:
    """Where nothing has all the words, the best have most, and the answer names the rest."""
    results = search.find("textbooks about megaprojects and training")

    assert results.missing == results.found_nowhere == ("megaprojects",)
    assert results.hits[0].passage == "p5"
    assert search.find("Bob Buckman").missing == ("Bob",)
    assert search.find("Glasby OR qqq").found_nowhere == ("qqq",)
    assert search.find('theme:zzz "no such phrase"').found_nowhere == (
        "theme:zzz",
        "no such phrase",
    )


def test_a_hit_has_its_reason(search: Search) -> None:
    """Each hit has the word wanted in its text, and marks are where it is."""
    for query, word in (("jargon", "jargon"), ("hospitals", "hospital")):
        for hit in everything(search, query):
            words = [
                hit.words[start:end].casefold()
                for start, end in hit.words_marks
            ]
            words += [
                hit.sentence[start:end].casefold()
                for start, end in hit.sentence_marks
            ]
            assert word in f"{hit.title} {hit.text}".casefold()
            assert all(marked.startswith(word) for marked in words)
            assert words or hit.kind not in ("claim", "passage")


def test_a_passage_shows_where_its_claims_have_not_the_words(
    search: Search,
) -> None:
    """Words of a passage outside the words its claims quote find the passage itself."""
    first = everything(search, "seminar unsustainable")[0]

    assert (first.kind, first.id) == ("passage", "p2")
    marked = [first.words[start:end] for start, end in first.words_marks]
    assert marked == ["Seminar", "unsustainable"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "zebra"},
        {"theme": "<b>"},
        {"person": "nobody"},
        {"article": "x"},
        {"year": "12"},
        {"year": "²⁰¹²"},
        {"sort": "size"},
        {"theme": "x" * 100_000},
    ],
    ids=lambda wrong: str(wrong)[:30],
)
def test_a_parameter_nothing_can_have_is_said_plainly(
    search: Search, wrong: Any
) -> None:
    """A parameter that no result can have is refused in a short sentence."""
    with pytest.raises(QueryError) as error:
        search.find("GP", **wrong)

    assert str(error.value).endswith(".")
    assert len(str(error.value)) < 200


PIECES = st.sampled_from(
    ["GP", "data", "Glasby", "Glazby", "OR", "NOT", "AND", "-", '"', "“", "’", "(", ")", "*", "?",
     "~2", "person:", "theme:", "article:", "year:", "year:2010-2012", "kind:x", "^9", "[a",
     "\\", "\0", "é", "\u0301", "\ud800", "🙂", "…", "the", "primary care trust", "a" * 60,
     "40", "%", "&", "PCT", "mid-life", "\u00ad", "10.1136/bmj.e4278", "https://", "_", "ª",
     "who", "disagrees", "20 June 2012", "/claims/", "#p1", "bad", "Dr"]
)  # fmt: skip
FILTERS = st.dictionaries(
    st.sampled_from(["kind", "theme", "person", "article", "year"]),
    st.text(max_size=12)
    | st.sampled_from(["claim", "training", "jon-glasby", "2010"]),
    max_size=2,
)


@settings(max_examples=100)
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
    is suggested finds more.
    """
    search.suggest(query)
    try:
        results = search.find(query, page=page, sort=sort, **filters)
    except (QueryError, PageError) as error:
        assert str(error).endswith(".")
        assert len(str(error)) < 200
        return
    assert len(results.hits) <= min(PAGE_SIZE, results.total)
    if results.suggestion and not filters:
        assert search.find(results.suggestion.query).total
    for hit in results.hits:
        for text, spans in (
            (hit.words, hit.words_marks),
            (hit.sentence, hit.sentence_marks),
        ):
            ends = [0]
            for span in spans:
                ends += span
            assert ends == sorted(ends)
            assert ends[-1] <= len(text)


@pytest.fixture(scope="module")
def with_names(
    library: Library, tmp_path_factory: pytest.TempPathFactory
) -> Search:
    """Search over the library with people of other names in it."""
    people = dict(library.people)
    for id, name, sort in (
        ("zolc", "Łukasz Żółć", "Żółć, Łukasz"),
        ("li", "李明", "李, 明"),
        ("smith-jones", "Anna Smith-Jones", "Smith-Jones, Anna"),
        ("o-brien", "Mary O’Brien", "O’Brien, Mary"),
        ("van-der-berg", "Jan van der Berg", "van der Berg, Jan"),
        ("strasse", "Jürgen Straße", "Straße, Jürgen"),
    ):
        people[id] = Person(id=id, name=name, sort=sort)
    named = replace(library, people=people)
    return Search.open(
        named, tmp_path_factory.mktemp("index"), getLogger("test")
    )


@pytest.mark.parametrize(
    ("typed", "id"),
    [
        ("zolc", "zolc"),
        ("lukasz zolc", "zolc"),
        ("李", "li"),
        ("李明", "li"),
        ("Jones", "smith-jones"),
        ("person:jones", "smith-jones"),
        ("smith jones", "smith-jones"),
        ("o brien", "o-brien"),
        ("obrien", "o-brien"),
        ("O'Brien", "o-brien"),
        ("person:obrien", "o-brien"),
        ("berg", "van-der-berg"),
        ("van der Berg", "van-der-berg"),
        ("strasse", "strasse"),
    ],
)
def test_names_are_found_as_people_type_them(
    with_names: Search, typed: str, id: str
) -> None:
    """Letters with a stroke, apostrophes, hyphens and particles need not be typed."""
    people = [
        hit.id for hit in with_names.find(typed).hits if hit.kind == "person"
    ]

    assert id in people[:2]


def test_the_old_address_of_a_claim_leads_to_the_new(
    search: Search, library: Library
) -> None:
    """The address of a claim that went finds the claim that took its place."""
    for old, new in library.moved.items():
        assert [hit.id for hit in search.find(f"/claims/{old}/").hits] == [new]
