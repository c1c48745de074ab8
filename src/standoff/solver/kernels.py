"""The inner loops: one node of the game, one layer of nodes, forward mass, sampled paths.

This is the only file that imports numba. Everything here works on plain arrays, allocates nothing
per node and holds no Python object, so each function releases the interpreter lock and a layer can be
spread over threads by state.

Names used throughout

    V      float64 [node, belief, column]  values on entering the next phase; columns are the
           (actor, type) pairs followed by one column per outcome; `flat` is V as one line
    n      number of types of the actor whose type matters in the phase
    A, O   moves open in a state; observations they can leave (each observation has one successor)
    E      ways the open moves can turn out: way e belongs to move ``e_act[e]``, leaves observation
           ``e_obs[e]`` with probability ``e_prob[e, k]`` for type k
    sig    float64 [A, n]   probability of each move, given a turn, for each type
    vs     distance in `flat` between neighbouring points of the mover's simplex; ``at[o]`` is the place of
           the mover's first column at simplex point 0 after observation o
    reach  float64 [O, n+1] probability of each observation for each type, tempo included; the last
                            entry of a row is the probability under the public belief
    post   float64 [O+1, n] public belief after each observation; the last row is scratch

A belief over n types sits in a regular grid with m subdivisions per edge. In the coordinates
``z_i = m * (mu_i + ... + mu_{n-1})``, i = 1..n-1, the simplex is ``m >= z_1 >= ... >= z_{n-1} >= 0`` and
the Freudenthal-Kuhn triangulation of the integer lattice gives barycentric weights by sorting
fractional parts (belief grids: Lovejoy 1991, Operations Research 39(1)).

The fixed point at a node is ``q = R(softmax(lam * q))`` (McKelvey & Palfrey 1998, Experimental Economics
1(1)), where R plays the moves once, updates the public belief by Bayes' rule and reads V there. Plain
iteration starts from uniform play. Where it contracts slowly, Newton with the exact Jacobian J of the
piecewise smooth map R o softmax takes over; where that does not settle, the solution is followed from
lam = 0 in stages. ``det(I - J)`` is 1 at lam = 0 and reaches 0 exactly where branches meet: a small
value is the near-splitting flag.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

JIT = {
    "cache": True,
    "nogil": True,
    "_nrt": False,  # no reference counts: they cost more than the arithmetic; so nothing here allocates
    "error_model": "numpy",
    "fastmath": {"contract", "reassoc", "nsz", "arcp"},
}
INLINE = {**JIT, "inline": "always"}
SPLITTING = 0.05  # det(I - J) below this is called close to splitting
PLAIN_ROUNDS = 40  # plain iterations before Newton is tried regardless of the rate
SLOW = 0.25  # contraction rate above which Newton is cheaper than waiting
FOLLOW = 0.9  # contraction rate above which the branch is traced from lam = 0

# where a `scratch` keeps what callers put in or take out
SIG, REACH, POST, STATS, ACTS, MU = 0, 1, 2, 14, 15, 16
# slots of the statistics vector
RESIDUAL, WORST_STATE, WORST_BELIEF, STUCK, SPLIT, NEWTON, FOLLOWED, UPDATES = range(8)


@njit(**INLINE)
def locate(post, o, n, m, table, place, wts):
    """Barycentric place of the belief ``post[o]`` [n] in a grid with m subdivisions.

    Writes row o of `place` [O, 2n] and of the weights `wts` [O, n] (they sum to 1, some may be 0):
    ``place[o, r]`` is the r-th vertex as a point index, ``place[o, n + r]`` the coordinate along which
    vertex r + 1 is reached from it. The last row of `post` is scratch.
    `table` int32 [(m+2)**(n-1)] maps lattice corners to point indices, -1 outside the simplex.
    O(n**2); the error of interpolating f this way is at most ``(n-1) max|f''| / (8 m**2)``.
    """
    if n == 1:
        place[o, 0] = 0
        wts[o, 0] = 1.0
    elif n == 2:
        z = post[o, 1] * m
        base = int(z)
        if base >= m:
            base = m - 1
        f = min(z - base, 1.0)
        place[o, 0] = base
        place[o, 1] = base + 1
        wts[o, 0] = 1.0 - f
        wts[o, 1] = f
        place[o, n + 0] = 1
    else:
        last = post.shape[0] - 1
        side = m + 2
        corner = 0
        stride = 1
        z = 0.0
        for i in range(n - 1, 0, -1):
            z += post[o, i] * m
            zi = min(z, float(m))
            base = int(zi)
            if base < m and zi - base > 1.0 - 1e-11:  # round-off a hair below a lattice line
                base += 1
                zi = float(base)
            post[last, i] = zi - base
            corner += base * stride
            stride *= side
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
            ahead = table[corner + stride]
            if ahead >= 0:
                corner += stride
                place[o, r + 1] = ahead
            else:  # outside the simplex: only reached with weight zero
                place[o, r + 1] = place[o, r]
            wts[o, r] = previous - post[last, i]
            previous = post[last, i]
        wts[o, n - 1] = previous


@njit(**INLINE)
def softmax_from(lam, q, A, n, sig):
    """``sig[a, k] = exp(lam q[a, k]) / sum_b exp(lam q[b, k])``, overflow-safe; returns max change of sig.

    Destroys `q` (it is left holding the unnormalised exponentials).
    """
    change = 0.0
    for k in range(n):
        top = q[0, k]
        for a in range(1, A):
            if q[a, k] > top:
                top = q[a, k]
        total = 0.0
        for a in range(A):
            q[a, k] = math.exp(lam * (q[a, k] - top))
            total += q[a, k]
        inverse = 1.0 / total
        for a in range(A):
            value = q[a, k] * inverse
            change = max(change, abs(value - sig[a, k]))
            sig[a, k] = value
    return change


@njit(**INLINE)
def softmax(lam, q, A, n, sig):
    """As `softmax_from`, but keeps `q` and measures nothing; used off the hot path."""
    for k in range(n):
        top = q[0, k]
        for a in range(1, A):
            top = max(top, q[a, k])
        total = 0.0
        for a in range(A):
            sig[a, k] = math.exp(lam * (q[a, k] - top))
            total += sig[a, k]
        for a in range(A):
            sig[a, k] /= total


@njit(**INLINE)
def observe(A, O, n, E, e_act, e_obs, e_prob, standing, turn, mu, sig, reach):
    """Probability of every observation: ``reach[o, k]`` for type k, ``reach[o, n]`` under the belief."""
    for o in range(O):
        for k in range(n + 1):
            reach[o, k] = 0.0
    for e in range(E):
        i = e_act[e]
        o = e_obs[e]
        rest = 1.0 - turn if i == standing else 0.0
        for k in range(n):
            reach[o, k] += (turn * sig[i, k] + rest) * e_prob[e, k]
    for o in range(O):
        for k in range(n):
            reach[o, n] += mu[k] * reach[o, k]


def _respond(
    A, O, n, E, e_act, e_obs, e_prob, standing, turn, mu, sig, flat, at, vs, m, table, pay_own, reach, post,
    place, wts, vy, q,
):  # fmt: skip
    """R: from play `sig` to the value `q` [A, n] of each move for each type of the mover.

    `pay_own` [A, n] is what a move pays the mover at once. Leaves `reach`, the posteriors `post`, their
    `place` and `wts`, and the mover's own values `vy` [O, n] there. An observation nobody expects keeps
    the belief as it was (passive beliefs).
    """
    observe(A, O, n, E, e_act, e_obs, e_prob, standing, turn, mu, sig, reach)
    for o in range(O):
        if reach[o, n] > 0.0:
            inverse = 1.0 / reach[o, n]
            for k in range(n):
                post[o, k] = mu[k] * reach[o, k] * inverse
        else:
            for k in range(n):
                post[o, k] = mu[k]
        locate(post, o, n, m, table, place, wts)
        for k in range(n):
            value = 0.0
            for v in range(n):
                value += wts[o, v] * flat[at[o] + place[o, v] * vs + k]
            vy[o, k] = value
    for i in range(A):
        for k in range(n):
            q[i, k] = pay_own[i, k]
    for e in range(E):
        i = e_act[e]
        o = e_obs[e]
        for k in range(n):
            q[i, k] += e_prob[e, k] * vy[o, k]


respond = njit(**JIT)(_respond)
respond_here = njit(**INLINE)(_respond)


@njit(**JIT)
def newton_step(
    lam, A, O, n, E, e_act, e_obs, e_prob, turn, mu, sig, flat, at, vs, m, reach, place, q, q_next, expected,
    slope, G, M,
):  # fmt: skip
    """Solve ``(I - J) step = R(sig) - q``; the step replaces `q_next`. Returns det(I - J), 0 if singular.

    J is the derivative of R o softmax at q: play changes what is seen (`reach`), what is seen changes the
    belief, the belief changes the value with the slope of V in the posterior's cell. Cost O((A n)^3).
    """
    size = A * n
    for o in range(O):  # expected[o, k]: chance of o for type k given a turn
        for k in range(n):
            expected[o, k] = 0.0
    for e in range(E):
        for k in range(n):
            expected[e_obs[e], k] += sig[e_act[e], k] * e_prob[e, k]
    for o in range(O):  # G[o, c, k] = d vy[o, c] / d reach[o, k]
        seen = reach[o, n]
        for c in range(n):
            if seen <= 0.0:
                for k in range(n):
                    G[o, c, k] = 0.0
                continue
            slope[0] = 0.0
            for r in range(n - 1):
                slope[place[o, n + r]] = m * (
                    flat[at[o] + place[o, r + 1] * vs + c] - flat[at[o] + place[o, r] * vs + c]
                )
            mean = 0.0
            for k in range(1, n):  # slope in z_k -> slope in the posterior's entry k
                slope[k] += slope[k - 1]
                mean += slope[k] * mu[k] * reach[o, k] / seen
            for k in range(n):
                G[o, c, k] = (slope[k] - mean) * mu[k] / seen
    for i in range(size):
        for j in range(size):
            M[i, j] = 0.0
        M[i, i] = 1.0
        M[i, size] = q_next[i // n, i % n] - q[i // n, i % n]
    for e in range(E):
        o = e_obs[e]
        for c in range(n):
            row = e_act[e] * n + c
            for k in range(n):
                g = e_prob[e, c] * G[o, c, k] * lam * turn
                if g != 0.0:
                    for j in range(A):
                        M[row, j * n + k] += g * sig[j, k] * expected[o, k]
                    for f in range(E):
                        if e_obs[f] == o:
                            M[row, e_act[f] * n + k] -= g * sig[e_act[f], k] * e_prob[f, k]
    det = 1.0
    for p in range(size):  # Gaussian elimination with partial pivoting
        pivot = p
        for i in range(p + 1, size):
            if abs(M[i, p]) > abs(M[pivot, p]):
                pivot = i
        if abs(M[pivot, p]) < 1e-13:
            return 0.0
        if pivot != p:
            det = -det
            for j in range(p, size + 1):
                M[p, j], M[pivot, j] = M[pivot, j], M[p, j]
        det *= M[p, p]
        for i in range(p + 1, size):
            factor = M[i, p] / M[p, p]
            if factor != 0.0:
                for j in range(p, size + 1):
                    M[i, j] -= factor * M[p, j]
    for p in range(size - 1, -1, -1):
        value = M[p, size]
        for j in range(p + 1, size):
            value -= M[p, j] * M[j, size]
        M[p, size] = value / M[p, p]
    for i in range(size):
        q_next[i // n, i % n] = M[i, size]
    return det


@njit(**INLINE)
def gap_between(q, q_next, A, n):
    """``max |q_next - q|``."""
    gap = 0.0
    for i in range(A):
        for k in range(n):
            gap = max(gap, abs(q_next[i, k] - q[i, k]))
    return gap


@njit(**JIT)
def settle(
    lam, tol, A, O, n, E, e_act, e_obs, e_prob, standing, turn, mu, sig, flat, at, vs, m, table, pay_own, reach,
    post, place, wts, vy, q, q_next, q_keep, expected, slope, G, M, note,
):  # fmt: skip
    """Newton with halved steps from the values in `q`; returns the residual in play, max |change of sig|.

    On return `sig` is the best play found and everything `respond` leaves belongs to it; `q` are its values.
    ``note[0]`` is det(I - J) at the last step (measured at least once).
    """
    softmax(lam, q, A, n, sig)
    respond(A, O, n, E, e_act, e_obs, e_prob, standing, turn, mu, sig, flat, at, vs, m, table, pay_own, reach, post,
            place, wts, vy, q_next)  # fmt: skip
    gap = gap_between(q, q_next, A, n)
    for rounds in range(30):
        if rounds > 0 and lam * gap < tol:
            break
        det = newton_step(lam, A, O, n, E, e_act, e_obs, e_prob, turn, mu, sig, flat, at, vs, m, reach, place, q,
                          q_next, expected, slope, G, M)  # fmt: skip
        note[0] = det
        if det == 0.0:
            respond(A, O, n, E, e_act, e_obs, e_prob, standing, turn, mu, sig, flat, at, vs, m, table, pay_own,
                    reach, post, place, wts, vy, q_next)  # fmt: skip
            break
        for i in range(A):
            for k in range(n):
                q_keep[i, k] = q[i, k]
                q_keep[A + i, k] = q_next[i, k]  # the full step
        share = 1.0
        better = False
        for _half in range(14):
            for i in range(A):
                for k in range(n):
                    q[i, k] = q_keep[i, k] + share * q_keep[A + i, k]
            softmax(lam, q, A, n, sig)
            respond(A, O, n, E, e_act, e_obs, e_prob, standing, turn, mu, sig, flat, at, vs, m, table, pay_own,
                    reach, post, place, wts, vy, q_next)  # fmt: skip
            trial = gap_between(q, q_next, A, n)
            if trial < gap * (1.0 - 0.1 * share) or lam * trial < tol:
                gap = trial
                better = True
                break
            share *= 0.5
        if not better:
            break
    gap = gap_between(q, q_next, A, n)
    for i in range(A):
        for k in range(n):
            q[i, k] = q_next[i, k]
    return lam * gap


@njit(**JIT)
def rescue(
    rate, lam, tol, A, O, n, E, e_act, e_obs, e_prob, standing, turn, mu, sig, flat, at, vs, m, table, pay_own,
    reach, post, place, wts, vy, q, q_next, q_keep, expected, slope, G, M, note, stats,
):  # fmt: skip
    """Where plain iteration is slow: Newton; where that fails or ends near a split: follow the branch.

    `rate` is the contraction rate seen so far, `sig` the play it stopped at. Returns the residual; outputs
    as `settle`.
    """
    stats[NEWTON] += 1.0
    note[0] = 1.0
    if rate < FOLLOW:
        respond(A, O, n, E, e_act, e_obs, e_prob, standing, turn, mu, sig, flat, at, vs, m, table, pay_own, reach,
                post, place, wts, vy, q)  # fmt: skip
        residual = settle(lam, tol, A, O, n, E, e_act, e_obs, e_prob, standing, turn, mu, sig, flat, at, vs, m, table,
                          pay_own, reach, post, place, wts, vy, q, q_next, q_keep, expected, slope, G, M, note)  # fmt: skip
        if residual < tol and note[0] > SPLITTING:
            return residual
    # from uniform play at lam = 0, raise lam in stages; a stage that fails is halved
    stats[FOLLOWED] += 1.0
    for i in range(A):
        for k in range(n):
            sig[i, k] = 1.0 / A
    respond(A, O, n, E, e_act, e_obs, e_prob, standing, turn, mu, sig, flat, at, vs, m, table, pay_own, reach, post,
            place, wts, vy, q)  # fmt: skip
    residual = 1.0
    reached = 0.0
    stage = lam / 4.0
    smallest = 1.0  # determinant met on the way
    while reached < lam:
        goal = min(lam, reached + stage)
        for i in range(A):
            for k in range(n):
                q_keep[2 * A + i, k] = q[i, k]
        residual = settle(goal, tol, A, O, n, E, e_act, e_obs, e_prob, standing, turn, mu, sig, flat, at, vs, m, table,
                          pay_own, reach, post, place, wts, vy, q, q_next, q_keep, expected, slope, G, M, note)  # fmt: skip
        if residual < tol and note[0] > 0.0:
            reached = goal
            smallest = min(smallest, note[0])
            stage *= 1.6
            continue
        for i in range(A):
            for k in range(n):
                q[i, k] = q_keep[2 * A + i, k]
        stage *= 0.5
        if stage < lam * 1e-4:
            break
    if reached < lam:
        # a fold: the branch turns back before lam. Go on from where it ended and say so.
        smallest = 0.0
        residual = settle(lam, tol, A, O, n, E, e_act, e_obs, e_prob, standing, turn, mu, sig, flat, at, vs, m, table,
                          pay_own, reach, post, place, wts, vy, q, q_next, q_keep, expected, slope, G, M, note)  # fmt: skip
        share = 0.5
        for rounds in range(2000):
            if residual < tol:
                break
            softmax(lam, q, A, n, sig)
            respond(A, O, n, E, e_act, e_obs, e_prob, standing, turn, mu, sig, flat, at, vs, m, table, pay_own, reach,
                    post, place, wts, vy, q_next)  # fmt: skip
            residual = lam * gap_between(q, q_next, A, n)
            for i in range(A):
                for k in range(n):
                    q[i, k] += share * (q_next[i, k] - q[i, k])
            if rounds % 100 == 99:
                share *= 0.7
    if smallest < SPLITTING:
        stats[SPLIT] += 1.0
    return residual


@njit(**JIT)
def solve_node(
    choice, lam, tol, A, O, n, E, e_act, e_obs, e_prob, standing, turn, mu, sig, flat, at, vs, m, table, pay_own,
    reach, post, place, wts, vy, q, q_next, q_keep, expected, slope, G, M, note, stats,
):  # fmt: skip
    """Equilibrium play at one node; returns its residual ``max |softmax(lam R(sig)) - sig|``.

    On return `sig`, `reach`, `post`, `place`, `wts`, `vy` describe that play, to within `tol`. The layer
    kernel carries the same plain loop in line, for speed.
    """
    for i in range(A):
        for k in range(n):
            sig[i, k] = 1.0 / A
    settled = not choice or A == 1 or lam == 0.0
    residual, rate = 1.0, 1.0
    for done in range(PLAIN_ROUNDS):
        respond(A, O, n, E, e_act, e_obs, e_prob, standing, turn, mu, sig, flat, at, vs, m, table, pay_own, reach,
                post, place, wts, vy, q)  # fmt: skip
        if settled:
            return 0.0
        change = softmax_from(lam, q, A, n, sig)
        rate = change / residual
        residual = change
        if residual < tol:
            return residual
        if done > 2 and rate > SLOW:
            break
    return rescue(rate, lam, tol, A, O, n, E, e_act, e_obs, e_prob, standing, turn, mu, sig, flat, at, vs, m, table,
                  pay_own, reach, post, place, wts, vy, q, q_next, q_keep, expected, slope, G, M, note, stats)  # fmt: skip


def scratch(A: int, O: int, n: int, E: int) -> tuple[np.ndarray, ...]:
    """Work arrays of one thread for states with up to A moves, O observations, E ways and n types."""
    size = A * n
    return (
        np.empty((A, n)), np.empty((O, n + 1)), np.empty((O + 1, n)), np.empty((O, 2 * n), np.int64),
        np.empty((O, n)), np.empty((O, n)), np.empty((A, n)), np.empty((A, n)), np.empty((3 * A, n)),
        np.empty((O, n)), np.empty(n), np.empty((O, n, n)), np.empty((size, size + 1)), np.zeros(1), np.zeros(8),
        np.empty(A, np.int64), np.empty(n), np.empty(O, np.int64), np.empty((A, n)), np.empty(E, np.int64),
        np.empty(E, np.int64), np.empty((E, n)), np.empty(O * n), np.empty(O * n, np.int64),
    )  # fmt: skip


@njit(**INLINE)
def copy(V, node, out, s):
    """``out[s] = V[node]``."""
    for b in range(V.shape[1]):
        for c in range(V.shape[2]):
            out[s, b, c] = V[node, b, c]


@njit(**INLINE)
def open_acts(s, act_ptr, act_open, standing_at, acts):
    """Moves open in state s, written to `acts`; returns (A, position of the standing move or -1)."""
    A = 0
    standing = -1
    for a in range(act_ptr[s], act_ptr[s + 1]):
        if act_open[a]:
            if a - act_ptr[s] == standing_at[s]:
                standing = A
            acts[A] = a
            A += 1
    return A, standing


@njit(**INLINE)
def ways_of(A, acts, n, br_ptr, br_obs, br_prob, e_act, e_obs, e_prob):
    """Flatten the ways of the open moves; returns E."""
    E = 0
    for i in range(A):
        for e in range(br_ptr[acts[i]], br_ptr[acts[i] + 1]):
            e_act[E] = i
            e_obs[E] = br_obs[e]
            for k in range(n):
                e_prob[E, k] = br_prob[e, k]
            E += 1
    return E


@njit(**JIT)
def layer_with_types(
    active, choice, lam, tol, turn, act_ptr, act_open, standing_at, br_ptr, br_obs, br_prob, obs_ptr, nodes,
    pay, pay_row, V, flat, out, points, hi, Bm, lo, col0, m, table, work, play,
):  # fmt: skip
    """One phase whose mover (or hazard) has n >= 2 types, for the states in `active`.

    `out` [node, belief, column] receives the values on entering this phase; beliefs are indexed
    ``(h * Bm + p) * lo + l`` with p a point of the mover's simplex (`points` [Bm, n]). `play`
    [A_total, belief, n] receives the equilibrium play if its middle axis is not empty. `work` is a
    `scratch`, whose statistics vector is filled. Cost: one small fixed point per (state, belief).
    """
    n = points.shape[1]
    B = V.shape[1]
    C = V.shape[2]
    P = pay.shape[1]
    BO = pay.shape[3]
    keep = play.shape[1] > 0
    (sig, reach, post, place, wts, vy, q, q_next, q_keep, expected, slope, G, M, note, stats, acts, mu, at, pay_own,
     e_act, e_obs, e_prob, flat_w, flat_at) = work  # fmt: skip
    for i in range(stats.shape[0]):
        stats[i] = 0.0
    stats[WORST_STATE] = -1.0
    vs = lo * C
    for index in range(active.shape[0]):
        s = active[index]
        A, standing = open_acts(s, act_ptr, act_open, standing_at, acts)
        if A == 0:
            copy(V, s, out, s)
            continue
        first = obs_ptr[s]
        O = obs_ptr[s + 1] - first
        E = ways_of(A, acts, n, br_ptr, br_obs, br_prob, e_act, e_obs, e_prob)
        pays = False
        for i in range(A):
            pays = pays or pay_row[acts[i]] >= 0
        if A == 1 and not pays:
            silent = True  # a forced move that tells nothing about the type: no belief changes
            for e in range(E):
                for k in range(1, n):
                    silent = silent and e_prob[e, k] == e_prob[e, 0]
            if silent:
                if E == 1:
                    copy(V, nodes[first + e_obs[0]], out, s)
                else:
                    for b in range(B):
                        for c in range(C):
                            value = 0.0
                            for e in range(E):
                                value += e_prob[e, 0] * V[nodes[first + e_obs[e]], b, c]
                            out[s, b, c] = value
                if keep:
                    for b in range(B):
                        for k in range(n):
                            play[acts[0], b, k] = 1.0
                continue
        chance = turn if standing >= 0 else 1.0
        settled = not choice or A == 1 or lam == 0.0
        for i in range(A):
            for k in range(n):
                pay_own[i, k] = 0.0
        for h in range(hi):
            for l in range(lo):
                base = h * Bm * lo + l
                bo = h * lo + l if BO > 1 else 0
                for o in range(O):
                    at[o] = (nodes[first + o] * B + base) * C + col0
                if pays:
                    for i in range(A):
                        row = pay_row[acts[i]]
                        if row >= 0:
                            for k in range(n):
                                pay_own[i, k] = pay[row, col0 + k, k, bo]
                for p in range(Bm):
                    for k in range(n):
                        mu[k] = points[p, k]
                    for i in range(A):
                        for k in range(n):
                            sig[i, k] = 1.0 / A
                    residual, rate = 1.0, 1.0
                    done = 0
                    while True:
                        respond_here(A, O, n, E, e_act, e_obs, e_prob, standing, chance, mu, sig, flat, at, vs, m,
                                     table, pay_own, reach, post, place, wts, vy, q)  # fmt: skip
                        if settled:
                            residual = 0.0
                            break
                        change = softmax_from(lam, q, A, n, sig)
                        rate = change / residual
                        residual = change
                        done += 1
                        if residual < tol or done >= PLAIN_ROUNDS or (done > 3 and rate > SLOW):
                            break
                    if residual >= tol:
                        residual = rescue(
                            rate, lam, tol, A, O, n, E, e_act, e_obs, e_prob, standing, chance, mu, sig, flat, at, vs,
                            m, table, pay_own, reach, post, place, wts, vy, q, q_next, q_keep, expected, slope, G, M,
                            note, stats)  # fmt: skip
                    stats[UPDATES] += 1.0
                    b = base + p * lo
                    if residual > stats[RESIDUAL]:
                        stats[RESIDUAL] = residual
                        stats[WORST_STATE] = s
                        stats[WORST_BELIEF] = b
                    if residual > 1e-8:
                        stats[STUCK] += 1.0
                    J = 0
                    for o in range(O):
                        if reach[o, n] > 0.0:
                            for v in range(n):
                                weight = reach[o, n] * wts[o, v]
                                if weight > 0.0:
                                    flat_w[J] = weight
                                    flat_at[J] = at[o] - col0 + place[o, v] * vs
                                    J += 1
                    for c in range(C):
                        value = 0.0
                        for j in range(J):
                            value += flat_w[j] * flat[flat_at[j] + c]
                        out[s, b, c] = value
                    for k in range(n):
                        value = 0.0
                        for o in range(O):
                            value += reach[o, k] * vy[o, k]
                        out[s, b, col0 + k] = value
                    if pays:
                        for i in range(A):
                            row = pay_row[acts[i]]
                            if row >= 0:
                                for k in range(n):
                                    weight = chance * sig[i, k]
                                    if i == standing:
                                        weight += 1.0 - chance
                                    for c in range(P):
                                        if c == col0 + k:
                                            out[s, b, c] += weight * pay[row, c, k, bo]
                                        elif c < col0 or c >= col0 + n:
                                            out[s, b, c] += mu[k] * weight * pay[row, c, k, bo]
                    if keep:
                        for i in range(A):
                            for k in range(n):
                                play[acts[i], b, k] = sig[i, k]


@njit(**JIT)
def layer_without_types(
    active, choice, lam, turn, act_ptr, act_open, standing_at, br_ptr, br_obs, br_prob, obs_ptr, nodes, pay,
    pay_row, V, out, col0, acts, q, stats, play,
):  # fmt: skip
    """One phase that reveals nothing: a mover without secrets, or chance. One pass, elementwise in beliefs.

    Shapes as in `layer_with_types`; `br_prob` [E, 1], `pay` [R, P, 1, 1 or belief], `play` [A_total, belief, 1];
    `acts` int64 [most moves], `q` float64 [most moves] are scratch, `stats` [8] is filled.
    """
    C = V.shape[2]
    B = V.shape[1]
    P = pay.shape[1]
    BO = pay.shape[3]
    keep = play.shape[1] > 0
    for i in range(stats.shape[0]):
        stats[i] = 0.0
    stats[WORST_STATE] = -1.0
    for index in range(active.shape[0]):
        s = active[index]
        A, standing = open_acts(s, act_ptr, act_open, standing_at, acts)
        if A == 0:
            copy(V, s, out, s)
            continue
        first = obs_ptr[s]
        if A == 1 and br_ptr[acts[0] + 1] - br_ptr[acts[0]] == 1 and pay_row[acts[0]] < 0:
            copy(V, nodes[first + br_obs[br_ptr[acts[0]]]], out, s)
            if keep:
                for b in range(B):
                    play[acts[0], b, 0] = 1.0
            continue
        chance = turn if standing >= 0 else 1.0
        for b in range(B):
            bo = b if BO > 1 else 0
            if A == 1:
                q[0] = 1.0
            elif choice:
                top = -np.inf
                for i in range(A):
                    a = acts[i]
                    row = pay_row[a]
                    value = pay[row, col0, 0, bo] if row >= 0 else 0.0
                    for e in range(br_ptr[a], br_ptr[a + 1]):
                        value += br_prob[e, 0] * V[nodes[first + br_obs[e]], b, col0]
                    q[i] = value
                    top = max(top, value)
                total = 0.0
                for i in range(A):
                    q[i] = math.exp(lam * (q[i] - top))
                    total += q[i]
                for i in range(A):
                    q[i] /= total
            else:
                for i in range(A):
                    q[i] = 1.0 / A
            stats[UPDATES] += 1.0
            for c in range(C):
                out[s, b, c] = 0.0
            for i in range(A):
                a = acts[i]
                if keep:
                    play[a, b, 0] = q[i]
                weight = chance * q[i]
                if i == standing:
                    weight += 1.0 - chance
                for e in range(br_ptr[a], br_ptr[a + 1]):
                    p = weight * br_prob[e, 0]
                    if p != 0.0:
                        node = nodes[first + br_obs[e]]
                        for c in range(C):
                            out[s, b, c] += p * V[node, b, c]
                row = pay_row[a]
                if row >= 0:
                    for c in range(P):
                        out[s, b, c] += weight * pay[row, c, 0, bo]


@njit(**JIT)
def locate_many(beliefs, m, table, post, place, wts, verts, weights):
    """`locate` for every row of `beliefs` [D, n]: fills `verts` [D, n] and `weights` [D, n].

    `post` [2, n], `place` [1, 2n] and `wts` [1, n] are scratch.
    """
    n = beliefs.shape[1]
    for d in range(beliefs.shape[0]):
        for k in range(n):
            post[0, k] = beliefs[d, k]
        locate(post, 0, n, m, table, place, wts)
        for k in range(n):
            verts[d, k] = place[0, k]
            weights[d, k] = wts[0, k]


@njit(**JIT)
def play_many(
    states, choice, lam, tol, turn, act_ptr, act_open, standing_at, br_ptr, br_obs, br_prob, obs_ptr, nodes, pay,
    pay_row, V, colV, col0, mus, off, bo, weight, Bm, lo, m, table, local, local_flat, work, counts, moves, plays,
    reaches, posts, after,
):  # fmt: skip
    """Many nodes of one phase at any beliefs, on or off the grid: D places in `states` [D].

    `mus` [D, n] is the belief about the phase's actor; the others' beliefs come as K interpolation points each:
    ``off[d, j]`` on the belief axis of V (own simplex at 0), ``bo[d, j]`` on the last axis of `pay`, ``weight[d, j]``.
    V [node, belief, c] holds the mover's columns from `colV` on (unused for chance). Fills, per place: `counts`
    [D, 2] open moves and observations, `moves` [D, A] stacked indices, `plays` [D, A, n], `reaches` [D, O, n+1],
    `posts` [D, O, n], and `after` [D, O, c] all columns of V just after each observation unless its last axis is
    empty. `local` [O, Bm, c] and `work` (a `scratch`) are scratch. Returns the worst residual.
    """
    (sig, reach, post, place, wts, vy, q, q_next, q_keep, expected, slope, G, M, note, stats, acts, mu, at, pay_own,
     e_act, e_obs, e_prob, _flat_w, _flat_at) = work  # fmt: skip
    n = mus.shape[1]
    Cs = V.shape[2]
    K = off.shape[1]
    BO = pay.shape[3]
    want = after.shape[2] > 0
    worst = 0.0
    for d in range(states.shape[0]):
        s = states[d]
        A, standing = open_acts(s, act_ptr, act_open, standing_at, acts)
        first = obs_ptr[s]
        O = obs_ptr[s + 1] - first
        counts[d, 0] = A
        counts[d, 1] = O if A > 0 else 0
        if A == 0:
            continue
        E = ways_of(A, acts, n, br_ptr, br_obs, br_prob, e_act, e_obs, e_prob)
        chance = turn if standing >= 0 else 1.0
        for k in range(n):
            mu[k] = mus[d, k]
        if choice or want:
            for o in range(O):
                node = nodes[first + o]
                at[o] = o * Bm * Cs + colV
                for p in range(Bm):
                    for c in range(Cs):
                        value = 0.0
                        for j in range(K):
                            value += weight[d, j] * V[node, off[d, j] + p * lo, c]
                        local[o, p, c] = value
        if choice:
            for i in range(A):
                row = pay_row[acts[i]]
                for k in range(n):
                    pay_own[i, k] = 0.0
                    if row >= 0:
                        for j in range(K):
                            pay_own[i, k] += weight[d, j] * pay[row, col0 + k, k, bo[d, j] if BO > 1 else 0]
            residual = solve_node(
                choice, lam, tol, A, O, n, E, e_act, e_obs, e_prob, standing, chance, mu, sig, local_flat, at, Cs, m,
                table, pay_own, reach, post, place, wts, vy, q, q_next, q_keep, expected, slope, G, M, note,
                stats)  # fmt: skip
            worst = max(worst, residual)
        else:
            for i in range(A):
                for k in range(n):
                    sig[i, k] = 1.0 / A
        observe(A, O, n, E, e_act, e_obs, e_prob, standing, chance, mu, sig, reach)
        for i in range(A):
            moves[d, i] = acts[i]
            for k in range(n):
                plays[d, i, k] = sig[i, k]
        for o in range(O):
            for k in range(n + 1):
                reaches[d, o, k] = reach[o, k]
            for k in range(n):
                post[o, k] = mu[k] * reach[o, k] / reach[o, n] if reach[o, n] > 0.0 else mu[k]
                posts[d, o, k] = post[o, k]
            if want:
                locate(post, o, n, m, table, place, wts)
                for c in range(Cs):
                    value = 0.0
                    for v in range(n):
                        value += wts[o, v] * local[o, place[o, v], c]
                    after[d, o, c] = value
    return worst


@njit(**JIT)
def push_mass(
    active, turn, act_ptr, act_open, standing_at, br_ptr, br_obs, br_prob, obs_ptr, nodes, play, points, hi, Bm,
    lo, m, table, work, mass, out,
):  # fmt: skip
    """Forward twin of a layer: probability mass [node, belief] moves on through stored play.

    The transpose of the outcome columns' recursion, so mass absorbed in terminal nodes reproduces those
    columns to the precision of the stored play. `out` is added to.
    """
    n = points.shape[1]
    (sig, reach, post, place, wts, vy, q, q_next, q_keep, expected, slope, G, M, note, stats, acts, mu, at, pay_own,
     e_act, e_obs, e_prob, flat_w, flat_at) = work  # fmt: skip
    for index in range(active.shape[0]):
        s = active[index]
        A, standing = open_acts(s, act_ptr, act_open, standing_at, acts)
        if A == 0:
            for b in range(mass.shape[1]):
                out[s, b] += mass[s, b]
            continue
        E = ways_of(A, acts, n, br_ptr, br_obs, br_prob, e_act, e_obs, e_prob)
        first = obs_ptr[s]
        O = obs_ptr[s + 1] - first
        chance = turn if standing >= 0 else 1.0
        for h in range(hi):
            for l in range(lo):
                base = h * Bm * lo + l
                for p in range(Bm):
                    b = base + p * lo
                    here = mass[s, b]
                    if here == 0.0:
                        continue
                    for k in range(n):
                        mu[k] = points[p, k]
                    for i in range(A):
                        for k in range(n):
                            sig[i, k] = play[acts[i], b, k] if play.shape[1] > 0 else 1.0 / A
                    observe(A, O, n, E, e_act, e_obs, e_prob, standing, chance, mu, sig, reach)
                    for o in range(O):
                        if reach[o, n] > 0.0:
                            for k in range(n):
                                post[o, k] = mu[k] * reach[o, k] / reach[o, n]
                            locate(post, o, n, m, table, place, wts)
                            node = nodes[first + o]
                            for v in range(n):
                                if wts[o, v] > 0.0:
                                    out[node, base + place[o, v] * lo] += here * reach[o, n] * wts[o, v]
