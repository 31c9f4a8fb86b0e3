"""The public address of the site: what may be one, and its one spelling."""

import re
from urllib.parse import urlsplit

HOST = r"\w[\w-]*(\.\w[\w-]*)*\.?|\[[\da-f:.]+\]"
PATH = r"[^\s\x00-\x1f\x7f\"<>\\^`{|}?#]*"
ADDRESS = re.compile(
    rf"https?://({HOST})(:(?P<port>[1-9]\d*))?(/{PATH})?", re.IGNORECASE
)
"""A name or number of a host, no user or password, nothing that would end markup."""
HIGHEST_PORT = 65_535


def public_address(typed: str, may_have_path: bool = False) -> str:
    """Return a public address in its one spelling: `HTTPS://X.ORG/` is `https://x.org`.

    "" (there is none) stays "". A static copy may stand under a path. Raises ValueError, with what
    is wrong as a phrase that follows the address, for what is none.
    """
    if not typed:
        return ""
    match = ADDRESS.fullmatch(typed)
    if match is None or int(match["port"] or 1) > HIGHEST_PORT:
        raise ValueError("must be like https://reference.example.org")
    parts = urlsplit(typed)
    path = parts.path.rstrip("/")
    if path and not may_have_path:
        raise ValueError(
            "must end after the host: the site is served at its root"
        )
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"
