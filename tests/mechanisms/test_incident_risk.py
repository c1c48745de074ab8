"""Incident risk: a hazard that grows with the forces in contact."""

from __future__ import annotations

import pytest
from battery import Trial, outcome
from stage import added, expanded, problem_paths

CONTACT = """
clock: {start: 2025-08-18, step: week, steps: 4}
factors: {force: {levels: [apart, close, closer], start: closer}}
actors: {washington: {}}
moves: {washington: {hold: {}, step_down: {ends: stood_down}}}
outcomes: {clash: {worth: {washington: -2}}, stood_down: {}, unresolved: {worth: {washington: 0.3}}}
"""
TIED = CONTACT.replace(", step_down: {ends: stood_down}", "")


def contact(settings: str, case: str = TIED) -> str:
    return (
        case + f"mechanisms: [{{incident_risk: {{grows_with: force, per: week, ends: clash, {settings}}}}}]"
    )


TRIALS = (
    Trial("rate", contact("rate: x, to_war: 0.3"), 0.002, 0.05, outcome("clash"), up=True),
    Trial("to_war", contact("rate: 0.05, to_war: x"), 0.01, 0.3, outcome("clash"), up=True),
    Trial("rate", contact("rate: x, to_war: 0.3", CONTACT), 0.002, 0.05, outcome("stood_down"), up=True),
)


def test_one_event() -> None:
    document = expanded(
        "incident_risk: {grows_with: [force, rung], rate: incident_rate, per: day, then: {rung: +1}, "
        "ends: clash, to_war: incident_to_war, costs: {washington: 0.1, caracas: burden}, "
        "when: support is words, called: collision}"
    )
    assert added(document)["events"] == {
        "collision": {
            "title": "An incident that nobody ordered",
            "judgement": "mechanism incident_risk: Schelling 1966",
            "when": "support is words",
            "rate": "incident_rate * (force + rung)",
            "per": "day",
            "ends": {"clash": "incident_to_war"},
            "then": {"rung": 1},
            "costs": {"washington": 0.1, "caracas": "burden"},
        }
    }


def test_nothing_happens_at_the_top_of_the_ladder() -> None:
    event = expanded("brinkmanship: {grows_with: force, rate: incident_rate, then: {rung: +1}}").events[
        "incident_risk"
    ]
    assert event.when == "rung < 3"
    assert event.ends is None


def test_rates_that_are_not_said_take_the_unit_of_time() -> None:
    document = expanded("incident_risk: {grows_with: force, per: day, then: {rung: +1}}")
    prior = document.parameters["incident_risk_rate"].prior
    assert prior is not None
    assert prior.uniform == pytest.approx((0.002 / 7, 0.05 / 7), rel=0.01)
    assert document.parameters["incident_risk_rate"].unit == "incidents per day"


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ("grows_with: force, rate: 0.01", ""),
        ("grows_with: forces, rate: 0.01, ends: clash", ".grows_with"),
        ("grows_with: {force: weigt}, rate: 0.01, ends: clash", ".grows_with"),
        ("grows_with: force, rate: 0.01, ends: clsh", ".ends"),
        ("grows_with: force, rate: 0.01, then: {rung: +1}, to_war: 0.1", ".to_war"),
        ("grows_with: force, rate: 0.01, then: {rung: top}", ".then.rung"),
        ("grows_with: force, rate: 0.01, costs: {nobody: 1}", ".costs.nobody"),
        ("grows_with: {}, rate: 0.01, ends: clash", ".grows_with"),
    ],
)
def test_mistakes(settings: str, key: str) -> None:
    assert problem_paths(f"incident_risk: {{{settings}}}") == [f"mechanisms.0.incident_risk{key}"]
