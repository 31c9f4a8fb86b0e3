"""Links to the words at their source, and the words as they are printed there.

A text fragment (https://wicg.github.io/scroll-to-text-fragment/) is
`[prefix-,]start[,end][,-suffix]`: a browser looks through the whole page for whole words, whatever
their case, and opens what it finds first. So each is tried on all that the article prints.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote, urldefrag

from reference.evidence import fold, spans_of
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
    passage = claim.passage
    text = article.passage(passage).text
    start = pieces[0].start
    end = pieces[-1].end
    for correction in article.corrections_in(passage):
        misprint = text.index(correction.reads)
        misprint_end = misprint + len(correction.reads)
        if misprint < end and start < misprint_end:
            start = min(start, misprint)
            end = max(end, misprint_end)
    return Printed(
        before=_unmended(article, passage, text[:start]),
        words=_unmended(article, passage, text[start:end]),
        after=_unmended(article, passage, text[end:]),
    )


class Found(NamedTuple):
    """Where words stand on a page: in which of its texts, and where there."""

    text: int
    start: int
    end: int


class PrintedPage:
    """What the original prints, as a browser looks through it."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self._folded = [text.casefold() for text in texts]

    def places(self, fragment: Fragment) -> list[int]:
        """Return the index of the text of every place at which a browser might open a fragment.

        What ends a stretch may stand in a later text than what begins it.
        """
        begins = _together(fragment.prefix, fragment.start)
        if not fragment.end:
            whole = _together(begins, fragment.suffix)
            return [found.text for found in self._find(whole)]
        ends = list(self._find(_together(fragment.end, fragment.suffix)))
        if not ends:
            return []
        last_end = ends[-1]
        places = []
        for found in self._find(begins):
            is_before = found.text < last_end.text
            if is_before or (found.text == last_end.text and found.end <= last_end.start):
                places.append(found.text)
        return places

    def _find(self, words: str) -> Iterator[Found]:
        """Yield where the page has these words, none cut, whatever their case."""
        folded = words.casefold()
        for index, text in enumerate(self._folded):
            for span in spans_of(folded, text):
                yield Found(index, span.start, span.end)


def _together(*words: str) -> str:
    """Return words that stand one after the other; some may be missing."""
    return " ".join(part for part in words if part)


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
    first_words = runs[0].own
    last_words = runs[-1].own
    begin = first_words[0].start
    for around in _surroundings(text, runs):
        for size in (*SIZES, len(text)):
            start = first_words[:size][-1]
            end = last_words[-size:][0]
            if start < end:
                start_words = text[begin : start.end]
                end_words = text[end.start : around.end]
                yield Fragment(start_words, end_words, around.prefix, around.suffix)
            elif len(runs) == 1:
                stretch = text[begin : around.end]
                yield Fragment(stretch, "", around.prefix, around.suffix)


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
        before = [word for word in words if word.start < first]
        after = [word for word in words if word.end > last]
        own = words[len(before) : len(words) - len(after)]
        if own:
            runs.append(Run(before, own, after))
    long_runs = [run for run in runs if len(run.own) >= ENOUGH_WORDS]
    return long_runs or runs


class Around(NamedTuple):
    """What may stand around a stretch to tell it apart, and where the stretch ends then."""

    prefix: str
    suffix: str
    end: int


def _surroundings(text: str, runs: Sequence[Run]) -> Iterator[Around]:
    """Yield what may stand around a stretch: nothing, ever more words before it, then after it.

    Stops between a stretch and words after it belong to the stretch.
    """
    first = runs[0]
    last = runs[-1]
    begin = first.own[0].start
    end = last.own[-1].end
    yield Around("", "", end)
    for word in reversed(first.before):
        prefix = text[word.start : begin]
        yield Around(prefix.rstrip(), "", end)
    for word in last.after:
        suffix_start = last.after[0].start
        with_stops = text[:suffix_start].rstrip()
        yield Around("", text[suffix_start : word.end], len(with_stops))


def _runs(text: str) -> Iterator[list[Span]]:
    """Yield the words of a text without their stops, in runs between marks.

    A word with a mark inside belongs to no run.
    """
    sure = MARKED_WORD.sub(_marks_instead, text)
    for run in BETWEEN_MARKS.finditer(sure):
        words = WORD.finditer(sure, run.start(), run.end())
        yield [Span(word.start(), word.end()) for word in words]


def _marks_instead(word: re.Match[str]) -> str:
    """Return as many marks as a word has letters."""
    return "…" * len(word[0])
