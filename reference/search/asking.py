"""Asking: a query's clauses -> what is wanted -> the entries that have it all, or else most."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise
from math import log

from reference.search import dates
from reference.search.addresses import Addresses
from reference.search.entries import OURS, PROSE, Entry, Kind
from reference.search.facets import Facets, Places, names_of_values
from reference.search.index import Index, Scores
from reference.search.query import Clause, Term, parse, years
from reference.search.wording import Wording, is_part
from reference.search.words import LEFT_OUT, WORD, Run, Word, fold

ENOUGH = 0.6
"""Of the best partial match's worth, what another must have to be found beside it."""
COMMON = 0.12
"""Of what articles say, how much may have a word that is still found alone: "GPs" is in a third."""
LITTLE = 0.3
"""Of how much the best disagreement is about what is asked, what another must be."""
MOST_WORDS = 40
"""Words that are looked for: the rarest; and words of a run side by side."""
MOST_CLAUSES = 30
"""Phrases, fields and alternatives of a query that are looked for; loose words are not of them."""
MOST_READ = 120
"""Words that are read of a query at all."""
MOST_PIECES = 6
"""Pieces of a phrase between gaps."""
MOST_BESIDE_A_DATE = 3
"""Telling words beside a date that is asked for; where there are more, it is in a sentence."""
MOST_PARTED = 6
"""Words of a query that are tried as two."""
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


def either_of(wants: Sequence[Want]) -> Want:
    """Return what is wanted where one of several will do."""
    if len(wants) == 1:
        return wants[0]
    scores: dict[int, float] = defaultdict(float)
    runs: tuple[Run, ...] = ()
    nowhere: tuple[str, ...] = ()
    for want in wants:
        for place, score in want.scores.items():
            scores[place] += score
        runs += want.runs
        nowhere += want.nowhere
    label = " or ".join(want.label for want in wants)
    return Want(label, scores, runs, nowhere=nowhere)


@dataclass(frozen=True, slots=True)
class Question:
    """A query as read.

    `required` must hold and `excluded` may not; `wishes` are loose words, of which the best matches
    have most. `units` are those words in order, with the little ones. `people` are people and
    groups asked for. `first` are entries that are asked for themselves: those of a date, and terms
    whose meaning is asked. `asks_for_disagreements`: who is against whom.
    """

    required: list[Want]
    excluded: Places
    units: list[Word]
    wishes: list[Want]
    people: Mapping[str, Named]
    first: Places
    asks_for_disagreements: bool

    @property
    def wants(self) -> list[Want]:
        return [*self.required, *self.wishes]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query looked up: the entries that were `found`, and how many have the `whole` of it.

    `people` are people and groups that it names. `near` are scores of words that stand side by
    side. `first` are the entries that are asked for themselves, and how well each fits. `alone`:
    all that was asked is one word.
    """

    found: Places = NOWHERE
    whole: int = 0
    wants: tuple[Want, ...] = ()
    people: Mapping[str, Named] = field(default_factory=dict)
    near: tuple[Scores, ...] = ()
    first: Scores = field(default_factory=dict)
    alone: bool = False

    def scores(self, places: Places) -> dict[int, float]:
        """Return how well each of some entries fits."""
        total = dict.fromkeys(places, 0.0)
        of_wants = [want.scores for want in self.wants]
        for scores in (*of_wants, *self.near, self.first):
            for place in places & scores.keys():
                total[place] += scores[place]
        return total

    def missing_of(self, place: int) -> int:
        """Return how many wants an entry has not; those that are everywhere do not count."""
        return sum(place not in want.scores and not want.everywhere for want in self.wants)

    def borrowed_of(self, place: int) -> int:
        """Return how many wants an entry has only in other words."""
        return sum(place in want.borrowed for want in self.wants)

    @property
    def nowhere(self) -> tuple[str, ...]:
        """The parts of the query, as typed, that nothing has."""
        nowhere: list[str] = []
        for want in self.wants:
            nowhere += want.nowhere
        return tuple(nowhere)

    @property
    def other_words(self) -> tuple[tuple[str, str], ...]:
        """What is found for words as typed in other words: `("bad", "junk")`."""
        pairs = []
        for want in self.wants:
            if self.found & want.borrowed:
                others = [" ".join(word.text for word in run) for run in want.other_runs]
                pairs.append((want.label, ", ".join(others)))
        return tuple(pairs)

    def missing(self, place: int) -> tuple[str, ...]:
        """Return what is wanted that an entry has not, as typed."""
        if place in self.first:
            return self.nowhere
        return tuple(want.label for want in self.wants if place not in want.scores)


class Asking:
    """Reads queries and looks them up in one index."""

    def __init__(
        self,
        entries: Sequence[Entry],
        wording: Wording,
        index: Index,
        facets: Facets,
        addresses: Addresses,
    ) -> None:
        self._entries = entries
        self._wording = wording
        self._index = index
        self._facets = facets
        self._addresses = addresses
        self.values: dict[str, dict[str, frozenset[str]]] = {}
        """Facet -> its values -> the terms that each may be named by."""
        for facet, names in names_of_values(entries).items():
            self.values[facet] = {
                value: wording.every_term(*called) for value, called in names.items()
            }
        self._every = frozenset(range(len(entries)))
        self._of_articles = self._every - facets.having("kind", OURS)
        self._answers = self._every - facets.having("kind", PROSE)
        self._people = self._by_id("person")
        self._all_disagreements = self._by_id("disagreement")
        self._titles_of_terms: dict[frozenset[str], Places] = defaultdict(frozenset)
        for place in self._by_id("term").values():
            self._titles_of_terms[wording.telling(entries[place].title)] |= {place}
        self._claims_of = self._find_claims()

    def ask(self, text: str, narrowed: bool = False) -> Asked:
        """Read a query and look it up.

        One that asks for nothing finds everything if it is to be `narrowed`, else nothing. Raises
        QueryError if it cannot be answered.
        """
        place = self._addresses.find(text)
        if place is not None:
            return Asked(frozenset({place}), whole=1, first={place: 0.0})
        clauses = parse(text)
        if not clauses:
            return Asked(self._every if narrowed else NOWHERE)
        question = self._read(clauses)
        found, is_whole = self._find(question)
        first = dict.fromkeys(question.first - question.excluded, 0.0)
        if question.asks_for_disagreements:
            first.update(self._disagreements(question))
        found = self._without_passages_of_claims(found.union(first))
        return Asked(
            found=found,
            whole=len(found) if is_whole else 0,
            wants=tuple(question.wants),
            people=question.people,
            near=self._near(question.units),
            first=first,
            alone=_is_one_word(question.units) and not question.required,
        )

    # What is asked

    def _read(self, clauses: Sequence[Clause]) -> Question:
        required: list[Want] = []
        excluding: list[Want] = []
        loose: list[str] = []
        for clause in clauses:
            term = clause.terms[0]
            if not (clause.negated or len(clause.terms) > 1 or term.phrase or term.field):
                loose.append(term.text)
            elif len(required) + len(excluding) == MOST_CLAUSES:
                continue
            elif clause.negated:
                excluding.append(self._want(term))
            else:
                wants = [self._want(term) for term in clause.terms[:MOST_CLAUSES]]
                required.append(either_of(wants))
        excluded: set[int] = set()
        for want in excluding:
            excluded.update(want.scores)
        text = " ".join(loose)
        first = NOWHERE
        period = self._date_asked(text)
        if period:
            dated = self._dated(period)
            text = text.replace(period.words, " ")
            required.append(Want(period.words, dict.fromkeys(dated, 0.0)))
            first = dated & self._facets.having("kind", ("article", "event"))
        units = self._wording.units(self._parted(text))[:MOST_READ]
        english = self._wording.english
        opposing = any(fold(unit.text) in english.opposing for unit in units)
        telling = self._telling(units)
        if not telling and not required and not opposing:
            telling = units
        wishes = self._wishes(telling)
        listed = any(fold(unit.text) in english.listing for unit in units)
        people = self._named([*required, *wishes], listed)
        if not required:
            wishes = self._joined_names(wishes, people)
        wishes.sort(key=lambda wish: len(wish.scores))
        return Question(
            required=required,
            excluded=frozenset(excluded),
            units=units,
            wishes=wishes[:MOST_WORDS],
            people=people,
            first=first | self._term_explained(units, telling),
            asks_for_disagreements=opposing,
        )

    def _want(self, term: Term) -> Want:
        """Return what a term of a query asks for. Raises QueryError for a year that is none."""
        if term.field is None:
            return self._want_runs(term.text, self._pieces(term.text))
        label = f"{term.field}:{term.text}"
        places = self._facets.having(term.field, self._values_named(term))
        return Want(label, dict.fromkeys(places, 0.0), nowhere=() if places else (label,))

    def _pieces(self, phrase: str) -> list[Run]:
        """Return the runs of words of a phrase between its gaps, each once.

        Of several, those that say something: "the" is before anything.
        """
        pieces: dict[tuple[str, ...], Run] = {}
        for piece in LEFT_OUT.split(self._parted(phrase)):
            for run in _cut(self._wording.units(piece)[:MOST_READ]):
                pieces.setdefault(tuple(word.term for word in run), run)
        runs = list(pieces.values())
        telling = [run for run in runs if any(self._wording.tells(word.text) for word in run)]
        return (telling or runs[:1])[:MOST_PIECES]

    def _values_named(self, term: Term) -> list[str]:
        """Return the values of a field that a reader may mean: `person:"Dr Buckman"`."""
        if term.field is None:
            return []
        if term.field == "year":
            return [str(year) for year in years(term.text)]
        known = self.values[term.field]
        if term.text in known:
            return [term.text]
        units = self._wording.units(term.text)
        terms = {unit.term for unit in self._telling(units)}
        return [value for value, words in known.items() if terms and words.issuperset(terms)]

    def _want_runs(self, label: str, runs: Sequence[Run]) -> Want:
        """Return the want of runs of words one after the other."""
        scores = self._having_known(runs)
        return Want(label, scores, tuple(runs), nowhere=() if scores else (label,))

    def _having_known(self, runs: Sequence[Run]) -> Scores:
        """Return the entries that have runs of words.

        Long runs cost the more the oftener their words are: none is looked for unless each word of
        it is somewhere, and each two of them side by side in one entry.
        """
        for run in runs:
            if any(word.term not in self._wording.terms for word in run):
                return {}
            if len(run) > 2 and not self._entries_with_pairs(run):
                return {}
        return self._index.having(runs)

    def _entries_with_pairs(self, run: Run) -> Places:
        """Return the entries that have each pair of words that stand side by side in a run."""
        places = self._every
        for pair in {(one.term, other.term): (one, other) for one, other in pairwise(run)}.values():
            places = places.intersection(self._index.having([pair]))
            if not places:
                break
        return places

    def _wishes(self, telling: Sequence[Word]) -> list[Want]:
        """Return what loose words ask for, each once; with what the library calls it otherwise."""
        wishes: dict[tuple[str, ...], Want] = {}
        at = 0
        while at < len(telling):
            words = self._longest_with_other_words(telling[at:])
            at += len(words)
            terms = tuple(word.term for word in words)
            if terms not in wishes:
                wishes[terms] = self._wish(words)
        return list(wishes.values())

    def _longest_with_other_words(self, words: Sequence[Word]) -> Sequence[Word]:
        """Return the first words for which the library has others, else the first word."""
        for length in (4, 3, 2):
            if tuple(word.term for word in words[:length]) in self._wording.also:
                return words[:length]
        return words[:1]

    def _wish(self, words: Sequence[Word]) -> Want:
        """Return the want of words, in any order, or of other words for the same."""
        label = " ".join(word.text for word in words)
        first, *others = [self._having_known([(word,)]) for word in words]
        scores = dict(first)
        for other in others:
            scores = {place: scores[place] + other[place] for place in scores.keys() & other.keys()}
        own = frozenset(scores)
        other_runs = self._wording.also.get(tuple(word.term for word in words), ())
        for run in other_runs:
            for place, score in self._index.having([run]).items():
                if place not in own:
                    scores[place] = max(score, scores.get(place, 0.0))
        return Want(
            label=label,
            scores=scores,
            runs=tuple((word,) for word in words),
            other_runs=other_runs,
            borrowed=frozenset(scores) - own,
            nowhere=() if scores else (label,),
            everywhere=len(self._of_articles.intersection(own)) > COMMON * len(self._of_articles),
        )

    def _telling(self, units: Sequence[Word]) -> list[Word]:
        """Return the words that say something: not the little ones, nor a title before a name, nor,
        in a question, those that only ask.
        """
        english = self._wording.english
        is_question = bool(units) and fold(units[0].text) in english.questions
        telling = []
        for at, unit in enumerate(units):
            only_asks = is_question and fold(unit.text) in english.asking
            if not only_asks and self._wording.tells(unit.text) and not self._is_title(units[at:]):
                telling.append(unit)
        return telling

    def _is_title(self, units: Sequence[Word]) -> bool:
        """Whether the first of some words is a title before a name, with initials between."""
        if units[0].term not in self._wording.titles:
            return False
        for following in units[1:]:
            if following.term in self._wording.names:
                return True
            if len(following.text) > 1 and following.term not in self._wording.titles:
                return False
        return False

    def _parted(self, text: str) -> str:
        """Return a text in which a word that is nowhere is two that stand side by side somewhere:
        "whitepaper" is "white paper".
        """
        tried = 0
        parted = text
        for word in WORD.findall(text):
            folded = fold(word)
            if folded in self._wording.written or not 6 <= len(folded) <= 30:
                continue
            tried += 1
            if tried > MOST_PARTED:
                break
            for cut in range(3, len(folded) - 2):
                one, other = folded[:cut], folded[cut:]
                if self._stand_together(one, other):
                    parted = parted.replace(word, f"{one} {other}")
                    break
        return parted

    def _stand_together(self, one: str, other: str) -> bool:
        written, little = self._wording.written, self._wording.english.little
        if one not in written or other not in written:
            return False
        if not is_part(one, little) or not is_part(other, little):
            return False
        return bool(self._index.having([tuple(self._wording.units(f"{one} {other}"))]))

    def _date_asked(self, text: str) -> dates.Period | None:
        """Return the date that a query asks for, with few words beside it; None if nothing here is
        of that date.
        """
        period = dates.find(text)
        if period is None or not self._dated(period):
            return None
        beside = self._telling(self._wording.units(text.replace(period.words, " ")))
        return period if len(beside) <= MOST_BESIDE_A_DATE else None

    def _dated(self, period: dates.Period) -> Places:
        """Return the entries of exactly a period, or else those in it or around it."""
        exact: set[int] = set()
        near: set[int] = set()
        for place, entry in enumerate(self._entries):
            if entry.dated and period.is_exactly(entry.dated):
                exact.add(place)
            elif entry.dated and period.holds(entry.dated):
                near.add(place)
        return frozenset(exact or near)

    def _term_explained(self, units: Sequence[Word], telling: Sequence[Word]) -> Places:
        """Return the term of the glossary whose meaning is asked: "what does PEC mean"."""
        explaining = self._wording.english.explaining
        if not any(fold(unit.text) in explaining for unit in units):
            return NOWHERE
        return self._titles_of_terms.get(frozenset(unit.term for unit in telling), NOWHERE)

    # Who is asked for

    def _named(self, wants: Sequence[Want], listed: bool) -> dict[str, Named]:
        """Return the people and groups that a query asks for, and what it names them by.

        `listed`: it has a word that stands between the names of people any of whom is asked for.
        """
        terms = self._terms_beside_names(wants)
        if not terms:
            return {}
        surnames = self._wording.surnames
        by_surname = [who for who, names in surnames.items() if names.intersection(terms)]
        if self._wording.names.issuperset(terms):  # nothing but names: first names count, too
            return self._named_by_any_name(terms, by_surname)
        named = dict.fromkeys(by_surname, Named.SURNAME)
        if listed and len(by_surname) > 1 and 2 * len(by_surname) >= len(wants):
            return named  # "Smith and Mays on commissioning"
        by_last_word = [who for who, names in surnames.items() if terms[-1] in names]
        if len(wants) == 2 and by_last_word == by_surname:
            return named  # "Bob Buckman"
        groups = self.values["person"].keys() - self._people
        terms_of = self.values["person"]
        return {who: Named.SURNAME for who in groups if terms_of[who].issuperset(terms)}

    def _named_by_any_name(self, terms: Sequence[str], by_surname: list[str]) -> dict[str, Named]:
        """Return who is named where all that is wanted are names. A first name beside the surname
        of somebody who bears it is nobody else's.
        """
        known = self.values["person"]
        free = set(terms).difference(*(known[who] for who in by_surname))
        named = {who: Named.FIRST_NAME for who in self._people if known[who] & free}
        named.update(dict.fromkeys(by_surname, Named.SURNAME))
        return named

    def _terms_beside_names(self, wants: Sequence[Want]) -> list[str]:
        """Return the terms wanted that stand somewhere beside a name that is wanted; all that stand
        anywhere if no name does.
        """
        having_name: set[int] = set()
        for want in wants:
            if self._is_of_name(want):
                having_name.update(self._of_articles & want.scores.keys())
        beside = having_name or self._every
        terms: list[str] = []
        for want in wants:
            if not beside.isdisjoint(want.scores):
                terms += want.terms
        return terms

    def _is_of_name(self, want: Want) -> bool:
        return not self._wording.names.isdisjoint(want.terms)

    def _joined_names(self, wishes: list[Want], people: Mapping[str, Named]) -> list[Want]:
        """Return wishes in which the names of several people are one wish: any of them will do."""
        if len(self._people.keys() & people) < 2:
            return wishes
        names = [wish for wish in wishes if self._is_of_name(wish)]
        others = [wish for wish in wishes if not self._is_of_name(wish)]
        return [either_of(names), *others]

    # What is found

    def _find(self, question: Question) -> tuple[Places, bool]:
        """Return the entries that have all that is asked, and True; else the best, and False."""
        allowed = self._every - question.excluded
        among = _having_all(question.required, allowed)
        if not among and len(question.wants) > 1:
            return self._best_of(question.wants, allowed), False
        people = self._people.keys() & question.people
        found = _having_all(question.wishes, among)
        if len(people) > 1:
            found |= among.intersection(self._people[who] for who in people)
        if not question.wishes or found & self._answers:
            return found, bool(found)
        if any(want.runs for want in question.required):  # a phrase, though the rest is missing
            return among, False
        wishes = question.wishes
        if people:  # what is said by or of somebody, though the rest is missing
            wishes = [wish for wish in wishes if self._is_of_name(wish)]
        return self._best_of(wishes, among), False

    def _best_of(self, wants: Sequence[Want], among: Places) -> Places:
        """Return those with most of the wants' worth, that is of how rare they are.

        None has only words that are everywhere, if others are wanted. A claim with less than its
        whole passage has gives way to it.
        """
        worth: dict[int, float] = defaultdict(float)
        telling: set[int] = set()
        for want in wants:
            having = among.intersection(want.scores)
            value = _worth(want, len(self._every))
            for place in having:
                worth[place] += value
            if not want.everywhere:
                telling.update(having)
        if all(want.everywhere for want in wants):
            telling.update(worth)
        best = max((worth[place] for place in telling & self._answers), default=0.0)
        found = {place for place in telling if worth[place] >= ENOUGH * best}
        for passage in found & self._claims_of.keys():
            lesser = [claim for claim in self._claims_of[passage] if worth[claim] < worth[passage]]
            found.difference_update(lesser)
        return frozenset(found)

    def _disagreements(self, question: Question) -> dict[int, float]:
        """Return the disagreements about what is asked, and how much of each is about it.

        The matter has what is wished for, or some of the claims on its sides. If nothing is asked
        but who disagrees, all of them.
        """
        about: dict[int, float] = {}
        for place in self._all_disagreements.values():
            claims = self._claims_of[place]
            entries = claims | {place}
            has_required = all(entries & want.scores.keys() for want in question.required)
            if place in question.excluded or not has_required:
                continue
            about[place] = 0.0
            for wish in question.wishes:
                share = len(claims & wish.scores.keys()) / len(claims)
                in_matter = place in wish.scores
                about[place] += _worth(wish, len(self._every)) * (share + in_matter)
        best = max(about.values(), default=0.0)
        if question.wishes and not best:
            return {}
        return {place: worth for place, worth in about.items() if worth >= LITTLE * best}

    def _without_passages_of_claims(self, found: Places) -> Places:
        passages = found.intersection(self._claims_of) - self._facets.having("kind", OURS)
        return found - {place for place in passages if found & self._claims_of[place]}

    def _near(self, units: Sequence[Word]) -> tuple[Scores, ...]:
        """Return the scores of words side by side: pairs of which one tells, and the whole run."""
        pairs = [pair for pair in pairwise(units) if any(self._wording.tells(w.text) for w in pair)]
        runs: list[Run] = list(pairs[:MOST_WORDS])
        if len(units) > 2:
            runs.append(tuple(units[:MOST_WORDS]))
        return tuple(self._having_known([run]) for run in runs)

    # Which entries there are

    def _by_id(self, kind: Kind) -> dict[str, int]:
        """Return id -> number of the entries of a kind whose ids are their own."""
        places = sorted(self._facets.having("kind", (kind,)))
        return {self._entries[place].id: place for place in places}

    def _find_claims(self) -> dict[int, Places]:
        """Return the number of each passage and disagreement -> the numbers of its claims."""
        claims = self._by_id("claim")
        having = self._facets.having("kind", ("passage", "disagreement"))
        of: dict[int, Places] = defaultdict(frozenset)
        for place in having:
            of[place] = frozenset(claims[claim] for claim in self._entries[place].claims)
        return dict(of)


def _worth(want: Want, entries: int) -> float:
    """Return what it is worth to have something: the more, the rarer it is."""
    return log(1 + entries / (len(want.scores) + 0.5))


def _having_all(wants: Iterable[Want], among: Places) -> Places:
    return among.intersection(*(want.scores for want in wants))


def _is_one_word(units: Sequence[Word]) -> bool:
    return len(units) == 1 and " " not in units[0].text


def _cut(units: Sequence[Word]) -> list[Run]:
    """Return words as runs that are no longer than any is looked for."""
    starts = range(0, len(units), MOST_WORDS)
    return [tuple(units[start : start + MOST_WORDS]) for start in starts]
