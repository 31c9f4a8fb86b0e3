"""What a reader does with hand and eye, for tests in a browser."""

import json
from typing import Any, NamedTuple
from urllib.request import urlopen

from playwright.sync_api import Locator, Page

PASTE_FIELD = """() => {
  const field = document.createElement("div");
  field.id = "pasted";
  field.contentEditable = "true";
  document.body.append(field);
  field.addEventListener("paste", (event) => {
    event.preventDefault();
    const types = ["text/plain", "text/html"];
    field.textContent = JSON.stringify(types.map((type) => event.clipboardData.getData(type)));
  });
  field.focus();
}"""
"""Adds a field that shows what is pasted into it, as text and as HTML."""

SELECT_WORDS = """([passage, words]) => {
  const place = document.querySelector(`[data-passage="${passage}"]`);
  const first = place.textContent.indexOf(words);
  const last = first + words.length;
  const range = new Range();
  const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  let start = 0; // of the node, in the passage
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const end = start + node.length;
    if (first >= start && first <= end) range.setStart(node, first - start);
    if (last >= start && last <= end) {
      range.setEnd(node, last - start);
      break;
    }
    start = end;
  }
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""

FIND_PLAIN_WORDS = """(passage) => {
  const place = document.querySelector(`[data-passage="${passage}"]`);
  place.scrollIntoView({ block: "center", behavior: "instant" });
  const isText = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim();
  const range = new Range();
  range.selectNodeContents([...place.childNodes].find(isText));
  const line = range.getClientRects()[0];
  return [line.x + 12, line.y + line.height / 2];
}"""


class Pasted(NamedTuple):
    """What a reader pastes, into a plain field and into one that keeps formatting."""

    text: str
    html: str


class Point(NamedTuple):
    """A place in the window, in px from its upper left corner."""

    x: float
    y: float


def pasted(page: Page) -> Pasted:
    """Return what a reader pastes now."""
    page.evaluate(PASTE_FIELD)
    page.keyboard.press("Control+v")
    field = page.locator("#pasted")
    text, html = json.loads(field.inner_text())
    field.evaluate("(field) => field.remove()")
    return Pasted(text, html)


def message(page: Page) -> Locator:
    """Return what a page says was done: the one of its live regions that says something."""
    return page.locator(".status:not(:empty)")


def select(page: Page, passage: int, words: str) -> None:
    """Select words of a passage, from wherever in it they begin to wherever they end."""
    page.evaluate(SELECT_WORDS, [passage, words])


def unlinked(page: Page, passage: int) -> Point:
    """Return where to press on words of a passage that are no link, once they are in view."""
    x, y = page.evaluate(FIND_PLAIN_WORDS, passage)
    return Point(x, y)


def citations(site: str, article: str, style: int = 0) -> Any:
    """Return an article's citations in a style, as its file has them; styles are counted from 0."""
    with urlopen(f"{site}{article.rstrip('/')}.citations.json") as answer:
        return json.load(answer)["styles"][style]


def bar(page: Page) -> Locator:
    """Return the bar that is offered for selected words."""
    return page.get_by_role("toolbar", name="Selected words")
