"""Source -> form: what an editor may write is what the records hold, less what follows from it.

Each key is read by pydantic as the record's own field. What cannot be read is said once, and a
stand-in takes its place, so that the rest is still held to the rules.
"""

import re
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date as calendar_date
from difflib import get_close_matches
from functools import cache
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from reference.content.reading import Source, Steps
from reference.records import Date, Disagreement, Publication

Form = TypeVar("Form")
KEYS = {"short": "abbreviation", "words": "as"}
"""Where a key is not named as the record's field is (`as` is a keyword in Python)."""
TYPES = {"str": "text", "dict": "a set of keys", "NoneType": "nothing", "int": "a number"}
EDTF = "write an EDTF date: 2012-06-20, 2012-06, 2010-07-29/2010-08-31 or 2012-01-31/.."
_ADDRESS = r"https?://[\w.-]+(:\d{1,5})?([/?#][^\s<>\"]*)?", "is not an address", "write https://…"
SHAPES = {
    ("Article", "url"): _ADDRESS,
    ("Article", "date_source"): _ADDRESS,
    ("Event", "source"): _ADDRESS,
    ("Note", "source"): _ADDRESS,
    ("Article", "doi"): (r"10\.\d{4,}(\.\d+)*/\S+", "is not a DOI", "write 10.1136/bmj.e4278"),
    ("Disagreement", "matter"): (r"(?s).*\?", "is not a question", "ask one, ending in ?"),
    ("Event", "name"): (r".{,16}", "is too long for a picture", "use at most 16 characters"),
}
"""What a record's text must look like, what is wrong if it does not, and the mend."""
STAND_INS: dict[Any, Any] = {
    str: "",
    int: 0,
    Date: Date("0001", "0001", "0001"),
    Publication: Publication(""),
    get_type_hints(Disagreement)["sides"]: ((), ()),
}


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
    record: type[Form], source: Source, data: Any, at: Steps = (), also: str = "", **derived: Any
) -> Entry[Form]:
    """The data at a place of a source as a record, with what is `derived`; problems are noted.

    `also` is a key that is read elsewhere. A key misspelt, missing or not as it must be is in
    `broken`.
    """
    kind: Any = record
    written = {key_of(each.name): each for each in fields(kind) if each.name not in derived}
    keys, broken = {*written, also} - {""}, set[str]()
    if not isinstance(data, dict):
        if data is not None or not source.problems:
            source.wrong(at, _mistyped(data), f"write its keys, some of: {', '.join(written)}")
        data, broken = {}, keys
    free = {k for k, e in written.items() if {e.default, e.default_factory} != {MISSING}}
    lacking = keys - free - data.keys() - broken
    for key in data.keys() - keys:
        near = get_close_matches(key, lacking, 1) or get_close_matches(key, keys - data.keys(), 1)
        near = near or (list(lacking) if len(lacking) == 1 else [])
        mend = f"write `{near[0]}`" if near else "remove it"
        source.wrong((*at, key), f"the key `{key}` is not known", mend)
        broken.update(near)
    for key in lacking - broken:
        source.wrong((*at, key), f"the key `{key}` is missing", f"add `{key}`")
    broken |= lacking
    for key, each in written.items():
        hint = each.type
        if key in data:
            value = _value(source, (*at, key), hint, data[key], key, broken)
            pattern, wrong, mend = SHAPES.get((kind.__name__, key), ("", "", ""))
            if pattern and key not in broken and not re.fullmatch(pattern, value):
                source.wrong((*at, key), f"`{value}` {wrong}", mend)
                broken.add(key)
            derived[each.name] = value
        elif key in broken:
            derived[each.name] = _stand_in(hint)
    return Entry(source, at, record(**derived), broken)


def _value(source: Source, path: Steps, hint: Any, data: Any, key: str, broken: set[str]) -> Any:
    """A value as its field has it; a stand-in if it is wrong, and its key is then `broken`."""
    of = get_args(hint)[0] if get_args(hint) else None
    if is_dataclass(of) and isinstance(data, list):
        each = enumerate(data)
        return tuple(_value(source, (*path, n), of, value, key, broken) for n, value in each)
    try:
        if hint is Date:
            return read_date(data)
        if isinstance(hint, type) and is_dataclass(hint):
            entry = read(hint, source, data, path)
            broken.update({key} if entry.broken else ())
            return entry.form
        return _reader(hint).validate_python(data)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        steps = [step for step in fault["loc"] if isinstance(step, int)]
        source.wrong((*path, *steps), *_explained(dict(fault)))
    except ValueError as error:
        source.wrong(path, f"`{data}` cannot be a date ({error})", EDTF)
    broken.add(key)
    return _stand_in(hint)


@cache
def _reader(hint: Any) -> TypeAdapter[Any]:
    return TypeAdapter(hint, config=ConfigDict(str_min_length=1, str_strip_whitespace=True))


def _stand_in(hint: Any) -> Any:
    literal = get_origin(hint) is Literal
    return get_args(hint)[-1] if literal else STAND_INS.get(hint, ())


def _explained(error: dict[str, Any]) -> tuple[str, str]:
    """One validation error in plain words, with the mend."""
    given = error["input"]
    match error["type"]:
        case "missing" | "too_long":
            return "has not two", "name both, and no more"
        case "literal_error":
            return f"`{given}` is not allowed", f"write {error['ctx']['expected']}"
        case "string_too_short":
            return "is empty", "write it, or leave the key out if it may be left out"
        case "string_type" if isinstance(given, (int, float)):
            return _mistyped(given), "put it in double quotes"
    expected = error["msg"].removeprefix("Input should be ").replace("tuple", "list")
    return _mistyped(given), f"make it {expected.replace('string', 'text')}"


def _mistyped(given: Any) -> str:
    kind = type(given).__name__
    return f"is of the wrong type ({TYPES.get(kind, kind)})"


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
