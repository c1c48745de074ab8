"""Nodes of a solved game looked at closely: play, what may be seen, and what is believed after.

The beliefs need not lie on the grid: each node's own fixed point is solved there afresh, against the
interpolated values just after the phase.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.game.model import Floats, Game
from standoff.solver import kernels
from standoff.solver.grid import BeliefGrid, Simplex
from standoff.solver.sweep import TOLERANCE, Layer

Beliefs = tuple[Floats, ...]  # per secret actor [n], or [D, n] for D places
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """Play at D places of one (step, phase). A and O are the largest numbers of moves and observations.

    `count` [D, 2] says how many of them are real. `move` [D, A] indexes the phase's moves (-1 beyond),
    `play` [D, A, n] is their probability by type given a turn. `label` [D, O] is the move seen (-1: only
    the new state), `leads_to` [D, O] the node, `by_type` [D, O, n] and `seen` [D, O] its probability, `post`
    [D, O, n] the belief about the phase's actor after it, `columns` [D, O, C] all values just after it (C = 0
    unless asked for). A place without an open move has one observation: it stays where it is.
    """

    actor: int
    count: Indices
    move: Indices
    play: Floats
    label: Indices
    leads_to: Indices
    by_type: Floats
    seen: Floats
    post: Floats
    columns: Floats
    residual: float


def places_on(axis: Simplex, beliefs: Floats) -> tuple[Indices, Floats]:
    """Barycentric vertices [D, n] and weights [D, n] of beliefs [D, n] on one simplex."""
    n = axis.n
    beliefs = np.ascontiguousarray(beliefs, float)
    verts, weights = np.zeros(beliefs.shape, np.int64), np.zeros(beliefs.shape)
    kernels.locate_many(
        beliefs, axis.m, axis.table, np.zeros((2, n)), np.zeros((1, 2 * n), np.int64), np.zeros((1, n)), verts, weights
    )
    return verts, weights


def look(
    game: Game, grid: BeliefGrid, layer: Layer, t: int, states: Indices, beliefs: Beliefs, values: Floats | None,
    *, full: bool = False, tol: float = TOLERANCE,
) -> Nodes:  # fmt: skip
    """Solve D nodes of a phase. `values` are the mover's own columns just after it ([N, B, n], `Sweep.own`), all
    columns if `full` ([N, B, C], `Sweep.kept`), or None for a chance phase. `beliefs`: [D, n] per secret actor.
    """
    phase = layer.phase
    D, n, Bm = len(states), layer.n, len(layer.points)
    acts, seen, ways = phase.widest
    own = beliefs[game.secret.index(phase.actor)] if phase.actor in game.secret else np.ones((D, 1))
    off, others, weight = _interpolation(game, grid, phase.actor, beliefs, layer, D)
    if values is None:
        values = np.zeros((1, 1, 0))
    count, move = np.zeros((D, 2), np.int64), np.full((D, acts), -1, np.int64)
    play, reach = np.zeros((D, acts, n)), np.zeros((D, seen, n + 1))
    post, after = np.zeros((D, seen, n)), np.zeros((D, seen, values.shape[2] if full else 0))
    local = np.zeros((seen, Bm, values.shape[2]))
    residual = kernels.play_many(
        np.ascontiguousarray(states, np.int64), phase.choice, phase.precision, tol, phase.turn, phase.act_ptr,
        layer.at(phase.act_open, t), phase.standing_at, phase.br_ptr, phase.br_obs, layer.at(phase.br_prob, t),
        phase.obs_ptr, phase.obs_node, layer.pay[t if len(layer.pay) > 1 else 0], phase.pay_row, values,
        layer.col0 if full else 0, layer.col0, np.ascontiguousarray(own, float), off, others, weight, Bm, layer.lo,
        layer.m, layer.table, local, local.reshape(-1), kernels.scratch(acts, seen, n, ways), count, move, play, reach,
        post, after,
    )  # fmt: skip
    real = np.arange(acts)[None] < count[:, :1]
    move = np.where(real, phase.act_move[np.maximum(move, 0)] if len(phase.act_move) else move, -1)
    at = phase.obs_ptr[states][:, None] + np.arange(seen)[None]
    there = np.arange(seen)[None] < count[:, 1:]
    at = np.where(there, at, 0)
    label = np.where(there, phase.obs_label[at] if len(phase.obs_label) else -1, -1)
    leads_to = np.where(there, phase.obs_node[at] if len(phase.obs_node) else 0, -1)
    stays = count[:, 0] == 0
    if stays.any():
        leads_to[stays, 0] = np.asarray(states)[stays]
        reach[stays, 0, :] = 1.0
        post[stays, 0, :] = own[stays]
        if full:
            for d in np.nonzero(stays)[0]:
                point = grid.weights(tuple(belief[d] for belief in beliefs))
                after[d, 0] = point @ values[states[d]]
        count[stays, 1] = 1
    return Nodes(
        phase.actor, count, move, play, label, leads_to, reach[:, :, :n], reach[:, :, n], post, after, float(residual)
    )


def _interpolation(
    game: Game, grid: BeliefGrid, actor: int, beliefs: Beliefs, layer: Layer, D: int
) -> tuple[Indices, Indices, Floats]:
    """K interpolation points per place over the other actors' beliefs: (belief offset, others' index, weight)."""
    off, others, weight = np.zeros((D, 1), np.int64), np.zeros((D, 1), np.int64), np.ones((D, 1))
    stride, other_stride = grid.size, layer.hi * layer.lo
    for axis, who, belief in zip(grid.axes, game.secret, beliefs, strict=True):
        stride //= axis.size
        if who == actor:
            continue
        other_stride //= axis.size
        verts, weights = places_on(axis, belief)
        off = (off[:, :, None] + verts[:, None, :] * stride).reshape(D, -1)
        others = (others[:, :, None] + verts[:, None, :] * other_stride).reshape(D, -1)
        weight = (weight[:, :, None] * weights[:, None, :]).reshape(D, -1)
    return off, others, weight
