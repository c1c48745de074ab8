"""The likelihood of a table: gradients, chunks, rows that count twice, published numbers."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import published
from random_games import random_game
from standoff.case import load
from standoff.errors import FitError
from standoff.fit.design import Design, Term, design
from standoff.fit.likelihood import Likelihood
from standoff.fit.rules import RULES, Rule
from standoff.fit.table import read_table
from standoff.fit.tree import unroll
from standoff.game import compile_case
from standoff.language.document import CaseDocument
from test_fit_play import pacing, signals_with


def likelihood_of(
    said: CaseDocument, blocks: dict[str, np.ndarray], counts: np.ndarray, rule: Rule = "logit", **settings: Any
) -> Likelihood:
    """A likelihood of parameters that are lines through made-up columns."""
    rows = len(counts)
    laid = Design(
        terms=tuple(Term(name, f"x{k}", 0.0, np.inf) for name, block in blocks.items() for k in range(block.shape[1])),
        blocks=blocks,
        constants={},
        outcomes=tuple(said.outcomes),
        counts=np.asarray(counts, float),
        told=tuple(said.outcomes),
        lines=np.arange(rows) + 2,
    )
    return Likelihood(unroll(compile_case(said), set(blocks)), laid, rule, **settings)


def made_up(said: CaseDocument, parameters: dict[str, int], seed: int, rule: Rule, rows: int = 6) -> Likelihood:
    """Random columns and counts; every parameter has so many terms, one of them constant."""
    random = np.random.default_rng(seed)
    blocks = {
        name: np.concatenate([np.ones((rows, 1)), random.normal(size=(rows, k - 1)) * 0.3], axis=1)
        for name, k in parameters.items()
    }
    can = unroll(compile_case(said), set(blocks)).producible
    counts = random.integers(0, 5, size=(rows, len(can))) * can
    return likelihood_of(said, blocks, counts, rule)


def differences(likelihood: Likelihood, beta: np.ndarray, h: float = 1e-5) -> np.ndarray:
    return np.array(
        [
            (likelihood.at(beta + h * one).loglik - likelihood.at(beta - h * one).loglik) / (2 * h)
            for one in np.eye(len(beta))
        ]
    )


def close(likelihood: Likelihood, beta: np.ndarray) -> None:
    value = likelihood.at(beta)
    assert value.flagged == 0
    assert value.gradient == pytest.approx(differences(likelihood, beta), abs=1e-6 * max(1, -value.loglik))


BETAS = st.lists(st.floats(-0.6, 0.6), min_size=4, max_size=4).map(np.array)


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=6, deadline=None)
@given(BETAS, st.integers(0, 1000))
def test_gradients_without_secrets(rule: Rule, beta: np.ndarray, seed: int) -> None:
    said = pacing(1).model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
    said["parameters"] = {name: {"prior": {"normal": [0, 1]}} for name in ("u", "v")}
    said["outcomes"]["war"]["worth"]["a"] = "u - 1"
    said["moves"]["a"]["push"]["costs"]["b"] = "0.3 - v"
    said["actors"]["b"]["precision"] = "exp(v)"
    close(made_up(CaseDocument.model_validate(said), {"u": 2, "v": 2}, seed, rule), beta)


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=6, deadline=None)
@given(BETAS, st.integers(0, 1000))
def test_gradients_with_secrets(rule: Rule, beta: np.ndarray, seed: int) -> None:
    said = signals_with("w").model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
    said["actors"]["s"]["precision"] = "exp(lam)"
    said["parameters"]["lam"] = {"prior": {"normal": [0, 1]}}
    close(made_up(CaseDocument.model_validate(said), {"w": 3, "lam": 1}, seed, rule), beta)


@pytest.mark.parametrize("seed", range(4))
def test_gradients_on_random_cases(seed: int) -> None:
    """Types, covert moves, tempo and hazards, all of which hang on `p`."""
    random = Random(seed)
    said = random_game(seed)
    beta = np.array([random.uniform(0.3, 0.5), random.uniform(-0.1, 0.1)])
    close(made_up(said, {"p": 2}, seed, "logit"), beta)


def simple(rows: int = 40, **settings: Any) -> Likelihood:
    random = np.random.default_rng(1)
    blocks = {"w": np.stack([np.ones(rows), random.normal(size=rows)], axis=1)}
    counts = random.multinomial(3, [0.5, 0.5], size=rows)
    return likelihood_of(signals_with("w"), blocks, counts, **settings)


BETA = np.array([0.2, -0.4])


def test_rows_are_chunked_without_a_trace() -> None:
    whole, pieces = simple().at(BETA), simple(memory=1).at(BETA)  # at least 16 rows a chunk
    assert pieces.by_row == pytest.approx(whole.by_row, abs=1e-11)
    assert pieces.gradient == pytest.approx(whole.gradient, abs=1e-9)
    assert simple(memory=1).chances(BETA) == pytest.approx(simple().chances(BETA), abs=1e-11)


def test_scores_add_up_to_the_gradient() -> None:
    found = simple()
    assert found.scores(BETA).sum(axis=0) == pytest.approx(found.at(BETA).gradient, abs=1e-10)
    assert found.scores(BETA).shape == (40, 2)


def test_rows_may_be_chosen_and_repeat() -> None:
    found = simple()
    value = found.at(BETA, np.array([3, 3, 7]))
    assert value.by_row == pytest.approx(found.at(BETA).by_row[[3, 3, 7]], abs=1e-11)
    assert value.loglik == pytest.approx(value.by_row.sum())
    assert value.gradient == pytest.approx(found.scores(BETA)[[3, 3, 7]].sum(axis=0), abs=1e-9)


def test_the_likelihood_is_that_of_the_chances() -> None:
    found = simple()
    chances = found.chances(BETA)
    assert chances.sum(axis=1) == pytest.approx(1.0)
    assert found.at(BETA).loglik == pytest.approx((found.design.counts * np.log(chances)).sum())
    assert found.names == ("w: x0", "w: x1")


@pytest.mark.parametrize("rule", RULES)
def test_no_chance_is_so_small_that_it_has_no_logarithm(rule: Rule) -> None:
    blocks = {"w": np.array([[1.0], [-1.0]])}
    value = likelihood_of(signals_with("w"), blocks, np.ones((2, 2)), rule).at(np.array([3e4]))
    assert np.isfinite(value.by_row).all() or value.flagged
    assert np.isfinite(value.gradient).all()


def test_an_outcome_that_the_case_cannot_produce_is_refused_with_its_line() -> None:
    said = signals_with("w").model_copy(
        update={"outcomes": {**signals_with("w").outcomes, "other": signals_with("w").outcomes["conceded"]}}
    )
    with pytest.raises(FitError) as caught:
        likelihood_of(said, {"w": np.ones((3, 1))}, np.array([[1, 0, 0], [0, 1, 0], [0, 0, 2]]))
    (problem,) = caught.value.problems
    assert problem.line == 4
    assert "`other`" in problem.found


def test_a_row_without_an_answer_is_flagged_and_has_no_likelihood() -> None:
    said = signals_with("log(w)")
    value = likelihood_of(said, {"w": np.array([[1.0], [-1.0]])}, np.ones((2, 2))).at(np.array([1.0]))
    assert value.flagged == 1
    assert np.isfinite(value.by_row[0])
    assert value.by_row[1] == -np.inf


# published tables

DEAR = {"m_devalued: constant": -3.0, "m_defended: constant": -3.0}  # from zeros the climb ends at a lower top
TABLES = {
    "leblang": (published.LEBLANG, published.LEBLANG_CSV, DEAR, -482.0155, 6e-5),
    "leb3": (published.LEB3, published.LEBLANG_CSV, DEAR, -495.37, 5.1e-3),
    "lebfixed": (published.LEBFIXED, published.LEBLANG_CSV, {}, -646.54, 5.1e-3),
    "war probit": (published.WAR_PROBIT, published.WAR_CSV, {}, -286.1238, 6e-5),
    "war logit": (published.WAR_LOGIT, published.WAR_CSV, {}, -286.1828, 6e-5),
}


def published_likelihood(folder: Path, text: str, csv: Path) -> Likelihood:
    (folder / "case.yaml").write_text(text)
    case = load(folder)
    laid = design(case.document, read_table(csv))
    assert case.document.fit is not None
    return Likelihood(unroll(compile_case(case), set(laid.blocks)), laid, case.document.fit.rule)


@pytest.mark.skipif(not published.DATA.exists(), reason="the data lie beside the project, in shared/data")
@pytest.mark.parametrize("name", TABLES)
def test_published_likelihoods(tmp_path: Path, name: str) -> None:
    from scipy.optimize import minimize

    text, csv, start, loglik, near = TABLES[name]
    found = published_likelihood(tmp_path, text, csv)
    first = np.array([start.get(name, 0.0) for name in found.names])

    def loss(beta: np.ndarray) -> tuple[float, np.ndarray]:
        value = found.at(beta)
        return -value.loglik, -value.gradient

    top = minimize(loss, first, jac=True, method="BFGS", options={"gtol": 1e-5})
    assert -top.fun == pytest.approx(loglik, abs=near)  # the last digit as printed


@pytest.mark.skipif(not published.DATA.exists(), reason="the data lie beside the project, in shared/data")
def test_published_coefficients_to_their_last_digit(tmp_path: Path) -> None:
    from scipy.optimize import minimize

    found = published_likelihood(tmp_path, published.LEBLANG, published.LEBLANG_CSV)
    table = np.array([published.LEBLANG_TABLE[name] for name in found.names])
    top = minimize(
        lambda beta: -found.at(beta).loglik, table[:, 0], jac=lambda beta: -found.at(beta).gradient, method="BFGS",
        options={"gtol": 1e-5},
    )  # fmt: skip
    errors = np.sqrt(np.diag(np.linalg.inv(-found.hessian(top.x))))
    assert np.abs(top.x - table[:, 0]).max() < 0.00501
    assert np.abs(errors - table[:, 1]).max() < 0.00501
