"""Sampled paths: one phase of many stories at once, played from the stored policy."""

from __future__ import annotations

from numba import njit

from standoff.solver.kernels.layers import open_acts
from standoff.solver.kernels.node import ENTRY


@njit(**ENTRY)
def step_paths(
    alive, marks, kinds, bounds, strides, verts, weights, belief, own, state, turn, act_ptr, act_open, standing_at,
    br_ptr, br_obs, br_prob, obs_ptr, nodes, play, acts, sig, chosen,
):  # fmt: skip
    """Take the paths `alive` [Q] through one phase.

    `marks` [Q] are uniform random numbers, `kinds` [Q] the true type of the phase's actor. Of all P paths: `belief`
    [P, W] the public beliefs, the secret actors' one after the other (actor i in columns ``bounds[i]`` to
    ``bounds[i + 1]``), with their grid vertices `verts` and `weights` [P, W]; ``strides[i]`` is the distance between
    neighbours of i's simplex on the belief axis of `play` [A_total, B, n] (B = 0: no choice). Changes `state` [P] and
    the columns of `belief` from `own` on (-1: nothing is learnt); `chosen` [Q] is the way each path took, -1 where no
    move is open. `acts` [A] and `sig` [A, n] are scratch.
    """
    n = br_prob.shape[1]
    axes = bounds.shape[0] - 1
    K = 1
    for i in range(axes):
        K *= bounds[i + 1] - bounds[i]
    for index in range(alive.shape[0]):
        p = alive[index]
        s = state[p]
        A, standing = open_acts(s, act_ptr, act_open, standing_at, acts)
        if A == 0:
            chosen[index] = -1
            continue
        for i in range(A):
            for k in range(n):
                sig[i, k] = 1.0 / A
        if play.shape[1] > 0 and A > 1:
            for i in range(A):
                for k in range(n):
                    sig[i, k] = 0.0
            for j in range(K):
                rest = j
                b = 0
                weight = 1.0
                for i in range(axes):
                    size = bounds[i + 1] - bounds[i]
                    column = bounds[i] + rest % size
                    rest //= size
                    b += verts[p, column] * strides[i]
                    weight *= weights[p, column]
                if weight > 0.0:
                    for i in range(A):
                        for k in range(n):
                            sig[i, k] += weight * play[acts[i], b, k]
        if standing >= 0:
            for i in range(A):
                for k in range(n):
                    sig[i, k] *= turn
            for k in range(n):
                sig[standing, k] += 1.0 - turn
        kind = kinds[index]
        mark = marks[index]
        way = -1
        for i in range(A):
            for e in range(br_ptr[acts[i]], br_ptr[acts[i] + 1]):
                chance = sig[i, kind] * br_prob[e, kind]
                if chance > 0.0 and mark >= 0.0:
                    way = e
                    mark -= chance
        o = br_obs[way]
        if own >= 0:
            total = 0.0
            for k in range(n):
                told = 0.0
                for i in range(A):
                    for e in range(br_ptr[acts[i]], br_ptr[acts[i] + 1]):
                        if br_obs[e] == o:
                            told += sig[i, k] * br_prob[e, k]
                belief[p, own + k] *= told
                total += belief[p, own + k]
            for k in range(n):
                belief[p, own + k] /= total
        state[p] = nodes[obs_ptr[s] + o]
        chosen[index] = way
