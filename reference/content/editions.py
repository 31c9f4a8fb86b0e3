"""Whether the content is still that of its edition, whose date readers cite.

`python app.py cite` notes in `edition.json` what the content was on the day of its edition:
`{"date": "2012-06-20", "content": "0123456789ab"}`. Later changes are seen against that.
"""

import json
from datetime import date as calendar_date
from datetime import timedelta
from pathlib import Path
from typing import Any

from reference.content.files import EDITION, content_files, digest_of

FILE = "edition.json"


def note_edition(folder: Path, edition: str) -> None:
    """Note what the content is on the day of its edition.

    What was noted of an edition of an earlier day stays: the content has changed since then.
    """
    noted = _noted(folder)
    if (
        noted.get("date") == edition
        and edition < calendar_date.today().isoformat()
    ):
        return
    state = {"date": edition, "content": _content_of(folder)}
    (folder / FILE).write_text(f"{json.dumps(state)}\n", encoding="utf-8")


def has_changed_since(folder: Path, edition: str) -> bool:
    """Return whether the content has changed after the day of its edition, as far as is known."""
    noted = _noted(folder)
    if (
        noted.get("date") != edition
        or edition >= calendar_date.today().isoformat()
    ):
        return False
    return bool(noted.get("content") != _content_of(folder))


def is_to_come(edition: str) -> bool:
    """Return whether the day of an edition is later than tomorrow (which is today elsewhere).

    Only an editor is told: a server whose clock is wrong serves all the same.
    """
    tomorrow = calendar_date.today() + timedelta(days=1)
    return edition > tomorrow.isoformat()


def _noted(folder: Path) -> dict[str, Any]:
    """Return what was noted, nothing if nothing was or it cannot be read."""
    try:
        noted = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def _content_of(folder: Path) -> str:
    """Return the digest of all content but the edition itself."""
    return digest_of(
        folder,
        [path for path in content_files(folder) if path.name != EDITION],
    )
