"""A solve that stops at the present: the same digits as the whole, from where the story may stand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from oracle_games import game_of
from random_games import random_game
from standoff.game.model import Game, Phase
from standoff.solver import solve
from standoff.solver.sweep import reached


@pytest.mark.parametrize("seed", range(6))
def test_only_the_steps_to_come(seed: int) -> None:
    """From a phase on, and from a few states, values and play are those of the whole solve to the last digit."""
    game = game_of(random_game(seed, 3), p=0.4)
    whole = solve(game, grid=4, grid_error=False, threads=1, keep={(1, 0), (0, len(game.phases) - 1)}, play_from=1)
    P = game.pay_columns
    for first, before in (((1, 1), (1, 0)), ((1, 0), (0, len(game.phases) - 1))):
        if first[1] >= len(game.phases):
            continue
        there = game.active[1][first[1]]
        for at in (None, there[: max(1, len(there) // 2)]):
            rest = solve(game, grid=4, grid_error=False, threads=1, first=first, at=at, play_from=1)
            states = there if at is None else at
            assert np.array_equal(rest.entry[states][:, :, P:], whole.kept[before][states][:, :, P:])
            if first[1]:  # at the start of a step, flows and discount of the step before still lie between
                assert np.array_equal(rest.entry[states], whole.kept[before][states])
            for t, k in rest.play:
                if (t, k) >= first:
                    acts = np.isin(_states_of(game.phases[k]), _ahead(game, first, at)[t][k])
                    assert np.array_equal(rest.play[t, k][acts], whole.play[t, k][acts])


def _states_of(phase: Phase) -> NDArray[np.int64]:
    """State of every stacked move."""
    return np.repeat(np.arange(len(phase.act_ptr) - 1), np.diff(phase.act_ptr))


def _ahead(game: Game, first: tuple[int, int], at: NDArray[np.int32] | None) -> Any:
    return game.active if at is None else reached(game, first, at)[0]


@pytest.mark.parametrize("seed", range(6))
def test_what_is_reached_from_everywhere_is_what_was_active(seed: int) -> None:
    game = game_of(random_game(seed, 3), p=0.4)
    active, ends = reached(game, (0, 0), np.zeros(1, np.int32))
    for t in range(game.steps):
        for k in range(len(game.phases)):
            assert set(active[t][k].tolist()) <= set(game.active[t][k].tolist())
        assert set(ends[t].tolist()) <= set(game.active_end[t].tolist())
