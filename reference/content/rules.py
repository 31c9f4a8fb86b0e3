"""The editorial rules: what content must hold to be served, and what is said where it does not.

No rule stops at the first that is wrong, and none says again what was said of a key already.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from reference import evidence
from reference.content import prose
from reference.content.claims import Draft
from reference.content.forms import Entry, Kind
from reference.content.prose import Ground, misquoted
from reference.content.reading import Steps

Kinds = Mapping[str, Kind]


def hold(kinds: Kinds, opening: Entry) -> None:
    """Hold all content against all rules; problems are noted in its sources."""
    events = [entry.form for entry in kinds["event"].entries]
    grounds = {event.id: Ground(event.what, (event.what,)) for event in events}
    for draft in kinds["article"].entries:
        grounds |= draft.grounds
        _article(draft, kinds)
        for claim in draft.listed:
            _claim(draft, claim, kinds)
        if draft.form.passages:
            _passages(draft)
    for person in kinds["person"].entries:
        _person(person, kinds["article"])
    for theme in (*kinds["theme"].entries, opening):
        prose.hold(theme, kinds["claim"], grounds)
    for term in kinds["term"].entries:
        _term(term, kinds)
    for event in kinds["event"].entries:
        _event(event, kinds["claim"])
    for disagreement in kinds["disagreement"].entries:
        _disagreement(disagreement, kinds, grounds)
    for outcome in kinds["outcome"].entries:
        _outcome(outcome, kinds["claim"])
    for person in kinds["person"].entries:
        if person.form.role:
            _ours_in(person, "role", person.form.role.text)
    for kind in kinds.values():
        kind.settle()
    _unnamed(kinds)


def hold_about(entry: Entry) -> None:
    """What the editor says of the site itself is plain text, and cites no claim."""
    for block in entry.form.blocks:
        for text in block.texts or (block.heading,):
            if fault := prose.unfit(text):
                entry.source.wrong_in(text, "prose", *fault)
            elif block.claims:
                mend = "say it in the opening or in a theme, which may"
                entry.source.wrong_in(text, "prose", "cites a claim", mend)


def _ours(entry: Entry, key: str, grounds: Sequence[Ground | None]) -> None:
    """Words of ours have the marks ‘ ’ “ ” only, and put in them what may be quoted."""
    for wrong, mend, _ in misquoted(getattr(entry.form, key), grounds):
        entry.wrong(key, wrong, mend)


def _ours_in(entry: Entry, key: str, text: str) -> None:
    """Words of ours have the marks ‘ ’ “ ” only."""
    if fault := prose.unfit(text):
        entry.wrong(key, *fault[:2])


def _term(entry: Entry, kinds: Kinds) -> None:
    """A term is explained, by an address or by an article."""
    form = entry.form
    mend = "add `meaning`, or `expansion` for what an abbreviation stands for"
    explained = form.meaning or form.expansion or entry.broken & {"meaning", "expansion"}
    entry.must(explained, "term", "is not explained", mend)
    if form.meaning:
        _ours_in(entry, "meaning", form.meaning)
    if "://" not in form.source:
        kinds["article"].use(form.source, partial(entry.wrong, "source"))


def _outcome(entry: Entry, claims: Kind) -> None:
    """An outcome is of claims, is sourced, and has a verdict that fits what was said."""
    form = entry.form
    _listed(entry, "claims", claims)
    entry.must(form.claims, "claims", "names no claim", "name what was said then")
    entry.must(form.sources, "sources", "has no source", "add where it can be read")
    kept = {"met", "partly met", "not met", "open"}
    proved = {"borne out", "partly", "not borne out", "open"}
    fitting = kept if form.kind == "demand" else proved
    wrong = f"`{form.verdict}` is no verdict on a {form.kind}"
    mend = f"write one of: {', '.join(sorted(fitting))}"
    entry.must(form.verdict in fitting, "verdict", wrong, mend)
    for key in ("title", "what", "reading"):
        _ours_in(entry, key, getattr(form, key))


def _listed(entry: Entry, key: str, kind: Kind, printed: Sequence[str] = ()) -> None:
    """A list of names has none twice, and names what there is, or what is `printed`."""
    listed = getattr(entry.form, key)
    entry.must(listed or key != "themes", key, "has no theme", "name at least one")
    entry.must(len({*listed}) == len(listed), key, "names the same one twice", "remove one")
    for name in listed:
        if not evidence.prints(name, printed):
            kind.use(name, partial(entry.wrong, key))


def _claim(draft: Draft, entry: Entry, kinds: Kinds) -> None:
    """A claim is one sentence about words in its article, filed under people and themes."""
    form, ground = entry.form, draft.grounds.get(entry.form.id)
    one = prose.WHOLE.search(form.says) and len(prose.sentences(form.says)) == 1
    entry.must(one, "says", "is not one whole sentence", "write one, ending in a full stop")
    taken = "taken to be" in form.says
    mend = "add `named`, the article’s words for whoever speaks; or leave both out"
    entry.must(taken == bool(form.named), "says", "and `named` differ on who is taken to be", mend)
    for key in ("says", "note"):
        _ours(entry, key, [ground])
    wrong = "is direct, but the passage has no quotation marks round these words"
    free = form.voice != "direct" or not ground or ground.free
    entry.must(free, "voice", wrong, "write `reported`, or `author`")
    _listed(entry, "speakers", kinds["person"], draft.form.texts)
    _listed(entry, "themes", kinds["theme"])


def _article(draft: Draft, kinds: Kinds) -> None:
    """An article is by people who are known; notes and corrections are on passages it has."""
    form, texts = draft.form, {passage.id: passage.text for passage in draft.form.passages}
    _listed(draft, "authors", kinds["person"])
    if not texts and not draft.source.problems:
        draft.source.problem("body", "is empty", "add the article’s text", draft.source.body_line)
    named: list[tuple[Steps, str]] = [(("left_out", id), id) for id in form.left_out]
    for key in ("notes", "corrections"):
        named += [((key, n, "passage"), e.passage) for n, e in enumerate(getattr(form, key))]
    for at, id in named if texts else ():
        mend = f"name one of p1 to p{len(texts)}, or remove it"
        draft.must(not id or id in texts, at, f"there is no passage `{id}`", mend)
    for number, fix in enumerate(form.corrections):
        at, count = ("corrections", number), texts.get(fix.passage, fix.reads).count(fix.reads)
        wrong = f"does not apply: {fix.passage} has “{fix.reads}” {count} times"
        mend = "make `reads` words that stand in the passage exactly once"
        draft.must(count == 1, at, wrong, mend)


def _passages(draft: Draft) -> None:
    """Every passage is plain text, and the source of a claim or left out for a reason, not both."""
    bare, covered = list[Callable[[str], None]](), {claim.passage for claim in draft.claims}
    for id in draft.form.left_out:
        draft.must(id not in covered, ("left_out", id), "has a claim all the same", "remove it")
    for passage in draft.form.passages:
        tell = partial(draft.source.wrong_in, passage.text, passage.id)
        if fault := prose.unfit(passage.text):
            tell(*fault)
        elif passage.id not in covered and passage.id not in draft.form.left_out:
            bare.append(partial(tell, f"no claim rests on it (“{passage.text[:50]}”)"))
    unsure = draft.broken & {"claims", "left_out"}
    if len(bare) > len(draft.listed) - len(draft.claims) and not unsure:  # else it is said already
        for say in bare:
            say("add a claim, or list it under `left_out` with the reason")


def _person(entry: Entry, articles: Kind) -> None:
    """Who somebody was is said in words the article prints."""
    for number, each in enumerate(entry.form.described):
        at = ("described", number)
        articles.use(each.article, partial(entry.wrong, (*at, "article")))
        head = articles.given.get(each.article)
        if head and head.form.passages and "masthead" not in head.broken:
            wrong = f"{each.article} does not print “{each.words}”"
            printed = evidence.prints(each.words, head.form.texts)
            entry.must(printed, (*at, "as"), wrong, "copy the words from the article")


def _unnamed(kinds: Kinds) -> None:
    """Nobody is listed for nothing; not asked before all articles are right."""
    articles = kinds["article"].entries
    if any(article.source.problems for article in articles) or not articles:
        return
    texts = [text for article in articles for text in article.form.texts]
    for entry in kinds["person"].entries:
        here = entry.form.id in kinds["person"].used or evidence.names(entry.form, texts)
        wrong = f"no article is by, quotes or names {entry.form.name}"
        mend = "remove the entry, or add the name as printed to `aliases`"
        entry.must(here or "id" in entry.broken, "name", wrong, mend)


def _event(entry: Entry, claims: Kind) -> None:
    """An event is dated by a claim or by a source of ours, and never by both."""
    form, of_claim = entry.form, entry.form.id in claims.given
    entry.must(not of_claim, "id", f"`{form.id}` is the id of a claim", "choose another")
    if entry.broken.isdisjoint({"claim", "source", "confidence"}):
        right = (bool(form.source), bool(form.confidence)) == (not form.claim, not form.claim)
        mend = "let a claim date it, or a source of ours with its confidence, and not both"
        entry.must(right, (), "is dated by both, by neither, or by half", mend)
    if form.claim:
        claims.use(form.claim, partial(entry.wrong, "claim"))


def _disagreement(entry: Entry, kinds: Kinds, grounds: Mapping[str, Ground]) -> None:
    """A disagreement is a question with two sides of claims, and nobody stands on both."""
    form, who = entry.form, list[set[str]]()
    _listed(entry, "themes", kinds["theme"])
    for number, side in enumerate(form.sides):
        at = ("sides", number)
        entry.must(side, at, "is empty", "name the claims that stand on it")
        for id in side:
            kinds["claim"].use(id, partial(entry.wrong, at))
        who.append({each for id in side if id in grounds for each in grounds[id].who})
    for each in sorted(set.intersection(*who) if who else ()):
        wrong = f"{each} stands on both sides, and nobody is set against himself"
        entry.wrong("sides", wrong, "leave his claims out on one of them")
    for key in ("matter", "note"):
        _ours(entry, key, [grounds.get(id) for side in form.sides for id in side])
