"""What is wrong between a case and a table: collected with its place, some twenty of a kind, and told all at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from standoff.errors import Level, Problem
from standoff.fit.table import MOST, Table
from standoff.game.model import Ints
from standoff.language.located import Located, Path_


class Complaints:
    """Problems with keys of the case and with cells of the table."""

    def __init__(self, table: Table, located: Located | None = None) -> None:
        self.table = table
        self.located = located
        self.problems: list[Problem] = []
        self.affordable = True  # until something is too large to be laid out
        self._absent: dict[str, tuple[int, int]] = {}  # column: place among the problems, how often it is used

    def absent(self, name: str, path: Path_, found: str, expected: str, mend: str) -> None:
        """About a column that is not there: told where it is used first, with how often it is."""
        if name not in self._absent:
            self._absent[name] = len(self.problems), 1
            self.key(path, found, expected, mend)
            return
        place, times = self._absent[name]
        self._absent[name] = place, times + 1
        self.problems[place] = replace(self.problems[place], found=f"{found}, in {times + 1} places")

    def key(
        self, path: Path_, found: str, expected: str, mend: str, *, column: int = 0, level: Level = "error"
    ) -> None:
        """About what stands at `path` of the case; `column` counts inside it."""
        dotted = ".".join(map(str, path))
        if self.located is None:
            self.problems.append(Problem(found, expected, mend, path=dotted, level=level))
            return
        line, at = self.located.where_inside(path, column) if column else self.located.where_key(path)
        file = self.located.file_at(path)
        self.problems.append(Problem(found, expected, mend, file, line, at, dotted, level))

    def cells(
        self, name: str, rows: Ints | Sequence[int], found: Callable[[int], str], expected: str, mend: str
    ) -> None:
        """About cells of a column; `found` says what is in a row."""
        told = [int(row) for row in rows[:MOST]]
        places = self.table.places([(row, name) for row in told])
        for row, (line, at) in zip(told, places, strict=True):
            self.problems.append(Problem(found(row), expected, mend, self.table.name, line, at, name))
        left = len(rows) - len(told)
        if left:
            one = f"{left:,} more cell{'s' * (left > 1)} of the column `{name}` like that"
            self.problems.append(Problem(one, "none", "Mend them in the same way.", self.table.name, path=name))

    def whole(self, found: str, expected: str, mend: str, *, level: Level = "error") -> None:
        """About the table as a whole."""
        self.problems.append(Problem(found, expected, mend, self.table.name, level=level))

    @property
    def errors(self) -> list[Problem]:
        """What keeps the case from being fitted, each once."""
        return [problem for problem in dict.fromkeys(self.problems) if problem.level == "error"]

    @property
    def remarks(self) -> tuple[Problem, ...]:
        """What stops nothing, each once."""
        return tuple(problem for problem in dict.fromkeys(self.problems) if problem.level != "error")
