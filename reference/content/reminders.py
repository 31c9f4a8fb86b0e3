"""What an editor may want to mend: length, style, and what is easily forgotten.

Reminders are printed by `check`, and stop nothing.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from reference import evidence
from reference.content import prose
from reference.content.claims import Draft
from reference.content.files import TERMS
from reference.content.folder import Content
from reference.content.forms import Entry
from reference.content.marks import MARKED
from reference.records import Article, Claim, Library, Passage, Span, Theme

Run = tuple[str, ...]
"""Words one after another."""


class Length(NamedTuple):
    """How many words something should have, from least to most."""

    least: int
    most: int


SENTENCE_OF_A_CLAIM = Length(5, 50)
SENTENCE_OF_PROSE = Length(1, 35)
THEME = Length(200, 350)
OPENING = Length(120, 180)
LONGEST_RUN = 7  # words of an article that our prose may have one after another, without marks
OFTEN = 3  # times: an abbreviation used so often should be in the glossary
ABBREVIATION = re.compile(r"(?<![\w-])[A-Z][A-Z&]{1,5}(?=s?(?![\w-]))")
LIKE_A_PERSON = re.compile(
    r"[A-Z][a-z’]+ (?:[A-Z]\.? )?(?:[A-Z]’|Mc|Mac|de |van )?[A-Z][a-z]+"
)
"""Two words with capitals and no more, such as Jane Roe; but so is Night Society."""
ROMAN_NUMBER = re.compile(r"[IVXLCDM]+")


def remind(content: Content, library: Library) -> None:
    """Report reminders in the content's sources."""
    for draft in content.drafts.values():
        article = draft.head.form
        if article:
            _check_byline(draft.head, article, library)
            _check_claims(draft, library)
            _check_quotations(draft)
    for theme in content.themes.entries:
        _check_prose(theme, THEME, library)
    if content.opening:
        _check_prose(content.opening, OPENING, library)
    _check_events(content, library)
    _check_titles(content, library)
    _check_orders(content)
    _check_themes(content, library)
    _check_people(content)
    _check_abbreviations(content, library)


# Articles and claims


def _check_byline(
    head: Entry[Article], article: Article, library: Library
) -> None:
    """Remind of an author whose name the article does not print."""
    for author in article.authors:
        person = library.people[author]
        names = (person.surname, person.name)  # 李明 has no 李 as a word
        if not any(evidence.prints(name, article.texts) for name in names):
            wrong = f"the article prints no byline of {person.name}"
            head.remind(
                "authors",
                wrong,
                "add it to `masthead`, or say in a note how it is known",
            )


def _check_claims(draft: Draft, library: Library) -> None:
    """Remind of claims too short or long, and of speakers not introduced or like people."""
    for entry in draft.claim_entries:
        claim = draft.claims[entry.get("id")]
        words = len(claim.says.split())
        if not SENTENCE_OF_A_CLAIM.least <= words <= SENTENCE_OF_A_CLAIM.most:
            least, most = SENTENCE_OF_A_CLAIM
            entry.remind(
                "says",
                f"has {words} words",
                f"write {least} to {most}",
            )
        if claim.voice != "author":
            _check_introductions(entry, claim, library)
        for speaker in claim.speakers:
            if speaker not in library.people and LIKE_A_PERSON.fullmatch(
                speaker
            ):
                mend = "if it is a person, add them to people.yaml and write the id"
                entry.remind(
                    "speakers",
                    f"`{speaker}` looks like a person’s name",
                    mend,
                )


def _check_introductions(
    entry: Entry[Claim], claim: Claim, library: Library
) -> None:
    """Remind of speakers of whom neither an article nor the editor says who they were."""
    for speaker in claim.speakers:
        person = library.people.get(speaker)
        if person and library.introduction(speaker, claim.article) is None:
            mend = "add `described`, words of an article, or `role`, words of ours"
            entry.remind(
                "speakers", f"nobody says who {person.name} was", mend
            )


def _check_quotations(draft: Draft) -> None:
    """Report, as a reminder, each sentence in quotation marks that no claim of its article quotes.

    What an article puts in marks is what somebody said, and may be worth a claim. Passages that
    the editor has left out on purpose are passed over: `left_out`, in the front matter of the
    article, has the reason for each, as `p9: an advertisement`.
    """
    quotes_by_passage = _quotes_by_passage(draft.claims.values())
    ids_left_out = draft.head.get("left_out") or {}
    # A list for each passage: the spans of its text that are in quotation marks.
    spans_by_passage = draft.in_marks
    for passage, spans_in_marks in zip(
        draft.passages, spans_by_passage, strict=True
    ):
        if passage.id in ids_left_out:
            continue
        quotes = quotes_by_passage.get(passage.id, [])
        for sentence in _sentences_in(passage.text, spans_in_marks):
            if not _is_quoted(sentence, quotes):
                _report_unquoted(draft, passage, sentence)


def _quotes_by_passage(claims: Iterable[Claim]) -> dict[str, list[str]]:
    """Return id of a passage -> the words that claims quote of it, in pieces where … parts them."""
    quotes: dict[str, list[str]] = defaultdict(list)
    for claim in claims:
        quotes[claim.passage] += evidence.pieces_of(claim.quote)
    return quotes


def _report_unquoted(draft: Draft, passage: Passage, sentence: str) -> None:
    wrong = (
        f"no claim quotes “{sentence[:60]}”, which the article has in marks"
    )
    mend = "add a claim, if it says something"
    draft.source.remind_in_body(passage.text, passage.id, wrong, mend)


def _sentences_in(text: str, spans: Iterable[Span]) -> list[str]:
    """Return the sentences that stand in some spans of a text."""
    sentences = []
    for start, end in spans:
        words = text[start:end]
        sentences += re.split(r"(?<=[.?!])\s", words)
    return sentences


def _is_quoted(sentence: str, pieces: Iterable[str]) -> bool:
    """Return whether a piece of a quotation has a sentence, or a part of it."""
    words = sentence.strip(" ,.‘“")
    for piece in pieces:
        part = piece.strip(" ,.")
        if words in part or part in words:
            return True
    return False


def _check_events(content: Content, library: Library) -> None:
    """Remind of events later than the edition, which may be planned."""
    for entry in content.events.entries:
        date = entry.get("date")
        if date and date.first > library.updated[: len(date.first)]:
            mend = "if that is meant, say in `what` that it is planned"
            entry.remind(
                "date", f"{date.edtf} is after the date in edition.yaml", mend
            )


def _check_titles(content: Content, library: Library) -> None:
    """Remind of an article with the title of another.

    Every article has a title here: a library with an untitled one is refused before.
    """
    by_title: dict[str, str] = {}
    for id, entry in content.articles.given.items():
        title = library.articles[id].title.casefold()
        if title in by_title:
            mend = "tell them apart by `title_short`, or remove one if they are the same"
            entry.remind(
                "title",
                f"the article {by_title[title]} has this title too",
                mend,
            )
        by_title[title] = id


# Prose


def _check_prose(
    entry: Entry[Theme], length: Length, library: Library
) -> None:
    """Remind of prose too short or long, and of what is wrong with its sentences."""
    blocks = entry.get("blocks") or ()
    words = sum(len(block.plain.split()) for block in blocks)
    if not length.least <= words <= length.most:
        wrong = f"its prose has {words} words"
        entry.source.remind_in_body(
            "",
            "prose",
            wrong,
            f"write {length.least} to {length.most}",
        )
    cited: set[str] = set()
    for block in blocks:
        cited.update(block.claims)
    runs = _runs_of_articles(cited, library)
    for block in blocks:
        for paragraph in block.texts:
            for sentence in prose.sentences(paragraph):
                _check_sentence(entry, sentence, runs)


def _check_sentence(
    entry: Entry[Theme], sentence: str, runs: set[Run]
) -> None:
    """Remind of a sentence that is too long, or borrows a run of an article’s words unmarked.

    `runs` are the runs of words of the articles that its page cites.
    """
    source = entry.source
    most = SENTENCE_OF_PROSE.most
    bare = prose.without_citations(sentence)
    length = len(bare.split())
    if length > most:
        wrong = f"the sentence “{bare[:60]}” has {length} words"
        mend = f"write at most {most}: make two of it"
        source.remind_in_body(sentence, "prose", wrong, mend)
    borrowed = _borrowed(bare, runs)
    if borrowed:
        words = " ".join(borrowed)
        wrong = f"has a run of an article’s words without marks, “{words}”"
        mend = "quote them, or say it in words of ours"
        source.remind_in_body(sentence, "prose", wrong, mend)


def _borrowed(sentence: str, runs: set[Run]) -> Run | None:
    """Return the first of some runs of words that a sentence has outside quotation marks."""
    for stretch in MARKED.sub("|", sentence).split("|"):
        for run in _runs(stretch):
            if run in runs:
                return run
    return None


def _runs_of_articles(claims: Iterable[str], library: Library) -> set[Run]:
    """Return the runs of words, too long to borrow, of the passages that claims stand in."""
    passages = set()
    for id in claims:
        claim = library.claims[id]
        passages.add(library.passage_of(claim).text)
    found: set[Run] = set()
    for text in passages:
        found.update(_runs(text))
    return found


def _runs(text: str) -> Iterator[Run]:
    """Yield each run of words in a text that is one longer than may be borrowed."""
    words = re.findall(r"[\w’-]+", text.casefold())
    for start in range(len(words) - LONGEST_RUN):
        yield tuple(words[start : start + LONGEST_RUN + 1])


def _check_orders(content: Content) -> None:
    """Remind of a theme with the place of another in the order."""
    by_order: dict[int, str] = {}
    for name, entry in content.themes.given.items():
        order = entry.get("order")
        if order in by_order:
            wrong = f"the theme {by_order[order]} has this place too"
            entry.remind("order", wrong, "give each its own number")
        by_order[order] = name


def _check_themes(content: Content, library: Library) -> None:
    """Remind of themes under which no claim is filed."""
    for name, entry in content.themes.given.items():
        if not library.claims_of_theme(name):
            mend = "name it under `themes` of a claim, or remove it"
            entry.remind("title", "no claim is filed under this theme", mend)


# People


def _check_people(content: Content) -> None:
    """Remind of two people of one name, and of one sorted by the first word of the name."""
    ids_by_name: dict[str, str] = {}
    for person in content.people.forms().values():
        entry = content.people.given[person.id]
        for name in person.names:
            other = ids_by_name.setdefault(name, person.id)
            if other != person.id:
                wrong = f"“{name}” names {other}, too"
                mend = "give each a name that tells them apart"
                entry.remind("name", wrong, mend)
        if person.name == f"{person.surname} {person.given}":
            wrong = (
                f"is sorted under {person.surname}, the first word of the name"
            )
            mend = (
                "if it is no surname, write the last word, a comma, the first"
            )
            entry.remind("sort", wrong, mend)


# Words


def _check_abbreviations(content: Content, library: Library) -> None:
    """Remind of what the articles abbreviate often, and the glossary lacks."""
    known = {term.term.casefold() for term in library.terms.values()}
    source = next(
        source
        for source in content.sources
        if source.file.endswith(f"/{TERMS}")
    )
    for abbreviation, count in sorted(
        _counts_of_abbreviations(library).items()
    ):
        if count < OFTEN or abbreviation.casefold() in known:
            continue
        wrong = f"the articles write {abbreviation} {count} times, and it is not here"
        source.remind((), wrong, "add it, with what it stands for")


def _counts_of_abbreviations(library: Library) -> Counter[str]:
    """Return how often the articles write each abbreviation; Roman numbers are none."""
    counts: Counter[str] = Counter()
    for article in library.articles.values():
        for passage in article.passages:
            for abbreviation in ABBREVIATION.findall(passage.text):
                if not ROMAN_NUMBER.fullmatch(abbreviation):
                    counts[abbreviation] += 1
    return counts
