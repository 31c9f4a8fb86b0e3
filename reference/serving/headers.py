"""What every answer carries, how large a request may be, what a public address is: one owner."""

import re
from typing import Any
from urllib.parse import urlsplit

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
OURS = {"Cross-Origin-Resource-Policy": "same-origin"}
ANYONES = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
"""Data can be read by any site's page (https://fetch.spec.whatwg.org/#http-cors-protocol)."""
FILES = ("bib", "ris", "csv", "csl.json", "jsonld", "citations.json")
DATA = re.compile(rf".*\.({'|'.join(map(re.escape, FILES))})|/\w+\.json")
"""The addresses of data: endings of files, and answers at the root."""
STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000"}
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
"""A static file's name changes with its bytes."""

LONGEST_ADDRESS = 32_000
"""Characters of a path and query: a search of 2,000 characters is sent as 12 bytes for each of
those that need four; a collection of 250 claims names each."""
LONGEST_HEADERS = 16_384
HOST = r"\w[\w-]*(\.\w[\w-]*)*\.?|\[[\da-f:.]+\]"
PATH = r"[^\s\x00-\x1f\x7f\"<>\\^`{|}?#]*"
ADDRESS = re.compile(rf"https?://({HOST})(:[1-9]\d*)?(/{PATH})?", re.IGNORECASE)
"""A public address: a name or number of a host, no user or password, nothing that ends markup."""


def of(path: str, address: str, good: bool = True) -> dict[str, str]:
    """The headers of an answer at a path of the site whose public address is `address`."""
    kept = {"Cache-Control": "no-store" if path == "/healthz" else "no-cache"}
    kept = FOR_EVER if good and path.startswith("/static/") else kept
    whose = ANYONES if DATA.fullmatch(path) else OURS
    return SECURITY | whose | strict(address) | kept | {"Server": "reference"}


def strict(address: str) -> dict[str, str]:
    """Over TLS, browsers are told to stay with it."""
    return STRICT_TRANSPORT if address.startswith("https://") else {}


def too_large(environ: dict[str, Any]) -> tuple[str, str] | None:
    """Why a request is too large to be answered (a status, a line), or None."""
    if len(environ["PATH_INFO"]) + len(environ.get("QUERY_STRING", "")) > LONGEST_ADDRESS:
        return "414 URI Too Long", f"An address here has at most {LONGEST_ADDRESS} characters.\n"
    if sum([len(environ[name]) for name in environ if name[:5] == "HTTP_"]) > LONGEST_HEADERS:
        line = f"The headers of a request have at most {LONGEST_HEADERS} characters together.\n"
        return "431 Request Header Fields Too Large", line
    return None


def public(address: str, under: bool = False) -> str:
    """A public address in its one spelling, or "" for none; a copy may stand `under` a path. Raises
    ValueError, with what is wrong, for what is no address."""
    parts = urlsplit(address)
    if address and not (ADDRESS.fullmatch(address) and parts.port != 0):
        raise ValueError("must be like https://reference.example.org")
    if parts.path.strip("/") and not under:
        raise ValueError("must end after the host: the site is served at its root")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}" if address else ""
