"""Search: the page, its JSON twin, and suggestions. The one reader of a search's parameters."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from flask import (
    Blueprint,
    Response,
    jsonify,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from reference.pages.site import LaterPage, site
from reference.pages.views import outcome_address
from reference.records import Library
from reference.search.entries import FACETS, Entry, Facet, Kind
from reference.search.query import QueryError
from reference.search.results import Completion, PageError, Result, Results

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
KIND_NAMES: dict[Kind, str] = {
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
    parameters = request_parameters()
    has_words = bool(parameters.get("q", "").strip())
    is_narrowed = any(facet in parameters for facet in FACETS)
    if has_words or is_narrowed:
        return search_page(parameters, results=find_results(parameters))
    return search_page(parameters)


def search_page(
    parameters: dict[str, str],
    results: Results | None = None,
    error: str = "",
    last_page: int = 0,
) -> str:
    """Return the page of a search, as HTML: its results, or an error; if neither is given, tips.

    `parameters` are those of the request: {"q": "junk", "year": "2012"}. `last_page` goes with the
    error of a request for a page that does not exist: the page links to the last one.
    """
    hits: Sequence[Result] = ()
    facets: list[FacetView] = []
    verdict = None
    if results:
        hits = results.hits
        facets = facet_views(results, parameters)
        verdict = verdict_of(results)
    return render_template(
        "search.html",
        parameters=parameters,
        results=results,
        groups=group_hits(hits, site().library),
        articles=articles_of(hits),
        facets=facets,
        title=title_of(parameters, results),
        tips=site().search.tips,
        verdict=verdict,
        is_found_by_sentence=is_found_by_sentence,
        speakers_of=speakers_of,
        address_of=address_of,
        address_with=partial(address_of_search, parameters),
        address_without_facets=address_without_facets(parameters),
        error=error,
        last_page=last_page,
    )


def address_of_search(
    parameters: Mapping[str, str], **changes: str | int | None
) -> str:
    """Return the address of a search with some parameters changed; None leaves one out.

    {"q": "junk", "year": "2012"} with kind="claim", year=None: `/search/?q=junk&kind=claim`.
    """
    changed: dict[str, Any] = {**parameters, **changes}
    return url_for("finding.search", **changed)


def address_without_facets(parameters: Mapping[str, str]) -> str:
    """Return the address of a search that is not narrowed by any facet."""
    no_facets = dict.fromkeys(FACETS)  # each facet -> None
    return address_of_search(parameters, **no_facets)


def group_hits(hits: Sequence[Result], library: Library) -> list[HitGroup]:
    """Return results in groups, as the page shows them.

    Claims of one passage that follow each other are a group; any other result is one by itself.
    Where a person is the first result, the person's claims come next.
    """
    in_order = _person_before_claims(hits, library)
    groups: list[HitGroup] = []
    for place, neighbours in groupby(in_order, key=_place_of_claim):
        members = tuple(neighbours)
        if place and len(members) > 1:  # None is the place of all but claims
            groups.append(HitGroup(members, place.article, place.passage))
        else:
            groups += [HitGroup((hit,)) for hit in members]
    return groups


class _Place(NamedTuple):
    """The passage that a claim is from."""

    article: str
    passage: str


def _place_of_claim(hit: Result) -> _Place | None:
    """Return where the words of a claim stand, None for a result of another kind."""
    if hit.kind != "claim":
        return None
    return _Place(hit.article, hit.passage)


def _person_before_claims(
    hits: Sequence[Result], library: Library
) -> list[Result]:
    """Return results with a person's claims right after the person, in reading order.

    That is done for a person who is the first result. The other results keep their order.
    """
    if not hits or hits[0].kind != "person":
        return list(hits)
    person, *others = hits
    claims = [claim.id for claim in library.claims_of_speaker(person.id)]

    def place_in_reading(hit: Result) -> int:
        if hit.id in claims:
            return claims.index(hit.id)
        return len(claims)  # after all of them

    others.sort(key=place_in_reading)
    return [person, *others]


def articles_of(hits: Iterable[Result]) -> list[str]:
    """Return the ids of the articles that results stand in, each once."""
    articles = [hit.article for hit in hits if hit.article]
    return list(dict.fromkeys(articles))


class Verdict(StrEnum):
    """What a page says of its results before it shows them."""

    OTHER_SPELLING = "other spelling"  # results of a query spelt otherwise
    NO_RESULTS = "no results"
    PART_MISSING = "part missing"  # the best result lacks a part of the query
    UNKNOWN_WORD = "unknown word"  # some word of the query stands nowhere
    SUGGESTION = "suggestion"  # another query may have been meant


def verdict_of(results: Results) -> Verdict | None:
    """Return what a page says of its results first: the one thing that matters most to a reader.

    None if they are what was asked for, and nothing is to be said.
    """
    if results.suggestion and results.suggestion.applied:
        return Verdict.OTHER_SPELLING
    if not results.total:
        return Verdict.NO_RESULTS
    if results.missing:  # parts of the query that the best result lacks
        return Verdict.PART_MISSING
    if results.found_nowhere:  # parts of the query that nothing here has
        return Verdict.UNKNOWN_WORD
    if results.suggestion:
        return Verdict.SUGGESTION
    return None


def speakers_of(claim_ids: Iterable[str]) -> list[str]:
    """Return the names of the speakers of some claims, each name once.

    A claim that nobody is credited with has “the article” for a speaker.
    """
    library = site().library
    names: list[str] = []
    for id in claim_ids:
        claim = library.claims[id]
        if not claim.speakers:
            names.append("the article")
        for speaker in claim.speakers:
            names.append(library.speaker_name(speaker))
    return list(dict.fromkeys(names))


def facet_views(
    results: Results, parameters: Mapping[str, str]
) -> list[FacetView]:
    """Return the facets beside the results: those by which they are narrowed or could be.

    Results could be narrowed by a facet of which they have two values or more: by year, if they
    are from two years.
    """
    views = []
    for facet in FACETS:
        if facet in parameters:
            views.append(view_chosen_facet(facet, parameters))
            continue
        choices = choices_of(facet, results, parameters)
        if len(choices) > 1:
            views.append(FacetView(facet, FACET_NAMES[facet], choices))
    return views


def view_chosen_facet(
    facet: Facet, parameters: Mapping[str, str]
) -> FacetView:
    """Return a facet by which results are narrowed, and how to undo it."""
    return FacetView(
        facet,
        FACET_NAMES[facet],
        choices=(),
        chosen=label_of(facet, parameters[facet]),
        undo=address_of_search(parameters, **{facet: None}),
    )


def choices_of(
    facet: Facet, results: Results, parameters: Mapping[str, str]
) -> tuple[Choice, ...]:
    """Return the values of a facet by which results can be narrowed, most frequent first."""
    choices = []
    for value, count in results.facets[facet][:SHOWN_VALUES]:
        label = label_of(facet, value)
        address = address_of_search(parameters, **{facet: value})
        choices.append(Choice(label, count, address))
    return tuple(choices)


def label_of(facet: str, value: str) -> str:
    """Return a facet's value as readers know it: `laurence-buckman` as Laurence Buckman.

    A value that a reader typed, and that nothing has, is returned as it is.
    """
    library = site().library
    if facet == "kind" and value in KIND_NAMES:
        return KIND_NAMES[value]
    if facet == "theme" and value in library.themes:
        return library.themes[value].title
    if facet == "article" and value in library.articles:
        return library.articles[value].title
    if facet == "person":
        return library.speaker_name(value)
    return value  # a year


def is_found_by_sentence(hit: Result) -> bool:
    """Return whether a claim was found by our sentence about it alone: then the page unfolds it.

    The marks are the places that match the query, in the words that the claim quotes and in our
    sentence. Places in the sentence that are names of the claim's speakers do not count, as the
    page shows those names in any case.
    """
    if hit.words_marks:
        return False
    library = site().library
    words_of_names: set[str] = set()
    for speaker in library.claims[hit.id].speakers:
        words_of_names.update(library.speaker_name(speaker).split())
    for start, end in hit.sentence_marks:
        words_found = hit.sentence[start:end].split()
        if not words_of_names.issuperset(words_found):
            return True
    return False


def title_of(parameters: Mapping[str, str], results: Results | None) -> str:
    """Return the title of a search: `Search: “junk” in Claims, 2012, newest first, page 2`."""
    title = "Search"
    query = parameters.get("q")
    chosen_values = [
        label_of(facet, parameters[facet])
        for facet in FACETS
        if facet in parameters
    ]
    if query or chosen_values:
        title += ":"
    if query:
        title += f" “{query}”"
    if chosen_values:
        title += " in " + ", ".join(chosen_values)
    if parameters.get("sort") == "date":
        title += ", newest first"
    if results and results.page > 1:
        title += f", page {results.page}"
    return title


@finding.get("/search.json")
def search_json() -> Response:
    """Answer a search with its results as data.

    `suggestion` is a query that may have been meant; the hits are for it if it is `applied`.
    """
    results = find_results(request_parameters())
    suggested_query = None
    is_applied = False
    if results.suggestion:
        suggested_query = results.suggestion.query
        is_applied = results.suggestion.applied
    facets = {facet: dict(counts) for facet, counts in results.facets.items()}
    return jsonify(
        query=results.query,
        total=results.total,
        suggestion=suggested_query,
        applied=is_applied,
        missing=results.missing,
        hits=[hit_json(hit) for hit in results.hits],
        facets=facets,
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
        case "claim" | "passage":
            return url_for(
                "pages.article", slug=entry.article, _anchor=entry.passage
            )


@finding.get("/suggest.json")
def suggest() -> Response:
    """Answer with a few completions, as OpenSearch has them: [query, words, notes, addresses]."""
    query = request.args.get("q", "")
    completions = site().search.suggest(query)
    words = [completion.words for completion in completions]
    notes = [completion.kind for completion in completions]
    addresses = [
        address_of_completion(completion) for completion in completions
    ]
    return jsonify([query, words, notes, addresses])


def address_of_completion(completion: Completion) -> str:
    """Return where a completion leads: to a record's own page, else to a search for its words."""
    if completion.id:
        return url_for(f"pages.{completion.kind}", slug=completion.id)
    return url_for("finding.search", q=f'"{completion.words}"')


def request_parameters() -> dict[str, str]:
    """Return what the present request asks for: {"q": "junk", "year": "2012"}.

    The number of the page, and parameters that are empty, are left out.
    """
    parameters = {}
    for name in ("q", *FACETS, "sort"):
        value = request.args.get(name)
        if value:
            parameters[name] = value
    return parameters


def find_results(parameters: Mapping[str, str]) -> Results:
    """Return the page of results that the present request asks for.

    Raises QueryError for a query that cannot be asked, PageError for a page that is not there.
    """
    facets_and_order = dict(parameters)
    query = facets_and_order.pop("q", "")
    return site().search.find(query, page=page_number(), **facets_and_order)


def page_number() -> int:
    """Return the number of the page that the present request asks for: 1 where it names none.

    Returns 0, which no page has, for what is no number of a page.
    """
    number = request.args.get("page") or "1"
    if number == "1":
        return 1
    if re.fullmatch(LaterPage.regex, number):
        return int(number)
    return 0


@finding.errorhandler(QueryError)
@finding.errorhandler(PageError)
def search_error(error: QueryError | PageError) -> ResponseReturnValue:
    """Answer with what is wrong, as data or on the page of the search.

    404 for a page that does not exist, 400 for a query that cannot be asked.
    """
    status = 400
    last_page = 0
    if isinstance(error, PageError):
        status = 404
        last_page = error.last
    text = str(error)
    if request.endpoint == "finding.search_json":
        return jsonify(error=text), status
    html = search_page(request_parameters(), error=text, last_page=last_page)
    return html, status
