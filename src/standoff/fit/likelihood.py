"""The likelihood of a table under a case: every row is played, all rows at once, and what came of it is counted.

A row's parameters are linear in its columns, `constants + blocks @ coefficients`. The tree is played on numbers that
carry derivatives in those parameters (a handful); the gradient in the coefficients is theirs times the design. Rows are
taken in chunks, so that memory is bounded whatever the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.errors import FitError, Problem
from standoff.fit.design import Design
from standoff.fit.dual import Dual, Floats, Ints, full_tangent, seeds
from standoff.fit.play import Played, play
from standoff.fit.rules import Rule
from standoff.fit.tree import Tree

DIFFERENCE = 6e-6  # of central differences of slopes, in units of a parameter
MEMORY = 200_000_000  # bytes that the play of one chunk may take
Codes = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A log-likelihood with its derivatives; `flagged` counts rows without a trustworthy answer."""

    loglik: float
    gradient: Floats  # [K]
    by_row: Floats  # [rows]
    residual: float
    flagged: int


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The columns of a parameter's coefficients: numbers [rows, C], and behind them one for every group of each
    grouping, 1 in its rows, which are kept as (codes [rows], groups)."""

    numbers: Floats
    groupings: tuple[tuple[Codes, int], ...] = ()

    def at(self, rows: Ints) -> Columns:
        """Of some rows."""
        return Columns(self.numbers[rows], tuple((codes[rows], groups) for codes, groups in self.groupings))

    def times(self, beta: Floats) -> Floats:
        """[rows] columns @ beta."""
        upto = self.numbers.shape[1]
        found = np.asarray(self.numbers @ beta[:upto])
        for codes, groups in self.groupings:
            found = found + beta[upto : upto + groups][codes]
            upto += groups
        return found

    def summed(self, slopes: Floats) -> Floats:
        """[K] slopes [rows] @ columns."""
        if not self.groupings:
            return np.asarray(slopes @ self.numbers)
        groups = [np.bincount(codes, slopes, groups) for codes, groups in self.groupings]
        return np.concatenate([slopes @ self.numbers, *groups])

    def spread(self, slopes: Floats) -> Floats:
        """[rows, K] slopes [rows] times columns."""
        parts = [slopes[:, None] * self.numbers]
        for codes, groups in self.groupings:
            part = np.zeros((len(slopes), groups))
            part[np.arange(len(slopes)), codes] = slopes
            parts.append(part)
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def crossed(self, weight: Floats, other: Columns) -> Floats:
        """[K, K of the other] columns.T @ diag(weight [rows]) @ the other's columns."""
        mine, theirs = self.numbers, other.numbers
        weighted = weight[:, None] * theirs
        parts = [[mine.T @ weighted, *(_by_group(weight[:, None] * mine, *one).T for one in other.groupings)]]
        for codes, groups in self.groupings:
            row = [_by_group(weighted, codes, groups)]
            for others, count in other.groupings:
                cells = np.bincount(codes * np.intp(count) + others, weight, groups * count)
                row.append(np.asarray(cells.reshape(groups, count)))
            parts.append(row)
        return parts[0][0] if len(parts) == len(parts[0]) == 1 else np.block(parts)


def _by_group(columns: Floats, codes: Codes, groups: int) -> Floats:
    """[groups, C] sums of columns [rows, C] over the rows of each group."""
    found = [np.bincount(codes, column, groups) for column in columns.T]
    return np.stack(found, axis=1) if found else np.zeros((groups, 0))


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """The log-likelihood of a design's counts under a tree, in the coefficients of its terms; no prior in it.

    The multinomial coefficient of counts is left out, as is usual. Raises FitError where a row counts an outcome that
    nothing in the tree leads to, or the design lacks a free parameter of the tree.
    """

    tree: Tree
    design: Design
    rule: Rule = "logit"
    memory: int = MEMORY
    places: tuple[tuple[str, Ints], ...] = field(init=False)  # of every parameter's coefficients among all
    columns: Mapping[str, Columns] = field(init=False)

    def __post_init__(self) -> None:
        owners = np.array([term.parameter for term in self.design.terms], object)
        places = tuple((name, np.nonzero(owners == name)[0]) for name in self.design.blocks)
        object.__setattr__(self, "places", places)
        indexed = self.design.indexed
        columns = {name: Columns(block, indexed.get(name, ())) for name, block in self.design.blocks.items()}
        object.__setattr__(self, "columns", columns)
        lost = [name for name in self.tree.free if name not in self.design.blocks and name not in self.design.constants]
        lost += [name for name, _ in places if name not in self.tree.free]
        if lost:
            raise FitError(
                Problem(
                    found=f"{', '.join(lost)}, which only one of the tree and the design takes as free",
                    expected="the same free parameters in both",
                    mend="Unroll the tree with the parameters of the design.",
                )
            )
        never = (self.design.counts > 0) & ~self.tree.producible
        if never.any():
            row, outcome = (int(x[0]) for x in np.nonzero(never))
            raise FitError(
                Problem(
                    line=int(self.design.lines[row]),
                    found=f"the outcome `{self.design.outcomes[outcome]}`",
                    expected="an outcome that some path of the case leads to",
                    mend="Let a move or an event of the case lead there, or leave the row out with `fit: where`.",
                )
            )

    @property
    def names(self) -> tuple[str, ...]:
        """``parameter: term`` of every coefficient."""
        return tuple(f"{term.parameter}: {term.name}" for term in self.design.terms)

    @property
    def size(self) -> int:
        return len(self.design.terms)

    @property
    def rows(self) -> int:
        return len(self.design.counts)

    def at(self, beta: Floats, rows: Ints | None = None) -> Value:
        """The log-likelihood at coefficients [K], over all rows or the given ones (which may repeat).

        Time is linear in the rows; memory about `memory` bytes beside the table.
        """
        at = np.arange(self.rows) if rows is None else np.asarray(rows)
        by_row = np.zeros(len(at))
        gradient = np.zeros(self.size)
        residual, flagged = 0.0, 0
        for here, played, names in self._chunks(beta, at):
            by_row[here], slopes = self._row_values(at[here], played)
            for p, name in enumerate(names):
                gradient[dict(self.places)[name]] += self.columns[name].at(at[here]).summed(slopes[p])
            residual = max(residual, float(played.residual.max(initial=0.0)))
            flagged += int(played.flagged.sum())
        return Value(float(by_row.sum()), gradient, by_row, residual, flagged)

    def scores(self, beta: Floats) -> Floats:
        """[rows, K]: the gradient of every row's log-likelihood."""
        found = np.zeros((self.rows, self.size))
        at = np.arange(self.rows)
        for here, played, names in self._chunks(beta, at):
            _, slopes = self._row_values(at[here], played)
            for p, name in enumerate(names):
                found[here, dict(self.places)[name]] = self.columns[name].at(at[here]).spread(slopes[p])
        return found

    def hessian(self, beta: Floats, rows: Ints | None = None) -> Floats:
        """[K, K] second derivatives of the log-likelihood.

        From central differences in the parameters, of which there are few, and not in the coefficients: two plays of
        the tree for each parameter, however many terms and groups it has.
        """
        at = np.arange(self.rows) if rows is None else np.asarray(rows)
        found = np.zeros((self.size, self.size))
        for start in range(0, len(at), self._most):
            here = at[start : start + self._most]
            columns = [self.columns[name].at(here) for name, _ in self.places]
            second = self._second(np.asarray(beta, float), here)
            for p, (_, place) in enumerate(self.places):
                for q, (_, other) in enumerate(self.places[: p + 1]):
                    both = (second[p, q] + second[q, p]) / 2
                    part = columns[p].crossed(both, columns[q])
                    found[np.ix_(place, other)] += part
                    if p != q:
                        found[np.ix_(other, place)] += part.T
        return (found + found.T) / 2

    def _second(self, beta: Floats, rows: Ints) -> Floats:
        """[P, P, rows] second derivatives in the parameters of rows that make one chunk."""
        values = self._values(beta, rows, True)
        found = np.zeros((len(self.places), len(self.places), len(rows)))
        for p, (name, _) in enumerate(self.places):
            here = values[name]
            assert isinstance(here, Dual)
            step = DIFFERENCE * np.maximum(1.0, np.abs(here.value))
            ends = []
            for side in (1.0, -1.0):
                moved = {**values, name: Dual(here.value + side * step, here.tangent)}
                ends.append(self._row_values(rows, play(self.tree, moved, self.rule))[1])
            found[p] = (ends[0] - ends[1]) / (2 * step)
        return found

    def chances(self, beta: Floats, rows: Ints | None = None) -> Floats:
        """[rows, outcomes]: the chance of every outcome; nan in a row without an answer."""
        at = np.arange(self.rows) if rows is None else np.asarray(rows)
        found = np.zeros((len(at), len(self.design.outcomes)))
        for here, played, _ in self._chunks(beta, at, slopes=False):
            found[here] = np.exp(played.logs.value)
        return found

    def _row_values(self, rows: Ints, played: Played) -> tuple[Floats, Floats]:
        """Log-likelihoods [rows] and their derivatives [P, rows]."""
        counts = self.design.counts[rows]
        seen = counts > 0
        logs = played.logs.value
        by_row = np.where(seen, counts * np.where(seen, logs, 0.0), 0.0).sum(axis=1)
        slopes = np.where(seen, counts * full_tangent(played.logs), 0.0).sum(axis=2)
        return np.where(np.isnan(by_row), -np.inf, by_row), np.where(np.isfinite(slopes), slopes, 0.0)

    @property
    def _most(self) -> int:
        """Rows of a chunk."""
        width = 8 * self.tree.cells * (1 + max(len(self.places), self.tree.unknowns)) * 3
        return max(16, self.memory // max(width, 1))

    def _chunks(self, beta: Floats, at: Ints, slopes: bool = True) -> Iterator[tuple[slice, Played, tuple[str, ...]]]:
        names = tuple(name for name, _ in self.places)
        beta = np.asarray(beta, float)
        for start in range(0, len(at), self._most):
            here = slice(start, min(start + self._most, len(at)))
            yield here, play(self.tree, self._values(beta, at[here], slopes), self.rule), names

    def _values(self, beta: Floats, rows: Ints, slopes: bool) -> dict[str, Dual | Floats]:
        """The free parameters at some rows, with derivatives where asked for."""
        found: dict[str, Dual | Floats] = {
            name: np.asarray(self.design.constants[name], float)[rows]
            for name in self.tree.free
            if name in self.design.constants
        }
        for name, place in self.places:
            found[name] = found.get(name, 0.0) + self.columns[name].at(rows).times(beta[place])
        if slopes and self.places:
            estimated = [name for name, _ in self.places]
            found.update(zip(estimated, seeds([np.asarray(found[name]) for name in estimated]), strict=True))
        return found
