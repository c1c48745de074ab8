"""What can go wrong, in one shape.

Every complaint is a `Problem`: where it is, what was found, what was expected, and how to mend it.
Exceptions only carry problems; all problems of one reading travel together.

    StandoffError                 anything this package raises on purpose; `.problems` is never empty
    ├── CaseError                 the case folder, its YAML, an expression, a mechanism's arguments
    ├── EvidenceError             a report, an anchor, a claim, a date
    ├── GameError                 a case that reads well but cannot be compiled (too large, no move open)
    ├── SolveError                a solve that was stopped: time limit, memory, numbers out of range
    ├── FitError                  a table, a design or a likelihood that cannot be fitted
    ├── RunError                  a run folder, a disk, a worker pool, an interrupted run
    ├── ScoreError                forecasts or resolutions that cannot be scored: a table, a date, an order
    └── DraftError                an endpoint that cannot be used, a proposal that cannot be accepted

The terminal, `--json` and the brief print the same fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One complaint.

    `line` and `column` count from 1; 0 means the complaint is about the file as a whole.
    `path` is the key path inside the file, dotted: ``moves.washington.raid.when``.
    """

    found: str
    expected: str
    mend: str
    file: str = ""
    line: int = 0
    column: int = 0
    path: str = ""
    level: Level = "error"

    @property
    def where(self) -> str:
        """``file:line:column``, as far as it is known."""
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"

    def __str__(self) -> str:
        head = ": ".join(part for part in (self.where, self.path) if part)
        body = f"found {self.found}; expected {self.expected}. {self.mend}"
        return f"{head}: {body}" if head else body

    def to_json(self) -> dict[str, Any]:
        """The documented shape of one row of ``standoff check --json``."""
        return asdict(self)


class StandoffError(Exception):
    """Base of all deliberate failures; carries at least one `Problem`."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        found: Sequence[Problem] = [problems] if isinstance(problems, Problem) else list(problems)
        if not found:
            raise ValueError("a StandoffError needs at least one Problem")
        self.problems: tuple[Problem, ...] = tuple(found)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (list(self.problems),))


class CaseError(StandoffError):
    """The case cannot be read or means nothing definite."""


class EvidenceError(StandoffError):
    """The evidence does not hold: a missing report, a changed passage, an impossible date."""


class GameError(StandoffError):
    """The case reads well but does not compile into a game."""


class SolveError(StandoffError):
    """A solve was stopped before it had an answer."""


class FitError(StandoffError):
    """A table, a design or a likelihood cannot be fitted."""


class RunError(StandoffError):
    """A run folder or the machinery around a run failed."""


class ScoreError(StandoffError):
    """Forecasts cannot be scored: their table, their dates, what is asked of them."""


class DraftError(StandoffError):
    """Drafting help failed: the endpoint, its answer, or writing what was accepted."""


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """A closing question such as ``Did you mean 'force'?``, or the list of choices when nothing is close."""
    from difflib import get_close_matches

    names = sorted(set(choices))
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"Did you mean '{near[0]}'?"
    if not names:
        return "Nothing of this kind is declared yet."
    shown = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    return f"Known here: {shown}."
