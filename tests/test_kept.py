"""Pages kept as bytes: which coding, which validator, and how many."""

from collections.abc import Callable

import pytest

from reference.serving import safety
from reference.serving.access import AccessLog
from reference.serving.kept import Keeper, Shelf, matches, plain, preferred


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
        shelf.put(str(number), plain([], b"x" * 100))
    assert shelf.get("0")
    shelf.put("new", plain([], b"x"))
    assert len(shelf) == 10 and shelf.get("0") and not shelf.get("1")
    shelf.put("huge", plain([], b"x" * 90_000))
    assert not shelf.get("huge")
    for number in range(20):
        shelf.put(f"large{number}", plain([], b"x" * 20_000))
        assert shelf.bytes <= 100_000
    assert 0 < len(shelf) < 10


def test_kept_queries_are_bounded() -> None:
    """Fifty thousand different queries leave a bounded shelf, and the pages where they were."""

    def app(environ: object, start: Callable[[str, list[tuple[str, str]]], object]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html")])
        return [b"x" * 10_000]

    keeper = Keeper(app)
    ask_keeper(keeper, "/")
    for number in range(50_000):
        ask_keeper(keeper, "/search/", f"q={number}")
    assert keeper.queries.bytes <= 8 << 20 and len(keeper.queries) <= 500
    assert keeper.pages.get("/")
