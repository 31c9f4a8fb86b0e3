"""Markdown bodies: an article's passages as plain text, our prose as safe HTML.

Markdown is cut down to paragraphs, headings, bullets and emphasis. Raw HTML can reach no page
live, because it is never parsed as HTML. What Markdown would set, drop or print as it stands in
the words of a source is a fault. The only module that knows Markdown.
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from reference.evidence import first_difference, fold
from reference.records import Block, Passage, PassageKind

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
CITATION = r"\[@([^\[\]\s@]+)\]"
BLOCKS_LEFT_OUT = "indent code setextheader hr olist quote reference"
INLINE_LEFT_OUT = (
    "reference link image_link image_reference short_reference short_image_ref autolink automail "
    "backtick linebreak html entity"
)


class Fault(NamedTuple):
    """Something wrong in a body: where, what, and the mend."""

    position: int
    wrong: str
    mend: str


class _Markup(NamedTuple):
    """Markup that is not set here: how it looks, what it is called, and the mend."""

    pattern: re.Pattern[str]
    name: str
    mend: str


PLAIN = "write it as plain text, or leave it out"
NESTED_LIST = _Markup(
    re.compile(r"^(?:[ \t]+|[-+*][ \t]+(?=[-+*][ \t]))[-+*][ \t].*", re.M),
    "a list in a list",
    "begin each bullet at the start of its line",
)
MARKUP = [
    _Markup(re.compile(r"<[a-zA-Z/!?][^\s>]*>?"), "HTML", PLAIN),
    _Markup(re.compile(r"!\[[^\]]*\]\([^)]*\)"), "a picture", "leave it out"),
    _Markup(
        re.compile(r"\[[^\]]*\]\([^)]*\)|\[\[[^\]]*\]\]"),
        "a link",
        "leave the words only",
    ),
    _Markup(
        re.compile(r"^ {0,3}\[[^\]@]+\]:.*", re.M),
        "a link’s address",
        "leave it out",
    ),
    _Markup(
        re.compile(r"\[\^[^\]]*\]"),
        "a footnote",
        "leave it out, or write a note",
    ),
    _Markup(
        re.compile(r"^ {0,3}\|.*\|[ \t]*$|^[ \t|:]*-{3,}[ \t]*\|.*$", re.M),
        "a table",
        PLAIN,
    ),
    _Markup(
        re.compile(r"^ {0,3}(?:```|~~~).*", re.M), "a block of code", PLAIN
    ),
    _Markup(
        re.compile(r"^ {0,3}>.*", re.M),
        "a block quotation",
        "leave the sign > out",
    ),
    _Markup(
        re.compile(r"^ {0,3}(?:=+|-{2,}|(?:[-*_][ \t]*){3,})[ \t]*$", re.M),
        "a line of signs",
        "leave it out",
    ),
    _Markup(
        re.compile(r"~~[^~\n]+~~|==[^=\n]+==|\^[^^\s]+\^|~[^~\s]+~"),
        "a mark of editing",
        PLAIN,
    ),
    _Markup(re.compile(r"\{[:.#][^}\n]*\}"), "an attribute", "leave it out"),
    _Markup(
        re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]*|#\d+|#[xX][0-9a-fA-F]+);"),
        "an escaped sign",
        "write the sign itself",
    ),
    _Markup(
        re.compile(r"\\(?:[!-/:-@\[-`{-~]|$)", re.M),
        "a backslash",
        "write the sign without it",
    ),
    NESTED_LIST,
    _Markup(
        re.compile(r"^[ \t]*[•‣◦▪●·].*", re.M),
        "a bullet",
        "begin it with a hyphen",
    ),
    _Markup(
        re.compile(
            r"^(?<!.\n)(?![-+*#][ \t])\S.*"
            r"(?:\n(?![-+*][ \t])[ \t]*\S.*)*"
            r"\n[-+*][ \t].*",
            re.M,
        ),
        "a list that begins in a paragraph",
        "leave an empty line before its first bullet",
    ),
    _Markup(
        re.compile(
            r"^(?:\d+[.)][ \t]|[–—][ \t]?|-(?=[^\s-])).*"
            r"\n(?:\d+[.)][ \t]|[–—][ \t]?|-(?=[^\s-])).*",
            re.M,
        ),
        "lines with numbers or dashes, which would run together",
        "leave an empty line between them, or begin each with a hyphen",
    ),
    _Markup(
        re.compile(r"^[-+*][ \t]+\[[ xX]?\][ \t]", re.M),
        "a box to tick",
        "leave it out",
    ),
    _Markup(
        re.compile(r"^ {0,3}#{1,6}[^#\s].*", re.M),
        "a heading",
        "put a space after the #",
    ),
]
"""What our bodies do not hold, in the order in which it is looked for."""
SIGN_OF_MARKUP = re.compile(r"[<>\]|~^=\\{&#*_`]")
BEGINNING_OF_ITEM = re.compile(r"^[ \t]*[-+\d–—•‣◦▪●·]", re.M)
EMPHASIS = re.compile(
    r"(?<![\w*])\*{1,3}(?=[^\s*])[^*\n]*[^\s*]\*{1,3}(?![\w*])"
    r"|(?<!\w)_{1,3}(?=[^\s_])[^_\n]*[^\s_]_{1,3}(?!\w)"
)
"""Words that Markdown would set in italics or bold."""


MARK_OF_BLOCK = re.compile(r"^ {0,3}(?:[-+*][ \t]+|#{1,6}[ \t]+)", re.M)
"""The bullet of an item or the # of a heading, with the blanks after it."""
STARRED_PARAGRAPH = re.compile(
    r"(?:\A|\n[ \t]*\n)\s*\*[^*]+\*(?=[ \t]*(?:\n[ \t]*\n|\s*\Z))"
)
"""A paragraph between two stars: an aside."""


def may_have_markup(text: str) -> bool:
    """Return whether a text has a sign without which no markup is: one look instead of many."""
    if SIGN_OF_MARKUP.search(text):
        return True
    return BEGINNING_OF_ITEM.search(text) is not None


def markup_in(text: str) -> Iterator[Fault]:
    """Yield the markup of a text that is not set here."""
    if not may_have_markup(text):
        return
    for markup in MARKUP:
        match = markup.pattern.search(text)
        if match:
            wrong = f"holds markup that is not set here, {markup.name}: `{fold(match[0])[:40]}`"
            yield Fault(match.start(), wrong, markup.mend)


def dropped_sign(body: str, passages: Collection[Passage]) -> Fault | None:
    """Return a fault for the first sign of an article's body that its passages lack; None if none.

    `passages` are what Markdown prints of the body: of `2*3*4 trusts` it prints “234 trusts”, and
    the first star is lacking. The signs that make bullets, headings and asides are no part of a
    passage, and are left out; so is white space.
    """
    written = _without_structure(body)
    printed = "".join(passage.text for passage in passages)
    signs_written = _without_space(written)
    signs_printed = _without_space(printed)
    is_all_printed = signs_printed.startswith(signs_written)
    if is_all_printed:
        return None
    number = first_difference(signs_written, signs_printed)
    position = _position_of_sign(number, written)
    # A position in `written` is the same in `body`: structure is blanked, not cut out.
    near = fold(body[position : position + 30])
    return Fault(
        position,
        f"Markdown would not print the sign {body[position]} of `{near}`",
        "leave it out: a passage is plain text, without bold or italics",
    )


def _without_space(text: str) -> str:
    return "".join(text.split())


def _position_of_sign(number: int, text: str) -> int:
    """Return where a sign stands in a text, by its number (from 0) among all but white space.

    Of "a *b* c" sign 1, the first star, stands at 2.
    """
    positions = [
        position for position, sign in enumerate(text) if not sign.isspace()
    ]
    return positions[number]


def _without_structure(body: str) -> str:
    """Return a body with blanks in place of bullets, the # of headings and the * round asides.

    "- Book *early*" becomes "  Book *early*". Each sign gives one blank, so that all other signs
    stand at the same positions as before.
    """

    def blank(match: re.Match[str]) -> str:
        return " " * len(match[0])

    def blank_stars(match: re.Match[str]) -> str:
        return match[0].replace("*", " ")

    without_block_marks = MARK_OF_BLOCK.sub(blank, body)
    return STARRED_PARAGRAPH.sub(blank_stars, without_block_marks)


class _Citation(InlineProcessor):
    """`[@claim-id]` in our prose becomes a link, whose text is as written until it is numbered."""

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[ElementTree.Element, int, int]:
        sup = ElementTree.Element("sup")
        link = {"href": "", "class": "ref", "data-claim": m[1]}
        ElementTree.SubElement(sup, "a", link).text = AtomicString(
            f" [@{m[1]}]"
        )
        return sup, m.start(0), m.end(0)


class BodyReader:
    """Reads bodies of Markdown, one after another."""

    def __init__(self) -> None:
        self._of_articles = _parser(citing=False)
        self._of_prose = _parser(citing=True)

    def passages_of(self, body: str) -> tuple[Passage, ...]:
        """Return an article's passages, p1, p2, … in order, as plain text, white space folded.

        A passage is a heading, a paragraph or a bullet.
        """
        passages: list[Passage] = []
        for block in _blocks_in(body, self._of_articles):
            for element in _elements_of_text(block):
                number = len(passages) + 1
                passage = Passage(f"p{number}", _text(element), _kind(element))
                passages.append(passage)
        return tuple(passages)

    def blocks_of(
        self, body: str, events: Collection[str] = ()
    ) -> tuple[Block, ...]:
        """Return our prose as headings, paragraphs and lists of safe HTML.

        Citations become links to notes, numbered in the order in which they are first cited. What
        is cited is an event if it is one of `events`, else a claim.
        """
        elements = _blocks_in(body, self._of_prose)
        number_of_note = _numbers_of_notes(elements)
        blocks = []
        for element in elements:
            if element.tag in HEADINGS:
                block = Block(heading=_text(element))
            else:
                block = _block(element, number_of_note, events)
            blocks.append(block)
        return tuple(blocks)


def _numbers_of_notes(
    elements: Iterable[ElementTree.Element],
) -> dict[str, int]:
    """Return the number of the note on each claim or event cited, by id: 1 for the first cited.

    A heading has no notes.
    """
    numbers: dict[str, int] = {}
    for element in elements:
        if element.tag in HEADINGS:
            continue
        for cited in _ids_cited(element):
            if cited not in numbers:
                numbers[cited] = len(numbers) + 1
    return numbers


def _block(
    element: ElementTree.Element,
    number_of_note: Mapping[str, int],
    events: Collection[str],
) -> Block:
    """Return a paragraph or list of our prose as a block; its citations are numbered in its HTML.

    `number_of_note` has the number for each id cited, `events` are the ids of events; all others
    are ids of claims. The texts of the block keep the citations as written: “[@data-is-junk]”.
    """
    cited = _ids_cited(element)
    texts = [_text(part) for part in _elements_of_text(element)]
    _number_citations(element, number_of_note)
    html = ElementTree.tostring(element, "unicode", method="html")
    return Block(
        html=html.strip(),
        claims=tuple(name for name in cited if name not in events),
        events=tuple(name for name in cited if name in events),
        texts=tuple(texts),
    )


def _ids_cited(element: ElementTree.Element) -> list[str]:
    """Return the ids of the claims and events that a paragraph or list cites, each once, in order.

    All links in our prose are citations: see `_Citation`.
    """
    ids = [link.attrib["data-claim"] for link in element.iter("a")]
    return list(dict.fromkeys(ids))


def _number_citations(
    element: ElementTree.Element, number_of_note: Mapping[str, int]
) -> None:
    """Change each citation in a paragraph or list into a link to its note, whose text is a number.

    `number_of_note` has the number for each id cited.
    """
    for link in element.iter("a"):
        number = number_of_note[link.attrib["data-claim"]]
        link.text = str(number)
        link.set("href", f"#note-{number}")


def _blocks_in(
    body: str, parser: markdown.Markdown
) -> list[ElementTree.Element]:
    """Return the blocks of a body as elements: headings (`h1` to `h6`), paragraphs (`p`), lists.

    A list is a `ul` with an `li` for each bullet. The elements have emphasis, and citations if the
    parser has them, as elements within. A body with a list in a list gives no blocks at all: that
    is a fault, which `markup_in` yields.
    """
    if NESTED_LIST.pattern.search(body):
        return []
    parser.reset()
    lines = [line.rstrip() for line in body.strip().expandtabs(4).split("\n")]
    # The steps of `parser.convert`, but for the last, which would make one text of the elements.
    root: Any = parser.parser.parseDocument(lines).getroot()
    for treeprocessor in parser.treeprocessors:
        treeprocessor.run(root)
    return list(root)


def _parser(citing: bool) -> markdown.Markdown:
    """Return a parser of headings, paragraphs, bullets and emphasis, and of nothing else.

    With `citing`, it makes links of citations, as our prose has them.
    """
    parser = markdown.Markdown()
    for name in BLOCKS_LEFT_OUT.split():
        parser.parser.blockprocessors.deregister(name)
    for name in INLINE_LEFT_OUT.split():
        parser.inlinePatterns.deregister(name)
    parser.treeprocessors.deregister("prettify")
    if citing:
        citation = _Citation(rf"\s*{CITATION}", parser)
        parser.inlinePatterns.register(citation, "citation", 1)
    return parser


def _elements_of_text(
    block: ElementTree.Element,
) -> list[ElementTree.Element]:
    """Return the elements of a block that hold a text each: the bullets of a list, else itself."""
    is_list = block.tag == "ul"
    return list(block) if is_list else [block]


def _text(element: ElementTree.Element) -> str:
    return fold("".join(element.itertext()))


def _kind(element: ElementTree.Element) -> PassageKind:
    """Return what kind of passage an element of an article is.

    A paragraph that is all in *…* is an aside.
    """
    if element.tag == "li":
        return "item"
    if element.tag != "p":
        return "heading"
    outside = [element.text or ""]
    for child in element:
        outside.append(child.tail or "")
    is_all_emphasis = [child.tag for child in element] == ["em"]
    if is_all_emphasis and not "".join(outside).strip():
        return "aside"
    return "paragraph"
