"""Form -> claim: a quotation is placed in the one passage of its article that has it."""

import sys
from dataclasses import dataclass, field, replace

from reference import evidence
from reference.content.forms import Entry
from reference.content.quoting import Ground, common, marked
from reference.records import Article, Claim, Span

ALL = Span(0, sys.maxsize)


@dataclass
class Draft:
    """An article as read, the claims its file lists, and those whose words were found.

    `grounds` say what may be quoted of each claim that was found. `sought` has, for each that was
    not, the passages it may be meant to rest on.
    """

    head: Entry[Article]
    forms: list[Entry[Claim]]
    claims: list[Claim] = field(default_factory=list)
    grounds: dict[str, Ground] = field(default_factory=dict)
    sought: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def broken(self) -> set[str]:
        """The keys that are wrong in it or in one of its claims."""
        return self.head.broken.union(*(entry.broken for entry in self.forms))


def make(draft: Draft) -> None:
    """Make the claims of an article; a quotation that it has nowhere, or twice, is a problem."""
    article = draft.head.form
    marks = marked([passage.text for passage in article.passages])
    for entry in draft.forms if article.passages else ():
        form, quote = entry.form, evidence.fold(entry.form.quote)
        try:
            passage, spans = evidence.place(quote, article.passages)
        except evidence.Unproven as unproven:
            entry.wrong("quote", unproven.wrong, unproven.mend)
            draft.sought.append(unproven.near)
            continue
        draft.claims.append(replace(form, quote=quote, passage=passage.id, spans=spans))
        own = form.voice == "author" and (
            not form.speakers or {*form.speakers} & {*article.authors}
        )
        free = common(passage.text, spans, [ALL] if own else marks[passage.number - 1])
        draft.grounds[form.id] = Ground(quote, free)
