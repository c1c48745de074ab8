"""Draws of the coefficients: from the normal curve at the top, reweighed by how wrong that curve is.

Draws come from the Laplace approximation (a normal with the inverse Hessian as covariance); importance weights
correct it, and the Pareto k of the weights tells whether they can. Where the normal's tails are too thin a
Student t with the same shape is tried, and the better of the two is kept. Sources: Tierney & Kadane 1986, JASA 81
(the approximation); Vehtari, Simpson, Gelman, Yao & Gabry 2024, JMLR 25(72) (k).

Where rows of a cluster hang together the likelihood is too sure. The draws are then stretched about the mode so that
their covariance is the one by cluster (the open-faced sandwich: Shaby 2014, Journal of Computational and Graphical
Statistics 23(3)). Where weights were given up their covariance is known, and is not taken from the draws: of as many
coefficients as draws theirs is singular, and its inverse would move the draws anywhere.

The file is what `prior: {from: {file, parameter}}` of another case reads (`standoff.language.posterior`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from standoff.errors import FitError, Problem
from standoff.fit.estimate import Estimate
from standoff.fit.objective import Objective
from standoff.forecast.store import write_whole
from standoff.forecast.weights import effective, normalised, pareto_k
from standoff.game.model import Floats
from standoff.language.posterior import FORMAT

DRAWS = 1000
DEPENDABLE = 0.7  # Pareto k above which averages over draws hang on a few of them
EACH = 2  # effective draws a coefficient, below which weights are given up
FEW = 0.1  # share of the draws that they are worth, below which they are few
DEGREES = 8.0  # of freedom of the second proposal
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """draws [D, K] with weights [D] of sum 1; effective: how many equal draws they are worth; k: of their tail (nan
    where too few have any weight). plain: the weights were given up."""

    names: tuple[str, ...]
    draws: Floats
    weights: Floats
    effective: float
    k: float
    proposal: Literal["normal", "t"]
    mode: Floats
    plain: bool = False

    @property
    def remarks(self) -> tuple[Problem, ...]:
        """A warning where the weights cannot be relied on."""
        if self.plain:
            return (
                Problem(
                    found="posterior draws of the normal curve at the top, without weights: of so many coefficients "
                    "these would hang on a few draws",
                    expected=f"{EACH} effective draws for each coefficient",
                    mend="Take their spread for that of the standard errors, and no more.",
                    level="warning",
                ),
            )
        if self.effective < FEW * len(self.draws) and not self.k > DEPENDABLE:
            return (
                Problem(
                    found=f"posterior draws that are worth {self.effective:.0f} of {len(self.draws):,}",
                    expected=f"{FEW * len(self.draws):.0f} or more",
                    mend="The likelihood is no normal curve at its top: a case that uses them sees few different "
                    "numbers. Add data or priors, or take the draws as rough.",
                    level="warning",
                ),
            )
        if self.k <= DEPENDABLE:
            return ()
        return (
            Problem(
                found=f"posterior draws whose weights hang on a few of them (Pareto k {self.k:.2f}, worth "
                f"{self.effective:.0f} of {len(self.draws)})",
                expected=f"a Pareto k of at most {DEPENDABLE}",
                mend="The likelihood is far from a normal curve at its top: add data or priors, or take the draws as "
                "rough.",
                level="warning",
            ),
        )


def draw_posterior(
    fit: Estimate, objective: Objective, count: int = DRAWS, *, seed: int = 0, progress: Progress | None = None
) -> Draws:
    """`count` weighted draws around the top. Cost: that many evaluations, twice that where the normal fails.

    Where the weights leave fewer than two draws for each coefficient, which cannot tell how coefficients go together,
    they are given up, whatever k says: the draws are the normal's, all alike.

    Raises FitError where there is no top to draw around, or fewer than 10 draws are asked for.
    """
    _check(fit, count)
    unit = np.outer(fit.scale, fit.scale)
    values, vectors = np.linalg.eigh(fit.hessian * unit)
    root = (vectors / np.sqrt(values)) * fit.scale[:, None]  # root @ root.T is the covariance
    least = EACH * len(fit.beta)
    if count < least:  # no weights can leave enough
        z = np.random.default_rng(np.random.SeedSequence([seed, 0])).standard_normal((count, len(fit.beta)))
        return _plain(fit, fit.beta + z @ root.T, np.nan)
    first = _proposed(fit, objective, root, count, seed, None, progress)
    if first.k <= DEPENDABLE and first.effective >= least:
        return first
    second = _proposed(fit, objective, root, count, seed, DEGREES, progress)
    best = second if second.k < first.k or np.isnan(first.k) else first
    return best if best.effective >= least else _plain(fit, first.draws, best.k)


def _plain(fit: Estimate, draws: Floats, k: float) -> Draws:
    count = len(draws)
    return Draws(fit.names, draws, np.full(count, 1 / count), float(count), k, "normal", fit.beta, plain=True)


def _proposed(
    fit: Estimate,
    objective: Objective,
    root: Floats,
    count: int,
    seed: int,
    degrees: float | None,
    progress: Progress | None,
) -> Draws:
    """Log weights are those of the penalised likelihood over the proposal, both up to a constant."""
    random = np.random.default_rng(np.random.SeedSequence([seed, 0 if degrees is None else 1]))
    K = len(fit.beta)
    z = random.standard_normal((count, K))
    if degrees is not None:
        z = z / np.sqrt(random.chisquare(degrees, count) / degrees)[:, None]
    square = (z**2).sum(axis=1)
    log_proposal = -square / 2 if degrees is None else -(degrees + K) / 2 * np.log1p(square / degrees)
    draws = fit.beta + z @ root.T
    log_target = np.empty(count)
    for i, beta in enumerate(draws):
        with np.errstate(all="ignore"):
            log_target[i] = float(objective.at(beta).loglik) + fit.prior.logdensity(beta)
        if progress is not None:
            progress(i + 1, count)
    weights = normalised(log_target - log_proposal)
    return Draws(
        fit.names, draws, weights, effective(weights), pareto_k(weights), "normal" if degrees is None else "t", fit.beta
    )


def stretched(drawn: Draws, covariance: Floats, known: Floats) -> Draws:
    """The same draws about the mode with this covariance [K, K] in place of their own, by symmetric square roots.

    known [K, K]: the covariance of the normal curve they come from, which is their own where weights were given up. The
    weights stay. Raises FitError for a covariance that is none.
    """
    if not covariance.size:
        return drawn
    off = drawn.draws - drawn.weights @ drawn.draws
    own = known if drawn.plain else (off * drawn.weights[:, None]).T @ off
    if not (np.isfinite(covariance).all() and np.isfinite(own).all()):
        raise FitError(
            Problem(
                found="standard errors by cluster that are not there for every coefficient",
                expected="errors for all of them",
                mend="Leave out what has no error, or leave `groups` out.",
            )
        )
    unit = np.sqrt(np.maximum(np.diag(own), 1e-300))
    change = _root(covariance / np.outer(unit, unit), 0.5) @ _root(own / np.outer(unit, unit), -0.5)
    moved = drawn.mode + ((drawn.draws - drawn.mode) / unit @ change.T) * unit
    return replace(drawn, draws=moved)


def _root(matrix: Floats, power: float) -> Floats:
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return np.asarray((vectors * np.maximum(values, 1e-12 * max(float(values[-1]), 1e-300)) ** power) @ vectors.T)


def write_posterior(
    path: Path,
    drawn: Draws,
    terms: Sequence[tuple[str, str]],
    *,
    case: str,
    case_hash: str,
    rule: str,
    table: Mapping[str, Any],
    columns: Mapping[str, Any] | None = None,
) -> None:
    """Write the draws whole or not at all; terms [K]: parameter and term of each. columns: what the table has in those
    of the terms, {least, most} or {texts}. Raises RunError as a disk does."""
    from standoff import __version__

    found = {
        "format": FORMAT,
        "version": __version__,
        "case": case,
        "case_hash": case_hash,
        "rule": rule,
        "table": dict(table),
        "terms": [{"parameter": parameter, "term": term} for parameter, term in terms],
        "columns": dict(columns or {}),
        "mode": drawn.mode.tolist(),
        "proposal": drawn.proposal,
        "pareto_k": float(drawn.k) if np.isfinite(drawn.k) else None,
        "effective": drawn.effective,
        "weights_given_up": drawn.plain,
        "weights": drawn.weights.tolist(),
        "draws": drawn.draws.tolist(),
    }
    if len(found["terms"]) != drawn.draws.shape[1]:
        raise ValueError(f"{len(found['terms'])} terms for {drawn.draws.shape[1]} coefficients")
    write_whole(path, json.dumps(found))


def _check(fit: Estimate, count: int) -> None:
    problems = list(fit.complaints)
    if not problems and not (np.isfinite(fit.hessian).all() and fit.certificate.smallest > 0):
        problems.append(
            Problem(
                found="a top without a definite curvature",
                expected="a Hessian that can be inverted",
                mend="Give coefficients priors, or leave some of them out.",
            )
        )
    if count < 10:
        problems.append(Problem(found=f"{count} draws", expected="10 or more", mend="Ask for more.", path="draws"))
    if problems:
        raise FitError(problems)
