"""Too few draws for a number: said, never shown."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.analysis.enough import enough
from standoff.forecast.advice import MANY, advice


@pytest.mark.parametrize(
    ("weights", "found"),
    [(np.ones(16), None), (np.ones(15), 15.0), (np.r_[np.ones(3), np.zeros(40)], 3.0), (np.zeros(9), 0.0)],
)
def test_fewer_than_sixteen_effective_draws_are_too_few(weights: np.ndarray, found: float | None) -> None:
    thin = enough(weights)
    assert (thin is None) == (found is None)
    if thin is not None:
        assert thin.effective_draws == pytest.approx(found)
        assert thin.to_json()["thin"] is True
        assert f"{found:.1f}" in thin.say


def test_the_scale_of_the_weights_does_not_matter_and_nan_counts_as_nothing() -> None:
    assert enough(np.ones(20) * 1e-9) is None
    thin = enough(np.r_[np.full(20, np.nan), np.ones(2)])
    assert thin is not None
    assert thin.effective_draws == pytest.approx(2.0)


def test_one_draw_is_all_there_is_where_nothing_is_uncertain() -> None:
    assert enough(np.ones(1), certain=True) is None
    assert enough(np.zeros(1), certain=True) is not None


@pytest.mark.parametrize(
    ("asked", "effective", "number"), [(3, 2.5, 24), (1, 1.0, 24), (20, 5.0, 64), (20, 1.1, 128), (40, 0.0, 128)]
)
def test_where_few_were_asked_for_more_are_advised_that_can_suffice(asked: int, effective: float, number: int) -> None:
    said = advice(asked, effective, 16)
    assert said.endswith(f"asked for; ask for at least {number}, with --draws {number}.")
    assert number > asked
    assert number in (128, 24) or number * effective / asked >= 16
    assert "widen" not in said


def test_only_where_many_were_asked_for_priors_are_to_be_widened() -> None:
    assert "widen the priors" in advice(MANY, 15.9, 16)
    assert "widen" not in advice(MANY - 1, 15.9, 16)
    assert "--draws" not in advice(200, 3.0, 16)


def test_draws_that_failed_are_named_first() -> None:
    assert "60 draws failed" in advice(64, 4.0, 16, failed=60)
    assert "One draw failed" in advice(1, 0.0, 16, failed=1)
