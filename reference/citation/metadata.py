"""Articles and claims for machines that follow links: Zotero, crawlers, annotation clients.

HighWire and PRISM tags, COinS, schema.org JSON-LD, signposting links and W3C Web Annotations, each
made from the CSL-JSON record. An estimate is no date, and none of them has one.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from reference.citation.formats import FORMATS, HIGHWIRE, OPENURL, fields, inverted
from reference.citation.fragments import selectors
from reference.citation.record import (
    ELSEWHERE,
    SITE,
    Record,
    article_record,
    page_record,
    passage_url,
    quotation,
)
from reference.records import Article, Claim, Library

JsonLd = dict[str, Any]
Tags = list[tuple[str, str]]
ANNOTATION = "http://www.w3.org/ns/anno.jsonld"
ANNOTATION_TYPE = f'application/ld+json; profile="{ANNOTATION}"'
ZOTERO_TYPES = {
    "article-journal": "journalArticle",
    "article-magazine": "magazineArticle",
    "webpage": "webpage",
}


def article_tags(library: Library, article: Article) -> Tags:
    """The (name, content) of an article page's meta elements."""
    return _tags(article_record(library, article))


def claim_tags(library: Library, claim: Claim, base: str) -> Tags:
    """Those of a claim page: the article's, and for an abstract its own words."""
    tags = article_tags(library, library.articles[claim.article])
    return [*tags, ("citation_abstract", quotation(claim))]


def page_tags(library: Library, id: str, base: str) -> Tags:
    """Those of a theme page, or of "about"; Zotero knows a web page's version as its type."""
    return [*_tags(_page(library, id, base)), ("dc.type", f"Version {library.version}")]


def _tags(record: Record) -> Tags:
    """HighWire tags, and those without which Zotero saves a poorer item.

    It takes whatever has a `citation_journal_title` for a journal article, so only a journal has
    one; `z:itemType` gives it its own type of item, and PRISM the name of any publication.
    """
    tags = [("z:itemType", ZOTERO_TYPES[record["type"]])]
    tags += [("citation_author", inverted(name)) for name in record.get("author", [])]
    if record["type"] == "article-journal":
        tags.append(("citation_journal_title", record["container-title"]))
    dated = "citation_publication_date"
    found = fields(record, HIGHWIRE)
    return tags + [(n, v.replace("-", "/") if n == dated else v) for n, v in found.items()]


def coins(library: Library, article: Article) -> str:
    """The `title` of a `<span class="Z3988">`: Zotero offers all those of a page as a choice."""
    return _context_object(article_record(library, article))


def page_coins(library: Library, id: str, base: str) -> str:
    """The same for a page of this site, with its version."""
    said = [("rft.description", f"Version {library.version}")]
    return _context_object(_page(library, id, base), said)


def _context_object(record: Record, more: Sequence[tuple[str, str]] = ()) -> str:
    """An OpenURL context object (Z39.88-2004). It knows journals; anything else is Dublin Core with
    Zotero's type of item, as Zotero itself writes it."""
    found = fields(record, OPENURL)
    journal = record["type"] == "article-journal"
    pairs = [("ctx_ver", "Z39.88-2004")]
    pairs += [("rft_val_fmt", f"info:ofi/fmt:kev:mtx:{'journal' if journal else 'dc'}")]
    if journal:
        found |= {"rft.atitle": found.pop("rft.title"), "rft.jtitle": found.pop("rft.source")}
        found["rft.genre"] = "article"
    else:
        pairs += [("rft.type", ZOTERO_TYPES[record["type"]])]
    pairs += [*found.items(), *(("rft.au", inverted(name)) for name in record.get("author", []))]
    pairs += [("rft_id", f"info:doi/{record['DOI']}")] if "DOI" in record else []
    return urlencode([*pairs, *more], quote_via=quote)


def _page(library: Library, id: str, base: str) -> Record:
    record = page_record(library, id)
    return record | {"URL": record["URL"].replace(ELSEWHERE, base)}


def article_json_ld(library: Library, article: Article, base: str) -> JsonLd:
    """An article for schema.org."""
    record = article_record(library, article)
    found, doi = fields(record, HIGHWIRE), record.get("DOI", "")
    here = f"{base}/articles/{article.id}/"
    whole: JsonLd = {"@type": "Periodical", "name": record["container-title"]}
    for part in ("volume", "issue"):
        if number := record.get(part):
            kind = part.capitalize()
            known = {"@type": f"Publication{kind}", "name": f"{kind} {number}"}
            whole = {**known, f"{part}Number": number, "isPartOf": whole}
    return _known(
        {
            "@context": "https://schema.org",
            "@type": "ScholarlyArticle" if record["type"] == "article-journal" else "NewsArticle",
            "@id": f"https://doi.org/{doi}" if doi else record.get("URL", here),
            "url": record.get("URL"),
            "headline": record["title"],
            "name": record["title"],
            "author": [_agent(library, who, base) for who in article.authors],
            "datePublished": found.get("citation_publication_date"),
            "articleSection": record.get("section"),
            "pagination": record.get("number"),
            "isPartOf": whole,
            "provider": _known({"@type": "Organization", "name": record.get("source")}, "name"),
            "identifier": _known({"@type": "PropertyValue", "name": "DOI", "value": doi}, "value"),
            "mainEntityOfPage": here,
        }
    )


def _known(data: JsonLd, key: str = "@type") -> JsonLd:
    """What is known of something; nothing where `key` is not."""
    return {name: value for name, value in data.items() if value} if data[key] else {}


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
    said = "creator" if claim.voice == "author" else "spokenByCharacter"
    reported = "A paraphrase in the article’s own words" if claim.voice == "reported" else ""
    return _known(
        {
            "@context": "https://schema.org",
            "@type": "Quotation",
            "@id": f"{base}/claims/{claim.id}/",
            "url": f"{base}/claims/{claim.id}/",
            "name": claim.says,
            "text": claim.quote,
            said: agents or [{"@type": "Organization", "name": article.publication.name}],
            "disambiguatingDescription": reported,
            "isPartOf": article_json_ld(library, article, base),
            "citation": passage_url(claim, base),
        }
    )


def article_links(library: Library, article: Article, base: str) -> str:
    """The Link header of an article page (https://signposting.org/FAIR/)."""
    found = article_json_ld(library, article, base)
    authors = [(f"{base}/people/{who}/", "author", "") for who in article.authors]
    original = [(article.url, "item", "text/html")] if article.url else []
    kind = (f"https://schema.org/{found['@type']}", "type", "")
    files = _files(f"{base}/articles/{article.id}")
    return _header([(found["@id"], "cite-as", ""), *files, *authors, kind, *original])


def claim_links(library: Library, claim: Claim, base: str) -> str:
    """The Link header of a claim page, which is cited as itself and belongs to its article."""
    here = f"{base}/claims/{claim.id}"
    return _header(
        [
            (f"{here}/", "cite-as", ""),
            *_files(here),
            (f"{here}.jsonld", "describedby", "application/ld+json"),
            (f"{base}/articles/{claim.article}/", "collection", ""),
            ("https://schema.org/Quotation", "type", ""),
        ]
    )


def _files(path: str) -> list[tuple[str, str, str]]:
    kinds = {suffix: each.media_type.partition(";")[0] for suffix, each in FORMATS.items()}
    return [(f"{path}.{suffix}", "describedby", kind) for suffix, kind in kinds.items()]


def _header(links: Sequence[tuple[str, str, str]]) -> str:
    """Links (target, relation, media type) as RFC 8288 has them, in ASCII."""
    return ", ".join(
        f'<{quote(target, safe=":/?#[]@!$&()*+,;=%~")}>; rel="{relation}"'
        + (f'; type="{kind}"' if kind else "")
        for target, relation, kind in links
    )


def annotation(library: Library, claim: Claim, base: str) -> JsonLd:
    """A claim as a W3C Web Annotation on the original article, whose words it holds as printed."""
    article = library.articles[claim.article]
    here = f"{base}/articles/{article.id}/"
    on = {"type": "SpecificResource", "source": article.url or here, "scope": here}
    targets = [{**on, "selector": selector} for selector in selectors(claim, article)]
    body = {"type": "TextualBody", "value": claim.says, "format": "text/plain"}
    return {
        "@context": ANNOTATION,
        "id": f"{base}/claims/{claim.id}.jsonld",
        "type": "Annotation",
        "motivation": "describing",
        "creator": {"type": "Organization", "name": SITE, "homepage": f"{base}/"},
        "body": {**body, "language": "en-GB", "purpose": "describing"},
        "target": targets[0] if len(targets) == 1 else targets,
    }
