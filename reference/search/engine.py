"""Search: the library indexed by Whoosh, built on first start and kept in `search_index/`.

The only file that knows Whoosh. Each unit (see `units`) is one document: its stems, weighted by how
much of the unit each is, and its lines of stems in order, for phrases.
"""

import hashlib
from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from logging import Logger
from pathlib import Path
from typing import Any, NamedTuple

from whoosh import columns, fields, formats
from whoosh.codec.whoosh3 import W3Codec, W3PostingsWriter
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.filedb.structfile import StructFile
from whoosh.lang.porter import stem
from whoosh.matching import ListMatcher
from whoosh.reading import IndexReader, TermInfo, TermNotFound

from reference.records import Library
from reference.search import store, suggesting, wording
from reference.search import units as units_module
from reference.search.finding import Answers, Finder, Request
from reference.search.results import Results, Sort
from reference.search.units import Units
from reference.search.wording import WORD, Wording, fold

Progress = Callable[[int, int], None]

TYPICAL_LENGTH, SATURATION, SLOPE = 150, 1.2, 0.75
"""BM25's constants. The length is fixed, so that a weight is known when a unit is written."""


class _Weighted(fields.FieldType):  # type: ignore[misc]
    """A field of stems, already found and counted: {stem: weight}."""

    indexed, scorable = True, False

    def __init__(self) -> None:
        self.format = formats.Existence()
        self.analyzer = self.column_type = self.vector = None
        self.stored = self.unique = False

    def index(self, value: dict[str, float], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        for term, weight in value.items():
            yield term.encode(), 1, weight, b""


def schema() -> fields.Schema:
    return fields.Schema(
        stems=_Weighted(),
        lines=fields.COLUMN(columns.VarBytesColumn(write_offsets_cutoff=0)),
        spellings=fields.STORED(),
        phrases=fields.STORED(),
    )


class _PostingsWriter(W3PostingsWriter):  # type: ignore[misc]
    """Writes each stem's postings as two plain arrays: unit numbers, then weights.

    Whoosh's own blocks of 128 are made to be skipped through; a search that counts and ranks all
    that match reads them all, and reads arrays some thirty times as fast.
    """

    def add_posting(self, id_: int, weight: float, vbytes: bytes, length: int = 0) -> None:
        self._ids.append(id_)
        self._weights.append(weight)

    def finish_postings(self) -> TermInfo:
        info: TermInfo = self._terminfo
        self._terminfo: TermInfo | None = None
        info.add_block(self)
        info.set_extent(self._startoffset, len(self._ids))
        self._postfile.write(self._ids.tobytes() + self._weights.tobytes())
        return info


class _Pool:
    """Postings kept by stem until they are written, as arrays.

    Whoosh's own pool keeps a tuple of five for each, sorts them all, and spills what is too many
    to disk; units are indexed in order, so that each stem's postings are in order already.
    """

    def __init__(self) -> None:
        self._held: dict[bytes, tuple[array[int], array[float]]] = {}

    def add(self, posting: tuple[str, bytes, int, float, bytes]) -> None:
        _, term, number, weight, _ = posting
        held = self._held.get(term)
        if held is None:
            held = self._held[term] = array("I"), array("f")
        held[0].append(number)
        held[1].append(weight)

    def iter_postings(self) -> Iterator[tuple[str, bytes, int, float, bytes]]:
        for term in sorted(self._held):
            for number, weight in zip(*self._held.pop(term), strict=True):
                yield "stems", term, number, weight, b""

    def cleanup(self) -> None:
        self._held.clear()


class _Postings(ListMatcher):  # type: ignore[misc]
    """A stem's postings, read whole."""

    def __init__(self, numbers: "array[int]", weights: "array[float]", **more: Any) -> None:
        super().__init__(numbers, weights, **more)
        self.numbers, self.weights = numbers, weights


class _Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's codec, with postings as above."""

    length_stats = False

    def postings_writer(self, dbfile: StructFile, byteids: bool = False) -> _PostingsWriter:
        return _PostingsWriter(dbfile, 0)

    def postings_reader(
        self, dbfile: StructFile, terminfo: TermInfo, format_: formats.Format, **more: Any
    ) -> _Postings:
        (start, _), count = terminfo.extent(), terminfo.doc_frequency()
        numbers, weights = array("I"), array("f")
        half = count * numbers.itemsize
        numbers.frombytes(dbfile.get(start, half))
        weights.frombytes(dbfile.get(start + half, count * weights.itemsize))
        return _Postings(numbers, weights, format=format_, terminfo=terminfo, **more)


def generation(units: Units) -> str:
    """The name of the index of this content by this code; another content or code, another name.

    The words themselves are the fingerprint, not the files they were read from, which an editor
    may have changed since.
    """
    digest = hashlib.sha256(repr(units.library.glossary).encode())
    for module in (__file__, units_module.__file__, wording.__file__, suggesting.__file__):
        digest.update(Path(module).read_bytes())
    for unit in units.all:
        digest.update("\0".join(units.parts(unit)).encode() + b"\n")
    return digest.hexdigest()[:16]


class _Memory(RamStorage):  # type: ignore[misc]
    """An index in memory whose workings are in memory too: the disk may be full."""

    def temp_storage(self, name: str | None = None) -> RamStorage:
        return _Memory()


def write(storage: FileStorage | RamStorage, units: Units, progress: Progress | None) -> None:
    """Index a library into a storage, in one segment, unit after unit."""
    words = Wording(units.library, stem)
    phrases, spellings = suggesting.Phrases(), set[str]()
    writer = storage.create_index(schema()).writer(codec=_Codec(), compound=False)
    writer.pool = _Pool()
    try:
        for number, unit in enumerate(units.all):
            parts = units.parts(unit)
            lines = [words.line(part) for part in parts]
            writer.add_document(stems=_weights(lines), lines="\n".join(lines).encode())
            for part in parts:
                spellings.update(WORD.findall(part))
            phrases.add(parts[0])
            if progress and number % 1_000 == 0:
                progress(number, len(units.all))
        folded = {word for word in map(fold, spellings) if len(word) > 3}
        # Its lines are empty, not missing: Whoosh misreads a column that ends before its units do.
        writer.add_document(spellings=sorted(folded), phrases=phrases.best(), lines=b"")
    except BaseException:
        writer.cancel()
        raise
    writer.commit(merge=False)
    if progress:
        progress(len(units.all), len(units.all))


def _weights(lines: list[str]) -> dict[str, float]:
    counts = Counter(" ".join(lines).split())
    del counts["|"], counts["/"]
    length = SATURATION * (1 - SLOPE + SLOPE * counts.total() / TYPICAL_LENGTH)
    return {stem: count / (count + length) for stem, count in counts.items()}


class _Reader(NamedTuple):
    index: IndexReader
    lines: columns.ColumnReader


class Index:
    """An index open for reading, by any number of threads.

    A Whoosh reader gives wrong answers when two threads share it, so each question borrows one for
    itself; readers are kept open for the next.
    """

    def __init__(self, storage: RamStorage) -> None:
        self._storage = storage
        self._idle: deque[_Reader] = deque()

    @contextmanager
    def _reader(self) -> Iterator["_Reader"]:
        try:
            reader = self._idle.pop()
        except IndexError:
            opened = self._storage.open_index(schema=schema()).reader()
            reader = _Reader(opened, opened.column_reader("lines"))
        yield reader
        self._idle.append(reader)

    def postings(self, stem: str) -> tuple[Sequence[int], Sequence[float]]:
        """The numbers of the units that have a stem, in order, and its weight in each."""
        with self._reader() as reader:
            try:
                found = reader.index.postings("stems", stem.encode())
            except TermNotFound:
                return (), ()
            return found.numbers, found.weights

    def lines(self, numbers: Sequence[int]) -> list[str]:
        """The lines of stems of each unit."""
        with self._reader() as reader:
            return [reader.lines[number].decode() for number in numbers]

    def spellings(self) -> list[str]:
        return self._kept("spellings")

    def phrases(self) -> list[str]:
        return self._kept("phrases")

    def _kept(self, field: str) -> list[str]:
        """What the document after the last unit keeps about all of them."""
        with self._reader() as reader:
            return list(reader.index.stored_fields(reader.index.doc_count_all() - 1)[field])


class Search:
    """The library's search: `find` and `suggest`. Nothing is written after it is open."""

    def __init__(self, units: Units, storage: RamStorage, kept: Path | None = None) -> None:
        self._kept = kept
        self._index = Index(storage)
        self._finder = Finder(units, self._index, Wording(units.library, stem))
        self._answers = Answers()

    @classmethod
    def open(cls, library: Library, folder: Path, log: Logger) -> "Search":
        """Open this library's index, building it first if there is none; it never fails."""
        units = Units(library)
        name = generation(units)
        files = store.load(folder, name)
        kept: Path | None = folder / name
        if files is None:
            files, kept = _built(units, folder, name, log)
        store.clear(folder, name)
        return cls(units, _storage(files), kept)

    @property
    def state(self) -> str:
        """ "on disk" while the index is kept in its folder, else "in memory"."""
        return store.state(self._kept)

    def find(
        self,
        query: str,
        *,
        kind: str = "",
        theme: str = "",
        person: str = "",
        article: str = "",
        year: str = "",
        sort: Sort = "relevance",
        page: int = 1,
        per_page: int = 20,
    ) -> Results:
        """The answer to a query. Raises QueryError, with a plain sentence, if there can be none."""
        request = Request(query, (kind, theme, person, article, year), sort, page, per_page)
        answer = self._answers.get(request)
        if answer is None:
            answer = self._finder.find(request)
            self._answers.keep(request, answer)
        return answer

    def suggest(self, text: str) -> list[tuple[str, str, str]]:
        """Up to eight (completion, description, url) for the beginning of a query."""
        return self._finder.suggest(text)

    def forget(self) -> None:
        """Answer every query anew, as a measurement needs."""
        self._answers = Answers()


def build(library: Library, folder: Path, progress: Progress | None = None) -> Path:
    """Build this library's index anew; its folder. Raises OSError if it cannot be written."""
    units = Units(library)
    name = generation(units)
    _write_generation(units, folder, name, progress)
    store.clear(folder, name)
    return folder / name


def _write_generation(
    units: Units, folder: Path, name: str, progress: Progress | None = None
) -> store.Files:
    building = store.begin(folder)
    try:
        write(FileStorage(str(building)), units, progress)
        (building / "MAIN_WRITELOCK").unlink(missing_ok=True)
        return store.finish(building, name)
    except BaseException:
        store.discard(building)
        raise


def _built(units: Units, folder: Path, name: str, log: Logger) -> tuple[store.Files, Path | None]:
    """A new index: its files, and where they are on disk (None: nowhere)."""
    try:
        files = _write_generation(units, folder, name)
        log.info("Search index built in %s", folder / name)
        return files, folder / name
    except OSError as error:
        log.warning("The search index is kept in memory: %s cannot be written (%s)", folder, error)
        memory = _Memory()
        write(memory, units, None)
        return memory.files, None


def _storage(files: store.Files) -> RamStorage:
    storage = _Memory()
    storage.files = dict(files)
    return storage
