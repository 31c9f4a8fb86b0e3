"""A sourced reference site: `create_app()`, and the command line (`python app.py --help`)."""

import logging
import os
import sys
from pathlib import Path

from flask import Flask, Response, request

from reference import commands
from reference.citation.references import References
from reference.commands import CONTENT_FOLDER, INDEX_FOLDER
from reference.content.loading import load
from reference.pages import citing, machine, searching, views
from reference.pages.site import Site, prepare
from reference.search import Search
from reference.serving import headers

NO_ADDRESS = (
    "no public address: citations and machine files name paths only, and there is no sitemap; "
    "--address https://example.org (REFERENCE_ADDRESS) makes all of it whole"
)
log = logging.getLogger("reference")


def create_app(
    content: Path = CONTENT_FOLDER, index: Path = INDEX_FOLDER, address: str | None = None
) -> Flask:
    """The site, ready to serve: content verified, search index open. `address` is its public one
    (REFERENCE_ADDRESS in the environment if not given), "" if there is none. Raises ContentError
    with every problem in the content."""
    given = os.environ.get("REFERENCE_ADDRESS", "") if address is None else address
    public = headers.public(given, under=True)
    if not public:
        log.warning(NO_ADDRESS)
    app, library = (
        Flask(__name__, root_path=str(commands.HERE), static_folder=None),
        load(Path(content)),
    )

    @app.after_request
    def guarded(response: Response) -> Response:
        for name, value in headers.of(request.path, public, response.status_code == 200).items():
            response.headers.setdefault(name, value)
        return response

    references = References.read(Path(content), library)
    search = Search.open(library, Path(index), log)
    app.extensions["site"] = Site(library, references, search, public)
    prepare(app)
    for blueprint in (views.pages, searching.finding, machine.machine, citing.citing):
        app.register_blueprint(blueprint)
    return app


if __name__ == "__main__":
    sys.exit(commands.main(sys.argv[1:], create_app))
