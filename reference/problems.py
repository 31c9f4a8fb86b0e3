"""What is wrong with content: where it is, what is wrong, and the mend."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem(Exception):
    """Something wrong at one place: `content/themes/training.md:12: prose: … . Mend: … .`"""

    file: str
    line: int
    place: str
    wrong: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.place}: {self.wrong}. Mend: {self.mend}."


class ContentError(Exception):
    """Raised when content cannot be served; `problems` holds every one found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        plural = "s" if len(self.problems) != 1 else ""
        lines = [str(problem) for problem in self.problems]
        lines.append(f"{len(self.problems)} problem{plural}")
        super().__init__("\n".join(lines))


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems by file and line."""
    return sorted(problems, key=lambda problem: (problem.file, problem.line))
