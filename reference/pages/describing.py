"""What a page says of itself in one sentence, for search engines and for links that are shared."""

import re
from collections.abc import Sequence

from reference.citation.intext import listed
from reference.pages.wording import counted
from reference.records import Claim, Library, Person, Theme

LONGEST = 200
"""Characters of a description; search engines cut longer ones anywhere."""
LEAST_PART = 1 / 3
"""Of the longest description, so much at least is used, if need be by part of a sentence."""
END_OF_SENTENCE = re.compile(r"[.!?…][”’]*(?=\s|$)")
MARK = re.compile(r"[“”‘]|’(?!\w)")
"""A quotation mark; a ’ inside a word is an apostrophe."""
CLOSING = {"“": "”", "‘": "’"}


def abridged(text: str, longest: int = LONGEST) -> str:
    """Return a text, cut short if it has more than `longest` characters, white space folded.

    It ends with the last sentence that fits. If too little would be left (LEAST_PART), it ends
    with the last word that fits, and “…”. Quotation marks that are open then are closed.
    """
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    end = end_of_sentences(text, longest)
    beginning = text[:end]
    if end <= longest * LEAST_PART:
        beginning = whole_words(text, longest) + "…"
    return beginning + missing_marks(beginning)


def whole_words(text: str, longest: int) -> str:
    """Return the words at the beginning of a text that fit into `longest` characters.

    A comma or a dash after the last of them is left out.
    """
    words, _, _ = text[:longest].rpartition(" ")
    return words.rstrip(",;:–- ")


def end_of_sentences(text: str, longest: int) -> int:
    """Return where the last sentence ends that fits into `longest` characters; 0 if none does."""
    last_end = 0
    for match in END_OF_SENTENCE.finditer(text):
        if match.end() <= longest:
            last_end = match.end()
    return last_end


def missing_marks(text: str) -> str:
    """Return the quotation marks that would close those which a text leaves open.

    `“He said ‘no` -> `’”`
    """
    opened: list[str] = []
    for mark in MARK.findall(text):
        if mark in CLOSING:
            opened.append(mark)
        elif opened and CLOSING[opened[-1]] == mark:
            opened.pop()
    return "".join(CLOSING[mark] for mark in reversed(opened))


def person_in_a_sentence(
    person: Person,
    claims: Sequence[Claim],
    theme: Theme | None,
    library: Library,
) -> str:
    """Return the description of somebody's page, whose claims may be those on one theme.

    - What Judith Smith says about training in rail privatisation: 12 claims, word for word, …
    - Caroline White wrote “Complex infrastructure” (BMJ), on rail privatisation.
    - David Cameron is named in the sources on rail privatisation, and not quoted there.
    """
    name = person.name
    subject = library.site.subject
    if claims:
        about = subject
        if theme:
            about = f"{theme.title.lower()} in {subject}"
        number = counted(len(claims), "claim")
        return f"What {name} says about {about}: {number}, word for word, with sources."
    works = works_of(person, library)
    if works:
        return f"{name} wrote {listed(works)}, on {subject}."
    return (
        f"{name} is named in the sources on {subject}, and not quoted there."
    )


def works_of(person: Person, library: Library) -> list[str]:
    """Return the articles that somebody wrote: `“Complex infrastructure” (BMJ)`."""
    works = []
    for id in library.articles_by(person.id):
        article = library.articles[id]
        publication = article.publication.name
        works.append(f"“{article.title}” ({publication})")
    return works
