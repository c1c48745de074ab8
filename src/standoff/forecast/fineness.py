"""How fine a belief grid the draws of a run get, if nobody says.

Cost is linear in steps, phases, states and belief points (docs/mathematics.md, section 4), so it is known before
anything is solved. A small game gets a finer grid for the price of a large one's coarse grid.
"""

from __future__ import annotations

import math

from standoff.game import Structure
from standoff.language.calendar import turns

DRAW_GRID = {2: 6, 3: 4, 4: 3, 5: 3}  # the coarsest subdivisions of a draw, by number of types
QUICK_GRID = {2: 4, 3: 3, 4: 3, 5: 2}
DRAW_UPDATES = 600_000  # node updates a draw may cost beyond its coarsest grid: about a tenth of a second
QUICK_UPDATES = 150_000
FINEST = 8  # times the coarsest subdivisions; the error falls with the square


def draw_grid(structure: Structure, quick: bool = False) -> dict[int, int]:
    """Subdivisions by number of types: the coarsest grid times the largest factor of 1, 2, 3, ... 8 that keeps one
    solve within the budget of node updates. A function of the case alone."""
    coarsest, most = (QUICK_GRID, QUICK_UPDATES) if quick else (DRAW_GRID, DRAW_UPDATES)
    kinds = [len(actor.types) for actor in structure.document.actors.values() if len(actor.types) > 1]
    nodes = turns(structure.document.clock) * len(structure.phases) * len(structure.reach.states)
    best = 1
    for factor in range(2, FINEST + 1):
        points = math.prod(math.comb(factor * coarsest.get(n, 2) + n - 1, n - 1) for n in kinds)
        if nodes * points > most:
            break
        best = factor
    return {n: best * m for n, m in {**coarsest, **{n: 2 for n in kinds if n not in coarsest}}.items()}
