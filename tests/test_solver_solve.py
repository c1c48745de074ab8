"""What stops a solve, and what it says when it is stopped; the error of a grid."""

from __future__ import annotations

import itertools
import sys
import threading
import time
from dataclasses import replace

import pytest

from oracle_games import document, game_of, repeated, signalling
from random_games import random_game
from standoff.errors import SolveError
from standoff.solver import belief_grid, solve


def test_the_time_limit_is_looked_at_before_every_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a single step may take long."""
    game = game_of(random_game(1), p=0.4)
    assert game.steps == 1
    clock = itertools.count()
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    phases = len(game.phases)
    solve(game, grid=2, threads=1, grid_error=False, time_limit=phases)
    with pytest.raises(SolveError, match="after 0 of 1 steps") as caught:
        solve(game, grid=2, threads=1, grid_error=False, time_limit=phases - 1)
    assert "--time-limit" in caught.value.problems[0].mend


def test_a_game_larger_than_memory_is_refused_at_once() -> None:
    many = {f"k{i}": {"prior": 1 / 6} for i in range(6)}
    said = document(
        factors={"f": {"levels": [f"l{i}" for i in range(2_000)]}},
        actors={name: {"types": many} for name in "abcd"},
        moves={"a": {"hold": {}, "go": {"then": {"f": 1}}}},
        outcomes={"unresolved": {"worth": {"a": 1}}},
    )
    game = game_of(said)
    assert belief_grid(game, 8).size == 1287**4  # an exact number, however large
    began = time.perf_counter()
    with pytest.raises(SolveError, match="2,001 states and endings at 1287 x 1287 x 1287 x 1287 beliefs") as caught:
        solve(game, grid=8, threads=1)
    assert "--grid" in caught.value.problems[0].mend
    assert time.perf_counter() - began < 60


def test_memory_counts_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    game = game_of(repeated(3, 1.0))
    monkeypatch.setattr(sys.modules["standoff.solver.solve"], "_memory", lambda: 8 * game.nodes * 9 * game.columns * 2)
    every = {(t, k) for t in range(game.steps) for k in range(len(game.phases))}
    solve(game, grid=8, threads=1)
    with pytest.raises(SolveError, match="GB"):
        solve(game, grid=8, threads=1, keep=every)


def test_payoffs_beyond_all_numbers() -> None:
    huge = "1e12 ** 16 * 1e12 ** 9 * 1e7"
    said = document(
        actors={"a": {"types": {"x": {"prior": 0.5}, "y": {"prior": 0.5}}, "precision": 1e12}, "b": {}},
        moves={
            "a": {"hold": {}, "go": {"costs": {"a": {"x": huge, "y": f"-{huge}"}}}},
            "b": {"hold": {}, "end": {"ends": "over"}},
        },
        outcomes={"over": {"worth": {"a": {"x": huge, "y": f"-{huge}"}, "b": f"{huge} if a is x else -{huge}"}},
                  "unresolved": {"worth": {"a": {"x": f"-{huge}", "y": huge}}}},
    )  # fmt: skip
    with pytest.raises(SolveError, match="beyond the range of numbers"):
        solve(game_of(said), grid=8, threads=1)


def test_the_error_of_a_grid_that_cannot_be_halved_is_not_known() -> None:
    assert solve(game_of(signalling(2.0)), grid=1, threads=1).certificate.grid_error is None
    assert solve(game_of(signalling(2.0)), grid=2, threads=1).certificate.grid_error > 1e-3
    plain = document(
        actors={"a": {}}, moves={"a": {"hold": {}, "go": {"ends": "over"}}}, outcomes={"over": {}, "unresolved": {}}
    )
    assert solve(game_of(plain), grid=1, threads=1).certificate.grid_error == 0.0


@pytest.mark.parametrize("threads", [1, 3])
def test_an_interrupt_leaves_no_thread_behind(threads: int) -> None:
    game, seen = game_of(repeated(6, 2.0)), []

    def stop(done: int, steps: int) -> None:
        seen.append((done, steps))
        if done == 4:
            raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        solve(game, grid=600, threads=threads, grid_error=False, progress=stop)
    assert seen == [(done, 6) for done in (1, 2, 3, 4)]
    assert threading.active_count() == before


@pytest.mark.parametrize("opens", ["false", "step == 3"])
def test_values_are_kept_for_first_choices_only(opens: str) -> None:
    """An actor may wait for its first choice until the clock runs out; memory must not wait with it."""
    said = document(
        clock={"start": "2030-01-01", "step": "day", "steps": 40},
        actors={"a": {"types": {"x": {"prior": 0.4}, "y": {"prior": 0.6}}}, "b": {}},
        moves={"a": {"hold": {}, "quit": {"ends": "over"}}, "b": {"hold": {}, "act": {"when": opens, "ends": "over"}}},
        outcomes={"over": {"worth": {"a": {"x": 1}}}, "unresolved": {"worth": {"b": 1}}},
    )
    solution = solve(game_of(said), grid=4, threads=1)
    play = solution.start_play()
    assert set(play) == ({"a"} if opens == "false" else {"a", "b"})
    assert max(step for step, _ in solution.own) == (0 if opens == "false" else 3)


def test_chances_that_get_lost_are_noticed() -> None:
    game = game_of(repeated(2, 1.0))
    first, *others = game.phases
    thin = replace(first, br_prob=0.9 * first.br_prob)
    with pytest.raises(SolveError, match=r"add up to 0\.[89]"):
        solve(replace(game, phases=(thin, *others)), grid=8, threads=1)
