"""Forecasters compared out of sample: one table of models and ways of splitting, with intervals.

Intervals are from a bootstrap of clusters of rows (the episodes of a pair of states hang together), and of the
difference between two models in the same clusters, which is far surer than either by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from standoff.errors import FitError, Problem
from standoff.fit.baselines import Episodes, Forecaster
from standoff.fit.dual import Floats, Ints
from standoff.fit.folds import Split
from standoff.fit.scores import Bin, briers, calibration, calibration_error, log_losses
from standoff.forecast.ensemble import Crew, Workers

SAMPLES = 2000  # of clusters
Progress = Callable[[int, int], None]


@runtime_checkable
class Remarking(Protocol):
    """A forecaster that can say what was wrong with its fit, and what it has chosen."""

    def told(
        self, data: Episodes, train: Ints, test: Ints, inner: NDArray[Any] | None, seed: int
    ) -> tuple[Floats, str, Mapping[str, float]]:
        """(chances, a remark or "", name: value chosen within the training rows)."""
        ...


@dataclass(frozen=True, slots=True)
class Score:
    """A mean per episode with its 95 % interval; `mean` alone is sure."""

    mean: float
    low: float
    high: float

    def to_json(self) -> dict[str, float | None]:
        """Infinite and missing numbers as null."""
        return {
            name: float(value) if np.isfinite(value) else None
            for name, value in (("mean", self.mean), ("low", self.low), ("high", self.high))
        }


@dataclass(frozen=True, slots=True)
class Line:
    """One model under one split; differences are this model minus the other, so that less than 0 is better."""

    split: str
    model: str
    episodes: float
    log_loss: Score
    brier: Score
    against: Mapping[str, Score]  # difference in log loss to the models that were named for it
    against_brier: Mapping[str, Score]
    calibration: tuple[Bin, ...]
    calibration_error: float
    remarks: tuple[str, ...]
    chosen: tuple[Mapping[str, float], ...] = ()  # by fold, of what chooses within its training rows

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "split": self.split,
            "model": self.model,
            "episodes": self.episodes,
            "log_loss": self.log_loss.to_json(),
            "brier": self.brier.to_json(),
            "against": {name: score.to_json() for name, score in self.against.items()},
            "against_brier": {name: score.to_json() for name, score in self.against_brier.items()},
            "calibration": [{"mean": b.mean, "share": b.share, "episodes": b.episodes} for b in self.calibration],
            "calibration_error": self.calibration_error,
            "remarks": list(self.remarks),
            "chosen": [dict(one) for one in self.chosen],
        }


@dataclass(frozen=True, slots=True, eq=False)
class Validation:
    """Chances by (split, model): [repeats, rows, outcomes], nan where a row was not tested; remarks, and what was
    chosen in every fold, by the same."""

    data: Episodes
    splits: tuple[Split, ...]
    models: tuple[str, ...]
    chances: Mapping[tuple[str, str], Floats]
    remarks: Mapping[tuple[str, str], tuple[str, ...]]
    chosen: Mapping[tuple[str, str], tuple[Mapping[str, float], ...]] = field(default_factory=dict)

    def table(self, references: Sequence[str] = (), seed: int = 0) -> tuple[Line, ...]:
        """Every model under every split, held against the models named in `references` (by default the first)."""
        others = tuple(references) or self.models[:1]
        return tuple(self._line(split, model, others, seed) for split in self.splits for model in self.models)

    def _line(self, split: Split, model: str, others: Sequence[str], seed: int) -> Line:
        chances = self.chances[split.name, model]
        clusters = np.unique(split.clusters, return_inverse=True)[1]
        drawn = _drawn(int(clusters.max()) + 1, seed)
        weight = self._weights(chances)

        def score(of: Callable[[Floats, Floats], Floats], other: str | None = None) -> Score:
            sums = self._sums(chances, of)
            if other is not None:
                sums = sums - self._sums(self.chances[split.name, other], of)
            return _interval(sums, weight, clusters, drawn)

        tested = [np.isfinite(one).all(axis=1) for one in chances]
        p = np.concatenate([one[rows] for one, rows in zip(chances, tested, strict=True)])
        counts = np.concatenate([self.data.counts[rows] for rows in tested])
        versus = [other for other in others if other != model]
        return Line(
            split=split.name,
            model=model,
            episodes=float(weight.sum()),
            log_loss=score(log_losses),
            brier=score(briers),
            against={other: score(log_losses, other) for other in versus},
            against_brier={other: score(briers, other) for other in versus},
            calibration=calibration(p, counts),
            calibration_error=calibration_error(p, counts),
            remarks=self.remarks[split.name, model],
            chosen=self.chosen.get((split.name, model), ()),
        )

    def _sums(self, chances: Floats, of: Callable[[Floats, Floats], Floats]) -> Floats:
        """[rows] score of all episodes of a row, the mean over repeats; 0 where it was not tested."""
        losses = np.array([of(one, self.data.counts) for one in chances])
        tested = np.isfinite(chances).all(axis=2)
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(tested, losses, 0.0).sum(axis=0) / np.maximum(tested.sum(axis=0), 1))

    def _weights(self, chances: Floats) -> Floats:
        tested = np.isfinite(chances).all(axis=2).any(axis=0)
        return np.where(tested, self.data.counts.sum(axis=1), 0.0)


def cross_validate(
    models: Sequence[Forecaster],
    data: Episodes,
    splits: Sequence[Split],
    *,
    seed: int = 0,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Validation:
    """Every model learns every fold's training rows and tells its test rows. Rows without an episode are left out.

    Raises FitError if two models have one name, or a model fails, and RunError as `Crew` does.
    """
    names = tuple(model.name for model in models)
    if len(set(names)) < len(names) or len({s.name for s in splits}) < len(splits):
        raise FitError(
            Problem(found="two models or splits of one name", expected="a name for each", mend="Rename one of them.")
        )
    pieces = [
        (m, s, r, f)
        for s, split in enumerate(splits)
        for r, folds in enumerate(split.repeats)
        for f in range(len(folds))
        for m in range(len(models))
    ]
    rows, O = data.counts.shape
    chances = {(s.name, n): np.full((len(s.repeats), rows, O), np.nan) for s in splits for n in names}
    remarks: dict[tuple[str, str], list[str]] = {key: [] for key in chances}
    chosen: dict[tuple[str, str], dict[int, Mapping[str, float]]] = {key: {} for key in chances}
    shared = (tuple(models), data, tuple(splits), seed)
    with Crew(_piece, shared, workers or Workers()) as crew, closing(crew.run(dict(enumerate(pieces)))) as found:
        for done, (index, (test, told, remark, settings)) in enumerate(found, 1):
            m, s, r, _ = pieces[index]
            chances[splits[s].name, names[m]][r, test] = told
            if remark:
                remarks[splits[s].name, names[m]].append(remark)
            if settings:
                chosen[splits[s].name, names[m]][index] = settings
            if progress is not None:
                progress(done, len(pieces))
    kept = {key: tuple(sorted(set(of))) for key, of in remarks.items()}
    made = {key: tuple(by_fold[index] for index in sorted(by_fold)) for key, by_fold in chosen.items()}
    return Validation(data, tuple(splits), names, chances, kept, made)


def _piece(shared: Any, piece: tuple[int, int, int, int]) -> tuple[Ints, Floats, str, Mapping[str, float]]:
    models, data, splits, seed = shared
    m, s, r, f = piece
    fold, inner, model = splits[s].repeats[r][f], splits[s].inner, models[m]
    some = data.counts.sum(axis=1) > 0
    train, test = fold.train[some[fold.train]], fold.test[some[fold.test]]
    if not len(train) or not len(test):
        return test[:0], np.zeros((0, data.counts.shape[1])), "a fold without episodes was left out", {}
    of_fold = int(np.random.SeedSequence([seed, s, r, f]).generate_state(1)[0])
    if isinstance(model, Remarking):
        return test, *model.told(data, train, test, inner, of_fold)
    return test, model.forecast(data, train, test, inner, of_fold), "", {}


def _drawn(clusters: int, seed: int) -> Floats:
    """[SAMPLES, clusters] how often each is in a sample."""
    random = np.random.default_rng(np.random.SeedSequence([seed, clusters]))
    return random.multinomial(clusters, np.full(clusters, 1 / clusters), SAMPLES).astype(float)


def _interval(sums: Floats, weight: Floats, clusters: NDArray[Any], drawn: Floats) -> Score:
    C = drawn.shape[1]
    if not np.isfinite(sums).all():
        return Score(float(sums.sum() / weight.sum()), np.nan, np.nan)
    by_cluster, of_cluster = np.bincount(clusters, sums, C), np.bincount(clusters, weight, C)
    total = drawn @ of_cluster
    means = (drawn @ by_cluster)[total > 0] / total[total > 0]
    low, high = np.quantile(means, [0.025, 0.975])
    return Score(float(sums.sum() / weight.sum()), float(low), float(high))
