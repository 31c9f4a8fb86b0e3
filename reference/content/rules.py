"""The editorial rules: what content must hold to be served, and what is said where it does not.

Each rule looks at what was read and notes what is wrong in its source, with the line; none of
them stops at the first, and none says again what was said of a key already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from reference import evidence
from reference.content import prose
from reference.content.claims import Draft
from reference.content.forms import Entry
from reference.content.names import Known, Tell
from reference.content.quoting import Ground, misquoted
from reference.content.reading import Body, Steps
from reference.records import Abbreviation, Block, Claim, Disagreement, Event, Person, Theme

T = TypeVar("T")


@dataclass
class Content:
    """All that could be read: articles as drafts, all else by what it is."""

    known: Known = field(default_factory=Known)
    drafts: list[Draft] = field(default_factory=list)
    entries: dict[type[Any], list[Entry[Any]]] = field(default_factory=dict)
    opening: tuple[Block, ...] = ()

    def of(self, record: type[T]) -> list[Entry[T]]:
        return self.entries.get(record, [])


def hold(content: Content) -> None:
    """Hold all content against all rules; problems are noted in its sources."""
    known = content.known
    grounds = {id: ground for draft in content.drafts for id, ground in draft.grounds.items()}
    for draft in content.drafts:
        _article(draft, known)
        for entry in draft.forms:
            _claim(draft, entry, known)
    _people(content)
    for theme in content.of(Theme):
        prose.hold(theme.source, theme.form.blocks, known["claim"].use, grounds)
    for abbreviation in content.of(Abbreviation):
        if "://" not in abbreviation.form.source:
            tell = partial(abbreviation.wrong, "source")
            known["article"].use(abbreviation.form.source, tell)
    for event in content.of(Event):
        _event(event, known)
    for disagreement in content.of(Disagreement):
        _disagreement(disagreement, content, grounds)
    for opening in content.of(Block):
        what = {event.form.id: event.form.what for event in content.of(Event)}
        ours = {id: Ground(text, (text,)) for id, text in what.items()}
        prose.hold(opening.source, content.opening[1:], partial(_opening, known), ours | grounds)
    for names in list(known.values()):
        names.settle()


def _opening(known: Known, id: str, tell: Tell) -> None:
    """The opening may cite events too."""
    if id not in known["event"].given and known["event"].whole:
        known["claim"].use(id, tell)


def _ours(entry: Entry[Any], key: str, grounds: Sequence[Ground] | None) -> None:
    """Words of ours have the marks ‘ ’ “ ” only, and put in them what may be quoted."""
    text = getattr(entry.form, key)
    if mark := evidence.odd_mark(text):
        entry.wrong(key, f"has the mark {mark}", "set quotation marks as ‘ ’ “ ”")
    for wrong, mend in misquoted(text, grounds) if grounds is not None and not mark else ():
        entry.wrong(key, wrong, mend)


def _listed(entry: Entry[Any], key: str, known: Known, what: str) -> None:
    """A list of names has none twice, and names what there is."""
    names = getattr(entry.form, key)
    entry.must(len({*names}) == len(names), key, "names the same one twice", "remove one")
    for name in names:
        known[what].use(name, partial(entry.wrong, key))


def _claim(draft: Draft, entry: Entry[Claim], known: Known) -> None:
    """A claim is one sentence about words in its article, filed under people and themes."""
    form, ground = entry.form, draft.grounds.get(entry.form.id)
    one = prose.is_whole(form.says) and len(prose.sentences(form.says)) == 1
    entry.must(one, "says", "is not one whole sentence", "write one, ending in a full stop")
    whole = not form.note or prose.is_whole(form.note)
    entry.must(whole, "note", "is not a whole sentence", "end it in a full stop")
    for key in ("says", "note"):
        _ours(entry, key, [ground] if ground else None)
    if form.voice == "direct" and ground and not ground.free:
        wrong = "is direct, but the passage has no quotation marks round these words"
        entry.wrong("voice", wrong, "write `reported`, or `author`")
    for name in form.speakers:
        if not evidence.prints(name, draft.head.form.texts):
            known["person"].use(name, partial(entry.wrong, "speakers"))
    unlike = len({*form.speakers}) == len(form.speakers)
    entry.must(unlike, "speakers", "names the same one twice", "remove one")
    entry.must(form.themes, "themes", "has no theme", "name at least one")
    _listed(entry, "themes", known, "theme")


def _article(draft: Draft, known: Known) -> None:
    """An article's record: real addresses, known people and passages, and every passage used."""
    head, form = draft.head, draft.head.form
    texts = {passage.id: passage.text for passage in form.passages}
    _listed(head, "authors", known, "person")
    if not texts:
        if not head.source.problems:
            line = head.source.body_line
            head.source.problem("body", "is empty", "add the article’s text", line)
        return
    named: list[tuple[Steps, str]] = [(("left_out", id), id) for id in form.left_out]
    for key in ("notes", "corrections"):
        found = enumerate(getattr(form, key))
        named += [((key, n, "passage"), each.passage) for n, each in found if each.passage]
    for at, id in named:
        mend = f"name one of p1 to p{len(texts)}, or remove it"
        head.must(id in texts, at, f"there is no passage `{id}`", mend)
    for number, fix in enumerate(form.corrections):
        at, count = ("corrections", number), texts.get(fix.passage, fix.reads).count(fix.reads)
        if fix.printed == fix.reads:
            wrong, mend = "`printed` and `reads` are the same", "write what the article prints"
            head.wrong(at, wrong, f"{mend}, or remove it")
        elif count != 1:
            wrong = f"does not apply: {fix.passage} has “{fix.reads}” {count} times"
            head.wrong(at, wrong, "make `reads` words that stand in the passage exactly once")
    _passages(draft)


def _passages(draft: Draft) -> None:
    """Every passage is plain text, and the source of a claim or left out for a reason, not both.

    A passage that a claim with a fault may rest on is not said to have none.
    """
    head, passages, bare = draft.head, draft.head.form.passages, []
    covered = {claim.passage for claim in draft.claims}
    for id in head.form.left_out:
        head.must(id not in covered, ("left_out", id), "has a claim all the same", "remove it here")
    body = Body(head.source, [passage.text for passage in passages])
    for number, passage in enumerate(passages):
        tell = partial(body.wrong, number, passage.id)
        if found := prose.MARKUP.search(passage.text):
            wrong = f"holds markup that is not set here, `{found[0].strip()[:40]}`"
            tell(wrong, "write it as plain text, or leave it out", bit=found[0])
        elif mark := evidence.odd_mark(passage.text):
            mend = "set quotation marks as ‘ ’ “ ”, and the apostrophe as ’"
            tell(f"has the mark {mark}", mend, bit=mark)
        elif passage.id not in covered and passage.id not in head.form.left_out:
            bare.append((passage, tell))
    meant = {id for near in draft.sought for id in near}
    if len(bare) > len(draft.sought) and head.broken.isdisjoint({"claims", "left_out"}):
        for passage, tell in (each for each in bare if each[0].id not in meant):
            wrong = f"no claim rests on it (“{passage.text[:50]}”)"
            tell(wrong, "add a claim, or list it under `left_out` with the reason")


def _people(content: Content) -> None:
    """Who somebody was is said in words the article prints, and nobody is listed for nothing."""
    known, drafts = content.known, {draft.head.form.id: draft for draft in content.drafts}
    for entry in content.of(Person):
        for number, described in enumerate(entry.form.described):
            at = ("described", number)
            known["article"].use(described.article, partial(entry.wrong, (*at, "article")))
            draft = drafts.get(described.article)
            if draft and draft.head.form.passages and "masthead" not in draft.head.broken:
                wrong = f"{described.article} does not print “{described.words}”"
                printed = evidence.prints(described.words, draft.head.form.texts)
                entry.must(printed, (*at, "as"), wrong, "copy the words from the article")
    unsure = {"speakers", "authors", "claims"}
    if any(draft.broken & unsure or not draft.head.form.passages for draft in content.drafts):
        return
    texts = [text for draft in content.drafts for text in draft.head.form.texts]
    for entry in content.of(Person) if known["claim"].whole and known["article"].whole else ():
        here = entry.form.id in known["person"].used or evidence.names(entry.form, texts)
        wrong = f"no article is by, quotes or names {entry.form.name}"
        mend = "remove the entry, or add the name as printed to `aliases`"
        entry.must(here or "id" in entry.broken, "name", wrong, mend)


def _event(entry: Entry[Event], known: Known) -> None:
    """An event is dated by a claim or by a source of ours, and never by both."""
    form, of_claim = entry.form, entry.form.id in known["claim"].given
    entry.must(not of_claim, "id", f"`{form.id}` is the id of a claim", "choose another")
    if entry.broken.isdisjoint({"claim", "source", "confidence"}):
        mend = "let a claim date it, or a source of ours with its confidence, and not both"
        wrong = "has both `claim` and `source`" if form.claim else "has no `claim` and no `source`"
        entry.must(bool(form.claim) != bool(form.source), (), wrong, mend)
        both = bool(form.source) == bool(form.confidence) or (form.claim and form.source)
        entry.must(both, (), "has only one of `source` and `confidence`", mend)
    if form.claim:
        known["claim"].use(form.claim, partial(entry.wrong, "claim"))


def _disagreement(
    entry: Entry[Disagreement], content: Content, grounds: Mapping[str, Ground]
) -> None:
    """A disagreement is a question with two sides of claims, and nobody stands on both."""
    form = entry.form
    entry.must(form.themes, "themes", "has no theme", "name at least one")
    _listed(entry, "themes", content.known, "theme")
    for number, side in enumerate(form.sides):
        at = ("sides", number)
        entry.must(side, at, "is empty", "name the claims that stand on it")
        for id in side:
            content.known["claim"].use(id, partial(entry.wrong, at))
    said: dict[str, tuple[str, ...]] = {}
    for draft in content.drafts:
        article = draft.head.form
        said |= {c.id: c.speakers or article.authors or (article.id,) for c in draft.claims}
    first, second = ({who for id in side for who in said.get(id, ())} for side in form.sides)
    for who in sorted(first & second):
        wrong = f"{who} stands on both sides, and nobody is set against himself"
        entry.wrong("sides", wrong, "leave his claims out on one of them")
    cited = [grounds.get(id) for side in form.sides for id in side]
    for key in ("matter", "note"):
        _ours(entry, key, [ground for ground in cited if ground] if all(cited) else None)
