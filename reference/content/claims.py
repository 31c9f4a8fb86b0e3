"""Form -> claim: a quotation is placed in the one passage of its article that has it."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from reference import evidence
from reference.content.forms import Entry
from reference.content.prose import Ground, marked
from reference.records import Claim, Span


@dataclass(frozen=True)
class Draft(Entry):
    """An article as read, the claims its file lists, those whose words were found, and what may be
    quoted of each."""

    listed: list[Entry]
    claims: list[Claim] = field(default_factory=list)
    grounds: dict[str, Ground] = field(default_factory=dict)


def make(draft: Draft, people: Collection[str]) -> None:
    """Make the claims of an article; a quotation that it has nowhere, or twice, is a problem."""
    article = draft.form
    marks = marked([passage.text for passage in article.passages])
    for entry in draft.listed if article.passages else ():
        form, quote = entry.form, evidence.fold(entry.form.quote)
        try:
            passage, spans = evidence.place(quote, article.passages)
        except evidence.Unproven as unproven:
            entry.wrong("quote", *unproven.args)
            continue
        draft.claims.append(replace(form, quote=quote, passage=passage.id, spans=spans))
        if form.named and not evidence.prints(form.named, [passage.text, article.title]):
            wrong = f"neither {passage.id} nor the title prints “{form.named}”"
            entry.wrong("named", wrong, "copy the words from the article")
        speakers, authors = {*form.speakers}, {*article.authors}
        own = form.voice == "author" and (not speakers or speakers & authors)
        strangers = (speakers | authors).difference(people)
        unsure = not all(evidence.prints(who, article.texts) for who in strangers)
        whole = own or unsure or entry.broken | draft.broken  # what is wrong is said elsewhere
        within = [Span(0, len(passage.text))] if whole else marks[passage.number - 1]
        shared = ((max(a, c), min(b, d)) for a, b in spans for c, d in within)
        free = tuple(passage.text[start:end] for start, end in shared if start < end)
        whose = form.speakers or article.authors or (article.id,)
        draft.grounds[form.id] = Ground(quote, free, whose)
    draft.claims.sort(key=lambda claim: (int(claim.passage[1:]), claim.spans[-1].end))
