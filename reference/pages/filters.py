"""How the site says things: the filters of the templates, and abbreviations explained."""

import re
from calendar import month_name  # in English, as no locale is ever set here
from collections.abc import Callable, Iterable, Sequence
from datetime import date as Day
from functools import cache
from itertools import pairwise
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

from reference import charts, evidence
from reference.citation import fragments, metadata
from reference.citation.intext import listed
from reference.citation.record import article_record, quotation, quoted
from reference.records import GAP, Article, Block, Claim, Date, Event, Library, Span, Term
from reference.search.results import Result

ACCENTS = 7
QUOTED = re.compile(r"[‘“](?:<[^>]*>|[^<>‘’“”]|’(?=\w))+[’”](?!\w)(?![^<>]*>)")
"""Words in quotation marks, but not in a tag; an apostrophe inside a word does not close them."""
CITED = re.compile(r' data-(?:claim|event)="([^"]+)">(\d+)')
NUMBERS = re.findall(r"\w+", "no one two three four five six seven eight nine ten eleven twelve")


def filters(library: Library, glossary: "Glossary") -> dict[str, Callable[..., Any]]:
    themes = list(library.themes)

    def speakers(claim: Claim, nobody: str = "The article") -> str:
        return listed(library.said_by(claim)) or nobody

    def source(article: Article) -> str:
        return f"{article.publication.name}, {year_words(article.date)}"

    def cited(id: str) -> str:
        """What a note cites, in a few words: `Laurence Buckman, BMJ 2012`."""
        if id not in library.claims:
            return library.events[id].name
        claim = library.claims[id]
        article = library.articles[claim.article]
        who = speakers(claim, "the article")
        return f"{who}, {article.publication.name} {year_words(article.date)}"

    def notes(block: Block) -> dict[int, str]:
        """The notes of a piece of our prose: number -> what is cited, a claim or an event."""
        return {int(number): id for id, number in CITED.findall(block.html)}

    def prose(block: Block) -> Markup:
        """Our prose; a reader who hears the link of a note hears who is cited."""

        def named(link: re.Match[str]) -> str:
            return f' aria-label="Note {link[2]}: {escape(cited(link[1]))}">{link[2]}'

        return Markup(CITED.sub(named, block.html))

    def in_order(hits: Sequence[Result]) -> Sequence[Result]:
        """Results; after a person who comes first, their words in the order of reading."""
        if not hits or hits[0].kind != "person":
            return hits
        first, *rest = hits
        own = [claim.id for claim in library.claims_of_speaker(first.id)]
        return [first, *sorted(rest, key=lambda h: own.index(h.id) if h.id in own else len(own))]

    own = (cited, in_order, notes, prose, source, speakers)
    plain = (
        counted,
        in_words,
        listed,
        marked,
        marked_words,
        one_line,
        quotation,
        voiced,
        with_claims,
    )
    return {each.__name__: each for each in (*own, *plain)} | {
        "abbreviated": glossary.mark,
        "accent": lambda theme: themes.index(theme) % ACCENTS + 1,
        "anchor": lambda text: re.sub(r"\W+", "-", text.lower()).strip("-"),
        "coins": metadata.coins,
        "record": lambda article: article_record(library, article),
        "date": date_words,
        "day": lambda text: date_words(Date(text, text, text)),
        "in_context": lambda claim: marked(library.passage_of(claim).text, claim.spans),
        "shortest": lambda ids: min((library.claims[id] for id in ids), key=lambda c: len(c.quote)),
        "source_url": cache(lambda c: fragments.source_url(c, library.articles[c.article])),
        "standing": lambda article: standing(article.date, library.events.values()),
        "when": when_words,
        "years": lambda article: year_words(article.date),
    }


def in_words(number: int) -> str:
    """A number as prose has it: in words up to twelve."""
    return NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def counted(number: int, thing: str, things: str = "") -> str:
    """How many of a thing there are: `1 claim`, `12 claims`."""
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"


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
    (year, *months), (end, *ends) = (date.first.split("-"), date.last.split("-"))
    if year != end:
        return f"{year} {'or' if int(end) - int(year) == 1 else 'to'} {end}"
    first, last = int((months or ["1"])[0]), int((ends or ["12"])[0])
    names = dict.fromkeys((month_name[first], month_name[last]))
    return f"{(' to ' if last - first > 1 else ' or ').join(names)} {year}"


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
    """Where a date stands among the policy's landmarks: `four weeks before the Act`. What cannot
    be placed is said to be so, and what follows from a range of ours says that it does."""
    opens, closes = charts.bounds(date)
    ends = closes or Day.max
    dated = ((*charts.bounds(each.date), each.landmark) for each in events if each.landmark)
    known = sorted((first, last or Day.max, name) for first, last, name in dated)
    if about := [mark for mark in known if mark[0] <= ends and opens <= mark[1]]:
        first, last, name = min(about, key=lambda mark: mark[1] - mark[0])
        same = first == last == opens == ends
        return f"on the day of {name}" if same else f"perhaps before {name}, perhaps after"
    if not closes or not known:
        return ""
    marks = sorted(
        (max(opens - last, first - ends), last - first, "after" if last < opens else "before", name)
        for first, last, name in known
    )
    sure = [mark for mark in marks if mark[0] >= 5 * mark[1]]  # else the length would say too much
    if opens == ends and sure:
        length, _, side, name = sure[0]
        return f"{_length(length.days)} {side} {name}"
    ours = "" if date.exact else ", by our dating"
    before, after = (next((m for m in marks if m[2] == side), None) for side in ("after", "before"))
    if before in sure and (longest := (ends - opens + before[0]).days) <= 200:
        low, high = _length(before[0].days), _length(longest)
        number, unit = low.split()
        least = number if unit.rstrip("s") in high else low  # one to four weeks
        return f"{high if low == high else f'{least} to {high}'} after {before[3]}{ours}"
    if before and after:
        return f"between {before[3]} and {after[3]}{ours}"
    return f"{marks[0][2]} {marks[0][3]}{ours}"


def _length(days: int) -> str:
    """A length of time in the unit that suits it: `four weeks`."""
    units = (("day", 1.0, 13), ("week", 7.0, 140), ("month", 30.4, 700), ("year", 365.25, 10**6))
    unit, size = next((unit, size) for unit, size, most in units if days <= most)
    number = round(days / size)
    return f"{in_words(number)} {unit}{'s' if number > 1 else ''}"


def one_line(text: str) -> str:
    """Return a text whose white space, line breaks too, is single spaces."""
    return type(text)(" ".join(text.split()))


def marked(text: str, spans: Iterable[Span]) -> Markup:
    """A text with the places that matter marked."""
    pieces = evidence.segments(text, spans)
    return Markup("").join(Markup("<mark>%s</mark>") % p if mark else p for p, mark in pieces)


def marked_words(text: str, spans: Iterable[Span]) -> Markup:
    """Words of a source in quotation marks, the places that matter marked."""
    whole = marked(quoted(text), [Span(start + 1, end + 1) for start, end in spans])
    return whole.replace(evidence.ELLIPSIS, f" {GAP} ")


def with_claims(text: str, claims: Iterable[Claim]) -> Markup:
    """A passage's text in which each stretch that claims quote leads to the shortest of them."""
    claims = sorted(claims, key=lambda claim: sum(s.end - s.start for s in claim.spans))
    cuts = {end for claim in claims for span in claim.spans for end in span} | {0, len(text)}
    pieces = []
    for start, end in pairwise(sorted(cuts)):
        over = [c.id for c in claims if any(s.start <= start and end <= s.end for s in c.spans)]
        words = escape(text[start:end])
        if over and words.strip():
            link = Markup('<a class="quoted" href="{}" data-claims="{}">{}</a>')
            words = link.format(url_for("pages.claim", id=over[0]), " ".join(over), words)
        pieces.append(words)
    return Markup("").join(pieces)


def voiced(text: str) -> Markup:
    """Text (or Markup, whose tags are left alone) of ours, its quoted words set as the source's."""
    return Markup(QUOTED.sub(r'<span class="theirs">\g<0></span>', str(escape(text))))


class Glossary:
    """Explains abbreviations in text: `<abbr>` where one is read, and the list of those on a page.
    One whose entry carries a note (it may stand for something else) is only listed."""

    def __init__(self, entries: Iterable[Term]) -> None:
        short = [entry for entry in entries if entry.expansion]
        self._entries = {str(escape(entry.term)): entry for entry in short}  # A&amp;E
        shorts = "|".join(sorted(map(re.escape, self._entries), key=len, reverse=True)) or "(?!)"
        self._any = re.compile(rf"<[^>]*>|\b({shorts})(?=s?\b)")

    def mark(self, text: str) -> Markup:
        """Text (or Markup, whose tags are left alone) with each abbreviation explained once."""
        seen: set[str] = set()

        def explain(match: re.Match[str]) -> str:
            entry = self._entries.get(match[1])
            if not entry or entry.note or entry.term in seen:
                return match[0]
            seen.add(entry.term)
            return f'<abbr title="{escape(entry.expansion)}">{match[0]}</abbr>'

        return Markup(self._any.sub(explain, str(escape(text))))

    def used(self, texts: Iterable[str]) -> list[Term]:
        """The entries whose abbreviation stands in the texts, in alphabetical order."""
        found = {short for text in texts for short in self._any.findall(str(escape(text)))}
        return [entry for short, entry in self._entries.items() if short in found]
