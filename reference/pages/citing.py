"""Files to cite with, and the reader's own collection."""

from collections.abc import Collection
from typing import NamedTuple

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reference.citation import formats, metadata
from reference.citation.formats import FORMATS, markdown
from reference.citation.record import noted
from reference.citation.references import STYLES
from reference.pages.site import site
from reference.records import Claim

citing = Blueprint("citing", __name__)
MOST = 250  # claims a collection holds; the rest of a longer list is named and left out
LISTED = 20  # ids that a collection names as unknown or repeated
COLLECTED = {
    "md": ("Markdown", "text/markdown; charset=utf-8"),
    **{ending: (each.name, each.media_type) for ending, each in FORMATS.items()},
    "csv": ("CSV", "text/csv; charset=utf-8"),
}
"""What a collection can be taken away as: ending -> (name, media type)."""
PARAMETERS: dict[str, tuple[str, ...]] = {
    "collection": ("claim", "style"),
    **{f"collection.{ending}": ("claim", "style") for ending in COLLECTED},
}
"""The parameters that the answer at a path is made from; any other is left out of the request."""


def _known(ending: str, endings: Collection[str]) -> None:
    """404 that names the formats there are for any other."""
    if ending not in endings:
        abort(404, f"There is no format “{ending[:40]}”. Formats: {', '.join(endings)}.")


def _file(name: str, ending: str, text: str) -> Response:
    """A text as a file for the reader to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return Response(text, content_type=COLLECTED[ending][1], headers=headers)


@citing.get("/bibliography.<form>")
def bibliography(form: str) -> Response:
    _known(form, FORMATS)
    library = site().library
    return _file("bibliography", form, FORMATS[form].write(noted(library, library.articles)))


@citing.get("/articles/<slug:slug>.<form>")
def article(slug: str, form: str) -> Response:
    """One article, in a format named by the ending."""
    _known(form, [*FORMATS, "citations.json"])
    library = site().library
    found = library.articles.get(slug) or abort(404, f"There is no article “{slug[:80]}”.")
    if form == "citations.json":
        return jsonify(site().references.of_words(found))
    return _file(slug, form, FORMATS[form].write(noted(library, [slug])))


@citing.get("/claims/<slug:id>.<form>")
def claim(id: str, form: str) -> ResponseReturnValue:
    """One claim, in a format named by the ending; `jsonld` is its Web Annotation."""
    _known(form, [*FORMATS, "jsonld"])
    library, address = site().library, site().address
    if id in library.moved:
        return redirect(url_for(".claim", id=library.moved[id], form=form), 301)
    found = library.claims.get(id) or abort(404, f"There is no claim “{id[:80]}”.")
    if form == "jsonld":
        annotation = jsonify(metadata.annotation(library, found, address))
        return annotation, {"Content-Type": metadata.ANNOTATION_TYPE}
    return _file(id, form, FORMATS[form].write(noted(library, [found.article], [found], address)))


@citing.get("/claims.csv")
def claims_csv() -> Response:
    table = formats.claims_csv(site().library, site().library.claims.values(), site().address)
    return Response(table, content_type=COLLECTED["csv"][1])


class Collected(NamedTuple):
    """The claims an address asks for, in its order, and what could not be taken."""

    claims: list[Claim]
    unknown: list[str]
    repeated: list[str]
    beyond: int
    articles: list[str]


def collected() -> Collected:
    """Read `?claim=a&claim=b`; claims that were renamed go by their new ids. Unknown and repeated
    ids are named, not fatal; MOST are taken."""
    library, asked = site().library, request.args.getlist("claim")
    ids = [library.moved.get(id, id) for id in asked[:MOST]]
    claims = [library.claims[id] for id in dict.fromkeys(ids) if id in library.claims]
    unknown = dict.fromkeys(id[:80] for id in ids if id not in library.claims)
    repeated = [claim.id for claim in claims if ids.count(claim.id) > 1]
    beyond, articles = max(0, len(asked) - MOST), dict.fromkeys(each.article for each in claims)
    return Collected(claims, [*unknown][:LISTED], repeated[:LISTED], beyond, [*articles])


@citing.get("/collection/")
def collection(template: str = "collection.html") -> str:
    """The quotations a reader ticked, with their sources and a bibliography."""
    known, wanted = {style.id: style for style in STYLES}, request.args.get("style", STYLES[0].id)
    if wanted not in known:
        abort(400, f"There is no style “{wanted[:40]}”. Styles: {', '.join(known)}.")
    told = {"styles": STYLES, "most": MOST, "formats": COLLECTED, "markdown": markdown}
    return render_template(template, found=collected(), style=known[wanted], **told)


@citing.get("/collection.<form>")
def collection_file(form: str) -> Response:
    """A collection as a file, in a format named by the ending; 404 where none of it is here."""
    _known(form, COLLECTED)
    found, library, address = collected(), site().library, site().address
    if not found.claims:
        abort(404, "This collection names no claim that is here (?claim=data-is-junk would).")
    if form == "md":
        text = collection("collection.md")
    elif form == "csv":
        text = formats.claims_csv(library, found.claims, address)
    else:
        text = FORMATS[form].write(noted(library, found.articles, found.claims, address))
    return _file("collection", form, text)
