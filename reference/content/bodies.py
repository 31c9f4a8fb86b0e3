"""Markdown bodies: an article's passages as plain text, our prose as safe HTML.

Markdown is cut down to paragraphs, headings, bullets and emphasis. Raw HTML can reach no page
live, because it is never parsed as HTML. The only module that knows Markdown.
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Collection
from typing import Any

import markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from reference.evidence import fold
from reference.records import Block, Passage, PassageKind

CITATION = r"\[@([^\[\]\s@]+)\]"
_LINKS = "reference link image_link image_reference short_reference short_image_ref"


class _Citation(InlineProcessor):
    """`[@claim-id]` in our prose becomes a link, whose text is as written until it is numbered."""

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[ElementTree.Element, int, int]:
        sup = ElementTree.Element("sup")
        link = {"href": "", "class": "ref", "data-claim": m[1]}
        ElementTree.SubElement(sup, "a", link).text = AtomicString(f" [@{m[1]}]")
        return sup, m.start(0), m.end(0)


def _elements(body: str, citing: bool) -> list[ElementTree.Element]:
    """The block elements of a body. Raises RecursionError if it is nested too deep."""
    parser = markdown.Markdown()
    for registry, parts in (
        (parser.parser.blockprocessors, "indent code setextheader hr olist quote reference"),
        (parser.inlinePatterns, f"{_LINKS} autolink automail backtick linebreak html entity"),
        (parser.treeprocessors, "prettify"),
    ):
        for part in parts.split():
            registry.deregister(part)
    if citing:
        citation = _Citation(rf"\s*{CITATION}", parser)
        parser.inlinePatterns.register(citation, "citation", 1)
    lines = [line.rstrip() for line in body.strip().expandtabs(4).split("\n")]
    root: Any = parser.parser.parseDocument(lines).getroot()
    for treeprocessor in parser.treeprocessors:
        treeprocessor.run(root)
    return list(root)


def passages(body: str) -> tuple[Passage, ...]:
    """The article's passages, p1, p2, … in order, as plain text with white space folded."""
    leaves = [leaf for each in _elements(body, citing=False) for leaf in _leaves(each)]
    return tuple(Passage(f"p{n}", _text(leaf), _kind(leaf)) for n, leaf in enumerate(leaves, 1))


def prose(body: str, events: Collection[str] = ()) -> tuple[Block, ...]:
    """Headings, paragraphs and lists as safe HTML, with the claims and `events` each cites by links
    to notes, numbered in the order in which they are first cited."""
    numbers: dict[str, str] = {}
    blocks = []
    for element in _elements(body, citing=True):
        texts = tuple(map(_text, _leaves(element)))
        if element.tag.startswith("h"):
            blocks.append(Block(heading=texts[0]))
            continue
        links = {link: link.attrib["data-claim"] for link in element.iter("a")}
        for link, id in links.items():
            link.text = numbers.setdefault(id, str(len(numbers) + 1))
            link.set("href", f"#note-{link.text}")
        html = ElementTree.tostring(element, "unicode", method="html").strip()
        claims = tuple(id for id in dict.fromkeys(links.values()) if id not in events)
        dated = tuple(id for id in dict.fromkeys(links.values()) if id in events)
        blocks.append(Block("", html, claims, dated, texts))
    return tuple(blocks)


def _leaves(element: ElementTree.Element) -> list[ElementTree.Element]:
    return list(element) if element.tag == "ul" else [element]


def _text(element: ElementTree.Element) -> str:
    return fold("".join(element.itertext()))


def _kind(element: ElementTree.Element) -> PassageKind:
    if element.tag != "p":
        return "item" if element.tag == "li" else "heading"
    outside = [element.text or "", *(child.tail or "" for child in element)]
    emphasis = [child.tag for child in element] == ["em"]
    return "aside" if emphasis and not "".join(outside).strip() else "paragraph"
