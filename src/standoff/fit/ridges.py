"""Directions in which a likelihood has no top: coefficients that run away (separation), or that nothing tells of.

Separation (Albert & Anderson 1984, Biometrika 71): where some combination of columns tells an outcome without
error the likelihood grows for ever along it, ever more slowly. Newton's step then keeps its length while what it
promises shrinks, so the step, seen in the directions with hardly any curvature, is the way the coefficients run;
whether they do is then tried by walking on.
"""

from __future__ import annotations

import numpy as np

from standoff.fit.climb import Hill
from standoff.game.model import Floats

WEAK = 1e-3  # curvature in units of scale below which a direction is looked at: a standard error of 30 typical sizes
FAR = (2.0, 8.0, 30.0)  # steps along it, in units of scale
LEVEL = 1e-6  # a change of the log-likelihood that is none
NOISE = 1e-10  # curvature, of the largest, that differences cannot tell from none
SHARE = 0.1  # of a direction's largest entry: smaller ones are not named


def runaway(hill: Hill, z: Floats, curvature: Floats) -> tuple[Floats | None, tuple[Floats, ...]]:
    """(direction [K] in which the likelihood keeps growing, or None; directions [K] in which it does not change)."""
    height, slope = hill.at(z)
    values, vectors = np.linalg.eigh(curvature)
    weak = values < WEAK
    if not weak.any() or not np.isfinite(height):
        return None, ()
    level = LEVEL * max(1.0, 1e-4 * abs(height))
    unseen = NOISE * float(values[-1])
    flat = [
        v for v, bend in zip(vectors.T, values, strict=True)
        if bend < WEAK and (bend < unseen or _is_flat(hill, z, v, height, level))
    ]  # fmt: skip
    pull = vectors[:, weak].T @ slope
    step = vectors[:, weak] @ (pull / np.maximum(np.abs(values[weak]), 1e-14))
    gone = vectors[:, weak] @ (vectors[:, weak].T @ z)  # how far the coefficients have come where nothing holds them
    away = None
    for direction in (gone, step, _without(step, flat), z):
        length = float(np.abs(direction).max())
        if length > 1e-3 and _grows(hill, z, direction / length, height, level):
            away = direction / length
            break
    if away is not None:  # far out on a plateau everything that runs away looks flat as well
        flat = [v for v in flat if _is_flat_inside(hill, z, v, away)]
    return away, tuple(flat)


def named(direction: Floats, names: tuple[str, ...]) -> tuple[str, ...]:
    """Coefficients that a direction moves."""
    size = np.abs(direction)
    return tuple(name for name, part in zip(names, size, strict=True) if part > SHARE * size.max())


def _grows(hill: Hill, z: Floats, direction: Floats, height: float, level: float) -> bool:
    """Whether going on never loses, and going back does."""
    if any(hill.at(z + t * direction)[0] < height - level for t in FAR):
        return False
    back = max(FAR[-1], float(np.abs(z).max()))
    return any(hill.at(z - t * direction)[0] < height - 1e3 * level for t in (*FAR, back))


def _is_flat(hill: Hill, z: Floats, direction: Floats, height: float, level: float) -> bool:
    return all(abs(hill.at(z + t * direction)[0] - height) < level for t in (-1.0, 1.0, -100.0, 100.0))


def _is_flat_inside(hill: Hill, z: Floats, direction: Floats, away: Floats) -> bool:
    """Whether a direction is flat also where what runs away has not yet run."""
    inside = z.copy()
    inside[np.abs(away) > SHARE] = 0.0
    height = hill.at(inside)[0]
    return np.isfinite(height) and _is_flat(hill, inside, direction, height, LEVEL * max(1.0, 1e-4 * abs(height)))


def _without(direction: Floats, flat: list[Floats]) -> Floats:
    for v in flat:
        direction = direction - float(v @ direction) * v
    return direction
