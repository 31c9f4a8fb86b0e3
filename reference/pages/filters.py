"""How the site says things: the filters of the templates, and abbreviations explained."""

import re
from calendar import month_name  # in English, as no locale is ever set here
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from reference import charts, evidence
from reference.citation import fragments, metadata
from reference.citation.record import quoted
from reference.records import GAP, Abbreviation, Article, Block, Claim, Date, Event, Library, Span
from reference.search.results import Result

ACCENTS = 7
NOTE_LINK = re.compile(r'(<a [^>]*data-(?:claim|event)="([^"]+)"[^>]*)>(\d+)')
VOICES = {
    "direct": "quoted",
    "reported": "reported",
    "author": "the author’s words",
    "unsigned": "the article’s own words",
}
KINDS = {
    "problem": ("Problem", "Problems", "what is said to be wrong, lacking or risky"),
    "remedy": ("Remedy", "Remedies", "what is proposed, needed or advised"),
    "strength": ("Strength", "Strengths", "what is said to be good or to work"),
    "context": ("Context", "Context", "background"),
}
ARTICLE_KINDS = {"journal-news": "Journal news", "news": "News", "opinion": "Opinion"}
CONFIDENCE = {
    "stated-in-source": "stated in the source",
    "found-at-URL": "found at the linked page",
    "inferred-range": "our inference",
    "unknown": "not known",
}
NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six", "seven"),
    *("eight", "nine", "ten", "eleven", "twelve"),
)


def filters(library: Library, glossary: "Glossary") -> dict[str, Callable[..., Any]]:
    """The filters of the templates, by name."""
    order = {id: place for place, id in enumerate(library.themes)}
    reading = {id: place for place, id in enumerate(library.claims)}

    @lru_cache
    def source_url(claim: Claim) -> str:
        return fragments.source_url(claim, library.articles[claim.article])

    def speakers(claim: Claim) -> str:
        return listed(map(library.speaker_name, claim.speakers)) or "The article"

    def byline(article: Article) -> str:
        names = [library.people[author].name for author in article.authors]
        return f"By {listed(names)}" if names else "No byline is printed"

    def in_order(hits: Sequence[Result]) -> Sequence[Result]:
        """Results, the words of a person who comes first in the order of reading."""
        first, *rest = hits or (None,)
        if not first or first.kind != "person":
            return hits
        own = [h for h in rest if h.kind == "claim" and first.id in library.claims[h.id].speakers]
        others = [hit for hit in rest if hit not in own]
        return [first, *sorted(own, key=lambda hit: reading[hit.id]), *others]

    plain = (counted, in_words, listed, marked, marked_words, quotation, voiced, with_claims)
    return {each.__name__: each for each in (*plain, byline, in_order, source_url, speakers)} | {
        "abbreviated": glossary.mark,
        "accent": lambda theme: order[theme] % ACCENTS + 1,
        "anchor": lambda text: re.sub(r"\W+", "-", text.lower()).strip("-"),
        "article_kind": ARTICLE_KINDS.__getitem__,
        "coins": lambda article: metadata.coins(library, article),
        "confidence": CONFIDENCE.__getitem__,
        "date": date_words,
        "day": lambda text: date_words(Date(text, text, text)),
        "in_context": lambda claim: marked(library.passage_of(claim).text, claim.spans),
        "kind": lambda kind: KINDS[kind][0],
        "quoted_word": lambda word: f"“{word}”",
        "shortest": lambda ids: min((library.claims[id] for id in ids), key=lambda c: len(c.quote)),
        "source": lambda article: f"{article.publication.name}, {year_words(article.date)}",
        "standing": lambda article: standing(article.date, library.events.values()),
        "voice": lambda claim: VOICES[claim.voice if claim.speakers else "unsigned"],
        "when": when_words,
        "years": lambda article: year_words(article.date),
    }


# Numbers and dates


def in_words(number: int) -> str:
    """A number as prose has it: in words up to twelve."""
    return NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def counted(number: int, thing: str, things: str = "") -> str:
    """How many of a thing there are: `1 claim`, `12 claims`."""
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"


def listed(names: Iterable[str]) -> str:
    """Names as prose lists them: `Smith, Mays and Glasby`."""
    *most, last = [*names] or [""]
    return f"{', '.join(most)} and {last}" if most else last


def date_words(date: Date) -> str:
    """A date in words: `20 June 2012`, `between … and …`, `31 January 2012 or later`."""
    if not date.last:
        return f"{_day(date.first)} or later"
    if date.exact:
        return _day(date.first)
    return f"between {_day(date.first)} and {_day(date.last)}"


def when_words(date: Date) -> str:
    """A date as one line has room for it: `20 June 2012`, `July or August 2010`, `2007 or 2008`."""
    if date.exact or not date.last:
        return date_words(date)
    (first, last), link = (date.first, date.last), " or "
    if first[:4] != last[:4]:
        link = link if int(last[:4]) - int(first[:4]) == 1 else " to "
        return f"{first[:4]}{link}{last[:4]}"
    months = [month_name[int(day[5:7] or 1)] for day in (first, last)]
    near = int(last[5:7] or 12) - int(first[5:7] or 1)
    return f"{(' to ' if near > 1 else link).join(dict.fromkeys(months))} {first[:4]}"


def year_words(date: Date) -> str:
    """The year or years of a date, short: `2012`, `2007–08`, `2012 or later`."""
    first, last = date.first[:4], date.last[:4]
    if not last:
        return f"{first} or later"
    return first if first == last else f"{first}–{last[2:] if first[:2] == last[:2] else last}"


def _day(text: str) -> str:
    year, month, day = [*text.split("-"), "", ""][:3]
    return " ".join(filter(None, (day.lstrip("0"), month and month_name[int(month)], year)))


def standing(date: Date, events: Iterable[Event]) -> str:
    """Where a date stands among the policy's events: `four weeks before the Act`.

    Only its landmarks count. What cannot be placed is said to be so, and what follows from a range
    of ours says that it does.
    """
    known = [(charts.bounds(each.date)[0], each.landmark) for each in events if each.landmark]
    first, last = charts.bounds(date)
    before = max((each for each in known if each[0] <= first), default=None)
    after = min((each for each in known if each[0] > first), default=None)
    if after and (not last or last >= after[0]):
        return f"cannot be placed before or after {after[1]}"
    if not last or not (before or after):
        return ""
    if date.exact:
        day, name = min((abs(day - first), name) for day, name in filter(None, (before, after)))
        side = "after" if before and name == before[1] else "before"
        return f"{_length(day.days)[0]} {side} {name}"
    if before and (last - before[0]).days <= 200:
        low, high = (_length((day - before[0]).days) for day in (first, last))
        low_words = low[0].partition(" ")[0] if low[1] == high[1] else low[0]
        return f"{low_words} to {high[0]} after {before[1]}, by our dating"
    if before and after:
        return f"between {before[1]} and {after[1]}, by our dating"
    return f"{'after' if before else 'before'} {(before or after or known[0])[1]}, by our dating"


def _length(days: int) -> tuple[str, str]:
    """A length of time in the unit that suits it (`four weeks`), and the unit."""
    units = (("day", 1.0, 13), ("week", 7.0, 140), ("month", 30.4, 700), ("year", 365.25, 10**6))
    unit, size = next((unit, size) for unit, size, most in units if days <= most)
    number = max(1, round(days / size))
    return f"{in_words(number)} {unit}{'s' if number > 1 else ''}", unit


# Words of the sources and ours


def marked(text: str, spans: Iterable[Span]) -> Markup:
    """A text with the places that matter marked."""
    pieces = evidence.segments(text, spans)
    return Markup("").join(Markup("<mark>%s</mark>") % p if mark else p for p, mark in pieces)


def quotation(claim: Claim) -> str:
    """A quotation as shown: in quotation marks, its pieces joined by […]."""
    pieces = [piece.strip() for piece in claim.quote.split(evidence.ELLIPSIS)]
    return quoted(f" {GAP} ".join(pieces))


def marked_words(text: str, spans: Iterable[Span]) -> Markup:
    """Words of a source in quotation marks, the places that matter marked."""
    whole = marked(quoted(text), [Span(start + 1, end + 1) for start, end in spans])
    return whole.replace(evidence.ELLIPSIS, f" {GAP} ")


def with_claims(text: str, claims: Iterable[Claim], url: Callable[[str], str]) -> Markup:
    """A passage's text in which each stretch that claims quote leads to the shortest of them."""
    claims = sorted(claims, key=lambda claim: sum(s.end - s.start for s in claim.spans))
    ends = {end for claim in claims for span in claim.spans for end in span} | {0, len(text)}
    cuts, pieces = sorted(ends), []
    for start, end in pairwise(cuts):
        over = [c.id for c in claims if any(s.start <= start and end <= s.end for s in c.spans)]
        words = escape(text[start:end])
        if over and words.strip():
            ids, href = " ".join(over), escape(url(over[0]))
            words = Markup(f'<a class="quoted" href="{href}" data-claims="{ids}">{words}</a>')
        pieces.append(words)
    return Markup("").join(pieces)


def voiced(text: str) -> Markup:
    """Text (or Markup) of ours with the words it quotes set as the source's."""
    return Markup(
        evidence.QUOTED.sub(
            lambda quoted: f'<span class="theirs">{quoted[0]}</span>', str(escape(text))
        )
    )


class Argued(NamedTuple):
    """A heading or paragraph of our prose, its note links named, and its notes in order.

    A note is (number, claim or event id, its name, whether it stands here for the first time).
    """

    heading: str
    html: Markup
    notes: list[tuple[int, str, str, bool]]


def argued(library: Library, blocks: Iterable[Block]) -> list[Argued]:
    """Our prose, ready to be set: a reader who hears a note's link hears who is cited."""
    seen: set[str] = set()
    found = []
    for block in blocks:
        cited = {id: int(number) for _, id, number in NOTE_LINK.findall(block.html)}
        notes = [(n, id, _cited(library, id), id not in seen) for id, n in cited.items()]
        names = {id: escape(f"Note {number}: {words}") for number, id, words, _ in notes}
        html = block.html
        for tag, id, _ in NOTE_LINK.findall(html):
            html = html.replace(f"{tag}>", f'{tag} aria-label="{names[id]}">')
        seen |= set(cited)
        found.append(Argued(block.heading, Markup(html), notes))
    return found


def _cited(library: Library, id: str) -> str:
    """What a note cites, in a few words: `Laurence Buckman, BMJ 2012`."""
    claim = library.claims.get(id)
    if not claim:
        return library.events[id].name
    article = library.articles[claim.article]
    who = listed(map(library.speaker_name, claim.speakers)) or "the article"
    return f"{who}, {article.publication.name} {year_words(article.date)}"


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
