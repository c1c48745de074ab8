"""Numbers that formulas give: chances between 0 and 1, rates and costs that are possible, priors of types
that sum to 1 - over the draws, combinations of levels, types and steps where they matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from standoff.case.checks.desk import Desk
from standoff.case.checks.formulas import slots
from standoff.case.checks.scene import Act, Cells, Scene
from standoff.language.document import Event
from standoff.language.expressions import Compiled
from standoff.language.located import Path_

_SLACK = 1e-9


@dataclass(frozen=True)
class _Bound:
    """What a number must keep to."""

    low: float
    high: float
    words: str
    mend: str

    def broken(self, values: Any) -> Any:
        return ~((values >= self.low - _SLACK) & (values <= self.high + _SLACK))


_CHANCE = _Bound(
    0.0, 1.0, "a probability between 0 and 1", "Mend the formula, use clip(..., 0, 1), or narrow the prior."
)
_RATE = _Bound(0.0, np.inf, "a rate of 0 or more", "Mend the formula, use max(0, ...), or narrow the prior.")
_FINITE = _Bound(
    -1e300, 1e300, "a finite number", "Look for a division by zero or an impossible root or logarithm."
)
_DISCOUNT = _Bound(1e-8, 1.0, "a number above 0 and up to 1", "1 means no impatience.")


def check_chances(desk: Desk, scene: Scene) -> None:
    """Every chance, rate, cost and worth, wherever play can get to and the move is open."""
    for act in scene.acts:
        here = np.flatnonzero(act.open & scene.reachable)
        if len(here):
            _check_act(desk, scene, act, here)
    anywhere = np.flatnonzero(scene.reachable)
    checked: set[Path_] = set()
    for name, actor in desk.document.actors.items():
        path: Path_ = ("actors", name)
        still = [((*path, "precision"), _RATE), ((*path, "tempo", "times"), _RATE)]
        still.append(((*path, "discount", "factor"), _DISCOUNT))
        for spot, bound in still:
            checked.add(spot)
            _check_one(desk, scene, spot, bound, anywhere[:1])
        if actor.types:
            _check_type_priors(desk, scene, name)
    for slot in slots(desk.document):
        spot = slot.path
        numbers = spot[0] in ("parameters", "outcomes", "flows", "levers", "questions")
        if numbers and not slot.truth and spot not in checked:
            _check_one(desk, scene, spot, _FINITE, anywhere)


def _check_act(desk: Desk, scene: Scene, act: Act, here: Any) -> None:
    path, effect = act.path, act.effect
    guard = desk.formulas.get((*path, "when"))
    parts: list[tuple[Path_, Compiled]] = []
    if isinstance(effect.ends, dict):
        parts += _read(desk, [(*path, "ends", outcome) for outcome in effect.ends])
    parts += _read(desk, [(*path, "perhaps", i, "chance") for i in range(len(effect.perhaps))])
    fine = [_check_one(desk, scene, spot, _CHANCE, here, guard) for spot, _ in parts]
    if all(fine) and len(parts) > 1:
        key = "ends" if effect.ends else "perhaps"
        _check_sum(desk, scene, (*path, key), [formula for _, formula in parts], here, guard)
    _check_one(desk, scene, (*path, "noticed"), _CHANCE, here, guard)
    if isinstance(effect, Event):
        _check_one(desk, scene, (*path, "chance"), _CHANCE, here, guard)
        _check_one(desk, scene, (*path, "rate"), _RATE, here, guard)
    for spot in [spot for spot in desk.formulas if spot[: len(path) + 1] == (*path, "costs")]:
        _check_one(desk, scene, spot, _FINITE, here, guard)


def _read(desk: Desk, paths: Sequence[Path_]) -> list[tuple[Path_, Compiled]]:
    return [(path, desk.formulas[path]) for path in paths if path in desk.formulas]


def _check_one(
    desk: Desk, scene: Scene, path: Path_, bound: _Bound, here: Any, guard: Compiled | None = None
) -> bool:
    """Whether the formula at `path` keeps to its bound wherever its guard holds; complains if not."""
    formula = desk.formulas.get(path)
    if formula is None or (
        formula.constant is None and not scene.knows([formula, *([guard] if guard else [])])
    ):
        return True
    cells = _cells(scene, [formula], here, guard)
    values = cells.number(formula)
    return not _complain(
        desk, path, f"`{_brief(formula.source)}` gives", values, bound, cells, [formula], guard
    )


def _check_sum(
    desk: Desk, scene: Scene, path: Path_, formulas: list[Compiled], here: Any, guard: Compiled | None
) -> None:
    if not scene.knows([*formulas, *([guard] if guard else [])]):
        return
    cells = _cells(scene, formulas, here, guard)
    total = sum((cells.number(formula) for formula in formulas), np.zeros((1, 1, 1, 1)))
    bound = _Bound(
        0.0, 1.0, "chances that sum to 1 at most", "Make them share what is there: `b: (1 - a) * ...`."
    )
    _complain(desk, path, "chances that sum to", total, bound, cells, formulas, guard)


def _cells(scene: Scene, formulas: list[Compiled], here: Any, guard: Compiled | None) -> Cells:
    vary = [*formulas, guard] if guard is not None and guard.constant is None else formulas
    return scene.cells(vary, here)


def _complain(
    desk: Desk,
    path: Path_,
    said: str,
    values: Any,
    bound: _Bound,
    cells: Cells,
    formulas: list[Compiled],
    guard: Compiled | None,
) -> bool:
    """Look for cells where the bound is broken and the guard holds; complain of the first ordinary one."""
    bad = np.broadcast_to(bound.broken(values), cells.shape)
    if not bad.any():
        return False
    if guard is not None and not guard.names & set(desk.document.actors):
        bad = bad & np.broadcast_to(cells.truth(guard), cells.shape)
        if not bad.any():
            return False
    core = cells.scene.draws.core[cells.draws]
    ordinary = bad & core[:, None, None, None]
    rare = not ordinary.any()
    spots = np.argwhere(bad if rare else ordinary)
    at = tuple(int(index) for index in spots[0])
    value = float(np.broadcast_to(values, cells.shape)[at])
    where = cells.words(at, formulas)  # type: ignore[arg-type]
    found = f"{said} {_number(value)}" + (f" where {where}" if where else "")
    if rare:
        desk.warn(path, f"{found}, in rare draws", bound.words, bound.mend)
    else:
        desk.complain(path, found, bound.words, bound.mend)
    return True


def _check_type_priors(desk: Desk, scene: Scene, actor: str) -> None:
    kinds = list(desk.document.actors[actor].types)
    paths: list[Path_] = [("actors", actor, "types", kind, "prior") for kind in kinds]
    formulas = [formula for _, formula in _read(desk, paths)]
    if len(formulas) < len(kinds) or not scene.knows(formulas):
        return
    fine = [_check_one(desk, scene, path, _CHANCE, np.arange(1)) for path in paths]
    if not all(fine):
        return
    cells = scene.cells(formulas, np.arange(1))
    total = sum((cells.number(formula) for formula in formulas), np.zeros((1, 1, 1, 1)))
    numbers = all(formula.constant is not None for formula in formulas)
    slack = 1e-9 if numbers else 1e-6
    off = np.flatnonzero(np.abs(total.ravel() - 1) > slack)
    if not len(off):
        return
    shown = ", ".join(_brief(formula.source) for formula in formulas)
    where = cells.words((int(off[0]), 0, 0, 0), formulas)
    desk.complain(
        ("actors", actor, "types"),
        f"priors {shown}, which sum to {total.ravel()[off[0]]:.10g}" + (f" where {where}" if where else ""),
        "priors that sum to 1",
        "Change one of them, or write the last as 1 minus the others.",
        on_key=True,
    )


def _number(value: float) -> str:
    return "no number" if np.isnan(value) else f"{value:.4g}"


def _brief(source: str) -> str:
    text = " ".join(source.split())
    return text if len(text) <= 60 else text[:57] + "..."
