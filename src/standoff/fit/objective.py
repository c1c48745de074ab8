"""What an estimator needs to know of a likelihood, and normal priors on its coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from standoff.fit.dual import Floats, Ints


class Point(Protocol):
    """A log-likelihood at one place."""

    @property
    def loglik(self) -> float:
        """Sum over rows."""
        ...

    @property
    def gradient(self) -> Floats:
        """[K]."""
        ...

    @property
    def by_row(self) -> Floats:
        """[rows]."""
        ...

    @property
    def residual(self) -> float:
        """What solving left at worst, in any row; 0 where nothing is solved."""
        ...

    @property
    def flagged(self) -> int:
        """Rows whose solution is not to be trusted."""
        ...


class Objective(Protocol):
    """A log-likelihood in K coefficients, without any prior."""

    @property
    def names(self) -> Sequence[str]:
        """[K]."""
        ...

    @property
    def size(self) -> int:
        """K."""
        ...

    def at(self, beta: Floats, rows: Ints | None = None) -> Point:
        """At `beta` [K], over all rows or those named (a row named twice counts twice)."""
        ...

    def scores(self, beta: Floats) -> Floats:
        """[rows, K] gradient by row."""
        ...


@runtime_checkable
class Curved(Protocol):
    """An objective that has its second derivatives at less than two evaluations a coefficient."""

    def hessian(self, beta: Floats, rows: Ints | None = None) -> Floats:
        """[K, K]."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """An objective on some of its rows (a fold, a bootstrap sample); a row may be there more than once."""

    whole: Objective
    rows: Ints

    @property
    def names(self) -> Sequence[str]:
        """[K]."""
        return self.whole.names

    @property
    def size(self) -> int:
        """K."""
        return self.whole.size

    def at(self, beta: Floats, rows: Ints | None = None) -> Point:
        """At `beta` [K]; `rows` count within these."""
        return self.whole.at(beta, self.rows if rows is None else self.rows[rows])

    def scores(self, beta: Floats) -> Floats:
        """[rows, K]."""
        return self.whole.scores(beta)[self.rows]


def second_derivatives(objective: Objective, beta: Floats, rows: Ints | None = None) -> Floats | None:
    """[K, K] of an objective that has them, or of rows of one; None of others."""
    if isinstance(objective, Rows):
        some = objective.rows if rows is None else objective.rows[rows]
        return second_derivatives(objective.whole, beta, some)
    return objective.hessian(beta, rows) if isinstance(objective, Curved) else None


@dataclass(frozen=True, slots=True, eq=False)
class Normal:
    """Independent normal priors: mean [K] and sd [K], where an infinite sd is no prior (flat)."""

    mean: Floats
    sd: Floats

    @staticmethod
    def flat(size: int) -> Normal:
        """No prior on anything."""
        return Normal(np.zeros(size), np.full(size, np.inf))

    @property
    def precision(self) -> Floats:
        """1/sd^2 [K], 0 where flat."""
        return np.asarray(1.0 / np.square(self.sd))

    def logdensity(self, beta: Floats) -> float:
        """Up to the constant that does not depend on `beta`: minus half the squared distances in sd."""
        return -0.5 * float(self.precision @ np.square(beta - self.mean))

    def gradient(self, beta: Floats) -> Floats:
        """Of `logdensity` [K]."""
        return np.asarray(-self.precision * (beta - self.mean))
