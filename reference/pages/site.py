"""What all pages share: the site being served, its address, templates, static files, errors."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple
from urllib.parse import unquote_to_bytes

from flask import (
    Flask,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from jinja2 import Environment, StrictUndefined
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.routing import BaseConverter, IntegerConverter
from werkzeug.wrappers import Response as BaseResponse

from reference.citation import fragments, metadata
from reference.citation.formats import FORMATS
from reference.citation.references import References
from reference.citation.styles import STYLES
from reference.pages import filters, labels
from reference.pages.cards import Card, Cards
from reference.pages.glossary import Glossary
from reference.pages.presentation import Presentation
from reference.pages.prose import ProseMaker
from reference.pages.trailing_marks import path_without_marks
from reference.records import Claim, Library
from reference.search import Search
from reference.search.query import MAX_LENGTH

SCHEME_AND_HOST = re.compile(r"^\w+:/*[^/]*")
"""How a whole address begins: `http://localhost`."""

BY_QUERY = {"finding.search", "citing.collection"}
"""Endpoints whose page is made by the query of their address."""

PARTS = {
    "Themes": "pages.themes",
    "Disagreements": "pages.disagreements",
    "Outcomes": "pages.outcomes",
    "Articles": "pages.articles",
    "People": "pages.people",
    "About": "pages.about",
}
"""The parts of the site: text of the link -> endpoint."""


class ErrorWords(NamedTuple):
    """What the page of an error says."""

    title: str
    text: str


ERROR_WORDS = {
    404: ErrorWords(
        "There is no such page",
        "Nothing is kept at this address; it may be mistyped.",
    ),
    405: ErrorWords(
        "This site is read-only",
        "Only reading is possible here (GET and HEAD).",
    ),
}
"""By status; errors of another status keep the words that werkzeug gives them."""


@dataclass(frozen=True)
class Site:
    """What pages are made from.

    `address` is the site's own public address without a slash at its end, "" if it has none.
    """

    library: Library
    references: References
    search: Search
    presentation: Presentation
    address: str
    cards: Cards

    @cached_property
    def source_urls(self) -> Mapping[str, str]:
        """Claim id -> where its words are at the original's address, "" where none is known."""
        return fragments.source_urls(self.library)


def site() -> Site:
    """Return the site that the present app serves."""
    current: Site = current_app.extensions["site"]
    return current


def here() -> str:
    """Return the public address of the present page, with a query only if that makes the page."""
    address = f"{site().address}{request.path}"
    if request.endpoint in BY_QUERY and request.query_string:
        return f"{address}?{request.query_string.decode(errors='replace')}"
    return address


def another_page(number: int) -> str:
    """Return the address of another page of the list that the present page shows a part of."""
    arguments = {**(request.view_args or {}), "number": number}
    return url_for(request.endpoint or "", **arguments)


def card_of_page() -> Card | None:
    """Return the card of the present page, or that of the site; None where none was drawn."""
    return site().cards.card_of_page(
        request.endpoint or "", request.view_args or {}
    )


AriaCurrent = Literal["page", "true", ""]
"""The attribute `aria-current` of a link, "" for none."""


class NavigationItem(NamedTuple):
    """A link to a part of the site at the head of every page.

    `current` is "page" on the part's own page, "true" on one below it, else "".
    """

    text: str
    address: str
    current: AriaCurrent


def navigation() -> list[NavigationItem]:
    """Return the links to the parts of the site, and which part the present page belongs to.

    The values of `aria-current` say so: "page" for the part's own page, "true" for a page below it
    (`/themes/training/` is below `/themes/`).
    """
    items = []
    for text, endpoint in PARTS.items():
        address = url_for(endpoint)
        current: AriaCurrent = ""
        if request.path == address:
            current = "page"
        elif request.path.startswith(address):
            current = "true"
        items.append(NavigationItem(text, address, current))
    return items


class Slug(BaseConverter):
    """The part of an address that names a record, up to the ending of a file."""

    regex = r"[^/.]+"


class LaterPage(IntegerConverter):
    """The number of a later page of a list, from 2, without zeros before it."""

    regex = r"[2-9]|[1-9][0-9]{1,8}"


def prepare(app: Flask) -> None:
    """Set an app up to serve its site: addresses, static files, templates, errors.

    `app.extensions["site"]` must be there; blueprints are to be registered after this.
    """
    prepare_addresses(app)
    prepare_static_files(app)
    prepare_templates(app)
    prepare_errors(app)
    app.after_request(redirect_other_spellings)


def prepare_addresses(app: Flask) -> None:
    """Let addresses name records and later pages.

    Their other spellings are left to `redirect_other_spellings`, and not to werkzeug.
    """
    app.url_map.converters["slug"] = Slug
    app.url_map.converters["later"] = LaterPage
    app.url_map.redirect_defaults = False
    app.url_map.strict_slashes = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]


def prepare_static_files(app: Flask) -> None:
    """Let templates ask for the addresses of static files: `asset('style.css')`."""
    current: Site = app.extensions["site"]
    names = current.presentation.static.names

    def asset(name: str) -> str:
        return url_for("machine.static", name=names[name])

    app.jinja_env.globals["asset"] = asset


def prepare_templates(app: Flask) -> None:
    """Set Jinja up: strict about names, sparing with white space, with our filters and globals.

    Every template is compiled now: a broken one stops the start.
    """
    current: Site = app.extensions["site"]
    environment = app.jinja_env
    environment.loader = current.presentation.loader()
    environment.auto_reload = False
    environment.undefined = StrictUndefined
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    add_filters_and_globals(environment, current)
    for name in current.presentation.templates:
        environment.get_template(name)


def add_filters_and_globals(environment: Environment, current: Site) -> None:
    """Give templates what any of them may use besides what its view hands over."""
    library = current.library
    glossary = Glossary(library.terms.values())
    library_filters = filters.LibraryFilters(library)

    def source_url(claim: Claim) -> str:
        return current.source_urls[claim.id]

    environment.filters.update(filters.filters(library_filters, glossary))
    environment.filters["source_url"] = source_url
    environment.globals.update(
        address=current.address,
        another_page=another_page,
        card_of_page=card_of_page,
        formats=FORMATS,
        glossary=glossary,
        here=here,
        labels=labels,
        library=library,
        longest_query=MAX_LENGTH,
        navigation=navigation,
        prose=ProseMaker(library, library_filters, glossary),
        references=current.references,
        site_name=library.site.title,
        style_names=[(style.id, style.short_name) for style in STYLES],
        tags=metadata.tags,
    )


def prepare_errors(app: Flask) -> None:
    """Answer errors with pages of ours; an address that is no UTF-8 is a bad request."""

    def not_utf8(error: UnicodeDecodeError) -> BaseResponse:
        return error_page(BadRequest("This address is no text in UTF-8."))

    app.register_error_handler(HTTPException, error_page)
    app.register_error_handler(UnicodeDecodeError, not_utf8)


def error_page(error: HTTPException) -> BaseResponse:
    """Return the answer to a request that has failed: a page that says what is wrong.

    At an address of a file, that is a line of text. A path with punctuation at its end
    (`/about/).`), which mail programs take for a part of a link, leads to the page that was
    meant (308).
    """
    status = error.code or 500
    if status == 404:
        meant_path = path_without_marks(request.path)
        if meant_path:
            return redirect(meant_path, 308)
    words = words_of_error(error)
    if names_a_file(request.path):
        response = Response(f"{words.text}\n", status, mimetype="text/plain")
    else:
        html = render_template(
            "missing.html", title=words.title, text=words.text
        )
        response = Response(html, status)
    error_headers = dict(error.get_headers())
    if "Allow" in error_headers:  # as a 405 must have (RFC 9110, 15.5.6)
        response.headers["Allow"] = error_headers["Allow"]
    return response


def words_of_error(error: HTTPException) -> ErrorWords:
    """Return what the page of an error says: its title and its text.

    The title is the usual one for the status. So is the text, unless the view that raised the
    error gave one: `abort(404, "There is no such claim.")`.
    """
    usual = usual_words_of_error(error)
    text = text_of_view(error)
    if text:
        return ErrorWords(usual.title, text)
    return usual


def usual_words_of_error(error: HTTPException) -> ErrorWords:
    """Return what we say of errors of a status (404, 405), and werkzeug's words for any other."""
    if error.code in ERROR_WORDS:
        return ERROR_WORDS[error.code]
    return ErrorWords(error.name, error.description or error.name)


def text_of_view(error: HTTPException) -> str:
    """Return the text that an error was raised with, "" if none: `abort(404, "No such claim.")`.

    An error raised without a text has the description of its class, such as `NotFound`.
    """
    if error.description == type(error).description:
        return ""
    return error.description or ""


def names_a_file(path: str) -> bool:
    """Return whether the last part of a path has an ending, as machine addresses do."""
    last = path.rpartition("/")[2]
    return "." in last


def redirect_other_spellings(response: Response) -> BaseResponse:
    """Redirect other spellings of an address to the canonical one (308): `//about` to `/about/`.

    It is called with every response of the app. One that is a redirect already is made to lead to
    a path on this site, and any other is returned as it is.
    """
    canonical = None
    if response.status_code == 200:
        canonical = canonical_address()
    if canonical:
        return keep_on_this_site(redirect(canonical, 308))
    if response.location:
        return keep_on_this_site(response)
    return response


def canonical_address() -> str | None:
    """Return the canonical address of a request for another spelling of it, with its query.

    A request for `//about?x=1` gets `/about/?x=1`. None where the request has the canonical
    spelling, or where no view answers it.
    """
    if not request.endpoint:
        return None
    arguments = request.view_args or {}
    path = url_for(request.endpoint, **arguments)
    # Characters may be written as %XX in one and not in the other, so bytes are compared.
    if unquote_to_bytes(path) == path_as_requested():
        return None
    query = request.query_string.decode("latin-1")
    if query:
        return f"{path}?{query}"
    return path


def keep_on_this_site(redirection: BaseResponse) -> BaseResponse:
    """Make a redirect lead to a path on this site, say so in its body, and return it.

    A whole address would have the name that the Host header says, which is not trusted.
    """
    location = redirection.location or ""
    path = SCHEME_AND_HOST.sub("", location) or "/"
    redirection.location = path
    redirection.content_type = "text/plain; charset=utf-8"
    redirection.set_data(f"{path}\n")
    return redirection


def path_as_requested() -> bytes:
    """Return the path of the request, unquoted. (`request.path` hides a doubled slash.)"""
    root: str = request.environ.get("SCRIPT_NAME", "")
    path: str = request.environ["PATH_INFO"]
    # WSGI hands bytes over as text in Latin-1 (PEP 3333).
    return f"{root}{path}".encode("latin-1")
