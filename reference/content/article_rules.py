"""The rules of articles and their claims: whose words they are, and that none is passed over."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

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
LONGEST_SHOWN = 80  # characters of a quotation in a message


def check(content: Content) -> None:
    """Check the rules of all articles and their claims; problems are reported in their sources."""
    printed_names = names_of_people(content.people)
    for draft in content.drafts.values():
        _check_article(draft, content, printed_names)
        for entry in draft.claim_entries:
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
    """Report what is wrong with an article but for its claims: authors, date, passages named, body.

    `printed_names` are those of all people, by which an author may wrongly be named.
    """
    _check_authors(draft, content.people, printed_names)
    date = draft.head.get("date")
    check_not_after_edition(draft.head, ("date",), date, content)
    is_body_read = draft.passages and not draft.has_markup
    if is_body_read:
        _check_passages_named(draft)
        _check_corrections(draft)
    _check_not_empty(draft)


def _check_not_empty(draft: Draft) -> None:
    """Report an article without text, unless other problems of its file may be why it has none."""
    source = draft.source
    if not draft.passages and not source.problems:
        source.report_on_line(
            "body", "is empty", "add the article’s text", source.body_line
        )


def _check_authors(
    draft: Draft, people: People, printed_names: PrintedNames
) -> None:
    """Report an author named twice, or by a printed name; require that the others be given."""
    head = draft.head
    authors = head.get("authors") or ()
    is_twice = len(set(authors)) < len(authors)
    if is_twice:
        head.report("authors", "names the same one twice", "remove one")
    report = partial(head.report, "authors")
    for author in authors:
        if not _report_printed_name(head, "authors", author, printed_names):
            people.require(author, report)


def _check_passages_named(draft: Draft) -> None:
    """Report a passage that the front matter names, and the article has not.

    The keys of `left_out` name passages (`p9: an advertisement`), and so do the `notes` and the
    `corrections`, each under its key `passage`.
    """
    head = draft.head
    reasons_by_passage = head.get("left_out") or {}
    for passage in reasons_by_passage:
        _check_passage_exists(draft, passage, at=("left_out", passage))
    for key in ("notes", "corrections"):
        items = head.get(key) or ()
        for number, item in enumerate(items):
            if item.passage:  # a note may be on the whole article
                _check_passage_exists(
                    draft, item.passage, at=(key, number, "passage")
                )


def _check_passage_exists(draft: Draft, passage: str, at: Steps) -> None:
    """Report a passage that an article has not, at the place of the front matter that names it."""
    ids = {passage.id for passage in draft.passages}
    if passage not in ids:
        mend = f"name one of p1 to p{len(ids)}, or remove it"
        draft.head.report(at, f"there is no passage `{passage}`", mend)


def _check_corrections(draft: Draft) -> None:
    """Report a correction whose words (`reads`) do not stand exactly once in its passage."""
    texts = {passage.id: passage.text for passage in draft.passages}
    corrections = draft.head.get("corrections") or ()
    for number, correction in enumerate(corrections):
        passage = correction.passage
        words = correction.reads
        if passage not in texts:
            continue  # it is reported already
        count = texts[passage].count(words)
        if count == 1:
            continue
        wrong = f"does not apply: {passage} has “{words}” {count} times"
        mend = "make `reads` words that stand in the passage exactly once"
        draft.head.report(("corrections", number), wrong, mend)


def _report_printed_name(
    entry: Entry[Any], key: str, name: str, printed_names: PrintedNames
) -> bool:
    """Report that a person's printed name stands where an id belongs; return whether it does.

    `name` is written under the key of an entry: “Dr Anna Berg”, where `anna-berg` belongs.
    """
    looks_like_an_id = "-" in name and SLUG.fullmatch(name)
    if looks_like_an_id:
        return False
    id = printed_names.get(letters_of(name)) or _person_in(name, printed_names)
    is_the_id_itself = id == name  # of one word: `nice` is printed as “NICE”
    if id is None or is_the_id_itself:
        return False
    entry.report(
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


def _check_passages(draft: Draft) -> None:
    """Report passages with wrong quotation marks, and those that are not accounted for.

    Each passage has a claim that quotes it, or a reason under `left_out`, and not both.
    """
    left_out = draft.head.get("left_out") or {}
    covered = {claim.passage for claim in draft.claims.values()}
    for id in left_out:
        if id in covered:
            draft.head.report(
                ("left_out", id), "has a claim all the same", "remove it"
            )
    uncovered = []
    for passage in draft.passages:
        fault = odd_mark(passage.text)
        if fault:
            draft.source.report_in_body(
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
            _report_without_claim(draft, passage)


def _may_have_claims(uncovered: Sequence[Passage], draft: Draft) -> bool:
    """Return whether passages may be without a claim only because of another problem.

    The other problem is reported already: the list of claims cannot be read, a reason to leave a
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
    claims_not_placed = len(draft.claim_entries) - len(draft.claims)
    return claims_not_placed >= len(uncovered)


def _report_without_claim(draft: Draft, passage: Passage) -> None:
    wrong = f"no claim rests on it (“{passage.text[:50]}”)"
    mend = "add a claim, or list it under `left_out` with the reason"
    draft.head.source.report_in_body(passage.text, passage.id, wrong, mend)


# Claims


def _check_claim(
    draft: Draft,
    entry: ClaimEntry,
    content: Content,
    printed_names: PrintedNames,
) -> None:
    """Report what is wrong with a claim, whose quotation was looked for in the article already.

    `ground` says what our sentences may quote of it; it is None if the quotation was not found.
    """
    ground = draft.grounds.get(entry.get("id") or "")
    _check_sentence(entry)
    _check_taken_to_be(entry)
    for key in ("says", "note"):
        check_quoting(entry, key, [ground])
    if ground:
        _check_direct_voice(entry, ground)
        _check_named(draft, entry)
    _check_speakers(draft, entry, content, printed_names)
    _check_authors_voice(draft, entry, content.people)
    check_themes(entry, content.themes)
    _check_repeats(draft, entry)


def _check_sentence(entry: ClaimEntry) -> None:
    """Report a `says` that is not one whole sentence."""
    says = entry.get("says")
    if says is None:
        return
    ends_as_sentence = prose.WHOLE.search(says) is not None
    if not ends_as_sentence or len(prose.sentences(says)) > 1:
        mend = "write one, ending in a full stop"
        entry.report("says", "is not one whole sentence", mend)


def _check_taken_to_be(entry: ClaimEntry) -> None:
    """Report a claim that shows only by half that its speaker is inferred.

    If the article names no speaker, `says` has the words “taken to be” (“Anna Berg, taken to be the
    surgeon quoted, …”), and `named` the article’s words for whoever speaks (“a surgeon”).
    """
    says = entry.get("says")
    if says is None:
        return
    says_inferred = "taken to be" in says
    has_named = bool(entry.get("named"))
    if says_inferred != has_named:
        mend = "add `named`, the article’s words for whoever speaks; or leave both out"
        entry.report("says", "and `named` differ on who is taken to be", mend)


def _check_direct_voice(entry: ClaimEntry, ground: Ground) -> None:
    """Report a claim in the direct voice that quotes more than the speaker’s own words.

    These are what the article has in quotation marks. Of the words that the claim quotes,
    `ground.quotable` are those in such marks, and `ground.unquotable` is the text of the rest.
    """
    if entry.get("voice") != "direct":
        return
    if not ground.quotable:
        wrong = "is direct, but the passage has no quotation marks round these words"
        entry.report("voice", wrong, "write `reported`, or `author`")
        return
    words_outside = _words_of(ground.unquotable)
    if words_outside:
        shown = " ".join(words_outside)[:LONGEST_SHOWN]
        wrong = f"is direct, but the passage has “{shown}” outside its quotation marks"
        mend = "quote only words in marks, joined by …, or write `reported`"
        entry.report("voice", wrong, mend)


def _words_of(text: str) -> list[str]:
    """Return the words of a text, leaving out marks that stand alone, such as a dash."""
    return [word for word in text.split() if re.search(r"\w", word)]


def _check_authors_voice(
    draft: Draft, entry: ClaimEntry, people: People
) -> None:
    """Report a claim in the article’s own voice that is credited to others than its authors."""
    if entry.get("voice") != "author":
        return
    speakers = set(entry.get("speakers") or ())
    authors = set(draft.head.get("authors") or ())
    if not authors <= people.given.keys():
        return  # who wrote the article is not clear, which is reported already
    if speakers and speakers.isdisjoint(authors):
        wrong = "is the article’s own, but its speakers are others"
        entry.report("voice", wrong, "write `reported`, or `speakers: []`")


def _check_named(draft: Draft, entry: ClaimEntry) -> None:
    """Report a `named` that neither the passage of the claim nor the title prints."""
    named = entry.get("named")
    if not named:
        return
    claim = draft.claims[entry.get("id")]
    passage = draft.passage_of(claim)
    title = draft.head.get("title") or ""
    if not evidence.prints(named, [passage.text, title]):
        wrong = f"neither {passage.id} nor the title prints “{named}”"
        entry.report("named", wrong, "copy the words from the article")


def _check_speakers(
    draft: Draft,
    entry: ClaimEntry,
    content: Content,
    printed_names: PrintedNames,
) -> None:
    """Report speakers who are no known people and no groups as printed, or not named in `says`."""
    speakers = entry.get("speakers") or ()
    is_twice = len(set(speakers)) < len(speakers)
    if is_twice:
        entry.report("speakers", "names the same one twice", "remove one")
    for speaker in speakers:
        if _report_printed_name(entry, "speakers", speaker, printed_names):
            continue
        if speaker in content.people.given:
            content.people.require(speaker, partial(entry.report, "speakers"))
        elif draft.passages:  # else it may be a group that the article prints
            _check_group(draft, entry, speaker, content.people)
        _check_sentence_names(entry, speaker, content.people)


def _check_group(
    draft: Draft, entry: ClaimEntry, speaker: str, people: People
) -> None:
    """Report a speaker that the article does not print so, or that is a person: “Dr Jane Roe”."""
    if not evidence.prints(speaker, draft.texts):
        people.require(speaker, partial(entry.report, "speakers"))
    elif TITLED.match(speaker):
        mend = "add the person to people.yaml, and write the id"
        entry.report(
            "speakers", f"`{speaker}` is the printed name of a person", mend
        )


def _check_sentence_names(
    entry: ClaimEntry, speaker: str, people: People
) -> None:
    """Report a `says` that does not name its speaker.

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
        return  # what is wrong with the speaker is reported already
    else:
        printed_name = speaker
        long_words = re.findall(r"\w{3,}", speaker)
        names = long_words or [speaker]
    sentence = says.casefold()
    if not any(name.casefold() in sentence for name in names):
        wrong = f"does not name {printed_name}"
        mend = "name whoever says it: opinion is never stated as fact"
        entry.report("says", wrong, mend)


def _check_repeats(draft: Draft, entry: ClaimEntry) -> None:
    """Report a `repeats` that is no other claim of this article, or that itself repeats one."""
    repeats = entry.get("repeats")
    if not repeats:
        return
    others = {
        other.get("id"): other
        for other in draft.claim_entries
        if other is not entry
    }
    if repeats not in others:
        wrong = f"there is no other claim `{repeats}` in this article"
        entry.report("repeats", wrong, "name the claim that says it first")
        return
    first = others[repeats].get("repeats")
    if first:
        wrong = f"`{repeats}` says again itself what `{first}` says"
        entry.report("repeats", wrong, f"write `{first}`")
