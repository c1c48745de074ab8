"""Expressions over the columns of a table: the terms that a parameter is linear in, and which rows are used.

They are expressions of the case language with columns for names. Names of columns and texts in them are taken in lower
case, with `_` for what is neither letter nor digit, so `USinterest` may be written as it is, and `South Africa` as
`south_africa`. A column of text is tested (`regime is mixed`); it is never a number.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement

from standoff.language.expressions import Compiled, Scope, compile_expression
from standoff.language.grammar import Syntax, parse

CONSTANT = "constant"  # the term that is 1 in every row
_WORDS = frozenset({"and", "or", "not", "in", "is", "if", "else", "true", "false"})
_PAIRS = re.compile(r"\s*pairs\((.*)\)\s*", re.DOTALL)
_EACH = re.compile(r"\s*each\((.*)\)\s*", re.DOTALL)
_TESTS = (ast.Is, ast.IsNot, ast.In, ast.NotIn)


def word(text: str) -> str:
    """The name under which an expression knows a column, or a text in it: ``South Africa`` -> ``south_africa``."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).lower()
    plain = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if not plain or plain[0].isdigit():
        plain = f"_{plain}"
    return f"{plain}_" if plain in _WORDS else plain


def products(key: str, lists: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """The terms that a key of `regress` stands for, each a product of no expression (the constant), one or two. None
    for `each(...)`, and for the pairs of a list that is not there."""
    if key == CONSTANT:
        return [()]
    if key in lists:
        return [(term,) for term in lists[key]]
    of = pairs_of(key)
    if of is not None:
        return list(combinations_with_replacement(lists.get(of, ()), 2))
    return [] if each_of(key) is not None else [(key,)]


def pairs_of(key: str) -> str | None:
    """The list of ``pairs(LIST)``, or None."""
    found = _PAIRS.fullmatch(key)
    return found[1].strip() if found else None


def each_of(key: str) -> str | None:
    """The column of ``each(COLUMN)``, or None."""
    found = _EACH.fullmatch(key)
    return found[1].strip() if found else None


def term_text(source: str | float | bool) -> str | float | bool:
    """The expression with its capitals small; columns of characters stay where they are."""
    if isinstance(source, str):
        return "".join(letter.lower() if letter.isascii() else letter for letter in source)
    return source


def read_term(source: str | float | bool) -> Compiled:
    """A term where no table is at hand: every name is a column, and what is tested with `is` or `in` is one of text.
    Raises ExpressionError."""
    text = term_text(source)
    return compile_expression(text, _open_scope(parse(text)) if isinstance(text, str) else Scope(clock=False))


def _open_scope(syntax: Syntax) -> Scope:
    texts: dict[str, list[str]] = {}
    levels: set[int] = set()  # where names stand that are no columns
    for node in ast.walk(syntax.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            levels.add(node.func.col_offset)
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and isinstance(node.ops[0], _TESTS):
            known = texts.setdefault(syntax.name(node.left), [])
            for name in _names(node.comparators[0]):
                if name.col_offset not in syntax.literals:
                    known.append(syntax.name(name))
                levels.add(name.col_offset)
    columns = {
        syntax.name(node)
        for node in _names(syntax.tree)
        if node.col_offset not in levels and node.col_offset not in syntax.literals and node.id not in ("TRUE", "FALSE")
    }
    factors = {name: tuple(dict.fromkeys(known)) for name, known in texts.items()}
    return Scope(frozenset(columns - set(texts)), factors, clock=False, texts=frozenset(texts))


def _names(node: ast.AST) -> Iterator[ast.Name]:
    return (part for part in ast.walk(node) if isinstance(part, ast.Name))
