"""The three choice rules: from what each move is worth to the chance that it is made, in logarithms.

Values come with the moves first, [moves, ...], plain or dual; the answer has the same shape. Chances are kept as
logarithms throughout, so that a move that was made against all odds has a finite log-likelihood.

    logit     the engine's own: chances go as exp(precision * value) (McKelvey and Palfrey 1998)
    probit    every move's value has its own independent normal error of sd 1/precision (agent error)
    private   every outcome's worth has a normal error of sd 1/precision, known to the player alone (Signorino 2003):
              a move inherits it in the measure in which it leads to the outcome, so that the difference of two moves
              has the variance sum_o (p_a(o) - p_b(o))^2 / precision^2

All three depend on differences of values only, and give every move the same chance at precision 0 in the two-move case;
logit and probit do for any number of moves.
"""

from __future__ import annotations

import functools
from typing import Any, Literal

import numpy as np

from standoff.fit.dual import Floats, log_ndtr, log_quantile, log_softmax, logsumexp, stack, value_of

Rule = Literal["logit", "probit", "private"]
RULES: tuple[Rule, ...] = ("logit", "probit", "private")

_LEAST = 1e-12  # variance of a difference between moves that lead to the same lottery
_HERMITE = 40
_LEGENDRE = {1: 64, 2: 40, 3: 16}
_LATTICE = 4096


def log_choice(rule: Rule, values: Any, precision: Any, lots: Any = None) -> Any:
    """Log-chances [moves, ...] of moves worth `values` [moves, ...] at `precision`, broadcast against [...].

    `lots` [moves, outcomes, ...]: the chance of every outcome once the move is made; only the private rule asks.
    Exact to rounding for logit at any number of moves and for the others at two. Beyond, an integral: probit to about
    1e-12; private to 1e-9 with three or four moves, 1e-7 with five, 1e-3 with more, and to less where the lotteries of
    three moves lie almost on a line.
    """
    if len(value_of(values)) == 1:
        return 0.0 * values
    if rule == "logit":
        return log_softmax(precision * values, 0)
    if rule == "probit":
        return _probit(precision * values)
    return _private(values, precision, lots)


def _probit(z: Any) -> Any:
    """Independent standard normal errors on every move."""
    count = len(value_of(z))
    if count == 2:
        gap = (z[0] - z[1]) / np.sqrt(2.0)
        return stack([log_ndtr(gap), log_ndtr(-gap)])
    found = [_beats_all([z[a] - z[b] for b in range(count) if b != a]) for a in range(count)]
    return log_softmax(stack(found), 0)


def _beats_all(leads: list[Any]) -> Any:
    """log of the integral of phi(e) prod_b Phi(lead_b + e): Gauss-Hermite, moved to the peak of the integrand.

    The peak is where g'(e) = -e + sum_b m(lead_b + e) is 0, m the inverse Mills ratio; g' falls and is convex, so that
    Newton's steps from 0 rise to it. Peak and width only place the points: no derivative runs through them.
    """
    from scipy.special import erfcx

    plain = np.stack(np.broadcast_arrays(*(value_of(lead) for lead in leads)))

    def mills(x: Floats) -> Floats:
        with np.errstate(over="ignore"):
            return np.asarray(np.sqrt(2 / np.pi) / erfcx(-x / np.sqrt(2)))

    peak = np.zeros(plain.shape[1:])
    for _ in range(12):
        m = mills(plain + peak)
        bend = 1.0 + np.maximum(m * (m + plain + peak), 0.0).sum(0)
        peak = peak + (m.sum(0) - peak) / bend
    m = mills(plain + peak)
    width = 1.0 / np.sqrt(1.0 + np.maximum(m * (m + plain + peak), 0.0).sum(0))
    at, weight = np.polynomial.hermite.hermgauss(_HERMITE)
    spread = (slice(None), *(None,) * peak.ndim)
    points = peak + np.sqrt(2.0) * width * at[spread]
    total: Any = np.log(weight)[spread] + at[spread] ** 2 - 0.5 * points**2 + np.log(width) - 0.5 * np.log(np.pi)
    for lead in leads:
        total = total + log_ndtr(lead + points)
    return logsumexp(total, 0)


def _private(values: Any, precision: Any, lots: Any) -> Any:
    count = len(value_of(values))
    if count == 2:
        gap = (values[0] - values[1]) * precision / _length(lots[0] - lots[1])
        return stack([log_ndtr(gap), log_ndtr(-gap)])
    found = []
    for a in range(count):
        others = [b for b in range(count) if b != a]
        ways = [lots[b] - lots[a] for b in others]
        lengths = [_length(way) for way in ways]
        leads = [
            (values[a] - values[b]) * precision / length for b, length in zip(others, lengths, strict=True)
        ]
        found.append(_below(leads, [way / length for way, length in zip(ways, lengths, strict=True)]))
    return log_softmax(stack(found), 0)


def _length(way: Any) -> Any:
    """Euclidean length over the outcomes [outcomes, ...], never quite 0."""
    square = (way * way).sum(0)
    return np.sqrt(np.maximum(square, _LEAST))


def _below(bounds: list[Any], ways: list[Any]) -> Any:
    """log P(ways_b . e <= bounds_b for all b), e standard normal over the outcomes and ways of length one.

    One bound is met after the other (Genz 1992), the last exactly, the ones before it by quadrature over the unit cube.
    """
    k = len(bounds)
    lower = _cholesky(ways)
    points, weights = _cube_points(k - 1)
    shape = np.broadcast_shapes(*(value_of(bound).shape for bound in bounds))
    spread = (slice(None), *(None,) * len(shape))
    total: Any = np.log(weights)[spread]
    known: list[Any] = []
    for b in range(k):
        left = bounds[b]
        for c in range(b):
            left = left - lower[b][c] * known[c]
        chance = log_ndtr(left / lower[b][b])
        total = total + chance
        if b < k - 1:
            known.append(log_quantile(np.log(points[:, b])[spread] + chance))
    return logsumexp(total, 0)


def _cholesky(ways: list[Any]) -> list[list[Any]]:
    """Lower triangle L with L L' the matrix of inner products of the ways."""
    lower: list[list[Any]] = []
    for b, way in enumerate(ways):
        row: list[Any] = []
        for c in range(b):
            inner = (way * ways[c]).sum(0)
            for d in range(c):
                inner = inner - row[d] * lower[c][d]
            row.append(inner / lower[c][c])
        rest = (way * way).sum(0)
        for part in row:
            rest = rest - part * part
        row.append(np.sqrt(np.maximum(rest, _LEAST)))
        lower.append(row)
    return lower


@functools.cache
def _cube_points(dims: int) -> tuple[Floats, Floats]:
    """Points [n, dims] of the unit cube, weights [n]: Gauss-Legendre up to three dimensions, a lattice beyond."""
    if dims in _LEGENDRE:
        at, weight = np.polynomial.legendre.leggauss(_LEGENDRE[dims])
        at, weight = (at + 1) / 2, weight / 2
        # quantiles are steep at the ends of the unit interval: points are drawn there
        at, weight = at**3 * (10 - 15 * at + 6 * at**2), 30 * weight * (at * (1 - at)) ** 2
        grid = np.stack(np.meshgrid(*(at,) * dims, indexing="ij"), axis=-1).reshape(-1, dims)
        weights = np.prod(np.stack(np.meshgrid(*(weight,) * dims, indexing="ij")), axis=0).ravel()
        return grid, weights
    # a Kronecker lattice on the roots of x^(dims+1) = x + 1, folded so that the integrand is periodic
    root = 2.0
    for _ in range(40):
        root = (1 + root) ** (1 / (dims + 1))
    steps = root ** -np.arange(1.0, dims + 1)
    raw = (0.5 + np.arange(_LATTICE)[:, None] * steps) % 1.0
    folded = np.clip(1.0 - np.abs(2 * raw - 1), 1e-12, 1.0)
    return folded, np.full(_LATTICE, 1.0 / _LATTICE)
