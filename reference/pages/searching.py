"""Search: the page, its JSON twin, and suggestions."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from reference.pages.views import Sheet, site
from reference.search.query import HELP, QueryError
from reference.search.results import FACETS, Results

finding = Blueprint("finding", __name__)
PER_PAGE = 20
NARROWING = ("q", *FACETS, "sort")


@finding.get("/search/")
def search() -> str | tuple[str, int]:
    """A page of results; without a query, what can be asked and how."""
    asked = request.args.to_dict()
    query = asked.get("q", "")
    if not query.strip() and not any(asked.get(name) for name in FACETS):
        return render_template("search.html", query="", results=None, wrong="", help=HELP)
    try:
        results = answer(asked)
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
        narrowed={name: asked[name] for name in FACETS if asked.get(name)},
        sort=asked.get("sort") or "relevance",
        sheet=Sheet(results.hits, results.page, max(1, results.pages), results.total),
        narrow=narrowing(asked),
    )


@finding.get("/search.json")
def search_json() -> Response:
    """The same as data: {query, total, suggestion, hits, facets, coverage}."""
    try:
        return jsonify(answer(request.args.to_dict()).as_json())
    except QueryError as error:
        response = jsonify(error=str(error))
        response.status_code = 400
        return response


@finding.get("/suggest.json")
def suggest() -> Response:
    """At most 8 completions, as OpenSearch has them: [query, words, notes, addresses]."""
    query = request.args.get("q", "")
    found = site().search.suggest(query)
    words = [word for word, _, _ in found]
    urls = [url or url_for("finding.search", q=f'"{word}"') for word, _, url in found]
    return jsonify([query, words, [note for _, note, _ in found], urls])


def answer(asked: Mapping[str, str]) -> Results:
    """Run the search that a request's parameters ask for. Raises QueryError for what cannot be."""
    page = asked.get("page") or "1"
    if not (page.isascii() and page.isdecimal() and int(page[:6]) >= 1 and len(page) < 7):
        raise QueryError("The page must be a number from 1.")
    wanted: dict[str, Any] = {name: asked.get(name, "") for name in FACETS}
    return site().search.find(
        asked.get("q", ""),
        **wanted,
        sort=asked.get("sort") or "relevance",  # type: ignore[arg-type]
        page=int(page),
        per_page=PER_PAGE,
    )


def narrowing(asked: Mapping[str, str]) -> Callable[..., str]:
    """Makes the address of a search with some parameters changed, and from its first page again."""
    path, kept = request.path, {name: _encoded(name, asked.get(name)) for name in NARROWING}

    def narrow(**changes: str | int | None) -> str:
        changed = {name: _encoded(name, value) for name, value in changes.items()}
        query = "&".join(filter(None, (kept | changed).values()))
        return f"{path}?{query}" if query else path

    return narrow


@lru_cache(1_024)
def _encoded(name: str, value: str | int | None) -> str:
    """A parameter as it stands in an address; "" where there is none."""
    return "" if value in ("", None) else urlencode({name: value}, safe="!$'()*,/:;?@")
