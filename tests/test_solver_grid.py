"""Belief grids: what barycentric interpolation must do, for two to five types."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from random_games import random_game
from standoff.game import compile_case
from standoff.solver import belief_grid
from standoff.solver.grid import DEFAULT_SUBDIVISIONS, halved, simplex
from standoff.solver.nodes import places_on

TYPES = st.integers(2, 5)
MESH = st.integers(1, 9)
often = settings(max_examples=150, deadline=None)


@st.composite
def beliefs(draw: st.DrawFn) -> tuple[int, int, np.ndarray]:
    """(types, subdivisions, a belief), often with zeros, ties and multiples of the grid step."""
    n, m = draw(TYPES), draw(MESH)
    parts = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0, 1 / m, 1e-12, 0.3]))
    raw = np.array(draw(st.lists(parts, min_size=n, max_size=n).filter(lambda xs: sum(xs) > 1e-6)))
    return n, m, raw / raw.sum()


@given(n=TYPES, m=MESH)
def test_points_are_every_belief_in_multiples_of_the_step(n: int, m: int) -> None:
    axis = simplex(n, m)
    assert axis.size == math.comb(m + n - 1, n - 1)
    expected = {c for c in itertools.product(range(m + 1), repeat=n) if sum(c) == m}
    assert {tuple(row) for row in np.rint(axis.points * m).astype(int).tolist()} == expected
    assert np.abs(axis.points.sum(axis=1) - 1).max() < 1e-12


@often
@given(beliefs())
@example((3, 8, np.array([1 / 3, 1 / 3, 1 / 3])))
@example((2, 7, np.array([0.0, 1.0])))
@example((5, 4, np.array([0.0, 0.0, 0.0, 0.0, 1.0])))
@example((4, 10, np.array([0.1, 0.2, 0.3, 0.4])))
def test_weights_are_barycentric(case: tuple[int, int, np.ndarray]) -> None:
    n, m, belief = case
    axis = simplex(n, m)
    weights = axis.weights(belief)
    assert weights.shape == (axis.size,)
    assert weights.min() >= -1e-12
    assert weights.sum() == pytest.approx(1, abs=1e-12)
    assert weights @ axis.points == pytest.approx(belief, abs=1e-10)
    # only the corners of the small cell around it: each within one step in every coordinate
    near = np.abs(axis.points[weights > 1e-9] - belief)
    assert (weights > 1e-9).sum() <= n
    assert near.max(initial=0) <= 1 / m + 1e-9


@often
@given(beliefs(), st.lists(st.floats(-5, 5), min_size=6, max_size=6))
def test_linear_functions_are_exact(case: tuple[int, int, np.ndarray], slopes: list[float]) -> None:
    n, m, belief = case
    axis = simplex(n, m)
    slope = np.array(slopes[:n])
    assert axis.weights(belief) @ (axis.points @ slope + slopes[5]) == pytest.approx(
        belief @ slope + slopes[5], abs=1e-9
    )


@given(n=TYPES, m=MESH)
def test_a_grid_point_is_itself(n: int, m: int) -> None:
    axis = simplex(n, m)
    for i, point in enumerate(axis.points):
        assert axis.weights(point)[i] == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_a_curved_function_is_overstated_by_the_square_of_the_step(n: int) -> None:
    dice = np.random.default_rng(n)
    at = dice.dirichlet(np.ones(n), 200)

    def worst(m: int) -> float:
        axis = simplex(n, m)
        values = (axis.points**2).sum(axis=1)
        gaps = [axis.weights(belief) @ values - (belief**2).sum() for belief in at]
        assert min(gaps) >= -1e-12  # convex
        # largest eigenvalue of the second derivative in the coordinates z is 2 (2 + 2 cos(pi / n)) < 8
        assert max(gaps) <= 8 * (n - 1) / (8 * m**2) + 1e-12
        return max(gaps)

    assert 3 < worst(4) / worst(8) < 5


@given(beliefs())
def test_many_places_are_the_same_places(case: tuple[int, int, np.ndarray]) -> None:
    n, m, belief = case
    axis = simplex(n, m)
    verts, weights = places_on(axis, np.stack([belief, axis.points[-1], belief]))
    dense = np.zeros(axis.size)
    np.add.at(dense, verts[2], weights[2])
    assert np.array_equal(dense, axis.weights(belief))


def test_a_product_grid_keeps_the_first_actor_slowest() -> None:
    game = compile_case(random_game(1)).game({"p": 0.4})
    grid = belief_grid(game, {3: 4, 2: 6})
    assert [axis.n for axis in grid.axes] == [3, 2]
    assert grid.size == 15 * 7
    assert grid.split(0) == (1, grid.axes[0], 7)
    assert grid.split(1) == (15, grid.axes[1], 1)
    assert grid.split(2)[0] * grid.split(2)[1].size * grid.split(2)[2] == grid.size
    a, b = np.array([0.2, 0.5, 0.3]), np.array([0.37, 0.63])
    dense = grid.weights((a, b)).reshape(15, 7)
    assert dense == pytest.approx(np.outer(grid.axes[0].weights(a), grid.axes[1].weights(b)), abs=1e-15)


def test_how_fine_a_grid_is() -> None:
    game = compile_case(random_game(1)).game({"p": 0.4})
    assert [axis.m for axis in belief_grid(game, 5).axes] == [5, 5]
    assert [axis.m for axis in belief_grid(game, {2: 9}).axes] == [DEFAULT_SUBDIVISIONS[3], 9]
    assert [axis.m for axis in belief_grid(game).axes] == [DEFAULT_SUBDIVISIONS[3], DEFAULT_SUBDIVISIONS[2]]
    assert [axis.m for axis in halved(game, belief_grid(game, {3: 1, 2: 9})).axes] == [1, 4]
    assert belief_grid(game, {3: 2, 2: 3}).describe() == {"3": 2, "2": 3}
