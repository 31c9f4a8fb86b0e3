"""Machine twins of the pages: the whole library, tables, maps of the site, static files."""

import mimetypes
from collections import Counter
from dataclasses import asdict
from typing import Any
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, current_app, jsonify, url_for

from reference.citation.fragments import source_url
from reference.pages.site import PER_PAGE, site
from reference.records import Article, Claim, Disagreement, Library, Person, Theme

machine = Blueprint("machine", __name__)


@machine.get("/library.json")
def library() -> Response:
    """The whole library in the shape README documents."""
    kept = site().library
    return jsonify(
        version=kept.version,
        updated=kept.updated,
        articles=[_article(article) for article in kept.articles.values()],
        claims=[_claim(kept, claim) for claim in kept.claims_in_order],
        people=[_person(kept, person) for person in kept.people.values()],
        themes=[_theme(kept, theme) for theme in kept.themes.values()],
        disagreements=[_disagreement(each) for each in kept.disagreements.values()],
    )


def _article(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "url": url_for("pages.article", slug=article.id),
        "title": article.title,
        "kind": article.kind,
        "authors": article.authors,
        "publication": article.publication.name,
        "section": article.publication.section or None,
        "date": article.date.edtf,
        "date_note": article.date_basis,
        "doi": article.doi or None,
        "source_url": article.url or None,
        "rights": article.rights,
        "display": article.display,
        "passages": article.passages,
        "corrections": article.corrections,
        "notes": [asdict(note) | {"passage": note.passage or None} for note in article.notes],
        "left_out": article.left_out,
    }


def _claim(library: Library, claim: Claim) -> dict[str, Any]:
    source = source_url(claim, library.articles[claim.article])
    return {
        "id": claim.id,
        "url": url_for("pages.claim", id=claim.id),
        "says": claim.says,
        "quote": claim.quote,
        "voice": claim.voice,
        "speakers": claim.speakers,
        "article": claim.article,
        "passage": claim.passage,
        "themes": claim.themes,
        "kind": claim.kind,
        "contrasts": library.contrasts.get(claim.id, []),
        "source_url": source or None,
    }


def _person(library: Library, person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "url": url_for("pages.person", slug=person.id),
        "name": person.name,
        "aliases": person.aliases,
        "described": [{"article": d.article, "as": d.words} for d in person.described],
        "author_of": library.articles_by.get(person.id, []),
        "quoted_in": library.quoted_in(person.id),
        "mentioned_in": library.mentions.get(person.id, ()),
    }


def _theme(library: Library, theme: Theme) -> dict[str, Any]:
    return {
        "id": theme.id,
        "url": url_for("pages.theme", slug=theme.id),
        "title": theme.title,
        "summary": theme.summary,
        "claims": [claim.id for claim in library.claims_of_theme[theme.id]],
    }


def _disagreement(each: Disagreement) -> dict[str, Any]:
    return {
        "id": each.id,
        "url": f"{url_for('pages.disagreements')}#{each.id}",
        "matter": each.matter,
        "themes": each.themes,
        "sides": each.sides,
        "note": each.note or None,
    }


@machine.get("/sitemap.xml")
def sitemap() -> Response:
    """Every page's address, absolute, for crawlers (https://www.sitemaps.org/protocol.html)."""
    rows = "".join(f"<url><loc>{escape(site().address + path)}</loc></url>\n" for path in paths())
    return Response(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n',
        mimetype="application/xml",
    )


def paths() -> list[str]:
    """The path of every HTML page whose content is kept, in order, later pages of lists too."""
    kept = site().library
    plain = ("home", "themes", "disagreements", "about")
    found = [url_for(f"pages.{page}") for page in plain]
    listed: list[tuple[str, dict[str, Any], int]] = [
        ("articles", {}, len(kept.articles)),
        ("people", {}, len(kept.people)),
        ("claims", {}, len(kept.claims)),
    ]
    for id, claims in kept.claims_of_theme.items():
        for by in ({}, {"by": "by-person"}, {"by": "by-article"}):
            listed.append(("theme", {"slug": id} | by, len(claims)))
    for id in kept.people:
        claims = kept.claims_of_speaker.get(id, [])
        listed.append(("person", {"slug": id}, len(claims)))
        themes = Counter(theme for claim in claims for theme in claim.themes)
        listed += [("person", {"slug": id, "theme": each}, n) for each, n in themes.items()]
    for page, values, total in listed:
        last = max(1, -(-total // PER_PAGE))
        found += [url_for(f"pages.{page}", number=n, **values) for n in range(1, last + 1)]
    found += [url_for("pages.article", slug=id) for id in kept.articles]
    found += [url_for("pages.claim", id=id) for id in kept.claims]
    return found


@machine.get("/robots.txt")
def robots() -> Response:
    address = f"Sitemap: {site().address}/sitemap.xml\n" if site().address else ""
    return Response(f"User-agent: *\nAllow: /\n{address}", mimetype="text/plain")


@machine.get("/opensearch.xml")
def opensearch() -> Response:
    """So that a browser can add the site as a search engine (OpenSearch 1.1)."""
    address = escape(site().address)
    return Response(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        "<ShortName>GP commissioning</ShortName>\n"
        "<Description>Experts and their words on GP-led commissioning</Description>\n"
        "<InputEncoding>UTF-8</InputEncoding>\n"
        f'<Url type="text/html" template="{address}/search/?q={{searchTerms}}"/>\n'
        f'<Url type="application/json" template="{address}/search.json?q={{searchTerms}}"/>\n'
        '<Url type="application/x-suggestions+json" '
        f'template="{address}/suggest.json?q={{searchTerms}}"/>\n'
        "</OpenSearchDescription>\n",
        mimetype="application/opensearchdescription+xml",
    )


@machine.get("/healthz")
def healthz() -> Response:
    """Version, counts and the state of the index, for whoever watches over the site."""
    kept = site().library
    return jsonify(
        status="ok",
        version=kept.version,
        index=site().search.state,
        articles=len(kept.articles),
        claims=len(kept.claims),
        people=len(kept.people),
        themes=len(kept.themes),
    )


@machine.get("/static/<name>")
def static(name: str) -> Response:
    """A static file under its fingerprinted name; it may be kept for ever."""
    files: dict[str, bytes] = current_app.extensions["assets"].files
    if name not in files:
        abort(404)
    return Response(files[name], mimetype=mimetypes.guess_type(name)[0])
