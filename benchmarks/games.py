"""Games that the benchmarks solve: the textbook ones of the tests, and a crisis of a set size."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from oracle_games import crisis, document, oracle_game, repeated, signalling, visits
from standoff.language.document import CaseDocument

__all__ = ["crisis", "four_phases", "oracle_game", "repeated", "signalling", "visits"]


def four_phases(steps: int = 26, rungs: int = 8, tracks: int = 4) -> CaseDocument:
    """A crisis of four phases a week: two actors with secrets (three and two types), one without, and chance.

    It has ``rungs * 7 * tracks`` reachable states: 224 if not said otherwise.
    """

    def scale(name: str, size: int) -> dict[str, Any]:
        return {"levels": [f"{name}{i}" for i in range(size)]}

    return document(
        clock={"start": "2030-01-01", "step": "week", "steps": steps},
        factors={"rung": scale("r", rungs), "force": scale("f", 7), "track": scale("t", tracks)},
        actors={
            "a": {
                "types": {"bluff": {"prior": 0.45}, "coerce": {"prior": 0.3}, "remove": {"prior": 0.25}},
                "precision": 5,
                "tempo": {"per": "month", "times": 2},
            },
            "b": {
                "types": {"clings": {"prior": 0.7}, "would_go": {"prior": 0.3}},
                "precision": 5,
                "tempo": {"per": "month", "times": 2},
            },
            "c": {"precision": 4, "tempo": {"per": "month", "times": 1}},
        },
        moves={
            "a": {
                "hold": {},
                "reinforce": {"when": "force < f6", "then": {"force": 1}, "costs": 0.02},
                "climb": {"then": {"rung": 1}, "costs": "0.05 if a is bluff else 0.01"},
                "strike": {
                    "when": "force >= f3",
                    "ends": {"captured": 0.5, "fiasco": 0.3},
                    "then": {"rung": 1},
                    "costs": "0.4 if a is bluff else 0.1 if a is coerce else 0",
                },
                "withdraw": {"ends": "withdrew"},
            },
            "b": {
                "hold": {},
                "talk": {"then": {"track": 1}, "costs": "0.02 if b is clings else 0"},
                "break_off": {"when": "track > t0", "then": {"track": "t0", "rung": -1}},
                "go": {"when": "track >= t1", "ends": "exit"},
            },
            "c": {
                "hold": {},
                "plot": {"covert": True, "perhaps": [{"chance": 0.1, "then": {"force": -1}}], "costs": 0.02},
                "defect": {"ends": {"coup": 0.2}, "costs": 0.05},
            },
        },
        events={"drift": {"rate": "0.05 + 0.01 * rung", "per": "week", "then": {"track": -1}}},
        outcomes={
            "captured": {
                "worth": {"a": "1 if a is remove else 0.6 if a is coerce else 0.3", "b": -1, "c": -0.4},
            },
            "fiasco": {"worth": {"a": -0.8, "b": "0.6 if b is clings else 0.3", "c": 0.2}},
            "withdrew": {
                "worth": {
                    "a": "-0.1 - 0.05 * rung - (0.3 if a is remove else 0.1 if a is coerce else 0)",
                    "b": "0.8 if b is clings else 0.5",
                    "c": 0.3,
                }
            },
            "exit": {"worth": {"a": 0.8, "b": "-0.4 if b is clings else 0.3", "c": 0.1}},
            "coup": {"worth": {"a": 0.6, "b": -0.9, "c": "0.4 if a is bluff else 0.2"}},
            "unresolved": {
                "worth": {
                    "a": "-0.3 if a is remove else -0.1",
                    "b": "0.4 - 0.02 * rung if b is clings else 0.1",
                    "c": "0.1 - 0.02 * force",
                }
            },
        },
        flows={"burden": {"of": "c", "per": "month", "worth": "-0.02 * rung"}},
    )
