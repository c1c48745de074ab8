"""The model in words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings_example import example
from standoff.report import phrases
from standoff.report.references import References

REFS = References(example())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (True, "always"),
        (False, "never"),
        (0.25, "0.25"),
        (-3, "−3"),
        (None, ""),
        ("fleet >= squadron and strait is open", "fleet is at least squadron and strait is open"),
        ("fleet < 2", "fleet is below armada"),
        ("fleet < 7", "fleet is below 7"),
        ("fleet < fleet.armada", "fleet is below armada"),
        ("1 - landing_success", "1 − landing success"),
        ("-upkeep * fleet", "−upkeep × fleet"),
        ("x**2 + 1", "x^2 + 1"),
        ("date >= 2031-05-01", "on or after 1 May 2031"),
        ("talks in (open, terms)", "talks is open or terms"),
        ("talks not in (shut, terms)", "talks is neither shut nor terms"),
        ("clip(0.1*fleet, 0, 1)", "clip(0.1 × fleet, 0, 1)"),
        (
            "blood_price * (2 - (orvane is seize))",
            "blood price × (2 − (the federal government of Orvane “will land if the port does not open”))",
        ),
        (["a", "b_c"], "a and b c"),
        ({"bluff": 0.4, "seize": {"x": "resolve"}}, "bluff 0.4, seize (x resolve)"),
    ],
)
def test_expressions_read_aloud(source: Any, expected: str) -> None:
    assert phrases.text_of(phrases.expression(source, REFS)).replace("\N{NO-BREAK SPACE}", " ") == expected


def test_parameters_and_factors_are_links_and_levels_are_not() -> None:
    links = {
        p.text: p.href
        for p in phrases.expression("audience * fleet if strait is open else 0", REFS)
        if p.href
    }
    assert links == {"audience": "#parameter-audience", "fleet": "#factor-fleet", "strait": "#factor-strait"}


@given(st.text(max_size=60))
def test_any_text_reads_without_failing(source: str) -> None:
    said = phrases.text_of(phrases.expression(source, REFS))
    assert isinstance(said, str)


def test_a_move_in_words() -> None:
    move = {
        "when": "fleet is armada",
        "ends": {"port_seized": "landing_success", "raid_fails": 1},
        "then": {"strait": "closed", "militia": "+1", "fleet": -2, "talks": 0},
        "perhaps": [{"chance": 0.1, "then": {}}],
        "costs": {"orvane": "audience", "selm": {"cling": 0.1}},
        "covert": True,
    }
    assert phrases.text_of(phrases.effect(move, REFS)) == (
        "Open when fleet is armada. Ends in “Orvane takes the port” with chance landing success, or in "
        "“A landing is tried and fails”. Otherwise sets strait to closed, raises militia by one rung, lowers "
        "fleet by 2 rungs, leaves talks as it is. Or, with chance 0.1, changes nothing. Cost to the federal "
        "government of Orvane: audience; cost to the presidency of Selm: cling 0.1. Unseen: others see only "
        "what it changes."
    )


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({}, "Always open. Changes nothing by itself."),
        ({"costs": -0.02}, "Always open. Changes nothing by itself. Gain to the mover: 0.02."),
        ({"costs": "upkeep"}, "Always open. Changes nothing by itself. Cost to the mover: upkeep."),
        (
            {"rate": 0.1, "per": "month", "when": "strait is closed", "ends": "garrison_splits"},
            "Rate 0.1 per month, while strait is closed. Ends in “The garrison splits and fights itself”.",
        ),
        (
            {"chance": "guard_block", "when": "talks is terms", "then": {"talks": "shut"}},
            "Chance guard block, once, when talks is terms. Sets talks to shut.",
        ),
        (
            {"perhaps": [{"chance": "rally", "then": {"cohesion": 1}}]},
            "Always open. With chance rally, raises cohesion by one rung. Otherwise nothing changes.",
        ),
    ],
)
def test_effects(record: dict[str, Any], expected: str) -> None:
    assert phrases.text_of(phrases.effect(record, REFS)) == expected


def test_worth() -> None:
    said = phrases.text_of(phrases.worth({"worth": {"orvane": {"bluff": 1}, "selm": "exit_value"}}, REFS))
    assert said == "The federal government of Orvane: bluff 1; The presidency of Selm: exit value"
    assert phrases.worth({}, REFS) == []
    assert phrases.text_of(phrases.worth({"worth": 2}, REFS)) == "2"
