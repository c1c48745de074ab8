"""The same draws under several weights: means, their differences, and how sure those are.

A corner is what every draw says under one case and one body of evidence, and how much it weighs there. Since all
corners share their draws, a difference of means varies much less than the means do. Its band is a paired bootstrap:
draws are taken anew with replacement, the same in every corner, and the difference of weighted means is made again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from standoff.analysis.enough import Thin, enough
from standoff.forecast import weights as weighing
from standoff.forecast.forecast import BAND, LEVELS, bands
from standoff.game.model import Floats

RESAMPLES = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Corner:
    """`weights` [D] summing to 1 (all 0 where no draw allows the evidence), `values` [D, Q]. `certain`: a case with
    nothing uncertain."""

    weights: Floats
    values: Floats
    certain: bool = False

    @property
    def thin(self) -> Thin | None:
        """What to say instead of a number; None where there are draws enough."""
        return enough(self.weights, certain=self.certain)

    @property
    def means(self) -> Floats:
        """[Q] weighted means."""
        return weighing.mean(np.where(np.isfinite(self.values), self.values, 0.0), self.weights)

    @property
    def bands(self) -> list[dict[str, float]]:
        """Mean and quantiles over draws of each of the Q."""
        return bands(self.values, self.weights)


def corner(log_weights: Floats, values: Floats, *, certain: bool) -> Corner:
    """A corner from log-weights [D] and values [D, Q]."""
    return Corner(weighing.normalised(log_weights), values, certain)


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """Weighted means of every corner in every resample: `means` [B, C, Q], and as they are: `plain` [C, Q]."""

    means: Floats
    plain: Floats

    def contrast(self, signs: Sequence[float]) -> list[dict[str, float]]:
        """A sum of corners with these signs [C]: its value, and its band over resamples, for each of the Q."""
        weights = np.asarray(signs, float)
        value = weights @ self.plain
        spread = np.quantile(np.tensordot(self.means, weights, axes=(1, 0)), LEVELS, axis=0)  # [5, Q]
        return [
            {"mean": float(value[q]), **{name: float(spread[i, q]) for i, name in enumerate(BAND)}}
            for q in range(len(value))
        ]


def key_of(one: tuple[str, date], other: tuple[str, date], seed: int) -> tuple[str, ...]:
    """The key for `resampled` of two sides, each the hash of a case and a date: the same whichever of them is named
    first and whoever asks, so that what changed from the one to the other has one band."""
    sides = sorted((day.isoformat(), name) for name, day in (one, other))
    return (*(part for side in sides for part in side), str(seed))


def resampled(corners: Sequence[Corner], drawn: int, key: tuple[str, ...]) -> Resampled:
    """The means of all corners over the same resampled draws.

    drawn: how many of the draws come from the prior; those that refinement placed are resampled among themselves.
    key: what the seed is made of, so that the digits are the same wherever this runs.
    """
    seed = np.frombuffer(hashlib.sha256("\0".join(key).encode()).digest()[:16], np.uint32)
    rng = np.random.default_rng(seed)
    D = len(corners[0].weights)
    counts = np.zeros((RESAMPLES, D))
    for first, last in ((0, min(drawn, D)), (min(drawn, D), D)):
        if last > first:
            counts[:, first:last] = rng.multinomial(last - first, np.full(last - first, 1 / (last - first)), RESAMPLES)
    plain = np.stack([one.means for one in corners])
    means = np.empty((RESAMPLES, *plain.shape))
    for c, one in enumerate(corners):
        weight = counts * one.weights
        total = weight.sum(axis=1)
        values = np.where(one.weights[:, None] > 0, one.values, 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            means[:, c] = (weight @ values) / total[:, None]
        means[~(total > 0), c] = plain[c]  # a resample without a draw that counts says nothing new
    return Resampled(means, plain)


def per_draw(a: Corner, b: Corner) -> list[dict[str, Any]]:
    """How the very same draw ends in `b` rather than in `a`: mean and quantiles of the difference over draws that weigh
    half as in one and half as in the other, and the share of them where it is `higher` or `lower`, for each of the Q.

    The mean is the part of the difference of means that comes from draws saying something else; the rest,
    `reweighed`, comes from other draws counting.
    """
    half = (a.weights + b.weights) / 2
    both = np.isfinite(a.values) & np.isfinite(b.values)
    moved = np.where(both, b.values - a.values, np.nan)
    total = b.means - a.means
    rows: list[dict[str, Any]] = []
    for q, band in enumerate(bands(moved, half)):
        use = both[:, q] & (half > 0)
        weight = half[use] / half[use].sum() if use.any() else half[use]
        up, down = float(weight @ (moved[use, q] > 1e-12)), float(weight @ (moved[use, q] < -1e-12))
        rows.append({**band, "higher": up, "lower": down, "reweighed": float(total[q]) - band["mean"]})
    return rows
