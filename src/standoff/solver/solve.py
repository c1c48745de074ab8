"""Solve a game and say how far the answer can be trusted."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Collection

import numpy as np

from standoff.errors import Problem, SolveError
from standoff.game.model import Floats, Game, Ints
from standoff.solver.grid import BeliefGrid, belief_grid, halved
from standoff.solver.paths import quiet_path
from standoff.solver.solution import Certificate, Solution
from standoff.solver.sweep import TOLERANCE, Progress, Sweep, layers_of, sweep


def solve(
    game: Game,
    *,
    grid: int | dict[int, int] | None = None,
    tol: float = TOLERANCE,
    threads: int | None = None,
    grid_error: bool = True,
    time_limit: float | None = None,
    progress: Progress | None = None,
    keep: Collection[tuple[int, int]] = (),
    own_until: int = 0,
    play_from: int | None = None,
    first: tuple[int, int] = (0, 0),
    at: Ints | None = None,
) -> Solution:
    """Agent quantal response equilibrium with Bayesian public beliefs, by backward induction.

    grid: subdivisions per edge of every belief simplex, or {number of types: subdivisions}.
    grid_error: also solve on the halved grid and report how far the outcome probabilities move (about
        an eighth to a quarter of the time more). Without secrets there is no grid and the error is 0; a grid
        that cannot be halved has an error nobody measured, None.
    time_limit: seconds; SolveError when it is exceeded.
    progress: called as ``progress(steps done, steps)``.
    keep, own_until, play_from: what to store for later look-ups; see `standoff.solver.sweep.sweep`.
    first: (step, phase) to solve down to, for a story that has come so far: `Solution.entry` then holds the values on
        entering it, equal to the last digit to those of the whole solve. Nothing before it can be looked at.
    at: states the story may stand in as `first` begins; only what can be reached from them is solved.

    The principal branch is taken, the one that starts at uniform play for zero precision. Complexity:
    O(steps x phases x reachable states x belief points). Raises SolveError on the time limit, for a game larger than
    the machine's memory, and where payoffs are so large that sums of them are no numbers.
    """
    threads = threads or os.cpu_count() or 1
    began = time.perf_counter()
    deadline = None if time_limit is None else time.monotonic() + time_limit
    fine = belief_grid(game, grid)
    _check_room(game, fine, 2 + len(keep))
    if first == (0, 0):
        own_until = max(own_until, 1 + max((t for t, _, _ in quiet_path(game)), default=-1))
    error: float | None = None
    coarse_start = None
    if grid_error and any(axis.m > 1 for axis in fine.axes):
        coarse = halved(game, fine)
        rough = sweep(game, coarse, tol=tol, threads=threads, deadline=deadline)
        coarse_start = _outcomes(game, coarse, rough)
    elif grid_error and not fine.axes:
        error = 0.0
    result = sweep(
        game, fine, tol=tol, threads=threads, deadline=deadline, progress=progress, keep=keep,
        own_until=own_until, play_from=play_from, first=first, at=at,
    )  # fmt: skip
    if coarse_start is not None:
        error = float(np.abs(_outcomes(game, fine, result) - coarse_start).max())
    return Solution(
        game=game,
        grid=fine,
        certificate=Certificate(
            residual=result.residual,
            grid_error=error,
            states=len(game.states),
            belief_points=fine.size,
            seconds=time.perf_counter() - began,
            flagged=result.stuck,
            near_splitting=result.splitting,
            rounds=result.rounds,
            followed=result.followed,
            node_updates=result.updates,
            grid=fine.describe(),
            worst=_worst(game, result),
        ),
        start=result.start,
        kept=result.kept,
        own=result.own,
        play=result.play,
        layers=tuple(layers_of(game, fine)),
        entry=result.entry,
    )


def _check_room(game: Game, grid: BeliefGrid, layers: int) -> None:
    """Refuse a game of which so many layers do not fit into memory, before any of it is touched."""
    need, there = 8 * game.nodes * grid.size * game.columns * layers, _memory()
    if need > there:
        points = " x ".join(str(axis.size) for axis in grid.axes) or "1"
        raise SolveError(
            Problem(
                found=f"{game.nodes:,} states and endings at {points} beliefs: {need / 2**30:,.1f} GB",
                expected=f"what fits into this machine's {there / 2**30:,.1f} GB",
                mend="Take a coarser belief grid with --grid, or fewer levels, types or actors with types.",
            )
        )


def _memory() -> float:
    """The machine's memory in bytes; infinite where it cannot be told."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        return math.inf


def _outcomes(game: Game, grid: BeliefGrid, result: Sweep) -> Floats:
    weights = grid.weights(tuple(game.priors[i] for i in game.secret))
    return np.asarray(weights @ result.start[:, game.pay_columns :])


def _worst(game: Game, result: Sweep) -> str:
    """Where the worst residual sits, in words."""
    if result.residual == 0.0:
        return ""
    t, k, s, b = result.worst
    state = ", ".join(f"{f} {game.levels[i][game.states[s, i]]}" for i, f in enumerate(game.factors))
    return f"step {t}, {game.phases[k].label}, {state or 'the only state'}, belief point {b}"
