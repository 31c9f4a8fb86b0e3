"""Search: the page, its JSON twin, and suggestions. The one reader of a search's parameters."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reference.pages.site import LaterPage, site
from reference.pages.views import outcome_address
from reference.records import Library
from reference.search.entries import FACETS, Entry, Facet
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
SHOWN_VALUES = 12
"""Values of a facet that a page offers; the rest can be typed."""
KIND_NAMES = {
    "person": "People",
    "claim": "Claims",
    "disagreement": "Disagreements",
    "theme": "Themes",
    "article": "Articles",
    "event": "Events",
    "outcome": "What came of it",
    "term": "Words",
    "passage": "Passages",
}
FACET_NAMES: dict[Facet, str] = {
    "kind": "Kind",
    "theme": "Theme",
    "person": "Person",
    "article": "Article",
    "year": "Year",
}


@dataclass(frozen=True)
class HitGroup:
    """Results that stand under one line: claims of one passage that follow each other.

    `article` and `passage` are "" where a result stands alone and names its own source.
    """

    hits: tuple[Result, ...]
    article: str = ""
    passage: str = ""


@dataclass(frozen=True)
class Choice:
    """A value of a facet as readers know it, how many results have it, and where it leads."""

    label: str
    count: int
    address: str


@dataclass(frozen=True)
class FacetView:
    """A facet beside the results: what may be chosen, or what is `chosen` and how to undo it."""

    facet: Facet
    name: str
    choices: tuple[Choice, ...]
    chosen: str = ""
    undo: str = ""


@finding.get("/search/")
def search() -> str:
    """Show a page of results; without a query, what can be asked and how."""
    asked = parameters()
    wanted = asked.get("q", "").strip() or set(FACETS).intersection(asked)
    return page(asked, results=answer(asked) if wanted else None)


def page(
    asked: dict[str, str], results: Results | None = None, wrong: str = "", last: int = 0
) -> str:
    """Show results, or what is `wrong` with what was asked; `last` is the number of the last page
    where there is no such page.
    """
    narrow = partial(address_of_search, asked)
    library = site().library
    return render_template(
        "search.html",
        asked=asked,
        results=results,
        groups=group_hits(results.hits, library) if results else [],
        articles=articles_of(results.hits) if results else [],
        facets=view_facets(results, asked) if results else [],
        title=title_of(asked, results),
        tips=site().search.tips,
        everything=narrow(**dict.fromkeys(FACETS)),
        verdict=verdict_of(results) if results else None,
        is_in_sentence_alone=is_in_sentence_alone,
        speakers_of=speakers_of,
        address_of=address_of,
        narrow=narrow,
        wrong=wrong,
        last=last,
    )


def address_of_search(asked: Mapping[str, str], **changed: str | int | None) -> str:
    """Return the address of a search with some parameters changed; None leaves one out."""
    parameters: dict[str, Any] = {**asked, **changed}
    return url_for("finding.search", **parameters)


def group_hits(hits: Sequence[Result], library: Library) -> list[HitGroup]:
    """Return results in groups, claims of one passage that follow each other in one.

    After a person who comes first, their claims are in the order of reading.
    """
    groups: list[HitGroup] = []
    for (article, passage), together in groupby(_in_order(hits, library), key=_place_of_claim):
        members = tuple(together)
        if passage and len(members) > 1:
            groups.append(HitGroup(members, article, passage))
        else:
            groups += [HitGroup((hit,)) for hit in members]
    return groups


def _place_of_claim(hit: Result) -> tuple[str, str]:
    return (hit.article, hit.passage) if hit.kind == "claim" else ("", "")


def _in_order(hits: Sequence[Result], library: Library) -> list[Result]:
    """Return results; after a person who comes first, their claims as a reader meets them."""
    if not hits or hits[0].kind != "person":
        return list(hits)
    person, *others = hits
    claims = [claim.id for claim in library.claims_of_speaker(person.id)]
    others.sort(key=lambda hit: claims.index(hit.id) if hit.id in claims else len(claims))
    return [person, *others]


def articles_of(hits: Iterable[Result]) -> list[str]:
    """Return the ids of the articles that results stand in."""
    return list(dict.fromkeys(hit.article for hit in hits if hit.article))


class Verdict(StrEnum):
    """What a page says of its results before it shows them."""

    MENDED = "mended"
    NOTHING = "nothing"
    LACKING = "lacking"
    NOWHERE = "nowhere"
    PERHAPS = "perhaps"


def verdict_of(results: Results) -> Verdict | None:
    """Return what is to be said of results, None if they are just what was asked."""
    if results.suggestion and results.suggestion.applied:
        return Verdict.MENDED
    if not results.total:
        return Verdict.NOTHING
    if results.missing:
        return Verdict.LACKING
    if results.nowhere:
        return Verdict.NOWHERE
    return Verdict.PERHAPS if results.suggestion else None


def speakers_of(claims: Iterable[str]) -> list[str]:
    """Return the names of those who say some claims, each once; our own “The article” of nobody."""
    library = site().library
    names: list[str] = []
    for claim in claims:
        speakers = library.claims[claim].speakers
        names += [library.speaker_name(speaker) for speaker in speakers] or ["the article"]
    return list(dict.fromkeys(names))


def view_facets(results: Results, asked: Mapping[str, str]) -> list[FacetView]:
    """Return the facets that results can be narrowed by, or are."""
    views = []
    for facet in FACETS:
        view = view_chosen(facet, asked) if facet in asked else view_choices(facet, results, asked)
        if view.chosen or len(view.choices) > 1:
            views.append(view)
    return views


def view_chosen(facet: Facet, asked: Mapping[str, str]) -> FacetView:
    """Return a facet by which results are narrowed, and how to undo it."""
    chosen = label_of(facet, asked[facet])
    undo = address_of_search(asked, **{facet: None})
    return FacetView(facet, FACET_NAMES[facet], (), chosen, undo)


def view_choices(facet: Facet, results: Results, asked: Mapping[str, str]) -> FacetView:
    """Return the values of a facet by which results can be narrowed, most first."""
    choices = []
    for value, count in results.facets[facet][:SHOWN_VALUES]:
        address = address_of_search(asked, **{facet: value})
        choices.append(Choice(label_of(facet, value), count, address))
    return FacetView(facet, FACET_NAMES[facet], tuple(choices))


def label_of(facet: str, value: str) -> str:
    """Return a facet's value as readers know it: `laurence-buckman` as Laurence Buckman."""
    library = site().library
    match facet:
        case "kind":
            return KIND_NAMES.get(value, value)
        case "theme" if value in library.themes:
            return library.themes[value].title
        case "article" if value in library.articles:
            return library.articles[value].title
        case "person":
            return library.speaker_name(value)
    return value


def is_in_sentence_alone(hit: Result) -> bool:
    """Return whether what was asked is in our sentence on a claim, and not in its words.

    The speakers' names do not count: they stand above, whether the sentence is seen or not.
    """
    if hit.words_marks:
        return False
    library = site().library
    seen: set[str] = set()
    for speaker in library.claims[hit.id].speakers:
        seen.update(library.speaker_name(speaker).split())
    for start, end in hit.sentence_marks:
        if not seen.issuperset(hit.sentence[start:end].split()):
            return True
    return False


def title_of(asked: Mapping[str, str], results: Results | None) -> str:
    """Return the title of a search, which says how it is narrowed: “junk” in Claims, page 2."""
    query = asked.get("q")
    parts = [f"“{query}”"] if query else []
    narrowed = [label_of(facet, asked[facet]) for facet in FACETS if facet in asked]
    if narrowed:
        values = ", ".join(narrowed)
        parts.append(f"in {values}")
    title = " ".join(parts)
    if asked.get("sort") == "date":
        title += ", newest first"
    if results and results.page > 1:
        title += f", page {results.page}"
    return f"Search: {title}" if title else "Search"


@finding.get("/search.json")
def search_json() -> Response:
    """The same as data; `suggestion` is a query, which the hits are for if it is `applied`."""
    results = answer(parameters())
    suggestion = results.suggestion
    return jsonify(
        query=results.query,
        total=results.total,
        suggestion=suggestion.query if suggestion else None,
        applied=suggestion.applied if suggestion else False,
        missing=results.missing,
        hits=[hit_json(hit) for hit in results.hits],
        facets={facet: dict(counts) for facet, counts in results.facets.items()},
        coverage=results.coverage,
    )


def hit_json(hit: Result) -> dict[str, Any]:
    """Return a result as data, and where it opens."""
    return {
        "kind": hit.kind,
        "url": address_of(hit),
        "title": hit.title,
        "text": hit.text,
        "speakers": hit.speakers,
        "article": hit.article,
        "themes": hit.themes,
        "score": hit.score,
    }


def address_of(entry: Entry) -> str:
    """Return where an entry opens: its page, its place on a page, or its passage."""
    match entry.kind:
        case "person":
            return url_for("pages.person", slug=entry.id)
        case "theme":
            return url_for("pages.theme", slug=entry.id)
        case "article":
            return url_for("pages.article", slug=entry.id)
        case "disagreement":
            return url_for("pages.disagreement", id=entry.id)
        case "event":
            return url_for("pages.articles", _anchor=f"event-{entry.id}")
        case "outcome":
            return outcome_address(entry.id)
        case "term":
            return url_for("pages.words", _anchor=entry.id)
    return url_for("pages.article", slug=entry.article, _anchor=entry.passage)


@finding.get("/suggest.json")
def suggest() -> Response:
    """At most 8 completions, as OpenSearch has them: [query, words, notes, addresses]."""
    query = request.args.get("q", "")
    completions = site().search.suggest(query)
    addresses = []
    for completion in completions:
        if completion.id:
            addresses.append(url_for(f"pages.{completion.kind}", slug=completion.id))
        else:
            addresses.append(url_for("finding.search", q=f'"{completion.words}"'))
    words = [completion.words for completion in completions]
    notes = [completion.kind for completion in completions]
    return jsonify([query, words, notes, addresses])


def parameters() -> dict[str, str]:
    """Return what a request asks for, its page apart; what is empty is not asked."""
    asked = {name: request.args.get(name, "") for name in ("q", *FACETS, "sort")}
    return {name: value for name, value in asked.items() if value}


def answer(asked: dict[str, str]) -> Results:
    """Return the page of results that a request asks for.

    Raises QueryError for what cannot be asked, PageError for a page that there is not.
    """
    number = request.args.get("page") or "1"
    is_number = number == "1" or re.fullmatch(LaterPage.regex, number)
    narrowed = {name: value for name, value in asked.items() if name != "q"}
    page = int(number) if is_number else 0
    return site().search.find(asked.get("q", ""), page=page, **narrowed)


@finding.errorhandler(QueryError)
@finding.errorhandler(PageError)
def wrong(error: QueryError | PageError) -> ResponseReturnValue:
    """Say what cannot be answered where it was asked."""
    last = error.last if isinstance(error, PageError) else 0
    status = 404 if last else 400
    if request.endpoint == "finding.search_json":
        return jsonify(error=str(error)), status
    return page(parameters(), wrong=str(error), last=last), status
