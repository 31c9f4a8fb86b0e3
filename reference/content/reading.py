"""Strict reading of content files: YAML with line numbers, Markdown as plain passages or prose.

The only module that knows YAML and Markdown. YAML is held to plain data (no anchors, aliases or
tags, no duplicate keys, bounded depth), Markdown to paragraphs, headings, bullets and emphasis;
raw HTML is a problem in the file and can reach no page live, because it is never parsed as HTML.
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import markdown
import yaml
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

from reference.records import Block, Passage, Problem

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
        line = source.body_line + source.body[: match.start()].count("\n")
        wrong = f"raw HTML `{match[0][:40]}` is not allowed"
        source.problem(line, "body", wrong, "write it as plain text, without the angle bracket")
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
        line = 1 + text[: hidden.start()].count("\n")
        wrong = f"holds the unseen character U+{ord(hidden[0]):04X}"
        source.problem(line, "file", wrong, "remove it")
    if not text.strip():
        source.problem(1, "file", "is empty", "write its content, or remove it")
        return None
    return text


class _Refused(Exception):
    """Raised inside `_load` for YAML that is well formed and still not allowed here."""

    def __init__(self, line: int, wrong: str, mend: str) -> None:
        self.line, self.wrong, self.mend = line, wrong, mend


def _load(source: Source, text: str, first_line: int) -> None:
    try:
        source.data = _value(source, text, first_line)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + (mark.line if mark else 0)
        wrong = getattr(error, "problem", None) or "holds a character YAML does not allow"
        mend = "put text that holds `: ` or ` #`, or starts with a sign, in double quotes"
        source.problem(line, "YAML", wrong, mend)
    except _Refused as error:
        source.problem(error.line, "YAML", error.wrong, error.mend)


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
                raise _Refused(
                    line, f"holds the unseen character U+{ord(hidden[0]):04X}", "remove it"
                )
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


def fold(text: str) -> str:
    """The text with every run of white space (no-break spaces too) as one space."""
    return " ".join(text.split())


class TooDeep(Exception):
    """Raised for Markdown nested deeper than it can be read."""


class _Citation(InlineProcessor):
    """`[@claim-id]` in theme prose becomes a numbered link to the note of the same number."""

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[ElementTree.Element, int, int]:
        numbers: dict[str, int] = self.md.note_numbers  # type: ignore[attr-defined]
        number = numbers.setdefault(m[1], len(numbers) + 1)
        sup = ElementTree.Element("sup")
        link = ElementTree.SubElement(sup, "a", {"href": f"#note-{number}", "class": "ref"})
        link.set("data-claim", m[1])
        link.text = str(number)
        return sup, m.start(0), m.end(0)


class _Blocks(Treeprocessor):
    """Keeps the block elements after inline marks are resolved, before they become HTML."""

    def run(self, root: ElementTree.Element) -> None:
        self.md.block_elements = list(root)  # type: ignore[attr-defined]


def _markdown(inline: set[str]) -> markdown.Markdown:
    """A Markdown parser cut down to headings, paragraphs, bullets and the `inline` patterns."""
    md = markdown.Markdown()
    _keep(md.preprocessors, {"normalize_whitespace"})
    _keep(md.parser.blockprocessors, {"empty", "hashheader", "ulist", "paragraph"})
    _keep(md.inlinePatterns, inline)
    md.treeprocessors.register(_Blocks(md), "blocks", 1)
    return md


def _keep(registry: Any, names: set[str]) -> None:
    for item in list(registry._priority):
        if item.name not in names:
            registry.deregister(item.name)


_EMPHASIS = {"escape", "not_strong", "em_strong", "em_strong2"}


class Bodies:
    """Parses article bodies and theme prose; one for a whole run, as parsers are slow to make."""

    def __init__(self) -> None:
        self._article = _markdown(_EMPHASIS)
        self._theme = _markdown(_EMPHASIS)
        self._theme.inlinePatterns.register(
            _Citation(rf"\s*{CITATION}", self._theme), "citation", 200
        )

    def passages(self, body: str) -> tuple[Passage, ...]:
        """The article's passages, p1, p2, … in order, as plain text with white space folded."""
        elements = _elements(self._article, body)
        return tuple(
            Passage(f"p{number}", fold("".join(element.itertext())), _kind(element))  # type: ignore[arg-type]
            for number, element in enumerate(_leaves(elements), 1)
        )

    def prose(self, body: str) -> tuple[Block, ...]:
        """The theme's headings and paragraphs as safe HTML, with the claims each one cites."""
        self._theme.note_numbers = {}  # type: ignore[attr-defined]
        blocks = []
        for element in _elements(self._theme, body):
            cited = [link.attrib["data-claim"] for link in element.iter("a")]
            if element.tag.startswith("h"):
                blocks.append(Block(heading="".join(element.itertext())))
            else:
                html = ElementTree.tostring(element, "unicode", method="html").strip()
                texts = tuple(_cited(each) for each in _paragraphs(element))
                blocks.append(Block("", html, tuple(dict.fromkeys(cited)), texts))
        return tuple(blocks)


CITATION = r"\[@([^\[\]\s@]+)\]"


def _elements(md: markdown.Markdown, body: str) -> list[ElementTree.Element]:
    md.block_elements = []  # type: ignore[attr-defined]
    try:
        md.reset().convert(body)
    except RecursionError:
        md.block_elements = []  # type: ignore[attr-defined]
        raise TooDeep from None
    return md.block_elements  # type: ignore[attr-defined, no-any-return]


def _paragraphs(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """A paragraph, or each bullet of a list however deep."""
    if element.tag == "p":
        yield element
    else:
        yield from element.iter("li")


def _cited(element: ElementTree.Element) -> str:
    """An element's text with its citations as written; lists inside it are not its own."""
    text = element.text or ""
    for child in element:
        if child.tag == "sup":
            text += f" [@{child[0].attrib['data-claim']}]"
        elif child.tag != "ul":
            text += _cited(child)
        text += child.tail or ""
    return fold(text)


def _leaves(elements: list[ElementTree.Element]) -> Iterator[ElementTree.Element]:
    for element in elements:
        if element.tag == "ul":
            yield from element
        else:
            yield element


def _kind(element: ElementTree.Element) -> str:
    if element.tag == "li":
        return "item"
    if element.tag != "p":
        return "heading"
    whole = len(element) == 1 and element[0].tag == "em"
    alone = not (element.text or "").strip() and not (
        len(element) and (element[0].tail or "").strip()
    )
    return "aside" if whole and alone else "paragraph"
