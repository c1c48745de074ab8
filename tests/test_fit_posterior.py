"""Draws of the posterior: against answers that are known, and through the file that other cases read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fit_kit import At, F, Logit, logit_data
from standoff.errors import CaseError, FitError
from standoff.fit.estimate import Certificate, Estimate, maximise
from standoff.fit.objective import Normal
from standoff.fit.posterior import draw_posterior, stretched, write_posterior
from standoff.language.posterior import SIZE, read_posterior

TRUTH = np.array([0.3, 1.0, -0.5])


def test_a_normal_posterior_needs_no_weights() -> None:
    class Straight:
        names, size = ("a", "b"), 2
        precision = np.array([[2.0, 0.6], [0.6, 0.5]])

        def at(self, beta: F, rows: Any = None) -> At:
            off = beta - np.array([1.0, -2.0])
            return At(float(-off @ self.precision @ off / 2), -self.precision @ off, np.zeros(1))

        def scores(self, beta: F) -> F:
            return self.at(beta).gradient[None, :]

    drawn = draw_posterior(maximise(Straight(), starts=1), Straight(), 4000)
    assert drawn.effective == pytest.approx(4000, rel=1e-6)
    assert drawn.proposal == "normal"
    assert np.allclose(drawn.draws.mean(0), [1.0, -2.0], atol=0.1)
    assert np.allclose(np.cov(drawn.draws.T), np.linalg.inv(Straight.precision), rtol=0.12)


def few() -> tuple[Logit, Normal]:
    """Eight rows: the posterior is skewed, and its mean far from its mode."""
    x = np.ones((8, 1))
    y = np.array([0, 0, 0, 0, 0, 0, 0, 1])
    return Logit(x, np.column_stack([1 - y, y]).astype(float)), Normal(np.zeros(1), np.full(1, 3.0))


def test_weights_bring_the_mean_where_quadrature_has_it() -> None:
    data, prior = few()
    fit = maximise(data, prior, starts=1)
    grid = np.linspace(-15, 10, 20_001)
    logs = np.array([data.at(np.array([b])).loglik + prior.logdensity(np.array([b])) for b in grid[::10]])
    density = np.exp(logs - logs.max())
    mean = float((density * grid[::10]).sum() / density.sum())
    drawn = draw_posterior(fit, data, 4000)
    assert abs(fit.beta[0] - mean) > 0.15
    assert float(drawn.weights @ drawn.draws[:, 0]) == pytest.approx(mean, abs=0.1)
    assert drawn.k < 0.7
    assert drawn.remarks == ()


def test_thin_tails_are_told_and_a_wider_proposal_tried() -> None:
    class Heavy:
        """A Cauchy posterior."""

        names, size = ("a",), 1

        def at(self, beta: F, rows: Any = None) -> At:
            b = float(beta[0])
            return At(-float(np.log1p(b**2)), np.array([-2 * b / (1 + b**2)]), np.zeros(1))

        def scores(self, beta: F) -> F:
            return self.at(beta).gradient[None, :]

    drawn = draw_posterior(maximise(Heavy(), starts=1), Heavy(), 2000)
    assert drawn.proposal == "t"
    assert drawn.k > 0.3


def test_weights_that_hang_on_a_few_draws_are_given_up() -> None:
    random = np.random.default_rng(3)
    x = random.standard_normal((60, 80))
    y = random.random(60) < 0.3
    data, prior = Logit(x, np.column_stack([~y, y]).astype(float)), Normal(np.zeros(80), np.full(80, 1.0))
    fit = maximise(data, prior, starts=1)
    drawn = draw_posterior(fit, data, 1000)
    assert drawn.plain
    assert np.ptp(drawn.weights) == 0
    assert "without weights" in drawn.remarks[0].found
    stated = np.sqrt(np.diag(np.linalg.inv(fit.hessian)))
    np.testing.assert_allclose(drawn.draws.std(axis=0), stated, rtol=0.15)
    wider = 4 * np.linalg.inv(fit.hessian)
    np.testing.assert_allclose(np.cov(stretched(drawn, wider, wider / 4).draws.T), wider, atol=0.2 * wider.max())


def test_the_same_seed_draws_the_same() -> None:
    data, prior = few()
    fit = maximise(data, prior, starts=1)
    first, second, other = (draw_posterior(fit, data, 50, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.draws, second.draws)
    assert not np.array_equal(first.draws, other.draws)


def test_what_is_written_is_what_a_case_reads(tmp_path: Path) -> None:
    data = logit_data(300, TRUTH, seed=2, columns=3)
    fit = maximise(data, starts=1)
    drawn = draw_posterior(fit, data, 400)
    terms = [("s_a", "constant"), ("s_a", "sqrt(trade)"), ("w_b", "constant")]
    file = tmp_path / "out" / "posterior.json"
    write_posterior(file, drawn, terms, case="sanctions", case_hash="abc", rule="logit", table={"name": "t.csv"})
    found = read_posterior(file, "posterior.json")
    assert np.array_equal(found.draws, drawn.draws)
    assert np.allclose(found.weights, drawn.weights)
    assert found.terms == tuple(terms)
    at_four = found.values("s_a", {"trade": 4.0})
    assert len(at_four) == SIZE
    exact = drawn.draws[:, 0] + 2 * drawn.draws[:, 1]
    assert at_four.mean() == pytest.approx(float(drawn.weights @ exact), abs=0.02)
    assert (read_posterior(file, "p").case, read_posterior(file, "p").case_hash) == ("sanctions", "abc")


def test_half_a_file_and_terms_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    data, prior = few()
    drawn = draw_posterior(maximise(data, prior, starts=1), data, 20)
    file = tmp_path / "posterior.json"
    write_posterior(file, drawn, [("a", "constant")], case="c", case_hash="old", rule="logit", table={})
    file.write_text(file.read_text()[:200])
    with pytest.raises(CaseError, match="not whole"):
        read_posterior(file, "posterior.json")
    with pytest.raises(ValueError, match="2 terms for 1"):
        write_posterior(file, drawn, [("a", "x"), ("a", "y")], case="c", case_hash="", rule="logit", table={})


def test_nothing_is_drawn_around_no_top() -> None:
    data = logit_data(100, TRUTH, seed=2, columns=3)
    telling = Logit(np.column_stack([data.x, data.counts[:, 0]]), data.counts)
    with pytest.raises(FitError, match="separation"):
        draw_posterior(maximise(telling, starts=1), telling)
    with pytest.raises(FitError, match="3 draws"):
        draw_posterior(maximise(data, starts=1), data, 3)


class Bowl:
    """A normal likelihood with as many coefficients as are wanted: mode and covariance are known."""

    def __init__(self, size: int) -> None:
        random = np.random.default_rng(size)
        self.size = size
        self.names = tuple(f"b{k}" for k in range(size))
        self.mode = random.normal(2.0, 1.0, size)
        self.root = np.diag(random.uniform(0.5, 2.0, size)) + 0.3 / np.sqrt(size)  # of the precision, dense
        self.precision = self.root @ self.root.T

    def at(self, beta: F, rows: Any = None) -> At:
        slope = -self.precision @ (beta - self.mode)
        return At(float(slope @ (beta - self.mode)) / 2, slope, np.zeros(1))

    def scores(self, beta: F) -> F:
        return self.at(beta).gradient[None, :]

    def fit(self) -> Estimate:
        told = Certificate(0.0, 0.0, 1.0, 1.0, 1, 1, 1, 0.0, 0.0, 0)
        flat, ones = Normal.flat(self.size), np.ones(self.size)
        return Estimate(self.names, self.mode, 0.0, 0.0, self.precision, flat, ones, told)


@pytest.mark.parametrize("size", [3, 150, 1200])
def test_draws_agree_with_mode_and_errors_however_many_coefficients(size: int) -> None:
    bowl = Bowl(size)
    drawn = draw_posterior(bowl.fit(), bowl)
    assert drawn.plain == (size == 1200)
    known = np.linalg.inv(bowl.precision)
    sums = np.random.default_rng(4).standard_normal((size, 40))
    clustered = known @ sums @ sums.T @ known  # of fewer clusters than coefficients
    for made, covariance in ((drawn, known), (stretched(drawn, clustered, known), clustered)):
        sd = np.sqrt(np.diag(covariance))
        off = np.abs(made.weights @ made.draws - bowl.mode) / sd
        assert off.max() < 0.35, "a mean of 1,000 draws is within a few thirtieths of a deviation"
        np.testing.assert_allclose(made.draws.std(axis=0), sd, rtol=0.15)


def test_weights_are_given_up_whatever_k_says(monkeypatch: pytest.MonkeyPatch) -> None:
    data, prior = few()
    fit = maximise(data, prior, starts=1)
    monkeypatch.setitem(draw_posterior.__globals__, "effective", lambda weights: 1.5)
    monkeypatch.setitem(draw_posterior.__globals__, "pareto_k", lambda weights: 0.3)
    drawn = draw_posterior(fit, data, 100)
    assert drawn.plain
    assert drawn.effective == 100
    assert "without weights" in drawn.remarks[0].found


def test_a_term_that_cannot_be_read_is_named_with_its_file(tmp_path: Path) -> None:
    data, prior = few()
    drawn = draw_posterior(maximise(data, prior, starts=1), data, 20)
    file = tmp_path / "posterior.json"
    write_posterior(file, drawn, [("a", "trade x power")], case="c", case_hash="", rule="logit", table={})
    assert json.loads(file.read_text())["weights_given_up"] is False
    with pytest.raises(CaseError) as caught:
        read_posterior(file, "priors/old.json").values("a", {"trade": 1, "power": 2})
    (problem,) = caught.value.problems
    assert "`trade x power`, a term of `a`" in problem.found
    assert "priors/old.json" in problem.found
