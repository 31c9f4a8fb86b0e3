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
from reference.records import Article, Claim, Date, Library, Passage, Person, Publication, Span
from reference.search import Search

ROOT = Path(__file__).parent.parent
PAGES = ["/", "/themes/data-quality/", "/articles/", "/claims/", "/claims/data-is-junk/", "/about/"]
SEARCHES = ["/search/?q=data", "/search/?q=%22the+data+is+junk%22", "/search.json?q=training"]
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
SEED, WORDS, TO_AN_ARTICLE, ROUNDS = 20120620, 20_000, 50, 3


class Round(NamedTuple):
    """What wrk saw: answers a second, milliseconds that 99 of 100 took, and errors."""

    rate: float
    p99: float
    errors: int


def main() -> None:
    options = argparse.ArgumentParser(description="Print the figures README gives.")
    options.add_argument("--rounds", type=int, default=5, help="for each address")
    options.add_argument("--seconds", type=int, default=2, help="that a round lasts")
    options.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000], help="passages")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        serve(folder, given.rounds, given.seconds)
        library = load(ROOT / "content")
        find(library, [" ".join(query.split()) for query in QUERIES.split(";")], folder / "shipped")
        for size in given.sizes:
            find(*synthetic(size, library), folder / str(size))


def serve(folder: Path, rounds: int, seconds: int) -> None:
    """Print how long the site takes to start, how it serves beside nginx, and its memory."""
    with site(folder, "First"):
        pass
    with site(folder, "Later") as served, nginx(folder) as beside:
        process, url = served
        print(f"{'address':36} {'bytes':>7} {'nginx/s':>8} {'site/s':>8} {'ratio':>6} "
              f"{'nginx p99':>9} {'site p99':>8} {'errors':>6}")  # fmt: skip
        for address in PAGES + SEARCHES:
            with urlopen(url + address) as answer:
                body = answer.read()
            copy = quote(address, safe="") + ".html"
            (folder / "pages" / copy).write_bytes(body)
            here, there = [], []
            for _ in range(rounds):
                there.append(wrk(f"{beside}/{quote(copy)}", seconds))
                here.append(wrk(url + address, seconds))
            ratio = median(a.rate / b.rate for a, b in zip(here, there, strict=True))
            ours, its = middle(here), middle(there)
            print(f"{address:36} {len(body):7} {its.rate:8.0f} {ours.rate:8.0f} {ratio:6.2f} "
                  f"{its.p99:9.1f} {ours.p99:8.1f} {ours.errors:6}", flush=True)  # fmt: skip
        print(f"Memory of each process: {', '.join(memory(process))}.", flush=True)


def middle(rounds: Sequence[Round]) -> Round:
    """The median round, with the errors of all."""
    rates, p99s, errors = zip(*rounds, strict=True)
    return Round(median(rates), median(p99s), sum(errors))


def wrk(url: str, seconds: int) -> Round:
    """One round of 50 connections."""
    asked = ["wrk", "-t2", "-c50", f"-d{seconds}", "--latency", url]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    rate = float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])
    number, unit = re.findall(r"99%\s+([\d.]+)(us|ms|s)", said)[0]
    failed = [int(n) for n in re.findall(r"(?:connect|read|write|timeout|responses:) (\d+)", said)]
    return Round(rate, float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit], sum(failed))


@contextmanager
def site(folder: Path, start: str) -> Iterator[tuple[int, str]]:
    """The site as `python app.py` serves it, access log and all; prints how long it took."""
    began = time.monotonic()
    asked = [sys.executable, str(ROOT / "app.py"), "--port", "0", "--index", str(folder / "index")]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(asked, stdout=log, stderr=subprocess.DEVNULL)
    try:
        while not (said := (folder / "log").read_text()).endswith("/\n"):
            time.sleep(0.01)
        url = said.split()[-1].rstrip("/")
        with urlopen(url):
            print(f"{start} start: {time.monotonic() - began:.2f} s to the first answer.")
        yield process.pid, url
    finally:
        process.terminate()
        process.wait()


@contextmanager
def nginx(folder: Path) -> Iterator[str]:
    """nginx serving `folder/pages` at a free port."""
    (folder / "pages").mkdir()
    folder.chmod(0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(folder=folder, port=port))
    with subprocess.Popen(["nginx", "-c", str(settings)], stderr=subprocess.DEVNULL) as process:
        time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


def memory(parent: int) -> Iterator[str]:
    """Resident megabytes of a process and its workers (Linux)."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    for process in [str(parent), *children]:
        held = re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())[0]
        yield f"{int(held) / 1024:.0f} MB"


def find(library: Library, queries: Sequence[str], folder: Path) -> None:
    """Print how an index is built and how queries are answered, ours and FTS5's."""
    folder.mkdir()
    texts = [passage.text for a in library.articles.values() for passage in a.passages]
    texts += [f"{claim.says}\n{claim.quote}" for claim in library.claims.values()]
    began = time.perf_counter()
    database = sqlite3.connect(folder / "fts5.db")
    database.execute("CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='porter unicode61')")
    database.executemany("INSERT INTO texts (text) VALUES (?)", ((text,) for text in texts))
    database.commit()
    theirs_built = time.perf_counter() - began
    began = time.perf_counter()
    search = Search.open(library, folder / "index", getLogger("benchmark"))
    built = time.perf_counter() - began
    bare = "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY bm25(texts) LIMIT 20"

    def fts5(query: str) -> object:
        words = query if '"' in query else " ".join(f'"{w}"' for w in re.findall(r"\w+", query))
        return database.execute(bare, (words,)).fetchall()

    theirs, ours = timed(fts5, queries), timed(search.find, queries)
    print(f"{len(texts):,} texts, {len(queries)} queries: median {median(ours):.2f} ms (FTS5 "
          f"{median(theirs):.2f}: {median(ours) / median(theirs):.1f} times), slowest "
          f"{max(ours):.1f} ms (FTS5 {max(theirs):.1f}); built in {built:.2f} s (FTS5 "
          f"{theirs_built:.2f}: {built / theirs_built:.1f} times).", flush=True)  # fmt: skip


def timed(ask: Callable[[str], object], queries: Sequence[str]) -> list[float]:
    """Milliseconds of each query, the best of some rounds after one that does not count."""

    def took(query: str) -> float:
        began = time.perf_counter()
        ask(query)
        return (time.perf_counter() - began) * 1_000

    rounds = [[took(query) for query in queries] for _ in range(ROUNDS + 1)]
    return [min(times) for times in zip(*rounds[1:], strict=True)]


def synthetic(passages: int, shipped: Library) -> tuple[Library, list[str]]:
    """A library of so many passages of Zipf-distributed words, the same each time, with a claim
    for each, and queries made from its words."""
    chance = random.Random(SEED)
    syllables = re.findall(r"\w+", "ba co di fu le mo ni pa ra se ti vo wen ster lin gar")
    words = ["".join(chance.choices(syllables, k=n % 3 + 1)) for n in range(WORDS)]
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(WORDS)))
    names = [" ".join(chance.choices(syllables, k=2)).title() for _ in range(200)]
    people = {f"person-{n}": Person(f"person-{n}", name, name) for n, name in enumerate(names)}
    articles, claims = {}, {}
    for first in range(0, passages, TO_AN_ARTICLE):
        id, year = f"article-{first}", str(chance.randint(2005, 2014))
        texts = [chance.choices(words, cum_weights=weights, k=80) for _ in range(TO_AN_ARTICLE)]
        held = tuple(Passage(f"p{n}", " ".join(text)) for n, text in enumerate(texts, 1))
        title = " ".join(texts[0][:6])
        articles[id] = Article(
            id,
            title,
            "news",
            (),
            Publication("Synthetic"),
            Date(year, year, year),
            "",
            "",
            "full",
            held,
        )
        for passage in held:
            quoted = " ".join(passage.text.split()[3:15])
            who, start = chance.choice([*people]), passage.text.index(quoted)
            says = f"{people[who].name} says that {' '.join(passage.text.split()[20:30])}."
            theme, span = chance.choice([*shipped.themes]), Span(start, start + len(quoted))
            claims[f"{id}-{passage.id}"] = Claim(
                f"{id}-{passage.id}", says, quoted, "direct", (who,), (theme,), "context", id,
                passage.id, (span,),
            )  # fmt: skip
    library = replace(
        shipped, articles=articles, claims=claims, people=people, version=f"synthetic {passages}",
        disagreements={}, events={}, opening=(), moved={}, mentions={},
    )  # fmt: skip
    queries = []
    for text in (chance.choice(held).text.split() for _ in range(8)):
        queries += [words[chance.randint(0, 30)], words[chance.randint(30, 900)], text[0]]
        queries += [" ".join(chance.sample(text, 2)), " ".join(chance.sample(text, 3))]
        queries += [" ".join(text[4:10]), f'"{" ".join(text[2:4])}"', chance.choice(names)]
    return library, queries


if __name__ == "__main__":
    main()
