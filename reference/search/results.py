"""What a search answers: hits, counts, and what it has to say for itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from reference.records import Span

Kind = Literal["person", "claim", "passage", "article", "theme"]
Sort = Literal["relevance", "date"]

KINDS: tuple[Kind, ...] = ("person", "claim", "passage", "article", "theme")
FACETS = ("kind", "theme", "person", "article", "year")


@dataclass(frozen=True, slots=True)
class Hit:
    """One result, opening at `url`; a claim stands for the passage it rests on.

    `record` is the id of the person, claim, article or theme, or of a passage within `article`.
    `sentence` is ours and `quotation` the source's; `sentence_marks` and `quotation_marks` are
    where they have the words wanted. `whole` says that the quotation is the whole passage, because
    the words wanted are outside the words the claim quotes. `claim_url` is "" unless it is a claim.
    Hits are equal if they are shown alike, whatever they scored.
    """

    kind: Kind
    url: str
    title: str
    text: str = field(compare=False)
    record: str
    score: float = field(compare=False)
    speakers: tuple[str, ...] = ()
    article: str = ""
    passage: str = ""
    themes: tuple[str, ...] = ()
    claim_url: str = ""
    sentence: str = ""
    sentence_marks: tuple[Span, ...] = ()
    quotation: str = ""
    quotation_marks: tuple[Span, ...] = ()
    whole: bool = False

    @property
    def id(self) -> str:
        return self.record

    @property
    def words(self) -> str:
        return self.quotation

    @property
    def words_marks(self) -> tuple[Span, ...]:
        return self.quotation_marks

    voice: str = ""
    date: str = ""
    missing: tuple[str, ...] = field(default=(), compare=False)

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "url": self.url,
            "title": self.title,
            "text": self.text,
            "speakers": list(self.speakers),
            "article": self.article,
            "themes": list(self.themes),
            "score": self.score,
        }


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The query that may have been meant, and the words put right in it.

    `sure` if it is surely a name misspelt; `applied` if the results are for it.
    """

    query: str
    words: str
    sure: bool
    applied: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """What there is to search."""

    articles: int
    passages: int
    claims: int
    people: int


@dataclass(frozen=True)
class Results:
    """A page of hits and the true `total`.

    `missing` holds the words wanted that the best hit has not; `nowhere` those of them that
    nothing here has. Facets count all that matched, most frequent value first.
    """

    query: str
    total: int
    hits: tuple[Hit, ...]
    coverage: Coverage
    suggestion: Suggestion | None = None
    missing: tuple[str, ...] = ()
    nowhere: tuple[str, ...] = ()
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    page: int = 1
    pages: int = 0

    def as_json(self) -> dict[str, Any]:
        """The shape of `/search.json`."""
        coverage = self.coverage
        return {
            "query": self.query,
            "total": self.total,
            "suggestion": self.suggestion.query if self.suggestion else None,
            "hits": [hit.as_json() for hit in self.hits],
            "facets": {name: dict(counts) for name, counts in self.facets.items()},
            "coverage": {
                "articles": coverage.articles,
                "passages": coverage.passages,
                "claims": coverage.claims,
                "people": coverage.people,
            },
        }
