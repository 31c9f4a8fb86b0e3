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
            self._terms[str(escape(term.term))] = term  # as HTML has it: A&amp;E
        self._abbreviations = pattern_of(
            [text for text, term in self._terms.items() if term.expansion]
        )
        self._words = pattern_of(self._spellings(), or_these=QUOTED_WORDS)

    def _spellings(self) -> list[str]:
        """Return the terms as they may be written: words with a capital letter too."""
        spellings = list(self._terms)
        for text, term in self._terms.items():
            if not term.expansion:
                spellings.append(text[:1].upper() + text[1:])
        return spellings

    def mark(self, text: str) -> Markup:
        """Return a text in which each abbreviation is explained where it first stands."""
        explained: set[str] = set()

        def explain(match: re.Match[str]) -> str:
            term = self._terms.get(match[1] or "")
            if term is None or term.note or term.term in explained:
                return match[0]
            explained.add(term.term)
            return abbreviation(term, match[0])

        return Markup(self._abbreviations.sub(explain, str(escape(text))))

    def first_uses(self) -> "FirstUses":
        """Return what links terms where a page first uses them."""
        return FirstUses(self._terms, self._words)

    def used(self, texts: Iterable[str]) -> list[Term]:
        """Return the abbreviations that stand in the texts, in the order of the glossary."""
        used: set[str] = set()
        for text in texts:
            used.update(self._abbreviations.findall(str(escape(text))))
        return [term for text, term in self._terms.items() if text in used]


class FirstUses:
    """Links each term to the page of words, where one page of the site first uses it."""

    def __init__(self, terms: dict[str, Term], words: re.Pattern[str]) -> None:
        self._terms = terms
        self._words = words
        self._linked: set[str] = set()

    def link(self, text: str) -> Markup:
        """Return a text in which terms that the page has not used before are links."""
        return Markup(self._words.sub(self._linked_word, str(escape(text))))

    def _linked_word(self, match: re.Match[str]) -> str:
        word = match[1] or ""
        term = self._terms.get(word) or self._terms.get(word[:1].lower() + word[1:])
        if term is None or term.note or term.slug in self._linked:
            return match[0]
        self._linked.add(term.slug)
        words = abbreviation(term, match[0]) if term.expansion else match[0]
        address = url_for("pages.words", _anchor=term.slug)
        return f'<a class="term" href="{address}">{words}</a>'


def pattern_of(spellings: Iterable[str], or_these: str = NOT_WORDS) -> re.Pattern[str]:
    """Return what finds spellings (group 1), longer ones first, and passes over tags.

    A plural s may follow. `or_these` is passed over too.
    """
    longest_first = sorted(spellings, key=len, reverse=True)
    any_of = "|".join(re.escape(spelling) for spelling in longest_first) or "(?!)"
    return re.compile(rf"{NOT_WORDS}|{or_these}|\b({any_of})(?=s?\b)")


def abbreviation(term: Term, words: str) -> str:
    """Return words as an abbreviation that says what it stands for."""
    return f'<abbr title="{escape(term.expansion)}">{words}</abbr>'
