"""Search for the static copy: Pagefind is given the terms of each entry, as numbers, as `wording`
reads them for the live index; `words.json` tells static/copy_search.js how to read a query so. Thus
both searches find the same, and how words are read has one owner.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from html import escape
from os.path import commonprefix
from pathlib import Path
from typing import Any

from reference.export import ExportError
from reference.search import Search, query, words
from reference.search.entries import Entry, called
from reference.search.words import Wording

UNUSED = ("*ui.js", "*ui.css", "*-highlight.js", "wasm.unknown.pagefind")
FIRST = 100_000  # the number of the first term: all are as long, so that none begins another


def index(search: Search, shown: Callable[[Entry], str], records: Path, bundle: Path) -> None:
    """Write what a search can find into `records`, with what is shown of each, Pagefind's index of
    it to `bundle`, and beside it how words are read, or raise ExportError."""
    wording = search.wording
    forms = wording.forms()
    ordered = sorted(forms, key=lambda term: (term not in wording.terms, term))
    terms = {term: number for number, term in enumerate(ordered)}
    for at, entry in enumerate(search.entries):
        (records / str(at)).mkdir(parents=True)
        head = f'<meta data-pagefind-sort="at[content]" content="{at}">'
        head += f'<meta data-pagefind-meta="shown[content]" content="{escape(shown(entry))}">'
        texts = words.LEFT_OUT.split(entry.indexed)
        body = " x ".join(_indexed(wording, terms, text) for text in texts)
        page = f'<html lang="en"><head>{head}</head><body>{body}</body></html>'
        (records / str(at) / "index.html").write_text(page, encoding="utf-8")
    command = [sys.executable, "-m", "pagefind", "--site", str(records), "--silent"]
    command += ["--output-path", str(bundle)]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode or not (bundle / "pagefind-entry.json").is_file():
        why = (run.stderr + run.stdout).strip().rpartition("\n")[2] or f"code {run.returncode}"
        raise ExportError(f"Pagefind could not index the site: {why}")
    for unused in (path for pattern in UNUSED for path in bundle.glob(pattern)):
        unused.unlink()
    told = _told(search, terms) | {"words": [_together(forms[term]) for term in ordered]}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    (bundle / "words.json").write_text(text, encoding="utf-8")


def _indexed(wording: Wording, terms: Mapping[str, int], text: str) -> str:
    """The terms of a text side by side: one by one; if it has compounds, again with those as one,
    where what was said weighs nothing; then compounds within others."""
    read, units = wording.read(text), wording.units(text)
    numbers = {word: str(FIRST + terms[word.term]) for word in read}
    plain = {word.at: word for word in reversed(read)}.values()
    again = {word: f'<span data-pagefind-weight="0">{numbers[word]}</span>' for word in plain}
    lines = [" ".join([numbers[word] for word in plain][::-1])]
    if wide := [word for word in read if word not in again]:
        lines.append(" ".join((numbers | again)[word] for word in units))
    return " x ".join([*lines, *(numbers[word] for word in wide if word not in units)])


def _together(forms: set[str]) -> str:
    """Words in short: how all begin, then how each ends."""
    start = commonprefix([*forms])  # noqa: RUF071 - these are no paths
    return " ".join([start, *sorted(form.removeprefix(start) for form in forms)])


def _told(search: Search, terms: Mapping[str, int]) -> dict[str, Any]:
    """All that static/copy_search.js has to know to read and ask a query as a live search does."""
    wording, asking = search.wording, search.asking

    def numbers(found: Iterable[str]) -> list[int]:
        return sorted(terms[term] for term in found if term in terms)

    patterns = {"token": query.TOKEN, "address": query.ADDRESS, "word": words.WORD}
    patterns |= {"gap": words.LEFT_OUT, "hyphen": words.HYPHEN}
    patterns |= {"clitic": words.CLITIC, "dropped": words.DROPPED}
    spelt = (each for found in wording.spelt.values() for each in found if each[0] in terms)
    return {
        "patterns": {name: _script(pattern) for name, pattern in patterns.items()},
        "spellings": [(_script(p), to.replace("\\", "$")) for p, to in wording.spellings],
        "first": FIRST,
        "known": len(wording.terms),
        "fields": query.FIELDS,
        "little": sorted(wording.little),
        "small": numbers(wording.little),
        "titles": numbers(wording.titles),
        "names": numbers(wording.names),
        "surnames": {who: numbers(found) for who, found in asking.surnames.items()},
        "compounds": numbers(wording.compounds),
        "parts": [" ".join(parts) for parts in wording.parts.values()],
        "spelt": [(terms[short], [terms[term] for term in long]) for short, long in spelt],
        "values": {
            facet: {v: (names[0], numbers(asking.values[facet][v])) for v, names in known.items()}
            for facet, known in called(search.entries).items()
        },
        "entries": [
            {**e.facets, "at": f"{e.article} {e.passage}", "date": e.date}
            | {"called": numbers(titled)}
            for e, titled in zip(search.entries, search.titled, strict=True)
        ],
    }


def _script(pattern: re.Pattern[str]) -> str:
    """A pattern as JavaScript writes it."""
    verbose = pattern.flags & re.VERBOSE
    plain = re.sub(r"\s+(?![^\[\]]*\])", "", pattern.pattern) if verbose else pattern.pattern
    return plain.replace("(?P<", "(?<").replace(r"\w", r"[\p{L}\p{N}_]")
