"""What silence means: the chance that reports would tell of a move, had it been made.

Where the case says nothing: an open move is always told of; the standing move and covert moves never are; a
chance event that only shifts things is never told of. An event or move that ends the story always is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from standoff.game import Structure
from standoff.game.model import Floats
from standoff.game.plan import Act, PhasePlan
from standoff.language.calendar import step_start
from standoff.language.expressions import Compiled


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
        self._known: dict[tuple[int, int], Floats] = {}

    def noticed(self, k: int, t: int) -> Floats:
        """[1 + moves, S] chance that reports would tell of a move of phase k at step t, by the state it is made in.

        Row 0 is for what nobody can see, and 0; row ``1 + i`` for move i.
        """
        acts = self.structure.phases[k].acts
        timed = any(act.noticed is not None and act.noticed.names & {"step", "date"} for act in acts)
        key = (k, t if timed else -1)
        if key not in self._known:
            phase = self.structure.phases[k]
            table = np.zeros((1 + len(acts), len(self.structure.reach.states)))
            for i, act in enumerate(acts):
                table[1 + i] = _default(phase, act) if act.noticed is None else self._chance(act.noticed, t)
            self._known[key] = np.clip(table, 0.0, 1.0)
        return self._known[key]

    def _chance(self, formula: Compiled, t: int) -> Floats:
        document = self.structure.document
        values: dict[str, Any] = dict(self.parameters)
        for f, name in enumerate(document.factors):
            values[name] = self.structure.reach.states[:, f].astype(float)
        values["step"] = t / document.clock.parts
        values["date"] = float(step_start(document.clock, t).toordinal())
        for name in document.actors:
            values.setdefault(name, 0.0)
        return np.asarray(formula(values), float)
