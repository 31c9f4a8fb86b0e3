"""Our prose as pages show it: paragraphs, each with its notes, and headings that can be linked."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from reference.pages.filters import LibraryFilters, voiced
from reference.pages.glossary import FirstUses, Glossary
from reference.records import Block, Claim, Event, Introduction, Library

NOTE_LINK = re.compile(
    r' data-(?:claim|event)="(?P<id>[^"]+)">(?P<number>\d+)'
)
"""A note's figure in the HTML of a block: the id of what it cites, and its number."""

EMPTY = Markup()


@dataclass(frozen=True)
class Note:
    """A note of our prose: the claim, or the event, that it cites.

    `is_first`: links lead to the first note of a number. `introduction`: who speaks, where the
    page's notes first have a speaker.
    """

    number: int
    is_first: bool
    claim: Claim | None
    event: Event | None
    introduction: Introduction | None


@dataclass(frozen=True)
class Paragraph:
    """A heading with its id, or a paragraph as safe HTML with its notes."""

    heading: str = ""
    id: str = ""
    html: Markup = EMPTY
    notes: tuple[Note, ...] = ()


class Prose:
    """Makes the paragraphs of one page from its blocks, which are to be given in their order.

    It keeps what the page has had so far: a term is linked, a speaker introduced, and a heading's
    words taken as an id, once only.
    """

    def __init__(
        self, library: Library, filters: LibraryFilters, first_uses: FirstUses
    ) -> None:
        self._library = library
        self._filters = filters
        self._first_uses = first_uses
        self._last_number = 0
        self._headings: Counter[str] = Counter()
        self._introduced: set[str] = set()

    def paragraph(self, block: Block) -> Paragraph:
        """Return a block as the page shows it."""
        if block.heading:
            id = self._heading_id(block.heading)
            return Paragraph(heading=block.heading, id=id)
        with_named_notes = Markup(NOTE_LINK.sub(self._named_link, block.html))
        with_terms = self._first_uses.link(with_named_notes)
        return Paragraph(html=voiced(with_terms), notes=self._notes(block))

    def _heading_id(self, heading: str) -> str:
        """Return an id that no other heading of the page has: `h-risk`, `h-risk-2`."""
        words = re.sub(r"\W+", "-", heading.lower()).strip("-")
        self._headings[words] += 1
        count = self._headings[words]
        if count == 1:
            return f"h-{words}"
        return f"h-{words}-{count}"

    def _named_link(self, link: re.Match[str]) -> str:
        """Return a note's link with what it cites, for a reader who hears it."""
        number = link["number"]
        cited = escape(self._filters.cited(link["id"]))
        return f' aria-label="Note {number}: {cited}">{number}'

    def _notes(self, block: Block) -> tuple[Note, ...]:
        """Return the notes of a block, each number once."""
        cited: dict[int, str] = {}  # number -> id of the claim or event
        for link in NOTE_LINK.finditer(block.html):
            number = int(link["number"])
            cited[number] = link["id"]
        notes = []
        for number, id in cited.items():
            notes.append(self._note(number, id))
        return tuple(notes)

    def _note(self, number: int, id: str) -> Note:
        """Return the note that cites a claim, or an event and with it the event's claim."""
        is_first = number > self._last_number
        self._last_number = max(number, self._last_number)
        event = self._library.events.get(id)
        claim_id = event.claim if event else id
        claim = self._library.claims.get(claim_id)
        introduction = self._introduce_speaker(claim)
        return Note(number, is_first, claim, event, introduction)

    def _introduce_speaker(self, claim: Claim | None) -> Introduction | None:
        """Return who the speaker of a claim is, and remember that the page has introduced them.

        None if it has already, if the claim has no speaker or several, or if there is no claim.
        """
        if claim is None or len(claim.speakers) != 1:
            return None
        speaker = claim.speakers[0]
        if speaker in self._introduced:
            return None
        self._introduced.add(speaker)
        return self._library.introduction(speaker, claim.article)


class ProseMaker:
    """Makes the prose of any page: `prose(blocks)` in a template."""

    def __init__(
        self, library: Library, filters: LibraryFilters, glossary: Glossary
    ) -> None:
        self._library = library
        self._filters = filters
        self._glossary = glossary

    def __call__(self, blocks: Iterable[Block]) -> list[Paragraph]:
        page = Prose(self._library, self._filters, self._glossary.first_uses())
        return [page.paragraph(block) for block in blocks]
