"""Weights of draws: effective size, the Pareto tail, quantiles, tempering."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.forecast.forecast import bands
from standoff.forecast.weights import effective, mean, normalised, pareto_k, quantiles, temper

finite = st.floats(-50, 50)


def test_log_weights_become_weights() -> None:
    assert normalised(np.array([0.0, math.log(3), -np.inf, np.nan])) == pytest.approx([0.25, 0.75, 0, 0])
    assert normalised(np.array([-1000.0, -1000.0])) == pytest.approx([0.5, 0.5])
    assert normalised(np.array([-np.inf, np.nan])).tolist() == [0, 0]
    assert normalised(np.zeros(0)).tolist() == []


@given(st.lists(finite, min_size=1, max_size=40))
def test_weights_sum_to_one_and_their_number_lies_between(logs: list[float]) -> None:
    weights = normalised(np.array(logs))
    assert weights.sum() == pytest.approx(1)
    assert 1 - 1e-9 <= effective(weights) <= len(logs) + 1e-9


def test_the_effective_number() -> None:
    assert effective(np.full(7, 0.2)) == pytest.approx(7)
    assert effective(np.array([0.5, 0.5, 0, 0])) == pytest.approx(2)
    assert effective(np.zeros(3)) == 0


def slow_pareto_k(weights: np.ndarray) -> float:
    """The estimator term by term, as in Zhang & Stephens 2009 with the prior of Vehtari et al. 2024."""
    ordered = sorted(weights)
    tail = math.ceil(min(len(ordered) / 5, 3 * math.sqrt(len(ordered))))
    x = [w - ordered[-tail - 1] for w in ordered[-tail:]]
    n = len(x)
    m = 30 + math.floor(math.sqrt(n))
    quartile = x[math.floor(n / 4 + 0.5) - 1]
    thetas = [1 / x[-1] + (1 - math.sqrt(m / (j - 0.5))) / (3 * quartile) for j in range(1, m + 1)]

    def k_of(theta: float) -> float:
        return sum(math.log(1 - theta * value) for value in x) / n

    def log_likelihood(theta: float) -> float:
        k = k_of(theta)
        return n * (math.log(-theta / k) - k - 1)

    logs = [log_likelihood(theta) for theta in thetas]
    shares = [1 / sum(math.exp(other - one) for other in logs) for one in logs]
    theta = sum(share * one for share, one in zip(shares, thetas, strict=True))
    return (n * k_of(theta) + 10 * 0.5) / (n + 10)


@pytest.mark.parametrize("k", [0.2, 0.5, 0.7, 1.0, 1.5])
def test_the_pareto_tail(k: float) -> None:
    u = (np.arange(4000) + 0.5) / 4000
    weights = np.random.default_rng(3).permutation((1 - u) ** -k)
    found = pareto_k(weights / weights.sum())
    assert found == pytest.approx(slow_pareto_k(weights / weights.sum()), abs=1e-9)
    assert found == pytest.approx(k, abs=0.12)


def test_a_tail_too_short_or_flat() -> None:
    assert math.isnan(pareto_k(np.ones(20)))  # four weights make no tail
    assert pareto_k(np.ones(100)) == -math.inf
    assert math.isnan(pareto_k(np.zeros(100)))
    weights = np.exp(np.random.default_rng(1).standard_normal(200))
    assert pareto_k(np.concatenate([weights, np.zeros(50)])) == pytest.approx(pareto_k(weights))


def test_quantiles_of_equal_weights_are_hazens() -> None:
    values = np.array([4.0, 1, 3, 2])
    found = quantiles(values[:, None], np.full(4, 0.25), (0.125, 0.5, 0.625, 0.99))
    assert found[:, 0] == pytest.approx([1, 2.5, 3, 4])


@given(st.lists(st.tuples(finite, st.integers(1, 4)), min_size=1, max_size=12), st.floats(0.01, 0.99))
def test_quantiles_are_monotone_and_inside(rows: list[tuple[float, int]], at: float) -> None:
    values = np.array([row[0] for row in rows])
    weights = np.array([row[1] for row in rows], float)
    low, high = quantiles(values[:, None], weights, (at * 0.5, at))[:, 0]
    assert values.min() - 1e-9 <= low <= high + 1e-9 <= values.max() + 2e-9


def test_what_weighs_nothing_is_nowhere() -> None:
    values = np.array([[1.0, np.nan], [2.0, 5.0], [np.nan, np.nan], [1e9, 7.0]])
    weights = np.array([0.5, 0.5, 0.0, 0.0])
    assert mean(values[:, :1], weights) == pytest.approx([1.5])
    assert quantiles(values, weights, (0.5,))[0] == pytest.approx([1.5, 5.0])
    rows = bands(values, weights)
    assert rows[0]["mean"] == pytest.approx(1.5)
    assert rows[1]["mean"] == pytest.approx(5.0)  # over the draws that know it
    assert math.isnan(bands(np.full((2, 1), np.nan), np.full(2, 0.5))[0]["p50"])


def test_tempering_stops_where_enough_draws_count() -> None:
    logs = np.linspace(0, 40, 50)
    power = temper(logs, 10.0)
    assert 0 < power < 1
    assert effective(normalised(power * logs)) >= 10
    assert effective(normalised((power + 2e-3) * logs)) < 10
    assert temper(np.zeros(20), 8) == 1.0
