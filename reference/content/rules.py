"""The editorial rules: what content must hold to be served, and what is said where it does not.

No rule stops at the first thing that is wrong, and none says again what was said of a key already:
a value that could not be read is None, and nothing is said of it.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any

from reference import evidence
from reference.content.claims import Draft
from reference.content.files import MOVED
from reference.content.folder import Content
from reference.content.forms import Entry, texts_in
from reference.content.marks import Ground, misquoted, odd_mark, unfit
from reference.content.names import Register
from reference.content.prose import ProseRules
from reference.content.reading import Source, Steps
from reference.records import (
    Article,
    Claim,
    Date,
    Disagreement,
    Event,
    Outcome,
    Person,
    Site,
    Term,
    Theme,
)

NOT_OURS = {
    "authors",
    "contact",
    "date_source",
    "doi",
    "id",
    "omitted",
    "printed",
    "quote",
    "source",
    "speakers",
    "url",
}
"""The keys of addresses and names, and of words that are held against an article."""
VERDICTS_ON_DEMANDS = ("met", "partly met", "not met", "open")
VERDICTS = ("borne out", "partly", "not borne out", "open")


def hold(content: Content) -> None:
    """Hold all but the articles against the rules; problems are noted in the content's sources."""
    grounds = grounds_of(content)
    prose_rules = ProseRules(content.claims, grounds)
    for source in content.sources:
        _texts(source)
    _site(content.site, content)
    for number, edition in enumerate(content.edition.get("editions") or ()):
        not_after_edition(
            content.edition,
            ("editions", number, "date"),
            edition.date,
            content,
        )
    for person in content.people.entries:
        _person(person, content)
    for theme in content.themes.entries:
        _theme(theme)
        prose_rules.hold(theme)
    if content.opening:
        prose_rules.hold(content.opening)
    if content.about:
        _about(content.about)
    _titles(content.themes)
    for term in content.terms.entries:
        _term(term, content.articles)
    for event in content.events.entries:
        _event(event, content.claims)
    for disagreement in content.disagreements.entries:
        _disagreement(disagreement, content, grounds)
    for outcome in content.outcomes.entries:
        _outcome(outcome, content)
    _moved(content)


def hold_names(content: Content) -> None:
    """Say of each name that is used and not given, or given for nothing, what is wrong.

    To be asked when all other rules have said which names they use.
    """
    for register in content.registers:
        register.settle()
    _unnamed(content)


def grounds_of(content: Content) -> dict[str, Ground]:
    """Return what our prose may quote of each claim and event, by id."""
    grounds: dict[str, Ground] = {}
    for id, event in content.events.given.items():
        what = event.get("what") or ""
        grounds[id] = Ground(quote=what, free=(what,))
    for draft in content.drafts.values():
        grounds |= draft.grounds
    return grounds


def _texts(source: Source) -> None:
    """What is written under keys is plain text, with the marks ‘ ’ “ ”."""
    for path, text in texts_in(source.data):
        if _last_key(path) in NOT_OURS:
            continue
        fault = unfit(text)
        if fault:
            source.wrong(path, fault.wrong, fault.mend)
        elif path and isinstance(path[-1], int) and _is_first_half(text):
            wrong = f"`{text}` is cut at a comma: marks like “ ” hold no entry together"
            source.wrong(
                path, wrong, "put the entry in straight double quotes"
            )


def _is_first_half(text: str) -> bool:
    """Return whether a text has an opening mark whose other half is missing."""
    return "“" in text and "”" not in text


def _last_key(path: Steps) -> str:
    """Return the key that a text stands under: `speakers` of `("claims", 3, "speakers", 0)`."""
    for step in reversed(path):
        if isinstance(step, str):
            return step
    return ""


def quotes_rightly(
    entry: Entry[Any], key: str, grounds: Iterable[Ground | None]
) -> None:
    """Words of ours put in quotation marks what may be quoted."""
    text = entry.get(key)
    if not text:
        return
    for fault in misquoted(text, list(grounds)):
        entry.wrong(key, fault.wrong, fault.mend)


def names_each_once(
    entry: Entry[Any], key: str, register: Register[Any]
) -> None:
    """A list of names has none twice, and names what there is."""
    names = entry.get(key) or ()
    names_once = set(names)
    if len(names_once) < len(names):
        entry.wrong(key, "names the same one twice", "remove one")
    tell = partial(entry.wrong, key)
    for name in names:
        register.use(name, tell)


# The site


def _site(site: Entry[Site], content: Content) -> None:
    """Each example of a search finds something: one text of the library has all its words."""
    examples = site.get("examples") or ()
    if not examples or not content.articles_are_right:
        return
    for number, example in enumerate(examples):
        wanted = _words_of(example)
        if any(wanted <= _words_of(text) for text in _searched(content)):
            continue
        wrong = f"`{example}` finds nothing: no claim, passage, person or theme has all its words"
        mend = "write words as an article prints them, or remove it"
        site.wrong(("try", number), wrong, mend)


def _words_of(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _searched(content: Content) -> Iterable[str]:
    """Yield the texts that a search finds."""
    for draft in content.drafts.values():
        yield draft.head.get("title") or ""
        yield from draft.texts
        for claim in draft.listed:
            yield claim.get("says") or ""
    for person in content.people.entries:
        name = person.get("name") or ""
        aliases = person.get("aliases") or ()
        yield " ".join([name, *aliases])
    for theme in content.themes.entries:
        yield theme.get("title") or ""


# People


def _person(entry: Entry[Person], content: Content) -> None:
    """Somebody is sorted by surname, and said to be somebody in words that an article prints."""
    _sorted_by_surname(entry)
    for number, description in enumerate(entry.get("described") or ()):
        article = description.article
        words = description.words
        tell = partial(entry.wrong, ("described", number, "article"))
        content.articles.use(article, tell)
        draft = content.drafts.get(article)
        if draft and not _prints(draft, words):
            entry.wrong(
                ("described", number, "as"),
                f"{article} does not print “{words}”",
                "copy the words from the article",
            )


def _prints(draft: Draft, words: str) -> bool:
    """Return whether an article prints some words, or could not be read so far."""
    is_unread = not draft.passages or "masthead" in draft.head.broken
    return is_unread or evidence.prints(words, draft.texts)


def _sorted_by_surname(entry: Entry[Person]) -> None:
    """`sort` is surname, comma, given name, of the same letters as the name."""
    if entry.get("kind") == "organisation":
        return
    name = entry.get("name")
    sort = entry.get("sort")
    if name is None or sort is None:
        return
    if "," in name and name == sort:
        surname, _, first_names = name.partition(",")
        mend = f"write `{first_names.strip()} {surname}`"
        entry.wrong("name", "has the surname first, as `sort` has it", mend)
        return
    first_names, _, last_name = name.rpartition(" ")
    mend = f"write `{last_name}, {first_names}`, or `kind: organisation` if it is one"
    if first_names and "," not in sort:
        entry.wrong("sort", "has no comma after the surname", mend)
    before_comma, _, _ = sort.partition(",")
    surname = before_comma.strip()
    if not evidence.prints(surname, [name]):
        wrong = f"has the surname {surname}, which the name {name} has not"
        entry.wrong("sort", wrong, mend)


def _unnamed(content: Content) -> None:
    """Nobody is listed for nothing; not asked before all articles are right."""
    if not content.articles_are_right:
        return
    silent = []  # who neither writes an article nor is quoted in one
    for person in content.people.forms().values():
        if person.id not in content.people.used:
            silent.append(person)
    texts = {id: draft.texts for id, draft in content.drafts.items()}
    finder = evidence.NameFinder(silent, texts)
    for person in silent:
        if not finder.articles_naming(person):
            wrong = f"no article is by, quotes or names {person.name}"
            mend = "remove the entry, or add the name as printed to `aliases`"
            content.people.given[person.id].wrong("name", wrong, mend)


# Themes, terms, events


def _theme(entry: Entry[Theme]) -> None:
    """No two headings of a theme are one."""
    seen: set[str] = set()
    for block in entry.get("blocks") or ():
        if block.heading in seen:
            wrong = f"the heading “{block.heading}” stands here twice"
            entry.source.wrong_in(block.heading, "prose", wrong, "rename one")
        if block.heading:
            seen.add(block.heading)


def _about(entry: Entry[Theme]) -> None:
    """What the editor says of the site itself is plain text, and cites no claim."""
    for block in entry.get("blocks") or ():
        for text in block.texts or (block.heading,):
            fault = odd_mark(text)
            if fault:
                entry.source.wrong_in(text, "prose", *fault)
            elif block.claims:
                mend = "say it in the opening or in a theme, which may"
                entry.source.wrong_in(text, "prose", "cites a claim", mend)


def _titles(themes: Register[Theme]) -> None:
    """No two themes have one title."""
    by_title: dict[str, str] = {}
    for name, entry in themes.given.items():
        title = entry.get("title")
        if not title:
            continue
        key = title.casefold()
        if key in by_title:
            wrong = f"the theme {by_title[key]} has this title too"
            entry.wrong("title", wrong, "rename one, or merge the two")
        by_title[key] = name


def _term(entry: Entry[Term], articles: Register[Article]) -> None:
    """A term is explained, and its source is an address or an article."""
    is_explained = entry.get("meaning") or entry.get("expansion")
    is_readable = entry.broken.isdisjoint({"meaning", "expansion"})
    if is_readable and not is_explained:
        mend = (
            "add `meaning`, or `expansion` for what an abbreviation stands for"
        )
        entry.wrong("term", "is not explained", mend)
    source = entry.get("source")
    if source and "://" not in source:
        articles.use(source, partial(entry.wrong, "source"))


def _event(entry: Entry[Event], claims: Register[Claim]) -> None:
    """An event is dated by a claim or by a source of ours, and never by both."""
    id = entry.get("id")
    if id in claims.given:
        entry.wrong("id", f"`{id}` is the id of a claim", "choose another")
    claim = entry.get("claim")
    if claim:
        claims.use(claim, partial(entry.wrong, "claim"))
    if entry.broken.isdisjoint({"claim", "source", "confidence"}):
        _dated_by_one(entry)


def _dated_by_one(entry: Entry[Event]) -> None:
    """A claim dates an event alone; a source of ours does with its confidence."""
    has_claim = bool(entry.get("claim"))
    has_source = bool(entry.get("source"))
    has_confidence = bool(entry.get("confidence"))
    if has_source != has_confidence or has_claim == has_source:
        wrong = "is dated by both, by neither, or by half"
        mend = "let a claim date it, or a source of ours with its confidence, and not both"
        entry.wrong((), wrong, mend)


# Disagreements and outcomes


def _disagreement(
    entry: Entry[Disagreement], content: Content, grounds: Mapping[str, Ground]
) -> None:
    """A disagreement has two sides of claims, and nobody stands on both."""
    has_themes(entry, content.themes)
    sides = entry.get("sides")
    if sides is None:
        return
    speakers = []
    for number, side in enumerate(sides):
        at = ("sides", number)
        if not side:
            entry.wrong(at, "is empty", "name the claims that stand on it")
        for claim in side:
            content.claims.use(claim, partial(entry.wrong, at))
        speakers.append(_speakers(side, grounds))
    for name in sorted(set.intersection(*speakers)):
        wrong = (
            f"{name} stands on both sides, and nobody is set against himself"
        )
        entry.wrong(
            "sides",
            wrong,
            "leave his claims out on one of them",
        )
    quoted = [grounds.get(claim) for side in sides for claim in side]
    quotes_rightly(entry, "matter", quoted)
    quotes_rightly(entry, "note", quoted)


def _speakers(
    claims: Collection[str], grounds: Mapping[str, Ground]
) -> set[str]:
    """Return whose words some claims are."""
    speakers: set[str] = set()
    for claim in claims:
        if claim in grounds:
            speakers.update(grounds[claim].speakers)
    return speakers


def has_themes(entry: Entry[Any], themes: Register[Theme]) -> None:
    """A record is filed under themes that there are."""
    is_not_empty(entry, "themes", "name at least one theme")
    names_each_once(entry, "themes", themes)


def is_not_empty(entry: Entry[Any], key: str, mend: str) -> None:
    """A list that could be read has something in it."""
    items = entry.get(key)
    if items is not None and not items:
        entry.wrong(key, "is empty", mend)


def _outcome(entry: Entry[Outcome], content: Content) -> None:
    """An outcome is of claims, is sourced, and has a verdict that fits what was said."""
    is_not_empty(entry, "claims", "name what was said then")
    names_each_once(entry, "claims", content.claims)
    is_not_empty(entry, "sources", "add where it can be read")
    for number, source in enumerate(entry.get("sources") or ()):
        at = ("sources", number, "date")
        not_after_edition(entry, at, source.date, content)
    _verdict(entry)


def _verdict(entry: Entry[Outcome]) -> None:
    """Demands are met or not; all else is borne out or not."""
    kind = entry.get("kind")
    verdict = entry.get("verdict")
    if kind is None or verdict is None:
        return
    fitting = VERDICTS_ON_DEMANDS if kind == "demand" else VERDICTS
    if verdict not in fitting:
        wrong = f"`{verdict}` is no verdict on a {kind}"
        entry.wrong("verdict", wrong, f"write {', '.join(fitting)}")


def not_after_edition(
    entry: Entry[Any],
    at: tuple[str | int, ...],
    date: Date | None,
    content: Content,
) -> None:
    """What is read here had appeared when the content was last changed."""
    edition = content.edition.get("date")
    if not date or not edition:
        return
    latest = date.last or date.first
    edition_as_exact = edition.first[
        : len(latest)
    ]  # 2012 of 2012-06-20, for 2011
    if latest > edition_as_exact:
        wrong = (
            f"{date.edtf} is after the date in edition.yaml, {edition.edtf}"
        )
        mend = "mend the date, or set that of edition.yaml to the day of your change"
        entry.wrong(at, wrong, mend)


def _moved(content: Content) -> None:
    """A claim that went leads to one that is there."""
    source = next(
        source
        for source in content.sources
        if source.file.endswith(f"/{MOVED}")
    )
    for old, new in content.claims.moved.items():
        tell = partial(source.wrong, (old,))
        if old == new:
            tell("leads to itself", "write the claim that took its place")
            continue
        if old in content.claims.given:
            tell(
                f"the claim `{old}` is still there",
                "remove this line, or the claim",
            )
        content.claims.use(str(new), tell)
