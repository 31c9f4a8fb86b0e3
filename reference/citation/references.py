"""The references of a library in five styles, as `python app.py cite` set them into its content.

`references.json` holds for each record a digest of what it was made from, and for each style its
`Form`. Serving, checking and exporting read it and need neither the processor nor the styles.
"""

import json
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from html import escape, unescape
from pathlib import Path
from typing import Any, NamedTuple

from reference.citation import intext
from reference.citation.record import EDITION, ELSEWHERE, SITE, Record, article_record, page_record
from reference.problems import ContentError, Problem
from reference.records import Article, Claim, Library

FILE = "references.json"
MEND = "run `python app.py cite` (it needs requirements-dev.txt)"


class Style(NamedTuple):
    """A citation style: its CSL file, the language its own manual is written in, and how it writes
    a day. A `numbered` style cites by number, and so lists references as they are first cited;
    others list them by name. `titles` says that it capitalises titles."""

    id: str
    name: str
    csl: str
    locale: str
    day: str
    numbered: bool = False
    titles: bool = False


HARVARD, CHICAGO = "harvard-cite-them-right", "chicago-author-date"
STYLES = (
    Style("vancouver", "Vancouver", "nlm-citation-sequence", "en-US", "2012 Jun 20", numbered=True),
    Style("harvard", "Harvard (Cite Them Right)", HARVARD, "en-GB", "20 June 2012"),
    Style("apa", "APA 7", "apa", "en-US", "June 20, 2012"),
    Style("mla", "MLA 9", "modern-language-association", "en-US", "20 Jun. 2012", titles=True),
    Style("chicago", "Chicago (author-date)", CHICAGO, "en-US", "June 20, 2012", titles=True),
)


class Form(NamedTuple):
    """How something is cited in one style: plain, what stands in the text (after a quotation, if
    there is one), and at a passage `{n}`: “(White, 2012, para. {n})”; as safe HTML, the
    processor's reference, and the same with the day of reading where the style asks for it, in an
    element `data-today` that script fills."""

    style: Style
    in_text: str
    at: str
    reference: str
    dated: str


class Citation(NamedTuple):
    """How to cite one thing: in each style, in files (name and path), and by way of this site, with
    the version and date of its content."""

    forms: list[Form]
    address: str
    version: str
    updated: str
    files: tuple[tuple[str, str], ...] = ()
    site: str = SITE


def to_set(library: Library, style: Style) -> list[Record]:
    """Every record that is cited (articles, then the site's own pages) as a style sets it: as it
    is, but for a title whose capitals no rule can know."""
    found = [article_record(library, article) for article in library.articles.values()]
    for record, article in zip(found, library.articles.values(), strict=True):
        if style.titles and article.title_case:
            record["title"] = article.title_case
    return [*found, *(page_record(library, id) for id in (*library.themes, "about"))]


def digests(library: Library) -> dict[str, str]:
    """Record id -> sixteen hexadecimal digits that change with what its references are made of."""
    made_of: dict[str, str] = {}
    for style in STYLES:
        for record in to_set(library, style):
            made_of[record["id"]] = made_of.get(record["id"], "") + json.dumps([style, record])
    return {id: sha256(text.encode()).hexdigest()[:16] for id, text in made_of.items()}


class References:
    """The references of a library's articles and pages. A claim's is its article's."""

    def __init__(self, library: Library, forms: Mapping[str, list[Form]]) -> None:
        self._library, self._forms = library, forms

    @classmethod
    def read(cls, folder: Path, library: Library) -> "References":
        """The references in a content folder. Raises ContentError with a problem for each that is
        missing, set from an older record, or of nothing any more, or one for an unreadable file."""
        name, wanted = f"{folder.name}/{FILE}", digests(library)
        try:
            text = (folder / FILE).read_text("utf-8")
            kept: dict[str, Any] = json.loads(text)
            found = {id: each["digest"] for id, each in kept.items()}
            forms = {
                id: [Form(s, **kept[id][s.id]) for s in STYLES] for id in wanted.keys() & found
            }
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            why = getattr(error, "strerror", None) or "it is not as the command writes it"
            raise ContentError([Problem(name, 1, "file", f"cannot be read: {why}", MEND)]) from None
        stale = {id: "an older record" if id in wanted else "nothing here" for id in found}
        stale = {id: f"is of {what}" for id, what in stale.items() if found[id] != wanted.get(id)}
        stale |= dict.fromkeys(wanted.keys() - found.keys(), "is missing")
        if stale:
            line = {id: text.partition(f'\n "{id}": ')[0].count("\n") + 2 for id in found}
            raise ContentError(
                Problem(name, line.get(id, 1), id, f"the reference {wrong}", MEND)
                for id, wrong in stale.items()
            )
        return cls(library, forms)

    def of(self, id: str, style: Style) -> Form:
        """How a record is cited in a style. KeyError if there is none."""
        return self._forms[id][STYLES.index(style)]

    def article(self, article: Article, base: str) -> Citation:
        """How to cite an article as a whole."""
        return self._citation(self._forms[article.id], base, f"/articles/{article.id}")

    def claim(self, claim: Claim, base: str) -> Citation:
        """How to cite the words of a claim: who says them, the article, and the passage."""
        forms = self._forms[claim.article]
        placed = [form._replace(in_text=self.in_text(claim, form.style)) for form in forms]
        return self._citation(placed, base, f"/claims/{claim.id}")

    def page(self, id: str, base: str) -> Citation:
        """How to cite a theme page, or "about": this site as it is in its present version."""
        library = self._library

        def here(text: str) -> str:
            return text.replace(ELSEWHERE, escape(base)).replace(EDITION, library.version)

        forms = [Form(form.style, *map(here, form[1:])) for form in self._forms[f"page_{id}"]]
        address = page_record(library, id, base)["URL"]
        return Citation(forms, address, library.version, library.updated)

    def in_text(self, claim: Claim, style: Style, number: int = 1) -> str:
        """What stands after a claim's words; `number` is the source's in a numbered style."""
        at = self.of(claim.article, style).at
        at = at.replace("(1", f"({number}") if style.numbered else at
        passage = str(self._library.passage_of(claim).number)
        return intext.after(style.id, claim, self._library, at.replace("{n}", passage))

    def _citation(self, forms: list[Form], base: str, path: str) -> Citation:
        kinds = (("BibTeX", "bib"), ("RIS", "ris"), ("CSL-JSON", "csl.json"))
        files = tuple((name, f"{path}.{suffix}") for name, suffix in kinds)
        library = self._library
        return Citation(forms, f"{base}{path}/", library.version, library.updated, files)


def citation_json(library: Library, references: References, article: Article) -> dict[str, Any]:
    """What script copies quotations with, served as /articles/<slug>.citations.json:
    {article, styles: [{id, name, reference (HTML), in_text, claims: {claim id: in_text}}]}; `{n}`
    in an `in_text` stands for the number of a passage."""
    claims = library.claims_of_article[article.id]
    styles = [
        {
            **{"id": style.id, "name": style.name, "reference": dated, "in_text": at},
            "claims": {claim.id: references.in_text(claim, style) for claim in claims},
        }
        for style, _, at, _, dated in references.article(article, "").forms
    ]
    return {"article": article.id, "styles": styles}


def plain(html: str) -> str:
    """A reference as plain text."""
    return unescape(re.sub(r"<[^>]+>", "", html))


def listed(style: Style, references: Iterable[str]) -> list[str]:
    """References in the order a style lists them; they are given as they are first cited."""
    return list(references) if style.numbered else sorted(references, key=plain)
