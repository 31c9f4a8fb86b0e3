"""One CSL-JSON record for each article and for each page of this site.

The record (https://docs.citationstyles.org, CSL-JSON 1.0.2) is made from the front matter alone;
references, files and tags are made from it, so that no two of them can disagree.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from reference.evidence import ELLIPSIS, fold
from reference.records import GAP, Article, Claim, Date, Library

Record = dict[str, Any]  # CSL-JSON
ELSEWHERE, EDITION = "https://site.invalid", "0123456789ab"
"""Stand for this site's address and version in references kept in the content."""


def article_record(library: Library, article: Article, cased: bool = False) -> Record:
    """An article's CSL-JSON record. What is unknown has no key. `cased` is for a style that
    capitalises titles: its title then, where no rule can know that, is the editor's.

    Journal news is a journal article, all else a magazine's: of a `webpage` Vancouver gives the
    author as the site's, and no day. A number that is no plain number (`e4278`) is an article's. A
    date that is not exact is never `issued`, which styles print as if it stood in the article, but
    the `status`, which APA and Chicago print where a date would be and others not at all: an
    estimate with its mark, or that there is none (then APA's address has no “Retrieved”).
    """
    publication, date = article.publication, article.date
    number = str(publication.number)
    record = {
        "id": article.id,
        "type": "article-journal" if article.kind == "journal-news" else "article-magazine",
        "title": (cased and article.title_case) or article.title,
        "title-short": article.title_short,
        "author": [
            {"family": p.surname, "given": p.given} if p.given else {"literal": p.surname}
            for p in (library.people[author] for author in article.authors)
        ],
        "container-title": publication.name,
        "section": publication.section,
        "source": publication.site,
        "volume": str(publication.volume),
        "issue" if number.isdecimal() else "number": number,
        "issued": date.exact and _day(date.first),
        "status": not date.exact and _estimate(date),
        "DOI": article.doi,
        "URL": article.url,
    }
    return {key: value for key, value in record.items() if value}


def _estimate(date: Date) -> str:
    """An uncertain date as libraries mark it: [2010?], [2007 or 2008?], [between 2007 and 2010?];
    no date where nothing bounds it."""
    if not date.last:
        return '<span class="nocase">n.d.</span>'
    first, last = date.years[0], date.years[-1]
    two = f"{first} or {last}" if last - first == 1 else f"between {first} and {last}"
    return f"[{two if last > first else first}?]"


def page_record(library: Library, id: str, base: str = ELSEWHERE) -> Record:
    """A page of this site (a theme, or "about") as it was when the content last changed."""
    theme = library.themes.get(id)
    return {
        **{"id": f"page_{id}", "type": "webpage"},  # no article's id has a `_`
        "title": theme.title if theme else "About this site",
        "container-title": library.site.title,
        **({"issued": _day(library.updated)} if library.updated else {}),
        "version": EDITION if base == ELSEWHERE else library.version,
        "URL": f"{base}/themes/{id}/" if theme else f"{base}/{id}/",
    }


def _day(iso: str) -> dict[str, Any]:
    return {"date-parts": [[int(part) for part in iso.split("-")]]}


def noted(
    library: Library, articles: Iterable[str], claims: Sequence[Claim] = (), base: str = ""
) -> list[Record]:
    """The records of articles, each once, with a `note`, which no style prints. It has a line for
    each quotation from the article, and one for its date where that is not printed."""
    found = []
    for article in map(library.articles.__getitem__, dict.fromkeys(articles)):
        notes = []
        for claim in (claim for claim in claims if claim.article == article.id):
            place = [f"para. {library.passage_of(claim).number}", passage_url(claim, base)]
            notes.append(f"{quotation(claim)} ({', '.join(library.said_by(claim) + place)})")
        if not (date := article.date).exact:
            notes.append(f"Date of the article, in EDTF: “{date.edtf}”. {article.date_basis}")
        note = {"note": "\n".join(map(fold, notes))} if notes else {}
        found.append(article_record(library, article) | note)
    return found


def passage_url(claim: Claim, base: str) -> str:
    return f"{base}/articles/{claim.article}/#{claim.passage}"


def quotation(claim: Claim) -> str:
    """A claim's words in quotation marks, its pieces joined by […]."""
    return quoted(f" {GAP} ".join(piece.strip() for piece in claim.quote.split(ELLIPSIS)))


def quoted(text: str) -> str:
    """A text in quotation marks, those inside it alternating: “he said ‘most “no” men’”. An
    apostrophe (a ’ inside a word, or where no ‘ is open) is left alone."""
    out, opened = "", ""
    for part in re.split(r"([“‘”]|’(?!\w))", text):
        shown = part
        if part in {"“", "‘"}:
            opened += part
            shown = "“‘"[len(opened) % 2]
        elif part == "”" or (part == "’" and opened[-1:] == "‘"):
            shown = "”’"[max(1, len(opened)) % 2]
            opened = opened[:-1]
        out += shown
    return f"“{out}”"
