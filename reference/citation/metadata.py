"""Articles and claims for machines that follow links: Zotero, crawlers, annotation clients.

HighWire and PRISM tags, COinS, schema.org JSON-LD, signposting links and W3C Web Annotations, each
made from the CSL-JSON record.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote as percent_encode
from urllib.parse import urlencode

from reference.citation.formats import FORMATS, inverted, iso_date
from reference.citation.fragments import selectors
from reference.citation.record import (
    ELSEWHERE,
    SITE,
    Record,
    article_record,
    page_record,
    passage_url,
    quoted,
)
from reference.records import Article, Claim, Library

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
    """Those of a claim page: the article's, and the quotation, in the article's own words."""
    tags = article_tags(library, library.articles[claim.article])
    return [*tags, ("citation_abstract", quoted(claim.quote))]


def page_tags(library: Library, id: str, base: str) -> list[tuple[str, str]]:
    """Those of a theme page, or of "about": what a web page is has its version for a type."""
    record = page_record(library, id)
    record = record | {"URL": record["URL"].replace(ELSEWHERE, base)}
    return [*_tags(record), ("dc.type", f"Version {library.version}")]


def _tags(record: Record) -> Iterator[tuple[str, str]]:
    """HighWire tags, and those without which Zotero saves a poorer item.

    Zotero takes whatever has a `citation_journal_title` for a journal article, so only a journal
    is given one; it reads its own type of item from `z:itemType` and the name of any other
    publication from PRISM. An estimate is no date, and has no tag.
    """
    yield "z:itemType", ZOTERO_TYPES[record["type"]]
    yield "citation_title", record["title"]
    for name in record.get("author", []):
        yield "citation_author", inverted(name)
    if record["type"] == "article-journal":
        yield "citation_journal_title", record["container-title"]
    yield "prism.publicationName", record["container-title"]
    pairs = (
        ("citation_publication_date", iso_date(record).replace("-", "/")),
        ("citation_volume", record.get("volume")),
        ("citation_issue", record.get("issue")),
        ("citation_firstpage", record.get("number")),
        ("citation_doi", record.get("DOI")),
        ("citation_public_url", record.get("URL")),
        ("article:section", record.get("section")),
    )
    yield from ((name, value) for name, value in pairs if value)


def coins(library: Library, article: Article) -> str:
    """The `title` of a `<span class="Z3988">`, by which Zotero and others offer a page's sources.

    An OpenURL context object (Z39.88-2004). It knows journals; anything else is Dublin Core with
    Zotero's type of item, as Zotero itself writes it.
    """
    record = article_record(library, article)
    journal = record["type"] == "article-journal"
    pairs = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{'journal' if journal else 'dc'}"),
        ("rft.genre", "article" if journal else ""),
        ("rft.type", "" if journal else ZOTERO_TYPES[record["type"]]),
        ("rft.atitle" if journal else "rft.title", record["title"]),
        ("rft.jtitle" if journal else "rft.source", record["container-title"]),
        *(("rft.au", inverted(name)) for name in record.get("author", [])),
        ("rft.date", iso_date(record)),
        ("rft.volume", record.get("volume")),
        ("rft.issue", record.get("issue")),
        ("rft.pages", record.get("number")),
        ("rft_id", f"info:doi/{record['DOI']}" if "DOI" in record else ""),
        ("rft_id", record.get("URL")),
    ]
    return urlencode([(key, value) for key, value in pairs if value], quote_via=percent_encode)


def article_json_ld(library: Library, article: Article, base: str) -> JsonLd:
    """An article for schema.org."""
    return {"@context": "https://schema.org", **_article(library, article, base)}


def _article(library: Library, article: Article, base: str) -> JsonLd:
    record = article_record(library, article)
    here, doi = f"{base}/articles/{article.id}/", record.get("DOI")
    site = record.get("source")
    found = {
        "@type": "ScholarlyArticle" if record["type"] == "article-journal" else "NewsArticle",
        "@id": f"https://doi.org/{doi}" if doi else record.get("URL", here),
        "url": record.get("URL"),
        "headline": record["title"],
        "name": record["title"],
        "author": [_agent(library, who, base) for who in article.authors],
        "datePublished": iso_date(record),
        "articleSection": record.get("section"),
        "pagination": record.get("number"),
        "isPartOf": _container(record),
        "provider": site and {"@type": "Organization", "name": site},
        "identifier": doi
        and {"@type": "PropertyValue", "propertyID": "DOI", "name": "DOI", "value": doi},
        "mainEntityOfPage": here,
    }
    return {key: value for key, value in found.items() if value}


def _container(record: Record) -> JsonLd:
    """The periodical, inside the issue and volume where these are known."""
    whole: JsonLd = {"@type": "Periodical", "name": record["container-title"]}
    for kind, key in (("Volume", "volume"), ("Issue", "issue")):
        if key in record:
            whole = {
                "@type": f"Publication{kind}",
                "name": f"{kind} {record[key]}",
                f"{key}Number": record[key],
                "isPartOf": whole,
            }
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
        "name": claim.says,
        "text": claim.quote,
        "creator" if claim.voice == "author" else "spokenByCharacter": agents or [publication],
        "disambiguatingDescription": "A paraphrase in the article’s own words"
        if claim.voice == "reported"
        else "",
        "isPartOf": _article(library, article, base),
        "citation": passage_url(claim, base),
    }
    return {key: value for key, value in found.items() if value}


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
        (f"{path}.{suffix}", {"rel": "describedby", "type": each.media_type.partition(";")[0]})
        for suffix, each in FORMATS.items()
    ]


def _header(links: Sequence[tuple[str, Mapping[str, str]]]) -> str:
    """Links as RFC 8288 has them, in ASCII."""
    safe = ":/?#[]@!$&()*+,;=%~"
    return ", ".join(
        "; ".join(
            [
                f"<{percent_encode(target, safe=safe)}>",
                *(f'{name}="{value}"' for name, value in attributes.items()),
            ]
        )
        for target, attributes in links
    )


def annotation(library: Library, claim: Claim, base: str) -> JsonLd:
    """A claim as a W3C Web Annotation on the original article, whose words it holds as printed."""
    article = library.articles[claim.article]
    here = f"{base}/articles/{article.id}/"
    targets = [
        {
            "type": "SpecificResource",
            "source": article.url or here,
            "scope": here,
            "selector": selector,
        }
        for selector in selectors(claim, article)
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
