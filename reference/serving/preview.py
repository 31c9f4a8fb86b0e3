"""The site as its editor sees it while writing (`--debug`).

What is wrong with the content stands in a band at the top of each page, above what was good last;
and a page loads itself again once the site has been made anew.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import count
from pathlib import Path

from werkzeug.wrappers import Response

from reference.problems import ContentError
from reference.serving.cache import Application, Environ, StartResponse

SCRIPT = "/preview.js"
STYLE = "/preview.css"
STATE = "/preview.txt"
FILES = {SCRIPT: "text/javascript", STYLE: "text/css"}
HERE = Path(__file__).parent
NOTHING_YET = (
    "<!doctype html>\n"
    '<html lang="en"><head><meta charset="utf-8"><title>Nothing to show yet</title></head>\n'
    "<body><main><h1>Nothing to show yet</h1>\n"
    "<p>The site appears here once its content is right.</p></main></body></html>\n"
)
numbers = count(1)
log = logging.getLogger("reference")


class PreviewMaker:
    """Makes the site anew each time it is called; where it cannot, the last good one is shown."""

    def __init__(self, make_site: Callable[[], Application]) -> None:
        self._make_site = make_site
        self._last_good: Application = Response(
            NOTHING_YET, mimetype="text/html"
        )

    def __call__(self) -> "Preview":
        """Return the site, or the last good one with the problems of the content as it is."""
        problems: list[str] = []
        try:
            self._last_good = self._make_site()
        except ContentError as error:
            log.error("%s\nThe last good content is still shown.", error)
            problems = [str(problem) for problem in error.problems]
        return Preview(self._last_good, problems)


class Preview:
    """A site with a band that says what is wrong, whose pages load themselves again."""

    def __init__(
        self, application: Application, problems: Sequence[str]
    ) -> None:
        self._application = application
        self._problems = problems
        self._state = f"made {next(numbers)}"

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request, as WSGI has it (PEP 3333)."""
        response = self._response(environ)
        response.headers["Cache-Control"] = "no-store"
        return response(environ, start_response)

    def _response(self, environ: Environ) -> Response:
        """Return a file of the preview's own, or what the site answers; a page gets the band."""
        path = environ["PATH_INFO"]
        if path == STATE:
            return Response(self._state, mimetype="text/plain")
        if path in FILES:
            file = HERE / path.strip("/")
            return Response(file.read_bytes(), mimetype=FILES[path])
        response = Response.from_app(
            self._application, asking_for_plain(environ), buffered=True
        )
        is_page = response.mimetype == "text/html"
        if is_page and environ["REQUEST_METHOD"] == "GET":
            page = response.get_data(as_text=True)
            response.set_data(self._with_band(page))
        return response

    def _with_band(self, page: str) -> str:
        """Return a page with what a preview adds to it.

        In its head: the band's style, and the script that loads the page again once the site has
        been made anew. After `<body …>`: the band, if there are problems.
        """
        end_of_head = (
            f'<link rel="stylesheet" href="{STYLE}">\n'
            f'<script src="{SCRIPT}" data-state="{self._state}" defer></script>\n</head>'
        )
        page = page.replace("</head>", end_of_head, 1)
        if not self._problems:
            return page
        start_of_tag = page.find("<body")
        end_of_tag = page.find(">", start_of_tag) + 1
        return page[:end_of_tag] + self._band() + page[end_of_tag:]

    def _band(self) -> str:
        """Return the problems of the content as a section of HTML."""
        items = "".join(
            f"<li>{escape(problem)}</li>" for problem in self._problems
        )
        return (
            '<section class="preview-problems" aria-label="Problems in the content">'
            "<p><strong>What is wrong with the content</strong> (the last good one is shown)</p>"
            f"<ol>{items}</ol></section>"
        )


def asking_for_plain(environ: Environ) -> Environ:
    """Return a request without the headers that ask for a compressed or a "not modified" answer.

    The band could be put into neither.
    """
    plain = dict(environ)
    plain.pop("HTTP_ACCEPT_ENCODING", None)
    plain.pop("HTTP_IF_NONE_MATCH", None)
    return plain
