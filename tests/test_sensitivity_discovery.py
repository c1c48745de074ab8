"""Weighted PRIM: EMA Workbench's path at equal weights, draws repeated, planted boxes, noise."""

from __future__ import annotations

import warnings
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standoff.analysis import discovery

with warnings.catch_warnings():  # what others warn of is theirs
    warnings.simplefilter("ignore")
    import pandas as pd
    from ema_workbench.analysis import prim as ema

NAMES = list("abcd")


def planted(n: int, seed: int, noise: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Draws of interest mostly where a > 0.5 and b < 0.4."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(size=(n, 4))
    inside = (X[:, 0] > 0.5) & (X[:, 1] < 0.4)
    return X, rng.uniform(size=n) < np.where(inside, 1 - noise, noise)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("ties", [False, True])
def test_the_path_is_ema_workbenchs_at_equal_weights(seed: int, ties: bool) -> None:
    X, y = planted(150, seed)
    if ties:
        X = np.round(X, 1)
    theirs = ema.Prim(pd.DataFrame(X, columns=NAMES), y, threshold=0.1, mass_min=0.05).find_box()
    at = discovery.scene(X, y, np.ones(150), 150)
    path = discovery.prim(at, least=0.05)
    table = theirs.peeling_trajectory
    assert len(path) == len(table)
    for i, box in enumerate(path):
        assert [box.low, box.high] == [pytest.approx(row, abs=1e-12) for row in theirs.box_lims[i].values]
        assert box.coverage == pytest.approx(table.coverage[i], abs=1e-12)
        assert box.density == pytest.approx(table.density[i], abs=1e-12)
        assert box.mass == pytest.approx(table.mass[i], abs=1e-12)
        known = {
            (NAMES.index(name), side): value
            for name, pair in theirs.qp[i].items()
            for side, value in enumerate(pair)
            if value != -1
        }
        assert discovery.quasi_p(at, box) == pytest.approx(known, abs=1e-9)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_a_draw_of_weight_two_is_that_draw_twice(seed: int, ties: bool) -> None:
    rng = np.random.default_rng(seed)
    X, y = planted(60, seed)
    if ties:
        X = np.round(X, 1)
    times = rng.integers(1, 4, 60)
    rows = rng.permutation(np.repeat(np.arange(60), times))
    count = float(len(rows))
    one = discovery.scene(X, y, times.astype(float), count)
    two = discovery.scene(X[rows], y[rows], np.ones(len(rows)), count)
    for a, b in zip(discovery.prim(one), discovery.prim(two), strict=True):
        assert a.low == pytest.approx(b.low, abs=1e-9)
        assert a.high == pytest.approx(b.high, abs=1e-9)
        assert (a.coverage, a.density, a.mass) == pytest.approx((b.coverage, b.density, b.mass), abs=1e-9)
        assert discovery.quasi_p(one, a) == pytest.approx(discovery.quasi_p(two, b), abs=1e-9)
    a, b = discovery.discover(one)[1], discovery.discover(two)[1]
    assert (a.coverage, a.density, a.mass) == pytest.approx((b.coverage, b.density, b.mass), abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_a_planted_box_is_found_among_inputs_that_do_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = planted(400, seed, noise=0.05)
    X = np.hstack([X, rng.uniform(size=(400, 8))])
    w = rng.uniform(0.3, 1, 400)
    at = discovery.scene(X, y, w)
    _, box = discovery.among_strongest(at)
    assert discovery.restrictions(at, box) == [(0, 0), (1, 1)]
    assert box.low[0] == pytest.approx(0.5, abs=0.06)
    assert box.high[1] == pytest.approx(0.4, abs=0.06)
    assert box.density > 0.85
    tried = discovery.trial(at, box, 10, rng, discovery.among_strongest)
    assert tried.chance <= 0.01
    assert min(tried.reproduced.values()) >= 0.8
    assert tried.density > 2 * tried.base


def test_weights_move_the_box() -> None:
    """Two boxes are planted; the weights say which of them is there."""
    rng = np.random.default_rng(4)
    X = rng.uniform(size=(600, 2))
    left, right = X[:, 0] < 0.3, X[:, 0] > 0.7
    for here, away in ((left, right), (right, left)):
        w = np.where(away, 0.01, 1.0)
        at = discovery.scene(X, here | away, w)
        _, box = discovery.discover(at)
        assert discovery.restrictions(at, box) == [(0, 1 if here is left else 0)]


def test_noise_does_not_hold_where_it_is_tried() -> None:
    chances = []
    for seed in range(6):
        rng = np.random.default_rng(100 + seed)
        at = discovery.scene(rng.uniform(size=(100, 10)), rng.uniform(size=100) < 0.3, np.ones(100))
        _, box = discovery.discover(at)
        tried = discovery.trial(at, box, 10, rng, shuffles=199)
        chances.append(tried.chance)
        assert tried.density < 0.5
    assert np.median(chances) > 0.05


def test_a_limit_on_a_twin_counts_as_found_again() -> None:
    X, y = planted(200, 2, noise=0.02)
    X = np.hstack([X, -X[:, [0]] + 1e-3 * np.random.default_rng(0).normal(size=(200, 1))])
    at = discovery.scene(X, y, np.ones(200))
    _, box = discovery.discover(at)
    alike = np.eye(5)
    alike[0, 4] = alike[4, 0] = -1
    alone = discovery.trial(at, box, 12, np.random.default_rng(1)).reproduced
    paired = discovery.trial(at, box, 12, np.random.default_rng(1), alike=alike).reproduced
    assert min(paired.values()) >= min(alone.values())
    assert min(paired.values()) > 0.9


def test_of_inputs_that_are_alike_only_one_is_looked_at() -> None:
    X, y = planted(200, 5, noise=0.02)
    X = np.hstack([X, X[:, [0]] + 1e-3 * np.random.default_rng(0).normal(size=(200, 1))])
    at = discovery.scene(X, y, np.ones(200))
    path, _ = discovery.among_strongest(at, np.eye(5) + np.eye(5)[[4, 1, 2, 3, 0]])
    limited = {p for box in path for p, _ in discovery.restrictions(at, box)}
    assert not {0, 4} <= limited


def test_boxes_over_some_inputs_are_free_in_the_others() -> None:
    X, y = planted(200, 1)
    at = discovery.scene(X, y, np.ones(200))
    path, _ = discovery.discover(at, np.array([1, 3]))
    assert {p for box in path for p, _ in discovery.restrictions(at, box)} <= {1, 3}


def test_the_tradeoff_gives_coverage_for_density() -> None:
    X, y = planted(200, 0)
    at = discovery.scene(X, y, np.ones(200))
    kept = discovery.tradeoff(at, discovery.prim(at))
    assert all(a.coverage >= b.coverage and a.density < b.density for a, b in pairwise(kept))
    assert kept[-1].density > 0.8


@pytest.mark.parametrize("kind", ["one value", "two values", "capped"])
@pytest.mark.parametrize("seed", range(12))
def test_every_peel_takes_a_draw_off_also_of_inputs_with_few_values(seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    D = 40
    X = rng.random((D, 3))
    y = X.sum(axis=1) + rng.normal(0, 0.3, D) > 1.5
    X[:, 0] = {"one value": 0.3, "two values": X[:, 0] > 0.7, "capped": np.minimum(X[:, 0], 0.3)}[kind]
    X = X[:, :1] if seed % 2 else X
    at = discovery.scene(X, y, rng.dirichlet(np.full(D, 0.5)))
    box = discovery.box_of(at, at.least, at.most)
    while (found := discovery._peel(at, box, discovery.ALPHA, discovery.LEAST)) is not None:
        assert found.inside.sum() < box.inside.sum()
        box = found
    assert discovery.among_strongest(at)[1].mass > 0
