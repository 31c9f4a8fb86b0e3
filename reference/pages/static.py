"""The files of `static/`: read once at the start, made smaller, named by what is in them."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rcssmin import cssmin
from rjsmin import jsmin

MINIFIERS: Mapping[str, Callable[[str], str]] = {".css": cssmin, ".js": jsmin}
"""What takes comments and white space out of a file, by the ending of its name."""
FINGERPRINTED = re.compile(r"(?P<stem>.+)\.[0-9a-f]{10}(?P<suffix>\.\w+)")
"""A name under which a file is served, or was."""


@dataclass(frozen=True)
class StaticFiles:
    """Static files as they are served.

    `names`: name of the file -> name it is served under (style.css -> style.1f0c7a93b2.css).
    `contents`: name it is served under -> its bytes.
    """

    names: Mapping[str, str]
    contents: Mapping[str, bytes]

    def present_name(self, name: str) -> str | None:
        """Return the name under which a file is served now, given that name, one that it had when
        its bytes were others (style.0123456789.css), or its own; None if there is no such file."""
        if name in self.contents:
            return name
        former = FINGERPRINTED.fullmatch(name)
        if former:
            name = former["stem"] + former["suffix"]
        return self.names.get(name)


def read_static_files(folder: Path) -> StaticFiles:
    """Return the files of a folder, each under a name that changes when its bytes do.

    `style.css` is served as `style.1f0c7a93b2.css`, so that browsers can keep it for ever. Style
    sheets and scripts are made smaller. Hidden files are passed over.
    """
    names: dict[str, str] = {}
    contents: dict[str, bytes] = {}
    for path in sorted(folder.glob("[!.]*")):
        if not path.is_file():
            continue
        body = read_small(path)
        digest = hashlib.sha256(body).hexdigest()[:10]
        name = f"{path.stem}.{digest}{path.suffix}"
        names[path.name] = name
        contents[name] = body
    return StaticFiles(names, contents)


def read_small(path: Path) -> bytes:
    """Return the bytes of a file; of a style sheet or script, without comments and white space."""
    minify = MINIFIERS.get(path.suffix)
    if minify is None:
        return path.read_bytes()
    return minify(path.read_text("utf-8")).encode()
