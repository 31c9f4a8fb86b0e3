"""What is wrong with content: where it is, what is wrong, and the mend."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem(Exception):
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
        self.problems = sorted(problems, key=lambda problem: (problem.file, problem.line))
        count = f"{len(self.problems)} problem{'s' if len(self.problems) != 1 else ''}"
        super().__init__("\n".join([*map(str, self.problems), count]))
