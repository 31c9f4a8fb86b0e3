"""The headers of every answer: the one place that knows them."""

import re

POLICY = "Content-Security-Policy"
SECURITY = {
    POLICY: (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
SERVER = {"Server": "reference"}

FOR_THIS_SITE = {"Cross-Origin-Resource-Policy": "same-origin"}
FOR_ANY_SITE = {
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
}
"""Data can be read by any site's page (https://fetch.spec.whatwg.org/#http-cors-protocol)."""
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}
"""What a browser asks by OPTIONS before another site's page reads data with headers of its own."""
DATA_ENDINGS = (
    "bib",
    "ris",
    "csv",
    "csl.json",
    "jsonld",
    "citations.json",
    "png",
)
"""The paths of data: files, by their endings. Pictures go with links on other sites."""
DATA_AT_ROOT = re.compile(r"/(\w+\.json|feed\.xml)")
"""The paths of data: what answers at the root."""

STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000"}
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
"""For static files, whose names change with their bytes."""
ASK_AGAIN = {"Cache-Control": "no-cache"}
"""A browser may keep an answer, and asks each time whether it is still the same (its ETag)."""
NEVER_KEPT = {"Cache-Control": "no-store"}
NOT_FOR_SEARCH_ENGINES = {"X-Robots-Tag": "noindex, nofollow"}
MADE_BY_A_READER = re.compile(
    r"/(search|collection)/|/(search|suggest)\.json|/collection\.\w.*"
)
"""Paths whose answers a reader's question makes: without end, and none a page of the site."""


def of_answer(path: str, status: int, address: str) -> dict[str, str]:
    """Return the headers that an answer must carry, beside those of its content.

    `path` is that of the request and `status` that of the answer; `address` is the site's public
    one, such as `https://reference.example.org`, or "".
    """
    headers = SECURITY | SERVER | strict_transport(address)
    if is_data(path):
        headers |= FOR_ANY_SITE
    else:
        headers |= FOR_THIS_SITE
    if MADE_BY_A_READER.fullmatch(path):
        headers |= NOT_FOR_SEARCH_ENGINES
    if path == "/healthz":
        headers |= NEVER_KEPT
    elif path.startswith("/static/") and status == 200:
        headers |= FOR_EVER
    else:
        headers |= ASK_AGAIN
    return headers


def is_data(path: str) -> bool:
    """Return whether what answers at a path is data, which any site's page may read."""
    endings = tuple(f".{ending}" for ending in DATA_ENDINGS)
    return path.endswith(endings) or DATA_AT_ROOT.fullmatch(path) is not None


def strict_transport(address: str) -> dict[str, str]:
    """Return what tells browsers to stay with TLS, if the site's public address has it."""
    if address.startswith("https://"):
        return STRICT_TRANSPORT
    return {}
