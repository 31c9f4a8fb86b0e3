"""The site's pages: look up, render.

Every address is permanent: a claim that goes leaves its own to another (`moved.yaml`).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeVar, get_args

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from reference import charts
from reference.charts import Mark
from reference.citation.record import Record as CitationRecord
from reference.citation.record import page_record
from reference.citation.references import Cited
from reference.pages import filters
from reference.pages.citing import head_of_article, head_of_claim
from reference.pages.describing import person_in_a_sentence
from reference.pages.findings import finding
from reference.pages.lists import page_of
from reference.pages.site import site
from reference.records import (
    Article,
    Claim,
    ClaimKind,
    Correction,
    Disagreement,
    Event,
    Library,
    Note,
    Outcome,
    Passage,
    Person,
    Theme,
)

pages = Blueprint("pages", __name__)
Record = TypeVar("Record")
Group = TypeVar("Group")
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

CLAIMS_A_PAGE = 40
EVIDENCE_A_PAGE = 12
"""Claims on a page of a theme, and of a person's words."""
PEOPLE_A_PAGE = 100
ARTICLES_A_PAGE = 50
DISAGREEMENTS_A_PAGE = 9
OUTCOMES_A_PAGE = 12

SPEAKERS_IN_GRID = 30
ARTICLES_ON_HOME = 12
DISAGREEMENTS_ON_HOME = 9
DISAGREEMENTS_WHOLE_ON_THEME = 2
OUTCOMES_SHOWN = 6
"""Outcomes on the home page, a theme and a person; the rest are on the page of all outcomes."""


# What views share


def paged(rule: str, **defaults: str) -> Callable[[View], View]:
    """Register a view of a list that is cut into pages; it is called with the page's `number`.

    `@paged("/people/")` answers at `/people/` with number=1, and at `/people/page/2/` with 2.
    `defaults` are other arguments of the view which the rule has no part for. `later` is a
    converter of ours: a number from 2 on.
    """

    def register(view: View) -> View:
        pages.add_url_rule(
            rule, view_func=view, defaults={**defaults, "number": 1}
        )
        pages.add_url_rule(
            f"{rule}page/<later:number>/", view_func=view, defaults=defaults
        )
        return view

    return register


def get_or_404(records: Mapping[str, Record], id: str) -> Record:
    """Return the record of an id, or abort with 404 if there is none."""
    record = records.get(id)
    if record is None:
        abort(404)
    return record


# The way in


@pages.get("/")
def home() -> str:
    """Show the first page: search, a picture of all claims over time, and the beginnings of the
    lists of disagreements, outcomes and articles."""
    library = site().library
    articles = list(library.articles.values())
    disagreements = list(library.disagreements.values())
    outcomes = list(library.outcomes.values())
    return render_template(
        "home.html",
        debate=charts.debate(library),
        finding=finding(library),
        cell_address=cell_address,
        years=years_of(articles),
        rows=disagreement_rows(disagreements[:DISAGREEMENTS_ON_HOME], library),
        outcomes=outcomes[:OUTCOMES_SHOWN],
        outcome_count=len(outcomes),
        outcome_address=outcome_address,
        articles=articles[-ARTICLES_ON_HOME:],
    )


def years_of(articles: Collection[Article]) -> str:
    """Return the years that articles are from: `1998`, `2008 to 2012`, `2008 to 2012 or later`."""
    first_year = min(article.date.years[0] for article in articles)
    last_year = max(article.date.years[-1] for article in articles)
    years = str(first_year)
    if last_year != first_year:
        years = f"{first_year} to {last_year}"
    if any(not article.date.last for article in articles):
        years = f"{years} or later"
    return years


class SideInRow(NamedTuple):
    """One side of a disagreement in a row, shown by one of its claims.

    `is_quoted`: by the claim's words; else by our sentence about it.
    """

    claim: Claim
    is_quoted: bool


class DisagreementRow(NamedTuple):
    """A disagreement in a row, and how each of its sides is shown there."""

    disagreement: Disagreement
    sides: tuple[SideInRow, ...]


def disagreement_rows(
    disagreements: Iterable[Disagreement], library: Library
) -> list[DisagreementRow]:
    """Return a row for each disagreement, in which each side is shown by one of its claims.

    A side is quoted by a claim that no row before has quoted, as several disagreements may have
    the same claims. Where there is none, our sentence about its first claim stands for it.
    """
    quoted: set[str] = set()  # ids of claims
    rows = []
    for disagreement in disagreements:
        sides = []
        for side in disagreement.sides:
            side_in_row = show_side(side, quoted, library)
            if side_in_row.is_quoted:
                quoted.add(side_in_row.claim.id)
            sides.append(side_in_row)
        rows.append(DisagreementRow(disagreement, tuple(sides)))
    return rows


def show_side(
    side: Sequence[str], quoted: Collection[str], library: Library
) -> SideInRow:
    """Return a side (ids of claims) shown by the words of its first claim that is not quoted yet.

    Where all are quoted, our sentence about the first claim stands for the side.
    """
    for id in side:
        if id not in quoted:
            return SideInRow(library.claims[id], is_quoted=True)
    return SideInRow(library.claims[side[0]], is_quoted=False)


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
    """Return the address of an outcome, on that page of the list of outcomes that has it."""
    ids = [outcome.id for outcome in outcomes_by_theme(site().library)]
    number = ids.index(id) // OUTCOMES_A_PAGE + 1
    return url_for("pages.outcomes", number=number, _anchor=id)


@pages.get("/about/")
def about() -> str:
    """Show how the site is made, and how it is cited."""
    return render_template(
        "about.html", page_citation=citation_of_page("about")
    )


@pages.get("/words/")
def words() -> str:
    """Show the words and abbreviations that a newcomer does not know."""
    return render_template(
        "words.html", terms=list(site().library.terms.values())
    )


class PageCitation(NamedTuple):
    """How a page of ours is cited: for readers, and for Zotero."""

    forms: Sequence[Cited]
    record: CitationRecord


def citation_of_page(page: str) -> PageCitation:
    """Return how a page is cited, by its path: `themes/training`, or `about` for the site."""
    current = site()
    forms = current.references.of_page(page, current.address)
    return PageCitation(
        forms, page_record(current.library, page, current.address)
    )


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
    """Show all themes, each with its claims as marks, and a grid of who speaks on which.

    The grid has a row for each of those who speak most, with the number of their claims on a theme.
    """
    library = site().library
    counts = {}  # id of a speaker -> theme -> number of claims
    for speaker in library.speakers[:SPEAKERS_IN_GRID]:
        claims = library.claims_of_speaker(speaker)
        counts[speaker] = count_by_theme(claims)
    marks = {}  # theme -> its claims as marks
    for theme in library.themes:
        claims = library.claims_of_theme(theme)
        marks[theme] = charts.marks_of(claims, library)
    return render_template("themes.html", counts=counts, marks=marks)


def count_by_theme(claims: Iterable[Claim]) -> Counter[str]:
    """Return theme -> how many of the claims are filed under it."""
    counts: Counter[str] = Counter()
    for claim in claims:
        counts.update(claim.themes)
    return counts


@paged("/themes/<slug>/", order=EvidenceOrder.KIND)
@paged("/themes/<slug>/<any('by-person','by-article'):order>/")
def theme(slug: str, order: str, number: int) -> str:
    """Show a theme: its disagreements, our argument, and a page of its claims in groups.

    404 if there is no such theme, or no such page of its claims.
    """
    library = site().library
    theme = get_or_404(library.themes, slug)
    claims = library.claims_of_theme(slug)
    all_groups = group_claims(claims, EvidenceOrder(order), library)
    page = page_of(claims_in(all_groups), number, EVIDENCE_A_PAGE)
    outcomes = library.outcomes_on(slug)
    return render_template(
        "theme.html",
        theme=theme,
        order=EvidenceOrder(order),
        orders=list(EvidenceOrder),
        page=page,
        groups=groups_on_page(all_groups, page.items),
        strip=charts.strip(claims, library),
        disagreements=library.disagreements_on(slug),
        shown_whole=DISAGREEMENTS_WHOLE_ON_THEME,
        outcomes=outcomes[:OUTCOMES_SHOWN],
        outcome_count=len(outcomes),
        outcome_address=outcome_address,
        page_citation=citation_of_page(f"themes/{slug}"),
        neighbours=neighbours(library.themes.values(), theme, link_to_theme),
    )


def group_claims(
    claims: Iterable[Claim], order: EvidenceOrder, library: Library
) -> list[ClaimGroup]:
    """Return claims in groups: by kind, by person or by article, as `order` says.

    Groups stand in the order of `group_ids`, claims in the order given. A group without a claim is
    left out.
    """
    claims_by_group: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        group = group_of(claim, order, library)
        claims_by_group[group].append(claim)
    groups = []
    for group in group_ids(order, library):
        if group in claims_by_group:
            groups.append(ClaimGroup(group, tuple(claims_by_group[group])))
    return groups


def group_ids(order: EvidenceOrder, library: Library) -> list[str]:
    """Return the ids of all groups: kinds, people (most claims first, then `OTHERS`), articles."""
    if order is EvidenceOrder.KIND:
        return list(get_args(ClaimKind))
    if order is EvidenceOrder.ARTICLE:
        return list(library.articles)
    people = [
        speaker for speaker in library.speakers if speaker in library.people
    ]
    return [*people, OTHERS]


def group_of(claim: Claim, order: EvidenceOrder, library: Library) -> str:
    """Return the id of the group in which a claim stands; of several speakers, the first person."""
    if order is EvidenceOrder.KIND:
        return claim.kind
    if order is EvidenceOrder.ARTICLE:
        return claim.article
    people = (
        speaker for speaker in claim.speakers if speaker in library.people
    )
    return next(people, OTHERS)


def claims_in(groups: Iterable[ClaimGroup]) -> list[Claim]:
    """Return the claims of groups in one list, in the order of the groups."""
    claims: list[Claim] = []
    for group in groups:
        claims += group.claims
    return claims


def groups_on_page(
    groups: Iterable[ClaimGroup], claims_on_page: Iterable[Claim]
) -> list[ClaimGroup]:
    """Return groups cut down to the claims that stand on a page.

    A group that has no claim there is left out.
    """
    ids_on_page = {claim.id for claim in claims_on_page}
    groups_there = []
    for group in groups:
        claims_there = tuple(
            claim for claim in group.claims if claim.id in ids_on_page
        )
        if claims_there:
            groups_there.append(ClaimGroup(group.id, claims_there))
    return groups_there


# Articles


@paged("/articles/")
def articles(number: int) -> str:
    """Show a page of the articles in order of date; the first has all dated events among them."""
    library = site().library
    all_articles = list(library.articles.values())
    page = page_of(all_articles, number, ARTICLES_A_PAGE)
    events: list[Event] = []
    if page.is_first:
        events = list(library.events.values())
    timeline = charts.timeline(library, page.items, events)
    return render_template("articles.html", page=page, timeline=timeline)


class AnnotatedPassage(NamedTuple):
    """A passage of an article, and what stands beside it.

    `left_out` is why no claim rests on the passage, "" where one does.
    """

    passage: Passage
    claims: Sequence[Claim]
    notes: Sequence[Note]
    corrections: Sequence[Correction]
    left_out: str

    @property
    def note_count(self) -> int:
        """How many notes of ours there are; why a passage is left out is one too."""
        if self.left_out:
            return len(self.notes) + 1
        return len(self.notes)

    @property
    def has_annotations(self) -> bool:
        """Whether anything stands beside it."""
        return bool(self.claims or self.note_count or self.corrections)


def annotated_passages(
    article: Article, library: Library
) -> list[AnnotatedPassage]:
    """Return the passages of an article, each with its claims, our notes and what we corrected."""
    annotated = []
    for passage in article.passages:
        annotated_passage = AnnotatedPassage(
            passage,
            claims=library.claims_at(article.id, passage.id),
            notes=article.notes_on(passage.id),
            corrections=article.corrections_in(passage.id),
            left_out=article.left_out.get(passage.id, ""),
        )
        annotated.append(annotated_passage)
    return annotated


@pages.get("/articles/<slug>/")
def article(slug: str) -> str:
    """Show an article: its text, what is said of each passage, how it is cited.

    404 if there is no such article.
    """
    current = site()
    article = get_or_404(current.library.articles, slug)
    return render_template(
        "article.html",
        article=article,
        passages=annotated_passages(article, current.library),
        forms=current.references.of_article(slug),
        head=head_of_article(article),
        neighbours=neighbours(
            current.library.articles.values(), article, link_to_article
        ),
    )


# People


@paged("/people/")
def people(number: int) -> str:
    """Show a page of the list of people."""
    library = site().library
    all_people = list(library.people.values())
    page = page_of(all_people, number, PEOPLE_A_PAGE)
    marks = {}
    for person in page.items:
        claims = library.claims_of_speaker(person.id)
        marks[person.id] = charts.marks_of(claims, library)
    return render_template("people.html", page=page, marks=marks)


@paged("/people/<slug>/", theme="")
@paged("/people/<slug>/on/<theme>/")
def person(slug: str, theme: str, number: int) -> str:
    """Show a person: who they were, in which articles they appear, a page of their claims.

    `theme` is the id of the theme to which the claims are narrowed, "" for all of them. 404 if
    there is no such person, no such page, or nothing of theirs on the theme.
    """
    library = site().library
    person = get_or_404(library.people, slug)
    all_claims = library.claims_of_speaker(slug)
    claims = all_claims
    if theme:
        claims = claims_on_theme_or_404(theme, all_claims)
    chosen_theme = library.themes.get(theme)
    outcomes = library.outcomes_of_speaker(slug)
    return render_template(
        "person.html",
        person=person,
        all_claims=all_claims,
        by_theme=marks_by_theme(all_claims, library),
        appearances=appearances(person, library),
        description=person_in_a_sentence(
            person, claims, chosen_theme, library
        ),
        written=library.articles_by(slug),
        disagreements=library.disagreements_of_speaker(slug),
        outcomes=outcomes[:OUTCOMES_SHOWN],
        outcome_count=len(outcomes),
        outcome_address=outcome_address,
        theme=chosen_theme,
        page=page_of(claims, number, EVIDENCE_A_PAGE),
        neighbours=neighbours(library.people.values(), person, link_to_person),
    )


def claims_on_theme_or_404(
    theme: str, claims: Iterable[Claim]
) -> tuple[Claim, ...]:
    """Return those claims that are filed under a theme, or abort with 404 if there are none."""
    on_theme = tuple(claim for claim in claims if theme in claim.themes)
    if not on_theme:
        abort(404)
    return on_theme


class Appearance(NamedTuple):
    """Articles in which somebody appears in one way: as author, quoted, or named only."""

    label: str
    articles: tuple[str, ...]


def appearances(person: Person, library: Library) -> list[Appearance]:
    """Return in which articles somebody appears, and as what; each article once.

    Whoever wrote an article and is quoted in it is listed as its author alone.
    """
    articles_by_label = {
        "Author of": library.articles_by(person.id),
        "Quoted in": library.quoted_in(person.id),
        "Named in": library.mentioned_in(person.id),
    }
    already_listed: set[str] = set()
    appearances = []
    for label, ids in articles_by_label.items():
        articles = tuple(id for id in ids if id not in already_listed)
        if articles:
            appearances.append(Appearance(label, articles))
        already_listed.update(articles)
    return appearances


def marks_by_theme(
    claims: Iterable[Claim], library: Library
) -> dict[str, list[Mark]]:
    """Return theme -> those of the claims that are filed under it, as marks.

    A theme that none of the claims is filed under is left out.
    """
    by_theme: dict[str, list[Mark]] = defaultdict(list)
    for mark in charts.marks_of(claims, library):
        for theme in mark.claim.themes:
            by_theme[theme].append(mark)
    return in_order_of_themes(by_theme, library)


# Claims


@paged("/claims/")
def claims(number: int) -> str:
    """Show a page of the list of all claims, under the articles that they are from."""
    library = site().library
    all_claims = list(library.claims.values())
    page = page_of(all_claims, number, CLAIMS_A_PAGE)
    groups = group_claims(page.items, EvidenceOrder.ARTICLE, library)
    return render_template("claims.html", page=page, groups=groups)


@pages.get("/claims/<id>/")
def claim(id: str) -> ResponseReturnValue:
    """Show one claim: its words, alone and in context, our sentence, how it is cited.

    An id that was replaced leads to the present one (301). 404 if there is no such claim.
    """
    current = site()
    library = current.library
    if id in library.moved:
        return redirect(url_for("pages.claim", id=library.moved[id]), 301)
    claim = get_or_404(library.claims, id)
    article = library.articles[claim.article]
    return render_template(
        "claim.html",
        claim=claim,
        article=article,
        passage=library.passage_of(claim),
        context=passages_around(claim, article),
        contrasts=claims_against(claim, library),
        outcomes=library.outcomes_of(id),
        outcome_address=outcome_address,
        forms=current.references.of_claim(claim),
        head=head_of_claim(claim),
        neighbours=neighbours(
            library.claims_of_article(article.id), claim, link_to_claim
        ),
    )


def claims_against(claim: Claim, library: Library) -> list[Claim]:
    """Return the claims on the other side of the disagreements in which a claim stands."""
    return [library.claims[id] for id in library.contrasts_of(claim.id)]


def passages_around(claim: Claim, article: Article) -> Sequence[Passage]:
    """Return the passage of a claim with the one before and the one after it, where there are."""
    passage = article.passage(claim.passage)
    index = passage.number - 1
    start = max(index - 1, 0)
    end = index + 2
    return article.passages[start:end]


# Disagreements and outcomes


@paged("/disagreements/")
def disagreements(number: int) -> str:
    """Show a page of the list of disagreements, each with both its sides."""
    library = site().library
    all_disagreements = list(library.disagreements.values())
    page = page_of(all_disagreements, number, DISAGREEMENTS_A_PAGE)
    claims: list[Claim] = []
    for disagreement in page.items:
        claims += claims_on_sides(disagreement, library)
    return render_template("disagreements.html", page=page, claims=claims)


@pages.get("/disagreements/<id>/")
def disagreement(id: str) -> str:
    """Show one disagreement: the claims on both its sides, and what came of any of them.

    404 if there is no such disagreement.
    """
    library = site().library
    disagreement = get_or_404(library.disagreements, id)
    claims = claims_on_sides(disagreement, library)
    outcomes: dict[str, Outcome] = {}  # by id, so that each stands once
    for claim in claims:
        for outcome in library.outcomes_of(claim.id):
            outcomes[outcome.id] = outcome
    return render_template(
        "disagreement.html",
        disagreement=disagreement,
        claims=claims,
        outcomes=list(outcomes.values()),
        outcome_address=outcome_address,
        neighbours=neighbours(
            library.disagreements.values(), disagreement, link_to_disagreement
        ),
    )


def claims_on_sides(
    disagreement: Disagreement, library: Library
) -> list[Claim]:
    """Return the claims of both sides, those of the first side first."""
    claims = []
    for side in disagreement.sides:
        claims += [library.claims[id] for id in side]
    return claims


@paged("/outcomes/")
def outcomes(number: int) -> str:
    """Show a page of what came of the articles' forecasts, warnings and demands.

    Outcomes stand under their themes. Every page tells how many outcomes of each verdict there are
    in all; the first one also links to the first few outcomes in the order of the content.
    """
    library = site().library
    all_outcomes = outcomes_by_theme(library)
    page = page_of(all_outcomes, number, OUTCOMES_A_PAGE)
    return render_template(
        "outcomes.html",
        page=page,
        groups=group_outcomes(page.items, library),
        leading=list(library.outcomes.values())[:OUTCOMES_SHOWN],
        outcome_address=outcome_address,
        verdicts=Counter(outcome.verdict for outcome in all_outcomes),
    )


def outcomes_by_theme(library: Library) -> list[Outcome]:
    """Return all outcomes in the order of the themes, each theme's in that of the content."""
    by_theme = group_outcomes(library.outcomes.values(), library)
    ordered: list[Outcome] = []
    for outcomes in by_theme.values():
        ordered += outcomes
    return ordered


def group_outcomes(
    outcomes: Iterable[Outcome], library: Library
) -> dict[str, list[Outcome]]:
    """Return theme -> its outcomes, in the order of the themes.

    An outcome stands once: under the first theme of its first claim.
    """
    by_theme: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        first_claim = library.claims[outcome.claims[0]]
        first_theme = first_claim.themes[0]
        by_theme[first_theme].append(outcome)
    return in_order_of_themes(by_theme, library)


def in_order_of_themes(
    by_theme: Mapping[str, Group], library: Library
) -> dict[str, Group]:
    """Return what is grouped by theme in the order of the themes."""
    return {
        theme: by_theme[theme] for theme in library.themes if theme in by_theme
    }


# What stands before and after


class Link(NamedTuple):
    """An address on this site, and what leads to it."""

    address: str
    text: str


class Neighbours(NamedTuple):
    """Links to what stands before and after a record in its list; None at the ends."""

    before: Link | None
    after: Link | None


def neighbours(
    records: Iterable[Record],
    record: Record,
    link_to: Callable[[Record], Link],
) -> Neighbours:
    """Return links to what stands before and after one of some records; None at either end.

    `link_to` makes the link to a record: `link_to_theme`, for instance.
    """
    ordered = list(records)
    index = ordered.index(record)
    before = None
    after = None
    if index > 0:
        before = link_to(ordered[index - 1])
    if index + 1 < len(ordered):
        after = link_to(ordered[index + 1])
    return Neighbours(before, after)


def link_to_theme(theme: Theme) -> Link:
    return Link(url_for("pages.theme", slug=theme.id), theme.title)


def link_to_article(article: Article) -> Link:
    return Link(url_for("pages.article", slug=article.id), article.title)


def link_to_person(person: Person) -> Link:
    return Link(url_for("pages.person", slug=person.id), person.name)


def link_to_claim(claim: Claim) -> Link:
    return Link(url_for("pages.claim", id=claim.id), filters.beginning(claim))


def link_to_disagreement(disagreement: Disagreement) -> Link:
    return Link(
        url_for("pages.disagreement", id=disagreement.id), disagreement.matter
    )
