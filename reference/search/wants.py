"""What a query wants: each of its words, phrases and fields, with the units that have it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Protocol

from reference.search.query import Clause, Term, years
from reference.search.units import Units, names
from reference.search.wording import STOP, WORD, Wording, fold

MOST_WORDS = 40
"""Words of a query that are looked for: the rarest, which tell most."""


class Index(Protocol):
    """What finding asks of an index; units are known by their number."""

    def postings(self, stem: str) -> tuple[Sequence[int], Sequence[float]]: ...
    def lines(self, numbers: Sequence[int]) -> list[str]: ...
    def spellings(self) -> list[str]: ...
    def phrases(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Want:
    """Something wanted: the units that have it, in order, and how rare it is.

    A line of stems has it if it has all the needles of one of the `options`. `stems` and `runs`
    of stems are what to mark.
    """

    label: str
    numbers: Sequence[int]
    weights: Sequence[float] = ()
    rarity: float = 0.0
    options: tuple[tuple[str, ...], ...] = ()
    stems: tuple[str, ...] = ()
    runs: tuple[tuple[str, ...], ...] = ()

    def has(self, line: str) -> bool:
        for needles in self.options:
            for needle in needles:
                if needle not in line:
                    break
            else:
                return True
        return False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A whole query: what is required, the loose words, what is not wanted.

    `words` are the loose words as (typed, stem), little words included, in their order; `telling`
    are those that say something.
    """

    required: tuple[Want, ...] = ()
    loose: tuple[Want, ...] = ()
    excluded: tuple[Want, ...] = ()
    words: Sequence[tuple[str, str]] = ()
    telling: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class Wants:
    """Reads clauses into wants against one index."""

    index: Index
    units: Units
    wording: Wording
    speakers: dict[str, frozenset[str]] = field(init=False)
    called: dict[str, set[str]] = field(init=False)
    """Stem -> the people and groups whose names have it."""

    def __post_init__(self) -> None:
        library = self.units.library
        self.called = {}
        self.speakers = {
            who: frozenset(self.wording.stems(who if person is None else names(person)))
            for who in (*library.people, *library.claims_of_speaker)
            for person in (library.people.get(who),)
        }
        for who, stems in self.speakers.items():
            for stem in stems:
                self.called.setdefault(stem, set()).add(who)

    def read(self, clauses: Iterable[Clause]) -> Wanted:
        words: list[tuple[str, str]] = []
        required: list[Want] = []
        excluded: list[Want] = []
        for clause in clauses:
            plain = [term for term in clause.terms if not (term.phrase or term.field)]
            if not clause.negated and len(clause.terms) == len(plain) == 1:
                words += self._words(plain[0].text)
                continue
            want = self._any([self._term(term) for term in clause.terms])
            (excluded if clause.negated else required).append(want)
        telling = self._telling(words)
        looked_for = set(telling or ([] if required else words))
        loose = sorted(self._loose(words, looked_for), key=lambda want: len(want.numbers))[
            :MOST_WORDS
        ]
        return Wanted(tuple(required), tuple(loose), tuple(excluded), words, telling)

    def _telling(self, words: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """The words that say something: no little words and, beside a name, no title."""
        telling = [(word, stem) for word, stem in words if fold(word) not in STOP]
        named = any(stem in self.wording.names for _, stem in telling)
        titles = self.wording.titles if named else ()
        return [(word, stem) for word, stem in telling if stem not in titles]

    def _words(self, text: str) -> list[tuple[str, str]]:
        found = ((word, self.wording.stem(word)) for word in WORD.findall(text))
        return [(word, stem) for word, stem in found if stem]

    def _loose(
        self, words: Sequence[tuple[str, str]], telling: set[tuple[str, str]]
    ) -> Iterable[Want]:
        """One want a word, or one for the words that spell out an abbreviation."""
        stems = [stem for _, stem in words]
        seen: set[str] = set()
        start = 0
        while start < len(words):
            short = self.wording.abbreviation_at(stems, start)
            if short:
                label = " ".join(word for word, _ in words[start : start + short[1]])
                yield self._spelt_out(label, short[0], stems[start : start + short[1]])
                start += short[1]
                continue
            if words[start] in telling and stems[start] not in seen:
                seen.add(stems[start])
                yield self._word(*words[start])
            start += 1

    def _word(self, label: str, stem: str) -> Want:
        numbers, weights = self.index.postings(stem)
        run = self.wording.expansions.get(stem)
        runs = (run,) if run else ()
        return Want(
            label, numbers, weights, self._rarity(numbers), ((f" {stem} ",),), (stem,), runs
        )

    def _spelt_out(self, label: str, short: str, stems: Sequence[str]) -> Want:
        """The abbreviation, or all the words it stands for, side by side or not."""
        apart = self._all(stems)
        numbers = sorted({*self.index.postings(short)[0], *apart})
        options = ((f" {short} ",), tuple(f" {stem} " for stem in stems))
        runs = (tuple(stems),)
        return Want(label, numbers, (), self._rarity(numbers), options, (short,), runs)

    def _term(self, term: Term) -> Want:
        if term.field:
            return self._field(term)
        stems = [stem for _, stem in self._words(term.text)]
        if len(stems) < 2:
            return self._word(term.text, stems[0]) if stems else Want(term.text, ())
        needle = f" {' '.join(stems)} "
        candidates = self._all(stems)
        lines = self.index.lines(candidates)
        numbers = [n for n, line in zip(candidates, lines, strict=True) if needle in line]
        label, rarity = f"“{term.text}”", self._rarity(numbers)
        return Want(label, numbers, (), rarity, ((needle,),), (), (tuple(stems),))

    def _field(self, term: Term) -> Want:
        place = {"theme": 1, "speaker": 2, "article": 3, "year": 4}[term.field]
        facet, values = self.units.facets[place], self._values(term)
        return Want(f"{term.field}:{term.text}", facet.narrow(range(len(facet.of)), values))

    def _values(self, term: Term) -> set[str]:
        """The facet values a field's term names: by id, or by some of the words of a name."""
        library, text = self.units.library, term.text
        if term.field == "year":
            span = years(text)
            return set(map(str, span or ()))
        stems = frozenset(self.wording.stems(text))
        if term.field == "speaker":
            return {text} if text in library.people else self.of_name(stems)
        records = library.themes if term.field == "theme" else library.articles
        if text in records:
            return {text}
        titles = {id: self.wording.stems(f"{id} {record.title}") for id, record in records.items()}
        return {id for id, title in titles.items() if stems and stems.issubset(title)}

    def of_name(self, stems: Iterable[str]) -> set[str]:
        """The people and groups whose names have every one of these stems."""
        found = [self.called.get(stem, set()) for stem in stems]
        return set.intersection(*found) if found else set()

    def _all(self, stems: Iterable[str]) -> list[int]:
        """The units that have every stem."""
        return meet([self.index.postings(stem)[0] for stem in dict.fromkeys(stems)])

    def _any(self, wants: Sequence[Want]) -> Want:
        if len(wants) == 1:
            return wants[0]
        numbers = sorted({number for want in wants for number in want.numbers})
        return Want(
            " or ".join(want.label for want in wants),
            numbers,
            (),
            self._rarity(numbers),
            tuple(option for want in wants for option in want.options),
            tuple(stem for want in wants for stem in want.stems),
            tuple(run for want in wants for run in want.runs),
        )

    def _rarity(self, numbers: Sequence[int]) -> float:
        """How much it tells of a unit that it has this: BM25's inverse document frequency."""
        have, all = len(numbers), len(self.units.all)
        return log(1 + (all - have + 0.5) / (have + 0.5))


def meet(lists: Iterable[Sequence[int]]) -> list[int]:
    """The numbers that are in every list, in order."""
    shortest, *others = sorted(lists, key=len)
    return sorted(set(shortest).intersection(*others)) if others else list(shortest)
