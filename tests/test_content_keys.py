"""docs/content.md lists every key of every content file, and no other."""

import re
from typing import Any

import pytest

from reference import records
from reference.content.files import OPTIONAL
from reference.content.folder import MADE_BY_PLACING, EditionFile
from reference.content.forms import keys_of
from tests.served import ROOT

DOCUMENT = (ROOT / "docs/content.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([\w-]+)` \| (yes)? ?\|", re.MULTILINE)
OF_A_FILE = frozenset({"id", "passages", "blocks"})
"""The fields of an article or a theme that are its file's name and body."""
ONLY_A_TITLE = OF_A_FILE | {"order", "summary"}

TABLES: dict[str, list[tuple[type[Any], frozenset[str], set[str]]]] = {
    "site.yaml": [(records.Site, frozenset(), set())],
    "edition.yaml": [
        (EditionFile, frozenset(), set()),
        (records.Edition, frozenset(), set()),
    ],
    "articles/*.md": [
        (records.Article, OF_A_FILE, {"claims"}),
        (records.Publication, frozenset(), set()),
        (records.Correction, frozenset(), set()),
        (records.Note, frozenset(), set()),
        (records.Claim, frozenset(MADE_BY_PLACING), set()),
    ],
    "themes/*.md": [(records.Theme, OF_A_FILE, set())],
    "opening.md": [(records.Theme, ONLY_A_TITLE, set())],
    "about.md": [(records.Theme, ONLY_A_TITLE, set())],
    "people.yaml": [
        (records.Person, frozenset(), set()),
        (records.Description, frozenset(), set()),
        (records.Role, frozenset(), set()),
    ],
    "disagreements.yaml": [(records.Disagreement, frozenset(), set())],
    "events.yaml": [(records.Event, frozenset(), set())],
    "outcomes.yaml": [
        (records.Outcome, frozenset(), set()),
        (records.OutcomeSource, frozenset(), set()),
    ],
    "glossary.yaml": [(records.Term, frozenset(), set())],
}
"""File -> the records whose keys its tables list: record, fields left out, keys read elsewhere."""


def tables_of(file: str) -> list[dict[str, bool]]:
    """Return the tables below a file's heading: key -> whether it is needed."""
    section = DOCUMENT.partition(f"\n## {file}\n")[2].partition("\n## ")[0]
    tables = []
    for table in section.split("| key | needed | what it is |")[1:]:
        tables.append(
            {key: needed == "yes" for key, needed in ROW.findall(table)}
        )
    return tables


@pytest.mark.parametrize("file", TABLES)
def test_the_document_lists_what_may_be_written(file: str) -> None:
    """Each table has the keys that are read, and says of each whether it is needed."""
    tables = tables_of(file)

    for table, (record, without, elsewhere) in zip(
        tables, TABLES[file], strict=True
    ):
        wanted = {
            name: key.is_needed
            for name, key in keys_of(record).items()  # type: ignore[arg-type]
            if key.field not in without
        }
        wanted |= dict.fromkeys(elsewhere, True)
        assert table == wanted


def test_the_document_names_every_file() -> None:
    """No file that is read goes without a heading."""
    for name in (
        *OPTIONAL,
        "site.yaml",
        "edition.yaml",
        "articles/*.md",
        "themes/*.md",
    ):
        assert f"\n## {name}\n" in DOCUMENT
