"""Pages kept as bytes: made once, then answered from memory, whole, compressed or unchanged.

Plain WSGI round whatever application it is given. Pages without a query and pages with one are kept
on two shelves, so that a flood of searches cannot push the pages out.
"""

import gzip
import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple

import brotli
from cachetools import LRUCache, cached
from werkzeug.http import parse_accept_header, parse_etags, remove_entity_headers
from werkzeug.wrappers import Response

from reference.serving import headers

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]
Note = Callable[[Environ, str], None]

CODINGS: dict[str, Callable[[bytes, int], bytes]] = {
    "br": lambda body, quality: brotli.compress(body, quality=quality),
    "gzip": lambda body, quality: gzip.compress(body, min(quality, 9), mtime=0),
}
COMPRESSIBLE, WORTH_COMPRESSING = ("text/", "application/", "image/svg"), 500
PAGES, SEARCHES = 32 << 20, 8 << 20
"""Bytes kept of answers at addresses without a query, and of those at addresses with one."""


class Answer(NamedTuple):
    """An answer ready to send: its status, its headers, its body, and its ETag if it is kept."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    etag: str | None = None


class Cache:
    """Answers for an application, from what is kept of it where it may be kept."""

    def __init__(self, app: Application, address: str, note: Note | None = None) -> None:
        """`address` is the site's public one: nothing is made from the Host a reader sends.
        `note` is told each request and its status."""
        self._app, self._address, self._note = app, address, note
        self.page = cached(LRUCache(PAGES, _size), _key, Lock())(self._make)
        self.search = cached(LRUCache(SEARCHES, _size), _key, Lock())(self._make)

    def __call__(self, environ: Environ, start: Any) -> list[bytes]:
        status, sent, body, etag = self._answer(environ)
        asked = environ.get("HTTP_IF_NONE_MATCH")
        if asked and etag and parse_etags(asked).contains_weak(etag):
            status, sent, body = "304 Not Modified", [*sent], b""
            remove_entity_headers(sent)
        start(status, sent)
        if self._note:
            self._note(environ, status)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def _answer(self, environ: Environ) -> Answer:
        if refused := headers.too_large(environ):
            status, sentence = refused
            kind = ("Content-Type", "text/plain; charset=utf-8")
            return Answer(status, [kind, *headers.of("", self._address).items()], sentence.encode())
        coding = preferred(environ.get("HTTP_ACCEPT_ENCODING", ""))
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self._make(environ, coding)
        shelf = self.search if environ.get("QUERY_STRING") else self.page
        return shelf(environ | {"REQUEST_METHOD": "GET"}, coding)

    def _make(self, environ: Environ, coding: str) -> Answer:
        """The application's answer in a coding, with an ETag if it is whole and may be kept."""
        host = {"HTTP_HOST": self._address.partition("://")[2] or "localhost"}
        made = Response.from_app(self._app, environ | host, buffered=True)
        if made.status_code == 200 and not made.cache_control.no_store:
            body, kind = made.get_data(), made.mimetype or ""
            if coding and len(body) >= WORTH_COMPRESSING and kind.startswith(COMPRESSIBLE):
                quality = 11 if environ["PATH_INFO"].startswith("/static/") else 6  # every page's
                made.set_data(CODINGS[coding](body, quality))
                made.headers["Content-Encoding"] = coding
            made.headers["Vary"] = "Accept-Encoding"
            made.add_etag()
        etag, _ = made.get_etag()
        return Answer(made.status, made.headers.to_wsgi_list(), made.get_data(), etag)


def _key(environ: Environ, coding: str) -> tuple[str, str, str]:
    return coding, environ["PATH_INFO"], environ.get("QUERY_STRING", "")


def _size(answer: Answer) -> float:
    """Bytes that an answer takes to keep, with its headers, about; too many for one that must not
    be kept."""
    return len(answer.body) + 3_000 if answer.etag else math.inf


@lru_cache(256)
def preferred(accepted: str) -> str:
    """The coding to answer in, given an Accept-Encoding header (RFC 9110, 12.5.3); "" is none."""
    best = parse_accept_header(accepted).best_match([*CODINGS, "identity"])
    return best if best in CODINGS else ""
