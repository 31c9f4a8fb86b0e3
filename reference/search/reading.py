"""Reading: the clauses of a query -> a question: what is required, wished for, and who is named."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from reference.search import dates
from reference.search.entries import Kind
from reference.search.facets import Places
from reference.search.index import Scores
from reference.search.lookup import Lookup, cut
from reference.search.naming import Naming
from reference.search.query import Clause, Term, years
from reference.search.stock import Stock
from reference.search.wants import NOWHERE, Question, Want, either_of
from reference.search.wording import Wording
from reference.search.words import LEFT_OUT, Run, Word, fold, terms_of

COMMON = 0.12
"""Of what articles say, how much may have a word that is still found alone: "GPs" is in a third."""
MOST_CLAUSES = 30
"""Phrases, fields and alternatives of a query that are looked for; loose words are not of them."""
MOST_WISHES = 40
"""Loose words that are looked for: the rarest."""
MOST_READ = 120
"""Words that are read of a query at all."""
MOST_PIECES = 6
"""Pieces of a phrase between gaps."""
MOST_BESIDE_A_DATE = 3
"""Telling words beside a date that is asked for; where there are more, it is in a sentence."""
ASKED_BY_DATE: tuple[Kind, ...] = ("article", "event")
"""What a date asks for itself; of all else that is of that date, it is only a mark."""
MOST_TOGETHER = 4
"""Plain words that together have other words: "trust each other"."""


class _Parts(NamedTuple):
    """The clauses of a query, sorted.

    `loose` are the words that are only wished for; `first` are entries asked for themselves.
    """

    required: list[Want]
    excluded: set[int]
    loose: str
    first: Places = NOWHERE


class _Dated(NamedTuple):
    """The words of a date that is asked for, the entries of that date, and those of them that it
    asks for itself.
    """

    words: str
    places: Places
    first: Places


class Reading:
    """Reads clauses."""

    def __init__(
        self, stock: Stock, wording: Wording, lookup: Lookup, naming: Naming
    ) -> None:
        self._stock = stock
        self._wording = wording
        self._english = wording.english
        self._lookup = lookup
        self._naming = naming
        self._terms_by_title: dict[frozenset[str], set[int]] = defaultdict(set)
        for place in stock.by_id("term").values():
            title = wording.telling(stock.entries[place].title)
            self._terms_by_title[title].add(place)

    def read(self, clauses: Sequence[Clause]) -> Question:
        """Return the question that clauses ask. Raises QueryError for a year that is none."""
        parts = self._with_date(self._sort(clauses))
        required = parts.required
        parted = self._lookup.parted(parts.loose)
        units = self._wording.units(parted)[:MOST_READ]
        is_about_disagreement = self._has_one_of(units, self._english.opposing)
        telling = self._telling(units)
        if not (telling or required or is_about_disagreement):
            telling = units
        wishes = self._wishes(telling)
        is_list = self._has_one_of(units, self._english.listing)
        people = self._naming.named([*required, *wishes], is_list)
        if not required:
            wishes = self._naming.joined(wishes, people)
        explained = self._terms_explained(units, telling)
        return Question(
            required=required,
            excluded=frozenset(parts.excluded),
            units=units,
            wishes=_rarest(wishes),
            people=people,
            first=parts.first | explained,
            asks_for_disagreements=is_about_disagreement,
        )

    def _sort(self, clauses: Sequence[Clause]) -> _Parts:
        parts = _Parts([], set(), "")
        loose: list[str] = []
        looked_for = 0
        for clause in clauses:
            if _is_loose(clause):
                loose.append(clause.terms[0].text)
                continue
            looked_for += 1
            if looked_for > MOST_CLAUSES:
                continue
            terms = clause.terms[:MOST_CLAUSES]
            want = either_of([self._want(term) for term in terms])
            if clause.negated:
                parts.excluded.update(want.scores)
            else:
                parts.required.append(want)
        return parts._replace(loose=" ".join(loose))

    def _with_date(self, parts: _Parts) -> _Parts:
        """Return parts in which a date among the loose words, if it is asked for, is required."""
        dated = self._date_asked(parts.loose)
        if not dated:
            return parts
        scores = dict.fromkeys(dated.places, 0.0)
        want = Want(dated.words, scores)
        return parts._replace(
            required=[*parts.required, want],
            loose=parts.loose.replace(dated.words, " "),
            first=dated.first,
        )

    # Phrases and fields

    def _want(self, term: Term) -> Want:
        """Return what a phrase or a field asks for."""
        if term.field is None:
            pieces = self._pieces(term.text)
            scores = self._lookup.runs(pieces)
            nowhere = _label_if_nowhere(scores, term.text)
            return Want(term.text, scores, tuple(pieces), nowhere=nowhere)
        label = f"{term.field}:{term.text}"
        values = self._values_named(term)
        places = self._stock.facets.having(term.field, values)
        scores = dict.fromkeys(places, 0.0)
        return Want(label, scores, nowhere=_label_if_nowhere(scores, label))

    def _pieces(self, phrase: str) -> list[Run]:
        """Return the runs of words of a phrase that are looked for.

        Of several, those that say something: "the" is before anything.
        """
        runs = self._runs_between_gaps(phrase)
        telling = [run for run in runs if self._wording.any_tells(run)]
        wanted = telling or runs[:1]
        return wanted[:MOST_PIECES]

    def _runs_between_gaps(self, phrase: str) -> list[Run]:
        """Return the runs of words of a phrase between its gaps, each once."""
        parted = self._lookup.parted(phrase)
        runs: dict[tuple[str, ...], Run] = {}
        for piece in LEFT_OUT.split(parted):
            units = self._wording.units(piece)[:MOST_READ]
            for run in cut(units):
                runs.setdefault(terms_of(run), run)
        return list(runs.values())

    def _values_named(self, term: Term) -> list[str]:
        """Return the values of a field that a reader may mean: `person:"Dr Buckman"`."""
        if term.field == "year":
            return [str(year) for year in years(term.text)]
        known = self._stock.values[term.field or ""]
        if term.text in known:
            return [term.text]
        terms = terms_of(self._telling(self._wording.units(term.text)))
        return [
            value
            for value, named in known.items()
            if terms and named.issuperset(terms)
        ]

    # Loose words

    def _wishes(self, telling: Sequence[Word]) -> list[Want]:
        """Return what loose words ask for, each once; with what the library calls it otherwise."""
        wishes: dict[tuple[str, ...], Want] = {}
        words_left = telling
        while words_left:
            words = self._words_together(words_left)
            words_left = words_left[len(words) :]
            terms = terms_of(words)
            if terms not in wishes:
                wishes[terms] = self._wish(words)
        return list(wishes.values())

    def _words_together(self, words: Sequence[Word]) -> Sequence[Word]:
        """Return the first words for which the library has others, else the first word."""
        for length in range(MOST_TOGETHER, 1, -1):
            if terms_of(words[:length]) in self._wording.also:
                return words[:length]
        return words[:1]

    def _wish(self, words: Sequence[Word]) -> Want:
        """Return the want of words, in any order, or of other words for the same."""
        label = " ".join(word.text for word in words)
        other_runs = self._wording.also.get(terms_of(words), [])
        having_typed = self._having_each(words)
        having_other = self._having_one(other_runs)
        scores = {**having_other, **having_typed}
        return Want(
            label=label,
            scores=scores,
            runs=tuple((word,) for word in words),
            other_runs=tuple(other_runs),
            borrowed=frozenset(having_other.keys() - having_typed.keys()),
            nowhere=_label_if_nowhere(scores, label),
            everywhere=self._is_everywhere(having_typed),
        )

    def _is_everywhere(self, scores: Scores) -> bool:
        """Whether so much of what articles say has a word that it tells nothing alone."""
        having = self._stock.of_articles.intersection(scores)
        return len(having) > COMMON * len(self._stock.of_articles)

    def _having_one(self, runs: Sequence[Run]) -> dict[int, float]:
        """Return the entries that have one of some runs of words, and their best scores."""
        best: dict[int, float] = {}
        for run in runs:
            scores = self._lookup.runs([run])
            for place, score in scores.items():
                known = best.get(place, 0.0)
                best[place] = max(score, known)
        return best

    def _having_each(self, words: Sequence[Word]) -> dict[int, float]:
        """Return the entries that have each of some words, in any order."""
        first, *others = words
        total = dict(self._lookup.word(first))
        for word in others:
            scores = self._lookup.word(word)
            total = {
                place: total[place] + scores[place]
                for place in total.keys() & scores.keys()
            }
        return total

    def _telling(self, units: Sequence[Word]) -> list[Word]:
        """Return the words that say something.

        Little ones do not, nor a title before a name, nor, in a question, those that only ask.
        """
        is_question = self._has_one_of(units[:1], self._english.questions)
        telling = []
        for number, unit in enumerate(units):
            if not self._wording.tells(unit.text):
                continue
            if is_question and fold(unit.text) in self._english.asking:
                continue
            if self._begin_with_title(units[number:]):
                continue
            telling.append(unit)
        return telling

    def _begin_with_title(self, units: Sequence[Word]) -> bool:
        """Whether the first of some words is a title before a name, with initials between."""
        titles = self._wording.titles
        if units[0].term not in titles:
            return False
        for following in units[1:]:
            if following.term in self._wording.names:
                return True
            is_initial = len(following.text) == 1
            if not is_initial and following.term not in titles:
                return False
        return False

    def _has_one_of(
        self, units: Sequence[Word], listed: frozenset[str]
    ) -> bool:
        return any(fold(unit.text) in listed for unit in units)

    # What is asked for itself

    def _date_asked(self, text: str) -> _Dated | None:
        """Return the date that a query asks for, with few words beside it, and what is of it.

        None if nothing here is of that date.
        """
        asked = dates.find(text)
        places = self._places_of(asked) if asked else NOWHERE
        if not asked or not places:
            return None
        text_beside = text.replace(asked.words, " ")
        words_beside = self._telling(self._wording.units(text_beside))
        if len(words_beside) > MOST_BESIDE_A_DATE:
            return None
        asked_for_itself = self._stock.facets.having("kind", ASKED_BY_DATE)
        return _Dated(asked.words, places, places & asked_for_itself)

    def _places_of(self, asked: dates.DateAsked) -> Places:
        """Return the entries of exactly a date, or else those that may be of it."""
        exact: set[int] = set()
        possible: set[int] = set()
        for place, entry in enumerate(self._stock.entries):
            if not entry.dated:
                continue
            if asked.is_exactly(entry.dated):
                exact.add(place)
            elif asked.overlaps(entry.dated):
                possible.add(place)
        return frozenset(exact or possible)

    def _terms_explained(
        self, units: Sequence[Word], telling: Sequence[Word]
    ) -> Places:
        """Return the terms of the glossary whose meaning is asked: "what does PEC mean"."""
        if not self._has_one_of(units, self._english.explaining):
            return NOWHERE
        title = frozenset(terms_of(telling))
        return frozenset(self._terms_by_title.get(title, ()))


def _rarest(wishes: Iterable[Want]) -> Sequence[Want]:
    """Return the wishes that fewest entries have, those first."""
    ordered = sorted(wishes, key=lambda wish: len(wish.scores))
    return ordered[:MOST_WISHES]


def _is_loose(clause: Clause) -> bool:
    """Whether a clause is a word that is only wished for."""
    term = clause.terms[0]
    return len(clause.terms) == 1 and not (
        clause.negated or term.phrase or term.field
    )


def _label_if_nowhere(scores: Scores, label: str) -> tuple[str, ...]:
    """Return the label of what nothing has, so that it can be said; () if something has it."""
    return () if scores else (label,)
