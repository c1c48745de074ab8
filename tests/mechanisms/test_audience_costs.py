"""Audience costs: charged on stepping back and at a climb-down, by the rungs climbed."""

from __future__ import annotations

from battery import Trial, outcome, telling
from stage import added, expanded, problem_paths

CLIMB_DOWN = """
factors: {rung: {levels: [quiet, strikes], start: strikes}}
actors: {washington: {}}
moves: {washington: {hold: {}, step_back: {ends: backed_down}}}
outcomes:
  backed_down: {worth: {washington: 0}}
  unresolved: {worth: {washington: -0.3}}
mechanisms:
  - audience_costs: {of: washington, on: step_back, grows_with: rung, rate: x}
"""

THREAT = """
clock: {start: 2025-08-18, step: week, steps: 2}
factors: {rung: {levels: [quiet, strikes]}}
actors:
  washington: {types: {bluff: {prior: 0.5}, resolved: {prior: 0.5}}}
  caracas: {}
moves:
  washington:
    hold: {}
    climb: {when: rung is quiet, then: {rung: +1}}
    attack: {when: rung is strikes, ends: war}
  caracas: {hold: {}, concede: {ends: deal}}
outcomes:
  deal: {worth: {washington: 1, caracas: -0.4}}
  war: {worth: {washington: {bluff: -0.8, resolved: 0.4}, caracas: -1}}
  unresolved: {worth: {caracas: 0.2}}
mechanisms:
  - audience_costs: {of: washington, at: unresolved, grows_with: rung, rate: x}
"""

TRIALS = (
    Trial("rate", CLIMB_DOWN, 0.0, 0.4, outcome("backed_down"), up=False),
    Trial("rate", THREAT, 0.0, 0.4, telling("washington", "climb", "resolved", "bluff"), up=True),
)


def test_charged_on_the_move_and_at_the_end() -> None:
    document = expanded(
        "audience_costs: {of: washington, on: step_back, at: unresolved, grows_with: [force, rung], "
        "rate: audience}"
    )
    assert added(document) == {
        "moves": {"washington": {"step_back": {"costs": "audience * (force + rung)"}}},
        "outcomes": {
            "unresolved": {
                "worth": {
                    "washington": {
                        "bluff": "-audience * (force + rung)",
                        "resolved": "-0.2 - audience * (force + rung)",
                    }
                }
            }
        },
    }


def test_weights_conditions_and_types() -> None:
    document = expanded(
        "audience_costs: {of: washington, on: step_back, grows_with: {force: 2, rung: deployment}, "
        "rate: {resolved: audience}, when: rung > 0}"
    )
    assert added(document)["moves"]["washington"]["step_back"]["costs"] == {
        "washington": {
            "bluff": 0,
            "resolved": "audience * (2 * force + deployment * rung) if rung > 0 else 0",
        }
    }


def test_charged_by_the_rung_given_up() -> None:
    document = expanded(
        "audience_costs: {of: washington, on: step_back, grows_with: [force, rung], rate: audience, "
        "charged: given_up}"
    )
    assert document.moves["washington"]["step_back"].costs == "audience * min(1, force)"


def test_a_retreat_in_steps_costs_what_it_costs_at_a_stroke() -> None:
    # charged as given up, from force 2: one rung twice, or both at once
    from standoff.language.expressions import Scope, compile_expression

    scope = Scope(factors={"force": ("a", "b", "c")})
    step, stroke = (compile_expression(cost, scope) for cost in ("min(1, force)", "force"))
    assert step({"force": 2}) + step({"force": 1}) == stroke({"force": 2})


def test_giving_up_nothing_is_a_mistake() -> None:
    paths = problem_paths(
        "audience_costs: {of: washington, on: hold, grows_with: force, rate: audience, charged: given_up}"
    )
    assert paths == ["mechanisms.0.audience_costs.on"]


def test_every_misspelt_name_is_found_at_once() -> None:
    paths = problem_paths(
        "audience_costs: {of: washingtn, on: [step_bak, hold], at: unresolvd, grows_with: [force, rungs], "
        "rate: audence, when: talks is open}"
    )
    assert paths == [
        f"mechanisms.0.audience_costs.{key}" for key in ("of", "at", "grows_with.rungs", "rate", "when")
    ]
    assert problem_paths(
        "audience_costs: {of: washington, on: [step_bak, hold], grows_with: force, rate: audience}"
    ) == ["mechanisms.0.audience_costs.on.0"]


def test_something_must_count_as_stepping_back() -> None:
    assert problem_paths("audience_costs: {of: washington, grows_with: force}") == [
        "mechanisms.0.audience_costs"
    ]


def test_grounds_are_inherited() -> None:
    document = expanded(
        "audience_costs: {of: washington, on: step_back, at: unresolved, grows_with: force, rate: audience, "
        "because: weak-if-it-steps-back, judgement: 'the author: so it says'}"
    )
    for record in (document.moves["washington"]["step_back"], document.outcomes["unresolved"]):
        assert record.because == ["weak-if-it-steps-back"]
        assert record.judgement == "the author: so it says"
