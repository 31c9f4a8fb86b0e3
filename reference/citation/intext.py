"""What stands in the text after quoted words, in five styles, when the words are somebody else's.

Each style's own form for a source quoted in another:
APA 7, section 8.6 (secondary sources): (Buckman, as cited in White, 2012, para. 11).
Cite Them Right 12, secondary referencing (Harvard): (Buckman, quoted in White, 2012, para. 11);
“cited in” for words that the author reports in their own.
MLA Handbook 9, 6.77: (qtd. in White, par. 11) for direct words only, the speaker in the sentence.
Chicago Manual of Style 18, 13.118 and 14.160: (quoted in White 2012, para. 11), as MLA.
Citing Medicine 2 and the ICMJE give a number alone; the speaker stands in the sentence.

A passage's number is its paragraph's. Groups, documents and people without a name stand in the
sentence in every style: only somebody with a name can stand where an author does.
"""

from collections.abc import Sequence

from reference.records import Claim, Library, Person

SECONDARY = {
    "apa": {"direct": "as cited in", "reported": "as cited in"},
    "harvard": {"direct": "quoted in", "reported": "cited in"},
}
"""How a style joins a speaker to the source inside the brackets."""
DIRECT = {"mla": "qtd. in", "chicago": "quoted in"}
"""What a style puts before the source of direct words whose speaker the sentence names."""


def after(style: str, claim: Claim, library: Library, source: str) -> str:
    """What stands after a claim's words. `source` is the style's plain citation of the passage:
    “(White, 2012, para. 11)”, “(1, para. 11)”. It alone stands where the author speaks."""
    speakers = claim.speakers
    own = set(speakers) <= set(library.articles[claim.article].authors)
    if claim.voice == "author" or own:
        return source
    people = [library.people[who] for who in speakers if who in library.people]
    if style in SECONDARY and len(people) == len(speakers):
        return _inside(source, f"{_surnames(style, people)}, {SECONDARY[style][claim.voice]}")
    names = _joined([library.speaker_name(who) for who in speakers], "and")
    if claim.voice == "reported":
        return f"according to {_midway(names)} {source}"
    return f"{names} said {_inside(source, DIRECT[style]) if style in DIRECT else source}"


def _inside(source: str, words: str) -> str:
    return source.replace("(", f"({words} ", 1)


def _surnames(style: str, people: Sequence[Person]) -> str:
    """Surnames as a citation in brackets has them: APA shortens from three, Harvard from four."""
    names = [person.surname for person in people]
    if len(names) > (2 if style == "apa" else 3):
        return f"{names[0]} et al."
    return " & ".join(names) if style == "apa" else _joined(names, "and", serial="")


def _joined(names: Sequence[str], last: str, serial: str = ",") -> str:
    if len(names) < 3:
        return f" {last} ".join(names)
    return f"{', '.join(names[:-1])}{serial} {last} {names[-1]}"


def _midway(names: str) -> str:
    """Names inside a sentence: a group that has no other capital begins with a small letter."""
    return names[:1].lower() + names[1:] if names[1:].islower() else names
