"""Comparisons: levels by their order, tests of levels and types, and plain numbers."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.errors import did_you_mean
from standoff.language.numeric import BROKEN, COMPARE, Node, as_number, folded
from standoff.language.scope import CLOCK_NAMES

if TYPE_CHECKING:
    from standoff.language.resolve import Reading


def comparison(reading: Reading, node: ast.Compare, depth: int) -> Node:
    """Resolve ``a < b <= c``, ``factor is level``, ``actor in (type, type)``."""
    sides = [node.left, *node.comparators]
    if len(sides) == 2:
        special = _membership(reading, sides[0], node.ops[0], sides[1])
        if special is not None:
            return special
    elif any(isinstance(op, (ast.Is, ast.IsNot, ast.In, ast.NotIn)) for op in node.ops):
        return reading.complain(
            node.col_offset + 1,
            "a chain of comparisons with `is` or `in`",
            "one test at a time",
            "Join the tests with `and`.",
        )
    parts = [_side(reading, sides, i, depth) for i in range(len(sides))]
    runs = [as_number(part) for part in parts]
    compares = [COMPARE[type(op)] for op in node.ops]
    fixed = all(part.fixed for part in parts)
    if len(runs) == 2:
        left, right = runs
        compare = compares[0]
        return Node(lambda values: compare(left(values), right(values)), truth=True, fixed=fixed)

    def run(values: Mapping[str, Any]) -> Any:
        found = [run(values) for run in runs]
        pairs = (compare(found[i], found[i + 1]) for i, compare in enumerate(compares))
        return folded(np.logical_and, pairs)

    return Node(run, truth=True, fixed=fixed)


def _side(reading: Reading, sides: list[ast.expr], i: int, depth: int) -> Node:
    """One side of a comparison; a bare level name belongs to the factor beside it."""
    node = sides[i]
    word = _word(reading, node)
    if word is not None:
        beside = [_word(reading, side) for side in (*sides[max(i - 1, 0) : i], *sides[i + 1 : i + 2])]
        owners = [name for name in beside if name is not None and name in reading.scope.factors]
        holding = [name for name in owners if word in reading.scope.factors[name]]
        if holding and word in reading.scope.known():
            return reading.complain(
                node.col_offset + 1,
                f"`{word}`, both a level of {holding[0]} and a name of its own",
                "one meaning",
                f"Write `{holding[0]}.{word}` for the level, or rename one of them.",
            )
        if holding:
            index = reading.member(
                holding[0], word, reading.scope.factors[holding[0]], node.col_offset, "level"
            )
            value = np.float64(index or 0)
            return Node(lambda values: value, fixed=True)
        known = word in reading.scope.known() or word in CLOCK_NAMES
        if owners and not known:
            reading.member(owners[0], word, reading.scope.factors[owners[0]], node.col_offset, "level")
            return BROKEN
    return reading.read(node, depth + 1)


def _word(reading: Reading, node: ast.expr) -> str | None:
    """The name a node consists of, if it is one."""
    if isinstance(node, ast.Name) and node.col_offset not in reading.syntax.literals:
        return None if node.id in ("TRUE", "FALSE") else reading.syntax.name(node)
    return None


def _membership(reading: Reading, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Node | None:
    """`x is level`, `x in (a, b)`, and every comparison with an actor; None for plain comparisons."""
    subject = _word(reading, left)
    at = left.col_offset
    listed = isinstance(op, (ast.In, ast.NotIn))
    asked = listed or isinstance(op, (ast.Is, ast.IsNot))
    if subject is not None and subject in reading.scope.actors and subject not in reading.scope.parameters:
        members, kind = reading.scope.actors[subject], "type"
        if not asked and not isinstance(op, (ast.Eq, ast.NotEq)):
            return reading.complain(
                at + 1,
                f"types of {subject} compared by size",
                "`is`, `is not` or `in`",
                "Types have no order; name the ones you mean.",
            )
    elif subject is not None and subject in reading.scope.factors and (asked or subject in reading.scope.texts):
        members, kind = reading.scope.factors[subject], "level"
        if not asked and not isinstance(op, (ast.Eq, ast.NotEq)):
            return reading.complain(
                at + 1,
                f"`{subject}`, a column of text, compared by size",
                "`is`, `is not` or `in`",
                "Texts have no order; name the ones you mean.",
            )
    elif asked:
        if subject is not None and subject not in reading.scope.known() | CLOCK_NAMES:
            return reading.unknown(subject, at)
        return reading.complain(
            at + 1,
            "`in` or `is` after something that has no levels or types",
            "a factor or an actor before it",
            "Compare numbers with ==, <, <=, > or >=.",
        )
    else:
        return None
    choices = list(right.elts) if isinstance(right, ast.Tuple) else [right]
    if isinstance(right, ast.Tuple) and not listed:
        return reading.complain(
            right.col_offset + 1, "a list after `is`", f"one {kind}", f"Write `{subject} in (...)`."
        )
    found: list[int] = []
    for choice in choices:
        index = _choice_index(reading, subject, choice, members, kind)
        if index is not None:
            found.append(index)
    reading.names.add(subject)
    indices = tuple(found)
    negate = isinstance(op, (ast.NotEq, ast.IsNot, ast.NotIn))
    join = np.logical_and if negate else np.logical_or
    compare = np.not_equal if negate else np.equal
    if len(indices) == 1:
        only = indices[0]
        return Node(lambda values: compare(values[subject], only), truth=True)
    return Node(
        lambda values: folded(join, (compare(values[subject], index) for index in indices or (-1,))),
        truth=True,
    )


def _choice_index(
    reading: Reading, subject: str, choice: ast.expr, members: tuple[str, ...], kind: str
) -> int | None:
    """Index of the level or type that stands after `is` or inside the brackets of `in`."""
    if isinstance(choice, ast.Attribute):
        owner, member = reading.dotted(choice)
        if owner == subject:
            return reading.member(subject, member, members, choice.col_offset, kind)
    word = _word(reading, choice)
    if word is None:
        reading.complain(
            choice.col_offset + 1,
            f"something else than a {kind} of {subject}",
            f"one of its {kind}s",
            did_you_mean("", members),
        )
        return None
    return reading.member(subject, word, members, choice.col_offset, kind)
