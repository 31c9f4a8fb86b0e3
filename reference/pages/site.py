"""What all pages share: the site being served, its address, static files, templates, errors."""

import hashlib
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from flask import Flask, Response, current_app, redirect, render_template, request, url_for
from jinja2 import DictLoader, StrictUndefined
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.routing import BaseConverter, IntegerConverter
from werkzeug.wrappers import Response as Answer

from reference import charts
from reference.citation import metadata
from reference.citation.formats import FORMATS
from reference.citation.references import References
from reference.pages import filters
from reference.records import Claim, Library
from reference.search import Search
from reference.search.query import MAX_LENGTH

PER_PAGE = 50  # claims in the list of all
BY_QUERY = {"finding.search", "citing.collection"}
"""Endpoints whose page is made by the query of their address."""
TOLD = {
    404: ("There is no such page", "Nothing is kept at this address; it may be mistyped."),
    405: ("This site is read-only", "Only reading is possible here (GET and HEAD)."),
}
SPARE = {
    ".css": re.compile(rb"/\*.*?\*/|\s+(?=[{}>])|(?<=[{};,:>])\s+|;(?=\s*})"),
    ".js": re.compile(rb"^\s+(//.*\n)?|^//.*\n", re.MULTILINE),
}
"""Comments and room in style sheets and scripts, which only their editors need."""


@dataclass(frozen=True)
class Site:
    """What pages are made from; `address` is the site's own public one, "" where it is unknown."""

    library: Library
    references: References
    search: Search
    address: str


def site() -> Site:
    found: Site = current_app.extensions["site"]
    return found


def here() -> str:
    """The public address that makes the present page."""
    query = request.query_string.decode(errors="replace") if request.endpoint in BY_QUERY else ""
    return f"{site().address}{request.path}{query and '?'}{query}"


def sheets() -> list[list[Claim]]:
    """The list of all claims, cut into its pages."""
    every = [*site().library.claims.values()]
    return [every[start : start + PER_PAGE] for start in range(0, len(every) or 1, PER_PAGE)]


class Slug(BaseConverter):
    """The part of an address that names a record, up to the ending of a file."""

    regex = r"[^/.]+"


class Later(IntegerConverter):
    """The number of a later page of a list, in its one spelling: each page has one address."""

    regex = r"[2-9]|[1-9][0-9]{1,8}"


def prepare(app: Flask) -> None:
    """Set an app up for these pages: addresses, static files, templates, errors. Files are read
    now: whatever becomes of them, what is served is what was there at the start. A static file's
    name changes with its bytes."""
    kept: Site = app.extensions["site"]
    files: dict[str, bytes] = {}
    names: dict[str, str] = {}
    for path in sorted((Path(app.root_path) / "static").glob("[!.]*")):
        body = path.read_bytes()
        if path.suffix in SPARE:
            body = SPARE[path.suffix].sub(b"", body)
        names[path.name] = f"{path.stem}.{hashlib.sha256(body).hexdigest()[:10]}{path.suffix}"
        files[names[path.name]] = body
    app.extensions["static"] = files
    app.url_map.converters.update(slug=Slug, later=Later)
    app.url_map.redirect_defaults = app.url_map.strict_slashes = False  # `finished` redirects
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config["TEMPLATES_AUTO_RELOAD"] = False
    glossary = filters.Glossary(kept.library.abbreviations)
    templates = (Path(app.root_path) / "templates").glob("*.*m[ld]")
    jinja = app.jinja_env
    jinja.loader = DictLoader({path.name: path.read_text("utf-8") for path in templates})
    jinja.undefined, jinja.trim_blocks, jinja.lstrip_blocks = StrictUndefined, True, True
    jinja.filters.update(filters.filters(kept.library, glossary))
    jinja.globals.update(library=kept.library, references=kept.references, glossary=glossary)
    jinja.globals.update(address=kept.address, here=here, longest_query=MAX_LENGTH)
    jinja.globals.update(timeline=partial(charts.timeline, kept.library))
    jinja.globals.update(formats=FORMATS, tags=metadata.tags, site_name=kept.library.site.title)
    jinja.globals.update(asset=lambda name: url_for("machine.static", name=names[name]))
    app.register_error_handler(HTTPException, failed)
    unread = BadRequest("This address is no text in UTF-8.")
    app.register_error_handler(UnicodeDecodeError, lambda _: failed(unread))
    app.after_request(finished)


def failed(error: HTTPException) -> Response:
    """A page that says what is wrong and leads on; machine addresses get a line of text."""
    title, text = TOLD.get(error.code or 500, (error.name, error.description or error.name))
    if error.description and error.description != type(error).description:
        text = error.description
    if "." in request.path.rpartition("/")[2]:
        response = Response(f"{text}\n", error.code, mimetype="text/plain")
    else:
        response = Response(render_template("missing.html", title=title, text=text), error.code)
    response.headers.update((name, value) for name, value in error.get_headers() if name == "Allow")
    return response


def finished(response: Response) -> Answer:
    """What is here has one address, to which its other spellings lead; a redirect stays on this
    site, whatever a request says its host is."""
    answer: Answer = response
    if response.status_code == 200 and request.endpoint:
        there = url_for(request.endpoint, **request.view_args or {})
        asked = request.environ.get("SCRIPT_NAME", "") + request.environ["PATH_INFO"]
        if unquote(there, "latin-1") != asked:  # as WSGI has it; `request.path` hides `//`
            query = request.query_string.decode("latin-1")
            answer = redirect(f"{there}{query and '?'}{query}", 308)
    if answer.location:
        answer.location = re.sub(r"^\w+:/*[^/]*", "", answer.location) or "/"
        answer.content_type = "text/plain; charset=utf-8"
        answer.set_data(f"{answer.location}\n")
    return answer
