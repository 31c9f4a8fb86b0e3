"""Pages kept as bytes: rendered once, then answered from memory, whole, compressed or unchanged.

A thin WSGI layer that knows no web framework. Pages without a query string and pages with one
are kept on two shelves, so that a flood of searches cannot push the pages out.
"""

import gzip
import hashlib
import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import lru_cache
from threading import Event, Lock
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

import brotli

from reference.serving import safety

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Start = Callable[[str, Headers], Any]
Application = Callable[[Environ, Any], Iterable[bytes]]
Key = tuple[str, ...]
Note = Callable[[Environ, str, int], None]

CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=6),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
WORTH_COMPRESSING = 500
WARMED = 300
PATH = re.compile(r"<loc>(?:https?://[^/<]*)?(/[^<]*)</loc>")
HEADERS = ("HTTP_", "CONTENT_")
COMPRESSIBLE = ("text/", "application/", "image/svg")
log = logging.getLogger("reference")


class Kept(NamedTuple):
    """An answer ready to send, in one coding ("" is none)."""

    etag: str
    headers: Headers
    unchanged: Headers
    body: bytes


class Shelf:
    """Answers by key, the least recently used given up when there are too many or too large."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._lock = Lock()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Kept | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept:
                self._kept.move_to_end(key)
            return kept

    def put(self, key: Key, kept: Kept) -> None:
        """Keep an answer, unless it would take more than a quarter of the shelf."""
        size = _size(key, kept)
        if size > self._most_bytes // 4:
            return
        with self._lock:
            self._forget(self._kept.pop(key, None), key)
            self._kept[key] = kept
            self.bytes += size
            while self.bytes > self._most_bytes or len(self._kept) > self._most:
                oldest, given_up = self._kept.popitem(last=False)
                self._forget(given_up, oldest)

    def _forget(self, kept: Kept | None, key: Key) -> None:
        self.bytes -= _size(key, kept) if kept else 0


def _size(key: Key, kept: Kept) -> int:
    """What keeping an answer costs, headers and bookkeeping included."""
    return len(kept.body) + sum(map(len, key)) + 3_000


class Keeper:
    """Answers for an application: what it renders is kept, what it must not be asked is refused."""

    def __init__(self, app: Application, address: str = "", note: Note | None = None) -> None:
        self._app, self._note = app, note
        self._host = urlsplit(address).netloc or "localhost"
        self._headers = [*safety.headers(address).items(), ("Server", "reference")]
        self.stopping = Event()
        self.pages = Shelf(most=50_000, most_bytes=32 << 20)
        self._nowhere = Shelf(most=0, most_bytes=0)
        self.queries = Shelf(most=500, most_bytes=8 << 20)

    def __call__(self, environ: Environ, start: Start) -> list[bytes]:
        try:
            status, headers, body = self._answer(environ)
        except Exception:
            log.exception("A request failed")
            sentence = "Something went wrong here; it has been noted."
            status, headers, body = self._say("500 Internal Server Error", sentence)
        if self._note:
            self._note(environ, status, len(body))
        start(status, headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def _answer(self, environ: Environ) -> tuple[str, Headers, bytes]:
        method, path, query = (
            environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        )  # fmt: skip
        sent = sum(len(n) + len(v) for n, v in environ.items() if n.startswith(HEADERS))
        refused = safety.refusal(path, query, sent)
        if refused:
            return self._say(*refused)
        if method not in {"GET", "HEAD"}:
            allow = ("Allow", safety.METHODS)
            if method == "OPTIONS":
                return "204 No Content", [allow, *self._headers], b""
            return self._say("405 Method Not Allowed", "This site can only be read.", allow)
        shelf = self._shelf(path, query)
        coding = preferred(environ.get("HTTP_ACCEPT_ENCODING", ""))
        kept = shelf.get((coding, path, query))
        if not kept:
            plain = shelf.get(("", path, query))
            if not plain:
                answer = self._rendered(environ)
                if not isinstance(answer, Kept):
                    return answer
                shelf.put(("", path, query), plain := answer)
            if (kept := compressed(plain, coding)) is not plain:
                shelf.put((coding, path, query), kept)
        if matches(environ.get("HTTP_IF_NONE_MATCH", ""), kept.etag):
            return "304 Not Modified", kept.unchanged, b""
        return "200 OK", kept.headers, kept.body

    def _shelf(self, path: str, query: str) -> Shelf:
        """Where an answer is kept: nowhere, if its address is not the one the site gives it."""
        if "//" in path:
            return self._nowhere
        return self.queries if query else self.pages

    def warm(self) -> None:
        """Render the first pages of the sitemap before anybody asks for them."""
        asked: Environ = {"PATH_INFO": "/sitemap.xml", "HTTP_ACCEPT_ENCODING": "identity"}
        setup_testing_defaults(asked)
        _, _, listed = self._answer(asked)
        for path in PATH.findall(listed.decode())[:WARMED]:
            self._answer(asked | {"PATH_INFO": path, "HTTP_ACCEPT_ENCODING": "br"})
            if self.stopping.wait(0.002):  # readers come first
                return

    def _rendered(self, environ: Environ) -> Kept | tuple[str, Headers, bytes]:
        """The application's answer to a GET: as kept if it may be, else its parts.

        The Host header is replaced first, so that nothing can be built from what a reader sends.
        """
        begun: list[Any] = []
        asked = environ | {"REQUEST_METHOD": "GET", "HTTP_HOST": self._host}
        chunks = self._app(asked, lambda *answer: begun.extend(answer))
        try:
            body = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        status, headers = begun[:2]
        given = {name.lower() for name, _ in headers}
        headers = headers + [each for each in self._headers if each[0].lower() not in given]
        if status != "200 OK" or any("no-store" in v for n, v in headers if n == "Cache-Control"):
            return status, headers, body
        if "cache-control" not in given:
            headers.append(("Cache-Control", "no-cache"))
        return plain([*headers, ("Vary", "Accept-Encoding")], body)

    def _say(
        self, status: str, sentence: str, *more: tuple[str, str]
    ) -> tuple[str, Headers, bytes]:
        body = f"{sentence}\n".encode()
        kind = ("Content-Type", "text/plain; charset=utf-8")
        length = ("Content-Length", str(len(body)))
        return status, [kind, length, *more, *self._headers], body


def plain(headers: Headers, body: bytes) -> Kept:
    """An answer as rendered, with a strong ETag made from its bytes."""
    return _kept(headers, f'"{hashlib.sha256(body).hexdigest()[:20]}"', body)


def compressed(kept: Kept, coding: str) -> Kept:
    """The same answer in a coding, with that coding's own ETag, or as it is where that is best."""
    kind = dict(kept.headers).get("Content-Type", "")
    if not coding or len(kept.body) < WORTH_COMPRESSING or not kind.startswith(COMPRESSIBLE):
        return kept
    headers = [*kept.headers, ("Content-Encoding", coding)]
    return _kept(headers, f'{kept.etag[:-1]}-{coding}"', CODINGS[coding](kept.body))


def _kept(headers: Headers, etag: str, body: bytes) -> Kept:
    told = [(name, value) for name, value in headers if name not in {"ETag", "Content-Length"}]
    told.append(("ETag", etag))
    unchanged = [each for each in told if each[0] not in {"Content-Type", "Content-Encoding"}]
    return Kept(etag, [*told, ("Content-Length", str(len(body)))], unchanged, body)


@lru_cache(256)
def preferred(accepted: str) -> str:
    """The coding to answer in, given an Accept-Encoding header: the reader's, then ours.

    As RFC 9110 has it: `br;q=0` refuses, `*` stands for all not named.
    """
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, parameter = part.partition(";")
        given = parameter.replace(" ", "")
        try:
            weights[name.strip()] = float(given.removeprefix("q=")) if given else 1.0
        except ValueError:
            weights[name.strip()] = 0.0
    others = weights.get("*", 0.0)
    best, weight = "", weights.get("identity", 0.0)
    for coding in reversed(CODINGS):
        wanted = weights.get(coding, others)
        if wanted > 0 and wanted >= weight:
            best, weight = coding, wanted
    return best


def matches(asked: str, etag: str) -> bool:
    """Whether an If-None-Match header names an ETag: in a list, weakly, or as `*`."""
    if not asked:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in asked.split(",")}
    return etag in tags or "*" in tags
