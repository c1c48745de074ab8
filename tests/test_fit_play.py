"""Play on a tree: against the engine, a recursive twin, Gambit, closed forms, and its own derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from oracle_games import ORACLES, crisis, document, oracle_game, repeated, signalling
from random_games import random_game
from standoff.fit.dual import full_tangent, seeds, value_of
from standoff.fit.play import Played, play
from standoff.fit.rules import RULES, Rule
from standoff.fit.tree import Tree, unroll
from standoff.game import compile_case
from standoff.language.document import CaseDocument
from standoff.solver import solve
from twin import Twin


def tree_of(said: CaseDocument, *free: str) -> Tree:
    return unroll(compile_case(said), free)


def played(said: CaseDocument, rule: Rule = "logit") -> Played:
    return play(tree_of(said), {}, rule)


def by_engine(said: CaseDocument, grid: int, **parameters: float) -> tuple[np.ndarray, float]:
    """Chances of the outcomes, and the engine's own error."""
    game = compile_case(said).game(parameters)
    solution = solve(game, grid=grid, threads=1)
    weights = solution.grid.weights(tuple(game.priors[i] for i in game.secret))
    return np.asarray(weights @ solution.start[:, game.pay_columns :]), solution.certificate.grid_error or 0.0


def choices(tree: Tree, found: Played) -> np.ndarray:
    """Chances of all moves at all information sets, sorted."""
    parts = []
    for depth, row in zip(tree.depths, found.moves, strict=True):
        for block, logs in zip(depth.blocks, row, strict=True):
            if block.choice and block.moves > 1:
                shape = (block.moves, block.count, tree.types[block.actor], 1)
                parts.append(np.exp(np.broadcast_to(value_of(logs), shape)).ravel())
    return np.sort(np.concatenate(parts))


# complete information


@pytest.mark.parametrize("lam", [0.0, 0.5, 3.0, 20.0])
def test_the_engine_agrees_without_secrets(lam: float) -> None:
    ours = played(crisis(lam))
    assert ours.chances.value[0] == pytest.approx(by_engine(crisis(lam), 4)[0], abs=1e-12)
    assert ours.residual.tolist() == [0.0]


def pacing(steps: int) -> CaseDocument:
    """No secrets, and everything else that time brings: tempo, standing moves, hazards, flows, discount, the clock."""
    return document(
        clock={"start": "2030-01-01", "step": "week", "steps": steps},
        factors={"f": {"levels": ["low", "mid", "high"]}},
        actors={
            "a": {"precision": 2, "tempo": {"per": "month", "times": 3}, "discount": {"per": "year", "factor": 0.6}},
            "b": {"precision": 1.5, "standing": "wait", "tempo": {"per": "week", "times": 0.4}},
        },
        moves={
            "a": {
                "hold": {},
                "push": {"then": {"f": 1}, "costs": {"a": "0.1 * step", "b": 0.3}},
                "stop": {"when": "f >= mid", "ends": {"deal": 0.7, "war": 0.1}, "then": {"f": "low"}},
            },
            "b": {"wait": {}, "yield": {"when": "f is high", "ends": "deal"}},
        },
        events={"spark": {"rate": "0.2 * f", "per": "month", "when": "f >= mid", "ends": {"war": 0.5}}},
        flows={"burden": {"of": "a", "per": "week", "worth": "-0.2 * f"}},
        outcomes={
            "deal": {"worth": {"a": "1 - 0.1 * step", "b": "0.2 * f"}},
            "war": {"worth": {"a": -1, "b": -0.5}},
            "unresolved": {"worth": {"a": "0.1 * f", "b": 0.1}},
        },
    )


@pytest.mark.parametrize("steps", [1, 3])
def test_the_engine_agrees_on_tempo_hazards_flows_and_discount(steps: int) -> None:
    said = pacing(steps)
    assert played(said).chances.value[0] == pytest.approx(by_engine(said, 4)[0], abs=1e-12)


@pytest.mark.parametrize("rule", RULES)
def test_at_no_precision_play_is_uniform(rule: Rule) -> None:
    assert played(crisis(0.0), rule).chances.value[0] == pytest.approx([0.5, 0.25, 0.125, 0.125], abs=1e-15)


def test_private_payoffs_in_closed_form() -> None:
    """The challenger's lottery errs in the measure of its outcomes, the others' choices are between two outcomes."""
    phi, sd = stats.norm.cdf, 0.5
    attack = phi((-0.2 + 0.4) / (sd * np.sqrt(2)))
    war, humbled = attack, 1 - attack
    concede = phi((0 - (-0.5 * war + 1 * humbled)) / (sd * np.sqrt(1 + war**2 + humbled**2)))
    lot = np.array([0, concede, (1 - concede) * war, (1 - concede) * humbled])
    gain = lot @ [0, 1, -0.2, -0.4]
    stay = phi(-gain / (sd * np.sqrt(1 + (lot**2).sum())))
    theirs = lot * (1 - stay) + [stay, 0, 0, 0]
    assert played(crisis(2.0), "private").chances.value[0] == pytest.approx(theirs, abs=1e-14)


def test_private_payoffs_simulated() -> None:
    """Players who each draw an error for every outcome, and know the chances of those who come after."""
    random, n = np.random.default_rng(5), 200_000
    c, d = random.normal(size=(n, 4)) * 0.5, random.normal(size=(n, 4)) * 0.5
    worth_c, worth_d = np.array([0, 1, -0.2, -0.4]) + c, np.array([1, 0, -0.5, 1]) + d
    attack = random.normal(size=(n, 2)) * 0.5 @ [1, -1] > -0.2  # the last choice is by another agent of the challenger
    share = attack.mean()
    concede = worth_d[:, 1] > share * worth_d[:, 2] + (1 - share) * worth_d[:, 3]
    given_in = concede.mean()
    lot = np.array([given_in, (1 - given_in) * share, (1 - given_in) * (1 - share)])
    stay = worth_c[:, 0] > worth_c[:, 1:] @ lot
    seen = [stay.mean(), (~stay & concede).mean(), (~stay & ~concede & attack).mean()]
    ours = played(crisis(2.0), "private").chances.value[0]
    assert np.abs(ours[:3] - seen).max() < 5 * 0.5 / np.sqrt(n)


# secrets


@pytest.mark.parametrize(
    ("name", "lam"), [(name, lam) for name in ("crisis", "signalling", "repeated_T2") for lam in ORACLES.get(name, ())]
)
def test_gambit_agrees(name: str, lam: str) -> None:
    oracle = ORACLES[name][lam]
    tree = tree_of(oracle_game(name, oracle["lam"]))
    theirs = np.sort([float(p) for play_ in oracle["strategy"].values() for p in play_.values()])
    assert choices(tree, play(tree, {})) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("lam", [0.5, 2.0, 5.0])
def test_the_engine_agrees_on_signals_within_its_grid(lam: float) -> None:
    theirs, error = by_engine(signalling(lam), 400)
    assert np.abs(played(signalling(lam)).chances.value[0] - theirs).max() < 2 * error


def test_round_a_fold_the_engine_agrees() -> None:
    """In this game the branch turns back at half the precision; both follow it by its arc."""
    said = repeated(3, 20.0).model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
    war = said["outcomes"]["war"]["worth"]
    war["c"] = f"({war['c']}) - 0.4"
    folded = CaseDocument.model_validate(said)
    ours = played(folded)
    theirs, error = by_engine(folded, 400)
    assert not ours.flagged.any()
    assert np.abs(ours.chances.value[0] - theirs).max() < 2 * error


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_recursive_twin_agrees_on_random_cases(seed: int) -> None:
    """Three and two types, covert moves, tempo, hazards that depend on a type, payoffs by anybody's type."""
    said = random_game(seed)
    tree = tree_of(said, "p")
    ours = play(tree, {"p": np.array([0.25, 0.4])})
    theirs = Twin(said, {"p": 0.4, "q": 0.6}).at_start()[-len(tree.outcomes) :]
    assert ours.chances.value[1] == pytest.approx(theirs, abs=1e-11)
    assert not ours.flagged.any()


def test_over_two_steps_the_engine_agrees_within_its_grid() -> None:
    said = random_game(2, 2)
    theirs, error = by_engine(said, 16, p=0.4)
    ours = play(tree_of(said, "p"), {"p": np.array([0.4])})
    assert np.abs(ours.chances.value[0] - theirs).max() < 2 * error


def signals_with(w: str) -> CaseDocument:
    """The signalling game with a parameter in what a bluffer gets."""
    said = signalling(2.0).model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
    said["parameters"] = {"w": {"prior": {"normal": [0, 1]}}, "lam": {"prior": {"fixed": 2}}}
    said["actors"]["s"]["precision"] = "lam"
    resisted = said["outcomes"]["resisted"]["worth"]["s"]
    resisted["bluffing"] = f"({resisted['bluffing']}) + {w}"
    return CaseDocument.model_validate(said)


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=8, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=1, max_size=4), st.floats(0.3, 4))
def test_the_implicit_derivative(rule: Rule, w: list[float], lam: float) -> None:
    tree = tree_of(signals_with("w"), "w", "lam")
    at = [np.array(w), np.full(len(w), lam)]
    ours = play(tree, dict(zip(("w", "lam"), seeds(at), strict=True)), rule)
    assert not ours.flagged.any()
    assert (ours.residual < 1e-10).all()
    for i, h in enumerate(np.eye(2) * 1e-5):
        up, down = (
            play(tree, {"w": at[0] + s * h[0], "lam": at[1] + s * h[1]}, rule).logs.value for s in (1.0, -1.0)
        )
        assert full_tangent(ours.logs)[i] == pytest.approx((up - down) / 2e-5, abs=1e-6)


def test_rows_do_not_know_of_each_other() -> None:
    tree = tree_of(signals_with("w"), "w")
    w = np.linspace(-2, 2, 7)
    together = play(tree, {"w": w}).logs.value
    for i, one in enumerate(w):
        assert together[i] == pytest.approx(play(tree, {"w": np.array([one])}).logs.value[0], abs=1e-11)


@pytest.mark.parametrize("rule", RULES)
def test_types_that_are_alike_make_no_difference(rule: Rule) -> None:
    """Two types with the same payoffs play as one, whatever is believed."""
    said = signalling(1.5).model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
    worth = said["outcomes"]["resisted"]["worth"]
    worth["s"] = "0.1 if sent is signal else 0.3"
    worth["r"] = 0.2
    said["outcomes"]["conceded"]["worth"]["s"] = "0.8 if sent is signal else 1"
    two = played(CaseDocument.model_validate(said), rule).chances.value
    said["actors"]["s"].pop("types")
    one = played(CaseDocument.model_validate(said), rule).chances.value
    assert two == pytest.approx(one, abs=1e-10)


# rows without an answer


def odd(**changed: Any) -> Tree:
    said: dict[str, Any] = {
        "parameters": {"p": {"prior": {"normal": [0, 1]}}},
        "actors": {"a": {"precision": 1}},
        "moves": {"a": {"hold": {"ends": "one"}, "go": {"ends": {"one": 0.5, "two": 0.5}}}},
        "outcomes": {"one": {"worth": {"a": 1}}, "two": {"worth": {"a": 0}}, "unresolved": {}},
    }
    return tree_of(document(**{**said, **changed}), "p")


@pytest.mark.parametrize(
    ("changed", "bad"),
    [
        ({"actors": {"a": {"precision": "p"}}}, -0.1),
        ({"moves": {"a": {"hold": {"ends": "one"}, "go": {"ends": {"two": "p"}}}}}, 1.2),
        ({"outcomes": {"one": {"worth": {"a": "log(p)"}}, "two": {}, "unresolved": {}}}, -1.0),
        ({"actors": {"a": {"discount": {"per": "day", "factor": "p"}}}}, 2.0),
    ],
)
def test_rows_whose_numbers_are_no_proper_ones_are_flagged(changed: dict[str, Any], bad: float) -> None:
    found = play(odd(**changed), {"p": np.array([0.5, bad, 0.6])})
    assert found.flagged.tolist() == [False, True, False]
    assert found.chances.value[[0, 2]].sum(axis=1) == pytest.approx(1.0)


@pytest.mark.parametrize("rule", RULES)
def test_chances_too_small_for_a_number_have_logarithms(rule: Rule) -> None:
    tree = odd(outcomes={"one": {"worth": {"a": "p"}}, "two": {"worth": {"a": 0}}, "unresolved": {}})
    found = play(tree, {"p": seeds([np.array([1e5, 3e6])])[0]}, rule)
    assert found.chances.value[:, 1].max() == 0.0
    assert (found.logs.value[:, 1] < -1e3).all()
    assert np.isfinite(found.logs.value[:, :2]).all()
    assert np.isfinite(found.logs.tangent).all()


@pytest.mark.parametrize("turn", [0.0, 0.3, 1.0])
def test_turns_that_never_come_or_always_do(turn: float) -> None:
    """A standing move against all odds goes on where the turn does not come."""
    said = {
        "actors": {"a": {"precision": 1e4, "tempo": {"per": "step", "times": "p"}}},
        "outcomes": {"one": {"worth": {"a": -1}}, "two": {"worth": {"a": 1}}, "unresolved": {}},
    }
    found = play(odd(**said), {"p": seeds([np.array([turn])])[0]})
    assert found.chances.value[0, :2] == pytest.approx([1 - turn / 2, turn / 2])
    slopes = full_tangent(found.chances)[0, 0, :2]
    assert slopes == pytest.approx([-0.5, 0.5]) if 0 < turn < 1 else np.isfinite(slopes).all()
