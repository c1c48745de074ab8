"""Every expression of a case, and whether it reads and uses only what it may use where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from standoff.case.checks.desk import Desk, effects, payoffs
from standoff.errors import did_you_mean
from standoff.language.document import CaseDocument, Event
from standoff.language.expressions import CLOCK_NAMES, Compiled, ExpressionError, compile_expression
from standoff.language.located import Path_
from standoff.language.validation import plain

Sort = Literal["still", "present", "public", "own", "one", "any"]
"""What an expression may use: `still` parameters only; `present` parameters and factors; `public` also the
clock; `own` also types of the mover; `one` also types of one actor; `any` also types of everybody."""

_WHY: dict[Sort, str] = {
    "still": "only parameters: this number holds for the whole story",
    "present": "only parameters and factors: it is read off the present state",
    "public": "no hidden types: everybody must be able to see whether it holds",
    "own": "types of the mover only: nobody acts on what another one hides",
    "one": "types of one actor at most",
    "any": "",
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A place where an expression stands, and what it may use there."""

    path: Path_
    source: Any
    sort: Sort
    mover: str | None = None
    truth: bool = False  # a condition


def slots(document: CaseDocument) -> Iterator[Slot]:
    """Every place of the document that holds an expression."""
    for name, parameter in document.parameters.items():
        if parameter.is_ is not None:
            yield Slot(("parameters", name, "is"), parameter.is_, "still")
    for name, actor in document.actors.items():
        for kind, type_ in actor.types.items():
            yield Slot(("actors", name, "types", kind, "prior"), type_.prior, "still")
        yield Slot(("actors", name, "precision"), actor.precision, "still")
        if actor.tempo is not None:
            yield Slot(("actors", name, "tempo", "times"), actor.tempo.times, "still")
        if actor.discount is not None:
            yield Slot(("actors", name, "discount", "factor"), actor.discount.factor, "still")
    for path, mover, _, effect in effects(document):
        sort: Sort = "own" if mover else "one"
        yield Slot((*path, "when"), effect.when, "public", mover, truth=True)
        if isinstance(effect.ends, dict):
            for outcome, chance in effect.ends.items():
                yield Slot((*path, "ends", outcome), chance, sort, mover)
        for i, way in enumerate(effect.perhaps):
            yield Slot((*path, "perhaps", i, "chance"), way.chance, sort, mover)
        if effect.noticed is not None:
            yield Slot((*path, "noticed"), effect.noticed, "public", mover)
        yield from _costs((*path, "costs"), effect.costs)
        if isinstance(effect, Event):
            for key, source in (("rate", effect.rate), ("chance", effect.chance)):
                if source is not None:
                    yield Slot((*path, key), source, "one")
    for name, outcome_ in document.outcomes.items():
        for actor_, worth in outcome_.worth.items():
            yield from _payoffs(("outcomes", name, "worth", actor_), worth)
    for name, flow in document.flows.items():
        yield Slot(("flows", name, "when"), flow.when, "any", truth=True)
        yield from _payoffs(("flows", name, "worth"), flow.worth)
    for name, lever in document.levers.items():
        for parameter_, value in lever.sets.items():
            yield Slot(("levers", name, "sets", parameter_), value, "still")
        yield from _costs(("levers", name, "costs"), lever.costs, "still")
    for i, question in enumerate(document.questions):
        for label, value in (question.value or {}).items():
            yield Slot(("questions", i, "value", label), value, "present")


def _costs(path: Path_, costs: Any, sort: Sort = "any") -> Iterator[Slot]:
    if isinstance(costs, dict):
        for actor, amount in costs.items():
            yield from _payoffs((*path, actor), amount, sort)
    elif costs is not None:
        yield Slot(path, costs, sort)


def _payoffs(path: Path_, value: Any, sort: Sort = "any") -> Iterator[Slot]:
    for rest, amount in payoffs(value):
        yield Slot((*path, *rest), amount, sort)


def check_formulas(desk: Desk) -> None:
    """Read every expression; those that read are kept in `desk.formulas`."""
    scope = desk.scope()
    for slot in slots(desk.document):
        if not isinstance(slot.source, str | float | int | bool):
            _complain_of_kind(desk, slot)
            continue
        try:
            formula = compile_expression(slot.source, scope)
        except ExpressionError as error:
            for problem in error.problems:
                desk.complain(slot.path, problem.found, problem.expected, problem.mend, column=problem.column)
            continue
        desk.formulas[slot.path] = formula
        _check_names(desk, slot, formula)
        if slot.truth and not formula.truth and not formula.names and formula.constant not in (0, 1):
            desk.warn(
                slot.path,
                f"the number {formula.constant:g}",
                "a condition, true or false",
                "Write a comparison.",
            )
    _check_testimony(desk)


def _complain_of_kind(desk: Desk, slot: Slot) -> None:
    mend = "Write a number, or a formula such as `0.2 * force`."
    if isinstance(slot.source, date):
        mend = f"To use the calendar write `date >= {slot.source}`."
    desk.complain(slot.path, plain(slot.source), "a number or an expression", mend)


def _check_names(desk: Desk, slot: Slot, formula: Compiled) -> None:
    document = desk.document
    own_names = set(document.parameters)
    types = sorted(name for name in formula.names - own_names if name in document.actors)
    clock = sorted(name for name in formula.names - own_names if name in CLOCK_NAMES)
    factors = sorted(name for name in formula.names - own_names if name in document.factors)
    if slot.sort == "still" and factors:
        _wrong_use(
            desk, slot, f"the factor `{factors[0]}`", "Name the parts that depend on it where they act."
        )
    if slot.sort in ("still", "present") and clock:
        _wrong_use(
            desk, slot, f"`{clock[0]}`, the clock", "Use the clock in moves, events, flows and worths."
        )
    allowed = set(document.actors)
    if slot.sort in ("still", "present", "public"):
        allowed = set()
    elif slot.sort == "own":
        allowed = {slot.mover or ""}
    elif slot.sort == "one":
        allowed = set(types[:1])
    for name in types:
        if name not in allowed:
            mend = "Put the difference into what it costs or what the outcomes are worth, by type."
            _wrong_use(desk, slot, f"a test of the hidden type of `{name}`", mend)
            break


def _wrong_use(desk: Desk, slot: Slot, found: str, mend: str) -> None:
    desk.complain(slot.path, f"{found} in `{_brief(slot.source)}`", _WHY[slot.sort], mend)


def _brief(source: Any) -> str:
    text = " ".join(str(source).split())
    return text if len(text) <= 60 else text[:57] + "..."


def _check_testimony(desk: Desk) -> None:
    """The conditions over parameters and the types that claims bear on."""
    scope = desk.scope()
    actors = desk.document.actors
    for name, claim in desk.evidence.claims.items():
        path: Path_ = ("claims", name, "bears_on")
        for i, (source, _) in enumerate(claim.bears_on.where):
            spot = (*path, "where", i, "if")
            try:
                formula = compile_expression(source, scope)
            except ExpressionError as error:
                for problem in error.problems:
                    desk.complain_of_evidence(
                        spot, problem.found, problem.expected, problem.mend, column=problem.column
                    )
                continue
            strange = sorted(formula.names - set(desk.document.parameters))
            if strange:
                desk.complain_of_evidence(
                    spot,
                    f"`{strange[0]}`, which is not a parameter",
                    "a condition over parameters",
                    "What a claim says of a hidden type stands as `actor: {type: ratio}` beside `where`.",
                )
        for actor, ratios in claim.bears_on.types.items():
            if actor not in actors:
                desk.complain_of_evidence(
                    (*path, actor), f"`{actor}`", "an actor, or `where`", did_you_mean(actor, actors)
                )
                continue
            if not actors[actor].types:
                desk.complain_of_evidence(
                    (*path, actor),
                    f"`{actor}`, which hides nothing",
                    "an actor with `types`",
                    "Give it types in case.yaml, or let the claim bear on a parameter with `where`.",
                )
                continue
            for kind in ratios:
                if kind not in actors[actor].types:
                    desk.complain_of_evidence(
                        (*path, actor, kind),
                        f"`{kind}`",
                        f"a type of {actor}",
                        did_you_mean(kind, actors[actor].types),
                    )
