"""Standard errors of an estimate: from the observed information, and by cluster.

Sources: White 1982, Econometrica 50(1) (the sandwich); Liang & Zeger 1986, Biometrika 73(1) (by cluster).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from standoff.fit.estimate import Estimate
from standoff.fit.ridges import WEAK
from standoff.game.model import Floats

LOST = 0.01  # share of a coefficient in directions without curvature above which it has no error


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """covariance [K, K] and se [K]; nan for coefficients that have no error (separated, flat, an interrupted fit).

    clusters: how many the errors rest on, or None.
    """

    kind: Literal["observed information", "sandwich by cluster", "sandwich by row"]
    covariance: Floats
    clusters: int | None = None

    @property
    def se(self) -> Floats:
        """[K]."""
        with np.errstate(invalid="ignore"):
            return np.asarray(np.sqrt(np.diag(self.covariance)))


def observed(fit: Estimate) -> Errors:
    """Inverse of the observed information; with a prior this is the covariance of the Laplace approximation."""
    return Errors("observed information", _masked(fit, inverse(fit)))


def sandwich(fit: Estimate, scores: Floats, clusters: NDArray[Any] | None = None) -> Errors:
    """Errors that hold where rows of a cluster hang together, and where the model is not quite true.

    scores: [rows, K] gradient by row at the estimate; clusters: [rows] labels, or None for every row by itself.
    Few clusters (under about 30) make them too small; the factor is G/(G-1).
    """
    if clusters is None:
        sums, kind = scores, "sandwich by row"
    else:
        labels, index = np.unique(clusters, return_inverse=True)
        sums, kind = np.zeros((len(labels), scores.shape[1])), "sandwich by cluster"
        np.add.at(sums, index, scores)
    G = len(sums)
    off = sums - sums.mean(axis=0)  # under a prior the scores do not sum to zero
    bread = inverse(fit)
    # a prior is one more observation, with the variance that it states: what it alone tells of is as unsure as it is
    meat = off.T @ off * (G / (G - 1) if G > 1 else np.nan) + np.diag(fit.prior.precision)
    lost = np.isnan(np.diag(bread))
    clean = np.where(np.isnan(bread), 0.0, bread)
    covariance = clean @ meat @ clean
    covariance[lost, :] = covariance[:, lost] = np.nan
    return Errors(
        "sandwich by row" if kind == "sandwich by row" else "sandwich by cluster", _masked(fit, covariance), G
    )


def inverse(fit: Estimate) -> Floats:
    """Inverse of the Hessian [K, K]; nan for coefficients that directions without curvature move, or for all."""
    K = len(fit.beta)
    if not np.isfinite(fit.hessian).all():
        return np.full((K, K), np.nan)
    unit = np.outer(fit.scale, fit.scale)
    values, vectors = np.linalg.eigh(fit.hessian * unit)
    known = values > (WEAK if fit.separated or fit.flat else 1e-12 * max(float(values[-1]), 1e-300))
    spread = np.where(known, 1 / np.where(known, values, 1.0), 0.0)
    covariance = (vectors * spread) @ vectors.T * unit
    lost = np.square(vectors[:, ~known]).sum(axis=1) > LOST
    covariance[lost, :] = covariance[:, lost] = np.nan
    return np.asarray(covariance)


def _masked(fit: Estimate, covariance: Floats) -> Floats:
    lost = np.array([name in fit.separated or name in fit.flat for name in fit.names], bool)
    result = covariance.copy()
    result[lost, :] = np.nan
    result[:, lost] = np.nan
    return result
