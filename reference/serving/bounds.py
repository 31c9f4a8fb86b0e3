"""How large a request may be."""

from collections.abc import Mapping
from typing import Any, NamedTuple

LONGEST_ADDRESS = 32_000
"""Characters of a path and query. A search of 2,000 characters is sent as 12 bytes for each of
those that need four; a collection of 250 claims names each."""
LONGEST_HEADERS = 16_384
"""Characters of all headers of a request together."""


class Refusal(NamedTuple):
    """Why a request is not answered: an HTTP status, and a sentence for the reader."""

    status: str
    sentence: str


def refusal(environ: Mapping[str, Any]) -> Refusal | None:
    """Return why a request is too large to be answered, or None if it is not.

    `environ` is the request as WSGI has it: a header such as Accept stands in it as HTTP_ACCEPT.
    """
    path_length = len(environ["PATH_INFO"])
    query_length = len(environ.get("QUERY_STRING", ""))
    if path_length + query_length > LONGEST_ADDRESS:
        sentence = f"An address here has at most {LONGEST_ADDRESS} characters."
        return Refusal("414 URI Too Long", sentence)
    headers_length = 0
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            headers_length += len(value)
    if headers_length > LONGEST_HEADERS:
        sentence = f"The headers of a request have at most {LONGEST_HEADERS} characters together."
        return Refusal("431 Request Header Fields Too Large", sentence)
    return None
