"""One node of the game: play, observation, belief, value; and the branch of equilibria traced from uniform play.

Scalar code for the nodes that resist the accelerated iteration of `standoff.solver.kernels.batch`, and the small
parts that other kernels share. Names as in `standoff.solver.kernels`.

The branch. In logits ``y = lam * q`` an equilibrium at precision ``s * lam`` solves
``H(y, s) = y - lam * R(softmax(s * y)) = 0``; R is piecewise smooth, with kinks where a posterior crosses into
another cell of the belief grid. From the only solution at s = 0, uniform play, `trace` follows the curve H = 0 by
its arc length (Turocy 2005, Games and Economic Behavior 51(2)), through folds, until s first reaches 1. The curve is
oriented by the sign of ``det [H_y H_s; t]``, which is constant along it, kinks included, so a kink at which it doubles
back is passed in the right direction.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from standoff.solver.kernels.lanes import WIDTH

JIT = {
    "nogil": True,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "_nrt": False,  # no reference counts: they cost more than the arithmetic; so nothing here allocates
    "error_model": "numpy",
    "fastmath": {"contract", "nsz", "arcp"},
}
INLINE = {**JIT, "forceinline": True}
ENTRY = {**JIT, "cache": True, "no_cpython_wrapper": False}  # called from Python

FLOOR = -700.0  # log of the least chance of a move, relative to the best one; the same for `lanes.exp`
UNSEEN = 1e-307  # an observation with no more chance than this changes no belief: 1 / chance may overflow
SPLITTING = 0.05  # det(I - J) below this somewhere on the branch is called close to splitting
STEPS = 5_000  # rounds along a branch before it is given up
NOTHING = 1e-7  # a step along the branch too small to be one
START, CORRECT, CROSS, LAND, AVERAGE = range(5)  # what a round of `trace` is for

# slots of the statistics vector
RESIDUAL, WORST_STATE, WORST_BELIEF, STUCK, SPLIT, FOLLOWED, ROUNDS, UPDATES = range(8)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Indices = NDArray[np.int32]


class Work(NamedTuple):
    """Work arrays of one thread. L lanes; the rest as in `standoff.solver.kernels`; `size` is ``A * n + 1``."""

    stats: Floats  # [8]
    # the node at hand
    acts: Ints  # [A] its open moves, stacked indices
    e_act: Ints  # [E]
    e_obs: Ints  # [E]
    e_prob: Floats  # [E, n]
    e_end: Ints  # [A] ways of the moves up to this one
    by_obs: Ints  # [E] ways in the order of their observations
    o_end: Ints  # [O] ways that leave the observations up to this one
    o_node: Ints  # [O] where each observation leads
    o_seen: Ints  # [O] the same as a row of `stakes`
    at: Ints  # [O] place of the mover's first column at simplex point 0 after it
    pay: Floats  # [A, n] what a move pays the mover at once
    # one belief
    mu: Floats  # [n]
    sig: Floats  # [A, n]
    reach: Floats  # [O, n+1]
    post: Floats  # [O+1, n]
    place: Ints  # [O, 2n]
    wts: Floats  # [O, n]
    vy: Floats  # [O, n]
    q: Floats  # [A, n]
    # the branch
    swing: Floats  # [A, n] play that moves with the values: `sig`, and 0 where that is at its floor
    seen: Floats  # [O, n] chance of an observation given a turn, by play that moves, over the chance expected
    drift: Floats  # [O, n] its derivative in s
    slope: Floats  # [n]
    gain: Floats  # [O, n, n]
    matrix: Floats  # [size, size + 2]
    point: Floats  # [size] (y, s)
    trial: Floats  # [size]
    tangent: Floats  # [size]
    fresh: Floats  # [size]
    # L beliefs at once
    l_mu: Floats  # [1, n, L]
    l_pay: Floats  # [A, n, L]
    l_sig: Floats  # [A, n, L] play, up to the factor l_scale
    l_scale: Floats  # [1, n, L]
    l_reach: Floats  # [O, n+1, L]
    l_place: Floats  # [O, n, L] whole numbers
    l_wts: Floats  # [O, n, L]
    l_vy: Floats  # [O, n, L]
    l_q: Floats  # [3 A, n, L] the last three values of the moves
    l_gap: Floats  # [3 A, n, L] and how far from fixed they were
    l_state: Floats  # [1, 1, L] residual; 1 where the branch has to be traced
    l_belief: Ints  # [L] belief point
    l_corner: Floats  # [O n, 1, L] vertices that make up a value: weight,
    l_corner_at: Indices  # [O n, 1, L] place
    l_base: Floats  # [3, 1, L] where a lane's simplex begins: in own, on the last axis of pay, in a slab
    l_out: Floats  # [P, 1, L]
    # what moves pay at once: move, type, column, amount
    paid: Ints  # [A n P, 3]
    amount: Floats  # [A n P]
    # one belief again: vertices that make up a value
    corner_w: Floats  # [O n]
    corner_at: Ints  # [O n]


def scratch(A: int, O: int, n: int, E: int, P: int = 1) -> Work:
    """Work arrays of one thread for states with up to A moves, O observations, E ways and n types, P payoff columns.

    They stand in one block, each on a cache line of its own: lanes that straddle two lines cost twice.
    """
    size, L, corners = A * n + 1, WIDTH, O * n
    floats: dict[str, tuple[int, ...]] = {
        "stats": (8,), "e_prob": (E, n), "pay": (A, n), "mu": (n,), "sig": (A, n), "reach": (O, n + 1),
        "post": (O + 1, n), "wts": (O, n), "vy": (O, n), "q": (A, n), "swing": (A, n), "seen": (O, n), "drift": (O, n),
        "slope": (n,), "gain": (O, n, n), "matrix": (size, size + 2), "point": (size,), "trial": (size,), "tangent": (size,),
        "fresh": (size,), "l_mu": (1, n, L), "l_pay": (A, n, L), "l_sig": (A, n, L), "l_scale": (1, n, L),
        "l_reach": (O, n + 1, L), "l_place": (O, n, L), "l_wts": (O, n, L), "l_vy": (O, n, L), "l_q": (3 * A, n, L),
        "l_gap": (3 * A, n, L), "l_state": (1, 1, L), "l_base": (3, 1, L), "l_corner": (corners, 1, L),
        "l_out": (P, 1, L), "amount": (A * n * P,), "corner_w": (corners,),
    }  # fmt: skip
    ints: dict[str, tuple[int, ...]] = {
        "acts": (A,), "e_act": (E,), "e_obs": (E,), "e_end": (A,), "by_obs": (E,), "o_end": (O,), "o_node": (O,),
        "o_seen": (O,), "at": (O,), "place": (O, 2 * n), "l_belief": (L,), "paid": (A * n * P, 3),
        "corner_at": (max(corners, E),),
    }  # fmt: skip
    shapes = [(name, shape, np.dtype(np.float64)) for name, shape in floats.items()]
    shapes += [(name, shape, np.dtype(np.int64)) for name, shape in ints.items()]
    shapes += [("l_corner_at", (corners, 1, L), np.dtype(np.int32))]
    lengths = [-(-math.prod(shape) * kind.itemsize // 64) * 64 for _, shape, kind in shapes]
    block = np.zeros(sum(lengths) + 64, np.uint8)
    at = -block.ctypes.data % 64
    found = {}
    for (name, shape, kind), length in zip(shapes, lengths, strict=True):
        found[name] = np.ndarray(shape, kind, block, at)
        at += length
    return Work(**found)


@njit(**INLINE)
def locate_in(post, o, n, m, table, place, wts):
    """Barycentric place of the belief ``post[o]`` [n] in a grid with m subdivisions.

    Writes row o of `place` [O, 2n] and of the weights `wts` [O, n] (they sum to 1, some may be 0):
    ``place[o, r]`` is the r-th vertex as a point index, ``place[o, n + r]`` the coordinate along which
    vertex r + 1 is reached from it. The last row of `post` is scratch.
    `table` int32 [(m+2)**(n-1)] maps lattice corners to point indices. O(n**2); the error of interpolating f
    this way is at most ``(n-1) max|f''| / (8 m**2)``.
    """
    if n == 1:
        place[o, 0] = 0
        wts[o, 0] = 1.0
        return
    last = post.shape[0] - 1
    side = m + 2
    corner = 0
    above = float(m)
    for i in range(1, n):
        tail = 0.0
        for k in range(n - 1, i - 1, -1):
            tail += post[o, k]
        z = max(0.0, min(tail * m, above))  # the coordinates do not increase
        above = z
        base = min(int(z + 1e-11), m - 1)  # round-off a hair below a lattice line counts as on it
        post[last, i] = min(max(z - base, 0.0), 1.0)
        corner = corner * side + base
    for r in range(n - 1):  # insertion sort, larger fraction first, ties by position
        place[o, n + r] = r + 1
        k = r
        while k > 0 and post[last, place[o, n + k]] > post[last, place[o, n + k - 1]]:
            place[o, n + k], place[o, n + k - 1] = place[o, n + k - 1], place[o, n + k]
            k -= 1
    place[o, 0] = table[corner]
    previous = 1.0
    for r in range(n - 1):
        i = place[o, n + r]
        stride = 1
        for _ in range(n - 1 - i):
            stride *= side
        corner += stride
        place[o, r + 1] = table[corner]
        wts[o, r] = previous - post[last, i]
        previous = post[last, i]
    wts[o, n - 1] = previous


@njit(**INLINE)
def observe(A, O, n, E, standing, turn, w):
    """Probability of every observation given `sig`: ``reach[o, k]`` for type k, ``reach[o, n]`` under the belief."""
    for o in range(O):
        for k in range(n + 1):
            w.reach[o, k] = 0.0
    for e in range(E):
        i, o = w.e_act[e], w.e_obs[e]
        rest = 1.0 - turn if i == standing else 0.0
        for k in range(n):
            w.reach[o, k] += (turn * w.sig[i, k] + rest) * w.e_prob[e, k]
    for o in range(O):
        for k in range(n):
            w.reach[o, n] += w.mu[k] * w.reach[o, k]


@njit(**INLINE)
def believe(o, n, w):
    """Bayes' rule: ``post[o]`` from `mu` and ``reach[o]``. What nobody expects changes no belief."""
    seen = w.reach[o, n]
    for k in range(n):
        w.post[o, k] = w.mu[k] * w.reach[o, k] / seen if seen > UNSEEN else w.mu[k]


@njit(**JIT)
def respond(A, O, n, E, standing, turn, m, table, flat, vs, ks, w):
    """R: from play `sig` to the value `q` [A, n] of each move for each type of the mover.

    Leaves `reach`, the posteriors `post`, their `place` and `wts`, and the mover's own values `vy` [O, n] there.
    """
    observe(A, O, n, E, standing, turn, w)
    for o in range(O):
        believe(o, n, w)
        locate_in(w.post, o, n, m, table, w.place, w.wts)
        for k in range(n):
            value = 0.0
            for v in range(n):
                value += w.wts[o, v] * flat[w.at[o] + w.place[o, v] * vs + k * ks]
            w.vy[o, k] = value
    for i in range(A):
        for k in range(n):
            w.q[i, k] = w.pay[i, k]
    for e in range(E):
        for k in range(n):
            w.q[w.e_act[e], k] += w.e_prob[e, k] * w.vy[w.e_obs[e], k]


@njit(**JIT)
def linearise(lam, A, O, n, E, standing, turn, m, table, flat, vs, ks, w):
    """H and its derivatives at `trial` = (y, s): `matrix` = [H_y, H_s, -H, 0], last row left to the caller.

    Play changes what is seen, what is seen changes the belief, the belief changes the value with the slope of V in
    the posterior's cell. Returns ``max |H|`` up to a constant for each type. O(E A n**2).
    """
    M, y = w.matrix, w.trial
    N = A * n
    s = y[N]
    for k in range(n):
        top = y[k]
        for i in range(1, A):
            top = max(top, y[i * n + k])
        total = 0.0
        for i in range(A):
            w.sig[i, k] = math.exp(max(s * (y[i * n + k] - top), FLOOR))
            total += w.sig[i, k]
        for i in range(A):
            w.sig[i, k] /= total
            w.swing[i, k] = w.sig[i, k] if s * (y[i * n + k] - top) > FLOOR else 0.0
    respond(A, O, n, E, standing, turn, m, table, flat, vs, ks, w)
    for o in range(O):
        for k in range(n):
            w.seen[o, k] = 0.0
            w.drift[o, k] = 0.0
    for k in range(n):
        mean = 0.0
        for i in range(A):
            mean += w.sig[i, k] * y[i * n + k]
        for e in range(E):
            i = w.e_act[e]
            part = w.swing[i, k] * w.e_prob[e, k]
            w.seen[w.e_obs[e], k] += part
            w.drift[w.e_obs[e], k] += part * (y[i * n + k] - mean)
    for o in range(O):  # gain[o, c, k] = d vy[o, c] / d reach[o, k] * expected; near 0 only ratios are numbers
        expected = w.reach[o, n]
        for k in range(n):
            w.seen[o, k] = w.seen[o, k] / expected if expected > UNSEEN else 0.0
            w.drift[o, k] = w.drift[o, k] / expected if expected > UNSEEN else 0.0
        for c in range(n):
            w.slope[0] = 0.0
            for r in range(n - 1):
                w.slope[w.place[o, n + r]] = m * (
                    flat[w.at[o] + w.place[o, r + 1] * vs + c * ks] - flat[w.at[o] + w.place[o, r] * vs + c * ks]
                )
            mean = 0.0
            for k in range(1, n):  # slope in z_k -> slope in the posterior's entry k
                w.slope[k] += w.slope[k - 1]
                mean += w.slope[k] * w.post[o, k]
            for k in range(n):
                w.gain[o, c, k] = (w.slope[k] - mean) * w.mu[k] if expected > UNSEEN else 0.0
    worst = 0.0
    for k in range(n):
        low, high = math.inf, -math.inf
        for i in range(A):
            row = i * n + k
            for j in range(N + 1):
                M[row, j] = 0.0
            M[row, row] = 1.0
            gap = lam * w.q[i, k] - y[row]
            M[row, N + 1] = gap
            M[row, N + 2] = 0.0
            low, high = min(low, gap), max(high, gap)
        worst = max(worst, high - low)
    for e in range(E):
        o = w.e_obs[e]
        expected = w.reach[o, n]
        for c in range(n):
            row = w.e_act[e] * n + c
            for k in range(n):
                g = w.e_prob[e, c] * w.gain[o, c, k] * lam * turn
                if g != 0.0:
                    M[row, N] -= g * w.drift[o, k]
                    for j in range(A):
                        M[row, j * n + k] += g * s * w.sig[j, k] * w.seen[o, k]
                    for f in range(E):
                        if w.e_obs[f] == o:
                            part = w.swing[w.e_act[f], k] * w.e_prob[f, k] / expected
                            M[row, w.e_act[f] * n + k] -= g * s * part
    return worst


@njit(**JIT)
def eliminate(M, size):
    """Gaussian elimination with partial pivoting on `size` rows and two right-hand sides; returns the determinant.

    The last two columns become the solutions; 0 is returned, and nothing solved, if M is singular.
    """
    det = 1.0
    for p in range(size):
        pivot = p
        for i in range(p + 1, size):
            if abs(M[i, p]) > abs(M[pivot, p]):
                pivot = i
        if abs(M[pivot, p]) < 1e-13:
            return 0.0
        if pivot != p:
            det = -det
            for j in range(p, size + 2):
                M[p, j], M[pivot, j] = M[pivot, j], M[p, j]
        det *= M[p, p]
        inverse = 1.0 / M[p, p]
        for i in range(p + 1, size):
            factor = M[i, p] * inverse
            if factor != 0.0:
                for j in range(p + 1, size + 2):
                    M[i, j] -= factor * M[p, j]
    for p in range(size - 1, -1, -1):
        for c in range(size, size + 2):
            value = M[p, c]
            for j in range(p + 1, size):
                value -= M[p, j] * M[j, c]
            M[p, c] = value / M[p, p]
    return det


@njit(**INLINE)
def aim(N, step, w):
    """`trial` = `point` and a step along `tangent`."""
    for j in range(N + 1):
        w.trial[j] = w.point[j] + step * w.tangent[j]


@njit(**JIT)
def trace(lam, tol, A, O, n, E, standing, turn, m, table, flat, vs, ks, w):
    """Follow the branch of equilibria from uniform play to precision `lam`; see the module docstring.

    Returns (residual in play, smallest det(I - J) met on the way; -1 if the branch was lost). Leaves in `w` what
    `respond` leaves, for the play found.

    Every round takes the derivatives at `trial` and solves for a Newton step and the branch's direction there, against
    a plane: the one across `tangent`, or s held fast. Written as one loop over what the round is for, so that the
    compiler meets `linearise` once:

    START    at s = 0: where uniform play leads, and the first direction
    CORRECT  Newton from a point ahead, back to the branch; then a step further, or a smaller one again
    CROSS    the step has shrunk to nothing before a sharp kink: beyond it, only the new direction is wanted
    LAND     Newton at s = 1, from where the branch passes it
    AVERAGE  the branch is lost: iterate from where it got to with ever smaller shares of the new values
    """
    N = A * n
    M = w.matrix
    aim_of_round = START
    rounds, total = 0, 0
    smallest, worst, det = 1.0, 4.0, 1.0
    scale, step, before, far, share = 1.0, 0.1, math.inf, 0.0, 0.5
    for j in range(N + 1):
        w.trial[j] = 0.0
        w.tangent[j] = 0.0
    w.tangent[N] = 1.0
    while True:
        total += 1
        if total > STEPS and aim_of_round != AVERAGE:
            aim_of_round, total, smallest = AVERAGE, 0, -1.0
            w.trial[N] = 1.0
        worst = linearise(lam, A, O, n, E, standing, turn, m, table, flat, vs, ks, w)
        if aim_of_round == AVERAGE:
            if worst < 4.0 * tol or total > STEPS:
                break
            for j in range(N):
                w.trial[j] += share * M[j, N + 1]
            if total % 100 == 0:
                share *= 0.8
            continue
        if aim_of_round == LAND and rounds > 0 and worst < 4.0 * tol:
            off = 0.0
            for j in range(N):
                off = max(off, abs(w.trial[j] - w.fresh[j]))
            if off <= far + 1e-9:
                smallest = min(smallest, det)
                break
            rounds = 25  # it landed on another branch
        if aim_of_round == START and rounds == 0:  # nothing of y matters yet: this was the response to uniform play
            rounds = 1
            spread = 0.0
            for k in range(n):
                low, high = math.inf, -math.inf
                for i in range(A):
                    w.trial[i * n + k] = lam * w.q[i, k]
                    low, high = min(low, w.trial[i * n + k]), max(high, w.trial[i * n + k])
                spread = max(spread, high - low)
            scale = 1.0 / max(1.0, spread)
            continue
        for j in range(N):
            M[N, j] = 0.0 if aim_of_round == LAND else w.tangent[j] * scale * scale
        M[N, N] = 1.0 if aim_of_round == LAND else w.tangent[N]
        M[N, N + 1] = 0.0
        M[N, N + 2] = 1.0
        det = eliminate(M, N + 1)
        if aim_of_round == LAND:
            if det == 0.0 or rounds >= 25:
                step *= 0.5
                aim_of_round, rounds, before = CORRECT, 0, math.inf
                aim(N, step, w)
                if step < NOTHING:
                    total = STEPS
                continue
            for j in range(N):
                w.trial[j] += M[j, N + 1]
            rounds += 1
            continue
        left, length, good = math.inf, 0.0, False
        if det != 0.0:
            left = abs(M[N, N + 1])
            for j in range(N):
                length += (M[j, N + 2] * scale) ** 2
                left = max(left, abs(M[j, N + 1]) * scale)
            length = math.sqrt(length + M[N, N + 2] ** 2) * (1.0 if det > 0.0 else -1.0)
            for j in range(N + 1):
                w.fresh[j] = M[j, N + 2] / length
            det *= M[N, N + 2]  # now det(I - J)
        if aim_of_round != CORRECT:  # only the direction was wanted
            for j in range(N + 1):
                w.point[j] = w.trial[j]
                if length != 0.0:
                    w.tangent[j] = w.fresh[j]
            step = 0.1 if aim_of_round == START else 100.0 * NOTHING
            aim_of_round, rounds, before = CORRECT, 0, math.inf
            aim(N, step, w)
            continue
        if left <= 2.0 * before and left <= 4.0 * step and rounds < 8:
            before = left
            rounds += 1
            for j in range(N + 1):
                w.trial[j] += M[j, N + 1]
            if left >= 1e-9:
                continue
            along = w.fresh[N] * w.tangent[N]
            astray = abs(w.trial[N] - w.point[N] - step * w.tangent[N])
            for j in range(N):
                along += w.fresh[j] * w.tangent[j] * scale * scale
                astray = max(astray, abs(w.trial[j] - w.point[j] - step * w.tangent[j]) * scale)
            good = astray <= step and w.trial[N] >= 0.0 and (along > 0.7 or (step < 1e-3 and along > 0.0))
        if not good:
            step *= 0.5
            if step < NOTHING:
                aim(N, 2.0 * step, w)
                aim_of_round = CROSS
            else:
                aim(N, step, w)
            rounds, before = 0, math.inf
            continue
        if w.trial[N] >= 1.0:
            part = (1.0 - w.point[N]) / (w.trial[N] - w.point[N])
            far = 0.0
            for j in range(N):
                leap = part * (w.trial[j] - w.point[j])
                far = max(far, abs(leap))
                w.trial[j] = w.point[j] + leap
                w.fresh[j] = w.trial[j]
            w.trial[N] = 1.0
            aim_of_round, rounds = LAND, 0
            continue
        smallest = min(smallest, det)
        for j in range(N + 1):
            w.point[j] = w.trial[j]
            w.tangent[j] = w.fresh[j]
        if rounds < 4:
            step = min(2.0 * step, 0.5)
        elif rounds > 5:
            step *= 0.5
        rounds, before = 0, math.inf
        aim(N, step, w)
    return worst / 4.0 if worst < 4.0 else 1.0, smallest  # lost numbers (nan) count as wholly wrong
