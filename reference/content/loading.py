"""Content files -> Library. Everything wrong is found in one run; nothing half right is served.

file -> source (reading, bodies) -> entry (folder, forms) -> claim (claims) -> library (here), with
the rules held before the last step.
"""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from reference import evidence
from reference.content import article_rules, editions, reminders, rules
from reference.content.claims import Draft, place_claims
from reference.content.files import fingerprint
from reference.content.folder import Content, read_folder
from reference.content.forms import Entry
from reference.problems import ContentError, Problem, in_order
from reference.records import (
    Article,
    Block,
    Claim,
    Library,
    Person,
    Term,
    Theme,
)


@dataclass(frozen=True)
class Verified:
    """A library in which nothing is wrong, and what its editor may want to mend all the same."""

    library: Library
    reminders: list[Problem]


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Let Python look for no garbage for a while.

    Reading makes a great many objects, all of which stay: to go through them again and again, and
    find nothing, takes a tenth of the time of reading.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_without_collecting()
def load(folder: Path) -> Library:
    """Return the verified library in a folder. Raises ContentError with every problem found."""
    return _library(_checked_content(folder), folder)


@_without_collecting()
def verify(folder: Path) -> Verified:
    """Return the verified library in a folder, with reminders.

    Raises ContentError with every problem found.
    """
    content = _checked_content(folder)
    library = _library(content, folder)
    if editions.is_to_come(library.updated):
        content.edition.report(
            "date",
            "is a day to come",
            "write the day of your change",
        )
        raise ContentError(content.edition.source.problems)
    reminders.remind(content, library)
    if editions.has_changed_since(folder, library.updated):
        wrong = "the content has changed since this day, with which readers cite it"
        content.edition.remind(
            "date",
            wrong,
            "set it to the day of your change, and run cite",
        )
    all_reminders = [
        reminder for source in content.sources for reminder in source.reminders
    ]
    return Verified(library, in_order(all_reminders))


def _checked_content(folder: Path) -> Content:
    """Return what a folder holds, after all rules were checked.

    Raises ContentError with every problem found.
    """
    content = read_folder(folder)
    drafts = list(content.drafts.values())
    for draft in drafts:
        place_claims(draft, content.people.given, drafts)
    article_rules.check(content)
    rules.check(content)
    rules.check_names_used(content)
    problems = [
        problem for source in content.sources for problem in source.problems
    ]
    if problems:
        raise ContentError(problems)
    return content


def _library(content: Content, folder: Path) -> Library:
    """Return the library of content that was checked, and in which nothing is wrong.

    All records are in the order in which pages list them. Of a record as written (an `Entry`),
    `form` is the record itself; `forms()` of a register are all its records, by id.
    """
    site = content.site.form
    edition = content.edition.form
    # For one that could not be read, ContentError was raised when the content was checked.
    assert site is not None
    assert edition is not None

    articles: dict[str, Article] = {}
    claims: dict[str, Claim] = {}
    for article, claims_of_article in _shown_articles(content):
        articles[article.id] = article
        for claim in claims_of_article:
            claims[claim.id] = claim
    people = _people_by_name(content, articles)
    return Library(
        site=site,
        articles=articles,
        claims=claims,
        people=people,
        themes=_themes_in_order(content),
        terms=_terms_by_alphabet(content),
        events=content.events.forms(),
        disagreements=content.disagreements.forms(),
        outcomes=content.outcomes.forms(),
        opening=_prose(content.opening),
        about=_prose(content.about),
        moved=content.claims.moved,
        mentions=evidence.mentions(people.values(), articles.values()),
        words=content.words,
        version=fingerprint(folder),
        updated=edition.date.first,
        editions=edition.editions,
    )


def _prose(entry: Entry[Theme] | None) -> tuple[Block, ...]:
    """Return a page of our prose with its title as a heading; nothing if there is none."""
    page = entry.form if entry else None
    if page is None:
        return ()
    return (Block(heading=page.title), *page.blocks)


# What is shown, and in which order


def _shown_articles(content: Content) -> list[tuple[Article, list[Claim]]]:
    """Return the articles by date, each with its claims in the order of reading.

    Articles and claims are as readers may see them, which the `display` of the article says.
    """
    shown = []
    for id, article in content.articles.forms().items():
        draft: Draft = content.drafts[id]
        displayed, claims = evidence.as_displayed(
            article, list(draft.claims.values())
        )
        shown.append((displayed, sorted(claims, key=_reading_order)))
    return sorted(shown, key=_date_and_id)


def _people_by_name(
    content: Content, articles: Mapping[str, Article]
) -> dict[str, Person]:
    """Return id -> person, sorted by surname, as `articles` let readers see them."""
    people = sorted(content.people.forms().values(), key=_by_sort_name)
    return {person.id: _shown_person(person, articles) for person in people}


def _themes_in_order(content: Content) -> dict[str, Theme]:
    """Return id -> theme, in the order that the editor gave the themes."""
    themes = sorted(content.themes.forms().values(), key=_by_order)
    return {theme.id: theme for theme in themes}


def _terms_by_alphabet(content: Content) -> dict[str, Term]:
    """Return slug -> term of the glossary, in alphabetical order."""
    terms = sorted(content.terms.forms().values(), key=_alphabetical)
    return {term.slug: term for term in terms}


def _shown_person(person: Person, articles: Mapping[str, Article]) -> Person:
    """Return somebody without the descriptions whose words an article withholds."""
    described = []
    for description in person.described:
        if evidence.prints(
            description.words, articles[description.article].texts
        ):
            described.append(description)
    return replace(person, described=tuple(described))


def _date_and_id(shown: tuple[Article, list[Claim]]) -> tuple[str, str]:
    article, _ = shown
    return article.date.first, article.id


def _reading_order(claim: Claim) -> tuple[int, int]:
    """Return a key that puts claims in the order in which their words end."""
    return int(claim.passage[1:]), claim.spans[-1].end


def _by_sort_name(person: Person) -> str:
    return person.sort.casefold()


def _by_order(theme: Theme) -> tuple[int, str]:
    return theme.order, theme.id


def _alphabetical(term: Term) -> str:
    return term.term.casefold()
