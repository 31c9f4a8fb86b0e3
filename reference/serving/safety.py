"""What every answer carries, and how large a request may be: the one place to change either."""

import re
from urllib.parse import urlsplit, urlunsplit

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000"}

METHODS = "GET, HEAD, OPTIONS"
MOST_TARGET = 20_000
MOST_HEADERS = 16_384
MOST_PARAMETERS = 300
MOST_PARAMETER = 1_500
"""Bounds of a request, in characters: its path and query, its headers together, how many
parameters (a collection names each of its claims), and how long one may be as sent."""


HOST = r"\w[\w-]*(\.\w[\w-]*)*\.?|\[[\da-f:.]+\]"
PATH = r"[^\s\x00-\x1f\x7f\"<>\\^`{|}]*"
ADDRESS = re.compile(rf"https?://({HOST})(:\d+)?([/?#]{PATH})?", re.IGNORECASE)
"""A public address: a name or number of a host, no user or password, nothing that ends markup."""


def headers(address: str) -> dict[str, str]:
    """The headers of every answer; over TLS, browsers are told to stay with it."""
    return HEADERS | STRICT_TRANSPORT if address.startswith("https://") else dict(HEADERS)


def refusal(path: str, query: str, headers_length: int) -> tuple[str, str] | None:
    """Why a request is too large to be answered (a status, a sentence), or None."""
    if len(path) + len(query) > MOST_TARGET:
        return "414 URI Too Long", f"An address here has at most {MOST_TARGET} characters."
    if headers_length > MOST_HEADERS:
        sentence = f"The headers of a request have at most {MOST_HEADERS} characters together."
        return "431 Request Header Fields Too Large", sentence
    if query:
        parameters = query.split("&")
        if len(parameters) > MOST_PARAMETERS:
            return "400 Bad Request", f"An address has at most {MOST_PARAMETERS} parameters."
        if max(map(len, parameters)) > MOST_PARAMETER:
            return "400 Bad Request", f"A parameter has at most {MOST_PARAMETER} characters."
    return None


def address_problem(address: str, under: bool = False) -> str:
    """What is wrong with a public address, or "" if nothing is; a copy may stand `under` a path."""
    try:
        parts = urlsplit(address)
        known = bool(ADDRESS.fullmatch(address)) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        return "must be like https://reference.example.org"
    if (parts.path.rstrip("/") and not under) or parts.query or parts.fragment:
        return "must end after the host: the site is served at its root"
    return ""


def as_written(address: str) -> str:
    """A public address as it is used: scheme and host in small letters, no slash at the end."""
    parts = urlsplit(address)
    small = parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower())
    return urlunsplit(small).rstrip("/")
