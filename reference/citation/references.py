"""The references of a library in five styles, as `python app.py cite` set them into its content.

`references.json` holds, for each record, a digest of what a style may print of it, and for each
style what the CSL processor made of it: see `Made`. Serving, checking and exporting read it and
need neither the processor nor the styles.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from reference.citation import intext
from reference.citation.record import (
    EDITION,
    ELSEWHERE,
    SITE,
    Record,
    article_record,
    page_path,
    page_record,
)
from reference.records import Article, Claim, ContentError, Library, Problem

FILE = "references.json"
MEND = "run `python app.py cite` (it needs requirements-dev.txt)"


class Style(NamedTuple):
    """A citation style: its CSL file, and the language its own manual is written in.

    A `numbered` style cites by number, and so lists references as they are first cited; others
    list them by name. `titles` says that it capitalises titles, `day` how it writes a day.
    """

    id: str
    name: str
    csl: str
    locale: str
    day: str
    numbered: bool = False
    titles: bool = False


HARVARD, MLA = "Harvard (Cite Them Right)", "modern-language-association"
CHICAGO = "Chicago (author-date)"
STYLES = (
    Style("vancouver", "Vancouver", "nlm-citation-sequence", "en-US", "2012 Jun 20", numbered=True),
    Style("harvard", HARVARD, "harvard-cite-them-right", "en-GB", "20 June 2012"),
    Style("apa", "APA 7", "apa", "en-US", "June 20, 2012"),
    Style("mla", "MLA 9", MLA, "en-US", "20 Jun. 2012", titles=True),
    Style("chicago", CHICAGO, "chicago-author-date", "en-US", "June 20, 2012", titles=True),
)
READ_ON = "[date you read it]"


class Made(TypedDict):
    """What the processor makes of one record in one style.

    `reference` and `dated`, the reference with the day of reading where the style has one, are
    safe HTML. `in_text` and `at` are plain: “(White, 2012)”, “(White, 2012, para. {n})”.
    """

    reference: str
    dated: str
    in_text: str
    at: str


@dataclass(frozen=True)
class Form:
    """How something is cited in one style.

    `in_text` stands in the text, after a quotation where there is one, and is plain.
    `reference` is the processor's, of the article itself, as safe HTML; `dated` is the same with
    the day of reading where the style asks for it (an element `data-today`, for script to fill).
    """

    style: Style
    in_text: str
    reference: str
    dated: str


@dataclass(frozen=True)
class Citation:
    """How to cite one thing: in each style, in files (name and path), and by way of this site.

    `version` and `updated` are those of the content, and stay until it changes. The day a reader
    reads it is not ours to say: pages are the same bytes for everybody.
    """

    forms: tuple[Form, ...]
    address: str
    version: str
    updated: str
    files: tuple[tuple[str, str], ...] = ()
    site: str = SITE


def records(library: Library) -> list[Record]:
    """Every record that is cited: articles, then the site's own pages."""
    articles = [article_record(library, article) for article in library.articles.values()]
    return [*articles, *(page_record(library, id) for id in (*library.themes, "about"))]


def to_set(library: Library, record: Record, style: Style) -> Record:
    """The record that a style sets: its own, but for a title whose capitals no rule can know."""
    article = library.articles.get(record["id"])
    cased = style.titles and article and article.title_case
    return record | {"title": cased} if cased else record


def digests(library: Library) -> dict[str, str]:
    """Record id -> sixteen hexadecimal digits that change with what its references are made of."""
    made_of = {
        record["id"]: [[*style, to_set(library, record, style)] for style in STYLES]
        for record in records(library)
    }
    return {
        id: hashlib.sha256(json.dumps(each, sort_keys=True).encode()).hexdigest()[:16]
        for id, each in made_of.items()
    }


class References:
    """The references of a library's articles and pages. A claim's is its article's."""

    def __init__(self, library: Library, made: Mapping[str, Mapping[str, Made]]) -> None:
        self._library, self._made = library, made

    @classmethod
    def read(cls, folder: Path, library: Library) -> "References":
        """The references in a content folder. Raises ContentError with a problem for each that is
        missing, set from an older record, or of nothing any more, or one for an unreadable file."""
        name = f"{folder.name}/{FILE}"
        try:
            text = (folder / FILE).read_text("utf-8")
            kept: dict[str, Any] = json.loads(text)
            for each in kept.values():
                assert {*each} == {"digest", *(style.id for style in STYLES)}
                assert all({*each[style.id]} == {*Made.__annotations__} for style in STYLES)
        except OSError as error:
            problem = Problem(name, 1, "file", f"cannot be read ({error.strerror})", MEND)
            raise ContentError([problem]) from None
        except (ValueError, TypeError, AttributeError, AssertionError):
            problem = Problem(name, 1, "file", "is not as the command writes it", MEND)
            raise ContentError([problem]) from None
        wanted = digests(library)
        wrong = dict.fromkeys(wanted.keys() - kept.keys(), "is missing")
        for id, each in kept.items():
            if each["digest"] != wanted.get(id):
                wrong[id] = "is of an older record" if id in wanted else "is of nothing here"
        if wrong:
            raise ContentError(
                Problem(name, _line(text, id), id, f"the reference {what}", MEND)
                for id, what in sorted(wrong.items())
            )
        return cls(library, kept)

    def of(self, id: str, style: Style) -> Made:
        """What the processor made of a record. KeyError if there is none."""
        return self._made[id][style.id]

    def article(self, article: Article, base: str) -> Citation:
        """How to cite an article as a whole."""
        forms = (self._form(article.id, style) for style in STYLES)
        return self._citation(forms, f"/articles/{article.id}", base)

    def claim(self, claim: Claim, base: str) -> Citation:
        """How to cite the words of a claim: who says them, the article, and the passage."""
        forms = (self._form(claim.article, style, self.in_text(claim, style)) for style in STYLES)
        return self._citation(forms, f"/claims/{claim.id}", base)

    def in_text(self, claim: Claim, style: Style, number: int = 1) -> str:
        """What stands in the text after a claim's words; `number` is the source's in a numbered
        style."""
        at = self.of(claim.article, style)["at"]
        if style.numbered:
            at = at.replace("(1", f"({number}")
        passage = str(self._library.passage_of(claim).number)
        return intext.after(style.id, claim, self._library, at.replace("{n}", passage))

    def page(self, id: str, base: str) -> Citation:
        """How to cite a theme page, or "about": this site as it is in its present version."""
        library = self._library

        def here(text: str) -> str:
            return text.replace(ELSEWHERE, escape(base)).replace(EDITION, library.version)

        forms = (self._form(f"page_{id}", style) for style in STYLES)
        placed = tuple(Form(f.style, f.in_text, here(f.reference), here(f.dated)) for f in forms)
        return Citation(placed, base + page_path(id), library.version, library.updated)

    def _form(self, id: str, style: Style, in_text: str = "") -> Form:
        made = self.of(id, style)
        read_on = f'<span data-today="{style.day}">{READ_ON}</span>'
        dated = made["dated"].replace(READ_ON, read_on)
        return Form(style, in_text or made["in_text"], made["reference"], dated)

    def _citation(self, forms: Iterable[Form], path: str, base: str) -> Citation:
        kinds = (("BibTeX", "bib"), ("RIS", "ris"), ("CSL-JSON", "csl.json"))
        files = tuple((name, f"{path}.{suffix}") for name, suffix in kinds)
        library = self._library
        return Citation(tuple(forms), f"{base}{path}/", library.version, library.updated, files)


def citation_json(
    library: Library, references: References, article: Article, base: str
) -> dict[str, Any]:
    """What script copies quotations with, served as /articles/<slug>.citations.json:
    {article, url, styles: [{id, name, numbered, reference, in_text, claims: {claim id: in_text}}]}.

    `reference` is HTML, the day of reading in an element `data-today`; `{n}` in an `in_text`
    stands for the number of the passage.
    """
    claims = library.claims_of_article[article.id]
    return {
        "article": article.id,
        "url": f"{base}/articles/{article.id}/",
        "styles": [
            {
                "id": form.style.id,
                "name": form.style.name,
                "numbered": form.style.numbered,
                "reference": form.dated,
                "in_text": references.of(article.id, form.style)["at"],
                "claims": {claim.id: references.in_text(claim, form.style) for claim in claims},
            }
            for form in references.article(article, base).forms
        ],
    }


def plain(html: str) -> str:
    """A reference as plain text."""
    return unescape(re.sub(r"<[^>]+>", "", html))


def bibliography(style: Style, references: Iterable[str]) -> list[str]:
    """References in the order a style lists them; they are given as they are first cited."""
    return list(references) if style.numbered else sorted(references, key=plain)


def _line(text: str, id: str) -> int:
    """The line of references.json on which a record begins; 1 if it does not."""
    before, found, _ = text.partition(f'"{id}": {{')
    return before.count("\n") + 1 if found else 1
