"""The references of a library in five styles, as `python app.py cite` set them into its content.

`references.json` holds for each record a digest of what it was made from, and for each style its
`Form`. Serving, checking and exporting read it and need neither the processor nor the styles.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape, unescape
from pathlib import Path
from typing import Any, NamedTuple

from reference.citation import intext
from reference.citation.record import EDITION, ELSEWHERE, Record, article_record, page_record
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
    Style("harvard", "Harvard (Cite Them Right)", HARVARD, "en-GB", "20 June 2012"),
    Style("vancouver", "Vancouver", "nlm-citation-sequence", "en-US", "2012 Jun 20", numbered=True),
    Style("apa", "APA 7", "apa", "en-US", "June 20, 2012"),
    Style("mla", "MLA 9", "modern-language-association", "en-US", "20 Jun. 2012", titles=True),
    Style("chicago", "Chicago (author-date)", CHICAGO, "en-US", "June 20, 2012", titles=True),
)


class Form(NamedTuple):
    """How something is cited in one style: as plain text, what stands in the text (after any words
    quoted), and the same at a passage `{n}`: “(White, 2012, para. {n})”; as safe HTML, the
    reference, and that with a place (`data-today`) for the day of reading where the style asks."""

    style: Style
    in_text: str
    at: str
    reference: str
    dated: str


def to_set(library: Library, style: Style) -> list[Record]:
    """Every record that is cited (articles, then the site's own pages) as a style sets it."""
    found = [article_record(library, each, style.titles) for each in library.articles.values()]
    return found + [page_record(library, id) for id in (*library.themes, "about")]


def digests(library: Library) -> dict[str, str]:
    """Record id -> sixteen hexadecimal digits that change with what its references are made of."""
    found = {}
    for records in zip(*(to_set(library, style) for style in STYLES), strict=True):
        made_of = "".join(map(json.dumps, zip(STYLES, records, strict=True)))
        found[records[0]["id"]] = sha256(made_of.encode()).hexdigest()[:16]
    return found


@dataclass(frozen=True)
class References:
    """The references of a library: record id -> how it is cited in each of STYLES."""

    library: Library
    forms: Mapping[str, list[Form]]

    @classmethod
    def read(cls, folder: Path, library: Library) -> "References":
        """The references in a content folder. Raises ContentError with a problem for each that is
        missing, set from an older record, or of nothing any more, or one for an unreadable file."""
        name, wanted = f"{folder.name}/{FILE}", digests(library)
        try:
            kept = json.loads((folder / FILE).read_text("utf-8"))
            found = {id: each.pop("digest") for id, each in kept.items()}
            forms = {id: [Form(s, **each[s.id]) for s in STYLES] for id, each in kept.items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            why = getattr(error, "strerror", None) or "it is not as the command writes it"
            raise ContentError([Problem(name, 1, "file", f"cannot be read: {why}", MEND)]) from None
        problems = []
        for id in (id for id in {**wanted, **found} if found.get(id) != wanted.get(id)):
            old = "of an older record" if id in wanted else "of nothing here"
            wrong = f"the reference is {old if id in found else 'missing'}"
            problems.append(Problem(name, 1, id, wrong, MEND))
        if problems:
            raise ContentError(problems)
        return cls(library, forms)

    def of(self, id: str, style: Style) -> Form:
        """How a record is cited in a style. KeyError if there is none."""
        return self.forms[id][STYLES.index(style)]

    def of_claim(self, claim: Claim) -> list[Form]:
        """How to cite the words of a claim: who says them, the article, and the passage."""
        return [f._replace(in_text=self.in_text(claim, f.style)) for f in self.forms[claim.article]]

    def of_page(self, id: str, base: str) -> list[Form]:
        """How to cite a theme page, or "about": this site as it is in its present version."""

        def here(text: str) -> str:
            return text.replace(ELSEWHERE, escape(base)).replace(EDITION, self.library.version)

        return [Form(style, *map(here, said)) for style, *said in self.forms[f"page_{id}"]]

    def in_text(self, claim: Claim, style: Style, number: int = 1) -> str:
        """What stands after a claim's words; `number` is the source's in a numbered style."""
        at = self.of(claim.article, style).at
        at = at.replace("(1", f"({number}") if style.numbered else at
        passage = str(self.library.passage_of(claim).number)
        return intext.after(style.id, claim, self.library, at.replace("{n}", passage))

    def listed(self, articles: Iterable[str], style: Style) -> list[str]:
        """The references of articles, in order as they are first cited, as a style lists them."""
        found = [self.of(id, style).dated for id in articles]
        return found if style.numbered else sorted(found, key=plain)

    def of_words(self, article: Article) -> dict[str, Any]:
        """What script copies quotations with, served as /articles/<slug>.citations.json:
        {article, styles: [{id, name, numbered, reference (HTML), in_text, claims: {id: in_text}}]};
        `{n}` in an `in_text` stands for the number of a passage."""
        claims, styles = self.library.claims_of_article(article.id), []
        for style, _, at, _, dated in self.forms[article.id]:
            said = {claim.id: self.in_text(claim, style) for claim in claims}
            form = {"id": style.id, "name": style.name, "numbered": style.numbered}
            styles.append(form | {"reference": dated, "in_text": at, "claims": said})
        return {"article": article.id, "styles": styles}


def plain(html: str) -> str:
    """A reference as plain text."""
    return unescape(re.sub(r"<[^>]+>", "", html))
