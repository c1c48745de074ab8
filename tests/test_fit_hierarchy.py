"""Effects of groups: against exact integrals, on simulated groups, and where there is no difference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from fit_kit import F, Logit
from standoff.errors import FitError
from standoff.fit.design import Design, Term
from standoff.fit.estimate import maximise
from standoff.fit.hierarchy import Spread, fit_hierarchy, with_effects
from standoff.fit.objective import Normal


def grouped(groups: int, size: int, sd: float, seed: int) -> tuple[Logit, F, Any]:
    random = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), size)
    effect = sd * random.standard_normal(groups)
    x = np.column_stack([np.ones(len(group)), random.standard_normal(len(group)), np.eye(groups)[group]])
    y = random.random(len(group)) < expit(0.4 - 0.8 * x[:, 1] + effect[group])
    labels = ("constant", "x", *(f"g{g}" for g in range(groups)))
    return Logit(x, np.column_stack([~y, y]).astype(float), labels), effect, group


def test_the_sd_is_found_and_its_interval_covers_it() -> None:
    within = 0
    for seed in range(3):
        data, effect, _ = grouped(40, 25, 0.8, seed)
        found = fit_hierarchy(data, {"u": range(2, 42)}, starts=1)
        (spread,) = found.spreads
        assert found.estimate.converged
        assert spread.low < spread.sd < spread.high
        assert spread.gain > 2
        assert np.corrcoef([e.value for e in found.effects], effect)[0, 1] > 0.7
        within += spread.low < 0.8 < spread.high
        assert 0.5 < spread.sd < 1.15
    assert within >= 2


def test_the_marginal_likelihood_is_that_of_quadrature() -> None:
    """Differences between sds, for many outcomes a group, where Laplace is nearly exact."""
    from standoff.fit.hierarchy import _Search

    data, _, group = grouped(12, 80, 0.7, 3)
    held = Normal(np.zeros(14), np.concatenate([np.full(2, 1e-3), np.ones(12)]))  # so that nothing else is integrated
    search = _Search(data, {"u": np.arange(2, 14)}, held, np.ones(14), None)
    search.place = np.zeros(14)
    node, weight = np.polynomial.hermite_e.hermegauss(200)

    def exact(sd: float) -> float:
        total = 0.0
        for g in range(12):
            y = data.counts[group == g, 1]
            p = np.log(expit(sd * node)) * y.sum() + np.log(expit(-sd * node)) * (1 - y).sum()
            total += float(np.log((np.exp(p - p.max()) * weight).sum()) + p.max())
        return total

    for low, high in ((0.2, 0.6), (0.6, 1.5)):
        ours = search.marginal({"u": np.log(high)}) - search.marginal({"u": np.log(low)})
        assert ours == pytest.approx(exact(high) - exact(low), abs=0.05)


def test_effects_are_shrunken_and_more_so_where_less_is_known() -> None:
    data, _, group = grouped(30, 30, 1.0, 7)
    keep = np.ones(len(group), bool)
    keep[np.flatnonzero(group == 3)[4:]] = False  # four rows are left of one group
    some = Logit(data.x[keep], data.counts[keep], data.labels)
    found = fit_hierarchy(some, {"u": range(2, 32)}, starts=1)
    loose = maximise(some, Normal(np.zeros(32), np.concatenate([np.full(2, np.inf), np.full(30, 20.0)])), starts=1)
    sizes = np.abs([effect.value for effect in found.effects])
    assert sizes.mean() < np.abs(loose.beta[2:]).mean()
    errors = np.array([effect.se for effect in found.effects])
    assert errors.argmax() == 3
    assert errors[3] < found.spreads[0].sd
    assert found.effects[3].group == "g3"


def test_groups_that_do_not_differ_have_no_spread() -> None:
    zero = 0
    for seed in range(4):
        data, _, _ = grouped(30, 30, 0.0, seed)
        (spread,) = fit_hierarchy(data, {"u": range(2, 32)}, starts=1).spreads
        assert spread.sd < 0.35
        assert spread.low == 0
        assert spread.high > spread.sd
        zero += spread.sd == 0
    assert zero >= 1


@pytest.mark.slow
def test_two_hierarchies_are_told_apart() -> None:
    random = np.random.default_rng(5)
    rows = 1500
    a, b = random.integers(0, 12, rows), random.integers(0, 15, rows)
    y = random.random(rows) < expit(random.standard_normal(12)[a] * 1.2 + random.standard_normal(15)[b] * 0.3)
    x = np.column_stack([np.ones(rows), np.eye(12)[a], np.eye(15)[b]])
    data = Logit(x, np.column_stack([~y, y]).astype(float))
    found = fit_hierarchy(data, {"a": range(1, 13), "b": range(13, 28)}, starts=1)
    spread: dict[str, Spread] = {one.parameter: one for one in found.spreads}
    assert spread["a"].sd == pytest.approx(1.2, abs=0.6)
    assert spread["b"].sd == pytest.approx(0.3, abs=0.2)
    assert found.estimate.converged


def test_a_design_gets_a_column_for_every_group() -> None:
    block = np.column_stack([np.ones(4), np.arange(4.0)])
    design = Design(
        terms=(Term("a", "constant", 0.0, np.inf), Term("a", "x", 0.0, np.inf), Term("b", "constant", 1.0, 2.0)),
        blocks={"a": block, "b": np.ones((4, 1))},
        constants={"a": np.zeros(4), "b": np.zeros(4)},
        outcomes=("y", "n"),
        told=("y", "n"),
        counts=np.ones((4, 2)),
        lines=np.arange(4),
        hierarchy={"a": (np.array([0, 1, 1, 0]), ("Cuba", "Iran"))},
    )
    wide, placed = with_effects(design)
    assert [str(term) for term in wide.terms] == ["a: constant", "a: x", "a: (Cuba)", "a: (Iran)", "b: constant"]
    assert placed["a"].tolist() == [2, 3]
    assert np.array_equal(wide.blocks["a"], block)
    ((codes, groups),) = wide.indexed["a"]
    assert (codes.tolist(), groups) == ([0, 1, 1, 0], 2)
    assert wide.scale.shape == (5,)


def test_one_group_is_no_hierarchy() -> None:
    data, _, _ = grouped(2, 10, 1.0, 0)
    with pytest.raises(FitError, match="fewer than two groups for u"):
        fit_hierarchy(data, {"u": [2]})
