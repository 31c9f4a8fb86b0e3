"""What a page says of itself in one sentence, for search engines and for links that are shared."""

import re
from collections.abc import Sequence

from reference.citation.intext import listed
from reference.pages.wording import counted
from reference.records import Claim, Library, Person, Theme

LONGEST = 200
"""Characters of a description; engines cut longer ones anywhere."""
END_OF_SENTENCE = re.compile(r"[.!?…][”’]*(?=\s|$)")
MARK = re.compile(r"[“”‘]|’(?!\w)")
"""A quotation mark; a ’ inside a word is an apostrophe."""
CLOSING = {"“": "”", "‘": "’"}


def abridged(text: str, longest: int = LONGEST) -> str:
    """Return the beginning of a text, in whole sentences if it has a short one, with marks closed.

    Where its first sentence is too long, as many words as fit, and “…”.
    """
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    end = end_of_sentences(text, longest)
    if end > longest // 3:
        beginning = text[:end]
    else:
        whole_words = text[:longest].rpartition(" ")[0]
        beginning = whole_words.rstrip(",;:–- ") + "…"
    return beginning + missing_marks(beginning)


def end_of_sentences(text: str, longest: int) -> int:
    """Return where the last sentence ends that fits into so many letters; 0 if none does."""
    last_end = 0
    for match in END_OF_SENTENCE.finditer(text):
        if match.end() <= longest:
            last_end = match.end()
    return last_end


def missing_marks(text: str) -> str:
    """Return the quotation marks that would close those which a text leaves open."""
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
    """Return what a page has of somebody: words, or what they wrote, or that they are named.

    “What Judith Smith says about training in rail privatisation: 12 claims, word for word, with
    sources.” “Caroline White wrote “Complex infrastructure” (BMJ), on rail privatisation.”
    """
    subject = library.site.subject
    name = person.name
    if claims:
        about = f"{theme.title.lower()} in {subject}" if theme else subject
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
