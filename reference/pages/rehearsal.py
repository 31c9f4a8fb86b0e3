"""A rehearsal: one page of each kind is made before a site is served, so that none fails then."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask, url_for

from reference.pages.site import site


class RehearsalError(Exception):
    """Raised when a page cannot be made; says which. The log has what went wrong."""


def rehearse(app: Flask) -> None:
    """Ask the app for one page of each kind, as a client would, before anybody else does.

    Raises RehearsalError at the first page that fails (a status of 500 or more), so that a site
    with broken pages is not served at all.
    """
    with app.test_request_context():
        paths = list(example_paths(app))
    client = app.test_client()
    for path in paths:
        response = client.get(path)
        if response.status_code >= 500:
            raise RehearsalError(
                f"{path} cannot be made: nothing of this is served"
            )


def example_paths(app: Flask) -> Iterator[str]:
    """Yield an example of each kind of address: one for every route, and a search.

    For the route `/claims/<id>/` that is `/claims/data-is-junk/`, of the first claim. A route is
    left out if there is no example for one of its arguments: that of a person, where the library
    has nobody, or that of a later page of a list.
    """
    arguments = example_arguments()
    for rule in app.url_map.iter_rules():
        given_by_route = rule.defaults or {}
        needed = [
            name for name in rule.arguments if name not in given_by_route
        ]
        examples = arguments.get(rule.endpoint, {})
        values = {name: examples.get(name) for name in needed}
        is_complete = None not in values.values()
        if is_complete:
            yield url_for(rule.endpoint, **values)
    yield url_for("finding.search", q=site().library.site.subject)


def example_arguments() -> dict[str, dict[str, Any]]:
    """Return examples of the arguments of each endpoint: {"pages.claim": {"id": "data-is-junk"}}.

    An example is None where the library has no such record.
    """
    library = site().library
    article = first_id(library.articles)
    claim = first_id(library.claims)
    theme = first_id(library.themes)
    return {
        "pages.theme": {"slug": theme, "order": "by-person"},
        "pages.article": {"slug": article},
        "pages.person": {"slug": first_id(library.people)},
        "pages.claim": {"id": claim},
        "pages.disagreement": {"id": first_id(library.disagreements)},
        "citing.article": {"slug": article, "form": "bib"},
        "citing.claim": {"id": claim, "form": "bib"},
        "citing.bibliography": {"form": "bib"},
        "citing.collection_file": {"form": "bib"},
    }


def first_id(ids: Iterable[str]) -> str | None:
    """Return the first of some ids, or None where there is none."""
    return next(iter(ids), None)
