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
    """Return the site's public address in one spelling: `HTTPS://X.ORG/` gives `https://x.org`.

    "" means that the site has none, and stays "". Only where `may_have_path` (a static copy) may
    it go on after the host: `https://x.org/copy`. Raises ValueError for anything else; the message
    completes a sentence that begins with what was typed ("must be like https://…").
    """
    if not typed:
        return ""
    match = ADDRESS.fullmatch(typed)
    if match is None or port_is_too_high(match["port"]):
        raise ValueError("must be like https://reference.example.org")
    parts = urlsplit(typed)
    path = parts.path.rstrip("/")
    if path and not may_have_path:
        raise ValueError(
            "must end after the host: the site is served at its root"
        )
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


def port_is_too_high(digits: str | None) -> bool:
    """Return whether the port of an address is no port; None means that it names none."""
    return digits is not None and int(digits) > HIGHEST_PORT
