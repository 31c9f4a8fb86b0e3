"""What a query wants: words, phrases and fields, each with the entries that have it."""

from collections import defaultdict
from collections.abc import Iterable, KeysView, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from math import log

from reference.search.facets import EntryNumbers
from reference.search.index import Scores
from reference.search.words import Run, Word

NO_ENTRIES: EntryNumbers = frozenset()


class Named(IntEnum):
    """What somebody is named by."""

    FIRST_NAME = 1
    SURNAME = 2


@dataclass(frozen=True, slots=True)
class Want:
    """A word, a phrase or a field that is wanted, and the entries that have it.

    `label` is it as typed; `scores` say how well each entry that has it fits. `runs` are the words
    that say it, `other_runs` words for the same that the library adds ("junk" for "bad"), and
    `by_other_words` the entries that have only those. `found_nowhere` are the parts of it, as
    typed, that no entry has. `is_common`: so many entries have it that it tells nothing alone.
    """

    label: str
    scores: Scores
    runs: tuple[Run, ...] = ()
    other_runs: tuple[Run, ...] = ()
    by_other_words: EntryNumbers = NO_ENTRIES
    found_nowhere: tuple[str, ...] = ()
    is_common: bool = False

    @property
    def entries(self) -> KeysView[int]:
        """The numbers of the entries that have it."""
        return self.scores.keys()

    @property
    def terms(self) -> list[str]:
        """The terms that say it, in order."""
        terms: list[str] = []
        for run in self.runs:
            terms += [word.term for word in run]
        return terms

    def rarity(self, entry_count: int) -> float:
        """Return the logarithm of how rare it is among so many entries.

        Of 100 entries, what two have is worth 3.7, and what 50 have 1.1.
        """
        return log(1 + entry_count / (len(self.scores) + 0.5))


def either_of(wants: Sequence[Want]) -> Want:
    """Return one want of several, which has every entry that any of these has.

    Its label is "Glasby or Buckman", and its scores are the sums of theirs.
    """
    if len(wants) == 1:
        return wants[0]
    runs: list[Run] = []
    found_nowhere: list[str] = []
    for want in wants:
        runs += want.runs
        found_nowhere += want.found_nowhere
    return Want(
        label=" or ".join(want.label for want in wants),
        scores=_added_scores(wants),
        runs=tuple(runs),
        found_nowhere=tuple(found_nowhere),
    )


def _added_scores(wants: Iterable[Want]) -> Scores:
    """Return the entries that have one of some wants, and the sum of their scores."""
    total: dict[int, float] = defaultdict(float)
    for want in wants:
        for number, score in want.scores.items():
            total[number] += score
    return total


def having_all(wants: Iterable[Want], among: EntryNumbers) -> EntryNumbers:
    """Return those of some entries that have all that is wanted."""
    for want in wants:
        among = among.intersection(want.scores)
    return among


def having_any(wants: Iterable[Want], among: EntryNumbers) -> EntryNumbers:
    """Return those of some entries that have something that is wanted."""
    having: set[int] = set()
    for want in wants:
        having.update(among.intersection(want.scores))
    return frozenset(having)


@dataclass(frozen=True, slots=True)
class Question:
    """A query as read.

    Entries must have what is `required` (phrases and fields), and nothing `excluded`; the best
    have most of the `wishes` (loose words). `words` are the loose words in order, with stop words.
    `people` are the people and groups named. `direct` are entries that are asked for themselves:
    those of a date, and terms whose meaning is asked. `asks_for_disagreements`: it asks who is
    against whom; `asks_when`: when something was.
    """

    required: Sequence[Want]
    excluded: EntryNumbers
    words: Sequence[Word]
    wishes: Sequence[Want]
    people: Mapping[str, Named]
    direct: EntryNumbers
    asks_for_disagreements: bool
    asks_when: bool

    @property
    def wants(self) -> list[Want]:
        return [*self.required, *self.wishes]

    @property
    def has_phrase(self) -> bool:
        """Whether words are required, and not only fields."""
        return any(want.runs for want in self.required)

    @property
    def is_one_word(self) -> bool:
        """Whether it is a single word; an abbreviation typed in full is several."""
        if self.required or len(self.words) != 1:
            return False
        return " " not in self.words[0].text
