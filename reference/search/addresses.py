"""Addresses and ids pasted into a search: the thing that they lead to."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from reference.records import Library
from reference.search.entries import Entry, Kind

_COLLECTIONS: dict[str, Kind] = {
    "articles": "article",
    "claims": "claim",
    "disagreements": "disagreement",
    "outcomes": "outcome",
    "people": "person",
    "themes": "theme",
    "words": "term",
}
"""The first part of an address -> the kind of what it leads to."""
_ADDRESS = re.compile(
    rf"""(?:^|/)(?P<collection>{"|".join(_COLLECTIONS)})/
    (?:page/[0-9]+/?)?                 # a later page of a list, or the name of one thing
    (?P<slug>[^\s/?#.]*)[^\s?#]*
    (?:\?[^\s#]*)?
    (?:\#(?P<fragment>[^\s:]*)(?::~:\S*)?)?$""",
    re.VERBOSE | re.IGNORECASE,
)
_SCHEME = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)
_EVENT = "event-"
_CLAIM = "claim-"


class _Key(NamedTuple):
    kind: Kind
    id: str
    article: str = ""


class Addresses:
    """Which entry an address leads to: of this site, wherever it is served, or of an original."""

    def __init__(self, library: Library, entries: Sequence[Entry]) -> None:
        self._numbers: dict[_Key, int] = {}
        self._ids: dict[str, int] = {}
        for number, entry in enumerate(entries):
            self._numbers[_key_of(entry)] = number
            if entry.kind != "passage":
                self._ids.setdefault(entry.id, number)
        self._add_moved_claims(library.moved)
        self._originals = self._find_originals(library)

    def _add_moved_claims(self, moved: Mapping[str, str]) -> None:
        """Let the old id of a claim lead where its new one does."""
        for old, new in moved.items():
            old_key = _Key("claim", old)
            new_key = _Key("claim", new)
            self._numbers[old_key] = self._numbers[new_key]

    def _find_originals(self, library: Library) -> dict[str, int]:
        """Return the bare address of each original -> the number of its article's entry."""
        originals: dict[str, int] = {}
        for article in library.articles.values():
            if article.url:
                address = _bare(article.url)
                key = _Key("article", article.id)
                originals[address] = self._numbers[key]
        return originals

    def find(self, text: str) -> int | None:
        """Return the number of the entry whose address or id a text is, None if it is neither.

        The address may be one of this site, "/claims/data-is-junk/", or that of the original of an
        article, "https://www.bmj.com/…". An id has a hyphen, "data-is-junk": a text without one is
        read as a word.
        """
        has_space = re.search(r"\s", text)
        if has_space:
            return None
        address = _ADDRESS.search(text)
        if address:
            return self._find_address(address)
        if _SCHEME.match(text):
            return self._originals.get(_bare(text))
        id = text.replace("_", "-").casefold()
        return self._ids.get(id) if "-" in id else None

    def _find_address(self, address: re.Match[str]) -> int | None:
        """Return the number of the entry at an address of this site; None if there is none.

        A fragment may lead to a thing on the page: "/articles/<id>/#p3" to a passage,
        "/articles/<id>/#claim-data-is-junk" to a claim, "/articles/#event-act" to an event.
        """
        kind = _COLLECTIONS[address["collection"].lower()]
        slug = address["slug"].lower()
        fragment = (address["fragment"] or "").lower()
        keys: list[_Key] = []
        if kind == "article" and fragment:
            keys.append(_Key("passage", fragment, article=slug))
            keys.append(_Key("event", fragment.removeprefix(_EVENT)))
            keys.append(_Key("claim", fragment.removeprefix(_CLAIM)))
        # Words are all on one page, and each is a fragment: "/words/#pct"
        id = slug or fragment
        keys.append(_Key(kind, id))
        for key in keys:
            if key in self._numbers:
                return self._numbers[key]
        return None


def _key_of(entry: Entry) -> _Key:
    """Return what only this entry has: passages of all articles have the same ids."""
    if entry.kind == "passage":
        return _Key("passage", entry.id, entry.article)
    return _Key(entry.kind, entry.id)


def _bare(address: str) -> str:
    """Return an address without its scheme, its fragment, and what is written either way."""
    return _SCHEME.sub("", address).partition("#")[0].rstrip("/").casefold()
