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
from reference.search.entries import FACETS, Entry, Facet
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
    has_words = bool(asked.get("q", "").strip())
    is_narrowed = any(facet in asked for facet in FACETS)
    if has_words or is_narrowed:
        return page(asked, results=answer(asked))
    return page(asked)


def page(
    asked: dict[str, str],
    results: Results | None = None,
    wrong: str = "",
    last: int = 0,
) -> str:
    """Return the page of a search: with results, or with what is `wrong` with what was asked.

    `last` is the number of the last page where the page asked for does not exist, else 0.
    """
    narrow = partial(address_of_search, asked)
    without_facets = dict.fromkeys(
        FACETS
    )  # facet -> None, which leaves it out
    hits = results.hits if results else ()
    return render_template(
        "search.html",
        asked=asked,
        results=results,
        groups=group_hits(hits, site().library),
        articles=articles_of(hits),
        facets=view_facets(results, asked) if results else [],
        title=title_of(asked, results),
        tips=site().search.tips,
        everything=narrow(**without_facets),
        verdict=verdict_of(results) if results else None,
        is_in_sentence_alone=is_in_sentence_alone,
        speakers_of=speakers_of,
        address_of=address_of,
        narrow=narrow,
        wrong=wrong,
        last=last,
    )


def address_of_search(
    asked: Mapping[str, str], **changed: str | int | None
) -> str:
    """Return the address of a search with some parameters changed; None leaves one out."""
    parameters: dict[str, Any] = {**asked, **changed}
    return url_for("finding.search", **parameters)


def group_hits(hits: Sequence[Result], library: Library) -> list[HitGroup]:
    """Return results in groups, claims of one passage that follow each other in one.

    After a person who comes first, their claims are in the order of reading.
    """
    in_order = _claims_in_order_of_reading(hits, library)
    groups: list[HitGroup] = []
    for place, members in groupby(in_order, key=_place_of_claim):
        together = tuple(members)
        if place and len(together) > 1:
            groups.append(HitGroup(together, place.article, place.passage))
        else:
            groups += [HitGroup((hit,)) for hit in together]
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


def _claims_in_order_of_reading(
    hits: Sequence[Result], library: Library
) -> list[Result]:
    """Return results; if the first is a person, that person's claims come next, as they are read.

    The others keep their order.
    """
    if not hits or hits[0].kind != "person":
        return list(hits)
    person, *others = hits
    claims = [claim.id for claim in library.claims_of_speaker(person.id)]

    def order(hit: Result) -> int:
        if hit.id in claims:
            return claims.index(hit.id)
        return len(claims)

    others.sort(key=order)
    return [person, *others]


def articles_of(hits: Iterable[Result]) -> list[str]:
    """Return the ids of the articles that results stand in, each once."""
    articles = [hit.article for hit in hits if hit.article]
    return list(dict.fromkeys(articles))


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
    if results.found_nowhere:
        return Verdict.NOWHERE
    if results.suggestion:
        return Verdict.PERHAPS
    return None


def speakers_of(claims: Iterable[str]) -> list[str]:
    """Return the names of those who say some claims (ids), each once.

    A claim that nobody is credited with is said by “the article”.
    """
    library = site().library
    names: list[str] = []
    for id in claims:
        claim = library.claims[id]
        if not claim.speakers:
            names.append("the article")
        for speaker in claim.speakers:
            names.append(library.speaker_name(speaker))
    return list(dict.fromkeys(names))


def view_facets(results: Results, asked: Mapping[str, str]) -> list[FacetView]:
    """Return the facets that results are narrowed by, or can be: those with two values or more."""
    views = []
    for facet in FACETS:
        if facet in asked:
            views.append(view_chosen(facet, asked))
            continue
        choices = choices_of(facet, results, asked)
        if len(choices) > 1:
            views.append(FacetView(facet, FACET_NAMES[facet], choices))
    return views


def view_chosen(facet: Facet, asked: Mapping[str, str]) -> FacetView:
    """Return a facet by which results are narrowed, and how to undo it."""
    return FacetView(
        facet,
        FACET_NAMES[facet],
        choices=(),
        chosen=label_of(facet, asked[facet]),
        undo=address_of_search(asked, **{facet: None}),
    )


def choices_of(
    facet: Facet, results: Results, asked: Mapping[str, str]
) -> tuple[Choice, ...]:
    """Return the values of a facet by which results can be narrowed, most frequent first."""
    choices = []
    for value, count in results.facets[facet][:SHOWN_VALUES]:
        label = label_of(facet, value)
        address = address_of_search(asked, **{facet: value})
        choices.append(Choice(label, count, address))
    return tuple(choices)


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
    """Return the title of a search, which says how it is narrowed: `Search: “junk” in Claims`."""
    title = "Search"
    query = asked.get("q")
    narrowed = [
        label_of(facet, asked[facet]) for facet in FACETS if facet in asked
    ]
    if query or narrowed:
        title += ":"
    if query:
        title += f" “{query}”"
    if narrowed:
        title += " in " + ", ".join(narrowed)
    if asked.get("sort") == "date":
        title += ", newest first"
    if results and results.page > 1:
        title += f", page {results.page}"
    return title


@finding.get("/search.json")
def search_json() -> Response:
    """Answer a search with its results as data.

    `suggestion` is a query that may have been meant; the hits are for it if it is `applied`.
    """
    results = answer(parameters())
    suggestion = results.suggestion
    return jsonify(
        query=results.query,
        total=results.total,
        suggestion=suggestion.query if suggestion else None,
        applied=suggestion.applied if suggestion else False,
        missing=results.missing,
        hits=[hit_json(hit) for hit in results.hits],
        facets={
            facet: dict(counts) for facet, counts in results.facets.items()
        },
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


def parameters() -> dict[str, str]:
    """Return what a request asks for: {"q": "junk", "year": "2012"}.

    The number of the page, and parameters that are empty, are left out.
    """
    asked = {}
    for name in ("q", *FACETS, "sort"):
        value = request.args.get(name)
        if value:
            asked[name] = value
    return asked


def answer(asked: dict[str, str]) -> Results:
    """Return the page of results that a request asks for.

    Raises QueryError for what cannot be asked, PageError for a page that there is not.
    """
    query = asked.get("q", "")
    options = dict(asked)  # facets, and how to sort
    options.pop("q", None)
    return site().search.find(query, page=page_number(), **options)


def page_number() -> int:
    """Return the number of the page that a request asks for: 1 where it names none.

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
def wrong(error: QueryError | PageError) -> ResponseReturnValue:
    """Answer with what is wrong, on the page of the search or as data; 404 if a page is missing."""
    last = error.last if isinstance(error, PageError) else 0
    status = 404 if last else 400
    text = str(error)
    if request.endpoint == "finding.search_json":
        return jsonify(error=text), status
    html = page(parameters(), wrong=text, last=last)
    return html, status
