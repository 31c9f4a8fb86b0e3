"""The index: built once, aside, whole; rebuilt, or kept in memory, whatever becomes of its folder;
one answer for many at once."""

import multiprocessing
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

LOG = getLogger("test")
ROOT = Path(__file__).parent.parent
QUERIES = ["Glasby", "data is junk", '"set up to fail"', "GP", "support PCT", "Glazby", "zzyzx",
           "person:marshall skills", "primary care trust", "theme:training -MBAs"]  # fmt: skip


def answers(search: Search) -> list[list[Found]]:
    return [ids(search, query) for query in QUERIES]


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_built_once(library: Library, tmp_path: Path) -> None:
    """The first start builds the index, the second opens it, and a search writes nothing."""
    assert Search.open(library, tmp_path, LOG).state == "on disk"
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert any(answers(Search.open(library, tmp_path, LOG)))
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    assert len(names(tmp_path)) == 1


def test_other_content_is_another_index(library: Library, tmp_path: Path) -> None:
    """When a word of the content changes, a new index is built and the old one removed; what is
    no index stays."""
    (tmp_path / "README.md").write_text("Kept.")
    Search.open(library, tmp_path, LOG)
    before = set(names(tmp_path))
    claim = next(iter(library.claims.values()))
    other = replace(claim, says="Somebody says zebra.")
    changed = replace(library, claims={**library.claims, claim.id: other})
    assert Search.open(changed, tmp_path, LOG).find("zebra").total == 1
    assert len(names(tmp_path)) == 2 and {*names(tmp_path)} & before == {"README.md"}
    assert Search.open(library, tmp_path, LOG).find("zebra").total == 0


def _garbled(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2 :] = b"\xff" * 10
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [_garbled, Path.unlink])
def test_a_damaged_index_is_rebuilt(
    library: Library, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """Whichever file is damaged, and however, the index is built again and answers."""
    place = build(library, tmp_path)
    for number in range(len(names(place))):
        damage(sorted(place.iterdir())[number])
        opened = Search.open(library, tmp_path, LOG)
        assert opened.find("Glasby").hits[0].id == "jon-glasby" and opened.state == "on disk"
    assert names(tmp_path) == [place.name]


def test_a_folder_that_cannot_be_used(
    library: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Where nothing can be written the index is kept in memory, and one line of the log says so."""
    (tmp_path / "search_index").write_text("not a folder")
    opened = Search.open(library, tmp_path / "search_index", LOG)
    assert opened.find("Glasby").hits[0].id == "jon-glasby" and opened.state == "in memory"
    (line,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert "memory" in line.message


def _run(folder: Path, before: str) -> subprocess.Popen[str]:
    """A process that opens the search after doing something first, and prints an answer."""
    code = f"""if True:
        import resource, signal, sys, logging
        from pathlib import Path
        from reference.content.loading import load
        from reference.search import Search, index
        library = load(Path({str(ROOT / "content")!r}))
        {before}
        search = Search.open(library, Path({str(folder)!r}), logging.getLogger())
        print(search.find("Glasby").hits[0].id, search.state)"""
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def test_a_full_disk(tmp_path: Path) -> None:
    """Where the disk fills up in the middle, the index is kept in memory and nothing is left."""
    ignored = "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)"
    full = f"{ignored}; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"
    out, err = _run(tmp_path, full).communicate()
    assert out.split("\n")[0] == "jon-glasby in memory", err
    assert not names(tmp_path) and err.count("memory") == 1


def test_a_killed_build_leaves_nothing_open(library: Library, tmp_path: Path) -> None:
    """A process killed while building leaves no index to be opened; the next start builds one."""
    wait = "print('begun', flush=True) or signal.pause()"
    slow = f"Path.write_bytes = lambda path, data: {wait}"
    with _run(tmp_path, slow) as process:
        assert process.stdout and process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGKILL)
    (left,) = names(tmp_path)
    assert left.startswith(BUILDING)
    assert Search.open(library, tmp_path, LOG).state == "on disk" and len(names(tmp_path)) == 2


def test_many_threads_are_answered_alike(library: Library, tmp_path: Path) -> None:
    """Twenty threads at once get the answers of one alone, though the folder is emptied."""
    opened, interval = Search.open(library, tmp_path, LOG), sys.getswitchinterval()
    alone = answers(opened)
    shutil.rmtree(tmp_path)
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(20) as threads:
            assert all(got == alone for got in threads.map(lambda _: answers(opened), range(40)))
    finally:
        sys.setswitchinterval(interval)


def _in_a_process(folder: Path) -> list[list[Found]]:
    return answers(Search.open(load(ROOT / "content"), folder, LOG))


def test_many_processes_start_at_once(search: Search, tmp_path: Path) -> None:
    """Four processes that all find no index leave one good one, and answer alike."""
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        got = pool.map(_in_a_process, [tmp_path] * 4, chunksize=1)
    assert all(each == answers(search) for each in got) and len(names(tmp_path)) == 1
