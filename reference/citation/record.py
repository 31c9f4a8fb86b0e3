"""One CSL-JSON record for each article and for each page of this site.

The record (https://docs.citationstyles.org, CSL-JSON 1.0.2) is made from the front matter alone.
References, files and tags are made from it, so that no two of them can disagree.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from reference.records import Article, Claim, Date, Library, Person

Record = dict[str, Any]
"""A CSL-JSON record."""
SITE = "GP-led commissioning reference"
ELSEWHERE = "https://site.invalid"
EDITION = "0123456789ab"
"""The two stand for this site's address and version in references kept in the content."""


class Source(NamedTuple):
    """A work as files and tags give it: its record, and what is noted with it, which no style
    prints: quotations first, then what is known of a date the article does not print."""

    record: Record
    notes: tuple[str, ...] = ()


def article_record(library: Library, article: Article) -> Record:
    """An article's CSL-JSON record. What is unknown has no key.

    Journal news is a journal article. All else is a magazine article, an opinion on a web site
    too: as a `webpage` Vancouver would give its author as the site's, and no day. A number that
    is no plain number (`e4278`) is an article number, which no style takes for a page.

    A date that is not exact is never `issued`, which Vancouver and Harvard print as if it stood
    in the article (they do not know `circa`), and which as a `literal` pandoc drops or prints
    twice. It is the `status`: APA and Chicago print that where the date would be, the others
    nothing. It marks an estimate ([2010?]), or says that there is no date, upon which APA gives
    the plain address and not “Retrieved https://…”.
    """
    publication, number = article.publication, str(article.publication.number)
    date = article.date
    record = {
        "id": article.id,
        "type": "article-journal" if article.kind == "journal-news" else "article-magazine",
        "title": article.title,
        "title-short": article.title_short,
        "author": [_name(library.people[author]) for author in article.authors],
        "container-title": publication.name,
        "section": publication.section,
        "source": publication.site,
        "volume": str(publication.volume),
        "issue": number if number.isdecimal() else "",
        "number": "" if number.isdecimal() else number,
        "issued": _day(date.first) if date.exact else {},
        "status": "" if date.exact else estimate(date) or '<span class="nocase">n.d.</span>',
        "DOI": article.doi,
        "URL": article.url,
    }
    return {key: value for key, value in record.items() if value}


def estimate(date: Date) -> str:
    """An uncertain date with its mark, as libraries write it: [2010?], [2007 or 2008?]; "" for an
    exact date, and for one that is open at an end, which nothing bounds."""
    if date.exact or not date.last:
        return ""
    first, last = date.years[0], date.years[-1]
    if first == last:
        return f"[{first}?]"
    return f"[{first} or {last}?]" if last == first + 1 else f"[between {first} and {last}?]"


def page_record(library: Library, id: str) -> Record:
    """A page of this site (a theme, or "about") as it was when the content last changed."""
    record = {
        "id": f"page_{id}",  # no article's id has a `_`
        "type": "webpage",
        "title": library.themes[id].title if id in library.themes else "About this site",
        "container-title": SITE,
        "issued": _day(library.updated) if library.updated else {},
        "version": EDITION,
        "URL": ELSEWHERE + page_path(id),
    }
    return {key: value for key, value in record.items() if value}


def page_path(id: str) -> str:
    """The path of a theme page, or of the page "about"."""
    return "/about/" if id == "about" else f"/themes/{id}/"


def sources(library: Library, claims: Sequence[Claim], base: str) -> list[Source]:
    """The articles that claims quote, each once, with its quotations in their order as notes."""
    by_article: dict[str, list[str]] = {}
    for claim in claims:
        by_article.setdefault(claim.article, []).append(_noted(library, claim, base))
    return [article_source(library, library.articles[id], *said) for id, said in by_article.items()]


def article_source(library: Library, article: Article, *quotations: str) -> Source:
    """An article with notes: the quotations given, and its date where that is not printed."""
    date = article.date
    known = f"Date of the article, in EDTF: “{date.edtf}”. {article.date_basis}"
    notes = quotations if date.exact else (*quotations, known)
    return Source(article_record(library, article), notes)


def _noted(library: Library, claim: Claim, base: str) -> str:
    """“But I have to tell you the data is junk” (Laurence Buckman, para. 11, https://…/#p11)."""
    who = [library.speaker_name(speaker) for speaker in claim.speakers]
    place = f"para. {library.passage_of(claim).number}"
    return f"{quoted(claim.quote)} ({', '.join([*who, place, passage_url(claim, base)])})"


def passage_url(claim: Claim, base: str) -> str:
    return f"{base}/articles/{claim.article}/#{claim.passage}"


def quoted(text: str) -> str:
    """A text in quotation marks, those inside it alternating: “he said ‘most “no” men’”.

    An apostrophe is left alone: a ’ inside a word, or where no ‘ is open. Only what we show
    changes; the article's words are kept as they stand.
    """
    out, opened = "", ""
    for place, mark in enumerate(text):
        inside_word = text[place + 1 : place + 2].isalnum()
        if mark in "“‘":
            opened += mark
            out += "“‘"[len(opened) % 2]
        elif mark == "”" or (mark == "’" and opened[-1:] == "‘" and not inside_word):
            out += "”’"[max(1, len(opened)) % 2]
            opened = opened[:-1]
        else:
            out += mark
    return f"“{out}”"


def plain_title(record: Record) -> str:
    """A title without the mark-up CSL allows in it."""
    return re.sub(r"</?(?:i|b|sup|sub|sc|span)\b[^>]*>", "", str(record["title"]))


def _day(iso: str) -> dict[str, Any]:
    return {"date-parts": [[int(part) for part in iso.split("-")]]}


def _name(person: Person) -> dict[str, str]:
    if not person.given:
        return {"literal": person.surname}
    return {"family": person.surname, "given": person.given}
