"""Ranking: which of the units found come first, and which claim stands for a passage.

People come before what they said, and that before the rest.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest
from itertools import islice, pairwise
from operator import itemgetter

from reference.records import Article, Person, Theme
from reference.search.hits import Match
from reference.search.units import Unit, Units
from reference.search.wants import Index, Want, Wanted, Wants
from reference.search.wording import STOP, WORD, fold

WEIGHED = 64
"""How many of the likeliest units are weighed line by line."""
FEW = 0.1
"""A job or a body puts its people first if no more than this share of units have its words."""


@dataclass
class Ranking:
    """What every query is ranked by."""

    units: Units
    index: Index
    wants: Wants

    @cached_property
    def title_words(self) -> Mapping[int, int]:
        """Theme or article number -> how many telling words its title has."""
        return {
            number: sum(fold(word) not in STOP for word in WORD.findall(unit.record.title))
            for number, unit in enumerate(self.units.all[: self.units.front])
            if isinstance(unit.record, Theme | Article)
        }


class Weigher:
    """Puts one query's units in order.

    A cheap weight for all (how rare the words are, how much of the unit they make up) chooses the
    likeliest; those are weighed line by line: how much of what is wanted one claim or passage has,
    and how many of the words stand side by side as typed.
    """

    def __init__(
        self, ranking: Ranking, wanted: Wanted, wants: Sequence[Want], partial: bool
    ) -> None:
        self.ranking, self.units, self.wants, self.partial = ranking, ranking.units, wants, partial
        self.named, self.few = self._named(wanted), False
        self.total = sum(want.rarity for want in wants) or 1.0
        stems = [stem for _, stem in wanted.words]
        self.pairs = [f" {one} {two} " for one, two in pairwise(stems)]
        self.textual = [want for want in wants if want.options]
        single = [want for want in self.textual if len(want.options) == len(want.options[0]) == 1]
        self.simple = [(want.options[0][0], want.rarity) for want in single]
        self.others = [want for want in self.textual if want not in single]

    def _named(self, wanted: Wanted) -> frozenset[str]:
        """The people and groups whose names have every telling word that anything here has."""
        somewhere = {stem for want in self.wants if want.numbers for stem in want.stems}
        stems = [stem for _, stem in wanted.telling if stem in somewhere]
        if wanted.required or self.ranking.wants.wording.titles.issuperset(stems):
            return frozenset()
        return frozenset(self.ranking.wants.of_name(stems))

    def page(self, numbers: Sequence[int], sort: str, first: int, last: int) -> list[Match]:
        """The matches from `first` up to `last`, in order."""
        passages = len(numbers) - bisect_left(numbers, self.units.front)
        self.few = passages <= max(6, FEW * len(self.units.all))
        if sort == "date":
            dates = self.units.by_date
            numbers = sorted(numbers, key=dates.__getitem__, reverse=True)
            return self._weighed((number, 0.0) for number in numbers[first:last])
        weights = self._weights(numbers)
        likeliest = self._likeliest(numbers, weights)
        matches = self._weighed(likeliest)
        matches.sort(key=lambda match: (-match.tier, -match.weight, match.number))
        if last <= len(matches) or len(matches) == len(numbers):
            return matches[first:last]
        chosen = {number for number, _ in likeliest}
        rest = [pair for pair in zip(numbers, weights, strict=True) if pair[0] not in chosen]
        rest.sort(key=lambda pair: -pair[1])
        start, end = max(0, first - len(matches)), last - len(matches)
        return matches[first:] + self._weighed(rest[start:end])

    def _likeliest(
        self, numbers: Sequence[int], weights: Sequence[float]
    ) -> list[tuple[int, float]]:
        """The units to weigh line by line: all that are no passages, and the best that are."""
        pairs = zip(numbers, weights, strict=True)
        if len(numbers) <= WEIGHED:
            return list(pairs)
        others = list(islice(pairs, min(WEIGHED, bisect_left(numbers, self.units.front))))
        return others + nlargest(WEIGHED, pairs, key=itemgetter(1))

    def _weights(self, numbers: Sequence[int]) -> list[float]:
        """BM25: how rare each word is, by how much of the unit it makes up."""
        total = [0.0] * len(numbers)
        for want in self.wants:
            if want.weights:
                rarity, weights = want.rarity, self._of(want, numbers)
                total = [sum + rarity * w for sum, w in zip(total, weights, strict=True)]
        return total

    def _of(self, want: Want, numbers: Sequence[int]) -> Iterable[float]:
        """The weights of a want in these units, by whichever way is shorter."""
        have, weights, end = want.numbers, want.weights, len(want.numbers)
        if len(numbers) == end and not self.partial:
            return weights
        if 16 * len(numbers) > end:
            known = dict(zip(have, weights, strict=True))
            return [known.get(number, 0.0) for number in numbers]
        places = zip(numbers, (bisect_left(have, number) for number in numbers), strict=True)
        return [weights[at] if at < end and have[at] == number else 0.0 for number, at in places]

    def _weighed(self, pairs: Iterable[tuple[int, float]]) -> list[Match]:
        pairs = list(pairs)
        lines = self.ranking.index.lines([number for number, _ in pairs])
        return [
            self._weigh(number, weight, text.split("\n"))
            for (number, weight), text in zip(pairs, lines, strict=True)
        ]

    def _weigh(self, number: int, weight: float, lines: list[str]) -> Match:
        value = [self._value(line) for line in lines]
        missing: tuple[str, ...] = ()
        if self.partial:
            text = "\n".join(lines)
            missing = tuple(want.label for want in self.textual if not want.has(text))
        weight = weight / self.total + max(value)
        if number < self.units.front:
            tier, part = self._tier(number, lines), value.index(max(value))
            return Match(number, tier, 0.6 * weight, part, missing=missing)
        unit = self.units.all[number]
        part = self._claim(unit, lines, value) if unit.claims else 0
        tier = 1 if self.named and not self.named.isdisjoint(unit.people) else 0
        whole = part > 0 and self._outside(lines[part], lines[0])
        return Match(number, tier, weight, part, whole, missing)

    def _value(self, line: str) -> float:
        """How much of what is wanted a line has, and how many of the words as they were typed."""
        worth = beside = 0.0
        for needle, rarity in self.simple:
            if needle in line:
                worth += rarity
        for want in self.others:
            if want.has(line):
                worth += want.rarity
        for pair in self.pairs:
            if pair in line:
                beside += 1
        return worth / self.total + beside / (len(self.pairs) or 1)

    def _outside(self, claim: str, passage: str) -> bool:
        """Whether the passage has something wanted that its claim has not."""
        return any(want.has(passage) and not want.has(claim) for want in self.textual)

    def _claim(self, unit: Unit, lines: list[str], value: list[float]) -> int:
        """The part that stands for a passage: the claim that has most, in the fewest words."""
        return max(
            range(1, len(lines)),
            key=lambda part: (
                value[part],
                unit.claims[part - 1].voice == "direct",
                -len(lines[part]),
            ),
        )

    def _tier(self, number: int, lines: Sequence[str]) -> int:
        """3 for a person named; 2 for one described, or a title, in the very words; or 0."""
        record = self.units.all[number].record
        if isinstance(record, Person) and record.id in self.named:
            return 3
        if not self.textual or not all(w.has(lines[0]) for w in self.textual):
            return 0
        if isinstance(record, Person):
            return 2 if self.few else 0
        return 2 if 2 * len(self.textual) >= self.ranking.title_words[number] else 0
