"""Search tips: the query language, each form with an example made from the content."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import NamedTuple

from reference.records import Library, Person
from reference.search.wording import Wording
from reference.search.words import WORD

FEWEST_LETTERS = 12
"""Letters of the shortest phrase that is an example."""
MOST_LETTERS = 40
"""Letters of the longest."""
TRIED = 200
"""Claims from which examples are made."""
_IN_MARKS = re.compile(r"[‘“]([a-z][\w’ -]+ [\w’ -]+),?[’”]")
"""Words that an article has in quotation marks: it quotes them as a saying, or somebody."""
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


class _Form(NamedTuple):
    """A form of query, what it finds, and candidates for its example, the best first."""

    form: str
    meaning: str
    candidates: Iterable[str]


def make_tips(library: Library, wording: Wording, found: Found) -> Tips:
    """Return tips on searching, with examples from a library that find something.

    Each form of query ("phrase", -word, year:) has the first of its candidates of which `found`
    says so; a form without one is left out.
    """
    examples = _Examples(library, wording)
    tips: list[Tip] = []
    for form, meaning, candidates in _forms(examples):
        example = _first_found(candidates, found)
        if example:
            tips.append(Tip(form, meaning, example))
    # A slip finds nothing itself: it is mended first
    slip = next(examples.slips(), "")
    body = _first_found(examples.bodies(), found)
    return Tips(forms=tuple(tips), slip=slip, body=body)


def _forms(examples: "_Examples") -> list[_Form]:
    """Return all forms of query, in the order in which they are explained."""
    return [
        _Form(
            "two words",
            "both words, in any order and in any of their forms",
            examples.pairs(),
        ),
        _Form(
            '"phrase"',
            "these words side by side; any quotation marks will do",
            examples.phrases(),
        ),
        _Form("one … other", "in a phrase: words left out", examples.gaps()),
        _Form(
            "-word",
            "without this word, phrase or field",
            examples.without(),
        ),
        _Form("one OR other", "either of the two", examples.either()),
        _Form(
            "person:",
            "what this person or group says",
            examples.people(),
        ),
        _Form("theme:", "what is filed under this theme", examples.themes()),
        _Form(
            "article:",
            "what stands in the article with this title or address",
            examples.articles(),
        ),
        _Form(
            "year:",
            "what appeared in this year, or in these years",
            examples.years(),
        ),
        _Form(
            "kind:",
            "only this kind: claim, person, disagreement, event, term …",
            examples.kinds(),
        ),
    ]


def _first_found(candidates: Iterable[str], found: Found) -> str:
    """Return the first candidate that finds something, "" if none does."""
    for candidate in candidates:
        if found(candidate):
            return candidate
    return ""


class _Examples:
    """Candidates for the example of each form, the best first.

    They are what somebody would ask of this library: its themes, those who say most, and words
    that the articles themselves have in quotation marks.
    """

    def __init__(self, library: Library, wording: Wording) -> None:
        self._library = library
        self._wording = wording
        claims = library.contrasted or library.claims.values()
        self._claims = list(islice(claims, TRIED))
        self._speakers = self._order_speakers()

    def _order_speakers(self) -> list[Person]:
        """Return the people quoted, those first whom the site's own examples name.

        `site.examples` are searches that an editor has chosen, such as "Buckman". The others
        follow by how many claims they have, most first.
        """
        people = self._library.people
        claims_by_speaker: Counter[str] = Counter()
        for claim in self._library.claims.values():
            claims_by_speaker.update(claim.speakers)
        examples = " ".join(self._library.site.examples)
        speakers = [
            people[speaker]
            for speaker, _ in claims_by_speaker.most_common()
            if speaker in people
        ]
        # False sorts before True: those named in an example come first
        speakers.sort(key=lambda person: person.surname not in examples)
        return speakers

    def pairs(self) -> Iterator[str]:
        """Yield an example of the site's own that has two words; else words of themes, claims."""
        for example in self._library.site.examples:
            if len(WORD.findall(example)) == 2:
                yield example
        for theme in self._library.themes.values():
            yield " ".join(self._telling(theme.title)[:2]).lower()
        for claim in self._claims:
            yield " ".join(self._telling(claim.quote)[-2:])

    def phrases(self) -> Iterator[str]:
        """Yield phrases that articles have in quotation marks, the most repeated first, then short
        quotations.
        """
        for phrase in self._phrases_in_marks():
            yield f'"{phrase}"'
        for phrase in self._short_quotations():
            yield f'"{phrase}"'

    def gaps(self) -> Iterator[str]:
        """Yield phrases without their middle: "quite … competitive behaviours"."""
        phrases = self._phrases_in_marks() + self._short_quotations()
        for phrase in phrases:
            words = phrase.split()
            last_two = words[-2:]
            if len(words) > 4 and len(self._telling(" ".join(last_two))) == 2:
                yield f'"{words[0]} … {" ".join(last_two)}"'

    def without(self) -> Iterator[str]:
        """Yield what others say on a theme than the one who says most: "training -Glasby"."""
        for word, speaker in self._words_of_themes_and_speakers():
            yield f"{word} -{speaker.surname}"

    def either(self) -> Iterator[str]:
        """Yield two words of the title of a theme, "training OR skills", else words of two."""
        words: list[str] = []
        for theme in self._library.themes.values():
            telling = [word.lower() for word in self._telling(theme.title)]
            words.append(telling[0])
            if len(telling) == 2:
                yield f"{telling[0]} OR {telling[1]}"
        for one, other in pairwise(words):
            yield f"{one} OR {other}"

    def people(self) -> Iterator[str]:
        """Yield people by their surnames, then groups."""
        for person in self._speakers:
            yield f"person:{person.surname.split()[-1].lower()}"
        for speaker in self._library.speakers:
            yield f'person:"{speaker}"'

    def themes(self) -> Iterator[str]:
        """Yield what somebody says on a theme, "theme:training Glasby", then themes alone."""
        for word, speaker in self._words_of_themes_and_speakers():
            yield f"theme:{word} {speaker.surname}"
        for word in self._words_of_themes():
            yield f"theme:{word}"

    def articles(self) -> Iterator[str]:
        """Yield words that a title has in quotation marks, then single words of titles."""
        titles = [article.title for article in self._library.articles.values()]
        for title in titles:
            for phrase in _IN_MARKS.findall(title):
                yield f'article:"{phrase}"'
        for title in titles:
            for word in self._telling(title):
                yield f"article:{word.lower()}"

    def years(self) -> Iterator[str]:
        """Yield what was said on a theme in all the years of the library's articles."""
        years: set[int] = set()
        for article in self._library.articles.values():
            years.update(article.date.years)
        first = min(years)
        last = max(years)
        span = f"{first}-{last}" if first < last else f"{first}"
        for word in self._words_of_themes():
            yield f"year:{span} {word}"
        yield f"year:{span}"

    def kinds(self) -> Iterator[str]:
        """Yield kinds with a word of a theme: "kind:disagreement training"."""
        for kind in ("disagreement", "event", "claim"):
            for word in self._words_of_themes():
                yield f"kind:{kind} {word}"

    def slips(self) -> Iterator[str]:
        """Yield surnames without their middle letter: people type Bucman for Buckman."""
        for person in self._speakers:
            surname = person.surname
            if len(surname) > 5 and surname.isalpha():
                middle = len(surname) // 2
                yield surname[:middle] + surname[middle + 1 :]

    def bodies(self) -> Iterator[str]:
        """Yield what is written with capitals where articles say who somebody was."""
        for person in self._library.people.values():
            for description in person.described:
                yield from _BODY.findall(description.words)

    # What they are made of

    def _words_of_themes(self) -> list[str]:
        """Return the first telling word of the title of each theme: "training", "support"."""
        words = []
        for theme in self._library.themes.values():
            first = self._telling(theme.title)[0]
            words.append(first.lower())
        return words

    def _words_of_themes_and_speakers(self) -> Iterator[tuple[str, Person]]:
        """Yield a word of each theme, and the person who says most on it."""
        people = self._library.people
        themes = self._library.themes.values()
        for word, theme in zip(self._words_of_themes(), themes, strict=True):
            speakers: Counter[str] = Counter()
            for claim in self._library.claims_of_theme(theme.id):
                speakers.update(set(claim.speakers) & people.keys())
            for speaker, _ in speakers.most_common(1):
                yield word, people[speaker]

    def _phrases_in_marks(self) -> list[str]:
        """Return phrases of some words that quotations have in quotation marks, for `"phrase"`.

        Those that occur in most claims come first, and of these the shortest.
        """
        quotes = [claim.quote for claim in self._library.claims.values()]
        counts: dict[str, int] = {}
        for phrase in _IN_MARKS.findall(" ".join(quotes)):
            is_short = FEWEST_LETTERS <= len(phrase) <= MOST_LETTERS
            if is_short and len(self._telling(phrase)) > 1:
                quotes_with_it = [quote for quote in quotes if phrase in quote]
                counts[phrase] = len(quotes_with_it)
        phrases = sorted(counts, key=len)
        phrases.sort(key=lambda phrase: counts[phrase], reverse=True)
        return phrases

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

    def _telling(self, text: str) -> list[str]:
        """Return the plain words of a text that say something; [""] if there is none."""
        words = [
            word
            for word in WORD.findall(text)
            if word.isalpha() and self._wording.is_telling(word)
        ]
        return words or [""]
