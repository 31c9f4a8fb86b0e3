"""The citation styles: what tells one from another, a row each.

A style more is a row in STYLES; `python app.py cite` then sets its references.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from reference.citation.record import Record


class Cites(StrEnum):
    """How a style cites in the text."""

    AUTHOR = "author"  # (White, 2012)
    NUMBER = "number"  # (1)
    NOTE = "note"  # a footnote, full the first time and short later


@dataclass(frozen=True)
class SpeakerInCitation:
    """Whoever speaks stands in the citation: “(Buckman, quoted in White, 2012, para. 11)”.

    `direct` and `reported` join the speaker to the source, of direct words and of reported ones. In
    brackets people stand by surname, joined by `last_join`, or as “Goodwin et al.” where there are
    more than `most_names`; a note has room for their full names.
    """

    direct: str
    reported: str
    last_join: str = " and "
    most_names: int = 3


@dataclass(frozen=True)
class SpeakerInSentence:
    """Whoever speaks stands in the sentence: “Laurence Buckman said (qtd. in White, par. 11)”.

    `direct` stands before the source of direct words, inside the brackets; "" for nothing.
    """

    direct: str = ""


def as_it_is(record: Record) -> Record:
    """Return the record unchanged: most styles are set from what the files have."""
    return record


def without_retrieved(record: Record) -> Record:
    """Return a record from which APA prints no “Retrieved” before the address of undated work.

    The manual (section 9.16) wants that word only before what changes as one reads. The style file
    leaves it out where there is a `status`, which it prints where a date would stand.
    """
    if "issued" in record:
        return record
    return record | {"status": "n.d."}


def as_chicago_lists_it(record: Record) -> Record:
    """Return a record that Chicago's bibliography lists: a speech would be left out.

    The manual (section 14.115) leaves out speeches that readers cannot get at, for which the style
    file takes any without an address. It lists one that has `references`, and prints these. Ours
    can be read here, so they are a space, which prints as nothing.
    """
    if record["type"] != "speech":
        return record
    return record | {"references": " "}


def as_mla_has_it(record: Record) -> Record:
    """Return a copy of a record from which the style file for MLA makes what its handbook asks."""
    adjusted = dict(record)
    if "number" in record:
        # The handbook names what a number counts (5.51): “article e4278”. The style file by itself
        # would take it for the number of an issue: “no. e4278”.
        adjusted["number"] = f"article {record['number']}"
        adjusted.pop("page", None)
    if "issued" in record:
        adjusted |= _full_date_for_mla(record)
    return adjusted


def _full_date_for_mla(record: Record) -> Record:
    """Return the fields by which the style file for MLA prints the whole date of a dated record.

    The handbook has a date as full as the source's (5.68 to 5.83).
    """
    issued = record["issued"]
    has_day = len(issued["date-parts"][0]) == 3
    if record["type"] == "article-journal" and has_day:
        # For a journal the style file prints month and year, for a magazine the day too.
        return {"type": "article-magazine"}
    if record["type"] == "speech":
        # For a speech it prints the date of the event.
        return {"event-date": issued}
    return {}


@dataclass(frozen=True)
class Style:
    """A citation style.

    `short_name` stands on buttons that copy in this style. `csl` is its file among the CSL
    project's styles, `locale` the language its manual is written in, `day` the twentieth of June
    2012 as it writes a day of reading. `title_case`: it capitalises titles. `stops_inside`: a comma
    after quoted words stands inside the marks, as Americans set it. `adjust` makes of an article's
    record the one that this style is set from.
    """

    id: str
    name: str
    short_name: str
    csl: str
    locale: str
    day: str
    cites: Cites
    secondary: SpeakerInCitation | SpeakerInSentence
    title_case: bool = False
    stops_inside: bool = False
    adjust: Callable[[Record], Record] = as_it_is

    @property
    def numbered(self) -> bool:
        """Whether sources are listed as they are first cited; other styles list them by name."""
        return self.cites is Cites.NUMBER

    @property
    def has_notes(self) -> bool:
        """Whether it cites in notes."""
        return self.cites is Cites.NOTE

    def enclosed(self, citation: str) -> str:
        """Return a citation as it stands in the text: in brackets, unless it is a note."""
        return citation if self.has_notes else f"({citation})"


STYLES = (
    Style(
        id="harvard",
        name="Harvard (Cite Them Right)",
        short_name="Harvard",
        csl="harvard-cite-them-right",
        locale="en-GB",
        day="20 June 2012",
        cites=Cites.AUTHOR,
        secondary=SpeakerInCitation(direct="quoted in", reported="cited in"),
    ),
    Style(
        id="vancouver",
        name="Vancouver",
        short_name="Vancouver",
        csl="nlm-citation-sequence",
        locale="en-US",
        day="2012 Jun 20",
        cites=Cites.NUMBER,
        secondary=SpeakerInSentence(),
        stops_inside=True,
    ),
    Style(
        id="apa",
        name="APA 7",
        short_name="APA",
        csl="apa",
        locale="en-US",
        day="June 20, 2012",
        cites=Cites.AUTHOR,
        secondary=SpeakerInCitation(
            direct="as cited in",
            reported="as cited in",
            last_join=" & ",
            most_names=2,
        ),
        stops_inside=True,
        adjust=without_retrieved,
    ),
    Style(
        id="mla",
        name="MLA 9",
        short_name="MLA",
        csl="modern-language-association",
        locale="en-US",
        day="20 Jun. 2012",
        cites=Cites.AUTHOR,
        secondary=SpeakerInSentence(direct="qtd. in"),
        title_case=True,
        stops_inside=True,
        adjust=as_mla_has_it,
    ),
    Style(
        id="chicago",
        name="Chicago (author-date)",
        short_name="Chicago",
        csl="chicago-author-date",
        locale="en-US",
        day="June 20, 2012",
        cites=Cites.AUTHOR,
        secondary=SpeakerInSentence(direct="quoted in"),
        title_case=True,
        stops_inside=True,
    ),
    Style(
        id="chicago-notes",
        name="Chicago (notes and bibliography)",
        short_name="Chicago notes",
        csl="chicago-notes-bibliography",
        locale="en-US",
        day="June 20, 2012",
        cites=Cites.NOTE,
        secondary=SpeakerInCitation(direct="quoted in", reported="cited in"),
        title_case=True,
        stops_inside=True,
        adjust=as_chicago_lists_it,
    ),
)
DEFAULT = STYLES[0]
BY_ID = {style.id: style for style in STYLES}
