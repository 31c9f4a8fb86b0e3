"""A content file -> source: its data, its body, and the line each thing stands on.

All data is text, in lists and under keys: no anchors, aliases or tags, no key twice, bounded
depth. The only module that knows YAML.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from reference.records import Problem

MAX_BYTES = 20_000_000
MAX_DEPTH = 20
HIDDEN = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069"
    "\ufeff\ufffe\uffff]"
)
"""Characters that nobody sees: controls, and marks that turn the direction of text."""
UNSEEN = "holds the unseen character U+"
FRONT = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*$\n?(.*)\Z", re.DOTALL | re.MULTILINE)
Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
Steps = tuple[str | int, ...]
"""Where a value stands in its data: `("claims", 3, "quote")`."""
MENDS = (
    ("quoted scalar", "close the mark that opens here"),
    (
        "tab|block",
        "line keys up with spaces, not tabs, and put text that opens with a mark in quotes",
    ),
    ("", "put text that holds `: ` or ` #` in double quotes"),
)
"""What a YAML parser's complaint is about, and the mend: the first that fits."""


@dataclass
class Source:
    """One content file as read, the problems noted of it, and the line each place in `data` is on.

    `data` is None if the file cannot be read.
    """

    file: str
    data: Any = None
    body: str = ""
    body_line: int = 1
    lines: dict[Steps, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, place: str, wrong: str, mend: str, line: int = 1) -> None:
        self.problems.append(Problem(self.file, line, place, wrong, mend))

    def wrong(self, path: Steps, wrong: str, mend: str) -> None:
        """Note what is wrong at `path`, which is said like `claims[3] (data-is-junk) quote`.

        Its line is that of the key or list item, or of the nearest thing round it.
        """
        words, here, line = "", self.data, self.lines.get((), 1)
        for n, step in enumerate(path, 1):
            here = here[step] if path[:n] in self.lines else None
            line = self.lines.get(path[:n], line)
            words += f"[{step}]" if isinstance(step, int) else f" {step}"
            if isinstance(step, int) and isinstance(here, dict) and "id" in here:
                words += f" ({here['id']})"
        self.problem(words.strip() or "file", wrong, mend, line)


@dataclass
class Body:
    """The texts of a source's body, in its order, and the problems with them."""

    source: Source
    texts: Sequence[str]

    def wrong(self, number: int, place: str, wrong: str, mend: str, bit: str = "") -> None:
        """Note what is wrong with a text, on the line where it begins or has this bit."""
        body, (start, end) = self.source.body, self._places[number]
        at = max(body.find(bit, start, end + len(bit)), start)
        self.source.problem(place, wrong, mend, self.source.body_line + body.count("\n", 0, at))

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        """Where each text begins and ends: only letters and digits are compared, so that marks of
        Markdown, line ends and blanks do not matter."""
        places, end = [], 0
        for text in self.texts:
            letters = re.compile(r"[\W_]*".join(filter(str.isalnum, text)))
            found = letters.search(self.source.body, end)
            start, end = found.span() if found else (end, end)
            places.append((start, end))
        return places


def read_source(path: Path, name: str) -> Source:
    """A file of YAML or, if it is Markdown, of front matter between `---` lines and a body."""
    source = Source(name)
    if path.suffix not in {".md", ".yaml"}:
        source.problem("file name", "does not end in .md", "rename it, or remove it")
        return source
    text = _text(path, source)
    if text and path.suffix == ".md":
        if not (parts := FRONT.match(text)):
            mend = "begin the file with a line `---`, the front matter, and another line `---`"
            source.problem("front matter", "there is none, or it is not closed", mend)
            return source
        source.body, source.body_line = parts[2], 1 + text.count("\n", 0, parts.start(2))
        text = f"\n{parts[1]}"
    try:
        _hold(text)
        if root := yaml.compose(text, Loader=Loader):
            source.data = _plain(root, (), source.lines)
    except yaml.MarkedYAMLError as error:
        about = f"{error.context} {error.problem}"
        mark = error.context_mark if "quoted scalar" in about else error.problem_mark
        mend = error.note or next(mend for words, mend in MENDS if re.search(words, about))
        source.problem("YAML", f"{error.problem}", mend, 1 + mark.line if mark else 1)
    return source


def _text(path: Path, source: Source) -> str:
    """The file as text with LF line ends, or "" with the reason noted in `source`."""
    line, raw = 1, b""
    try:
        if not path.is_file():
            raise OSError(0, "there is no such file")
        if path.stat().st_size > MAX_BYTES:
            raise OSError(0, f"it is larger than {MAX_BYTES:,} bytes")
        raw = path.read_bytes()
        text = re.sub(r"\r\n?", "\n", raw.decode("utf-8-sig"))
        hidden, wrong = HIDDEN.search(text), "is empty"
        if text.strip() and not hidden:
            return text
        if hidden:
            line, wrong = 1 + text.count("\n", 0, hidden.start()), f"{UNSEEN}{ord(hidden[0]):04X}"
    except OSError as error:
        wrong = f"cannot be read: {(error.strerror or 'unknown reason').lower()}"
    except UnicodeDecodeError as error:
        line += raw[: error.start].count(b"\n")
        wrong = f"byte 0x{raw[error.start]:02x} is not UTF-8"
    source.problem("file", wrong, "make it a readable file of UTF-8 text", line)
    return ""


def _refused(at: Any, wrong: str, mend: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=wrong, problem_mark=at.start_mark, note=mend)


def _hold(text: str) -> None:
    """Refuse what would expand or nest without end, before anything is built of it."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            wrong = "anchors, aliases and tags are not allowed"
            raise _refused(event, wrong, "write the value out, in quotes if it is text")
        if depth > MAX_DEPTH:
            raise _refused(event, f"nested deeper than {MAX_DEPTH} levels", "flatten it")


def _plain(node: yaml.Node, path: Steps, lines: dict[Steps, int]) -> Any:
    """The data of a node; `lines` is told where each thing in it stands."""
    lines.setdefault(path, 1 + node.start_mark.line)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each, (*path, n), lines) for n, each in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode):
        if hidden := HIDDEN.search(node.value):  # written as an escape
            raise _refused(node, f"{UNSEEN}{ord(hidden[0]):04X}", "remove it")
        return node.value
    data: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _refused(key, "a key is not plain text", "give the key a name")
        if key.value in data:
            wrong = f"the key `{key.value}` stands here twice"
            raise _refused(key, wrong, "remove one, or merge the two")
        lines[*path, key.value] = 1 + key.start_mark.line
        data[key.value] = _plain(value, (*path, key.value), lines)
    return data
