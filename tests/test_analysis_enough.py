"""Too few draws for a number: said, never shown."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.analysis.enough import enough


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
