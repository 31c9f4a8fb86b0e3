"""The whole library as data: what `/library.json` holds, in the shape that README gives."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import url_for

from reference.records import (
    Article,
    Claim,
    Disagreement,
    Event,
    Library,
    Outcome,
    Person,
    Term,
    Theme,
)

Json = dict[str, Any]


def library_data(library: Library, source_urls: Mapping[str, str]) -> Json:
    """Return everything that the library holds, a list for each kind of record.

    What is not known is None. `source_urls` has claim id -> where its words are in the original.
    """
    claims = []
    for claim in library.claims.values():
        source_url = source_urls[claim.id]
        claims.append(claim_data(claim, library, source_url))
    disagreements = library.disagreements.values()
    return {
        "site": site_data(library),
        "articles": [
            article_data(article) for article in library.articles.values()
        ],
        "claims": claims,
        "people": [
            person_data(person, library) for person in library.people.values()
        ],
        "themes": [
            theme_data(theme, library) for theme in library.themes.values()
        ],
        "disagreements": [
            disagreement_data(disagreement) for disagreement in disagreements
        ],
        "events": [event_data(event) for event in library.events.values()],
        "outcomes": [
            outcome_data(outcome) for outcome in library.outcomes.values()
        ],
        "terms": [term_data(term) for term in library.terms.values()],
    }


def site_data(library: Library) -> Json:
    """Return what the site is of, and which edition of its content this is."""
    site = library.site
    return {
        "name": site.name,
        "title": site.title,
        "subject": site.subject,
        "setting": site.setting or None,
        "question": site.question,
        "language": site.language,
        "updated": library.updated,
        "version": library.version,
    }


def article_data(article: Article) -> Json:
    """Return an article, with the passages that may be shown; what is not known is None."""
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
        "passages": [fields_of(passage) for passage in article.passages],
        "corrections": [
            fields_of(correction) for correction in article.corrections
        ],
        "notes": [fields_of(note) for note in article.notes],
        "left_out": article.left_out,
    }


def claim_data(claim: Claim, library: Library, source_url: str) -> Json:
    """Return a claim, with the claims against it, and a link to its words in the original."""
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
        "note": claim.note or None,
        "contrasts": library.contrasts_of(claim.id),
        "source_url": source_url or None,
    }


def person_data(person: Person, library: Library) -> Json:
    """Return a person, and the ids of the articles in which they stand."""
    descriptions = []
    for description in person.described:
        descriptions.append(
            {"article": description.article, "as": description.words}
        )
    return {
        "id": person.id,
        "url": url_for("pages.person", slug=person.id),
        "name": person.name,
        "aliases": person.aliases,
        "described": descriptions,
        "role": fields_of(person.role) if person.role else None,
        "author_of": library.articles_by(person.id),
        "quoted_in": library.quoted_in(person.id),
        "mentioned_in": library.mentioned_in(person.id),
    }


def theme_data(theme: Theme, library: Library) -> Json:
    """Return a theme, with the ids of its claims."""
    return {
        "id": theme.id,
        "url": url_for("pages.theme", slug=theme.id),
        "title": theme.title,
        "summary": theme.summary,
        "claims": [claim.id for claim in library.claims_of_theme(theme.id)],
    }


def disagreement_data(disagreement: Disagreement) -> Json:
    """Return a disagreement: a question, and two lists of claims' ids."""
    return {
        "id": disagreement.id,
        "url": url_for("pages.disagreement", id=disagreement.id),
        "matter": disagreement.matter,
        "themes": disagreement.themes,
        "sides": disagreement.sides,
        "note": disagreement.note or None,
    }


def event_data(event: Event) -> Json:
    """Return an event, dated by a claim or by a source of ours."""
    return {
        "id": event.id,
        "url": url_for("pages.articles", _anchor=f"event-{event.id}"),
        "date": event.date.edtf,
        "name": event.name,
        "what": event.what,
        "claim": event.claim or None,
        "source": event.source or None,
    }


def outcome_data(outcome: Outcome) -> Json:
    """Return what came of something that was said, and where that can be read."""
    sources = []
    for source in outcome.sources:
        source_data = fields_of(source)
        source_data["date"] = source.date.edtf if source.date else None
        sources.append(source_data)
    return {
        "id": outcome.id,
        "url": url_for("pages.outcomes", _anchor=outcome.id),
        "kind": outcome.kind,
        "title": outcome.title or None,
        "claims": outcome.claims,
        "what": outcome.what,
        "verdict": outcome.verdict,
        "reading": outcome.reading,
        "sources": sources,
        "confidence": outcome.confidence,
    }


def term_data(term: Term) -> Json:
    """Return a word or an abbreviation of the glossary."""
    return {
        "id": term.slug,
        "url": url_for("pages.words", _anchor=term.slug),
        "term": term.term,
        "expansion": term.expansion or None,
        "meaning": term.meaning or None,
        "source": term.source,
    }


def fields_of(record: Any) -> Json:
    """Return the fields of a dataclass by name; what is not known, "" in the record, is None."""
    data = asdict(record)
    for name, value in data.items():
        if value == "":
            data[name] = None
    return data
