"""Pages and tables as tests read them."""

from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import yaml

Attributes = dict[str, str | None]
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Reads plain data alone; the one in C, which comes with most builds, is ten times faster."""
LINKING = ("href", "src", "action")


def rows(name: str) -> Any:
    """Return what stands in the YAML file of that name beside the tests.

    Of a file that is no YAML nothing is returned, for whatever key is asked: modules read their
    rows when they are imported, and one slip should fail the test of that file, not all of theirs.
    """
    path = Path(__file__).with_name(f"{name}.yaml")
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)
    except yaml.YAMLError:
        return defaultdict(dict)


class Parsed(HTMLParser):
    """What a page has: its text, its elements in order, its ids, links, title and description."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[tuple[str, Attributes]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.title = html.partition("<title>")[2].partition("</title>")[0]
        self.description = ""
        self.feed(html)

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if "id" in attributes:
            self.ids.append(attributes["id"] or "")
        for name in LINKING:
            link = attributes.get(name)
            if link:
                self.links.append(link)
        if attributes.get("name") == "description" and not self.description:
            self.description = attributes.get("content") or ""
