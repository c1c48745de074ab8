"""The sanctions experiment: its numbers against the published ones, its functions and gradients against slow twins."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

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

    names = ("bivariate", "game", "estimate")
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
