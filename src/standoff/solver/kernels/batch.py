"""Many beliefs of one state at once: the fixed point by accelerated iteration.

The fixed point at a node is ``q = R(softmax(lam * q))`` (McKelvey & Palfrey 1998, Experimental Economics 1(1)), where
R plays the moves once, updates the public belief by Bayes' rule and reads the values there. The iteration starts from
uniform play. Its slow directions are those in which information feeds back on itself, few and smooth, so the last
two differences are used to jump ahead (Anderson 1965, J. ACM 12(4)): some 6 evaluations where plain iteration needs
15, and convergence where plain iteration swings.

Stopping rule. With the gap ``f = R(softmax(lam q)) - q`` of a type's moves spread over ``max f - min f``, play is
off its own quantal response by at most ``lam/4 (max f - min f)``, because ``sigma (1 - sigma) <= 1/4``. That is the
residual, and iteration stops when it is below `tol`.

Which equilibrium. Several of them need values that hang on beliefs: their spread over the mover's simplex, in logits,
is known before a node is solved (`stake`). Where it is below STAGE, iteration from uniform play finds what there is.
Above, precision is raised in stages. Above DEEP, uniform play may lead straight to an equilibrium on another branch,
and the branch is traced for every node (`standoff.solver.kernels.node.trace`); so it is wherever the differences show
a direction in which the response grows nearly as much as play does.
"""

from __future__ import annotations

import math

from numba import njit

from standoff.solver.kernels.lanes import (
    WIDTH,
    exp,
    floor,
    gather,
    get,
    larger,
    largest,
    put,
    smaller,
    splat,
    where,
    whole,
)
from standoff.solver.kernels.node import INLINE, JIT, UNSEEN, locate_in

MOST_ROUNDS = 40
STAGE = 5.0  # logits that may hang on beliefs in one stage of precision
DEEP = 15.0  # logits hanging on beliefs above which every node's branch is traced
PASSING = 1e-3  # residual good enough to go on to the next stage
FEEDBACK = 0.75  # growth along a direction above which the branch is traced instead


@njit(**INLINE)
def respond_lanes(O, n, standing, turn, m, table, flat, vs, ks, w):
    """From play `l_sig` to what is seen, what is believed then, and the mover's own values `l_vy` there.

    In three passes over the observations, each short: what one observation waits for, the next ones fill in.
    """
    zero = splat(0.0)
    base = get(w.l_base, 0, 0)
    begin = 0
    for o in range(O):
        end = w.o_end[o]
        seen = zero
        for k in range(n):
            scale = get(w.l_scale, 0, k)
            total = zero
            for j in range(begin, end):
                e = w.by_obs[j]
                i = w.e_act[e]
                part = get(w.l_sig, i, k) * scale
                if i == standing:
                    part = part + (1.0 - turn)
                total = total + part * w.e_prob[e, k]
            put(w.l_reach, o, k, total)
            seen = seen + get(w.l_mu, 0, k) * total
        begin = end
        put(w.l_reach, o, n, seen)
        put(w.l_vy, o, 0, where(seen, splat(UNSEEN), 1.0 / seen, zero))  # kept here for the next pass
    if n == 2:
        mu = get(w.l_mu, 0, 1)
        for o in range(O):
            inverse = get(w.l_vy, o, 0)
            post = where(inverse, zero, mu * get(w.l_reach, o, 1) * inverse, mu)
            z = smaller(post * m, splat(m))
            low = smaller(floor(z + 1e-11), splat(m - 1.0))
            f = larger(z - low, zero)
            put(w.l_place, o, 0, low)
            put(w.l_place, o, 1, low + 1.0)
            put(w.l_wts, o, 0, 1.0 - f)
            put(w.l_wts, o, 1, f)
        for o in range(O):
            w0, w1 = get(w.l_wts, o, 0), get(w.l_wts, o, 1)
            i0 = whole(base + get(w.l_place, o, 0) * vs)
            i1 = whole(base + get(w.l_place, o, 1) * vs)
            for k in range(2):
                at = w.at[o] + k * ks
                put(w.l_vy, o, k, w0 * gather(flat, at, i0) + w1 * gather(flat, at, i1))
    elif n == 3:
        mu1, mu2 = get(w.l_mu, 0, 1), get(w.l_mu, 0, 2)
        one = splat(1.0)
        for o in range(O):
            inverse = get(w.l_vy, o, 0)
            post1 = where(inverse, zero, mu1 * get(w.l_reach, o, 1) * inverse, mu1)
            post2 = where(inverse, zero, mu2 * get(w.l_reach, o, 2) * inverse, mu2)
            z1 = smaller((post1 + post2) * m, splat(m))
            z2 = smaller(post2 * m, z1)
            low1 = smaller(floor(z1 + 1e-11), splat(m - 1.0))
            low2 = smaller(floor(z2 + 1e-11), splat(m - 1.0))
            f1, f2 = larger(z1 - low1, zero), larger(z2 - low2, zero)
            # point (z1, z2) has index z1 (z1 + 1) / 2 + z2
            row = low1 + 1.0
            p0 = low1 * 0.5 * row + low2
            put(w.l_place, o, 0, p0)
            put(w.l_place, o, 1, p0 + where(f2, f1, one, row))
            put(w.l_place, o, 2, p0 + (row + 1.0))
            high, low = larger(f1, f2), smaller(f1, f2)
            put(w.l_wts, o, 0, 1.0 - high)
            put(w.l_wts, o, 1, high - low)
            put(w.l_wts, o, 2, low)
        for o in range(O):
            w0, w1, w2 = get(w.l_wts, o, 0), get(w.l_wts, o, 1), get(w.l_wts, o, 2)
            i0 = whole(base + get(w.l_place, o, 0) * vs)
            i1 = whole(base + get(w.l_place, o, 1) * vs)
            i2 = whole(base + get(w.l_place, o, 2) * vs)
            for k in range(3):
                at = w.at[o] + k * ks
                put(w.l_vy, o, k, w0 * gather(flat, at, i0) + w1 * gather(flat, at, i1) + w2 * gather(flat, at, i2))
    else:
        for o in range(O):
            for lane in range(WIDTH):
                expected = w.l_reach[o, n, lane]
                for k in range(n):
                    mu = w.l_mu[0, k, lane]
                    w.post[o, k] = mu * w.l_reach[o, k, lane] / expected if expected > UNSEEN else mu
                locate_in(w.post, o, n, m, table, w.place, w.wts)
                for k in range(n):
                    w.l_place[o, k, lane] = w.place[o, k]
                    w.l_wts[o, k, lane] = w.wts[o, k]
            for k in range(n):
                value = zero
                for v in range(n):
                    at = whole(base + get(w.l_place, o, v) * vs)
                    value = value + get(w.l_wts, o, v) * gather(flat, w.at[o] + k * ks, at)
                put(w.l_vy, o, k, value)


@njit(**INLINE)
def value_of(i, k, w):
    """Value of move i for type k, all lanes."""
    total = get(w.l_pay, i, k)
    for e in range(w.e_end[i - 1] if i > 0 else 0, w.e_end[i]):
        total = total + get(w.l_vy, w.e_obs[e], k) * w.e_prob[e, k]
    return total


@njit(**INLINE)
def choose(lam, turn, A, n, row, w):
    """`l_sig` times `l_scale` = `turn` times the softmax of lam times rows `row`.. of `l_q`."""
    for k in range(n):
        top = get(w.l_q, row, k)
        for i in range(1, A):
            top = larger(top, get(w.l_q, row + i, k))
        total = splat(0.0)
        for i in range(A):
            part = exp((get(w.l_q, row + i, k) - top) * lam)
            put(w.l_sig, i, k, part)
            total = total + part
        put(w.l_scale, 0, k, total)
    for k in range(n):
        put(w.l_scale, 0, k, turn / get(w.l_scale, 0, k))


@njit(**INLINE)
def measure_gap(lam, A, n, row, w):
    """Rows `row`.. of `l_gap` = the moves' values less `l_q`, centred by type; returns the residual in play."""
    spread = splat(0.0)
    for k in range(n):
        high = value_of(0, k, w) - get(w.l_q, row, k)
        put(w.l_gap, row, k, high)
        low, total = high, high
        for i in range(1, A):
            gap = value_of(i, k, w) - get(w.l_q, row + i, k)
            put(w.l_gap, row + i, k, gap)
            high, low, total = larger(high, gap), smaller(low, gap), total + gap
        mean = total * (1.0 / A)
        for i in range(A):
            put(w.l_gap, row + i, k, get(w.l_gap, row + i, k) - mean)
        spread = larger(spread, high - low)
    return spread * (0.25 * lam)


@njit(**JIT)
def settle(lam, stake, tol, choice, A, O, n, standing, turn, m, table, flat, vs, ks, w):
    """Equilibrium play in WIDTH lanes; leaves it in `l_sig`, with `l_reach`, `l_place`, `l_wts`, `l_vy` to match.

    `stake` is how much of the mover's value hangs on what is believed of it. `l_state` holds the residual: 0 where
    there is nothing to settle, 1 where the branch has to be traced instead. Returns the rounds.
    """
    zero, one = splat(0.0), splat(1.0)
    tiny = splat(1e-300)
    feedback = zero
    rounds = 0
    stages = 1.0 + math.floor(min(lam * stake, DEEP) / STAGE)
    stage = 1.0
    done = -1
    while True:
        precision = lam * stage / stages
        limit = tol if stage == stages else PASSING
        here, before, older = (done % 3) * A, ((done + 2) % 3) * A, ((done + 1) % 3) * A
        if done < 0:
            for k in range(n):
                put(w.l_scale, 0, k, splat(turn / A))
                for i in range(A):
                    put(w.l_sig, i, k, one)
        else:
            choose(precision, turn, A, n, here, w)
        respond_lanes(O, n, standing, turn, m, table, flat, vs, ks, w)
        rounds += 1
        done += 1
        if done == 0:
            deep = lam * stake > DEEP
            put(w.l_state, 0, 0, one if deep else zero)
            if deep or not choice or A == 1 or lam == 0.0:
                break
            for i in range(A):
                for k in range(n):
                    put(w.l_q, i, k, value_of(i, k, w))
            continue
        done -= 1
        residual = measure_gap(precision, A, n, here, w)
        put(w.l_state, 0, 0, residual)
        waiting = where(feedback, splat(FEEDBACK), zero, residual)
        if largest(waiting) < limit or done == MOST_ROUNDS:
            if stage == stages:
                break
            stage += 1.0
            for i in range(A):  # the next stage starts where this one led
                for k in range(n):
                    put(w.l_q, i, k, get(w.l_q, here + i, k) + get(w.l_gap, here + i, k))
            done = 0
            continue
        g1, g2 = zero, zero
        if done > 0:
            s11, s12, s22, h1, h2, along, size = zero, zero, zero, zero, zero, zero, zero
            for i in range(A):
                for k in range(n):
                    f0, f1 = get(w.l_gap, here + i, k), get(w.l_gap, before + i, k)
                    d1 = f0 - f1
                    s11, h1 = s11 + d1 * d1, h1 + d1 * f0
                    moved = get(w.l_q, here + i, k) - get(w.l_q, before + i, k)
                    along, size = along + moved * d1, size + moved * moved
                    if done > 1:
                        d2 = f1 - get(w.l_gap, older + i, k)
                        s12, s22, h2 = s12 + d1 * d2, s22 + d2 * d2, h2 + d2 * f0
            growth = where(residual, splat(limit), 1.0 + along / larger(size, tiny), zero)
            feedback = larger(feedback, growth)
            det = s11 * s22 - s12 * s12
            use = where(det, s11 * s22 * 1e-8, one, zero)
            inverse = 1.0 / larger(det, tiny)
            alone = h1 / larger(s11, tiny)
            g1 = where(use, zero, (h1 * s22 - h2 * s12) * inverse, alone)
            g2 = where(use, zero, (h2 * s11 - h1 * s12) * inverse, zero)
        for i in range(A):
            for k in range(n):
                q0, f0 = get(w.l_q, here + i, k), get(w.l_gap, here + i, k)
                step = f0
                if done > 0:
                    q1, f1 = get(w.l_q, before + i, k), get(w.l_gap, before + i, k)
                    step = step - g1 * (q0 - q1 + f0 - f1)
                    if done > 1:
                        step = step - g2 * (q1 - get(w.l_q, older + i, k) + f1 - get(w.l_gap, older + i, k))
                put(w.l_q, older + i, k, q0 + where(residual, splat(limit), step, zero))
        done += 1
    put(w.l_state, 0, 0, where(feedback, splat(FEEDBACK), one, get(w.l_state, 0, 0)))
    for k in range(n):
        total = zero
        for i in range(A):
            total = total + get(w.l_sig, i, k)
        inverse = 1.0 / total  # not l_scale, which is 0 for a mover that never gets its turn
        for i in range(A):
            put(w.l_sig, i, k, get(w.l_sig, i, k) * inverse)
    return rounds
