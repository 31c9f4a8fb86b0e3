"""Strict reading of content files: YAML with line numbers, and what stands round it.

YAML is held to plain data: no anchors, aliases or tags, no duplicate keys, bounded depth. The only
module that knows YAML.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from reference.records import Problem

MAX_BYTES = 20_000_000
MAX_DEPTH = 20
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Characters that nobody sees: controls, and marks that turn the direction of text."""
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Steps = tuple[str | int, ...]


@dataclass
class Source:
    """One content file as read: its data, its body, and the line each of them stands on."""

    file: str
    data: Any = None
    body: str = ""
    body_line: int = 1
    lines: dict[Steps, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Steps) -> int:
        """The line of the value at `path`, or of the nearest thing round it that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def line_at(self, position: int) -> int:
        """The line of the file on which a position of the body stands."""
        return self.body_line + self.body.count("\n", 0, position)

    def problem(self, line: int, place: str, wrong: str, mend: str) -> None:
        self.problems.append(Problem(self.file, line, place, wrong, mend))

    def wrong(self, path: Steps, wrong: str, mend: str) -> None:
        """Note what is wrong with the value at `path`."""
        self.problem(self.line(path), self._place(path), wrong, mend)

    def _place(self, path: Steps) -> str:
        """A path in words: `claims[3] (data-is-junk) quote`."""
        words, data = "", self.data
        for step in path:
            try:
                data = data[step]
            except (KeyError, IndexError, TypeError):
                data = None
            words += f"[{step}]" if isinstance(step, int) else f" {step}"
            if isinstance(step, int) and isinstance(data, dict) and "id" in data:
                words += f" ({data['id']})"
        return words.strip() or "front matter"


def read_yaml(path: Path, name: str) -> Source:
    """A file that is YAML throughout (people, glossary)."""
    source = Source(name)
    text = _text(path, source)
    if text is not None:
        _load(source, text, 1)
    return source


def read_markdown(path: Path, name: str) -> Source:
    """A file of YAML front matter between `---` lines and a Markdown body."""
    source = Source(name)
    text = _text(path, source)
    if text is None:
        return source
    parts = re.match(r"---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)(.*)\Z", text, re.DOTALL)
    if parts is None:
        mend = "begin the file with a line `---`, the front matter, and another line `---`"
        source.problem(1, "front matter", "there is none, or it is not closed", mend)
        return source
    source.body = parts[2]
    source.body_line = 1 + text[: parts.start(2)].count("\n")
    _load(source, parts[1] or "", 2)
    for match in re.finditer(r"<[a-zA-Z/!?][^\s>]*", source.body):
        wrong = f"raw HTML `{match[0][:40]}` is not allowed"
        mend = "write it as plain text, without the angle bracket"
        source.problem(source.line_at(match.start()), "body", wrong, mend)
    return source


def _text(path: Path, source: Source) -> str | None:
    """The file as text with LF line ends, or None with the reason noted in `source`."""
    try:
        if path.exists() and not path.is_file():
            raise OSError(0, "it is not a file")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        source.problem(1, "file", f"cannot be read: {reason}", "make it a readable file")
        return None
    if len(raw) > MAX_BYTES:
        mend = "split it into smaller files"
        source.problem(1, "file", f"is larger than {MAX_BYTES:,} bytes", mend)
        return None
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = 1 + raw[: error.start].count(b"\n")
        wrong = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        source.problem(line, "file", wrong, "save the file as UTF-8")
        return None
    if hidden := HIDDEN.search(text):
        line = 1 + text.count("\n", 0, hidden.start())
        source.problem(line, "file", _unseen(hidden[0]), "remove it")
    if not text.strip():
        source.problem(1, "file", "is empty", "write its content, or remove it")
        return None
    return text


def _unseen(character: str) -> str:
    return f"holds the unseen character U+{ord(character):04X}"


class _Refused(Exception):
    """Raised inside `_load` for YAML that is well formed and still not allowed here."""

    def __init__(self, line: int, wrong: str, mend: str) -> None:
        self.line, self.wrong, self.mend = line, wrong, mend


def _load(source: Source, text: str, first_line: int) -> None:
    try:
        source.data = _value(source, text, first_line)
    except yaml.YAMLError as error:
        mark, mend = _mark_and_mend(error)
        line = first_line + (mark.line if mark else 0)
        wrong = getattr(error, "problem", None) or "holds a character YAML does not allow"
        source.problem(line, "YAML", wrong, mend)
    except _Refused as error:
        source.problem(error.line, "YAML", error.wrong, error.mend)


def _mark_and_mend(error: yaml.YAMLError) -> tuple[Any, str]:
    """Where YAML went wrong, and what mends it: a quotation, where it opens and is not closed."""
    context = str(getattr(error, "context", ""))
    mark, problem = getattr(error, "problem_mark", None), str(getattr(error, "problem", ""))
    if "quoted scalar" in context:
        return getattr(error, "context_mark", mark), "close the quotation mark that opens here"
    if "\\t" in problem or "tab" in problem:
        return mark, "indent with spaces, not with tabs"
    if "block" in context:
        return mark, "line keys up under each other, and put text that opens with a mark in quotes"
    return mark, "put text that holds `: ` or ` #`, or starts with a sign, in double quotes"


def _value(source: Source, text: str, first_line: int) -> Any:
    """Build plain data from the parser's events, without recursion, noting each value's line."""
    root: list[Any] = []
    stack: list[tuple[Any, Steps]] = [(root, ())]
    keys: list[str | None] = [None]  # the key waiting for its value, a level each

    def place(value: Any, line: int) -> Steps:
        holder, path = stack[-1]
        if not isinstance(holder, dict):
            holder.append(value)
            here = (*path, len(holder) - 1) if len(stack) > 1 else ()
        elif keys[-1] is None:
            if not isinstance(value, (str, int)):
                raise _Refused(line, "a key is not plain text", "give the key a name")
            if str(value) in holder:
                mend = "remove one, or merge the two"
                raise _Refused(line, f"the key `{value}` stands here twice", mend)
            keys[-1] = str(value)
            return path
        else:
            holder[keys[-1]] = value
            here, keys[-1] = (*path, keys[-1]), None
        source.lines[here] = line
        return here

    for event in yaml.parse(text, Loader=Loader):
        line = first_line + (event.start_mark.line if event.start_mark else 0)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(line, "anchors and aliases are not allowed", "write the value out")
        if tag := getattr(event, "tag", None):
            raise _Refused(line, f"the tag `{tag}` is not allowed", "remove it")
        if isinstance(event, yaml.ScalarEvent):
            if hidden := HIDDEN.search(event.value):
                raise _Refused(line, _unseen(hidden[0]), "remove it")
            place(_scalar(event), line)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            if len(stack) > MAX_DEPTH:
                raise _Refused(line, f"nested deeper than {MAX_DEPTH} levels", "flatten it")
            holder: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            stack.append((holder, place(holder, line)))
            keys.append(None)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            stack.pop()
            keys.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and root:
            raise _Refused(line, "a second document begins here", "keep one document a file")
    return root[0] if root else None


def _scalar(event: yaml.ScalarEvent) -> str | float | bool | None:
    """Plain numbers, truth values and nothing; all else (dates too) stays the text it is."""
    value: str = event.value
    if event.style not in (None, ""):  # the C parser says "" for plain
        return value
    if re.fullmatch(r"0|-?[1-9][0-9]{0,15}", value):
        return int(value)
    if re.fullmatch(r"-?[0-9]+\.[0-9]+", value):
        return float(value)
    return {"true": True, "false": False, "null": None, "~": None, "": None}.get(value, value)
