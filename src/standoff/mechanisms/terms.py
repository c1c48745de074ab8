"""Rewriting in the case language: sums and products of expressions, and payoffs.

Everything here maps written values to written values (an expression is a number or a string) and leaves
its inputs alone. Chances and endings are in `standoff.mechanisms.chances`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

from standoff.language.document import Expression

_TOKEN = re.compile(r"\*\*|[<>=!]=|[-+*/%<>(),]|[^\s\-+*/%<>=!(),]+")

# how tightly the loosest operator outside brackets binds
_CHOICE, _OR, _AND, _NOT, _COMPARISON, _SUM, _MODULO, _MINUS, _PRODUCT, _POWER, _ATOM = range(11)
_BINDS = {
    **dict.fromkeys(("if", "else"), _CHOICE),
    "or": _OR,
    "and": _AND,
    "not": _NOT,
    **dict.fromkeys(("<", ">", "<=", ">=", "==", "!=", "is", "in"), _COMPARISON),
    **dict.fromkeys(("+", "-"), _SUM),
    "%": _MODULO,
    **dict.fromkeys(("*", "/"), _PRODUCT),
    "**": _POWER,
}


# --- expressions ---------------------------------------------------------------------------------------


def text(expression: Expression) -> str:
    """An expression as the case language writes it.

    >>> text(0.5), text(True), text(" audience * rung ")
    ('0.5', 'true', 'audience * rung')
    """
    if isinstance(expression, bool):
        return "true" if expression else "false"
    if not isinstance(expression, int | float):
        return " ".join(str(expression).split())
    return f"{expression:g}" if float(f"{expression:g}") == expression else repr(expression)


def atom(expression: Expression) -> str:
    """An expression that may stand next to any operator: bracketed unless it is a name, a number or a call.

    >>> atom("force"), atom("force + rung"), atom(-1)
    ('force', '(force + rung)', '(-1)')
    """
    return _bound(expression, _ATOM)


def _bound(expression: Expression, least: int) -> str:
    """The expression, bracketed if something in it binds less tightly than `least`."""
    written = text(expression)
    return written if _binding(written) >= least else f"({written})"


def _binding(written: str) -> int:
    loosest, depth, before = _ATOM, 0, "("
    for token in _TOKEN.findall(written):
        depth += (token == "(") - (token == ")")
        if depth == 0 and token in _BINDS:
            sign = token in "+-" and (before in _BINDS or before == "(")
            binds = (_MINUS if before == "(" else _ATOM) if sign else _BINDS[token]
            loosest = min(loosest, binds)
        before = token
    return loosest


def number(expression: Expression | None) -> float | None:
    """The value of an expression that is a plain number, else None.

    >>> number("0.5"), number("audience"), number(1)
    (0.5, None, 1.0)
    """
    if expression is None:
        return None
    try:
        value = float(expression)
    except (TypeError, ValueError):
        return None
    return value if isfinite(value) else None


def plus(*summands: Expression | None) -> Expression:
    """Their sum; nothing and zero drop out.

    >>> plus(0, "audience * rung", 0.1, "-relief")
    'audience * rung + 0.1 - relief'
    """
    real = [term for term in summands if term is not None and number(term) != 0]
    if len(real) < 2:
        return real[0] if real else 0
    first, *others = [_bound(term, _SUM) for term in real]
    signed = [f" - {term[1:].lstrip()}" if term.startswith("-") else f" + {term}" for term in others]
    return first + "".join(signed)


def times(*factors: Expression) -> Expression:
    """Their product; ones drop out, a zero makes it 0.

    >>> times("audience", 1, "force + rung")
    'audience * (force + rung)'
    """
    if any(number(factor) == 0 for factor in factors):
        return 0
    real = [factor for factor in factors if number(factor) != 1]
    if not real:
        return 1
    return real[0] if len(real) == 1 else " * ".join(_bound(factor, _PRODUCT) for factor in real)


def negative(expression: Expression) -> Expression:
    """Its opposite.

    >>> negative("audience * rung"), negative("a + b"), negative(0.5)
    ('-audience * rung', '-(a + b)', -0.5)
    """
    value = number(expression)
    if value is not None:
        return 0 if value == 0 else -value
    return f"-{_bound(expression, _PRODUCT)}"


def rest(*chances: Expression) -> Expression:
    """What is left of one.

    >>> rest("p", "q + r"), rest(), rest(1)
    ('1 - p - (q + r)', 1, 0)
    """
    real = [chance for chance in chances if number(chance) != 0]
    if not real:
        return 1
    if len(real) == 1 and number(real[0]) == 1:
        return 0
    return " - ".join(["1", *(_bound(chance, _PRODUCT) for chance in real)])


def ratio(over: Expression, under: Expression) -> Expression:
    """A quotient; dividing by one changes nothing.

    >>> ratio("p * m", "1 - p"), ratio("p", 1)
    ('p * m / (1 - p)', 'p')
    """
    if number(over) == 0:
        return 0
    return over if number(under) == 1 else f"{_bound(over, _PRODUCT)} / {_bound(under, _POWER)}"


def falling(strength: Expression, level: Expression) -> Expression:
    """A positive factor that shrinks with a level: ``exp(-strength * level)``.

    >>> falling("grip", "guards")
    'exp(-grip * guards)'
    """
    exponent = negative(times(strength, level))
    return 1 if number(exponent) == 0 else f"exp({exponent})"


def rising(strength: Expression, level: Expression) -> Expression:
    """A positive factor that grows with a level: ``exp(strength * level)``."""
    exponent = times(strength, level)
    return 1 if number(exponent) == 0 else f"exp({text(exponent)})"


def total(weights: Mapping[str, Expression]) -> Expression:
    """A weighted sum of factors: ``{'force': 1, 'rung': 'w'}`` is ``force + w * rung``; nothing is 1."""
    return plus(*(times(weight, name) for name, weight in weights.items())) if weights else 1


def given(condition: Expression, payoff: Any) -> Any:
    """A payoff (an expression or type: expression) while a condition holds, otherwise nothing.

    >>> given(True, "cost"), given("talks is shut", "cost")
    ('cost', 'cost if talks is shut else 0')
    """
    if text(condition) in ("true", "1"):
        return payoff
    if isinstance(payoff, Mapping):
        return {name: given(condition, value) for name, value in payoff.items()}
    return f"{_bound(payoff, _OR)} if {_bound(condition, _OR)} else 0"


def both(*conditions: Expression) -> Expression:
    """All of them; `true` drops out.

    >>> both(True, "force > 0", "talks is shut or rung > 1")
    'force > 0 and (talks is shut or rung > 1)'
    """
    real = [condition for condition in conditions if text(condition) not in ("true", "1")]
    if not real:
        return True
    return real[0] if len(real) == 1 else " and ".join(_bound(condition, _AND) for condition in real)


def neither(condition: Expression) -> Expression:
    """The condition does not hold.

    >>> neither("leave is given")
    'not (leave is given)'
    """
    return f"not {atom(condition)}"


# --- payoffs -------------------------------------------------------------------------------------------


def add_payoff(old: Any, term: Any, types: Sequence[str] = ()) -> Any:
    """The sum of two payoffs, each an expression or type: expression.

    A type that one mapping does not name has 0 there. `types` are all types of the actor, so that a term
    for everybody reaches the types an old mapping leaves out.
    """
    if not isinstance(old, Mapping) and not isinstance(term, Mapping):
        return plus(old, term)
    names = list(types) or list(dict.fromkeys([*_keys(old), *_keys(term)]))
    summed = {name: plus(_for_type(old, name), _for_type(term, name)) for name in names}
    strays = {name: value for name, value in _items(old) if name not in summed}
    return {**summed, **strays}


def _keys(payoff: Any) -> list[str]:
    return list(payoff) if isinstance(payoff, Mapping) else []


def _items(payoff: Any) -> list[tuple[str, Any]]:
    return list(payoff.items()) if isinstance(payoff, Mapping) else []


def _for_type(payoff: Any, name: str) -> Expression | None:
    value: Expression | None = payoff.get(name, 0) if isinstance(payoff, Mapping) else payoff
    return value


def scaled(payoff: Any, by: Expression) -> Any:
    """A payoff (an expression or type: expression) times something."""
    if isinstance(payoff, Mapping):
        return {name: times(value, by) for name, value in payoff.items()}
    return times(payoff, by)


def opposite(payoff: Any) -> Any:
    """A cost as a worth, or a worth as a cost."""
    if isinstance(payoff, Mapping):
        return {name: negative(value) for name, value in payoff.items()}
    return negative(payoff)


def add_cost(costs: Any, mover: str | None, bearer: str, term: Any, types: Sequence[str] = ()) -> Any:
    """`costs` of a move or an event with one more cost for `bearer`.

    `costs` may be nothing, the mover's expression, or actor: cost; `mover` is None for an event, whose
    costs always say whose they are. `types` are the bearer's types.
    """
    if not isinstance(costs, Mapping):
        if bearer == mover and not isinstance(term, Mapping):
            return plus(costs, term)
        costs = {} if costs is None or mover is None else {mover: costs}
    return {**costs, bearer: add_payoff(costs.get(bearer), term, types)}


def add_worth(worth: Mapping[str, Any], bearer: str, term: Any, types: Sequence[str] = ()) -> dict[str, Any]:
    """`worth` of an outcome with one more term for `bearer`."""
    return {**worth, bearer: add_payoff(worth.get(bearer), term, types)}


# --- names -------------------------------------------------------------------------------------------


def unique(name: str, taken: Iterable[str]) -> str:
    """`name`, or the first of `name_2`, `name_3` ... that is free."""
    used = set(taken)
    if name not in used:
        return name
    return next(f"{name}_{n}" for n in range(2, len(used) + 3) if f"{name}_{n}" not in used)
