"""What a query wants: words, phrases and fields, each with the entries that have it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from math import log

from reference.search.facets import Places
from reference.search.index import Scores
from reference.search.words import Run, Word

NOWHERE: Places = frozenset()


class Named(IntEnum):
    """What somebody is named by."""

    FIRST_NAME = 1
    SURNAME = 2


@dataclass(frozen=True, slots=True)
class Want:
    """Something wanted, and the entries that have it.

    `label` is it as typed; `scores` say how well each entry that has it fits. `runs` are the words
    that say it, `other_runs` words for the same that the library adds, and `borrowed` the entries
    that have only those. `nowhere` are the parts of it, as typed, that nothing has. What so many
    have that it tells nothing alone is `everywhere`.
    """

    label: str
    scores: Scores
    runs: tuple[Run, ...] = ()
    other_runs: tuple[Run, ...] = ()
    borrowed: Places = NOWHERE
    nowhere: tuple[str, ...] = ()
    everywhere: bool = False

    @property
    def terms(self) -> list[str]:
        """The terms that say it, in order."""
        terms: list[str] = []
        for run in self.runs:
            terms += [word.term for word in run]
        return terms

    def worth(self, entries: int) -> float:
        """Return what it is worth to have it, of so many entries: the more, the rarer it is."""
        return log(1 + entries / (len(self.scores) + 0.5))


def either_of(wants: Sequence[Want]) -> Want:
    """Return what is wanted where one of several will do."""
    if len(wants) == 1:
        return wants[0]
    labels: list[str] = []
    runs: list[Run] = []
    nowhere: list[str] = []
    for want in wants:
        labels.append(want.label)
        runs += want.runs
        nowhere += want.nowhere
    return Want(
        label=" or ".join(labels),
        scores=_added_scores(wants),
        runs=tuple(runs),
        nowhere=tuple(nowhere),
    )


def _added_scores(wants: Iterable[Want]) -> Scores:
    """Return the entries that have one of some wants, and the sum of their scores."""
    total: dict[int, float] = defaultdict(float)
    for want in wants:
        for place, score in want.scores.items():
            total[place] += score
    return total


def having_all(wants: Iterable[Want], among: Places) -> Places:
    """Return those of some entries that have all that is wanted."""
    for want in wants:
        among = among.intersection(want.scores)
    return among


def having_any(wants: Iterable[Want], among: Places) -> Places:
    """Return those of some entries that have something that is wanted."""
    having: set[int] = set()
    for want in wants:
        having.update(among.intersection(want.scores))
    return frozenset(having)


@dataclass(frozen=True, slots=True)
class Question:
    """A query as read.

    `required` must hold and `excluded` may not; `wishes` are loose words, of which the best matches
    have most. `units` are those words in order, with the little ones. `people` are people and
    groups asked for. `first` are entries that are asked for themselves: those of a date, and terms
    whose meaning is asked. `asks_for_disagreements`: who is against whom.
    """

    required: Sequence[Want]
    excluded: Places
    units: Sequence[Word]
    wishes: Sequence[Want]
    people: Mapping[str, Named]
    first: Places
    asks_for_disagreements: bool

    @property
    def wants(self) -> list[Want]:
        return [*self.required, *self.wishes]

    @property
    def has_phrase(self) -> bool:
        """Whether words are required, and not only fields."""
        return any(want.runs for want in self.required)

    @property
    def is_one_word(self) -> bool:
        """Whether it is one word, and no more."""
        if self.required or len(self.units) != 1:
            return False
        return " " not in self.units[0].text
