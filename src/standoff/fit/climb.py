"""Uphill on a log-likelihood with a prior: quasi-Newton from afar, Newton at the end.

Everything is done in units of `scale` (a typical size of each coefficient), so that columns in dollars and in
thousands of dollars lead to the same steps.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from standoff.fit.objective import Normal, Objective, second_derivatives
from standoff.game.model import Floats

STEP = 6e-6  # of differences, in units of scale: the cube root of the precision of a number
DECREMENT = 1e-12  # log-likelihood that a Newton step still promises when the climb is over
NEWTONS = 30
LOWEST = 1e300  # stands for a place where the likelihood is not a number


class StoppedError(Exception):
    """The time is over."""


@dataclass(slots=True)
class Hill:
    """The penalised log-likelihood in units of `scale`, with what has been seen of it."""

    objective: Objective
    prior: Normal
    scale: Floats  # [K]
    deadline: float = np.inf  # of time.monotonic
    evaluations: int = 0
    top: float = -np.inf  # the highest place so far
    at_top: Floats = field(default_factory=lambda: np.empty(0))

    def at(self, z: Floats) -> tuple[float, Floats]:
        """Height and slope [K]; -inf and zeros where it is not a number. Raises StoppedError after the deadline."""
        if time.monotonic() > self.deadline:
            raise StoppedError
        self.evaluations += 1
        beta = z * self.scale
        try:
            with np.errstate(all="ignore"):
                point = self.objective.at(beta)
                height = float(point.loglik) + self.prior.logdensity(beta)
                slope = (np.asarray(point.gradient) + self.prior.gradient(beta)) * self.scale
        except (FloatingPointError, np.linalg.LinAlgError):
            height, slope = np.nan, np.zeros_like(z)
        if not (np.isfinite(height) and np.isfinite(slope).all()):
            return -np.inf, np.zeros_like(z)
        if height > self.top:
            self.top, self.at_top = height, z.copy()
        return height, slope

    def curvature(self, z: Floats, blocks: Sequence[Sequence[int]] | None = None) -> Floats:
        """Minus the second derivatives [K, K] at z: the objective's own, or from differences of the slope."""
        with np.errstate(all="ignore"):
            own = second_derivatives(self.objective, z * self.scale)
        if own is not None and np.isfinite(own).all():
            self.evaluations += 1
            return np.asarray(np.diag(self.prior.precision * self.scale**2) - own * np.outer(self.scale, self.scale))
        return -hessian(lambda x: self.at(x)[1], z, blocks)


def hessian(gradient: Callable[[Floats], Floats], at: Floats, blocks: Sequence[Sequence[int]] | None = None) -> Floats:
    """Second derivatives [K, K] from central differences of the gradient.

    blocks: sets of coordinates that have no second derivative with each other (effects of groups that share no
        row), which are then moved together: two evaluations for each coordinate outside and for each block.
    """
    K = len(at)
    result = np.zeros((K, K))
    inside = {k for block in blocks or () for k in block}
    steps = STEP * np.maximum(1.0, np.abs(at))

    def difference(move: Floats) -> Floats:
        return np.asarray((gradient(at + move) - gradient(at - move)) / 2)

    for k in range(K):
        if k not in inside:
            move = np.zeros(K)
            move[k] = steps[k]
            result[k] = difference(move) / steps[k]
    outside = np.asarray([k for k in range(K) if k not in inside], np.intp)
    for block in blocks or ():
        members = np.asarray(block, np.intp)
        move = np.zeros(K)
        move[members] = steps[members]
        found = difference(move)
        result[members, members] = found[members] / steps[members]
        result[np.ix_(members, outside)] = result[np.ix_(outside, members)].T
    free = np.ix_(outside, outside)
    result[free] = (result[free] + result[free].T) / 2
    if blocks and len(blocks) > 1:
        _cross_blocks(result, blocks, steps, difference)
    return result


def _cross_blocks(
    result: Floats, blocks: Sequence[Sequence[int]], steps: Floats, difference: Callable[[Floats], Floats]
) -> None:
    """Second derivatives between members of different blocks, which one by one move does not leave out."""
    for first in range(len(blocks) - 1):
        for k in blocks[first]:
            move = np.zeros(len(steps))
            move[k] = steps[k]
            found = difference(move) / steps[k]
            for later in blocks[first + 1 :]:
                members = np.asarray(later, np.intp)
                result[k, members] = result[members, k] = found[members]


def approach(hill: Hill, start: Floats, limit: int = 500) -> Floats:
    """Where BFGS with the analytic gradient comes to from `start`; the first inverse Hessian is that of the scores."""
    from scipy.optimize import minimize

    def down(z: Floats) -> tuple[float, Floats]:
        height, slope = hill.at(z)
        return (-height, -slope) if np.isfinite(height) else (LOWEST, slope)

    height, slope = hill.at(start)
    if not np.isfinite(height):
        return start
    inverse = _first_inverse(hill, start, slope)
    best: list[Floats] = [start]

    def note(z: Floats) -> None:
        best[0] = z.copy()

    with np.errstate(all="ignore"):
        found = minimize(
            down, start, jac=True, method="BFGS", callback=note,
            options={"gtol": 1e-5 * max(1.0, abs(height)) ** 0.5, "maxiter": limit, "hess_inv0": inverse},
        )  # fmt: skip
    return np.asarray(found.x) if np.isfinite(hill.at(np.asarray(found.x))[0]) else best[0]


def _first_inverse(hill: Hill, z: Floats, slope: Floats) -> Floats:
    """Inverse of the sum of outer products of the scores, stretched so that it fits the curvature along its step."""
    with np.errstate(all="ignore"):
        scores = hill.objective.scores(z * hill.scale) * hill.scale
    scores = np.where(np.isfinite(scores), scores, 0.0)
    outer = scores.T @ scores + np.diag(hill.prior.precision * hill.scale**2)
    level = float(np.trace(outer)) / len(z)
    inverse = np.linalg.inv(outer + 1e-3 * (level if level > 0 else 1.0) * np.eye(len(z)))
    inverse = (inverse + inverse.T) / 2
    step = inverse @ slope
    promised = float(step @ slope)
    if promised <= 0:
        return np.asarray(inverse)
    reach = 1e-4 / max(1e-12, float(np.abs(step).max()))
    bend = -float(step @ (hill.at(z + reach * step)[1] - slope)) / reach
    return np.asarray(inverse * (min(promised / bend, 1e6) if bend > 0 else 1.0))


def polish(
    hill: Hill,
    z: Floats,
    blocks: Sequence[Sequence[int]] | None = None,
    limit: int = NEWTONS,
    enough: float = DECREMENT,
) -> tuple[Floats, Floats]:
    """Newton steps with halving from z until a step promises less than `enough`; (place, curvature [K, K] there).

    Where the curvature is not positive its eigenvalues are taken by size, so that a saddle is left uphill.
    """
    height, slope = hill.at(z)
    curvature = hill.curvature(z, blocks)
    for _ in range(limit):
        step = newton_step(curvature, slope)
        if float(step @ slope) / 2 < enough and _is_positive(curvature):
            break
        moved = False
        for halving in range(12):
            there = z + step * 0.5**halving
            new_height, new_slope = hill.at(there)
            if new_height > height:
                z, height, slope, moved = there, new_height, new_slope, True
                break
        if not moved:
            break
        curvature = hill.curvature(z, blocks)
    return z, curvature


def newton_step(curvature: Floats, slope: Floats) -> Floats:
    """Uphill step [K]: eigenvalues of the curvature by size, none less than 1e-10 of the largest."""
    if _is_definite(curvature):
        return np.asarray(np.linalg.solve(curvature, slope))
    values, vectors = np.linalg.eigh(curvature)
    sizes = np.abs(values)
    least = 1e-10 * max(float(sizes.max(initial=0.0)), 1e-10)
    return np.asarray(vectors @ ((vectors.T @ slope) / np.maximum(sizes, least)))


def _is_definite(curvature: Floats) -> bool:
    """Whether the curvature is positive in every direction, and not by a hair; much quicker than eigenvalues."""
    try:
        pivots = np.diag(np.linalg.cholesky(curvature)) ** 2
    except np.linalg.LinAlgError:
        return False
    return bool(pivots.min() > 1e-8 * np.diag(curvature).max())


def _is_positive(curvature: Floats) -> bool:
    if _is_definite(curvature):
        return True
    values = np.linalg.eigvalsh(curvature)
    return bool(values[0] > -1e-6 * max(1.0, float(values[-1])))
