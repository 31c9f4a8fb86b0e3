"""Source -> form: what an editor may write is what the records hold, less what follows from it.

Each key is read by pydantic as the record's own field. What cannot be read is said once, and a
stand-in takes its place, so that the rest is still held to the rules.
"""

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date as calendar_date
from difflib import get_close_matches
from functools import cache
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    TypeVar,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from reference.content.reading import Source, Steps
from reference.records import Correction, Date, Description, Disagreement, Note, Publication

Form = TypeVar("Form")
KEYS = {"short": "abbreviation", "words": "as"}
"""Where a key is not named as the record's field is (`as` is a keyword in Python)."""
EDTF = "write an EDTF date: 2012-06-20, 2012-06, 2010-07-29/2010-08-31 or 2012-01-31/.."


@dataclass(frozen=True)
class Entry(Generic[Form]):
    """A form as read, where in its file it stands, and those of its keys that are wrong.

    Nothing more is said of a key in `broken`: its value is a stand-in.
    """

    source: Source
    at: Steps
    form: Form
    broken: set[str] = field(default_factory=set)

    def wrong(self, step: str | Steps, wrong: str, mend: str) -> None:
        steps = (step,) if isinstance(step, str) else step
        if not steps or steps[0] not in self.broken:
            self.source.wrong((*self.at, *steps), wrong, mend)

    def must(self, holds: object, step: str | Steps, wrong: str, mend: str) -> None:
        """Note what is wrong with a key if it does not hold."""
        if not holds:
            self.wrong(step, wrong, mend)


def key_of(name: str) -> str:
    """The key under which an editor writes a field."""
    return KEYS.get(name, name)


def read(
    record: type[Form], source: Source, at: Steps = (), also: str = "", **derived: Any
) -> Entry[Form]:
    """The data at a place of a source as a record, with what is `derived`; problems are noted.

    `also` is a key that is read elsewhere. A key misspelt, missing or not as it must be is in
    `broken`.
    """
    data, kind = source.data, cast(Any, record)
    for step in at:
        data = data[step]
    written = {key: each for key, each in _fields(kind).items() if each.name not in derived}
    keys, broken, values = [*written, *([also] if also else [])], set(), dict(derived)
    if not isinstance(data, dict):
        if data is not None or not source.problems:
            source.wrong(at, _mistyped(data), f"write its keys, some of: {', '.join(keys)}")
        data, broken = {}, set(keys)
    must = [key for key in keys if key not in written or written[key].default is MISSING]
    lacking = {*must} - data.keys() - broken
    for key in data.keys() - {*keys}:
        near = get_close_matches(key, lacking, 1) or get_close_matches(
            key, {*keys} - data.keys(), 1
        )
        near = near or (list(lacking) if len(lacking) == 1 else [])
        mend = f"write `{near[0]}`" if near else "remove it"
        source.wrong((*at, key), f"the key `{key}` is not known", mend)
        broken.update(near)
    for key in lacking - broken:
        source.wrong((*at, key), f"the key `{key}` is missing", f"add `{key}`")
    broken |= lacking
    for key, each in written.items():
        values[each.name] = each.blank if key in broken else each.default
        if key in data:
            values[each.name] = _value(source, (*at, key), each, data[key], broken)
    return Entry(source, at, record(**values), broken)


@dataclass(frozen=True)
class _Field:
    """One field of a record: what reads it, its default, and what stands in for it."""

    name: str
    reader: TypeAdapter[list[Any]]
    default: Any
    blank: Any


@cache
def _fields(record: Any) -> Mapping[str, _Field]:
    rules = ConfigDict(
        extra="forbid", str_min_length=1, str_strip_whitespace=True, alias_generator=key_of
    )
    found = {}
    for each in fields(record):
        hint = get_type_hints(record)[each.name]
        kind: Any = Annotated[Date, BeforeValidator(read_date)] if hint is Date else hint
        factory = each.default_factory
        default = each.default if factory is MISSING else factory()
        blank = STAND_INS.get(hint, default if default is not MISSING else ())
        if get_origin(hint) is Literal:
            blank = get_args(hint)[-1]
        reader = TypeAdapter(list[kind], config=rules)
        found[key_of(each.name)] = _Field(each.name, reader, default, blank)
    return found


STAND_INS: dict[Any, Any] = {
    str: "",
    int: 0,
    Date: Date("0001", "0001", "0001"),
    Publication: Publication(""),
    get_type_hints(Disagreement)["sides"]: ((), ()),
}
NESTED = {
    record.__name__: [key_of(each.name) for each in fields(record)]
    for record in (Publication, Correction, Note, Description)
}


def _value(source: Source, path: Steps, each: _Field, data: Any, broken: set[str]) -> Any:
    """A value as its field has it, or the stand-in for what pydantic finds wrong with it."""
    try:
        return each.reader.validate_python([data])[0]
    except ValidationError as error:
        said: dict[Steps, tuple[Steps, str, str]] = {}
        for fault in sorted(error.errors(include_url=False), key=lambda e: e["type"] == "missing"):
            # a union says all once for each of its kinds; one misspelt key is two faults
            steps = tuple(
                s for s in fault["loc"][1:] if s not in ("str", "int") and "[" not in str(s)
            )
            key = (
                steps[:-1] if fault["type"] in ("missing", "unexpected_keyword_argument") else steps
            )
            said.setdefault(key, (steps, *_explained(dict(fault))))
        for steps, wrong, mend in said.values():
            source.wrong((*path, *steps), wrong, mend)
        broken.add(str(path[-1]))
        return each.blank


def _explained(error: dict[str, Any]) -> tuple[str, str]:
    """One validation error in plain words, with the mend."""
    key, given = error["loc"][-1], error["input"]
    match error["type"]:
        case "missing" | "too_long" if "sides" in str(error["loc"]) or isinstance(key, int):
            return "has not two", "name both sides, and no more"
        case "missing":
            return f"the key `{key}` is missing", f"add `{key}`"
        case "unexpected_keyword_argument":
            near = get_close_matches(key, [name for names in NESTED.values() for name in names], 1)
            return f"the key `{key}` is not known", f"write `{near[0]}`" if near else "remove it"
        case "literal_error":
            return f"`{given}` is not allowed", f"write {error['ctx']['expected']}"
        case "string_too_short":
            return "is empty", "write it, or leave the key out if it may be left out"
        case "value_error":
            return f"`{given}` cannot be a date ({error['ctx']['error']})", EDTF
        case "dataclass_type":
            keys = ", ".join(NESTED[error["ctx"]["class_name"]])
            return _mistyped(given), f"write its keys, some of: {keys}"
        case "string_type" if isinstance(given, (int, float)):
            return _mistyped(given), "put it in double quotes"
    expected = str(error["msg"]).removeprefix("Input should be ")
    return _mistyped(
        given
    ), f"make it {expected.replace('tuple', 'list').replace('string', 'text')}"


def _mistyped(given: Any) -> str:
    kinds = {"str": "text", "dict": "a set of keys", "NoneType": "nothing", "int": "a number"}
    kind = type(given).__name__
    return f"is of the wrong type ({kinds.get(kind, kind)})"


def read_date(value: Any) -> Date:
    """An EDTF day, month or year, or an interval of two, the second of which may be `..`.

    The part of EDTF (https://www.loc.gov/standards/datetime/) that bibliographic dates need.
    Raises ValueError for what cannot be a date. (The `edtf` package takes 9 ms a date, and fails
    on open intervals.)
    """
    text = str(value)
    first, slash, last = text.partition("/")
    last = last if slash else first
    if _bound(first, "-01-01") > ("9999" if last == ".." else _bound(last, "-12-31")):
        raise ValueError("it ends before it begins")
    return Date(text, first, "" if last == ".." else last)


def _bound(text: str, rest: str) -> str:
    """A date made a day, for comparing, with as much of the `rest` of a year as it lacks."""
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text, re.ASCII):
        raise ValueError("it is not written year-month-day")
    calendar_date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    return text + rest[len(text) - 4 :]
