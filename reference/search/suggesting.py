"""Completing what a reader types, and mending it: the nearest name, the nearest word."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain
from operator import or_

from rapidfuzz.distance import OSA

from reference.search.entries import Entry, called
from reference.search.query import Term, parse
from reference.search.results import Completion
from reference.search.words import WORD, Wording, fold

MOST, MOST_MENDED = 8, 4  # completions offered; words of a term mended
_DIVIDED = re.compile(r"[.,;:?!()…“”]+|[‘’](?!\w)|(?<!\w)[‘’]| – ")
_QUOTES = re.compile(r'["“”„‟«»‘]|’(?!\w)')
_SOUNDS = str.maketrans("cqzw", "kksv", "aeiouyh")


class Suggesting:
    """What may have been meant; `whole` says how many entries have all that a query wants."""

    def __init__(
        self, every: Sequence[Entry], wording: Wording, whole: Callable[[str], int]
    ) -> None:
        self._wording, self._whole = wording, whole
        self._spellings = {word: word for word in sorted(wording.folded) if len(word) > 3}
        self._known: dict[str, dict[str, str]] = {"": {}}  # field -> folded word -> word
        self._completions: list[tuple[list[str], Completion]] = []
        for field, values in called(every).items():
            self._known[field] = known = dict[str, str]()
            for id, names in values.items() if field != "kind" else ():
                words, group = WORD.findall(" ".join(names)), id == names[0]
                known |= {fold(word): word for word in words if len(word) > 2}
                self._known[""] |= known if field == "person" and not group else {}
                about = Completion(names[0], *(("group",) if group else (field, id)))
                self._completions.append((list(map(fold, words)), about))
        quotes = dict.fromkeys(entry.words for entry in every if entry.kind == "claim")
        self._pieces = [p.split() for quote in quotes for p in _DIVIDED.split(quote) if p.strip()]

    def mended(self, text: str) -> Iterator[tuple[str, bool]]:
        """What may have been meant by a query of which something is nowhere: (query, whether
        surely: names of four letters or more are), likeliest first."""
        mended: dict[str, str] = {}
        sure = True
        for term in chain(*(clause.terms for clause in parse(text) if not clause.negated)):
            for word in self._unknown(term)[:MOST_MENDED]:
                name = _nearest(fold(word), self._known[term.field])
                known = term.field or self._wording.term(word) in self._wording.terms
                if nearest := name or _nearest(fold(word), {} if known else self._spellings):
                    mended[word] = nearest
                    sure = sure and bool(name) and len(word) > 3
        query = WORD.sub(lambda match: mended.get(match[0], match[0]), text)
        if mended:
            yield query, sure
        apart = " ".join(_QUOTES.sub(" ", query).split())
        if apart != query:
            yield apart, False

    def completed(self, text: str) -> Iterator[tuple[str, bool]]:
        """The same of a query that finds nothing, whose last word may begin a name, or a word of a
        title."""
        names, every = self._known[""], reduce(or_, self._known.values())
        for last in [*WORD.finditer(text)][-1:]:
            typed = fold(last[0])
            begun = [word for word in every if word.startswith(typed)] if len(typed) > 2 else []
            begun.sort(key=lambda word: (word not in names, len(word), word))
            for word in begun[:MOST_MENDED]:
                yield text[: last.start()] + every[word] + text[last.end() :], False

    def _unknown(self, term: Term) -> list[str]:
        """The words of a term that nothing has where it looks for them."""
        words = [word for word in WORD.findall(term.text) if 2 < len(word) < 40]
        if not term.field:
            known = self._wording.folded, self._wording.little
            return [word for word in words if not any(fold(word) in each for each in known)]
        there = set(map(self._wording.term, self._known.get(term.field, ())))
        return [word for word in words if there and self._wording.term(word) not in there]

    def complete(self, text: str) -> tuple[Completion, ...]:
        """People, themes, groups and articles with a word that each word typed begins, then
        phrases of quotations that have the words typed side by side. Each has been asked."""
        typed = list(map(fold, WORD.findall(text[:100])))[:8]
        records = [
            (words, each)
            for words, each in self._completions
            if typed and all(any(word.startswith(part) for word in words) for part in typed)
        ]
        records.sort(key=lambda record: not record[0][0].startswith(typed[0]))
        phrases = (Completion(words, "phrase") for words in self._phrases(typed))
        offered: dict[str, Completion] = {}
        for each in chain((each for _, each in records), phrases):
            key = each.words.casefold()
            if len(offered) < MOST and key not in offered and self._whole(f'"{each.words}"'):
                offered[key] = each
        return tuple(offered.values())

    def _phrases(self, typed: list[str]) -> list[str]:
        """Phrases of quotations about the words typed, those most often used first."""
        counts: Counter[str] = Counter()
        for words in self._pieces if typed else ():
            folded, tells = list(map(fold, words)), list(map(self._wording.tells, words))
            for at, after in enumerate(range(len(typed), len(words) + 1)):
                *whole, last = folded[at:after]
                there = whole == typed[:-1] and last.startswith(typed[-1])
                if there and any(tells[at:after]):
                    first = next((n for n in range(max(0, at - 2), at) if tells[n]), at)
                    more = [n for n in range(after, min(len(words), after + 2)) if tells[n]]
                    counts[" ".join(words[first : max([after - 1, *more]) + 1])] += 1
        return [phrase for phrase, _ in counts.most_common(4 * MOST)]


def _nearest(word: str, known: Mapping[str, str]) -> str:
    """The known word that is one slip away, or up to three but sounds alike (Glazbie is Glasby,
    “forget” is not Forbes); "" if none is. A short one must begin alike: “ways” is not Mays."""
    slips = {
        name: OSA.distance(word, name, score_cutoff=3)
        for name in known
        if min(len(word), len(name)) > 2 and (word[0] == name[0] or len(name) > 5)
        if len(word) != len(name) or len(name) > 4 or sorted(word) == sorted(name)
    }
    near = [(n, name) for name, n in slips.items() if n == 1 or (n < 4 and _alike(word, name))]
    return known[min(near)[1]] if near else ""


def _alike(*words: str) -> bool:
    """Whether words have the same consonants, those that sound alike taken for one."""
    sounds = (re.sub("ph", "f", word.replace("ck", "k")).translate(_SOUNDS) for word in words)
    return len({re.sub(r"(.)\1+", r"\1", sound) for sound in sounds}) == 1
