"""Likelihoods with known answers, for tests of estimation: multinomial logit and probit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, logsumexp

F = NDArray[np.float64]


@dataclass(frozen=True)
class At:
    loglik: float
    gradient: F
    by_row: F
    residual: float = 0.0
    flagged: int = 0


@dataclass(frozen=True, eq=False)
class Logit:
    """Multinomial logit of counts [rows, O] in columns [rows, F]; the first outcome is worth 0."""

    x: F
    counts: F
    labels: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return self.x.shape[1] * (self.counts.shape[1] - 1)

    @property
    def names(self) -> tuple[str, ...]:
        columns = self.labels or tuple(f"x{k}" for k in range(self.x.shape[1]))
        return tuple(f"{o}: {c}" for o in range(1, self.counts.shape[1]) for c in columns)

    def log_chances(self, beta: F) -> F:
        u = np.zeros((len(self.x), self.counts.shape[1]))
        u[:, 1:] = self.x @ beta.reshape(-1, self.x.shape[1]).T
        return np.asarray(u - logsumexp(u, axis=1)[:, None])

    def scores(self, beta: F) -> F:
        p = np.exp(self.log_chances(beta))
        pull = (self.counts - self.counts.sum(1, keepdims=True) * p)[:, 1:]
        return np.asarray((pull[:, :, None] * self.x[:, None, :]).reshape(len(self.x), -1))

    def at(self, beta: F, rows: NDArray[np.intp] | None = None) -> At:
        by_row = (self.counts * self.log_chances(beta)).sum(1)
        scores = self.scores(beta)
        if rows is not None:
            by_row, scores = by_row[rows], scores[rows]
        return At(float(by_row.sum()), scores.sum(0), by_row)

    def chances(self, beta: F, rows: NDArray[np.intp] | None = None) -> F:
        p = np.exp(self.log_chances(beta))
        return np.asarray(p if rows is None else p[rows])


@dataclass(frozen=True, eq=False)
class Probit:
    """Probit of y [rows] in {0, 1}."""

    x: F
    y: F

    @property
    def size(self) -> int:
        return self.x.shape[1]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"x{k}" for k in range(self.size))

    def scores(self, beta: F) -> F:
        side = 2 * self.y - 1
        m = side * (self.x @ beta)
        mills = np.exp(-0.5 * m**2 - 0.5 * np.log(2 * np.pi) - log_ndtr(m))
        return np.asarray((side * mills)[:, None] * self.x)

    def at(self, beta: F, rows: NDArray[np.intp] | None = None) -> At:
        by_row = log_ndtr((2 * self.y - 1) * (self.x @ beta))
        scores = self.scores(beta)
        if rows is not None:
            by_row, scores = by_row[rows], scores[rows]
        return At(float(by_row.sum()), scores.sum(0), by_row)


def logit_data(rows: int, truth: F, seed: int, columns: int) -> Logit:
    """Draws from a multinomial logit with a constant and normal columns."""
    random = np.random.default_rng(seed)
    x = np.column_stack([np.ones(rows), random.standard_normal((rows, columns - 1))])
    empty = Logit(x, np.zeros((rows, len(truth) // columns + 1)))
    p = empty.chances(truth)
    counts = np.array([random.multinomial(1, row) for row in p], float)
    return Logit(x, counts)
