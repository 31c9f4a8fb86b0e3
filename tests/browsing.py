"""What a reader does with hand and eye, for tests in a browser."""

import json
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Locator, Page


def pasted(page: Page) -> tuple[str, str]:
    """What a reader pastes now: as plain text, and as HTML."""
    page.evaluate(
        """() => { const field = document.createElement("div"); field.contentEditable = "true";
        document.body.append(field); field.focus();
        field.addEventListener("paste", (event) => { event.preventDefault();
          field.id = "pasted"; field.textContent = JSON.stringify(["text/plain", "text/html"]
            .map((type) => event.clipboardData.getData(type))); }); }"""
    )
    page.keyboard.press("Control+v")
    text, html = json.loads(page.locator("#pasted").inner_text())
    page.locator("#pasted").evaluate("(field) => field.remove()")
    return text, html


def select(page: Page, passage: int, words: str) -> None:
    """Select words of a passage, from wherever in it they begin to wherever they end."""
    page.evaluate(
        """([passage, words]) => { const range = new Range();
        const place = document.querySelector(`[data-passage="${passage}"]`);
        const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
        const from = place.textContent.indexOf(words);
        for (let at = 0; texts.nextNode(); at += texts.currentNode.length) {
          const node = texts.currentNode, inside = (to) => to >= at && to <= at + node.length;
          if (inside(from)) range.setStart(node, from - at);
          if (!inside(from + words.length)) continue;
          range.setEnd(node, from + words.length - at); break; }
        getSelection().removeAllRanges(); getSelection().addRange(range); }""",
        [passage, words],
    )


def unlinked(page: Page, passage: int) -> tuple[float, float]:
    """Where to press on words of a passage that are no link."""
    x, y = page.evaluate(
        """(passage) => { const place = document.querySelector(`[data-passage="${passage}"]`);
        place.scrollIntoView({ block: "center", behavior: "instant" });
        const text = [...place.childNodes].find((node) => node.nodeType === 3 && node.data.trim());
        const range = new Range(); range.selectNodeContents(text);
        const box = range.getClientRects()[0]; return [box.x + 12, box.y + box.height / 2]; }""",
        passage,
    )
    return x, y


def citations(site: str, article: str, style: int = 0) -> Any:
    with urlopen(f"{site}{article.rstrip('/')}.citations.json") as answer:
        return json.load(answer)["styles"][style]


def bar(page: Page) -> Locator:
    return page.get_by_role("toolbar", name="Selected words")
