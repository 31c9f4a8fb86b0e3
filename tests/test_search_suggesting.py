"""Slips mended or offered, beginnings completed: nothing is offered that has not been asked."""

import pytest

from reference.records import Library
from reference.search import Search
from tests.searched import WORDS, ids


@pytest.mark.parametrize("query, meant", WORDS["names mended"])
def test_a_slip_in_a_name_is_mended_and_said(search: Search, query: str, meant: str) -> None:
    """Where nothing has a name as typed, the results are for the name meant, and say so."""
    found = search.find(query)
    assert found.suggestion and found.suggestion.applied and found.suggestion.query == meant
    assert found.query == query and ids(search, query) == ids(search, meant)


@pytest.mark.parametrize("query, meant", WORDS["words offered"])
def test_a_slip_in_a_word_is_offered(search: Search, query: str, meant: str) -> None:
    """What a word that is nowhere may mean is offered if it finds more, and never presumed."""
    found = search.find(query)
    assert found.suggestion and found.suggestion.query == meant and not found.suggestion.applied
    assert search.find(meant).total > (0 if found.missing else found.total)


def test_nothing_is_offered_without_need(search: Search, library: Library) -> None:
    """What is found, or has nothing near it, gets no suggestion."""
    for query in ("person:glasby", "40 per centre", "N.H.S.", "positive", "qqq zzyzx"):
        assert search.find(query).suggestion is None
    assert all(search.find(claim.quote).suggestion is None for claim in library.claims.values())


@pytest.mark.parametrize("typed, words, kind, id", WORDS["completions"])
def test_completions(search: Search, typed: str, words: str, kind: str, id: str) -> None:
    """A beginning is completed to people, themes, articles, groups, and phrases of quotations."""
    found = [(each.words, each.id) for each in search.suggest(typed)]
    assert (words, id) in found or any(words in each for each, _ in found if kind == "phrase")


def test_completions_have_been_asked(search: Search) -> None:
    """At most eight are offered, none twice, and each finds something."""
    for typed in "abcdefghijklmnopqrstuvwxyz":
        found = search.suggest(typed)
        assert len(found) <= 8 and len({each.words for each in found}) == len(found)
        assert all(search.find(f'"{each.words}"').total for each in found)
    assert search.suggest("") == search.suggest("zzyzx") == search.suggest("…") == ()
