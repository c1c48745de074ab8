"""Expressions read aloud: conditions become English, arithmetic a formula of names in words.

force is carrier_group and rung < 2     force is carrier group and rung is below designated
talks in (open, offer_made)             talks is open or offer made
date >= 2025-11-28                      on or after 28 November 2025
0.1 if washington is bluff else 0       0.1 if washington is of the type bluff, otherwise 0
part_price * (force is patrol)          part price × (1 if force is patrol, otherwise 0)
"""

from __future__ import annotations

import ast
from datetime import date
from typing import Any

from standoff.language.document import CaseDocument
from standoff.language.expressions import ExpressionError
from standoff.language.grammar import Syntax, parse

_SIZES: dict[type[ast.cmpop], str] = {
    ast.Lt: "is below",
    ast.LtE: "is at most",
    ast.Gt: "is above",
    ast.GtE: "is at least",
    ast.Eq: "is",
    ast.NotEq: "is not",
    ast.Is: "is",
    ast.IsNot: "is not",
}
_DATES: dict[type[ast.cmpop], str] = {
    ast.Lt: "before",
    ast.LtE: "up to and including",
    ast.Gt: "after",
    ast.GtE: "on or after",
    ast.Eq: "on",
    ast.NotEq: "on another day than",
}
_STEPS: dict[type[ast.cmpop], str] = {
    ast.Lt: "before step",
    ast.LtE: "up to step",
    ast.Gt: "after step",
    ast.GtE: "from step",
    ast.Eq: "in step",
    ast.NotEq: "outside step",
}
_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
}


_SIGNS: dict[type[ast.operator], tuple[str, int]] = {  # how it is written, and how closely it binds
    ast.Add: ("+", 1),
    ast.Sub: ("-", 1),
    ast.Mult: ("×", 2),
    ast.Div: ("/", 2),
    ast.Mod: ("%", 2),
    ast.Pow: ("^", 4),
}


def spoken(name: str) -> str:
    """``carrier_group`` as words."""
    return name.replace("_", " ")


def number(value: float) -> str:
    """A number as one would write it: 0.45, 3, 1,000."""
    return f"{value:,.10g}"


def percent(value: float) -> str:
    """0.45 as ``45 %``."""
    return f"{100 * value:.4g} %"


def day(when: date) -> str:
    """``28 November 2025``."""
    return f"{when.day} {when:%B} {when.year}"


def phrase(source: Any, document: CaseDocument) -> str:
    """An expression in words, as far as that is easier to hear than the formula. Never raises: what does
    not read comes back as it was written."""
    if isinstance(source, bool):
        return "always" if source else "never"
    if isinstance(source, int | float):
        return number(source)
    text = " ".join(str(source).split())
    try:
        syntax = parse(text)
    except ExpressionError:
        return text
    return _Reader(text, syntax, document).say(syntax.tree)


def certain_if(source: Any, document: CaseDocument) -> str | None:
    """When a chance is 1, of one that is 0 otherwise (``1 if ... else 0``); None for any other chance."""
    try:
        syntax = parse(str(source))
    except ExpressionError:
        return None
    reader, tree = _Reader(str(source), syntax, document), syntax.tree
    if isinstance(tree, ast.IfExp) and (reader.say(tree.body), reader.say(tree.orelse)) == ("1", "0"):
        return reader.say(tree.test)
    return None


class _Reader:
    def __init__(self, text: str, syntax: Syntax, document: CaseDocument) -> None:
        self.text = text
        self.syntax = syntax
        self.document = document

    def say(self, node: ast.expr) -> str:
        """One node in words."""
        match node:
            case ast.BoolOp():
                return self._joined(node)
            case ast.UnaryOp(op=ast.Not()):
                return f"not ({self.say(node.operand)})"
            case ast.Compare():
                return self._comparison(node)
            case ast.IfExp():
                return f"{self._part(node.body)} if {self._part(node.test)}, otherwise {self.say(node.orelse)}"
            case ast.Name():
                if node.col_offset in self.syntax.literals:
                    return self._literal(node.col_offset)
                if node.id in ("TRUE", "FALSE"):
                    return "always" if node.id == "TRUE" else "never"
        return self._formula(node)

    def _part(self, node: ast.expr) -> str:
        """In brackets if what follows could be taken for a part of it."""
        return f"({self.say(node)})" if isinstance(node, ast.IfExp) else self.say(node)

    def _literal(self, at: int) -> str:
        if at in self.syntax.dates:
            return day(self.syntax.dates[at])
        return number(self.syntax.literals[at])

    def _joined(self, node: ast.BoolOp) -> str:
        parts = []
        for value in node.values:
            said = self.say(value)
            parts.append(f"({said})" if isinstance(value, ast.BoolOp | ast.IfExp) else said)
        return (" and " if isinstance(node.op, ast.And) else " or ").join(parts)

    def _formula(self, node: ast.expr, outer: int = 0) -> str:
        """Arithmetic; in brackets where what stands around it binds more closely than `outer`."""
        match node:
            case ast.BinOp(op=op) if type(op) in _SIGNS:
                sign, binds = _SIGNS[type(op)]
                left = binds + isinstance(op, ast.Pow)  # a power of a power binds to the right
                told = f"{self._formula(node.left, left)} {sign} {self._formula(node.right, binds + 1)}"
                return f"({told})" if binds < outer else told
            case ast.UnaryOp(op=ast.USub()):
                told = f"-{self._formula(node.operand, 3)}"
                return f"({told})" if outer > 2 else told
            case ast.Call(func=ast.Name(id=function)):
                return f"{function}({', '.join(self.say(each) for each in node.args)})"
            case ast.IfExp():
                return f"({self.say(node)})"
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                return f"(1 if {self.say(node)}, otherwise 0)"
            case ast.Name() if node.col_offset not in self.syntax.literals and node.id not in ("TRUE", "FALSE"):
                return spoken(self.syntax.name(node))
            case ast.Name() if node.col_offset in self.syntax.literals:
                return self._literal(node.col_offset)
        return self.text[node.col_offset : node.end_col_offset]

    def _comparison(self, node: ast.Compare) -> str:
        if len(node.ops) > 1:
            sides = [node.left, *node.comparators]
            pairs = zip(node.ops, sides[:-1], sides[1:], strict=True)
            return " and ".join(self._pair(op, left, right) for op, left, right in pairs)
        return self._pair(node.ops[0], node.left, node.comparators[0])

    def _pair(self, op: ast.cmpop, left: ast.expr, right: ast.expr) -> str:
        subject = self._word(left)
        if subject not in self._subjects() and self._word(right) in self._subjects():
            turned = _TURNED.get(type(op), type(op))
            return self._pair(turned(), right, left)
        kind = type(op)
        if subject in self.document.parameters or subject is None:
            return f"{self._part(left)} {_SIZES.get(kind, 'in')} {self._part(right)}"
        if subject in ("date", "step") and kind in _DATES:
            return f"{(_DATES if subject == 'date' else _STEPS)[kind]} {self.say(right)}"
        if kind in (ast.In, ast.NotIn):
            return self._choice(subject, right, kind is ast.NotIn)
        return f"{self._subject(subject)} {self._verb(subject, kind)} {self._member(subject, right)}"

    def _subjects(self) -> set[str | None]:
        return {*self.document.factors, *self.document.actors, "date", "step"}

    def _subject(self, name: str) -> str:
        return spoken(name)

    def _verb(self, subject: str, kind: type[ast.cmpop]) -> str:
        if subject in self.document.actors and subject not in self.document.factors:
            return "is not of the type" if kind in (ast.NotEq, ast.IsNot) else "is of the type"
        return _SIZES[kind]

    def _choice(self, subject: str, right: ast.expr, negative: bool) -> str:
        members = list(right.elts) if isinstance(right, ast.Tuple) else [right]
        names = [self._member(subject, member) for member in members]
        verb = "is of the type" if subject in self.document.actors else "is"
        if not names:
            return "always" if negative else "never"
        if len(names) == 1:
            return f"{self._subject(subject)} {'is not' if negative else verb} {names[0]}"
        listed = ", ".join(names[:-1])
        if negative:
            return f"{self._subject(subject)} {verb} neither {listed} nor {names[-1]}"
        return f"{self._subject(subject)} {verb} {listed} or {names[-1]}"

    def _member(self, subject: str, node: ast.expr) -> str:
        """A level or type; a number beside a factor is the level it counts."""
        word = self._word(node)
        if isinstance(node, ast.Attribute):
            return spoken(node.attr.lower())
        factor = self.document.factors.get(subject)
        if word is not None:
            is_member = factor is not None and word in factor.levels
            return spoken(word) if is_member or subject in self.document.actors else self.say(node)
        value = self.syntax.literals.get(node.col_offset) if isinstance(node, ast.Name) else None
        if factor is not None and value is not None and value in range(len(factor.levels)):
            return spoken(factor.levels[int(value)])
        return self.say(node)

    def _word(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Name) and node.col_offset not in self.syntax.literals:
            return self.syntax.name(node)
        return None
