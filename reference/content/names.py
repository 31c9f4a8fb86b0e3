"""What is named where: a name that is not there, or is spelt in two ways, is one problem."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

Tell = Callable[[str, str], None]
"""Notes, at one place of one file, what is wrong and the mend."""
RESERVED = {"page"}  # /claims/page/2/ is a list's second page


def is_slug(name: str) -> bool:
    """Whether a name can stand in an address."""
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) is not None and name not in RESERVED


@dataclass
class Names:
    """Names of one kind: where each is given, and where each is used.

    `whole` is false where some could not be read: then none is said to be missing. `moved` are
    names that went, with those that took their places; `_faulty` those that are no addresses.
    """

    what: str
    whole: bool = True
    given: dict[str, Tell] = field(default_factory=dict)
    used: dict[str, list[Tell]] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    _faulty: set[str] = field(default_factory=set)
    _files: dict[str, str] = field(default_factory=dict)

    def give(self, name: str, tell: Tell, file: str) -> None:
        if self.what != "abbreviation" and not is_slug(name):
            tell(f"`{name}` cannot be an address", "use lower-case letters, digits and hyphens")
            self._faulty.add(name)
        elif name in self.given:
            wrong = f"the {self.what} `{name}` is in {self._files[name]} already"
            tell(wrong, "rename one, or merge the two")
        self.given.setdefault(name, tell)
        self._files.setdefault(name, file)

    def use(self, name: str, tell: Tell) -> None:
        self.used.setdefault(name, []).append(tell)

    def settle(self) -> None:
        """Say of each name that is used and not given what is wrong, once, where the slip is.

        Where a name is used again and again, and one like it is given and never used, the slip is
        in what is given.
        """
        for name, tells in self.used.items() if self.whole else ():
            if name in self.given or get_close_matches(name, self._faulty, 1):
                continue
            near = self.moved.get(name) or "".join(get_close_matches(name, self.given, 1))
            if near in self.given and near not in self.used and len(tells) > 1:
                wrong = f"`{near}` is named nowhere, and `{name}` is, in {len(tells)} places"
                self.given[near](wrong, f"write `{name}`")
            else:
                also = f" (named in {len(tells)} places)" if len(tells) > 1 else ""
                mend = f"write `{near}`" if near else "name one that exists"
                tells[0](f"there is no {self.what} `{name}`{also}", mend)


class Known(dict[str, Names]):
    """The names of every kind, by what they name: `known["person"]`."""

    def __missing__(self, what: str) -> Names:
        return self.setdefault(what, Names(what))
