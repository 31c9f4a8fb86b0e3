"""What machines ask for: the whole library, maps of the site, its feed, its health, its files."""

import logging
import mimetypes

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    render_template,
    url_for,
)

from reference import __version__
from reference.pages.addresses import paths
from reference.pages.library_file import library_data
from reference.pages.site import site
from reference.pages.views import home
from reference.serving.headers import ASK_AGAIN

machine = Blueprint("machine", __name__)
log = logging.getLogger("reference")

LIBRARY_FILES = ("/library.json", "/claims.csv")
"""Files of the whole library, which are large."""
ADDRESSES_A_MAP = 50_000
"""The most that one sitemap may hold (https://www.sitemaps.org/protocol.html)."""
WITHOUT_END = (
    "/search/?",
    "/search.json",
    "/suggest.json",
    "/collection/?",
    "/collection.",
)
"""How addresses begin that a reader's question makes: crawlers are asked to leave them."""


@machine.get("/library.json")
def library() -> Response:
    """Return the library as data, in the shape that README gives."""
    return jsonify(library_data(site().library, site().source_urls))


@machine.get("/sitemap.xml")
def sitemap() -> Response:
    """Return a map of every page's address, for crawlers; a list of maps where one is too small.

    404 where the site has no public address, which a map must name.
    """
    parts = sitemap_parts()
    if len(parts) == 1:
        return xml("sitemap.xml", paths=parts[0])
    return xml("sitemap_index.xml", count=len(parts))


@machine.get("/sitemap-<int:number>.xml")
def sitemap_part(number: int) -> Response:
    """Return one of several maps. 404 where there is one alone, or none of this number."""
    parts = sitemap_parts()
    if len(parts) == 1 or not 1 <= number <= len(parts):
        abort(404)
    return xml("sitemap.xml", paths=parts[number - 1])


def sitemap_part_paths() -> list[str]:
    """Return the addresses of the maps, `/sitemap-1.xml` first; [] if one has all pages."""
    count = len(sitemap_parts())
    if count == 1:
        return []
    numbers = range(1, count + 1)
    return [
        url_for("machine.sitemap_part", number=number) for number in numbers
    ]


def sitemap_parts() -> list[list[str]]:
    """Return the paths of all pages, in as many lists as they need maps.

    Answers 404 where the site has no public address.
    """
    needs_public_address()
    all_paths = paths()
    parts = []
    for start in range(0, len(all_paths), ADDRESSES_A_MAP):
        parts.append(all_paths[start : start + ADDRESSES_A_MAP])
    return parts


@machine.get("/opensearch.xml")
def opensearch() -> Response:
    """Return what a browser needs to offer the site as a search engine (OpenSearch 1.1).

    404 where the site has no public address.
    """
    needs_public_address()
    return xml("opensearch.xml", "application/opensearchdescription+xml")


@machine.get("/feed.xml")
def feed() -> Response:
    """Return what changed when (Atom, RFC 4287). 404 where the site has no public address."""
    needs_public_address()
    return xml("feed.xml", "application/atom+xml", code_version=__version__)


def needs_public_address() -> None:
    """Answer 404 where the site has no public address, which what is asked for must name."""
    if not site().address:
        abort(
            404,
            "This needs the site’s public address, and it has been given none.",
        )


def xml(
    template: str, media_type: str = "application/xml", **values: object
) -> Response:
    """Return an XML file made from a template."""
    return Response(render_template(template, **values), mimetype=media_type)


@machine.get("/robots.txt")
def robots() -> Response:
    """Return what crawlers may read: all pages, and no searches, which have no end (RFC 9309)."""
    lines = ["User-agent: *"]
    lines += [f"Disallow: {beginning}" for beginning in WITHOUT_END]
    if site().address:
        lines.append(f"Sitemap: {site().address}/sitemap.xml")
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@machine.get("/healthz")
def healthz() -> tuple[Response, int]:
    """Return the state of the site for whoever watches over it, with 503 if no page can be made.

    `version` is that of the content; `index` says whether the search index is on disk.
    """
    library = site().library
    if a_page_can_be_made():
        state, status = "ok", 200
    else:
        state, status = "failing", 503
    answer = jsonify(
        status=state,
        code_version=__version__,
        version=library.version,
        updated=library.updated,
        index=site().search.state,
        articles=len(library.articles),
        claims=len(library.claims),
        people=len(library.people),
        themes=len(library.themes),
    )
    return answer, status


def a_page_can_be_made() -> bool:
    """Try to make the first page, and return whether that went well; if not, the log has why."""
    try:
        return bool(home())
    except Exception:
        log.exception("The first page cannot be made")
        return False


@machine.get("/static/<name>")
def static(name: str) -> Response:
    """Return a static file as it is now. 404 if there is none.

    Pages link it by a name with a digest of its bytes (style.1f0c7a93b2.css); browsers may keep
    what such a name stands for. A page from before an upgrade asks by an older digest, or by none
    (style.css): it gets the present file, and its browser is told to ask again next time.
    """
    files = site().presentation.static
    present_name = files.present_name(name)
    if present_name is None:
        abort(404)
    media_type = mimetypes.guess_type(name)[0]
    response = Response(files.contents[present_name], mimetype=media_type)
    if name != present_name:
        response.headers.update(ASK_AGAIN)
    return response


@machine.get("/cards/<path:name>.png")
def card(name: str) -> Response:
    """Return the picture that goes with a shared link, as PNG.

    404 where none was drawn, or one of words that have changed since.
    """
    cards = site().cards
    if name not in cards.drawn:
        abort(404)
    picture = cards.file_of(name).read_bytes()
    return Response(picture, mimetype="image/png")


@machine.get("/favicon.ico")
def favicon() -> Response:
    """Return the picture that browsers look for here when no page tells them of one."""
    return static("favicon.ico")


@machine.get("/apple-touch-icon.png")
def touch_icon() -> Response:
    """Return the picture that telephones look for here when no page tells them of one."""
    return static("apple-touch-icon.png")
