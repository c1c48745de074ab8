"""Claims: what one report says, in our words, and where it says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from standoff.evidence.anchors import Anchor


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that a claim gives; ``low == high`` unless the report gives a range."""

    about: str
    low: float
    high: float
    unit: str = ""

    def __str__(self) -> str:
        shown = f"{self.low:,.10g}" if self.low == self.high else f"{self.low:,.10g} to {self.high:,.10g}"
        return f"{shown} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class BearsOn:
    """Likelihood ratios of a claim before discount.

    `types`: actor -> type -> ratio (types not named: 1); `where`: (condition over parameters, ratio).
    """

    types: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    where: tuple[tuple[str, float], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.types or self.where)


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that one report says.

    `report` is the report's id; `origin` and `derived_from` as written (`origins.origins` resolves them);
    `anchor` points into the original text, `digest_anchor` into our own digest of it.
    """

    id: str
    says: str
    report: str
    anchor: Anchor | None = None
    digest_anchor: Anchor | None = None
    attributed_to: str | None = None
    credibility: int = 6
    origin: str | None = None
    derived_from: str | None = None
    confirmed_by: tuple[str, ...] = ()
    bears_on: BearsOn = field(default_factory=BearsOn)
    figures: tuple[Figure, ...] = ()
    note: str | None = None
