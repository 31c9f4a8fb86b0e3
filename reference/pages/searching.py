"""Search: the page, its JSON twin, and suggestions."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from reference.pages.site import Sheet, site
from reference.records import Library
from reference.search.query import HELP, QueryError
from reference.search.results import FACETS, Results

finding = Blueprint("finding", __name__)
PER_PAGE = 20
NARROWING = ("q", *FACETS, "sort")
MOST_CHOICES = 12


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
    narrow = narrowing(asked)
    return render_template(
        "search.html",
        query=query,
        results=results,
        wrong="",
        help=HELP,
        narrowed={name: asked[name] for name in FACETS if asked.get(name)},
        sort=asked.get("sort") or "relevance",
        sheet=Sheet(results.hits, results.page, max(1, results.pages), results.total),
        narrow=narrow,
        result_page=lambda number: narrow(page=number if number > 1 else None),
        facets=list(facets(results, asked, narrow, site().library)),
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


class Facet(NamedTuple):
    """One way to narrow results: by (label, address, count), or already by the one `chosen`."""

    label: str
    choices: tuple[tuple[str, str, int], ...] = ()
    chosen: str = ""
    any: str = ""


def facets(
    results: Results, asked: Mapping[str, str], narrow: Callable[..., str], library: Library
) -> Iterator[Facet]:
    """The facets that divide the results, or that narrow them now."""
    for name in FACETS:
        counts, chosen = results.facets.get(name, ()), asked.get(name)
        if chosen:
            label = value_label(library, name, chosen)
            yield Facet(name.capitalize(), chosen=label, any=narrow(**{name: None}))
        elif len(counts) > 1:
            choices = (
                (value_label(library, name, value), narrow(**{name: value}), count)
                for value, count in counts[:MOST_CHOICES]
            )
            yield Facet(name.capitalize(), tuple(choices))


def value_label(library: Library, facet: str, value: str) -> str:
    """A facet's value as readers know it."""
    if facet == "person":
        return library.speaker_name(value)
    records: Mapping[str, Any] = {"theme": library.themes, "article": library.articles}
    known = records.get(facet, {})
    return str(known[value].title) if value in known else value.capitalize()


def narrowing(asked: Mapping[str, str]) -> Callable[..., str]:
    """Makes the address of a search with some parameters changed, and from its first page again."""
    path, kept = request.path, {name: _encoded(name, asked.get(name)) for name in NARROWING}

    def narrow(**changes: str | int | None) -> str:
        parts = kept.copy()
        for name, value in changes.items():
            parts[name] = _encoded(name, value)
        query = "&".join(filter(None, parts.values()))
        return f"{path}?{query}" if query else path

    return narrow


@lru_cache(1_024)
def _encoded(name: str, value: str | int | None) -> str:
    """A parameter as it stands in an address; "" where there is none."""
    return "" if value in ("", None) else urlencode({name: value}, safe="!$'()*,/:;?@")
