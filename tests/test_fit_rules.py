"""Choice rules: laws, closed forms, and integrals done another way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from standoff.fit.dual import full_tangent, seeds, stack, value_of
from standoff.fit.rules import RULES, Rule, log_choice

VALUES = st.lists(st.floats(-3, 3), min_size=2, max_size=4)


def lotteries(count: int, outcomes: int = 4, seed: int = 0) -> np.ndarray:
    """[moves, outcomes, 1]: moves lead to different mixtures of outcomes."""
    shares = np.random.default_rng(seed).dirichlet(np.full(outcomes, 0.5), size=count)
    return np.asarray(shares)[:, :, None]


def chances(rule: Rule, values: Any, precision: float = 1.0, lots: Any = None) -> np.ndarray:
    values = np.asarray(values, float).reshape(-1, 1)
    if lots is None:
        lots = lotteries(len(values))
    return np.asarray(np.exp(log_choice(rule, values, precision, lots)))[:, 0]


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=30, deadline=None)
@given(VALUES, st.floats(0.1, 5))
def test_chances_sum_to_one(rule: Rule, values: list[float], precision: float) -> None:
    assert chances(rule, values, precision).sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=30, deadline=None)
@given(VALUES, st.floats(-50, 50))
def test_what_is_added_to_all_moves_changes_none(rule: Rule, values: list[float], shift: float) -> None:
    assert chances(rule, np.add(values, shift)) == pytest.approx(chances(rule, values), abs=1e-9)


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=30, deadline=None)
@given(VALUES, st.floats(0.2, 5))
def test_precision_is_per_unit_of_payoff(rule: Rule, values: list[float], scale: float) -> None:
    assert chances(rule, np.multiply(values, scale), 1 / scale) == pytest.approx(chances(rule, values), abs=1e-9)


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=30, deadline=None)
@given(VALUES, st.randoms(use_true_random=False))
def test_the_order_of_the_moves_does_not_matter(rule: Rule, values: list[float], random: Any) -> None:
    order = list(range(len(values)))
    random.shuffle(order)
    lots = lotteries(len(values))
    mixed = chances(rule, np.array(values)[order], lots=lots[order])
    assert mixed == pytest.approx(chances(rule, values, lots=lots)[order], abs=1e-6)


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=20, deadline=None)
@given(VALUES)
def test_a_better_move_is_made_more_often(rule: Rule, values: list[float]) -> None:
    better = [values[0] + 0.5, *values[1:]]
    assert chances(rule, better)[0] > chances(rule, values)[0] - 1e-9


def test_two_moves_in_closed_form() -> None:
    value, precision = np.array([0.7, -0.4]), 1.3
    gap = precision * 1.1
    assert chances("logit", value, precision)[0] == pytest.approx(1 / (1 + np.exp(-gap)), abs=1e-15)
    assert chances("probit", value, precision)[0] == pytest.approx(stats.norm.cdf(gap / np.sqrt(2)), abs=1e-15)
    lots = np.array([[1.0, 0.0, 0.0], [0.0, 0.3, 0.7]])[:, :, None]
    sd = np.sqrt(1 + 0.3**2 + 0.7**2)
    assert chances("private", value, precision, lots)[0] == pytest.approx(stats.norm.cdf(gap / sd), abs=1e-15)


@pytest.mark.parametrize("count", [3, 4, 6])
def test_probit_of_many_moves_is_the_integral(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count) * 2

    def beats(e: float, a: int) -> float:
        return float(stats.norm.pdf(e) * np.prod(stats.norm.cdf(np.delete(values[a] - values, a) + e)))

    theirs = [integrate.quad(beats, -12, 12, args=(a,), epsabs=1e-13, limit=200)[0] for a in range(count)]
    assert chances("probit", values) == pytest.approx(theirs, abs=1e-11)


@pytest.mark.parametrize(("count", "near"), [(3, 1e-11), (4, 1e-9), (5, 1e-6), (6, 2e-3)])
def test_private_where_every_move_is_an_outcome_is_probit(count: int, near: float) -> None:
    values = np.random.default_rng(count).normal(size=count)
    assert chances("private", values, lots=np.eye(count)[:, :, None]) == pytest.approx(
        chances("probit", values), abs=near
    )


def test_private_of_three_moves_against_simulation() -> None:
    values, lots = np.array([0.2, -0.1, 0.05]), lotteries(3, seed=3)
    errors = np.random.default_rng(7).normal(size=(400_000, 4))
    best = (values + errors @ lots[:, :, 0].T).argmax(axis=1)
    shares = np.bincount(best, minlength=3) / len(best)
    ours = chances("private", values, lots=lots)
    assert np.abs(shares - ours).max() < 4 * np.sqrt(0.25 / len(best))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("count", [2, 3])
def test_derivatives(rule: Rule, count: int) -> None:
    at = [np.array([x]) for x in np.linspace(-0.4, 0.9, count)]
    lots, h = lotteries(count), 1e-5
    ours = log_choice(rule, stack(seeds(at)), 1.4, lots)
    for i in range(count):
        moved = [np.stack([x + s * h * (j == i) for j, x in enumerate(at)]) for s in (1, -1)]
        up, down = (log_choice(rule, value, 1.4, lots) for value in moved)
        assert full_tangent(ours)[i] == pytest.approx((up - down) / (2 * h), abs=1e-7)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("count", [2, 3])
def test_a_move_against_all_odds_has_a_finite_logarithm(rule: Rule, count: int) -> None:
    values = stack(seeds([np.array([x]) for x in (0.0, 1e4, 5e3)[:count]]))
    ours = log_choice(rule, values, 5.0, np.eye(count)[:, :, None])
    assert np.isfinite(ours.value).all()
    assert np.isfinite(full_tangent(ours)).all()
    assert ours.value[0, 0] < -1e4


def test_a_single_move_is_made() -> None:
    assert value_of(log_choice("probit", np.array([[3.0]]), 1.0)).tolist() == [[0.0]]
