"""The editorial rules: what content must hold to be served, and what is said where it does not.

Each rule looks at what was read and notes what is wrong in its source, with the line; none of
them stops at the first, and none says again what was said of a key already.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from reference import evidence
from reference.content import prose
from reference.content.claims import Draft
from reference.content.forms import Entry
from reference.content.names import Names, Tell
from reference.content.quoting import Ground, misquoted
from reference.content.reading import Body, Source, Steps
from reference.records import Abbreviation, Block, Claim, Date, Disagreement, Event, Person, Theme

T = TypeVar("T")
KINDS = ("article", "claim", "theme", "person", "abbreviation", "event", "disagreement")


@dataclass(frozen=True)
class Edition:
    """When the content last changed, as its editor says."""

    date: Date


@dataclass(frozen=True)
class Opening:
    """What a newcomer is told first."""

    title: str
    blocks: tuple[Block, ...]


@dataclass
class Content:
    """All that could be read: articles as drafts, all else by what it is, and the names."""

    sources: list[Source] = field(default_factory=list)
    known: dict[str, Names] = field(default_factory=lambda: {each: Names(each) for each in KINDS})
    drafts: list[Draft] = field(default_factory=list)
    entries: dict[type[Any], list[Entry[Any]]] = field(default_factory=lambda: defaultdict(list))

    def forms(self, record: type[T]) -> list[T]:
        return [entry.form for entry in self.entries[record]]


def hold(content: Content) -> None:
    """Hold all content against all rules; problems are noted in its sources."""
    known, entries = content.known, content.entries
    grounds = {id: ground for draft in content.drafts for id, ground in draft.grounds.items()}
    for draft in content.drafts:
        _article(draft, known)
        for claim in draft.forms:
            _claim(draft, claim, known)
        if draft.head.form.passages:
            _passages(draft)
    for person in entries[Person]:
        _person(person, content)
    for theme in entries[Theme]:
        prose.hold(theme.source, theme.form.blocks, known["claim"].use, grounds)
    for abbreviation in entries[Abbreviation]:
        if "://" not in abbreviation.form.source:
            tell = partial(abbreviation.wrong, "source")
            known["article"].use(abbreviation.form.source, tell)
    for event in entries[Event]:
        _event(event, known)
    for disagreement in entries[Disagreement]:
        _disagreement(disagreement, content, grounds)
    ours = {event.id: Ground(event.what, (event.what,)) for event in content.forms(Event)}
    for opening in entries[Opening]:
        prose.hold(opening.source, opening.form.blocks, partial(_opening, known), ours | grounds)
    for names in known.values():
        names.settle()
    _unnamed(content)


def _opening(known: Mapping[str, Names], id: str, tell: Tell) -> None:
    """The opening may cite events too."""
    if id not in known["event"].given and known["event"].whole:
        known["claim"].use(id, tell)


def _ours(entry: Entry[Any], key: str, grounds: Sequence[Ground | None]) -> None:
    """Words of ours have the marks ‘ ’ “ ” only, and put in them what may be quoted."""
    for wrong, mend, _ in misquoted(getattr(entry.form, key), grounds):
        entry.wrong(key, wrong, mend)


def _listed(entry: Entry[Any], key: str, names: Names, printed: Sequence[str] = ()) -> None:
    """A list of names has none twice, and names what there is, or what is `printed`."""
    listed = getattr(entry.form, key)
    entry.must(len({*listed}) == len(listed), key, "names the same one twice", "remove one")
    for name in listed:
        if not evidence.prints(name, printed):
            names.use(name, partial(entry.wrong, key))


def _claim(draft: Draft, entry: Entry[Claim], known: Mapping[str, Names]) -> None:
    """A claim is one sentence about words in its article, filed under people and themes."""
    form, ground = entry.form, draft.grounds.get(entry.form.id)
    one = prose.is_whole(form.says) and len(prose.sentences(form.says)) == 1
    entry.must(one, "says", "is not one whole sentence", "write one, ending in a full stop")
    whole = not form.note or prose.is_whole(form.note)
    entry.must(whole, "note", "is not a whole sentence", "end it in a full stop")
    for key in ("says", "note"):
        _ours(entry, key, [ground])
    wrong = "is direct, but the passage has no quotation marks round these words"
    free = form.voice != "direct" or not ground or ground.free
    entry.must(free, "voice", wrong, "write `reported`, or `author`")
    _listed(entry, "speakers", known["person"], draft.head.form.texts)
    entry.must(form.themes, "themes", "has no theme", "name at least one")
    _listed(entry, "themes", known["theme"])


def _article(draft: Draft, known: Mapping[str, Names]) -> None:
    """An article is by people who are known; notes and corrections are on passages it has."""
    head, form = draft.head, draft.head.form
    texts = {passage.id: passage.text for passage in form.passages}
    _listed(head, "authors", known["person"])
    if not texts and not head.source.problems:
        head.source.problem("body", "is empty", "add the article’s text", head.source.body_line)
    named: list[tuple[Steps, str]] = [(("left_out", id), id) for id in form.left_out]
    for key in ("notes", "corrections"):
        named += [((key, n, "passage"), e.passage) for n, e in enumerate(getattr(form, key))]
    for at, id in named if texts else ():
        mend = f"name one of p1 to p{len(texts)}, or remove it"
        head.must(not id or id in texts, at, f"there is no passage `{id}`", mend)
    for number, fix in enumerate(form.corrections):
        at, count = ("corrections", number), texts.get(fix.passage, fix.reads).count(fix.reads)
        wrong, mend = "`printed` and `reads` are the same", "write what the article prints"
        head.must(fix.printed != fix.reads, at, wrong, mend)
        wrong = f"does not apply: {fix.passage} has “{fix.reads}” {count} times"
        mend = "make `reads` words that stand in the passage exactly once"
        head.must(count == 1, at, wrong, mend)


def _passages(draft: Draft) -> None:
    """Every passage is plain text, and the source of a claim or left out for a reason, not both.

    As many as there are claims not found may have none, which is said of those claims already.
    """
    head, passages, bare = draft.head, draft.head.form.passages, list[Callable[[str], None]]()
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
            bare.append(partial(tell, f"no claim rests on it (“{passage.text[:50]}”)"))
    unsure = head.broken & {"claims", "left_out"}
    for say in bare if len(bare) > len(draft.forms) - len(draft.claims) and not unsure else ():
        say("add a claim, or list it under `left_out` with the reason")


def _person(entry: Entry[Person], content: Content) -> None:
    """Who somebody was is said in words the article prints."""
    drafts = {draft.head.form.id: draft.head for draft in content.drafts}
    for number, described in enumerate(entry.form.described):
        at = ("described", number)
        content.known["article"].use(described.article, partial(entry.wrong, (*at, "article")))
        head = drafts.get(described.article)
        if head and head.form.passages and "masthead" not in head.broken:
            wrong = f"{described.article} does not print “{described.words}”"
            printed = evidence.prints(described.words, head.form.texts)
            entry.must(printed, (*at, "as"), wrong, "copy the words from the article")


def _unnamed(content: Content) -> None:
    """Nobody is listed for nothing; not asked before all articles are right."""
    if any(draft.head.source.problems for draft in content.drafts) or not content.drafts:
        return
    texts = [text for draft in content.drafts for text in draft.head.form.texts]
    for entry in content.entries[Person]:
        here = entry.form.id in content.known["person"].used or evidence.names(entry.form, texts)
        wrong = f"no article is by, quotes or names {entry.form.name}"
        mend = "remove the entry, or add the name as printed to `aliases`"
        entry.must(here or "id" in entry.broken, "name", wrong, mend)


def _event(entry: Entry[Event], known: Mapping[str, Names]) -> None:
    """An event is dated by a claim or by a source of ours, and never by both."""
    form, of_claim = entry.form, entry.form.id in known["claim"].given
    entry.must(not of_claim, "id", f"`{form.id}` is the id of a claim", "choose another")
    if entry.broken.isdisjoint({"claim", "source", "confidence"}):
        right = (bool(form.source), bool(form.confidence)) == (not form.claim, not form.claim)
        mend = "let a claim date it, or a source of ours with its confidence, and not both"
        entry.must(right, (), "is dated by both, by neither, or by half", mend)
    if form.claim:
        known["claim"].use(form.claim, partial(entry.wrong, "claim"))


def _disagreement(
    entry: Entry[Disagreement], content: Content, grounds: Mapping[str, Ground]
) -> None:
    """A disagreement is a question with two sides of claims, and nobody stands on both."""
    form, said = entry.form, dict[str, tuple[str, ...]]()
    entry.must(form.themes, "themes", "has no theme", "name at least one")
    _listed(entry, "themes", content.known["theme"])
    for draft in content.drafts:
        article = draft.head.form
        said |= {c.id: c.speakers or article.authors or (article.id,) for c in draft.claims}
    sides = list[set[str]]()
    for number, side in enumerate(form.sides):
        at = ("sides", number)
        entry.must(side, at, "is empty", "name the claims that stand on it")
        for id in side:
            content.known["claim"].use(id, partial(entry.wrong, at))
        sides.append({who for id in side for who in said.get(id, ())})
    for who in sorted(set.intersection(*sides) if sides else ()):
        wrong = f"{who} stands on both sides, and nobody is set against himself"
        entry.wrong("sides", wrong, "leave his claims out on one of them")
    for key in ("matter", "note"):
        _ours(entry, key, [grounds.get(id) for side in form.sides for id in side])
