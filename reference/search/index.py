"""The index of the entries: the only file that knows Whoosh.

It is built on first start in a folder named by the entries and the code here that reads them, and
held in memory whole: clearing or damaging the folder afterwards cannot touch a running site.
"""

import hashlib
import shutil
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from logging import Logger
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

from whoosh import query
from whoosh.analysis import DelimitedAttributeFilter, SpaceSeparatedTokenizer
from whoosh.fields import KEYWORD, TEXT, Schema
from whoosh.filedb.filestore import FileStorage, RamStorage, copy_to_ram
from whoosh.searching import Searcher
from whoosh.sorting import FieldFacet

from reference.search.entries import FACETS, Entry
from reference.search.words import Word, Wording

HERE, DIGEST, BUILDING = Path(__file__).parent, "digest", ".building-"
ANYWHERE = 1_000_000  # places between runs of words however far apart in one text

Query: TypeAlias = Any  # one of Whoosh's, which has no types
Places = frozenset[int]  # numbers of entries
Scores = Mapping[int, float]  # by number of an entry


def run(words: Sequence[Word]) -> Query:
    """The query for words side by side, each as far from the next as it is wide: a tree of pairs,
    as Whoosh's own phrase has one distance for all its words."""
    if len(words) == 1:
        return query.Term("words", words[0].term)
    half = len(words) // 2
    return query.Sequence([run(words[:half]), run(words[half:])], slop=words[half - 1].width)


def in_order(queries: Sequence[Query]) -> Query:
    """The query for runs of words one after the other in one text, however far apart."""
    if len(queries) < 2:
        return queries[0] if queries else query.NullQuery
    return query.Sequence(queries, slop=ANYWHERE)  # Whoosh's own `Ordered` cannot be matched


class Index:
    """An index open for reading, by any number of threads; it is kept "on disk" or "in memory"."""

    def __init__(self, storage: RamStorage, state: str) -> None:
        self._index, self.state, self._mine = storage.open_index(), state, threading.local()
        self.having = lru_cache(1_000)(self._having)  # words are asked for again and again
        facets = {name: FieldFacet(name, allow_overlap=True) for name in FACETS}
        every = self._searcher.search(query.Every(), limit=None, groupedby=facets)
        self._facets = {  # facet -> its values -> the entries that have each
            name: {value: frozenset(at) for value, at in every.groups(name).items() if value}
            for name in FACETS
        }

    @property
    def _searcher(self) -> Searcher:
        """This thread's own: Whoosh gives wrong answers where two threads share one."""
        if not hasattr(self._mine, "searcher"):
            self._mine.searcher = self._index.searcher()
        return self._mine.searcher

    def _having(self, wanted: Query) -> Scores:
        """The entries that match a query, and their scores."""
        found = self._searcher.search(wanted, limit=None)
        return {found.docnum(n): found.score(n) for n in range(found.scored_length())}

    def places(self, facet: str, values: Iterable[str]) -> Places:
        """The entries that have one of some values of a facet."""
        having = self._facets[facet]
        return frozenset[int]().union(*(having.get(value, ()) for value in values))

    def counts(self, among: Places) -> dict[str, tuple[tuple[str, int], ...]]:
        """How many of some entries have each value of each facet, most first."""
        return {
            name: tuple((+Counter({v: len(at & among) for v, at in values.items()})).most_common())
            for name, values in self._facets.items()
        }


def opened(entries: Sequence[Entry], wording: Wording, folder: Path, log: Logger) -> Index:
    """The index of these entries, built first if there is none; it never fails."""
    try:
        place = build(entries, wording, folder)
        return Index(copy_to_ram(FileStorage(str(place))), "on disk")
    except OSError as error:
        log.warning("The search index is kept in memory: %s cannot be used (%s)", folder, error)
        return Index(_written(entries, wording), "in memory")


def build(entries: Sequence[Entry], wording: Wording, folder: Path) -> Path:
    """The folder of the index of these entries. If there is none whole, it is built aside and moved
    into place in one step, and every other removed. Raises OSError if it cannot be written."""
    place = folder / _digest(HERE, (entries, wording.spelt))
    if _whole(place):
        return place
    storage, aside = _written(entries, wording), folder / f"{BUILDING}{uuid4().hex}"
    aside.mkdir(parents=True)
    try:
        for name in storage.list():  # Whoosh leaves files open where the disk is full
            (aside / name).write_bytes(storage.open_file(name).read())
        (aside / DIGEST).write_text(_digest(aside))
        if not _whole(place):
            shutil.rmtree(place, ignore_errors=True)
            aside.rename(place)
    except OSError:
        if not _whole(place):  # nor has another process put it there meanwhile
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    for other in folder.glob(f"[!.]*/{DIGEST}"):
        if other.parent != place:
            shutil.rmtree(other.parent, ignore_errors=True)
    return place


def _written(entries: Sequence[Entry], wording: Wording) -> RamStorage:
    """An index of each entry's words, each with its place, and the values of its facets, in one
    segment, so that an entry's place is its number there."""
    storage = _Memory()
    placed = SpaceSeparatedTokenizer() | DelimitedAttributeFilter("^", "pos", 0, int)
    facets = {name: KEYWORD() for name in FACETS}
    schema = Schema(words=TEXT(placed), **facets)
    writer = storage.create_index(schema).writer(limitmb=4096)  # so that nothing is put aside
    for entry in entries:
        words = " ".join(f"{word.term}^{word.at}" for word in wording.read(entry.indexed))
        values = {name: list(values) for name, values in entry.facets.items()}
        writer.add_document(words=words, **values)
    writer.commit()
    return storage


def _whole(place: Path) -> bool:
    """Whether a folder has an index, with nothing of it damaged."""
    try:
        return (place / DIGEST).read_bytes() == _digest(place).encode()
    except OSError:
        return False


def _digest(place: Path, more: object = "") -> str:
    """Of a folder's files, but for those without an ending: its digest's and Whoosh's lock."""
    held = (path.name.encode() + path.read_bytes() for path in sorted(place.glob("*.*")))
    return hashlib.sha256(b"".join((*held, str(more).encode()))).hexdigest()[:16]


class _Memory(RamStorage):  # type: ignore[misc]
    """An index in memory whose workings are in memory too: Whoosh's would need the disk."""

    def temp_storage(self, name: str | None = None) -> RamStorage:
        return _Memory()
