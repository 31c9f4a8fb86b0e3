"""Pages kept as bytes: which coding, which validator, and how many."""

import pytest

from reference.serving import safety
from reference.serving.access import AccessLog
from reference.serving.kept import Environ, Keeper, Shelf, Start, matches, plain, preferred


def ask_keeper(
    keeper: Keeper, path: str, query: str = "", **more: str
) -> tuple[str, dict[str, str]]:
    begun: list[tuple[str, dict[str, str]]] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, **more}
    keeper(environ, lambda status, headers: begun.append((status, dict(headers))))
    return begun[0]


def test_a_waiting_line_is_short() -> None:
    """Of a path as long as may be asked for, what waits to be written down is the beginning."""
    log = AccessLog()
    log({"REQUEST_METHOD": "GET", "PATH_INFO": "/" + "a" * 20_000}, "404 Not Found", 0)
    (noted,) = log._noted
    assert sum(len(str(part)) for part in noted) < 600


def test_a_fault_is_guarded_too() -> None:
    """An application that fails gets a plain 500 with every header; over TLS, HSTS as well."""

    def failing(environ: object, start: object) -> list[bytes]:
        raise RuntimeError("secret")

    status, headers = ask_keeper(Keeper(failing, "https://a.example"), "/")
    assert status.startswith("500")
    assert headers.items() >= safety.headers("https://a.example").items()
    assert headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""), ("gzip", "gzip"), ("gzip, deflate, br, zstd", "br"), ("br;q=0, gzip", "gzip"),
        ("gzip;q=1.0, br;q=0.5", "gzip"), ("*", "br"), ("*;q=0", ""), ("br;q=0, *", "gzip"),
        ("identity, gzip;q=0.5", ""), ("GZIP", "gzip"), ("br;q=nonsense", ""), (";;,,", ""),
    ],
)  # fmt: skip
def test_coding_is_the_readers_choice(accepted: str, coding: str) -> None:
    """The coding a reader weighs most is used; of equals, brotli; none that is refused."""
    assert preferred(accepted) == coding


def test_etags_match_as_http_has_it() -> None:
    """Lists and weak tags match; part of a tag does not."""
    assert matches('"b", W/"a"', '"a"')
    assert not matches('"aa"', '"a"')
    assert not matches("", '"a"')


def test_a_shelf_is_bounded() -> None:
    """A shelf holds no more answers and bytes than it may, and gives up the least used first."""
    shelf = Shelf(most=10, most_bytes=100_000)
    for number in range(10):
        shelf.put((str(number),), plain([], b"x" * 100))
    assert shelf.get(("0",))
    shelf.put(("new",), plain([], b"x"))
    assert len(shelf) == 10 and shelf.get(("0",)) and not shelf.get(("1",))
    shelf.put(("huge",), plain([], b"x" * 90_000))
    assert not shelf.get(("huge",))
    for number in range(20):
        shelf.put((f"large{number}",), plain([], b"x" * 20_000))
        assert shelf.bytes <= 100_000
    assert 0 < len(shelf) < 10


def large(environ: Environ, start: Start) -> list[bytes]:
    """An application whose every page is the same."""
    start("200 OK", [("Content-Type", "text/html")])
    return [b"x" * 10_000]


def test_kept_queries_are_bounded() -> None:
    """Fifty thousand different queries leave a bounded shelf, and the pages where they were."""
    keeper = Keeper(large)
    ask_keeper(keeper, "/")
    for number in range(50_000):
        ask_keeper(keeper, "/search/", f"q={number}")
    assert keeper.queries.bytes <= 8 << 20 and len(keeper.queries) <= 500
    assert keeper.pages.get(("", "/", ""))


def test_one_address_is_kept_once() -> None:
    """What is asked for with slashes too many is answered, and leaves nothing on the shelf."""
    keeper = Keeper(large)
    for path in ("//", "/claims//", "//claims/"):
        assert ask_keeper(keeper, path)[0] == "200 OK"
    assert len(keeper.pages) == 0


def test_an_answer_is_kept_for_its_own_address() -> None:
    """A question mark in a path is not the one before a query: each has its own answer."""

    def app(environ: Environ, start: Start) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        return [f"{environ['PATH_INFO']} {environ['QUERY_STRING']}".encode()]

    keeper = Keeper(app)
    given = [ask_keeper(keeper, *asked) for asked in [("/a?b", "c"), ("/a", "b?c")]]
    assert given[0][1]["ETag"] != given[1][1]["ETag"]


def test_every_header_counts() -> None:
    """Headers that WSGI keeps under other names are among the bytes that are bounded."""
    status, _ = ask_keeper(Keeper(large), "/", CONTENT_TYPE="a" * 20_000)
    assert status.startswith("431")
