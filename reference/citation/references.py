"""One CSL-JSON record for each article and claim, and its reference in five styles.

The record (https://docs.citationstyles.org, CSL-JSON 1.0.2) is made from the front matter alone,
and every other form (here, in `exchange` and in `linked`) is made from the record, so that no two
can disagree.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import escape
from subprocess import SubprocessError
from typing import Any

from reference.citation.shared import Shared
from reference.citation.styles import STYLES, Record, Style, names_in, plain, typeset
from reference.records import Article, Claim, Date, Library, Person

SITE = "GP-led commissioning reference"
ELSEWHERE = "https://site.invalid"
"""Stands for this site's public address while a reference to one of its pages is set."""
UNSET = "This reference cannot be set just now; please try again later."
Made = Mapping[str, Mapping[str, str]]
"""Record id -> style id -> reference, as safe HTML."""
log = logging.getLogger("reference")


# The record


def article_record(library: Library, article: Article) -> Record:
    """An article's CSL-JSON record.

    The type follows from kind and fields. Journal news is in a journal. Other news is in a
    magazine, and so is an opinion that has a section, volume or number there; an opinion with
    none of these is a contribution to a web site. The number of a journal or magazine is its
    issue, if it is a plain number; otherwise (`e4278`) it identifies the article and stands where
    pages would. What is unknown has no key: the style says what to print instead.
    """
    publication = article.publication
    numbered = str(publication.number)
    placed = publication.section or publication.volume or publication.number
    if article.kind == "journal-news":
        kind = "article-journal"
    else:
        kind = "article-magazine" if article.kind == "news" or placed else "webpage"
    record = {
        "id": article.id,
        "type": kind,
        "title": article.title,
        "author": [_name(library.people[author]) for author in article.authors],
        "container-title": publication.name,
        "section": publication.section,
        "volume": str(publication.volume),
        "issue": numbered if numbered.isdecimal() else "",
        "page": "" if numbered.isdecimal() else numbered,
        "issued": issued(article.date),
        "DOI": article.doi,
        "URL": article.url,
    }
    if not article.date.exact:
        record["note"] = f"Date of the article, in EDTF: {article.date.edtf}. {article.date_basis}"
    return {key: value for key, value in record.items() if value}


def issued(date: Date) -> Mapping[str, Any]:
    """A date as CSL has it, no more exact than it is known; {} where it is open at an end.

    A CSL range means a publication that spans it, so a span of uncertainty is not written as one
    day to another: what both its ends agree on is given, or else both years, and `circa` says
    that it is not printed in the article. 2010-07-29/2010-08-31 is circa 2010, 2007-12/2008-12 is
    circa 2007–2008, and 2012-01-31/.. has no date: nothing bounds it, so each style says “n.d.”
    in its own way, and the record's note says what is known.
    """
    if not date.last:
        return {}
    first, last = ([int(part) for part in end.split("-")] for end in (date.first, date.last))
    if date.exact:
        return {"date-parts": [first]}
    same = 0
    while same < min(len(first), len(last)) and first[same] == last[same]:
        same += 1
    return {"date-parts": [first[:same]] if same else [first[:1], last[:1]], "circa": True}


def _name(person: Person) -> dict[str, str]:
    if not person.given:
        return {"literal": person.surname}
    return {"family": person.surname, "given": person.given}


def claim_record(library: Library, claim: Claim, base: str) -> Record:
    """A claim's CSL-JSON record: the original article's, with the quotation and its place.

    `annote` holds the quotation and `note` who says it and where; no style prints either, and CSL
    knows a locator only inside a text that cites.
    """
    article = library.articles[claim.article]
    known = article_record(library, article)
    speakers = " and ".join(map(library.speaker_name, claim.speakers))
    how = {"direct": "quoted", "reported": "paraphrased", "author": "writing"}[claim.voice]
    who = f"{speakers}, {how} in " if speakers else "In "
    number = library.passage_of(claim).number
    place = f"{who}passage {number} ({passage_url(claim, base)})."
    return known | {
        "id": claim.id,
        "annote": claim.quote,
        "note": " ".join(filter(None, [place, known.get("note", "")])),
    }


def page_record(library: Library, id: str, title: str) -> Record:
    """A page of this site (a theme, "about") as it was when the content last changed."""
    date = library.updated and {"date-parts": [[int(part) for part in library.updated.split("-")]]}
    record = {
        "id": _page_id(id),
        "type": "webpage",
        "title": title,
        "container-title": SITE,
        "issued": date,
        "version": library.version,
        "URL": ELSEWHERE + page_path(id),
    }
    return {key: value for key, value in record.items() if value}


def passage_url(claim: Claim, base: str) -> str:
    return f"{base}/articles/{claim.article}/#{claim.passage}"


# The citation


@dataclass(frozen=True)
class Form:
    """A citation in one style: `reference` is the processor's; the rest is said around it.

    `who` names somebody quoted ("Buckman L, quoted in: "), `pin` is the passage's address here.
    """

    style: Style
    reference: str
    who: str = ""
    passage: int = 0
    pin: str = ""
    in_text: str = ""

    @property
    def text(self) -> str:
        """The whole citation as a reader copies it."""
        pin = f" [passage {self.passage}, {self.pin}]" if self.pin else ""
        return f"{self.who}{plain(self.reference)}{pin}"


@dataclass(frozen=True)
class Citation:
    """How to cite one thing: in each style, in files (name and path), and by way of this site.

    `version` and `updated` are those of the content, and stay until it changes. The day a reader
    reads it is not ours to say: pages are the same bytes for everybody.
    """

    forms: tuple[Form, ...]
    address: str
    version: str
    updated: str
    files: tuple[tuple[str, str], ...] = ()
    site: str = SITE


class References:
    """The references of a library's articles and pages, each made once, when first asked for.

    A claim's reference is its article's, so a processor never runs for a claim. Articles are set
    a hundred at a time, the site's own pages with the first of them: the five styles of one batch
    take less than a second, and worker processes share the first. While the processor fails,
    `failing` is true, and UNSET stands where references would.
    """

    BATCH = 100

    def __init__(self, library: Library) -> None:
        self._library = library
        self._places = {id: place for place, id in enumerate(library.articles)}
        self._first: Callable[[], Made] = Shared(
            lambda: _in_styles([*self._records(0), *_pages(library)])
        )
        self._later: dict[int, Made] = {}
        self.failing = False

    def of(self, article: str) -> Mapping[str, str]:
        """Style id -> the article's reference in it, as safe HTML. KeyError if there is none."""
        return self._among(self._places[article] // self.BATCH, article)

    def _among(self, number: int, id: str) -> Mapping[str, str]:
        """One of the references of a batch."""
        try:
            made = self._batch(number)
        except (OSError, SubprocessError, ModuleNotFoundError) as error:
            self.failing = True
            log.error("References cannot be set: %s", error)
            return {style.id: UNSET for style in STYLES}
        self.failing = False
        return made[id]

    def _batch(self, number: int) -> Made:
        if number == 0:
            return self._first()
        if number not in self._later:
            self._later[number] = _in_styles(self._records(number))
        return self._later[number]

    def _records(self, number: int) -> list[Record]:
        near = list(self._library.articles.values())[number * self.BATCH :][: self.BATCH]
        return [article_record(self._library, article) for article in near]

    def article(self, article: Article, base: str) -> Citation:
        """How to cite an article."""
        made = self.of(article.id)
        forms = tuple(Form(style, made[style.id]) for style in STYLES)
        return self._citation(forms, f"/articles/{article.id}", base)

    def claim(self, claim: Claim, base: str) -> Citation:
        """How to cite a claim: the original article, who is quoted there, and the passage."""
        made, number = self.of(claim.article), self._library.passage_of(claim).number
        pin = passage_url(claim, base)
        forms = tuple(
            Form(style, made[style.id], quoted(self._library, claim, style), number, pin)
            for style in STYLES
        )
        return self._citation(forms, f"/claims/{claim.id}", base)

    def page(self, id: str, base: str) -> Citation:
        """How to cite a theme page, or "about": this site as it is in its present version."""
        made, library = self._among(0, _page_id(id)), self._library
        forms = (Form(style, made[style.id].replace(ELSEWHERE, escape(base))) for style in STYLES)
        return Citation(tuple(forms), base + page_path(id), library.version, library.updated)

    def _citation(self, forms: tuple[Form, ...], path: str, base: str) -> Citation:
        kinds = (("BibTeX", "bib"), ("RIS", "ris"), ("CSL-JSON", "csl.json"))
        files = tuple((name, f"{path}.{suffix}") for name, suffix in kinds)
        library = self._library
        return Citation(forms, f"{base}{path}/", library.version, library.updated, files)


def page_path(id: str) -> str:
    """The path of a theme page, or of the page "about"."""
    return "/about/" if id == "about" else f"/themes/{id}/"


def _pages(library: Library) -> list[Record]:
    """The records of the pages of this site that are cited as such."""
    titles = {theme.id: theme.title for theme in library.themes.values()}
    titles["about"] = "About this site"
    return [page_record(library, id, title) for id, title in titles.items()]


def _page_id(id: str) -> str:
    """A page's id beside those of articles, none of which has a `_`."""
    return f"page_{id}"


def _in_styles(records: Sequence[Record]) -> Made:
    """The references of records; the styles are set side by side."""
    with ThreadPoolExecutor() as pool:
        made = list(pool.map(lambda style: typeset(records, style), STYLES))
    return {
        record["id"]: {
            style.id: found[record["id"]] for style, found in zip(STYLES, made, strict=True)
        }
        for record in records
    }


def quoted(library: Library, claim: Claim, style: Style) -> str:
    """“Buckman L, quoted in: ”, or "" where the words are the author's own.

    Somebody whose words the article reports in its own is marked as paraphrased.
    """
    if claim.voice == "author" or set(claim.speakers) <= set(
        library.articles[claim.article].authors
    ):
        return ""
    people = [library.people.get(who) or Person(who, who, who) for who in claim.speakers]
    names = names_in(style, people) + (" (paraphrased)" if claim.voice == "reported" else "")
    return names + style.before
