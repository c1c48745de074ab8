"""Maximum likelihood and modes: against other programs, in other units, and where there is no maximum."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from fit_kit import At, F, Logit, Probit, logit_data
from standoff.errors import FitError
from standoff.fit.climb import hessian
from standoff.fit.estimate import maximise
from standoff.fit.objective import Normal, Rows

TRUTH = np.array([0.3, 1.0, -0.5, -0.2, 0.4, 0.8])


@pytest.fixture(scope="module")
def logit() -> Logit:
    return logit_data(600, TRUTH, seed=1, columns=3)


def probit(rows: int = 500) -> Probit:
    random = np.random.default_rng(3)
    x = np.column_stack([np.ones(rows), random.standard_normal(rows) * 1000, random.standard_normal(rows)])
    y = (x @ np.array([0.2, 0.001, -0.7]) + random.standard_normal(rows) > 0).astype(float)
    return Probit(x, y)


def test_logit_as_finite_differences_find_it(logit: Logit) -> None:
    ours = maximise(logit, starts=3)
    theirs = minimize(lambda b: -logit.at(b).loglik, np.zeros(6), method="BFGS", options={"gtol": 1e-7})
    assert ours.converged
    assert ours.certificate.agreeing == 3
    assert ours.loglik == pytest.approx(-theirs.fun, abs=1e-7)
    assert np.allclose(ours.beta, theirs.x, atol=1e-4)


def test_logit_and_probit_as_statsmodels_has_them(logit: Logit) -> None:
    api: Any = pytest.importorskip("statsmodels.api")
    theirs = api.MNLogit(logit.counts.argmax(1), logit.x).fit(disp=False)
    ours = maximise(logit, starts=1)
    assert np.allclose(ours.beta.reshape(2, 3).T, theirs.params, atol=1e-6)
    assert np.allclose(np.linalg.inv(ours.hessian), theirs.cov_params(), rtol=1e-5, atol=1e-9)
    data = probit()
    other = api.Probit(data.y, data.x).fit(disp=False)
    mine = maximise(data, starts=2, scale=np.array([1.0, 0.001, 1.0]))
    assert mine.converged
    assert mine.loglik == pytest.approx(other.llf, abs=1e-8)
    assert np.allclose(mine.beta, other.params, rtol=1e-5)


def test_columns_of_any_size_without_being_told() -> None:
    plain = maximise(probit(), starts=1, scale=np.array([1.0, 0.001, 1.0]))
    untold = maximise(probit(), starts=1)
    assert untold.converged
    assert np.allclose(plain.beta, untold.beta, rtol=1e-6)


def test_truth_is_found_with_many_rows() -> None:
    found = maximise(logit_data(20_000, TRUTH, seed=5, columns=3), starts=1)
    error = np.sqrt(np.diag(np.linalg.inv(found.hessian)))
    assert (np.abs(found.beta - TRUTH) < 4 * error).all()
    assert (error < 0.05).all()


def test_a_prior_pulls_towards_its_mean_and_a_flat_one_does_not(logit: Logit) -> None:
    free = maximise(logit, starts=1)
    none = maximise(logit, Normal.flat(6), starts=1)
    tight = maximise(logit, Normal(np.full(6, 0.25), np.full(6, 1e-3)), starts=1)
    assert np.allclose(free.beta, none.beta, atol=1e-9)
    assert np.allclose(tight.beta, 0.25, atol=1e-2)
    assert tight.loglik < free.loglik
    wide = maximise(logit, Normal(np.zeros(6), np.full(6, 0.5)), starts=1)
    slope = logit.at(wide.beta).gradient - wide.beta / 0.25
    assert np.abs(slope).max() < 1e-6


def test_a_row_named_twice_counts_twice(logit: Logit) -> None:
    twice = np.tile(np.arange(300, dtype=np.intp), 2)
    once = maximise(Rows(logit, np.arange(300, dtype=np.intp)), starts=1)
    both = maximise(Rows(logit, twice), starts=1)
    assert np.allclose(once.beta, both.beta, atol=1e-6)
    assert np.allclose(2 * once.hessian, both.hessian, rtol=1e-4)


def test_perfect_separation_is_named() -> None:
    random = np.random.default_rng(2)
    x = np.column_stack([np.ones(200), random.standard_normal(200), random.standard_normal(200)])
    told = x[:, 1] > 0.1
    found = maximise(Logit(x, np.column_stack([~told, told]).astype(float), ("constant", "telling", "noise")), starts=3)
    assert not found.converged
    assert "1: telling" in found.separated
    assert "separation" in found.complaints[0].found
    assert "telling" in found.complaints[0].found


@pytest.mark.parametrize("dummies", [1, 2])
def test_separation_by_a_group_that_never_acts(dummies: int) -> None:
    random = np.random.default_rng(4)
    x = np.column_stack([np.ones(400), random.standard_normal(400), np.zeros((400, dummies))])
    y = random.random(400) < 1 / (1 + np.exp(-0.5 - x[:, 1]))
    for k in range(dummies):
        x[40 * k : 40 * k + 30 + k, 2 + k] = 1
        y[40 * k : 40 * k + 30 + k] = False
    names = ("constant", "x", *(f"never {k}" for k in range(dummies)))
    found = maximise(Logit(x, np.column_stack([~y, y]).astype(float), names), starts=2)
    assert found.separated == tuple(f"1: never {k}" for k in range(dummies))
    assert found.flat == ()
    held = maximise(
        Logit(x, np.column_stack([~y, y]).astype(float), names),
        Normal(np.zeros(2 + dummies), np.full(2 + dummies, 2.0)),
    )
    assert held.converged
    assert held.separated == ()


def test_two_columns_that_are_one_are_named_as_flat(logit: Logit) -> None:
    doubled = Logit(np.column_stack([logit.x, 2 * logit.x[:, 2]]), logit.counts, ("constant", "a", "b", "b again"))
    found = maximise(doubled, starts=2)
    assert not found.converged
    assert set(found.flat) == {"1: b", "1: b again", "2: b", "2: b again"}
    assert found.separated == ()
    assert found.loglik == pytest.approx(maximise(logit, starts=1).loglik, abs=1e-6)


def test_columns_that_are_one_and_that_tell_without_error_are_separation() -> None:
    random = np.random.default_rng(4)
    x = np.column_stack([np.ones(200), random.standard_normal(200), np.zeros((200, 2))])
    y = random.random(200) < 0.4
    x[:20, 2:] = 1
    y[:20] = True
    found = maximise(Logit(x, np.column_stack([~y, y]).astype(float), ("c", "x", "twin", "other twin")), starts=2)
    assert found.separated == ("1: twin", "1: other twin")


def test_a_column_of_years_is_not_flat() -> None:
    """Nearly a constant beside the constant, and still it tells something."""
    random = np.random.default_rng(0)
    x = np.column_stack([np.ones(300), 1e4 + random.standard_normal(300)])
    centred = np.column_stack([np.ones(300), x[:, 1] - 1e4])
    y = random.random(300) < 1 / (1 + np.exp(-centred[:, 1]))
    counts = np.column_stack([~y, y]).astype(float)
    found, plain = maximise(Logit(x, counts), starts=1), maximise(Logit(centred, counts), starts=1)
    assert found.converged
    assert found.beta[1] == pytest.approx(plain.beta[1], rel=1e-4)


@pytest.mark.parametrize("rows", [1, 5])
def test_a_table_that_tells_nothing(rows: int) -> None:
    found = maximise(Logit(np.ones((rows, 2)), np.zeros((rows, 2))))
    assert found.flat == ("1: x0", "1: x1")
    assert not found.converged


def test_one_row_is_separation() -> None:
    assert maximise(Logit(np.ones((1, 1)), np.array([[0.0, 1.0]]))).separated == ("1: x0",)


def test_nothing_to_estimate_is_refused(logit: Logit) -> None:
    class Empty(Logit):
        size = 0  # type: ignore[assignment]

    with pytest.raises(FitError, match="nothing to estimate"):
        maximise(Empty(logit.x, logit.counts))


def test_nothing_is_flat_or_separated_in_plain_data(logit: Logit) -> None:
    found = maximise(logit, starts=1)
    assert (found.separated, found.flat, found.complaints) == ((), (), ())
    assert found.certificate.decrement < 1e-9
    assert 1 < found.certificate.condition < 100


class Interrupted(Logit):
    calls = 0

    def at(self, beta: F, rows: Any = None) -> At:
        type(self).calls += 1
        if type(self).calls == 12:
            raise KeyboardInterrupt
        return super().at(beta, rows)


def test_ctrl_c_keeps_the_best_so_far_and_marks_it(logit: Logit) -> None:
    Interrupted.calls = 0
    found = maximise(Interrupted(logit.x, logit.counts))
    assert found.certificate.stopped == "interrupted"
    assert not found.converged
    assert found.loglik > logit.at(np.zeros(6)).loglik
    assert np.isnan(found.hessian).all()
    Interrupted.calls = 11
    with pytest.raises(KeyboardInterrupt):
        maximise(Interrupted(logit.x, logit.counts))


def test_time_is_over(logit: Logit) -> None:
    found = maximise(logit, starts=200, time_limit=0.02)
    assert found.certificate.stopped == "time limit"
    assert "stopped" in found.complaints[0].found


class Nowhere(Logit):
    def at(self, beta: F, rows: Any = None) -> At:
        return replace(super().at(beta, rows), loglik=-np.inf)


def test_no_likelihood_anywhere_is_said(logit: Logit) -> None:
    with pytest.raises(FitError, match="no likelihood at any of 2 starts"):
        maximise(Nowhere(logit.x, logit.counts), starts=2)


class Cliff(Logit):
    """Not a number beyond a radius."""

    def at(self, beta: F, rows: Any = None) -> At:
        point = super().at(beta, rows)
        return point if np.abs(beta).max() < 1.6 else replace(point, loglik=np.nan)


def test_a_place_without_a_number_is_gone_around(logit: Logit) -> None:
    assert np.allclose(maximise(Cliff(logit.x, logit.counts), starts=3).beta, maximise(logit, starts=1).beta, atol=1e-6)


class Rippled:
    """A hill among lower ones, so that starts differ."""

    names = ("x",)
    size = 1

    def at(self, beta: F, rows: Any = None) -> At:
        x = beta[0]
        return At(float(-0.1 * x**2 + np.cos(6 * x)), np.array([-0.2 * x - 6 * np.sin(6 * x)]), np.zeros(1))

    def scores(self, beta: F) -> F:
        return self.at(beta).gradient[None, :]


def test_the_best_of_several_starts_and_how_many_agree() -> None:
    found = maximise(Rippled(), starts=20, first=np.array([1.0]))
    assert found.beta[0] == pytest.approx(0.0, abs=1e-6)
    assert 1 <= found.certificate.agreeing < 20


def test_the_same_seed_gives_the_same_answer(logit: Logit) -> None:
    first, second = (maximise(logit, starts=3, seed=7) for _ in range(2))
    assert np.array_equal(first.beta, second.beta)


def test_second_derivatives_with_blocks_are_those_without(logit: Logit) -> None:
    random = np.random.default_rng(0)
    x = np.zeros((300, 6))
    x[:, :2] = random.standard_normal((300, 2))
    x[np.arange(300), 2 + np.arange(300) % 2] = 1  # two groups that share no row
    x[np.arange(300), 4 + np.arange(300) // 7 % 2] = 1  # and two others
    y = random.random(300) < 0.4
    data = Logit(x, np.column_stack([~y, y]).astype(float))
    at = np.linspace(-0.5, 0.5, 6)
    whole = hessian(lambda b: data.at(b).gradient, at)
    assert np.allclose(hessian(lambda b: data.at(b).gradient, at, [(2, 3), (4, 5)]), whole, atol=1e-6)
    assert np.allclose(hessian(lambda b: data.at(b).gradient, at, [(2, 3)]), whole, atol=1e-6)


def test_settings_that_make_no_sense(logit: Logit) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FitError) as caught:
            maximise(logit, Normal(np.zeros(6), np.zeros(6)), starts=0, scale=np.ones(2))
    assert len(caught.value.problems) == 3
