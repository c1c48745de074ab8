"""Sunk costs: paid when mobilising, with an upkeep if there is one."""

from __future__ import annotations

from battery import Trial, outcome, play, telling
from stage import added, expanded, problem_paths

MOBILISE = """
clock: {start: 2025-08-18, step: week, steps: 2}
factors: {force: {levels: [home, there]}}
actors:
  washington: {types: {bluff: {prior: 0.5}, resolved: {prior: 0.5}}}
  caracas: {}
moves:
  washington:
    hold: {}
    reinforce: {when: force is home, then: {force: +1}}
    attack: {when: force is there, ends: war}
  caracas: {hold: {}, concede: {ends: deal}}
outcomes:
  deal: {worth: {washington: 1, caracas: -0.4}}
  war: {worth: {washington: {bluff: -0.8, resolved: 0.6}, caracas: -1}}
  unresolved: {worth: {caracas: 0.2}}
mechanisms:
  - sunk_costs: {of: washington, on: reinforce, amount: x}
"""

WAIT = """
clock: {start: 2025-08-18, step: month, steps: 3}
factors: {force: {levels: [home, there], start: there}}
actors: {washington: {}}
moves: {washington: {hold: {}, attack: {ends: war}, withdraw: {ends: home_again}}}
outcomes:
  war: {worth: {washington: -0.1}}
  home_again: {worth: {washington: 0}}
  unresolved: {worth: {washington: 0.2}}
mechanisms:
  - sunk_costs: {of: washington, on: hold, amount: 0, upkeep: x, per: month, grows_with: force}
"""

TRIALS = (
    Trial(
        "amount",
        MOBILISE,
        0.0,
        0.15,
        play("washington", "reinforce", "bluff"),
        up=False,
    ),
    Trial(
        "amount",
        MOBILISE,
        0.0,
        0.15,
        telling("washington", "reinforce", "resolved", "bluff"),
        up=True,
        least=0.0,
    ),
    Trial("upkeep", WAIT, 0.0, 0.1, outcome("unresolved"), up=False),
)


def test_paid_once_and_while_it_lasts() -> None:
    document = expanded(
        "sunk_costs: {of: washington, on: reinforce, amount: mobilising, upkeep: deployment, per: week, "
        "grows_with: force}"
    )
    assert added(document) == {
        "moves": {"washington": {"reinforce": {"costs": "0.02 + mobilising"}}},
        "flows": {
            "sunk_costs_upkeep": {
                "title": "Keeping forces in place costs washington",
                "judgement": "mechanism sunk_costs: Fearon 1997",
                "of": "washington",
                "per": "week",
                "worth": "-deployment * force",
            }
        },
    }


def test_cheaper_for_one_type() -> None:
    document = expanded("sunk_costs: {of: washington, on: hold, amount: {bluff: 0.1, resolved: mobilising}}")
    assert document.moves["washington"]["hold"].costs == {
        "washington": {"bluff": 0.1, "resolved": "mobilising"}
    }


def test_misspelt_names_and_half_an_upkeep() -> None:
    assert problem_paths("sunk_costs: {of: washington, on: reinforc, amount: {blufff: 0.1}}") == [
        "mechanisms.0.sunk_costs.on",
        "mechanisms.0.sunk_costs.amount.blufff",
    ]
    assert problem_paths("sunk_costs: {of: washington, on: reinforce, amount: 0.1, upkeep: 0.1}") == [
        "mechanisms.0.sunk_costs.upkeep"
    ]
    assert problem_paths("sunk_costs: {of: washington, on: reinforce, amount: 0.1, grows_with: force}") == [
        "mechanisms.0.sunk_costs.grows_with"
    ]
