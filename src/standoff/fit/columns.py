"""Expressions of a case over the columns of a table that is at hand."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.errors import did_you_mean
from standoff.fit.complaints import Complaints
from standoff.fit.table import Table
from standoff.game.model import Floats, Ints
from standoff.language.expressions import Compiled, ExpressionError, Scope, compile_expression
from standoff.language.located import Path_
from standoff.language.printable import printable
from standoff.language.terms import read_term, term_text, word

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Ready:
    """An expression and the columns it needs: the name it knows them by -> the column."""

    path: Path_
    source: str
    formula: Compiled
    columns: dict[str, str]

    def values(self, table: Table, rows: Ints) -> Any:
        """[rows] float64 or bool."""
        known: dict[str, Any] = {}
        for name, column in self.columns.items():
            known[name] = table.numbers[column][rows] if column in table.numbers else table.texts[column].codes[rows]
        return np.broadcast_to(np.asarray(self.formula(known)), rows.shape)


def missing(table: Table, name: str) -> Bools:
    """[rows] where nothing stands in a column."""
    return np.isnan(table.numbers[name]) if name in table.numbers else np.asarray(table.texts[name].codes < 0)


def column_of(complaints: Complaints, name: str, path: Path_) -> str | None:
    """The column that the case calls by its name, as written or as an expression knows it."""
    found = complaints.table.find(name)
    if found is None:
        _unknown(complaints, name, path)
    return found


def _unknown(complaints: Complaints, name: str, path: Path_) -> None:
    table = complaints.table
    alike = [one for one in table.columns if word(one) == word(name)]
    if len(alike) > 1:
        both = " and ".join(f"`{printable(one)}`" for one in alike[:3])
        mend = "Rename one of them in the table; expressions do not tell capitals apart."
        complaints.key(path, f"`{printable(name)}`, which may be {both}", "one column", mend)
    else:
        known = did_you_mean(name, table.columns)
        expected = f"a column of {Path(table.name).name}"
        complaints.absent(word(name), path, f"the column `{printable(name)}`", expected, known)


def numbers_of(complaints: Complaints, name: str) -> bool:
    """Whether a column is one of numbers; what stands in it that is none is told cell by cell."""
    table = complaints.table
    if name in table.numbers:
        return True
    texts = table.texts[name]
    words = np.array([not _is_number(level) for level in texts.levels] + [False])
    rows = np.flatnonzero(words[texts.codes]).astype(np.int32)
    if 2 * len(rows) > table.rows and not any(_is_number(level) for level in texts.levels):
        rows = rows[:1]  # a column of words: the first one says it
    column = f"the column `{printable(name)}`"
    mend = "Write a number, or `NA` where there is none."
    complaints.cells(name, rows, lambda row: f"{table.cell(row, name)} in {column}", "a number", mend)
    return False


def ready(complaints: Complaints, path: Path_, source: str | float | bool) -> Ready | None:
    """An expression of the case, read against the columns; None where something is wrong with it, which is told."""
    table = complaints.table
    text = term_text(source)
    try:
        open_ = read_term(source)
    except ExpressionError as error:
        _tell(complaints, path, error)
        return None
    words, columns, good = table.words, dict[str, str](), True
    factors: dict[str, tuple[str, ...]] = {}
    for name in sorted(open_.names):
        if name not in words:
            _unknown(complaints, name, path)
            good = False
            continue
        columns[name] = column = words[name]
        if name in open_.scope.texts and column in table.numbers:
            wanted, mend = "a column of text before `is` and `in`", f"Write `{name} == 1` to compare numbers."
            complaints.key(path, f"`{column}`, a column of numbers, tested for a text", wanted, mend)
            good = False
        elif name in open_.scope.parameters and column in table.texts and not _only_compared(open_, name):
            good = _as_number(complaints, path, name, column) and good
        elif column in table.texts:
            factors[name] = _levels(complaints, column)
    if not good:
        return None
    numbers = frozenset(columns) - frozenset(factors)
    scope = Scope(numbers, factors, clock=False, texts=frozenset(factors))
    try:
        formula = compile_expression(text, scope)
    except ExpressionError as error:
        _tell(complaints, path, error)
        return None
    return Ready(path, str(source), formula, columns)


def _tell(complaints: Complaints, path: Path_, error: ExpressionError) -> None:
    for problem in error.problems:
        complaints.key(path, problem.found, problem.expected, problem.mend, column=problem.column)


def _only_compared(formula: Compiled, name: str) -> bool:
    """Whether `name == text` may be meant: the name stands beside `==` or `!=`."""
    return any(sign in formula.source for sign in ("==", "!=")) and len(formula.names) > 1


def _as_number(complaints: Complaints, path: Path_, name: str, column: str) -> bool:
    """Complain of a column of text that stands for a number: of its cells if it should have been one of numbers."""
    texts = complaints.table.texts[column]
    if any(_is_number(level) for level in texts.levels):
        return numbers_of(complaints, column)
    level = word(texts.levels[0]) if texts.levels else "something"
    mend = f"Write `{name} is {level}`, which counts as 1 where it holds."
    complaints.key(path, f"`{column}`, a column of text, as a number", "a column of numbers, or a test", mend)
    return False


def _levels(complaints: Complaints, column: str) -> tuple[str, ...]:
    """The names by which an expression knows the texts of a column, in their order; each must have its own."""
    levels = complaints.table.texts[column].levels
    known = tuple(map(word, levels))
    if len(set(known)) < len(known):
        first = {one: level for level, one in zip(reversed(levels), reversed(known), strict=True)}
        for level, one in zip(levels, known, strict=True):
            if first[one] != level:
                found = (
                    f"`{printable(first[one])}` and `{printable(level)}` in the column `{column}`, both `{one}` here"
                )
                complaints.whole(found, "texts that differ in letters or digits", "Rename one of them in the table.")
    return known


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text)) and "_" not in text
    except ValueError:
        return False


def groups_of(table: Table, name: str, rows: Ints) -> tuple[Ints, tuple[str, ...]]:
    """Which group every row belongs to [rows], and the names of the groups that there are."""
    if name in table.texts:
        found = table.texts[name]
        present, codes = np.unique(found.codes[rows], return_inverse=True)
        return codes.astype(np.int32), tuple(found.levels[int(one)] for one in present)
    values, codes = np.unique(table.numbers[name][rows], return_inverse=True)
    return codes.astype(np.int32), tuple(_shown(value) for value in values)


def _shown(value: float) -> str:
    """The shortest text that reads as this number and no other."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 2**53 else repr(float(value))


def times_of(complaints: Complaints, name: str) -> Floats | None:
    """[table rows] numbers, or days of the calendar counted in days; NaN where nothing stands, None if neither."""
    from datetime import date

    table = complaints.table
    if name in table.numbers:
        return table.numbers[name]
    texts = table.texts[name]
    days: list[float] = []
    try:
        days = [float(date.fromisoformat(level).toordinal()) for level in texts.levels]
    except ValueError:
        numbers_of(complaints, name)
        return None
    return np.array([*days, math.nan])[texts.codes]


def used_columns(parts: Iterable[Ready]) -> set[str]:
    """Every column that some of the expressions need."""
    return {column for part in parts for column in part.columns.values()}
