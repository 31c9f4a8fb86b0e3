"""A page of the site as the static copy has it: links relative, its policy and facets in its head.

Only text is handled here: nothing is fetched, read or written.
"""

import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from urllib.parse import unquote, urlsplit

from reference.citation.fragments import source_url
from reference.pages.filters import VOICES, quotation, year_words
from reference.records import Claim, Library

TAG = re.compile(r"<[a-zA-Z][^<>]*>")
LINK = re.compile(r'(\s(?:href|src|action|formaction|data-[\w-]+)=")/(?!/)([^"]*")')
KEYS = "@?id|url|source|scope|homepage|citation|mainEntityOfPage"
KEY = re.compile(rf'("(?:{KEYS})"\s*:\s*")/(?!/)([^"]*")')
JSON_LD = re.compile(r'<script type="application/ld\+json">.*?</script>', re.DOTALL)
LIVE_SEARCH = re.compile(r'<Url type="application/(?:json|x-suggestions\+json)"[^>]*/>\n?')
HEAD = re.compile(r'<meta charset="utf-8">\n?')
OWN_ADDRESS = re.compile(r'<(?:meta property="og:url"|link rel="canonical")[^>]*>\n?')
SEPARATOR = "|"
"""Between the id and the name in a facet's value: `training|Training and skills`."""

Seen = Callable[[str], None]


def page(html: str, path: str, seen: Seen, head: str, root: str | None) -> str:
    """A page with every link of its own site made relative to `path`, and `head` in its head.

    `seen` is told the path of each link. A page that is shown at any address (404.html) takes
    the path of the site's `root`, as relative links would not do there, and names no address as
    its own.
    """
    prefix = root if root is not None else _up(path)

    def link(match: re.Match[str]) -> str:
        if not match[1].lstrip().startswith("data-"):
            seen(_path(match[2][:-1]))
        return f"{match[1]}{_joined(prefix, match[2])}"

    if root is not None:
        html = OWN_ADDRESS.sub("", html)
    html = TAG.sub(lambda tag: LINK.sub(link, tag[0]), html)
    html = JSON_LD.sub(lambda script: data(script[0], path), html)
    html = html.replace("<html ", "<html data-static-copy ", 1)
    return HEAD.sub(lambda match: match[0] + head, html, count=1)


def data(text: str, path: str) -> str:
    """JSON with the addresses of the site under its known keys made relative to `path`."""
    return KEY.sub(lambda match: match[1] + _joined(_up(path), match[2]), text)


def description(xml: str) -> str:
    """The OpenSearch description without what only the live site answers."""
    return LIVE_SEARCH.sub("", xml)


def _up(path: str) -> str:
    return "../" * (path.count("/") - 1)


def _joined(prefix: str, rest: str) -> str:
    """A link from its prefix and what follows its first slash (its closing quote included)."""
    return prefix + rest if prefix or rest[0] not in '"?#' else "./" + rest


def _path(link: str) -> str:
    return unquote(urlsplit("/" + unescape(link)).path)


def policy(header: str) -> str:
    """A Content-Security-Policy as a page can state it itself, for hosts that send no headers."""
    kept = [rule for rule in header.split("; ") if not rule.startswith("frame-ancestors")]
    content = escape("; ".join(kept), quote=False)
    return f'<meta http-equiv="Content-Security-Policy" content="{content}">\n' if header else ""


def facets(library: Library, path: str) -> str:
    """What Pagefind files a page under: its kind, themes, people and article (`id|name`)."""
    kind, _, id = path.strip("/").partition("/")
    filters = [("filter", *facet) for facet in _facets(library, kind, id)]
    return "".join(
        f'<meta data-pagefind-{role}="{name}[content]" content="{escape(value)}">\n'
        for role, name, value in (*filters, *_told(library, kind, id))
    )


def _told(library: Library, kind: str, id: str) -> Iterator[tuple[str, str, str]]:
    """What a result says of a claim: its quotation, who says it, and where, here and there.

    Pagefind searches the words of metadata: an address, which has none to find, is a filter's.
    """
    if kind == "claims" and id in library.claims:
        claim = library.claims[id]
        article = library.articles[claim.article]
        names = " and ".join(map(library.speaker_name, claim.speakers)) or "The article"
        where = (
            f"{article.publication.name}, {year_words(article.date)}, passage {claim.passage[1:]}"
        )
        yield "meta", "quote", quotation(claim)
        yield "meta", "who", f"{names}, {VOICES[claim.voice]}. {where}."
        yield "meta", "passage", claim.passage
        yield "meta", "publication", article.publication.name
        if original := source_url(claim, article):
            yield "filter", "original", original


def _facets(library: Library, kind: str, id: str) -> Iterator[tuple[str, str]]:
    if kind == "claims" and id in library.claims:
        yield "kind", f"claim{SEPARATOR}Claims"
        yield from _of_claims(library, [library.claims[id]])
    elif kind == "articles" and id in library.articles:
        yield "kind", f"article{SEPARATOR}Articles"
        yield "article", f"{id}{SEPARATOR}{library.articles[id].title}"
        yield from _of_claims(library, library.claims_of_article[id])
    elif kind == "people" and id in library.people:
        yield "kind", f"person{SEPARATOR}People"
        yield from _of_claims(library, library.claims_of_speaker.get(id, []), people=False)
        yield "person", f"{id}{SEPARATOR}{library.people[id].name}"
    elif kind == "themes" and id in library.themes:
        yield "kind", f"theme{SEPARATOR}Themes"
        yield "theme", f"{id}{SEPARATOR}{library.themes[id].title}"


def _of_claims(
    library: Library, claims: list[Claim], people: bool = True
) -> Iterator[tuple[str, str]]:
    """Each theme, speaker and article of some claims, once."""
    found: dict[tuple[str, str], None] = {}
    for claim in claims:
        for theme in claim.themes:
            found["theme", f"{theme}{SEPARATOR}{library.themes[theme].title}"] = None
        for who in claim.speakers if people else ():
            if who in library.people:
                found["person", f"{who}{SEPARATOR}{library.people[who].name}"] = None
        found["article", f"{claim.article}{SEPARATOR}{library.articles[claim.article].title}"] = (
            None
        )
    yield from found
