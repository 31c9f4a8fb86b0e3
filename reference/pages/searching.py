"""Search: the page, its JSON twin, and suggestions."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from reference.pages.views import Sheet, site
from reference.search.query import HELP, QueryError
from reference.search.results import FACETS, Results

finding = Blueprint("finding", __name__)
PER_PAGE = 20
NARROWING = (*FACETS, "sort", "page")


@finding.get("/search/")
def search() -> str | tuple[str, int]:
    """A page of results; without a query, what can be asked and how."""
    query = asked(request.args, "q")
    if not query.strip() and not any(request.args.get(name) for name in FACETS):
        return render_template("search.html", query="", results=None, wrong="", help=HELP)
    try:
        results = answer(request.args)
    except QueryError as error:
        page = render_template(
            "search.html", query=query, results=None, wrong=str(error), help=HELP
        )
        return page, 400
    return render_template(
        "search.html",
        query=query,
        results=results,
        wrong="",
        help=HELP,
        narrowed={name: asked(request.args, name) for name in FACETS if request.args.get(name)},
        sort=asked(request.args, "sort") or "relevance",
        sheet=Sheet(results.hits, results.page, max(1, results.pages), results.total),
        narrow=narrow,
    )


@finding.get("/search.json")
def search_json() -> Response:
    """The same as data: {query, total, suggestion, hits, facets, coverage}."""
    try:
        return jsonify(answer(request.args).as_json())
    except QueryError as error:
        response = jsonify(error=str(error))
        response.status_code = 400
        return response


@finding.get("/suggest.json")
def suggest() -> Response:
    """At most 8 completions, as OpenSearch has them: [query, words, notes, addresses]."""
    query = asked(request.args, "q")
    found = site().search.suggest(query)
    words = [word for word, _, _ in found]
    urls = [url or url_for("finding.search", q=f'"{word}"') for word, _, url in found]
    return jsonify([query, words, [note for _, note, _ in found], urls])


def asked(arguments: MultiDict[str, str], name: str) -> str:
    """The first value of a parameter; "" where there is none."""
    return arguments.get(name, "")


def answer(arguments: MultiDict[str, str]) -> Results:
    """Run the search that a request's parameters ask for. Raises QueryError for what cannot be."""
    page = asked(arguments, "page") or "1"
    if not (page.isascii() and page.isdecimal() and int(page[:6]) >= 1 and len(page) < 7):
        raise QueryError("The page must be a number from 1.")
    wanted: dict[str, Any] = {name: asked(arguments, name) for name in FACETS}
    return site().search.find(
        asked(arguments, "q"),
        **wanted,
        sort=asked(arguments, "sort") or "relevance",  # type: ignore[arg-type]
        page=int(page),
        per_page=PER_PAGE,
    )


def narrow(**changes: str | int | None) -> str:
    """The address of this search with some parameters changed, and from its first page again."""
    kept = {name: asked(request.args, name) for name in ("q", *NARROWING) if name != "page"}
    merged = {name: value for name, value in (kept | changes).items() if value not in ("", None)}
    return url_for("finding.search", **merged)  # type: ignore[arg-type]
