"""Why a quotation is not in its article: what an editor has to change.

A quotation that is not found is compared with the article in looser and looser ways, until one
says where it went wrong: other marks, other capitals, two passages, other words, words left out.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from operator import attrgetter
from typing import NamedTuple

from reference import evidence
from reference.content.forms import Entry
from reference.records import Article, Passage, Span

OTHER_ELLIPSIS = re.compile(r"\.{2,}|[\[(]\s*…\s*[\])]")
ENOUGH_ALIKE = (
    0.5  # of a quotation's words: with fewer, another text is quoted
)
LONGEST_SHOWN = 120  # characters
MOST_SHOWN = 3  # differences
QUOTATION_MARKS = "‘’“”\"'«»„ "
LEAST_MARGIN = 3  # words


Passages = Sequence[Passage]
Words = Sequence[str]


class Explanation(NamedTuple):
    """What is wrong with a quotation, and the mend."""

    wrong: str
    mend: str


class Reading(NamedTuple):
    """A text as its letters and digits alone, and where in the text each stands."""

    signs: str
    positions: list[int]


class Difference(NamedTuple):
    """Where a quotation and a passage differ: the words of each ("" for none)."""

    quoted: str
    printed: str


class Stretch(NamedTuple):
    """Some words of a passage, and the words of a quotation in their place.

    Either they are the same but for marks and capitals (`is_alike`), or they differ throughout. If
    they differ, one of the two may have no words.
    """

    is_alike: bool
    printed: Words
    quoted: Words


class Comparison(NamedTuple):
    """A quotation and the words of a passage, side by side, in stretches."""

    passage: Passage
    stretches: list[Stretch]

    @property
    def words_alike(self) -> int:
        """How many words of the quotation the passage has in its place."""
        return sum(
            len(stretch.quoted)
            for stretch in self.stretches
            if stretch.is_alike
        )


NOT_THERE = "the quotation is not in the article"
COPY = "copy the words from the article’s body as they stand"


def explain(
    quote: str,
    head: Entry[Article],
    passages: Passages,
    others: Mapping[str, Passages],
) -> Explanation:
    """Return why a quotation is in none of an article's passages, and the mend.

    `head` is the article's front matter; `others` are the passages of the other articles, by id.
    """
    if OTHER_ELLIPSIS.search(quote):
        wrong = f"{NOT_THERE}: only … stands for words left out"
        return Explanation(
            wrong, "write … alone, which is one sign, without brackets"
        )
    piece = _missing_piece(quote, passages)
    if piece is None:
        return _pieces_apart(evidence.pieces_of(quote), passages)
    return (
        _same_letters(piece, passages)
        or _cut_in_a_word(piece, passages)
        or _over_two_passages(piece, passages)
        or _elsewhere_in_the_file(piece, head)
        or _in_another_article(piece, others)
        or _other_words(piece, passages)
        or Explanation(NOT_THERE, COPY)
    )


def _missing_piece(quote: str, passages: Passages) -> str | None:
    """Return the first piece of a quotation that is in no passage, or None if each is in one."""
    texts = [passage.text for passage in passages]
    for piece in evidence.pieces_of(quote):
        if not evidence.prints(piece, texts):
            return piece
    return None


def _pieces_apart(pieces: Words, passages: Passages) -> Explanation:
    """Say why a quotation is not found although each of its pieces (between …) is in a passage.

    Either one passage has all pieces, but in another order; or they stand in several passages.
    """
    for passage in passages:
        if _has_all(passage, pieces):
            wrong = f"its pieces are not in the article in this order: {passage.id} has another"
            return Explanation(wrong, "put them in the order of the passage")
    return _two_passages(_first_with(piece, passages) for piece in pieces)


def _has_all(passage: Passage, pieces: Words) -> bool:
    """Return whether a passage has all of some pieces, in any order."""
    return all(evidence.prints(piece, [passage.text]) for piece in pieces)


def _first_with(piece: str, passages: Passages) -> str:
    """Return the id of the first passage that has a piece, which one is known to have."""
    return next(
        passage.id
        for passage in passages
        if evidence.prints(piece, [passage.text])
    )


def _two_passages(ids: Iterable[str]) -> Explanation:
    """Say that a quotation runs over several passages; `ids` may name one more than once."""
    listed = " and ".join(dict.fromkeys(ids))
    wrong = f"the quotation runs over passages {listed}, and a quotation is from one"
    return Explanation(wrong, "quote one of them, or make a claim of each")


# The same letters


def reading_of(text: str) -> Reading:
    """Return the letters and digits of a text, without case and accents."""
    signs = []
    positions = []
    for position, sign in enumerate(text):
        for part in unicodedata.normalize("NFKD", sign).casefold():
            if part.isalnum():
                signs.append(part)
                positions.append(position)
    return Reading("".join(signs), positions)


def _same_letters(piece: str, passages: Passages) -> Explanation | None:
    """Say that a passage has the same letters, with other marks, signs, spaces or capitals."""
    wanted = reading_of(piece).signs
    for passage in passages:
        printed = _printed_with(wanted, passage.text)
        if printed is not None:
            return _differing_signs(piece, printed, passage)
    return None


def _printed_with(wanted: str, text: str) -> str | None:
    """Return the whole words of a text that have these letters, None if none have."""
    reading = reading_of(text)
    first = reading.signs.find(wanted)
    if first < 0:
        return None
    last = first + len(wanted) - 1
    span = Span(reading.positions[first], reading.positions[last] + 1)
    if evidence.cuts_a_word(span, text):
        return None
    return text[span.start : span.end]


def _differing_signs(
    piece: str, printed: str, passage: Passage
) -> Explanation:
    """Say how a piece differs from words of a passage that have the same letters.

    The piece has marks round it that the passage has not, or other capitals, or else other marks
    or spaces within. `printed` are the words of the passage.
    """
    inner_words = piece.strip(QUOTATION_MARKS)
    has_outer_marks = evidence.prints(inner_words, [passage.text])
    has_other_capitals = piece.casefold() == printed.casefold()
    if has_outer_marks:
        difference = f" with the marks round it; {passage.id} has it without"
        mend = f"leave the outer marks off: {_shown(inner_words)}"
    elif has_other_capitals:
        difference = f": it differs from {passage.id} in capitals"
        mend = f"copy {_shown(printed)}"
    else:
        words = _first_difference(piece, printed)
        difference = (
            f": it differs from {passage.id} only in marks or spaces"
            f" (it has {_shown(words.quoted)}, the article {_shown(words.printed)})"
        )
        mend = f"copy {_shown(printed)}"
    return Explanation(NOT_THERE + difference, mend)


def _first_difference(piece: str, printed: str) -> Difference:
    """Return the first word of a piece that is not as printed, and the word printed there."""
    position = evidence.first_difference(piece, printed)
    return Difference(
        quoted=_word_at(piece, position),
        printed=_word_at(printed, position),
    )


def _word_at(text: str, position: int) -> str:
    """Return the word that a position is in, with its marks."""
    start = text.rfind(" ", 0, position) + 1
    end = text.find(" ", max(position, start))
    return text[start : end if end >= 0 else len(text)]


def _shown(words: str) -> str:
    """Return words in marks, cut at whole words if they are many."""
    if len(words) > LONGEST_SHOWN:
        words = words[:LONGEST_SHOWN].rpartition(" ")[0] + " …"
    return f"“{words}”"


# Other places


def _cut_in_a_word(piece: str, passages: Passages) -> Explanation | None:
    """Say that a piece begins or ends in the middle of a word."""
    for passage in passages:
        start = passage.text.find(piece)
        if start >= 0:
            whole = _whole_words(passage.text, start, start + len(piece))
            wrong = (
                f"{NOT_THERE}: it begins or ends inside a word of {passage.id}"
            )
            return Explanation(wrong, f"quote whole words, {_shown(whole)}")
    return None


def _whole_words(text: str, start: int, end: int) -> str:
    """Return a stretch of a text with all of the words that it begins and ends in."""
    first = text.rfind(" ", 0, start) + 1
    last = text.find(" ", end)
    return text[first:] if last < 0 else text[first:last]


def _over_two_passages(piece: str, passages: Passages) -> Explanation | None:
    """Say that a piece begins in one passage and ends in a later one.

    It is sought in the letters of all passages, run together.
    """
    letters = ""
    passage_of_letter: list[str] = []
    for passage in passages:
        its_letters = reading_of(passage.text).signs
        letters += its_letters
        passage_of_letter += [passage.id] * len(its_letters)
    wanted = reading_of(piece).signs
    start = letters.find(wanted)
    if start < 0:
        return None
    end = start + len(wanted)
    return _two_passages(passage_of_letter[start:end])


def _elsewhere_in_the_file(
    piece: str, head: Entry[Article]
) -> Explanation | None:
    """Say that a piece stands in the title or the masthead, or as the article misprints it."""
    title = head.get("title") or ""
    if evidence.prints(piece, [title]):
        return Explanation(
            "the quotation is the article’s title, which is no passage", COPY
        )
    masthead = head.get("masthead") or ()
    omitted = head.get("omitted") or ()
    if evidence.prints(piece, [*masthead, *omitted]):
        wrong = "the quotation stands in `masthead` or `omitted`, and not in the body"
        return Explanation(
            wrong, "add its paragraph to the body, or quote another"
        )
    for correction in head.get("corrections") or ():
        if correction.printed in piece:
            wrong = f"the quotation has the misprint “{correction.printed}”, which is corrected"
            mend = f"write “{correction.reads}”, as {correction.passage} reads"
            return Explanation(wrong, mend)
    return None


def _in_another_article(
    piece: str, others: Mapping[str, Passages]
) -> Explanation | None:
    """Say that another article has a piece."""
    for id, passages in others.items():
        if evidence.prints(piece, [passage.text for passage in passages]):
            wrong = f"{NOT_THERE}, but in {id}"
            return Explanation(
                wrong, f"move the claim to {id}.md, or quote this article"
            )
    return None


# Other words


def _other_words(piece: str, passages: Passages) -> Explanation | None:
    """Say which words of the passage that is most alike differ, or are left out.

    None if no passage has at least half of the words of the piece.
    """
    quoted = piece.split()
    comparisons = [_compared(quoted, passage) for passage in passages]
    best = max(comparisons, key=attrgetter("words_alike"), default=None)
    if best is None or best.words_alike < len(quoted) * ENOUGH_ALIKE:
        return None
    differences = _differences(best.stretches)
    if not differences:
        return None
    return _explanation_of(differences, best.passage)


def _compared(quoted: Words, passage: Passage) -> Comparison:
    """Return a quotation beside the words of a passage that it may be meant for.

    Of the words “the price rose”, and a passage that has “the cost rose again”, the stretches are
    “the” and “the”, which are alike; “price” and “cost”; “rose” and “rose”; no word and “again”.
    """
    printed = _words_around(quoted, passage.text.split())
    stretches = []
    opcodes = _matcher(printed, quoted).get_opcodes()
    for tag, start, end, quoted_start, quoted_end in opcodes:
        stretch = Stretch(
            is_alike=tag == "equal",
            printed=printed[start:end],
            quoted=quoted[quoted_start:quoted_end],
        )
        stretches.append(stretch)
    return Comparison(passage, stretches)


def _matcher(printed: Words, quoted: Words) -> "SequenceMatcher[str]":
    """Return what compares words by their letters alone, so that marks make no difference."""
    return SequenceMatcher(
        None, _plain_words(printed), _plain_words(quoted), autojunk=False
    )


def _plain_words(words: Iterable[str]) -> list[str]:
    return [reading_of(word).signs or word for word in words]


def _words_around(quoted: Words, printed: Words) -> Words:
    """Return the words of a passage that a quotation with some wrong words may be meant for.

    `quoted` and `printed` are the words of the quotation and of the passage. The longest run that
    both have shows where the quotation belongs: if it starts at word 10 of the passage and at word
    2 of the quotation, the quotation starts at word 8. As it may lack words that the passage has,
    some words on either side are returned, too.
    """
    run = _matcher(printed, quoted).find_longest_match()
    start_in_passage = run.a
    start_in_quotation = run.b
    start = start_in_passage - start_in_quotation
    end = start + len(quoted)
    half_of_quotation = len(quoted) // 2
    margin = max(LEAST_MARGIN, half_of_quotation)
    first = max(0, start - margin)
    return printed[first : end + margin]


def _differences(stretches: Sequence[Stretch]) -> list[Difference]:
    """Return where a quotation differs from the passage that it is meant for.

    `stretches` are all of the quotation beside words of the passage, of which some may come before
    or after the quotation. These are no difference: “the price rose” differs from “we saw that the
    cost rose again” in price and cost alone.
    """
    within_quotation = list(stretches)
    within_quotation[0] = _without_words_before(within_quotation[0])
    within_quotation[-1] = _without_words_after(within_quotation[-1])
    differences = []
    for stretch in within_quotation:
        has_words = stretch.quoted or stretch.printed
        if has_words and not stretch.is_alike:
            difference = Difference(
                quoted=" ".join(stretch.quoted),
                printed=" ".join(stretch.printed),
            )
            differences.append(difference)
    return differences


def _without_words_before(first: Stretch) -> Stretch:
    """Return the first stretch with at most as many words of the passage as of the quotation.

    The last ones are kept: those before them stand before the quotation. If “price” differs from
    “we saw that cost”, only “cost” is meant; and if the quotation has no words there, none is.
    """
    surplus = max(0, len(first.printed) - len(first.quoted))
    return first._replace(printed=first.printed[surplus:])


def _without_words_after(last: Stretch) -> Stretch:
    """Return the last stretch with at most as many words of the passage as of the quotation.

    The first ones are kept: those after them stand after the quotation.
    """
    return last._replace(printed=last.printed[: len(last.quoted)])


def _explanation_of(
    differences: Sequence[Difference], passage: Passage
) -> Explanation:
    """Say what differs: words are left out, put in, in another place, or others.

    `differences` has one at least.
    """
    quoted = [
        difference.quoted for difference in differences if difference.quoted
    ]
    printed = [
        difference.printed for difference in differences if difference.printed
    ]
    if not quoted:
        wrong = f"it leaves out {_listed(printed)} of {passage.id}"
        mend = "quote these words, or put … in their place"
    elif not printed:
        wrong = f"{passage.id} has no {_listed(quoted)} there"
        mend = "take it out"
    elif sorted(quoted) == sorted(printed):
        wrong = f"{passage.id} has {_listed(printed)} in another place"
        mend = COPY
    else:
        parts = [
            _difference(difference, passage)
            for difference in differences[:MOST_SHOWN]
        ]
        wrong = "; ".join(parts)
        mend = COPY
    return Explanation(f"{NOT_THERE}: {wrong}", mend)


def _listed(words: Iterable[str]) -> str:
    return " and ".join(_shown(some) for some in words)


def _difference(difference: Difference, passage: Passage) -> str:
    """Say of one place what the quotation has there, and what the passage."""
    if not difference.quoted:
        return f"it leaves out {_shown(difference.printed)}"
    if not difference.printed:
        return f"{passage.id} has no {_shown(difference.quoted)} there"
    return f"it has {_shown(difference.quoted)}, {passage.id} has {_shown(difference.printed)}"
