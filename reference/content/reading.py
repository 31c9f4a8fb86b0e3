"""A content file -> source: its plain data, its body, and the line each thing stands on.

YAML is held to plain data: no anchors, aliases or tags, no key twice, bounded depth. The only
module that knows YAML.
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
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
"""Characters that nobody sees: controls, and marks that turn the direction of text."""
UNSEEN = "holds the unseen character U+"
FRONT = re.compile(r"---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)(.*)\Z", re.DOTALL)
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Steps = tuple[str | int, ...]
"""Where a value stands in its data: `("claims", 3, "quote")`."""


@dataclass
class Source:
    """One content file as read, and the problems noted of it."""

    file: str
    data: Any = None
    body: str = ""
    body_line: int = 1
    root: yaml.Node | None = None
    root_line: int = 1
    problems: list[Problem] = field(default_factory=list)

    def problem(self, place: str, wrong: str, mend: str, line: int = 1) -> None:
        self.problems.append(Problem(self.file, line, place, wrong, mend))

    def wrong(self, path: Steps, wrong: str, mend: str) -> None:
        """Note what is wrong at `path`, which is said like `claims[3] (data-is-junk) quote`.

        Its line is that of the key or list item, or of the nearest thing round it.
        """
        words, node, mark = "", self.root, self.root and self.root.start_mark
        for step in path:
            child = _child(node, step)
            node, mark = (child[1], child[0].start_mark) if child else (None, mark)
            words += f"[{step}]" if isinstance(step, int) else f" {step}"
            if isinstance(step, int) and (id := _child(node, "id")):
                words += f" ({id[1].value})"
        line = self.root_line + mark.line if mark else 1
        self.problem(words.strip() or "front matter", wrong, mend, line)


@dataclass
class Body:
    """The texts of a source's body, in its order, and the problems with them."""

    source: Source
    texts: Sequence[str]

    def wrong(self, number: int, place: str, wrong: str, mend: str, bit: str = "") -> None:
        """Note what is wrong with a text, on the line where it begins or has this bit."""
        body, (start, end) = self.source.body, self._places[number]
        at = max(body.find(bit, start, end + 1 + len(bit)), start)
        line = self.source.body_line + body.count("\n", 0, at)
        self.source.problem(place, wrong, mend, line)

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        """Where each text begins and ends; only letters and digits are compared, so that marks of
        Markdown, line ends and blanks do not matter."""
        at = [place for place, sign in enumerate(self.source.body) if sign.isalnum()] or [0]
        letters, done, places = "".join(self.source.body[place] for place in at), 0, []
        for text in self.texts:
            words = "".join(filter(str.isalnum, text))
            start = max(letters.find(words, done), done)
            done = min(start + len(words), len(at))
            places.append((at[min(start, len(at) - 1)], at[max(done - 1, 0)]))
        return places


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """One step further down: the node that marks the line, and the value."""
    if isinstance(node, yaml.MappingNode):
        return next((pair for pair in node.value if pair[0].value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return next(((item, item) for item in node.value[step : step + 1]), None)
    return None


def read_source(path: Path, name: str) -> Source:
    """A file of YAML or, if it is Markdown, of front matter between `---` lines and a body."""
    source = Source(name)
    text = _text(path, source)
    if text and path.suffix == ".md":
        if not (parts := FRONT.match(text)):
            mend = "begin the file with a line `---`, the front matter, and another line `---`"
            source.problem("front matter", "there is none, or it is not closed", mend)
            return source
        source.root_line, source.body = 2, parts[2]
        source.body_line = 1 + text.count("\n", 0, parts.start(2))
        text = parts[1] or ""
    try:
        _hold(text)
        source.root = yaml.compose(text, Loader=Loader)
        source.data = source.root and _plain(source.root)
    except yaml.YAMLError as error:
        wrong = getattr(error, "problem", None) or "holds a character YAML does not allow"
        context, mark = str(getattr(error, "context", "")), getattr(error, "problem_mark", None)
        mend = getattr(error, "mend", "put text that holds `: ` or ` #` in double quotes")
        if "quoted scalar" in context:
            mark, mend = getattr(error, "context_mark", mark), "close the mark that opens here"
        elif "block" in context or "tab" in wrong or "\\t" in wrong:
            mend = (
                "line keys up with spaces, not tabs, and put text that opens with a mark in quotes"
            )
        source.root = None
        source.problem("YAML", wrong, mend, source.root_line + (mark.line if mark else 0))
    return source


def _text(path: Path, source: Source) -> str:
    """The file as text with LF line ends, or "" with the reason noted in `source`."""
    line, raw, wrong = 1, b"", ""
    try:
        if path.exists() and not path.is_file():
            raise OSError(0, "it is not a file")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        wrong = "" if text.strip() else "is empty"
    except OSError as error:
        wrong = f"cannot be read: {(error.strerror or 'unknown reason').lower()}"
    except UnicodeDecodeError as error:
        line = 1 + raw[: error.start].count(b"\n")
        wrong = f"byte 0x{raw[error.start]:02x} is not UTF-8"
    if wrong or len(raw) > MAX_BYTES:
        wrong = wrong or f"is larger than {MAX_BYTES:,} bytes"
        source.problem("file", wrong, "make it a readable file of UTF-8 text", line)
        return ""
    if hidden := HIDDEN.search(text):
        line = 1 + text.count("\n", 0, hidden.start())
        source.problem("file", f"{UNSEEN}{ord(hidden[0]):04X}", "remove it", line)
    return HIDDEN.sub("", text)


class _Refused(yaml.YAMLError):
    """Raised for YAML that is well formed and still not allowed here."""

    def __init__(self, at: yaml.Event | yaml.Node, wrong: str, mend: str) -> None:
        self.problem_mark, self.problem, self.mend = at.start_mark, wrong, mend


def _hold(text: str) -> None:
    """Refuse what would expand or nest without end, before anything is built of it."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(event, "anchors and aliases are not allowed", "write the value out")
        if tag := getattr(event, "tag", None):
            raise _Refused(event, f"the tag `{tag}` is not allowed", "remove it")
        if hidden := HIDDEN.search(getattr(event, "value", "")):
            raise _Refused(event, f"{UNSEEN}{ord(hidden[0]):04X}", "remove it")
        if depth > MAX_DEPTH:
            raise _Refused(event, f"nested deeper than {MAX_DEPTH} levels", "flatten it")
        if documents > 1:
            raise _Refused(event, "a second document begins here", "keep one document a file")


def _plain(node: yaml.Node) -> Any:
    """Plain data. Numbers, truth values and nothing are read; all else (dates too) stays text."""
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        data: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _Refused(key, "a key is not plain text", "give the key a name")
            if key.value in data:
                wrong = f"the key `{key.value}` stands here twice"
                raise _Refused(key, wrong, "remove one, or merge the two")
            data[key.value] = _plain(value)
        return data
    text: str = node.value
    if getattr(node, "style", None):  # in quotes, or a block
        return text
    if number := re.fullmatch(r"-?(?:0|[1-9][0-9]{0,15})(\.[0-9]+)?", text):
        return float(text) if number[1] else int(text)
    return {"true": True, "false": False, "null": None, "~": None, "": None}.get(text, text)
