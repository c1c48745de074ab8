"""Folds, choice of settings inside a fold, proper scores, and paired intervals over clusters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from bivariate import Floats
from covariates import Bools, Episodes, Ints

KINDS = ("dyad", "target", "time")
SEEDS = {"dyad": 5, "target": 3, "time": 1}
Forecaster = Callable[[Episodes, Bools, Bools, str], Floats]


def deal(codes: Ints, seed: int, folds: int) -> Ints:
    """A fold for each row: groups shuffled and dealt out in turn, so that a group's rows stay together."""
    groups = np.unique(codes)
    order = np.random.default_rng(seed).permutation(len(groups))
    fold = np.empty(len(groups), dtype=np.int64)
    fold[order] = np.arange(len(groups)) % folds
    return fold[np.searchsorted(groups, codes)]


def folds(e: Episodes, kind: str, seed: int) -> Iterator[tuple[Bools, Bools]]:
    """Training and test rows, ten times; for `time`, once: the 1970s and 80s, and the 1990s."""
    if kind == "time":
        yield e.decade < 1990, e.decade >= 1990
        return
    fold = deal(e.codes(kind), seed, 10)
    for k in range(10):
        yield fold != k, fold == k


def inner(e: Episodes, kind: str, train: Bools, number: int = 4) -> Iterator[tuple[Bools, Bools]]:
    """Folds of the training rows alone, kept together as the outer ones are (by dyad, for `time`).

    `forward`: one fold, the 1970s for training and the 1980s for the test.
    """
    if kind == "forward":
        yield train & (e.decade == 1970), train & (e.decade == 1980)
        return
    fold = deal(e.dyad if kind == "time" else e.codes(kind), 101, number)
    for k in range(number):
        test = train & (fold == k)
        if test.any():
            yield train & (fold != k), test


def losses(chances: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Log loss and multi-class Brier score of each row, summed over its episodes."""
    log = -(counts * np.log(np.clip(chances, 1e-12, 1.0))).sum(axis=1)
    brier = (counts * ((chances**2).sum(axis=1, keepdims=True) - 2.0 * chances + 1.0)).sum(axis=1)
    return log, brier


def forecasts(e: Episodes, who: Forecaster, kind: str, seeds: int | None = None) -> Floats:
    """Out-of-fold chances [seeds, rows, 3]; nan where a row is never in a test fold."""
    number = min(SEEDS[kind], seeds or SEEDS[kind])
    out = np.full((number, len(e.size), 3), np.nan)
    for seed in range(number):
        for train, test in folds(e, kind, seed):
            out[seed, test] = who(e, train, test, kind)
    return out


def by_row(e: Episodes, chances: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean over seeds of each row's losses, and its episodes; rows never tested count nothing."""
    tested = np.isfinite(chances[0, :, 0])
    log, brier = np.zeros(len(tested)), np.zeros(len(tested))
    pairs = [losses(c[tested], e.counts[tested]) for c in chances]
    log[tested], brier[tested] = np.mean([p[0] for p in pairs], axis=0), np.mean([p[1] for p in pairs], axis=0)
    return log, brier, np.where(tested, e.size, 0.0)


def interval(loss: Floats, weight: Floats, clusters: Ints, draws: int = 4000, seed: int = 0) -> tuple[float, float]:
    """95 % interval of sum(loss) / sum(weight), clusters drawn with replacement."""
    _, code = np.unique(clusters, return_inverse=True)
    sums = np.stack([np.bincount(code, loss), np.bincount(code, weight)])
    sums = sums[:, sums[1] > 0.0]
    n = sums.shape[1]
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1.0 / n), size=draws)
    low, high = np.quantile((drawn @ sums[0]) / (drawn @ sums[1]), [0.025, 0.975])
    return float(low), float(high)


Setting = Mapping[str, float | str]


def choose(
    e: Episodes,
    train: Bools,
    kind: str,
    fit: Callable[[Episodes, Bools, Bools, Setting], Floats],
    first: Setting,
    menu: Sequence[tuple[str, Sequence[float | str]]],
) -> tuple[dict[str, float | str], float]:
    """Settings with the least log loss over inner folds: one key at a time, in the order of the menu, once around."""
    now, seen = dict(first), {}

    def loss(how: Mapping[str, float | str]) -> float:
        key = tuple(sorted(how.items()))
        if key not in seen:
            seen[key] = sum(losses(fit(e, a, b, how), e.counts[b])[0].sum() for a, b in inner(e, kind, train))
        return float(seen[key])

    for key, values in menu:
        now[key] = min(values, key=lambda v: loss({**now, key: v}))
    return now, loss(now)
