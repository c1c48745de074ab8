"""The solver against its slow twin, which shares nothing with it but the reading of the document."""

from __future__ import annotations

import numpy as np
import pytest

from oracle_games import crisis, document, repeated, signalling
from random_games import random_game
from standoff.game import compile_case
from standoff.language.document import CaseDocument
from standoff.solver import Solution, solve
from twin import Twin

P = 0.37


def both(said: CaseDocument, *grids: int) -> tuple[list[float], list[Solution]]:
    """The twin's value at the start, and the solver's answers."""
    known = {"p": P} if "p" in said.parameters else {}
    derived = {"q": 1 - P} if "q" in said.parameters else {}
    game = compile_case(said).game(known)
    return Twin(said, {**known, **derived}).at_start(), [solve(game, grid=m, threads=1) for m in grids]


def gap(twin: list[float], solution: Solution) -> float:
    return float(np.abs(solution.at_start() - twin).max())


def test_the_twin_itself_plays_an_oracle_game() -> None:
    oracle = {"signal": 0.45532018937028806, "quiet": 0.544679810629712}  # resolved, Gambit at precision 1
    play = Twin(signalling(0.9999999917376652)).start_play(0)
    assert [row[0] for row in play] == pytest.approx(list(oracle.values()), abs=1e-9)


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("seed", range(8))
def test_equal_where_nothing_tells_about_types(seed: int, steps: int) -> None:
    said = random_game(seed, steps, silent=True)
    twin, solutions = both(said, 4, 8)
    assert sum(twin[-3:]) == pytest.approx(1, abs=1e-12)
    for solution in solutions:
        assert gap(twin, solution) < 1e-9


RANDOM = [
    *((1, seed) for seed in range(8)),
    *((2, seed) for seed in (1, 2, 6)),
    pytest.param(2, 4, marks=pytest.mark.slow),
    pytest.param(3, 2, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("steps", "seed"), RANDOM)
@pytest.mark.no_cover
def test_the_gap_is_the_grids(steps: int, seed: int) -> None:
    twin, (coarse, fine) = both(random_game(seed, steps), 8, 32)
    assert gap(twin, coarse) < 2e-3
    # a quarter of the step: a sixteenth of the gap, give or take where beliefs fall between points
    assert gap(twin, fine) < gap(twin, coarse) / 4
    # the grid error is an estimate, not a bound (it compares two grids at one belief), but of the right size
    columns = len(twin) - len(fine.game.outcomes)
    for solution in (coarse, fine):
        missed = np.abs(solution.at_start()[columns:] - twin[columns:]).max()
        assert missed <= 4 * solution.certificate.grid_error + 1e-6
        assert solution.certificate.residual < 1e-8


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_play_at_the_start(seed: int) -> None:
    said = random_game(seed)
    game = compile_case(said).game({"p": P})
    solution = solve(game, grid=48, threads=1)
    play = np.array(Twin(said, {"p": P, "q": 1 - P}).start_play(0))
    first = game.phases[0]
    nodes = solution.look(0, 0, [0], tuple(np.array([belief]) for belief in solution.priors))
    assert nodes.count[0, 0] == len(play) > 1
    assert nodes.play[0, : len(play)] == pytest.approx(play, abs=1e-5)
    assert np.ptp(play, axis=1).max() > 1e-3, f"the types of {first.label} should differ"


@pytest.mark.parametrize("said", [crisis(6.0), signalling(3.0), repeated(2, 2.0)], ids=["crisis", "signal", "repeated"])
def test_games_of_the_textbook(said: CaseDocument) -> None:
    twin, (fine,) = both(said, 400)
    assert gap(twin, fine) < 1e-5


def test_beliefs_that_jump_to_certainty_stay_on_the_grid() -> None:
    """An errand comes off for one type only; a beacon then betrays the other actor: all posteriors are vertices."""
    said = document(
        clock={"start": "2030-01-01", "step": "week", "steps": 2},
        factors={"mark": {"levels": ["none", "left"]}, "light": {"levels": ["dark", "red", "blue"]}},
        actors={
            "a": {"types": {"x": {"prior": 0.25}, "y": {"prior": 0.5}, "z": {"prior": 0.25}}, "precision": 0},
            "b": {"types": {"u": {"prior": 0.75}, "v": {"prior": 0.25}}, "precision": 2},
            "c": {"precision": 3, "discount": {"per": "step", "factor": 0.8}},
        },
        order=["a", "chance", "c"],
        moves={
            "a": {
                "send": {"when": "step == 0", "perhaps": [{"chance": "1 if a is y else 0", "then": {"mark": "left"}}]}
            },
            "c": {"hold": {}, "go": {"ends": {"won": "0.5 if light is red else 0.2"}, "costs": {"b": 0.1}}},
        },
        events={
            "beacon": {
                "chance": 1,
                "when": "light is dark and mark is left",
                "perhaps": [{"chance": "1 if b is u else 0", "then": {"light": "red"}}],
                "then": {"light": "blue"},
            }
        },
        outcomes={
            "won": {"worth": {"a": {"x": 1, "y": 2, "z": 3}, "b": "0.5 if a is y else 1", "c": "2 if b is v else -1"}},
            "unresolved": {"worth": {"a": "0.1 * light", "b": {"u": 1, "v": 0}, "c": "0.4 if a is y else 0.1"}},
        },
    )
    twin, (solution,) = both(said, 4)
    assert gap(twin, solution) < 1e-12
    assert 0.05 < solution.outcomes["won"] < 0.95
