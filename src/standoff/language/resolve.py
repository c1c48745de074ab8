"""From a syntax tree and a scope to a tree of closures, with every problem on the way."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from standoff.errors import Problem, did_you_mean
from standoff.language.comparisons import comparison
from standoff.language.grammar import MAX_DEPTH, Syntax, refuse, shown
from standoff.language.numeric import (
    ARITHMETIC,
    BROKEN,
    FUNCTIONS,
    Node,
    Run,
    as_float,
    as_number,
    as_truth,
    fold,
    folded,
)
from standoff.language.scope import CLOCK_NAMES, Scope

MAX_EXPONENT = 16.0


class Reading:
    """One walk over the tree; collects problems instead of stopping at the first."""

    def __init__(self, syntax: Syntax, scope: Scope) -> None:
        self.syntax = syntax
        self.scope = scope
        self.names: set[str] = set()
        self.tests: set[tuple[str, str]] = set()
        self.problems: list[Problem] = []

    def complain(self, column: int, found: str, expected: str, mend: str) -> Node:
        """Note a problem; the part that stands in for what is broken is 0."""
        self.problems.append(Problem(found=found, expected=expected, mend=mend, column=column))
        return BROKEN

    def read(self, node: ast.expr, depth: int) -> Node:
        """Resolve one node; `depth` counts the operators around it."""
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
                return comparison(self, node, depth)
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

    def _name(self, node: ast.Name) -> Node:
        at, word = node.col_offset, self.syntax.name(node)
        if at in self.syntax.literals:
            value = np.float64(self.syntax.literals[at])
            return Node(lambda values: value, fixed=True)
        if node.id in ("TRUE", "FALSE"):
            held = np.bool_(word == "true")
            return Node(lambda values: held, truth=True, fixed=True)
        if word in self.scope.actors and word not in self.scope.parameters:
            types = self.scope.actors[word]
            mend = f"Write `{word} is {types[0]}`." if types else f"Give {word} types, or name a parameter."
            return self.complain(at + 1, f"the actor `{word}` alone", "a test of its type", mend)
        if word in self.scope.texts:
            member = next(iter(self.scope.factors[word]), "something")
            mend = f"Write `{word} is {member}`, which counts as 1 where it holds."
            return self.complain(at + 1, f"`{word}`, a column of text, as a number", "a test of what is in it", mend)
        if word in self.scope.parameters or word in self.scope.factors or word in CLOCK_NAMES:
            return self._loaded(word, at)
        return self.unknown(word, at)

    def _loaded(self, word: str, at: int) -> Node:
        if word in CLOCK_NAMES and word not in self.scope.parameters and not self.scope.clock:
            return self.complain(
                at + 1,
                f"`{word}`, the clock",
                "something that does not change with time",
                "Use the clock in moves, events, flows and worths; not here.",
            )
        self.names.add(word)
        return Node(lambda values: as_float(values[word]))

    def unknown(self, word: str, at: int) -> Node:
        """Complain of a name that is not declared, or stands where it means nothing."""
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

    def _level(self, node: ast.Attribute) -> Node:
        owner, member = self.dotted(node)
        if owner is None:
            return self.complain(
                node.col_offset + 1,
                "a `.` inside something",
                "`factor.level`, and nothing else with a dot",
                "Name a factor and one of its levels.",
            )
        if owner in self.scope.factors and owner not in self.scope.texts:
            index = self.member(owner, member, self.scope.factors[owner], node.col_offset, "level")
            if index is None:
                return BROKEN
            value = np.float64(index)
            return Node(lambda values: value, fixed=True)
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

    def dotted(self, node: ast.Attribute) -> tuple[str | None, str]:
        """``factor.level`` as its two words; None before anything but a name."""
        member = node.attr.lower()
        if isinstance(node.value, ast.Name) and node.value.col_offset not in self.syntax.literals:
            return self.syntax.name(node.value), member
        return None, member

    def member(self, owner: str, member: str, members: tuple[str, ...], at: int, kind: str) -> int | None:
        """Index of a level or type; complains and gives None if there is no such one."""
        if member in members:
            self.tests.add((owner, member))
            return members.index(member)
        if kind == "type" and not members:
            mend = f"`{owner}` has no hidden types; give it types or leave the test out."
        else:
            mend = did_you_mean(member, members)
        if owner in self.scope.texts:
            self.complain(at + 1, f"{shown(member)}, which the column {owner} never has", "one of its values", mend)
        else:
            self.complain(at + 1, f"{shown(member)} as a {kind} of {owner}", f"one of its {kind}s", mend)
        return None

    # operators

    def _chain(self, node: ast.BinOp, depth: int) -> Node:
        """A run of left-leaning operators, ``a + b - c * d + ...``, as one loop: sums may be long."""
        links: list[tuple[ast.operator, ast.expr]] = []
        first: ast.expr = node
        while isinstance(first, ast.BinOp):
            links.append((first.op, first.right))
            first = first.left
        start = self.read(first, depth + 1)
        head, fixed = as_number(start), start.fixed
        rest: list[tuple[Callable[[Any, Any], Any], Run]] = []
        for op, right in reversed(links):
            part = self.read(right, depth + 1)
            function = ARITHMETIC.get(type(op))
            if function is None:
                return self.complain(
                    right.col_offset + 1,
                    "an operator the language does not have",
                    "+ - * / % **",
                    "Write `/`; there is no whole-number division.",
                )
            if isinstance(op, ast.Pow) and part.fixed and not self.problems:
                exponent = float(fold(part))
                if not abs(exponent) <= MAX_EXPONENT:
                    return self.complain(
                        right.col_offset + 1,
                        f"the exponent {exponent:g}",
                        f"constant exponents between -{MAX_EXPONENT:g} and {MAX_EXPONENT:g}",
                        "Use a smaller power, or exp().",
                    )
            rest.append((function, as_number(part)))
            fixed = fixed and part.fixed
        if len(rest) == 1:
            apply, other = rest[0]
            return Node(lambda values: apply(head(values), other(values)), fixed=fixed)

        def run(values: Mapping[str, Any]) -> Any:
            result = head(values)
            for apply, other in rest:
                result = apply(result, other(values))
            return result

        return Node(run, fixed=fixed)

    def _unary(self, node: ast.UnaryOp, depth: int) -> Node:
        part = self.read(node.operand, depth + 1)
        if isinstance(node.op, ast.Not):
            held = as_truth(part)
            return Node(lambda values: np.logical_not(held(values)), truth=True, fixed=part.fixed)
        run = as_number(part)
        if isinstance(node.op, ast.UAdd):
            return Node(run, fixed=part.fixed)
        return Node(lambda values: -run(values), fixed=part.fixed)

    def _bool(self, node: ast.BoolOp, depth: int) -> Node:
        parts = [self.read(value, depth + 1) for value in node.values]
        runs = [as_truth(part) for part in parts]
        join = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
        fixed = all(part.fixed for part in parts)
        return Node(lambda values: folded(join, (run(values) for run in runs)), truth=True, fixed=fixed)

    def _choice(self, node: ast.IfExp, depth: int) -> Node:
        test, then, other = (self.read(part, depth + 1) for part in (node.test, node.body, node.orelse))
        truth = then.truth and other.truth
        when = as_truth(test)
        yes, no = (then.run, other.run) if truth else (as_number(then), as_number(other))

        def run(values: Mapping[str, Any]) -> Any:
            asked = when(values)
            if isinstance(asked, np.ndarray) and asked.ndim:
                return np.where(asked, yes(values), no(values))
            return yes(values) if asked else no(values)

        return Node(run, truth=truth, fixed=test.fixed and then.fixed and other.fixed)

    def _call(self, node: ast.Call, depth: int) -> Node:
        name = self.syntax.name(node.func) if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS:
            return self.complain(
                node.func.col_offset + 1,
                f"a call of {shown(name) if name else 'something'}",
                "one of the functions " + ", ".join(FUNCTIONS),
                "Write the formula with these functions, or make the number a parameter.",
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
        runs = [as_number(part) for part in parts]
        fixed = all(part.fixed for part in parts)
        if len(runs) == 1:
            only = runs[0]
            return Node(lambda values: function(only(values)), fixed=fixed)
        return Node(lambda values: function(*(run(values) for run in runs)), fixed=fixed)
