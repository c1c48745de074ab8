"""Sums, products and payoffs in the case language mean what they say, whatever the parts look like."""

from __future__ import annotations

import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.language.expressions import Scope, compile_expression
from standoff.mechanisms import chances, terms

SCOPE = Scope(parameters=frozenset("abc"), factors={"f": ("low", "mid", "high")})
VALUES = {"a": 0.7, "b": -1.3, "c": 2.1, "f": 1}


def value(expression: object) -> float:
    return float(compile_expression(expression, SCOPE)(VALUES))


def _bigger(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(parts, parts)
    return st.one_of(
        two.map(lambda p: f"{p[0]} + {p[1]}"),
        two.map(lambda p: f"({p[0]}) - ({p[1]})"),
        two.map(lambda p: f"({p[0]})*({p[1]})"),
        two.map(lambda p: f"({p[0]}) % 3 + {p[1]}"),
        two.map(lambda p: f"({p[0]}) / 4"),
        two.map(lambda p: f"{p[0]} if f is mid else {p[1]}"),
        two.map(lambda p: f"min({p[0]}, {p[1]})"),
        parts.map(lambda p: f"-({p})"),
        parts.map(lambda p: f"({p}) ** 2"),
    )


LEAVES = st.sampled_from(["a", "b", "c", "f", "0.5", "2", "-a", "f.high"])
EXPRESSIONS = st.one_of(
    st.recursive(LEAVES, _bigger, max_leaves=5), st.integers(-3, 3), st.floats(-2, 2, allow_subnormal=False)
)


def close(found: float, expected: float) -> bool:
    return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)


@given(EXPRESSIONS, EXPRESSIONS, EXPRESSIONS)
def test_sums_and_products_keep_their_value(x: object, y: object, z: object) -> None:
    assert close(value(terms.plus(x, y, z)), value(x) + value(y) + value(z))
    assert close(value(terms.times(x, y, z)), value(x) * value(y) * value(z))
    assert close(value(terms.negative(x)), -value(x))
    assert close(value(terms.rest(x, y)), 1 - value(x) - value(y))
    assert close(value(terms.plus(terms.negative(x), y)), value(y) - value(x))
    assert close(value(terms.plus(y, terms.negative(x))), value(y) - value(x))


@given(EXPRESSIONS, EXPRESSIONS)
def test_quotients_and_conditions_keep_their_value(x: object, y: object) -> None:
    under = terms.plus(f"abs({terms.text(y)})", 1)
    assert close(value(terms.ratio(x, under)), value(x) / (abs(value(y)) + 1))
    assert close(value(terms.given("f is mid", x)), value(x))
    assert value(terms.given("f is high", x)) == 0
    assert close(value(terms.plus(y, terms.given("f is mid", x))), value(x) + value(y))
    assert value(terms.both(terms.neither("f is high"), "f > 0 or a > 5")) == 1


@given(LEAVES, LEAVES)
def test_factors_that_shrink_and_grow_are_inverse(strength: object, level: object) -> None:
    product = value(terms.falling(strength, level)) * value(terms.rising(strength, level))
    assert close(product, 1)


def test_nothing_is_added_where_nothing_is_to_add() -> None:
    assert terms.plus(None, 0, 0.0) == 0
    assert terms.plus(None, "a") == "a"
    assert terms.times(1, "a", 1.0) == "a"
    assert terms.times("a", 0) == 0
    assert terms.total({}) == 1
    assert terms.given(True, {"x": "a"}) == {"x": "a"}
    assert terms.both(True) is True


def test_numbers_are_written_without_noise() -> None:
    assert [terms.text(number) for number in (0.1, 2.0, -3, 1e-7, 1 / 3)] == [
        "0.1",
        "2",
        "-3",
        "1e-07",
        repr(1 / 3),
    ]
    assert terms.number("nan") is None
    assert value(terms.times(1e-7, "a")) == pytest.approx(7e-8)


TYPES = ("x", "y", "z")
PAYOFFS = st.one_of(
    st.none(), LEAVES, st.dictionaries(st.sampled_from(TYPES), LEAVES, min_size=1, max_size=3)
)


def payoff_of(payoff: object, kind: str) -> float:
    if isinstance(payoff, dict):
        return value(payoff.get(kind, 0))
    return 0.0 if payoff is None else value(payoff)


@given(PAYOFFS, PAYOFFS, st.sampled_from(TYPES))
def test_payoffs_add_up_for_every_type(old: object, term: object, kind: str) -> None:
    summed = terms.add_payoff(old, term, TYPES)
    assert close(payoff_of(summed, kind), payoff_of(old, kind) + payoff_of(term, kind))
    assert close(payoff_of(terms.opposite(term or 0), kind), -payoff_of(term, kind))
    assert close(payoff_of(terms.scaled(term or 0, "c"), kind), 2.1 * payoff_of(term, kind))


@given(
    st.one_of(
        PAYOFFS.filter(lambda p: not isinstance(p, dict)), st.dictionaries(st.sampled_from("mn"), PAYOFFS)
    ),
    st.sampled_from("mn"),
    PAYOFFS.filter(lambda p: p is not None),
    st.sampled_from(TYPES),
)
def test_costs_add_up_for_bearer_and_nobody_else(costs: object, bearer: str, term: object, kind: str) -> None:
    def cost_to(who: str, costs: object) -> float:
        if isinstance(costs, dict):
            return payoff_of(costs.get(who), kind)
        return payoff_of(costs, kind) if who == "m" else 0.0

    after = terms.add_cost(costs, "m", bearer, term, TYPES)
    for who in "mn":
        extra = payoff_of(term, kind) if who == bearer else 0.0
        assert close(cost_to(who, after), cost_to(who, costs) + extra)


def test_costs_of_events_always_name_the_bearer() -> None:
    assert terms.add_cost(None, None, "m", "a") == {"m": "a"}
    assert terms.add_cost({"n": 1}, None, "m", "a") == {"n": 1, "m": "a"}


def test_costs_and_worths_leave_their_input_alone() -> None:
    costs = {"m": {"x": "a"}}
    assert terms.add_cost(costs, "m", "m", "b", ("x", "y")) == {"m": {"x": "a + b", "y": "b"}}
    assert terms.add_worth(costs, "n", {"x": -1}, ("x", "y")) == {"m": {"x": "a"}, "n": {"x": -1, "y": 0}}
    assert costs == {"m": {"x": "a"}}


def test_unique_names() -> None:
    assert terms.unique("rate", ["other"]) == "rate"
    assert terms.unique("rate", ["rate", "rate_2"]) == "rate_3"


@pytest.mark.parametrize("module", [terms, chances])
def test_examples_in_docstrings(module: object) -> None:
    results = doctest.testmod(module)  # type: ignore[arg-type]
    assert results.attempted > 0
    assert results.failed == 0
