"""Testimony: claims that are not moves but bear on a hidden type or a parameter.

A claim states likelihood ratios. Each is discounted by what the case says its grades are worth,

    ratio ** weight,   weight = discount.reliability[grade of the report] * discount.credibility[of the claim]

so that weight 1 takes the ratio in full and 0 leaves it at 1. Claims with one origin count once on each
target (an actor's types, a parameter): the claim of the largest weight, and of those the earliest published.
Where several different statements are left, none of them is preferred: together they count as one whose ratio
is the geometric mean of theirs, so that statements that contradict each other weaken each other. Those that
say the same are one statement however often it is made. Only what was published by `as_of` takes part, so
an early retelling may count until a stronger one appears.
"""

from __future__ import annotations

import ast
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date

from standoff.errors import CaseError
from standoff.evidence.body import Evidence
from standoff.evidence.claims import Claim
from standoff.language.grammar import parse


@dataclass(frozen=True, slots=True)
class Testimony:
    """What one claim contributes.

    `types` (actor -> type -> ratio) and `where` (condition, ratio) hold only what counts, already discounted
    and shared; both are empty where `counted` is false. `why` says in words what counts or why it does not.
    `beside`: target -> claims of the same origin that count there instead of this one; `shared`: target ->
    claims of the same origin that count there together with this one, as one statement.
    """

    claim: str
    known: date
    weight: float
    counted: bool
    why: str
    types: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    where: tuple[tuple[str, float], ...] = ()
    origin: str = ""
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def testimony(evidence: Evidence, as_of: date) -> list[Testimony]:
    """Every claim published by `as_of` that bears on something, in order of publication and name.

    Independent of the order in which claims are written, and of what they are called.
    """
    known = {
        name: evidence.reports[claim.report].known
        for name, claim in evidence.claims.items()
        if claim.bears_on and claim.report in evidence.reports
    }
    known = {name: day for name, day in known.items() if day <= as_of}
    weights = {name: _weight(evidence, evidence.claims[name]) for name in known}
    sources = evidence.origins
    ranks: dict[tuple[str, float, date], list[str]] = {}  # claims between which only a name could choose
    for name, day in known.items():
        if weights[name] > 0:
            ranks.setdefault((sources[name], -weights[name], day), []).append(name)
    taken: dict[tuple[str, str], tuple[str, ...]] = {}
    heard = [_worthless(evidence, name, known[name], sources[name]) for name in known if weights[name] <= 0]
    for (origin, _, day), names in sorted(ranks.items()):
        heard += _hear(evidence, sorted(names), day, weights[names[0]], origin, taken)
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


def _worthless(evidence: Evidence, name: str, known: date, origin: str) -> Testimony:
    claim = evidence.claims[name]
    grade = evidence.reports[claim.report].grade
    missing = evidence.discount.silent_about(grade, claim.credibility)
    why = f"the discount table says that {grade}{claim.credibility} counts for nothing"
    if missing:
        why = f"the discount table does not mention {' or '.join(missing)}"
    return Testimony(name, known, 0.0, False, why, origin=origin)


@dataclass(frozen=True, slots=True)
class _Point:
    """One thing a claim bears on: an actor's types, or a condition over the parameters in `names`."""

    claim: str
    names: frozenset[str]
    says: Hashable


def _hear(
    evidence: Evidence,
    names: list[str],
    known: date,
    weight: float,
    origin: str,
    taken: dict[tuple[str, str], tuple[str, ...]],
) -> list[Testimony]:
    """Claims of one origin, weight and day, after all that go before them; `taken` maps (origin, target) to the
    claims that speak for it."""
    points: list[_Point] = []
    beside: dict[str, dict[str, tuple[str, ...]]] = {name: {} for name in names}
    for name in names:
        bears_on = evidence.claims[name].bears_on
        mine = [_on_types(name, actor, ratios) for actor, ratios in bears_on.types.items()]
        mine += [_Point(name, targets(said[0]), said) for said in bears_on.where]
        for point in mine:
            lost = {each: taken[origin, each] for each in point.names if (origin, each) in taken}
            beside[name].update(lost)
            if not lost:
                points.append(point)

    shares: dict[_Point, float] = {}
    shared: dict[str, dict[str, tuple[str, ...]]] = {name: {} for name in names}
    for group in _overlapping(points):
        says: dict[str, set[Hashable]] = {}
        for point in group:
            says.setdefault(point.claim, set()).add(point.says)
        statements = [frozenset(each) for each in says.values()]
        for point in group:
            same = statements.count(frozenset(says[point.claim]))
            shares[point] = 1 / (len(set(statements)) * same)
            others = tuple(sorted(set(says) - {point.claim}))
            for target in point.names:
                taken[origin, target] = tuple(sorted(says))
                if others:
                    shared[point.claim][target] = others
    return [_told(evidence, name, known, weight, origin, shares, beside[name], shared[name]) for name in names]


def _told(
    evidence: Evidence,
    name: str,
    known: date,
    weight: float,
    origin: str,
    shares: Mapping[_Point, float],
    beside: Mapping[str, tuple[str, ...]],
    shared: Mapping[str, tuple[str, ...]],
) -> Testimony:
    claim = evidence.claims[name]
    types: dict[str, dict[str, float]] = {}
    for actor, ratios in claim.bears_on.types.items():
        share = shares.get(_on_types(name, actor, ratios), 0.0)
        if share:
            types[actor] = {type_: ratio ** (weight * share) for type_, ratio in ratios.items()}
    where = []
    for condition, ratio in claim.bears_on.where:
        share = shares.get(_Point(name, targets(condition), (condition, ratio)), 0.0)
        if share:
            where.append((condition, ratio ** (weight * share)))
    counted = bool(types or where)
    why = f"weight {weight:.3g} = grade {evidence.reports[claim.report].grade} times credibility {claim.credibility}"
    if shared:
        why += f"; counted as one with {_names(shared)}: same origin ({origin})"
    if beside:
        lost = f"not counted beside {_names(beside)}: same origin ({origin})"
        why = f"{why}; on another target {lost}" if counted else lost.removeprefix("not counted ")
    return Testimony(name, known, weight, counted, why, types, tuple(where), origin, beside, shared)


def _on_types(claim: str, actor: str, ratios: Mapping[str, float]) -> _Point:
    return _Point(
        claim,
        frozenset({f"types of {actor}"}),
        tuple(sorted((type_, ratio) for type_, ratio in ratios.items() if ratio != 1)),
    )


def _names(found: Mapping[str, tuple[str, ...]]) -> str:
    return ", ".join(dict.fromkeys(name for names in found.values() for name in names))


def _overlapping(points: list[_Point]) -> list[list[_Point]]:
    """Points that share a name, directly or through others, together."""
    groups: list[tuple[set[str], list[_Point]]] = []
    for point in points:
        apart: list[tuple[set[str], list[_Point]]] = []
        names, members = set(point.names), [point]
        for held, inside in groups:
            if held & point.names:
                names, members = names | held, inside + members
            else:
                apart.append((held, inside))
        groups = [*apart, (names, members)]
    return [members for _, members in groups]
