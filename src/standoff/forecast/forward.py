"""Where the story goes from here: probability mass pushed forward through the solved play.

The transpose of the outcome columns' recursion. What has been absorbed by the end of each step gives the
by-date curves without sampling, and what has not gives the expected course of every factor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from standoff.forecast.history import Places
from standoff.game.model import Floats, Game
from standoff.solver import kernels
from standoff.solver.solution import Solution


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """From step `first` on: `ended` [steps, E] cumulative probability of each outcome by the end of each
    step, `levels` [steps, factors, most levels] of each factor there, given the story goes on (nan once it
    cannot), `alive` [steps] the chance that it does."""

    first: int
    ended: Floats
    levels: Floats
    alive: Floats


def course(
    solution: Solution, places: Places, step: int, phase: int, look: Callable[[int, int, Floats], None] | None = None
) -> Course:
    """Push the weighted places forward from phase `phase` of step `step` to the end of the clock.

    `look(t, k, mass)` is shown the mass [N, B] over nodes and belief points as each phase begins. Needs a solution with
    `play_from` at or before `step`. Agrees with the outcome columns to the rounding of
    the stored play (float32, about 1e-6).
    """
    game, grid = solution.game, solution.grid
    S, N, B, E = len(game.states), game.nodes, grid.size, len(game.outcomes)
    mass = np.zeros((N, B))
    ended, alive = np.zeros(E), []
    absorbed = []
    for d, state in enumerate(places.states):
        if state >= S:
            ended[game.terminal_outcome[state - S]] += places.weights[d]
        else:
            mass[state] += places.weights[d] * grid.weights(tuple(belief[d] for belief in places.beliefs))
    for t in range(step, game.steps):
        for k in range(phase if t == step else 0, len(game.phases)):
            if look is not None:
                look(t, k, mass)
            mass = _push(solution, t, k, mass)
        ended = ended + np.bincount(game.terminal_outcome, mass[S:].sum(axis=1), minlength=E)
        mass[S:] = 0.0
        absorbed.append(ended)
        alive.append(mass[:S].sum(axis=1))
    return course_of(game, step, absorbed, alive)


def course_of(game: Game, first: int, absorbed: Sequence[Floats], alive: Sequence[Floats]) -> Course:
    """The course from what stood at the end of each step from `first` to the last: `absorbed` [E] by outcome so far,
    `alive` [S] by state."""
    steps, S, E = len(absorbed), len(game.states), len(game.outcomes)
    most = max((len(levels) for levels in game.levels), default=1)
    ended, going_on = np.zeros((steps, E)), np.zeros(steps)
    levels = np.full((steps, len(game.factors), most), np.nan)
    for i, (over, there) in enumerate(zip(absorbed, alive, strict=True)):
        ended[i] = over
        going_on[i] = there.sum()
        if going_on[i] > 1e-9:
            for f, names in enumerate(game.levels):
                levels[i, f, : len(names)] = np.bincount(game.states[:, f], there, len(names)) / going_on[i]
                levels[i, f, len(names) :] = 0.0
    if steps and len(game.terminal_outcome):
        ended[-1] = absorbed[-1] + np.bincount(game.terminal_outcome[game.final_node - S], alive[-1], minlength=E)
    return Course(first, ended, levels, going_on)


def _push(solution: Solution, t: int, k: int, mass: Floats) -> Floats:
    game, layer = solution.game, solution.layers[k]
    phase = layer.phase
    S = len(game.states)
    out = np.zeros_like(mass)
    out[S:] = mass[S:]
    active = np.nonzero(mass[:S].any(axis=1))[0].astype(np.int32)
    play = solution.play.get((t, k))
    if play is None:
        play = np.zeros((0, 0, layer.n), np.float32)
    acts, seen, ways = phase.widest
    kernels.push_mass(
        active, phase.turn, phase.act_ptr, layer.at(phase.act_open, t), phase.standing_at, phase.br_ptr,
        phase.br_obs, layer.at(phase.br_prob, t), phase.obs_ptr, phase.obs_node, play, layer.points, layer.hi,
        len(layer.points), layer.lo, layer.m, layer.table, kernels.scratch(acts, seen, layer.n, ways), mass,
        out,
    )  # fmt: skip
    return out
