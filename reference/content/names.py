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
    """Names of one kind: where each is given (and in which file), and where each is used.

    `whole` is false where some could not be read: then none is said to be missing. `moved` are
    names that went, with those that took their places.
    """

    what: str
    whole: bool = True
    given: dict[str, tuple[Tell, str]] = field(default_factory=dict)
    used: dict[str, list[Tell]] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)

    def give(self, name: str, tell: Tell, file: str) -> None:
        if name in self.given:
            wrong = f"the {self.what} `{name}` is in {self.given[name][1]} already"
            tell(wrong, "rename one, or merge the two")
        elif self.what != "abbreviation" and not is_slug(name):
            tell(f"`{name}` cannot be an address", "use lower-case letters, digits and hyphens")
        self.given.setdefault(name, (tell, file))

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
                self.given[near][0](wrong, f"write `{name}`")
            else:
                also = f" (named in {len(tells)} places)" if len(tells) > 1 else ""
                mend = f"write `{near}`" if near else "name one that exists"
                tells[0](f"there is no {self.what} `{name}`{also}", mend)
