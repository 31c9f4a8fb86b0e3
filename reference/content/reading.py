"""A content file -> source: its data, its body, and the line each thing stands on.

All data is text, in lists and under keys: no anchors, aliases or tags, no key twice, bounded
depth. The only module that knows YAML.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from reference.evidence import fold
from reference.problems import Problem

MAX_DEPTH = 20
LETTERS = re.compile(r"[^\W_]+")
"""Letters and digits, by which texts are compared, and not by marks, line ends and blanks."""
HIDDEN = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069"
    "\ufeff\ufffe\uffff]"
)
"""Characters that nobody sees: controls, and marks that turn the direction of text."""
CONFLICT = re.compile(
    r"^(<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|)( .*)?$", re.MULTILINE
)
"""What a merge that did not go through leaves in a file."""
FRONT = re.compile(
    r"---[ \t]*\n(.*?)^---[ \t]*$\n?(.*)\Z", re.DOTALL | re.MULTILINE
)
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
Steps = tuple[str | int, ...]
"""Where a value stands in its data: `("claims", 3, "quote")`."""


class YamlFault(NamedTuple):
    """What PyYAML says of a slip (a part of it), and the same in an editor's words."""

    message: str
    wrong: str
    mend: str


QUOTES = "put text that has marks in it in double quotes"
ODD_SPACE = re.compile(r"[ \t]*[-\w]*:?[\u00a0\u2002-\u200a\u202f\u3000：]")
"""A line in which a sign that looks like a space or a colon stands round its key."""
ODD_SPACE_FAULT = (
    "a no-break space, or a colon of another script, stands where YAML needs a plain one",
    "type the spaces and the colon round the key anew",
)
YAML_FAULTS = [
    YamlFault(
        "found a tab character",
        "a tab indents the line",
        "indent with spaces, not tabs",
    ),
    YamlFault(
        "did not find expected alphabetic or numeric",
        "text without quotes begins with & or *",
        QUOTES,
    ),
    YamlFault(
        "did not find expected comment or line break",
        "text without quotes begins with > or |",
        f"{QUOTES}, or begin the text on the next line",
    ),
    YamlFault(
        "mapping values are not allowed",
        "text without quotes has a colon and a space, or the line is indented wrongly",
        f"{QUOTES}, and indent keys alike",
    ),
    YamlFault(
        "cannot start any token",
        "a tab, @, ` or % stands where text or a key should begin",
        f"indent with spaces, not tabs, and {QUOTES}",
    ),
    YamlFault(
        "unexpected end of stream",
        "a quotation mark or a bracket that opens here is never closed",
        "close it; if it is an apostrophe, set it as ’",
    ),
    YamlFault(
        "unknown escape character",
        "a backslash stands in double quotes",
        "take it away, or write two",
    ),
    YamlFault(
        "did not find expected ',' or",
        "a bracket is not closed, or a comma is missing",
        f"close the bracket, or {QUOTES}",
    ),
    YamlFault(
        "could not find expected ':'",
        "a line has no key, or its key has no colon",
        f"write `key: value`; where a text runs on, {QUOTES}",
    ),
    YamlFault(
        "block sequence entries are not allowed",
        "a list begins on the line of its key, or is indented wrongly",
        "begin each `- ` on a line of its own",
    ),
    YamlFault(
        "did not find expected key",
        "the line is indented wrongly, or a quotation mark in or above it is not closed, or is "
        "closed too early",
        "indent keys alike, with spaces; put a text from its beginning to its end in double "
        "quotes, and set the marks in it as “ ”",
    ),
    YamlFault(
        "did not find expected '-' indicator",
        "an entry of the list has no `- `, or is indented wrongly",
        "begin each entry with `- `, and indent all alike",
    ),
]
OTHER_YAML_FAULT = YamlFault(
    "",
    "cannot be understood",
    f"{QUOTES}, close them, and indent with spaces, not tabs",
)


class Letters(NamedTuple):
    """The letters and digits of a text, and where in the text each stands."""

    signs: str
    positions: list[int]


@dataclass
class Source:
    """A content file as read.

    `data` is None if the file cannot be read. `lines` says on which line each place of the data
    stands. `text` is the whole file. `problems` are those reported of it.
    """

    file: str
    data: Any = None
    body: str = ""
    body_line: int = 1
    text: str = ""
    lines: dict[Steps, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    reminders: list[Problem] = field(default_factory=list)

    def report_on_line(
        self, place: str, wrong: str, mend: str, line: int = 1
    ) -> None:
        """Report a problem on a line of the file."""
        self.problems.append(Problem(self.file, line, place, wrong, mend))

    def report(self, path: Steps, wrong: str, mend: str) -> None:
        """Report what is wrong at a place of the data."""
        self.report_on_line(
            self._name_of(path), wrong, mend, self._line_of(path)
        )

    def remind(self, path: Steps, wrong: str, mend: str) -> None:
        """Report what an editor may want to mend at a place of the data."""
        reminder = Problem(
            self.file, self._line_of(path), self._name_of(path), wrong, mend
        )
        self.reminders.append(reminder)

    def _line_of(self, path: Steps) -> int:
        """Return the line of a key or list item, or of the nearest thing round it that has one."""
        for length in range(len(path), -1, -1):
            line = self.lines.get(path[:length])
            if line is not None:
                return line
        return 1

    def _name_of(self, path: Steps) -> str:
        """Return a place in words: `claims[3] (data-is-junk) quote`, “file” for the whole of it.

        An item of a list is named by its number, and by its id if it has one.
        """
        words = ""
        value = self.data
        for length, step in enumerate(path, 1):
            is_in_data = path[:length] in self.lines  # a missing key is not
            value = value[step] if is_in_data else None
            if isinstance(step, int):
                words += f"[{step}]{_id_in_brackets(value)}"
            else:
                words += f" {step}"
        return words.strip() or "file"

    def report_in_body(
        self, text: str, place: str, wrong: str, mend: str, bit: str = ""
    ) -> None:
        """Report what is wrong in a text of the body, on the line where it begins or has `bit`."""
        self.report_on_line(place, wrong, mend, self.line_in(text, bit))

    def remind_in_body(
        self, text: str, place: str, wrong: str, mend: str, bit: str = ""
    ) -> None:
        """Report what an editor may want to mend in a text of the body."""
        self.reminders.append(
            Problem(self.file, self.line_in(text, bit), place, wrong, mend)
        )

    def line_in(self, text: str, bit: str = "") -> int:
        """Return the line of the file on which a text of the body begins.

        If `bit`, a part of the text, stands there or further on, it is the line of that part. The
        text is looked for as it is; then by its letters and digits alone, as marks of Markdown,
        line ends and blanks may stand between them.
        """
        start = self.body.find(text)
        is_as_written = start >= 0 and not self._cuts_a_word(
            start, start + len(text)
        )
        if not is_as_written:
            letters = "".join(LETTERS.findall(text))
            start = self._start_of_letters(letters)
        position = max(self.body.find(bit, start), start)
        return self.line_at(position)

    def _start_of_letters(self, letters: str) -> int:
        """Return where in the body the first whole words with these letters begin, 0 if none have.

        Of a body “He said: *go* on”, `goon` are the letters of words that begin at 10; `o` are
        letters of no whole word.
        """
        body = self._letters
        first = body.signs.find(letters) if letters else -1
        while first >= 0:
            last = first + len(letters) - 1
            start = body.positions[first]
            end = body.positions[last] + 1
            if not self._cuts_a_word(start, end):
                return start
            first = body.signs.find(letters, first + 1)
        return 0

    def _cuts_a_word(self, start: int, end: int) -> bool:
        """Return whether a stretch of the body begins or ends inside a word."""
        before = self.body[max(start - 1, 0) : start]
        after = self.body[end : end + 1]
        return LETTERS.search(before + after) is not None

    @cached_property
    def _letters(self) -> Letters:
        """The letters and digits of the body."""
        words = []
        positions: list[int] = []
        for match in LETTERS.finditer(self.body):
            words.append(match[0])
            positions += range(match.start(), match.end())
        return Letters("".join(words), positions)

    def line_at(self, position: int) -> int:
        """Return the line of the file on which a position of the body stands."""
        return self.body_line + self.body.count("\n", 0, position)


def _id_in_brackets(value: Any) -> str:
    """Return ` (data-is-junk)` for data with this id, "" for data that has none."""
    if isinstance(value, dict) and "id" in value:
        return f" ({value['id']})"
    return ""


def read_source(path: Path, name: str) -> Source:
    """Return a file of YAML, or of Markdown with front matter between `---` lines, as a source.

    What is wrong with it is reported in its problems; nothing is raised.
    """
    source = Source(name)
    try:
        source.text = _text(path, name)
        _refuse_signs(source.text, name)
        data = source.text
        if path.suffix == ".md":
            data = _front_matter(source)
        source.data = _DataReader(source, data).read()
    except Problem as problem:
        source.problems.append(problem)
    return source


def _text(path: Path, name: str) -> str:
    """Return the file as text, with LF line ends and composed letters (é as one sign).

    Raises Problem if it is no text, or empty.
    """
    mend = "make it a readable file of plain text"
    if not path.is_file():
        raise Problem(
            name, 1, "file", "cannot be read: there is no such file", mend
        )
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Problem(
            name, 1, "file", f"cannot be read: {error.strerror}", mend
        ) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + raw.count(b"\n", 0, error.start)
        wrong = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        mend = "save it as plain text in the encoding UTF-8"
        raise Problem(name, line, "file", wrong, mend) from None
    text = re.sub(r"\r\n?", "\n", unicodedata.normalize("NFC", text))
    if not text.strip():
        raise Problem(name, 1, "file", "is empty", "write it, or remove it")
    return text


def _refuse_signs(text: str, name: str) -> None:
    """Raise Problem for what a merge left in a text, and for signs that nobody sees."""
    conflict = CONFLICT.search(text)
    if conflict:
        line = 1 + text.count("\n", 0, conflict.start())
        wrong = f"a merge left the mark `{conflict[1]}` here"
        mend = (
            "keep one of the two versions, and remove the lines with the marks"
        )
        raise Problem(name, line, "file", wrong, mend)
    hidden = HIDDEN.search(text)
    if hidden:
        line = 1 + text.count("\n", 0, hidden.start())
        raise Problem(name, line, "file", _unseen(hidden[0]), "remove it")


def _unseen(sign: str) -> str:
    return f"holds the unseen character U+{ord(sign):04X}"


def _front_matter(source: Source) -> str:
    """Return a Markdown file's front matter, and keep its body. Raises Problem if there is none."""
    parts = FRONT.match(source.text)
    if parts is None:
        wrong = "there is none, or it is not closed"
        mend = "begin the file with a line `---`, the front matter, and another line `---`"
        raise Problem(source.file, 1, "front matter", wrong, mend)
    source.body = parts[2]
    source.body_line = 1 + source.text.count("\n", 0, parts.start(2))
    return f"\n{parts[1]}"  # the line of the first `---` counts


class _DataReader:
    """Reads a source's data from YAML's events, and tells the source where each thing stands."""

    def __init__(self, source: Source, text: str) -> None:
        self._source = source
        self._text_lines = text.split("\n")
        self._events = self._parsed(text)

    def read(self) -> Any:
        """Return the data of a YAML document: text, lists and mappings. None if there is none.

        Raises Problem if it is not valid YAML, has anchors, aliases or tags, is nested too deep, or
        is followed by a second document.
        """
        first = next(self._events, None)
        if first is None:
            return None
        data = self._value(first, ())
        second = next(self._events, None)
        if second is not None:
            raise self._problem(
                second, "a second document begins here", "keep one a file"
            )
        return data

    def _parsed(self, text: str) -> Iterator[Any]:
        """Yield the events that stand for values and for ends. Raises Problem for a slip."""
        wanted: Any = (yaml.NodeEvent, yaml.CollectionEndEvent)
        try:
            for event in yaml.parse(text, Loader=LOADER):
                if isinstance(event, wanted):
                    yield event
        except yaml.MarkedYAMLError as error:
            raise self._slip(error) from None

    def _slip(self, error: Any) -> Problem:
        """Return what PyYAML found wrong as a problem, in words that an editor knows.

        The problem of a quotation mark that is never closed has the line where the mark opens, any
        other the line at which PyYAML stopped.
        """
        mark = error.problem_mark
        if "quoted scalar" in str(error.context):
            mark = error.context_mark
        line = 1 + (mark.line if mark else 0)
        odd_line = self._odd_space_near(line)
        if odd_line is not None:
            return Problem(
                self._source.file, odd_line, "YAML", *ODD_SPACE_FAULT
            )
        for fault in [*YAML_FAULTS, OTHER_YAML_FAULT]:
            if fault.message in str(error.problem):
                return Problem(
                    self._source.file,
                    line,
                    "YAML",
                    fault.wrong,
                    fault.mend,
                )
        raise error  # never: the last fault, whose message is "", fits every error

    def _odd_space_near(self, line: int) -> int | None:
        """Return the number of a line, or of the one before it, if its key has an odd space."""
        for number in (line - 1, line):
            is_there = 1 <= number <= len(self._text_lines)
            if is_there and ODD_SPACE.match(self._text_lines[number - 1]):
                return number
        return None

    def _problem(self, event: Any, wrong: str, mend: str) -> Problem:
        return Problem(
            self._source.file, 1 + event.start_mark.line, "YAML", wrong, mend
        )

    def _value(self, start: Any, path: Steps) -> Any:
        """Return the value that begins with an event of YAML: a text, a list or a mapping.

        The events that follow it, up to the end of the value, are taken from `self._events`. `path`
        is the value's place in the data; the line on which it begins is kept for messages. Raises
        Problem for anchors, aliases and tags, and for data that is nested too deep.
        """
        line = 1 + start.start_mark.line
        self._source.lines.setdefault(path, line)  # a key's line stays
        self._refuse_anchor(start)
        self._refuse_depth(start, path)
        if isinstance(start, yaml.ScalarEvent):
            return self._scalar(start)
        if isinstance(start, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _refuse_anchor(self, event: Any) -> None:
        """Raise Problem for an event with an anchor or a tag, or one that is an alias."""
        has_anchor = bool(event.anchor)  # an alias has one, too
        has_tag = bool(getattr(event, "tag", None))
        if has_anchor or has_tag:
            wrong = "anchors, aliases and tags (& * !) are not allowed"
            raise self._problem(
                event, wrong, f"write the value out, or {QUOTES}"
            )

    def _refuse_depth(self, event: Any, path: Steps) -> None:
        """Raise Problem for a value that is nested too deep."""
        if len(path) > MAX_DEPTH:
            wrong = f"nested deeper than {MAX_DEPTH} levels"
            mend = f"{QUOTES}, or write fewer brackets and dashes"
            raise self._problem(event, wrong, mend)

    def _scalar(self, event: Any) -> str:
        """Return a text, white space folded as in quotations."""
        if event.style == '"':  # an escape in it may stand for a hidden sign
            hidden = HIDDEN.search(event.value)
            if hidden:
                raise self._problem(event, _unseen(hidden[0]), "remove it")
        return fold(event.value)

    def _sequence(self, path: Steps) -> list[Any]:
        """Return the YAML sequence at a place, as a list, whose start was read last.

        `_value` takes all of the events of an item, so that the next one here is that of the next
        item, or the end.
        """
        items: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.CollectionEndEvent):
                break
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Steps) -> dict[str, Any]:
        """Return the YAML mapping at a place, key -> value, whose start was read last.

        The events of `a: 1` are the key `a`, the value `1` and the end. `_value` takes all of the
        events of a value, however many, so that the next one here is the next key, or the end.
        """
        data: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, yaml.CollectionEndEvent):
                break
            key = self._key(event, data)
            place = (*path, key)
            self._source.lines[place] = 1 + event.start_mark.line
            start_of_value = next(self._events)
            data[key] = self._value(start_of_value, place)
        return data

    def _key(self, event: Any, data: dict[str, Any]) -> str:
        """Return a key. Raises Problem for one that is there already, or is no text."""
        if not isinstance(event, yaml.ScalarEvent):
            raise self._problem(event, "a key is not plain text", QUOTES)
        self._refuse_anchor(event)
        if event.value in data:
            wrong = f"the key `{event.value}` stands here twice"
            raise self._problem(event, wrong, "rename one, or merge the two")
        return str(event.value)
