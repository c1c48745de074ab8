"""Coup-proofing: coups fail, rents are paid, and the army fights badly."""

from __future__ import annotations

import pytest
from battery import Trial, outcome, play
from stage import expanded, problem_paths, stage

from standoff.mechanisms import expand

RULER = """
clock: {start: 2025-08-18, step: month, steps: 4}
factors: {guards: {levels: [thin, strong], start: strong}}
actors: {caracas: {}, washington: {precision: 0}}
moves:
  caracas: {hold: {}, dismiss: {when: guards is strong, then: {guards: -1}}}
  washington: {hold: {}, raid: {ends: {captured: 0.3, botched: 0.7}}}
events: {attempt: {rate: 0.3, per: month, ends: {coup: 0.5}}}
outcomes: {coup: {worth: {caracas: -0.3}}, captured: {}, botched: {}, unresolved: {}}
"""


def proofed(settings: str) -> str:
    return (
        RULER
        + f"mechanisms: [{{coup_proofing: {{of: caracas, grows_with: guards, against: coup, {settings}}}}}]"
    )


TRIALS = (
    Trial("strength", proofed("strength: x"), 0.1, 1.5, outcome("coup"), up=False),
    Trial(
        "rents",
        proofed("strength: 0.5, rents: x, per: month"),
        0.0,
        0.05,
        play("caracas", "dismiss"),
        up=True,
    ),
    Trial(
        "exposure",
        proofed("strength: 0.5, exposes: washington.raid, to: captured, exposure: x"),
        0.0,
        0.8,
        outcome("captured"),
        up=True,
    ),
)


def test_wherever_the_coup_may_come_from() -> None:
    document = expanded(
        "coup: {outcome: palace_coup, loyalty: cohesion, by: generals, on: plot, success: takeover}",
        "coup_proofing: {of: caracas, grows_with: guards, against: palace_coup, strength: guard_strength, "
        "rents: rents, per: month}",
    )
    guarded = "exp(-guard_strength * guards)"
    assert document.moves["generals"]["plot"].ends == {
        "palace_coup": f"takeover * {guarded} / (1 - takeover + takeover * {guarded})"
    }
    assert document.events["mutiny"].rate == f"0.001 * {guarded}"  # it ends so for certain: rarer instead
    assert document.flows["coup_proofing_rents"].worth == "-rents * guards"


def test_an_army_watched_fights_badly() -> None:
    raid = expanded(
        "coup_proofing: {of: caracas, grows_with: guards, against: palace_coup, strength: 0.5, "
        "exposes: washington.raid, to: captured, exposure: guard_exposure}"
    ).moves["washington"]["raid"]
    better = "raid_success * exp(guard_exposure * guards)"
    assert raid.ends == {
        "captured": f"{better} / (1 - raid_success + {better})",
        "botched": f"1 - {better} / (1 - raid_success + {better})",
    }


def test_a_coup_that_comes_from_nowhere_yet() -> None:
    document = stage(
        "coup_proofing: {of: caracas, grows_with: guards, against: clash}",
        "incident_risk: {grows_with: force, rate: 0.01, ends: clash, to_war: 0.1}",
    )
    (problem,) = expand(document)[1]
    assert problem.path == "mechanisms.0.coup_proofing.against"
    assert "above" in problem.expected


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ("grows_with: gards, against: palace_coup", "grows_with"),
        ("grows_with: guards, against: palace_cop", "against"),
        ("grows_with: guards, against: palace_coup, exposes: washington.raid", "exposes"),
        ("grows_with: guards, against: palace_coup, to: captured", "to"),
        ("grows_with: guards, against: palace_coup, exposes: washington.raid, to: clash", "to"),
        ("grows_with: guards, against: exit", "against"),
    ],
)
def test_mistakes(settings: str, key: str) -> None:
    assert problem_paths(f"coup_proofing: {{of: caracas, {settings}}}") == [
        f"mechanisms.0.coup_proofing.{key}"
    ]
