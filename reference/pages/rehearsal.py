"""A rehearsal: one page of each kind is made before a site is served, so that none fails then."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask, url_for

from reference.pages.site import site


class RehearsalError(Exception):
    """Raised when a page cannot be made; says which. The log has what went wrong."""


def rehearse(app: Flask) -> None:
    """Make one page of each kind that the app has.

    Raises RehearsalError at the first that fails (a status of 500 or more).
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
    """Yield an example of each kind of address: every route, and a search.

    /claims/<id>/ gives /claims/data-is-junk/, the page of the first claim. A route for whose
    argument there is no example is left out: that of a person, where the library has nobody, or of
    a later page of a list.
    """
    arguments = example_arguments()
    for rule in app.url_map.iter_rules():
        names = rule.arguments.difference(rule.defaults or ())
        examples = arguments.get(rule.endpoint, {})
        values = {name: examples.get(name) for name in names}
        if None not in values.values():
            yield url_for(rule.endpoint, **values)
    yield url_for("finding.search", q=site().library.site.subject)


def example_arguments() -> dict[str, dict[str, Any]]:
    """Return endpoint -> argument of its addresses -> an example, such as the id of a record.

    It is None where the library has no such record.
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
