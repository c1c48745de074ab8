"""How often actors reconsider, beside how finely the clock cuts time."""

from __future__ import annotations

import math

import numpy as np

from standoff.case.checks.desk import Desk, turns
from standoff.case.checks.draws import MEDIANS
from standoff.case.checks.scene import Scene
from standoff.language.calendar import step_in
from standoff.language.document import Clock
from standoff.language.located import Path_

MOST = 0.5  # turns in a step above which the cutting of time decides much
_MOST_PARTS = 64  # what the clock takes


def check_pace(desk: Desk, scene: Scene) -> None:
    """Warn of an actor whose tempo is too quick for the clock, with its parameters at the medians."""
    document = desk.document
    clock = document.clock
    for name, times in turns(document).items():
        tempo = document.actors[name].tempo
        path: Path_ = ("actors", name, "tempo")
        formula = desk.formulas.get((*path, "times"))
        if tempo is None or formula is None or not times or len(document.moves.get(name, {})) < 2:
            continue
        if not scene.knows([formula]):
            continue
        cells = scene.cells([formula], np.arange(1), draws=np.array([MEDIANS]))
        often = float(cells.number(formula).flat[0]) * step_in(tempo.per, clock)
        if math.isfinite(often) and often > MOST + 1e-9:
            _complain(desk, path, often, clock, tempo.per)


def _complain(desk: Desk, path: Path_, often: float, clock: Clock, per: str) -> None:
    step = "a step" if clock.parts == 1 else "in each part of a step"
    found = f"an actor that reconsiders about {_times(often)} {step}"
    if often > 1 + 1e-9:
        found += ", where it gets one turn at most: decisions are lost"
    parts = math.ceil(clock.parts * often / MOST - 1e-9)
    ways = [f"Cut the steps with `clock: {{..., parts: {parts}}}`"] if parts <= _MOST_PARTS else []
    if per != "step" and clock.step != "day":
        ways.append("take a shorter step")
    ways.append("give it a slower tempo")
    mend = ways[0] if len(ways) == 1 else f"{', '.join(ways[:-1])}, or {ways[-1]}"
    desk.warn(
        path,
        found,
        "half a time per step or less, so that the cutting of time decides little",
        f"{mend[0].upper()}{mend[1:]}.",
        on_key=True,
    )


def _times(often: float) -> str:
    said = f"{often:.2g}" if often < 10 else f"{often:,.0f}"
    return {"1": "once", "2": "twice"}.get(said, f"{said} times")
