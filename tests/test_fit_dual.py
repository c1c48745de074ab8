"""Dual numbers: every function against central differences, shapes that broadcast, and the case language on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from standoff.fit import dual
from standoff.fit.dual import Dual, full_tangent, seeds, value_of
from standoff.language.expressions import Scope, compile_expression

AT = np.array([[0.3, 1.7, 0.9], [2.2, 0.4, 1.1]])
OTHER = np.array([0.8, 0.5, 1.3])


def differences(function: Callable[..., Any], *at: np.ndarray, h: float = 1e-6) -> list[np.ndarray]:
    """d function / d each argument, all entries of it moved together."""
    found = []
    for i in range(len(at)):
        up = [x + h * (j == i) for j, x in enumerate(at)]
        down = [x - h * (j == i) for j, x in enumerate(at)]
        found.append((value_of(function(*up)) - value_of(function(*down))) / (2 * h))
    return found


def check(function: Callable[..., Any], *at: np.ndarray, near: float = 1e-7) -> None:
    ours = function(*seeds(at))
    assert np.array_equal(value_of(ours), value_of(function(*at)))
    for mine, theirs in zip(full_tangent(ours), differences(function, *at), strict=True):
        assert mine == pytest.approx(theirs, abs=near)


@pytest.mark.parametrize(
    "function",
    [
        np.exp, np.log, np.sqrt, np.square, np.abs, np.expm1, np.log1p, np.negative, dual.log, dual.ndtr, dual.log_ndtr,
        lambda x: dual.log_quantile(-x),
    ],
)  # fmt: skip
def test_functions_of_one(function: Callable[..., Any]) -> None:
    check(function, AT)


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: x + y, lambda x, y: x - y, lambda x, y: x * y, lambda x, y: x / y, lambda x, y: x**y,
        lambda x, y: x % y, np.minimum, np.maximum, lambda x, y: 2.0 - x * 3.0 / y + y * OTHER,
        lambda x, y: dual.where(OTHER > 0.7, x, y),
    ],
)  # fmt: skip
def test_functions_of_two_with_axes_that_broadcast(function: Callable[..., Any]) -> None:
    check(function, AT, OTHER)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: dual.logsumexp(x, 0), lambda x: dual.logsumexp(x, 1), lambda x: dual.log_softmax(x, 0)[0],
        lambda x: x.sum(1), lambda x: x[0] * x[1] + x[:, 1][0], lambda x: dual.swapped(x * OTHER, 0, 1),
        lambda x: dual.concatenate([x, 3.0 * AT, x[:1] * x]), lambda x: dual.stack([x[0], x[1] * x[0], OTHER]),
        lambda x: dual.sum_runs(dual.concatenate([x, x * x]), np.array([0, 1])),
        lambda x: dual.log_sum_runs(dual.concatenate([x, x * x]), np.array([0, 3])),
        lambda x: dual.weighted(np.array([[1.0, -2.0], [0.5, 0.0]]), x), lambda x: x.reshape(3, 2) ** 2,
    ],
)  # fmt: skip
def test_shapes(function: Callable[..., Any]) -> None:
    check(function, AT)


def test_a_power_with_a_constant_exponent_at_nought() -> None:
    found = seeds([np.array([0.0, 2.0])])[0] ** 2.0
    assert found.tangent.tolist() == [[0.0, 4.0]]


def test_chances_of_nil_have_no_slope() -> None:
    nil = dual.log(seeds([np.array([0.0, 0.5])])[0])
    assert nil.value[0] == -np.inf
    assert nil.tangent.tolist() == [[0.0, 2.0]]
    none = dual.logsumexp(Dual(np.full((2, 1), -np.inf), np.zeros((1, 2, 1))), 0)
    assert none.value[0] == -np.inf
    assert none.tangent.tolist() == [[0.0]]


@pytest.mark.parametrize("x", [-40.0, -1e3, -1e6])
def test_the_lower_tail_keeps_its_slope(x: float) -> None:
    """The inverse Mills ratio is -x - 1/x + ... far down."""
    found = dual.log_ndtr(seeds([np.array([x])])[0])
    assert np.isfinite(found.value).all()
    assert found.tangent[0, 0] == pytest.approx(-x - 1 / x, rel=1e-5)


FORMULAS = [
    "a * b - 2 / a + b ** 2",
    "logistic(a) if f is high else exp(-b)",
    "clip(a, 0.2, 0.9) + max(a, b, 0.1) - min(a, 0.5)",
    "sqrt(abs(a - b)) + log(a) * (f is high) % 2",
    "-a if a > b else b",
    "a ** b + step * a",
]


@pytest.mark.parametrize("source", FORMULAS)
@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.1, 3), min_size=3, max_size=3), st.lists(st.floats(0.1, 3), min_size=3, max_size=3))
def test_formulas_of_the_case_language_carry_derivatives(source: str, a: list[float], b: list[float]) -> None:
    formula = compile_expression(source, Scope(frozenset("ab"), {"f": ("low", "high")}))
    others = {"f": np.array([[0.0], [1.0]]), "step": 2.0}
    at = [np.array(a), np.array(b)]
    kinks = (0.2, 0.5, 0.9, 1.0)  # of clip and min; where a logarithm wraps round
    assume(min(np.abs(at[0] - at[1])) > 0.02 and all(np.abs(at[0] - kink).min() > 1e-3 for kink in kinks))
    plain = formula({"a": at[0], "b": at[1], **others})
    ours = formula.run(dict(zip("ab", seeds(at), strict=True)) | others)
    assert np.array_equal(ours.value, plain)
    theirs = differences(lambda x, y: formula({"a": x, "b": y, **others}), *at, h=1e-6)
    for mine, other in zip(full_tangent(ours), theirs, strict=True):
        assert mine == pytest.approx(other, rel=1e-5, abs=1e-5)
