"""Source -> entry: what an editor may write is what the records hold, less what follows from it.

Each key is read by pydantic as the record's own field; what is wrong with it is said once, in an
editor's words. A value that could not be read is not there: it is None when asked for.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import date as calendar_date
from difflib import get_close_matches
from functools import cache, cached_property, partial
from types import NoneType
from typing import Any, Generic, NamedTuple, TypeVar, get_args

from pydantic import ConfigDict, TypeAdapter, ValidationError

from reference.content.reading import Source, Steps
from reference.records import Date

Record = TypeVar("Record")
CONFIG = ConfigDict(str_min_length=1)
reader_of = cache(partial(TypeAdapter, config=CONFIG))
KEYS = {("Description", "words"): "as", ("Site", "examples"): "try"}
"""Where a key is not named as the record's field is (both are keywords in Python)."""
EDTF = "write 2012-06-20, 2012-06 or 2012, or two with a slash between; .. after it for an open end"
FIRST_YEAR = 1000
LAST_YEAR = 2999


class Shape(NamedTuple):
    """What a text must look like, what is wrong if it does not, and the mend."""

    pattern: str
    wrong: str
    mend: str


ADDRESS = Shape(
    r"https?://[\w.-]+(:\d{1,5})?([/?#][^\s<>\"]*)?",
    "is not an address",
    "write https://…",
)
QUESTION = Shape(r".*\?", "is not a question", "ask one, ending in ?")
SENTENCE = Shape(
    r".*[.?!][’”)]*", "is not a whole sentence", "end it in a full stop"
)
SHAPES = {
    ("Article", "url"): ADDRESS,
    ("Article", "date_source"): ADDRESS,
    ("Article", "doi"): Shape(
        r"10\.\d{4,}(\.\d+)*/\S+",
        "is not a DOI",
        "write 10.1136/bmj.e4278, without an address",
    ),
    ("Claim", "note"): SENTENCE,
    ("Disagreement", "matter"): QUESTION,
    ("Event", "name"): Shape(
        r".{,16}", "is too long for a picture", "use at most 16 characters"
    ),
    ("Event", "source"): ADDRESS,
    ("Note", "source"): ADDRESS,
    ("OutcomeSource", "url"): ADDRESS,
    ("Role", "source"): ADDRESS,
    ("Site", "language"): Shape(
        r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*",
        "is no language’s code",
        "write en-GB, or another",
    ),
    ("Site", "question"): QUESTION,
    ("Site", "short"): Shape(
        r".{,16}",
        "is too long for a browser’s menu",
        "use at most 16 characters",
    ),
    ("Term", "expansion"): Shape(
        r"[^(]*[^\W_].*",
        "has no word before its brackets",
        "write the words first",
    ),
}
"""The shapes of texts, by record and field."""


class Wrong(NamedTuple):
    """What is wrong with a value, and the mend."""

    wrong: str
    mend: str


@dataclass
class Entry(Generic[Record]):
    """What an editor wrote of one record, and where.

    `values` has what could be read, by field; `broken` has the keys that could not, of which
    nothing more is said.
    """

    source: Source
    at: Steps
    record: type[Record]
    values: dict[str, Any] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def get(self, name: str) -> Any:
        """Return the value of a field, or None if it could not be read."""
        return self.values.get(name)

    @cached_property
    def form(self) -> Record | None:
        """The record, or None if something that it must have could not be read."""
        return self.make()

    def make(self, **more: Any) -> Record | None:
        """Return the record, with `more` that an editor does not write; None as `form` is."""
        values = {**self.values, **more}
        for attribute in fields(self.record):  # type: ignore[arg-type]
            if is_needed(attribute) and attribute.name not in values:
                return None
        return self.record(**values)

    def wrong(self, step: str | Steps, wrong: str, mend: str) -> None:
        """Note what is wrong with a key, unless it is broken, which is said already.

        `step` is a key, or the way to a place below one: `("sides", 1)`.
        """
        steps = as_steps(step)
        is_said = bool(steps) and steps[0] in self.broken
        if not is_said:
            path = self.at + steps
            self.source.wrong(path, wrong, mend)

    def remind(self, step: str | Steps, wrong: str, mend: str) -> None:
        """Note what an editor may want to mend at a key, or at a place below one."""
        path = self.at + as_steps(step)
        self.source.remind(path, wrong, mend)


def as_steps(step: str | Steps) -> Steps:
    """Return a key as the way to it, of one step: `("themes",)` for `themes`."""
    if isinstance(step, str):
        return (step,)
    return step


def key_of(record: type[Any], name: str) -> str:
    """Return the key under which an editor writes a field of a record."""
    return KEYS.get((record.__name__, name), name)


def is_needed(attribute: "Field[Any]") -> bool:
    """Return whether a field has no default, so that an editor must write it."""
    return (
        attribute.default is MISSING and attribute.default_factory is MISSING
    )


def keys_of(
    record: type[Any], without: Collection[str]
) -> dict[str, "Field[Any]"]:
    """Return key -> field, of what an editor may write of a record; `without` are field names."""
    keys = {}
    for attribute in fields(record):
        if attribute.name not in without:
            key = key_of(record, attribute.name)
            keys[key] = attribute
    return keys


def read_list(
    record: type[Record],
    source: Source,
    data: Any,
    at: Steps = (),
    without: Collection[str] = (),
) -> list[Entry[Record]]:
    """Return the data at a place of a source as entries; problems are noted.

    `without` are fields that follow from the rest, and are not written.
    """
    if data is None:
        return []
    if not isinstance(data, list):
        source.wrong(
            at,
            f"{shown(data)} is not allowed",
            "begin each entry with `- `",
        )
        return []
    entries = []
    for number, item in enumerate(data):
        place = (*at, number)
        entry = read(record, source, item, place, without=without)
        entries.append(entry)
    return entries


def read(
    record: type[Record],
    source: Source,
    data: Any,
    at: Steps = (),
    given: Mapping[str, Any] | None = None,
    without: Collection[str] = (),
    elsewhere: Collection[str] = (),
) -> Entry[Record]:
    """Return the data at a place of a source as an entry; problems are noted.

    `given` are values that are not written (an id that is a file's name), `without` fields that
    are made later, `elsewhere` keys that are read by somebody else.
    """
    values = dict(given or {})
    entry = Entry(source, at, record, values)
    not_written = {*values, *without}
    keys = keys_of(record, not_written)
    known = {*keys, *elsewhere}
    if not isinstance(data, dict):
        entry.broken = known
        _note_no_keys(entry, data)
        return entry

    needed = {key for key in keys if is_needed(keys[key])}
    needed.update(elsewhere)
    written = set(data)
    missing = needed - written
    entry.broken |= missing
    _note_misspelt(
        entry,
        unknown=written - known,
        absent=known - written,
        missing=missing,
    )
    for key, attribute in keys.items():
        if key in data:
            _read_key(entry, key, attribute, data[key])
    return entry


def _note_no_keys(entry: Entry[Any], data: Any) -> None:
    """Note that there is something else where the keys of an entry belong."""
    is_unreadable_file = data is None and entry.source.problems
    if is_unreadable_file:
        return  # it is said already
    wrong = f"{shown(data)} is not allowed"
    keys = ", ".join(entry.broken)
    entry.source.wrong(entry.at, wrong, f"write its keys, some of: {keys}")


def _note_misspelt(
    entry: Entry[Any], unknown: set[str], absent: set[str], missing: set[str]
) -> None:
    """Note keys that are not known, and keys that are missing, each slip once.

    `absent` are the known keys that are not there, `missing` those of them that are needed. Those
    that stand here under a wrong name are broken.
    """
    still_missing = set(missing)
    for key in sorted(unknown):
        meant = _meant_by(key, absent, still_missing)
        wrong = f"the key `{key}` is not known"
        mend = f"write `{meant}`" if meant else "remove it"
        path = (*entry.at, key)
        entry.source.wrong(path, wrong, mend)
        entry.broken.add(meant)
        still_missing.discard(meant)
    for key in sorted(still_missing):
        wrong = f"the key `{key}` is missing"
        mend = f"add `{key}`"
        path = (*entry.at, key)
        entry.source.wrong(path, wrong, mend)


def _meant_by(key: str, absent: set[str], missing: set[str]) -> str:
    """Return the key that is meant by one that is not known, or ""."""
    alike = get_close_matches(key, sorted(absent), 1)
    if alike:
        return alike[0]
    return min(missing, default="")


def _read_key(
    entry: Entry[Any], key: str, attribute: "Field[Any]", data: Any
) -> None:
    """Read the value of a key into an entry's field, or note what is wrong with it."""
    name = attribute.name
    record = entry.record.__name__
    source = entry.source
    path = (*entry.at, key)
    problems_before = len(source.problems)
    value = _value(source, path, attribute.type, data)
    if isinstance(value, str):
        shape = SHAPES.get((record, name))
        _hold_shape(source, path, value, shape)
    is_right = len(source.problems) == problems_before
    if is_right:
        entry.values[name] = value
    else:
        entry.broken.add(key)


def _hold_shape(
    source: Source, path: Steps, text: str, shape: Shape | None
) -> None:
    """Note a text that has not the shape that it must have."""
    if shape is None:
        return
    if not re.fullmatch(shape.pattern, text):
        source.wrong(path, f"`{text}` {shape.wrong}", shape.mend)


def _value(source: Source, path: Steps, hint: Any, data: Any) -> Any:
    """Return a value as its field's type has it; None if it cannot be, which is noted."""
    alternatives = get_args(hint)
    if NoneType in alternatives:  # a date or a role that may be left out
        hint = alternatives[0]
        alternatives = ()
    if hint is Date:
        return _date(source, path, data)
    if is_dataclass(hint):
        return read(hint, source, data, path).form  # type: ignore[arg-type]
    if (
        alternatives
        and is_dataclass(alternatives[0])
        and isinstance(data, list)
    ):
        entries = read_list(alternatives[0], source, data, path)  # type: ignore[arg-type]
        return tuple(entry.form for entry in entries)
    return _plain_value(source, path, hint, data)


def _plain_value(source: Source, path: Steps, hint: Any, data: Any) -> Any:
    """Return a text, a number or a list as pydantic reads it; None if it cannot, which is noted."""
    try:
        return reader_of(hint).validate_python(data)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
    place_in_list = [step for step in fault["loc"] if isinstance(step, int)]
    place = (*path, *place_in_list)
    wrong, mend = _in_editors_words(fault)
    source.wrong(place, wrong, mend)
    return None


def _in_editors_words(fault: Mapping[str, Any]) -> Wrong:
    """Return what pydantic found wrong with a value in words that an editor knows."""
    kind = fault["type"]
    not_allowed = f"{shown(fault['input'])} is not allowed"
    if kind in ("missing", "too_long"):
        return Wrong("has not two", "name both, and no more")
    if kind == "string_too_short":
        return Wrong(
            "is empty", "write it, or leave the key out if it may be left out"
        )
    if kind == "literal_error":
        return Wrong(not_allowed, f"write {_listed(fault['ctx']['expected'])}")
    if kind in ("tuple_type", "list_type"):
        return Wrong(not_allowed, "write a list: […, …]")
    if kind in ("dict_type", "mapping_type"):
        return Wrong(not_allowed, "write keys and values: {p9: why}")
    if kind.startswith("int_"):
        return Wrong(not_allowed, "write a whole number")
    return Wrong(not_allowed, "write text")


def _listed(expected: str) -> str:
    """Return pydantic's list of the values allowed without its quotation marks."""
    return expected.replace("'", "")


def shown(data: Any) -> str:
    """Return how a message names data of any kind."""
    if isinstance(data, list):
        return "a list"
    if isinstance(data, dict):
        return "a set of keys"
    return f"`{data or 'nothing'}`"


def _date(source: Source, path: Steps, data: Any) -> Date | None:
    """Return a date; None if it cannot be one, which is noted."""
    try:
        return read_date(str(data))
    except ValueError as error:
        source.wrong(path, f"{shown(data)} cannot be a date ({error})", EDTF)
        return None


def read_date(text: str) -> Date:
    """Return an EDTF day, month or year, or an interval of two, whose second may be `..`.

    That is what bibliographic dates need of EDTF (https://www.loc.gov/standards/datetime/). Raises
    ValueError for what cannot be a date.
    """
    first, slash, last = text.partition("/")
    if not slash:
        last = first
    _check_day(first)
    if last == "..":
        return Date(text, first, "")
    _check_day(last)
    shared = min(len(first), len(last))
    if first[:shared] > last[:shared]:
        raise ValueError("it ends before it begins")
    return Date(text, first, last)


def _check_day(text: str) -> None:
    """Raise ValueError for what is no day, month or year."""
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text, re.ASCII):
        raise ValueError("it is not written year-month-day")
    if not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        raise ValueError(f"its year is not one of {FIRST_YEAR} to {LAST_YEAR}")
    missing = "-01-01"[len(text) - 4 :]
    try:
        calendar_date.fromisoformat(text + missing)
    except ValueError:
        raise ValueError("there is no such day") from None


def texts_in(data: Any, at: Steps = ()) -> Iterator[tuple[Steps, str]]:
    """Yield each text in a source's data, with its place: `(("themes", 0), "cost")`."""
    if isinstance(data, str):
        yield at, data
        return
    parts: Iterable[tuple[Any, Any]] = ()
    if isinstance(data, list):
        parts = enumerate(data)
    elif isinstance(data, dict):
        parts = data.items()
    for step, part in parts:
        place = (*at, step)
        yield from texts_in(part, place)
