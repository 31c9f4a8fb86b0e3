"""Completing what a reader types, and mending it: the nearest name, the nearest word."""

import re
from collections import Counter
from functools import cached_property
from itertools import pairwise
from urllib.parse import quote_plus

from reference.records import Library
from reference.search.results import Suggestion
from reference.search.wants import Index, Wanted, meet
from reference.search.wording import STOP, WORD, Wording, fold, near, sound

MOST = 8
MOST_MENDED = 4


class Suggesting:
    """What may have been meant, from the names, themes and words of one library."""

    def __init__(self, library: Library, index: Index, wording: Wording) -> None:
        self._library, self._index, self._wording = library, index, wording

    def correction(self, text: str, wanted: Wanted) -> Suggestion | None:
        """The query with its slips mended, if it has any: in names first, then in words."""
        return (
            self._whole_name(text, wanted)
            or self._names(text, wanted)
            or self._joined(text, wanted)
            or self._words(text, wanted)
        )

    def _whole_name(self, text: str, wanted: Wanted) -> Suggestion | None:
        """Somebody's name, when each word typed is within a slip or two of a part of it."""
        words = [fold(word) for word, stem in wanted.telling if stem not in self._wording.titles]
        if not 1 < len(words) < 5 or wanted.required:
            return None
        best: tuple[int, str] | None = None
        for name, parts in self._names_in_parts:
            cost = _cost(words, parts)
            if cost and (best is None or cost < best[0]):
                best = cost, name
        return Suggestion(best[1], best[1], sure=True) if best else None

    def _names(self, text: str, wanted: Wanted) -> Suggestion | None:
        """The words that nothing here has, each put right as the nearest name.

        A name two slips away is surely meant only if it sounds like what was typed: Glazbie is
        Glasby, but “forget” need not be Forbes.
        """
        mended: dict[str, str] = {}
        sure = True
        for word in self._unknown(wanted):
            folded = fold(word)
            nearest = self._nearest(folded, self._names_by_fold)
            if nearest:
                mended[word] = nearest
                name = fold(nearest)
                sure = sure and (sound(folded) == sound(name) or near(folded, name) == 1)
        return _replaced(text, mended, sure)

    def _joined(self, text: str, wanted: Wanted) -> Suggestion | None:
        """Two words written as one here, or one as two: `front line`, `whitepaper`."""
        unknown = {want.label for want in wanted.loose if not want.numbers}
        for (one, _), (other, _) in pairwise(wanted.words):
            if {one, other} & unknown and self._stand([one + other]):
                apart = re.compile(rf"{re.escape(one)}\W+{re.escape(other)}")
                return Suggestion(apart.sub(one + other, text), one + other, sure=False)
        for word in self._unknown(wanted):
            for at in range(3, len(word) - 2):
                if self._stand([word[:at], word[at:]]):
                    return _replaced(text, {word: f"{word[:at]} {word[at:]}"}, sure=False)
        return None

    def _stand(self, words: list[str]) -> bool:
        """Whether these words stand side by side anywhere here."""
        if not "".join(words).isalpha():
            return False
        stems = [self._wording.stem(word) for word in words]
        units = meet([self._index.postings(stem)[0] for stem in stems])
        needle = f" {' '.join(stems)} "
        return any(needle in line for line in self._index.lines(units))

    def _words(self, text: str, wanted: Wanted) -> Suggestion | None:
        """The words that nothing here has, each put right as the nearest word."""
        mended: dict[str, str] = {}
        for word in self._unknown(wanted):
            folded = fold(word)
            alike = {
                w: w for w in self._spellings.get(folded[:1], ()) if abs(len(w) - len(folded)) < 3
            }
            nearest = self._nearest(folded, alike)
            if nearest:
                mended[word] = nearest
        return _replaced(text, mended, sure=False)

    def _unknown(self, wanted: Wanted) -> list[str]:
        unknown = [want.label for want in wanted.loose if not want.numbers and len(want.label) < 40]
        return unknown[:MOST_MENDED]

    @staticmethod
    def _nearest(word: str, known: dict[str, str]) -> str:
        found = [(cost, name) for name in known for cost in (near(word, name),) if cost]
        return known[min(found)[1]] if found else ""

    @cached_property
    def _names_in_parts(self) -> list[tuple[str, list[str]]]:
        names = (name for person in self._library.people.values() for name in person.names)
        return [(name, [fold(part) for part in WORD.findall(name)]) for name in names]

    @cached_property
    def _names_by_fold(self) -> dict[str, str]:
        names = (name for person in self._library.people.values() for name in person.names)
        return {fold(part): part for name in names for part in WORD.findall(name)}

    @cached_property
    def _spellings(self) -> dict[str, list[str]]:
        spellings: dict[str, list[str]] = {}
        for word in self._index.spellings():
            spellings.setdefault(word[0], []).append(word)
        return spellings

    @cached_property
    def _completions(self) -> list[tuple[str, str, str]]:
        library = self._library
        people = [
            (
                name,
                "person" if name == person.name else f"person: {person.name}",
                f"/people/{person.id}/",
            )
            for person in library.people.values()
            for name in person.names
        ]
        themes = [
            (theme.title, "theme", f"/themes/{theme.id}/") for theme in library.themes.values()
        ]
        groups = [who for who in library.claims_of_speaker if who not in library.people]
        spelt = [entry.expansion.partition(" (")[0] for entry in library.glossary.values()]
        shorts = [entry.short for entry in library.glossary.values()]
        phrases = dict.fromkeys([*groups, *shorts, *spelt, *self._index.phrases()])
        return [
            *people,
            *themes,
            *((one, "phrase", f"/search/?q={quote_plus(one)}") for one in phrases),
        ]

    @cached_property
    def _beginnings(self) -> list[tuple[list[str], tuple[str, str, str]]]:
        return [([fold(w) for w in WORD.findall(c[0])], c) for c in self._completions]

    def complete(self, text: str) -> list[tuple[str, str, str]]:
        """Completions in which every word typed begins a word; those that begin alike first."""
        typed = [fold(word) for word in WORD.findall(text[:100])][:8]
        if not typed:
            return []
        found: dict[str, tuple[int, tuple[str, str, str]]] = {}
        for words, completion in self._beginnings:
            if all(any(word.startswith(part) for word in words) for part in typed):
                place = 0 if words[0].startswith(typed[0]) else 1
                found.setdefault(completion[0].casefold(), (place, completion))
        return [c for _, c in sorted(found.values(), key=lambda item: item[0])][:MOST]


def _cost(words: list[str], parts: list[str]) -> int:
    """Slips between words and parts of a name, or 0 if they are not the same name.

    At least one word must be exact unless both are long, and at least one must not be.
    """
    exact = [word for word in words if word in parts]
    total = 0
    for word in words:
        if word not in parts:
            costs = [cost for part in parts for cost in (near(word, part, bool(exact)),) if cost]
            if not costs:
                return 0
            total += min(costs)
    return total


def _replaced(text: str, mended: dict[str, str], sure: bool) -> Suggestion | None:
    if not mended:
        return None
    query = WORD.sub(lambda match: mended.get(match[0], match[0]), text)
    return Suggestion(query, ", ".join(mended.values()), sure)


class Phrases:
    """Two and three words that often stand together, to complete what a reader types."""

    MOST_TEXTS = 5_000

    def __init__(self) -> None:
        self.texts, self.counts = 0, Counter[str]()

    def add(self, text: str) -> None:
        self.texts += 1
        if self.texts > self.MOST_TEXTS:
            return
        found: set[str] = set()
        for sentence in text.replace("-", "\u2011").split(". "):
            words = [w.strip(",;:‘’“”()").replace("\u2011", "-") for w in sentence.split()]
            words = [w if w[1:2].isupper() else w.lower() for w in words]
            plain = [w if w.replace("-", "").isalpha() and w not in STOP else "" for w in words]
            pairs = list(pairwise(plain))
            found.update(f"{a} {b}" for a, b in pairs if a and b)
            found.update(f"{a} {b} {c}" for (a, b), c in zip(pairs, plain[2:], strict=False)
                         if a and b and c)  # fmt: skip
        self.counts.update(found)

    def best(self) -> list[str]:
        """The phrases most texts have, without those only ever found inside a longer one."""
        often = {phrase: count for phrase, count in self.counts.most_common(500) if count > 2}
        inside = {
            part
            for phrase, count in often.items()
            for part in (phrase.partition(" ")[2], phrase.rpartition(" ")[0])
            if often.get(part) == count
        }
        return [phrase for phrase in often if phrase not in inside]
