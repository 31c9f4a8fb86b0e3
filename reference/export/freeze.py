"""The static copy: the whole site as files, made by asking the app for its own addresses.

It is written aside, beside the folder it is meant for, and then takes that folder's place; whatever
goes wrong before, the folder is as it was.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

from flask import Flask, render_template

from reference.export import ExportError, relink, static_search
from reference.pages.machine import paths
from reference.pages.site import Site
from reference.serving import headers

MARKER = ".static-copy"
LIVE_ONLY = {"/healthz", "/search.json", "/suggest.json"}
"""Addresses that answer questions, which files cannot."""
ADDRESSED = {"/sitemap.xml", "/opensearch.xml"}
"""Addresses that must name the site by its whole address: without one, they are left out."""
BUNDLE = "/pagefind/"
EVERYWHERE = "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
SEARCHER = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
"""The policy of Pagefind's worker, which compiles WebAssembly; pages themselves never may."""

Say = Callable[[str], None]


def export(make: Callable[[], Flask], folder: Path, say: Say) -> None:
    """Make the site with `make` and write it to `folder`. Raises ExportError.

    `folder` may be missing, empty, or an earlier copy, whose place the new one takes whole.
    """
    folder = folder.resolve()
    _refuse(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as aside:
            _Copy(make(), Path(aside, "new")).write(Path(aside, "records"), say)
            _refuse(folder)
            _swap(Path(aside, "new"), folder, Path(aside, "old"))
        say(f"{folder.name}: whole and in place")
    except OSError as error:
        raise ExportError(f"{error.strerror or error}; {folder.name} is as it was") from None
    except KeyboardInterrupt:
        say(f"interrupted; {folder.name} is whole, as it was or new")
        raise


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


def _swap(new: Path, folder: Path, old: Path) -> None:
    """Put `new` where `folder` is, and that at `old`; or else leave it where it is."""
    try:
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise


class _Copy:
    """A copy being written into a folder."""

    def __init__(self, app: Flask, folder: Path) -> None:
        app.view_functions["finding.search"] = lambda: render_template("copy_search.html")
        app.view_functions["citing.collection"] = lambda: render_template("copy_collection.html")
        self.app, self.folder = app, folder
        self.site: Site = app.extensions["site"]
        self.client = app.test_client()
        self.left_out = LIVE_ONLY if self.site.address else LIVE_ONLY | ADDRESSED
        self.led_by: dict[str, str] = {}
        """Each address of the copy -> what leads there first, in the order they are met."""

    def write(self, records: Path, say: Say) -> None:
        """Write all of it. Raises ExportError for every address and link that gives nothing."""
        self.led_by = dict.fromkeys(self.addresses(), "the list of pages")
        wrong = []
        for path in self.met():
            if not self.take(path):
                wrong.append(f"{self.led_by[path]} leads to {path}, where there is nothing")
        if wrong:
            raise ExportError("\n".join(wrong))
        missing = self.client.get("/404").get_data(as_text=True)
        self.put("/404.html", self.page(missing, urlsplit(self.site.address).path + "/"))
        say(f"{len(self.led_by)} addresses written; indexing them for search")
        static_search.index(self.site.library, records, self.folder / BUNDLE.strip("/"))
        names = sorted({".nojekyll", "_headers", *(path.name for path in self.folder.iterdir())})
        self.put("/.nojekyll", b"")
        self.put("/_headers", sent(self.site.address, names).encode())
        told = "Written by `python app.py export`, which replaces this folder whole:"
        self.put(f"/{MARKER}", "\n".join([told, *names, ""]).encode())

    def addresses(self) -> Iterator[str]:
        """Every page, every address that is one file, every claim that has moved."""
        with self.app.test_request_context():
            yield from paths()
        rules = (rule.rule for rule in self.app.url_map.iter_rules() if not rule.arguments)
        yield from (rule for rule in rules if rule not in self.left_out)
        yield from (f"/claims/{id}/" for id in self.site.library.moved)

    def met(self) -> Iterator[str]:
        """Each address, those included that are met on the way."""
        done = 0
        while waiting := [*self.led_by][done:]:
            done += len(waiting)
            yield from waiting

    def take(self, path: str) -> bool:
        """Ask the app for an address and write what it gives; whether it gave anything."""
        got = self.client.get(path)
        kind, body, prefix = got.mimetype or "", got.get_data(), "../" * (path.count("/") - 1)
        if got.location in self.led_by:
            to = prefix + got.location.removeprefix("/")
            canonical = self.site.address + got.location if self.site.address else to
            body = self.page(relink.moved(to, canonical), prefix)
        elif got.status_code != 200 or path in self.left_out:
            return False
        elif kind == "text/html":
            for to in relink.links(got.text, self.site.address):
                if not to.startswith(BUNDLE):
                    self.led_by.setdefault(to, path)
            body = self.page(got.text, prefix)
        elif kind.endswith(("json", "opensearchdescription+xml")):
            body = relink.data(relink.description(got.text), prefix).encode()
        self.put(path, body)
        return True

    def page(self, html: str, prefix: str) -> bytes:
        return relink.page(html, prefix, headers.SECURITY[headers.POLICY]).encode()

    def put(self, path: str, body: bytes) -> None:
        """Write a file of the copy; an address that ends in a slash is a folder's page."""
        place = self.folder / (unquote(path).lstrip("/") + "index.html" * path.endswith("/"))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)


def sent(address: str, names: list[str]) -> str:
    """A `_headers` file, for hosts that read one (Netlify, Cloudflare).

    Such hosts join what several rules say of one header: the site's policy stands in each page.
    """
    rules = {
        "*": headers.SECURITY | headers.strict(address) | {headers.POLICY: EVERYWHERE},
        "static/*": headers.FOR_EVER,
        "pagefind/*": {headers.POLICY: SEARCHER},
        **{name: headers.ANYONES for name in names if headers.DATA.fullmatch(f"/{name}")},
    }
    told = [(f"/{path}", *(f"  {n}: {v}" for n, v in said.items())) for path, said in rules.items()]
    return "\n".join(line for lines in told for line in (*lines, ""))
