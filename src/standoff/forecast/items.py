"""What each draw says of every item of evidence, and where it would stand without it.

A draw is solved once. Its walk to the last date notes, between one item and the next, how likely everything was so far
and what was believed; and the same play is walked again along every history that leaves one thing out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.evidence import Evidence
from standoff.forecast.history import Trail, Walk, before_now, holds
from standoff.forecast.many import Plan, by_line, outcomes_many, plan, walk_many
from standoff.forecast.readings import Readings, readings_of
from standoff.forecast.rows import Rows, rows_of
from standoff.forecast.silence import Silence
from standoff.forecast.timeline import Timeline
from standoff.forecast.without import Variant, bare, without_each
from standoff.game import Structure
from standoff.solver import Solution

Record = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """What to note of the last date of a forecast: its `readings`, its `rows`, and its `variants` with the `todo` of
    walking them. `untried`: (kind, name) of what is not left out, for there would be too much to walk."""

    readings: Readings
    rows: Rows
    variants: tuple[Variant, ...]
    todo: Plan
    untried: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"Items(rows={len(self.rows.rows)}, variants={len(self.variants)}, walked={len(self.todo.lines)})"

    @property
    def kept(self) -> set[tuple[int, int]]:
        """(step, phase) whose values `note` needs in `Solution.kept`."""
        found = {before_now(line.step, line.phase, self.todo.phases) for line in self.todo.lines}
        return {at for at in found if at is not None}

    def blank(self, dates: int, outcomes: int) -> Record:
        """Arrays of nan for a draw: ``held`` [M, R] every reading at every date; ``course`` [runs + 1, 1 + R]
        log-likelihood of all so far and every reading, at the start and after every run of rows; ``without_loglik``
        [variants], ``without_series`` [lines, E] and ``without_held`` [lines, R]."""
        R, U = self.readings.size, len(self.todo.lines)
        return {
            "held": np.full((dates, R), np.nan),
            "course": np.full((len(self.rows.runs) + 1, 1 + R), np.nan),
            "without_loglik": np.full(len(self.variants), np.nan),
            "without_series": np.full((U, outcomes), np.nan),
            "without_held": np.full((U, R), np.nan),
        }

    def trail(self) -> Trail:
        """A trail that notes the readings on its way."""
        return Trail(measure=self.readings.measure)

    def note(
        self,
        solution: Solution,
        silence: Silence,
        whole: Walk,
        trail: Trail,
        parameters: Mapping[str, float],
        record: Record,
    ) -> None:
        """Fill the arrays. `whole`: the walk to the last date, possible or not, and the trail it left."""
        self._course(solution, whole, record["course"])
        if not self.variants:
            return
        herd = walk_many(solution, silence, self.todo, trail)
        record["without_series"][:] = outcomes_many(solution, herd, self.todo.lines)
        columns = self.readings.at(herd.beliefs) if herd.beliefs else []
        if columns:
            record["without_held"][:] = by_line(herd, np.stack(columns, axis=1), len(self.todo.lines))
        line = trail.line
        assert line is not None
        heard = _Heard(parameters)
        said = sum(heard(each) for items in line.testimony.values() for item in items for each in item.where)
        known = [
            *herd.loglik.tolist(),
            whole.loglik - said if math.isfinite(whole.loglik) else -math.inf,
        ]  # -1: the whole
        for v, one in enumerate(self.variants):
            change = sum(map(heard, one.said)) - sum(map(heard, one.unsaid))
            record["without_loglik"][v] = known[one.line] + said + change

    def _course(self, solution: Solution, whole: Walk, table: NDArray[np.float64]) -> None:
        start = [np.asarray(belief).reshape(1, -1) for belief in solution.priors]
        first = [float(column[0]) for column in self.readings.at(tuple(start))] if start else []
        table[0] = [0.0, *first]
        for j, (_, points) in enumerate(self.rows.runs):
            if any(point not in whole.trace for point in points):  # here it broke off
                table[j + 1 :] = [-np.inf, *table[j, 1:]]
                break
            loglik, held = whole.trace[points[-1]]
            table[j + 1] = [loglik, *held]


class _Heard:
    """Log of what a draw makes of a condition over its parameters."""

    def __init__(self, parameters: Mapping[str, float]) -> None:
        self.parameters = parameters
        self._known: dict[str, bool] = {}

    def __call__(self, said: tuple[str, float]) -> float:
        formula, ratio = said
        if formula not in self._known:
            self._known[formula] = holds(formula, self.parameters)
        return math.log(ratio) if self._known[formula] else 0.0


def items_of(structure: Structure, evidence: Evidence, line: Timeline) -> Items:
    """Everything to note of a date."""
    document, phases = structure.document, structure.phases
    left = without_each(document, phases, evidence, line)
    return Items(
        readings_of(document),
        rows_of(line, len(phases)),
        left.variants,
        plan(bare(line), left.lines, len(phases)),
        left.untried,
    )
