"""Militia deterrence: a landing costs more and succeeds less where the population is mobilised."""

from __future__ import annotations

import pytest
from battery import Trial, outcome
from stage import expanded, problem_paths, stage

from standoff.language.expressions import Scope, compile_expression
from standoff.mechanisms import expand

LANDING = """
factors: {militia: {levels: [none, called_up], start: called_up}}
moves: {washington: {hold: {}, raid: {ends: {captured: 0.6, botched: 0.4}}}}
outcomes: {captured: {worth: {washington: 1}}, botched: {worth: {washington: -1}}, unresolved: {}}
"""

TRIALS = (
    Trial(
        "cost",
        LANDING
        + "actors: {washington: {}}\n"
        + "mechanisms: [{militia_deterrence: {of: washington, on: raid, grows_with: militia, cost: x}}]",
        0.0,
        0.3,
        outcome("captured", "botched"),
        up=False,
    ),
    Trial(
        "strength",
        LANDING
        + "actors: {washington: {precision: 0}}\n"
        + "mechanisms: [{militia_deterrence: {of: washington, on: raid, grows_with: militia, cost: 0, "
        "lowers: captured, strength: x}}]",
        0.0,
        1.0,
        outcome("captured"),
        up=False,
    ),
)


def test_cost_and_odds() -> None:
    raid = expanded(
        "militia_deterrence: {of: washington, on: raid, grows_with: militia, cost: militia_toll, "
        "lowers: captured, strength: militia_strength}"
    ).moves["washington"]["raid"]
    assert raid.costs == "militia_toll * militia"
    assert isinstance(raid.ends, dict)
    scope = Scope(frozenset({"raid_success", "militia_strength"}), {"militia": ("none", "called_up")})
    values = {"raid_success": 0.6, "militia_strength": 0.5}
    for level, expected in ((0, 0.6), (1, 0.6 / (0.6 + 0.4 * 2.718281828459045**0.5))):
        shares = {
            name: compile_expression(chance, scope)({**values, "militia": level})
            for name, chance in raid.ends.items()
        }
        assert shares["captured"] == pytest.approx(expected)
        assert sum(shares.values()) == pytest.approx(1)


def test_what_is_not_said_becomes_a_visible_parameter() -> None:
    document = expanded(
        "militia_deterrence: {of: washington, on: raid, grows_with: militia, lowers: captured}"
    )
    new = {name: p for name, p in document.parameters.items() if name not in stage().parameters}
    assert list(new) == ["militia_deterrence_cost", "militia_deterrence_strength"]
    assert new["militia_deterrence_cost"].prior.uniform == (0.0, 0.3)
    assert new["militia_deterrence_strength"].unit == "log-odds"
    for parameter in new.values():
        assert "mechanism militia_deterrence" in parameter.judgement
        assert "Snyder 1961" in parameter.judgement
    assert document.moves["washington"]["raid"].costs == "militia_deterrence_cost * militia"


def test_a_certain_outcome_has_no_odds() -> None:
    document = stage("militia_deterrence: {of: caracas, on: quit, grows_with: militia, lowers: exit}")
    (problem,) = expand(document)[1]
    assert problem.path == "mechanisms.0.militia_deterrence.lowers"
    assert "certain" in problem.found


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ("{of: washington, on: raid, grows_with: milita}", "grows_with"),
        ("{of: washington, on: raid, grows_with: militia, lowers: captive}", "lowers"),
        ("{of: washington, on: raid, grows_with: militia, lowers: clash}", "lowers"),
        ("{of: washington, on: raid, grows_with: militia, strength: 0.5}", "strength"),
        ("{of: washington, on: raid, grows_with: militia, cost: {blof: 0.1}}", "cost.blof"),
    ],
)
def test_mistakes(settings: str, key: str) -> None:
    assert problem_paths(f"militia_deterrence: {settings}") == [f"mechanisms.0.militia_deterrence.{key}"]
