"""When an answer rests on too few draws to be a number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from standoff.forecast import Forecast
from standoff.forecast.advice import advice
from standoff.forecast.draw import FAILED
from standoff.forecast.forecast import THIN
from standoff.forecast.weights import effective
from standoff.game.model import Floats


@dataclass(frozen=True, slots=True)
class Thin:
    """An answer that is withheld: the effective draws it would rest on, how many it needs, and `mend`: what to do
    where all of it is withheld."""

    effective_draws: float
    needed: float = THIN
    mend: str = ""

    @property
    def say(self) -> str:
        """The reason in words."""
        found = max(0.0, self.effective_draws)
        shown = f"{found:.1f}" if found < self.needed else f"{found:.0f}"
        return f"too few draws to say: {shown} effective of the {self.needed:.0f} needed"

    def to_json(self) -> dict[str, Any]:
        """Plain data: ``thin`` is true, so that a reader can tell it from an answer."""
        found = {
            "thin": True,
            "effective_draws": float(self.effective_draws),
            "needed": float(self.needed),
            "say": self.say,
        }
        return {**found, "mend": self.mend} if self.mend else found


def enough(weights: Floats, *, certain: bool = False) -> Thin | None:
    """None where draws with these weights [D] carry a number, else the `Thin` answer to give in its place.

    weights: of the draws the number rests on, in any scale; nan counts as 0. Where a number rests on some of the draws
        only, give 0 to the others.
    certain: the case has nothing uncertain (`is_certain`), so that its one draw is all there is. Draws that all weigh
        nothing are too few even then.
    """
    usable = np.nan_to_num(np.asarray(weights, float), nan=0.0)
    found = effective(usable)
    if found >= THIN or (certain and found > 0):
        return None
    return Thin(found)


def enough_of(made: Forecast) -> Thin | None:
    """The same of a whole forecast at its last date, with what to do about it."""
    thin = enough(made.weights, certain=is_certain(made))
    return None if thin is None else advised(thin, made, int((made.records["status"] == FAILED).sum()))


def advised(thin: Thin, made: Forecast, failed: int = 0) -> Thin:
    """With what to do about it, where the draws are those of this forecast; `failed` of them could not be solved."""
    return replace(thin, mend=advice(made.settings.draws, thin.effective_draws, thin.needed, failed))


def is_certain(made: Forecast) -> bool:
    """Whether nothing in the case is uncertain, so that one draw says all."""
    return made.task.axes.size == 0
