"""The static copy: whole, the same each time, safe under any path, searched in a browser."""

import functools
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from app import create_app
from reference.export import freezing as export
from reference.export import swapping
from reference.pages.machine import paths
from reference.records import Library
from tests.parsed import Parsed
from tests.served import in_a_thread

ROOT = Path(__file__).parent.parent
UNDER = "/some/where/"
ADDRESS = "https://example.org/library"
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the index, built by the first export and used by all."""
    return tmp_path_factory.mktemp("index")


def command(folder: Path, index: Path, **environment: str) -> subprocess.Popen[str]:
    """An export as anyone starts one."""
    return subprocess.Popen(
        [sys.executable, "app.py", "export", str(folder), "--index", str(index)],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Its exit code and what it said."""
    out, err = process.communicate(timeout=300)
    return process.returncode, out + err


def files(folder: Path) -> Files:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, index: Path) -> Path:
    """The shipped site's static copy. No test may change it."""
    folder = tmp_path_factory.mktemp("copies") / "site"
    code, said = finished(command(folder, index))
    assert code == 0, said
    return folder


@pytest.fixture(scope="module")
def addressed(tmp_path_factory: pytest.TempPathFactory, index: Path) -> Path:
    """The same for a public address under a path. No test may change it."""
    folder = tmp_path_factory.mktemp("addressed") / "site"
    code, said = finished(command(folder, index, REFERENCE_ADDRESS=ADDRESS))
    assert code == 0, said
    return folder


@pytest.fixture
def earlier(copy: Path, tmp_path: Path) -> Path:
    """An earlier copy, with a mark in it that tells it from a new one."""
    folder = Path(shutil.copytree(copy, tmp_path / "site"))
    (folder / "index.html").write_text("the earlier copy", encoding="utf-8")
    return folder


def parsed(page: Path) -> Parsed:
    return Parsed(page.read_text(encoding="utf-8"))


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


def test_the_whole_site_is_there(copy: Path, index: Path) -> None:
    """Every page the site lists is in the copy, and every file that is one address."""
    app = create_app(index=index)
    with app.test_request_context():
        for path in paths():
            assert (copy / path.strip("/") / "index.html").is_file(), path
    named = "library.json claims.csv robots.txt 404.html _headers"
    for name in named.split():
        assert (copy / name).stat().st_size or name == "claims.csv", name
    for form in ("bib", "ris", "csl.json"):
        assert (copy / f"bibliography.{form}").is_file()


def test_machine_files_lead_on_under_any_path(copy: Path) -> None:
    """Addresses in library.json are relative to it, and each names a page of the copy."""
    held = json.loads((copy / "library.json").read_bytes())
    for part in ("articles", "claims", "people", "themes"):
        for item in held[part]:
            assert (copy / item["url"] / "index.html").is_file(), item["url"]


def test_what_names_the_whole_address_is_there_where_one_is_known(
    copy: Path, addressed: Path
) -> None:
    """The sitemap and the search description name a known address; without one, nothing has or
    names them, as neither could be right."""
    sitemap = (addressed / "sitemap.xml").read_text(encoding="utf-8")
    assert sitemap.count("<loc>") == sitemap.count(f"<loc>{ADDRESS}/") > 150
    description = (addressed / "opensearch.xml").read_text(encoding="utf-8")
    assert f'template="{ADDRESS}/search/?q=' in description and "search.json" not in description
    assert "../opensearch.xml" in parsed(addressed / "about" / "index.html").links
    assert f"Sitemap: {ADDRESS}/sitemap.xml" in (addressed / "robots.txt").read_text()
    told = [name for name, said in files(copy).items() if b"opensearch" in said]
    assert not told and not {"sitemap.xml", "opensearch.xml"} & set(files(copy))
    assert "Sitemap" not in (copy / "robots.txt").read_text()


def test_what_only_a_server_answers_is_left_out(copy: Path) -> None:
    """No address of the copy needs a server: neither health, nor search.json, nor suggestions."""
    names = set(files(copy))
    assert not names & {"healthz", "search.json", "suggest.json"}


def test_the_same_content_gives_the_same_bytes(copy: Path, index: Path, tmp_path: Path) -> None:
    """Every file of two exports is equal, byte for byte, Pagefind's among them."""
    for seed in ("1", "2"):
        code, said = finished(command(tmp_path / seed, index, PYTHONHASHSEED=seed))
        assert code == 0, said
        assert files(tmp_path / seed) == files(copy)
    assert any(name.startswith("pagefind/filter/") for name in files(copy))


def headers(copy: Path) -> dict[str, dict[str, str]]:
    """What a copy's `_headers` says: path -> header -> value."""
    rules: dict[str, dict[str, str]] = {}
    for line in (copy / "_headers").read_text(encoding="utf-8").splitlines():
        if line.startswith("/"):
            said = rules[line] = {}
        elif line:
            name, _, value = line.strip().partition(": ")
            said[name] = value
    return rules


def test_headers_are_those_of_the_site(copy: Path, client: FlaskClient) -> None:
    """Each page has the live site's policy; only Pagefind's worker may compile WebAssembly."""
    rules, policy = headers(copy), "Content-Security-Policy"
    live = client.get("/claims/").headers[policy]
    for path in ("/", "/claims/*", "/search/*", "/collection/*", "/static/*", "/404.html"):
        assert rules[path][policy] == live
    assert [path for path, said in rules.items() if "unsafe" in said.get(policy, "")] == [
        "/pagefind/*"
    ]
    assert "-src" not in rules["/*"][policy].replace("object-src", "")
    assert rules["/*"]["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in rules["/static/*"]["Cache-Control"]
    assert rules["/claims/*"]["Cache-Control"] == rules["/"]["Cache-Control"] == "no-cache"
    page = (copy / "claims" / "data-is-junk" / "index.html").read_text(encoding="utf-8")
    assert page.count("script-src 'self'; ") == 1, "a host without headers still has the policy"
    assert "unsafe" not in (copy / "search" / "index.html").read_text(encoding="utf-8")


def test_every_file_at_the_top_has_its_headers(copy: Path) -> None:
    """Whatever its type, a file or a folder of the site has a rule with a policy in `_headers`."""
    rules = headers(copy)
    unruled = {".nojekyll", "_headers", export.MARKER, "index.html"}
    for path in (path for path in copy.iterdir() if path.name not in unruled):
        assert "Content-Security-Policy" in rules[f"/{path.name}{'/*' * path.is_dir()}"], path


@pytest.mark.parametrize(("fixture", "root"), [("copy", "/"), ("addressed", "/library/")])
def test_a_missing_page_leads_on_at_any_depth(
    request: pytest.FixtureRequest, fixture: str, root: str
) -> None:
    """404.html, shown anywhere, links from the root of the site, on whatever host it is put."""
    folder: Path = request.getfixturevalue(fixture)
    links = [link for link in parsed(folder / "404.html").links if not link.startswith("#")]
    assert f"{root}people/" in links
    for link in links:
        assert link.startswith(root) and not link.startswith("//"), link
        target = folder / urlsplit(link).path.removeprefix(root)
        assert (target / "index.html" if target.is_dir() else target).is_file(), link


def test_a_missing_page_names_no_address_as_its_own(addressed: Path) -> None:
    """404.html has neither a canonical address nor og:url: at its own there is no page."""
    own = {"canonical", "og:url"}
    for name, said in ((addressed / "404.html", set()), (addressed / "index.html", own)):
        elements = parsed(name).elements
        assert {e.get("rel") or e.get("property") for _, e in elements} & own == said


@pytest.mark.parametrize("strange", ["whole", "part"])
def test_nothing_but_a_copy_is_replaced(earlier: Path, index: Path, strange: str) -> None:
    """A folder that is no copy, or that holds what no export wrote, is refused and left alone."""
    (earlier / "CNAME").write_text("example.org", encoding="utf-8")
    if strange == "whole":
        (earlier / export.MARKER).unlink()
    before = files(earlier)
    code, said = finished(command(earlier, index, REFERENCE_ADDRESS=ADDRESS))
    assert (code, said.count("\n")) == (2, 1), said
    assert said.startswith("error: ") and "Traceback" not in said
    assert files(earlier) == before


def aside(folder: Path) -> list[Path]:
    return list(folder.parent.glob(f"{folder.name}.tmp-*"))


def in_progress(process: subprocess.Popen[str], folder: Path, written: int) -> None:
    """Wait until an export has written some files."""
    for _ in range(2000):
        with suppress(FileNotFoundError):  # it is at work in there
            if any(sum(1 for _ in path.rglob("*.html")) >= written for path in aside(folder)):
                return
        assert process.poll() is None, finished(process)
        time.sleep(0.01)
    raise AssertionError("the export did not begin")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("written", [0, 20, 150])
def test_interrupt_leaves_the_old_whole(
    earlier: Path, index: Path, number: signal.Signals, written: int
) -> None:
    """An export told to stop clears up and leaves the earlier copy as it was."""
    before = files(earlier)
    process = command(earlier, index)
    in_progress(process, earlier, written)
    process.send_signal(number)
    code, said = finished(process)
    assert code == 130 and "Traceback" not in said, said
    assert "interrupted" in said.strip().splitlines()[-1]
    assert files(earlier) == before
    assert not aside(earlier)


def test_a_killed_export_leaves_the_old_whole(earlier: Path, index: Path, copy: Path) -> None:
    """An export killed outright leaves the earlier copy; the next one clears what it left."""
    before = files(earlier)
    process = command(earlier, index)
    in_progress(process, earlier, 20)
    process.kill()
    finished(process)
    assert files(earlier) == before
    assert aside(earlier)
    code, said = finished(command(earlier, index))
    assert code == 0, said
    assert files(earlier) == files(copy)
    assert not aside(earlier)


def test_two_at_once_both_succeed(earlier: Path, index: Path, copy: Path) -> None:
    """Two exports to one folder at once end well, and the folder holds one of them whole."""
    both = [command(earlier, index), command(earlier, index)]
    for process in both:
        code, said = finished(process)
        assert code == 0, said
    assert files(earlier) == files(copy)
    assert not aside(earlier)


def two_folders(parent: Path) -> tuple[Path, Path]:
    for name in ("new", "place"):
        (parent / name).mkdir()
        (parent / name / "file").write_text(name)
    return parent / "new", parent / "place"


def test_a_reader_never_finds_it_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy takes an earlier one's place in one step: after no rename is the place empty."""
    new, place = two_folders(tmp_path)
    rename = Path.rename

    def watched(self: Path, target: Path) -> Path:
        moved = rename(self, target)
        assert (place / "file").is_file(), "a reader would find nothing here"
        return moved

    monkeypatch.setattr(Path, "rename", watched)
    swapping.swap(new, place)
    assert ((place / "file").read_text(), (new / "file").read_text()) == ("new", "place")


def test_folders_change_places_without_the_system_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where two folders cannot be exchanged at once, the new one still ends in its place."""
    monkeypatch.setattr(swapping, "_exchanged", lambda one, other: False)
    new, place = two_folders(tmp_path)
    swapping.swap(new, place)
    assert ((place / "file").read_text(), (new / "file").read_text()) == ("new", "place")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "place"]


@pytest.fixture
def small_disk(tmp_path: Path, copy: Path) -> Iterator[Path]:
    """A disk with room for one copy and a half."""
    if os.geteuid():
        pytest.skip("a small disk can be made only as root")
    disk = tmp_path / "disk"
    disk.mkdir()
    blocks = sum(-(-len(content) // 4096) for content in files(copy).values())
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={blocks * 6}k", "none", disk], capture_output=True
    )
    if made.returncode:
        pytest.skip("this system does not let us mount a small disk")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_leaves_the_old_whole(small_disk: Path, index: Path, copy: Path) -> None:
    """With no room for a second copy the export says so in a line and the first stays whole."""
    folder = small_disk / "site"
    shutil.copytree(copy, folder)
    before = files(folder)
    code, said = finished(command(folder, index))
    assert code == 2 and "Traceback" not in said, said
    assert said.splitlines()[-1].startswith("error: ") and "as it was" in said
    assert files(folder) == before
    assert not aside(folder)


def test_a_dead_link_stops_the_export(index: Path, tmp_path: Path) -> None:
    """A link to an address where there is nothing is an error that names both."""
    app = create_app(index=index)
    app.view_functions["pages.about"] = lambda: '<p><a href="/nowhere/">there</a></p>'
    with pytest.raises(export.ExportError, match="/about/ links to /nowhere/"):
        export.export(lambda: app, tmp_path / "site", lambda line: None)
    assert not list(tmp_path.glob("site*"))


def test_an_address_without_a_page_stops_the_export(index: Path, tmp_path: Path) -> None:
    """A kind of page that nothing leads to is an error: it would be missing from the copy."""
    app = create_app(index=index)
    app.add_url_rule("/orphans/<id>/", "orphan", lambda id: "nobody links here")
    with pytest.raises(export.ExportError, match="orphan"):
        export.export(lambda: app, tmp_path / "site", lambda line: None)


@pytest.fixture
def address(copy: Path) -> Iterator[str]:
    """A plain web server that serves the copy under a sub-path, with the copy's own headers."""
    rules = headers(copy)

    class Handler(http.server.SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            return super().translate_path(path.replace(UNDER, "/", 1))

        def end_headers(self) -> None:
            here = urlsplit(self.path).path.replace(UNDER, "/", 1)
            joined: dict[str, list[str]] = {}
            for path, said in rules.items():
                if here == path or (path.endswith("*") and here.startswith(path[:-1])):
                    for name, value in said.items():
                        joined.setdefault(name, []).append(value)
            for name, values in joined.items():
                self.send_header(name, ", ".join(values))
            super().end_headers()

        def log_message(self, *_: object) -> None:
            pass

    handler = functools.partial(Handler, directory=str(copy))
    with in_a_thread(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)) as at:
        yield at + UNDER


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A real browser's page; anything wrong in its console or on the wire fails the test."""
    wrong: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    page.close()
    assert not wrong, wrong


def search(page: Page, address: str, query: str) -> list[str]:
    """The addresses that a search in the copy finds, best first, relative to the copy."""
    page.goto(f"{address}search/?{query}")
    page.wait_for_selector("[data-bundle][aria-busy=false]")
    links = page.query_selector_all(".hits li :is(h2) a")
    return [
        urlsplit(urljoin(address, a.get_attribute("href"))).path.removeprefix(UNDER) for a in links
    ]


def test_search_works_in_the_copy(page: Page, address: str, library: Library) -> None:
    """Words find claims, a name its person, and results lead to pages of the copy; the parts of
    an original's address are no words to find."""
    assert "claims/data-is-junk/" in search(page, address, "q=junk")[:2]
    assert search(page, address, "q=Buckman")[0] == "people/laurence-buckman/"
    for nowhere in ("xyzzyx", "www", "http"):
        assert search(page, address, f"q={nowhere}") == []


LINKS = """found => [...found.querySelectorAll('.sources a, .themes a')].map(
    a => [a.innerText, a.className.trim(), a.rel, a.href])"""


def test_a_claim_found_in_the_copy_leads_where_the_live_one_does(
    page: Page, address: str, served: str
) -> None:
    """Under a claim found stand the same links as in the live search: its passage, its original,
    its own page, and its themes in their colours."""
    asked = "q=%22the+data+is+junk%22&kind=claim"
    assert "claims/data-is-junk/" in search(page, address, asked)
    claim = page.locator("li.hit:has(.sources a[href$='/claims/data-is-junk/'])")
    here = claim.evaluate(LINKS)
    page.goto(f"{served}/search/?{asked}")
    live = claim.evaluate(LINKS)
    assert len(live) > 3 and live[1][-1].partition("#")[2].startswith(":~:text=")
    for each in live:
        each[-1] = each[-1].replace(f"{served}/", address)
    assert sorted(here) == sorted(live)
    page.goto(here[0][-1])
    assert urlsplit(page.url).fragment in Parsed(page.content()).ids


@pytest.mark.parametrize(
    ("narrowed", "kept"),
    [
        ("theme=training", lambda claim: "training" in claim.themes),
        ("person=jon-glasby", lambda claim: "jon-glasby" in claim.speakers),
        ("article=were-engaged-now-what", lambda claim: claim.article == "were-engaged-now-what"),
    ],
)
def test_search_can_be_narrowed_in_the_copy(
    page: Page, address: str, library: Library, narrowed: str, kept: object
) -> None:
    """By theme, person and article: exactly the claims that the library files there."""
    wanted = {f"claims/{claim.id}/" for claim in library.claims.values() if kept(claim)}  # type: ignore[operator]
    found: set[str] = set()
    for number in range(1, 4):
        found |= set(search(page, address, f"kind=claim&{narrowed}&page={number}"))
    assert found == wanted


TWO = ["data-is-junk", "faith-held-since-1991"]


def test_the_collection_is_gathered_in_the_copy(page: Page, address: str) -> None:
    """The collection page shows the claims its address names, with links that lead somewhere."""
    page.goto(f"{address}collection/?claim=data-is-junk&claim=faith-held-since-1991")
    page.wait_for_selector("article.claim")
    text = page.inner_text("main")
    assert "2 claims" in text and "the data is junk" in text
    for link in page.query_selector_all("article.claim h2 a"):
        assert (link.get_attribute("href") or "").startswith(f"{address}claims/")


@pytest.mark.parametrize("style", ["vancouver", "harvard"])
@pytest.mark.parametrize("ids", [TWO, TWO[::-1]], ids=["as-named", "turned"])
def test_the_bibliography_in_the_copy_is_in_the_live_order(
    page: Page, address: str, served: str, style: str, ids: list[str]
) -> None:
    """The copy lists a collection's articles in each style as the live site does."""
    asked = "&".join(f"claim={id}" for id in ids)
    page.goto(f"{address}collection/?{asked}")
    page.locator("#style").select_option(style)
    here = page.locator("#bibliography-list li").all_inner_texts()
    page.goto(f"{served}/collection/?{asked}&style={style}")
    live = page.locator("#bibliography-list li").all_inner_texts()
    assert len(live) == 2 and here == live


def test_the_search_page_says_where_claims_are_ticked(copy: Path) -> None:
    """Results in the copy have no ticks for a collection; the page names the lists that have."""
    told = (copy / "search" / "index.html").read_text(encoding="utf-8")
    assert "Claims are ticked for a collection where they are listed" in told
    for listed in ("claims", "themes/data-quality", "people/laurence-buckman"):
        ticks = parsed(copy / listed / "index.html").elements
        assert any(said.get("form") == "collect" for _, said in ticks), listed


def test_an_author_without_claims_is_called_an_author(copy: Path, client: FlaskClient) -> None:
    """Somebody who wrote an article and is not quoted has no count of claims, which would be 0."""
    people = (copy / "people" / "index.html").read_text(encoding="utf-8")
    said = people.partition("White, Caroline</a>")[2].partition("</span>")[0]
    assert said.endswith("author of 1 article")
    assert ">0 claims" not in people
    found = client.get("/search/?q=Caroline+White&kind=person").get_data(as_text=True)
    assert "Author of 1 article." in found and ">0 claims" not in found
    one = client.get("/search/?q=Nicholas+Mays&kind=person").get_data(as_text=True)
    assert "1 claim rests on Nicholas Mays’s words" in one


def test_search_without_script_says_so(copy: Path) -> None:
    """A reader without JavaScript is told that search needs it here, and is offered the lists."""
    page = (copy / "search" / "index.html").read_text(encoding="utf-8")
    told = page.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "needs JavaScript" in told and "../people/" in told
