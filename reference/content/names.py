"""Names: what is given one, where it is used, and what is said where the two do not agree."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Generic

from reference.content.forms import Entry, Record
from reference.content.reading import Source

SLUG = re.compile(r"(?!page\Z)[a-z0-9]+(-[a-z0-9]+)*")
"""A name that can stand in an address (`page` cannot: /claims/page/2/ is a list's second page)."""
LONGEST_NAME = 100
Report = Callable[[str, str], None]
"""Reports a problem at one place of one file; called with what is wrong, and the mend."""


@dataclass
class Register(Generic[Record]):
    """All records of one kind, by name, and where each name is used.

    `what` is the kind's name, `where_to_add` says in a message where one is added. `key` is the key
    that holds the name ("file name" if the file's name does), `pattern` what a name looks like.
    `given` are the names that there are, `used` those that are used, with what reports a problem at
    each place. `possible_names` are names that stand in files which could not be read: they may be
    given there. `may_lack_names` says that any name at all may be given in what could not be read.
    `moved` has names that went -> those that took their places.
    """

    what: str
    where_to_add: str
    key: str = "id"
    pattern: re.Pattern[str] = SLUG
    entries: list[Entry[Record]] = field(default_factory=list)
    given: dict[str, Entry[Record]] = field(default_factory=dict)
    used: dict[str, list[Report]] = field(default_factory=dict)
    possible_names: set[str] = field(default_factory=set)
    may_lack_names: bool = False
    moved: Mapping[str, str] = field(default_factory=dict)

    def add(self, entry: Entry[Record], name: str | None) -> None:
        """Add an entry under its name, None if that could not be read.

        Reports a problem if the name is given already, or cannot stand in an address.
        """
        self.entries.append(entry)
        if name is None or self.key in entry.broken:
            self.may_lack_names = True
            return
        first = self.given.get(name)
        if first is not None:
            wrong = (
                f"the {self.what} `{name}` is in {first.source.file} already"
            )
            entry.report(self.key, wrong, "rename one, or merge the two")
            return
        self.given[name] = entry
        is_readable = entry.source.data is not None
        if is_readable:  # else it is reported that the file is not
            self._check_address(entry, name)

    def _check_address(self, entry: Entry[Record], name: str) -> None:
        """Report a name that cannot stand in an address."""
        if not self.pattern.fullmatch(name):
            wrong = f"`{name}` cannot be an address"
            mend = "use lower-case letters, digits and hyphens"
            entry.report(self.key, wrong, mend)
        elif len(name) > LONGEST_NAME:
            mend = f"use at most {LONGEST_NAME} characters"
            entry.report(self.key, "is too long for an address", mend)

    def add_all(self, entries: Iterable[Entry[Record]]) -> None:
        """Add entries whose name is their `id`."""
        for entry in entries:
            self.add(entry, entry.get("id"))

    def add_unreadable(self, source: Source) -> None:
        """Remember the names that stand in a file which could not be read.

        Where not even its text could be, it may give any name.
        """
        if not source.text:
            self.may_lack_names = True
        self.possible_names.update(
            re.findall(r"""(?m)^[-\s]*id:\s*["']?([\w-]+)""", source.text)
        )

    def form(self, name: str) -> Record | None:
        """Return the record of a name, or None if there is none, or it could not be read."""
        entry = self.given.get(name)
        return entry.form if entry else None

    def forms(self) -> dict[str, Record]:
        """Return name -> record, of those that could be read."""
        forms = {}
        for name, entry in self.given.items():
            form = entry.form
            if form is not None:
                forms[name] = form
        return forms

    def require(self, name: str, report: Report) -> None:
        """Remember that a name is used, and so must be given in some file.

        Names are looked up once all files are read (`report_unknown_names`). If this one is given
        nowhere, `report` is called then, with what is wrong and the mend.
        """
        self.used.setdefault(name, []).append(report)

    def report_unknown_names(self) -> None:
        """Report each name that is used and not given: once, at the place that has the slip."""
        if self.may_lack_names:
            return
        for name, reports in self.used.items():
            if name not in self.given and name not in self.possible_names:
                self._report_unknown(name, reports)

    def _nearest(self, name: str) -> str:
        """Return the name that is meant by one that is not given, or "" if none is like it.

        It is the name that took the other's place (see `moved`), else the name of the record that
        has the other as its title, else one that is spelt much like it: `ana-berg` for `anna-berg`.
        """
        if name in self.moved:
            return self.moved[name]
        for given, entry in self.given.items():
            title = entry.get("title") or entry.get("name") or ""
            if title.casefold() == name.casefold():
                return given
        alike = get_close_matches(name, self.given, 1)
        return alike[0] if alike else ""

    def _report_unknown(self, name: str, reports: list[Report]) -> None:
        """Report that a name is used which is not given, at the first place that uses it.

        Each function in `reports` reports a problem at one place that uses the name. If `anna-berg`
        is used several times, and `ana-berg`, which is given, never, then it is `ana-berg` that is
        misspelt, and the problem is reported where it is given.
        """
        times = len(reports)
        near = self._nearest(name)
        is_near_wrong = near and not self.pattern.fullmatch(near)
        if is_near_wrong:
            return  # the name that is meant has a problem of its own, which is reported
        is_near_unused = near in self.given and near not in self.used
        if is_near_unused and times > 1:
            self._report_given_wrongly(near, name, times)
            return
        wrong = f"there is no {self.what} `{name}`"
        if times > 1:
            wrong += f" (named in {times} places)"
        mend = f"name one that exists, or {self.where_to_add}"
        if near:
            mend = f"write `{near}`"
        report_at_first_place = reports[0]
        report_at_first_place(wrong, mend)

    def _report_given_wrongly(self, given: str, used: str, times: int) -> None:
        """Report, where a name is given, that nobody uses it, but one like it is used often."""
        wrong = (
            f"`{given}` is named nowhere, and `{used}` is, in {times} places"
        )
        self.given[given].report(self.key, wrong, f"write `{used}`")
