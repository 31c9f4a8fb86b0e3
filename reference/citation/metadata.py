"""Articles and claims for machines that follow links: Zotero, crawlers, annotation clients.

HighWire and PRISM tags, COinS, schema.org JSON-LD, signposting links and W3C Web Annotations, each
made from the CSL-JSON record. An estimate is no date, and none of them has one.
"""

from typing import Any
from urllib.parse import quote, urlencode

from reference.citation.formats import FORMATS, HIGHWIRE, OPENURL, fields, inverted, iso_date
from reference.citation.fragments import selectors
from reference.citation.record import (
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
ANNOTATION_TYPE = 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
TYPES = {
    "article-journal": ("journalArticle", "ScholarlyArticle"),
    "article-magazine": ("magazineArticle", "NewsArticle"),
    "webpage": ("webpage", "WebPage"),
}
"""What Zotero and schema.org call a type of record."""


def article_tags(library: Library, article: Article) -> Tags:
    """The (name, content) of an article page's meta elements."""
    return _tags(article_record(library, article))


def claim_tags(library: Library, claim: Claim, base: str) -> Tags:
    """Those of a claim page: the article's, and for an abstract its own words."""
    tags = article_tags(library, library.articles[claim.article])
    return [*tags, ("citation_abstract", quotation(claim))]


def page_tags(library: Library, id: str, base: str) -> Tags:
    """Those of a theme page, or of "about"; Zotero knows a web page's version as its type."""
    return [*_tags(page_record(library, id, base)), ("dc.type", f"Version {library.version}")]


def _tags(record: Record) -> Tags:
    """HighWire tags, and those without which Zotero saves a poorer item.

    It takes whatever has a `citation_journal_title` for a journal article, so only a journal has
    one; `z:itemType` gives it its own type of item, and PRISM the name of any publication.
    """
    tags = [("z:itemType", TYPES[record["type"]][0]), *fields(record, HIGHWIRE).items()]
    tags += [("citation_author", inverted(name)) for name in record.get("author", [])]
    if record["type"] == "article-journal":
        tags.append(("citation_journal_title", record["container-title"]))
    return tags


def coins(library: Library, article: Article) -> str:
    """The `title` of a `<span class="Z3988">`: Zotero offers all those of a page as a choice."""
    return _context_object(article_record(library, article))


def page_coins(library: Library, id: str, base: str) -> str:
    """The same for a page of this site, with its version."""
    return _context_object(page_record(library, id, base), f"Version {library.version}")


def _context_object(record: Record, description: str = "") -> str:
    """An OpenURL context object (Z39.88-2004). It knows journals; anything else is Dublin Core with
    Zotero's type of item, as Zotero itself writes it."""
    said = fields(record, OPENURL)
    if record["type"] == "article-journal":
        said |= {"rft.atitle": said.pop("rft.title"), "rft.jtitle": said.pop("rft.source")}
        kind = {"rft_val_fmt": "info:ofi/fmt:kev:mtx:journal", "rft.genre": "article"}
    else:
        kind = {"rft_val_fmt": "info:ofi/fmt:kev:mtx:dc", "rft.type": TYPES[record["type"]][0]}
    pairs = [("ctx_ver", "Z39.88-2004"), *kind.items(), *said.items()]
    pairs += [("rft.au", inverted(name)) for name in record.get("author", [])]
    pairs += [("rft_id", f"info:doi/{record['DOI']}")] if "DOI" in record else []
    pairs += [("rft.description", description)] if description else []
    return urlencode(pairs, quote_via=quote)


def article_json_ld(library: Library, article: Article, base: str) -> JsonLd:
    """An article for schema.org."""
    record, here = article_record(library, article), f"{base}/articles/{article.id}/"
    doi, site = record.get("DOI"), record.get("source")
    whole: JsonLd = {"@type": "Periodical", "name": record["container-title"]}
    for part in ("volume", "issue"):
        if number := record.get(part):
            kind = part.capitalize()
            named = {"@type": f"Publication{kind}", "name": f"{kind} {number}"}
            whole = {**named, f"{part}Number": number, "isPartOf": whole}
    found = {
        **{"@context": "https://schema.org", "@type": TYPES[record["type"]][1]},
        "@id": f"https://doi.org/{doi}" if doi else record.get("URL", here),
        "url": record.get("URL"),
        "headline": record["title"],
        "name": record["title"],
        "author": [_agent(library, who, base) for who in article.authors],
        "datePublished": iso_date(record),
        "articleSection": record.get("section"),
        "pagination": record.get("number"),
        "isPartOf": whole,
        "provider": site and {"@type": "Organization", "name": site},
        "identifier": doi and {"@type": "PropertyValue", "name": "DOI", "value": doi},
        "mainEntityOfPage": here,
    }
    return {key: value for key, value in found.items() if value}


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
    article, here = library.articles[claim.article], f"{base}/claims/{claim.id}/"
    agents = [_agent(library, who, base) for who in claim.speakers or article.authors]
    agents = agents or [{"@type": "Organization", "name": article.publication.name}]
    paraphrase = {"disambiguatingDescription": "A paraphrase in the article’s own words"}
    return {
        **{"@context": "https://schema.org", "@type": "Quotation", "@id": here, "url": here},
        **{"name": claim.says, "text": claim.quote},
        "creator" if claim.voice == "author" else "spokenByCharacter": agents,
        **(paraphrase if claim.voice == "reported" else {}),
        "isPartOf": article_json_ld(library, article, base),
        "citation": passage_url(claim, base),
    }


def article_links(library: Library, article: Article, base: str) -> str:
    """The Link header of an article page (https://signposting.org/FAIR/)."""
    found = article_json_ld(library, article, base)
    links = [(found["@id"], "cite-as", ""), *_files(f"{base}/articles/{article.id}")]
    links += [(f"{base}/people/{who}/", "author", "") for who in article.authors]
    links += [(article.url, "item", "text/html")] if article.url else []
    return _header([*links, (f"https://schema.org/{found['@type']}", "type", "")])


def claim_links(library: Library, claim: Claim, base: str) -> str:
    """The Link header of a claim page, which is cited as itself and belongs to its article."""
    here, whole = f"{base}/claims/{claim.id}", f"{base}/articles/{claim.article}/"
    links = [(f"{here}/", "cite-as", ""), *_files(here), (whole, "collection", "")]
    links.append((f"{here}.jsonld", "describedby", "application/ld+json"))
    return _header([*links, ("https://schema.org/Quotation", "type", "")])


def _files(path: str) -> list[tuple[str, str, str]]:
    kinds = {ending: each.media_type.partition(";")[0] for ending, each in FORMATS.items()}
    return [(f"{path}.{ending}", "describedby", kind) for ending, kind in kinds.items()]


def _header(links: list[tuple[str, str, str]]) -> str:
    """Links (target, relation, media type) as RFC 8288 has them, in ASCII."""
    return ", ".join(
        f'<{quote(target, safe=":/?#[]@!$&()*+,;=%~")}>; rel="{relation}"'
        + (f'; type="{kind}"' if kind else "")
        for target, relation, kind in links
    )


def annotation(library: Library, claim: Claim, base: str) -> JsonLd:
    """A claim as a W3C Web Annotation on the original article, whose words it holds as printed."""
    article, here = library.articles[claim.article], f"{base}/articles/{claim.article}/"
    on = {"type": "SpecificResource", "source": article.url or here, "scope": here}
    targets = [{**on, "selector": selector} for selector in selectors(claim, article)]
    body = {"type": "TextualBody", "value": claim.says, "format": "text/plain"}
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"{base}/claims/{claim.id}.jsonld",
        **{"type": "Annotation", "motivation": "describing"},
        "creator": {"type": "Organization", "name": SITE, "homepage": f"{base}/"},
        "body": {**body, "language": "en-GB", "purpose": "describing"},
        "target": targets[0] if len(targets) == 1 else targets,
    }
