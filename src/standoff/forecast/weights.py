"""Weights of draws: effective sample size, Pareto tail, quantiles.

Sources: Kish 1965 (effective sample size); Vehtari, Simpson, Gelman, Yao & Gabry 2024, JMLR 25(72) (the
Pareto k of importance weights); Zhang & Stephens 2009, Technometrics 51(3) (its estimator).
"""

from __future__ import annotations

import math

import numpy as np

from standoff.game.model import Floats


def normalised(log_weights: Floats) -> Floats:
    """Weights [D] that sum to 1 from log-weights [D]; -inf and nan count as 0. All zero if none is finite."""
    usable = np.where(np.isfinite(log_weights), log_weights, -np.inf)
    top = usable.max(initial=-np.inf)
    if not np.isfinite(top):
        return np.zeros(len(usable))
    weights = np.exp(usable - top)
    return np.asarray(weights / weights.sum())


def effective(weights: Floats) -> float:
    """Kish's effective sample size ``(sum w)^2 / sum w^2`` of weights [D]; 0 if all are zero."""
    square = float((weights**2).sum())
    return float(weights.sum()) ** 2 / square if square > 0 else 0.0


def pareto_k(weights: Floats) -> float:
    """Shape of the generalised Pareto tail of weights [D].

    Below 0.7 averages are dependable; above, the largest weights decide. Uses the largest
    ``min(D/5, 3 sqrt(D))`` weights. Returns nan with fewer than 5 of them, -inf when the tail is flat.
    """
    positive = np.sort(weights[weights > 0])
    D = len(positive)
    M = math.ceil(min(D / 5, 3 * math.sqrt(D)))
    if M < 5:
        return math.nan
    tail = positive[-M:] - positive[-M - 1]
    if tail[-1] <= 1e-12 * positive[-1]:
        return -math.inf
    return _fit_pareto(tail)


def _fit_pareto(x: Floats) -> float:
    """Zhang & Stephens' empirical Bayes estimate of k for exceedances x [M] in ascending order."""
    n = len(x)
    count = 30 + int(math.sqrt(n))
    j = np.arange(1, count + 1)
    quartile = x[max(int(n / 4 + 0.5) - 1, 0)]
    quartile = quartile if quartile > 0 else x[x > 0][0]
    theta = 1 / x[-1] + (1 - np.sqrt(count / (j - 0.5))) / (3 * quartile)
    k = np.log1p(-theta[:, None] * x[None, :]).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        loglik = n * (np.log(-theta / k) - k - 1)
    loglik = np.where(np.isfinite(loglik), loglik, -np.inf)
    weight = np.exp(loglik - loglik.max())
    best = float((theta * weight).sum() / weight.sum())
    estimate = float(np.log1p(-best * x).mean())
    return (estimate * n + 0.5 * 10) / (n + 10)  # weak prior towards 0.5, as in the PSIS paper


def quantiles(values: Floats, weights: Floats, at: tuple[float, ...]) -> Floats:
    """Weighted quantiles [len(at), ...] of values [D, ...] along the first axis.

    Linear interpolation of the weighted distribution function at the midpoints of its steps; equal
    weights give Hazen's rule, and repeating a draw is the same as doubling its weight up to that rule's step.
    Draws of zero weight and nan values do not count. Cost O(D log D) per column.
    """
    values = np.asarray(values, float)
    flat = values.reshape(len(values), -1)
    result = np.full((len(at), flat.shape[1]), np.nan)
    for c in range(flat.shape[1]):
        column = flat[:, c]
        use = (weights > 0) & np.isfinite(column)
        if not use.any():
            continue
        order = np.argsort(column[use], kind="stable")
        x, w = column[use][order], weights[use][order]
        middle = (np.cumsum(w) - 0.5 * w) / w.sum()
        result[:, c] = np.interp(at, middle, x)
    return result.reshape((len(at), *values.shape[1:]))


def mean(values: Floats, weights: Floats) -> Floats:
    """Weighted mean along the first axis; rows with zero weight are left out, so a failed draw's nan never
    enters."""
    use = weights > 0
    w = weights[use] / weights[use].sum() if use.any() else weights[use]
    return np.tensordot(w, np.asarray(values, float)[use], axes=(0, 0))


def temper(log_weights: Floats, least: float) -> float:
    """Largest power in (0, 1] of the weights whose effective sample size is at least `least`.

    Bisection to 1e-3; 1.0 if the weights are good enough as they are, and about 0 if nothing helps.
    """
    if effective(normalised(log_weights)) >= least:
        return 1.0
    low, high = 0.0, 1.0
    while high - low > 1e-3:
        middle = (low + high) / 2
        if effective(normalised(middle * log_weights)) >= least:
            low = middle
        else:
            high = middle
    return low
