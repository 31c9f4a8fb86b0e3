"""A content file -> source: its data, its body, and the line each thing stands on.

All data is text, in lists and under keys: no anchors, aliases or tags, no key twice, bounded
depth. The only module that knows YAML.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from reference.problems import Problem

MAX_DEPTH = 20
HIDDEN = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069"
    "\ufeff\ufffe\uffff]"
)
"""Characters that nobody sees: controls, and marks that turn the direction of text."""
UNSEEN = "holds the unseen character U+{:04X}"
FRONT = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*$\n?(.*)\Z", re.DOTALL | re.MULTILINE)
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
Steps = tuple[str | int, ...]
"""Where a value stands in its data: `("claims", 3, "quote")`."""


@dataclass
class Source:
    """A content file as read, the line of each place in its data (which is None if the file cannot
    be read), and the problems noted of it."""

    file: str
    data: Any = None
    body: str = ""
    body_line: int = 1
    lines: dict[Steps, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, place: str, wrong: str, mend: str, line: int = 1) -> None:
        self.problems.append(Problem(self.file, line, place, wrong, mend))

    def wrong(self, path: Steps, wrong: str, mend: str) -> None:
        """Note what is wrong at `path`, which is said like `claims[3] (data-is-junk) quote`, on the
        line of the key or list item, or of the nearest thing round it."""
        words, here, line = "", self.data, self.lines.get((), 1)
        for n, step in enumerate(path, 1):
            here = here[step] if path[:n] in self.lines else None
            line = self.lines.get(path[:n], line)
            words += f"[{step}]" if isinstance(step, int) else f" {step}"
            if isinstance(step, int) and isinstance(here, dict) and "id" in here:
                words += f" ({here['id']})"
        self.problem(words.strip() or "file", wrong, mend, line)

    def wrong_in(self, text: str, place: str, wrong: str, mend: str, bit: str = "") -> None:
        """Note what is wrong with a text of the body, on the line where it begins or has this bit.
        Only letters and digits are compared, not marks of Markdown, line ends and blanks."""
        letters = r"[\W_]*".join(filter(str.isalnum, text))
        found = re.search(rf"(?<![^\W_]){letters}(?![^\W_])", self.body)
        start = found.start() if found else 0
        line = self.body_line + self.body.count("\n", 0, max(self.body.find(bit, start), start))
        self.problem(place, wrong, mend, line)

    def take(self, events: Iterator[Any], path: Steps = ()) -> Any:
        """The data of the next YAML event, or None at an end; `lines` is told where it stands.
        Raises Problem for what would expand or nest without end, and for what is not plain."""
        event = next(events, None)
        if event is None or isinstance(event, yaml.CollectionEndEvent):
            return None
        line = self.lines.setdefault(path, 1 + event.start_mark.line)
        refused = partial(Problem, self.file, line, "YAML")
        if event.anchor or event.tag:
            raise refused("anchors, aliases and tags are not allowed", "write the value out")
        if len(path) > MAX_DEPTH:
            raise refused(f"nested deeper than {MAX_DEPTH} levels", "flatten it")
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while (item := self.take(events, (*path, len(items)))) is not None:
                items.append(item)
            return items
        if isinstance(event, yaml.ScalarEvent):
            if hidden := HIDDEN.search(event.value):  # written as an escape
                raise refused(UNSEEN.format(ord(hidden[0])), "remove it")
            return event.value
        data: dict[str, Any] = {}
        while (key := self.take(events, (*path, ""))) is not None:
            line = self.lines.pop((*path, ""))
            if not isinstance(key, str) or key in data:
                wrong = f"the key `{key}` stands here twice, or is not plain text"
                raise Problem(self.file, line, "YAML", wrong, "rename one, or merge the two")
            self.lines[*path, key] = line
            data[key] = self.take(events, (*path, key))
        return data


def read_source(path: Path, name: str) -> Source:
    """A file of YAML or, if it is Markdown, of front matter between `---` lines and a body."""
    source = Source(name)
    try:
        text = _text(path, name)
        if path.suffix == ".md":
            if not (parts := FRONT.match(text)):
                mend = "begin the file with a line `---`, the front matter, and another line `---`"
                raise Problem(name, 1, "front matter", "there is none, or it is not closed", mend)
            source.body, source.body_line = parts[2], 1 + text.count("\n", 0, parts.start(2))
            text = f"\n{parts[1]}"
        nodes: Any = (yaml.NodeEvent, yaml.CollectionEndEvent)
        events = (each for each in yaml.parse(text, Loader=LOADER) if isinstance(each, nodes))
        data = source.take(events)
        for second in events:
            wrong, mend = "a second document begins here", "keep one a file"
            raise Problem(name, 1 + second.start_mark.line, "YAML", wrong, mend)
        source.data = data
    except Problem as problem:
        source.problems.append(problem)
    except yaml.MarkedYAMLError as error:
        quoted = "quoted scalar" in str(error.context)
        mark: Any = error.context_mark if quoted else error.problem_mark
        mend = "put text with marks in double quotes, close them, and indent with spaces, not tabs"
        source.problem("YAML", f"{error.problem}", mend, 1 + mark.line)
    return source


def _text(path: Path, name: str) -> str:
    """The file as text with LF line ends. Raises Problem if it is none."""
    line, raw = 1, b""
    try:
        if path.suffix not in {".md", ".yaml"}:
            raise OSError(0, "its name does not end in .md")
        if not path.is_file():
            raise OSError(0, "there is no such file")
        raw = path.read_bytes()
        text = re.sub(r"\r\n?", "\n", raw.decode("utf-8-sig"))
        if not (hidden := HIDDEN.search(text)) and text.strip():
            return text
        wrong = UNSEEN.format(ord(hidden[0])) if hidden else "is empty"
        line += text.count("\n", 0, hidden.start()) if hidden else 0
    except OSError as error:
        wrong = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        line += raw[: error.start].count(b"\n")
        wrong = f"byte 0x{raw[error.start]:02x} is not UTF-8"
    raise Problem(name, line, "file", wrong, "make it a readable file of plain UTF-8 text")
