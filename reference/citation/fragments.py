"""Links to the words at their source, and the words as they are printed there.

A text fragment (https://wicg.github.io/scroll-to-text-fragment/) is
`[prefix-,]start[,end][,-suffix]`: a browser looks through the whole page for whole words, whatever
their case, and opens what it finds first. So each is tried on all that the article prints.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote, urldefrag

from reference.evidence import fold, spans_of
from reference.records import Article, Claim, Library, Passage, Span

MARK = "[‘’“”'\"´`…]"
"""What may be printed otherwise than we have it: quotation marks, and what is withheld."""
BETWEEN_MARKS = re.compile(MARK.replace("[", "[^", 1) + "+")
MARKED_WORD = re.compile(rf"\w\S*{MARK}\S*\w")
WORD = re.compile(r"\w(?:\S*\w)?")
SIZES = (4, 6, 8, sys.maxsize)
"""How many words of either end of a quotation are tried; the last stands for all of them."""
ENOUGH_WORDS = 3
"""A run of fewer words is passed over where a quotation has longer ones."""


class Fragment(NamedTuple):
    """The words that begin a quotation, and those, if any, that end it, stand before it and after.

    Its string is what stands in an address: `prefix-,start,end,-suffix`.
    """

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
    """Return the original's address with a fragment that opens at a claim's words and nowhere else.

    Where no fragment does so, the address leads to the page; "" if the article has no address.
    `page` has the texts that the article prints, of which the claim's passage is one.
    """
    if not article.url:
        return ""
    printed = as_printed(claim, article, claim.spans)
    passage = "".join(printed)
    passage_index = page.texts.index(passage)
    address, anchor = urldefrag(article.url)
    for fragment in _fragments(printed):
        places = page.places_of(fragment)
        opens_nowhere_else = len(places) == 1
        if opens_nowhere_else and places[0].text_index == passage_index:
            return f"{address}#{anchor}:~:text={fragment}"
    return article.url


def printed_texts(article: Article) -> list[str]:
    """Return all that the original prints: title, masthead, passages, what we omit."""
    texts = [fold(article.title)]
    for line in article.masthead:
        texts.append(fold(line))
    for passage in article.passages:
        whole = Span(0, len(passage.text))
        texts.append(_unmended(article, passage, whole))
    for line in article.omitted:
        texts.append(fold(line))
    return texts


def _unmended(article: Article, passage: Passage, part: Span) -> str:
    """Return part of a passage's text with its misprints as they are printed."""
    text = passage.text[part.start : part.end]
    for correction in article.corrections_in(passage.id):
        text = text.replace(correction.reads, correction.printed)
    return text


def as_printed(
    claim: Claim, article: Article, pieces: Sequence[Span]
) -> Printed:
    """Return a claim's passage as the original prints it: quoted words, what is before and after.

    `pieces` are the spans of the passage that are quoted, in order: all pieces of the claim's
    quotation, or one of them. The quoted words run from the first of them to the last.

    Our text has misprints corrected; here they are printed again (“on 13 June” is “on13 June”).
    """
    passage = article.passage(claim.passage)
    quoted = Span(pieces[0].start, pieces[-1].end)
    for correction in article.corrections_in(passage.id):
        start = passage.text.index(correction.reads)
        end = start + len(correction.reads)
        # A misprint cut in two would not be found, so the quoted words take in all of it.
        quoted = _with_misprint(quoted, Span(start, end))
    before = Span(0, quoted.start)
    after = Span(quoted.end, len(passage.text))
    return Printed(
        before=_unmended(article, passage, before),
        words=_unmended(article, passage, quoted),
        after=_unmended(article, passage, after),
    )


def _with_misprint(part: Span, misprint: Span) -> Span:
    """Return part of a text, made longer to hold a misprint that lies over its edge."""
    is_apart = misprint.end <= part.start or part.end <= misprint.start
    if is_apart:
        return part
    start = min(part.start, misprint.start)
    end = max(part.end, misprint.end)
    return Span(start, end)


class Place(NamedTuple):
    """Where words stand on a page: the index of the text that has them, and where in that text."""

    text_index: int
    start: int
    end: int

    def is_before(self, other: "Place") -> bool:
        """Return whether these words end before the other ones begin."""
        if self.text_index != other.text_index:
            return self.text_index < other.text_index
        return self.end <= other.start


class PrintedPage:
    """What the original prints, as a browser looks through it."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self._folded = [text.casefold() for text in texts]

    def places_of(self, fragment: Fragment) -> list[Place]:
        """Return the places at which a browser might open a fragment, in the page's order.

        - Only a start, `But I have to`: wherever the page has these words.
        - A start and an end, `But I have to,the data is junk`: wherever it has the start, and has
          the end later on. Any number of paragraphs may lie between them, as for a browser.

        A prefix must stand right before the start, and a suffix right after the end, or after the
        start where there is no end: they are looked for as if they were part of it.
        """
        if not fragment.end:
            words = (fragment.prefix, fragment.start, fragment.suffix)
            return self._find(*words)
        starts = self._find(fragment.prefix, fragment.start)
        ends = self._find(fragment.end, fragment.suffix)
        if not ends:
            return []
        # Ends come in order: if the last one is not after a start, then none is.
        last_end = ends[-1]
        return [start for start in starts if start.is_before(last_end)]

    def _find(self, *parts: str) -> list[Place]:
        """Return where the page has some words, in whatever case: the parts one after the other.

        No word is found inside another. A part may be "".
        """
        words = " ".join(part for part in parts if part)
        folded = words.casefold()
        places = []
        for text_index, text in enumerate(self._folded):
            for span in spans_of(folded, text):
                places.append(Place(text_index, span.start, span.end))
        return places


def _fragments(printed: Printed) -> Iterator[Fragment]:
    """Yield the text fragments that might find a quotation on the original's page, shortest first.

    The first has four words of either end (`But I have to,the data is junk`), the next ones have
    more. Then all of these come again with words before the quotation or after it, which tell
    two places with the same words apart.

    The original may have other quotation marks than we have. So a fragment has none: it starts in
    the first run of words between two marks, and ends in the last.
    """
    text = "".join(printed)
    start = len(printed.before)
    end = start + len(printed.words)
    runs = _runs_within(text, Span(start, end))
    if not runs:
        return  # every word has a mark inside, such as “don’t”
    first_words = runs[0].quoted
    last_words = runs[-1].quoted
    for context in _contexts(text, runs):
        for size in SIZES:
            yield _fragment(
                text, first_words[:size], last_words[-size:], context
            )


class Run(NamedTuple):
    """Words with no quotation mark between them: those before a quotation, in it, and after it."""

    before: list[Span]
    quoted: list[Span]
    after: list[Span]


class Context(NamedTuple):
    """The prefix and the suffix of a fragment, and where its quotation ends in the passage."""

    prefix: str
    suffix: str
    quotation_end: int


def _fragment(
    passage: str,
    first_words: Sequence[Span],
    last_words: Sequence[Span],
    context: Context,
) -> Fragment:
    """Return the fragment that has the first and the last words of a quotation in a passage.

    Of “But I have to tell you the data is junk”, with four words from either end, it starts with
    `But I have to` and ends with `the data is junk`. Six words from either end would overlap: it
    then starts with the whole quotation, from its first word to its last, and has no end.

    `context` has the fragment's prefix and suffix, and where in the passage the quotation ends.
    """
    start = Span(first_words[0].start, first_words[-1].end)
    end = Span(last_words[0].start, context.quotation_end)
    if end.start < start.end:  # they overlap
        return Fragment(
            start=passage[start.start : end.end],
            prefix=context.prefix,
            suffix=context.suffix,
        )
    return Fragment(
        start=passage[start.start : start.end],
        end=passage[end.start : end.end],
        prefix=context.prefix,
        suffix=context.suffix,
    )


def _runs_within(text: str, quotation: Span) -> list[Run]:
    """Return the runs of a passage's text that have words of a quotation, in their order.

    A run is the words between two quotation marks: `he said “the data is junk” again` has three.
    Runs with very few words of the quotation are left out if there are longer ones, as a few words
    are easily found elsewhere.
    """
    runs = []
    for words_of_run in _runs(text):
        run = _divided(words_of_run, quotation)
        if run.quoted:
            runs.append(run)
    long_runs = [run for run in runs if len(run.quoted) >= ENOUGH_WORDS]
    return long_runs or runs


def _divided(words_of_run: Iterable[Span], quotation: Span) -> Run:
    """Return the words between two marks, divided into those before, in and after a quotation."""
    before = []
    quoted = []
    after = []
    for word in words_of_run:
        if word.start < quotation.start:
            before.append(word)
        elif word.end <= quotation.end:
            quoted.append(word)
        else:
            after.append(word)
    return Run(before, quoted, after)


def _contexts(passage: str, runs: Sequence[Run]) -> Iterator[Context]:
    """Yield the words around a quotation that a fragment may have: none, a prefix, or a suffix.

    Around “the data is junk” in “I have to tell you the data is junk. Nobody looks at it”, the
    prefixes are `you`, `tell you`, and so on; then the suffixes `Nobody`, `Nobody looks`, and so
    on. Each context also says where the quotation ends in the passage.

    `runs` are the parts of the passage that have words of the quotation, in order. Each lists the
    spans of its words `before` the quotation, `quoted` in it, and `after` it.
    """
    words_before = runs[0].before
    words_after = runs[-1].after
    start = runs[0].quoted[0].start
    end = runs[-1].quoted[-1].end
    yield Context(prefix="", suffix="", quotation_end=end)

    for first_word in reversed(words_before):
        prefix = passage[first_word.start : start].rstrip()
        yield Context(prefix=prefix, suffix="", quotation_end=end)

    if not words_after:
        return
    suffix_start = words_after[0].start
    # A browser allows only spaces between a quotation and its suffix. So what else is between
    # them, such as a full stop, is taken as part of the quotation: “the data is junk.”
    end_with_stop = len(passage[:suffix_start].rstrip())
    for last_word in words_after:
        suffix = passage[suffix_start : last_word.end]
        yield Context(prefix="", suffix=suffix, quotation_end=end_with_stop)


def _runs(text: str) -> Iterator[list[Span]]:
    """Yield the runs of a text: the words between two quotation marks, without their stops.

    A word with a mark inside (“don’t”) belongs to no run.
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
