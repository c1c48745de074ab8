"""What operators and functions of the expression language do, over numpy."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

Run = Callable[[Mapping[str, Any]], Any]
"""Values by name -> float64 or bool, scalar or array."""


@dataclass(frozen=True, slots=True)
class Node:
    """A resolved part: how to evaluate it, and whether it is a condition."""

    run: Run
    truth: bool = False
    fixed: bool = False  # uses no name


def fold(node: Node) -> float | bool:
    """The value of a part that uses no name."""
    with np.errstate(all="ignore"):
        value = node.run({})
    return bool(value) if node.truth else float(value)


BROKEN = Node(lambda values: np.float64(0.0))


def as_float(value: Any) -> Any:
    """As float64, so that small integer types cannot wrap and conditions can be added; a number of another kind that
    numpy computes with (one that carries derivatives) as it is."""
    if isinstance(value, np.ndarray):
        return value if value.dtype == np.float64 else value.astype(np.float64)
    if isinstance(value, np.lib.mixins.NDArrayOperatorsMixin):
        return value
    return np.float64(value)


def as_number(node: Node) -> Run:
    """How to evaluate a part as float64."""
    if not node.truth:
        return node.run
    run = node.run
    return lambda values: as_float(run(values))


def as_truth(node: Node) -> Run:
    """How to evaluate a part as a condition; a number holds unless it is 0."""
    if node.truth:
        return node.run
    run = node.run
    return lambda values: np.not_equal(run(values), 0.0)


ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}


def _clip(value: Any, low: Any, high: Any) -> Any:
    return np.minimum(np.maximum(value, low), high)


def _logistic(value: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-value))


FUNCTIONS: Mapping[str, tuple[int, int, Callable[..., Any]]] = MappingProxyType(
    {
        "min": (2, 20, lambda *values: folded(np.minimum, values)),
        "max": (2, 20, lambda *values: folded(np.maximum, values)),
        "clip": (3, 3, _clip),
        "logistic": (1, 1, _logistic),
        "abs": (1, 1, np.abs),
        "exp": (1, 1, np.exp),
        "log": (1, 1, np.log),
        "sqrt": (1, 1, np.sqrt),
    }
)
"""name: (fewest arguments, most arguments, numpy function)."""


def folded(function: Callable[[Any, Any], Any], values: Iterable[Any]) -> Any:
    """`function` over all values, from the left."""
    first, *rest = values
    for value in rest:
        first = function(first, value)
    return first
