"""The house: imports run one way, frameworks stay in their rooms, types and style are checked."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = {path: path.relative_to(ROOT) for path in sorted((ROOT / "reference").rglob("*.py"))}

ROOMS = {
    "flask": {"pages", "looks", "machine", "searching", "citing", "commands", "export"},
    "whoosh": {"search"},
    "yaml": {"reading"},
    "markdown": {"reading"},
    "pydantic": {"forms"},
}
"""Who may know a framework; `app.py` may know Flask too."""


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
    knowing = {
        path.stem
        for path in FILES
        if any(name.split(".")[0] == framework for name in imported(path))
    }
    assert knowing <= ROOMS[framework]


def test_records_know_nothing_but_the_standard_library() -> None:
    """`records` imports nothing of ours and nothing installed."""
    roots = {name.split(".")[0] for name in imported(ROOT / "reference/records.py")}
    assert roots <= set(sys.stdlib_module_names)


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
