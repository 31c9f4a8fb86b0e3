"""The rules of articles and their claims: whose words they are, and that none is passed over."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from reference import evidence
from reference.content import explaining, prose
from reference.content.claims import Draft
from reference.content.folder import Content
from reference.content.forms import Entry
from reference.content.marks import Ground, odd_mark
from reference.content.names import SLUG, Register
from reference.content.reading import Steps
from reference.content.rules import (
    check_not_after_edition,
    check_quoting,
    check_themes,
)
from reference.records import Claim, Passage, Person

ClaimEntry = Entry[Claim]
People = Register[Person]
PrintedNames = Mapping[str, str]
"""Names under which somebody may be printed, as their letters alone -> the person's id."""
TITLED = re.compile(
    r"(Dr|Mr|Mrs|Ms|Miss|Prof|Professor|Sir|Dame|Lord|Lady|Baroness)\.? [^\W\d_]"
)
"""How a person is named, and no group."""


def check(content: Content) -> None:
    """Check the rules of all articles and their claims; problems are noted in their sources."""
    printed_names = names_of_people(content.people)
    for draft in content.drafts.values():
        _check_article(draft, content, printed_names)
        for entry in draft.listed:
            _check_claim(draft, entry, content, printed_names)
        _check_passages(draft)


def names_of_people(people: People) -> dict[str, str]:
    """Return the names under which people may be printed, as letters alone -> the person's id.

    Of Dr Anna Berg: `annaberg`, `berg`, `berganna`, `drberg` and `drannaberg`.
    """
    ids: dict[str, str] = {}
    for id, entry in people.given.items():
        person = entry.form
        if person is None:
            continue
        names = [*person.names, person.surname, person.sort]
        for title in person.titles:
            names.append(f"{title} {person.surname}")
            names.append(f"{title} {person.name}")
        for name in names:
            letters = letters_of(name)
            ids.setdefault(letters, id)
    return ids


def letters_of(name: str) -> str:
    """Return a name without marks, capitals and accents: Tom O'Brien is Tom O’Brien."""
    return explaining.reading_of(name).signs


# Articles


def _check_article(
    draft: Draft, content: Content, printed_names: PrintedNames
) -> None:
    """Note what is wrong with an article’s authors, date, text, and naming of its passages."""
    _check_authors(draft, content.people, printed_names)
    check_not_after_edition(
        draft.head,
        ("date",),
        draft.head.get("date"),
        content,
    )
    source = draft.source
    if draft.passages and not draft.has_markup:
        _check_passages_named(draft)
        _check_corrections(draft)
    is_empty = not draft.passages and not source.problems
    if is_empty:
        mend = "add the article’s text"
        source.problem("body", "is empty", mend, source.body_line)


def _check_authors(
    draft: Draft, people: People, printed_names: PrintedNames
) -> None:
    """Note an author named twice, or by a printed name; remember the others as used."""
    head = draft.head
    authors = head.get("authors") or ()
    is_twice = len(set(authors)) < len(authors)
    if is_twice:
        head.wrong("authors", "names the same one twice", "remove one")
    note_problem = partial(head.wrong, "authors")
    for author in authors:
        if not _note_printed_name(head, "authors", author, printed_names):
            people.use(author, note_problem)


def _check_passages_named(draft: Draft) -> None:
    """Note a passage that `left_out`, `notes` or `corrections` name, and the article has not."""
    ids = {passage.id for passage in draft.passages}
    mend = f"name one of p1 to p{len(ids)}, or remove it"
    for naming in _passages_named(draft):
        if naming.passage not in ids:
            draft.head.wrong(
                naming.place, f"there is no passage `{naming.passage}`", mend
            )


def _check_corrections(draft: Draft) -> None:
    """Note a correction whose words (`reads`) do not stand exactly once in its passage."""
    texts = {passage.id: passage.text for passage in draft.passages}
    corrections = draft.head.get("corrections") or ()
    for number, correction in enumerate(corrections):
        passage = correction.passage
        words = correction.reads
        if passage not in texts:
            continue  # it is said already
        count = texts[passage].count(words)
        if count == 1:
            continue
        wrong = f"does not apply: {passage} has “{words}” {count} times"
        mend = "make `reads` words that stand in the passage exactly once"
        draft.head.wrong(("corrections", number), wrong, mend)


def _note_printed_name(
    entry: Entry[Any], key: str, name: str, printed_names: PrintedNames
) -> bool:
    """Note that a person's printed name stands where an id belongs; return whether it does.

    `name` is written under the key of an entry: “Dr Anna Berg”, where `anna-berg` belongs.
    """
    looks_like_an_id = "-" in name and SLUG.fullmatch(name)
    if looks_like_an_id:
        return False
    id = printed_names.get(letters_of(name)) or _person_in(name, printed_names)
    is_the_id_itself = id == name  # of one word: `nice` is printed as “NICE”
    if id is None or is_the_id_itself:
        return False
    entry.wrong(
        key,
        f"`{name}` is the printed name of a person",
        f"write `{id}`",
    )
    return True


def _person_in(name: str, printed_names: PrintedNames) -> str | None:
    """Return the id of the person named at the beginning or the end of a longer name.

    Tom O’Brien is named in “Tom O’Brien, the union’s leader”, but not in “Tom O’Brien’s friends”.
    Parts of two words and more are looked up, longer ones first. None if no part is a name.
    """
    words = name.split()
    for length in reversed(range(2, len(words))):
        for part in (words[:length], words[-length:]):
            is_possessive = part[-1].endswith(("’s", "’"))
            if is_possessive:
                continue
            id = printed_names.get(letters_of(" ".join(part)))
            if id:
                return id
    return None


class _Naming(NamedTuple):
    """A place of the front matter that names a passage: `("notes", 0, "passage")` names p3."""

    place: Steps
    passage: str


def _passages_named(draft: Draft) -> list[_Naming]:
    """Return each place of the front matter that names a passage, with the passage.

    Reasons to leave a passage out, notes and corrections name one each.
    """
    left_out = draft.head.get("left_out") or {}
    namings = []
    for passage in left_out:
        naming = _Naming(("left_out", passage), passage)
        namings.append(naming)
    for key in ("notes", "corrections"):
        items = draft.head.get(key) or ()
        for number, item in enumerate(items):
            if item.passage:
                naming = _Naming((key, number, "passage"), item.passage)
                namings.append(naming)
    return namings


def _check_passages(draft: Draft) -> None:
    """Note passages with wrong quotation marks, and those that are not accounted for.

    Each passage has a claim that quotes it, or a reason under `left_out`, and not both.
    """
    left_out = draft.head.get("left_out") or {}
    covered = {claim.passage for claim in draft.claims.values()}
    for id in left_out:
        if id in covered:
            draft.head.wrong(
                ("left_out", id), "has a claim all the same", "remove it"
            )
    uncovered = []
    for passage in draft.passages:
        fault = odd_mark(passage.text)
        if fault:
            draft.source.wrong_in(
                passage.text,
                passage.id,
                fault.wrong,
                fault.mend,
                fault.bit,
            )
        elif passage.id not in covered and passage.id not in left_out:
            uncovered.append(passage)
    if not _may_have_claims(uncovered, draft):
        for passage in uncovered:
            _note_without_claim(draft, passage)


def _may_have_claims(uncovered: Sequence[Passage], draft: Draft) -> bool:
    """Return whether passages may be without a claim only because of another problem.

    The other problem is noted already: the list of claims cannot be read, a reason to leave a
    passage out names one that does not exist, or some claims have a quotation that was not found.
    Such claims may be those of the passages, if there are at least as many.
    """
    has_broken_keys = not draft.head.broken.isdisjoint({"claims", "left_out"})
    if draft.has_markup or has_broken_keys:
        return True
    passages = {passage.id for passage in draft.passages}
    left_out = draft.head.get("left_out") or {}
    is_wrong_passage_left_out = not passages.issuperset(left_out)
    if is_wrong_passage_left_out:
        return True  # one of the uncovered passages may be meant
    claims_not_placed = len(draft.listed) - len(draft.claims)
    return claims_not_placed >= len(uncovered)


def _note_without_claim(draft: Draft, passage: Passage) -> None:
    wrong = f"no claim rests on it (“{passage.text[:50]}”)"
    mend = "add a claim, or list it under `left_out` with the reason"
    draft.head.source.wrong_in(passage.text, passage.id, wrong, mend)


# Claims


def _check_claim(
    draft: Draft,
    entry: ClaimEntry,
    content: Content,
    printed_names: PrintedNames,
) -> None:
    """Note everything that is wrong with a claim, once its quotation was sought."""
    ground = draft.grounds.get(entry.get("id") or "")
    _check_sentence(draft, entry, ground)
    if ground:
        _check_direct_voice(entry, ground)
        _check_named(draft, entry)
    _check_speakers(draft, entry, content, printed_names)
    _check_authors_voice(draft, entry, content.people)
    check_themes(entry, content.themes)
    _check_repeats(draft, entry)


def _check_sentence(
    draft: Draft, entry: ClaimEntry, ground: Ground | None
) -> None:
    """Note a `says` that is not one sentence, quotes wrongly, or does not show an inferred speaker.

    If the article names no speaker, `says` has the words “taken to be”, and `named` the article’s
    words for whoever speaks: one of the two alone is wrong. `ground` says what `says` may quote;
    None if the claim’s quotation was not found.
    """
    says = entry.get("says")
    if says is None:
        return
    is_one = prose.WHOLE.search(says) and len(prose.sentences(says)) == 1
    if not is_one:
        mend = "write one, ending in a full stop"
        entry.wrong("says", "is not one whole sentence", mend)
    says_inferred = "taken to be" in says
    has_named = bool(entry.get("named"))
    if says_inferred != has_named:
        mend = "add `named`, the article’s words for whoever speaks; or leave both out"
        entry.wrong("says", "and `named` differ on who is taken to be", mend)
    check_quoting(entry, "says", [ground])
    check_quoting(entry, "note", [ground])


def _check_direct_voice(entry: ClaimEntry, ground: Ground) -> None:
    """Note a claim in the direct voice that quotes words outside the article’s quotation marks.

    Of the words that the claim quotes, `ground.free` has those inside the article’s marks, and
    `ground.outside` the rest.
    """
    if entry.get("voice") != "direct":
        return
    if not ground.free:
        wrong = "is direct, but the passage has no quotation marks round these words"
        entry.wrong("voice", wrong, "write `reported`, or `author`")
    elif re.search(r"\w", ground.outside):
        words = " ".join(re.findall(r"\S*\w\S*", ground.outside))
        wrong = f"is direct, but the passage has “{words[:80]}” outside its quotation marks"
        entry.wrong(
            "voice",
            wrong,
            "quote only words in marks, joined by …, or write `reported`",
        )


def _check_authors_voice(
    draft: Draft, entry: ClaimEntry, people: People
) -> None:
    """Note a claim in the article’s own voice that is credited to others than its authors."""
    if entry.get("voice") != "author":
        return
    speakers = set(entry.get("speakers") or ())
    authors = set(draft.head.get("authors") or ())
    if not authors <= people.given.keys():
        return  # who wrote the article is not clear, which is said
    if speakers and speakers.isdisjoint(authors):
        wrong = "is the article’s own, but its speakers are others"
        entry.wrong("voice", wrong, "write `reported`, or `speakers: []`")


def _check_named(draft: Draft, entry: ClaimEntry) -> None:
    """Note a `named` that neither the passage of the claim nor the title prints."""
    named = entry.get("named")
    if not named:
        return
    claim = draft.claims[entry.get("id")]
    passage = draft.passage_of(claim)
    title = draft.head.get("title") or ""
    if not evidence.prints(named, [passage.text, title]):
        wrong = f"neither {passage.id} nor the title prints “{named}”"
        entry.wrong("named", wrong, "copy the words from the article")


def _check_speakers(
    draft: Draft,
    entry: ClaimEntry,
    content: Content,
    printed_names: PrintedNames,
) -> None:
    """Note speakers who are neither known people nor groups as printed, or not named in `says`."""
    speakers = entry.get("speakers") or ()
    is_twice = len(set(speakers)) < len(speakers)
    if is_twice:
        entry.wrong("speakers", "names the same one twice", "remove one")
    for speaker in speakers:
        if _note_printed_name(entry, "speakers", speaker, printed_names):
            continue
        if speaker in content.people.given:
            content.people.use(speaker, partial(entry.wrong, "speakers"))
        elif draft.passages:  # else it may be a group that the article prints
            _check_group(draft, entry, speaker, content.people)
        _check_sentence_names(entry, speaker, content.people)


def _check_group(
    draft: Draft, entry: ClaimEntry, speaker: str, people: People
) -> None:
    """Note a speaker that the article does not print so, or that is a person: “Dr Jane Roe”."""
    if not evidence.prints(speaker, draft.texts):
        people.use(speaker, partial(entry.wrong, "speakers"))
    elif TITLED.match(speaker):
        mend = "add the person to people.yaml, and write the id"
        entry.wrong(
            "speakers", f"`{speaker}` is the printed name of a person", mend
        )


def _check_sentence_names(
    entry: ClaimEntry, speaker: str, people: People
) -> None:
    """Note a `says` that does not name its speaker.

    Anna Berg is named by “Berg” or by an alias, the group “junior doctors” by either word.
    """
    says = entry.get("says")
    if says is None:
        return
    person = people.form(speaker)
    if person:
        printed_name = person.name
        last_word = printed_name.split()[-1]
        names = [person.surname, last_word, *person.names]
    elif speaker in people.given or speaker in people.used:
        return  # what is wrong with the speaker is said already
    else:
        printed_name = speaker
        long_words = re.findall(r"\w{3,}", speaker)
        names = long_words or [speaker]
    sentence = says.casefold()
    if not any(name.casefold() in sentence for name in names):
        wrong = f"does not name {printed_name}"
        mend = "name whoever says it: opinion is never stated as fact"
        entry.wrong("says", wrong, mend)


def _check_repeats(draft: Draft, entry: ClaimEntry) -> None:
    """Note a `repeats` that is no other claim of this article, or that itself repeats one."""
    repeats = entry.get("repeats")
    if not repeats:
        return
    others = {
        other.get("id"): other for other in draft.listed if other is not entry
    }
    if repeats not in others:
        wrong = f"there is no other claim `{repeats}` in this article"
        entry.wrong("repeats", wrong, "name the claim that says it first")
        return
    first = others[repeats].get("repeats")
    if first:
        wrong = f"`{repeats}` says again itself what `{first}` says"
        entry.wrong("repeats", wrong, f"write `{first}`")
