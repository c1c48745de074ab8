"""Moment-independent measures from given draws: how far knowing an input moves the whole distribution of an answer.

The draws are cut by an input into slices of equal weight. PAWN is how far the distribution function of the answer in
a slice is from that of all draws (Kolmogorov and Smirnov), the median over slices; Borgonovo's delta is half the area
between the density in a slice and that of all, averaged over slices. 0: the input says nothing; 1: it says
everything.

A draw of weight 2 is the same as that draw made twice: slices cut the weight, not the list of draws, draws with one
value share the slices they lie in, and densities take their bandwidth from `count`, how many draws the weights are
worth.

At equal weights, without ties, and with the edges `pawn_edges` and `delta_edges` the numbers are those of SALib 1.6.
Its definitions differ in four places, which those edges repeat or which are ours: it gives whole draws to slices; its
PAWN leaves the largest draw out; it breaks ties by the order of the list; it drops slices in which the answer does
not vary at all, where here they count as wholly set apart.

Sources: Pianosi and Wagener 2018, Environmental Modelling & Software 108 (PAWN from given data); Borgonovo 2007,
Reliability Engineering & System Safety 92(6) (delta); Plischke, Borgonovo and Smith 2013, European Journal of
Operational Research 226(3) (delta from given data, its bias).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from standoff.analysis.ranks import tie_bounds
from standoff.game.model import Floats

POINTS = 100  # of the grid on which densities are compared
CHUNK = 4_000_000  # kernel values held at once


def equal_edges(slices: int) -> Floats:
    """Edges [slices + 1] of slices of equal weight, as shares of it."""
    return np.arange(slices + 1) / slices


def pawn_edges(count: int, slices: int) -> Floats:
    """SALib's edges of PAWN for `count` draws: between whole draws, the largest draw left out."""
    edges = np.ceil((count - 1) * np.arange(slices + 1) / slices - 1e-9)
    return edges / count


def delta_edges(count: int, slices: int) -> Floats:
    """SALib's edges of delta for `count` draws: between whole draws."""
    return np.floor(count * np.arange(slices + 1) / slices + 1e-9) / count


def pawn_slices(count: float) -> int:
    """Slices for PAWN: ten, or fewer so that some sixteen draws are in each, two at least."""
    return int(min(10, max(2, count // 16)))


def delta_slices(count: float) -> int:
    """Slices for delta, the rule of Plischke et al. as SALib has it: 4 for a hundred draws, 10 for ten thousand or
    so."""
    power: float = 2.0 / (7.0 + math.tanh((1500.0 - count) / 500.0))
    return max(2, min(int(np.ceil(count**power)), 48))


def members(X: Floats, w: Floats, edges: Floats) -> Floats:
    """Weight [D, P, S] that each draw has in each slice of each column of X [D, P]; over whole edges 0..1 they sum to
    the draw's share of the weight."""
    whole = w / w.sum()
    below, to = tie_bounds(X, w)
    width = to - below
    part = np.minimum(to[..., None], edges[1:]) - np.maximum(below[..., None], edges[:-1])
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(part > 1e-12, part / width[..., None], 0.0)  # rounding puts no draw in the next slice
    return np.asarray(share * whole[:, None, None])


def pawn_of(inside: Floats, y: Floats, w: Floats) -> Floats:
    """Distances [P, S] of the distribution of y [D] in each slice, given by `members` [D, P, S], from that of all;
    nan for an empty slice."""
    order = np.argsort(y, kind="stable")
    ys = y[order]
    last = np.append(ys[1:] != ys[:-1], True)  # the distribution function has its step behind ties
    whole = np.cumsum(w[order] / w.sum())[last]
    within = np.cumsum(inside[order], axis=0)
    mass = within[-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.abs(within[last] / mass - whole[:, None, None]).max(axis=0)
    return np.asarray(np.where(mass > 1e-12, apart, np.nan))


def pawn(X: Floats, y: Floats, w: Floats, *, edges: Floats, over: str = "median") -> Floats:
    """PAWN index [P] of the columns of X [D, P] for y [D] under weights w [D]: median, mean or max `over` the
    slices."""
    return _over(pawn_of(members(X, w, edges), y, w), over)


def _over(distances: Floats, over: str) -> Floats:
    if over == "median":
        return np.asarray(np.nanmedian(distances, axis=-1))
    return np.asarray(np.nanmax(distances, axis=-1) if over == "max" else np.nanmean(distances, axis=-1))


def silverman(count: Floats | float) -> Floats:
    """Silverman's factor of the bandwidth for one dimension."""
    return np.asarray((np.asarray(count) * 0.75) ** -0.2)


def y_grid(y: Floats, w: Floats) -> Floats:
    """The points between the least and the largest answer on which densities are compared."""
    used = y[w > 0]
    return np.linspace(used.min(), used.max(), POINTS)


def delta_of(inside: Floats, y: Floats, w: Floats, count: float, grid: Floats) -> Floats:
    """Delta [P], not corrected for bias, from slices given by `members` [D, P, S].

    Normal kernels with Silverman's bandwidth for `count` times the weight of the slice draws, areas by trapezoids
    over `grid`. O(P D POINTS) whatever the number of slices.
    """
    D, P, S = inside.shape
    if not np.ptp(y[w > 0]) > 0:
        return np.zeros(P)
    whole = w / w.sum()
    everything = _density(grid, y[None], whole[None], np.array([count]))[0]
    columns = np.moveaxis(inside, 0, -1).reshape(P * S, D)  # one row for every slice
    mass = columns.sum(axis=1)
    most = max(int((columns > 0).sum(axis=1).max(initial=1)), 1)
    pick = np.argsort(columns <= 0, axis=1, kind="stable")[:, :most]
    weights = np.take_along_axis(columns, pick, axis=1)
    values = y[pick]
    total = np.zeros(P * S)
    filled = mass > 1e-12
    top = np.where(weights > 0, values, -np.inf).max(axis=1)
    low = np.where(weights > 0, values, np.inf).min(axis=1)
    varies = filled & (top > low)
    total[filled & ~varies] = mass[filled & ~varies]
    rows = np.flatnonzero(varies)
    step = max(1, CHUNK // (most * len(grid)))
    for at in range(0, len(rows), step):
        some = rows[at : at + step]
        density = _density(grid, values[some], weights[some] / mass[some, None], count * mass[some])
        area = np.trapezoid(np.abs(density - everything), grid, axis=1) / 2
        total[some] = mass[some] * np.minimum(area, 1.0)  # a density too narrow for the grid has no area of its own
    return np.asarray(total.reshape(P, S).sum(axis=1))


def _density(grid: Floats, values: Floats, weights: Floats, count: Floats) -> Floats:
    """Densities [R, G] on the grid of R weighted samples: values and weights [R, L], weights summing to 1."""
    mean = (weights * values).sum(axis=1, keepdims=True)
    spread = (weights * (values - mean) ** 2).sum(axis=1)
    n = np.maximum(count, 1 + 1e-9)  # a slice worth less than two draws has next to no width of its own
    width = np.sqrt(spread * n / (n - 1)) * silverman(n)
    away = (grid[None, :, None] - values[:, None, :]) / width[:, None, None]
    np.multiply(away, away, out=away)
    away *= -0.5
    np.exp(away, out=away)
    return np.asarray(np.matmul(away, weights[:, :, None])[..., 0] / (width[:, None] * math.sqrt(2 * math.pi)))


def delta(X: Floats, y: Floats, w: Floats, *, edges: Floats, count: float, grid: Floats | None = None) -> Floats:
    """Borgonovo's delta [P] of the columns of X [D, P] for y [D] under weights w [D], not corrected for bias.

    count: how many draws the weights are worth (Kish's, or their sum where weights are repetitions).
    """
    return delta_of(members(X, w, edges), y, w, count, y_grid(y, w) if grid is None else grid)


def corrected(value: Floats, again: Floats) -> Floats:
    """A measure [P] with its bias taken off, twice itself less the mean of its bootstrap [B, P] (Plischke et al., eq.
    30)."""
    return np.asarray(2 * value - again.mean(axis=0))


def resampled(w: Floats, times: int, rng: np.random.Generator) -> Floats:
    """Weights [times, D] of bootstraps over draws: each draw keeps its weight, as often as it is drawn again."""
    used = np.flatnonzero(w > 0)
    counts = rng.multinomial(len(used), np.full(len(used), 1 / len(used)), times)
    again = np.zeros((times, len(w)))
    again[:, used] = counts * w[used]
    return again


def above_noise(value: Floats, dummies: Floats) -> NDArray[np.float64]:
    """The chance [P] that an input that says nothing gets as much as `value` [P], from that of `dummies` [R]."""
    sorted_ = np.sort(dummies)
    reached = len(sorted_) - np.searchsorted(sorted_, value - 1e-12)
    return np.asarray((1 + reached) / (1 + len(sorted_)))
