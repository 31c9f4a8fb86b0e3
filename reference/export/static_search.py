"""Search for the static copy: what the live search finds, as records for Pagefind.

A record is a small page with the attributes of Pagefind's manual (https://pagefind.app/docs/): what
it says, the names and the title that weigh more (static/copy_search.js says how much), what it is
counted under, and its place. Pagefind is given a folder of them: its Python API takes records one
by one too, but waits a tenth of a second for each.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from html import escape
from pathlib import Path

from pagefind.index import IndexConfig, PagefindIndex

from reference.export import ExportError
from reference.records import Library
from reference.search.entries import Entry

UNUSED = ("*ui.js", "*ui.css", "*-highlight.js", "wasm.unknown.pagefind")
"""Files of Pagefind for pages that are made otherwise, or in languages that it does not know."""
PART = " ¶ "
"""Stands between what is shown of an entry, our sentence on it, and what it is found by besides."""
WEIGHT_OF_PASSAGES = 0.1
"""What a passage's words weigh: it comes after the claims that quote it."""
WITHIN_A_PAGE = ("claim", "passage")
"""Kinds whose title is that of the article that they stand in, and not their own."""

AddressOf = Callable[[Entry], str]
LabelOf = Callable[[str, str], str]
SourceOf = Callable[[str], str]
MarkOf = Callable[[Entry], str]


class Records:
    """Makes the record of each entry of a library.

    `label_of` names a facet's value: Laurence Buckman. `source_of` names an article: “BMJ, 2012”.
    `mark_of` gives the classes of an entry's mark, by which style draws it: “problem accent-3”.
    """

    def __init__(
        self,
        library: Library,
        label_of: LabelOf,
        source_of: SourceOf,
        mark_of: MarkOf,
    ) -> None:
        self._library = library
        self._label_of = label_of
        self._source_of = source_of
        self._mark_of = mark_of
        self._language = library.site.language.partition("-")[0]

    def record(self, entry: Entry, number: int) -> str:
        """Return the record of an entry; its number is its place where nothing is looked for."""
        head = "\n".join(self._head(entry, number))
        words = escape(_content(entry))
        weight = WEIGHT_OF_PASSAGES if entry.kind == "passage" else 1
        return (
            f'<html lang="{self._language}"><head>\n{head}\n</head>'
            f'<body><p data-pagefind-weight="{weight}">{words}</p></body></html>'
        )

    def _head(self, entry: Entry, number: int) -> Iterator[str]:
        """Yield the lines of the head of an entry's record, each a `meta` element for Pagefind.

        - `meta`: its title, and of a person all names.
        - `filter`: what a search is narrowed by, as id and label: "jon-glasby: Jon Glasby".
        - `sort`: its number, the order where no words are searched for.
        """
        if entry.kind not in WITHIN_A_PAGE:
            yield _attribute("meta", "title", entry.title)
        if entry.kind == "person":
            names = " ".join([entry.title, *entry.names])
            yield _attribute("meta", "names", names)

        for facet, value in _facet_values(entry):
            label = self._label_of(facet, value)
            yield _attribute("filter", facet, f"{value}: {label}")
        yield _attribute("filter", "voice", self._voice(entry))
        if entry.article:
            source = self._source_of(entry.article)
            yield _attribute("filter", "source", source)
        mark = self._mark_of(entry)
        if mark:
            yield _attribute("filter", "mark", mark)

        yield _attribute("sort", "place", str(number))

    def _voice(self, entry: Entry) -> str:
        """Return whose words are shown of an entry: “theirs” if an article's, else “ours”."""
        is_theirs = entry.kind in WITHIN_A_PAGE
        if entry.kind == "person":
            is_theirs = bool(self._library.people[entry.id].described)
        return "theirs" if is_theirs else "ours"


def index(
    records: Records,
    entries: Iterable[Entry],
    address_of: AddressOf,
    folder: Path,
    bundle: Path,
) -> None:
    """Write the record of each entry into `folder`, and Pagefind's index of them into `bundle`.

    Pagefind takes the address of a record from its file: the claim at `/claims/data-is-junk/` is
    written to `claims/data-is-junk/index.html`. Raises ExportError if two entries have one address,
    or if Pagefind fails.
    """
    for number, entry in enumerate(entries):
        address = address_of(entry)
        page = folder / address.strip("/") / "index.html"
        if page.exists():
            raise ExportError(f"Two entries of the search are at {address}")
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(records.record(entry, number), encoding="utf-8")
    try:
        asyncio.run(_run_pagefind(folder, bundle))
    except Exception as error:  # Pagefind's API raises no narrower class
        raise ExportError(
            f"Pagefind could not index the site: {error!r}"
        ) from error
    for pattern in UNUSED:
        for file in bundle.glob(pattern):
            file.unlink()


async def _run_pagefind(folder: Path, bundle: Path) -> None:
    """Index the records in `folder`, and write what Pagefind makes of them to `bundle`."""
    async with PagefindIndex(
        config=IndexConfig(output_path=str(bundle))
    ) as pagefind:
        await pagefind.add_directory(str(folder))


def _facet_values(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield each facet that an entry is counted under, with each of its values."""
    for facet, values in entry.facets.items():
        for value in values:
            yield facet, value


def _attribute(kind: str, name: str, value: str) -> str:
    """Return a line of a record's head: its `meta`, `filter` or `sort` of this name."""
    return f'<meta data-pagefind-{kind}="{name}[content]" content="{escape(value)}">'


def _content(entry: Entry) -> str:
    """Return the words of an entry in three parts: “data is junk ¶ Buckman says … ¶ Dr Buckman”."""
    other_words = " ".join(_other_words(entry))
    return PART.join([entry.words, entry.sentence, other_words])


def _other_words(entry: Entry) -> Iterator[str]:
    """Yield the lines that an entry is found by and that its record's other parts do not have.

    A person's name stands here too: a record that says nothing else would have no words of its own,
    and Pagefind would set it below all that name the person.
    """
    if entry.kind == "person":
        yield entry.title
    for line in entry.text.splitlines():
        if line not in (entry.words, entry.sentence, entry.title):
            yield line
    if entry.kind != "person":
        yield from entry.names
