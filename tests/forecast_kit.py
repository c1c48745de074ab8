"""Small games whose play is known in closed form, for the tests of forecasts.

An actor that may push or hold in every step, at a cost that depends on its type and changes nothing else that
anybody cares about, pushes with probability ``turn / (1 + exp(precision * cost))`` whatever is believed of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from standoff.case import Case, load
from standoff.forecast import Settings
from standoff.forecast.draws import parameters_at, type_priors_at
from standoff.forecast.forecast import make_task
from standoff.forecast.history import Walk, before_now, walk
from standoff.forecast.silence import Silence
from standoff.game import compile_case
from standoff.solver import Solution, solve

PUSHES = """
standoff: 1
title: Pushes
question: Who pushes?
clock: {start: 2030-01-07, step: week, steps: 6}
parameters: {PARAMETERS}
factors:
  level: {levels: [l0, l1, l2, l3, l4, l5, l6]}
actors:
  a:
    types: {x: {prior: 0.7}, y: {prior: 0.3}}
    precision: 4
    tempo: {per: week, times: 0.7}
  b: {precision: 0}
moves:
  a:
    hold: {}
    push: {then: {level: +1}, costs: {a: {x: 0.5, y: -0.1}}}
  b:
    hold: {}
    note: {noticed: 0}
outcomes:
  unresolved: {worth: {a: 0, b: 0}}
"""

COINS = """
standoff: 1
title: Coins
question: How loaded is it?
clock: {start: 2030-01-07, step: week, steps: 12}
parameters: {p: {prior: {uniform: [0, 1]}, judgement: 'test: any'}, q: {prior: {uniform: [0, 1]}}}
factors: {heads: {levels: [h0, h1]}}
actors: {a: {}}
moves: {a: {hold: {}}}
events:
  flip: {when: true, chance: p, noticed: 1, then: {heads: h1}}
  fire: {when: true, chance: 0.1 * p, ends: burnt}
outcomes:
  burnt: {worth: {a: 0}}
  unresolved: {worth: {a: 1}}
"""

TURN = 0.7
PUSH = {"x": TURN / (1 + math.exp(4 * 0.5)), "y": TURN / (1 + math.exp(4 * -0.1))}
PRIOR = {"x": 0.7, "y": 0.3}


def day(week: int, weekday: int = 0) -> date:
    """A day of the game: week 0 starts on 2030-01-07, a Monday."""
    return date.fromordinal(date(2030, 1, 7).toordinal() + 7 * week + weekday)


def heads(*weeks: int) -> str:
    """Evidence that the coin of COINS fell on its head in these weeks, and nothing else."""
    told = "".join(f"  - {{date: {day(week)}, event: flip, judgement: 'test'}}\n" for week in weeks)
    return f"history:\n{told or '  []'}"


def write(folder: Path, case: str, evidence: str = "", parameters: str = "{}") -> Path:
    """A case folder with this text; ``{PARAMETERS}`` in it is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.yaml").write_text(case.replace("{PARAMETERS}", parameters), encoding="utf-8")
    (folder / "evidence.yaml").write_text(evidence or "history: []\n", encoding="utf-8")
    return folder


def edited(text: str, *edits: tuple[str, str]) -> str:
    """`text` with every edit made; an edit that fits nowhere is a mistake in the test."""
    for old, new in edits:
        assert old in text, f"no {old!r} in the text"
        text = text.replace(old, new, 1)
    return text


@dataclass
class Walked:
    """A draw at the medians, walked to a date."""

    case: Case
    solution: Solution
    walk: Walk

    def belief(self, actor: int = 0) -> list[float]:
        return [float(x) for x in self.walk.places.mean_beliefs()[actor]]

    @property
    def likelihood(self) -> float:
        return math.exp(self.walk.loglik)


def walked(folder: Path, as_of: date, grid: Any = None, u: float = 0.5) -> Walked:
    """Solve the case at one point of its priors and walk its history as known at `as_of`."""
    case = load(folder)
    structure = compile_case(case)
    task = make_task(case, structure, as_of, Settings())
    import numpy as np

    point = np.full(task.axes.size, u)
    parameters = structure.settle(parameters_at(structure, task.axes, point))
    game = structure.game(parameters, type_priors_at(structure, task.axes, point, parameters))
    line = task.lines[-1]
    before = before_now(line.step, line.phase, len(game.phases))
    solution = solve(
        game,
        grid=grid,
        threads=1,
        grid_error=False,
        keep={before} if before else (),
        own_until=line.step + 1,
        play_from=line.step,
    )
    return Walked(case, solution, walk(solution, Silence(structure, parameters), line, parameters))
