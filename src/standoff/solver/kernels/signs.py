"""Many masses pushed forward at once: each is what has not shown one thing to watch for."""

from __future__ import annotations

from numba import njit

from standoff.solver.kernels.layers import open_acts, ways_of
from standoff.solver.kernels.node import ENTRY, believe, locate_in, observe

NOTHING = 1e-18  # mass that rounding left where a belief lies on the grid; two in five points hold no more


@njit(**ENTRY)
def push_signs(
    turn, act_ptr, act_open, standing_at, br_ptr, br_obs, br_prob, obs_ptr, nodes, labels, column, stay, play, points,
    hi, Bm, lo, m, table, w, row, here, there, mass, out, over,
):  # fmt: skip
    """One phase of `push_mass` for W masses at once, some of which are stopped by what is seen.

    mass [S, B, W] stands in the states that `here` [S] marks and is emptied; `out` [S, B, W], marked in `there` [S], and
    `over` [terminals, B, W] are added to. Column 0 is stopped by nothing. What is seen stops the column that
    ``column[label + 1]`` names (-1: none), and leaves ``stay[label + 1, s]`` of the last column, nothing of it where it
    ends the story. `row` [W] and `w` (a `scratch`) are scratch. The cost beside `push_mass` is one multiplication a
    column for each corner.
    """
    n = points.shape[1]
    S, B, W = mass.shape
    for s in range(S):
        if not here[s]:
            continue
        here[s] = 0
        A, standing = open_acts(s, act_ptr, act_open, standing_at, w.acts)
        if A == 0:
            there[s] = 1
            for b in range(B):
                if mass[s, b, 0] != 0.0:
                    for c in range(W):
                        out[s, b, c] += mass[s, b, c]
                        mass[s, b, c] = 0.0
            continue
        E = ways_of(A, n, br_ptr, br_obs, br_prob, w)
        first = obs_ptr[s]
        O = obs_ptr[s + 1] - first
        chance = turn if standing >= 0 else 1.0
        for h in range(hi):
            for l in range(lo):
                base = h * Bm * lo + l
                for p in range(Bm):
                    b = base + p * lo
                    if not mass[s, b, 0] > NOTHING:
                        for c in range(W):
                            mass[s, b, c] = 0.0
                        continue
                    for k in range(n):
                        w.mu[k] = points[p, k]
                    for k in range(n):
                        total = 0.0
                        for i in range(A):
                            w.sig[i, k] = play[w.acts[i], b, k] if play.shape[1] > 0 else 1.0
                            total += w.sig[i, k]
                        for i in range(A):
                            w.sig[i, k] /= total  # what rounding took from stored play
                    observe(A, O, n, E, standing, chance, w)
                    for o in range(O):
                        seen = w.reach[o, n]
                        if not seen > 0.0:
                            continue
                        believe(o, n, w)
                        locate_in(w.post, o, n, m, table, w.place, w.wts)
                        for c in range(W):
                            row[c] = mass[s, b, c] * seen
                        label = labels[first + o] + 1
                        if column[label] >= 0:
                            row[column[label]] = 0.0
                        node = nodes[first + o]
                        if node < S:
                            row[W - 1] *= stay[label, s]
                            there[node] = 1
                        else:
                            row[W - 1] = 0.0
                        for v in range(n):
                            share = w.wts[o, v]
                            if share > 0.0:
                                at = base + w.place[o, v] * lo
                                if node < S:
                                    for c in range(W):
                                        out[node, at, c] += row[c] * share
                                else:
                                    for c in range(W):
                                        over[node - S, at, c] += row[c] * share
                    for c in range(W):
                        mass[s, b, c] = 0.0


@njit(**ENTRY)
def worth_of_signs(mass, values, first, out):
    """Add to `out` [W, E] what masses [N, B, W] are worth by the columns from `first` on of `values` [N, B, C]."""
    N, B, W = mass.shape
    for s in range(N):
        for b in range(B):
            if mass[s, b, 0] != 0.0:
                for e in range(out.shape[1]):
                    value = values[s, b, first + e]
                    for c in range(W):
                        out[c, e] += mass[s, b, c] * value
