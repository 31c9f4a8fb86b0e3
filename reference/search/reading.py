"""Reading: the clauses of a query -> a question: what is required, wished for, and who is named."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from reference.search import dates
from reference.search.entries import Facet, Kind
from reference.search.facets import EntryNumbers
from reference.search.index import Scores
from reference.search.lookup import Lookup, cut
from reference.search.naming import Naming
from reference.search.query import Clause, Term, years
from reference.search.stock import Stock
from reference.search.wants import NO_ENTRIES, Question, Want, either_of
from reference.search.wording import Wording
from reference.search.words import LEFT_OUT, Run, Word, fold, terms_of

COMMON = 0.12
"""Of what articles say, how much may have a word that is still found alone: "GPs" is in a third."""
MOST_CLAUSES = 30
"""Phrases, fields and alternatives of a query that are looked for; loose words are not of them."""
MOST_WISHES = 40
"""Loose words that are looked for: the rarest."""
MOST_READ = 60
"""Words that are read of a query at all."""
MOST_PIECES = 6
"""Pieces of a phrase between gaps."""
MOST_BESIDE_A_DATE = 3
"""Telling words beside a date that is asked for; where there are more, it is in a sentence."""
ASKED_BY_DATE: tuple[Kind, ...] = ("article", "event")
"""What a date asks for itself; of all else that is of that date, it is only a mark."""
WHEN = frozenset({"when"})
"""What a question begins with that asks for an event."""
MOST_TOGETHER = 4
"""Plain words that together have other words: "trust each other"."""


class _Parts(NamedTuple):
    """The clauses of a query, sorted.

    `loose` is the text of the words that are only wished for. `excluded` and `direct` are entries:
    those with what is negated, and those asked for themselves.
    """

    required: list[Want]
    excluded: EntryNumbers
    loose: str
    direct: EntryNumbers = NO_ENTRIES


class _Dated(NamedTuple):
    """A date that is asked for: its words as typed, the entries of that date, and those of these
    that it asks for themselves (`direct`).
    """

    words: str
    numbers: EntryNumbers
    direct: EntryNumbers


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
        self._glossary = self._find_glossary()

    def _find_glossary(self) -> dict[frozenset[str], set[int]]:
        """Return the words of each title in the glossary -> the entries with that title.

        {frozenset({"pec"}): {17}}: so "what does PEC mean" finds the entry 17.
        """
        glossary: dict[frozenset[str], set[int]] = defaultdict(set)
        for number in self._stock.by_id("term").values():
            title = self._stock.entries[number].title
            words = self._wording.telling(title)
            glossary[words].add(number)
        return glossary

    def read(self, clauses: Sequence[Clause]) -> Question:
        """Return the question that the clauses of a query ask.

        Its phrases, its fields and a date are required. Of its other, loose words, those that say
        something ("telling") are wished for. Raises QueryError for a year that is none.
        """
        parts = self._with_date(self._sorted(clauses))
        text = self._lookup.with_compounds_split(parts.loose)
        words = self._wording.query_words(text)[:MOST_READ]
        telling = self._telling(words)
        asks_for_disagreements = _have_any(words, self._english.opposing)
        if not (telling or parts.required or asks_for_disagreements):
            # Nothing but stop words, as in "to be or not to be": they are all there is
            telling = words

        wishes = self._wishes(telling)
        people = self._naming.named(
            [*parts.required, *wishes],
            is_list=_have_any(words, self._english.listing),
        )
        if not parts.required:
            wishes = self._naming.with_names_joined(wishes, people)
        return Question(
            required=parts.required,
            excluded=parts.excluded,
            words=words,
            wishes=_rarest(wishes),
            people=people,
            direct=parts.direct | self._terms_explained(words, telling),
            asks_for_disagreements=asks_for_disagreements,
            asks_when=_have_any(words[:1], WHEN),
        )

    def _sorted(self, clauses: Sequence[Clause]) -> _Parts:
        """Return the clauses of a query sorted by what they ask.

        Of `"data is junk" -person:Glasby radio`, the phrase is required, the entries of Glasby are
        excluded, and "radio" is a loose word. A clause that is typed twice is taken once.
        """
        loose: list[str] = []
        others: dict[Clause, None] = {}  # in order, each once
        for clause in clauses:
            if clause.is_loose:
                loose.append(clause.terms[0].text)
            else:
                others[clause] = None
        required: list[Want] = []
        excluded: set[int] = set()
        for clause in list(others)[:MOST_CLAUSES]:
            terms = clause.terms[:MOST_CLAUSES]
            want = either_of([self._want(term) for term in terms])
            if clause.negated:
                excluded.update(want.scores)
            else:
                required.append(want)
        return _Parts(required, frozenset(excluded), " ".join(loose))

    def _with_date(self, parts: _Parts) -> _Parts:
        """Return parts in which a date among the loose words, if it is asked for, is required."""
        dated = self._date_asked(parts.loose)
        if dated is None:
            return parts
        want = Want(dated.words, scores=dict.fromkeys(dated.numbers, 0.0))
        return parts._replace(
            required=[*parts.required, want],
            loose=parts.loose.replace(dated.words, " "),
            direct=dated.direct,
        )

    # Phrases and fields

    def _want(self, term: Term) -> Want:
        """Return the want of a term: what it asks for, and the entries that have it.

        A phrase or a word is looked up in the texts of entries, a field such as `theme:training` in
        what they are counted under.
        """
        if term.field:
            return self._want_of_field(term.field, term.text)
        runs = self._pieces(term.text)
        scores = self._lookup.runs(runs)
        return Want(
            label=term.text,
            scores=scores,
            runs=tuple(runs),
            found_nowhere=() if scores else (term.text,),
        )

    def _want_of_field(self, field: Facet, text: str) -> Want:
        """Return the want of a field, of `year:2012` the entries of that year; all fit alike."""
        label = f"{field}:{text}"
        values = self._values_named(field, text)
        numbers = self._stock.facets.having(field, values)
        return Want(
            label=label,
            scores=dict.fromkeys(numbers, 0.0),
            found_nowhere=() if numbers else (label,),
        )

    def _pieces(self, phrase: str) -> list[Run]:
        """Return the runs of words of a phrase that are looked for.

        Of several, those with a telling word: of "the … money" only "money" is.
        """
        runs = self._runs_between_gaps(phrase)
        telling = [run for run in runs if self._wording.any_is_telling(run)]
        pieces = telling or runs[:1]
        return pieces[:MOST_PIECES]

    def _runs_between_gaps(self, phrase: str) -> list[Run]:
        """Return the runs of words of a phrase between its gaps, each once."""
        text = self._lookup.with_compounds_split(phrase)
        runs: dict[tuple[str, ...], Run] = {}
        for piece in LEFT_OUT.split(text):
            words = self._wording.query_words(piece)[:MOST_READ]
            for run in cut(words):
                runs.setdefault(terms_of(run), run)
        return list(runs.values())

    def _values_named(self, field: Facet, text: str) -> list[str]:
        """Return the values of a field that a text names: all that have all of its words.

        - `person:"Dr Buckman"` names the id "laurence-buckman". Words that say nothing are left
          out, such as a title or "the"; a text with no others names nothing.
        - `person:laurence-buckman` is a value itself, and names that alone.
        - `year:2010-2012` names "2010", "2011" and "2012".

        Raises QueryError if the field is `year`, and the text neither a year nor a span of years.
        """
        if field == "year":
            return [str(year) for year in years(text)]
        terms_by_value = self._stock.values[field]
        if text in terms_by_value:
            return [text]
        all_words = self._wording.query_words(text)
        telling_words = self._telling(all_words)
        terms_asked_for = terms_of(telling_words)
        if not terms_asked_for:
            return []
        values = []
        for value, terms_of_value in terms_by_value.items():
            if terms_of_value.issuperset(terms_asked_for):
                values.append(value)
        return values

    # Loose words

    def _wishes(self, telling: Sequence[Word]) -> list[Want]:
        """Return the wants of words, in order: one of each word, or of several that go together."""
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
        """Return the first words, if the library has others for just these, else the first word.

        "trust each other" is one wish where the library says "distrust" for it.
        """
        for length in range(MOST_TOGETHER, 1, -1):
            if terms_of(words[:length]) in self._wording.also:
                return words[:length]
        return words[:1]

    def _wish(self, words: Sequence[Word]) -> Want:
        """Return the want of words typed loose, in any order.

        If the library lists other words for them, as "junk" for "bad", an entry that has only
        those is found too. It is noted in `by_other_words`, so that it comes after those that have
        the words as typed.
        """
        label = " ".join(word.text for word in words)
        other_runs = self._wording.also.get(terms_of(words), [])
        scores_as_typed = self._having_each(words)
        scores_of_others = self._having_one(other_runs)
        by_other_words = scores_of_others.keys() - scores_as_typed.keys()
        # The score of the words as typed counts where an entry has both
        scores = {**scores_of_others, **scores_as_typed}
        return Want(
            label=label,
            scores=scores,
            runs=tuple((word,) for word in words),
            other_runs=tuple(other_runs),
            by_other_words=frozenset(by_other_words),
            found_nowhere=() if scores else (label,),
            is_common=self._is_common(scores_as_typed),
        )

    def _is_common(self, scores: Scores) -> bool:
        """Whether a word is in so much of what articles say that it tells nothing alone."""
        numbers = self._stock.of_articles.intersection(scores)
        return len(numbers) > COMMON * len(self._stock.of_articles)

    def _having_one(self, runs: Sequence[Run]) -> dict[int, float]:
        """Return the entries that have one of some runs of words, and their best scores."""
        best: dict[int, float] = {}
        for run in runs:
            for number, score in self._lookup.runs([run]).items():
                best_so_far = best.get(number, 0.0)
                best[number] = max(score, best_so_far)
        return best

    def _having_each(self, words: Sequence[Word]) -> dict[int, float]:
        """Return the entries that have each of some words, and the sums of their scores."""
        first, *others = words
        total = dict(self._lookup.word(first))
        for word in others:
            scores = self._lookup.word(word)
            total = {
                number: total[number] + scores[number]
                for number in total.keys() & scores.keys()
            }
        return total

    def _telling(self, words: Sequence[Word]) -> list[Word]:
        """Return the words that say something: of "who thinks Smith is right", Smith and right.

        Left out are stop words ("is"), a title before a name ("Dr Smith"), and in a question the
        words that only ask ("who thinks").
        """
        is_question = _have_any(words[:1], self._english.questions)
        telling = []
        for place, word in enumerate(words):
            following = words[place + 1 :]
            if not self._wording.is_telling(word.text):
                continue
            if is_question and fold(word.text) in self._english.asking:
                continue
            if self._is_title_before_name(word, following):
                continue
            telling.append(word)
        return telling

    def _is_title_before_name(
        self, word: Word, following: Sequence[Word]
    ) -> bool:
        """Whether a word is a title and a name follows it.

        There may be initials and other titles between: "Prof J. Mays", "Professor Sir John Smith".
        """
        titles = self._wording.titles
        if word.term not in titles:
            return False
        for other in following:
            if other.term in self._wording.names:
                return True
            is_initial = len(other.text) == 1
            is_title = other.term in titles
            if not is_initial and not is_title:
                return False
        return False

    # What is asked for itself

    def _date_asked(self, text: str) -> _Dated | None:
        """Return the date that a query asks for, and the entries of it, None if it asks for none.

        A date of which there is no entry is not asked for, nor is one among many other words: it is
        read as words of a sentence. The articles and events of the date are given as `direct` too,
        as they come first.
        """
        date = dates.find(text)
        if date is None:
            return None
        numbers = self._entries_of_date(date)
        if not numbers:
            return None
        other_text = text.replace(date.words, " ")
        other_words = self._telling(self._wording.query_words(other_text))
        if len(other_words) > MOST_BESIDE_A_DATE:
            return None
        articles_and_events = self._stock.facets.having("kind", ASKED_BY_DATE)
        return _Dated(
            words=date.words,
            numbers=numbers,
            direct=numbers & articles_and_events,
        )

    def _entries_of_date(self, date: dates.DateAsked) -> EntryNumbers:
        """Return the entries of a date.

        Of a day or a month, these are the entries of exactly that date; if there is none, those
        that overlap it. Of a year, they are both: "2010" asks for whatever is in it.
        """
        exact: set[int] = set()
        overlapping: set[int] = set()
        for number, entry in enumerate(self._stock.entries):
            if not entry.dated:
                continue
            if date.is_exactly(entry.dated):
                exact.add(number)
            elif date.overlaps(entry.dated):
                overlapping.add(number)
        if date.is_year:
            return frozenset(exact | overlapping)
        return frozenset(exact or overlapping)

    def _terms_explained(
        self, words: Sequence[Word], telling: Sequence[Word]
    ) -> EntryNumbers:
        """Return the terms of the glossary whose meaning is asked: of "what does PEC mean", PEC."""
        if not _have_any(words, self._english.explaining):
            return NO_ENTRIES
        title = frozenset(terms_of(telling))
        return frozenset(self._glossary.get(title, ()))


def _rarest(wishes: Iterable[Want]) -> Sequence[Want]:
    """Return the wishes that fewest entries have, those first."""
    ordered = sorted(wishes, key=lambda wish: len(wish.scores))
    return ordered[:MOST_WISHES]


def _have_any(words: Sequence[Word], listed: frozenset[str]) -> bool:
    """Whether one of some words is in a list of English."""
    return any(fold(word.text) in listed for word in words)
