"""What our model is held against: base rates, logits, forest, boosting, and the published model, re-fitted."""

from __future__ import annotations

from typing import Any

import numpy as np
from bivariate import Floats
from covariates import Bools, Episodes, standard
from estimate import maximise
from game import chances, choose
from splits import Forecaster


def base_rate(e: Episodes, train: Bools, test: Bools, kind: str) -> Floats:
    rate = e.counts[train].sum(axis=0)
    return np.tile(rate / rate.sum(), (int(test.sum()), 1))


def learned(make: Any, scaled: bool = False, features: Any = None) -> Forecaster:
    """A scikit-learn classifier on the nine covariates, one row per outcome seen, its count as weight."""

    def forecast(e: Episodes, train: Bools, test: Bools, kind: str) -> Floats:
        X = e.features if features is None else features(e)
        if scaled:
            X = standard(X, np.ones(len(X)), train)
        weight = e.counts[train]
        row, outcome = np.nonzero(weight)
        fitted = make().fit(X[train][row], outcome, sample_weight=weight[row, outcome])
        return np.asarray(fitted.predict_proba(X[test]), dtype=np.float64)

    return forecast


def logit(C: float) -> Forecaster:
    from sklearn.linear_model import LogisticRegression

    return learned(lambda: LogisticRegression(C=C, max_iter=3000), scaled=True)


def boosting(trees: int = 80, depth: int = 2, features: Any = None) -> Forecaster:
    from sklearn.ensemble import GradientBoostingClassifier

    return learned(
        lambda: GradientBoostingClassifier(
            n_estimators=trees, max_depth=depth, learning_rate=0.05, min_samples_leaf=10, random_state=0
        ),
        features=features,
    )


def forest() -> Forecaster:
    from sklearn.ensemble import RandomForestClassifier

    return learned(lambda: RandomForestClassifier(n_estimators=300, min_samples_leaf=10, random_state=0))


def published(e: Episodes, train: Bools, test: Bools, kind: str) -> Floats:
    """The normal-shock equilibrium, maximum likelihood on training rows with quiet months; outcome given a threat."""
    fit = maximise(e.published.take(train), grid=61, polish=False)
    data = e.published.take(test)
    indices = data.indices(fit.beta)
    r, _, _ = choose(data, indices, np.full(len(data.counts), float(np.median(fit.value.r))))
    after = chances(r, indices)[:, 1:]
    return np.asarray(after / after.sum(axis=1, keepdims=True))
