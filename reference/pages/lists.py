"""Lists that can grow are cut into pages, all in one way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import abort

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list: its items, its number from 1, and the number of the last page.

    `everything` is the whole list, of which `items` are those on this page.
    """

    items: Sequence[Item]
    number: int
    last: int
    everything: Sequence[Item]

    @property
    def is_first(self) -> bool:
        return self.number == 1

    @property
    def number_words(self) -> str:
        """What a title or a sentence says of a later page: `, page 2`; "" of the first."""
        if self.is_first:
            return ""
        return f", page {self.number}"


def page_count(items: Sequence[object], size: int) -> int:
    """Return how many pages a list has; an empty list has one."""
    full_or_begun = (len(items) + size - 1) // size
    return max(full_or_begun, 1)


def page_of(items: Sequence[Item], number: int, size: int) -> Page[Item]:
    """Return a page of a list that has `size` items a page; abort with 404 if there is none."""
    last = page_count(items, size)
    if number > last:
        abort(404)
    start = (number - 1) * size
    return Page(items[start : start + size], number, last, items)
