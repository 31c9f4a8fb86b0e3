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
    """Return what `source_url` returns; `page` is all that the article prints."""
    if not article.url:
        return ""
    address, anchor = urldefrag(article.url)
    printed = as_printed(claim, article, claim.spans)
    passage = "".join(printed)
    passage_place = page.texts.index(passage)
    for fragment in _fragments(printed):
        if page.places(fragment) == [passage_place]:
            return f"{address}#{anchor}:~:text={fragment}"
    return article.url


def printed_texts(article: Article) -> list[str]:
    """Return all that the original prints: title, masthead, passages, what we omit."""
    texts = [fold(article.title)]
    for line in article.masthead:
        texts.append(fold(line))
    for passage in article.passages:
        texts.append(_unmended(article, passage.id, passage.text))
    for line in article.omitted:
        texts.append(fold(line))
    return texts


def _unmended(article: Article, passage: str, text: str) -> str:
    """Return a passage's text with its misprints as they are printed."""
    for correction in article.corrections_in(passage):
        text = text.replace(correction.reads, correction.printed)
    return text


def as_printed(
    claim: Claim, article: Article, pieces: Sequence[Span]
) -> Printed:
    """Return a claim's passage as the original prints it, around the stretch of some pieces of it.

    A misprint over an edge of the stretch belongs to it.
    """
    passage = claim.passage
    text = article.passage(passage).text
    stretch = Span(pieces[0].start, pieces[-1].end)
    for correction in article.corrections_in(passage):
        start = text.index(correction.reads)
        end = start + len(correction.reads)
        stretch = _with_misprint(stretch, Span(start, end))
    before = text[: stretch.start]
    words = text[stretch.start : stretch.end]
    after = text[stretch.end :]
    return Printed(
        before=_unmended(article, passage, before),
        words=_unmended(article, passage, words),
        after=_unmended(article, passage, after),
    )


def _with_misprint(stretch: Span, misprint: Span) -> Span:
    """Return a stretch of a text, made longer to hold a misprint that lies over its edge."""
    is_apart = misprint.end <= stretch.start or stretch.end <= misprint.start
    if is_apart:
        return stretch
    start = min(stretch.start, misprint.start)
    end = max(stretch.end, misprint.end)
    return Span(start, end)


class Place(NamedTuple):
    """Where words stand on a page: in which of its texts, and where there."""

    text: int
    start: int
    end: int

    def is_before(self, other: "Place") -> bool:
        """Return whether these words end before the other ones begin."""
        if self.text != other.text:
            return self.text < other.text
        return self.end <= other.start


class PrintedPage:
    """What the original prints, as a browser looks through it."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self._folded = [text.casefold() for text in texts]

    def places(self, fragment: Fragment) -> list[int]:
        """Return the index of the text of every place at which a browser might open a fragment.

        What ends a stretch may stand in a later text than what begins it.
        """
        beginning = _together(fragment.prefix, fragment.start)
        if not fragment.end:
            words = _together(beginning, fragment.suffix)
            return [place.text for place in self._find(words)]
        ending = _together(fragment.end, fragment.suffix)
        ends = list(self._find(ending))
        if not ends:
            return []
        last_end = ends[-1]
        beginnings = self._find(beginning)
        return [
            place.text for place in beginnings if place.is_before(last_end)
        ]

    def _find(self, words: str) -> Iterator[Place]:
        """Yield where the page has these words, none cut, whatever their case."""
        folded = words.casefold()
        for number, text in enumerate(self._folded):
            for span in spans_of(folded, text):
                yield Place(number, span.start, span.end)


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
    start = len(printed.before)
    end = start + len(printed.words)
    runs = _runs_within(text, Span(start, end))
    if not runs:
        return
    all_words = len(text)
    for around in _surroundings(text, runs):
        for size in (*SIZES, all_words):
            yield _fragment(text, runs, around, size)


class Run(NamedTuple):
    """Words between two marks: those of a quotation, and those before and after them."""

    before: list[Span]
    words: list[Span]
    after: list[Span]


class Around(NamedTuple):
    """What may stand around a stretch to tell it apart, and where the stretch ends then."""

    prefix: str
    suffix: str
    end: int


def _fragment(
    text: str, runs: Sequence[Run], around: Around, size: int
) -> Fragment:
    """Return a fragment of `size` words of either end of a stretch, or of all, if it has fewer."""
    first_words = runs[0].words[:size]
    last_words = runs[-1].words[-size:]
    stretch_start = first_words[0].start
    end_start = last_words[0].start
    ends_meet = end_start <= first_words[-1].start
    if ends_meet:
        start = text[stretch_start : around.end]
        end = ""
    else:
        start = text[stretch_start : first_words[-1].end]
        end = text[end_start : around.end]
    return Fragment(start, end, around.prefix, around.suffix)


def _runs_within(text: str, stretch: Span) -> list[Run]:
    """Return the runs that have words in a stretch of a text.

    Short ones are passed over if there are others.
    """
    runs = []
    for spans in _runs(text):
        run = Run([], [], [])
        for word in spans:
            if word.start < stretch.start:
                run.before.append(word)
            elif word.end <= stretch.end:
                run.words.append(word)
            else:
                run.after.append(word)
        if run.words:
            runs.append(run)
    long_runs = [run for run in runs if len(run.words) >= ENOUGH_WORDS]
    return long_runs or runs


def _surroundings(text: str, runs: Sequence[Run]) -> Iterator[Around]:
    """Yield what may stand around a stretch: nothing, ever more words before it, then after it.

    Stops between a stretch and words after it belong to the stretch.
    """
    first_run = runs[0]
    last_run = runs[-1]
    start = first_run.words[0].start
    end = last_run.words[-1].end
    yield Around("", "", end)
    for word in reversed(first_run.before):
        prefix = text[word.start : start]
        yield Around(prefix.rstrip(), "", end)
    if not last_run.after:
        return
    suffix_start = last_run.after[0].start
    with_stops = text[:suffix_start].rstrip()
    for word in last_run.after:
        suffix = text[suffix_start : word.end]
        yield Around("", suffix, len(with_stops))


def _runs(text: str) -> Iterator[list[Span]]:
    """Yield the words of a text without their stops, in runs between marks.

    A word with a mark inside belongs to no run.
    """
    sure_text = MARKED_WORD.sub(_marks_instead, text)
    for run in BETWEEN_MARKS.finditer(sure_text):
        words = []
        for word in WORD.finditer(sure_text, run.start(), run.end()):
            words.append(Span(word.start(), word.end()))
        yield words


def _marks_instead(word: re.Match[str]) -> str:
    """Return as many marks as a word has letters."""
    return "…" * len(word[0])
