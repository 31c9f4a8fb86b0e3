"""Entry -> claim: a quotation is placed in the one passage of its article that has it."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from reference import evidence
from reference.content import explaining
from reference.content.forms import Entry
from reference.content.marks import Ground, marked
from reference.content.reading import Source
from reference.records import Article, Claim, Passage, Span


@dataclass
class Draft:
    """An article as read.

    `head` is its front matter, `claim_entries` the claims as its file lists them; `claims` are
    those whose words were found, and `grounds` what may be quoted of each. `has_markup` says that
    its body has signs which are no words of an article.
    """

    head: Entry[Article]
    claim_entries: list[Entry[Claim]]
    passages: tuple[Passage, ...]
    has_markup: bool = False
    claims: dict[str, Claim] = field(default_factory=dict)
    grounds: dict[str, Ground] = field(default_factory=dict)

    @property
    def source(self) -> Source:
        return self.head.source

    @property
    def id(self) -> str:
        return str(self.head.values["id"])

    def passage_of(self, claim: Claim) -> Passage:
        number = int(claim.passage[1:])
        return self.passages[number - 1]

    @cached_property
    def in_marks(self) -> list[list[Span]]:
        """What each passage has in quotation marks, in the order of the passages."""
        return marked([passage.text for passage in self.passages])

    @property
    def texts(self) -> list[str]:
        """All that the article prints here: its passages and its masthead."""
        texts = [passage.text for passage in self.passages]
        texts += self.head.get("masthead") or ()
        return texts


def place_claims(
    draft: Draft, people: Collection[str], others: Iterable[Draft]
) -> None:
    """Fill a draft's `claims` and `grounds` with each claim whose quotation stands in one place.

    A problem is reported for each of the other claims. `people` are the ids of those who are known,
    `others` all articles: a quotation that this article lacks is looked for in them.
    """
    if not draft.passages:
        return
    for entry in draft.claim_entries:
        quote = entry.get("quote")
        if quote is None:
            continue
        place = _place(draft, entry, quote, others)
        if place is None:
            continue
        in_marks = draft.in_marks[place.passage.number - 1]
        claim = entry.make(
            article=draft.id,
            passage=place.passage.id,
            spans=place.spans,
        )
        if claim is None:
            continue
        draft.claims[claim.id] = claim
        draft.grounds[claim.id] = _ground(
            draft, claim, place, in_marks, people
        )


def _place(
    draft: Draft, entry: Entry[Claim], quote: str, others: Iterable[Draft]
) -> evidence.Place | None:
    """Return where a quotation stands in its article.

    None if it stands nowhere or in two places, or has nothing before or after a `…`: a problem is
    reported.
    """
    for piece in evidence.pieces_of(quote):
        if not re.search(r"[^\W_]", piece):
            mend = "quote words on both sides of each …"
            entry.report("quote", "the quotation has an empty piece", mend)
            return None
    places = evidence.places(quote, draft.passages)
    if not places:
        _explain(draft, entry, quote, others)
        return None
    if len(places) == 1:
        return places[0]
    # Two places are enough to tell: `evidence.places` returns no third.
    first, second = [place.passage.id for place in places]
    where = f"in {first} and in {second}"
    if first == second:
        where = f"twice in {first}"
    mend = "quote more words, so that only one place has them"
    entry.report("quote", f"the quotation stands {where}", mend)
    return None


def _explain(
    draft: Draft, entry: Entry[Claim], quote: str, others: Iterable[Draft]
) -> None:
    """Report why a quotation is not in its article."""
    other_texts = {}
    for other in others:
        if other is not draft:
            other_texts[other.id] = other.passages
    explanation = explaining.explain(
        quote,
        draft.head,
        draft.passages,
        other_texts,
    )
    entry.report("quote", explanation.wrong, explanation.mend)


def _ground(
    draft: Draft,
    claim: Claim,
    place: evidence.Place,
    in_marks: Sequence[Span],
    people: Collection[str],
) -> Ground:
    """Return which words of a claim's quotation our sentences may put in quotation marks.

    Of “He said that the data are ‘junk’” that is “junk” alone: the rest is how the article puts
    it. If the article's own author is quoted, it is all of the words; so it is if it is not clear
    who speaks. `in_marks` are the stretches of the passage that the article has in marks.
    """
    authors = draft.head.get("authors") or ()
    text = place.passage.text
    may_quote = in_marks
    if is_authors_own(claim, authors) or _is_unsure(draft, claim, people):
        whole_passage = Span(0, len(text))
        may_quote = [whole_passage]
    quotable = []
    unquotable = ""
    for span in place.spans:
        words = text[span.start : span.end]
        for segment in evidence.segments(words, _within(span, may_quote)):
            if segment.marked:
                quotable.append(segment.text)
            else:
                unquotable += segment.text
    return Ground(
        quote=claim.quote,
        quotable=tuple(quotable),
        unquotable=unquotable,
        speakers=tuple(claim.speakers or authors or [draft.id]),
    )


def _within(span: Span, marks: Iterable[Span]) -> list[Span]:
    """Return the parts of a span that are in quotation marks, counted from where it begins."""
    parts = []
    for mark in marks:
        start = max(span.start, mark.start)
        end = min(span.end, mark.end)
        if start < end:
            parts.append(Span(start - span.start, end - span.start))
    return parts


def is_authors_own(claim: Claim, authors: Collection[str]) -> bool:
    """Return whether a claim's words are those of whoever wrote the article."""
    if claim.voice != "author":
        return False
    return not claim.speakers or not set(claim.speakers).isdisjoint(authors)


def _is_unsure(draft: Draft, claim: Claim, people: Collection[str]) -> bool:
    """Return whether it is not clear who speaks, because of what is wrong and reported already."""
    if "authors" in draft.head.broken:
        return True
    authors = draft.head.get("authors") or ()
    for name in {*claim.speakers, *authors}:
        if name not in people and not evidence.prints(name, draft.texts):
            return True
    return False
