"""The index of the entries: the only file that knows Whoosh.

It is built on first start in a folder named by what it holds, and read into memory whole, so that
clearing or damaging the folder afterwards cannot touch a running site.
"""

import hashlib
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from logging import Logger
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

from whoosh import query
from whoosh.analysis import BiWordFilter, Token, Tokenizer
from whoosh.fields import KEYWORD, TEXT, Schema
from whoosh.filedb.filestore import FileStorage, RamStorage, copy_to_ram
from whoosh.searching import Searcher
from whoosh.sorting import FieldFacet

from reference.search.entries import FACETS, Entry
from reference.search.words import Word, Wording

DIGEST = "digest"
BUILDING = ".building-"
ANYWHERE = 1_000_000  # places between runs of words however far apart in one text

Query: TypeAlias = Any  # one of Whoosh's, which has no types
Places = frozenset[int]  # numbers of entries


class _Words(Tokenizer):  # type: ignore[misc]
    """Whoosh's view of a reading of ours."""

    def __init__(self, read: Callable[[str], Iterable[Word]]) -> None:
        self.read = read

    def __getstate__(self) -> dict[str, Any]:
        """Whoosh keeps its schema with the index; our reading is made anew at each start."""
        return {}

    def __call__(self, value: str, mode: str = "", **wanted: Any) -> Iterator[Token]:
        token = Token(positions=True, mode=mode)
        for word in self.read(value):
            token.text, token.pos, token.boost = word.term, word.at, 1.0
            yield token


def _write(storage: FileStorage | RamStorage, entries: Iterable[Entry], wording: Wording) -> None:
    """Index the entries in one segment, so that an entry's place is its number there.

    Words stand where they are, compounds and abbreviations at the place of their parts, for
    phrases; pairs of words rank what has words as they were typed.
    """
    pairs = TEXT(analyzer=_Words(wording.units) | BiWordFilter(), phrase=False)
    facets = {name: KEYWORD() for name in FACETS}
    schema = Schema(words=TEXT(analyzer=_Words(wording.read)), pairs=pairs, **facets)
    writer = storage.create_index(schema).writer()
    for entry in entries:
        # A facet's values go in as a list: Whoosh would divide a group's name at its spaces.
        values = {name: list(values) for name, values in entry.facets.items()}
        writer.add_document(words=entry.indexed, pairs=entry.indexed, **values)
    writer.commit()


def run(words: Sequence[Word]) -> Query:
    """The query for words side by side, each as far from the next as it is wide.

    It is a tree of pairs: Whoosh's own phrase has one distance for all its words.
    """
    if len(words) == 1:
        return query.Term("words", words[0].term)
    half = len(words) // 2
    return query.Sequence([run(words[:half]), run(words[half:])], slop=words[half - 1].width)


def pair(one: Word, other: Word) -> Query:
    """The query for two words side by side, found fast and not quite exactly."""
    return query.Term("pairs", f"{one.term}-{other.term}")


def in_order(queries: Sequence[Query]) -> Query:
    """The query for runs of words one after the other in one text, however far apart.

    Not Whoosh's own `Ordered`, which cannot be matched.
    """
    if len(queries) < 2:
        return queries[0] if queries else query.NullQuery
    return query.Sequence(queries, slop=ANYWHERE)


class Index:
    """An index open for reading, by any number of threads."""

    def __init__(self, storage: RamStorage, kept: Path | None) -> None:
        self._index, self._kept, self._mine = storage.open_index(), kept, threading.local()
        facets = {name: FieldFacet(name, allow_overlap=True) for name in FACETS}
        every = self._searcher.search(query.Every(), limit=None, groupedby=facets)
        self._facets: dict[str, dict[str, Places]] = {
            name: {value: frozenset(at) for value, at in every.groups(name).items() if value}
            for name in FACETS
        }
        """Facet -> its values -> the entries that have each."""

    @property
    def _searcher(self) -> Searcher:
        """This thread's own: Whoosh gives wrong answers where two threads share one."""
        if not hasattr(self._mine, "searcher"):
            self._mine.searcher = self._index.searcher()
        searcher: Searcher = self._mine.searcher
        return searcher

    @property
    def state(self) -> str:
        """ "on disk" while the index is kept in its folder, else "in memory"."""
        return "on disk" if self._kept and self._kept.is_dir() else "in memory"

    def having(self, wanted: Query) -> Places:
        """The entries that match a query."""
        return frozenset(self._searcher.docs_for_query(wanted))

    def places(self, facet: str, values: Iterable[str]) -> Places:
        """The entries that have one of some values of a facet."""
        having = self._facets[facet]
        return frozenset[int]().union(*(having.get(value, ()) for value in values))

    def scores(self, wanted: Sequence[Query], among: Places) -> dict[int, float]:
        """The score of each of some entries by what they have of several queries."""
        scores = dict.fromkeys(among, 0.0)
        if among and wanted:  # Whoosh takes an empty filter for none
            any_of = query.Or(wanted)
            any_of.matcher_type = query.Or.DEFAULT_MATCHER  # its own choice is for large indexes
            found = self._searcher.search(any_of, limit=None, filter=set(among))
            scores |= {found.docnum(n): found.score(n) for n in range(found.scored_length())}
        return scores

    def counts(self, among: Places) -> dict[str, tuple[tuple[str, int], ...]]:
        """How many of some entries have each value of each facet, most first."""
        counts = {
            name: Counter({value: n for value, at in values.items() if (n := len(at & among))})
            for name, values in self._facets.items()
        }
        return {name: tuple(count.most_common()) for name, count in counts.items()}


def opened(entries: Sequence[Entry], wording: Wording, folder: Path, log: Logger) -> Index:
    """The index of these entries, built first if there is none; it never fails."""
    place = folder / _name(entries, wording)
    try:
        storage = _kept(place) or _kept(build(entries, wording, folder))
        if storage:
            return Index(storage, place)
        raise OSError("what was written there cannot be read")
    except OSError as error:
        log.warning("The search index is kept in memory: %s cannot be used (%s)", folder, error)
    storage = _Memory()
    _write(storage, entries, wording)
    return Index(storage, None)


def build(entries: Sequence[Entry], wording: Wording, folder: Path) -> Path:
    """Build the index of these entries anew; its folder. Raises OSError if it cannot be written.

    It is built aside and moved into place in one step, and every other index there is removed.
    """
    place = folder / _name(entries, wording)
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f"{BUILDING}{uuid4().hex}"
    aside.mkdir()
    try:
        _write(FileStorage(str(aside)), entries, wording)
        (aside / DIGEST).write_text(_digest(aside))
        if not _kept(place):
            shutil.rmtree(place, ignore_errors=True)
            aside.rename(place)
    except OSError:
        if not _kept(place):  # nor has another process put it there meanwhile
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    for other in folder.glob(f"*/{DIGEST}"):
        if other.parent != place and not other.parent.name.startswith(BUILDING):
            shutil.rmtree(other.parent, ignore_errors=True)
    return place


def _name(entries: Iterable[Entry], wording: Wording) -> str:
    """The name of the index of these entries, read in this way: another of either, another name."""
    digest = hashlib.sha256()
    for entry in entries:
        read = [(word.term, word.at) for word in wording.read(entry.indexed)]
        digest.update(repr((entry.facets, read)).encode())
    return digest.hexdigest()[:16]


def _kept(place: Path) -> RamStorage | None:
    """The index in a folder, read into memory; None if there is none, or it is damaged."""
    try:
        if (place / DIGEST).read_text() == _digest(place):
            return copy_to_ram(FileStorage(str(place)))
    except (OSError, UnicodeDecodeError):
        pass
    return None


def _digest(place: Path) -> str:
    """A digest of all that is in a folder."""
    digest = hashlib.sha256()
    for path in sorted(path for path in place.iterdir() if path.name != DIGEST):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


class _Memory(RamStorage):  # type: ignore[misc]
    """An index in memory whose workings are in memory too: Whoosh's would need the disk."""

    def temp_storage(self, name: str | None = None) -> RamStorage:
        return _Memory()
