"""The house: imports run one way, frameworks stay in their rooms, types and style are checked."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = {path: path.relative_to(ROOT) for path in sorted((ROOT / "reference").rglob("*.py"))}

ROOMS = {
    "flask": ("reference/pages/", "reference/commands.py", "reference/export/"),
    "whoosh": ("reference/search/index.py",),
    "yaml": ("reference/content/reading.py",),
    "markdown": ("reference/content/bodies.py",),
    "pydantic": ("reference/content/forms.py",),
    "granian": ("reference/serving/server.py",),
}
"""Who may know a framework; `app.py` may know Flask too."""

FLOORS = [
    ("app",),
    ("reference.commands",),
    ("reference.export",),
    ("reference.pages", "reference.serving"),
    ("reference.content", "reference.search", "reference.citation"),
    ("reference.charts", "reference.evidence", "reference.findings", "reference.periods"),
    ("reference.problems", "reference.records"),
]
"""The house from the top floor down: a room imports from its own floor and those below."""


def imported(path: Path) -> set[str]:
    """The modules a file imports, by their dotted names."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("framework", ROOMS)
def test_frameworks_stay_in_their_rooms(framework: str) -> None:
    """Each framework is known only to the files named for it."""
    knowing = [
        name.as_posix()
        for path, name in FILES.items()
        if any(module.split(".")[0] == framework for module in imported(path))
    ]
    assert knowing and all(name.startswith(ROOMS[framework]) for name in knowing)


def test_records_know_nothing_but_the_standard_library() -> None:
    """`records` imports nothing of ours and nothing installed."""
    roots = {name.split(".")[0] for name in imported(ROOT / "reference/records.py")}
    assert roots <= set(sys.stdlib_module_names)


def test_imports_run_one_way() -> None:
    """No room imports from a floor above its own."""
    floors = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

    def floor(module: str) -> int:
        return next((floors[room] for room in floors if f"{module}.".startswith(f"{room}.")), 99)

    for path, name in FILES.items():
        module = ".".join(name.with_suffix("").parts)
        above = [m for m in imported(path) if floor(m) < floor(module)]
        assert not above, f"{name} imports {above}"


def test_imports_have_no_circle() -> None:
    """No file of the package imports itself, however far round."""
    ours = {".".join(name.with_suffix("").parts): path for path, name in FILES.items()}
    graph = {module: imported(path) & set(ours) - {module} for module, path in ours.items()}
    while free := [module for module, known in graph.items() if not known & set(graph)]:
        for module in free:
            del graph[module]
    assert not graph, f"a circle among {sorted(graph)}"


@pytest.mark.parametrize("tool", [["mypy"], ["ruff", "check"], ["ruff", "format", "--check"]])
def test_types_and_style(tool: list[str]) -> None:
    """Types are strict and hold; style is one, and checked."""
    run = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]


def test_nothing_of_this_machine_is_written_down() -> None:
    """No file names a machine's paths, a package registry's host, or a secret."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    words = ("/" + "work/", "/" + "root/", "py" + "pi.org", "npmjs" + ".org", "BEGIN " + "RSA")
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.exists() and path.suffix not in {".png", ".txt"}:
            text = path.read_text(encoding="utf-8")
            assert not [word for word in words if word in text], name
