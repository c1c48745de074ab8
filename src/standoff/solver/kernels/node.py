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

SPLITTING = 0.05  # det(I - J) below this somewhere on the branch is called close to splitting
STEPS = 2_000  # steps along a branch before it is given up

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
    seen: Floats  # [O, n] chance of an observation given a turn
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
    l_state: Floats  # [2, 1, L] residual, feedback
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


def aligned(shape: tuple[int, ...], kind: type) -> NDArray[np.generic]:
    """Zeros that begin at a cache line: lanes that straddle two lines cost twice."""
    size = int(np.prod(shape)) * np.dtype(kind).itemsize
    raw = np.zeros(size + 64, np.uint8)
    first = -raw.ctypes.data % 64
    return raw[first : first + size].view(kind).reshape(shape)


def scratch(A: int, O: int, n: int, E: int, P: int = 1) -> Work:
    """Work arrays of one thread for states with up to A moves, O observations, E ways and n types, P payoff columns."""
    size, L = A * n + 1, WIDTH

    def ints(*shape: int) -> Ints:
        return np.zeros(shape, np.int64)

    def indices(*shape: int) -> Indices:
        return aligned(shape, np.int32)

    def f(shape):
        return aligned(shape if isinstance(shape, tuple) else (shape,), np.float64)

    return Work(
        stats=f(8), acts=ints(A), e_act=ints(E), e_obs=ints(E), e_prob=f((E, n)), e_end=ints(A), by_obs=ints(E),
        o_end=ints(O), o_node=ints(O), o_seen=ints(O), at=ints(O),
        pay=f((A, n)), mu=f(n), sig=f((A, n)), reach=f((O, n + 1)), post=f((O + 1, n)), place=ints(O, 2 * n),
        wts=f((O, n)), vy=f((O, n)), q=f((A, n)), seen=f((O, n)), drift=f((O, n)), slope=f(n), gain=f((O, n, n)),
        matrix=f((size, size + 2)), point=f(size), trial=f(size), tangent=f(size), fresh=f(size), l_mu=f((1, n, L)),
        l_pay=f((A, n, L)), l_sig=f((A, n, L)), l_scale=f((1, n, L)), l_reach=f((O, n + 1, L)), l_place=f((O, n, L)), l_wts=f((O, n, L)),
        l_vy=f((O, n, L)), l_q=f((3 * A, n, L)), l_gap=f((3 * A, n, L)), l_state=f((2, 1, L)), l_base=f((3, 1, L)), l_belief=ints(L),
        l_corner=f((O * n, 1, L)), l_corner_at=indices(O * n, 1, L),
        l_out=f((P, 1, L)), paid=ints(A * n * P, 3), amount=f(A * n * P), corner_w=f(O * n), corner_at=ints(max(O * n, E)),
    )  # fmt: skip


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
        w.post[o, k] = w.mu[k] * w.reach[o, k] / seen if seen > 0.0 else w.mu[k]


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
            w.sig[i, k] = math.exp(s * (y[i * n + k] - top))
            total += w.sig[i, k]
        for i in range(A):
            w.sig[i, k] /= total
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
            part = w.sig[i, k] * w.e_prob[e, k]
            w.seen[w.e_obs[e], k] += part
            w.drift[w.e_obs[e], k] += part * (y[i * n + k] - mean)
    for o in range(O):  # gain[o, c, k] = d vy[o, c] / d reach[o, k]
        expected = w.reach[o, n]
        for c in range(n):
            if expected <= 0.0:
                for k in range(n):
                    w.gain[o, c, k] = 0.0
                continue
            w.slope[0] = 0.0
            for r in range(n - 1):
                w.slope[w.place[o, n + r]] = m * (
                    flat[w.at[o] + w.place[o, r + 1] * vs + c * ks]
                    - flat[w.at[o] + w.place[o, r] * vs + c * ks]
                )
            mean = 0.0
            for k in range(1, n):  # slope in z_k -> slope in the posterior's entry k
                w.slope[k] += w.slope[k - 1]
                mean += w.slope[k] * w.post[o, k]
            for k in range(n):
                w.gain[o, c, k] = (w.slope[k] - mean) * w.mu[k] / expected
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
                            M[row, w.e_act[f] * n + k] -= g * s * w.sig[w.e_act[f], k] * w.e_prob[f, k]
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


@njit(**JIT)
def land(lam, tol, A, O, n, E, standing, turn, m, table, flat, vs, ks, w):
    """Newton at s = 1 from `trial`; returns (residual in play, det(I - J)). `sig` and the rest belong to the result."""
    N = A * n
    M = w.matrix
    w.trial[N] = 1.0
    det = 0.0
    worst = 4.0
    for rounds in range(25):
        worst = linearise(lam, A, O, n, E, standing, turn, m, table, flat, vs, ks, w)
        if rounds > 0 and worst < 4.0 * tol:
            break
        for j in range(N):
            M[N, j] = 0.0
        M[N, N] = 1.0
        M[N, N + 1] = 0.0
        M[N, N + 2] = 1.0
        det = eliminate(M, N + 1)
        if det == 0.0:
            break
        for j in range(N):
            w.trial[j] += M[j, N + 1]
    return worst / 4.0, det


@njit(**JIT)
def tangent_at_trial(lam, scale, A, O, n, E, standing, turn, m, table, flat, vs, ks, w):
    """Oriented unit tangent at `trial` into `fresh`, against the plane of `tangent`.

    Returns (det(I - J), size of the Newton correction left in ``matrix[:, size]``); (0, inf) if singular.
    """
    N = A * n
    M = w.matrix
    linearise(lam, A, O, n, E, standing, turn, m, table, flat, vs, ks, w)
    for j in range(N):
        M[N, j] = w.tangent[j] * scale * scale
    M[N, N] = w.tangent[N]
    M[N, N + 1] = 0.0
    M[N, N + 2] = 1.0
    det = eliminate(M, N + 1)
    if det == 0.0:
        return 0.0, math.inf
    length, left = 0.0, 0.0
    for j in range(N):
        length += (M[j, N + 2] * scale) ** 2
        left = max(left, abs(M[j, N + 1]) * scale)
    length += M[N, N + 2] ** 2
    left = max(left, abs(M[N, N + 1]))
    length = math.sqrt(length) * (1.0 if det > 0.0 else -1.0)
    for j in range(N + 1):
        w.fresh[j] = M[j, N + 2] / length
    return det * M[N, N + 2], left


@njit(**JIT)
def trace(lam, tol, A, O, n, E, standing, turn, m, table, flat, vs, ks, w):
    """Follow the branch of equilibria from uniform play to precision `lam`; see the module docstring.

    Returns (residual, smallest det(I - J) met on the way; -1 if the branch was lost). Leaves in `w` what `respond`
    leaves, for the play found.
    """
    N = A * n
    for i in range(A):
        for k in range(n):
            w.sig[i, k] = 1.0 / A
    respond(A, O, n, E, standing, turn, m, table, flat, vs, ks, w)
    spread = 0.0
    for k in range(n):
        low, high = math.inf, -math.inf
        for i in range(A):
            w.trial[i * n + k] = lam * w.q[i, k]
            low, high = min(low, w.q[i, k]), max(high, w.q[i, k])
        spread = max(spread, lam * (high - low))
    scale = 1.0 / max(1.0, spread)
    w.trial[N] = 0.0
    for j in range(N):
        w.tangent[j] = 0.0
    w.tangent[N] = 1.0
    tangent_at_trial(lam, scale, A, O, n, E, standing, turn, m, table, flat, vs, ks, w)
    for j in range(N + 1):
        w.point[j] = w.trial[j]
        w.tangent[j] = w.fresh[j]
    smallest = 1.0
    step = 0.1
    for _ in range(STEPS):
        for j in range(N + 1):
            w.trial[j] = w.point[j] + step * w.tangent[j]
        good = False
        before = math.inf
        det = 0.0
        rounds = 0
        for rounds in range(8):
            det, left = tangent_at_trial(lam, scale, A, O, n, E, standing, turn, m, table, flat, vs, ks, w)
            if left > 2.0 * before or left > 4.0 * step:
                break
            before = left
            for j in range(N + 1):
                w.trial[j] += w.matrix[j, N + 1]
            if left < 1e-9:
                good = True
                break
        if good:
            along = w.fresh[N] * w.tangent[N]
            for j in range(N):
                along += w.fresh[j] * w.tangent[j] * scale * scale
            good = along > 0.7 or (step < 1e-3 and along > 0.0)
        if good and w.trial[N] >= 1.0:
            share = (1.0 - w.point[N]) / (w.trial[N] - w.point[N])
            far = 0.0
            for j in range(N):
                leap = share * (w.trial[j] - w.point[j])
                far = max(far, abs(leap))
                w.trial[j] = w.point[j] + leap
                w.fresh[j] = w.trial[j]
            residual, det = land(lam, tol, A, O, n, E, standing, turn, m, table, flat, vs, ks, w)
            off = 0.0
            for j in range(N):
                off = max(off, abs(w.trial[j] - w.fresh[j]))
            if residual < tol and off <= far + 1e-9:
                return residual, min(smallest, det)
            if step < 1e-7:
                return residual, -1.0
            step *= 0.5
            continue
        if not good:
            step *= 0.5
            if step < 1e-7:  # a kink at which the branch doubles back: look past it for the way on
                for j in range(N + 1):
                    w.trial[j] = w.point[j] + 1e-5 * w.tangent[j]
                tangent_at_trial(lam, scale, A, O, n, E, standing, turn, m, table, flat, vs, ks, w)
                for j in range(N + 1):
                    w.tangent[j] = w.fresh[j]
                step = 1e-5
                smallest = min(smallest, 0.0)
            continue
        smallest = min(smallest, det)
        if w.trial[N] < 0.0:
            break
        for j in range(N + 1):
            w.point[j] = w.trial[j]
            w.tangent[j] = w.fresh[j]
        if rounds < 3:
            step = min(2.0 * step, 0.5)
        elif rounds > 4:
            step *= 0.5
    return average(lam, tol, A, O, n, E, standing, turn, m, table, flat, vs, ks, w), -1.0


@njit(**JIT)
def average(lam, tol, A, O, n, E, standing, turn, m, table, flat, vs, ks, w):
    """Last resort: iterate from uniform play with ever smaller shares of the new values. Returns the residual."""
    N = A * n
    for i in range(A):
        for k in range(n):
            w.sig[i, k] = 1.0 / A
    respond(A, O, n, E, standing, turn, m, table, flat, vs, ks, w)
    for i in range(A):
        for k in range(n):
            w.trial[i * n + k] = lam * w.q[i, k]
    w.trial[N] = 1.0
    share = 0.5
    worst = 4.0
    for rounds in range(2000):
        worst = linearise(lam, A, O, n, E, standing, turn, m, table, flat, vs, ks, w)
        if worst < 4.0 * tol:
            break
        for j in range(N):
            w.trial[j] += share * w.matrix[j, N + 1]
        if rounds % 100 == 99:
            share *= 0.7
    return worst / 4.0
