"""The guard as jailer: an exit may end at the hands of those who stand at the door."""

from __future__ import annotations

import pytest
from battery import Trial, outcome
from stage import expanded, problem_paths

LEAVE = """
clock: {start: 2025-08-18, step: week, steps: 3}
factors: {guards: {levels: [thin, strong], start: strong}}
actors: {caracas: {}}
moves: {caracas: {hold: {}, quit: {ends: exit}}}
outcomes: {exit: {worth: {caracas: 0.4}}, killed: {worth: {caracas: -1}}, unresolved: {}}
"""


def jailed(settings: str) -> str:
    return (
        LEAVE + f"mechanisms: [{{guard_as_jailer: {{of: caracas, on: quit, outcome: killed, {settings}}}}}]"
    )


def _risk(solution: object) -> float:
    """Violent ends for each attempt to leave."""
    outcomes = solution.outcomes  # type: ignore[attr-defined]
    return float(outcomes["killed"] / (outcomes["killed"] + outcomes["exit"]))


TRIALS = (
    Trial("order", jailed("order: x"), 0.05, 0.7, outcome("exit"), up=False),
    Trial("order", jailed("order: x"), 0.05, 0.7, _risk, up=True),
    Trial("guarantee", jailed("order: 0.5, guarantee: x"), 0.0, 1.0, outcome("exit"), up=True),
    Trial("blocks", jailed("order: 0.05, blocks: x"), 0.0, 0.6, outcome("exit"), up=False),
)


def test_the_guards_act_instead() -> None:
    document = expanded(
        "guard_as_jailer: {of: caracas, on: quit, order: guard_order, outcome: removed_by_guards, "
        "guarantee: safe_passage, held_by: hardship}"
    )
    danger = "guard_order * (1 - safe_passage) * hardship / 2"
    assert document.moves["caracas"]["quit"].ends == {"exit": f"1 - {danger}", "removed_by_guards": danger}


def test_stopped_or_worse() -> None:
    quitting = expanded(
        "guard_as_jailer: {of: caracas, on: quit, order: guard_order, outcome: removed_by_guards, "
        "blocks: 0.3}"
    ).moves["caracas"]["quit"]
    assert quitting.ends == {
        "exit": "(1 - guard_order) * (1 - 0.3)",
        "removed_by_guards": "guard_order",
    }
    (stopped,) = quitting.perhaps
    assert (stopped.chance, stopped.then) == ("(1 - guard_order) * 0.3", {})


def test_only_the_share_that_would_leave() -> None:
    raid = expanded(
        "guard_as_jailer: {of: caracas, on: washington.raid, order: guard_order, outcome: removed_by_guards, "
        "exit: captured, blocks: 0.3, when: guards is strong}"
    ).moves["washington"]["raid"]
    acts = "(guard_order if guards is strong else 0)"
    assert raid.ends is not None
    assert raid.ends["removed_by_guards"] == f"{acts} * raid_success"
    assert raid.ends["captured"].startswith("(1 - (0.3 if guards is strong else 0))")
    assert len(raid.perhaps) == 1


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ("on: leave, outcome: removed_by_guards", "on"),
        ("on: quit, outcome: removed_by_guard", "outcome"),
        ("on: quit, outcome: removed_by_guards, guarantee: safe_pasage", "guarantee"),
        ("on: quit, outcome: removed_by_guards, held_by: gards", "held_by"),
        ("on: quit, outcome: removed_by_guards, exit: captured", "exit"),
        ("on: quit, outcome: removed_by_guards, exit: exitt", "exit"),
    ],
)
def test_mistakes(settings: str, key: str) -> None:
    paths = problem_paths(f"guard_as_jailer: {{of: caracas, order: 0.3, {settings}}}")
    assert paths == [f"mechanisms.0.guard_as_jailer.{key}"]
