"""What silence means: the chance that reports would tell of a move, had it been made.

Where the case says nothing: an open move is always told of; the standing move and covert moves never are; a
chance event that only shifts things is never told of. An event or move that ends the story always is.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from standoff.game import Structure
from standoff.game.plan import Act, PhasePlan
from standoff.language.calendar import step_start


def _default(phase: PhasePlan, act: Act) -> float:
    if not phase.choice or act.covert or phase.acts.index(act) == phase.standing:
        return 0.0
    return 1.0


def always_noticed(structure: Structure, k: int, move: int) -> bool:
    """Whether a move of phase k would be reported for certain, whatever the parameters."""
    phase = structure.phases[k]
    act = phase.acts[move]
    if act.noticed is None:
        return _default(phase, act) == 1.0
    return act.noticed.constant is not None and float(act.noticed.constant) >= 1.0


class Silence:
    """The chances of being noticed in one draw."""

    def __init__(self, structure: Structure, parameters: Mapping[str, float]) -> None:
        self.structure = structure
        self.parameters = parameters
        self._known: dict[tuple[int, int, int, int], float] = {}

    def noticed(self, k: int, move: int, state: int, t: int) -> float:
        """Chance that reports would tell of `move` in phase k, made in `state` at step t."""
        phase = self.structure.phases[k]
        act = phase.acts[move]
        if act.noticed is None:
            return _default(phase, act)
        if act.noticed.constant is not None:
            return float(np.clip(act.noticed.constant, 0.0, 1.0))
        key = (k, move, state, t)
        if key not in self._known:
            document = self.structure.document
            values: dict[str, float] = dict(self.parameters)
            for f, name in enumerate(document.factors):
                values[name] = float(self.structure.reach.states[state, f])
            values["step"] = t / document.clock.parts
            values["date"] = float(step_start(document.clock, t).toordinal())
            for name in document.actors:
                values.setdefault(name, 0.0)
            self._known[key] = float(np.clip(act.noticed(values), 0.0, 1.0))
        return self._known[key]
