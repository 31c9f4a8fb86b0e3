"""Markdown bodies: an article's passages as plain text, a theme's prose as safe HTML.

Markdown is cut down to paragraphs, headings, bullets and emphasis. Raw HTML can reach no page
live, because it is never parsed as HTML. The only module that knows Markdown.
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import Any

import markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

from reference.evidence import fold
from reference.records import Block, Passage, PassageKind

CITATION = r"\[@([^\[\]\s@]+)\]"


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
            Passage(f"p{number}", fold("".join(element.itertext())), _kind(element))
            for number, element in enumerate(_leaves(elements), 1)
        )

    def prose(self, body: str) -> tuple[Block, ...]:
        """The theme's headings and paragraphs as safe HTML, with the claims each one cites."""
        self._theme.note_numbers = {}  # type: ignore[attr-defined]
        blocks = []
        for element in _elements(self._theme, body):
            if element.tag.startswith("h"):
                blocks.append(Block(heading="".join(element.itertext())))
                continue
            html = ElementTree.tostring(element, "unicode", method="html").strip()
            cited = dict.fromkeys(link.attrib["data-claim"] for link in element.iter("a"))
            bullets = element.iter("li") if element.tag == "ul" else [element]
            blocks.append(Block("", html, tuple(cited), (), tuple(map(_cited, bullets))))
        return tuple(blocks)


def _elements(md: markdown.Markdown, body: str) -> list[ElementTree.Element]:
    md.block_elements = []  # type: ignore[attr-defined]
    try:
        md.reset().convert(body)
    except RecursionError:
        raise TooDeep from None
    return md.block_elements  # type: ignore[attr-defined, no-any-return]


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
        yield from element if element.tag == "ul" else [element]


def _kind(element: ElementTree.Element) -> PassageKind:
    if element.tag == "li":
        return "item"
    if element.tag != "p":
        return "heading"
    if len(element) == 1 and element[0].tag == "em":
        outside = (element.text or "") + (element[0].tail or "")
        return "paragraph" if outside.strip() else "aside"
    return "paragraph"
