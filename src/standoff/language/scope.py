"""The names an expression may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

CLOCK_NAMES = frozenset({"step", "date"})


@dataclass(frozen=True)
class Scope:
    """The names an expression may use.

    `parameters`: plain numbers. `factors`: name to its levels, lowest first. `actors`: name to its
    hidden types, possibly none. `clock`: whether `step` and `date` may appear. `texts`: factors whose levels have no
    order and are no numbers: columns of text in a table.
    """

    parameters: frozenset[str] = frozenset()
    factors: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    actors: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    clock: bool = True
    texts: frozenset[str] = frozenset()

    def __reduce__(self) -> tuple[Any, ...]:
        return (Scope, (self.parameters, dict(self.factors), dict(self.actors), self.clock, self.texts))

    def known(self) -> frozenset[str]:
        """Every name that may stand alone."""
        clock = CLOCK_NAMES if self.clock else frozenset()
        return self.parameters | frozenset(self.factors) | frozenset(self.actors) | clock
