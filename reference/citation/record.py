"""One CSL-JSON record for each article and for each page of this site.

The record (https://docs.citationstyles.org, CSL-JSON 1.0.2) is made from the front matter alone;
references, files and tags are made from it, so that no two of them can disagree.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from reference.citation.kinds import KINDS
from reference.citation.quotation import quotation
from reference.evidence import fold
from reference.records import Article, Claim, Library, Person

Record = dict[str, Any]  # CSL-JSON
ELSEWHERE = "https://site.invalid"
EDITION = "0123456789ab"
"""Stand for this site's address and version in references kept in the content."""


def article_record(library: Library, article: Article) -> Record:
    """Return an article's CSL-JSON record. What is unknown has no key.

        {"id": "complex-infrastructure", "type": "article-journal", "title": "…",
         "author": [{"family": "White", "given": "Caroline"}], "container-title": "BMJ",
         "issued": {"date-parts": [[2012, 6, 20]]}, …}

    Only a date that the article prints is `issued`, as styles print it.
    """
    kind = KINDS[article.kind]
    publication = article.publication
    number = str(publication.number)
    record: Record = {
        "id": article.id,
        "type": kind.csl,
        "genre": kind.genre,
        "title": article.title,
        "title-short": article.title_short,
        "author": [
            _name(library.people[author]) for author in article.authors
        ],
        kind.publication: publication.name,
        "source": publication.site,
        "volume": str(publication.volume),
        "DOI": article.doi,
        "URL": article.url,
    }
    if number.isdecimal():
        record["issue"] = number
    else:
        # A number like e4278 is the article's own. APA looks for it in `number`, Zotero and Harvard
        # in `page`.
        record["number"] = number
        record["page"] = number
    if kind.publication == "event-title":
        # CSL called it so before version 1.0.2.
        record["event"] = publication.name
    if article.date.exact:
        record["issued"] = _date(article.date.first)
    return {key: value for key, value in record.items() if value}


def _name(person: Person) -> dict[str, str]:
    """Return a name in its parts, or as it stands where it has none."""
    if person.kind == "organisation" and not person.given:
        return {"literal": person.name}
    if not person.given:
        return {"literal": person.surname}
    return {"family": person.surname, "given": person.given}


def _date(iso: str) -> dict[str, list[list[int]]]:
    """Return a date as CSL-JSON has it: `{"date-parts": [[2012, 6, 20]]}`."""
    parts = [int(part) for part in iso.split("-")]
    return {"date-parts": [parts]}


def pages(library: Library) -> list[str]:
    """Return the pages of this site that can be cited, by their paths: `about`, `themes/training`.

    The first stands for the whole site.
    """
    return ["about", *(f"themes/{theme}" for theme in library.themes)]


def page_id(page: str) -> str:
    """Return the id of the record of a page, by its path; no article's id has a `_`."""
    return f"page_{page.replace('/', '_')}"


def page_record(library: Library, page: str, base: str = ELSEWHERE) -> Record:
    """Return the CSL-JSON record of a page of this site, dated when the content last changed.

    `page` is its path: `about`, or `themes/training`. `base` is the address of this site.

    References are set once and kept, whatever the address and the version become. The record that
    they are set from has the stand-ins ELSEWHERE and EDITION for these: it is made without `base`.
    """
    title = "About this site"
    if page.startswith("themes/"):
        theme = page.removeprefix("themes/")
        title = library.themes[theme].title
    version = EDITION if base == ELSEWHERE else library.version
    record: Record = {
        "id": page_id(page),
        "type": "webpage",
        "title": title,
        "container-title": library.site.title,
        "publisher": library.site.publisher,
        "version": version,
        "URL": f"{base}/{page}/",
    }
    if library.updated:
        record["issued"] = _date(library.updated)
    return {key: value for key, value in record.items() if value}


def records_with_notes(
    library: Library,
    articles: Iterable[str],
    claims: Sequence[Claim] = (),
    base: str = "",
) -> list[Record]:
    """Return the records of articles (by id), each once, as files for reference managers have them.

    To what `article_record` returns they add a `note`, which no style prints. It has a line for
    each of `claims` that is from the article, and one for a date that the article does not print:

        “But I have to tell you the data is junk” (Laurence Buckman, para. 11, https://…/#p11)

    `base` is the address of this site, for those links.
    """
    records = []
    for id in dict.fromkeys(articles):
        article = library.articles[id]
        lines = []
        for claim in claims:
            if claim.article == id:
                lines.append(note_of(library, claim, base))
        if not article.date.exact:
            lines.append(_note_of_date(article))
        record = article_record(library, article)
        if lines:
            record["note"] = "\n".join(fold(line) for line in lines)
        records.append(record)
    return records


def note_of(library: Library, claim: Claim, base: str) -> str:
    """Return a claim's words, who says them, and where: `“…” (Laurence Buckman, para. 11, …)`."""
    place = located(library, claim)
    return f"{quotation(claim)} ({place}, {passage_url(claim, base)})"


def located(library: Library, claim: Claim) -> str:
    """Return who says a claim's words, and in which paragraph: `Laurence Buckman, para. 11`."""
    number = library.passage_of(claim).number
    return ", ".join([*library.said_by(claim), f"para. {number}"])


def _note_of_date(article: Article) -> str:
    """Return what is known of a date that the article does not print."""
    return f"Date of the article, in EDTF: “{article.date.edtf}”. {article.date_basis}"


def passage_url(claim: Claim, base: str) -> str:
    """Return the address, on this site, of the passage that a claim's words stand in."""
    return f"{base}/articles/{claim.article}/#{claim.passage}"
