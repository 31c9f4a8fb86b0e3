"""Articles and claims for search engines: schema.org as JSON-LD.

Nothing is said that is not known, and an estimate is no date.
"""

from collections.abc import Iterable
from typing import Any

from reference.citation.kinds import KINDS
from reference.citation.record import Record, article_record, passage_url
from reference.records import Article, Claim, Library

JsonLd = dict[str, Any]
PARAPHRASE = "A paraphrase in the article’s own words"


def article_data(library: Library, article: Article, base: str) -> JsonLd:
    """Return an article in the terms of schema.org, for search engines: what is known of it.

    `base` is the address of this site. The article is identified by its DOI, otherwise by the
    publisher's address, otherwise by our page.
    """
    our_page = f"{base}/articles/{article.id}/"
    id = article.url or our_page
    if article.doi:
        id = f"https://doi.org/{article.doi}"
    record = article_record(library, article)
    data: JsonLd = {
        "@context": "https://schema.org",
        "@type": KINDS[article.kind].schema,
        "@id": id,
        "name": article.title,
        "headline": article.title,
        "url": article.url,
        "articleSection": article.publication.section,
        "pagination": record.get("page"),
        "mainEntityOfPage": our_page,
    }
    if article.authors:
        data["author"] = _agents(library, article.authors, base)
    if article.date.exact:
        data["datePublished"] = article.date.first
    if article.doi:
        data["identifier"] = {
            "@type": "PropertyValue",
            "name": "DOI",
            "value": article.doi,
        }
    if article.publication.site:
        data["provider"] = _organisation(article.publication.site)
    data |= _publication(article, record)
    return {name: value for name, value in data.items() if value}


def _publication(article: Article, record: Record) -> JsonLd:
    """Return the key of `article_data` that says where an article was published.

    That is `isPartOf` (an issue of a volume of a periodical, as far as known), `publisher`, or, of
    a speech, `recordedAt`.
    """
    publication = KINDS[article.kind].publication
    if publication == "publisher":
        return {"publisher": _organisation(article.publication.name)}
    if publication == "event-title":
        return {
            "recordedAt": {"@type": "Event", "name": article.publication.name}
        }
    part_of: JsonLd = {"@type": "Periodical", "name": article.publication.name}
    if "volume" in record:
        part_of = {
            "@type": "PublicationVolume",
            "name": f"Volume {record['volume']}",
            "volumeNumber": record["volume"],
            "isPartOf": part_of,
        }
    if "issue" in record:
        part_of = {
            "@type": "PublicationIssue",
            "name": f"Issue {record['issue']}",
            "issueNumber": record["issue"],
            "isPartOf": part_of,
        }
    return {"isPartOf": part_of}


def claim_data(library: Library, claim: Claim, base: str) -> JsonLd:
    """Return a claim in the terms of schema.org: a quotation that is part of its article.

    The article's own words have a `creator`, its author or the publication; words of others have
    whom they are of (`spokenByCharacter`), and say if they are a paraphrase. `base` is the address
    of this site.
    """
    our_page = f"{base}/claims/{claim.id}/"
    article = library.articles[claim.article]
    data: JsonLd = {
        "@context": "https://schema.org",
        "@type": "Quotation",
        "@id": our_page,
        "url": our_page,
        "name": claim.says,
        "text": claim.quote,
        "citation": passage_url(claim, base),
    }
    agents = _speakers(library, claim, base)
    if claim.voice == "author":
        data["creator"] = agents
    else:
        data["spokenByCharacter"] = agents
    if claim.voice == "reported":
        data["disambiguatingDescription"] = PARAPHRASE
    part_of = article_data(library, article, base)
    del part_of["@context"]
    data["isPartOf"] = part_of
    return data


def _speakers(library: Library, claim: Claim, base: str) -> list[JsonLd]:
    """Return who says a claim's words, or, where nobody is named, whose article it is."""
    if claim.named:
        name = library.said_by(claim)[0]
        return [{"@type": "Person", "name": name}]
    article = library.articles[claim.article]
    publication = article.publication.name
    names = claim.speakers or article.authors or [publication]
    return _agents(library, names, base)


def _agents(library: Library, names: Iterable[str], base: str) -> list[JsonLd]:
    """Return people and organisations (by id), and groups as the article names them."""
    return [_agent(library, name, base) for name in names]


def _agent(library: Library, name: str, base: str) -> JsonLd:
    """Return who wrote or speaks, in the terms of schema.org.

    `name` is the id of somebody in the library, or the name of a group, which has no page.
    """
    person = library.people.get(name)
    if person is None:
        return _organisation(name)
    data: JsonLd = {
        "@type": "Organization" if person.kind == "organisation" else "Person",
        "name": person.name,
        "url": f"{base}/people/{person.id}/",
    }
    if person.given:
        data["familyName"] = person.surname
        data["givenName"] = person.given
    return data


def _organisation(name: str) -> JsonLd:
    """Return an organisation of which nothing but the name is known."""
    return {"@type": "Organization", "name": name}
