"""Files to cite with, and the reader's own collection."""

from collections.abc import Collection, Mapping
from typing import NamedTuple, TypeVar

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reference.citation import formats, metadata
from reference.citation.formats import FORMATS
from reference.citation.record import article_source, sources
from reference.citation.references import STYLES, Style, citation_json, listed
from reference.pages.site import site
from reference.records import Claim

citing = Blueprint("citing", __name__)
Found = TypeVar("Found")
MOST = 250
"""Claims a collection holds; the rest of a longer list is named and left out."""
LISTED = 20
"""Ids that a collection names as unknown or repeated."""
COLLECTED = {
    "md": ("Markdown", "text/markdown; charset=utf-8"),
    **{ending: (each.name, each.media_type) for ending, each in FORMATS.items()},
    "csv": ("CSV", "text/csv; charset=utf-8"),
}
"""What a collection can be taken away as: ending -> (name, media type)."""


def _known(ending: str, endings: Collection[str]) -> None:
    """404 that names the formats there are for any other."""
    if ending not in endings:
        abort(404, f"There is no format “{ending[:40]}”. Formats: {', '.join(endings)}.")


def _named(kind: str, id: str, among: Mapping[str, Found]) -> Found:
    """A record by its id; 404 that says what is not here."""
    return among[id] if id in among else abort(404, f"There is no {kind} “{id[:80]}”.")


def _file(name: str, ending: str, text: str) -> Response:
    """A text as a file for the reader to keep."""
    response = Response(text, content_type=COLLECTED[ending][1])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


@citing.get("/bibliography.<form>")
def bibliography(form: str) -> Response:
    """Every article."""
    _known(form, FORMATS)
    library = site().library
    found = [article_source(library, article) for article in library.articles.values()]
    return _file("bibliography", form, FORMATS[form].write(found))


@citing.get("/articles/<slug:slug>.<form>")
def article(slug: str, form: str) -> Response:
    """One article, in a format named by the ending."""
    _known(form, [*FORMATS, "citations.json"])
    library = site().library
    found = _named("article", slug, library.articles)
    if form == "citations.json":
        return jsonify(citation_json(library, site().references, found))
    return _file(slug, form, FORMATS[form].write([article_source(library, found)]))


@citing.get("/claims/<slug:id>.<form>")
def claim(id: str, form: str) -> ResponseReturnValue:
    """One claim, in a format named by the ending; `jsonld` is its Web Annotation."""
    _known(form, [*FORMATS, "jsonld"])
    library = site().library
    if id in library.moved:
        return redirect(url_for(".claim", id=library.moved[id], form=form), 301)
    found = _named("claim", id, library.claims)
    if form == "jsonld":
        response = jsonify(metadata.annotation(library, found, site().address))
        response.headers["Content-Type"] = metadata.ANNOTATION_TYPE
        return response
    return _file(id, form, FORMATS[form].write(sources(library, [found], site().address)))


@citing.get("/claims.csv")
def claims_csv() -> Response:
    """One row a claim."""
    library = site().library
    table = formats.claims_csv(library, library.claims.values(), site().address)
    return Response(table, content_type=COLLECTED["csv"][1])


class Collected(NamedTuple):
    """The claims an address asks for, in its order, and what could not be taken."""

    claims: list[Claim]
    unknown: list[str]
    repeated: list[str]
    beyond: int

    @property
    def articles(self) -> list[str]:
        return list(dict.fromkeys(claim.article for claim in self.claims))


def collected() -> Collected:
    """Read `?claim=a&claim=b`; claims that were renamed go by their new ids. Unknown and repeated
    ids are named, not fatal; MOST are taken."""
    library = site().library
    asked = request.args.getlist("claim")
    ids = [library.moved.get(id, id) for id in asked[:MOST]]
    known = dict.fromkeys(id for id in ids if id in library.claims)
    unknown = dict.fromkeys(id[:80] for id in ids if id not in library.claims)
    repeated = [id for id in known if ids.count(id) > 1]
    claims = [library.claims[id] for id in known]
    return Collected(claims, [*unknown][:LISTED], repeated[:LISTED], max(0, len(asked) - MOST))


def _style() -> Style:
    known = {style.id: style for style in STYLES}
    wanted, listed = request.args.get("style", STYLES[0].id), ", ".join(known)
    return known.get(wanted) or abort(400, f"There is no style “{wanted[:40]}”. Styles: {listed}.")


@citing.get("/collection/")
def collection() -> str:
    """The quotations a reader ticked, with their sources and a bibliography."""
    style, found, references = _style(), collected(), site().references
    return render_template(
        "collection.html",
        found=found,
        style=style,
        styles=STYLES,
        bibliography=listed(style, (references.of(id, style).dated for id in found.articles)),
        most=MOST,
        formats=COLLECTED,
    )


@citing.get("/collection.<form>")
def collection_file(form: str) -> Response:
    """A collection as a file, in a format named by the ending; 404 where none of it is here."""
    _known(form, COLLECTED)
    found, library, address = collected().claims, site().library, site().address
    if not found:
        abort(404, "This collection names no claim that is here (?claim=data-is-junk would).")
    if form == "md":
        text = formats.markdown(library, found, site().references, _style(), address)
    elif form == "csv":
        text = formats.claims_csv(library, found, address)
    else:
        text = FORMATS[form].write(sources(library, found, address))
    return _file("collection", form, text)
