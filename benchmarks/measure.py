"""The figures README gives: `python -m benchmarks.measure`.

Pages are measured beside nginx serving the same bytes: 50 connections, in rounds that alternate
between the two servers; the median round counts. Both servers and wrk share this machine, so that
only the comparison means much. Search is measured beside SQLite FTS5 at three sizes, on the same
texts: FTS5 bare (a query, ranked by BM25, the numbers of its best twenty rows), ours whole (the
query read, ranked, counted, marked). Needs nginx and wrk, both packaged by Debian.
"""

import argparse
import random
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate
from logging import getLogger
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import quote
from urllib.request import urlopen

from reference.content.loading import load
from reference.records import (
    Article,
    Claim,
    Date,
    Library,
    Passage,
    Person,
    Publication,
    Span,
)
from reference.search import Search

ROOT = Path(__file__).parent.parent
PAGES = [
    "/",
    "/themes/data-quality/",
    "/articles/",
    "/claims/",
    "/claims/data-is-junk/",
    "/about/",
]
SEARCHES = [
    "/search/?q=data",
    "/search/?q=%22the+data+is+junk%22",
    "/search.json?q=training",
]
NGINX = """
worker_processes 2; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  types {{ text/html html; }}
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {folder}/pages; }}
}}
"""
QUERIES = """Glasby; Buckman; Johnny Marshall; BMA; NAPC chair; PCT managers; training; support;
data quality; junk data; the data is junk; "set up to fail"; mid-life crisis; textbooks; leaders;
practice-based commissioning; primary care trust; knock-on effects; commissioning; hospital; GP;
"big ticket items"; judicial review; where are the introductory textbooks; power and influence;
financial risk; management costs; White Paper; Royal College; how much longer can the NHS wait"""
CONNECTIONS = 50
SEARCH_ROUNDS = 3
MILLISECONDS = {"us": 0.001, "ms": 1, "s": 1_000}
"""How many milliseconds one of wrk's units is."""


def main() -> None:
    """Print the figures of serving, then those of searching."""
    parser = argparse.ArgumentParser(
        description="Print the figures README gives."
    )
    parser.add_argument(
        "--rounds", type=int, default=5, help="for each address"
    )
    parser.add_argument(
        "--seconds", type=int, default=2, help="that a round lasts"
    )
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="*",
        default=[1_000, 10_000],
        help="passages",
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measure_serving(folder, options.rounds, options.seconds)
        library = load(ROOT / "content")
        queries = [" ".join(query.split()) for query in QUERIES.split(";")]
        measure_searching(library, queries, folder / "shipped")
        for size in options.sizes:
            grown = Synthetic(size, library)
            measure_searching(
                grown.library(), grown.queries(), folder / str(size)
            )


# Serving


class Round(NamedTuple):
    """What wrk saw: answers a second, milliseconds that 99 of 100 took, and errors."""

    rate: float
    p99: float
    errors: int


class Site(NamedTuple):
    """A site that is served: its process, and its address without a slash at the end."""

    process: int
    url: str


def measure_serving(folder: Path, rounds: int, seconds: int) -> None:
    """Print how long the site takes to start, how it serves beside nginx, and its memory."""
    with site(folder, "First"):
        pass
    with site(folder, "Later") as served, nginx(folder) as nginx_url:
        print_columns(
            "address",
            "bytes",
            "nginx/s",
            "site/s",
            "ratio",
            "nginx p99",
            "site p99",
        )
        for address in PAGES + SEARCHES:
            measure_address(
                address,
                served.url,
                nginx_url,
                folder / "pages",
                rounds,
                seconds,
            )
        print(
            f"Memory of each process: {', '.join(memory(served.process))}.",
            flush=True,
        )


def measure_address(
    address: str,
    site_url: str,
    nginx_url: str,
    pages: Path,
    rounds: int,
    seconds: int,
) -> None:
    """Print a line on one address: the site's own, and nginx serving a copy of the same bytes."""
    with urlopen(site_url + address) as answer:
        body = answer.read()
    copy = quote(address, safe="") + ".html"
    (pages / copy).write_bytes(body)
    nginx_rounds = []
    site_rounds = []
    for _ in range(rounds):
        nginx_rounds.append(wrk(f"{nginx_url}/{quote(copy)}", seconds))
        site_rounds.append(wrk(site_url + address, seconds))
    ratios = []
    for nginx_round, site_round in zip(nginx_rounds, site_rounds, strict=True):
        ratios.append(site_round.rate / nginx_round.rate)
    nginx_middle = middle(nginx_rounds)
    site_middle = middle(site_rounds)
    print_columns(
        address,
        str(len(body)),
        f"{nginx_middle.rate:.0f}",
        f"{site_middle.rate:.0f}",
        f"{median(ratios):.2f}",
        f"{nginx_middle.p99:.1f}",
        f"{site_middle.p99:.1f}",
    )
    if site_middle.errors:
        print(f"{site_middle.errors} errors at {address}", flush=True)


def print_columns(first: str, *others: str) -> None:
    """Print a line of a table."""
    print(f"{first:36}", *(f"{text:>9}" for text in others), flush=True)


def middle(rounds: Sequence[Round]) -> Round:
    """Return the median round, with the errors of all."""
    return Round(
        rate=median(each.rate for each in rounds),
        p99=median(each.p99 for each in rounds),
        errors=sum(each.errors for each in rounds),
    )


def wrk(url: str, seconds: int) -> Round:
    """Return what one round of requests gave."""
    command = [
        "wrk",
        "-t2",
        f"-c{CONNECTIONS}",
        f"-d{seconds}",
        "--latency",
        url,
    ]
    output = subprocess.run(
        command, capture_output=True, text=True, check=True
    ).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", output)
    assert rate and p99, output
    failures = re.findall(
        r"(?:connect|read|write|timeout|responses:) (\d+)", output
    )
    return Round(
        rate=float(rate[1]),
        p99=float(p99[1]) * MILLISECONDS[p99[2]],
        errors=sum(int(count) for count in failures),
    )


@contextmanager
def site(folder: Path, start: str) -> Iterator[Site]:
    """Serve the site as `python app.py` does, access log and all; print how long it took."""
    began = time.monotonic()
    command: list[str | Path] = [
        sys.executable,
        ROOT / "app.py",
        "--port",
        "0",
    ]
    command += ["--index", folder / "index"]
    log_file = folder / "log"
    with log_file.open("w") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=subprocess.DEVNULL
        )
    try:
        while not log_file.read_text().endswith("/\n"):
            time.sleep(0.01)
        url = log_file.read_text().split()[-1].rstrip("/")
        with urlopen(url):
            print(
                f"{start} start: {time.monotonic() - began:.2f} s to the first answer."
            )
        yield Site(process.pid, url)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def nginx(folder: Path) -> Iterator[str]:
    """Serve `folder/pages` by nginx at a free port; yield its address."""
    (folder / "pages").mkdir()
    folder.chmod(0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(folder=folder, port=port))
    with subprocess.Popen(
        ["nginx", "-c", settings], stderr=subprocess.DEVNULL
    ) as process:
        time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


def memory(parent: int) -> list[str]:
    """Return the memory of a process and of each of its workers (Linux), in words.

    What a process has resident, and its own share of that: memory that several processes have in
    common counts in parts (`Pss` in https://docs.kernel.org/filesystems/proc.html).
    """
    children = (
        Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    )
    sizes = []
    for process in [str(parent), *children]:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        resident = megabytes("Rss", rollup)
        share = megabytes("Pss", rollup)
        sizes.append(f"{resident:.0f} MB (its share {share:.0f} MB)")
    return sizes


def megabytes(name: str, rollup: str) -> float:
    """Return a size that Linux names in kB in a file such as smaps_rollup."""
    size = re.search(rf"^{name}:\s+(\d+) kB", rollup, re.MULTILINE)
    assert size, rollup
    return int(size[1]) / 1024


# Searching


def measure_searching(
    library: Library, queries: Sequence[str], folder: Path
) -> None:
    """Print how an index is built and how queries are answered, ours and FTS5's."""
    folder.mkdir()
    texts = texts_of(library)
    began = time.perf_counter()
    database = fts5_index(texts, folder / "fts5.db")
    fts5_built = time.perf_counter() - began
    began = time.perf_counter()
    search = Search.open(library, folder / "index", getLogger("benchmark"))
    built = time.perf_counter() - began

    fts5_times = timed(lambda query: ask_fts5(database, query), queries)
    times = timed(search.find, queries)
    slower = median(times) / median(fts5_times)
    print(
        f"{len(texts):,} texts, {len(queries)} queries: "
        f"median {median(times):.2f} ms (FTS5 {median(fts5_times):.2f}: {slower:.1f} times), "
        f"slowest {max(times):.1f} ms (FTS5 {max(fts5_times):.1f}); "
        f"built in {built:.2f} s (FTS5 {fts5_built:.2f}: {built / fts5_built:.1f} times).",
        flush=True,
    )


def texts_of(library: Library) -> list[str]:
    """Return the texts that both are given: passages, and claims with their quotations."""
    texts = []
    for article in library.articles.values():
        texts += [passage.text for passage in article.passages]
    texts += [
        f"{claim.says}\n{claim.quote}" for claim in library.claims.values()
    ]
    return texts


def fts5_index(texts: Sequence[str], file: Path) -> sqlite3.Connection:
    """Return SQLite's index of some texts."""
    database = sqlite3.connect(file)
    database.execute(
        "CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='porter unicode61')"
    )
    database.executemany(
        "INSERT INTO texts (text) VALUES (?)", [(text,) for text in texts]
    )
    database.commit()
    return database


def ask_fts5(database: sqlite3.Connection, query: str) -> object:
    """Answer a query: a phrase in quotation marks as such, else all its words."""
    if '"' not in query:
        query = " ".join(f'"{word}"' for word in re.findall(r"\w+", query))
    best = "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY bm25(texts) LIMIT 20"
    return database.execute(best, (query,)).fetchall()


def timed(ask: Callable[[str], object], queries: Sequence[str]) -> list[float]:
    """Return milliseconds for each query: its best of some rounds, after one that is not timed."""
    for query in queries:
        ask(query)
    best = []
    for query in queries:
        best.append(
            min(milliseconds(ask, query) for _ in range(SEARCH_ROUNDS))
        )
    return best


def milliseconds(ask: Callable[[str], object], query: str) -> float:
    """Return how long a query takes."""
    began = time.perf_counter()
    ask(query)
    return (time.perf_counter() - began) * 1_000


class Synthetic:
    """A library of passages of made-up words, as common as words are (Zipf's law), with a claim for
    each passage; the same each time."""

    SEED = 20120620
    VOCABULARY = 20_000
    PASSAGES_AN_ARTICLE = 50
    WORDS_A_PASSAGE = 80
    PEOPLE = 200
    SYLLABLES = re.findall(
        r"\w+", "ba co di fu le mo ni pa ra se ti vo wen ster lin gar"
    )
    QUOTED = slice(3, 15)
    """Which words of a passage its claim quotes."""
    SAID = slice(20, 30)
    """Which words of a passage stand in our sentence."""

    def __init__(self, passages: int, shipped: Library) -> None:
        """`shipped` lends the themes."""
        self._chance = random.Random(self.SEED)
        self._shipped = shipped
        self._words = [self._word(number) for number in range(self.VOCABULARY)]
        self._weights = list(
            accumulate(1 / (rank + 2.7) for rank in range(self.VOCABULARY))
        )
        self._people: dict[str, Person] = {}
        for number in range(self.PEOPLE):
            name = " ".join(self._chance.choices(self.SYLLABLES, k=2)).title()
            self._people[f"person-{number}"] = Person(
                f"person-{number}", name, name
            )
        self._articles: dict[str, Article] = {}
        self._claims: dict[str, Claim] = {}
        for number in range(passages // self.PASSAGES_AN_ARTICLE):
            self._add_article(f"article-{number}")

    def library(self) -> Library:
        """Return the library."""
        return replace(
            self._shipped,
            articles=self._articles,
            claims=self._claims,
            people=self._people,
            version=f"synthetic {len(self._claims)}",
            events={},
            disagreements={},
            outcomes={},
            opening=(),
            moved={},
            mentions={},
        )

    def queries(self) -> list[str]:
        """Return queries of all kinds: common and rare words, several, runs, phrases, names."""
        queries = []
        for _ in range(8):
            article = self._chance.choice([*self._articles.values()])
            words = self._chance.choice(article.passages).text.split()
            queries += [
                self._words[self._chance.randint(0, 30)],
                self._words[self._chance.randint(30, 900)],
                words[0],
                " ".join(self._chance.sample(words, 2)),
                " ".join(self._chance.sample(words, 3)),
                " ".join(words[4:10]),
                f'"{" ".join(words[2:4])}"',
                self._chance.choice([*self._people.values()]).name,
            ]
        return queries

    def _word(self, number: int) -> str:
        return "".join(self._chance.choices(self.SYLLABLES, k=number % 3 + 1))

    def _add_article(self, id: str) -> None:
        passages = []
        for number in range(1, self.PASSAGES_AN_ARTICLE + 1):
            words = self._chance.choices(
                self._words, cum_weights=self._weights, k=self.WORDS_A_PASSAGE
            )
            passages.append(Passage(f"p{number}", " ".join(words)))
        year = str(self._chance.randint(2005, 2014))
        self._articles[id] = Article(
            id=id,
            title=" ".join(passages[0].text.split()[:6]),
            kind="news",
            authors=(),
            publication=Publication("Synthetic"),
            date=Date(year, year, year),
            date_basis="",
            rights="",
            display="full",
            passages=tuple(passages),
        )
        for passage in passages:
            claim = self._claim(id, passage)
            self._claims[claim.id] = claim

    def _claim(self, article: str, passage: Passage) -> Claim:
        words = passage.text.split()
        quote = " ".join(words[self.QUOTED])
        start = passage.text.index(quote)
        speaker = self._chance.choice([*self._people.values()])
        return Claim(
            id=f"{article}-{passage.id}",
            says=f"{speaker.name} says that {' '.join(words[self.SAID])}.",
            quote=quote,
            voice="direct",
            speakers=(speaker.id,),
            themes=(self._chance.choice([*self._shipped.themes]),),
            kind="context",
            article=article,
            passage=passage.id,
            spans=(Span(start, start + len(quote)),),
        )


if __name__ == "__main__":
    main()
