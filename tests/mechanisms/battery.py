"""The battery that every mechanism inherits: raise a setting, solve a tiny game, see which way it goes.

A mechanism's test lists its `TRIALS`; `test_battery.py` runs them all and sees to it that each declared
direction of each card has one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from standoff.language.document import CaseDocument
from standoff.language.read import parse_yaml
from standoff.mechanisms import expand

HEAD = """
standoff: 1
title: A trial
question: Which way does it go?
"""

Quantity = Callable[[Any], float]


@dataclass(frozen=True)
class Trial:
    """Raise `parameter`, which stands behind the setting `raises`, from `low` to `high`: `quantity` rises
    (or falls, if `up` is false) by at least `least`."""

    raises: str
    case: str
    low: float
    high: float
    quantity: Quantity
    up: bool
    parameter: str = "x"
    least: float = 0.01

    def document(self) -> CaseDocument:
        """The trial's case with its mechanism spelled out; fails on any problem."""
        data = parse_yaml(HEAD + self.case).data
        data.setdefault("clock", {"start": "2025-08-18", "step": "week", "steps": 1})
        data.setdefault("parameters", {})[self.parameter] = {"prior": {"uniform": [self.low, self.high]}}
        document, problems = expand(CaseDocument.model_validate(data))
        assert problems == []
        return document

    def measure(self) -> tuple[float, float]:
        """The quantity at the low and at the high value."""
        from standoff.game import compile_case
        from standoff.solver import solve

        structure = compile_case(self.document())
        found = [self.quantity(solve(structure.game({self.parameter: v}))) for v in (self.low, self.high)]
        return found[0], found[1]


def outcome(*names: str) -> Quantity:
    """Probability of these outcomes together, at the start."""
    return lambda solution: sum(solution.outcomes[name] for name in names)


def play(actor: str, move: str, kind: str = "-") -> Quantity:
    """Probability that this type makes this move where the actor first chooses."""
    return lambda solution: solution.start_play()[actor][kind][move]


def telling(actor: str, move: str, kind: str, other: str) -> Quantity:
    """How much likelier one type makes this first move than the other: what seeing it tells."""

    def difference(solution: Any) -> float:
        first = solution.start_play()[actor]
        return float(first[kind][move] - first[other][move])

    return difference
