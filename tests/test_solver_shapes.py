"""Games of every shape the kernels have to find their way in, against a solver in numpy on the same grid."""

from __future__ import annotations

import sys
from random import Random

import numpy as np
import pytest

from grid_twin import GridTwin
from standoff.game import Game, compile_case
from standoff.solver import Solution, belief_grid, solve
from wild_games import wild_game

SEEDS = range(40)
MOST = 1_500  # states times belief points


def shaped(seed: int, *, hot: bool = False, most: int = MOST) -> tuple[Game, float, dict[int, int]]:
    """A game, its parameter, and subdivisions by number of types, small enough for numpy."""
    random = Random(seed)
    p = random.uniform(0.05, 0.95)
    game = compile_case(wild_game(seed, hot=hot)).game({"p": p})
    grid = {2: random.choice([1, 2, 3, 7, 8, 15, 16, 17]), 3: random.choice([1, 2, 4, 5]), 4: random.choice([1, 2, 3])}
    grid |= {5: random.choice([1, 2]), 6: random.choice([1, 2])}
    if len(game.states) * belief_grid(game, grid).size > most:
        grid = {n: max(1, m // 3) for n, m in grid.items()}
    return game, p, grid


def test_the_shapes_are_odd() -> None:
    games = [shaped(seed)[0] for seed in SEEDS]
    phases = [phase for game in games for phase in game.phases]
    assert {len(game.secret) for game in games} == {0, 1, 2, 3}
    assert {len(names) for game in games for names in game.types} == {1, 2, 3, 4, 5, 6}
    assert {1, 2, 5, 9} <= {phase.widest[0] for phase in phases if phase.choice}
    assert {0.0, 1.0} < {phase.turn for phase in phases}
    assert 0.0 in {phase.precision for phase in phases if phase.choice}
    assert {0.0, 1.0} < {float(one) for game in games for one in game.discount}
    assert any(phase.actor in game.secret for game in games for phase in game.phases if not phase.choice)
    closed = [~phase.act_open for phase in phases]
    assert any(shut.all(axis=0).any() and not shut.all() for shut in closed)
    assert {1, 2} <= {len(game.states) for game in games}


@pytest.mark.parametrize("seed", SEEDS)
def test_equal_to_a_solver_in_numpy_on_the_same_grid(seed: int) -> None:
    game, p, grid = shaped(seed)
    solution = solve(game, grid=grid, threads=1, grid_error=False)
    twin = GridTwin(wild_game(seed), {"p": p}, solution.grid)
    expected = twin.start()
    assert twin.gap < 1e-12
    assert np.abs(solution.start - expected).max() < 1e-8


def same(one: Solution, other: Solution) -> bool:
    """To the bit."""
    whole = ("kept", "own", "play")
    counts = ("residual", "flagged", "near_splitting", "rounds", "followed", "node_updates", "worst")
    return (
        np.array_equal(one.start, other.start)
        and all(np.array_equal(x, getattr(other, name)[at]) for name in whole for at, x in getattr(one, name).items())
        and all(getattr(one.certificate, name) == getattr(other.certificate, name) for name in counts)
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_same_to_the_bit_however_it_is_shared_out(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["standoff.solver.sweep"], "_SMALL", 1)  # even the smallest layer
    game, _, grid = shaped(seed, hot=True, most=10_000)
    every = {(t, k) for t in range(game.steps) for k in range(len(game.phases))}
    first, *others = (
        solve(game, grid=grid, threads=threads, keep=every, own_until=game.steps, play_from=0, grid_error=False)
        for threads in (1, 1, 2, 5)
    )
    assert [same(first, other) for other in others] == [True] * 3


@pytest.mark.parametrize("seed", range(12))
def test_a_node_looked_at_is_the_node_of_its_layer(seed: int) -> None:
    """At grid points a node solved by itself, among copies of itself, plays as it does among its neighbours."""
    game, _, grid = shaped(seed, hot=True, most=10_000)
    solution = solve(game, grid=grid, threads=1, own_until=game.steps, play_from=0, grid_error=False)
    axes = solution.grid.axes
    at = np.indices([axis.size for axis in axes]).reshape(len(axes), solution.grid.size)
    beliefs = tuple(axis.points[i] for axis, i in zip(axes, at, strict=True))
    for (step, k), play in solution.play.items():
        phase = game.phases[k]
        opened = phase.act_open[step if len(phase.act_open) > 1 else 0]
        for state in game.active[step][k][:3]:
            acts = [act for act in range(phase.act_ptr[state], phase.act_ptr[state + 1]) if opened[act]]
            nodes = solution.look(step, k, [state] * solution.grid.size, beliefs)
            assert nodes.count[:, 0].tolist() == [len(acts)] * solution.grid.size
            found = nodes.play[:, : len(acts)].transpose(1, 0, 2)
            assert np.abs(found - play[acts]).max(initial=0) < 1e-6
