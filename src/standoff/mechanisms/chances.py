"""Rewriting where moves and events lead: chances, endings, changes of factors.

The helpers keep the sum: what one branch gains the others lose, and the remainder that goes on with
`then` shares in it. A branch written as the complement of the others (``botched: 1 - p``) stays one, so
that an effect which always ends the game still does after rewriting, without round-off.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import permutations
from typing import Any, NamedTuple, TypeVar

from standoff.language.document import Alternative, Effect, Event, Expression, Factor
from standoff.mechanisms import terms

_SHIFT = re.compile(r"[+-]\d+")

AnyEffect = TypeVar("AnyEffect", bound=Effect)


def shift_of(value: Any) -> int | None:
    """Rungs a `then` value moves by, or None when it names a level.

    >>> shift_of(1), shift_of("-2"), shift_of("flotilla")
    (1, -2, None)
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _SHIFT.fullmatch(value.strip()):
        return int(value)
    return None


def merge_then(
    first: Mapping[str, Any], second: Mapping[str, Any], factors: Mapping[str, Factor]
) -> dict[str, Any]:
    """Both changes, one after the other: shifts add up, a level named second wins."""
    merged = dict(first)
    for name, value in second.items():
        shift = shift_of(value)
        if name not in merged or shift is None:
            merged[name] = value
            continue
        before = shift_of(merged[name])
        if before is not None:
            merged[name] = before + shift
            continue
        levels = factors[name].levels
        if merged[name] in levels:  # else it is misspelt where it stands, which is said there
            merged[name] = levels[min(max(levels.index(merged[name]) + shift, 0), len(levels) - 1)]
    return merged


def endings(effect: Effect) -> dict[str, Expression]:
    """`ends` as outcome: probability, whichever way it is written."""
    if effect.ends is None:
        return {}
    return {effect.ends: 1} if isinstance(effect.ends, str) else dict(effect.ends)


def goes_on(effect: Effect) -> bool:
    """Whether the game may continue after it: false when it is written that some ending is certain."""
    return _complement(endings(effect)) is None


def _complement(ends: Mapping[str, Expression]) -> str | None:
    """The outcome that takes all the others leave (``botched: 1 - p``), or None if some is left."""
    names = list(ends)
    known = [value for chance in ends.values() if (value := terms.number(chance)) is not None]
    if names and len(known) == len(names):
        return names[-1] if sum(known) >= 1 - 1e-9 else None
    if len(names) > 5:
        return None
    for name in reversed(names):
        others = [value for other, value in ends.items() if other != name]
        written = _squeezed(ends[name])
        for order in permutations(others):
            if written in (_squeezed(terms.rest(*order)), _squeezed(terms.rest(terms.plus(*order)))):
                return name
    return None


def _squeezed(expression: Expression) -> str:
    return "".join(terms.text(expression).split())


def _closed_like(old: Mapping[str, Expression], new: dict[str, Expression]) -> dict[str, Expression]:
    """`new` with the branch that was the complement in `old` written as the complement again."""
    name = _complement(old)
    if name is not None and len(new) > 1:
        new[name] = terms.rest(*(value for other, value in new.items() if other != name))
    return new


def also(
    effect: AnyEffect, chance: Expression, then: Mapping[str, Any], factors: Mapping[str, Factor]
) -> AnyEffect:
    """With this chance, whatever else it does short of ending the game, `then` happens too.

    The chance is independent of how the effect turns out.
    """
    if terms.number(chance) == 1:
        branches = [_copy(way, then=merge_then(way.then, then, factors)) for way in effect.perhaps]
        return effect.model_copy(update={"then": merge_then(effect.then, then, factors), "perhaps": branches})
    split: list[Alternative] = []
    for way in effect.perhaps:
        split.append(_copy(way, chance=terms.times(terms.rest(chance), way.chance)))
        split.append(
            _copy(way, chance=terms.times(chance, way.chance), then=merge_then(way.then, then, factors))
        )
    left = terms.rest(*endings(effect).values(), *(way.chance for way in effect.perhaps))
    split.append(Alternative(chance=terms.times(chance, left), then=merge_then(effect.then, then, factors)))
    return effect.model_copy(update={"perhaps": split})


def divert(
    effect: AnyEffect,
    chance: Expression,
    *,
    ends: str | None = None,
    then: Mapping[str, Any] | None = None,
    out_of: str | None = None,
) -> AnyEffect:
    """With this chance something else happens instead: the game `ends` so, or `then` (nothing, if empty).

    With `out_of`, only the share that would have reached that outcome is exposed.
    """
    old = endings(effect)
    ways = list(effect.perhaps)
    if out_of is not None:
        taken = terms.times(chance, old[out_of])
        new = {**old, out_of: terms.times(terms.rest(chance), old[out_of])}
    else:
        taken = chance
        new = {name: terms.times(terms.rest(chance), value) for name, value in old.items()}
        ways = [_copy(way, chance=terms.times(terms.rest(chance), way.chance)) for way in ways]
    if ends is not None:
        new[ends] = terms.plus(new.get(ends), taken)
        new = _closed_like(old, new)
    else:
        ways.append(Alternative(chance=taken, then=dict(then or {})))
    return effect.model_copy(update={"ends": new or None, "perhaps": ways})


def scale_odds(effect: AnyEffect, outcome: str, by: Expression) -> AnyEffect:
    """Multiplies the odds of one outcome by a positive factor; the rest keep their shares of what is left.

    With p the old probability of the outcome it becomes ``p m / (1 - p + p m)`` and all other branches,
    the remainder included, are divided by the same denominator. Certainty stays certainty. A second
    factor joins the first: the formula does not nest.
    """
    old = endings(effect)
    name = _complement(old)
    others = [value for other, value in old.items() if other not in (outcome, name)]
    others += [way.chance for way in effect.perhaps]
    before = _scaled_before(old[outcome])
    if before is not None and all(_over(value, before.under) is not None for value in others):
        base, by, under = before.base, terms.times(before.by, by), before.under
    else:
        base, under = old[outcome], None
    raised = terms.times(base, by)
    new_under = terms.plus(terms.rest(base), raised)

    def share(value: Expression) -> Expression:
        whole = value if under is None else _over(value, under)
        return terms.ratio(value if whole is None else whole, new_under)

    new = {
        other: terms.ratio(raised, new_under) if other == outcome else share(value)
        for other, value in old.items()
    }
    ways = [_copy(way, chance=share(way.chance)) for way in effect.perhaps]
    return effect.model_copy(update={"ends": _closed_like(old, new), "perhaps": ways})


def scaled_chance(chance: Expression, by: Expression) -> Expression:
    """A chance p with its odds multiplied.

    >>> once = scaled_chance("p", "m")
    >>> once
    'p * m / (1 - p + p * m)'
    >>> scaled_chance(once, "n")
    'p * m * n / (1 - p + p * m * n)'
    """
    before = _scaled_before(chance)
    base, factor = (chance, by) if before is None else (before.base, terms.times(before.by, by))
    raised = terms.times(base, factor)
    return terms.ratio(raised, terms.plus(terms.rest(base), raised))


class _Scaled(NamedTuple):
    base: Expression
    by: Expression
    under: str


def _scaled_before(chance: Expression) -> _Scaled | None:
    """The parts of ``p * m / (1 - p + p * m)``, or None if it is not written so."""
    written = terms.text(chance)
    for match in re.finditer(r" / \(", written):
        raised, under = written[: match.start()], written[match.end() : -1]
        base = under.removeprefix("1 - ").removesuffix(f" + {raised}")
        if f"{raised} / (1 - {base} + {raised})" == written and raised.startswith(f"{base} * "):
            return _Scaled(base, raised.removeprefix(f"{base} * "), under)
    return None


def _over(chance: Expression, under: str) -> Expression | None:
    """The numerator, if the chance is written over this denominator."""
    written = terms.text(chance)
    return written.removesuffix(f" / ({under})") if written.endswith(f" / ({under})") else None


def scale_rate(event: Event, by: Expression) -> Event:
    """Multiplies an event's hazard, or the odds of its chance, by a positive factor."""
    if event.rate is not None:
        return event.model_copy(update={"rate": terms.times(event.rate, by)})
    chance = event.chance if event.chance is not None else 1
    return event.model_copy(update={"chance": scaled_chance(chance, by)})


def drop(
    change: Mapping[str, Any], weights: Mapping[str, Expression], factors: Mapping[str, Factor]
) -> Expression:
    """By how much a `then` lowers a weighted sum of factors: rungs given up, never negative.

    ``{force: -1}`` lowers ``force`` by ``min(1, force)``; ``{force: patrol}`` by all that is above patrol.
    """
    given_up: list[Expression] = []
    for name, weight in weights.items():
        if name not in change:
            continue
        shift, levels = shift_of(change[name]), factors[name].levels
        if shift is None and change[name] not in levels:
            continue  # misspelt where it stands, which is said there
        if shift is None:
            floor = levels.index(change[name])
            fall: Expression = name if floor == 0 else f"max({name} - {floor}, 0)"
        else:
            fall = f"min({-shift}, {name})" if shift < 0 else 0
        given_up.append(terms.times(weight, fall))
    return terms.plus(*given_up)


def _copy(way: Alternative, **update: Any) -> Alternative:
    return way.model_copy(update=update)
