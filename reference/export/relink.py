"""A page of the site as the copy has it: its links relative, so that the copy stands anywhere.

Only text is handled here: nothing is fetched, read or written.
"""

import re
from collections.abc import Iterator
from html import escape, unescape
from urllib.parse import unquote, urlsplit

TAG = re.compile(r"<[a-zA-Z][^<>]*>")
LINK = re.compile(r'(\s(?:href|src|action|formaction|data-[\w-]+)=")/(?!/)([^"]*")')
KEYS = "@?id|url|source|scope|homepage|citation|mainEntityOfPage"
KEY = re.compile(rf'("(?:{KEYS})"\s*:\s*")/(?!/)([^"]*")')
JSON_LD = re.compile(r'<script type="application/ld\+json">.*?</script>', re.DOTALL)
LIVE_SEARCH = re.compile(r'<Url type="application/(?:json|x-suggestions\+json)"[^>]*/>\n?')
CHARSET = '<meta charset="utf-8">'


def links(html: str, address: str) -> Iterator[str]:
    """The path of every link of a page to its own site, and of the picture it is shown with."""
    for _, rest in (found for tag in TAG.findall(html) for found in LINK.findall(tag)):
        yield unquote(urlsplit("/" + unescape(rest[:-1])).path)
    yield from re.findall(rf'content="{re.escape(address)}(/static/[^"]*)"', html)


def page(html: str, prefix: str, policy: str) -> str:
    """A page with `prefix`, which leads to the copy's root, before each link of its own site.

    The policy of the site, for hosts that send no headers, stands in the page itself.
    """
    html = TAG.sub(lambda tag: LINK.sub(lambda link: _joined(prefix, link), tag[0]), html)
    html = JSON_LD.sub(lambda script: data(script[0], prefix), html)
    own = "; ".join(rule for rule in policy.split("; ") if not rule.startswith("frame-ancestors"))
    told = f'<meta http-equiv="Content-Security-Policy" content="{escape(own, quote=False)}">'
    html = html.replace(CHARSET, f"{CHARSET}\n{told}", 1)
    return html.replace("<html ", "<html data-static-copy ", 1)


def data(text: str, prefix: str) -> str:
    """JSON with the addresses of the site under its known keys made relative."""
    return KEY.sub(lambda match: _joined(prefix, match), text)


def _joined(prefix: str, match: re.Match[str]) -> str:
    """What stands before a link, its prefix, and what follows its first slash."""
    here = "./" if not prefix and match[2][0] in '"?#' else ""
    return match[1] + prefix + here + match[2]


def description(xml: str) -> str:
    """The OpenSearch description without what only the live site answers."""
    return LIVE_SEARCH.sub("", xml)


def moved(to: str, canonical: str) -> str:
    """The page at the address of a claim that has moved `to` another."""
    return (
        f'<!doctype html>\n<html lang="en-GB">\n{CHARSET}\n<title>Moved</title>\n'
        f'<link rel="canonical" href="{canonical}">\n'
        f'<meta http-equiv="refresh" content="0; url={to}">\n'
        f'<p>This has moved: <a href="{to}">go on to where it is now</a>.</p>\n'
    )
