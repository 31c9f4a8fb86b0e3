"""Source -> form: what an editor may write is what the records hold, less what follows from it.

Each key is read by pydantic as the record's own field; what is wrong with it is said once.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date as calendar_date
from difflib import get_close_matches
from functools import cache, partial
from types import NoneType
from typing import Any, get_args

from pydantic import ConfigDict, TypeAdapter, ValidationError

from reference.content.reading import Source, Steps
from reference.records import Date

CONFIG = ConfigDict(str_min_length=1, str_strip_whitespace=True)
READER = cache(partial(TypeAdapter, config=CONFIG))
KEYS = {("Description", "words"): "as", ("Site", "examples"): "try"}
"""Where a key is not named as the record's field is (both are keywords in Python)."""


def key_of(record: Any, name: str) -> str:
    """The key under which an editor writes a field of a record."""
    return KEYS.get((record.__name__, name), name)


EDTF = "write an EDTF date: 2012-06-20, 2012-06, 2010-07-29/2010-08-31 or 2012-01-31/.."
_ADDRESS = r"https?://[\w.-]+(:\d{1,5})?([/?#][^\s<>\"]*)?", "is not an address", "write https://…"
_WORDS = r"(?s)[^(]*[^\W_].*", "has no word before its brackets", "write the words first"
SHAPES = {
    **dict.fromkeys([("Article", "url"), ("Article", "date_source")], _ADDRESS),
    **dict.fromkeys([("Event", "source"), ("Note", "source")], _ADDRESS),
    ("Article", "doi"): (r"10\.\d{4,}(\.\d+)*/\S+", "is not a DOI", "write 10.1136/bmj.e4278"),
    ("Disagreement", "matter"): (r"(?s).*\?", "is not a question", "ask one, ending in ?"),
    ("Claim", "note"): (r"(?s).*[.?!][’”)]*", "is not a whole sentence", "end it in a full stop"),
    ("Term", "expansion"): _WORDS,
    ("Role", "source"): _ADDRESS,
    ("OutcomeSource", "url"): _ADDRESS,
    ("Site", "short"): (r".{,16}", "is too long for a browser’s menu", "use at most 16 characters"),
    ("Site", "question"): (r"(?s).*\?", "is not a question", "ask one, ending in ?"),
    ("Site", "language"): (r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "is not a language", "write en-GB"),
    ("Event", "name"): (r".{,16}", "is too long for a picture", "use at most 16 characters"),
}
"""What a record's text must look like, what is wrong if it does not, and the mend."""
FAULTS = {
    **dict.fromkeys(["missing", "too_long"], ("has not two", "name both, and no more")),
    "string_too_short": ("is empty", "write it, or leave the key out if it may be left out"),
}
"""What pydantic calls it, what is wrong, and the mend."""
Shape = tuple[str, str, str]
Tell = Callable[[str, str], None]
"""Notes, at one place of one file, what is wrong and the mend."""
SLUG = re.compile(r"(?!page\Z)[a-z0-9]+(-[a-z0-9]+)*")
"""A name that can stand in an address (`page` cannot: /claims/page/2/ is a list's second page)."""


@dataclass(frozen=True)
class Entry:
    """A form as read, where in its file it stands, and those of its keys that are `broken`: their
    value is "", and nothing more is said of them."""

    source: Source
    at: Steps
    form: Any
    broken: set[str]

    @property
    def named(self) -> tuple[str, str]:
        """(the key of its name, which is its first field, or "file name"; the name)"""
        first = fields(self.form)[0].name
        return key_of(type(self.form), first) if self.at else "file name", getattr(self.form, first)

    def wrong(self, step: str | Steps, wrong: str, mend: str) -> None:
        steps = (step,) if isinstance(step, str) else step
        if not steps or steps[0] not in self.broken:
            self.source.wrong((*self.at, *steps), wrong, mend)

    def must(self, holds: object, step: str | Steps, wrong: str, mend: str) -> None:
        """Note what is wrong with a key if it does not hold."""
        if not holds:
            self.wrong(step, wrong, mend)


@dataclass
class Kind:
    """All of one kind (`what`): the entries `given` each name, and where each name is used. Unless
    all could be read (`whole`), none is said to be missing. `moved` are names that went, with those
    that took their places."""

    what: str
    whole: bool = True
    entries: list[Any] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)
    used: dict[str, list[Tell]] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)

    def add(self, entries: Iterable[Entry], whole: bool = True) -> None:
        """Add what was read; a name that has one already, or can be no address, is a problem."""
        self.whole &= whole
        for entry in entries:
            key, name = entry.named
            self.entries.append(entry)
            self.whole &= entry.source.data is not None and key not in entry.broken
            if name in self.given:
                wrong = f"the {self.what} `{name}` is in {self.given[name].source.file} already"
                entry.wrong(key, wrong, "rename one, or merge the two")
            elif self.what != "term" and not SLUG.fullmatch(name):
                mend = "use lower-case letters, digits and hyphens"
                entry.wrong(key, f"`{name}` cannot be an address", mend)
            self.given.setdefault(name, entry)

    @property
    def forms(self) -> dict[str, Any]:
        return {name: entry.form for name, entry in self.given.items()}

    def use(self, name: str, tell: Tell) -> None:
        self.used.setdefault(name, []).append(tell)

    def settle(self) -> None:
        """Say of each name used and not given what is wrong, once, where the slip is: in what is
        given, if a name is used again and again, and one like it is given and never used."""
        for name, tells in self.used.items() if self.whole else ():
            if name in self.given:
                continue
            near = self.moved.get(name) or "".join(get_close_matches(name, self.given, 1))
            if near and not SLUG.fullmatch(near):
                continue  # it is said already
            if near in self.given and near not in self.used and len(tells) > 1:
                wrong = f"`{near}` is named nowhere, and `{name}` is, in {len(tells)} places"
                self.given[near].wrong(self.given[near].named[0], wrong, f"write `{name}`")
            else:
                also = f" (named in {len(tells)} places)" if len(tells) > 1 else ""
                mend = f"write `{near}`" if near else "name one that exists"
                tells[0](f"there is no {self.what} `{name}`{also}", mend)


def read_list(
    record: Any, source: Source, data: Any, at: Steps = (), **derived: Any
) -> list[Entry]:
    """The data at a place of a source as a list of records; problems are noted."""
    if isinstance(data, list):
        return [read(record, source, each, (*at, n), **derived) for n, each in enumerate(data)]
    if data is not None:
        source.wrong(at, f"{_shown(data)} is not allowed", "begin each entry with `- `")
    return []


def read(
    record: Any, source: Source, data: Any, at: Steps = (), also: str = "", **derived: Any
) -> Entry:
    """The data at a place of a source as a record, with what is `derived`; problems are noted.
    `also` is a key that is read elsewhere."""
    written = {key_of(record, f.name): f for f in fields(record) if f.name not in derived}
    keys = {*written, also} - {""}
    free = {k for k, e in written.items() if {e.default, e.default_factory} != {MISSING}}
    if isinstance(data, dict):
        broken = keys - free - data.keys()
        lacking = set(broken)
    else:
        if data is not None or not source.problems:
            mend = f"write its keys, some of: {', '.join(written)}"
            source.wrong(at, f"{_shown(data)} is not allowed", mend)
        data, broken, lacking = {}, keys, set()
    for key in sorted(data.keys() - keys):
        near = get_close_matches(key, keys - data.keys(), 1) or sorted(lacking)[:1]
        mend = f"write `{near[0]}`" if near else "remove it"
        source.wrong((*at, key), f"the key `{key}` is not known", mend)
        broken.update(near)
        lacking.difference_update(near)
    for key in sorted(lacking):
        source.wrong((*at, key), f"the key `{key}` is missing", f"add `{key}`")
    for key, each in written.items():
        if key in data:
            said, shape = len(source.problems), SHAPES.get((record.__name__, key))
            derived[each.name] = _value(source, (*at, key), each.type, data[key], shape)
            broken |= {key} if len(source.problems) > said else set()
    derived |= {written[key].name: "" for key in broken - {also}}
    return Entry(source, at, record(**derived), broken)


def _value(source: Source, path: Steps, hint: Any, data: Any, shape: Shape | None = None) -> Any:
    """A value as its field has it; problems are noted."""
    if NoneType in get_args(hint):  # a date or a role that may be left out
        hint = get_args(hint)[0]
    of = get_args(hint)[0] if get_args(hint) else None
    if is_dataclass(of) and isinstance(data, list):
        return tuple(_value(source, (*path, n), of, each) for n, each in enumerate(data))
    try:
        if hint is Date:
            return read_date(data)
        if isinstance(hint, type) and is_dataclass(hint):
            return read(hint, source, data, path).form
        value = READER(hint).validate_python(data)
        if shape and not re.fullmatch(shape[0], value):
            source.wrong(path, f"`{value}` {shape[1]}", shape[2])
        return value
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        expected = fault["msg"].removeprefix("Input should be ").replace("tuple", "list")
        usual = f"{_shown(fault['input'])} is not allowed", f"make it {expected}"
        steps = [step for step in fault["loc"] if isinstance(step, int)]
        source.wrong((*path, *steps), *FAULTS.get(fault["type"], usual))
    except ValueError as error:
        source.wrong(path, f"`{data}` cannot be a date ({error})", EDTF)


def _shown(given: Any) -> str:
    kinds: dict[Any, str] = {list: "a list", dict: "a set of keys"}
    return kinds.get(type(given), f"`{given or 'nothing'}`")


def read_date(value: Any) -> Date:
    """An EDTF day, month or year, or an interval of two, the second of which may be `..`: what
    bibliographic dates need of it (https://www.loc.gov/standards/datetime/). Raises ValueError for
    what cannot be a date."""
    text = str(value)
    first, slash, last = text.partition("/")
    last = last if slash else first
    for each in (first,) if last == ".." else (first, last):
        if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", each, re.ASCII):
            raise ValueError("it is not written year-month-day")
        calendar_date.fromisoformat(each + "-01-01"[len(each) - 4 :])
    if last != ".." and first[: len(last)] > last[: len(first)]:
        raise ValueError("it ends before it begins")
    return Date(text, first, "" if last == ".." else last)
