"""Sources and claims for machines: HighWire and PRISM tags, COinS, W3C Web Annotations."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from reference.citation.formats import HIGHWIRE, OPENURL, fields, inverted
from reference.citation.fragments import as_printed
from reference.citation.record import Record
from reference.records import GAP, Claim, Library

ANNOTATION_TYPE = 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
ZOTERO = {"article-journal": "journalArticle", "article-magazine": "magazineArticle"}
ZOTERO |= {"webpage": "webpage"}  # what it calls a type of record


def tags(record: Record, abstract: str = "") -> list[tuple[str, str]]:
    """The (name, content) of a page's meta elements: HighWire tags, and what Zotero asks for: its
    own type of item, PRISM's name of any publication, and a web page's version as its type. What
    has a `citation_journal_title` it takes for a journal article, so only a journal has one."""
    found = [("z:itemType", ZOTERO[record["type"]]), *fields(record, HIGHWIRE).items()]
    found += [("citation_author", inverted(name)) for name in record.get("author", [])]
    journal = record["container-title"] if record["type"] == "article-journal" else ""
    more = {"citation_journal_title": journal, "citation_abstract": abstract}
    return [*found, *((name, content) for name, content in more.items() if content)]


def coins(record: Record) -> str:
    """The `title` of a `<span class="Z3988">`: Zotero offers all those of a page as a choice. It is
    an OpenURL context object (Z39.88-2004), which knows journals; anything else is Dublin Core with
    Zotero's type of item, as Zotero itself writes it."""
    said = fields(record, OPENURL)
    if record["type"] == "article-journal":
        said |= {"rft.atitle": said.pop("rft.title"), "rft.jtitle": said.pop("rft.source")}
        kind = {"rft_val_fmt": "info:ofi/fmt:kev:mtx:journal", "rft.genre": "article"}
    else:
        kind = {"rft_val_fmt": "info:ofi/fmt:kev:mtx:dc", "rft.type": ZOTERO[record["type"]]}
    pairs = [("ctx_ver", "Z39.88-2004"), *kind.items(), *said.items()]
    pairs += [("rft.au", inverted(name)) for name in record.get("author", [])]
    pairs += [("rft_id", f"info:doi/{record['DOI']}")] if "DOI" in record else []
    return urlencode(pairs, quote_via=quote)


def annotation(library: Library, claim: Claim, base: str) -> dict[str, Any]:
    """A claim as a W3C Web Annotation on the original article, whose words it holds as printed, or
    on our page if no other is known. Its targets are several only where words between the pieces
    of a quotation are withheld."""
    article, here = library.articles[claim.article], f"{base}/articles/{claim.article}/"
    article = article if article.url else replace(article, corrections=())
    on = {"type": "SpecificResource", "source": article.url or here, "scope": here}
    targets, withheld = [], GAP in as_printed(claim, article)[1]
    for pieces in [[span] for span in claim.spans] if withheld else [claim.spans]:
        before, exact, after = as_printed(claim, article, *pieces)
        around = {"prefix": before.split(GAP)[-1][-80:], "suffix": after.split(GAP)[0][:80]}
        targets.append({**on, "selector": {"type": "TextQuoteSelector", "exact": exact, **around}})
    body = {"type": "TextualBody", "value": claim.says, "format": "text/plain"}
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"{base}/claims/{claim.id}.jsonld",
        **{"type": "Annotation", "motivation": "describing"},
        "creator": {"type": "Organization", "name": library.site.title, "homepage": f"{base}/"},
        "body": {**body, "language": "en-GB", "purpose": "describing"},
        "target": targets if withheld else targets[0],
    }
