"""How the site says things: the filters of the templates."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeVar

from markupsafe import Markup, escape

from reference import evidence
from reference.citation import metadata
from reference.citation.intext import listed
from reference.citation.quotation import quotation, quoted
from reference.citation.record import Record, article_record
from reference.pages import labels
from reference.pages.describing import abridged
from reference.pages.glossary import Glossary
from reference.pages.wording import (
    DATED_BY_US,
    counted,
    date_words,
    day_words,
    in_words,
    standing,
    when_words,
    year_words,
)
from reference.records import GAP, Article, Claim, Library, Span

Text = TypeVar("Text", bound=str)

ACCENTS = 7
"""Colours that themes have by turns, so that no two side by side are alike."""

MOST_MAIN_SPEAKERS = 3
"""Names at the head of an article's column."""

WORDS_OF_A_BEGINNING = 8

QUOTED = re.compile(r"[‘“](?:<[^>]*>|[^<>‘’“”]|’(?=\w))+[’”](?!\w)(?![^<>]*>)")
"""Words in quotation marks, but not in a tag; an apostrophe inside a word does not close them."""


class LibraryFilters:
    """Filters that need to know the library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._accents = {
            theme: index % ACCENTS + 1
            for index, theme in enumerate(library.themes)
        }
        self._standings: dict[str, str] = {}

    def accent(self, theme: str) -> int:
        """Return the number of a theme's colour."""
        return self._accents[theme]

    def speakers(self, claim: Claim, nobody: str = "The article") -> str:
        """Return who says a claim: `Judith Smith and Nicholas Mays`, or `The article`."""
        return listed(self._library.said_by(claim)) or nobody

    def cited(self, id: str) -> str:
        """Return what a note cites, in a few words: `Laurence Buckman, BMJ 2012`."""
        if id not in self._library.claims:
            return self._library.events[id].name
        claim = self._library.claims[id]
        article = self._library.articles[claim.article]
        speakers = self.speakers(claim, nobody="the article")
        publication = paper(article)
        year = year_words(article.date)
        return f"{speakers}, {publication} {year}"

    def by_speaker(self, ids: Iterable[str]) -> list[list[Claim]]:
        """Return claims, by their ids, in groups of which each has one speaker and one article.

        The order stays: only claims that follow each other are grouped. With a and c by Smith, b by
        Mays: [[a], [b], [c]].
        """
        groups: list[list[Claim]] = []
        for id in ids:
            claim = self._library.claims[id]
            if groups and said_together(groups[-1][-1], claim):
                groups[-1].append(claim)
            else:
                groups.append([claim])
        return groups

    def first_of_articles(self, groups: Iterable[Iterable[str]]) -> set[str]:
        """Return the ids of those claims in some groups that are the first of their article.

        What a list says of an article (its date, say) is said beside its first claim alone.
        """
        first_claims: dict[str, str] = {}  # article -> claim
        for ids in groups:
            for id in ids:
                claim = self._library.claims[id]
                first_claims.setdefault(claim.article, id)
        return set(first_claims.values())

    def main_speakers(self, article: Article) -> str:
        """Return the surnames of the people quoted in an article: `Buckman, Smith and others`.

        People with more claims come first. Where there are too many names, “others” stands for
        all but the first few. Groups (`the BMA`) are left out.
        """
        claim_counts: Counter[str] = Counter()  # by surname
        for claim in self._library.claims_of_article(article.id):
            for speaker in claim.speakers:
                person = self._library.people.get(speaker)
                if person:
                    claim_counts[person.surname] += 1
        surnames = [surname for surname, _ in claim_counts.most_common()]
        if len(surnames) > MOST_MAIN_SPEAKERS:
            del surnames[MOST_MAIN_SPEAKERS - 1 :]
            surnames.append("others")
        return listed(surnames)

    def record(self, article: Article) -> Record:
        """Return an article's bibliographic record, as citations have it."""
        return article_record(self._library, article)

    def in_context(self, claim: Claim) -> Markup:
        """Return the passage of a claim with its words marked."""
        return marked(self._library.passage_of(claim).text, claim.spans)

    def standing(self, article: Article) -> str:
        """Return where an article stands among the landmarks, "" where nothing can be said.

        The words are kept: pages ask for them under every claim.
        """
        if article.id in self._standings:
            return self._standings[article.id]
        events = self._library.events.values()
        words = standing(article.date, events)
        self._standings[article.id] = words
        return words

    def standing_short(self, article: Article) -> str:
        """Return where an article stands, for a picture that marks in its own way what is ours."""
        return self.standing(article).removesuffix(DATED_BY_US)


def filters(
    of_library: LibraryFilters, glossary: Glossary
) -> Mapping[str, Callable[..., Any]]:
    """Return the filters that templates have, by name."""
    return {
        "abbreviated": glossary.mark,
        "abridged": abridged,
        "accent": of_library.accent,
        "beginning": beginning,
        "by_speaker": of_library.by_speaker,
        "cited": of_library.cited,
        "coins": metadata.coins,
        "counted": counted,
        "date": date_words,
        "day": day_words,
        "first_of_articles": of_library.first_of_articles,
        "in_context": of_library.in_context,
        "in_words": in_words,
        "listed": listed,
        "main_speakers": of_library.main_speakers,
        "marked": marked,
        "marked_words": marked_words,
        "one_line": one_line,
        "paper": paper,
        "quotation": quotation,
        "record": of_library.record,
        "sentence": sentence,
        "source": source,
        "speakers": of_library.speakers,
        "standing": of_library.standing,
        "standing_short": of_library.standing_short,
        "voice": labels.voice,
        "voiced": voiced,
        "when": when_words,
        "with_claims": with_claims,
        "years": lambda article: year_words(article.date),
    }


def paper(article: Article) -> str:
    """Return what lists call the publication of an article."""
    return article.publication.label or article.publication.name


def source(article: Article) -> str:
    """Return where and when an article appeared, short: `BMJ, 2012`."""
    return f"{paper(article)}, {year_words(article.date)}"


def said_together(one: Claim, other: Claim) -> bool:
    """Return whether two claims have the same speakers, named alike, in the same article."""
    return (
        one.article == other.article
        and one.speakers == other.speakers
        and one.named == other.named
    )


def beginning(claim: Claim) -> str:
    """Return the first words of what a claim quotes: `“GPs are the latest group to become…”`.

    Of a short quotation, all.
    """
    words = quotation(claim).split()
    if len(words) <= WORDS_OF_A_BEGINNING + 2:
        return " ".join(words)
    first_words = " ".join(words[:WORDS_OF_A_BEGINNING])
    return first_words.rstrip(",;:") + "…”"


def sentence(text: str) -> str:
    """Return words with a capital letter at their beginning; the other letters stay."""
    return text[:1].upper() + text[1:]


def one_line(text: Text) -> Text:
    """Return a text whose white space, line breaks too, is single spaces."""
    return type(text)(" ".join(text.split()))


def marked(text: str, spans: Iterable[Span]) -> Markup:
    """Return a text as HTML in which the words at some places are in `<mark>`."""
    html = Markup()
    for piece, is_marked in evidence.segments(text, spans):
        if is_marked:
            html += Markup("<mark>{}</mark>").format(piece)
        else:
            html += escape(piece)
    return html


def marked_words(text: str, spans: Iterable[Span]) -> Markup:
    """Return words of a source in quotation marks, as HTML with some places in `<mark>`."""
    one_further = []  # as the opening quotation mark stands before the text
    for span in spans:
        one_further.append(Span(span.start + 1, span.end + 1))
    html = marked(quoted(text), one_further)
    return html.replace(evidence.ELLIPSIS, f" {GAP} ")


def with_claims(text: str, claims: Iterable[Claim]) -> Markup:
    """Return a passage's text as HTML in which quoted words carry the ids of their claims.

    The text is cut into stretches. Of `GPs fear cuts`, where claim a quotes `GPs fear` and claim b
    `fear cuts`, there are three: `GPs ` with a, `fear` with a and b, ` cuts` with b.
    """
    # Script opens the first claim of a stretch: the shortest, which fits it best.
    shortest_first = sorted(claims, key=length_quoted)
    html = Markup()
    for stretch in stretches(text, shortest_first):
        words = escape(text[stretch.start : stretch.end])
        quoting = [
            claim.id for claim in shortest_first if quotes(claim, stretch)
        ]
        if quoting and words.strip():
            html += quoted_words(words, quoting)
        else:
            html += words
    return html


def stretches(text: str, claims: Iterable[Claim]) -> list[Span]:
    """Return a text cut wherever the words that a claim quotes begin or end.

    So a claim quotes the whole of a stretch, or nothing of it.
    """
    cuts = {0, len(text)}
    for claim in claims:
        for span in claim.spans:
            cuts.add(span.start)
            cuts.add(span.end)
    return [Span(start, end) for start, end in pairwise(sorted(cuts))]


def length_quoted(claim: Claim) -> int:
    """Return how many letters a claim quotes."""
    return sum(span.end - span.start for span in claim.spans)


def quotes(claim: Claim, stretch: Span) -> bool:
    """Return whether a stretch of a passage lies within a claim's words."""
    return any(
        span.start <= stretch.start and stretch.end <= span.end
        for span in claim.spans
    )


def quoted_words(words: Markup, claims: Sequence[str]) -> Markup:
    """Return words that name the claims that quote them, the shortest first.

    They are no link, as links cannot be selected by a double click or a long press. Script opens
    the first claim; the margin links them all.
    """
    return Markup('<span class="quoted" data-claims="{}">{}</span>').format(
        " ".join(claims), words
    )


def voiced(text: str) -> Markup:
    """Return a text of ours (or Markup, whose tags are left alone), quotations set as theirs."""
    theirs = r'<span class="theirs" translate="no">\g<0></span>'
    return Markup(QUOTED.sub(theirs, str(escape(text))))
