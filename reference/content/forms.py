"""Source -> entry: what an editor may write is what the records hold, less what follows from it.

Each key is read by pydantic as the record's own field; what is wrong with it is said once, in an
editor's words. A value that could not be read is not there: it is None when asked for.
"""

import re
from collections.abc import (
    Callable,
    Collection,
    Iterator,
    Mapping,
)
from dataclasses import (
    MISSING,
    Field,
    dataclass,
    field,
    fields,
    is_dataclass,
)
from datetime import date as calendar_date
from difflib import get_close_matches
from functools import cache, cached_property, partial
from types import NoneType
from typing import Any, Generic, NamedTuple, TypeVar, get_args, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError

from reference.content.reading import Source, Steps
from reference.records import Date

Record = TypeVar("Record")
NO_EMPTY_TEXT = ConfigDict(str_min_length=1)
KEYS = {("Description", "words"): "as", ("Site", "examples"): "try"}
"""Where a key is not named as the record's field is (both are keywords in Python)."""
ValueReader = Callable[[Source, Steps, Any], Any]
"""Reads the data at a place of a source: returns the value that a record's field has for it, or
reports what is wrong with it, and returns None."""
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
    "write one that begins with https://, without spaces and marks round it",
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


class Key(NamedTuple):
    """A key that an editor may write of a record: the field that it fills, and how it is read."""

    field: str
    is_needed: bool
    read: ValueReader


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
        for key in keys_of(self.record).values():  # type: ignore[arg-type]
            if key.is_needed and key.field not in values:
                return None
        return self.record(**values)

    def report(self, step: str | Steps, wrong: str, mend: str) -> None:
        """Report what is wrong with a key, unless it is broken, which is reported already.

        `step` is a key, or the way to a place below one: `("sides", 1)`.
        """
        steps = as_steps(step)
        is_said = bool(steps) and steps[0] in self.broken
        if not is_said:
            path = self.at + steps
            self.source.report(path, wrong, mend)

    def remind(self, step: str | Steps, wrong: str, mend: str) -> None:
        """Report what an editor may want to mend at a key, or at a place below one."""
        path = self.at + as_steps(step)
        self.source.remind(path, wrong, mend)


def as_steps(step: str | Steps) -> Steps:
    """Return a key as the way to it, of one step: `("themes",)` for `themes`."""
    if isinstance(step, str):
        return (step,)
    return step


@cache
def keys_of(record: type[Any]) -> Mapping[str, Key]:
    """Return the keys that fill the fields of a record (a dataclass), by their names.

    A key is named as its field, but for a few (see `KEYS`). It is needed if the field has no
    default. Its values are read by the type of the field, and must have the field's shape, if it
    has one (see `SHAPES`).
    """
    keys = {}
    for record_field in fields(record):
        field_name = record_field.name
        record_and_field = (record.__name__, field_name)
        key_name = KEYS.get(record_and_field, field_name)
        shape = SHAPES.get(record_and_field)
        read_value = _reader_of(record_field.type)
        if shape:
            read_value = partial(_shaped_text, shape, read_value)
        is_needed = not _has_default(record_field)
        keys[key_name] = Key(field_name, is_needed, read_value)
    return keys


def _has_default(record_field: "Field[Any]") -> bool:
    """Return whether a field of a dataclass has a default, or a function that makes one."""
    has_value = record_field.default is not MISSING
    has_factory = record_field.default_factory is not MISSING
    return has_value or has_factory


def read_list(
    record: type[Record],
    source: Source,
    data: Any,
    at: Steps = (),
    without: Collection[str] = (),
) -> list[Entry[Record]]:
    """Return the data at a place of a source as entries; problems are reported.

    `without` are fields that follow from the rest, and are not written.
    """
    if data is None:
        return []
    if not isinstance(data, list):
        source.report(
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
    """Return what an editor wrote of one record as an entry; problems are reported.

    `data` is what stands at a place of the source, `at`: it should be keys and their values. Some
    fields of the record are not among the keys: those that are `given` with their values (an id
    that is a file's name), and those that the entry is `without` (they are made later). Keys
    `elsewhere` are needed, and the caller reads their values.
    """
    entry = Entry(source, at, record, dict(given or {}))
    fields_not_written = {*entry.values, *without}
    keys = _keys_written(record, fields_not_written)
    known_names = {*keys, *elsewhere}
    if not isinstance(data, dict):
        entry.broken = known_names
        _report_no_keys(entry, data)
        return entry

    needed_names = {name for name, key in keys.items() if key.is_needed}
    needed_names.update(elsewhere)
    _report_misspelt(entry, set(data), known_names, needed_names)
    for name, key in keys.items():
        if name in data:
            _read_value(entry, name, key, data[name])
    return entry


def _keys_written(record: Any, not_written: set[str]) -> dict[str, Key]:
    """Return the keys that an editor writes of a record; `not_written` are names of fields."""
    keys = {}
    for name, key in keys_of(record).items():
        if key.field not in not_written:
            keys[name] = key
    return keys


def _report_no_keys(entry: Entry[Any], data: Any) -> None:
    """Report that there is something else where the keys of an entry belong."""
    is_unreadable_file = data is None and entry.source.problems
    if is_unreadable_file:
        return  # it is reported already
    wrong = "has no keys"
    if data is not None:
        wrong = f"{shown(data)} is not allowed"
    keys = ", ".join(sorted(entry.broken))
    entry.source.report(entry.at, wrong, f"write its keys, some of: {keys}")


def _report_misspelt(
    entry: Entry[Any], written: set[str], known: set[str], needed: set[str]
) -> None:
    """Report keys that are not known, and keys that are needed and missing.

    `written` are the keys of the entry, `known` those that it may have, `needed` those that it must
    have. A missing key that is misspelt is one problem, not two: if `subjet` is not known, it is
    not reported that `subject` is missing. Missing and misspelt keys are added to `entry.broken`.
    """
    absent = known - written
    missing = needed - written
    entry.broken |= missing
    for name in sorted(written - known):
        wrong = f"the key `{name}` is not known"
        mend = "remove it"
        meant = _meant_by(name, absent, missing)
        if meant:
            mend = f"write `{meant}`"
            entry.broken.add(meant)
            missing.discard(meant)
        entry.source.report((*entry.at, name), wrong, mend)
    for name in sorted(missing):
        wrong = f"the key `{name}` is missing"
        entry.source.report((*entry.at, name), wrong, f"add `{name}`")


def _meant_by(name: str, absent: set[str], missing: set[str]) -> str:
    """Return the key that is meant by one that is not known, or "".

    That is one like it which is absent; else one which is needed and missing.
    """
    alike = get_close_matches(name, sorted(absent), 1)
    if alike:
        return alike[0]
    return min(missing, default="")


def _read_value(entry: Entry[Any], name: str, key: Key, data: Any) -> None:
    """Read the value of a key into its field; mark the key as broken if that cannot be done."""
    problems = entry.source.problems
    problems_before = len(problems)
    value = key.read(entry.source, (*entry.at, name), data)
    if len(problems) > problems_before:
        entry.broken.add(name)
    else:
        entry.values[key.field] = value


# How values are read, by the type of their field


def _reader_of(hint: Any) -> ValueReader:
    """Return the function that reads the values of a record's field with this type hint.

    Which one is returned depends on the type:

    - `Date`: one that reads a date in EDTF, such as 2012-06;
    - a record, such as `Publication`: one that reads the record from its keys;
    - a tuple of records, such as `tuple[Note, ...]`: one that reads a list of such;
    - any other, such as `str`: one that leaves the reading to pydantic.

    A field that may be None has the reader of its other type: `Date | None` that of `Date`.
    """
    value_type = _without_none(hint)
    if value_type is Date:
        return _date
    if is_dataclass(value_type):
        return partial(_record, value_type)  # type: ignore[arg-type]
    adapter = TypeAdapter(value_type, config=NO_EMPTY_TEXT)
    read_by_pydantic = partial(_plain, adapter)
    listed_record = _listed_record(value_type)
    if listed_record is None:
        return read_by_pydantic
    # pydantic is asked only where no list is written: it says what is wrong with that.
    return partial(_records, listed_record, read_by_pydantic)


def _without_none(hint: Any) -> Any:
    """Return `Date` of the type hint `Date | None`; a hint without None is returned as it is."""
    alternatives = get_args(hint)
    if NoneType not in alternatives:
        return hint
    return next(kind for kind in alternatives if kind is not NoneType)


def _listed_record(hint: Any) -> type[Any] | None:
    """Return `Note` of the type hint `tuple[Note, ...]`; None if it is no tuple of records."""
    if get_origin(hint) is not tuple:
        return None
    item_type: type[Any] = get_args(hint)[0]
    return item_type if is_dataclass(item_type) else None


def _record(record: type[Any], source: Source, path: Steps, data: Any) -> Any:
    """Return a record that is the value of a key, such as `publication: {name: BMJ}`."""
    return read(record, source, data, path).form


def _records(
    record: type[Any],
    read_no_list: ValueReader,
    source: Source,
    path: Steps,
    data: Any,
) -> Any:
    """Return records that are the value of a key, such as `notes`, as a tuple.

    `read_no_list` reports what is wrong with data that is no list.
    """
    if not isinstance(data, list):
        return read_no_list(source, path, data)
    entries = read_list(record, source, data, path)
    return tuple(entry.form for entry in entries)


def _shaped_text(
    shape: Shape,
    read_text: ValueReader,
    source: Source,
    path: Steps,
    data: Any,
) -> Any:
    """Return a text, and report one that has not the shape that it must have."""
    text = read_text(source, path, data)
    if isinstance(text, str) and not re.fullmatch(shape.pattern, text):
        source.report(path, f"`{text}` {shape.wrong}", shape.mend)
    return text


def _plain(
    adapter: "TypeAdapter[Any]", source: Source, path: Steps, data: Any
) -> Any:
    """Return a text, a number or a list as pydantic reads it.

    None if it cannot be read: the first fault that pydantic found is reported as a problem.
    """
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
    place_in_list = [step for step in fault["loc"] if isinstance(step, int)]
    wrong, mend = _in_editors_words(fault)
    source.report((*path, *place_in_list), wrong, mend)
    return None


def _in_editors_words(fault: Mapping[str, Any]) -> Wrong:
    """Return what pydantic found wrong with a value in words that an editor knows.

    `fault` is one of the faults that pydantic's `ValidationError.errors()` lists: it has a `type`
    (https://docs.pydantic.dev/latest/errors/validation_errors/), and the value as `input`.
    """
    data = fault["input"]
    wrong = f"{shown(data)} is not allowed"
    match fault["type"]:
        case "missing" | "too_long":  # of a tuple, and ours are all pairs
            return Wrong("has not two", "name both, and no more")
        case "string_too_short":
            return Wrong(
                "is empty",
                "write it (text with a # in it in double quotes), "
                "or leave the key out if it may be",
            )
        case "literal_error":
            allowed = fault["ctx"]["expected"].replace("'", "")
            return Wrong(wrong, f"write {allowed}")
        case "tuple_type" | "list_type":
            return _no_list(data)
        case "dict_type" | "mapping_type":
            return Wrong(wrong, "write keys and values: {p9: why}")
        case kind if kind.startswith("int_"):
            return Wrong(wrong, "write a whole number")
        case _:
            return Wrong(wrong, "write text")


def _no_list(data: Any) -> Wrong:
    """Return what is wrong with a value that should be a list."""
    if data == "":
        return Wrong("is empty", "write a list: […, …], or [] for none")
    wrong = f"{shown(data)} is not allowed"
    if isinstance(data, str):
        return Wrong(wrong, f"write a list: [{data}]")
    return Wrong(wrong, "write a list: […, …]")


def shown(data: Any) -> str:
    """Return how a message names data of any kind."""
    if isinstance(data, list):
        return "a list"
    if isinstance(data, dict):
        return "a set of keys"
    return f"`{data or 'nothing'}`"


def _date(source: Source, path: Steps, data: Any) -> Date | None:
    """Return a date."""
    try:
        return read_date(str(data))
    except ValueError as error:
        source.report(path, f"{shown(data)} cannot be a date ({error})", EDTF)
        return None


def read_date(text: str) -> Date:
    """Return the date in a text: `2012-06-20`, `2012-06`, `2012`, or an interval of two of these.

    The last date of an interval may be open: `2012/..`. That is what bibliographic dates need of
    EDTF (https://www.loc.gov/standards/datetime/). Raises ValueError for what cannot be a date.
    """
    first, slash, last = text.partition("/")
    if not slash:
        last = first
    _check_day(first)
    if last == "..":
        return Date(text, first, "")
    _check_day(last)
    # `2012-06/2012` is no error: the two are compared as far as both are exact.
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


def texts_in(data: Any) -> Iterator[tuple[Steps, str]]:
    """Yield each text in a source's data, with its place: `(("themes", 0), "cost")`.

    The texts come in no order.
    """
    parts: list[tuple[Steps, Any]] = [((), data)]
    while parts:
        place, part = parts.pop()
        if isinstance(part, str):
            yield place, part
        elif isinstance(part, list):
            for number, item in enumerate(part):
                parts.append(((*place, number), item))
        elif isinstance(part, dict):
            for key, value in part.items():
                parts.append(((*place, key), value))
