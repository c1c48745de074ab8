"""The solver against Gambit's numbers, against closed forms, and against its own certificate."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from oracle_games import ORACLES, crisis, document, game_of, oracle_errors, repeated, signalling
from standoff.game import Game
from standoff.solver import Solution, solve

TABLE = [(name, lam) for name, by_lam in ORACLES.items() for lam in by_lam]
WITHIN = {"crisis": 1e-9, "signalling": 1e-6, "repeated_T2": 1e-6, "repeated_T3": 1e-6}
needs_numbers = pytest.mark.skipif(not ORACLES, reason="the oracle numbers (shared/oracles) are not here")


@needs_numbers
@pytest.mark.parametrize(("name", "lam"), TABLE)
def test_play_is_gambits_at_every_information_set(name: str, lam: str) -> None:
    assert max(oracle_errors(name, lam, grid=1000)) < WITHIN[name]


@needs_numbers
@pytest.mark.parametrize(("name", "lam"), [("signalling", "1.0"), ("repeated_T2", "5.0"), ("repeated_T3", "5.0")])
def test_the_error_is_second_order_in_the_grid_step(name: str, lam: str) -> None:
    grids = [50, 100, 200, 400]
    errors = [max(oracle_errors(name, lam, grid)) for grid in grids]
    slope = -np.polyfit(np.log(grids), np.log(errors), 1)[0]
    assert 1.8 < slope < 2.2, errors
    assert errors[0] < 1e-3


# --- the certificate, checked with nothing but the values it speaks of


def worst_gaps(solution: Solution, k: int, lam: float, pays: np.ndarray) -> np.ndarray:
    """max |softmax(lam Q) - play| at every (step, state, belief) of the phase of a mover with two types.

    Q is built from the stored values just after the phase, Bayes' rule and `np.interp`. `pays` [moves, 2].
    """
    game, axis = solution.game, solution.grid.axes[0]
    found = []
    for step in range(game.steps):
        values = solution.own[step, k]
        for state in game.active[step][k]:
            nodes = solution.look(step, k, [state] * axis.size, (axis.points,))
            if nodes.count[0, 0] < 2:
                continue
            for d, mu in enumerate(axis.points):
                play = nodes.play[d]  # here every move leaves its own observation
                seen = play @ mu
                q = pays.copy()
                for move, node in enumerate(nodes.leads_to[d]):
                    z = mu[1] * play[move, 1] / seen[move]
                    q[move] += [np.interp(z, np.linspace(0, 1, axis.m + 1), values[node, :, kind]) for kind in (0, 1)]
                best = np.exp(lam * (q - q.max(axis=0)))
                found.append(float(np.abs(best / best.sum(axis=0) - play).max()))
    return np.array(found)


@pytest.mark.parametrize("lam", [0.1, 0.3, 1.0, 3.0, 5.0, 10.0, 20.0, 40.0])
@pytest.mark.parametrize("name", ["signalling", "repeated_T3"])
def test_the_residual_is_small_or_the_node_is_counted(name: str, lam: float) -> None:
    game = game_of(signalling(lam) if name == "signalling" else repeated(3, lam))
    solution = solve(game, grid=60, threads=1, grid_error=False, own_until=game.steps)
    certificate = solution.certificate
    assert (certificate.residual > 1e-8) == (certificate.flagged > 0)
    gaps = worst_gaps(solution, 0, lam, np.zeros((2, 2)))
    assert len(gaps) >= 61
    # values are good to the tolerance in play, so a gap may be a little larger than the residual
    assert (gaps > 2e-8).sum() <= certificate.flagged
    assert gaps.max() <= max(2e-8, 1.1 * certificate.residual)


# --- closed forms


def ladder(lam: float, steps: int = 5) -> Game:
    """Two actors without secrets push up a ladder or stand; the top rung is a catastrophe."""
    return game_of(
        document(
            clock={"start": "2030-01-01", "step": "day", "steps": steps},
            factors={"rung": {"levels": ["r0", "r1", "r2", "r3"]}},
            actors={
                "a": {"precision": lam, "discount": {"per": "step", "factor": 0.9}},
                "b": {"precision": 0.5 * lam},
            },
            moves={
                "a": {"hold": {}, "push": {"when": "rung < r3", "then": {"rung": 1}, "costs": 0.03}},
                "b": {
                    "hold": {},
                    "push": {"when": "rung < r3", "then": {"rung": 1}, "costs": {"a": "0.05 * rung", "b": 0.02}},
                    "yield": {"when": "rung >= r1", "ends": "yielded"},
                },
            },
            outcomes={
                "yielded": {"worth": {"a": 1, "b": "-0.1 * rung"}},
                "unresolved": {"worth": {"a": "-1 if rung is r3 else 0.1 * rung", "b": "-1 if rung is r3 else 0.2"}},
            },
        )
    )


def by_recursion(lam: float, steps: int) -> tuple[float, float, float]:
    """(worth to a, worth to b, probability that b yields) of `ladder` at the start."""

    @cache
    def value(step: int, mover: int, rung: int) -> np.ndarray:
        if step == steps:
            return np.array([-1.0 if rung == 3 else 0.1 * rung, -1.0 if rung == 3 else 0.2, 0.0])
        after = [lambda r: value(step, 1, r), lambda r: value(step + 1, 0, r) * [0.9, 1.0, 1.0]][mover]
        ways = [after(rung)]
        if rung < 3:
            ways.append(after(rung + 1) - ([0.03, 0, 0] if mover == 0 else [0.05 * rung, 0.02, 0]))
        if mover == 1 and rung >= 1:
            ways.append(np.array([1.0, -0.1 * rung, 1.0]))
        play = np.exp(lam * (1.0 - 0.5 * mover) * np.array([way[mover] for way in ways]))
        return (play / play.sum()) @ np.array(ways)

    return tuple(value(0, 0, 0))


@pytest.mark.parametrize("lam", [0.0, 0.7, 4.0, 40.0])
def test_without_secrets_it_is_logit_backward_induction(lam: float) -> None:
    found = solve(ladder(lam), threads=1).at_start()
    assert found == pytest.approx([*by_recursion(lam, 5), 1.0 - by_recursion(lam, 5)[2]], abs=1e-12)


def test_zero_precision_is_a_coin_toss() -> None:
    for game in (game_of(signalling(0.0)), game_of(repeated(3, 0.0)), game_of(crisis(0.0))):
        for actor, by_type in solve(game, grid=10, threads=1).start_play().items():
            for play in by_type.values():
                assert set(play.values()) == {1 / len(play)}, actor
    # and near zero it is nearly one, in proportion to the precision
    gaps = []
    for lam in (1e-2, 1e-3, 1e-4):
        play = solve(game_of(signalling(lam)), grid=10, threads=1).start_play()
        gaps.append(abs(play["s"]["bluffing"]["signal"] - 0.5))
    assert gaps[0] / gaps[1] == pytest.approx(10, rel=0.01)
    assert gaps[1] / gaps[2] == pytest.approx(10, rel=0.01)


def test_large_precision_is_subgame_perfect_play() -> None:
    solution = solve(game_of(crisis(300.0)), threads=1)
    # C would rather fight than be humbled, so D concedes, so C challenges
    assert solution.outcomes["concession"] > 1 - 1e-9
    assert solution.start_play()["c"]["-"]["challenge"] > 1 - 1e-9


def test_large_precision_separates_the_types_where_only_the_resolved_can_afford_the_signal() -> None:
    solution = solve(game_of(signalling(80.0, bluff_signal=-0.8)), grid=100, threads=1)
    play = solution.start_play()["s"]
    assert play["resolved"]["signal"] > 1 - 1e-6
    assert play["bluffing"]["quiet"] > 1 - 1e-6
    # R concedes to the signal and resists its absence, so the story is conceded as often as there is resolve
    assert solution.outcomes["conceded"] == pytest.approx(0.3, abs=1e-5)
    assert solution.at_start()[:2] == pytest.approx([0.8, -0.6], abs=1e-4)


def test_a_game_in_which_nothing_can_happen_runs_out_the_clock() -> None:
    said = document(actors={"a": {}}, outcomes={"unresolved": {"worth": {"a": 1}}})
    assert solve(game_of(said)).outcomes == {"unresolved": 1.0}
