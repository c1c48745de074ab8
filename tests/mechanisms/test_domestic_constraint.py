"""Domestic constraint: some moves cost at home, less so with leave."""

from __future__ import annotations

import pytest
from battery import Trial, outcome
from stage import expanded, problem_paths

FORCE = """
factors: {authority: {levels: [withheld, given], start: given}}
actors: {washington: {}}
moves: {washington: {hold: {}, strike: {ends: struck}}}
outcomes: {struck: {worth: {washington: 0.3}}, unresolved: {}}
"""


def bound(settings: str) -> str:
    return FORCE + f"mechanisms: [{{domestic_constraint: {{of: washington, on: strike, {settings}}}}}]"


TRIALS = (
    Trial("cost", bound("cost: x"), 0.0, 0.4, outcome("struck"), up=False),
    Trial(
        "even_then",
        bound("cost: 0.4, unless: authority is given, even_then: x"),
        0.0,
        1.0,
        outcome("struck"),
        up=False,
    ),
)


@pytest.mark.parametrize(
    ("settings", "cost"),
    [
        ("cost: congress", "congress"),
        ("cost: congress, grows_with: [rung]", "congress * rung"),
        ("cost: congress, unless: authority is given", "congress if not (authority is given) else 0"),
        (
            "cost: congress, unless: authority is given, even_then: residue",
            "congress * (residue if authority is given else 1)",
        ),
        (
            "cost: {bluff: congress, resolved: 0.1}, grows_with: rung",
            {"washington": {"bluff": "congress * rung", "resolved": "0.1 * rung"}},
        ),
    ],
)
def test_the_cost(settings: str, cost: object) -> None:
    moves = expanded(f"domestic_constraint: {{of: washington, on: [strike, raid], {settings}}}").moves[
        "washington"
    ]
    assert moves["strike"].costs == cost
    assert moves["raid"].costs == cost
    assert moves["hold"].costs is None


def test_costs_of_two_mechanisms_add_up() -> None:
    document = expanded(
        "domestic_constraint: {of: washington, on: reinforce, cost: congress}",
        "sunk_costs: {of: washington, on: reinforce, amount: {resolved: mobilising}}",
    )
    assert document.moves["washington"]["reinforce"].costs == {
        "washington": {"bluff": "0.02 + congress", "resolved": "0.02 + congress + mobilising"}
    }


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ("on: strik, cost: congress", "on"),
        ("on: strike, cost: congres", "cost"),
        ("on: strike, cost: congress, unless: authority is granted", "unless"),
        ("on: strike, cost: congress, even_then: residue", "even_then"),
        ("on: strike, cost: congress, grows_with: doubt", "grows_with"),
    ],
)
def test_mistakes(settings: str, key: str) -> None:
    paths = problem_paths(f"domestic_constraint: {{of: washington, {settings}}}")
    assert paths == [f"mechanisms.0.domestic_constraint.{key}"]
