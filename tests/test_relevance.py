"""Readers' queries, and whether what they want comes where they would see it."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from reference.records import Library
from reference.search.engine import Search
from reference.search.results import Hit

SET = yaml.safe_load((Path(__file__).parent / "relevance.yaml").read_text(encoding="utf-8"))
ENOUGH = 0.97


class Asked(NamedTuple):
    """A query of the set, and the rank at which what is wanted came (0: it did not)."""

    query: str
    within: int
    rank: int


@pytest.fixture(scope="module")
def asked(search: Search) -> list[Asked]:
    """Every query of the set, asked."""
    return [
        Asked(query, within, _rank(search.find(query).hits, want))
        for query, want, within in _queries()
    ]


def _queries() -> Iterator[tuple[str, str, int]]:
    for entries in SET.values():
        for entry in entries:
            yield entry["query"], entry["want"], entry.get("within", 1)


def _rank(hits: tuple[Hit, ...], want: str) -> int:
    names = [f"{hit.article} {hit.passage}" if hit.passage else hit.record for hit in hits]
    return names.index(want) + 1 if want in names else 0


def test_what_is_wanted_exists(library: Library) -> None:
    """Every person and passage that the set wants is in the library; there are at least sixty."""
    wants = [want for _, want, _ in _queries()]
    assert len(wants) >= 60
    for want in wants:
        article, _, passage = want.partition(" ")
        if passage:
            assert library.articles[article].passage(passage)
        else:
            assert want in library.people


def test_what_is_wanted_comes_where_it_is_seen(asked: list[Asked]) -> None:
    """At least 97% of the queries have what is wanted at the wanted rank."""
    missed = [one for one in asked if not 0 < one.rank <= one.within]
    print(_scores(asked))
    assert 1 - len(missed) / len(asked) >= ENOUGH, f"{_scores(asked)}; missed: {missed}"


def _scores(asked: list[Asked]) -> str:
    first = sum(one.rank == 1 for one in asked) / len(asked)
    third = sum(0 < one.rank <= 3 for one in asked) / len(asked)
    reciprocal = sum(1 / one.rank for one in asked if one.rank) / len(asked)
    return f"success@1 {first:.3f}, success@3 {third:.3f}, mean reciprocal rank {reciprocal:.3f}"
