"""Draws: points of the unit cube, and the parameters and type priors they stand for.

Point i of a run is point i of a scrambled Sobol sequence with the run's seed, so more draws extend a run and
never change it, and no draw depends on which worker made it. Refined draws come from a mixture around
the draws that history favours, with the density that corrects for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from standoff.game import Structure
from standoff.game.model import Floats
from standoff.language.priors import at_point, family, quantile

EDGE = 1e-6  # how close to 0 and 1 a point may come


@dataclass(frozen=True, slots=True)
class Axes:
    """What the coordinates of the unit cube mean: parameters first, then gamma variates of type priors. Parameters that
    come from one file of posterior draws share the coordinate of the first of them: `together` says whose."""

    parameters: tuple[str, ...]
    types: tuple[tuple[str, int], ...]  # (actor, type index)
    together: tuple[tuple[str, str], ...] = ()  # (parameter, the one whose coordinate it shares)

    @property
    def size(self) -> int:
        """Number of coordinates."""
        return len(self.parameters) + len(self.types)


def axes(structure: Structure) -> Axes:
    """Coordinates for everything a case is unsure of."""
    uncertain: list[str] = []
    first: dict[str, str] = {}  # file of posterior draws -> the first parameter that is taken from it
    together: list[tuple[str, str]] = []
    for name, prior in structure.uncertain().items():
        if prior.from_ is not None and prior.from_.file in first:
            together.append((name, first[prior.from_.file]))
        elif family(prior)[0] != "fixed":
            uncertain.append(name)
            if prior.from_ is not None:
                first[prior.from_.file] = name
    types = [
        (name, i)
        for name, actor in structure.document.actors.items()
        if actor.sureness is not None and len(actor.types) > 1
        for i in range(len(actor.types))
    ]
    return Axes(tuple(uncertain), tuple(types), tuple(together))


def sobol(size: int, first: int, last: int, seed: int) -> Floats:
    """[last - first, size] points `first`..`last - 1` of the run's sequence, kept off the cube's faces."""
    return sobol_with(np.random.default_rng(seed), size, first, last)


def sobol_with(rng: np.random.Generator, size: int, first: int, last: int) -> Floats:
    """The same, scrambled by `rng`."""
    from scipy.stats import qmc

    if size == 0:
        return np.zeros((last - first, 0))
    engine = qmc.Sobol(size, scramble=True, rng=rng, bits=32)
    if first:
        engine.fast_forward(first)
    points = _random(engine, last - first)
    return np.clip(points, EDGE, 1 - EDGE)


def _random(engine, count: int) -> Floats:  # type: ignore[no-untyped-def]
    import warnings

    with warnings.catch_warnings():  # a number that is not a power of two is fine for a weighted sum
        warnings.simplefilter("ignore", UserWarning)
        return np.asarray(engine.random(count), float)


def parameters_at(structure: Structure, axes: Axes, u: Floats) -> dict[str, float]:
    """Drawn and fixed parameters (not yet the derived ones) at a point u [size]."""
    values = {name: float(quantile(prior, 0.5)) for name, prior in structure.uncertain().items()}
    uncertain = structure.uncertain()
    place = dict(zip(axes.parameters, u, strict=False))
    for name, coordinate in (*place.items(), *((name, place[lead]) for name, lead in axes.together)):
        values[name] = at_point(uncertain[name], float(coordinate))
    return values


def type_priors_at(structure: Structure, axes: Axes, u: Floats, settled: dict[str, float]) -> dict[str, Floats]:
    """actor -> drawn priors of its types: Dirichlet(sureness * stated prior) by gamma quantiles."""
    from scipy import special

    drawn: dict[str, list[float]] = {}
    for (actor, kind), coordinate in zip(axes.types, u[len(axes.parameters) :], strict=True):
        i = list(structure.document.actors).index(actor)
        stated = float(structure.priors[i][kind](settled))
        sureness = structure.document.actors[actor].sureness or 1.0
        shape = max(sureness * stated, 1e-9)
        drawn.setdefault(actor, []).append(max(float(special.gammaincinv(shape, float(coordinate))), 1e-300))
    return {actor: np.array(values) / sum(values) for actor, values in drawn.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """Proposal for refined draws on the cube: ``share`` of the uniform prior, the rest normal kernels in
    logit coordinates around `centres` [M, size] with `weights` [M] and `width` [size]."""

    centres: Floats
    weights: Floats
    width: Floats
    share: float = 0.2

    def draw(self, count: int, rng: np.random.Generator) -> Floats:
        """[count, size] points."""
        size = self.centres.shape[1]
        uniform = rng.uniform(EDGE, 1 - EDGE, (count, size))
        pick = rng.choice(len(self.centres), count, p=self.weights)
        moved = _logit(self.centres[pick]) + rng.standard_normal((count, size)) * self.width
        near = np.clip(1 / (1 + np.exp(-moved)), EDGE, 1 - EDGE)
        return np.where(rng.uniform(size=(count, 1)) < self.share, uniform, near)

    def log_density(self, u: Floats) -> Floats:
        """[D] log-density of points u [D, size] with respect to the prior."""
        x = _logit(u)
        jacobian = -(np.log(u) + np.log1p(-u)).sum(axis=1)  # d logit / du, per point
        z = (x[:, None, :] - _logit(self.centres)[None]) / self.width
        kernel = -0.5 * (z**2).sum(axis=2) - np.log(self.width * np.sqrt(2 * np.pi)).sum()
        top = kernel.max(axis=1, keepdims=True)
        mixed = (np.exp(kernel - top) * self.weights).sum(axis=1)
        log_near = np.log(np.maximum(mixed, 1e-300)) + top[:, 0] + jacobian
        return np.asarray(np.logaddexp(np.log(self.share), np.log1p(-self.share) + log_near))


def mixture_around(u: Floats, weights: Floats) -> Mixture:
    """A proposal around weighted points u [D, size]: Silverman's width per coordinate, in logits."""
    keep = weights > 0
    u, weights = u[keep], weights[keep] / weights[keep].sum()
    x = _logit(u)
    mean = weights @ x
    spread = np.sqrt(np.maximum(weights @ (x - mean) ** 2, 0.0))
    prior_spread = np.pi / np.sqrt(3.0)  # of the logit of a uniform
    n_eff = max(1.0 / float((weights**2).sum()), 1.5)
    factor = (4 / (u.shape[1] + 2)) ** (1 / (u.shape[1] + 4)) * n_eff ** (-1 / (u.shape[1] + 4))
    width = np.maximum(spread * factor, 0.25 * prior_spread * factor)
    return Mixture(u, weights, width)


def _logit(u: Floats) -> Floats:
    return np.asarray(np.log(u) - np.log1p(-u), float)
