"""Search pages and the reader's own collection."""

from flask import Blueprint, Response, jsonify

finding = Blueprint("finding", __name__)


@finding.get("/search/")
def search() -> str:
    return "search"


@finding.get("/collection/")
def collection() -> str:
    return "collection"
