"""The static copy: the whole site as files, made by driving the app itself.

It is written aside, beside the folder it is meant for, and takes that folder's place in one step;
whatever goes wrong before then, the folder is as it was.
"""

import fcntl
import os
import shutil
import signal
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, render_template
from flask.testing import FlaskClient
from flask_frozen import Freezer, FrozenFlaskWarning
from werkzeug.exceptions import HTTPException

from reference.export import copied, static_search
from reference.export.swapping import swap
from reference.pages.machine import paths
from reference.pages.site import Site
from reference.serving import safety

MARKER = ".static-copy"
POLICY = "Content-Security-Policy"
OWN = (POLICY, "Cache-Control")
ASK_AGAIN = {"Cache-Control": "no-cache"}
"""As the site is served: what has no fingerprint in its name is asked for again each time."""
MISSING, MISSING_FILE = "/404/", "/404.html"
LIVE_ONLY = {
    "machine.healthz",
    "finding.search_json",
    "finding.suggest",
    "citing.collection_file",
}
"""Endpoints that answer questions, which files cannot."""
ADDRESSED = {"machine.sitemap", "machine.opensearch"}
"""Endpoints that must name the site by its whole address: without one, they are left out."""
EVERYWHERE = "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
SEARCHER = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
"""The policy of Pagefind's worker, which compiles WebAssembly; pages themselves never may."""

Say = Callable[[str], None]


class ExportError(Exception):
    """Raised when no copy was made; says why, and that the folder is as it was."""


def export(make: Callable[[], Flask], folder: Path, say: Say) -> None:
    """Make the site with `make` and write it to `folder`. Raises ExportError.

    `folder` may be missing, empty, or an earlier copy, whose place the new one takes whole.
    """
    folder = folder.resolve()
    _refuse(folder)
    _clear_abandoned(folder)
    aside = folder.with_name(f"{folder.name}.tmp-{uuid.uuid4().hex[:12]}")
    try:
        stop = _Stop()
        aside.mkdir(parents=True)
        with stop.listening(), _locked(aside):
            _write(make(), aside, say, stop)
            _refuse(folder)
            stop.heed()
            swap(aside, folder)
            say(f"{folder.name}: whole and in place")
    except OSError as error:
        raise ExportError(f"{error.strerror or error}; {folder.name} is as it was") from None
    except KeyboardInterrupt:
        say(f"interrupted; {folder.name} is whole, as it was or new")
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _refuse(folder: Path) -> None:
    """Never take the place of anything but a copy: a marker lists what is in one."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        listed = {MARKER, *(folder / MARKER).read_text(encoding="utf-8").splitlines()[1:]}
    except OSError:
        raise ExportError(f"{folder} is not a static copy of this site: name another") from None
    strange = sorted(path.name for path in folder.iterdir() if path.name not in listed)
    if strange:
        raise ExportError(f"{folder} holds {strange[0]}, which no export wrote: move it away")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a lock on a folder, by which it is seen to be in use. OSError if another does."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _clear_abandoned(folder: Path) -> None:
    """Remove what an export that was killed left beside the folder; one at work holds a lock."""
    for path in folder.parent.glob(f"{folder.name}.tmp-*"):
        with suppress(OSError), _locked(path):
            shutil.rmtree(path)


class _Stop:
    """Whether we were asked to end (SIGINT, SIGTERM); heeded only where nothing is half done."""

    def __init__(self) -> None:
        self.asked = False

    def heed(self) -> None:
        if self.asked:
            raise KeyboardInterrupt

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While it lasts, being told to end is noted; elsewhere than in the main thread, not."""
        try:
            before = {n: signal.signal(n, self._ask) for n in (signal.SIGINT, signal.SIGTERM)}
        except ValueError:
            before = {}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _write(app: Flask, folder: Path, say: Say, stop: _Stop) -> None:
    """Write the whole copy into an empty folder."""
    copy = _Copy(app)
    app.view_functions["finding.search"] = lambda: render_template("copy_search.html")
    app.view_functions["citing.collection"] = lambda: render_template("copy_collection.html")
    app.extensions["copy"] = copy
    app.test_client_class = _Reader
    app.config.update(
        FREEZER_DESTINATION=str(folder),
        FREEZER_IGNORE_MIMETYPE_WARNINGS=True,  # .ris and .bib are not known to every system
        FREEZER_REMOVE_EXTRA_FILES=False,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error", FrozenFlaskWarning)
        try:
            with closing(_Freezer(app, copy).freeze_yield()) as written:
                for number, _ in enumerate(written, 1):
                    stop.heed()
                    if number % 500 == 0:
                        say(f"{number} addresses written")
        except (ValueError, FrozenFlaskWarning) as error:
            raise ExportError(str(error)) from None
    say(f"{number} addresses written; indexing them for search")
    missing = app.test_client().get(MISSING).get_data()
    (folder / MISSING_FILE.lstrip("/")).write_bytes(missing)
    try:
        static_search.index(folder)
    except static_search.IndexingFailed as error:
        stop.heed()  # told to end, Pagefind may have been told too
        raise ExportError(f"Pagefind could not index the pages: {error}") from None
    names = sorted({path.name for path in folder.iterdir()} | {".nojekyll", "_headers"})
    (folder / ".nojekyll").touch()
    (folder / "_headers").write_text(headers(copy, names), encoding="utf-8")
    listed = "\n".join(names)
    told = "Written by `python app.py export`, which replaces this folder whole:"
    (folder / MARKER).write_text(f"{told}\n{listed}\n", encoding="utf-8")


class _Copy:
    """The copy being made: what its pages link to, and the headers the site sends with them."""

    def __init__(self, app: Flask) -> None:
        self.site: Site = app.extensions["site"]
        self.adapter = app.url_map.bind("localhost")
        self.endpoints: set[str] = set()
        self.linked: dict[str, str] = {}
        self.headers: dict[str, dict[str, str]] = {}

    @property
    def left_out(self) -> set[str]:
        """Endpoints the copy has no files for."""
        return LIVE_ONLY if self.site.address else LIVE_ONLY | ADDRESSED

    @property
    def root(self) -> str:
        """Where the copy begins on whatever host it is put: a missing page is shown at any depth.

        It names no host, as on another (a preview, www) a page's own policy would bar its files.
        """
        return urlsplit(self.site.address).path.rstrip("/") + "/"

    def note(self, path: str, sent: Any) -> None:
        """Keep the headers of an answer for the part of the copy it is the first of."""
        self.headers.setdefault(path.strip("/").partition("/")[0], dict(sent))

    def take(self, path: str, kind: str, text: str, sent: Any) -> str:
        """A text the site sent, as the copy has it."""
        if kind == "text/html":
            policy = copied.policy(sent.get(POLICY, ""))
            head = policy + copied.facets(self.site.library, path)
            root = self.root if path == MISSING_FILE else None
            return copied.page(text, path, lambda to: self.link(to, path), head, root)
        if path == "/opensearch.xml":
            return copied.description(text)
        return copied.data(text, path) if kind.endswith("json") else text

    def link(self, to: str, page: str) -> None:
        self.linked.setdefault(to, page)


class _Reader(FlaskClient):
    """Reads the site as anyone does, and hands on what it read as the copy has it."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        response = super().open(*args, **kwargs)
        if response.cache_control.no_store and response.status_code == 200:
            raise ValueError(f"{response.request.path}: its references cannot be set just now")
        copy: _Copy = self.application.extensions["copy"]
        path = MISSING_FILE if response.request.path == MISSING else response.request.path
        copy.note(path, response.headers)
        kind = response.mimetype or ""
        if kind.startswith("text/") or kind.endswith(("json", "xml")):
            text = response.get_data(as_text=True)
            response.set_data(copy.take(path, kind, text, response.headers))
        return response


class _Freezer(Freezer):  # type: ignore[misc]
    """Writes every page, every address that is one file, and whatever any page links to."""

    def __init__(self, app: Flask, copy: _Copy) -> None:
        super().__init__(
            app, with_static_files=False, with_no_argument_rules=False, log_url_for=False
        )
        self.copy = copy
        for generator in (paths, self.files, self.linked):
            self.register_generator(lambda found=generator: map(self.known, found()))

    def files(self) -> Iterator[str]:
        for rule in self.app.url_map.iter_rules():
            if not rule.arguments and rule.endpoint not in self.copy.left_out:
                yield rule.rule

    def linked(self) -> Iterator[str]:
        """Addresses that pages link to, those included that are found on the way."""
        done: set[str] = set()
        while waiting := [path for path in self.copy.linked if path not in done]:
            done.update(waiting)
            yield from waiting

    def known(self, path: str) -> str:
        """The path, if the site has anything there. Raises ValueError if not."""
        try:
            endpoint, _ = self.copy.adapter.match(path)
        except HTTPException:
            page = self.copy.linked.get(path, "the list of pages")
            raise ValueError(f"{page} links to {path}, where there is nothing") from None
        self.copy.endpoints.add(endpoint)
        return path

    def _check_endpoints(self, seen: set[str]) -> None:
        """Endpoints that no page was made for are an error, but for those that cannot have one."""
        super()._check_endpoints(self.copy.endpoints | self.copy.left_out)


def headers(copy: _Copy, names: list[str]) -> str:
    """A `_headers` file: the site's own headers, for hosts that read one (Netlify, Cloudflare).

    Such hosts join what several rules say of one header, so that a policy stands in one rule
    only; what is under `/*` holds beside every one of them.
    """
    rules = {"/*": safety.headers(copy.site.address) | {POLICY: EVERYWHERE}}
    for name in ["", *(name for name in names if name in copy.headers)]:
        directory = name and not Path(name).suffix
        path = f"/{name}/*" if directory else f"/{name}"
        own = {key: copy.headers[name][key] for key in OWN if key in copy.headers[name]}
        rules[path] = ASK_AGAIN | own
    rules["/pagefind/*"] = ASK_AGAIN | {POLICY: SEARCHER}
    return "\n".join(
        f"{path}\n" + "".join(f"  {name}: {value}\n" for name, value in said.items())
        for path, said in rules.items()
    )
