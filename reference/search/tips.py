"""Search tips: the query language, each form with an example made from the content."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from reference.records import Library
from reference.search.wording import Wording
from reference.search.words import WORD

FEWEST_LETTERS = 12
"""Letters of the shortest phrase that is an example."""
MOST_LETTERS = 40
"""Letters of the longest."""
TRIED = 200
"""Claims from which examples are made."""
_BODY = re.compile(r"[A-Z]\w*(?:[’']s)?(?: [A-Z]\w*)+")

Found = Callable[[str], bool]
"""Returns whether a query finds anything."""


class Tip(NamedTuple):
    """A form of query, what it finds, and an example that finds something."""

    form: str
    meaning: str
    example: str


@dataclass(frozen=True)
class Tips:
    """What can be asked, and how.

    `slip` is a name with a slip in it, `body` an organisation that somebody belonged to; "" where
    there is none that finds anything.
    """

    forms: tuple[Tip, ...]
    slip: str
    body: str


def make_tips(library: Library, wording: Wording, found: Found) -> Tips:
    """Return tips with examples from a library; a form that nothing here has is left out."""
    examples = _Examples(library, wording)
    forms = [
        (
            "two words",
            "both words, in any order and in any of their forms",
            examples.pairs(),
        ),
        (
            '"phrase"',
            "these words side by side; any quotation marks will do",
            examples.phrases(),
        ),
        ("one … other", "in a phrase: words left out", examples.gaps()),
        ("-word", "without this word, phrase or field", examples.without()),
        ("one OR other", "either of the two", examples.either()),
        ("person:", "what this person or group says", examples.people()),
        ("theme:", "what is filed under this theme", examples.themes()),
        (
            "article:",
            "what stands in the article with this title or address",
            examples.articles(),
        ),
        (
            "year:",
            "what appeared in this year, or in these years",
            examples.years(),
        ),
        (
            "kind:",
            "only this kind: claim, person, disagreement, event, term …",
            examples.kinds(),
        ),
    ]
    tips = []
    for form, meaning, candidates in forms:
        example = _first_found(candidates, found)
        if example:
            tips.append(Tip(form, meaning, example))
    return Tips(
        forms=tuple(tips),
        slip=next(iter(examples.slips()), ""),
        body=_first_found(examples.bodies(), found),
    )


def _first_found(candidates: Iterable[str], found: Found) -> str:
    for candidate in candidates:
        if found(candidate):
            return candidate
    return ""


class _Examples:
    """Candidates for the example of each form, the best first."""

    def __init__(self, library: Library, wording: Wording) -> None:
        self._library = library
        self._wording = wording
        self._claims = list(library.contrasted or library.claims.values())[
            :TRIED
        ]

    def pairs(self) -> Iterator[str]:
        for example in self._library.site.examples:
            if len(WORD.findall(example)) == 2:
                yield example
        for claim in self._claims:
            yield " ".join(self._telling(claim.quote)[-2:])

    def phrases(self) -> Iterator[str]:
        for phrase in self._short_quotations():
            yield f'"{phrase}"'

    def gaps(self) -> Iterator[str]:
        for phrase in self._short_quotations():
            words = phrase.split()
            if len(words) > 4:
                yield f'"{" ".join(words[:2])} … {" ".join(words[-2:])}"'

    def without(self) -> Iterator[str]:
        for word, other in self._words_of_claims():
            yield f"{word} -{other}"

    def either(self) -> Iterator[str]:
        words = [word for word, _ in self._words_of_claims()]
        for word in words[1:]:
            if self._wording.term(word) != self._wording.term(words[0]):
                yield f"{words[0]} OR {word}"

    def people(self) -> Iterator[str]:
        speakers = self._library.speakers
        groups = [
            speaker
            for speaker in speakers
            if speaker not in self._library.people
        ]
        for group in groups:
            yield f'person:"{group}"'
        for person in self._library.people.values():
            yield f"person:{person.surname.split()[-1].lower()}"

    def themes(self) -> Iterator[str]:
        for theme in self._library.themes.values():
            word = self._telling(theme.title)[0].lower()
            for claim in self._library.claims_of_theme(theme.id):
                yield f"theme:{word} {self._telling(claim.quote)[-1].lower()}"

    def articles(self) -> Iterator[str]:
        for article in self._library.articles.values():
            for word in self._telling(article.title):
                yield f"article:{word.lower()}"

    def years(self) -> Iterator[str]:
        years: set[int] = set()
        for article in self._library.articles.values():
            years.update(article.date.years)
        first = min(years)
        last = max(years)
        span = f"{first}-{last}" if first < last else f"{first}"
        for claim in self._claims:
            yield f"year:{span} {self._telling(claim.quote)[-1].lower()}"

    def kinds(self) -> Iterator[str]:
        for article in self._library.articles.values():
            for word in self._telling(article.title):
                yield f"kind:article {word.lower()}"

    def slips(self) -> Iterator[str]:
        """Names with one letter twice, where one would do: people type Bukman, and Glassby."""
        for person in self._library.people.values():
            surname = person.surname
            if len(surname) > 5 and surname.isalpha():
                middle = len(surname) // 2
                before = surname[:middle]
                after = surname[middle:]
                yield before + before[-1] + after

    def bodies(self) -> Iterator[str]:
        for person in self._library.people.values():
            for description in person.described:
                yield from _BODY.findall(description.words)

    def _short_quotations(self) -> list[str]:
        """Return quotations of a few words without a mark in them, the shortest first."""
        quotations = []
        for claim in self._claims:
            for piece in re.split(r"[^\w\s’'-]+", claim.quote):
                words = piece.strip()
                is_short = FEWEST_LETTERS <= len(words) <= MOST_LETTERS
                if is_short and len(self._telling(words)) > 1:
                    quotations.append(words)
        return sorted(quotations, key=len)

    def _words_of_claims(self) -> Iterator[tuple[str, str]]:
        """Make pairs of telling words of one quotation."""
        for claim in self._claims:
            words = self._telling(claim.quote)
            if len(words) > 1:
                yield words[0].lower(), words[-1].lower()

    def _telling(self, text: str) -> list[str]:
        """Return the plain words of a text that say something; "" if there is none."""
        words = [
            word
            for word in WORD.findall(text)
            if word.isalpha() and self._wording.is_telling(word)
        ]
        return words or [""]
