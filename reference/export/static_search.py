"""Search for the static copy: Pagefind's index of what can be found, made from the library.

One small record a claim, person, theme, article and passage is written for Pagefind to read, so
that what is found depends on no template. Pagefind lists the values of a filter in an order that
changes from run to run; here they are put in order: the same content gives the same bytes.
"""

import gzip
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

import cbor2

from reference.export import ExportError
from reference.records import Claim, Library

MAGIC = b"pagefind_dcd"
UNUSED = ("*ui.js", "*ui.css", "*-highlight.js", "wasm.unknown.pagefind")
Filed = tuple[str, str]
"""A filter and its value; a value is `id|name`."""


def index(library: Library, records: Path, bundle: Path) -> None:
    """Write what can be found into `records`, Pagefind's index of it to `bundle`, or raise."""
    for path, words, filed in found(library):
        (records / path).mkdir(parents=True)
        (records / path / "index.html").write_text(record(words, filed), encoding="utf-8")
    command = [sys.executable, "-m", "pagefind", "--site", str(records), "--silent"]
    command += ["--output-path", str(bundle)]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode or not (bundle / "pagefind-entry.json").is_file():
        why = (run.stderr + run.stdout).strip().rpartition("\n")[2] or f"code {run.returncode}"
        raise ExportError(f"Pagefind could not index the site: {why}")
    for unused in (path for pattern in UNUSED for path in bundle.glob(pattern)):
        unused.unlink()
    _put_in_order(bundle)


def record(words: Sequence[str], filed: Iterable[Filed]) -> str:
    """A record as Pagefind reads one: the first of its words is its title."""
    tag = '<meta data-pagefind-filter="{}[content]" content="{}">'
    head = "".join(tag.format(name, escape(value)) for name, value in dict.fromkeys(filed))
    said = "".join(f"<p>{escape(each)}</p>" for each in words[1:])
    title = f"<h1>{escape(words[0])}</h1>"
    return f'<html lang="en"><head>{head}</head><body>{title}{said}</body></html>'


def found(library: Library) -> Iterator[tuple[str, Sequence[str], Iterable[Filed]]]:
    """All that can be found: its path, its words, what it is filed under."""
    for claim in library.claims.values():
        words = [claim.says, claim.quote, *map(library.speaker_name, claim.speakers)]
        yield f"claims/{claim.id}", words, [("kind", "claim|Claims"), *_filed(library, [claim])]
    for person in library.people.values():
        words = [*person.names, *(each.words for each in person.described)]
        own = ("person", f"{person.id}|{person.name}")
        yield f"people/{person.id}", words, [("kind", "person|People"), own]
    for theme in library.themes.values():
        words = [theme.title, theme.summary, *(block.plain for block in theme.blocks)]
        own = ("theme", f"{theme.id}|{theme.title}")
        yield f"themes/{theme.id}", words, [("kind", "theme|Themes"), own]
    for article in library.articles.values():
        authors = [library.people[id].name for id in article.authors]
        where = [article.publication.name, str(article.publication.number), article.doi]
        words = [article.title, *where, *authors]
        its = [("article", f"{article.id}|{article.title}")]
        its += [("year", f"{year}|{year}") for year in article.date.years]
        yield f"articles/{article.id}", words, [("kind", "article|Articles"), *its]
        for passage in article.passages:
            place = f"{article.id}/{passage.id}"
            claims = library.claims_at.get((article.id, passage.id), [])
            kind = [("kind", "passage|Passages"), ("passage", place)]
            yield f"articles/{place}", [passage.text], [*kind, *its, *_filed(library, claims)]


def _filed(library: Library, claims: Iterable[Claim]) -> Iterator[Filed]:
    """What claims are filed under."""
    for claim in claims:
        article = library.articles[claim.article]
        yield "article", f"{article.id}|{article.title}"
        yield "passage", f"{article.id}/{claim.passage}"
        yield from (("year", f"{year}|{year}") for year in article.date.years)
        yield from (("theme", f"{id}|{library.themes[id].title}") for id in claim.themes)
        yield from (("person", f"{id}|{library.speaker_name(id)}") for id in claim.speakers)


def _put_in_order(bundle: Path) -> None:
    """Rewrite filters sorted, then what refers to them: filters <- language <- entry."""

    def read(path: Path) -> Any:
        value = cbor2.loads(gzip.decompress(path.read_bytes()).removeprefix(MAGIC))
        path.unlink()
        return value

    def write(name: str, value: Any, language: str) -> str:
        content = MAGIC + cbor2.dumps(value)
        digest = f"{language}_{hashlib.sha256(content).hexdigest()[:13]}"
        (bundle / name.format(digest)).write_bytes(gzip.compress(content, mtime=0))
        return digest

    entry = json.loads((bundle / "pagefind-entry.json").read_bytes())
    for language, told in sorted(entry["languages"].items()):
        meta = read(bundle / f"pagefind.{told['hash']}.pf_meta")
        for each in meta[3]:
            key, values = read(bundle / f"filter/{each[1]}.pf_filter")
            each[1] = write("filter/{}.pf_filter", [key, sorted(values)], language)
        meta[3].sort()
        told["hash"] = write("pagefind.{}.pf_meta", meta, language)
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    (bundle / "pagefind-entry.json").write_text(text, encoding="utf-8")
