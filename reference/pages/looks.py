"""What templates need to set a page: filters, fingerprinted static files, addresses of sheets."""

import hashlib
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, url_for
from jinja2 import DictLoader
from markupsafe import Markup, escape

from reference import evidence
from reference.citation import fragments
from reference.pages import phrasing
from reference.records import GAP, Claim, Date, Library, Span

ACCENTS = 7
REMEMBERED = 4_096
"""How many addresses and pieces of page, of each sort, are remembered from page to page."""


class Assets:
    """Static files under names that change with their bytes, so that they can be kept for ever.

    The bytes are kept: under a file's name nothing else is served, whatever is on disk by then.
    """

    def __init__(self, folder: Path) -> None:
        self._names: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        for path in sorted(folder.iterdir()):
            if path.is_file() and not path.name.startswith("."):
                body = path.read_bytes()
                served = f"{path.stem}.{_digest(body)}{path.suffix}"
                self._names[path.name], self.files[served] = served, body

    def url(self, name: str) -> str:
        """The address of a static file. Raises KeyError if there is none of that name."""
        return _address("machine.static", name=self._names[name])


_address = lru_cache(REMEMBERED)(url_for)
"""The address of something here: the same in every request, without a host or a prefix."""


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:10]


def filters(library: Library, glossary: phrasing.Glossary) -> dict[str, Callable[..., Any]]:
    """The filters of the templates, by name."""
    order = {id: place for place, id in enumerate(library.themes)}
    reading = {id: place for place, id in enumerate(library.articles)}

    @lru_cache(REMEMBERED)
    def source_url(claim: Claim) -> str:
        return fragments.source_url(claim, library.articles[claim.article])

    def in_context(claim: Claim) -> Markup:
        return marked(library.passage_of(claim).text, claim.spans)

    def speakers(claim: Claim) -> str:
        names = [library.speaker_name(who) for who in claim.speakers]
        return " and ".join(names) or "The article"

    def in_reading_order(groups: Iterable[Any]) -> list[Any]:
        return sorted(groups, key=lambda group: reading[group.grouper])

    return {
        "abbreviated": glossary.mark,
        "accent": lambda theme: order[theme] % ACCENTS + 1,
        "anchor": lambda text: re.sub(r"\W+", "-", text.lower()).strip("-"),
        "article_kind": phrasing.ARTICLE_KINDS.__getitem__,
        "byline": lambda article: phrasing.byline(library, article),
        "confidence": phrasing.CONFIDENCE.__getitem__,
        "date": phrasing.date_words,
        "day": lambda text: phrasing.date_words(Date(text, text, text)),
        "in_context": in_context,
        "in_reading_order": in_reading_order,
        "kind": lambda kind: phrasing.KINDS[kind][0],
        "closing": closing,
        "marked": marked,
        "numbers": numbers,
        "opening": opening,
        "quotation": quotation,
        "quoted_word": lambda word: f"“{word}”",
        "shortened": shortened,
        "source": phrasing.source_words,
        "source_url": source_url,
        "speakers": speakers,
        "voiced": phrasing.voiced,
        "voice": phrasing.voice_words,
        "years": lambda article: phrasing.year_words(article.date),
    }


def opening(quote: str) -> str:
    """The mark that opens a quotation: single where the quotation has double marks of its own."""
    return "‘" if "“" in quote or "”" in quote else "“"


def closing(quote: str) -> str:
    """The mark that closes a quotation."""
    return "’" if opening(quote) == "‘" else "”"


def quotation(claim: Claim) -> str:
    """A quotation as shown: in quotation marks, its pieces joined by […]."""
    pieces = [piece.strip() for piece in claim.quote.split(evidence.ELLIPSIS)]
    return f"{opening(claim.quote)}{f' {GAP} '.join(pieces)}{closing(claim.quote)}"


def marked(text: str, spans: Iterable[Span]) -> Markup:
    """A text with the places that matter marked."""
    pieces = (
        f"<mark>{escape(piece)}</mark>" if mark else escape(piece)
        for piece, mark in evidence.segments(text, spans)
    )
    return Markup("".join(pieces))


def shortened(text: str, length: int = 70) -> str:
    """The beginning of a text, cut at a word."""
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def numbers(sheet: Any) -> list[int]:
    """Page numbers to offer: the first, the last, those about the present one; 0 for a gap."""
    near = range(sheet.number - 2, sheet.number + 3)
    shown = sorted({1, sheet.last, *(n for n in near if 1 <= n <= sheet.last)})
    listed: list[int] = []
    for number in shown:
        if listed and number > listed[-1] + 1:
            listed.append(0)
        listed.append(number)
    return listed


def sheet_url(endpoint: str, number: int, slug: str | None = None) -> str:
    """The address of a page of a list; the first has the list's own."""
    values: dict[str, Any] = {"slug": slug} if slug else {}
    if number > 1:
        return url_for(endpoint, number=number, **values)
    return url_for(endpoint, **values)


def collected_url(form: str, found: Any, style: Any) -> str:
    """Where a collection is to be had as a file."""
    ids = [claim.id for claim in found.claims]
    values: dict[str, Any] = {"style": style.id} if form == "md" else {}
    return url_for("citing.collection_file", form=form, claim=ids, **values)


class Once:
    """Macros whose text depends on nothing but their arguments, each set once for the same ones."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, macro: str) -> Callable[..., Markup]:
        @lru_cache(REMEMBERED)
        def remembered(*arguments: Any) -> Markup:
            macros: Any = self._app.jinja_env.get_template("macros.html").module
            return Markup(getattr(macros, macro)(*arguments))

        setattr(self, macro, remembered)
        return remembered


def dress(app: Flask, library: Library, address: str, per_page: int) -> None:
    """Give an app's templates all they use, and read them all: whatever becomes of the files,
    what is served is what was there at the start (to compile them all takes a third as long as
    the whole start, and is left to the first page of each)."""
    app.config["TEMPLATES_AUTO_RELOAD"] = False
    assets = Assets(Path(app.root_path) / "static")
    app.extensions["assets"] = assets
    at = {
        (theme, article): number // per_page + 1
        for theme, claims in library.claims_of_theme.items()
        for number, article in reversed([(n, c.article) for n, c in enumerate(claims)])
    }

    def from_url(theme: str, article: str) -> str:
        """Where a theme's claims from one article begin."""
        return f"{sheet_url('pages.theme', at[theme, article], theme)}#from-{article}"

    glossary = phrasing.Glossary(library.glossary)
    app.jinja_env.filters.update(filters(library, glossary))
    app.jinja_env.globals.update(
        library=library,
        address=address,
        url_for=_address,
        once=Once(app),
        asset=assets.url,
        sheet_url=sheet_url,
        collected_url=collected_url,
        voices=phrasing.VOICES,
        from_url=from_url,
        glossary=glossary,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    folder = Path(app.root_path) / "templates"
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}
    app.jinja_env.loader = DictLoader(texts)
