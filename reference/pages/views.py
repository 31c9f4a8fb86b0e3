"""The site's pages: look up, render. Every address is permanent (see README, «Addresses»)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    make_response,
    render_template,
    request,
)
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, IntegerConverter

from reference import charts
from reference.citation import linked
from reference.citation.references import References
from reference.pages import looks
from reference.records import Article, Claim, Library, Person, Theme
from reference.search import Search
from reference.serving import safety

View = TypeVar("View", bound=Callable[..., Any])
PER_PAGE = 50
GRID_ARTICLES = 24
pages = Blueprint("pages", __name__)


@dataclass(frozen=True)
class Site:
    """What pages are made from: the library, its index, and the site's own public address."""

    library: Library
    search: Search
    address: str

    @cached_property
    def references(self) -> References:
        """How each article and page is cited, made when first asked for."""
        return References(self.library)

    @cached_property
    def _beside(self) -> dict[int, tuple[Any, Any]]:
        """id() of each article, person, theme and claim -> the ones before and after it."""
        shelves: list[Sequence[Any]] = [
            list(self.library.articles.values()),
            list(self.library.people.values()),
            list(self.library.themes.values()),
            *self.library.claims_of_article.values(),
        ]
        return {
            id(item): (before, after)
            for shelf in shelves
            for before, item, after in zip((None, *shelf), shelf, (*shelf[1:], None), strict=False)
        }

    def around(self, item: Any) -> tuple[Any, Any]:
        """The article, person, theme or claim before this one and after it, or None."""
        return self._beside[id(item)]


def site() -> Site:
    """The site being served."""
    found: Site = current_app.extensions["site"]
    return found


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


def paged(rule: str, endpoint: str) -> Callable[[View], View]:
    """Route a list at its address and its later pages at `…page/2/`, `…page/3/`, …"""

    def register(view: View) -> View:
        pages.add_url_rule(rule, endpoint, view, defaults={"number": 1})
        pages.add_url_rule(f"{rule}page/<later:number>/", endpoint, view)
        return view

    return register


@pages.get("/")
def home() -> str:
    library = site().library
    articles = list(library.articles.values())[:GRID_ARTICLES]
    grid = charts.evidence_grid(library, articles)
    return render_template("home.html", articles=articles, grid=grid)


@pages.get("/themes/")
def themes() -> str:
    return render_template("themes.html", speakers=charts.speakers_grid(site().library))


@paged("/themes/<slug>/", "theme")
def theme(slug: str, number: int) -> str:
    library = site().library
    found: Theme = library.themes.get(slug) or abort(404)
    claims = library.claims_of_theme[slug]
    cited = list(dict.fromkeys(id for block in found.blocks for id in block.claims))
    first = {id: block for block in reversed(found.blocks) for id in block.claims}
    return render_template(
        "theme.html",
        theme=found,
        notes={id: number for number, id in enumerate(cited, 1)},
        first=first,
        sheet=sheet(claims, number),
        disagreements=library.disagreements_of_theme.get(slug, []) if number == 1 else [],
        around=site().around(found),
        citation=site().references.page(slug, site().address),
    )


@paged("/articles/", "articles")
def articles(number: int) -> str:
    library = site().library
    return render_template(
        "articles.html",
        sheet=sheet([*library.articles.values()], number),
        timeline=charts.timeline(library) if number == 1 else None,
    )


@pages.get("/articles/<slug>/")
def article(slug: str) -> Response:
    library = site().library
    found: Article = library.articles.get(slug) or abort(404)
    page = render_template(
        "article.html",
        article=found,
        around=site().around(found),
        citation=site().references.article(found, site().address),
        tags=linked.article_tags(library, found),
        json_ld=linked.article_json_ld(library, found, site().address),
    )
    return Response(page, headers={"Link": linked.article_links(library, found, site().address)})


@paged("/people/", "people")
def people(number: int) -> str:
    return render_template("people.html", sheet=sheet([*site().library.people.values()], number))


@paged("/people/<slug>/", "person")
def person(slug: str, number: int) -> str:
    library = site().library
    found: Person = library.people.get(slug) or abort(404)
    return render_template(
        "person.html",
        person=found,
        sheet=sheet(library.claims_of_speaker.get(slug, []), number),
        notes={},
        around=site().around(found),
    )


@paged("/claims/", "claims")
def claims(number: int) -> str:
    return render_template("claims.html", sheet=sheet(site().library.claims_in_order, number))


@pages.get("/claims/<id>/")
def claim(id: str) -> Response:
    library = site().library
    found: Claim = library.claims.get(id) or abort(404)
    passages = library.articles[found.article].passages
    passage = library.passage_of(found)
    page = render_template(
        "claim.html",
        claim=found,
        article=library.articles[found.article],
        passage=passage,
        before=passages[passage.number - 2] if passage.number > 1 else None,
        after=passages[passage.number] if passage.number < len(passages) else None,
        around=site().around(found),
        citation=site().references.claim(found, site().address),
        tags=linked.claim_tags(library, found, site().address),
        json_ld=linked.claim_json_ld(library, found, site().address),
    )
    return Response(page, headers={"Link": linked.claim_links(library, found, site().address)})


@pages.get("/about/")
def about() -> str:
    articles = list(site().library.articles.values())
    corrected = [article for article in articles if article.corrections]
    return render_template(
        "about.html",
        corrected=corrected[:PER_PAGE],
        listed=articles[:PER_PAGE],
        citation=site().references.page("about", site().address),
    )


MISSING = {
    404: ("There is no such page", "Nothing is kept at this address; it may be mistyped."),
    405: ("This site is read-only", "Only reading is possible here (GET and HEAD)."),
}


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


class Slug(BaseConverter):
    """The part of an address that names a record, up to the ending of a file."""

    regex = r"[^/.]+"


class Later(IntegerConverter):
    """The number of a later page of a list, in its one spelling: each page has one address."""

    regex = r"[2-9]|[1-9][0-9]{1,8}"


def prepare(app: Flask) -> None:
    """Set an app up for these pages: templates, errors, headers."""
    found: Site = app.extensions["site"]
    app.extensions["references"] = found.references  # before workers are forked, who share them
    app.url_map.converters.update(slug=Slug, later=Later)
    app.jinja_env.undefined = StrictUndefined
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.url_map.redirect_defaults = False
    looks.dress(app, found.library, found.address, PER_PAGE)
    app.register_error_handler(HTTPException, failed)
    app.after_request(guarded)


def guarded(response: Response) -> Response:
    """Headers that let a page do nothing but be read; a redirect stays on this site."""
    response.headers.update(safety.headers(site().address))
    if site().references.failing:
        response.headers["Cache-Control"] = "no-store"
    if response.location:
        there = urlsplit(response.location)
        response.location = urlunsplit(("", "", there.path, there.query, ""))
        response.content_type = "text/plain; charset=utf-8"
        response.set_data(f"{response.location}\n")
    return response
