"""How the site says things: voices, kinds, confidence and dates in words; abbreviations."""

import re
from calendar import month_name  # in English, as no locale is ever set here
from collections.abc import Iterable, Mapping

from markupsafe import Markup, escape

from reference import evidence
from reference.records import Abbreviation, Article, Claim, Date, Library

VOICES = {
    "direct": "quoted in the speaker’s own words",
    "reported": "reported in the article’s words",
    "author": "in the author’s own words",
    "unsigned": "the article’s own statement",
}
KINDS = {
    "problem": ("Problem", "What is said to be wrong, lacking or risky"),
    "remedy": ("Remedy", "What is proposed, needed or advised"),
    "strength": ("Strength", "What is said to be good or to work"),
    "context": ("Context", "Background"),
}
ARTICLE_KINDS = {"journal-news": "Journal news", "news": "News", "opinion": "Opinion"}
CONFIDENCE = {
    "stated-in-source": "stated in the source",
    "found-at-URL": "found at the linked page",
    "inferred-range": "inferred, not stated",
    "unknown": "not known",
}


def date_words(date: Date) -> str:
    """A date in words: `20 June 2012`, `between … and …`, `31 January 2012 or later`."""
    if not date.last:
        return f"{_day(date.first)} or later"
    if date.exact:
        return _day(date.first)
    return f"between {_day(date.first)} and {_day(date.last)}"


def year_words(date: Date) -> str:
    """The year or years of a date, short: `2012`, `2007–08`, `2012 or later`."""
    first, last = date.first[:4], date.last[:4]
    if not last:
        return f"{first} or later"
    return first if first == last else f"{first}–{last[2:] if first[:2] == last[:2] else last}"


def _day(text: str) -> str:
    year, month, day = [*text.split("-"), "", ""][:3]
    words = (day.lstrip("0"), month and month_name[int(month)], year)
    return " ".join(filter(None, words))


def source_words(article: Article) -> str:
    """Publication and year, as a claim names its source: `BMJ, 2012`."""
    return f"{article.publication.name}, {year_words(article.date)}"


def byline(library: Library, article: Article) -> str:
    """Who wrote an article, in words; says so where no byline is printed."""
    names = [library.people[author].name for author in article.authors]
    return f"By {' and '.join(names)}" if names else "No byline is printed"


def voice_words(claim: Claim) -> str:
    """In which voice a claim is made, in words."""
    return VOICES["unsigned" if not claim.speakers else claim.voice]


def voiced(text: str) -> Markup:
    """Text (or Markup) of ours with the words it quotes set as the source's."""
    return Markup(
        evidence.QUOTED.sub(
            lambda quoted: f'<span class="theirs">{quoted[0]}</span>', str(escape(text))
        )
    )


class Glossary:
    """Explains abbreviations in text: `<abbr>` where one is read, and the list of those on a page.

    An abbreviation whose entry carries a note (it may stand for something else) is only listed.
    """

    def __init__(self, entries: Mapping[str, Abbreviation]) -> None:
        self._entries = entries
        shorts = "|".join(re.escape(short) for short in sorted(entries, key=len, reverse=True))
        self._any = re.compile(rf"\b({shorts})(?=s?\b)") if shorts else re.compile(r"(?!)")

    def mark(self, text: str) -> Markup:
        """Text (or Markup, whose tags are left alone) with each abbreviation explained once."""
        pieces = re.split(r"(<[^>]*>)", str(escape(text)))
        seen: set[str] = set()

        def explain(match: re.Match[str]) -> str:
            entry = self._entries[match[0]]
            if entry.note or entry.short in seen:
                return match[0]
            seen.add(entry.short)
            return f'<abbr title="{escape(entry.expansion)}">{match[0]}</abbr>'

        return Markup(
            "".join(p if p.startswith("<") else self._any.sub(explain, p) for p in pieces)
        )

    def used(self, texts: Iterable[str]) -> list[Abbreviation]:
        """The entries whose abbreviation stands in the texts, in alphabetical order."""
        found = {match for text in texts for match in self._any.findall(text)}
        return [entry for short, entry in self._entries.items() if short in found]
