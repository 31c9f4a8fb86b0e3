"""What an editor may write: the forms of front matter and lists, and what is said of mistakes.

Each form is validated by pydantic and becomes a record once its words are verified. What an editor
writes as the record has it (a person, a note) is read as the record itself.
"""

from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any, Generic, Literal, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from reference.content.reading import Source, Steps
from reference.records import (
    Abbreviation,
    ArticleKind,
    ClaimKind,
    Confidence,
    Correction,
    Description,
    Disagreement,
    Display,
    Note,
    Person,
    Publication,
    Voice,
)

Form = TypeVar("Form")
KEYS = {"short": "abbreviation", "words": "as"}
"""Where a key is not named as the record's field is (`as` is a keyword in Python)."""


@dataclass(frozen=True)
class ArticleForm:
    """An article's front matter, claims apart."""

    title: str
    kind: ArticleKind
    authors: tuple[str, ...]
    publication: Publication
    date: str
    date_basis: str
    rights: str
    display: Display
    title_short: str = ""
    title_case: str = ""
    date_source: str = ""
    doi: str = ""
    url: str = ""
    masthead: tuple[str, ...] = ()
    omitted: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    notes: tuple[Note, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ClaimForm:
    """A claim as an editor writes it."""

    id: str
    says: str
    quote: str
    voice: Voice
    speakers: tuple[str, ...]
    themes: tuple[str, ...]
    kind: ClaimKind
    note: str = ""


@dataclass(frozen=True)
class ThemeForm:
    """A theme's front matter."""

    title: str
    order: int
    summary: str


@dataclass(frozen=True)
class OpeningForm:
    """The front matter of what a newcomer needs to know first."""

    title: str


@dataclass(frozen=True)
class EventForm:
    """An entry of events.yaml: dated by a claim, or by a source of ours."""

    id: str
    date: str
    name: str
    what: str
    claim: str = ""
    source: str = ""
    confidence: Confidence | Literal[""] = ""
    note: str = ""


@dataclass(frozen=True)
class EditionForm:
    """When the content last changed, as its editor says."""

    date: str


def as_far_as_read(data: dict[str, Any]) -> ClaimForm:
    """A claim some key of which is wrong, with what can be checked all the same."""

    def names(key: str) -> tuple[str, ...]:
        listed = data.get(key)
        found = listed if isinstance(listed, list) else []
        return tuple(each for each in found if isinstance(each, str))

    quote = data["quote"] if isinstance(data.get("quote"), str) else ""
    return ClaimForm("", "", quote, "author", names("speakers"), names("themes"), "context")


class Reader(Generic[Form]):
    """Validates plain data as one form; what is wrong goes to the source, with its line."""

    def __init__(self, form: type[Form]) -> None:
        rules = ConfigDict(
            extra="forbid",
            str_min_length=1,
            str_strip_whitespace=True,
            alias_generator=key_of,
        )
        self._adapter = TypeAdapter(list[form], config=rules)  # type: ignore[valid-type]

    def read(self, source: Source, data: Any, path: Steps) -> Form | None:
        try:
            return self._adapter.validate_python([data])[0]
        except ValidationError as error:
            for each in error.errors(include_url=False):
                where = (*path, *each["loc"][1:])
                wrong, mend = _explained(dict(each))
                source.wrong(where, wrong, mend)
            return None


def key_of(field: str) -> str:
    """The key under which an editor writes a field."""
    return KEYS.get(field, field)


def _explained(error: dict[str, Any]) -> tuple[str, str]:
    """One validation error in plain words, with the mend."""
    key = error["loc"][-1]
    match error["type"]:
        case "missing":
            return f"the key `{key}` is missing", f"add `{key}`"
        case "unexpected_keyword_argument":
            near = get_close_matches(str(key), _KNOWN, 1)
            mend = f"write `{near[0]}`" if near else "remove it"
            return f"the key `{key}` is not known", mend
        case "literal_error":
            return f"`{error['input']}` is not allowed", f"write {error['ctx']['expected']}"
        case "string_too_short":
            return "is empty", "write it, or leave the key out if it may be left out"
        case "dataclass_type":
            keys = ", ".join(_KEYS[error["ctx"]["class_name"]])
            return _mistyped(error), f"write its keys, some of: {keys}"
        case "string_type" if isinstance(error["input"], (int, float)):
            return _mistyped(error), "put it in double quotes"
    expected = str(error["msg"]).removeprefix("Input should be ")
    expected = expected.replace("tuple", "list").replace("string", "text")
    return _mistyped(error), f"make it {expected}"


def _mistyped(error: dict[str, Any]) -> str:
    kinds = {"str": "text", "dict": "a set of keys", "NoneType": "nothing", "int": "a number"}
    kind = type(error["input"]).__name__
    return f"is of the wrong type ({kinds.get(kind, kind)})"


_FORMS = (ArticleForm, ClaimForm, ThemeForm, EventForm, EditionForm, OpeningForm)
_RECORDS = (Abbreviation, Disagreement, Person, Description, Publication, Correction, Note)
_KEYS = {
    form.__name__: [key_of(field.name) for field in fields(form)] for form in (*_FORMS, *_RECORDS)
}
_KNOWN = sorted({key for keys in _KEYS.values() for key in keys})
