"""What stands in the text after quoted words that somebody else than the author says.

Each style's own form for a source quoted in another:
APA 7, section 8.6 (secondary sources): (Buckman, as cited in White, 2012, para. 11).
Cite Them Right 12, secondary referencing (Harvard): (Buckman, quoted in White, 2012, para. 11);
“cited in” for words that the author reports in their own.
MLA Handbook 9, 6.77: (qtd. in White, par. 11), for direct words; the speaker in the sentence.
Chicago Manual of Style 18, on citations from secondary sources: (quoted in White 2012, para. 11).
Citing Medicine 2 and the ICMJE (Vancouver): a number alone, the speaker in the sentence.

Groups, documents and people without a name stand in the sentence in every style.
"""

from collections.abc import Iterable

from reference.evidence import prints
from reference.records import Claim, Library

JOINS = {"apa": ("as cited in", "as cited in"), "harvard": ("quoted in", "cited in")}
"""How a style joins a speaker to the source inside the brackets: of direct words, of reported."""
DIRECT = {"mla": "qtd. in ", "chicago": "quoted in "}
"""What a style puts before the source of direct words, where the sentence names their speaker."""


def after(style: str, claim: Claim, library: Library, source: str) -> str:
    """What stands after a claim's words. `source` is the style's plain citation of the passage:
    “(White, 2012, para. 11)”, “(1, para. 11)”. It alone stands where the author speaks, or the
    words name whoever does."""
    people, known = library.people, library.people.keys() >= {*claim.speakers} and not claim.named
    names = [people[who].surname if who in people else who for who in claim.speakers]
    own = claim.voice == "author" or {*claim.speakers} <= {*library.articles[claim.article].authors}
    if own or all(prints(name, [claim.quote]) for name in names):
        return source
    if style in JOINS and known:
        last = " & " if style == "apa" else " and "
        short = len(names) > (2 if style == "apa" else 3)
        surnames = f"{names[0]} et al." if short else listed(names, last, last)
        return source.replace("(", f"({surnames}, {JOINS[style][claim.voice == 'reported']} ", 1)
    said_by = listed((_named(library, who) for who in claim.speakers), of_more=", and ")
    if claim.named:
        said_by = f"{_named(library, claim.named)}, taken to be {said_by}"
    if claim.voice == "reported":
        return f"according to {said_by} {source}"
    return f"{said_by} said {source.replace('(', '(' + DIRECT.get(style, ''), 1)}"


def listed(names: Iterable[str], of_two: str = " and ", of_more: str = " and ") -> str:
    """Names as prose lists them: `Smith`, `Smith and Mays`, `Smith, Mays and Glasby`."""
    *most, last = [*names] or [""]
    return ", ".join(most) + (of_more if most[1:] else of_two) + last if most else last


def _named(library: Library, who: str) -> str:
    """A person's name, or a group as it stands inside a sentence: “managers”, “PCT managers”, and
    with an article where its name is one of several capitals (“the NHS White Paper”)."""
    if who in library.people:
        return library.people[who].name
    if who.split()[1:] and who.split()[-1][0].isupper():
        return f"the {who}"
    return who[0].lower() + who[1:] if who[1:].islower() else who
