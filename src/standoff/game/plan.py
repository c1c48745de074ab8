"""From the document's words to compiled phases: who, what, when, with which formulas.

A plan still knows nothing of states or numbers. One phase per actor turn and one per chance event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from standoff.errors import GameError, Problem, did_you_mean
from standoff.language.document import CaseDocument, Effect, Event, Move, OrderEntry
from standoff.language.expressions import Compiled, Scope, compile_expression

Amounts = tuple[tuple[int, int, Compiled], ...]  # (actor, type or -1 for all, amount)
Shift = tuple[tuple[int, int, bool], ...]  # (factor, level or rungs, whether a shift)


@dataclass(frozen=True, slots=True)
class Way:
    """One way a move can turn out: its chance (None: the remainder) and an outcome or a change of factors."""

    chance: Compiled | None
    outcome: int  # -1 if the story goes on
    change: Shift


@dataclass(frozen=True, slots=True)
class Act:
    """A move, or a chance event."""

    name: str
    guard: Compiled
    ways: tuple[Way, ...]
    costs: Amounts
    covert: bool
    hazard: Compiled | None  # events: rate or chance of happening
    hazard_span: float  # step length in the unit of the rate; 0 for a chance on an occasion
    noticed: Compiled | None


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """One phase: the acting actor (-1 for chance), its moves, and which of them is the standing one."""

    label: str
    actor: int
    choice: bool
    acts: tuple[Act, ...]
    standing: int


def scope_of(document: CaseDocument, *, clock: bool = True) -> Scope:
    """Every name an expression of this document may use."""
    return Scope(
        parameters=frozenset(document.parameters),
        factors={name: tuple(factor.levels) for name, factor in document.factors.items()},
        actors={name: tuple(actor.types) for name, actor in document.actors.items()},
        clock=clock,
    )


def amounts(value: Any, actor: str, document: CaseDocument, scope: Scope) -> Amounts:
    """Read ``expression`` or ``{type: expression}`` as amounts of one actor. Raises GameError for a name that is
    no actor, or no type of it."""
    index = _place(actor, list(document.actors), "an actor")
    if isinstance(value, Mapping):
        names = list(document.actors[actor].types)
        return tuple(
            (index, _place(kind, names, f"a type of {actor}"), compile_expression(amount, scope))
            for kind, amount in value.items()
        )
    return ((index, -1, compile_expression(value, scope)),)


def _place(name: str, names: list[str], what: str) -> int:
    if name not in names:
        raise GameError(Problem(found=f"`{name}` as the bearer of a cost or worth", expected=what,
                                mend=did_you_mean(name, names)))  # fmt: skip
    return names.index(name)


def amounts_by_actor(value: Any, document: CaseDocument, scope: Scope, mover: str | None) -> Amounts:
    """Read what a move costs: an expression of the mover, or ``{actor: ...}``."""
    if value is None:
        return ()
    if isinstance(value, Mapping):
        return tuple(part for actor, amount in value.items() for part in amounts(amount, actor, document, scope))
    if mover is None:
        raise GameError(
            Problem(
                found="a cost of an event that names no actor",
                expected="actor: cost",
                mend="Say whom the event costs what, as `costs: {actor: amount}`.",
            )
        )
    return amounts(value, mover, document, scope)


def change_of(then: Mapping[str, Any], document: CaseDocument) -> Shift:
    """Read ``{factor: level | +n | -n}``."""
    factors = list(document.factors)
    parts = []
    for factor, target in then.items():
        levels = document.factors[factor].levels
        if isinstance(target, str) and target in levels:
            parts.append((factors.index(factor), levels.index(target), False))
        else:
            most = len(levels)  # a shift stops at the ends of the scale, however far it would go
            parts.append((factors.index(factor), min(max(int(target), -most), most), True))
    return tuple(parts)


def _ways(effect: Effect, document: CaseDocument, scope: Scope) -> tuple[Way, ...]:
    outcomes = list(document.outcomes)
    if isinstance(effect.ends, str):
        return (Way(None, outcomes.index(effect.ends), ()),)
    ways = [
        Way(compile_expression(chance, scope), outcomes.index(outcome), ())
        for outcome, chance in (effect.ends or {}).items()
    ]
    ways += [Way(compile_expression(way.chance, scope), -1, change_of(way.then, document)) for way in effect.perhaps]
    ways.append(Way(None, -1, change_of(effect.then, document)))
    return tuple(ways)


def _act(name: str, effect: Effect, document: CaseDocument, scope: Scope, mover: str | None) -> Act:
    from standoff.language.calendar import step_in

    hazard, span = None, 0.0
    if isinstance(effect, Event):
        if effect.rate is not None and effect.per is not None:
            hazard, span = compile_expression(effect.rate, scope), step_in(effect.per, document.clock)
        else:
            hazard = compile_expression(effect.chance if effect.chance is not None else 0, scope)
    return Act(
        name=name,
        guard=compile_expression(effect.when, scope),
        ways=_ways(effect, document, scope),
        costs=amounts_by_actor(effect.costs, document, scope, mover),
        covert=isinstance(effect, Move) and effect.covert,
        hazard=hazard,
        hazard_span=span,
        noticed=None if effect.noticed is None else compile_expression(effect.noticed, scope),
    )


def _order(document: CaseDocument) -> list[OrderEntry]:
    """The order of play with every entry spelled out."""
    named = {event for entry in document.order if isinstance(entry, OrderEntry) for event in entry.events or ()}
    entries = document.order or [*document.actors, "chance"]
    spelled: list[OrderEntry] = []
    for entry in entries:
        if isinstance(entry, OrderEntry):
            spelled.append(entry)
        elif entry == "chance" and entry not in document.actors:
            spelled.append(OrderEntry(events=[name for name in document.events if name not in named]))
        else:
            spelled.append(OrderEntry(actor=entry))
    return spelled


def plan(document: CaseDocument) -> tuple[PhasePlan, ...]:
    """The phases of one step, in order. Raises ExpressionError if a formula does not read."""
    scope = scope_of(document)
    phases: list[PhasePlan] = []
    actors = list(document.actors)
    for entry in _order(document):
        for name in entry.events or ():
            act = _act(name, document.events[name], document, scope, None)
            _check_secrets(act, actors, None)
            phases.append(PhasePlan(name, _type_owner(act, actors), False, (act,), -1))
        if entry.actor is None:
            continue
        moves = document.moves.get(entry.actor, {})
        names = [name for name in moves if entry.moves is None or name in entry.moves]
        if not names:
            continue
        acts = tuple(_act(name, moves[name], document, scope, entry.actor) for name in names)
        for act in acts:
            _check_secrets(act, actors, entry.actor)
        wish = document.actors[entry.actor].standing or "hold"
        standing = names.index(wish) if wish in names else 0
        phases.append(PhasePlan(entry.actor, actors.index(entry.actor), True, acts, standing))
    return tuple(phases)


def _type_owner(act: Act, actors: list[str]) -> int:
    """The one actor whose type an event's chances test, -1 if none."""
    owners = _tested(act, actors)
    if len(owners) > 1:
        raise GameError(
            Problem(
                path=f"events.{act.name}",
                found=f"a chance that depends on the types of {' and '.join(owners)}",
                expected="a chance that depends on the type of one actor at most",
                mend="Split the event in two, one for each actor.",
            )
        )
    return actors.index(owners[0]) if owners else -1


def _check_secrets(act: Act, actors: list[str], mover: str | None) -> None:
    """Refuse a guard that tests a type, for all must see what is open, and chances of a move that test another's."""
    hidden = sorted(act.guard.names & set(actors))
    others = [] if mover is None else [owner for owner in _tested(act, actors) if owner != mover]
    if hidden or others:
        kind = f"moves.{mover}" if mover else "events"
        raise GameError(
            Problem(
                path=f"{kind}.{act.name}",
                found=f"{'a condition' if hidden else 'a chance'} that depends on the type of {(hidden or others)[0]}",
                expected="a condition that everybody can see" if hidden else "a chance by the mover's own type at most",
                mend="Let costs or worths depend on the type, or make it an event.",
            )
        )


def _tested(act: Act, actors: list[str]) -> list[str]:
    """Actors whose types the chances of a move or an event test."""
    formulas = [act.hazard, *(way.chance for way in act.ways)]
    return sorted({name for formula in formulas if formula is not None for name in formula.names if name in actors})
