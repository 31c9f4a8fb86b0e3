"""Words that a newcomer may not know, explained where they stand and listed for a page."""

import re
from collections.abc import Iterable, Sequence

from flask import url_for
from markupsafe import Markup, escape

from reference.records import Term

TAG = r"<[^>]*>"
"""A tag, whose text is left alone."""
QUOTED_WORDS = r"[‘“][^‘’“”]*[’”]"
"""Words of somebody else, which we do not link."""


class Glossary:
    """Explains terms in text or Markup, whose tags are left alone.

    A term whose entry carries a note (it may stand for something else) is listed only.
    """

    def __init__(self, terms: Iterable[Term]) -> None:
        self._terms: dict[str, Term] = {}
        for term in terms:
            text_in_html = str(escape(term.term))  # A&amp;E
            self._terms[text_in_html] = term
        abbreviations = [
            text for text, term in self._terms.items() if term.expansion
        ]
        self._abbreviations = pattern_of(abbreviations)
        self._words = pattern_of(self._spellings(), left_alone=[QUOTED_WORDS])

    def _spellings(self) -> list[str]:
        """Return the terms as they may be written: words with a capital letter too."""
        spellings = list(self._terms)
        for text, term in self._terms.items():
            if not term.expansion:
                capitalized = text[:1].upper() + text[1:]
                spellings.append(capitalized)
        return spellings

    def mark(self, text: str) -> Markup:
        """Return a text as HTML in which each abbreviation is explained where it first stands.

        `the NHS` -> `the <abbr title="National Health Service">NHS</abbr>`. One whose entry has a
        note is not: it may stand for something else here.
        """
        explained: set[str] = set()

        def explain_once(match: re.Match[str]) -> str:
            tag_or_word = match[0]
            term = self._terms.get(tag_or_word)
            if term is None or term.note or term.term in explained:
                return tag_or_word
            explained.add(term.term)
            return abbreviation(term, tag_or_word)

        html = str(escape(text))
        return Markup(self._abbreviations.sub(explain_once, html))

    def first_uses(self) -> "FirstUses":
        """Return what links terms where a page first uses them."""
        return FirstUses(self._terms, self._words)

    def used(self, texts: Iterable[str]) -> list[Term]:
        """Return the abbreviations that stand in the texts, in the order of the glossary."""
        words: set[str] = set()
        for text in texts:
            html = str(escape(text))
            words_of_text = self._abbreviations.findall(html)
            words.update(words_of_text)
        return [term for word, term in self._terms.items() if word in words]


class FirstUses:
    """Links each term to the page of words, where one page of the site first uses it."""

    def __init__(self, terms: dict[str, Term], words: re.Pattern[str]) -> None:
        self._terms = terms
        self._words = words
        self._linked: set[str] = set()

    def link(self, text: str) -> Markup:
        """Return a text in which terms that the page has not used before are links."""
        html = str(escape(text))
        return Markup(self._words.sub(self._link_word, html))

    def _link_word(self, match: re.Match[str]) -> str:
        """Return a term as a link, and remember that it is linked; anything else as it is.

        The pattern finds tags too: they stay as they are, as do a term that was linked before and
        one whose entry has a note, as it may stand for something else.
        """
        tag_or_word = match[0]
        term = self._term(tag_or_word)
        if term is None or term.note or term.slug in self._linked:
            return tag_or_word
        self._linked.add(term.slug)
        address = url_for("pages.words", _anchor=term.slug)
        words = tag_or_word
        if term.expansion:
            words = abbreviation(term, words)
        return f'<a class="term" href="{address}">{words}</a>'

    def _term(self, word: str) -> Term | None:
        """Return the term that a word is, with or without a capital letter; None if it is none."""
        if word in self._terms:
            return self._terms[word]
        uncapitalized = word[:1].lower() + word[1:]
        return self._terms.get(uncapitalized)


def pattern_of(
    spellings: Iterable[str], left_alone: Sequence[str] = ()
) -> re.Pattern[str]:
    """Return a pattern that finds terms in HTML, a plural s after them or not, as its group 1.

    Where it meets a tag, or one of the patterns that are to be `left_alone`, it matches all of
    that and has no group 1; so a term inside of it is not found. In `<i title="GP">GPs</i>` it
    finds three things: the tag, `GP` (as group 1), the tag at the end.
    """
    # The longest first: of `GP` and `GP lead`, a pattern takes the first that fits.
    longest_first = sorted(spellings, key=len, reverse=True)
    any_spelling = "|".join(re.escape(spelling) for spelling in longest_first)
    if not longest_first:
        any_spelling = "(?!)"  # matches nothing
    term = rf"\b({any_spelling})(?=s?\b)"
    return re.compile("|".join([TAG, *left_alone, term]))


def abbreviation(term: Term, words: str) -> str:
    """Return words as an abbreviation that says what it stands for."""
    return f'<abbr title="{escape(term.expansion)}">{words}</abbr>'
