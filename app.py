"""A sourced reference site: `create_app()`, and the command line (`python app.py --help`)."""

import logging
import os
import sys
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.exceptions import MethodNotAllowed

from reference import commands
from reference.citation.references import References
from reference.commands import CONTENT_FOLDER, HERE, INDEX_FOLDER
from reference.content.loading import load
from reference.pages import citing, machine, searching, views
from reference.pages.cards import Cards
from reference.pages.presentation import Presentation
from reference.pages.site import Site, prepare
from reference.search import Search
from reference.serving import headers
from reference.serving.address import public_address
from reference.serving.cache import Addresses, Cache

NO_ADDRESS = (
    "no public address: citations and machine files name paths only, and there is no sitemap; "
    "--address https://example.org (REFERENCE_ADDRESS) makes all of it whole"
)
METHODS = ("GET", "HEAD", "OPTIONS")
log = logging.getLogger("reference")


def create_app(
    content: Path = CONTENT_FOLDER,
    index: Path = INDEX_FOLDER,
    address: str | None = None,
    presentation: Presentation | None = None,
    is_preview: bool = False,
) -> Flask:
    """Return the site, ready to serve under any WSGI server: content verified, search index open.

    Args:
        content: the folder of content; it is read whole, and checked.
        index: the folder that keeps the search index, which is built if need be.
        address: the public address, "" if there is none; REFERENCE_ADDRESS if not given.
        presentation: the templates and static files; read now if not given.
        is_preview: whether articles are shown whose references are not set yet.

    Raises ContentError with every problem in the content.
    """
    if address is None:
        address = os.environ.get("REFERENCE_ADDRESS", "")
    address = public_address(address, may_have_path=True)
    if not address:
        log.warning(NO_ADDRESS)
    library = load(Path(content))
    read_references = References.preview if is_preview else References.read
    site = Site(
        library=library,
        references=read_references(Path(content), library),
        search=Search.open(library, Path(index), log),
        presentation=presentation or Presentation.read(HERE),
        address=address,
        cards=Cards.read(Path(content), library),
    )
    app = Flask(__name__, root_path=str(HERE), static_folder=None)
    app.extensions["site"] = site
    # Headers come first: of several functions that change an answer, Flask
    # calls the one that was registered first last.
    with_headers(app, address)
    prepare(app)
    for blueprint in (
        views.pages,
        searching.finding,
        machine.machine,
        citing.citing,
    ):
        app.register_blueprint(blueprint)
    only_reading(app)
    with_cache(app, address)
    return app


def only_reading(app: Flask) -> None:
    """Let an app answer GET, HEAD and OPTIONS, at any address; 405 to any other method.

    OPTIONS names the methods, and at the address of data says that another site may ask for it.
    """

    @app.before_request
    def refuse_other_methods() -> Response | None:
        if request.method not in METHODS:
            raise MethodNotAllowed(METHODS)
        if request.method != "OPTIONS":
            return None
        answer = Response()
        answer.allow.update(METHODS)
        if headers.is_data(request.path):
            answer.headers.update(headers.PREFLIGHT)
        return answer


def with_headers(app: Flask, address: str) -> None:
    """Give every answer of an app the headers of `headers.of_answer` that it does not have yet."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        status = response.status_code
        carried = headers.of_answer(request.path, status, address)
        for name, value in carried.items():
            response.headers.setdefault(name, value)
        return response


def with_cache(app: Flask, address: str) -> None:
    """Put a cache round an app (Flask's manual: "Hooking in WSGI Middleware")."""
    addresses = Addresses(
        public=address,
        parameters=searching.PARAMETERS | citing.PARAMETERS,
        files=machine.LIBRARY_FILES,
    )
    cache = Cache(app.wsgi_app, addresses)
    app.extensions["cache"] = cache
    app.wsgi_app = cache  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(commands.main(sys.argv[1:], create_app))
