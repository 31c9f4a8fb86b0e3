"""What is named where: a name that is not there, or is spelt in two ways, is one problem."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from reference.content.forms import Entry

Tell = Callable[[str, str], None]
"""Notes, at one place of one file, what is wrong and the mend."""
RESERVED = {"page"}  # /claims/page/2/ is a list's second page


def is_slug(name: str) -> bool:
    """Whether a name can stand in an address."""
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) is not None and name not in RESERVED


@dataclass
class Kind:
    """All of one kind (`what`): its entries, those `given` a name, and where each name is used.

    `whole` is false where some could not be read: then none is said to be missing. `moved` are
    names that went, with those that took their places.
    """

    what: str
    whole: bool = True
    entries: list[Entry[Any]] = field(default_factory=list)
    given: dict[str, Entry[Any]] = field(default_factory=dict)
    used: dict[str, list[Tell]] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)

    def add(self, entries: Iterable[Entry[Any]], whole: bool = True) -> None:
        """Add what was read; a name that has one already, or can be no address, is a problem."""
        self.whole &= whole
        for entry in entries:
            self.entries.append(entry)
            if entry.key in entry.broken:
                self.whole = False
                continue
            if entry.name in self.given:
                file = self.given[entry.name].source.file
                wrong = f"the {self.what} `{entry.name}` is in {file} already"
                entry.wrong(entry.key, wrong, "rename one, or merge the two")
            elif self.what != "abbreviation" and not is_slug(entry.name):
                mend = "use lower-case letters, digits and hyphens"
                entry.wrong(entry.key, f"`{entry.name}` cannot be an address", mend)
            self.given.setdefault(entry.name, entry)

    def use(self, name: str, tell: Tell) -> None:
        self.used.setdefault(name, []).append(tell)

    def settle(self) -> None:
        """Say of each name that is used and not given what is wrong, once, where the slip is.

        Where a name is used again and again, and one like it is given and never used, the slip is
        in what is given.
        """
        for name, tells in self.used.items() if self.whole else ():
            near = self.moved.get(name) or "".join(get_close_matches(name, self.given, 1))
            if name in self.given or (near and not is_slug(near)):
                continue  # nothing is wrong, or it is said already
            if near in self.given and near not in self.used and len(tells) > 1:
                wrong = f"`{near}` is named nowhere, and `{name}` is, in {len(tells)} places"
                self.given[near].wrong(self.given[near].key, wrong, f"write `{name}`")
            else:
                also = f" (named in {len(tells)} places)" if len(tells) > 1 else ""
                mend = f"write `{near}`" if near else "name one that exists"
                tells[0](f"there is no {self.what} `{name}`{also}", mend)
