"""References are set once for all workers, and a page is served without them if need be."""

import multiprocessing
import os
import sys
import time
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

import pytest

from app import create_app
from reference.citation.references import UNSET
from reference.citation.shared import Shared
from reference.export.freezing import ExportError, export
from reference.records import Library

FORKS = pytest.mark.skipif(sys.platform == "win32", reason="nothing is forked on Windows")


def asked_in_forks(shared: Shared, times: int = 4) -> list[Any]:
    """What each of some forked processes is answered, all asking at once."""
    forking = multiprocessing.get_context("fork")
    answers = forking.Queue()
    processes = [forking.Process(target=lambda: answers.put(shared())) for _ in range(times)]
    for process in processes:
        process.start()
    found = [answers.get(timeout=20) for _ in processes]
    for process in processes:
        process.join(20)
    return found


@FORKS
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_forked_processes_make_a_value_once(tmp_path: Path) -> None:
    """Whoever is first asked makes it; the others wait, and read the same."""
    marks = tmp_path / "made"

    def make() -> dict[str, int]:
        with marks.open("a") as file:
            file.write("x")
        time.sleep(0.3)
        return {"by": os.getpid()}

    found = asked_in_forks(Shared(make))
    assert marks.read_text() == "x"
    assert all(each == found[0] for each in found)


@FORKS
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_maker_that_is_killed_holds_up_nobody(tmp_path: Path) -> None:
    """The next process that is asked makes the value instead."""
    mark = tmp_path / "tried"

    def make() -> int:
        if not mark.exists():
            mark.touch()
            os._exit(1)
        return 7

    shared = Shared(make)
    first = multiprocessing.get_context("fork").Process(target=shared)
    first.start()
    first.join(20)
    assert first.exitcode == 1
    assert asked_in_forks(shared, 2) == [7, 7]


def broken(*_: Any) -> dict[str, str]:
    raise CalledProcessError(1, "pandoc")


def test_a_page_is_served_without_its_references(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While pandoc fails, articles are still read, and not kept so; then references are back."""
    client = create_app(index=tmp_path).test_client()
    address = f"/articles/{next(iter(library.articles))}/"
    with monkeypatch.context() as patch:
        patch.setattr("reference.citation.references.typeset", broken)
        page = client.get(address)
        assert page.status_code == 200 and UNSET in page.text
        assert page.headers["Cache-Control"] == "no-store"
    page = client.get(address)
    assert UNSET not in page.text and "Cache-Control" not in page.headers


def test_a_copy_is_never_made_without_references(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a live site can say better later, a static copy would say for ever."""
    monkeypatch.setattr("reference.citation.references.typeset", broken)
    with pytest.raises(ExportError, match="references cannot be set"):
        export(lambda: create_app(index=tmp_path / "index"), tmp_path / "copy", lambda _: None)
    assert not (tmp_path / "copy").exists()
