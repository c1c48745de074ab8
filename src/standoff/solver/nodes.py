"""One node of a solved game, looked at closely: play, what may be seen, and what is believed after.

The beliefs need not lie on the grid: the node's own fixed point is solved there afresh, against the
interpolated values just after the phase.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from standoff.game.model import Floats, Game, Ints
from standoff.solver import kernels
from standoff.solver.grid import BeliefGrid
from standoff.solver.sweep import TOLERANCE, Layer, mover_pay

Beliefs = tuple[Floats, ...]  # one belief [n] per secret actor


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """Play at one (step, phase, state, belief).

    `moves` [A] indexes the phase's moves, `play` [A, n] is their probability by type given a turn. For each of the O
    observations: `label` (move index, or -1 if only the state is seen), `leads_to` (node), `by_type` [O, n]
    and `seen` [O] its probability, `post` [O, n] the belief about the phase's actor after it, `columns`
    [O, C] all values just after it.
    """

    actor: int
    moves: Ints
    play: Floats
    label: Ints
    leads_to: Ints
    by_type: Floats
    seen: Floats
    post: Floats
    columns: Floats
    residual: float

    def beliefs_after(self, game: Game, beliefs: Beliefs, o: int) -> Beliefs:
        """All beliefs after observation o."""
        if self.actor not in game.secret:
            return beliefs
        at = game.secret.index(self.actor)
        return (*beliefs[:at], self.post[o], *beliefs[at + 1 :])


def open_moves(layer: Layer, t: int, state: int) -> tuple[Ints, int]:
    """(stacked indices of the moves open in a state, position of the standing one or -1)."""
    phase = layer.phase
    first, last = phase.act_ptr[state], phase.act_ptr[state + 1]
    opened = phase.act_open[t if len(phase.act_open) > 1 else 0, first:last]
    acts = first + np.nonzero(opened)[0]
    standing = np.nonzero(acts - first == phase.standing_at[state])[0]
    return acts.astype(np.int64), int(standing[0]) if len(standing) and phase.standing_at[state] >= 0 else -1


def look(
    game: Game, grid: BeliefGrid, layer: Layer, t: int, state: int, beliefs: Beliefs, after: Mapping[int, Floats],
    tol: float = TOLERANCE,
) -> Node:  # fmt: skip
    """Solve one node. `after` maps every node the state's observations lead to onto its values [B, C] just
    after the phase (`Sweep.kept`); a state without open moves must map itself."""
    phase = layer.phase
    acts, standing = open_moves(layer, t, state)
    first, last = phase.obs_ptr[state], phase.obs_ptr[state + 1]
    before, behind = _others(game, grid, phase.actor, beliefs)
    n, Bm = layer.n, len(layer.points)
    if not len(acts):
        values = _contract(after[state], before, behind, Bm)
        own = beliefs[game.secret.index(phase.actor)] if phase.actor in game.secret else np.ones(1)
        columns = _own(grid, game, phase.actor, own) @ values
        one = np.ones((1, n))
        return Node(
            phase.actor, np.zeros(0, np.int32), np.zeros((0, n)), np.array([-1], np.int32), np.array([state], np.int32),
            one, np.ones(1), own.reshape(1, n), columns.reshape(1, -1), 0.0,
        )  # fmt: skip
    leads_to = phase.obs_node[first:last]
    O, A, C = len(leads_to), len(acts), game.columns
    values = np.stack([_contract(after[int(node)], before, behind, Bm) for node in leads_to])
    ways = int(sum(phase.br_ptr[a + 1] - phase.br_ptr[a] for a in acts))
    work = kernels.scratch(A, O, n, ways)
    work[kernels.ACTS][:] = acts
    own = beliefs[game.secret.index(phase.actor)] if phase.actor in game.secret else np.ones(1)
    work[kernels.MU][:] = own
    rows = phase.pay_row[acts]
    pay_t = phase.pay[t if len(phase.pay) > 1 else 0]
    pay_row = np.full(len(phase.pay_row), -1, np.int32)
    paid = rows >= 0
    pay_row[acts[paid]] = np.arange(int(paid.sum()), dtype=np.int32)
    others = [beliefs[i].reshape(1, -1) for i, actor in enumerate(game.secret) if actor != phase.actor]
    pay = mover_pay(game, phase, pay_t[rows[paid]], others)
    after_columns = np.empty((O, C))
    residual = kernels.play_at(
        phase.choice, phase.precision, tol, phase.turn, A, standing, phase.br_ptr, phase.br_obs,
        phase.br_prob[t if len(phase.br_prob) > 1 else 0], O, np.arange(O, dtype=np.int32), values,
        values.reshape(-1), layer.col0, layer.m, layer.table, pay, pay_row, work, after_columns,
    )  # fmt: skip
    play, reach, post = work[kernels.SIG], work[kernels.REACH], work[kernels.POST]
    return Node(
        actor=phase.actor,
        moves=phase.act_move[acts],
        play=play.copy(),
        label=phase.obs_label[first:last],
        leads_to=leads_to,
        by_type=reach[:, :n].copy(),
        seen=reach[:, n].copy(),
        post=post[:O].copy(),
        columns=after_columns,
        residual=float(residual),
    )


def successors(game: Game, k: int, states: Ints) -> Ints:
    """Every node the given states can lead to in phase k, and the states themselves."""
    phase = game.phases[k]
    found = [phase.obs_node[phase.obs_ptr[s] : phase.obs_ptr[s + 1]] for s in states]
    return np.unique(np.concatenate([np.asarray(states, np.int32), *found])).astype(np.int32)


def _others(game: Game, grid: BeliefGrid, actor: int, beliefs: Beliefs) -> tuple[Floats, Floats]:
    """Interpolation weights of the belief axes before and after the actor's own."""
    before, behind = np.ones(1), np.ones(1)
    passed = False
    for axis, other, belief in zip(grid.axes, game.secret, beliefs, strict=True):
        if other == actor:
            passed = True
        elif passed or actor not in game.secret:
            behind = np.outer(behind, axis.weights(belief)).ravel()
        else:
            before = np.outer(before, axis.weights(belief)).ravel()
    return before, behind


def _contract(values: Floats, before: Floats, behind: Floats, Bm: int) -> Floats:
    """[B, C] -> [Bm, C]: interpolate the other actors' beliefs away."""
    C = values.shape[1]
    cube = values.reshape(len(before), Bm * len(behind) * C)
    if len(before) > 1:
        cube = before @ cube
    cube = cube.reshape(Bm, len(behind), C)
    return np.ascontiguousarray(np.einsum("l,mlc->mc", behind, cube)) if len(behind) > 1 else cube.reshape(Bm, C)


def _own(grid: BeliefGrid, game: Game, actor: int, belief: Floats) -> Floats:
    if actor not in game.secret:
        return np.ones(1)
    return grid.axes[game.secret.index(actor)].weights(belief)
