"""Maximum likelihood of the sanctions game: BFGS in scaled coefficients, then Newton steps on the gradient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from bivariate import Floats
from game import NPL, Data, Value, firmness, value
from scipy.optimize import minimize
from scipy.special import ndtr


@dataclass(frozen=True)
class Fit:
    """Coefficients, the likelihood there, and how well the maximum is met (`slope`: largest scaled derivative)."""

    beta: Floats
    value: Value
    slope: float
    hessian: Floats
    steps: int


def scales(data: Data) -> Floats:
    """Largest size of every covariate: coefficients times these are of one order."""
    return np.concatenate([np.maximum(np.abs(X).max(axis=0), 1e-3) for X in data.designs])


def maximise(data: Data, first: Floats = NPL, *, grid: int = 121, polish: bool = True) -> Fit:
    """Climb from `first`; a row takes its likeliest equilibrium, as constrained maximum likelihood does."""
    scale = scales(data)

    def descent(x: Floats) -> tuple[float, Floats]:
        try:
            with np.errstate(all="ignore"):
                here = value(data, x / scale, grid=grid)
        except ValueError:
            return 1e8, np.zeros_like(x)
        if not (np.isfinite(here.loglik) and np.isfinite(here.gradient).all()):
            return 1e8, np.zeros_like(x)
        return -here.loglik, -here.gradient / scale

    result = minimize(descent, first * scale, jac=True, method="BFGS", options={"maxiter": 500, "gtol": 1e-4})
    x, steps = result.x, int(result.nit)
    hessian = np.zeros((len(x), len(x)))
    if polish and result.fun < 1e8:
        for _ in range(3):
            hessian = curvature(descent, x)
            x = x - np.linalg.solve(hessian, descent(x)[1])
    beta = x / scale
    here = value(data, beta, grid=1001)
    return Fit(beta, here, float(np.abs(here.gradient / scale).max()), hessian * np.outer(scale, scale), steps)


def curvature(descent: object, x: Floats, step: float = 1e-5) -> Floats:
    """Hessian by central differences of the gradient."""
    assert callable(descent)
    columns = []
    for i in range(len(x)):
        e = np.zeros_like(x)
        e[i] = step * max(1.0, abs(float(x[i])))
        columns.append((descent(x + e)[1] - descent(x - e)[1]) / (2.0 * e[i]))
    H = np.array(columns)
    return np.asarray(0.5 * (H + H.T), dtype=np.float64)


def pseudo(
    data: Data, first: Floats, play: Floats, *, rounds: int = 300, tolerance: float = 1e-8
) -> tuple[Floats, Value, int]:
    """Nested pseudo-likelihood: maximise with play held fixed, let both sides reply to it, again until nothing moves.

    Returns coefficients, the likelihood of the equilibrium nearest to the last play, and the rounds taken.
    """
    scale = scales(data)
    x, taken = first * scale, 0
    held = (play, firmness(play, data.indices(first)))
    for _ in range(rounds):
        taken += 1

        def descent(y: Floats, held: tuple[Floats, Floats] = held) -> tuple[float, Floats]:
            with np.errstate(all="ignore"):
                here = value(data, y / scale, held=held)
            return -here.loglik, -here.gradient / scale

        y = minimize(descent, x, jac=True, method="BFGS", options={"maxiter": 500, "gtol": 1e-6}).x
        indices = data.indices(y / scale)
        resist = np.clip(ndtr(indices[4] - indices[2] / held[1]), 1e-12, 1.0 - 1e-12)
        firm = firmness(held[0], indices)
        moved = max(float(np.abs(resist - held[0]).max()), float(np.abs(firm - held[1]).max()))
        x, held = y, (resist, firm)
        if moved < tolerance:
            break
    return x / scale, value(data, x / scale, near=held[0], grid=1001), taken
