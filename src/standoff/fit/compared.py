"""A fitted case held against forecasters that know nothing of games, on rows that none of them has seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from standoff.errors import FitError, Problem, did_you_mean
from standoff.fit.baselines import BaseRate, Episodes, Forecaster, standard_baselines
from standoff.fit.columns import groups_of, missing
from standoff.fit.fitted import Fitted, Progress, constants_alone
from standoff.fit.folds import Split, split_by_group, split_by_time
from standoff.fit.objective import Normal
from standoff.fit.structural import Structural
from standoff.fit.tuned import Tuned
from standoff.fit.validate import Validation, cross_validate

if TYPE_CHECKING:
    from standoff.forecast.ensemble import Workers

FOLDS = 10
MODEL = "this case"


def compared(
    fitted: Fitted,
    how: str | None,
    *,
    folds: int = FOLDS,
    baselines: bool = False,
    seeds: Sequence[int] = (0,),
    starts: int = 2,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Validation:
    """Fit the case again on part of the rows, and ask it of the others.

    how: "groups" leaves out whole groups of `fit.groups`; "time" what came later by `fit.time`, every stretch of it by
    those before, and "time:1990" what came from then on, by all before; a column, whole groups of its values; None,
    single rows. seeds: of each shuffle. baselines: logit with and without a ridge, forests and boosting beside the base
    rate; the latter two need scikit-learn. What the case standardises and tunes is found in the training rows of every
    fold. Raises FitError where there is no such column, it has too few groups, or a word may mean two things.
    """
    made = fitted.design
    split = _split(fitted, how, folds, seeds)
    among = [k for k, name in enumerate(made.outcomes) if name in made.told and fitted.tree.producible[k]]
    names, features = fitted.laid.features()
    data = Episodes(features, names, made.counts[:, among], tuple(made.outcomes[k] for k in among))
    model: Forecaster
    if fitted.laid.given:
        model = Tuned(MODEL, fitted.tree, fitted.laid, fitted.likelihood.rule, tuple(among))
    else:
        wide = fitted.likelihood.design  # with the effects of groups, if there are any
        prior = Normal(*wide.priors())
        first = constants_alone(fitted.likelihood, wide, prior)
        model = Structural(
            MODEL, fitted.likelihood, prior, wide.scale, tuple(among), starts=starts, first=first, effects=fitted.groups
        )
    others: tuple[Forecaster, ...] = standard_baselines() if baselines else (BaseRate(),)
    return cross_validate((*others, model), data, (split,), workers=workers, progress=progress)


def _split(fitted: Fitted, how: str | None, folds: int, seeds: Sequence[int]) -> Split:
    made = fitted.design
    clusters = np.arange(made.rows) if made.groups is None else made.groups
    if how is None:
        return split_by_group("by row", np.arange(made.rows), min(folds, made.rows), seeds)
    if how in ("groups", "time"):
        _one_meaning(fitted, how)
    if how == "groups":
        if made.groups is None:
            raise FitError(_without("groups"))
        return split_by_group("by group", made.groups, min(folds, len(made.group_names)), seeds)
    if how != "time" and not how.startswith("time:"):
        groups = _column(fitted, how)
        return split_by_group(f"by {how}", groups, min(folds, len(np.unique(groups))), seeds)
    if made.times is None:
        raise FitError(_without("time"))
    if how != "time":
        start = float(how.removeprefix("time:"))
        return split_by_time(f"from {start:g} on", made.times, clusters, test_from=start)
    moments = np.unique(made.times)
    if len(moments) <= folds:
        return split_by_time("by time", made.times, clusters)
    # as many stretches as folds, of about equally many rows; each is told by those before it
    ends = np.unique(np.quantile(made.times, np.arange(1, folds) / folds, method="nearest"))
    return split_by_time("by time", np.searchsorted(ends, made.times).astype(float), clusters)


def _one_meaning(fitted: Fitted, how: str) -> None:
    """Refuse a word that is a column of the table and what `fit` calls another one."""
    told = fitted.case.document.fit
    column = fitted.table.find(how)
    meant = None if told is None else getattr(told, how)
    if column is not None and (meant is None or fitted.table.find(meant) != column):
        other = f"`fit.{how}`" if meant is None else f"`{meant}`, which is `fit.{how}`"
        found = f"folds by `{how}`, which may be the column `{column}` or {other}"
        raise FitError(Problem(found, "a word with one meaning", "Rename the column in the table.", path="folds"))


def _column(fitted: Fitted, name: str) -> NDArray[Any]:
    """[rows] codes of the values of a column."""
    table, rows = fitted.table, fitted.design.rows_used
    column = table.find(name)
    if column is None:
        mend = did_you_mean(name, table.columns)
        raise FitError(Problem(f"folds by `{name}`", f"a column of {Path(table.name).name}", mend, path="folds"))
    lacking = int(missing(table, column)[rows].sum())
    if lacking:
        mend = "Leave them out with `where`, or name a column that is known everywhere."
        found = f"folds by `{column}`, which {lacking:,} of the rows used do not have"
        raise FitError(Problem(found, "a value in every row", mend, path="folds"))
    return groups_of(table, column, rows)[0]


def _without(key: str) -> Problem:
    return Problem(
        f"folds by {key}, and no `fit.{key}` in the case",
        f"the column of {'what belongs together' if key == 'groups' else 'time'}",
        f"Add `{key}: COLUMN` under `fit`, or ask for `--folds 10`.",
        path=f"fit.{key}",
    )
