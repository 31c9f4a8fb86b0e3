"""Files to cite with, and the reader's own collection."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from html import escape
from typing import NamedTuple, NoReturn

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from reference.citation import metadata
from reference.citation.formats import FORMATS, Format
from reference.citation.linked_data import JsonLd, article_data, claim_data
from reference.citation.record import (
    article_record,
    passage_url,
    records_with_notes,
)
from reference.citation.styles import BY_ID, DEFAULT, STYLES, Style
from reference.citation.tables import claims_csv, markdown
from reference.pages.site import site
from reference.records import Article, Claim

citing = Blueprint("citing", __name__)

MOST_CLAIMS = 250
"""How many claims a collection holds; the rest of a longer list is counted and left out."""
MOST_NAMED = 20
"""How many ids a collection names as unknown or repeated."""
LONGEST_NAME = 80
"""How much of an unknown name is repeated to whoever asked for it."""
LONG_ADDRESS = 2_000
"""Characters of an address beyond which some mail programs cut it."""


class FileType(NamedTuple):
    """What a collection can be taken away as: its name, and its media type."""

    name: str
    media_type: str


REFERENCE_FILES = {
    ending: FileType(format.name, format.media_type)
    for ending, format in FORMATS.items()
}
"""What reference managers read, by the ending of the file."""
COLLECTION_FILES = {
    "md": FileType("Markdown", "text/markdown; charset=utf-8"),
    **REFERENCE_FILES,
    "csv": FileType("CSV", "text/csv; charset=utf-8"),
}
"""All that a collection can be taken away as, by the ending of the file."""


class Change(StrEnum):
    """What a button on a collection changes; the value is the name of its parameter, and the id of
    a claim is its value."""

    REMOVE = "without"
    EARLIER = "earlier"
    LATER = "later"


PARAMETERS: dict[str, tuple[str, ...]] = {
    "collection": ("claim", "style", *Change),
    **{
        f"collection.{ending}": ("claim", "style")
        for ending in COLLECTION_FILES
    },
}
"""The parameters that the answer at a path is made from; any other is left out of the request."""


# What a page says of itself to reference managers


class LinkedFile(NamedTuple):
    """A file of what a page is about."""

    name: str
    media_type: str
    path: str


class Head(NamedTuple):
    """What the head of a page has for machines: meta elements, files, JSON-LD (None for none)."""

    tags: Sequence[tuple[str, str]]
    files: Sequence[LinkedFile]
    linked_data: JsonLd | None


def head_of_article(article: Article) -> Head:
    """Return what the head of an article's page tells programs about the article.

    That is its meta elements, which reference managers read, links to files, which it can be cited
    with, and JSON-LD, which search engines read.
    """
    current = site()
    path = f"/articles/{article.id}"
    citations = LinkedFile(
        "Citations", "application/json", f"{path}.citations.json"
    )
    return Head(
        tags=metadata.tags(
            article_record(current.library, article),
            abstract=metadata.abstract_of_article(article),
            public_url=public_url(article),
        ),
        files=[*linked_files(path, FORMATS), citations],
        linked_data=article_data(current.library, article, current.address),
    )


def head_of_claim(claim: Claim) -> Head:
    """Return what the head of a claim's page tells programs: about the article that it is from.

    The claim's words stand for the article's abstract. The files that it links have them as a
    note; one of them is the claim as a Web Annotation (W3C).
    """
    current = site()
    article = current.library.articles[claim.article]
    path = f"/claims/{claim.id}"
    annotation = LinkedFile(
        "Web Annotation", "application/ld+json", f"{path}.jsonld"
    )
    return Head(
        tags=metadata.tags(
            article_record(current.library, article),
            abstract=metadata.abstract_of_claim(current.library, claim),
            public_url=public_url(article),
        ),
        files=[*linked_files(path, FORMATS), annotation],
        linked_data=claim_data(current.library, claim, current.address),
    )


def public_url(article: Article) -> str:
    """Return the one address by which Zotero knows an article whose original has none: our page."""
    current = site()
    if article.url or not current.address:
        return ""
    return f"{current.address}{url_for('pages.article', slug=article.id)}"


def linked_files(path: str, formats: Mapping[str, Format]) -> list[LinkedFile]:
    """Return the files at a path, one for each format."""
    files = []
    for ending, format in formats.items():
        media_type = format.media_type.partition(";")[0]
        files.append(LinkedFile(format.name, media_type, f"{path}.{ending}"))
    return files


# Files


def abort_unless_known(ending: str, endings: Collection[str]) -> None:
    """Abort with 404, naming the formats that there are, if a file's ending is none of them."""
    if ending not in endings:
        formats = ", ".join(endings)
        abort(
            404,
            f"There is no format “{ending[:LONGEST_NAME]}”. Formats: {formats}.",
        )


def abort_without(record: str, name: str) -> NoReturn:
    """Abort with 404, saying that there is no record of this kind and name."""
    abort(404, f"There is no {record} “{name[:LONGEST_NAME]}”.")


def abort_without_claims(example: str) -> NoReturn:
    """Abort with 404 from a collection without claims; `example` is the id of a claim."""
    abort(
        404,
        f"This collection names no claim that is here (?claim={example} would).",
    )


def file(name: str, ending: str, text: str) -> Response:
    """Return a text as a file for the reader to keep."""
    return Response(
        text,
        content_type=COLLECTION_FILES[ending].media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{ending}"'
        },
    )


@citing.get("/bibliography.<form>")
def bibliography(form: str) -> Response:
    """Return all articles as a file, in a format named by the ending."""
    abort_unless_known(form, FORMATS)
    library = site().library
    records = records_with_notes(library, library.articles)
    return file("bibliography", form, FORMATS[form].write(records))


@citing.get("/articles/<slug:slug>.<form>")
def article(slug: str, form: str) -> Response:
    """Return one article as a file; `citations.json` is what script copies its words with."""
    abort_unless_known(form, [*FORMATS, "citations.json"])
    current = site()
    article = current.library.articles.get(slug)
    if article is None:
        abort_without("article", slug)
    if form == "citations.json":
        return jsonify(current.references.of_words(article))
    records = records_with_notes(current.library, [slug])
    return file(slug, form, FORMATS[form].write(records))


@citing.get("/claims/<slug:id>.<form>")
def claim(id: str, form: str) -> ResponseReturnValue:
    """Return a claim as a file to cite it with: a record of its article, its words as a note.

    As `jsonld`, a Web Annotation (W3C). An id that was replaced leads to the present one (301).
    404 if there is no such claim or format.
    """
    abort_unless_known(form, [*FORMATS, "jsonld"])
    current = site()
    library = current.library
    if id in library.moved:
        present_address = url_for(".claim", id=library.moved[id], form=form)
        return redirect(present_address, 301)
    claim = library.claims.get(id)
    if claim is None:
        abort_without("claim", id)
    if form == "jsonld":
        annotation = jsonify(
            metadata.annotation(library, claim, current.address)
        )
        annotation.content_type = metadata.ANNOTATION_TYPE
        return annotation
    records = records_with_notes(
        library, [claim.article], [claim], current.address
    )
    return file(id, form, FORMATS[form].write(records))


@citing.get("/claims.csv", endpoint="claims_csv")
def all_claims_csv() -> Response:
    """Return all claims as a table."""
    claims = list(site().library.claims.values())
    return Response(
        table(claims), content_type=COLLECTION_FILES["csv"].media_type
    )


def table(claims: Sequence[Claim]) -> str:
    """Return claims as CSV."""
    current = site()
    return claims_csv(
        current.library, claims, current.address, current.source_urls
    )


# The collection


class Collected(NamedTuple):
    """The claims that an address asks for, in its order, and what of it could not be taken.

    `moved` has the name in the address -> the claim's name now; `beyond` counts the claims that
    were too many.
    """

    claims: list[Claim]
    articles: list[str]
    moved: dict[str, str]
    unknown: list[str]
    repeated: list[str]
    beyond: int

    @property
    def ids(self) -> list[str]:
        return [claim.id for claim in self.claims]


def asked_collection() -> Collected:
    """Return the claims that the address of this request lists: `?claim=data-is-junk&claim=…`.

    A claim is there once, however often it is asked for. One that is asked for by an id that was
    replaced is there by its present id.
    """
    library = site().library
    all_ids = request.args.getlist("claim")
    ids = all_ids[:MOST_CLAIMS]
    moved: dict[str, str] = {}
    times_asked: Counter[str] = Counter()
    for id in ids:
        if id in library.moved:
            moved[id] = library.moved[id]
        present_id = moved.get(id, id)
        times_asked[present_id] += 1
    claims = []
    unknown = []
    repeated = []
    for id, times in times_asked.items():
        if id not in library.claims:
            unknown.append(id[:LONGEST_NAME])
            continue
        claims.append(library.claims[id])
        if times > 1:
            repeated.append(id)
    return Collected(
        claims=claims,
        articles=articles_of(claims),
        moved=moved,
        unknown=unknown[:MOST_NAMED],
        repeated=repeated[:MOST_NAMED],
        beyond=len(all_ids) - len(ids),
    )


def articles_of(claims: Iterable[Claim]) -> list[str]:
    """Return the ids of the articles of claims, each once, in the order of the claims."""
    return list(dict.fromkeys(claim.article for claim in claims))


def chosen_style() -> Style:
    """Return the style that the address asks for, or, if there is none of that name, the first: an
    address may have been kept for longer than a style."""
    return BY_ID.get(request.args.get("style", ""), DEFAULT)


def ids_after_change(ids: Sequence[str]) -> list[str] | None:
    """Return the ids of a collection as the address asks to change them, None if it does not."""
    for change in Change:
        id = request.args.get(change, "")
        if id in ids:
            return ids_changed_by(change, id, ids)
    return None


def ids_changed_by(change: Change, id: str, ids: Sequence[str]) -> list[str]:
    """Return ids without one of them, or with it one place earlier or later."""
    changed_ids = list(ids)
    place = changed_ids.index(id)
    changed_ids.remove(id)
    if change is Change.EARLIER:
        changed_ids.insert(max(0, place - 1), id)
    if change is Change.LATER:
        changed_ids.insert(place + 1, id)
    return changed_ids


@citing.get("/collection/")
def collection() -> ResponseReturnValue:
    """Show the quotations that the address lists, with their sources and a bibliography.

    A button on the page may ask for a change of the list (`&without=data-is-junk`). The answer is
    a redirect to the address of the changed list (303).
    """
    asked = asked_collection()
    style = chosen_style()
    changed_ids = ids_after_change(asked.ids)
    if changed_ids is not None:
        changed = url_for(".collection", claim=changed_ids, style=style.id)
        return redirect(changed, 303)
    current = site()
    references = current.references
    articles = current.library.articles
    undated = [id for id in asked.articles if not articles[id].date.exact]
    path = url_for(".collection", claim=asked.ids, style=style.id)
    address = current.address + path
    return render_template(
        "collection.html",
        asked=asked,
        style=style,
        styles=STYLES,
        most=MOST_CLAIMS,
        files=COLLECTION_FILES,
        notes=references.notes(asked.claims, style),
        bibliography=references.listed(asked.articles, style),
        undated=undated,
        address_is_long=len(address) > LONG_ADDRESS,
    )


@citing.get("/collection.<form>")
def collection_file(form: str) -> Response:
    """Return the collection that the address lists as a file, in the format of its ending.

    404 if there is no such format, or if none of the claims is here.
    """
    abort_unless_known(form, COLLECTION_FILES)
    current = site()
    asked = asked_collection()
    if not asked.claims:
        abort_without_claims(example=next(iter(current.library.claims), "id"))
    if form == "md":
        text = collection_markdown(asked, chosen_style())
    elif form == "csv":
        text = table(asked.claims)
    else:
        records = records_with_notes(
            current.library, asked.articles, asked.claims, current.address
        )
        text = FORMATS[form].write(records)
    return file("collection", form, text)


class MarkdownQuotation(NamedTuple):
    """A claim as the Markdown file has it: our sentence, the words with what cites them, and the
    address of their passage, "" where the site has no address."""

    says: str
    words: str
    url: str


def markdown_quotation(claim: Claim, words: str) -> MarkdownQuotation:
    """Return a claim as the Markdown file has it; `words` is HTML, quoted and cited."""
    address = site().address
    url = ""
    if address:
        url = passage_url(claim, address)
    says = markdown(escape(claim.says))
    return MarkdownQuotation(says, markdown(words), url)


def collection_markdown(asked: Collected, style: Style) -> str:
    """Return a collection as Markdown: quotations, notes and bibliography, as a style has them.

    Quotations are numbered as their notes are, sources as they stand in the bibliography.
    """
    references = site().references
    quotations = []
    for number, claim in enumerate(asked.claims, 1):
        source = asked.articles.index(claim.article) + 1
        words = references.quoted(claim, style, source=source, note=number)
        quotations.append(markdown_quotation(claim, words))
    notes = references.notes(asked.claims, style)
    bibliography = references.listed(asked.articles, style)
    return render_template(
        "collection.md",
        quotations=quotations,
        notes=[markdown(note) for note in notes],
        style=style,
        bibliography=[markdown(reference) for reference in bibliography],
    )
