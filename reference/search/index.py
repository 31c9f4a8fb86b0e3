"""The index: which entries have which words side by side. The only file that knows Whoosh.

It is built on first start in a folder named by the entries and by the code here that reads them,
and held in memory whole: clearing or damaging the folder afterwards cannot touch a running site.

`Index` is all that the rest of the search asks of an engine, so that another can take its place.
"""

import hashlib
import multiprocessing
import os
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from logging import Logger
from pathlib import Path
from typing import Any, Protocol, TypeAlias
from uuid import uuid4

from cachetools import LRUCache, cachedmethod
from cachetools.keys import hashkey
from whoosh import query
from whoosh.analysis import Token, Tokenizer
from whoosh.codec.whoosh3 import W3Codec
from whoosh.fields import TEXT, Schema
from whoosh.filedb.filestore import FileStorage, RamStorage, copy_to_ram
from whoosh.searching import Searcher

from reference.search.entries import Entry
from reference.search.wording import Wording
from reference.search.words import Run

CODE = Path(__file__).parent
DIGEST = "digest"
BUILDING = ".building-"
ANYWHERE = 1_000_000
"""Places between runs of words however far apart in one text."""
KEPT_SCORES = 300_000
"""Scores kept for words asked for again, some 100 bytes each."""
KEPT_RUN = 8
"""Words of a run whose scores are kept; a longer one is seldom asked for again."""

Query: TypeAlias = Any  # one of Whoosh's, which has no types
Scores: TypeAlias = Mapping[int, float]
"""The number of an entry -> how well it fits."""


class Index(Protocol):
    """What a search asks of its engine. It may be asked by any number of threads."""

    @property
    def state(self) -> str:
        """Where it is kept: "on disk" or "in memory"."""

    def having(self, runs: Sequence[Run]) -> Scores:
        """Return the entries in which some runs of words stand one after the other, however far
        apart; the words of a run stand side by side, each as far from the next as it is wide.
        """


class WhooshIndex:
    """An index of Whoosh's, open for reading."""

    def __init__(self, storage: RamStorage, state: str) -> None:
        self._index = storage.open_index()
        self._state = state
        self._of_this_thread = threading.local()
        self._kept: LRUCache[Any, Scores] = LRUCache(
            KEPT_SCORES, getsizeof=_size
        )
        self._lock = threading.Lock()

    @property
    def state(self) -> str:
        return self._state

    def having(self, runs: Sequence[Run]) -> Scores:
        """Return the entries in which some runs of words stand one after the other."""
        if len(runs) == 1 and len(runs[0]) <= KEPT_RUN:
            return self._having_run(runs[0])
        queries = [_side_by_side(run) for run in runs]
        return self._search(_in_order(queries))

    @cachedmethod(
        lambda self: self._kept,
        key=lambda self, run: _key_of(run),
        lock=lambda self: self._lock,
    )
    def _having_run(self, run: Run) -> Scores:
        return self._search(_side_by_side(run))

    def _search(self, wanted: Query) -> Scores:
        results = self._searcher.search(wanted, limit=None)
        return {
            results.docnum(number): results.score(number)
            for number in range(results.scored_length())
        }

    @property
    def _searcher(self) -> Searcher:
        """The searcher of this thread: Whoosh gives wrong answers where two threads share one."""
        if not hasattr(self._of_this_thread, "searcher"):
            self._of_this_thread.searcher = self._index.searcher()
        return self._of_this_thread.searcher


def _key_of(run: Run) -> tuple[Any, ...]:
    """Return what all runs share that find the same."""
    terms = [(word.term, word.width) for word in run]
    return hashkey(tuple(terms))


def _size(scores: Scores) -> int:
    """Return how many scores a kept answer counts for; its key counts as five."""
    return len(scores) + 5


def _side_by_side(run: Run) -> Query:
    """Return the query for words side by side: a tree of pairs, as Whoosh's own phrase has one
    distance for all its words.
    """
    if len(run) == 1:
        return query.Term("words", run[0].term)
    half = len(run) // 2
    return query.Sequence(
        [_side_by_side(run[:half]), _side_by_side(run[half:])],
        slop=run[half - 1].width,
    )


def _in_order(queries: Sequence[Query]) -> Query:
    """Return the query for runs of words one after the other in one text, however far apart."""
    if not queries:
        return query.NullQuery
    if len(queries) == 1:
        return queries[0]
    # Whoosh's own `Ordered` cannot be matched
    return query.Sequence(queries, slop=ANYWHERE)


def open_index(
    entries: Sequence[Entry], wording: Wording, folder: Path, log: Logger
) -> Index:
    """Return the index of these entries, built first if there is none; this never fails."""
    try:
        built = build_index(entries, wording, folder)
        return WhooshIndex(copy_to_ram(FileStorage(str(built))), "on disk")
    except OSError as error:
        log.warning(
            "The search index is kept in memory: %s cannot be used (%s)",
            folder,
            error,
        )
        in_memory = _index_in_memory(entries, wording)
        return WhooshIndex(in_memory, "in memory")


def build_index(
    entries: Sequence[Entry], wording: Wording, folder: Path
) -> Path:
    """Return the folder of the index of these entries; build it if it is missing or damaged.

    It is a folder inside `folder`, named by a digest of all that the index depends on, so that
    other entries or other code have an index of their own. After building, the indexes of
    others in `folder` are removed. Raises OSError if it cannot be written.
    """
    target = folder / _digest_of(entries, wording)
    if _is_whole(target):
        return target
    if _may_fork():
        # The memory that building takes is given back when the child ends
        child = multiprocessing.get_context("fork").Process(
            target=_try_to_build, args=(entries, wording, target)
        )
        child.start()
        child.join()
    if not _is_whole(target):
        # There was no child, or it failed: if building fails here, its error is raised
        _build(entries, wording, target)
    _remove_others(target)
    return target


def _may_fork() -> bool:
    """Return whether this process may have a copy of itself do work."""
    alone = threading.active_count() == 1
    return (
        hasattr(os, "fork")
        and alone
        and not multiprocessing.current_process().daemon
    )


def _try_to_build(
    entries: Sequence[Entry], wording: Wording, target: Path
) -> None:
    """Build an index in a process of its own, which gives back the memory that building takes.

    What goes wrong is left for the parent to meet, and to say.
    """
    with suppress(OSError, KeyboardInterrupt):
        _build(entries, wording, target)


def _build(entries: Sequence[Entry], wording: Wording, target: Path) -> None:
    """Build the index of these entries, and put it at the folder `target`.

    It is written to a temporary folder first, which is then renamed to `target`, so that nobody
    meets a half-written index. Another process may build the same index meanwhile; either is
    kept. Raises OSError if there is no whole index in the end.
    """
    storage = _index_in_memory(entries, wording)
    temporary = target.parent / f"{BUILDING}{uuid4().hex}"
    temporary.mkdir(parents=True)
    try:
        _write_files(storage, temporary)
        if not _is_whole(target):
            shutil.rmtree(target, ignore_errors=True)
            temporary.rename(target)
    except OSError:
        # No harm if another process has put a whole one there meanwhile
        if not _is_whole(target):
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write_files(storage: RamStorage, folder: Path) -> None:
    """Write the files of an index to a folder, with their digest.

    Whoosh's own writing to disk would leave files open where the disk is full.
    """
    for name in storage.list():
        content = storage.open_file(name).read()
        (folder / name).write_bytes(content)
    (folder / DIGEST).write_text(_digest_of_files(folder))


def _remove_others(target: Path) -> None:
    for digest in target.parent.glob(f"[!.]*/{DIGEST}"):
        if digest.parent != target:
            shutil.rmtree(digest.parent, ignore_errors=True)


def _index_in_memory(entries: Sequence[Entry], wording: Wording) -> RamStorage:
    """Return a Whoosh index, in memory, with one document for each entry, in order.

    All are in one segment, so that the number of a document is that of its entry. A document is
    given as the terms of the entry's words and their places, `data^3 junk^5`, which `_Placed`
    reads.
    """
    storage = _Memory()
    schema = Schema(words=TEXT(_Placed()))
    codec = W3Codec()
    # These statistics serve searches for the first few results; ours ask for all
    codec.length_stats = False
    # So much memory (MB) that nothing is put aside in files on the way
    writer = storage.create_index(schema).writer(limitmb=4096, codec=codec)
    for entry in entries:
        words = wording.all_words(entry.indexed)
        terms_with_places = [f"{word.term}^{word.place}" for word in words]
        writer.add_document(words=" ".join(terms_with_places))
    writer.commit()
    return storage


def _is_whole(folder: Path) -> bool:
    """Whether a folder has an index, with nothing of it damaged."""
    try:
        digest = (folder / DIGEST).read_text()
        return digest == _digest_of_files(folder)
    except (OSError, UnicodeDecodeError):
        return False


def _digest_of(entries: Sequence[Entry], wording: Wording) -> str:
    """Return the digest of all that an index follows from: the code, the words, the entries."""
    digest = hashlib.sha256(_digest_of_files(CODE).encode())
    digest.update(repr(wording.learnt).encode())
    for entry in entries:
        digest.update(repr(entry.indexed).encode())
    return digest.hexdigest()[:16]


def _digest_of_files(folder: Path) -> str:
    """Return the digest of a folder's files, but for those without an ending: the digest's own, and
    Whoosh's lock.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.*")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class _Placed(Tokenizer):  # type: ignore[misc]
    """Reads words with their places, `data^3 junk^5`: in half the time that Whoosh's own tokenizer
    and its filter for attributes take.
    """

    def __call__(self, value: str, **options: Any) -> Iterator[Token]:
        token = Token(**options)
        token.boost = 1.0
        for word in value.split():
            token.text, _, place = word.rpartition("^")
            token.pos = int(place)
            yield token


class _Memory(RamStorage):  # type: ignore[misc]
    """An index in memory whose workings are in memory too: Whoosh's would need the disk."""

    def temp_storage(self, name: str | None = None) -> RamStorage:
        return _Memory()
