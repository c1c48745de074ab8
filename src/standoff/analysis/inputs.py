"""What varies from draw to draw: the inputs of a sensitivity analysis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from standoff.analysis.ranks import midranks
from standoff.forecast.draw import OK
from standoff.game.model import Floats
from standoff.game.plan import scope_of
from standoff.language.expressions import compile_expression

if TYPE_CHECKING:
    from standoff.forecast import Forecast

DRAWN, DERIVED, PRIOR = "parameter", "derived", "prior"


@dataclass(frozen=True, slots=True)
class Input:
    """One input. `kind`: a drawn `parameter`, one `derived` from others (`made_of` names those that are drawn), or
    the drawn `prior` of a type of an actor."""

    name: str
    kind: str
    title: str
    unit: str | None = None
    actor: str | None = None
    type: str | None = None
    made_of: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "name": self.name, "kind": self.kind, "title": self.title, "unit": self.unit, "actor": self.actor,
            "type": self.type, "made_of": list(self.made_of), "low": self.low, "high": self.high,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """The inputs that vary: their values X [D, P] over the draws in use [D of all], and which of them `held` [P, P] a
    partial correlation holds still for each: the other drawn ones, without what an input is made of and the shares it
    is one of."""

    rows: tuple[Input, ...]
    X: Floats
    used: NDArray[np.bool_]
    held: NDArray[np.bool_]

    @property
    def names(self) -> list[str]:
        """Names, in the order of the columns."""
        return [row.name for row in self.rows]


def inputs_of(made: Forecast) -> Inputs:
    """Inputs that vary over the draws that weigh something."""
    document = made.structure.document
    used = (made.weights > 0) & (made.records["status"] == OK)
    drawn = {*made.task.axes.parameters, *(name for name, _ in made.task.axes.together)}
    rows: list[Input] = []
    columns: list[Floats] = []
    for c, (name, parameter) in enumerate(document.parameters.items()):
        title = parameter.title or name.replace("_", " ")
        if name in drawn:
            rows.append(Input(name, DRAWN, title, parameter.unit))
        else:
            rows.append(Input(name, DERIVED, title, parameter.unit, made_of=made_of(made, name)))
        columns.append(made.records["parameters"][used, c])
    unsure = {actor for actor, _ in made.task.axes.types}
    at = 0
    for actor, kinds in _secret(made):
        for i, kind in enumerate(kinds):
            if actor in unsure and (len(kinds) > 2 or i == 0):  # of two shares the second is the first, upside down
                title = document.actors[actor].types[kind].title or kind.replace("_", " ")
                rows.append(Input(f"{actor}.{kind}", PRIOR, title, actor=actor, type=kind))
                columns.append(made.records["priors"][used, at + i])
        at += len(kinds)
    X = np.stack(columns, axis=1) if columns else np.zeros((int(used.sum()), 0))
    kept = _telling(rows, X)
    rows = [replace(rows[p], low=float(X[:, p].min()), high=float(X[:, p].max())) for p in kept]
    return Inputs(tuple(rows), X[:, kept], used, _held(rows))


def made_of(made: Forecast, name: str) -> tuple[str, ...]:
    """The drawn parameters that a parameter's formula rests on, through other derived ones too."""
    document = made.structure.document
    scope = scope_of(document, clock=False)
    drawn = {*made.task.axes.parameters, *(name for name, _ in made.task.axes.together)}
    found: dict[str, None] = {}

    def follow(one: str) -> None:
        formula = document.parameters[one].is_ if one in document.parameters else None
        if formula is None:
            return
        for part in sorted(compile_expression(formula, scope).names):
            if part in drawn:
                found[part] = None
            else:
                follow(part)

    follow(name)
    return tuple(found)


def _secret(made: Forecast) -> Iterable[tuple[str, list[str]]]:
    for name, actor in made.structure.document.actors.items():
        if len(actor.types) > 1:
            yield name, list(actor.types)


def _telling(rows: list[Input], X: Floats) -> list[int]:
    """Columns that vary, without derived ones that rank the draws just as what they are made of does."""
    if not len(X):
        return []
    ranks = midranks(X, np.ones(len(X)))
    kept: list[int] = []
    for p, row in enumerate(rows):
        if not np.isfinite(X[:, p]).all() or not np.ptp(X[:, p]) > 1e-12 * max(1.0, float(np.abs(X[:, p]).max())):
            continue
        same = (
            np.abs(ranks[:, p] - ranks[:, q]).max() < 1e-9 or np.abs(ranks[:, p] + ranks[:, q] - 1).max() < 1e-9
            for q, other in enumerate(rows)
            if other.name in row.made_of
        )
        if not any(same):
            kept.append(p)
    return kept


def _held(rows: list[Input]) -> NDArray[np.bool_]:
    """[P, P]: what is held still for each input."""
    P = len(rows)
    held = np.zeros((P, P), bool)
    last: dict[str | None, int] = {row.actor: p for p, row in enumerate(rows) if row.kind == PRIOR}
    shares = {actor: sum(row.actor == actor for row in rows) for actor in last}
    for p, row in enumerate(rows):
        for q, other in enumerate(rows):
            if q == p or other.kind == DERIVED or other.name in row.made_of:
                continue
            if other.kind == PRIOR:  # shares sum to one: the last follows from the rest
                held[p, q] = other.actor != row.actor and (q != last[other.actor] or shares[other.actor] == 1)
            else:
                held[p, q] = True
    return held
