"""Rows to learn from and rows to be tested on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.errors import FitError, Problem
from standoff.fit.dual import Ints


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """Row numbers in ascending order; no row is in both."""

    train: Ints
    test: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """A way of testing, such as ten folds by target. Each row is tested at most once for each seed.

    repeats[r] are the folds of one shuffle; clusters [rows]: labels of what hangs together, for intervals; inner:
    labels that inner folds respect when a model makes a choice of its own, or None.
    """

    name: str
    repeats: tuple[tuple[Fold, ...], ...]
    clusters: NDArray[Any]
    inner: NDArray[Any] | None


def by_group(groups: NDArray[Any], count: int, seed: int) -> tuple[Fold, ...]:
    """`count` folds of whole groups [rows], even in groups. Raises FitError where there are fewer groups than folds."""
    labels, index = np.unique(groups, return_inverse=True)
    if not 2 <= count <= len(labels):
        said = "one group alone to make folds of" if len(labels) == 1 else f"{count} folds of {len(labels)} groups"
        raise FitError(
            Problem(
                found=said,
                expected="two folds at least, and a group for each",
                mend="Ask for fewer folds, or name another column under fit.groups.",
                path="folds",
            )
        )
    order = np.random.default_rng(np.random.SeedSequence([seed])).permutation(len(labels))
    fold = np.empty(len(labels), np.intp)
    fold[order] = np.arange(len(labels)) % count
    of_row = fold[index]
    return tuple(_fold(of_row == k) for k in range(count))


def by_row(rows: int, count: int, seed: int) -> tuple[Fold, ...]:
    """`count` folds of single rows."""
    return by_group(np.arange(rows), count, seed)


def by_time(times: NDArray[Any], least: int = 1, test_from: float | None = None) -> tuple[Fold, ...]:
    """Each time tested by what came before it, once `least` different times have gone by; with `test_from` one fold,
    before it and from it on. Raises FitError if there is no earlier or no later row."""
    moments = np.unique(times)
    if test_from is not None:
        folds = [_fold(times >= test_from)]
    else:
        folds = [
            Fold(np.flatnonzero(times < t).astype(np.intp), np.flatnonzero(times == t).astype(np.intp))
            for t in moments[least:]
        ]
    if not folds or any(not len(fold.train) or not len(fold.test) for fold in folds):
        raise FitError(
            Problem(
                found=f"{len(moments)} different times" + ("" if test_from is None else f", cut at {test_from:g}"),
                expected="rows before and after the cut",
                mend="Name a column with several times under fit.time, or cut elsewhere.",
                path="folds",
            )
        )
    return tuple(folds)


def inner_folds(labels: NDArray[Any], train: Ints, count: int, seed: int) -> tuple[Fold, ...]:
    """Folds of the training rows alone, by the labels [rows] of all; row numbers are those of the whole table."""
    here = labels[train]
    count = min(count, len(np.unique(here)))
    return tuple(Fold(train[fold.train], train[fold.test]) for fold in by_group(here, count, seed))


def split_by_group(name: str, groups: NDArray[Any], count: int, seeds: Sequence[int]) -> Split:
    """`count` folds by group, once for each seed."""
    return Split(name, tuple(by_group(groups, count, seed) for seed in seeds), groups, groups)


def split_by_time(
    name: str, times: NDArray[Any], clusters: NDArray[Any], least: int = 1, test_from: float | None = None
) -> Split:
    """Later rows by earlier ones; inner choices are made by cluster."""
    return Split(name, (by_time(times, least, test_from),), clusters, clusters)


def _fold(test: NDArray[np.bool_]) -> Fold:
    return Fold(np.flatnonzero(~test).astype(np.intp), np.flatnonzero(test).astype(np.intp))
