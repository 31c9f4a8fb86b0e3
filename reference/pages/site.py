"""What all pages share: the site being served, its address, static files, templates, errors."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from jinja2 import DictLoader, StrictUndefined
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, IntegerConverter
from werkzeug.wrappers import Response as Answer

from reference.citation import metadata
from reference.citation.formats import FORMATS
from reference.citation.references import References
from reference.pages import filters
from reference.records import Library
from reference.search import Search

PER_PAGE = 50
"""Claims on one page of the list of all."""
BY_QUERY = {"finding.search", "citing.collection"}
"""Endpoints whose page is made by the query of their address."""
TOLD = {
    404: ("There is no such page", "Nothing is kept at this address; it may be mistyped."),
    405: ("This site is read-only", "Only reading is possible here (GET and HEAD)."),
}
SPARE = re.compile(rb"/\*.*?\*/|\s+(?=[{}])|(?<=[{};,])\s+")
"""Comments and room in a style sheet, which only its editors need."""


@dataclass(frozen=True)
class Site:
    """What pages are made from; `address` is the site's own public one, "" where it is unknown."""

    library: Library
    references: References
    search: Search
    address: str


def site() -> Site:
    """The site being served."""
    found: Site = current_app.extensions["site"]
    return found


def here() -> str:
    """The public address that makes the present page."""
    query = request.query_string.decode() if request.endpoint in BY_QUERY else ""
    return f"{site().address}{request.path}{query and '?'}{query}"


@dataclass(frozen=True)
class Sheet:
    """One page of a long list: its items, its number from 1, and how many pages there are."""

    items: Any
    number: int
    last: int
    total: int


def sheet(items: Any, number: int) -> Sheet:
    """Page `number` of a list; 404 where there is no such page."""
    last = max(1, -(-len(items) // PER_PAGE))
    if not 1 <= number <= last:
        abort(404)
    return Sheet(items[(number - 1) * PER_PAGE :][:PER_PAGE], number, last, len(items))


class Slug(BaseConverter):
    """The part of an address that names a record, up to the ending of a file."""

    regex = r"[^/.]+"


class Later(IntegerConverter):
    """The number of a later page of a list, in its one spelling: each page has one address."""

    regex = r"[2-9]|[1-9][0-9]{1,8}"


def prepare(app: Flask) -> None:
    """Set an app up for these pages: addresses, static files, templates, errors.

    Files are read now: whatever becomes of them, what is served is what was there at the start.
    A static file's name changes with its bytes, so that it can be kept for ever.
    """
    library = app.extensions["site"].library
    files: dict[str, bytes] = {}
    names: dict[str, str] = {}
    for path in sorted((Path(app.root_path) / "static").glob("[!.]*")):
        body = SPARE.sub(b"", path.read_bytes()) if path.suffix == ".css" else path.read_bytes()
        names[path.name] = f"{path.stem}.{hashlib.sha256(body).hexdigest()[:10]}{path.suffix}"
        files[names[path.name]] = body
    app.extensions["static"] = files
    app.url_map.converters.update(slug=Slug, later=Later)
    app.url_map.redirect_defaults = app.url_map.strict_slashes = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config["TEMPLATES_AUTO_RELOAD"] = False
    glossary = filters.Glossary(library.glossary)
    templates = (Path(app.root_path) / "templates").glob("*.*m[ld]")
    jinja = app.jinja_env
    jinja.loader = DictLoader({path.name: path.read_text("utf-8") for path in templates})
    jinja.undefined, jinja.trim_blocks, jinja.lstrip_blocks = StrictUndefined, True, True
    jinja.filters.update(filters.filters(library, glossary))
    jinja.globals.update(library=library, address=app.extensions["site"].address, here=here)
    jinja.globals.update(kinds=filters.KINDS, voices=filters.VOICES, glossary=glossary)
    jinja.globals.update(formats=FORMATS, tags=metadata.tags)
    jinja.globals.update(asset=lambda name: url_for("machine.static", name=names[name]))
    app.register_error_handler(HTTPException, failed)
    app.after_request(finished)


def failed(error: HTTPException) -> Response:
    """A page that says what is wrong and leads on; machine addresses get a line of text."""
    code, told = error.code or 500, error.description or error.name
    title, text = TOLD.get(code, (error.name, told))
    if told != type(error).description:
        text = told
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    if "." in request.path.rpartition("/")[2]:
        headers["Content-Type"] = "text/plain; charset=utf-8"
        return make_response(f"{text}\n", code, headers)
    return make_response(render_template("missing.html", title=title, text=text), code, headers)


def finished(response: Response) -> Answer:
    """A page has one address, with its slash at the end; a redirect stays on this site, whatever a
    request says its host is."""
    answer: Answer = response
    page = response.mimetype == "text/html" and response.status_code == 200
    if page and not request.path.endswith("/"):
        answer = redirect(request.full_path.replace("?", "/?", 1).removesuffix("?"), 308)
    if answer.location:
        answer.location = re.sub(r"^\w+:/*[^/]*", "", answer.location) or "/"
        answer.content_type = "text/plain; charset=utf-8"
        answer.set_data(f"{answer.location}\n")
    return answer
