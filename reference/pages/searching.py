"""Search: the page, its JSON twin, and suggestions. The one reader of a search's parameters."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from reference.pages.site import Sheet, site
from reference.records import Library
from reference.search.entries import FACETS
from reference.search.query import MAX_LENGTH, QueryError
from reference.search.results import PAGE_SIZE, PageError, Result, Results

finding = Blueprint("finding", __name__)
NARROWING = ("q", *FACETS, "sort")
MOST_CHOICES = 12
SAFE = "!$'()*,/:;?@"
"""What stands in an address as it is."""
PAGES = {"person": "pages.person", "theme": "pages.theme", "article": "pages.article"}


class Help(NamedTuple):
    """One line of the explanation on the search page; `example` works as it stands."""

    form: str
    meaning: str
    example: str


HELP = (
    Help("two words", "both words, in any order and in any of their forms", "junk data"),
    Help('"phrase"', "these words side by side; any quotation marks will do", '"set up to fail"'),
    Help("one … other", "in a phrase: words left out", '"relationships … quite problematic"'),
    Help("-word", "without this word, phrase or field", "training -MBAs"),
    Help("one OR other", "either of the two", "textbooks OR qualification"),
    Help("person:", "what this person or group says", 'person:"PCT managers"'),
    Help("theme:", "what is filed under this theme", "theme:training skills"),
    Help("article:", "what stands in the article with this title or address", "article:bill"),
    Help("year:", "what appeared in this year, or in these years", "year:2010-2012 support"),
    Help("kind:", "only people, claims, themes, articles or passages", "kind:article bill"),
)


@finding.get("/search/")
def search() -> str | tuple[str, int]:
    """A page of results; without a query, what can be asked and how."""
    asked = request.args.to_dict()
    narrow = narrowing(asked)
    query = asked.get("q", "")
    about: dict[str, Any] = {"query": query, "narrow": narrow, "help": HELP}
    about |= {"results": None, "wrong": "", "last": 0}
    if not query.strip() and not any(asked.get(name) for name in FACETS):
        return render_template("search.html", **about)
    try:
        results = answer(asked)
    except (QueryError, PageError) as error:
        last = error.last if isinstance(error, PageError) else 0
        about |= {"wrong": str(error), "last": last}
        return render_template("search.html", **about), 404 if last else 400
    about["results"] = results
    return render_template(
        "search.html",
        narrowed={name: asked[name] for name in FACETS if asked.get(name)},
        sort=asked.get("sort") or "relevance",
        sheet=Sheet(results.hits, results.page, results.pages, results.total),
        first=(results.page - 1) * PAGE_SIZE + 1,
        facets=list(facets(results, asked, narrow, site().library)),
        **about,
    )


@finding.get("/search.json")
def search_json() -> Response:
    """The same as data; `suggestion` is a query, which the hits are for if it is `applied`."""
    try:
        results = answer(request.args.to_dict())
    except (QueryError, PageError) as error:
        response = jsonify(error=str(error))
        response.status_code = 404 if isinstance(error, PageError) else 400
        return response
    meant = results.suggestion
    return jsonify(
        query=results.query,
        total=results.total,
        suggestion=meant.query if meant else None,
        applied=bool(meant and meant.applied),
        missing=results.missing,
        hits=[hit_json(hit) for hit in results.hits],
        facets={name: dict(counts) for name, counts in results.facets.items()},
        coverage=results.coverage,
    )


@finding.get("/suggest.json")
def suggest() -> Response:
    """At most 8 completions, as OpenSearch has them: [query, words, notes, addresses]."""
    query = request.args.get("q", "")
    found = site().search.suggest(query)
    urls = [
        url_for(PAGES[one.kind], slug=one.id)
        if one.id
        else url_for("finding.search", q=f'"{one.words}"')
        for one in found
    ]
    return jsonify([query, [one.words for one in found], [one.note for one in found], urls])


def hit_json(hit: Result) -> dict[str, Any]:
    return {
        "kind": hit.kind,
        "url": result_url(hit),
        "title": hit.title,
        "text": hit.text,
        "speakers": hit.speakers,
        "article": hit.article,
        "themes": hit.themes,
        "score": hit.score,
    }


@finding.app_template_global()
def result_url(hit: Result) -> str:
    """Where a result opens: its page, or its passage in the article."""
    if hit.passage:
        return url_for("pages.article", slug=hit.article) + f"#{hit.passage}"
    return url_for(PAGES[hit.kind], slug=hit.id)


@finding.app_context_processor
def limits() -> dict[str, int]:
    """What every search form allows."""
    return {"longest_query": MAX_LENGTH}


def answer(asked: Mapping[str, str]) -> Results:
    """Run the search that a request's parameters ask for.

    Raises QueryError for what cannot be asked, PageError for a page that there is not.
    """
    page = asked.get("page") or "1"
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 0
    wanted: dict[str, Any] = {name: asked.get(name, "") for name in FACETS}
    return site().search.find(
        asked.get("q", ""),
        **wanted,
        sort=asked.get("sort") or "relevance",  # type: ignore[arg-type]
        page=number if str(number) == page else 0,
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
    path, kept = request.path, {name: asked.get(name) for name in NARROWING}

    def narrow(**changes: str | int | None) -> str:
        parts = {name: value for name, value in {**kept, **changes}.items() if value}
        return f"{path}?{urlencode(parts, safe=SAFE)}" if parts else path

    return narrow
