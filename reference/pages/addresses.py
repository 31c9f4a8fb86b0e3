"""The address of every page whose content is kept: for the sitemap, for the copy, for tests."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import current_app, url_for

from reference.pages import views
from reference.pages.lists import page_count
from reference.pages.site import site
from reference.pages.views import EvidenceOrder
from reference.records import Claim


def paths() -> list[str]:
    """Return the path of every HTML page that no reader's query makes, in order."""
    return [
        *single_paths(),
        *list_paths(),
        *theme_paths(),
        *person_paths(),
        *record_paths(),
    ]


def single_paths() -> Iterator[str]:
    """Yield the paths of the pages that have one address each: `/`, `/about/`."""
    for rule in current_app.url_map.iter_rules():
        if rule.endpoint.startswith("pages.") and not rule.arguments:
            yield url_for(rule.endpoint)


def list_paths() -> Iterator[str]:
    """Yield the paths of every page of each list of records."""
    library = site().library
    disagreements = list(library.disagreements)
    outcomes = list(library.outcomes)
    articles = list(library.articles)
    people = list(library.people)
    claims = list(library.claims)
    yield from paths_of_pages(
        "pages.disagreements", disagreements, views.DISAGREEMENTS_A_PAGE
    )
    yield from paths_of_pages(
        "pages.outcomes", outcomes, views.OUTCOMES_A_PAGE
    )
    yield from paths_of_pages(
        "pages.articles", articles, views.ARTICLES_A_PAGE
    )
    yield from paths_of_pages("pages.people", people, views.PEOPLE_A_PAGE)
    yield from paths_of_pages("pages.claims", claims, views.CLAIMS_A_PAGE)


def theme_paths() -> Iterator[str]:
    """Yield the paths of each theme: the pages of its claims, in each order that they can have."""
    library = site().library
    for theme in library.themes:
        claims = library.claims_of_theme(theme)
        size = views.EVIDENCE_A_PAGE
        for order in EvidenceOrder:
            yield from paths_of_pages(
                "pages.theme", claims, size, slug=theme, order=order
            )


def person_paths() -> Iterator[str]:
    """Yield the paths of each person: all their claims, and those on each theme they speak on."""
    library = site().library
    for person in library.people:
        claims = library.claims_of_speaker(person)
        size = views.EVIDENCE_A_PAGE
        yield from paths_of_pages(
            "pages.person", claims, size, slug=person, theme=""
        )
        for theme, on_theme in claims_by_theme(claims).items():
            yield from paths_of_pages(
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
    """Yield the path of the page of each article, claim and disagreement."""
    library = site().library
    for article in library.articles:
        yield url_for("pages.article", slug=article)
    for claim in library.claims:
        yield url_for("pages.claim", id=claim)
    for disagreement in library.disagreements:
        yield url_for("pages.disagreement", id=disagreement)


def paths_of_pages(
    endpoint: str, items: Sequence[object], size: int, **values: Any
) -> Iterator[str]:
    """Yield the path of each page of a list: `/people/`, `/people/page/2/`.

    The list has `size` of its items a page. `values` are the arguments of the endpoint's view, but
    for the number of the page.
    """
    last = page_count(items, size)
    for number in range(1, last + 1):
        yield url_for(endpoint, number=number, **values)
