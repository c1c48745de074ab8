"""A fitted case whose terms are standardised, or whose priors have spreads that the data choose, in every fold anew.

A fit is the mode under normal priors. What the terms are standardised by, and the spreads, come from the rows that are
learnt from alone: a spread is chosen by the log loss on folds within them, one after another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.fit.baselines import Episodes, mixed
from standoff.fit.climb import Hill, newton_step, polish
from standoff.fit.design import Design
from standoff.fit.dual import Floats, Ints
from standoff.fit.estimate import maximise
from standoff.fit.folds import Fold, inner_folds
from standoff.fit.hierarchy import with_effects
from standoff.fit.likelihood import Likelihood
from standoff.fit.objective import Normal, Rows
from standoff.fit.ridges import WEAK, named, runaway
from standoff.fit.rules import Rule
from standoff.fit.scores import log_losses
from standoff.fit.standard import standardised
from standoff.fit.tree import Tree

FOLDS = 4
BY_ROWS = "spreads chosen on folds of single rows, since the rows learnt from are of one group"
ENOUGH = 1e-6  # log-likelihood that is not worth another step
Settings = Mapping[str, float]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Tuned:
    """A case and its design, as a forecaster.

    design: as the case has it, with sds to be chosen. among: which of its outcomes, in the order of the episodes'
    ones; chances are those given that one of them came about.
    """

    name: str
    tree: Tree
    design: Design
    rule: Rule
    among: tuple[int, ...]
    folds: int = FOLDS

    def forecast(self, data: Episodes, train: Ints, test: Ints, inner: NDArray[np.generic] | None, seed: int) -> Floats:
        """As `told`, without the rest."""
        return self.told(data, train, test, inner, seed)[0]

    def told(
        self, data: Episodes, train: Ints, test: Ints, inner: NDArray[np.generic] | None, seed: int
    ) -> tuple[Floats, str, Settings]:
        """Chances [test rows, outcomes] with half a case of every outcome added, a remark or "", the spreads chosen."""
        labels = np.arange(self.design.rows) if inner is None else inner
        settings = self.chosen(data.counts, train, labels, seed)
        p, remark = self._chances(standardised(self.design, train), settings, train, test, {})
        if self.by_rows(labels, train):
            remark = "; ".join(filter(None, (remark, BY_ROWS)))
        if not np.isfinite(p).all():
            p[~np.isfinite(p).all(axis=1)] = 1 / p.shape[1]
            remark = "; ".join(filter(None, (remark, "rows without an answer were told equal chances")))
        told = {name: value for name, value in settings.items() if len(self.design.tune[name]) > 1}
        return mixed(p, float(data.counts[train].sum())), remark, told

    def by_rows(self, labels: NDArray[np.generic], train: Ints) -> bool:
        """Whether the spreads are chosen on folds of single rows since there is but one group."""
        return self._chooses and len(np.unique(labels[train])) < 2

    @property
    def _chooses(self) -> bool:
        return any(len(values) > 1 for values in self.design.tune.values())

    def chosen(
        self, counts: Floats, train: Ints, labels: NDArray[np.generic], seed: int, progress: Progress | None = None
    ) -> dict[str, float]:
        """The spreads of least log loss on folds within the training rows; counts [rows, outcomes of `among`].

        Cost: a fit for every value and fold. progress(values tried, values)."""
        menu = self.design.tune
        if not self._chooses:
            return {name: values[0] for name, values in menu.items()}
        folds = [_Inner(fold, standardised(self.design, fold.train), {}) for fold in self._inner(labels, train, seed)]
        values = 1 + sum(len(values) - 1 for values in menu.values())
        tried = 0

        def loss(settings: Settings) -> float:
            nonlocal tried
            total = 0.0
            for one in folds:
                train, test = one.fold.train, one.fold.test
                p, _ = self._chances(one.design, settings, train, test, one.starts)
                p = mixed(np.where(np.isfinite(p), p, 0.0), float(counts[train].sum()))
                total += float(log_losses(p, counts[test]).sum())
            tried += 1
            if progress is not None:
                progress(min(tried, values), values)
            return total

        return choose(menu, loss)

    def _inner(self, labels: NDArray[np.generic], train: Ints, seed: int) -> tuple[Fold, ...]:
        single = len(np.unique(labels[train])) < 2
        return inner_folds(np.arange(self.design.rows) if single else labels, train, self.folds, seed)

    def _chances(
        self, design: Design, settings: Settings, train: Ints, test: Ints, starts: dict[str, float]
    ) -> tuple[Floats, str]:
        """Chances [test rows, outcomes], and what speaks against the fit to the training rows, or "". starts: where the
        last fit to them ended, by coefficient; is brought up to date."""
        wide, _ = with_effects(design.at(settings))
        likelihood = Likelihood(self.tree, wide, self.rule)
        prior = Normal(*wide.priors())
        rows = Rows(likelihood, train)
        first = np.array([starts.get(name, mean) for name, mean in zip(wide.names, prior.mean, strict=True)])
        beta, remark = climbed(rows, prior, wide.scale_in(train), first)
        starts.update(zip(wide.names, beta.tolist(), strict=True))
        with np.errstate(all="ignore"):
            p = likelihood.chances(beta, test)[:, list(self.among)]
            return p / p.sum(axis=1, keepdims=True), remark


@dataclass(frozen=True, slots=True, eq=False)
class _Inner:
    fold: Fold
    design: Design
    starts: dict[str, float]


def climbed(objective: Rows, prior: Normal, scale: Floats, first: Floats) -> tuple[Floats, str]:
    """The mode [K], and what speaks against its being one, or "": by Newton's steps from `first`, which where every
    coefficient has a prior take the curvature of all of them at once; where they fail, as `maximise` does."""
    hill = Hill(objective, prior, scale)
    place, curvature = polish(hill, first / scale, enough=ENOUGH)
    slope = hill.at(place)[1]
    least = float(np.linalg.eigvalsh(curvature)[0]) if np.isfinite(curvature).all() else 0.0
    if least > 0:
        promised = float(slope @ newton_step(curvature, slope)) / 2
        if promised < ENOUGH:
            return place * scale, "" if least >= WEAK else _weak(hill, place, curvature)
    found = maximise(objective, prior, scale=scale, starts=2, first=first)
    if found.certificate.stopped == "interrupted":
        raise KeyboardInterrupt
    return found.beta, "; ".join(problem.found for problem in found.complaints)


def _weak(hill: Hill, place: Floats, curvature: Floats) -> str:
    """Whether coefficients run away, or nothing tells of them, where some are hardly held."""
    away, level = runaway(hill, place, curvature)
    names = tuple(hill.objective.names)
    if away is not None:
        return f"separation: the likelihood grows without end along {', '.join(named(away, names))}"
    flat = sorted({name for v in level for name in named(v, names)}, key=names.index)
    return f"no trace in the data of {', '.join(flat)}" if flat else ""


def choose(menu: Mapping[str, Sequence[float]], loss: Callable[[Settings], float]) -> dict[str, float]:
    """Values of the least loss, one name after another in the order of the menu, once around; the others are in the
    middle of their lists until it is their turn. The first of equals."""
    now = {name: values[(len(values) - 1) // 2] for name, values in menu.items()}
    seen: dict[tuple[float, ...], float] = {}

    def of(settings: Settings) -> float:
        key = tuple(settings.values())
        if key not in seen:
            seen[key] = loss(settings)
        return seen[key]

    for name, values in menu.items():
        if len(values) > 1:
            now[name] = min(values, key=lambda value: of({**now, name: value}))
    return now
