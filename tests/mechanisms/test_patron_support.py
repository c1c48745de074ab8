"""Patron support: relief for the client, burden and reward for the patron, slower hazards."""

from __future__ import annotations

import pytest
from battery import Trial, outcome, play
from stage import added, expanded, problem_paths

CLIENT = """
clock: {start: 2025-08-18, step: month, steps: 3}
factors: {support: {levels: [words, supplies], start: supplies}}
actors: {caracas: {}, havana: {}}
moves:
  caracas: {hold: {}, concede: {ends: conceded}}
  havana: {hold: {}, drop: {when: support is supplies, then: {support: -1}}, abandon: {ends: fell}}
events: {revolt: {rate: 0.3, per: month, ends: revolted}}
outcomes:
  conceded: {worth: {caracas: 0.1}}
  fell: {worth: {havana: 0.15}}
  revolted: {worth: {caracas: -1}}
  unresolved: {}
"""
ALONE = CLIENT.replace(", drop: {when: support is supplies, then: {support: -1}}, abandon: {ends: fell}", "")


def backed(settings: str, case: str = ALONE) -> str:
    return (
        case + "mechanisms: [{patron_support: {of: caracas, by: havana, grows_with: support, "
        f"per: month, {settings}}}}}]"
    )


TRIALS = (
    Trial("relief", backed("relief: x"), 0.0, 0.1, outcome("conceded"), up=False),
    Trial("substance", backed("relief: 0.1, substance: x"), 0.0, 1.0, outcome("conceded"), up=False),
    Trial("burden", backed("relief: 0.05, burden: x", CLIENT), 0.0, 0.1, play("havana", "drop"), up=True),
    Trial("reward", backed("relief: 0.05, reward: x", CLIENT), 0.0, 0.1, outcome("fell"), up=False),
    Trial(
        "strength", backed("relief: 0, slows: revolt, strength: x"), 0.0, 1.5, outcome("revolted"), up=False
    ),
)


def test_flows_for_both_and_slower_hazards() -> None:
    document = expanded(
        "patron_support: {of: caracas, by: havana, grows_with: support, relief: relief, "
        "substance: substance, burden: burden, reward: 0.03, per: month, slows: mutiny, "
        "strength: 0.5, when: rung < 3}"
    )
    flows = added(document)["flows"]
    assert {name: (flow["of"], flow["worth"], flow.get("when", True)) for name, flow in flows.items()} == {
        "patron_support_relief": ("caracas", "relief * substance * support", "rung < 3"),
        "patron_support_burden": ("havana", "-burden * support", "rung < 3"),
        "patron_support_reward": ("havana", 0.03, True),
    }
    slowed = "exp(-0.5 * substance * support)"
    assert document.events["mutiny"].rate == f"0.001 * ({slowed} if rung < 3 else 1)"


def test_a_patron_that_is_no_actor() -> None:
    document = expanded("patron_support: {of: caracas, relief: {}}".replace("{}", "relief"))
    assert added(document)["flows"]["patron_support_relief"]["worth"] == "relief"


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ("by: havanna", "by"),
        ("burden: burden", "burden"),
        ("reward: 0.01", "reward"),
        ("slows: mutinies", "slows"),
        ("slows: [mutiny, rumor]", "slows.1"),
        ("strength: 0.5", "strength"),
        ("grows_with: suport", "grows_with"),
        ("when: rungs > 1", "when"),
    ],
)
def test_mistakes(settings: str, key: str) -> None:
    paths = problem_paths(f"patron_support: {{of: caracas, relief: 0.05, {settings}}}")
    assert paths == [f"mechanisms.0.patron_support.{key}"]
