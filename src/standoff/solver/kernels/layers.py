"""One phase of one step for many states, and many single nodes: the entry points called from Python.

Every function works on plain arrays, allocates nothing and holds no Python object, so it releases the interpreter
lock and a layer is spread over threads by state. Names as in `standoff.solver.kernels`.
"""

from __future__ import annotations

from numba import njit

from standoff.solver.kernels.batch import settle
from standoff.solver.kernels.lanes import (
    LINE,
    WIDTH,
    along,
    exp,
    gather,
    get,
    larger,
    line,
    put,
    put_line,
    splat,
    whole,
)
from standoff.solver.kernels.node import (
    ENTRY,
    FOLLOWED,
    INLINE,
    JIT,
    RESIDUAL,
    ROUNDS,
    SPLIT,
    SPLITTING,
    STUCK,
    UPDATES,
    WORST_BELIEF,
    WORST_STATE,
    believe,
    locate_in,
    observe,
    trace,
)

FLAGGED = 1e-8  # residual above which a node is counted as stuck


@njit(**ENTRY)
def locate(post, o, n, m, table, place, wts):
    """`standoff.solver.kernels.node.locate_in`, callable from Python."""
    locate_in(post, o, n, m, table, place, wts)


@njit(**ENTRY)
def locate_many(beliefs, m, table, post, place, wts, verts, weights):
    """`locate` for every row of `beliefs` [D, n]: fills `verts` [D, n] and `weights` [D, n].

    `post` [2, n], `place` [1, 2n] and `wts` [1, n] are scratch.
    """
    n = beliefs.shape[1]
    for d in range(beliefs.shape[0]):
        for k in range(n):
            post[0, k] = beliefs[d, k]
        locate_in(post, 0, n, m, table, place, wts)
        for k in range(n):
            verts[d, k] = place[0, k]
            weights[d, k] = wts[0, k]


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
def ways_of(A, n, br_ptr, br_obs, br_prob, w):
    """Flatten the ways of the open moves; returns E."""
    E = 0
    for i in range(A):
        for e in range(br_ptr[w.acts[i]], br_ptr[w.acts[i] + 1]):
            w.e_act[E] = i
            w.e_obs[E] = br_obs[e]
            for k in range(n):
                w.e_prob[E, k] = br_prob[e, k]
            E += 1
    return E


@njit(**INLINE)
def index_ways(A, O, E, w):
    """Fill `e_end`, `by_obs` and `o_end` from `e_act` (not decreasing) and `e_obs`."""
    e = 0
    for i in range(A):
        while e < E and w.e_act[e] == i:
            e += 1
        w.e_end[i] = e
    at = 0
    for o in range(O):
        for e in range(E):
            if w.e_obs[e] == o:
                w.by_obs[at] = e
                at += 1
        w.o_end[o] = at


@njit(**INLINE)
def drop_the_impossible(n, E, nodes, first, w):
    """Leave out ways without a chance and observations without a way; returns (E, O), fills `o_node`."""
    kept, O = 0, 0
    for e in range(E):
        possible = False
        for k in range(n):
            possible = possible or w.e_prob[e, k] != 0.0
        if possible:
            o = -1
            for f in range(kept):  # few ways: a search is cheaper than a table
                if w.corner_at[f] == w.e_obs[e]:
                    o = w.e_obs[f]
            if o < 0:
                o = O
                w.o_node[O] = nodes[first + w.e_obs[e]]
                O += 1
            w.corner_at[kept] = w.e_obs[e]
            w.e_act[kept] = w.e_act[e]
            w.e_obs[kept] = o
            for k in range(n):
                w.e_prob[kept, k] = w.e_prob[e, k]
            kept += 1
    return kept, O


@njit(**INLINE)
def blend(O, chances, slabs, size, flat, out):
    """``flat[out : out + size]`` = what O slabs of `flat` mix to with the same chances everywhere; LINE divides size."""
    for block in range(0, size, LINE):
        total = along(0.0)
        for o in range(O):
            total = total + line(flat, slabs[o] * size + block) * along(chances[o])
        put_line(flat, out + block, total)


@njit(**INLINE)
def mix_line(J, C, flat, out, w):
    """``flat[out : out + C]`` = J lines of `flat` at `corner_at`, weighed with `corner_w`; LINE divides C."""
    c = 0
    while c + LINE < C:
        total, more = along(0.0), along(0.0)
        for j in range(J):
            at = w.corner_at[j] + c
            weight = along(w.corner_w[j])
            total = total + line(flat, at) * weight
            more = more + line(flat, at + LINE) * weight
        put_line(flat, out + c, total)
        put_line(flat, out + c + LINE, more)
        c += 2 * LINE
    if c < C:
        total = along(0.0)
        for j in range(J):
            total = total + line(flat, w.corner_at[j] + c) * along(w.corner_w[j])
        put_line(flat, out + c, total)


@njit(**ENTRY)
def close_step(which, V, side, fade, flow):
    """The end of a step, in place, for the states `which`: values [column] times `fade`, plus `flow`.

    `flow` [1 or states, 1 or beliefs, P] is what the step pays the first P columns.
    """
    N, B, P = side.shape[0], V.shape[1], flow.shape[2]
    for index in range(which.shape[0]):
        s = which[index]
        slab = s + side[s] * N
        row = s if flow.shape[0] > 1 else 0
        for b in range(B):
            place = b if flow.shape[1] > 1 else 0
            for c in range(fade.shape[0]):
                V[slab, b, c] *= fade[c]
            for c in range(P):
                V[slab, b, c] += flow[row, place, c]


@njit(**ENTRY)
def own_columns(which, V, side, n, hi, Bm, lo, col0, own, stakes):
    """The mover's own columns of the nodes `which`, side by side: `own` [node, p, k, other beliefs] as one line.

    In this order neighbouring lanes, which differ in the other actors' beliefs, read neighbouring numbers. `stakes`
    [node, other beliefs] receives how far any of these columns moves over the mover's simplex.
    """
    B = V.shape[1]
    N = side.shape[0]
    groups = hi * lo
    for index in range(which.shape[0]):
        node = which[index]
        slab = node + side[node] * N
        b = 0
        for h in range(hi):
            for p in range(Bm):
                to = node * B * n + p * n * groups + h * lo
                for l in range(lo):
                    for k in range(n):
                        own[to + k * groups + l] = V[slab, b, col0 + k]
                    b += 1
        for g in range(groups):
            stakes[node, g] = 0.0
        for k in range(n):
            for g in range(groups):
                at = node * B * n + k * groups + g
                low, high = own[at], own[at]
                for p in range(1, Bm):
                    value = own[at + p * n * groups]
                    low, high = min(low, value), max(high, value)
                stakes[node, g] = max(stakes[node, g], high - low)


@njit(**ENTRY)
def layer_with_types(
    active, choice, lam, tol, turn, act_ptr, act_open, standing_at, br_ptr, br_obs, br_prob, obs_ptr, nodes, pay,
    pay_row, V, flat, side, moved, points, hi, Bm, lo, col0, m, table, own, stakes, w, play,
):  # fmt: skip
    """One phase whose mover (or hazard) has n >= 2 types, for the states in `active`.

    V [2 nodes, belief, column] holds two slabs for each node, the one in force at ``side[node] * N + node``; the values
    on entering this phase are written to the other one and `moved` [N] is set, unless nothing changes. Beliefs are
    indexed ``(h * Bm + p) * lo + l`` with p a point of the mover's simplex (`points` [Bm, n]). `own` and `stakes` are what
    `own_columns` left; `play` [A_total, belief, n] receives the equilibrium play if its middle axis is not empty; the statistics
    of `w` (a `scratch`) are filled. Cost: one small fixed point per (state, belief).
    """
    n = points.shape[1]
    B, C = V.shape[1], V.shape[2]
    N = side.shape[0]
    P = pay.shape[1]
    BO = pay.shape[3]
    keep = play.shape[1] > 0
    groups = hi * lo
    vs, ks = n * groups, groups
    stats = w.stats
    for i in range(stats.shape[0]):
        stats[i] = 0.0
    stats[WORST_STATE] = -1.0
    for index in range(active.shape[0]):
        s = active[index]
        A, standing = open_acts(s, act_ptr, act_open, standing_at, w.acts)
        moved[s] = 0
        if A == 0:
            continue
        E = ways_of(A, n, br_ptr, br_obs, br_prob, w)
        E, O = drop_the_impossible(n, E, nodes, obs_ptr[s], w)
        target = s + (1 - side[s]) * N
        pays = False
        for i in range(A):
            pays = pays or pay_row[w.acts[i]] >= 0
        if A == 1 and not pays:
            silent = True  # a forced move that tells nothing about the type: no belief changes
            for e in range(E):
                for k in range(1, n):
                    silent = silent and w.e_prob[e, k] == w.e_prob[e, 0]
            if silent:
                if keep:
                    for b in range(B):
                        for k in range(n):
                            play[w.acts[0], b, k] = 1.0
                if O == 1 and w.o_node[0] == s:
                    continue
                for o in range(O):
                    w.corner_w[o] = 0.0
                    w.o_node[o] += side[w.o_node[o]] * N
                for e in range(E):
                    w.corner_w[w.e_obs[e]] += w.e_prob[e, 0]
                blend(O, w.corner_w, w.o_node, B * C, flat, target * B * C)
                moved[s] = 1
                continue
        moved[s] = 1
        chance = turn if standing >= 0 else 1.0
        index_ways(A, O, E, w)
        for o in range(O):
            w.at[o] = w.o_node[o] * B * n
            w.o_seen[o] = w.o_node[o]
            w.o_node[o] += side[w.o_node[o]] * N
        paid = 0
        for i in range(A):
            row = pay_row[w.acts[i]]
            for k in range(n):
                value = 0.0
                if row >= 0:
                    if BO == 1:
                        value = pay[row, col0 + k, k, 0]
                    for c in range(P):
                        mine = col0 <= c < col0 + n
                        if (c == col0 + k or not mine) and (BO > 1 or pay[row, c, k, 0] != 0.0):
                            w.paid[paid, 0] = i
                            w.paid[paid, 1] = k
                            w.paid[paid, 2] = c
                            w.amount[paid] = pay[row, c, k, 0]
                            paid += 1
                put(w.l_pay, i, k, splat(value))
        p, group, first = 0, 0, 0  # lanes run over the others' beliefs first
        for begin in range(0, B, WIDTH):
            lanes = min(WIDTH, B - begin)
            for lane in range(lanes):
                w.l_belief[lane] = first + p * lo
                w.l_base[0, 0, lane] = group
                w.l_base[1, 0, lane] = group if BO > 1 else 0
                w.l_base[2, 0, lane] = first * C
                for k in range(n):
                    w.l_mu[0, k, lane] = points[p, k]
                group += 1
                first += 1
                if group % lo == 0:
                    first += (Bm - 1) * lo
                if group == groups:
                    p, group, first = p + 1, 0, 0
            stake = 0.0
            if choice and A > 1:
                for lane in range(lanes):
                    if not sure_of(n, lane, w):
                        for o in range(O):
                            stake = max(stake, stakes[w.o_seen[o], int(w.l_base[0, 0, lane])])
            if pays and BO > 1:
                for i in range(A):
                    row = pay_row[w.acts[i]]
                    if row >= 0:
                        for k in range(n):
                            for lane in range(WIDTH):
                                w.l_pay[i, k, lane] = pay[row, col0 + k, k, int(w.l_base[1, 0, lane])]
            rounds = settle(lam, stake, tol, choice, A, O, n, standing, chance, m, table, own, vs, ks, w)
            stats[ROUNDS] += rounds * lanes
            stats[UPDATES] += lanes
            for lane in range(lanes):
                residual = w.l_state[0, 0, lane]
                if not residual < tol:
                    residual = rescue(lam, tol, A, O, n, E, standing, chance, m, table, own, vs, ks, lane, w)
                if residual > stats[RESIDUAL]:
                    stats[RESIDUAL] = residual
                    stats[WORST_STATE] = s
                    stats[WORST_BELIEF] = w.l_belief[lane]
                if residual > FLAGGED:
                    stats[STUCK] += 1.0
            for k in range(n):
                value_ = splat(0.0)
                for o in range(O):
                    value_ = value_ + get(w.l_reach, o, k) * get(w.l_vy, o, k)
                put(w.l_q, 0, k, value_)
            if paid > 0:
                pay_lanes(paid, P, BO, standing, chance, pay, pay_row, col0, w)
            origin = whole(get(w.l_base, 2, 0))
            for o in range(O):
                for v in range(n):
                    put(w.l_corner, o * n + v, 0, get(w.l_reach, o, n) * get(w.l_wts, o, v))
                    put(w.l_corner_at, o * n + v, 0, origin + whole(get(w.l_place, o, v) * (lo * C)))
            for lane in range(lanes):
                J = 0
                for o in range(O):
                    slab = w.o_node[o] * B * C
                    for v in range(o * n, o * n + n):
                        if w.l_corner[v, 0, lane] > 0.0:
                            w.corner_w[J] = w.l_corner[v, 0, lane]
                            w.corner_at[J] = slab + w.l_corner_at[v, 0, lane]
                            J += 1
                b = w.l_belief[lane]
                out = (target * B + b) * C
                mix_line(J, C, flat, out, w)
                for k in range(n):
                    flat[out + col0 + k] = w.l_q[0, k, lane]
                if paid > 0:
                    for c in range(P):
                        flat[out + c] += w.l_out[c, 0, lane]
                if keep:
                    for i in range(A):
                        for k in range(n):
                            play[w.acts[i], b, k] = w.l_sig[i, k, lane]


@njit(**INLINE)
def pay_lanes(paid, P, BO, standing, chance, pay, pay_row, col0, w):
    """What the moves pay at once, per payoff column, into `l_out`."""
    for c in range(P):
        put(w.l_out, c, 0, splat(0.0))
    for j in range(paid):
        i, k, c = w.paid[j, 0], w.paid[j, 1], w.paid[j, 2]
        share = get(w.l_sig, i, k) * chance + (1.0 - chance if i == standing else 0.0)
        if c != col0 + k:
            share = share * get(w.l_mu, 0, k)
        if BO == 1:
            share = share * w.amount[j]
        else:
            row = pay_row[w.acts[i]]
            for lane in range(WIDTH):
                w.l_gap[0, 0, lane] = pay[row, c, k, int(w.l_base[1, 0, lane])]
            share = share * get(w.l_gap, 0, 0)
        put(w.l_out, c, 0, get(w.l_out, c, 0) + share)


@njit(**INLINE)
def sure_of(n, lane, w):
    """Whether the belief in a lane rests on one type, so that no play moves it."""
    sure = False
    for k in range(n):
        sure = sure or w.l_mu[0, k, lane] > 1.0 - 1e-12
    return sure


@njit(**JIT)
def rescue(lam, tol, A, O, n, E, standing, turn, m, table, flat, vs, ks, lane, w):
    """Trace the branch for one lane and put what it gives back into the lane; returns the residual."""
    base = int(w.l_base[0, 0, lane])
    for k in range(n):
        w.mu[k] = w.l_mu[0, k, lane]
    for i in range(A):
        for k in range(n):
            w.pay[i, k] = w.l_pay[i, k, lane]
    for o in range(O):
        w.at[o] += base
    residual, det = trace(lam, tol, A, O, n, E, standing, turn, m, table, flat, vs, ks, w)
    for o in range(O):
        w.at[o] -= base
        for k in range(n + 1):
            w.l_reach[o, k, lane] = w.reach[o, k]
        for k in range(n):
            w.l_place[o, k, lane] = w.place[o, k]
            w.l_wts[o, k, lane] = w.wts[o, k]
            w.l_vy[o, k, lane] = w.vy[o, k]
    for i in range(A):
        for k in range(n):
            w.l_sig[i, k, lane] = w.sig[i, k]
    w.stats[FOLLOWED] += 1.0
    if det < SPLITTING:
        w.stats[SPLIT] += 1.0
    return residual


@njit(**ENTRY)
def layer_without_types(
    active, choice, lam, turn, act_ptr, act_open, standing_at, br_ptr, br_obs, br_prob, obs_ptr, nodes, pay,
    pay_row, V, flat, side, moved, col0, w, play,
):  # fmt: skip
    """One phase that reveals nothing: a mover without secrets, or chance. One pass, elementwise in beliefs.

    Shapes as in `layer_with_types`; `br_prob` [E, 1], `pay` [R, P, 1, 1 or belief], `play` [A_total, belief, 1].
    """
    B, C = V.shape[1], V.shape[2]
    N = side.shape[0]
    P = pay.shape[1]
    BO = pay.shape[3]
    keep = play.shape[1] > 0
    stats = w.stats
    for i in range(stats.shape[0]):
        stats[i] = 0.0
    stats[WORST_STATE] = -1.0
    for index in range(active.shape[0]):
        s = active[index]
        A, standing = open_acts(s, act_ptr, act_open, standing_at, w.acts)
        moved[s] = 0
        if A == 0:
            continue
        E = ways_of(A, 1, br_ptr, br_obs, br_prob, w)
        E, O = drop_the_impossible(1, E, nodes, obs_ptr[s], w)
        for o in range(O):
            w.o_node[o] += side[w.o_node[o]] * N
        target = s + (1 - side[s]) * N
        pays = False
        for i in range(A):
            pays = pays or pay_row[w.acts[i]] >= 0
        if keep and A == 1:
            for b in range(B):
                play[w.acts[0], b, 0] = 1.0
        if A == 1 and O == 1 and not pays and w.o_node[0] == s + side[s] * N:
            continue
        moved[s] = 1
        chance = turn if standing >= 0 else 1.0
        if A == 1 or not choice or lam == 0.0:
            for o in range(O):
                w.corner_w[o] = 0.0
            for e in range(E):
                share = chance / A + (1.0 - chance if w.e_act[e] == standing else 0.0)
                w.corner_w[w.e_obs[e]] += share * w.e_prob[e, 0]
            blend(O, w.corner_w, w.o_node, B * C, flat, target * B * C)
            if keep and A > 1:
                for i in range(A):
                    for b in range(B):
                        play[w.acts[i], b, 0] = 1.0 / A
            if pays:
                for i in range(A):
                    row = pay_row[w.acts[i]]
                    if row >= 0:
                        share = chance / A + (1.0 - chance if i == standing else 0.0)
                        for b in range(B):
                            for c in range(P):
                                V[target, b, c] += share * pay[row, c, 0, b if BO > 1 else 0]
            stats[UPDATES] += B
            continue
        for begin in range(0, B, WIDTH):
            lanes = min(WIDTH, B - begin)
            for lane in range(WIDTH):
                b = min(begin + lane, B - 1)
                w.l_base[0, 0, lane] = b * C
                w.l_base[1, 0, lane] = b if BO > 1 else 0
            base = whole(get(w.l_base, 0, 0))
            for i in range(A):
                row = pay_row[w.acts[i]]
                for lane in range(WIDTH):
                    w.l_q[i, 0, lane] = pay[row, col0, 0, int(w.l_base[1, 0, lane])] if row >= 0 else 0.0
            for o in range(O):
                put(w.l_vy, o, 0, gather(flat, w.o_node[o] * B * C + col0, base))
                put(w.l_reach, o, 0, splat(0.0))
            for e in range(E):
                i = w.e_act[e]
                put(w.l_q, i, 0, get(w.l_q, i, 0) + get(w.l_vy, w.e_obs[e], 0) * w.e_prob[e, 0])
            top = get(w.l_q, 0, 0)
            for i in range(1, A):
                top = larger(top, get(w.l_q, i, 0))
            total = splat(0.0)
            for i in range(A):
                part = exp((get(w.l_q, i, 0) - top) * lam)
                put(w.l_sig, i, 0, part)
                total = total + part
            inverse = 1.0 / total
            for i in range(A):
                put(w.l_sig, i, 0, get(w.l_sig, i, 0) * inverse)
            for e in range(E):
                i, o = w.e_act[e], w.e_obs[e]
                rest = 1.0 - chance if i == standing else 0.0
                put(w.l_reach, o, 0, get(w.l_reach, o, 0) + (get(w.l_sig, i, 0) * chance + rest) * w.e_prob[e, 0])
            stats[UPDATES] += lanes
            for lane in range(lanes):
                b = begin + lane
                for o in range(O):
                    w.corner_w[o] = w.l_reach[o, 0, lane]
                    w.corner_at[o] = (w.o_node[o] * B + b) * C
                mix_line(O, C, flat, (target * B + b) * C, w)
                if keep:
                    for i in range(A):
                        play[w.acts[i], b, 0] = w.l_sig[i, 0, lane]
                if pays:
                    for i in range(A):
                        row = pay_row[w.acts[i]]
                        if row >= 0:
                            weight = chance * w.l_sig[i, 0, lane]
                            if i == standing:
                                weight += 1.0 - chance
                            for c in range(P):
                                V[target, b, c] += weight * pay[row, c, 0, b if BO > 1 else 0]


@njit(**ENTRY)
def play_many(
    states, choice, lam, tol, turn, act_ptr, act_open, standing_at, br_ptr, br_obs, br_prob, obs_ptr, nodes, pay,
    pay_row, V, colV, col0, mus, off, bo, weight, Bm, lo, m, table, local, local_flat, w, counts, moves, plays,
    reaches, posts, after,
):  # fmt: skip
    """Many nodes of one phase at any beliefs, on or off the grid: D places in `states` [D].

    `mus` [D, n] is the belief about the phase's actor; the others' beliefs come as K interpolation points each:
    ``off[d, j]`` on the belief axis of V (own simplex at 0), ``bo[d, j]`` on the last axis of `pay`, ``weight[d, j]``.
    V [node, belief, c] holds the mover's columns from `colV` on (unused for chance). Fills, per place: `counts`
    [D, 2] open moves and observations, `moves` [D, A] stacked indices, `plays` [D, A, n], `reaches` [D, O, n+1],
    `posts` [D, O, n], and `after` [D, O, c] all columns of V just after each observation unless its last axis is
    empty. `local` [O, Bm, c] and `w` (a `scratch`) are scratch. Returns the worst residual.
    """
    n = mus.shape[1]
    Cs = V.shape[2]
    K = off.shape[1]
    BO = pay.shape[3]
    want = after.shape[2] > 0
    worst = 0.0
    none = n - n  # numbers that are no literals: for a literal everything below would be compiled a second time
    ks = none + 1
    for d in range(states.shape[0]):
        s = states[d]
        A, standing = open_acts(s, act_ptr, act_open, standing_at, w.acts)
        first = obs_ptr[s]
        O = obs_ptr[s + 1] - first
        counts[d, 0] = A
        counts[d, 1] = O if A > 0 else 0
        if A == 0:
            continue
        E = ways_of(A, n, br_ptr, br_obs, br_prob, w)
        index_ways(A, O, E, w)
        chance = turn if standing >= 0 else 1.0
        for k in range(n):
            w.mu[k] = mus[d, k]
            put(w.l_mu, 0, k, splat(w.mu[k]))
        put(w.l_base, 0, 0, splat(0.0))
        if choice or want:
            for o in range(O):
                node = nodes[first + o]
                w.at[o] = o * Bm * Cs + colV
                for p in range(Bm):
                    for c in range(Cs):
                        value = 0.0
                        for j in range(K):
                            value += weight[d, j] * V[node, off[d, j] + p * lo, c]
                        local[o, p, c] = value
        if choice:
            stake = 0.0
            if A > 1 and not sure_of(n, none, w):
                for o in range(O):
                    for k in range(n):
                        low, high = local[o, 0, colV + k], local[o, 0, colV + k]
                        for p in range(1, Bm):
                            value = local[o, p, colV + k]
                            low, high = min(low, value), max(high, value)
                        stake = max(stake, high - low)
            for i in range(A):
                row = pay_row[w.acts[i]]
                for k in range(n):
                    w.pay[i, k] = 0.0
                    if row >= 0:
                        for j in range(K):
                            w.pay[i, k] += weight[d, j] * pay[row, col0 + k, k, bo[d, j] if BO > 1 else 0]
                    put(w.l_pay, i, k, splat(w.pay[i, k]))
            settle(lam, stake, tol, choice, A, O, n, standing, chance, m, table, local_flat, Cs, ks, w)
            residual = w.l_state[0, 0, 0]
            if not residual < tol:
                residual = rescue(lam, tol, A, O, n, E, standing, chance, m, table, local_flat, Cs, ks, none, w)
            worst = max(worst, residual)
        for i in range(A):
            moves[d, i] = w.acts[i]
            for k in range(n):
                w.sig[i, k] = w.l_sig[i, k, 0] if choice else 1.0 / A
                plays[d, i, k] = w.sig[i, k]
        observe(A, O, n, E, standing, chance, w)
        for o in range(O):
            for k in range(n + 1):
                reaches[d, o, k] = w.reach[o, k]
            believe(o, n, w)
            for k in range(n):
                posts[d, o, k] = w.post[o, k]
            if want:
                locate_in(w.post, o, n, m, table, w.place, w.wts)
                for c in range(Cs):
                    value = 0.0
                    for v in range(n):
                        value += w.wts[o, v] * local[o, w.place[o, v], c]
                    after[d, o, c] = value
    return worst


@njit(**ENTRY)
def push_mass(
    active, turn, act_ptr, act_open, standing_at, br_ptr, br_obs, br_prob, obs_ptr, nodes, play, points, hi, Bm,
    lo, m, table, w, mass, out,
):  # fmt: skip
    """Forward twin of a layer: probability mass [node, belief] moves on through stored play.

    The transpose of the outcome columns' recursion, so mass absorbed in terminal nodes reproduces those
    columns to the precision of the stored play. `out` is added to.
    """
    n = points.shape[1]
    for index in range(active.shape[0]):
        s = active[index]
        A, standing = open_acts(s, act_ptr, act_open, standing_at, w.acts)
        if A == 0:
            for b in range(mass.shape[1]):
                out[s, b] += mass[s, b]
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
                    here = mass[s, b]
                    if here == 0.0:
                        continue
                    for k in range(n):
                        w.mu[k] = points[p, k]
                    for i in range(A):
                        for k in range(n):
                            w.sig[i, k] = play[w.acts[i], b, k] if play.shape[1] > 0 else 1.0 / A
                    observe(A, O, n, E, standing, chance, w)
                    for o in range(O):
                        if w.reach[o, n] > 0.0:
                            believe(o, n, w)
                            locate_in(w.post, o, n, m, table, w.place, w.wts)
                            node = nodes[first + o]
                            for v in range(n):
                                if w.wts[o, v] > 0.0:
                                    out[node, base + w.place[o, v] * lo] += here * w.reach[o, n] * w.wts[o, v]
