"""The small safe language of formulas and conditions.

    0.02 + audience * rung                     arithmetic; a factor counts as the index of its level
    force is carrier_group and talks in (open, offer_made)
    force >= flotilla                          levels are ordered, lowest first
    washington is bluff                        a test of an actor's hidden type
    step > 4 or date >= 2025-11-28             the clock
    0.8 if talks is open else 0.1              a choice
    clip(0.1 * rung, 0, 1)                     min max clip logistic abs exp log sqrt

An expression is parsed once (`standoff.language.grammar`), resolved against a `Scope`, and turned into
a tree of closures over numpy; nothing is ever handed to ``eval``. Calling it with arrays gives arrays by
broadcasting, calling it with scalars gives a Python float or bool. Impossible arithmetic (a division by
zero, the logarithm of a negative number) gives nan or inf, which callers test for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from standoff.language.grammar import MAX_NUMBER, ExpressionError, parse, refuse, shown
from standoff.language.numeric import FUNCTIONS, Run, fold
from standoff.language.resolve import MAX_EXPONENT, Reading
from standoff.language.scope import CLOCK_NAMES, Scope

__all__ = [
    "CLOCK_NAMES",
    "FUNCTIONS",
    "MAX_EXPONENT",
    "Compiled",
    "ExpressionError",
    "Scope",
    "Value",
    "compile_expression",
]

Value = float | np.ndarray[Any, Any]


@dataclass(frozen=True)
class Compiled:
    """An expression ready to be evaluated.

    `names`: parameters, factors, actors, 'step' and 'date' it uses. `tests`: the actor types and factor
    levels it names, as (name, member). `numbers`: literal numbers in it other than 0 and 1.
    `constant`: its value if it uses no name. `truth`: whether it is a condition (true or false).
    """

    source: str
    scope: Scope = field(repr=False)
    names: frozenset[str] = field(compare=False)
    tests: frozenset[tuple[str, str]] = field(compare=False, repr=False)
    numbers: tuple[float, ...] = field(compare=False, repr=False)
    constant: float | bool | None = field(compare=False)
    truth: bool = field(compare=False)
    run: Run = field(compare=False, repr=False)

    def __call__(self, values: Mapping[str, float | np.ndarray[Any, Any]]) -> Value:
        """Evaluate with `values`: parameter -> float64, factor -> level index, actor -> type index,
        `step` -> index from 0, `date` -> ordinal of the first day of the step; scalars or arrays that
        broadcast. Returns float64 (or bool for a condition), scalar if everything it used was scalar.
        Raises KeyError if a name it uses is missing."""
        if self.constant is not None:
            return self.constant
        with np.errstate(all="ignore"):
            result = self.run(values)
        if isinstance(result, np.ndarray) and result.ndim:
            return result
        return result.item()  # type: ignore[no-any-return]

    def __reduce__(self) -> tuple[Any, ...]:
        return (compile_expression, (self.source, self.scope))


def compile_expression(source: str | float | int | bool, scope: Scope) -> Compiled:
    """Read and resolve `source`.

    Raises `ExpressionError` with every problem found and its column. Limits: 2,000 characters, depth 40,
    400 parts, constant exponents up to 16, numbers up to 1e12.
    """
    if not isinstance(source, str):
        return _of_number(source, scope)
    syntax = parse(source)
    reading = Reading(syntax, scope)
    node = reading.read(syntax.tree, 0)
    if syntax.dates and "date" not in reading.names:
        column = min(syntax.dates) + 1
        reading.complain(
            column,
            f"the date {syntax.dates[column - 1]} compared with nothing",
            "a comparison with `date`",
            f"Write `date >= {syntax.dates[column - 1]}`.",
        )
    if reading.problems:
        raise ExpressionError(sorted(reading.problems, key=lambda problem: problem.column))
    constant: float | bool | None = None
    if not reading.names:
        constant = fold(node)
        if not math.isfinite(constant):
            raise refuse(
                f"{shown(source)}, which is not a finite number",
                "a finite number",
                "Look for a division by zero or an impossible root or logarithm.",
            )
    literals = (value for at, value in syntax.literals.items() if at not in syntax.dates)
    return Compiled(
        source=source,
        scope=scope,
        names=frozenset(reading.names),
        tests=frozenset(reading.tests),
        numbers=tuple(value for value in literals if value not in (0.0, 1.0)),
        constant=constant,
        truth=node.truth,
        run=node.run,
    )


def _of_number(source: float | int | bool, scope: Scope) -> Compiled:
    if isinstance(source, bool):
        value: float | bool = source
    else:
        if not abs(source) <= MAX_NUMBER:
            raise refuse(
                f"the number {shown(str(source))}", f"numbers up to {MAX_NUMBER:g}", "Use a larger unit."
            )
        value = float(source)
    truth = isinstance(value, bool)
    numbers = () if truth or value in (0.0, 1.0) else (value,)
    held = np.bool_(value) if truth else np.float64(value)
    text = ("true" if value else "false") if truth else repr(source)
    return Compiled(text, scope, frozenset(), frozenset(), numbers, value, truth, lambda values: held)
