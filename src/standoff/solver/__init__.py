"""Quantal response equilibria with public beliefs: grids, kernels, the backward sweep, the certificate."""

from standoff.solver.compiled import compiled_before
from standoff.solver.grid import BeliefGrid, belief_grid
from standoff.solver.solution import Certificate, Solution
from standoff.solver.solve import solve

__all__ = ["BeliefGrid", "Certificate", "Solution", "belief_grid", "compiled_before", "solve"]
