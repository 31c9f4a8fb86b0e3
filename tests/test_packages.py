"""What is installed: named where it is imported, locked, and no more than its use needs."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from reference import __version__

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GROUPS = {
    "serve": "requirements.txt",
    "export": "requirements-export.txt",
    "dev": "requirements-dev.txt",
}
"""Group of pyproject.toml -> its lock."""
ONLY_EXPORTING = {"pagefind", "pagefind-bin"}


def normal(name: str) -> str:
    """Return a package's name in the one spelling that locks use."""
    return re.sub(r"[-_.]+", "-", name).lower()


def named(group: str) -> dict[str, str]:
    """Return the packages that a group of pyproject.toml names, with their versions."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())[
        "dependency-groups"
    ]
    packages: dict[str, str] = {}
    for entry in groups[group]:
        if isinstance(entry, dict):
            packages |= named(entry["include-group"])
        else:
            name, _, version = entry.partition("==")
            packages[normal(name)] = version
    return packages


def locked(file: str) -> dict[str, str]:
    """Return the packages of a lock, with their versions."""
    pins = re.findall(
        r"^([\w.-]+)==([\w.]+)", (ROOT / file).read_text(), re.MULTILINE
    )
    return dict(pins)


def imported(*paths: Path) -> set[str]:
    """Return the packages that some files import, by the names they are installed by."""
    modules = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {
                    alias.name.partition(".")[0] for alias in node.names
                }
            elif (
                isinstance(node, ast.ImportFrom)
                and node.module
                and not node.level
            ):
                modules.add(node.module.partition(".")[0])
    modules -= set(sys.stdlib_module_names) | {
        "app",
        "reference",
        "tests",
        "benchmarks",
    }
    distributions = packages_distributions()
    return {normal(distributions[module][0]) for module in modules}


def test_what_is_imported_is_named() -> None:
    """Each package that the code imports is named, not only brought along by another."""
    code = [ROOT / "app.py", *(ROOT / "reference").rglob("*.py")]

    assert imported(*code) <= set(named("dev"))
    assert imported(*(ROOT / "tests").glob("*.py")) <= set(named("dev"))


@pytest.mark.parametrize("group", GROUPS)
def test_a_lock_holds_what_is_named(group: str) -> None:
    """Each group's lock has its packages in the versions that pyproject.toml names, and what they
    need; and what two locks have is of one version."""
    lock = locked(GROUPS[group])

    assert named(group).items() <= lock.items()
    assert locked("requirements.txt").items() <= lock.items()


@pytest.mark.parametrize(
    "file", ["requirements.txt", "requirements-export.txt"]
)
def test_what_serves_is_locked_with_hashes(file: str) -> None:
    """Every package of a lock that serves or exports has hashes, without which pip refuses it."""
    entries = re.split(
        r"^(?=[\w.-]+==)", (ROOT / file).read_text(), flags=re.MULTILINE
    )

    for entry in entries[1:]:
        assert "--hash=sha256:" in entry, entry


def test_serving_installs_nothing_that_only_export_needs() -> None:
    """Pagefind is ten megabytes, and makes static copies alone."""
    assert ONLY_EXPORTING.isdisjoint(locked("requirements.txt"))
    assert set(locked("requirements-export.txt")) >= ONLY_EXPORTING


def test_every_package_has_its_reason() -> None:
    """Each package that is named stands in README's table, and the table has no other."""
    table = README.partition("## Why each package is there")[2]
    rows = re.findall(r"^\| ([\w ,.-]+) \|", table, re.MULTILINE)
    reasoned = {
        normal(name.strip()) for row in rows for name in row.split(",")
    }

    assert reasoned - {"package"} == set(named("dev"))


def test_the_version_is_written_once() -> None:
    """The newest entry of CHANGELOG.md is the version that the code says."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+)", changelog, re.MULTILINE)

    assert newest and newest[1] == __version__
