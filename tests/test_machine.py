"""What machines ask for: the library as data, maps, the feed, health; and addresses as machines
mangle them."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from reference import __version__
from reference.pages import machine
from reference.pages.addresses import paths
from reference.pages.rehearsal import example_paths, rehearse
from reference.records import Library
from tests.served import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
ADDRESS = "https://reference.example"
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEEDS_ADDRESS = ["/sitemap.xml", "/opensearch.xml", "/feed.xml"]


@pytest.fixture(scope="module")
def nameless(index: Path) -> FlaskClient:
    """The site without a public address."""
    return create_app(index=index, address="").test_client()


# The library as data


def shape() -> dict[str, set[str]]:
    """Return what README says of library.json: part -> the keys of each of its records."""
    block = README.partition("`library.json`:\n\n```\n")[2].partition("```")[0]
    parts = re.split(r"^(?=\w)", block, flags=re.MULTILINE)
    keys = {}
    for part in parts[1:]:
        name, *words = re.sub(r"\([^)]*\)", "", part).split()
        keys[name] = set(words)
    return keys


def records(data: dict[str, Any], part: str) -> list[dict[str, Any]]:
    """Return the records of one part of the data."""
    part_data = data[part]
    return [part_data] if isinstance(part_data, dict) else part_data


def test_the_library_has_the_shape_that_readme_gives(
    client: FlaskClient,
) -> None:
    """Each part of library.json is in README, and each of its records has the keys named there."""
    data = client.get("/library.json").get_json()

    assert set(data) == set(shape())
    for part, keys in shape().items():
        for record in records(data, part):
            assert set(record) == keys, part


def test_the_library_is_whole(client: FlaskClient, library: Library) -> None:
    """Every record is there, and what is not known is null, never empty."""
    response = client.get("/library.json")
    data = response.get_json()

    for part in set(data) - {"site"}:
        assert len(data[part]) == len(getattr(library, part)), part
    assert '""' not in re.sub(r"\\.", "", response.text)


def test_every_url_of_the_library_opens_at_its_record(
    client: FlaskClient,
) -> None:
    """The address of each record answers, and where it names a place in a page, it is there."""
    data = client.get("/library.json").get_json()
    pages: dict[str, str] = {}
    for part in set(data) - {"site"}:
        for record in data[part]:
            path, _, place = record["url"].partition("#")
            if path not in pages:
                response = client.get(path)
                assert response.status_code == 200, record["url"]
                pages[path] = response.text
            if (
                place and part != "outcomes"
            ):  # which may stand on a later page of the list
                assert f'id="{place}"' in pages[path], record["url"]


# Maps and feed


@pytest.mark.parametrize("path", NEEDS_ADDRESS)
def test_what_must_name_the_site_needs_an_address(
    nameless: FlaskClient, path: str
) -> None:
    """Without a public address there is no map, no feed and no description of the search, and no
    page links one."""
    assert nameless.get(path).status_code == 404
    assert path not in nameless.get("/").text
    assert path not in nameless.get("/robots.txt").text


def test_the_map_has_every_page_and_its_day(
    site_app: Flask, library: Library
) -> None:
    """The map names every page's whole address, and the day of the content's last change."""
    with site_app.test_request_context():
        wanted = [f"{ADDRESS}{path}" for path in paths()]

    urls = ElementTree.fromstring(
        site_app.test_client().get("/sitemap.xml").data
    )

    assert [url.findtext(f"{MAP}loc") for url in urls] == wanted
    assert {url.findtext(f"{MAP}lastmod") for url in urls} == {library.updated}


def test_many_pages_have_several_maps(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond what one map may hold, there is a list of maps, and each page is in one of them."""
    monkeypatch.setattr(machine, "ADDRESSES_A_MAP", 100)
    app = create_app(index=index, address=ADDRESS)
    client = app.test_client()
    with app.test_request_context():
        wanted = [f"{ADDRESS}{path}" for path in paths()]

    maps = ElementTree.fromstring(client.get("/sitemap.xml").data)

    listed = []
    for part in maps:
        address = part.findtext(f"{MAP}loc") or ""
        urls = ElementTree.fromstring(
            client.get(address.removeprefix(ADDRESS)).data
        )
        assert len(urls) <= 100
        listed += [url.findtext(f"{MAP}loc") for url in urls]
    assert listed == wanted
    assert client.get(f"/sitemap-{len(maps) + 1}.xml").status_code == 404


def test_one_map_has_no_parts(client: FlaskClient) -> None:
    """Where one map holds all pages, there is no part of it."""
    assert client.get("/sitemap-1.xml").status_code == 404


def test_the_feed_tells_the_editions(
    client: FlaskClient, library: Library
) -> None:
    """The feed is Atom: each edition an entry with an id of its own, a day and what changed; the
    newest is the library's; and it says which code made it."""
    feed = ElementTree.fromstring(client.get("/feed.xml").data)

    entries = feed.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    changes = [entry.findtext(f"{ATOM}content") for entry in entries]
    generator = feed.find(f"{ATOM}generator")
    assert len(set(ids)) == len(library.editions) > 0
    assert changes == [edition.what for edition in library.editions]
    assert feed.findtext(f"{ATOM}updated") == f"{library.updated}T00:00:00Z"
    assert generator is not None and generator.get("version") == __version__
    assert 'href="/feed.xml"' in client.get("/").text


def test_crawlers_are_kept_out_of_searches(client: FlaskClient) -> None:
    """Crawlers are asked to leave what a reader's question makes, which has no end, and find it
    marked as nothing to list; pages are theirs."""
    robots = client.get("/robots.txt").text

    for path in (
        "/search/?q=data",
        "/search.json?q=data",
        "/collection/?claim=data-is-junk",
    ):
        assert any(
            path.startswith(line[10:])
            for line in robots.splitlines()
            if "Dis" in line
        )
        assert "noindex" in client.get(path).headers["X-Robots-Tag"]
    assert "X-Robots-Tag" not in client.get("/claims/").headers
    assert f"Sitemap: {ADDRESS}/sitemap.xml" in robots


# Health


def test_health_says_what_runs(client: FlaskClient, library: Library) -> None:
    """Who watches over the site is told the code's version, the content's, and that it is well."""
    answer = client.get("/healthz")
    health = answer.get_json()

    assert answer.status_code == 200
    assert health["status"] == "ok"
    assert health["code_version"] == __version__
    assert health["version"] == library.version
    assert answer.headers["Cache-Control"] == "no-store"


def test_health_fails_where_no_page_can_be_made(index: Path) -> None:
    """A site none of whose pages can be made says so, with a status that watchers understand."""
    app = create_app(index=index, address=ADDRESS)
    app.jinja_env.globals.clear()

    answer = app.test_client().get("/healthz")

    assert answer.status_code == 503
    assert answer.get_json()["status"] == "failing"


def test_a_page_of_each_kind_is_rehearsed(site_app: Flask) -> None:
    """Every route whose records the content has is tried before the site is served."""
    with site_app.test_request_context():
        addresses = {
            path.partition("?")[0] for path in example_paths(site_app)
        }
        matched = {
            site_app.url_map.bind("").match(path)[0] for path in addresses
        }

    endpoints = {rule.endpoint for rule in site_app.url_map.iter_rules()}

    assert endpoints - matched <= {
        "machine.static",
        "machine.card",
        "machine.sitemap_part",
    }
    rehearse(site_app)


# Addresses as machines mangle them


@pytest.mark.parametrize(
    "mark", [".", ")", ">", ",", " ", "”", "’", '"', "'", ").", ">.", "%20"]
)
@pytest.mark.parametrize(
    "path", ["/claims/data-is-junk", "/themes/training/", "/about/"]
)
def test_marks_after_an_address_lead_to_it(
    client: FlaskClient, path: str, mark: str
) -> None:
    """Marks that a mail program took along with a link lead to the page that was meant, at once."""
    marks = mark if "%" in mark else quote(mark)

    answer = client.get(path + marks)

    assert answer.status_code == 308
    assert answer.location == path.rstrip("/") + "/"


@pytest.mark.parametrize(
    "path", ["/nothing.", "/claims/nobody-said-this).", "/claims/x.bib,"]
)
def test_marks_after_nothing_lead_nowhere(
    client: FlaskClient, path: str
) -> None:
    """Where there is no page without the marks either, there is none."""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("name", ["favicon.ico", "apple-touch-icon.png"])
def test_icons_stand_where_browsers_look(
    client: FlaskClient, name: str
) -> None:
    """The pictures answer at the root too, where browsers look by themselves."""
    answer = client.get(f"/{name}")

    assert answer.status_code == 200
    assert answer.data == (ROOT / "static" / name).read_bytes()
