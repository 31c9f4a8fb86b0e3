"""Sources and claims for machines: HighWire and PRISM tags, COinS, W3C Web Annotations."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from reference.citation.formats import FIELDS, fields, inverted
from reference.citation.fragments import as_printed
from reference.citation.kinds import TYPES
from reference.citation.quotation import quotation
from reference.citation.record import Record, located
from reference.records import GAP, Article, Claim, Library, Span

ANNOTATION_TYPE = 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
JOURNAL_KEYS = {"rft.title": "rft.atitle", "rft.source": "rft.jtitle"}
"""What OpenURL calls two fields in a journal."""
CONTEXT_LETTERS = 80
"""How much of what stands before and after its words an annotation has."""


def tags(record: Record, abstract: str = "", public_url: str = "") -> list[tuple[str, str]]:
    """Return the (name, content) of a page's meta elements, as Zotero and Google Scholar read them.

    They are HighWire's; PRISM's name of any publication; Zotero's own type of item; a web page's
    version as its type. What has a `citation_journal_title` Zotero takes for a journal article, so
    only a journal has one. `public_url` is given for a record that has no address of its own:
    otherwise Zotero takes the address of whichever page of ours was open.
    """
    texts = fields(record, separator="/")
    texts.setdefault("URL", public_url)
    if "version" in texts:
        version = texts["version"]
        texts["version"] = f"Version {version}"
    item_type = TYPES[record["type"]].zotero
    found = [("z:itemType", item_type)]
    for names in FIELDS:
        text = texts.get(names.csl)
        if names.highwire and text:
            found.append((names.highwire, text))
    for name in record.get("author", []):
        found.append(("citation_author", inverted(name)))
    if record["type"] == "article-journal":
        journal = record["container-title"]
        found.append(("citation_journal_title", journal))
    if abstract:
        found.append(("citation_abstract", abstract))
    return found


def abstract_of_article(article: Article) -> str:
    """Return what stands for an article's abstract: its first passage, whole."""
    return article.passages[0].text


def abstract_of_claim(library: Library, claim: Claim) -> str:
    """Return a claim's words, who says them and where: `“…” (Laurence Buckman, para. 11)`."""
    return f"{quotation(claim)} ({located(library, claim)})"


def coins(record: Record) -> str:
    """Return the `title` of a `<span class="Z3988">`: Zotero offers all those of a page.

    It is an OpenURL context object (Z39.88-2004), which knows journals; anything else is Dublin
    Core with Zotero's type of item, as Zotero itself writes it.
    """
    texts = fields(record)
    in_journal = record["type"] == "article-journal"
    keys = JOURNAL_KEYS if in_journal else {}
    pairs = [("ctx_ver", "Z39.88-2004")]
    if in_journal:
        pairs.append(("rft_val_fmt", "info:ofi/fmt:kev:mtx:journal"))
        pairs.append(("rft.genre", "article"))
    else:
        pairs.append(("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"))
        pairs.append(("rft.type", TYPES[record["type"]].zotero))
    for names in FIELDS:
        if names.openurl and names.csl in texts:
            key = keys.get(names.openurl, names.openurl)
            pairs.append((key, texts[names.csl]))
    for name in record.get("author", []):
        pairs.append(("rft.au", inverted(name)))
    if "DOI" in record:
        doi = record["DOI"]
        pairs.append(("rft_id", f"info:doi/{doi}"))
    return urlencode(pairs, quote_via=quote)


def annotation(library: Library, claim: Claim, base: str) -> dict[str, Any]:
    """Return a claim as a W3C Web Annotation (https://www.w3.org/TR/annotation-model/).

    Its target is the original article, whose words it has as printed, or our page where no other
    address is known. It has several targets only where words between the pieces of a quotation are
    withheld.
    """
    article = library.articles[claim.article]
    our_page = f"{base}/articles/{claim.article}/"
    if not article.url:
        article = replace(article, corrections=())
    stretches: Sequence[Sequence[Span]] = [claim.spans]
    words_are_withheld = GAP in as_printed(claim, article, claim.spans).words
    if words_are_withheld:
        stretches = [[span] for span in claim.spans]
    targets = []
    for stretch in stretches:
        targets.append(
            {
                "type": "SpecificResource",
                "source": article.url or our_page,
                "scope": our_page,
                "selector": _selector(claim, article, stretch),
            }
        )
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"{base}/claims/{claim.id}.jsonld",
        "type": "Annotation",
        "motivation": "describing",
        "creator": {
            "type": "Organization",
            "name": library.site.title,
            "homepage": f"{base}/",
        },
        "body": {
            "type": "TextualBody",
            "value": claim.says,
            "format": "text/plain",
            "language": library.site.language,
            "purpose": "describing",
        },
        "target": targets if words_are_withheld else targets[0],
    }


def _selector(claim: Claim, article: Article, stretch: Sequence[Span]) -> dict[str, str]:
    """Return what finds a stretch of words by what stands around it."""
    printed = as_printed(claim, article, stretch)
    return {
        "type": "TextQuoteSelector",
        "exact": printed.words,
        "prefix": printed.before.split(GAP)[-1][-CONTEXT_LETTERS:],
        "suffix": printed.after.split(GAP)[0][:CONTEXT_LETTERS],
    }
