"""A page as tests read it."""

from html.parser import HTMLParser


class Parsed(HTMLParser):
    """What a page has: ids, links, title and description, and its elements in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.title = self.description = ""
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._in_title = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.elements.append((tag, named))
        if named.get("id"):
            self.ids.append(named["id"] or "")
        for key in ("href", "src", "action"):
            if named.get(key):
                self.links.append(named[key] or "")
        if tag == "meta" and named.get("name") == "description":
            self.description = named.get("content") or ""
        self._in_title = tag == "title"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False
