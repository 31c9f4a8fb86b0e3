"""The house: imports run one way, frameworks stay in their rooms, types and style are checked."""

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
FILES = {
    path: path.relative_to(ROOT)
    for path in sorted((ROOT / "reference").rglob("*.py"))
}
"""Each file of the package, and its path from the root of the project."""

ROOMS = {
    "flask": (
        "reference/pages/",
        "reference/commands.py",
        "reference/export/",
        "reference/drawing.py",
    ),
    "whoosh": ("reference/search/index.py",),
    "yaml": ("reference/content/reading.py",),
    "markdown": ("reference/content/bodies.py",),
    "pydantic": ("reference/content/forms.py",),
    "granian": ("reference/serving/server.py",),
    "pagefind": ("reference/export/static_search.py",),
}
"""Who may know a framework; `app.py` may know Flask too."""

FLOORS = [
    ("app",),
    ("reference.commands",),
    ("reference.export", "reference.drawing"),
    ("reference.pages", "reference.serving"),
    ("reference.content", "reference.search", "reference.citation"),
    ("reference.charts", "reference.evidence", "reference.periods"),
    ("reference.problems", "reference.records"),
]
"""The house from the top floor down: a room imports from its own floor and those below."""

UNWRITTEN = re.compile(
    r"(?<![\w.])/(work|root)/"  # a path, not a part of somebody's address
    r"|py[p]i\.org|npm[j]s\.org|BEGIN [R]SA"
)
"""Paths of one machine, registries, a key; written so that this file passes."""
NO_TEXT = {".png", ".ico", ".txt"}


def imported(path: Path) -> set[str]:
    """Return the modules a file imports, by their dotted names, with the names taken from them."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def dotted(name: Path) -> str:
    """Return the module of a file: `reference/records.py` as `reference.records`."""
    return ".".join(name.with_suffix("").parts)


def floor_of(module: str) -> int:
    """Return on which floor a module is, the top one being 0; what is not ours is below all."""
    for number, rooms in enumerate(FLOORS):
        for room in rooms:
            if f"{module}.".startswith(f"{room}."):
                return number
    return len(FLOORS)


@pytest.mark.parametrize("framework", ROOMS)
def test_frameworks_stay_in_their_rooms(framework: str) -> None:
    """Each framework is known only to the files named for it."""
    knowing = []
    for path, name in FILES.items():
        packages = {module.split(".")[0] for module in imported(path)}
        if framework in packages:
            knowing.append(name.as_posix())

    assert knowing
    assert [
        file for file in knowing if not file.startswith(ROOMS[framework])
    ] == []


def test_records_know_nothing_but_the_standard_library() -> None:
    """`records` imports nothing of ours and nothing installed."""
    packages = {
        module.split(".")[0]
        for module in imported(ROOT / "reference/records.py")
    }

    assert packages <= set(sys.stdlib_module_names)


def test_imports_run_one_way() -> None:
    """Every file has a floor, and none imports from a floor above its own."""
    for path, name in FILES.items():
        if name.name == "__init__.py" and name.parent == Path("reference"):
            continue
        floor = floor_of(dotted(name))
        assert floor < len(FLOORS), f"{name} is on no floor"

        above = [
            module for module in imported(path) if floor_of(module) < floor
        ]

        assert not above, f"{name} imports {above}"


def test_imports_have_no_circle() -> None:
    """No file of the package imports itself, however far round."""
    ours = {dotted(name) for name in FILES.values()}
    graph = TopologicalSorter[str]()
    for path, name in FILES.items():
        module = dotted(name)
        graph.add(module, *(imported(path) & ours - {module}))

    graph.prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize(
    "tool", [["mypy"], ["ruff", "check"], ["ruff", "format", "--check"]]
)
def test_types_and_style(tool: list[str]) -> None:
    """Types are strict and hold; style is one, and checked."""
    command = [sys.executable, "-m", *tool]

    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests").glob("*.yaml")), ids=lambda path: path.name
)
def test_rows_can_be_read(path: Path) -> None:
    """The files of rows that tests read are YAML; their modules pass over one that is not."""
    assert yaml.safe_load(path.read_text(encoding="utf-8"))


def test_nothing_of_this_machine_is_written_down() -> None:
    """No file names a machine's paths, a package registry's host, or a secret."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = [name for name in listed.stdout.split("\0") if name]

    for name in names:
        path = ROOT / name
        if path.exists() and path.suffix not in NO_TEXT:
            text = path.read_text(encoding="utf-8")
            assert not UNWRITTEN.search(text), name
