"""A unit found -> a hit to show: which claim stands for the passage, and where the words are."""

from collections.abc import Sequence
from dataclasses import dataclass

from reference.records import Claim, Library, Passage, Person, Span
from reference.search.results import Hit
from reference.search.units import Unit, Units
from reference.search.wants import Want
from reference.search.wording import Wording


@dataclass(frozen=True, slots=True)
class Match:
    """A unit weighed: `part` has most of what is wanted, `whole` if the passage has more still."""

    number: int
    tier: int
    weight: float
    part: int = 0
    whole: bool = False
    missing: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        return round(self.tier * 10 + self.weight, 4)


class Shower:
    """Makes the hits of one query."""

    def __init__(self, units: Units, wording: Wording, wants: Sequence[Want]) -> None:
        self._units, self._wording = units, wording
        self._stems = frozenset(stem for want in wants for stem in want.stems)
        self._runs = tuple(run for want in wants for run in want.runs)

    def hit(self, match: Match) -> Hit:
        unit, library = self._units.all[match.number], self._units.library
        if isinstance(unit.record, Passage):
            return self._passage(unit, unit.record, match, library)
        texts = self._units.texts[match.number]
        title, sentence = texts[0], texts[match.part or min(1, len(texts) - 1)]
        if isinstance(unit.record, Person):
            title, described = unit.record.name, (d.words for d in unit.record.described)
            sentence = texts[match.part] if match.part else "; ".join(described)
        return Hit(
            kind=unit.kind,
            url=f"/{FOLDERS[unit.kind]}/{unit.record.id}/",
            title=title,
            text="\n".join(texts),
            record=unit.record.id,
            score=match.score,
            article=unit.article,
            themes=unit.themes,
            sentence=sentence,
            sentence_marks=self._marks(sentence),
            date=library.articles[unit.article].date.edtf if unit.article else "",
            missing=match.missing,
        )

    def _passage(self, unit: Unit, passage: Passage, match: Match, library: Library) -> Hit:
        article = library.articles[unit.article]
        claim: Claim | None = unit.claims[max(match.part - 1, 0)] if unit.claims else None
        whole = match.whole or claim is None
        sentence = claim.says if claim else ""
        quotation = passage.text if whole or claim is None else claim.quote
        speakers = claim.speakers if claim else ()
        return Hit(
            kind=unit.kind,
            url=f"/articles/{article.id}/#{passage.id}",
            title=article.title,
            text=f"{sentence}\n{quotation}".strip(),
            record=claim.id if claim else passage.id,
            score=match.score,
            speakers=tuple(map(library.speaker_name, speakers)),
            article=article.id,
            passage=passage.id,
            themes=claim.themes if claim else (),
            claim_url=f"/claims/{claim.id}/" if claim else "",
            sentence=sentence,
            sentence_marks=self._marks(sentence),
            quotation=quotation,
            quotation_marks=self._marks(quotation),
            whole=whole,
            voice=claim.voice if claim else "",
            date=article.date.edtf,
            missing=match.missing,
        )

    def _marks(self, text: str) -> tuple[Span, ...]:
        return self._wording.marks(text, self._stems, self._runs)


FOLDERS = {"person": "people", "theme": "themes", "article": "articles"}
