"""Pages kept as bytes: made once, then answered from memory, whole, compressed or unchanged.

Plain WSGI, which knows no web framework. Pages without a query and pages with one are kept on two
shelves, so that a flood of searches cannot push the pages out.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterable
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple

import brotli
from cachetools import LRUCache
from werkzeug.http import parse_accept_header, parse_etags, remove_entity_headers
from werkzeug.wrappers import Response

from reference.serving import headers

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Application = Callable[[Environ, Any], Iterable[bytes]]
Key = tuple[str, str, str]
Note = Callable[[Environ, str], None]

CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=6),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
COMPRESSIBLE, WORTH_COMPRESSING = ("text/", "application/", "image/svg"), 500
PAGES, SEARCHES = 32 << 20, 8 << 20
"""Bytes kept of answers at addresses without a query, and of those at addresses with one."""


class Answer(NamedTuple):
    """An answer ready to send: its status, its headers, its body, and its ETag if it is kept."""

    status: str
    headers: Headers
    body: bytes
    etag: str = ""


class Cache:
    """Answers for an application, from what is kept of it where it may be kept."""

    def __init__(self, app: Application, address: str = "", note: Note | None = None) -> None:
        """`address` is the site's public one: nothing is made from the Host a reader sends."""
        self._app, self._address, self._note = app, address, note
        self._lock = Lock()
        self.pages: LRUCache[Key, Answer] = LRUCache(PAGES, _size)
        self.searches: LRUCache[Key, Answer] = LRUCache(SEARCHES, _size)

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
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        sent = sum([len(environ[name]) for name in environ if name[:5] == "HTTP_"])
        if refused := headers.too_large(len(path) + len(query), sent):
            kind = ("Content-Type", "text/plain; charset=utf-8")
            said = [kind, *headers.of("", self._address).items()]
            return Answer(refused[0], said, f"{refused[1]}\n".encode())
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self._made(environ)
        shelf = self.searches if query else self.pages
        coding = preferred(environ.get("HTTP_ACCEPT_ENCODING", ""))
        with self._lock:
            kept = shelf.get((coding, path, query))
            whole = kept or shelf.get(("", path, query))
        if not whole:
            whole = self._made(environ | {"REQUEST_METHOD": "GET"})
            self._keep(shelf, ("", path, query), whole)
        if not kept:
            kept = compressed(whole, coding)
            self._keep(shelf, (coding, path, query), kept)
        return kept

    def _keep(self, shelf: LRUCache[Key, Answer], key: Key, answer: Answer) -> None:
        """Keep an answer that may be kept, unless it would take much of its shelf."""
        if answer.etag and _size(answer) < shelf.maxsize / 4:
            with self._lock:
                shelf[key] = answer

    def _made(self, environ: Environ) -> Answer:
        """The application's answer, with an ETag if it is whole and may be kept."""
        host = {"HTTP_HOST": self._address.partition("://")[2] or "localhost"}
        made = Response.from_app(self._app, environ | host, buffered=True)
        sent, body = made.headers.to_wsgi_list(), made.get_data()
        if made.status != "200 OK" or made.cache_control.no_store:
            return Answer(made.status, sent, body)
        return tagged([*sent, ("Vary", "Accept-Encoding")], body)


def _size(answer: Answer) -> int:
    """Bytes that an answer takes to keep, with its headers, about."""
    return len(answer.body) + 3_000


def tagged(sent: Headers, body: bytes) -> Answer:
    """A whole answer, with a strong ETag made from its bytes and the length they have."""
    etag = hashlib.sha256(body).hexdigest()[:20]
    told = [each for each in sent if each[0] not in {"ETag", "Content-Length"}]
    told += [("ETag", f'"{etag}"'), ("Content-Length", str(len(body)))]
    return Answer("200 OK", told, body, etag)


def compressed(answer: Answer, coding: str) -> Answer:
    """The same answer in a coding, with that coding's own ETag, or as it is where that is best."""
    kind = dict(answer.headers).get("Content-Type", "")
    small = len(answer.body) < WORTH_COMPRESSING or not kind.startswith(COMPRESSIBLE)
    if small or not coding or not answer.etag:
        return answer
    return tagged([*answer.headers, ("Content-Encoding", coding)], CODINGS[coding](answer.body))


@lru_cache(256)
def preferred(accepted: str) -> str:
    """The coding to answer in, given an Accept-Encoding header (RFC 9110, 12.5.3); "" is none."""
    best = parse_accept_header(accepted).best_match([*CODINGS, "identity"])
    return best if best in CODINGS else ""
