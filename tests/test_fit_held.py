"""What a fit must not be surer of than the table: clusters in the posterior, and what only a prior holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from standoff.case import load
from standoff.fit.fitted import Fitted, fit
from standoff.fit.kept import keep
from standoff.fit.table import read_table
from standoff.language.posterior import read_posterior

CASE = """
standoff: 1
title: A demand
question: Is it met?
clock: {start: 2000-01-01, step: year, steps: 1}
parameters:
  gain: {regress: {constant: , power: , open: PRIOR}}
factors: {stage: {levels: [calm]}}
actors: {target: {precision: 1}}
moves: {target: {yield: {ends: met}, refuse: {ends: refused}}}
outcomes:
  met: {worth: {target: gain}}
  refused: {worth: {}}
  unresolved: {worth: {}}
fit: {counts: {met: met, refused: refused}, groups: dyad}
"""


def fitted(folder: Path, *, prior: str = "{normal: [0, 2]}", apart: bool, times: int = 1) -> Fitted:
    """120 rows in 30 dyads. `apart`: where `open` is 1 it is always met; `times`: how often a row counts what it saw"""
    rng = np.random.default_rng(3)
    dyad = np.repeat(np.arange(30), 4)
    power, opened = rng.normal(size=120), (rng.uniform(size=120) < 0.3).astype(int)
    met = rng.uniform(size=120) < 1 / (1 + np.exp(-(0.2 + 0.8 * power + rng.normal(size=30)[dyad])))
    met = met | (opened == 1) if apart else met
    folder.mkdir()
    (folder / "case.yaml").write_text(CASE.replace("PRIOR", prior), encoding="utf-8")
    rows = zip(power, opened, met, dyad, strict=True)
    lines = [f"{p},{o},{int(m) * times},{int(not m) * times},{d}" for p, o, m, d in rows]
    (folder / "data.csv").write_text("\n".join(["power,open,met,refused,dyad", *lines]) + "\n", encoding="utf-8")
    return fit(load(folder), read_table(folder / "data.csv"), starts=2)


def spread(found: Fitted, folder: Path) -> np.ndarray:
    written = keep(found, folder).files
    drawn = read_posterior(written["posterior"], "posterior.json")
    centre = drawn.weights @ drawn.draws
    return np.sqrt(drawn.weights @ (drawn.draws - centre) ** 2)


@pytest.mark.parametrize("times", [1, 3])
def test_draws_are_as_wide_as_the_errors_by_cluster(tmp_path: Path, times: int) -> None:
    """Whatever a row counts twice or thrice is not seen twice or thrice."""
    found = fitted(tmp_path / "c", prior="", apart=False, times=times)
    assert found.errors.kind == "sandwich by cluster"
    assert spread(found, tmp_path / "out") == pytest.approx(found.errors.se, rel=1e-6)


def test_what_only_a_prior_holds_is_told_and_not_sure(tmp_path: Path) -> None:
    found = fitted(tmp_path / "c", apart=True)
    assert found.held == ("gain: open",)
    (one,) = [one for one in found.coefficients if one.term == "open"]
    assert one.remark == "its size is its prior's"
    assert one.estimate > 1
    assert one.se == pytest.approx(np.sqrt(np.linalg.inv(found.estimate.hessian)[2, 2]), rel=1e-3)
    assert any("nothing but its prior keeps gain: open finite" in problem.found for problem in found.problems)


def test_a_prior_beside_data_holds_nothing(tmp_path: Path) -> None:
    found = fitted(tmp_path / "c", apart=False)
    assert found.held == ()
    assert all(not one.remark for one in found.coefficients)


def test_without_a_prior_it_is_refused(tmp_path: Path) -> None:
    found = fitted(tmp_path / "c", prior="", apart=True)
    assert found.estimate.separated
    assert found.held == ()
