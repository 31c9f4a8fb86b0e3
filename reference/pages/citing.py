"""Files to cite with, and the reader's own collection."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from flask import Blueprint, Response, abort, jsonify, render_template, request

from reference.citation import exchange, linked, styles
from reference.citation.exchange import FILES
from reference.citation.references import article_record, claim_record
from reference.citation.styles import STYLES, Record, Style
from reference.pages.site import site
from reference.records import Claim

citing = Blueprint("citing", __name__)
MOST = 250
"""Claims a collection holds; the rest of a longer list is named and left out."""


def _known(form: str, forms: Collection[str]) -> None:
    """404 that names the formats there are for any other."""
    if form not in forms:
        abort(404, f"There is no format “{form[:40]}”. Formats: {', '.join(forms)}.")


def _file(name: str, form: str, text: str) -> Response:
    """A text as a file for the reader to keep."""
    response = Response(text, content_type=COLLECTED[form][1])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _records(name: str, form: str, records: Sequence[Record]) -> Response:
    """Records in one of the formats of reference managers."""
    _known(form, FILES)
    return _file(name, form, FILES[form].write(records))


@citing.get("/bibliography.<form>")
def bibliography(form: str) -> Response:
    """Every article."""
    library = site().library
    records = [article_record(library, article) for article in library.articles.values()]
    return _records("bibliography", form, records)


@citing.get("/articles/<slug:slug>.<form>")
def article(slug: str, form: str) -> Response:
    """One article, in a format named by the ending."""
    library = site().library
    found = library.articles.get(slug) or abort(404, f"There is no article “{slug[:80]}”.")
    return _records(slug, form, [article_record(library, found)])


@citing.get("/claims/<slug:id>.<form>")
def claim(id: str, form: str) -> Response:
    """One claim, in a format named by the ending; `jsonld` is its Web Annotation."""
    library = site().library
    found = library.claims.get(id) or abort(404, f"There is no claim “{id[:80]}”.")
    if form == "jsonld":
        response = jsonify(linked.annotation(library, found, site().address))
        response.headers["Content-Type"] = linked.ANNOTATION_TYPE
        return response
    return _records(id, form, [claim_record(library, found, site().address)])


@citing.get("/claims.csv")
def claims_csv() -> Response:
    """One row a claim."""
    library = site().library
    table = exchange.claims_csv(library, library.claims_in_order, site().address)
    return Response(table, content_type="text/csv; charset=utf-8")


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
    """Read `?claim=a&claim=b`. Unknown and repeated ids are named, not fatal; MOST are taken."""
    known = site().library.claims
    claims: dict[str, Claim] = {}
    unknown: dict[str, None] = {}
    repeated: dict[str, None] = {}
    asked = request.args.getlist("claim")
    for id in asked[:MOST]:
        if id in claims:
            repeated[id] = None
        elif id in known:
            claims[id] = known[id]
        else:
            unknown[id[:80]] = None
    return Collected(
        list(claims.values()), list(unknown)[:20], list(repeated)[:20], max(0, len(asked) - MOST)
    )


def _style() -> Style:
    known = {style.id: style for style in STYLES}
    wanted = request.args.get("style", STYLES[0].id)
    listed = ", ".join(known)
    return known.get(wanted) or abort(400, f"There is no style “{wanted[:40]}”. Styles: {listed}.")


@citing.get("/collection/")
def collection() -> str:
    """The quotations a reader ticked, with their sources and a bibliography."""
    style, found = _style(), collected()
    references = (site().references.of(id)[style.id] for id in found.articles)
    return render_template(
        "collection.html",
        found=found,
        style=style,
        styles=STYLES,
        bibliography=styles.bibliography(style, references),
        most=MOST,
        formats=COLLECTED,
    )


COLLECTED = {
    "md": ("Markdown", "text/markdown; charset=utf-8"),
    **{form: (kind.name, kind.media_type) for form, kind in FILES.items()},
    "csv": ("CSV", "text/csv; charset=utf-8"),
}
"""What a collection can be taken away as: ending -> (name, media type)."""


@citing.get("/collection.<form>")
def collection_file(form: str) -> Response:
    """A collection as a file, in a format named by the ending."""
    _known(form, COLLECTED)
    claims, library, address = collected().claims, site().library, site().address
    if form == "md":
        text = exchange.markdown(library, claims, site().references, _style(), address)
    elif form == "csv":
        text = exchange.claims_csv(library, claims, address)
    else:
        text = FILES[form].write([claim_record(library, claim, address) for claim in claims])
    return _file("collection", form, text)
