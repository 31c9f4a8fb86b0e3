"""The site's pages: look up, render.

Every address is permanent: a claim that goes leaves its own to another (`moved.yaml`).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, TypeVar, get_args

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from reference import charts
from reference.citation.record import Record as CitationRecord
from reference.citation.record import page_record
from reference.citation.references import Cited
from reference.findings import finding
from reference.pages import filters
from reference.pages.citing import head_of_article, head_of_claim
from reference.pages.describing import person_in_a_sentence
from reference.pages.lists import page_of
from reference.pages.site import site
from reference.records import (
    Article,
    Claim,
    ClaimKind,
    Disagreement,
    Library,
    Outcome,
    Passage,
    Person,
    Theme,
)

pages = Blueprint("pages", __name__)
Record = TypeVar("Record")
Group = TypeVar("Group")

CLAIMS_A_PAGE = 40
EVIDENCE_A_PAGE = 12
"""Claims on a page of a theme, and of a person's words."""
PEOPLE_A_PAGE = 100
ARTICLES_A_PAGE = 50
DISAGREEMENTS_A_PAGE = 6
OUTCOMES_A_PAGE = 12

SPEAKERS_IN_GRID = 30
ARTICLES_ON_HOME = 12
DISAGREEMENTS_ON_HOME = 9
DISAGREEMENTS_WHOLE_ON_THEME = 2
OUTCOMES_ON_HOME = 6


# The way in


@pages.get("/")
def home() -> str:
    """Show the way in: search, the debate in one picture, disagreements, what came of it."""
    library = site().library
    articles = list(library.articles.values())
    disagreements = list(library.disagreements.values())[:DISAGREEMENTS_ON_HOME]
    return render_template(
        "home.html",
        debate=charts.debate(library),
        finding=finding(library),
        cell_address=cell_address,
        first_year=min(article.date.years.start for article in articles),
        last_year=max(article.date.years.stop - 1 for article in articles),
        rows=rows_of(disagreements, library),
        outcomes=list(library.outcomes.values())[:OUTCOMES_ON_HOME],
        outcome_address=outcome_address,
        articles=articles[-ARTICLES_ON_HOME:],
    )


class SideShown(NamedTuple):
    """One side of a disagreement in a row: by a claim's words, or by our sentence about it."""

    claim: Claim
    is_quoted: bool


class DisagreementRow(NamedTuple):
    """A disagreement in a row, each side by its first claim whose words the page has not shown."""

    disagreement: Disagreement
    sides: tuple[SideShown, ...]


def rows_of(disagreements: Iterable[Disagreement], library: Library) -> list[DisagreementRow]:
    """Return disagreements as rows in which no words are quoted twice."""
    quoted: set[str] = set()
    rows = []
    for disagreement in disagreements:
        sides = tuple(side_shown(side, quoted, library) for side in disagreement.sides)
        rows.append(DisagreementRow(disagreement, sides))
    return rows


def side_shown(side: Sequence[str], quoted: set[str], library: Library) -> SideShown:
    """Return a side by its first claim that is not `quoted` yet, and add that to the quoted.

    Where all are, our sentence stands for the first.
    """
    for id in side:
        if id not in quoted:
            quoted.add(id)
            return SideShown(library.claims[id], is_quoted=True)
    return SideShown(library.claims[side[0]], is_quoted=False)


def cell_address(theme: str, cell: charts.Cell) -> str:
    """Return where a theme's claims of one article are listed."""
    number = cell.first // EVIDENCE_A_PAGE + 1
    return url_for(
        "pages.theme",
        slug=theme,
        order=EvidenceOrder.ARTICLE,
        number=number,
        _anchor=f"article-{cell.article.id}",
    )


def outcome_address(id: str) -> str:
    """Return where it is told what came of something: on the page of the list that has it."""
    ids = [outcome.id for outcome in outcomes_by_theme(site().library)]
    index = ids.index(id)
    return url_for("pages.outcomes", number=index // OUTCOMES_A_PAGE + 1, _anchor=id)


@pages.get("/about/")
def about() -> str:
    """Show how the site is made, and how it is cited."""
    return render_template("about.html", page_citation=citation_of_page("about"))


@pages.get("/words/")
def words() -> str:
    """Show the words and abbreviations that a newcomer does not know."""
    return render_template("words.html", terms=list(site().library.terms.values()))


class PageCitation(NamedTuple):
    """How a page of ours is cited: for readers, and for Zotero."""

    forms: Sequence[Cited]
    record: CitationRecord


def citation_of_page(page: str) -> PageCitation:
    """Return how a page is cited, by its path: `themes/training`, or `about` for the site."""
    current = site()
    forms = current.references.of_page(page, current.address)
    return PageCitation(forms, page_record(current.library, page, current.address))


# Themes


class EvidenceOrder(StrEnum):
    """How a theme's claims are grouped; the value is the last part of the address."""

    KIND = "by-kind"
    PERSON = "by-person"
    ARTICLE = "by-article"

    @property
    def label(self) -> str:
        return self.value.replace("-", " ")

    @property
    def prefix(self) -> str:
        """What the id of a group's heading begins with: `kind-problem`, `article-…`."""
        return self.value.removeprefix("by-") + "-"


OTHERS = "others"
"""The group of claims that no person is credited with."""


@dataclass(frozen=True)
class ClaimGroup:
    """Claims of a theme that stand together: of one kind, one person (or `OTHERS`), one article."""

    id: str
    claims: tuple[Claim, ...]


@pages.get("/themes/")
def themes() -> str:
    """Show all themes, and who speaks on which."""
    library = site().library
    counts = {}
    for speaker in library.speakers[:SPEAKERS_IN_GRID]:
        counts[speaker] = count_by_theme(library.claims_of_speaker(speaker))
    marks = {id: charts.marks_of(library.claims_of_theme(id), library) for id in library.themes}
    return render_template("themes.html", counts=counts, marks=marks)


def count_by_theme(claims: Iterable[Claim]) -> Counter[str]:
    """Return theme -> how many of the claims are filed under it."""
    counts: Counter[str] = Counter()
    for claim in claims:
        counts.update(claim.themes)
    return counts


@pages.get("/themes/<slug>/", defaults={"order": EvidenceOrder.KIND, "number": 1})
@pages.get("/themes/<slug>/page/<later:number>/", defaults={"order": EvidenceOrder.KIND})
@pages.get("/themes/<slug>/<any('by-person','by-article'):order>/", defaults={"number": 1})
@pages.get("/themes/<slug>/<any('by-person','by-article'):order>/page/<later:number>/")
def theme(slug: str, order: str, number: int) -> str:
    """Show a theme: its disagreements, our argument, and its claims in groups.

    404 if there is no such theme, or no such page of its claims.
    """
    library = site().library
    theme = library.themes.get(slug)
    if theme is None:
        abort(404)
    order = EvidenceOrder(order)
    groups = group_claims(library.claims_of_theme(slug), order, library)
    page = page_of(claims_in(groups), number, EVIDENCE_A_PAGE)
    return render_template(
        "theme.html",
        theme=theme,
        order=order,
        orders=list(EvidenceOrder),
        page=page,
        groups=only(groups, page.items),
        strip=charts.strip(library.claims_of_theme(slug), library),
        disagreements=library.disagreements_on(slug),
        shown_whole=DISAGREEMENTS_WHOLE_ON_THEME,
        outcomes=library.outcomes_on(slug),
        outcome_address=outcome_address,
        page_citation=citation_of_page(f"themes/{slug}"),
        neighbours=neighbours(library.themes.values(), theme, link_to_theme),
    )


def group_claims(
    claims: Iterable[Claim], order: EvidenceOrder, library: Library
) -> list[ClaimGroup]:
    """Return claims in groups, the groups in the order in which a reader meets them."""
    groups: dict[str, list[Claim]] = {id: [] for id in group_ids(order, library)}
    for claim in claims:
        groups[group_of(claim, order, library)].append(claim)
    return [ClaimGroup(id, tuple(group)) for id, group in groups.items() if group]


def group_ids(order: EvidenceOrder, library: Library) -> list[str]:
    """Return the ids of all groups: kinds, people (most claims first, then `OTHERS`), articles."""
    if order is EvidenceOrder.KIND:
        return list(get_args(ClaimKind))
    if order is EvidenceOrder.ARTICLE:
        return list(library.articles)
    people = [speaker for speaker in library.speakers if speaker in library.people]
    return [*people, OTHERS]


def group_of(claim: Claim, order: EvidenceOrder, library: Library) -> str:
    """Return the id of the group in which a claim stands; of several speakers, the first person."""
    if order is EvidenceOrder.KIND:
        return claim.kind
    if order is EvidenceOrder.ARTICLE:
        return claim.article
    people = (speaker for speaker in claim.speakers if speaker in library.people)
    return next(people, OTHERS)


def claims_in(groups: Iterable[ClaimGroup]) -> list[Claim]:
    """Return the claims of groups in one list."""
    claims: list[Claim] = []
    for group in groups:
        claims += group.claims
    return claims


def only(groups: Iterable[ClaimGroup], claims: Iterable[Claim]) -> list[ClaimGroup]:
    """Return groups with those claims only that stand on a page; none that is empty."""
    on_page = {claim.id for claim in claims}
    shown: list[ClaimGroup] = []
    for group in groups:
        own = tuple(claim for claim in group.claims if claim.id in on_page)
        if own:
            shown.append(replace(group, claims=own))
    return shown


# Articles


@pages.get("/articles/", defaults={"number": 1})
@pages.get("/articles/page/<later:number>/")
def articles(number: int) -> str:
    """Show a page of the articles in order of date; the first has all dated events among them."""
    library = site().library
    page = page_of(list(library.articles.values()), number, ARTICLES_A_PAGE)
    events = list(library.events.values()) if page.is_first else []
    return render_template(
        "articles.html", page=page, timeline=charts.timeline(library, page.items, events)
    )


@pages.get("/articles/<slug>/")
def article(slug: str) -> str:
    """Show an article: its text, what is said of each passage, how it is cited."""
    current = site()
    article = current.library.articles.get(slug)
    if article is None:
        abort(404)
    return render_template(
        "article.html",
        article=article,
        forms=current.references.of_article(slug),
        head=head_of_article(article),
        neighbours=neighbours(current.library.articles.values(), article, link_to_article),
    )


# People


@pages.get("/people/", defaults={"number": 1})
@pages.get("/people/page/<later:number>/")
def people(number: int) -> str:
    """Show a page of the list of people."""
    library = site().library
    page = page_of(list(library.people.values()), number, PEOPLE_A_PAGE)
    marks = {}
    for person in page.items:
        marks[person.id] = charts.marks_of(library.claims_of_speaker(person.id), library)
    return render_template("people.html", page=page, marks=marks)


@pages.get("/people/<slug>/", defaults={"theme": "", "number": 1})
@pages.get("/people/<slug>/page/<later:number>/", defaults={"theme": ""})
@pages.get("/people/<slug>/on/<theme>/", defaults={"number": 1})
@pages.get("/people/<slug>/on/<theme>/page/<later:number>/")
def person(slug: str, theme: str, number: int) -> str:
    """Show a person: who they were, where they stand, their words in order, all or on one theme.

    404 if there is no such person, or nothing of theirs on the theme.
    """
    library = site().library
    person = library.people.get(slug)
    if person is None:
        abort(404)
    everything = library.claims_of_speaker(slug)
    claims = everything
    if theme:
        claims = tuple(claim for claim in everything if theme in claim.themes)
        if not claims:
            abort(404)
    return render_template(
        "person.html",
        person=person,
        every=everything,
        by_theme=marks_by_theme(everything, library),
        appearances=appearances(person, library),
        description=person_in_a_sentence(person, claims, library.themes.get(theme), library),
        written=library.articles_by(slug),
        disagreements=library.disagreements_of_speaker(slug),
        outcomes=library.outcomes_of_speaker(slug),
        outcome_address=outcome_address,
        theme=library.themes.get(theme),
        page=page_of(claims, number, EVIDENCE_A_PAGE),
        neighbours=neighbours(library.people.values(), person, link_to_person),
    )


class Appearance(NamedTuple):
    """Articles in which somebody appears in one way: as author, quoted, or named only."""

    label: str
    articles: tuple[str, ...]


def appearances(person: Person, library: Library) -> list[Appearance]:
    """Return where somebody appears, each article under the first way that fits."""
    wrote = library.articles_by(person.id)
    quoted = [id for id in library.quoted_in(person.id) if id not in wrote]
    named = [id for id in library.mentioned_in(person.id) if id not in (*wrote, *quoted)]
    ways = [
        Appearance("Author of", tuple(wrote)),
        Appearance("Quoted in", tuple(quoted)),
        Appearance("Named in", tuple(named)),
    ]
    return [way for way in ways if way.articles]


def marks_by_theme(claims: Iterable[Claim], library: Library) -> dict[str, tuple[charts.Mark, ...]]:
    """Return theme -> those of the claims that are filed under it, as marks; no theme without."""
    by_theme: dict[str, tuple[charts.Mark, ...]] = defaultdict(tuple)
    for mark in charts.marks_of(claims, library):
        for theme in mark.claim.themes:
            by_theme[theme] += (mark,)
    return in_order_of_themes(by_theme, library)


# Claims


@pages.get("/claims/", defaults={"number": 1})
@pages.get("/claims/page/<later:number>/")
def claims(number: int) -> str:
    """Show a page of the list of all claims, under the articles that they are from."""
    library = site().library
    page = page_of(list(library.claims.values()), number, CLAIMS_A_PAGE)
    groups = group_claims(page.items, EvidenceOrder.ARTICLE, library)
    return render_template("claims.html", page=page, groups=groups)


@pages.get("/claims/<id>/")
def claim(id: str) -> ResponseReturnValue:
    """Show one claim: its words, alone and in context, our sentence, how it is cited."""
    current = site()
    library = current.library
    if id in library.moved:
        return redirect(url_for("pages.claim", id=library.moved[id]), 301)
    claim = library.claims.get(id)
    if claim is None:
        abort(404)
    article = library.articles[claim.article]
    return render_template(
        "claim.html",
        claim=claim,
        article=article,
        passage=library.passage_of(claim),
        context=passages_around(claim, article),
        contrasts=[library.claims[other] for other in library.contrasts_of(id)],
        outcomes=library.outcomes_of(id),
        outcome_address=outcome_address,
        forms=current.references.of_claim(claim),
        head=head_of_claim(claim),
        neighbours=neighbours(library.claims_of_article(article.id), claim, link_to_claim),
    )


def passages_around(claim: Claim, article: Article) -> Sequence[Passage]:
    """Return the passage of a claim with the one before and the one after it."""
    index = article.passage(claim.passage).number - 1
    return article.passages[max(index - 1, 0) : index + 2]


# Disagreements and outcomes


@pages.get("/disagreements/", defaults={"number": 1})
@pages.get("/disagreements/page/<later:number>/")
def disagreements(number: int) -> str:
    """Show a page of the list of disagreements, each with both its sides."""
    library = site().library
    page = page_of(list(library.disagreements.values()), number, DISAGREEMENTS_A_PAGE)
    claims: list[Claim] = []
    for disagreement in page.items:
        claims += claims_on_sides(disagreement, library)
    return render_template("disagreements.html", page=page, claims=claims)


@pages.get("/disagreements/<id>/")
def disagreement(id: str) -> str:
    """Show one disagreement: both its sides, and what changes how they are read."""
    library = site().library
    disagreement = library.disagreements.get(id)
    if disagreement is None:
        abort(404)
    claims = claims_on_sides(disagreement, library)
    outcomes: dict[str, Outcome] = {}
    for claim in claims:
        for outcome in library.outcomes_of(claim.id):
            outcomes[outcome.id] = outcome
    return render_template(
        "disagreement.html",
        disagreement=disagreement,
        claims=claims,
        outcomes=list(outcomes.values()),
        outcome_address=outcome_address,
        neighbours=neighbours(library.disagreements.values(), disagreement, link_to_disagreement),
    )


def claims_on_sides(disagreement: Disagreement, library: Library) -> list[Claim]:
    """Return the claims of both sides."""
    first, second = disagreement.sides
    return [library.claims[id] for id in (*first, *second)]


@pages.get("/outcomes/", defaults={"number": 1})
@pages.get("/outcomes/page/<later:number>/")
def outcomes(number: int) -> str:
    """Show a page of what came of the articles' forecasts, warnings and demands."""
    library = site().library
    page = page_of(outcomes_by_theme(library), number, OUTCOMES_A_PAGE)
    return render_template(
        "outcomes.html",
        page=page,
        groups=group_outcomes(page.items, library),
        leading=list(library.outcomes.values())[:OUTCOMES_ON_HOME],
        outcome_address=outcome_address,
        verdicts=Counter(outcome.verdict for outcome in page.everything),
    )


def outcomes_by_theme(library: Library) -> list[Outcome]:
    """Return all outcomes in the order of the themes, each theme's in that of the content."""
    ordered: list[Outcome] = []
    for own in group_outcomes(library.outcomes.values(), library).values():
        ordered += own
    return ordered


def group_outcomes(outcomes: Iterable[Outcome], library: Library) -> dict[str, list[Outcome]]:
    """Return theme -> outcomes whose first claim is filed under it first, in the themes' order."""
    by_theme: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        first_claim = library.claims[outcome.claims[0]]
        by_theme[first_claim.themes[0]].append(outcome)
    return in_order_of_themes(by_theme, library)


def in_order_of_themes(by_theme: Mapping[str, Group], library: Library) -> dict[str, Group]:
    """Return what is grouped by theme in the order of the themes."""
    return {theme: by_theme[theme] for theme in library.themes if theme in by_theme}


# What stands before and after


class Link(NamedTuple):
    """An address on this site, and what leads to it."""

    address: str
    text: str


class Neighbours(NamedTuple):
    """Links to what stands before and after something on its shelf; None at the ends."""

    before: Link | None
    after: Link | None


def neighbours(
    shelf: Iterable[Record], item: Record, link_to: Callable[[Record], Link]
) -> Neighbours:
    """Return links to what stands before and after an item on its shelf."""
    items = [None, *shelf, None]
    index = items.index(item)
    before = items[index - 1]
    after = items[index + 1]
    return Neighbours(
        before=link_to(before) if before else None,
        after=link_to(after) if after else None,
    )


def link_to_theme(theme: Theme) -> Link:
    return Link(url_for("pages.theme", slug=theme.id), theme.title)


def link_to_article(article: Article) -> Link:
    return Link(url_for("pages.article", slug=article.id), article.title)


def link_to_person(person: Person) -> Link:
    return Link(url_for("pages.person", slug=person.id), person.name)


def link_to_claim(claim: Claim) -> Link:
    return Link(url_for("pages.claim", id=claim.id), filters.beginning(claim))


def link_to_disagreement(disagreement: Disagreement) -> Link:
    return Link(url_for("pages.disagreement", id=disagreement.id), disagreement.matter)
