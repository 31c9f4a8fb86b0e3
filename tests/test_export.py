"""The static copy: whole, the same each time, safe under any path."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from flask import Flask

from app import create_app
from reference.export import ExportError, freeze
from reference.pages.addresses import paths
from reference.records import Library
from reference.serving import headers
from tests.parsed import Parsed
from tests.served import ROOT

UNDER = "/some/where/"
ADDRESS = "https://example.org/library"
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the index, built by the first export and used by all."""
    return tmp_path_factory.mktemp("index")


def command(folder: Path, index: Path, *options: str, **environ: str) -> subprocess.Popen[str]:
    """An export as anyone starts one."""
    asked = [sys.executable, "app.py", "export", str(folder), "--index", str(index), *options]
    return subprocess.Popen(
        asked, cwd=ROOT, env=os.environ | environ,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def finished(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Its exit code and what it said."""
    out, err = process.communicate(timeout=120)
    return process.returncode, out + err


def files(folder: Path) -> Files:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def parsed(page: Path) -> Parsed:
    return Parsed(page.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def addressed(tmp_path_factory: pytest.TempPathFactory, index: Path) -> Path:
    """The same for a public address under a path. No test may change it."""
    folder = tmp_path_factory.mktemp("addressed") / "site"
    code, said = finished(command(folder, index, "--address", ADDRESS))
    assert code == 0 and "no public address" not in said, said
    return folder


@pytest.fixture
def earlier(copy: Path, tmp_path: Path) -> Path:
    """An earlier copy, with a mark in it that tells it from a new one."""
    folder = Path(shutil.copytree(copy, tmp_path / "site"))
    (folder / "index.html").write_text("the earlier copy", encoding="utf-8")
    return folder


def test_links_resolve_under_any_path(copy: Path) -> None:
    """Every link and fragment leads to something in the copy, wherever the copy is put.

    404.html, which is shown at any address, links from the root (it has its own test).
    """
    pages = {path: parsed(path) for path in copy.rglob("*.html") if path.name != "404.html"}
    assert len(pages) > 150
    for path, page in pages.items():
        here = UNDER + path.relative_to(copy).as_posix().removesuffix("index.html")
        for link in page.links:
            parts = urlsplit(urljoin(here, link))
            if parts.scheme:
                continue
            assert parts.path.startswith(UNDER), f"{here} leaves the copy: {link}"
            target = copy / unquote(parts.path.removeprefix(UNDER))
            if parts.path.endswith("/"):
                target /= "index.html"
            assert target.is_file(), f"{here} links to nothing: {link}"
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].ids, f"{here}: {link}"


def test_the_whole_site_is_there(copy: Path, site_app: Flask, library: Library) -> None:
    """Every page the site lists is in the copy, each file to cite with, and every file that is one
    address; what only a server answers is not."""
    with site_app.test_request_context():
        listed = [f"{path.strip('/')}/index.html".lstrip("/") for path in paths()]
    forms = ("bib", "ris", "csl.json", "citations.json")
    listed += [f"articles/{id}.{form}" for id in library.articles for form in forms]
    listed += [f"claims/{id}.{form}" for id in library.claims for form in (*forms[:3], "jsonld")]
    listed += ["library.json", "claims.csv", "robots.txt", "404.html", "_headers"]
    held = files(copy)
    assert [name for name in listed if not held.get(name)] == []
    assert not {*held} & {"healthz", "search.json", "suggest.json"}


def test_data_leads_on_under_any_path(copy: Path) -> None:
    """Addresses in library.json are relative to it, and each names a page of the copy."""
    held = json.loads((copy / "library.json").read_bytes())
    for part in ("articles", "claims", "people", "themes"):
        for item in held[part]:
            assert (copy / item["url"] / "index.html").is_file(), item["url"]


def test_a_known_address_is_named_and_no_other(copy: Path, addressed: Path) -> None:
    """The sitemap, the search description, pages and downloads name a known address; without one,
    nothing has or names them, as neither could be right."""
    sitemap = (addressed / "sitemap.xml").read_text(encoding="utf-8")
    assert sitemap.count("<loc>") == sitemap.count(f"<loc>{ADDRESS}/") > 150
    description = (addressed / "opensearch.xml").read_text(encoding="utf-8")
    assert f'template="{ADDRESS}/search/?q=' in description and "search.json" not in description
    assert f"Sitemap: {ADDRESS}/sitemap.xml" in (addressed / "robots.txt").read_text()
    home = (addressed / "index.html").read_text(encoding="utf-8")
    assert f'rel="canonical" href="{ADDRESS}/"' in home
    picture = home.partition(f'property="og:image" content="{ADDRESS}/')[2].partition('"')[0]
    assert (addressed / picture).is_file()
    held = files(copy)
    assert not {"sitemap.xml", "opensearch.xml"} & set(held)
    for wrong in (b"opensearch", b"localhost", b"127.0.0.1", b"og:url", b"Sitemap"):
        assert not [name for name, said in held.items() if wrong in said], wrong


def test_the_copy_is_as_guarded_as_the_site(copy: Path) -> None:
    """Each page states the live site's policy (what a page can), and hosts that read `_headers`
    send the rest; only Pagefind's worker may compile WebAssembly; data is for any site."""
    live = headers.SECURITY[headers.POLICY].rpartition("; frame-ancestors")[0]
    for path in copy.rglob("*.html"):
        told = path.read_text(encoding="utf-8")
        assert f'"Content-Security-Policy" content="{live}"' in told and "unsafe" not in told, path
    rules: dict[str, dict[str, str]] = {}
    for line in (copy / "_headers").read_text(encoding="utf-8").splitlines():
        if line.startswith("/"):
            said = rules[line] = {}
        elif line:
            name, _, value = line.strip().partition(": ")
            said[name] = value
    assert [path for path, said in rules.items() if "unsafe" in str(said)] == ["/pagefind/*"]
    assert "frame-ancestors 'none'" in rules["/*"]["Content-Security-Policy"]
    assert "-src" not in rules["/*"]["Content-Security-Policy"].replace("object-src", "")
    assert "immutable" in rules["/static/*"]["Cache-Control"]
    anyones = [path for path, said in rules.items() if "Access-Control-Allow-Origin" in said]
    for name in files(copy):
        saying = [rule for rule in anyones if fnmatchcase(f"/{name}", rule)]
        assert len(saying) == headers.is_data(f"/{name}"), name


@pytest.mark.parametrize(("fixture", "root"), [("copy", "/"), ("addressed", "/library/")])
def test_a_missing_page_leads_on_at_any_depth(
    request: pytest.FixtureRequest, fixture: str, root: str
) -> None:
    """404.html, shown anywhere, links from the root of the site, on whatever host it is put, and
    names no address as its own."""
    folder: Path = request.getfixturevalue(fixture)
    page = parsed(folder / "404.html")
    links = [link for link in page.links if not link.startswith("#")]
    assert f"{root}people/" in links
    for link in links:
        assert link.startswith(root) and not link.startswith("//"), link
        target = folder / urlsplit(link).path.removeprefix(root)
        assert (target / "index.html" if target.is_dir() else target).is_file(), link
    own = {said.get("rel") or said.get("property") for _, said in page.elements}
    assert not own & {"canonical", "og:url"}


def test_a_claim_that_moved_leads_on(copy: Path, addressed: Path, library: Library) -> None:
    """At the old address of a claim stands a small page that leads to the new one, which has the
    canonical address."""
    assert library.moved
    for folder, site in ((copy, "../.."), (addressed, ADDRESS)):
        for old, new in library.moved.items():
            page = parsed(folder / "claims" / old / "index.html")
            there = f"../../claims/{new}/"
            assert page.links == [f"{site}/claims/{new}/", there]
            refresh = {"http-equiv": "refresh", "content": f"0; url={there}"}
            assert ("meta", refresh) in page.elements


def test_a_link_to_nothing_is_reported(tmp_path: Path, index: Path) -> None:
    """Where pages link to nothing there is no copy; each link is told, with the first page that
    has it."""

    def make() -> Flask:
        app = create_app(index=index, address="")
        view = app.view_functions["pages.about"]
        app.view_functions["pages.about"] = lambda: str(view()).replace(
            "</main>", '<a href="/nowhere/">a</a><a href="/b.txt">b</a></main>'
        )
        return app

    with pytest.raises(ExportError) as told:
        freeze.export(make, tmp_path / "site", lambda said: None)
    lines = str(told.value).splitlines()
    assert lines == [
        "/about/ leads to /nowhere/, where there is nothing",
        "/about/ leads to /b.txt, where there is nothing",
    ]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("strange", ["whole", "part"])
def test_nothing_but_a_copy_is_replaced(earlier: Path, index: Path, strange: str) -> None:
    """A folder that is no copy, or that holds what no export wrote, is refused and left alone."""
    (earlier / "CNAME").write_text("example.org", encoding="utf-8")
    if strange == "whole":
        (earlier / freeze.MARKER).unlink()
    before = files(earlier)
    code, said = finished(command(earlier, index, "--address", ADDRESS))
    assert (code, said.count("\n")) == (2, 1), said
    assert said.startswith("error: ") and "Traceback" not in said
    assert files(earlier) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_export_leaves_the_old_whole(
    earlier: Path, index: Path, copy: Path, number: signal.Signals
) -> None:
    """Told to stop, an export clears up and leaves the earlier copy as it was; killed outright, it
    leaves that too, and the next one takes its place, every file (Pagefind's among them) the same,
    byte for byte, as any export of the same content has."""
    before, process = files(earlier), command(earlier, index)
    while len([*earlier.parent.glob(".site-*/new/claims/*")]) < 20:
        assert process.poll() is None, finished(process)
        time.sleep(0.01)
    process.send_signal(number)
    code, said = finished(process)
    assert "Traceback" not in said and files(earlier) == before
    if number == signal.SIGKILL:
        code, said = finished(command(earlier, index, PYTHONHASHSEED="2"))
        assert code == 0 and "no public address" in said
        assert files(earlier) == files(copy) and [*copy.glob("pagefind/fragment/*")]
    else:
        assert code == 130 and f"interrupted; {earlier.name} is whole" in said
        assert [*earlier.parent.iterdir()] == [earlier]
