"""What a solution says of the start: the first choice of every actor, and of each of its turns."""

from __future__ import annotations

import math

import pytest

from oracle_games import document
from standoff.game import compile_case
from standoff.solver import Solution, solve


def two_turns() -> Solution:
    """Force is decided before words; the deed needs the word, so its turn has no choice at first."""
    said = document(
        clock={"start": "2030-01-07", "step": "week", "steps": 1},
        factors={"talks": {"levels": ["shut", "open"]}},
        actors={
            "a": {"precision": 4, "types": {"x": {"prior": 0.7}, "y": {"prior": 0.3}}},
            "b": {"precision": 1},
        },
        order=[
            {"actor": "a", "moves": ["hold", "push"]},
            {"actor": "a", "moves": ["hold", "say"]},
            {"actor": "a", "moves": ["hold", "deed"]},
            "b",
        ],
        moves={
            "a": {
                "hold": {},
                "push": {"costs": {"a": {"x": 0.5, "y": -0.1}}},
                "say": {"when": "talks is shut", "costs": 0.25, "then": {"talks": "open"}},
                "deed": {"when": "talks is open"},
            },
            "b": {"hold": {}, "note": {"costs": 1}},
        },
        outcomes={"unresolved": {}},
    )
    return solve(compile_case(said).game({}), grid=4, threads=1, grid_error=False)


def logit(precision: float, cost: float) -> float:
    return 1 / (1 + math.exp(precision * cost))


def test_every_turn_is_shown_and_the_first_is_the_start() -> None:
    solution = two_turns()
    turns = solution.start_by_phase()
    assert {actor: len(rows) for actor, rows in turns.items()} == {"a": 3, "b": 1}
    force, words, deeds = turns["a"]
    assert force["x"] == pytest.approx({"hold": 1 - logit(4, 0.5), "push": logit(4, 0.5)}, abs=1e-9)
    assert force["y"] == pytest.approx({"hold": 1 - logit(4, -0.1), "push": logit(4, -0.1)}, abs=1e-9)
    for kind in "xy":
        assert words[kind] == pytest.approx({"hold": 1 - logit(4, 0.25), "say": logit(4, 0.25)}, abs=1e-9)
    assert deeds == {}
    assert turns["b"] == [{"-": pytest.approx({"hold": 1 - logit(1, 1), "note": logit(1, 1)}, abs=1e-9)}]
    assert solution.start_play() == {"a": force, "b": turns["b"][0]}
