"""The static copy: the app asked for its own addresses, written aside, then put in its place."""

import re
from collections.abc import Callable, Iterator, Set
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask, render_template

from reference.export import ExportError, static_search
from reference.pages.addresses import paths
from reference.pages.site import Site
from reference.search.results import Result
from reference.serving import headers

MARKER = ".static-copy"
LIVE_ONLY = {"/healthz", "/search.json", "/suggest.json"}
"""Addresses that answer questions, which files cannot."""
ADDRESSED = {"/sitemap.xml", "/opensearch.xml", "/feed.xml"}
"""Addresses that must name the site by its whole address: without one, they are left out."""
BUNDLE = "/pagefind/"
EVERYWHERE = "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
SEARCHER = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
"""The policy of Pagefind's worker, which compiles WebAssembly; pages themselves never may."""
LINK = re.compile(
    r'(\s(?:href|src|action|formaction|data-[\w-]+)="'
    r'|"(?:@?id|url|source|scope|homepage|citation|mainEntityOfPage)"\s*:\s*")(/(?!/)[^"]*)'
)
"""A path of the site, in a page or in JSON, and what stands before it."""

Say = Callable[[str], None]


def export(make: Callable[[], Flask], folder: Path, say: Say) -> None:
    """Make the site with `make` and write it to `folder`, which may be missing, empty or a former
    copy, whose place the new one takes whole. Raises ExportError; the folder is then as it was."""
    folder = folder.resolve()
    _refuse(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as aside:
            new, old = Path(aside, "new"), Path(aside, "old")
            write(make(), new, Path(aside, "records"), say)
            try:
                if folder.exists():
                    folder.rename(old)
                new.rename(folder)
            finally:
                if old.exists() and not folder.exists():
                    old.rename(folder)
        say(f"{folder.name}: whole and in place")
    except OSError as error:
        raise ExportError(f"{error.strerror or error}; {folder.name} is as it was") from None
    except KeyboardInterrupt:
        say(f"interrupted; {folder.name} is whole, as it was or new")
        raise


def _refuse(folder: Path) -> None:
    """Never take the place of anything but a copy: a marker lists what is in one."""
    held = {path.name for path in folder.glob("*")}
    if held and MARKER not in held:
        raise ExportError(f"{folder} is not a static copy of this site: name another")
    listed = (folder / MARKER).read_text("utf-8").splitlines() if held else []
    if strange := sorted(held - {MARKER, *listed}):
        raise ExportError(f"{folder} holds {strange[0]}, which no export wrote: move it away")


def write(app: Flask, folder: Path, records: Path, say: Say) -> None:
    """Write the whole copy, with `records` as a folder for what is made on the way. Raises
    ExportError for every address and link that gives nothing."""
    site: Site = app.extensions["site"]
    left_out = LIVE_ONLY if site.address else LIVE_ONLY | ADDRESSED
    _as_copy(app, site)
    client, wrong = app.test_client(), []
    led_by = dict.fromkeys(addresses(app, left_out), "the list of pages")
    waiting = [*led_by]
    for path in waiting:  # which grows on the way
        got = client.get(path)
        if got.status_code != 200 or path in left_out:
            wrong.append(f"{led_by[path]} leads to {path}, where there is nothing")
        elif (got.mimetype or "").endswith(("html", "json")):
            for to in dict.fromkeys(links(got.text)):
                if to not in led_by and not to.startswith(BUNDLE):
                    led_by[to] = path
                    waiting.append(to)
            put(folder, path, relative(got.text, "../" * (path.count("/") - 1) or "./").encode())
        else:
            put(folder, path, got.data)
    if wrong:
        raise ExportError("\n".join(wrong))
    missing = relative(client.get("/404").text, urlsplit(site.address).path + "/")
    put(folder, "/404.html", missing.encode())
    say(f"{len(led_by)} addresses written; indexing them for search")
    found: Any = app.jinja_env.get_template("found.html").make_module()
    with app.test_request_context():
        shown = lambda entry: relative(found.found_hits([Result(**vars(entry))]), "../")  # noqa: E731
        static_search.index(site.search, shown, records, folder / BUNDLE.strip("/"))
    names = sorted({".nojekyll", "_headers", *(path.name for path in folder.iterdir())})
    put(folder, "/.nojekyll", b"")
    put(folder, "/_headers", sent(site.address, names).encode())
    told = "Written by `python app.py export`, which replaces this folder whole:"
    put(folder, f"/{MARKER}", "\n".join([told, *names, ""]).encode())


def _as_copy(app: Flask, site: Site) -> None:
    """Let an app answer as its copy: what needs a server is done by a page's script, a claim that
    has moved leads on by itself, and each page states the policy that a header would."""
    live: Callable[..., Any] = app.view_functions["pages.claim"]

    def claim(id: str) -> Any:
        if id in site.library.moved:
            return render_template("copy_moved.html", id=site.library.moved[id])
        return live(id=id)

    app.jinja_env.globals["policy"] = headers.SECURITY[headers.POLICY].partition("; frame-")[0]
    app.view_functions |= {
        "finding.search": lambda: render_template("copy_search.html"),
        "citing.collection": lambda: render_template("copy_collection.html"),
        "pages.claim": claim,
    }


def addresses(app: Flask, left_out: Set[str]) -> Iterator[str]:
    """Every page, every address that is one file, static files, claims that have moved."""
    with app.test_request_context():
        yield from paths()
    rules = (rule.rule for rule in app.url_map.iter_rules() if not rule.arguments)
    yield from (rule for rule in rules if rule not in left_out)
    yield from (f"/static/{name}" for name in app.extensions["site"].presentation.static.contents)
    yield from (f"/claims/{id}/" for id in app.extensions["site"].library.moved)


def links(text: str) -> Iterator[str]:
    """The path of every link of a page, or of JSON, to its own site."""
    return (unquote(urlsplit(unescape(link)).path) for _, link in LINK.findall(text))


def relative(text: str, root: str) -> str:
    """A page or JSON with `root`, which leads to the copy's root, before each link of its site."""
    return LINK.sub(lambda found: found[1] + root + found[2][1:], text)


def put(folder: Path, path: str, body: bytes) -> None:
    """Write a file of the copy; an address that ends in a slash is a folder's page."""
    place = folder / (unquote(path).lstrip("/") + "index.html" * path.endswith("/"))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(body)


def sent(address: str, names: list[str]) -> str:
    """A `_headers` file, for hosts that read one (Netlify, Cloudflare: one `*` a rule, a hundred
    rules) and join what several rules say of one header: the site's policy stands in each page, and
    data is told of by one rule only."""
    rules = {
        "*": headers.SECURITY | headers.strict_transport(address) | {headers.POLICY: EVERYWHERE},
        "static/*": headers.FOR_EVER,
        "pagefind/*": {headers.POLICY: SEARCHER},
        **{f"*.{ending}": headers.FOR_ANY_SITE for ending in headers.DATA_ENDINGS},
        **{
            name: headers.FOR_ANY_SITE
            for name in names
            if headers.DATA_AT_ROOT.fullmatch(f"/{name}")
        },
    }
    said = {path: "".join(f"  {n}: {v}\n" for n, v in rules[path].items()) for path in rules}
    return "\n".join(f"/{path}\n{lines}" for path, lines in said.items())
