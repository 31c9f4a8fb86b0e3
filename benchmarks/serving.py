"""How fast the site is served, beside nginx serving the same bytes: `python -m benchmarks.serving`.

Needs nginx and wrk (both packaged by Debian). Each address is asked for by 50 connections, in
rounds that alternate between the two servers; the median round is printed. Everything happens on
this machine, so the two servers and wrk share its processors: only the comparison means much. (wrk
counts a wait once for each answer that could have come meanwhile, so that one pause of a moment
shows in the 99th of a hundred.)

Searches that never repeat are compared, in the same way, with Datasette's search page over the same
passages, if `datasette` is installed (in an environment of its own; it is none of ours).
"""

import argparse
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote
from urllib.request import urlopen

from reference.content.loading import load

ROOT = Path(__file__).parent.parent
PAGES = [
    "/", "/themes/", "/themes/data-quality/", "/articles/", "/people/", "/claims/", "/about/",
    "/library.json",
]  # fmt: skip
SEARCHES = ["/search/?q=data", "/search/?q=%22the+data+is+junk%22", "/search.json?q=training"]
PAGE_BAR, SEARCH_BAR, P99_BAR, DATASETTE_BAR = 0.20, 0.15, 25.0, 10.0
NGINX = """
worker_processes {workers}; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  types {{ text/html html; application/json json; }}
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {folder}/pages; }}
}}
"""
NEVER_REPEATED = """
local words = {"data", "training", "support", "budget", "junk", "practice", "trust", "risk"}
local count, path = 0, ""
init = function(arguments) path = arguments[1]; math.randomseed(os.time()) end
request = function()
  count = count + 1
  local word = words[count % #words + 1]
  return wrk.format("GET", path .. word .. "+" .. math.random(1000000000))
end
"""
TABLES = """
create table passages (id text primary key, article text, text text);
create virtual table passages_fts using fts5 (text, content='passages');
"""


class Round(NamedTuple):
    """What wrk saw: answers a second, milliseconds that 99 of 100 answers took, and errors."""

    rate: float
    p99: float
    errors: int


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    options.add_argument("--rounds", type=int, default=5, help="rounds for each address")
    options.add_argument("--seconds", type=int, default=3, help="seconds a round lasts")
    options.add_argument("--workers", type=int, default=2, help="workers of either server")
    options.add_argument("--datasette", default="datasette", help="the program of that name")
    given = options.parse_args()
    absent = [tool for tool in ("nginx", "wrk") if not shutil.which(tool)]
    if absent:
        print(f"Not measured: {' and '.join(absent)} not installed (apt-get install nginx wrk).")
        return 0
    with tempfile.TemporaryDirectory() as folder, site(Path(folder), given.workers) as url:
        with nginx(Path(folder), given.workers) as beside:
            missed = table(url, beside, Path(folder) / "pages", given.rounds, given.seconds)
        missed += never_repeated(url, Path(folder), given)
    print("\nEvery bar is met." if not missed else f"\nMissed: {', '.join(missed)}.")
    return 1 if missed else 0


def table(url: str, beside: str, pages: Path, rounds: int, seconds: int) -> list[str]:
    """Print a row an address; return the addresses that miss a bar."""
    missed = []
    print(f"{'address':36} {'bytes':>7} {'nginx/s':>8} {'site/s':>8} {'ratio':>6} {'bar':>5} "
          f"{'nginx p99':>9} {'site p99':>8} {'errors':>6}")  # fmt: skip
    for address in PAGES + SEARCHES:
        with urlopen(url + address) as answer:
            body = answer.read()
        copy = quote(address, safe="") + ".html"
        (pages / copy).write_bytes(body)
        there, here = [], []
        for _ in range(rounds):
            there.append(wrk(f"{beside}/{quote(copy)}", seconds))
            here.append(wrk(url + address, seconds))
        bar = SEARCH_BAR if address in SEARCHES else PAGE_BAR
        ratio = statistics.median(a.rate / b.rate for a, b in zip(here, there, strict=True))
        rate, p99, errors = middle(here)
        other = middle(there)
        print(f"{address:36} {len(body):7} {other.rate:8.0f} {rate:8.0f} {ratio:6.2f} {bar:5.2f} "
              f"{other.p99:9.1f} {p99:8.1f} {errors:6}", flush=True)  # fmt: skip
        if ratio < bar or p99 > P99_BAR or errors:
            missed.append(address)
    return missed


def never_repeated(url: str, folder: Path, given: argparse.Namespace) -> list[str]:
    """Print how searches that never repeat fare here and in Datasette; what misses its bar."""
    script = folder / "never.lua"
    script.write_text(NEVER_REPEATED)

    def asked(server: str, path: str) -> Round:
        return wrk(f"{server}/", given.seconds, "-s", str(script), after=("--", path))

    here, there = [], []
    with datasette(given.datasette, folder) as beside:
        for _ in range(given.rounds):
            here.append(asked(url, "/search/?q="))
            if beside:
                there.append(asked(beside, "/library/passages?_search="))
    rate, p99, errors = middle(here)
    print(f"\nSearches that never repeat: {rate:.0f}/s, p99 {p99:.1f} ms, {errors} errors.")
    missed = ["errors in searches that never repeat"] * bool(errors)
    missed += ["p99 of searches that never repeat"] * (p99 > P99_BAR)
    if not there:
        print("Not compared with Datasette: it is not installed (see --datasette).")
        return missed
    ratio = statistics.median(a.rate / b.rate for a, b in zip(here, there, strict=True))
    rate, p99, errors = middle(there)
    print(f"Datasette: {rate:.0f}/s, p99 {p99:.0f} ms, {errors} errors; "
          f"the site answers {ratio:.1f} times as many (bar {DATASETTE_BAR:.0f}).")  # fmt: skip
    return missed + ["ratio to Datasette"] * (ratio < DATASETTE_BAR)


@contextmanager
def datasette(program: str, folder: Path) -> Iterator[str]:
    """Datasette serving the passages, with a full-text index of them; "" if not installed."""
    if not shutil.which(program):
        yield ""
        return
    articles = load(ROOT / "content").articles.values()
    database = sqlite3.connect(folder / "library.db")
    with database:
        database.executescript(TABLES)
        database.executemany(
            "insert into passages values (?, ?, ?)",
            [(f"{a.id}-{p.id}", a.title, p.text) for a in articles for p in a.passages],
        )
        database.execute("insert into passages_fts (passages_fts) values ('rebuild')")
    database.close()
    port = free_port()
    with running([program, str(folder / "library.db"), "--port", str(port)], port):
        yield f"http://127.0.0.1:{port}"


def middle(rounds: list[Round]) -> Round:
    """The median round, with the errors of all."""
    rates, p99s, errors = zip(*rounds, strict=True)
    return Round(statistics.median(rates), statistics.median(p99s), sum(errors))


def wrk(url: str, seconds: int, *more: str, after: tuple[str, ...] = ()) -> Round:
    """One round of 50 connections."""
    asked = ["wrk", "-t2", "-c50", f"-d{seconds}", "--latency", *more, url, *after]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    rate = float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])
    number, unit = re.findall(r"99%\s+([\d.]+)(us|ms|s)", said)[0]
    p99 = float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
    failed = [int(n) for n in re.findall(r"(?:connect|read|write|timeout|responses:) (\d+)", said)]
    return Round(rate, p99, sum(failed))


@contextmanager
def site(folder: Path, workers: int) -> Iterator[str]:
    """The site as `python app.py` serves it, access log and all; prints how long it took."""
    for start in ("First", "Later"):
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), "--port", "0", "--workers", str(workers),
             "--index", str(folder / "index")],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert process.stdout
        try:
            url = process.stdout.readline().split()[-1].rstrip("/")
            with urlopen(url):
                print(f"{start} start: {time.monotonic() - began:.2f} s to the first answer.")
            if start == "Later":
                yield url
                print(f"Resident memory of each process: {', '.join(memory(process.pid))}.")
        finally:
            process.terminate()
            process.wait()


def memory(parent: int) -> list[str]:
    """Resident megabytes of a process and its workers (Linux)."""
    children = Path(f"/proc/{parent}/task/{parent}/children")
    if not children.exists():
        return ["not known here"]
    statuses = (Path(f"/proc/{pid}/status") for pid in [str(parent), *children.read_text().split()])
    found = (re.findall(r"VmRSS:\s+(\d+)", status.read_text())[0] for status in statuses)
    return [f"{int(kilobytes) / 1024:.0f} MB" for kilobytes in found]


@contextmanager
def nginx(folder: Path, workers: int) -> Iterator[str]:
    """nginx serving `folder/pages` at a free port."""
    (folder / "pages").mkdir()
    folder.chmod(0o755)
    port = free_port()
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(workers=workers, folder=folder, port=port))
    with running(["nginx", "-c", str(settings)], port):
        yield f"http://127.0.0.1:{port}"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """A server, from when its port answers until it is told to stop."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet)
    try:
        for _ in range(400):
            with socket.socket() as knock:
                if not knock.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
