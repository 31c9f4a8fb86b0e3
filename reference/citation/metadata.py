"""Sources and claims for machines: HighWire and PRISM tags, COinS, W3C Web Annotations."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from reference.citation.formats import (
    HIGHWIRE_NAMES,
    OPENURL_NAMES,
    fields,
    inverted,
)
from reference.citation.fragments import as_printed
from reference.citation.kinds import TYPES
from reference.citation.quotation import quotation
from reference.citation.record import Record, located
from reference.records import GAP, Article, Claim, Library, Span

ANNOTATION_TYPE = (
    'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
)
JOURNAL_KEYS = {"title": "rft.atitle", "container-title": "rft.jtitle"}
"""What OpenURL calls two fields of an article in a journal."""
CONTEXT_LETTERS = 80
"""How much of what stands before and after its words an annotation has."""


def tags(
    record: Record, abstract: str = "", public_url: str = ""
) -> list[tuple[str, str]]:
    """Return the (name, content) of a page's meta elements, as Zotero and Google Scholar read them.

    They are HighWire's; PRISM's name of any publication; Zotero's own type of item; a web page's
    version as its type. What has a `citation_journal_title` Zotero takes for a journal article, so
    only a journal has one. `public_url` is given for a record that has no address of its own:
    otherwise Zotero takes the address of whichever page of ours was open.
    """
    texts = fields(record, separator="/")
    if public_url:
        texts.setdefault("URL", public_url)
    if "version" in texts:
        version = texts["version"]
        texts["version"] = f"Version {version}"
    csl_type = record["type"]
    elements = [("z:itemType", TYPES[csl_type].zotero)]
    for field, name in HIGHWIRE_NAMES.items():
        if field in texts:
            elements.append((name, texts[field]))
    for author in record.get("author", []):
        elements.append(("citation_author", inverted(author)))
    if csl_type == "article-journal":
        journal = record["container-title"]
        elements.append(("citation_journal_title", journal))
    if abstract:
        elements.append(("citation_abstract", abstract))
    return elements


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
    csl_type = record["type"]
    pairs = [("ctx_ver", "Z39.88-2004")]
    if csl_type == "article-journal":
        keys = OPENURL_NAMES | JOURNAL_KEYS
        pairs.append(("rft_val_fmt", "info:ofi/fmt:kev:mtx:journal"))
        pairs.append(("rft.genre", "article"))
    else:
        keys = OPENURL_NAMES
        pairs.append(("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"))
        pairs.append(("rft.type", TYPES[csl_type].zotero))
    texts = fields(record)
    for field, key in keys.items():
        if field in texts:
            pairs.append((key, texts[field]))
    for author in record.get("author", []):
        pairs.append(("rft.au", inverted(author)))
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
    if not article.url:
        article = replace(
            article, corrections=()
        )  # our page has its misprints mended
    printed = as_printed(claim, article, claim.spans)
    target: Any
    if GAP in printed.words:
        target = [
            _target(claim, article, [piece], base) for piece in claim.spans
        ]
    else:
        target = _target(claim, article, claim.spans, base)
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
        "target": target,
    }


def _target(
    claim: Claim, article: Article, pieces: Sequence[Span], base: str
) -> dict[str, Any]:
    """Return where the stretch of some pieces of a claim's words stands."""
    our_page = f"{base}/articles/{article.id}/"
    return {
        "type": "SpecificResource",
        "source": article.url or our_page,
        "scope": our_page,
        "selector": _selector(claim, article, pieces),
    }


def _selector(
    claim: Claim, article: Article, pieces: Sequence[Span]
) -> dict[str, str]:
    """Return what finds the stretch of some pieces by the words around it.

    Words around it are those up to the next that are withheld.
    """
    printed = as_printed(claim, article, pieces)
    words_before = printed.before.split(GAP)[-1]
    words_after = printed.after.split(GAP)[0]
    return {
        "type": "TextQuoteSelector",
        "exact": printed.words,
        "prefix": words_before[-CONTEXT_LETTERS:],
        "suffix": words_after[:CONTEXT_LETTERS],
    }
