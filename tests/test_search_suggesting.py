"""Slips mended or offered, beginnings completed: nothing is offered that has not been asked."""

from string import ascii_lowercase

import pytest

from reference.records import Library
from reference.search import Search
from tests.searched import WORDS, ids


@pytest.mark.parametrize("row", WORDS["mended"], ids=str)
def test_a_slip_is_mended_and_said(
    search: Search, row: dict[str, str]
) -> None:
    """Where nothing has a name or a word as typed, results are for what was meant, and say so."""
    results = search.find(row["typed"])

    assert results.suggestion is not None
    assert results.suggestion.applied
    assert results.suggestion.query == row["meant"]
    assert results.query == row["typed"]
    assert ids(search, row["typed"]) == ids(search, row["meant"])


@pytest.mark.parametrize("row", WORDS["offered"], ids=str)
def test_what_may_be_meant_is_offered(
    search: Search, row: dict[str, str]
) -> None:
    """What may have been meant is offered if it finds more, and not presumed."""
    results = search.find(row["typed"])

    assert results.suggestion is not None
    assert not results.suggestion.applied
    assert results.suggestion.query == row["meant"]
    assert search.find(row["meant"]).total > (
        0 if results.missing else results.total
    )


@pytest.mark.parametrize("query", WORDS["not offered"])
def test_a_word_of_its_own_is_no_slip(search: Search, query: str) -> None:
    """A common word of English is not taken for another that is near it."""
    assert search.find(query).suggestion is None


def test_nothing_is_offered_without_need(
    search: Search, library: Library
) -> None:
    """What is found, or has nothing near it, gets no suggestion."""
    queries = [
        "person:glasby",
        "40 per centre",
        "N.H.S.",
        "positive",
        "qqq zzyzx",
    ]
    queries += [claim.quote for claim in library.claims.values()]

    for query in queries:
        assert search.find(query).suggestion is None


@pytest.mark.parametrize("row", WORDS["completions"], ids=str)
def test_completions(search: Search, row: dict[str, str]) -> None:
    """A beginning is completed to people, themes, articles, groups, and phrases of quotations."""
    completions = search.suggest(row["typed"])

    if row["kind"] == "phrase":
        assert any(
            row["words"] in completion.words for completion in completions
        )
    else:
        assert (row["words"], row["kind"], row.get("id", "")) in completions


@pytest.mark.parametrize("typed", ascii_lowercase)
def test_completions_have_been_asked(search: Search, typed: str) -> None:
    """At most eight are offered, none twice, and each finds something."""
    words = [completion.words for completion in search.suggest(typed)]

    assert len(words) <= 8
    assert len(words) == len(set(words))
    for completion in words:
        assert search.find(f'"{completion}"').total


@pytest.mark.parametrize("typed", ["", "zzyzx", "…"])
def test_what_begins_nothing_is_not_completed(
    search: Search, typed: str
) -> None:
    assert search.suggest(typed) == ()
