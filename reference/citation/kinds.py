"""What a kind of source is called by every format and program that cites."""

from typing import Literal, NamedTuple

from reference.records import ArticleKind


class Kind(NamedTuple):
    """A kind of source: its type in CSL and in schema.org.

    `genre` is what the CSL type does not say. `publication` is the CSL field of the publication's
    name: the `container-title` of what appears in a periodical, the `publisher` of what stands
    alone, the `event-title` of what was spoken there.
    """

    csl: str
    schema: str
    genre: str = ""
    publication: Literal["container-title", "publisher", "event-title"] = (
        "container-title"
    )


KINDS: dict[ArticleKind, Kind] = {
    "journal-news": Kind("article-journal", "ScholarlyArticle"),
    "news": Kind("article-magazine", "NewsArticle"),
    "opinion": Kind("article-magazine", "OpinionNewsArticle"),
    "report": Kind("report", "Report", publication="publisher"),
    "speech": Kind(
        "speech", "CreativeWork", genre="Speech", publication="event-title"
    ),
    "press-release": Kind(
        "document", "Article", genre="Press release", publication="publisher"
    ),
}


class TypeNames(NamedTuple):
    """What a CSL type is called in BibTeX, RIS and Zotero."""

    bibtex: str
    ris: str
    zotero: str


TYPES = {
    "article-journal": TypeNames("article", "JOUR", "journalArticle"),
    "article-magazine": TypeNames("article", "MGZN", "magazineArticle"),
    "report": TypeNames("techreport", "RPRT", "report"),
    "speech": TypeNames("misc", "SLIDE", "presentation"),
    "document": TypeNames("misc", "GEN", "document"),
    "webpage": TypeNames("misc", "ELEC", "webpage"),
}
