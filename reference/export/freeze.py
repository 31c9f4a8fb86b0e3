"""The static copy: the app asked for its own addresses, written aside, then put in its place."""

import re
from collections.abc import Callable, Iterator, Set
from functools import cache
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask, render_template, url_for
from werkzeug.test import Client, TestResponse

from reference.export import ExportError, static_search
from reference.pages import filters, searching
from reference.pages.addresses import paths
from reference.pages.machine import sitemap_part_paths
from reference.pages.site import Site
from reference.records import Library
from reference.search.entries import FACETS, Entry
from reference.search.results import PAGE_SIZE
from reference.serving import headers

MARKER = ".static-copy"
"""A file that tells a copy from any other folder; it lists what stands in it."""
LIVE_ONLY = {"/healthz", "/search.json", "/suggest.json"}
"""Addresses that answer questions, which files cannot."""
ADDRESSED = {"/sitemap.xml", "/opensearch.xml", "/feed.xml"}
"""Addresses that must name the site by its whole address: without one, they are left out."""
BUNDLE = "/pagefind/"
LINK = re.compile(
    r'(?P<before>\s(?:href|src|action|formaction|data-[\w-]+)="'
    r'|"(?:@?id|url|source|scope|homepage|citation|mainEntityOfPage)"\s*:\s*")'
    r'/(?P<path>(?!/)[^"]*)'
)
"""A link to the site itself, in a page or in JSON: what is before it, and its path after /."""

EVERYWHERE = "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
"""The policy that a host sends with every file; each page states the rest of it itself."""
SEARCHER = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
"""The policy of Pagefind's worker, which compiles WebAssembly; pages themselves never may."""

Say = Callable[[str], None]


def export(make_app: Callable[[], Flask], folder: Path, say: Say) -> None:
    """Write the site that `make_app` makes to `folder`, in the place of an earlier copy.

    The folder may be missing or empty. Raises ExportError if it is anything but a folder or a copy,
    and where no whole copy can be made; the folder is then as it was.
    """
    folder = folder.resolve()
    refuse_what_is_no_copy(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(
            prefix=f".{folder.name}-", dir=folder.parent
        ) as aside:
            copy = Path(aside, "new")
            write_copy(make_app(), copy, Path(aside, "records"), say)
            put_in_place(copy, folder, Path(aside, "old"))
        say(f"{folder.name}: whole and in place")
    except OSError as error:
        raise ExportError(
            f"{error.strerror or error}; {folder.name} is as it was"
        ) from None
    except KeyboardInterrupt:
        say(f"interrupted; {folder.name} is whole, as it was or new")
        raise


def refuse_what_is_no_copy(folder: Path) -> None:
    """Raise ExportError if something stands at `folder` that no export wrote.

    That is a file, a device or a pipe; a folder without our marker; a copy with a file added to it.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ExportError(f"{folder} is no folder: name another place")
    names = {path.name for path in folder.iterdir()}
    if not names:
        return
    if MARKER not in names:
        raise ExportError(
            f"{folder} is not a static copy of this site: name another"
        )
    listed = (folder / MARKER).read_text("utf-8").splitlines()
    strange = sorted(names - {MARKER, *listed})
    if strange:
        raise ExportError(
            f"{folder} holds {strange[0]}, which no export wrote: move it away"
        )


def put_in_place(copy: Path, folder: Path, old: Path) -> None:
    """Rename `copy` to `folder`, and what stood there to `old`; if that fails, put it back."""
    try:
        if folder.exists():
            folder.rename(old)
        copy.rename(folder)
    finally:
        if old.exists() and not folder.exists():
            old.rename(folder)


def write_copy(app: Flask, folder: Path, records: Path, say: Say) -> None:
    """Write the whole copy to `folder`; `records` is a folder for what is made on the way.

    Raises ExportError for every address and link that gives nothing.
    """
    site: Site = app.extensions["site"]
    answer_as_copy(app, site)
    written = write_pages(app, site, folder)
    write_missing_page(app, site, folder)
    say(f"{written} addresses written; indexing them for search")
    with app.test_request_context():
        static_search.index(
            static_search.Records(
                site.library, searching.label_of, source_of(site.library)
            ),
            site.search.entries,
            address_of,
            records,
            folder / BUNDLE.strip("/"),
        )
    written_names = {path.name for path in folder.iterdir()}
    names = sorted(written_names | {".nojekyll", "_headers"})
    write_file(folder, "/.nojekyll", b"")
    write_file(folder, "/_headers", host_headers(site.address, names).encode())
    first_line = (
        "Written by `python app.py export`, which replaces this folder whole:"
    )
    marker = "\n".join([first_line, *names])
    write_file(folder, f"/{MARKER}", f"{marker}\n".encode())


def answer_as_copy(app: Flask, site: Site) -> None:
    """Let an app answer as its copy.

    What needs a server is done by a page's script, a claim that has moved leads on by itself, and
    each page states the policy that a header would.
    """
    live_claim: Callable[..., Any] = app.view_functions["pages.claim"]

    def claim(id: str) -> Any:
        if id in site.library.moved:
            return render_template(
                "copy_moved.html", id=site.library.moved[id]
            )
        return live_claim(id=id)

    def search() -> str:
        return render_template(
            "copy_search.html", facets=FACETS, per_page=PAGE_SIZE
        )

    def collection() -> str:
        return render_template("copy_collection.html")

    app.view_functions["pages.claim"] = claim
    app.view_functions["finding.search"] = search
    app.view_functions["citing.collection"] = collection
    policy = headers.SECURITY[headers.POLICY]
    app.jinja_env.globals["policy"] = policy.partition("; frame-")[
        0
    ]  # which no page can state


def write_pages(app: Flask, site: Site, folder: Path) -> int:
    """Write every address of the site, and all that their pages link to; return how many.

    Raises ExportError, with a line for each address that gives nothing and where it was found.
    """
    left_out = LIVE_ONLY if site.address else LIVE_ONLY | ADDRESSED
    client = Client(
        app
    )  # Flask's own keeps a context for each answer, which nothing here reads
    linked_from = dict.fromkeys(
        addresses(app, site, left_out), "the list of pages"
    )
    waiting = list(linked_from)
    problems = []
    for path in waiting:  # which grows on the way
        answer = client.get(path)
        if answer.status_code != 200 or path in left_out:
            problems.append(
                f"{linked_from[path]} leads to {path}, where there is nothing"
            )
            continue
        if not has_links(answer):
            write_file(folder, path, answer.data)
            continue
        for link in links(answer.text):
            target = path_of(link)
            if target not in linked_from and not target.startswith(BUNDLE):
                linked_from[target] = path
                waiting.append(target)
        page = relative(answer.text, root_from(path))
        write_file(folder, path, page.encode())
    if problems:
        raise ExportError("\n".join(problems))
    return len(waiting)


def addresses(app: Flask, site: Site, left_out: Set[str]) -> Iterator[str]:
    """Yield every page, every address that is one file, static files, claims that have moved."""
    with app.test_request_context():
        yield from paths()
        if site.address:
            yield from sitemap_part_paths()
    for rule in app.url_map.iter_rules():
        needed = rule.arguments.difference(rule.defaults or ())
        if not needed and rule.rule not in left_out:
            yield rule.rule
    for name in site.presentation.static.contents:
        yield f"/static/{name}"
    for claim in site.library.moved:
        yield f"/claims/{claim}/"
    if site.address:  # pages name their cards by the whole address alone
        for card in site.cards.drawn:
            yield f"/cards/{card}.png"


def write_missing_page(app: Flask, site: Site, folder: Path) -> None:
    """Write 404.html, which a host shows at any address, so that no link of it can be relative.

    Where the copy's own address is known, its links begin there. Where it is not, the page brings
    its style along and leads one level up.
    """
    if site.address:
        answer = app.test_client().get("/404")
        root = urlsplit(site.address).path + "/"
        page = relative(answer.text, root)
    else:
        with app.test_request_context():
            page = render_template("copy_missing.html")
    write_file(folder, "/404.html", page.encode())


def has_links(answer: TestResponse) -> bool:
    """Return whether an answer is of a kind that leads on: a page, or JSON."""
    return (answer.mimetype or "").endswith(("html", "json"))


def links(text: str) -> Iterator[str]:
    """Yield each link of a page, or of JSON, to its own site, as it is written there."""
    paths = dict.fromkeys(
        match["path"] for match in LINK.finditer(text)
    )  # each once
    for path in paths:
        yield f"/{path}"


@cache
def path_of(link: str) -> str:
    """Return the path that a link leads to: “/search/?q=a&amp;b#c” to /search/."""
    return unquote(urlsplit(unescape(link)).path)


def root_from(path: str) -> str:
    """Return what leads from a path to the root: `../../` from /claims/data-is-junk/."""
    depth = path.count("/") - 1
    return "../" * depth or "./"


def relative(text: str, root: str) -> str:
    """Return a page or JSON with `root`, which leads to the copy's root, before each link."""
    return LINK.sub(rf"\g<before>{root}\g<path>", text)


def write_file(folder: Path, path: str, body: bytes) -> None:
    """Write the file of an address; one that ends in a slash is a folder's page."""
    name = unquote(path).lstrip("/")
    if path.endswith("/"):
        name += "index.html"
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(body)


def address_of(entry: Entry) -> str:
    """Return the address that an entry has alone: a claim's page, else where a search opens it.

    A search opens a claim in its article, at a passage that other claims have too.
    """
    if entry.kind == "claim":
        return url_for("pages.claim", id=entry.id)
    return searching.address_of(entry)


def source_of(library: Library) -> static_search.SourceOf:
    """Return what names an article by its id, as lists do: “BMJ, 2012”."""
    return lambda article: filters.source(library.articles[article])


def host_headers(address: str, names: list[str]) -> str:
    """Return a `_headers` file, for hosts that read one (Netlify, Cloudflare).

    They allow one `*` a rule and a hundred rules, and join what several rules say of one header:
    so the site's policy stands in each page, and data is told of by one rule only.
    """
    everywhere = headers.SECURITY | headers.strict_transport(address)
    everywhere[headers.POLICY] = EVERYWHERE
    rules = {
        "*": everywhere,
        "static/*": headers.FOR_EVER,
        "pagefind/*": {headers.POLICY: SEARCHER},
    }
    for ending in headers.DATA_ENDINGS:
        rules[f"*.{ending}"] = headers.FOR_ANY_SITE
    for name in names:
        if headers.DATA_AT_ROOT.fullmatch(f"/{name}"):
            rules[name] = headers.FOR_ANY_SITE
    lines = []
    for path, fields in rules.items():
        lines.append(f"/{path}")
        for header, value in fields.items():
            lines.append(f"  {header}: {value}")
        lines.append("")
    return "\n".join(lines)
