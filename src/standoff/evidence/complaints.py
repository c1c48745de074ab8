"""Problems collected while evidence is read, each placed in its file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from standoff.errors import Level, Problem
from standoff.language.located import Located, Path_


class Complaints:
    """A list of problems that knows where in `located` a key path stands."""

    def __init__(self, located: Located) -> None:
        self.located = located
        self.problems: list[Problem] = []

    def add(
        self,
        path: Path_,
        found: str,
        expected: str,
        mend: str,
        level: Level = "error",
        *,
        on_key: bool = False,
    ) -> None:
        """A problem at a key path of this file; `on_key` points at the key and not at its value."""
        self.place(path, [Problem(found, expected, mend, level=level)], on_key=on_key)

    def warn(self, path: Path_, found: str, expected: str, mend: str) -> None:
        """A problem that does not stop anything, shown at the key."""
        self.add(path, found, expected, mend, "warning", on_key=True)

    def place(self, path: Path_, problems: Iterable[Problem], *, on_key: bool = False) -> None:
        """Problems that have no position yet, at a key path of this file."""
        line, column = self.located.where_key(path) if on_key else self.located.where(path)
        dotted = ".".join(str(part) for part in path)
        for problem in problems:
            self.problems.append(
                replace(problem, file=self.located.file, line=line, column=column, path=dotted)
            )

    def extend(self, problems: Iterable[Problem]) -> None:
        """Problems that are placed already."""
        self.problems.extend(problems)
