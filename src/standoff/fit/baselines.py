"""Forecasters that know nothing of games: what a model of the crisis has to beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from standoff.errors import FitError, Problem
from standoff.fit.dual import Floats, Ints
from standoff.fit.folds import inner_folds
from standoff.fit.scores import log_losses
from standoff.fit.softmax import fit_softmax, softmax_chances

STEEP = 10.0  # slope for a standard deviation that no table bears out: an outcome is told without error
SEEN = 0.5  # episodes that every outcome is given beforehand, so that none has no chance


@dataclass(frozen=True, slots=True, eq=False)
class Episodes:
    """What forecasters learn from: features [rows, F] and how often each outcome was seen, counts [rows, O]."""

    features: Floats
    names: tuple[str, ...]
    counts: Floats
    outcomes: tuple[str, ...]


class Forecaster(Protocol):
    """Learns from some rows and tells the chances of outcomes in others."""

    @property
    def name(self) -> str:
        """As the table says it."""
        ...

    def forecast(self, data: Episodes, train: Ints, test: Ints, inner: NDArray[Any] | None, seed: int) -> Floats:
        """[test rows, outcomes]; sees counts of `train` rows alone. inner: labels [rows] for folds within them."""
        ...


@dataclass(frozen=True, slots=True)
class BaseRate:
    """Every outcome as often as it was."""

    name: str = "base rate"

    def forecast(self, data: Episodes, train: Ints, test: Ints, inner: NDArray[Any] | None, seed: int) -> Floats:
        """The same chances in every row."""
        seen = data.counts[train].sum(axis=0) + SEEN
        return np.tile(seen / seen.sum(), (len(test), 1))


@dataclass(frozen=True, slots=True)
class Multinomial:
    """Multinomial logit of standardised features; ridge is the precision of a slope (1/C of scikit-learn)."""

    name: str = "multinomial logit"
    ridge: float = 0.0

    def forecast(self, data: Episodes, train: Ints, test: Ints, inner: NDArray[Any] | None, seed: int) -> Floats:
        """Features are standardised by the training rows, each of which counts once."""
        return self.told(data, train, test, inner, seed)[0]

    def told(
        self, data: Episodes, train: Ints, test: Ints, inner: NDArray[Any] | None, seed: int
    ) -> tuple[Floats, str, Mapping[str, float]]:
        """The same with a remark where slopes run away: in the training rows an outcome is told without error."""
        learnt, asked = _standardised(data, train, test)
        found = fit_softmax(learnt, data.counts[train], self.ridge)
        away = len(found) > 1 and float(np.ptp(found[1:], axis=1).max()) > STEEP
        remark = (
            "separation in a fold: its columns tell an outcome there without error, so that single rows make its log "
            "loss and intervals, which say little"
        )
        return softmax_chances(asked, found), remark if away else "", {}


@dataclass(frozen=True, slots=True)
class Trees:
    """Random forest or gradient boosting of scikit-learn, which the extra `baselines` brings."""

    name: str
    boosted: bool
    trees: int
    least: int  # cases in a leaf
    depth: int | None = None
    rate: float = 0.05

    def forecast(self, data: Episodes, train: Ints, test: Ints, inner: NDArray[Any] | None, seed: int) -> Floats:
        """A row and an outcome seen in it are one case, weighted by how often. Raises FitError without scikit-learn."""
        ensemble = _ensemble()
        counts = data.counts[train]
        row, y = np.nonzero(counts)
        x, weight = data.features[train][row], counts[row, y]
        if self.boosted:
            model = ensemble.GradientBoostingClassifier(
                n_estimators=self.trees, max_depth=self.depth, learning_rate=self.rate,
                min_samples_leaf=self.least, random_state=seed,
            )  # fmt: skip
        else:
            model = ensemble.RandomForestClassifier(
                n_estimators=self.trees, max_depth=self.depth, min_samples_leaf=self.least, random_state=seed
            )
        result = np.zeros((len(test), counts.shape[1]))
        kinds = np.unique(y)
        if len(kinds) == 1:
            result[:, kinds[0]] = 1.0
        else:
            model.fit(x, y, sample_weight=weight)
            result[:, model.classes_] = model.predict_proba(data.features[test])
        return mixed(result, float(weight.sum()))


@dataclass(frozen=True, slots=True)
class Chosen:
    """The best of several forecasters by log loss in folds within the training rows, never in what is tested."""

    name: str
    candidates: tuple[Forecaster, ...]
    folds: int = 5

    def forecast(self, data: Episodes, train: Ints, test: Ints, inner: NDArray[Any] | None, seed: int) -> Floats:
        """That of the one chosen."""
        best = self.choose(data, train, inner, seed)
        return self.candidates[best].forecast(data, train, test, inner, seed)

    def choose(self, data: Episodes, train: Ints, inner: NDArray[Any] | None, seed: int) -> int:
        """Which candidate; the first of equals."""
        labels = np.arange(len(data.counts)) if inner is None else inner
        folds = inner_folds(labels, train, self.folds, seed)
        losses = [
            sum(
                float(log_losses(c.forecast(data, f.train, f.test, inner, seed), data.counts[f.test]).sum())
                for f in folds
            )
            for c in self.candidates
        ]
        return int(np.argmin(losses))


def ridges(strengths: Sequence[float] = (1.0, 3.0, 10.0, 30.0, 100.0)) -> Chosen:
    """Ridge logit with a strength found in inner folds."""
    return Chosen("ridge logit (nested)", tuple(Multinomial(f"ridge {s:g}", s) for s in strengths))


def standard_baselines(*, trees: bool = True) -> tuple[Forecaster, ...]:
    """All of them, with settings that were fixed beforehand; without trees none needs scikit-learn."""
    plain: tuple[Forecaster, ...] = (BaseRate(), Multinomial(), Multinomial("ridge logit", 10.0), ridges())
    if not trees:
        return plain
    return (
        *plain,
        Trees("random forest", boosted=False, trees=500, least=10),
        Trees("gradient boosting", boosted=True, trees=80, depth=2, least=10),
    )


def mixed(chances: Floats, episodes: float) -> Floats:
    """Chances [rows, O] with half an episode of every outcome added, so that none is 0."""
    O = chances.shape[1]
    return np.asarray((chances * episodes + SEEN) / (episodes + SEEN * O))


def _standardised(data: Episodes, train: Ints, test: Ints) -> tuple[Floats, Floats]:
    x = data.features[train]
    mean, sd = x.mean(axis=0), x.std(axis=0)
    sd = np.where(sd > 1e-12 * np.maximum(1.0, np.abs(mean)), sd, 1.0)
    return (x - mean) / sd, (data.features[test] - mean) / sd


def _ensemble() -> Any:
    try:
        from sklearn import ensemble
    except ImportError:
        raise FitError(
            Problem(
                found="no scikit-learn in this environment",
                expected="the `scikit-learn` package, for forests and boosting",
                mend="Install standoff with its `baselines` extra, or leave these baselines out.",
            )
        ) from None
    return ensemble
