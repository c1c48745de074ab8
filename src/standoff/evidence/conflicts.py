"""Figures at odds: numbers about the same thing that cannot all be right, laid side by side.

Figures with the same `about` and `unit` are compared. They are at odds when no single number lies in all of
them; nobody decides which is right, but the case may explain them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from standoff.evidence.claims import Claim, Figure
from standoff.evidence.origins import origins
from standoff.evidence.reports import Report


@dataclass(frozen=True, slots=True)
class Side:
    """One claim's figure, with its origin."""

    claim: str
    figure: Figure
    origin: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the case says of figures at odds; `unit` None covers every unit."""

    about: str
    unit: str | None
    explained: str
    because: tuple[str, ...] = ()

    def covers(self, about: str, unit: str) -> bool:
        return same(self.about, about) and (self.unit is None or same(self.unit, unit))


@dataclass(frozen=True, slots=True)
class Conflict:
    """Figures at odds about one thing: smallest first, and the explanation where the case gives one."""

    about: str
    unit: str
    sides: tuple[Side, ...]
    explanation: Explanation | None = None

    @property
    def spread(self) -> float:
        """How many times the smallest figure goes into the largest; infinite from zero or below."""
        low, high = self.sides[0].figure.low, max(side.figure.high for side in self.sides)
        return high / low if low > 0 else float("inf")


def same(one: str, other: str) -> bool:
    """Whether two descriptions are the same words, letter case and white space aside."""
    return _key(one) == _key(other)


def find_conflicts(
    claims: Mapping[str, Claim], reports: Mapping[str, Report], explanations: Sequence[Explanation] = ()
) -> tuple[Conflict, ...]:
    """All figures at odds, in order of what they are about. Independent of the order of claims."""
    sources = origins(claims, reports)
    groups: dict[tuple[str, str], list[Side]] = {}
    for name in sorted(claims):
        for figure in claims[name].figures:
            key = (_key(figure.about), _key(figure.unit))
            groups.setdefault(key, []).append(Side(name, figure, sources[name]))
    found = []
    for _, sides in sorted(groups.items()):
        if max(side.figure.low for side in sides) <= min(side.figure.high for side in sides):
            continue
        sides.sort(key=lambda side: (side.figure.low, side.figure.high, side.claim))
        about, unit = sides[0].figure.about, sides[0].figure.unit
        told = next((each for each in explanations if each.covers(about, unit)), None)
        found.append(Conflict(about, unit, tuple(sides), told))
    return tuple(found)


def _key(words: str) -> str:
    return " ".join(words.casefold().split())
