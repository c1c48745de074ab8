"""What happened in each row: counts of outcomes from columns that count them, or from one that names them."""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.errors import did_you_mean
from standoff.fit.columns import column_of, numbers_of
from standoff.fit.complaints import Complaints
from standoff.fit.table import MOST, Table
from standoff.game.model import Floats, Ints
from standoff.language.document import CaseDocument, Fit, OutcomeColumn
from standoff.language.printable import printable

LARGEST = 1e12  # a count


def outcome_columns(complaints: Complaints, fit: Fit) -> dict[str, str]:
    """What is counted -> the column that says it: outcomes, or `outcome` for the column that names them."""
    found = {}
    if fit.counts is not None:
        for name, written in fit.counts.items():
            column = column_of(complaints, written, ("fit", "counts", name))
            if column is not None and numbers_of(complaints, column):
                found[name] = column
    elif fit.outcome is not None:
        column = column_of(complaints, fit.outcome.column, ("fit", "outcome", "column"))
        if column is not None:
            found["outcome"] = column
    return found


def observed(complaints: Complaints, document: CaseDocument, fit: Fit, columns: dict[str, str], rows: Ints) -> Floats:
    """Counts [rows, outcomes] of all outcomes of the case in their order."""
    outcomes = list(document.outcomes)
    counts = np.zeros((len(rows), len(outcomes)))
    if fit.counts is not None:
        for name, column in columns.items():
            if name in outcomes:
                counts[:, outcomes.index(name)] = _counted(complaints, column, rows)
    elif fit.outcome is not None:
        codes = _named(complaints, fit.outcome, columns["outcome"], rows, outcomes)
        there = codes >= 0
        counts[np.flatnonzero(there), codes[there]] = 1.0
    if not complaints.errors and len(rows):
        _check_seen(complaints, fit, outcomes, counts)
    return counts


def _counted(complaints: Complaints, column: str, rows: Ints) -> Floats:
    values = complaints.table.numbers[column][rows]
    with np.errstate(invalid="ignore"):
        wrong = np.flatnonzero((values < 0) | (values != np.floor(values)) | (values > LARGEST))
    if len(wrong):
        complaints.cells(
            column,
            rows[wrong],
            lambda row: f"{complaints.table.cell(row, column)} in the column `{printable(column)}`, which counts",
            "a whole number from 0 up",
            "Write how often it happened; what is a share or a weight cannot be fitted as a count.",
        )
    return values


def _named(complaints: Complaints, outcome: OutcomeColumn, column: str, rows: Ints, outcomes: list[str]) -> Ints:
    """Which of the outcomes stands in each row [rows]; -1 where it is none."""
    table = complaints.table
    meant = {
        _key(table, column, value): name
        for name, values in outcome.values.items()
        for value in (values if isinstance(values, list) else [values])
    }
    if column in table.texts:
        texts = table.texts[column]
        keys: list[Any] = list(texts.levels)
        at = texts.codes[rows]
    else:
        distinct, inverse = np.unique(table.numbers[column][rows], return_inverse=True)
        at = inverse.astype(np.int32)
        keys = distinct.tolist()
    place = {name: i for i, name in enumerate(outcomes)}
    codes = np.array([place.get(meant.get(key, ""), -1) for key in keys] + [-1], np.int32)
    there = np.unique(at)
    for i in there[codes[there] < 0][:MOST]:
        first = int(rows[np.flatnonzero(at == i)[0]])
        times = int((at == i).sum())
        known = ", ".join(f"`{key}`" for key in list(meant)[:8])
        often = f" ({times:,} rows have it)" if times > 1 else ""
        complaints.cells(
            column,
            [first],
            lambda row, often=often: f"{table.cell(row, column)}, which stands for no outcome{often}",  # type: ignore[misc]
            f"one of {known}",
            "Say under `fit.outcome.values` which outcome it is, or leave these rows out with `where`.",
        )
    seen = {keys[int(i)] for i in there}
    for key, name in meant.items():
        if key not in seen:
            mend = did_you_mean(str(key), map(str, seen)) if isinstance(key, str) else "Remove it if it is a slip."
            found = f"`{key}` for `{name}`, which the column `{printable(column)}` never has"
            path = ("fit", "outcome", "values", name)
            complaints.key(path, found, "values that are there", mend, level="warning")
    return np.asarray(codes[at], np.int32)


def _key(table: Table, column: str, value: Any) -> Any:
    """A value of the case as it would stand in the column."""
    if column in table.texts:
        return value if isinstance(value, str) else str(value)
    try:
        return float(value)
    except ValueError:
        return value


def _check_seen(complaints: Complaints, fit: Fit, outcomes: list[str], counts: Floats) -> None:
    told = set(fit.counts or {}) | set(fit.outcome.values if fit.outcome else {})
    totals = counts.sum(axis=0)
    never = [name for name, total in zip(outcomes, totals, strict=True) if not total and name in told]
    if len(never) == len(told):
        complaints.whole(
            "no case at all: every count is 0", "rows that count something", "Look at the columns counted."
        )
    elif len(told) - len(never) == 1:
        one = next(name for name, total in zip(outcomes, totals, strict=True) if total)
        found = f"`{one}` in every case, and never anything else"
        complaints.whole(found, "cases that ended in different ways", "Add rows that ended otherwise.")
    elif never:
        shown = ", ".join(f"`{name}`" for name in never)
        mend = "What would lead to it is estimated as never happening; a prior keeps it within reason."
        complaints.whole(f"no case of {shown}", "each outcome at least once", mend, level="warning")
