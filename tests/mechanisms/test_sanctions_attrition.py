"""Sanctions attrition: hardship first, loyalty later, and the population pays."""

from __future__ import annotations

import pytest
from battery import Trial, outcome
from stage import added, expanded, problem_paths

SIEGE = """
clock: {start: 2025-08-18, step: month, steps: 4}
factors:
  sanctions: {levels: [lifted, imposed], start: imposed}
  hardship: {levels: [bearable, severe], start: bearable}
  loyalty: {levels: [gone, firm], start: firm}
actors: {caracas: {}}
moves: {caracas: {hold: {}}}
events:
  desert: {when: loyalty is gone, rate: 1, per: month, ends: deserted}
  riot: {when: hardship is severe, rate: 0.3, per: month, ends: riots}
outcomes: {deserted: {}, riots: {}, conceded: {worth: {caracas: 0}}, unresolved: {worth: {caracas: 0.1}}}
"""
HUNGRY = SIEGE.replace("start: bearable", "start: severe").replace(
    "hold: {}", "hold: {}, concede: {ends: conceded}"
)
LIFTED = SIEGE.replace("start: bearable", "start: severe").replace("start: imposed", "start: lifted")


def siege(settings: str, case: str = SIEGE) -> str:
    return (
        case
        + "mechanisms: [{sanctions_attrition: {of: caracas, when: sanctions is imposed, hardship: hardship, "
        f"per: month, {settings}}}}}]"
    )


TRIALS = (
    Trial("rate", siege("rate: x, wears: loyalty, bite: 0.1"), 0.02, 0.4, outcome("riots"), up=True),
    Trial("rate", siege("rate: x, wears: loyalty, bite: 0.15"), 0.02, 0.4, outcome("deserted"), up=True),
    Trial("bite", siege("rate: 0.4, wears: loyalty, bite: x"), 0.0, 0.15, outcome("deserted"), up=True),
    Trial("burden", siege("rate: 0.1, burden: x", HUNGRY), 0.0, 0.1, outcome("conceded"), up=True),
    Trial("recovers", siege("rate: 0.1, recovers: x", LIFTED), 0.02, 0.4, outcome("riots"), up=False),
)


def test_everything_it_adds() -> None:
    document = expanded(
        "sanctions_attrition: {of: caracas, when: sanctions is imposed or rung > 1, hardship: hardship, "
        "rate: squeeze, wears: cohesion, bite: bite, burden: hunger, recovers: 0.1, per: month, "
        "because: sanctions-bite}"
    )
    events, flows = added(document)["events"], added(document)["flows"]
    assert {name: event["when"] for name, event in events.items()} == {
        "sanctions_attrition_hardship": "(sanctions is imposed or rung > 1) and hardship < 2",
        "sanctions_attrition_wear": "(sanctions is imposed or rung > 1) and hardship > 0 and cohesion > 0",
        "sanctions_attrition_recovery": "not (sanctions is imposed or rung > 1) and hardship > 0",
    }
    assert {name: (event["rate"], event["then"]) for name, event in events.items()} == {
        "sanctions_attrition_hardship": ("squeeze", {"hardship": 1}),
        "sanctions_attrition_wear": ("bite * hardship", {"cohesion": -1}),
        "sanctions_attrition_recovery": (0.1, {"hardship": -1}),
    }
    assert flows["sanctions_attrition_burden"]["worth"] == "-hunger * hardship"
    for record in (*events.values(), *flows.values()):
        assert record["because"] == ["sanctions-bite"]
        assert "judgement" not in record


def test_hardship_without_disloyalty() -> None:
    document = expanded(
        "sanctions_attrition: {of: caracas, when: true, hardship: hardship, called: squeeze_on}"
    )
    assert list(added(document)["events"]) == ["squeeze_on_hardship"]
    assert document.parameters["squeeze_on_rate"].unit == "levels per month"


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ("when: sanctions is impose, hardship: hardship", "when"),
        ("when: true, hardship: hardships", "hardship"),
        ("when: true, hardship: hardship, wears: cohesio", "wears"),
        ("when: true, hardship: hardship, wears: hardship", "wears"),
        ("when: true, hardship: hardship, bite: 0.1", "bite"),
        ("hardship: hardship", "when"),
    ],
)
def test_mistakes(settings: str, key: str) -> None:
    paths = problem_paths(f"sanctions_attrition: {{of: caracas, {settings}}}")
    assert paths == [f"mechanisms.0.sanctions_attrition.{key}"]
