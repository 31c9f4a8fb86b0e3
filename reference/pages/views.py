"""The site's pages: look up, render. Every address is permanent (see README, «Addresses»)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from reference import charts
from reference.citation import metadata
from reference.pages.filters import KINDS, argued
from reference.pages.site import sheet, site
from reference.records import Article, Claim

pages = Blueprint("pages", __name__)
GRID_ARTICLES = 24
QUARRELS = 4
"""Disagreements that the way in shows."""


@pages.get("/")
def home() -> str:
    library = site().library
    articles = list(library.articles.values())[:GRID_ARTICLES]
    return render_template(
        "home.html",
        articles=articles,
        grid=charts.evidence_grid(library, articles),
        timeline=charts.timeline(library),
        quarrels=list(library.disagreements.values())[:QUARRELS],
        prose=argued(library, library.opening),
        years=[year for article in articles for year in article.date.years],
    )


@pages.get("/themes/")
def themes() -> str:
    library = site().library
    speakers, timeline = charts.speakers_grid(library), charts.timeline(library)
    return render_template("themes.html", speakers=speakers, timeline=timeline)


@pages.get("/themes/<slug>/")
@pages.get("/themes/<slug>/<any('by-person','by-article'):by>/")
def theme(slug: str, by: str = "by-kind") -> str:
    """A theme; its evidence by what it is about, by who says it, or by where."""
    library = site().library
    found = library.themes.get(slug) or abort(404)
    claims = library.claims_of_theme[slug]
    keys: dict[str, list[Any]] = {
        "by-kind": list(KINDS),
        "by-person": [who for who in library.speakers if who in library.people],
        "by-article": list(library.articles),
    }

    def key(claim: Claim) -> Any:
        people = [who for who in claim.speakers if who in library.people]
        return {"by-kind": claim.kind, "by-article": claim.article}.get(by, (people or [""])[0])

    places = {each: place for place, each in enumerate(keys[by])}
    ordered = sorted(claims, key=lambda claim: places.get(key(claim), len(places)))
    return render_template(
        "theme.html",
        theme=found,
        by=by,
        claims=claims,
        groups=[(each, list(group)) for each, group in groupby(ordered, key)],
        prose=argued(library, found.blocks),
        timeline=charts.timeline(library, claims),
        disagreements=[d for d in library.disagreements.values() if slug in d.themes],
        around=around(list(library.themes.values()), found),
        citation=site().references.page(slug, site().address),
        tags=metadata.page_tags(library, slug, site().address),
        sources=sources(claims),
    )


def around(shelf: Sequence[Any], item: Any) -> tuple[Any, Any]:
    """What stands before and after an item, or None."""
    place = shelf.index(item)
    return shelf[place - 1] if place else None, next(iter(shelf[place + 1 :]), None)


def sources(claims: Iterable[Claim]) -> list[tuple[Article, str]]:
    """The articles that claims are from, in order, each with its reference."""
    library, references = site().library, site().references
    ids = dict.fromkeys(claim.article for claim in claims)
    found = [library.articles[id] for id in library.articles if id in ids]
    return [(each, references.article(each, site().address).forms[0].reference) for each in found]


@pages.get("/disagreements/")
def disagreements() -> str:
    library = site().library
    ids = {id for each in library.disagreements.values() for side in each.sides for id in side}
    return render_template("disagreements.html", sources=sources(library.claims[id] for id in ids))


@pages.get("/articles/")
def articles() -> str:
    return render_template("articles.html", timeline=charts.timeline(site().library))


@pages.get("/articles/<slug>/")
def article(slug: str) -> Response:
    library = site().library
    found = library.articles.get(slug) or abort(404)
    page = render_template(
        "article.html",
        article=found,
        timeline=charts.timeline(library),
        around=around(list(library.articles.values()), found),
        citation=site().references.article(found, site().address),
        tags=metadata.article_tags(library, found),
        json_ld=metadata.article_json_ld(library, found, site().address),
        claim_url=lambda id: url_for("pages.claim", id=id),
    )
    return Response(page, headers={"Link": metadata.article_links(library, found, site().address)})


@pages.get("/people/")
def people() -> str:
    return render_template("people.html")


@pages.get("/people/<slug>/")
@pages.get("/people/<slug>/on/<theme>/")
def person(slug: str, theme: str = "") -> str:
    """All the words of a person in order, or those on one theme."""
    library = site().library
    found = library.people.get(slug) or abort(404)
    every = library.claims_of_speaker.get(slug, [])
    claims = [claim for claim in every if not theme or theme in claim.themes]
    if theme and not claims:
        abort(404)
    return render_template(
        "person.html",
        person=found,
        every=every,
        themes=Counter(theme for claim in every for theme in claim.themes),
        theme=library.themes.get(theme),
        claims=claims,
        around=around(list(library.people.values()), found),
        sources=sources(claims),
    )


@pages.get("/claims/", defaults={"number": 1})
@pages.get("/claims/page/<later:number>/")
def claims(number: int) -> str:
    listing = sheet([*site().library.claims.values()], number)
    groups = [(id, list(found)) for id, found in groupby(listing.items, lambda c: c.article)]
    return render_template("claims.html", sheet=listing, groups=groups)


@pages.get("/claims/<id>/")
def claim(id: str) -> Answer:
    library = site().library
    if id in library.moved:
        return redirect(url_for("pages.claim", id=library.moved[id]), 301)
    found = library.claims.get(id) or abort(404)
    article, passage = library.articles[found.article], library.passage_of(found)
    page = render_template(
        "claim.html",
        claim=found,
        article=article,
        passage=passage,
        context=article.passages[max(0, passage.number - 2) : passage.number + 1],
        around=around(library.claims_of_article[article.id], found),
        citation=site().references.claim(found, site().address),
        tags=metadata.claim_tags(library, found, site().address),
        json_ld=metadata.claim_json_ld(library, found, site().address),
    )
    return Response(page, headers={"Link": metadata.claim_links(library, found, site().address)})


@pages.get("/about/")
def about() -> str:
    citation = site().references.page("about", site().address)
    tags = metadata.page_tags(site().library, "about", site().address)
    return render_template("about.html", citation=citation, tags=tags)
