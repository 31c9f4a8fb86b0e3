"""The editorial rules: what content must hold to be served, and what is said where it does not.

No rule stops at the first thing that is wrong, and none says again what was said of a key already:
a value that could not be read is None, and nothing is said of it.
"""

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
    Description,
    Disagreement,
    Event,
    Outcome,
    Person,
    Site,
    Term,
    Theme,
)
from reference.search.words import folded_words

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


def check(content: Content) -> None:
    """Check the rules of all but the articles; problems are reported in the content's sources."""
    for source in content.sources:
        _check_texts(source)
    _check_examples(content.site, content)
    _check_editions(content)
    grounds = grounds_of(content)
    _check_prose(content, grounds)
    _check_lists(content, grounds)
    _check_moved(content)


def _check_prose(content: Content, grounds: Mapping[str, Ground]) -> None:
    """Check the themes and the opening, whose prose cites claims, and the About text."""
    prose_rules = ProseRules(content.claims, grounds)
    for theme in content.themes.entries:
        _check_headings(theme)
        prose_rules.check(theme)
    _check_titles(content.themes)
    if content.opening:
        prose_rules.check(content.opening)
    if content.about:
        _check_about(content.about)


def _check_lists(content: Content, grounds: Mapping[str, Ground]) -> None:
    """Check each entry of the files that are lists: of people, terms, events and so on."""
    for person in content.people.entries:
        _check_person(person, content)
    for term in content.terms.entries:
        _check_term(term, content.articles)
    for event in content.events.entries:
        _check_event(event, content.claims)
    for disagreement in content.disagreements.entries:
        _check_disagreement(disagreement, content, grounds)
    for outcome in content.outcomes.entries:
        _check_outcome(outcome, content)


def check_names_used(content: Content) -> None:
    """Report names that are used and not given, and people who are given for nothing.

    To be called after all other checks, which say which names are used.
    """
    for register in content.registers:
        register.report_unknown_names()
    _check_everybody_is_named(content)


def grounds_of(content: Content) -> dict[str, Ground]:
    """Return what our prose may quote of each claim and event, by id."""
    grounds: dict[str, Ground] = {}
    for id, event in content.events.given.items():
        what = event.get("what") or ""
        grounds[id] = Ground(quote=what, quotable=(what,))
    for draft in content.drafts.values():
        grounds |= draft.grounds
    return grounds


def _check_texts(source: Source) -> None:
    """Report texts under keys that have Markdown in them, or quotation marks other than ‘ ’ “ ”."""
    for path, text in texts_in(source.data):
        if _last_key(path) in NOT_OURS:
            continue
        fault = unfit(text)
        if fault:
            source.report(path, fault.wrong, fault.mend)
        elif path and isinstance(path[-1], int) and _is_first_half(text):
            wrong = f"`{text}` is cut at a comma: marks like “ ” hold no entry together"
            source.report(
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


def check_quoting(
    entry: Entry[Any], key: str, grounds: Iterable[Ground | None]
) -> None:
    """Report words that the text under a key has in quotation marks, and may not quote.

    `grounds` say what it may quote: there is one for each claim that the text rests on. It is None
    for a claim that is not known; then no words are reported, as they may be those of that claim.
    """
    text = entry.get(key)
    if not text:
        return
    for fault in misquoted(text, list(grounds)):
        entry.report(key, fault.wrong, fault.mend)


def check_names(entry: Entry[Any], key: str, register: Register[Any]) -> None:
    """Report a name that stands twice in the list under a key, and require each to be given.

    A name that is given nowhere is reported later, when all files are read.
    """
    names = entry.get(key) or ()
    if len(set(names)) < len(names):
        entry.report(key, "names the same one twice", "remove one")
    report_at_key = partial(entry.report, key)
    for name in names:
        register.require(name, report_at_key)


# The site


def _check_editions(content: Content) -> None:
    """Report changes listed in `edition.yaml` that are later than the date of the edition."""
    for number, edition in enumerate(content.edition.get("editions") or ()):
        at = ("editions", number, "date")
        check_not_after_edition(content.edition, at, edition.date, content)


def _check_examples(site: Entry[Site], content: Content) -> None:
    """Report examples of a search (the key `try`) that find nothing.

    An example finds something if one of the texts that are searched has all of its words.
    """
    examples = site.get("examples") or ()
    if not examples or not content.articles_are_right:
        return
    for number, example in enumerate(examples):
        wanted = _words_of(example)
        if any(wanted <= _words_of(text) for text in _searched_texts(content)):
            continue
        wrong = f"`{example}` finds nothing: no claim, passage, person or theme has all its words"
        mend = "write words as an article prints them, or remove it"
        site.report(("try", number), wrong, mend)


def _words_of(text: str) -> set[str]:
    """Return the words of a text as a search compares them: “Żółć’s” is `zolc`."""
    return set(folded_words(text))


def _searched_texts(content: Content) -> Iterable[str]:
    """Yield the texts that a search finds, one for each title, passage, claim, person and theme.

    A person is found by words of the name and of the aliases together: they are one text.
    """
    for draft in content.drafts.values():
        yield draft.head.get("title") or ""
        yield from draft.texts
        for claim in draft.claim_entries:
            yield claim.get("says") or ""
    for person in content.people.entries:
        name = person.get("name") or ""
        aliases = person.get("aliases") or ()
        yield " ".join([name, *aliases])
    for theme in content.themes.entries:
        yield theme.get("title") or ""


# People


def _check_person(entry: Entry[Person], content: Content) -> None:
    """Report what is wrong with a person: the name to sort by, and how articles describe him."""
    _check_sort_name(entry)
    descriptions = entry.get("described") or ()
    for number, description in enumerate(descriptions):
        _check_description(entry, ("described", number), description, content)


def _check_description(
    entry: Entry[Person],
    at: Steps,
    description: Description,
    content: Content,
) -> None:
    """Report a description of a person that its article does not print.

    It stands in people.yaml as `{article: data-is-junk, as: a surgeon}`, and `at` is its place in
    the person's entry. An article that is given nowhere is reported when all files are read.
    """
    article = description.article
    words = description.words
    report_article = partial(entry.report, (*at, "article"))
    content.articles.require(article, report_article)
    draft = content.drafts.get(article)
    if draft and not _may_print(draft, words):
        wrong = f"{article} does not print “{words}”"
        entry.report((*at, "as"), wrong, "copy the words from the article")


def _may_print(draft: Draft, words: str) -> bool:
    """Return whether an article prints some words; True, too, if it could not be read in full."""
    is_unread = not draft.passages or "masthead" in draft.head.broken
    return is_unread or evidence.prints(words, draft.texts)


def _check_sort_name(entry: Entry[Person]) -> None:
    """Report a `sort` that is not the name with its surname first: `Berg, Anna` for Anna Berg.

    An organisation is sorted by its name as it is.
    """
    name = entry.get("name")
    sort = entry.get("sort")
    is_readable = name is not None and sort is not None
    if not is_readable or entry.get("kind") == "organisation":
        return
    if "," in name and name == sort:
        surname, _, first_names = name.partition(",")
        mend = f"write `{first_names.strip()} {surname}`"
        entry.report("name", "has the surname first, as `sort` has it", mend)
    else:
        _check_surname_first(entry, name, sort)


def _check_surname_first(entry: Entry[Person], name: str, sort: str) -> None:
    """Report a `sort` without a comma, or with a surname before it that the name has not."""
    first_names, _, last_name = name.rpartition(" ")
    mend = f"write `{last_name}, {first_names}`, or `kind: organisation` if it is one"
    if first_names and "," not in sort:
        entry.report("sort", "has no comma after the surname", mend)
    before_comma, _, _ = sort.partition(",")
    surname = before_comma.strip()
    if not _has_surname(name, surname):
        wrong = f"has the surname {surname}, which the name {name} has not"
        entry.report("sort", wrong, mend)


def _has_surname(name: str, surname: str) -> bool:
    """Return whether a name has a surname: as words, or, where it is written without a space, as
    letters (李明 has 李).
    """
    if " " in name:
        return evidence.prints(surname, [name])
    return surname in name


def _check_everybody_is_named(content: Content) -> None:
    """Report people whom no article quotes or names, and who wrote none.

    Only where all articles are right: else what names somebody may be what is wrong.
    """
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
            content.people.given[person.id].report("name", wrong, mend)


# Themes, terms, events


def _check_headings(entry: Entry[Theme]) -> None:
    """Report a heading that a theme has twice."""
    seen: set[str] = set()
    for block in entry.get("blocks") or ():
        if block.heading in seen:
            wrong = f"the heading “{block.heading}” stands here twice"
            entry.source.report_in_body(
                block.heading, "prose", wrong, "rename one"
            )
        if block.heading:
            seen.add(block.heading)


def _check_about(entry: Entry[Theme]) -> None:
    """Report odd quotation marks and citations of claims in what the editor says of the site."""
    for block in entry.get("blocks") or ():
        for text in block.texts or (block.heading,):
            fault = odd_mark(text)
            if fault:
                entry.source.report_in_body(text, "prose", *fault)
            elif block.claims:
                mend = "say it in the opening or in a theme, which may"
                entry.source.report_in_body(
                    text, "prose", "cites a claim", mend
                )


def _check_titles(themes: Register[Theme]) -> None:
    """Report a theme with the title of one before it, whether or not in other capitals."""
    theme_of_title: dict[str, str] = {}
    for theme, entry in themes.given.items():
        title = (entry.get("title") or "").casefold()
        if not title:
            continue
        if title in theme_of_title:
            wrong = f"the theme {theme_of_title[title]} has this title too"
            entry.report("title", wrong, "rename one, or merge the two")
        theme_of_title[title] = theme


def _check_term(entry: Entry[Term], articles: Register[Article]) -> None:
    """Report a term that is not explained; require the article that is its source, if one is."""
    is_explained = entry.get("meaning") or entry.get("expansion")
    is_readable = entry.broken.isdisjoint({"meaning", "expansion"})
    if is_readable and not is_explained:
        mend = (
            "add `meaning`, or `expansion` for what an abbreviation stands for"
        )
        entry.report("term", "is not explained", mend)
    source = entry.get("source")
    if source and "://" not in source:
        articles.require(source, partial(entry.report, "source"))


def _check_event(entry: Entry[Event], claims: Register[Claim]) -> None:
    """Report an event with the id of a claim, or dated wrongly; require the claim that dates it."""
    id = entry.get("id")
    if id in claims.given:
        entry.report("id", f"`{id}` is the id of a claim", "choose another")
    claim = entry.get("claim")
    if claim:
        claims.require(claim, partial(entry.report, "claim"))
    if entry.broken.isdisjoint({"claim", "source", "confidence"}):
        _check_event_has_one_source(entry)


def _check_event_has_one_source(entry: Entry[Event]) -> None:
    """Report an event that is not dated by one of two: a claim, or a source with a confidence."""
    has_claim = bool(entry.get("claim"))
    has_source = bool(entry.get("source"))
    has_confidence = bool(entry.get("confidence"))
    if has_source != has_confidence or has_claim == has_source:
        wrong = "is dated by both, by neither, or by half"
        mend = "let a claim date it, or a source of ours with its confidence, and not both"
        entry.report((), wrong, mend)


# Disagreements and outcomes


def _check_disagreement(
    entry: Entry[Disagreement], content: Content, grounds: Mapping[str, Ground]
) -> None:
    """Report what is wrong with a disagreement: its themes, its two sides and its quotations.

    Each side is a list of ids of claims. The question (`matter`) and the `note` may quote what the
    claims on both sides rest on. `grounds` has, by id of the claim, who speaks in it and which of
    its words may be quoted; claims that are not known have none.
    """
    check_themes(entry, content.themes)
    sides = entry.get("sides")
    if sides is None:
        return  # that they could not be read is reported already
    first_side, second_side = sides
    _check_side(entry, 0, first_side, content.claims)
    _check_side(entry, 1, second_side, content.claims)
    _check_nobody_on_both_sides(entry, first_side, second_side, grounds)
    claims = [*first_side, *second_side]
    quotable = [grounds.get(claim) for claim in claims]
    check_quoting(entry, "matter", quotable)
    check_quoting(entry, "note", quotable)


def _check_side(
    entry: Entry[Disagreement],
    number: int,
    side: Collection[str],
    claims: Register[Claim],
) -> None:
    """Report a side of a disagreement that is empty; require that its claims be given.

    A claim that is given nowhere is reported when all files are read. `number` is 0 or 1.
    """
    at = ("sides", number)
    if not side:
        entry.report(at, "is empty", "name the claims that stand on it")
    report_at_side = partial(entry.report, at)
    for claim in side:
        claims.require(claim, report_at_side)


def _check_nobody_on_both_sides(
    entry: Entry[Disagreement],
    first_side: Collection[str],
    second_side: Collection[str],
    grounds: Mapping[str, Ground],
) -> None:
    """Report everybody who has claims on both sides of a disagreement."""
    first_speakers = _speakers_of(first_side, grounds)
    second_speakers = _speakers_of(second_side, grounds)
    for name in sorted(first_speakers & second_speakers):
        wrong = (
            f"{name} stands on both sides, and nobody is set against himself"
        )
        mend = "leave his claims out on one of them"
        entry.report("sides", wrong, mend)


def _speakers_of(
    claims: Collection[str], grounds: Mapping[str, Ground]
) -> set[str]:
    """Return the people and groups whose words some claims are."""
    speakers: set[str] = set()
    for claim in claims:
        if claim in grounds:
            speakers.update(grounds[claim].speakers)
    return speakers


def check_themes(entry: Entry[Any], themes: Register[Theme]) -> None:
    """Report a record without themes, or with one twice; require that each be given."""
    check_not_empty(entry, "themes", "name at least one theme")
    check_names(entry, "themes", themes)


def check_not_empty(entry: Entry[Any], key: str, mend: str) -> None:
    """Report a list that is empty (one that could not be read is None, and reported already)."""
    items = entry.get(key)
    if items is not None and not items:
        entry.report(key, "is empty", mend)


def _check_outcome(entry: Entry[Outcome], content: Content) -> None:
    """Report an outcome without claims or sources, a source of a later day, and a wrong verdict."""
    check_not_empty(entry, "claims", "name what was said then")
    check_names(entry, "claims", content.claims)
    check_not_empty(entry, "sources", "add where it can be read")
    for number, source in enumerate(entry.get("sources") or ()):
        at = ("sources", number, "date")
        check_not_after_edition(entry, at, source.date, content)
    _check_verdict(entry)


def _check_verdict(entry: Entry[Outcome]) -> None:
    """Report a verdict that does not fit: demands are met or not, all else is borne out or not."""
    kind = entry.get("kind")
    verdict = entry.get("verdict")
    if kind is None or verdict is None:
        return
    fitting = VERDICTS_ON_DEMANDS if kind == "demand" else VERDICTS
    if verdict not in fitting:
        wrong = f"`{verdict}` is no verdict on a {kind}"
        entry.report("verdict", wrong, f"write {', '.join(fitting)}")


def check_not_after_edition(
    entry: Entry[Any],
    at: tuple[str | int, ...],
    date: Date | None,
    content: Content,
) -> None:
    """Report a date that is later than the day of the content’s edition.

    Of an interval its last date is compared, or its first if it is open. A year is compared with
    the year of the edition, a month with its month: 2012 is not after 2012-06-20.
    """
    edition = content.edition.get("date")
    if not date or not edition:
        return
    latest = date.last or date.first
    edition_as_exact = edition.first[: len(latest)]
    if latest > edition_as_exact:
        wrong = (
            f"{date.edtf} is after the date in edition.yaml, {edition.edtf}"
        )
        mend = "mend the date, or set that of edition.yaml to the day of your change"
        entry.report(at, wrong, mend)


def _check_moved(content: Content) -> None:
    """Report lines of the list of moved claims that are wrong: `old id: id of the new claim`.

    A line is wrong if the old claim still exists, or is its own new one. That the new claims exist
    is checked with all names in use.
    """
    source = next(
        source
        for source in content.sources
        if source.file.endswith(f"/{MOVED}")
    )
    for old, new in content.claims.moved.items():
        report = partial(source.report, (old,))
        if old == new:
            report("leads to itself", "write the claim that took its place")
            continue
        if old in content.claims.given:
            report(
                f"the claim `{old}` is still there",
                "remove this line, or the claim",
            )
        content.claims.require(str(new), report)
