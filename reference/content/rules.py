"""The editorial rules: what content must hold to be served, and what is said where it does not.

Each rule looks at drafts and entries as read and notes what is wrong in their source, with the
line; none of them stops at the first.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date as calendar_date
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Generic
from urllib.parse import urlsplit

from reference import evidence
from reference.content import prose, quoting
from reference.content.forms import ArticleForm, ClaimForm, EventForm, Form
from reference.content.reading import Source, Steps
from reference.records import (
    Abbreviation,
    Block,
    Claim,
    Date,
    Disagreement,
    Note,
    Passage,
    Person,
    Span,
    Theme,
)

LONGEST_NAME = 16
"""Characters: what a picture has room for beside an event."""
RESERVED = {"page"}  # /claims/page/2/ is a list's second page
MARKDOWN = re.compile(r"!?\[[^\]]*\]\([^)]*\)|^\|.*\|$|^(?:```|~~~|>)")
"""Links, images, tables, code and block quotations."""


@dataclass(frozen=True)
class Entry(Generic[Form]):
    """A form as read, and where in its file it stands."""

    source: Source
    at: Steps
    form: Form

    def wrong(self, step: str | int | Steps, wrong: str, mend: str) -> None:
        steps = step if isinstance(step, tuple) else (step,)
        self.source.wrong((*self.at, *steps), wrong, mend)

    def unknown(self, step: str | int | Steps, what: str, name: str, known: Iterable[str]) -> None:
        near = get_close_matches(name, list(known), 1)
        mend = f"write `{near[0]}`" if near else "name one that exists"
        self.wrong(step, f"there is no {what} `{name}`", mend)


@dataclass
class Draft:
    """An article as far as it could be read.

    `torn` are the claims of which a key is wrong; `placed` are those whose words were found;
    `meant` are the passages that the others may rest on.
    """

    id: str
    source: Source
    passages: tuple[Passage, ...]
    form: ArticleForm | None = None
    claims: list[Entry[ClaimForm]] = field(default_factory=list)
    torn: list[Entry[ClaimForm]] = field(default_factory=list)
    placed: list[Claim] = field(default_factory=list)
    grounds: dict[str, quoting.Ground] = field(default_factory=dict)
    meant: set[str] = field(default_factory=set)

    @cached_property
    def marked(self) -> list[list[Span]]:
        """What each passage has in quotation marks."""
        return quoting.stretches([passage.text for passage in self.passages])

    @property
    def texts(self) -> list[str]:
        """Everything the article prints, as far as it is kept."""
        return [*(p.text for p in self.passages), *(self.form.masthead if self.form else ())]

    @property
    def claim_ids(self) -> Iterator[str]:
        """The ids its claims have, those of claims that could not be read included."""
        listed = self.source.data.get("claims") if isinstance(self.source.data, dict) else None
        for claim in listed if isinstance(listed, list) else []:
            if isinstance(claim, dict) and isinstance(claim.get("id"), str):
                yield claim["id"]


class AnyName(frozenset[str]):
    """Names that cannot all be known, as a file that holds some could not be read: any will do,
    so that one slip is not followed by a hundred false problems."""

    def __contains__(self, name: object) -> bool:
        return True


def hold(
    drafts: list[Draft],
    people: Mapping[str, Entry[Person]],
    themes: Mapping[str, Entry[Theme]],
    glossary: Mapping[str, Entry[Abbreviation]],
    events: Mapping[str, Entry[EventForm]],
    disputes: Mapping[str, Entry[Disagreement]],
    moved: tuple[Source, Mapping[str, str]] | None,
    opening: tuple[Source, tuple[Block, ...]] | None,
    unread: Collection[str] = (),
) -> None:
    """Hold all content against all rules; problems are noted in its sources.

    `unread` are the parts (`articles`, `themes`, `people.yaml`) not all of which could be read.
    """

    def names(part: str, found: Iterable[str]) -> frozenset[str]:
        return AnyName(found) if part in unread else frozenset(found)

    known = names("articles", (id for draft in drafts for id in draft.claim_ids))
    articles = names("articles", (draft.id for draft in drafts))
    who, filed = names("people.yaml", people), names("themes", themes)
    seen: dict[str, str] = {}
    for draft in drafts:
        for entry in draft.claims:
            _identity(entry, seen)
            _references(draft, entry, who, filed)
            _quotation(draft, entry)
            if not entry.form.themes:
                entry.wrong("themes", "the claim has no theme", "name at least one")
        for entry in draft.torn:
            _references(draft, entry, who, filed)
            draft.meant.update(evidence.near(entry.form.quote, draft.passages))
        if draft.form:
            _record(Entry(draft.source, (), draft.form), draft.passages, who)
            _coverage(draft, draft.form)
        _plain(draft)
    _people(people, drafts, articles)
    grounds = {id: ground for draft in drafts for id, ground in draft.grounds.items()}
    for theme in themes.values():
        prose.hold(theme.source, theme.form.blocks, known, grounds)
    for abbreviation in glossary.values():
        if abbreviation.form.source not in articles:
            _address(abbreviation, "source", abbreviation.form.source)
    for event in events.values():
        _event(event, known)
    for dispute in disputes.values():
        _dispute(dispute, known, filed, drafts, grounds)
    if moved:
        _moved(*moved, known)
    if opening:
        titles = {e.form.id: quoting.Ground(e.form.what, (e.form.what,)) for e in events.values()}
        prose.hold(*opening, names("articles", {*known, *events}), grounds | titles)


def _event(event: Entry[EventForm], known: Collection[str]) -> None:
    """An event is dated by a claim or by a source of ours, and never by both."""
    form = event.form
    _slug(event)
    read_date(event.source, form.date, event.at)
    if form.id in known and not isinstance(known, AnyName):
        event.wrong("id", f"`{form.id}` is the id of a claim", "choose another")
    if len(form.name) > LONGEST_NAME:
        wrong = f"has {len(form.name)} characters, and pictures have room for {LONGEST_NAME}"
        event.wrong("name", wrong, "shorten it, and say the rest in `what`")
    if bool(form.claim) == bool(form.source):
        wrong = "has both `claim` and `source`" if form.claim else "has no `claim` and no `source`"
        event.wrong((), wrong, "let a claim date it, or a source of ours, and not both")
    elif bool(form.source) != bool(form.confidence):
        wrong = "`source` and `confidence` go together, and one is missing"
        event.wrong((), wrong, "say how sure our source makes it, and nothing of a claim")
    if form.claim and form.claim not in known:
        event.unknown("claim", "claim", form.claim, known)
    if form.source:
        _address(event, "source", form.source)


def _dispute(
    entry: Entry[Disagreement],
    known: Collection[str],
    themes: Collection[str],
    drafts: Iterable[Draft],
    grounds: Mapping[str, quoting.Ground],
) -> None:
    """A disagreement is a question with two sides of claims, and nobody stands on both."""
    form = entry.form
    _slug(entry)
    _once(entry, "themes")
    if not form.matter.endswith("?"):
        entry.wrong("matter", "is not a question", "ask what they disagree about, ending in ?")
    if not form.themes:
        entry.wrong("themes", "has no theme", "name at least one")
    for name in form.themes:
        if name not in themes:
            entry.unknown("themes", "theme", name, themes)
    who = {
        claim.id: set(claim.speakers) or set(draft.form.authors) or {draft.id}
        for draft in drafts
        if draft.form
        for claim in draft.placed
    }
    for number, side in enumerate(form.sides):
        if not side:
            entry.wrong(("sides", number), "is empty", "name the claims that stand on it")
        for id in side:
            if id not in known:
                entry.unknown(("sides", number), "claim", id, known)
    first, second = (set().union(*(who.get(id, set()) for id in side)) for side in form.sides)
    for name in sorted(first & second):
        wrong = f"{name} stands on both sides, and nobody is set against himself here"
        entry.wrong("sides", wrong, "take the claims of one side out")
    cited = [grounds[id] for side in form.sides for id in side if id in grounds]
    for key in ("matter", "note"):
        for wrong, mend in quoting.misquoted(getattr(form, key), cited):
            entry.wrong(key, wrong, mend)


def _moved(source: Source, moved: Mapping[str, str], known: Collection[str]) -> None:
    """A claim that went leads to one that is there."""
    for old, new in moved.items():
        if not is_slug(old):
            wrong = f"`{old}` cannot be an address"
            source.wrong((old,), wrong, "use lower-case letters, digits and hyphens")
        if old in known and not isinstance(known, AnyName):
            mend = "remove this line, or the claim"
            source.wrong((old,), f"the claim `{old}` is still there", mend)
        if new not in known:
            near = get_close_matches(str(new), list(known), 1)
            mend = f"write `{near[0]}`" if near else "name a claim that exists"
            source.wrong((old,), f"leads to `{new}`, and there is no such claim", mend)


def is_slug(id: str) -> bool:
    """Whether an id can stand in an address."""
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id) is not None and id not in RESERVED


def _slug(entry: Entry[Any]) -> None:
    if not is_slug(entry.form.id):
        wrong = f"`{entry.form.id}` cannot be an address"
        entry.wrong("id", wrong, "use lower-case letters, digits and hyphens")


def _once(entry: Entry[Any], *keys: str) -> None:
    """None of these lists names the same thing twice."""
    for key in keys:
        if len(set(getattr(entry.form, key))) < len(getattr(entry.form, key)):
            entry.wrong(key, "names the same one twice", "remove one")


def _identity(entry: Entry[ClaimForm], seen: dict[str, str]) -> None:
    """A claim's id is an address of its own, and our sentence is a sentence."""
    id = entry.form.id
    _slug(entry)
    if id in seen:
        wrong = f"the claim id `{id}` is used already, at {seen[id]}"
        entry.wrong("id", wrong, "choose another for the newer of the two")
    seen.setdefault(id, f"{entry.source.file}:{entry.source.line((*entry.at, 'id'))}")
    says = entry.form.says
    if not re.search(r"[.?!][’”)]*\Z", says) or len(prose.sentences(says)) != 1:
        entry.wrong("says", "is not one whole sentence", "write one, ending in a full stop")
    if mark := evidence.odd_mark(says):
        entry.wrong("says", f"has the mark {mark}", "set quotation marks as ‘ ’ “ ”")


def _references(
    draft: Draft,
    entry: Entry[ClaimForm],
    people: Iterable[str],
    themes: Iterable[str],
) -> None:
    """A claim's speakers and themes exist."""
    for name in entry.form.speakers:
        if name not in people and not evidence.prints(name, draft.texts):
            entry.unknown("speakers", "person (or group the article names)", name, people)
    for name in entry.form.themes:
        if name not in themes:
            entry.unknown("themes", "theme", name, themes)
    _once(entry, "speakers", "themes")


def _quotation(draft: Draft, entry: Entry[ClaimForm]) -> None:
    """A quotation stands in exactly one place of its article."""
    try:
        passage, spans = evidence.place(entry.form.quote, draft.passages)
    except evidence.Unproven as unproven:
        entry.wrong("quote", unproven.wrong, unproven.mend)
        draft.meant.update(unproven.near)
        return
    if entry.form.voice == "direct" and not re.search("[‘“]", passage.text):
        mend = "write `reported`, or `author`"
        entry.wrong("voice", "is direct, but the passage has no quotation marks", mend)
    speakers, authors = entry.form.speakers, draft.form.authors if draft.form else ()
    own = entry.form.voice == "author" and (not speakers or bool({*speakers} & {*authors}))
    marked = draft.marked[passage.number - 1]
    ground = quoting.ground(entry.form.quote, passage.text, spans, marked, own)
    draft.grounds[entry.form.id] = ground
    for key in ("says", "note"):
        for wrong, mend in quoting.misquoted(getattr(entry.form, key), [ground]):
            entry.wrong(key, wrong, mend)
    values = vars(entry.form) | {"quote": evidence.fold(entry.form.quote)}
    draft.placed.append(Claim(**values, article=draft.id, passage=passage.id, spans=spans))


def _record(entry: Entry[ArticleForm], passages: Iterable[Passage], people: Iterable[str]) -> None:
    """An article's record: real dates and addresses, known people and passages."""
    form, texts = entry.form, {passage.id: passage.text for passage in passages}
    read_date(entry.source, form.date)
    for author in form.authors:
        if author not in people:
            entry.unknown("authors", "person", author, people)
    _once(entry, "authors")
    for key in ("url", "date_source"):
        if getattr(form, key):
            _address(entry, key, getattr(form, key))
    if form.doi and not re.fullmatch(r"10\.\d{4,9}/[^\s\"<>]+", form.doi):
        entry.wrong("doi", f"`{form.doi}` is not a DOI", "write it like 10.1136/bmj.e4278")
    _notes(entry, form.notes)
    for key in ("corrections", "notes"):
        for index, item in enumerate(getattr(form, key)):
            if item.passage and item.passage not in texts:
                entry.unknown((key, index), "passage", item.passage, texts)
    for index, correction in enumerate(form.corrections):
        count = texts.get(correction.passage, correction.reads).count(correction.reads)
        if correction.printed == correction.reads:
            wrong = "`printed` and `reads` are the same"
            entry.wrong(
                ("corrections", index), wrong, "write what the article prints, or remove it"
            )
        elif count != 1:
            wrong = f"does not apply: {correction.passage} has “{correction.reads}” {count} times"
            mend = "make `reads` words that stand in the passage exactly once"
            entry.wrong(("corrections", index), wrong, mend)


def _coverage(draft: Draft, form: ArticleForm) -> None:
    """Every passage is the source of a claim or is left out for a reason, and never both.

    A passage that a claim with a fault may rest on is not said to have none.
    """
    source, left_out = draft.source, form.left_out
    covered = {claim.passage for claim in draft.placed}
    meant = covered | draft.meant
    if not draft.passages:
        source.problem(source.body_line, "body", "is empty", "add the article's text")
    for passage in draft.passages:
        if passage.id not in meant and passage.id not in left_out:
            wrong = f"no claim rests on it (“{passage.text[:50]}”)"
            mend = "add a claim, or list it under `left_out` with the reason"
            _of_passage(draft, passage, wrong, mend)
    for id in left_out:
        if id in covered:
            source.wrong(("left_out", id), "is left out, yet has a claim", "remove it here")
        elif id not in {passage.id for passage in draft.passages}:
            source.wrong(("left_out", id), f"there is no passage `{id}`", "remove it")


def _plain(draft: Draft) -> None:
    """Passages are plain text with the quotation marks ‘ ’ “ ”: nothing else would be set."""
    for passage in draft.passages:
        if mark := evidence.odd_mark(passage.text):
            mend = "set quotation marks as ‘ ’ “ ”, and the apostrophe as ’"
            _of_passage(draft, passage, f"has the mark {mark}", mend)
        if found := MARKDOWN.search(passage.text):
            wrong = f"holds Markdown that is not set here, `{found[0][:40]}`"
            _of_passage(draft, passage, wrong, "write it as plain text, or leave it out")


def _of_passage(draft: Draft, passage: Passage, wrong: str, mend: str) -> None:
    line = prose.line_of(draft.source, passage.text)
    draft.source.problem(line, passage.id, wrong, mend)


def _people(
    people: Mapping[str, Entry[Person]], drafts: list[Draft], articles: Collection[str]
) -> None:
    """Who somebody was is said in words the article prints, and nobody is listed for nothing."""
    by_id = {draft.id: draft for draft in drafts}
    claims = [entry.form for draft in drafts for entry in (*draft.claims, *draft.torn)]
    known = {who for claim in claims for who in claim.speakers}
    known |= {who for draft in drafts if draft.form for who in draft.form.authors}
    all_read = not isinstance(articles, AnyName) and all(draft.form for draft in drafts)
    others = {id: entry.form for id, entry in people.items() if id not in known}
    names_in = evidence.named((name, id) for id, person in others.items() for name in person.names)
    if others:
        known |= {id for draft in drafts for text in draft.texts for id in names_in(text)}
    for id, entry in people.items():
        _slug(entry)
        _notes(entry, entry.form.notes)
        for index, described in enumerate(entry.form.described):
            draft = by_id.get(described.article)
            if described.article not in articles:
                entry.unknown(("described", index, "article"), "article", described.article, by_id)
            elif draft and draft.form and not evidence.prints(described.words, draft.texts):
                wrong = f"{described.article} does not print “{described.words}”"
                entry.wrong(("described", index, "as"), wrong, "copy the words from the article")
        if id not in known and all_read:
            wrong = f"no article is by, quotes or names {entry.form.name}"
            entry.wrong("name", wrong, "remove the entry, or add the name as printed to `aliases`")


def _address(entry: Entry[Any], step: str | Steps, url: str) -> None:
    try:
        whole = re.fullmatch(r"https?://[^\s<>\"]+", url) and urlsplit(url).port != 0
    except ValueError:
        whole = False
    if not whole:
        entry.wrong(step, f"`{url}` is not an address", "write it whole, beginning https://")


def _notes(entry: Entry[Any], notes: Iterable[Note]) -> None:
    for index, note in enumerate(notes):
        _address(entry, ("notes", index, "source"), note.source)


def read_date(source: Source, text: str, at: Steps = ()) -> Date:
    """An EDTF day, month or year, or an interval of two, the second of which may be `..`.

    The part of EDTF (https://www.loc.gov/standards/datetime/) that bibliographic dates need; a
    date that cannot be is a problem in `source`. (The `edtf` package takes 9 ms a date, and
    fails on open intervals.)
    """
    first, slash, last = text.partition("/")
    last = last if slash else first
    try:
        start = _bound(first, "-01-01")
        end = "9999" if last == ".." else _bound(last, "-12-31")
        if start > end:
            raise ValueError("it ends before it begins")
    except ValueError as error:
        mend = "write an EDTF date: 2012-06-20, 2012-06, 2010-07-29/2010-08-31 or 2012-01-31/.."
        source.wrong((*at, "date"), f"`{text}` cannot be a date ({error})", mend)
    return Date(text, first, "" if last == ".." else last)


def _bound(text: str, rest: str) -> str:
    """A date made a day, for comparing, with as much of the `rest` of a year as it lacks."""
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
        raise ValueError("it is not written year-month-day")
    calendar_date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    return text + rest[len(text) - 4 :]
