"""A rehearsal: one page of each kind is made before a site is served, so that none fails then."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask, url_for

from reference.pages.site import site


class RehearsalError(Exception):
    """Raised when a page cannot be made; says which. The log has what went wrong."""


def rehearse(app: Flask) -> None:
    """Make one page of each kind.

    Raises RehearsalError at the first that cannot be made.
    """
    with app.test_request_context():
        listed = list(one_of_each_kind(app))
    client = app.test_client()
    for path in listed:
        response = client.get(path)
        if response.status_code >= 500:
            raise RehearsalError(
                f"{path} cannot be made: nothing of this is served"
            )


def one_of_each_kind(app: Flask) -> Iterator[str]:
    """Yield an address of each kind that the site has: each route, for the first of its records."""
    examples = first_records()
    for rule in app.url_map.iter_rules():
        values = {}
        given = set(rule.defaults or {})
        for name in rule.arguments - given:
            of_any_route = examples.get(("", name))
            values[name] = examples.get((rule.endpoint, name), of_any_route)
        if None not in values.values():
            yield url_for(rule.endpoint, **values)
    yield url_for("finding.search", q=site().library.site.subject)


def first_records() -> dict[tuple[str, str], Any]:
    """Return what stands in an address: (endpoint, argument) -> the id of a record, or None where
    there is no such record; an endpoint of "" is any other."""
    library = site().library
    return {
        ("pages.theme", "slug"): first(library.themes),
        ("pages.theme", "order"): "by-person",
        ("pages.article", "slug"): first(library.articles),
        ("pages.person", "slug"): first(library.people),
        ("pages.claim", "id"): first(library.claims),
        ("pages.disagreement", "id"): first(library.disagreements),
        ("citing.article", "slug"): first(library.articles),
        ("citing.claim", "id"): first(library.claims),
        ("", "form"): "bib",
    }


def first(ids: Iterable[str]) -> str | None:
    """Return the first of some ids, or None where there is none."""
    return next(iter(ids), None)
