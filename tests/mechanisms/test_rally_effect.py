"""The rally effect: pressure may raise support, support steels, and the effect fades."""

from __future__ import annotations

import pytest
from battery import Trial, outcome
from stage import added, expanded, problem_paths

FALLS = """
clock: {start: 2025-08-18, step: month, steps: 3}
factors: {cohesion: {levels: [broken, strained, firm], start: strained}}
actors: {washington: {}, caracas: {}}
order: [washington, chance]
moves: {washington: {hold: {}, strike: {}}, caracas: {hold: {}}}
events: {fall: {rate: 0.4 * (2 - cohesion), per: month, ends: fell}}
outcomes: {fell: {}, unresolved: {}}
"""

DEFIES = """
factors: {cohesion: {levels: [broken, strained, firm], start: firm}}
actors: {washington: {}, caracas: {}}
moves: {washington: {hold: {}, strike: {}}, caracas: {defy: {}, quit: {ends: exit}}}
outcomes: {exit: {worth: {caracas: 0.2}}, unresolved: {}}
"""

TRIALS = (
    Trial(
        "chance",
        FALLS
        + "mechanisms: [{rally_effect: {of: caracas, on: washington.strike, raises: cohesion, chance: x}}]",
        0.05,
        0.6,
        outcome("fell"),
        up=False,
    ),
    Trial(
        "gain",
        DEFIES
        + "mechanisms: [{rally_effect: {of: caracas, on: washington.strike, raises: cohesion, chance: 0.3, "
        "steels: defy, gain: x}}]",
        0.0,
        0.2,
        outcome("exit"),
        up=False,
    ),
    Trial(
        "fades",
        FALLS
        + "mechanisms: [{rally_effect: {of: caracas, on: washington.strike, raises: cohesion, chance: 0.6, "
        "fades: x, per: month}}]",
        0.05,
        0.7,
        outcome("fell"),
        up=True,
    ),
)


def test_a_chance_a_gain_and_fading() -> None:
    document = expanded(
        "rally_effect: {of: caracas, on: [washington.reinforce, washington.hold], raises: cohesion, "
        "chance: rally, steels: defy, gain: rally_gain, fades: rally_fades, per: month}"
    )
    assert added(document) == {
        "moves": {
            "washington": {
                "hold": {"perhaps": [{"chance": "rally", "then": {"cohesion": 1}}]},
                "reinforce": {"perhaps": [{"chance": "rally", "then": {"force": 1, "cohesion": 1}}]},
            },
            "caracas": {"defy": {"costs": "-rally_gain * cohesion"}},
        },
        "events": {
            "rally_effect_fades": {
                "title": "The rally behind caracas fades",
                "judgement": "mechanism rally_effect: Mueller 1970",
                "when": "cohesion > 1",
                "rate": "rally_fades",
                "per": "month",
                "then": {"cohesion": -1},
            }
        },
    }


def test_known_by_its_other_name() -> None:
    entry = ": {of: caracas, on: washington.strike, raises: cohesion, chance: rally}"
    assert expanded("rally_round_the_flag" + entry) == expanded("rally_effect" + entry)
    assert problem_paths("rally_round_the_flag: {of: caracas, on: washington.strik, raises: cohesion}") == [
        "mechanisms.0.rally_round_the_flag.on"
    ]


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ("{of: caracas, on: strike, raises: cohesion}", "on"),
        ("{of: caracas, on: washingto.strike, raises: cohesion}", "on"),
        ("{of: caracas, on: washington.raid, raises: cohesion}", "on"),
        ("{of: caracas, on: washington.strike, raises: cohesio}", "raises"),
        ("{of: caracas, on: washington.strike, raises: cohesion, steels: defy}", "steels"),
        ("{of: caracas, on: washington.strike, raises: cohesion, gain: 0.1}", "gain"),
        ("{of: caracas, on: washington.strike, raises: cohesion, steels: defi, gain: 0.1}", "steels"),
    ],
)
def test_mistakes(settings: str, key: str) -> None:
    assert problem_paths(f"rally_effect: {settings}") == [f"mechanisms.0.rally_effect.{key}"]
