"""Machine twins of the pages: the whole library, maps of the site, static files."""

import mimetypes
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, url_for

from reference.citation.fragments import source_url
from reference.pages.addresses import paths
from reference.pages.site import site
from reference.records import Article, Claim, Disagreement, Person, Theme

machine = Blueprint("machine", __name__)
Json = dict[str, Any]
LIBRARY_FILES = ("/library.json", "/claims.csv")
"""Files of the whole library, which are large."""


@machine.get("/library.json")
def library() -> Response:
    """The library as data, in the shape README gives; what is not known is null."""
    kept = site().library
    makers: Json = {"articles": _article, "claims": _claim, "people": _person, "themes": _theme}
    makers["disagreements"] = _disagreement
    said = {n: [make(each) for each in getattr(kept, n).values()] for n, make in makers.items()}
    return jsonify(version=kept.version, updated=kept.updated, **said)


def _kept(record: Article | Claim | Person | Theme | Disagreement, names: str) -> Json:
    """Some of a record as data."""
    known = asdict(record, dict_factory=lambda pairs: {k: None if v == "" else v for k, v in pairs})
    return {name: known[name] for name in names.split()}


def _article(article: Article) -> Json:
    names = "id title kind authors rights display passages corrections doi notes left_out"
    return _kept(article, names) | {
        "url": url_for("pages.article", slug=article.id),
        "publication": article.publication.name,
        "section": article.publication.section or None,
        "date": article.date.edtf,
        "date_note": article.date_basis,
        "source_url": article.url or None,
    }


def _claim(claim: Claim) -> Json:
    kept = site().library
    names = "id says quote voice speakers article passage themes kind note"
    return _kept(claim, names) | {
        "url": url_for("pages.claim", id=claim.id),
        "contrasts": kept.contrasts_of(claim.id),
        "source_url": source_url(claim, kept.articles[claim.article]) or None,
    }


def _person(person: Person) -> Json:
    kept = site().library
    return _kept(person, "id name aliases") | {
        "url": url_for("pages.person", slug=person.id),
        "described": [{"article": d.article, "as": d.words} for d in person.described],
        "author_of": kept.articles_by(person.id),
        "quoted_in": kept.quoted_in(person.id),
        "mentioned_in": kept.mentioned_in(person.id),
    }


def _theme(theme: Theme) -> Json:
    claims = [claim.id for claim in site().library.claims_of_theme(theme.id)]
    url = url_for("pages.theme", slug=theme.id)
    return _kept(theme, "id title summary") | {"url": url, "claims": claims}


def _disagreement(each: Disagreement) -> Json:
    url = url_for("pages.disagreement", id=each.id)
    return _kept(each, "id matter themes sides note") | {"url": url}


@machine.get("/sitemap.xml")
def sitemap() -> Response:
    """Every page's address, for crawlers (https://www.sitemaps.org/protocol.html)."""
    return Response(render_template("sitemap.xml", paths=paths()), mimetype="application/xml")


@machine.get("/opensearch.xml")
def opensearch() -> Response:
    """So that a browser can add the site as a search engine (OpenSearch 1.1)."""
    kind = "application/opensearchdescription+xml"
    return Response(render_template("opensearch.xml"), mimetype=kind)


@machine.get("/robots.txt")
def robots() -> Response:
    address = f"Sitemap: {site().address}/sitemap.xml\n" if site().address else ""
    return Response(f"User-agent: *\nAllow: /\n{address}", mimetype="text/plain")


@machine.get("/healthz")
def healthz() -> Response:
    """Version, counts and the state of the index, for whoever watches over the site."""
    kept = site().library
    counts = {n: len(getattr(kept, n)) for n in ("articles", "claims", "people", "themes")}
    return jsonify(status="ok", version=kept.version, index=site().search.state, **counts)


@machine.get("/static/<name>")
def static(name: str) -> Response:
    files = site().presentation.static.contents
    found = files.get(name) or abort(404)
    return Response(found, mimetype=mimetypes.guess_type(name)[0])
