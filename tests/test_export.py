"""The static copy: whole, the same each time, safe under any path."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from flask import Flask, Response

from app import create_app
from reference.export import ExportError, freeze
from reference.pages import machine
from reference.pages.addresses import paths
from reference.records import Library
from reference.serving import headers
from tests.parsed import Parsed
from tests.served import ROOT

UNDER = "/some/where/"
ADDRESS = "https://example.org/library"
Files = dict[str, bytes]


class Finished(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    output: str


def start_export(
    folder: Path, index: Path, *options: str, **environ: str
) -> subprocess.Popen[str]:
    """Start an export as anyone starts one."""
    return subprocess.Popen(
        [
            sys.executable,
            "app.py",
            "export",
            str(folder),
            "--index",
            str(index),
            *options,
        ],
        cwd=ROOT,
        env=os.environ | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> Finished:
    """Wait for an export to end."""
    out, err = process.communicate(timeout=120)
    return Finished(process.returncode, out + err)


def export_in_this_process(
    make_app: Callable[[], Flask], folder: Path
) -> None:
    """Export an app made by a test, in a thread: a browser may hold this one's loop."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(
            freeze.export, make_app, folder, lambda line: None
        ).result()


def run_export(
    folder: Path, index: Path, *options: str, **environ: str
) -> Finished:
    return finish(start_export(folder, index, *options, **environ))


def files_in(folder: Path) -> Files:
    """Return path -> bytes of every file of a folder."""
    files = {}
    for path in folder.rglob("*"):
        if path.is_file():
            files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return files


def parsed(page: Path) -> Parsed:
    return Parsed(page.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def addressed(tmp_path_factory: pytest.TempPathFactory, index: Path) -> Path:
    """A copy for a public address under a path. No test may change it."""
    folder = tmp_path_factory.mktemp("addressed") / "site"
    finished = run_export(folder, index, "--address", ADDRESS)
    assert finished.code == 0, finished.output
    assert "no public address" not in finished.output
    return folder


@pytest.fixture
def earlier(copy: Path, tmp_path: Path) -> Path:
    """An earlier copy, with a mark in it that tells it from a new one."""
    folder = Path(shutil.copytree(copy, tmp_path / "site"))
    (folder / "index.html").write_text("the earlier copy", encoding="utf-8")
    return folder


# What is in it


def test_links_resolve_under_any_path(copy: Path) -> None:
    """Every link and fragment leads to something in the copy, wherever the copy is put.

    404.html, which is shown at any address, has its own test.
    """
    pages = {
        path: parsed(path)
        for path in copy.rglob("*.html")
        if path.name != "404.html"
    }
    assert len(pages) > 150

    for path, page in pages.items():
        address = UNDER + path.relative_to(copy).as_posix().removesuffix(
            "index.html"
        )
        for link in page.links:
            parts = urlsplit(urljoin(address, link))
            if parts.scheme:
                continue
            assert parts.path.startswith(UNDER), (
                f"{address} leaves the copy: {link}"
            )
            target = copy / unquote(parts.path.removeprefix(UNDER))
            if parts.path.endswith("/"):
                target /= "index.html"
            assert target.is_file(), f"{address} links to nothing: {link}"
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].ids, (
                    f"{address}: {link}"
                )


def test_the_whole_site_is_there(
    copy: Path, site_app: Flask, library: Library
) -> None:
    """Every page the site lists is in the copy, each file to cite with, and every file that is one
    address; what only a server answers is not."""
    listed = [
        "library.json",
        "claims.csv",
        "robots.txt",
        "404.html",
        "_headers",
    ]
    with site_app.test_request_context():
        for path in paths():
            listed.append(f"{path.strip('/')}/index.html".lstrip("/"))
    for article in library.articles:
        for suffix in ("bib", "ris", "csl.json", "citations.json"):
            listed.append(f"articles/{article}.{suffix}")
    for claim in library.claims:
        for suffix in ("bib", "ris", "csl.json", "jsonld"):
            listed.append(f"claims/{claim}.{suffix}")

    files = files_in(copy)

    assert [name for name in listed if not files.get(name)] == []
    assert not {"healthz", "search.json", "suggest.json"} & set(files)


def test_an_address_of_the_app_is_found_by_itself(
    tmp_path: Path, new_library: Path
) -> None:
    """A new address of the app that needs no argument is in the copy without being listed."""

    def make_app() -> Flask:
        app = create_app(new_library, tmp_path / "index", address="")
        view = lambda: Response("<feed/>", mimetype="application/atom+xml")  # noqa: E731
        app.add_url_rule("/some.xml", "some", view)
        return app

    export_in_this_process(make_app, tmp_path / "site")

    assert (tmp_path / "site/some.xml").read_text() == "<feed/>"


def test_data_leads_on_under_any_path(copy: Path) -> None:
    """Addresses in library.json are relative to it, and each names a page of the copy."""
    data = json.loads((copy / "library.json").read_bytes())

    for part in ("articles", "claims", "people", "themes"):
        for record in data[part]:
            assert (copy / record["url"] / "index.html").is_file(), record[
                "url"
            ]


def test_a_known_address_is_named(addressed: Path) -> None:
    """The sitemap, the search description, pages and downloads name the address of the copy."""
    sitemap = (addressed / "sitemap.xml").read_text(encoding="utf-8")
    assert sitemap.count("<loc>") > 150
    assert sitemap.count("<loc>") == sitemap.count(f"<loc>{ADDRESS}/")
    description = (addressed / "opensearch.xml").read_text(encoding="utf-8")
    assert f'template="{ADDRESS}/search/?q=' in description
    assert "search.json" not in description
    assert (
        f"Sitemap: {ADDRESS}/sitemap.xml"
        in (addressed / "robots.txt").read_text()
    )
    home = (addressed / "index.html").read_text(encoding="utf-8")
    assert f'rel="canonical" href="{ADDRESS}/"' in home
    pictures = re.findall(
        f'property="og:image" content="{ADDRESS}/([^"]+)"', home
    )
    assert [
        picture for picture in pictures if not (addressed / picture).is_file()
    ] == []


def test_all_maps_are_in_the_copy(
    new_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one map cannot hold all pages, each map that the list names is in the copy."""
    monkeypatch.setattr(machine, "ADDRESSES_A_MAP", 5)
    make_app = partial(
        create_app, new_library, tmp_path / "index", address=ADDRESS
    )

    export_in_this_process(make_app, tmp_path / "site")

    listing = (tmp_path / "site/sitemap.xml").read_text()
    maps = re.findall(rf"<loc>{ADDRESS}/(sitemap-\d+\.xml)</loc>", listing)
    assert len(maps) > 1
    for name in maps:
        assert "<urlset" in (tmp_path / "site" / name).read_text()


def test_no_address_is_named_where_none_is_known(copy: Path) -> None:
    """Without an address nothing has one or names one, as none could be right."""
    files = files_in(copy)

    assert not {"sitemap.xml", "opensearch.xml"} & set(files)
    for wrong in (
        b"opensearch",
        b"localhost",
        b"127.0.0.1",
        b"og:url",
        b"Sitemap",
    ):
        assert not [name for name, body in files.items() if wrong in body], (
            wrong
        )


@pytest.mark.parametrize("fixture", ["copy", "addressed"])
def test_a_claim_that_moved_leads_on(
    request: pytest.FixtureRequest, fixture: str, library: Library
) -> None:
    """At the old address of a claim stands a small page that leads to the new one, which has the
    canonical address."""
    folder: Path = request.getfixturevalue(fixture)
    site = ADDRESS if fixture == "addressed" else "../.."
    assert library.moved

    for old, new in library.moved.items():
        page = parsed(folder / "claims" / old / "index.html")
        there = f"../../claims/{new}/"
        assert page.links == [f"{site}/claims/{new}/", there]
        refresh = {"http-equiv": "refresh", "content": f"0; url={there}"}
        assert ("meta", refresh) in page.elements


# 404.html


def test_a_missing_page_leads_on_at_any_depth(addressed: Path) -> None:
    """404.html, shown anywhere, links from the root of a copy whose address is known."""
    page = parsed(addressed / "404.html")

    links = [link for link in page.links if not link.startswith("#")]

    assert "/library/people/" in links
    for link in links:
        assert link.startswith("/library/"), link
        target = addressed / urlsplit(link).path.removeprefix("/library/")
        if target.is_dir():
            target /= "index.html"
        assert target.is_file(), link


def test_a_missing_page_needs_nothing_where_no_address_is_known(
    copy: Path,
) -> None:
    """404.html of a copy that may stand under any path brings its style along, and leads up."""
    page = parsed(copy / "404.html")

    assert page.links == [".."]
    assert [tag for tag, _ in page.elements].count("style") == 1


@pytest.mark.parametrize("fixture", ["copy", "addressed"])
def test_a_missing_page_names_no_address_as_its_own(
    request: pytest.FixtureRequest, fixture: str
) -> None:
    """404.html stands for no page: it is not canonical for anything."""
    page = parsed(request.getfixturevalue(fixture) / "404.html")

    names = {
        attributes.get("rel") or attributes.get("property")
        for _, attributes in page.elements
    }
    assert not names & {"canonical", "og:url"}


# Headers


def rules_in(headers_file: Path) -> dict[str, dict[str, str]]:
    """Return path -> header -> value of a `_headers` file."""
    rules: dict[str, dict[str, str]] = {}
    fields: dict[str, str] = {}
    for line in headers_file.read_text(encoding="utf-8").splitlines():
        if line.startswith("/"):
            fields = rules[line] = {}
        elif line:
            name, _, value = line.strip().partition(": ")
            fields[name] = value
    return rules


def test_each_page_states_the_sites_policy(copy: Path) -> None:
    """A page states the live site's policy, as far as a page can; none may run code of strings."""
    policy = headers.SECURITY[headers.POLICY].rpartition("; frame-ancestors")[
        0
    ]

    for path in copy.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "unsafe-eval" not in text, path
        if path.name != "404.html":
            assert f'"Content-Security-Policy" content="{policy}"' in text, (
                path
            )


def test_a_host_sends_what_a_page_cannot_state(copy: Path) -> None:
    """`_headers` has the rest of the policy; only Pagefind's worker may compile WebAssembly."""
    rules = rules_in(copy / "_headers")

    assert [
        path for path, fields in rules.items() if "unsafe" in str(fields)
    ] == ["/pagefind/*"]
    policy = rules["/*"]["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "-src" not in policy.replace("object-src", "")
    assert "immutable" in rules["/static/*"]["Cache-Control"]


def test_data_is_for_any_site_by_one_rule(copy: Path) -> None:
    """A file of data can be read by any site's page, and one rule says so (hosts join several)."""
    rules = rules_in(copy / "_headers")
    open_rules = [
        path
        for path, fields in rules.items()
        if "Access-Control-Allow-Origin" in fields
    ]

    for name in files_in(copy):
        matching = [
            rule for rule in open_rules if fnmatchcase(f"/{name}", rule)
        ]
        assert len(matching) == headers.is_data(f"/{name}"), name


# What it replaces


def test_a_link_to_nothing_is_reported(
    tmp_path: Path, new_library: Path
) -> None:
    """Where pages link to nothing there is no copy; each link is told, with the first page that
    has it."""

    def make_app() -> Flask:
        app = create_app(new_library, tmp_path / "index", address="")
        view = app.view_functions["pages.about"]
        links = '<a href="/nowhere/">a</a><a href="/b.txt">b</a></main>'
        app.view_functions["pages.about"] = lambda: str(view()).replace(
            "</main>", links
        )
        return app

    with pytest.raises(ExportError) as raised:
        export_in_this_process(make_app, tmp_path / "copies/site")

    assert sorted(str(raised.value).splitlines()) == [
        "/about/ leads to /b.txt, where there is nothing",
        "/about/ leads to /nowhere/, where there is nothing",
    ]
    assert not list((tmp_path / "copies").iterdir())


@pytest.fixture(params=["fifo", "socket", "device", "file", "link to a fifo"])
def no_folder(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Path]:
    """Something that is no folder, by its kind."""
    path = tmp_path / "site"
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        match request.param:
            case "fifo":
                os.mkfifo(path)
            case "socket":
                listener.bind(str(path))
            case "device":
                path.symlink_to("/dev/null")
            case "file":
                path.write_text("mine")
            case "link to a fifo":
                os.mkfifo(tmp_path / "fifo")
                path.symlink_to("fifo")
        yield path


def test_what_is_no_folder_is_refused(
    no_folder: Path, site_app: Flask
) -> None:
    """A file, a pipe, a socket or a device is never replaced, and one line says why."""
    before = no_folder.stat()

    with pytest.raises(ExportError, match=r"\A.* is no folder.*\Z"):
        freeze.export(lambda: site_app, no_folder, lambda line: None)

    after = no_folder.stat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


@pytest.mark.parametrize(
    "marked", [False, True], ids=["no copy", "a copy with a file added"]
)
def test_nothing_but_a_copy_is_replaced(
    earlier: Path, index: Path, marked: bool
) -> None:
    """A folder that is no copy, or that holds what no export wrote, is refused and left alone."""
    (earlier / "CNAME").write_text("example.org", encoding="utf-8")
    if not marked:
        (earlier / freeze.MARKER).unlink()
    before = files_in(earlier)

    finished = run_export(earlier, index, "--address", ADDRESS)

    assert finished.code == 2
    assert finished.output.startswith("error: ")
    assert finished.output.count("\n") == 1
    assert files_in(earlier) == before


def stop_while_writing(
    earlier: Path, index: Path, number: signal.Signals
) -> Finished:
    """Export onto an earlier copy, send a signal once some pages are written, wait for the end."""
    process = start_export(earlier, index)
    while len(list(earlier.parent.glob(".site-*/new/claims/*"))) < 20:
        assert process.poll() is None, finish(process)
        time.sleep(0.01)
    process.send_signal(number)
    return finish(process)


def test_an_export_told_to_stop_clears_up(earlier: Path, index: Path) -> None:
    """Told to stop, an export leaves the earlier copy as it was, and nothing beside it."""
    before = files_in(earlier)

    # By which the program is told what Ctrl+C tells it
    finished = stop_while_writing(earlier, index, signal.SIGTERM)

    assert finished.code == 130
    assert "Traceback" not in finished.output
    assert f"interrupted; {earlier.name} is whole" in finished.output
    assert files_in(earlier) == before
    assert list(earlier.parent.iterdir()) == [earlier]


def test_a_killed_export_leaves_the_old_whole(
    earlier: Path, index: Path, new_library: Path, tmp_path: Path
) -> None:
    """Killed outright, an export leaves the earlier copy as it was; the next takes its place."""
    before = files_in(earlier)

    stop_while_writing(earlier, index, signal.SIGKILL)

    assert files_in(earlier) == before
    own_index = tmp_path / "index"
    finished = run_export(earlier, own_index, "--content", str(new_library))
    assert finished.code == 0, finished.output
    assert (earlier / "articles/a-first-article/index.html").is_file()


ORDERED_ANEW = (
    "pagefind/filter/*",
    "pagefind/pagefind.*.pf_meta",
    "pagefind/pagefind-entry.json",
)
"""Pagefind writes the values of a filter in the order of a hash map, another in each run; its
metadata name those files by their digests."""


def settled(files: Files) -> Files:
    """Return the files of a copy whose bytes follow from its content."""
    settled = {}
    for name, body in files.items():
        if not any(fnmatchcase(name, pattern) for pattern in ORDERED_ANEW):
            settled[name] = body
    return settled


def test_the_same_content_gives_the_same_bytes(
    copy: Path, tmp_path: Path, index: Path
) -> None:
    """Two exports of the same content are the same byte for byte, Pagefind's index of words and its
    records among them."""
    finished = run_export(
        tmp_path / "site",
        index,
        PYTHONHASHSEED="2",
        TZ="Asia/Tokyo",
        LC_ALL="C",
    )

    assert finished.code == 0, finished.output
    assert "no public address" in finished.output
    first, second = files_in(copy), files_in(tmp_path / "site")
    assert settled(first) == settled(second)
    assert len(first) == len(second)
    assert [
        name
        for name in settled(first)
        if name.startswith("pagefind/fragment/")
    ]
