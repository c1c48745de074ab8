"""Testimony: claims that are not moves but bear on a hidden type or a parameter.

A claim states likelihood ratios. Each is discounted by what the case says its grades are worth,

    ratio ** weight,   weight = discount.reliability[grade of the report] * discount.credibility[of the claim]

so that weight 1 takes the ratio in full and 0 leaves it at 1. Claims with one origin count once on each
target (an actor's types, a parameter): the claim of the largest weight, on ties the earliest published, then
the alphabetically first. Only what was published by `as_of` takes part, so an early retelling may count until
a stronger one appears.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from standoff.errors import CaseError
from standoff.evidence.body import Evidence
from standoff.evidence.claims import Claim
from standoff.language.grammar import parse


@dataclass(frozen=True, slots=True)
class Testimony:
    """What one claim contributes.

    `types` (actor -> type -> ratio) and `where` (condition, ratio) hold only what counts, already discounted;
    both are empty where `counted` is false. `why` says in words what counts or why it does not.
    """

    claim: str
    known: date
    weight: float
    counted: bool
    why: str
    types: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    where: tuple[tuple[str, float], ...] = ()
    origin: str = ""


def testimony(evidence: Evidence, as_of: date) -> list[Testimony]:
    """Every claim published by `as_of` that bears on something, in order of publication and name.

    Independent of the order in which claims are written.
    """
    known = {
        name: evidence.reports[claim.report].known
        for name, claim in evidence.claims.items()
        if claim.bears_on and claim.report in evidence.reports
    }
    weights = {name: _weight(evidence, evidence.claims[name]) for name in known}
    by_strength = sorted(
        (name for name in known if known[name] <= as_of), key=lambda name: (-weights[name], known[name], name)
    )
    sources = evidence.origins
    taken: dict[tuple[str, str], str] = {}
    heard = [_hear(evidence, name, known[name], weights[name], sources[name], taken) for name in by_strength]
    return sorted(heard, key=lambda each: (each.known, each.claim))


def targets(condition: str) -> frozenset[str]:
    """The names a condition speaks of; the whole condition where it cannot be read."""
    try:
        syntax = parse(condition)
    except CaseError:
        return frozenset({condition})
    called = {id(node.func) for node in ast.walk(syntax.tree) if isinstance(node, ast.Call)}
    names = {
        syntax.name(node)
        for node in ast.walk(syntax.tree)
        if isinstance(node, ast.Name)
        and id(node) not in called
        and node.col_offset not in syntax.literals
        and node.col_offset not in syntax.dates
    }
    return frozenset(names) or frozenset({condition})


def _weight(evidence: Evidence, claim: Claim) -> float:
    return evidence.discount.weight(evidence.reports[claim.report].grade, claim.credibility) or 0.0


def _hear(
    evidence: Evidence, name: str, known: date, weight: float, origin: str, taken: dict[tuple[str, str], str]
) -> Testimony:
    """One claim, after all stronger ones; `taken` maps (origin, target) to the claim that speaks for it."""
    claim = evidence.claims[name]
    grade = evidence.reports[claim.report].grade
    if weight <= 0:
        missing = evidence.discount.silent_about(grade, claim.credibility)
        why = f"the discount table says that {grade}{claim.credibility} counts for nothing"
        if missing:
            why = f"the discount table does not mention {' or '.join(missing)}"
        return Testimony(name, known, 0.0, False, why, origin=origin)

    mine: set[tuple[str, str]] = set()
    lost: dict[str, None] = {}

    def free(names: frozenset[str]) -> bool:
        keys = {(origin, each) for each in names}
        others = sorted({taken[key] for key in keys if key in taken and taken[key] != name})
        for other in others:
            lost[other] = None
        if others:
            return False
        taken.update(dict.fromkeys(keys, name))
        mine.update(keys)
        return True

    types = {
        actor: {type_: ratio**weight for type_, ratio in ratios.items()}
        for actor, ratios in claim.bears_on.types.items()
        if free(frozenset({f"types of {actor}"}))
    }
    where = tuple(
        (condition, ratio**weight) for condition, ratio in claim.bears_on.where if free(targets(condition))
    )
    told = f"already told by {', '.join(lost)}, of the same origin ({origin})"
    counted = bool(mine)
    why = f"weight {weight:.3g} = grade {grade} times credibility {claim.credibility}"
    if counted and lost:
        why += f"; on another target {told}"
    elif lost:
        why = told
    return Testimony(name, known, weight, counted, why, types, where, origin)
