"""Corners: one set of assumptions with one body of evidence at a date, all over the same draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from standoff.analysis.items import Body
from standoff.analysis.paired import Corner, corner
from standoff.errors import Problem, RunError, StandoffError
from standoff.evidence import testimony
from standoff.forecast import Forecast
from standoff.forecast.closed import first_closed
from standoff.forecast.timeline import Timeline, timeline
from standoff.game import Structure
from standoff.game.model import Floats
from standoff.language.document import CaseDocument
from standoff.language.expressions import Scope, compile_expression

Key = tuple[str, ...]  # (outcome,) or (actor, type)


@dataclass(frozen=True, slots=True)
class Quantities:
    """What two cases can be compared in: outcomes and types that both have, by name."""

    outcomes: tuple[str, ...]
    types: tuple[tuple[str, str], ...]

    def __len__(self) -> int:
        return len(self.outcomes) + len(self.types)

    def pick(self, document: CaseDocument, series: Floats, beliefs: Floats) -> Floats:
        """[D, Q] of a case's outcomes [D, E] and beliefs [D, K]."""
        names = list(document.outcomes)
        kinds = types_of(document)
        columns = [series[:, names.index(name)] for name in self.outcomes]
        columns += [beliefs[:, kinds.index(kind)] for kind in self.types]
        return np.stack(columns, axis=1)

    def laid_out(self, rows: Sequence[Any]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """Rows [Q] by outcome, and by actor and type."""
        outcomes = dict(zip(self.outcomes, rows, strict=False))
        beliefs: dict[str, dict[str, Any]] = {}
        for (actor, kind), row in zip(self.types, rows[len(self.outcomes) :], strict=True):
            beliefs.setdefault(actor, {})[kind] = row
        return outcomes, beliefs


def types_of(document: CaseDocument) -> list[tuple[str, str]]:
    """(actor, type) of every hidden type, in the order of the columns of beliefs."""
    actors = document.actors.items()
    return [(name, kind) for name, actor in actors if len(actor.types) > 1 for kind in actor.types]


def shared(a: CaseDocument, b: CaseDocument) -> Quantities:
    """What both cases have, in the order of the first. Raises RunError where they have no outcome in common."""
    outcomes = tuple(name for name in a.outcomes if name in b.outcomes)
    if not outcomes:
        raise RunError(
            Problem(
                path="outcomes",
                found=f"no outcome of the one case ({', '.join(a.outcomes)}) in the other ({', '.join(b.outcomes)})",
                expected="two cases with at least one outcome of the same name",
                mend="Give endings that mean the same the same name in both cases.",
            )
        )
    there = set(types_of(b))
    return Quantities(outcomes, tuple(kind for kind in types_of(a) if kind in there))


def line_of(structure: Structure, body: Body, day: date) -> Timeline:
    """A body of evidence, as known on a day, on the clock of a case. Raises StandoffError if it does not fit: it names
    what the case does not have, or what cannot have happened there."""
    document, evidence = structure.document, body.evidence
    problems = []
    for item in testimony(evidence, day):
        for actor, ratios in item.types.items():
            known = document.actors[actor].types if actor in document.actors else {}
            if missing := [kind for kind in ratios if kind not in known]:
                problems.append(_stranger(item.claim, f"types of {actor} ({', '.join(missing)})", body.file))
        for formula, _ in item.where:
            try:
                compile_expression(formula, Scope(parameters=frozenset(document.parameters), clock=False))
            except StandoffError:
                problems.append(_stranger(item.claim, f"`{formula}`", body.file))
    if problems:
        raise RunError(problems)
    line = timeline(document, structure.phases, evidence, day)
    at, _ = first_closed(structure, line)
    if at is not None:
        entry = next(one for one in evidence.history if one.index == at)
        raise RunError(
            Problem(
                file=body.file,
                path="history",
                found=f"{entry.who} {', '.join(entry.moves)} on {entry.when.text}, a move that is closed by then",
                expected="a history that the other case's rules allow",
                mend="Nothing to mend: these assumptions cannot be held beside that history.",
            )
        )
    return line


def _stranger(claim: str, what: str, file: str) -> Problem:
    return Problem(
        file=file,
        path=f"claims.{claim}.bears_on",
        found=f"{what}, which the other case does not have",
        expected="types and parameters of that case",
        mend="Nothing to mend: this evidence cannot be read by that case.",
    )


def same_line(a: Timeline, b: Timeline) -> bool:
    """Whether two lines say the same, whatever their dates."""
    return replace(a, as_of=b.as_of) == b


def of_forecast(made: Forecast, kept: Quantities, m: int = -1, *, draws: int = 0) -> Corner:
    """A date of a forecast's series as a corner; a single draw stands for as many as asked."""
    values = kept.pick(made.structure.document, made.records["series"][:, m], made.records["beliefs"][:, m])
    log_weights = made.log_weights[m]
    if len(values) == 1 and draws > 1:
        values, log_weights = np.repeat(values, draws, axis=0), np.repeat(log_weights, draws)
    return corner(log_weights, values, certain=made.task.axes.size == 0)
