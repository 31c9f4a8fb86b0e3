"""Markdown bodies: an article's passages as plain text, our prose as safe HTML.

Markdown is cut down to paragraphs, headings, bullets and emphasis. Raw HTML can reach no page
live, because it is never parsed as HTML. The only module that knows Markdown.
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Collection
from typing import Any, Self

import markdown
from markdown import blockprocessors, inlinepatterns, postprocessors, preprocessors, treeprocessors
from markdown.util import Registry

from reference.evidence import fold
from reference.records import Block, Passage, PassageKind

CITATION = r"\[@([^\[\]\s@]+)\]"


class _Citation(inlinepatterns.InlineProcessor):
    """`[@claim-id]` in our prose becomes a numbered link to the note of the same number."""

    numbers: dict[str, int]

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[ElementTree.Element, int, int]:
        number = self.numbers.setdefault(m[1], len(self.numbers) + 1)
        sup = ElementTree.Element("sup")
        link = ElementTree.SubElement(sup, "a", {"href": f"#note-{number}", "class": "ref"})
        link.set("data-claim", m[1])
        link.text = str(number)
        return sup, m.start(0), m.end(0)


class _Markdown(markdown.Markdown):
    """Markdown of fewer parts: its manual has `build_parser` redefined to choose them."""

    def build_parser(self) -> Self:
        self.preprocessors = _only(preprocessors.build_preprocessors(self), "normalize_whitespace")
        self.parser = blockprocessors.build_block_parser(self)
        blocks = _only(self.parser.blockprocessors, "empty", "hashheader", "ulist", "paragraph")
        self.parser.blockprocessors = blocks
        self.inlinePatterns = _only(
            inlinepatterns.build_inlinepatterns(self), "escape", "em_strong"
        )
        self.treeprocessors = _only(treeprocessors.build_treeprocessors(self), "inline", "unescape")
        self.postprocessors = postprocessors.build_postprocessors(self)
        return self

    def elements(self, body: str) -> list[ElementTree.Element]:
        """The block elements of a body. Raises RecursionError if it is nested too deep."""
        self.reset()
        lines = body.split("\n")
        for preprocessor in self.preprocessors:
            lines = preprocessor.run(lines)
        root: Any = self.parser.parseDocument(lines).getroot()
        for treeprocessor in self.treeprocessors:
            treeprocessor.run(root)
        return list(root)


def _only(registry: Registry[Any], *names: str) -> Registry[Any]:
    """Those parts of a registry that have these names, in this order."""
    kept: Registry[Any] = Registry()
    for number, name in enumerate(names):
        kept.register(registry[name], name, -number)
    return kept


class Bodies:
    """Parses bodies of articles and our prose; one for a whole run, as parsers are slow to make."""

    def __init__(self) -> None:
        self._article, self._prose = _Markdown(), _Markdown()
        self._citation = _Citation(rf"\s*{CITATION}", self._prose)
        self._prose.inlinePatterns.register(self._citation, "citation", 1)

    def passages(self, body: str) -> tuple[Passage, ...]:
        """The article's passages, p1, p2, … in order, as plain text with white space folded."""
        elements = self._article.elements(body)
        leaves = [leaf for each in elements for leaf in (each if each.tag == "ul" else [each])]
        return tuple(
            Passage(f"p{number}", fold("".join(leaf.itertext())), _kind(leaf))
            for number, leaf in enumerate(leaves, 1)
        )

    def prose(self, body: str, events: Collection[str] = ()) -> tuple[Block, ...]:
        """Headings, paragraphs and lists as safe HTML, with the claims and `events` each cites."""
        self._citation.numbers = {}
        blocks = []
        for element in self._prose.elements(body):
            if element.tag.startswith("h"):
                blocks.append(Block(heading="".join(element.itertext())))
                continue
            html = ElementTree.tostring(element, "unicode", method="html").strip()
            cited = [*dict.fromkeys(link.attrib["data-claim"] for link in element.iter("a"))]
            claims = tuple(id for id in cited if id not in events)
            dated = tuple(id for id in cited if id in events)
            bullets = element.iter("li") if element.tag == "ul" else [element]
            blocks.append(Block("", html, claims, dated, tuple(map(_cited, bullets))))
        return tuple(blocks)


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


def _kind(element: ElementTree.Element) -> PassageKind:
    if element.tag != "p":
        return "item" if element.tag == "li" else "heading"
    outside = [element.text or "", *(child.tail or "" for child in element)]
    emphasis = [child.tag for child in element] == ["em"]
    return "aside" if emphasis and not "".join(outside).strip() else "paragraph"
