"""Search for the static copy: Pagefind run over its pages, the same bytes for the same pages.

Pagefind writes a folder `pagefind/` that a browser searches by itself. It lists the values of a
filter in an order that changes from run to run; here they are put in order, and the files that
name those files follow.
"""

import gzip
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import cbor2

PAGES = "{articles,claims,people,themes}/*/index.html"
IGNORED = ".mark, .eyebrow, .note, .notes, sup, .where, .appears, figcaption"
MAGIC = b"pagefind_dcd"
UNUSED = ("*ui.js", "*ui.css", "*-highlight.js", "wasm.unknown.pagefind")


class IndexingFailed(Exception):
    """Raised when Pagefind could not index the pages; says why, in its own last line."""


def index(site: Path) -> None:
    """Index the pages in a folder, into its `pagefind/`. Raises IndexingFailed."""
    command = [sys.executable, "-m", "pagefind", "--site", str(site), "--glob", PAGES]
    command += ["--exclude-selectors", IGNORED, "--silent"]
    run = subprocess.run(command, capture_output=True, text=True)
    bundle = site / "pagefind"
    if run.returncode or not (bundle / "pagefind-entry.json").is_file():
        lines = (run.stderr + run.stdout).strip().splitlines()
        raise IndexingFailed(lines[-1] if lines else f"it ended with code {run.returncode}")
    for pattern in UNUSED:
        for path in bundle.glob(pattern):
            path.unlink()
    _put_in_order(bundle)


def _put_in_order(bundle: Path) -> None:
    """Rewrite filters sorted, then what refers to them: filters <- language <- entry."""
    entry = json.loads((bundle / "pagefind-entry.json").read_bytes())
    for name, language in sorted(entry["languages"].items()):
        path = bundle / f"pagefind.{language['hash']}.pf_meta"
        meta = _read(path)
        version, pages, words, filters, *rest = meta
        filters = sorted([key, _ordered(bundle, name, file)] for key, file in filters)
        language["hash"] = _write(
            bundle, "pagefind.", name, ".pf_meta", [version, pages, words, filters, *rest]
        )
        path.unlink()
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    (bundle / "pagefind-entry.json").write_text(text, encoding="utf-8")


def _ordered(bundle: Path, language: str, file: str) -> str:
    """A filter's file with its values in order; its new name."""
    path = bundle / "filter" / f"{file}.pf_filter"
    key, values = _read(path)
    path.unlink()
    return _write(bundle / "filter", "", language, ".pf_filter", [key, sorted(values)])


def _read(path: Path) -> Any:
    return cbor2.loads(gzip.decompress(path.read_bytes()).removeprefix(MAGIC))


def _write(folder: Path, before: str, language: str, after: str, value: Any) -> str:
    """Write a value as Pagefind does, under a name made from its bytes; that name."""
    content = MAGIC + cbor2.dumps(value)
    name = f"{language}_{hashlib.sha256(content).hexdigest()[:13]}"
    (folder / f"{before}{name}{after}").write_bytes(gzip.compress(content, mtime=0))
    return name
