"""The query language: what a reader types is read, bounded, and explained truly."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.records import Library
from reference.search.engine import Search
from reference.search.query import (
    HELP,
    MAX_CLAUSES,
    MAX_LENGTH,
    Clause,
    Help,
    QueryError,
    Term,
    clean,
    parse,
    years,
)
from reference.search.results import Results


@pytest.mark.parametrize(
    "marks", ['""', "“”", "„“", "«»", "‘’", "''", "＂＂", "””", "\u201f\u201d"], ids=str
)
def test_any_quotation_marks_make_a_phrase(marks: str) -> None:
    """Words in quotation marks of any shape are one phrase."""
    assert parse(f"a {marks[0]}set up to fail{marks[1]} b") == (
        Clause((Term("a"),)),
        Clause((Term("set up to fail", phrase=True),)),
        Clause((Term("b"),)),
    )


def test_an_apostrophe_is_no_quotation_mark() -> None:
    """King's Fund, GPs' views and 'don't' are words, not the beginning of a phrase."""
    assert [t.text for c in parse("King's Fund GPs’ views don’t") for t in c.terms] == [
        "King's",
        "Fund",
        "GPs’",
        "views",
        "don’t",
    ]
    assert not any(term.phrase for clause in parse("‘ it’s GPs’ view") for term in clause.terms)


def test_fields_negation_and_or() -> None:
    """A field takes a word or a phrase, `-` or NOT turns a term round, OR joins two."""
    assert parse('speaker:"PCT managers" -theme:training NOT data a OR b OR "c d"') == (
        Clause((Term("PCT managers", True, "speaker"),)),
        Clause((Term("training", False, "theme"),), negated=True),
        Clause((Term("data"),), negated=True),
        Clause((Term("a"), Term("b"), Term("c d", phrase=True))),
    )


@pytest.mark.parametrize("text", ["", " ", "OR", "NOT", "AND OR", '""', "-", "--", "?*~", "( )"])
def test_what_says_nothing_is_no_clause(text: str) -> None:
    """Operators and punctuation on their own ask for nothing, and are no error."""
    assert parse(clean(text)) == ()


@pytest.mark.parametrize("text", ["OR data", "data OR", "NOT OR data", "data OR OR", "AND data"])
def test_a_stray_operator_is_passed_over(text: str) -> None:
    """An operator with nothing on one side does not lose the word on the other."""
    assert [term.text for clause in parse(text) for term in clause.terms] == ["data"]


def test_years() -> None:
    """A year or a range of years is read; anything else is not."""
    assert list(years("2012") or ()) == [2012]
    assert list(years("2010-2012") or ()) == [2010, 2011, 2012]
    assert years("12") is years("²²²²") is years("2010-") is None


def test_too_long_is_said_plainly() -> None:
    """A query longer than any need be is refused in a sentence, however long it is."""
    clean("a" * MAX_LENGTH)
    with pytest.raises(QueryError, match="shorten"):
        clean("a" * 10_000_000)


@given(st.text(st.characters(codec=None), max_size=300))
def test_every_text_has_a_reading(text: str) -> None:
    """Whatever is typed has a bounded reading, and reading it as printed again changes nothing."""
    tidy = clean(text)
    assert tidy == clean(tidy)
    clauses = parse(tidy)
    assert len(clauses) <= MAX_CLAUSES
    assert all(clause.terms and term.text for clause in clauses for term in clause.terms)


@pytest.mark.parametrize("line", HELP, ids=lambda line: line.form)
def test_the_explanation_is_true(line: Help, search: Search, library: Library) -> None:
    """Each example on the search page finds something, and what it finds is as the page says."""
    found = search.find(line.example, per_page=100)
    assert found.total and not found.missing and not found.suggestion, line
    texts = [hit.text.casefold() for hit in found.hits]
    checks = {
        "two words": all("junk" in text and "data" in text for text in texts),
        '"phrase"': all("set up to fail" in text for text in texts),
        "-word": not any("mbas" in text for text in texts),
        "one OR other": _either(search, "textbooks", "qualification", found),
        "speaker:": all("PCT managers" in hit.speakers for hit in found.hits),
        "theme:": all("training" in _themes(library, hit.passage, hit.article) or
                      hit.kind in ("theme", "person") for hit in found.hits),
        "article:": all(hit.article == "bill-gp-commissioning" for hit in found.hits),
        "year:": all(hit.date[:4] in ("2010", "2011", "2012") for hit in found.hits),
    }  # fmt: skip
    assert checks[line.form], line


def _either(search: Search, one: str, other: str, found: Results) -> bool:
    alone = {hit.url for word in (one, other) for hit in search.find(word, per_page=100).hits}
    return {hit.url for hit in found.hits} == alone


def _themes(library: Library, passage: str, article: str) -> set[str]:
    return {t for claim in library.claims_at.get((article, passage), ()) for t in claim.themes}


PIECES = st.sampled_from(
    ["GP", "data", "Glasby", "Glazby", "OR", "NOT", "AND", "-", '"', "“", "’", "(", ")", "*", "?",
     "~2", "speaker:", "theme:", "article:", "year:", "year:2010-9999", "kind:", "^9", "[a TO b]",
     "\\", "\0", "é", "\u0301", "\ud800", "🙂", "…", "the", "primary care trust", "a" * 60]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    query=st.lists(PIECES, max_size=40).map(" ".join) | st.text(max_size=400),
    filters=st.dictionaries(
        st.sampled_from(["kind", "theme", "person", "article", "year"]),
        st.text(max_size=12) | st.sampled_from(["claim", "training", "jon-glasby", "2010"]),
        max_size=2,
    ),
    page=st.integers(),
    sort=st.text(max_size=9) | st.sampled_from(["relevance", "date"]),
)
def test_anything_asked_has_a_quick_answer(
    search: Search, query: str, filters: dict[str, str], page: int, sort: str
) -> None:
    """Any query and parameters at all give results or a plain sentence, within 0.2 seconds."""
    start = time.thread_time()
    try:
        found = search.find(query, page=page, sort=sort, **filters)  # type: ignore[arg-type]
    except QueryError as error:
        assert str(error).endswith(".") and len(str(error)) < 200
    else:
        assert len(found.hits) <= min(20, found.total)
        for hit in found.hits:
            for span in hit.quotation_marks:
                assert 0 <= span.start < span.end <= len(hit.quotation)
    assert time.thread_time() - start < 0.2


@settings(deadline=None)
@given(st.text(max_size=300))
def test_anything_typed_has_few_suggestions(search: Search, text: str) -> None:
    """Whatever is begun, at most eight completions are offered, at once."""
    start = time.thread_time()
    assert len(search.suggest(text)) <= 8
    assert time.thread_time() - start < 0.2


@pytest.mark.parametrize(
    "query",
    [
        " OR ".join(["commissioning"] * 150),
        " ".join(["GP", "PCT"] * 300),
        " ".join(f'"{word} commissioning"' for word in ["GP", "PCT"] * 40),
        " ".join("abcdefghijklmnopqrstuvwxyz" for _ in range(70)),
        " ".join(f"zq{number}x" for number in range(250)),
        "-a " * 600,
        "x" * MAX_LENGTH,
        "-".join("ab" for _ in range(600)),
        "'a" * 900,
        '"' * MAX_LENGTH,
    ],
    ids=lambda query: query[:24],
)
def test_the_costliest_queries_are_quick(search: Search, query: str) -> None:
    """Queries made to be slow are answered within 0.2 seconds."""
    search.suggest("warm")
    search.find("zzyzx")
    start = time.thread_time()
    search.find(query[:MAX_LENGTH])
    assert time.thread_time() - start < 0.2
