"""Weighted rank correlation: how far an answer rises or falls with an input, whatever the shape of the rise.

Everything here is a function of the weighted distribution of the draws, so a draw of weight 2 is the same as that
draw made twice. What depends on how many draws there are besides takes `count`, and says so.

Sources: Spearman 1904, American Journal of Psychology 15(1); Iman and Conover 1979, Technometrics 21(4) (ranks in
place of values, partial ranks); Fisher 1924, Metron 3 (what a partial correlation is worth).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from standoff.game.model import Floats

LEAST_LEFT = 16.0  # draws left over, after one for each input held still, below which there is no partial rank
SINGULAR = 1e-9  # an input that the others explain up to this share of its spread has no partial rank


def tie_bounds(X: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Where the draws with each value lie in the weighted order of a column, as shares of the weight.

    X [D, P], w [..., D] not negative -> (below, to), both [..., D, P]: the share of the weight at smaller values, and
    the same with that of equal values added. O(P D log D), and O(B P D) for B sets of weights.
    """
    order = np.argsort(X, axis=0, kind="stable")
    xs = np.take_along_axis(X, order, axis=0)
    D, P = X.shape
    row = np.arange(D)[:, None]
    fresh = np.ones((D, P), bool)
    fresh[1:] = xs[1:] != xs[:-1]
    first = np.maximum.accumulate(np.where(fresh, row, 0), axis=0)
    ending = np.ones((D, P), bool)
    ending[:-1] = fresh[1:]
    last = np.minimum.accumulate(np.where(ending, row, D)[::-1], axis=0)[::-1]
    whole = w / w.sum(axis=-1, keepdims=True)
    ws = whole[..., order]  # [..., D, P]
    cum = np.cumsum(ws, axis=-2)
    lead = cum.shape[:-2]
    at = np.broadcast_to(first, (*lead, D, P))
    below = np.take_along_axis(cum - ws, at, axis=-2)
    to = np.take_along_axis(cum, np.broadcast_to(last, (*lead, D, P)), axis=-2)
    back = np.empty_like(order)
    np.put_along_axis(back, order, np.broadcast_to(row, (D, P)), axis=0)
    home = np.broadcast_to(back, (*lead, D, P))
    return np.take_along_axis(below, home, axis=-2), np.take_along_axis(to, home, axis=-2)


def midranks(X: Floats, w: Floats) -> Floats:
    """Weighted ranks [..., D, P] of X [D, P] as shares of the weight, in the middle of ties: rank = (R - 1/2) / D
    where all weigh the same."""
    below, to = tie_bounds(X, w)
    return np.asarray((below + to) / 2)


def correlation(A: Floats, B: Floats, w: Floats) -> Floats:
    """Weighted Pearson correlations [..., P, Q] of A [..., D, P] and B [..., D, Q] under w [..., D]; nan where a
    column does not vary."""
    whole = (w / w.sum(axis=-1, keepdims=True))[..., None]
    a = A - (whole * A).sum(axis=-2, keepdims=True)
    b = B - (whole * B).sum(axis=-2, keepdims=True)
    both = np.swapaxes(a * whole, -1, -2) @ b
    sa = (whole * a**2).sum(axis=-2)
    sb = (whole * b**2).sum(axis=-2)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = both / np.sqrt(sa[..., :, None] * sb[..., None, :])
    flat = (sa < 1e-18)[..., :, None] | (sb < 1e-18)[..., None, :]
    return np.asarray(np.where(flat, np.nan, np.clip(found, -1, 1)))


def spearman(X: Floats, Y: Floats, w: Floats) -> Floats:
    """Weighted Spearman rank correlations [..., P, Q] of the columns of X [D, P] and Y [D, Q] under weights w [...,
    D]."""
    return correlation(midranks(X, w), midranks(Y, w), w)


def partial(X: Floats, Y: Floats, w: Floats, held: NDArray[np.bool_]) -> Floats:
    """Partial rank correlations [P, Q]: of each input with each answer, where the ranks of others are held still.

    X [D, P], Y [D, Q], w [D]; held [P, P]: row p marks the inputs held still for input p. nan where those explain the
    input altogether. Rows that hold still the same together with themselves share one inversion.
    """
    ranks = midranks(X, w)
    answers = midranks(Y, w)
    P, Q = X.shape[1], Y.shape[1]
    found = np.full((P, Q), np.nan)
    inside = correlation(ranks, ranks, w)
    across = correlation(ranks, answers, w)
    sets: dict[bytes, list[int]] = {}
    for p in range(P):
        with_own = held[p].copy()
        with_own[p] = True
        sets.setdefault(with_own.tobytes(), []).append(p)
    for key, members in sets.items():
        kept = np.flatnonzero(np.frombuffer(key, bool))
        block = inside[np.ix_(kept, kept)]
        if not np.isfinite(block).all():
            continue
        values, vectors = np.linalg.eigh(block)
        if values[0] < SINGULAR:
            continue
        precision = (vectors / values) @ vectors.T
        slopes = precision @ across[kept]  # of the answer's rank on all of them
        rest = 1 - (across[kept] * slopes).sum(axis=0)  # what they leave unexplained
        for p in members:
            i = int(np.searchsorted(kept, p))
            with np.errstate(invalid="ignore", divide="ignore"):
                found[p] = slopes[i] / np.sqrt(slopes[i] ** 2 + np.maximum(rest, 0) * precision[i, i])
    return found


def residuals(Z: Floats, Y: Floats, w: Floats) -> Floats:
    """What is left of Y [D, Q] after weighted least squares on Z [D, K] and a constant. O(D K (K + Q))."""
    root = np.sqrt(w / w.sum())[:, None]
    basis, _ = np.linalg.qr(root * np.hstack([np.ones((len(Z), 1)), Z]))
    left = root * Y
    left = left - basis @ (basis.T @ left)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(root > 0, left / root, 0.0)


NINE_IN_TEN = 1.6448536269514722  # standard errors each way


def partial_interval(value: float, count: float, held: int, z: float = NINE_IN_TEN) -> tuple[float, float] | None:
    """Interval, nine in ten by default, of a partial rank correlation over `count` effective draws with `held` inputs
    held still, by Fisher's transform; None where fewer than `LEAST_LEFT` draws are left over."""
    left = count - held - 3
    if left < LEAST_LEFT or not math.isfinite(value):
        return None
    centre = math.atanh(max(-1 + 1e-12, min(1 - 1e-12, value)))
    return math.tanh(centre - z / math.sqrt(left)), math.tanh(centre + z / math.sqrt(left))
