"""The static copy: the app asked for its own addresses, written aside, then put in its place."""

import re
from collections import deque
from collections.abc import Callable, Iterator, Set
from functools import cache
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
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

POLICY_OF_EVERY_FILE = (
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
    " object-src 'none'"
)
"""The policy that a host sends with every file; each page states the rest of it itself."""
POLICY_OF_SEARCH_WORKER = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"
    " connect-src 'self'"
)
"""The policy of Pagefind's worker, which compiles WebAssembly; pages themselves never may."""

Say = Callable[[str], None]


class PathToWrite(NamedTuple):
    """A path that the copy must have, and what says so: the path of a page that links to it."""

    path: str
    linked_from: str


def export(make_app: Callable[[], Flask], folder: Path, say: Say) -> None:
    """Write the site that `make_app` makes to `folder`, replacing an earlier copy there.

    The folder may also be missing, or empty. The copy is written beside it and renamed once it is
    whole, so that `folder` is never half of one. `say` is told how far the work is.

    Raises ExportError if something else stands at `folder`, or where no whole copy can be made:
    the folder is then as it was.
    """
    folder = folder.resolve()
    check_may_be_replaced(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(
            prefix=f".{folder.name}-", dir=folder.parent
        ) as workshop:
            copy = Path(workshop, "new")
            write_copy(make_app(), copy, Path(workshop, "records"), say)
            put_in_place(copy, folder, Path(workshop, "old"))
        say(f"{folder.name}: whole and in place")
    except OSError as error:
        reason = error.strerror or error
        raise ExportError(f"{reason}; {folder.name} is as it was") from None
    except KeyboardInterrupt:
        say(f"interrupted; {folder.name} is whole, as it was or new")
        raise


def check_may_be_replaced(folder: Path) -> None:
    """Raise ExportError unless a folder is missing, empty, or a copy that an export wrote.

    A copy has a file `.static-copy` (MARKER), whose lines name all else at its top. A copy that
    holds any other name is refused too, so that a file which somebody added is not lost.
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
    names_written = (folder / MARKER).read_text("utf-8").splitlines()
    names_added = names.difference(names_written, {MARKER})
    if names_added:
        first = min(names_added)
        raise ExportError(
            f"{folder} holds {first}, which no export wrote: move it away"
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
    """Write the whole copy to `folder`; `records` is a folder for what Pagefind is given to index.

    Raises ExportError with a line for every address and link that gives nothing.
    """
    site: Site = app.extensions["site"]
    answer_as_copy(app, site)
    address_count = write_pages(app, site, folder)
    write_missing_page(app, site, folder)
    say(f"{address_count} addresses written; indexing them for search")
    write_search(app, site, folder, records)
    write_for_hosts(site, folder)
    write_marker(folder)


def write_search(app: Flask, site: Site, folder: Path, records: Path) -> None:
    """Write what searches the copy without a server (Pagefind) into its folder."""
    maker = static_search.Records(
        site.library,
        searching.label_of,
        source_of(site.library),
        mark_of(site.library),
    )
    bundle = folder / BUNDLE.strip("/")
    with app.test_request_context():
        static_search.index(
            maker, site.search.entries, address_of, records, bundle
        )


def write_for_hosts(site: Site, folder: Path) -> None:
    """Write `_headers` and `.nojekyll`, by which hosts serve the copy as it is meant.

    Without `.nojekyll`, GitHub Pages would take the copy for the source of a Jekyll site.
    """
    names = sorted(path.name for path in folder.iterdir())
    rules = host_headers(site.address, names)
    write_file(folder, "/_headers", rules.encode())
    write_file(folder, "/.nojekyll", b"")


def write_marker(folder: Path) -> None:
    """Write the marker, which names all that is in the copy (see `check_may_be_replaced`)."""
    first_line = (
        "Written by `python app.py export`, which replaces this folder whole:"
    )
    names = sorted(path.name for path in folder.iterdir())
    marker = "\n".join([first_line, *names])
    write_file(folder, f"/{MARKER}", f"{marker}\n".encode())


def answer_as_copy(app: Flask, site: Site) -> None:
    """Change an app, so that it answers as its static copy does.

    Three of its views are replaced: those of a claim, of search, and of a reader's collection. And
    templates are given a `policy`, the Content-Security-Policy that each page of a copy states
    itself, as a header states it live.
    """
    views = app.view_functions
    views["pages.claim"] = claim_view_of_copy(site, views["pages.claim"])
    views["finding.search"] = search_view_of_copy
    views["citing.collection"] = collection_view_of_copy
    app.jinja_env.globals["policy"] = policy_of_page()


def claim_view_of_copy(
    site: Site, live_view: Callable[..., Any]
) -> Callable[..., Any]:
    """Return the view of a claim's page in a copy: the live one, unless the claim has moved.

    Files cannot redirect, so a claim that has moved gets a small page that leads to the new one.
    """

    def claim(id: str) -> Any:
        new_id = site.library.moved.get(id)
        if new_id is not None:
            return render_template("copy_moved.html", id=new_id)
        return live_view(id=id)

    return claim


def search_view_of_copy() -> str:
    """Return the page of a copy whose script searches, as the server does live."""
    return render_template(
        "copy_search.html", facets=FACETS, per_page=PAGE_SIZE
    )


def collection_view_of_copy() -> str:
    """Return the page of a copy whose script shows a collection, as the server does live."""
    return render_template("copy_collection.html")


def policy_of_page() -> str:
    """Return the live site's policy without `frame-ancestors`, which only a header can state."""
    directives = headers.SECURITY[headers.POLICY].split("; ")
    for_page = []
    for directive in directives:
        if not directive.startswith("frame-ancestors"):
            for_page.append(directive)
    return "; ".join(for_page)


def write_pages(app: Flask, site: Site, folder: Path) -> int:
    """Write a file for each address of the site, and for each that a written page links to.

    Returns how many files these are. Raises ExportError with a line for each broken link: one to
    an address where there is nothing, or that a copy does not have, such as `/search.json`.
    """
    # Flask's own client keeps a context for each answer, which nobody needs.
    client = Client(app)
    left_out = paths_left_out(site)
    queue: deque[PathToWrite] = deque()
    for path in addresses(app, site, left_out):
        queue.append(PathToWrite(path, linked_from="the list of pages"))
    visited: set[str] = set()
    broken_links = []
    while queue:
        path, linked_from = queue.popleft()
        if path in visited:
            continue
        visited.add(path)
        answer = client.get(path)
        if path in left_out or answer.status_code != 200:
            broken_links.append(
                f"{linked_from} leads to {path}, where there is nothing"
            )
            continue
        write_answer(folder, path, answer)
        for target in linked_paths(answer):
            queue.append(PathToWrite(target, linked_from=path))
    if broken_links:
        raise ExportError("\n".join(broken_links))
    return len(visited)


def paths_left_out(site: Site) -> Set[str]:
    """Return the paths of the live site that its copy does not have.

    A copy has no server to answer questions (`/search.json`). If the site's own address is not
    known, neither has it the files that must state it (`/feed.xml`).
    """
    if site.address:
        return LIVE_ONLY
    return LIVE_ONLY | ADDRESSED


def write_answer(folder: Path, path: str, answer: TestResponse) -> None:
    """Write the file of an answer; in a page or JSON, the links are made relative to it."""
    if has_links(answer):
        page = relative(answer.text, root_from(path))
        write_file(folder, path, page.encode())
    else:
        write_file(folder, path, answer.data)


def addresses(app: Flask, site: Site, left_out: Set[str]) -> Iterator[str]:
    """Yield the paths that a copy begins with, some of them twice.

    Those of every page, of routes without arguments (such as /library.json) that are not
    `left_out`, of static files, of claims that have moved, and of the pictures for shared links.
    """
    with app.test_request_context():
        yield from paths()
        if site.address:
            yield from sitemap_part_paths()
    for rule in app.url_map.iter_rules():
        arguments = rule.arguments.difference(rule.defaults or ())
        if not arguments and rule.rule not in left_out:
            yield rule.rule
    for name in site.presentation.static.contents:
        yield f"/static/{name}"
    for claim in site.library.moved:
        yield f"/claims/{claim}/"
    # Pages name these pictures by a whole address, or not at all.
    if site.address:
        for card in site.cards.drawn:
            yield f"/cards/{card}.png"


def write_missing_page(app: Flask, site: Site, folder: Path) -> None:
    """Write 404.html, the page that a host shows at any address where there is nothing.

    So no link of it can be relative. Where the copy's address is known, they begin with its path
    (/copy/claims/). Where it is not, the page brings its style along and leads one level up.
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


def linked_paths(answer: TestResponse) -> list[str]:
    """Return the paths that an answer links to on its own site, each once, in order.

    Pagefind's files are left out: they are written once all pages are.
    """
    if not has_links(answer):
        return []
    links = {f"/{match['path']}" for match in LINK.finditer(answer.text)}
    paths = {path_of(link) for link in links}
    return sorted(path for path in paths if not path.startswith(BUNDLE))


@cache
def path_of(link: str) -> str:
    """Return the path that a link leads to: `/search/?q=a&amp;b#c` gives `/search/`."""
    return unquote(urlsplit(unescape(link)).path)


def root_from(path: str) -> str:
    """Return what leads from a path to the root: `/claims/data-is-junk/` gives `../../`."""
    depth = path.count("/") - 1
    return "../" * depth or "./"


def relative(text: str, root: str) -> str:
    """Return a page, or JSON, whose links to its own site begin with `root` and not with a slash.

    With `../` as the root, `href="/claims/"` becomes `href="../claims/"`.
    """
    return LINK.sub(rf"\g<before>{root}\g<path>", text)


def write_file(folder: Path, path: str, body: bytes) -> None:
    """Write the file of an address, in folders as needed: `/about/` is `about/index.html`."""
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


def mark_of(library: Library) -> static_search.MarkOf:
    """Return what gives the classes of an entry's mark, as pages have them.

    A claim has its kind and the colour of its first theme, “problem accent-3”; a theme its colour,
    “accent-3”; an entry of another kind has no mark: “”.
    """
    accent = filters.LibraryFilters(library).accent

    def classes(entry: Entry) -> str:
        if entry.kind == "claim":
            claim = library.claims[entry.id]
            return f"{claim.kind} accent-{accent(claim.themes[0])}"
        if entry.kind == "theme":
            return f"accent-{accent(entry.id)}"
        return ""

    return classes


def host_headers(address: str, names: list[str]) -> str:
    """Return a `_headers` file, for hosts that read one (Netlify, Cloudflare).

    `names` are those of the files and folders at the copy's root. A rule is a path, then a header
    a line:

        /static/*
          Cache-Control: public, max-age=31536000, immutable

    Hosts allow one `*` a rule and a hundred rules, and join what several rules say of one header.
    So the rule for every file sets a part of the policy, of which each page states the rest, and
    no path of data has two rules for data.
    """
    for_every_file = headers.SECURITY | headers.strict_transport(address)
    for_every_file[headers.POLICY] = POLICY_OF_EVERY_FILE
    rules = {
        "*": for_every_file,
        "static/*": headers.FOR_EVER,
        "pagefind/*": {headers.POLICY: POLICY_OF_SEARCH_WORKER},
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
