"""A coup: a hazard that grows as loyalty goes, or the plotters' own move."""

from __future__ import annotations

import pytest
from battery import Trial, outcome
from stage import added, expanded, problem_paths

HAZARD = """
clock: {start: 2025-08-18, step: month, steps: 4}
factors: {loyalty: {levels: [gone, thin, firm], start: thin}}
actors: {generals: {}}
moves: {generals: {hold: {}}}
outcomes: {coup: {}, unresolved: {}}
"""

PLOT = """
factors: {loyalty: {levels: [gone, thin, firm], start: thin}}
actors: {generals: {}}
moves: {generals: {hold: {}, plot: {covert: true}}}
outcomes: {coup: {worth: {generals: 1}}, unresolved: {}}
"""


def hazard(settings: str) -> str:
    return HAZARD + f"mechanisms: [{{coup: {{outcome: coup, loyalty: loyalty, {settings}}}}}]"


def plot(settings: str) -> str:
    return (
        PLOT
        + f"mechanisms: [{{coup: {{outcome: coup, loyalty: loyalty, by: generals, on: plot, {settings}}}}}]"
    )


TRIALS = (
    Trial("rate", hazard("rate: x, success: 0.5"), 0.002, 0.06, outcome("coup"), up=True),
    Trial("success", hazard("rate: 0.05, success: x"), 0.25, 0.75, outcome("coup"), up=True),
    Trial("success", plot("success: x, price: 0.5"), 0.25, 0.75, outcome("coup"), up=True),
    Trial(
        "coordination",
        hazard("rate: 0.06, success: 0.5, coordination: x"),
        0.0,
        1.5,
        outcome("coup"),
        up=False,
    ),
    Trial("price", plot("success: 0.5, price: x"), 0.2, 2.0, outcome("coup"), up=False),
)


def test_a_hazard_where_officers_are_no_actor() -> None:
    document = expanded(
        "coup: {outcome: palace_coup, loyalty: cohesion, rate: plotting, per: week, success: takeover, "
        "failed: {cohesion: +1}}"
    )
    assert added(document) == {
        "events": {
            "coup_attempt": {
                "title": "Officers try to take power",
                "judgement": "mechanism coup: Powell 2012",
                "when": "cohesion < 2",
                "rate": "plotting * (2 - cohesion)",
                "per": "week",
                "ends": {"palace_coup": "takeover"},
                "then": {"cohesion": 1},
            }
        }
    }


def test_a_move_where_they_are() -> None:
    plotting = expanded(
        "coup: {outcome: palace_coup, loyalty: cohesion, by: generals, on: plot, success: takeover, "
        "price: 1.5, failed: {cohesion: +1}}"
    ).moves["generals"]["plot"]
    assert plotting.covert
    assert plotting.ends == {"palace_coup": "takeover"}
    assert plotting.then == {"cohesion": 1}
    assert plotting.costs == "1.5 * (1 - takeover)"


def test_officers_who_wait_for_each_other() -> None:
    event = expanded(
        "coup: {outcome: palace_coup, loyalty: cohesion, rate: plotting, success: takeover, "
        "coordination: 0.7}"
    ).events["coup_attempt"]
    joined = "takeover * exp(-0.7 * cohesion)"
    assert event.ends == {"palace_coup": f"{joined} / (1 - takeover + {joined})"}


def test_the_price_of_failure_knows_what_makes_plots_fail() -> None:
    plotting = expanded(
        "coup: {outcome: palace_coup, loyalty: cohesion, by: generals, on: plot, success: takeover, "
        "price: 1.5}",
        "coup_proofing: {of: caracas, grows_with: guards, against: palace_coup, strength: 0.7}",
    ).moves["generals"]["plot"]
    assert isinstance(plotting.ends, dict)
    assert plotting.costs == f"1.5 * (1 - {plotting.ends['palace_coup']})"


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ("outcome: palace_coup, loyalty: cohesion", ""),
        ("outcome: palace_coup, loyalty: cohesion, rate: plotting, by: generals, on: plot", ""),
        ("outcome: palace_cup, loyalty: cohesion, rate: plotting", ".outcome"),
        ("outcome: palace_coup, loyalty: loyal, rate: plotting", ".loyalty"),
        ("outcome: palace_coup, loyalty: cohesion, rate: ploting", ".rate"),
        ("outcome: palace_coup, loyalty: cohesion, rate: plotting, price: 1", ".price"),
        ("outcome: palace_coup, loyalty: cohesion, on: plot", ".on"),
        ("outcome: palace_coup, loyalty: cohesion, by: caracas, on: quit", ".on"),
        (
            "outcome: palace_coup, loyalty: cohesion, rate: plotting, failed: {cohesion: frm}",
            ".failed.cohesion",
        ),
        ("outcome: palace_coup, loyalty: cohesion, rate: plotting, failed: {cohesio: 1}", ".failed.cohesio"),
    ],
)
def test_mistakes(settings: str, key: str) -> None:
    assert problem_paths(f"coup: {{{settings}}}") == [f"mechanisms.0.coup{key}"]
