"""Articles and claims for machines that follow links: Zotero, crawlers, annotation clients.

HighWire and PRISM tags, schema.org JSON-LD, signposting links and W3C Web Annotations, each made
from the CSL-JSON record that `citation` makes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote as percent_encode

from reference import evidence
from reference.citation.exchange import FILES, inverted, iso_dates, year
from reference.citation.references import SITE, article_record, claim_record, passage_url
from reference.citation.styles import Record
from reference.records import GAP, Article, Claim, Library, Passage

JsonLd = dict[str, Any]

ANNOTATION = "http://www.w3.org/ns/anno.jsonld"
ANNOTATION_TYPE = f'application/ld+json; profile="{ANNOTATION}"'

ZOTERO_TYPES = {
    "article-journal": "journalArticle",
    "article-magazine": "magazineArticle",
    "webpage": "webpage",
}


def article_tags(library: Library, article: Article) -> list[tuple[str, str]]:
    """The (name, content) of an article page's meta elements."""
    return list(_tags(article_record(library, article)))


def claim_tags(library: Library, claim: Claim, base: str) -> list[tuple[str, str]]:
    """The (name, content) of a claim page's meta elements: the article's, and the quotation."""
    record = claim_record(library, claim, base)
    return [*_tags(record), ("citation_abstract", f"“{record['annote']}” {record['note']}")]


def _tags(record: Record) -> Iterator[tuple[str, str]]:
    """HighWire tags, and those without which Zotero saves a poorer item.

    Zotero takes whatever has a `citation_journal_title` for a journal article, so only a journal
    is given one; it reads its own type of item from `z:itemType` and the name of any other
    publication from PRISM.
    """
    yield "z:itemType", ZOTERO_TYPES[record["type"]]
    yield "citation_title", record["title"]
    for name in record.get("author", []):
        yield "citation_author", inverted(name)
    if record["type"] == "article-journal":
        yield "citation_journal_title", record["container-title"]
    yield "prism.publicationName", record["container-title"]
    dates = iso_dates(record)
    if dates:
        date = dates[0].replace("-", "/") if len(dates) == 1 else year(record)
        yield "citation_publication_date", date
    for tag, key in (
        ("citation_volume", "volume"),
        ("citation_issue", "issue"),
        ("citation_firstpage", "page"),
        ("citation_doi", "DOI"),
        ("citation_public_url", "URL"),
        ("article:section", "section"),
    ):
        if key in record:
            yield tag, record[key]


# schema.org


def article_json_ld(library: Library, article: Article, base: str) -> JsonLd:
    """An article for schema.org."""
    return {"@context": "https://schema.org", **_article(library, article, base)}


def _article(library: Library, article: Article, base: str) -> JsonLd:
    record = article_record(library, article)
    here, doi = f"{base}/articles/{article.id}/", record.get("DOI")
    found = {
        "@type": "ScholarlyArticle" if record["type"] == "article-journal" else "NewsArticle",
        "@id": f"https://doi.org/{doi}" if doi else record.get("URL", here),
        "url": record.get("URL"),
        "headline": record["title"],
        "name": record["title"],
        "author": [_agent(library, who, base) for who in article.authors],
        "datePublished": "/".join(iso_dates(record)),
        "articleSection": record.get("section"),
        "pagination": record.get("page"),
        "isPartOf": _container(record),
        "identifier": doi and {"@type": "PropertyValue", "propertyID": "DOI", "value": doi},
        "mainEntityOfPage": here,
    }
    return {key: value for key, value in found.items() if value}


def _container(record: Record) -> JsonLd:
    """The periodical or web site, inside the issue and volume where these are known."""
    kind = "WebSite" if record["type"] == "webpage" else "Periodical"
    whole: JsonLd = {"@type": kind, "name": record["container-title"]}
    if "volume" in record:
        number = record["volume"]
        whole = {"@type": "PublicationVolume", "volumeNumber": number, "isPartOf": whole}
    if "issue" in record:
        number = record["issue"]
        whole = {"@type": "PublicationIssue", "issueNumber": number, "isPartOf": whole}
    return whole


def _agent(library: Library, who: str, base: str) -> JsonLd:
    """A person, or a group as the article names it."""
    person = library.people.get(who)
    if not person:
        return {"@type": "Organization", "name": who}
    parts = {"familyName": person.surname, "givenName": person.given} if person.given else {}
    return {"@type": "Person", "name": person.name, **parts, "url": f"{base}/people/{who}/"}


def claim_json_ld(library: Library, claim: Claim, base: str) -> JsonLd:
    """A claim for schema.org: a quotation that is part of the original article.

    Words an article says in its own voice are its author's, or, where no author is named, the
    publication's; words about somebody are marked as a paraphrase.
    """
    article = library.articles[claim.article]
    agents = [_agent(library, who, base) for who in claim.speakers or article.authors]
    publication = {"@type": "Organization", "name": article.publication.name}
    found = {
        "@context": "https://schema.org",
        "@type": "Quotation",
        "@id": f"{base}/claims/{claim.id}/",
        "url": f"{base}/claims/{claim.id}/",
        "text": claim.quote,
        "description": claim.says,
        "creator" if claim.voice == "author" else "spokenByCharacter": agents or [publication],
        "disambiguatingDescription": "A paraphrase in the article’s own words"
        if claim.voice == "reported"
        else "",
        "isPartOf": _article(library, article, base),
        "citation": passage_url(claim, base),
    }
    return {key: value for key, value in found.items() if value}


# Signposting


def article_links(library: Library, article: Article, base: str) -> str:
    """The Link header of an article page (https://signposting.org/FAIR/)."""
    found = _article(library, article, base)
    links = [
        (found["@id"], {"rel": "cite-as"}),
        *(_described(f"{base}/articles/{article.id}")),
        *((f"{base}/people/{who}/", {"rel": "author"}) for who in article.authors),
        (f"https://schema.org/{found['@type']}", {"rel": "type"}),
    ]
    if article.url:
        links.append((article.url, {"rel": "item", "type": "text/html"}))
    return _header(links)


def claim_links(library: Library, claim: Claim, base: str) -> str:
    """The Link header of a claim page, which is cited as itself and belongs to its article."""
    here = f"{base}/claims/{claim.id}"
    links = [
        (f"{here}/", {"rel": "cite-as"}),
        *_described(here),
        (f"{here}.jsonld", {"rel": "describedby", "type": "application/ld+json"}),
        (f"{base}/articles/{claim.article}/", {"rel": "collection"}),
        ("https://schema.org/Quotation", {"rel": "type"}),
    ]
    return _header(links)


def _described(path: str) -> list[tuple[str, dict[str, str]]]:
    return [
        (f"{path}.{suffix}", {"rel": "describedby", "type": kind.media_type.partition(";")[0]})
        for suffix, kind in FILES.items()
    ]


def _header(links: Sequence[tuple[str, Mapping[str, str]]]) -> str:
    """Links as RFC 8288 has them, in ASCII."""
    return ", ".join(
        "; ".join(
            [
                f"<{percent_encode(target, safe=':/?#[]@!$&()*+,;=%~')}>",
                *(f'{name}="{value}"' for name, value in attributes.items()),
            ]
        )
        for target, attributes in links
    )


# Web Annotation


def annotation(library: Library, claim: Claim, base: str) -> JsonLd:
    """A claim as a W3C Web Annotation on the original article.

    Its target is one stretch of a passage, whole even where the claim quotes it in pieces; only
    where words between them are withheld is each piece a target of its own.
    """
    article, passage = library.articles[claim.article], library.passage_of(claim)
    here = f"{base}/articles/{article.id}/"
    whole = passage.text[claim.spans[0].start : claim.spans[-1].end]
    parts = [replace(claim, spans=(span,)) for span in claim.spans] if GAP in whole else [claim]
    targets = [
        {
            "type": "SpecificResource",
            "source": article.url or here,
            "scope": here,
            "selector": _selector(part, passage),
        }
        for part in parts
    ]
    return {
        "@context": ANNOTATION,
        "id": f"{base}/claims/{claim.id}.jsonld",
        "type": "Annotation",
        "motivation": "describing",
        "creator": {"type": "Organization", "name": SITE, "homepage": f"{base}/"},
        "body": {
            "type": "TextualBody",
            "value": claim.says,
            "format": "text/plain",
            "language": "en-GB",
            "purpose": "describing",
        },
        "target": targets[0] if len(targets) == 1 else targets,
    }


def _selector(claim: Claim, passage: Passage) -> JsonLd:
    """The words a claim rests on, from the first piece to the last, and those around them."""
    prefix, suffix = evidence.context(claim, passage)
    exact = passage.text[claim.spans[0].start : claim.spans[-1].end]
    return {"type": "TextQuoteSelector", "exact": exact, "prefix": prefix, "suffix": suffix}
