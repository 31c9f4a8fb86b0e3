"""Which files of a folder are content, and what is wrong with those that only look like it.

Of a folder, `site.yaml`, `edition.yaml`, an article and a theme are needed; other files may be
missing or empty. What a desktop or an editor's program leaves there is passed over; what looks like
a slip (a picture among the articles, a second copy, `peple.yaml`) is a problem.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from reference.content.names import SLUG
from reference.content.reading import Source, read_source

SITE = "site.yaml"
EDITION = "edition.yaml"
PEOPLE = "people.yaml"
TERMS = "glossary.yaml"
EVENTS = "events.yaml"
DISAGREEMENTS = "disagreements.yaml"
OUTCOMES = "outcomes.yaml"
MOVED = "moved.yaml"
OPENING = "opening.md"
ABOUT = "about.md"
WORDS = "words.ini"
NEEDED = (SITE, EDITION)
OPTIONAL = (
    PEOPLE,
    TERMS,
    EVENTS,
    DISAGREEMENTS,
    OUTCOMES,
    MOVED,
    OPENING,
    ABOUT,
    WORDS,
)
LEFTOVER = re.compile(
    r".*~|~\$.*|#.*#|.*\.(bak|orig|rej|swp|swo|tmp|temp|old|part|crdownload)"
    r"|readme(\.\w+)?|(eh)?thumbs\.db|desktop\.ini|icon\r?|__macosx|__pycache__",
    re.IGNORECASE,
)
"""What programs and desktops leave in a folder (and whatever begins with a stop)."""
TEXT_ENDINGS = {".md", ".markdown", ".mdown", ".mkd", ".txt", ".text"}
PICTURE_ENDINGS = {
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".webp",
    ".svg",
    ".heic",
    ".tif",
    ".tiff",
}
CONTENT_ENDINGS = {".yaml", ".yml", ".md", ".ini"}
ALIKE = 0.7  # of two names, from 0 to 1: one may be meant by the other
MOVE_OUT = "move it out of the folder"


class Part(NamedTuple):
    """A folder of content in which each file is one `thing`."""

    name: str
    thing: str


ARTICLES = Part("articles", "article")
THEMES = Part("themes", "theme")


class File(NamedTuple):
    """An article's or a theme's file as read; its name without the ending is its id."""

    id: str
    source: Source


class Wrong(NamedTuple):
    """What is wrong with a file, and the mend."""

    wrong: str
    mend: str


@dataclass
class PartFiles:
    """What is in the folder of a part.

    `files` are its articles or themes. `rejected` are sources with a problem reported: of files
    that are no article or theme, of second copies, or of the folder itself if nothing is in it.
    `rejected_names` are the names of rejected files without the ending: `a` of `a.txt`. An author
    may have meant them as ids.
    """

    files: list[File]
    rejected: list[Source] = field(default_factory=list)
    rejected_names: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        """Whether there is no file in the folder, or no folder."""
        return not self.files and not self.rejected_names


# All files


def content_files(folder: Path) -> list[Path]:
    """Return the files of a folder that are content, in order."""
    files = [folder / name for name in (*NEEDED, *OPTIONAL)]
    for part in (ARTICLES, THEMES):
        files += [
            path
            for path in paths_in(folder / part.name)
            if path.suffix == ".md"
        ]
    return sorted(path for path in files if path.is_file())


def fingerprint(folder: Path) -> str:
    """Return twelve hexadecimal digits that change when, and only when, the content does."""
    return digest_of(folder, content_files(folder))


def digest_of(folder: Path, files: Iterable[Path]) -> str:
    """Return twelve hexadecimal digits of the names and bytes of files in a folder."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def paths_in(folder: Path) -> list[Path]:
    """Return what is in a folder, without what programs and desktops leave there."""
    return [
        path
        for path in sorted(folder.glob("[!.]*"))
        if not LEFTOVER.fullmatch(path.name)
    ]


def read_optional(folder: Path, name: str) -> Source:
    """Return a file that may be missing or empty as a source, which then has no text."""
    path = folder / name
    shown_name = f"{folder.name}/{name}"
    is_empty_file = path.is_file() and not path.read_bytes().strip()
    if is_empty_file or not path.exists():
        return Source(shown_name)
    return read_source(path, shown_name)


# Articles and themes


def read_part(folder: Path, part: Part) -> PartFiles:
    """Return the files of one part of a content folder: of its articles, or of its themes.

    Files that are none, and second copies, are `rejected`, with a problem reported for each.
    """
    found = PartFiles([])
    for path in paths_in(folder / part.name):
        name = f"{folder.name}/{part.name}/{path.name}"
        reason = _reason_against(path, part)
        if reason is None:
            found.files.append(File(path.stem, read_source(path, name)))
            continue
        other = Source(name, text=_text_of(path))
        other.report_on_line("file", reason.wrong, reason.mend)
        found.rejected.append(other)
        found.rejected_names.add(path.name.partition(".")[0])
    if not found.files and not found.rejected:
        empty_folder = Source(f"{folder.name}/{part.name}/")
        mend = f"write a first {part.thing}"
        empty_folder.report_on_line("folder", "is missing or empty", mend)
        found.rejected.append(empty_folder)
    _set_copies_aside(found)
    return found


def _reason_against(path: Path, part: Part) -> Wrong | None:
    """Return why a path in a folder of articles or themes is none; None if it may be one.

    Such are folders, pictures, and files whose name does not end in `.md`.
    """
    if path.is_dir():
        return Wrong(
            f"is a folder, and no {part.thing}",
            f"move its files here, or {MOVE_OUT}",
        )
    if path.suffix == ".md":
        return None
    ending = path.suffix.lower()
    if ending in PICTURE_ENDINGS:
        return Wrong(f"is a picture, and no {part.thing}", MOVE_OUT)
    if ending in TEXT_ENDINGS:
        name = path.stem.removesuffix(".md")
        return Wrong(
            "its name does not end in .md",
            f"rename it {name}.md, or {MOVE_OUT}",
        )
    return Wrong(f"is no {part.thing}: its name does not end in .md", MOVE_OUT)


def _text_of(path: Path) -> str:
    """Return whatever text a file has, for the names in it."""
    if not path.is_file():
        return ""
    return path.read_text(encoding="utf-8", errors="replace")


def _set_copies_aside(found: PartFiles) -> None:
    """Move second copies of files from `found.files` to `found.rejected`, with a problem each.

    A copy has the body of another file, or more than half of its claims are another file's.
    """
    by_body: dict[str, File] = {}
    by_claim: dict[str, File] = {}
    originals = []
    for file in sorted(found.files, key=_likely_original):
        body = " ".join(file.source.body.split())
        claims = claim_ids(file.source)
        original = by_body.get(body) or _with_most_of(claims, by_claim)
        if original is not None:
            file.source.report_on_line(
                "file",
                _is_copy_of(file, original),
                "remove one of the two",
            )
            found.rejected.append(file.source)
            found.rejected_names.add(file.id)
            continue
        originals.append(file)
        if body:
            by_body[body] = file
        for claim in claims:
            by_claim.setdefault(claim, file)
    found.files = sorted(originals)


def _likely_original(file: File) -> tuple[bool, int, str]:
    """Return a key by which an original sorts before its copies: plain and short names first.

    `last-sleeper` comes before `last-sleeper-2` and `last-sleeper (1)`.
    """
    return (not SLUG.fullmatch(file.id), len(file.id), file.id)


def _with_most_of(claims: set[str], by_claim: dict[str, File]) -> File | None:
    """Return a file that shares claims with another: more than half of these, and more than one.

    `by_claim` has the file in which each claim was met first. None if there is no such file.
    """
    files_with_claim = [
        by_claim[claim] for claim in claims if claim in by_claim
    ]
    if len(files_with_claim) > max(1, len(claims) / 2):
        return files_with_claim[0]
    return None


def _is_copy_of(file: File, original: File) -> str:
    """Say what a file is that has the text of another."""
    name = Path(original.source.file).name
    if original.id in file.id:
        return f"is a second copy of {name}"
    return f"is the same as {name}"


def claim_ids(source: Source) -> set[str]:
    """Return the ids of the claims that a file lists."""
    listed = (
        source.data.get("claims") if isinstance(source.data, dict) else None
    )
    claims = listed if isinstance(listed, list) else []
    return {
        str(claim.get("id")) for claim in claims if isinstance(claim, dict)
    }


# Names that are slips


class Misnamed(NamedTuple):
    """A file that looks like content and is none, and the name that is meant ("" if none is)."""

    source: Source
    meant: str


def misnamed_files(folder: Path) -> list[Misnamed]:
    """Return files that are named like content and are none: `peple.yaml`, `people (1).yaml`."""
    known = {*NEEDED, *OPTIONAL, ARTICLES.name, THEMES.name}
    absent = [name for name in sorted(known) if not (folder / name).exists()]
    found = []
    for path in paths_in(folder):
        if path.name in known or not _looks_like_content(path):
            continue
        alike = get_close_matches(path.name, absent, 1, cutoff=ALIKE)
        meant = alike[0] if alike else ""
        mend = f"rename it {meant}" if meant else MOVE_OUT
        source = Source(f"{folder.name}/{path.name}")
        source.report_on_line(
            "file",
            "is no file of content by its name",
            mend,
        )
        found.append(Misnamed(source, meant))
    return found


def _looks_like_content(path: Path) -> bool:
    if path.is_dir():
        parts = [ARTICLES.name, THEMES.name]
        return bool(get_close_matches(path.name, parts, 1, cutoff=ALIKE))
    return path.suffix.lower() in CONTENT_ENDINGS
