"""The index: built once, aside, whole; rebuilt, or kept in memory, whatever becomes of its folder;
one answer for many at once.
"""

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from logging import getLogger
from pathlib import Path

import pytest

from reference.content.loading import load
from reference.records import Library
from reference.search import Search
from reference.search.finding import build
from reference.search.index import BUILDING
from tests.searched import Found, ids
from tests.served import ROOT
from tests.small import SMALL_LIBRARY

LOG = getLogger("test")
QUERIES = [
    "Berg",
    "new carriages cost",
    '"nobody sleeps in a seat"',
    "train",
    "sleeper cost",
    "Bergg",
    "zzyzx",
    "person:obrien seat",
    "carriages and cost",
    "theme:cost -board",
]
NAME = "Berg"
"""Of the person whose id is `ANNA`."""
ANNA = "anna-berg"


@pytest.fixture(scope="module")
def library() -> Library:
    """The small library, of which an index is soon built."""
    return load(SMALL_LIBRARY)


def answers(search: Search) -> list[list[Found]]:
    return [ids(search, query) for query in QUERIES]


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def times_of_change(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_built_once(library: Library, tmp_path: Path) -> None:
    """The first start builds the index, the second opens it, and a search writes nothing."""
    first = Search.open(library, tmp_path, LOG)
    before = times_of_change(tmp_path)

    answers(Search.open(library, tmp_path, LOG))

    assert first.state == "on disk"
    assert times_of_change(tmp_path) == before
    assert len(names(tmp_path)) == 1


def test_other_content_is_another_index(
    library: Library, tmp_path: Path
) -> None:
    """When a word of the content changes, a new index is built and the old one removed; what is
    no index stays.
    """
    (tmp_path / "README.md").write_text("Kept.")
    Search.open(library, tmp_path, LOG)
    before = set(names(tmp_path))
    claim = next(iter(library.claims.values()))
    other = replace(claim, says="Somebody says zebra.")
    changed = replace(library, claims={**library.claims, claim.id: other})

    search = Search.open(changed, tmp_path, LOG)

    assert search.find("zebra").total == 1
    assert len(names(tmp_path)) == 2
    assert before.intersection(names(tmp_path)) == {"README.md"}
    assert Search.open(library, tmp_path, LOG).find("zebra").total == 0


def _garble(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2 :] = b"\xff" * 10
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [_garble, Path.unlink])
def test_a_damaged_index_is_rebuilt(
    library: Library, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """Whichever file is damaged, and however, the index is built again and answers."""
    place = build(library, tmp_path)

    for number in range(len(names(place))):
        damage(sorted(place.iterdir())[number])
        search = Search.open(library, tmp_path, LOG)
        assert search.find(NAME).hits[0].id == ANNA
        assert search.state == "on disk"

    assert names(tmp_path) == [place.name]


def test_a_folder_that_cannot_be_used(
    library: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Where nothing can be written the index is kept in memory, and one line of the log says so."""
    (tmp_path / "search_index").write_text("not a folder")

    search = Search.open(library, tmp_path / "search_index", LOG)

    assert search.find(NAME).hits[0].id == ANNA
    assert search.state == "in memory"
    (warning,) = [
        record for record in caplog.records if record.levelname == "WARNING"
    ]
    assert "memory" in warning.message


def _start(folder: Path, before: str) -> subprocess.Popen[str]:
    """Start a process that opens the search after doing something first, and prints an answer."""
    code = f"""if True:
        import resource, signal, sys, logging
        from pathlib import Path
        from reference.content.loading import load
        from reference.search import Search, index
        library = load(Path({str(SMALL_LIBRARY)!r}))
        {before}
        search = Search.open(library, Path({str(folder)!r}), logging.getLogger())
        print(search.find({NAME!r}).hits[0].id, search.state)"""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that it can be killed with whatever it has started
    )


def test_a_full_disk(tmp_path: Path) -> None:
    """Where the disk fills up in the middle, the index is kept in memory and nothing is left."""
    ignored = "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)"
    full = f"{ignored}; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"

    out, errors = _start(tmp_path, full).communicate()

    assert out.split("\n")[0] == f"{ANNA} in memory", errors
    assert names(tmp_path) == []
    assert errors.count("memory") == 1


def test_a_killed_build_leaves_nothing_open(
    library: Library, tmp_path: Path
) -> None:
    """A process killed while building leaves no index to be opened; the next start builds one."""
    wait = "print('begun', flush=True) or signal.pause()"
    slow = f"Path.write_bytes = lambda path, data: {wait}"

    with _start(tmp_path, slow) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        os.killpg(process.pid, signal.SIGKILL)

    (left,) = names(tmp_path)
    assert left.startswith(BUILDING)
    assert Search.open(library, tmp_path, LOG).state == "on disk"
    assert len(names(tmp_path)) == 2


def test_many_threads_are_answered_alike(
    library: Library, tmp_path: Path
) -> None:
    """Twenty threads at once get the answers of one alone, though the folder is emptied."""
    search = Search.open(library, tmp_path, LOG)
    alone = answers(search)
    shutil.rmtree(tmp_path)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    try:
        with ThreadPoolExecutor(20) as threads:
            together = list(threads.map(lambda _: answers(search), range(40)))
    finally:
        sys.setswitchinterval(interval)

    assert together == [alone] * 40


def _answers_of_another_process(folder: Path) -> list[list[Found]]:
    return answers(Search.open(load(SMALL_LIBRARY), folder, LOG))


def test_many_processes_start_at_once(
    library: Library, tmp_path: Path
) -> None:
    """Four processes that all find no index leave one good one, and answer alike."""
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        together = pool.map(
            _answers_of_another_process, [tmp_path] * 4, chunksize=1
        )

    search = Search.open(library, tmp_path, LOG)
    assert together == [answers(search)] * 4
    assert len(names(tmp_path)) == 1
