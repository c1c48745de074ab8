"""How good chances of outcomes were, per episode; a row stands for as many episodes as it counts.

Sources: Good 1952, JRSS B 14(1) (log); Brier 1950, Monthly Weather Review 78(1), in its form for several outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from standoff.game.model import Floats


def log_losses(chances: Floats, counts: Floats) -> Floats:
    """[rows] sum over episodes of minus the log of the chance that what happened had; inf if it had none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = -counts * np.log(chances)
    return np.asarray(np.where(counts > 0, terms, 0.0).sum(axis=1))


def briers(chances: Floats, counts: Floats) -> Floats:
    """[rows] sum over episodes of the squared distance between chances and what happened (0 to 2 for each)."""
    square = np.square(chances).sum(axis=1)
    return np.asarray((counts * (1.0 - 2.0 * chances + square[:, None])).sum(axis=1))


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts of about the same chance: their mean, the share that came true, and how many there were."""

    mean: float
    share: float
    episodes: float


def calibration(chances: Floats, counts: Floats, bins: int = 10) -> tuple[Bin, ...]:
    """All outcomes together, in bins of equal width of the chance; empty bins are left out."""
    weight = np.repeat(counts.sum(axis=1), counts.shape[1])
    place = np.minimum((chances.ravel() * bins).astype(int), bins - 1)
    total = np.bincount(place, weight, bins)
    mean = np.bincount(place, weight * chances.ravel(), bins)
    came = np.bincount(place, counts.ravel(), bins)
    return tuple(Bin(float(m / n), float(c / n), float(n)) for m, c, n in zip(mean, came, total, strict=True) if n > 0)


def calibration_error(chances: Floats, counts: Floats, bins: int = 10) -> float:
    """Mean distance between forecast and share over those bins, weighted by episodes."""
    found = calibration(chances, counts, bins)
    return sum(b.episodes * abs(b.mean - b.share) for b in found) / sum(b.episodes for b in found)
