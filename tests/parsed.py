"""A page as tests read it."""

from html.parser import HTMLParser


class Parsed(HTMLParser):
    """What a page has: its elements in order, ids, links, title and description."""

    def __init__(self, html: str) -> None:
        super().__init__()
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
