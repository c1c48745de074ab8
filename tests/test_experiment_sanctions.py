"""The sanctions experiment: its numbers against the published ones, its functions and gradients against slow twins."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import multivariate_normal

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data" / "sanctions_signaling" / "sanctions.csv"


@pytest.fixture(scope="module")
def modules() -> dict[str, ModuleType]:
    """The experiment's files, imported as the scripts do; taken out of the import system again."""
    import importlib

    pytest.importorskip("sklearn", reason="the rivals need scikit-learn")
    names = ("bivariate", "game", "estimate", "covariates", "crisis", "splits", "peers", "roster")
    sys.path.insert(0, str(ROOT / "experiments" / "sanctions"))
    try:
        found = {name: importlib.import_module(name) for name in names}
    finally:
        sys.path.pop(0)
        for name in names:
            sys.modules.pop(name, None)
    return found


@pytest.mark.parametrize("rho", [-0.9, -0.3, 0.0, 0.5, 1 / np.sqrt(2), 0.95])
def test_bivariate_normal_against_scipy(modules: dict[str, ModuleType], rho: float) -> None:
    h, k = np.random.default_rng(1).normal(size=(2, 30)) * 2.5
    twin = [multivariate_normal.cdf([x, y], cov=[[1, rho], [rho, 1]]) for x, y in zip(h, k, strict=True)]
    np.testing.assert_allclose(modules["bivariate"].joint(h, k, rho), twin, atol=1e-12)


def test_bivariate_normal_at_the_edges(modules: dict[str, ModuleType]) -> None:
    joint = modules["bivariate"].joint
    np.testing.assert_allclose(joint(np.inf, [-1.0, 2.0], 0.7), ndtr([-1.0, 2.0]), atol=1e-15)
    assert joint(-np.inf, 0.0, 0.7) == 0.0
    with pytest.raises(ValueError, match="between"):
        joint(0.0, 0.0, 0.99)


@pytest.mark.skipif(not DATA.exists(), reason="the sanctions table is not beside the checkout")
class TestPublished:
    def test_likelihood_and_play_at_the_published_estimates(self, modules: dict[str, ModuleType]) -> None:
        game = modules["game"]
        table = game.read(DATA)
        here = game.value(game.Data.of(table), game.NPL, grid=1001)
        assert here.loglik == pytest.approx(-3932.4474, abs=1e-4)
        assert here.several == 0
        np.testing.assert_allclose(here.r, table["PRnpl"], atol=1e-6)

    def test_outcomes_add_up(self, modules: dict[str, ModuleType]) -> None:
        game = modules["game"]
        data = game.Data.of(game.read(DATA))
        here = game.value(data, game.NPL)
        np.testing.assert_allclose(game.chances(here.r, data.indices(game.NPL)).sum(axis=1), 1.0, atol=1e-13)

    def test_gradient_against_differences(self, modules: dict[str, ModuleType]) -> None:
        game = modules["game"]
        data = game.Data.of(game.read(DATA))
        held = (np.full(418, 0.8), np.full(418, 0.7))
        for given in ({}, {"held": held}):
            ours = game.value(data, game.NPL, **given).gradient
            steps = 1e-5 * np.eye(20)
            twin = [
                (game.value(data, game.NPL + e, **given).loglik - game.value(data, game.NPL - e, **given).loglik) / 2e-5
                for e in steps
            ]
            np.testing.assert_allclose(ours, twin, atol=1e-5 * np.abs(ours).max())

    def test_estimates_are_the_fixed_point_of_the_pseudo_likelihood(self, modules: dict[str, ModuleType]) -> None:
        game, estimate = modules["game"], modules["estimate"]
        data = game.Data.of(game.read(DATA))
        r = game.value(data, game.NPL).r
        held = (r, estimate.firmness(r, data.indices(game.NPL)))
        slope = game.value(data, game.NPL, held=held).gradient / estimate.scales(data)
        assert np.abs(slope).max() < 0.01

    def test_maximum_likelihood_reaches_the_published_constrained_one(self, modules: dict[str, ModuleType]) -> None:
        game, estimate = modules["game"], modules["estimate"]
        best = estimate.maximise(game.Data.of(game.read(DATA)))
        assert best.value.loglik == pytest.approx(-3927.91, abs=0.005)
        assert best.slope < 1e-6


@pytest.fixture(scope="module")
def episodes(modules: dict[str, ModuleType]) -> Any:
    if not DATA.exists():
        pytest.skip("the sanctions table is not beside the checkout")
    return modules["covariates"].Episodes.of(DATA)


@pytest.mark.parametrize(
    ("rule", "payoffs"),
    [("unordered", 2), ("sequence", 2), ("foresight", 3), ("challenger", 5), ("both", 7), ("threatened", 6)],
)
def test_every_variant_of_the_crisis_gives_chances(modules: dict[str, ModuleType], rule: str, payoffs: int) -> None:
    values = np.random.default_rng(3).normal(size=(payoffs, 50))
    chances = np.stack(getattr(modules["crisis"], rule)(values))
    assert (chances > 0).all()
    np.testing.assert_allclose(chances[:3].sum(axis=0), 1.0, atol=1e-12)
    np.testing.assert_allclose(chances[3:].sum(axis=0), 1.0 if rule == "threatened" else 0.0, atol=1e-12)


def test_types_that_do_not_differ_are_none(modules: dict[str, ModuleType]) -> None:
    crisis = modules["crisis"]
    F, Q, W, C, T = np.random.default_rng(4).normal(size=(5, 20))
    alike = np.full(20, -40.0)  # logarithm of how far the types are apart
    plain = np.stack(crisis.foresight(np.stack([F, W, C])))
    np.testing.assert_allclose(np.stack(crisis.challenger(np.stack([F, Q, alike, W, C]))), plain, atol=1e-12)
    np.testing.assert_allclose(np.stack(crisis.both(np.stack([F, Q, alike, W, C, T, alike]))), plain, atol=1e-12)


def test_mode_is_where_the_penalised_likelihood_is_flat(modules: dict[str, ModuleType]) -> None:
    crisis = modules["crisis"]
    rng = np.random.default_rng(5)
    X = [np.column_stack([np.ones(80), rng.normal(size=80)]) for _ in range(3)]
    counts = rng.multinomial(3, [0.3, 0.5, 0.2], size=80).astype(float)
    sds, means = [np.full(2, 0.7)] * 3, [np.zeros(2)] * 3
    found = np.concatenate(crisis.mode(X, crisis.foresight, counts, sds, means, steps=2000))

    def penalised(beta: np.ndarray) -> float:
        values = np.stack([x @ b for x, b in zip(X, np.split(beta, 3), strict=True)])
        return float((counts * np.log(np.stack(crisis.foresight(values), 1))).sum() - (beta**2 / 0.98).sum())

    slope = [(penalised(found + e) - penalised(found - e)) / 2e-5 for e in 1e-5 * np.eye(6)]
    np.testing.assert_allclose(slope, 0.0, atol=0.05)


@pytest.mark.parametrize("kind", ["dyad", "target", "time"])
def test_folds_keep_groups_together_and_cover_every_row(
    modules: dict[str, ModuleType], episodes: Any, kind: str
) -> None:
    splits = modules["splits"]
    tested = np.zeros(len(episodes.size), dtype=int)
    codes = episodes.codes(kind)
    for train, test in splits.folds(episodes, kind, 0):
        assert not np.intersect1d(codes[train], codes[test]).size
        tested += test
        for a, b in splits.inner(episodes, kind, train):
            assert not ((a | b) & test).any()
            assert not (a & b).any()
    np.testing.assert_array_equal(tested, 1 if kind != "time" else episodes.decade >= 1990)


def test_forecasts_do_not_see_the_outcomes_they_forecast(modules: dict[str, ModuleType], episodes: Any) -> None:
    roster = modules["roster"]
    train = episodes.decade < 1990
    other = dataclasses.replace(episodes, counts=np.where(train[:, None], episodes.counts, episodes.counts[:, ::-1]))
    chances = [roster.Chosen(roster.FULL, ("s",))(e, train, ~train, "time") for e in (episodes, other)]
    np.testing.assert_array_equal(*chances)


def test_boosting_scores_as_measured_before(modules: dict[str, ModuleType], episodes: Any) -> None:
    splits, peers = modules["splits"], modules["peers"]
    log, brier, weight = splits.by_row(episodes, splits.forecasts(episodes, peers.boosting(), "time"))
    assert log.sum() / weight.sum() == pytest.approx(0.998, abs=0.002)
    assert brier.sum() / weight.sum() == pytest.approx(0.594, abs=0.001)
