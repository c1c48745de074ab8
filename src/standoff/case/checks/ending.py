"""The ending a case tells of, held against its dated history: neither may know what the other does not."""

from __future__ import annotations

import random
from collections.abc import Iterable

from standoff.case.checks.desk import Desk
from standoff.case.checks.scene import certain_end
from standoff.errors import StandoffError
from standoff.evidence import HistoryEntry
from standoff.language.calendar import step_start, turns
from standoff.language.document import CaseDocument, Effect
from standoff.language.expressions import Scope, compile_expression

_TRIES = 8


def check_ending(desk: Desk) -> None:
    """No dated move after the ending, and none before or on its day by which the story has ended. Warnings, for nothing
    but scores uses the ending."""
    document, ending = desk.document, desk.document.ending
    if ending is None or ending.date >= step_start(document.clock, turns(document.clock)):
        return
    finished = {entry.index for entry in finishing(document, desk.evidence.history)}
    refused = {problem.path for problem in desk.problems if problem.level == "error"}
    for entry in desk.evidence.history:
        if f"history.{entry.index}" in refused:
            continue
        what = f"{entry.who} {' or '.join(entry.moves)} on {entry.when.text or entry.when.first}"
        if entry.when.first > ending.date:
            desk.complain_of_evidence(
                ("history", entry.index, "date"),
                f"{what}, after the ending on {ending.date}",
                "nothing dated after the ending of case.yaml",
                "Mend one of the two dates, or drop the entry: the story was over. It is not told again.",
                level="warning",
            )
        elif entry.index in finished or (
            entry.when.first == ending.date and _leads_to(document, entry, ending.outcome)
        ):
            desk.complain_of_evidence(
                ("history", entry.index),
                f"{what}, which {'ends' if entry.index in finished else 'may end'} the story; `ending` says "
                f"`{ending.outcome}` on {ending.date}",
                "a history that stops before what ended the story",
                "Drop the entry, for `ending` tells of it; or mend its date or move. Until then nothing from its day "
                "on is told again.",
                level="warning",
            )


def finishing(document: CaseDocument, history: Iterable[HistoryEntry]) -> list[HistoryEntry]:
    """The entries after which the story is over: each move that they name surely ends it."""
    return [
        entry
        for entry in history
        if entry.moves and all(effect is not None and _surely(document, effect) for effect in _effects(document, entry))
    ]


def _effects(document: CaseDocument, entry: HistoryEntry) -> list[Effect | None]:
    known = document.events if entry.who == "event" else document.moves.get(entry.who, {})
    return [known.get(name) for name in entry.moves]


def _leads_to(document: CaseDocument, entry: HistoryEntry, outcome: str) -> bool:
    return any(
        effect is not None and outcome in ([effect.ends] if isinstance(effect.ends, str) else effect.ends or ())
        for effect in _effects(document, entry)
    )


def _surely(document: CaseDocument, effect: Effect) -> bool:
    """Whether its chances of ending the story leave nothing: by their numbers, or for whatever is put into them."""
    if not isinstance(effect.ends, dict) or effect.perhaps or certain_end(effect):
        return certain_end(effect)
    factors = {name: tuple(factor.levels) for name, factor in document.factors.items()}
    actors = {name: tuple(actor.types) for name, actor in document.actors.items()}
    scope = Scope(parameters=frozenset(document.parameters), factors=factors, actors=actors, clock=True)
    try:
        formulas = [compile_expression(chance, scope) for chance in effect.ends.values()]
    except StandoffError:
        return False  # said elsewhere
    pick = random.Random(0)
    names = sorted({name for formula in formulas for name in formula.names})
    kinds = {name: len(levels) for name, levels in {**factors, **actors}.items()}
    for _ in range(_TRIES):
        values = {name: float(pick.randrange(kinds[name] or 1) if name in kinds else pick.random()) for name in names}
        if sum(float(formula(values)) for formula in formulas) < 1 - 1e-9:
            return False
    return True
