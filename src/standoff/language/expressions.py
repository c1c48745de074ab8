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

import ast
import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np

from standoff.errors import Problem, did_you_mean
from standoff.language.grammar import (
    MAX_DEPTH,
    MAX_NUMBER,
    ExpressionError,
    Syntax,
    parse,
    refuse,
    shown,
)

__all__ = ["FUNCTIONS", "Compiled", "ExpressionError", "Scope", "Value", "compile_expression"]

Value = float | np.ndarray[Any, Any]
_Run = Callable[[Mapping[str, Any]], Any]

MAX_EXPONENT = 16.0
CLOCK_NAMES = frozenset({"step", "date"})


@dataclass(frozen=True)
class Scope:
    """The names an expression may use.

    `parameters`: plain numbers. `factors`: name to its levels, lowest first. `actors`: name to its
    hidden types, possibly none. `clock`: whether `step` and `date` may appear.
    """

    parameters: frozenset[str] = frozenset()
    factors: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    actors: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    clock: bool = True

    def __reduce__(self) -> tuple[Any, ...]:
        return (Scope, (self.parameters, dict(self.factors), dict(self.actors), self.clock))

    def known(self) -> frozenset[str]:
        """Every name that may stand alone."""
        clock = CLOCK_NAMES if self.clock else frozenset()
        return self.parameters | frozenset(self.factors) | frozenset(self.actors) | clock


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
    run: _Run = field(compare=False, repr=False)

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
    reading = _Reading(syntax, scope)
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
        constant = _fold(node)
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


@dataclass(frozen=True, slots=True)
class _Node:
    """A resolved part: how to evaluate it, and whether it is a condition."""

    run: _Run
    truth: bool = False
    fixed: bool = False  # uses no name


def _fold(node: _Node) -> float | bool:
    with np.errstate(all="ignore"):
        value = node.run({})
    return bool(value) if node.truth else float(value)


_BROKEN = _Node(lambda values: np.float64(0.0))


def _arithmetic(value: Any) -> Any:
    """As float64, so that small integer types cannot wrap and conditions can be added."""
    if isinstance(value, np.ndarray):
        return value if value.dtype == np.float64 else value.astype(np.float64)
    return np.float64(value)


def _as_number(node: _Node) -> _Run:
    if not node.truth:
        return node.run
    run = node.run
    return lambda values: _arithmetic(run(values))


def _as_truth(node: _Node) -> _Run:
    if node.truth:
        return node.run
    run = node.run
    return lambda values: np.not_equal(run(values), 0.0)


_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}
_EQUAL = (ast.Eq, ast.Is)
_UNEQUAL = (ast.NotEq, ast.IsNot)


def _clip(value: Any, low: Any, high: Any) -> Any:
    return np.minimum(np.maximum(value, low), high)


def _logistic(value: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-value))


FUNCTIONS: Mapping[str, tuple[int, int, Callable[..., Any]]] = MappingProxyType(
    {
        "min": (2, 20, lambda *values: _folded(np.minimum, values)),
        "max": (2, 20, lambda *values: _folded(np.maximum, values)),
        "clip": (3, 3, _clip),
        "logistic": (1, 1, _logistic),
        "abs": (1, 1, np.abs),
        "exp": (1, 1, np.exp),
        "log": (1, 1, np.log),
        "sqrt": (1, 1, np.sqrt),
    }
)
"""name: (fewest arguments, most arguments, numpy function)."""


def _folded(function: Callable[[Any, Any], Any], values: Iterable[Any]) -> Any:
    first, *rest = values
    for value in rest:
        first = function(first, value)
    return first


class _Reading:
    """One walk over the tree; collects problems instead of stopping at the first."""

    def __init__(self, syntax: Syntax, scope: Scope) -> None:
        self.syntax = syntax
        self.scope = scope
        self.names: set[str] = set()
        self.tests: set[tuple[str, str]] = set()
        self.problems: list[Problem] = []

    def complain(self, column: int, found: str, expected: str, mend: str) -> _Node:
        self.problems.append(Problem(found=found, expected=expected, mend=mend, column=column))
        return _BROKEN

    def read(self, node: ast.expr, depth: int) -> _Node:
        if depth > MAX_DEPTH:
            raise refuse(
                "an expression nested too deeply",
                f"at most {MAX_DEPTH} operators inside one another",
                "Name its parts as parameters with `is`, and use the names here.",
                node.col_offset + 1,
            )
        match node:
            case ast.Name():
                return self._name(node)
            case ast.Attribute():
                return self._level(node)
            case ast.BinOp():
                return self._chain(node, depth)
            case ast.UnaryOp():
                return self._unary(node, depth)
            case ast.BoolOp():
                return self._bool(node, depth)
            case ast.Compare():
                return self._compare(node, depth)
            case ast.IfExp():
                return self._choice(node, depth)
            case ast.Call():
                return self._call(node, depth)
            case ast.Tuple():
                return self.complain(
                    node.col_offset + 1,
                    "a list of values",
                    "one value",
                    "A list stands only after `in`: `talks in (open, shut)`.",
                )
        return self.complain(
            node.col_offset + 1,
            "something the language does not have",
            "names, numbers, arithmetic, comparisons, and/or/not, if-else and the functions "
            + ", ".join(FUNCTIONS),
            "Write it with these, or name a parameter.",
        )

    # names and levels

    def _name(self, node: ast.Name) -> _Node:
        at, word = node.col_offset, self.syntax.name(node)
        if at in self.syntax.literals:
            value = np.float64(self.syntax.literals[at])
            return _Node(lambda values: value, fixed=True)
        if node.id in ("TRUE", "FALSE"):
            held = np.bool_(word == "true")
            return _Node(lambda values: held, truth=True, fixed=True)
        if word in self.scope.actors and word not in self.scope.parameters:
            types = self.scope.actors[word]
            mend = f"Write `{word} is {types[0]}`." if types else f"Give {word} types, or name a parameter."
            return self.complain(at + 1, f"the actor `{word}` alone", "a test of its type", mend)
        if word in self.scope.parameters or word in self.scope.factors or word in CLOCK_NAMES:
            return self._loaded(word, at)
        return self._unknown(word, at)

    def _loaded(self, word: str, at: int) -> _Node:
        if word in CLOCK_NAMES and word not in self.scope.parameters and not self.scope.clock:
            return self.complain(
                at + 1,
                f"`{word}`, the clock",
                "something that does not change with time",
                "Use the clock in moves, events, flows and worths; not here.",
            )
        self.names.add(word)
        return _Node(lambda values: _arithmetic(values[word]))

    def _unknown(self, word: str, at: int) -> _Node:
        owners = [name for name, levels in self.scope.factors.items() if word in levels]
        if owners:
            mend = f"A level stands alone only beside its factor: write `{owners[0]}.{word}`."
            return self.complain(at + 1, f"the level `{word}` without its factor", "a value", mend)
        holders = [name for name, types in self.scope.actors.items() if word in types]
        if holders:
            mend = f"Write `{holders[0]} is {word}`."
            return self.complain(at + 1, f"the type `{word}` alone", "a test of an actor's type", mend)
        if word in FUNCTIONS:
            mend = f"Write `{word}(...)`."
            return self.complain(at + 1, f"the function `{word}` without its brackets", "a value", mend)
        return self.complain(
            at + 1, f"the name {shown(word)}", "a declared name", did_you_mean(word, self.scope.known())
        )

    def _level(self, node: ast.Attribute) -> _Node:
        owner, member = self._dotted(node)
        if owner is None:
            return self.complain(
                node.col_offset + 1,
                "a `.` inside something",
                "`factor.level`, and nothing else with a dot",
                "Name a factor and one of its levels.",
            )
        if owner in self.scope.factors:
            index = self._member(owner, member, self.scope.factors[owner], node.col_offset, "level")
            if index is None:
                return _BROKEN
            value = np.float64(index)
            return _Node(lambda values: value, fixed=True)
        if owner in self.scope.actors:
            return self.complain(
                node.col_offset + 1,
                f"`{owner}.{member}` alone",
                "a test of its type",
                f"Write `{owner} is {member}`.",
            )
        return self.complain(
            node.col_offset + 1,
            f"`{owner}.{member}`, and {shown(owner)} is no factor",
            "`factor.level`",
            did_you_mean(owner, self.scope.factors),
        )

    def _dotted(self, node: ast.Attribute) -> tuple[str | None, str]:
        member = node.attr.lower()
        if isinstance(node.value, ast.Name) and node.value.col_offset not in self.syntax.literals:
            return self.syntax.name(node.value), member
        return None, member

    def _member(self, owner: str, member: str, members: tuple[str, ...], at: int, kind: str) -> int | None:
        """Index of a level or type; complains and gives None if there is no such one."""
        if member in members:
            self.tests.add((owner, member))
            return members.index(member)
        if kind == "type" and not members:
            mend = f"`{owner}` has no hidden types; give it types or leave the test out."
        else:
            mend = did_you_mean(member, members)
        self.complain(at + 1, f"{shown(member)} as a {kind} of {owner}", f"one of its {kind}s", mend)
        return None

    # operators

    def _chain(self, node: ast.BinOp, depth: int) -> _Node:
        """A run of left-leaning operators, ``a + b - c * d + ...``, as one loop: sums may be long."""
        links: list[tuple[ast.operator, ast.expr]] = []
        first: ast.expr = node
        while isinstance(first, ast.BinOp):
            links.append((first.op, first.right))
            first = first.left
        start = self.read(first, depth + 1)
        head, fixed = _as_number(start), start.fixed
        rest: list[tuple[Callable[[Any, Any], Any], _Run]] = []
        for op, right in reversed(links):
            part = self.read(right, depth + 1)
            function = _ARITHMETIC.get(type(op))
            if function is None:
                return self.complain(
                    right.col_offset + 1,
                    "an operator the language does not have",
                    "+ - * / % **",
                    "Write `/`; there is no whole-number division.",
                )
            if isinstance(op, ast.Pow) and part.fixed and not self.problems:
                exponent = float(_fold(part))
                if not abs(exponent) <= MAX_EXPONENT:
                    return self.complain(
                        right.col_offset + 1,
                        f"the exponent {exponent:g}",
                        f"constant exponents between -{MAX_EXPONENT:g} and {MAX_EXPONENT:g}",
                        "Use a smaller power, or exp().",
                    )
            rest.append((function, _as_number(part)))
            fixed = fixed and part.fixed
        if len(rest) == 1:
            apply, other = rest[0]
            return _Node(lambda values: apply(head(values), other(values)), fixed=fixed)

        def run(values: Mapping[str, Any]) -> Any:
            result = head(values)
            for apply, other in rest:
                result = apply(result, other(values))
            return result

        return _Node(run, fixed=fixed)

    def _unary(self, node: ast.UnaryOp, depth: int) -> _Node:
        part = self.read(node.operand, depth + 1)
        if isinstance(node.op, ast.Not):
            held = _as_truth(part)
            return _Node(lambda values: np.logical_not(held(values)), truth=True, fixed=part.fixed)
        run = _as_number(part)
        if isinstance(node.op, ast.UAdd):
            return _Node(run, fixed=part.fixed)
        return _Node(lambda values: -run(values), fixed=part.fixed)

    def _bool(self, node: ast.BoolOp, depth: int) -> _Node:
        parts = [self.read(value, depth + 1) for value in node.values]
        runs = [_as_truth(part) for part in parts]
        join = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
        fixed = all(part.fixed for part in parts)
        return _Node(lambda values: _folded(join, (run(values) for run in runs)), truth=True, fixed=fixed)

    def _choice(self, node: ast.IfExp, depth: int) -> _Node:
        test, then, other = (self.read(part, depth + 1) for part in (node.test, node.body, node.orelse))
        truth = then.truth and other.truth
        when = _as_truth(test)
        yes, no = (then.run, other.run) if truth else (_as_number(then), _as_number(other))

        def run(values: Mapping[str, Any]) -> Any:
            asked = when(values)
            if isinstance(asked, np.ndarray) and asked.ndim:
                return np.where(asked, yes(values), no(values))
            return yes(values) if asked else no(values)

        return _Node(run, truth=truth, fixed=test.fixed and then.fixed and other.fixed)

    def _call(self, node: ast.Call, depth: int) -> _Node:
        name = self.syntax.name(node.func) if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS:
            return self.complain(
                node.func.col_offset + 1,
                f"a call of {shown(name) if name else 'something'}",
                "one of the functions " + ", ".join(FUNCTIONS),
                did_you_mean(name, FUNCTIONS),
            )
        fewest, most, function = FUNCTIONS[name]
        if not fewest <= len(node.args) <= most:
            want = f"{fewest}" if fewest == most else f"at least {fewest}"
            return self.complain(
                node.col_offset + 1,
                f"`{name}` with {len(node.args)} values",
                f"{want}",
                "clip(x, low, high); min and max take two or more; the others take one.",
            )
        parts = [self.read(value, depth + 1) for value in node.args]
        runs = [_as_number(part) for part in parts]
        fixed = all(part.fixed for part in parts)
        if len(runs) == 1:
            only = runs[0]
            return _Node(lambda values: function(only(values)), fixed=fixed)
        return _Node(lambda values: function(*(run(values) for run in runs)), fixed=fixed)

    # comparisons

    def _compare(self, node: ast.Compare, depth: int) -> _Node:
        sides = [node.left, *node.comparators]
        if len(sides) == 2:
            special = self._membership(sides[0], node.ops[0], sides[1])
            if special is not None:
                return special
        elif any(isinstance(op, (ast.Is, ast.IsNot, ast.In, ast.NotIn)) for op in node.ops):
            return self.complain(
                node.col_offset + 1,
                "a chain of comparisons with `is` or `in`",
                "one test at a time",
                "Join the tests with `and`.",
            )
        parts = [self._side(sides, i, depth) for i in range(len(sides))]
        runs = [_as_number(part) for part in parts]
        compares = [_COMPARE[type(op)] for op in node.ops]
        fixed = all(part.fixed for part in parts)
        if len(runs) == 2:
            left, right = runs
            compare = compares[0]
            return _Node(lambda values: compare(left(values), right(values)), truth=True, fixed=fixed)

        def run(values: Mapping[str, Any]) -> Any:
            found = [run(values) for run in runs]
            pairs = (compare(found[i], found[i + 1]) for i, compare in enumerate(compares))
            return _folded(np.logical_and, pairs)

        return _Node(run, truth=True, fixed=fixed)

    def _side(self, sides: list[ast.expr], i: int, depth: int) -> _Node:
        """One side of a comparison; a bare level name belongs to the factor beside it."""
        node = sides[i]
        word = self._word(node)
        if word is not None:
            beside = [self._word(side) for side in (*sides[max(i - 1, 0) : i], *sides[i + 1 : i + 2])]
            owners = [name for name in beside if name is not None and name in self.scope.factors]
            holding = [name for name in owners if word in self.scope.factors[name]]
            if holding and word in self.scope.known():
                return self.complain(
                    node.col_offset + 1,
                    f"`{word}`, both a level of {holding[0]} and a name of its own",
                    "one meaning",
                    f"Write `{holding[0]}.{word}` for the level, or rename one of them.",
                )
            if holding:
                index = self._member(
                    holding[0], word, self.scope.factors[holding[0]], node.col_offset, "level"
                )
                value = np.float64(index or 0)
                return _Node(lambda values: value, fixed=True)
            known = word in self.scope.known() or word in CLOCK_NAMES
            if owners and not known:
                self._member(owners[0], word, self.scope.factors[owners[0]], node.col_offset, "level")
                return _BROKEN
        return self.read(node, depth + 1)

    def _word(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Name) and node.col_offset not in self.syntax.literals:
            return None if node.id in ("TRUE", "FALSE") else self.syntax.name(node)
        return None

    def _membership(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> _Node | None:
        """`x is level`, `x in (a, b)`, and every comparison with an actor; None for plain comparisons."""
        subject = self._word(left)
        at = left.col_offset
        listed = isinstance(op, (ast.In, ast.NotIn))
        asked = listed or isinstance(op, (ast.Is, ast.IsNot))
        if subject is not None and subject in self.scope.actors and subject not in self.scope.parameters:
            members, kind = self.scope.actors[subject], "type"
            if not asked and not isinstance(op, (ast.Eq, ast.NotEq)):
                return self.complain(
                    at + 1,
                    f"types of {subject} compared by size",
                    "`is`, `is not` or `in`",
                    "Types have no order; name the ones you mean.",
                )
        elif subject is not None and subject in self.scope.factors and asked:
            members, kind = self.scope.factors[subject], "level"
        elif asked:
            if subject is not None and subject not in self.scope.known() | CLOCK_NAMES:
                return self._unknown(subject, at)
            return self.complain(
                at + 1,
                "`in` or `is` after something that has no levels or types",
                "a factor or an actor before it",
                "Compare numbers with ==, <, <=, > or >=.",
            )
        else:
            return None
        choices = list(right.elts) if isinstance(right, ast.Tuple) else [right]
        if isinstance(right, ast.Tuple) and not listed:
            return self.complain(
                right.col_offset + 1, "a list after `is`", f"one {kind}", f"Write `{subject} in (...)`."
            )
        found: list[int] = []
        for choice in choices:
            index = self._choice_index(subject, choice, members, kind)
            if index is not None:
                found.append(index)
        self.names.add(subject)
        indices = tuple(found)
        negate = isinstance(op, (*_UNEQUAL, ast.NotIn))
        join = np.logical_and if negate else np.logical_or
        compare = np.not_equal if negate else np.equal
        if len(indices) == 1:
            only = indices[0]
            return _Node(lambda values: compare(values[subject], only), truth=True)
        return _Node(
            lambda values: _folded(join, (compare(values[subject], index) for index in indices or (-1,))),
            truth=True,
        )

    def _choice_index(
        self, subject: str, choice: ast.expr, members: tuple[str, ...], kind: str
    ) -> int | None:
        if isinstance(choice, ast.Attribute):
            owner, member = self._dotted(choice)
            if owner == subject:
                return self._member(subject, member, members, choice.col_offset, kind)
        word = self._word(choice)
        if word is None:
            self.complain(
                choice.col_offset + 1,
                f"something else than a {kind} of {subject}",
                f"one of its {kind}s",
                did_you_mean("", members),
            )
            return None
        return self._member(subject, word, members, choice.col_offset, kind)


def date_of(ordinal: float) -> date:
    """The calendar day of an ordinal, as `date` counts in expressions."""
    return date.fromordinal(int(ordinal))
