"""A fitted case held against forecasters that know nothing of games, on rows that none of them has seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from standoff.errors import FitError, Problem
from standoff.fit.baselines import BaseRate, Episodes, Forecaster, standard_baselines
from standoff.fit.fitted import Fitted, Progress, constants_alone
from standoff.fit.folds import Split, split_by_group, split_by_time
from standoff.fit.objective import Normal
from standoff.fit.structural import Structural
from standoff.fit.validate import Validation, cross_validate

if TYPE_CHECKING:
    from standoff.forecast.ensemble import Workers

FOLDS = 10
MODEL = "this case"
How = Literal["groups", "time", "rows"]


def compared(
    fitted: Fitted,
    how: How,
    *,
    folds: int = FOLDS,
    baselines: bool = False,
    seeds: Sequence[int] = (0,),
    starts: int = 2,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Validation:
    """Fit the case again on part of the rows, and ask it of the others.

    how: leave out whole groups of `fit.groups`, or what came later by `fit.time`, or single rows. baselines: logit
    with and without a ridge, forests and boosting beside the base rate; the latter two need scikit-learn. Raises
    FitError where the case names no such column, or has too few groups.
    """
    made = fitted.design
    split = _split(fitted, how, folds, seeds)
    among = [k for k, name in enumerate(made.outcomes) if name in made.told and fitted.tree.producible[k]]
    names, features = made.features()
    data = Episodes(features, names, made.counts[:, among], tuple(made.outcomes[k] for k in among))
    wide = fitted.likelihood.design  # with the effects of groups, if there are any
    prior = Normal(*wide.priors())
    first = constants_alone(fitted.likelihood, wide, prior)
    model = Structural(
        MODEL, fitted.likelihood, prior, wide.scale, tuple(among), starts=starts, first=first, effects=fitted.groups
    )
    others: tuple[Forecaster, ...] = standard_baselines() if baselines else (BaseRate(),)
    return cross_validate((*others, model), data, (split,), workers=workers, progress=progress)


def _split(fitted: Fitted, how: How, folds: int, seeds: Sequence[int]) -> Split:
    made = fitted.design
    clusters = np.arange(made.rows) if made.groups is None else made.groups
    if how == "rows":
        return split_by_group("by row", np.arange(made.rows), min(folds, made.rows), seeds)
    if how == "groups":
        if made.groups is None:
            raise FitError(_without("groups"))
        return split_by_group("by group", made.groups, min(folds, len(made.group_names)), seeds)
    if made.times is None:
        raise FitError(_without("time"))
    moments = np.unique(made.times)
    if len(moments) <= folds:
        return split_by_time("by time", made.times, clusters)
    # as many stretches as folds, of about equally many rows; each is told by those before it
    ends = np.unique(np.quantile(made.times, np.arange(1, folds) / folds, method="nearest"))
    return split_by_time("by time", np.searchsorted(ends, made.times).astype(float), clusters)


def _without(key: str) -> Problem:
    return Problem(
        f"folds by {key}, and no `fit.{key}` in the case",
        f"the column of {'what belongs together' if key == 'groups' else 'time'}",
        f"Add `{key}: COLUMN` under `fit`, or ask for `--folds 10`.",
        path=f"fit.{key}",
    )
