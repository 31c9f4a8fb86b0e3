"""Sources and claims for machines: HighWire and PRISM tags, COinS, W3C Web Annotations."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple
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


class MetaElement(NamedTuple):
    """An element of a page's head: `<meta name="citation_title" content="…">`."""

    name: str
    content: str


def tags(
    record: Record, abstract: str = "", public_url: str = ""
) -> list[MetaElement]:
    """Return the meta elements by which Zotero and Google Scholar know what a page is about.

    `record` is of an article, or of the page itself; `abstract` is "" for none. `public_url` is
    given for an article that has no address of its own: otherwise Zotero takes the address of
    whichever page of ours is open.
    """
    texts = fields(record, separator="/")
    if public_url:
        texts.setdefault("URL", public_url)
    if "version" in texts:
        version = texts["version"]
        texts["version"] = f"Version {version}"
    csl_type = record["type"]
    elements = [MetaElement("z:itemType", TYPES[csl_type].zotero)]
    for field, name in HIGHWIRE_NAMES.items():
        if field in texts:
            elements.append(MetaElement(name, texts[field]))
    for author in record.get("author", []):
        elements.append(MetaElement("citation_author", inverted(author)))
    if csl_type == "article-journal":
        # For journals only: whatever has this element is a journal article to Zotero.
        journal = record["container-title"]
        elements.append(MetaElement("citation_journal_title", journal))
    if abstract:
        elements.append(MetaElement("citation_abstract", abstract))
    return elements


def abstract_of_article(article: Article) -> str:
    """Return what stands for an article's abstract: its first passage, whole."""
    return article.passages[0].text


def abstract_of_claim(library: Library, claim: Claim) -> str:
    """Return a claim's words, who says them and where: `“…” (Laurence Buckman, para. 11)`."""
    return f"{quotation(claim)} ({located(library, claim)})"


def coins(record: Record) -> str:
    """Return a record as COinS, a notation for a source in a page, which Zotero offers to save.

    It is written like the query of an address, and stands in `<span class="Z3988" title="…">`:

        ctx_ver=Z39.88-2004&rft_val_fmt=…&rft.atitle=Data%20is%20junk&rft.au=White%2C%20Caroline

    Its keys are those of the standard OpenURL (Z39.88-2004).
    """
    is_in_journal = record["type"] == "article-journal"
    key_by_field = OPENURL_NAMES
    if is_in_journal:
        key_by_field = OPENURL_NAMES | JOURNAL_KEYS
    pairs = _coins_of_type(record["type"])
    text_by_field = fields(record)
    for field, key in key_by_field.items():
        if field in text_by_field:
            pairs.append((key, text_by_field[field]))
    for author in record.get("author", []):
        pairs.append(("rft.au", inverted(author)))
    if "DOI" in record:
        doi = record["DOI"]
        pairs.append(("rft_id", f"info:doi/{doi}"))
    return urlencode(pairs, quote_via=quote)


def _coins_of_type(csl_type: str) -> list[tuple[str, str]]:
    """Return the keys and values that COinS begins with, which say what type a source has.

    OpenURL has a format for articles in journals. Whatever else we cite is in Dublin Core, with
    Zotero's name of the type, as Zotero itself writes it.
    """
    version = ("ctx_ver", "Z39.88-2004")
    if csl_type == "article-journal":
        return [
            version,
            ("rft_val_fmt", "info:ofi/fmt:kev:mtx:journal"),
            ("rft.genre", "article"),
        ]
    return [
        version,
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
        ("rft.type", TYPES[csl_type].zotero),
    ]


def annotation(library: Library, claim: Claim, base: str) -> dict[str, Any]:
    """Return a claim as a W3C Web Annotation (https://www.w3.org/TR/annotation-model/).

    Its body is our sentence, its target the quoted words in the original article. `base` is the
    address of this site.
    """
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
        "target": _targets(library, claim, base),
    }


def _targets(
    library: Library, claim: Claim, base: str
) -> dict[str, Any] | list[dict[str, Any]]:
    """Return the target of an annotation: a claim's words, from its first piece to its last.

    Where the passage has `[…]` between the pieces, for words that we may not show, it is a list of
    targets, one for each piece.
    """
    article = library.articles[claim.article]
    if not article.url:
        # The target is then our own page. It has misprints corrected, so as_printed must not
        # bring them back.
        article = replace(article, corrections=())
    printed = as_printed(claim, article, claim.spans)
    if GAP not in printed.words:
        return _target(claim, article, claim.spans, base)
    return [_target(claim, article, [piece], base) for piece in claim.spans]


def _target(
    claim: Claim, article: Article, pieces: Sequence[Span], base: str
) -> dict[str, Any]:
    """Return the target whose words are some pieces of a claim's quotation, and what is between."""
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
    """Return the selector of a target: its exact words, and up to 80 letters on either side.

    So a reader of the annotation finds the words in the original. Where our passage has `[…]`
    (GAP), the original has words that we may not show: the text before the target begins after
    the last `[…]`, and the text after it ends at the first.
    """
    printed = as_printed(claim, article, pieces)
    before_since_gap = printed.before.split(GAP)[-1]
    after_until_gap = printed.after.split(GAP)[0]
    return {
        "type": "TextQuoteSelector",
        "exact": printed.words,
        "prefix": before_since_gap[-CONTEXT_LETTERS:],
        "suffix": after_until_gap[:CONTEXT_LETTERS],
    }
