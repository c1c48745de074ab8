"""Flip-points: planted ones are recovered, and none is made of noise."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.analysis import flips
from standoff.analysis.moment_independent import resampled
from standoff.analysis.ranks import midranks

AT = np.linspace(0.02, 0.98, 25)


def fitted(X: np.ndarray, Y: np.ndarray, w: np.ndarray, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ranks, curves [P, G, Q] and their bootstraps [P, B, G, Q]."""
    rank = midranks(X, w)
    weights = np.concatenate([w[None], resampled(w, 200, np.random.default_rng(seed))])
    worth = w.sum() ** 2 / (w**2).sum()
    fits = flips.smooth(rank, Y, weights, AT, flips.bandwidth(worth))
    return rank, fits[:, 0], fits[:, 1:]


@pytest.mark.parametrize("weighted", [False, True])
def test_a_planted_flip_of_the_likeliest_is_found(weighted: bool) -> None:
    rng = np.random.default_rng(2)
    n = 160
    X = rng.uniform(0, 2, (n, 1))
    w = rng.uniform(0.2, 1, n) if weighted else np.ones(n)
    # ending 0 gives way to ending 1 at 1.3, ending 2 is never near
    first = np.clip(0.85 - 0.3 * X[:, 0] + 0.08 * rng.normal(size=n), 0, 0.9)
    Y = np.column_stack([first, 0.92 - first, np.full(n, 0.08)])
    rank, curve, many = fitted(X, Y, w)
    verdict, found, ever = flips.likeliest(AT, curve[0], many[0])
    assert verdict == flips.FLIPS
    assert ever == [0, 1]
    (flip,) = found
    assert (flip.before, flip.after) == (0, 1)
    place, low, high = (flips.value_at(r, X[:, 0], rank[:, 0]) for r in (flip.at, flip.low, flip.high))
    assert place == pytest.approx(1.3, abs=0.12)
    assert low <= 1.3 + 0.05
    assert high >= 1.3 - 0.05


def test_a_crossing_of_one_half_is_found_both_ways() -> None:
    rng = np.random.default_rng(3)
    X = rng.uniform(0, 1, (300, 2))
    y = 0.5 + 0.35 * np.cos(2 * np.pi * X[:, 0]) + 0.05 * rng.normal(size=300)
    rank, curve, many = fitted(X, y[:, None], np.ones(300))
    verdict, found = flips.crossings(AT, curve[0, :, 0] - 0.5, many[0, :, :, 0] - 0.5)
    assert verdict == flips.FLIPS
    assert [(flip.before, flip.after) for flip in found] == [(1, 0), (0, 1)]
    places = [flips.value_at(flip.at, X[:, 0], rank[:, 0]) for flip in found]
    assert places == pytest.approx([0.25, 0.75], abs=0.06)
    assert all(flip.low <= flip.at <= flip.high for flip in found)


def test_far_from_one_half_there_is_no_flip() -> None:
    rng = np.random.default_rng(4)
    X = rng.uniform(size=(128, 1))
    y = 0.2 + 0.1 * X[:, 0] + 0.03 * rng.normal(size=128)
    _, curve, many = fitted(X, y[:, None], np.ones(128))
    assert flips.crossings(AT, curve[0, :, 0] - 0.5, many[0, :, :, 0] - 0.5) == (flips.NONE, [])


def test_noise_about_one_half_is_no_flip() -> None:
    """Forty inputs that do nothing, and an answer that lies on the edge."""
    rng = np.random.default_rng(5)
    X = rng.uniform(size=(128, 40))
    y = 0.5 + 0.15 * rng.normal(size=128)
    _, curve, many = fitted(X, y[:, None], np.ones(128))
    verdicts = [flips.crossings(AT, curve[p, :, 0] - 0.5, many[p, :, :, 0] - 0.5)[0] for p in range(40)]
    assert verdicts.count(flips.FLIPS) <= 1
    assert verdicts.count(flips.UNTOLD) >= 38


def test_smoothing_leaves_lines_as_they_are_and_counts_weights() -> None:
    rng = np.random.default_rng(6)
    Z = rng.uniform(size=(50, 1))
    times = rng.integers(1, 4, 50)
    rows = rng.permutation(np.repeat(np.arange(50), times))
    Y = np.column_stack([2 - 3 * Z[:, 0], rng.normal(size=50)])
    one = flips.smooth(Z, Y, times[None].astype(float), AT, 0.2)
    assert one[0, 0, :, 0] == pytest.approx(2 - 3 * AT, abs=1e-9)
    two = flips.smooth(Z[rows], Y[rows], np.ones((1, len(rows))), AT, 0.2)
    assert one == pytest.approx(two, abs=1e-9)


def test_an_input_of_one_value_has_its_mean() -> None:
    Y = np.array([[0.2], [0.6], [0.7]])
    found = flips.smooth(np.full((3, 1), 0.5), Y, np.ones((1, 3)), AT, 0.2)
    assert found == pytest.approx(np.full((1, 1, 25, 1), 0.5))
