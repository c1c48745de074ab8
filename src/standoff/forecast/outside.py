"""The outside view: how past cases like this one ended, whatever this one looks like from within.

A case states `reference_classes`: of so many past cases, so many ended in one of these outcomes. Nothing in the model
uses them; they are set beside its forecast, and serve as base rates where forecasts are scored.

The chance of a class is that of the next case of its kind under Jeffreys' prior, Beta(count + 1/2, of - count + 1/2):
its mean, and its quantiles (Brown, Cai & DasGupta 2001, Statistical Science 16(2), section 4.3). Where a class says
within what time its cases ended so, and less or more time is left here, the chance is scaled as if it were spread
evenly over time: 1 - (1 - p) ** (left / within), whose mean under Beta(a, b) is exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from standoff.language.calendar import days, step_start, turns
from standoff.language.document import CaseDocument, ReferenceClass

LEVELS = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
Band = dict[str, float]


@dataclass(frozen=True, slots=True)
class ClassView:
    """A reference class at a date: `counted` as the past cases say it, `chance` scaled to the time left. `counts` is
    false where an earlier class speaks of some of the same endings and not of all or part of them alone, so that the
    two cannot stand in one distribution: the class is then a scenario of its own, and `against` names the earlier."""

    name: str
    counted: Band
    chance: Band
    scaled: bool
    against: str | None

    @property
    def counts(self) -> bool:
        """Whether it stands in one distribution with the others."""
        return self.against is None


def classes(document: CaseDocument, as_of: date) -> tuple[ClassView, ...]:
    """Every reference class of a case as it stands at a date, in the order of the case."""
    left = days_left(document, as_of)
    claimed: dict[str, tuple[frozenset[str], float]] = {}
    found = []
    for name, one in document.reference_classes.items():
        mine = frozenset(one.outcomes)
        share = 1.0 if one.within is None else left / (one.within.times * days(one.within.per, document.clock))
        chance = _band(one, share)
        against = next((known for known, its in claimed.items() if not _agree(mine, chance["mean"], *its)), None)
        if against is None:
            claimed[name] = (mine, chance["mean"])
        found.append(ClassView(name, _band(one), chance, one.within is not None, against))
    return tuple(found)


def _agree(mine: frozenset[str], chance: float, other: frozenset[str], its: float) -> bool:
    """Whether two classes can stand in one distribution: apart, or the one within the other and no likelier."""
    if not mine & other:
        return True
    return (mine < other and chance <= its) or (other < mine and its <= chance)


def outside(document: CaseDocument, as_of: date) -> dict[str, float]:
    """outcome -> probability from the reference classes alone, summing to 1; empty where the case states none.

    Of two classes of which one holds the other's endings, the narrower one says what its own get, and the wider one
    what the others get with them. Endings that share a class without another to part them share its chance evenly, and
    what no class speaks of shares what is left.
    """
    rows = [(frozenset(document.reference_classes[one.name].outcomes), one) for one in classes(document, as_of)]
    rows = [row for row in rows if row[1].counts]
    if not rows:
        return {}
    given: dict[str, float] = {}
    for mine, one in sorted(rows, key=lambda row: len(row[0])):
        rest = sorted(mine - set(given))
        if rest:
            left = max(0.0, one.chance["mean"] - sum(given[name] for name in mine if name in given))
            given |= dict.fromkeys(rest, left / len(rest))
    others = [name for name in document.outcomes if name not in given]
    left = max(0.0, 1.0 - sum(given.values()))
    given |= dict.fromkeys(others, left / len(others) if others else 0.0)
    total = sum(given.values())
    return {name: given[name] / total for name in document.outcomes}


def days_left(document: CaseDocument, as_of: date) -> float:
    """Days from a date to the end of the clock, none after it; the whole clock before it starts."""
    end = step_start(document.clock, turns(document.clock))
    return float(max(0, (end - max(as_of, document.clock.start)).days))


def _band(one: ReferenceClass, share: float = 1.0) -> Band:
    """Mean and quantiles of 1 - (1 - p) ** share for p as Beta(a, b): E[(1 - p)^share] = B(a, b + share) / B(a, b)."""
    from scipy import special

    a, b = one.count + 0.5, one.of - one.count + 0.5
    mean = -math.expm1(special.betaln(a, b + share) - special.betaln(a, b))
    return {"mean": mean} | {
        key: -math.expm1(share * math.log1p(-float(special.betaincinv(a, b, at)))) for key, at in LEVELS.items()
    }
