"""Links to the words at their source, and the words as they are printed there.

A text fragment (https://wicg.github.io/scroll-to-text-fragment/) is
`[prefix-,]start[,end][,-suffix]`: a browser looks through the whole page for whole words, whatever
their case, and opens what it finds first. So each is tried on all that the article prints.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote, urldefrag

from reference.evidence import fold
from reference.records import Article, Claim, Library, Span

MARK = "[‘’“”'\"´`…]"
"""What may be printed otherwise than we have it: quotation marks, and what is withheld."""
BETWEEN_MARKS = re.compile(MARK.replace("[", "[^", 1) + "+")
MARKED_WORD = re.compile(rf"\w\S*{MARK}\S*\w")
WORD = re.compile(r"\w(?:\S*\w)?")
SIZES = (4, 6, 8)
"""How many words of either end of a stretch are tried, before all of them."""
ENOUGH_WORDS = 3
"""A run of fewer words is passed over where a quotation has longer ones."""


class Fragment(NamedTuple):
    """The words that begin a stretch, and those, if any, that end it, stand before it and after."""

    start: str
    end: str = ""
    prefix: str = ""
    suffix: str = ""

    def __str__(self) -> str:
        parts = []
        if self.prefix:
            parts.append(f"{_encoded(self.prefix)}-")
        parts.append(_encoded(self.start))
        if self.end:
            parts.append(_encoded(self.end))
        if self.suffix:
            parts.append(f"-{_encoded(self.suffix)}")
        return ",".join(parts)


def _encoded(words: str) -> str:
    """Return words as they stand in a fragment, where a hyphen has a meaning of its own."""
    return quote(words, safe="").replace("-", "%2D")


class Printed(NamedTuple):
    """A passage as the original prints it: some words of it, and what stands around them."""

    before: str
    words: str
    after: str


def source_urls(library: Library) -> dict[str, str]:
    """Return claim id -> where its words are at the original's address, "" where none is known."""
    urls = {}
    for article in library.articles.values():
        page = PrintedPage(printed_texts(article))
        for claim in library.claims_of_article(article.id):
            urls[claim.id] = _source_url(claim, article, page)
    return urls


def source_url(claim: Claim, article: Article) -> str:
    """Return the original's address with the shortest fragment that finds a claim's words there.

    It finds nothing else there, and is made of words that the original surely prints as we do.
    Where there is no such fragment the address leads to the page; "" where none is known.
    """
    return _source_url(claim, article, PrintedPage(printed_texts(article)))


def _source_url(claim: Claim, article: Article, page: "PrintedPage") -> str:
    if not article.url:
        return ""
    address, own_fragment = urldefrag(article.url)
    printed = as_printed(claim, article, claim.spans)
    own_text = page.texts.index("".join(printed))
    for fragment in _fragments(printed):
        if page.places(fragment) == [own_text]:
            return f"{address}#{own_fragment}:~:text={fragment}"
    return article.url


def printed_texts(article: Article) -> list[str]:
    """Return all that the original prints: title, masthead, passages, what we omit."""
    texts = [fold(article.title)]
    texts += [fold(line) for line in article.masthead]
    for passage in article.passages:
        texts.append(_unmended(article, passage.id, passage.text))
    texts += [fold(line) for line in article.omitted]
    return texts


def _unmended(article: Article, passage: str, text: str) -> str:
    """Return a passage's text with its misprints as they are printed."""
    for correction in article.corrections_in(passage):
        text = text.replace(correction.reads, correction.printed)
    return text


def as_printed(claim: Claim, article: Article, pieces: Sequence[Span]) -> Printed:
    """Return a claim's passage as the original prints it, around the stretch of some pieces of it.

    A misprint over an edge of the stretch belongs to it.
    """
    text = article.passage(claim.passage).text
    start = pieces[0].start
    end = pieces[-1].end
    for correction in article.corrections_in(claim.passage):
        at = text.index(correction.reads)
        stop = at + len(correction.reads)
        if at < end and start < stop:
            start = min(start, at)
            end = max(end, stop)
    parts = (text[:start], text[start:end], text[end:])
    return Printed(*(_unmended(article, claim.passage, part) for part in parts))


class PrintedPage:
    """What the original prints, as a browser looks through it."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        folded = [text.casefold() for text in texts]
        self._page = " ".join(folded)
        self._starts = []
        start = 0
        for text in folded:
            self._starts.append(start)
            start += len(text) + 1

    def places(self, fragment: Fragment) -> list[int]:
        """Return the index of the text of every place at which a browser might open a fragment.

        What ends a stretch may stand in a later text than what begins it.
        """
        if not fragment.end:
            whole = self._occurrences(fragment.start, fragment.prefix, fragment.suffix)
            return [self._text_at(span.start) for span in whole]
        ends = list(self._occurrences(fragment.end, suffix=fragment.suffix))
        if not ends:
            return []
        begins = self._occurrences(fragment.start, prefix=fragment.prefix)
        return [self._text_at(span.start) for span in begins if span.end <= ends[-1].start]

    def _occurrences(self, words: str, prefix: str = "", suffix: str = "") -> Iterator[Span]:
        """Yield where the page has these whole words, in one text, between these others."""
        before = f"{prefix} ".casefold() if prefix else ""
        folded = words.casefold()
        after = f" {suffix}".casefold() if suffix else ""
        wanted = before + folded + after
        at = self._page.find(wanted)
        while at >= 0:
            stop = at + len(wanted)
            span = Span(at + len(before), at + len(before) + len(folded))
            cuts_a_word = self._is_letter(at - 1) or self._is_letter(stop)
            if not cuts_a_word and self._text_at(span.start) == self._text_at(span.end - 1):
                yield span
            at = self._page.find(wanted, at + 1)

    def _text_at(self, place: int) -> int:
        """Return the index of the text that a place of the page is in."""
        return bisect_right(self._starts, place) - 1

    def _is_letter(self, place: int) -> bool:
        """Return whether a character that belongs to a word stands at a place."""
        if not 0 <= place < len(self._page):
            return False
        sign = self._page[place]
        return sign.isalnum() or sign == "_"


def _fragments(printed: Printed) -> Iterator[Fragment]:
    """Yield fragments for words, from the shortest.

    First a few words of either end, then more, then all of them; then the same with words before
    them or after. Where a mark may be printed otherwise, words are broken into runs, and a stretch
    begins in the first run and ends in the last.
    """
    text = "".join(printed)
    first = len(printed.before)
    last = first + len(printed.words)
    runs = _runs_within(text, first, last)
    if not runs:
        return
    begin = runs[0].own[0].start
    for prefix, suffix, end in _surroundings(text, runs):
        for size in (*SIZES, len(text)):
            last_of_start = runs[0].own[:size][-1]
            first_of_end = runs[-1].own[-size:][0]
            if last_of_start < first_of_end:
                start_words = text[begin : last_of_start.end]
                yield Fragment(start_words, text[first_of_end.start : end], prefix, suffix)
            elif len(runs) == 1:
                yield Fragment(text[begin:end], "", prefix, suffix)


class Run(NamedTuple):
    """Words between two marks: those of a quotation, and those before and after them."""

    before: list[Span]
    own: list[Span]
    after: list[Span]


def _runs_within(text: str, first: int, last: int) -> list[Run]:
    """Return the runs that have words between two places of a text.

    Short ones are passed over if there are others.
    """
    runs = []
    for words in _runs(text):
        own = [word for word in words if first <= word.start and word.end <= last]
        if own:
            before = [word for word in words if word < own[0]]
            after = [word for word in words if word > own[-1]]
            runs.append(Run(before, own, after))
    long_runs = [run for run in runs if len(run.own) >= ENOUGH_WORDS]
    return long_runs or runs


def _surroundings(text: str, runs: Sequence[Run]) -> Iterator[tuple[str, str, int]]:
    """Yield (prefix, suffix, end): what may stand around a stretch to tell it apart, and where the
    stretch ends then: nothing, ever more words before it, ever more words after it.

    Stops between a stretch and words after it belong to the stretch.
    """
    begin = runs[0].own[0].start
    end = runs[-1].own[-1].end
    yield "", "", end
    for word in reversed(runs[0].before):
        yield text[word.start : begin].rstrip(), "", end
    after = runs[-1].after
    for word in after:
        end_with_stops = len(text[: after[0].start].rstrip())
        yield "", text[after[0].start : word.end], end_with_stops


def _runs(text: str) -> Iterator[list[Span]]:
    """Yield the words of a text without their stops, in runs between marks.

    A word with a mark inside belongs to no run.
    """
    sure = MARKED_WORD.sub(lambda word: "…" * len(word[0]), text)
    for run in BETWEEN_MARKS.finditer(sure):
        words = WORD.finditer(sure, *run.span())
        yield [Span(*word.span()) for word in words]
