"""Backward induction: the layers of the game from the last step to the first.

Model. Values V[t, k][node, belief, column] are what the columns expect on entering phase k of step t.
Operator. ``V[t, k] = B_k V[t, k+1]`` where B_k plays phase k: the mover's quantal response at every
(state, belief), Bayes' rule, interpolation in the mover's simplex (`standoff.solver.kernels`). At the end
of a step payoff columns are discounted and flows are paid: ``V[t, K] = flow + discount * V[t+1, 0]``.
Start. ``V[T, 0]`` is the worth of `unresolved` in each state.
Error. Fixed points are solved to `tol` in play; interpolation adds O(h^2) per belief change, reported as
the grid error by `standoff.solver.solve`.
Cost. Linear in steps x phases x reachable states x belief points; memory two layers, plus what is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.errors import Problem, SolveError
from standoff.game.model import Floats, Game, Ints, Phase
from standoff.solver import kernels
from standoff.solver.grid import BeliefGrid

TOLERANCE = 1e-10
_LOST = 1e-4  # chances that do not add up to 1 by more than this are no round-off
_SMALL = 4_000  # (state, belief) pairs below which threads cost more than they give

Progress = Callable[[int, int], None]
Play = NDArray[np.float32]


@dataclass(slots=True, eq=False)
class Sweep:
    """What a backward sweep leaves behind."""

    start: Floats  # [B, C] values at the start state
    kept: dict[tuple[int, int], Floats]  # (step, phase) -> [N, B, C] values just after the phase
    own: dict[tuple[int, int], Floats]  # (step, phase) -> [N, B, n] the mover's columns of the same
    play: dict[tuple[int, int], Play]  # (step, phase) -> [A, B, n] stored play
    residual: float = 0.0
    worst: tuple[int, int, int, int] = (0, 0, 0, 0)  # step, phase, state, belief of the worst residual
    stuck: int = 0
    splitting: int = 0
    rounds: int = 0
    followed: int = 0
    updates: int = 0
    seconds: float = 0.0
    entry: Floats = field(default_factory=lambda: np.zeros((0, 0, 0)))  # [N, B, C] on entering `first`, where asked for


@dataclass(slots=True, eq=False)
class Layer:
    """Arrays of one phase, ready for the kernels, for every step."""

    phase: Phase
    hi: int
    lo: int
    n: int
    m: int
    points: Floats
    table: NDArray[np.int32]
    col0: int
    leads_to: Ints  # nodes its observations lead to
    pay: list[Floats] = field(default_factory=list)  # [T or 1] of [rows, P, n, 1 or others]
    spare: list[kernels.Work] = field(default_factory=list)  # work arrays nobody uses just now

    def at(self, array: NDArray[Any], t: int) -> NDArray[Any]:
        """The step's slice of an array with a leading step axis."""
        return np.asarray(array[t if array.shape[0] > 1 else 0])


def terminal_values(game: Game, own: list[Floats], t: int) -> Floats:
    """[terminals, B, C] worth of terminal nodes at step t, at every belief; exact, for it is multilinear there.

    `own` is `given_own_type`'s answer.
    """
    worth = game.terminal_worth[t if len(game.terminal_worth) > 1 else 0]
    P = game.pay_columns
    values = np.zeros((len(worth), len(own[0]), game.columns))
    for c in range(P):
        values[:, :, c] = worth[:, c, :] @ own[c].T
    values[np.arange(len(worth)), :, P + game.terminal_outcome] = 1.0
    return values


def flow_values(game: Game, own: list[Floats], t: int) -> Floats:
    """[S or 1, 1 or B, P] paid at the end of step t."""
    flow = game.flow[t if len(game.flow) > 1 else 0]
    if flow.shape[2] == 1:
        return np.ascontiguousarray(flow[:, None, :, 0])
    values = np.empty((len(flow), len(own[0]), game.pay_columns))
    for c in range(game.pay_columns):
        values[:, :, c] = flow[:, c, :] @ own[c].T
    return values


def given_own_type(game: Game, grid: BeliefGrid) -> list[Floats]:
    """Per payoff column (i, type): [B, J] belief over joint profiles given the column's own type."""
    profiles = game.profile_types()
    marginals = []  # [B, n] per secret actor
    for actor in game.secret:
        hi, axis, lo = grid.split(actor)
        marginals.append(np.tile(np.repeat(axis.points, lo, axis=0), (hi, 1)))
    result = []
    for i, names in enumerate(game.types):
        for kind in range(len(names)):
            weight = np.ones((grid.size, len(profiles)))
            for position, actor in enumerate(game.secret):
                if actor == i:
                    weight *= profiles[:, position] == kind
                else:
                    weight *= marginals[position][:, profiles[:, position]]
            result.append(weight)
    return result


def mover_pay(game: Game, phase: Phase, pay: Floats, others: list[Floats]) -> Floats:
    """[rows, P, n, 1 or BO]: what each move pays each column, by the type of the phase's actor.

    `pay` [rows, P, J]; `others` holds, for each secret actor but the phase's own, its belief [BO, n] at
    every point of the others' grid. The last axis has length 1 unless a third actor's type matters.
    """
    rows, P, J = pay.shape
    own = phase.actor if phase.actor in game.secret else -1
    n = len(game.types[phase.actor]) if phase.actor >= 0 else 1
    if J == 1:
        return np.ascontiguousarray(np.repeat(pay[:, :, :, None], n, axis=2))
    counts = [len(game.types[i]) for i in game.secret]
    cube = pay.reshape(rows, P, *counts)
    axes = [i for i in game.secret if i != own]
    if own >= 0:
        cube = np.moveaxis(cube, 2 + game.secret.index(own), 2)
    else:
        cube = cube[:, :, None]
    BO = len(others[0]) if others else 1
    result = np.zeros((rows, P, n, BO))
    for i, names in enumerate(game.types):
        for kind in range(len(names)):
            c = game.column[i] + kind
            part = cube[:, c, :, None]  # [rows, n, 1, others' types...]
            for position, actor in enumerate(axes):
                if actor == i:
                    part = part[:, :, :, kind]
                else:
                    belief = others[position].reshape(1, 1, BO, -1, *([1] * (part.ndim - 4)))
                    part = (part * belief).sum(axis=3)
            result[:, c] = part
    if BO > 1 and (np.ptp(result, axis=3) <= 1e-15).all():
        result = result[..., :1]
    return np.ascontiguousarray(result)


def layers_of(game: Game, grid: BeliefGrid) -> list[Layer]:
    """Per phase: belief axes, columns and payoffs as the kernels take them."""
    layers = []
    for phase in game.phases:
        hi, axis, lo = grid.split(phase.actor)
        others = []
        for actor in game.secret:
            if actor == phase.actor:
                continue
            before, own, after = grid.split(actor)
            full = np.tile(np.repeat(own.points, after, axis=0), (before, 1))
            # drop the mover's axis from the belief index
            others.append(full.reshape(hi, axis.size, lo, own.n)[:, 0].reshape(hi * lo, own.n))
        col0 = game.column[phase.actor] if phase.actor >= 0 else 0
        leads_to = np.unique(phase.obs_node)
        layer = Layer(phase, hi, lo, axis.n, axis.m, axis.points, axis.table, col0, leads_to)
        layer.pay = [mover_pay(game, phase, pay, others) for pay in phase.pay]
        layers.append(layer)
    return layers


def sweep(
    game: Game,
    grid: BeliefGrid,
    *,
    tol: float = TOLERANCE,
    threads: int = 1,
    progress: Progress | None = None,
    deadline: float | None = None,
    keep: Collection[tuple[int, int]] = (),
    own_until: int = 0,
    play_from: int | None = None,
    first: tuple[int, int] = (0, 0),
    at: Ints | None = None,
) -> Sweep:
    """Solve the game backwards, down to phase `first` (step, phase), the start of the story if not said.

    `keep` names the (step, phase) just after which all values are wanted later; `own_until` keeps the
    mover's own columns of every earlier step; `play_from` stores the play of every phase from that step on;
    `deadline` is a `time.monotonic()` moment after which no further phase is begun. `at` names the states in which the
    story may stand as `first` begins: only what can be reached from there is solved. The answer does not depend on
    `threads`. Raises SolveError after the deadline, where payoffs are so large that sums of them are no numbers, and
    where the chances of a move's ways do not add up to 1.
    """
    began = time.perf_counter()
    S, N, B, C = len(game.states), game.nodes, grid.size, game.columns
    layers = layers_of(game, grid)
    own = given_own_type(game, grid)
    wide = -(-C // kernels.LINE) * kernels.LINE  # padded to whole cache lines
    both = np.zeros((2, N, B, wide))  # two slabs a node: one in force, one to write the next values to
    side = np.zeros(N, np.int32)
    every = np.arange(N)
    result = Sweep(np.zeros((B, C)), {}, {}, {})
    both[0, :S, :, :C] = terminal_values(game, own, game.steps)[game.final_node - S]
    fade = np.ones(C)
    for i, names in enumerate(game.types):
        fade[game.column[i] : game.column[i] + len(names)] = game.discount[i]
    pool = ThreadPoolExecutor(threads) if threads > 1 else None
    flow = None
    active, active_end = (game.active, game.active_end) if at is None else reached(game, first, at)
    try:
        for t in range(game.steps - 1, first[0] - 1, -1):
            last = t == game.steps - 1
            if last or len(game.terminal_worth) > 1:
                both[0, S:, :, :C] = terminal_values(game, own, t)
            if last or len(game.flow) > 1:
                flow = flow_values(game, own, t)
            if flow is not None and (flow.any() or (fade != 1.0).any()):
                _close(active_end[t], both, side, fade, flow, pool, threads)
            for k in range(len(layers) - 1, (first[1] if t == first[0] else 0) - 1, -1):
                if deadline is not None and time.monotonic() > deadline:
                    raise _out_of_time(game.steps - 1 - t, game.steps)
                if (t, k) in keep:
                    result.kept[t, k] = both[side, every, :, :C]
                if t < own_until and layers[k].phase.choice:
                    col0 = layers[k].col0
                    result.own[t, k] = both[side, every, :, col0 : col0 + layers[k].n]
                store = play_from is not None and t >= play_from
                _layer(layers[k], t, active[t][k], both, side, tol, pool, threads, store, result, k)
            if progress is not None:
                progress(game.steps - t, game.steps)
    finally:
        if pool is not None:
            pool.shutdown()
    result.start = both[side[0], 0, :, :C].copy()
    if first != (0, 0) or at is not None:
        result.entry = both[side, every, :, :C]
    _check(game, result.start)
    result.seconds = time.perf_counter() - began
    return result


def reached(game: Game, first: tuple[int, int], at: Ints) -> tuple[list[list[Ints]], list[Ints]]:
    """States [T][phases] reachable on entering each phase, and [T] at the end of each step, from the states `at` as
    phase `first` begins; none before it. A move of no chance in this game counts as one that may come."""
    S, K = len(game.states), len(game.phases)
    none = np.zeros(0, np.int32)
    here = np.zeros(S, bool)
    here[np.asarray(at, np.int64)] = True
    active: list[list[Ints]] = []
    ends: list[Ints] = []
    for t in range(game.steps):
        row = [none] * K
        for k in range(first[1] if t == first[0] else 0, K if t >= first[0] else 0):
            phase = game.phases[k]
            row[k] = np.nonzero(here)[0].astype(np.int32)
            state = np.repeat(np.arange(S), np.diff(phase.act_ptr))
            opened = phase.act_open[t if len(phase.act_open) > 1 else 0] & here[state]
            act = np.repeat(np.arange(len(state)), np.diff(phase.br_ptr))
            ways = opened[act]
            leads_to = phase.obs_node[phase.obs_ptr[state[act]] + phase.br_obs][ways]
            moved = np.zeros(S, bool)
            moved[state[opened]] = True
            here = here & ~moved
            here[leads_to[leads_to < S]] = True
        active.append(row)
        ends.append(np.nonzero(here)[0].astype(np.int32) if t >= first[0] else none)
    return active, ends


def _check(game: Game, start: Floats) -> None:
    """Refuse values [B, C] that are none: numbers overflowed, or chances got lost."""
    if not np.isfinite(start).all():
        raise SolveError(
            Problem(
                found="values beyond the range of numbers",
                expected="payoffs whose sums are finite numbers",
                mend="State payoffs in a larger unit; some formula may be near a division by zero.",
            )
        )
    total = start[:, game.pay_columns :].sum(axis=1)
    worst = float(total[np.abs(total - 1.0).argmax()])
    if abs(worst - 1.0) > _LOST:
        raise SolveError(
            Problem(
                found=f"outcomes whose chances add up to {worst:.6g}",
                expected="1",
                mend="The ways each move can turn out must add up to 1 in the game that is solved.",
            )
        )


def _out_of_time(done: int, steps: int) -> SolveError:
    return SolveError(
        Problem(
            found=f"the time limit, after {done} of {steps} steps",
            expected="an answer within the limit",
            mend="Raise --time-limit, or take a coarser belief grid with --grid.",
        )
    )


def _close(
    which: Ints, both: Floats, side: Ints, fade: Floats, flow: Floats, pool: ThreadPoolExecutor | None, threads: int
) -> None:
    """The end of a step: impatience, and what flows."""
    values = both.reshape(-1, *both.shape[2:])
    pieces = threads if pool is not None and len(which) * both.shape[2] >= _SMALL else 1
    _share(lambda states: kernels.close_step(states, values, side, fade, flow), which, pieces, pool)


def _layer(
    layer: Layer, t: int, active: Ints, both: Floats, side: Ints, tol: float, pool: ThreadPoolExecutor | None,
    threads: int, store: bool, result: Sweep, k: int,
) -> None:  # fmt: skip
    phase = layer.phase
    opened, prob = layer.at(phase.act_open, t), layer.at(phase.br_prob, t)
    pay = layer.pay[t if len(layer.pay) > 1 else 0]
    acts, seen, ways = phase.widest
    N, B, C = both.shape[1:]
    shape = (len(phase.act_move), B, layer.n) if store else (0, 0, layer.n)
    play = np.zeros(shape, np.float32)
    values, flat = both.reshape(2 * N, B, C), both.reshape(-1)
    moved = np.zeros(N, np.int32)
    pieces = threads * 4 if pool is not None and len(active) * B >= _SMALL else 1
    own = np.empty(N * B * layer.n if layer.n > 1 else 0)
    stakes = np.empty((N, layer.hi * layer.lo))

    def gather(nodes: Ints) -> None:
        Bm = len(layer.points)
        kernels.own_columns(nodes, values, side, layer.n, layer.hi, Bm, layer.lo, layer.col0, own, stakes)

    def run(states: Ints) -> Floats:
        try:
            work = layer.spare.pop()
        except IndexError:
            work = kernels.scratch(acts, seen, layer.n, ways, pay.shape[1])
        if layer.n > 1:
            kernels.layer_with_types(
                states, phase.choice, phase.precision, tol, phase.turn, phase.act_ptr, opened, phase.standing_at,
                phase.br_ptr, phase.br_obs, prob, phase.obs_ptr, phase.obs_node, pay, phase.pay_row, values, flat, side,
                moved, layer.points, layer.hi, len(layer.points), layer.lo, layer.col0, layer.m, layer.table,
                own, stakes, work, play,
            )  # fmt: skip
        else:
            kernels.layer_without_types(
                states, phase.choice, phase.precision, phase.turn, phase.act_ptr, opened, phase.standing_at,
                phase.br_ptr, phase.br_obs, prob, phase.obs_ptr, phase.obs_node, pay, phase.pay_row, values, flat, side,
                moved, layer.col0, work, play,
            )  # fmt: skip
        layer.spare.append(work)
        return work.stats.copy()

    if layer.n > 1:
        _share(gather, layer.leads_to, pieces, pool)
    parts = _share(run, active, pieces, pool)
    side ^= moved
    if store and phase.choice:
        result.play[t, k] = play
    for stats in parts:
        if stats[kernels.RESIDUAL] > result.residual:
            result.residual = float(stats[kernels.RESIDUAL])
            result.worst = (t, k, int(stats[kernels.WORST_STATE]), int(stats[kernels.WORST_BELIEF]))
        result.stuck += int(stats[kernels.STUCK])
        result.splitting += int(stats[kernels.SPLIT])
        result.rounds += int(stats[kernels.ROUNDS])
        result.followed += int(stats[kernels.FOLLOWED])
        result.updates += int(stats[kernels.UPDATES])


def _share(work: Callable[[Ints], Any], items: Ints, pieces: int, pool: ThreadPoolExecutor | None) -> list[Any]:
    """`work` on contiguous pieces of `items`, by the pool if there is more than one piece."""
    cut = [part for part in np.array_split(items, pieces) if len(part)]
    return [work(part) for part in cut] if pool is None or pieces == 1 else list(pool.map(work, cut))
