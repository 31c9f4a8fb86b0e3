"""The address of every page whose content is kept: for the sitemap, for the copy, for tests."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import url_for

from reference.pages import views
from reference.pages.lists import page_count
from reference.pages.site import site
from reference.pages.views import EvidenceOrder
from reference.records import Claim


def paths() -> list[str]:
    """Return the path of every HTML page that no reader's query makes, in order."""
    return [*list_paths(), *theme_paths(), *person_paths(), *record_paths()]


def list_paths() -> Iterator[str]:
    """Yield the pages that are one of a kind, and the lists of records with their later pages."""
    library = site().library
    for page in ("home", "themes", "words", "about"):
        yield url_for(f"pages.{page}")
    disagreements = list(library.disagreements)
    outcomes = list(library.outcomes)
    articles = list(library.articles)
    people = list(library.people)
    claims = list(library.claims)
    yield from pages_of(
        "pages.disagreements", disagreements, views.DISAGREEMENTS_A_PAGE
    )
    yield from pages_of("pages.outcomes", outcomes, views.OUTCOMES_A_PAGE)
    yield from pages_of("pages.articles", articles, views.ARTICLES_A_PAGE)
    yield from pages_of("pages.people", people, views.PEOPLE_A_PAGE)
    yield from pages_of("pages.claims", claims, views.CLAIMS_A_PAGE)


def theme_paths() -> Iterator[str]:
    """Yield the pages of each theme, in each order of its claims."""
    library = site().library
    for theme in library.themes:
        claims = library.claims_of_theme(theme)
        size = views.EVIDENCE_A_PAGE
        for order in EvidenceOrder:
            yield from pages_of(
                "pages.theme", claims, size, slug=theme, order=order
            )


def person_paths() -> Iterator[str]:
    """Yield the pages of each person: all their words, and those on each of their themes."""
    library = site().library
    for person in library.people:
        claims = library.claims_of_speaker(person)
        size = views.EVIDENCE_A_PAGE
        yield from pages_of(
            "pages.person", claims, size, slug=person, theme=""
        )
        for theme, on_theme in claims_by_theme(claims).items():
            yield from pages_of(
                "pages.person", on_theme, size, slug=person, theme=theme
            )


def claims_by_theme(claims: Sequence[Claim]) -> dict[str, list[Claim]]:
    """Return theme -> those of the claims that are filed under it, in order of the themes' ids."""
    by_theme: dict[str, list[Claim]] = {}
    for claim in claims:
        for theme in claim.themes:
            by_theme.setdefault(theme, []).append(claim)
    return dict(sorted(by_theme.items()))


def record_paths() -> Iterator[str]:
    """Yield the page of each article, claim and disagreement."""
    library = site().library
    for article in library.articles:
        yield url_for("pages.article", slug=article)
    for claim in library.claims:
        yield url_for("pages.claim", id=claim)
    for disagreement in library.disagreements:
        yield url_for("pages.disagreement", id=disagreement)


def pages_of(
    endpoint: str, items: Sequence[object], size: int, **values: Any
) -> Iterator[str]:
    """Yield the address of each page of a list that has `size` items a page."""
    last = page_count(items, size)
    for number in range(1, last + 1):
        yield url_for(endpoint, number=number, **values)
