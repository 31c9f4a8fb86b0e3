"""Machine twins of the pages: the whole library, maps of the site, static files."""

import mimetypes
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, render_template, url_for

from reference.citation.fragments import source_url
from reference.pages.site import PER_PAGE, site
from reference.records import Article, Claim, Person

machine = Blueprint("machine", __name__)
Json = dict[str, Any]


@machine.get("/library.json")
def library() -> Response:
    """The whole library in the shape README documents."""
    kept = site().library
    return jsonify(
        version=kept.version,
        updated=kept.updated,
        articles=[_article(article) for article in kept.articles.values()],
        claims=[_claim(claim) for claim in kept.claims.values()],
        people=[_person(person) for person in kept.people.values()],
        themes=[
            {"id": theme.id, "title": theme.title, "summary": theme.summary}
            | {"url": url_for("pages.theme", slug=theme.id)}
            | {"claims": [claim.id for claim in kept.claims_of_theme[theme.id]]}
            for theme in kept.themes.values()
        ],
        disagreements=[
            asdict(each) | {"url": f"{url_for('pages.disagreements')}#{each.id}"}
            for each in kept.disagreements.values()
        ],
    )


def _article(article: Article) -> Json:
    own = ("id", "title", "kind", "authors", "rights", "display", "passages", "corrections")
    return {name: getattr(article, name) for name in own} | {
        "url": url_for("pages.article", slug=article.id),
        "publication": article.publication.name,
        "section": article.publication.section or None,
        "date": article.date.edtf,
        "date_note": article.date_basis,
        "doi": article.doi or None,
        "source_url": article.url or None,
        "notes": [asdict(note) | {"passage": note.passage or None} for note in article.notes],
        "left_out": article.left_out,
    }


def _claim(claim: Claim) -> Json:
    kept = site().library
    own = ("id", "says", "quote", "voice", "speakers", "article", "passage", "themes", "kind")
    return {name: getattr(claim, name) for name in own} | {
        "url": url_for("pages.claim", id=claim.id),
        "note": claim.note or None,
        "contrasts": kept.contrasts.get(claim.id, []),
        "source_url": source_url(claim, kept.articles[claim.article]) or None,
    }


def _person(person: Person) -> Json:
    kept = site().library
    return {
        "id": person.id,
        "url": url_for("pages.person", slug=person.id),
        "name": person.name,
        "aliases": person.aliases,
        "described": [{"article": d.article, "as": d.words} for d in person.described],
        "author_of": kept.articles_by.get(person.id, []),
        "quoted_in": kept.quoted_in(person.id),
        "mentioned_in": kept.mentions.get(person.id, ()),
    }


def paths() -> list[str]:
    """The path of every HTML page whose content is kept, in order."""
    kept = site().library
    plain = ("home", "themes", "disagreements", "articles", "people", "about")
    found = [url_for(f"pages.{page}") for page in plain]
    for number in range(1, -(-len(kept.claims) // PER_PAGE) + 1):
        found.append(url_for("pages.claims", number=number))
    for id in kept.themes:
        found.append(url_for("pages.theme", slug=id))
        found += [url_for("pages.theme", slug=id, by=by) for by in ("by-person", "by-article")]
    for id in kept.people:
        themes = {theme for c in kept.claims_of_speaker.get(id, []) for theme in c.themes}
        found.append(url_for("pages.person", slug=id))
        found += [url_for("pages.person", slug=id, theme=each) for each in sorted(themes)]
    found += [url_for("pages.article", slug=id) for id in kept.articles]
    return found + [url_for("pages.claim", id=id) for id in kept.claims]


def _xml(template: str, kind: str, **values: Any) -> Response:
    return Response(render_template(template, **values), mimetype=kind)


@machine.get("/sitemap.xml")
def sitemap() -> Response:
    """Every page's address, for crawlers (https://www.sitemaps.org/protocol.html)."""
    return _xml("sitemap.xml", "application/xml", paths=paths())


@machine.get("/opensearch.xml")
def opensearch() -> Response:
    """So that a browser can add the site as a search engine (OpenSearch 1.1)."""
    return _xml("opensearch.xml", "application/opensearchdescription+xml")


@machine.get("/robots.txt")
def robots() -> Response:
    address = f"Sitemap: {site().address}/sitemap.xml\n" if site().address else ""
    return Response(f"User-agent: *\nAllow: /\n{address}", mimetype="text/plain")


@machine.get("/healthz")
def healthz() -> Response:
    """Version, counts and the state of the index, for whoever watches over the site."""
    kept = site().library
    counted = ("articles", "claims", "people", "themes")
    counts = {name: len(getattr(kept, name)) for name in counted}
    return jsonify(status="ok", version=kept.version, index=site().search.state, **counts)


@machine.get("/static/<name>")
def static(name: str) -> Response:
    """A static file under its fingerprinted name."""
    files: dict[str, bytes] = current_app.extensions["static"]
    found = files.get(name) or abort(404)
    return Response(found, mimetype=mimetypes.guess_type(name)[0])
