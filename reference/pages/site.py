"""What all pages share: the site being served, lists in pages, addresses, headers, errors."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from flask import (
    Blueprint,
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

from reference.citation.references import References
from reference.pages import filters
from reference.records import Library
from reference.search.engine import Search

PER_PAGE = 50
"""Items on one page of a long list."""
BY_QUERY = {"finding.search", "citing.collection"}
"""Endpoints whose page is made by the query of their address."""
MISSING = {
    404: ("There is no such page", "Nothing is kept at this address; it may be mistyped."),
    405: ("This site is read-only", "Only reading is possible here (GET and HEAD)."),
}
View = TypeVar("View", bound=Callable[..., Any])


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
    """The public address that makes the present page, or "" where there is none to give."""
    query = request.query_string.decode() if request.endpoint in BY_QUERY else ""
    return f"{site().address}{request.path}{query and '?'}{query}" if site().address else ""


def page_url(number: int) -> str:
    """The address of another page of the list that is being shown."""
    return url_for(request.endpoint or "", **(request.view_args or {}) | {"number": number})


@dataclass(frozen=True)
class Sheet:
    """One page of a long list: its items, its number from 1, and how many pages there are."""

    items: Sequence[Any]
    number: int
    last: int
    total: int


def sheet(items: Sequence[Any], number: int) -> Sheet:
    """Page `number` of a list; 404 where there is no such page."""
    last = max(1, -(-len(items) // PER_PAGE))
    if not 1 <= number <= last:
        abort(404)
    return Sheet(items[(number - 1) * PER_PAGE :][:PER_PAGE], number, last, len(items))


def paged(pages: Blueprint, endpoint: str, *rules: str) -> Callable[[View], View]:
    """Route a list at its addresses and its later pages at `…page/2/`, `…page/3/`, …"""

    def register(view: View) -> View:
        for rule in rules:
            pages.add_url_rule(rule, endpoint, view, defaults={"number": 1})
            pages.add_url_rule(f"{rule}page/<later:number>/", endpoint, view)
        return view

    return register


def around(shelf: Sequence[Any], item: Any) -> tuple[Any, Any]:
    """What stands before and after an item, or None."""
    place = shelf.index(item)
    return (shelf[place - 1] if place else None), next(iter(shelf[place + 1 : place + 2]), None)


class Assets:
    """Static files under names that change with their bytes, so that they can be kept for ever.

    The bytes are kept: under a file's name nothing else is served, whatever is on disk by then.
    """

    def __init__(self, folder: Path) -> None:
        self._names: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        for path in sorted(folder.iterdir()):
            if path.is_file() and not path.name.startswith("."):
                body = path.read_bytes()
                if path.suffix == ".css":  # comments and room that only its editors need
                    body = re.sub(rb"/\*.*?\*/|\s+(?=[{}])|(?<=[{};,])\s+", b"", body)
                served = f"{path.stem}.{hashlib.sha256(body).hexdigest()[:10]}{path.suffix}"
                self._names[path.name], self.files[served] = served, body

    def url(self, name: str) -> str:
        """The address of a static file. Raises KeyError if there is none of that name."""
        return url_for("machine.static", name=self._names[name])


class Slug(BaseConverter):
    """The part of an address that names a record, up to the ending of a file."""

    regex = r"[^/.]+"


class Later(IntegerConverter):
    """The number of a later page of a list, in its one spelling: each page has one address."""

    regex = r"[2-9]|[1-9][0-9]{1,8}"


def prepare(app: Flask) -> None:
    """Set an app up for these pages: templates, errors, headers.

    Templates are read now: whatever becomes of the files, what is served is what was there at the
    start (to compile them all takes a third of the start, and is left to the first page of each).
    """
    found: Site = app.extensions["site"]
    assets = app.extensions["assets"] = Assets(Path(app.root_path) / "static")
    app.url_map.converters.update(slug=Slug, later=Later)
    app.url_map.redirect_defaults = app.url_map.strict_slashes = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config["TEMPLATES_AUTO_RELOAD"] = False
    glossary = filters.Glossary(found.library.glossary)
    folder = Path(app.root_path) / "templates"
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}
    app.jinja_env.loader = DictLoader(texts)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(filters.filters(found.library, glossary))
    app.jinja_env.globals.update(
        library=found.library,
        address=found.address,
        here=here,
        page_url=page_url,
        per_page=PER_PAGE,
        asset=assets.url,
        glossary=glossary,
        kinds=filters.KINDS,
        voices=filters.VOICES,
    )
    app.register_error_handler(HTTPException, failed)
    app.after_request(finished)


def failed(error: HTTPException) -> Response:
    """A page that says what is wrong and leads on; machine addresses get a line of text."""
    code = error.code or 500
    title, text = MISSING.get(code, (error.name, error.description or error.name))
    if code == 400 or (code == 404 and error.description != type(error).description):
        text = error.description or text
    wants_html = request.path.endswith("/") or "." not in request.path.rsplit("/", 1)[-1]
    if wants_html:
        response = make_response(render_template("missing.html", title=title, text=text), code)
    else:
        response = make_response(f"{text}\n", code, {"Content-Type": "text/plain; charset=utf-8"})
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def finished(response: Response) -> Answer:
    """A page has one address, with its slash at the end; a redirect stays on this site, whatever a
    request says its host is."""
    answer: Answer = response
    page = response.mimetype == "text/html" and response.status_code == 200
    if page and not request.path.endswith("/"):
        answer = redirect(request.full_path.replace("?", "/?", 1).removesuffix("?"), 308)
    if answer.location:
        there = urlsplit(answer.location)
        answer.location = urlunsplit(("", "", there.path, there.query, ""))
        answer.content_type = "text/plain; charset=utf-8"
        answer.set_data(f"{answer.location}\n")
    return answer
