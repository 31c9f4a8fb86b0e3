"""The site's pages: look up, render. Every address is permanent: a claim that goes leaves its own
to another (`moved.yaml`)."""

from functools import partial
from itertools import groupby
from typing import Any, get_args

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from reference.citation.record import article_record, page_record
from reference.pages.site import sheets, site
from reference.records import Claim, ClaimKind

pages = Blueprint("pages", __name__)
WHOLE = ("home", "themes", "disagreements", "articles", "people", "about")


def whole(page: str) -> str:
    return render_template(f"{page}.html", **(cited("about") if page == "about" else {}))


for page in WHOLE:
    pages.add_url_rule("/" if page == "home" else f"/{page}/", page, partial(whole, page))


def cited(id: str) -> dict[str, Any]:
    """How a page of ours is cited: for readers, and for Zotero."""
    address = site().address
    forms = site().references.of_page(id, address)
    return {"forms": forms, "record": page_record(site().library, id, address)}


@pages.get("/themes/<slug>/")
@pages.get("/themes/<slug>/<any('by-person','by-article'):by>/")
def theme(slug: str, by: str = "by-kind") -> str:
    """A theme; its evidence by what it is about, by who says it, or by where."""
    library = site().library
    found = library.themes.get(slug) or abort(404)
    claims = library.claims_of_theme(slug)
    people = [who for who in library.speakers if who in library.people]
    keys = {"by-kind": get_args(ClaimKind), "by-person": [*people, ""]}.get(by, library.articles)

    def key(claim: Claim) -> str:
        person = next((who for who in claim.speakers if who in library.people), "")
        return {"by-kind": claim.kind, "by-person": person}.get(by, claim.article)

    groups = {each: [claim for claim in claims if key(claim) == each] for each in keys}
    told: dict[str, Any] = {"by": by, "claims": claims, "groups": groups}
    of = (d for d in library.disagreements.values() if slug in d.themes)
    told["disagreements"] = sorted(of, key=lambda d: d.themes.index(slug))  # its own first
    return render_template("theme.html", theme=found, **told, **cited(slug))


@pages.get("/articles/<slug>/")
def article(slug: str) -> str:
    library = site().library
    found = library.articles.get(slug) or abort(404)
    forms, record = site().references.forms[slug], article_record(library, found)
    return render_template("article.html", article=found, forms=forms, record=record)


@pages.get("/people/<slug>/")
@pages.get("/people/<slug>/on/<theme>/")
def person(slug: str, theme: str = "") -> str:
    """All the words of a person in order, or those on one theme."""
    library = site().library
    found = library.people.get(slug) or abort(404)
    every = library.claims_of_speaker(slug)
    claims = [claim for claim in every if not theme or theme in claim.themes]
    if theme and not claims:
        abort(404)
    on = library.themes.get(theme)
    return render_template("person.html", person=found, every=every, theme=on, claims=claims)


@pages.get("/claims/", defaults={"number": 1})
@pages.get("/claims/page/<later:number>/")
def claims(number: int) -> str:
    cut = sheets()
    if number > len(cut):
        abort(404)
    groups = [(id, list(found)) for id, found in groupby(cut[number - 1], lambda c: c.article)]
    return render_template("claims.html", number=number, last=len(cut), groups=groups)


@pages.get("/claims/<id>/")
def claim(id: str) -> ResponseReturnValue:
    library = site().library
    if id in library.moved:
        return redirect(url_for("pages.claim", id=library.moved[id]), 301)
    found = library.claims.get(id) or abort(404)
    article, passage = library.articles[found.article], library.passage_of(found)
    told: dict[str, Any] = {"claim": found, "article": article, "passage": passage}
    told["context"] = article.passages[max(0, passage.number - 2) : passage.number + 1]
    forms, record = site().references.of_claim(found), article_record(library, article)
    return render_template("claim.html", **told, forms=forms, record=record)
