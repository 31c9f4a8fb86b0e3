"""Words that a newcomer may not know, explained where they stand and listed for a page."""

import re
from collections.abc import Iterable

from flask import url_for
from markupsafe import Markup, escape

from reference.records import Term

NOT_WORDS = r"<[^>]*>"
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
        self._words = pattern_of(self._spellings(), passed_over=QUOTED_WORDS)

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

        `the NHS` -> `the <abbr title="National Health Service">NHS</abbr>`
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
        """Return what the pattern has found: a word as a link, if it is a term not linked before.

        A tag, a later use and a term with a note (which may stand for something else) stay as they
        are.
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
    spellings: Iterable[str], passed_over: str = NOT_WORDS
) -> re.Pattern[str]:
    """Return a pattern that finds the spellings of terms, as its group 1, before a plural s too.

    It matches tags as well, and what else is `passed_over` (a pattern), without a group 1: so a
    term that stands inside of them is not found. Of two terms, `GP` and `GP lead`, the longer is
    found where both would match.
    """
    longest_first = sorted(spellings, key=len, reverse=True)
    any_spelling = "|".join(re.escape(spelling) for spelling in longest_first)
    if not longest_first:
        any_spelling = "(?!)"  # matches nothing
    return re.compile(rf"{NOT_WORDS}|{passed_over}|\b({any_spelling})(?=s?\b)")


def abbreviation(term: Term, words: str) -> str:
    """Return words as an abbreviation that says what it stands for."""
    return f'<abbr title="{escape(term.expansion)}">{words}</abbr>'
