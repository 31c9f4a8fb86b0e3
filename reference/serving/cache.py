"""Answers kept as bytes: made once by the application, then sent from memory.

    request -> bounds -> the parameters its page is made from -> a kept answer, or a new one
            -> "not modified", or the bytes

Plain WSGI middleware, put round an application as Flask's manual has it:
`app.wsgi_app = Cache(app.wsgi_app, ...)`. So any WSGI server sends what the site's own does.
"""

import gzip
import logging
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Mapping,
    MutableMapping,
    Sequence,
)
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

import brotli
from cachetools import LRUCache
from werkzeug.http import (
    parse_accept_header,
    parse_etags,
    remove_entity_headers,
)
from werkzeug.test import create_environ
from werkzeug.wrappers import Response

from reference.serving import headers
from reference.serving.bounds import refusal

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
log = logging.getLogger("reference")

PAGES_BYTES = 32 << 20
"""What is kept of answers at addresses without a query."""
SEARCHES_BYTES = 8 << 20
"""What is kept of answers at addresses with one: a flood of searches cannot push the pages out."""
BYTES_BESIDE_BODY = 3_000
"""About what keeping an answer takes beside its body."""

SMALLEST_TO_COMPRESS = 500
COMPRESSIBLE = ("text/", "application/", "image/svg")
BROTLI_QUALITY_ONCE = 11
"""For static files: they are compressed once for all pages."""
BROTLI_QUALITY = 6
GZIP_LEVEL = 6

FAILED = (
    "<!doctype html>\n"
    '<html lang="en"><meta charset="utf-8"><title>This page could not be made</title>\n'
    "<h1>This page could not be made</h1>\n"
    "<p>The fault is the site’s, not yours, and has been noted. "
    '<a href="/">Go to the first page</a>.</p></html>\n'
)
"""The page of last resort: it needs no template, as a template may be what failed."""


class Answer(NamedTuple):
    """An answer ready to send; `etag` is None where it must not be kept."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    etag: str | None = None


class Key(NamedTuple):
    """What tells one kept answer from another."""

    path: str
    query: str
    coding: str


Shelf = MutableMapping[Key, Answer]


@dataclass(frozen=True)
class Addresses:
    """What a cache must know of an application's addresses.

    `parameters`: path, without the slashes at its ends -> the names of what its page is made from,
    in their order (`{"search": ("q", "page")}`); any other path has none. `files`: the paths of
    files of the whole library, which are large and slow to make: once made they are kept, whatever
    else is asked.
    """

    public: str = ""
    parameters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Collection[str] = ()


class Cache:
    """An application whose answers are kept where they may be."""

    def __init__(self, application: Application, addresses: Addresses) -> None:
        self._application = application
        self._addresses = addresses
        self._lock = Lock()
        self.pages: Shelf = LRUCache(PAGES_BYTES, size_of)
        self.searches: Shelf = LRUCache(SEARCHES_BYTES, size_of)
        self.files: Shelf = {}

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> list[bytes]:
        """Answer a request, as WSGI has it (PEP 3333).

        A reader who names the answer's ETag has it already, and gets 304 without a body.
        """
        answer = self._answer(environ)
        etags_of_reader = parse_etags(environ.get("HTTP_IF_NONE_MATCH"))
        if answer.etag and etags_of_reader.contains_weak(answer.etag):
            answer = not_modified(answer)
        start_response(answer.status, answer.headers)
        if environ["REQUEST_METHOD"] == "HEAD":
            return [b""]
        return [answer.body]

    def make_files(self) -> None:
        """Make the files of the whole library now, in every coding.

        A server does so before it forks its workers: they share the bytes, and no reader waits.
        """
        for path in self._addresses.files:
            response = self._respond(create_environ(path))
            if not may_be_kept(response):
                continue
            for coding in ("", *CODINGS):
                self.files[Key(path, "", coding)] = answer_in(
                    coding, response, path
                )

    def _answer(self, environ: Environ) -> Answer:
        """Return the answer to a request: a refusal, one that is kept, or a new one."""
        refused = refusal(environ)
        if refused:
            sentence = f"{refused.sentence}\n"
            return self._plain(refused.status, sentence, "text/plain")
        key = self._key(environ)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._make(environ, key.coding)
        shelf = self._shelf(key)
        with self._lock:
            answer = shelf.get(key)
        if answer is not None:
            return answer
        # HEAD is answered from what GET gives, and parameters that make no
        # difference are left out: one answer is made and kept for them all.
        request = environ | {
            "REQUEST_METHOD": "GET",
            "QUERY_STRING": key.query,
        }
        answer = self._make(request, key.coding)
        self._keep(answer, shelf, key)
        return answer

    def _key(self, environ: Environ) -> Key:
        """Return what tells a request's answer from others: its path, known parameters, coding."""
        path = environ["PATH_INFO"]
        query = environ.get("QUERY_STRING", "")
        if query:
            names = self._addresses.parameters.get(path.strip("/"), ())
            query = known_parameters(query, names)
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
        return Key(path, query, preferred_coding(accepted))

    def _shelf(self, key: Key) -> Shelf:
        """Return where the answer to a request is kept, if it is."""
        if key.path in self._addresses.files:
            return self.files
        if key.query:
            return self.searches
        return self.pages

    def _keep(self, answer: Answer, shelf: Shelf, key: Key) -> None:
        """Keep an answer, if it may be kept and is not larger than its whole shelf."""
        if answer.etag is None:
            return
        # cachetools raises ValueError for what is larger than its shelf.
        with self._lock, suppress(ValueError):
            shelf[key] = answer

    def _make(self, environ: Environ, coding: str) -> Answer:
        """Return the application's answer to a request, or a page that says that it failed.

        `coding` is a key of CODINGS, or "": an answer that may be kept is compressed so.
        """
        path = environ["PATH_INFO"]
        try:
            response = self._respond(environ)
        except Exception:
            log.exception("No answer could be made at %r", path)
            status = "500 Internal Server Error"
            return self._plain(status, FAILED, "text/html")
        if environ["REQUEST_METHOD"] == "GET" and may_be_kept(response):
            return answer_in(coding, response, path)
        return Answer(
            response.status,
            response.headers.to_wsgi_list(),
            response.get_data(),
        )

    def _respond(self, environ: Environ) -> Response:
        """Return the application's response, whatever host the reader says that this is."""
        host = self._addresses.public.partition("://")[2] or "localhost"
        return Response.from_app(
            self._application, environ | {"HTTP_HOST": host}, buffered=True
        )

    def _plain(self, status: str, text: str, media_type: str) -> Answer:
        """Return an answer that needs no application."""
        body = text.encode()
        code = int(status[:3])
        sent_headers = headers.of_answer("", code, self._addresses.public)
        sent_headers["Content-Type"] = f"{media_type}; charset=utf-8"
        sent_headers["Content-Length"] = str(len(body))
        return Answer(status, list(sent_headers.items()), body)


def may_be_kept(response: Response) -> bool:
    """Return whether a response is the same for every reader until the site is made anew."""
    return response.status_code == 200 and not response.cache_control.no_store


def answer_in(coding: str, response: Response, path: str) -> Answer:
    """Return a response as an answer that can be kept: compressed, with an ETag of its bytes.

    `coding` is a key of CODINGS, or "" for a reader who takes no compressed answer. `path` is the
    address of the response: static files, which change rarely, are compressed harder.
    """
    body = response.get_data()
    encoded = Response(status=response.status, headers=response.headers.copy())
    encoded.headers["Vary"] = "Accept-Encoding"
    if coding and is_worth_compressing(response):
        compress = CODINGS[coding]
        is_static = path.startswith("/static/")
        body = compress(body, is_static)
        encoded.headers["Content-Encoding"] = coding
    encoded.set_data(body)
    encoded.add_etag()
    etag = encoded.get_etag()[0]
    headers_sent = encoded.headers.to_wsgi_list()
    return Answer(encoded.status, headers_sent, body, etag)


def size_of(answer: Answer) -> int:
    """Return about how many bytes it takes to keep an answer."""
    return len(answer.body) + BYTES_BESIDE_BODY


def not_modified(answer: Answer) -> Answer:
    """Return the answer to a reader who has this one already."""
    sent_headers = list(answer.headers)
    remove_entity_headers(sent_headers)
    return Answer("304 Not Modified", sent_headers, b"", answer.etag)


def known_parameters(query: str, names: Sequence[str]) -> str:
    """Return a query with nothing but the parameters of these names, in the order of the names.

    So that one answer is kept for all addresses that differ only in parameters that change nothing.
    Where `q` and `page` are the names, `fbclid=1&page=2&q=junk` gives `q=junk&page=2`.
    """
    pairs_by_name: dict[str, list[str]] = {name: [] for name in names}
    for pair in query.split("&"):
        quoted_name = pair.partition("=")[0]
        name = unquote_plus(quoted_name)
        if name in pairs_by_name:
            pairs_by_name[name].append(pair)
    return "&".join(chain.from_iterable(pairs_by_name.values()))


@lru_cache(256)
def preferred_coding(accepted: str) -> str:
    """Return the coding that a reader likes best of ours: a key of CODINGS, or "" for none.

    `accepted` is an Accept-Encoding header (RFC 9110, 12.5.3): `gzip;q=0.5, br` gives `br`.
    """
    best = parse_accept_header(accepted).best_match([*CODINGS, "identity"])
    if best in CODINGS:
        return best
    return ""


def is_worth_compressing(response: Response) -> bool:
    """Return whether a response is large enough, and of a kind, to be sent compressed."""
    large = len(response.get_data()) >= SMALLEST_TO_COMPRESS
    return large and (response.mimetype or "").startswith(COMPRESSIBLE)


def compress_with_brotli(body: bytes, once: bool) -> bytes:
    """Return bytes in Brotli; better and slower for what is compressed `once`."""
    quality = BROTLI_QUALITY_ONCE if once else BROTLI_QUALITY
    compressed: bytes = brotli.compress(body, quality=quality)
    return compressed


def compress_with_gzip(body: bytes, once: bool) -> bytes:
    """Return bytes in gzip, the same each time."""
    return gzip.compress(body, 9 if once else GZIP_LEVEL, mtime=0)


CODINGS: dict[str, Callable[[bytes, bool], bytes]] = {
    "br": compress_with_brotli,
    "gzip": compress_with_gzip,
}
"""How a body is compressed, by the coding's name; the first is preferred."""
