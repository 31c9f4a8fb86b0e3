"""What stands in the text after quoted words, where somebody else than the author may say them.

Each style's own form for a source quoted in another (its `secondary`, in `styles.py`):
APA 7, section 8.6 (secondary sources): (Buckman, as cited in White, 2012, para. 11).
Cite Them Right 12, secondary referencing (Harvard): (Buckman, quoted in White, 2012, para. 11);
“cited in” for words that the author reports in their own.
MLA Handbook 9, 6.77: (qtd. in White, par. 11), for direct words; the speaker in the sentence.
Chicago Manual of Style 18, on citations from secondary sources: (quoted in White 2012, para. 11),
and in a note: Laurence Buckman, quoted in Caroline White, “…”.
Citing Medicine 2 and the ICMJE (Vancouver): a number alone, the speaker in the sentence.

Groups, documents and people without a name stand in the sentence where citations have brackets.
"""

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from reference.citation.styles import (
    SpeakerInCitation,
    SpeakerInSentence,
    Style,
)
from reference.evidence import prints
from reference.records import Claim, Library

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class InText(NamedTuple):
    """What stands after quoted words.

    `clause` is plain text for the sentence (“Laurence Buckman said”), or "". `citation` is safe
    HTML: “(qtd. in White, par. 11)”, or the text of a note.
    """

    clause: str
    citation: str


def in_text(
    claim: Claim, library: Library, style: Style, source: str
) -> InText:
    """Return what stands after a claim's words, so that a reader knows who says them, and where.

    `source` is the style's citation of the passage without its brackets, as safe HTML: “White,
    2012, para. 11”. If a reader cannot know who speaks, a style says so in one of two places:

        InText("", "(Buckman, quoted in White, 2012, para. 11)")  # in the citation
        InText("Laurence Buckman said", "(qtd. in White, par. 11)")  # in the sentence
    """
    if _author_speaks(claim, library) or _words_name_speakers(claim, library):
        return InText("", style.enclosed(source))
    place = style.secondary
    if isinstance(place, SpeakerInSentence):
        return _speaker_in_sentence(
            claim, library, style, source, label=place.direct
        )
    if style.has_notes or _all_are_people(claim, library):
        return _speaker_in_citation(claim, library, style, source, place)
    # A group has no surname that could stand in brackets.
    return _speaker_in_sentence(claim, library, style, source)


def _all_are_people(claim: Claim, library: Library) -> bool:
    """Return whether a claim's speakers are people whom the article names."""
    if claim.named:
        return False
    return all(speaker in library.people for speaker in claim.speakers)


def _author_speaks(claim: Claim, library: Library) -> bool:
    """Return whether the words are the article's own, or its author's."""
    authors = library.articles[claim.article].authors
    return claim.voice == "author" or set(claim.speakers) <= set(authors)


def _words_name_speakers(claim: Claim, library: Library) -> bool:
    """Return whether the quoted words themselves name everybody who speaks."""
    names = [_surname(library, speaker) for speaker in claim.speakers]
    return all(prints(name, [claim.quote]) for name in names)


def _speaker_in_citation(
    claim: Claim,
    library: Library,
    style: Style,
    source: str,
    wording: SpeakerInCitation,
) -> InText:
    """Return a citation that says who speaks: `(Buckman, quoted in White, 2012, para. 11)`.

    Brackets have surnames; a note has room for full names.
    """
    if style.has_notes:
        speakers = _capitalised(_speakers(claim, library))
    else:
        speakers = _surnames(claim, library, wording)
    quoted_in = wording.direct
    if claim.voice == "reported":
        quoted_in = wording.reported  # “cited in”
    citation = f"{escape(speakers)}, {quoted_in} {source}"
    return InText("", style.enclosed(citation))


def _speaker_in_sentence(
    claim: Claim, library: Library, style: Style, source: str, label: str = ""
) -> InText:
    """Return the citation, and a clause for the sentence: `Laurence Buckman said`.

    Of words that the article reports in its own, the clause is `according to Laurence Buckman`.
    Of direct words, the citation has the `label` before the source: `(qtd. in White, par. 11)`.
    """
    speakers = _speakers(claim, library)
    if claim.voice == "reported":
        clause = f"according to {speakers}"
        return InText(clause, style.enclosed(source))
    clause = f"{speakers} said"
    if label:
        source = f"{label} {source}"
    return InText(clause, style.enclosed(source))


def _surnames(
    claim: Claim, library: Library, wording: SpeakerInCitation
) -> str:
    """Return the speakers as a citation in brackets has them: `Smith & Mays`, `Goodwin et al.`"""
    surnames = [_surname(library, speaker) for speaker in claim.speakers]
    if len(surnames) > wording.most_names:
        return f"{surnames[0]} et al."
    return listed(surnames, wording.last_join, wording.last_join)


def _speakers(claim: Claim, library: Library) -> str:
    """Return who speaks as prose has it: “Smith, Mays, and Glasby”.

    Where that is our inference, it says so: “a general practitioner, taken to be Smith”.
    """
    names = [_name_in_sentence(library, speaker) for speaker in claim.speakers]
    speakers = listed(names, of_more=", and ")
    if claim.named:
        named = _name_in_sentence(library, claim.named)
        return f"{named}, taken to be {speakers}"
    return speakers


def _surname(library: Library, speaker: str) -> str:
    """Return a person's surname, or a group's name."""
    return (
        library.people[speaker].surname
        if speaker in library.people
        else speaker
    )


def _name_in_sentence(library: Library, speaker: str) -> str:
    """Return a speaker as named inside a sentence.

    `speaker` is the id of a person, who has a name (“Laurence Buckman”), or what a group is called:
    “NHS White Paper” is a title and becomes “the NHS White Paper”; “Managers” becomes “managers”;
    “PCT managers” stays.
    """
    if speaker in library.people:
        return library.people[speaker].name
    words = speaker.split()
    last_word = words[-1]
    is_title = len(words) > 1 and last_word[0].isupper()
    if is_title:
        return f"the {speaker}"
    only_first_letter_is_capital = speaker[1:].islower()
    if only_first_letter_is_capital:
        return speaker[0].lower() + speaker[1:]
    return speaker


def _capitalised(text: str) -> str:
    """Return a text as it begins a note."""
    return text[0].upper() + text[1:]


def listed(
    names: Iterable[str], of_two: str = " and ", of_more: str = " and "
) -> str:
    """Return names as prose lists them: `Smith`, `Smith and Mays`, `Smith, Mays and Glasby`.

    `of_two` joins the last of two names to the first, `of_more` the last of more to those before
    it: with `of_more=", and "` the third is `Smith, Mays, and Glasby`. No names give "".
    """
    all_names = list(names)
    if len(all_names) < 2:
        return "".join(all_names)
    last_join = of_two if len(all_names) == 2 else of_more
    names_before = ", ".join(all_names[:-1])
    last_name = all_names[-1]
    return f"{names_before}{last_join}{last_name}"


def superscript(number: int) -> str:
    """Return the mark of a note: `¹²`."""
    return str(number).translate(SUPERSCRIPT)


def with_clause(words: str, clause: str, style: Style) -> str:
    """Return quoted words and a clause after them, with a comma between.

    `words` are in quotation marks, and may end in a full stop, for which the comma then stands.
    American styles (`stops_inside`) set the comma inside the marks, others outside:

        “The data is junk,” Laurence Buckman said
        “The data is junk”, Laurence Buckman said
    """
    quotation = words.removesuffix("”").removesuffix(".")
    if style.stops_inside:
        quotation = _with_comma_inside(quotation)
        return f"{quotation}” {clause}"
    return f"{quotation}”, {clause}"


def _with_comma_inside(quotation: str) -> str:
    """Return a quotation with a comma at its end, as American styles set it.

    - `“The data is junk` -> `“The data is junk,`
    - `“He said ‘junk.’` -> `“He said ‘junk,’`: a quotation within it ends there too, and has it
    - `“He asked ‘why?’` -> `“He asked ‘why?’`: it has a stop already
    """
    inner_quotation_ends_too = quotation.endswith("’") and "‘" in quotation
    if not inner_quotation_ends_too:
        return _with_comma(quotation)
    inner = quotation.removesuffix("’").removesuffix(".")
    return f"{_with_comma(inner)}’"


def _with_comma(words: str) -> str:
    """Return words with a comma after them, unless they end in `?`, `!` or a comma."""
    if words.endswith(("?", "!", ",")):
        return words
    return f"{words},"


def with_citation(
    words: str, after: InText, style: Style, note: int = 1
) -> str:
    """Return quoted words and what stands after them, as safe HTML: `“… junk” (White, 2012)`.

    In a style with notes only the number of the note, `note`, stands there: `“… junk”¹`.
    """
    if style.has_notes:
        return escape(words, quote=False) + superscript(note)
    sentence = words
    if after.clause:
        sentence = with_clause(words, after.clause, style)
    return f"{escape(sentence, quote=False)} {after.citation}"
