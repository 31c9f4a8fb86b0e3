"""Pages and tables as tests read them."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import yaml


def rows(name: str) -> Any:
    """What is asked and what is wanted, from the file of that name beside the tests."""
    return yaml.safe_load(Path(__file__).with_name(f"{name}.yaml").read_text(encoding="utf-8"))


class Parsed(HTMLParser):
    """What a page has: its text, its elements in order, ids, links, title and description."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        found = [
            (tag, key, value or "") for tag, named in self.elements for key, value in named.items()
        ]
        self.ids = [value for _, key, value in found if key == "id"]
        self.links = [
            value for _, key, value in found if key in ("href", "src", "action") and value
        ]
        self.title = html.partition("<title>")[2].partition("</title>")[0]
        described = (named for _, named in self.elements if named.get("name") == "description")
        self.description = next(described, {}).get("content") or ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
