"""The highest place of a log-likelihood, with or without a prior, and how sure one can be that it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from standoff.errors import FitError, Problem
from standoff.fit.climb import Hill, StoppedError, approach, newton_step, polish
from standoff.fit.objective import Normal, Objective
from standoff.fit.ridges import named, runaway
from standoff.game.model import Floats

Progress = Callable[[int, int], None]  # (starts climbed, starts)
AGREE = 1e-4  # two starts with log-likelihoods this close have found the same place
SETTLED = 1e-6  # a Newton step that promises less is no step
RESIDUAL = 1e-6  # what solving the game may leave
JITTER = 0.5  # sd of starts, in typical sizes of a coefficient


@dataclass(frozen=True, slots=True)
class Certificate:
    """How the top was found, and what speaks for its being one.

    gradient_norm: largest slope, in units of the coefficients' scale; decrement: log-likelihood that one more Newton
    step promises; smallest, condition: smallest eigenvalue of the Hessian, and largest over smallest, in the same
    units (nan after an interruption); agreeing of starts: how many ended within 1e-4 of the best; residual,
    flagged: what solving the game left, and rows where it failed; stopped: why it ended early, or "".
    """

    gradient_norm: float
    decrement: float
    smallest: float
    condition: float
    agreeing: int
    starts: int
    evaluations: int
    seconds: float
    residual: float
    flagged: int
    stopped: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Where the climb ended.

    beta [K]; loglik without and penalised with the prior; hessian [K, K]: minus the second derivatives of the
    penalised log-likelihood (the observed information), nan after an interruption; separated, flat: coefficients
    that run away, or that nothing tells of; blocks: coefficients whose cross derivatives were taken as zero.
    """

    names: tuple[str, ...]
    beta: Floats
    loglik: float
    penalised: float
    hessian: Floats
    prior: Normal
    scale: Floats
    certificate: Certificate
    separated: tuple[str, ...] = ()
    flat: tuple[str, ...] = ()

    @property
    def gradient_norm(self) -> float:
        """Largest slope in units of scale."""
        return self.certificate.gradient_norm

    @property
    def converged(self) -> bool:
        """Whether the numbers may be used: a top, reached, with the game solved in every row."""
        return not self.complaints

    @property
    def complaints(self) -> tuple[Problem, ...]:
        """All that speaks against the numbers; levels tell errors (no top) from warnings (some coefficients)."""
        return tuple(_complaints(self))


def maximise(
    objective: Objective,
    prior: Normal | None = None,
    *,
    scale: Floats | None = None,
    starts: int = 8,
    seed: int = 0,
    first: Floats | None = None,
    blocks: Sequence[Sequence[int]] | None = None,
    progress: Progress | None = None,
    time_limit: float | None = None,
) -> Estimate:
    """Maximum likelihood, or the mode under a normal prior.

    scale [K]: typical size of each coefficient (1/rms of its column), guessed from the scores if left out; first [K]:
    the first start, by default the prior's mean, and the others lie around it; time_limit in seconds. After it, or
    Ctrl-C, the best place so far is returned with `certificate.stopped` set. blocks: as in `hessian`. Raises FitError
    if no start has a likelihood, and KeyboardInterrupt if there is no place yet to return.
    """
    K = objective.size
    prior = Normal.flat(K) if prior is None else prior
    origin = np.asarray(prior.mean if first is None else first, np.float64)
    _check(K, prior, scale, starts)
    began = time.monotonic()
    guess, wide = typical_sizes(objective, origin)
    scale = guess if scale is None else np.asarray(scale, np.float64)
    wide = np.minimum(np.minimum(wide, prior.sd), scale) * JITTER / scale
    hill = Hill(objective, prior, scale, deadline=np.inf if time_limit is None else began + time_limit)
    ends: list[float] = []
    stopped = ""
    curvature = np.full((K, K), np.nan)
    away: Floats | None = None
    level: tuple[Floats, ...] = ()
    if progress is not None:
        progress(0, starts)
    try:
        for k in range(starts):
            end = approach(hill, _start(k, origin / scale, wide, seed))
            ends.append(hill.at(end)[0])
            if progress is not None:
                progress(k + 1, starts)
        if not np.isfinite(hill.top):
            raise FitError(_nowhere(starts))
        top, curvature = polish(hill, hill.at_top, blocks)
        away, level = runaway(hill, top, curvature)
    except (StoppedError, KeyboardInterrupt) as reason:
        if not np.isfinite(hill.top):
            raise
        stopped = "time limit" if isinstance(reason, StoppedError) else "interrupted"
        top = hill.at_top
    hill.deadline = np.inf
    return _told(hill, top, curvature, away, level, ends, starts, stopped, began)


def typical_sizes(objective: Objective, beta: Floats) -> tuple[Floats, Floats]:
    """Sizes [K] at which coefficients matter: in most rows, and in the row where they matter most.

    From the scores: a logit's are about half of what was seen times the column, and its log-likelihoods about what
    was seen. 1 where nothing is told.
    """
    with np.errstate(all="ignore"):
        scores = np.abs(objective.scores(beta))
        rows = np.abs(objective.at(beta).by_row)
        usual = 0.5 * np.sqrt(np.mean(rows**2) / np.mean(scores**2, axis=0))
        least = 1.0 / np.max(scores[rows > 0] / rows[rows > 0, None], axis=0, initial=0.0)
    usual, least = (np.where(np.isfinite(x) & (x > 0), x, 1.0) for x in (usual, least))
    return usual, least


def _start(k: int, origin: Floats, wide: Floats, seed: int) -> Floats:
    """In units of scale: the first start as it is, the others around it."""
    if k == 0:
        return origin
    random = np.random.default_rng(np.random.SeedSequence([seed, k]))
    return np.asarray(origin + wide * random.standard_normal(len(origin)))


def _told(
    hill: Hill,
    top: Floats,
    curvature: Floats,
    away: Floats | None,
    level: tuple[Floats, ...],
    ends: list[float],
    starts: int,
    stopped: str,
    began: float,
) -> Estimate:
    names = tuple(hill.objective.names)
    penalised, slope = hill.at(top)
    beta = top * hill.scale
    with np.errstate(all="ignore"):
        point = hill.objective.at(beta)
    decrement = smallest = condition = np.nan
    if np.isfinite(curvature).all():
        step = newton_step(curvature, slope)
        decrement = float(step @ slope) / 2
        values = np.linalg.eigvalsh(curvature)
        smallest = float(values[0])
        condition = float(values[-1] / values[0]) if values[0] > 0 else np.inf
    certificate = Certificate(
        gradient_norm=float(np.abs(slope).max(initial=0.0)),
        decrement=decrement,
        smallest=smallest,
        condition=condition,
        agreeing=sum(abs(end - penalised) < AGREE * max(1.0, 1e-3 * abs(penalised)) for end in ends),
        starts=starts,
        evaluations=hill.evaluations,
        seconds=time.monotonic() - began,
        residual=float(point.residual),
        flagged=int(point.flagged),
        stopped=stopped,
    )
    flat = sorted({name for v in level for name in named(v, names)}, key=names.index)
    return Estimate(
        names=names,
        beta=beta,
        loglik=float(point.loglik),
        penalised=penalised,
        hessian=curvature / np.outer(hill.scale, hill.scale),
        prior=hill.prior,
        scale=hill.scale,
        certificate=certificate,
        separated=() if away is None else named(away, names),
        flat=tuple(flat),
    )


def _complaints(fit: Estimate) -> list[Problem]:
    found: list[Problem] = []
    told = fit.certificate
    if told.stopped:
        found.append(
            Problem(
                found=f"a fit that was stopped ({told.stopped}); the slope is still {told.gradient_norm:.2g}",
                expected="a fit that has come to a top",
                mend="Let it run on, or allow more time; these numbers are the best so far and no estimate.",
            )
        )
        return found
    if told.flagged or told.residual > RESIDUAL:
        found.append(
            Problem(
                found=f"{told.flagged} rows in which the game was not solved (worst residual {told.residual:.1e})",
                expected=f"residuals below {RESIDUAL:.0e} in every row",
                mend="Look at those rows for payoffs that are far too large, or put a prior on the coefficients. Under "
                "the rule `private`, moves that lead to almost the same are told apart without error: try `logit`.",
            )
        )
    if fit.separated:
        found.append(
            Problem(
                found=f"separation: the likelihood grows without end along {', '.join(fit.separated)}",
                expected="outcomes that no combination of columns tells without error",
                mend="Give these coefficients a normal prior, or leave one of them out; their values and errors "
                "here mean nothing.",
            )
        )
    if fit.flat:
        found.append(
            Problem(
                found=f"no trace in the data of {', '.join(fit.flat)}: changing them together leaves the likelihood "
                "as it is",
                expected="coefficients that the outcomes tell of",
                mend="Fix one of them, leave one out, or give them priors.",
            )
        )
    rising = told.smallest < -1e-6 * max(1.0, told.condition)
    if not fit.separated and not fit.flat and (not told.decrement < SETTLED or rising):
        found.append(
            Problem(
                found=f"a fit that has not converged: one more step promises {told.decrement:.2g} in log-likelihood",
                expected=f"less than {SETTLED:.0e}",
                mend="Try more starts, or priors on the coefficients; these numbers are the best so far and no "
                "estimate.",
            )
        )
    return found


def _nowhere(starts: int) -> Problem:
    return Problem(
        found=f"no likelihood at any of {starts} starts",
        expected="outcomes that have a chance, and payoffs that are finite, where all coefficients are near zero",
        mend="Look for outcomes in the table that the tree cannot produce, and for columns with huge numbers.",
    )


def _check(K: int, prior: Normal, scale: Floats | None, starts: int) -> None:
    problems = []
    if not K:
        problems.append(
            Problem(
                found="nothing to estimate",
                expected="at least one coefficient",
                mend="Let a parameter of the case have a prior that is not fixed, or a `regress`.",
            )
        )
    if starts < 1:
        problems.append(
            Problem(found=f"starts={starts}", expected="at least one start", mend="Ask for 1 or more.", path="starts")
        )
    if prior.mean.shape != (K,) or prior.sd.shape != (K,) or not (prior.sd > 0).all():
        problems.append(
            Problem(
                found="a prior that does not fit", expected=f"{K} means and {K} positive sds", mend="Give all of them."
            )
        )
    if scale is not None and (np.shape(scale) != (K,) or not (np.isfinite(scale) & (scale > 0)).all()):
        problems.append(
            Problem(found="scales that do not fit", expected=f"{K} positive numbers", mend="Give all of them.")
        )
    if problems:
        raise FitError(problems)
