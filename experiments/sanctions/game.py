"""The sanctions game of Crisman-Cox and Gibilisco (2019): its equilibria, its likelihood and the gradient.

A challenges or not; B concedes or resists; A stands firm or backs down. A's war and back-down payoffs and B's war
payoff carry independent standard normal shocks that only their owner knows. Play is one number per row, r = Pr(B
resists), and an equilibrium is a fixed point of it. Arrays over rows; `indices` are the six systematic payoffs S, V, C,
W, B, a (status quo of A, V_A, C_B, W_A, W_B, back-down of A).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bivariate import Floats, density, joint, slopes
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr, ndtri

RHO = float(1.0 / np.sqrt(2.0))
TINY = 1e-150  # what stands in for a chance that underflows: its square is still a number
OUTCOMES = ("sq", "cd", "sf", "bd")

# The covariates of each payoff, in the order of the published table.
TERMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("S_A", ("sqrt(senderecondep)", "senderdemocracy", "contig", "ally")),
    ("V_A", ("1", "anticipatedsendercosts")),
    ("C_B", ("1", "sqrt(targetecondep)", "anticipatedtargetcosts", "contig", "ally")),
    ("W_A", ("1", "sqrt(senderecondep)", "senderdemocracy", "lncaprat")),
    ("W_B", ("1", "targetdemocracy", "lncaprat")),
    ("a", ("1", "senderdemocracy")),
)
NAMES = tuple(f"{payoff}: {term}" for payoff, terms in TERMS for term in terms)

# Published nested pseudo-likelihood estimates, doi 10.1017/psrm.2019.58, table 3.
# fmt: off
NPL = np.array([
    -0.2180765, 0.03406959, 0.05468594, -0.1702383,
    1.602845, -0.04814032,
    -2.136771, 2.335138, 0.1171802, 0.1215085, -0.02552886,
    -2.418381, 0.01407681, 0.03525819, 0.02649725,
    -0.9083785, -0.002637816, 0.1199321,
    -2.638156, 0.02007719,
])
# fmt: on
PUBLISHED = {"tML": -4102.76, "PL": -3964.03, "NPL": -3932.45, "CMLE": -3927.91}


def read(path: Path) -> dict[str, Floats]:
    """Columns of the table (the row's text name left out)."""
    header = path.read_text().splitlines()[0].split(",")
    body = np.genfromtxt(path, delimiter=",", skip_header=1, usecols=range(1, len(header)), encoding="utf-8")
    return dict(zip(header[1:], np.asarray(body, dtype=np.float64).T, strict=True))


def column(table: dict[str, Floats], term: str) -> Floats:
    """One covariate: a column, `sqrt(column)`, or the constant 1."""
    if term == "1":
        return np.ones_like(table["sq"])
    if term.startswith("sqrt("):
        return np.asarray(np.sqrt(table[term[5:-1]]), dtype=np.float64)
    return np.asarray(table[term], dtype=np.float64)


@dataclass(frozen=True)
class Data:
    """Design matrices [rows, terms] of the six payoffs, and counts [rows, 4] in the order of OUTCOMES."""

    designs: tuple[Floats, ...]
    counts: Floats

    @classmethod
    def of(cls, table: dict[str, Floats]) -> Data:
        designs = tuple(np.column_stack([column(table, term) for term in terms]) for _, terms in TERMS)
        return cls(designs, np.column_stack([table[o] for o in OUTCOMES]))

    def take(self, rows: NDArray[np.bool_]) -> Data:
        return Data(tuple(X[rows] for X in self.designs), self.counts[rows])

    def indices(self, beta: Floats) -> Floats:
        """The systematic payoffs [6, rows]."""
        cuts = np.cumsum([X.shape[1] for X in self.designs])[:-1]
        return np.stack([X @ b for X, b in zip(self.designs, np.split(beta, cuts), strict=True)])


def threshold(r: Floats, indices: Floats) -> Floats:
    """c*: what a challenge is worth at most if B were not to concede, at which A is indifferent to the status quo."""
    S, V = indices[0], indices[1]
    return np.asarray(np.clip((S - (1.0 - r) * V) / r, -1e6, 1e6), dtype=np.float64)


def parts(r: Floats, indices: Floats) -> tuple[Floats, Floats, Floats]:
    """c*, and the chances that A challenges and would then stand firm, and that it challenges and would back down."""
    W, a = indices[3], indices[5]
    c = threshold(r, indices)
    return c, joint((W - a) * RHO, W - c, RHO) + TINY, joint((a - W) * RHO, a - c, RHO) + TINY


def firmness(r: Floats, indices: Floats) -> Floats:
    """Pr(A stands firm), given that it challenged expecting r and B resisted."""
    _, firm, back = parts(r, indices)
    return np.asarray(firm / (firm + back), dtype=np.float64)


def reply(r: Floats, indices: Floats) -> Floats:
    """The normal score of B's resistance when A expects r: a fixed point in z = ndtri(r) is an equilibrium."""
    _, firm, back = parts(r, indices)
    return np.asarray(indices[4] - indices[2] * (firm + back) / firm, dtype=np.float64)


def equilibria(indices: Floats, grid: int = 241, reach: float = 8.0) -> tuple[Floats, Floats]:
    """All equilibria that a grid over the normal score of r tells apart: r [rows, most], nan-padded, and the residuals.

    Every change of sign of the reply's error between neighbouring points is closed by bisection, so the ones missed are
    pairs closer together than the grid.
    """
    z = np.linspace(-reach, reach, grid)
    wide = indices[:, :, None]
    error = reply(ndtr(z)[None, :], wide) - z
    row, left = np.nonzero((error[:, :-1] > 0) != (error[:, 1:] > 0))
    low, high, falls = z[left], z[left + 1], error[row, left] > 0
    mine = indices[:, row]
    for _ in range(52):
        middle = 0.5 * (low + high)
        up = (reply(ndtr(middle), mine) - middle > 0) == falls
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    middle = 0.5 * (low + high)
    rank = np.arange(len(row)) - np.searchsorted(row, row)
    width = int(rank.max()) + 1 if len(row) else 1
    found = np.full((indices.shape[1], width), np.nan)
    found[row, rank] = ndtr(middle)
    return found, np.abs(ndtr(reply(ndtr(middle), mine)) - ndtr(middle))


def chances(r: Floats, indices: Floats) -> Floats:
    """Probabilities [..., 4] of the outcomes in the order of OUTCOMES."""
    c, firm, back = parts(r, indices)
    challenge = firm + back
    quiet = ndtr(c - indices[3]) * ndtr(c - indices[5])
    return np.stack([quiet, challenge * (1.0 - r), r * firm, r * back], axis=-1)


def row_loglik(r: Floats, indices: Floats, counts: Floats) -> Floats:
    """Log-likelihood of each row at a given play r (not checked to be an equilibrium)."""
    c, firm, back = parts(r, indices)
    quiet = log_ndtr(c - indices[3]) + log_ndtr(c - indices[5])
    logs = (quiet, np.log(firm + back) + np.log1p(-r), np.log(r) + np.log(firm), np.log(r) + np.log(back))
    return np.asarray(sum(counts[..., o] * logs[o] for o in range(4)), dtype=np.float64)


@dataclass(frozen=True)
class Value:
    """Log-likelihood, its gradient, and the play [rows] it was taken at; `several`: rows with several equilibria."""

    loglik: float
    gradient: Floats
    r: Floats
    by_row: Floats
    several: int
    residual: float


def choose(data: Data, indices: Floats, near: Floats | None, grid: int = 241) -> tuple[Floats, int, float]:
    """Play of each row: the equilibrium nearest to `near` [rows]; without it, the one that makes it most likely."""
    found, residuals = equilibria(indices, grid)
    some = np.isfinite(found)
    if not some.any(axis=1).all():
        raise ValueError("a row has no equilibrium within the grid's reach")
    filled = np.where(some, found, 0.5)
    if near is None:
        merit = row_loglik(filled, indices[:, :, None], data.counts[:, None, :])
    else:
        merit = -np.abs(ndtri(filled) - ndtri(near)[:, None])
    pick = np.argmax(np.where(some, merit, -np.inf), axis=1)
    # an equilibrium against the edge of the grid is told from certainty by the likelihood alone
    filled = np.clip(filled, 1e-15, 1.0 - 1e-15)
    return filled[np.arange(len(pick)), pick], int((some.sum(axis=1) > 1).sum()), float(residuals.max())


def value(
    data: Data, beta: Floats, *, near: Floats | None = None, held: tuple[Floats, Floats] | None = None, grid: int = 241
) -> Value:
    """The log-likelihood at `beta` and its gradient by the implicit function theorem.

    With `held` = (Pr(resist), Pr(stand firm)) given, both sides reply to that play (the pseudo-likelihood: A's
    threshold is taken at the first, B's reply at the second); else play is one of the equilibria, by `choose`.
    """
    indices = data.indices(beta)
    r, several, residual = (held[0], 0, 0.0) if held is not None else choose(data, indices, near, grid)
    _, V, C, W, B, a = indices
    c, firm, back = parts(r, indices)
    both = firm + back
    # derivatives of firm and back in W, a, c
    fx, fy = slopes((W - a) * RHO, W - c, RHO)
    bx, by = slopes((a - W) * RHO, a - c, RHO)
    firm_by = np.stack([fx * RHO + fy, -fx * RHO, -fy])
    back_by = np.stack([-bx * RHO, bx * RHO + by, -by])
    # c in S, V, r
    c_by = np.stack([1.0 / r, -(1.0 - r) / r, (V - c) / r])

    def spread(partial: Floats) -> tuple[Floats, Floats]:
        """Partials in (W, a, c) told as partials in the six indices and in r."""
        zero = np.zeros_like(r)
        return np.stack([partial[2] * c_by[0], partial[2] * c_by[1], zero, partial[0], zero, partial[1]]), partial[
            2
        ] * c_by[2]

    n_sq, n_cd, n_sf, n_bd = data.counts.T
    quiet_w, quiet_a = hazard(c - W), hazard(c - a)
    into = n_sq * np.stack([-quiet_w, -quiet_a, quiet_w + quiet_a])
    # n_cd weighs log both; n_sf log firm; n_bd log back
    into = into + n_cd / both * (firm_by + back_by) + n_sf / firm * firm_by + n_bd / back * back_by
    by_index, by_r = spread(into)
    if held is None:
        by_r = by_r - n_cd / (1.0 - r) + (n_sf + n_bd) / r
        # r = Phi(B - C both / firm) =: Phi(k)
        k_index, k_r = spread(-C * ((firm_by + back_by) / firm - both / firm**2 * firm_by))
        k_index[2] -= both / firm
        k_index[4] += 1.0
        dens = density(ndtri(r))
        by_index = by_index + (by_r * dens / (1.0 - dens * k_r)) * k_index
        rows = row_loglik(r, indices, data.counts)
    else:
        k = B - C / held[1]
        zero = np.zeros_like(r)
        k_index = np.stack([zero, zero, -1.0 / held[1], zero, zero + 1.0, zero])
        by_index = by_index + ((n_sf + n_bd) * hazard(k) - n_cd * hazard(-k)) * k_index
        quiet = log_ndtr(c - W) + log_ndtr(c - a)
        rows = n_sq * quiet + n_cd * (np.log(both) + log_ndtr(-k))
        rows = rows + n_sf * (log_ndtr(k) + np.log(firm)) + n_bd * (log_ndtr(k) + np.log(back))
    gradient = np.concatenate([X.T @ by_index[j] for j, X in enumerate(data.designs)])
    return Value(float(rows.sum()), gradient, r, rows, several, residual)


def hazard(x: Floats) -> Floats:
    """Density over distribution function of the standard normal, without underflow."""
    return np.asarray(np.exp(-0.5 * x * x - log_ndtr(x)) / np.sqrt(2.0 * np.pi), dtype=np.float64)
