"""Search: the page, its JSON twin, and suggestions. The one reader of a search's parameters."""

import re
from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reference.pages.site import LaterPage, site
from reference.search.entries import FACETS
from reference.search.query import QueryError
from reference.search.results import PageError, Result, Results

finding = Blueprint("finding", __name__)
OF_A_SEARCH = ("q", *FACETS, "sort", "page")
PARAMETERS: dict[str, tuple[str, ...]] = {
    "search": OF_A_SEARCH,
    "search.json": OF_A_SEARCH,
    "suggest.json": ("q",),
}
"""The parameters that the answer at a path is made from; any other is left out of the request."""


@finding.get("/search/")
def search() -> str:
    """A page of results; without a query, what can be asked and how."""
    asked = parameters()
    wanted = asked.get("q", "").strip() or set(FACETS).intersection(asked)
    return page(asked, results=answer(asked) if wanted else None)


def page(asked: dict[str, str], **told: Any) -> str:
    """The page; its `narrow` makes the address of a search with some parameters changed."""
    narrow = partial(url_for, "finding.search", **asked)  # type: ignore[arg-type]
    about = {"results": None, "wrong": "", "last": 0, "narrow": narrow, "facets": FACETS}
    return render_template("search.html", asked=asked, **about | told)


@finding.get("/search.json")
def search_json() -> Response:
    """The same as data; `suggestion` is a query, which the hits are for if it is `applied`."""
    results = answer(parameters())
    meant, names = results.suggestion, ("query", "total", "missing", "coverage")
    said = {name: getattr(results, name) for name in names}
    said |= {"suggestion": meant and meant.query, "applied": bool(meant and meant.applied)}
    facets = {name: dict(counts) for name, counts in results.facets.items()}
    return jsonify(**said, hits=[hit_json(hit) for hit in results.hits], facets=facets)


def hit_json(hit: Result) -> dict[str, Any]:
    """A result, and where it opens: its page, or its passage in the article."""
    names = ("kind", "title", "text", "speakers", "article", "themes", "score")
    page, slug = ("article", hit.article) if hit.passage else (hit.kind, hit.id)
    url = url_for(f"pages.{page}", slug=slug, _anchor=hit.passage or None)
    return {name: getattr(hit, name) for name in names} | {"url": url}


@finding.get("/suggest.json")
def suggest() -> Response:
    """At most 8 completions, as OpenSearch has them: [query, words, notes, addresses]."""
    query = request.args.get("q", "")
    found = site().search.suggest(query)
    urls = [
        url_for(f"pages.{one.kind}", slug=one.id)
        if one.id
        else url_for("finding.search", q=f'"{one.words}"')
        for one in found
    ]
    return jsonify([query, [one.words for one in found], [one.kind for one in found], urls])


def parameters() -> dict[str, str]:
    """What a request asks for, its page apart; what is empty is not asked."""
    asked = ((name, request.args.get(name)) for name in ("q", *FACETS, "sort"))
    return {name: value for name, value in asked if value}


def answer(asked: dict[str, Any]) -> Results:
    """The page of results that a request asks for. Raises QueryError for what cannot be asked,
    PageError for a page that there is not."""
    number = request.args.get("page") or "1"
    page = int(number) if number == "1" or re.fullmatch(LaterPage.regex, number) else 0
    narrowed = {name: value for name, value in asked.items() if name != "q"}
    return site().search.find(asked.get("q", ""), page=page, **narrowed)


@finding.errorhandler(QueryError)
@finding.errorhandler(PageError)
def wrong(error: QueryError | PageError) -> ResponseReturnValue:
    """What cannot be answered, said where it was asked."""
    last = getattr(error, "last", 0)
    code = 404 if last else 400
    if request.endpoint == "finding.search_json":
        return jsonify(error=str(error)), code
    return page(parameters(), wrong=str(error), last=last), code
