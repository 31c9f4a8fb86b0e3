"""GP-led commissioning reference: `create_app()`, and the command line (`python app.py --help`)."""

import logging
import os
import sys
from pathlib import Path

from flask import Flask

from reference import commands
from reference.content.loading import load
from reference.pages import citing, machine, searching, views
from reference.records import ContentError
from reference.search import Search

HERE = Path(__file__).parent
log = logging.getLogger("reference")


def create_app(
    content: Path = HERE / "content",
    index: Path = HERE / "search_index",
    address: str | None = None,
) -> Flask:
    """The site, ready to serve: content verified, search index open.

    `address` is the site's public address, such as `https://example.org` (REFERENCE_ADDRESS in
    the environment if not given); links that must be absolute are made from it, never from what
    a request says. Ends with every problem in the content if there is one.
    """
    try:
        library = load(Path(content))
    except ContentError as error:
        raise SystemExit(f"{error}\n{error.count}: not served.") from None
    if address is None:
        address = os.environ.get("REFERENCE_ADDRESS", "")
    app = Flask(__name__, root_path=str(HERE), static_folder=None)
    search = Search.open(library, Path(index), log)
    app.extensions["site"] = views.Site(library, search, address.rstrip("/"))
    views.prepare(app)
    for blueprint in (views.pages, searching.finding, machine.machine, citing.citing):
        app.register_blueprint(blueprint)
    return app


if __name__ == "__main__":
    sys.exit(commands.main(sys.argv[1:], create_app))
