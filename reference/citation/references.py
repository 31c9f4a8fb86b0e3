"""The references of a library in every style, as `python app.py cite` set them into its content.

`references.json` holds for each record a digest of what it was made from, and for each style its
`Form`. Serving, checking and exporting read it and need neither the processor nor the style files.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from html import escape, unescape
from pathlib import Path
from typing import Any, NamedTuple

from reference.citation.intext import InText, in_text, with_citation
from reference.citation.quotation import quotation
from reference.citation.record import (
    EDITION,
    ELSEWHERE,
    Record,
    article_record,
    page_id,
    page_record,
    pages,
)
from reference.citation.styles import DEFAULT, STYLES, Style
from reference.problems import ContentError, Problem
from reference.records import Article, Claim, Library

FILE = "references.json"
MEND = "run `python app.py cite` (it needs requirements-dev.txt)"
NOT_SET = "[reference not set yet: app.py cite sets it]"
NUMBER = "{number}"
PARAGRAPH = "{paragraph}"
NOTE = "{note}"
"""Stand in a citation for the number of a source in the list, for the number of a paragraph or of
several, and for the number of the note that first cited the same work."""


@dataclass(frozen=True)
class Citation:
    """How a work is cited in the text, or in a note, as safe HTML and without brackets.

    As a whole: “White, 2012”; at a paragraph: “White, 2012, para. {paragraph}”; at several: “White,
    2012, paras. {paragraph}”.
    """

    whole: str
    at_paragraph: str
    at_paragraphs: str

    def at(self, paragraph: int, source: int = 1, first_note: int = 1) -> str:
        """Return the citation at a paragraph.

        `source` is the number of the source in the list, `first_note` that of the note which first
        cited the same work; some styles print them.
        """
        text = self.at_paragraph.replace(PARAGRAPH, str(paragraph))
        text = text.replace(NUMBER, str(source))
        return text.replace(NOTE, str(first_note))


@dataclass(frozen=True)
class Form:
    """How something is cited in one style, as safe HTML.

    `citation` is what stands in the text, or the full note; `short` the note of every later time,
    None in a style without notes. `reference` is what stands in the list, `dated` the same with a
    place (`data-today`) for the day of reading, where the style asks for one.
    """

    style: Style
    citation: Citation
    short: Citation | None
    reference: str
    dated: str

    @property
    def in_text(self) -> str:
        """What stands in the text for the work as a whole, or its full note."""
        whole = self.citation.whole.replace(NUMBER, "1")
        return self.style.enclosed(whole)

    @property
    def short_note(self) -> str:
        """The note of a later time for the work as a whole; "" in a style without notes."""
        return self.short.whole.replace(NOTE, "1") if self.short else ""

    def as_json(self) -> dict[str, Any]:
        """Return what references.json holds of it."""
        return {
            "citation": asdict(self.citation),
            "short": asdict(self.short) if self.short else None,
            "reference": self.reference,
            "dated": self.dated,
        }

    @classmethod
    def from_json(cls, style: Style, texts: Mapping[str, Any]) -> "Form":
        """Return what `as_json` was made from. KeyError or TypeError if it is something else."""
        return cls(
            style=style,
            citation=Citation(**texts["citation"]),
            short=Citation(**texts["short"]) if texts["short"] else None,
            reference=texts["reference"],
            dated=texts["dated"],
        )


class Cited(NamedTuple):
    """How a page says that its subject is cited in one style, as safe HTML.

    `in_text` is what stands in the text: of a claim, the words and what cites them. `note` and
    `short_note` are "" in a style without notes.
    """

    style: Style
    in_text: str
    note: str
    short_note: str
    reference: str
    dated: str


def to_set(library: Library, style: Style) -> list[Record]:
    """Return every record that is cited, articles and then our own pages, as a style sets it."""
    records = []
    for article in library.articles.values():
        record = article_record(library, article)
        if style.title_case and article.title_case:
            record["title"] = article.title_case
        records.append(style.adjust(record))
    for page in pages(library):
        records.append(page_record(library, page))
    return records


def digests(library: Library) -> dict[str, str]:
    """Return record id -> a digest of all that its references are set from: `9f86d081884c7d65`.

    references.json keeps each digest. If the present one is another, the reference is stale.

    For each style these are its settings, the record as it sets it, and a digest of other works by
    the same author, as those change a citation too (2012 becomes 2012a).
    """
    works_cited_alike = _digests_of_works_cited_alike(library)
    set_from: dict[str, list[object]] = defaultdict(list)
    for style in STYLES:
        settings = _settings(style)
        for record in to_set(library, style):
            id = record["id"]
            set_from[id].append([settings, record, works_cited_alike.get(id)])
    return {id: _digest(values) for id, values in set_from.items()}


def _settings(style: Style) -> list[str]:
    """Return what of a style, beside its records, decides how its references are set."""
    return [style.id, style.csl, style.locale, style.day, style.cites]


def _digest(value: object) -> str:
    """Return sixteen hexadecimal digits that change with anything in a value (JSON's types)."""
    text = json.dumps(value)
    return sha256(text.encode()).hexdigest()[:16]


def _digests_of_works_cited_alike(library: Library) -> dict[str, str]:
    """Return article id -> a digest of all articles that may be cited like it, itself included.

    Two articles by the same author may be cited alike (White, 2012). An article by an author of no
    other has no digest here.
    """
    articles_by_name: dict[str, list[Article]] = defaultdict(list)
    for article in library.articles.values():
        name = _cited_by(article, library)
        articles_by_name[name].append(article)
    digests_by_id = {}
    for articles in articles_by_name.values():
        if len(articles) > 1:
            digest = _digest([_told_apart_by(article) for article in articles])
            for article in articles:
                digests_by_id[article.id] = digest
    return digests_by_id


def _told_apart_by(article: Article) -> list[str]:
    """Return what tells an article from others by the same author, in any style."""
    return [article.date.edtf, article.title, article.title_short]


def _cited_by(article: Article, library: Library) -> str:
    """Return what an article is cited by: `White; Smith`, or its publication if it is unsigned."""
    surnames = [library.people[author].surname for author in article.authors]
    return "; ".join(surnames) or article.publication.name


def placeholder(style: Style) -> Form:
    """Return what stands where a reference is not set yet."""
    citation = Citation(NOT_SET, NOT_SET, NOT_SET)
    return Form(
        style=style,
        citation=citation,
        short=citation if style.has_notes else None,
        reference=NOT_SET,
        dated=NOT_SET,
    )


@dataclass(frozen=True)
class References:
    """The references of a library: record id -> its form in each of STYLES, in their order."""

    library: Library
    forms: Mapping[str, Sequence[Form]]

    @classmethod
    def read(cls, folder: Path, library: Library) -> "References":
        """Return the references in a content folder, as references.json has them.

        Raises ContentError with one problem if the file cannot be read, otherwise with a problem
        for each reference that is missing, set from an older record, or of no record any more.
        """
        name = f"{folder.name}/{FILE}"
        try:
            contents = json.loads((folder / FILE).read_text("utf-8"))
            digests_in_file = {
                id: texts["digest"] for id, texts in contents.items()
            }
            forms = {id: _forms(texts) for id, texts in contents.items()}
        except OSError as error:
            raise _unreadable(name, error.strerror or str(error)) from None
        except (ValueError, TypeError, KeyError, AttributeError):
            # It is no JSON, or JSON of another shape.
            why = "it is not as the command writes it"
            raise _unreadable(name, why) from None
        problems = _stale(name, digests_in_file, digests(library))
        if problems:
            raise ContentError(problems)
        return cls(library, forms)

    @classmethod
    def preview(cls, folder: Path, library: Library) -> "References":
        """Return the references in a content folder, for an editor who is still writing.

        Where one is missing or stale, a placeholder stands for it: “[reference not set yet …]”. No
        error is raised, even if there is no references.json.
        """
        try:
            contents = json.loads((folder / FILE).read_text("utf-8"))
        except (OSError, ValueError):
            contents = {}
        forms = {}
        for id, digest in digests(library).items():
            forms[id] = _forms_or_placeholders(contents, id, digest)
        return cls(library, forms)

    def of(self, id: str, style: Style) -> Form:
        """Return how a record is cited in a style. KeyError if there is no such record."""
        return self.forms[id][STYLES.index(style)]

    # What pages say

    def of_article(self, id: str) -> list[Cited]:
        """Return how to cite an article as a whole, in each style."""
        cited = []
        for form in self.forms[id]:
            cited.append(_cited(form, form.in_text, form.short_note))
        return cited

    def of_claim(self, claim: Claim) -> list[Cited]:
        """Return how to cite a claim's words in each style: with speaker, article, paragraph.

        In a style with notes that is a full note and a short one; in others, the words and what
        cites them: `“… junk” (Buckman, quoted in White, 2012, para. 11)`.
        """
        cited = []
        for form in self.forms[claim.article]:
            style = form.style
            if style.has_notes:
                full_note = self.in_text(claim, style).citation
                short_note = self.short_note(claim, style)
                cited.append(_cited(form, full_note, short_note))
            else:
                words_and_citation = self.quoted(claim, style)
                cited.append(_cited(form, words_and_citation))
        return cited

    def of_page(self, page: str, base: str) -> list[Cited]:
        """Return how to cite a page of this site, by its path, in its present version."""
        cited = []
        for form in self.forms[page_id(page)]:
            with_stand_ins = _cited(form, form.in_text, form.short_note)
            cited.append(
                _present(with_stand_ins, escape(base), self.library.version)
            )
        return cited

    # What stands in the text

    def in_text(self, claim: Claim, style: Style, number: int = 1) -> InText:
        """Return what stands after a claim's words; `number` is its source's in the list."""
        form = self.of(claim.article, style)
        paragraph = self.library.passage_of(claim).number
        source = form.citation.at(paragraph, number)
        return in_text(claim, self.library, style, source)

    def quoted(
        self, claim: Claim, style: Style, source: int = 1, note: int = 1
    ) -> str:
        """Return a claim's words with what stands after them in the text, as safe HTML.

        `source` is the source's number in a numbered style, `note` the note's in one with notes.
        """
        after = self.in_text(claim, style, source)
        return with_citation(quotation(claim), after, style, note)

    def short_note(
        self, claim: Claim, style: Style, first_note: int = 1
    ) -> str:
        """Return the note of a claim whose article an earlier note has cited in full.

        `first_note` is that note's number, which some styles refer to.
        """
        short = self.of(claim.article, style).short
        if short is None:
            raise ValueError(f"{style.name} has no notes")
        paragraph = self.library.passage_of(claim).number
        source = short.at(paragraph, first_note=first_note)
        note = in_text(claim, self.library, style, source)
        return note.citation

    # Several together

    def listed(
        self, articles: Iterable[str], style: Style = DEFAULT
    ) -> list[str]:
        """Return the references of articles as a style lists them.

        That is in order as they are first cited in a numbered style, by name in all others.
        """
        references = [self.of(id, style).dated for id in articles]
        if style.numbered:
            return references
        return sorted(references, key=plain)

    def notes(self, claims: Sequence[Claim], style: Style) -> list[str]:
        """Return a note for each claim in this order, as safe HTML; none in a style without notes.

        The first note of an article is full, later ones are short.
        """
        if not style.has_notes:
            return []
        notes = []
        full_notes: dict[str, int] = {}  # article id -> number of its note
        for number, claim in enumerate(claims, 1):
            if claim.article in full_notes:
                first_note = full_notes[claim.article]
                notes.append(self.short_note(claim, style, first_note))
            else:
                full_notes[claim.article] = number
                notes.append(self.in_text(claim, style).citation)
        return notes

    def of_words(self, article: Article) -> dict[str, Any]:
        """Return what a script in the browser needs to copy quotations with citations.

        It is served as /articles/<slug>.citations.json. `_words_in_style` has the shape of a style:

            {"article": "complex-infrastructure",
             "claims": {"data-is-junk": {"words": "“…”", "paragraph": 11}, …},
             "styles": [{"id": "apa", …}, …]}
        """
        words = {}
        for claim in self.library.claims_of_article(article.id):
            words[claim.id] = {
                "words": quotation(claim),
                "paragraph": self.library.passage_of(claim).number,
            }
        styles = [
            self._words_in_style(form, article)
            for form in self.forms[article.id]
        ]
        return {"article": article.id, "claims": words, "styles": styles}

    def _words_in_style(self, form: Form, article: Article) -> dict[str, Any]:
        """Return what `of_words` has of one style: an element of its `styles`.

            {"id": "apa", "name": "APA 7", "cites": "author", "stops_inside": true,
             "reference": HTML, "in_text": "(White, 2012, para. {paragraph})",
             "in_text_several": "(White, 2012, paras. {paragraph})",
             "claims": {"data-is-junk": {"clause": "", "citation": HTML}, …}}

        `{paragraph}` stands for numbers that only the script knows, as in a Citation.
        """
        style = form.style
        claims = self.library.claims_of_article(article.id)
        return {
            "id": style.id,
            "name": style.name,
            "cites": style.cites,
            "stops_inside": style.stops_inside,
            "reference": form.dated,
            "in_text": style.enclosed(form.citation.at_paragraph),
            "in_text_several": style.enclosed(form.citation.at_paragraphs),
            "claims": {
                claim.id: self._after_words(claim, form) for claim in claims
            },
        }

    def _after_words(self, claim: Claim, form: Form) -> dict[str, str]:
        """Return what `of_words` has of a claim in one style: what stands after its words.

            {"clause": "Laurence Buckman said", "citation": "(qtd. in White, par. 11)"}

        A style with notes has a `short` note too. `{number}` and `{note}` stand for the numbers of
        the source and of its first note, which only the script knows.
        """
        after_words = self._at_paragraph(form.citation, claim, form.style)
        texts = {
            "clause": after_words.clause,
            "citation": after_words.citation,
        }
        if form.short:
            short_note = self._at_paragraph(form.short, claim, form.style)
            texts["short"] = short_note.citation
        return texts

    def _at_paragraph(
        self, citation: Citation, claim: Claim, style: Style
    ) -> InText:
        """Return what stands after a claim's words, with the number of their paragraph.

        Stand-ins for other numbers, `{number}` and `{note}`, are left as they are.
        """
        paragraph = self.library.passage_of(claim).number
        source = citation.at_paragraph.replace(PARAGRAPH, str(paragraph))
        return in_text(claim, self.library, style, source)


def _forms(texts: Mapping[str, Any]) -> list[Form]:
    """Return the forms of one record of references.json, in the order of STYLES."""
    return [Form.from_json(style, texts[style.id]) for style in STYLES]


def _forms_or_placeholders(contents: Any, id: str, digest: str) -> list[Form]:
    """Return the forms of a record in the order of STYLES, or placeholders if they are stale.

    `contents` is what references.json holds, `digest` that of the record as it is now.
    """
    try:
        texts = contents[id]
        if texts["digest"] == digest:
            return _forms(texts)
    except (KeyError, TypeError):
        pass  # it is missing, or not as the command writes it
    return [placeholder(style) for style in STYLES]


def _unreadable(name: str, why: str) -> ContentError:
    """Return the error that says why the file of references, called `name`, cannot be read."""
    problem = Problem(name, 1, "file", f"cannot be read: {why}", MEND)
    return ContentError([problem])


def _stale(
    name: str, in_file: Mapping[str, str], in_library: Mapping[str, str]
) -> list[Problem]:
    """Return a problem for each reference that was not set from its record as it is now.

    `in_file` and `in_library` are record id -> digest; where these differ the reference is stale.
    `name` is that of the file, for the problems.
    """
    problems = []
    ids = dict.fromkeys([*in_library, *in_file])  # each once
    for id in ids:
        if in_file.get(id) == in_library.get(id):
            continue
        if id not in in_file:
            wrong = "the reference is missing"
        elif id not in in_library:
            wrong = "the reference is of nothing here"
        else:
            wrong = "the reference is of an older record"
        problems.append(Problem(name, 1, id, wrong, MEND))
    return problems


def _cited(form: Form, citation: str, short_note: str = "") -> Cited:
    """Return what a page says of a form; `citation` stands in the text, or is the full note."""
    has_notes = form.style.has_notes
    return Cited(
        style=form.style,
        in_text="" if has_notes else citation,
        note=citation if has_notes else "",
        short_note=short_note,
        reference=form.reference,
        dated=form.dated,
    )


def _present(cited: Cited, base: str, version: str) -> Cited:
    """Return how a page of this site is cited at its address and in its version."""
    texts = cited._asdict()
    del texts["style"]
    for name, text in texts.items():
        at_base = text.replace(ELSEWHERE, base)
        texts[name] = at_base.replace(EDITION, version)
    return cited._replace(**texts)


def plain(html: str) -> str:
    """Return a reference as plain text."""
    return unescape(re.sub(r"<[^>]+>", "", html))
