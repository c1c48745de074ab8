"""Belief grids: a regular grid on each secret actor's simplex, and their product.

A simplex over n types with m subdivisions has ``comb(m + n - 1, n - 1)`` points. The product over the
secret actors is stored with the first actor slowest, so that the belief axis of every array can be
viewed as (before, own simplex, after) for whichever actor moves.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from standoff.game.model import Floats, Game

# subdivisions per edge, by number of types: what `grid=None` means
DEFAULT_SUBDIVISIONS = {1: 1, 2: 16, 3: 8, 4: 6, 5: 4}


@dataclass(frozen=True, slots=True, eq=False)
class Simplex:
    """Regular grid on the simplex over `n` types with `m` subdivisions per edge.

    `points` float64 [size, n]; `table` int32 [(m+2)**(n-1)] maps cumulative lattice coordinates
    (z_1 slowest) to point indices, -1 outside.
    """

    n: int
    m: int
    points: Floats
    table: NDArray[np.int32]

    @property
    def size(self) -> int:
        """Number of points."""
        return len(self.points)

    def weights(self, belief: Floats) -> Floats:
        """Dense barycentric weights [size] of a belief [n]; they sum to 1 and reproduce it."""
        from standoff.solver import kernels

        n = self.n
        post = np.zeros((2, n))
        post[0] = belief
        place, wts = np.zeros((1, 2 * n), np.int64), np.zeros((1, n))
        kernels.locate(post, 0, n, self.m, self.table, place, wts)
        dense = np.zeros(self.size)
        np.add.at(dense, place[0, :n], wts[0])
        return dense


@lru_cache(maxsize=64)
def simplex(n: int, m: int) -> Simplex:
    """The grid for n types and m subdivisions, made once."""
    side = m + 2
    table = np.full(side ** max(n - 1, 0), -1, np.int32)
    points: list[list[float]] = []
    for z in itertools.product(range(m + 1), repeat=n - 1):
        if any(z[i] < z[i + 1] for i in range(n - 2)):
            continue
        ladder = (m, *z, 0)
        flat = 0
        for value in z:
            flat = flat * side + value
        table[flat] = len(points)
        points.append([(ladder[i] - ladder[i + 1]) / m for i in range(n)])
    array = np.array(points, float).reshape(len(points), n)
    array.setflags(write=False)
    table.setflags(write=False)
    return Simplex(n, m, array, table)


@dataclass(frozen=True, slots=True, eq=False)
class BeliefGrid:
    """Product of the secret actors' simplices; `axes` in the order of ``game.secret``."""

    actors: tuple[int, ...]
    axes: tuple[Simplex, ...]

    def __repr__(self) -> str:
        return f"BeliefGrid(actors={self.actors}, subdivisions={self.describe()}, points={self.size})"

    @property
    def size(self) -> int:
        """B: number of belief points."""
        return math.prod(axis.size for axis in self.axes)

    def split(self, actor: int) -> tuple[int, Simplex, int]:
        """(points before, own simplex, points after) on the belief axis for `actor`."""
        if actor not in self.actors:
            return 1, simplex(1, 1), self.size
        at = self.actors.index(actor)
        before = math.prod(axis.size for axis in self.axes[:at])
        after = math.prod(axis.size for axis in self.axes[at + 1 :])
        return before, self.axes[at], after

    def weights(self, beliefs: tuple[Floats, ...]) -> Floats:
        """Dense interpolation weights [B] of one belief per secret actor."""
        dense = np.ones(1)
        for axis, belief in zip(self.axes, beliefs, strict=True):
            dense = np.outer(dense, axis.weights(belief)).ravel()
        return dense

    def describe(self) -> dict[str, int]:
        """Subdivisions by number of types, for the certificate."""
        return {str(axis.n): axis.m for axis in self.axes}


def belief_grid(game: Game, grid: int | dict[int, int] | None = None) -> BeliefGrid:
    """The grid for a game: `grid` is subdivisions for all, or {number of types: subdivisions}."""
    axes = []
    for actor in game.secret:
        n = len(game.types[actor])
        if isinstance(grid, int):
            m = grid
        else:
            m = (grid or {}).get(n, DEFAULT_SUBDIVISIONS.get(n, 3))
        axes.append(simplex(n, max(1, m)))
    return BeliefGrid(game.secret, tuple(axes))


def halved(game: Game, grid: BeliefGrid) -> BeliefGrid:
    """The same grid with half the subdivisions (at least one), for the grid error."""
    return BeliefGrid(grid.actors, tuple(simplex(axis.n, max(1, axis.m // 2)) for axis in grid.axes))
