"""Does the cutting of time decide anything? The same game with the clock halved.

Hazards, flows, discounts and tempos are rates in time, so a finer clock should tell the same story. What is said
per step does not scale: a chance on an occasion that lasts, an actor without a tempo, a delay of one step between
cause and effect; and an actor has one turn in a step at most. How far the outcomes move is how much such things matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from standoff.errors import Problem
from standoff.forecast.fineness import draw_grid
from standoff.game import Structure, compile_case
from standoff.language.calendar import in_words, turns
from standoff.solver import solve

if TYPE_CHECKING:
    from standoff.case import Case

MOST = 0.02  # how far halving the step may move an outcome before it is worth a warning


@dataclass(frozen=True, slots=True)
class ClockCheck:
    """Outcome probabilities at the start, at the medians of the priors: with the clock as `written` and `halved`."""

    written: Mapping[str, float]
    halved: Mapping[str, float]
    step: str
    steps: int
    parts: int = 1

    @property
    def moved(self) -> dict[str, float]:
        """outcome -> how far it moves."""
        return {name: self.halved[name] - value for name, value in self.written.items()}

    @property
    def largest(self) -> float:
        """The largest move of any outcome."""
        return max(abs(value) for value in self.moved.values())

    def problems(self, file: str = "") -> list[Problem]:
        """A warning where the clock decides more than it should."""
        if self.largest <= MOST:
            return []
        name, value = max(self.moved.items(), key=lambda item: abs(item[1]))
        half = in_words(self.step, 2 * self.parts)
        return [
            Problem(
                file=file,
                path="clock.step",
                level="warning",
                found=f"a clock that matters: {half} as the step moves {name} by {value:+.3f}",
                expected=f"outcomes that move by {MOST:g} at most",
                mend="Give actors a `tempo`, write hazards as `rate` and `per`, or take a shorter step.",
            )
        ]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        rows = {
            name: {"written": value, "halved": self.halved[name], "moved": self.moved[name]}
            for name, value in self.written.items()
        }
        return {"step": self.step, "steps": self.steps, "parts": self.parts, "largest": self.largest, "outcomes": rows}


def check_clock(
    case: Case,
    *,
    grid: int | dict[int, int] | None = None,
    threads: int | None = None,
    time_limit: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ClockCheck:
    """Solve a case at the medians of its priors, as it is and with half the step.

    `grid` as in `solve`; the one of a forecast's draws if not given. `progress` counts steps over both solves.
    Costs three solves. Raises what compiling and solving raise.
    """
    document = case.document
    clock = document.clock
    finer = document.model_copy(update={"clock": clock.model_copy(update={"parts": 2 * clock.parts})})
    steps = turns(clock)
    found = []
    structures = (compile_case(document), compile_case(finer))
    if grid is None:
        grid = draw_grid(structures[0])  # the same for both: only the clock differs
    for each, done in zip(structures, (0, steps), strict=True):
        found.append(_outcomes(each, grid, threads, time_limit, progress, done, 3 * steps))
    return ClockCheck(written=found[0], halved=found[1], step=clock.step, steps=clock.steps, parts=clock.parts)


def _outcomes(
    structure: Structure,
    grid: int | dict[int, int],
    threads: int | None,
    time_limit: float | None,
    progress: Callable[[int, int], None] | None,
    before: int,
    total: int,
) -> dict[str, float]:
    tell = None if progress is None else (lambda done, _: progress(before + done, total))
    game = structure.game(structure.at_quantile())
    solution = solve(
        game,
        grid=grid,
        threads=threads,
        grid_error=False,
        time_limit=time_limit,
        progress=tell,
    )
    return solution.outcomes
