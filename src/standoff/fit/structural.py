"""A fitted case as a forecaster, to be held against those that know nothing of games; and pools of forecasters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from standoff.fit.baselines import Episodes, Forecaster, mixed
from standoff.fit.dual import Floats, Ints
from standoff.fit.estimate import maximise
from standoff.fit.folds import inner_folds
from standoff.fit.hierarchy import fit_hierarchy
from standoff.fit.objective import Normal, Objective, Rows


class Playable(Objective, Protocol):
    """An objective that can also say what it expects."""

    def chances(self, beta: Floats, rows: Ints | None = None) -> Floats:
        """[rows, outcomes]."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Structural:
    """The model of a case, fitted to the training rows.

    among: which of its outcomes, in the order of the episodes' ones; chances are those given that one of them came
    about (it still learns from all). prior, scale, starts, first: as in `maximise`; a scale of all rows is but the unit
    of the climb's steps. effects: as in `fit_hierarchy`, whose sds are then found in the training rows; a group that
    is not among them has no effect.
    """

    name: str
    objective: Playable
    prior: Normal
    scale: Floats
    among: tuple[int, ...]
    starts: int = 2
    first: Floats | None = None
    effects: Mapping[str, Ints] | None = None

    def forecast(self, data: Episodes, train: Ints, test: Ints, inner: NDArray[Any] | None, seed: int) -> Floats:
        """As `told`, without the remark."""
        return self.told(data, train, test, inner, seed)[0]

    def told(
        self, data: Episodes, train: Ints, test: Ints, inner: NDArray[Any] | None, seed: int
    ) -> tuple[Floats, str, dict[str, float]]:
        """Half an episode of every outcome is added, as for the forests: a row may be far from all that was seen."""
        rows = Rows(self.objective, train)
        if self.effects:
            fit = fit_hierarchy(
                rows, self.effects, self.prior, scale=self.scale, starts=self.starts, seed=seed, first=self.first
            ).estimate
        else:
            fit = maximise(rows, self.prior, scale=self.scale, starts=self.starts, seed=seed, first=self.first)
        if fit.certificate.stopped == "interrupted":
            raise KeyboardInterrupt
        with np.errstate(all="ignore"):
            p = self.objective.chances(fit.beta, test)[:, list(self.among)]
            p = p / p.sum(axis=1, keepdims=True)
        remark = "; ".join(problem.found for problem in fit.complaints)
        lost = ~np.isfinite(p).all(axis=1)
        if lost.any():
            p[lost] = 1 / p.shape[1]
            remark = "; ".join(filter(None, (remark, "rows without an answer were told equal chances")))
        return mixed(p, float(data.counts[train].sum())), remark, {}


@dataclass(frozen=True, slots=True)
class Pool:
    """A weighted mean of forecasters; the weights fit what they say in folds within the training rows."""

    name: str
    members: tuple[Forecaster, ...]
    folds: int = 5

    def forecast(self, data: Episodes, train: Ints, test: Ints, inner: NDArray[Any] | None, seed: int) -> Floats:
        """Members learn all training rows once the weights are found."""
        weights = self.weights(data, train, inner, seed)
        told = np.array([member.forecast(data, train, test, inner, seed) for member in self.members])
        return np.asarray(np.tensordot(weights, told, axes=1))

    def weights(self, data: Episodes, train: Ints, inner: NDArray[Any] | None, seed: int) -> Floats:
        """[members], at least 0, of sum 1: of the greatest log score within, by expectation-maximisation."""
        labels = np.arange(len(data.counts)) if inner is None else inner
        told, counts = [], []
        for fold in inner_folds(labels, train, self.folds, seed):
            told.append([m.forecast(data, fold.train, fold.test, inner, seed) for m in self.members])
            counts.append(data.counts[fold.test])
        p, n = np.concatenate(told, axis=1), np.concatenate(counts)
        weights = np.full(len(self.members), 1 / len(self.members))
        for _ in range(500):
            share = weights[:, None, None] * p
            share = share / np.maximum(share.sum(axis=0), 1e-300)
            new = (share * n).sum(axis=(1, 2)) / n.sum()
            if np.abs(new - weights).max() < 1e-8:
                break
            weights = new
        return np.asarray(weights / weights.sum())
