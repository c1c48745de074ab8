"""Flip-points: where along an input the answer changes sides.

Over the draws, the chance of each outcome is smoothed along the input by weighted local-linear regression, with a
normal kernel in ranks. A flip counts only where bootstraps over draws are sure of both sides: the curve lies, with a
band that covers all of it at once in 95 of 100 resamples, wholly on one side somewhere and wholly on the other
somewhere else. The flip is where the curve crosses between.

The three verdicts: ``flips`` (with where), ``none`` (one side for sure, along the whole of the input), ``untold``.

Sources: Cleveland 1979, Journal of the American Statistical Association 74 (local regression); Fan and Gijbels 1996,
Local Polynomial Modelling and Its Applications.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from standoff.game.model import Floats

FLIPS, NONE, UNTOLD = "flips", "none", "untold"
SURE = 0.95  # share of bootstraps whose whole curve lies in the band
LEVELS = (0.05, 0.95)  # of the interval of a flip


@dataclass(frozen=True, slots=True)
class Flip:
    """A change of sides at rank `at` of the input, nine in ten bootstraps between `low` and `high`; `before` and
    `after` number the sides."""

    at: float
    low: float
    high: float
    before: int
    after: int


def bandwidth(count: float) -> float:
    """Width of the kernel in ranks for draws worth `count`: a sixth of the range for a hundred."""
    return float(0.42 * count**-0.2)


def smooth(Z: Floats, Y: Floats, W: Floats, at: Floats, width: float) -> Floats:
    """Local-linear fits [P, B, G, Q] of Y [D, Q] along each column of Z [D, P] at the points `at` [G], under weights
    W [B, D]. O(P B G D Q), as matrix products. Where one value of the input is all there is, its mean."""
    D, P = Z.shape
    B, G, Q = len(W), len(at), Y.shape[1]
    heavy = (W.T[:, :, None] * Y[:, None, :]).reshape(D, B * Q)
    found = np.empty((P, B, G, Q))
    for p in range(P):
        away = Z[None, :, p] - at[:, None]
        kernel = np.exp(-0.5 * (away / width) ** 2)
        first = kernel * away
        s0, s1, s2 = (table @ W.T for table in (kernel, first, first * away))  # [G, B]
        t0, t1 = ((table @ heavy).reshape(G, B, Q) for table in (kernel, first))
        below = s0 * s2 - s1**2
        flat = below <= 1e-10 * s0**2
        with np.errstate(invalid="ignore", divide="ignore"):
            line = (s2[..., None] * t0 - s1[..., None] * t1) / np.where(flat, np.nan, below)[..., None]
            level = t0 / s0[..., None]
        found[p] = np.where(flat[..., None], level, line).transpose(1, 0, 2)
    return found


def sides(curve: Floats, again: Floats, sure: float = SURE) -> Floats:
    """+1, -1, or 0 where it cannot be told [..., G]: the sign of `curve` [..., G], by a band over all of G at once
    from its bootstraps `again` [..., B, G]."""
    spread = again.std(axis=-2)
    spread = np.where(spread > 1e-12, spread, 1e-12)
    off = np.abs(again - curve[..., None, :]) / spread[..., None, :]
    reach = np.quantile(off.max(axis=-1), sure, axis=-1)[..., None] * spread
    return np.asarray(np.where(curve > reach, 1.0, np.where(curve < -reach, -1.0, 0.0)))


def crossings(at: Floats, curve: Floats, again: Floats, sure: float = SURE) -> tuple[str, list[Flip]]:
    """The verdict on a signed curve [G] with bootstraps [B, G]; sides are 0 (below nought) and 1 (above)."""
    sign = sides(curve, again, sure)
    known = np.flatnonzero(sign)
    found = []
    for left, right in pairwise(known):
        if sign[left] != sign[right]:
            found.append(_between(at, curve, again, int(left), int(right), int(sign[left] > 0), int(sign[right] > 0)))
    if found:
        return FLIPS, found
    return (NONE if len(known) == len(at) else UNTOLD), []


def likeliest(at: Floats, curves: Floats, again: Floats, sure: float = SURE) -> tuple[str, list[Flip], list[int]]:
    """The verdict on which of Q curves is the highest, curves [G, Q] with bootstraps [B, G, Q]: it, the flips, and
    which are for sure the highest somewhere."""
    G, Q = curves.shape
    if Q == 1:
        return NONE, [], [0]
    best = np.full(G, -1)
    for q in sorted(set(curves.argmax(axis=1).tolist())):
        rest = [r for r in range(Q) if r != q]
        gaps = (curves[:, [q]] - curves[:, rest]).T  # [Q - 1, G]
        many = (again[:, :, [q]] - again[:, :, rest]).transpose(2, 0, 1)
        best[(sides(gaps, many, sure) > 0).all(axis=0)] = q
    known = np.flatnonzero(best >= 0)
    found = []
    for left, right in pairwise(known):
        a, b = int(best[left]), int(best[right])
        if a != b:
            found.append(
                _between(at, curves[:, b] - curves[:, a], again[..., b] - again[..., a], int(left), int(right), a, b)
            )
    ever = list(dict.fromkeys(best[known].tolist()))
    if found:
        return FLIPS, found, ever
    return (NONE if len(known) == G else UNTOLD), [], ever


def _between(at: Floats, curve: Floats, again: Floats, left: int, right: int, before: int, after: int) -> Flip:
    """The flip of a curve between two places where its side is sure."""
    place = _cross(at[left : right + 1], curve[None, left : right + 1])[0]
    each = _cross(at[left : right + 1], again[:, left : right + 1])
    each = each[np.isfinite(each)]
    low, high = np.quantile(each, LEVELS) if len(each) else (at[left], at[right])
    return Flip(float(place), float(min(low, place)), float(max(high, place)), before, after)


def _cross(at: Floats, curves: Floats) -> Floats:
    """Where each of curves [B, G] first crosses nought in its own direction [B], linear between points; nan if it
    does not end on the other side."""
    up = np.sign(curves[:, -1])
    way = curves * up[:, None]
    below = way <= 0
    last = below.shape[1] - 1 - np.argmax(below[:, ::-1], axis=1)  # the last point on the old side
    row = np.arange(len(curves))
    usable = below.any(axis=1) & (last < below.shape[1] - 1) & (way[:, 0] <= 0)
    nxt = np.minimum(last + 1, below.shape[1] - 1)
    a, b = way[row, last], way[row, nxt]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = at[last] + (at[nxt] - at[last]) * (-a) / (b - a)
    return np.asarray(np.where(usable, found, np.nan))


def value_at(rank: float, x: Floats, ranks: Floats) -> float:
    """The value of an input at a rank, between those of draws with values x [D] and `ranks` [D]."""
    order = np.argsort(ranks, kind="stable")
    return float(np.interp(rank, ranks[order], x[order]))
